"""Fails when line coverage of `pywasmtools/` is below the share in `tests/coverage_floor.json`.

python scripts/check_coverage.py COVERAGE_COMMAND
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FLOOR = Path(__file__).resolve().parent.parent / "tests" / "coverage_floor.json"


def main() -> int:
    total = subprocess.run([sys.argv[1], "report", "--format=total", "--precision=2"], capture_output=True, text=True)
    share = float(total.stdout)
    least = json.loads(FLOOR.read_text())["lines"]
    print(f"lines covered: {share:.2f}% (floor {least}%)")
    return 1 if share < least else 0


if __name__ == "__main__":
    sys.exit(main())
