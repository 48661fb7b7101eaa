"""What each import and export of a core module means to its world: the classes that the rooms above share.

`classify_imports.py` and `classify_exports.py` fill an `ImportMap` and an `ExportMap`; `linkage` itself only says what
there can be. A module is named by `Which`: None is the main module, a string the adapter of that name.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.canonicals import LIFT, MEMORY32, MEMORY64
from pywasmtools.wasm.types import debug_val_types
from pywasmtools.wit.abi import GUEST_EXPORT, wasm_signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.canonicals import CanonRow
    from pywasmtools.wasm.types import FuncType, MemoryType
    from pywasmtools.wit.abi import FlatTypes
    from pywasmtools.wit.model import Function, WorldKey

    Signature: TypeAlias = "tuple[tuple[int, ...], tuple[int, ...]]"
    """Core parameters and results."""

    Which: TypeAlias = "str | None"
    """The main module (None) or the adapter of a name."""

    Arguments: TypeAlias = "dict[str, dict[str, Import]]"
    """What a library is instantiated with, by module and field: what of it is imported means this, whatever else it could."""

    FunctionName: TypeAlias = "tuple[WorldKey, str]"
    """The world's key of an interface or a function, and the name of the function."""

# ------------------------------------------------------------------------------- kinds of imports

WIT_FUNC: Final = 0
"""A function of the world or of an interface: `key`, `interface` (None: the world's), `name`, `abi`."""
RESOURCE_DROP: Final = 1
"""`resource.drop` of an imported resource: `key`, `interface`, `type_id`."""
EXPORTED_RESOURCE: Final = 2
"""`resource.drop`, `.new` or `.rep` (`row`) of an exported resource: `key`, `type_id`."""
ADAPTER_EXPORT: Final = 3
"""The function `name` of the adapter `adapter`, of the type `func_type`."""
MAIN_MEMORY: Final = 4
"""The main module's memory, imported as `env::memory`: `memory_type`."""
MODULE_EXPORT: Final = 5
"""The item `name` of the module `which`, of the external kind `export_kind`."""
TASK_RETURN: Final = 6
"""`task.return` of an exported function: `key`, `interface`, `func`."""
BUILTIN: Final = 7
"""A canonical built-in that needs neither memory nor types: `row`, `immediates`."""
TLS_BASE: Final = 8
"""`__wasm_get_tls_base` or (`is_set`) `__wasm_set_tls_base`, of the core type `value_type`."""
WAITABLE_SET: Final = 9
"""`waitable-set.wait` or `.poll` (`row`)."""
ERROR_CONTEXT_NEW: Final = 10
"""`error-context.new`: `encoding`."""
ERROR_CONTEXT_DEBUG_MESSAGE: Final = 11
"""`error-context.debug-message`: `encoding`."""
THREAD_NEW_INDIRECT: Final = 12
"""`thread.new-indirect`, its start function fixed to `i32 -> `."""
PAYLOAD: Final = 13
"""A built-in (`row`) of a stream or future type: `payload`, and `is_async` where it may be lowered so."""


class Payload:
    """The stream or future type that a built-in works on, and the function whose options it borrows.

    `type_id` is the type, or -1 for the stream or future without a payload (`name` tells which).
    `function` is the function whose signature has the type; `interface` its interface, if any.
    """

    __slots__ = ("function", "imported", "interface", "key", "name", "type_id")

    def __init__(
        self, name: str, type_id: int, function: str, key: WorldKey, interface: int | None, imported: bool
    ) -> None:
        self.name = name
        self.type_id = type_id
        self.function = function
        self.key = key
        self.interface = interface
        self.imported = imported

    @property
    def is_stream(self) -> bool:
        """Whether this is a stream: read off the name, for the type may be missing."""
        return self.name.startswith("[stream")

    def identity(self) -> tuple[object, ...]:
        """What makes two of them the same, hashable."""
        return (self.name, self.type_id, self.function, self.key, self.interface, self.imported)


