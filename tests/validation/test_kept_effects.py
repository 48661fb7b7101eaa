"""An instruction met again, with other operands than the first time, or where operands are missing.

What an instruction did is kept by its bytes: it must be looked at anew where what it takes is something else.
"""

from __future__ import annotations

import pytest
from conftest import Verdicts
from syrupy.assertion import SnapshotAssertion

FIRST: dict[str, str] = {
    "select": "(drop (select (i32.const 0) (i32.const 0) (i32.const 0)))",
    "select of a type": "(drop (select (result funcref) (ref.null func) (ref.null func) (i32.const 0)))",
    "memory.grow": "(drop (memory.grow (i32.const 0)))",
    "memory.copy": "(memory.copy (i32.const 0) (i32.const 0) (i32.const 0))",
    "table.get": "(drop (table.get 0 (i32.const 0)))",
    "ref.is_null": "(drop (ref.is_null (ref.null func)))",
    "ref.as_non_null": "(drop (ref.as_non_null (ref.null $s)))",
    "ref.eq": "(drop (ref.eq (ref.null eq) (ref.null eq)))",
    "struct.get": "(drop (struct.get $s 0 (struct.new $s (i32.const 0))))",
    "array.len": "(drop (array.len (ref.null $a)))",
    "ref.cast": "(drop (ref.cast (ref $s) (ref.null $s)))",
    "call_indirect": "(call_indirect (type $take) (i32.const 0) (i32.const 0))",
    "call_ref": "(call_ref $take (i32.const 0) (ref.null $take))",
    "i8x16.add": "(drop (i8x16.add (v128.const i64x2 0 0) (v128.const i64x2 0 0)))",
    "i32x4.add": "(drop (i32x4.add (v128.const i64x2 0 0) (v128.const i64x2 0 0)))",
    "i32.atomic.rmw.add": "(drop (i32.atomic.rmw.add (i32.const 0) (i32.const 0)))",
}
"""Used well; the name is the instruction without its immediates."""

AGAIN: dict[str, str] = {
    "the same": "{first}",
    "numbers of another type": "i64.const 0 i64.const 0 i64.const 0 {bare}",
    "references": "ref.null extern ref.null extern {bare}",
    "a subtype": "(struct.new $t (i32.const 0) (i32.const 0)) {bare}",
    "nothing": "{bare}",
    "nothing, after a branch": "unreachable {bare}",
    "one number, after a branch": "unreachable i32.const 0 {bare}",
    "one long number, after a branch": "unreachable i64.const 0 {bare}",
    "twice, after a branch": "unreachable {bare} {bare} unreachable {bare}",
    "arithmetic, after a branch": "unreachable i32.add i32.add i32.eqz i32.wrap_i64 i64.add {bare}",
}

BARE: dict[str, str] = {
    "select of a type": "select (result funcref)",
    "table.get": "table.get 0",
    "struct.get": "struct.get $s 0",
    "ref.cast": "ref.cast (ref $s)",
    "call_indirect": "call_indirect (type $take)",
    "call_ref": "call_ref $take",
}


def module(first: str, again: str) -> str:
    return f"""(module
      (type $s (sub (struct (field i32)))) (type $t (sub $s (struct (field i32) (field i32))))
      (type $a (array i32)) (type $take (func (param i32)))
      (memory 1) (table 1 funcref)
      (func {first})
      (func {first} {again} unreachable))"""


