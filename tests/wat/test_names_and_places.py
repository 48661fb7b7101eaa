"""Fields of core modules: names used before their definition, names that are not there, flags of `dylink.0` one by one,
and all places of custom sections. What the reference prints of the module, or refuses, is in the goldens.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

DEFINED_LATER = {
    "func": "(func $x)",
    "table": "(table $x 1 funcref)",
    "memory": "(memory $x 1)",
    "global": "(global $x i32 (i32.const 7))",
    "tag": "(tag $x)",
    "type": "(type $x (func))",
    "struct": "(type $x (struct (field $f (mut i32)) (field $g i8)))",
    "array": "(type $x (array (mut i32)))",
    "cont": "(type $y (func)) (type $x (cont $y))",
    "elem": "(elem $x funcref)",
    "data": '(data $x "abc")',
    "nothing": "",
}

USES = """
    func: (export "e" (func $x))
    func: (start $x)
    func: (elem declare func $x)
    func: (elem func $x $x)
    func: (elem funcref (ref.func $x) (item ref.func $x))
    func: (table funcref (elem $x))
    func: (table 1 funcref (ref.func $x))
    func: (global funcref (ref.func $x))
    func: (func call $x)
    func: (func return_call $x)
    table: (export "e" (table $x))
    table: (elem (table $x) (i32.const 0) func)
    table: (elem (table $x) (offset (i32.const 0)) funcref)
    table: (func (result i32) (table.size $x))
    table: (func (call_indirect $x (i32.const 0)))
    memory: (export "e" (memory $x))
    memory: (data (memory $x) (i32.const 0) "")
    memory: (data (memory $x) (offset (i32.const 0)) "a")
    memory: (func (drop (i32.load $x (i32.const 0))))
    memory: (func (drop (memory.size $x)))
    global: (export "e" (global $x))
    global: (global i32 (global.get $x))
    global: (memory 1) (data (global.get $x) "a")
    global: (table 1 funcref) (elem (global.get $x) func)
    global: (table 1 anyref (ref.i31 (global.get $x)))
    global: (elem anyref (ref.i31 (global.get $x)))
    global: (func (drop (global.get $x)))
    tag: (export "e" (tag $x))
    tag: (func (throw $x))
    tag: (func (block (try_table (catch $x 0))))
    type: (func (type $x))
    type: (import "a" "b" (func (type $x)))
    type: (import "a" "b" (tag (type $x)))
    type: (tag (type $x))
    type: (type (sub $x (func)))
    type: (type (struct (field (ref $x))))
    type: (type (array (ref null $x)))
    type: (type (func (param (ref $x)) (result (ref $x))))
    type: (rec (type (func (param (ref $x)))))
    type: (type (cont $x))
    type: (table 0 (ref null $x))
    type: (import "a" "b" (table 0 (ref null $x)))
    type: (global (ref null $x) (ref.null $x))
    type: (import "a" "b" (global (ref null $x)))
    type: (elem (ref null $x))
    type: (elem (ref null $x) (ref.null $x))
    type: (func (local (ref null $x)))
    type: (func (block (type $x)))
    type: (func (drop (ref.null $x)))
    type: (table 1 funcref) (func (call_indirect (type $x) (i32.const 0)))
    type: (type (describes $x) (struct))
    type: (type (descriptor $x) (struct))
    struct: (global (ref null $x) (struct.new_default $x))
    struct: (func (drop (struct.get $x $f (ref.null $x))))
    struct: (func (struct.set $x $f (ref.null $x) (i32.const 1)))
    struct: (func (drop (struct.get_u $x $g (ref.null $x))))
    struct: (func (drop (struct.get $x $h (ref.null $x))))
    array: (global (ref null $x) (array.new_default $x (i32.const 0)))
    array: (global (ref null $x) (array.new_fixed $x 1 (i32.const 0)))
    array: (func (array.copy $x $x (ref.null $x) (i32.const 0) (ref.null $x) (i32.const 0) (i32.const 0)))
    cont: (func (drop (cont.new $x (ref.null $y))))
    elem: (table 1 funcref) (func (table.init $x (i32.const 0) (i32.const 0) (i32.const 0)))
    elem: (func (elem.drop $x))
    data: (memory 1) (func (memory.init $x (i32.const 0) (i32.const 0) (i32.const 0)))
    data: (func (data.drop $x))
