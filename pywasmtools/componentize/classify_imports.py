"""What a core module's imports are for: names to `Import`, in the legacy and in the standard scheme.

Standard names are those of https://github.com/WebAssembly/component-model/pull/378 (`cm32p2|a:b/c`); the
legacy ones (`a:b/c`, `$root`, `[export]a:b/c`) are what most toolchains still use.
"""

from __future__ import annotations

from pywasmtools.componentize.linkage import (
    ADAPTER_EXPORT,
    BUILTIN,
    ERROR_CONTEXT_DEBUG_MESSAGE,
    ERROR_CONTEXT_NEW,
    EXPORTED_RESOURCE,
    MAIN_MEMORY,
    MODULE_EXPORT,
    PAYLOAD,
    PAYLOAD_BUILTINS,
    RESOURCE_DROP,
    ROOT_BUILTINS,
    TASK_RETURN,
    TLS_BASE,
    WIT_FUNC,
    Import,
    ImportMap,
    Payload,
    check_func,
    check_signature,
    strip_affix,
)
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.text.names import INTERFACE, parse_component_name
from pywasmtools.text.semver import compat_track
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.module import FUNC, FUNC_EXACT
from pywasmtools.wasm.types import I32, I64
from pywasmtools.wit.abi import GUEST_IMPORT, GUEST_IMPORT_ASYNC
from pywasmtools.wit.model import Function, InterfaceItem, PackageName, TypeItem
from pywasmtools.wit.queries import canonicalized_id_of, find_futures_and_streams, semver_track
from pywasmtools.wit.types import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.componentize.linkage import Arguments
    from pywasmtools.wasm.types import FuncType, MemoryType
    from pywasmtools.wit.abi import FlatTypes
    from pywasmtools.wit.model import Resolve, WorldItem, WorldKey

ASYNC_LOWER: Final = "[async-lower]"


class _Interfaces:
    """The interfaces among a world's imports or exports, so that each is found at once.

    `canonical`: by plain name or canonical id, the first one of each. Of ids alone `clones`: by what they are a copy of,
    and `tracks`: by name and track of compatible versions.
    """

    __slots__ = ("_clones", "_tracks", "canonical", "items", "resolve")

    def __init__(self, resolve: Resolve, items: dict[WorldKey, WorldItem]) -> None:
        self.resolve = resolve
        self.items = items
        self.canonical: dict[str, tuple[WorldKey, int]] | None = None
        self._clones: dict[int, int] | None = None
        self._tracks: dict[tuple[PackageName, str], int] | None = None

    def canonical_named(self, name: str) -> tuple[WorldKey, int] | None:
        if self.canonical is None:
            self.canonical = {}
            for key, item in self.items.items():
                if isinstance(key, str):
                    if isinstance(item, InterfaceItem):
                        self.canonical.setdefault(key, (key, item.id))
                else:
                    self.canonical.setdefault(canonicalized_id_of(self.resolve, key) or "", (key, key))
        return self.canonical.get(name)

    def clone_of(self, id_: int) -> int | None:
        if self._clones is None:
            self._clones = {}
            for key in self.items:
                if isinstance(key, int):
                    original = self.resolve.interfaces[key].clone_of
                    if original is not None:
                        self._clones.setdefault(original, key)
        return self._clones.get(id_)

    def on_track(self, package: PackageName, interface: str) -> int | None:
        """The interface in a version of the package that is compatible with this track's."""
        if self._tracks is None:
            self._tracks = {}
            for key in self.items:
                if isinstance(key, int):
                    found = semver_track(self.resolve, key)
                    if found is not None:
                        self._tracks.setdefault(found[0], key)
        return self._tracks.get((package, interface))


