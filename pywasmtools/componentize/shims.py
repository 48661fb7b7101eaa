"""The shim module: functions that stand in for what does not exist yet when a module is instantiated.

A lowered function may need the memory of the very module that imports it. So a module of shims is
instantiated first, whose functions call through a table (or through globals); when all is there, the fixup
module fills these with the real ones.
"""

from __future__ import annotations

from pywasmtools.componentize.code import (
    END,
    UNREACHABLE,
    FuncTypes,
    add_names,
    call_indirect,
    func_global,
    global_get,
    global_set,
    i32_const,
    local_get,
    ref_func,
    return_call_ref,
)
from pywasmtools.componentize.linkage import (
    ADAPTER_EXPORT,
    DESTRUCTOR,
    ERROR_CONTEXT_DEBUG_MESSAGE,
    ERROR_CONTEXT_NEW,
    PAYLOAD,
    TASK_RETURN,
    THREAD_NEW_INDIRECT,
    WAITABLE_SET,
    WIT_FUNC,
)
from pywasmtools.componentize.options import NEEDS_MEMORY, NEEDS_REALLOC, NEEDS_STRING_ENCODING
from pywasmtools.componentize.world import DIRECT
from pywasmtools.diagnostics import error
from pywasmtools.wasm.canonicals import FUTURE_READ, FUTURE_WRITE, STREAM_READ, STREAM_WRITE
from pywasmtools.wasm.module import FUNC, GLOBAL, MEMORY, TABLE
from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.module_builder import i32_const as i32_const_expr
from pywasmtools.wasm.module_builder import i64_const as i64_const_expr
from pywasmtools.wasm.payloads import TYPE_SECTION
from pywasmtools.wasm.types import F32, F64, FUNCREF, I32, I64, GlobalType, TableType
from pywasmtools.wit.types import Future, Stream
from pywasmtools.wit_binary.encoder import BASE_PRODUCERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.componentize.linkage import Import, Payload, Which
    from pywasmtools.componentize.world import ComponentWorld
    from pywasmtools.wit.model import Resolve
    from pywasmtools.wit.types import Type

    ShimKey: TypeAlias = "tuple[object, ...]"
    """What a shim stands for: one of the kinds below and what tells shims of the kind apart."""

# What the shim module calls its exports that are no shims.
TABLE_NAME: Final = "$imports"
MEMORY_NAME: Final = "$memory"
TLS_BASE_GET: Final = "$get-tls-base"
TLS_BASE_SET: Final = "$set-tls-base"

# Kinds of shims.
LOWERING: Final = 0
"""A lowered import: interface's name, function, variant of the ABI, module, string encoding."""
ADAPTER_FUNC: Final = 1
"""An adapter's function: adapter, function."""
DTOR: Final = 2
"""A resource's destructor: module, export."""
PAYLOAD_FUNC: Final = 3
"""Reading or writing a stream or future: module, payload, built-in."""
WAITABLE: Final = 4
"""`waitable-set.wait` or `.poll`: the built-in."""
RETURN: Final = 5
"""`task.return`: interface, function, result, module, string encoding."""
ERROR_NEW: Final = 6
"""`error-context.new`: string encoding."""
ERROR_MESSAGE: Final = 7
"""`error-context.debug-message`: module, string encoding."""
THREAD_NEW: Final = 8
"""`thread.new-indirect`."""
REALLOC_FUNC: Final = 9
"""A `realloc` option: module, export."""

THREAD_NEW_KEY: Final = (THREAD_NEW,)

# When a `realloc` option is needed.
BEFORE_INSTANTIATION: Final = 0
"""Before the main module is there."""
AFTER_INSTANTIATION: Final = 1
"""After it, but before the fixup module is."""


