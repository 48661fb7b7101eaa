"""The world that a set of modules really needs: which functions are lowered, which types are live.

A world may import far more than the modules do; only what they import, and the types that this and the
exports need, becomes part of the component.
"""

from __future__ import annotations

from pywasmtools.componentize.classify import validate_adapter_module, validate_module
from pywasmtools.componentize.linkage import (
    BUILTIN,
    EXPORTED_RESOURCE,
    PAYLOAD,
    RESOURCE_DROP,
    TASK_RETURN,
    THREAD_NEW_INDIRECT,
    WIT_FUNC,
)
from pywasmtools.componentize.options import NEEDS_MEMORY, NEEDS_REALLOC, TypeContents
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm.canonicals import CONTEXT_GET, CONTEXT_SET
from pywasmtools.wit.abi import GUEST_IMPORT, GUEST_IMPORT_ASYNC
from pywasmtools.wit.model import Function, InterfaceItem, InterfaceOwner, TypeItem
from pywasmtools.wit.queries import LiveTypes, external_id_value, implements_interface, interface_direct_deps
from pywasmtools.wit.types import Resource
from pywasmtools.wit_binary.component_type import Bindgen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.componentize.linkage import Arguments, ExportMap, ImportMap, ValidatedModule, Which
    from pywasmtools.wasm.types import FuncType, MemoryType
    from pywasmtools.wit.abi import WasmSignature
    from pywasmtools.wit.model import WorldKey
    from pywasmtools.wit_binary.component_type import ModuleMetadata

# How an imported function gets into a module.
DIRECT: Final = 0
"""Lowered at once, before the module that imports it is instantiated."""
INDIRECT: Final = 1
"""Lowered afterwards, for it needs the module's memory; a shim stands in for it until then."""
DROP: Final = 2
"""No function: `resource.drop` of `type_id`."""

PAGE_SIZE_LOG2: Final = 16


class Adapter:
    """A module that implements an old interface: its bytes without metadata, and what it exports of the world.

    One with `arguments` is a library: it is taken as it is, and these satisfy what it imports before all else.
    """

    __slots__ = ("arguments", "metadata", "required_exports", "wasm")

    def __init__(
        self,
        wasm: bytes,
        metadata: ModuleMetadata,
        required_exports: list[WorldKey],
        arguments: Arguments | None = None,
    ) -> None:
        self.arguments = arguments
        self.wasm = wasm
        self.metadata = metadata
        self.required_exports = required_exports


class Inputs:
    """What a component is made from: the module, the adapters, the world of all of them, and the options.

    `original_names` has the field names of imports that were renamed because they stood there twice.
    `import_names` renames imported instances.
    """

    __slots__ = (
        "adapters",
        "bindgen",
        "debug_names",
        "emit_canonical_names",
        "import_names",
        "main_exports",
        "merge_imports_based_on_semver",
        "original_names",
        "realloc_via_memory_grow",
        "reject_legacy_names",
        "return_call_ref",
        "validate",
        "wasm",
    )

    def __init__(
        self,
        *,
        validate: bool,
        reject_legacy_names: bool,
        realloc_via_memory_grow: bool,
        merge_imports_based_on_semver: bool,
        emit_canonical_names: bool,
        debug_names: bool,
        return_call_ref: bool,
    ) -> None:
        self.wasm = b""
        self.original_names: dict[tuple[str, str], str] = {}
        self.bindgen = Bindgen()
        self.main_exports: list[WorldKey] = []
        self.adapters: dict[str, Adapter] = {}
        self.import_names: dict[str, str] = {}
        self.validate = validate
        self.reject_legacy_names = reject_legacy_names
        self.realloc_via_memory_grow = realloc_via_memory_grow
        self.merge_imports_based_on_semver = merge_imports_based_on_semver
        self.emit_canonical_names = emit_canonical_names
        self.debug_names = debug_names
        self.return_call_ref = return_call_ref

    def exports_of(self, which: Which) -> list[WorldKey]:
        """The world's exports that a module has to provide."""
        return self.main_exports if which is None else self.adapters[which].required_exports

    def metadata_of(self, which: Which) -> ModuleMetadata:
        """The string encodings of a module."""
        return self.bindgen.metadata if which is None else self.adapters[which].metadata


