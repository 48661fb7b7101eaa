"""Annotations of a binary: `producers`, `name`, `component-name`; read, merged, and rewritten as wasm-metadata does.

A rewrite (`rewrite_wasm`) walks the outermost module or component: the sections named above are decoded and
encoded again, descriptive ones are checked, all others are copied under a new header (shortest sizes).
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.wasm.component import ComponentNameReader
from pywasmtools.wasm.component_types import CORE_TYPE, NAME_COMPONENT, NAME_DECLS
from pywasmtools.wasm.component_types import MODULE as CORE_MODULE
from pywasmtools.wasm.module import (
    INDIRECT_NAMES,
    NAME_MODULE,
    NAME_TAG_PARAMETER,
    NameReader,
    NameSubsection,
    read_name_map,
)
from pywasmtools.wasm.payloads import (
    COMPONENT,
    COMPONENT_HEADER,
    COMPONENT_SECTION,
    CUSTOM_SECTION,
    END,
    MODULE_HEADER,
    MODULE_SECTION,
    VERSION,
    Parser,
    section_id,
)
from pywasmtools.wasm.writer import custom_section, name_map, section, section_head, var_u32
from pywasmtools.wasm.writer import name as write_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from pywasmtools.wasm.component import ComponentNameSubsection
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader

LANGUAGE: Final = "language"
SDK: Final = "sdk"
PROCESSED_BY: Final = "processed-by"


class Producers:
    """What made a binary: for each field, in order, tool names and their versions."""

    __slots__ = ("fields",)

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, str]] = {}

    def __repr__(self) -> str:
        tools = [f"{field}: {', '.join(sorted(tools))}" for field, tools in self.fields.items()]
        return f"Producers({'; '.join(tools)})"

    def is_empty(self) -> bool:
        return not self.fields

    def add(self, field: str, tool: str, version: str) -> None:
        """Adds a tool or replaces its version; its place stays what it was."""
        self.fields.setdefault(field, {})[tool] = version

    def merge(self, other: Producers) -> None:
        """Adds all tools of `other`."""
        for field, tools in other.fields.items():
            for tool, version in tools.items():
                self.add(field, tool, version)

    def encode(self) -> bytes:
        """The data of the `producers` section."""
        out = bytearray(var_u32(len(self.fields)))
        for field, tools in self.fields.items():
            out += write_name(field)
            out += var_u32(len(tools))
            for tool, version in tools.items():
                out += write_name(tool)
                out += write_name(version)
        return bytes(out)

    def section(self) -> bytes:
        """The whole `producers` section, from its id on."""
        return custom_section("producers", self.encode())


def read_producers(reader: BinaryReader) -> Producers:
    """The data of a `producers` section. Raises what is malformed."""
    producers = Producers()
    for _ in range(reader.var_u32()):
        offset = reader.pos
        field = reader.unlimited_string()
        if field not in (LANGUAGE, SDK, PROCESSED_BY):
            raise binary_error(offset, f"invalid producers field name: `{field}`")
        # Sizes are checked for the whole field before its characters.
        values = reader.clone()
        count = reader.var_u32()
        for _ in range(count):
            reader.skip_string()
            reader.skip_string()
        values.var_u32()
        tools: dict[str, str] = {}
        for _ in range(count):
            tool = values.unlimited_string()
            tools[tool] = values.unlimited_string()
        # A field that comes again replaces the former one, at its place.
        producers.fields[field] = tools
    reader.finish_section()
    return producers


def producers_of(data: bytes) -> Producers | None:
    """The first `producers` section of the outermost module or component. Raises what cannot be parsed up to it."""
    parser = Parser(data, bodies=False)
    for payload in parser:
        if payload.kind == CUSTOM_SECTION and parser.depth == 1 and is_known_producers(payload):
            return read_producers(payload.section())
    return None


def is_known_producers(payload: Payload) -> bool:
    """Whether a custom section is `producers` and at least its count can be read."""
    if payload.name != "producers":
        return False
    try:
        payload.section().var_u32()
    except WasmToolsError:
        return False
    return True


# ------------------------------------------------------------------------------- names


class ModuleNames:
    """A `name` section, decoded as far as rewriting needs: the module's name and the other subsections."""

    __slots__ = ("module_name", "subsections")

    def __init__(self, module_name: str | None = None) -> None:
        self.module_name: str | None = module_name
        self.subsections: list[NameSubsection] = []

    def section(self) -> bytes:
        """The whole `name` section, encoded again. Raises what is malformed inside of the subsections."""
        out = bytearray()
        if self.module_name is not None:
            out += section(NAME_MODULE, write_name(self.module_name))
        for subsection in self.subsections:
            reader = subsection.reader.clone()
            if subsection.id > NAME_TAG_PARAMETER:
                out += section(subsection.id, reader.remaining())
                continue
            out += section(subsection.id, _names_again(reader, subsection.count, subsection.id in INDIRECT_NAMES))
        return custom_section("name", out)


