"""Links dynamic libraries into one component: `component link`.

The libraries stay as they are. Each becomes a core module that is instantiated after those that it depends on; the module
of `env_module.py` is the main module. What a library imports by convention, it gets of these.
"""

from __future__ import annotations

from pywasmtools.componentize.linkage import MODULE_EXPORT, Import
from pywasmtools.componentize.linking.env_module import STACK_SIZE, STUBS, EnvModule, env_functions, stubs_module
from pywasmtools.componentize.linking.library import (
    ADDRESSES,
    ASYNCIFY_DATA,
    ASYNCIFY_STATE,
    ENV,
    GET_TLS_BASE,
    GOT_FUNC,
    GOT_MEM,
    INIT_STACK_POINTER,
    MEMORY_BASE,
    MEMORY_NAME,
    SET_TLS_BASE,
    STACK_POINTER,
    TABLE_BASE,
    TABLE_NAME,
    crash,
    read_library,
)
from pywasmtools.componentize.linking.startup import Startup
from pywasmtools.componentize.linking.symbols import Symbols, in_order
from pywasmtools.diagnostics import CRASH, WasmToolsError, error
from pywasmtools.wasm.module import FUNC, GLOBAL, MEMORY, TABLE, TAG
from pywasmtools.wit_binary.component_type import Bindgen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pywasmtools.componentize.encoder import ComponentEncoder
    from pywasmtools.componentize.fixups import FixupModule
    from pywasmtools.componentize.linkage import Arguments, Which
    from pywasmtools.componentize.linking.library import Library


class Linker:
    """Libraries, the encoder that makes their component, and the options of linking."""

    __slots__ = ("encoder", "libdl", "libraries", "stack_size", "stub_missing_functions")

    def __init__(self, encoder: ComponentEncoder, stack_size: int | None, stub_missing_functions: bool) -> None:
        self.encoder = encoder
        self.libraries: list[Library] = []
        self.stack_size = STACK_SIZE if stack_size is None else stack_size
        self.stub_missing_functions = stub_missing_functions
        self.libdl: Callable[[], bytes] | None = None

    def add(self, libraries: Iterable[tuple[str, bytes]], dl_openable: bool) -> None:
        """Adds libraries, by name; `dl_openable` are found by `dlopen`. The first that exports a symbol provides it."""
        adapters = set(self.encoder.adapters)
        for name, data in libraries:
            try:
                self.libraries.append(read_library(name, data, dl_openable, adapters))
            except WasmToolsError as e:
                if e.kind == CRASH:
                    raise
                raise e.context(f"failed to extract linking metadata from {name}") from None

    def add_built_in_libdl(self, data: Callable[[], bytes]) -> None:
        """Adds the library that is built in; `data` is called if its bytes are needed, and gives them or raises."""
        from pywasmtools.componentize.linking.libdl import libdl

        self.libraries.append(libdl())
        self.libdl = data

    def encode(self) -> bytes:
        """The component. Raises what is missing, and all that the encoder refuses."""
        symbols, dependencies = self._complete()
        order = in_order(dependencies)
        functions = env_functions(symbols, order)
        env = EnvModule(symbols, functions, self.stack_size)
        self.encoder.module(env.data)
        seen: set[int] = set()
        for place in order:
            library = self.libraries[place]
            arguments = self._arguments(library, symbols, seen)
            if not library.wasm and self.libdl is not None:
                library.wasm = self.libdl()
            self.encoder.decoded_adapter(library.name, library.wasm, library.bindgen or Bindgen(), arguments)
            seen.add(place)

        def link(fixups: FixupModule) -> None:
            Startup(fixups, symbols, functions, env).add()

        return self.encoder.encode(link)

    # ----------------------------------------------------------------------- what is linked

    def _complete(self) -> tuple[Symbols, list[dict[int, None]]]:
        """The symbols of the libraries that are needed, with stubs for what is missing; and who depends on whom."""
        self._check_names()
        while True:
            symbols = Symbols(self.libraries)
            if symbols.missing:
                if not symbols.may_be_stubbed(self.stub_missing_functions):
                    raise symbols.missing_error()
                self.stub_missing_functions = False
                stubs = read_library(STUBS, stubs_module(symbols.missing), False, set())
                self.libraries = [*self.libraries, stubs]
                self._check_names()
                continue
            dependencies = symbols.dependencies()
            reachable = symbols.reachable(dependencies)
            if len(reachable) == len(self.libraries):
                return (symbols, dependencies)
            self.libraries = [library for place, library in enumerate(self.libraries) if place in reachable]

    def _check_names(self) -> None:
        """Refuses libraries of the same name, and libraries that need others that are not there."""
        names: set[str] = set()
        for library in self.libraries:
            if library.name in names:
                raise crash(f"more than one library is called `{library.name}`")
            names.add(library.name)
        lines = []
        for library in self.libraries:
            missing = [name for name in library.needed if name not in names]
            if missing:
                lines.append(f"\t{library.name} needs {', '.join(missing)}")
        if lines:
            raise error("missing libraries:\n" + "\n".join(lines))

    # ----------------------------------------------------------------------- what a library gets

    def _arguments(self, library: Library, symbols: Symbols, seen: set[int]) -> Arguments:
        """What satisfies the imports of a library; `seen` are the libraries that are instantiated before it."""
        name = library.name
        env = {
            MEMORY_NAME: _export(MEMORY_NAME, MEMORY),
            TABLE_NAME: _export(TABLE_NAME, TABLE),
            STACK_POINTER: _export(STACK_POINTER, GLOBAL),
            INIT_STACK_POINTER: _export(INIT_STACK_POINTER, GLOBAL),
            MEMORY_BASE: _export(f"{name}:memory_base", GLOBAL),
            TABLE_BASE: _export(f"{name}:table_base", GLOBAL),
        }
        for intrinsic in (GET_TLS_BASE, SET_TLS_BASE):
            if intrinsic in library.needs:
                env[intrinsic] = _export(f"{name}:{intrinsic}", FUNC)
        for function, type_, _ in library.env_imports:
            exporter = symbols.exporters[(function, FUNC, type_)]
            which = self.libraries[exporter].name if exporter in seen else None
            env.setdefault(function, _export(function, FUNC, which))
        for tag, type_ in library.tags:
            exporter = symbols.exporters[(tag, TAG, type_)]
            which = self.libraries[exporter].name
            if exporter not in seen:
                raise error(f"circular dependency prevents direct tag import from `{which}`")
            env.setdefault(tag, _export(tag, TAG, which))
        if library.is_asyncified:
            env[ASYNCIFY_STATE] = _export(ASYNCIFY_STATE, GLOBAL)
            env[ASYNCIFY_DATA] = _export(ASYNCIFY_DATA, GLOBAL)
        mem = {address: _export(f"{name}:{address}", GLOBAL) for address in library.mem_addresses}
        mem.update({address: _export(address, GLOBAL) for address in ADDRESSES})
        arguments: Arguments = {
            GOT_MEM: mem,
            GOT_FUNC: {function: _export(f"{name}:{function}", GLOBAL) for function in library.func_addresses},
            ENV: env,
        }
        for item in library.imports:
            field, kind, _ = item.symbol
            arguments.setdefault(item.module, {}).setdefault(field, _export(f"{item.module}:{field}", kind))
        return arguments


def _export(name: str, kind: int, which: Which = None) -> Import:
    """An item that the main module exports, or a library before."""
    found = Import(MODULE_EXPORT, name)
    found.export_kind = kind
    found.which = which
    return found
