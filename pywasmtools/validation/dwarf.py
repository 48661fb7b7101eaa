"""DWARF as far as places and names of functions go: units, entries, address ranges, line programs.

DWARF 5, sections 7.5 (entries and forms), 7.25 (range lists), 6.2 (line numbers); 2 to 4 as they differ. All readers raise what
is malformed. Split units and supplementary files are not followed.
"""

from __future__ import annotations

from pywasmtools.diagnostics import BINARY, WasmToolsError, error
from pywasmtools.wasm.reader import BinaryReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# What a value is; the forms that are told apart here.
ADDRESS: Final = 0
ADDRESS_INDEX: Final = 1
NUMBER: Final = 2
TEXT: Final = 3
TEXT_INDEX: Final = 4
UNIT_REFERENCE: Final = 5
INFO_REFERENCE: Final = 6
SECTION_OFFSET: Final = 7
RANGES_INDEX: Final = 8
OTHER: Final = 9

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
MIPS_LINKAGE_NAME: Final = 0x2007

# Tags.
INLINED_SUBROUTINE: Final = 0x1D
SUBPROGRAM: Final = 0x2E

TOMBSTONE: Final = 0xFFFF_FFFE
"""Addresses from here on are of code that the linker left out."""

_FIXED_SIZES: Final = {
    0x05: 2,  # data2
    0x06: 4,  # data4
    0x07: 8,  # data8
    0x0B: 1,  # data1
}
_REFERENCE_SIZES: Final = {
    0x11: 1,  # ref1
    0x12: 2,  # ref2
    0x13: 4,  # ref4
    0x14: 8,  # ref8
}


class Sections:
    """The debug sections of one module, by name, each empty where it is not there."""

    __slots__ = ("by_name",)

    def __init__(self, by_name: dict[str, bytes]) -> None:
        self.by_name = by_name

    def reader(self, name: str, pos: int = 0) -> BinaryReader:
        """A reader of `.debug_<name>` from an offset on."""
        data = self.by_name.get(".debug_" + name, b"")
        if pos > len(data):
            raise error("offset beyond the end of a section")
        reader = BinaryReader(data)
        reader.pos = pos
        return reader

    def text(self, name: str, pos: int) -> bytes:
        """The string at an offset of a section."""
        return read_text(self.reader(name, pos))


def read_text(reader: BinaryReader) -> bytes:
    """A string that ends with a zero byte."""
    end = reader.data.find(b"\0", reader.pos, reader.end)
    if end < 0:
        raise reader.end_of_file()
    text = reader.data[reader.pos : end]
    reader.pos = end + 1
    return text


def read_number(reader: BinaryReader, size: int) -> int:
    """A number of so many bytes, little endian."""
    return int.from_bytes(reader.take(size), "little")


def var_signed(reader: BinaryReader) -> int:
    return reader.var_s64()


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


def read_abbreviations(reader: BinaryReader) -> dict[int, Abbreviation]:
    """The abbreviations of a unit by their code."""
    found: dict[int, Abbreviation] = {}
    while True:
        code = reader.var_u64()
        if code == 0:
            return found
        tag = reader.var_u64()
        has_children = reader.u8()
        if tag == 0 or has_children > 1 or code in found:
            raise error(f"invalid abbreviation: {code}")
        abbreviation = Abbreviation(tag, has_children != 0)
        while True:
            name = reader.var_u64()
            form = reader.var_u64()
            implicit = reader.var_s64() if form == 0x21 else 0  # implicit_const
            if name == 0 and form == 0:
                break
            if name == 0 or form == 0:
                raise error(f"invalid attribute of an abbreviation: {code}")
            abbreviation.attributes.append((name, form, implicit))
        found[code] = abbreviation


