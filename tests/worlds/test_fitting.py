"""`component targets` and `component semver-check`: what fits, and what is said of what doesn't."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Replies, asked, replies  # noqa: F401
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, semver_check, targets

WIT = """package a:b@1.2.0;

interface i { f: func(x: string) -> u32; record r { a: u8 } }
interface j { use i.{r}; g: func(x: r); resource t { constructor(); } }
interface k { @unstable(feature = x) h: func(); }

world empty {}
world imports { import i; }
world more { import i; import j; }
world exports { export i; }
world both { import i; export f: func(); }
world other { export f: func(a: u8); }
world async-one { export f: async func(); }
world gated { import k; }
"""
WORLDS = ("empty", "imports", "more", "exports", "both", "other", "async-one", "gated")
INTERFACE = '(instance (type $r (record (field "a" u8))) (export "r" (type (eq $r))) (export "f" (func (param "x" string) (result u32))))'

COMPONENTS: dict[str, str | bytes] = {
    "nothing": "(component)",
    "an import": f'(component (import "a:b/i@1.2.0" {INTERFACE}))',
    "an older import": f'(component (import "a:b/i@1.0.0" {INTERFACE}))',
    "two versions": f'(component (import "a:b/i@1.0.0" {INTERFACE}) (import "a:b/i@1.2.0" {INTERFACE}))',
    "another type": '(component (import "a:b/i@1.2.0" (instance (export "f" (func)))))',
    "an export": '(component (import "f" (func $f)) (export "f" (func $f)))',
    "a module": '(component (import "m" (core module)))',
    "a package": '(component (type (component)) (export "w" (type 0)))',
    "a core module": "(module)",
    "invalid": "(component (core module (func i32.add)))",
    "malformed": b"\0asm\x0d\0\1\0\x0a\1",
}


@pytest.mark.slow
@pytest.mark.parametrize("options", ["", "--semver-compatible"])
def test_targets(options: str, run: Run, golden: SnapshotAssertion) -> None:
    told = ""
    for name, component in COMPONENTS.items():
        for world in ("empty", "imports", "both"):
            files: dict[str, str | bytes] = {"w.wit": WIT, "c.wasm": component}
            told += f"== {name} {world}\n" + run(f"component targets w.wit -w {world} c.wasm {options}".strip(), files)
    assert told == golden


@pytest.mark.slow
def test_semver_check(run: Run, golden: SnapshotAssertion) -> None:
    told = ""
    for prev in WORLDS:
        for new in WORLDS:
            told += f"== {prev} {new}\n"
            told += run(f"component semver-check w.wit --prev {prev} --new {new}", {"w.wit": WIT})
    assert told == golden


FEATURES = {
    "map": "map<string, u8>",
    "error-context": "error-context",
    "a list of a length": "list<u8, 4>",
    "stream": "stream<u8>",
    "future": "future",
}
"""Types of which some are of features that are not on by default."""


@pytest.mark.parametrize("name", FEATURES)
def test_features_that_are_not_on(name: str, replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    """`semver-check` knows only what is on by default; `targets` knows all."""
    wit = f"package a:b;\nworld w {{ import f: func(x: {FEATURES[name]}); }}\nworld empty {{}}\n"
    Path("w.wit").write_text(wit)
    told = replies(
        [
            "component semver-check w.wit --prev w --new w",
            "component semver-check w.wit --prev empty --new w",
            "component embed w.wit -w w --dummy -o m.wasm",
            "component new m.wasm -o c.wasm",
            "component new m.wasm -t",
            "component targets w.wit -w w c.wasm",
            "component targets w.wit -w empty c.wasm",
        ]
    )
    assert told == golden


LINES = """
component targets
component targets w.wit
component targets w.wit -w w
component targets w.wit -w v w.wat
component targets w.wit -w a:b/w nowhere
component targets nowhere w.wat
component targets w.wit w.wat --all-features --features x,y
component targets w.wit w.wat w.wat
component targets w.wit --semver-compatible=x
component targets w.wit --semver-compatibl
component targets w.wit w.wat --color always
component semver-check
component semver-check w.wit
component semver-check w.wit --prev w
component semver-check --new w w.wit -v
component semver-check w.wit --prev w --new w
component semver-check w.wit --prev v --new w
component semver-check w.wit --prev w --new a:b/v
component semver-check w.wit --prev w --new w --prev w
component semver-check nowhere --prev w --new w
component semver-check w.wit w.wit
component semver-check w.wit --pre w
component unbundle
component unbundle w.wat
component unbundle w.wat --module-dir
component unbundle w.wat --module-dir=
component unbundle w.wat --module-dir m --threshold x
component unbundle w.wat --module-dir m --threshold=
component unbundle w.wat --module-dir m --threshold=-1
component unbundle w.wat --module-dir m --threshold=+
component unbundle w.wat --module-dir m --threshold 99999999999999999999
component unbundle w.wat --module-dir m --threshold 18446744073709551616
component unbundle -t
component unbundle nowhere --module-dir m
"""


def test_lines(replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    assert replies(LINES.strip().splitlines()) == golden


def test_features_and_folders(run: Run, golden: SnapshotAssertion) -> None:
    component = '(component (import "a:b/k@1.2.0" (instance (export "h" (func)))))'
    files = {
        "d/w.wit": WIT,
        "c.wat": component,
        "e/a.wit": "package x:y; world p {}",
        "e/deps/b.wit": "package x:z; world q {}",
    }
    told = run("component targets d -w gated c.wat", files) + run("component targets d -w gated c.wat --features x")
    told += run("component targets d -w gated c.wat --all-features") + run(
        "component targets d -w gated", stdin=b"(component)"
    )
    told += run("component semver-check e --prev p --new x:z/q") + run("component targets e", stdin=b"(component)")
    assert told == golden


def test_the_library() -> None:
    targets(WIT, "(component)", world="empty")
    targets(WIT, lambda: b"\0asm\x0d\0\1\0", world="empty", semver_compatible=True)
    semver_check(WIT, prev="imports", new="more")
    with pytest.raises(WasmToolsError, match="new world is not semver-compatible with the previous world"):
        semver_check(WIT, prev="exports", new="other")
    with pytest.raises(WasmToolsError, match="failed to validate encoded bytes"):
        targets(WIT, "(component)", world="exports")
