"""Inputs of growing size: the same results as the reference, and time and memory in proportion to its own.

Each shape of `shapes/` is run at two sizes, the second four times the first, under both programs. Times are of the
processor, memory is the peak of a process. What is promised is in `SECURITY.md`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import unmeasured
from shapes import Shape, all_shapes

if sys.platform == "win32":
    pytest.skip("limits of processes are POSIX", allow_module_level=True)

pytestmark = pytest.mark.slow

RATIO = 25
"""How many times the reference's time ours may take, where the reference takes `MEASURABLE` seconds."""

MEASURABLE = 0.02

GROWTH = 5.5
"""How much longer ours may take for four times the input, unless the reference's time grows so too."""

START_UP = 0.03
"""Seconds that the interpreter takes to start, left out where growth is told."""

MEMORY_RATIO = 4
MEMORY_OF_INPUT = 12
MEMORY_FIXED = 60
"""Peak memory may be `MEMORY_RATIO` times the reference's, or `MEMORY_OF_INPUT` times the input and `MEMORY_FIXED` MiB."""

TRIES = 5
"""How often a run is made before it is said to be slow: a busy machine makes times longer, never shorter."""

SECONDS = 60
ADDRESS_SPACE = 8 << 30

# The peak of a process counts what its parent held when it was started, so a small process starts them.
STARTER = f"""
import json, os, resource, sys
for line in sys.stdin:
    folder, argv, env = json.loads(line)
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_AS, ({ADDRESS_SPACE}, {ADDRESS_SPACE}))
        resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.chdir(folder)
        for fd, name in enumerate(("/dev/null", "stdout", "stderr")):
            os.dup2(os.open(name, os.O_RDONLY if fd == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), fd)
        os.execve(argv[0], argv, env)
    _, status, used = os.wait4(pid, 0)
    peak = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime, used.ru_stime, peak]), flush=True)
"""


class Cost(NamedTuple):
    """What a run gave and took: everything that came of it as a hash, seconds of the processor, MiB at the peak."""

    outcome: tuple[int, str]
    seconds: float
    peak: float


class Meter:
    """Runs programs over cases and tells what each cost."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.starter = subprocess.Popen(
            [sys.executable, "-S", "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        self.starter.communicate()

    def run(self, program: list[str], files: Mapping[str, str | bytes], argv: list[str]) -> Cost:
        """One run in a folder of its own. With `--out-dir` the system's time is left out: it is the file system's."""
        folder = self.folder / "run"
        empty(folder)
        for name, contents in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        assert self.starter.stdin is not None and self.starter.stdout is not None
        # In one process: what several take together depends on what else the machine does.
        env = {**unmeasured(), "WASM_TOOLS_JOBS": "1"}
        print(json.dumps([str(folder), program + argv, env]), file=self.starter.stdin, flush=True)
        status, user, system, peak = json.loads(self.starter.stdout.readline())
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
        return Cost((status, digest.hexdigest()), user + (0 if "--out-dir" in argv else system), peak)


def empty(folder: Path) -> None:
    """Makes a folder, or takes out what is in it."""
    folder.mkdir(exist_ok=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meter]:
    meter = Meter(tmp_path_factory.mktemp("shapes"))
    yield meter
    meter.close()


def shortfalls(costs: list[tuple[float, Cost, Cost]]) -> list[str]:
    """What is out of proportion in the costs of growing inputs: MiB of input, the reference's, ours."""
    found = []
    for k, (mib, theirs, ours) in enumerate(costs):
        if theirs.outcome != ours.outcome:
            found.append("another result than the reference's")
        if theirs.seconds >= MEASURABLE and ours.seconds > RATIO * theirs.seconds:
            found.append(f"{ours.seconds:.2f} s where the reference takes {theirs.seconds:.2f}")
        if ours.peak > MEMORY_RATIO * theirs.peak and ours.peak > MEMORY_OF_INPUT * mib + MEMORY_FIXED:
            found.append(f"{ours.peak:.0f} MiB where the reference needs {theirs.peak:.0f}, for {mib:.1f} MiB of input")
        if k:
            _, their_last, our_last = costs[k - 1]
            growth = (ours.seconds - START_UP) / max(our_last.seconds - START_UP, 0.02)
            if growth > GROWTH > theirs.seconds / max(their_last.seconds, 0.005) and ours.seconds > 0.3:
                found.append(f"{growth:.1f} times the time for four times the input")
    return found


@pytest.mark.parametrize("shape", all_shapes(), ids=lambda shape: shape.name)
def test_costs_are_in_proportion(shape: Shape, meter: Meter, the_reference: Path) -> None:
    """Two sizes under both programs; where something falls short both are tried again, and the least times count."""
    programs = ([str(the_reference)], [sys.executable, "-m", "pywasmtools"])
    least: dict[tuple[int, int], Cost] = {}
    found: list[str] = []
    for _ in range(TRIES):
        costs = []
        for n in (shape.start, 4 * shape.start):
            files, argv = shape.make(n)
            mib = sum(len(data) for data in files.values()) / 2**20
            for k, program in enumerate(programs):
                cost = meter.run(program, files, argv)
                known = least.get((n, k), cost)
                assert known.outcome == cost.outcome
                least[n, k] = cost._replace(seconds=min(known.seconds, cost.seconds))
            costs.append((mib, least[n, 0], least[n, 1]))
        found = shortfalls(costs)
        if not found:
            return
    pytest.fail("; ".join(found))


def test_what_falls_short_is_told() -> None:
    """Each bound is noticed, and a run in proportion is not."""
    quick, slow = Cost((0, "x"), 0.1, 20), Cost((0, "x"), 1.0, 70)
    assert shortfalls([(1, quick, slow), (4, quick, slow)]) == []
    assert shortfalls([(1, quick, slow._replace(seconds=2.6))]) == ["2.60 s where the reference takes 0.10"]
    assert shortfalls([(1, quick, slow._replace(outcome=(1, "x")))]) == ["another result than the reference's"]
    assert shortfalls([(1, quick, slow._replace(peak=81))]) == [
        "81 MiB where the reference needs 20, for 1.0 MiB of input"
    ]
    assert shortfalls([(9, quick, slow), (36, quick, slow._replace(seconds=2.4, peak=400))]) == []
    assert shortfalls([(1, quick, slow._replace(seconds=0.13)), (4, quick, slow._replace(seconds=0.6))]) == [
        "5.7 times the time for four times the input"
    ]
