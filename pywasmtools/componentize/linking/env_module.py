"""The module that all linked libraries stand on: the memory, the table, and functions that break circles between libraries.

It is the main module of the component. Each function calls, through the table, the library that has it; for the startup
of `startup.py` to fill in. Also stubs: a library of functions that trap.
"""

from __future__ import annotations

from pywasmtools.componentize.code import (
    ELSE,
    END,
    I32_EQZ,
    IF,
    UNREACHABLE,
    call,
    call_indirect,
    i32_const,
    i32_load,
    i32_store,
    local_get,
    local_tee,
)
from pywasmtools.componentize.linking.library import (
    ASYNCIFY_DATA,
    ASYNCIFY_STATE,
    GET_TLS_BASE,
    HEAP_BASE,
    HEAP_END,
    INIT_STACK_POINTER,
    LIBDL_LIBRARIES,
    MEMORY_NAME,
    PROGRAM_TLS_INFO,
    ROOT,
    SET_TLS_BASE,
    STACK_HIGH,
    STACK_LOW,
    STACK_POINTER,
    START,
    TABLE_NAME,
    THUNK,
    crash,
)
from pywasmtools.componentize.linking.symbols import CABI_REALLOC, TASK_HOOK
from pywasmtools.componentize.linking.tables import DlTable, TlsTable, align, needs_tls_base, signed, wrap
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wasm.module import FUNC, GLOBAL, MEMORY, TABLE
from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.module_builder import i32_const as i32_const_expr
from pywasmtools.wasm.payloads import (
    CODE_SECTION_START,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    IMPORT_SECTION,
    TYPE_SECTION,
)
from pywasmtools.wasm.types import FUNCREF, I32, FuncType, GlobalType, MemoryType, TableType
from pywasmtools.wit_binary.encoder import BASE_PRODUCERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.componentize.linking.symbols import Missing, Symbols

PAGE_SIZE: Final = 65536
STACK_SIZE: Final = 16 * PAGE_SIZE
"""The size of the stack where nothing else is said, in bytes."""

HEAP_ALIGNMENT: Final = 16
STUBS: Final = "wit-component:stubs"
"""What the library of stubs is called."""

CONTEXT_GET_1: Final = "[context-get-1]"

ENV_SECTIONS: Final = (
    TYPE_SECTION,
    IMPORT_SECTION,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    CODE_SECTION_START,
)
"""The sections that the reference writes even where they are empty."""


class EnvFunction:
    """A function that the module exports: it calls that of the library at the place `exporter`."""

    __slots__ = ("exporter", "name", "type")

    def __init__(self, name: str, type_: FuncType, exporter: int) -> None:
        self.name = name
        self.type = type_
        self.exporter = exporter


def env_functions(symbols: Symbols, order: list[int]) -> list[EnvFunction]:
    """What has to be called through the table.

    That is what a library imports of one that is instantiated later, all functions whose address is wanted, and the task hook.
    """
    found: dict[str, EnvFunction] = {}
    seen: set[int] = set()
    for place in order:
        library = symbols.libraries[place]
        for name in library.func_addresses:
            if name not in found:
                symbol = symbols.functions.get(name)
                if symbol is None:
                    raise error(f'unable to find "{name}" in any library')
                assert isinstance(symbol[2], FuncType)
                found[name] = EnvFunction(name, symbol[2], symbols.exporters[symbol])
        for name, type_, _ in library.env_imports:
            exporter = symbols.exporters[(name, FUNC, type_)]
            if name not in found and exporter not in seen:
                found[name] = EnvFunction(name, type_, exporter)
        seen.add(place)
    if TASK_HOOK[0] not in found and TASK_HOOK in symbols.exporters:
        assert isinstance(TASK_HOOK[2], FuncType)
        found[TASK_HOOK[0]] = EnvFunction(TASK_HOOK[0], TASK_HOOK[2], symbols.exporters[TASK_HOOK])
    return list(found.values())


