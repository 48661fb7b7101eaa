"""Validation of instructions whose typing the table says, and of bulk operations and shuffles."""

from __future__ import annotations

from pywasmtools.wasm.immediates import (
    AS_F64,
    AS_HEAP_TYPE,
    AS_LANE,
    AS_LANES,
    AS_MEMARG,
    AS_OPTIONAL_ORDERING,
    AS_ORDERING,
    AS_S32,
    AS_S64,
    AS_U32,
    AS_V128,
    AS_VAL_TYPES,
    MemArg,
    read_immediate,
    read_lanes,
)
from pywasmtools.wasm.instructions import IRREGULAR, ONE_BYTE, PREFIXED, THREADS
from pywasmtools.wasm.types import F32, F64, I32, I64, REF, V128, show_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from pywasmtools.validation.core.operand_stack import OperandStack
    from pywasmtools.wasm.immediates import Kind
    from pywasmtools.wasm.instructions import Row
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import TableType, ValType

TYPES: Final = {"i32": I32, "i64": I64, "f32": F32, "f64": F64, "v128": V128}
"""The types that signatures name."""


class Signature:
    """What a regular instruction does: immediates, operands from the top down, results.

    -1 among the types is the index type of the memory; of an array, its reference lies below the index. `lanes`
    bounds a lane index; `natural` is the base-2 logarithm of the natural alignment, which `atomic` ones must have.
    """

    __slots__ = ("atomic", "kinds", "lanes", "natural", "operands", "results")

    def __init__(self, row: Row) -> None:
        self.kinds = row.kinds
        operands = [TYPES.get(name, -1) for name in row.operands()]
        operands.reverse()
        self.operands = operands
        self.results = [TYPES.get(name, -1) for name in row.results()]
        self.lanes = 0
        self.natural = 0
        self.atomic = row.proposal == THREADS
        for kind in row.kinds:
            # An item of another space is looked up by a handler, for it has a say in the typing.
            assert kind.space in ("", "memory"), f"`{row.name}` can't be regular: it names a {kind.space}"
            self.natural = max(self.natural, kind.align)
            if kind.form == AS_LANE:
                self.lanes = _lanes(row.name)


def _lanes(name: str) -> int:
    """How many lanes the instruction indexes: `i16x8.extract_lane_s`, or `v128.load16_lane` by width."""
    if name.startswith("v128."):
        width = "".join([c for c in name[5:] if c.isdigit()])
        return 128 // int(width)
    return int(name[name.index("x") + 1 : name.index(".")])


_signatures: Final[dict[int, Signature]] = {}


def signature_of(row: Row) -> Signature:
    """The signature of a regular row, made when it is first met."""
    signature = _signatures.get(row.key)
    if signature is None:
        signature = _signatures[row.key] = Signature(row)
    return signature


def regular(v: OperandStack, reader: BinaryReader, signature: Signature) -> None:
    """An instruction whose operands and results stand in the table."""
    memarg: MemArg | None = None
    memory = -1
    lane = -1
    for kind in signature.kinds:
        value = read_immediate(reader, kind)
        if isinstance(value, MemArg):
            memarg = value
        elif isinstance(value, int):
            if kind.form == AS_LANE:
                lane = value
            elif kind.space:
                memory = value
    address = 0
    array = -1
    if memarg is not None:
        address = _check_memarg(v, memarg, signature)
        array = memarg.array
    elif memory >= 0:
        address = v.memory_index_type(memory)
    if lane >= signature.lanes and signature.lanes > 0:
        raise v.error("SIMD index out of bounds")
    for type_ in signature.operands:
        v.pop(type_ if type_ >= 0 else address)
        if array >= 0 and type_ < 0:
            v.pop(v.concrete(array))
    for type_ in signature.results:
        v.stack.append(type_ if type_ >= 0 else address)


def _check_memarg(v: OperandStack, memarg: MemArg, signature: Signature) -> ValType:
    """Checks a memory access; returns the type of addresses: i32 in an array."""
    if signature.atomic:
        if memarg.align != signature.natural:
            raise v.error("atomic instructions must always specify maximum alignment")
        if memarg.array >= 0:
            raise v.error("atomic instructions cannot operate on arrays")
    if memarg.align > signature.natural:
        raise v.error("invalid memop alignment: alignment must not be larger than natural")
    if memarg.array >= 0:
        field = v.array_type_at(memarg.array) if signature.results else v.mutable_array_type_at(memarg.array)
        if field.element_type & REF:
            raise v.error(
                "array access instructions require a numeric, vector, or packed element type, "
                f"found `{show_val_type(field.element_type)}`"
            )
        type_ = I32
    else:
        type_ = v.memory_index_type(memarg.memory)
    if type_ == I32 and memarg.offset > 0xFFFF_FFFF:
        raise v.error("offset out of range: must be <= 2**32")
    return type_


