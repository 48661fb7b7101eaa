"""Makes modules with DWARF: entries, line programs and tables out of what they say, right or wrong.

A module has one function, whose instruction at an address of the code section can't be valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from answers import Answers
from numbers_in_binary import section, uleb

ADDR, BLOCK2, BLOCK4, DATA2, DATA4, DATA8, STRING = 1, 3, 4, 5, 6, 7, 8
BLOCK, BLOCK1, DATA1, FLAG, SDATA, STRP, UDATA = 9, 10, 11, 12, 13, 14, 15
REF_ADDR, REF1, REF2, REF4, REF8, REF_UDATA, INDIRECT = 16, 17, 18, 19, 20, 21, 22
SEC_OFFSET, EXPRLOC, FLAG_PRESENT, STRX, ADDRX, REF_SUP4, STRP_SUP = 23, 24, 25, 26, 27, 28, 29
DATA16, LINE_STRP, REF_SIG8, IMPLICIT, LOCLISTX, RNGLISTX, REF_SUP8 = 30, 31, 32, 33, 34, 35, 36
STRX1, STRX2, STRX3, STRX4, ADDRX1, ADDRX2, ADDRX3, ADDRX4 = range(37, 45)
GNU_ADDR_INDEX, GNU_STR_INDEX, GNU_REF_ALT, GNU_STRP_ALT = 0x1F01, 0x1F02, 0x1F20, 0x1F21

NAME, STMT_LIST, LOW, HIGH, LANGUAGE, COMP_DIR = 0x03, 0x10, 0x11, 0x12, 0x13, 0x1B
ORIGIN, SPECIFICATION, RANGES, LINKAGE, MIPS_LINKAGE = 0x31, 0x47, 0x55, 0x6E, 0x2007
STR_OFFSETS_BASE, ADDR_BASE, RNGLISTS_BASE, DWO_NAME = 0x72, 0x73, 0x74, 0x76
GNU_DWO_NAME, GNU_DWO_ID, GNU_RANGES_BASE, GNU_ADDR_BASE = 0x2130, 0x2131, 0x2132, 0x2133

SIZES = {
    BLOCK1: 1,
    BLOCK2: 2,
    BLOCK4: 4,
    DATA1: 1,
    DATA2: 2,
    DATA4: 4,
    DATA8: 8,
    FLAG: 1,
    DATA16: 16,
    REF1: 1,
    REF2: 2,
    REF4: 4,
    REF8: 8,
    REF_SUP4: 4,
    REF_SUP8: 8,
    REF_SIG8: 8,
    FLAG_PRESENT: 0,
    IMPLICIT: 0,
    STRX1: 1,
    STRX2: 2,
    STRX3: 3,
    STRX4: 4,
    ADDRX1: 1,
    ADDRX2: 2,
    ADDRX3: 3,
    ADDRX4: 4,
}
OFFSETS = (STRP, SEC_OFFSET, LINE_STRP, STRP_SUP, GNU_REF_ALT, GNU_STRP_ALT)

Attribute = tuple[int, int, int | str | bytes]
"""Attribute, form, and its value: a number, the name of an entry that is referred to, or bytes as they are."""


def n(value: int, size: int = 4) -> bytes:
    return value.to_bytes(size, "little")


def leb(value: int) -> bytes:
    return uleb(value)


def sleb(value: int) -> bytes:
    """A signed LEB128 number."""
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value & 0x7F])


class Entry:
    """An entry: its tag, attributes, and children; without a list of children it can't have any."""

    def __init__(
        self, tag: int, attributes: Iterable[Attribute], children: list[Entry] | None = None, label: str = ""
    ) -> None:
        self.tag = tag
        self.attributes = list(attributes)
        self.children = children
        self.label = label


END = Entry(0, [])
"""An empty entry, where it is one too many."""


