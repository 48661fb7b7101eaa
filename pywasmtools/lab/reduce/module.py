"""A core module as its items, of which some are left out: what is left gets other indices.

An item that stays takes along what it names. Bodies are slices of the input until an index in them changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm import module as m
from pywasmtools.wasm import payloads as p
from pywasmtools.wasm.immediates import Indices, with_indices
from pywasmtools.wasm.operators import OperatorReader, write_operator
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import CONCRETE, GlobalType, MemoryType, SubType, TableType, TagType
from pywasmtools.wasm.writer import (
    custom_section,
    name,
    section,
    sized,
    var_u32,
    write_entity_type,
    write_global_type,
    write_memory_type,
    write_ref_type,
    write_sub_type,
    write_table_type,
    write_val_type,
)

SPACES = ("func", "table", "memory", "global", "tag", "type", "elem", "data")
"""The index spaces, external kinds first."""

Func = tuple[int, bytes]
"""The type of a function and its body."""
Element = tuple[int, int | None, bytes, int, list[int] | list[bytes]]
"""Flags, table, offset, type, items: indices or expressions."""
Data = tuple[int, int, bytes, bytes]
"""Flags, memory, offset, content."""
Custom = tuple[str, bytes]
"""Name and content."""


class Item:
    """An item of a section: of an index space or of none (""), at an index there. `group` numbers recursion groups."""

    __slots__ = ("group", "index", "kind", "space", "value")

    def __init__(self, kind: int, space: str, index: int, value: object, group: int = -1) -> None:
        self.kind = kind
        self.space = space
        self.index = index
        self.value = value
        self.group = group


class Needs(Indices):
    """Notes all indices that it is asked for."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: set[tuple[str, int]] = set()

    def index(self, space: str, index: int) -> int:
        self.found.add((space, index))
        return index


class Kept(Indices):
    """The indices of what is kept; what lies behind the end of a space does so afterwards too."""

    __slots__ = ("new", "totals")

    def __init__(self, new: dict[str, dict[int, int]], totals: dict[str, int]) -> None:
        self.new = new
        self.totals = totals

    def index(self, space: str, index: int) -> int:
        known = self.new.get(space)
        if known is None:
            return index
        found = known.get(index)
        return max(index - self.totals[space] + len(known), len(known)) if found is None else found