"""


def test_names_before_their_definition(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(USES):
        kind, _, field = line.partition(": ")
        cases[line] = f"(module\n  {field}\n  {DEFINED_LATER[kind]}\n)"
    assert answers("component embed -t w.wit in.wat", cases) == golden


def test_names_that_are_not_there(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(USES):
        kind, _, field = line.partition(": ")
        cases[line] = f"(module\n  {field}\n  {DEFINED_LATER[kind].replace('$x', '$other')}\n)"
    assert answers("component embed -t w.wit in.wat", cases) == golden


def test_names_given_twice(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {kind: f"(module\n  {field}\n  {field}\n)" for kind, field in DEFINED_LATER.items()}
    for field in (
        '(import "a" "b" (KIND $x TYPE))',
        '(import "a" (item $x "b" (KIND TYPE)))',
    ):
        for kind, type_ in (("func", ""), ("table", "1 funcref"), ("memory", "1"), ("global", "i32"), ("tag", "")):
            imported = field.replace("KIND", kind).replace("TYPE", type_)
            cases[f"{imported} and defined"] = f"(module\n  {imported}\n  {DEFINED_LATER[kind]}\n)"
            cases[f"{imported} after it"] = f"(module\n  {DEFINED_LATER[kind]}\n  {imported}\n)"
    for body in ("(param $x i32) (param $x i32)", "(param $x i32) (local $x i32)", "(local $x i32) (local $x i32)"):
        cases[body] = f"(module (func {body}))"
    cases["fields"] = "(module (type (struct (field $x i32) (field $x i32))))"
    cases["labels"] = "(module (func (block $x (block $x (br $x)) (br $x))))"
    assert answers("component embed -t w.wit in.wat", cases) == golden


FLAGS = (
    *(
        "binding-weak",
        "binding-local",
        "visibility-hidden",
        "undefined",
        "exported",
        "explicit-name",
        "no-strip",
        "tls",
    ),
    *("absolute", "0", "8", "0x400", "0xffff_ffff", "0x1_0000_0000", "-1", "hidden", '"tls"', "$tls", "(tls)"),
)

SUBSECTIONS = """
    (mem-info)
    (mem-info (memory 1 2))
    (mem-info (table 3 4))
    (mem-info (memory 1 2) (table 3 4))
    (mem-info (table 3 4) (memory 1 2))
    (mem-info (memory 200 300) (table 400 500)) (mem-info (memory 5 6))
    (mem-info (memory 1))
    (mem-info (memory))
    (mem-info (memory 1 2 3))
    (mem-info (other 1 2))
    (needed)
    (needed "a")
    (needed "a" "b" "a") (needed "c")
    (needed a)
    (export-info "e") (export-info "f" tls) (needed "x") (export-info "g")
    (export-info)
    (export-info e)
    (import-info "m" "n") (import-info "m" "o" tls) (export-info "g") (import-info "m" "p" absolute)
    (import-info "m")
    (import-info)
    (runtime-path)
    (runtime-path "a")
    (runtime-path "a" "b") (runtime-path "c")
    (target-arch)
    (target-arch "a")
    (target-arch "a" "b")
    (target-arch "a") (target-arch "b")
    (other)
    mem-info
    ()
    ("needed")
