"""A core module as lists of items, to be made at random and changed by item; written in binary.

Instructions are (row, immediates), the immediates as `wasm/immediates.py` has them; nothing here need be valid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from pywasmtools.wasm.immediates import write_immediate
from pywasmtools.wasm.instructions import ONE_BYTE, Row
from pywasmtools.wasm.module import FUNC_EXACT, TAG
from pywasmtools.wasm.operators import write_row
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
from pywasmtools.wasm.types import FUNCREF, GlobalType, MemoryType, SubType, TableType
from pywasmtools.wasm.writer import (
    custom_section,
    name,
    section,
    sized,
    var_u32,
    vector,
    write_entity_type,
    write_global_type,
    write_memory_type,
    write_ref_type,
    write_sub_type,
    write_table_type,
    write_val_type,
)

if TYPE_CHECKING:
    from pywasmtools.wasm.immediates import Immediate
    from pywasmtools.wasm.module import EntityType
    from pywasmtools.wasm.types import RefType, ValType

Op: TypeAlias = "tuple[Row, tuple[Immediate, ...]]"
Expr: TypeAlias = "list[Op]"


def _row(key: int) -> Row:
    row = ONE_BYTE[key]
    assert row is not None
    return row


END = _row(0x0B)

PASSIVE, ACTIVE, DECLARED = range(3)


@dataclass
class Import:
    """An import; of a function or a tag its type is an index. `exact`: a function of just this type."""

    module: str
    name: str
    kind: int
    type_: EntityType
    exact: bool = False


@dataclass
class Func:
    """A function: the index of its type, its locals behind the parameters, its body without the last `end`."""

    type_: int
    locals_: list[ValType] = field(default_factory=list)
    body: Expr = field(default_factory=list)


@dataclass
class Table:
    """A table, and what fills it, if anything does."""

    type_: TableType
    init: Expr | None = None


@dataclass
class Global:
    """A global and its value."""

    type_: GlobalType
    init: Expr


@dataclass
class Element:
    """An element segment: PASSIVE, ACTIVE (table, offset) or DECLARED; functions by index, or expressions."""

    mode: int
    type_: RefType = FUNCREF
    functions: list[int] | None = None
    exprs: list[Expr] = field(default_factory=list)
    table: int = 0
    offset: Expr = field(default_factory=list)


@dataclass
class Data:
    """A data segment: PASSIVE or ACTIVE (memory, offset)."""

    mode: int
    data: bytes
    memory: int = 0
    offset: Expr = field(default_factory=list)


@dataclass
class Custom:
    """A custom section before the section at this place of MODULE_ORDER; behind all where there is none."""

    place: int
    name: str
    data: bytes


@dataclass
class Module:
    """A core module. `groups` are recursion groups: types, and whether the group is written as one."""

    groups: list[tuple[list[SubType], bool]] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    funcs: list[Func] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    memories: list[MemoryType] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    globals_: list[Global] = field(default_factory=list)
    exports: list[tuple[str, int, int]] = field(default_factory=list)
    start: int | None = None
    elements: list[Element] = field(default_factory=list)
    datas: list[Data] = field(default_factory=list)
    counts_data: bool = True
    compact: bool = False
    """Whether imports of one module that follow each other are written as one item."""
    customs: list[Custom] = field(default_factory=list)

    def encode(self) -> bytes:
        """The module in binary."""
        sections = self._sections()
        parts = [MODULE_HEADER]
        for place, id_ in enumerate(MODULE_ORDER):
            parts += [custom_section(c.name, c.data) for c in self.customs if c.place == place]
            if id_ in sections:
                parts.append(section(id_, sections[id_]))
        parts += [custom_section(c.name, c.data) for c in self.customs if not 0 <= c.place < len(MODULE_ORDER)]
        return b"".join(parts)

    def groups_of_imports(self) -> list[list[Import]]:
        """Imports of one module that follow each other."""
        found: list[list[Import]] = []
        for import_ in self.imports:
            if found and found[-1][0].module == import_.module:
                found[-1].append(import_)
            else:
                found.append([import_])
        return found

    def _compact_imports(self) -> list[bytes]:
        """The imports, those of one module as one item; the type once where it is the same for all."""
        out = []
        for group in self.groups_of_imports():
            types = [_entity(import_) for import_ in group]
            if types.count(types[0]) == len(types):
                items = vector([name(import_.name) for import_ in group])
                out.append(name(group[0].module) + b"\0\x7e" + types[0] + items)
            else:
                items = vector([name(i.name) + type_ for i, type_ in zip(group, types, strict=True)])
                out.append(name(group[0].module) + b"\0\x7f" + items)
        return out

    def _sections(self) -> dict[int, bytes]:
        found = {
            TYPE_SECTION: [_group(types, explicit) for types, explicit in self.groups],
            IMPORT_SECTION: self._compact_imports() if self.compact else [_import(i) for i in self.imports],
            FUNCTION_SECTION: [var_u32(func.type_) for func in self.funcs],
            TABLE_SECTION: [_table(table) for table in self.tables],
            MEMORY_SECTION: [_written(write_memory_type, memory) for memory in self.memories],
            TAG_SECTION: [b"\0" + var_u32(tag) for tag in self.tags],
            GLOBAL_SECTION: [_written(write_global_type, g.type_) + expr_bytes(g.init) for g in self.globals_],
            EXPORT_SECTION: [name(n) + bytes((kind,)) + var_u32(index) for n, kind, index in self.exports],
            ELEMENT_SECTION: [_element(element) for element in self.elements],
            CODE_SECTION_START: [sized(body_bytes(func)) for func in self.funcs],
            DATA_SECTION: [_data(data) for data in self.datas],
        }
        sections = {id_: vector(items) for id_, items in found.items() if items}
        if self.start is not None:
            sections[START_SECTION] = var_u32(self.start)
        if self.datas and self.counts_data:
            sections[DATA_COUNT_SECTION] = var_u32(len(self.datas))
        return sections


def _written(write: object, value: object) -> bytes:
    out = bytearray()
    write(out, value)  # type: ignore[operator]
    return bytes(out)


def op_bytes(out: bytearray, op: Op) -> None:
    """Encodes an instruction."""
    row, immediates = op
    write_row(out, row)
    for kind, value in zip(row.kinds, immediates, strict=True):
        write_immediate(out, kind, value)


def expr_bytes(expr: Expr) -> bytes:
    """An expression with its `end`."""
    out = bytearray()
    for op in expr:
        op_bytes(out, op)
    out.append(0x0B)
    return bytes(out)


def body_bytes(func: Func) -> bytes:
    """A body: runs of locals, instructions, `end`."""
    runs: list[list[int]] = []
    for type_ in func.locals_:
        if runs and runs[-1][1] == type_:
            runs[-1][0] += 1
        else:
            runs.append([1, type_])
    out = bytearray(var_u32(len(runs)))
    for count, type_ in runs:
        out += var_u32(count)
        write_val_type(out, type_)
    return bytes(out) + expr_bytes(func.body)


def _group(types: list[SubType], explicit: bool) -> bytes:
    out = bytearray()
    if explicit or len(types) != 1:
        out += b"\x4e" + var_u32(len(types))
    for type_ in types:
        write_sub_type(out, type_)
    return bytes(out)


def _import(import_: Import) -> bytes:
    return name(import_.module) + name(import_.name) + _entity(import_)


def _entity(import_: Import) -> bytes:
    """An external kind and the type after it."""
    if import_.kind == TAG:
        assert isinstance(import_.type_, int)
        return b"\x04\0" + var_u32(import_.type_)
    out = bytearray()
    write_entity_type(out, import_.kind, import_.type_)
    if import_.exact:
        out[0] = FUNC_EXACT
    return bytes(out)


def _table(table: Table) -> bytes:
    if table.init is None:
        return _written(write_table_type, table.type_)
    return b"\x40\0" + _written(write_table_type, table.type_) + expr_bytes(table.init)


def _element(element: Element) -> bytes:
    """A segment in the form that has room for it: a short one for functions in the first table."""
    exprs = element.functions is None
    flags = 4 if exprs else 0
    head = b""
    if element.mode != ACTIVE:
        flags |= 1 if element.mode == PASSIVE else 3
    elif element.table or element.type_ != FUNCREF:
        flags |= 2
        head = var_u32(element.table) + expr_bytes(element.offset)
    else:
        head = expr_bytes(element.offset)
    if flags & 3:
        head += _written(write_ref_type, element.type_) if exprs else b"\0"
    if element.functions is not None:
        items = [var_u32(index) for index in element.functions]
    else:
        items = [expr_bytes(expr) for expr in element.exprs]
    return bytes((flags,)) + head + vector(items)


def _data(data: Data) -> bytes:
    if data.mode == PASSIVE:
        return b"\x01" + sized(data.data)
    head = b"\x02" + var_u32(data.memory) if data.memory else b"\0"
    return head + expr_bytes(data.offset) + sized(data.data)