class Module:
    """The items of a module in the order of its sections. Raises WasmToolsError or ValueError where it can't be read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.items: list[Item] = []
        self.order: list[tuple[int, Item | None]] = []
        """The sections: kinds, and the items of custom ones."""
        self.explicit: set[int] = set()
        """The recursion groups that are said to be one."""
        self.has_data_count = False
        self.spaces: dict[str, list[Item]] = {space: [] for space in SPACES}
        self._functions: list[Item] = []
        self._needs: dict[Item, tuple[object, frozenset[tuple[str, int]]]] = {}
        walk = p.Parser(data)
        bodies = 0
        for payload in walk:
            if payload.kind == p.VERSION:
                if payload.encoding != p.MODULE:
                    raise ValueError
            elif payload.kind == p.CODE_SECTION_ENTRY:
                item = self._functions[bodies]
                assert isinstance(item.value, tuple)
                item.value = (item.value[0], data[payload.start : payload.end])
                bodies += 1
            elif payload.kind == p.UNKNOWN_SECTION:
                raise ValueError
            elif payload.kind != p.END:
                self._section(payload)

    def _add(self, kind: int, space: str, value: object, group: int = -1) -> Item:
        index = len(self.spaces[space]) if space else -1
        item = Item(kind, space, index, value, group)
        self.items.append(item)
        if space:
            self.spaces[space].append(item)
        return item

    def _section(self, payload: p.Payload) -> None:
        """Reads the items of a section."""
        kind = payload.kind
        if kind == p.CUSTOM_SECTION:
            self.order.append((kind, self._add(kind, "", (payload.name, payload.custom_data()))))
            return
        self.order.append((kind, None))
        if kind == p.START_SECTION:
            self._add(kind, "", payload.number)
        elif kind == p.DATA_COUNT_SECTION:
            self.has_data_count = True
        elif kind != p.CODE_SECTION_START:
            reader = payload.section()
            for _ in range(payload.count):
                self._item(kind, reader)
            reader.finish_section()

    def _item(self, kind: int, reader: BinaryReader) -> None:
        """Reads an item."""
        if kind == p.TYPE_SECTION:
            group = m.read_rec_group(reader)
            number = len(self.items)
            if group.explicit:
                self.explicit.add(number)
            for type_ in group.types:
                self._add(kind, "type", type_, number)
        elif kind == p.IMPORT_SECTION:
            for import_ in m.read_imports(reader).imports():
                self._add(kind, SPACES[m.external_space(import_.kind)], import_)
        elif kind == p.FUNCTION_SECTION:
            self._functions.append(self._add(kind, "func", (reader.var_u32(), b"")))
        elif kind == p.TABLE_SECTION:
            table = m.read_table(reader)
            self._add(kind, "table", (table.type, taken(table.init)))
        elif kind == p.MEMORY_SECTION:
            self._add(kind, "memory", m.read_memory_type(reader))
        elif kind == p.TAG_SECTION:
            self._add(kind, "tag", m.read_tag_type(reader))
        elif kind == p.GLOBAL_SECTION:
            global_ = m.read_global(reader)
            self._add(kind, "global", (global_.type, taken(global_.init)))
        elif kind == p.EXPORT_SECTION:
            self._add(kind, "", m.read_export(reader))
        elif kind == p.ELEMENT_SECTION:
            self._add(kind, "elem", read_element(reader))
        elif kind == p.DATA_SECTION:
            start = reader.pos
            found = m.read_data(reader)
            flags = BinaryReader(reader.data, start).var_u32()
            content = reader.data[found.data_start : found.end]
            self._add(kind, "data", (flags, found.memory, taken(found.offset), content))
        else:
            raise ValueError

    # ----------------------------------------------------------------------- what is kept

    def needs(self, item: Item) -> frozenset[tuple[str, int]]:
        """The indices that an item names."""
        known = self._needs.get(item)
        if known is None or known[0] is not item.value:
            recorder = Needs()
            if item.kind == p.FUNCTION_SECTION:
                assert isinstance(item.value, tuple)
                recorder.index("type", item.value[0])
                rewrite_body(item.value[1], recorder)
            else:
                write_item(bytearray(), item, recorder)
            known = self._needs[item] = (item.value, frozenset(recorder.found))
        return known[1]

    def closure(self, items: Iterable[Item]) -> set[Item]:
        """Items with all that they name."""
        kept: set[Item] = set()
        waiting = list(items)
        while waiting:
            item = waiting.pop()
            if item in kept:
                continue
            kept.add(item)
            for space, index in self.needs(item):
                there = self.spaces.get(space)
                if there is not None and index < len(there):
                    waiting.append(there[index])
        return kept

    def render(self, kept: set[Item] | None = None) -> bytes:
        """The module, with what is kept alone."""
        indices: Kept | None = None
        if kept is not None:
            new = {
                s: {item.index: k for k, item in enumerate(i for i in all_ if i in kept)}
                for s, all_ in self.spaces.items()
            }
            if any(len(new[space]) != len(all_) for space, all_ in self.spaces.items()):
                indices = Kept(new, {space: len(all_) for space, all_ in self.spaces.items()})
        parts = [p.MODULE_HEADER]
        by_kind: dict[int, list[Item]] = {}
        for item in self.items:
            if kept is None or item in kept:
                by_kind.setdefault(item.kind, []).append(item)
        for kind, custom in self.order:
            if custom is not None:
                if kept is None or custom in kept:
                    assert isinstance(custom.value, tuple)
                    content = custom.value[1]
                    if indices is not None and custom.value[0] == "name":
                        content = rewrite_names(content, indices)
                    parts.append(custom_section(custom.value[0], content))
            elif kind == p.CODE_SECTION_START:
                functions = by_kind.get(p.FUNCTION_SECTION, [])
                bodies = [sized(rewrite_body(item.value[1], indices)) for item in functions]  # type: ignore[index]
                parts.append(counted(kind, bodies))
            elif kind == p.DATA_COUNT_SECTION:
                count = len(by_kind.get(p.DATA_SECTION, []))
                if count:
                    parts.append(section(p.DATA_COUNT_SECTION, var_u32(count)))
            elif kind == p.START_SECTION:
                for item in by_kind.get(kind, []):
                    out = bytearray()
                    write_item(out, item, indices or Indices())
                    parts.append(section(p.section_id(kind), out))
            elif kind == p.TYPE_SECTION:
                parts.append(self._types(by_kind.get(kind, []), indices or Indices()))
            else:
                written = []
                for item in by_kind.get(kind, []):
                    out = bytearray()
                    write_item(out, item, indices or Indices())
                    written.append(bytes(out))
                parts.append(counted(kind, written))
        return b"".join(parts)

    def _types(self, items: list[Item], indices: Indices) -> bytes:
        """The type section."""
        groups: dict[int, list[bytes]] = {}
        for item in items:
            out = bytearray()
            write_item(out, item, indices)
            groups.setdefault(item.group, []).append(bytes(out))
        written = []
        for number, types in groups.items():
            head = b"\x4e" + var_u32(len(types)) if number in self.explicit else b""
            written.append(head + b"".join(types))
        return counted(p.TYPE_SECTION, written)


def taken(reader: BinaryReader | None) -> bytes:
    """The bytes of a window."""
    return b"" if reader is None else reader.data[reader.start : reader.end]


def counted(kind: int, items: list[bytes]) -> bytes:
    """A section of items; none where there are none."""
    return section(p.section_id(kind), var_u32(len(items)) + b"".join(items)) if items else b""


def read_element(reader: BinaryReader) -> Element:
    """An element segment as its parts."""
    start = reader.pos
    found = m.read_element(reader)
    flags = BinaryReader(reader.data, start).var_u32()
    items = found.items.clone()
    if not found.expressions:
        return (flags, found.table, taken(found.offset), found.ref_type, items.var_u32s(found.count))
    return (
        flags,
        found.table,
        taken(found.offset),
        found.ref_type,
        [taken(m.read_const_expr(items)) for _ in range(found.count)],
    )


# ------------------------------------------------------------------------------- writing


def write_item(out: bytearray, item: Item, indices: Indices) -> None:
    """Encodes an item with other indices; of a function its type, of a custom section nothing."""
    value = item.value
    kind = item.kind
    if isinstance(value, SubType):
        write_sub_type(out, value.remap(lambda heap: indices.index("type", heap >> 8) << 8 | heap & 0xFF | CONCRETE))
    elif isinstance(value, m.Import):
        out += name(value.module) + name(value.name)
        write_entity_type(out, value.kind, entity_type(value.type, indices))
    elif isinstance(value, MemoryType):
        write_memory_type(out, value)
    elif isinstance(value, TagType):
        out.append(0)
        out += var_u32(indices.index("type", value.func_type))
    elif isinstance(value, m.Export):
        out += name(value.name)
        out.append(value.kind)
        out += var_u32(indices.index(SPACES[m.external_space(value.kind)], value.index))
    elif isinstance(value, int):
        out += var_u32(indices.index("func", value))
    elif isinstance(value, tuple):
        write_tuple(out, kind, value, indices)


def write_tuple(out: bytearray, kind: int, value: tuple, indices: Indices) -> None:  # type: ignore[type-arg]
    """Encodes an item that is kept as a tuple."""
    if kind == p.FUNCTION_SECTION:
        out += var_u32(indices.index("type", value[0]))
    elif kind == p.TABLE_SECTION:
        type_, init = value
        if init:
            out += b"\x40\x00"
        write_table_type(out, table_type(type_, indices))
        out += rewrite_expression(init, indices)
    elif kind == p.GLOBAL_SECTION:
        type_, init = value
        write_global_type(out, global_type(type_, indices))
        out += rewrite_expression(init, indices)
    elif kind == p.DATA_SECTION:
        flags, memory, offset, content = value
        out += var_u32(flags)
        if flags != 1:
            memory = indices.index("memory", memory)
            if flags == 2:
                out += var_u32(memory)
        out += rewrite_expression(offset, indices) + sized(content)
    elif kind == p.ELEMENT_SECTION:
        write_element(out, value, indices)


def write_element(out: bytearray, value: Element, indices: Indices) -> None:
    """Encodes an element segment."""
    flags, table, offset, ref_type, items = value
    out += var_u32(flags)
    if not flags & 0b001:
        table = indices.index("table", table or 0)
        if flags & 0b010:
            out += var_u32(table)
        out += rewrite_expression(offset, indices)
    if flags & 0b011:
        if flags & 0b100:
            write_ref_type(out, indices.val_type(ref_type))
        else:
            out.append(0)
    out += var_u32(len(items))
    for item in items:
        out += var_u32(indices.index("func", item)) if isinstance(item, int) else rewrite_expression(item, indices)


def table_type(type_: TableType, indices: Indices) -> TableType:
    element = indices.val_type(type_.element_type)
    return TableType(element, type_.initial, type_.maximum, type_.table64, type_.shared)


def global_type(type_: GlobalType, indices: Indices) -> GlobalType:
    return GlobalType(indices.val_type(type_.content_type), type_.mutable, type_.shared)


def entity_type(type_: m.EntityType, indices: Indices) -> m.EntityType:
    """The type of an import with other indices."""
    if isinstance(type_, TableType):
        return table_type(type_, indices)
    if isinstance(type_, GlobalType):
        return global_type(type_, indices)
    if isinstance(type_, TagType):
        return TagType(indices.index("type", type_.func_type))
    return indices.index("type", type_) if isinstance(type_, int) else type_


def rewrite_operators(out: bytearray, reader: BinaryReader, indices: Indices) -> None:
    operators = OperatorReader(reader)
    while not operators.eof():
        row = operators.next_operator()
        values = operators.immediates
        for place, kind in enumerate(row.kinds):
            values[place] = with_indices(kind, values[place], indices)
        write_operator(out, row, values)


def rewrite_expression(data: bytes, indices: Indices) -> bytes:
    """A constant expression with other indices; one that can't be read stays as it is."""
    out = bytearray()
    try:
        rewrite_operators(out, BinaryReader(data), indices)
    except WasmToolsError:
        return data
    return bytes(out)


