"""What runs when somebody types `wasm-tools` here."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING

from pywasmtools import diagnostics
from pywasmtools.cli.handing_on import find_real, is_ours
from pywasmtools.lab.diff import release_note
from pywasmtools.release import VERSION_LINE

if TYPE_CHECKING:
    from rich.console import Console


def compiled() -> bool:
    """Whether the package was compiled with mypyc."""
    return not (diagnostics.__file__ or "").endswith(".py")


def first_on_path() -> str | None:
    """The `wasm-tools` that a shell would run."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder or os.curdir, "wasm-tools")
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def report(console: Console) -> bool:
    """Prints the findings; True when the PATH finds ours."""
    from rich.markup import escape
    from rich.table import Table

    found = first_on_path()
    ours = found is not None and is_ours(found)
    if found is None:
        on_path = "[yellow]none[/]"
    elif ours:
        on_path = f"{escape(found)} [green](ours)[/]"
    else:
        on_path = f"{escape(found)} [yellow](not ours)[/]"
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("emulates", VERSION_LINE)
    table.add_row("on PATH", on_path)
    real = find_real()
    table.add_row("handed on to", escape(real or "nothing: no real wasm-tools behind ours"))
    note = release_note(real) if real else None
    if note:
        table.add_row("note", f"[yellow]{escape(note)}[/]")
    table.add_row("$WASMTOOLS", escape(os.environ.get("WASMTOOLS", "not set")))
    table.add_row(
        "interpreter", f"{platform.python_implementation()} {platform.python_version()}, {escape(sys.executable)}"
    )
    table.add_row("compiled", "yes, with mypyc" if compiled() else "no, pure Python")
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        table.add_row("note", "PYTHONDONTWRITEBYTECODE is set: a tree that is not installed starts ten times slower")
    console.print(table, highlight=False)
    return ours
