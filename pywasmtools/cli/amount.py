"""How much a command line gives to do: enough for compiled modules, which take a while to load, or not.

Asked once, before anything is imported that is there compiled too (`compiled.py`), and only where there are compiled modules.
The answer changes how long a run takes and nothing else, so it is guessed from names and sizes of files.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ALWAYS: Final = ("new", "link", "targets", "semver-check")
"""Commands that have enough to do with anything, by the last of their names."""

WHOLE: Final = ("validate", "print", "wasm2wat", "parse", "wat2wasm", "wit")
"""Commands that look at all of a binary; the others look at its sections alone."""

AS_TEXT: Final = ("-t", "--wat")
"""Options with which the others do, too."""

WORTHWHILE: Final = 3_000
"""Bytes to look at, from where on compiled modules pay: they take 4 ms to load, and some more to be bound."""

WIT: Final = 4
"""WIT counts for its size divided by this: much of it is comments."""

SECTIONS: Final = 1_000
"""A binary of which only the sections are looked at counts for its size divided by this."""


def is_much(arguments: list[str]) -> bool:
    """Whether the arguments (without the program's name) give enough to do."""
    try:
        return _amount(arguments) >= WORTHWHILE
    except (OSError, ValueError):
        return False


def _amount(arguments: list[str]) -> int:
    """Bytes to look at, about."""
    names = [argument for argument in arguments[:3] if not argument.startswith("-")][:2]
    if any(name in ALWAYS for name in names):
        return WORTHWHILE
    whole = any(name in WHOLE for name in names) or any(option in arguments for option in AS_TEXT)
    amount = 0
    is_named = False
    is_output = False
    for argument in arguments:
        if is_output:
            is_output = False
        elif argument in ("-o", "--output"):
            is_output = True
        else:
            path = argument[argument.rfind("=") + 1 :]
            size = _size(path, whole) if path and path not in names[:1] else -1
            if size >= 0:
                is_named = True
                amount += size
    return amount if is_named else _size_of_stdin(whole)


def _size(path: str, whole: bool) -> int:
    """What a file, or WIT in a folder, counts for; -1 where there is none."""
    try:
        size = os.stat(path).st_size
    except (OSError, ValueError):
        return -1
    if os.path.isdir(path):
        return _size_of_wit(path, 2) // WIT
    if not os.path.isfile(path):
        return WORTHWHILE if whole else 0
    if path.endswith(".wit"):
        return size // WIT
    return size // SECTIONS if not whole and _is_binary(path) else size


def _size_of_wit(folder: str, depth: int) -> int:
    """The size of the WIT in a folder and, so many levels down, in the folders there."""
    size = 0
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.endswith(".wit"):
                size += entry.stat().st_size
            elif depth and entry.is_dir():
                size += _size_of_wit(entry.path, depth - 1)
    return size


def _is_binary(path: str) -> bool:
    with open(path, "rb", 0) as file:
        return file.read(4) == b"\0asm"


def _size_of_stdin(whole: bool) -> int:
    """What is read from stdin counts for its size where it is a file; a pipe may have much."""
    mode = os.fstat(0)
    if mode.st_mode & 0o170000 == 0o100000:
        return mode.st_size if whole else mode.st_size // SECTIONS
    return WORTHWHILE if whole and mode.st_mode & 0o170000 in (0o010000, 0o140000) else 0
