"""Items of a core module's sections, each read from a `BinaryReader` that stands at its start.

Offsets of items are the reader's `pos` before the call. Constant expressions, segment data and function
bodies are windows of the input (`Expr`): found, not decoded.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.wasm import spaces
from pywasmtools.wasm.limits import (
    MAX_WASM_FUNCTION_PARAMS,
    MAX_WASM_FUNCTION_RETURNS,
    MAX_WASM_STRUCT_FIELDS,
    MAX_WASM_SUPERTYPES,
    MAX_WASM_TYPES,
)
from pywasmtools.wasm.reader import INDEX_TOO_LARGE, BinaryReader, invalid_leading_byte
from pywasmtools.wasm.types import (
    CONCRETE,
    F32,
    F64,
    FUNCREF,
    I8,
    I16,
    I32,
    I64,
    MAX_TYPE_INDEX,
    V128,
    ArrayType,
    CompositeType,
    ContType,
    FieldType,
    FuncType,
    GlobalType,
    MemoryType,
    RecGroup,
    StructType,
    SubType,
    TableType,
    TagType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.types import HeapType, RefType, ValType

    EntityType: TypeAlias = "int | TableType | MemoryType | GlobalType | TagType"

# External kinds, as in the binary.
FUNC: Final = 0x00
TABLE: Final = 0x01
MEMORY: Final = 0x02
GLOBAL: Final = 0x03
TAG: Final = 0x04
FUNC_EXACT: Final = 0x20

_ONE_BYTE_TYPES: Final = bytes((I32, I64, F32, F64, V128))
_ONE_BYTE_FIELDS: Final = bytes((I32, I64, F32, F64, V128, I8, I16))
_FIELDS: Final = {
    type_ << 1 | mutable: FieldType(type_, mutable == 1) for type_ in _ONE_BYTE_FIELDS for mutable in (0, 1)
}
"""Fields of a number type, by that and whether they are mutable. They never change, so that one of each will do."""


def external_space(kind: int) -> int:
    """The index space of an external kind, as in `spaces.py`."""
    return FUNC if kind == FUNC_EXACT else kind


# ------------------------------------------------------------------------------- types


def read_rec_group(reader: BinaryReader) -> RecGroup:
    """An item of the type section: a recursion group, explicit or of one type."""
    if reader.peek() == 0x4E:
        reader.pos += 1
        count = reader.size(MAX_WASM_TYPES, "rec group types")
        types = []
        offsets = []
        for _ in range(count):
            offsets.append(reader.pos)
            types.append(read_sub_type(reader))
        return RecGroup(tuple(types), tuple(offsets), True)
    offset = reader.pos
    return RecGroup((read_sub_type(reader),), (offset,), False)


def plain_type_end(data: bytes, pos: int, end: int) -> int:
    """Where the type at `pos` ends if all of it is in single bytes, a function, struct or array of number types.

    `pos` if it is something else. What is between need not be valid.
    """
    last = pos
    if pos + 3 <= end:
        opcode = data[pos]
        if opcode == 0x60:
            last = pos + 2 + data[pos + 1]
            last = last + 1 + data[last] if last < end else pos
        elif opcode == 0x5F:
            last = pos + 2 + 2 * data[pos + 1]
        elif opcode == 0x5E:
            last = pos + 3
    return last if last <= end else pos


def read_sub_type(reader: BinaryReader) -> SubType:
    """A defined type with its subtyping clause."""
    opcode = reader.u8()
    if opcode == 0x4F or opcode == 0x50:
        if reader.features >= 0:
            from pywasmtools.wasm.features import check_subtypes

            check_subtypes(reader)
        count = reader.size(MAX_WASM_SUPERTYPES, "supertype idxs")
        if count == 0:
            return SubType(_composite_type(reader, reader.u8()), opcode == 0x4F)
        if count == 1:
            index = reader.var_u32()
            if index > MAX_TYPE_INDEX:
                raise binary_error(reader.pos, INDEX_TOO_LARGE)
            return SubType(_composite_type(reader, reader.u8()), opcode == 0x4F, (index << 8 | CONCRETE,))
        indices = [reader.var_u32() for _ in range(count)]
        supertypes = []
        for index in indices:
            if index > MAX_TYPE_INDEX:
                raise binary_error(reader.pos, INDEX_TOO_LARGE)
            supertypes.append(index << 8 | CONCRETE)
        return SubType(_composite_type(reader, reader.u8()), opcode == 0x4F, tuple(supertypes))
    return SubType(_composite_type(reader, opcode))


def _composite_type(reader: BinaryReader, opcode: int) -> CompositeType:
    if opcode == 0x60:
        return CompositeType(read_func_type(reader))
    if opcode == 0x5F:
        return CompositeType(StructType(_field_types(reader, reader.size(MAX_WASM_STRUCT_FIELDS, "struct fields"))))
    shared = opcode == 0x65
    if shared:
        opcode = reader.u8()
    describes: HeapType | None = None
    if opcode == 0x4C:
        describes = reader.type_index()
        opcode = reader.u8()
    descriptor: HeapType | None = None
    if opcode == 0x4D:
        descriptor = reader.type_index()
        opcode = reader.u8()
    if opcode == 0x60:
        return CompositeType(read_func_type(reader), shared, descriptor, describes)
    if opcode == 0x5E:
        return CompositeType(ArrayType(_field_type(reader)), shared, descriptor, describes)
    if opcode == 0x5F:
        count = reader.size(MAX_WASM_STRUCT_FIELDS, "struct fields")
        return CompositeType(StructType(_field_types(reader, count)), shared, descriptor, describes)
    if opcode == 0x5D:
        index = reader.var_s33()
        if index < 0:
            raise binary_error(reader.pos, "invalid continuation type")
        if index > MAX_TYPE_INDEX:
            raise binary_error(reader.pos, INDEX_TOO_LARGE)
        return CompositeType(ContType(index << 8 | CONCRETE), shared, descriptor, describes)
    raise reader.invalid_leading_byte(opcode, "type")


def read_func_type(reader: BinaryReader) -> FuncType:
    """A function type, after its leading byte 0x60."""
    params = _val_types(reader, reader.size(MAX_WASM_FUNCTION_PARAMS, "function params"))
    return FuncType(params, _val_types(reader, reader.size(MAX_WASM_FUNCTION_RETURNS, "function returns")))


def _val_types(reader: BinaryReader, count: int) -> tuple[ValType, ...]:
    """So many value types."""
    pos = reader.pos
    end = pos + count
    if end <= reader.end:
        types = reader.data[pos:end]
        if not types.strip(_ONE_BYTE_TYPES):
            reader.pos = end
            return tuple(types)
    return tuple([reader.val_type() for _ in range(count)])


def _field_types(reader: BinaryReader, count: int) -> tuple[FieldType, ...]:
    """So many fields."""
    if count == 0:
        return ()
    pos = reader.pos
    end = pos + 2 * count
    if end <= reader.end:
        types = reader.data[pos:end:2]
        mutable = reader.data[pos + 1 : end : 2]
        if not types.strip(_ONE_BYTE_FIELDS) and not mutable.strip(b"\0\1"):
            reader.pos = end
            fields = _FIELDS
            return tuple([fields[type_ << 1 | mutable[k]] for k, type_ in enumerate(types)])
    return tuple([_field_type(reader) for _ in range(count)])


def _field_type(reader: BinaryReader) -> FieldType:
    pos = reader.pos
    if pos + 1 < reader.end and reader.data[pos + 1] <= 1:
        known = _FIELDS.get(reader.data[pos] << 1 | reader.data[pos + 1])
        if known is not None:
            reader.pos = pos + 2
            return known
    byte = reader.peek()
    if byte in (I8, I16):
        reader.pos += 1
        element = byte
    else:
        element = reader.val_type()
    mutable = reader.u8()
    if mutable > 1:
        raise binary_error(reader.pos, "malformed mutability byte for field type")
    return FieldType(element, mutable == 1)


def read_table_type(reader: BinaryReader) -> TableType:
    """A table type: element type, then limits."""
    element = reader.ref_type()
    pos = reader.pos
    flags = reader.u8()
    if flags > 0b111:
        raise binary_error(pos, "invalid table resizable limits flags")
    initial = _limit(reader)
    maximum = _limit(reader) if flags & 0b001 else None
    return TableType(element, initial, maximum, flags & 0b100 != 0, flags & 0b010 != 0)


def _limit(reader: BinaryReader) -> int:
    """A number of limits: of 64 bits for all, or of 32 before memories had as many."""
    if reader.features < 0:
        return reader.var_u64()
    from pywasmtools.wasm.features import limit_reader

    return limit_reader(reader)


def read_memory_type(reader: BinaryReader) -> MemoryType:
    """A memory type: its limits and, maybe, its page size."""
    pos = reader.pos
    flags = reader.u8()
    if flags > 0b1111:
        raise binary_error(pos, "invalid memory limits flags")
    initial = _limit(reader)
    maximum = _limit(reader) if flags & 0b0001 else None
    page_size_log2: int | None = None
    if flags & 0b1000:
        page_size_log2 = reader.var_u32()
        if page_size_log2 >= 64:
            raise binary_error(pos, "invalid custom page size")
    return MemoryType(initial, maximum, flags & 0b0100 != 0, flags & 0b0010 != 0, page_size_log2)


def read_global_type(reader: BinaryReader) -> GlobalType:
    """A global type: content type, then flags."""
    content = reader.val_type()
    flags = reader.u8()
    if flags > 0b11:
        raise binary_error(reader.pos - 1, "malformed global flags")
    return GlobalType(content, flags & 0b01 != 0, flags & 0b10 != 0)


def read_tag_type(reader: BinaryReader) -> TagType:
    """A tag type: its attribute, always 0, and its function type."""
    if reader.u8() != 0:
        raise binary_error(reader.pos - 1, "invalid tag attributes")
    return TagType(reader.var_u32())


def read_external_kind(reader: BinaryReader) -> int:
    """The kind of an import or export: FUNC to TAG, or FUNC_EXACT."""
    offset = reader.pos
    return external_kind(reader.u8(), offset)


def external_kind(byte: int, offset: int) -> int:
    """`byte` if it is an external kind; `offset` is where it stood."""
    if byte > 4 and byte != FUNC_EXACT:
        raise invalid_leading_byte(byte, "external kind", offset)
    return byte


def read_entity_type(reader: BinaryReader, kind: int) -> EntityType:
    """What follows an external kind in an import: a function type's index, or the type itself."""
    if kind == TABLE:
        return read_table_type(reader)
    if kind == MEMORY:
        return read_memory_type(reader)
    if kind == GLOBAL:
        return read_global_type(reader)
    if kind == TAG:
        return read_tag_type(reader)
    return reader.var_u32()


