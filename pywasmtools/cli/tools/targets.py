"""`component targets`: says whether a component conforms to a world."""

from __future__ import annotations

from pywasmtools.cli.clap import APPEND, SET, SET_TRUE, Arg
from pywasmtools.cli.options import GENERAL, MODULE_INPUT, WitPath, feature_names, path_value, read_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Says whether a component conforms to a world: nothing where it does.

Usage: wasm-tools component targets [OPTIONS] <WIT> [INPUT]

Arguments:
  <WIT>    A `*.wit` file, a folder of them (with its dependencies in `deps/`), or a binary WIT package
  [INPUT]  The component, binary or text; `-` or nothing reads stdin

Options:
  -w, --world <WORLD>        The world: `name`, `ns:package/name` or `ns:package/name@version`
      --semver-compatible    Let interfaces of compatible versions stand for each other
      --features <FEATURES>  Turn on `@unstable` features: names separated by commas or spaces; may be repeated
      --all-features         Turn on all `@unstable` features
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

WIT: Final = "WitResolve"

WIT_ARGS: Final = (
    Arg("wit", SET, value_name="WIT", index=1, required=True, any_bytes=True, parser=path_value, group=WIT),
    Arg("features", APPEND, long="features", value_name="FEATURES", group=WIT),
    Arg("all-features", SET_TRUE, long="all-features", group=WIT),
)

ARGS: Final = (
    *GENERAL,
    *WIT_ARGS,
    Arg("world", SET, short="w", long="world", value_name="WORLD"),
    Arg("input", SET, value_name="INPUT", index=2, any_bytes=True, parser=path_value, group=MODULE_INPUT),
    Arg("semver-compatible", SET_TRUE, long="semver-compatible"),
)


def run(matches: Matches) -> None:
    """Runs `component targets`; raises `WasmToolsError`."""
    from pywasmtools.api import targets

    targets(
        WitPath(matches.text("wit") or ""),
        lambda: read_module(matches),
        features=feature_names(matches),
        **matches.keywords("world", "semver-compatible", "all-features"),
    )
