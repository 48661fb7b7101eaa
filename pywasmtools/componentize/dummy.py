"""A core module that fits a world: it imports all it may, exports all it must, and does nothing.

`component embed --dummy`. The reference writes text and parses it, so types are numbered in the order in
which imports and then functions mention them.
"""

from __future__ import annotations

from pywasmtools.componentize.code import FuncTypes
from pywasmtools.componentize.core_names import (
    EXPORTED_DROP,
    EXPORTED_NEW,
    EXPORTED_REP,
    IMPORTED_DROP,
    LEGACY_ASYNC_CALLBACK,
    LEGACY_ASYNC_STACKFUL,
    callback_export,
    destructor_export,
    export_variant,
    for_func,
    func_export,
    func_import,
    import_variant,
    initialize_export,
    is_async,
    memory_export,
    payload_import,
    post_return_export,
    realloc_export,
    resource_import,
    task_return_import,
)
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.module import FUNC, MEMORY
from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.payloads import IMPORT_SECTION
from pywasmtools.wasm.types import I32, MemoryType
from pywasmtools.wit.abi import FlatTypes, wasm_signature
from pywasmtools.wit.model import Function, InterfaceItem, TypeItem
from pywasmtools.wit.queries import find_futures_and_streams
from pywasmtools.wit.types import Future, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.componentize.linkage import Signature
    from pywasmtools.wit.model import Resolve, WorldKey

_RETURNS: Final = b"\x00\x0b"
"""A body that does nothing: no locals, `end`."""
_TRAPS: Final = b"\x00\x00\x0b"
"""A body that is `unreachable`."""

_NONE: Final = ()
_I32: Final = (I32,)
_I32_I32_I32: Final = (I32, I32, I32)
_I32_I32_I32_I32: Final = (I32, I32, I32, I32)

_ROOT_BUILT_INS: Final[tuple[tuple[str, canon.CanonRow, str], ...]] = (
    ("[export]$root", canon.TASK_CANCEL, ""),
    ("$root", canon.BACKPRESSURE_INC, ""),
    ("$root", canon.BACKPRESSURE_DEC, ""),
    ("$root", canon.WAITABLE_SET_NEW, ""),
    ("$root", canon.WAITABLE_SET_WAIT, ""),
    ("$root", canon.WAITABLE_SET_POLL, ""),
    ("$root", canon.WAITABLE_SET_DROP, ""),
    ("$root", canon.WAITABLE_JOIN, ""),
    ("$root", canon.THREAD_YIELD, ""),
    ("$root", canon.SUBTASK_DROP, ""),
    ("$root", canon.SUBTASK_CANCEL, ""),
    ("$root", canon.CONTEXT_GET, "-0"),
    ("$root", canon.CONTEXT_SET, "-0"),
)
"""What every asynchronous module imports: module, built-in, what its name ends with."""

_FUTURE_BUILT_INS: Final = (
    ("", canon.FUTURE_NEW),
    ("", canon.FUTURE_CANCEL_READ),
    ("", canon.FUTURE_CANCEL_WRITE),
    ("", canon.FUTURE_DROP_READABLE),
    ("", canon.FUTURE_DROP_WRITABLE),
    ("", canon.FUTURE_FORWARD),
    ("[async-lower]", canon.FUTURE_READ),
    ("[async-lower]", canon.FUTURE_WRITE),
)
_STREAM_BUILT_INS: Final = (
    ("", canon.STREAM_NEW),
    ("", canon.STREAM_CANCEL_READ),
    ("", canon.STREAM_CANCEL_WRITE),
    ("", canon.STREAM_DROP_READABLE),
    ("", canon.STREAM_DROP_WRITABLE),
    ("", canon.STREAM_FORWARD),
    ("[async-lower]", canon.STREAM_READ),
    ("[async-lower]", canon.STREAM_WRITE),
)


def dummy_module(resolve: Resolve, world: int, mangling: int) -> bytes:
    """The module, as bytes. `mangling` is one of `core_names`: STANDARD32, LEGACY_SYNC…"""
    module = _Dummy(resolve, mangling)
    found = resolve.worlds[world]
    for key, item in found.imports.items():
        if isinstance(item, Function):
            module.import_func(None, item)
        elif isinstance(item, TypeItem):
            module.import_resource(None, item.id)
        else:
            interface = resolve.interfaces[item.id]
            for function in interface.functions.values():
                module.import_func(key, function)
            for type_ in interface.types.values():
                module.import_resource(key, type_)
    if is_async(mangling):
        for module_name, row, suffix in _ROOT_BUILT_INS:
            module.add_import((module_name, f"[{row.core_name()}{suffix}]"), row.core_type(canon.MEMORY32))
    for key, item in found.exports.items():
        if isinstance(item, Function):
            module.import_for_exported_func(None, item)
        elif isinstance(item, InterfaceItem):
            interface = resolve.interfaces[item.id]
            for function in interface.functions.values():
                module.import_for_exported_func(key, function)
            for type_ in interface.types.values():
                module.import_for_exported_resource(key, type_)
    for key, item in found.exports.items():
        if isinstance(item, Function):
            module.export_func(None, item)
        elif isinstance(item, InterfaceItem):
            interface = resolve.interfaces[item.id]
            for function in interface.functions.values():
                module.export_func(key, function)
            for type_ in interface.types.values():
                module.export_destructor(key, type_)
    return module.finish()