def _names_again(
    reader: BinaryReader, count: int, is_indirect: bool, number: Callable[[int], int] | None = None
) -> bytes:
    """A name map, or a map of them, encoded again; `number` gives indices new numbers."""
    try:
        if is_indirect:
            return _indirect_name_map(reader, count)
        names = read_name_map(reader, count)
        return name_map(names if number is None else [(number(index), text) for index, text in names])
    except WasmToolsError as e:
        raise e.context("There was an error when parsing") from None


def read_module_names(reader: BinaryReader) -> ModuleNames:
    """The subsections of a `name` section; what is inside of them is read when it is encoded."""
    names = ModuleNames()
    name_reader = NameReader(reader)
    while True:
        subsection = name_reader.next_subsection()
        if subsection is None:
            return names
        if subsection.id == NAME_MODULE:
            names.module_name = subsection.name
        else:
            names.subsections.append(subsection)


def _indirect_name_map(reader: BinaryReader, count: int) -> bytes:
    """A map of name maps, encoded again."""
    out = bytearray(var_u32(count))
    last = -1
    for _ in range(count):
        start = reader.pos
        index = reader.var_u32()
        inner = reader.clone()
        inner_count = reader.var_u32()
        for _ in range(inner_count):
            reader.var_u32()
            reader.skip_string()
        if index <= last:
            raise binary_error(start, "indirect names out of order")
        last = index
        inner.end = reader.pos
        inner.var_u32()
        out += var_u32(index)
        out += name_map(read_name_map(inner, inner_count))
    reader.finish_section()
    return bytes(out)


class ComponentNames:
    """A `component-name` section, decoded as far as rewriting needs."""

    __slots__ = ("component_name", "subsections")

    def __init__(self, component_name: str | None = None) -> None:
        self.component_name: str | None = component_name
        self.subsections: list[ComponentNameSubsection] = []

    def section(self) -> bytes:
        """The whole `component-name` section, encoded again."""
        out = bytearray()
        if self.component_name is not None:
            out += section(NAME_COMPONENT, write_name(self.component_name))
        for subsection in self.subsections:
            out += _component_names_again(subsection, {})
        return custom_section("component-name", out)


def _component_names_again(subsection: ComponentNameSubsection, renumber: dict[int, Callable[[int], int]]) -> bytes:
    """A subsection with the names of one sort, encoded again; `renumber` gives indices of core sorts new numbers."""
    reader = subsection.reader.clone()
    if subsection.sort < 0:
        # As in wasm-metadata, an unknown sort is lost and what follows it is kept.
        return section(subsection.id, reader.remaining())
    number = renumber.get(subsection.sort) if subsection.is_core else None
    content = _names_again(reader, subsection.count, False, number)
    sort = bytes((0x00, subsection.sort)) if subsection.is_core else bytes((subsection.sort,))
    return section(NAME_DECLS, sort + content)


def read_component_names(reader: BinaryReader) -> ComponentNames:
    """The subsections of a `component-name` section; what is inside of them is read when it is encoded."""
    names = ComponentNames()
    name_reader = ComponentNameReader(reader)
    while True:
        subsection = name_reader.next_subsection()
        if subsection is None:
            return names
        if subsection.id == NAME_COMPONENT:
            names.component_name = subsection.name
        else:
            names.subsections.append(subsection)


# ------------------------------------------------------------------------------- rewriting

DESCRIPTIVE: Final = ("authors", "description", "licenses", "source", "homepage", "revision", "version")
"""Custom sections of text that a rewrite reads and writes again."""


def set_name(data: bytes, new_name: str) -> bytes:
    """The binary under another name; its annotations are encoded again."""
    return rewrite_wasm(data, Producers(), new_name)


