"""Subcommands that are not ours: they run under the next real wasm-tools on PATH."""

from __future__ import annotations

import os
import sys

from pywasmtools.cli.commands import WASM_TOOLS, ours
from pywasmtools.cli.output import write_stderr

HANDED_ON = "PYWASMTOOLS_HANDED_ON"
"""Set for a command that is handed on, so that two of us on one PATH don't call each other for ever."""


def hand_on(args: list[str], name: str) -> int:
    """Runs a command line whose subcommand `name` is not ours; status 2 where there is no real wasm-tools."""
    real = None if HANDED_ON in os.environ else find_real()
    if real is None:
        # The lightest come first, for most people know those.
        *most, last = (f"`{row.path}`" for row in sorted(ours(WASM_TOOLS), key=lambda row: len(row.rooms)))
        write_stderr(
            f"error: pywasmtools has {', '.join(most)} and {last}; "
            f"for `{name}` put a real wasm-tools behind it on PATH\n"
        )
        return 2
    os.environ[HANDED_ON] = "1"
    os.execv(real, [real, *args])


def find_real() -> str | None:
    """The first `wasm-tools` on PATH that is not this program, nor a script that starts it."""
    name = "wasm-tools.exe" if os.name == "nt" else "wasm-tools"
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder or os.curdir, name)
        if os.path.isfile(path) and os.access(path, os.X_OK) and not is_ours(path):
            return path
    return None


def is_ours(path: str) -> bool:
    """Whether an executable is a script that starts pywasmtools."""
    try:
        with open(path, "rb") as f:
            start = f.read(4096)
    except OSError:
        return True
    if start[:2] == b"#!" and b"pywasmtools" in start:
        return True
    return bool(sys.argv) and os.path.exists(sys.argv[0]) and os.path.samefile(path, sys.argv[0])