"""


def test_dylink(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for flag in FLAGS:
        cases[f"export {flag}"] = f'(module (@dylink.0 (export-info "e" {flag})))'
        cases[f"import {flag}"] = f'(module (@dylink.0 (import-info "m" "n" {flag})))'
    for number, flag in enumerate(FLAGS[:9]):
        others = " ".join(f for f in FLAGS[:9] if f != flag)
        cases[f"all but {flag}"] = (
            f'(module (@dylink.0 (export-info "e" {others}) (import-info "m" "n" {number} {flag})))'
        )
    for line in lines(SUBSECTIONS):
        cases[line] = f"(module (@dylink.0 {line}))"
    assert answers("component embed -t w.wit in.wat", cases) == golden


MODULE = """(module $m
  PLACED
  (type $t (func))
  (import "a" "b" (func $i))
  (table 1 funcref)
  (memory 1)
  (tag)
  (global i32 (i32.const 0))
  (export "f" (func $f))
  (start $f)
  (elem (i32.const 0) func $f)
  (func $f)
  (data (i32.const 0) "d")
)"""
SECTIONS = ("type", "import", "func", "table", "memory", "tag", "global", "export", "start", "elem", "code", "data")


@pytest.mark.parametrize(
    "module", [MODULE, "(module PLACED)", "(module PLACED (memory 1))"], ids=["all", "empty", "one"]
)
def test_places_of_custom_sections(module: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    places = [f"{side} {section}" for section in SECTIONS for side in ("before", "after")]
    places += ["before first", "after last"]
    placed = " ".join(f'(@custom "{place}" ({place}) "{n}")' for n, place in enumerate(places))
    turned = " ".join(f'(@custom "{place}" ({place}) "{n}")' for n, place in reversed(list(enumerate(places))))
    wrong = (
        "before",
        "after",
        "before last",
        "after first",
        "first",
        "before (type)",
        "before custom",
        "before type type",
    )
    cases = {"all": module.replace("PLACED", placed), "reversed": module.replace("PLACED", turned)}
    cases |= {
        f"two {place}": module.replace("PLACED", f'(@custom "x" ({place})) (@custom "y" ({place}))') for place in places
    }
    cases |= {place: module.replace("PLACED", f'(@custom "x" ({place}))') for place in wrong}
    assert answers("component embed -t w.wit in.wat", cases) == golden


CUSTOMS = """
    (@custom)
    (@custom "a")
    (@custom "a" "b" "c\\00d")
    (@custom a)
    (@custom "a" b)
    (@custom "\\ff")
    (@custom "a" (after last) (after last))
    (@custom "a" "b" (after last))
    (@producers)
    (@producers (language "a" "1"))
    (@producers (sdk "a" "1"))
    (@producers (processed-by "a" "1"))
    (@producers (sdk "a" "1") (sdk "a" "2") (language "c" "") (processed-by "" "d") (language "e" "f"))
    (@producers (other "a" "1"))
    (@producers (sdk "a"))
    (@producers (sdk))
    (@producers sdk)
    (@producers (sdk "a" "1" "2"))
    (@producers (sdk "a" "1")) (@producers (language "b" "2"))
    (@name "x")
    (@custom "producers" "\\00")
    (@custom "producers" "\\01\\08language\\01\\01a\\011")
    (@custom "dylink.0" "\\01\\04\\01\\02\\03\\04")
    (@custom "dylink.0" "\\02\\01\\00\\01\\04\\01\\02\\03\\04")
    (@custom "dylink.0" (before first) "\\02\\01\\00\\01\\04\\01\\02\\03\\04")
    (@custom "dylink.0" (before first) "\\01\\03\\01\\02\\03")
    (@custom "dylink.0" (before first) "\\07\\01\\00")
    (@custom "dylink.0" (before first) "\\03\\04\\01\\01e\\08")
    (@custom "dylink.0" (before first) "\\03\\05\\01\\01e\\ff\\0f")
    (@custom "name" "\\00\\02\\01m")
    (@custom "name" "\\00\\02\\01m\\01\\04\\01\\00\\01f")
    (@custom "name" "\\01\\04\\01\\00\\01f\\00\\02\\01m")
    (@custom "name" "\\01\\04\\02\\00\\01f")
    (@metadata.code.branch_hint "\\00")
    (@custom "metadata.code.branch_hint" "\\00")
"""


def test_custom_sections(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {line: f"(module {line} (func))" for line in lines(CUSTOMS)}
    cases |= {f"component {line}": f"(component {line})" for line in lines(CUSTOMS)}
    assert answers("component embed -t w.wit in.wat", cases) == golden


OUTSIDE = """
    (global i32 (local.get $x))
    (global i32 (local.get 0))
    (data (local.get $x) "a")
    (elem (local.get $x) func)
    (elem funcref (item local.get $x))
    (table 1 funcref (local.get $x))
    (func (drop (local.get $x)))
    (func (local $y i32) (drop (local.get $x)))
    (func (param $x i64) (drop (local.get $x)))
    (func (type $t) (drop (local.get $x)))
    (func (type $t) (param $z i32) (drop (local.get $z)))
    (func (type $t) (local $z i32) (drop (local.get $z)))
    (func (br $l))
    (global i32 (br $l))
    (func (block $m) (br $m))
    (func (block $m (br $l)))
    (global i32 (block $m (br $m)))
    (func $x (call $x)) (func (local $z i32) (drop (local.get $z)))
"""


def test_local_names_outside_their_function(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Before and after a function that has them.
    function = "(func $f (param $p i32) (local $x i32) (block $l (br $l)))"
    cases = {}
    for line in lines(OUTSIDE):
        head = "(module (type $t (func (param $q i32)))"
        cases[f"after: {line}"] = f"{head} {function} {line})"
        cases[f"before: {line}"] = f"{head} {line} {function})"
        cases[f"inline: {line}"] = f'{head} (func (export "f") (param $x i32) (param $p i32) (block $l)) {line})'
    assert answers("component embed -t w.wit in.wat", cases) == golden
