"""The walk: which payloads come in which order, and what the parser refuses."""

from __future__ import annotations

import random

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.payloads import (
    CODE_SECTION_ENTRY,
    CODE_SECTION_START,
    COMPONENT,
    COMPONENT_SECTION,
    CUSTOM_SECTION,
    END,
    FUNCTION_SECTION,
    MODULE,
    MODULE_SECTION,
    UNKNOWN_SECTION,
    VERSION,
    Parser,
)
from pywasmtools.wasm.writer import section, var_u32

MODULE_HEADER = "00 61 73 6d 01 00 00 00"
COMPONENT_HEADER = "00 61 73 6d 0d 00 01 00"


def kinds(data: bytes, bodies: bool = True) -> list[int]:
    return [payload.kind for payload in Parser(data, bodies)]


# A component with a module in it: (component (core module (func)) …)
NESTED = bytes.fromhex(
    COMPONENT_HEADER
    + "01 16"  # core module, 22 bytes
    + MODULE_HEADER
    + "01 04 01 60 00 00"  # type section
    + "0a 06 02 02 00 0b 02 00"  # code section of two bodies, without a function section and cut short
)


def test_order_of_payloads() -> None:
    data = bytes.fromhex(
        COMPONENT_HEADER
        + "01 18"  # core module, 24 bytes from 0xa
        + MODULE_HEADER
        + "01 04 01 60 00 00"  # (type (func))
        + "03 02 01 00"  # (func (type 0))
        + "0a 04 01 02 00 0b"  # its body
        + "00 03 02 61 62"  # custom section "ab"
    )
    parser = Parser(data)
    found = [(p.kind, p.start, p.end, parser.depth) for p in parser]
    assert [kind for kind, _, _, _ in found] == [
        VERSION,
        MODULE_SECTION,
        VERSION,
        1,
        FUNCTION_SECTION,
        CODE_SECTION_START,
        CODE_SECTION_ENTRY,
        END,
        CUSTOM_SECTION,
        END,
    ]
    assert found[1][1:] == (0xA, 0x22, 2)
    assert found[6][1:] == (0x20, 0x22, 2)
    assert found[8][1:] == (0x24, 0x27, 1)
    assert found[9][3] == 0
    assert CODE_SECTION_ENTRY not in kinds(data, bodies=False)


def test_encodings_and_skipping() -> None:
    data = bytes.fromhex(COMPONENT_HEADER + "04 08" + COMPONENT_HEADER + "01 08" + MODULE_HEADER)
    parser = Parser(data)
    encodings = [p.encoding for p in parser if p.kind == VERSION]
    assert encodings == [COMPONENT, COMPONENT, MODULE]
    parser = Parser(data)
    seen = []
    for payload in parser:
        seen.append(payload.kind)
        if payload.kind in (MODULE_SECTION, COMPONENT_SECTION):
            parser.skip_nested(payload)
    assert seen == [VERSION, COMPONENT_SECTION, MODULE_SECTION, END]


def test_unknown_sections_pass() -> None:
    assert kinds(bytes.fromhex(MODULE_HEADER + "7f 01 00")) == [VERSION, UNKNOWN_SECTION, END]