def rewrite_wasm(
    data: bytes, add_producers: Producers | None, new_name: str | None, leave_out: str | None = None
) -> bytes:
    """The binary with producers added and, unless `new_name` is None, renamed.

    Custom sections whose names begin with `leave_out` are left out. Without producers to add, annotations stay as they are.
    Raises what cannot be parsed, and annotations that are malformed.
    """
    producers_found = False
    names_found = False
    is_component = False
    view = memoryview(data)
    outer: list[list[bytes | memoryview]] = []
    out: list[bytes | memoryview] = []
    for payload in Parser(data, bodies=False):
        kind = payload.kind
        if kind == VERSION:
            is_component = payload.encoding == COMPONENT
            out.append(COMPONENT_HEADER if is_component else MODULE_HEADER)
            continue
        if kind in (MODULE_SECTION, COMPONENT_SECTION):
            outer.append(out)
            out = []
            continue
        if kind == END:
            if not outer:
                break
            nested = out
            out = outer.pop()
            id_ = section_id(COMPONENT_SECTION if payload.encoding == COMPONENT else MODULE_SECTION)
            out.append(section_head(id_, sum(map(len, nested))))
            out += nested
            is_component = True
            continue
        if kind == CUSTOM_SECTION and leave_out is not None and payload.name.startswith(leave_out):
            continue
        if kind == CUSTOM_SECTION and add_producers is not None and not outer:
            rewritten = rewritten_custom(payload, add_producers, new_name)
            if rewritten is not None:
                producers_found = producers_found or payload.name == "producers"
                names_found = names_found or payload.name in ("name", "component-name")
                out.append(rewritten)
                continue
        if payload.id >= 0:
            content = view[payload.start : payload.end]
            out += (section_head(payload.id, len(content)), content)
    if new_name is not None and not names_found:
        out.append(ComponentNames(new_name).section() if is_component else ModuleNames(new_name).section())
    if add_producers is not None and not producers_found and not add_producers.is_empty():
        out.append(add_producers.section())
    return b"".join(out)


def rewritten_custom(payload: Payload, add_producers: Producers, new_name: str | None) -> bytes | None:
    """A custom section of the outermost binary, encoded again; None for one that stays as it is."""
    name = payload.name
    if name == "producers":
        if not is_known_producers(payload):
            return None
        producers = read_producers(payload.section())
        producers.merge(add_producers)
        return producers.section()
    if name == "name":
        module_names = read_module_names(payload.section())
        if new_name is not None:
            module_names.module_name = new_name
        return module_names.section()
    if name == "component-name":
        component_names = read_component_names(payload.section())
        if new_name is not None:
            component_names.component_name = new_name
        return component_names.section()
    if name in DESCRIPTIVE:
        from pywasmtools.wasm.descriptions import rewritten_description

        return custom_section(name, rewritten_description(name, payload.custom_data()))
    return None


def renumbered_component_names(
    payload: Payload, core_type: Callable[[int], int], module: Callable[[int], int]
) -> bytes:
    """A `component-name` section, encoded again, core types and core modules under other numbers.

    Subsections are read one after the other, with what is inside of each, and stay as many as they were.
    """
    renumber = {CORE_TYPE: core_type, CORE_MODULE: module}
    out = bytearray()
    reader = ComponentNameReader(payload.section())
    while True:
        subsection = reader.next_subsection()
        if subsection is None:
            return custom_section("component-name", out)
        if subsection.id == NAME_COMPONENT:
            out += section(NAME_COMPONENT, write_name(subsection.name))
        else:
            out += _component_names_again(subsection, renumber)


# ------------------------------------------------------------------------------- branch hints


def read_branch_hints(reader: BinaryReader) -> tuple[int, list[tuple[int, bool, int]]]:
    """An item: a function, and of each hint the offset in its body, whether it is taken, and where the hint stands."""
    func = reader.var_u32()
    hints = []
    for _ in range(reader.var_u32()):
        at = reader.pos
        offset = reader.var_u32()
        byte = reader.u8()
        if byte != 1:
            raise reader.invalid_leading_byte(byte, "invalid branch hint byte")
        taken = reader.u8()
        if taken > 1:
            raise reader.invalid_leading_byte(taken, "invalid branch hint taken byte")
        hints.append((offset, taken == 1, at))
    return (func, hints)
