"""Mutants of our own binaries under the reference and under ours: the same acceptance, the same message, the same bytes.

    python scripts/mutate.py [--first SEED] [--count N] [--jobs N] [--whole] [--large] [--keep FOLDER]

Bytes are flipped, set, cut, repeated, moved, and LEB128 numbers stretched, in binaries that this script makes with the
reference: the component of `examples/hello` and its embedded module; packages, dummies and components of the worlds in
WORLDS; components with what worlds don't show (COMPONENTS); core modules with bodies of many proposals (BODIES); an
adapter and a module that uses it. Components and packages go to `component wit`, modules and adapters to
`component new`; the texts they were made of are mutated too, by bytes and by words.
`--large` takes the Go module that `make_go_modules.py` makes instead, and the adapter that it is given. Each difference
is printed; the exit status is 1 if there is one.

Ours runs in forks of one warm process, or as a whole process each with `--whole`.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.append(str(Path(__file__).resolve().parent.parent))
from reference import reference

from pywasmtools.lab import programs
from pywasmtools.lab.case import Case
from pywasmtools.lab.cause import cause_of
from pywasmtools.lab.fuzz.built_in import ADAPTED, ADAPTED_WIT, ADAPTER, ADAPTER_WIT, BODIES, COMPONENTS, WORLDS
from pywasmtools.lab.fuzz.mutants import mutant, mutant_of_text
from pywasmtools.lab.pair import Outcome, Pair, fast_folder

ROOT = Path(__file__).resolve().parent.parent
HELLO = ROOT / "examples" / "hello"
SECONDS = 120.0
"""What one run may take before it counts as hanging."""


class Source:
    """A command line, the files it reads, and the one of them to mutate."""

    __slots__ = ("argv", "files", "mutated")

    def __init__(self, argv: str, mutated: str, files: dict[str, bytes]) -> None:
        self.argv = argv.split()
        self.mutated = mutated
        self.files = files


def seeds() -> list[Source]:
    """What is mutated, made by the reference."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)

        def make(*argv: str) -> bytes:
            done = subprocess.run([str(reference()), *argv, "-o", "out"], cwd=folder, capture_output=True)
            if done.returncode:
                raise SystemExit(f"{argv}: {done.stderr.decode()}")
            return (folder / "out").read_bytes()

        def write(name: str, contents: str | bytes) -> str:
            (folder / name).write_bytes(contents.encode() if isinstance(contents, str) else contents)
            return name

        def wit(data: bytes) -> None:
            for options in ("", " -j", " -w -o o.wasm", " -t"):
                found.append(Source(f"component wit m.wasm{options}", "m.wasm", {"m.wasm": data}))

        def new(data: bytes) -> None:
            for options in (" -o o.wasm", " -t", " --validate=false -t"):
                found.append(Source(f"component new m.wasm{options}", "m.wasm", {"m.wasm": data}))

        module = make("component", "embed", "-w", "hello", str(HELLO / "wit"), str(HELLO / "hello.wasm"))
        new(module)
        wit(make("component", "new", write("m.wasm", module)))
        for name, text in WORLDS.items():
            found.append(Source("component wit m.wit", "m.wit", {"m.wit": text.encode()}))
            wit(make("component", "wit", write(f"{name}.wit", text), "-w"))
            new(make("component", "embed", f"{name}.wit", "--dummy-names", "legacy"))
            wit(make("component", "new", write("m.wasm", found[-1].files["m.wasm"])))
        empty = {"empty.wit": b"package a:b;\nworld w {}\n"}
        write("empty.wit", empty["empty.wit"])
        for text in COMPONENTS.values():
            for name, data in (("c.wat", text.encode()), ("c.wasm", make("parse", write("c.wat", text)))):
                found.append(Source(f"component wit {name}", name, {name: data}))
                found.append(Source(f"component wit {name} -t", name, {name: data}))
                found.append(Source(f"component embed empty.wit {name} -t", name, {name: data, **empty}))
        for text in BODIES.values():
            found.append(Source("component new m.wat -o o.wasm", "m.wat", {"m.wat": text.encode()}))
            write("m.wasm", make("parse", write("m.wat", text)))
            new(make("component", "embed", "empty.wit", "m.wasm"))
        files = {}
        for name, world, text in (("m.wasm", ADAPTED_WIT, ADAPTED), ("old.wasm", ADAPTER_WIT, ADAPTER)):
            write("parsed.wasm", make("parse", write("m.wat", text)))
            files[name] = make("component", "embed", write("w.wit", world), "parsed.wasm")
        for name, data in files.items():
            write(name, data)
        wit(make("component", "new", "m.wasm", "--adapt", "old.wasm"))
        for argv, mutated in (("", "old.wasm"), ("", "m.wasm"), (" --validate=false", "old.wasm")):
            found.append(Source(f"component new m.wasm --adapt old.wasm -o o.wasm{argv}", mutated, files))
    return found


