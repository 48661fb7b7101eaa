"""All tests, in two processes at once, with coverage where it tells something.

    python scripts/check_tests.py [PYTEST_ARGUMENT]...

The quick set and the slow tests of MEASURED run with their coverage measured; the rest of the slow tests, thousands of whole
processes over lines that are reached anyway, without: measured, each of them takes three times as long. The two processes
take about as long. All are shown when they are done, with the slowest tests of each. The status is 1 where one fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WITH_THE_QUICK = [f"tests/{name}" for name in ("validation", "wat", "text", "wasm")]
WITH_THE_SLOW = [f"tests/{name}" for name in ("lab", "sections", "worlds", "regex")]
MEASURED = [*WITH_THE_QUICK, *WITH_THE_SLOW]
"""Folders whose slow tests reach lines that no quick test does."""

COVERED = ["-m", "coverage", "run", "-m", "pytest"]
RUNS = [
    [[*COVERED, "-m", "not slow"], [*COVERED, "-m", "slow", *WITH_THE_QUICK]],
    [
        ["-m", "pytest", "-m", "slow", *[f"--ignore={folder}" for folder in MEASURED]],
        [*COVERED, "-m", "slow", *WITH_THE_SLOW],
    ],
]
"""What each of the two processes runs, one after the other."""


def run(commands: list[list[str]]) -> bool:
    """Runs commands one after the other and shows each when it is done; whether none failed."""
    passed = True
    for words in commands:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as scratch:
            command = [sys.executable, *words, "--durations=15", f"--basetemp={scratch}/tests", *sys.argv[1:]]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(
            f"== {' '.join(words)}: {time.monotonic() - start:.0f} s\n{done.stdout.decode(errors='replace')}",
            flush=True,
        )
        passed = passed and done.returncode == 0
    return passed


def main() -> int:
    with ThreadPoolExecutor() as pool:
        return 0 if all(list(pool.map(run, RUNS))) else 1


if __name__ == "__main__":
    sys.exit(main())
