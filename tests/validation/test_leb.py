"""Every number of an instruction, around the borders of its bytes, in as many bytes as it may have, more, and too few.

The loops over instructions read numbers of one byte, and some of two, on their own: they must agree with the rest.
"""

from __future__ import annotations

import re

import pytest
from annotated import MODULE as CORE
from conftest import Verdicts
from numbers_in_binary import section, uleb
from syrupy.assertion import SnapshotAssertion

MANY = 0x84
"""So many types, functions, globals, tables, tags, segments, locals and labels there are: two bytes reach beyond."""

BORDERS = (0, 1, 0x3F, 0x40, 0x7F, 0x80, 0x83)
FEW = (0, 1)


def signed_borders(bits: int) -> list[int]:
    """Around the numbers that fit in one byte, two bytes and so on."""
    powers = [1 << n for n in (*range(6, bits - 1, 7), bits - 1)]
    return sorted({0, -1, *powers[:-1], *(n for p in powers for n in (p - 1, -p)), *(-p - 1 for p in powers[:-1])})


OFFSETS = (0, 1, 0x3F, 0x40, 0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000, 0xFFFFFFF, 0x10000000, 0xFFFFFFFF)

# Name: what stands before the number, what after it, the numbers; as unsigned ones of 32 bits.
UNSIGNED: dict[str, tuple[str, str, tuple[int, ...]]] = {
    "br": ("0c", "", BORDERS),
    "br_if": ("4100 0d", "", BORDERS),
    "br_table's targets": ("4100 0e 01", "00", BORDERS),
    "br_table's default": ("4100 0e 01 00", "", BORDERS),
    "br_table's count": ("4100 0e", "00 00", FEW),
    "br_on_null": ("d070 d5", "1a", BORDERS),
    "call": ("10", "", BORDERS),
    "return_call": ("12", "", BORDERS),
    "call_ref": ("d000 14", "", BORDERS),
    "call_indirect's type": ("4100 11", "00", BORDERS),
    "call_indirect's table": ("4100 11 00", "", BORDERS),
    "local.get": ("20", "1a", BORDERS),
    "local.set": ("4100 21", "", BORDERS),
    "local.tee": ("4100 22", "1a", BORDERS),
    "global.get": ("23", "1a", BORDERS),
    "global.set": ("4100 24", "", BORDERS),
    "table.get": ("4100 25", "1a", BORDERS),
    "table.set": ("4100 d070 26", "", BORDERS),
    "table.size": ("fc10", "1a", BORDERS),
    "table.copy to": ("4100 4100 4100 fc0e", "00", BORDERS),
    "table.copy from": ("4100 4100 4100 fc0e 00", "", BORDERS),
    "table.init's segment": ("4100 4100 4100 fc0c", "00", BORDERS),
    "elem.drop": ("fc0d", "", BORDERS),
    "data.drop": ("fc09", "", BORDERS),
    "memory.init's segment": ("4100 4100 4100 fc08", "00", BORDERS),
    "memory.size": ("3f", "1a", FEW),
    "memory.grow": ("4100 40", "1a", FEW),
    "memory.fill": ("4100 4100 4100 fc0b", "", FEW),
    "memory.copy": ("4100 4100 4100 fc0a", "00", FEW),
    "ref.func": ("d2", "1a", BORDERS),
    "throw": ("08", "", BORDERS),
    "select's count": ("4100 4100 4100 1c", "7f 1a", (1,)),
    "try_table's count": ("1f40", "02 00 0b", (1,)),
    "try_table's label": ("1f40 01 02", "0b", BORDERS),
    "i32.load's alignment": ("4100 28", "00 1a", (0, 1, 2)),
    "i32.load's offset": ("4100 28 02", "1a", OFFSETS),
    "i64.store's offset": ("4100 4200 37 03", "", OFFSETS),
    "v128.load's offset": ("4100 fd00 04", "1a", OFFSETS),
    "i32.atomic.load's offset": ("4100 fe10 02", "1a", OFFSETS),
    "the opcode of table.size": ("fc", "00 1a", (0x10,)),
    "the opcode of ref.i31": ("4100 fb", "1a", (0x1C,)),
    "the opcode of i8x16.splat": ("4100 fd", "1a", (0x0F,)),
    "the opcode of i16x8.abs": ("4100 fd0f fd", "1a", (0x80,)),
    "the opcode of i8x16.relaxed_swizzle": ("4100 fd0f 4100 fd0f fd", "1a", (0x100,)),
    "the opcode of atomic.fence": ("fe", "00", (3,)),
}
SIGNED: dict[str, tuple[str, str, int, list[int]]] = {
    "i32.const": ("41", "1a", 32, signed_borders(32)),
    "i64.const": ("42", "1a", 64, signed_borders(64)),
    "block": ("02", "0b", 33, list(BORDERS)),
    "loop": ("03", "0b", 33, list(BORDERS)),
    "if": ("4100 04", "0b", 33, list(BORDERS)),
    "try_table": ("1f", "00 0b", 33, list(BORDERS)),
    "ref.null": ("d0", "1a", 33, list(BORDERS)),
    "ref.test": ("d070 fb14", "1a", 33, list(BORDERS)),
}