def large_seeds() -> list[Source]:
    """The Go module and its adapter, where they are."""
    from make_go_modules import made

    go = made()
    files = {"m.wasm": go.command.read_bytes(), "a.wasm": go.command_adapter.read_bytes()}
    line = "component new m.wasm --adapt wasi_snapshot_preview1=a.wasm -o o.wasm"
    return [Source(line, "m.wasm", files), *[Source(f"{line} --validate=false", "a.wasm", files)] * 4]


def case_of(seed: int, sources: list[Source]) -> Case:
    """Mutant number `seed`."""
    rng = random.Random(seed)
    source = rng.choice(sources)
    of_text = not source.mutated.endswith(".wasm") and rng.randrange(3) > 0
    mutated = (mutant_of_text if of_text else mutant)(source.files[source.mutated], rng)
    return Case(tuple(source.argv), {**source.files, source.mutated: mutated})


class Checker:
    """Compares the cases that `make` makes of numbers, in a process of its own."""

    def __init__(self, make: Callable[[int], Case], whole: bool, keep: Path | None, scratch: str) -> None:
        self.make = make
        self.keep = keep
        both = (programs.reference(reference()), programs.subject(None))
        self.pair = Pair(*both, whole=whole, seconds=SECONDS, scratch=scratch)

    def check(self, seed: int) -> str | None:
        """The difference that mutant number `seed` shows, None where it shows none."""
        case = self.make(seed)
        result = self.pair.run(case)
        if result.same:
            return None
        if self.keep is not None:
            case.save(self.keep / str(seed), cause=cause_of(result))
        told = "\n".join(
            f"  {name:9} {shown(side)}" for name, side in (("reference", result.reference), ("ours", result.subject))
        )
        return f"mutant {seed} ({case.command}): {cause_of(result)}\n{told}"


def shown(outcome: Outcome) -> str:
    """Status and what was said, in one line."""
    return f"status {outcome.status} {outcome.stderr or outcome.stdout or outcome.files!r:.600}"


_checkers: list[Checker] = []
"""The one of this process."""


def begin(make: Callable[[int], Case], whole: bool, keep: Path | None, scratch: str) -> None:
    _checkers.append(Checker(make, whole, keep, scratch))


def check(seed: int) -> str | None:
    return _checkers[-1].check(seed)


def compare_cases(
    make: Callable[[int], Case], numbers: range, jobs: int, whole: bool = False, keep: Path | None = None
) -> list[str]:
    """The differences among the cases of these numbers, each printed as it is found."""
    differing = []
    with tempfile.TemporaryDirectory(prefix="mutants-", dir=fast_folder()) as scratch:
        known = (make, whole, keep, scratch)
        with ProcessPoolExecutor(jobs, get_context("fork"), begin, known) as pool:
            for found in pool.map(check, numbers, chunksize=8):
                if found:
                    differing.append(found)
                    print(found, flush=True)
    return differing


def compare(numbers: range, jobs: int, whole: bool = False, large: bool = False, keep: Path | None = None) -> list[str]:
    """The differences among these mutants, each printed as it is found."""
    sources = large_seeds() if large else seeds()
    return compare_cases(lambda seed: case_of(seed, sources), numbers, jobs, whole, keep)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--whole", action="store_true", help="a whole process for each run of ours")
    parser.add_argument("--large", action="store_true", help="mutate the Go module and its adapter")
    parser.add_argument("--keep", type=Path, help="keep mutants that differ in this folder")
    args = parser.parse_args()
    numbers = range(args.first, args.first + args.count)
    differing = compare(numbers, args.jobs, args.whole, args.large, args.keep)
    print(f"{args.count - len(differing)} of {args.count} mutants alike")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