# ------------------------------------------------------------------------------- imports and exports


class Import:
    """One import. `type` is a type index for FUNC and FUNC_EXACT, else the type; `offset` is for messages."""

    __slots__ = ("kind", "module", "name", "offset", "type")

    def __init__(self, module: str, name: str, kind: int, type_: EntityType, offset: int) -> None:
        self.module = module
        self.name = name
        self.kind = kind
        self.type = type_
        self.offset = offset


class Imports:
    """An item of the import section. `form` is SINGLE, COMPACT_ITEMS or COMPACT_NAMES.

    A compact item is a window of imports that share a module (and a type); `imports()` lists them.
    """

    __slots__ = ("content", "count", "form", "module", "single")

    def __init__(self, form: int, module: str, single: Import, content: BinaryReader, count: int) -> None:
        self.form = form
        self.module = module
        self.single = single
        """The import; for COMPACT_NAMES the shared kind and type, with an empty name."""
        self.content = content
        self.count = count

    def imports(self) -> list[Import]:
        """All imports of the item, in order. Raises what its parts have wrong, malformed UTF-8 for one."""
        if self.form == SINGLE:
            return [self.single]
        reader = self.content.clone()
        result = [self.read_one(reader) for _ in range(self.count)]
        reader.finish_section()
        return result

    def read_one(self, reader: BinaryReader) -> Import:
        """The next import of a compact item; `reader` is a clone of `content`."""
        offset = reader.pos
        name = reader.string()
        if self.form == COMPACT_ITEMS:
            kind = read_external_kind(reader)
            return Import(self.module, name, kind, read_entity_type(reader, kind), offset)
        return Import(self.module, name, self.single.kind, self.single.type, offset)


