"""Constant expressions: which instructions they may have, and that they yield the type that is wanted.

Core specification, 3.3.13 (constant expressions), with extended constants, garbage collection, custom descriptors
and shared-everything-threads. Nothing in them branches, so the operand stack is a list of known types.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.core.subtyping import ref_is_shared, ref_is_subtype, val_is_subtype
from pywasmtools.wasm.types import (
    ANY,
    CONCRETE,
    EXACT,
    EXTERN,
    F32,
    F64,
    I8,
    I16,
    I31,
    I32,
    I64,
    MAX_TYPE_INDEX,
    NULLABLE,
    REF,
    SHARED,
    TYPE_ID,
    V128,
    ArrayType,
    StructType,
    is_defaultable,
    show_ref_type,
    show_val_type,
    wat_ref_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.features import FeatureChecks
    from pywasmtools.validation.core.index_spaces import Module
    from pywasmtools.validation.core.types import CoreTypes
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import FieldType, RefType, SubType, ValType

NUMERIC_NAMES: Final = {I32: "i32", I64: "i64", F32: "f32", F64: "f64", V128: "v128"}


_CONST_AND_TYPE: Final = 0x41 + I32  # i32.const
"""The opcode of a constant and its type, added; of i64.const, f32.const and f64.const it is the same."""


def type_word(type_: ValType) -> str:
    """A value type as type mismatches name it: no indices."""
    return wat_ref_type(type_) if type_ & REF != 0 else NUMERIC_NAMES[type_]


def arithmetic_end(module: Module, data: bytes, pos: int, end: int, expected: ValType) -> int:
    """Where an expression at `pos` ends that only computes with constants and globals of the type `expected`.

    -1 for any other expression, valid or not: it is to be read and checked. It is i32 or i64 that one computes with.
    """
    if expected == I32:
        const = 0x41  # i32.const
        first = 0x6A  # i32.add
        most = 4
    elif expected == I64:
        const = 0x42  # i64.const
        first = 0x7C  # i64.add
        most = 9
    else:
        return -1
    globals_ = module.globals
    depth = 0
    while pos < end:
        opcode = data[pos]
        pos += 1
        if opcode == const:
            if pos < end and data[pos] < 0x80:
                pos += 1
            else:
                last = pos + most
                while pos < end and pos < last and data[pos] >= 0x80:
                    pos += 1
                if pos >= end:
                    return -1
                if pos == last:
                    # Of a number of the full size, the last byte has few bits.
                    top = data[pos]
                    if top >= 0x80 or (7 < top < 0x78 if most == 4 else 0 < top < 0x7F):
                        return -1
                pos += 1
            depth += 1
        elif opcode == 0x0B:  # end
            return pos if depth == 1 else -1
        elif first <= opcode < first + 3:
            if depth < 2:
                return -1
            depth -= 1
        elif opcode == 0x23 and pos < end and data[pos] < 0x80 and data[pos] < len(globals_):  # global.get
            global_ = globals_[data[pos]]
            if global_.mutable or global_.content_type != expected:
                return -1
            pos += 1
            depth += 1
        else:
            return -1
    return -1


def reference_end(module: Module, types: CoreTypes, data: bytes, pos: int, end: int, expected: ValType) -> int:
    """Where a valid expression at `pos` ends that makes references, structs and arrays in the usual forms.

    -1 for any other expression, valid or not: it is to be read and checked.
    """
    try:
        return _reference_end(module, types, data, pos, end, expected)
    except IndexError:
        return -1


def _reference_end(module: Module, types: CoreTypes, data: bytes, pos: int, end: int, expected: ValType) -> int:
    """See `reference_end`; raises IndexError where the data end too early or an operand is missing."""
    effects = module.constant_effects
    stack: list[ValType] = []
    while pos < end:
        opcode = data[pos]
        if opcode == 0x41:  # i32.const
            pos += 2 if data[pos + 1] < 0x80 else _size_of_constant(data, pos + 1)
            stack.append(I32)
        elif opcode == 0xFB:  # a prefix
            sub = data[pos + 1]
            if sub == 0x1C:  # ref.i31
                if stack[-1] != I32:
                    return -1
                stack[-1] = I31 << 8 | REF
                pos += 2
                continue
            index = data[pos + 2]
            pos += 3
            if index >= 0x80:
                if data[pos] >= 0x80:
                    return -1
                index = index & 0x7F | data[pos] << 7
                pos += 1
            effect = effects.get(index << 8 | sub)
            if effect is None:
                effect = _effect(module, types, sub, index)
                effects[index << 8 | sub] = effect
            operands, result = effect
            if result == 0:
                return -1
            if sub == 0x08:  # array.new_fixed
                count = data[pos]
                pos += 1
                if count >= 0x80:
                    if data[pos] >= 0x80:
                        return -1
                    count = count & 0x7F | data[pos] << 7
                    pos += 1
                operands = operands * count
            count = len(operands)
            if count > 0:
                if count > len(stack) or (stack[-count:] != operands and not _match(types, stack[-count:], operands)):
                    return -1
                del stack[-count:]
            stack.append(result)
        elif opcode == 0x0B:  # end
            return pos + 1 if len(stack) == 1 and _match(types, stack, [expected]) else -1
        else:
            size, result = _reference_or_number(module, data, pos)
            if size == 0:
                return -1
            pos += size
            stack.append(result)
    return -1


def _size_of_constant(data: bytes, pos: int) -> int:
    """The size of an i32.const whose number at `pos` is more than a byte; of a malformed one more than the data's."""
    last = pos + 4
    while data[pos] >= 0x80 and pos < last:
        pos += 1
    if pos == last and (data[pos] >= 0x80 or 7 < data[pos] < 0x78):
        return len(data)
    return pos - last + 6


