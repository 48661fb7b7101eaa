"""Records all goldens again from the real wasm-tools, into a temporary folder, and fails where they differ.

    python scripts/check_goldens.py

So a golden that was edited by hand, written by something else or left behind by a test that is gone is found.
"""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def contents(folder: Path) -> dict[str, bytes]:
    """The goldens of a folder, by their path below it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def halves() -> list[list[str]]:
    """The tests in two parts that take about as long, for two processors."""
    first = ["tests/wat", "tests/wit", "tests/componentize"]
    rest = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").iterdir() if path.name != "__pycache__")
    return [first, [name for name in rest if name not in first and (name.endswith(".py") or (ROOT / name).is_dir())]]


def record(tests: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Records the goldens of some tests into `folder`; the tests write below it, too."""
    command = [sys.executable, "-m", "pytest", "-m", "golden", "--snapshot-update", "--require-reference", *tests]
    command += [f"--goldens={folder / 'golden'}", f"--basetemp={folder / 'run'}"]
    folder.mkdir()
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main() -> int:
    recorded: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch, name) for name in ("first", "second")]
        with ThreadPoolExecutor() as pool:
            runs = list(pool.map(record, halves(), folders))
        for run, folder in zip(runs, folders, strict=True):
            print(run.stdout, flush=True)
            recorded |= contents(folder / "golden")
    if any(run.returncode for run in runs):
        return 1
    kept = contents(ROOT / "golden")
    differing = sorted(name for name in kept.keys() | recorded.keys() if kept.get(name) != recorded.get(name))
    for name in differing:
        before, after = (side.get(name, b"").decode().splitlines() for side in (kept, recorded))
        lines = list(difflib.unified_diff(before, after, f"golden/{name}", "recorded again", lineterm=""))
        print("\n".join(lines[:60] or [f"golden/{name}: line ends differ"]))
    print(f"{len(recorded)} goldens recorded again, {len(differing)} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
