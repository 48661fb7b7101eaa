"""Function bodies that type-check more often than not: the types on the operand stack decide what is put before an instruction.

Any row of the table may be asked for: its operands are taken from the stack where they lie there, else made first. With
`slips` now and then something is left out or is another.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pywasmtools.lab.fuzz.core.model import Expr
from pywasmtools.lab.fuzz.core.stock import NUMBERS, Stock, float_bits, number, op
from pywasmtools.lab.fuzz.core.typings import HANDLERS, Typing, any_ref, call, castable, ref
from pywasmtools.wasm.immediates import (
    AS_F32,
    AS_F64,
    AS_LANE,
    AS_MEMARG,
    AS_OPTIONAL_ORDERING,
    AS_S32,
    AS_S64,
    AS_U32,
    AS_V128,
    BrTable,
    Cast,
    MemArg,
    ResumeTable,
    TryTable,
)
from pywasmtools.wasm.instructions import BULK_MEMORY, CORE, ROWS, SATURATING, SIGN_EXTENSION, THREADS, Row
from pywasmtools.wasm.types import (
    ANY,
    ARRAY,
    BLOCK_EMPTY,
    CONCRETE,
    CONT,
    EQ,
    EXACT,
    EXN,
    EXNREF,
    EXTERN,
    F32,
    F64,
    FUNC,
    I8,
    I16,
    I31,
    I32,
    I64,
    NULLABLE,
    REF,
    SHARED,
    STRUCT,
    V128,
    FieldType,
    is_defaultable,
    ref_difference,
)

if TYPE_CHECKING:
    from pywasmtools.wasm.immediates import Immediate, Kind
    from pywasmtools.wasm.types import BlockType, RefType, ValType

TYPES = {"i32": I32, "i64": I64, "f32": F32, "f64": F64, "v128": V128}
NOT_ALONE = (0x05, 0x07, 0x09, 0x0B, 0x18, 0x19)
"""Rows that come up inside others only: else, catch, rethrow, end, delegate, catch_all."""
STARTING = [row for row in ROWS if row.key not in NOT_ALONE]
BY_PROPOSAL: dict[str, list[Row]] = {}
for _row in STARTING:
    BY_PROPOSAL.setdefault(_row.proposal, []).append(_row)
PROPOSALS = list(BY_PROPOSAL)
OF_ADAPTERS = [
    row
    for row in STARTING
    if row.proposal in (CORE, SIGN_EXTENSION, SATURATING, BULK_MEMORY)
    and not any(kind.space in ("table", "elem", "data", "tag", "type") for kind in row.kinds)
]
"""What adapters may be made of."""
IRREGULAR = [row for row in STARTING if not row.signature]
PRODUCERS: dict[ValType, list[Row]] = {}
LOADERS: dict[ValType, list[Row]] = {}
"""Regular rows with one result, by its type: those that need no memory, those that do."""
for _row in ROWS:
    if _row.signature and len(_row.results()) == 1 and _row.results()[0] in TYPES:
        _rows = LOADERS if "addr" in _row.operands() else PRODUCERS
        _rows.setdefault(TYPES[_row.results()[0]], []).append(_row)
OPERANDS = {row.key: [TYPES.get(name, -1) for name in row.operands()] for row in ROWS if row.signature}
RESULTS = {row.key: [TYPES.get(name, -1) for name in row.results()] for row in ROWS if row.signature}
"""Of regular rows; -1 is the type of addresses."""
MULTI_BYTE = {row.key for row in ROWS if row.signature and "addr" in row.operands() and row.proposal != THREADS}


class Frame:
    """An open block: the types of its label, its results, how high the stack was, whether the end can't be reached."""

    __slots__ = ("dead", "height", "is_catch", "label", "results")

    def __init__(self, label: Sequence[ValType], results: Sequence[ValType], height: int) -> None:
        self.label = tuple(label)
        self.results = tuple(results)
        self.height = height
        self.dead = False
        self.is_catch = False


