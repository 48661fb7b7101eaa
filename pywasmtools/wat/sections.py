"""The sections of a core module as text names them, custom sections and their places."""

from __future__ import annotations

from pywasmtools.wasm.payloads import (
    CODE_SECTION_START,
    DATA_SECTION,
    ELEMENT_SECTION,
    EXPORT_SECTION,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    IMPORT_SECTION,
    MEMORY_SECTION,
    START_SECTION,
    TABLE_SECTION,
    TAG_SECTION,
    TYPE_SECTION,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SECTION_NAMES: Final = {
    b"type": TYPE_SECTION,
    b"import": IMPORT_SECTION,
    b"func": FUNCTION_SECTION,
    b"table": TABLE_SECTION,
    b"memory": MEMORY_SECTION,
    b"tag": TAG_SECTION,
    b"global": GLOBAL_SECTION,
    b"export": EXPORT_SECTION,
    b"start": START_SECTION,
    b"elem": ELEMENT_SECTION,
    b"code": CODE_SECTION_START,
    b"data": DATA_SECTION,
}
"""Sections as places of custom sections name them, and their ids."""
BEFORE_FIRST: Final = -1
AFTER_LAST: Final = 100


def place_before(section: int) -> int:
    """The place before a section, by its id."""
    return section * 2


def place_after(section: int) -> int:
    """The place after a section, by its id."""
    return section * 2 + 1


class Custom:
    """A custom section and its place."""

    __slots__ = ("data", "name", "place")

    def __init__(self, name: str, place: int, data: bytes) -> None:
        self.name = name
        self.place = place
        self.data = data
