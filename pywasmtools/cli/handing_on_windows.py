"""What handing on needs otherwise on Windows: which files a shell runs there, and how they are run.

A process can't take the place of another there: the real one is waited for, and its status passed. There are no groups of
processes either: what is asked and does not end is ended with all that it started, by the system's own command.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # what `signal` is made of, and loaded already
import os
import subprocess
import sys
import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BATCH: Final = (".bat", ".cmd")
"""What is run by `cmd.exe`, which takes a command line apart in its own way."""

UNSAFE: Final = '"%!^&|<>()\r\n'
"""What `cmd.exe` makes something of, even inside quotes."""


def names() -> list[str]:
    """The names of files that a shell runs for `wasm-tools`, in its order."""
    found = []
    for extension in (os.environ.get("PATHEXT") or ".COM;.EXE;.BAT;.CMD").lower().split(";"):
        if extension.startswith(".") and f"wasm-tools{extension}" not in found:
            found.append(f"wasm-tools{extension}")
    return found


def folders() -> list[str]:
    """The folders on PATH. An empty entry means nothing, one with spaces may stand in quotes."""
    entries = (entry.strip('"') for entry in os.environ.get("PATH", "").split(os.pathsep))
    return [entry for entry in entries if entry]


def script() -> str:
    """The file that was started: launchers leave `.exe` out of `argv[0]`."""
    path = sys.argv[0] if sys.argv else ""
    return path if os.path.isfile(path) else f"{path}.exe"


def can_take(argv: list[str]) -> bool:
    """Whether a program gets its arguments as they are."""
    return not argv[0].lower().endswith(BATCH) or not any(c in arg for arg in argv[1:] for c in UNSAFE)


def run(
    argv: list[str], env: dict[str, str], seconds: float, most: int, given: bytes = b""
) -> tuple[int | None, bytes]:
    """Status (None: it did not end) and output, at most `most` bytes, of a program; raises OSError where it can't be started.

    The output goes to a file: a pipe is kept open by whatever the program has started.
    """
    if not can_take(argv):
        raise PermissionError(13, "its arguments are not for cmd.exe", argv[0])
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as stdin:
        stdin.write(given)
        stdin.seek(0)
        process = subprocess.Popen(argv, env=env, stdin=stdin, stdout=output, stderr=subprocess.STDOUT)
        status: int | None = None
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            end(process)
        output.seek(0)
        return status, output.read(most)


def run_on_file(argv: list[str], given: bytes, seconds: float, most: int) -> tuple[int | None, bytes]:
    """As `run`, of a program whose last argument wants the path of a file behind it, with what is given in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "given.wasm")
        with open(path, "wb") as file:
            file.write(given)
        return run([*argv[:-1], argv[-1] + path], dict(os.environ), seconds, most)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process, with what it started where the system can do that."""
    argv = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
    try:
        subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        pass
    process.kill()
    process.wait()


def run_in_our_place(argv: list[str]) -> int | None:
    """Runs a program with our streams, and returns its status; None where it can't be started.

    A console sends Ctrl-C to both: the program decides what becomes of it.
    """
    if not can_take(argv):
        return None
    kept = [(number, _signal.getsignal(number)) for number in stops()]
    for number, _ in kept:
        _signal.signal(number, _signal.SIG_IGN)
    try:
        return as_status(subprocess.run(argv).returncode)
    except OSError:
        return None
    finally:
        for number, handler in kept:
            _signal.signal(number, _signal.SIG_DFL if handler is None else handler)


def stops() -> list[int]:
    """The signals that a console sends."""
    return [getattr(_signal, name) for name in ("SIGINT", "SIGBREAK") if hasattr(_signal, name)]


def as_status(status: int) -> int:
    """A status of 32 bits as `os._exit` takes it, with a sign: that of a crash is 0xC0000005."""
    return status - (1 << 32) if status >= 1 << 31 else status
