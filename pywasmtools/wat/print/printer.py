"""A binary in text, as the reference prints it by default: the walk over modules and components.

`print_wasm` gives all of it; `print_wasm_to` hands it on as it comes. What can't be printed raises, when what
stands before it has been handed on.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm.payloads import (
    CODE_SECTION_ENTRY,
    CODE_SECTION_START,
    COMPONENT_SECTION,
    COMPONENT_START_SECTION,
    CUSTOM_SECTION,
    DATA_COUNT_SECTION,
    END,
    MODULE,
    MODULE_SECTION,
    UNKNOWN_SECTION,
    VERSION,
    Parser,
)
from pywasmtools.wasm.spaces import COMPONENT as COMPONENT_SPACE
from pywasmtools.wasm.spaces import CORE_MODULE
from pywasmtools.wat.print.annotations import NAME_SECTIONS, read_all_branch_hints, write_custom_section
from pywasmtools.wat.print.module import write_module_section
from pywasmtools.wat.print.names import State, read_component_names, read_module_names
from pywasmtools.wat.print.writer import PrintOptions, TextWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wat.print.annotations import FunctionHints
    from pywasmtools.wat.print.stack_lines import Checked

LARGE: Final = 600_000
"""Bytes of function bodies, from where on several processes may be worth it."""


def print_options(
    *,
    print_offsets: bool = False,
    skeleton: bool = False,
    name_unnamed: bool = False,
    fold_instructions: bool = False,
    print_operand_stack: bool = False,
    indent_text: str | None = None,
    indent: int = 2,
    features: str = "",
) -> PrintOptions:
    """The options of `print` by their names there: `indent_text` comes before `indent`, `features` are from all on."""
    bits = -1
    if features:
        from pywasmtools.wasm.features import ALL, after_steps, feature_steps

        bits = after_steps(ALL, feature_steps(features))
    return PrintOptions(
        offsets=print_offsets,
        skeleton=skeleton,
        synthesize=name_unnamed,
        fold=fold_instructions,
        operand_stack=print_operand_stack,
        indent=" " * indent if indent_text is None else indent_text,
        features=bits,
    )


def print_wasm(data: bytes, color: bool = False) -> tuple[str, WasmToolsError | None]:
    """The text of a module or component, with terminal colours or without.

    Where the binary is malformed: what was printed before that was met, and the error.
    """
    chunks: list[str] = []
    try:
        print_wasm_to(data, chunks.append, color)
    except WasmToolsError as e:
        return "".join(chunks), e
    return "".join(chunks), None


def print_wasm_to(
    data: bytes, write: Callable[[str], None], color: bool = False, options: PrintOptions | None = None
) -> None:
    """Prints a module or component by calls of `write`. Raises what is malformed, after what comes before it."""
    w = TextWriter(write, color, options)
    try:
        _print(w, data, options)
    except WasmToolsError:
        w.flush()
        raise
    finally:
        if w.shared is not None:
            w.shared.close()
    w.flush()


def _print(w: TextWriter, data: bytes, options: PrintOptions | None) -> None:
    parser = Parser(data, True, -1 if options is None else options.features)
    checked: Checked | None = None
    if options is not None and options.operand_stack:
        from pywasmtools.wat.print.stack_lines import Checked as Validation

        checked = Validation(options.features)
    states: list[State] = []
    hints: list[FunctionHints] = []  # those of a component last until a module takes them
    while True:
        payload = parser.next_payload()
        if payload is None:
            return
        kind = payload.kind
        if checked is not None:
            checked.payload(w, payload)
        if kind == VERSION:
            _begin(w, parser, states, payload.encoding == MODULE, hints)
        elif kind == END:
            w.close_at(payload.start)
            state = states.pop()
            if states:
                if state.name is not None:
                    states[0].scopes[state.name.identifier].pop()
                states[-1].counts[CORE_MODULE if state.is_module else COMPONENT_SPACE] += 1
            else:
                w.out.append("\n")
        elif kind == CUSTOM_SECTION:
            if payload.name not in NAME_SECTIONS:
                write_custom_section(w, states[-1], payload)
                w.flush_if_large()
        elif kind == MODULE_SECTION or kind == COMPONENT_SECTION:
            w.newline(payload.start)
        elif kind == UNKNOWN_SECTION:
            raise error(f"found unknown section `{payload.id}`")
        elif kind == CODE_SECTION_START:
            _share_bodies(w, states[-1], payload, checked is None and not hints)
        elif kind == DATA_COUNT_SECTION:
            pass
        elif kind == CODE_SECTION_ENTRY and w.shared is not None and w.shared.skip_next():
            states[-1].place = "after code"
        elif states[-1].is_module:
            write_module_section(w, states[-1], payload, hints, checked)
        else:
            from pywasmtools.wat.print.component import write_component_section, write_component_start

            if kind == COMPONENT_START_SECTION:
                assert payload.component_start is not None
                write_component_start(w, states[-1], payload.component_start, payload.start)
            else:
                write_component_section(w, states, payload)


def _share_bodies(w: TextWriter, state: State, payload: Payload, independent: bool) -> None:
    """Has other processes print bodies of the code section that begins, where they are many and know nothing of each other."""
    if w.shared is not None:
        w.shared.close()
        w.shared = None
    if independent and not w.skeleton and payload.size >= LARGE:
        from pywasmtools.wat.print.shares import shared_bodies

        w.shared = shared_bodies(w, state, payload)


def _begin(w: TextWriter, parser: Parser, states: list[State], is_module: bool, hints: list[FunctionHints]) -> None:
    """Writes the head of a module or component, whose names are then read ahead."""
    state = State(is_module)
    if is_module:
        state.place = "before first"
        w.open("core module" if states else "module")
    else:
        w.open("component")
    if states:
        w.out.append(" " + states[-1].definition(w, CORE_MODULE if is_module else COMPONENT_SPACE))
    states.append(state)
    _read_ahead(parser, state, hints)
    w.longest = max(w.longest, state.longest)
    if len(states) > 1 and not is_module:
        # Outer aliases know a component by what it is printed as.
        parent = states[-2]
        state.name = parent.names[COMPONENT_SPACE].get(parent.counts[COMPONENT_SPACE])
    if state.name is not None:
        states[0].scopes.setdefault(state.name.identifier, []).append(len(states) - 1)
        if len(states) == 1:
            w.out.append(" " + state.name.definition(w))


def _read_ahead(parser: Parser, state: State, hints: list[FunctionHints]) -> None:
    """Reads names and branch hints to the end of the module or component; raises what is wrong in its structure."""
    ahead = parser.ahead()
    size = len(parser.data)
    while True:
        payload = ahead.next_payload()
        if payload is None:
            return
        kind = payload.kind
        if kind == CODE_SECTION_START:
            if payload.content + payload.size > size:
                raise error("invalid code section size")
            ahead.skip_section()
        elif kind == MODULE_SECTION or kind == COMPONENT_SECTION:
            if payload.end > size:
                raise error("invalid module or component section range")
            ahead.skip_nested(payload)
        elif kind == CUSTOM_SECTION:
            if payload.name == "name":
                read_module_names(state, payload.section())
            elif payload.name == "component-name":
                read_component_names(state, payload.section())
            elif payload.name == "metadata.code.branch_hint":
                read_all_branch_hints(payload.section(), hints)
