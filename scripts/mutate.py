"""Mutants of our own binaries under the reference and under ours: the same acceptance, the same message, the same bytes.

    python scripts/mutate.py [--count N] [--first SEED] [--jobs N]

Bytes are flipped, set, cut, repeated, moved, and LEB128 numbers stretched, in binaries that this script makes: the
component of `examples/hello`, its embedded module, dummies and packages of the worlds in WORLDS. Components and
packages go to `component wit`, modules to `component new`. Prints each difference and exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from reference import reference

ROOT = Path(__file__).resolve().parent.parent
HELLO = ROOT / "examples" / "hello"

WORLDS = {
    "types": """package a:types@1.2.3;
interface i {
  /// A record.
  record r { a: u8, b: option<string>, c: list<tuple<u32, f64>> }
  variant v { one, two(r), three(result<_, char>) }
  enum e { x, y }
  flags f { p, q }
  type t = map<string, v>;
  g: func(x: v, y: f) -> result<t, e>;
}
world w { import i; export i; use i.{r}; export run: func(x: r) -> list<r, 4>; }
""",
    "resources": """package a:resources;
interface files {
  resource file {
    constructor(path: string);
    read: func(n: u64) -> result<list<u8>, error>;
    open: static func() -> file;
    size: get() -> u64;
  }
  resource error;
  copy: func(source: borrow<file>, to: file) -> file;
}
world w { import files; export files; import log: func(s: string); }
""",
    "streams": """package a:streams@0.1.0;
interface pipes {
  @since(version = 0.1.0)
  write: async func(data: stream<u8>) -> future<result<_, string>>;
  read: func() -> tuple<stream<string>, error-context>;
}
world w { import pipes; export pipes; export go: async func(); }
""",
}


def seeds(folder: Path) -> list[tuple[str, bytes]]:
    """(subcommand, binary) pairs to mutate, made by the reference."""
    real = str(reference())

    def make(*argv: str) -> bytes:
        subprocess.run([real, "component", *argv, "-o", str(folder / "out.wasm")], check=True, capture_output=True)
        return (folder / "out.wasm").read_bytes()

    module = make("embed", "-w", "hello", str(HELLO / "wit"), str(HELLO / "hello.wasm"))
    (folder / "module.wasm").write_bytes(module)
    found = [("new", module), ("wit", make("new", str(folder / "module.wasm")))]
    for name, text in WORLDS.items():
        path = folder / f"{name}.wit"
        path.write_text(text)
        found.append(("wit", make("wit", str(path), "-w")))
        dummy = make("embed", str(path), "--dummy-names", "legacy")
        found.append(("new", dummy))
        (folder / "dummy.wasm").write_bytes(dummy)
        found.append(("wit", make("new", str(folder / "dummy.wasm"))))
    return found


def mutant(data: bytes, rng: random.Random) -> bytes:
    """`data` with one to three small mistakes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(out)) if out else 0
        length = rng.randrange(1, 9)
        kind = rng.randrange(9)
        if not out:
            break
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif kind == 2:
            del out[at : at + length]
        elif kind == 3:
            out[at:at] = out[at : at + length]
        elif kind == 4:
            out[at:at] = bytes(rng.randrange(256) for _ in range(length))
        elif kind == 5:
            del out[at:]
        elif kind == 6:
            # The same number in one byte more, or in far too many.
            out[at : at + 1] = bytes([out[at] | 0x80]) + b"\x80" * rng.choice((0, 0, 3, 9)) + b"\0"
        elif kind == 7:
            other = rng.randrange(len(out))
            out[at : at + length] = out[other : other + length]
        else:
            out[at] = (out[at] + rng.choice((1, 255))) & 255
    return bytes(out)


def outcome(program: list[str], subcommand: str, folder: Path) -> tuple[int, bytes, bytes, bytes]:
    """Status, stdout, stderr and output file of one run on `m.wasm`."""
    out = folder / "o.wasm"
    out.unlink(missing_ok=True)
    argv = ["component", subcommand, "m.wasm"] + (["-o", "o.wasm"] if subcommand == "new" else [])
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(program + argv, cwd=folder, capture_output=True, env=env, timeout=120)
    return (done.returncode, done.stdout, done.stderr, out.read_bytes() if out.exists() else b"")


def check(seed: int, sources: list[tuple[str, bytes]], keep: Path | None = None) -> str | None:
    """The difference that mutant number `seed` shows, None where it shows none."""
    rng = random.Random(seed)
    subcommand, data = rng.choice(sources)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "m.wasm").write_bytes(mutant(data, rng))
        theirs = outcome([str(reference())], subcommand, folder)
        ours = outcome([sys.executable, "-m", "pywasmtools"], subcommand, folder)
        crashed = b"panicked at" in theirs[2] or theirs[0] < 0 or theirs[0] == 101
        if crashed and ours[0] == 1 and b"pywasmtools failed" not in ours[2]:
            return None
        if theirs == ours:
            return None
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / "m.wasm", keep / f"{seed}.wasm")
    for name, a, b in zip(("status", "stdout", "stderr", "file"), theirs, ours, strict=True):
        if a != b:
            return f"mutant {seed} ({subcommand}): {name}\n  reference {a!r:.600}\n  ours      {b!r:.600}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--keep", type=Path, help="keep mutants that differ in this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sources = seeds(Path(scratch))
    differing = 0
    with ThreadPoolExecutor(args.jobs) as pool:
        numbers = range(args.first, args.first + args.count)
        for found in pool.map(lambda seed: check(seed, sources, args.keep), numbers):
            if found:
                differing += 1
                print(found, flush=True)
    print(f"{args.count - differing} of {args.count} mutants alike")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