class Body:
    """A body that is being made. `left` is how many instructions it may still have, about."""

    def __init__(
        self, stock: Stock, params: Sequence[ValType], results: Sequence[ValType], left: int, slips: float = 0
    ) -> None:
        self.stock = stock
        self.rng = stock.rng
        self.ops: Expr = []
        self.stack: list[ValType] = []
        self.params = len(params)
        self.locals_ = list(params)
        self.results = tuple(results)
        self.frames = [Frame(results, results, 0)]
        self.floor = 0
        self.left = left
        self.slips = slips
        self.depth = 0

    # ------------------------------------------------------------------- the stack

    def put(self, key: int, *immediates: Immediate) -> None:
        """Puts an instruction down."""
        self.ops.append((op(key)[0], immediates))
        self.left -= 1

    def emit(self, row: Row, typing: Typing) -> None:
        """An instruction behind its operands, its results on the stack."""
        immediates, operands, results = typing
        if self.slips and self.rng.random() < self.slips:
            immediates, operands = self._slip(row, immediates, operands)
        self.need(operands)
        self.ops.append((row, immediates))
        self.left -= 1
        self.stack += results

    def _slip(
        self, row: Row, immediates: tuple[Immediate, ...], operands: tuple[ValType, ...]
    ) -> tuple[tuple[Immediate, ...], tuple[ValType, ...]]:
        rng = self.rng
        way = rng.randrange(4)
        if way == 0 and operands:
            k = rng.randrange(len(operands))
            return immediates, operands[:k] + operands[k + 1 :]
        if way == 1 and operands:
            k = rng.randrange(len(operands))
            return immediates, (*operands[:k], self.stock.val_type(), *operands[k + 1 :])
        places = [k for k, kind in enumerate(row.kinds) if kind.form in (AS_U32, AS_LANE)]
        if places:
            k = rng.choice(places)
            other = rng.choice((0, 1, 2, 3, 7, 100, 255))
            return (*immediates[:k], other, *immediates[k + 1 :]), operands
        return immediates, (*operands, self.stock.val_type())

    def need(self, operands: Sequence[ValType]) -> None:
        """Takes operands off the stack; what does not lie there is made first."""
        stack, floor = self.stack, self.floor
        wanted = list(operands)
        have = min(len(wanted), len(stack) - floor)
        while have and stack[-have:] != wanted[:have]:
            have -= 1
        frame = self.frames[-1]
        skipped = 0
        if frame.dead and not have and len(stack) == frame.height and wanted and self.rng.randrange(3) == 0:
            skipped = self.rng.randrange(len(wanted) + 1)
        for type_ in wanted[skipped + have :]:
            self.floor = len(stack)
            self.value(type_)
        self.floor = floor
        if len(wanted) > skipped:
            del stack[-(len(wanted) - skipped) :]

    def value(self, type_: ValType) -> None:
        """Puts one more value on the stack."""
        self.depth += 1
        if type_ & REF:
            self._reference(type_)
        else:
            self._number(type_)
        self.depth -= 1

    def _number(self, type_: ValType) -> None:
        way = self.rng.randrange(8)
        if way < 2 or (self.left <= 0 and way < 4):
            self.put(0x20, self.local(type_))
        elif way < 4 or self.left <= 0 or self.depth > 5:
            self.constant(type_)
        elif way == 4 and self.depth < 3:
            index = self.stock.global_(type_)
            self.put(0x23, index)
        else:
            rows = LOADERS if way == 5 and self.stock.memories else PRODUCERS
            self.regular(self.rng.choice(rows[type_]))
            return
        self.stack.append(type_)

    def constant(self, type_: ValType) -> None:
        """A constant of a number or vector type."""
        self.ops += self.stock.const(type_, 0)
        self.left -= 1

    def local(self, type_: ValType) -> int:
        """A local of a type, a new one if there is none."""
        found = [k for k, t in enumerate(self.locals_) if t == type_ and (k < self.params or is_defaultable(t))]
        if found and (len(self.locals_) > 12 or self.rng.randrange(5)):
            return self.rng.choice(found)
        self.locals_.append(type_)
        return len(self.locals_) - 1

    def _reference(self, type_: RefType) -> None:
        way = self.rng.randrange(6)
        if way == 0 and is_defaultable(type_):
            self.put(0x20, self.local(type_))
            self.stack.append(type_)
        elif type_ & NULLABLE and (way < 4 or self.left <= 0 or self.depth > 4):
            self._null(type_)
            self.stack.append(type_)
        elif type_ & CONCRETE:
            self._construct(type_)
        else:
            self._abstract(type_)

    def _null(self, type_: RefType) -> None:
        """`ref.null` of the type, or of a type below it."""
        heap = type_ & ~(REF | NULLABLE)
        if self.rng.randrange(4) == 0:
            top = self.stock.top(type_)
            bottom = {ANY: 0x71, EXTERN: 0x72, FUNC: 0x73, EXN: 0x74, CONT: 0x75}[top >> 8]
            heap = bottom << 8 | (top & SHARED)
        self.put(0xD0, heap)

    def _construct(self, type_: RefType) -> None:
        index = type_ >> 8
        if not type_ & EXACT and index < len(self.stock.types):
            index = self.stock.below(index)
        made = self.stock.constructor(index) if index < len(self.stock.types) else None
        if made is not None and self.depth < 6:
            operands, last = made
            self.emit(last[0], Typing(last[1], operands, (type_,)))
            return
        inner = self.stock.types[index].composite.inner if made is None else None
        func = getattr(inner, "func", None)
        if func is not None and self.depth < 6:
            self.emit(op(0xE0)[0], Typing((index,), (ref(func >> 8),), (type_,)))
            return
        self.put(0xD0, type_ & ~(REF | NULLABLE))
        if not type_ & NULLABLE:
            self.put(0xD4)
        self.stack.append(type_)

    def _abstract(self, type_: RefType) -> None:
        """A value of an abstract reference type, made by something below it."""
        byte, shared = type_ >> 8, type_ & SHARED
        stack = self.stack
        if self.depth < 6 and byte in (ANY, EQ, I31):
            self.emit(op(0xFE_0072 if shared else 0xFB_001C)[0], Typing((), (I32,), (type_,)))
        elif self.depth < 6 and not shared and byte in (STRUCT, ARRAY, FUNC):
            stock = self.stock
            if byte == FUNC:
                self.ops.append(stock.ref_func(stock.any_func()))
                stack.append(type_)
                return
            self._construct(ref(stock.struct() if byte == STRUCT else stock.array(), False))
            stack[-1] = type_
        elif self.depth < 6 and not shared and byte == EXTERN:
            any_ = ANY << 8 | REF | (type_ & NULLABLE)
            self.emit(op(0xFB_001B)[0], Typing((), (any_,), (type_,)))
        else:
            self.put(0xD0, type_ & ~(REF | NULLABLE))
            if not type_ & NULLABLE:
                self.put(0xD4)
            stack.append(type_)

    # ------------------------------------------------------------------- regular instructions

    def regular(self, row: Row) -> None:
        """An instruction whose typing its row says."""
        address = I32
        array = -1
        immediates: list[Immediate] = []
        for kind in row.kinds:
            if kind.form == AS_MEMARG:
                memarg = self.memarg(row, kind)
                array = memarg.array
                address = I32 if array >= 0 else self._address(memarg.memory)
                immediates.append(memarg)
            elif kind.name == "memory":
                immediates.append(self.stock.memory())
                address = self._address(immediates[-1])  # type: ignore[arg-type]
            else:
                immediates.append(self.immediate(row, kind))
        operands = [address if t < 0 else t for t in OPERANDS[row.key]]
        if array >= 0:
            operands.insert(0, ref(array))
        results = tuple(address if t < 0 else t for t in RESULTS[row.key])
        self.emit(row, Typing(tuple(immediates), tuple(operands), results))

    def _address(self, memory: int) -> ValType:
        return I64 if self.stock.memories[memory].memory64 else I32

    def immediate(self, row: Row, kind: Kind) -> Immediate:
        """An immediate that names nothing."""
        rng = self.rng
        form = kind.form
        if form == AS_S32 or form == AS_S64:
            return number(rng, 32 if form == AS_S32 else 64)
        if form == AS_F32 or form == AS_F64:
            return float_bits(rng, form == AS_F64)
        if form == AS_V128:
            return rng.randbytes(16)
        if form == AS_LANE:
            return rng.randrange(_lanes(row.name))
        assert form == AS_OPTIONAL_ORDERING, kind.name
        return rng.randrange(2)

    def memarg(self, row: Row, kind: Kind) -> MemArg:
        """A memory access, of an array now and then."""
        rng = self.rng
        stock = self.stock
        align = kind.align
        if row.proposal != THREADS:
            align = rng.randrange(align + 1)
        offset = rng.choice((0, 0, 0, 1, 8, 127, 128, 65536, 0xFFFF_FFFF))
        if row.key in MULTI_BYTE and rng.randrange(8) == 0:
            field = FieldType(rng.choice((I8, I16, *NUMBERS)), True)
            return MemArg(align, offset, 0, stock.array(field))
        memory = stock.memory()
        if stock.memories[memory].memory64 and rng.randrange(4) == 0:
            offset = rng.choice((1 << 32, (1 << 64) - 1))
        ordering = rng.randrange(2) if kind.orderings and rng.randrange(3) == 0 else -1
        return MemArg(align, offset, memory, -1, ordering)

    # ------------------------------------------------------------------- statements

    def fill(self, count: int) -> None:
        """Some statements."""
        for _ in range(count):
            if self.left <= 0:
                return
            rng = self.rng
            way = rng.randrange(8)
            row = rng.choice(STARTING if way < 3 else BY_PROPOSAL[rng.choice(PROPOSALS)] if way < 6 else IRREGULAR)
            if self.stock.frugal and rng.randrange(30):
                row = rng.choice(OF_ADAPTERS)
            self.statement(row)
            while len(self.stack) - self.floor > 4 or (len(self.stack) > self.floor and rng.randrange(4) == 0):
                self.consume()

    def statement(self, row: Row) -> None:
        """The instruction of a row, with all that it needs."""
        key = row.key
        if row.signature:
            self.regular(row)
        elif key in HANDLERS:
            self.emit(row, HANDLERS[key](self.stock, key))
        else:
            CONTROL[key](self, row)

    def consume(self) -> None:
        """Takes the topmost value off."""
        type_ = self.stack.pop()
        if self.rng.randrange(3) == 0:
            self.put(0x21, self.local(type_))
        else:
            self.put(0x1A)

    def block_type(self, params: Sequence[ValType], results: Sequence[ValType]) -> BlockType:
        """How such a block says its type: the short way, or as a function type."""
        if not params and len(results) < 2 and self.rng.randrange(6):
            return results[0] if results else BLOCK_EMPTY
        return ~self.stock.func_type(params, results)

    def begin(self, row: Row, params: Sequence[ValType], results: Sequence[ValType], *, loop: bool = False) -> None:
        """Opens a block, its parameters (and the condition of an `if`) taken off."""
        self.need((*params, I32) if row.key == 0x04 else params)
        self.put(row.key, self.block_type(params, results))
        self.open(params, results, params if loop else results)

    def open(self, params: Sequence[ValType], results: Sequence[ValType], label: Sequence[ValType]) -> None:
        """The frame of a block that was put down."""
        self.frames.append(Frame(label, results, len(self.stack)))
        self.floor = len(self.stack)
        self.stack += params

    def close(self) -> None:
        """Ends the innermost block."""
        frame = self.frames[-1]
        self.settle()
        self.put(0x0B)
        self._leave(frame)

    def _leave(self, frame: Frame) -> None:
        self.frames.pop()
        self.stack[frame.height :] = frame.results
        self.floor = min(self.floor, self.frames[-1].height) if self.frames else 0

    def settle(self) -> None:
        """Leaves just the results of the innermost block on the stack."""
        frame = self.frames[-1]
        if self.slips and self.rng.random() < self.slips:
            return
        if frame.dead and len(self.stack) == frame.height and self.rng.randrange(2):
            return
        if self.stack[frame.height :] == list(frame.results):
            return
        while len(self.stack) > frame.height:
            self.consume()
        self.need(frame.results)
        self.stack += frame.results

    def die(self) -> None:
        """What follows can't be reached."""
        frame = self.frames[-1]
        frame.dead = True
        del self.stack[frame.height :]

    def finish(self) -> None:
        """The end of the body, without the last `end`."""
        self.settle()


