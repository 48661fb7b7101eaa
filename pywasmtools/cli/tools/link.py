"""`component link`: makes a component of dynamic libraries."""

from __future__ import annotations

from pywasmtools.cli.clap import APPEND, SET, SET_TRUE, Arg, BadValue
from pywasmtools.cli.new import ENCODER_OPTIONS, SWITCHES
from pywasmtools.cli.options import GENERAL, OUTPUT, allow_workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Makes one component of dynamic libraries (https://github.com/WebAssembly/tool-conventions, DynamicLinking.md).

Its world is that of all libraries together. Where two export a symbol, the one that is named first provides it.

Usage: wasm-tools component link [OPTIONS] [[NAME=]MODULE]...

Arguments:
  [[NAME=]MODULE]...  The libraries, each with the name that others know it by (its file's name)

Options:
      --dl-openable <[NAME=]MODULE>
                             A library that `dlopen` can find too; may be repeated
      --stack-size <STACK_SIZE>
                             The size of the stack in bytes [default: 1048576]
  -o, --output <OUTPUT>      Write to this file instead of stdout
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -t, --wat                  Print WebAssembly text
      --stub-missing-functions
                             Put functions that trap in the place of those that are missing
      --use-built-in-libdl   Link wit-component's own `dlopen` and `dlsym`; where they are needed, a real wasm-tools has to be there
      --adapt <[NAME=]MODULE>
                             Satisfy the core imports from NAME (told from the file's name) by this adapter module
      --validate[=<true|false>]
                             Validate the component [default: true]
      --realloc-via-memory-grow
                             Let adapters take their memory by `memory.grow`, not from the module
      --merge-imports-based-on-semver[=<true|false>]
                             Let imports of compatible versions become one [default: true]
      --emit-canonical-names
                             Name interfaces by their compatible version (`@0.2`), the rest as a suffix
      --reject-legacy-names  Take only the standard scheme of core names
      --debug-names[=<true|false>]
                             Write names for debuggers [default: true]
      --return-call-ref[=<true|false>]
                             Use `return_call_ref` in shims [default: false]
  -h, --help                 Print this page
"""


def library_value(text: str) -> object:
    """`[NAME=]MODULE` as (name, bytes): the file is read while arguments are parsed."""
    from pywasmtools.load import file_name, read_wasm_file

    name, equals, path = text.partition("=")
    if not equals:
        path = text
        name = file_name(path)
        if name in ("", ".", ".."):
            raise BadValue("the name of a library can't be told from this path")
    return (name, read_wasm_file(path))


def u32_value(text: str) -> object:
    """A number below 2^32, as Rust reads it."""
    sign, digits = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    if not text:
        raise BadValue("cannot parse integer from empty string")
    if not digits.isascii() or not digits.isdigit():
        raise BadValue("invalid digit found in string")
    digits = digits.lstrip("0") or "0"
    value = int(digits) if len(digits) < 20 else 1 << 64
    if sign == "-":
        value = -value
    if not -(1 << 63) <= value < 1 << 63:
        raise BadValue(f"number too {'small' if value < 0 else 'large'} to fit in target type")
    if not 0 <= value < 1 << 32:
        raise BadValue(f"{value} is not in 0..=4294967295")
    return value


ARGS: Final = (
    Arg("inputs", APPEND, value_name="[NAME=]MODULE", index=1, parser=library_value),
    Arg("dl-openable", APPEND, long="dl-openable", value_name="[NAME=]MODULE", parser=library_value),
    Arg("stack-size", SET, long="stack-size", value_name="STACK_SIZE", parser=u32_value),
    OUTPUT,
    *GENERAL,
    Arg("wat", SET_TRUE, short="t", long="wat"),
    Arg("stub-missing-functions", SET_TRUE, long="stub-missing-functions"),
    Arg("use-built-in-libdl", SET_TRUE, long="use-built-in-libdl"),
    *ENCODER_OPTIONS,
)


def run(matches: Matches) -> None:
    """Runs `component link`; raises `WasmToolsError`."""
    from pywasmtools.api import link
    from pywasmtools.cli.output import write_wasm_or_text

    options = matches.keywords("stack-size", "stub-missing-functions", "use-built-in-libdl", *(a.id for a in SWITCHES))
    if matches.has("skip-validation"):
        options["validate"] = False
    inputs = matches.pairs("inputs")
    allow_workers(sum(len(data) for _, data in inputs))
    data = link(
        inputs,
        dl_openable=matches.pairs("dl-openable"),
        libdl=libdl_of_real,
        adapters=matches.pairs("adapt"),
        **options,
    )
    write_wasm_or_text(data, matches)


def libdl_of_real() -> bytes:
    """The library that wit-component has built in, from a real wasm-tools: `$WASM_TOOLS_REFERENCE`, or the first on PATH."""
    import os

    from pywasmtools.cli.handing_on import REAL, ask, find_real, is_this
    from pywasmtools.diagnostics import CRASH, Layer, WasmToolsError
    from pywasmtools.release import VERSION

    named = os.environ.get("WASM_TOOLS_REFERENCE")
    found: bytes | None = None
    if named and not is_this(named) and ask(named).kind == REAL:
        found = _libdl_of(named)
    if found is None:
        real = find_real()
        found = None if real is None else _libdl_of(real)
    if found is None:
        text = (
            "a library needs the built-in `libdl.so`, which is compiled code of wit-component and no part of pywasmtools; "
            f"put a real wasm-tools {VERSION} behind it on PATH, or name it in $WASM_TOOLS_REFERENCE"
        )
        raise WasmToolsError(Layer(text), CRASH)
    return found


def _libdl_of(real: str) -> bytes | None:
    """What an executable links to a library of ours that needs it, for a component has libraries as they are; or None."""
    import os
    import sys

    from pywasmtools.cli.handing_on import run as run_program
    from pywasmtools.componentize.linking.libdl import LIBC, libdl_in, probe_module
    from pywasmtools.diagnostics import WasmToolsError

    argv = [real, "component", "link", "--use-built-in-libdl", "--debug-names=false", "--validate=false"]
    probe = probe_module()
    try:
        if sys.platform == "win32":
            from pywasmtools.cli.handing_on import MOST_BYTES, SECONDS
            from pywasmtools.cli.handing_on_windows import run_on_file

            status, output = run_on_file([*argv, f"--dl-openable={LIBC}="], probe, SECONDS, MOST_BYTES)
        else:
            status, output = run_program([*argv, f"--dl-openable={LIBC}=/dev/stdin"], dict(os.environ), probe)
        return libdl_in(output) if status == 0 else None
    except (OSError, WasmToolsError):
        return None
