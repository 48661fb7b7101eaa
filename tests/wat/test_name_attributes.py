"""Attributes of the names of imports and exports in text: in any order, each once. Goldens come from the reference."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest
from syrupy.assertion import SnapshotAssertion

Verdicts = Callable[..., str]

WORLD = "package a:b; world w {}"

ATTRIBUTES = ('(implements "n:p/i@1")', '(version-suffix ".2.3")', '(external-id "x")')

PLACES = """
    (import "n" AT (instance))
    (import (interface "n") AT (instance))
    (import "i" (instance $i)) (export "n" AT (instance $i))
    (import "i" (instance $i)) (export $e "n" AT (instance $i) (instance))
    (type (component (import "n" AT (instance))))
    (type (component (export "n" AT (instance))))
    (type (instance (export "n" AT (instance))))
    (type (component (type (instance (export "n" AT (instance))))))
    (import "c" (component (import "n" AT (instance))))
    (component $c (import "n" AT (instance)))
    (import "i" (instance $i)) (instance (export "n" AT (instance $i)))
    (component $c) (instance (instantiate $c (with "a" (instance (export "n" AT (instance 0))))))
    (instance (import "n" AT))
    (instance $i (export "n" AT) (import "i"))
    (component (export "n" AT))
    (core module (export "n" AT))
"""
"""Where names stand, and where none with attributes may; one component a line."""

REFUSED = """
    (import "n" (implements "a:b/c") (implements "a:b/c") (instance))
    (import "n" (version-suffix ".1") (external-id "x") (version-suffix ".1") (instance))
    (import "n" (external-id "x") (external-id) (instance))
    (import "n" (external-id "x") (external-id bad "x") (instance))
    (import "n" (external-id "x") (implements "a:b/c") (external-id "x") (implements "a:b/c") (instance))
    (import "n" (external-id "x") ( ;; here
        external-id "x") (instance))
    (import "n" (external-id "x") "y" external-id (instance))
    (import "n" external-id "x" (instance))
    (import "n" (external-id "x" implements "y") (instance))
    (import "n" (external-id "x") (instance) (implements "a:b/c"))
    (import "n" (func) (external-id "x"))
    (import (external-id "x") "n" (func))
    (import "n" (external-id) (func))
    (import "n" (external-id x) (func))
    (import "n" (external-id "x" "y") (func))
    (import "n" (external-id "\\ff") (func))
    (import "n" (external-id "x") (other "y") (func))
    (import "n" (External-id "x") (func))
    (import "n" (external_id "x") (func))
    (import "n" ("external-id" "x") (func))
    (import "n" ($external-id "x") (func))
    (import "n" (external-id "x"
    (import "n" (external-id "x") (implements
    (import "n" (external-id "x") "\\q" (func))
    (import "n" (version-suffix ".1") (implements "a:b/c") (func))
    (import "n" (external-id "x") (implements "a:b/c") (func))
    (import "n" (external-id "") (func))
    (import "n" (version-suffix "") (external-id "x") (func))
    (import "a:b/c@1" (external-id "x") (version-suffix "") (instance))
    (import "a:b/c@1" (external-id "x") (version-suffix ".2") (instance))
    (import "a:b/c@1" (version-suffix ".2.3") (implements "a:b/c") (instance))
    (import "n" (version-suffix ".2.3") (implements "a:b/c@1.2") (instance))
    (import "n" (external-id "x") (implements "no") (instance))
    (type (instance (export "n" (external-id "x") (external-id "x") (func))))
    (type (component (import "n" (implements "a:b/c") (external-id "x") (implements "a:b/c") (instance))))
    (import "f" (func $f)) (export "n" (version-suffix ".1") (version-suffix ".1") (func $f))
    (import "f" (func $f)) (instance (export "n" (external-id "x") (external-id "x") (func $f)))
    (import "f" (func $f)) (core func (export "n" (external-id "x")))
"""
"""What is said twice, what is no attribute, and what validation says of attributes in another order; one a line."""


def lines_of(text: str) -> list[str]:
    """The components of a list, a line each; a line that is further in belongs to the one before it."""
    found: list[str] = []
    for line in text.strip("\n").splitlines():
        if line.startswith("     "):
            found[-1] += "\n" + line
        else:
            found.append(line.strip())
    return found


def test_every_order_is_encoded_as_one(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    """The binary keeps one order, whatever the text's; all orders of some, of all, and of none."""
    imports = ""
    number = 0
    for size in range(4):
        for attributes in permutations(ATTRIBUTES, size):
            number += 1
            imports += f'(import "n{number}" {" ".join(attributes)} (instance))\n'
    files = {"w.wit": WORLD, "c.wat": f"(component {imports})"}
    assert run("component embed w.wit c.wat -t", files) == golden


@pytest.mark.slow
def test_every_place(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    shown = ""
    for place in lines_of(PLACES):
        text = f"(component {place.replace('AT', ' '.join(reversed(ATTRIBUTES)))})"
        shown += f"{place}\n" + run("component embed w.wit c.wat -t", {"w.wit": WORLD, "c.wat": text})
    assert shown == golden


def test_refused(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {line: f"(component {line})" for line in lines_of(REFUSED)}
    assert verdicts("component wit", cases) == golden
