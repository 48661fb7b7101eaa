"""Function bodies: that their instructions are well-formed and well-typed.

`BodyValidator.check` is what a driver hands bodies to; one object serves many, and keeps what it looked up in
the same module. Core specification, 3.3 (instructions) and the appendix "Validation Algorithm".

The loop sorts opcodes into classes by a table made from the rows of `wasm/instructions.py`. A class's usual case,
operands of just the right types on top, is done in place; anything else goes to the methods of `OperandStack`,
which know subtyping, unreachable code and the messages.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.validation.core.control_operators import (
    FEW,
    Kept,
    branch_by_table,
    catch,
    check_operator,
    end_block,
    global_access,
    refused,
)
from pywasmtools.validation.core.operand_stack import OperandStack
from pywasmtools.validation.core.regular_operators import TABLES
from pywasmtools.wasm.immediates import CATCH_REF
from pywasmtools.wasm.limits import MAX_WASM_FUNCTION_LOCALS
from pywasmtools.wasm.operators import BLOCK, ELSE, IF, LEGACY_TRY, LOOP, TRY_TABLE
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import (
    I32,
    V128,
    FuncType,
    is_defaultable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.index_spaces import Module
    from pywasmtools.validation.core.module import FuncToValidate
    from pywasmtools.wasm.types import ValType

_V128_CONST: Final = 0x0C
"""The sub-opcode of `v128.const`."""

_FRAMES: Final = [0, 0, BLOCK, LOOP, IF, 0, LEGACY_TRY]
"""The kinds of blocks by the opcode that opens them: `block`, `loop`, `if`, `try`."""

_TRACKED: Final = 256
"""How many locals are listed one by one; those behind are kept as declared."""


class BodyValidator:
    """Validates function bodies, one after the other."""

    __slots__ = (
        "_blocks",
        "_callees",
        "_first_uninit",
        "_global_types",
        "_kept",
        "_late_locals",
        "_locals",
        "_mutable_globals",
        "_num_locals",
        "_params",
        "reader",
        "stacks",
        "tables",
    )

    def __init__(self) -> None:
        self.stacks: OperandStack | None = None
        self.tables = TABLES
        self.reader = BinaryReader(b"")
        # Parameters (how many, which) and results by function index, as far as they were called; never of shared bodies.
        self._callees: dict[int, tuple[int, list[int], list[int]]] = {}
        # Parameters and results of block types of one byte, by that; never of shared bodies.
        self._blocks = dict(TABLES.single)
        self._kept = Kept(TABLES, True)
        # The locals that the parameters of a function are, by its type's index: as _locals, _late_locals, _num_locals.
        self._params: dict[int, tuple[list[ValType], list[tuple[int, ValType]], int]] = {}
        # The globals of the module: their types, and whether they are mutable.
        self._global_types: list[ValType] = []
        self._mutable_globals: list[bool] = []
        # The locals of the body: types of the first ones, then (index behind the last, type) of each further
        # run; and the first that has no default value.
        self._locals: list[ValType] = []
        self._late_locals: list[tuple[int, ValType]] = []
        self._num_locals = 0
        self._first_uninit = 0

    def check(self, func: FuncToValidate) -> None:
        """Raises where a body is not valid."""
        self._run(self.begin(func), func.module)

    def begin(self, func: FuncToValidate) -> OperandStack:
        """Takes up a body, whose stacks are returned: nothing is on them. Raises where its locals are not valid."""
        stacks = self.stacks
        if stacks is None or stacks.module is not func.module:
            stacks = self.stacks = OperandStack(func.module, func.types)
            self._callees = {}
            checks = func.module.checks
            self.tables = TABLES if checks is None else checks.tables
            self._blocks = dict(self.tables.single)
            self._kept = Kept(self.tables, checks is None or checks.has("bulk-memory"))
            self._params = {}
            self._global_types = [g.content_type for g in func.module.globals]
            self._mutable_globals = [g.mutable for g in func.module.globals]
        type_ = func.types.core_types[func.module.types[func.type_index]]
        func_type = type_.composite.inner
        assert isinstance(func_type, FuncType)
        self._kept.begin(func_type)
        stacks.begin(func_type, type_.composite.shared)
        self.reader = func.body.section()
        params = self._params.get(func.type_index)
        if params is None:
            params = self._params[func.type_index] = self._params_of(func_type)
        self._locals = params[0].copy()
        self._late_locals = params[1].copy()
        self._num_locals = params[2]
        self._first_uninit = 1 << 32
        self._read_locals(func.module)
        return stacks

    # ------------------------------------------------------------------- locals

    def _params_of(self, func: FuncType) -> tuple[list[ValType], list[tuple[int, ValType]], int]:
        """The locals that a function's parameters are."""
        self._locals = []
        self._late_locals = []
        self._num_locals = 0
        for param in func.params:
            self._define_locals(1, param, 0)
        return (self._locals, self._late_locals, self._num_locals)

    def _read_locals(self, module: Module) -> None:
        reader = self.reader
        data = reader.data
        end = reader.end
        late = self._late_locals
        lowest = self.tables.lowest
        for _ in range(reader.var_u32()):
            offset = reader.pos
            if offset + 1 < end and data[offset] < 0x80 and lowest <= data[offset + 1] <= 0x7F:
                # As most are: few, of a number type.
                count = data[offset]
                type_ = data[offset + 1]
                reader.pos = offset + 2
                first = self._num_locals
                if first >= _TRACKED and count > 0 and first + count <= MAX_WASM_FUNCTION_LOCALS:
                    self._num_locals = first + count
                    late.append((first + count, type_))
                    continue
            else:
                count = reader.var_u32()
                type_ = module.canonical_val_type(reader.val_type(), offset)
            if count > 0:
                self._define_locals(count, type_, offset)

    def _define_locals(self, count: int, type_: ValType, offset: int) -> None:
        first = self._num_locals
        self._num_locals = first + count
        if self._num_locals > MAX_WASM_FUNCTION_LOCALS:
            raise binary_error(offset, "too many locals: locals exceed maximum")
        if first < self._first_uninit and not is_defaultable(type_):
            self._first_uninit = first
        tracked = min(count, max(0, _TRACKED - first))
        if tracked > 0:
            self._locals.extend([type_] * tracked)
        if tracked < count:
            self._late_locals.append((self._num_locals, type_))

    def _local(self, stacks: OperandStack, index: int) -> ValType:
        """The type of a local."""
        if index < len(self._locals):
            return self._locals[index]
        late = self._late_locals
        if index >= self._num_locals:
            raise stacks.error(f"unknown local {index}: local index out of bounds")
        low = 0
        high = len(late)
        while low < high:
            middle = (low + high) // 2
            if late[middle][0] <= index:
                low = middle + 1
            else:
                high = middle
        return late[low][1]

    def _is_uninit(self, stacks: OperandStack, index: int, type_: ValType) -> bool:
        return index >= self._first_uninit and not is_defaultable(type_) and index not in stacks.initialized

    def _local_get(self, stacks: OperandStack, index: int) -> ValType:
        type_ = self._local(stacks, index)
        if self._is_uninit(stacks, index, type_):
            raise stacks.error(f"uninitialized local: {index}")
        return type_

    def _local_set(self, stacks: OperandStack, index: int) -> ValType:
        """Takes off what is put into a local; returns its type."""
        type_ = self._local(stacks, index)
        stacks.pop(type_)
        if self._is_uninit(stacks, index, type_):
            stacks.initialized.add(index)
            stacks.inits.append(index)
        return type_

    def _set_local(self, v: OperandStack, opcode: int, index: int, offset: int) -> None:
        """`local.set` and `local.tee` of what is not plainly there. What is missing in dead code is of the right type."""
        if v.dead and len(v.stack) == v.control[-1][4] and index < min(len(self._locals), self._first_uninit):
            type_ = self._locals[index]
        else:
            v.offset = offset
            type_ = self._local_set(v, index)
        if opcode == 0x22:  # local.tee
            v.stack.append(type_)

    def _computed(self, v: OperandStack, arity: int, opcode: int, offset: int, pos: int) -> int:
        """A number computed of one or two that are not plainly there; returns where the next instruction is.

        What is missing in dead code is of the right type, here and where more numbers are computed.
        """
        stack = v.stack
        results, numeric = self.tables.results, self.tables.numeric
        type_ = self.tables.operands[opcode]
        count = len(stack) - v.control[-1][4]
        if v.dead and count < arity and (count == 0 or stack[-1] == type_):
            data = self.reader.data
            type_ = results[opcode]
            while numeric[data[pos]] == type_:
                type_ = results[data[pos]]
                pos += 1
            del stack[len(stack) - count :]
            stack.append(type_)
        else:
            v.offset = offset
            for _ in range(arity):
                v.pop(type_)
            stack.append(results[opcode])
        return pos

    def _long_constant(self, opcode: int, pos: int) -> int:
        """Past an integer of more than four bytes, which lies at `pos` and has to fit."""
        reader = self.reader
        data = reader.data
        last = pos + 4
        while data[last] >= 0x80 and last < pos + 9:
            last += 1
        # Four and nine bytes fit any number; of one more, the last has few bits.
        top = data[last]
        if opcode == 0x41:  # i32.const
            fits = last - pos == 4 and (top < 8 or 0x78 <= top < 0x80)
        else:
            fits = last - pos < 9 or (last - pos == 9 and (top == 0 or top == 0x7F))
        if not fits:
            reader.pos = pos
            reader.var_s32() if opcode == 0x41 else reader.var_s64()  # i32.const
        return last + 1

    # ------------------------------------------------------------------- the walk

    def _run(self, v: OperandStack, module: Module) -> None:
        reader = self.reader
        data = reader.data
        pos = reader.pos
        end = reader.end
        if pos < end and data[end - 1] != 0x0B:  # end
            # Ends too early or too late. Immediates are read up to a byte below 0x80, which a final `end` is; these are not.
            data = reader.data = data[:end] + b"\xff" * 16
        tables = self.tables
        classes = tables.classes
        is_plain, is_flow = tables.is_plain, tables.is_flow
        operands, results = tables.operands, tables.results
        alignments = tables.alignments
        lengths = tables.lengths
        prefixed_lengths = tables.prefixed_lengths
        stack, control = v.stack, v.control
        local_types = self._locals
        # Locals below this index are listed and need no look at whether they are initialised.
        plain = min(len(local_types), self._first_uninit)
        memory0 = module.memories[0].index_type() if module.memories else 0
        global_types = self._global_types
        mutable_globals = self._mutable_globals
        num_globals = 0 if v.shared else len(global_types)
        callees = {} if v.shared else self._callees
        blocks = dict(tables.single) if v.shared else self._blocks
        kept = Kept(tables, False) if v.shared else self._kept
        effects = kept.effects
        dead_effects = kept.dead_effects
        leaves = kept.leaves
        try_tables = kept.try_tables
        inits = v.inits
        frames = _FRAMES
        floor = 0
        while True:
            if pos >= end:
                break
            offset = pos
            opcode = data[pos]
            pos += 1
            if opcode == 0x20:  # local.get
                index = data[pos]
                if index < 0x80:
                    pos += 1
                elif data[pos + 1] < 0x80:
                    index = index & 0x7F | data[pos + 1] << 7
                    pos += 2
                else:
                    reader.pos = pos
                    index = reader.var_u32()
                    pos = reader.pos
                if index < plain:
                    stack.append(local_types[index])
                else:
                    v.offset = offset
                    stack.append(self._local_get(v, index))
                continue
            kind = classes[opcode]
            if kind == 0:  # constants
                if opcode > 0x42:  # i64.const
                    last = pos + (4 if opcode == 0x43 else 8)  # f32.const
                    if last > end:
                        reader.pos = pos
                        reader.skip(last - pos)
                    pos = last
                elif data[pos] < 0x80:
                    pos += 1
                elif data[pos + 1] < 0x80:
                    pos += 2
                elif data[pos + 2] < 0x80:
                    pos += 3
                elif data[pos + 3] < 0x80:
                    pos += 4
                else:
                    pos = self._long_constant(opcode, pos)
                stack.append(results[opcode])
                continue
            if kind == 1:  # local.set, local.tee
                index = data[pos]
                if index < 0x80:
                    pos += 1
                elif data[pos + 1] < 0x80:
                    index = index & 0x7F | data[pos + 1] << 7
                    pos += 2
                else:
                    reader.pos = pos
                    index = reader.var_u32()
                    pos = reader.pos
                if index >= plain or len(stack) <= floor or stack[-1] != local_types[index]:
                    self._set_local(v, opcode, index, offset)
                elif opcode == 0x21:  # local.set
                    stack.pop()
                continue
            if kind == 2:  # two operands of one type
                type_ = operands[opcode]
                if len(stack) - floor >= 2 and stack[-1] == type_ and stack[-2] == type_:
                    stack.pop()
                    stack[-1] = results[opcode]
                else:
                    pos = self._computed(v, 2, opcode, offset, pos)
                continue
            if kind == 3:  # one operand
                if len(stack) > floor and stack[-1] == operands[opcode]:
                    stack[-1] = results[opcode]
                else:
                    pos = self._computed(v, 1, opcode, offset, pos)
                continue
            if is_plain[opcode]:
                if kind == 6:  # drop
                    if len(stack) > floor:
                        stack.pop()
                    elif not v.dead:
                        v.offset = offset
                        v.pop_any()
                    continue
                if kind == 7:  # global.get, global.set
                    index = data[pos]
                    if index < 0x80:
                        pos += 1
                    else:
                        reader.pos = pos
                        index = reader.var_u32()
                        pos = reader.pos
                    if index < num_globals and opcode == 0x23:  # global.get
                        stack.append(global_types[index])
                    elif (
                        index < num_globals
                        and mutable_globals[index]
                        and len(stack) > floor
                        and stack[-1] == global_types[index]
                    ):
                        stack.pop()
                    elif len(stack) > floor or not v.dead or index >= num_globals or not mutable_globals[index]:
                        v.offset = offset
                        global_access(v, index, opcode)
                    continue
                # loads and stores
                type_ = memory0
                if data[pos] > alignments[opcode] or pos + 2 >= end or memory0 == 0:
                    type_ = 0
                elif data[pos + 1] < 0x80:
                    pos += 2
                elif data[pos + 2] < 0x80:
                    pos += 3
                elif data[pos + 3] < 0x80:
                    pos += 4
                elif data[pos + 4] < 0x80:
                    pos += 5
                elif data[pos + 5] < 0x10:
                    pos += 6
                else:
                    type_ = 0
                if type_ == 0:  # Other flags, an unusual memory, a large offset, or an array.
                    v.offset = offset
                    reader.pos = pos
                    check_operator(v, reader, opcode)
                    pos = reader.pos
                elif kind == 4:
                    if len(stack) > floor and stack[-1] == type_:
                        stack[-1] = results[opcode]
                    else:
                        if not v.dead or len(stack) > floor:
                            v.offset = offset
                            v.pop(type_)
                        stack.append(results[opcode])
                elif len(stack) - floor >= 2 and stack[-1] == operands[opcode] and stack[-2] == type_:
                    del stack[-2:]
                elif not v.dead or len(stack) > floor:
                    v.offset = offset
                    v.pop(operands[opcode])
                    v.pop(type_)
                continue
            if is_flow[opcode]:
                if kind == 10:  # br, br_if
                    depth = data[pos]
                    if depth < 0x80:
                        pos += 1
                    else:
                        reader.pos = pos
                        depth = reader.var_u32()
                        pos = reader.pos
                    v.offset = offset
                    if opcode == 0x0D:  # br_if
                        if len(stack) > floor and stack[-1] == 0x7F:
                            stack.pop()
                        elif not v.dead or len(stack) > floor:
                            v.pop(I32)
                        labels = control[-1 - depth][3] if depth < len(control) else v.labels(depth)
                        if labels and (len(stack) <= floor or len(labels) > 1 or stack[-1] != labels[0]):
                            count = len(labels)
                            if len(stack) - floor < count or tuple(stack[-count:]) != labels:
                                v.pop_push_labels(labels)
                    else:
                        labels = control[-1 - depth][3] if depth < len(control) else v.labels(depth)
                        if labels:
                            v.pop_all(labels)
                        v.dead = True
                        del stack[floor:]
                elif kind == 11:  # call
                    index = data[pos]
                    if index < 0x80:
                        pos += 1
                    elif data[pos + 1] < 0x80:
                        index = index & 0x7F | data[pos + 1] << 7
                        pos += 2
                    else:
                        reader.pos = pos
                        index = reader.var_u32()
                        pos = reader.pos
                    effect = callees.get(index)
                    if effect is None:
                        v.offset = offset
                        func = v.type_of_function(index)
                        effect = callees[index] = (len(func.params), list(func.params), list(func.results))
                    count, taken, left = effect
                    if count == 0:
                        stack.extend(left)
                    elif len(stack) - floor >= count and stack[-count:] == taken:
                        stack[-count:] = left
                    else:
                        v.offset = offset
                        v.pop_all(taken)
                        stack.extend(left)
                elif kind == 8:  # end
                    frame_kind, block_params, block_results, labels, height, init_height, dead = control.pop()
                    if not block_results and len(stack) == floor and init_height == len(inits) and not block_params:
                        v.dead = dead
                    elif v.dead and len(stack) == floor and frame_kind != IF and init_height == len(inits):
                        stack.extend(block_results)
                        v.dead = dead
                    elif (
                        len(stack) - floor != len(block_results)
                        or init_height != len(inits)
                        or (
                            block_results
                            and (
                                stack[-1] != block_results[-1]
                                or (len(block_results) > 1 and tuple(stack[floor:]) != block_results)
                            )
                        )
                        or (frame_kind == IF and (block_results or block_params))
                    ):
                        control.append((frame_kind, block_params, block_results, labels, height, init_height, dead))
                        v.offset = offset
                        end_block(v)
                    else:
                        v.dead = dead
                    if not control:
                        if pos < end:
                            raise binary_error(pos, "operators remaining after end of function body or expression")
                        return
                    floor = control[-1][4]
                else:  # block, loop, if, try
                    block = data[pos]
                    if block == 0x40:
                        pos += 1
                        if opcode == 0x04:  # if
                            if len(stack) > floor and stack[-1] == 0x7F:
                                stack.pop()
                            elif not v.dead or len(stack) > floor:
                                v.offset = offset
                                v.pop(I32)
                        floor = len(stack)
                        control.append((frames[opcode], (), (), (), floor, len(inits), v.dead))
                        v.dead = False
                        continue
                    signature = blocks.get(block)
                    if signature is not None:
                        pos += 1
                        block_params, block_results = signature
                    else:
                        v.offset = offset
                        reader.pos = pos
                        block_params, block_results = self._block_type(v, block)
                        pos = reader.pos
                    if opcode == 0x04:  # if
                        if len(stack) > floor and stack[-1] == 0x7F:
                            stack.pop()
                        elif not v.dead or len(stack) > floor:
                            v.offset = offset
                            v.pop(I32)
                    labels = block_params if opcode == 0x03 else block_results  # loop
                    if block_params:
                        count = len(block_params)
                        if len(stack) - floor >= count and tuple(stack[-count:]) == block_params:
                            floor = len(stack) - count
                        else:
                            v.offset = offset
                            v.pop_all(block_params)
                            floor = len(stack)
                            stack.extend(block_params)
                    else:
                        floor = len(stack)
                    control.append((frames[opcode], block_params, block_results, labels, floor, len(inits), v.dead))
                    v.dead = False
            elif kind < 14:
                # An instruction that did the same before, on the same operands. One-byte immediates first.
                if kind == 12:
                    last = pos + lengths[opcode]
                else:
                    last = pos + prefixed_lengths[opcode - 0xFB][data[pos]]  # a prefix
                key = data[offset:last]
                effect = effects.get(key)
                if effect is not None:
                    count, taken, left = effect
                    if count == 0:
                        if left:
                            stack.extend(left)
                        else:
                            # It does nothing, nor does it where it stands again.
                            while last < end and data.startswith(key, last):
                                last += len(key)
                        pos = last
                        continue
                    if len(stack) - floor >= count and stack[-count:] == taken:
                        stack[-count:] = left
                        pos = last
                        continue
                if v.dead and len(stack) - floor <= FEW:
                    dead_left = dead_effects.get((key, tuple(stack[floor:])))
                    if dead_left is not None:
                        stack[floor:] = dead_left
                        pos = last
                        continue
                if opcode == 0xFD and data[pos] == _V128_CONST and pos + 17 <= end:  # a prefix
                    stack.append(V128)
                    pos += 17
                else:
                    pos = kept.learn(v, reader, opcode, offset, pos)
            elif kind == 14:  # else
                frame_kind, block_params, block_results, labels, height, init_height, dead = control[-1]
                if (
                    frame_kind != IF
                    or init_height != len(inits)
                    or (
                        (not v.dead or len(stack) > floor)
                        and (
                            len(stack) - floor != len(block_results)
                            or (block_results and tuple(stack[floor:]) != block_results)
                        )
                    )
                ):
                    v.offset = offset
                    reader.pos = pos
                    check_operator(v, reader, opcode)
                    floor = control[-1][4]
                else:
                    control[-1] = (ELSE, block_params, block_results, labels, height, init_height, dead)
                    v.dead = False
                    if block_results or block_params:
                        stack[floor:] = block_params
            elif kind == 15:  # unreachable, return
                if opcode == 0x0F:  # return
                    labels = control[0][3]
                    if labels:
                        v.offset = offset
                        v.pop_all(labels)
                v.dead = True
                del stack[floor:]
            elif kind == 16:  # nop
                while data[pos] == opcode:
                    pos += 1
            elif kind == 17:
                # An instruction that leaves the block, as it did before. Where operands are missing, any will do.
                last = pos + lengths[opcode]
                left_by = leaves.get(data[offset:last])
                if left_by is None or (
                    (not v.dead or len(stack) > floor)
                    and (len(stack) - floor < left_by[0] or (left_by[0] > 0 and stack[-left_by[0] :] != left_by[1]))
                ):
                    last = kept.learn_leave(v, reader, opcode, offset, last)
                pos = last
                v.dead = True
                del stack[floor:]
            elif kind == 18:  # try_table
                count = data[pos + 1] if pos + 1 < end else 0
                last = pos + 2 + 3 * count
                if count == 1 and data[pos + 2] > CATCH_REF:
                    last -= 1
                known = try_tables.get(data[pos:last])
                if known is not None:
                    for depth, labels in known[3]:
                        if depth >= len(control) or control[-1 - depth][3] != labels:
                            known = None
                            break
                if known is None:
                    pos = kept.learn_try_table(v, reader, offset, pos, last)
                    floor = control[-1][4]
                    continue
                count, block_params, block_results, _ = known
                pos += count
                if block_params:
                    v.offset = offset
                    v.pop_all(block_params)
                floor = len(stack)
                stack.extend(block_params)
                control.append((TRY_TABLE, block_params, block_results, block_results, floor, len(inits), v.dead))
                v.dead = False
            elif kind == 19:  # br_on_null, br_on_non_null
                pos = kept.branch(v, reader, opcode, offset, pos, pos + 1)
            elif kind == 20:  # br_table
                pos = branch_by_table(v, reader, offset, pos)
            elif kind == 21:  # catch, delegate, catch_all
                pos = catch(v, reader, opcode, offset, pos)
                floor = control[-1][4]
            elif kind == 22:
                v.offset = offset
                reader.pos = pos
                check_operator(v, reader, opcode)
                pos = reader.pos
                floor = control[-1][4]
            else:
                reader.pos = pos
                raise refused(v, reader, opcode, offset)
        if pos > end:
            # The last instruction ends behind the body.
            v.offset = offset
            reader.pos = offset + 1
            check_operator(v, reader, opcode)
        raise binary_error(pos, "control frames remain at end of function body or expression")

    def _block_type(self, v: OperandStack, byte: int) -> tuple[tuple[ValType, ...], tuple[ValType, ...]]:
        """Reads a block type that begins with `byte`; one of a single byte is kept for the next block."""
        reader = self.reader
        start = reader.pos
        block = reader.block_type()
        signature = v.block_type(block)
        if reader.pos == start + 1 and not v.shared:
            self._blocks[byte] = signature
        return signature
