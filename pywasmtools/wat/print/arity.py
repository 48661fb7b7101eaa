"""How many operands an instruction takes and how many results it leaves, as far as that can be told from its context.

What is told is for people: folded instructions and lines about the operand stack. Nothing is checked.
"""

from __future__ import annotations

from pywasmtools.wasm.immediates import BrTable, Cast, MemArg, TryTable
from pywasmtools.wasm.types import BLOCK_EMPTY, CONCRETE, REF, ContType, FuncType, StructType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.immediates import Immediate
    from pywasmtools.wasm.instructions import Row
    from pywasmtools.wasm.types import BlockType
    from pywasmtools.wat.print.names import State

    Arity: TypeAlias = "tuple[int, int] | None"
    """Operands and results; None where they can't be told."""

_FIXED_NAMES: Final = {
    (0, 0): "unreachable rethrow data.drop elem.drop",
    (0, 1): "local.get global.get ref.null ref.func struct.new_default table.size global.atomic.get",
    (1, 0): "throw_ref drop local.set global.set global.atomic.set",
    (1, 1): (
        "local.tee table.get ref.is_null ref.as_non_null cont.new struct.get struct.get_s struct.get_u array.new_default "
        "array.len ref.test ref.cast any.convert_extern extern.convert_any ref.i31 i31.get_s i31.get_u "
        "struct.new_default_desc ref.get_desc global.atomic.rmw.add global.atomic.rmw.sub global.atomic.rmw.and "
        "global.atomic.rmw.or global.atomic.rmw.xor global.atomic.rmw.xchg table.atomic.get struct.atomic.get "
        "struct.atomic.get_s struct.atomic.get_u ref.i31_shared"
    ),
    (2, 0): "table.set struct.set table.atomic.set struct.atomic.set",
    (2, 1): (
        "ref.eq array.new array.new_data array.new_elem array.get array.get_s array.get_u ref.cast_desc_eq table.grow "
        "i8x16.shuffle global.atomic.rmw.cmpxchg table.atomic.rmw.xchg struct.atomic.rmw.add struct.atomic.rmw.sub "
        "struct.atomic.rmw.and struct.atomic.rmw.or struct.atomic.rmw.xor struct.atomic.rmw.xchg array.atomic.get "
        "array.atomic.get_s array.atomic.get_u"
    ),
    (3, 0): "array.set memory.init memory.copy table.init table.copy table.fill array.atomic.set",
    (3, 1): (
        "table.atomic.rmw.cmpxchg struct.atomic.rmw.cmpxchg array.atomic.rmw.add array.atomic.rmw.sub "
        "array.atomic.rmw.and array.atomic.rmw.or array.atomic.rmw.xor array.atomic.rmw.xchg"
    ),
    (4, 0): "array.fill array.init_data array.init_elem",
    (4, 1): "array.atomic.rmw.cmpxchg",
    (5, 0): "array.copy",
}
"""Of instructions with irregular signatures, those whose counts are always the same."""

FIXED: Final = {name: arity for arity, names in _FIXED_NAMES.items() for name in names.split()}


class Labels:
    """The blocks that are open, as `arity_of` asks for them."""

    __slots__ = ()

    def label(self, depth: int) -> tuple[Arity, bool] | None:
        """The counts of a block's type and whether it is a loop; None where there is no such block."""
        raise NotImplementedError

    def height(self) -> int:
        """How many blocks are open, the function's own among them."""
        raise NotImplementedError


def arity_of(state: State, labels: Labels, row: Row, values: list[Immediate]) -> Arity:
    """Operands and results of an instruction with these immediates."""
    if row.signature:
        extra = 1 if values and isinstance(values[0], MemArg) and values[0].array >= 0 else 0
        return (len(row.operands()) + extra, len(row.results()))
    fixed = FIXED.get(row.name)
    if fixed is not None:
        return fixed
    name = row.name
    if name == "select":
        count = len(values[0]) if values and isinstance(values[0], tuple) else 1
        return (1 + 2 * count, count)
    if name in _OF_BLOCKS:
        return _of_block(state, labels, name, values)
    if name in _OF_BRANCHES:
        return _of_branch(labels, name, values)
    return _of_types(state, name, [value if isinstance(value, int) else 0 for value in values])


# ------------------------------------------------------------------------------- types


def type_arity(state: State, index: int) -> Arity:
    """The counts of a type: of a function, or of a continuation's; a struct counts by its fields."""
    if index >= len(state.types):
        return None
    type_ = state.types[index]
    if type_ is None:
        return None
    inner = type_.composite.inner
    if isinstance(inner, FuncType):
        return (len(inner.params), len(inner.results))
    if isinstance(inner, StructType):
        return (len(inner.fields), len(inner.fields))
    if isinstance(inner, ContType):
        func = _func_of(state, inner)
        return None if func is None else (len(func.params), len(func.results))
    return None


