"""How fast ours starts here: whether its bytecode is there and can be kept, and measured times."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of the package that runs."""

RUNS = 5
"""A time is the least of this many."""

MOST_SECONDS = 20.0
"""How long a run may take."""


@dataclass
class Bytecode:
    """The bytecode of the files that `wasm-tools` loads: how many files there are, and those that lack it.

    A file whose bytecode is of an older source is `stale`; `hindrance` says why new bytecode can't be kept, and is empty
    where it can.
    """

    files: int = 0
    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    folder: str = ""
    hindrance: str = ""

    @property
    def lacking(self) -> int:
        return len(self.missing) + len(self.stale)


def bytecode(package: Path = PACKAGE) -> Bytecode:
    """The state of a package's bytecode for this interpreter. What is compiled to native code needs none."""
    found = Bytecode(folder=sys.pycache_prefix or str(package))
    if not package.is_dir():
        found.hindrance = f"{package} lies in an archive"
        return found
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] == "lab" or is_native(path):
            continue
        found.files += 1
        cached = Path(importlib.util.cache_from_source(str(path)))
        state = state_of(cached, path)
        if state:
            (found.missing if state == "missing" else found.stale).append(str(path))
            if not found.hindrance and not can_be_written(cached):
                found.hindrance = f"{cached.parent} can't be written"
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        found.hindrance = "$PYTHONDONTWRITEBYTECODE is set"
    return found


def is_native(path: Path) -> bool:
    """Whether a compiled module stands beside a source file, and is loaded in its place."""
    return any(path.with_name(path.stem + suffix).exists() for suffix in EXTENSION_SUFFIXES)


def state_of(cached: Path, source: Path) -> str:
    """`missing`, `stale`, or nothing where the bytecode is current (PEP 552 has the header)."""
    try:
        with cached.open("rb") as file:
            header = file.read(16)
    except OSError:
        return "missing"
    if len(header) < 16 or header[:4] != importlib.util.MAGIC_NUMBER:
        return "stale"
    flags = int.from_bytes(header[4:8], "little")
    if flags & 0b1:  # named by the hash of the source, which is looked at where the second bit says so
        checked = bool(flags & 0b10)
        return "stale" if checked and header[8:] != importlib.util.source_hash(source.read_bytes()) else ""
    status = source.stat()
    written = (int(status.st_mtime) & 0xFFFF_FFFF, status.st_size & 0xFFFF_FFFF)
    return "" if written == tuple(int.from_bytes(header[k : k + 4], "little") for k in (8, 12)) else "stale"


def can_be_written(path: Path) -> bool:
    """Whether a file, and the folders that it lacks, can be made."""
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return False
    try:
        # What the mode allows, the file system may refuse.
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def milliseconds(argv: list[str], env: dict[str, str], folder: str) -> float | None:
    """The time from start to end of a program, in ms; None where it fails."""
    start = time.perf_counter()
    try:
        done = subprocess.run(
            argv, env=env, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=MOST_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else (time.perf_counter() - start) * 1000


def start_times(on_path: str | None) -> dict[str, float]:
    """Times from start to end, in ms, of a bare interpreter, of ours, and of ours as PATH leads to it."""
    env = dict(os.environ)
    path = os.pathsep.join(filter(None, (str(PACKAGE.parent), env.get("PYTHONPATH"))))
    ours = "from pywasmtools.cli.main import entry; entry()"
    programs = {
        "interpreter": ([sys.executable, "-c", "pass"], env),
        "ours": ([sys.executable, "-c", ours, "--version"], {**env, "PYTHONPATH": path}),
    }
    if on_path is not None:
        programs["on_path"] = ([os.path.abspath(on_path), "--version"], env)
    times: dict[str, float] = {}
    failed = set()
    with tempfile.TemporaryDirectory(prefix="pywasmtools-doctor-") as folder:
        # In turns, so that what else the machine does slows all of them.
        for _ in range(RUNS):
            for name, (argv, given) in programs.items():
                taken = milliseconds(argv, given, folder) if name not in failed else None
                if taken is None:
                    failed.add(name)
                else:
                    times[name] = min(taken, times.get(name, taken))
    return {name: round(ms, 1) for name, ms in times.items() if name not in failed}
