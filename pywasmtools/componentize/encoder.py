"""Makes a component of a core module, its adapters and the world that they speak of: `component new`.

The plan (`ComponentWorld`) says what is needed; the component is then written in one pass: the imports, the
modules, the shims, the instances, the fixups, the exports.
"""

from __future__ import annotations

from pywasmtools.componentize.classify import rename_duplicate_imports
from pywasmtools.componentize.encode_exports import encode_exports
from pywasmtools.componentize.encode_imports import encode_imports
from pywasmtools.componentize.instantiation import encode_core_instantiation
from pywasmtools.componentize.state import EncodingState
from pywasmtools.componentize.world import Adapter, ComponentWorld, Inputs
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wit.transform.nominal import generate_nominal_type_ids
from pywasmtools.wit.transform.semver_merge import merge_world_imports_based_on_semver
from pywasmtools.wit_binary.component_type import (
    SECTION_NAME,
    ModuleMetadata,
    check_duplicate_canonical_names,
    decode,
    without_worlds,
    worlds_of,
)
from pywasmtools.wit_binary.encoder import BASE_PRODUCERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pywasmtools.componentize.fixups import FixupModule
    from pywasmtools.componentize.linkage import Arguments
    from pywasmtools.wit.model import WorldKey
    from pywasmtools.wit_binary.component_type import Bindgen


class ComponentEncoder(Inputs):
    """What `component new` is told, and `encode`, which does it.

    Adapters come before the module, for their worlds are merged in the order of these calls.
    """

    __slots__ = ()

    def adapter(self, name: str, data: bytes) -> None:
        """Adds an adapter: a core module that implements what others import from `name`."""
        wasm, bindgen = decode(data)
        self.decoded_adapter(name, data if wasm is None else wasm, bindgen, None)

    def decoded_adapter(self, name: str, wasm: bytes, bindgen: Bindgen, arguments: Arguments | None) -> None:
        """The same of a module without its component-type sections, and what these said. With `arguments` it is a library."""
        metadata = bindgen.metadata
        bindgen.metadata = ModuleMetadata()
        try:
            exports = self.bindgen.merge_all(bindgen)
        except WasmToolsError as e:
            raise e.context(f"failed to merge WIT packages of adapter `{name}` into main packages") from None
        self.adapters[name] = Adapter(wasm, metadata, exports, arguments)

    def module(self, data: bytes) -> None:
        """Sets the core module; its embedded world says what it imports and exports."""
        found, bindgen = worlds_of(data)
        try:
            unique, original_names = _without_worlds(data, found, bindgen)
        except WasmToolsError:
            # Places are told as they are without those sections.
            unique, original_names = _without_worlds(without_worlds(data) if found else data, False, bindgen)
        try:
            exports = self.bindgen.merge_all(bindgen)
        except WasmToolsError as e:
            raise e.context("failed merge WIT metadata for module with previous metadata") from None
        self.wasm = unique
        self.original_names = original_names
        self.main_exports = list(dict.fromkeys([*self.main_exports, *exports]))

    def encode(self, link: Callable[[FixupModule], None] | None = None) -> bytes:
        """The component. Raises what the modules lack or do not agree on, or what makes the output invalid.

        `link` may add to what is done when all modules are instantiated.
        """
        if not self.wasm:
            raise error("a module is required when encoding a component")
        resolve = self.bindgen.resolve
        world_id = self.bindgen.world
        if self.merge_imports_based_on_semver:
            merge_world_imports_based_on_semver(resolve, world_id)
        if self.emit_canonical_names:
            check_duplicate_canonical_names(resolve, world_id)
        self._make_nominal()
        state = EncodingState(self._decoded_world())
        encode_imports(state)
        _encode_core_modules(state)
        encode_core_instantiation(state, link)
        for which in (None, *self.adapters):
            encode_exports(state, which)
        component = state.component
        component.append_names()
        component.custom_section("producers", BASE_PRODUCERS)
        data = component.finish()
        if self.validate:
            _validate_output(data)
        return data

    def _decoded_world(self) -> ComponentWorld:
        try:
            return ComponentWorld(self)
        except WasmToolsError as e:
            raise e.context("failed to decode world from module") from None

    def _make_nominal(self) -> None:
        """Gives imports and exports interfaces of their own; the exports that modules provide keep their places."""
        world = self.bindgen.resolve.worlds[self.bindgen.world]
        places = {key: place for place, key in enumerate(world.exports)}
        generate_nominal_type_ids(self.bindgen.resolve, self.bindgen.world)
        keys = list(self.bindgen.resolve.worlds[self.bindgen.world].exports)
        self.main_exports = _replaced(self.main_exports, places, keys)
        for adapter in self.adapters.values():
            adapter.required_exports = _replaced(adapter.required_exports, places, keys)


def _without_worlds(data: bytes, found: bool, bindgen: Bindgen) -> tuple[bytes, dict[tuple[str, str], str]]:
    """A module without its component-type sections (`found`: it has some), with unique imports and what made its world.

    Returns it with the original names of its imports.
    """
    unique, original_names = rename_duplicate_imports(data)
    if bindgen.producers is not None or found:
        from pywasmtools.wasm.annotations import rewrite_wasm

        unique = rewrite_wasm(unique, bindgen.producers, None, SECTION_NAME if found else None)
    return (unique, original_names)


def _validate_output(data: bytes) -> None:
    from pywasmtools.validation.core.function import BodyValidator
    from pywasmtools.validation.validator import validate_all

    try:
        validate_all(data, BodyValidator().check)
    except WasmToolsError as e:
        raise e.context("failed to validate component output") from None


def _replaced(exports: list[WorldKey], places: dict[WorldKey, int], keys: list[WorldKey]) -> list[WorldKey]:
    return [keys[places[key]] for key in exports]


def _encode_core_modules(state: EncodingState) -> None:
    """Embeds the modules as they are."""
    state.modules[None] = state.component.core_module("main", state.inputs.wasm)
    for name, adapter in state.world.adapters.items():
        debug_name = name if adapter.is_library else f"wit-component:adapter:{name}"
        wasm = adapter.wasm
        if state.inputs.debug_names:
            from pywasmtools.wasm.annotations import set_name

            wasm = set_name(wasm, debug_name)
        state.modules[name] = state.component.core_module(debug_name, wasm)
