"""Validation of atomic instructions on globals, tables, structs and arrays (shared-everything-threads)."""

from __future__ import annotations

from pywasmtools.validation.core.operand_stack import unpacked
from pywasmtools.wasm.immediates import read_ordering
from pywasmtools.wasm.types import ANYREF, EQREF, I8, I16, I31, I32, I64, REF, SHARED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.operand_stack import OperandStack
    from pywasmtools.wasm.instructions import Row
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import RefType, StorageType, ValType

SHARED_ANYREF: Final = ANYREF | SHARED
SHARED_EQREF: Final = EQREF | SHARED

_RMW: Final = ("add", "sub", "and", "or", "xor")


def shared_everything(v: OperandStack, reader: BinaryReader, row: Row) -> None:
    """An irregular instruction with the prefix 0xFE."""
    key = row.key
    if key == 0xFE_0072:  # ref.i31_shared
        v.pop(I32)
        v.stack.append(I31 << 8 | REF | SHARED)
        return
    if not 0xFE_004F <= key <= 0xFE_0071:  # global.atomic.get, array.atomic.rmw.cmpxchg
        raise AssertionError(f"no handler for `{row.name}`")
    read_ordering(reader)
    index = reader.var_u32()
    if key <= 0xFE_0057:  # global.atomic.rmw.cmpxchg
        _global(v, index, key)
    elif key <= 0xFE_005B:  # table.atomic.rmw.cmpxchg
        _table(v, index, key)
    elif key <= 0xFE_0066:  # struct.atomic.rmw.cmpxchg
        _struct(v, index, reader.var_u32(), key)
    else:  # array.atomic.get and those behind it
        _array(v, index, key)


def _global(v: OperandStack, index: int, key: int) -> None:
    global_ = v.global_at(index)
    type_ = global_.content_type
    number = type_ == I32 or type_ == I64
    if key == 0xFE_004F:  # global.atomic.get
        v.stack.append(type_)
        if not number and not v.is_subtype(type_, ANYREF):
            raise v.error("invalid type: `global.atomic.get` only allows `i32`, `i64` and subtypes of `anyref`")
    elif key == 0xFE_0050:  # global.atomic.set
        if not global_.mutable:
            raise v.error("global is immutable: cannot modify it with `global.set`")
        v.pop(type_)
        if not number and not v.is_subtype(type_, ANYREF):
            raise v.error("invalid type: `global.atomic.set` only allows `i32`, `i64` and subtypes of `anyref`")
    elif key <= 0xFE_0055:  # global.atomic.rmw.add, global.atomic.rmw.xor
        if not global_.mutable:
            raise v.error("global is immutable: cannot modify it with `global.atomic.rmw.*`")
        if not number:
            raise v.error("invalid type: `global.atomic.rmw.*` only allows `i32` and `i64`")
        v.pop(type_)
        v.stack.append(type_)
    elif key == 0xFE_0056:  # global.atomic.rmw.xchg
        if not global_.mutable:
            raise v.error("global is immutable: cannot modify it with `global.atomic.rmw.xchg`")
        if not number and not v.is_subtype(type_, ANYREF):
            raise v.error("invalid type: `global.atomic.rmw.xchg` only allows `i32`, `i64` and subtypes of `anyref`")
        v.pop(type_)
        v.stack.append(type_)
    else:
        if not global_.mutable:
            raise v.error("global is immutable: cannot modify it with `global.atomic.rmw.cmpxchg`")
        if not number and not v.is_subtype(type_, EQREF):
            raise v.error("invalid type: `global.atomic.rmw.cmpxchg` only allows `i32`, `i64` and subtypes of `eqref`")
        v.pop(type_)
        v.pop(type_)
        v.stack.append(type_)


def _table(v: OperandStack, index: int, key: int) -> None:
    table = v.table_at(index)
    type_ = table.element_type
    if key == 0xFE_0058:  # table.atomic.get
        v.pop(table.index_type())
        v.stack.append(type_)
        if not v.is_subtype(type_, SHARED_ANYREF):
            raise v.error("invalid type: `table.atomic.get` only allows subtypes of `anyref`")
    elif key == 0xFE_0059:  # table.atomic.set
        v.pop(type_)
        v.pop(table.index_type())
        if not v.is_subtype(type_, SHARED_ANYREF):
            raise v.error("invalid type: `table.atomic.set` only allows subtypes of `anyref`")
    elif key == 0xFE_005A:  # table.atomic.rmw.xchg
        if not v.is_subtype(type_, SHARED_ANYREF):
            raise v.error("invalid type: `table.atomic.rmw.xchg` only allows subtypes of `anyref`")
        v.pop(type_)
        v.pop(table.index_type())
        v.stack.append(type_)
    else:
        if not v.is_subtype(type_, SHARED_EQREF):
            raise v.error("invalid type: `table.atomic.rmw.cmpxchg` only allows subtypes of `eqref`")
        v.pop(type_)
        v.pop(type_)
        v.pop(table.index_type())
        v.stack.append(type_)


