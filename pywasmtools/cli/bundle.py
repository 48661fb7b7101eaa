"""The bundle: the bytecode of the command's modules in one file, read in place of a file a module.

It is made from `.pyc` files, lies among them, and is as safe: a module is taken from it where size and time of change of its
source are those that were noted, by an interpreter of the same magic number and level of optimization. Whatever doesn't fit,
or is damaged (there are checksums, for `marshal` trusts what it reads), is imported as usual, and the bundle made anew after
the run (`bundling.py`). Only the command that is run from a shell has it: who imports the package knows nothing of it. It stays
out of the way of whoever watches imports or lines: debuggers, coverage, `python -v`.

The file: `HEAD`, the length of the index (4 bytes), its checksum (8), the index, the parts. A part are the code objects of modules
that the same commands load, from the ground up (`bundle_parts.py`).
"""

from __future__ import annotations

import _imp
import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, PathFinder, SourceFileLoader, cache_from_source
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any, Final

    from pywasmtools.compiled import Compiled

    Noted = tuple[int, bool, int, int, str, str]
    # A module: its part or LEFT_ALONE, is it a package, size, time of change in ns, folder, name of the file without `.py`
    Folder = tuple[int, bytes]  # time of change in ns, checksum of names
    Part = tuple[
        int, int, bytes, tuple[str, ...]
    ]  # where it begins behind the index, length, checksum, the names of its modules
    Index = tuple[dict[str, Noted], dict[str, Folder], tuple[Part, ...]]

PACKAGE: Final = "pywasmtools"
NAME: Final = "bundled"
HEAD: Final = b"wasm-tools bundle 2\n"  # begins otherwise than a .pyc; the number is that of the layout
FIRST_READ: Final = 1 << 16
LEFT_ALONE: Final = -1
KEY: Final = int.from_bytes(MAGIC_NUMBER, "little")
NS: Final = 1_000_000_000
Module: Final[Any] = type(sys)
fix_filename: Final[Any] = _imp._fix_co_filename  # type: ignore[attr-defined]


def checksum(data: bytes) -> bytes:
    """Eight bytes that tell apart data that differ, and interpreters of different bytecode."""
    found: bytes = _imp.source_hash(KEY, data)
    return found