class Dwarf:
    """The debug sections of a module; `unit` adds to `.debug_info` and `.debug_abbrev`, the others are set as they are."""

    def __init__(self, **others: bytes) -> None:
        self.info = b""
        self.abbrev = b""
        self.others = others
        self.places: dict[str, int] = {}
        """Where the labelled entries are, in `.debug_info`."""

    def unit(
        self,
        root: Entry,
        version: int = 4,
        offset_size: int = 4,
        address_size: int = 4,
        kind: int = 1,
        head: bytes = b"",
        tail: bytes = b"",
    ) -> Dwarf:
        """A unit; `head` stands behind its header, `tail` behind its entries."""
        for _ in range(2):  # the second time with all places known
            writer = Writer(self, version, offset_size, address_size)
            start = len(self.info)
            offset = n(len(self.abbrev), offset_size)
            sizes = n(kind, 1) + n(address_size, 1) + offset if version == 5 else offset + n(address_size, 1)
            header = n(version, 2) + sizes + head
            length = 4 if offset_size == 4 else 12
            writer.base = start
            writer.place = start + length + len(header)
            writer.entry(root)
        body = header + writer.entries + tail
        prefix = n(len(body)) if offset_size == 4 else b"\xff" * 4 + n(len(body), 8)
        self.info += prefix + body
        self.abbrev += writer.abbreviations + b"\0"
        return self

    def sections(self) -> dict[str, bytes]:
        found = {"abbrev": self.abbrev, "info": self.info} | self.others
        return {f".debug_{name}": data for name, data in found.items()}

    def module(self, address: int = 0x20) -> bytes:
        return module(self.sections(), address)


class Writer:
    """Writes the entries of a unit, and their abbreviations: one for each entry."""

    def __init__(self, dwarf: Dwarf, version: int, offset_size: int, address_size: int) -> None:
        self.dwarf = dwarf
        self.version = version
        self.offset_size = offset_size
        self.address_size = address_size
        self.abbreviations = b""
        self.entries = b""
        self.code = 0
        self.base = self.place = 0

    def entry(self, entry: Entry) -> None:
        if entry is END:
            self.entries += b"\0"
            return
        if entry.label:
            self.dwarf.places[entry.label] = self.place + len(self.entries)
        self.code += 1
        self.abbreviations += leb(self.code) + leb(entry.tag) + n(entry.children is not None, 1)
        self.entries += leb(self.code)
        for name, form, value in entry.attributes:
            self.abbreviations += leb(name) + leb(form)
            if form == IMPLICIT:
                assert isinstance(value, int)
                self.abbreviations += sleb(value)
            self.entries += self.value(form, value)
        self.abbreviations += b"\0\0"
        if entry.children is not None:
            for child in entry.children:
                self.entry(child)
            self.entries += b"\0"

    def value(self, form: int, value: int | str | bytes) -> bytes:
        if isinstance(value, bytes):
            return value
        if isinstance(value, str):
            value = self.dwarf.places.get(value, 0) - (0 if form == REF_ADDR else self.base)
            value = max(value, 0)
        if form == REF_ADDR:
            return n(value, self.address_size if self.version == 2 else self.offset_size)
        if form == ADDR:
            return n(value, self.address_size)
        if form in OFFSETS:
            return n(value, self.offset_size)
        if form in (BLOCK, EXPRLOC):
            return leb(value) + b"\x01" * value
        if form in (BLOCK1, BLOCK2, BLOCK4):
            return n(value, SIZES[form]) + b"\x01" * value
        if form in SIZES:
            return b"" if SIZES[form] == 0 else n(value, SIZES[form])
        return sleb(value) if form == SDATA else leb(value)


def module(sections: dict[str, bytes], address: int = 0x20) -> bytes:
    """A module whose `drop` at an address of the code section has nothing to drop."""
    body = b"\0" + b"\x01" * (address - 3) + b"\x1a\x0b"
    assert len(body) < 0x80
    head = b"\0asm\x01\0\0\0" + b"\x01\x04\x01\x60\0\0" + b"\x03\x02\x01\0"
    return head + section(10, b"\x01" + leb(len(body)) + body) + customs(sections)


def customs(sections: dict[str, bytes]) -> bytes:
    return b"".join(section(0, leb(len(name)) + name.encode() + data) for name, data in sections.items())