class Lowering:
    """How an import is satisfied: DIRECT and INDIRECT with `options`, DROP with `type_id`."""

    __slots__ = ("kind", "options", "signature", "type_id")

    def __init__(self, kind: int, options: int = 0, signature: WasmSignature | None = None, type_id: int = -1) -> None:
        self.kind = kind
        self.options = options
        self.signature = signature
        self.type_id = type_id


class ImportedInterface:
    """An imported interface, or (`interface` None) the functions that the world itself imports.

    `lowerings` by function and variant of the ABI; that of `resource.drop` is called `name_drop`.
    """

    __slots__ = ("external_id", "implements", "interface", "lowerings")

    def __init__(self, interface: int | None, implements: int | None, external_id: str | None) -> None:
        self.interface = interface
        self.implements = implements
        self.external_id = external_id
        self.lowerings: dict[tuple[str, int], Lowering] = {}

    def is_lowered(self, name: str) -> bool:
        """Whether a module imports the function, synchronously or not."""
        return (name, GUEST_IMPORT) in self.lowerings or (name, GUEST_IMPORT_ASYNC) in self.lowerings


class WorldAdapter:
    """An adapter that is needed, reduced to what is needed of it; or a library."""

    __slots__ = ("info", "is_library", "wasm")

    def __init__(self, wasm: bytes, info: ValidatedModule, is_library: bool) -> None:
        self.is_library = is_library
        self.wasm = wasm
        self.info = info


