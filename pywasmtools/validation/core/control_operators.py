"""Validation of control instructions: what ends, leaves or begins blocks in other than the usual ways, and calls.

`check_operator` is what the loop over a body hands over to: it knows which handler any instruction has. `Kept` is what it need not hand over, for it was done before.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.core.operand_stack import (
    BOTTOM,
    FRAME_HEIGHT,
    FRAME_KIND,
    FRAME_LABELS,
    FRAME_PARAMS,
    FRAME_RESULTS,
)
from pywasmtools.validation.core.reference_operators import (
    br_on_non_null,
    br_on_null,
    call_ref,
    garbage_collection,
    ref_as_non_null,
    ref_eq,
    ref_func,
    ref_null,
    stack_switching,
)
from pywasmtools.validation.core.regular_operators import bulk, regular, shuffle, signature_of
from pywasmtools.wasm.immediates import (
    ALIGN_MASK,
    CATCH,
    CATCH_ALL,
    CATCH_REF,
    read_labels,
    read_try_table,
    read_val_types,
)
from pywasmtools.wasm.instructions import IRREGULAR, ONE_BYTE, PREFIXED
from pywasmtools.wasm.operators import (
    ELSE,
    IF,
    LEGACY_CATCH,
    LEGACY_CATCH_ALL,
    LEGACY_TRY,
    TRY_TABLE,
    check_frame,
)
from pywasmtools.wasm.types import EXN, EXNREF, FUNCREF, I32, REF, show_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.validation.core.operand_stack import OperandStack
    from pywasmtools.validation.core.regular_operators import Tables
    from pywasmtools.wasm.immediates import BrTable, TryTable
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import FuncType, ValType

    KnownTry: TypeAlias = (
        "tuple[int, tuple[ValType, ...], tuple[ValType, ...], tuple[tuple[int, tuple[ValType, ...]], ...]]"
    )
    """Of a `try_table` that was valid before: the bytes of its immediates, its parameters and results, and of its clauses the
    depths of the blocks that they go to, each with what a branch there takes along."""

FEW: Final = 4
"""Below an unconditional branch, effects are kept where there are no more operands than these."""

_MANY: Final = 128
"""Effects are kept of instructions that take no more operands than these off."""

_KEPT: Final = 1 << 16
"""How many effects are kept."""

_NOTHING: Final[tuple[int, list[int], list[int]]] = (0, [], [])
"""The effect of an instruction that takes nothing off and leaves nothing."""

_NEVER: Final = 1 << 30
"""More operands than there are."""


def end_block(v: OperandStack) -> None:
    """`end`, in any case. An `if` without `else` has an empty one."""
    frame = v.pop_frame()
    if frame[FRAME_KIND] == IF:
        v.push_frame(ELSE, frame[FRAME_PARAMS], frame[FRAME_RESULTS])
        v.pop_frame()
    v.stack.extend(frame[FRAME_RESULTS])


def global_access(v: OperandStack, index: int, opcode: int) -> None:
    """`global.get` and `global.set`, in any case."""
    global_ = v.global_at(index)
    if opcode == 0x23:  # global.get
        v.stack.append(global_.content_type)
        return
    if not global_.mutable:
        raise v.error("global is immutable: cannot modify it with `global.set`")
    v.pop(global_.content_type)


def middle(v: OperandStack, reader: BinaryReader, opcode: int) -> None:
    """`else`, `catch`, `delegate`, `catch_all`: what ends one part of a block."""
    index = reader.var_u32() if opcode == 0x07 or opcode == 0x18 else 0  # catch, delegate
    frame = v.pop_frame()
    if opcode == 0x05:  # else
        v.push_frame(ELSE, frame[FRAME_PARAMS], frame[FRAME_RESULTS])
    elif opcode == 0x07:  # catch
        v.push_frame(LEGACY_CATCH, (), frame[FRAME_RESULTS])
        v.stack.extend(v.exception_tag_at(index).params)
    elif opcode == 0x18:  # delegate
        v.jump(index)
        v.stack.extend(frame[FRAME_RESULTS])
    else:  # catch_all
        v.push_frame(LEGACY_CATCH_ALL, (), frame[FRAME_RESULTS])


def refused(v: OperandStack, reader: BinaryReader, opcode: int, offset: int) -> WasmToolsError:
    """The error for an opcode that is none, or that needs a feature that is not on."""
    checks = v.module.checks
    if checks is None:
        return binary_error(offset, f"illegal opcode: 0x{opcode:x}")
    return checks.refused(reader, opcode, v.control[-1][FRAME_KIND], offset)


def return_(v: OperandStack) -> None:
    v.pop_all(v.return_types())
    v.unreachable()


def return_call(v: OperandStack, func: FuncType) -> None:
    """A call whose results are the function's own."""
    expected = v.return_types()
    same = len(func.results) == len(expected)
    if same:
        for k, type_ in enumerate(expected):
            if not v.is_subtype(func.results[k], type_):
                same = False
                break
    if not same:
        wanted = " ".join([show_val_type(t) for t in expected])
        found = " ".join([show_val_type(t) for t in func.results])
        raise v.error(f"type mismatch: current function requires result type [{wanted}] but callee returns [{found}]")
    v.push_call(func)
    return_(v)


