"""Immediates of instructions, a row a kind: what each is in the binary; read, written, and given other indices.

A kind has a form, what it is in the binary, and the index space that it names. Whoever reads, writes, prints or
parses branches on forms: a new kind of a known form is a row here, a new form is an arm in `read_immediate`,
`write_immediate` and `with_indices` below, in `wat/core/instructions.py` and in `wat/print/operators.py`.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.wasm.limits import (
    MAX_WASM_BR_TABLE_SIZE,
    MAX_WASM_CATCHES,
    MAX_WASM_HANDLERS,
    MAX_WASM_SELECT_RESULT_SIZE,
)
from pywasmtools.wasm.types import CONCRETE, EXACT, MAX_TYPE_INDEX, MODULE_INDEX, REF, ref_type, with_index
from pywasmtools.wasm.writer import var_s64, var_u32, write_block_type, write_heap_type, write_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import BlockType, RefType, ValType

    Immediate: TypeAlias = "int | bytes | tuple[ValType, ...] | MemArg | BrTable | TryTable | Cast | ResumeTable"

# Forms.
AS_U32: Final = 0
"""LEB128, unsigned: an index, or a number where no index space is named."""
AS_S32: Final = 1
AS_S64: Final = 2
"""LEB128, signed."""
AS_F32: Final = 3
AS_F64: Final = 4
"""Four and eight bytes, read as a number of these bits."""
AS_V128: Final = 5
"""Sixteen bytes."""
AS_MEMARG: Final = 6
"""Alignment and flags, memory or array type where a flag says so, ordering likewise, offset: a `MemArg`."""
AS_LANE: Final = 7
"""A byte."""
AS_LANES: Final = 8
"""Sixteen lanes, a byte each."""
AS_BLOCK_TYPE: Final = 9
AS_HEAP_TYPE: Final = 10
AS_VAL_TYPES: Final = 11
"""A vector of value types: a tuple."""
AS_LABELS: Final = 12
"""A vector of labels and the default one: a `BrTable`."""
AS_CAST: Final = 13
"""Nullability flags, label, two heap types: a `Cast`."""
AS_TRY_TABLE: Final = 14
"""A block type and a vector of catch clauses: a `TryTable`."""
AS_HANDLERS: Final = 15
"""A vector of on-clauses: a `ResumeTable`."""
AS_ORDERING: Final = 16
"""A byte: which of ORDERINGS."""
AS_OPTIONAL_ORDERING: Final = 17
"""The same; in text the first one is left out."""

ORDERINGS: Final = ("seqcst", "acqrel")
"""How an atomic access is ordered, by number."""

# The bytes of these orderings in memory arguments; none where a memory argument has no ordering.
NOT_ORDERED: Final[tuple[int, ...]] = ()
ORDERED: Final = (0x00, 0x01)
ORDERED_TWICE: Final = (0x00, 0x11)
"""Of what reads and writes: an ordering for each, which are the same."""


class Kind:
    """A kind of immediate. Of a memory access, `align` is the base-2 logarithm of the natural alignment.

    `space` is the index space that it names, empty where it names none or has several parts that do; a memory
    access has its memory's, but may name an array type. `orderings` are the bytes of the orderings that it may have.
    """

    __slots__ = ("align", "form", "name", "orderings", "space")

    def __init__(
        self, name: str, form: int, space: str = "", align: int = 0, orderings: tuple[int, ...] = NOT_ORDERED
    ) -> None:
        self.name = name
        self.form = form
        self.space = space
        self.align = align
        self.orderings = orderings


KINDS: Final[tuple[Kind, ...]] = (
    Kind("func", AS_U32, "func"),
    Kind("type", AS_U32, "type"),
    Kind("table", AS_U32, "table"),
    Kind("memory", AS_U32, "memory"),
    Kind("global", AS_U32, "global"),
    Kind("tag", AS_U32, "tag"),
    Kind("data", AS_U32, "data"),
    Kind("elem", AS_U32, "elem"),
    Kind("local", AS_U32, "local"),
    Kind("label", AS_U32, "label"),
    Kind("field", AS_U32, "field"),
    Kind("u32", AS_U32),
    Kind("i32", AS_S32),
    Kind("i64", AS_S64),
    Kind("f32", AS_F32),
    Kind("f64", AS_F64),
    Kind("v128", AS_V128),
    Kind("memarg1", AS_MEMARG, "memory", 0),
    Kind("memarg2", AS_MEMARG, "memory", 1),
    Kind("memarg4", AS_MEMARG, "memory", 2),
    Kind("memarg8", AS_MEMARG, "memory", 3),
    Kind("memarg16", AS_MEMARG, "memory", 4),
    Kind("ordered1", AS_MEMARG, "memory", 0, ORDERED),
    Kind("ordered2", AS_MEMARG, "memory", 1, ORDERED),
    Kind("ordered4", AS_MEMARG, "memory", 2, ORDERED),
    Kind("ordered8", AS_MEMARG, "memory", 3, ORDERED),
    Kind("rmw1", AS_MEMARG, "memory", 0, ORDERED_TWICE),
    Kind("rmw2", AS_MEMARG, "memory", 1, ORDERED_TWICE),
    Kind("rmw4", AS_MEMARG, "memory", 2, ORDERED_TWICE),
    Kind("rmw8", AS_MEMARG, "memory", 3, ORDERED_TWICE),
    Kind("lane", AS_LANE),
    Kind("lanes", AS_LANES),
    Kind("block", AS_BLOCK_TYPE),
    Kind("heap_type", AS_HEAP_TYPE),
    Kind("val_types", AS_VAL_TYPES),
    Kind("labels", AS_LABELS),
    Kind("cast", AS_CAST),
    Kind("try_table", AS_TRY_TABLE),
    Kind("handlers", AS_HANDLERS),
    Kind("ordering", AS_ORDERING),
    Kind("optional_ordering", AS_OPTIONAL_ORDERING),
)
KIND_BY_NAME: Final = {kind.name: kind for kind in KINDS}


def unknown_kind(kind: Kind) -> AssertionError:
    """The error that a direction does not know a form: a fault of this program, never of its input."""
    return AssertionError(f"the immediate `{kind.name}` is of an unknown form, {kind.form}")


# Catch clauses of `try_table` and on-clauses of `resume`, by their byte.
CATCH: Final = 0
CATCH_REF: Final = 1
CATCH_ALL: Final = 2
CATCH_ALL_REF: Final = 3
ON_LABEL: Final = 0
ON_SWITCH: Final = 1


# The flags of a memory argument, beside its alignment.
ALIGN_MASK: Final = 0x0F
HAS_ORDERING: Final = 0x10
HAS_ARRAY: Final = 0x20
HAS_MEMORY: Final = 0x40


class MemArg:
    """Alignment (its base-2 logarithm), offset, memory; or the type of an array instead; ordering: -1 is none."""

    __slots__ = ("align", "array", "memory", "offset", "ordering")

    def __init__(self, align: int, offset: int, memory: int, array: int = -1, ordering: int = -1) -> None:
        self.align = align
        self.offset = offset
        self.memory = memory
        self.array = array
        self.ordering = ordering


class BrTable:
    """The labels of `br_table`."""

    __slots__ = ("default", "labels")

    def __init__(self, labels: list[int], default: int) -> None:
        self.labels = labels
        self.default = default


class TryTable:
    """The block type of `try_table`, and its clauses (kind, tag, label); tag -1 for the catch-all kinds."""

    __slots__ = ("block", "catches")

    def __init__(self, block: BlockType, catches: tuple[tuple[int, int, int], ...]) -> None:
        self.block = block
        self.catches = catches


class ResumeTable:
    """The on-clauses of `resume` (kind, tag, label); label -1 for `switch`."""

    __slots__ = ("handlers",)

    def __init__(self, handlers: tuple[tuple[int, int, int], ...]) -> None:
        self.handlers = handlers


class Cast:
    """The immediates of `br_on_cast` and its kin."""

    __slots__ = ("from_type", "label", "to_type")

    def __init__(self, label: int, from_type: RefType, to_type: RefType) -> None:
        self.label = label
        self.from_type = from_type
        self.to_type = to_type


# ------------------------------------------------------------------------------- reading


def read_immediate(reader: BinaryReader, kind: Kind) -> Immediate:
    """One immediate of the kind."""
    form = kind.form
    if form == AS_U32:
        return reader.var_u32()
    if form == AS_MEMARG:
        return read_memarg(reader, kind)
    if form == AS_S32:
        return reader.var_s32()
    if form == AS_S64:
        return reader.var_s64()
    if form == AS_BLOCK_TYPE:
        return reader.block_type()
    if form == AS_F32:
        return reader.u32()
    if form == AS_F64:
        return reader.u64()
    if form == AS_LABELS:
        return read_labels(reader)
    if form == AS_LANE:
        return reader.u8()
    if form == AS_V128:
        return reader.take(16)
    if form == AS_LANES:
        return read_lanes(reader)
    if form == AS_HEAP_TYPE:
        return reader.heap_type()
    if form == AS_VAL_TYPES:
        return read_val_types(reader)
    if form == AS_CAST:
        return read_cast(reader)
    if form == AS_TRY_TABLE:
        return read_try_table(reader)
    if form == AS_HANDLERS:
        return read_handlers(reader)
    if form == AS_ORDERING or form == AS_OPTIONAL_ORDERING:
        return read_ordering(reader)
    raise unknown_kind(kind)


def read_memarg(reader: BinaryReader, kind: Kind) -> MemArg:
    """Alignment, what is accessed, ordering and offset of a memory access."""
    if reader.features >= 0:
        return _read_memarg_without(reader, kind)
    pos = reader.pos
    flags = reader.var_u32()
    if flags <= ALIGN_MASK:
        return MemArg(flags, reader.var_u64(), 0)
    if flags & HAS_ARRAY and flags & HAS_MEMORY:
        raise binary_error(pos, "cannot specify both memory and array index")
    memarg = MemArg(flags & ALIGN_MASK, 0, 0)
    if flags & HAS_MEMORY:
        memarg.memory = reader.var_u32()
    elif flags & HAS_ARRAY:
        memarg.array = reader.var_u32()
    if flags & HAS_ORDERING:
        if not kind.orderings:
            raise binary_error(pos, "cannot specify atomic ordering on non-atomic instruction")
        byte = reader.u8()
        if byte not in kind.orderings:
            raise binary_error(reader.pos - 1, f"invalid atomic consistency ordering 0x{byte:x}")
        memarg.ordering = kind.orderings.index(byte)
    if flags > HAS_MEMORY | HAS_ARRAY | HAS_ORDERING | ALIGN_MASK:
        raise binary_error(pos, "malformed memop: reserved flags bits set")
    memarg.offset = reader.var_u64()
    return memarg


def _read_memarg_without(reader: BinaryReader, kind: Kind) -> MemArg:
    """A memory access; the bits of flags that a missing feature would have named belong to the alignment."""
    from pywasmtools.wasm.features import ARRAYS, MEMORY64, MULTI_MEMORY, ORDERINGS

    features = reader.features
    pos = reader.pos
    flags = reader.var_u32()
    mask = ALIGN_MASK | HAS_ORDERING | HAS_ARRAY
    if features & ORDERINGS:
        mask ^= HAS_ORDERING
    if features & ARRAYS:
        mask ^= HAS_ARRAY
    memarg = MemArg(flags & mask, 0, 0)
    flags &= ~mask
    if flags & HAS_ARRAY and flags & HAS_MEMORY:
        raise binary_error(pos, "cannot specify both memory and array index")
    if features & MULTI_MEMORY and flags & HAS_MEMORY:
        flags ^= HAS_MEMORY
        memarg.memory = reader.var_u32()
    elif features & ARRAYS and flags & HAS_ARRAY:
        flags ^= HAS_ARRAY
        memarg.array = reader.var_u32()
    if features & ORDERINGS and flags & HAS_ORDERING:
        if not kind.orderings:
            raise binary_error(pos, "cannot specify atomic ordering on non-atomic instruction")
        flags ^= HAS_ORDERING
        byte = reader.u8()
        if byte not in kind.orderings:
            raise binary_error(reader.pos - 1, f"invalid atomic consistency ordering 0x{byte:x}")
        memarg.ordering = kind.orderings.index(byte)
    if flags:
        raise binary_error(pos, "malformed memop: reserved flags bits set")
    memarg.offset = reader.var_u64() if features & MEMORY64 else reader.var_u32()
    return memarg


def read_lanes(reader: BinaryReader) -> bytes:
    """The lanes of `i8x16.shuffle`."""
    return bytes([reader.u8() for _ in range(16)])


def read_val_types(reader: BinaryReader) -> tuple[ValType, ...]:
    """The types of `select`."""
    count = reader.size(MAX_WASM_SELECT_RESULT_SIZE, "select types")
    return tuple([reader.val_type() for _ in range(count)])


def read_labels(reader: BinaryReader) -> BrTable:
    """The labels of `br_table`."""
    count = reader.size(MAX_WASM_BR_TABLE_SIZE, "br_table")
    labels = reader.var_u32s(count)
    return BrTable(labels, reader.var_u32())


def skip_labels(reader: BinaryReader) -> int:
    """Steps over the labels of `br_table`; returns how many there are, without the default one."""
    count = reader.size(MAX_WASM_BR_TABLE_SIZE, "br_table")
    left = count + 1
    while left:
        size = min(left, 0x4000)
        chunk = reader.data[reader.pos : min(reader.pos + size, reader.end)]
        if len(chunk) == size and chunk.isascii():  # all labels are of one byte
            reader.pos += size
        else:
            size = min(size, 64)
            for _ in range(size):
                reader.var_u32()
        left -= size
    return count


def read_ordering(reader: BinaryReader) -> int:
    """How an atomic access is ordered: which of ORDERINGS."""
    ordering = reader.u8()
    if ordering >= len(ORDERINGS):
        raise binary_error(reader.pos - 1, f"invalid atomic consistency ordering {ordering}")
    return ordering


def read_cast(reader: BinaryReader) -> Cast:
    """The immediates of `br_on_cast` and its kin."""
    pos = reader.pos
    flags = reader.u8()
    label = reader.var_u32()
    if flags > 3:
        raise binary_error(pos, f"invalid cast flags: {flags:08b}")
    from_type = reader.heap_type()
    if from_type & EXACT and from_type >> 8 > MAX_TYPE_INDEX:
        raise binary_error(pos, "implementation error: type index too large")
    to_type = reader.heap_type()
    if to_type & EXACT and to_type >> 8 > MAX_TYPE_INDEX:
        raise binary_error(pos, "implementation error: type index too large")
    return Cast(label, ref_type(flags & 1 != 0, from_type), ref_type(flags & 2 != 0, to_type))


def read_try_table(reader: BinaryReader) -> TryTable:
    """The immediates of `try_table`."""
    block = reader.block_type()
    count = reader.size(MAX_WASM_CATCHES, "catches")
    catches = []
    for _ in range(count):
        clause = reader.u8()
        if clause > CATCH_ALL_REF:
            raise reader.invalid_leading_byte(clause, "catch")
        tag = reader.var_u32() if clause <= CATCH_REF else -1
        catches.append((clause, tag, reader.var_u32()))
    return TryTable(block, tuple(catches))


def read_handlers(reader: BinaryReader) -> ResumeTable:
    """The on-clauses of `resume` and its kin."""
    count = reader.size(MAX_WASM_HANDLERS, "resume table")
    handlers = []
    for _ in range(count):
        clause = reader.u8()
        if clause > ON_SWITCH:
            raise reader.invalid_leading_byte(clause, "on clause")
        tag = reader.var_u32()
        handlers.append((clause, tag, reader.var_u32() if clause == ON_LABEL else -1))
    return ResumeTable(tuple(handlers))


# ------------------------------------------------------------------------------- writing


def write_immediate(out: bytearray, kind: Kind, value: Immediate) -> None:
    """Encodes one immediate of the kind, in its shortest form."""
    form = kind.form
    if form == AS_MEMARG:
        assert isinstance(value, MemArg)
        out += memarg_bytes(kind, value)
    elif form == AS_V128 or form == AS_LANES:
        assert isinstance(value, bytes)
        out += value
    elif form == AS_VAL_TYPES:
        assert isinstance(value, tuple)
        out += var_u32(len(value))
        for type_ in value:
            write_val_type(out, type_)
    elif form == AS_LABELS:
        assert isinstance(value, BrTable)
        out += var_u32(len(value.labels))
        for label in value.labels:
            out += var_u32(label)
        out += var_u32(value.default)
    elif form == AS_CAST:
        assert isinstance(value, Cast)
        _write_cast(out, value)
    elif form == AS_TRY_TABLE:
        assert isinstance(value, TryTable)
        _write_try_table(out, value)
    elif form == AS_HANDLERS:
        assert isinstance(value, ResumeTable)
        _write_handlers(out, value)
    else:
        assert isinstance(value, int)
        _write_number(out, kind, value)


def _write_number(out: bytearray, kind: Kind, value: int) -> None:
    form = kind.form
    if form == AS_U32:
        out += var_u32(value)
    elif form == AS_S32 or form == AS_S64:
        out += var_s64(value)
    elif form == AS_F32:
        out += value.to_bytes(4, "little")
    elif form == AS_F64:
        out += value.to_bytes(8, "little")
    elif form == AS_LANE or form == AS_ORDERING or form == AS_OPTIONAL_ORDERING:
        out.append(value)
    elif form == AS_BLOCK_TYPE:
        write_block_type(out, value)
    elif form == AS_HEAP_TYPE:
        write_heap_type(out, value)
    else:
        raise unknown_kind(kind)


def memarg_bytes(kind: Kind, memarg: MemArg) -> bytes:
    """A memory access in binary; the memory index only where it is not 0.

    An alignment too large for its bits is not refused: it sets flags.
    """
    flags = memarg.align
    tail = var_u32(memarg.offset)
    if memarg.ordering >= 0:
        flags |= HAS_ORDERING
        tail = bytes((kind.orderings[memarg.ordering],)) + tail
    if memarg.array >= 0:
        return var_u32(flags | HAS_ARRAY) + var_u32(memarg.array) + tail
    if memarg.memory:
        return var_u32(flags | HAS_MEMORY) + var_u32(memarg.memory) + tail
    return var_u32(flags) + tail


def _write_cast(out: bytearray, cast: Cast) -> None:
    out.append((cast.from_type & 1) | (cast.to_type & 1) << 1)
    out += var_u32(cast.label)
    write_heap_type(out, cast.from_type & ~0x81)
    write_heap_type(out, cast.to_type & ~0x81)


def _write_try_table(out: bytearray, table: TryTable) -> None:
    write_block_type(out, table.block)
    out += var_u32(len(table.catches))
    for clause, tag, label in table.catches:
        out.append(clause)
        if clause <= CATCH_REF:
            out += var_u32(tag)
        out += var_u32(label)


def _write_handlers(out: bytearray, table: ResumeTable) -> None:
    out += var_u32(len(table.handlers))
    for clause, tag, label in table.handlers:
        out.append(clause)
        out += var_u32(tag)
        if clause == ON_LABEL:
            out += var_u32(label)


# ------------------------------------------------------------------------------- other indices


class Indices:
    """Other indices for those that immediates and types name: `index` says which. Here: the same."""

    __slots__ = ()

    def index(self, space: str, index: int) -> int:
        """What takes the place of an index of the space, which is one that `KINDS` names."""
        return index

    def heap_type(self, type_: int) -> int:
        """A heap or reference type with its other index."""
        if type_ & CONCRETE:
            return with_index(type_, self.index("type", type_ >> 8), MODULE_INDEX)
        return type_

    def val_type(self, type_: ValType) -> ValType:
        """A value type with its other index."""
        return self.heap_type(type_) if type_ & REF else type_

    def block_type(self, block: BlockType) -> BlockType:
        """A block type with its other indices."""
        return ~self.index("type", ~block) if block < 0 else self.val_type(block)


def with_indices(kind: Kind, value: Immediate, indices: Indices) -> Immediate:
    """The immediate with other indices."""
    form = kind.form
    if form == AS_U32:
        assert isinstance(value, int)
        return indices.index(kind.space, value) if kind.space else value
    if form == AS_MEMARG:
        assert isinstance(value, MemArg)
        if value.array >= 0:
            array = indices.index("type", value.array)
            return MemArg(value.align, value.offset, 0, array, value.ordering)
        memory = indices.index(kind.space, value.memory)
        return MemArg(value.align, value.offset, memory, -1, value.ordering)
    if form == AS_BLOCK_TYPE:
        assert isinstance(value, int)
        return indices.block_type(value)
    if form == AS_HEAP_TYPE:
        assert isinstance(value, int)
        return indices.heap_type(value)
    if form == AS_VAL_TYPES:
        assert isinstance(value, tuple)
        return tuple([indices.val_type(type_) for type_ in value])
    if form == AS_LABELS:
        assert isinstance(value, BrTable)
        labels = [indices.index("label", label) for label in value.labels]
        return BrTable(labels, indices.index("label", value.default))
    if form == AS_CAST:
        assert isinstance(value, Cast)
        label = indices.index("label", value.label)
        return Cast(label, indices.val_type(value.from_type), indices.val_type(value.to_type))
    if form == AS_TRY_TABLE:
        assert isinstance(value, TryTable)
        return TryTable(indices.block_type(value.block), _clauses(value.catches, indices))
    if form == AS_HANDLERS:
        assert isinstance(value, ResumeTable)
        return ResumeTable(_clauses(value.handlers, indices))
    if form not in _WITHOUT_INDICES:
        raise unknown_kind(kind)
    return value


_WITHOUT_INDICES: Final[tuple[int, ...]] = (
    AS_S32,
    AS_S64,
    AS_F32,
    AS_F64,
    AS_V128,
    AS_LANE,
    AS_LANES,
    AS_ORDERING,
    AS_OPTIONAL_ORDERING,
)


def _clauses(clauses: tuple[tuple[int, int, int], ...], indices: Indices) -> tuple[tuple[int, int, int], ...]:
    """Clauses with other indices: -1 is none."""
    return tuple(
        [
            (
                clause,
                indices.index("tag", tag) if tag >= 0 else tag,
                indices.index("label", label) if label >= 0 else label,
            )
            for clause, tag, label in clauses
        ]
    )
