"""Command lines run under several programs, and what differs between two results, by likely cause.

A step is a command line over a folder of files; each program runs it in a fresh copy. Ours runs in forks of one warm
process a thread, which imports everything once.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import ours

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120
"""What one run may take before it counts as hanging."""
CWD = "{cwd}"
"""Stands for the working folder in arguments and results."""
MOST_LINES = 24
"""How many lines of a difference are kept."""

WARM = """
import gc, importlib, json, os, pkgutil, signal, sys
import pywasmtools
for found in pkgutil.walk_packages(pywasmtools.__path__, "pywasmtools."):
    if not found.name.endswith("__main__") and not found.name.startswith("pywasmtools.lab"):
        importlib.import_module(found.name)
from pywasmtools.cli.main import entry
gc.freeze()
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.chdir(order["folder"])
        os.dup2(os.open(order["stdin"], os.O_RDONLY), 0)
        for fd, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), fd)
        signal.alarm(order["seconds"])
        sys.argv = ["wasm-tools", *order["argv"]]
        entry()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Step(NamedTuple):
    """A command line: which case it is of, its arguments, the folder that it runs over, and standard input."""

    name: str
    argv: list[str]
    folder: Path
    stdin: bytes


class Result(NamedTuple):
    """What a run did: status, streams, and the files that it made, changed or deleted (None)."""

    status: int
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes | None]

    @property
    def crashed(self) -> bool:
        """Whether the program broke down instead of refusing."""
        return b"panicked at" in self.stderr or self.status < 0 or self.status == 101


class Program:
    """An executable."""

    def __init__(self, name: str, executable: Path) -> None:
        self.name = name
        self.executable = executable

    def run(self, argv: Sequence[str], folder: Path, stdin: bytes) -> tuple[int, bytes, bytes]:
        """Status, stdout and stderr."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("RUST_", "NO_COLOR", "CLICOLOR"))}
        command = [str(self.executable), *argv]
        try:
            done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, timeout=SECONDS, env=env)
        except subprocess.TimeoutExpired:
            return 124, b"", b"timed out"
        return done.returncode, done.stdout, done.stderr

    def close(self) -> None:
        """Ends what runs."""


class Ours(Program):
    """Our command, in forks of a warm process."""

    def __init__(self) -> None:
        super().__init__("ours", Path(sys.executable))
        self.local = threading.local()
        self.servers: list[subprocess.Popen[str]] = []

    def run(self, argv: Sequence[str], folder: Path, stdin: bytes) -> tuple[int, bytes, bytes]:
        with tempfile.TemporaryDirectory(prefix="streams-") as scratch:
            names = {name: str(Path(scratch, name)) for name in ("stdin", "stdout", "stderr")}
            Path(names["stdin"]).write_bytes(stdin)
            order = {"argv": list(argv), "folder": str(folder), "seconds": SECONDS, **names}
            server = self.server()
            assert server.stdin is not None and server.stdout is not None
            server.stdin.write(json.dumps(order) + "\n")
            server.stdin.flush()
            answer = server.stdout.readline()
            if not answer:
                raise SystemExit("error: pywasmtools can't be imported")
            status = int(answer)
            streams = [Path(names[name]).read_bytes() for name in ("stdout", "stderr")]
        return (124, b"", b"timed out") if status == -14 else (status, streams[0], streams[1])

    def server(self) -> subprocess.Popen[str]:
        """The warm process of this thread."""
        if not hasattr(self.local, "server"):
            command = [sys.executable, "-c", WARM]
            self.local.server = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ours.environment(), text=True, cwd=ROOT
            )
            self.servers.append(self.local.server)
        found: subprocess.Popen[str] = self.local.server
        return found

    def close(self) -> None:
        for server in self.servers:
            server.communicate()


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def run_step(program: Program, step: Step) -> Result:
    """Runs a step in a fresh copy of its folder, whose name is left out of what comes back."""
    with tempfile.TemporaryDirectory(prefix="follow-") as scratch:
        folder = Path(scratch, "work")
        shutil.copytree(step.folder, folder, symlinks=True)
        return run_in(program, step.argv, folder, step.stdin)


def run_in(program: Program, argv: Sequence[str], folder: Path, stdin: bytes) -> Result:
    """Runs a command line in a folder as it is. Files that were written again as they were count too."""
    before = contents(folder)
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (0, 0))
    place = str(folder)
    status, stdout, stderr = program.run([arg.replace(CWD, place) for arg in argv], folder, stdin)
    after = contents(folder)
    files: dict[str, bytes | None] = {n: d for n, d in after.items() if before.get(n) != d or written(folder / n)}
    files.update({n: None for n in before if n not in after})
    here = place.encode()
    return Result(status, stdout.replace(here, CWD.encode()), stderr.replace(here, CWD.encode()), files)


def written(path: Path) -> bool:
    """Whether a file was written since the run began."""
    return not path.is_symlink() and path.stat().st_mtime != 0


# ---------------------------------------------------------------------------- versions


class Versions:
    """The texts in which releases name themselves and their crates, to be left out of a comparison."""

    def __init__(self, version_lines: Iterable[str]) -> None:
        texts: dict[bytes, bytes] = {}
        for line in version_lines:
            release = line.split()[1]
            _, minor, patch = release.split(".")
            texts[line.encode()] = b"wasm-tools {release}"
            texts[f"wasm-tools {release}".encode()] = b"wasm-tools {release}"
            texts[f"0.{minor}.{patch}".encode()] = b"{crate}"
            texts[f"{minor}.0.{patch}".encode()] = b"{wast}"
        self.texts = dict(sorted(texts.items(), key=lambda item: -len(item[0])))

    def left_out(self, data: bytes) -> bytes:
        """The data with one text in place of each version."""
        for text, name in self.texts.items():
            if text in data:
                data = data.replace(text, name)
        return data

    def without(self, result: Result) -> Result:
        """A result without versions."""
        files = {name: None if data is None else self.left_out(data) for name, data in result.files.items()}
        return Result(result.status, self.left_out(result.stdout), self.left_out(result.stderr), files)


# ---------------------------------------------------------------------------- differences


def differs(want: Result, got: Result, got_is_ours: bool) -> bool:
    """Whether results differ. Where the reference crashed, ours is to refuse; two crashes are alike."""
    if want.crashed:
        return got.status in (0, 124) if got_is_ours else not got.crashed
    return want != got


def plain(text: str) -> str:
    """A line without names, numbers and paths, which differences of one cause don't share."""
    text = re.sub(r"`[^`]*`|'[^']*'|\"[^\"]*\"", "…", text)
    return re.sub(r"0x[0-9a-f]+|\d+", "N", text).strip()[:110]


