"""The log of a shadow: set up, shown, run again, handed on."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pywasmtools.lab import shadow
from pywasmtools.lab.programs import ROOT, Program
from pywasmtools.lab.workplace import CannotRun, Kept

if TYPE_CHECKING:
    from rich.console import Console

    from pywasmtools.lab.diff import Comparison


def default_log() -> Path:
    """The folder of the log where none is named: $PYWASMTOOLS_SHADOW, or one in the user's cache."""
    named = os.environ.get("PYWASMTOOLS_SHADOW")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "pywasmtools-shadow")


def install(folder: Path, log: Path, pair: tuple[Program, Program]) -> Path:
    """Writes a `wasm-tools` into a folder that stands in for the reference, and what it needs to know into the log."""
    log = log.absolute()
    log.mkdir(parents=True, exist_ok=True)
    settings: dict[str, Any] = {"seconds": shadow.SECONDS, "memory": shadow.MEMORY}
    settings |= {name: asdict(program) for name, program in zip(("reference", "subject"), pair, strict=True)}
    (log / shadow.SETTINGS).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    code = (
        f"import sys; sys.path.insert(0, {ROOT!r}); "
        f"from pywasmtools.lab.shadow import stand_in; stand_in({pair[0].command[0]!r}, {str(log)!r})"
    )
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "wasm-tools"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -S -c {shlex.quote(code)} "$@"\n')
    script.chmod(0o755)
    return script.absolute()


def settle(log: Path, seconds: float) -> int:
    """Waits until all that was left to be compared is, or for some seconds; how many are still to come."""
    end = time.monotonic() + seconds
    while True:
        pending = len(list((log / shadow.PENDING).iterdir())) if (log / shadow.PENDING).is_dir() else 0
        if not pending or time.monotonic() > end:
            return pending
        time.sleep(0.05)


def counts(log: Path) -> dict[str, int]:
    """How many command lines came out the same, different, not at all, or were left for being too many."""
    try:
        found: dict[str, int] = json.loads((log / shadow.COUNTS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def entries(log: Path) -> list[dict[str, Any]]:
    """The lines of the log, the oldest first."""
    try:
        text = (log / shadow.LINES).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.splitlines()]


def report(log: Path, console: Console) -> None:
    """Prints the counts and a line a difference."""
    from rich.markup import escape
    from rich.table import Table

    found = counts(log)
    total = sum(found.values())
    parts = [f"{found[name]} {name}" for name in ("same", "different", "failed", "skipped") if found.get(name)]
    console.print(f"{total} command lines: {', '.join(parts) or 'none'}", highlight=False)
    lines = entries(log)
    if not lines:
        return
    table = Table("id", "command", "differs", "inputs", box=None, pad_edge=False)
    for line in lines:
        differs = line.get("failed") or ", ".join(line["differing"])
        command = shlex.join(["wasm-tools", *line["argv"]])
        table.add_row(line["id"], escape(command), escape(differs), "kept" if "kept" in line else "not kept")
    console.print(table)


def kept(log: Path, ids: list[str]) -> list[Path]:
    """The folders of the differences with these ids, or of all. Raises CannotRun."""
    cases = log / shadow.CASES
    there = sorted(path.name for path in cases.iterdir()) if cases.is_dir() else []
    for name in ids:
        if name not in there:
            raise CannotRun(f"no inputs are kept of `{name}`")
    return [cases / name for name in ids or there]


def replay(log: Path, case: Path) -> Comparison:
    """Runs a kept difference again. Raises CannotRun."""
    line = json.loads((case / "case.json").read_text(encoding="utf-8"))
    return shadow.compare_kept(str(case), line["folder"], line["argv"], str(log))


def export(case: Path, folder: Path) -> None:
    """Copies a kept difference to a new folder, with a script that runs it under `$WASM_TOOLS` or `wasm-tools`."""
    line = json.loads((case / "case.json").read_text(encoding="utf-8"))
    shutil.copytree(case, folder, symlinks=True)
    place = Kept(line["folder"], line["argv"], "/", str(case / "root"))
    words = shlex.join(place.argv).replace(place.root, '"$here"/root')
    stdin = ' <"$here"/stdin' if (case / "stdin").exists() else ""
    (folder / "run.sh").write_text(
        "#!/bin/sh\n"
        "# The command line that came out differently, over its inputs; what is written lies below `root`.\n"
        'here=$(cd "$(dirname "$0")" && pwd)\n'
        f'cd "$here"/root{shlex.quote(line["folder"])} || exit\n'
        f'"${{WASM_TOOLS:-wasm-tools}}" {words}{stdin}\n'
    )
    (folder / "run.sh").chmod(0o755)
