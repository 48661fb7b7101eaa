"""`strip`: removes custom sections."""

from __future__ import annotations

from pywasmtools.cli.clap import APPEND, SET_TRUE, Arg
from pywasmtools.cli.options import GENERAL, INPUT, OUTPUT, read_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Removes custom sections from a module or component, and from the binaries nested in it.

Without `-a` and `-d` all go but `name`, `dylink.0` and those that begin with `component-type:`.

Usage: wasm-tools strip [OPTIONS] [INPUT]

Arguments:
  [INPUT]  The module or component, binary or text; `-` or nothing reads stdin

Options:
  -o, --output <OUTPUT>  Write to this file, which may be the input, instead of stdout
  -a, --all              Remove all custom sections
  -d, --delete <REGEX>   Remove those in whose name this regular expression (of the Rust crate `regex`) is found; may
                         be repeated
  -t, --wat              Print WebAssembly text
  -v, --verbose...       Accepted; nothing more is said
      --color <COLOR>    auto, always, always-ansi or never [default: auto]
  -h, --help             Print this page
"""

ARGS: Final = (
    INPUT,
    OUTPUT,
    *GENERAL,
    Arg("all", SET_TRUE, short="a", long="all"),
    Arg("delete", APPEND, short="d", long="delete", value_name="REGEX"),
    Arg("wat", SET_TRUE, short="t", long="wat"),
)


def run(matches: Matches) -> None:
    """Runs `strip`; raises `WasmToolsError`."""
    from pywasmtools.api import strip_parts
    from pywasmtools.cli.output import write_parts_or_text

    data = read_module(matches)
    write_parts_or_text(strip_parts(data, delete=matches.texts("delete"), **matches.keywords("all")), matches)