SINGLE: Final = 0
COMPACT_ITEMS: Final = 1
COMPACT_NAMES: Final = 2


def read_import(reader: BinaryReader) -> Import:
    """One import in the plain form (as in module types): module, name, type."""
    offset = reader.pos
    module = reader.string()
    name = reader.string()
    kind = read_external_kind(reader)
    return Import(module, name, kind, read_entity_type(reader, kind), offset)


def read_imports(reader: BinaryReader) -> Imports:
    """An item of the import section: one import, or several in the compact forms."""
    offset = reader.pos
    module = reader.string()
    name = reader.string()
    byte = reader.peek()
    if name == "" and (byte == 0x7F or byte == 0x7E):
        if reader.features >= 0:
            from pywasmtools.wasm.features import check_compact_imports

            check_compact_imports(reader, byte)
        reader.pos += 1
        shared = Import(module, "", FUNC, 0, offset)
        if byte == 0x7E:
            shared.kind = read_external_kind(reader)
            shared.type = read_entity_type(reader, shared.kind)
        start = reader.pos
        count = reader.var_u32()
        content_pos = reader.pos
        for _ in range(count):
            reader.skip_string()
            if byte == 0x7F:
                read_entity_type(reader, read_external_kind(reader))
        content = BinaryReader(reader.data, start, reader.pos, reader.features)
        content.pos = content_pos
        return Imports(COMPACT_ITEMS if byte == 0x7F else COMPACT_NAMES, module, shared, content, count)
    kind = read_external_kind(reader)
    return Imports(SINGLE, module, Import(module, name, kind, read_entity_type(reader, kind), offset), reader, 1)


