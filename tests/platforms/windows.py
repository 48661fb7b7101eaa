"""A stand-in for Windows: `python windows.py FOLDER CWD PROGRAM ARGUMENT…` runs the command as there, with FOLDER as drive C.

What runs sees `os` with the names that Windows has and no others, `ntpath`, and the rules of the system: backslashes and
drives, names in any case, errors with the system's codes, ends of lines translated in files that are not opened as binary,
no open file that could be replaced or deleted, processes that don't take one another's place. PROGRAM is what `argv[0]` is to
be, or `-c`: then the next argument is code.

It shows mistakes that follow from those rules. It is not Windows: nothing is told of consoles, rights and real launchers.
"""

from __future__ import annotations

import builtins
import errno
import importlib
import io
import ntpath as _ntpath
import os as posix
import stat
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from typing import Any, NoReturn

NAMES = [
    "DirEntry",
    "F_OK",
    "O_APPEND",
    "O_BINARY",
    "O_CREAT",
    "O_EXCL",
    "O_NOINHERIT",
    "O_RANDOM",
    "O_RDONLY",
    "O_RDWR",
    "O_SEQUENTIAL",
    "O_SHORT_LIVED",
    "O_TEMPORARY",
    "O_TEXT",
    "O_TRUNC",
    "O_WRONLY",
    "PathLike",
    "R_OK",
    "SEEK_CUR",
    "SEEK_END",
    "SEEK_SET",
    "W_OK",
    "X_OK",
    "abc",
    "access",
    "chdir",
    "close",
    "closerange",
    "cpu_count",
    "dup",
    "dup2",
    "environ",
    "error",
    "fspath",
    "fstat",
    "fsync",
    "ftruncate",
    "get_inheritable",
    "get_terminal_size",
    "getcwd",
    "getcwdb",
    "getenv",
    "getpid",
    "getppid",
    "isatty",
    "kill",
    "link",
    "listdir",
    "lseek",
    "lstat",
    "makedirs",
    "mkdir",
    "open",
    "pipe",
    "putenv",
    "read",
    "remove",
    "rename",
    "replace",
    "rmdir",
    "scandir",
    "set_inheritable",
    "stat",
    "stat_result",
    "strerror",
    "supports_dir_fd",
    "supports_effective_ids",
    "supports_fd",
    "supports_follow_symlinks",
    "terminal_size",
    "umask",
    "unlink",
    "unsetenv",
    "urandom",
    "walk",
    "write",
    "waitstatus_to_exitcode",
    "fsencode",
    "fsdecode",
    "_exit",
    "_Environ",
]
"""What Windows' `os` has (CPython 3.11), as far as it is used."""

CONSTANTS = {
    "O_RDONLY": 0,
    "O_WRONLY": 1,
    "O_RDWR": 2,
    "O_APPEND": 8,
    "O_CREAT": 0x100,
    "O_TRUNC": 0x200,
    "O_EXCL": 0x400,
    "O_TEXT": 0x4000,
    "O_BINARY": 0x8000,
    "O_NOINHERIT": 0x80,
    "O_RANDOM": 0x10,
    "O_SEQUENTIAL": 0x20,
    "O_SHORT_LIVED": 0x1000,
    "O_TEMPORARY": 0x40,
    "name": "nt",
    "sep": "\\",
    "altsep": "/",
    "pathsep": ";",
    "linesep": "\r\n",
    "curdir": ".",
    "pardir": "..",
    "extsep": ".",
    "devnull": "nul",
    "defpath": ".;C:\\bin",
    "supports_bytes_environ": False,
}

TEXTS = {
    2: (errno.ENOENT, "The system cannot find the file specified."),
    3: (errno.ENOENT, "The system cannot find the path specified."),
    5: (errno.EACCES, "Access is denied."),
    6: (errno.EBADF, "The handle is invalid."),
    32: (errno.EACCES, "The process cannot access the file because it is being used by another process."),
    53: (errno.ENOENT, "The network path was not found."),
    123: (errno.EINVAL, "The filename, directory name, or volume label syntax is incorrect."),
    183: (errno.EEXIST, "Cannot create a file when that file already exists."),
    193: (errno.ENOEXEC, "%1 is not a valid Win32 application."),
    232: (errno.EINVAL, "The pipe is being closed."),
    267: (errno.ENOTDIR, "The directory name is invalid."),
}
"""The system's errors: what the C library makes of each, and the text."""

Path = str | bytes


