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
