"""Validation of atomic instructions on globals, tables, structs and arrays (shared-everything-threads)."""

from __future__ import annotations

from pywasmtools.validate.core.operand_stack import unpacked
from pywasmtools.wasm.operators import read_immediate
from pywasmtools.wasm.types import ANYREF, EQREF, I8, I16, I31, I32, I64, REF, SHARED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validate.core.operand_stack import OperandStack
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import RefType, StorageType, ValType

SHARED_ANYREF: Final = ANYREF | SHARED
SHARED_EQREF: Final = EQREF | SHARED

_RMW: Final = ("add", "sub", "and", "or", "xor")


def shared_everything(v: OperandStack, reader: BinaryReader, code: int) -> None:
    """An instruction with the prefix 0xFE and a sub-opcode from 0x4F to 0x72."""
    if code == 0x72:  # ref.i31_shared
        v.pop(I32)
        v.stack.append(I31 << 8 | REF | SHARED)
        return
    read_immediate(reader, "ordering", v.offset)
    index = reader.var_u32()
    if code <= 0x57:
        _global(v, index, code)
    elif code <= 0x5B:
        _table(v, index, code)
    elif code <= 0x66:
        _struct(v, index, reader.var_u32(), code)
    else:
        _array(v, index, code)


def _global(v: OperandStack, index: int, code: int) -> None:
    global_ = v.global_at(index)
    type_ = global_.content_type
    number = type_ == I32 or type_ == I64
    if code == 0x4F:
        v.stack.append(type_)
        if not number and not v.is_subtype(type_, ANYREF):
            raise v.error("invalid type: `global.atomic.get` only allows `i32`, `i64` and subtypes of `anyref`")
    elif code == 0x50:
        if not global_.mutable:
            raise v.error("global is immutable: cannot modify it with `global.set`")
        v.pop(type_)
        if not number and not v.is_subtype(type_, ANYREF):
            raise v.error("invalid type: `global.atomic.set` only allows `i32`, `i64` and subtypes of `anyref`")
    elif code <= 0x55:
        if not global_.mutable:
            raise v.error("global is immutable: cannot modify it with `global.atomic.rmw.*`")
        if not number:
            raise v.error("invalid type: `global.atomic.rmw.*` only allows `i32` and `i64`")
        v.pop(type_)
        v.stack.append(type_)
    elif code == 0x56:
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


def _table(v: OperandStack, index: int, code: int) -> None:
    table = v.table_at(index)
    type_ = table.element_type
    if code == 0x58:
        v.pop(table.index_type())
        v.stack.append(type_)
        if not v.is_subtype(type_, SHARED_ANYREF):
            raise v.error("invalid type: `table.atomic.get` only allows subtypes of `anyref`")
    elif code == 0x59:
        v.pop(type_)
        v.pop(table.index_type())
        if not v.is_subtype(type_, SHARED_ANYREF):
            raise v.error("invalid type: `table.atomic.set` only allows subtypes of `anyref`")
    elif code == 0x5A:
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


def _struct(v: OperandStack, index: int, field_index: int, code: int) -> None:
    if code <= 0x5E:
        type_ = v.struct_field_at(index, field_index).element_type
        if code == 0x5C:
            if type_ in (I8, I16):
                raise v.error("can only use struct `get` with non-packed storage types")
        elif type_ != I8 and type_ != I16:
            raise v.error(f"cannot use struct.get_{'s' if code == 0x5D else 'u'} with non-packed storage types")
        v.pop(v.concrete(index))
        v.stack.append(unpacked(type_))
        if code == 0x5C and not _allowed(v, type_, SHARED_ANYREF, False):
            raise v.error("invalid type: `struct.atomic.get` only allows `i32`, `i64` and subtypes of `anyref`")
        return
    type_ = v.mutable_struct_field_at(index, field_index).element_type
    if code == 0x5F:
        v.pop(unpacked(type_))
        v.pop(v.concrete(index))
        if not _allowed(v, type_, SHARED_ANYREF, True):
            raise v.error(
                "invalid type: `struct.atomic.set` only allows `i8`, `i16`, `i32`, `i64` and subtypes of `anyref`"
            )
        return
    _check_rmw(v, "struct", type_, code - 0x60)
    _pop_rmw(v, unpacked(type_), code == 0x66)
    v.pop(v.concrete(index))
    v.stack.append(unpacked(type_))


def _array(v: OperandStack, index: int, code: int) -> None:
    if code <= 0x69:
        type_ = v.array_type_at(index).element_type
        if code == 0x67:
            if type_ in (I8, I16):
                raise v.error("cannot use array.get with packed storage types")
        elif type_ != I8 and type_ != I16:
            raise v.error(f"cannot use array.get_{'s' if code == 0x68 else 'u'} with non-packed storage types")
        v.pop(I32)
        v.pop(v.concrete(index))
        v.stack.append(unpacked(type_))
        if code == 0x67 and not _allowed(v, type_, SHARED_ANYREF, False):
            raise v.error("invalid type: `array.atomic.get` only allows `i32`, `i64` and subtypes of `anyref`")
        return
    type_ = v.mutable_array_type_at(index).element_type
    if code == 0x6A:
        v.pop(unpacked(type_))
        v.pop(I32)
        v.pop(v.concrete(index))
        if not _allowed(v, type_, SHARED_ANYREF, True):
            raise v.error(
                "invalid type: `array.atomic.set` only allows `i8`, `i16`, `i32`, `i64` and subtypes of `anyref`"
            )
        return
    _check_rmw(v, "array", type_, code - 0x6B)
    _pop_rmw(v, unpacked(type_), code == 0x71)
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