def call_indirect(v: OperandStack, type_index: int, table_index: int) -> FuncType:
    """Takes off the index into the table; returns the type of the callee."""
    table = v.table_at(table_index)
    if not v.is_subtype(table.element_type, FUNCREF):
        raise v.error("type mismatch: indirect calls must go through a table with type <= funcref")
    v.pop(table.index_type())
    return v.func_type_at(type_index)


def br_table(v: OperandStack, table: BrTable) -> None:
    v.pop(I32)
    default = v.labels(table.default)
    control = v.control
    depths = len(control)
    # The operands stay, so types that matched once match again.
    last: tuple[ValType, ...] | None = None
    matched: set[tuple[ValType, ...]] = set()
    for depth in dict.fromkeys(table.labels):
        types = control[-1 - depth][FRAME_LABELS] if depth < depths else v.labels(depth)
        if types == last or types in matched:
            continue
        if len(types) != len(default):
            raise v.error("type mismatch: br_table target labels have different number of types")
        v.match_stack(types)
        matched.add(types)
        last = types
    v.pop_all(default)
    v.unreachable()


def select(v: OperandStack) -> None:
    """`select` without types: of numbers and vectors."""
    v.pop(I32)
    a = v.pop_any()
    b = v.pop_any()
    if (a != BOTTOM and (a < 0 or a & REF != 0)) or (b != BOTTOM and (b < 0 or b & REF != 0)):
        raise v.error("type mismatch: select only takes integral types")
    if a == BOTTOM:
        a = b
    elif b != BOTTOM and a != b:
        raise v.error("type mismatch: select operands have different types")
    v.stack.append(a)


def select_typed(v: OperandStack, types: tuple[ValType, ...]) -> None:
    """`select` with its types, which have to be one."""
    if len(types) != 1:
        raise v.error("invalid result arity")
    type_ = v.module.canonical_val_type(types[0], v.offset)
    v.pop(I32)
    v.pop(type_)
    v.pop(type_)
    v.stack.append(type_)


def try_table(v: OperandStack, table: TryTable) -> None:
    params, results = v.block_type(table.block)
    v.pop_all(params)
    exn = EXN << 8 | REF
    for kind, tag_index, label in table.catches:
        if kind == CATCH or kind == CATCH_REF:
            caught = v.exception_tag_at(tag_index).params
            types = v.labels(label)
            if kind == CATCH:
                if len(caught) != len(types):
                    raise v.error("type mismatch: catch label must have same number of types as tag")
            else:
                if len(caught) + 1 != len(types):
                    raise v.error("type mismatch: catch_ref label must have one more type than tag types")
                caught = (*caught, exn)
            for k, type_ in enumerate(types):
                v.stack.append(caught[k])
                v.pop(type_)
            continue
        types = v.labels(label)
        if kind == CATCH_ALL:
            if types:
                raise v.error("type mismatch: catch_all label must have no result types")
        else:
            if len(types) != 1:
                raise v.error("type mismatch: catch_all_ref label must have exactly one result type")
            if not v.is_subtype(exn, types[0]):
                raise v.error("type mismatch: catch_all_ref label must a subtype of (ref exn)")
    v.push_frame(TRY_TABLE, params, results)


