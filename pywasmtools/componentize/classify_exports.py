"""What a core module's exports are for: names to `Export`, in the legacy and in the standard scheme."""

from __future__ import annotations

from pywasmtools.componentize.linkage import (
    ADAPTER_REALLOC,
    CALLBACK,
    DESTRUCTOR,
    EXPORT_FUNC,
    EXPORT_REALLOC,
    IMPORT_REALLOC,
    INDIRECT_FUNCTION_TABLE,
    INITIALIZE,
    MEMORY,
    POST_RETURN,
    REALLOC,
    TASK_HOOK,
    Export,
    ExportMap,
    check_func,
    check_post_return,
    check_signature,
    strip_affix,
)
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm.module import FUNC as CORE_FUNC
from pywasmtools.wasm.module import MEMORY as CORE_MEMORY
from pywasmtools.wasm.module import TABLE as CORE_TABLE
from pywasmtools.wasm.types import I32
from pywasmtools.wit.abi import GUEST_EXPORT, GUEST_EXPORT_ASYNC, GUEST_EXPORT_ASYNC_STACKFUL
from pywasmtools.wit.model import Function, InterfaceItem
from pywasmtools.wit.queries import name_canonicalized_world_key
from pywasmtools.wit.types import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.types import FuncType, MemoryType
    from pywasmtools.wit.abi import FlatTypes
    from pywasmtools.wit.model import WorldKey

SPECIAL_EXPORTS: Final = {
    "canonical_abi_realloc": REALLOC,
    "cabi_import_realloc": IMPORT_REALLOC,
    "cabi_export_realloc": EXPORT_REALLOC,
    "cabi_realloc_adapter": ADAPTER_REALLOC,
}
"""Recognised by name alone, whatever they are."""

_REALLOC: Final = ((I32, I32, I32, I32), (I32,))
_CALLBACK: Final = ((I32, I32, I32), (I32,))
_I32: Final = ((I32,), ())


class WitExport:
    """A function that the world wants exported: its key, its interface (None: the world) and itself."""

    __slots__ = ("func", "interface", "key")

    def __init__(self, key: WorldKey, interface: int | None, func: Function) -> None:
        self.key = key
        self.interface = interface
        self.func = func