# ------------------------------------------------------------------------------- line programs


def program(
    operations: bytes,
    version: int = 4,
    tables: bytes = b"\0a.c\0\0\0\0\0",
    offset_size: int = 4,
    steps: bytes = b"\x01",
    maximum: bytes = b"\x01",
    line_base: int = 0xFB,
    line_range: int = 14,
    opcode_base: int = 13,
    operands: bytes = bytes.fromhex("000101010100000001000001"),
    address_size: bytes = b"\x04\0",
    more: int = 0,
) -> bytes:
    """A line program: its header, with `more` bytes than are told of the tables, and its operations."""
    fields = steps + (maximum if version >= 4 else b"") + b"\x01" + n(line_base, 1) + n(line_range, 1)
    header = fields + n(opcode_base, 1) + operands + tables
    body = n(version, 2) + (address_size if version >= 5 else b"")
    body += n(len(header) - more, offset_size) + header + operations
    return (n(len(body)) if offset_size == 4 else b"\xff" * 4 + n(len(body), 8)) + body


def table(formats: list[tuple[int, int]], rows: list[bytes]) -> bytes:
    """A table of folders or files of version 5: what a row has, content and form, and the rows."""
    return n(len(formats), 1) + b"".join(leb(c) + leb(f) for c, f in formats) + leb(len(rows)) + b"".join(rows)


def set_address(address: int, size: int = 4) -> bytes:
    return b"\0" + n(size + 1, 1) + b"\x02" + n(address, size)


def lines_at(*rows: tuple[int, int]) -> bytes:
    """Rows of address and line, and the end 0x80 bytes after address 0."""
    code = b""
    line = 1
    for address, row in rows:
        code += set_address(address) + b"\x03" + sleb(row - line) + b"\x01"
        line = row
    return code + set_address(0x80) + b"\0\x01\x01"


# ------------------------------------------------------------------------------- what most modules have

UNIT, FUNCTION, INLINED, BLOCK_OF, VARIABLE = 0x11, 0x2E, 0x1D, 0x0B, 0x34
WHOLE: list[Attribute] = [(LOW, ADDR, 0), (HIGH, DATA4, 0x100)]
LINES: list[Attribute] = [
    (NAME, STRING, b"unit.c\0"),
    (COMP_DIR, STRING, b"/d\0"),
    (STMT_LIST, SEC_OFFSET, 0),
    (LANGUAGE, DATA1, 2),
]
LINE = program(lines_at((0, 3), (0x20, 7), (0x40, 9)))


THE_SAME = re.compile(
    r"status 1|Caused by:|    .: func 0 failed to validate|    .: type mismatch: expected a type but nothing .*|"
)
"""Lines that all answers have, whatever the place."""


def told(answers: Answers, cases: dict[str, bytes]) -> str:
    """Each case, and below it the place that the error names, and the warning."""
    text = re.sub(r"\[[-0-9]+T[:0-9]+Z ", "[TIME ", answers("validate in.wasm", cases))
    return "".join(f"{line}\n" for line in text.splitlines() if not THE_SAME.fullmatch(line))


def function(name: str, low: int, high: int, *more: Attribute, children: list[Entry] | None = None) -> Entry:
    return Entry(
        FUNCTION, [(NAME, STRING, name.encode() + b"\0"), (LOW, ADDR, low), (HIGH, ADDR, high), *more], children
    )


def inlined(name: str, low: int, high: int, children: list[Entry] | None = None) -> Entry:
    return Entry(INLINED, function(name, low, high).attributes, children)


def unit(
    *children: Entry,
    more: Iterable[Attribute] = (),
    lines: bytes = LINE,
    others: dict[str, bytes] | None = None,
) -> Dwarf:
    """A unit of all addresses, written in C, with entries in it, more attributes of its own, and more sections."""
    return Dwarf(line=lines, **(others or {})).unit(Entry(UNIT, [*WHOLE, *LINES, *more], list(children)))


F = function("f", 0x10, 0x30)
