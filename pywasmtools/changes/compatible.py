"""Whether one world may stand where another does: `fits`. The validator has the word."""

from __future__ import annotations

from pywasmtools.changes.model import Verdict
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.component_builder import ComponentBuilder
from pywasmtools.wasm.component_types import COMPONENT, TypeRef
from pywasmtools.wit.transform.minimal import minimal
from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver
from pywasmtools.wit_binary.component_type import check_duplicate_canonical_names
from pywasmtools.wit_binary.encoder import encode_world
from pywasmtools.worlds.fitting import fit
from pywasmtools.worlds.semver_check import dummy_component

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve

CONTEXT = "the world does not fit"


def fits(given: Resolve, given_world: int, wanted: Resolve, wanted_world: int, made: bool = False) -> Verdict:
    """Whether a component of the world `given` is taken for one of the world `wanted`.

    It may import less, and what it imports may be less; it may export more. Interfaces of compatible versions
    (`0.2.1` and `0.2.3`) stand for each other. The component imports all that its world does; `made`: what it imports is what
    one that is made for the world can use, which is no interface without functions.
    """
    try:
        root = ComponentBuilder()
        own, world = _own(given, given_world)
        if made:
            component = root.component_raw(None, dummy_component(own, world, True))
        else:
            component = root.import_(
                "given", TypeRef(COMPONENT, root.type_nested(None, encode_world(own, world, True)))
            )
        own, world = _own(wanted, wanted_world)
        type_ = encode_world(own, world, True)
    except WasmToolsError as e:
        return Verdict(None, ": ".join([layer.text() for layer in e.layers]))
    try:
        fit(root, component, "wanted", type_, CONTEXT)
    except WasmToolsError as e:
        return Verdict(False, _reason(e))
    return Verdict(True)


def _own(resolve: Resolve, world: int) -> tuple[Resolve, int]:
    """A copy of a world, in which each interface stands in one of the versions that are compatible; and its id there."""
    own, package = minimal(resolve, world=world, docs=False)
    id_ = own.packages[package].worlds[resolve.worlds[world].name]
    merge_world_imports_based_on_semver(own, id_)
    check_duplicate_canonical_names(own, id_)
    return (own, id_)


def _reason(e: WasmToolsError) -> str:
    """What the validator says, without the place in the component that was made for it."""
    inner = [line for layer in e.layers for line in layer.message.splitlines() if layer.message != CONTEXT]
    return ": ".join([line for line in inner if line != "type mismatch for import `wanted`"]) or str(e)
