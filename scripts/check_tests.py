"""All tests in two processes at once, the quick set and the slow ones, with their coverage measured.

    python scripts/check_tests.py [PYTEST_ARGUMENT]...

Both are shown when they are done, with the slowest tests of each. The status is 1 where one fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETS = {"the quick set": "not slow", "the slow tests": "slow"}
"""What each process runs, as `-m` of pytest."""


def main() -> int:
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        running = {}
        for number, (name, marked) in enumerate(SETS.items()):
            command = [
                sys.executable,
                "-m",
                "coverage",
                "run",
                "-m",
                "pytest",
                "-m",
                marked,
                "--durations=15",
                f"--basetemp={scratch}/{number}",
                *sys.argv[1:],
            ]
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