class ImportClassifier:
    """Tells what imports mean in a world. Keeps what it looked up, so that each import costs the same."""

    __slots__ = (
        "adapters",
        "arguments",
        "exported",
        "flat",
        "futures",
        "imported",
        "interfaces",
        "original_names",
        "reject_legacy",
        "resolve",
        "world",
    )

    def __init__(
        self,
        flat: FlatTypes,
        world: int,
        adapters: list[str],
        reject_legacy: bool,
        original_names: dict[tuple[str, str], str],
        arguments: Arguments,
    ) -> None:
        self.flat = flat
        self.resolve = flat.resolve
        self.world = self.resolve.worlds[world]
        self.adapters = set(adapters)
        self.reject_legacy = reject_legacy
        self.original_names = original_names
        self.arguments = arguments
        self.imported = _Interfaces(self.resolve, self.world.imports)
        self.exported = _Interfaces(self.resolve, self.world.exports)
        self.interfaces: dict[tuple[str, bool, bool], tuple[WorldKey, int]] = {}
        self.futures: dict[int, list[int]] = {}

    def add(
        self,
        imports: ImportMap,
        module: str,
        field: str,
        kind: int,
        func_type: FuncType | None,
        memory_type: MemoryType | None,
    ) -> None:
        """Adds an import to the map. `kind` is external; functions have a `func_type`, memories a `memory_type`."""
        item = self.arguments[module].get(field) if module in self.arguments else None
        if item is None:
            name = self.original_names.get((module, field), field)
            try:
                item = self.classify(module, name, kind, func_type, memory_type)
            except WasmToolsError as e:
                raise e.context(f"failed to resolve import `{module}::{field}`") from None
        if item.kind == MAIN_MEMORY:
            if imports.imported_memory is not None:
                raise error("module has multiple imports for memory")
            imports.imported_memory = memory_type
        names = imports.modules.setdefault(module, {})
        if field in names:
            raise error(f"module has duplicate import for `{module}::{field}`")
        names[field] = item

    def classify(
        self, module: str, name: str, kind: int, func_type: FuncType | None, memory_type: MemoryType | None
    ) -> Import:
        """What one import means."""
        if module == "env" and name == "memory" and memory_type is not None:
            found = Import(MAIN_MEMORY)
            found.memory_type = memory_type
            return found
        if module == "__main_module__":
            if kind == FUNC_EXACT:
                raise error("Unexpected func_exact export")
            found = Import(MODULE_EXPORT, name)
            found.export_kind = kind
            return found
        if func_type is None or kind != FUNC:
            raise error("module is only allowed to import functions")
        if module in self.adapters:
            found = Import(ADAPTER_EXPORT, name)
            found.adapter = module
            found.func_type = func_type
            return found
        if module.startswith("cm32p2"):
            return self._standard(module[6:], name, func_type)
        if self.reject_legacy:
            return self._standard(module, name, func_type)
        return self._legacy(module, name, func_type)

    # ----------------------------------------------------------------------- the two schemes

    def _standard(self, module: str, name: str, found: FuncType) -> Import:
        """`cm32p2` (already cut off), then nothing for the world, `|interface`, or `|_ex_interface`."""
        if module == "":
            return self._root(name, name, GUEST_IMPORT, found, False)
        if module == "_ex_":
            item = self._intrinsic(name, None, None, found, False, False)
            if item is not None:
                return item
        if not module.startswith("|"):
            raise error("unknown or invalid component model import syntax")
        interface = module[1:]
        if interface.startswith("_ex_"):
            return self._exported(interface[4:], name, found, False)
        return self._interface(module, interface, name, name, GUEST_IMPORT, found, False)

    def _legacy(self, module: str, name: str, found: FuncType) -> Import:
        """`$root`, `interface`, `[export]interface`, and `env` for what LLVM asks of the runtime."""
        plain, abi = name, GUEST_IMPORT
        if name.startswith(ASYNC_LOWER):
            plain, abi = name[len(ASYNC_LOWER) :], GUEST_IMPORT_ASYNC
        if module == "$root":
            builtin = _root_builtin(name, found)
            if builtin is not None:
                return builtin
            return self._root(name, plain, abi, found, True)
        if module == "env":
            environment = _environment(name, found)
            if environment is not None:
                return environment
        if module.startswith("[export]"):
            interface = module[8:]
            if interface == "$root":
                item = self._intrinsic(name, None, None, found, False, True)
                if item is not None:
                    return item
            return self._exported(interface, name, found, True)
        return self._interface(module, module, name, plain, abi, found, True)

    # ----------------------------------------------------------------------- where the import points

    def _root(self, name: str, plain: str, abi: int, found: FuncType, legacy: bool) -> Import:
        """An import from the world itself."""
        func = self.world.imports.get(plain)
        if isinstance(func, Function):
            check_func(self.flat, found, func, abi)
            return _wit_func(plain, None, func, abi)
        item = self._intrinsic(name, None, None, found, True, legacy)
        if item is not None:
            return item
        if func is not None:
            raise error(f"expected world top-level import `{name}` to be a function")
        raise error(f"no top-level imported function `{name}` specified")

    def _exported(self, interface: str, name: str, found: FuncType, legacy: bool) -> Import:
        """An intrinsic of an exported interface."""
        key, id_ = self._find_interface(interface, False, legacy)
        item = self._intrinsic(name, key, id_, found, False, legacy)
        if item is None:
            raise error(f"unknown function `{name}`")
        return item

    def _interface(
        self, module: str, interface: str, name: str, plain: str, abi: int, found: FuncType, legacy: bool
    ) -> Import:
        """A function or an intrinsic of an imported interface."""
        key, id_ = self._find_interface(interface, True, legacy)
        func = self.resolve.interfaces[id_].functions.get(plain)
        if func is not None:
            try:
                check_func(self.flat, found, func, abi)
            except WasmToolsError as e:
                key_name = self.resolve.name_world_key(key)
                raise e.context(f"failed to validate import interface `{key_name}`") from None
            return _wit_func(key, id_, func, abi)
        item = self._intrinsic(name, key, id_, found, True, legacy)
        if item is None:
            raise error(f"import interface `{module}` is missing function `{name}` that is required by the module")
        return item

    # ----------------------------------------------------------------------- intrinsics of WIT items

    def _intrinsic(
        self, name: str, key: WorldKey | None, interface: int | None, found: FuncType, imported: bool, legacy: bool
    ) -> Import | None:
        """An intrinsic of a resource or function of the interface (None: of the world), or None.

        `key` is the world's key of the interface; the world's own items are their own keys.
        """
        resource = strip_affix(name, "[resource-drop]", "_drop", legacy)
        if resource is not None:
            id_ = self._resource(resource, interface)
            if id_ is not None:
                check_signature(name, canon.RESOURCE_DROP.core_type(canon.MEMORY32), found)
                item = Import(RESOURCE_DROP if imported else EXPORTED_RESOURCE, row=canon.RESOURCE_DROP)
                item.key = resource if key is None else key
                item.interface = interface
                item.type_id = id_
                return item
        if not imported:
            intrinsic = self._export_intrinsic(name, key, interface, found, legacy)
            if intrinsic is not None:
                return intrinsic
        if not legacy:
            return None
        return self._payload(name, key, interface, found, imported)

    def _export_intrinsic(
        self, name: str, key: WorldKey | None, interface: int | None, found: FuncType, legacy: bool
    ) -> Import | None:
        """`resource.new`, `resource.rep`, `task.return` and `task.cancel`."""
        for row, prefix, suffix in (
            (canon.RESOURCE_NEW, "[resource-new]", "_new"),
            (canon.RESOURCE_REP, "[resource-rep]", "_rep"),
        ):
            resource = strip_affix(name, prefix, suffix, legacy)
            if resource is not None:
                id_ = self._resource(resource, interface)
                if id_ is not None:
                    check_signature(resource, row.core_type(canon.MEMORY32), found)
                    item = Import(EXPORTED_RESOURCE, row=row)
                    item.key = resource if key is None else key
                    item.type_id = id_
                    return item
        if not legacy:
            return None
        if name.startswith("[task-return]"):
            func_name = name[13:]
            func = self._function(func_name, interface, False)
            if func is None:
                raise error(f"no export `{func_name}` found")
            item = Import(TASK_RETURN, row=canon.TASK_RETURN)
            item.key = func_name if key is None else key
            item.interface = interface
            item.func = func
            return item
        if name == "[task-cancel]":
            check_signature(name, canon.TASK_CANCEL.core_type(canon.MEMORY32), found)
            return Import(BUILTIN, row=canon.TASK_CANCEL)
        return None

    def _payload(
        self, name: str, key: WorldKey | None, interface: int | None, found: FuncType, imported: bool
    ) -> Import | None:
        """A built-in of the Nth stream or future in a function's signature: `[stream-read-N]f`."""
        is_async = name.startswith(ASYNC_LOWER)
        clean = name[len(ASYNC_LOWER) :] if is_async else name
        end = clean.find("]")
        if end < 0:
            return None
        dash = clean.rfind("-", 0, end) + 1
        row = PAYLOAD_BUILTINS.get(clean[:dash])
        if row is None or (is_async and not row[1]):
            return None
        number = clean[dash:end]
        type_id = -1
        function = ""
        if number != "unit":
            index = parse_u32(number)
            func = self._function(clean[end + 1 :], interface, imported)
            if index is None or func is None:
                return None
            types = self.futures.get(id(func))
            if types is None:
                types = find_futures_and_streams(self.resolve, func)
                self.futures[id(func)] = types
            if index >= len(types):
                return None
            type_id = types[index]
            function = func.name
        item = Import(PAYLOAD, row=row[0])
        item.is_async = is_async
        item.payload = Payload(clean, type_id, function, clean if key is None else key, interface, imported)
        check_signature(name, row[0].core_type(canon.MEMORY32), found)
        return item

    def _resource(self, name: str, interface: int | None) -> int | None:
        """The resource of this name in the interface, or among the types that the world imports."""
        if interface is not None:
            id_ = self.resolve.interfaces[interface].types.get(name)
        else:
            item = self.world.imports.get(name)
            id_ = item.id if isinstance(item, TypeItem) else None
        if id_ is not None and isinstance(self.resolve.types[id_].kind, Resource):
            return id_
        return None

    def _function(self, name: str, interface: int | None, imported: bool) -> Function | None:
        """The function of this name in the interface, or among the world's imports or exports."""
        if interface is not None:
            return self.resolve.interfaces[interface].functions.get(name)
        item = (self.world.imports if imported else self.world.exports).get(name)
        return item if isinstance(item, Function) else None

    # ----------------------------------------------------------------------- interfaces by name

    def _find_interface(self, name: str, imported: bool, legacy: bool) -> tuple[WorldKey, int]:
        """The interface among the world's imports or exports that a core module name means."""
        known = self.interfaces.get((name, imported, legacy))
        if known is None:
            items = self.imported if imported else self.exported
            known = self._legacy_interface(name, items) if legacy else self._standard_interface(name, items)
            self.interfaces[(name, imported, legacy)] = known
        return known

    def _standard_interface(self, name: str, interfaces: _Interfaces) -> tuple[WorldKey, int]:
        """By plain name, or by canonical id; the first one counts."""
        found = interfaces.canonical_named(name)
        if found is not None:
            return found
        raise error(f"failed to find world item corresponding to interface `{name}`")

    def _legacy_interface(self, name: str, interfaces: _Interfaces) -> tuple[WorldKey, int]:
        """By plain name, by exact id, or by the id of a compatible version."""
        items = interfaces.items
        bare = items.get(name)
        if isinstance(bare, InterfaceItem):
            return (name, bare.id)
        resolve = self.resolve
        missing = error(f"module requires an import interface named `{name}`")
        try:
            parsed = parse_component_name(name)
        except WasmToolsError:
            raise missing from None
        if parsed.kind != INTERFACE:
            raise missing
        version = parsed.version()
        interface_name = parsed.interface()
        wanted = PackageName(parsed.namespace(), parsed.package(), version)
        package = resolve.package_names.get(wanted)
        if package is not None:
            id_ = resolve.packages[package].interfaces.get(interface_name)
            if id_ is not None:
                if id_ in items:
                    return (id_, id_)
                # An export may be a copy, made so that no interface is both imported and exported.
                key = interfaces.clone_of(id_)
                if key is not None:
                    return (key, key)
        if version is None:
            raise missing
        track = PackageName(wanted.namespace, wanted.name, compat_track(version)[0])
        key = interfaces.on_track(track, interface_name)
        if key is None:
            raise missing
        return (key, key)


