"""`validate`: tells whether a module or component is valid."""

from __future__ import annotations

from pywasmtools.cli.clap import SET, SET_TRUE, Arg
from pywasmtools.cli.options import DWARF, GENERAL, MODULE_INPUT, path_value, read_module, wasm_features
from pywasmtools.diagnostics import WasmToolsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Tells whether a module or a component is valid: it says nothing if it is, and what is wrong if not.

Usage: wasm-tools validate [OPTIONS] [INPUT]

Arguments:
  [INPUT]  The module or component, in binary or as text; `-` or nothing reads stdin

Options:
  -f, --features <FEATURES>  Which features it may use: names separated by commas, from the default set on; `-NAME` turns
                             one off, `all` and `-all` every one; mvp, wasm1, wasm2, wasm3 and lime1 are sets that
                             replace what comes before them; may be repeated
      --validate-custom      Look at names and branch hints, too
      --generate-dwarf <lines|full>
                             Make DWARF for a module given as text, so that a mistake has its place there
  -g                         Short for `--generate-dwarf full`
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

ARGS: Final = (
    *DWARF,
    wasm_features("f"),
    Arg("input", SET, value_name="INPUT", index=1, any_bytes=True, parser=path_value, group=MODULE_INPUT),
    *GENERAL,
    Arg("validate-custom", SET_TRUE, long="validate-custom"),
)


def run(matches: Matches) -> None:
    """Runs `validate`; raises `WasmToolsError`."""
    from pywasmtools.api import validate_binary

    data = read_module(matches)
    try:
        validate_binary(data, features=",".join(matches.texts("features")), custom=matches.has("validate-custom"))
    except WasmToolsError as e:
        raise _with_source(data, e) from None


def _with_source(data: bytes, e: WasmToolsError) -> WasmToolsError:
    """An error with the place in the source of the instruction that is wrong, where the binary has DWARF of it."""
    if e.layers[-1].offset < 0:
        return e
    from pywasmtools.cli.output import write_stderr
    from pywasmtools.validation.source_places import source_place

    try:
        place = source_place(data, e.layers[-1].offset)
    except WasmToolsError as problem:
        import time

        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        causes = "\n\nCaused by:\n    ".join([layer.text() for layer in problem.layers])
        text = f"failed to parse DWARF information: {causes}".replace("\n", "\n    ")
        write_stderr(f"[{stamp} WARN ] {text}\n")
        return e
    return e.context(place) if place else e
