"""The compiled modules, where a package has them: all of them are used, or none.

A compiled wheel has every module as source and most of them compiled too, by mypyc, in `_compiled/`: an extension module
each, in folders as the package's, and the library that they share. A finder before the usual ones (`Compiled`) serves
them; without it, or where the library can't be loaded, the sources are what is imported. Compiled modules call each other
without asking Python, so no module may be there in both forms: it is decided once, before the first of them is imported.
Programs that use the library have them compiled; of the command line see `cli/amount.py`. `$WASM_TOOLS_COMPILED` decides for
both: 1 for compiled modules, 0 for sources.
"""

from __future__ import annotations

import _frozen_importlib
import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import EXTENSION_SUFFIXES, ExtensionFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any, Final

FOLDER: Final = "_compiled"
PACKAGE: Final = "pywasmtools."
SHARED: Final = "__mypyc"
"""What the name of the shared library ends with."""


class _Loader(ExtensionFileLoader):
    """Loads an extension module; what else a package has is looked for among the sources, whatever its code thinks of where it is."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        spec = module.__spec__
        if spec is not None and spec.submodule_search_locations is not None:
            module.__path__ = spec.submodule_search_locations


class _CommandLoader(_Loader):
    """Loads for the command. The runtime library of mypyc asks `importlib` for what the interpreter has without it; really imported,
    it would bring `warnings` along, and take longer than most of our modules."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        stand_ins = {} if "importlib" in sys.modules else _stand_ins()
        sys.modules.update(stand_ins)
        try:
            return super().create_module(spec)
        finally:
            for name in stand_ins:
                sys.modules.pop(name, None)


def _stand_ins() -> dict[str, ModuleType]:
    """What is asked for of `importlib`, by the names of its modules."""
    machinery: Any = type(sys)("importlib.machinery")
    machinery.ModuleSpec = ModuleSpec
    machinery.ExtensionFileLoader = ExtensionFileLoader
    return {
        "importlib": _frozen_importlib,
        "importlib._bootstrap": _frozen_importlib,
        "importlib.machinery": machinery,
    }


class Compiled:
    """The finder of the compiled modules below `folder`, of the package in the folder `base`.

    `is_told` says that the environment asks for compiled modules, whatever there is to do; `loader` makes their loaders.
    """

    __slots__ = ("base", "folder", "is_loaded", "is_told", "library", "loader", "suffix")

    def __init__(self, base: str, folder: str, library: str, suffix: str, is_told: bool) -> None:
        self.base = base
        self.folder = folder
        self.library = library
        self.suffix = suffix
        self.is_told = is_told
        self.is_loaded = False
        self.loader = _Loader

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The specification of a module that is there compiled. The first that is asked for loads the shared library."""
        if name == self.library:
            return self._spec(name, os.path.join(self.folder, name + self.suffix), None)
        if not name.startswith(PACKAGE):
            return None
        file = self.file_of(name)
        if not file or not (self.is_loaded or self._loads()):
            return None
        is_package = os.path.basename(file) == "__init__" + self.suffix
        search = os.path.join(self.base, name[len(PACKAGE) :].replace(".", os.sep)) if is_package else None
        return self._spec(name, file, search)

    def file_of(self, name: str) -> str:
        """The extension module of a module of the package; empty where it is not compiled."""
        inner = os.path.join(self.folder, name[len(PACKAGE) :].replace(".", os.sep))
        for file in (inner + self.suffix, os.path.join(inner, "__init__" + self.suffix)):
            if os.path.exists(file):
                return file
        return ""

    def serve_command(self) -> None:
        """To be told where nothing but our command runs in this process."""
        self.loader = _CommandLoader

    def _loads(self) -> bool:
        """Loads the shared library; where that fails nothing of it is used."""
        try:
            __import__(self.library)
        except ImportError:
            self.leave()
            return False
        self.is_loaded = True
        return True

    def _spec(self, name: str, file: str, search: str | None) -> ModuleSpec:
        spec = ModuleSpec(name, self.loader(name, file), origin=file, is_package=search is not None)
        if search is not None and spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(search)
        spec.has_location = True
        return spec

    def leave(self) -> None:
        """From now on the sources are imported. No compiled module may have been."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)


def begin(base: str) -> Compiled | None:
    """Puts the compiled modules to work, if there are some for this interpreter in the package's folder `base`."""
    told = os.environ.get("WASM_TOOLS_COMPILED", "")
    folder = os.path.join(base, FOLDER)
    suffix = EXTENSION_SUFFIXES[0] if EXTENSION_SUFFIXES else ""
    if told == "0" or not suffix:
        return None
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    for name in names:
        if name.endswith(SHARED + suffix):
            found: Any = Compiled(base, folder, name[: -len(suffix)], suffix, told == "1")
            sys.meta_path.insert(0, found)
            return found  # type: ignore[no-any-return]
    return None
