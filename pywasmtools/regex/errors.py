"""Refused patterns: the pattern, carets below what is wrong with it, and why."""

from __future__ import annotations

from pywasmtools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.diagnostics import WasmToolsError

    Span = tuple[int, int]
    """Where something stands in a pattern, in characters."""


def refused(pattern: str, start: int, end: int, message: str, also: Span | None = None) -> WasmToolsError:
    """The error that `start..end` of a pattern is wrong; `also` is a second place."""
    spans = [(start, end)] if also is None else sorted([(start, end), also])
    lines = _lines(pattern)
    by_line: dict[int, list[str]] = {}
    over_lines = []
    many = len(lines) + pattern.endswith("\n") > 1
    width = len(str(len(lines) + pattern.endswith("\n"))) if many else 0
    for first, last in spans:
        line, column = _place(pattern, first)
        end_line, end_column = _place(pattern, last)
        if line == end_line:
            notes = by_line.setdefault(line, [" " * (2 + width if width else 4)])
            so_far = sum(map(len, notes[1:]))
            notes.append(" " * (column - 1 - so_far) + "^" * max(1, end_column - column))
        else:
            over_lines.append(f"on line {line} (column {column}) through line {end_line} (column {end_column - 1})\n")
    shown = ""
    for k, text in enumerate(lines):
        shown += f"{k + 1:>{width}}: {text}\n" if width else f"    {text}\n"
        if k + 1 in by_line:
            shown += "".join(by_line[k + 1]) + "\n"
    if "\n" in pattern:
        rule = "~" * 79 + "\n"
        shown = rule + shown + rule + "".join(over_lines)
    return error(f"regex parse error:\n{shown}error: {message}")


def _lines(text: str) -> list[str]:
    """The lines of a text as Rust has them: a newline ends one, with a carriage return before it."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
        return [line.removesuffix("\r") for line in lines]
    return [line.removesuffix("\r") for line in lines[:-1]] + lines[-1:]


def _place(pattern: str, at: int) -> tuple[int, int]:
    """Line and column of a character, both from 1."""
    return pattern.count("\n", 0, at) + 1, at - pattern.rfind("\n", 0, at)
