"""Where results and errors go: bytes to files and to the standard streams, as the reference writes them."""

from __future__ import annotations

import os
import stat
import sys

from pywasmtools.diagnostics import CRASH, Layer, WasmToolsError, error, io_error, path_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from pywasmtools.cli.clap import Matches

    Write = Callable[[bytes | memoryview], None]
    """Takes a part of what is to be written."""
    Printing = Callable[[Callable[[str], None], bool], None]
    """Prints to its first argument, in colours or not."""
    Make = Callable[[Write], object]
    """Hands all that is to be written to its argument, in parts; may be called again, and does the same again."""

if sys.platform == "win32":
    from pywasmtools.windows import write as os_write
else:
    from os import write as os_write

STDOUT = 1
STDERR = 2


LINE_BUFFER = 1024
"""An unfinished line that is shorter than this, in bytes, is held back until it goes on or the process ends."""

NO_TERM: Final = "" if sys.platform == "win32" else "dumb"
"""What kind of terminal a stream is where the environment does not say."""

BINARY: Final[int] = getattr(os, "O_BINARY", 0)
"""What Windows wants with every file that is opened, or ends of lines are translated."""

EBADF = 9
EFBIG = 27
EPIPE = 32


def write_result(data: bytes, path: str | None) -> None:
    """Writes text or a binary, complete, to `path` or to stdout."""
    if path is None:
        write_stdout(data)
        return
    try:
        write_file(path, data)
    except OSError as e:
        raise _not_written(e, path) from None


def _not_written(e: OSError, path: str) -> WasmToolsError:
    """A file that can't be written."""
    from pywasmtools.load import display_path

    return io_error(e).context(f"failed to write `{display_path(path)}`")


def write_wasm(data: bytes, path: str | None) -> None:
    """Writes a binary; a terminal is refused."""
    if path is None:
        refuse_terminal()
    write_result(data, path)


def is_terminal(fd: int) -> bool:
    """Whether a stream is a terminal."""
    if sys.platform == "win32":
        from pywasmtools.windows import is_console

        return is_console(fd)
    return os.isatty(fd)


def refuse_terminal() -> None:
    """Refuses to write a binary to a terminal."""
    if is_terminal(STDOUT):
        raise error("cannot print binary wasm output to a terminal, pass the `-t` flag to print the text format")


def write_wasm_or_text(data: bytes, matches: Matches) -> None:
    """Writes a binary as the command line says: as it is, or with `--wat` in the text format."""
    path = matches.text("output")
    if matches.has("wat"):
        write_text_of(data, path, matches.text("color"))
    else:
        write_wasm(data, path)


def write_parts_or_text(parts: Sequence[bytes | memoryview], matches: Matches) -> None:
    """As `write_wasm_or_text`, of a binary in parts."""
    path = matches.text("output")
    if matches.has("wat"):
        write_text_of(b"".join(parts), path, matches.text("color"))
        return
    if path is None:
        refuse_terminal()
        for part in parts:
            write_stdout(part)
        return

    def make(write: Write) -> None:
        for part in parts:
            write(part)

    try:
        make_file(path, make)
    except OSError as e:
        raise _not_written(e, path) from None


def write_text_of(data: bytes, path: str | None, color: str | None, printing: Printing | None = None) -> None:
    """Prints a binary in the text format as it comes: to stdout, or to what becomes the file `path` when it is complete.

    `color` is that of the command line: `always-ansi` colours a file too, the others only stdout. Raises what
    can't be printed after what comes before it is written. `printing` prints in another than the usual way.
    """
    colored = is_colored(color, STDOUT) if path is None else color == "always-ansi"
    if printing is not None:
        chosen = printing
        write_as_it_comes(path, lambda write: chosen(write, colored))
        return
    from pywasmtools.wat.print.printer import print_wasm_to

    write_as_it_comes(path, lambda write: print_wasm_to(data, write, colored))


def write_as_it_comes(path: str | None, show: Callable[[Callable[[str], None]], object]) -> None:
    """Writes text to stdout, or to what becomes the file `path` when it is complete.

    `show` hands it on in parts; it may be called again, and does the same again. What it raises is raised after what comes
    before it is written.
    """
    if path is None:
        show(write_text)
        return
    failures: list[WasmToolsError] = []

    def make(write: Write) -> None:
        failures.clear()
        try:
            show(lambda text: write(text.encode()))
        except WasmToolsError as e:
            failures.append(e)

    try:
        make_file(path, make)
    except OSError as e:
        # Only a file that can't be opened has a name in its error. The reference buffers what it writes and does not
        # see that the last part of it failed.
        if e.filename is not None or size_of(make, BUFFER) > BUFFER:
            raise io_error(e) from None
    if failures:
        raise failures[0]