@pytest.mark.parametrize("name", FIRST)
def test_instruction_met_again(name: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    bare = BARE.get(name, name)
    cases = {how: module(FIRST[name], text.format(first=FIRST[name], bare=bare)) for how, text in AGAIN.items()}
    assert verdicts("component new", cases) == golden


BRANCHES: dict[str, tuple[str, str]] = {
    "br_on_null": ("block {0} br_on_null 0 drop end", "ref.null $s"),
    "br_on_null with a number": ("block (result i32) {0} br_on_null 0 drop end drop", "i32.const 0 ref.null $s"),
    "br_on_null of what comes in": ("{0} block (param (ref null $s)) br_on_null 0 drop end", "ref.null $s"),
    "br_on_non_null": ("block (result (ref $s)) {0} br_on_non_null 0 unreachable end drop", "ref.null $s"),
    "br_on_non_null with a number": (
        "block (result i32 (ref $s)) {0} br_on_non_null 0 unreachable end drop drop",
        "i32.const 0 ref.null $s",
    ),
    "br_on_cast": (
        "block (result (ref $t)) {0} br_on_cast 0 (ref null $s) (ref $t) unreachable end drop",
        "ref.null $s",
    ),
    "br_on_cast with a number": (
        "block (result i32 (ref $t)) {0} br_on_cast 0 (ref null $s) (ref $t) unreachable end drop drop",
        "i32.const 0 ref.null $s",
    ),
    "br_on_null over a block": (
        "block (result i32) block {0} br_on_null 1 drop drop end i32.const 0 end drop",
        "i32.const 0 ref.null $s",
    ),
    "br_on_null over a block to another label": (
        "block (result (ref null $s)) block {0} br_on_null 1 drop drop end ref.null $s end drop",
        "ref.null $s ref.null $s",
    ),
    "br_on_null with many numbers": (
        f"block (result{' i32' * 140}) {{0}} br_on_null 0 drop end {'drop ' * 140}",
        f"{'i32.const 0 ' * 140} ref.null $s",
    ),
    "br_on_cast_fail": (
        "block (result (ref null $s)) {0} br_on_cast_fail 0 (ref null $s) (ref $t) unreachable end drop",
        "ref.null $s",
    ),
}
"""Blocks with a branch on a reference, and what it takes well."""

TAKEN: dict[str, str] = {
    "the same": "{0}",
    "and more below": "i64.const 0 {0}",
    "the same number twice": "i32.const 1 {0}",
    "a subtype": "i32.const 0 i32.const 0 i32.const 0 struct.new $t",
    "the lowest type": "i32.const 0 ref.null none",
    "a type of another kind": "i32.const 0 ref.null extern",
    "another number": "i64.const 0 ref.null $s",
    "a number alone": "i32.const 0",
    "a reference alone": "ref.null $s",
    "nothing": "",
    "after a branch": "unreachable",
    "after a branch, a number": "unreachable i32.const 0",
    "after a branch, a reference": "unreachable ref.null $s",
    "after a branch, the same": "unreachable {0}",
    "after a branch, the same behind many": f"unreachable {'i64.const 0 ' * 20}{{0}}",
    "behind many": f"{'i64.const 0 ' * 20}{{0}}",
}


@pytest.mark.parametrize("name", BRANCHES)
def test_branch_on_a_reference_met_again(name: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    block, well = BRANCHES[name]
    first = block.format(well)
    cases: dict[str, str | bytes] = {}
    for how, what in TAKEN.items():
        again = block.format(what.format(well))
        cases[how] = module("", f"{first} {first} {again}")
        cases[f"{how}, in a block"] = module("", f"{first} block {again} {first} end {again}")
        cases[f"{how}, below the block"] = module("", f"{first} {what.format(well)} {block.format('')}")
        cases[f"{how}, in a block of a result"] = module(
            "", f"{first} block (result i32) {again} i32.const 0 end drop {again}"
        )
    assert verdicts("component new", cases) == golden


@pytest.mark.parametrize("name", BRANCHES)
def test_branch_to_another_label(name: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    block, well = BRANCHES[name]
    cases: dict[str, str | bytes] = {}
    for then, (other, taken) in BRANCHES.items():
        cases[then] = module("", f"{block.format(well)} {other.format(taken)}")
        cases[f"{then}, of what the first takes"] = module("", f"{block.format(well)} {other.format(well)}")
    assert verdicts("component new", cases) == golden