def _reference_or_number(module: Module, data: bytes, pos: int) -> tuple[int, ValType]:
    """The size of an instruction without operands, and its result; a size of 0 for any other."""
    opcode = data[pos]
    if opcode == 0x44:  # f64.const
        return (9, F64)
    if opcode == 0x43:  # f32.const
        return (5, F32)
    index = data[pos + 1]
    if opcode == 0xFD:  # a prefix
        return (18, V128) if index == 0x0C else (0, 0)  # v128.const
    if index >= 0x80:
        return (0, 0)
    if opcode == 0x42:  # i64.const
        return (2, I64)
    if opcode == 0xD0:  # ref.null
        if index < 0x40:
            return (2, module.types[index] << 8 | CONCRETE | TYPE_ID | REF | NULLABLE)
        return (2, index << 8 | REF | NULLABLE) if 0x68 <= index <= 0x75 else (0, 0)
    if opcode == 0x23:  # global.get
        return (0, 0) if module.globals[index].mutable else (2, module.globals[index].content_type)
    if opcode == 0xD2 and index < len(module.functions) and not module.frozen:  # ref.func
        module.function_references.add(index)
        exact = module.exact if module.is_function_exact(index) else 0
        return (2, module.type_id_of_function(index) << 8 | REF | CONCRETE | exact | TYPE_ID)
    return (0, 0)


def _effect(module: Module, types: CoreTypes, sub: int, index: int) -> tuple[list[ValType], ValType]:
    """Operands and result of an instruction that makes a struct or an array; the result is 0 for others.

    Of `array.new_fixed` the operand is an element.
    """
    composite = types.core_types[module.types[index]].composite
    inner = composite.inner
    result = module.types[index] << 8 | REF | CONCRETE | module.exact | TYPE_ID
    if isinstance(inner, StructType) and composite.descriptor is None:
        fields = [_unpacked(field) for field in inner.fields]
        if sub == 0x00:  # struct.new
            return (fields, result)
        if sub == 0x01 and all(is_defaultable(type_) for type_ in fields):  # struct.new_default
            return ([], result)
    elif isinstance(inner, ArrayType):
        element = _unpacked(inner.field)
        if sub == 0x06:  # array.new
            return ([element, I32], result)
        if sub == 0x07 and is_defaultable(element):  # array.new_default
            return ([I32], result)
        if sub == 0x08:  # array.new_fixed
            return ([element], result)
    return ([], 0)