class _Dummy:
    """The module as far as it is built."""

    __slots__ = ("flat", "mangling", "module", "resolve", "types")

    def __init__(self, resolve: Resolve, mangling: int) -> None:
        self.resolve = resolve
        self.mangling = mangling
        self.flat = FlatTypes(resolve)
        self.module = ModuleBuilder()
        self.types = FuncTypes(self.module)

    def add_import(self, names: tuple[str, str], signature: Signature) -> None:
        self.module.import_(names[0], names[1], FUNC, self.types.index(signature[0], signature[1]))

    def add_func(self, export: str, signature: Signature, body: bytes) -> None:
        function = self.module.function(self.types.index(signature[0], signature[1]))
        self.module.export(export, FUNC, self.module.count(IMPORT_SECTION) + function)
        self.module.raw_code(body)

    def import_func(self, key: WorldKey | None, function: Function) -> None:
        """A function that the world imports, with the built-ins for its futures and streams."""
        mangling = for_func(self.mangling, function)
        signature = wasm_signature(self.resolve, import_variant(mangling), function, self.flat)
        names = func_import(self.resolve, mangling, key, function)
        self.add_import(names, (signature.params, signature.results))
        if is_async(mangling):
            self.import_payloads(key, function, False)

    def import_payloads(self, key: WorldKey | None, function: Function, exported: bool) -> None:
        """The built-ins for each future and stream in a function's signature; of a repeated one each time."""
        indices: dict[int, int] = {}
        for index, type_ in enumerate(find_futures_and_streams(self.resolve, function)):
            first = indices.setdefault(type_, index)
            kind = self.resolve.types[type_].kind
            for prefix, row in _FUTURE_BUILT_INS if isinstance(kind, Future) else _STREAM_BUILT_INS:
                built_in = prefix + row.core_name()
                names = payload_import(self.resolve, key, function, built_in, first, exported)
                self.add_import(names, row.core_type(canon.MEMORY32))

    def import_resource(self, key: WorldKey | None, type_: int) -> None:
        """The drop of an imported type, if that is a resource."""
        found = self.resolve.types[type_]
        if isinstance(found.kind, Resource):
            names = resource_import(self.resolve, self.mangling, key, found.name or "", IMPORTED_DROP)
            self.add_import(names, canon.RESOURCE_DROP.core_type(canon.MEMORY32))

    def import_for_exported_func(self, key: WorldKey | None, function: Function) -> None:
        """What an exported function needs in an asynchronous module: `task.return` and its futures and streams."""
        if is_async(self.mangling):
            module, field, signature = task_return_import(self.flat, key, function)
            self.add_import((module, field), (signature.params, signature.results))
            self.import_payloads(key, function, True)

    def import_for_exported_resource(self, key: WorldKey, type_: int) -> None:
        """Drop, new and rep of an exported type, if that is a resource."""
        found = self.resolve.types[type_]
        if isinstance(found.kind, Resource):
            resource = found.name or ""
            for intrinsic, row in (
                (EXPORTED_DROP, canon.RESOURCE_DROP),
                (EXPORTED_NEW, canon.RESOURCE_NEW),
                (EXPORTED_REP, canon.RESOURCE_REP),
            ):
                names = resource_import(self.resolve, self.mangling, key, resource, intrinsic)
                self.add_import(names, row.core_type(canon.MEMORY32))

    def export_func(self, key: WorldKey | None, function: Function) -> None:
        """A function that the world exports, with its post-return or its callback."""
        mangling = for_func(self.mangling, function)
        signature = wasm_signature(self.resolve, export_variant(mangling), function, self.flat)
        export = func_export(self.resolve, mangling, key, function)
        self.add_func(export, (signature.params, signature.results), _TRAPS)
        if mangling == LEGACY_ASYNC_CALLBACK:
            callback = callback_export(self.resolve, key, function)
            self.add_func(callback, (_I32_I32_I32, _I32), _TRAPS)
        elif mangling != LEGACY_ASYNC_STACKFUL:
            post_return = post_return_export(self.resolve, mangling, key, function)
            self.add_func(post_return, (signature.results, _NONE), _RETURNS)

    def export_destructor(self, key: WorldKey, type_: int) -> None:
        """The destructor of an exported type, if that is a resource."""
        found = self.resolve.types[type_]
        if isinstance(found.kind, Resource):
            destructor = destructor_export(self.resolve, self.mangling, key, found.name or "")
            self.add_func(destructor, (_I32, _NONE), _RETURNS)

    def finish(self) -> bytes:
        """Adds memory, `realloc` and the initialiser; the whole module."""
        self.module.memory(MemoryType(0))
        self.module.export(memory_export(self.mangling), MEMORY, 0)
        self.add_func(realloc_export(self.mangling), (_I32_I32_I32_I32, _I32), _TRAPS)
        self.add_func(initialize_export(self.mangling), (_NONE, _NONE), _RETURNS)
        return self.module.finish()
