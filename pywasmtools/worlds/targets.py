"""Whether a component conforms to a world: `targets`."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm.component_builder import ComponentBuilder
from pywasmtools.wasm.component_types import COMPONENT, FUNC, INSTANCE, TYPE, TypeRef
from pywasmtools.wit_binary.encoder import encode_world
from pywasmtools.worlds.fitting import fit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve


def targets(resolve: Resolve, world: int, component: bytes, semver_compatible: bool) -> None:
    """Raises where a component does not conform to a world.

    `semver_compatible` lets interfaces of compatible versions stand for each other; the world's imports are merged then.
    """
    root = ComponentBuilder()
    if semver_compatible:
        from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver

        given = _import_of_its_type(root, component)
        merge_world_imports_based_on_semver(resolve, world)
    else:
        given = root.component_raw(None, component)
    wanted = encode_world(resolve, world, semver_compatible)
    fit(root, given, resolve.worlds[world].name, wanted, "failed to validate encoded bytes")


def _import_of_its_type(root: ComponentBuilder, component: bytes) -> int:
    """Imports a component of the world that `component` has, under canonical names; returns its index."""
    from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver
    from pywasmtools.wit_binary.whole import decode

    _check_imports(component)
    try:
        decoded = decode(component)
    except WasmToolsError as e:
        raise e.context("failed to decode the WIT world of the component to test") from None
    if decoded.is_package:
        raise error("expected a component, found a WIT package")
    merge_world_imports_based_on_semver(decoded.resolve, decoded.world)
    type_ = root.type_nested(None, encode_world(decoded.resolve, decoded.world, True))
    return root.import_("component-to-test", TypeRef(COMPONENT, type_))


def _check_imports(component: bytes) -> None:
    """Refuses imports that no world has."""
    from pywasmtools.wasm.component import read_component_import
    from pywasmtools.wasm.payloads import COMPONENT_IMPORT_SECTION, Parser

    parser = Parser(component, bodies=False)
    for payload in parser:
        if payload.kind != COMPONENT_IMPORT_SECTION or parser.depth > 1:
            continue
        reader = payload.section()
        for _ in range(payload.count):
            import_ = read_component_import(reader)
            if import_.type.kind not in (INSTANCE, FUNC, TYPE):
                raise error(f"import `{import_.name.name}` of the component to test cannot be represented in WIT")
        reader.finish_section()
