"""Small files that claim or mean enormous things: refused, or taken, at once and in little memory.

Every run has ten seconds of processor time and 512 MiB of address space; what comes of it is the reference's, from the
goldens. Results are shown by their length and hash, for some of them are large.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import digest, environment
from syrupy.assertion import SnapshotAssertion

if sys.platform == "win32":
    pytest.skip("limits of processes are POSIX", allow_module_level=True)

import resource

pytestmark = pytest.mark.slow

MEMORY = 512 << 20
SECONDS = 10

Limited = Callable[[str, str, "str | bytes"], str]


def limit() -> None:
    """Bounds of the process about to run."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.fixture
def limited(recording: bool, program: list[str], versions: list[str], tmp_path: Path) -> Limited:
    """`limited("what it is", "component new m.wasm", contents)`: status, messages and result, as one text.

    The command's last word but options is the file. As with `run`, the reference itself is run when goldens are recorded.
    """

    def execute(title: str, command: str, contents: str | bytes) -> str:
        argv = command.split()
        data = contents.encode() if isinstance(contents, str) else contents
        (tmp_path / argv[2]).write_bytes(data)
        out = tmp_path / "o.wasm"
        out.unlink(missing_ok=True)
        done = subprocess.run(
            program + argv,
            cwd=tmp_path,
            capture_output=True,
            env=environment(),
            preexec_fn=None if recording else limit,
            timeout=120,
        )
        text = f"--- {title}: {command}\nstatus {done.returncode}\n{done.stderr.decode()}"
        for name, result in (("stdout", done.stdout), ("o.wasm", out.read_bytes() if out.exists() else b"")):
            if result:
                text += f"{name}: {digest(result, versions)}\n"
        return text

    return execute


def leb(n: int) -> bytes:
    """An unsigned LEB128 number."""
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def section(number: int, data: bytes) -> bytes:
    return bytes([number]) + leb(len(data)) + data


CORE = b"\0asm\1\0\0\0"
COMPONENT = b"\0asm\x0d\0\1\0"
HUGE = leb(0xFFFFFFFF)
NEW = "component new m.wasm -o o.wasm"
WIT = "component wit m.wasm"


def body(code: bytes) -> bytes:
    """A module of one function without parameters; `code` has its locals and its `end`."""
    types = section(1, b"\1\x60\0\0") + section(3, b"\1\0")
    return CORE + types + section(10, b"\1" + leb(len(code)) + code)


def test_counts_of_four_billion_in_core_sections(limited: Limited, golden: SnapshotAssertion) -> None:
    shown = "".join(limited(f"section {k}", NEW, CORE + section(k, HUGE + b"\0")) for k in range(1, 14) if k != 8)
    assert shown == golden


def test_counts_of_four_billion_in_component_sections(limited: Limited, golden: SnapshotAssertion) -> None:
    shown = "".join(limited(f"section {k}", WIT, COMPONENT + section(k, HUGE + b"\0")) for k in range(1, 12))
    assert shown == golden


def test_vectors_longer_than_the_file(limited: Limited, golden: SnapshotAssertion) -> None:
    cases = [
        ("fields", NEW, CORE + section(1, b"\1\x5f" + HUGE + b"\x7f\0")),
        ("parameters", NEW, CORE + section(1, b"\1\x60" + HUGE + b"\x7f\0")),
        ("a recursion group", NEW, CORE + section(1, b"\1\x4e" + HUGE + b"\x7f\0")),
        ("a name", NEW, CORE + section(2, b"\1" + HUGE + b"a")),
        ("a section", NEW, CORE + b"\1" + HUGE + b"\0"),
        ("a custom section's name", NEW, CORE + b"\0\6" + HUGE + b"x"),
        ("functions of an element segment", NEW, CORE + section(9, b"\1\1\0" + HUGE + b"\0")),
        ("a data segment", NEW, CORE + section(11, b"\1\1" + HUGE + b"\0")),
        ("a module in a component", WIT, COMPONENT + b"\1" + HUGE + CORE),
        ("an import's name", WIT, COMPONENT + section(10, b"\1\0" + HUGE + b"a\1\0")),
        ("flags", WIT, COMPONENT + section(7, b"\1\x6e" + HUGE + b"\1a")),
        ("a record", WIT, COMPONENT + section(7, b"\1\x72" + HUGE + b"\1a\x7d")),
        ("canonical options", WIT, COMPONENT + section(8, b"\1\0\0\0" + HUGE + b"\0")),
        ("arguments of an instance", WIT, COMPONENT + section(5, b"\1\0\0" + HUGE + b"\0")),
        ("arguments of start", WIT, COMPONENT + section(9, b"\0" + HUGE + b"\0")),
        ("function names", NEW, CORE + section(0, b"\4name\1" + HUGE + HUGE)),
        ("producers", NEW, CORE + section(0, b"\x09producers" + HUGE)),
    ]
    assert "".join(limited(*case) for case in cases) == golden


