"""The component while it is written: its builder, and the indices of what stands in it by now."""

from __future__ import annotations

from pywasmtools.componentize.options import (
    NEEDS_ASYNC,
    NEEDS_MEMORY,
    NEEDS_REALLOC,
    NEEDS_STRING_ENCODING,
)
from pywasmtools.componentize.types import RootTypeEncoder, RootTypes
from pywasmtools.diagnostics import error
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.component_builder import ComponentBuilder
from pywasmtools.wasm.component_types import FUNC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.componentize.fixups import Instance
    from pywasmtools.componentize.linkage import Payload, Which
    from pywasmtools.componentize.world import ComponentWorld
    from pywasmtools.wasm.canonicals import CanonOption


class EncodingState:
    """What was written so far.

    `modules` and `instances` are core modules and core instances by module; `memory` and `shim_instance`
    are -1 until they are there. `wrappers` are core functions that replace a module's exports, by the fixup
    module's name for the instance and the export.
    """

    __slots__ = (
        "_aliases",
        "component",
        "imported_funcs",
        "inputs",
        "instances",
        "memory",
        "modules",
        "shim_instance",
        "types",
        "world",
        "wrappers",
    )

    def __init__(self, world: ComponentWorld) -> None:
        self.world = world
        self.inputs = world.inputs
        self.component = ComponentBuilder()
        self.types = RootTypes(self.component, world.resolve)
        self.modules: dict[Which, int] = {}
        self.instances: dict[Which, int] = {}
        self.imported_funcs: dict[str, int] = {}
        self.memory = -1
        self.shim_instance = -1
        self.wrappers: dict[tuple[Instance, str], int] = {}
        self._aliases: dict[tuple[int, str], int] = {}

    def instance_of(self, which: Which) -> int:
        """The core instance of a module that has been instantiated."""
        index = self.instances.get(which)
        if index is None:
            raise error(f"module `{which or 'main'}` is needed before it can be instantiated")
        return index

    def core_alias(self, debug_name: str, instance: int, name: str, kind: int) -> int:
        """The index of a core instance's export, aliased where that was not done yet."""
        index = self._aliases.get((instance, name))
        if index is None:
            index = self.component.core_alias_export(debug_name, instance, name, kind)
            self._aliases[(instance, name)] = index
        return index

    def options(self, needed: int, encoding: int, realloc: int | None) -> list[CanonOption]:
        """Canonical options in their order; refuses what no module exports."""
        found: list[CanonOption] = []
        if needed & NEEDS_MEMORY:
            if self.memory < 0:
                raise error("module does not export a memory named `memory`")
            found.append((canon.MEMORY, self.memory))
        if needed & NEEDS_REALLOC:
            if realloc is None:
                raise error("module does not export a function named `cabi_realloc`")
            found.append((canon.REALLOC, realloc))
        if needed & NEEDS_STRING_ENCODING:
            found.append((encoding, 0))
        if needed & NEEDS_ASYNC:
            found.append((canon.ASYNC, 0))
        return found

    def imported_function(self, interface: int | None, name: str) -> int:
        """The index of an imported function; one of an instance is aliased."""
        if interface is None:
            return self.imported_funcs[name]
        return self.component.alias_export(self.types.instances[interface], name, FUNC)

    def payload_type(self, payload: Payload) -> int:
        """The index of the stream or future type that a built-in works on.

        What the world itself exports uses imported types, for these are all that there are at the root.
        """
        if payload.type_id < 0:
            return self.types.unit_type(payload.is_stream)
        if payload.imported or payload.interface is None:
            encoder = RootTypeEncoder(self.types, None, True)
        else:
            encoder = RootTypeEncoder(self.types, payload.interface, False)
        return encoder.encode_valtype(payload.type_id)

    def result_type_encoder(self, interface: int | None) -> RootTypeEncoder:
        """Encodes what an exported function returns: of the world itself imported types, else the interface's."""
        return RootTypeEncoder(self.types, interface, interface is None)
