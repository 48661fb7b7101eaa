"""One operator at a time: reads and writes the immediates of the rows of `instructions.py`.

`OperatorReader` walks a body or an expression and minds the nesting of blocks as wasmparser's reader does;
`skip_const_expr` steps over a constant expression. Hot loops index the rows' lists themselves.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.wasm.instructions import ONE_BYTE, PREFIXED, Row
from pywasmtools.wasm.limits import (
    MAX_WASM_BR_TABLE_SIZE,
    MAX_WASM_CATCHES,
    MAX_WASM_HANDLERS,
    MAX_WASM_SELECT_RESULT_SIZE,
)
from pywasmtools.wasm.types import EXACT, MAX_TYPE_INDEX, ref_type
from pywasmtools.wasm.writer import var_s64, var_u32, write_block_type, write_heap_type, write_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import BlockType, RefType, ValType

    Immediate: TypeAlias = "int | bytes | tuple[ValType, ...] | MemArg | BrTable | TryTable | Cast | ResumeTable"

# Frame kinds, as messages name them.
BLOCK: Final = 0
IF: Final = 1
ELSE: Final = 2
LOOP: Final = 3
TRY_TABLE: Final = 4
LEGACY_TRY: Final = 5
LEGACY_CATCH: Final = 6
LEGACY_CATCH_ALL: Final = 7

# Catch clauses of `try_table` and on-clauses of `resume`, by their byte.
CATCH: Final = 0
CATCH_REF: Final = 1
CATCH_ALL: Final = 2
CATCH_ALL_REF: Final = 3
ON_LABEL: Final = 0
ON_SWITCH: Final = 1


class MemArg:
    """Alignment (its base-2 logarithm), offset, memory."""

    __slots__ = ("align", "memory", "offset")

    def __init__(self, align: int, offset: int, memory: int) -> None:
        self.align = align
        self.offset = offset
        self.memory = memory


class BrTable:
    """The labels of `br_table`."""

    __slots__ = ("default", "labels")

    def __init__(self, labels: tuple[int, ...], default: int) -> None:
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


def read_row(reader: BinaryReader) -> Row:
    """The opcode of the next operator."""
    pos = reader.pos
    opcode = reader.u8()
    if opcode < 0xFB or opcode == 0xFF:
        row = ONE_BYTE[opcode]
        if row is None:
            raise binary_error(pos, f"illegal opcode: 0x{opcode:x}")
        return row
    sub_opcode = reader.var_u32()
    rows = PREFIXED[opcode - 0xFB]
    row = rows[sub_opcode] if sub_opcode < len(rows) else None
    if row is None:
        raise binary_error(pos, f"unknown 0x{opcode:x} subopcode: 0x{sub_opcode:x}")
    return row


_INDICES: Final = frozenset(
    ("func", "type", "table", "memory", "local", "global", "tag", "data", "elem", "field", "label", "u32")
)
"""The immediates that are plain u32 numbers."""


def read_immediate(reader: BinaryReader, kind: str, pos: int) -> Immediate:
    """One immediate of the kind; `pos` is where the operator began."""
    if kind in _INDICES:
        return reader.var_u32()
    if kind.startswith("memarg"):
        return read_memarg(reader)
    if kind == "i32":
        return reader.var_s32()
    if kind == "i64":
        return reader.var_s64()
    if kind == "f32":
        return reader.u32()
    if kind == "f64":
        return reader.u64()
    if kind == "v128":
        return reader.take(16)
    if kind == "lane":
        return reader.u8()
    if kind == "lanes":
        return bytes([reader.u8() for _ in range(16)])
    if kind == "block":
        return reader.block_type()
    if kind == "heap_type":
        return reader.heap_type()
    if kind == "val_types":
        count = reader.size(MAX_WASM_SELECT_RESULT_SIZE, "select types")
        return tuple([reader.val_type() for _ in range(count)])
    if kind == "labels":
        count = reader.size(MAX_WASM_BR_TABLE_SIZE, "br_table")
        labels = tuple([reader.var_u32() for _ in range(count)])
        return BrTable(labels, reader.var_u32())
    if kind == "cast":
        return _read_cast(reader)
    if kind == "try_table":
        return _read_try_table(reader)
    if kind == "handlers":
        return _read_handlers(reader)
    if kind == "ordering":
        ordering = reader.var_u32()
        if ordering > 1:
            raise binary_error(reader.pos - 1, f"invalid atomic consistency ordering {ordering}")
        return ordering
    # `zero`, the one that is left
    if reader.u8() != 0:
        raise binary_error(pos, "nonzero byte after `atomic.fence`")
    return 0


def read_memarg(reader: BinaryReader) -> MemArg:
    """Alignment, memory and offset of a memory access."""
    pos = reader.pos
    flags = reader.var_u32()
    memory = 0
    if flags & 0x40:
        flags ^= 0x40
        memory = reader.var_u32()
    if flags >= 0x40:
        raise binary_error(pos, "malformed memop alignment: alignment too large")
    return MemArg(flags, reader.var_u64(), memory)


def _read_cast(reader: BinaryReader) -> Cast:
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


def _read_try_table(reader: BinaryReader) -> TryTable:
    block = reader.block_type()
    count = reader.size(MAX_WASM_CATCHES, "catches")
    catches = []
    for _ in range(count):
        kind = reader.u8()
        if kind > CATCH_ALL_REF:
            raise reader.invalid_leading_byte(kind, "catch")
        tag = reader.var_u32() if kind <= CATCH_REF else -1
        catches.append((kind, tag, reader.var_u32()))
    return TryTable(block, tuple(catches))


def _read_handlers(reader: BinaryReader) -> ResumeTable:
    count = reader.size(MAX_WASM_HANDLERS, "resume table")
    handlers = []
    for _ in range(count):
        kind = reader.u8()
        if kind > ON_SWITCH:
            raise reader.invalid_leading_byte(kind, "on clause")
        tag = reader.var_u32()
        handlers.append((kind, tag, reader.var_u32() if kind == ON_LABEL else -1))
    return ResumeTable(tuple(handlers))


class OperatorReader:
    """Walks the operators of a body (behind its locals) or of an expression.

    After `next_operator`, `offset` is where the operator began, `row` which it is, and `immediates` has
    one value a kind of the row: ints, or the classes above. `frames` holds the kinds of the open blocks.
    """

    __slots__ = ("frames", "immediates", "offset", "reader", "row")

    def __init__(self, reader: BinaryReader) -> None:
        self.reader = reader
        self.frames = [BLOCK]
        self.offset = reader.pos
        self.row = _NOP
        self.immediates: list[Immediate] = []

    def eof(self) -> bool:
        return self.reader.pos >= self.reader.end

    def next_operator(self) -> Row:
        """Reads the next operator. What the reader refuses: unknown opcodes, bad immediates, misplaced `else`."""
        reader = self.reader
        frames = self.frames
        pos = reader.pos
        if not frames:
            raise binary_error(pos, "operators remaining after end of function body or expression")
        row = read_row(reader)
        key = row.key
        if key <= 0x1F and (key == 0x05 or key == 0x07 or key == 0x18 or key == 0x19):
            misplaced = check_frame(key, frames[-1], reader.pos)
            if misplaced is not None:
                raise misplaced
        self.immediates = [read_immediate(reader, kind, pos) for kind in row.kinds]
        self.offset = pos
        self.row = row
        if key <= 0x1F:
            enter_frame(frames, key)
        return row

    def finish(self) -> None:
        """Called at the end of a body: all blocks are closed and nothing follows."""
        if self.frames:
            raise binary_error(self.reader.pos, "control frames remain at end of function body or expression")
        if self.reader.pos < self.reader.end:
            raise binary_error(self.reader.pos, "unexpected data at the end of operators")


def check_frame(key: int, frame: int, pos: int) -> WasmToolsError | None:
    """The error that `else`, `catch`, `delegate` or `catch_all` stands in a frame of the wrong kind."""
    if key == 0x05:
        return None if frame == IF else binary_error(pos, "`else` found outside `If` block")
    if frame == LEGACY_TRY or (frame == LEGACY_CATCH and key != 0x18):
        return None
    word = "catch" if key == 0x07 else "delegate" if key == 0x18 else "catch_all"
    return binary_error(pos, f"`{word}` found outside `LegacyTry` block")


def enter_frame(frames: list[int], key: int) -> None:
    """What an operator of one byte does to the list of open blocks."""
    if key == 0x0B or key == 0x18:
        frames.pop()
    elif key == 0x02:
        frames.append(BLOCK)
    elif key == 0x03:
        frames.append(LOOP)
    elif key == 0x04:
        frames.append(IF)
    elif key == 0x05:
        frames[-1] = ELSE
    elif key == 0x06:
        frames.append(LEGACY_TRY)
    elif key == 0x07:
        frames[-1] = LEGACY_CATCH
    elif key == 0x19:
        frames[-1] = LEGACY_CATCH_ALL
    elif key == 0x1F:
        frames.append(TRY_TABLE)


def skip_const_expr(reader: BinaryReader) -> None:
    """Steps over a constant expression: to the first `end`, where no block may be open."""
    operators = OperatorReader(reader)
    while operators.next_operator().key != 0x0B:
        pass
    if operators.frames:
        raise binary_error(reader.pos, "control frames remain at end of expression")


# ------------------------------------------------------------------------------- writing


def write_row(out: bytearray, row: Row) -> None:
    """Encodes the opcode of an operator."""
    key = row.key
    if key < 0x100:
        out.append(key)
    else:
        out.append(key >> 16)
        out += var_u32(key & 0xFFFF)


def write_immediate(out: bytearray, kind: str, value: Immediate) -> None:
    """Encodes one immediate of the kind, in its shortest form."""
    if isinstance(value, int):
        if kind == "i32" or kind == "i64":
            out += var_s64(value)
        elif kind == "f32":
            out += value.to_bytes(4, "little")
        elif kind == "f64":
            out += value.to_bytes(8, "little")
        elif kind == "lane" or kind == "zero":
            out.append(value)
        elif kind == "block":
            write_block_type(out, value)
        elif kind == "heap_type":
            write_heap_type(out, value)
        else:
            out += var_u32(value)
    elif isinstance(value, MemArg):
        write_memarg(out, value)
    elif isinstance(value, bytes):
        out += value
    elif isinstance(value, BrTable):
        out += var_u32(len(value.labels))
        for label in value.labels:
            out += var_u32(label)
        out += var_u32(value.default)
    elif isinstance(value, Cast):
        out.append((value.from_type & 1) | (value.to_type & 1) << 1)
        out += var_u32(value.label)
        write_heap_type(out, value.from_type & ~0x81)
        write_heap_type(out, value.to_type & ~0x81)
    elif isinstance(value, TryTable):
        write_block_type(out, value.block)
        out += var_u32(len(value.catches))
        for clause, tag, label in value.catches:
            out.append(clause)
            if clause <= CATCH_REF:
                out += var_u32(tag)
            out += var_u32(label)
    elif isinstance(value, ResumeTable):
        out += var_u32(len(value.handlers))
        for clause, tag, label in value.handlers:
            out.append(clause)
            out += var_u32(tag)
            if clause == ON_LABEL:
                out += var_u32(label)
    else:
        out += var_u32(len(value))
        for type_ in value:
            write_val_type(out, type_)


def write_memarg(out: bytearray, memarg: MemArg) -> None:
    """Encodes a memory access; the memory index only where it is not 0."""
    if memarg.memory == 0:
        out += var_u32(memarg.align)
    else:
        out += var_u32(memarg.align | 0x40) + var_u32(memarg.memory)
    out += var_u32(memarg.offset)


def write_operator(out: bytearray, row: Row, immediates: list[Immediate]) -> None:
    """Encodes an operator."""
    write_row(out, row)
    for k, kind in enumerate(row.kinds):
        write_immediate(out, kind, immediates[k])


def _nop() -> Row:
    row = ONE_BYTE[0x01]
    assert row is not None
    return row


_NOP: Final = _nop()
