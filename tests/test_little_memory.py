"""Little memory, little stack: a line and a status, never a hang, a traceback, a fault, or an input lost."""

from __future__ import annotations

import dis
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest
from conftest import unmeasured
from test_hostile_sizes import CORE, leb, section

import pywasmtools

if sys.platform == "win32":
    pytest.skip("limits of processes are POSIX", allow_module_level=True)

import resource
import signal

PACKAGE = Path(pywasmtools.__file__).parent
TOO_LARGE = b"error: the input is too large for the memory of this machine\n"

LATER = {
    # Their handlers do not stand around what takes memory.
    "componentize/classify_imports.py ImportClassifier._legacy_interface",
    # No input is read where these run.
    "cli/handing_on.py answer",
    "cli/handing_on.py run",
    "cli/handing_on.py run_in_group",
}

# ------------------------------------------------------------------------------- what makes a hang


def code_in(code: CodeType) -> Iterator[CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from code_in(const)


@pytest.mark.slow
def test_exceptions_leave_without_memory() -> None:
    """In each function: where an exception is caught, left or cleared up after, the instruction's number is at most 256.

    To go to such a place the interpreter may push the number of the instruction, an int, which it has ready up to 256;
    beyond, it makes one. Where there is no memory for it, it fails, and goes to the same place again, for ever. In a
    function that is too long, what stands in `try` or `with` belongs into a function of its own.
    """
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in ("lab", "library", "changes"):
            continue  # no command that is run for its bytes comes there
        if path.name == "handing_on_windows.py":
            continue  # nothing is read before it
        for code in code_in(compile(path.read_bytes(), str(path), "exec")):
            name = f"{path.relative_to(PACKAGE)} {code.co_qualname}"
            entries = dis._parse_exception_table(code)  # type: ignore[attr-defined]
            if any(entry.lasti and entry.end // 2 > 257 for entry in entries):
                found.append(name)
    assert [name for name in found if name not in LATER] == []


# ------------------------------------------------------------------------------- runs under limits

FUNCTIONS = 60_000
MODULE = (
    CORE
    + section(1, b"\1\x60\0\0")
    + section(3, leb(FUNCTIONS) + bytes(FUNCTIONS))
    + section(10, leb(FUNCTIONS) + b"\2\0\x0b" * FUNCTIONS)
)
WIT = b"package a:b;\n" + b"".join(b"interface i%d { fn%d: func(a: u32) -> string; }\n" % (k, k) for k in range(1500))
WORLD = WIT + b"world w {" + b"".join(b"import i%d;" % k for k in range(1500)) + b"}"
WAT = b"(module " + b"(func (param i32) (result i32) local.get 0 i32.const 7 i32.add)" * 2500 + b")"

RUNS: dict[str, tuple[str, dict[str, bytes]]] = {
    "new": ("component new m.wasm -o m.wasm", {"m.wasm": MODULE}),
    "text": ("component new m.wasm -t -o m.wasm", {"m.wasm": MODULE}),
    "wat": ("component new m.wat -o m.wat", {"m.wat": WAT}),
    "wit": ("component wit a.wit -o a.wit", {"a.wit": WIT}),
    "wit-in-wasm": ("component wit a.wit -w -o a.wit", {"a.wit": WIT}),
    "json": ("component wit a.wit --json -o a.wit", {"a.wit": WIT}),
    "embed": ("component embed a.wit m.wasm -o m.wasm", {"a.wit": WORLD, "m.wasm": MODULE}),
    "out-dir": ("component wit a.wit --out-dir .", {"a.wit": WIT}),
}


def run_within(folder: Path, command: str, limits: dict[int, int]) -> subprocess.CompletedProcess[bytes]:
    def limit() -> None:
        for kind, value in {resource.RLIMIT_CPU: 20, resource.RLIMIT_CORE: 0, **limits}.items():
            resource.setrlimit(kind, (value, value))

    return subprocess.run(
        [sys.executable, "-m", "pywasmtools", *command.split()],
        cwd=folder,
        env=unmeasured(),
        capture_output=True,
        preexec_fn=limit,
    )


def least_memory(folder: Path) -> int:
    """The least address space, in KiB, in which the command starts at all, with some to load its modules."""
    for size in range(8_000, 40_000, 500):
        if run_within(folder, "--version", {resource.RLIMIT_AS: size << 10}).returncode == 0:
            return size + 2_000
    pytest.skip("no limit found under which Python starts")


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_limits_of_memory(name: str, tmp_path: Path) -> None:
    """30 limits, from where the interpreter starts upwards: the result, or one line and the input as it was.

    At one of them the interpreter itself may crash: where it has no memory for the iterator of `dict.items()`, it takes away
    from the collector what it hasn't given to it (`dictiter_new` in CPython's `Objects/dictobject.c`). The input is as it was then, too.
    """
    command, files = RUNS[name]
    least = least_memory(tmp_path)
    output = command.split()[-1]
    crashes = 0
    for size in range(least, least + 30 * 1_000, 1_000):
        for file, data in files.items():
            (tmp_path / file).write_bytes(data)
        done = run_within(tmp_path, command, {resource.RLIMIT_AS: size << 10})
        what = f"{size} KiB: status {done.returncode}, {done.stderr.decode()[-400:]}"
        crashes += done.returncode == -signal.SIGSEGV
        assert done.returncode in (0, 1, -signal.SIGSEGV) and crashes < 2, what
        if done.returncode:
            assert done.stderr == (TOO_LARGE if done.returncode == 1 else b""), what
            if output in files:
                assert (tmp_path / output).read_bytes() == files[output], what
        assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")], what


DEEP: dict[str, tuple[str, dict[str, bytes]]] = {
    "blocks": ("component new m.wat -o o", {"m.wat": b"(module (func " + b"(block " * 2000 + b")" * 2000 + b"))"}),
    "blocks-as-text": (
        "component new m.wat -t -o o",
        {"m.wat": b"(module (func " + b"(if (i32.const 0) (then " * 300 + b"))" * 300 + b"))"},
    ),
    "folded": (
        "component new m.wat -o o",
        {"m.wat": b"(module (func i32.const 1 " + b"(i32.eqz " * 2000 + b")" * 2000 + b" drop))"},
    ),
    "parentheses": ("component new m.wat -o o", {"m.wat": b"(" * 50_000}),
    "comments": ("component new m.wat -o o", {"m.wat": b"(module)" + b"(;" * 50_000 + b";)" * 50_000}),
    "components": ("component wit m.wat", {"m.wat": b"(component " * 400 + b")" * 400}),
    "types": ("component wit m.wat", {"m.wat": b"(component " + b"(type (component " * 400 + b"))" * 400 + b")"}),
    "lists": (
        "component wit a.wit -w -o o",
        {"a.wit": b"package a:b; interface i { type t = " + b"list<" * 80 + b"u8" + b">" * 80 + b"; }"},
    ),
    "too-many-lists": (
        "component wit a.wit",
        {"a.wit": b"package a:b; interface i { type t = " + b"list<" * 5000 + b"u8" + b">" * 5000 + b"; }"},
    ),
    "lists-as-json": (
        "component wit a.wit --json",
        {"a.wit": b"package a:b; interface i { type t = " + b"list<" * 80 + b"u8" + b">" * 80 + b"; }"},
    ),
    "chain": (
        "component embed --dummy a.wit -o o",
        {
            "a.wit": b"package a:b; interface i { type t0 = u8; "
            + b"".join(b"record t%d { a: t%d } " % (k + 1, k) for k in range(600))
            + b"f: func(a: t600); } world w { import i; }"
        },
    ),
    "chain-in-wasm": (
        "component wit a.wit -w -o o",
        {
            "a.wit": b"package a:b; interface i { type t0 = u8; "
            + b"".join(b"type t%d = option<t%d>; " % (k + 1, k) for k in range(600))
            + b"}"
        },
    ),
    "uses": (
        "component wit a.wit -w -o o",
        {
            "a.wit": b"package a:b; interface i0 { type t = u8; } "
            + b"".join(b"interface i%d { use i%d.{t}; } " % (k + 1, k) for k in range(150))
            + b"world w { import i150; }"
        },
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DEEP)
def test_limits_of_the_stack(name: str, tmp_path: Path) -> None:
    """The same as with the usual stack, from 128 KiB up: recursion is held by ourselves. Python itself needs some 80."""
    command, files = DEEP[name]
    results = []
    for size in (8192, 128, 160, 256, 512, 1024):
        for file, data in files.items():
            (tmp_path / file).write_bytes(data)
        (tmp_path / "o").unlink(missing_ok=True)
        done = run_within(tmp_path, command, {resource.RLIMIT_STACK: size << 10})
        made = (tmp_path / "o").read_bytes() if (tmp_path / "o").exists() else None
        results.append((done.returncode, done.stdout, done.stderr, made))
    assert results[0][0] in (0, 1), results[0][2]
    assert all(result == results[0] for result in results)