def _wit_func(key: WorldKey, interface: int | None, func: Function, abi: int) -> Import:
    item = Import(WIT_FUNC, func.name)
    item.key = key
    item.interface = interface
    item.abi = abi
    return item


def _root_builtin(name: str, found: FuncType) -> Import | None:
    """A built-in that belongs to no item of the world."""
    builtin = ROOT_BUILTINS.get(name)
    if builtin is not None:
        kind, row, immediates, bound = builtin
        check_signature(name, row.core_type(bound), found)
        item = Import(kind, row=row)
        if kind in (ERROR_CONTEXT_NEW, ERROR_CONTEXT_DEBUG_MESSAGE):
            item.encoding = immediates[0]
        else:
            item.immediates = immediates
        return item
    for is_set, row in ((False, canon.CONTEXT_GET), (True, canon.CONTEXT_SET)):
        prefix = f"[{row.core_name()}-"
        if name.startswith(prefix):
            slot = _context_slot(name, prefix)
            if slot is not None:
                check_signature(name, row.core_type({"value": slot[0]}), found)
                return _context(is_set, slot[0], slot[1])
    return None


def _context(is_set: bool, value_type: int, slot: int) -> Import:
    item = Import(BUILTIN, row=canon.CONTEXT_SET if is_set else canon.CONTEXT_GET)
    item.is_set = is_set
    item.value_type = value_type
    item.immediates = (value_type, slot)
    return item


