"""Rows of a line number program: each comes to its place, by as few opcodes as there are (DWARF 5, section 6.2.5)."""

from __future__ import annotations

import pytest

from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wat import dwarf

SPECIAL = range(dwarf.OPCODE_BASE, 256)


def opcodes(lines: int, bytes_: int) -> list[tuple[int, int]]:
    """Those that are written, each with its operand, 0 where it has none."""
    out = bytearray()
    dwarf._advance(out, lines, bytes_)
    reader = BinaryReader(bytes(out))
    found = []
    while reader.pos < reader.end:
        opcode = reader.u8()
        operand = 0
        if opcode == dwarf.ADVANCE_LINE:
            operand = reader.var_s33()
        elif opcode == dwarf.ADVANCE_PC:
            operand = reader.var_u32()
        found.append((opcode, operand))
    return found


def moved(found: list[tuple[int, int]]) -> tuple[int, int]:
    """How many lines and bytes on the row is that the last opcode makes; no other opcode makes one."""
    line = address = 0
    for k, (opcode, operand) in enumerate(found):
        is_row = opcode in SPECIAL or opcode == dwarf.COPY
        assert is_row == (k == len(found) - 1), found
        if opcode in SPECIAL:
            address += (opcode - dwarf.OPCODE_BASE) // dwarf.LINE_RANGE
            line += (opcode - dwarf.OPCODE_BASE) % dwarf.LINE_RANGE + dwarf.LINE_BASE
        elif opcode == dwarf.CONST_ADD_PC:
            address += (255 - dwarf.OPCODE_BASE) // dwarf.LINE_RANGE
        elif opcode == dwarf.ADVANCE_PC:
            address += operand
        elif opcode == dwarf.ADVANCE_LINE:
            line += operand
        else:
            assert opcode == dwarf.COPY
    return line, address


def fewest(lines: int, bytes_: int) -> int:
    """How many opcodes it takes."""
    count = 1
    if not dwarf.LINE_BASE <= lines < dwarf.LINE_BASE + dwarf.LINE_RANGE:
        count += 1
        lines = 0
    rest = dwarf.OPCODE_BASE + lines - dwarf.LINE_BASE
    if rest + bytes_ * dwarf.LINE_RANGE > 255:
        count += 1
    return count


@pytest.mark.parametrize("lines", [*range(-8, 18), -1000, 127, 128, 100_000])
def test_rows(lines: int) -> None:
    for bytes_ in [*range(80), 127, 128, 1000, 16_383, 16_384, 1 << 20]:
        found = opcodes(lines, bytes_)
        assert moved(found) == (lines, bytes_)
        assert len(found) == fewest(lines, bytes_), (lines, bytes_, found)
        # The opcode that adds the same each time is taken wherever it does.
        step = 255 - dwarf.OPCODE_BASE
        added = bytes_ - step // dwarf.LINE_RANGE
        near = lines if dwarf.LINE_BASE <= lines < dwarf.LINE_BASE + dwarf.LINE_RANGE else 0
        special = dwarf.OPCODE_BASE + near - dwarf.LINE_BASE
        if special + bytes_ * dwarf.LINE_RANGE > 255 and special + added * dwarf.LINE_RANGE <= 255:
            assert found[-2] == (dwarf.CONST_ADD_PC, 0)