# ------------------------------------------------------------------------------- what the loop over a body does in place
#
# Classes of one-byte instructions, those of values first; the loop halves the range.
_CONST: Final = 0
_LOCAL_SET: Final = 1
_BINARY: Final = 2
_UNARY: Final = 3
_LOAD: Final = 4
_STORE: Final = 5
_DROP: Final = 6
_GLOBAL: Final = 7
_END: Final = 8
_BLOCK: Final = 9
_BRANCH: Final = 10
_CALL: Final = 11
_KEPT_EFFECT: Final = 12
_PREFIX: Final = 13
_ELSE: Final = 14
_LEAVE: Final = 15
_NOP: Final = 16
_KEPT_LEAVE: Final = 17
_TRY_TABLE: Final = 18
_BRANCH_ON: Final = 19
_BR_TABLE: Final = 20
_CATCH: Final = 21
_OTHER: Final = 22
_NONE: Final = 23

_IN_PLACE: Final = {
    0x00: _LEAVE,  # unreachable
    0x02: _BLOCK,  # block
    0x03: _BLOCK,  # loop
    0x04: _BLOCK,  # if
    0x05: _ELSE,  # else
    0x06: _BLOCK,  # try
    0x07: _CATCH,  # catch
    0x08: _KEPT_LEAVE,  # throw
    0x0A: _KEPT_LEAVE,  # throw_ref
    0x0B: _END,  # end
    0x0C: _BRANCH,  # br
    0x0D: _BRANCH,  # br_if
    0x0E: _BR_TABLE,  # br_table
    0x0F: _LEAVE,  # return
    0x10: _CALL,  # call
    0x11: _KEPT_EFFECT,  # call_indirect
    0x12: _KEPT_LEAVE,  # return_call
    0x13: _KEPT_LEAVE,  # return_call_indirect
    0x14: _KEPT_EFFECT,  # call_ref
    0x15: _KEPT_LEAVE,  # return_call_ref
    0x18: _CATCH,  # delegate
    0x19: _CATCH,  # catch_all
    0x1A: _DROP,  # drop
    0x1B: _KEPT_EFFECT,  # select
    0x1C: _KEPT_EFFECT,  # select
    0x1F: _TRY_TABLE,  # try_table
    0x21: _LOCAL_SET,  # local.set
    0x22: _LOCAL_SET,  # local.tee
    0x23: _GLOBAL,  # global.get
    0x24: _GLOBAL,  # global.set
    0x25: _KEPT_EFFECT,  # table.get
    0x26: _KEPT_EFFECT,  # table.set
    0x3F: _KEPT_EFFECT,  # memory.size
    0x40: _KEPT_EFFECT,  # memory.grow
    0xD0: _KEPT_EFFECT,  # ref.null
    0xD1: _KEPT_EFFECT,  # ref.is_null
    0xD2: _KEPT_EFFECT,  # ref.func
    0xD3: _KEPT_EFFECT,  # ref.eq
    0xD4: _KEPT_EFFECT,  # ref.as_non_null
    0xD5: _BRANCH_ON,  # br_on_null
    0xD6: _BRANCH_ON,  # br_on_non_null
}
"""The classes of instructions that signatures don't tell."""

_NUMBERS: Final = {
    AS_U32: 1,
    AS_S32: 1,
    AS_S64: 1,
    AS_HEAP_TYPE: 1,
    AS_LANE: 1,
    AS_ORDERING: 1,
    AS_OPTIONAL_ORDERING: 1,
    AS_MEMARG: 2,
    AS_VAL_TYPES: 2,
    AS_LANES: 16,
}
"""How many numbers an immediate usually is, by form. One that is longer or shorter after all is read as any other."""


_NUMBER_TYPES: Final = (I32, I64, F32, F64, V128)


