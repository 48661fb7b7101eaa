"""The script behind the `pywasmtools` command: says in one line what to install where the extra is missing."""

from __future__ import annotations

import io
import os
import sys


def entry() -> None:
    """Runs the command for people (`pip install 'pywasmtools[lab]'`)."""
    if sys.argv[1:2] == ["assemble"]:
        from pywasmtools.lab.tools.quick import quick_assemble

        if quick_assemble(sys.argv[2:]):
            return
    try:
        from pywasmtools.lab.commands import app
    except ModuleNotFoundError as e:
        if e.name not in ("typer", "rich"):
            raise
        sys.stderr.write("error: this command needs Typer and rich: pip install 'pywasmtools[lab]'\n")
        raise SystemExit(2) from None
    for stream in (sys.stdout, sys.stderr):
        # Names of files are in any bytes, and the terminal may be in any encoding.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except OSError as e:
        # A full disk under stdout, for one. What is left of it must not be tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stderr.write(f"error: {e.strerror or e}\n")
        raise SystemExit(2) from None
