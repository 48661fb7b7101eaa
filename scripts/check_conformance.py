"""Runs two samples of the conformance suites and fails below the shares in `tests/conformance_floor.json`.

    python scripts/check_conformance.py [--date YYYY-MM-DD] [--require] [--raise]

One sample is the same for ever, in whole processes; the other is of the day (`--date` names another), so that in time all cases
have their turn, and larger, for ours runs in forks of a warm process. The suites lie in `../shared/conformance`, beside the project, or where $PYWASMTOOLS_CONFORMANCE says; where they
are not, that is said, and fails under `--require`. `--raise` writes the shares of the fixed sample into the floor
file, where they are higher: a floor only rises.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITES = Path(os.environ.get("PYWASMTOOLS_CONFORMANCE", ROOT.parent / "shared" / "conformance")) / "conformance.py"
FLOOR = ROOT / "tests" / "conformance_floor.json"

FIXED = "the fixed sample"

Score = dict[str, dict[str, int]]


def suites_command(*arguments: str) -> list[str]:
    return [sys.executable, str(SUITES), *arguments]


def measure(suites: list[str], selection: list[str]) -> tuple[Score, str]:
    """How many steps of each suite came out how, and the steps that differ, a line each. The package under test is
    the one that Python imports: the tree, for its folder is the working directory."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as scratch:
        out, differing = Path(scratch, "score.json"), Path(scratch, "differing.txt")
        options = ["--floor", "0", "--json", str(out), "--fail", str(differing)]
        subprocess.run(suites_command("run", *suites, *selection, *options), cwd=ROOT, env=env, check=True)
        score: Score = json.loads(out.read_text())
        return score, differing.read_text() if differing.exists() else ""


def of_the_day(suites: list[str], count: int, date: str) -> str:
    """A regular expression of the ids of `count` cases a suite, picked by a hash of the date and the id."""
    picked = []
    for suite in suites:
        listed = subprocess.run(suites_command("list", suite), cwd=ROOT, capture_output=True, text=True, check=True)
        ids = listed.stdout.splitlines()
        picked += sorted(ids, key=lambda case: hashlib.sha256(f"{date} {case}".encode()).digest())[:count]
    return f"^(?:{'|'.join(re.escape(case) for case in picked)})$"


def shares(score: Score, suites: list[str]) -> dict[str, float]:
    """The share of steps that are the same, per cent, by suite; where the reference crashes and ours refuses, neither."""
    found = {}
    for suite in suites:
        counts = {k: v for k, v in score.get(suite, {}).items() if k != "refused"}
        found[suite] = 100 * counts.get("same", 0) / max(1, sum(counts.values()))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat())
    parser.add_argument("--require", action="store_true")
    parser.add_argument("--raise", dest="raising", action="store_true")
    options = parser.parse_args()
    if not SUITES.exists():
        print(f"no conformance suites at {SUITES}: nothing to compare with")
        return 1 if options.require else 0
    floor = json.loads(FLOOR.read_text())
    suites = list(floor["share"])
    below = []
    for title, selection in (
        (FIXED, ["--sample", str(floor["sample"])]),
        (f"the sample of {options.date} (again: --date {options.date})", []),
    ):
        print(f"== {title}", flush=True)
        if title != FIXED:
            selection = ["--fast", "--grep", of_the_day(suites, floor["sample_of_the_day"], options.date)]
        score, differing = measure(suites, selection)
        print(differing, end="", flush=True)
        for suite, share in shares(score, suites).items():
            if share < floor["share"][suite]:
                below.append(f"{title}: {suite}: {share:.2f}% is below {floor['share'][suite]:.2f}%")
            elif options.raising and title == FIXED:
                floor["share"][suite] = int(share * 100) / 100
    if options.raising:
        FLOOR.write_text(json.dumps(floor, indent=2) + "\n")
    print("\n".join(below) or "no suite is below its floor")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