def rewrite_body(data: bytes, indices: Indices | None) -> bytes:
    """A body with other indices; one that can't be read stays as it is."""
    if indices is None or data == b"\x00\x00\x0b":
        return data
    reader = BinaryReader(data)
    out = bytearray()
    try:
        runs = m.read_locals(reader)
        out += var_u32(len(runs))
        for count, type_ in runs:
            out += var_u32(count)
            write_val_type(out, indices.val_type(type_))
        rewrite_operators(out, reader, indices)
    except WasmToolsError:
        return data
    return bytes(out)


NAMED = {
    1: "func",
    2: "func",
    3: "func",
    4: "type",
    5: "table",
    6: "memory",
    7: "global",
    8: "elem",
    9: "data",
    11: "tag",
}
"""The space that each subsection of the `name` section names; those of locals and labels have maps below functions."""


def rewrite_names(data: bytes, kept: Kept) -> bytes:
    """The `name` section without names of what is gone; one that can't be read stays as it is."""
    out = bytearray()
    names = m.NameReader(BinaryReader(data))
    try:
        while (sub := names.next_subsection()) is not None:
            content = sub.reader.data[sub.reader.start : sub.reader.end]
            space = NAMED.get(sub.id)
            new = kept.new.get(space or "", {})
            entries = []
            if sub.id in m.INDIRECT_NAMES and space:
                walk = m.IndirectNameMapReader(sub.reader, sub.count)
                while (entry := walk.next_naming()) is not None:
                    if entry[0] in new:
                        entries.append(var_u32(new[entry[0]]) + taken(entry[1]))
            elif space:
                entries = [
                    var_u32(new[i]) + name(text) for i, text in m.read_name_map(sub.reader, sub.count) if i in new
                ]
            if space:
                content = var_u32(len(entries)) + b"".join(entries)
                if not entries:
                    continue
            out.append(sub.id)
            out += sized(content)
    except WasmToolsError:
        return data
    return bytes(out)