def branch_by_table(v: OperandStack, reader: BinaryReader, offset: int, pos: int) -> int:
    """`br_table`, its immediates from `pos` on. Returns where they end."""
    data = reader.data
    control = v.control
    last = pos + data[pos] + 2
    depths = data[pos + 1 : last]
    v.offset = offset
    if data[pos] < 0x80 and last < reader.end and max(depths) < min(len(control), 0x80):
        labels = control[-1 - depths[-1]][FRAME_LABELS]
        same = True
        for depth in set(depths):
            if control[-1 - depth][FRAME_LABELS] != labels:
                same = False
        if same:
            v.pop(I32)
            v.pop_all(labels)
            v.unreachable()
            return last
    reader.pos = pos
    check_operator(v, reader, 0x0E)  # br_table
    return reader.pos


def catch(v: OperandStack, reader: BinaryReader, opcode: int, offset: int, pos: int) -> int:
    """`catch`, `delegate` or `catch_all`, the immediate at `pos`. Returns where the next instruction begins."""
    stack, control = v.stack, v.control
    kind, _, results, _, height, init_height, dead = control[-1]
    index = reader.data[pos]
    v.offset = offset
    if (
        (kind != LEGACY_TRY and (kind != LEGACY_CATCH or opcode == 0x18))  # delegate
        or (index >= 0x80 and opcode != 0x19)  # catch_all
        or init_height != len(v.inits)
        or (
            (not v.dead or len(stack) > height)
            and (len(stack) - height != len(results) or (results and tuple(stack[height:]) != results))
        )
    ):
        reader.pos = pos
        check_operator(v, reader, opcode)
        return reader.pos
    if opcode == 0x18:  # delegate
        control.pop()
        v.dead = dead
        v.jump(index)
        stack[height:] = results
        return pos + 1
    kind = LEGACY_CATCH if opcode == 0x07 else LEGACY_CATCH_ALL  # catch
    control[-1] = (kind, (), results, results, height, init_height, dead)
    v.dead = False
    del stack[height:]
    if opcode == 0x19:  # catch_all
        return pos
    stack.extend(v.exception_tag_at(index).params)
    return pos + 1


# ------------------------------------------------------------------------------- what the loop over a body does not do in place


def check_operator(v: OperandStack, reader: BinaryReader, opcode: int) -> None:
    """Any instruction that the loop does not do in place; its opcode has been read."""
    if opcode >= 0xFB:  # a prefix
        _prefixed(v, reader, opcode)
    elif opcode <= 0x1F:  # try_table
        _control(v, reader, opcode)
    elif opcode == 0x25:  # table.get
        table = v.table_at(reader.var_u32())
        v.pop(table.index_type())
        v.stack.append(table.element_type)
    elif opcode == 0x26:  # table.set
        table = v.table_at(reader.var_u32())
        v.pop(table.element_type)
        v.pop(table.index_type())
    elif opcode == 0x3F:  # memory.size
        v.stack.append(v.memory_index_type(reader.memory_index()))
    elif opcode == 0x40:  # memory.grow
        type_ = v.memory_index_type(reader.memory_index())
        v.pop(type_)
        v.stack.append(type_)
    elif 0xD0 <= opcode <= 0xD6:  # ref.null, br_on_non_null
        _reference(v, reader, opcode)
    elif 0xE0 <= opcode <= 0xE6:  # cont.new, switch
        stack_switching(v, reader, opcode)
    else:
        _regular(v, reader, opcode)


