"""The fixup module: instantiated last, it puts the real functions where the shims look for them.

It also calls `_initialize`, wraps exports for modules that want to be told of tasks (`__wasm_task_hook`), and starts
libraries that were linked (`linking/`).
"""

from __future__ import annotations

from pywasmtools.componentize.code import (
    END,
    SELECT,
    FuncTypes,
    add_names,
    call,
    func_global,
    global_set,
    i32_const,
    local_get,
    local_set,
    ref_func,
)
from pywasmtools.componentize.linkage import EXPORT_FUNC
from pywasmtools.componentize.shims import DTOR, REALLOC_FUNC, TABLE_NAME
from pywasmtools.diagnostics import error
from pywasmtools.wasm.module import FUNC, GLOBAL, TABLE, TAG
from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.module_builder import i32_const as i32_const_expr
from pywasmtools.wasm.payloads import DATA_SECTION, ELEMENT_SECTION
from pywasmtools.wasm.types import FUNCREF, I32, TableType
from pywasmtools.wit.abi import GUEST_EXPORT, GUEST_EXPORT_ASYNC_STACKFUL
from pywasmtools.wit.model import Function
from pywasmtools.wit_binary.encoder import BASE_PRODUCERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.componentize.linkage import Which
    from pywasmtools.componentize.shims import Shim
    from pywasmtools.componentize.world import ComponentWorld
    from pywasmtools.wasm.module import EntityType
    from pywasmtools.wasm.types import FuncType

    Instance: TypeAlias = "tuple[int, str]"
    """An instance that is imported: one of the kinds below, and the name of an adapter."""

# Kinds of imported instances.
SHIM: Final = 0
MAIN: Final = 1
ACTUAL: Final = 2
ADAPTER: Final = 3

_INSTANCE_NAMES: Final = ("shim", "main", "actual")
_INSTANCE_DEBUG: Final = ("Shim", "Main", "Actual")

# What the task hook is told.
SYNC_START: Final = 0
SYNC_FINISH: Final = 1
ASYNC_START: Final = 2
ASYNC_RESUME: Final = 3
ASYNC_BLOCK: Final = 4
ASYNC_FINISH: Final = 5
INITIALIZE_START: Final = 6
INITIALIZE_FINISH: Final = 7
RESOURCE_DTOR_START: Final = 8
RESOURCE_DTOR_FINISH: Final = 9
REALLOC_START: Final = 12
REALLOC_FINISH: Final = 13

# What else a wrapper may do at its end or beginning.
NO_HOOK: Final = -1
ASYNC_CODE: Final = -2
"""Tells by the code that the function returned whether the task is blocked or finished."""


def instance_of(which: Which) -> Instance:
    """The instance of a module."""
    return (MAIN, "") if which is None else (ADAPTER, which)


class Hooked:
    """A wrapper around a core function: `to_wrap`, called between two calls of the task hook.

    `export` is the instance whose export `core_name` it replaces, None where it only fills a shim.
    """

    __slots__ = ("core_name", "end", "export", "params", "start", "to_wrap", "type")

    def __init__(
        self, type_: int, to_wrap: int, params: int, core_name: str, export: Instance | None, start: int, end: int
    ) -> None:
        self.type = type_
        self.to_wrap = to_wrap
        self.params = params
        self.core_name = core_name
        self.export = export
        self.start = start
        self.end = end


class _Fill:
    """What a shim is filled with: an imported function, or (`wrapper`) the wrapper of that number."""

    __slots__ = ("func", "kind", "realloc", "wrapper")

    def __init__(self, kind: int, func: int, realloc: tuple[Instance, str]) -> None:
        self.kind = kind
        self.func = func
        self.realloc = realloc
        self.wrapper = -1