class Tables:
    """By opcode: the class, the type of the operands (all the same) or of what is stored, the result, the alignment.

    `numeric` has the type of the operands of those that take numbers and leave one, else 0.
    `single` has parameters and results of a block with one result, by its byte; `lowest` is the least of these bytes
    from which on all are types of numbers. `refused` are opcodes that are left out, `numbers` the types of those there are.
    `is_plain` and `is_flow` say whether the class is one of the first eight, or of the next four: a jump over much code
    is quick behind a bool (`function.py`).
    `lengths` is how many bytes the immediates take if all are small, `prefixed_lengths` the same by the prefix and
    the byte behind it, which counts; 0 where the immediates are no numbers. `accesses` says, by the same two, whether the
    first is an alignment and an offset.
    """

    __slots__ = (
        "accesses",
        "alignments",
        "classes",
        "is_flow",
        "is_plain",
        "lengths",
        "lowest",
        "met",
        "numeric",
        "operands",
        "prefixed_lengths",
        "results",
        "single",
    )

    def __init__(self, refused: Sequence[int] = (), numbers: Sequence[ValType] = _NUMBER_TYPES) -> None:
        self.single: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {type_: ((), (type_,)) for type_ in numbers}
        self.lowest = min([byte for byte in _NUMBER_TYPES if all(k in numbers for k in range(byte, I32 + 1))])
        self.classes = [_OTHER] * 0x100
        self.operands = [0] * 0x100
        self.results = [0] * 0x100
        self.alignments = [0] * 0x100
        self.numeric = [0] * 0x100
        self.lengths = [0] * 0x100
        self.met = [False] * len(PREFIXED)
        # Filled in when the prefix is first met.
        self.prefixed_lengths: list[list[int]] = [[0] * 0x100 for _ in PREFIXED]
        self.accesses: list[list[bool]] = [[False] * 0x100 for _ in PREFIXED]
        # Many rows have the same signature.
        known: dict[str, tuple[list[str], list[str]]] = {}
        for opcode, row in enumerate(ONE_BYTE):
            if row is None:
                self.classes[opcode] = _PREFIX if opcode >= 0xFB and opcode != 0xFF else _NONE  # a prefix
            elif row.signature != IRREGULAR:
                types = known.get(row.signature)
                if types is None:
                    types = known[row.signature] = (row.operands(), row.results())
                self._regular(opcode, row.kinds, types[0], types[1])
        for opcode, class_ in _IN_PLACE.items():
            self.classes[opcode] = class_
            row = ONE_BYTE[opcode]
            assert row is not None
            if class_ == _KEPT_EFFECT or class_ == _KEPT_LEAVE:
                self.lengths[opcode] = sum([_NUMBERS[kind.form] for kind in row.kinds])
        for opcode in refused:
            self.classes[opcode] = _NONE
            self.numeric[opcode] = 0
        if V128 not in numbers:
            self.classes[0xFD] = _OTHER  # a prefix
        self.is_plain = [class_ < _END for class_ in self.classes]
        self.is_flow = [_END <= class_ < _KEPT_EFFECT for class_ in self.classes]

    def _regular(self, opcode: int, kinds: tuple[Kind, ...], operands: list[str], results: list[str]) -> None:
        """What the loop does in place: the usual shapes of signatures. Others stay _OTHER."""
        count = len(operands)
        if len(results) > 1 or "addr" in results or len(kinds) > 1:
            return
        if kinds:
            kind = kinds[0]
            if kind.form == AS_MEMARG and operands[:1] == ["addr"]:
                if count == 1 and results:
                    self.classes[opcode] = _LOAD
                elif count == 2 and not results:
                    self.classes[opcode] = _STORE
                    self.operands[opcode] = TYPES[operands[1]]
                else:
                    return
                self.alignments[opcode] = kind.align
            elif AS_S32 <= kind.form <= AS_F64 and 0x41 <= opcode <= 0x44:  # i32.const, f64.const
                self.classes[opcode] = _CONST
            else:
                return
        elif not operands and not results:
            self.classes[opcode] = _NOP
        elif results and (count == 1 or (count == 2 and operands[0] == operands[1])):
            self.classes[opcode] = _UNARY if count == 1 else _BINARY
            self.operands[opcode] = self.numeric[opcode] = TYPES[operands[0]]
        else:
            return
        if results:
            self.results[opcode] = TYPES[results[0]]

    def past_numbers(self, data: bytes, opcode: int, pos: int, end: int) -> int:
        """Where an instruction ends whose immediates are all numbers; `pos`, behind its opcode, where it has others."""
        if opcode >= 0xFB:  # a prefix
            if not self.met[opcode - 0xFB]:
                self.meet(opcode)
            if pos >= end:
                return pos
            count = self.prefixed_lengths[opcode - 0xFB][data[pos]]
            if data[pos] >= 0x80 and count > 0:
                count -= 1  # one number, two bytes
        else:
            count = self.lengths[opcode]
        last = pos
        for _ in range(count):
            while last < end and data[last] >= 0x80:
                last += 1
            last += 1
        return last if last < end else pos

    def meet(self, prefix: int) -> None:
        """Fills in how long the instructions with a prefix are."""
        self.met[prefix - 0xFB] = True
        lengths = self.prefixed_lengths[prefix - 0xFB]
        seen: set[int] = set()
        for code, row in enumerate(PREFIXED[prefix - 0xFB]):
            if row is None:
                continue
            length = 1 if code < 0x80 else 2
            for kind in row.kinds:
                numbers = _NUMBERS.get(kind.form, 0)
                if numbers == 0 and kind.form != AS_V128:
                    length = 0
                    break
                length += numbers
            if code < 0x80 and row.kinds and row.kinds[0].form == AS_MEMARG:
                self.accesses[prefix - 0xFB][code] = True
            first = code if code < 0x80 else code & 0x7F | 0x80
            lengths[first] = length if first not in seen or lengths[first] == length else 0
            seen.add(first)