class Shim:
    """One function of the shim module, which exports it as `name`: its number.

    `item` is the import that it stands for, `encoding` the string encoding of a lowered or lifted function; or
    `export` the export of the module `which`.
    """

    __slots__ = (
        "debug_name",
        "encoding",
        "export",
        "item",
        "key",
        "kind",
        "name",
        "options",
        "params",
        "results",
        "which",
    )

    def __init__(
        self,
        kind: int,
        key: ShimKey,
        debug_name: str,
        params: tuple[int, ...],
        results: tuple[int, ...],
        which: Which,
        options: int = 0,
    ) -> None:
        self.kind = kind
        self.key = key
        self.name = ""
        self.debug_name = debug_name
        self.params = params
        self.results = results
        self.which = which
        self.options = options
        self.item: Import | None = None
        self.encoding = 0
        self.export = ""


def adapter_key(item: Import) -> ShimKey:
    return (ADAPTER_FUNC, item.adapter, item.name)


def dtor_key(which: Which, export: str) -> ShimKey:
    return (DTOR, which, export)


def realloc_key(which: Which, export: str) -> ShimKey:
    return (REALLOC_FUNC, which, export)


def waitable_key(item: Import) -> ShimKey:
    return (WAITABLE, item.row)


def error_new_key(item: Import) -> ShimKey:
    return (ERROR_NEW, item.encoding)


def error_message_key(which: Which, item: Import) -> ShimKey:
    return (ERROR_MESSAGE, which, item.encoding)


def lowering_key(interface: str | None, item: Import, which: Which, encoding: int) -> ShimKey:
    return (LOWERING, interface, item.name, item.abi, which, encoding)


def payload_key(which: Which, item: Import) -> ShimKey:
    assert item.payload is not None
    return (PAYLOAD_FUNC, which, item.payload.identity(), item.row)


def task_return_key(item: Import, which: Which, encoding: int) -> ShimKey:
    assert item.func is not None
    return (RETURN, item.interface, item.func.name, item.func.result, which, encoding)


def realloc_needs_shim(world: ComponentWorld, site: int) -> bool:
    """Whether a `realloc` can't be taken as it is: too early, or its hooked version belongs to the fixup module."""
    return site == BEFORE_INSTANTIATION or world.info.exports.task_hook is not None


def payload_type(resolve: Resolve, payload: Payload) -> Type | None:
    """What a stream or future carries."""
    if payload.type_id < 0:
        return None
    kind = resolve.types[payload.type_id].kind
    assert isinstance(kind, (Stream, Future))
    return kind.type


def payload_options(world: ComponentWorld, item: Import) -> int:
    """The options of reading or writing a stream or future."""
    assert item.payload is not None
    carried = payload_type(world.resolve, item.payload)
    return world.contents.for_payload(carried, item.row in (STREAM_READ, FUTURE_READ), item.is_async)


def payload_realloc(world: ComponentWorld, which: Which, payload: Payload) -> str | None:
    """The `realloc` of the function whose options a payload borrows."""
    if payload.type_id < 0:
        return None
    exports = world.exports_of(which)
    return exports.import_realloc if payload.imported else exports.export_realloc


