"""`component unbundle`: takes core modules out of a component, which imports them then."""

from __future__ import annotations

import os

from pywasmtools.cli.clap import SET, SET_TRUE, Arg, BadValue
from pywasmtools.cli.options import DWARF, GENERAL, INPUT, OUTPUT, path_value, read_module
from pywasmtools.diagnostics import io_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Takes core modules out of a component, into files, and lets it import them.

Usage: wasm-tools component unbundle [OPTIONS] --module-dir <PATH> [INPUT]

Arguments:
  [INPUT]  The component, binary or text; `-` or nothing reads stdin

Options:
      --module-dir <PATH>    The folder for the modules, `unbundled-module0.wasm` and so on
      --threshold <SIZE>     Take only modules of more bytes than this [default: 10240]
  -o, --output <OUTPUT>      Write to this file, which may be the input, instead of stdout
  -t, --wat                  Print WebAssembly text
      --generate-dwarf <lines|full>
                             Make DWARF for a module given as text
  -g                         Short for `--generate-dwarf full`
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""


def size_value(text: str) -> object:
    """A number of bytes, as Rust reads a `usize`."""
    digits = text.removeprefix("+")
    if not text:
        raise BadValue("cannot parse integer from empty string")
    if not (digits.isascii() and digits.isdigit()):
        raise BadValue("invalid digit found in string")
    significant = digits.lstrip("0") or "0"
    if len(significant) > 20 or int(significant) >= 1 << 64:
        raise BadValue("number too large to fit in target type")
    return int(significant)


ARGS: Final = (
    *DWARF,
    INPUT,
    OUTPUT,
    *GENERAL,
    Arg("module-dir", SET, long="module-dir", value_name="PATH", required=True, any_bytes=True, parser=path_value),
    Arg("threshold", SET, long="threshold", value_name="SIZE", parser=size_value),
    Arg("wat", SET_TRUE, short="t", long="wat"),
)


def run(matches: Matches) -> None:
    """Runs `component unbundle`; raises `WasmToolsError`."""
    from pywasmtools.api import unbundle_parts
    from pywasmtools.cli.output import write_parts_or_text

    folder = matches.text("module-dir") or ""
    parts = unbundle_parts(
        read_module(matches),
        lambda name, module: keep_module(folder, name, module),
        **matches.keywords("threshold"),
    )
    write_parts_or_text(parts, matches)


def keep_module(folder: str, name: str, module: memoryview) -> None:
    """Writes a module into the folder, which is made where it is missing."""
    from pywasmtools.cli.output import write_file
    from pywasmtools.cli.wit import make_folders
    from pywasmtools.load import debug_path

    make_folders(folder, "failed to create directory")
    path = os.path.join(folder, f"{name}.wasm")
    try:
        write_file(path, module)
    except OSError as e:
        raise io_error(e).context(f"failed to write file {debug_path(path)}") from None
