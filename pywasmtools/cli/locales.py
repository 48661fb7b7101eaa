"""Arguments under a locale whose encoding is not UTF-8: their bytes, which Python has decoded as the locale says."""

from __future__ import annotations

import os
import sys

from pywasmtools.diagnostics import path_bytes, path_str


def arguments_as_utf8(argv: list[str]) -> list[str]:
    """This process's `argv` as UTF-8, other bytes surrogate escapes: a script's path, and what it was given."""
    if sys.platform == "win32":
        return argv  # they come as UTF-16
    script, *args = argv
    try:
        # The bytes themselves, for not all encodings give them back.
        with open("/proc/self/cmdline", "rb") as file:
            given = file.read().split(b"\0")[:-1]
    except OSError:
        given = []
    if len(given) <= len(args):
        given = [b"", *map(os.fsencode, args)]
    try:
        script = path_str(os.fsencode(script))
    except UnicodeEncodeError:
        pass  # for an error's usage line only
    return [script, *map(path_str, given[len(given) - len(args) :])]


def arguments_as_given(args: list[str]) -> list[str]:
    """The other way: as Python wants them for a process that it starts."""
    if sys.platform == "win32":
        return args
    return [os.fsdecode(path_bytes(arg)) for arg in args]