class FixupModule:
    """The module as it grows. `instances` are those it imports, by the name it imports them under."""

    __slots__ = (
        "_abi_start",
        "_counts",
        "_declared",
        "_func_names",
        "_global_names",
        "_imported",
        "_in_table",
        "_module",
        "_types",
        "_user_start",
        "hooked",
        "instances",
        "task_hook",
    )

    def __init__(self) -> None:
        self._module = ModuleBuilder()
        self._types = FuncTypes(self._module)
        self._func_names: list[tuple[int, str]] = []
        self._global_names: list[tuple[int, str]] = []
        # How many items of each external kind are imported.
        self._counts = [0] * (TAG + 1)
        self._imported: dict[tuple[str, str], tuple[int, int, EntityType]] = {}
        # Filled through the shim module's table, or through its globals.
        self._in_table: list[_Fill] = []
        self._declared: list[_Fill] = []
        # What the start function does: (place in `_declared` of a function that is loaded, or -1, instructions), then calls.
        self._abi_start: list[tuple[int, bytes]] = []
        self._user_start: list[int] = []
        self.instances: dict[str, Instance] = {}
        self.hooked: list[Hooked] = []
        self.task_hook = -1

    # ----------------------------------------------------------------------- imports

    def import_(self, instance: Instance, field: str, kind: int, type_: EntityType) -> int:
        """The index of an imported item in its index space; imports it where that was not done yet."""
        module = instance[1] if instance[0] == ADAPTER else _INSTANCE_NAMES[instance[0]]
        previous = self.instances.setdefault(module, instance)
        if previous != instance:
            from pywasmtools.text.rust_debug import debug_str

            shown = f"Adapter({debug_str(previous[1])})" if previous[0] == ADAPTER else _INSTANCE_DEBUG[previous[0]]
            raise error(f"instance `{module}` was already imported as a different kind: {shown}")
        found = self._imported.get((module, field))
        if found is not None:
            if found[1:] != (kind, type_):
                raise error(f"`{module}::{field}` was already imported with a different type")
            return found[0]
        index = self._counts[kind]
        self._counts[kind] += 1
        if kind == FUNC:
            self._func_names.append((index, field))
        elif kind == GLOBAL:
            self._global_names.append((index, field))
        self._module.import_(module, field, kind, type_)
        self._imported[(module, field)] = (index, kind, type_)
        return index

    def import_func(self, instance: Instance, field: str, type_: int) -> int:
        """The index of an imported function of a type of this module."""
        return self.import_(instance, field, FUNC, type_)

    def func_type(self, func: FuncType) -> int:
        """The index of a function type."""
        return self._types.index(func.params, func.results)

    # ----------------------------------------------------------------------- what is to be fixed

    def add_shim(self, shim: Shim, return_call_ref: bool) -> None:
        """Fills a shim with the function that `actual` has under its name."""
        type_ = self._types.index(shim.params, shim.results)
        func = self.import_func((ACTUAL, ""), shim.name, type_)
        fill = _Fill(shim.kind, func, (instance_of(shim.which), shim.export))
        if return_call_ref:
            global_ = self.import_((SHIM, ""), f"g{shim.name}", GLOBAL, func_global(type_))
            self._abi_start.append((len(self._declared), global_set(global_)))
            self._declared.append(fill)
        else:
            self._in_table.append(fill)

    def add_initialize(self, initialize: str) -> None:
        """Calls the main module's `_initialize`."""
        type_ = self._types.index((), ())
        self._user_start.append(self.import_func((MAIN, ""), initialize, type_))

    # ----------------------------------------------------------------------- what linking adds

    def at_start(self, instructions: bytes) -> None:
        """Lets the start function execute instructions, before it calls anything of the user's."""
        self._abi_start.append((-1, instructions))

    def call_at_start(self, func: int) -> None:
        """Lets the start function call an imported function of the user's, after all those before."""
        self._user_start.append(func)

    def fill_table(self, table: int, offset: int, funcs: list[int]) -> None:
        """Writes functions into an imported table."""
        self._module.active_functions(table or None, i32_const_expr(offset), funcs)

    def fill_memory(self, memory: int, offset: int, data: bytes) -> None:
        """Writes bytes into an imported memory."""
        self._module.data_segment(memory, i32_const_expr(offset), data)

    # ----------------------------------------------------------------------- task hooks

    def prepare_task_hooks(self, world: ComponentWorld) -> None:
        """Wraps what has to tell the task hook, where the main module exports one."""
        hook = world.info.exports.task_hook
        if hook is None:
            return
        type_ = self._types.index((I32,), ())
        self.task_hook = self.import_func((MAIN, ""), hook, type_)
        for which in world.modules():
            self._hook_exports(world, which)
        reallocs: dict[tuple[Instance, str], int] = {}
        for which in world.modules():
            self._hook_reallocs(world, which, reallocs)
        for fill in [*self._in_table, *self._declared]:
            if fill.kind == DTOR:
                fill.wrapper = len(self.hooked)
                end = RESOURCE_DTOR_FINISH
                type_ = self._types.index((I32,), ())
                self.hooked.append(Hooked(type_, fill.func, 1, "resource-dtor", None, RESOURCE_DTOR_START, end))
            elif fill.kind == REALLOC_FUNC:
                fill.wrapper = reallocs[fill.realloc]

    def _hook_exports(self, world: ComponentWorld, which: Which) -> None:
        """Wraps all exported functions of a module, their post-return functions and callbacks."""
        exports = world.exports_of(which)
        instance = instance_of(which)
        for core_name, export in exports.names.items():
            if export.kind != EXPORT_FUNC:
                continue
            if export.interface is None:
                item = world.world.exports[export.key]
                assert isinstance(item, Function)
                func = item
            else:
                func = world.resolve.interfaces[export.interface].functions[export.name]
            signature = world.contents.signature(export.abi, func)
            post_return = exports.post_returns.get((export.key, func.name))
            start, end = SYNC_START, SYNC_FINISH
            if export.abi != GUEST_EXPORT:
                start = ASYNC_START
                end = ASYNC_FINISH if export.abi == GUEST_EXPORT_ASYNC_STACKFUL else ASYNC_CODE
                if post_return is not None:
                    raise error(f"async function `{core_name}` cannot have the post-return function `{post_return}`")
            elif post_return is not None:
                end = NO_HOOK
            self._hook(instance, core_name, signature.params, signature.results, start, end)
            if post_return is not None:
                self._hook(instance, post_return, signature.results, (), NO_HOOK, SYNC_FINISH)
            callback = exports.callbacks.get((export.key, func.name))
            if callback is not None:
                self._hook(instance, callback, (I32, I32, I32), (I32,), ASYNC_RESUME, ASYNC_CODE)

    def _hook_reallocs(self, world: ComponentWorld, which: Which, reallocs: dict[tuple[Instance, str], int]) -> None:
        """Wraps every export of a module that may be a `realloc` option."""
        instance = instance_of(which)
        for core_name in world.exports_of(which).reallocs():
            reallocs[(instance, core_name)] = len(self.hooked)
            self._hook(instance, core_name, (I32, I32, I32, I32), (I32,), REALLOC_START, REALLOC_FINISH)

    def _hook(
        self,
        instance: Instance,
        core_name: str,
        params: tuple[int, ...],
        results: tuple[int, ...],
        start: int,
        end: int,
    ) -> None:
        type_ = self._types.index(params, results)
        func = self.import_func(instance, core_name, type_)
        self.hooked.append(Hooked(type_, func, len(params), core_name, instance, start, end))

    # ----------------------------------------------------------------------- bytes

    def finish(self, debug_names: bool) -> bytes | None:
        """The module; None where there is nothing to fix."""
        module = self._module
        has_segments = module.count(ELEMENT_SECTION) or module.count(DATA_SECTION)
        if not (self._abi_start or self._user_start or self._in_table or self._declared or self.hooked or has_segments):
            return None
        first_wrapper = self._counts[FUNC]
        for number, hooked in enumerate(self.hooked):
            index = first_wrapper + number
            module.function(hooked.type)
            module.code([(1, I32)] if hooked.end == ASYNC_CODE else [], self._wrapper(hooked) + END)
            if hooked.export is not None:
                module.export(f"hook{number}", FUNC, index)
            self._func_names.append((index, f"hook-{hooked.core_name}"))

        if self._in_table:
            size = len(self._in_table)
            table = self.import_((SHIM, ""), TABLE_NAME, TABLE, TableType(FUNCREF, size, size))
            self.fill_table(table, 0, [self._filled(fill, first_wrapper) for fill in self._in_table])

        hooked_start = bool(self._user_start) and self.task_hook >= 0
        if self._abi_start or hooked_start or len(self._user_start) > 1:
            body = bytearray()
            for place, instructions in self._abi_start:
                if place >= 0:
                    body += ref_func(self._filled(self._declared[place], first_wrapper))
                body += instructions
            if hooked_start:
                body += i32_const(INITIALIZE_START) + call(self.task_hook)
            for func in self._user_start:
                body += call(func)
            if hooked_start:
                body += i32_const(INITIALIZE_FINISH) + call(self.task_hook)
            module.function(self._types.index((), ()))
            module.code([], bytes(body) + END)
            module.start = first_wrapper + len(self.hooked)
            self._func_names.append((module.start, "start"))
        elif self._user_start:
            module.start = self._user_start[0]

        if self._declared:
            module.declared_functions([self._filled(fill, first_wrapper) for fill in self._declared])
        module.custom("producers", BASE_PRODUCERS)
        if debug_names:
            add_names(module, "wit-component:fixups", self._func_names or None, self._global_names)
        return module.finish()

    def _filled(self, fill: _Fill, first_wrapper: int) -> int:
        return fill.func if fill.wrapper < 0 else first_wrapper + fill.wrapper

    def _wrapper(self, hooked: Hooked) -> bytes:
        """The instructions of a wrapper, without `end`."""
        body = b""
        if hooked.start != NO_HOOK:
            body += i32_const(hooked.start) + call(self.task_hook)
        for param in range(hooked.params):
            body += local_get(param)
        body += call(hooked.to_wrap)
        if hooked.end == ASYNC_CODE:
            # The code says how it goes on: 0 is EXIT, others wait or yield.
            code = hooked.params
            body += local_set(code) + i32_const(ASYNC_BLOCK) + i32_const(ASYNC_FINISH) + local_get(code) + SELECT
            body += call(self.task_hook) + local_get(code)
        elif hooked.end != NO_HOOK:
            body += i32_const(hooked.end) + call(self.task_hook)
        return body
