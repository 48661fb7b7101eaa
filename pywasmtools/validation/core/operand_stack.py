"""The operand and control stacks of a function body being validated, and the lookups that its instructions need.

Core specification, appendix "Validation Algorithm", with references, garbage collection and legacy exceptions.
Operands are ints: a value type as in `wasm/types.py`, canonical; or, below an unconditional branch, BOTTOM (any
type), UNKNOWN_REF (any reference), or `unknown_ref(byte)` (a reference below an abstract heap type, shared or not).
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.core.const_expr import type_word
from pywasmtools.validation.core.subtyping import ref_is_shared, ref_is_subtype, val_is_subtype
from pywasmtools.wasm.operators import BLOCK, LOOP
from pywasmtools.wasm.types import (
    BLOCK_EMPTY,
    CONCRETE,
    HEAP_NAMES,
    I8,
    I16,
    I32,
    NULLABLE,
    REF,
    SHARED,
    TYPE_ID,
    ArrayType,
    ContType,
    FuncType,
    StructType,
    abstract_is_subtype,
    show_ref_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final, TypeAlias

    from pywasmtools.validation.core.index_spaces import Module
    from pywasmtools.validation.core.types import CoreTypes
    from pywasmtools.wasm.types import (
        BlockType,
        FieldType,
        GlobalType,
        HeapType,
        RefType,
        StorageType,
        SubType,
        TableType,
        ValType,
    )

    Frame: TypeAlias = "tuple[int, tuple[ValType, ...], tuple[ValType, ...], tuple[ValType, ...], int, int, bool]"
    """An open block: its kind, parameters, results, what a branch to it takes along, how many operands were there
    before its parameters, how many locals were initialised, and `OperandStack.dead` of the block around it."""

BOTTOM: Final = -1
UNKNOWN_REF: Final = -2


def unknown_ref(byte: int) -> int:
    """The operand that is a reference to the abstract heap type with this byte, of unknown sharedness."""
    return -0x100 - byte


# The parts of a `Frame`.
FRAME_KIND: Final = 0
FRAME_PARAMS: Final = 1
FRAME_RESULTS: Final = 2
FRAME_LABELS: Final = 3
FRAME_HEIGHT: Final = 4
FRAME_INITS: Final = 5
FRAME_DEAD: Final = 6


class OperandStack:
    """The stacks of one body. `offset` is that of the instruction being checked: errors carry it.

    `dead` says that the innermost block is below an unconditional branch: what is missing is of any type. `lowest`
    is the least height that `pop` and `pop_any` came to since someone set it, and `missing` says that they had to
    make an operand up since someone unset it.
    """

    __slots__ = (
        "control",
        "dead",
        "initialized",
        "inits",
        "lowest",
        "missing",
        "module",
        "offset",
        "shared",
        "stack",
        "types",
    )

    def __init__(self, module: Module, types: CoreTypes) -> None:
        self.module = module
        self.types = types
        self.stack: list[int] = []
        self.control: list[Frame] = []
        self.dead = False
        self.offset = 0
        self.lowest = 0
        self.missing = False
        self.shared = False
        # Locals without a default value that have been set, and in what order.
        self.initialized: set[int] = set()
        self.inits: list[int] = []

    def begin(self, func: FuncType, shared: bool) -> None:
        """Empties the stacks for another body of the function type."""
        self.stack.clear()
        self.control.clear()
        self.initialized.clear()
        self.inits.clear()
        self.shared = shared
        self.dead = False
        self.control.append((BLOCK, func.params, func.results, func.results, 0, 0, False))

    def error(self, message: str) -> WasmToolsError:
        """An error at the instruction being checked."""
        return binary_error(self.offset, message)

    # ------------------------------------------------------------------- operands

    def pop(self, expected: ValType) -> int:
        """Takes an operand off that must be of a type; returns it."""
        stack = self.stack
        if len(stack) == self.control[-1][FRAME_HEIGHT]:
            if self.dead:
                self.missing = True
                return BOTTOM
            raise self.error(f"type mismatch: expected {type_word(expected)} but nothing on stack")
        actual = stack.pop()
        if len(stack) < self.lowest:
            self.lowest = len(stack)
        if actual == expected or actual == BOTTOM:
            return actual
        if actual < 0:
            if expected & REF == 0:
                raise self.error(f"type mismatch: expected {type_word(expected)}, found heap type")
            if actual != UNKNOWN_REF:
                shared = SHARED if ref_is_shared(self.types, expected) else 0
                known = (-0x100 - actual) << 8 | REF | shared
                if not ref_is_subtype(self.types, known, expected):
                    raise self._mismatch(expected, known)
        elif not val_is_subtype(self.types, actual, expected):
            raise self._mismatch(expected, actual)
        return actual

    def _mismatch(self, expected: ValType, actual: ValType) -> WasmToolsError:
        return self.error(f"type mismatch: expected {type_word(expected)}, found {type_word(actual)}")

    def pop_any(self) -> int:
        """Takes any operand off."""
        stack = self.stack
        if len(stack) == self.control[-1][FRAME_HEIGHT]:
            if self.dead:
                self.missing = True
                return BOTTOM
            raise self.error("type mismatch: expected a type but nothing on stack")
        actual = stack.pop()
        if len(stack) < self.lowest:
            self.lowest = len(stack)
        return actual

    def pop_all(self, types: Sequence[ValType]) -> None:
        """Takes operands off that must be of these types, the last one on top."""
        stack = self.stack
        for k in range(len(types) - 1, -1, -1):
            if self.dead and len(stack) == self.control[-1][FRAME_HEIGHT]:
                self.missing = True
                return
            self.pop(types[k])

    def pop_any_ref(self) -> int:
        """Takes a reference off; UNKNOWN_REF where it could be anything."""
        return self._as_ref(self.pop_any())

    def pop_ref(self, expected: RefType) -> int:
        """Takes a reference off that must be of a type."""
        return self._as_ref(self.pop(expected))

    def _as_ref(self, actual: int) -> int:
        if actual == BOTTOM:
            return UNKNOWN_REF
        if actual >= 0 and actual & REF == 0:
            raise self.error(f"type mismatch: expected ref but found {type_word(actual)}")
        return actual

    def pop_maybe_shared(self, byte: int) -> int:
        """Takes a reference off that is below the abstract heap type with this byte, shared or not."""
        actual = self.pop_any_ref()
        if actual == UNKNOWN_REF:
            return actual
        if actual < 0:
            found = -0x100 - actual
            if not abstract_is_subtype(found, byte):
                raise self.error(f"type mismatch: expected subtype of {HEAP_NAMES[byte]}, found {HEAP_NAMES[found]}")
            return actual
        shared = SHARED if ref_is_shared(self.types, actual) else 0
        expected = byte << 8 | REF | NULLABLE | shared
        if not ref_is_subtype(self.types, actual, expected):
            raise self.error(
                f"type mismatch: expected subtype of {show_ref_type(expected)}, found {show_ref_type(actual)}"
            )
        return actual

    def push_call(self, func: FuncType) -> None:
        """What calling a function does."""
        self.pop_all(func.params)
        self.stack.extend(func.results)

    def pop_push_labels(self, types: tuple[ValType, ...]) -> None:
        """What a conditional branch leaves when it is not taken: the label's types."""
        self.pop_all(types)
        self.stack.extend(types)

    def match_stack(self, types: tuple[ValType, ...]) -> None:
        """Looks whether the operands are of these types, and leaves them as they are."""
        popped = [self.pop(types[k]) for k in range(len(types) - 1, -1, -1)]
        popped.reverse()
        self.stack.extend(popped)

    # ------------------------------------------------------------------- blocks

    def unreachable(self) -> None:
        """What follows an unconditional branch: nothing is known of the operands of this block."""
        self.dead = True
        del self.stack[self.control[-1][FRAME_HEIGHT] :]

    def push_frame(self, kind: int, params: tuple[ValType, ...], results: tuple[ValType, ...]) -> None:
        """Opens a block whose parameters have been taken off, and puts them back inside."""
        labels = params if kind == LOOP else results
        self.control.append((kind, params, results, labels, len(self.stack), len(self.inits), self.dead))
        self.dead = False
        if params:
            self.stack.extend(params)

    def pop_frame(self) -> Frame:
        """Closes the innermost block: its results are there, and nothing else."""
        frame = self.control[-1]
        self.pop_all(frame[FRAME_RESULTS])
        if len(self.stack) != frame[FRAME_HEIGHT]:
            raise self.error("type mismatch: values remaining on stack at end of block")
        self.control.pop()
        self.dead = frame[FRAME_DEAD]
        inits = self.inits
        while len(inits) > frame[FRAME_INITS]:
            self.initialized.discard(inits.pop())
        return frame

    def labels(self, depth: int) -> tuple[ValType, ...]:
        """What a branch to the block at a depth takes along."""
        return self.jump(depth)[FRAME_LABELS]

    def jump(self, depth: int) -> Frame:
        """The block that a branch goes to."""
        control = self.control
        if depth >= len(control):
            raise self.error("unknown label: branch depth too large")
        return control[-1 - depth]

    def return_types(self) -> tuple[ValType, ...]:
        return self.control[0][FRAME_RESULTS]

    def block_type(self, block: BlockType) -> tuple[tuple[ValType, ...], tuple[ValType, ...]]:
        """The parameters and results of a block type as read."""
        if block < 0:
            checks = self.module.checks
            if checks is not None:
                message = "blocks, loops, and ifs may only produce a resulttype when multi-value is not enabled"
                checks.require("multi-value", message, self.offset)
            func = self.func_type_at(~block)
            return (func.params, func.results)
        if block == BLOCK_EMPTY:
            return ((), ())
        return ((), (self.module.canonical_val_type(block, self.offset),))

    # ------------------------------------------------------------------- types by index

    def heap(self, heap: HeapType) -> HeapType:
        """A heap type as read, canonical."""
        return self.module.canonical_heap(heap, self.offset)

    def concrete(self, index: int) -> RefType:
        """The nullable reference to the type at an index."""
        return self.module.type_id_at(index, self.offset) << 8 | REF | NULLABLE | CONCRETE | TYPE_ID

    def push_exact(self, index: int) -> None:
        """Puts a reference to just the type at an index, not null."""
        module = self.module
        self.stack.append(module.type_id_at(index, self.offset) << 8 | REF | CONCRETE | module.exact | TYPE_ID)

    def sub_type_at(self, index: int) -> SubType:
        module = self.module
        if index >= len(module.types):
            raise self.error("unknown type: type index out of bounds")
        return self.types.core_types[module.types[index]]

    def func_type_at(self, index: int) -> FuncType:
        type_ = self.sub_type_at(index)
        inner = type_.composite.inner
        if not isinstance(inner, FuncType):
            raise self.error(f"expected func type at index {index}, found {type_}")
        if self.shared and not type_.composite.shared:
            raise self.error("shared functions cannot access unshared functions")
        return inner

    def struct_type_at(self, index: int) -> StructType:
        type_ = self.sub_type_at(index)
        inner = type_.composite.inner
        if not isinstance(inner, StructType):
            raise self.error(f"expected struct type at index {index}, found {type_}")
        if self.shared and not type_.composite.shared:
            raise self.error("shared functions cannot access unshared structs")
        return inner

    def struct_field_at(self, index: int, field: int) -> FieldType:
        fields = self.struct_type_at(index).fields
        if field >= len(fields):
            raise self.error("unknown field: field index out of bounds")
        return fields[field]

    def mutable_struct_field_at(self, index: int, field: int) -> FieldType:
        result = self.struct_field_at(index, field)
        if not result.mutable:
            raise self.error("invalid struct modification: struct field is immutable")
        return result

    def array_type_at(self, index: int) -> FieldType:
        type_ = self.sub_type_at(index)
        inner = type_.composite.inner
        if not isinstance(inner, ArrayType):
            raise self.error(f"expected array type at index {index}, found {type_}")
        if self.shared and not type_.composite.shared:
            raise self.error("shared functions cannot access unshared arrays")
        return inner.field

    def mutable_array_type_at(self, index: int) -> FieldType:
        result = self.array_type_at(index)
        if not result.mutable:
            raise self.error("invalid array modification: array is immutable")
        return result

    def cont_type_at(self, index: int) -> ContType:
        type_ = self.sub_type_at(index)
        inner = type_.composite.inner
        if not isinstance(inner, ContType):
            raise self.error(f"non-continuation type {index}")
        if self.shared and not type_.composite.shared:
            raise self.error("shared continuations cannot access unshared continuations")
        return inner

    # ------------------------------------------------------------------- items by index

    def type_of_function(self, index: int) -> FuncType:
        functions = self.module.functions
        if index >= len(functions):
            raise self.error(f"unknown function {index}: function index out of bounds")
        return self.func_type_at(functions[index])

    def tag_at(self, index: int) -> FuncType:
        tags = self.module.tags
        if index >= len(tags):
            raise self.error(f"unknown tag {index}: tag index out of bounds")
        return self.types.func_type(tags[index])

    def exception_tag_at(self, index: int) -> FuncType:
        tag = self.tag_at(index)
        if tag.results:
            raise self.error("invalid exception type: non-empty tag result type")
        return tag

    def global_at(self, index: int) -> GlobalType:
        globals_ = self.module.globals
        if index >= len(globals_):
            raise self.error("unknown global: global index out of bounds")
        global_ = globals_[index]
        if self.shared and not global_.shared:
            raise self.error("shared functions cannot access unshared globals")
        return global_

    def table_at(self, index: int) -> TableType:
        tables = self.module.tables
        if index >= len(tables):
            raise self.error(f"unknown table {index}: table index out of bounds")
        table = tables[index]
        if self.shared and not table.shared:
            raise self.error("shared functions cannot access unshared tables")
        return table

    def memory_index_type(self, index: int) -> ValType:
        """The type of addresses in a memory."""
        memories = self.module.memories
        if index >= len(memories):
            raise self.error(f"unknown memory {index}")
        return memories[index].index_type()

    def element_type_at(self, index: int) -> RefType:
        types = self.module.element_types
        if index >= len(types):
            raise self.error(f"unknown elem segment {index}: segment index out of bounds")
        return types[index]

    def check_data_segment(self, index: int) -> None:
        count = self.module.data_count
        if count < 0:
            raise self.error("data count section required")
        if index >= count:
            raise self.error(f"unknown data segment {index}")

    def is_subtype(self, a: ValType, b: ValType) -> bool:
        return val_is_subtype(self.types, a, b)


def unpacked(type_: StorageType) -> ValType:
    """A storage type as it is on the stack: i32 for the packed ones."""
    return I32 if type_ in (I8, I16) else type_
