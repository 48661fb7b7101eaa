"""Where in its source an instruction of a binary comes from, as the DWARF in its custom sections has it.

Addresses in DWARF count from the code section's content. Names are shown as they are but those of Rust's older scheme.
"""

from __future__ import annotations

from pywasmtools.diagnostics import BINARY, WasmToolsError, error
from pywasmtools.wasm.payloads import CODE_SECTION_START, CUSTOM_SECTION, END, MODULE, VERSION, Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.dwarf import Unit, Value


class _Module:
    """A module in a binary: its range, where the code section's content begins (-1: nowhere), and its custom sections."""

    __slots__ = ("code", "end", "sections", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = 0
        self.code = -1
        self.sections: dict[str, bytes] = {}


def source_place(data: bytes, offset: int) -> str:
    """`file:line:column function `name` failed to validate`; empty where nothing is known.

    Raises where the binary is not well-formed in its outlines, or its DWARF is not.
    """
    for module in _modules(data):
        if module.start <= offset <= module.end:
            if not module.sections or module.code < 0 or offset < module.code:
                return ""
            return _in_module_or_end(module.sections, offset - module.code)
    return ""


def _modules(data: bytes) -> list[_Module]:
    found: list[_Module] = []
    current: _Module | None = None
    for payload in Parser(data, False):
        if payload.kind == VERSION and payload.encoding == MODULE:
            current = _Module(payload.start)
        elif payload.kind == CUSTOM_SECTION and current is not None:
            if payload.name.startswith(".debug_"):
                current.sections[payload.name] = payload.custom_data()
        elif payload.kind == CODE_SECTION_START and current is not None:
            current.code = payload.start
        elif payload.kind == END and current is not None:
            current.end = payload.start
            found.append(current)
            current = None
    return found


def _in_module_or_end(sections: dict[str, bytes], address: int) -> str:
    try:
        return _in_module(sections, address)
    except WasmToolsError as e:
        if e.kind != BINARY:
            raise
    # A reader's own words are of binaries, not of DWARF.
    raise error("unexpected end of input")


def _in_module(sections: dict[str, bytes], address: int) -> str:
    from pywasmtools.validation.dwarf import STMT_LIST, Sections, read_units
    from pywasmtools.validation.dwarf_lines import Lines

    units = read_units(Sections(sections))
    for unit in units:
        if unit.is_partial:
            continue
        lines: Lines | None = None
        if STMT_LIST in unit.attributes:
            try:
                lines = Lines(unit, unit.attributes[STMT_LIST].number)
            except WasmToolsError:
                continue
        ranges = unit.ranges_of(unit.attributes)
        if not ranges and lines is not None:
            try:
                lines.run()
            except WasmToolsError:
                continue
            ranges = lines.ranges()
        if not any(begin <= address < end for begin, end in ranges):
            continue
        name = _Functions(units, unit).name_at(address)
        location = None
        if lines is not None:
            lines.run()
            location = lines.place(address)
        text = "" if location is None else location + " "
        if name is not None:
            text += f"function `{_shown(name, unit.language)}` failed to validate"
        if name is not None or location is not None:
            return text
    return ""


class _Functions:
    """The functions of one unit."""

    __slots__ = ("unit", "units")

    def __init__(self, units: list[Unit], unit: Unit) -> None:
        self.units = units
        self.unit = unit

    def name_at(self, address: int) -> bytes | None:
        """The name of the function at an address: that of the innermost one where some are inlined.

        Raises where any entry of the unit is malformed.
        """
        from pywasmtools.validation.dwarf import INLINED_SUBROUTINE, SUBPROGRAM

        unit = self.unit
        reader = unit.reader(unit.entries)
        depth = 0
        # How deep the function is that the address is in, and what is inlined there; -1 before it.
        inside = -1
        skipped = -1
        is_over = False
        name: bytes | None = None
        while not reader.eof():
            code = reader.var_u64()
            if code == 0:
                depth -= 1
                if depth <= inside:
                    is_over = True
                if depth <= skipped:
                    skipped = -1
                continue
            abbreviation = unit.abbreviations.get(code)
            if abbreviation is None:
                raise error(f"invalid abbreviation code: {code}")
            values = unit.read_attributes(reader, abbreviation)
            if is_over:
                pass
            elif inside < 0:
                if abbreviation.tag == SUBPROGRAM and _has(unit.ranges_of(values), address):
                    name = self._name(unit, values)
                    inside = depth
                    is_over = not abbreviation.has_children
            elif skipped < 0:
                if abbreviation.tag == SUBPROGRAM:
                    if abbreviation.has_children:
                        skipped = depth
                elif abbreviation.tag == INLINED_SUBROUTINE and _has(unit.ranges_of(values), address):
                    name = self._name(unit, values)
            if abbreviation.has_children:
                depth += 1
        return name

    def _name(self, unit: Unit, values: dict[int, Value]) -> bytes | None:
        """The linkage name, else the name, else that of what the entry is an instance of."""
        from pywasmtools.validation.dwarf import (
            ABSTRACT_ORIGIN,
            INFO_REFERENCE,
            LINKAGE_NAME,
            MIPS_LINKAGE_NAME,
            NAME,
            SPECIFICATION,
            UNIT_REFERENCE,
        )

        for _ in range(16):
            for attribute in (LINKAGE_NAME, MIPS_LINKAGE_NAME, NAME):
                if attribute in values:
                    name = unit.text_of(values[attribute])
                    if name is not None:
                        return name
            origin = values.get(ABSTRACT_ORIGIN) or values.get(SPECIFICATION)
            if origin is None or origin.kind not in (UNIT_REFERENCE, INFO_REFERENCE):
                return None
            if origin.kind == INFO_REFERENCE:
                others = [other for other in self.units if other.start <= origin.number < other.end]
                if not others:
                    return None
                unit = others[0]
            reader = unit.reader(origin.number)
            abbreviation = unit.abbreviations.get(reader.var_u64())
            if abbreviation is None:
                return None
            values = unit.read_attributes(reader, abbreviation)
        return None


def _has(ranges: list[tuple[int, int]], address: int) -> bool:
    return any(begin <= address < end for begin, end in ranges)


# ------------------------------------------------------------------------------- names

_RUST: Final = 0x1C
_ESCAPES: Final = {
    "SP": "@",
    "BP": "*",
    "RF": "&",
    "LT": "<",
    "GT": ">",
    "LP": "(",
    "RP": ")",
    "C": ",",
}


def _shown(name: bytes, language: int) -> str:
    """A function's name; of Rust (or an unknown language) in words, without the hash."""
    text = name.decode("utf-8", "replace")
    if language not in (_RUST, -1):
        return text
    return _of_rust(text) or text


def _of_rust(name: str) -> str:
    """The path that a name of Rust's older scheme is of; empty for other names."""
    if not name.startswith("_ZN") or not name.isascii():
        return ""
    parts: list[str] = []
    at = 3
    while at < len(name) and name[at] != "E":
        digits = at
        while at < len(name) and name[at].isdigit():
            at += 1
        if at == digits or at - digits > 9:
            return ""
        size = int(name[digits:at])
        parts.append(name[at : at + size])
        at += size
    if at >= len(name) or not parts:
        return ""
    last = parts[-1]
    if len(last) == 17 and last[0] == "h" and last[1:].strip("0123456789abcdef") == "":
        parts.pop()
    return "::".join([_unescaped(part) for part in parts])


def _unescaped(part: str) -> str:
    if part.startswith("_$"):
        part = part[1:]
    text = ""
    while part:
        if part.startswith(".."):
            text += "::"
            part = part[2:]
        elif part[0] == ".":
            text += "."
            part = part[1:]
        elif part[0] == "$":
            escape, dollar, rest = part[1:].partition("$")
            if not dollar:
                return text + part
            if escape in _ESCAPES:
                text += _ESCAPES[escape]
            elif escape[:1] == "u" and escape[1:].strip("0123456789abcdef") == "" and 0 < len(escape[1:]) <= 6:
                text += chr(min(int(escape[1:], 16), 0x10FFFF))
            else:
                return text + part
            part = rest
        else:
            cut = min([k for k in (part.find("$"), part.find("."), len(part)) if k >= 0])
            text += part[:cut]
            part = part[cut:]
    return text
