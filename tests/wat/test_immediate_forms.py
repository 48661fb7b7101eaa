"""Immediates of instructions in every form: left out, numbers, names, known or not, those of others; plain or folded."""

from __future__ import annotations

import re

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

MODULE = """(module
  (type $a (func)) (type $b (func (param i32)))
  (type $x (struct (field $f i32) (field $g (mut i64)))) (type $y (array (mut i32))) (type $z (array i8))
  (import "" "" (func $a)) (import "" "" (table $a 1 funcref)) (func $b (type $b) nop) (table $b 1 funcref)
  (memory $a 1) (memory $b 1)
  (global $a (mut i32) (i32.const 0)) (global $b (mut i32) (i32.const 0))
  (tag $a) (tag $b (param i32))
  (elem $a func) (elem $b func $b)
  (data $a "") (data $b "x")
  (func $last (param $a i32) (param $b i32)
    (block $a (block $b
    HERE
    )))
  (func nop))
"""
"""All but labels is defined before its use."""

LATER = MODULE.replace("(module\n", "(module\n  (func (block $a (block $b\n    HERE\n    )))\n").replace("    HERE\n    )))\n  (func nop", "    )))\n  (func nop").replace('(import "" "" (func $a))', "(func $a)").replace('(import "" "" (table $a 1 funcref))', "(table $a 1 funcref)")  # fmt: skip
"""Everything is defined after its use."""

ONE = """
    br br_if br_on_null call return_call call_ref return_call_ref local.get local.set local.tee global.get global.set
    table.get table.set table.size table.grow table.fill memory.size memory.grow memory.fill memory.discard ref.func throw rethrow
    elem.drop data.drop struct.new struct.new_default array.new array.new_default array.get array.get_s array.set array.fill
    i32.load i64.store8 v128.load i32.atomic.load
"""
TWO = """
    table.copy table.init memory.copy memory.init struct.get struct.get_s struct.set array.copy array.new_data array.new_elem
    array.init_data array.init_elem array.new_fixed call_indirect return_call_indirect v128.load8_lane br_table
"""
CASTS = "ref.null ref.test ref.cast ref.cast_desc_eq br_on_cast br_on_cast_fail"
FORMS_OF_CASTS = ("$x", "(ref $x)", "(ref null $y)", "(ref null (exact $x))", "anyref", "$none", "(ref $none)", "(ref 3)",
                  "0 (ref $x) (ref $y)", "$a (ref null $y) (ref $x)", "$b anyref (ref null 3)", "1 (ref null 4) (ref null $x)",
                  "$none (ref $x) (ref $y)", "0 (ref $none) (ref $y)", "0 (ref $x) (ref $none)", "0 (ref $none) (ref $other)",
                  "$x (exact $y)", "(exact $x)", "0 (ref (exact $x)) (ref (exact $y))")  # fmt: skip
OTHER = """
    nop atomic.fence i32.add select i32.const f32.const v128.const i8x16.extract_lane v128.load8_lane i32.load memory.copy block
    try_table br_table call_indirect ref.null array.new_fixed resume switch
"""
FORMS_OF_OTHER = ("", "(result i32)", "(result i32 i64)", "(param i32)", "(type $a)", "(type $b) (param i32)", "(type $b) (param i64)",
                  "0", "1.5", "i32", "i64x2 1 2", "offset=1 align=1 0", "align=2 0", "func", "(ref func)", "(catch $a 0)", "(on $a 0)",
                  "(on $a switch)", "$a", "seqcst", '"a"', "(nop)")  # fmt: skip
FORMS_OF_ONE = (
    "",
    "0",
    "1",
    "$a",
    "$b",
    "$x",
    "$none",
    "0x1",
    "1_0",
    "-1",
    "+1",
    "4294967295",
    "4294967296",
    "a",
    "(type $a)",
)
FORMS_OF_TWO = ("", "0", "$b", "0 1", "1 0", "$a $b", "$b $a", "1 $a", "$b 0", "$x $f", "$x $g", "$y $z", "$z $a", "$y $b", "3 $a",
                "$none 0", "0 $none", "$b (type $b)", "1 (type 0)")  # fmt: skip


TABLES = {
    "one": (ONE, FORMS_OF_ONE),
    "two": (TWO, FORMS_OF_TWO),
    "casts": (CASTS, FORMS_OF_CASTS),
    "other": (OTHER, FORMS_OF_OTHER),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("many", "place"),
    [(many, "before") for many in TABLES] + [(many, "after") for many in TABLES if many != "other"],
)
def test_immediates(many: str, place: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    names, forms = TABLES[many]
    module = MODULE if place == "before" else LATER
    if place == "after":
        forms = tuple(form for form in forms if "$" in form)
    cases: dict[str, str | bytes] = {}
    for name in names.split():
        for form in forms:
            cases[f"{name} {form}"] = module.replace("HERE", f"{name} {form}")
        cases[f"({name} {form})"] = module.replace("HERE", f"({name} {form})")
    told = answers("component embed -t w.wit in.wat", cases)
    # Of the text the instruction alone.
    told = re.sub(r"\n\(module\n(?:.*\n)*? +block \$b\n((?:.*\n)*?) +end\n(?:.*\n)*?\)\n", r"\n\1", told)
    assert told == golden
