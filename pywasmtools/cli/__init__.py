"""The drop-in command, and how it starts.

    controls.py     terminal controls, stripped from what mistakes echo
    styles.py       clap's styles, and when a stream has them
    mistakes.py     what is said of a mistaken command line: tips, usage lines
    clap.py         the argument grammar of the reference, over declared options
    output.py       results and errors: bytes to files and streams
    options.py      options that several commands have
    help.py         the pages of groups of subcommands, and what `help` says of itself
    commands.py     the subcommands, a row each: a new one is a row here and a file of its own
    wit.py          `component wit`: its options, its page, its run
    embed.py        `component embed`
    new.py          `component new`
    tools/          the everyday commands beside the three
    locales.py      arguments under a locale that is not UTF-8
    handing_on.py   what is not ours, run under the real wasm-tools
    handing_on_windows.py  how that is done on Windows
    amount.py       how much there is to do: enough for compiled modules
    bundle.py       the bytecode of the command's modules in one file
    bundle_parts.py  the parts of it; generated
    bundling.py     how that file is made
    bundled.py      empty, for its name
    main.py         the entry: from row to row; errors told

Invariant: nothing of the standard library beyond what a bare interpreter has loaded; a command loads only its rooms.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the built-in part of `signal`, which a bare interpreter has loaded
import gc
import os
import sys

import pywasmtools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from pywasmtools.compiled import Compiled


def start() -> NoReturn:
    """The console script: makes the process what a native one is, and runs the command line.

    It stands here, in the first file of ours that a script loads, so that as little as can be precedes it.
    """
    try:
        # Interrupted, the command dies by the signal, and a shell's loop with it. Where it is ignored, it stays so.
        if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
            _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    except KeyboardInterrupt:  # it came before this line, and is told here
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        os.kill(os.getpid(), _signal.SIGINT)
    hold_streams()
    gc.disable()  # for all (`main.entry`), and here for what is loaded before
    from pywasmtools.cli.bundle import begin

    begin(compiled())
    from pywasmtools.cli.main import entry

    entry()


def compiled() -> Compiled | None:
    """The finder of compiled modules, where there are some, and enough to do for them, or one is there already."""
    finder = pywasmtools._COMPILED
    if finder is None or finder.is_loaded:
        return finder
    from pywasmtools.cli.amount import is_much

    if finder.is_told or is_much(sys.argv[1:]):
        finder.serve_command()
        return finder
    finder.leave()
    return None


def hold_streams() -> None:
    """Opens what takes everything and gives nothing in the place of closed standard streams.

    A file that is opened would take the number of one otherwise.
    """
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
