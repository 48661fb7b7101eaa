"""The hot loops, as CPython 3.11 runs them: a comparison is quick only where a near jump follows, over less than 256 code units.

A far one has a prefix of its own (`EXTENDED_ARG`), and the comparison before it is never specialized, which makes it five times as
slow. So the usual cases stand first, each with little code to jump over, and a jump over much is taken by a bool.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from typing import Any

import pytest

from pywasmtools.processes import IS_COMPILED
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.wat.print.operators import OperatorPrinter

if sys.version_info[:2] != (3, 11) or IS_COMPILED:
    pytest.skip("other versions specialize otherwise", allow_module_level=True)


def far_comparisons(function: Callable[..., Any]) -> list[int]:
    """The lines of comparisons that a far jump follows."""
    found = [i for i in dis.get_instructions(function) if i.opname != "CACHE"]
    return [
        one.positions.lineno - function.__code__.co_firstlineno
        for one, prefix, jump in zip(found, found[1:], found[2:], strict=False)
        if one.opname == "COMPARE_OP" and prefix.opname == "EXTENDED_ARG" and "JUMP" in jump.opname
        if one.positions is not None and one.positions.lineno is not None
    ]


def test_what_is_far() -> None:
    names: dict[str, Any] = {}
    body = "\n".join(f"  x = f(x, {k})" for k in range(60))
    exec(f"def near(x, f):\n if x < 1:\n  x = 2\n if f:\n{body}", names)
    exec(f"def far(x, f):\n if x < 1:\n{body}", names)
    exec(f"def loop(x, f):\n while x < 1:\n{body}", names)
    assert [far_comparisons(names[name]) for name in ("near", "far", "loop")] == [[], [1], [1, 1]]


@pytest.mark.parametrize(
    ("function", "most"), [(BodyValidator._run, 6), (OperatorPrinter.body, 2)], ids=["validation", "printing"]
)
def test_the_hot_loops(function: Callable[..., Any], most: int) -> None:
    """The rest are what few instructions come by: branches, blocks, what was seen before; and stretches of long bodies."""
    assert len(far_comparisons(function)) <= most
