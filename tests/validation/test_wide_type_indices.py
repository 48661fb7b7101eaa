"""Types named by indices of one byte to three, and by longer ones: as supertypes, in signatures, in fields, in groups.

All types but one are functions: who names another than that one is refused.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked  # noqa: F401
from numbers_in_binary import longer, section, sleb, uleb
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed

NAMED = (0, 1, 63, 64, 127, 128, 129, 8191, 8192, 8193, 16383, 16384, 16385, 20000)
STRUCT = b"\x50\0\x5f\1\x7f\0"
FUNCTION = b"\x60\0\0"


def forms(index: int, unsigned: bytes, signed: bytes) -> dict[str, tuple[bytes, bytes]]:
    """What names a struct: a type, and the body of a function of that type, if it is one."""
    get = b"\x20\0\xfb\2" + unsigned + b"\0\x1a\x0b"
    return {
        "supertype": (b"\x50\1" + unsigned + b"\x5f\2\x7f\0\x7f\0", b""),
        "supertype, final": (b"\x4f\1" + unsigned + b"\x5f\1\x7f\0", b""),
        "supertype that does not match": (b"\x50\1" + unsigned + b"\x5f\1\x7e\0", b""),
        "param": (b"\x60\1\x64" + signed + b"\0", get),
        "param, null": (b"\x60\1\x63" + signed + b"\0", get),
        "result": (b"\x60\0\1\x63" + signed, b"\xd0" + signed + b"\x0b"),
        "result and more": (b"\x60\0\2\x7f\x63" + signed, b"\x41\0\xd0" + signed + b"\x0b"),
        "exact": (b"\x60\1\x64\x62" + unsigned + b"\0", get),
        "field": (b"\x5f\1\x64" + signed + b"\1", b""),
        "element": (b"\x5e\x63" + signed + b"\0", b""),
        "group": (b"\x4e\2\x50\1" + unsigned + b"\x5f\1\x7f\0\x60\1\x64" + signed + b"\0", b""),
    }


def module(index: int, type_: bytes, body: bytes) -> bytes:
    count = index + 2
    types = FUNCTION * index + STRUCT + type_
    data = b"\0asm\1\0\0\0" + section(1, uleb(count) + types)
    if body:
        data += section(3, b"\1" + uleb(index + 1)) + section(10, b"\1" + uleb(len(body) + 1) + b"\0" + body)
    return component_embed("package a:b; world w { }", data)


@pytest.mark.slow
@pytest.mark.parametrize("index", NAMED)
def test_indices(index: int, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for beside in (0, 1, 128) if index else (0,):
        unsigned, signed = uleb(index - beside if index >= beside else index), sleb(max(index - beside, 0))
        for name, (type_, body) in forms(index, unsigned, signed).items():
            cases[f"{name}, {beside} before it"] = module(index, type_, body)
    for name, (type_, body) in forms(index, longer(uleb(index)), longer(sleb(index))).items():
        cases[f"{name}, longer"] = module(index, type_, body)
    assert answers("component new -o out in.wasm", cases) == golden
