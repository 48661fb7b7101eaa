"""Validation of instructions whose typing the table says, and of bulk operations and shuffles."""

from __future__ import annotations

from pywasmtools.wasm.immediates import AS_LANE, MemArg, read_immediate, read_lanes
from pywasmtools.wasm.instructions import THREADS
from pywasmtools.wasm.types import F32, F64, I32, I64, REF, V128, show_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validate.core.operand_stack import OperandStack
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
