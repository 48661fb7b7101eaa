"""Data segments of every size and length of their offset: the validator steps over plain ones on its own."""

from __future__ import annotations

from annotated import MODULE as CORE
from conftest import Verdicts
from numbers_in_binary import section, uleb
from syrupy.assertion import SnapshotAssertion

ZERO = b"\x41\0\x0b"
OFFSETS = {
    "0": ZERO,
    "-1": b"\x41\x7f\x0b",
    "in two bytes": b"\x41\x80\0\x0b",
    "in three bytes": b"\x41\x80\x80\0\x0b",
    "in four bytes": b"\x41\x80\x80\x80\0\x0b",
    "in five bytes": b"\x41\x80\x80\x80\x80\0\x0b",
    "in six bytes": b"\x41\x80\x80\x80\x80\x80\0\x0b",
    "with bits too high": b"\x41\x80\x80\x80\x80\x10\x0b",
    "of another type": b"\x42\0\x0b",
    "of two numbers": b"\x41\0\x41\0\x0b",
    "a sum": b"\x41\0\x41\0\x6a\x0b",
    "with nop": b"\x01\x41\0\x0b",
    "without end": b"\x41\0",
    "of nothing": b"\x0b",
    "a global": b"\x23\0\x0b",
}
SIZES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x0B, 0x41, 0x7F, 0x80, 0x81, 0xFF, 0x100, 0x3FFF, 0x4000, 0x4001)
LONG = {
    "1 in two bytes": b"\x81\0",
    "1 in three bytes": b"\x81\x80\0",
    "1 in five bytes": b"\x81\x80\x80\x80\0",
    "1 in six bytes": b"\x81\x80\x80\x80\x80\0",
    "with bits too high": b"\x81\x80\x80\x80\x10",
    "cut": b"\x81",
}
MEMORIES = {
    "one": section(5, b"\1\0\1"),
    "none": b"",
    "of 64 bits": section(5, b"\1\4\1"),
    "64 bits the second": section(5, b"\2\0\1\4\1"),
    "64 bits the first": section(5, b"\2\4\1\0\1"),
    "imported": section(2, b"\1\1a\1b\2\0\1"),
}
FAULT = b"\2\x09" + ZERO + b"\0"
"""A segment of a memory that is not there: its offset says where those before ended."""

GOOD = b"\0" + ZERO + b"\1a"


def test_sizes(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    sizes = {str(size): uleb(size) + b"\x0b" * size for size in SIZES} | {n: data + b"a" for n, data in LONG.items()}
    for name, data in sizes.items():
        segment = b"\0" + ZERO + data
        for after, count, more in (("a fault", 2, FAULT), ("one and a fault", 3, GOOD + FAULT), ("nothing", 1, b"")):
            for before in ("", "one, "):
                segments = uleb(count + (1 if before else 0)) + (GOOD if before else b"") + segment + more
                cases[f"{before}{name}, {after}"] = CORE + MEMORIES["one"] + section(11, segments)
        cases[f"{name}, cut"] = CORE + MEMORIES["one"] + section(11, b"\1" + segment[:-1])
        cases[f"{name}, cut, and one more section"] = (
            CORE + MEMORIES["one"] + section(11, b"\1" + segment[:-1]) + section(0, b"\1a")
        )
        cases[f"{name}, too much"] = CORE + MEMORIES["one"] + section(11, b"\1" + segment + b"\0")
    assert verdicts("component new", cases) == golden


def test_offsets(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for memory, sections in MEMORIES.items():
        for name, offset in OFFSETS.items():
            for mode in (b"\0", b"\2\0", b"\2\1"):
                data = section(11, b"\3" + mode + offset + b"\1a" + GOOD + FAULT)
                cases[f"{memory}, {name}, {mode.hex()}"] = CORE + sections + data
        for mode in (b"\1", b"\3", b"\2"):
            cases[f"{memory}, {mode.hex()}"] = CORE + sections + section(11, b"\2" + mode + b"\1a" + FAULT)
    assert verdicts("component new", cases) == golden


def test_element_segments(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    head = section(1, b"\1\x60\0\0") + section(3, b"\1\0") + section(4, b"\2\x70\0\1\x6f\0\1")
    tail = section(10, b"\1\2\0\x0b")
    fault = b"\2\x09" + ZERO + b"\0\0"
    segments = {
        "0": b"\0" + ZERO,
        "1": b"\1\0",
        "2": b"\2\0" + ZERO + b"\0",
        "2 of another table": b"\2\1" + ZERO + b"\0",
        "3": b"\3\0",
        "4": b"\4" + ZERO,
        "5": b"\5\x70",
        "5 extern": b"\5\x6f",
        "6": b"\6\0" + ZERO + b"\x70",
        "6 of another table": b"\6\1" + ZERO + b"\x6f",
        "7": b"\7\x70",
        "8": b"\x08" + ZERO,
        "1 of kind 1": b"\1\1",
        "0 of another type": b"\0\x42\0\x0b",
    }
    items = {"functions": b"\0", "unknown functions": b"\1", "expressions": b"\xd2\0\x0b", "nulls": b"\xd0\x70\x0b",
             "extern nulls": b"\xd0\x6f\x0b", "numbers": b"\x41\0\x0b", "no end": b"\xd2\0"}  # fmt: skip
    for name, start in segments.items():
        for item, data in items.items():
            for count in (0, 1, 2):
                case = section(9, b"\2" + start + uleb(count) + data * count + fault)
                cases[f"{name}, {count} {item}"] = CORE + head + case + tail
    assert verdicts("component new", cases) == golden
