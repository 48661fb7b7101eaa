"""Bodies that end within an instruction: what the reader says of it comes before what the validator would say.

The loop over a body reads immediates of a byte in place, and what lies behind the body is not theirs: every instruction is
cut off, behind the last byte of a module and before other sections.
"""

from __future__ import annotations

import pytest
from numbers_in_binary import section, uleb

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.instructions import ROWS, Row
from pywasmtools.wasm.operators import OperatorReader
from pywasmtools.wasm.reader import BinaryReader

BEFORE = {
    "": b"",
    "in try": bytes.fromhex("06 40"),
    "in catch": bytes.fromhex("06 40 07 00"),
    "in if": bytes.fromhex("41 00 04 40"),
    "unreachable": bytes.fromhex("00"),
}
IMMEDIATES = [b"", b"\1", b"\0\0", b"\1\0", b"\x0b", b"\1\x0b", b"\0\0\x0b", b"\x80\x0b", b"\x80\x80"]
BEHIND = [b"", section(0, b"\1a\2\3\4"), section(11, b"\0")]
CODE = 10


def opcode(row: Row) -> bytes:
    return bytes([row.key]) if row.key < 0x100 else bytes([row.key >> 16]) + uleb(row.key & 0xFFFF)


def module(body: bytes) -> tuple[bytes, int]:
    """A module of one function with this body, and where the body begins: it has a table, a memory and a tag."""
    code = b"\0" + body
    parts = [section(1, b"\1\x60\0\0"), section(3, b"\1\0"), section(4, b"\1\x70\0\0"), section(5, b"\1\0\0")]
    parts += [section(13, b"\1\0\0"), section(CODE, b"\1" + uleb(len(code)) + code)]
    data = b"\0asm\1\0\0\0" + b"".join(parts)
    return data, len(data) - len(body)


def read(data: bytes, begin: int) -> str | None:
    """What the reader alone says of a body; None where it can read all of it."""
    operators = OperatorReader(BinaryReader(data, begin))
    try:
        while not operators.eof():
            operators.next_operator()
    except WasmToolsError as e:
        return str(e)
    return None


@pytest.mark.parametrize("before", BEFORE)
def test_an_instruction_that_is_cut_off(before: str) -> None:
    cut = 0
    for row in ROWS:
        for immediates in IMMEDIATES:
            data, begin = module(BEFORE[before] + opcode(row) + immediates)
            said = read(data, begin)
            if said is None:
                continue
            cut += 1
            for behind in BEHIND:
                with pytest.raises(WasmToolsError) as refused:
                    validate_all(data + behind, BodyValidator().check)
                assert str(refused.value) == said, (row.name, immediates.hex(), behind.hex())
    assert cut > 1000
