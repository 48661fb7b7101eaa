"""One operator at a time: reads and writes opcodes and immediates by the rows of `instructions.py`.

`OperatorReader` walks a body or an expression and minds the nesting of blocks as wasmparser's reader does;
`skip_const_expr` steps over a constant expression. Hot loops index the rows' lists themselves.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.wasm.immediates import (
    ALIGN_MASK,
    AS_BLOCK_TYPE,
    AS_MEMARG,
    AS_S32,
    AS_S64,
    AS_U32,
    read_immediate,
    write_immediate,
)
from pywasmtools.wasm.instructions import ONE_BYTE, PREFIXED, Row
from pywasmtools.wasm.types import BLOCK_EMPTY
from pywasmtools.wasm.writer import var_u32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.immediates import Immediate
    from pywasmtools.wasm.reader import BinaryReader

# Frame kinds, as messages name them.
BLOCK: Final = 0
IF: Final = 1
ELSE: Final = 2
LOOP: Final = 3
TRY_TABLE: Final = 4
LEGACY_TRY: Final = 5
LEGACY_CATCH: Final = 6
LEGACY_CATCH_ALL: Final = 7

# ------------------------------------------------------------------------------- reading


def read_row(reader: BinaryReader) -> Row:
    """The opcode of the next operator."""
    pos = reader.pos
    if pos >= reader.end:
        raise reader.end_of_file()
    data = reader.data
    opcode = data[pos]
    reader.pos = pos + 1
    if opcode < 0xFB or opcode == 0xFF:  # a prefix
        row = ONE_BYTE[opcode]
        if row is None:
            raise binary_error(pos, f"illegal opcode: 0x{opcode:x}")
        return row
    if pos + 1 < reader.end and data[pos + 1] < 0x80:
        sub_opcode = data[pos + 1]
        reader.pos = pos + 2
    else:
        sub_opcode = reader.var_u32()
    rows = PREFIXED[opcode - 0xFB]
    row = rows[sub_opcode] if sub_opcode < len(rows) else None
    if row is None:
        raise binary_error(pos, f"unknown 0x{opcode:x} subopcode: 0x{sub_opcode:x}")
    return row


def check_reading(reader: BinaryReader, key: int, offset: int) -> None:
    """Raises where an instruction, before its place among blocks is looked at, may not be read without a feature."""
    from pywasmtools.wasm.features import check_legacy

    check_legacy(reader.features, key, offset)


def read_immediates(reader: BinaryReader, row: Row, offset: int) -> list[Immediate]:
    """The immediates of an instruction that began at `offset`; its opcode has been read."""
    if reader.features >= 0:
        return read_immediates_without(reader, row, offset)
    return [read_immediate(reader, kind) for kind in row.kinds]


def read_immediates_without(reader: BinaryReader, row: Row, offset: int) -> list[Immediate]:
    """The same where not all features are on."""
    from pywasmtools.wasm.features import check_fence, check_legacy

    key = row.key
    if key <= 0x19:  # catch_all
        check_legacy(reader.features, key, offset)
        if key == 0x11:  # call_indirect
            return [reader.var_u32(), reader.call_table()]
    elif key == 0x3F or key == 0x40:  # memory.size, memory.grow
        return [reader.memory_index()]
    elif key == 0xFE_0003:  # atomic.fence
        check_fence(reader, offset)
    return [read_immediate(reader, kind) for kind in row.kinds]


class OperatorReader:
    """Walks the operators of a body (behind its locals) or of an expression.

    `next_operator` tells which it is; after it `offset` is where the operator began, and `immediates` has
    one value a kind of the row: ints, or the classes of `immediates.py`. `frames` holds the kinds of the open blocks.
    """

    __slots__ = ("frames", "immediates", "offset", "reader")

    def __init__(self, reader: BinaryReader) -> None:
        self.reader = reader
        self.frames = [BLOCK]
        self.offset = reader.pos
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
        if key == 0x05 or key == 0x07 or key == 0x18 or key == 0x19:  # else, catch, delegate, catch_all
            if reader.features >= 0:
                check_reading(reader, key, pos)
            misplaced = check_frame(key, frames[-1], reader.pos)
            if misplaced is not None:
                raise misplaced
        self.immediates = read_immediates(reader, row, pos)
        self.offset = pos
        if key <= 0x1F:  # try_table
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
    if key == 0x05:  # else
        return None if frame == IF else binary_error(pos, "`else` found outside `If` block")
    if frame == LEGACY_TRY or (frame == LEGACY_CATCH and key != 0x18):  # delegate
        return None
    row = ONE_BYTE[key]
    assert row is not None
    return binary_error(pos, f"`{row.name}` found outside `LegacyTry` block")


def enter_frame(frames: list[int], key: int) -> None:
    """What an operator of one byte does to the list of open blocks."""
    if key == 0x0B or key == 0x18:  # end, delegate
        frames.pop()
    elif key == 0x02:  # block
        frames.append(BLOCK)
    elif key == 0x03:  # loop
        frames.append(LOOP)
    elif key == 0x04:  # if
        frames.append(IF)
    elif key == 0x05:  # else
        frames[-1] = ELSE
    elif key == 0x06:  # try
        frames.append(LEGACY_TRY)
    elif key == 0x07:  # catch
        frames[-1] = LEGACY_CATCH
    elif key == 0x19:  # catch_all
        frames[-1] = LEGACY_CATCH_ALL
    elif key == 0x1F:  # try_table
        frames.append(TRY_TABLE)


_OF_BLOCKS: Final = (
    0x05,  # else
    0x07,  # catch
    0x0B,  # end
    0x18,  # delegate
    0x19,  # catch_all
)
"""What changes the blocks that are open, and has no block type."""


def _extents() -> bytes:
    """What an opcode of one byte has behind it: 1 nothing, 2 one LEB128 of up to 64 bits; 0: to be looked at."""
    extents = bytearray(256)
    for opcode, row in enumerate(ONE_BYTE):
        if row is None or opcode in _OF_BLOCKS:
            continue
        if not row.kinds:
            extents[opcode] = 1
        elif len(row.kinds) == 1 and row.kinds[0].form in (AS_U32, AS_S32, AS_S64):
            extents[opcode] = 2
    return bytes(extents)


_EXTENTS: Final = _extents()


def skip_const_expr(reader: BinaryReader) -> None:
    """Steps over a constant expression: to the first `end`, where no block may be open."""
    if _skip_usual(reader):
        return
    operators = OperatorReader(reader)
    data = reader.data
    last = reader.end - 5 if reader.features < 0 else 0
    while True:
        # Most operators do nothing to the blocks, and have one short number or none.
        pos = reader.pos
        while pos < last:
            extent = _EXTENTS[data[pos]]
            if extent == 1:
                pos += 1
            elif extent == 2:
                k = pos + 1
                while k < pos + 5 and data[k] >= 0x80:
                    k += 1
                if k == pos + 5:
                    break
                pos = k + 1
            else:
                break
        reader.pos = pos
        if operators.next_operator().key == 0x0B:  # end
            break
    if operators.frames:
        raise binary_error(reader.pos, "control frames remain at end of expression")


def _after_numbers(data: bytes, at: int, end: int) -> int:
    """What follows an operator of the first prefix, from its second byte on; `end` unless it has numbers of a byte each."""
    rows = PREFIXED[0]
    row = rows[data[at]] if data[at] < len(rows) and data[at] < 0x80 else None
    if row is None:
        return end
    at += 1
    for kind in row.kinds:
        if kind.form != AS_U32 or at >= end or data[at] >= 0x80:
            return end
        at += 1
    return at


def _skip_usual(reader: BinaryReader) -> bool:
    """Steps over what most constant expressions are made of: past the end, or up to an operator that is something else.

    Returns whether it was the end.
    """
    data = reader.data
    end = reader.end
    pos = reader.pos
    while pos + 1 < end:
        opcode = data[pos]
        last = pos + 1
        if opcode >= 0x6A:  # i32.add
            if opcode == 0xD2:  # ref.func
                while last < end and data[last] >= 0x80 and last < pos + 4:
                    last += 1
                if last >= end or data[last] >= 0x80:
                    break
                last += 1
            elif opcode == 0xFB:  # a prefix
                last = _after_numbers(data, last, end)
                if last >= end:
                    break
            elif opcode == 0xD0:  # ref.null
                # A type's index of one byte, or an abstract heap type.
                if not (data[last] < 0x40 or 0x68 <= data[last] <= 0x75):
                    break
                last += 1
            elif opcode == 0xFD:  # a prefix
                if data[last] != 0x0C:
                    break
                last += 17
            elif not (opcode <= 0x6C or 0x7C <= opcode <= 0x7E):  # i32.mul, i64.add, i64.mul
                break
        elif opcode == 0x41 or opcode == 0x42 or opcode == 0x23:  # i32.const, i64.const, global.get
            most = 9 if opcode == 0x42 else 5 if opcode == 0x41 else 4  # i64.const, i32.const
            while last < end and data[last] >= 0x80 and last < pos + most:
                last += 1
            if last >= end or data[last] >= 0x80:
                break
            if last == pos + 5 and opcode == 0x41 and 8 <= data[last] < 0x78:  # i32.const
                break
            last += 1
        elif opcode == 0x43 or opcode == 0x44:  # f32.const, f64.const
            last += 4 if opcode == 0x43 else 8  # f32.const
        else:
            break
        if last > end:
            break
        pos = last
    if pos < end and data[pos] == 0x0B:  # end
        reader.pos = pos + 1
        return True
    reader.pos = pos
    return False


def _plain() -> bytes:
    """What an opcode of one byte has behind it, where it names nothing outside its function, as `skip_plain` tells apart."""
    forms = bytearray(256)
    for opcode, row in enumerate(ONE_BYTE):
        if row is None or opcode in _OF_BLOCKS or opcode == 0x1F:  # try_table
            continue
        if not row.kinds:
            forms[opcode] = _NOTHING
        elif len(row.kinds) == 1:
            kind = row.kinds[0]
            if kind.form == AS_U32 and kind.space in ("", "local", "label"):
                forms[opcode] = _NUMBER
            elif kind.form == AS_S32 or kind.form == AS_S64:
                forms[opcode] = _SIGNED
            elif kind.form == AS_MEMARG:
                forms[opcode] = _ACCESS
            elif kind.form == AS_BLOCK_TYPE:
                forms[opcode] = _BLOCK
    forms[0x0B] = _END
    return bytes(forms)


_NOTHING: Final = 1
_NUMBER: Final = 2
_SIGNED: Final = 3
_ACCESS: Final = 4
_BLOCK: Final = 5
_END: Final = 6
_PLAIN: Final = _plain()


def skip_plain(operators: OperatorReader) -> bool:
    """Steps over operators that name nothing outside their function but memory 0, up to one that is something else.

    What is stepped over is well formed and as short as can be: written again it would be the same bytes. Returns whether
    memory 0 was accessed.
    """
    reader = operators.reader
    frames = operators.frames
    accessed = False
    if reader.features >= 0:
        return False
    data = reader.data
    pos = reader.pos
    last = reader.end - 11  # an operator here has eleven bytes at most
    while pos < last and frames:
        opcode = data[pos]
        form = _PLAIN[opcode]
        if form == _NOTHING:
            pos += 1
        elif form == _NUMBER:
            if data[pos + 1] < 0x80:
                pos += 2
            elif 0 < data[pos + 2] < 0x80:
                pos += 3
            else:
                break
        elif form == _SIGNED:
            at = _after_signed(data, pos + 1)
            if at == 0:
                break
            pos = at
        elif form == _ACCESS:
            if data[pos + 1] > ALIGN_MASK:
                break
            if data[pos + 2] < 0x80:
                pos += 3
            elif 0 < data[pos + 3] < 0x80:
                pos += 4
            else:
                break
            accessed = True
        elif form == _BLOCK:
            if data[pos + 1] != BLOCK_EMPTY and not 0x7C <= data[pos + 1] <= 0x7F:
                break
            enter_frame(frames, opcode)
            pos += 2
        elif form == _END:
            frames.pop()
            pos += 1
        else:
            break
    reader.pos = pos
    return accessed


def _after_signed(data: bytes, at: int) -> int:
    """What follows a signed number of up to four bytes; 0 where it has more, or more than it needs."""
    byte = data[at]
    if byte < 0x80:
        return at + 1
    for k in range(at + 1, at + 4):
        before = byte
        byte = data[k]
        if byte < 0x80:
            if byte == (0x7F if before & 0x40 else 0):
                return 0
            return k + 1
    return 0


# ------------------------------------------------------------------------------- writing


def write_row(out: bytearray, row: Row) -> None:
    """Encodes the opcode of an operator."""
    key = row.key
    if key < 0x100:
        out.append(key)
    else:
        out.append(key >> 16)
        out += var_u32(key & 0xFFFF)


def write_operator(out: bytearray, row: Row, immediates: list[Immediate]) -> None:
    """Encodes an operator."""
    write_row(out, row)
    for k, kind in enumerate(row.kinds):
        write_immediate(out, kind, immediates[k])
