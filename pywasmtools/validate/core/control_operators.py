"""Validation of control instructions: what ends, leaves or begins blocks in other than the usual ways, and calls.

`check_operator` is what the loop over a body hands over to: it knows which handler any instruction has.
"""

from __future__ import annotations

from pywasmtools.validate.core.operand_stack import BOTTOM, FRAME_KIND, FRAME_LABELS, FRAME_PARAMS, FRAME_RESULTS
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
from pywasmtools.validate.core.regular_operators import bulk, regular, shuffle, signature_of
from pywasmtools.wasm.immediates import CATCH, CATCH_ALL, CATCH_REF, read_labels, read_try_table, read_val_types
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
    from pywasmtools.validate.core.operand_stack import OperandStack
    from pywasmtools.wasm.immediates import BrTable, TryTable
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import FuncType, ValType


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
        v.stack.append(v.memory_index_type(reader.var_u32()))
    elif opcode == 0x40:  # memory.grow
        type_ = v.memory_index_type(reader.var_u32())
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