class Shims:
    """All shims of a component, in order; each thing has one."""

    __slots__ = ("shims", "world")

    def __init__(self, world: ComponentWorld) -> None:
        self.world = world
        self.shims: dict[ShimKey, Shim] = {}

    def _push(self, shim: Shim) -> None:
        """Adds a shim where there is none of its key yet."""
        if shim.key not in self.shims:
            shim.name = str(len(self.shims))
            self.shims[shim.key] = shim

    def _push_import(self, shim: Shim, item: Import, encoding: int = 0) -> None:
        shim.item = item
        shim.encoding = encoding
        self._push(shim)

    def _push_export(self, shim: Shim, export: str) -> None:
        shim.export = export
        self._push(shim)

    def append(self, which: Which) -> None:
        """Adds all shims that a module's instantiation needs."""
        world = self.world
        for module, field, item in world.imports_of(which).all():
            kind = item.kind
            if kind == WIT_FUNC:
                self._append_wit_func(which, module, field, item)
            elif kind == ADAPTER_EXPORT:
                self._append_adapter_export(module, field, item)
            elif kind == TASK_RETURN:
                self._append_task_return(which, module, field, item)
            elif kind == PAYLOAD:
                if item.row in (STREAM_READ, STREAM_WRITE, FUTURE_READ, FUTURE_WRITE):
                    self._append_payload(which, module, item)
            elif kind == WAITABLE_SET:
                if not self._memory_available:
                    shim = Shim(WAITABLE, waitable_key(item), item.row.name, (I32, I32), (I32,), which)
                    self._push_import(shim, item)
            elif kind == ERROR_CONTEXT_NEW:
                if not self._memory_available:
                    options = NEEDS_MEMORY | NEEDS_STRING_ENCODING
                    shim = Shim(ERROR_NEW, error_new_key(item), "error-new", (I32, I32), (I32,), which, options)
                    self._push_import(shim, item, item.encoding)
            elif kind == ERROR_CONTEXT_DEBUG_MESSAGE:
                options = NEEDS_MEMORY | NEEDS_STRING_ENCODING | NEEDS_REALLOC
                key = error_message_key(which, item)
                shim = Shim(ERROR_MESSAGE, key, "error-debug-message", (I32, I32), (), which, options)
                self._push_import(shim, item, item.encoding)
                self._push_realloc(which, AFTER_INSTANTIATION, options, world.exports_of(which).import_realloc)
            elif kind == THREAD_NEW_INDIRECT:
                shim = Shim(THREAD_NEW, THREAD_NEW_KEY, "thread.new-indirect", (I32, I32), (I32,), which)
                self._push_import(shim, item)
        for export_name, export in world.exports_of(which).names.items():
            if export.kind == DESTRUCTOR:
                resource = world.resolve.types[export.type_id].name
                shim = Shim(DTOR, dtor_key(which, export_name), f"dtor-{resource}", (I32,), (), which)
                self._push_export(shim, export_name)

    @property
    def _memory_available(self) -> bool:
        """Whether the memory is the shim module's, there from the beginning."""
        return self.world.info.imports.imported_memory is not None

    def _append_wit_func(self, which: Which, module: str, field: str, item: Import) -> None:
        world = self.world
        interface_name = None if item.interface is None else world.resolve.name_world_key(item.key)
        lowering = world.import_map[interface_name].lowerings[(item.name, item.abi)]
        realloc = world.exports_of(which).import_realloc
        if lowering.kind == DIRECT:
            self._push_realloc(which, BEFORE_INSTANTIATION, lowering.options, realloc)
            return
        encoding = world.inputs.metadata_of(which).import_encodings.get(world.resolve, item.key, item.name)
        if encoding is None:
            raise error(f"missing component metadata for import of `{module}::{field}`")
        signature = lowering.signature
        assert signature is not None
        key = lowering_key(interface_name, item, which, encoding)
        debug_name = f"indirect-{module}-{field}"
        shim = Shim(LOWERING, key, debug_name, signature.params, signature.results, which, lowering.options)
        self._push_import(shim, item, encoding)
        self._push_realloc(which, AFTER_INSTANTIATION, lowering.options, realloc)

    def _append_adapter_export(self, module: str, field: str, item: Import) -> None:
        found = item.func_type
        assert found is not None
        for type_ in found.params + found.results:
            if type_ not in (I32, I64, F32, F64):
                raise error(f"adapter functions may only take and give numbers, unlike `{module}::{field}`")
        # Adapters are taken to need memory, whatever they do.
        debug_name = f"adapt-{module}-{field}"
        shim = Shim(
            ADAPTER_FUNC, adapter_key(item), debug_name, found.params, found.results, item.adapter, NEEDS_MEMORY
        )
        self._push_export(shim, item.name)

    def _append_task_return(self, which: Which, module: str, field: str, item: Import) -> None:
        func = item.func
        assert func is not None
        options, signature = self.world.contents.for_task_return(func)
        if not options or self._memory_available:
            return
        encodings = self.world.inputs.metadata_of(which).export_encodings
        encoding = encodings.get(self.world.resolve, item.key, func.name)
        if encoding is None:
            raise error(f"missing component metadata for export of `{module}::{field}`")
        key = task_return_key(item, which, encoding)
        debug_name = f"task-return-{func.name}"
        shim = Shim(RETURN, key, debug_name, signature.params, signature.results, which, options)
        self._push_import(shim, item, encoding)

    def _append_payload(self, which: Which, module: str, item: Import) -> None:
        payload = item.payload
        assert payload is not None
        options = payload_options(self.world, item)
        if not options & NEEDS_REALLOC and self._memory_available:
            return
        params = (I32, I32, I32) if item.row in (STREAM_READ, STREAM_WRITE) else (I32, I32)
        debug_name = f"{module}-{payload.name}"
        shim = Shim(PAYLOAD_FUNC, payload_key(which, item), debug_name, params, (I32,), which, options)
        self._push_import(shim, item)
        self._push_realloc(which, AFTER_INSTANTIATION, options, payload_realloc(self.world, which, payload))

    def _push_realloc(self, which: Which, site: int, options: int, export: str | None) -> None:
        """Adds a shim for a `realloc` option, where the options have one and it can't be taken as it is."""
        if not options & NEEDS_REALLOC or not realloc_needs_shim(self.world, site):
            return
        found = self.world.realloc_of(which, export)
        if found is None:
            return
        which, export = found
        debug_name = f"realloc-{which or 'main'}-{export}"
        shim = Shim(REALLOC_FUNC, realloc_key(which, export), debug_name, (I32, I32, I32, I32), (I32,), which)
        self._push_export(shim, export)

    # ----------------------------------------------------------------------- bytes

    def module(self, tls_base: int | None) -> bytes:
        """The shim module. `tls_base` is the type of the global for thread-local storage, where it is needed."""
        inputs = self.world.inputs
        module = ModuleBuilder()
        types = FuncTypes(module)
        names: list[tuple[int, str]] = []
        if inputs.return_call_ref:
            self._through_globals(module, types, names)
        else:
            self._through_table(module, types, names)
        memory = self.world.info.imports.imported_memory
        if memory is not None:
            module.memory(memory)
            module.export(MEMORY_NAME, MEMORY, 0)
        if tls_base is not None:
            init = i64_const_expr(0) if tls_base == I64 else i32_const_expr(0)
            global_ = module.global_(GlobalType(tls_base, True), init)
            for accessor, params, results, body in (
                (TLS_BASE_GET, (), (tls_base,), global_get(global_)),
                (TLS_BASE_SET, (tls_base,), (), local_get(0) + global_set(global_)),
            ):
                index = module.function(types.index(params, results))
                module.code([], body + END)
                module.export(accessor, FUNC, index)
                names.append((index, accessor))
        module.custom("producers", BASE_PRODUCERS)
        if inputs.debug_names:
            add_names(module, "wit-component:shim", names, [])
        # The reference writes the types even where there are none.
        return module.finish(even_empty=(TYPE_SECTION,))

    def _through_table(self, module: ModuleBuilder, types: FuncTypes, names: list[tuple[int, str]]) -> None:
        """Each shim calls the entry of its number in a table."""
        for shim in self.shims.values():
            type_ = types.index(shim.params, shim.results)
            index = module.function(type_)
            body = b"".join([local_get(param) for param in range(len(shim.params))])
            module.code([], body + i32_const(index) + call_indirect(type_) + END)
            module.export(shim.name, FUNC, index)
            names.append((index, shim.debug_name))
        size = len(self.shims)
        if size:
            module.table(TableType(FUNCREF, size, size))
            module.export(TABLE_NAME, TABLE, 0)

    def _through_globals(self, module: ModuleBuilder, types: FuncTypes, names: list[tuple[int, str]]) -> None:
        """Each shim calls the function in a global of its own, at first one that traps."""
        traps: dict[int, int] = {}
        for shim in self.shims.values():
            type_ = types.index(shim.params, shim.results)
            trap = traps.get(type_)
            if trap is None:
                trap = module.function(type_)
                module.code([], UNREACHABLE + END)
                names.append((trap, "trap stub before initialization"))
                traps[type_] = trap
            index = module.function(type_)
            global_ = module.global_(func_global(type_), ref_func(trap) + END)
            module.export(f"g{shim.name}", GLOBAL, global_)
            body = b"".join([local_get(param) for param in range(len(shim.params))])
            module.code([], body + global_get(global_) + return_call_ref(type_) + END)
            module.export(shim.name, FUNC, index)
            names.append((index, shim.debug_name))