class Export:
    """One export: `index` is in the index space of `kind`."""

    __slots__ = ("index", "kind", "name")

    def __init__(self, name: str, kind: int, index: int) -> None:
        self.name = name
        self.kind = kind
        self.index = index


def read_export(reader: BinaryReader) -> Export:
    """An item of the export section."""
    name = reader.string()
    pos = reader.pos
    if pos + 1 < reader.end and reader.data[pos] <= TAG and reader.data[pos + 1] < 0x80:
        reader.pos = pos + 2
        return Export(name, reader.data[pos], reader.data[pos + 1])
    kind = read_external_kind(reader)
    if kind == FUNC_EXACT:
        raise binary_error(reader.pos, "Exact type is not allowed in the exports")
    return Export(name, kind, reader.var_u32())


# ------------------------------------------------------------------------------- expressions


def read_const_expr(reader: BinaryReader) -> BinaryReader:
    """A constant expression up to and with its `end`, as a window."""
    start = reader.pos
    skip_const_expr(reader)
    return BinaryReader(reader.data, start, reader.pos, reader.features)


def skip_const_expr(reader: BinaryReader) -> None:
    """Steps over a constant expression: to the first `end`, and no block may be open there."""
    data = reader.data
    pos = reader.pos
    end = reader.end
    # The usual forms: one instruction with a LEB128 immediate of one to four bytes or a float, and `end`.
    if pos < end:
        opcode = data[pos]
        is_const = opcode == 0x41 or opcode == 0x42  # i32.const, i64.const
        if is_const or opcode == 0xD2 or opcode == 0x23:  # ref.func, global.get
            pos += 1
            last = min(pos + 4, end - 1)
            while pos < last and data[pos] >= 0x80:
                pos += 1
            if pos < last and data[pos + 1] == 0x0B:  # end
                reader.pos = pos + 2
                return
        elif opcode == 0xD0:  # ref.null
            if pos + 2 < end and 0x68 <= data[pos + 1] <= 0x75 and data[pos + 2] == 0x0B:  # end
                reader.pos = pos + 3
                return
        elif opcode == 0x43 or opcode == 0x44:  # f32.const, f64.const
            pos += 5 if opcode == 0x43 else 9  # f32.const
            if pos < end and data[pos] == 0x0B:  # end
                reader.pos = pos + 1
                return
    from pywasmtools.wasm.operators import skip_const_expr as skip_any

    skip_any(reader)


