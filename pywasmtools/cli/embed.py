"""`component embed`: puts a world into a core module as a custom section."""

from __future__ import annotations

from pywasmtools.cli.clap import APPEND, SET, SET_TRUE, Arg, BadValue
from pywasmtools.cli.options import (
    DWARF,
    GENERAL,
    MODULE_INPUT,
    OUTPUT,
    WitPath,
    feature_names,
    path_value,
    read_module,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Adds a custom section with a WIT world to a core module, for `component new` to read.

Usage: wasm-tools component embed [OPTIONS] <WIT> [INPUT]

Arguments:
  <WIT>    A `*.wit` file, a folder of them (with its dependencies in `deps/`), or a binary WIT package
  [INPUT]  The core module; `-` or nothing reads stdin

Options:
  -w, --world <WORLD>        The world: `name`, `ns:package/name` or `ns:package/name@version`
  -o, --output <OUTPUT>      Write to this file, which may be the input, instead of stdout
      --encoding <ENCODING>  How the module's strings are encoded: utf8 (the default), utf16 or compact-utf16
      --only-custom          Write the custom section alone
      --dummy                Embed in a made-up module that fits the world, with standard names
      --dummy-names <DUMMY_NAMES>
                             The same, with names of this scheme: legacy or standard32
      --async-callback       With `--dummy-names legacy`: lower asynchronously, lift with a callback
      --async-stackful       With `--dummy-names legacy`: lower asynchronously, lift without a callback
      --features <FEATURES>  Turn on `@unstable` features: names separated by commas or spaces; may be repeated
      --all-features         Turn on all `@unstable` features
      --emit-canonical-names
                             Name interfaces by their compatible version (`@0.2`), the rest as a suffix
  -t, --wat                  Print WebAssembly text
      --generate-dwarf <lines|full>
                             Make DWARF for a module given as text
  -g                         Short for `--generate-dwarf full`
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""


def encoding_value(text: str) -> object:
    """A string encoding of the canonical ABI."""
    if text in ("utf8", "utf16", "compact-utf16"):
        return text
    raise BadValue(f"unknown string encoding `{text}`")


def mangling_value(text: str) -> object:
    """A scheme of core names."""
    if text in ("legacy", "standard32"):
        return text
    raise BadValue(f"unknown name mangling `{text}`, supported values are `legacy` or `standard32`")


WIT: Final = "WitResolve"

ARGS: Final = (
    Arg("wit", SET, value_name="WIT", index=1, required=True, any_bytes=True, parser=path_value, group=WIT),
    Arg("features", APPEND, long="features", value_name="FEATURES", group=WIT),
    Arg("all-features", SET_TRUE, long="all-features", group=WIT),
    *DWARF,
    Arg("input", SET, value_name="INPUT", index=2, any_bytes=True, parser=path_value, group=MODULE_INPUT),
    OUTPUT,
    *GENERAL,
    Arg("encoding", SET, long="encoding", value_name="ENCODING", parser=encoding_value),
    Arg("world", SET, short="w", long="world", value_name="WORLD"),
    Arg("emit-canonical-names", SET_TRUE, long="emit-canonical-names"),
    Arg("dummy", SET_TRUE, long="dummy", conflicts=("dummy-names",)),
    Arg(
        "dummy-names",
        SET,
        long="dummy-names",
        value_name="DUMMY_NAMES",
        parser=mangling_value,
        conflicts=("dummy",),
    ),
    Arg(
        "async-callback",
        SET_TRUE,
        long="async-callback",
        requires=("dummy-names",),
        conflicts=("async-stackful",),
    ),
    Arg(
        "async-stackful",
        SET_TRUE,
        long="async-stackful",
        requires=("dummy-names",),
        conflicts=("async-callback",),
    ),
    Arg("wat", SET_TRUE, short="t", long="wat"),
    Arg("only-custom", SET_TRUE, long="only-custom", conflicts=("wat", "dummy", "dummy-names")),
)


def run(matches: Matches) -> None:
    """Runs `component embed`; raises `WasmToolsError`."""
    from pywasmtools.api import component_embed
    from pywasmtools.cli.output import write_wasm_or_text

    only_custom = matches.has("only-custom")
    data = component_embed(
        WitPath(matches.text("wit") or ""),
        None if only_custom else lambda: read_module(matches),
        dummy=dummy_names(matches),
        features=feature_names(matches),
        **matches.keywords("world", "encoding", "all-features", "emit-canonical-names"),
    )
    write_wasm_or_text(data, matches)


def dummy_names(matches: Matches) -> str | None:
    """The scheme and ABI of the names of a made-up module, None where none is asked for."""
    if not (matches.has("dummy") or matches.has("dummy-names")):
        return None
    names = matches.text("dummy-names") or "standard32"
    if matches.has("async-callback"):
        return f"{names}-async-callback"
    if matches.has("async-stackful"):
        return f"{names}-async-stackful"
    return names
