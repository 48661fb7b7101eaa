"""Planted faults: which of them does `pywasmtools fuzz` find? The part of `plant_faults.py` behind its `--fuzz`.

Each fault is planted in a copy of the tree, whose own `fuzz` runs over it with a fixed seed until the first difference. Faults are
dealt over the rooms of what the commands run: two a room, and the others by the number of places that there are.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final, NamedTuple

from plant_faults import ROOT, Reach, Site, choose, copy_tree, difference, limit, write

NOT_RUN: Final = ("lab", "__main__.py", "__init__.py", "__pycache__", "py.typed")
"""What the commands that are compared don't run."""

LEAST: Final = 2
"""How many faults a room has, where it has so many places."""

ENTRY: Final = "from pywasmtools.lab.main import entry; entry()"


class Found(NamedTuple):
    """What came of a fault: `found` or `not found`, by which kind of input, as which cause, after how many seconds and cases."""

    verdict: str
    by: str
    cause: str
    seconds: float
    cases: int


def room_of(site: Site) -> str:
    """The room that a fault is in."""
    return site.path.split("/")[1].removesuffix(".py")


def dealt(tree: Path, args: argparse.Namespace) -> list[Site]:
    """The faults of a seed, over all rooms; with a map of reached lines only where a test gets."""
    lines = reached_lines(tree, args.map) if args.map else None
    rooms_of = sorted(p.name.removesuffix(".py") for p in (tree / "pywasmtools").iterdir() if p.name not in NOT_RUN)
    more = argparse.Namespace(**{**vars(args), "count": args.count * 4, "room": args.room or rooms_of})
    sites = choose(tree, more)
    if lines is not None:
        sites = [site for site in sites if site.outside or is_reached(site, lines)]
    rooms: dict[str, list[Site]] = {}
    for site in sites:
        rooms.setdefault(room_of(site), []).append(site)
    chosen = [site for room in rooms.values() for site in room[:LEAST]][: args.count]
    rest = [site for site in sites if site not in chosen]
    return sorted([*chosen, *rest[: args.count - len(chosen)]], key=lambda site: (room_of(site), site.path, site.start))


def reached_lines(tree: Path, kept: Path) -> dict[str, set[int] | None]:
    """The lines that tests reach, by file; nothing is known of files that have changed since it was measured."""
    import plant_faults

    stored = json.loads(kept.read_text())
    reach = Reach(stored["files"], [], stored["tests"], stored["seconds"], stored["lines"])
    now = plant_faults.hashes(tree)
    found: dict[str, set[int] | None] = {
        path: {int(n) for n, tests in of.items() if tests} for path, of in reach.lines.items()
    }
    return found | {path: None for path, hash_ in now.items() if reach.files.get(path) != hash_}


def is_reached(site: Site, lines: dict[str, set[int] | None]) -> bool:
    known = lines.get(site.path, set())
    return known is None or any(line in known for line in range(site.first, site.last + 1))


def fuzz(tree: Path, args: argparse.Namespace) -> Found:
    """Runs the `fuzz` of a tree over itself."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPATH"] = str(tree)
    with tempfile.TemporaryDirectory(prefix="fuzzed-") as name:
        command = [sys.executable, "-c", ENTRY, "fuzz", "--folder", f"{name}/fuzz", "--time", str(args.fuzz), "--json"]
        command += ["--seed", str(args.seed), "--first", "--jobs", str(args.fuzz_jobs)]
        for seeds in args.fuzz_seeds or ():
            command += ["--seeds", str(seeds.resolve())]
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=name, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            preexec_fn=limit, text=True
        )  # fmt: skip
        try:
            out, err = process.communicate(timeout=args.fuzz + 60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return Found("found", "", "(it does not end)", time.monotonic() - began, 0)
        took = time.monotonic() - began
    try:
        record: dict[str, Any] = json.loads(out)
    except ValueError:
        if "error: no real wasm-tools" in err:
            raise SystemExit(err) from None
        return Found("found", "", f"(no start) {err.strip().splitlines()[-1] if err.strip() else ''}"[:200], took, 0)
    causes = record["causes"]
    if not causes:
        return Found("not found", "", "", took, record["cases"])
    return Found("found", causes[0]["kind"], causes[0]["cause"], took, record["cases"])


def fuzz_all(args: argparse.Namespace) -> int:
    """All faults one after the other; tells each, and tables at the end."""
    from reference import reference

    os.environ.setdefault("WASM_TOOLS_REFERENCE", str(reference()))
    with tempfile.TemporaryDirectory(prefix="planted-") as name:
        tree = copy_tree(Path(name) / "tree")
        sites = dealt(tree, args)
        numbers = [int(n) for n in args.only.split(",")] if args.only else list(range(len(sites)))
        if args.list:
            for at in numbers:
                print(f"{at:3} {sites[at].kind}: {sites[at].path}:{sites[at].first}\n{difference(sites[at], tree)}")
            return 0
        clean = fuzz(tree, argparse.Namespace(**{**vars(args), "fuzz": min(args.fuzz, 10)}))
        if clean.verdict == "found":
            raise SystemExit(f"there is a difference before any fault is planted: {clean.cause}")
        rows = []
        for at in numbers:
            site, file = sites[at], tree / sites[at].path
            shown, source = difference(site, tree), file.read_bytes()
            write(file, source[: site.start] + site.new.encode() + source[site.end :])
            try:
                found = fuzz(tree, args)
            finally:
                write(file, source)
            by = f" by {found.by}" if found.by else ""
            print(f"{at:3} {found.verdict}{by} ({found.seconds:.1f} s, {found.cases} cases): {site.kind}, "
                  f"{site.path}:{site.first}  {found.cause}", flush=True)  # fmt: skip
            if found.verdict != "found":
                print(shown, flush=True)
            rows.append({"number": at, "room": room_of(site), **site._asdict(), **found._asdict(), "difference": shown})
    print(tables(rows))
    if args.json:
        args.json.write_text(json.dumps({"seed": args.seed, "seconds": args.fuzz, "faults": rows}, indent=1))
    return 0


def tables(rows: list[dict[str, Any]]) -> str:
    """Found and planted ones by room, by kind of fault, and what found them."""
    lines = []
    for title, key in (("room", "room"), ("fault", "kind")):
        lines += [f"\n| {title} | planted | found |", "|---|---|---|"]
        planted, found = Counter(r[key] for r in rows), Counter(r[key] for r in rows if r["verdict"] == "found")
        lines += [f"| {name} | {planted[name]} | {found[name]} |" for name in sorted(planted)]
    by = Counter(r["by"] or "(no start)" for r in rows if r["verdict"] == "found")
    lines += ["\n| found by | faults |", "|---|---|", *(f"| {name} | {count} |" for name, count in by.most_common())]
    lines.append(f"\n{sum(r['verdict'] == 'found' for r in rows)} of {len(rows)} found")
    return "\n".join(lines)


assert ROOT.is_dir()