# ------------------------------------------------------------------------------- tables, globals, segments


class Table:
    """A table definition; `init` is None where all elements are null."""

    __slots__ = ("init", "type")

    def __init__(self, type_: TableType, init: BinaryReader | None) -> None:
        self.type = type_
        self.init = init


def read_table(reader: BinaryReader) -> Table:
    """An item of the table section."""
    if reader.peek() == 0x40:
        reader.pos += 1
        if reader.u8() != 0:
            raise binary_error(reader.pos - 1, "invalid table encoding")
        type_ = read_table_type(reader)
        return Table(type_, read_const_expr(reader))
    return Table(read_table_type(reader), None)


class Global:
    """A global definition."""

    __slots__ = ("init", "type")

    def __init__(self, type_: GlobalType, init: BinaryReader) -> None:
        self.type = type_
        self.init = init


def read_global(reader: BinaryReader) -> Global:
    """An item of the global section."""
    type_ = read_global_type(reader)
    return Global(type_, read_const_expr(reader))


# How a segment is used.
ACTIVE: Final = 0
PASSIVE: Final = 1
DECLARED: Final = 2


class Element:
    """An element segment over the bytes `start..end`.

    `table` is None where an active segment leaves the index out; `offset` the active one's expression.
    The items are `count` function indices, or constant expressions of the type `ref_type` where
    `expressions`; `items` stands at the first.
    """

    __slots__ = ("count", "end", "expressions", "items", "mode", "offset", "ref_type", "start", "table")

    def __init__(
        self,
        mode: int,
        table: int | None,
        offset: BinaryReader | None,
        expressions: bool,
        ref_type: RefType,
        items: BinaryReader,
        count: int,
        start: int,
    ) -> None:
        self.mode = mode
        self.table = table
        self.offset = offset
        self.expressions = expressions
        self.ref_type = ref_type
        self.items = items
        self.count = count
        self.start = start
        self.end = items.end


def read_element(reader: BinaryReader) -> Element:
    """An item of the element section."""
    start = reader.pos
    flags = reader.var_u32()
    if flags > 0b111:
        raise binary_error(reader.pos - 1, "invalid flags byte in element segment")
    table: int | None = None
    offset: BinaryReader | None = None
    if flags & 0b001:
        mode = DECLARED if flags & 0b010 else PASSIVE
    else:
        mode = ACTIVE
        if flags & 0b010:
            table = reader.var_u32()
        offset = read_const_expr(reader)
    expressions = flags & 0b100 != 0
    ref_type = FUNCREF
    if flags & 0b011:
        if expressions:
            ref_type = reader.ref_type()
        elif reader.pos < reader.end and reader.data[reader.pos] == FUNC:
            reader.pos += 1
        elif read_external_kind(reader) != FUNC:
            raise binary_error(reader.pos - 1, "only the function external type is supported in elem segment")
    items_start = reader.pos
    count = reader.var_u32()
    items_pos = reader.pos
    if expressions:
        for _ in range(count):
            skip_const_expr(reader)
    else:
        reader.skip_var_u32s(count)
    items = BinaryReader(reader.data, items_start, reader.pos, reader.features)
    items.pos = items_pos
    return Element(mode, table, offset, expressions, ref_type, items, count, start)


