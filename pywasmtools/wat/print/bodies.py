"""Function bodies as options of `print` want them: with offsets, folded, with the operand stack behind each instruction."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validation.core.module import FuncToValidate
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wat.print.names import State
    from pywasmtools.wat.print.operators import OperatorPrinter
    from pywasmtools.wat.print.stack_lines import StackLines
    from pywasmtools.wat.print.writer import TextWriter


def stack_of(w: TextWriter, state: State, func: FuncToValidate | None) -> StackLines | None:
    """What tells of the operand stack of a function; None where it is not asked for, or the locals are invalid."""
    if func is None:
        return None
    from pywasmtools.wat.print.stack_lines import StackLines

    try:
        return StackLines(w, state, func)
    except WasmToolsError as e:
        w.newline()
        w.out.append(f";; locals are invalid: {e}")
    return None


def _comment(w: TextWriter, depth: int, text: str, offset: int = -1) -> None:
    """Writes a comment on a line of its own, in so many open blocks."""
    w.nesting += depth
    w.newline(offset)
    w.nesting -= depth
    w.out.append(f"{w.comment}{text}{w.reset}")


def write_operators(
    printer: OperatorPrinter,
    reader: BinaryReader,
    start: int,
    hints: list[tuple[int, bool, int]],
    stack: StackLines | None,
) -> None:
    """Writes the instructions of a body but its last `end`; `reader` stands behind the locals, the body began at `start`."""
    w = printer.w
    data = reader.data
    end = reader.end
    hint = 0
    folded = None
    printer.begin_function()
    if w.fold:
        from pywasmtools.wat.print.arity import type_arity
        from pywasmtools.wat.print.folded import FoldedPrinter

        folded = FoldedPrinter(w, printer.state, type_arity(printer.state, printer.type_index()), start)
        folded.printer.begin_function()
    while reader.pos < end:
        pos = reader.pos
        if data[pos] == 0x0B and pos + 1 == end:  # end
            annotation = "type mismatch at end of expression" if stack is not None and not stack.step(reader) else ""
            (printer if folded is None else folded.printer).finish(reader)
            if folded is not None:
                folded.finish(True)
            if annotation:
                _comment(w, 0, f";; {annotation}")
            return
        if hint < len(hints) and hints[hint][0] == pos - start:
            code = "\\01" if hints[hint][1] else "\\00"
            text = f'@metadata.code.branch_hint "{code}"'
            if folded is not None:
                folded.hint = text
            else:
                _comment(w, printer.depth, f"({text})", hints[hint][2])
            hint += 1
        annotation = ""
        if stack is not None:
            if stack.step(reader):
                annotation = stack.text()
            else:
                stack = None
                annotation = "(invalid)"
        if folded is not None:
            folded.operator(reader, annotation)
            continue
        printer.write_line(reader)
        if annotation:
            _comment(w, printer.depth, f";; {annotation}")
        w.flush_if_large()
    raise binary_error(reader.pos, "control frames remain at end of function body or expression")
