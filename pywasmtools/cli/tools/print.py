"""`print`: a module or component as text."""

from __future__ import annotations

from pywasmtools.cli.clap import SET, SET_TRUE, Arg, BadValue
from pywasmtools.cli.options import DWARF, GENERAL, MODULE_INPUT, OUTPUT, path_value, read_module, wasm_features

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Prints a module or a component in the WebAssembly text format.

Usage: wasm-tools print [OPTIONS] [INPUT]

Arguments:
  [INPUT]  The module or component, in binary or as text; `-` or nothing reads stdin

Options:
  -o, --output <OUTPUT>      Write to this file instead of stdout
  -p, --print-offsets        Begin lines with the place in the binary that they are of
      --skeleton             Leave out what functions, segments and custom sections are made of
      --name-unnamed         Make up names for what has none
  -f, --fold-instructions    Put operands into their instructions
      --print-operand-stack  Tell what is on the operand stack after each instruction
      --indent-text <INDENT_TEXT>
                             Indent by this text instead of two spaces
      --indent <INDENT>      Indent by so many spaces; `--indent-text` comes first
      --features <FEATURES>  Which features the binary is read with: names separated by commas, from all on; `-NAME` turns
                             one off; mvp, wasm1, wasm2, wasm3 and lime1 are sets that replace what comes before them;
                             may be repeated
      --generate-dwarf <lines|full>
                             Make DWARF for a module given as text
  -g                         Short for `--generate-dwarf full`
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

MOST: Final = (1 << 64) - 1


def count_value(text: str) -> object:
    """A number that is not negative and fits 64 bits."""
    digits = text.removeprefix("+")
    if not text:
        raise BadValue("cannot parse integer from empty string")
    if not (digits.isascii() and digits.isdigit()):
        raise BadValue("invalid digit found in string")
    if len(digits.lstrip("0")) > 20 or int(digits) > MOST:
        raise BadValue("number too large to fit in target type")
    return int(digits)


LOOKS: Final = (
    Arg("print-offsets", SET_TRUE, short="p", long="print-offsets"),
    Arg("skeleton", SET_TRUE, long="skeleton"),
    Arg("name-unnamed", SET_TRUE, long="name-unnamed"),
    Arg("fold-instructions", SET_TRUE, short="f", long="fold-instructions"),
    Arg("print-operand-stack", SET_TRUE, long="print-operand-stack"),
    Arg("indent-text", SET, long="indent-text", value_name="INDENT_TEXT"),
    Arg("indent", SET, long="indent", value_name="INDENT", parser=count_value),
)
"""What `api.print_wat` has a keyword of the same name for, and its default."""

ARGS: Final = (
    *DWARF,
    wasm_features(),
    Arg("input", SET, value_name="INPUT", index=1, any_bytes=True, parser=path_value, group=MODULE_INPUT),
    OUTPUT,
    *GENERAL,
    *LOOKS,
)


def run(matches: Matches) -> None:
    """Runs `print`; raises `WasmToolsError`."""
    from pywasmtools.api import print_wat_to
    from pywasmtools.cli.output import write_text_of

    data = read_module(matches)
    options = matches.keywords(*(a.id for a in LOOKS))
    options["features"] = ",".join(matches.texts("features"))
    write_text_of(
        data,
        matches.text("output"),
        matches.text("color"),
        lambda write, color: print_wat_to(data, write, color=color, **options),
    )