class Import:
    """How one import of a core module is satisfied. Which attributes count, the constants above tell."""

    __slots__ = (
        "abi",
        "adapter",
        "encoding",
        "export_kind",
        "func",
        "func_type",
        "immediates",
        "interface",
        "is_async",
        "is_set",
        "key",
        "kind",
        "memory_type",
        "name",
        "payload",
        "row",
        "type_id",
        "value_type",
        "which",
    )

    def __init__(self, kind: int, name: str = "", row: CanonRow = LIFT) -> None:
        self.kind = kind
        self.name = name
        self.row = row
        self.key: WorldKey = ""
        self.interface: int | None = None
        self.abi = 0
        self.type_id = -1
        self.adapter = ""
        self.func_type: FuncType | None = None
        self.memory_type: MemoryType | None = None
        self.export_kind = 0
        self.func: Function | None = None
        self.immediates: tuple[int, ...] = ()
        self.is_async = False
        self.is_set = False
        self.value_type = 0
        self.encoding = 0
        self.payload: Payload | None = None
        self.which: Which = None


class ImportMap:
    """All imports of a module: the module name, then the field name, in the order they stand there."""

    __slots__ = ("imported_memory", "modules")

    def __init__(self) -> None:
        self.modules: dict[str, dict[str, Import]] = {}
        self.imported_memory: MemoryType | None = None

    def all(self) -> list[tuple[str, str, Import]]:
        """Module name, field name and meaning of each import."""
        return [(module, field, item) for module, names in self.modules.items() for field, item in names.items()]

    def required_from_adapter(self, name: str) -> dict[str, FuncType]:
        """What the adapter of this name must export. Raises where something else goes by its name: the reference crashes."""
        found: dict[str, FuncType] = {}
        for field, item in self.modules.get(name, {}).items():
            if item.kind != ADAPTER_EXPORT or item.func_type is None:
                raise error(f"import `{name}::{field}` cannot come from an adapter module of that name")
            found[item.name] = item.func_type
        return found


# ------------------------------------------------------------------------------- kinds of exports

EXPORT_FUNC: Final = 0
"""A function of the world or of an interface: `key`, `interface`, `name`, `abi`."""
POST_RETURN: Final = 1
"""What is called after such a function's result was read: `key`, `name`."""
CALLBACK: Final = 2
"""The callback of an async function: `key`, `name`."""
DESTRUCTOR: Final = 3
"""The destructor of the exported resource `type_id`."""
MEMORY: Final = 4
"""The memory, of the type `memory_type`."""
REALLOC: Final = 5
EXPORT_REALLOC: Final = 6
IMPORT_REALLOC: Final = 7
ADAPTER_REALLOC: Final = 8
INITIALIZE: Final = 9
INDIRECT_FUNCTION_TABLE: Final = 10
TASK_HOOK: Final = 11

SINGLE_KINDS: Final = 12
"""How many kinds there are."""


class Export:
    """What one export of a core module is for. Which attributes count, the constants above tell."""

    __slots__ = ("abi", "interface", "key", "kind", "memory_type", "name", "type_id")

    def __init__(self, kind: int, key: WorldKey = "", name: str = "") -> None:
        self.kind = kind
        self.key = key
        self.name = name
        self.interface: int | None = None
        self.abi = 0
        self.type_id = -1
        self.memory_type: MemoryType | None = None