def _context_slot(name: str, prefix: str) -> tuple[int, int] | None:
    """The type and slot of `[context-get-N]`, `[context-get-i32-N]` or `[context-get-i64-N]`."""
    end = name.find("]")
    if end != len(name) - 1:
        return None
    text = name[len(prefix) : end]
    value_type = I32
    if text.startswith("i64-"):
        value_type, text = I64, text[4:]
    elif text.startswith("i32-"):
        text = text[4:]
    slot = parse_u32(text)
    return None if slot is None else (value_type, slot)


def _environment(name: str, found: FuncType) -> Import | None:
    """What LLVM imports of `env` to keep its stack pointer and thread-local storage in context slots."""
    if name in ("__wasm_get_stack_pointer", "__wasm_get_tls_base"):
        types, is_set = found.results, False
    elif name in ("__wasm_set_stack_pointer", "__wasm_set_tls_base"):
        types, is_set = found.params, True
    else:
        return None
    if not types:
        return None
    if name.endswith("stack_pointer"):
        return _context(is_set, types[0], 0)
    item = Import(TLS_BASE)
    item.is_set = is_set
    item.value_type = types[0]
    return item


def parse_u32(text: str) -> int | None:
    """A decimal number as Rust reads a u32: an optional `+`, then ASCII digits; None where it isn't one."""
    digits = text[1:] if text.startswith("+") else text
    if not digits or not digits.isascii() or not digits.isdigit():
        return None
    digits = digits.lstrip("0") or "0"
    if len(digits) > 10 or int(digits) > 0xFFFFFFFF:
        return None
    return int(digits)
