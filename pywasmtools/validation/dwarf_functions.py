"""DWARF: which function of a unit an address is in, what is inlined there, and what it is called. DWARF 5, section 3.3."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.validation.dwarf import (
    ABSTRACT_ORIGIN,
    INFO_REFERENCE,
    INLINED_SUBROUTINE,
    LINKAGE_NAME,
    MIPS_LINKAGE_NAME,
    NAME,
    SPECIFICATION,
    SUBPROGRAM,
    UNIT_REFERENCE,
    Abbreviation,
    Bytes,
    Unit,
    Value,
)
from pywasmtools.validation.dwarf_lines import find_range

MAX_ORIGINS = 16
"""So many references are followed to find a name."""


class Function:
    """A function that has code: its name, and what is inlined in it.

    `inlined` are the names of inlined functions, `ranges` their addresses, by how deep they are: (begin, end, which).
    """

    __slots__ = ("inlined", "name", "ranges")

    def __init__(self, name: bytes | None) -> None:
        self.name = name
        self.inlined: list[bytes | None] = []
        self.ranges: list[list[tuple[int, int, int]]] = []

    def name_at(self, address: int) -> bytes | None:
        """The name of the innermost function at an address of this one."""
        name = self.name
        for rows in self.ranges:
            rows.sort(key=_begin)
            at = find_range([(begin, end) for begin, end, _ in rows], address)
            if at < 0:
                break
            name = self.inlined[rows[at][2]]
        return name


def _begin(row: tuple[int, int, int]) -> int:
    return row[0]


class Entries:
    """A cursor over the entries of a unit, from a place on. `depth` is that of the next one, 0 at the beginning."""

    __slots__ = ("depth", "reader", "unit")

    def __init__(self, unit: Unit, pos: int) -> None:
        if not unit.entries <= pos < unit.end:
            raise error(f"invalid offset: {pos - unit.start:#x}")
        self.unit = unit
        self.reader = Bytes(unit.sections.reader("info").data, pos, unit.end)
        self.depth = 0

    def next(self) -> Abbreviation | None:
        """Begins an entry; None for what ends a list of children."""
        code = self.reader.leb()
        if code == 0:
            self.depth -= 1
            return None
        abbreviation = self.unit.abbreviations.get(code)
        if abbreviation is None:
            raise error(f"invalid abbreviation code: {code}")
        self.depth += abbreviation.has_children
        return abbreviation

    def values(self, abbreviation: Abbreviation) -> list[tuple[int, Value]]:
        return self.unit.read_attributes(self.reader, abbreviation)

    def skip(self, abbreviation: Abbreviation) -> None:
        self.unit.skip_attributes(self.reader, abbreviation)


def function_at(units: list[Unit], unit: Unit, address: int) -> Function | None:
    """The function at an address of a unit. Raises where any entry of the unit is malformed."""
    entries = Entries(unit, unit.entries)
    found: list[tuple[int, int, int]] = []
    while entries.reader.pos < entries.reader.end:
        pos = entries.reader.pos
        abbreviation = entries.next()
        if abbreviation is None:
            continue
        if abbreviation.tag == SUBPROGRAM:
            found += [(begin, end, pos) for begin, end in unit.ranges_of(entries.values(abbreviation))]
        else:
            entries.skip(abbreviation)
    found.sort(key=_begin)
    at = find_range([(begin, end) for begin, end, _ in found], address)
    return None if at < 0 else _read_function(units, unit, found[at][2])


def _read_function(units: list[Unit], unit: Unit, pos: int) -> Function:
    """A function with what is inlined in it, in what it holds; functions in it are others."""
    entries = Entries(unit, pos)
    abbreviation = entries.next()
    assert abbreviation is not None
    function = Function(_name(units, unit, entries.values(abbreviation)))
    # How deep those are that the entries are in: of the function, then of each inlined one in another.
    within = [0]
    while within:
        depth = entries.depth
        if depth <= within[-1]:
            within.pop()
            continue
        abbreviation = entries.next()
        if abbreviation is None:
            continue
        if abbreviation.tag == SUBPROGRAM:
            entries.skip(abbreviation)
            while entries.depth > depth:
                inner = entries.next()
                if inner is not None:
                    entries.skip(inner)
        elif abbreviation.tag == INLINED_SUBROUTINE:
            values = entries.values(abbreviation)
            if len(function.ranges) < len(within):
                function.ranges.append([])
            which = len(function.inlined)
            function.inlined.append(_name(units, unit, values))
            function.ranges[len(within) - 1] += [(begin, end, which) for begin, end in unit.ranges_of(values)]
            within.append(depth)
        else:
            entries.skip(abbreviation)
    return function


def _name(units: list[Unit], unit: Unit, values: list[tuple[int, Value]]) -> bytes | None:
    """The linkage name of a function, else its name, else that of what it is an instance of, whichever is said first."""
    name: bytes | None = None
    for attribute, value in values:
        if attribute in (LINKAGE_NAME, MIPS_LINKAGE_NAME):
            name = _text(unit, value, name)
        elif name is None:
            if attribute == NAME:
                name = _text(unit, value, None)
            elif attribute in (ABSTRACT_ORIGIN, SPECIFICATION):
                name = _name_of_origin(units, unit, value)
    return name


def _name_of_origin(units: list[Unit], unit: Unit, origin: Value) -> bytes | None:
    """The name of what a reference is to, or of what that is an instance of."""
    for _ in range(MAX_ORIGINS):
        if origin.kind == UNIT_REFERENCE:
            pos = unit.start + origin.number
        elif origin.kind == INFO_REFERENCE:
            pos = origin.number
            unit = _unit_at(units, pos)
        else:
            return None
        entries = Entries(unit, pos)
        abbreviation = entries.next()
        if abbreviation is None:
            raise error(f"no entry at offset: {pos - unit.start:#x}")
        name: bytes | None = None
        following: Value | None = None
        for attribute, value in entries.values(abbreviation):
            if attribute in (LINKAGE_NAME, MIPS_LINKAGE_NAME):
                linkage = _text(unit, value, None)
                if linkage is not None:
                    return linkage
            elif attribute == NAME:
                name = _text(unit, value, name)
            elif attribute in (ABSTRACT_ORIGIN, SPECIFICATION):
                following = value
        if name is not None or following is None:
            return name
        origin = following
    return None


def _unit_at(units: list[Unit], pos: int) -> Unit:
    """The unit that has an entry at a place of `.debug_info`."""
    for unit in units:
        if unit.entries <= pos < unit.end:
            return unit
    raise error(f"no entry at offset: {pos:#x}")


def _text(unit: Unit, value: Value, otherwise: bytes | None) -> bytes | None:
    try:
        return unit.text_of(value)
    except WasmToolsError:
        return otherwise