class ExportMap:
    """The exports of a module that mean something, by name in their order; and the ways to ask for them.

    `raw` has the type of every exported function, known or not.
    """

    __slots__ = ("abis", "callbacks", "destructors", "firsts", "memory_type", "names", "post_returns", "raw")

    def __init__(self) -> None:
        self.names: dict[str, Export] = {}
        self.raw: dict[str, FuncType] = {}
        self.firsts: list[str | None] = [None] * SINGLE_KINDS
        self.abis: dict[FunctionName, int] = {}
        self.post_returns: dict[FunctionName, str] = {}
        self.callbacks: dict[FunctionName, str] = {}
        self.destructors: dict[int, str] = {}
        self.memory_type: MemoryType | None = None

    def add(self, core_name: str, export: Export) -> None:
        """Adds an export. Where two mean the same, the first one is found."""
        self.names[core_name] = export
        kind = export.kind
        if self.firsts[kind] is None:
            self.firsts[kind] = core_name
            if kind == MEMORY:
                self.memory_type = export.memory_type
        name = (export.key, export.name)
        if kind == EXPORT_FUNC:
            self.abis.setdefault(name, export.abi)
        elif kind == POST_RETURN:
            self.post_returns.setdefault(name, core_name)
        elif kind == CALLBACK:
            self.callbacks.setdefault(name, core_name)
        elif kind == DESTRUCTOR:
            self.destructors.setdefault(export.type_id, core_name)

    @property
    def memory(self) -> str | None:
        """The name of the exported memory."""
        return self.firsts[MEMORY]

    @property
    def realloc(self) -> str | None:
        """The general-purpose `realloc`."""
        return self.firsts[REALLOC]

    @property
    def export_realloc(self) -> str | None:
        """The `realloc` that lifting exports uses."""
        return self.firsts[EXPORT_REALLOC] or self.firsts[REALLOC]

    @property
    def import_realloc(self) -> str | None:
        """The `realloc` that lowering imports uses."""
        return self.firsts[IMPORT_REALLOC] or self.firsts[REALLOC]

    @property
    def realloc_for_adapters(self) -> str | None:
        """The `realloc` that is given to adapters."""
        return self.firsts[ADAPTER_REALLOC] or self.firsts[REALLOC]

    @property
    def initialize(self) -> str | None:
        """`_initialize`."""
        return self.firsts[INITIALIZE]

    @property
    def indirect_function_table(self) -> str | None:
        """The table that `thread.new-indirect` takes its functions from."""
        return self.firsts[INDIRECT_FUNCTION_TABLE]

    @property
    def task_hook(self) -> str | None:
        """The function that is told of the beginning and the end of tasks."""
        return self.firsts[TASK_HOOK]

    def reallocs(self) -> list[str]:
        """All exports that may be a `realloc` option, `cabi_realloc_adapter` not among them."""
        return [n for n, e in self.names.items() if e.kind in (REALLOC, EXPORT_REALLOC, IMPORT_REALLOC)]


class ValidatedModule:
    """What is known of a core module once its imports and exports were understood."""

    __slots__ = ("exports", "imports")

    def __init__(self) -> None:
        self.imports = ImportMap()
        self.exports = ExportMap()


# ------------------------------------------------------------------------------- core signatures


def check_signature(name: str, expected: Signature, found: FuncType) -> None:
    """Refuses a function of another type."""
    params, results = expected
    if found.params != params or found.results != results:
        raise error(
            f"type mismatch for function `{name}`: expected `{debug_val_types(params)} -> {debug_val_types(results)}` "
            f"but found `{debug_val_types(found.params)} -> {debug_val_types(found.results)}`"
        )


def check_func(flat: FlatTypes, found: FuncType, func: Function, abi: int) -> None:
    """Refuses a core function that isn't of the signature of a WIT function."""
    signature = wasm_signature(flat.resolve, abi, func, flat)
    check_signature(func.name, (signature.params, signature.results), found)


def check_post_return(flat: FlatTypes, found: FuncType, func: Function) -> None:
    """A post-return function takes what the function gave, and gives nothing."""
    signature = wasm_signature(flat.resolve, GUEST_EXPORT, func, flat)
    check_signature(f"{func.name} post-return", (signature.results, ()), found)


# ------------------------------------------------------------------------------- names of built-ins

