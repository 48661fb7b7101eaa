"""`parse`: the text format to a binary, or to text as it is printed."""

from __future__ import annotations

from pywasmtools.cli.clap import SET, SET_TRUE, Arg
from pywasmtools.cli.options import DWARF, GENERAL, MODULE_INPUT, OUTPUT, path_value, read_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Translates the WebAssembly text format to a binary.

Usage: wasm-tools parse [OPTIONS] [INPUT]

Arguments:
  [INPUT]  The module or component, as text or in binary; `-` or nothing reads stdin

Options:
  -o, --output <OUTPUT>      Write to this file instead of stdout
  -t, --wat                  Print WebAssembly text
      --generate-dwarf <lines|full>
                             Make DWARF, so that places in the binary have their places in the text
  -g                         Short for `--generate-dwarf full`
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

ARGS: Final = (
    *DWARF,
    Arg("input", SET, value_name="INPUT", index=1, any_bytes=True, parser=path_value, group=MODULE_INPUT),
    OUTPUT,
    *GENERAL,
    Arg("wat", SET_TRUE, short="t", long="wat"),
)


def run(matches: Matches) -> None:
    """Runs `parse`; raises `WasmToolsError`."""
    from pywasmtools.cli.output import write_wasm_or_text
    from pywasmtools.wasm.well_formed import check_well_formed

    data = read_module(matches)
    check_well_formed(data)
    write_wasm_or_text(data, matches)
