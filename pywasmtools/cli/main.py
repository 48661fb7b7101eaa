"""The `wasm-tools` command: reads the command line, runs one subcommand, and tells errors."""

from __future__ import annotations

import gc
import os
import sys

from pywasmtools.cli.clap import HelpFor, Stop, parse, unrecognized_subcommand
from pywasmtools.cli.output import ClosedPipe, print_error, write_all, write_stderr
from pywasmtools.diagnostics import WasmToolsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from pywasmtools.cli.clap import Command, Matches

HANDED_ON = "PYWASMTOOLS_HANDED_ON"
"""Set for a command that is handed on, so that two of us on one PATH don't call each other for ever."""


def entry() -> NoReturn:
    """The console script: runs with `sys.argv` and ends the process at once, without clearing up."""
    # A run is short and what it makes has hardly a circle: the collector would walk all that is alive, over and over.
    gc.disable()
    status = 1
    try:
        status = main(sys.argv[1:])
    except KeyboardInterrupt:
        status = 130
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main(args: list[str]) -> int:
    """Runs a command line (without the program's name) and returns the exit status."""
    try:
        return _dispatch(args)
    except Stop as stop:
        if stop.status:
            write_stderr(stop.text)
        else:
            try:
                write_all(1, stop.text.encode())
            except OSError:
                return 1
        return stop.status
    except ClosedPipe:
        return 1
    except (RecursionError, MemoryError) as e:
        # A last resort, which no known input reaches: depth and size are held where they arise.
        what = "nested too deeply" if isinstance(e, RecursionError) else "too large for the memory of this machine"
        write_stderr(f"error: the input is {what}\n")
        return 1
    except Exception as e:
        # A mistake of ours, told in one line with the place that a report needs.
        write_stderr(f"error: pywasmtools failed: {_described(e)}\n")
        return 1


def _described(e: Exception) -> str:
    """An exception in one line: its type, text, and the innermost place in our files."""
    place = ""
    trace = e.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f" ({os.path.basename(code.co_filename)}:{trace.tb_lineno} in {code.co_name})"
        trace = trace.tb_next
    return f"{type(e).__name__}: {' '.join(str(e).split())}{place}"


def _dispatch(args: list[str]) -> int:
    from pywasmtools.cli import commands

    # The common command lines go straight to their subcommand.
    if len(args) >= 2 and args[0] == "component" and args[1] in commands.OURS:
        return _run(args[1], args[2:])
    try:
        matches = parse(commands.top(), args)
        if matches.subcommand != "component":
            return hand_on(args, matches.subcommand)
        matches = parse(commands.component(), matches.rest)
    except HelpFor as asked:
        return _help(asked.command, asked.names, args)
    if matches.subcommand not in commands.OURS:
        return hand_on(args, f"component {matches.subcommand}")
    return _run(matches.subcommand, matches.rest)


def _run(name: str, args: list[str]) -> int:
    """Parses the arguments of `wit`, `embed` or `new` and runs it."""
    from pywasmtools.cli import commands

    matches: Matches
    if name == "wit":
        matches = parse(commands.wit(), args)
        from pywasmtools.cli.wit import run
    elif name == "embed":
        matches = parse(commands.embed(), args)
        from pywasmtools.cli.embed import run
    else:
        matches = parse(commands.new(), args)
        from pywasmtools.cli.new import run
    try:
        run(matches)
    except WasmToolsError as e:
        print_error(e, matches.text("color") or "auto")
        return 1
    return 0


def _help(command: Command, names: list[str], args: list[str]) -> int:
    """`help NAMES`: the page of a command of ours, or handed on."""
    from pywasmtools.cli import commands

    for name in names:
        known = command.subcommand(name)
        if known is None:
            raise unrecognized_subcommand(command, name)
        if command.path == "wasm-tools" and known == "component":
            command = commands.component()
        elif command.path == "wasm-tools component" and known in commands.OURS:
            command = {"wit": commands.wit, "embed": commands.embed, "new": commands.new}[known]()
        else:
            return hand_on(args, known)
    assert command.help is not None
    raise Stop(command.help(command.path, True), 0)


def hand_on(args: list[str], name: str) -> int:
    """Runs a subcommand that is not ours under the next real wasm-tools on PATH; status 2 where there is none."""
    real = None if HANDED_ON in os.environ else find_real()
    if real is None:
        write_stderr(
            f"error: pywasmtools has `component wit`, `component embed` and `component new`; "
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