def _allowed(v: OperandStack, type_: StorageType, top: RefType, packed: bool) -> bool:
    """Whether a field may be accessed: i32, i64, references below `top`, and the packed types if `packed`."""
    if type_ in (I8, I16):
        return packed
    return type_ == I32 or type_ == I64 or v.is_subtype(type_, top)


def _struct(v: OperandStack, index: int, field_index: int, key: int) -> None:
    if key <= 0xFE_005E:  # struct.atomic.get_u
        type_ = v.struct_field_at(index, field_index).element_type
        if key == 0xFE_005C:  # struct.atomic.get
            if type_ in (I8, I16):
                raise v.error("can only use struct `get` with non-packed storage types")
        elif type_ != I8 and type_ != I16:
            sign = "s" if key == 0xFE_005D else "u"  # struct.atomic.get_s
            raise v.error(f"cannot use struct.get_{sign} with non-packed storage types")
        v.pop(v.concrete(index))
        v.stack.append(unpacked(type_))
        if key == 0xFE_005C and not _allowed(v, type_, SHARED_ANYREF, False):  # struct.atomic.get
            raise v.error("invalid type: `struct.atomic.get` only allows `i32`, `i64` and subtypes of `anyref`")
        return
    type_ = v.mutable_struct_field_at(index, field_index).element_type
    if key == 0xFE_005F:  # struct.atomic.set
        v.pop(unpacked(type_))
        v.pop(v.concrete(index))
        if not _allowed(v, type_, SHARED_ANYREF, True):
            raise v.error(
                "invalid type: `struct.atomic.set` only allows `i8`, `i16`, `i32`, `i64` and subtypes of `anyref`"
            )
        return
    _check_rmw(v, "struct", type_, key - 0xFE_0060)  # struct.atomic.rmw.add
    _pop_rmw(v, unpacked(type_), key == 0xFE_0066)  # struct.atomic.rmw.cmpxchg
    v.pop(v.concrete(index))
    v.stack.append(unpacked(type_))


def _array(v: OperandStack, index: int, key: int) -> None:
    if key <= 0xFE_0069:  # array.atomic.get_u
        type_ = v.array_type_at(index).element_type
        if key == 0xFE_0067:  # array.atomic.get
            if type_ in (I8, I16):
                raise v.error("cannot use array.get with packed storage types")
        elif type_ != I8 and type_ != I16:
            sign = "s" if key == 0xFE_0068 else "u"  # array.atomic.get_s
            raise v.error(f"cannot use array.get_{sign} with non-packed storage types")
        v.pop(I32)
        v.pop(v.concrete(index))
        v.stack.append(unpacked(type_))
        if key == 0xFE_0067 and not _allowed(v, type_, SHARED_ANYREF, False):  # array.atomic.get
            raise v.error("invalid type: `array.atomic.get` only allows `i32`, `i64` and subtypes of `anyref`")
        return
    type_ = v.mutable_array_type_at(index).element_type
    if key == 0xFE_006A:  # array.atomic.set
        v.pop(unpacked(type_))
        v.pop(I32)
        v.pop(v.concrete(index))
        if not _allowed(v, type_, SHARED_ANYREF, True):
            raise v.error(
                "invalid type: `array.atomic.set` only allows `i8`, `i16`, `i32`, `i64` and subtypes of `anyref`"
            )
        return
    _check_rmw(v, "array", type_, key - 0xFE_006B)  # array.atomic.rmw.add
    _pop_rmw(v, unpacked(type_), key == 0xFE_0071)  # array.atomic.rmw.cmpxchg
    v.pop(I32)
    v.pop(v.concrete(index))
    v.stack.append(unpacked(type_))


def _check_rmw(v: OperandStack, what: str, type_: StorageType, operation: int) -> None:
    """That the field or element fits a read-modify-write; 5 is `xchg`, 6 is `cmpxchg`."""
    if operation < 5:
        if type_ != I32 and type_ != I64:
            raise v.error(f"invalid type: `{what}.atomic.rmw.{_RMW[operation]}` only allows `i32` and `i64`")
    elif operation == 5:
        if not _allowed(v, type_, SHARED_ANYREF, False):
            raise v.error(f"invalid type: `{what}.atomic.rmw.xchg` only allows `i32`, `i64` and subtypes of `anyref`")
    elif not _allowed(v, type_, SHARED_EQREF, False):
        raise v.error(f"invalid type: `{what}.atomic.rmw.cmpxchg` only allows `i32`, `i64` and subtypes of `eqref`")


def _pop_rmw(v: OperandStack, type_: ValType, compare: bool) -> None:
    v.pop(type_)
    if compare:
        v.pop(type_)
