"""Index spaces of modules and components, each numbered once, and what they are called: a row each.

The first five are the external kinds of core modules, under the same numbers. In a component an index space is
written as a sort (component model, Binary.md, `sort` and `core:sort`): a byte, after 0x00 for core ones.
"""

from __future__ import annotations

from pywasmtools.wasm import component_types as t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

CORE_FUNC: Final = 0
CORE_TABLE: Final = 1
CORE_MEMORY: Final = 2
CORE_GLOBAL: Final = 3
CORE_TAG: Final = 4
CORE_TYPE: Final = 5
ELEM: Final = 6
DATA: Final = 7
CORE_MODULE: Final = 8
CORE_INSTANCE: Final = 9
FUNC: Final = 10
VALUE: Final = 11
TYPE: Final = 12
COMPONENT: Final = 13
INSTANCE: Final = 14


class Sort:
    """A sort of items, with an index space of its own.

    `noun` is what messages say, `keyword` what text says (after `core` where `is_core`), `kind` its byte in the
    binary: of a core external kind or of a component item; -1 for what only modules have. `number` is its place in
    `SORTS`, the constant above.
    """

    __slots__ = ("is_core", "keyword", "kind", "noun", "number")

    def __init__(self, number: int, noun: str, kind: int) -> None:
        self.number = number
        self.noun = noun
        self.is_core = noun.startswith("core ")
        self.keyword = noun[5:] if self.is_core else noun
        self.kind = kind


SORTS: Final[tuple[Sort, ...]] = (
    Sort(CORE_FUNC, "core func", CORE_FUNC),
    Sort(CORE_TABLE, "core table", CORE_TABLE),
    Sort(CORE_MEMORY, "core memory", CORE_MEMORY),
    Sort(CORE_GLOBAL, "core global", CORE_GLOBAL),
    Sort(CORE_TAG, "core tag", CORE_TAG),
    Sort(CORE_TYPE, "core type", t.CORE_TYPE),
    Sort(ELEM, "elem", -1),
    Sort(DATA, "data", -1),
    Sort(CORE_MODULE, "core module", t.MODULE),
    Sort(CORE_INSTANCE, "core instance", t.CORE_INSTANCE),
    Sort(FUNC, "func", t.FUNC),
    Sort(VALUE, "value", t.VALUE),
    Sort(TYPE, "type", t.TYPE),
    Sort(COMPONENT, "component", t.COMPONENT),
    Sort(INSTANCE, "instance", t.INSTANCE),
)
"""All index spaces, by number."""

MODULE_SORTS: Final = SORTS[: DATA + 1]
"""The index spaces of a module."""
EXTERNAL_SORTS: Final = SORTS[: CORE_TAG + 1]
"""What modules import and export, by external kind."""

CORE_SORTS: Final = {sort.kind: sort for sort in SORTS if sort.is_core}
"""Core sorts by their byte."""
COMPONENT_SORTS: Final = {sort.kind: sort for sort in SORTS if sort.kind >= 0 and not sort.is_core}
"""The other sorts by their byte."""


def sort_of(kind: int) -> Sort:
    """The sort of a component item, by its kind as in `component_types.py`."""
    return CORE_SORTS[kind] if kind in (t.MODULE, t.CORE_TYPE, t.CORE_INSTANCE) else COMPONENT_SORTS[kind]
