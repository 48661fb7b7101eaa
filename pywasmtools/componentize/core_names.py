"""What a core module calls its imports and exports so that they are recognised: legacy and standard names.

The standard ones are those of https://github.com/WebAssembly/component-model/pull/378 for 32-bit memories
(`cm32p2|a:b/c@1`). `classify_imports.py` and `classify_exports.py` read what is written here. A name scheme and an ABI are one
number, STANDARD32 or LEGACY_…; the standard scheme knows the synchronous ABI only.
"""

from __future__ import annotations

from pywasmtools.wit.abi import (
    ASYNC_CALLBACK,
    ASYNC_STACKFUL,
    EXPORT_VARIANTS,
    GUEST_IMPORT,
    IMPORT_VARIANTS,
    SYNC,
    wasm_signature,
)
from pywasmtools.wit.model import Function, Param
from pywasmtools.wit.queries import name_canonicalized_world_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wit.abi import FlatTypes, WasmSignature
    from pywasmtools.wit.model import Resolve, WorldKey

# Names and ABI.
STANDARD32: Final = 0
LEGACY_SYNC: Final = 1
LEGACY_ASYNC_CALLBACK: Final = 2
LEGACY_ASYNC_STACKFUL: Final = 3

_ABIS: Final = (SYNC, SYNC, ASYNC_CALLBACK, ASYNC_STACKFUL)
_EXPORT_PREFIXES: Final = ("", "[async-lift]", "[async-lift-stackful]")
"""What stands before legacy exports, by ABI."""

# What is done with a resource.
IMPORTED_DROP: Final = 0
EXPORTED_DROP: Final = 1
EXPORTED_NEW: Final = 2
EXPORTED_REP: Final = 3

_RESOURCE_SUFFIXES: Final = ("_drop", "_drop", "_new", "_rep")
_RESOURCE_PREFIXES: Final = ("[resource-drop]", "[resource-drop]", "[resource-new]", "[resource-rep]")


# ------------------------------------------------------------------------------- ABI


def is_async(mangling: int) -> bool:
    """Whether functions are lifted and lowered asynchronously."""
    return _ABIS[mangling] != SYNC


def for_func(mangling: int, function: Function) -> int:
    """The names and ABI of one function: one that is not `async` has the synchronous ABI always."""
    if mangling == STANDARD32 or function.kind.is_async:
        return mangling
    return LEGACY_SYNC


def import_variant(mangling: int) -> int:
    """GUEST_IMPORT or GUEST_IMPORT_ASYNC."""
    return IMPORT_VARIANTS[_ABIS[mangling]]


def export_variant(mangling: int) -> int:
    """GUEST_EXPORT, GUEST_EXPORT_ASYNC or GUEST_EXPORT_ASYNC_STACKFUL."""
    return EXPORT_VARIANTS[_ABIS[mangling]]


# ------------------------------------------------------------------------------- imports
#
# All return module and name. `interface` is the key that the world imports or exports it under, None for
# what stands in the world itself.


def func_import(resolve: Resolve, mangling: int, interface: WorldKey | None, function: Function) -> tuple[str, str]:
    """A function that the world imports."""
    if mangling == STANDARD32:
        return (_standard_module(resolve, "", interface), function.name)
    prefix = "[async-lower]" if is_async(mangling) else ""
    return (_legacy_module(resolve, "", interface), prefix + function.name)


def resource_import(
    resolve: Resolve, mangling: int, interface: WorldKey | None, resource: str, intrinsic: int
) -> tuple[str, str]:
    """IMPORTED_DROP … EXPORTED_REP of the resource of this name, always of the synchronous ABI."""
    exported = intrinsic != IMPORTED_DROP
    if mangling == STANDARD32:
        module = _standard_module(resolve, "_ex_" if exported else "", interface)
        return (module, resource + _RESOURCE_SUFFIXES[intrinsic])
    module = _legacy_module(resolve, "[export]" if exported else "", interface)
    return (module, _RESOURCE_PREFIXES[intrinsic] + resource)


