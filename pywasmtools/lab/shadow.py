"""Stands as `wasm-tools` in a build: the real one answers, and ours runs beside it on a copy, later and out of the way.

What a command line names is copied, a process of its own is left behind to compare, and the real executable takes the
place of this one: what the build sees is the real one's. The comparison (`diff.py`) runs both over the copy, one at a time for all
of a build, at the lowest priority and within bounds. A difference becomes a line of a log, with its inputs beside it.

Starts fast, and on the standard library alone: a build waits for it.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, NoReturn

    from pywasmtools.lab.diff import Comparison

SECONDS: Final = 60.0
"""How long each run of a comparison may take, unless the log's settings say otherwise."""
MEMORY: Final = 4 << 30
"""How many bytes of address space ours may have, likewise."""
MOST_PENDING: Final = 200
"""How many command lines may wait to be compared; more are counted and left."""
MOST_CASES: Final = 100
MOST_BYTES: Final = 256 << 20
"""How many differences are kept with their inputs, and how large all inputs may be together. More are told without."""

OFF: Final = "PYWASMTOOLS_SHADOW_OFF"
"""Set where a comparison runs: what that starts is not compared again."""

SETTINGS, LINES, COUNTS = "shadow.json", "differences.jsonl", "counts.json"
PENDING, CASES, LOCK = "pending", "cases", "lock"


def stand_in(real: str, log: str) -> NoReturn:
    """The command: remembers what it will take to compare, and becomes the real executable."""
    args = sys.argv[1:]
    if OFF not in os.environ:
        try:
            remember(args, log)
        except Exception:
            # The build comes first: what can't be compared is not.
            pass
    from pywasmtools.cli.handing_on import hand_over

    status = hand_over(real, args)
    if status is None:
        sys.stderr.write(f"error: the real wasm-tools can't be run: {real}\n")
        status = 127
    os._exit(status)


def is_compared(args: list[str]) -> bool:
    """Whether a command line is for a subcommand that ours has."""
    from pywasmtools.cli.commands import WASM_TOOLS, ours

    words = [arg for arg in args if not arg.startswith("-")]
    return any(words[: len(path)] == path for path in (row.path.split() for row in ours(WASM_TOOLS)))


def remember(args: list[str], log: str) -> None:
    """Copies what a command line names, and leaves a process behind that compares."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    if not is_compared(args):
        return
    pending = os.path.join(log, PENDING)
    os.makedirs(pending, exist_ok=True)
    if len(os.listdir(pending)) >= MOST_PENDING:
        count(log, skipped=1)
        return
    from pywasmtools.lab.workplace import Workplace

    case = os.path.join(pending, f"{time.time_ns()}-{os.getpid()}")
    os.mkdir(case)
    place = Workplace(os.getcwd(), args, case, whole=False)
    place.lay_out()
    keep_stdin(args, os.path.join(case, "stdin"))
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            if os.fork() == 0:
                work(place.folder, args, case, log)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def keep_stdin(args: list[str], path: str) -> None:
    """Keeps what stands on stdin, where the command reads it, and puts it back."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    import stat

    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return
    if not reads_stdin(args) or not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return
    with open(path, "wb") as kept:
        if stat.S_ISREG(mode):
            at = os.lseek(0, 0, os.SEEK_CUR)
            while chunk := os.pread(0, 1 << 20, at):
                at += kept.write(chunk)
            return
        while chunk := os.read(0, 1 << 20):
            kept.write(chunk)
    fd = os.open(path, os.O_RDONLY)
    os.dup2(fd, 0)
    os.close(fd)


def reads_stdin(args: list[str]) -> bool:
    """Whether a command line lacks its input, or names stdin."""
    from pywasmtools.cli.clap import HelpFor, Stop, parse
    from pywasmtools.cli.commands import WASM_TOOLS

    row, rest = WASM_TOOLS, args
    try:
        while True:
            matches = parse(row.command(), rest)
            found = row.below(matches.subcommand)
            if found is None:
                has_none = any(matches.has(name) for name in ("only-custom", "dummy", "dummy-names"))
                return not has_none and matches.text("input") in (None, "-")
            row, rest = found, matches.rest
    except (HelpFor, Stop):
        return False