def _lanes(name: str) -> int:
    """How many lanes an instruction on lanes has."""
    if name.startswith("v128."):
        return {"8": 16, "16": 8, "32": 4, "64": 2}["".join(c for c in name.partition("_")[0][5:] if c.isdigit())]
    return int(name.partition("x")[2].partition(".")[0])


# ------------------------------------------------------------------------------- control


def _nested(body: Body, row: Row, params: Sequence[ValType], results: Sequence[ValType], *, loop: bool = False) -> None:
    floor = body.floor
    body.begin(row, params, results, loop=loop)
    body.fill(body.rng.randrange(4))
    if row.key == 0x04 and (tuple(params) != tuple(results) or body.rng.randrange(2)):  # if
        frame = body.frames[-1]
        body.settle()
        body.put(0x05)
        del body.stack[frame.height :]
        body.stack += params
        frame.dead = False
        body.fill(body.rng.randrange(3))
    body.close()
    body.floor = floor


def _block(body: Body, row: Row) -> None:
    """`block`, `loop`, `if`."""
    rng = body.rng
    params = body.stock.val_types(2) if rng.randrange(4) == 0 else ()
    results = body.stock.val_types(2) if rng.randrange(2) else ()
    _nested(body, row, params, results, loop=row.key == 0x03)