def write_text(text: str) -> None:
    """Writes a part of a text to stdout."""
    try:
        _write_lines(text.encode())
    except OSError as e:
        raise io_error(e) from None


BUFFER = 8192
"""What a file of the reference's text buffers."""


def write_stdout(data: bytes | memoryview) -> None:
    """Writes all of `data` to stdout."""
    try:
        _write_lines(data)
    except OSError as e:
        raise io_error(e).context("failed to write to stdout") from None


def write_notice(text: str) -> None:
    """Writes a line to stdout that is not a result. The reference crashes where it can't."""
    try:
        _write_lines(f"{text}\n".encode())
    except OSError as e:
        raise WasmToolsError(Layer(f"failed printing to stdout: {io_error(e)}"), CRASH) from None


def write_page(text: str) -> None:
    """Writes a help page or the version to stdout; that it failed is not told."""
    try:
        write_all(STDOUT, text.encode())
    except OSError:
        pass


_unfinished: Final = bytearray()
"""What is held back of stdout. It comes after the message of an error, and that it could not be written is not told."""


def _write_lines(data: bytes | memoryview) -> None:
    """Writes to stdout, all but an unfinished line; raises OSError."""
    tail = bytes(data[-LINE_BUFFER:])  # what a longer line begins with is not looked for
    end = len(data) - len(tail) + tail.rfind(b"\n") + 1 if 0x0A in tail else 0
    if not end and len(_unfinished) + len(data) >= LINE_BUFFER:
        _write_now(bytes(_unfinished))
        _unfinished.clear()
    if len(data) - end >= LINE_BUFFER:
        end = len(data)
    if end:
        lines = memoryview(data)[:end]
        if _unfinished:
            if len(lines) > BUFFER:  # so many are not copied
                _write_now(bytes(_unfinished))
            else:
                lines = memoryview(bytes(_unfinished) + lines)
            _unfinished.clear()
        _write_now(lines)
    _unfinished.extend(data[end:])


def finish_stdout() -> None:
    """Writes what was held back, when nothing follows."""
    if _unfinished:
        try:
            _write_now(bytes(_unfinished))
        except (OSError, MemoryError):
            pass
        _unfinished.clear()


def _write_now(data: bytes | memoryview) -> None:
    """Writes all of `data` to stdout; raises OSError. Closed, or open only for reading, stdout takes everything."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os_write(STDOUT, rest) :]
    except OSError as e:
        die_at_file_limit(e)
        if e.errno != EBADF:
            raise


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Writes all of `data` to a file descriptor; raises OSError."""
    try:
        written = os_write(fd, data)
        if written < len(data):
            rest = memoryview(data)[written:]
            while rest:
                rest = rest[os_write(fd, rest) :]
    except OSError as e:
        die_at_file_limit(e)
        raise


def die_at_file_limit(e: OSError) -> None:
    """Ends the process by the signal that ends a native one where a file grows beyond the limit of the process.

    The interpreter ignores that signal, and has to while modules load: their bytecode is written to files too.
    """
    if e.errno == EFBIG and sys.platform != "win32":
        import resource
        import signal

        if resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGXFSZ)


# ------------------------------------------------------------------------------- files


def write_file(path: str, data: bytes | memoryview) -> None:
    """Makes `data` the contents of a file; raises OSError."""
    make_file(path, lambda write: write(data))


def make_file(path: str, make: Make) -> None:
    """Makes what `make` writes the contents of a file; raises OSError.

    It goes to a file without a name in the same folder, which takes the name `path` when it is complete: whenever a run
    ends, the old file is there or the new one, and of two who write it one result remains. The name then means another
    inode, so this is done only where nothing else about the file changes (`is_plain`, `liken`). Else, and where that way
    fails, the file itself is written, as the reference does; then a run that is killed may leave a part of the result.
    """
    name = path_bytes(path)
    if sys.platform == "win32":
        # A file that is open, by us too, can't be replaced there. And a device or a pipe may take it ill to be looked at.
        make_over(name, False, make)
        return
    try:
        is_link = stat.S_ISLNK(os.lstat(name).st_mode)
    except FileNotFoundError:
        if replaced(name, -1, make):
            return
        is_link = False
    except OSError:
        is_link = False  # opening says the same, in the reference's words
    make_over(name, is_link, make)


