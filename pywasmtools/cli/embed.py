"""`component embed`: puts a world into a core module as a custom section."""

from __future__ import annotations

from pywasmtools.api import component_embed
from pywasmtools.cli.output import write_wasm_or_text
from pywasmtools.cli.wit import dwarf_option, feature_names
from pywasmtools.load import read_wasm

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.cli.clap import Matches


class WitPath:
    """The path of WIT, told from WIT text by being a path."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return self.path


def run(matches: Matches) -> None:
    """Runs `component embed`; raises `WasmToolsError`."""
    only_custom = matches.has("only-custom")
    data = component_embed(
        WitPath(matches.text("wit") or ""),
        None if only_custom else lambda: read_wasm(matches.text("input"), dwarf_option(matches)),
        world=matches.text("world"),
        encoding=matches.text("encoding") or "utf8",
        dummy=dummy_names(matches),
        features=feature_names(matches.texts("features")),
        all_features=matches.has("all-features"),
        emit_canonical_names=matches.has("emit-canonical-names"),
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