class ExportClassifier:
    """Tells what exports of a module mean; the module has to export the world's items named by `keys`."""

    __slots__ = ("destructors", "flat", "functions", "interfaces", "keys", "reject_legacy", "resolve", "world")

    def __init__(self, flat: FlatTypes, world: int, keys: list[WorldKey], reject_legacy: bool) -> None:
        resolve = flat.resolve
        self.flat = flat
        self.resolve = resolve
        self.world = resolve.worlds[world]
        self.keys = keys
        self.reject_legacy = reject_legacy
        self.functions: dict[str, WitExport] = {}
        self.destructors: dict[str, int] = {}
        self.interfaces: dict[str, tuple[WorldKey, int]] = {}
        for key in keys:
            item = self.world.exports[key]
            if isinstance(item, Function):
                self.functions.setdefault(item.name, WitExport(key, None, item))
            elif isinstance(item, InterfaceItem):
                name = resolve.name_world_key(key)
                interface = resolve.interfaces[item.id]
                for func in interface.functions.values():
                    self.functions.setdefault(f"{name}#{func.name}", WitExport(key, item.id, func))
                for type_name, type_id in interface.types.items():
                    if isinstance(resolve.types[type_id].kind, Resource):
                        self.destructors.setdefault(f"{name}#[dtor]{type_name}", type_id)
                self.interfaces.setdefault(name_canonicalized_world_key(resolve, key), (key, item.id))

    def add(
        self, exports: ExportMap, name: str, kind: int, func_type: FuncType | None, memory_type: MemoryType | None
    ) -> None:
        """Adds an export to the map, if it means anything. `kind` is external."""
        if kind == CORE_FUNC and func_type is not None:
            exports.raw[name] = func_type
        special = SPECIAL_EXPORTS.get(name)
        if special is not None:
            exports.add(name, Export(special))
            return
        if name.startswith("cm32p2"):
            standard, plain = True, name[6:]
        elif self.reject_legacy:
            return
        else:
            standard, plain = False, name
        try:
            found = self._classify(plain, kind, func_type, memory_type, standard)
        except WasmToolsError as e:
            raise e.context(f"failed to classify export `{name}`") from None
        if found is not None:
            exports.add(name, found)

    def _classify(
        self, name: str, kind: int, func_type: FuncType | None, memory_type: MemoryType | None, standard: bool
    ) -> Export | None:
        """What an export means, if anything."""
        if kind == CORE_MEMORY:
            if name != ("_memory" if standard else "memory"):
                return None
            memory = Export(MEMORY)
            memory.memory_type = memory_type
            return memory
        if kind == CORE_TABLE:
            if standard or name != "__indirect_function_table":
                return None
            return Export(INDIRECT_FUNCTION_TABLE)
        if func_type is None:
            return None
        return self._intrinsic(name, func_type, standard) or self._of_item(name, func_type, standard)

    def _intrinsic(self, name: str, func_type: FuncType, standard: bool) -> Export | None:
        """A function that belongs to no item of the world."""
        if name == ("_realloc" if standard else "cabi_realloc"):
            check_signature(name, _REALLOC, func_type)
            return Export(REALLOC)
        if name == "_initialize":
            check_signature(name, ((), ()), func_type)
            return Export(INITIALIZE)
        if not standard and name == "__wasm_task_hook":
            check_signature(name, _I32, func_type)
            return Export(TASK_HOOK)
        return None

    def _of_item(self, name: str, func_type: FuncType, standard: bool) -> Export | None:
        """A function of the world, what is called after it, or the destructor of a resource."""
        full_name = name
        abi = GUEST_EXPORT
        if not standard:
            if name.startswith("[async-lift]"):
                abi, name = GUEST_EXPORT_ASYNC, name[12:]
            elif name.startswith("[async-lift-stackful]"):
                abi, name = GUEST_EXPORT_ASYNC_STACKFUL, name[21:]

        wit = self._function(name, standard)
        if wit is not None:
            self._check_func(func_type, wit, abi)
            export = Export(EXPORT_FUNC, wit.key, wit.func.name)
            export.interface = wit.interface
            export.abi = abi
            return export

        remaining = strip_affix(name, "cabi_post_", "_post", not standard)
        if remaining is not None:
            wit = self._function(remaining, standard)
            if wit is not None:
                self._check_post_return(func_type, wit)
                return Export(POST_RETURN, wit.key, wit.func.name)

        if not standard and full_name.startswith("[callback][async-lift]"):
            wit = self._function(full_name[22:], standard)
            if wit is not None:
                check_signature(full_name, _CALLBACK, func_type)
                return Export(CALLBACK, wit.key, wit.func.name)

        resource = self._destructor(name, standard)
        if resource is not None:
            check_signature(full_name, _I32, func_type)
            destructor = Export(DESTRUCTOR)
            destructor.type_id = resource
            return destructor
        return None

    def _check_func(self, func_type: FuncType, wit: WitExport, abi: int) -> None:
        try:
            check_func(self.flat, func_type, wit.func, abi)
        except WasmToolsError as e:
            raise e.context(self._failed(wit)) from None

    def _check_post_return(self, func_type: FuncType, wit: WitExport) -> None:
        try:
            check_post_return(self.flat, func_type, wit.func)
        except WasmToolsError as e:
            raise e.context(self._failed(wit)) from None

    def _failed(self, wit: WitExport) -> str:
        return f"failed to validate export for `{self.resolve.name_world_key(wit.key)}`"

    def _function(self, name: str, standard: bool) -> WitExport | None:
        """The function that an export's name means."""
        if not standard:
            return self.functions.get(name)
        if name.startswith("||"):
            wit = self.functions.get(name[2:])
            return wit if wit is not None and wit.interface is None else None
        found = self._interface(name)
        if found is None:
            return None
        key, id_, rest = found
        func = self.resolve.interfaces[id_].functions.get(rest)
        return None if func is None else WitExport(key, id_, func)

    def _destructor(self, name: str, standard: bool) -> int | None:
        """The resource whose destructor an export's name means."""
        if not standard:
            return self.destructors.get(name)
        if not name.endswith("_dtor"):
            return None
        found = self._interface(name[:-5])
        if found is None:
            return None
        type_id = self.resolve.interfaces[found[1]].types.get(found[2])
        if type_id is None or not isinstance(self.resolve.types[type_id].kind, Resource):
            return None
        return type_id

    def _interface(self, name: str) -> tuple[WorldKey, int, str] | None:
        """The interface and the rest of `|interface|rest`."""
        if not name.startswith("|"):
            return None
        interface, bar, rest = name[1:].partition("|")
        found = self.interfaces.get(interface)
        if found is None or not bar:
            return None
        return (found[0], found[1], rest)

    # ----------------------------------------------------------------------- when all are known

    def check(self, exports: ExportMap) -> None:
        """Refuses a module that lacks what it has to export, or exports two memories."""
        memories = 0
        funcs: set[tuple[int | None, str]] = set()
        for export in exports.names.values():
            if export.kind == MEMORY:
                memories += 1
            elif export.kind == EXPORT_FUNC:
                funcs.add((export.interface, export.name))
        if memories > 1:
            raise error("cannot componentize module that exports multiple memories")
        for name, export in exports.names.items():
            if export.kind == EXPORT_FUNC and export.abi == GUEST_EXPORT_ASYNC:
                callback = exports.names.get(f"[callback]{name}")
                if callback is None or callback.kind != CALLBACK:
                    raise error(f"missing callback for `{name}`")
        for key in self.keys:
            item = self.world.exports[key]
            if isinstance(item, Function):
                if (None, item.name) not in funcs:
                    raise error(f"failed to find export of function `{item.name}`")
            elif isinstance(item, InterfaceItem):
                for name in self.resolve.interfaces[item.id].functions:
                    if (item.id, name) not in funcs:
                        interface = self.resolve.name_world_key(key)
                        raise error(f"failed to find export of interface `{interface}` function `{name}`")