TABLES: Final = Tables()


def is_refused(tables: Tables, opcode: int) -> bool:
    """Whether an opcode is none, or one that is left out."""
    return tables.classes[opcode] == _NONE


# ------------------------------------------------------------------------------- bulk operations, shuffles


def bulk(v: OperandStack, reader: BinaryReader, key: int) -> None:
    """The irregular instructions with the prefix 0xFC, on memories and tables."""
    first = reader.var_u32()
    if key == 0xFC_0009:  # data.drop
        v.check_data_segment(first)
    elif key == 0xFC_000D:  # elem.drop
        v.element_type_at(first)
    elif 0xFC_000F <= key <= 0xFC_0011:  # table.grow, table.fill
        _table_size(v, v.table_at(first), key)
    else:
        _bulk_with_two(v, first, reader.var_u32(), key)


def _bulk_with_two(v: OperandStack, first: int, second: int, key: int) -> None:
    """Those that name two items."""
    if key == 0xFC_0008:  # memory.init
        type_ = v.memory_index_type(second)
        v.check_data_segment(first)
        v.pop(I32)
        v.pop(I32)
        v.pop(type_)
    elif key == 0xFC_000A:  # memory.copy
        to_type = v.memory_index_type(first)
        _pop_copy(v, to_type, v.memory_index_type(second))
    elif key == 0xFC_000C:  # table.init
        table = v.table_at(second)
        if not v.is_subtype(v.element_type_at(first), table.element_type):
            raise v.error("type mismatch")
        v.pop(I32)
        v.pop(I32)
        v.pop(table.index_type())
    elif key == 0xFC_000E:  # table.copy
        from_table = v.table_at(second)
        to_table = v.table_at(first)
        if not v.is_subtype(from_table.element_type, to_table.element_type):
            raise v.error("type mismatch")
        _pop_copy(v, to_table.index_type(), from_table.index_type())
    else:
        raise AssertionError(f"no handler for the instruction 0x{key:x}")


def _pop_copy(v: OperandStack, to_type: ValType, from_type: ValType) -> None:
    """The operands of a copy: the length has the smaller of the two index types."""
    v.pop(I32 if from_type == I32 else to_type)
    v.pop(from_type)
    v.pop(to_type)


def _table_size(v: OperandStack, table: TableType, key: int) -> None:
    """`table.grow`, `table.size`, `table.fill`."""
    index_type = table.index_type()
    if key == 0xFC_0010:  # table.size
        v.stack.append(index_type)
        return
    v.pop(index_type)
    v.pop(table.element_type)
    if key == 0xFC_000F:  # table.grow
        v.stack.append(index_type)
    else:
        v.pop(index_type)


def shuffle(v: OperandStack, reader: BinaryReader) -> None:
    """`i8x16.shuffle`"""
    lanes = read_lanes(reader)
    v.pop(V128)
    v.pop(V128)
    for lane in lanes:
        if lane >= 32:
            raise v.error("SIMD index out of bounds")
    v.stack.append(V128)
