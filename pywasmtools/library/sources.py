"""What the library takes: WIT, modules and components in any shape, options; and clear refusals of what it does not take.

Everything that a function takes goes through here, so all take the same, and refuse the same in the same words: `TypeError` for
a value of a wrong type, `ValueError` for one that can't be meant. What is wrong *in* WIT, text or a binary is a `WasmToolsError`.

- `str` is text: WIT, or the text format of WebAssembly;
- `bytes`, `bytearray` and `memoryview` are content: a binary, or the same texts in UTF-8;
- `os.PathLike` (`pathlib.Path`) is a file, or a folder of WIT.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NoReturn, TypeAlias, cast, get_args

from pywasmtools.diagnostics import path_bytes, path_str
from pywasmtools.load import read_wasm_bytes, read_wasm_file

Source: TypeAlias = str | bytes | bytearray | memoryview | os.PathLike[str] | os.PathLike[bytes]
"""WIT, a module or a component: text, content, or a path."""

Form: TypeAlias = Literal["text", "json", "wasm"]
"""What `component_wit` makes."""

Encoding: TypeAlias = Literal["utf8", "utf16", "compact-utf16"]
"""How a module's strings are encoded."""

Dummy: TypeAlias = Literal["standard32", "legacy", "legacy-async-callback", "legacy-async-stackful"]
"""The names, and the ABI of async functions, of a module that is made up."""

Dwarf: TypeAlias = Literal["lines", "full"]
"""How much debugging information the text format is translated with."""

Clearable: TypeAlias = Literal[
    "name", "authors", "description", "licenses", "source", "homepage", "revision", "version"
]
"""What `add_metadata` can take out."""

Later: TypeAlias = Callable[[], bytes]
"""What gives a binary, called once it is needed."""

Modules: TypeAlias = Mapping[str, Source] | Iterable[tuple[str, Source]]
"""Modules by name: a mapping, or pairs in their order."""

Pairs: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""Names and versions, or old names and new ones: a mapping, or pairs in their order."""

_SOURCE = "text (str), content (bytes, bytearray, memoryview) or a path (os.PathLike)"
_SUFFIXES = (".wit", ".wasm", ".wat", ".wast", ".json")
_NOT_IN_PATHS = "\n;{}()"
"""Text in WIT or WebAssembly has one of these, but for comments."""


# ------------------------------------------------------------------------------- sources


def content_or_path(source: object, what: str) -> bytes | os.PathLike[str]:
    """A source as what it holds, or as its path. `what` is the parameter that it is given as."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        _refuse_path(source, what)
        return source.encode()
    if isinstance(source, bytearray | memoryview):
        return bytes(cast("bytearray", source))
    path = path_of(source)
    if path is not None:
        return FilePath(path)
    _refuse_source(source, what)


