"""The flags of memory accesses where a feature that would give one a meaning is off: what is printed, or refused.

Goldens list many small bodies, each with the reference's answer below it.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.types import FuncType, MemoryType

ACCESSES = {"i32.load": "28", "v128.load32_lane": "fd 56", "i32.atomic.load": "fe 10", "i32.atomic.rmw.add": "fe 1e"}
FEATURES = (
    *("multi-memory", "acquire-release-atomics", "multibyte-array-access", "memory64"),
    *("multi-memory,acquire-release-atomics", "multi-memory,multibyte-array-access", "gc"),
)
"""Which are off, all others being on; `gc` says nothing of flags."""


def bodies() -> dict[str, str | bytes]:
    """An access, behind `unreachable`, with each set of flags, where these have a value each and where they have none."""
    cases: dict[str, str | bytes] = {}
    for name, opcode in ACCESSES.items():
        for flags in ("02", "12", "22", "42", "62", "52", "c2 00", "82 01", "c2 01"):
            # What follows is an index, an ordering, an offset, as the flags say, or operators.
            for rest in ("00 01 01 1a 0b", "01 01 1a 0b 0b"):
                module = ModuleBuilder()
                module.type_func(FuncType((), ()))
                module.memory(MemoryType(1))
                module.memory(MemoryType(1))
                module.function(0)
                module.raw_code(bytes.fromhex(f"00 00 {opcode} {flags} {rest}"))
                cases[f"{name} {flags} {rest}"] = module.finish()
    return cases


@pytest.mark.parametrize("off", FEATURES, ids=lambda off: off.replace(",", " "))
def test_printed(off: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = answers("print --features=" + ",".join(f"-{name}" for name in off.split(",")) + " in.wasm", bodies())
    # What is around the body is always the same.
    frame = {"(module", "(type (;0;) (func))", "(memory (;0;) 1)", "(memory (;1;) 1)", ")", "unreachable"}
    assert "\n".join(line for line in told.splitlines() if line.strip() not in frame) + "\n" == golden


@pytest.mark.parametrize("off", FEATURES, ids=lambda off: off.replace(",", " "))
def test_validated(off: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = answers("validate --features=" + ",".join(f"-{name}" for name in off.split(",")) + " in.wasm", bodies())
    assert told == golden