def block_arity(state: State, block: BlockType) -> Arity:
    """The counts of a block type as read."""
    if block < 0:
        return type_arity(state, ~block)
    return (0, 0) if block == BLOCK_EMPTY else (0, 1)


def _func_of(state: State, cont: ContType) -> FuncType | None:
    index = cont.func >> 8
    type_ = state.types[index] if index < len(state.types) else None
    inner = None if type_ is None else type_.composite.inner
    return inner if isinstance(inner, FuncType) else None


def _tag_arity(state: State, index: int) -> Arity:
    return type_arity(state, state.tag_types[index]) if index < len(state.tag_types) else None


# ------------------------------------------------------------------------------- blocks and branches

_OF_BLOCKS: Final[tuple[str, ...]] = (
    "block",
    "loop",
    "if",
    "try",
    "try_table",
    "else",
    "end",
    "delegate",
    "catch",
    "catch_all",
)
_OF_BRANCHES: Final[tuple[str, ...]] = (
    "br",
    "br_if",
    "br_table",
    "return",
    "br_on_null",
    "br_on_non_null",
    "br_on_cast",
    "br_on_cast_fail",
    "br_on_cast_desc_eq",
    "br_on_cast_desc_eq_fail",
)


def _of_block(state: State, labels: Labels, name: str, values: list[Immediate]) -> Arity:
    if name in ("block", "loop", "if", "try", "try_table"):
        value = values[0]
        block = value.block if isinstance(value, TryTable) else value
        assert isinstance(block, int)
        arity = block_arity(state, block)
        if arity is None:
            return None
        return (arity[0] + (1 if name == "if" else 0), arity[0])
    label = labels.label(0)
    if label is None or label[0] is None:
        return None
    params, results = label[0]
    if name == "else":
        return (results, params)
    if name == "catch":
        index = values[0]
        assert isinstance(index, int)
        tag = _tag_arity(state, index)
        return None if tag is None else (results, tag[0])
    return (results, 0 if name == "catch_all" else results)


def _of_branch(labels: Labels, name: str, values: list[Immediate]) -> Arity:
    if name == "return":
        label = labels.label(labels.height() - 1)
        return None if label is None or label[0] is None else (label[0][1], 0)
    value = values[0]
    if isinstance(value, BrTable):
        depth = value.default
    elif isinstance(value, Cast):
        depth = value.label
    else:
        assert isinstance(value, int)
        depth = value
    label = labels.label(depth)
    if label is None or label[0] is None:
        return None
    count = label[0][0] if label[1] else label[0][1]
    if name == "br":
        return (count, 0)
    if name == "br_table":
        return (count + 1, 0)
    if name == "br_on_null":
        return (count + 1, count + 1)
    if name == "br_on_non_null":
        return None if count == 0 else (count, count - 1)
    if name == "br_on_cast" or name == "br_on_cast_fail":
        return (count, count)
    return (count + 1, count)


# ------------------------------------------------------------------------------- what takes its counts from a type


def _of_types(state: State, name: str, numbers: list[int]) -> Arity:
    """Calls, and what makes structs, arrays, continuations and exceptions."""
    if name == "array.new_fixed":
        return (numbers[1], 1)
    if name == "throw":
        tag = _tag_arity(state, numbers[0])
        return None if tag is None else (tag[0], 0)
    if name == "suspend":
        return _tag_arity(state, numbers[0])
    index = numbers[0]
    if name == "call" or name == "return_call":
        if index >= len(state.func_types):
            return None
        index = state.func_types[index]
    arity = type_arity(state, index)
    if arity is None:
        return None
    params, results = arity
    if name == "call":
        return arity
    if name == "return_call":
        return (params, 0)
    if name in ("call_indirect", "call_ref", "resume"):
        return (params + 1, results)
    if name in ("return_call_indirect", "return_call_ref"):
        return (params + 1, 0)
    if name == "struct.new":
        return (params, 1)
    if name == "struct.new_desc":
        return (params + 1, 1)
    if name == "cont.bind":
        bound = type_arity(state, numbers[1])
        return None if bound is None or bound[0] > params else (params - bound[0] + 1, 1)
    if name == "resume_throw":
        tag = _tag_arity(state, numbers[1])
        return None if tag is None else (tag[0] + 1, results)
    if name == "resume_throw_ref":
        return (2, results)
    assert name == "switch", f"no counts of `{name}`"
    return _of_switch(state, index, params)


def _of_switch(state: State, index: int, params: int) -> Arity:
    type_ = state.types[index]
    inner = None if type_ is None else type_.composite.inner
    func = _func_of(state, inner) if isinstance(inner, ContType) else None
    if func is None or not func.params:
        return None
    last = func.params[-1]
    if last & REF == 0 or last & CONCRETE == 0:
        return None
    other = type_arity(state, last >> 8)
    return None if other is None else (params, other[0])