class Data:
    """A data segment over the bytes `start..end`; its data are `data_start..end` of the input."""

    __slots__ = ("data_start", "end", "memory", "mode", "offset", "start")

    def __init__(
        self, mode: int, memory: int, offset: BinaryReader | None, start: int, data_start: int, end: int
    ) -> None:
        self.mode = mode
        self.memory = memory
        self.offset = offset
        self.start = start
        self.data_start = data_start
        self.end = end


def read_data(reader: BinaryReader) -> Data:
    """An item of the data section."""
    start = reader.pos
    flags = reader.var_u32()
    memory = 0
    offset: BinaryReader | None = None
    if flags > 2:
        raise binary_error(start, "invalid flags byte in data segment")
    if flags != 1:
        if flags == 2:
            memory = reader.var_u32()
        offset = read_const_expr(reader)
    size = reader.var_u32()
    data_start = reader.pos
    reader.skip(size)
    return Data(PASSIVE if flags == 1 else ACTIVE, memory, offset, start, data_start, reader.pos)


# ------------------------------------------------------------------------------- bodies


def read_locals(reader: BinaryReader) -> list[tuple[int, ValType]]:
    """The locals of a body, as declared: runs of (count, type). `reader` then stands at the first instruction."""
    count = reader.var_u32()
    total = 0
    result = []
    for _ in range(count):
        run = reader.var_u32()
        total += run
        if total > 0xFFFF_FFFF:
            raise binary_error(reader.pos, "too many locals")
        result.append((run, reader.val_type()))
    return result


def skip_locals(reader: BinaryReader) -> None:
    """Steps over the locals of a body, without a bound on their number."""
    for _ in range(reader.var_u32()):
        reader.var_u32()
        reader.val_type()


# ------------------------------------------------------------------------------- custom sections: names, hints

# Subsections of the `name` section that are maps of names, and those that are maps of maps.
NAME_MODULE: Final = 0
NAME_FUNCTION: Final = 1
NAME_LOCAL: Final = 2
NAME_LABEL: Final = 3
NAME_TYPE: Final = 4
NAME_TABLE: Final = 5
NAME_MEMORY: Final = 6
NAME_GLOBAL: Final = 7
NAME_ELEMENT: Final = 8
NAME_DATA: Final = 9
NAME_FIELD: Final = 10
NAME_TAG: Final = 11
NAME_PARAMETER: Final = 12
NAME_TAG_PARAMETER: Final = 13

INDIRECT_NAMES: Final = (NAME_LOCAL, NAME_LABEL, NAME_FIELD, NAME_PARAMETER, NAME_TAG_PARAMETER)
"""The subsections whose entries are name maps themselves: locals of a function, fields of a type."""

NAME_MAP_SPACES: Final = {
    NAME_FUNCTION: spaces.CORE_FUNC,
    NAME_TYPE: spaces.CORE_TYPE,
    NAME_TABLE: spaces.CORE_TABLE,
    NAME_MEMORY: spaces.CORE_MEMORY,
    NAME_GLOBAL: spaces.CORE_GLOBAL,
    NAME_ELEMENT: spaces.ELEM,
    NAME_DATA: spaces.DATA,
    NAME_TAG: spaces.CORE_TAG,
}
"""The space that each subsection of the `name` section names, of those that are name maps."""


