"""Neighbours of text modules and components: what the reference answers to each, and so must ours."""

from __future__ import annotations

import itertools

import pytest
from neighbours import Neighbours, asked, neighbours, of_cuts, of_groups, of_text
from syrupy.assertion import SnapshotAssertion
from test_component_golden import READ as COMPONENTS
from test_core_golden import READ as MODULES

__all__ = ["asked", "neighbours"]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", MODULES)
def test_modules(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component embed -t w.wit", "in.wat", of_text(MODULES[name])) == golden


@pytest.mark.parametrize("name", COMPONENTS)
def test_components(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component embed -t w.wit", "in.wat", of_text(COMPONENTS[name])) == golden


@pytest.mark.parametrize("name", [*MODULES, *COMPONENTS])
def test_cut(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    text = MODULES[name] if name in MODULES else COMPONENTS[name]
    assert neighbours("component embed -t w.wit", "in.wat", of_cuts(text)) == golden


FOLDED = """(module (tag $t) (func (param $x i32) (result i32)
    (if (result i32) (i32.eqz (local.get $x)) (then (i32.const 1)) (else (i32.const 2)))
    (if (local.get $x) (then)) (block $b (loop $l (br_if $b (local.get $x)) (br $l)))
    (try_table (catch $t 0) (catch_all 0) (nop)) (drop (select (result i32) (i32.const 1) (i32.const 2) (local.get $x)))
    (drop (block (result i32) (call_indirect (param i32) (result i32) (i32.const 1) (i32.const 2))))
    if $c (result i32) (i32.const 3) else $c i32.const 4 end $c i32.add)
  (table 1 funcref) (memory 1) (data (offset (i32.const 0)) "a" (i8 1 2)) (elem (offset (i32.const 0)) (item (ref.null func)))
  (global $g (mut i32) (i32.add (i32.const 1) (i32.const 2))))"""


def test_folded_instructions(neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    cases = itertools.chain(of_cuts(FOLDED), of_text(FOLDED), of_groups(FOLDED))
    assert neighbours("component embed -t w.wit", "in.wat", cases) == golden