def test_bodies_that_claim_too_much(limited: Limited, golden: SnapshotAssertion) -> None:
    cases = [
        ("four billion locals", b"\1" + HUGE + b"\x7f\x0b"),
        ("four billion groups of locals", HUGE + b"\1\x7f\x0b"),
        ("one local too many", b"\2" + leb(50_000) + b"\x7f\1\x7f\x0b"),
        ("targets of br_table", b"\0\x41\0\x0e" + HUGE + b"\0\x0b"),
        ("types of select", b"\0\x1c" + HUGE + b"\x7f\x0b"),
        ("clauses of try_table", b"\0\x1f\x40" + HUGE + b"\0\x0b"),
    ]
    assert "".join(limited(title, NEW, body(code)) for title, code in cases) == golden


def test_deep_and_long_bodies(limited: Limited, golden: SnapshotAssertion) -> None:
    targets = b"".join(leb(k % 1000) for k in range(60_000))
    cases = [
        ("10,000 blocks", b"\0" + b"\x02\x40" * 10_000 + b"\x0b" * 10_001),
        ("100,000 blocks", b"\0" + b"\x02\x40" * 100_000 + b"\x0b" * 100_001),
        ("100,000 blocks, never closed", b"\0" + b"\x02\x40" * 100_000),
        ("100,000 loops with a result", b"\0" + b"\x03\x7f" * 100_000 + b"\x41\0" + b"\x0b" * 100_000 + b"\x1a\x0b"),
        ("300,000 operands", b"\0" + b"\x41\0" * 300_000 + b"\x1a" * 300_000 + b"\x0b"),
        ("60,000 targets", b"\0" + b"\2\x40" * 1000 + b"\x41\0\x0e\xe0\xd4\3" + targets + b"\0" + b"\x0b" * 1001),
    ]
    shown = "".join(limited(title, NEW, body(code)) for title, code in cases)
    expression = b"\1\x7f\0" + b"\x41\0" * 50_000 + b"\x6a" * 49_999 + b"\x0b"
    shown += limited("a constant expression of 100,000 steps", NEW, CORE + section(6, expression))
    chain = b"".join(b"\x50\1" + leb(k) + b"\x5f\0" for k in range(69))
    shown += limited("a subtype 69 deep", NEW, CORE + section(1, leb(70) + b"\x50\0\x5f\0" + chain))
    assert shown == golden


def test_types_that_double_themselves(limited: Limited, golden: SnapshotAssertion) -> None:
    def tuples(n: int) -> bytes:
        later = b"".join(b"\x6f\2" + leb(k) * 2 for k in range(n))
        return COMPONENT + section(7, leb(n + 1) + b"\x6f\2\x7d\x7d" + later)

    exports = b"\4\0\1a\5\0\4\0\1b\5\0\4\0\1c\5\0"
    instances = b"\x42\0" + b"".join(b"\x42\4\2\3\2\1" + leb(k) + exports for k in range(30))
    text = "package a:b;\ninterface i {\n  type t0 = tuple<u8, u8>;\n"
    text += "".join(f"  type t{k + 1} = tuple<t{k}, t{k}>;\n" for k in range(40))
    text += "  f: func(x: t40) -> t40;\n}\nworld w { import i; export i; }\n"
    lists = "package a:b;\nworld w { import g: func(x: list<u8, 4294967295>) -> list<list<u64, 4294967295>, 65535>; }\n"
    cases: list[tuple[str, str, str | bytes]] = [
        ("18 tuples", WIT, tuples(17)),
        ("41 tuples", WIT, tuples(40)),
        ("instances that export twice what the last did", WIT, COMPONENT + section(7, leb(31) + instances)),
        ("41 tuples as text", "component wit m.wit -w -o o.wasm", text),
        ("41 tuples, not validated", "component embed m.wit --dummy -o o.wasm", text),
        ("lists of four billion", "component embed m.wit --dummy -o o.wasm", lists),
    ]
    assert "".join(limited(*case) for case in cases) == golden


