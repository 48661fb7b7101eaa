"""Validation of instructions on references: typed references, garbage collection, descriptors, continuations.

One function a prefix or proposal; each reads the immediates of its instruction, all of them, and then checks.
"""

from __future__ import annotations

from pywasmtools.validation.core.const_expr import type_word
from pywasmtools.validation.core.operand_stack import BOTTOM, FRAME_HEIGHT, UNKNOWN_REF, unknown_ref, unpacked
from pywasmtools.validation.core.subtyping import func_matches, ref_is_shared, top_type
from pywasmtools.wasm.immediates import ON_LABEL, read_cast, read_handlers
from pywasmtools.wasm.types import (
    ANY,
    ARRAY,
    CONCRETE,
    CONT,
    EQ,
    EXACT,
    EXNREF,
    EXTERN,
    I8,
    I16,
    I31,
    I32,
    MAX_TYPE_INDEX,
    MODULE_INDEX,
    NONE,
    NULLABLE,
    REF,
    SHARED,
    TYPE_ID,
    ContType,
    FuncType,
    is_defaultable,
    ref_difference,
    show_ref_type,
    show_val_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validation.core.operand_stack import OperandStack
    from pywasmtools.wasm.immediates import Cast, ResumeTable
    from pywasmtools.wasm.instructions import Row
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import FieldType, HeapType, RefType, StructType, ValType

# ------------------------------------------------------------------------------- typed references


def ref_null(v: OperandStack, heap: HeapType) -> None:
    """`ref.null`"""
    checks = v.module.checks
    if checks is not None and heap >> 8 <= MAX_TYPE_INDEX:
        checks.ref_type(heap | REF | NULLABLE, v.offset)
    v.stack.append(v.heap(heap) | REF | NULLABLE)


def ref_func(v: OperandStack, index: int) -> None:
    """`ref.func`"""
    module = v.module
    if index >= len(module.functions):
        raise v.error(f"unknown function {index}: function index out of bounds")
    if index not in module.function_references:
        raise v.error("undeclared function reference")
    exact = module.exact if module.is_function_exact(index) else 0
    v.stack.append(module.type_id_of_function(index) << 8 | REF | CONCRETE | exact | TYPE_ID)


def ref_eq(v: OperandStack) -> None:
    """`ref.eq`"""
    a = v.pop_maybe_shared(EQ)
    b = v.pop_maybe_shared(EQ)
    if a >= 0 and b >= 0 and ref_is_shared(v.types, a) != ref_is_shared(v.types, b):
        raise v.error("type mismatch: expected `ref.eq` types to match `shared`-ness")
    v.stack.append(I32)


def ref_as_non_null(v: OperandStack) -> None:
    """`ref.as_non_null`"""
    v.stack.append(_non_null(v.pop_any_ref()))


def br_on_null(v: OperandStack, depth: int) -> None:
    """`br_on_null`"""
    ref = _non_null(v.pop_any_ref())
    v.pop_push_labels(v.labels(depth))
    v.stack.append(ref)


def br_on_non_null(v: OperandStack, depth: int) -> None:
    """`br_on_non_null`"""
    types = v.labels(depth)
    if not types:
        raise v.error("type mismatch: br_on_non_null target has no label types")
    if types[-1] & REF == 0:
        raise v.error("type mismatch: br_on_non_null target does not end with heap type")
    v.pop_ref(types[-1] | NULLABLE)
    v.pop_push_labels(types[:-1])


def call_ref(v: OperandStack, index: int) -> FuncType:
    """Takes off the function reference of `call_ref` or `return_call_ref`; returns its type."""
    v.pop_ref(v.concrete(index))
    return v.func_type_at(index)


def _non_null(ref: int) -> int:
    return ref if ref < 0 else ref & ~NULLABLE


# ------------------------------------------------------------------------------- prefix 0xFB


def garbage_collection(v: OperandStack, reader: BinaryReader, row: Row) -> None:
    """An irregular instruction with the prefix 0xFB."""
    key = row.key
    if key <= 0xFB_0001:  # struct.new, struct.new_default
        _struct_new(v, reader.var_u32(), row.name, key == 0xFB_0001)  # struct.new_default
    elif key <= 0xFB_0004:  # struct.get, struct.get_s, struct.get_u
        index = reader.var_u32()
        _struct_get(v, index, reader.var_u32(), key - 0xFB_0002)  # struct.get
    elif key == 0xFB_0005:  # struct.set
        index = reader.var_u32()
        _struct_set(v, index, reader.var_u32())
    elif key <= 0xFB_000A:  # array.new, array.new_default, array.new_fixed, array.new_data, array.new_elem
        _array_new(v, reader, key)
    elif key <= 0xFB_000D:  # array.get, array.get_s, array.get_u
        _array_get(v, reader.var_u32(), key - 0xFB_000B)  # array.get
    elif key == 0xFB_000E:  # array.set
        _array_set(v, reader.var_u32())
    elif key == 0xFB_000F:  # array.len
        v.pop_maybe_shared(ARRAY)
        v.stack.append(I32)
    elif key <= 0xFB_0013:  # array.fill, array.copy, array.init_data, array.init_elem
        _array_bulk(v, reader, key)
    elif key <= 0xFB_0015:  # ref.test
        _downcast(v, key == 0xFB_0015, reader.heap_type())  # ref.test
        v.stack.append(I32)
    elif key <= 0xFB_0017:  # ref.cast
        v.stack.append(_downcast(v, key == 0xFB_0017, reader.heap_type()))  # ref.cast
    elif key <= 0xFB_0019:  # br_on_cast, br_on_cast_fail
        _br_on_cast(v, read_cast(reader), key == 0xFB_0019, False)  # br_on_cast_fail
    elif key == 0xFB_001A:  # any.convert_extern
        _convert(v, EXTERN, ANY)
    elif key == 0xFB_001B:  # extern.convert_any
        _convert(v, ANY, EXTERN)
    elif key == 0xFB_001C:  # ref.i31
        v.pop(I32)
        v.stack.append(I31 << 8 | REF)
    elif key <= 0xFB_001E:  # i31.get_s, i31.get_u
        v.pop_maybe_shared(I31)
        v.stack.append(I32)
    elif key <= 0xFB_0026:  # br_on_cast_desc_eq_fail
        _descriptors(v, reader, row)
    else:
        raise AssertionError(f"no handler for `{row.name}`")


def _descriptors(v: OperandStack, reader: BinaryReader, row: Row) -> None:
    """Those of custom descriptors."""
    key = row.key
    if key <= 0xFB_0021:  # struct.new_desc, struct.new_default_desc
        _struct_new_desc(v, reader.var_u32(), row.name, key == 0xFB_0021)  # struct.new_default_desc
    elif key == 0xFB_0022:  # ref.get_desc
        _ref_get_desc(v, reader.var_u32())
    elif key <= 0xFB_0024:  # ref.cast_desc_eq
        _ref_cast_desc_eq(v, key == 0xFB_0024, reader.heap_type())  # ref.cast_desc_eq
    else:  # br_on_cast_desc_eq, br_on_cast_desc_eq_fail
        _br_on_cast(v, read_cast(reader), key == 0xFB_0026, True)  # br_on_cast_desc_eq_fail


def _struct_new(v: OperandStack, index: int, name: str, default: bool) -> None:
    if v.sub_type_at(index).composite.descriptor is not None:
        raise v.error(f"type with descriptor requires descriptor allocation: `{name}` with type {index}")
    _struct_fields(v, v.struct_type_at(index), default)
    v.push_exact(index)


def _struct_new_desc(v: OperandStack, index: int, name: str, default: bool) -> None:
    descriptor = v.sub_type_at(index).composite.descriptor
    if descriptor is None:
        raise v.error(f"invalid `{name}`: type {index} is not described")
    v.pop(descriptor | REF | NULLABLE | EXACT)
    _struct_fields(v, v.struct_type_at(index), default)
    v.push_exact(index)


def _struct_fields(v: OperandStack, struct: StructType, default: bool) -> None:
    """Takes the fields off, or looks whether all have a default value."""
    if not default:
        for k in range(len(struct.fields) - 1, -1, -1):
            v.pop(unpacked(struct.fields[k].element_type))
        return
    for field in struct.fields:
        type_ = unpacked(field.element_type)
        if not is_defaultable(type_):
            raise v.error(f"invalid `struct.new_default`: {show_val_type(type_)} field is not defaultable")


def _struct_get(v: OperandStack, index: int, field_index: int, sign: int) -> None:
    """`sign` is 0 for `struct.get`, 1 for `get_s`, 2 for `get_u`."""
    type_ = v.struct_field_at(index, field_index).element_type
    if sign == 0:
        if type_ in (I8, I16):
            raise v.error("can only use struct `get` with non-packed storage types")
    elif type_ != I8 and type_ != I16:
        raise v.error(f"cannot use struct.get_{'s' if sign == 1 else 'u'} with non-packed storage types")
    v.pop(v.concrete(index))
    v.stack.append(unpacked(type_))


def _struct_set(v: OperandStack, index: int, field_index: int) -> None:
    field = v.mutable_struct_field_at(index, field_index)
    v.pop(unpacked(field.element_type))
    v.pop(v.concrete(index))


def _array_new(v: OperandStack, reader: BinaryReader, key: int) -> None:
    index = reader.var_u32()
    second = reader.var_u32() if key >= 0xFB_0008 else 0  # array.new_fixed
    type_ = unpacked(v.array_type_at(index).element_type)
    if key == 0xFB_0006:  # array.new
        v.pop(I32)
        v.pop(type_)
    elif key == 0xFB_0007:  # array.new_default
        if not is_defaultable(type_):
            raise v.error(f"invalid `array.new_default`: {show_val_type(type_)} field is not defaultable")
        v.pop(I32)
    elif key == 0xFB_0008:  # array.new_fixed
        _pop_many(v, type_, second)
    else:
        if key == 0xFB_0009:  # array.new_data
            if type_ & REF != 0:
                raise v.error("type mismatch: array.new_data can only create arrays with numeric and vector elements")
            v.check_data_segment(second)
        else:  # array.new_elem
            _check_elements(v, type_, second, "array.new_elem")
        v.pop(I32)
        v.pop(I32)
    v.push_exact(index)


def _pop_many(v: OperandStack, type_: ValType, count: int) -> None:
    """Takes `count` operands of one type off."""
    stack = v.stack
    height = v.control[-1][FRAME_HEIGHT]
    if 0 < count <= len(stack) - height and stack[-count:].count(type_) == count:
        del stack[-count:]
        v.lowest = min(v.lowest, len(stack))
        return
    for _ in range(count):
        if v.dead and len(stack) == height:
            v.missing = True
            break
        v.pop(type_)


def _check_elements(v: OperandStack, type_: ValType, segment: int, name: str) -> None:
    """That an array's elements can come from an element segment."""
    if type_ & REF == 0:
        raise v.error(f"type mismatch: {name} can only create arrays with reference elements")
    found = v.element_type_at(segment)
    if not v.is_subtype(found, type_):
        raise v.error(
            f"invalid {name} instruction: element segment {segment} type mismatch: "
            f"expected {show_ref_type(type_)}, found {show_ref_type(found)}"
        )


def _array_get(v: OperandStack, index: int, sign: int) -> None:
    """`sign` is 0 for `array.get`, 1 for `get_s`, 2 for `get_u`."""
    type_ = v.array_type_at(index).element_type
    if sign == 0:
        if type_ in (I8, I16):
            raise v.error("cannot use array.get with packed storage types")
    elif type_ != I8 and type_ != I16:
        raise v.error(f"cannot use array.get_{'s' if sign == 1 else 'u'} with non-packed storage types")
    v.pop(I32)
    v.pop(v.concrete(index))
    v.stack.append(unpacked(type_))


def _array_set(v: OperandStack, index: int) -> None:
    field = v.mutable_array_type_at(index)
    v.pop(unpacked(field.element_type))
    v.pop(I32)
    v.pop(v.concrete(index))


def _array_bulk(v: OperandStack, reader: BinaryReader, key: int) -> None:
    """`array.fill`, `array.copy`, `array.init_data`, `array.init_elem`."""
    index = reader.var_u32()
    if key == 0xFB_0010:  # array.fill
        type_ = unpacked(v.mutable_array_type_at(index).element_type)
        v.pop(I32)
        v.pop(type_)
        v.pop(I32)
        v.pop(v.concrete(index))
        return
    second = reader.var_u32()
    field = v.mutable_array_type_at(index)
    if key == 0xFB_0011:  # array.copy
        _check_copy(v, field, v.array_type_at(second))
        v.pop(I32)
        v.pop(I32)
        v.pop(v.concrete(second))
        v.pop(I32)
        v.pop(v.concrete(index))
        return
    type_ = unpacked(field.element_type)
    if key == 0xFB_0012:  # array.init_data
        if type_ & REF != 0:
            raise v.error("invalid array.init_data: array type is not numeric or vector")
        v.check_data_segment(second)
    else:  # array.init_elem
        _check_elements(v, type_, second, "array.init_elem")
    v.pop(I32)
    v.pop(I32)
    v.pop(I32)
    v.pop(v.concrete(index))


def _check_copy(v: OperandStack, to_field: FieldType, from_field: FieldType) -> None:
    to_type = to_field.element_type
    from_type = from_field.element_type
    if to_type == from_type:
        return
    if to_type in (I8, I16) or from_type in (I8, I16) or not v.is_subtype(from_type, to_type):
        raise v.error(f"array types do not match: expected {show_val_type(to_type)}, found {show_val_type(from_type)}")


def _convert(v: OperandStack, from_heap: int, to_heap: int) -> None:
    """`any.convert_extern` and `extern.convert_any`."""
    ref = v.pop_maybe_shared(from_heap)
    if ref < 0:
        v.stack.append(unknown_ref(to_heap))
        return
    shared = SHARED if ref_is_shared(v.types, ref) else 0
    v.stack.append(to_heap << 8 | REF | (ref & NULLABLE) | shared)


# ------------------------------------------------------------------------------- casts


def _check_castable(v: OperandStack, heap: HeapType) -> None:
    if top_type(v.types, heap) >> 8 == CONT:
        raise v.error("invalid cast: cannot cast to a continuation type")


def _downcast(v: OperandStack, nullable: bool, heap: HeapType) -> RefType:
    """Takes a reference off that may be cast to a heap type; returns the type cast to."""
    if heap & EXACT != 0 and heap >> 8 > MAX_TYPE_INDEX:
        raise v.error("implementation limit: type index too large")
    if v.module.checks is not None:
        v.module.checks.ref_type(heap | (REF | NULLABLE if nullable else REF), v.offset)
    heap = v.heap(heap)
    top = top_type(v.types, heap)
    _check_castable(v, top)
    v.pop_ref(top | REF | NULLABLE)
    return heap | (REF | NULLABLE if nullable else REF)


def _br_on_cast(v: OperandStack, cast: Cast, on_fail: bool, descriptor: bool) -> None:
    """`br_on_cast`, `br_on_cast_fail`, and both with a descriptor."""
    from_type = v.module.canonical_val_type(cast.from_type, v.offset)
    to_type = v.module.canonical_val_type(cast.to_type, v.offset)
    _check_castable(v, to_type & ~(REF | NULLABLE))
    if v.module.exact == 0 and not v.is_subtype(to_type, from_type):
        # With custom descriptors it is enough that both have a supertype in common.
        raise v.error(f"type mismatch: expected {show_ref_type(from_type)}, found {show_ref_type(to_type)}")
    from_top = top_type(v.types, from_type & ~(REF | NULLABLE))
    if from_top != top_type(v.types, to_type & ~(REF | NULLABLE)):
        raise v.error(
            f"type mismatch: {show_ref_type(from_type)} and {show_ref_type(to_type)} "
            "have different heap type hierarchies"
        )
    if descriptor:
        _pop_descriptor(v, cast.to_type & ~(REF | NULLABLE))
    types = v.labels(cast.label)
    rest = ref_difference(from_type, to_type)
    if not on_fail:
        if not types:
            raise v.error("type mismatch: br_on_cast to label with empty types, must have a reference type")
        if not v.is_subtype(to_type, types[-1]):
            raise v.error(
                f"type mismatch: casting to type {show_ref_type(to_type)}, but it does not match "
                f"label result type {show_val_type(types[-1])}"
            )
    else:
        if not types:
            raise v.error("type mismatch: expected a reference type, found nothing")
        if not v.is_subtype(rest, types[-1]):
            raise v.error(
                f"type mismatch: expected label result type {show_val_type(types[-1])}, found {show_ref_type(rest)}"
            )
    v.pop(from_type)
    v.pop_push_labels(types[:-1])
    v.stack.append(to_type if on_fail else rest)


def _pop_descriptor(v: OperandStack, heap: HeapType) -> bool:
    """Takes the descriptor for a cast off; whether the cast is to an exact type. `heap` is as read."""
    if heap & CONCRETE == 0:
        raise v.error("unexpected heap type")
    assert heap & TYPE_ID == MODULE_INDEX
    descriptor = v.sub_type_at(heap >> 8).composite.descriptor
    if descriptor is None:
        raise v.error("cast target must have descriptor")
    actual = v.pop(descriptor | REF | NULLABLE)
    if heap & EXACT == 0:
        return False
    expected = descriptor | REF | NULLABLE | EXACT
    if actual >= 0 and not v.is_subtype(actual, expected):
        raise v.error(
            f"type mismatch: expected descriptor of exact type {show_ref_type(expected)} found {show_val_type(actual)}"
        )
    return True


def _ref_cast_desc_eq(v: OperandStack, nullable: bool, heap: HeapType) -> None:
    exact = _pop_descriptor(v, heap)
    _downcast(v, nullable, heap)
    type_ = v.heap(heap) & ~EXACT | (REF | NULLABLE if nullable else REF)
    v.stack.append(type_ | EXACT if exact else type_)


def _ref_get_desc(v: OperandStack, index: int) -> None:
    type_ = v.concrete(index)
    actual = v.pop(type_)
    if actual < 0:
        exact = actual == BOTTOM or actual == UNKNOWN_REF
    elif actual & EXACT != 0 or (actual & CONCRETE == 0 and actual >> 8 == NONE):
        exact = v.is_subtype(actual, type_ | EXACT)
    else:
        exact = False
    descriptor = v.sub_type_at(index).composite.descriptor
    if descriptor is None:
        raise v.error("expected type with descriptor")
    v.stack.append(descriptor | REF | (EXACT if exact else 0))


# ------------------------------------------------------------------------------- continuations


def stack_switching(v: OperandStack, reader: BinaryReader, opcode: int) -> None:
    """The instructions 0xE0 to 0xE6."""
    index = reader.var_u32()
    if opcode == 0xE0:  # cont.new
        v.pop_ref(v.cont_type_at(index).func | REF | NULLABLE)
        v.stack.append(v.concrete(index) & ~NULLABLE)
    elif opcode == 0xE1:  # cont.bind
        _cont_bind(v, index, reader.var_u32())
    elif opcode == 0xE2:  # suspend
        v.push_call(v.tag_at(index))
    elif opcode == 0xE6:  # switch
        _switch(v, index, reader.var_u32())
    else:
        tag = reader.var_u32() if opcode == 0xE4 else 0  # resume_throw
        func = _resume_table(v, read_handlers(reader), index)
        if opcode == 0xE3:  # resume
            v.pop(v.concrete(index))
            v.pop_all(func.params)
        elif opcode == 0xE4:  # resume_throw
            params = v.exception_tag_at(tag).params
            v.pop(v.concrete(index))
            v.pop_all(params)
        else:  # resume_throw_ref
            v.pop(v.concrete(index))
            v.pop(EXNREF)
        v.stack.extend(func.results)


def _func_of(v: OperandStack, cont: ContType) -> FuncType:
    return v.types.func_type(cont.func >> 8)


def _cont_bind(v: OperandStack, from_index: int, to_index: int) -> None:
    from_func = _func_of(v, v.cont_type_at(from_index))
    to_func = _func_of(v, v.cont_type_at(to_index))
    bound = len(from_func.params) - len(to_func.params)
    if bound < 0:
        raise v.error("type mismatch in continuation arguments")
    if not func_matches(v.types, FuncType(from_func.params[bound:], from_func.results), to_func):
        raise v.error("type mismatch in continuation types")
    v.pop(v.concrete(from_index))
    v.pop_all(from_func.params[:bound])
    v.stack.append(v.concrete(to_index) & ~NULLABLE)


def _resume_table(v: OperandStack, table: ResumeTable, index: int) -> FuncType:
    """Checks on-clauses; returns the function type of the continuation type at `index`."""
    func = _func_of(v, v.cont_type_at(index))
    for kind, tag_index, label in table.handlers:
        tag = v.tag_at(tag_index)
        if kind != ON_LABEL:
            expected = FuncType((), func.results)
            if not func_matches(v.types, tag, expected) or not func_matches(v.types, expected, tag):
                raise v.error("type mismatch: switch tag does not match continuation")
            continue
        types = v.labels(label)
        if not types:
            raise v.error("type mismatch: instruction requires continuation reference type but label has none")
        ref = types[-1]
        if ref & REF == 0 or ref & CONCRETE == 0:
            raise v.error(f"type mismatch: {type_word(ref)}")
        if len(tag.params) != len(types) - 1:
            raise v.error("type mismatch between tag type and label type")
        for k, param in enumerate(tag.params):
            if not v.is_subtype(param, types[k]):
                raise v.error("type mismatch between tag type and label type")
        inner = v.types.core_types[ref >> 8].composite.inner
        if not isinstance(inner, ContType):
            raise v.error("non-continuation type")
        if not func_matches(v.types, FuncType(tag.results, func.results), _func_of(v, inner)):
            raise v.error("type mismatch in continuation type")
    return func


def _switch(v: OperandStack, index: int, tag_index: int) -> None:
    func = _func_of(v, v.cont_type_at(index))
    tag = v.tag_at(tag_index)
    if tag.params:
        raise v.error("type mismatch: non-empty tag parameter type")
    if not func.params:
        raise v.error("type mismatch: instruction requires a continuation reference")
    ref = func.params[-1]
    if ref & REF == 0 or ref & CONCRETE == 0:
        raise v.error(f"type mismatch: expected a continuation reference, found {type_word(ref)}")
    inner = v.types.core_types[ref >> 8].composite.inner
    if not isinstance(inner, ContType):
        raise v.error("non-continuation type")
    other = _func_of(v, inner)
    if not func_matches(v.types, FuncType(tag.results, tag.results), FuncType(func.results, other.results)):
        raise v.error("type mismatch in continuation types")
    v.pop(v.concrete(index))
    v.pop_all(func.params[:-1])
    v.stack.extend(other.params)
