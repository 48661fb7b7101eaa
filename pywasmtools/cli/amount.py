"""How much a command line gives to do: enough for compiled modules, which take a while to load, or not.

Asked once, before anything is imported that is there compiled too (`compiled.py`), and only where there are compiled modules.
The answer changes how long a run takes and nothing else, so it is guessed from names and sizes of files.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

EVERY_INSTRUCTION: Final = ("validate", "print", "wasm2wat", "parse", "wat2wasm", "new", "link")
"""Commands that look at each instruction of a binary, by the last of their names."""

SECTIONS_ONLY: Final = ("--skeleton", "--validate=false")
"""Options with which they don't."""

AS_TEXT: Final = ("-t", "--wat")
"""Options with which the other commands do."""

WORTHWHILE: Final = 60_000
"""So many bytes, gone through by an interpreter, take as long as to load the compiled modules."""

LIGHT: Final = 50
"""A binary of which only the sections are walked counts for its size divided by this."""

WIT: Final = 2
"""WIT counts for its size divided by this: much of it is comments."""


def is_much(arguments: list[str]) -> bool:
    """Whether the arguments (without the program's name) give enough to do."""
    try:
        return _amount(arguments) >= WORTHWHILE
    except (OSError, ValueError):
        return False


def _amount(arguments: list[str]) -> int:
    """Bytes to go through, about."""
    names = [argument for argument in arguments[:3] if not argument.startswith("-")]
    every = any(name in EVERY_INSTRUCTION for name in names[:2]) or any(option in arguments for option in AS_TEXT)
    if any(option in arguments for option in SECTIONS_ONLY):
        every = False
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
            size = _size(path, every) if path and path not in names[:1] else -1
            if size >= 0:
                is_named = True
                amount += size
    return amount if is_named else _size_of_stdin(every)


def _size(path: str, every: bool) -> int:
    """What a file, or WIT in a folder, counts for; -1 where there is none."""
    try:
        size = os.stat(path).st_size
    except (OSError, ValueError):
        return -1
    if os.path.isdir(path):
        return _size_of_wit(path, 2) // WIT
    if not os.path.isfile(path):
        return WORTHWHILE if every else 0
    if path.endswith(".wit"):
        return size // WIT
    return size // LIGHT if not every and _is_binary(path) else size


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


def _size_of_stdin(every: bool) -> int:
    """What is read from stdin counts for its size where it is a file; a pipe may have much."""
    mode = os.fstat(0)
    if mode.st_mode & 0o170000 == 0o100000:
        return mode.st_size if every else mode.st_size // LIGHT
    return WORTHWHILE if every and mode.st_mode & 0o170000 in (0o010000, 0o140000) else 0
