"""Modules with a mistake that only what they mean shows: of types, limits, indices, segments, exports, instructions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pywasmtools.lab.fuzz.core.model import ACTIVE, DECLARED, PASSIVE, Expr, Func, Global, Op
from pywasmtools.lab.fuzz.core.stock import ABSTRACT, Stock, float_bits, number
from pywasmtools.wasm.immediates import (
    AS_BLOCK_TYPE,
    AS_CAST,
    AS_F32,
    AS_F64,
    AS_HANDLERS,
    AS_HEAP_TYPE,
    AS_LABELS,
    AS_LANE,
    AS_LANES,
    AS_MEMARG,
    AS_OPTIONAL_ORDERING,
    AS_ORDERING,
    AS_S32,
    AS_S64,
    AS_TRY_TABLE,
    AS_V128,
    AS_VAL_TYPES,
    BrTable,
    Cast,
    MemArg,
    ResumeTable,
    TryTable,
)
from pywasmtools.wasm.instructions import ROWS
from pywasmtools.wasm.types import (
    BLOCK_EMPTY,
    CONCRETE,
    NULLABLE,
    REF,
    SHARED,
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
    from pywasmtools.wasm.immediates import Immediate, Kind
    from pywasmtools.wasm.types import RefType

SMALL = (0, 0, 1, 1, 2, 3, 5, 100)


def add_faults(stock: Stock) -> None:
    """One to three mistakes, anywhere."""
    for _ in range(stock.rng.choice((1, 1, 1, 2, 3))):
        stock.rng.choice(FAULTS)(stock)


def _index(rng: random.Random, count: int) -> int:
    """An index, of what is there more often than not."""
    if count and rng.randrange(4):
        return rng.randrange(count)
    return rng.choice((0, count, count + 1, 1000))


def any_ref(rng: random.Random, types: int) -> RefType:
    """A reference type, of an index that need not be there."""
    heap = concrete_heap(_index(rng, types), exact=rng.randrange(4) == 0)
    if rng.randrange(2):
        heap = rng.choice(ABSTRACT) & ~(REF | NULLABLE) | (SHARED if rng.randrange(4) == 0 else 0)
    return heap | REF | (NULLABLE if rng.randrange(3) else 0)


# ------------------------------------------------------------------------------- types


def _type(stock: Stock) -> None:
    """Another supertype, finality, sharedness, clause or content of a type."""
    rng, module = stock.rng, stock.module
    places = [(g, k) for g, (types, _) in enumerate(module.groups) for k in range(len(types))]
    if not places:
        stock.func_type((any_ref(rng, 3),), ())
        return
    g, k = rng.choice(places)
    types = module.groups[g][0]
    types[k] = _other_type(stock, types[k])
    index = sum(len(t) for t, _ in module.groups[:g]) + k
    stock.types[index] = types[k]
    if rng.randrange(4) == 0:
        module.groups[g] = (types, not module.groups[g][1])


def _other_type(stock: Stock, sub: SubType) -> SubType:
    rng = stock.rng
    composite = sub.composite
    other = concrete_heap(_index(rng, len(stock.types)))
    way = rng.randrange(7)
    if way == 0:
        return SubType(composite, sub.is_final, rng.choice(((), (other,), (*sub.supertypes, other))))
    if way == 1:
        return SubType(composite, not sub.is_final, sub.supertypes)
    descriptor, describes = composite.descriptor, composite.describes
    shared = composite.shared
    inner = composite.inner
    if way == 2:
        shared = not shared
    elif way == 3:
        descriptor = rng.choice((None, other))
    elif way == 4:
        describes = rng.choice((None, other))
    elif isinstance(inner, FuncType):
        inner = FuncType((*inner.params[1:], any_ref(rng, len(stock.types))), inner.results)
    elif isinstance(inner, StructType):
        fields = list(inner.fields)
        field = FieldType(any_ref(rng, len(stock.types)), rng.randrange(2) == 0)
        fields[rng.randrange(len(fields) + 1) :] = [field]
        inner = StructType(tuple(fields))
    elif isinstance(inner, ArrayType):
        inner = rng.choice(
            (ArrayType(FieldType(any_ref(rng, len(stock.types)), False)), FuncType((), ()), ContType(other))
        )
    else:
        inner = ContType(other)
    return SubType(CompositeType(inner, shared, descriptor, describes), sub.is_final, sub.supertypes)


# ------------------------------------------------------------------------------- items


def _memory(stock: Stock) -> None:
    rng = stock.rng
    limit = rng.choice((0, 1, 65536, 65537, 1 << 32, 1 << 48, (1 << 48) + 1, (1 << 64) - 1))
    maximum = rng.choice((None, 0, 1, 65536, 65537, 1 << 48, (1 << 64) - 1))
    page = rng.choice((None, None, 0, 16, 1, 15, 17, 63, 64, 65))
    made = MemoryType(limit, maximum, rng.randrange(2) == 0, rng.randrange(3) == 0, page)
    if stock.module.memories and rng.randrange(3):
        stock.module.memories[rng.randrange(len(stock.module.memories))] = made
    else:
        stock.add_memory(made)


def _table(stock: Stock) -> None:
    rng = stock.rng
    index = stock.table(rng.choice(ABSTRACT))
    first = len(stock.tables) - len(stock.module.tables)
    if index < first:
        return
    table = stock.module.tables[index - first]
    limit = rng.choice((0, 1, 10_000_000, 10_000_001, 1 << 32, (1 << 64) - 1))
    element = any_ref(rng, len(stock.types)) if rng.randrange(2) else table.type_.element_type
    maximum = rng.choice((None, 0, 1, 1 << 32))
    table.type_ = TableType(element, limit, maximum, rng.randrange(2) == 0, rng.randrange(3) == 0)
    if rng.randrange(3) == 0:
        table.init = stock.const(rng.choice(ABSTRACT)) if rng.randrange(2) else None


def _global(stock: Stock) -> None:
    rng = stock.rng
    type_ = stock.val_type()
    init: Expr = rng.choice((stock.const(type_), stock.const(stock.val_type()), []))
    if rng.randrange(3) == 0:
        init = [(BY_NAME["global.get"], (_index(rng, len(stock.globals_)),))]
    elif rng.randrange(3) == 0:
        init = [*init, any_op(stock)]
    made = GlobalType(type_ | (SHARED if type_ & REF and not type_ & CONCRETE and rng.randrange(3) == 0 else 0))
    made.mutable, made.shared = rng.randrange(2) == 0, rng.randrange(4) == 0
    stock.globals_.append(made)
    stock.module.globals_.append(Global(made, init))


def _export(stock: Stock) -> None:
    rng = stock.rng
    kind = rng.randrange(5)
    counts = (stock.funcs, stock.tables, stock.memories, stock.globals_, stock.tags)
    name = rng.choice([n for n, _, _ in stock.module.exports] or ["a"])
    stock.module.exports.append((rng.choice((name, "new")), kind, _index(rng, len(counts[kind]))))


def _start(stock: Stock) -> None:
    stock.module.start = _index(stock.rng, len(stock.funcs))


def _tag(stock: Stock) -> None:
    index = _index(stock.rng, len(stock.types))
    stock.tags.append(index)
    stock.module.tags.append(index)


def _function(stock: Stock) -> None:
    """A function of another type, or with other locals."""
    rng = stock.rng
    if not stock.module.funcs:
        return
    func = rng.choice(stock.module.funcs)
    way = rng.randrange(4)
    if way == 0:
        func.type_ = _index(rng, len(stock.types))
    elif way == 1:
        func.locals_ = [any_ref(rng, len(stock.types)), *func.locals_]
    elif way == 2:
        func.locals_ = func.locals_[1:]
    else:
        func.locals_ = [*func.locals_, *[rng.choice((0x7F, 0x7B))] * rng.choice((1, 60, 50_000))]


def _element(stock: Stock) -> None:
    rng = stock.rng
    type_ = rng.choice(ABSTRACT)
    element = stock.module.elements[stock.element(type_)]
    element.mode = rng.choice((ACTIVE, ACTIVE, PASSIVE, DECLARED))
    element.table = _index(rng, len(stock.tables))
    element.offset = stock.const(stock.val_type())
    if rng.randrange(2):
        element.type_ = any_ref(rng, len(stock.types))
    if element.functions is not None and rng.randrange(2):
        element.functions = [*element.functions, _index(rng, len(stock.funcs))]
    elif element.functions is None:
        element.exprs = [*element.exprs, stock.const(stock.val_type())]


def _data(stock: Stock) -> None:
    rng = stock.rng
    data = stock.module.datas[stock.data()]
    data.mode = rng.choice((ACTIVE, PASSIVE))
    data.memory = _index(rng, len(stock.memories))
    data.offset = [*stock.const(stock.val_type()), *([any_op(stock)] if rng.randrange(3) == 0 else [])]


def _import(stock: Stock) -> None:
    """An import of an index that need not be there, or the same import once more."""
    rng = stock.rng
    if not stock.module.imports:
        return
    k = rng.randrange(len(stock.module.imports))
    import_ = stock.module.imports[k]
    if isinstance(import_.type_, int):
        stock.module.imports[k] = replace(import_, type_=_index(rng, len(stock.types)), exact=rng.randrange(3) == 0)


# ------------------------------------------------------------------------------- instructions

BY_NAME = {row.name: row for row in ROWS}


def any_op(stock: Stock) -> Op:
    """Any instruction with any immediates."""
    row = stock.rng.choice(ROWS)
    return row, tuple(any_immediate(stock, kind) for kind in row.kinds)


def any_immediate(stock: Stock, kind: Kind) -> Immediate:
    """An immediate of a kind, whatever it names."""
    rng, form = stock.rng, kind.form
    if form in (AS_S32, AS_S64):
        return number(rng, 32 if form == AS_S32 else 64)
    if form in (AS_F32, AS_F64):
        return float_bits(rng, form == AS_F64)
    if form in (AS_V128, AS_LANES):
        return rng.randbytes(16)
    if form == AS_MEMARG:
        array = _index(rng, len(stock.types)) if rng.randrange(4) == 0 else -1
        memory = 0 if array >= 0 else _index(rng, len(stock.memories))
        ordering = rng.randrange(2) if kind.orderings and rng.randrange(3) == 0 else -1
        align = rng.choice((kind.align, kind.align + 1, 0, 15))
        return MemArg(align, rng.choice((0, 1 << 32, 1 << 63)), memory, array, ordering)
    if form == AS_BLOCK_TYPE:
        return rng.choice((BLOCK_EMPTY, stock.val_type(), ~_index(rng, len(stock.types))))
    if form == AS_HEAP_TYPE:
        return any_ref(rng, len(stock.types)) & ~(REF | NULLABLE)
    if form == AS_VAL_TYPES:
        return tuple(stock.val_type() for _ in range(rng.choice((0, 1, 1, 2))))
    if form == AS_LABELS:
        return BrTable([rng.choice(SMALL) for _ in range(rng.randrange(3))], rng.choice(SMALL))
    if form == AS_CAST:
        return Cast(rng.choice(SMALL), any_ref(rng, len(stock.types)), any_ref(rng, len(stock.types)))
    if form == AS_TRY_TABLE:
        kinds = [rng.randrange(4) for _ in range(rng.randrange(3))]
        clauses = tuple((k, rng.choice(SMALL) if k < 2 else -1, rng.choice(SMALL)) for k in kinds)
        return TryTable(rng.choice((BLOCK_EMPTY, stock.val_type())), clauses)
    if form == AS_HANDLERS:
        kinds = [rng.randrange(2) for _ in range(rng.randrange(3))]
        return ResumeTable(tuple((k, rng.choice(SMALL), -1 if k else rng.choice(SMALL)) for k in kinds))
    if form in (AS_ORDERING, AS_OPTIONAL_ORDERING):
        return rng.randrange(2)
    if form == AS_LANE:
        return rng.choice((0, 1, 2, 3, 4, 7, 8, 15, 16, 255))
    return rng.choice(SMALL)


def _op(stock: Stock) -> None:
    """An instruction more or less, others in its place, or other immediates."""
    rng = stock.rng
    bodies = [func for func in stock.module.funcs if func.body]
    if not bodies:
        return
    func: Func = rng.choice(bodies)
    at = rng.randrange(len(func.body))
    way = rng.randrange(6)
    row, immediates = func.body[at]
    if way == 0:
        del func.body[at]
    elif way == 1:
        func.body.insert(at, any_op(stock))
    elif way == 2:
        func.body[at] = any_op(stock)
    elif way == 3:
        func.body.insert(at, rng.choice(func.body))
    elif immediates:
        k = rng.randrange(len(immediates))
        func.body[at] = (row, (*immediates[:k], any_immediate(stock, row.kinds[k]), *immediates[k + 1 :]))


FAULTS: tuple[Callable[[Stock], None], ...] = (
    *(_type,) * 3,
    _memory,
    _table,
    _global,
    _export,
    _start,
    _tag,
    _function,
    _element,
    _data,
    _import,
    *(_op,) * 6,
)
