"""What Windows has otherwise, loaded there alone: the system's error texts and codes, consoles, paths.

Files are opened by Python's C library, whose errors have POSIX numbers; what Rust prints is the code and the text of the
system. Where a call failed with a number alone, the system is asked for its code.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

CODES: Final = {2: 2, 9: 6, 12: 8, 13: 5, 17: 80, 22: 232, 24: 4, 28: 112, 32: 232}
"""The system's code for a number of the C library, where nothing else is known: what most likely lies behind it.

22 (EINVAL) stands for everything that the library does not know: of a stream, that its reader has gone.
"""

READ: Final = 0x80000000
WRITE: Final = 0x40000000
SHARE_ALL: Final = 7
OPEN_EXISTING: Final = 3

PIPE_GONE: Final = (109, 232)
"""The codes of a pipe whose other end is closed."""


def refusal(e: OSError) -> tuple[int, str]:
    """The system's code and text of an error, as Rust prints them: `The system cannot find the file specified.`"""
    code = code_of(e)
    try:
        from _ctypes import FormatError  # type: ignore[attr-defined, unused-ignore]

        text = str(FormatError(code))
    except (ImportError, ValueError):
        text = f"{e.strerror}."
    return code, text.rstrip()


def code_of(e: OSError) -> int:
    """The system's code of an error."""
    code = getattr(e, "winerror", None)
    if isinstance(code, int):
        return code
    number = e.errno or 0
    found = _asked(e.filename, number) if isinstance(e.filename, (bytes, str)) else 0
    return found or CODES.get(number, 87)


def _asked(path: bytes | str, number: int) -> int:
    """The code that the system gives when it opens a file that is there; 0 if it does open, or fails for another reason."""
    if sys.platform == "win32":
        import _winapi
        import os

        for access in (READ, WRITE):
            try:
                handle = _winapi.CreateFile(os.fsdecode(path), access, SHARE_ALL, 0, OPEN_EXISTING, 0, 0)
            except OSError as e:
                return e.winerror if e.errno == number else 0
            _winapi.CloseHandle(handle)
    return 0


def is_console(fd: int) -> bool:
    """Whether an output stream is a console: NUL is a terminal for the C library, but none."""
    import os

    try:
        os.get_terminal_size(fd)
    except (OSError, ValueError):  # the second one for any but the standard streams
        return False
    return True


def takes_colors(fd: int) -> bool:
    """Whether the console of an output stream shows ANSI sequences; it is told to."""
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        try:
            handle = ctypes.c_void_p(msvcrt.get_osfhandle(fd))
            mode = ctypes.c_ulong()
            kernel32 = ctypes.WinDLL("kernel32")
            if kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
                return bool(mode.value & 4 or kernel32.SetConsoleMode(handle, mode.value | 4))
        except OSError:
            pass
    return False


def write(fd: int, data: bytes | memoryview) -> int:
    """As `os.write`: a console is given characters, for bytes would be taken as those of its code page."""
    import os

    if not os.isatty(fd) or not is_console(fd):
        return os.write(fd, data)
    with open(fd, "wb", buffering=0, closefd=False) as console:
        return console.write(data[:CONSOLE_BYTES]) or 0


CONSOLE_BYTES: Final = 1 << 14
"""How much a console is given at once."""


def read_from(fd: int, size: int) -> bytes:
    """As `os.read`: what is typed at a console comes as UTF-8."""
    import os

    if not os.isatty(fd):
        return os.read(fd, size)
    with open(fd, "rb", buffering=0, closefd=False) as console:
        return console.read(size) or b""
