"""Where results and errors go: bytes to files and to the standard streams, as the reference writes them."""

from __future__ import annotations

import os
import stat

from pywasmtools.diagnostics import error, io_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.diagnostics import WasmToolsError

STDOUT = 1
STDERR = 2


class ClosedPipe(Exception):
    """The reader of our output has gone: the reference says nothing and fails."""


def write_result(data: bytes, path: str | None) -> None:
    """Writes text or a binary, complete, to `path` or to stdout."""
    if path is None:
        write_stdout(data)
        return
    try:
        write_file(path, data)
    except OSError as e:
        raise io_error(e).context(f"failed to write `{display(path)}`") from None


def write_wasm(data: bytes, path: str | None) -> None:
    """Writes a binary; a terminal is refused."""
    if path is None and os.isatty(STDOUT):
        raise error("cannot print binary wasm output to a terminal, pass the `-t` flag to print the text format")
    write_result(data, path)


def write_text_of(data: bytes, path: str | None, color: str) -> None:
    """Prints a binary in the text format to `path` or to stdout, as it comes.

    `color` is that of the command line: `always-ansi` colours a file too, the others only stdout. Raises what
    can't be printed after what comes before it is written.
    """
    from pywasmtools.wat.printer import print_wasm_to

    if path is None:
        sink = TextSink(STDOUT)
        colored = color.startswith("always") or (color == "auto" and terminal_with_colors(STDOUT))
    else:
        try:
            sink = TextSink(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666))
        except OSError as e:
            raise io_error(e) from None
        colored = color == "always-ansi"
    try:
        print_wasm_to(data, sink.write, colored)
    finally:
        if sink.fd != STDOUT:
            os.close(sink.fd)


class TextSink:
    """Takes text for a file descriptor. The reference buffers a file and does not see that its last part failed."""

    __slots__ = ("failure", "fd", "written")

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.written = 0
        self.failure: WasmToolsError | None = None

    def write(self, text: str) -> None:
        data = text.encode()
        self.written += len(data)
        if self.failure is None:
            try:
                write_all(self.fd, data)
                return
            except BrokenPipeError:
                raise ClosedPipe from None
            except OSError as e:
                self.failure = io_error(e)
        if self.fd == STDOUT or self.written > BUFFER:
            raise self.failure


BUFFER = 8192
"""What a file of the reference's text buffers."""


def write_stdout(data: bytes) -> None:
    """Writes all of `data` to stdout."""
    try:
        write_all(STDOUT, data)
    except BrokenPipeError:
        raise ClosedPipe from None
    except OSError as e:
        raise io_error(e).context("failed to write to stdout") from None


def write_all(fd: int, data: bytes) -> None:
    """Writes all of `data` to a file descriptor; raises OSError."""
    written = os.write(fd, data)
    if written < len(data):
        rest = memoryview(data)[written:]
        while rest:
            rest = rest[os.write(fd, rest) :]


def write_file(path: str, data: bytes) -> None:
    """Makes `data` the contents of a file, which keeps its inode, links and mode; raises OSError.

    Room on the disk is taken before a byte of an existing file changes: where there is none, the file
    stays as it was, for it may be the input.
    """
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        status = os.fstat(fd)
        regular = stat.S_ISREG(status.st_mode)
        if regular and len(data) > status.st_size > 0:
            try:
                os.posix_fallocate(fd, 0, len(data))
            except (AttributeError, OSError) as e:
                if isinstance(e, OSError) and e.errno in (27, 28, 122):  # too big, no space, quota
                    os.ftruncate(fd, status.st_size)
                    raise
        write_all(fd, data)
        if regular:
            os.ftruncate(fd, len(data))
    finally:
        os.close(fd)


def display(path: str) -> str:
    """A path as Rust displays it: what is not UTF-8 is replaced."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def print_error(e: WasmToolsError, color: str) -> None:
    """Writes an error with its causes to stderr. `color` is `always`, `always-ansi`, `never` or `auto`."""
    head = e.layers[0].text().split("\n")
    if head[-1] == "":
        head.pop()
    lines = [line.removesuffix("\r") for line in head]
    if color in ("always", "always-ansi") or (color == "auto" and terminal_with_colors(STDERR)):
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
        write_all(STDERR, text.encode("utf-8", "surrogateescape"))
    except OSError:
        pass


def terminal_with_colors(fd: int) -> bool:
    """Whether the stream is a terminal that colours are wanted on."""
    return os.isatty(fd) and os.environ.get("TERM", "dumb") != "dumb" and "NO_COLOR" not in os.environ
