"""Whether one world may stand where another does: `fits`. The validator has the word."""

from __future__ import annotations

from pywasmtools.changes.model import Verdict
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.component_builder import ComponentBuilder, TypeBuilder
from pywasmtools.wasm.component_types import COMPONENT, TypeRef
from pywasmtools.wit.transform.minimal import minimal
from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver
from pywasmtools.wit_binary.component_type import check_duplicate_canonical_names
from pywasmtools.wit_binary.encoder import encode_world
from pywasmtools.worlds.fitting import fit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve

CONTEXT = "the world does not fit"


def fits(given: Resolve, given_world: int, wanted: Resolve, wanted_world: int) -> Verdict:
    """Whether a component of the world `given` is taken for one of the world `wanted`.

    It may import less, and what it imports may be less; it may export more. Interfaces of compatible versions
    (`0.2.1` and `0.2.3`) stand for each other.
    """
    try:
        one, other = _world_type(given, given_world), _world_type(wanted, wanted_world)
        root = ComponentBuilder()
        component = root.import_("given", TypeRef(COMPONENT, root.type_nested(None, one)))
    except WasmToolsError as e:
        return Verdict(None, str(e))
    try:
        fit(root, component, "wanted", other, CONTEXT)
    except WasmToolsError as e:
        return Verdict(False, _reason(e))
    return Verdict(True)


def _world_type(resolve: Resolve, world: int) -> TypeBuilder:
    """A world as the type of a component, interfaces under their canonical names."""
    own, package = minimal(resolve, world=world, docs=False)
    id_ = own.packages[package].worlds[resolve.worlds[world].name]
    merge_world_imports_based_on_semver(own, id_)
    check_duplicate_canonical_names(own, id_)
    return encode_world(own, id_, True)


def _reason(e: WasmToolsError) -> str:
    """What the validator says, without the place in the component that was made for it."""
    inner = [line for layer in e.layers for line in layer.message.splitlines() if layer.message != CONTEXT]
    return ": ".join([line for line in inner if line != "type mismatch for import `wanted`"]) or str(e)