def _match(types: CoreTypes, actual: list[ValType], expected: list[ValType]) -> bool:
    """Whether each type is a subtype of its counterpart."""
    for k, type_ in enumerate(actual):
        wanted = expected[k]
        # Most are the type itself, exact or never null.
        if type_ != wanted and (wanted & REF == 0 or type_ & ~EXACT | NULLABLE != wanted):
            if not val_is_subtype(types, type_, wanted):
                return False
    return True


def check_const_expr(module: Module, types: CoreTypes, expr: BinaryReader, expected: ValType) -> None:
    """Raises where `expr` (a window up to and with its `end`) is not constant or does not yield `expected`.

    Functions that `ref.func` names become references, so that bodies may name them too.
    """
    data = expr.data
    pos = expr.pos
    opcode = data[pos]
    # One instruction and `end`, as most are: the immediate has been read before.
    if not module.usual:
        pass
    elif opcode + expected == _CONST_AND_TYPE:
        pos += 1
        if opcode <= 0x42:  # i64.const
            while data[pos] >= 0x80:
                pos += 1
        else:
            pos += 3 if opcode == 0x43 else 7  # f32.const
        if pos + 2 == expr.end:
            return
    elif opcode == 0xD0 and data[pos + 1] << 8 | REF | NULLABLE == expected and pos + 3 == expr.end:  # ref.null
        return
    _ConstExpr(module, types, expr.clone(), expected).run()


