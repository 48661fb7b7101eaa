"""Where results and errors go: bytes to files and to the standard streams, as the reference writes them."""

from __future__ import annotations

import os
import stat

from pywasmtools.diagnostics import CRASH, Layer, WasmToolsError, error, io_error, path_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.cli.clap import Matches

STDOUT = 1
STDERR = 2


LINE_BUFFER = 1024
"""An unfinished line that is shorter than this, in bytes, is held back until it goes on or the process ends."""

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
        _write_lines(text.encode())
    except OSError as e:
        raise io_error(e) from None


BUFFER = 8192
"""What a file of the reference's text buffers."""


def write_stdout(data: bytes) -> None:
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


def _write_lines(data: bytes) -> None:
    """Writes to stdout, all but an unfinished line; raises OSError."""
    end = data.rfind(b"\n") + 1
    if not end and len(_unfinished) + len(data) >= LINE_BUFFER:
        _write_now(bytes(_unfinished))
        _unfinished.clear()
    if len(data) - end >= LINE_BUFFER:
        end = len(data)
    if end:
        lines = memoryview(data)[:end]
        if _unfinished:
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
            rest = rest[os.write(STDOUT, rest) :]
    except OSError as e:
        die_at_file_limit(e)
        if e.errno != EBADF:
            raise


def write_all(fd: int, data: bytes) -> None:
    """Writes all of `data` to a file descriptor; raises OSError."""
    try:
        written = os.write(fd, data)
        if written < len(data):
            rest = memoryview(data)[written:]
            while rest:
                rest = rest[os.write(fd, rest) :]
    except OSError as e:
        die_at_file_limit(e)
        raise


def die_at_file_limit(e: OSError) -> None:
    """Ends the process by the signal that ends a native one where a file grows beyond the limit of the process.

    The interpreter ignores that signal, and has to while modules load: their bytecode is written to files too.
    """
    if e.errno == EFBIG and os.name == "posix":
        import resource
        import signal

        if resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGXFSZ)


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


def is_broken_pipe(e: WasmToolsError) -> bool:
    """Whether the reader of our output has gone: the reference fails without a word."""
    return e.layers[-1].message == f"{os.strerror(EPIPE)} (os error {EPIPE})"


def is_colored(color: str | None, fd: int) -> bool:
    """Whether a stream is to have colours: `always`, `always-ansi` or `never`, or as the stream is (`auto`, or nothing)."""
    if color in ("always", "always-ansi", "never"):
        return color != "never"
    return os.isatty(fd) and os.environ.get("TERM", "dumb") != "dumb" and "NO_COLOR" not in os.environ
