"""Which instructions are kept with what they did: what is not kept costs time alone, so what is kept is looked at."""

from __future__ import annotations

import pytest
from assemble import assemble

from pywasmtools.validation.core.control_operators import FEW, Kept
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all

NUMBER = "i32.const 0 "
BR_ON_NULL = bytes.fromhex("d5 00")
STRUCT_NEW = bytes.fromhex("fb 00 01")


def kept(body: str) -> Kept:
    """What is kept of a module's one body, which ends in `unreachable`."""
    text = f"""(module (type $s (struct)) (type $big (struct (field i32 i32 i32 i32 i32 i32 i32)))
        (func {body} unreachable))"""
    validator = BodyValidator()
    validate_all(assemble(text), validator.check)
    return validator._kept


@pytest.mark.parametrize("below", [0, 1, FEW, FEW + 1, 20])
def test_below_an_unconditional_branch(below: int) -> None:
    """A few operands of the block are kept with the instruction; those of blocks around it don't count."""
    for inside in range(FEW + 3):
        start = NUMBER * below + "block unreachable " + NUMBER * inside
        branches = kept(start + "ref.null $s br_on_null 0 unreachable end").branches
        # A reference comes on top of the numbers.
        assert [key[0] for key in branches] == [BR_ON_NULL] * (inside < FEW), (below, inside)
        assert all(len(key[2]) == inside + 2 for key in branches)
        effects = kept(start + "struct.new $big drop unreachable end").dead_effects
        assert [key[0] for key in effects] == [STRUCT_NEW] * (inside <= FEW), (below, inside)
        assert all(len(key[1]) == inside for key in effects)


@pytest.mark.parametrize("below", [0, 1, FEW, FEW + 1, 20])
def test_where_code_is_reached(below: int) -> None:
    """Whatever is below, what an instruction takes is kept, and no more."""
    for inside in range(3):
        start = NUMBER * below + "block " + NUMBER * inside
        found = kept(start + "ref.null $s br_on_null 0 unreachable end")
        assert [(key[0], key[2]) for key in found.branches] == [(BR_ON_NULL, ())]
        assert [(count, len(taken), len(left)) for count, taken, left in found.branches.values()] == [(1, 1, 1)]
        found = kept(start + NUMBER * 7 + "struct.new $big drop unreachable end")
        assert [(count, len(taken), len(left)) for count, taken, left in found.effects.values()] == [(7, 7, 1)]
        assert not found.dead_effects
