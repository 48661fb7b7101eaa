"""`metadata show`: what a binary says of itself."""

from __future__ import annotations

from pywasmtools.cli.clap import SET_TRUE, Arg
from pywasmtools.cli.options import GENERAL, INPUT, OUTPUT, read_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Shows what a module or component, and those nested in it, say of themselves: names, producers, descriptions, dependencies.

Usage: wasm-tools metadata show [OPTIONS] [INPUT]

Arguments:
  [INPUT]  The module or component, binary or text; `-` or nothing reads stdin

Options:
  -o, --output <OUTPUT>  Write to this file instead of stdout
      --json             Print JSON instead of tables
  -v, --verbose...       Accepted; nothing more is said
      --color <COLOR>    auto, always, always-ansi or never [default: auto]
  -h, --help             Print this page
"""

ARGS: Final = (INPUT, OUTPUT, *GENERAL, Arg("json", SET_TRUE, long="json"))


def run(matches: Matches) -> None:
    """Runs `metadata show`; raises `WasmToolsError`."""
    from pywasmtools.api import metadata
    from pywasmtools.cli.output import write_as_it_comes
    from pywasmtools.sections.metadata import take_apart
    from pywasmtools.sections.shown import metadata_json, metadata_tables

    data = read_module(matches)

    def show(write: Callable[[str], None]) -> None:
        found = metadata(data)
        try:
            for text in (metadata_json(found),) if matches.has("json") else metadata_tables(found):
                write(text)
        finally:
            take_apart(found)

    write_as_it_comes(matches.text("output"), show)