def payload_import(
    resolve: Resolve, interface: WorldKey | None, function: Function, built_in: str, index: int, exported: bool
) -> tuple[str, str]:
    """A built-in of the future or stream at `index` of a function's futures and streams; legacy names only.

    `built_in` is as in `future-new` or `[async-lower]stream-read`.
    """
    prefix = ""
    if built_in.startswith("[async-lower]"):
        prefix = "[async-lower]"
        built_in = built_in[13:]
    module = _legacy_module(resolve, "[export]" if exported else "", interface)
    return (module, f"{prefix}[{built_in}-{index}]{function.name}")


def task_return_import(
    flat: FlatTypes, interface: WorldKey | None, function: Function
) -> tuple[str, str, WasmSignature]:
    """`task.return` of an exported function, and its core signature; legacy names only."""
    params = [] if function.result is None else [Param("x", function.result)]
    returning = Function(function.name, function.kind, params, None)
    signature = wasm_signature(flat.resolve, GUEST_IMPORT, returning, flat)
    return (_legacy_module(flat.resolve, "[export]", interface), "[task-return]" + function.name, signature)


def _standard_module(resolve: Resolve, prefix: str, interface: WorldKey | None) -> str:
    if interface is None:
        return "cm32p2"
    return f"cm32p2|{prefix}{name_canonicalized_world_key(resolve, interface)}"


def _legacy_module(resolve: Resolve, prefix: str, interface: WorldKey | None) -> str:
    return prefix + ("$root" if interface is None else resolve.name_world_key(interface))


# ------------------------------------------------------------------------------- exports


def func_export(resolve: Resolve, mangling: int, interface: WorldKey | None, function: Function) -> str:
    """A function that the world exports."""
    if mangling == STANDARD32:
        return _standard_export(resolve, interface, function.name)
    return _EXPORT_PREFIXES[_ABIS[mangling]] + _legacy_export(resolve, interface, function.name)


def post_return_export(resolve: Resolve, mangling: int, interface: WorldKey | None, function: Function) -> str:
    """What is called once the result of a synchronous function has been read."""
    if mangling == STANDARD32:
        return _standard_export(resolve, interface, function.name) + "_post"
    return "cabi_post_" + _legacy_export(resolve, interface, function.name)


def callback_export(resolve: Resolve, interface: WorldKey | None, function: Function) -> str:
    """The callback of an `async` function of the ABI with callbacks; legacy names only."""
    return "[callback][async-lift]" + _legacy_export(resolve, interface, function.name)


def destructor_export(resolve: Resolve, mangling: int, interface: WorldKey, resource: str) -> str:
    """The destructor of an exported resource."""
    if mangling == STANDARD32:
        return _standard_export(resolve, interface, resource) + "_dtor"
    return _EXPORT_PREFIXES[_ABIS[mangling]] + _legacy_export(resolve, interface, "[dtor]" + resource)


def memory_export(mangling: int) -> str:
    """The linear memory that the canonical ABI uses."""
    return "cm32p2_memory" if mangling == STANDARD32 else "memory"


def realloc_export(mangling: int) -> str:
    """The general `realloc`."""
    return "cm32p2_realloc" if mangling == STANDARD32 else "cabi_realloc"


def initialize_export(mangling: int) -> str:
    """What is called once, before all else."""
    return "cm32p2_initialize" if mangling == STANDARD32 else "_initialize"


def _standard_export(resolve: Resolve, interface: WorldKey | None, name: str) -> str:
    key = "" if interface is None else name_canonicalized_world_key(resolve, interface)
    return f"cm32p2|{key}|{name}"


def _legacy_export(resolve: Resolve, interface: WorldKey | None, name: str) -> str:
    return name if interface is None else f"{resolve.name_world_key(interface)}#{name}"