def _control(v: OperandStack, reader: BinaryReader, opcode: int) -> None:
    """A control or parametric instruction."""
    if opcode == 0x1F:  # try_table
        try_table(v, read_try_table(reader))
    elif opcode == 0x0E:  # br_table
        br_table(v, read_labels(reader))
    elif opcode == 0x05 or opcode == 0x07 or opcode == 0x18 or opcode == 0x19:  # else, catch, delegate, catch_all
        misplaced = check_frame(opcode, v.control[-1][FRAME_KIND], reader.pos)
        if misplaced is not None:
            raise misplaced
        middle(v, reader, opcode)
    elif opcode == 0x06:  # try
        params, results = v.block_type(reader.block_type())
        v.pop_all(params)
        v.push_frame(LEGACY_TRY, params, results)
    elif opcode == 0x08:  # throw
        v.pop_all(v.exception_tag_at(reader.var_u32()).params)
        v.unreachable()
    elif opcode == 0x09:  # rethrow
        kind = v.jump(reader.var_u32())[FRAME_KIND]
        if kind != LEGACY_CATCH and kind != LEGACY_CATCH_ALL:
            raise v.error("invalid rethrow label: target was not a `catch` block")
        v.unreachable()
    elif opcode == 0x0A:  # throw_ref
        v.pop(EXNREF)
        v.unreachable()
    elif opcode == 0x11:  # call_indirect
        index = reader.var_u32()
        v.push_call(call_indirect(v, index, reader.call_table()))
    elif opcode == 0x12:  # return_call
        return_call(v, v.type_of_function(reader.var_u32()))
    elif opcode == 0x13:  # return_call_indirect
        index = reader.var_u32()
        return_call(v, call_indirect(v, index, reader.var_u32()))
    elif opcode == 0x14:  # call_ref
        v.push_call(call_ref(v, reader.var_u32()))
    elif opcode == 0x15:  # return_call_ref
        return_call(v, call_ref(v, reader.var_u32()))
    elif opcode == 0x1B:  # select
        select(v)
    elif opcode == 0x1C:  # select
        select_typed(v, read_val_types(reader))
    else:
        _regular(v, reader, opcode)


def _reference(v: OperandStack, reader: BinaryReader, opcode: int) -> None:
    """An instruction on typed references."""
    if opcode == 0xD0:  # ref.null
        ref_null(v, reader.heap_type())
    elif opcode == 0xD1:  # ref.is_null
        v.pop_any_ref()
        v.stack.append(I32)
    elif opcode == 0xD2:  # ref.func
        ref_func(v, reader.var_u32())
    elif opcode == 0xD3:  # ref.eq
        ref_eq(v)
    elif opcode == 0xD4:  # ref.as_non_null
        ref_as_non_null(v)
    elif opcode == 0xD5:  # br_on_null
        br_on_null(v, reader.var_u32())
    else:  # br_on_non_null
        br_on_non_null(v, reader.var_u32())


def _regular(v: OperandStack, reader: BinaryReader, opcode: int) -> None:
    """A regular instruction of an unusual shape."""
    row = ONE_BYTE[opcode]
    assert row and row.signature != IRREGULAR, f"no handler for the instruction 0x{opcode:x}"
    regular(v, reader, signature_of(row))


def _prefixed(v: OperandStack, reader: BinaryReader, prefix: int) -> None:
    code = reader.var_u32()
    rows = PREFIXED[prefix - 0xFB]
    row = rows[code] if code < len(rows) else None
    if row is None:
        raise v.error(f"unknown 0x{prefix:x} subopcode: 0x{code:x}")
    if v.module.checks is not None:
        v.module.checks.check_operator(reader, row, v.offset)
    if row.signature != IRREGULAR:
        regular(v, reader, signature_of(row))
    elif prefix == 0xFB:  # a prefix
        garbage_collection(v, reader, row)
    elif prefix == 0xFC:  # a prefix
        bulk(v, reader, row.key)
    elif prefix == 0xFE:  # a prefix
        from pywasmtools.validation.core.shared_operators import shared_everything

        shared_everything(v, reader, row)
    else:
        assert row.key == 0xFD_000D, f"no handler for `{row.name}`"  # i8x16.shuffle
        shuffle(v, reader)


