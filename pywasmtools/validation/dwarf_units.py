"""DWARF: the units of a module, and the addresses that each is of. DWARF 5, sections 7.5.1 and 6.1.2."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.validation.dwarf import (
    ADDR_BASE,
    COMP_DIR,
    DWO_NAME,
    GNU_ADDR_BASE,
    GNU_DWO_ID,
    GNU_DWO_NAME,
    GNU_RANGES_BASE,
    LANGUAGE,
    LOW_PC,
    NAME,
    NUMBER,
    RANGES,
    RANGES_INDEX,
    RNGLISTS_BASE,
    SECTION_OFFSET,
    STMT_LIST,
    STR_OFFSETS_BASE,
    Bytes,
    Sections,
    Unit,
    Value,
    read_abbreviations,
    tombstone,
)
from pywasmtools.validation.dwarf_lines import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# Types of units.
_TYPE: Final = 2
_PARTIAL: Final = 3
_SKELETON: Final = 4
_SPLIT_COMPILE: Final = 5
_SPLIT_TYPE: Final = 6


class Units:
    """The units of a module, in their order, and all ranges of addresses: (begin, end, index of the unit), by their ends.

    `lines` are their line programs, of those that have one.
    """

    __slots__ = ("lines", "ranges", "units")

    def __init__(self, sections: Sections) -> None:
        """Reads all units but those of types, and those whose first entry can't be read.

        Raises where a header, or what addresses a unit is of, can't be read.
        """
        self.units: list[Unit] = []
        self.lines: list[Lines | None] = []
        self.ranges: list[tuple[int, int, int]] = []
        listed = _listed_ranges(sections)
        info = sections.reader("info")
        while info.pos < info.end:
            self._take_unit(sections, info, listed)
        self.ranges.sort(key=_end_and_unit)

    def _take_unit(self, sections: Sections, info: Bytes, listed: dict[int, list[tuple[int, int]]]) -> None:
        start = info.pos
        length, offset_size = info.size_of_unit()
        reader = info.part(length)
        version = reader.number(2)
        if not 2 <= version <= 5:
            raise error(f"unknown DWARF version: {version}")
        type_ = 1
        if version == 5:
            type_ = reader.number(1)
            address_size = reader.address_size()
            abbreviations = reader.number(offset_size)
        else:
            abbreviations = reader.number(offset_size)
            address_size = reader.address_size()
        if not 1 <= type_ <= _SPLIT_TYPE:
            raise error(f"unknown unit type: {type_:#x}")
        if type_ in (_SKELETON, _SPLIT_COMPILE):
            reader.skip(8)
        if type_ in (_TYPE, _SPLIT_TYPE):
            reader.skip(8 + offset_size)
            return
        unit = Unit(sections, start, version, offset_size, address_size)
        unit.entries = reader.pos
        unit.end = reader.end
        unit.is_split = type_ in (_SKELETON, _SPLIT_COMPILE)
        self._take_entries(unit, reader.data, abbreviations, type_ == _PARTIAL, listed)

    def _take_entries(
        self, unit: Unit, data: bytes, abbreviations: int, is_partial: bool, listed: dict[int, list[tuple[int, int]]]
    ) -> None:
        """Adds a unit whose header was read, unless its own entry is malformed; `data` is the section's."""
        try:
            values = _root(unit, abbreviations)
            lines = _take_root(unit, values)
        except WasmToolsError:
            return
        if not is_partial:
            if data[unit.entries] == 0:  # what stands behind an empty entry is no unit's own
                return
            index = len(self.units)
            self.ranges += [(begin, end, index) for begin, end in _ranges_of(unit, lines, values, listed)]
        self.units.append(unit)
        self.lines.append(lines)


def _end_and_unit(row: tuple[int, int, int]) -> tuple[int, int]:
    return row[1], row[2]


def _root(unit: Unit, abbreviations: int) -> list[tuple[int, Value]]:
    """The attributes of a unit's first entry, which is the unit's own. Its abbreviations are at an offset."""
    unit.abbreviations = read_abbreviations(unit.sections.reader("abbrev", abbreviations))
    reader = Bytes(unit.sections.reader("info").data, unit.entries, unit.end)
    code = 0
    while code == 0:
        code = reader.leb()
    abbreviation = unit.abbreviations.get(code)
    if abbreviation is None:
        raise error(f"invalid abbreviation code: {code}")
    return unit.read_attributes(reader, abbreviation)


