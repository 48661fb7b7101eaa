"""Who exports what others import, who depends on whom, and the order of instantiation that follows.

Libraries are named by their places in the list that they are given in; where two export a symbol, the first one counts.
"""

from __future__ import annotations

from pywasmtools.componentize.linking.library import ADDRESS, START, THUNK, crash, show_symbol
from pywasmtools.diagnostics import error
from pywasmtools.wasm.dylink import BINDING_WEAK
from pywasmtools.wasm.module import FUNC, GLOBAL, TAG
from pywasmtools.wasm.types import I32, FuncType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from pywasmtools.componentize.linking.library import Library, Symbol
    from pywasmtools.diagnostics import WasmToolsError

CABI_REALLOC: Final[Symbol] = ("cabi_realloc", FUNC, FuncType((I32, I32, I32, I32), (I32,)))
TASK_HOOK: Final[Symbol] = ("__wasm_task_hook", FUNC, FuncType((I32,), ()))
"""Wanted by the component itself, whether a library imports it or not."""


class Missing:
    """A symbol that no library exports, which `importer` wants; weakly, so that it may stay missing, where `weak`."""

    __slots__ = ("importer", "symbol", "weak")

    def __init__(self, importer: str, symbol: Symbol, weak: bool = False) -> None:
        self.importer = importer
        self.symbol = symbol
        self.weak = weak


class Symbols:
    """The symbols of a list of libraries.

    `exporters` has every exported symbol and the first library that exports it, `functions` those of functions by name.
    `missing` is what is imported and not exported, in the order in which it was found.
    """

    __slots__ = ("exporters", "functions", "libraries", "missing")

    def __init__(self, libraries: Sequence[Library]) -> None:
        self.libraries = libraries
        self.exporters: dict[Symbol, int] = {}
        self.functions: dict[str, Symbol] = {}
        self.missing: list[Missing] = []
        for place, library in enumerate(libraries):
            for symbol in library.exports:
                self.exporters.setdefault(symbol, place)
        for symbol in self.exporters:
            if symbol[1] == FUNC and self.functions.setdefault(symbol[0], symbol) != symbol:
                raise crash(f"function `{symbol[0]}` is exported with more than one type")
        for library in libraries:
            self._find_missing(library)
        for library in libraries:
            self._find_missing_addresses(library)

    def _find_missing(self, library: Library) -> None:
        """Notes functions, data and tags that a library imports and none exports."""
        for name, type_, flags in library.env_imports:
            self._want(library, (name, FUNC, type_), flags & BINDING_WEAK != 0)
        for name in library.mem_addresses:
            self._want(library, (name, GLOBAL, ADDRESS), False)
        for name, type_ in library.tags:
            self._want(library, (name, TAG, type_), False)

    def _want(self, library: Library, symbol: Symbol, weak: bool) -> None:
        if symbol not in self.exporters:
            self.missing.append(Missing(library.name, symbol, weak))

    def _find_missing_addresses(self, library: Library) -> None:
        """Notes functions whose address a library wants and none exports, unless they were noted as imports."""
        imported = {name for name, _, _ in library.env_imports}
        for name in library.func_addresses:
            if name not in self.functions and name not in imported:
                # Nothing says of which type it should be.
                self.missing.append(Missing(library.name, (name, FUNC, THUNK)))

    # ----------------------------------------------------------------------- what is missing

    def may_be_stubbed(self, stub_missing_functions: bool) -> bool:
        """Whether functions that trap may take the place of all that is missing."""
        if any(found.symbol[1] != FUNC for found in self.missing):
            return False
        return stub_missing_functions or all(found.weak for found in self.missing)

    def missing_error(self) -> WasmToolsError:
        """The refusal of what is missing, weak imports aside."""
        lines = [f"\t{found.importer} needs {show_symbol(found.symbol)}" for found in self.missing if not found.weak]
        return error("unresolved symbol(s):\n" + "\n".join(lines))

    # ----------------------------------------------------------------------- who depends on whom

    def dependencies(self) -> list[dict[int, None]]:
        """The libraries that each one depends on, directly or through others, in the order in which they are found."""
        places = {library.name: place for place, library in enumerate(self.libraries)}
        direct: dict[int, dict[int, None]] = {}
        for place, library in enumerate(self.libraries):
            found = dict.fromkeys([places[name] for name in library.needed])
            for name, type_, _ in library.env_imports:
                found[self.exporters[(name, FUNC, type_)]] = None
            if found:
                direct[place] = found
        while True:
            new: dict[int, dict[int, None]] = {}
            for place, found in direct.items():
                for one in found:
                    for other in direct.get(one, {}):
                        if other not in found:
                            new.setdefault(place, {})[other] = None
            if not new:
                return [direct.get(place, {}) for place in range(len(self.libraries))]
            for place, others in new.items():
                direct[place].update(others)

    def reachable(self, dependencies: list[dict[int, None]]) -> set[int]:
        """The libraries that are needed: those with exports of the component, those for `dlopen`, and what they need."""
        found: set[int] = set()
        for place, library in enumerate(self.libraries):
            if library.has_component_exports or library.dl_openable or START in library.exported_for_linker:
                found.add(place)
                found.update(dependencies[place])
        return found


def in_order(dependencies: list[dict[int, None]]) -> list[int]:
    """All libraries, each after those that it depends on; those that depend on each other as they come.

    Before a library come the dependencies that do not depend on it, after it the others.
    """
    done: dict[int, None] = {}
    for first in range(len(dependencies)):
        # Libraries begun: what is left of the dependencies of each, and whether the library itself is done.
        begun = [] if first in done else [(first, iter(dependencies[first]), False)]
        while begun:
            place, rest, is_done = begun[-1]
            for other in rest:
                if other not in done and (place in dependencies[other]) == is_done:
                    begun.append((other, iter(dependencies[other]), False))
                    break
            else:
                begun.pop()
                if not is_done:
                    done[place] = None
                    begun.append((place, iter(dependencies[place]), True))
    return list(done)
