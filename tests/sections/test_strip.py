"""`strip`: which custom sections go, and what is made of the rest."""

from __future__ import annotations

import pytest
from conftest import Run, Verdicts
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, strip
from pywasmtools.wasm.writer import custom_section

MODULE = """
(module $m (func $f) (@custom "component-type:w" "") (@custom "component-type" "") (@custom "linking" (after code) "x")
  (@custom "producers" "\\00") (@custom "dylink.0" "") (@custom ".debug_info" (before first) "12") (@custom "" "y"))
"""
COMPONENT = f'(component $c (core {MODULE.strip()[1:]} (component (@custom "a" "") (core module $n)) (@custom "b" ""))'

OPTIONS = ("", "-a", "-d name", "-d ^component-type -d link", "-d x -a", "--delete=", "-d [^a]", "--delete (?i)LINK|^$")


def test_what_goes(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {"module": MODULE, "component": COMPONENT, "empty": "(module)"}
    told = ""
    for options in OPTIONS:
        told += (
            f"== {options}\n"
            + verdicts(f"strip {options}".strip(), cases)
            + verdicts(f"strip -t {options}".strip(), cases)
        )
    assert told == golden


def test_sizes_are_written_anew(run: Run, golden: SnapshotAssertion) -> None:
    long = b"\0asm\1\0\0\0" + b"\1\x84\x80\0\1\x60\0\0" + b"\x0e\1x" + b"\0\2\1a" + b"\3\2\1\0\x0a\4\1\2\0\x0b"
    assert run("strip long.wasm -o out.wasm", {"long.wasm": long}) == golden


def test_damaged_ones_are_refused(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    nested = b"\0asm\x0d\0\1\0\1\x0a\0asm\1\0\0\0\1\5"
    cases = {
        "cut off": b"\0asm\1\0\0\0\1\5",
        "nested, cut off": nested,
        "no header": b"\0asm",
        "no name": b"\0asm\1\0\0\0\0\2\5a",
        "empty": b"",
    }
    assert verdicts("strip", cases) == golden


def test_places(run: Run, golden: SnapshotAssertion) -> None:
    module = b"\0asm\1\0\0\0" + custom_section("a", b"x") + custom_section("name", b"")
    told = run("strip m.wasm -o m.wasm", {"m.wasm": module}) + run("strip", stdin=module) + run("strip nowhere -d (")
    told += run("strip m.wasm -d (", {"m.wasm": module}) + run("strip m.wasm -o no/where") + run("strip -at m.wasm")
    told += run("strip --color always -d ( m.wasm") + run("strip -t m.wasm -o out.wat --color always-ansi")
    told += run("strip -a -d ( m.wasm")
    assert told == golden


def test_the_library_refuses_a_pattern() -> None:
    with pytest.raises(WasmToolsError, match="unclosed group"):
        strip(b"\0asm\1\0\0\0", delete=["("])
    assert strip("(module $m)", all=True) == b"\0asm\1\0\0\0"