ERRORS = [
    ("", "unexpected end-of-file (at offset 0x0)"),
    (
        "00 61 73 6e 01 00 00 00",
        "magic header not detected: bad magic number - expected=[\n    0x0,\n    0x61,\n    0x73,\n    0x6d,\n] "
        "actual=[\n    0x0,\n    0x61,\n    0x73,\n    0x6e,\n] (at offset 0x0)",
    ),
    ("00 61 73 6d 02 00 00 00", "unknown binary version:        0x2 (at offset 0x4)"),
    ("00 61 73 6d 0e 00 01 00", "unknown binary version:    0x1000e (at offset 0x4)"),
    (MODULE_HEADER + MODULE_HEADER, "expected section, got wasm magic number (at offset 0x8)"),
    (MODULE_HEADER + "80 00", "malformed section id (at offset 0x8)"),
    (MODULE_HEADER + "01 05 00", "unexpected end-of-file (at offset 0xa)"),
    (MODULE_HEADER + "03 01 00 01 01 00", "section out of order (at offset 0xd)"),
    (MODULE_HEADER + "01 01 00 01 01 00", "section out of order (at offset 0xd)"),
    (MODULE_HEADER + "08 02 00 00", "unexpected content in the start section (at offset 0xb)"),
    (
        MODULE_HEADER + "03 02 01 00",
        "function section has non-zero count but code section is absent (at offset 0xc)",
    ),
    (
        MODULE_HEADER + "0a 04 01 02 00 0b",
        "function section is absent but code section has non-zero count (at offset 0xa)",
    ),
    (
        MODULE_HEADER + "03 02 01 00 0a 01 00",
        "function and code section have inconsistent lengths (at offset 0xe)",
    ),
    (MODULE_HEADER + "03 02 01 00 0a 05 01 02 00 0b 00", "trailing bytes at end of section (at offset 0x12)"),
    (MODULE_HEADER + "03 02 01 00 0a 03 01 02 00 0b", "unexpected end-of-file (at offset 0xf)"),
    (MODULE_HEADER + "0c 01 01", "data count is non-zero but data section is absent (at offset 0xb)"),
    (
        MODULE_HEADER + "0c 01 01 0b 01 00",
        "data count and data section have inconsistent lengths (at offset 0xe)",
    ),
    (COMPONENT_HEADER + "01 08" + COMPONENT_HEADER, "expected a version header for a module (at offset 0xa)"),
    (COMPONENT_HEADER + "04 08" + MODULE_HEADER, "expected a version header for a component (at offset 0xa)"),
    (COMPONENT_HEADER + "01 0c" + MODULE_HEADER + "01 02", "unexpected end-of-file (at offset 0x14)"),
    (
        COMPONENT_HEADER + "01 0a" + MODULE_HEADER + "01 02 00 00",
        "section too large, 2 goes past 0x14 (at offset 0x13)",
    ),
    (
        COMPONENT_HEADER + "09 03 00 00 00 09 03 00 00 00",
        "component cannot have more than one start function (at offset 0xf)",
    ),
]


@pytest.mark.parametrize(("data", "message"), ERRORS)
def test_errors(data: str, message: str) -> None:
    for bodies in (True, False):
        with pytest.raises(WasmToolsError) as e:
            kinds(bytes.fromhex(data), bodies)
        assert e.value.chain() == message


def test_a_parser_that_failed_is_done() -> None:
    parser = Parser(NESTED)
    with pytest.raises(WasmToolsError, match=r"at offset 0x"):
        list(parser)
    assert parser.next_payload() is None


def told(data: bytes, bodies: bool) -> list[object]:
    """The payloads of a binary but for bodies, and what is wrong with it."""
    found: list[object] = []
    try:
        for payload in Parser(data, bodies):
            if payload.kind != CODE_SECTION_ENTRY:
                found.append((payload.kind, payload.start, payload.end))
    except WasmToolsError as e:
        found.append(str(e))
    return found


def test_bodies_left_out_are_looked_at_all_the_same() -> None:
    """Sizes of all lengths, sections that are cut, too long or too short: what is told is what is told with bodies."""
    rng = random.Random(2)
    errors = 0
    for _ in range(3000):
        bodies = b""
        count = rng.randrange(6)
        for _ in range(count):
            size = rng.choice((0, 1, 2, 3, rng.randrange(300), rng.randrange(20_000)))
            number = bytearray()
            left = size
            for _ in range(rng.choice((1, 1, 1, 2, 3, 4, 5))):
                number.append(left & 0x7F | 0x80)
                left >>= 7
            while left:
                number.append(left & 0x7F | 0x80)
                left >>= 7
            number[-1] &= 0x7F
            bodies += bytes(number) + bytes(size)
        content = var_u32(count + rng.choice((0, 0, 0, 1, -1)) if count else 0) + bodies
        content = content[: len(content) - rng.choice((0, 0, 0, 1, 2, 3, 4))]
        functions = var_u32(content[0] if content else 0) + bytes(content[0] if content else 0)
        data = bytes.fromhex(MODULE_HEADER) + section(3, functions) + section(10, content) + section(0, b"\x01x")
        data = data[: len(data) - rng.choice((0, 0, 0, 0, 3, 4, 5, 9))]
        assert told(data, False) == told(data, True), data.hex(" ")
        errors += isinstance(told(data, False)[-1], str)
    assert 500 < errors < 2500