def _legacy_try(body: Body, row: Row) -> None:
    """`try` with its handlers, or with `delegate`."""
    rng = body.rng
    floor = body.floor
    results = body.stock.val_types(1)
    body.begin(row, (), results)
    body.fill(rng.randrange(3))
    frame = body.frames[-1]
    body.settle()
    if rng.randrange(4) == 0:
        body.put(0x18, rng.randrange(len(body.frames) - 1))
        body._leave(frame)
        body.floor = floor
        return
    for last in range(rng.randrange(3)):
        tag = body.stock.any_tag()
        body.put(0x07, tag)
        _caught(body, frame, body.stock.func_of(body.stock.tags[tag]).params, last)
    if rng.randrange(2):
        body.put(0x19)
        _caught(body, frame, (), 0)
    body.put(0x0B)
    body._leave(frame)
    body.floor = floor


def _caught(body: Body, frame: Frame, params: Sequence[ValType], depth: int) -> None:
    del body.stack[frame.height :]
    body.stack += params
    frame.dead = False
    frame.is_catch = True
    body.fill(body.rng.randrange(3))
    if body.rng.randrange(2):
        found = [k for k, f in enumerate(reversed(body.frames)) if f.is_catch]
        body.put(0x09, body.rng.choice(found))
        body.die()
    body.settle()


