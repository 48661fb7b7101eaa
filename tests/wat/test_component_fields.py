"""Fields of components in text: names of every space, in every place that takes one, there or not there or only later; sugar
of all forms; words that are out of place. What the reference prints of the component, or refuses, is in the goldens.
"""

from __future__ import annotations

from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

SPACES = {
    "func": '(import "x" (func $x))',
    "value": '(import "x" (value $x u8))',
    "instance": '(import "x" (instance $x (export "f" (func)) (export "t" (type (sub resource)))))',
    "component": '(import "x" (component $x))',
    "type": "(type $x u8)",
    "functype": '(type $x (func (param "a" u8) (result u8)))',
    "resource": "(type $x (resource (rep i32)))",
    "core module": '(core module $x (func (export "f")) (memory (export "m") 1))',
    "core instance": '(core module $y (func (export "f")) (memory (export "m") 1) (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 0)) (tag (export "e"))) (core instance $x (instantiate $y))',
    "core type": "(core type $x (func (param i32)))",
    "core func": "(core func $x (canon task.cancel))",
    "core memory": '(core module $y (memory (export "m") 1)) (core instance $z (instantiate $y)) (alias core export $z "m" (core memory $x))',
    "core table": '(core module $y (table (export "t") 1 funcref)) (core instance $z (instantiate $y)) (alias core export $z "t" (core table $x)) (core type $start (func (param i32)))',
}

USES = """
    func: (export "e" (func $x))
    func: (export $e "e" (func $x) (func)) (export "e2" (func $e))
    func: (core func (canon lower (func $x)))
    func: (canon lower (func $x) (core func $y)) (core instance (export "y" (func $y)))
    func: (instance (export "e" (func $x)))
    func: (component $c (import "f" (func))) (instance (instantiate $c (with "f" (func $x))))
    func: (component (alias outer 1 $x (func)))
    func: (core module $m (import "" "f" (func))) (core instance (instantiate $m (with "" (instance (export "f" (func $l)))))) (core func $l (canon lower (func $x)))
    value: (export "e" (value $x))
    instance: (export "e" (instance $x))
    instance: (alias export $x "f" (func $f)) (export "e" (func $f))
    instance: (export "e" (func $x "f"))
    instance: (core func (canon lower (func $x "f")))
    instance: (func $f (alias export $x "f")) (export "e" (func $f))
    instance: (type $t (alias export $x "t")) (type (own $t))
    instance: (alias export $x "none" (func))
    instance: (instance (export "e" (instance $x)))
    instance: (component $c (import "i" (instance))) (instance (instantiate $c (with "i" (instance $x))))
    component: (export "e" (component $x))
    component: (instance $i (instantiate $x)) (export "e" (instance $i))
    component: (component (alias outer 1 $x (component $y)) (instance (instantiate $y)))
    component: (component (instance (instantiate $x)))
    type: (export "e" (type $x))
    type: (export $e "e" (type $x)) (type (list $e))
    type: (type (record (field "a" $x)))
    type: (type (variant (case "a" $x) (case "b")))
    type: (type (tuple $x (option $x)))
    type: (type (list $x)) (type (list $x 4)) (type (option $x)) (type (stream $x)) (type (future $x)) (type (map string $x))
    type: (type (result $x)) (type (result (error $x))) (type (result $x (error $x)))
    type: (type (func (param "a" $x) (result $x)))
    type: (import "e" (type $e (eq $x))) (type (list $e))
    type: (import "e" (func (param "a" $x)))
    type: (import "e" (instance (export "t" (type (eq $x))) (export "f" (func (result $x)))))
    type: (type (instance (alias outer 1 $x (type $y)) (export "t" (type (eq $y)))))
    type: (type (component (import "t" (type (eq $x)))))
    type: (component (type (list $x)))
    type: (component $c (import "t" (type (eq 0)))) (instance (instantiate $c (with "t" (type $x))))
    type: (core func (canon task.return (result $x)))
    functype: (import "e" (func (type $x)))
    functype: (import "e" (func $e (type $x) )) (export "f" (func $e) (func (type $x)))
    functype: (core module $m (func (export "f") (param i32) (result i32) unreachable)) (core instance $i (instantiate $m)) (func (type $x) (canon lift (core func $i "f")))
    functype: (canon lift (core func $f) (type $x) (func $g)) (core func $f (canon task.cancel))
    resource: (type (own $x)) (type (borrow $x))
    resource: (core func (canon resource.new $x)) (core func (canon resource.drop $x)) (core func (canon resource.rep $x))
    resource: (canon resource.drop $x (core func $d)) (core instance (export "d" (func $d)))
    resource: (core func $d (resource.drop $x))
    core module: (core instance (instantiate $x))
    core module: (core instance $i (instantiate $x)) (core instance (instantiate $x (with "a" (instance $i))))
    core module: (export "e" (core module $x))
    core module: (component (alias outer 1 $x (core module $y)) (core instance (instantiate $y)))
    core module: (component $c (import "m" (core module))) (instance (instantiate $c (with "m" (core module $x))))
    core instance: (alias core export $x "f" (core func $f)) (func (canon lift (core func $f)))
    core instance: (core func $f (alias core export $x "f")) (core instance (export "f" (func $f)))
    core instance: (core instance (export "f" (func $x "f")) (export "m" (memory $x "m")) (export "t" (table $x "t")) (export "g" (global $x "g")) (export "e" (tag $x "e")))
    core instance: (func (canon lift (core func $x "f")))
    core instance: (core memory $m (alias core export $x "m")) (core func (canon waitable-set.wait (memory $m)))
    core instance: (core func (canon waitable-set.wait (memory $x "m")))
    core instance: (core module $m (import "a" "f" (func))) (core instance (instantiate $m (with "a" (instance $x))))
    core type: (component (alias outer 1 $x (core type $y)) (core type (module (type $z (func)) (import "a" "b" (func (type $z))))))
    core type: (core type (module (alias outer 1 $x (type $y)) (import "a" "b" (func (type $y)))))
    core type: (core type (module (import "a" "b" (func (type $x)))))
    core func: (core instance (export "e" (func $x)))
    core func: (func (canon lift (core func $x)))
    core func: (func (canon lift (core func $x) (post-return $x)))
    core func: (import "s" (func $s (result string))) (core func (canon lower (func $s) (realloc $x)))
    core memory: (import "s" (func $s (param "s" string))) (core func (canon lower (func $s) (memory $x)))
    core memory: (core func (canon error-context.new (memory $x)))
    core memory: (core func (canon waitable-set.poll (memory $x)))
    core table: (core func (canon thread.new-indirect $start (table $x)))
    core table: (core instance (export "e" (table $x)))
"""