def is_same_time(noted: int, found: int) -> bool:
    """Whether two times of change are one; archives and some file systems keep whole seconds."""
    return noted == found or (noted // NS == found // NS and not (noted % NS and found % NS))


def around(path: str, base: str) -> tuple[str, str, str]:
    """What stands around the folder and the name of a module in the path of its bytecode: that of the bundle tells."""
    end = path[path.rindex(NAME) + len(NAME) :]
    inner = f"__pycache__{os.sep}"
    if path == f"{base}{os.sep}cli{os.sep}{inner}{NAME}{end}":
        return base, inner, end
    return path[: -len(f"{os.sep}cli{os.sep}{NAME}{end}")], "", end


def names_in(folder: str) -> bytes:
    """A checksum of the names in a folder, of all that decide which file a module is."""
    return checksum("\0".join(sorted(n for n in os.listdir(folder) if n[0] != "." and n != "__pycache__")).encode())


def read(path: str, start: int, length: int) -> bytes:
    """So many bytes of a file, fewer where it has no more, none where it can't be read."""
    try:
        with open(path, "rb", 0) as file:
            file.seek(start)
            return file.read(length) or b""
    except OSError:
        return b""


class Served(Module):  # type: ignore[misc]
    """A module out of the bundle. What it has not is told at once, without a message that nobody reads: `from module import name`
    asks every module for its `__path__` first."""

    __getattribute__ = object.__getattribute__


def run(code: CodeType, name: str, module: ModuleType) -> None:
    """Runs a module's code; the module is known from then on, unless that fails."""
    sys.modules[name] = module
    try:
        exec(code, module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise


class Bundle:
    """The finder of the package's modules, at work beside the usual one.

    `base` is the package's folder, `path` the bundle's file. `missed` are the names that it was asked for in vain.
    `compiled` is the finder that comes first, in a run with compiled modules.
    """

    __slots__ = (
        "base",
        "cached",
        "codes",
        "compiled",
        "folders",
        "known",
        "missed",
        "modules",
        "parts",
        "path",
        "read",
        "start",
    )

    def __init__(self, base: str, path: str, compiled: Compiled | None = None) -> None:
        self.base = base
        self.compiled = compiled
        self.path = path
        self.cached = around(path, base)
        self.missed: list[str] = []
        self.modules: dict[str, Noted] = {}
        self.folders: dict[str, Folder] = {}
        self.parts: tuple[Part, ...] = ()
        self.codes: dict[str, CodeType] = {}
        self.known: dict[str, bool] = {}
        self.read: set[int] = set()
        self.start = 0

    def open(self) -> None:
        """Reads the index; where there is none, all will be missed."""
        data = read(self.path, 0, FIRST_READ)
        at = len(HEAD) + 12
        end = at + int.from_bytes(data[at - 12 : at - 8], "little")
        if not data.startswith(HEAD):
            return
        if end > len(data):
            data += read(self.path, len(data), end - len(data))
        index = data[at:end]
        if checksum(index) == data[at - 8 : at]:
            self.start = end
            self.modules, self.folders, self.parts = loads(index)

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> Any:
        """The specification of a module that the bundle has; what the module needs of its part is loaded before it.

        Whatever goes wrong here, the usual import does it, and tells what is wrong where it is in a module.
        """
        if target is not None or not name.startswith("pywasmtools."):
            return None
        try:
            return self._find(name)
        except Exception:
            self.modules.clear()
            self.codes.clear()
            self.missed.append(name)
            return None

    def _find(self, name: str) -> Any:
        noted = self.modules.get(name)
        if noted is None:
            self.missed.append(name)
            return None
        part = noted[0]
        if part < 0:
            return None
        if part not in self.read:
            self._read(part)
            for other in self.parts[part][3]:
                if other == name:
                    break
                if other in self.codes:
                    self._load(other)
        if name not in self.codes:
            return None
        self._load(name)
        module = sys.modules[name]
        loader: Any = _Loaded(module, module.__spec__)
        module.__spec__ = spec = ModuleSpec(name, loader)  # for the import, which asks the module
        return spec

    def _read(self, number: int) -> None:
        """Reads a part, and keeps the code of those modules whose sources are as they were."""
        self.read.add(number)
        start, length, known, names = self.parts[number]
        data = read(self.path, self.start + start, length)
        if len(data) != length or checksum(data) != known:
            self.missed.extend(names)
            return
        for name, code in zip(names, loads(data), strict=True):
            if name in sys.modules or (self.compiled is not None and self.compiled.file_of(name)):
                continue
            if self._is_fresh(name):
                self.codes[name] = code
            else:
                self.missed.append(name)

    def _is_fresh(self, name: str) -> bool:
        """Whether a module's source is the one that the bundle was made from, and still what an import would find."""
        _, is_package, size, time, place, stem = self.modules[name]
        try:
            now = os.stat(f"{self.base}{place}{stem}.py")
        except OSError:
            return False
        return (
            now.st_size == size
            and (now.st_mtime_ns == time or is_same_time(time, now.st_mtime_ns))
            and self._is_same_folder(name.rpartition(".")[0])
            and (not is_package or self._is_same_folder(name))
        )

    def _is_same_folder(self, package: str) -> bool:
        """Whether nothing was put into a package's folder, or taken from it: an extension module comes before a source."""
        same = self.known.get(package)
        if same is None:
            try:
                time, names = self.folders[package]
                folder = self.folder(package)
                same = os.stat(folder).st_mtime_ns == time or names_in(folder) == names
            except OSError:
                same = False
            self.known[package] = same
        return same

    def folder(self, package: str) -> str:
        return self.base + package[len(PACKAGE) :].replace(".", os.sep)

    def _spec(self, name: str) -> Any:
        """What an import of the module's source would know of it."""
        _, is_package, _, _, place, stem = self.modules[name]
        path = f"{self.base}{place}{stem}.py"
        spec: Any = ModuleSpec(name, SourceFileLoader(name, path), origin=path, is_package=is_package)
        if is_package:
            spec.submodule_search_locations.append(self.folder(name))
        spec.has_location = True
        spec.cached = f"{self.cached[0]}{place}{self.cached[1]}{stem}{self.cached[2]}"
        return spec

    def _load(self, name: str) -> None:
        """Makes and runs a module, as an import does, without asking who knows it."""
        package, _, own = name.rpartition(".")
        if package not in sys.modules:
            return
        spec = self._spec(name)
        module = Served(name)
        module.__file__ = spec.origin
        module.__loader__ = spec.loader
        module.__package__ = package
        if spec.submodule_search_locations is not None:
            module.__package__ = name
            module.__path__ = spec.submodule_search_locations
        module.__spec__ = spec
        module.__cached__ = spec.cached
        code = self.codes.pop(name)
        fix_filename(code, spec.origin)
        run(code, name, module)
        setattr(sys.modules[package], own, module)


class _Loaded:
    """A loader of a module that is loaded, and has its own specification already."""

    __slots__ = ("module", "spec")

    def __init__(self, module: ModuleType, spec: ModuleSpec | None) -> None:
        self.module = module
        self.spec = spec

    def create_module(self, spec: object) -> ModuleType:
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec


def is_watched() -> bool:
    """Whether someone looks at how modules are loaded, or at the lines that run."""
    if sys.flags.verbose or sys.flags.inspect or sys.gettrace() or sys.getprofile():
        return True
    if "importtime" in sys._xoptions or "PYTHONPROFILEIMPORTTIME" in os.environ:
        return True
    monitoring = getattr(sys, "monitoring", None)
    return monitoring is not None and any(monitoring.get_tool(k) for k in range(6))


def begin(compiled: Compiled | None = None) -> None:
    """Puts the bundle to work, where bytecode is kept in files at all and the package lies in a folder.

    `compiled` is the finder of compiled modules, in a run with them.
    """
    package: Any = sys.modules[PACKAGE]
    if type(package.__loader__) is not SourceFileLoader or sys.implementation.cache_tag is None or is_watched():
        return
    try:
        put_to_work(package.__path__[0], compiled)
    except Exception:  # the usual import does without
        pass


def put_to_work(base: str, compiled: Compiled | None) -> None:
    place = sys.meta_path.index(PathFinder)
    bundle = Bundle(base, cache_from_source(os.path.join(base, "cli", f"{NAME}.py")), compiled)
    bundle.open()
    sys.meta_path.insert(place, bundle)


def finish() -> Bundle | None:
    """After a run that did its work: the bundle, where it lacked modules and can be made anew."""
    for finder in sys.meta_path:
        if type(finder) is Bundle:
            sys.meta_path.remove(finder)
            if finder.missed and not sys.dont_write_bytecode:
                return finder
    return None
