"""Supertypes among tens of thousands of types: every bit of their index counts, whichever way it is read."""

from __future__ import annotations

import pytest
from numbers_in_binary import longer, section, uleb

from pywasmtools import WasmToolsError, validate

COUNT = 40_000
STRUCT = b"\x50\0\x5f\1\x7f\0"
FUNCTION = b"\x60\0\0"
PARENTS = (*(1 << bit for bit in range(16)), 0x7FFF, 0x5555, 0x2AAA, 0x4081, COUNT - 1)


def module(parent: int, named: bytes) -> bytes:
    """All types are functions but `parent`, and the last, whose supertype is named."""
    types = FUNCTION * parent + STRUCT + FUNCTION * (COUNT - parent - 1) + b"\x50\1" + named + b"\x5f\2\x7f\0\x7f\0"
    return b"\0asm\1\0\0\0" + section(1, uleb(COUNT + 1) + types)


@pytest.mark.parametrize("parent", PARENTS)
def test_supertypes(parent: int) -> None:
    validate(module(parent, uleb(parent)))
    validate(module(parent, longer(uleb(parent))))
    for other in (parent ^ 1, parent ^ 0x80, parent ^ 0x4000):
        if other < COUNT:
            with pytest.raises(WasmToolsError, match="cannot have a final super type"):
                validate(module(parent, uleb(other)))
