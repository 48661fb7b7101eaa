"""Instantiates the core modules: shims first, then the module, the adapters, and last what fills the shims.

`_satisfy` turns what an import means into the core item that satisfies it; `_fill` what a shim stands for
into the core function that goes into it.
"""

from __future__ import annotations

from pywasmtools.componentize.fixups import ACTUAL, MAIN, SHIM, FixupModule
from pywasmtools.componentize.linkage import (
    ADAPTER_EXPORT,
    BUILTIN,
    ERROR_CONTEXT_DEBUG_MESSAGE,
    ERROR_CONTEXT_NEW,
    EXPORTED_RESOURCE,
    MAIN_MEMORY,
    MODULE_EXPORT,
    PAYLOAD,
    RESOURCE_DROP,
    TASK_RETURN,
    THREAD_NEW_INDIRECT,
    TLS_BASE,
    WAITABLE_SET,
    WIT_FUNC,
)
from pywasmtools.componentize.options import NEEDS_MEMORY, NEEDS_REALLOC, NEEDS_STRING_ENCODING
from pywasmtools.componentize.shims import (
    ADAPTER_FUNC,
    AFTER_INSTANTIATION,
    BEFORE_INSTANTIATION,
    DTOR,
    ERROR_MESSAGE,
    ERROR_NEW,
    LOWERING,
    MEMORY_NAME,
    PAYLOAD_FUNC,
    REALLOC_FUNC,
    RETURN,
    THREAD_NEW,
    THREAD_NEW_KEY,
    TLS_BASE_GET,
    TLS_BASE_SET,
    WAITABLE,
    Shims,
    adapter_key,
    dtor_key,
    error_message_key,
    error_new_key,
    lowering_key,
    payload_key,
    payload_options,
    payload_realloc,
    realloc_key,
    realloc_needs_shim,
    task_return_key,
    waitable_key,
)
from pywasmtools.componentize.types import RootTypeEncoder
from pywasmtools.componentize.world import DIRECT, DROP
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.component_types import ResourceType
from pywasmtools.wasm.module import FUNC, MEMORY, TABLE
from pywasmtools.wasm.types import CONCRETE, I32, I64, REF, FuncType, show_val_type
from pywasmtools.wit.abi import GUEST_IMPORT
from pywasmtools.wit.model import InterfaceItem, InterfaceOwner
from pywasmtools.wit.types import Resource
from pywasmtools.wit_binary.component_type import UTF8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pywasmtools.componentize.linkage import Import, Payload, Which
    from pywasmtools.componentize.shims import Shim, ShimKey
    from pywasmtools.componentize.state import EncodingState
    from pywasmtools.wasm.canonicals import CanonOption, CanonRow


def encode_core_instantiation(state: EncodingState, link: Callable[[FixupModule], None] | None) -> None:
    """Instantiates all core modules; `link` has the last word on what the fixup module does."""
    world = state.world
    shims = Shims(world)
    fixups = FixupModule()
    instantiation = _Instantiation(state, shims)
    instantiation.shim_module(fixups)
    instantiation.declare_types()
    instantiation.module(None)
    if state.memory < 0 and world.info.exports.memory is not None:
        memory = world.info.exports.memory
        state.memory = state.core_alias("memory", state.instance_of(None), memory, MEMORY)
    for name in world.adapters:
        instantiation.module(name)
    if world.info.exports.initialize is not None:
        fixups.add_initialize(world.info.exports.initialize)
    if link is not None:
        link(fixups)
    instantiation.fixup_module(fixups)


