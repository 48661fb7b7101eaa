"""What may lie on the stack, known or not, given to whatever takes an operand off: each with each."""

from __future__ import annotations

import pytest
from annotated import leb
from answers import lines
from assemble import assemble
from conftest import Verdicts
from numbers_in_binary import section, uleb
from syrupy.assertion import SnapshotAssertion

MODULE = """(module
  (type $g (func))
  (type $f (func (param i32) (result i32)))
  (type $top (sub (struct (field (mut i32)))))
  (type $s (sub $top (struct (field (mut i32)))))
  (type $a (array (mut i32)))
  (type $sh (shared (struct)))
  (type $c (cont $g))
  (rec
    (type $d (descriptor $e) (struct))
    (type $e (describes $d) (struct)))
  (tag $tag (param i32))
  (func $g (type $g))
  (func $i32 (param i32))
  (func $any (param anyref))
  (elem declare func $g)
  (table $t 1 funcref)
  (memory 1)
  (global $i32 (mut i32) (i32.const 0))
  (global $f64 (mut f64) (f64.const 0))
  (global $v128 (mut v128) (v128.const i64x2 0 0))
  (global $func (mut funcref) (ref.null func))
  (global $extern (mut externref) (ref.null extern))
  (global $top (mut (ref null $top)) (ref.null $top))
  (global $sh (mut (ref null $sh)) (ref.null $sh))
  (type $fn (func (param (ref $s) (ref null $s) (ref $e) (ref null (exact $d)) anyref (ref null (shared any)) (ref null $c))))
  FUNCTIONS)
"""

FUNCTION = """(func (type $fn) (param $s (ref $s)) (param $sn (ref null $s)) (param $e (ref $e)) (param $dx (ref null (exact $d)))
    (param $ax anyref) (param $shared (ref null (shared any))) (param $n (ref null $c)) (local $li i32) (local $lf funcref)
    BODY)
"""

OPERANDS = {
    "nothing": "",
    "unreachable": "unreachable",
    "unreachable i32": "unreachable i32.const 0",
    "an unknown reference": "unreachable ref.as_non_null",
    "an unknown any": "unreachable ref.as_non_null any.convert_extern",
    "an unknown extern": "unreachable ref.as_non_null extern.convert_any",
    "an unknown choice": "unreachable select",
    "i32": "i32.const 0",
    "f64": "f64.const 0",
    "v128": "v128.const i64x2 0 0",
    "null nofunc": "ref.null nofunc",
    "null any": "ref.null any",
    "null none": "ref.null none",
    "null shared none": "ref.null (shared none)",
    "a function": "ref.func $g",
    "a struct": "local.get $s",
    "a struct or null": "local.get $sn",
    "a described one": "local.get $dx",
    "a descriptor": "local.get $e",
    "any shared": "local.get $shared",
    "a continuation": "local.get $n",
    "two i32": "i32.const 0 i32.const 1",
    "a struct and i32": "local.get $s i32.const 1",
}

TAKEN = """
    drop
    i32.eqz drop
    f64.neg drop
    i32.add drop
    i32.load drop
    i32.store
    memory.grow drop
    global.set $i32
    global.set $f64
    global.set $v128
    global.set $func
    global.set $extern
    global.set $top
    global.set $sh
    local.set $li
    local.set $lf
    local.tee $li drop
    select drop
    select (result i32) drop
    call $i32
    call $any
    call_ref $g
    call_ref $f drop
    br_if 0
    br_table 0
    br_on_null 0 drop
    br_on_non_null 0
    if end
    block (param i32) drop end
    try_table (param funcref) drop end
    throw $tag
    throw_ref
    table.get $t drop
    table.set $t
    ref.is_null drop
    ref.as_non_null drop
    ref.eq drop
    ref.i31 drop
    i31.get_s drop
    ref.test anyref drop
    ref.test funcref drop
    ref.test (ref $s) drop
    ref.cast (ref null (shared any)) drop
    ref.cast (ref $s) drop
    any.convert_extern drop
    extern.convert_any drop
    any.convert_extern ref.as_non_null drop
    struct.new $s drop
    struct.get $top 0 drop
    struct.set $top 0
    array.len drop
    array.get $a drop
    array.new_default $a drop
    ref.get_desc $d drop
    ref.get_desc $d global.set $top
    ref.cast_desc_eq (ref $d) drop
    struct.new_desc $d drop
    cont.new $c drop
    resume $c
    ref.as_non_null ref.cast anyref drop
    br_on_cast 0 anyref (ref $s) drop
"""


def modules(bodies: list[str]) -> dict[str, bytes]:
    """A module for each body, with no other function than those that `MODULE` has; all are parsed at once."""
    functions = "\n".join(FUNCTION.replace("BODY", body) for body in bodies)
    data = assemble(MODULE.replace("FUNCTIONS", functions))
    before, at = data[:8], 8
    while True:
        size, start = leb(data, at + 1, len(data))
        count, first = leb(data, start, len(data))
        kept = count - len(bodies)
        if data[at] == 10:
            break
        # Type indices of functions are small here.
        before += (
            section(3, uleb(kept + 1) + data[first : first + kept + 1]) if data[at] == 3 else data[at : start + size]
        )
        at = start + size
    codes = []
    for _ in range(count):
        size, start = leb(data, first, len(data))
        codes.append(data[first : start + size])
        first = start + size
    others = uleb(kept + 1) + b"".join(codes[:kept])
    return {body: before + section(10, others + code) for body, code in zip(bodies, codes[kept:], strict=True)}


QUICK = ("nothing", "unreachable", "an unknown reference", "an unknown any", "an unknown choice", "i32", "a struct")


@pytest.mark.parametrize(
    "operand", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in OPERANDS]
)
def test_each_with_each(operand: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    assert verdicts("component new", modules([f"{OPERANDS[operand]} {taken}" for taken in lines(TAKEN)])) == golden
