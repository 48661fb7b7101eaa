"""Where results and errors go: bytes to files and to the standard streams, as the reference writes them."""

from __future__ import annotations

import os
import stat

from pywasmtools.diagnostics import WasmToolsError, error, io_error, path_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.cli.clap import Matches

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
        from pywasmtools.load import display_path

        raise io_error(e).context(f"failed to write `{display_path(path)}`") from None


def write_wasm(data: bytes, path: str | None) -> None:
    """Writes a binary; a terminal is refused."""
    if path is None and os.isatty(STDOUT):
        raise error("cannot print binary wasm output to a terminal, pass the `-t` flag to print the text format")
    write_result(data, path)


def write_wasm_or_text(data: bytes, matches: Matches) -> None:
    """Writes a binary as the command line says: as it is, or with `--wat` in the text format."""
    path = matches.text("output")
    if matches.has("wat"):
        write_text_of(data, path, matches.text("color"))
    else:
        write_wasm(data, path)


def write_text_of(data: bytes, path: str | None, color: str | None) -> None:
    """Prints a binary in the text format: to stdout as it comes, to `path` when it is complete.

    `color` is that of the command line: `always-ansi` colours a file too, the others only stdout. Raises what
    can't be printed after what comes before it is written.
    """
    from pywasmtools.wat.print.printer import print_wasm_to

    if path is None:
        print_wasm_to(data, write_text, is_colored(color, STDOUT))
        return
    chunks: list[bytes] = []
    failure: WasmToolsError | None = None
    try:
        print_wasm_to(data, lambda text: chunks.append(text.encode()), color == "always-ansi")
    except WasmToolsError as e:
        failure = e
    text = b"".join(chunks)
    try:
        write_file(path, text)
    except OSError as e:
        # Only a file that can't be opened has a name in its error. The reference buffers what it writes and does not
        # see that the last part of it failed.
        if e.filename is not None or len(text) > BUFFER:
            raise io_error(e) from None
    if failure is not None:
        raise failure


def write_text(text: str) -> None:
    """Writes a part of a text to stdout."""
    try:
        write_all(STDOUT, text.encode())
    except BrokenPipeError:
        raise ClosedPipe from None
    except OSError as e:
        raise io_error(e) from None


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
    fd = os.open(path_bytes(path), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
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
        write_all(STDERR, text.encode("utf-8", "surrogateescape"))
    except OSError:
        pass


def is_colored(color: str | None, fd: int) -> bool:
    """Whether a stream is to have colours: `always`, `always-ansi` or `never`, or as the stream is (`auto`, or nothing)."""
    if color in ("always", "always-ansi", "never"):
        return color != "never"
    return os.isatty(fd) and os.environ.get("TERM", "dumb") != "dumb" and "NO_COLOR" not in os.environ
