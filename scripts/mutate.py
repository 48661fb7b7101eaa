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
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ours import environment
from reference import reference

from pywasmtools.lab.fuzz.built_in import ADAPTED, ADAPTED_WIT, ADAPTER, ADAPTER_WIT, BODIES, COMPONENTS, WORLDS
from pywasmtools.lab.fuzz.mutants import mutant, mutant_of_text

ROOT = Path(__file__).resolve().parent.parent
HELLO = ROOT / "examples" / "hello"
SECONDS = 120
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


WARM = """
import gc, importlib, json, os, pkgutil, signal, sys
import pywasmtools
for found in pkgutil.walk_packages(pywasmtools.__path__, "pywasmtools."):
    if not found.name.endswith("__main__") and not found.name.startswith(("pywasmtools.lab", "pywasmtools.wat")):
        importlib.import_module(found.name)
from pywasmtools.cli.main import entry
gc.freeze()
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.chdir(order["folder"])
        for fd, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open("../" + name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), fd)
        signal.alarm(order["seconds"])
        sys.argv = ["wasm-tools", *order["argv"]]
        entry()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""A process that has all but the text format imported and forks for each order: many times the runs a minute."""


class Ours:
    """Our side: whole processes, or forks of one warm process a thread."""

    def __init__(self, whole: bool) -> None:
        self.whole = whole
        self.env = environment()
        self.local = threading.local()
        self.servers: list[subprocess.Popen[str]] = []

    def run(self, argv: list[str], folder: Path) -> tuple[int, bytes, bytes]:
        """Status, stdout and stderr of one command line."""
        if self.whole:
            return run_whole([sys.executable, "-m", "pywasmtools", *argv], folder, self.env)
        if not hasattr(self.local, "server"):
            command = [sys.executable, "-c", WARM]
            self.local.server = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env, text=True
            )
            self.servers.append(self.local.server)
        server = self.local.server
        server.stdin.write(json.dumps({"argv": argv, "folder": str(folder), "seconds": SECONDS}) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        return status, (folder.parent / "stdout").read_bytes(), (folder.parent / "stderr").read_bytes()

    def close(self) -> None:
        """Ends the warm processes."""
        for server in self.servers:
            server.communicate()


def run_whole(command: list[str], folder: Path, env: dict[str, str]) -> tuple[int, bytes, bytes]:
    """Status, stdout and stderr of one process."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, env=env, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return 124, b"", b"timed out"
    return done.returncode, done.stdout, done.stderr


def check(seed: int, sources: list[Source], ours: Ours, keep: Path | None = None) -> str | None:
    """The difference that mutant number `seed` shows, None where it shows none."""
    rng = random.Random(seed)
    source = rng.choice(sources)
    of_text = not source.mutated.endswith(".wasm") and rng.randrange(3) > 0
    mutated = (mutant_of_text if of_text else mutant)(source.files[source.mutated], rng)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "work"
        folder.mkdir()
        for name, data in source.files.items():
            (folder / name).write_bytes(data if name != source.mutated else mutated)
        out = folder / "o.wasm"
        theirs = run_whole([str(reference()), *source.argv], folder, dict(os.environ))
        their_file = out.read_bytes() if out.exists() else b""
        out.unlink(missing_ok=True)
        mine = ours.run(source.argv, folder)
        my_file = out.read_bytes() if out.exists() else b""
        crashed = b"panicked at" in theirs[2] or theirs[0] < 0 or theirs[0] == 101
        if crashed and mine[0] == 1 and b"pywasmtools failed" not in mine[2]:
            return None
        if theirs == mine and their_file == my_file:
            return None
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(keep / str(seed), ignore_errors=True)
            shutil.copytree(folder, keep / str(seed))
    names = ("status", "stdout", "stderr", "file")
    for name, a, b in zip(names, (*theirs, their_file), (*mine, my_file), strict=True):
        if a != b:
            line = " ".join(source.argv)
            return f"mutant {seed} of {source.mutated} ({line}): {name}\n  reference {a!r:.600}\n  ours      {b!r:.600}"
    return None


def compare(numbers: range, jobs: int, whole: bool = False, large: bool = False, keep: Path | None = None) -> list[str]:
    """The differences among these mutants, each printed as it is found."""
    sources = large_seeds() if large else seeds()
    ours = Ours(whole)
    differing = []
    with ThreadPoolExecutor(jobs) as pool:
        for found in pool.map(lambda seed: check(seed, sources, ours, keep), numbers):
            if found:
                differing.append(found)
                print(found, flush=True)
    ours.close()
    return differing


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
