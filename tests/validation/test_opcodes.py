"""Every opcode, known or not, after each prefix: in a body with numbers after it, validated and printed."""

from __future__ import annotations

import pytest
from annotated import MODULE as CORE
from answers import Answers, answers, asked  # noqa: F401
from conftest import Verdicts
from numbers_in_binary import section, uleb
from syrupy.assertion import SnapshotAssertion

PREFIXES = {
    "plain": (b"", 0x100),
    "fb": (b"\xfb", 0x30),
    "fc": (b"\xfc", 0x20),
    "fd": (b"\xfd", 0x120),
    "fe": (b"\xfe", 0x50),
}
"""What stands before, and how many are asked for."""

HEAD = (
    CORE
    + section(1, b"\4\x60\0\0\x5f\1\x7f\1\x5e\x7f\1\x5d\0")
    + section(3, b"\1\0")
    + section(4, b"\1\x70\0\1")
    + section(5, b"\1\0\1")
    + section(13, b"\1\0\0")
    + section(6, b"\1\x7f\1\x41\0\x0b")
    + section(9, b"\1\3\0\1\0")
    + section(12, b"\1")
)


def modules(prefix: str, before: bytes) -> dict[str, bytes]:
    start, count = PREFIXES[prefix]
    made = {}
    for opcode in range(count):
        code = b"\0" + before + start + (uleb(opcode) if start else bytes([opcode])) + b"\0\0\0\0\x0b\x0b"
        made[f"{opcode:#x}"] = HEAD + section(10, b"\1" + uleb(len(code)) + code) + section(11, b"\1\1\0")
    return made


@pytest.mark.slow
@pytest.mark.parametrize("prefix", PREFIXES)
def test_validated(prefix: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    # After `unreachable` operands are there.
    assert verdicts("component new", modules(prefix, b"\0")) == golden


@pytest.mark.slow
@pytest.mark.parametrize("prefix", PREFIXES)
def test_printed(prefix: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = answers("component embed -t w.wit in.wat", modules(prefix, b""))
    head, tail = "(func (;0;) (type 0)\n", "\n  (@custom "
    parts = [part.partition(head) for part in told.split("== ")]
    shown = [
        name.partition("\n")[0] + "\n" + body.partition(tail)[0] + "\n" if body else name for name, _, body in parts
    ]
    assert "== ".join(shown) == golden