class NameReader:
    """Walks a `name` section: `next_subsection` until None; then the maps with `read_name_map`."""

    __slots__ = ("last_id", "reader")

    def __init__(self, reader: BinaryReader) -> None:
        self.reader = reader
        self.last_id = -1

    def next_subsection(self) -> NameSubsection | None:
        """The next subsection, its module name or count read. Raises what is malformed in that much."""
        reader = self.reader
        start = reader.pos
        if start >= reader.end:
            return None
        id_ = read_u7(reader)
        content = reader.sized_reader()
        subsection = NameSubsection(id_, content)
        if id_ == NAME_MODULE:
            subsection.name = content.string()
            if not content.eof():
                raise binary_error(content.pos, "trailing data at the end of a name")
        elif id_ <= NAME_TAG_PARAMETER:
            subsection.count = content.var_u32()
        if id_ <= self.last_id:
            raise binary_error(start, "name subsection out of order")
        self.last_id = id_
        return subsection


class NameSubsection:
    """A subsection of a `name` section. `reader` stands behind the count; `name` is the module's for id 0."""

    __slots__ = ("count", "id", "name", "reader")

    def __init__(self, id_: int, reader: BinaryReader) -> None:
        self.id = id_
        self.reader = reader
        self.name = ""
        self.count = 0


def read_u7(reader: BinaryReader) -> int:
    """A byte below 0x80: a subsection's id."""
    byte = reader.u8()
    if byte & 0x80:
        raise binary_error(reader.pos - 1, "invalid u7")
    return byte


class NameMapReader:
    """Walks a name map: `next_naming` until None. It can be asked on after 'names out of order'."""

    __slots__ = ("done", "last_index", "left", "reader")

    def __init__(self, reader: BinaryReader, count: int) -> None:
        self.reader = reader
        self.left = count
        self.last_index = -1
        self.done = False

    def next_naming(self) -> tuple[int, str] | None:
        """The next (index, name)."""
        if self.done:
            return None
        reader = self.reader
        start = reader.pos
        self.done = True  # unless an entry is read
        if self.left == 0:
            reader.finish_section()
            return None
        index = reader.var_u32()
        name = reader.unlimited_string()
        self.left -= 1
        self.done = False
        if index <= self.last_index:
            raise binary_error(start, "names out of order")
        self.last_index = index
        return (index, name)


def read_name_map(reader: BinaryReader, count: int) -> list[tuple[int, str]]:
    """All (index, name) of a name map, indices rising; to the end of the window."""
    result = []
    last = -1
    for _ in range(count):
        start = reader.pos
        index = reader.var_u32()
        name = reader.unlimited_string()
        if index <= last:
            raise binary_error(start, "names out of order")
        last = index
        result.append((index, name))
    reader.finish_section()
    return result


class IndirectNameMapReader:
    """Walks a map of name maps: `next_naming` until None gives (index, inner map's reader, its count)."""

    __slots__ = ("done", "last_index", "left", "reader")

    def __init__(self, reader: BinaryReader, count: int) -> None:
        self.reader = reader
        self.left = count
        self.last_index = -1
        self.done = False

    def next_naming(self) -> tuple[int, BinaryReader, int] | None:
        """The next (index, reader of its name map behind the count, the count)."""
        if self.done:
            return None
        reader = self.reader
        start = reader.pos
        self.done = True
        if self.left == 0:
            reader.finish_section()
            return None
        index = reader.var_u32()
        inner_start = reader.pos
        count = reader.var_u32()
        inner_pos = reader.pos
        for _ in range(count):
            reader.var_u32()
            reader.skip_string()
        inner = BinaryReader(reader.data, inner_start, reader.pos)
        inner.pos = inner_pos
        self.left -= 1
        self.done = False
        if index <= self.last_index:
            raise binary_error(start, "indirect names out of order")
        self.last_index = index
        return (index, inner, count)
