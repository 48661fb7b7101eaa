"""Makes the bundle (`bundle.py`) from the `.pyc` files that there are, after a run that lacked modules in it.

Nothing here fails a run, and nothing is compiled: a module without valid bytecode is taken in when it has some. Modules whose
bytecode is told by a checksum of the source, and extension modules, are left to the usual import.
"""

from __future__ import annotations

import os
from _frozen_importlib_external import (
    EXTENSION_SUFFIXES,
    MAGIC_NUMBER,
    cache_from_source,
)
from marshal import dumps, loads

import pywasmtools
from pywasmtools.cli.bundle import HEAD, LEFT_ALONE, PACKAGE, checksum, names_in
from pywasmtools.cli.bundle_parts import PARTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Final

    from pywasmtools.cli.bundle import Bundle, Folder, Noted, Part

LOW_32: Final = 0xFFFFFFFF


class Found:
    """A module's source: its size, time of change in ns, and code; without code it is left alone."""

    __slots__ = ("code", "is_package", "size", "time")

    def __init__(self, is_package: bool, size: int, time: int, code: CodeType | None) -> None:
        self.is_package = is_package
        self.size = size
        self.time = time
        self.code = code


def make(bundle: Bundle) -> None:
    """Writes the bundle's file, if that would give it what it lacked."""
    try:
        missed = {name: found for name in bundle.missed if (found := find(bundle, name))}
        if missed:
            write(bundle, missed)
    except Exception:  # the run's work is done, whatever happens here
        pass


def find(bundle: Bundle, name: str) -> Found | None:
    """A module as it lies there; nothing where there is no valid bytecode, which may come."""
    path = bundle.folder(name)
    is_package = os.path.isdir(path)
    stem = os.path.join(path, "__init__") if is_package else path
    if any(os.path.exists(stem + suffix) for suffix in EXTENSION_SUFFIXES):
        return Found(is_package, 0, 0, None)
    read = as_read(stem + ".py")
    if read is None:
        return None
    now, written, data = read
    if data[:4] != MAGIC_NUMBER:
        return None
    if data[4:8] != bytes(4):
        return Found(is_package, now.st_size, now.st_mtime_ns, None)
    seconds = int(now.st_mtime) & LOW_32
    if data[8:16] != seconds.to_bytes(4, "little") + (now.st_size & LOW_32).to_bytes(4, "little"):
        return None
    if written < now.st_mtime_ns and written % 1_000_000_000:
        return None  # the source was written again within a second
    code = code_in(data)
    return None if code is None else Found(is_package, now.st_size, now.st_mtime_ns, code)


def as_read(source: str) -> tuple[os.stat_result, int, bytes] | None:
    """A source's state, when its bytecode was written, in ns, and that; nothing where one of them isn't there."""
    try:
        return os.stat(source), *bytecode(cache_from_source(source))
    except OSError:
        return None


def code_in(data: bytes) -> CodeType | None:
    """The code object in a `.pyc` file."""
    try:
        code: CodeType = loads(memoryview(data)[16:])
    except (EOFError, ValueError, TypeError):
        return None
    return code


def bytecode(path: str) -> tuple[int, bytes]:
    """When a file was written, in ns, and what is in it; raises `OSError`."""
    with open(path, "rb") as file:
        return os.fstat(file.fileno()).st_mtime_ns, file.read()


def write(bundle: Bundle, missed: dict[str, Found]) -> None:
    """Writes the file beside its name, and gives it the name at the end."""
    os.makedirs(os.path.dirname(bundle.path), exist_ok=True)
    beside = f"{bundle.path}.{os.getpid()}"
    mode = os.stat(os.path.join(bundle.base, "__init__.py")).st_mode | 0o200
    file = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode & 0o666)
    finish(file, beside, bundle, missed)


def finish(file: int, beside: str, bundle: Bundle, missed: dict[str, Found]) -> None:
    """Fills the open file beside the bundle's, and gives it its name; or it goes."""
    try:
        put(file, memoryview(content(bundle, missed)))
        os.replace(beside, bundle.path)
    except BaseException:
        os.unlink(beside)
        raise


def put(file: int, data: memoryview) -> None:
    """Writes all, and closes the file."""
    try:
        while data:
            data = data[os.write(file, data) :]
    finally:
        os.close(file)


def content(bundle: Bundle, missed: dict[str, Found]) -> bytes:
    """The file's bytes: all modules that have valid bytecode, in their parts; those that no part names each in one."""
    names = [tuple(f"{PACKAGE}.{name}" for name in part.split()) for part in PARTS]
    listed = {name for part in names for name in part}
    names += [(name,) for name in missed if name not in listed]
    names = apart(names)
    found = {name: there for part in names for name in part if (there := missed.get(name) or find(bundle, name))}
    modules: dict[str, Noted] = {}
    parts: list[Part] = []
    bodies: list[bytes] = []
    at = 0
    for part in names:
        codes = [(name, found[name].code) for name in part if name in found and found[name].code]
        for name in part:
            if name in found:
                there = found[name]
                number = len(parts) if there.code else LEFT_ALONE
                modules[name] = (number, there.is_package, there.size, there.time, *place(name, there.is_package))
        if codes:
            data = dumps([code for _, code in codes])
            parts.append((at, len(data), checksum(data), tuple(name for name, _ in codes)))
            bodies.append(data)
            at += len(data)
    index = dumps((modules, folders(bundle, modules), tuple(parts)))
    return b"".join((HEAD, len(index).to_bytes(4, "little"), checksum(index), index, *bodies))


def apart(parts: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The parts, what is there compiled and what isn't each in one: a run with compiled modules reads only the others."""
    compiled = pywasmtools._COMPILED
    if compiled is None:
        return parts
    halves = [
        tuple(n for n in part if bool(compiled.file_of(n)) == wanted) for part in parts for wanted in (False, True)
    ]
    return [part for part in halves if part]


def place(name: str, is_package: bool) -> tuple[str, str]:
    """The folder of a module's source in the package, between separators, and the name of the file without `.py`."""
    *above, own = name.split(".")[1:]
    if is_package:
        above, own = [*above, own], "__init__"
    return os.sep.join(("", *above, "")), own


def folders(bundle: Bundle, modules: dict[str, Noted]) -> dict[str, Folder]:
    """The packages' folders that decide which files the modules are."""
    packages = {name.rpartition(".")[0] for name in modules} | {n for n, noted in modules.items() if noted[1]}
    return {p: (os.stat(bundle.folder(p)).st_mtime_ns, names_in(bundle.folder(p))) for p in packages}
