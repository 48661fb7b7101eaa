"""Subtyping of what core modules import and export: is `a`, what is there, good for `b`, what is wanted.

Core specification, 3.3 (import matching). An error says what differs, at `offset`.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.validate.core.subtyping import val_is_subtype
from pywasmtools.validate.core.types import EXTERNAL_FUNC, EXTERNAL_FUNC_EXACT
from pywasmtools.wasm.types import show_ref_type, show_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validate.core.types import CoreTypes, EntityType
    from pywasmtools.wasm.types import GlobalType, MemoryType, TableType


def entity_type(types: CoreTypes, a: EntityType, b: EntityType, offset: int) -> None:
    """Raises where `a` does not match `b`."""
    if a.kind != b.kind:
        if a.kind == EXTERNAL_FUNC_EXACT and b.kind == EXTERNAL_FUNC:
            _func_type(types, a.type_id, b.type_id, offset)
            return
        raise binary_error(offset, f"expected {b.description()}, found {a.description()}")
    if a.kind == EXTERNAL_FUNC:
        _func_type(types, a.type_id, b.type_id, offset)
    elif a.table is not None and b.table is not None:
        table_type(a.table, b.table, offset)
    elif a.memory is not None and b.memory is not None:
        memory_type(a.memory, b.memory, offset)
    elif a.global_ is not None and b.global_ is not None:
        _global_type(types, a.global_, b.global_, offset)
    else:
        # Exact functions and tags have to match both ways.
        _func_type(types, b.type_id, a.type_id, offset)
        _func_type(types, a.type_id, b.type_id, offset)


def table_type(a: TableType, b: TableType, offset: int) -> None:
    """Raises where table `a` does not match `b`."""
    if a.element_type != b.element_type:
        expected = show_ref_type(b.element_type)
        found = show_ref_type(a.element_type)
        raise binary_error(offset, f"expected table element type {expected}, found {found}")
    if a.shared != b.shared:
        raise binary_error(offset, "mismatch in the shared flag for tables")
    if a.table64 != b.table64:
        raise binary_error(offset, "mismatch in index type used for tables")
    if not _limits_match(a.initial, a.maximum, b.initial, b.maximum):
        raise binary_error(offset, "mismatch in table limits")


def memory_type(a: MemoryType, b: MemoryType, offset: int) -> None:
    """Raises where memory `a` does not match `b`."""
    if a.shared != b.shared:
        raise binary_error(offset, "mismatch in the shared flag for memories")
    if a.memory64 != b.memory64:
        raise binary_error(offset, "mismatch in index type used for memories")
    if _page_size_log2(a) != _page_size_log2(b):
        raise binary_error(offset, "mismatch in page size for memories")
    if not _limits_match(a.initial, a.maximum, b.initial, b.maximum):
        raise binary_error(offset, "mismatch in memory limits")


def _page_size_log2(memory: MemoryType) -> int:
    return 16 if memory.page_size_log2 is None else memory.page_size_log2


def _limits_match(initial: int, maximum: int | None, want_initial: int, want_maximum: int | None) -> bool:
    if initial < want_initial:
        return False
    return want_maximum is None or (maximum is not None and maximum <= want_maximum)


def _global_type(types: CoreTypes, a: GlobalType, b: GlobalType, offset: int) -> None:
    if a.mutable != b.mutable:
        raise binary_error(offset, "global types differ in mutability")
    if a.shared != b.shared:
        raise binary_error(offset, "mismatch in the shared flag for globals")
    matches = val_is_subtype(types, a.content_type, b.content_type)
    if matches and a.mutable:
        matches = val_is_subtype(types, b.content_type, a.content_type)
    if not matches:
        expected = show_val_type(b.content_type)
        found = show_val_type(a.content_type)
        raise binary_error(offset, f"expected global type {expected}, found {found}")


def _func_type(types: CoreTypes, a: int, b: int, offset: int) -> None:
    if not types.id_is_subtype(a, b):
        raise binary_error(offset, f"expected: {types.core_type(b)}\nfound:    {types.core_type(a)}")
