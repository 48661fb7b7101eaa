"""Sections that end elsewhere than what is in them does: some bytes too early, just there, a byte too late.

Where a section ends too early, the bytes behind it are still there: a reader that looks at them tells another story. What
the reference says of each is in the goldens.
"""

from __future__ import annotations

import re

import pytest
from answers import Answers, answers, asked  # noqa: F401
from assemble import assemble
from numbers_in_binary import section
from syrupy.assertion import SnapshotAssertion

MODULES = {
    "types": """(module (type (func (param i32 i64) (result f32 f64 i32))) (type (struct (field i8 (mut i32) i64)))
        (type (func (param (ref 1) funcref))) (type (array (mut i16))) (type (struct (field (ref null 1)) (field i16))))""",
    "groups": "(module (rec (type (func)) (type (sub (struct (field i32 i32))))) (rec (type (func (result i32)))) (type (func)))",
    "imports": """(module (import "a" "b" (func)) (import "a" "c" (memory 1)) (import "a" "d" (global (mut i32)))
        (import "a" "e" (table 1 2 funcref)) (import "a" "f" (tag)))""",
    "functions": "(module (type (func)) (func) (func) (func (drop)))",
    "bodies": """(module (func (local i32 i64 i64) (local.set 0 (i32.const 1)) (local.set 1 (i64.const 1)))
        (func (block (block (br_table 0 1 2 0 (i32.const 1))))) (func (drop (v128.const i32x4 1 2 3 4))))""",
    "tables and memories": "(module (table 1 2 funcref) (table 1 externref) (memory 1 2) (memory 1) (tag) (tag))",
    "globals": "(module (global i32 (i32.const 1)) (global (mut i64) (i64.const 2)) (global f64 (f64.const 3)))",
    "exports": '(module (func (export "a") (export "bc")) (memory (export "m") 1) (func (export "é")))',
    "elements": """(module (table 9 funcref) (func $f) (elem (i32.const 0) $f $f $f) (elem func $f 0 0)
        (elem funcref (ref.func $f) (ref.null func)) (elem declare func 0))""",
    "data": '(module (memory 1) (data (i32.const 0) "abc") (data "d") (func (data.drop 0)))',
    "names": """(module $m (func $first (param $p i32) (local $l i32) (block $b)) (func $second) (memory $x 1)
        (type $t (struct (field $y i32))) (@custom "c" "d"))""",
    "component types": """(component (type (record (field "a" u8) (field "b" (list string)))) (type (enum "a" "bc"))
        (type (func (param "x" u32) (result 0))) (type (variant (case "a") (case "b" u8))) (type (flags "f" "g"))
        (type (component (import "i" (func)) (export "e" (type (sub resource))))))""",
    "component items": """(component (import "f" (func $f)) (core module $m (func (export "x"))) (core instance $i (instantiate $m))
        (alias core export $i "x" (core func $x)) (func $l (canon lift (core func $x))) (core func (canon lower (func $f)))
        (instance (export "g" (func $l))) (export "h" (func $l)))""",
}


def with_other_ends(data: bytes) -> dict[str, str | bytes]:
    """The binary with each of its sections, one at a time, said to be shorter and longer than it is."""
    cases: dict[str, str | bytes] = {"whole": data}
    at = 8
    while at < len(data):
        size = data[at + 1]
        assert size < 0x80
        for said in [*range(size if size < 30 else 12), *range(max(size - 12, 30), size), size + 1]:
            cases[f"section {data[at]} at {at}, of {size} bytes: {said}"] = (
                data[: at + 1] + bytes([said]) + data[at + 2 :]
            )
            if size - 4 < said < size:
                # Nothing follows.
                cut = data[:at] + section(data[at], data[at + 2 : at + 2 + said])
                cases[f"section {data[at]} at {at}, of {size} bytes: {said}, and no more"] = cut
        at += 2 + size
    return cases


@pytest.mark.parametrize("name", MODULES)
def test_sections(name: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = answers("validate in.wasm", with_other_ends(assemble(MODULES[name])))
    # A line each, without the time of a warning.
    told = re.sub(r"\[\S+Z WARN ", "[WARN ", told)
    assert told.replace("\nstatus ", " -> ").replace("\nerror: ", " ") == golden
