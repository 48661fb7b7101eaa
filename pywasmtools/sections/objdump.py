"""The sections of a binary as a list: `list_sections`, a line each, those of nested binaries indented."""

from __future__ import annotations

from pywasmtools.text.rust_debug import debug_str
from pywasmtools.wasm.payloads import (
    CODE_SECTION_START,
    COMPONENT,
    COMPONENT_ALIAS_SECTION,
    COMPONENT_CANONICAL_SECTION,
    COMPONENT_EXPORT_SECTION,
    COMPONENT_IMPORT_SECTION,
    COMPONENT_INSTANCE_SECTION,
    COMPONENT_SECTION,
    COMPONENT_START_SECTION,
    COMPONENT_TYPE_SECTION,
    CORE_INSTANCE_SECTION,
    CORE_TYPE_SECTION,
    CUSTOM_SECTION,
    DATA_COUNT_SECTION,
    DATA_SECTION,
    ELEMENT_SECTION,
    END,
    EXPORT_SECTION,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    IMPORT_SECTION,
    MEMORY_SECTION,
    MODULE,
    MODULE_SECTION,
    START_SECTION,
    TABLE_SECTION,
    TAG_SECTION,
    TYPE_SECTION,
    Parser,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

ITEMS: Final = {
    TYPE_SECTION: "types",
    IMPORT_SECTION: "imports",
    FUNCTION_SECTION: "functions",
    TABLE_SECTION: "tables",
    MEMORY_SECTION: "memories",
    TAG_SECTION: "tags",
    GLOBAL_SECTION: "globals",
    EXPORT_SECTION: "exports",
    ELEMENT_SECTION: "elements",
    DATA_SECTION: "data",
    CODE_SECTION_START: "code",
    CORE_INSTANCE_SECTION: "core instances",
    CORE_TYPE_SECTION: "core types",
    COMPONENT_INSTANCE_SECTION: "component instances",
    COMPONENT_ALIAS_SECTION: "component alias",
    COMPONENT_TYPE_SECTION: "component types",
    COMPONENT_CANONICAL_SECTION: "canonical functions",
    COMPONENT_IMPORT_SECTION: "component imports",
    COMPONENT_EXPORT_SECTION: "component exports",
}
"""Sections of items, by payload kind."""

SINGLE: Final = {
    START_SECTION: "start",
    DATA_COUNT_SECTION: "data count",
    COMPONENT_START_SECTION: "component start",
}
"""Sections that hold one thing."""


class _Space:
    """A component on the way through a binary, or what is outside of all: how many of its nested binaries have ended.

    `open` are those that have not: MODULE, or COMPONENT for the component itself.
    """

    __slots__ = ("components", "modules", "open")

    def __init__(self) -> None:
        self.modules = 0
        self.components = 0
        self.open: list[int] = []


def list_sections(data: bytes) -> Iterator[str]:
    """A line for each section, and one where a nested binary begins and ends. Raises what can't be parsed, after the lines
    before it.

    A line has the section's name, its range in the binary, its size in bytes and the number of its items.
    """
    spaces = [_Space()]
    for payload in Parser(data, bodies=False):
        kind = payload.kind
        if kind in ITEMS:
            yield _line(spaces, ITEMS[kind], payload.start, payload.end, payload.count)
        elif kind in SINGLE:
            yield _line(spaces, SINGLE[kind], payload.start, payload.end, 1)
        elif kind == CUSTOM_SECTION:
            yield _line(spaces, f"custom {debug_str(payload.name)}", payload.content, payload.end, 1)
        elif kind == MODULE_SECTION:
            yield _line(spaces, "module", payload.start, payload.end, 1)
            spaces[-1].open.append(MODULE)
            yield f"{_indent(spaces)}------ start module {spaces[-1].modules} -------------\n"
        elif kind == COMPONENT_SECTION:
            yield _line(spaces, "component", payload.start, payload.end, 1)
            spaces.append(_Space())
            spaces[-1].open.append(COMPONENT)
            yield f"{_indent(spaces)}------ start component {spaces[-1].components} ----------\n"
        elif kind == END and spaces[-1].open:
            yield _end(spaces)


def _end(spaces: list[_Space]) -> str:
    """The line that a nested binary ends."""
    indent = _indent(spaces)
    space = spaces[-1]
    if space.open.pop() == MODULE:
        space.modules += 1
        return f"{indent}------ end module {space.modules - 1} -------------\n"
    # As the reference counts: the number is that of the components inside.
    spaces.pop()
    spaces[-1].components += 1
    return f"{indent}------ end component {space.components} ----------\n"


def _line(spaces: list[_Space], name: str, start: int, end: int, count: int) -> str:
    return f"{_indent(spaces) + name:40} | {start:#10x} - {end:#10x} | {end - start:9} bytes | {count} count\n"


def _indent(spaces: list[_Space]) -> str:
    depth = len(spaces)
    if spaces[-1].open and spaces[-1].open[-1] == MODULE:
        depth += 1
    return "  " * depth
