"""Element segments as text: each place, each type, each way to write what is in it, named before it is there or after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from neighbours import Neighbours, asked, neighbours
from syrupy.assertion import SnapshotAssertion

__all__ = ["asked", "neighbours"]

TYPES = (
    *("", "func", "funcref", "externref", "(ref func)", "(ref null func)", "(ref null $t)", "(ref $t)"),
    *("(ref null nofunc)", "(ref null (exact $t))", "(ref null (shared func))", "i32"),
)
ITEMS = (
    *("", "$f", "0 1", "$f 1 $g", "(ref.func $f)", "(ref.func $g) (ref.null func)", "(item ref.func $g)"),
    *("(item (ref.func 1)) (item ref.null $t) (item)", "(ref.null extern)", "$f (ref.func $f)", "$none", "func $f"),
)
PLACES = {
    "table": "(table $e TYPE (elem ITEMS))",
    "table of 64 bits": "(table i64 TYPE (elem ITEMS)) (table 1 funcref)",
    "exported table": '(table (export "e") TYPE (elem ITEMS))',
    "passive": "(elem $e TYPE ITEMS)",
    "declared": "(elem declare TYPE ITEMS)",
    "active": "(table 1 funcref) (elem (i32.const 0) TYPE ITEMS)",
    "named table": "(table 1 funcref) (table $e 1 funcref) (elem (table $e) (offset i32.const 1) TYPE ITEMS)",
    "two": "(elem TYPE ITEMS) (elem TYPE ITEMS)",
}
MODULE = "(module (type $t (func)) {} (func $f (type $t)) {} (func $g (type $t)) {})"


def forms(place: str) -> Iterator[tuple[str, bytes]]:
    for type_ in TYPES:
        for items in ITEMS:
            fields = PLACES[place].replace("TYPE", type_).replace("ITEMS", items)
            for at in (0, 2):
                parts = ["", "", ""]
                parts[at] = fields
                yield f"{type_}: {items}, {at}", MODULE.format(*parts).encode()


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_forms(place: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component embed -t w.wit", "in.wat", forms(place)) == golden
