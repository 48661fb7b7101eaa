"""All tests, in two processes at once, with coverage where it tells something.

    python scripts/check_tests.py [PYTEST_ARGUMENT]...

The quick set and the slow tests of MEASURED run with their coverage measured; the rest of the slow tests, thousands of whole
processes over lines that are reached anyway, without: measured, each of them takes three times as long. Each of the two
takes the next run when it is done with the last, the longest first. All are shown when they are done, with the slowest tests
of each. The status is 1 where one fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OF_THE_CORE = [f"tests/{name}" for name in ("validation", "wat", "text", "wasm")]
OF_THE_REST = [f"tests/{name}" for name in ("lab", "sections", "worlds", "regex")]
MEASURED = [*OF_THE_CORE, *OF_THE_REST]
"""Folders whose slow tests reach lines that no quick test does."""

COVERED = ["-m", "coverage", "run", "-m", "pytest"]
RUNS = [
    [*COVERED, "-m", "not slow"],
    ["-m", "pytest", "-m", "slow", *[f"--ignore={folder}" for folder in MEASURED]],
    [*COVERED, "-m", "slow", *OF_THE_REST],
    [*COVERED, "-m", "slow", *OF_THE_CORE],
]
"""From the longest to the shortest."""


def run(words: list[str]) -> bool:
    """Runs a command and shows what it says when it is done; whether it passed."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, *words, "--durations=15", f"--basetemp={scratch}/tests", *sys.argv[1:]]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(
        f"== {' '.join(words)}: {time.monotonic() - start:.0f} s\n{done.stdout.decode(errors='replace')}",
        flush=True,
    )
    return done.returncode == 0


def main() -> int:
    with ThreadPoolExecutor(2) as pool:
        return 0 if all(list(pool.map(run, RUNS))) else 1


if __name__ == "__main__":
    sys.exit(main())
