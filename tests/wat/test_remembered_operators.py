"""Operators that are remembered as text while a module is printed: which are, and how many at most.

One that is not remembered costs time alone, so no golden shows it. Here what is remembered is looked at.
"""

from __future__ import annotations

from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wat.print import operators
from pywasmtools.wat.print.names import State
from pywasmtools.wat.print.operators import OperatorPrinter
from pywasmtools.wat.print.writer import TextWriter


def printed(code: bytes) -> tuple[list[str], dict[bytes, str]]:
    """The lines of a body without locals, and what is remembered of it."""
    parts: list[str] = []
    w = TextWriter(parts.append, False)
    state = State(True)
    OperatorPrinter(w, state).body(BinaryReader(code + b"\x0b"), 0, [])
    w.flush()
    return [line.strip() for line in "".join(parts).split("\n")[1:]], dict(state.operators)


def test_each_is_remembered() -> None:
    codes = {
        b"\xfd\x15\3": "i8x16.extract_lane_s 3",
        b"\xfc\0": "i32.trunc_sat_f32_s",
        b"\x43\0\0\x80\x3f": "f32.const 0x1p+0 (;=1;)",
        b"\xfd\0\3\1": "v128.load offset=1 align=8",
    }
    lines, known = printed(b"".join(codes))
    assert lines == list(codes.values())
    assert known == codes


def test_there_are_so_many_at_most() -> None:
    count = operators._MAX_KNOWN + 10
    code = b"".join([b"\x43" + k.to_bytes(4, "little") for k in range(count)])
    lines, known = printed(code + code[:50])
    assert len(lines) == count + 10
    assert lines[count:] == lines[:10]
    assert len(known) == 20
