"""Subtyping: reference types, value types, defined types, and what modules import and export.

All types here are canonical: their type indices are ids of the arena. Core specification, 3.3 (matching), with
shared types and exact references as the proposals have them.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.validation.core.types import EXTERNAL_FUNC, EXTERNAL_FUNC_EXACT
from pywasmtools.wasm.types import (
    ANY,
    ARRAY,
    CONCRETE,
    CONT,
    EQ,
    EXACT,
    EXN,
    EXTERN,
    FUNC,
    NOCONT,
    NOEXN,
    NOEXTERN,
    NOFUNC,
    NONE,
    NULLABLE,
    REF,
    SHARED,
    STRUCT,
    ArrayType,
    ContType,
    FuncType,
    StructType,
    abstract_is_subtype,
    show_ref_type,
    show_val_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.types import CoreTypes, EntityType
    from pywasmtools.wasm.types import (
        CompositeInner,
        FieldType,
        GlobalType,
        HeapType,
        MemoryType,
        RefType,
        StorageType,
        TableType,
        ValType,
    )

_TOP: Final = {
    FUNC: FUNC,
    NOFUNC: FUNC,
    EXTERN: EXTERN,
    NOEXTERN: EXTERN,
    EXN: EXN,
    NOEXN: EXN,
    CONT: CONT,
    NOCONT: CONT,
}
"""The top of each abstract heap type's hierarchy; what is not here has ANY."""


def ref_is_subtype(types: CoreTypes, a: RefType, b: RefType) -> bool:
    """Whether `a` is a subtype of `b`."""
    if a == b:
        return True
    if a & NULLABLE != 0 and b & NULLABLE == 0:
        return False
    return heap_is_subtype(types, a & ~(REF | NULLABLE), b & ~(REF | NULLABLE))


def heap_is_subtype(types: CoreTypes, a: HeapType, b: HeapType) -> bool:
    """Whether heap type `a` is a subtype of `b`."""
    if a == b:
        return True
    if a & CONCRETE == 0:
        if b & CONCRETE == 0:
            return (a ^ b) & SHARED == 0 and abstract_is_subtype(a >> 8, b >> 8)
        composite = types.core_types[b >> 8].composite
        if (a & SHARED != 0) != composite.shared:
            return False
        bottom = a >> 8
        inner = composite.inner
        if bottom == NONE:
            return isinstance(inner, (ArrayType, StructType))
        if bottom == NOFUNC:
            return isinstance(inner, FuncType)
        return bottom == NOCONT and isinstance(inner, ContType)
    if b & CONCRETE == 0:
        composite = types.core_types[a >> 8].composite
        if (b & SHARED != 0) != composite.shared:
            return False
        top = b >> 8
        inner = composite.inner
        if top in (ANY, EQ):
            return isinstance(inner, (ArrayType, StructType))
        if top == STRUCT:
            return isinstance(inner, StructType)
        if top == ARRAY:
            return isinstance(inner, ArrayType)
        if top == FUNC:
            return isinstance(inner, FuncType)
        return top == CONT and isinstance(inner, ContType)
    if b & EXACT != 0:
        # Only the exact type itself, or the type written another way, is exact.
        return a & EXACT != 0 and a >> 8 == b >> 8
    return types.id_is_subtype(a >> 8, b >> 8)


def val_is_subtype(types: CoreTypes, a: ValType, b: ValType) -> bool:
    """Whether value type `a` is a subtype of `b`."""
    if a == b:
        return True
    if a & REF == 0 or b & REF == 0:
        return False
    return ref_is_subtype(types, a, b)


def ref_is_shared(types: CoreTypes, ref: RefType) -> bool:
    """Whether a reference type is shared; a defined type says so itself."""
    if ref & CONCRETE != 0:
        return types.core_types[ref >> 8].composite.shared
    return ref & SHARED != 0


def val_is_shared(types: CoreTypes, type_: ValType) -> bool:
    """Whether a value type is shared, as numbers always are."""
    return type_ & REF == 0 or ref_is_shared(types, type_)


def top_type(types: CoreTypes, heap: HeapType) -> HeapType:
    """The top of a heap type's hierarchy, shared as the type is."""
    if heap & CONCRETE != 0:
        composite = types.core_types[heap >> 8].composite
        inner = composite.inner
        top = FUNC if isinstance(inner, FuncType) else CONT if isinstance(inner, ContType) else ANY
        return top << 8 | (SHARED if composite.shared else 0)
    return _TOP.get(heap >> 8, ANY) << 8 | (heap & SHARED)


def matches(types: CoreTypes, a: int, b: int) -> bool:
    """Whether the definition of core type `a` allows it to declare `b` as its supertype.

    One link of the chain: the types inside are compared by what was declared of them.
    """
    composite_a = types.core_types[a].composite
    composite_b = types.core_types[b].composite
    if composite_a.shared != composite_b.shared:
        return False
    return _inner_matches(types, composite_a.inner, composite_b.inner)


def _inner_matches(types: CoreTypes, a: CompositeInner, b: CompositeInner) -> bool:
    if isinstance(a, FuncType):
        return isinstance(b, FuncType) and func_matches(types, a, b)
    if isinstance(a, ArrayType):
        return isinstance(b, ArrayType) and _field_matches(types, a.field, b.field)
    if isinstance(a, StructType):
        if not isinstance(b, StructType) or len(a.fields) < len(b.fields):
            return False
        if a.fields[: len(b.fields)] == b.fields:
            return True
        for field_a, field_b in zip(a.fields, b.fields, strict=False):
            if not _field_matches(types, field_a, field_b):
                return False
        return True
    return isinstance(b, ContType) and heap_is_subtype(types, a.func, b.func)


def func_matches(types: CoreTypes, a: FuncType, b: FuncType) -> bool:
    """Whether function type `a` matches `b`: parameters the other way round, results as they are."""
    if a.params == b.params and a.results == b.results:
        return True
    if len(a.params) != len(b.params) or len(a.results) != len(b.results):
        return False
    for param_a, param_b in zip(a.params, b.params, strict=True):
        if not val_is_subtype(types, param_b, param_a):
            return False
    for result_a, result_b in zip(a.results, b.results, strict=True):
        if not val_is_subtype(types, result_a, result_b):
            return False
    return True


def _field_matches(types: CoreTypes, a: FieldType, b: FieldType) -> bool:
    """Fields match covariantly where neither is mutable, and only with equal types where both are."""
    if a.mutable != b.mutable or not _storage_matches(types, a.element_type, b.element_type):
        return False
    return not a.mutable or _storage_matches(types, b.element_type, a.element_type)


def _storage_matches(types: CoreTypes, a: StorageType, b: StorageType) -> bool:
    return val_is_subtype(types, a, b)


# ------------------------------------------------------------------ what modules import and export
#
# Core specification, 3.3 (import matching). An error says what differs, at `offset`.


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
