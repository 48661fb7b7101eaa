"""Validation of control instructions: what ends, leaves or begins blocks in other than the usual ways, and calls."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validate.core.operand_stack import BOTTOM, FRAME_KIND, FRAME_LABELS, FRAME_PARAMS, FRAME_RESULTS
from pywasmtools.wasm.immediates import CATCH, CATCH_ALL, CATCH_REF, read_try_table
from pywasmtools.wasm.operators import (
    ELSE,
    IF,
    LEGACY_CATCH,
    LEGACY_CATCH_ALL,
    TRY_TABLE,
)
from pywasmtools.wasm.types import EXN, FUNCREF, I32, REF, show_val_type

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


def try_table(v: OperandStack, reader: BinaryReader) -> None:
    """`try_table`, its immediates unread."""
    data = reader.data
    start = reader.pos
    # Without a type and with few clauses, all of them `catch_all` to a block without results: nothing to take off.
    if start + 1 < reader.end and data[start] == 0x40 and data[start + 1] <= 8:
        control = v.control
        pos = start + 2
        last = pos + 2 * data[start + 1]
        while pos < last < reader.end and data[pos] == CATCH_ALL and data[pos + 1] < len(control):
            if data[pos + 1] >= 0x80 or control[-1 - data[pos + 1]][FRAME_LABELS]:
                break
            pos += 2
        if pos == last:
            reader.pos = pos
            v.push_frame(TRY_TABLE, (), ())
            return
    _try_table(v, read_try_table(reader))


def _try_table(v: OperandStack, table: TryTable) -> None:
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
