"""`component semver-check`: says whether a world may take the place of another."""

from __future__ import annotations

from pywasmtools.cli.clap import SET, Arg
from pywasmtools.cli.options import GENERAL, WitPath, feature_names
from pywasmtools.cli.tools.targets import WIT_ARGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

PAGE: Final = """\
Says whether a world is a compatible evolution of another, by the rules of semantic versions: nothing where it is.

Usage: wasm-tools component semver-check [OPTIONS] --prev <PREV> --new <NEW> <WIT>

Arguments:
  <WIT>  A `*.wit` file, a folder of them (with its dependencies in `deps/`), or a binary WIT package

Options:
      --prev <PREV>          The older world: `name`, `ns:package/name` or `ns:package/name@version`
      --new <NEW>            The newer one, in a package of the same name
      --features <FEATURES>  Turn on `@unstable` features: names separated by commas or spaces; may be repeated
      --all-features         Turn on all `@unstable` features
  -v, --verbose...           Accepted; nothing more is said
      --color <COLOR>        auto, always, always-ansi or never [default: auto]
  -h, --help                 Print this page
"""

ARGS: Final = (
    *GENERAL,
    *WIT_ARGS,
    Arg("prev", SET, long="prev", value_name="PREV", required=True),
    Arg("new", SET, long="new", value_name="NEW", required=True),
)


def run(matches: Matches) -> None:
    """Runs `component semver-check`; raises `WasmToolsError`."""
    from pywasmtools.api import semver_check

    semver_check(
        WitPath(matches.text("wit") or ""),
        prev=matches.text("prev") or "",
        new=matches.text("new") or "",
        features=feature_names(matches),
        **matches.keywords("all-features"),
    )
