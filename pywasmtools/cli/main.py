"""The `wasm-tools` command: reads the command line, runs one subcommand, and tells errors."""

from __future__ import annotations

import gc
import os
import sys

from pywasmtools.cli.bundle import finish
from pywasmtools.cli.clap import HelpFor, Stop, is_utf8, parse, unrecognized
from pywasmtools.cli.commands import WASM_TOOLS, Row
from pywasmtools.cli.output import STDERR, finish_stdout, is_broken_pipe, print_error, write_page, write_stderr
from pywasmtools.diagnostics import WasmToolsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

    from pywasmtools.cli.clap import Matches

ENOMEM = 12


def entry() -> NoReturn:
    """Runs with `sys.argv` and ends the process at once, without clearing up; `start` precedes it (`cli/__init__.py`)."""
    # A run is short and what it makes has hardly a circle: the collector would walk all that is alive, over and over.
    gc.disable()
    status = main(arguments())
    lacking = None if status else finish()
    if lacking:
        from pywasmtools.cli.bundling import make

        make(lacking)
    os._exit(status)


def arguments() -> list[str]:
    """The command line (without the program's name) as UTF-8, whatever the locale says, other bytes surrogate escapes."""
    argv = sys.argv
    if sys.getfilesystemencoding() != "utf-8":
        from pywasmtools.cli.locales import arguments_as_utf8

        argv = arguments_as_utf8(argv)
    name = program_name(argv[0])
    if name != "wasm-tools":
        Row.program = name
    return argv[1:]


def program_name(path: str) -> str:
    """The name of a program that was run, as usage lines have it: nothing where it is not UTF-8."""
    if sys.platform == "win32":
        path = path.replace("\\", "/").removesuffix(".exe")
    name = path.rstrip("/").rpartition("/")[2]
    if name in ("", "-c", "-m") or name.endswith((".py", ".pyz")):
        return "wasm-tools"
    return name if is_utf8(name) else ""


def main(args: list[str]) -> int:
    """Runs a command line (without the program's name) and returns the exit status."""
    try:
        return _dispatch(args)
    except Stop as stop:
        return _stopped(stop)
    except MemoryError:
        return _given_up(TOO_LARGE)
    except RecursionError:
        return _given_up(TOO_DEEP)  # no known input comes here: depth is held where it arises
    except Exception as e:
        return _failed(e)
    finally:
        finish_stdout()


TOO_LARGE: Final = b"error: the input is too large for the memory of this machine\n"
TOO_DEEP: Final = b"error: the input is nested too deeply\n"


def _given_up(line: bytes) -> int:
    """Tells a line where there may be no memory to make one.

    Until here, too, an exception has to find its way without memory. To leave a `with`, a `finally` or an `except` it does
    not fit, the interpreter makes an int of the instruction's number; where it can't, it tries again for ever. Numbers up
    to 256 are there already: no function of ours has such a place beyond them (`tests/test_little_memory.py`).
    """
    try:
        os.write(STDERR, line)
    except OSError:
        pass
    return 1


def _stopped(stop: Stop) -> int:
    if stop.status:
        write_stderr(stop.shown())
    else:
        write_page(stop.shown())
    return stop.status


def _failed(e: Exception) -> int:
    """Tells a mistake of ours in one line, with the place that a report needs."""
    # The interpreter itself says so where the system has no memory for it, and loses an exception there.
    if isinstance(e, SystemError) or (isinstance(e, OSError) and e.errno == ENOMEM):
        return _given_up(TOO_LARGE)
    try:
        write_stderr(f"error: pywasmtools failed: {_described(e)}\n")
    except MemoryError:
        return _given_up(TOO_LARGE)
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
    """Follows the names of the command line from row to row, and runs what they lead to."""
    row, rest = WASM_TOOLS, args
    while row.is_ours:
        try:
            matches = parse(row.command(), rest)
        except HelpFor as asked:
            return _help(row, asked, args)
        found = row.below(matches.subcommand)
        if found is None:
            return _run(row, matches)
        row, rest = found, matches.rest
    return _hand_on(args, row.path, row.path)


def _run(row: Row, matches: Matches) -> int:
    """Runs a command; its errors are told on stderr, but for a pipe whose reader has gone."""
    try:
        row.run(matches)
    except WasmToolsError as e:
        if not is_broken_pipe(e):
            print_error(e, matches.text("color"))
        return 1
    return 0


def _help(row: Row, asked: HelpFor, args: list[str]) -> int:
    """The page of the row that the names lead to, or handed on."""
    for place, name in enumerate(asked.names):
        if name == "help" and row.rows:
            from pywasmtools.cli.help import page_of_help

            raise page_of_help(row.command().path, asked.names[place + 1 :])
        found = row.below(name)
        if found is None:
            raise unrecognized(row.command(), name)
        if not found.is_ours:
            return _hand_on(args, found.name, found.path)
        row = found
    from pywasmtools.cli.help import page_stop

    raise page_stop(row.page(), asked.status)


def _hand_on(args: list[str], name: str, path: str) -> int:
    """Runs a subcommand that is not ours under the first real wasm-tools on PATH."""
    from pywasmtools.cli.handing_on import hand_on

    if sys.getfilesystemencoding() != "utf-8":
        from pywasmtools.cli.locales import arguments_as_given

        args = arguments_as_given(args)
    return hand_on(args, name, path)
