"""The operand stack of a body, told behind each instruction: `print --print-operand-stack`."""

from __future__ import annotations

from pywasmtools.diagnostics import BINARY, CRASH, Layer, WasmToolsError, binary_error
from pywasmtools.validation.core.const_expr import NUMERIC_NAMES
from pywasmtools.validation.core.operand_stack import FRAME_HEIGHT, FRAME_KIND, FRAME_PARAMS, FRAME_RESULTS
from pywasmtools.validation.core.stepped import SteppedBody
from pywasmtools.validation.validator import Validator
from pywasmtools.wasm.operators import LOOP, OperatorReader
from pywasmtools.wasm.payloads import (
    COMPONENT,
    COMPONENT_SECTION,
    CUSTOM_SECTION,
    END,
    MODULE,
    MODULE_SECTION,
    TAG_SECTION,
    UNKNOWN_SECTION,
    VERSION,
)
from pywasmtools.wasm.types import REF, show_ref_type
from pywasmtools.wat.print.arity import Labels, arity_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.module import FuncToValidate
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wat.print.arity import Arity
    from pywasmtools.wat.print.names import State
    from pywasmtools.wat.print.writer import TextWriter


# Where the walk is: a header is expected (of a module or a component, or either), or has been seen, or all is over.
_HEADER: Final = 0
_IN_MODULE: Final = 1
_IN_COMPONENT: Final = 2
_OVER: Final = 3


class Checked:
    """A validator that goes beside the printer, and tells in comments what it refuses. `func` is the body it saw last.

    It goes on behind what it refused, so what is out of place then is told apart here.
    """

    __slots__ = ("awaited", "func", "place", "validator")

    def __init__(self, features: int) -> None:
        self.validator = Validator(features)
        self.func: FuncToValidate | None = None
        self.place = _HEADER
        self.awaited = -1
        """The encoding that the next header must have, -1 for either."""

    def payload(self, w: TextWriter, payload: Payload) -> None:
        """Takes the next payload, before it is written."""
        self.func = None
        try:
            self._check(payload)
        except WasmToolsError as e:
            if e.kind != BINARY:
                raise
            w.newline()
            w.out.append(f";; module or component is invalid: {e}")

    def _check(self, payload: Payload) -> None:
        kind = payload.kind
        if kind == VERSION:
            self._version(payload)
        elif kind == END:
            self._end(payload)
        elif kind == CUSTOM_SECTION or kind == UNKNOWN_SECTION:
            self.validator.payload(payload)
        else:
            self._section(payload)

    def _version(self, payload: Payload) -> None:
        if self.place != _HEADER:
            raise binary_error(payload.start, "wasm version header out of order")
        if self.awaited not in (-1, payload.encoding):
            name = "module" if self.awaited == MODULE else "component"
            raise binary_error(payload.start, f"expected a version header for a {name}")
        self.validator.payload(payload)
        self.place = _IN_MODULE if payload.encoding == MODULE else _IN_COMPONENT

    def _end(self, payload: Payload) -> None:
        place = self.place
        self.place = _OVER
        if place == _HEADER:
            raise binary_error(payload.start, "cannot call `end` before a header has been parsed")
        if place == _OVER:
            raise binary_error(payload.start, "cannot call `end` after parsing has completed")
        self.validator.payload(payload)
        if self.validator.stack:
            self.place = _IN_COMPONENT

    def _section(self, payload: Payload) -> None:
        kind = payload.kind
        checks = self.validator.core_types.checks
        if kind == TAG_SECTION and checks is not None:
            checks.require("exceptions", "exceptions proposal not enabled", payload.start)
        if self.place == _HEADER:
            raise binary_error(payload.start, "unexpected section before header was parsed")
        if self.place == _OVER:
            raise binary_error(payload.start, "unexpected section after parsing has completed")
        try:
            self.func = self.validator.payload(payload)
        except IndexError:
            # Of a body whose type was refused.
            self.func = None
        if kind == MODULE_SECTION or kind == COMPONENT_SECTION:
            self.place = _HEADER
            self.awaited = MODULE if kind == MODULE_SECTION else COMPONENT

    def next_func(self) -> FuncToValidate:
        """The body that is written next. Where it was refused, the reference crashes."""
        if self.func is None:
            raise WasmToolsError(Layer("a function that is invalid has no operand stack to print"), CRASH)
        return self.func


class StackLines(Labels):
    """The stack of one body, step by step. Raises where its locals are not valid."""

    __slots__ = ("body", "pushed", "state", "w")

    def __init__(self, w: TextWriter, state: State, func: FuncToValidate) -> None:
        self.w = w
        self.state = state
        self.pushed = 0
        self.body = SteppedBody()
        self.body.begin(func)

    def label(self, depth: int) -> tuple[Arity, bool] | None:
        control = self.body.stacks.control
        if depth >= len(control):
            return None
        frame = control[-1 - depth]
        return ((len(frame[FRAME_PARAMS]), len(frame[FRAME_RESULTS])), frame[FRAME_KIND] == LOOP)

    def height(self) -> int:
        return len(self.body.stacks.control)

    def step(self, reader: BinaryReader) -> bool:
        """Takes the next instruction, past which `reader` does not go; whether it is valid."""
        try:
            self.body.step(reader.clone())
        except WasmToolsError:
            return False
        if self.w.reset and self.body.stacks.control:
            # Only colours tell of it.
            operators = OperatorReader(reader.clone())
            operators.frames = [self.body.kind_before]
            row = operators.next_operator()
            arity = arity_of(self.state, self, row, operators.immediates)
            if arity is not None:
                self.pushed = arity[1]
        return True

    def text(self) -> str:
        """The stack, from below, in brackets. In an inner block it shows as many operands, but the function's lowest."""
        stacks = self.body.stacks
        if not stacks.control:
            return ""
        w = self.w
        height = stacks.control[-1][FRAME_HEIGHT]
        count = len(stacks.stack) - height
        # What was pushed is in another colour; places are told from the top.
        first = len(stacks.stack) - height - self.pushed
        text = f"{w.comment}["
        for place in range(count):
            if place:
                text += " "
            if place == first:
                text += w.type
            text += _shown(stacks.stack[place])
        return f"{text}{w.comment}]{w.reset}"


def _shown(type_: int) -> str:
    """An operand: its type, or that it may be any."""
    if type_ < 0:
        return "(unknown)"
    return show_ref_type(type_) if type_ & REF else NUMERIC_NAMES[type_]
