"""Units of DWARF whose header is cut off, before one that is whole. Goldens come from the reference."""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked  # noqa: F401
from dwarf_builder import LINE, LINES, UNIT, WHOLE, Dwarf, Entry, F, n, told
from syrupy.assertion import SnapshotAssertion


def before_a_whole_one(unit: bytes, offset_size: int) -> bytes:
    """A module whose first unit has these bytes behind its length; a whole unit follows."""
    dwarf = Dwarf(line=LINE)
    dwarf.info = n(len(unit)) + unit if offset_size == 4 else b"\xff" * 4 + n(len(unit), 8) + unit
    return dwarf.unit(Entry(UNIT, [*WHOLE, *LINES], [F])).module()


@pytest.mark.parametrize("offset_size", [4, 8])
def test_headers_of_all_lengths(offset_size: int, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for version in (2, 4, 5):
        for kind in range(8) if version == 5 else (1,):
            offset = n(0, offset_size)
            header = n(version, 2) + (n(kind, 1) + b"\x04" + offset if version == 5 else offset + b"\x04")
            whole = header + bytes(8 + offset_size)
            for size in range(len(whole) + 1):
                cases[f"version {version}, kind {kind}, {size} bytes"] = before_a_whole_one(whole[:size], offset_size)
    assert told(answers, cases) == golden
