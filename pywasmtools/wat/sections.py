"""The sections of a core module as text names them, custom sections and their places."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SECTION_ORDER: Final = (
    b"type", b"import", b"func", b"table", b"memory", b"tag",
    b"global", b"export", b"start", b"elem", b"code", b"data",
)  # fmt: skip
"""Sections as places of custom sections name them, in the order in which they are written."""
BEFORE_FIRST: Final = -1
AFTER_LAST: Final = 100


def place_before(section: int) -> int:
    """The place before a section, by its position in `SECTION_ORDER`."""
    return section * 2


def place_after(section: int) -> int:
    """The place after a section, by its position in `SECTION_ORDER`."""
    return section * 2 + 1


class Custom:
    """A custom section and its place."""

    __slots__ = ("data", "name", "place")

    def __init__(self, name: str, place: int, data: bytes) -> None:
        self.name = name
        self.place = place
        self.data = data
