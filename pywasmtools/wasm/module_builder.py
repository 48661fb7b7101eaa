"""Writes small core modules (shims, fixups, dummies): a method a section item, sections in binary order.

Sections are written in the order of the specification, each once and only if it has items; custom
sections come last, in the order in which they are added.
"""

from __future__ import annotations

from pywasmtools.wasm.payloads import MODULE_HEADER
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


class Items:
    """The items of one section."""

    __slots__ = ("content", "count")

    def __init__(self) -> None:
        self.content = bytearray()
        self.count = 0

    def section(self, id_: int) -> bytes:
        """The section; empty if it has no items."""
        return section(id_, var_u32(self.count) + self.content) if self.count else b""


class ModuleBuilder:
    """A core module under construction. Methods that define something return its index in its section."""

    __slots__ = (
        "codes",
        "customs",
        "data",
        "data_count",
        "elements",
        "exports",
        "functions",
        "globals",
        "imports",
        "memories",
        "start",
        "tables",
        "tags",
        "types",
    )

    def __init__(self) -> None:
        self.types = Items()
        self.imports = Items()
        self.functions = Items()
        self.tables = Items()
        self.memories = Items()
        self.tags = Items()
        self.globals = Items()
        self.exports = Items()
        self.start: int | None = None
        self.elements = Items()
        self.data_count: int | None = None
        self.codes = Items()
        self.data = Items()
        self.customs = bytearray()
        """Custom sections; they come last."""

    def type_func(self, func: FuncType) -> int:
        write_func_type(self.types.content, func)
        return _added(self.types)

    def type_sub(self, sub: SubType) -> int:
        write_sub_type(self.types.content, sub)
        return _added(self.types)

    def import_(self, module: str, item: str, kind: int, type_: EntityType) -> None:
        self.imports.content += name(module) + name(item)
        write_entity_type(self.imports.content, kind, type_)
        self.imports.count += 1

    def function(self, type_: int) -> int:
        self.functions.content += var_u32(type_)
        return _added(self.functions)

    def table(self, type_: TableType) -> int:
        write_table_type(self.tables.content, type_)
        return _added(self.tables)

    def memory(self, type_: MemoryType) -> int:
        write_memory_type(self.memories.content, type_)
        return _added(self.memories)

    def tag(self, func_type: int) -> int:
        self.tags.content.append(0)
        self.tags.content += var_u32(func_type)
        return _added(self.tags)

    def global_(self, type_: GlobalType, init: bytes) -> int:
        """`init` is a constant expression with its `end`."""
        write_global_type(self.globals.content, type_)
        self.globals.content += init
        return _added(self.globals)

    def export(self, item: str, kind: int, index: int) -> None:
        self.exports.content += name(item)
        self.exports.content.append(kind)
        self.exports.content += var_u32(index)
        self.exports.count += 1

    def active_functions(self, table: int | None, offset: bytes, functions: Sequence[int]) -> None:
        """An active element segment of function indices; `offset` is a constant expression with its `end`."""
        content = self.elements.content
        if table is None:
            content += b"\x00" + offset
        else:
            content += b"\x02" + var_u32(table) + offset + b"\x00"
        content += var_u32(len(functions)) + b"".join([var_u32(function) for function in functions])
        self.elements.count += 1

    def declared_functions(self, functions: Sequence[int]) -> None:
        """A declarative element segment of function indices."""
        self.elements.content += b"\x03\x00" + var_u32(len(functions))
        self.elements.content += b"".join([var_u32(function) for function in functions])
        self.elements.count += 1

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
        self.codes.content += sized(body)
        self.codes.count += 1

    def data_segment(self, memory: int, offset: bytes, data: bytes) -> None:
        """An active data segment."""
        content = self.data.content
        content += b"\x00" if memory == 0 else b"\x02" + var_u32(memory)
        content += offset + sized(data)
        self.data.count += 1

    def custom(self, section_name: str, data: bytes | bytearray) -> None:
        """A custom section, after all others."""
        self.customs += custom_section(section_name, data)

    def finish(self) -> bytes:
        """The module."""
        return b"".join(
            [
                MODULE_HEADER,
                self.types.section(1),
                self.imports.section(2),
                self.functions.section(3),
                self.tables.section(4),
                self.memories.section(5),
                self.tags.section(13),
                self.globals.section(6),
                self.exports.section(7),
                b"" if self.start is None else section(8, var_u32(self.start)),
                self.elements.section(9),
                b"" if self.data_count is None else section(12, var_u32(self.data_count)),
                self.codes.section(10),
                self.data.section(11),
                self.customs,
            ]
        )


def _added(items: Items) -> int:
    items.count += 1
    return items.count - 1


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