def _try_table(body: Body, row: Row) -> None:
    """A `try_table` in a block that what is caught goes to."""
    rng, stock = body.rng, body.stock
    kind = rng.randrange(4)
    tag = stock.any_tag()
    params = stock.func_of(stock.tags[tag]).params if kind < 2 else ()
    caught = (*params, EXN << 8 | REF) if kind & 1 else params
    target = tuple(t | NULLABLE if t & REF and rng.randrange(2) else t for t in caught)
    if body.slips and rng.randrange(4) == 0:
        target = stock.val_types(2)
    floor = body.floor
    body.begin(op(0x02)[0], (), target)
    clauses = [(kind, tag if kind < 2 else -1, 0)]
    for k, frame in enumerate(reversed(body.frames)):
        if rng.randrange(2) and frame.label in ((), (EXNREF,)):
            clauses.append((3 if frame.label else 2, -1, k))
    results = stock.val_types(1)
    body.put(row.key, TryTable(body.block_type((), results), tuple(clauses)))
    body.open((), results, results)
    body.fill(rng.randrange(3))
    body.close()
    body.close()
    body.floor = floor


def _throw(body: Body, row: Row) -> None:
    """`throw`, `throw_ref`."""
    if row.key == 0x0A:
        body.emit(row, Typing((), (EXNREF,)))
    else:
        tag = body.stock.any_tag()
        body.emit(row, Typing((tag,), body.stock.func_of(body.stock.tags[tag]).params))
    body.die()


def _unreachable(body: Body, row: Row) -> None:
    body.put(row.key)
    body.die()


def _return(body: Body, row: Row) -> None:
    body.emit(row, Typing((), body.results))
    body.die()


def _tail_call(body: Body, row: Row) -> None:
    results = body.results if not body.slips or body.rng.randrange(3) else None
    body.emit(row, Typing(*call(body.stock, row.key, results)[:2]))
    body.die()