class Unit:
    """A compilation unit. `start..end` is its place in `.debug_info`, `entries` where the first entry begins."""

    __slots__ = (
        "abbreviations",
        "addr_base",
        "address_size",
        "attributes",
        "comp_dir",
        "end",
        "entries",
        "is_partial",
        "language",
        "low_pc",
        "offset_size",
        "rnglists_base",
        "sections",
        "start",
        "str_offsets_base",
        "version",
    )

    def __init__(self, sections: Sections, start: int, end: int, offset_size: int, version: int) -> None:
        self.sections = sections
        self.start = start
        self.end = end
        self.offset_size = offset_size
        self.version = version
        self.is_partial = False
        self.address_size = 4
        self.entries = 0
        self.abbreviations: dict[int, Abbreviation] = {}
        self.attributes: dict[int, Value] = {}
        self.comp_dir = b""
        self.language = -1
        self.low_pc = 0
        # The bases of what is told by index; those of units that say nothing begin behind a header.
        header = 8 if offset_size == 4 else 16
        self.str_offsets_base = header
        self.addr_base = header
        self.rnglists_base = header + 4

    def reader(self, pos: int) -> BinaryReader:
        """A reader of entries from a place in `.debug_info` on, to the unit's end."""
        reader = self.sections.reader("info", pos)
        reader.end = min(reader.end, self.end)
        return reader

    def take_root(self) -> None:
        """Reads the first entry, which is the unit's own."""
        reader = self.reader(self.entries)
        code = reader.var_u64()
        abbreviation = self.abbreviations.get(code)
        if abbreviation is None:
            raise error("unit without an entry")
        self.attributes = values = self.read_attributes(reader, abbreviation)
        for name in (STR_OFFSETS_BASE, ADDR_BASE, RNGLISTS_BASE):
            value = values.get(name)
            if value is not None and value.kind == SECTION_OFFSET:
                if name == STR_OFFSETS_BASE:
                    self.str_offsets_base = value.number
                elif name == ADDR_BASE:
                    self.addr_base = value.number
                else:
                    self.rnglists_base = value.number
        if LANGUAGE in values:
            self.language = values[LANGUAGE].number
        if COMP_DIR in values:
            self.comp_dir = self.text_of(values[COMP_DIR]) or b""
        if LOW_PC in values:
            self.low_pc = self.address_of(values[LOW_PC]) or 0

    # ------------------------------------------------------------------- values

    def read_attributes(self, reader: BinaryReader, abbreviation: Abbreviation) -> dict[int, Value]:
        """The attributes of an entry by name."""
        return {name: self.read_value(reader, form, implicit) for name, form, implicit in abbreviation.attributes}

    def read_value(self, reader: BinaryReader, form: int, implicit: int) -> Value:
        """One value in its form."""
        while form == 0x16:  # indirect
            form = reader.var_u64()
            implicit = 0
        size = _FIXED_SIZES.get(form)
        if size is not None:
            return Value(NUMBER, read_number(reader, size))
        if form == 0x01:  # addr
            return Value(ADDRESS, read_number(reader, self.address_size))
        if form == 0x0F:  # udata
            return Value(NUMBER, reader.var_u64())
        if form == 0x0D:  # sdata
            return Value(NUMBER, var_signed(reader))
        if form == 0x21:  # implicit_const
            return Value(NUMBER, implicit)
        if form == 0x08:  # string
            return Value(TEXT, 0, read_text(reader))
        if form == 0x0E or form == 0x1F:  # strp, line_strp
            return self._text_at("str" if form == 0x0E else "line_str", read_number(reader, self.offset_size))
        if form == 0x17:  # sec_offset
            return Value(SECTION_OFFSET, read_number(reader, self.offset_size))
        if form == 0x0C or form == 0x19:  # flag, flag_present
            return Value(OTHER, reader.u8() if form == 0x0C else 1)
        size = _REFERENCE_SIZES.get(form)
        if size is not None:
            return Value(UNIT_REFERENCE, self.start + read_number(reader, size))
        if form == 0x15:  # ref_udata
            return Value(UNIT_REFERENCE, self.start + reader.var_u64())
        if form == 0x10:  # ref_addr
            size = self.address_size if self.version == 2 else self.offset_size
            return Value(INFO_REFERENCE, read_number(reader, size))
        return self._indexed_or_block(reader, form)

    def _text_at(self, section: str, offset: int) -> Value:
        try:
            return Value(TEXT, 0, self.sections.text(section, offset))
        except WasmToolsError:
            return Value(OTHER)

    def _indexed_or_block(self, reader: BinaryReader, form: int) -> Value:
        if form == 0x1A or 0x25 <= form <= 0x28:  # strx, strx1 to strx4
            index = reader.var_u64() if form == 0x1A else read_number(reader, form - 0x24)
            return Value(TEXT_INDEX, index)
        if form == 0x1B or 0x29 <= form <= 0x2C:  # addrx, addrx1 to addrx4
            index = reader.var_u64() if form == 0x1B else read_number(reader, form - 0x28)
            return Value(ADDRESS_INDEX, index)
        if form == 0x23:  # rnglistx
            return Value(RANGES_INDEX, reader.var_u64())
        if form == 0x22:  # loclistx
            return Value(OTHER, reader.var_u64())
        if form == 0x1E:  # data16
            reader.skip(16)
        elif form == 0x20:  # ref_sig8
            reader.skip(8)
        elif form == 0x0A:  # block1
            reader.skip(reader.u8())
        elif form == 0x03:  # block2
            reader.skip(read_number(reader, 2))
        elif form == 0x04:  # block4
            reader.skip(read_number(reader, 4))
        elif form == 0x09 or form == 0x18:  # block, exprloc
            reader.skip(reader.var_u64())
        else:
            raise error(f"unknown attribute form: {form:#x}")
        return Value(OTHER)

    def text_of(self, value: Value) -> bytes | None:
        """The string that a value is, if it is one."""
        if value.kind == TEXT:
            return value.text
        if value.kind != TEXT_INDEX:
            return None
        size = self.offset_size
        offsets = self.sections.reader("str_offsets", self.str_offsets_base + value.number * size)
        return self.sections.text("str", read_number(offsets, size))

    def address_of(self, value: Value) -> int | None:
        """The address that a value is, if it is one."""
        if value.kind == ADDRESS:
            return value.number
        if value.kind != ADDRESS_INDEX:
            return None
        size = self.address_size
        return read_number(self.sections.reader("addr", self.addr_base + value.number * size), size)

    # ------------------------------------------------------------------- ranges

    def ranges_of(self, values: dict[int, Value]) -> list[tuple[int, int]]:
        """The ranges of addresses that an entry is of, none of them empty."""
        found: list[tuple[int, int]] = []
        ranges = values.get(RANGES)
        if ranges is not None and ranges.kind in (SECTION_OFFSET, RANGES_INDEX, NUMBER):
            found = self._old_ranges(ranges.number) if self.version < 5 else self._ranges(ranges)
        elif LOW_PC in values and HIGH_PC in values:
            low = self.address_of(values[LOW_PC])
            high = values[HIGH_PC]
            end = self.address_of(high)
            if low is not None and end is None and high.kind == NUMBER:
                end = low + high.number
            if low is not None and end is not None and low < TOMBSTONE:
                found.append((low, end))
        return [pair for pair in found if pair[0] < pair[1]]

    def _old_ranges(self, offset: int) -> list[tuple[int, int]]:
        reader = self.sections.reader("ranges", offset)
        size = self.address_size
        base = self.low_pc
        found: list[tuple[int, int]] = []
        while True:
            begin = read_number(reader, size)
            end = read_number(reader, size)
            if begin == 0 and end == 0:
                return found
            if begin == (1 << 8 * size) - 1:
                base = end
            elif begin < TOMBSTONE and base < TOMBSTONE:
                found.append((base + begin, base + end))

    def _ranges(self, value: Value) -> list[tuple[int, int]]:
        offset = value.number
        if value.kind == RANGES_INDEX:
            size = self.offset_size
            index = self.sections.reader("rnglists", self.rnglists_base + offset * size)
            offset = self.rnglists_base + read_number(index, size)
        reader = self.sections.reader("rnglists", offset)
        size = self.address_size
        base = self.low_pc
        found: list[tuple[int, int]] = []
        while True:
            kind = reader.u8()
            if kind == 0:  # end of the list
                return found
            if kind == 1 or kind == 5:  # base address
                base = self._index(reader) if kind == 1 else read_number(reader, size)
                continue
            if kind == 2:
                begin, end = self._index(reader), self._index(reader)
            elif kind == 3:
                begin = self._index(reader)
                end = begin + reader.var_u64()
            elif kind == 4:
                begin, end = base + reader.var_u64(), base + reader.var_u64()
            elif kind == 6:
                begin, end = read_number(reader, size), read_number(reader, size)
            elif kind == 7:
                begin = read_number(reader, size)
                end = begin + reader.var_u64()
            else:
                raise error(f"unknown range lists entry: {kind:#x}")
            if begin < TOMBSTONE:
                found.append((begin, end))

    def _index(self, reader: BinaryReader) -> int:
        return self.address_of(Value(ADDRESS_INDEX, reader.var_u64())) or 0