class _Instantiation:
    """The state and the shims, together."""

    __slots__ = ("component", "context_slot", "resolve", "shims", "state", "world")

    def __init__(self, state: EncodingState, shims: Shims) -> None:
        self.state = state
        self.shims = shims
        self.world = state.world
        self.resolve = state.world.resolve
        self.component = state.component
        self.context_slot = self.world.uses_context_slot_1()

    # ----------------------------------------------------------------------- the shim module

    def shim_module(self, fixups: FixupModule) -> None:
        """Defines and instantiates the shim module, if anything needs it."""
        shims, state = self.shims, self.state
        for which in self.world.modules():
            self._append_shims(which)
        tls_base = self._tls_base_type()
        has_memory = self.world.info.imports.imported_memory is not None
        if not shims.shims and not has_memory and tls_base is None:
            return
        for shim in shims.shims.values():
            fixups.add_shim(shim, state.inputs.return_call_ref)
        module = self.component.core_module("wit-component-shim-module", shims.module(tls_base))
        state.shim_instance = self.component.core_instantiate("wit-component-shim-instance", module, [])
        if has_memory:
            state.memory = state.core_alias("memory", state.shim_instance, MEMORY_NAME, MEMORY)

    def _append_shims(self, which: Which) -> None:
        try:
            self.shims.append(which)
        except WasmToolsError as e:
            name = "main module" if which is None else f"adapter {which}"
            raise e.context(f"failed to register indirect shims for {name}") from None

    def _tls_base_type(self) -> int | None:
        """The type of the global for thread-local storage, where no context slot holds it and someone asks for it."""
        if self.context_slot:
            return None
        found: int | None = None
        for which in self.world.modules():
            for _, _, item in self.world.imports_of(which).all():
                if item.kind != TLS_BASE:
                    continue
                if found is not None and found != item.value_type:
                    raise error(
                        f"conflicting TLS base pointer types `{show_val_type(found)}` "
                        f"and `{show_val_type(item.value_type)}`"
                    )
                found = item.value_type
        if found is not None and found not in (I32, I64):
            raise error(f"unsupported TLS base pointer type `{show_val_type(found)}`")
        return found

    def _shim(self, key: ShimKey) -> int:
        """The shim's core function."""
        shim = self.shims.shims[key]
        return self.state.core_alias(shim.debug_name, self.state.shim_instance, shim.name, FUNC)

    # ----------------------------------------------------------------------- types

    def declare_types(self) -> None:
        """Defines the types of exported interfaces, resources among them, which imports may work on."""
        state = self.state
        for which in (None, *state.inputs.adapters):
            for key in state.inputs.exports_of(which):
                item = self.world.world.exports[key]
                if not isinstance(item, InterfaceItem):
                    continue
                for type_id in self.resolve.interfaces[item.id].types.values():
                    found = self.resolve.types[type_id]
                    if isinstance(found.kind, Resource):
                        if type_id in state.types.maps.ids:
                            raise error(f"resource `{found.name}` is exported by more than one module")
                        export = self.world.exports_of(which).destructors.get(type_id)
                        dtor = None if export is None else self._shim(dtor_key(which, export))
                        index = self.component.type_resource(found.name, ResourceType(I32, dtor))
                        state.types.maps.ids[type_id] = index
                    else:
                        RootTypeEncoder(state.types, item.id, False).encode_valtype(type_id)

    # ----------------------------------------------------------------------- modules

    def module(self, which: Which) -> None:
        """Instantiates a module with all that it imports."""
        arguments = []
        for module, names in self.world.imports_of(which).modules.items():
            exports = []
            for name, item in names.items():
                kind, index = self._satisfied(which, item, module, name)
                exports.append((name, kind, index))
            arguments.append((module, self.component.core_instantiate_exports(module, exports)))
        debug_name = "main" if which is None else which
        instance = self.component.core_instantiate(debug_name, self.state.modules[which], arguments)
        self.state.instances[which] = instance

    def _satisfied(self, which: Which, item: Import, module: str, name: str) -> tuple[int, int]:
        try:
            return self._satisfy(which, item)
        except WasmToolsError as e:
            raise e.context(f"failed to satisfy import `{module}::{name}`") from None

    def fixup_module(self, fixups: FixupModule) -> None:
        """Defines and instantiates the fixup module, if anything needs it."""
        state = self.state
        fixups.prepare_task_hooks(self.world)
        data = fixups.finish(state.inputs.debug_names)
        if data is None:
            return
        module = self.component.core_module("wit-component-fixup", data)
        arguments = []
        for name, (kind, adapter) in fixups.instances.items():
            if kind == MAIN:
                index = state.instance_of(None)
            elif kind == SHIM:
                index = state.shim_instance
            elif kind == ACTUAL:
                actual = [(shim.name, FUNC, self._fill(shim)) for shim in self.shims.shims.values()]
                index = self.component.core_instantiate_exports("actual", actual)
            else:
                index = state.instance_of(adapter)
            arguments.append((name, index))
        instance = self.component.core_instantiate("fixup", module, arguments)
        for number, hooked in enumerate(fixups.hooked):
            if hooked.export is not None:
                name = f"hook{number}"
                state.wrappers[(hooked.export, hooked.core_name)] = state.core_alias(name, instance, name, FUNC)

    # ----------------------------------------------------------------------- imports

    def _satisfy(self, which: Which, item: Import) -> tuple[int, int]:
        """External kind and index of the core item that an import gets."""
        kind = item.kind
        state = self.state
        if kind == MAIN_MEMORY:
            if state.memory < 0:
                raise error("main module cannot import memory")
            return (MEMORY, state.memory)
        if kind == MODULE_EXPORT:
            instance = state.instance_of(item.which)
            return (item.export_kind, state.core_alias(item.name, instance, item.name, item.export_kind))
        return (FUNC, self._satisfy_func(which, item))

    def _satisfy_func(self, which: Which, item: Import) -> int:
        """The core function that an import gets."""
        kind = item.kind
        if kind == WIT_FUNC:
            return self._lowered(which, item)
        if kind == RESOURCE_DROP:
            return self._resource_drop(item)
        if kind == EXPORTED_RESOURCE:
            return self._canonical(item.row, (self.state.types.maps.ids[item.type_id],))
        if kind == ADAPTER_EXPORT:
            return self._shim(adapter_key(item))
        if kind == BUILTIN:
            if item.row is canon.CONTEXT_GET or item.row is canon.CONTEXT_SET:
                _check_context_type(item.value_type)
            return self._canonical(item.row, item.immediates)
        if kind == TLS_BASE:
            return self._tls_base(item)
        if kind == TASK_RETURN:
            return self._task_return(which, item)
        if kind == PAYLOAD:
            return self._payload(which, item)
        if kind == WAITABLE_SET:
            if self.state.memory < 0:
                return self._shim(waitable_key(item))
            return self._canonical(item.row, (self.state.memory,))
        if kind == ERROR_CONTEXT_NEW:
            if self.state.memory < 0:
                return self._shim(error_new_key(item))
            options = self.state.options(NEEDS_MEMORY | NEEDS_STRING_ENCODING, item.encoding, None)
            return self.component.canonical((canon.ERROR_CONTEXT_NEW, (), tuple(options)))
        if kind == ERROR_CONTEXT_DEBUG_MESSAGE:
            return self._shim(error_message_key(which, item))
        assert kind == THREAD_NEW_INDIRECT
        return self._shim(THREAD_NEW_KEY)

    def _canonical(self, row: CanonRow, immediates: tuple[int, ...]) -> int:
        return self.component.canonical((row, immediates, ()))

    def _lowered(self, which: Which, item: Import) -> int:
        """An imported function: lowered at once, or a shim."""
        interface_name = None if item.interface is None else self.resolve.name_world_key(item.key)
        info = self.world.import_map[interface_name]
        lowering = info.lowerings[(item.name, item.abi)]
        encoding = self.state.inputs.metadata_of(which).import_encodings.get(self.resolve, item.key, item.name)
        if lowering.kind != DIRECT:
            assert encoding is not None
            return self._shim(lowering_key(interface_name, item, which, encoding))
        func = self.state.imported_function(info.interface, item.name)
        if encoding is None:
            raise error(f"missing component metadata for import of `{item.name}`")
        export = self.world.exports_of(which).import_realloc
        realloc = self._realloc(which, BEFORE_INSTANTIATION, lowering.options, export)
        return self.component.lower_func(item.name, func, self.state.options(lowering.options, encoding, realloc))

    def _resource_drop(self, item: Import) -> int:
        """`resource.drop` of an imported resource."""
        found = self.resolve.types[item.type_id]
        interface_name = None if item.interface is None else self.resolve.name_world_key(item.key)
        lowering = self.world.import_map[interface_name].lowerings[(f"{found.name}_drop", GUEST_IMPORT)]
        assert lowering.kind == DROP
        owner = found.owner
        if isinstance(owner, InterfaceOwner):
            index = self.state.types.alias_type(owner.id, item.type_id)
        else:
            index = self.state.types.maps.ids[item.type_id]
        return self._canonical(canon.RESOURCE_DROP, (index,))

    def _tls_base(self, item: Import) -> int:
        """Reads or writes thread-local storage: a context slot, or the shim module's global."""
        if self.context_slot:
            _check_context_type(item.value_type)
            return self._canonical(canon.CONTEXT_SET if item.is_set else canon.CONTEXT_GET, (item.value_type, 1))
        name = TLS_BASE_SET if item.is_set else TLS_BASE_GET
        return self.state.core_alias(name, self.state.shim_instance, name, FUNC)

    def _task_return(self, which: Which, item: Import) -> int:
        """`task.return`: at once where it needs no memory or that is there, else a shim."""
        func = item.func
        assert func is not None
        needed, _ = self.world.contents.for_task_return(func)
        encoding = self.state.inputs.metadata_of(which).export_encodings.get(self.resolve, item.key, func.name)
        if needed and self.state.memory < 0:
            assert encoding is not None
            return self._shim(task_return_key(item, which, encoding))
        encoder = self.state.result_type_encoder(item.interface)
        result = None if func.result is None else encoder.encode_valtype(func.result)
        if encoding is None:
            raise error(f"missing component metadata for export of `{func.name}`")
        return self.component.task_return(result, self.state.options(needed, encoding, None))

    def _payload(self, which: Which, item: Import) -> int:
        """A built-in of a stream or future: reads and writes may be shims."""
        payload = item.payload
        assert payload is not None
        row = item.row
        if "options" in row.kinds:
            key = payload_key(which, item)
            if key in self.shims.shims:
                return self._shim(key)
            return self._payload_func(which, payload, row, payload_options(self.world, item), BEFORE_INSTANTIATION)
        type_ = self.state.payload_type(payload)
        if "async" in row.kinds:
            return self._canonical(row, (type_, 1 if item.is_async else 0))
        return self._canonical(row, (type_,))

    def _payload_func(self, which: Which, payload: Payload, row: CanonRow, needed: int, site: int) -> int:
        """`stream.read` and its like, with the options of the function that the payload is from."""
        encoding: int | None = None
        if payload.type_id >= 0:
            metadata = self.state.inputs.metadata_of(which)
            encodings = metadata.import_encodings if payload.imported else metadata.export_encodings
            encoding = encodings.get(self.resolve, payload.key, payload.function)
        realloc = self._realloc(which, site, needed, payload_realloc(self.world, which, payload))
        type_ = self.state.payload_type(payload)
        options = self.state.options(needed, UTF8 if encoding is None else encoding, realloc)
        return self.component.canonical((row, (type_,), tuple(options)))

    def _realloc(self, which: Which, site: int, needed: int, export: str | None) -> int | None:
        """The core function of a `realloc` option, if it is needed and there is one."""
        found = self.world.realloc_of(which, export) if needed & NEEDS_REALLOC else None
        if found is None:
            return None
        which, export = found
        if realloc_needs_shim(self.world, site):
            return self._shim(realloc_key(which, export))
        return self.state.core_alias(export, self.state.instance_of(which), export, FUNC)

    # ----------------------------------------------------------------------- what goes into shims

    def _fill(self, shim: Shim) -> int:
        """The core function that a shim stands for, now that all modules are instantiated."""
        kind = shim.kind
        which = shim.which
        state = self.state
        if kind in (ADAPTER_FUNC, DTOR, REALLOC_FUNC):
            return state.core_alias(shim.export, state.instance_of(which), shim.export, FUNC)
        item = shim.item
        assert item is not None
        if kind == LOWERING:
            func = state.imported_function(item.interface, item.name)
            options = self._import_options(shim)
            return self.component.lower_func(shim.debug_name, func, options)
        if kind == PAYLOAD_FUNC:
            assert item.payload is not None
            return self._payload_func(which, item.payload, item.row, shim.options, AFTER_INSTANTIATION)
        if kind == WAITABLE:
            if state.memory < 0:
                raise error("module does not export a memory named `memory`")
            return self._canonical(item.row, (state.memory,))
        if kind == ERROR_NEW:
            options = state.options(shim.options, shim.encoding, None)
            return self.component.canonical((canon.ERROR_CONTEXT_NEW, (), tuple(options)))
        if kind == ERROR_MESSAGE:
            options = self._import_options(shim)
            return self.component.canonical((canon.ERROR_CONTEXT_DEBUG_MESSAGE, (), tuple(options)))
        if kind == RETURN:
            return self._fill_task_return(shim, item)
        assert kind == THREAD_NEW
        return self._fill_thread_new()

    def _import_options(self, shim: Shim) -> list[CanonOption]:
        """The options of a shim, with the `realloc` that its module has for imports."""
        export = self.world.exports_of(shim.which).import_realloc
        realloc = self._realloc(shim.which, AFTER_INSTANTIATION, shim.options, export)
        return self.state.options(shim.options, shim.encoding, realloc)

    def _fill_task_return(self, shim: Shim, item: Import) -> int:
        assert item.func is not None
        encoder = self.state.result_type_encoder(item.interface)
        result = None if item.func.result is None else encoder.encode_valtype(item.func.result)
        # No option of `task.return`, but the reference makes the alias all the same.
        export = self.world.exports_of(shim.which).import_realloc
        if export is not None:
            self.state.core_alias("realloc", self.state.instance_of(shim.which), export, FUNC)
        return self.component.task_return(result, self.state.options(shim.options, shim.encoding, None))

    def _fill_thread_new(self) -> int:
        """`thread.new-indirect`, of functions `i32 -> ` in the main module's table."""
        type_ = self.component.core_type_func("thread-start", FuncType((I32,), ()))
        table = self.world.info.exports.indirect_function_table
        if table is None:
            raise error("table __indirect_function_table must be an exported funcref table for thread.new-indirect")
        index = self.state.core_alias("indirect-function-table", self.state.instance_of(None), table, TABLE)
        return self._canonical(canon.THREAD_NEW_INDIRECT, (type_, index))


def _check_context_type(value_type: int) -> None:
    """Refuses a type that names one of the module: outside it means nothing."""
    if value_type & REF and value_type & CONCRETE:
        raise error("There was a canonicalized heap type reference without type index information")