def make_over(path: bytes, is_link: bool, make: Make) -> None:
    """`make_file` of a file that is there, or that can't be made beside its name; `is_link` is a symbolic link."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | BINARY, 0o666)
    try:
        if not is_plain(path, os.fstat(fd)) or not replaced(os.path.realpath(path) if is_link else path, fd, make):
            write_into(fd, make)
    finally:
        os.close(fd)


def is_plain(path: bytes, status: os.stat_result) -> bool:
    """Whether a file may become another inode: it has one name, and none of our streams writes it.

    An empty one has nothing to lose, and may have been made by a caller who keeps it open to read the result.
    """
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or not status.st_size:
        return False
    return not path.startswith((b"/dev/fd/", b"/proc/")) and not (
        is_open_as(STDOUT, status) or is_open_as(STDERR, status)
    )


def is_open_as(fd: int, status: os.stat_result) -> bool:
    """Whether a file descriptor is open and means this file."""
    try:
        return os.path.samestat(os.fstat(fd), status)
    except OSError:
        return False


def replaced(path: bytes, old: int, make: Make) -> bool:
    """Puts a new file in the place of `path`, which `old` has open (-1: there is none yet); False where that can't be."""
    new = NewFile(path)
    try:
        if not new.begin() or (old >= 0 and not liken(new.fd, old)):
            return False
        make(new.write)
        new.publish(old < 0)
        return True
    except OSError:
        return False  # no room, no rights, a mount: whoever writes the file itself finds out, as the reference does
    finally:
        new.end()


class NewFile:
    """A file on its way to its name.

    It has no name before it is complete, where the file system can do that. Elsewhere, and for the moment before it
    takes the place of another, it is called `.pywasmtools-….tmp`: a run killed there leaves it behind.
    """

    __slots__ = ("fd", "is_named", "name", "path")

    def __init__(self, path: bytes) -> None:
        self.path = path
        self.name = os.path.join(os.path.dirname(path), b".pywasmtools-%b.tmp" % os.urandom(8).hex().encode())
        self.fd = -1
        self.is_named = False

    def begin(self) -> bool:
        """Makes the file, with the mode and owner of any new one; False where that is not tried. Raises OSError."""
        if not hasattr(os, "O_TMPFILE"):  # not Linux
            return False
        self.fd = open_unnamed(os.path.dirname(self.path) or b".")
        if self.fd < 0:
            self.fd = os.open(self.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            self.is_named = True
        return True

    def write(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self.fd, rest) :]

    def publish(self, is_first: bool) -> None:
        """Gives the file its name, where another had it before unless it `is_first`; raises OSError."""
        if not self.is_named:
            if is_first and self._link(self.path):
                return
            self.is_named = self._link(self.name)
        fd, self.fd = self.fd, -1
        os.close(fd)  # some file systems tell only now that there is no room
        os.replace(self.name, self.path)
        self.is_named = False

    def _link(self, name: bytes) -> bool:
        """Gives the file a name; False where that is taken."""
        try:
            # With a folder's descriptor Python calls `linkat`, which follows the link in /proc.
            os.link(f"/proc/self/fd/{self.fd}", name, src_dir_fd=self.fd)
        except FileExistsError:
            return False
        return True

    def end(self) -> None:
        """Lets go of the file; what has not become the result is gone."""
        if self.fd >= 0:
            os.close(self.fd)
        if self.is_named:
            os.unlink(self.name)


def open_unnamed(folder: bytes) -> int:
    """Opens a new file without a name; -1 where the file system has no such files. Raises OSError."""
    if sys.platform != "linux":
        return -1
    try:
        return os.open(folder, os.O_WRONLY | os.O_TMPFILE, 0o666)
    except OSError as e:
        if e.errno in (21, 22, 95):  # what they say
            return -1
        raise


def liken(new: int, old: int) -> bool:
    """Gives a new file the owner, group and mode of an old one; whether they now differ in contents alone."""
    if sys.platform == "win32":
        return False
    made, had = os.fstat(new), os.fstat(old)
    if made.st_dev != had.st_dev or had.st_mode & 0o7000:
        return False
    if (made.st_uid, made.st_gid) != (had.st_uid, had.st_gid):
        os.fchown(new, had.st_uid, had.st_gid)
    if made.st_mode != had.st_mode:
        os.fchmod(new, had.st_mode & 0o777)
    return attributes(new) == attributes(old)