def test_names(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Defined before, only after, under another name, and twice.
    cases = {}
    for line in lines(USES):
        space, _, field = line.partition(": ")
        defined = SPACES[space]
        cases[line] = f"(component\n  {defined}\n  {field}\n)"
        cases[f"later, {line}"] = f"(component\n  {field}\n  {defined}\n)"
        cases[f"another, {line}"] = f"(component\n  {defined.replace('$x', '$other')}\n  {field}\n)"
    for space, defined in SPACES.items():
        again = defined.replace('"x"', '"y"').replace("$y", "$y2").replace("$z", "$z2").replace("$start", "$start2")
        cases[f"{space} twice"] = f"(component\n  {defined}\n  {again}\n)"
    assert answers("component wit in.wat", cases) == golden


def test_words(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Each word where a field, a type, an item, a definition or an option is looked for.
    words = (
        *("func", "value", "instance", "component", "type", "core", "core func", "core module", "core instance", "core type"),
        *("export", "import", "alias", "canon", "start", "with", "eq $t", "sub resource", "own", "u8", "none", '"s"', "1", "$t"),
        *("instantiate", "outer 0 0", "lift", "lower", "resource.drop", "task.return", "memory", "async", "string-encoding=utf8"),
    )  # fmt: skip
    places = {
        "a field": "(W)",
        "a word": "W",
        "a type": "(type (W))",
        "a value type": "(type (list (W)))",
        "an item": '(import "a" (W))',
        "an item in a type": '(type (instance (export "a" (W))))',
        "a core item": '(core type (module (export "a" (W))))',
        "a declaration": "(type (component (W)))",
        "a module's declaration": "(core type (module (W)))",
        "an export": '(export "a" (W))',
        "an alias": '(alias export 0 "a" (W))',
        "a source": "(alias W)",
        "an instance": "(instance (W))",
        "an argument": '(instance (instantiate 0 (with "a" (W))))',
        "a core instance": "(core instance (W))",
        "a core argument": '(core instance (instantiate 0 (with "a" (W))))',
        "a canon": "(core func (canon W))",
        "an option": "(core func (canon lower (func 0) (W)))",
        "a core field": "(core W)",
        "a bound": '(import "a" (type (W)))',
    }
    cases = {
        f"{word} for {name}": f"(component (type $t u8)\n{place.replace('W', word)})"
        for name, place in places.items()
        for word in words
    }
    assert answers("component wit in.wat", cases) == golden


PRINTED = """
    (core module $m (func $f (export "f")) (memory (export "m") 1)) (core instance $i (instantiate $m)) (export "e" (func $l)) (func $l (canon lift (core func $i "f")))
    (component $a (component $b (component $c (type $t u8) (export "t" (type $t))) (instance $i (instantiate $c)) (export "i" (instance $i))))
    (component (type $t u8) (component (type (list $t)) (component (type (option $t)))))
    (component $c (core module $m) (component (core instance (instantiate $m))) (component (core instance (instantiate $m))))
    (import "a" (func)) (import "b" (func)) (export "c" (func 0)) (export "d" (func 1)) (export "e" (func 2))
    (import "a:b/c@1.0.0" (instance $i (type $r (record (field "x" u8) (field "y" string))) (export "r" (type (eq $r))) (export "f" (func async (param "r" 1)))))
    (type (func)) (type (func async)) (type (func (param "a" u8))) (type (func (result u8))) (type (func async (param "a" s64) (param "b" char) (result f64)))
    (type (flags "a" "b")) (type (enum "a" "b")) (type (result)) (type (stream)) (type (future)) (type error-context) (type (tuple u8 s8))
    (type bool) (type s8) (type u8) (type s16) (type u16) (type s32) (type u32) (type s64) (type u64) (type f32) (type f64) (type char) (type string)
    (type (resource (rep i32))) (type (resource (rep i64))) (core module $m (func (export "d") (param i32))) (core instance $i (instantiate $m)) (type (resource (rep i32) (dtor (func $i "d"))))
    (type (component (import "a" (func)) (export "b" (instance (export "c" (type (sub resource)))))))
    (type (instance (core type (module)) (export "m" (core module (type 0)))))
    (core type (module (import "a" "b" (func (param i32))) (export "c" (memory 1)) (export "d" (table 1 funcref)) (export "e" (global i32)) (export "g" (tag))))
    (core rec (type (struct)) (type (array i8)))
    (core type (sub (func))) (core type (sub final 0 (func)))
    (import "a" (value u8)) (import "b" (value string)) (export "c" (value 0))
    (import "x" (implements "a:b/c") (instance)) (import "y" (external-id "z") (func)) (import "a:b/d@1" (version-suffix ".2.3") (instance))
    (@custom "a" "1") (type u8) (@custom "b" "2") (@producers (sdk "s" "1"))
    (@name "n") (core module (@name "m")) (component (@name "c"))
    (core module $m (import "a" "b" (func)) (func) (export "c" (func 1))) (core instance $a (export "b" (func $f))) (core func $f (canon backpressure.inc)) (core instance (instantiate $m (with "a" (instance $a))))
"""


def test_printed(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {line: f"(component\n  {line}\n)" for line in lines(PRINTED)}
    told = answers("component wit in.wat", cases)
    told += answers("component wit -t in.wat", cases)
    assert told == golden


NAMES = """
    "a"
    "a" "b"
    (interface "a:b/c")
    (interface "a:b/c" "d")
    (interface a)
    (interface)
    (other "a")
    (implements "a:b/c")
    "a" (implements "a:b/c")
    "a" (implements "a:b/c") (external-id "x")
    "a" (external-id "x") (implements "a:b/c")
    "a" (implements)
    "a" (implements "a" "b")
    "a" (implements a)
    "a:b/c@1" (version-suffix ".0.0")
    "a:b/c@1" (version-suffix)
    "a:b/c@1" (version-suffix 1)
    "a:b/c@1" (version-suffix ".0.0") (external-id "x")
    "a:b/c@1" (external-id "x") (version-suffix ".0.0")
    "a" (external-id "x")
    "a" (external-id)
    "a" (external-id "x") (external-id "y")
    "a" (interface "b")
    "\\ff"
    ""
    "unlocked-dep=<a:b>"
    "locked-dep=<a:b@1.0.0>"
    "url=<https://a.b>"
    "integrity=<sha256-aaa>"
    "unlocked-dep=<a:b@{>=1.0.0 <2.0.0}>"
    "locked-dep=<a:b@1.0.0>,integrity=<sha256-YQ==>"
"""


def test_names_of_imports_and_exports(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(NAMES):
        for item in (
            "(func)",
            "(instance)",
            "(component)",
            "(type (sub resource))",
            "(interface)",
            '(instance $i (export "f" (func)))',
        ):
            if (line, item) == ('(interface "a:b/c")', "(func)"):
                continue  # the reference crashes
            cases[f"import {line} {item}"] = f"(component (import {line} {item}))"
        cases[f"export {line}"] = f"(component (instance $i) (export {line} (instance $i)))"
        cases[f"export in a type {line}"] = f"(component (type (instance (export {line} (instance)))))"
        cases[f"import inline {line}"] = f'(component (instance $i (import {line})) (export $j "x-y" (instance $i)))'
        cases[f"export inline {line}"] = f"(component (instance $i (export {line})))"
    assert answers("component wit in.wat", cases) == golden
