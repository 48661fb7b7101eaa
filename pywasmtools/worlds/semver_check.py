"""Whether a world may take the place of another by the rules of semantic versions: `semver_check`."""

from __future__ import annotations

from pywasmtools.componentize.core_names import STANDARD32
from pywasmtools.componentize.dummy import dummy_module
from pywasmtools.componentize.encoder import ComponentEncoder
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm.component_builder import ComponentBuilder
from pywasmtools.wasm.features import DEFAULT
from pywasmtools.wit.model import PackageName
from pywasmtools.wit_binary import component_type
from pywasmtools.wit_binary.encoder import encode_world
from pywasmtools.worlds.fitting import fit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve


def semver_check(resolve: Resolve, prev: int, new: int) -> None:
    """Raises where a component made for the world `prev` does not fit into `new`. Takes all versions off `resolve`."""
    for package in resolve.packages:
        package.name = PackageName(package.name.namespace, package.name.name)
    old_name, new_name = _package_of(resolve, prev, "old"), _package_of(resolve, new, "new")
    if old_name != new_name:
        raise error(
            f"the old world is in package {old_name}, which is not the same as the new world, which is in package {new_name}"
        )
    root = ComponentBuilder()
    given = root.component_raw(None, dummy_component(resolve, prev))
    try:
        wanted = encode_world(resolve, new, True)
    except WasmToolsError as e:
        raise e.context("failed to encode the new world as a type") from None
    context = "new world is not semver-compatible with the previous world"
    fit(root, given, resolve.worlds[new].name, wanted, context, DEFAULT)


def _package_of(resolve: Resolve, world: int, which: str) -> PackageName:
    package = resolve.worlds[world].package
    if package is None:
        raise error(f"{which} world not in named package")
    return resolve.packages[package].name


def dummy_component(resolve: Resolve, world: int, canonical_names: bool = False) -> bytes:
    """A component that fits a world and does nothing; `canonical_names` is how interfaces are named in it."""
    module = dummy_module(resolve, world, STANDARD32)
    try:
        module = component_type.embed(module, resolve, world, canonical_names=True)
    except WasmToolsError as e:
        raise e.context("failed to embed component metadata") from None
    encoder = ComponentEncoder(
        validate=False,
        reject_legacy_names=False,
        realloc_via_memory_grow=False,
        merge_imports_based_on_semver=True,
        emit_canonical_names=canonical_names,
        debug_names=False,
        return_call_ref=False,
    )
    try:
        encoder.module(module)
    except WasmToolsError as e:
        raise e.context("failed to register previous world encoded as a module") from None
    try:
        return encoder.encode()
    except WasmToolsError as e:
        raise e.context("failed to encode previous world as a component") from None
