"""Function bodies: that their instructions are well-formed and well-typed.

`BodyValidator.check` is what a driver hands bodies to; one object serves many, and keeps what it looked up in
the same module. Core specification, 3.3 (instructions) and the appendix "Validation Algorithm".

The loop sorts opcodes into classes by a table made from the rows of `wasm/instructions.py`. A class's usual case,
operands of just the right types on top, is done in place; anything else goes to the methods of `OperandStack`,
which know subtyping, unreachable code and the messages.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.validate.core.control_operators import (
    br_table,
    call_indirect,
    end_block,
    global_access,
    middle,
    return_,
    return_call,
    select,
    select_typed,
    try_table,
)
from pywasmtools.validate.core.operand_stack import Frame, OperandStack
from pywasmtools.validate.core.reference_operators import (
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
from pywasmtools.validate.core.regular_operators import TYPES, bulk, regular, shuffle, signature_of
from pywasmtools.wasm.immediates import (
    AS_F64,
    AS_MEMARG,
    AS_S32,
    read_labels,
    read_try_table,
    read_val_types,
)
from pywasmtools.wasm.instructions import IRREGULAR, ONE_BYTE, PREFIXED
from pywasmtools.wasm.limits import MAX_WASM_FUNCTION_LOCALS
from pywasmtools.wasm.operators import (
    BLOCK,
    IF,
    LEGACY_CATCH,
    LEGACY_CATCH_ALL,
    LEGACY_TRY,
    LOOP,
    check_frame,
)
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import (
    EXNREF,
    F32,
    F64,
    I32,
    I64,
    V128,
    FuncType,
    is_defaultable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validate.core.index_spaces import Module
    from pywasmtools.validate.core.module import FuncToValidate
    from pywasmtools.wasm.immediates import Kind
    from pywasmtools.wasm.types import ValType

# Classes of one-byte instructions.
_OTHER: Final = 0
_LOCAL_GET: Final = 1
_CONST: Final = 2
_BINARY: Final = 3
_LOCAL_SET: Final = 4
_LOCAL_TEE: Final = 5
_LOAD: Final = 6
_STORE: Final = 7
_UNARY: Final = 8
_NOP: Final = 9
_NONE: Final = 10


class _Tables:
    """By opcode: the class, the type of the operands (all the same) or of what is stored, the result, the alignment."""

    __slots__ = ("alignments", "classes", "operands", "results")

    def __init__(self) -> None:
        self.classes = [_OTHER] * 0x100
        self.operands = [0] * 0x100
        self.results = [0] * 0x100
        self.alignments = [0] * 0x100
        # Many rows have the same signature.
        known: dict[str, tuple[list[str], list[str]]] = {}
        for opcode, row in enumerate(ONE_BYTE):
            if row is None:
                self.classes[opcode] = _OTHER if opcode >= 0xFB and opcode != 0xFF else _NONE  # a prefix
            elif row.signature != IRREGULAR:
                types = known.get(row.signature)
                if types is None:
                    types = known[row.signature] = (row.operands(), row.results())
                self._regular(opcode, row.kinds, types[0], types[1])
        self.classes[0x20] = _LOCAL_GET  # local.get
        self.classes[0x21] = _LOCAL_SET  # local.set
        self.classes[0x22] = _LOCAL_TEE  # local.tee

    def _regular(self, opcode: int, kinds: tuple[Kind, ...], operands: list[str], results: list[str]) -> None:
        """What the loop does in place: the usual shapes of signatures. Others stay _OTHER."""
        count = len(operands)
        if len(results) > 1 or "addr" in results or len(kinds) > 1:
            return
        if kinds:
            kind = kinds[0]
            if kind.form == AS_MEMARG and operands[:1] == ["addr"]:
                if count == 1 and results:
                    self.classes[opcode] = _LOAD
                elif count == 2 and not results:
                    self.classes[opcode] = _STORE
                    self.operands[opcode] = TYPES[operands[1]]
                else:
                    return
                self.alignments[opcode] = kind.align
            elif AS_S32 <= kind.form <= AS_F64 and 0x41 <= opcode <= 0x44:  # i32.const, f64.const
                self.classes[opcode] = _CONST
            else:
                return
        elif not operands and not results:
            self.classes[opcode] = _NOP
        elif results and (count == 1 or (count == 2 and operands[0] == operands[1])):
            self.classes[opcode] = _UNARY if count == 1 else _BINARY
            self.operands[opcode] = TYPES[operands[0]]
        else:
            return
        if results:
            self.results[opcode] = TYPES[results[0]]


_TABLES: Final = _Tables()


_SINGLE: Final = {I32: (I32,), I64: (I64,), F32: (F32,), F64: (F64,), V128: (V128,)}
"""The results of a block with one result."""

_TRACKED: Final = 256
"""How many locals are listed one by one; those behind are kept as declared."""


class BodyValidator:
    """Validates function bodies, one after the other."""

    __slots__ = (
        "_callees",
        "_first_uninit",
        "_global_types",
        "_late_locals",
        "_locals",
        "_mutable_globals",
        "_num_locals",
        "reader",
        "stacks",
    )

    def __init__(self) -> None:
        self.stacks: OperandStack | None = None
        self.reader = BinaryReader(b"")
        # Function types by function index, as far as they were called; never of shared bodies.
        self._callees: dict[int, FuncType] = {}
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
        stacks = self.stacks
        if stacks is None or stacks.module is not func.module:
            stacks = self.stacks = OperandStack(func.module, func.types)
            self._callees = {}
            self._global_types = [g.content_type for g in func.module.globals]
            self._mutable_globals = [g.mutable for g in func.module.globals]
        type_ = func.types.core_types[func.module.types[func.type_index]]
        func_type = type_.composite.inner
        assert isinstance(func_type, FuncType)
        stacks.begin(func_type, type_.composite.shared)
        self.reader = func.body.section()
        self._locals = []
        self._late_locals = []
        self._num_locals = 0
        self._first_uninit = 1 << 32
        for param in func_type.params:
            self._define_locals(1, param, 0)
        self._first_uninit = 1 << 32
        self._read_locals(func.module)
        self._run(stacks, func.module)

    # ------------------------------------------------------------------- locals

    def _read_locals(self, module: Module) -> None:
        reader = self.reader
        for _ in range(reader.var_u32()):
            offset = reader.pos
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

    # ------------------------------------------------------------------- the walk

    def _run(self, v: OperandStack, module: Module) -> None:
        reader = self.reader
        data = reader.data
        pos = reader.pos
        end = reader.end
        if pos < end and data[end - 1] != 0x0B:  # end
            # Ends in the midst of an instruction, or too late. Immediates are read without looking at the end
            # where a byte below 0x80 is there, as it always is before a final `end`; this one is not below.
            data = data[:end] + b"\xff\xff"
        classes = _TABLES.classes
        operands = _TABLES.operands
        results = _TABLES.results
        alignments = _TABLES.alignments
        stack = v.stack
        control = v.control
        local_types = self._locals
        # Locals below this index are listed and need no look at whether they are initialised.
        plain = min(len(local_types), self._first_uninit)
        memory0 = module.memories[0].index_type() if module.memories else 0
        global_types = self._global_types
        mutable_globals = self._mutable_globals
        num_globals = 0 if v.shared else len(global_types)
        callees = self._callees
        inits = v.inits
        floor = 0
        while pos < end:
            offset = pos
            opcode = data[pos]
            pos += 1
            if opcode == 0x20:  # local.get
                index = data[pos]
                if index < 0x80:
                    pos += 1
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
            if kind == 0:
                if opcode == 0x0B:  # end
                    frame = control.pop()
                    block_results = frame.results
                    if (
                        len(stack) - floor != len(block_results)
                        or frame.init_height != len(inits)
                        or (block_results and (len(block_results) > 1 or stack[-1] != block_results[0]))
                        or (frame.kind == IF and (block_results or frame.params))
                    ):
                        control.append(frame)
                        v.offset = offset
                        end_block(v)
                    if not control:
                        if pos < end:
                            raise binary_error(pos, "operators remaining after end of function body or expression")
                        return
                    floor = control[-1].height
                elif opcode <= 0x04 and opcode >= 0x02:  # block, loop, if
                    block = data[pos]
                    if block == 0x40:
                        pos += 1
                        block_params: tuple[int, ...] = ()
                        block_results = ()
                    elif 0x7B <= block <= 0x7F:
                        pos += 1
                        block_params = ()
                        block_results = _SINGLE[block]
                    else:
                        reader.pos = pos
                        block = reader.block_type()
                        pos = reader.pos
                        v.offset = offset
                        block_params, block_results = v.block_type(block)
                    if opcode == 0x04:  # if
                        if len(stack) > floor and stack[-1] == 0x7F:
                            stack.pop()
                        else:
                            v.offset = offset
                            v.pop(I32)
                    if block_params:
                        v.offset = offset
                        v.pop_all(block_params)
                    floor = len(stack)
                    frame_kind = BLOCK if opcode == 0x02 else LOOP if opcode == 0x03 else IF  # block, loop
                    control.append(Frame(frame_kind, block_params, block_results, floor, len(inits)))
                    if block_params:
                        stack.extend(block_params)
                elif opcode == 0x0C or opcode == 0x0D:  # br, br_if
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
                        else:
                            v.pop(I32)
                        if depth < len(control):
                            labels = control[-1 - depth].labels
                            if labels and (len(stack) <= floor or len(labels) > 1 or stack[-1] != labels[0]):
                                v.pop_push_labels(labels)
                        else:
                            v.jump(depth)
                    else:
                        labels = v.jump(depth).labels
                        if labels:
                            v.pop_all(labels)
                        control[-1].unreachable = True
                        del stack[floor:]
                elif opcode == 0x23 or opcode == 0x24:  # global.get, global.set
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
                    else:
                        v.offset = offset
                        global_access(v, index, opcode)
                elif opcode == 0x10:  # call
                    index = data[pos]
                    if index < 0x80:
                        pos += 1
                    elif pos + 1 < end and data[pos + 1] < 0x80:
                        index = index & 0x7F | data[pos + 1] << 7
                        pos += 2
                    else:
                        reader.pos = pos
                        index = reader.var_u32()
                        pos = reader.pos
                    v.offset = offset
                    func = callees.get(index)
                    if func is None or v.shared:
                        func = v.type_of_function(index)
                        if not v.shared:
                            callees[index] = func
                    call_params = func.params
                    count = len(call_params)
                    if count == 0:
                        stack.extend(func.results)
                    elif len(stack) - floor >= count and tuple(stack[-count:]) == call_params:
                        stack[-count:] = func.results
                    else:
                        v.push_call(func)
                elif opcode == 0x1A:  # drop
                    if len(stack) > floor:
                        stack.pop()
                    else:
                        v.offset = offset
                        v.pop_any()
                else:
                    v.offset = offset
                    reader.pos = pos
                    if opcode <= 0x1F:  # try_table
                        self._control(v, opcode)
                    else:
                        self._other(v, opcode)
                    pos = reader.pos
                    floor = control[-1].height
            elif kind == 2:  # constants
                if opcode <= 0x42:  # i64.const
                    if data[pos] < 0x80:
                        pos += 1
                    elif pos + 3 < end and (data[pos + 1] < 0x80 or data[pos + 2] < 0x80 or data[pos + 3] < 0x80):
                        # Up to four bytes, which fit any number.
                        pos += 2 if data[pos + 1] < 0x80 else 3 if data[pos + 2] < 0x80 else 4
                    else:
                        reader.pos = pos
                        if opcode == 0x41:  # i32.const
                            reader.var_s32()
                        else:
                            reader.var_s64()
                        pos = reader.pos
                else:
                    reader.pos = pos
                    reader.skip(4 if opcode == 0x43 else 8)  # f32.const
                    pos = reader.pos
                stack.append(results[opcode])
            elif kind == 4 or kind == 5:  # local.set, local.tee
                index = data[pos]
                if index < 0x80:
                    pos += 1
                else:
                    reader.pos = pos
                    index = reader.var_u32()
                    pos = reader.pos
                if index < plain and len(stack) > floor and stack[-1] == local_types[index]:
                    if kind == 4:
                        stack.pop()
                else:
                    v.offset = offset
                    type_ = self._local_set(v, index)
                    if kind == 5:
                        stack.append(type_)
            elif kind == 3:  # two operands of one type
                type_ = operands[opcode]
                if len(stack) - floor >= 2 and stack[-1] == type_ and stack[-2] == type_:
                    stack.pop()
                    stack[-1] = results[opcode]
                else:
                    v.offset = offset
                    v.pop(type_)
                    v.pop(type_)
                    stack.append(results[opcode])
            elif kind == 8:  # one operand
                if len(stack) > floor and stack[-1] == operands[opcode]:
                    stack[-1] = results[opcode]
                else:
                    v.offset = offset
                    v.pop(operands[opcode])
                    stack.append(results[opcode])
            elif kind == 6 or kind == 7:  # loads and stores
                type_ = memory0
                if data[pos] > alignments[opcode] or pos + 2 >= end or memory0 == 0:
                    type_ = 0
                elif data[pos + 1] < 0x80:
                    pos += 2
                elif data[pos + 2] < 0x80:
                    pos += 3
                elif data[pos + 3] < 0x80:
                    pos += 4
                else:
                    type_ = 0
                if type_ == 0:  # Other flags, an unusual memory, a large offset, or an array.
                    v.offset = offset
                    reader.pos = pos
                    self._regular(v, opcode)
                    pos = reader.pos
                elif kind == 6:
                    if len(stack) > floor and stack[-1] == type_:
                        stack[-1] = results[opcode]
                    else:
                        v.offset = offset
                        v.pop(type_)
                        stack.append(results[opcode])
                elif len(stack) - floor >= 2 and stack[-1] == operands[opcode] and stack[-2] == type_:
                    del stack[-2:]
                else:
                    v.offset = offset
                    v.pop(operands[opcode])
                    v.pop(type_)
            elif kind == 10:
                raise binary_error(offset, f"illegal opcode: 0x{opcode:x}")
        raise binary_error(pos, "control frames remain at end of function body or expression")

    # ------------------------------------------------------------------- irregular instructions

    def _other(self, v: OperandStack, opcode: int) -> None:
        """Any other instruction that the loop does not do in place; its opcode has been read."""
        reader = self.reader
        if opcode >= 0xFB:  # a prefix
            self._prefixed(v, opcode)
        elif opcode == 0x25:  # table.get
            table = v.table_at(reader.var_u32())
            v.pop(table.index_type())
            v.stack.append(table.element_type)
        elif opcode == 0x26:  # table.set
            table = v.table_at(reader.var_u32())
            v.pop(table.element_type)
            v.pop(table.index_type())
        elif opcode == 0x3F:  # memory.size
            v.stack.append(v.memory_index_type(reader.var_u32()))
        elif opcode == 0x40:  # memory.grow
            type_ = v.memory_index_type(reader.var_u32())
            v.pop(type_)
            v.stack.append(type_)
        elif 0xD0 <= opcode <= 0xD6:  # ref.null, br_on_non_null
            self._reference(v, opcode)
        elif 0xE0 <= opcode <= 0xE6:  # cont.new, switch
            stack_switching(v, reader, opcode)
        else:
            self._regular(v, opcode)

    def _control(self, v: OperandStack, opcode: int) -> None:
        """A control or parametric instruction that the loop does not do in place; its opcode has been read."""
        reader = self.reader
        if opcode == 0x00:  # unreachable
            v.unreachable()
        elif opcode == 0x05 or opcode == 0x07 or opcode == 0x18 or opcode == 0x19:  # else, catch, delegate, catch_all
            misplaced = check_frame(opcode, v.control[-1].kind, reader.pos)
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
            kind = v.jump(reader.var_u32()).kind
            if kind != LEGACY_CATCH and kind != LEGACY_CATCH_ALL:
                raise v.error("invalid rethrow label: target was not a `catch` block")
            v.unreachable()
        elif opcode == 0x0A:  # throw_ref
            v.pop(EXNREF)
            v.unreachable()
        elif opcode == 0x0E:  # br_table
            br_table(v, read_labels(reader))
        elif opcode == 0x0F:  # return
            return_(v)
        elif opcode == 0x11:  # call_indirect
            index = reader.var_u32()
            v.push_call(call_indirect(v, index, reader.var_u32()))
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
        elif opcode == 0x1F:  # try_table
            try_table(v, read_try_table(reader))
        else:
            self._regular(v, opcode)

    def _reference(self, v: OperandStack, opcode: int) -> None:
        """An instruction on typed references."""
        reader = self.reader
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

    def _regular(self, v: OperandStack, opcode: int) -> None:
        """A regular instruction of an unusual shape."""
        row = ONE_BYTE[opcode]
        assert row is not None and row.signature != IRREGULAR, f"no handler for the instruction 0x{opcode:x}"
        regular(v, self.reader, signature_of(row))

    def _prefixed(self, v: OperandStack, prefix: int) -> None:
        reader = self.reader
        code = reader.var_u32()
        rows = PREFIXED[prefix - 0xFB]
        row = rows[code] if code < len(rows) else None
        if row is None:
            raise v.error(f"unknown 0x{prefix:x} subopcode: 0x{code:x}")
        if row.signature != IRREGULAR:
            regular(v, reader, signature_of(row))
        elif prefix == 0xFB:  # a prefix
            garbage_collection(v, reader, row)
        elif prefix == 0xFC:  # a prefix
            bulk(v, reader, row.key)
        elif prefix == 0xFE:  # a prefix
            from pywasmtools.validate.core.shared_operators import shared_everything

            shared_everything(v, reader, row)
        else:
            assert row.key == 0xFD_000D, f"no handler for `{row.name}`"  # i8x16.shuffle
            shuffle(v, reader)
