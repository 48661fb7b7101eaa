"""Runs a fixed sample of the conformance suites and fails below the shares in `tests/conformance_floor.json`.

    python scripts/check_conformance.py [--raise]

The suites lie in `../shared/conformance`, beside the project; where they are not, that is said and nothing fails.
`--raise` writes the shares of this run into the floor file, where they are higher: a floor only rises.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITES = ROOT.parent / "shared" / "conformance" / "conformance.py"
FLOOR = ROOT / "tests" / "conformance_floor.json"


def measure(sample: int, suites: list[str]) -> dict[str, dict[str, int]]:
    """How many steps of each suite came out how, over a sample of cases a suite."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "score.json")
        command = [sys.executable, str(SUITES), "run", *suites, "--sample", str(sample), "--floor", "0"]
        subprocess.run([*command, "--json", str(out)], cwd=ROOT, env=env, check=True)
        score: dict[str, dict[str, int]] = json.loads(out.read_text())
        return score


def main() -> int:
    if not SUITES.exists():
        print(f"no conformance suites at {SUITES}: nothing to compare with")
        return 0
    floor = json.loads(FLOOR.read_text())
    score = measure(floor["sample"], list(floor["share"]))
    below = []
    for suite, least in floor["share"].items():
        counts = {k: v for k, v in score.get(suite, {}).items() if k != "refused"}
        share = 100 * counts.get("same", 0) / max(1, sum(counts.values()))
        if share < least:
            below.append(f"{suite}: {share:.2f}% is below {least:.2f}%")
        elif "--raise" in sys.argv:
            floor["share"][suite] = int(share * 100) / 100
    if "--raise" in sys.argv:
        FLOOR.write_text(json.dumps(floor, indent=2) + "\n")
    print("\n".join(below) or "no suite is below its floor")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