class FilePath:
    """The path of a file, in UTF-8 whatever the locale says: what `api` takes."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path: str = path

    def __fspath__(self) -> str:
        return os.fsdecode(path_bytes(self.path))


def later(source: object, what: str) -> Callable[[], bytes]:
    """As `binary_reader`, and a function is taken that gives a source; what it gives is checked as well."""
    if callable(source):
        give: Callable[[], object] = source
        return lambda: read_binary(give(), what)
    return binary_reader(source, what)


def binary_reader(source: object, what: str, dwarf: str | None = None) -> Callable[[], bytes]:
    """What reads a module or component as a binary, later; text is translated. The type is checked now."""
    found = content_or_path(source, what)
    if isinstance(found, bytes):
        data = found
        return lambda: read_wasm_bytes(data, "<input>", dwarf)
    path = path_str(os.fsencode(found))
    return lambda: read_wasm_file(path, dwarf)


def read_binary(source: object, what: str, dwarf: str | None = None) -> bytes:
    """A module or component as a binary; text is translated."""
    return binary_reader(source, what, dwarf)()


def path_of(source: object) -> str | None:
    """The path of a source that is one."""
    if not isinstance(source, os.PathLike):
        return None
    return path_str(os.fsencode(cast("os.PathLike[str] | os.PathLike[bytes]", source)))


def _refuse_source(source: object, what: str) -> NoReturn:
    hint = ""
    if callable(getattr(source, "read", None)):
        hint = "; of an open file give its path, or what `read()` gives"
    elif source is not None and type(source).__name__ in ("Resolve", "World", "Interface"):
        hint = "; its `to_wit()` is WIT"
    raise TypeError(f"`{what}` is {_SOURCE}, not {_kind(source)}{hint}")


def _refuse_path(text: str, what: str) -> None:
    """Refuses a `str` that is meant as a path: it has nothing that WIT or WebAssembly have, and is or looks like one."""
    if not text or len(text) > 4096 or any(char in text for char in _NOT_IN_PATHS):
        return
    looks = not any(char.isspace() for char in text) and not text.startswith(("//", "/*"))
    looks = looks and (text.endswith(_SUFFIXES) or "/" in text or os.sep in text)
    if looks or os.path.exists(text):
        raise ValueError(f"`{what}` is a str, so it is text, but {text!r} is a path: give `pathlib.Path({text!r})`")


# ------------------------------------------------------------------------------- options


def _kind(value: object) -> str:
    if value is None:
        return "None"
    # Private modules are left out: from Python 3.13 on, a path is of `pathlib._local`.
    home = [part for part in type(value).__module__.split(".") if not part.startswith("_")]
    return ".".join([*home, type(value).__qualname__]).removeprefix("builtins.")


def one_of(value: object, what: str, kind: object) -> None:
    """Refuses what is no value of a Literal."""
    allowed: tuple[str, ...] = get_args(kind)
    if not isinstance(value, str):
        raise TypeError(f"`{what}` is a str, one of {_listed(allowed)}, not {_kind(value)}")
    if value not in allowed:
        raise ValueError(f"`{what}` is one of {_listed(allowed)}, not {value!r}")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(repr(word) for word in words)


def flags(**values: object) -> None:
    """Refuses what is no bool."""
    for what, value in values.items():
        if not isinstance(value, bool):
            raise TypeError(f"`{what}` is True or False, not {_kind(value)}")


def texts(**values: object) -> None:
    """Refuses what is neither a str nor None."""
    for what, value in values.items():
        if value is not None and not isinstance(value, str):
            raise TypeError(f"`{what}` is a str or None, not {_kind(value)}")


def names(**values: object) -> None:
    """Refuses what is no str."""
    for what, value in values.items():
        if not isinstance(value, str):
            raise TypeError(f"`{what}` is a str, not {_kind(value)}")


def number(value: object, what: str, most: int) -> None:
    """Refuses what is no int from 0 to `most`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"`{what}` is an int, not {_kind(value)}")
    if not 0 <= value <= most:
        raise ValueError(f"`{what}` is from 0 to {most}, not {value}")


def words(value: object, what: str) -> tuple[str, ...]:
    """An iterable of str. One str, whose letters would be taken, is refused."""
    kind = _kind(value)
    if isinstance(value, str):
        raise TypeError(f"`{what}` is a list of str, not one str: give [{value!r}]")
    if isinstance(value, (bytes, bytearray, memoryview)) or not isinstance(value, Iterable):
        raise TypeError(f"`{what}` is a list of str, not {kind}")
    found: list[str] = []
    for word in cast("Iterable[object]", value):
        if not isinstance(word, str):
            raise TypeError(f"`{what}` is a list of str, and {_kind(word)} is in it")
        found.append(word)
    return tuple(found)


def feature_names(value: object, what: str = "features") -> tuple[str, ...]:
    """Names of features, an iterable of str."""
    found = words(value, what)
    for name in found:
        if "," in name:
            raise ValueError(f"`{what}` is a list of names, and {name!r} has a comma: give {name.split(',')!r}")
    return found


def pairs(value: object, what: str) -> list[tuple[str, str]]:
    """Pairs of str, from a mapping or from pairs."""
    found: list[tuple[str, str]] = []
    for name, other in _items(value, what, "str"):
        if not isinstance(other, str):
            raise TypeError(f"`{what}` has pairs of str, but {name!r} has {_kind(other)}")
        found.append((name, other))
    return found


def binaries(value: object, what: str) -> list[tuple[str, bytes]]:
    """Modules by name, as pairs; text is translated, files are read."""
    items = _items(value, what, "module")
    readers = [(name, binary_reader(source, f"{what}[{name!r}]")) for name, source in items]
    return [(name, read()) for name, read in readers]


def _items(value: object, what: str, of: str) -> list[tuple[str, object]]:
    """What is in a mapping of names, or in an iterable of pairs."""
    kind = _kind(value)
    shape = f"a dict of name to {of}, or a list of (name, {of})"
    if isinstance(value, (str, bytes, bytearray, memoryview, os.PathLike)) or not isinstance(value, Iterable):
        raise TypeError(f"`{what}` is {shape}, not {kind}")
    items = cast("Iterable[object]", value)
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
    found: list[tuple[str, object]] = []
    for item in items:
        if not isinstance(item, (tuple, list)):
            raise TypeError(f"`{what}` is {shape}, and {_kind(item)} is in it")
        both = cast("tuple[object, ...] | list[object]", item)
        if len(both) != 2:
            raise ValueError(f"`{what}` is {shape}, and one of {len(both)} is in it")
        name, other = both
        if not isinstance(name, str):
            raise TypeError(f"`{what}` is {shape}, and a name in it is {_kind(name)}")
        found.append((name, other))
    return found