def _take_root(unit: Unit, values: list[tuple[int, Value]]) -> Lines | None:
    """Takes over what the first entry says of the unit; its line program."""
    name: Value | None = None
    comp_dir: Value | None = None
    low_pc: Value | None = None
    program = -1
    for attribute, value in values:
        if attribute == NAME:
            name = value
        elif attribute == COMP_DIR:
            comp_dir = value
        elif attribute == LOW_PC:
            low_pc = value
        elif attribute == LANGUAGE and value.kind == NUMBER and value.number <= 0xFFFF:
            unit.language = value.number
        elif attribute == GNU_DWO_ID and value.kind == NUMBER:
            unit.is_split = True
        elif value.kind == SECTION_OFFSET:
            if attribute == STMT_LIST:
                program = value.number
            elif attribute == STR_OFFSETS_BASE:
                unit.str_offsets_base = value.number
            elif attribute in (ADDR_BASE, GNU_ADDR_BASE):
                unit.addr_base = value.number
            elif attribute in (RNGLISTS_BASE, GNU_RANGES_BASE):
                unit.rnglists_base = value.number
    unit.name = _text_or_none(unit, name)
    unit.comp_dir = _text_or_none(unit, comp_dir)
    lines = None if program < 0 else Lines(unit, program)
    if low_pc is not None:
        unit.low_pc = unit.address_of(low_pc) or 0
    return lines


def _text_or_none(unit: Unit, value: Value | None) -> bytes | None:
    if value is None:
        return None
    try:
        return unit.text_of(value)
    except WasmToolsError:
        return None


def check_split_name(unit: Unit) -> None:
    """Raises where the name of the file can't be read that has the rest of a split unit."""
    reader = Bytes(unit.sections.reader("info").data, unit.entries, unit.end)
    abbreviation = unit.abbreviations.get(reader.leb())
    if abbreviation is None:
        return
    wanted = DWO_NAME if unit.version == 5 else GNU_DWO_NAME
    names = [value for name, value in unit.read_attributes(reader, abbreviation) if name == wanted]
    if names:
        unit.text_of(names[0])


def _ranges_of(
    unit: Unit, lines: Lines | None, values: list[tuple[int, Value]], listed: dict[int, list[tuple[int, int]]]
) -> list[tuple[int, int]]:
    """The addresses that a unit is of: as it says by lists, as `.debug_aranges` says, as it says by one range, or its lines."""
    found: list[tuple[int, int]] = []
    own = unit.ranges_of(values)
    last = [value.kind for name, value in values if name == RANGES][-1:]
    if not last or last[0] not in (SECTION_OFFSET, RANGES_INDEX):
        found = listed.get(unit.start, found)
    found = found or own
    if not found and lines is not None:
        try:
            lines.run()
        except WasmToolsError:
            return found
        found = lines.ranges()
    return found


def _listed_ranges(sections: Sections) -> dict[int, list[tuple[int, int]]]:
    """The ranges of `.debug_aranges`, by the offset of their unit. Raises where a header is malformed."""
    found: dict[int, list[tuple[int, int]]] = {}
    reader = sections.reader("aranges")
    while reader.pos < reader.end:
        length, offset_size = reader.size_of_unit()
        part = reader.part(length)
        version = part.number(2)
        if version not in (2, 3):
            raise error(f"unknown DWARF version: {version}")
        start = part.number(offset_size)
        size = part.address_size()
        segment = part.number(1)
        if segment != 0:
            raise error(f"unsupported segment size: {segment}")
        header = 12 if offset_size == 4 else 24
        part.skip(-header % (2 * size))
        ranges = found.setdefault(start, [])
        while part.end - part.pos >= 2 * size:
            begin = part.number(size)
            end = begin + part.number(size)
            # What goes beyond the last address is left out, as is what the linker left out.
            if begin < min(end, tombstone(size)) and end < 1 << 8 * size:
                ranges.append((begin, end))
    return found
