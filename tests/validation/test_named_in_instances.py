"""Whether all that an imported or exported instance has is made of types with names: each item in each place, after the reference."""

from __future__ import annotations

import itertools

import pytest
from answers import Answers, answers, asked
from syrupy.assertion import SnapshotAssertion

__all__ = ["answers", "asked"]

RECORD = '(type $r (record (field "x" u32)))'
ITEMS = {
    "good function": '(export "g{k}" (func))',
    "bad function": '(export "f{k}" (func (param "x" $r)))',
    "bad type": '(export "t{k}" (type (eq $l)))',
    "named type": '(export "n{k}" (type (eq $r)))',
    "good instance": '(export "h{k}" (instance (export "a" (func))))',
    "bad instance": '(export "i{k}" (instance (alias outer 1 $r (type $o)) (export "a" (func (param "x" $o)))))',
    "good value": '(export "v{k}" (value u32))',
}


def instances() -> dict[str, str]:
    """Components that import an instance of one to three of these items, by the names of the items."""
    found = {}
    for count in (1, 2, 3):
        for names in itertools.product(ITEMS, repeat=count):
            if count == 3 and not names[0].startswith("good"):
                continue
            if count == 3 and (names[1].startswith("good") and names[2].startswith("good")):
                continue
            items = " ".join(ITEMS[name].format(k=k) for k, name in enumerate(names))
            text = f'(component (import "i" (instance {RECORD} (type $l (list $r)) {items})))'
            found[", ".join(names)] = text
    return found


@pytest.mark.parametrize("command", ["validate --features all m.wat", "component wit m.wat"])
def test_items_of_instances(answers: Answers, golden: SnapshotAssertion, command: str) -> None:
    assert answers(command, instances()) == golden
