"""Differential runs: one command line under a real wasm-tools and under another, ours, compared byte for byte."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pywasmtools.lab.programs import Program, note_on, release_in
from pywasmtools.lab.workplace import CannotRun, Place, Workplace


@dataclass
class Run:
    """What one program did: its status and streams, and the files that it made, changed or deleted (None)."""

    status: int
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes | None]

    def part(self, name: str) -> bytes | None:
        """A stream or file by its name; None where there is none."""
        if name == "stdout":
            return self.stdout
        return self.stderr if name == "stderr" else self.files.get(name)


@dataclass
class Comparison:
    """Both runs and the names of what differs: `status`, `stdout`, `stderr`, and paths of files."""

    argv: list[str]
    programs: tuple[Program, Program]
    reference: Run
    subject: Run
    notes: list[str]
    """What to know before the difference is read: another release, what was not copied."""
    differing: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not self.differing

    @property
    def command(self) -> str:
        """The command line as one would type it."""
        return shlex.join(["wasm-tools", *self.argv])


def compare(
    argv: list[str], programs: tuple[Program, Program], folder: Path, stdin: bytes = b"", timeout: float = 120.0
) -> Comparison:
    """Runs `argv` under both programs, each in a copy of `folder` of its own that lies in the same place.

    `wasm-tools` may stand first in `argv`. What leads out of the folder is copied too (`workplace.py`). `timeout` is in
    seconds, of each run. Raises CannotRun.
    """
    words = argv[1:] if argv[:1] == ["wasm-tools"] else argv
    with tempfile.TemporaryDirectory(prefix="pywasmtools-diff-") as scratch:
        return compare_in(Workplace(str(folder), words, scratch), programs, stdin, timeout)


def compare_in(
    place: Place, programs: tuple[Program, Program], stdin: bytes, timeout: float, most_memory: int = 0
) -> Comparison:
    """Runs the command line of a place under both programs. The second may have `most_memory` bytes of address space.

    Raises CannotRun.
    """
    runs = []
    for program, limit in zip(programs, (0, most_memory), strict=True):
        place.lay_out()
        runs.append(execute(program, place, stdin, timeout, limit))
    notes = [note_on(*(release_in(program.says) for program in programs)), *place.notes]
    result = Comparison(place.given, programs, runs[0], runs[1], [note for note in notes if note])
    if runs[0].status != runs[1].status:
        result.differing.append("status")
    for name in ("stdout", "stderr", *sorted({*runs[0].files, *runs[1].files})):
        if runs[0].part(name) != runs[1].part(name) or (name in runs[0].files) != (name in runs[1].files):
            result.differing.append(name)
    return result


def execute(program: Program, place: Place, stdin: bytes, timeout: float, most_memory: int = 0) -> Run:
    """One run in a copy that was just made. Paths in what it says are told as they were given."""
    before = place.snapshot()
    limit = limiter(most_memory) if most_memory and sys.platform != "win32" else None
    try:
        with subprocess.Popen(
            [*program.command, *place.argv],
            cwd=place.work,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=limit,
        ) as process:
            try:
                stdout, stderr = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired:
                if sys.platform == "win32":
                    process.kill()
                else:
                    os.killpg(process.pid, signal.SIGKILL)
                raise CannotRun(f"{program.title} did not end within {timeout:g} seconds") from None
    except OSError as e:
        raise CannotRun(f"{program.title} can't be run: {e.strerror}") from None
    after = place.snapshot()
    files: dict[str, bytes | None] = {n: place.contents(n) for n, digest in after.items() if before.get(n) != digest}
    files.update({n: None for n in before if n not in after})
    root = os.fsencode(place.root)
    return Run(process.returncode, stdout.replace(root, b""), stderr.replace(root, b""), files)


def limiter(most_memory: int) -> Callable[[], None]:
    """Bounds the address space of a process that is about to start."""

    def limit() -> None:
        if sys.platform == "win32":
            raise AssertionError("not on Windows")
        import resource

        with contextlib.suppress(ValueError, OSError):  # macOS knows the limit and refuses to set it
            resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return limit


def read_stdin(stream: IO[str] | None) -> bytes:
    """What stands on stdin; nothing where it is a terminal or closed. Raises CannotRun."""
    if stream is None or stream.closed or stream.isatty():
        return b""
    try:
        return stream.buffer.read()  # type: ignore[attr-defined,no-any-return]
    except OSError as e:
        raise CannotRun(f"stdin can't be read: {e.strerror}") from None
