"""A core module that fits a world: it imports all it may, exports all it must, and does nothing.

`component embed --dummy`. The reference writes text and parses it, so types are numbered in the order in
which imports and then functions mention them.
"""

from __future__ import annotations

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
from pywasmtools.wasm.types import I32, I64
from pywasmtools.wasm.writer import name, section, sized, var_u32, vector
from pywasmtools.wit.abi import FlatTypes, wasm_signature
from pywasmtools.wit.model import Function, InterfaceItem, TypeItem
from pywasmtools.wit.queries import find_futures_and_streams
from pywasmtools.wit.types import Future, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wit.model import Resolve, WorldKey

    Signature = tuple[tuple[int, ...], tuple[int, ...]]
    """Core parameters and results."""

_MAGIC: Final = b"\0asm\x01\0\0\0"
_FUNC: Final = b"\x00"
_MEMORY: Final = b"\x02"
_RETURNS: Final = b"\x02\x00\x0b"
"""A body that does nothing: its size, no locals, `end`."""
_TRAPS: Final = b"\x03\x00\x00\x0b"
"""A body that is `unreachable`."""

_NONE: Final = ()
_I32: Final = (I32,)
_I32_I32: Final = (I32, I32)
_I32_I32_I32: Final = (I32, I32, I32)
_I32_I32_I32_I32: Final = (I32, I32, I32, I32)

_ROOT_BUILT_INS: Final[tuple[tuple[str, str, Signature], ...]] = (
    ("[export]$root", "[task-cancel]", (_NONE, _NONE)),
    ("$root", "[backpressure-inc]", (_NONE, _NONE)),
    ("$root", "[backpressure-dec]", (_NONE, _NONE)),
    ("$root", "[waitable-set-new]", (_NONE, _I32)),
    ("$root", "[waitable-set-wait]", (_I32_I32, _I32)),
    ("$root", "[waitable-set-poll]", (_I32_I32, _I32)),
    ("$root", "[waitable-set-drop]", (_I32, _NONE)),
    ("$root", "[waitable-join]", (_I32_I32, _NONE)),
    ("$root", "[thread-yield]", (_NONE, _I32)),
    ("$root", "[subtask-drop]", (_I32, _NONE)),
    ("$root", "[subtask-cancel]", (_I32, _I32)),
    ("$root", "[context-get-0]", (_NONE, _I32)),
    ("$root", "[context-set-0]", (_I32, _NONE)),
)
"""What every asynchronous module imports: module, name, signature."""

_FUTURE_BUILT_INS: Final[tuple[tuple[str, Signature], ...]] = (
    ("future-new", (_NONE, (I64,))),
    ("future-cancel-read", (_I32, _I32)),
    ("future-cancel-write", (_I32, _I32)),
    ("future-drop-readable", (_I32, _NONE)),
    ("future-drop-writable", (_I32, _NONE)),
    ("future-forward", (_I32_I32, _NONE)),
    ("[async-lower]future-read", (_I32_I32, _I32)),
    ("[async-lower]future-write", (_I32_I32, _I32)),
)
_STREAM_BUILT_INS: Final[tuple[tuple[str, Signature], ...]] = (
    ("stream-new", (_NONE, (I64,))),
    ("stream-cancel-read", (_I32, _I32)),
    ("stream-cancel-write", (_I32, _I32)),
    ("stream-drop-readable", (_I32, _NONE)),
    ("stream-drop-writable", (_I32, _NONE)),
    ("stream-forward", (_I32_I32, _NONE)),
    ("[async-lower]stream-read", (_I32_I32_I32, _I32)),
    ("[async-lower]stream-write", (_I32_I32_I32, _I32)),
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
        for module_name, field, signature in _ROOT_BUILT_INS:
            module.add_import((module_name, field), signature)
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
    """The module as far as it is built: encoded types, imports, functions (their types), exports, bodies."""

    __slots__ = ("bodies", "exports", "flat", "functions", "imports", "mangling", "resolve", "type_ids", "types")

    def __init__(self, resolve: Resolve, mangling: int) -> None:
        self.resolve = resolve
        self.mangling = mangling
        self.flat = FlatTypes(resolve)
        self.types: list[bytes] = []
        self.type_ids: dict[Signature, bytes] = {}
        self.imports: list[bytes] = []
        self.functions: list[bytes] = []
        self.exports: list[bytes] = []
        self.bodies: list[bytes] = []

    def type_id(self, signature: Signature) -> bytes:
        """The encoded index of a function type, added at its first mention."""
        found = self.type_ids.get(signature)
        if found is None:
            params, results = signature
            found = var_u32(len(self.types))
            self.types.append(b"\x60" + sized(bytes(params)) + sized(bytes(results)))
            self.type_ids[signature] = found
        return found

    def add_import(self, names: tuple[str, str], signature: Signature) -> None:
        self.imports.append(name(names[0]) + name(names[1]) + _FUNC + self.type_id(signature))

    def add_func(self, export: str, signature: Signature, body: bytes) -> None:
        self.functions.append(self.type_id(signature))
        self.exports.append(name(export) + _FUNC + var_u32(len(self.imports) + len(self.bodies)))
        self.bodies.append(body)

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
            for built_in, signature in _FUTURE_BUILT_INS if isinstance(kind, Future) else _STREAM_BUILT_INS:
                self.add_import(payload_import(self.resolve, key, function, built_in, first, exported), signature)

    def import_resource(self, key: WorldKey | None, type_: int) -> None:
        """The drop of an imported type, if that is a resource."""
        found = self.resolve.types[type_]
        if isinstance(found.kind, Resource):
            names = resource_import(self.resolve, self.mangling, key, found.name or "", IMPORTED_DROP)
            self.add_import(names, (_I32, _NONE))

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
            for intrinsic, results in ((EXPORTED_DROP, _NONE), (EXPORTED_NEW, _I32), (EXPORTED_REP, _I32)):
                names = resource_import(self.resolve, self.mangling, key, resource, intrinsic)
                self.add_import(names, (_I32, results))

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
        self.exports.append(name(memory_export(self.mangling)) + _MEMORY + var_u32(0))
        self.add_func(realloc_export(self.mangling), (_I32_I32_I32_I32, _I32), _TRAPS)
        self.add_func(initialize_export(self.mangling), (_NONE, _NONE), _RETURNS)
        sections = [_MAGIC, section(1, vector(self.types))]
        if self.imports:
            sections.append(section(2, vector(self.imports)))
        sections.append(section(3, vector(self.functions)))
        sections.append(section(5, vector([b"\x00\x00"])))
        sections.append(section(7, vector(self.exports)))
        sections.append(section(10, vector(self.bodies)))
        return b"".join(sections)
