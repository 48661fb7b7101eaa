"""Blocks as bytes, those of the legacy exceptions that text can't have among them: which order of parts is valid.

Each case is a body; the module has a tag of one i32 and a function `[] -> []`.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

BODIES = """
    06 40 0b : try, end
    06 40 07 00 1a 0b : try, catch 0, drop, end
    06 40 07 00 0b : try, catch 0, end
    06 40 07 01 0b : try, catch 1, end
    06 40 07 02 0b : try, catch 2, end
    06 40 07 00 1a 07 00 1a 0b : try, two catches, end
    06 40 19 0b : try, catch_all, end
    06 40 19 19 0b : try, two times catch_all, end
    06 40 19 07 00 1a 0b : try, catch_all, catch, end
    06 40 07 00 1a 19 0b : try, catch, catch_all, end
    06 40 05 0b : try, else, end
    06 40 07 00 1a 05 0b : try, catch, else, end
    06 40 18 00 : try, delegate 0
    06 40 18 01 : try, delegate 1
    02 40 06 40 18 01 0b : block, try, delegate 1, end
    06 40 18 00 0b : try, delegate 0, end too many
    06 40 07 00 1a 18 00 : try, catch, delegate
    06 40 19 09 00 0b : try, catch_all, rethrow 0, end
    06 40 09 00 0b : try, rethrow 0, end
    06 40 07 00 1a 02 40 09 01 0b 0b : try, catch, block, rethrow 1
    06 40 07 00 1a 02 40 09 00 0b 0b : try, catch, block, rethrow 0
    06 40 07 00 1a 09 01 0b : try, catch, rethrow 1
    06 40 19 09 02 0b : try, catch_all, rethrow 2
    06 7f 41 00 07 00 0b 1a : try i32, catch, end, drop
    06 7f 41 00 07 00 1a 41 01 0b 1a : try i32, catch, drop, const, end, drop
    06 7f 41 00 19 0b 1a : try i32, catch_all, end
    06 7f 07 00 0b 1a : try i32 with nothing
    02 40 05 0b : block, else, end
    02 40 07 00 1a 0b : block, catch, end
    02 40 19 0b : block, catch_all, end
    02 40 18 00 : block, delegate
    03 40 05 0b : loop, else, end
    41 00 04 40 05 0b : if, else, end
    41 00 04 40 05 05 0b : if, two times else, end
    41 00 04 40 07 00 1a 0b : if, catch, end
    41 00 04 40 19 0b : if, catch_all, end
    41 00 04 7f 41 00 0b 1a : if i32 without else
    41 00 04 7f 41 00 05 41 01 0b 1a : if i32, else
    41 00 04 7f 41 00 05 42 01 0b 1a : if i32, else i64
    04 40 0b : if on nothing
    41 00 04 40 05 09 00 0b : if, else, rethrow 0
    41 00 04 40 09 00 05 0b : if, rethrow 0, else
    41 00 41 00 04 01 1a 05 1a 0b : if of the type 1, drop, else, drop
    41 00 41 00 04 01 1a 05 0b : if of the type 1, drop, else with a value left
    05 : else in a function
    19 : catch_all in a function
    07 00 : catch in a function
    18 00 : delegate in a function
    1f 40 00 0b : try_table without a clause
    02 40 1f 40 01 02 00 0b 0b : try_table, catch_all 0
    02 40 1f 40 01 02 02 0b 0b : try_table, catch_all 2
    02 40 1f 40 01 02 03 0b 0b : try_table, catch_all 3
    02 7f 1f 40 01 00 00 00 0b 41 00 0b 1a : try_table, catch 0
    02 40 1f 40 01 00 00 00 0b 0b : try_table, catch 0 to a block without results
    02 40 1f 40 01 04 00 0b 0b : try_table, a clause that is not there
    02 40 1f 40 02 02 00 02 00 0b 0b : try_table, two clauses
    1f 40 00 05 0b : try_table, else
    1f 40 00 19 0b : try_table, catch_all
    06 00 0b : try of the type 0
    06 01 0b : try of the type 1
    41 00 06 01 1a 0b : try of the type 1 with an operand
    06 09 0b : try of a type that is not there
    06 40 : try without an end
    00 06 40 07 00 1a 0b : unreachable, try
    06 40 00 07 00 1a 00 19 00 0b : unreachable in all parts
    08 00 : throw on nothing
    41 00 08 00 : throw
    41 00 08 00 1a : throw, drop
    42 00 08 00 : throw an i64
    41 00 08 02 : throw a tag that is not there
    0a : throw_ref on nothing
"""


def vec(*items: bytes) -> bytes:
    return bytes([len(items)]) + b"".join(items)


def section(id_: int, content: bytes) -> bytes:
    return bytes([id_, len(content)]) + content


def module(body: bytes) -> bytes:
    code = b"\0" + body + b"\x0b"
    types = vec(b"\x60\0\0", b"\x60\x01\x7f\0")
    return b"".join([
        b"\0asm\1\0\0\0",
        section(1, types),
        section(3, vec(b"\0", b"\0")),
        section(13, vec(b"\0\1", b"\0\0")),
        section(10, vec(bytes([len(code)]) + code, b"\2\0\x0b")),
    ])  # fmt: skip


@pytest.mark.parametrize("command", ["component new -o out", "component embed -t w.wit"])
def test_bodies(command: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {line: module(bytes.fromhex(line.partition(":")[0])) for line in lines(BODIES)}
    assert answers(f"{command} in.wasm", cases) == golden
