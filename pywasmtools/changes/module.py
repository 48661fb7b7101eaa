"""A core module taken apart, as far as two are held against each other: index spaces with names, bodies, segments."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.sections.objdump import ITEMS, SINGLE
from pywasmtools.wasm import payloads, spaces
from pywasmtools.wasm.module import (
    NAME_MAP_SPACES,
    NAME_MODULE,
    NameReader,
    read_data,
    read_element,
    read_export,
    read_global,
    read_imports,
    read_memory_type,
    read_name_map,
    read_rec_group,
    read_table,
    read_tag_type,
)
from pywasmtools.wasm.operators import OperatorReader
from pywasmtools.wasm.types import GlobalType, MemoryType, TableType, TagType, show_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from pywasmtools.wasm.module import Data, Element, Export, Global, Import
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import SubType

WORDS: Final = ("func", "table", "memory", "global", "tag")
"""What modules import and export, by external kind; the spaces have the same numbers."""


class Section:
    """All sections of one sort together: how many items are in them, and what they hold."""

    __slots__ = ("content", "count", "name", "size")

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.size = 0
        """The bytes of what they hold, headers left out."""
        self.content: list[bytes] = []

    def add(self, payload: Payload, start: int) -> None:
        """Adds a section; what it holds begins at `start`."""
        self.count += payload.count
        self.size += payload.end - start
        self.content.append(payload.data[start : payload.end])


class Sections:
    """The sections of a module or component, those of one sort together, in the order of their first."""

    __slots__ = ("by_name",)

    def __init__(self) -> None:
        self.by_name: dict[str, Section] = {}

    def add(self, payload: Payload) -> None:
        """Adds what is a section."""
        kind = payload.kind
        if kind == payloads.CUSTOM_SECTION:
            self._named(f"custom `{payload.name}`").add(payload, payload.content)
        elif kind in ITEMS:
            self._named(ITEMS[kind]).add(payload, payload.start)
        elif kind in SINGLE:
            self._named(SINGLE[kind]).add(payload, payload.start)
        elif kind == payloads.UNKNOWN_SECTION:
            self._named(f"unknown {payload.id}").add(payload, payload.start)

    def _named(self, name: str) -> Section:
        section = self.by_name.get(name)
        if section is None:
            section = self.by_name[name] = Section(name)
        return section


class CoreModule:
    """A core module. `functions` has the type index of each function, those that are imported first, as in all spaces.

    `names` has the names of a space by index; `bodies` are windows of `data`, locals and instructions.
    """

    __slots__ = (
        "bodies",
        "customs",
        "data",
        "elements",
        "exports",
        "functions",
        "globals",
        "imports",
        "memories",
        "module_name",
        "names",
        "sections",
        "segments",
        "start",
        "tables",
        "tags",
        "types",
    )

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.sections = Sections()
        self.types: list[SubType] = []
        self.imports: list[Import] = []
        self.exports: list[Export] = []
        self.functions: list[int] = []
        self.bodies: list[tuple[int, int]] = []
        self.tables: list[TableType] = []
        self.memories: list[MemoryType] = []
        self.globals: list[Global | GlobalType] = []
        self.tags: list[TagType] = []
        self.elements: list[Element] = []
        self.segments: list[Data] = []
        self.start = -1
        self.module_name = ""
        self.names: dict[int, dict[int, str]] = {}
        self.customs: dict[str, list[bytes]] = {}

    def imported(self, kind: int) -> int:
        """How many of an external kind are imported."""
        return len([import_ for import_ in self.imports if _kind(import_.kind) == kind])

    def type_text(self, index: int) -> str:
        """A type by its index, as text."""
        return str(self.types[index]) if index < len(self.types) else f"(type {index})"

    def entity_text(self, kind: int, index: int) -> str:
        """The type of an item of an external kind, by its index."""
        if kind == spaces.CORE_FUNC:
            return self.type_text(self.functions[index]) if index < len(self.functions) else "(func)"
        if kind == spaces.CORE_TABLE:
            return table_text(self.tables[index]) if index < len(self.tables) else "(table)"
        if kind == spaces.CORE_MEMORY:
            return memory_text(self.memories[index]) if index < len(self.memories) else "(memory)"
        if kind == spaces.CORE_GLOBAL:
            if index >= len(self.globals):
                return "(global)"
            found = self.globals[index]
            return global_text(found if isinstance(found, GlobalType) else found.type)
        return self.tag_text(self.tags[index]) if index < len(self.tags) else "(tag)"

    def tag_text(self, tag: TagType) -> str:
        """A tag by the parameters of its exceptions."""
        return self.type_text(tag.func_type).replace("(func", "(tag", 1)

    def import_text(self, import_: Import) -> str:
        """The type of an import."""
        type_ = import_.type
        if isinstance(type_, int):
            return self.type_text(type_)
        if isinstance(type_, TableType):
            return table_text(type_)
        if isinstance(type_, MemoryType):
            return memory_text(type_)
        if isinstance(type_, GlobalType):
            return global_text(type_)
        return self.tag_text(type_)


def _kind(kind: int) -> int:
    """An external kind; functions of exactly their type are functions."""
    return kind if kind < len(WORDS) else spaces.CORE_FUNC


def external_kind(import_: Import) -> int:
    """The external kind of an import."""
    return _kind(import_.kind)


# ------------------------------------------------------------------------------- as text


def table_text(type_: TableType) -> str:
    """A table type in the words of the text format."""
    return f"(table {_limits(type_.initial, type_.maximum, type_.table64)} {show_val_type(type_.element_type)})"


def memory_text(type_: MemoryType) -> str:
    """A memory type, sizes in pages."""
    text = f"(memory {_limits(type_.initial, type_.maximum, type_.memory64)}"
    if type_.shared:
        text += " shared"
    if type_.page_size_log2 is not None:
        text += f" (pagesize {1 << type_.page_size_log2:#x})"
    return text + ")"


def global_text(type_: GlobalType, init: str = "") -> str:
    """A global's type, and what it begins with."""
    content = show_val_type(type_.content_type)
    if type_.mutable:
        content = f"(mut {content})"
    return f"(global {content} {init})" if init else f"(global {content})"