class System:
    """Drive C, the working folder on it, and what is open."""

    def __init__(self, folder: str, cwd: str) -> None:
        self.folder = posix.path.realpath(folder)
        self.cwd = cwd
        self.open: dict[int, str] = {}
        self.text: set[int] = set()

    def real(self, path: Any) -> str:
        """Where a path is on this system; raises as Windows does."""
        shown: str | bytes = fsdecode(path) if not isinstance(path, bytes) else path
        text = fsdecode(shown)
        if text.upper() in ("NUL", "\\\\.\\NUL"):
            return "/dev/null"
        drive, rest = _ntpath.splitdrive(text)
        if drive.startswith(("\\", "/")):
            fail(53, shown)
        if drive.upper() not in ("", "C:"):
            fail(3, shown)
        if any(c in '<>:"|?*' or c < " " for c in rest):
            fail(123, shown)
        if not rest.startswith(("\\", "/")):
            rest = f"{self.cwd[2:]}\\{rest}"
        return self.found(_ntpath.normpath(rest).replace("\\", "/"), shown, rest)

    def found(self, path: str, shown: Path, given: str) -> str:
        """A path below the drive, each component in the case that it has there."""
        at = self.folder
        parts = [part.rstrip(". ") for part in path.split("/") if part]
        for k, part in enumerate(parts):
            if not posix.path.isdir(at):
                fail(3, shown)
            names = {name.casefold(): name for name in posix.listdir(at)}
            if part.casefold() not in names and k < len(parts) - 1:
                fail(3, shown)
            at = posix.path.join(at, names.get(part.casefold(), part))
        if given.endswith(("\\", "/")) and posix.path.isfile(at):
            fail(123, shown)
        return at

    def there(self, path: Any) -> str:
        """As `real`, of what must be there."""
        real = self.real(path)
        if not posix.path.lexists(real):
            fail(2, path)
        return real

    def refuse_open(self, real: str, path: Path) -> None:
        if real in self.open.values():
            fail(32, path)


def fail(code: int, path: Any = None) -> NoReturn:
    """Raises an error of the system."""
    number, text = TEXTS[code]
    e = OSError(number, text.rstrip("."), path)
    vars(e)["winerror"] = code
    raise e


def by_library(path: Any, e: OSError) -> NoReturn:
    """Raises an error as the C library does: the system's code is lost."""
    number = e.errno or 0
    lost = OSError(number, posix.strerror(number), path)
    vars(lost)["winerror"] = None
    raise lost from None


class Entry:
    """What `scandir` gives."""

    def __init__(self, folder: Path, real: str, name: str) -> None:
        self.real = posix.path.join(real, name)
        if isinstance(folder, bytes):
            self.name: Path = name.encode()
            self.path: Path = _ntpath.join(folder, name.encode())
        else:
            self.name, self.path = name, _ntpath.join(folder, name)

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return posix.path.isdir(self.real) and (follow_symlinks or not posix.path.islink(self.real))

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return posix.path.isfile(self.real) and (follow_symlinks or not posix.path.islink(self.real))

    def is_symlink(self) -> bool:
        return posix.path.islink(self.real)