class _ConstExpr:
    """The walk over one expression. `offset` is that of the instruction being checked."""

    __slots__ = ("expected", "module", "offset", "reader", "stack", "types")

    def __init__(self, module: Module, types: CoreTypes, reader: BinaryReader, expected: ValType) -> None:
        self.module = module
        self.types = types
        self.reader = reader
        self.expected = expected
        self.stack: list[ValType] = []
        self.offset = 0

    def run(self) -> None:
        """The whole expression; it has been read before, so that its immediates are known to be well-formed."""
        reader = self.reader
        stack = self.stack
        data = reader.data
        end = reader.end
        pos = reader.pos
        checks = self.module.checks
        while pos < end:
            opcode = data[pos]
            self.offset = pos
            if checks is not None:
                self._check_features(checks, pos)
            pos += 1
            if opcode == 0x41 or opcode == 0x42:  # i32.const, i64.const
                while data[pos] >= 0x80:
                    pos += 1
                pos += 1
                stack.append(I32 if opcode == 0x41 else I64)  # i32.const
            elif 0x6A <= opcode <= 0x7E:  # i32.add, i64.mul
                type_ = I32 if opcode <= 0x6C else I64  # i32.mul
                if 0x6C < opcode < 0x7C:  # i32.mul, i64.add
                    raise self._not_const()
                if len(stack) >= 2 and stack[-1] == type_ and stack[-2] == type_:
                    stack.pop()
                else:
                    self._pop(type_)
                    self._pop(type_)
                    stack.append(type_)
            elif opcode == 0x43 or opcode == 0x44:  # f32.const, f64.const
                pos += 4 if opcode == 0x43 else 8  # f32.const
                stack.append(F32 if opcode == 0x43 else F64)  # f32.const
            else:
                reader.pos = pos
                self._other(opcode)
                pos = reader.pos

    def _other(self, opcode: int) -> None:
        """Any other instruction; its opcode has been read."""
        reader = self.reader
        stack = self.stack
        if opcode == 0x0B:  # end
            self._pop(self.expected)
            if stack:
                raise binary_error(self.offset, "type mismatch: values remaining on stack at end of block")
        elif opcode == 0xFB:  # a prefix
            self._gc(0xFB_0000 + reader.var_u32())
        elif opcode == 0x23:  # global.get
            self._global_get(reader.var_u32())
        elif opcode == 0xD2:  # ref.func
            self._ref_func(reader.var_u32())
        elif opcode == 0xD0:  # ref.null
            heap = reader.heap_type()
            if self.module.checks is not None and heap >> 8 <= MAX_TYPE_INDEX:
                self.module.checks.ref_type(heap | REF | NULLABLE, self.offset)
            stack.append(self.module.canonical_heap(heap, self.offset) | REF | NULLABLE)
        elif opcode == 0xFD:  # a prefix
            key = 0xFD_0000 + reader.var_u32()
            if key != 0xFD_000C:  # v128.const
                raise self._not_const()
            reader.skip(16)
            stack.append(V128)
        elif opcode == 0xFE:  # a prefix
            key = 0xFE_0000 + reader.var_u32()
            if key != 0xFE_0072:  # ref.i31_shared
                raise self._not_const()
            self._pop(I32)
            stack.append(I31 << 8 | REF | SHARED)
        else:
            raise self._not_const()

    def _check_features(self, checks: FeatureChecks, pos: int) -> None:
        """Raises where the instruction at `pos` needs a feature that is not on."""
        from pywasmtools.wasm.operators import read_row

        reader = self.reader
        reader.pos = pos
        row = read_row(reader)
        checks.const_operator(row.key, row.name, pos)

    def _not_const(self) -> WasmToolsError:
        from pywasmtools.validation.core.operator_names import operator_name_at

        name = operator_name_at(self.reader, self.offset)
        return binary_error(self.offset, f"constant expression required: non-constant operator: {name}")

    # ------------------------------------------------------------------- the stack

    def _pop(self, expected: ValType) -> None:
        """Takes an operand off that must be of a type."""
        stack = self.stack
        if not stack:
            raise binary_error(self.offset, f"type mismatch: expected {type_word(expected)} but nothing on stack")
        actual = stack.pop()
        if actual != expected and not val_is_subtype(self.types, actual, expected):
            raise binary_error(self.offset, f"type mismatch: expected {type_word(expected)}, found {type_word(actual)}")

    def _push_exact(self, index: int) -> None:
        """Puts a reference to just this type, by type index."""
        type_id = self.module.type_id_at(index, self.offset)
        self.stack.append(type_id << 8 | REF | CONCRETE | self.module.exact | TYPE_ID)

    # ------------------------------------------------------------------- globals and functions

    def _global_get(self, index: int) -> None:
        module = self.module
        global_ = module.global_at(index, self.offset)
        if module.checks is not None and index >= module.imported_globals:
            message = "constant expression required: global.get of locally defined global"
            module.checks.require("gc", message, self.offset)
        if global_.mutable:
            raise binary_error(self.offset, "constant expression required: global.get of mutable global")
        self.stack.append(global_.content_type)

    def _ref_func(self, index: int) -> None:
        module = self.module
        if not module.frozen:
            module.function_references.add(index)
        if index >= len(module.functions):
            raise binary_error(self.offset, f"unknown function {index}: function index out of bounds")
        if index not in module.function_references:
            raise binary_error(self.offset, "undeclared function reference")
        exact = module.exact if module.is_function_exact(index) else 0
        self.stack.append(module.type_id_of_function(index) << 8 | REF | CONCRETE | exact | TYPE_ID)

    # ------------------------------------------------------------------- structs, arrays, i31

    def _gc(self, key: int) -> None:
        reader = self.reader
        if key == 0xFB_0000:  # struct.new
            index = reader.var_u32()
            if self._sub_type(index).composite.descriptor is not None:
                raise self._needs_descriptor("struct.new", index)
            self._pop_fields(self._struct(index))
            self._push_exact(index)
        elif key == 0xFB_0001:  # struct.new_default
            index = reader.var_u32()
            if self._sub_type(index).composite.descriptor is not None:
                raise self._needs_descriptor("struct.new_default", index)
            self._check_defaultable(self._struct(index))
            self._push_exact(index)
        elif key == 0xFB_0020:  # struct.new_desc
            index = reader.var_u32()
            self._pop_descriptor("struct.new_desc", index)
            self._pop_fields(self._struct(index))
            self._push_exact(index)
        elif key == 0xFB_0021:  # struct.new_default_desc
            index = reader.var_u32()
            self._pop_descriptor("struct.new_default_desc", index)
            self._check_defaultable(self._struct(index))
            self._push_exact(index)
        elif key == 0xFB_0006:  # array.new
            index = reader.var_u32()
            field = self._array(index)
            self._pop(I32)
            self._pop(_unpacked(field))
            self._push_exact(index)
        elif key == 0xFB_0007:  # array.new_default
            index = reader.var_u32()
            type_ = _unpacked(self._array(index))
            if not is_defaultable(type_):
                text = f"invalid `array.new_default`: {show_val_type(type_)} field is not defaultable"
                raise binary_error(self.offset, text)
            self._pop(I32)
            self._push_exact(index)
        elif key == 0xFB_0008:  # array.new_fixed
            index = reader.var_u32()
            count = reader.var_u32()
            type_ = _unpacked(self._array(index))
            stack = self.stack
            if 0 < count <= len(stack) and stack[-count:].count(type_) == count:
                del stack[-count:]
            else:
                for _ in range(count):
                    self._pop(type_)
            self._push_exact(index)
        elif key == 0xFB_001A:  # any.convert_extern
            ref = self._pop_maybe_shared(EXTERN)
            self.stack.append(ANY << 8 | REF | (ref & NULLABLE) | self._shared(ref))
        elif key == 0xFB_001B:  # extern.convert_any
            ref = self._pop_maybe_shared(ANY)
            self.stack.append(EXTERN << 8 | REF | (ref & NULLABLE) | self._shared(ref))
        elif key == 0xFB_001C:  # ref.i31
            self._pop(I32)
            self.stack.append(I31 << 8 | REF)
        else:
            raise self._not_const()

    def _sub_type(self, index: int) -> SubType:
        module = self.module
        if index >= len(module.types):
            raise binary_error(self.offset, "unknown type: type index out of bounds")
        return self.types.core_types[module.types[index]]

    def _struct(self, index: int) -> StructType:
        type_ = self._sub_type(index)
        inner = type_.composite.inner
        if not isinstance(inner, StructType):
            raise binary_error(self.offset, f"expected struct type at index {index}, found {type_}")
        return inner

    def _array(self, index: int) -> FieldType:
        type_ = self._sub_type(index)
        inner = type_.composite.inner
        if not isinstance(inner, ArrayType):
            raise binary_error(self.offset, f"expected array type at index {index}, found {type_}")
        return inner.field

    def _pop_fields(self, struct: StructType) -> None:
        stack = self.stack
        types = [
            I32 if field.element_type == I8 or field.element_type == I16 else field.element_type
            for field in struct.fields
        ]
        count = len(types)
        if count > 0 and len(stack) >= count and stack[-count:] == types:
            del stack[-count:]
            return
        for type_ in reversed(types):
            self._pop(type_)

    def _check_defaultable(self, struct: StructType) -> None:
        for field in struct.fields:
            type_ = _unpacked(field)
            if not is_defaultable(type_):
                raise binary_error(
                    self.offset, f"invalid `struct.new_default`: {show_val_type(type_)} field is not defaultable"
                )

    def _needs_descriptor(self, instruction: str, index: int) -> WasmToolsError:
        return binary_error(
            self.offset, f"type with descriptor requires descriptor allocation: `{instruction}` with type {index}"
        )

    def _pop_descriptor(self, instruction: str, index: int) -> None:
        """Takes off the exact descriptor of a described type."""
        descriptor = self._sub_type(index).composite.descriptor
        if descriptor is None:
            raise binary_error(self.offset, f"invalid `{instruction}`: type {index} is not described")
        self._pop(descriptor | REF | NULLABLE | EXACT)

    def _shared(self, ref: RefType) -> int:
        return SHARED if ref_is_shared(self.types, ref) else 0

    def _pop_maybe_shared(self, heap: int) -> RefType:
        """Takes off a reference below the abstract heap type with this byte, shared or not."""
        if not self.stack:
            raise binary_error(self.offset, "type mismatch: expected a type but nothing on stack")
        actual = self.stack.pop()
        if actual & REF == 0:
            raise binary_error(self.offset, f"type mismatch: expected ref but found {type_word(actual)}")
        expected = heap << 8 | REF | NULLABLE | self._shared(actual)
        if not ref_is_subtype(self.types, actual, expected):
            raise binary_error(
                self.offset,
                f"type mismatch: expected subtype of {show_ref_type(expected)}, found {show_ref_type(actual)}",
            )
        return actual


def _unpacked(field: FieldType) -> ValType:
    """A field's type as it is on the stack: i32 for the packed ones."""
    type_ = field.element_type
    return I32 if type_ in (I8, I16) else type_