def test_deep_components(limited: Limited, golden: SnapshotAssertion) -> None:
    def components(depth: int) -> bytes:
        data = COMPONENT
        for _ in range(depth):
            data = COMPONENT + section(4, data)
        return data

    def types(depth: int) -> bytes:
        return COMPONENT + section(7, b"\1" + b"\x41\1\1" * depth + b"\x41\0")

    shown = "".join(limited(f"components {n} deep", WIT, components(n)) for n in (100, 1000, 5000))
    shown += "".join(limited(f"component types {n} deep", WIT, types(n)) for n in (99, 100, 20_000))
    assert shown == golden


def test_deep_text(limited: Limited, golden: SnapshotAssertion) -> None:
    def chain(first: str, step: Callable[[int], str], last: str) -> str:
        return f"package a:b;\n{first}" + "".join(step(k) for k in range(2000)) + last

    dummy = "component embed m.wit --dummy -o o.wasm"
    world = "f: func(x: t2000); }\nworld w { import i; export i; }\n"
    cases = [
        (
            "lists",
            "component wit m.wit",
            f"package a:b;\ninterface i {{ type t = {'list<' * 10_000}u8{'>' * 10_000}; }}\n",
        ),
        ("open comments", "component wit m.wit", "package a:b;\n" + "/*" * 100_000),
        ("comments", "component wit m.wit", f"package a:b;\n{'/*' * 50_000}{'*/' * 50_000}interface i {{}}\n"),
        ("packages", "component wit m.wit", "package a:b;\n" + "package a:c { " * 10_000 + "}" * 10_000),
        ("aliases", dummy, chain("interface i { type t0 = u8;\n", lambda k: f"type t{k + 1} = t{k};\n", world)),
        ("records", dummy, chain("interface i { type t0 = u8;\n", lambda k: f"record t{k + 1} {{ a: t{k} }}\n", world)),
        (
            "uses",
            dummy,
            chain(
                "interface i0 { type t = u8; }\n",
                lambda k: f"interface i{k + 1} {{ use i{k}.{{t}}; }}\n",
                "world w { import i2000; }\n",
            ),
        ),
        (
            "includes",
            f"{dummy} -w w2000",
            chain("world w0 { import f: func(); }\n", lambda k: f"world w{k + 1} {{ include w{k}; }}\n", ""),
        ),
        (
            "a circle of types",
            "component wit m.wit",
            chain("interface i {\n", lambda k: f"type t{k} = t{(k + 1) % 2000};\n", "}\n"),
        ),
        ("a list too long", dummy, "package a:b;\nworld w { import f: func(x: list<u8, 4294967296>); }\n"),
    ]
    assert "".join(limited(*case) for case in cases) == golden


def test_deep_package_docs(limited: Limited, golden: SnapshotAssertion) -> None:
    cases = [
        ("functions", b'{"interfaces":{"i":{"funcs":' + b'{"f":' * 100_000),
        ("an unknown field", b'{"x":' + b"[" * 100_000),
        ("a list", b"[" * 100_000),
        ("a long number", b'{"docs":' + b"9" * 1_000_000 + b"}"),
    ]
    # (component (type (component (export "a:b/i" (instance)))) (export "i" (type 0))): a package of one interface
    package = section(7, b"\1\x41\2\1\x42\0\4\0\5a:b/i\5\0") + section(11, b"\1\0\1i\3\0\0")
    encoding = section(0, b"\x16wit-component-encoding\4\0")
    shown = ""
    for title, text in cases:
        shown += limited(title, WIT, COMPONENT + encoding + package + section(0, b"\x0cpackage-docs\1" + text))
    assert shown == golden