class EnvModule:
    """The module and the layout of memory and table: `data` are its bytes once it is made."""

    __slots__ = (
        "_context_get",
        "_functions",
        "_libraries",
        "_memory_end",
        "_module",
        "_reexports",
        "_table_end",
        "data",
        "dl",
        "functions_base",
        "tls",
    )

    def __init__(self, symbols: Symbols, functions: list[EnvFunction], stack_size: int) -> None:
        self._libraries = symbols.libraries
        self._functions = functions
        self._module = ModuleBuilder()
        self._context_get = -1
        # Imports that are exported again: name, kind and index of each.
        self._reexports: list[tuple[str, int, int]] = []
        self._import_all(symbols)
        # Place 0 of the table stays empty: the null function.
        self.dl = DlTable(1, stack_size, self._libraries)
        self._table_end = wrap(1 + self.dl.functions)
        self._memory_end = wrap(stack_size + len(self.dl.data))
        self.tls = TlsTable(self._memory_end, self._libraries)
        self._memory_end = self.tls.end
        self._program_globals(stack_size)
        self._library_globals()
        self._heap_globals()
        self.functions_base = self._table_end
        self._define_functions()
        self._define_tls_functions()
        self.data = self._finish()

    def _needs(self, name: str) -> bool:
        return any(name in library.needs for library in self._libraries)

    # ----------------------------------------------------------------------- imports

    def _import_func(self, module: str, name: str, type_: FuncType) -> int:
        """The index of an imported function, which has a type of its own."""
        index = self._module.type_func(type_)
        self._module.import_(module, name, FUNC, index)
        return index

    def _import_all(self, symbols: Symbols) -> None:
        """Imports what libraries want of adapters, `_start`, `cabi_realloc`, and the threads' context."""
        module = self._module
        seen: set[tuple[object, ...]] = set()
        start = -1
        global_ = 0
        for library in self._libraries:
            for item in library.imports:
                if item.key() in seen:
                    continue
                seen.add(item.key())
                name, kind, type_ = item.symbol
                if isinstance(type_, FuncType):
                    index = self._import_func(item.module, name, type_)
                else:
                    index = global_
                    global_ += 1
                    module.import_(item.module, name, kind, type_)
                self._reexports.append((f"{item.module}:{name}", kind, index))
            if START in library.exported_for_linker:
                if start >= 0:
                    raise crash(f"multiple libraries export {START}")
                start = self._import_func(library.name, START, THUNK)
        if start >= 0:
            self._reexports.append((START, FUNC, start))
        exporter = symbols.exporters.get(CABI_REALLOC)
        name, _, type_ = CABI_REALLOC
        if exporter is not None and not any(found.name == name for found in self._functions):
            assert isinstance(type_, FuncType)
            module.export(name, FUNC, self._import_func(self._libraries[exporter].name, name, type_))
        if any(needs_tls_base(library) for library in self._libraries) and any(
            library.uses_threads for library in self._libraries
        ):
            self._context_get = self._import_func(ROOT, CONTEXT_GET_1, FuncType((), (I32,)))

    # ----------------------------------------------------------------------- globals

    def _global(self, name: str, value: int, mutable: bool = True) -> None:
        """Exports an address as a global."""
        index = self._module.global_(GlobalType(I32, mutable), i32_const_expr(signed(value)))
        self._module.export(name, GLOBAL, index)

    def _program_globals(self, stack_size: int) -> None:
        """Globals of the whole program but for its heap."""
        if self._needs(LIBDL_LIBRARIES):
            self._global(LIBDL_LIBRARIES, self.dl.root)
        if self._needs(PROGRAM_TLS_INFO):
            self._global(PROGRAM_TLS_INFO, self.tls.program_info)
        if self._needs(STACK_POINTER):
            self._global(STACK_POINTER, stack_size)
        if self._needs(INIT_STACK_POINTER):
            self._global(INIT_STACK_POINTER, stack_size, mutable=False)
        if any(library.is_asyncified for library in self._libraries):
            self._global(ASYNCIFY_STATE, 0)
            self._global(ASYNCIFY_DATA, 0)
        if self._needs(STACK_HIGH):
            self._global(STACK_HIGH, stack_size)
        if self._needs(STACK_LOW):
            self._global(STACK_LOW, 0)

    def _library_globals(self) -> None:
        """Where each library's memory and its part of the table begin, and the addresses that it wants of others."""
        for library in self._libraries:
            self._memory_end = align(self._memory_end, 1 << (library.memory_alignment & 31))
            self._table_end = align(self._table_end, 1 << (library.table_alignment & 31))
            self._global(f"{library.name}:memory_base", self._memory_end, mutable=False)
            self._global(f"{library.name}:table_base", self._table_end, mutable=False)
            self._memory_end = wrap(self._memory_end + library.memory_size)
            self._table_end = wrap(self._table_end + library.table_size)
            for name in library.mem_addresses:
                # Computed when it starts.
                self._global(f"{library.name}:{name}", 0)
        places = {found.name: number for number, found in enumerate(self._functions)}
        for library in self._libraries:
            weak = library.weak_imports()
            for name in library.func_addresses:
                number = places[name]
                is_stub = self._libraries[self._functions[number].exporter].name == STUBS
                value = 0 if is_stub and name in weak else self._table_end + number
                self._global(f"{library.name}:{name}", value)

    def _heap_globals(self) -> None:
        self._memory_end = align(self._memory_end, HEAP_ALIGNMENT)
        if self._needs(HEAP_BASE):
            self._global(HEAP_BASE, self._memory_end)
        self._memory_end = align(self._memory_end, PAGE_SIZE)
        if self._needs(HEAP_END):
            self._global(HEAP_END, self._memory_end)

    # ----------------------------------------------------------------------- functions

    def _define(self, name: str, type_: FuncType, body: bytes, locals_: int = 0) -> None:
        """Exports a function of a type of its own, with so many i32 as locals; `body` has no `end`."""
        module = self._module
        index = module.type_func(type_)
        module.function(index)
        module.code([(locals_, I32)] if locals_ else [], body + END)
        module.export(name, FUNC, index)

    def _define_functions(self) -> None:
        """Functions that call what stands in the table."""
        for found in self._functions:
            if self._table_end > 0x7FFFFFFF:
                raise crash("the table of functions is too large")
            index = self._module.count(TYPE_SECTION)
            body = b"".join([local_get(local) for local in range(len(found.type.params))])
            self._define(found.name, found.type, body + i32_const(self._table_end) + call_indirect(index))
            self._table_end += 1

    def _define_tls_functions(self) -> None:
        """For each library that asks, functions that read and write where its thread-local storage is."""
        for place, library in enumerate(self._libraries):
            slot = self.tls.slots.get(place)
            if GET_TLS_BASE in library.needs:
                type_ = FuncType((), (I32,))
                self._define(f"{library.name}:{GET_TLS_BASE}", type_, self._get_tls_base(slot))
            if SET_TLS_BASE in library.needs:
                type_ = FuncType((I32,), ())
                locals_ = 0 if slot is None or self._context_get < 0 else 1
                self._define(f"{library.name}:{SET_TLS_BASE}", type_, self._set_tls_base(slot), locals_)

    def _main_bases(self) -> bytes:
        if self.tls.main_bases > 0x7FFFFFFF:
            raise crash("the stack leaves no room for thread-local storage")
        return i32_const(self.tls.main_bases)

    def _get_tls_base(self, slot: int | None) -> bytes:
        """The address in the slot of the library: of the thread's own bases, or of the main thread's where that is all."""
        if slot is None:
            return UNREACHABLE  # it has none
        bases = self._main_bases() if self._context_get < 0 else call(self._context_get)
        return bases + i32_load(slot * 4)

    def _set_tls_base(self, slot: int | None) -> bytes:
        """Writes the same; before a thread has bases of its own, those of the main thread are meant."""
        if slot is None:
            return UNREACHABLE
        write_main = self._main_bases() + local_get(0) + i32_store(slot * 4)
        if self._context_get < 0:
            return write_main
        write = local_get(1) + local_get(0) + i32_store(slot * 4)
        return call(self._context_get) + local_tee(1) + I32_EQZ + IF + write_main + ELSE + write + END

    # ----------------------------------------------------------------------- bytes

    def _finish(self) -> bytes:
        module = self._module
        for name, kind, index in self._reexports:
            module.export(name, kind, index)
        module.table(TableType(FUNCREF, self._table_end))
        module.export(TABLE_NAME, TABLE, 0)
        module.memory(MemoryType(self._memory_end // PAGE_SIZE))
        module.export(MEMORY_NAME, MEMORY, 0)
        return _finished(module, ENV_SECTIONS)


def stubs_module(missing: list[Missing]) -> bytes:
    """A module that exports all functions that are missing; each traps."""
    module = ModuleBuilder()
    names: set[str] = set()
    for found in missing:
        name, _, type_ = found.symbol
        if name in names:
            raise crash(f"`{name}` is missing more than once, and can't be stubbed then")
        names.add(name)
        assert isinstance(type_, FuncType)
        index = module.type_func(type_)
        module.function(index)
        module.code([], UNREACHABLE + END)
        module.export(name, FUNC, index)
    return _finished(module, ())


def _finished(module: ModuleBuilder, even_empty: tuple[int, ...]) -> bytes:
    """A module made here; refuses what libraries make invalid, two exports of one name for example."""
    from pywasmtools.validation.core.function import BodyValidator
    from pywasmtools.validation.validator import validate_all

    module.custom("producers", BASE_PRODUCERS)
    data = module.finish(even_empty)
    try:
        validate_all(data, BodyValidator().check)
    except WasmToolsError as e:
        raise crash(f"the libraries can't be linked: {e.layers[-1].text()}") from None
    return data