class ComponentWorld:
    """What the modules of a component import and export, and what the component therefore has to."""

    __slots__ = (
        "adapters",
        "contents",
        "exports_used",
        "import_map",
        "info",
        "inputs",
        "live_type_imports",
        "resolve",
        "world",
    )

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.resolve = inputs.bindgen.resolve
        self.world = self.resolve.worlds[inputs.bindgen.world]
        self.contents = TypeContents(self.resolve)
        self.info = _validate_main(self.contents, inputs)
        self.adapters: dict[str, WorldAdapter] = {}
        self.import_map: dict[str | None, ImportedInterface] = {}
        self.live_type_imports: dict[int, list[int]] = {}
        self.exports_used: dict[int, set[int]] = {}
        for name, adapter in inputs.adapters.items():
            self._process_adapter(name, adapter)
        self._process_imports()
        self._process_exports_used()
        self._process_live_types()

    def imports_of(self, which: Which) -> ImportMap:
        """What a module imports."""
        return self._info_of(which).imports

    def exports_of(self, which: Which) -> ExportMap:
        """What a module exports."""
        return self._info_of(which).exports

    def _info_of(self, which: Which) -> ValidatedModule:
        if which is None:
            return self.info
        adapter = self.adapters.get(which)
        if adapter is None:
            raise error(f"adapter `{which}` has to export types only, which leaves it unused")
        return adapter.info

    def realloc_of(self, which: Which, export: str | None) -> tuple[Which, str] | None:
        """The module and the export that are the `realloc` of a module, which has `export` of its own.

        A library without one takes the main module's.
        """
        if export is not None:
            return (which, export)
        shared = self.info.exports.realloc
        if which is None or shared is None or not self._is_library(which):
            return None
        return (None, shared)

    def _is_library(self, name: str) -> bool:
        adapter = self.adapters.get(name)
        return adapter is not None and adapter.is_library

    def modules(self) -> list[Which]:
        """The main module and the adapters."""
        return [None, *self.adapters]

    def uses_context_slot_1(self) -> bool:
        """Whether some module uses threads or that slot, which then holds thread-local storage."""
        for which in self.modules():
            for _, _, item in self.imports_of(which).all():
                if item.kind == THREAD_NEW_INDIRECT:
                    return True
                if item.kind == BUILTIN and item.row in (CONTEXT_GET, CONTEXT_SET) and item.immediates[1] == 1:
                    return True
        return False

    # ----------------------------------------------------------------------- adapters

    def _process_adapter(self, name: str, adapter: Adapter) -> None:
        """Reduces an adapter to what is needed of it; leaves out one that isn't needed. A library stays as it is."""
        required = self.info.imports.required_from_adapter(name)
        is_library = adapter.arguments is not None
        if is_library:
            wasm = adapter.wasm
        elif not required and not self._has_functions(adapter.required_exports):
            return
        else:
            wasm = self._reduced(name, adapter, required)
        info = self._validate_adapter(wasm, required, adapter, f"imports of the minimized adapter module `{name}`")
        memory = info.imports.imported_memory
        if memory is not None:
            size = _page_size(memory)
            main_size = _page_size(self.info.exports.memory_type)
            if main_size != size:
                raise error(
                    f"adapter module `{name}` memory page size ({size}) "
                    f"does not match main module's memory page size ({main_size})"
                )
        self.adapters[name] = WorldAdapter(wasm, info, is_library)

    def _reduced(self, name: str, adapter: Adapter, required: dict[str, FuncType]) -> bytes:
        info = self._validate_adapter(adapter.wasm, required, adapter, f"imports of the adapter module `{name}`")
        keep = dict.fromkeys([*required, *info.exports.names])
        memory = info.imports.imported_memory
        page_size_log2 = PAGE_SIZE_LOG2 if memory is None or memory.page_size_log2 is None else memory.page_size_log2
        realloc = None if self.inputs.realloc_via_memory_grow else self.info.exports.realloc_for_adapters
        return _minimized(adapter.wasm, keep, realloc, page_size_log2)

    def _has_functions(self, keys: list[WorldKey]) -> bool:
        for key in keys:
            item = self.world.exports[key]
            if isinstance(item, Function):
                return True
            if isinstance(item, InterfaceItem) and self.resolve.interfaces[item.id].functions:
                return True
        return False

    def _validate_adapter(
        self, wasm: bytes, required: dict[str, FuncType], adapter: Adapter, what: str
    ) -> ValidatedModule:
        inputs = self.inputs
        try:
            return validate_adapter_module(
                self.contents.flat,
                inputs.bindgen.world,
                list(inputs.adapters),
                inputs.reject_legacy_names,
                wasm,
                adapter.required_exports,
                required,
                adapter.arguments or {},
            )
        except WasmToolsError as e:
            raise e.context(f"failed to validate the {what}") from None

    # ----------------------------------------------------------------------- imports

    def _process_imports(self) -> None:
        """Fills `import_map`, in the order of the world, with what the modules import."""
        funcs: dict[int | None, set[tuple[str, int]]] = {}
        drops: set[int] = set()
        for which in self.modules():
            for _, _, item in self.imports_of(which).all():
                if item.kind == WIT_FUNC:
                    funcs.setdefault(item.interface, set()).add((item.name, item.abi))
                elif item.kind == RESOURCE_DROP:
                    drops.add(item.type_id)
        resolve = self.resolve
        for key, world_item in self.world.imports.items():
            if isinstance(world_item, InterfaceItem):
                name = resolve.name_world_key(key)
                interface = self.import_map.get(name)
                if interface is None:
                    interface = ImportedInterface(
                        world_item.id,
                        implements_interface(resolve, key, world_item),
                        external_id_value(resolve, world_item),
                    )
                    self.import_map[name] = interface
                found = resolve.interfaces[world_item.id]
                for type_id in found.types.values():
                    self._add_type(interface, type_id, drops)
                wanted = funcs.get(world_item.id, set())
                for func in found.functions.values():
                    self._add_func(interface, func, wanted)
                continue
            interface = self.import_map.get(None)
            if interface is None:
                interface = ImportedInterface(None, None, None)
                self.import_map[None] = interface
            if isinstance(world_item, Function):
                self._add_func(interface, world_item, funcs.get(None, set()))
            else:
                self._add_type(interface, world_item.id, drops)

    def _add_func(self, interface: ImportedInterface, func: Function, wanted: set[tuple[str, int]]) -> None:
        for abi in (GUEST_IMPORT, GUEST_IMPORT_ASYNC):
            if (func.name, abi) not in wanted:
                continue
            options = self.contents.for_import(func, abi)
            early = not options & (NEEDS_MEMORY | NEEDS_REALLOC) or self.info.imports.imported_memory is not None
            if early:
                lowering = Lowering(DIRECT, options)
            else:
                lowering = Lowering(INDIRECT, options, self.contents.signature(abi, func))
            interface.lowerings[(func.name, abi)] = lowering

    def _add_type(self, interface: ImportedInterface, type_id: int, drops: set[int]) -> None:
        found = self.resolve.types[type_id]
        if isinstance(found.kind, Resource) and type_id in drops:
            interface.lowerings[(f"{found.name}_drop", GUEST_IMPORT)] = Lowering(DROP, type_id=type_id)

    # ----------------------------------------------------------------------- exports and live types

    def _process_exports_used(self) -> None:
        """For each exported interface, the exported interfaces that it depends on."""
        exports = self.world.exports
        for item in exports.values():
            if not isinstance(item, InterfaceItem):
                continue
            used: set[int] = set()
            for other in interface_direct_deps(self.resolve, item.id):
                if other in exports and other not in used:
                    used.add(other)
                    used |= self.exports_used.get(other, set())
            self.exports_used[item.id] = used

    def _process_live_types(self) -> None:
        """The types of imported interfaces that imports, or exports through them, need."""
        live = LiveTypes(self.resolve)
        resolve = self.resolve
        for which in self.modules():
            self._add_live_imports(self.imports_of(which), live)
        for item in self.world.exports.values():
            if not isinstance(item, InterfaceItem):
                live.add_world_item(item)
                continue
            used = self.exports_used[item.id]
            from_export = LiveTypes(resolve)
            from_export.add_world_item(item)
            for type_id in from_export:
                owner = resolve.types[type_id].owner
                if isinstance(owner, InterfaceOwner) and owner.id != item.id and owner.id not in used:
                    live.add_type_id(type_id)
        for type_id in live:
            owner = resolve.types[type_id].owner
            if isinstance(owner, InterfaceOwner):
                self.live_type_imports.setdefault(owner.id, []).append(type_id)

    def _add_live_imports(self, imports: ImportMap, live: LiveTypes) -> None:
        world_imports = self.world.imports
        for world_item in world_imports.values():
            if isinstance(world_item, TypeItem):
                live.add_type_id(world_item.id)
        for _, _, item in imports.all():
            kind = item.kind
            if kind == WIT_FUNC:
                if item.interface is None:
                    live.add_world_item(world_imports[item.key])
                else:
                    live.add_func(self.resolve.interfaces[item.interface].functions[item.name])
            elif kind in (RESOURCE_DROP, EXPORTED_RESOURCE):
                live.add_type_id(item.type_id)
            elif kind == PAYLOAD:
                if item.payload is not None and item.payload.type_id >= 0:
                    live.add_type_id(item.payload.type_id)
            elif kind == TASK_RETURN and item.func is not None and item.func.result is not None:
                live.add_type(item.func.result)


def _validate_main(contents: TypeContents, inputs: Inputs) -> ValidatedModule:
    try:
        return validate_module(
            contents.flat,
            inputs.bindgen.world,
            list(inputs.adapters),
            inputs.reject_legacy_names,
            inputs.wasm,
            inputs.main_exports,
            inputs.original_names,
            {},
        )
    except WasmToolsError as e:
        raise e.context("module was not valid") from None


def _minimized(wasm: bytes, keep: dict[str, None], realloc: str | None, page_size_log2: int) -> bytes:
    from pywasmtools.componentize.adapters import minimize

    try:
        return minimize(wasm, keep, realloc, page_size_log2)
    except WasmToolsError as e:
        raise e.context("failed to reduce input adapter module to its minimal size") from None


def _page_size(memory: MemoryType | None) -> int:
    """The bytes of a page, 64 KiB where nothing else is said."""
    if memory is None or memory.page_size_log2 is None:
        return 1 << PAGE_SIZE_LOG2
    return int(1 << memory.page_size_log2)
