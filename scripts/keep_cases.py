"""Chooses the cases that `fuzz` begins with, among the command lines behind goldens: few and small ones, over all lines.

    python scripts/keep_cases.py RUNS

RUNS is a folder that `record_runs.py` wrote. Every case runs once under ours; the smallest come first, and one is kept while it reaches
a line that less than ENOUGH of those kept reach. They go to `pywasmtools/lab/fuzz/known/cases.xz`, which the kind `known` reads.
Needs Python 3.12 or later, which tells the lines that a case reaches at little cost.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path

from record_runs import CWD

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.known import PLACE, packed
from pywasmtools.lab.fuzz.options import is_left_out
from pywasmtools.lab.fuzz.running.engine import can_be_laid_out
from pywasmtools.lab.fuzz.running.reached import AVAILABLE, Lines
from pywasmtools.lab.pair import Place, become_ours, fast_folder, wait, warm_up

ENOUGH = 4
"""How many kept cases reach a line, where so many do."""

MOST_BYTES = 4096
"""Larger cases are left out."""

SECONDS = 5.0
"""What a case may take."""


def recorded(folder: Path) -> list[Case]:
    """The cases that were recorded, each once, the smallest first; those that name a place outside, or
    ask for help or a log, which differ on purpose, are left out."""
    blobs = folder / "blobs"
    found: dict[tuple[object, ...], Case] = {}
    for line in (folder / "runs.jsonl").read_text().splitlines():
        run = json.loads(line)
        argv = tuple(arg.removeprefix(f"{CWD}/") for arg in run["argv"])
        files = {name: (blobs / hash_).read_bytes() for name, hash_ in run["files"].items()}
        case = Case(argv, files, (blobs / run["stdin"]).read_bytes())
        outside = any(arg.startswith("/") or CWD in arg or ".." in arg for arg in argv)
        if not outside and not any(map(is_left_out, argv)) and case.size <= MOST_BYTES and can_be_laid_out(case):
            found[(argv, *files.items(), case.stdin)] = case
    return sorted(found.values(), key=lambda case: (case.size, case.argv))


def reached(case: Case, place: Place) -> list[str]:
    """The lines that a case reaches, in a fork; none where it takes too long."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    told = Path(f"{place.folder}.lines")
    told.write_text("")
    place.lay_out(case)
    pid = os.fork()
    if pid == 0:
        try:
            become_ours({"PATH": os.defpath})
            place.redirect()
            lines = Lines()
            lines.watch()
            from pywasmtools.cli.main import main

            main(list(case.argv))
            told.write_text("\n".join(lines.take()))
        finally:
            os._exit(0)
    wait(pid, SECONDS)
    place.clear()
    return told.read_text().split()


def chosen(cases: list[Case], scratch: str) -> list[Case]:
    """The cases to keep."""
    times: Counter[str] = Counter()
    kept = []
    for at, case in enumerate(cases):
        lines = reached(case, Place(scratch, f"case{at}"))
        if any(times[line] < ENOUGH for line in lines):
            kept.append(case)
            times.update(lines)
    print(f"{len(kept)} of {len(cases)} cases, {len(times)} lines")
    return kept


def main() -> int:
    import tempfile

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("runs", type=Path)
    args = parser.parse_args()
    if not AVAILABLE:
        raise SystemExit("error: Python 3.12 or later is needed")
    warm_up()
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        kept = chosen(recorded(args.runs), scratch)
    data = packed(kept)
    PLACE.write_bytes(data)
    print(f"{len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
