"""A stand-in for macOS on Linux: `python macos.py ARGUMENT…` runs the command without what only Linux has.

Gone are the files without names, reserved room and extended attributes of `os`, and all below `/proc` and `/dev/shm`. What the
system itself does otherwise (names in any case, other numbers of errors) can't be shown here.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
from typing import Any

GONE = (
    *(
        "O_TMPFILE",
        "O_PATH",
        "posix_fallocate",
        "listxattr",
        "getxattr",
        "setxattr",
        "removexattr",
        "pidfd_open",
        "waitid",
    ),
    *("memfd_create", "sched_getaffinity", "copy_file_range", "splice", "eventfd", "getrandom", "posix_fadvise"),
)


def hidden(call: Any) -> Any:
    """A function of paths that finds nothing below the folders of Linux alone."""

    def found(path: Any, *args: Any, **options: Any) -> Any:
        text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        # What lies in it may be the tests' own folder.
        if text.startswith("/proc") or text == "/dev/shm":
            raise FileNotFoundError(2, os.strerror(2), path)
        return call(path, *args, **options)

    return found


def main() -> None:
    for name in GONE:
        if hasattr(os, name):
            delattr(os, name)
    for name in ("open", "stat", "lstat", "listdir", "scandir", "access", "link"):
        setattr(os, name, hidden(getattr(os, name)))
    builtins.open = hidden(io.open)
    sys.platform = "darwin"
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != os.path.dirname(os.path.abspath(__file__))]
    sys.argv[0] = "/usr/local/bin/wasm-tools"
    from pywasmtools.cli import start

    start()


if __name__ == "__main__":
    main()
