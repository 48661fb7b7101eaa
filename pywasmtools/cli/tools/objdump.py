"""`objdump`: lists the sections of a binary."""

from __future__ import annotations

from pywasmtools.cli.options import GENERAL, INPUT, OUTPUT, read_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Lists the sections of a module or component, those of nested binaries indented.

Usage: wasm-tools objdump [OPTIONS] [INPUT]

Arguments:
  [INPUT]  The module or component, binary or text; `-` or nothing reads stdin

Options:
  -o, --output <OUTPUT>  Write to this file instead of stdout
  -v, --verbose...       Accepted; nothing more is said
      --color <COLOR>    auto, always, always-ansi or never [default: auto]
  -h, --help             Print this page

A line is a section: its name, where it starts and ends in the binary, its size, and how many items it has.
"""

ARGS: Final = (INPUT, OUTPUT, *GENERAL)


def run(matches: Matches) -> None:
    """Runs `objdump`; raises `WasmToolsError`."""
    from pywasmtools.api import objdump
    from pywasmtools.cli.output import write_as_it_comes

    data = read_module(matches)

    def show(write: Callable[[str], None]) -> None:
        for line in objdump(data):
            write(line)

    write_as_it_comes(matches.text("output"), show)
