"""Irregular instructions as they may stand anywhere: for each row, immediates that are there, its operands and its results.

What branches, opens blocks or ends them is made by `bodies.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pywasmtools.lab.fuzz.core.stock import ABSTRACT, NUMBERS, Stock, unpacked
from pywasmtools.wasm.immediates import ResumeTable
from pywasmtools.wasm.types import (
    ANY,
    ANYREF,
    ARRAYREF,
    CONCRETE,
    CONT,
    EQREF,
    EXACT,
    EXNREF,
    EXTERN,
    FUNCREF,
    I8,
    I16,
    I31REF,
    I32,
    I64,
    NULLABLE,
    REF,
    SHARED,
    STRUCTREF,
    V128,
    FieldType,
    concrete_heap,
)

if TYPE_CHECKING:
    from pywasmtools.wasm.immediates import Immediate
    from pywasmtools.wasm.types import RefType, StorageType, ValType

Types: TypeAlias = "tuple[ValType, ...]"


class Typing(NamedTuple):
    """An instruction with its immediates, and what it does to the stack."""

    immediates: tuple[Immediate, ...]
    operands: Types = ()
    results: Types = ()


Handler: TypeAlias = Callable[[Stock, int], Typing]
HANDLERS: dict[int, Handler] = {}


def _of(first: int, last: int = -1) -> Callable[[Handler], Handler]:
    """Enters a function for a row, or for those from one to another."""

    def enter(handler: Handler) -> Handler:
        for key in range(first, max(first, last) + 1):
            HANDLERS[key] = handler
        return handler

    return enter


def ref(type_: int, nullable: bool = True) -> RefType:
    """A reference to the type at an index."""
    return concrete_heap(type_) | REF | (NULLABLE if nullable else 0)


def _ordering(rng: random.Random) -> int:
    return rng.randrange(2)


# ------------------------------------------------------------------------------- calls, variables


def called(stock: Stock, results: Types | None = None) -> tuple[int, Types, Types]:
    """A function type, with the results that a tail call must have if they are given."""
    rng = stock.rng
    if results is None and stock.funcs and rng.randrange(3):
        type_ = rng.choice(stock.funcs)
    else:
        type_ = stock.func_type(stock.val_types(3), stock.val_types(2) if results is None else results)
    func = stock.func_of(type_)
    return type_, func.params, func.results


def call(stock: Stock, key: int, results: Types | None = None) -> Typing:
    """`call`, `call_indirect`, `call_ref`, and the tail calls that return `results`."""
    type_, params, results = called(stock, results)
    if key in (0x10, 0x12):  # call, return_call
        return Typing((stock.function(type_),), params, results)
    if key in (0x14, 0x15):  # call_ref, return_call_ref
        return Typing((type_,), (*params, ref(type_)), results)
    table = stock.table(FUNCREF)
    return Typing((type_, table), (*params, _index(stock, table)), results)


@_of(0x10, 0x11)  # call, call_indirect
@_of(0x14)  # call_ref
def _call(stock: Stock, key: int) -> Typing:
    return call(stock, key)


def _index(stock: Stock, table: int) -> ValType:
    return I64 if stock.tables[table].table64 else I32


def _address(stock: Stock, memory: int) -> ValType:
    return I64 if stock.memories[memory].memory64 else I32


@_of(0x1A)  # drop
def _drop(stock: Stock, _: int) -> Typing:
    return Typing((), (stock.val_type(),))


@_of(0x1B, 0x1C)  # select
def _select(stock: Stock, key: int) -> Typing:
    type_ = stock.rng.choice((*NUMBERS, V128)) if key == 0x1B else stock.val_type()
    return Typing(() if key == 0x1B else ((type_,),), (type_, type_, I32), (type_,))


@_of(0x23, 0x24)  # global.get, global.set
def _global(stock: Stock, key: int) -> Typing:
    type_ = stock.val_type()
    if key == 0x23:
        return Typing((stock.global_(type_),), (), (type_,))
    return Typing((stock.global_(type_, True),), (type_,))


def _table(stock: Stock) -> tuple[int, RefType, ValType]:
    if stock.tables and stock.rng.randrange(2):
        table = stock.rng.randrange(len(stock.tables))
    else:
        table = stock.table(stock.rng.choice(ABSTRACT[:9]))
    return table, stock.tables[table].element_type, _index(stock, table)


@_of(0x25)  # table.get
@_of(0x26)  # table.set
@_of(0xFC_000F, 0xFC_0011)  # table.grow, table.size, table.fill
def _table_access(stock: Stock, key: int) -> Typing:
    table, element, index = _table(stock)
    if key == 0x25:
        return Typing((table,), (index,), (element,))
    if key == 0x26:
        return Typing((table,), (index, element))
    if key == 0xFC_000F:
        return Typing((table,), (element, index), (index,))
    if key == 0xFC_0010:
        return Typing((table,), (), (index,))
    return Typing((table,), (index, element, index))


@_of(0xFC_0008)  # memory.init
def _memory_init(stock: Stock, _: int) -> Typing:
    memory = stock.memory()
    return Typing((stock.data(), memory), (_address(stock, memory), I32, I32))


@_of(0xFC_0009)  # data.drop
def _data_drop(stock: Stock, _: int) -> Typing:
    return Typing((stock.data(),))


@_of(0xFC_000A)  # memory.copy
def _memory_copy(stock: Stock, _: int) -> Typing:
    to, from_ = stock.memory(), stock.memory()
    a, b = _address(stock, to), _address(stock, from_)
    return Typing((to, from_), (a, b, I64 if a == b == I64 else I32))


@_of(0xFC_000C)  # table.init
def _table_init(stock: Stock, _: int) -> Typing:
    table, element, index = _table(stock)
    return Typing((stock.element(element), table), (index, I32, I32))


@_of(0xFC_000D)  # elem.drop
def _elem_drop(stock: Stock, _: int) -> Typing:
    return Typing((stock.element(FUNCREF),))


@_of(0xFC_000E)  # table.copy
def _table_copy(stock: Stock, _: int) -> Typing:
    to, element, a = _table(stock)
    from_ = stock.table(element)
    b = _index(stock, from_)
    return Typing((to, from_), (a, b, I64 if a == b == I64 else I32))


# ------------------------------------------------------------------------------- references


@_of(0xD0)  # ref.null
def _ref_null(stock: Stock, _: int) -> Typing:
    type_ = any_ref(stock)
    return Typing((type_ & ~(REF | NULLABLE),), (), (type_,))


def any_ref(stock: Stock, nullable: bool = True) -> RefType:
    """A reference type, abstract or of a type that is there, shared now and then."""
    rng = stock.rng
    if stock.types and rng.randrange(2):
        return ref(rng.randrange(len(stock.types)), nullable)
    found = rng.choice(ABSTRACT[:9]) | (SHARED if rng.randrange(8) == 0 else 0)
    return found if nullable else found & ~NULLABLE


@_of(0xD1)  # ref.is_null
def _ref_is_null(stock: Stock, _: int) -> Typing:
    return Typing((), (any_ref(stock),), (I32,))


@_of(0xD2)  # ref.func
def _ref_func(stock: Stock, _: int) -> Typing:
    index = stock.any_func()
    stock.declared.add(index)
    return Typing((index,), (), (ref(stock.funcs[index], False),))


@_of(0xD3)  # ref.eq
def _ref_eq(stock: Stock, _: int) -> Typing:
    shared = SHARED if stock.rng.randrange(8) == 0 else 0
    return Typing((), tuple(stock.rng.choice((EQREF, I31REF, STRUCTREF, ARRAYREF)) | shared for _ in (0, 1)), (I32,))


@_of(0xD4)  # ref.as_non_null
def _ref_as_non_null(stock: Stock, _: int) -> Typing:
    type_ = any_ref(stock)
    return Typing((), (type_,), (type_ & ~NULLABLE,))


@_of(0xFB_0014, 0xFB_0017)  # ref.test, ref.cast
def _test(stock: Stock, key: int) -> Typing:
    to = castable(stock)
    from_ = stock.top(to) | REF | NULLABLE
    nullable = key & 1
    if key <= 0xFB_0015:
        return Typing((to & ~(REF | NULLABLE),), (from_,), (I32,))
    return Typing((to & ~(REF | NULLABLE),), (from_,), (to if nullable else to & ~NULLABLE,))


def castable(stock: Stock) -> RefType:
    """A reference type that a cast may name: no continuation."""
    while True:
        to = any_ref(stock)
        if stock.top(to) >> 8 != CONT:
            if to & CONCRETE and stock.rng.randrange(5) == 0:
                to |= EXACT
            return to


@_of(0xFB_001A, 0xFB_001B)  # any.convert_extern, extern.convert_any
def _convert(stock: Stock, key: int) -> Typing:
    bits = REF | (NULLABLE if stock.rng.randrange(2) else 0) | (SHARED if stock.rng.randrange(8) == 0 else 0)
    any_, extern = ANY << 8 | bits, EXTERN << 8 | bits
    if bits & SHARED:
        any_, extern = any_ | NULLABLE, extern | NULLABLE
    return Typing((), (extern,), (any_,)) if key == 0xFB_001A else Typing((), (any_,), (extern,))


@_of(0xFB_001C)  # ref.i31
@_of(0xFE_0072)  # ref.i31_shared
def _ref_i31(_stock: Stock, key: int) -> Typing:
    return Typing((), (I32,), ((I31REF & ~NULLABLE) | (SHARED if key == 0xFE_0072 else 0),))


@_of(0xFB_001D, 0xFB_001E)  # i31.get_s, i31.get_u
def _i31_get(stock: Stock, _: int) -> Typing:
    return Typing((), (I31REF | (SHARED if stock.rng.randrange(8) == 0 else 0),), (I32,))


# ------------------------------------------------------------------------------- structs and arrays


@_of(0xFB_0000, 0xFB_0001)  # struct.new, struct.new_default
def _struct_new(stock: Stock, key: int) -> Typing:
    type_ = stock.struct()
    fields = tuple(unpacked(f.element_type) for f in stock.fields_of(type_))
    return Typing((type_,), fields if key == 0xFB_0000 else (), (ref(type_, False),))


@_of(0xFB_0020, 0xFB_0021)  # struct.new_desc, struct.new_default_desc
def _struct_new_desc(stock: Stock, key: int) -> Typing:
    type_ = stock.described()
    fields = tuple(unpacked(f.element_type) for f in stock.fields_of(type_))
    descriptor = ref(type_ + 1, False) | EXACT
    return Typing((type_,), (*(fields if key == 0xFB_0020 else ()), descriptor), (ref(type_, False),))


@_of(0xFB_0022)  # ref.get_desc
def _ref_get_desc(stock: Stock, _: int) -> Typing:
    type_ = stock.described()
    return Typing((type_,), (ref(type_),), (ref(type_ + 1, False),))


@_of(0xFB_0023, 0xFB_0024)  # ref.cast_desc_eq
def _ref_cast_desc_eq(stock: Stock, key: int) -> Typing:
    type_ = stock.described()
    exact = EXACT if stock.rng.randrange(3) == 0 else 0
    to = ref(type_, key == 0xFB_0024)
    return Typing((concrete_heap(type_) | exact,), (ANYREF, ref(type_ + 1) | exact), (to,))


def _packed(key: int, signed: int) -> bool:
    """Whether a `get_s` or a `get_u`, by the key of the first of them."""
    return key in (signed, signed + 1)


def _field_type(stock: Stock, packed: bool, mutable: bool = False) -> FieldType:
    found = stock.field()
    if packed:
        return FieldType(stock.rng.choice((I8, I16)), found.mutable or mutable)
    type_ = unpacked(found.element_type) if found.element_type in (I8, I16) else found.element_type
    return FieldType(type_, found.mutable or mutable)


def _struct_field(stock: Stock, wanted: FieldType, shared: bool = False) -> tuple[int, int]:
    type_ = stock.struct(wanted, shared)
    return type_, stock.fields_of(type_).index(wanted)


@_of(0xFB_0002, 0xFB_0005)  # struct.get, struct.get_s, struct.get_u, struct.set
def _struct_access(stock: Stock, key: int) -> Typing:
    wanted = _field_type(stock, _packed(key, 0xFB_0003), key == 0xFB_0005)
    type_, field = _struct_field(stock, wanted)
    value = unpacked(wanted.element_type)
    if key == 0xFB_0005:
        return Typing((type_, field), (ref(type_), value))
    return Typing((type_, field), (ref(type_),), (value,))


@_of(0xFB_0006, 0xFB_000A)  # array.new, array.new_default, array.new_fixed, array.new_data, array.new_elem
def _array_new(stock: Stock, key: int) -> Typing:
    if key == 0xFB_0009:
        type_ = stock.array(FieldType(stock.rng.choice((I8, I16, *NUMBERS, V128)), True))
        return Typing((type_, stock.data()), (I32, I32), (ref(type_, False),))
    if key == 0xFB_000A:
        element = stock.rng.choice(ABSTRACT[:8])
        type_ = stock.array(FieldType(element, True))
        return Typing((type_, stock.element(element)), (I32, I32), (ref(type_, False),))
    type_ = stock.array()
    element = unpacked(stock.fields_of(type_)[0].element_type)
    if key == 0xFB_0006:
        return Typing((type_,), (element, I32), (ref(type_, False),))
    if key == 0xFB_0007:
        return Typing((type_,), (I32,), (ref(type_, False),))
    count = stock.rng.randrange(4)
    return Typing((type_, count), (element,) * count, (ref(type_, False),))


@_of(0xFB_000B, 0xFB_000E)  # array.get, array.get_s, array.get_u, array.set
@_of(0xFB_0010)  # array.fill
def _array_access(stock: Stock, key: int) -> Typing:
    wanted = _field_type(stock, _packed(key, 0xFB_000C), key >= 0xFB_000E)
    type_ = stock.array(wanted)
    value = unpacked(wanted.element_type)
    if key == 0xFB_000E:
        return Typing((type_,), (ref(type_), I32, value))
    if key == 0xFB_0010:
        return Typing((type_,), (ref(type_), I32, value, I32))
    return Typing((type_,), (ref(type_), I32), (value,))


@_of(0xFB_000F)  # array.len
def _array_len(stock: Stock, _: int) -> Typing:
    return Typing((), (ARRAYREF if stock.rng.randrange(2) else ref(stock.array()),), (I32,))


@_of(0xFB_0011, 0xFB_0013)  # array.copy, array.init_data, array.init_elem
def _array_bulk(stock: Stock, key: int) -> Typing:
    if key == 0xFB_0011:
        element = _field_type(stock, stock.rng.randrange(3) == 0, True)
        to, from_ = stock.array(element), stock.array(FieldType(element.element_type, stock.rng.randrange(2) == 0))
        return Typing((to, from_), (ref(to), I32, ref(from_), I32, I32))
    if key == 0xFB_0012:
        type_ = stock.array(FieldType(stock.rng.choice((I8, I16, *NUMBERS, V128)), True))
        return Typing((type_, stock.data()), (ref(type_), I32, I32, I32))
    heap = stock.rng.choice(ABSTRACT[:8])
    type_ = stock.array(FieldType(heap, True))
    return Typing((type_, stock.element(heap)), (ref(type_), I32, I32, I32))


# ------------------------------------------------------------------------------- continuations


@_of(0xE0)  # cont.new
def _cont_new(stock: Stock, _: int) -> Typing:
    params, results = stock.val_types(2), stock.val_types(2)
    cont = stock.cont_type(params, results)
    return Typing((cont,), (ref(stock.func_type(params, results)),), (ref(cont, False),))


@_of(0xE1)  # cont.bind
def _cont_bind(stock: Stock, _: int) -> Typing:
    bound, rest, results = stock.val_types(2), stock.val_types(1), stock.val_types(1)
    from_, to = stock.cont_type((*bound, *rest), results), stock.cont_type(rest, results)
    return Typing((from_, to), (*bound, ref(from_)), (ref(to, False),))


@_of(0xE2)  # suspend
def _suspend(stock: Stock, _: int) -> Typing:
    params, results = stock.val_types(2), stock.val_types(2)
    return Typing((stock.tag(params, results),), params, results)


@_of(0xE3, 0xE5)  # resume, resume_throw, resume_throw_ref
def _resume(stock: Stock, key: int) -> Typing:
    params, results = stock.val_types(2), stock.val_types(2)
    cont = stock.cont_type(params, results)
    handlers = ((1, stock.tag((), results), -1),) if stock.rng.randrange(3) == 0 else ()
    table = ResumeTable(handlers)
    if key == 0xE3:
        return Typing((cont, table), (*params, ref(cont)), results)
    if key == 0xE5:
        return Typing((cont, table), (EXNREF, ref(cont)), results)
    tag = stock.any_tag()
    return Typing((cont, tag, table), (*stock.func_of(stock.tags[tag]).params, ref(cont)), results)


@_of(0xE6)  # switch
def _switch(stock: Stock, _: int) -> Typing:
    given, back, results = stock.val_types(1), stock.val_types(1), stock.val_types(1)
    other = stock.cont_type(back, results)
    cont = stock.cont_type((*given, ref(other)), results)
    return Typing((cont, stock.tag((), results)), (*given, ref(cont)), back)


# ------------------------------------------------------------------------------- atomic


def _shareable(stock: Stock, operation: int, top: RefType) -> ValType:
    """A type for an atomic operation: 0 get, 1 set, 2 to 6 arithmetic, 7 `xchg`, 8 `cmpxchg`; below `top` if a reference."""
    rng = stock.rng
    if 2 <= operation <= 6 or rng.randrange(2):
        return rng.choice((I32, I64))
    heaps = (EQREF, I31REF, STRUCTREF, ARRAYREF) if operation == 8 else (ANYREF, EQREF, I31REF, STRUCTREF, ARRAYREF)
    return rng.choice(heaps) | (top & SHARED)


@_of(0xFE_004F, 0xFE_0057)  # global.atomic.get, global.atomic.rmw.cmpxchg
def _global_atomic(stock: Stock, key: int) -> Typing:
    operation = key - 0xFE_004F
    type_ = _shareable(stock, operation, ANYREF)
    index = stock.global_(type_, True)
    operands, results = _effect(operation, type_)
    return Typing((_ordering(stock.rng), index), operands, results)


def _effect(operation: int, type_: ValType) -> tuple[Types, Types]:
    if operation == 0:
        return (), (type_,)
    if operation == 1:
        return (type_,), ()
    return (type_,) * (2 if operation == 8 else 1), (type_,)


@_of(0xFE_0058, 0xFE_005B)  # table.atomic.get, table.atomic.rmw.cmpxchg
def _table_atomic(stock: Stock, key: int) -> Typing:
    operation = (0, 1, 7, 8)[key - 0xFE_0058]
    heap = stock.rng.choice((EQREF, I31REF) if operation == 8 else (ANYREF, EQREF, I31REF)) | SHARED
    table = stock.table(heap)
    operands, results = _effect(operation, heap)
    return Typing((_ordering(stock.rng), table), (_index(stock, table), *operands), results)


@_of(0xFE_005C, 0xFE_0066)  # struct.atomic.get, struct.atomic.rmw.cmpxchg
def _struct_atomic(stock: Stock, key: int) -> Typing:
    wanted, operation, shared = _atomic_field(stock, key - 0xFE_005C)
    type_, field = _struct_field(stock, wanted, shared)
    operands, results = _effect(operation, unpacked(wanted.element_type))
    return Typing((_ordering(stock.rng), type_, field), (ref(type_), *operands), results)


@_of(0xFE_0067, 0xFE_0071)  # array.atomic.get, array.atomic.rmw.cmpxchg
def _array_atomic(stock: Stock, key: int) -> Typing:
    wanted, operation, shared = _atomic_field(stock, key - 0xFE_0067)
    type_ = stock.array(wanted, shared)
    operands, results = _effect(operation, unpacked(wanted.element_type))
    return Typing((_ordering(stock.rng), type_), (ref(type_), I32, *operands), results)


def _atomic_field(stock: Stock, place: int) -> tuple[FieldType, int, bool]:
    """A field for the instruction at a place among those of structs or arrays, the operation, whether to share."""
    if place in (1, 2):  # get_s, get_u
        return FieldType(stock.rng.choice((I8, I16)), True), 0, stock.rng.randrange(2) == 0
    operation = 0 if place == 0 else place - 2
    type_: StorageType = _shareable(stock, operation, ANYREF | SHARED)
    if operation == 1 and stock.rng.randrange(3) == 0:
        type_ = stock.rng.choice((I8, I16))
    return FieldType(type_, True), operation, stock.rng.randrange(2) == 0


@_of(0xFD_000D)  # i8x16.shuffle
def _shuffle(stock: Stock, _: int) -> Typing:
    return Typing((bytes(stock.rng.randrange(32) for _ in range(16)),), (V128, V128), (V128,))