ROOT_BUILTINS: Final[dict[str, tuple[int, CanonRow, tuple[int, ...], dict[str, int]]]] = {
    **{
        f"[{row.core_name()}]": (BUILTIN, row, (), MEMORY32)
        for row in (
            canon.ERROR_CONTEXT_DROP,
            canon.BACKPRESSURE_INC,
            canon.BACKPRESSURE_DEC,
            canon.WAITABLE_SET_NEW,
            canon.WAITABLE_SET_DROP,
            canon.WAITABLE_JOIN,
            canon.SUBTASK_DROP,
            canon.THREAD_INDEX,
            canon.THREAD_RESUME_LATER,
            canon.THREAD_SUSPEND,
            canon.THREAD_YIELD,
            canon.THREAD_SUSPEND_THEN_RESUME,
            canon.THREAD_YIELD_THEN_RESUME,
            canon.THREAD_SUSPEND_THEN_PROMOTE,
            canon.THREAD_YIELD_THEN_PROMOTE,
        )
    },
    "[subtask-cancel]": (BUILTIN, canon.SUBTASK_CANCEL, (0,), MEMORY32),
    "[async-lower][subtask-cancel]": (BUILTIN, canon.SUBTASK_CANCEL, (1,), MEMORY32),
    "[waitable-set-wait]": (WAITABLE_SET, canon.WAITABLE_SET_WAIT, (), MEMORY32),
    "[waitable-set-wait-i32]": (WAITABLE_SET, canon.WAITABLE_SET_WAIT, (), MEMORY32),
    "[waitable-set-wait-i64]": (WAITABLE_SET, canon.WAITABLE_SET_WAIT, (), MEMORY64),
    "[waitable-set-poll]": (WAITABLE_SET, canon.WAITABLE_SET_POLL, (), MEMORY32),
    "[waitable-set-poll-i32]": (WAITABLE_SET, canon.WAITABLE_SET_POLL, (), MEMORY32),
    "[waitable-set-poll-i64]": (WAITABLE_SET, canon.WAITABLE_SET_POLL, (), MEMORY64),
    "[error-context-new-utf8]": (ERROR_CONTEXT_NEW, canon.ERROR_CONTEXT_NEW, (0,), MEMORY32),
    "[error-context-new-utf16]": (ERROR_CONTEXT_NEW, canon.ERROR_CONTEXT_NEW, (1,), MEMORY32),
    "[error-context-new-latin1+utf16]": (ERROR_CONTEXT_NEW, canon.ERROR_CONTEXT_NEW, (2,), MEMORY32),
    "[error-context-debug-message-utf8]": (
        ERROR_CONTEXT_DEBUG_MESSAGE,
        canon.ERROR_CONTEXT_DEBUG_MESSAGE,
        (0,),
        MEMORY32,
    ),
    "[error-context-debug-message-utf16]": (
        ERROR_CONTEXT_DEBUG_MESSAGE,
        canon.ERROR_CONTEXT_DEBUG_MESSAGE,
        (1,),
        MEMORY32,
    ),
    "[error-context-debug-message-latin1+utf16]": (
        ERROR_CONTEXT_DEBUG_MESSAGE,
        canon.ERROR_CONTEXT_DEBUG_MESSAGE,
        (2,),
        MEMORY32,
    ),
    "[thread-new-indirect-v0]": (THREAD_NEW_INDIRECT, canon.THREAD_NEW_INDIRECT, (), MEMORY32),
}
"""Legacy name in `$root`: its kind, the built-in, its immediates (or the string encoding), names of its core type."""

PAYLOAD_BUILTINS: Final[dict[str, tuple[CanonRow, bool]]] = {
    **{
        f"[{row.core_name()}-": (row, False)
        for row in (
            canon.FUTURE_NEW,
            canon.FUTURE_FORWARD,
            canon.FUTURE_DROP_WRITABLE,
            canon.FUTURE_DROP_READABLE,
            canon.STREAM_NEW,
            canon.STREAM_FORWARD,
            canon.STREAM_DROP_WRITABLE,
            canon.STREAM_DROP_READABLE,
        )
    },
    **{
        f"[{row.core_name()}-": (row, True)
        for row in (
            canon.FUTURE_WRITE,
            canon.FUTURE_READ,
            canon.FUTURE_CANCEL_WRITE,
            canon.FUTURE_CANCEL_READ,
            canon.STREAM_WRITE,
            canon.STREAM_READ,
            canon.STREAM_CANCEL_WRITE,
            canon.STREAM_CANCEL_READ,
        )
    },
}
"""Legacy prefix of `…N]function`: the built-in, and whether it may be `[async-lower]`."""

# ------------------------------------------------------------------------------- other names


def strip_affix(name: str, prefix: str, suffix: str, legacy: bool) -> str | None:
    """The rest of a name that legacy schemes prefix and the standard one suffixes; None for other names."""
    if legacy:
        return name[len(prefix) :] if name.startswith(prefix) else None
    return name[: -len(suffix)] if name.endswith(suffix) else None
