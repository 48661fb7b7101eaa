"""What a differential run came to, in a terminal."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pywasmtools.changes.core import first_difference
from pywasmtools.lab.binaries import hex_rows, is_binary, section_at, text_difference

if TYPE_CHECKING:
    from rich.console import Console

    from pywasmtools.lab.diff import Comparison, Run

MOST_SAID = 2000
"""How many bytes are shown of what both say alike."""


def show(comparison: Comparison, console: Console) -> None:
    """Prints both programs, and what differs: text as a unified diff, a binary by section, offset and text."""
    from rich.markup import escape
    from rich.syntax import Syntax
    from rich.table import Table

    def line(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True)

    line(f"[bold]$ {escape(comparison.command)}[/]")
    for note in comparison.notes:
        line(f"[yellow]note[/]: {escape(note)}")
    for title, program in zip(("reference", "subject"), comparison.programs, strict=True):
        line(f"{title}: {escape(program.title)} ({escape(program.says or 'no --version')})")
    a, b = comparison.reference, comparison.subject
    if comparison.same:
        line(f"[green]same[/]: {escape(outcome(a))}")
        if a.status:
            line("both fail alike, and say:")
            console.print(said(a.stderr), markup=False, highlight=False, soft_wrap=True)
        return
    table = Table("", "reference", "subject", box=None, pad_edge=False)
    table.add_row("status", str(a.status), str(b.status))
    for name in ("stdout", "stderr", *sorted({*a.files, *b.files})):
        table.add_row(escape(name), size_of(a, name), size_of(b, name))
    console.print(table)
    for name in comparison.differing:
        if name == "status":
            line(f"[red]status[/]: reference {a.status}, subject {b.status}")
            continue
        line(f"[red]{escape(name)}[/] differs")
        text = difference(a.part(name), b.part(name), name)
        console.print(Syntax(text, "diff", theme="ansi_dark", background_color="default", word_wrap=True))


def outcome(run: Run) -> str:
    """What came of a run, in a line."""
    parts = [f"status {run.status}", f"{len(run.stdout)} bytes of stdout", f"{len(run.stderr)} of stderr"]
    parts += [f"{name}: {size_of(run, name)}" for name in sorted(run.files)] or ["no file written"]
    return ", ".join(parts)


def said(data: bytes) -> str:
    """The start of a stream."""
    text = data[:MOST_SAID].decode(errors="backslashreplace").rstrip("\n")
    return text + ("\n…" if len(data) > MOST_SAID else "") if text else "(nothing)"


def size_of(run: Run, name: str) -> str:
    """How a stream or file of a run is told: its size."""
    if name not in ("stdout", "stderr", *run.files):
        return "-"
    data = run.part(name)
    return "deleted" if data is None else f"{len(data)} bytes"


def as_text(data: bytes) -> str | None:
    """Text as it is; None for anything else."""
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def difference(a: bytes | None, b: bytes | None, name: str) -> str:
    """How two results differ, in words and lines of a diff."""
    if a is None or b is None:
        return f"- {'absent' if a is None else f'{len(a)} bytes'}\n+ {'absent' if b is None else f'{len(b)} bytes'}"
    names = (f"reference {name}", f"subject {name}")
    left, right = as_text(a), as_text(b)
    if left is not None and right is not None:
        lines = difflib.unified_diff(left.splitlines(keepends=True), right.splitlines(keepends=True), *names)
        return "".join(line if line.endswith("\n") else line + "\n\\ no newline at the end\n" for line in lines)
    at = first_difference(a, b)
    out = [f"  {len(a)} and {len(b)} bytes; the first difference is at {at:#x}"]
    out += [f"  reference: in {section_at(a, at)}", f"  subject:   in {section_at(b, at)}"]
    if is_binary(a) and is_binary(b):
        lines_of_text = text_difference(a, b, names)
        if lines_of_text:
            return "\n".join([*out, *lines_of_text])
    for sign, data in (("-", a), ("+", b)):
        out += [f"{sign} {row:08x}  {data_of_row.hex(' ')}" for row, data_of_row in hex_rows(data, at)]
    return "\n".join(out)
