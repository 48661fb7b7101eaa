"""A core module that grows as its bodies ask for things: types, functions, tables, memories, segments, made at random.

What is asked for is taken from what is there, or added behind it: indices that were given out stay what they are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pywasmtools.lab.fuzz.core.model import (
    ACTIVE,
    PASSIVE,
    Data,
    Element,
    Expr,
    Func,
    Global,
    Import,
    Module,
    Op,
    Table,
)
from pywasmtools.wasm import module as kinds
from pywasmtools.wasm.instructions import ROWS
from pywasmtools.wasm.types import (
    ANY,
    ANYREF,
    ARRAY,
    ARRAYREF,
    CONCRETE,
    CONT,
    CONTREF,
    EQ,
    EQREF,
    EXACT,
    EXN,
    EXNREF,
    EXTERN,
    EXTERNREF,
    F32,
    F64,
    FUNC,
    FUNCREF,
    I8,
    I16,
    I31,
    I31REF,
    I32,
    I64,
    NONE,
    NULLABLE,
    NULLEXTERNREF,
    NULLFUNCREF,
    NULLREF,
    REF,
    SHARED,
    STRUCT,
    STRUCTREF,
    V128,
    ArrayType,
    CompositeType,
    ContType,
    FieldType,
    FuncType,
    GlobalType,
    MemoryType,
    StructType,
    SubType,
    TableType,
    concrete_heap,
)

if TYPE_CHECKING:
    from pywasmtools.wasm.types import RefType, StorageType, ValType

NUMBERS = (I32, I64, F32, F64)
ABSTRACT = (
    *(FUNCREF, EXTERNREF, ANYREF, EQREF, I31REF, STRUCTREF, ARRAYREF, EXNREF, CONTREF),
    *(NULLREF, NULLFUNCREF, NULLEXTERNREF),
)
NAMES = ("a", "b", "run", "memory", "x y", "", "é", "$", "cabi_realloc", "_start", "__indirect_function_table", "env")

BY_KEY = {row.key: row for row in ROWS}


def op(key: int, *immediates: int) -> Op:
    """An instruction whose immediates are numbers."""
    return (BY_KEY[key], immediates)


def number(rng: random.Random, bits: int) -> int:
    """A signed number, of those at the edges of encodings more often than not."""
    way = rng.randrange(4)
    if way == 0:
        return rng.randrange(-4, 12)
    if way == 1:
        found = (1 << rng.randrange(bits)) + rng.choice((-1, 0, 1))
        return -found if rng.randrange(2) and found < 1 << bits - 1 else min(found, (1 << bits - 1) - 1)
    if way == 2:
        return rng.choice((-(1 << bits - 1), (1 << bits - 1) - 1, -1, 0x3F, 0x40, -0x40, -0x41))
    return rng.getrandbits(bits) - (1 << bits - 1)


def float_bits(rng: random.Random, wide: bool) -> int:
    """The bits of a float: zeros, infinities, NaNs with payloads, subnormal ones, any."""
    mantissa = 52 if wide else 23
    exponent = 11 if wide else 8
    sign = rng.randrange(2) << (mantissa + exponent)
    full = (1 << exponent) - 1
    e = rng.choice((0, 0, full, full, full // 2, full // 2 + rng.randrange(12), rng.randrange(full)))
    m = rng.choice((0, 0, 1, 1 << mantissa - 1, 1 << mantissa - 1, rng.getrandbits(mantissa), rng.randrange(256)))
    return sign | e << mantissa | m


def unpacked(type_: StorageType) -> ValType:
    """The type that a field has on the stack."""
    return I32 if type_ in (I8, I16) else type_


class Stock:
    """A module and the index spaces of it, imports first."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.module = Module()
        self.types: list[SubType] = []
        self.funcs: list[int] = []
        self.tables: list[TableType] = []
        self.memories: list[MemoryType] = []
        self.globals_: list[GlobalType] = []
        self.tags: list[int] = []
        self.pending: list[int] = []
        """Functions that have no body yet, by their index."""
        self.declared: set[int] = set()
        """Functions that a `ref.func` names."""
        self._func_types: dict[FuncType, int] = {}
        self._conts: dict[int, int] = {}
        self.plain = False
        """Whether function types are final, as components want those of what they share."""
        self.frugal = False
        """Whether it is small in what it has: numbers only, memories and tables only where there is none."""
        self.before_globals = False
        """Whether an expression stands before the section of globals, and may not name them."""

    # ------------------------------------------------------------------- types

    def add_group(self, types: Sequence[SubType], explicit: bool = False) -> int:
        """Adds a recursion group; the index of its first type."""
        first = len(self.types)
        self.types += types
        self.module.groups.append((list(types), explicit or len(types) != 1))
        return first

    def add_type(self, inner: FuncType | ArrayType | StructType | ContType, shared: bool = False) -> int:
        """Adds a type, mostly a plain one."""
        open_ = not self.plain and self.rng.randrange(6) == 0
        return self.add_group([SubType(CompositeType(inner, shared), not open_)], self.rng.randrange(12) == 0)

    def func_type(self, params: Sequence[ValType] = (), results: Sequence[ValType] = ()) -> int:
        """The index of a function type."""
        func = FuncType(tuple(params), tuple(results))
        if func not in self._func_types:
            self._func_types[func] = self.add_type(func)
        return self._func_types[func]

    def func_of(self, type_: int) -> FuncType:
        """The function type at an index; one of nothing where there is none."""
        if type_ >= len(self.types):
            return FuncType((), ())
        inner = self.types[type_].composite.inner
        return inner if isinstance(inner, FuncType) else FuncType((), ())

    def cont_type(self, params: Sequence[ValType], results: Sequence[ValType]) -> int:
        """The index of a continuation type."""
        func = self.func_type(params, results)
        if func not in self._conts:
            self._conts[func] = self.add_type(ContType(concrete_heap(func)))
        return self._conts[func]

    def number(self) -> ValType:
        """A number type."""
        return self.rng.choice(NUMBERS)

    def val_type(self) -> ValType:
        """Any value type that has a default; a number type in a frugal module."""
        way = 0 if self.frugal else self.rng.randrange(10)
        if way < 6:
            return self.rng.choice(NUMBERS)
        if way < 7:
            return V128
        if way < 9 or not self.types:
            return self.rng.choice(ABSTRACT)
        index = self.rng.randrange(len(self.types))
        return concrete_heap(index) | REF | NULLABLE

    def val_types(self, most: int) -> tuple[ValType, ...]:
        """Some value types, few more often than many."""
        return tuple(self.val_type() for _ in range(min(self.rng.randrange(most + 1), self.rng.randrange(most + 1))))

    def field(self) -> FieldType:
        """A field of any type."""
        packed = self.rng.randrange(4) == 0
        return FieldType(self.rng.choice((I8, I16)) if packed else self.val_type(), self.rng.randrange(3) > 0)

    def struct(self, wanted: FieldType | None = None, shared: bool = False) -> int:
        """A struct type with or without clauses of any kind, with a field as wanted among its fields."""
        found = [
            k
            for k, t in enumerate(self.types)
            if isinstance(t.composite.inner, StructType)
            and t.composite.shared == shared
            and t.composite.descriptor is None
            and t.composite.describes is None
            and (wanted is None or wanted in t.composite.inner.fields)
        ]
        if found and self.rng.randrange(5):
            return self.rng.choice(found)
        fields = [] if shared else [self.field() for _ in range(self.rng.randrange(3))]
        if wanted is not None:
            fields.insert(self.rng.randrange(len(fields) + 1), wanted)
        struct = StructType(tuple(fields))
        if not shared and self.rng.randrange(5) == 0:
            return self._family(struct)
        return self.add_type(struct, shared)

    def _family(self, struct: StructType) -> int:
        """A struct type with a subtype, in a group that refers to itself."""
        first = len(self.types)
        own = FieldType(concrete_heap(first + self.rng.randrange(2)) | REF | NULLABLE, False)
        parent = StructType((*struct.fields, own))
        child = StructType((*parent.fields, self.field()))
        return self.add_group(
            [
                SubType(CompositeType(parent), False),
                SubType(CompositeType(child), self.rng.randrange(2) == 0, (concrete_heap(first),)),
            ]
        )

    def subtype(self) -> int:
        """A type that may have subtypes, and one of these: a function, an array, a continuation; now and then a wrong one."""
        rng = self.rng
        first = len(self.types)
        null = rng.choice((ANYREF, FUNCREF, EXTERNREF))
        below = null & ~NULLABLE if rng.randrange(4) else rng.choice(ABSTRACT)
        parent: FuncType | ArrayType | ContType
        child: FuncType | ArrayType | ContType
        way = rng.randrange(3)
        if way == 0:
            parent, child = FuncType((below,), (null,)), FuncType((null,), (below,))
        elif way == 1:
            mutable = rng.randrange(4) == 0
            parent, child = ArrayType(FieldType(null, mutable)), ArrayType(FieldType(below, rng.randrange(6) == 0))
        else:
            func = self.func_type((), (null,))
            first = len(self.types)
            other = func if rng.randrange(3) else self.func_type((), (below,))
            first = len(self.types)
            parent, child = ContType(concrete_heap(func)), ContType(concrete_heap(other))
        return self.add_group(
            [
                SubType(CompositeType(parent), rng.randrange(12) == 0),
                SubType(CompositeType(child), rng.randrange(2) == 0, (concrete_heap(first),)),
            ]
        )

    def below(self, type_: int) -> int:
        """The type at an index, or one whose supertype it is."""
        found = [k for k, t in enumerate(self.types) if any(s >> 8 == type_ for s in t.supertypes)]
        return self.rng.choice(found) if found and self.rng.randrange(2) else type_

    def described(self) -> int:
        """A struct type that has a descriptor, which is the next type."""
        for k, t in enumerate(self.types):
            if t.composite.descriptor is not None:
                return k
        first = len(self.types)
        final = self.rng.randrange(2) == 0
        return self.add_group(
            [
                SubType(CompositeType(StructType((self.field(),)), descriptor=concrete_heap(first + 1)), final),
                SubType(CompositeType(StructType((FieldType(I32, True),)), describes=concrete_heap(first)), final),
            ]
        )

    def array(self, wanted: FieldType | None = None, shared: bool = False) -> int:
        """An array type, with such an element if one is wanted."""
        found = [
            k
            for k, t in enumerate(self.types)
            if isinstance(t.composite.inner, ArrayType)
            and t.composite.shared == shared
            and (wanted is None or t.composite.inner.field == wanted)
        ]
        if found and self.rng.randrange(5):
            return self.rng.choice(found)
        return self.add_type(ArrayType(wanted or self.field()), shared)

    def fields_of(self, type_: int) -> tuple[FieldType, ...]:
        """The fields of a struct type, the element of an array type."""
        inner = self.types[type_].composite.inner
        if isinstance(inner, StructType):
            return inner.fields
        return (inner.field,) if isinstance(inner, ArrayType) else ()

    def top(self, ref: RefType) -> int:
        """The top of a reference type's hierarchy: a heap type."""
        shared = ref & SHARED
        byte = ref >> 8
        if ref & CONCRETE:
            composite = self.types[ref >> 8].composite
            shared = SHARED if composite.shared else 0
            inner = composite.inner
            byte = FUNC if isinstance(inner, FuncType) else CONT if isinstance(inner, ContType) else ANY
        elif byte in (EQ, I31, STRUCT, ARRAY, NONE):
            byte = ANY
        elif byte > NONE:
            byte = {0x72: EXTERN, 0x73: FUNC, 0x74: EXN}.get(byte, CONT)
        return byte << 8 | shared

    # ------------------------------------------------------------------- what bodies use

    def memory(self, fits: Callable[[MemoryType], bool] | None = None) -> int:
        """A memory, 32-bit ones more often than not."""
        found = [k for k, m in enumerate(self.memories) if fits is None or fits(m)]
        if found and (self.frugal or self.rng.randrange(8) or len(self.memories) > 3):
            return self.rng.choice(found)
        return self.add_memory(self.memory_type())

    def memory_type(self) -> MemoryType:
        """A memory type: 64-bit, shared, and of other pages now and then."""
        rng = self.rng
        wide = rng.randrange(4) == 0
        shared = rng.randrange(6) == 0
        page = rng.choice((None, None, None, None, 0, 16))
        initial = rng.choice((0, 1, 2, 65536 if page is None else 3))
        maximum = initial + rng.randrange(3) if shared or rng.randrange(3) == 0 else None
        if maximum is not None and page != 0:
            maximum = max(initial, min(maximum, 65536))
        return MemoryType(initial, maximum, wide, shared, page)

    def add_memory(self, type_: MemoryType) -> int:
        self.memories.append(type_)
        self.module.memories.append(type_)
        return len(self.memories) - 1

    def table(self, element: RefType) -> int:
        """A table of such elements."""
        found = [k for k, t in enumerate(self.tables) if t.element_type == element]
        if found and (self.frugal or self.rng.randrange(6) or len(self.tables) > 4):
            return self.rng.choice(found)
        rng = self.rng
        initial = rng.choice((0, 1, 3, 10))
        maximum = initial + rng.randrange(4) if rng.randrange(2) else None
        type_ = TableType(element, initial, maximum, rng.randrange(4) == 0)
        self.tables.append(type_)
        init = None
        if not element & NULLABLE or rng.randrange(6) == 0:
            self.before_globals = True
            init = self.const(element)
            self.before_globals = False
        self.module.tables.append(Table(type_, init))
        return len(self.tables) - 1

    def global_(self, type_: ValType, mutable: bool | None = None) -> int:
        """A global of a type."""
        found = [
            k
            for k, g in enumerate(self.globals_)
            if g.content_type == type_ and (mutable is None or g.mutable == mutable)
        ]
        if found and (self.rng.randrange(6) or len(self.globals_) > 8):
            return self.rng.choice(found)
        mutable = self.rng.randrange(2) == 0 if mutable is None else mutable
        init = self.const(type_)
        self.globals_.append(GlobalType(type_, mutable))
        self.module.globals_.append(Global(self.globals_[-1], init))
        return len(self.globals_) - 1

    def tag(self, params: Sequence[ValType] = (), results: Sequence[ValType] = ()) -> int:
        """A tag."""
        type_ = self.func_type(params, results)
        if type_ in self.tags:
            return self.tags.index(type_)
        self.tags.append(type_)
        self.module.tags.append(type_)
        return len(self.tags) - 1

    def any_tag(self) -> int:
        """A tag of an exception."""
        found = [k for k, type_ in enumerate(self.tags) if not self.func_of(type_).results]
        return self.rng.choice(found) if found else self.tag(self.val_types(2))

    def data(self) -> int:
        """A data segment."""
        if self.module.datas and self.rng.randrange(3):
            return self.rng.randrange(len(self.module.datas))
        content = bytes(self.rng.choices(b'\0\x7f\x80\xffabc\n"\\', k=self.rng.randrange(9)))
        if self.memories and self.rng.randrange(3) == 0:
            memory = self.rng.randrange(len(self.memories))
            wide = self.memories[memory].memory64
            self.module.datas.append(Data(ACTIVE, content, memory, self.const(I64 if wide else I32)))
        else:
            self.module.datas.append(Data(PASSIVE, content))
        return len(self.module.datas) - 1

    def element(self, type_: RefType) -> int:
        """An element segment of such a type."""
        found = [k for k, e in enumerate(self.module.elements) if e.type_ == type_]
        if found and self.rng.randrange(3):
            return self.rng.choice(found)
        functions = None
        exprs: list[Expr] = []
        count = self.rng.randrange(3)
        if type_ == FUNCREF and self.rng.randrange(2):
            functions = [self.any_func() for _ in range(count)]
        else:
            exprs = [self.const(type_) for _ in range(count)]
        element = Element(PASSIVE, type_, functions, exprs)
        tables = [k for k, t in enumerate(self.tables) if t.element_type == type_]
        if tables and self.rng.randrange(2):
            element.mode = ACTIVE
            element.table = self.rng.choice(tables)
            element.offset = self.const(I64 if self.tables[element.table].table64 else I32)
        self.module.elements.append(element)
        return len(self.module.elements) - 1

    def function(self, type_: int) -> int:
        """A function of the type at an index; without a body if it is new."""
        found = [k for k, t in enumerate(self.funcs) if t == type_]
        if found and (self.rng.randrange(4) or len(self.pending) > 2):
            return self.rng.choice(found)
        return self.add_function(type_)

    def add_function(self, type_: int) -> int:
        self.funcs.append(type_)
        self.module.funcs.append(Func(type_))
        self.pending.append(len(self.funcs) - 1)
        return len(self.funcs) - 1

    def any_func(self) -> int:
        """A function of any type."""
        if self.funcs and self.rng.randrange(4):
            return self.rng.randrange(len(self.funcs))
        return self.function(self.func_type(self.val_types(2), self.val_types(2)))

    # ------------------------------------------------------------------- constant expressions

    def const(self, type_: ValType, depth: int = 2) -> Expr:
        """A constant expression of a type."""
        rng = self.rng
        if type_ & REF:
            return self._const_ref(type_, depth)
        if rng.randrange(6) == 0 and not self.before_globals:
            found = [k for k, g in enumerate(self.globals_) if g.content_type == type_ and not g.mutable]
            if found:
                return [op(0x23, rng.choice(found))]
        if type_ in (I32, I64):
            if depth > 0 and rng.randrange(5) == 0:
                key = (0x6A if type_ == I32 else 0x7C) + rng.randrange(3)
                return [*self.const(type_, depth - 1), *self.const(type_, depth - 1), op(key)]
            return [op(0x41, number(rng, 32))] if type_ == I32 else [op(0x42, number(rng, 64))]
        if type_ == V128:
            return [(BY_KEY[0xFD_000C], (rng.randbytes(16) if rng.randrange(2) else bytes(16),))]
        return [op(0x43, float_bits(rng, False))] if type_ == F32 else [op(0x44, float_bits(rng, True))]

    def _const_ref(self, ref: RefType, depth: int) -> Expr:
        rng = self.rng
        if ref & NULLABLE and (depth <= 0 or rng.randrange(2)):
            heap = ref & ~(REF | NULLABLE)
            return [op(0xD0, heap & ~EXACT)]
        if ref & CONCRETE:
            made = self.constructor(ref >> 8)
            if made is None:
                return [op(0xD0, ref & ~(REF | NULLABLE))]
            operands, last = made
            return [o for type_ in operands for o in self.const(type_, depth - 1)] + [last]
        byte, shared = ref >> 8, ref & SHARED
        if byte == FUNC and not shared:
            return [self.ref_func(self.any_func())]
        if byte in (ANY, EQ, I31):
            return [*self.const(I32, 0), op(0xFE_0072 if shared else 0xFB_001C)]
        if byte in (STRUCT, ARRAY) and not shared:
            index = self.struct() if byte == STRUCT else self.array()
            return self._const_ref(concrete_heap(index) | REF, depth - 1)
        if byte == EXTERN and not shared:
            return [*self._const_ref(ANY << 8 | REF, depth - 1), op(0xFB_001B)]
        return [op(0xD0, ref & ~(REF | NULLABLE))]

    def ref_func(self, index: int) -> Op:
        """`ref.func`, which wants the function declared."""
        self.declared.add(index)
        return op(0xD2, index)

    def constructor(self, type_: int) -> tuple[tuple[ValType, ...], Op] | None:
        """What makes a value of a defined type: its operands and the instruction, constant but for continuations."""
        composite = self.types[type_].composite
        inner = composite.inner
        rng = self.rng
        if isinstance(inner, StructType):
            types = tuple(unpacked(f.element_type) for f in inner.fields)
            described = composite.descriptor
            tail = () if described is None else (described | REF | EXACT,)
            if rng.randrange(2) and all(t & (REF | NULLABLE) != REF for t in types):
                return tail, op(0xFB_0021 if tail else 0xFB_0001, type_)
            return (*types, *tail), op(0xFB_0020 if tail else 0xFB_0000, type_)
        if isinstance(inner, ArrayType):
            element = unpacked(inner.field.element_type)
            way = rng.randrange(3)
            if way == 0 and element & (REF | NULLABLE) != REF:
                return (I32,), op(0xFB_0007, type_)
            if way == 1:
                return (element, I32), op(0xFB_0006, type_)
            count = rng.randrange(3)
            return (element,) * count, op(0xFB_0008, type_, count)
        if isinstance(inner, FuncType):
            return (), self.ref_func(self.function(type_))
        return None

    # ------------------------------------------------------------------- imports

    def import_(self, module: str, name: str, kind: int) -> None:
        """Imports something of a kind. Imports come before all that is defined: nothing of the kind is yet."""
        rng = self.rng
        type_: kinds.EntityType
        if kind == kinds.FUNC:
            type_ = self.func_type(self.val_types(3), self.val_types(2))
            self.funcs.append(type_)
        elif kind == kinds.TABLE:
            type_ = TableType(rng.choice((FUNCREF, EXTERNREF)), rng.randrange(4))
            self.tables.append(type_)
        elif kind == kinds.MEMORY:
            type_ = self.memory_type()
            self.memories.append(type_)
        elif kind == kinds.GLOBAL:
            type_ = GlobalType(self.val_type(), rng.randrange(3) == 0)
            self.globals_.append(type_)
        else:
            type_ = self.func_type(self.val_types(2))
            self.tags.append(type_)
        exact = kind == kinds.FUNC and rng.randrange(10) == 0
        self.module.imports.append(Import(module, name, kind, type_, exact))
