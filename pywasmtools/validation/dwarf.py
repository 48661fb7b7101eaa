"""DWARF as far as places and names of functions go: sections, forms of values, abbreviations, ranges of addresses.

DWARF 5, sections 7.5 (entries and forms) and 7.25 (range lists); 2 to 4 as they differ. All readers raise what is malformed.
Supplementary files are not followed.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import WasmToolsError

# What a value is; the forms that are told apart here.
ADDRESS: Final = 0
ADDRESS_INDEX: Final = 1
NUMBER: Final = 2
TEXT: Final = 3
TEXT_OFFSET: Final = 4
LINE_TEXT_OFFSET: Final = 5
TEXT_INDEX: Final = 6
UNIT_REFERENCE: Final = 7
INFO_REFERENCE: Final = 8
SECTION_OFFSET: Final = 9
RANGES_INDEX: Final = 10
OTHER: Final = 11

# Attributes.
NAME: Final = 0x03
STMT_LIST: Final = 0x10
LOW_PC: Final = 0x11
HIGH_PC: Final = 0x12
LANGUAGE: Final = 0x13
COMP_DIR: Final = 0x1B
ABSTRACT_ORIGIN: Final = 0x31
SPECIFICATION: Final = 0x47
RANGES: Final = 0x55
LINKAGE_NAME: Final = 0x6E
STR_OFFSETS_BASE: Final = 0x72
ADDR_BASE: Final = 0x73
RNGLISTS_BASE: Final = 0x74
DWO_NAME: Final = 0x76
MIPS_LINKAGE_NAME: Final = 0x2007
GNU_DWO_NAME: Final = 0x2130
GNU_DWO_ID: Final = 0x2131
GNU_RANGES_BASE: Final = 0x2132
GNU_ADDR_BASE: Final = 0x2133

# Tags.
INLINED_SUBROUTINE: Final = 0x1D
SUBPROGRAM: Final = 0x2E

INDIRECT: Final = 0x16
_DATA4: Final = 0x06
_DATA8: Final = 0x07
_IMPLICIT_CONST: Final = 0x21

_SIZED_FORMS: Final = {
    0x05: (NUMBER, 2),  # data2
    _DATA4: (NUMBER, 4),
    _DATA8: (NUMBER, 8),
    0x0B: (NUMBER, 1),  # data1
    0x0C: (OTHER, 1),  # flag
    0x11: (UNIT_REFERENCE, 1),  # ref1
    0x12: (UNIT_REFERENCE, 2),  # ref2
    0x13: (UNIT_REFERENCE, 4),  # ref4
    0x14: (UNIT_REFERENCE, 8),  # ref8
    0x19: (OTHER, 0),  # flag_present
    0x1C: (OTHER, 4),  # ref_sup4
    0x1E: (OTHER, 16),  # data16
    0x20: (OTHER, 8),  # ref_sig8
    0x24: (OTHER, 8),  # ref_sup8
    0x25: (TEXT_INDEX, 1),  # strx1
    0x26: (TEXT_INDEX, 2),  # strx2
    0x27: (TEXT_INDEX, 3),  # strx3
    0x28: (TEXT_INDEX, 4),  # strx4
    0x29: (ADDRESS_INDEX, 1),  # addrx1
    0x2A: (ADDRESS_INDEX, 2),  # addrx2
    0x2B: (ADDRESS_INDEX, 3),  # addrx3
    0x2C: (ADDRESS_INDEX, 4),  # addrx4
}
"""Kind and bytes of the forms of one size."""

_OFFSET_FORMS: Final = {
    0x0E: TEXT_OFFSET,  # strp
    0x17: SECTION_OFFSET,  # sec_offset
    0x1D: OTHER,  # strp_sup
    0x1F: LINE_TEXT_OFFSET,  # line_strp
    0x1F20: OTHER,  # GNU_ref_alt
    0x1F21: OTHER,  # GNU_strp_alt
}
"""Kind of the forms whose size is that of an offset into a section."""

_LEB_FORMS: Final = {
    0x0F: NUMBER,  # udata
    0x15: UNIT_REFERENCE,  # ref_udata
    0x1A: TEXT_INDEX,  # strx
    0x1B: ADDRESS_INDEX,  # addrx
    0x22: OTHER,  # loclistx
    0x23: RANGES_INDEX,  # rnglistx
    0x1F01: ADDRESS_INDEX,  # GNU_addr_index
    0x1F02: TEXT_INDEX,  # GNU_str_index
}

_BLOCK_SIZES: Final = {
    0x03: 2,  # block2
    0x04: 4,  # block4
    0x09: 0,  # block, its size in LEB128
    0x0A: 1,  # block1
    0x18: 0,  # exprloc
}

_MAY_BE_OFFSETS: Final = frozenset((STMT_LIST, RANGES))
"""Attributes whose plain numbers, of the size of an offset, are offsets: before version 4 there was no form for them."""


class Bytes:
    """A cursor over a part of a section: what cannot be read raises."""

    __slots__ = ("data", "end", "pos")

    def __init__(self, data: bytes, pos: int = 0, end: int = -1) -> None:
        self.data = data
        self.pos = pos
        self.end = len(data) if end < 0 else end

    def take(self, size: int) -> bytes:
        """The next bytes."""
        start = self.pos
        self.skip(size)
        return self.data[start : self.pos]

    def skip(self, size: int) -> None:
        if size > self.end - self.pos:
            raise ended()
        self.pos += size

    def part(self, size: int) -> Bytes:
        """The next bytes, to be read on their own."""
        start = self.pos
        self.skip(size)
        return Bytes(self.data, start, self.pos)

    def number(self, size: int) -> int:
        """A number of so many bytes, little endian."""
        return int.from_bytes(self.take(size), "little")

    def text(self) -> bytes:
        """A string that ends with a zero byte."""
        end = self.data.find(b"\0", self.pos, self.end)
        if end < 0:
            raise ended()
        text = self.data[self.pos : end]
        self.pos = end + 1
        return text

    def leb(self) -> int:
        """An unsigned number of at most 64 bits."""
        result = 0
        for shift in range(0, 63, 7):
            byte = self.number(1)
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
        byte = self.number(1)
        if byte > 1:
            raise error("unsigned LEB128 overflow")
        return result | byte << 63

    def leb16(self) -> int:
        """An unsigned number of at most 16 bits."""
        result = 0
        for shift in (0, 7):
            byte = self.number(1)
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
        byte = self.number(1)
        if byte > 3:
            raise error("unsigned LEB128 overflow")
        return result | byte << 14

    def signed_leb(self) -> int:
        """A signed number of at most 64 bits."""
        result = 0
        for shift in range(0, 63, 7):
            byte = self.number(1)
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result - (1 << shift + 7) if byte & 0x40 else result
        byte = self.number(1)
        if byte not in (0, 0x7F):
            raise error("signed LEB128 overflow")
        return result - (1 << 63) if byte else result

    def skip_leb(self) -> None:
        """Steps over a number, however long."""
        while self.number(1) >= 0x80:
            pass

    def size_of_unit(self) -> tuple[int, int]:
        """The length that a unit begins with, and the size of its offsets: 4 or 8."""
        length = self.number(4)
        if length < 0xFFFF_FFF0:
            return length, 4
        if length < 0xFFFF_FFFF:
            raise error(f"unknown reserved length: {length:#x}")
        return self.number(8), 8

    def address_size(self) -> int:
        size = self.number(1)
        if size not in (1, 2, 4, 8):
            raise error(f"unsupported address size: {size}")
        return size


def ended() -> WasmToolsError:
    """The error that there is less than should be read."""
    return error("unexpected end of input")


def malformed() -> WasmToolsError:
    """The error of what is passed over where it is malformed, and never told."""
    return error("malformed")


def tombstone(address_size: int) -> int:
    """Addresses from here on are of code that the linker left out."""
    return (1 << 8 * address_size) - 2


class Sections:
    """The debug sections of one module, by name, each empty where it is not there."""

    __slots__ = ("by_name",)

    def __init__(self, by_name: dict[str, bytes]) -> None:
        self.by_name = by_name

    def reader(self, name: str, pos: int = 0) -> Bytes:
        """A reader of `.debug_<name>` from an offset on."""
        reader = Bytes(self.by_name.get(".debug_" + name, b""))
        reader.skip(pos)
        return reader

    def indexed(self, name: str, base: int, index: int, size: int) -> int:
        """A number out of a table of a section."""
        if index * size >= 1 << 64:
            raise error("offset overflow")
        return self.reader(name, base + index * size).number(size)


class Value:
    """The value of an attribute: what it is, and the number or the string."""

    __slots__ = ("kind", "number", "text")

    def __init__(self, kind: int, number: int = 0, text: bytes = b"") -> None:
        self.kind = kind
        self.number = number
        self.text = text


class Abbreviation:
    """What an entry is made of: its tag, whether it has children, and names and forms of its attributes."""

    __slots__ = ("attributes", "has_children", "tag")

    def __init__(self, tag: int, has_children: bool) -> None:
        self.tag = tag
        self.has_children = has_children
        self.attributes: list[tuple[int, int, int]] = []
        """(name, form, the value of an implicit constant)"""


def read_abbreviations(reader: Bytes) -> dict[int, Abbreviation]:
    """The abbreviations of a unit by their code: up to a zero, or to the end of the section."""
    found: dict[int, Abbreviation] = {}
    while reader.pos < reader.end:
        code = reader.leb()
        if code == 0:
            break
        tag = reader.leb16()
        has_children = reader.number(1)
        if tag == 0 or has_children > 1:
            raise malformed()
        abbreviation = Abbreviation(tag, has_children == 1)
        while True:
            name = reader.leb16()
            form = reader.leb16()
            if name == 0 and form == 0:
                break
            if name == 0 or form == 0:
                raise malformed()
            implicit = reader.signed_leb() if form == _IMPLICIT_CONST else 0
            abbreviation.attributes.append((name, form, implicit))
        if code in found:
            raise malformed()
        found[code] = abbreviation
    return found


def read_value(reader: Bytes, form: int, address_size: int, offset_size: int, version: int) -> Value:
    """A value in its form, of those forms that need nothing else. Values that are no more than stepped over are read too."""
    sized = _SIZED_FORMS.get(form)
    if sized is not None:
        return Value(sized[0], reader.number(sized[1]))
    if form in _OFFSET_FORMS:
        return Value(_OFFSET_FORMS[form], reader.number(offset_size))
    if form in _LEB_FORMS:
        return Value(_LEB_FORMS[form], reader.leb())
    if form in _BLOCK_SIZES:
        size = _BLOCK_SIZES[form]
        reader.skip(reader.number(size) if size else reader.leb())
        return Value(OTHER)
    if form == 0x01:  # addr
        return Value(ADDRESS, reader.number(address_size))
    if form == 0x08:  # string
        return Value(TEXT, 0, reader.text())
    if form == 0x0D:  # sdata
        return constant(reader.signed_leb())
    if form == 0x10:  # ref_addr
        return Value(INFO_REFERENCE, reader.number(address_size if version == 2 else offset_size))
    raise error(f"unknown attribute form: {form:#x}")


def constant(number: int) -> Value:
    """A signed number; one below zero tells nothing here."""
    return Value(NUMBER, number) if number >= 0 else Value(OTHER)


class Unit:
    """A compilation unit. `start..end` is its place in `.debug_info`, `entries` where the first entry begins.

    `comp_dir` and `name` are None where they are not said or can't be read.
    A `language` of -1 is none.
    """

    __slots__ = (
        "abbreviations",
        "addr_base",
        "address_size",
        "comp_dir",
        "end",
        "entries",
        "is_split",
        "language",
        "low_pc",
        "name",
        "offset_size",
        "rnglists_base",
        "sections",
        "start",
        "str_offsets_base",
        "version",
    )

    def __init__(self, sections: Sections, start: int, version: int, offset_size: int, address_size: int) -> None:
        self.sections = sections
        self.start = start
        self.end = 0
        self.entries = 0
        self.offset_size = offset_size
        self.version = version
        self.address_size = address_size
        self.is_split = False
        self.abbreviations: dict[int, Abbreviation] = {}
        self.comp_dir: bytes | None = None
        self.name: bytes | None = None
        self.language = -1
        self.low_pc = 0
        # Where the tables begin that are looked up by index.
        self.str_offsets_base = 0
        self.addr_base = 0
        self.rnglists_base = 0

    # ------------------------------------------------------------------- values

    def read_attributes(self, reader: Bytes, abbreviation: Abbreviation) -> list[tuple[int, Value]]:
        """The attributes of an entry: names and values."""
        return [(name, self._value(reader, name, form, const)) for name, form, const in abbreviation.attributes]

    def _value(self, reader: Bytes, name: int, form: int, implicit: int) -> Value:
        if form == _IMPLICIT_CONST:
            return constant(implicit)
        while form == INDIRECT:
            form = reader.leb16()
        if form == _IMPLICIT_CONST:
            raise error("invalid indirect attribute form: DW_FORM_implicit_const")
        value = read_value(reader, form, self.address_size, self.offset_size, self.version)
        if form == (_DATA4 if self.offset_size == 4 else _DATA8) and name in _MAY_BE_OFFSETS:
            value.kind = SECTION_OFFSET
        return value

    def skip_attributes(self, reader: Bytes, abbreviation: Abbreviation) -> None:
        """Steps over the attributes of an entry: numbers may be longer than they could be read."""
        for _, form, _ in abbreviation.attributes:
            while form == INDIRECT:
                form = reader.leb16()
            if form in _LEB_FORMS or form == 0x0D:
                reader.skip_leb()
            elif form != _IMPLICIT_CONST:
                read_value(reader, form, self.address_size, self.offset_size, self.version)

    def text_of(self, value: Value) -> bytes:
        """The string that a value is; raises where it is none."""
        if value.kind == TEXT:
            return value.text
        if value.kind == TEXT_OFFSET:
            return self.sections.reader("str", value.number).text()
        if value.kind == LINE_TEXT_OFFSET:
            return self.sections.reader("line_str", value.number).text()
        if value.kind == TEXT_INDEX:
            offset = self.sections.indexed("str_offsets", self.str_offsets_base, value.number, self.offset_size)
            return self.sections.reader("str", offset).text()
        raise error("invalid attribute form for string")

    def address_of(self, value: Value) -> int | None:
        """The address that a value is, if it is one."""
        if value.kind == ADDRESS:
            return value.number
        if value.kind == ADDRESS_INDEX:
            return self.address_at(value.number)
        return None

    def address_at(self, index: int) -> int:
        return self.sections.indexed("addr", self.addr_base, index, self.address_size)

    # ------------------------------------------------------------------- ranges

    def ranges_of(self, values: list[tuple[int, Value]]) -> list[tuple[int, int]]:
        """The ranges of addresses that an entry is of, none of them empty."""
        low: int | None = None
        high: int | None = None
        size: int | None = None
        lists: int | None = None
        for name, value in values:
            if name == LOW_PC:
                address = self.address_of(value)
                low = low if address is None else address
            elif name == HIGH_PC:
                address = self.address_of(value)
                high = high if address is None else address
                size = value.number if value.kind == NUMBER else size
            elif name == RANGES:
                lists = self._offset_of_ranges(value)
        found: list[tuple[int, int]] = []
        if lists is not None:
            found = self._old_ranges(lists) if self.version < 5 else self._ranges(lists)
        elif low is not None and high is not None:
            found.append((low, high))
        elif low is not None and size is not None:
            found.append((low, low + size & 0xFFFF_FFFF_FFFF_FFFF))
        return [pair for pair in found if pair[0] < pair[1]]

    def _offset_of_ranges(self, value: Value) -> int | None:
        if value.kind == SECTION_OFFSET:
            return value.number
        if value.kind == RANGES_INDEX:
            base = self.rnglists_base
            return base + self.sections.indexed("rnglists", base, value.number, self.offset_size)
        return None

    def _old_ranges(self, offset: int) -> list[tuple[int, int]]:
        reader = self.sections.reader("ranges", offset)
        size = self.address_size
        last = (1 << 8 * size) - 1
        base = self.low_pc
        found: list[tuple[int, int]] = []
        while reader.pos < reader.end:
            begin = reader.number(size)
            end = reader.number(size)
            if begin == 0 and end == 0:
                break
            if begin == last:
                base = end
            else:
                self._add_offsets(found, base, begin, end)
        return found

    def _ranges(self, offset: int) -> list[tuple[int, int]]:
        reader = self.sections.reader("rnglists", offset)
        size = self.address_size
        last = (1 << 8 * size) - 1
        base = self.low_pc
        found: list[tuple[int, int]] = []
        while reader.pos < reader.end:
            kind = reader.number(1)
            if kind == 0:  # end of the list
                break
            if kind == 1:  # base address, by index
                base = self.address_at(reader.leb())
            elif kind == 2:  # start and end, by index
                first, second = reader.leb(), reader.leb()
                self._add_range(found, self.address_at(first), self.address_at(second))
            elif kind == 3:  # start by index, and length
                first, length = reader.leb(), reader.leb()
                begin = self.address_at(first)
                self._add_range(found, begin, begin + length & last)
            elif kind == 4:  # offsets from the base
                self._add_offsets(found, base, reader.leb(), reader.leb())
            elif kind == 5:  # base address
                base = reader.number(size)
            elif kind == 6:  # start and end
                self._add_range(found, reader.number(size), reader.number(size))
            elif kind == 7:  # start and length
                begin = reader.number(size)
                self._add_range(found, begin, begin + reader.leb() & last)
            else:
                raise error(f"unknown range lists entry: {kind:#x}")
        return found

    def _add_offsets(self, found: list[tuple[int, int]], base: int, begin: int, end: int) -> None:
        """Adds a range that is told from a base on, unless it is of code that was left out."""
        last = (1 << 8 * self.address_size) - 1
        if base < tombstone(self.address_size):
            self._add_range(found, base + begin & last, base + end & last)

    def _add_range(self, found: list[tuple[int, int]], begin: int, end: int) -> None:
        """Adds a range, unless it is of code that was left out."""
        if begin < tombstone(self.address_size):
            found.append((begin, end))