def _limits(initial: int, maximum: int | None, is_64: bool) -> str:
    text = f"{initial}" if maximum is None else f"{initial} {maximum}"
    return f"i64 {text}" if is_64 else text


def expression_text(reader: BinaryReader) -> str:
    """A constant expression, an instruction after the other, without the last `end`."""
    operators = OperatorReader(reader.clone())
    words: list[str] = []
    try:
        while not operators.eof():
            row = operators.next_operator()
            numbers = [str(value) for value in operators.immediates if isinstance(value, int)]
            words.append("(" + " ".join([row.name, *numbers]) + ")")
    except WasmToolsError:
        return "…"
    return " ".join(words[:-1])


# ------------------------------------------------------------------------------- reading


def read_module(data: bytes) -> CoreModule:
    """Reads a core module; raises what can't be parsed. A malformed `name` section is taken for one without names."""
    module = CoreModule(data)
    readers = _readers(module)
    for payload in payloads.Parser(data):
        kind = payload.kind
        module.sections.add(payload)
        read = readers.get(kind)
        if read is not None:
            section = payload.section()
            for _ in range(payload.count):
                read(section)
        elif kind == payloads.CODE_SECTION_ENTRY:
            module.bodies.append((payload.start, payload.end))
        elif kind == payloads.START_SECTION:
            module.start = payload.number
        elif kind == payloads.CUSTOM_SECTION:
            module.customs.setdefault(payload.name, []).append(payload.custom_data())
            if payload.name == "name":
                _read_names(module, payload.section())
    return module


def _readers(module: CoreModule) -> dict[int, Callable[[BinaryReader], None]]:
    """What reads an item of a section into the module, by payload kind."""

    def types(reader: BinaryReader) -> None:
        module.types += read_rec_group(reader).types

    def imports(reader: BinaryReader) -> None:
        for import_ in read_imports(reader).imports():
            _add_import(module, import_)

    def functions(reader: BinaryReader) -> None:
        module.functions.append(reader.var_u32())

    def tables(reader: BinaryReader) -> None:
        module.tables.append(read_table(reader).type)

    def memories(reader: BinaryReader) -> None:
        module.memories.append(read_memory_type(reader))

    def tags(reader: BinaryReader) -> None:
        module.tags.append(read_tag_type(reader))

    def globals_(reader: BinaryReader) -> None:
        module.globals.append(read_global(reader))

    def exports(reader: BinaryReader) -> None:
        module.exports.append(read_export(reader))

    def elements(reader: BinaryReader) -> None:
        module.elements.append(read_element(reader))

    def segments(reader: BinaryReader) -> None:
        module.segments.append(read_data(reader))

    return {
        payloads.TYPE_SECTION: types,
        payloads.IMPORT_SECTION: imports,
        payloads.FUNCTION_SECTION: functions,
        payloads.TABLE_SECTION: tables,
        payloads.MEMORY_SECTION: memories,
        payloads.TAG_SECTION: tags,
        payloads.GLOBAL_SECTION: globals_,
        payloads.EXPORT_SECTION: exports,
        payloads.ELEMENT_SECTION: elements,
        payloads.DATA_SECTION: segments,
    }


def _add_import(module: CoreModule, import_: Import) -> None:
    module.imports.append(import_)
    type_ = import_.type
    if isinstance(type_, int):
        module.functions.append(type_)
    elif isinstance(type_, TableType):
        module.tables.append(type_)
    elif isinstance(type_, MemoryType):
        module.memories.append(type_)
    elif isinstance(type_, GlobalType):
        module.globals.append(type_)
    else:
        module.tags.append(type_)


def _read_names(module: CoreModule, reader: BinaryReader) -> None:
    """The names of items; those of locals, labels and fields are left out."""
    names = NameReader(reader)
    try:
        while True:
            subsection = names.next_subsection()
            if subsection is None:
                break
            if subsection.id == NAME_MODULE:
                module.module_name = subsection.name
            elif subsection.id in NAME_MAP_SPACES:
                space = NAME_MAP_SPACES[subsection.id]
                module.names[space] = dict(read_name_map(subsection.reader, subsection.count))
    except WasmToolsError:
        pass
