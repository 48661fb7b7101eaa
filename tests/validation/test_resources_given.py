"""Resources given to components: items of every kind that name them, handed in, out, and on."""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

ITEMS = """
    (func (param "x" (own $r)))
    (func (param "x" (borrow $r)) (result (own $r)))
    (func (param "x" (tuple (list (own $r)) (option (borrow $r)))))
    (func (result (variant (case "a" (own $r)) (case "b"))))
    (func (result (result (own $r) (error (own $s)))))
    (func (param "x" (stream (own $r))) (result (future (own $s))))
    (func)
    (instance (export "f" (func (param "x" (own $r)))))
    (instance (export "f" (func)))
    (instance (export "q" (type (eq $r))) (export "f" (func)))
    (instance (export "q" (type $q (sub resource))) (export "f" (func (param "x" (own $q)) (param "y" (own $r)))))
    (instance (export "i" (instance (export "f" (func (result (own $r)))))))
    (instance (export "q" (type $q (sub resource))) (export "i" (instance (export "f" (func (result (own $q)))))))
    (component (import "f" (func (param "x" (own $r)))))
    (component (export "f" (func (param "x" (own $r)))))
    (component (import "f" (func)) (export "g" (func)))
    (component (import "q" (type $q (sub resource))) (export "f" (func (param "x" (own $q)) (result (own $r)))))
    (component (import "q" (type (eq $r))) (export "f" (func)))
    (component (export "q" (type $q (sub resource))) (export "f" (func (param "x" (own $q)) (result (own $r)))))
    (component (import "i" (instance (export "f" (func (result (own $r)))))) (export "j" (instance (export "f" (func (result (own $s)))))))
    (component (import "q" (type $q (eq $r))) (import "f" (func (param "x" (own $q)))))
    (component (import "q" (type $q (eq $r))) (export "g" (func (result (own $q)))))
    (component (import "q" (type $q (eq $r))) (import "p" (type $p (eq $s))) (export "g" (func (param "x" (own $p)) (result (own $q)))))
    (component (import "i" (instance (export "q" (type $q (eq $r))) (export "f" (func (param "x" (own $q)))))))
    (component (export "q" (type $q (eq $r))) (export "g" (func (result (own $q)))))
    (instance (export "q" (type $q (eq $r))) (export "f" (func (result (own $q)))))
    (component (import "c" (component (import "q" (type $q (eq $r))) (export "g" (func (result (own $q)))))))
    (component (import "c" (component (export "f" (func (param "x" (own $r)))))))
    (component (export "c" (component (import "q" (type $q (sub resource))) (export "f" (func (param "x" (own $q)) (result (own $r)))))))
"""

OUTER = """(component (component
  (component $c
    (import "r" (type $r (sub resource)))
    (import "s" (type $s (sub resource)))
    (import "k" NAMED)
    (export "k2" (SORT $k)))
  (import "r" (type $r (sub resource)))
  (import "s" (type $s (sub resource)))
  (import "t" (type $t (sub resource)))
  (import "k" NAMED)
  (instance $i (instantiate $c (with "r" (type $FIRST)) (with "s" (type $SECOND)) (with "k" (SORT $k))))
  (alias export $i "k2" (SORT $out))
  MORE))
"""
"""Within another, for what is imported need not be something that WIT can say."""

WAYS = {
    "fitting": ("r", "s", ""),
    "crossed": ("s", "r", ""),
    "another first": ("t", "s", ""),
    "another second": ("r", "t", ""),
    "twice the first": ("r", "r", ""),
    "out": ("r", "s", '(export "out" (SORT $out))'),
    "on": ("r", "s", '(instance (instantiate $c (with "r" (type $r)) (with "s" (type $s)) (with "k" (SORT $out))))'),
    "on, crossed": ("r", "s", '(instance (instantiate $c (with "r" (type $s)) (with "s" (type $r)) (with "k" (SORT $out))))'),
    "on, another": ("r", "s", '(instance (instantiate $c (with "r" (type $t)) (with "s" (type $s)) (with "k" (SORT $out))))'),
}  # fmt: skip


