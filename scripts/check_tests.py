"""All tests in two processes at once: the quick set with its coverage measured, and the slow ones without.

    python scripts/check_tests.py [PYTEST_ARGUMENT]...

The slow ones run thousands of whole processes over lines that the others reach too; measured, each of them takes three
times as long. Both are shown when they are done, with the slowest tests of each. The status is 1 where one fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "the quick set, measured": ["coverage", "run", "-m", "pytest", "-m", "not slow"],
    "the slow tests": ["pytest", "-m", "slow"],
}


def main() -> int:
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        running = {}
        for number, (name, words) in enumerate(SETS.items()):
            command = [sys.executable, "-m", *words, "--durations=15", f"--basetemp={scratch}/{number}", *sys.argv[1:]]
            output = Path(scratch, f"{number}.txt")
            with output.open("wb") as file:
                running[name] = (subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT), output)
        start = time.monotonic()
        for name, (process, output) in running.items():
            status = process.wait()
            print(f"== {name}: {time.monotonic() - start:.0f} s\n{output.read_text(errors='replace')}", flush=True)
            failed = failed or status != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