class Entries:
    """An open folder."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = iter(entries)

    def __enter__(self) -> Entries:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Entry]:
        return self.entries


def functions(s: System) -> dict[str, Any]:
    """The functions of `os` that are others on Windows."""

    def open_(path: Path, flags: int, mode: int = 0o777, *, dir_fd: None = None) -> int:
        try:
            real = s.real(path)
            if posix.path.isdir(real):
                fail(5, path)
            if not flags & 0x100 and not posix.path.exists(real):
                fail(2, path)
            if flags & 0x400 and posix.path.exists(real):
                fail(183, path)
        except OSError as e:
            by_library(path, e)
        mine = flags & 3
        for theirs, ours in (
            (8, posix.O_APPEND),
            (0x100, posix.O_CREAT),
            (0x200, posix.O_TRUNC),
            (0x400, posix.O_EXCL),
        ):
            mine |= ours if flags & theirs else 0
        fd = posix.open(real, mine, mode)
        if real != "/dev/null":
            s.open[fd] = real
        if not flags & 0x8000:
            s.text.add(fd)
        return fd

    def close(fd: int) -> None:
        s.open.pop(fd, None)
        s.text.discard(fd)
        posix.close(fd)

    def write(fd: int, data: bytes | memoryview) -> int:
        whole = bytes(data)
        try:
            if fd in s.text:
                posix.write(fd, whole.replace(b"\n", b"\r\n"))
                return len(whole)
            return posix.write(fd, data)
        except BrokenPipeError:
            raise OSError(errno.EINVAL, "Invalid argument") from None

    def stat_(path: Any, *, dir_fd: None = None, follow_symlinks: bool = True) -> posix.stat_result:
        return (
            posix.fstat(path) if isinstance(path, int) else posix.stat(s.there(path), follow_symlinks=follow_symlinks)
        )

    def lstat(path: Any) -> posix.stat_result:
        if str(path).strip("b'").upper() == "NUL":
            fail(123, path)
        return posix.lstat(s.there(path))

    def mkdir(path: Any, mode: int = 0o777) -> None:
        if posix.path.lexists(real := s.real(path)):
            fail(5 if real == s.folder else 183, path)
        posix.mkdir(real)

    def scandir(path: Any = ".") -> Entries:
        real = s.real(path)
        if not posix.path.isdir(real):
            fail(267 if posix.path.exists(real) else 3, path)
        return Entries([Entry(path, real, name) for name in sorted(posix.listdir(real), key=str.upper)])

    def unlink(path: Any) -> None:
        s.refuse_open(real := s.there(path), path)
        posix.unlink(real)

    def replace(old: Any, new: Any) -> None:
        s.refuse_open(there := s.there(old), old)
        s.refuse_open(real := s.real(new), new)
        posix.replace(there, real)

    def rename(old: Any, new: Any) -> None:
        if posix.path.lexists(s.real(new)):
            fail(183, new)
        replace(old, new)

    def get_terminal_size(fd: int = 1) -> NoReturn:
        if fd > 2:
            raise ValueError("bad file descriptor")
        fail(6)

    def kill(pid: int, number: int) -> None:
        posix._exit(number)

    return {
        "open": open_,
        "close": close,
        "write": write,
        "stat": stat_,
        "lstat": lstat,
        "mkdir": mkdir,
        "kill": kill,
        "scandir": scandir,
        "unlink": unlink,
        "remove": unlink,
        "replace": replace,
        "rename": rename,
        "listdir": lambda path=".": [entry.name for entry in scandir(path)],
        "isatty": lambda fd: stat.S_ISCHR(posix.fstat(fd).st_mode),  # NUL too
        "get_terminal_size": get_terminal_size,
        "getcwd": lambda: s.cwd,
        "getcwdb": lambda: s.cwd.encode(),
        "access": lambda path, mode: posix.path.exists(s.real(path)),
        "fsencode": fsencode,
        "fsdecode": fsdecode,
    }


def fsencode(path: Any) -> bytes:
    given: str | bytes = posix.fspath(path)
    return given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass")


def fsdecode(path: Any) -> str:
    return fsencode(path).decode("utf-8", "surrogatepass")


def module(name: str, members: dict[str, Any]) -> types.ModuleType:
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made
    return made


def become_windows(s: System) -> None:
    """Replaces what makes the difference, before anything of ours is loaded."""
    importlib.import_module("encodings.idna")
    own = functions(s)
    names = {name: own.get(name, getattr(posix, name, None)) for name in NAMES}
    fake = module("os", {**names, **CONSTANTS})
    for name in ("ntpath", "genericpath"):
        del sys.modules[name]
    path = importlib.import_module("ntpath")
    vars(fake)["path"] = path
    sys.modules["os.path"] = path
    sys.platform = "win32"
    signals = ("SIGINT", "SIGTERM", "SIGABRT", "SIGFPE", "SIGILL", "SIGSEGV", "SIG_DFL", "SIG_IGN")
    real_signal = importlib.import_module("_signal")
    kept = (*signals, "signal", "getsignal", "raise_signal", "default_int_handler")
    module("_signal", {**{name: getattr(real_signal, name) for name in kept}, "SIGBREAK": real_signal.SIGTSTP})
    module("_ctypes", {"FormatError": lambda code: TEXTS[code][1]})

    def create_file(
        path: Path, access: int, share: int, security: int, disposition: int, flags: int, template: int
    ) -> int:
        assert disposition == 3, "nothing is made by asking"
        if posix.path.isdir(s.there(path)):
            fail(5, path)
        return 1 << 20

    module("_winapi", {"CreateFile": create_file, "CloseHandle": lambda handle: None})
    for gone in ("fcntl", "resource", "pwd", "grp", "termios", "posix"):
        sys.modules[gone] = None  # type: ignore[assignment]
    replace_open(own)
    replace_popen(s)


def replace_open(own: dict[str, Any]) -> None:
    """`open`, which goes through the C library."""
    real_open = io.open

    def open_(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **options: Any) -> Any:
        if isinstance(file, int):
            return real_open(file, mode, buffering, *args, **options)
        flags = 0x8000 | (0x301 if "w" in mode else 0)
        return real_open(own["open"](file, flags, 0o666), mode, buffering, *args, **options)

    builtins.open = open_


def replace_popen(s: System) -> None:
    """Processes: `x.exe` is started if its text is a script, and what it is told arrives as it was given."""
    real_popen: Any = subprocess.Popen

    def started(argv: list[str], **options: Any) -> Any:
        assert not {"preexec_fn", "pass_fds", "start_new_session"} & set(options), "POSIX only"
        program = argv[0] if argv[0] != "taskkill" else "C:\\taskkill.exe"
        return real_popen([s.there(program), *argv[1:]], **options)

    vars(subprocess)["Popen"] = started
    tempfile.gettempdir()  # while the system is what it is


def main() -> None:
    folder, cwd, program, *args = sys.argv[1:]
    here = posix.path.dirname(posix.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if posix.path.abspath(entry) != here]
    become_windows(System(folder, cwd))
    if program == "-c":
        sys.argv = ["-c", *args[1:]]
        exec(args[0], {"__name__": "__main__"})
        return
    sys.argv = [program, *args]
    from pywasmtools.cli import start

    start()


if __name__ == "__main__":
    main()
