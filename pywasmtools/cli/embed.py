"""`component embed`: puts a world into a core module as a custom section."""

from __future__ import annotations

from pywasmtools.cli.output import write_text_of, write_wasm
from pywasmtools.cli.wit import feature_names
from pywasmtools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.cli.clap import Matches
    from pywasmtools.wit.model import Resolve


def run(matches: Matches) -> None:
    """Runs `component embed`; raises `WasmToolsError`."""
    from pywasmtools.load import load_for_embed
    from pywasmtools.wit.select_world import select_world
    from pywasmtools.wit_binary import component_type

    path = matches.text("wit")
    assert path is not None
    resolve, package = load_for_embed(path, feature_names(matches.texts("features")), matches.has("all-features"))
    world = select_world(resolve, [package], matches.text("world"))
    canonical_names = matches.has("emit-canonical-names")
    if canonical_names:
        from pywasmtools.wit.semver_merge import merge_world_imports_based_on_semver

        merge_world_imports_based_on_semver(resolve, world)
    encoding = matches.text("encoding") or "utf8"
    if matches.has("only-custom"):
        section = component_type.encode(resolve, world, encoding, None, canonical_names)
        write_wasm(section, matches.text("output"))
        return
    if matches.has("dummy") or matches.has("dummy-names"):
        module = dummy(matches, resolve, world)
    else:
        from pywasmtools.load import read_wasm

        module = read_wasm(matches.text("input"), "full" if matches.has("g") else matches.text("generate-dwarf"))
    data = component_type.embed(module, resolve, world, encoding, canonical_names)
    if matches.has("wat"):
        write_text_of(data, matches.text("output"), matches.text("color") or "auto")
    else:
        write_wasm(data, matches.text("output"))


def dummy(matches: Matches, resolve: Resolve, world: int) -> bytes:
    """A module that fits the world, with names and ABI as the options say."""
    from pywasmtools.componentize import core_names
    from pywasmtools.componentize.dummy import dummy_module

    callback = matches.has("async-callback")
    stackful = matches.has("async-stackful")
    if matches.text("dummy-names") != "legacy":
        if callback or stackful:
            raise error("non-legacy mangling not yet supported when generating async dummy modules")
        mangling = core_names.STANDARD32
    elif callback:
        mangling = core_names.LEGACY_ASYNC_CALLBACK
    elif stackful:
        mangling = core_names.LEGACY_ASYNC_STACKFUL
    else:
        mangling = core_names.LEGACY_SYNC
    return dummy_module(resolve, world, mangling)
