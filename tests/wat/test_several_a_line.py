"""Lines of several instructions in every order: the quick way takes a line as a whole, or leaves it to the careful one."""

from __future__ import annotations

import itertools

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

LAST = [
    "nop",
    "i32.const -7",
    "local.get $p",
    "call $later",
    "call $f",
    "i32.load",
    "i32.load $n",
    "i32.store8 1 offset=3 align=1",
    "i32.load $later",
    "memory.size",
    "table.get $t",
    "end",
    "type",
    "i32.const",
]
NEXT = ["nop", "drop type", "$n", "type 0", "offset=4", "(; c ;) align=2", ";; c\n1", "(i32.const 1)", ")"]


def text(line: str, following: str) -> str:
    return (
        "(module (memory $m 1) (memory $n 1) (table $t 1 funcref) (func $f (param $p i32)\n"
        f"{line}\n{following}\n)\n(func $later2) (func $later) (memory $later 1))"
    )


@pytest.mark.parametrize("last", LAST)
def test_ends_of_lines(last: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for following, first in itertools.product(NEXT, ("i32.const 1", "i32.load offset=4", "call $later2")):
        cases[f"{first}, {last}, {following!r}"] = text(f"nop {first} {last}", following)
    assert answers("component embed -t w.wit in.wat", cases) == golden
