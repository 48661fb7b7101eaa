"""Data segments as they are printed go a quick way, into text and back: it is what the careful way says, and taken where it can be."""

from __future__ import annotations

import random

import pytest
from answers import Answers, answers, asked  # noqa: F401
from binaries import MODULE, leb, section
from syrupy.assertion import SnapshotAssertion

from pywasmtools import processes
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.writer import var_s64
from pywasmtools.wat.core import module as text_module
from pywasmtools.wat.core.data_values import plain_segment
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wat.print import module as printing
from pywasmtools.wat.print.printer import print_options, print_wasm_to

MEMORY = section(5, b"\x01\x00\x01")

PLAIN = [
    (' (;0;) (i32.const 0) "")', (0, b"")),
    (' (;12;) (i32.const 1048576) "a\\00\\ffb\\22\\5c c") (func)', (1048576, b'a\0\xffb"\\ c')),
    (' (;1;) (i32.const -1) "\\t\\n\\\'\\u{41}")', (-1, b"\t\n'A")),
    (' (;1;) (i32.const -999999999) "(;")', (-999999999, b"(;")),
    (' (;1;) (i32.const 000000001) ";; "))', (1, b";; ")),
    (' (;1;) (i32.const 7) "\u00e9")', (7, "\u00e9".encode())),
]
CAREFUL = [
    ' (i32.const 0) "")',
    ' $a (;0;) (i32.const 0) "")',
    ' (;0;)  (i32.const 0) "")',
    ' (;0;) (i32.const 0)  "")',
    '\n(;0;) (i32.const 0) "")',
    ' (;0;) (i32.const 0) "" "")',
    ' (;0;) (i32.const 0) "" )',
    ' (;0;) (i32.const 0) "a\\"b")',
    ' (;0;) (i32.const 0) "a\\\\")',
    ' (;0;) (i32.const 0) "a',
    ' (;0;) (i32.const 0) "\\q")',
    ' (;0;) (i32.const 0) "\t")',
    ' (;0;) (i32.const 0) "\u202e")',
    ' (;0;) (i64.const 0) "")',
    ' (;0;) (i32.const 0x10) "")',
    ' (;0;) (i32.const +1) "")',
    ' (;0;) (i32.const --1) "")',
    ' (;0;) (i32.const 1_0) "")',
    ' (;0;) (i32.const 2147483648) "")',
    ' (;0;) (i32.const ) "")',
    ' (;0;) (i32.const 0 "")',
    ' (;0;) (offset (i32.const 0)) "")',
    ' (;0;) "")',
    ' (;0;) (memory 0) (i32.const 0) "")',
    ' (;;) (i32.const 0) "")',
    ' (;a;) (i32.const 0) "")',
    ' (;0(;;) (i32.const 0) "")',
    ' ;;0;) (i32.const 0) "")',
    ' (;0;; (i32.const 0) "")',
    ' "")',
    " (;0;) (i32.const 0)",
    "",
]


@pytest.mark.parametrize(("written", "meant"), PLAIN)
def test_what_goes_the_quick_way(written: str, meant: tuple[int, bytes]) -> None:
    found = plain_segment(written.encode(), 0)
    assert found is not None
    assert found[:2] == meant
    assert written.encode()[found[2] - 1 : found[2] + 1] == b'")'


@pytest.mark.parametrize("written", CAREFUL)
def test_what_takes_a_careful_look(written: str) -> None:
    assert plain_segment(written.encode(), 0) is None


def test_both_are_what_they_are(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    written = [*(one for one, _ in PLAIN), *CAREFUL]
    assert answers("parse in.wat", {one: f"(module (memory 1) (data{one})" for one in written}) == golden


def parsed(source: str) -> bytes:
    try:
        return wat_to_binary(source.encode(), None)
    except WasmToolsError as e:
        return repr([layer.text() for layer in e.layers]).encode()


@pytest.mark.skipif(processes.IS_COMPILED, reason="compiled code takes no stand-ins")
@pytest.mark.parametrize(
    "after", [")", '(func) (data $d (i32.const 1) "x") (func (data.drop 1) (data.drop $d)))', "(data.drop 0))", ""]
)
def test_the_same_as_the_careful_way(after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [f"(module (memory 1) (data{written} {after}" for written in [*(one for one, _ in PLAIN), *CAREFUL]]
    quick = [parsed(source) for source in sources]
    monkeypatch.setattr(text_module, "plain_segment", lambda data, at: None)
    assert [parsed(source) for source in sources] == quick


SIZES = (0, 1, 2, 126, 127, 128, 300)
OFFSETS = (0, 1, -1, 63, 64, -64, -65, 8191, 1 << 20, (1 << 27) - 1, 1 << 27, -(1 << 27), (1 << 31) - 1, -(1 << 31))


def segments() -> list[bytes]:
    chance = random.Random(5)
    plain = [
        b"\0\x41" + var_s64(offset) + b"\x0b" + leb(size) + chance.randbytes(size)
        for size in SIZES
        for offset in OFFSETS
    ]
    other = [
        b"\x01\x02ab",
        b"\x02\0\x41\0\x0b\x01a",
        b"\0\x41\x80\x80\x80\x00\x0b\x00",
        b"\0\x41\xff\x7f\x0b\x81\x00a",
        b"\x80\x00\x41\0\x0b\x01a",
        b"\0\x23\0\x0b\x01a",
        b"\0\x41\x01\x41\x02\x6a\x0b\x01a",
        b"\0\x42\x05\x0b\x01a",
    ]
    return plain + other


def printed(data: bytes, color: bool, options: dict[str, object]) -> list[str]:
    chunks: list[str] = []
    try:
        print_wasm_to(data, chunks.append, color, print_options(**options))  # type: ignore[arg-type]
    except WasmToolsError as e:
        chunks.append(repr([layer.text() for layer in e.layers]))
    return ["".join(chunks)]


@pytest.mark.skipif(processes.IS_COMPILED, reason="compiled code takes no stand-ins")
@pytest.mark.parametrize(
    "options", [{}, {"color": True}, {"print_offsets": True}, {"name_unnamed": True}, {"skeleton": True}, {"indent": 5}]
)
def test_printed_the_same_as_the_careful_way(options: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, and cut or with a wrong byte anywhere."""
    color = bool(options.pop("color", False))
    taken = 0
    real = printing._write_plain_data

    def counted(*args: object) -> bool:
        nonlocal taken
        done = real(*args)  # type: ignore[arg-type]
        taken += done
        return done

    names = b"\0" + leb(12) + b"\x04name" + b"\x09\x05\x01\x01\x02ab"
    some = segments()
    binaries = [
        MODULE + MEMORY + section(11, leb(len(some)), *some),
        MODULE + MEMORY + section(11, leb(3), *some[:3]) + names,
    ]
    short = section(11, leb(3), some[0], some[20], some[-1])
    for at in range(2, len(short)):
        binaries.append(MODULE + MEMORY + short[:at])
        binaries.append(MODULE + MEMORY + short[:at] + bytes([short[at] ^ 0x80]) + short[at + 1 :])
        binaries.append(MODULE + MEMORY + short[:at] + bytes([short[at] ^ 0x0B]) + short[at + 1 :])
    monkeypatch.setattr(printing, "_write_plain_data", counted)
    quick = [printed(data, color, options) for data in binaries]
    assert (taken > 100) == (not color and options in ({}, {"indent": 5})), taken
    monkeypatch.setattr(printing, "_write_plain_data", lambda w, reader, index: False)
    assert [printed(data, color, options) for data in binaries] == quick