def attributes(fd: int) -> dict[str, bytes]:
    """The extended attributes of a file, access lists among them."""
    if sys.platform != "linux":
        return {}
    try:
        names = os.listxattr(fd)
    except OSError:  # a file system without them
        return {}
    return {name: os.getxattr(fd, name) for name in names}


def write_into(fd: int, make: Make) -> None:
    """Makes what `make` writes the contents of an open file, or hands it on to what is none; raises OSError.

    Room on the disk is taken before a byte of a file changes: where there is none, it stays as it was, for it may be
    the input.
    """
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        make(lambda data: write_all(fd, data))
        return
    lock(fd)
    before = os.fstat(fd).st_size
    if before:
        take_room(fd, before, size_of(make))
    make(lambda data: write_all(fd, data))
    os.ftruncate(fd, os.lseek(fd, 0, os.SEEK_CUR))


def take_room(fd: int, before: int, size: int) -> None:
    """Has the disk hold so many bytes of a file, holes as well; raises OSError where it can't, the file as it was.

    macOS has no such call.
    """
    try:
        if sys.platform == "win32":
            os.ftruncate(fd, max(before, size))
        elif sys.platform != "darwin":
            os.posix_fallocate(fd, 0, size)
    except (AttributeError, OSError) as e:
        if isinstance(e, OSError) and e.errno in (27, 28, 122):  # too big, no space, quota
            os.ftruncate(fd, before)
            die_at_file_limit(e)
            raise


def lock(fd: int) -> None:
    """Waits for others of us who write the same file, at most some seconds: one result shall remain. Windows has no such lock."""
    if sys.platform == "win32":
        return
    for _ in range(500):
        try:
            os.lockf(fd, os.F_TLOCK, 0)
            return
        except (BlockingIOError, PermissionError):
            import time

            time.sleep(0.01)
        except (AttributeError, OSError):
            return


def size_of(make: Make, enough: int = 1 << 62) -> int:
    """How many bytes `make` writes; counting ends where there are more than `enough`."""
    size = 0

    def count(data: bytes | memoryview) -> None:
        nonlocal size
        size += len(data)
        if size > enough:
            raise EOFError

    try:
        make(count)
    except EOFError:
        pass
    return size


def print_error(e: WasmToolsError, color: str | None) -> None:
    """Writes an error with its causes to stderr; `color` is that of the command line."""
    head = e.layers[0].text().split("\n")
    if head[-1] == "":
        head.pop()
    lines = [line.removesuffix("\r") for line in head]
    if is_colored(color, STDERR):
        text = "\x1b[0m\x1b[1m\x1b[31merror\x1b[0m\x1b[1m: "
        for k, line in enumerate(lines):
            text += line + ("\n\x1b[0m" if k == 0 else "\n")
    else:
        text = "error: " + "".join(line + "\n" for line in lines)
    if len(e.layers) > 1:
        text += "\nCaused by:\n"
        for k, layer in enumerate(e.layers[1:]):
            text += f"{k:>5}: " + layer.text().replace("\n", "\n       ") + "\n"
    write_stderr(text)


def write_stderr(text: str) -> None:
    """Writes to stderr; whatever goes wrong there can't be told to anybody."""
    try:
        write_all(STDERR, path_bytes(text))
    except OSError:
        pass


def is_broken_pipe(e: WasmToolsError) -> bool:
    """Whether the reader of our output has gone: the reference fails without a word."""
    if sys.platform == "win32":
        return e.layers[-1].message.endswith(("(os error 109)", "(os error 232)"))
    return e.layers[-1].message == f"{os.strerror(EPIPE)} (os error {EPIPE})"


def is_colored(color: str | None, fd: int) -> bool:
    """Whether a stream is to have colours: `always`, `always-ansi` or `never`, or as the stream is (`auto`, or nothing)."""
    wanted = color != "never"
    if color not in ("always", "always-ansi", "never"):
        wanted = is_terminal(fd) and os.environ.get("TERM", NO_TERM) != "dumb" and "NO_COLOR" not in os.environ
    if sys.platform == "win32" and wanted and is_terminal(fd):
        from pywasmtools.windows import takes_colors

        return takes_colors(fd)
    return wanted