# ------------------------------------------------------------------------------- what is kept of instructions


class Kept:
    """What instructions of a module did, by their bytes: where they stand again, on the same operands, they do the same.

    Of shared bodies nothing is kept.
    """

    __slots__ = (
        "branches",
        "dead_effects",
        "distinct",
        "drops",
        "effects",
        "leaves",
        "leaves_of",
        "tables",
        "try_tables",
    )

    def __init__(self, tables: Tables, drops: bool) -> None:
        self.tables = tables
        # Whether there are `data.drop` and `elem.drop`.
        self.drops = drops
        # How many operands and which they took off, and what they left. And below an unconditional branch: all operands
        # of the block after an instruction, by its bytes and those before.
        self.effects: dict[bytes, tuple[int, list[int], list[int]]] = {}
        self.dead_effects: dict[tuple[bytes, tuple[int, ...]], list[int]] = {}
        # The effects that differ, by what is taken off and left.
        self.distinct: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, list[int], list[int]]] = {}
        # How many operands and which those took off that left a block; and the results of the functions where they did.
        self.leaves: dict[bytes, tuple[int, list[int]]] = {}
        self.leaves_of: tuple[ValType, ...] = ()
        # Conditional branches on references by their bytes, what the block takes that they go to, and, below an
        # unconditional branch, all operands of the block, behind BOTTOM: as `effects`, but then all that is left.
        self.branches: dict[tuple[bytes, tuple[int, ...], tuple[int, ...]], tuple[int, list[int], list[int]]] = {}
        # `try_table` by the bytes of its immediates and perhaps some more.
        self.try_tables: dict[bytes, KnownTry] = {}

    def begin(self, func: FuncType) -> None:
        """A body begins."""
        if self.leaves and self.leaves_of != func.results:
            self.leaves.clear()
        self.leaves_of = func.results

    def learn(self, v: OperandStack, reader: BinaryReader, opcode: int, offset: int, pos: int) -> int:
        """An instruction that opens, ends or leaves no block: what it does is kept by its bytes and its operands.

        `pos` is behind the opcode. Returns where the next instruction begins.
        """
        data = reader.data
        stack = v.stack
        floor = v.control[-1][FRAME_HEIGHT]
        v.offset = offset
        tables = self.tables
        if opcode >= 0xFC and not tables.met[opcode - 0xFB]:  # a prefix
            tables.meet(opcode)
        if opcode == 0xFC and not v.shared:  # a prefix
            last = self._segment(v, data, offset, reader.end)
            if last > 0:
                return last
        elif opcode >= 0xFD and not v.shared:  # a prefix
            last = self._vector(v, data, offset, reader.end)
            if last > 0:
                return last
        last = tables.past_numbers(data, opcode, pos, reader.end)
        key = data[offset:last]
        if opcode >= 0xFD and last > pos:  # a prefix
            key = _essence(tables, data, offset, last, key)
        elif opcode == 0xFB and last == pos and _is_br_on_cast(data[pos]):  # a prefix
            return self.branch(v, reader, opcode, offset, pos + 2, pos + 5)
        below: tuple[bytes, tuple[int, ...]] | None = None
        if not v.shared:
            effect = self.effects.get(key)
            if effect is not None:
                count = effect[0]
                if count == 0:
                    stack.extend(effect[2])
                    return last
                if len(stack) - floor >= count and stack[-count:] == effect[1]:
                    stack[-count:] = effect[2]
                    return last
            if v.dead and len(stack) - floor <= FEW:
                below = (key, tuple(stack[floor:]))
                left = self.dead_effects.get(below)
                if left is not None:
                    stack[floor:] = left
                    return last
        height = len(stack)
        tail = stack[max(floor, height - _MANY) :]
        v.lowest = height
        v.missing = False
        reader.pos = pos
        check_operator(v, reader, opcode)
        if reader.pos != last or v.shared:
            return reader.pos
        if v.missing:
            if below is not None and len(stack) - floor <= FEW and len(self.dead_effects) < _KEPT:
                self.dead_effects[below] = stack[floor:]
        elif height - v.lowest <= len(tail) and len(self.effects) < _KEPT:
            count = height - v.lowest
            effect = (count, tail[len(tail) - count :], stack[v.lowest :])
            # There are few that differ.
            same = (tuple(effect[1]), tuple(effect[2]))
            self.effects[key] = self.distinct.setdefault(same, effect)
            if opcode == 0xFC and data[pos] == 0x08 and data[last - 2] < 0x80:  # a prefix, memory.init
                self.effects[data[offset : pos + 1] + data[last - 1 : last]] = effect  # for `_segment`
        return last

    def _segment(self, v: OperandStack, data: bytes, offset: int, end: int) -> int:
        """`data.drop`, `elem.drop`, and `memory.init` if there was one, of a segment that is there: one is as the other.

        Returns where the instruction ends; 0 where it is not one of these.
        """
        code = data[offset + 1]
        if code != 0x08 and code != 0x09 and code != 0x0D:  # memory.init, data.drop, elem.drop
            return 0
        if offset + 6 >= end:
            return 0
        index = data[offset + 2]
        last = offset + 3
        if index >= 0x80:
            index = index & 0x7F | data[offset + 3] << 7
            last = offset + 4
            if index >= 0x4000:
                index = index & 0x3FFF | data[offset + 4] << 14
                last = offset + 5
                if index >= 0x200000:
                    return 0
        if code != 0x08:  # memory.init
            count = v.module.data_count if code == 0x09 else len(v.module.element_types)  # data.drop
            if not self.drops or index >= count:
                return 0
            if last == offset + 3 and len(self.effects) < _KEPT:
                self.effects[data[offset:last]] = _NOTHING
            return last
        effect = self.effects.get(data[offset : offset + 2] + data[last : last + 1])
        if effect is None or index >= v.module.data_count or last + 1 >= end:
            return 0
        stack = v.stack
        if len(stack) - v.control[-1][FRAME_HEIGHT] < 3 or stack[-3:] != effect[1]:
            return 0
        del stack[-3:]
        if last == offset + 3 and len(self.effects) < _KEPT:
            self.effects[data[offset : last + 1]] = effect
        return last + 1

    def _vector(self, v: OperandStack, data: bytes, offset: int, end: int) -> int:
        """An access to memory or a shuffle, as one at another offset or of other lanes was before.

        Returns where the instruction ends; 0 where it is not one of these.
        """
        pos = offset + 1
        code = data[pos]
        of_prefix = data[offset] - 0xFB
        if code == 0x0D and of_prefix == 2:  # i8x16.shuffle
            last = pos + 17
            if last >= end or max(data[pos + 1 : last]) >= 32:
                return 0
            effect = self.effects.get(data[offset : pos + 1])
        elif code < 0x80 and self.tables.accesses[of_prefix][code] and data[pos + 1] <= ALIGN_MASK and pos + 8 < end:
            k = pos + 2
            while data[k] >= 0x80 and k < pos + 6:
                k += 1
            if k >= pos + 6:
                return 0
            last = k - 2 + self.tables.prefixed_lengths[of_prefix][code]
            effect = self.effects.get(data[offset : pos + 2] + data[k + 1 : last])
        else:
            return 0
        if effect is None:
            return 0
        count, taken, left = effect
        stack = v.stack
        if len(stack) - v.control[-1][FRAME_HEIGHT] < count or stack[-count:] != taken:
            return 0
        stack[-count:] = left
        if last - pos == self.tables.prefixed_lengths[of_prefix][code] and len(self.effects) < _KEPT:
            self.effects[data[offset:last]] = effect  # for the loop, that looks for nothing else
        return last

    def branch(self, v: OperandStack, reader: BinaryReader, opcode: int, offset: int, label_at: int, last: int) -> int:
        """A conditional branch on a reference: what it does is kept as well, with what the block takes that it goes to.

        The depth of that block is at `label_at`, and the instruction ends at `last`, if its numbers are short.
        Returns where it ends.
        """
        stack, control = v.stack, v.control
        floor = control[-1][FRAME_HEIGHT]
        key = reader.data[offset:last]
        depth = reader.data[label_at] if last < reader.end else 0x80
        if depth >= len(control) or depth >= 0x80 or v.shared:
            reader.pos = offset + 1
            v.offset = offset
            check_operator(v, reader, opcode)
            return reader.pos
        labels = control[-1 - depth][FRAME_LABELS]
        few: tuple[int, ...] = ()
        if v.dead and len(stack) - floor <= FEW:
            few = (BOTTOM, *stack[floor:])
        kept = self.branches.get((key, labels, few))
        if kept is not None:
            count, taken, left = kept
            if few:
                stack[floor:] = left
                return last
            if len(stack) - floor >= count and stack[-count:] == taken:
                stack[-count:] = left
                return last
        height = v.lowest = len(stack)
        tail = stack[max(floor, height - _MANY) :]
        reader.pos = offset + 1
        v.offset = offset
        check_operator(v, reader, opcode)
        if reader.pos == last and len(self.branches) < _KEPT:
            count = height - v.lowest
            if few:
                self.branches[key, labels, few] = (0, [], stack[floor:])
            elif not v.dead and 0 < count <= len(tail):
                self.branches[key, labels, few] = (count, tail[len(tail) - count :], stack[v.lowest :])
        return reader.pos

    def learn_leave(self, v: OperandStack, reader: BinaryReader, opcode: int, offset: int, last: int) -> int:
        """An instruction that leaves the block. Returns where the next one begins: `last`, if its numbers are short."""
        reader.pos = offset + 1
        v.offset = offset
        stack = v.stack
        height = v.lowest = len(stack)
        tail = stack[max(v.control[-1][FRAME_HEIGHT], height - _MANY) :]
        dead = v.dead
        check_operator(v, reader, opcode)
        if reader.pos == last and not v.shared and len(self.leaves) < _KEPT:
            count = height - v.lowest
            key = reader.data[offset:last]
            if dead:
                self.leaves.setdefault(key, (_NEVER, tail))
            elif count <= len(tail):
                self.leaves[key] = (count, tail[len(tail) - count :])
        return reader.pos

    def learn_try_table(self, v: OperandStack, reader: BinaryReader, offset: int, pos: int, last: int) -> int:
        """A `try_table`, its immediates from `pos` to `last`, if its numbers are short. Returns where they end."""
        reader.pos = pos
        v.offset = offset
        table = read_try_table(reader)
        try_table(v, table)
        if reader.pos <= last and not v.shared and len(self.try_tables) < _KEPT:
            control = v.control
            frame = control[-1]
            depths = sorted({label for _, _, label in table.catches})
            self.try_tables[reader.data[pos:last]] = (
                reader.pos - pos,
                frame[FRAME_PARAMS],
                frame[FRAME_RESULTS],
                tuple([(depth, control[-2 - depth][FRAME_LABELS]) for depth in depths]),
            )
        return reader.pos


def _is_br_on_cast(code: int) -> bool:
    """Whether a code behind the prefix 0xFB is one of those from `br_on_cast` to `br_on_cast_desc_eq_fail`."""
    return 0x18 <= code <= 0x26


def _essence(tables: Tables, data: bytes, offset: int, last: int, key: bytes) -> bytes:
    """The bytes `key`, from `offset` to `last`, of an instruction with the prefix 0xFD or 0xFE, without what doesn't matter:
    short offsets into memory, and lanes to shuffle that are there.
    """
    pos = offset + 1
    code = data[pos]
    if code == 0x0D and data[offset] == 0xFD:  # i8x16.shuffle
        if last == pos + 17 and max(data[pos + 1 : last]) < 32:
            return data[offset : pos + 1]
    elif code < 0x80 and tables.accesses[data[offset] - 0xFB][code] and data[pos + 1] <= ALIGN_MASK:
        k = pos + 2
        while data[k] >= 0x80:
            k += 1
        if k < pos + 6:
            return data[offset : pos + 2] + data[k + 1 : last]
    return key