def read_units(sections: Sections) -> list[Unit]:
    """All units but those of types, and those whose first entry can't be read. Raises where a header can't be."""
    try:
        return _read_units(sections)
    except WasmToolsError as e:
        reason = e if e.kind != BINARY else error("unexpected end of input")
    raise reason.context("failed to create addr2line dwarf mapping context")


def _read_units(sections: Sections) -> list[Unit]:
    found: list[Unit] = []
    reader = sections.reader("info")
    while not reader.eof():
        start = reader.pos
        length = reader.u32()
        offset_size = 4
        if length == 0xFFFF_FFFF:
            length = reader.u64()
            offset_size = 8
        end = reader.pos + length
        if end > reader.end:
            raise reader.end_of_file()
        version = read_number(reader, 2)
        if not 2 <= version <= 5:
            raise error(f"unknown DWARF version: {version}")
        unit = Unit(sections, start, end, offset_size, version)
        type_ = 1
        if version >= 5:
            type_ = reader.u8()
            unit.address_size = reader.u8()
            abbreviations = read_number(reader, offset_size)
            if type_ == 4 or type_ == 5:  # skeleton, split
                reader.skip(8)
        else:
            abbreviations = read_number(reader, offset_size)
            unit.address_size = reader.u8()
        unit.is_partial = type_ == 3
        unit.entries = reader.pos
        reader.pos = end
        if type_ in (1, 3, 4, 5) and _is_begun(unit, abbreviations):
            found.append(unit)
    return found


def _is_begun(unit: Unit, abbreviations: int) -> bool:
    """Reads the abbreviations of a unit, at that offset, and its root; whether both can be read."""
    try:
        unit.abbreviations = read_abbreviations(unit.sections.reader("abbrev", abbreviations))
        unit.take_root()
    except WasmToolsError:
        return False
    return True