def _branch(body: Body, row: Row) -> None:
    """`br`, `br_if`, `br_table`."""
    rng = body.rng
    label = rng.randrange(len(body.frames))
    types = body.frames[-1 - label].label
    if row.key == 0x0C:
        body.emit(row, Typing((label,), types))
        body.die()
    elif row.key == 0x0D:
        body.emit(row, Typing((label,), (*types, I32), types))
    else:
        same = [k for k, frame in enumerate(reversed(body.frames)) if frame.label == types or body.slips]
        labels = [rng.choice(same) for _ in range(rng.randrange(4))]
        body.emit(row, Typing((BrTable(labels, label),), (*types, I32)))
        body.die()


def _br_on_null(body: Body, row: Row) -> None:
    """`br_on_null`, `br_on_non_null`."""
    type_ = any_ref(body.stock)
    if row.key == 0xD5:
        label = body.rng.randrange(len(body.frames))
        types = body.frames[-1 - label].label
        body.emit(row, Typing((label,), (*types, type_), (*types, type_ & ~NULLABLE)))
        return
    _in_block(body, row, (type_ & ~NULLABLE,), Typing((0,), (type_,)))


def _in_block(body: Body, row: Row, results: Sequence[ValType], typing: Typing) -> None:
    """A branch to a block made for it."""
    floor = body.floor
    body.begin(op(0x02)[0], (), results)
    body.emit(row, typing)
    body.close()
    body.floor = floor


def _br_on_cast(body: Body, row: Row) -> None:
    """`br_on_cast` and its kin."""
    stock, rng = body.stock, body.rng
    operands: tuple[ValType, ...]
    if row.key >= 0xFB_0025:  # br_on_cast_desc_eq
        type_ = stock.described()
        to = ref(type_, rng.randrange(2) == 0)
        from_ = ANY << 8 | REF | NULLABLE
        operands = (from_, ref(type_ + 1))
    else:
        to = castable(stock)
        if rng.randrange(2):
            to &= ~NULLABLE
        from_ = stock.top(to) | REF | NULLABLE
        operands = (from_,)
    rest = ref_difference(from_, to)
    taken, left = (to, rest) if row.key in (0xFB_0018, 0xFB_0025) else (rest, to)
    _in_block(body, row, (taken,), Typing((Cast(0, from_, to),), operands, (left,)))


def _local(body: Body, row: Row) -> None:
    type_ = body.stock.val_type()
    index = body.local(type_)
    if row.key == 0x20:
        body.emit(row, Typing((index,), (), (type_,)))
    else:
        body.emit(row, Typing((index,), (type_,), (type_,) if row.key == 0x22 else ()))


def _resume(body: Body, row: Row) -> None:
    """`resume` with a clause that goes to a block, or as it may stand anywhere."""
    stock, rng = body.stock, body.rng
    if rng.randrange(2):
        body.emit(row, HANDLERS[row.key](stock, row.key))
        return
    params, results, given, back = (stock.val_types(1) for _ in range(4))
    cont = stock.cont_type(params, results)
    tag = stock.tag(given, back)
    suspended = stock.cont_type(back, results)
    handlers = ResumeTable(((0, tag, 0),))
    _in_block(body, row, (*given, ref(suspended)), Typing((cont, handlers), (*params, ref(cont)), results))


CONTROL: dict[int, Callable[[Body, Row], None]] = {
    **dict.fromkeys((0x02, 0x03, 0x04), _block),
    **dict.fromkeys((0x08, 0x0A), _throw),
    **dict.fromkeys((0x0C, 0x0D, 0x0E), _branch),
    **dict.fromkeys((0x12, 0x13, 0x15), _tail_call),
    **dict.fromkeys((0x20, 0x21, 0x22), _local),
    **dict.fromkeys((0xD5, 0xD6), _br_on_null),
    **dict.fromkeys((0xFB_0018, 0xFB_0019, 0xFB_0025, 0xFB_0026), _br_on_cast),
    0x00: _unreachable,
    0x06: _legacy_try,
    0x0F: _return,
    0x1F: _try_table,
    0xE3: _resume,
}


def random_body(stock: Stock, index: int, rng: random.Random, left: int, slips: float) -> None:
    """Gives a function of the stock a body."""
    imported = len(stock.funcs) - len(stock.module.funcs)
    func = stock.module.funcs[index - imported]
    type_ = stock.func_of(func.type_)
    body = Body(stock, type_.params, type_.results, left, slips)
    body.fill(rng.randrange(1, 8))
    body.finish()
    func.locals_ = body.locals_[body.params :]
    func.body = body.ops
