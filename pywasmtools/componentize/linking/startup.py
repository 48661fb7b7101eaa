"""What is done when all linked libraries are instantiated, before anything of them is called.

All of it goes into the fixup module: the table gets the functions that are called through it, memory the tables of
`tables.py`; its start function computes addresses, and calls relocations and constructors.
"""

from __future__ import annotations

from pywasmtools.componentize.code import I32_ADD, call, global_get, global_set, i32_const, i32_store
from pywasmtools.componentize.fixups import ADAPTER, MAIN
from pywasmtools.componentize.linking.library import (
    ADDRESS,
    APPLY_DATA_RELOCS,
    CALL_CTORS,
    ENV,
    INITIALIZE,
    LIBRARY_TLS_INFO,
    MEMORY_NAME,
    TABLE_NAME,
    THUNK,
)
from pywasmtools.componentize.linking.tables import signed
from pywasmtools.diagnostics import error
from pywasmtools.wasm.module import FUNC, GLOBAL, MEMORY, TABLE
from pywasmtools.wasm.types import FUNCREF, I32, FuncType, GlobalType, MemoryType, TableType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.componentize.fixups import FixupModule, Instance
    from pywasmtools.componentize.linking.env_module import EnvFunction, EnvModule
    from pywasmtools.componentize.linking.library import Library
    from pywasmtools.componentize.linking.symbols import Symbols

_MAIN: Final[Instance] = (MAIN, "")


class Startup:
    """Adds to a fixup module what libraries want done; `env` is the module that they stand on."""

    __slots__ = ("_env", "_fixups", "_functions", "_libraries", "_symbols")

    def __init__(self, fixups: FixupModule, symbols: Symbols, functions: list[EnvFunction], env: EnvModule) -> None:
        self._fixups = fixups
        self._symbols = symbols
        self._libraries = symbols.libraries
        self._functions = functions
        self._env = env

    def add(self) -> None:
        """Adds all of it."""
        fixups, env = self._fixups, self._env
        fixups.func_type(THUNK)
        memory = fixups.import_(_MAIN, MEMORY_NAME, MEMORY, MemoryType(0))
        table = fixups.import_(_MAIN, TABLE_NAME, TABLE, TableType(FUNCREF, 0))
        for library_name, name, address in env.dl.globals:
            self._store_address(address, library_name, name)
        self._compute_addresses()
        for library in self._libraries:
            if APPLY_DATA_RELOCS in library.exported_for_linker:
                fixups.at_start(call(self._thunk(library, APPLY_DATA_RELOCS)))
        self._construct()
        openable = [
            self._function(library, name, type_)
            for library in self._libraries
            if library.dl_openable
            for name, kind, type_ in library.exports
            if kind == FUNC and isinstance(type_, FuncType)
        ]
        called = [self._function(self._libraries[found.exporter], found.name, found.type) for found in self._functions]
        if env.tls.library_infos:
            for place, slot in env.tls.slots.items():
                address = env.tls.library_infos + slot * 4
                self._store_address(address, self._libraries[place].name, LIBRARY_TLS_INFO)
        fixups.fill_table(table, signed(env.dl.table_base), openable)
        fixups.fill_table(table, signed(env.functions_base), called)
        fixups.fill_memory(memory, signed(env.dl.memory_base), bytes(env.dl.data))
        if env.tls.data:
            fixups.fill_memory(memory, signed(env.tls.program_info), env.tls.data)

    # ----------------------------------------------------------------------- imports

    def _function(self, library: Library, name: str, type_: FuncType) -> int:
        """A function of a library."""
        return self._fixups.import_func(_instance_of(library.name), name, self._fixups.func_type(type_))

    def _thunk(self, library: Library, name: str) -> int:
        return self._function(library, name, THUNK)

    def _address(self, library_name: str, name: str) -> bytes:
        """Loads the address of a library's exported data, which is relative to its memory."""
        base = self._fixups.import_(_MAIN, f"{library_name}:memory_base", GLOBAL, ADDRESS)
        offset = self._fixups.import_(_instance_of(library_name), name, GLOBAL, ADDRESS)
        return global_get(base) + global_get(offset) + I32_ADD

    # ----------------------------------------------------------------------- what the start function does

    def _store_address(self, place: int, library_name: str, name: str) -> None:
        """Writes the address of a library's data into memory."""
        address = self._address(library_name, name)
        self._fixups.at_start(i32_const(signed(place)) + address + i32_store(0))

    def _compute_addresses(self) -> None:
        """Gives each library the addresses of the data that it wants of others."""
        for library in self._libraries:
            for name in library.mem_addresses:
                exporter = self._libraries[self._symbols.exporters[(name, GLOBAL, ADDRESS)]]
                address = self._address(exporter.name, name)
                wanted = self._fixups.import_(_MAIN, f"{library.name}:{name}", GLOBAL, GlobalType(I32, True))
                self._fixups.at_start(address + global_set(wanted))

    def _construct(self) -> None:
        """Calls the constructors of each library, in the order in which these were given."""
        for library in self._libraries:
            has_ctors = CALL_CTORS in library.exported_for_linker
            has_initialize = INITIALIZE in library.exported_for_linker
            if has_ctors and has_initialize:
                raise error(
                    f"library {library.name} exports both `{CALL_CTORS}` and `{INITIALIZE}`; "
                    "expected at most one of the two"
                )
            if has_ctors:
                self._fixups.call_at_start(self._thunk(library, CALL_CTORS))
            if has_initialize:
                self._fixups.call_at_start(self._thunk(library, INITIALIZE))


def _instance_of(library_name: str) -> Instance:
    """The instance of a library. One that is called `env` is taken for the module that all stand on."""
    return _MAIN if library_name == ENV else (ADAPTER, library_name)