@pytest.mark.slow
def test_items(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for item in lines(ITEMS):
        sort = item[1:].replace(")", " ").split()[0]
        named = item.replace(sort, f"{sort} $k", 1)
        for way, (first, second, more) in WAYS.items():
            text = OUTER.replace("MORE", more).replace("FIRST", first).replace("SECOND", second)
            cases[f"{way}: {item}"] = text.replace("NAMED", named).replace("SORT", sort)
    assert answers("component wit in.wat", cases) == golden


DEFINED = """(component
  (component $c
    (type $r (resource (rep i32)))
    (type $s (resource (rep i32)))
    (export $re "r" (type $r))
    (export $se "s" (type $s))
    (core func $drop (canon resource.drop $r))
    (func $f (param "x" (own $re)) (canon lift (core func $drop)))
    (export "k" (func $f) (func (param "x" (own $re)))))
  (component $d
    (import "r" (type $r (sub resource)))
    (import "s" (type $s (sub resource)))
    (import "k" (func $k (param "x" (own $r))))
    (export "k2" (func $k)))
  (instance $a (instantiate $c))
  (instance $b (instantiate $c))
  (instance (instantiate $d (with "r" (type FIRST)) (with "s" (type SECOND)) (with "k" (func THIRD))))
)
"""


def test_instances_have_resources_of_their_own(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    places = ('$a "r"', '$a "s"', '$b "r"', '$b "s"')
    for first in places:
        for second in places[:2]:
            for third in ('$a "k"', '$b "k"'):
                text = DEFINED.replace("FIRST", first).replace("SECOND", second).replace("THIRD", third)
                cases[f"{first} {second} {third}"] = text
    assert answers("component wit in.wat", cases) == golden


THINGS = {
    "function": ("func", '(import "f" (func $x))'),
    "instance": ("instance", '(import "j" (instance $x (export "f" (func))))'),
    "instance with a resource": ("instance", '(import "j" (instance $x (export "q" (type $q (sub resource))) (export "f" (func (param "x" (own $q))))))'),
    "instance of exports": ("instance", '(import "f" (func $f)) (instance $x (export "f" (func $f)))'),
    "instance of an instance": ("instance", '(import "j" (instance $j (export "f" (func)))) (instance $x (export "i" (instance $j)) (export "k" (instance $j)))'),
    "instance of a component": ("instance", '(component $c (type $r (resource (rep i32))) (export "r" (type $r))) (instance $x (instantiate $c))'),
    "component": ("component", '(component $x)'),
    "core module": ("core module", '(core module $x)'),
    "type": ("type", '(type $x u8)'),
    "record": ("type", '(type $x (record (field "a" u8)))'),
    "resource": ("type", '(type $x (resource (rep i32)))'),
    "imported resource": ("type", '(import "q" (type $x (sub resource)))'),
    "handle": ("type", '(import "q" (type $q (sub resource))) (type $x (own $q))'),
    "list of records": ("type", '(type $e (record (field "a" u8))) (type $x (list $e))'),
    "function type": ("type", '(type $e (record (field "a" u8))) (type $x (func (param "x" $e)))'),
    "instance type": ("type", '(type $x (instance (export "f" (func))))'),
}  # fmt: skip


def test_exported_more_than_once(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for name, (sort, text) in THINGS.items():
        once = f'{text} (export "x1" ({sort} $x))'
        again = f'(export "x2" ({sort} $x))'
        cases[f"{name}, once"] = f"(component (component {once}))"
        cases[f"{name}, twice"] = f"(component (component {once} {again}))"
        named = once.replace('"x1"', '$y "x1"')
        cases[f"{name}, what was exported"] = f'(component (component {named} (export "x2" ({sort} $y))))'
        cases[f"{name}, in an instance and out"] = (
            f'(component (component {text} (instance $i (export "x" ({sort} $x))) (export "i" (instance $i)) {again}))'
        )
    assert answers("component wit in.wat", cases) == golden
