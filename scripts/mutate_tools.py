"""Mutants under `validate`, `print` and `parse` with options drawn at random: the reference's answers and ours.

    python scripts/mutate_tools.py [--first SEED] [--count N] [--jobs N] [--whole] [--keep FOLDER] [--only COMMAND]

What is mutated is made of the texts of `mutate.py` (see there), as text and as binary. `validate` is given sets of
features, one to five of them at random, named or taken away, in one list or several; `print` any of its options.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import mutate
from reference import reference

sys.path.insert(0, str(mutate.ROOT))
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.built_in import ADAPTER, BODIES, COMPONENTS, WORLDS
from pywasmtools.lab.fuzz.mutants import mutant, mutant_of_text
from pywasmtools.wasm.features import FEATURES, GROUPS

NAMED = """(module $"a module" (type $t (func (param i32) (result i32))) (type $s (struct (field $x i32) (field $y (mut i64))))
  (import "a" "b" (func $"im port" (param $p i32))) (tag $e (param i32)) (memory $m 1) (table $tab 2 funcref)
  (global $g (mut i32) (i32.const 1)) (data $d (i32.const 0) "abc") (elem $el (i32.const 0) $f)
  (func $f (type $t) (local $l i64) (local i32)
    (block $b (result i32) (loop $c (@metadata.code.branch_hint "\\01") (br_if $c (local.get 0)))
      (if $i (result i32) (local.get 0) (then (i32.const 1)) (else (br $b (i32.const 2))))))
  (func $f2 (export "x") (result i32) (call $f (i32.const 1)) (call $"im port" (i32.const 2)))
  (@custom "mine" (after func) "bytes") (@producers (language "C" "11")))
"""
TYPES = """(component (core module $m (func (export "f") (param i32)) (memory (export "m") 1)
    (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m)) (type $e (enum "a" "b")) (import "e" (type $e2 (eq $e)))
  (import "f" (func $f (param "x" $e2) (result (list string)))) (type $res (resource (rep i32)))
  (core func $low (canon lower (func $f) (memory (core memory $i "m")) (realloc (core func $i "r")) string-encoding=utf16))
  (core func $drop (canon resource.drop $res)) (core func $new (canon resource.new $res))
  (type $st (stream u8)) (type $fu (future)) (core func (canon stream.new $st)) (core func (canon future.new $fu))
  (core func (canon task.return (result u32))) (core func (canon waitable-set.new)) (core func (canon backpressure.inc))
  (core func (canon context.get i32 0)) (core func (canon thread.yield)) (core func (canon error-context.drop))
  (func $g (param "a" s32) (canon lift (core func $i "f"))) (export "g" (func $g)) (export "res" (type $res))
  (component $c (import "n:p/i@1.0.0" (instance (export "t" (type (sub resource)))))) (type $m2 (map string u8)))
"""


class Made:
    """A file to mutate, and whether it is text."""

    __slots__ = ("data", "text")

    def __init__(self, data: bytes, text: bool) -> None:
        self.data = data
        self.text = text


def seeds() -> list[Made]:
    """What is mutated, as text and as the binary that the reference makes of it."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        at = Path(scratch) / "m.wat"
        texts = [*BODIES.values(), *COMPONENTS.values(), ADAPTER, NAMED, NAMED, TYPES, TYPES]
        for text in texts:
            at.write_text(text)
            for options in ([], ["-g"]):
                done = subprocess.run([str(reference()), "parse", at.name, *options], cwd=scratch, capture_output=True)
                if done.returncode:
                    raise SystemExit(f"{text}: {done.stderr.decode()}")
                found.append(Made(done.stdout, False))
            found.append(Made(text.encode(), True))
        for text in WORLDS.values():
            wit = Path(scratch) / "w.wit"
            wit.write_text(text)
            embed = [str(reference()), "component", "embed", str(wit), "--dummy-names", "legacy"]
            found.append(Made(subprocess.run(embed, capture_output=True).stdout, False))
            at.write_bytes(found[-1].data)
            new = [str(reference()), "component", "new", str(at)]
            found.append(Made(subprocess.run(new, capture_output=True).stdout, False))
    return found


def features(rng: random.Random) -> list[str]:
    """`--features` options at random, in every spelling."""
    names = [row.name for row in FEATURES]
    out = []
    for _ in range(rng.choice((0, 1, 1, 1, 2))):
        words = []
        if rng.randrange(2):
            words.append(rng.choice(("all", "-all", *GROUPS)))
        for _ in range(rng.choice((0, 1, 1, 2, 5, 9))):
            words.append(rng.choice(("", "-")) + rng.choice(names))
        if not words:
            continue
        out.append(f"--features={','.join(words)}")
    return out


def command(rng: random.Random, only: str) -> list[str]:
    """A command line for `m`."""
    name = only or rng.choice(("validate", "validate", "validate", "print", "print", "print", "parse"))
    argv = [name, "m"]
    if name == "validate":
        argv += features(rng)
        if not rng.randrange(4):
            argv.append("--validate-custom")
        if not rng.randrange(6):
            argv.append("-g")
        return argv
    if name == "parse":
        return [*argv, *rng.choice((["-o", "o.wasm"], ["-t"], ["-g", "-o", "o.wasm"], []))]
    for option, of in (("-p", 3), ("-f", 2), ("--name-unnamed", 3), ("--skeleton", 6), ("--print-operand-stack", 3)):
        if not rng.randrange(of):
            argv.append(option)
    if not rng.randrange(5):
        argv += rng.choice((["--indent", "0"], ["--indent=5"], ["--indent-text", "\t"], ["--indent-text=--"]))
    if not rng.randrange(6):
        argv.append("--color=always")
    return argv + (features(rng) if not rng.randrange(3) else [])


def case_of(seed: int, made: list[Made], only: str = "") -> Case:
    """Mutant number `seed`."""
    rng = random.Random(seed)
    source = rng.choice(made)
    argv = command(rng, only)
    change = mutant_of_text if source.text and rng.randrange(3) else mutant
    # One in five is left whole: the options alone decide.
    return Case(tuple(argv), {"m": source.data if not rng.randrange(5) else change(source.data, rng)})


def compare(numbers: range, jobs: int, whole: bool = False, only: str = "", keep: Path | None = None) -> list[str]:
    """The differences among these mutants, each printed as it is found."""
    made = seeds()
    return mutate.compare_cases(lambda seed: case_of(seed, made, only), numbers, jobs, whole, keep)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--whole", action="store_true", help="a whole process for each run of ours")
    parser.add_argument("--keep", type=Path, help="keep mutants that differ in this folder")
    parser.add_argument("--only", default="", help="this command alone")
    args = parser.parse_args()
    numbers = range(args.first, args.first + args.count)
    differing = compare(numbers, args.jobs, args.whole, args.only, args.keep)
    print(f"{args.count - len(differing)} of {args.count} mutants alike")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
