"""Writes small core modules (shims, fixups, dummies): a method a section item, sections in binary order.

Sections are written in the order of the specification, each once and, if nothing else is said, only if it has items;
custom sections come last, in the order in which they are added.
"""

from __future__ import annotations

from pywasmtools.wasm.payloads import (
    CODE_SECTION_START,
    DATA_COUNT_SECTION,
    DATA_SECTION,
    ELEMENT_SECTION,
    EXPORT_SECTION,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    IMPORT_SECTION,
    MEMORY_SECTION,
    MODULE_HEADER,
    MODULE_ORDER,
    START_SECTION,
    TABLE_SECTION,
    TAG_SECTION,
    TYPE_SECTION,
)
from pywasmtools.wasm.writer import (
    custom_section,
    name,
    section,
    sized,
    var_s64,
    var_u32,
    write_entity_type,
    write_func_type,
    write_global_type,
    write_memory_type,
    write_ref_type,
    write_sub_type,
    write_table_type,
    write_val_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pywasmtools.wasm.module import EntityType
    from pywasmtools.wasm.types import FuncType, GlobalType, MemoryType, RefType, SubType, TableType, ValType


class ModuleSections:
    """The items of a module's sections, by section id; each section is written once, and only if it has items."""

    __slots__ = ("contents", "counts")

    def __init__(self) -> None:
        self.contents = [bytearray() for _ in range(len(MODULE_ORDER) + 1)]
        self.counts = [0] * (len(MODULE_ORDER) + 1)

    def item(self, id_: int) -> bytearray:
        """Where the next item of a section goes."""
        self.counts[id_] += 1
        return self.contents[id_]

    def section(self, id_: int, even_empty: bool = False) -> bytes:
        """A section; nothing if it has no items and isn't to be there all the same."""
        count = self.counts[id_]
        return section(id_, var_u32(count) + self.contents[id_]) if count or even_empty else b""


class ModuleBuilder:
    """A core module under construction. Methods that define something return its index in its section."""

    __slots__ = ("customs", "data_count", "sections", "start")

    def __init__(self) -> None:
        self.sections = ModuleSections()
        self.start: int | None = None
        self.data_count: int | None = None
        self.customs = bytearray()
        """Custom sections; they come last."""

    def count(self, id_: int) -> int:
        """How many items a section has."""
        return self.sections.counts[id_]

    def type_func(self, func: FuncType) -> int:
        write_func_type(self.sections.item(TYPE_SECTION), func)
        return self.count(TYPE_SECTION) - 1

    def type_sub(self, sub: SubType) -> int:
        write_sub_type(self.sections.item(TYPE_SECTION), sub)
        return self.count(TYPE_SECTION) - 1

    def import_(self, module: str, item: str, kind: int, type_: EntityType) -> None:
        content = self.sections.item(IMPORT_SECTION)
        content += name(module) + name(item)
        write_entity_type(content, kind, type_)

    def function(self, type_: int) -> int:
        content = self.sections.item(FUNCTION_SECTION)
        content += var_u32(type_)
        return self.count(FUNCTION_SECTION) - 1

    def table(self, type_: TableType) -> int:
        write_table_type(self.sections.item(TABLE_SECTION), type_)
        return self.count(TABLE_SECTION) - 1

    def memory(self, type_: MemoryType) -> int:
        write_memory_type(self.sections.item(MEMORY_SECTION), type_)
        return self.count(MEMORY_SECTION) - 1

    def tag(self, func_type: int) -> int:
        content = self.sections.item(TAG_SECTION)
        content.append(0)
        content += var_u32(func_type)
        return self.count(TAG_SECTION) - 1

    def global_(self, type_: GlobalType, init: bytes) -> int:
        """`init` is a constant expression with its `end`."""
        content = self.sections.item(GLOBAL_SECTION)
        write_global_type(content, type_)
        content += init
        return self.count(GLOBAL_SECTION) - 1

    def export(self, item: str, kind: int, index: int) -> None:
        content = self.sections.item(EXPORT_SECTION)
        content += name(item)
        content.append(kind)
        content += var_u32(index)

    def active_functions(self, table: int | None, offset: bytes, functions: Sequence[int]) -> None:
        """An active element segment of function indices; `offset` is a constant expression with its `end`."""
        content = self.sections.item(ELEMENT_SECTION)
        if table is None:
            content += b"\x00" + offset
        else:
            content += b"\x02" + var_u32(table) + offset + b"\x00"
        content += var_u32(len(functions)) + b"".join([var_u32(function) for function in functions])

    def declared_functions(self, functions: Sequence[int]) -> None:
        """A declarative element segment of function indices."""
        content = self.sections.item(ELEMENT_SECTION)
        content += b"\x03\x00" + var_u32(len(functions))
        content += b"".join([var_u32(function) for function in functions])

    def code(self, locals_: Sequence[tuple[int, ValType]], instructions: bytes | bytearray) -> None:
        """A body: runs of locals, and instructions with the final `end`."""
        body = bytearray(var_u32(len(locals_)))
        for count, type_ in locals_:
            body += var_u32(count)
            write_val_type(body, type_)
        body += instructions
        self.raw_code(body)

    def raw_code(self, body: bytes | bytearray) -> None:
        """A body as bytes, locals first, without its size."""
        content = self.sections.item(CODE_SECTION_START)
        content += sized(body)

    def data_segment(self, memory: int, offset: bytes, data: bytes) -> None:
        """An active data segment."""
        content = self.sections.item(DATA_SECTION)
        content += b"\x00" if memory == 0 else b"\x02" + var_u32(memory)
        content += offset + sized(data)

    def custom(self, section_name: str, data: bytes | bytearray) -> None:
        """A custom section, after all others."""
        self.customs += custom_section(section_name, data)

    def finish(self, even_empty: tuple[int, ...] = ()) -> bytes:
        """The module; `even_empty` are the sections that are written without items too."""
        parts = [MODULE_HEADER]
        for id_ in MODULE_ORDER:
            if id_ == START_SECTION:
                parts.append(b"" if self.start is None else section(id_, var_u32(self.start)))
            elif id_ == DATA_COUNT_SECTION:
                parts.append(b"" if self.data_count is None else section(id_, var_u32(self.data_count)))
            else:
                parts.append(self.sections.section(id_, id_ in even_empty))
        parts.append(bytes(self.customs))
        return b"".join(parts)


# Constant expressions, with their `end`.


def i32_const(value: int) -> bytes:
    return b"\x41" + var_s64(value) + b"\x0b"


def i64_const(value: int) -> bytes:
    return b"\x42" + var_s64(value) + b"\x0b"


def ref_null(ref: RefType) -> bytes:
    """`ref.null` of the heap type of a nullable abstract reference type."""
    out = bytearray(b"\xd0")
    write_ref_type(out, ref)
    return bytes(out) + b"\x0b"