def unsigned(number: int) -> tuple[list[bytes], dict[str, bytes]]:
    """The number in all lengths, and what is none."""
    parts = [number >> (7 * k) & 0x7F | 0x80 for k in range(6)]
    good = [bytes([*parts[:size], parts[size] & 0x7F]) for size in range(5) if number >> (7 * size + 7) == 0]
    bad = {
        "cut in the second byte": bytes(parts[:2]),
        "in six bytes": bytes([*parts[:5], 0]),
        "a bit too high": bytes([*parts[:4], parts[4] & 0x7F | 0x10]),
    }
    return good, bad


def signed(number: int, bits: int) -> tuple[list[bytes], dict[str, bytes]]:
    """The number in all lengths, and what is none."""
    longest = (bits + 6) // 7
    parts = [number >> (7 * k) & 0x7F | 0x80 for k in range(longest + 1)]
    sizes = [size for size in range(longest) if -1 << (7 * size + 6) <= number < 1 << (7 * size + 6)]
    good = [bytes([*parts[:size], parts[size] & 0x7F]) for size in sizes]
    *first, last = parts[:longest]
    bad = {
        "cut in the second byte": bytes(parts[:2]),
        "a byte too long": bytes([*parts[:longest], parts[longest] & 0x7F]),
        "another sign": bytes([*first, last & 0x7F ^ 0x40]),
        "another bit above": bytes([*first, last & 0x7F ^ 0x20]),
    }
    return good, bad


def head() -> bytes:
    """All sections before the code, with MANY of each."""
    many = uleb(MANY)
    return b"".join(
        (
            CORE,
            section(1, many + b"\x60\0\0" * MANY),
            section(3, many + b"\0" * MANY),
            section(4, many + b"\x70\0\1" * MANY),
            section(5, b"\2\3\1\1\0\1"),
            section(13, many + b"\0\0" * MANY),
            section(6, many + b"\x7f\1\x41\0\x0b" * MANY),
            section(9, many + (b"\3\0" + uleb(MANY) + b"".join(uleb(k) for k in range(MANY))) + b"\1\0\0" * (MANY - 1)),
            section(12, many),
        )
    )


HEAD = head()
DATA = section(11, uleb(MANY) + b"\1\0" * MANY)


def module(code: bytes, blocks: int) -> bytes:
    """A module whose last function is of this code, within blocks and with locals."""
    last = b"\1" + uleb(MANY) + b"\x7f" + b"\x02\x40" * blocks + code + b"\x0b" * (blocks + 1)  # -1: without its end
    bodies = uleb(MANY) + b"\2\0\x0b" * (MANY - 1) + uleb(len(last)) + last
    return HEAD + section(10, bodies) + DATA


def cases() -> dict[str, bytes]:
    """Modules: one with all that is good of an instruction, and one for each fault, of the number with the most bytes."""
    made = {}
    for name, (before, after, *bits, numbers) in (UNSIGNED | SIGNED).items():
        start, end = bytes.fromhex(before), bytes.fromhex(after)
        ways = [signed(number, bits[0]) if bits else unsigned(number) for number in numbers]
        blocks = MANY - 2 if "br" in name or "label" in name else 0
        good = b"".join(b"\x02\x40" + start + data + end + b"\x0b" for goods, _ in ways for data in goods)
        made[name] = module(good, blocks)
        for how, data in ways[-1][1].items():
            made[f"{name}, {how}"] = module(b"\x02\x40" + start + data + end + b"\x0b", blocks)
        # The body ends within the instruction; what follows it in the file are other things.
        for how, data in (("nothing left", b""), ("a byte left", b"\x80"), ("two bytes left", b"\x80\x80")):
            made[f"{name}, {how}"] = module(start + data, -1)
        if numbers == BORDERS:
            made[f"{name}, one too many"] = module(b"\x02\x40" + start + uleb(MANY) + end + b"\x0b", blocks)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("options", ["", " -t"], ids=["binary", "text"])
def test_numbers(options: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    modules = {name: data for name, data in cases().items() if not options or "," not in name}
    told = verdicts(f"component new{options}", modules)
    # Of the text the last function, without its locals and the blocks that it stands in.
    told = re.sub(r"out:\n(?:.*\n)*? +\(func \(;131;\).*\n.*\(local.*", "out:", told)
    told = re.sub(r"\n +\(data (?:.*\n)*?  \)", "", told)
    told = re.sub(r"\n +(?:block +;; .*|end|\))(?=\n)", "", told)
    assert told == golden