def work(folder: str, args: list[str], case: str, log: str) -> None:
    """Compares, behind the build's back: nothing of the build's is open, and it is at the end of every queue."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    os.closerange(0, 4096)
    for flags in (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY):
        os.open(os.devnull, flags)
    os.chdir("/")
    os.environ[OFF] = "1"
    os.nice(19)
    import fcntl
    import shutil

    from pywasmtools.lab.workplace import CannotRun

    with open(os.path.join(log, LOCK), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            comparison = compare_kept(case, folder, args, log)
            if comparison.same:
                add(log, same=1)
            else:
                keep(log, case, {"folder": folder, "argv": args, **summary(comparison)})
                add(log, different=1)
        except CannotRun as e:
            keep(log, case, {"folder": folder, "argv": args, "failed": str(e)})
            add(log, failed=1)
        finally:
            shutil.rmtree(case, ignore_errors=True)


def stdin_of(case: str) -> bytes:
    """What stood on stdin, where it was read."""
    try:
        with open(os.path.join(case, "stdin"), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def settings(log: str) -> dict[str, Any]:
    """What a log is of: `reference` and `subject`, and the bounds `seconds` and `memory`."""
    import json

    from pywasmtools.lab.programs import Program

    with open(os.path.join(log, SETTINGS), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return {**found, **{which: Program(**found[which]) for which in ("reference", "subject")}}


def compare_kept(case: str, folder: str, args: list[str], log: str) -> Comparison:
    """Compares over the copy that was kept. Raises CannotRun."""
    import tempfile

    from pywasmtools.lab.diff import compare_in
    from pywasmtools.lab.workplace import Kept

    known = settings(log)
    with tempfile.TemporaryDirectory(prefix="pywasmtools-shadow-") as scratch:
        place = Kept(folder, args, scratch, os.path.join(case, "root"))
        pair = (known["reference"], known["subject"])
        return compare_in(place, pair, stdin_of(case), known["seconds"], known["memory"])


def summary(comparison: Comparison) -> dict[str, Any]:
    """What a line of the log says of a difference."""
    return {
        "differing": comparison.differing,
        "status": [comparison.reference.status, comparison.subject.status],
        "stderr": [
            run.stderr[:500].decode(errors="backslashreplace") for run in (comparison.reference, comparison.subject)
        ],
    }


def keep(log: str, case: str, line: dict[str, Any]) -> None:
    """Writes a difference down; its inputs are kept within bounds. The lock is held."""
    import json
    import shutil

    cases = os.path.join(log, CASES)
    os.makedirs(cases, exist_ok=True)
    name = os.path.basename(case)
    if len(os.listdir(cases)) < MOST_CASES and size_of(cases) + size_of(case) <= MOST_BYTES:
        target = os.path.join(cases, name)
        # Copied, for what lies in `pending` is what is still to come, and this is not told yet.
        shutil.copytree(case, target, symlinks=True)
        line["kept"] = name
        with open(os.path.join(target, "case.json"), "w", encoding="utf-8") as file:
            json.dump(line, file)
    text = json.dumps({"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "id": name, **line}) + "\n"
    with open(os.path.join(log, LINES), "ab") as out:
        out.write(text.encode())


def size_of(folder: str) -> int:
    """How many bytes the files below a folder have."""
    return sum(os.lstat(os.path.join(where, name)).st_size for where, _, names in os.walk(folder) for name in names)


def count(log: str, **more: int) -> None:
    """Adds to the counts of a log."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    import fcntl

    with open(os.path.join(log, LOCK), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        add(log, **more)


def add(log: str, **more: int) -> None:
    """Adds to the counts of a log whose lock is held."""
    import json

    path = os.path.join(log, COUNTS)
    try:
        with open(path, encoding="utf-8") as file:
            counts = json.load(file)
    except (FileNotFoundError, ValueError):
        counts = {}
    for name, number in more.items():
        counts[name] = counts.get(name, 0) + number
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(counts, file)
    os.replace(f"{path}.new", path)
