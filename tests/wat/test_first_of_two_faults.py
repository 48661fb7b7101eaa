"""Two names that there are not, in one item or in two: which of them is told of. Goldens come from the reference."""

from __future__ import annotations

import itertools

from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

USES = [
    "(param (ref $a)) (result (ref $b))",
    "(type $t) (param (ref $a)) (result (ref $b))",
    "(type $t) (result (ref $a) (ref $b))",
    "(type $t) (param (ref $a) (ref $b))",
    "(type $a) (param (ref $b))",
    "(type $a) (result (ref $b))",
    "(param (ref $a) (ref $b))",
    "(type 99) (param (ref $a))",
    "(type $s) (param (ref $a))",
]
"""Uses of a function type."""

ONE = [
    *(f"(func {use})" for use in USES),
    *(f'(import "m" "n" (func {use}))' for use in USES),
    *(f'(func (import "m" "n") {use})' for use in USES),
    *(f"(tag {use})" for use in USES),
    *(f"(func block {use} end)" for use in USES),
    *(f"(func (loop {use}))" for use in USES),
    *(f"(func call_indirect {use})" for use in USES),
    *(f"(func call_indirect $c {use})" for use in USES),
    *(f"(func try_table {use} (catch $c $d) end)" for use in USES),
    *(f"(func try_table {use} (catch_all $d) end)" for use in USES),
    *(
        "(func (param (ref $a)) (local (ref $b)))",
        "(func (local (ref $a) (ref $b)))",
        "(func (local (ref $a)) call $b)",
    ),
    *("(type (func (param (ref $a)) (result (ref $b))))", "(type (struct (field (ref $a)) (field (ref $b))))"),
    *("(type (sub $a (struct (field (ref $b)))))", "(type (descriptor $a) (describes $b) (struct))"),
    *("(rec (type (array (ref $a))) (type (sub $b (func))))", "(type (sub $a (descriptor $b) (struct)))"),
    *("(table 1 (ref $a) (ref.func $b))", "(global (ref $a) (ref.func $b))", "(table (ref $a) (elem (ref.func $b)))"),
    *("(table funcref (elem $a $b))", '(import "m" "n" (table 1 (ref $a))) (import "m" "o" (global (ref $b)))'),
    *("(elem (table $a) (offset (global.get $b)) func)", "(elem (table $a) (i32.const 0) func $b)"),
    *("(elem (offset (global.get $a)) func $b)", "(elem (ref $a) (item (ref.func $b)))", "(elem func $a $b)"),
    *("(elem (i32.const 0) (ref $a) (ref.func $b))", "(elem declare (ref $a) (item ref.null $b))"),
    *('(data (memory $a) (offset (global.get $b)) "")', '(data (memory $a) (i32.const 0) "") (start $b)'),
]

BODIES = [
    *(
        "call $a call $b",
        "table.copy $a $b",
        "memory.copy $a $b",
        "table.init $a $b",
        "memory.init $a $b",
        "table.init $b",
    ),
    *("array.copy $a $b", "array.new_data $a $b", "array.new_elem $a $b", "array.init_data $a $b", "struct.get $a $b"),
    *("struct.get $s $b", "br_table $a $b", "br_on_cast $l (ref $a) (ref $b)", "br_on_cast_fail 0 (ref $a) (ref $b)"),
    *(
        "br_on_cast 0 (ref $a) (ref $b)",
        "ref.test (ref $a) drop ref.cast (ref $b)",
        "select (result (ref $a) (ref $b))",
    ),
    *(
        "select (result (ref $a)) call $b",
        "i32.load $a i32.load $b",
        "local.get $a local.set $b",
        "ref.func $a ref.null $b",
    ),
    *(
        "cont.bind $a $b",
        "resume $a (on $b $c)",
        "resume $a (on $b switch)",
        "resume_throw $a $b (on $c $d)",
        "switch $a $b",
    ),
    *(
        "return_call $a return_call_ref $b",
        "throw $a delegate $b",
        "v128.load8_lane $a 0 call $b",
        "block $l br $l br $a end $b",
    ),
    *("block $l end $a br $b", "if $l else $a end $b", "struct.new $a array.new_fixed $b 1", "call_ref $a call_ref $b"),
    *(
        "br $a call $b",
        "local.get $a call $b",
        "call $b local.get $a",
        "br_on_null $a table.get $b",
        "i32.atomic.load $a data.drop $b",
    ),
]


def module(fields: str) -> str:
    return f"(module (type $t (func)) (type $s (struct (field i32)))\n  {fields}\n)"


def test_in_one_item(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    assert answers("component embed -t w.wit in.wat", {fields: module(fields) for fields in ONE}) == golden


def test_in_one_body(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for body in BODIES:
        cases[body] = module(f"(func {body})")
        cases[f"{body}, several lines"] = module(f"(func\n    nop {body} nop\n    {body})")
        cases[f"{body}, then a name"] = module(f"(func {body} call $last)")
    assert answers("component embed -t w.wit in.wat", cases) == golden


FIELDS = {
    "type": "(type (array (ref $type)))",
    "import": '(import "m" "n" (func (type $import)))',
    "function": "(func (type $function))",
    "body": "(func call $body)",
    "inline": "(func (param (ref $inline)))",
    "table": "(table 1 (ref $table))",
    "memory": '(export "m" (memory $memory))',
    "global": "(global i32 (global.get $global))",
    "export": '(export "x" (func $export))',
    "start": "(start $start)",
    "elem": "(elem func $elem)",
    "data": '(data (memory $data) (i32.const 0) "")',
    "tag": "(tag (type $tag))",
    "custom": '(@custom "x" (after nothing) "")',
    "twice": "(func $x) (func $x)",
    "late import": '(func) (import "m" "o" (func))',
}


def test_in_two_items(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for one, other in itertools.permutations(FIELDS, 2):
        cases[f"{one}, {other}"] = f"(module\n{FIELDS[one]}\n{FIELDS[other]})"
    assert answers("component embed -t w.wit in.wat", cases) == golden