def as_lines(data: bytes | None, printer: Program) -> list[str]:
    """Data as lines to be compared: text as it is, a binary as the reference prints it, anything else as hex."""
    if data is None:
        return ["(absent)"]
    if data[:4] == b"\0asm":
        for command in ("print", "dump"):
            status, stdout, _ = printer.run([command, "-"], Path(tempfile.gettempdir()), data)
            if status == 0:
                return stdout.decode(errors="replace").splitlines()
    if b"\0" in data:
        return [data[at : at + 32].hex(" ") for at in range(0, len(data), 32)]
    return data.decode(errors="replace").splitlines()


def telling(lines: list[str]) -> str:
    """Of lines on one side of a difference, the one that names the cause: the innermost of a chain, else the first."""
    chain = any(line.startswith("Caused by:") for line in lines)
    return plain(lines[-1 if chain else 0]) if lines else ""


def parts(want: Result, got: Result) -> list[tuple[str, bytes | None, bytes | None]]:
    """What differs, as a name without its folder and stem, and both sides."""
    found: list[tuple[str, bytes | None, bytes | None]] = [
        ("stderr", want.stderr, got.stderr),
        ("stdout", want.stdout, got.stdout),
    ]
    for name in sorted({*want.files, *got.files}):
        found.append((re.sub(r"^.*(?=\.)", "*", name), want.files.get(name), got.files.get(name)))
    return [part for part in found if part[1] != part[2]]


def explain(want: Result, got: Result, printer: Program) -> tuple[str, list[str]]:
    """A short name that differences of one cause tend to share, and the lines that differ."""
    shown: list[str] = []
    if want.status != got.status:
        shown.append(f"status {want.status} => {got.status}")
    if want.crashed:
        return f"crash => status {got.status}", [*shown, *as_lines(got.stderr, printer)[:3]]
    cause = ""
    for name, a, b in parts(want, got):
        left, right = as_lines(a, printer), as_lines(b, printer)
        lines = [
            line for line in difflib.unified_diff(left, right, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")
        ]
        if not lines:
            lines = ["other bytes, the same text"]
        first = [telling([line[1:] for line in lines if line[0] == sign]) for sign in "-+"]
        if not cause:
            cause = f"{name}: {first[0] or '(nothing)'}  =>  {first[1] or '(nothing)'}"
            if lines[0].startswith("other"):
                cause = f"{name}: {lines[0]}"
        shown += [f"{name}:", *[line[:200] for line in lines]]
    if len(shown) > MOST_LINES:
        shown[MOST_LINES:] = [f"… {len(shown) - MOST_LINES} lines more"]
    return cause or shown[0], shown
