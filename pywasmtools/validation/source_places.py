"""Where in its source an instruction of a binary comes from, as the DWARF in its custom sections has it.

Addresses in DWARF count from the code section's content.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.payloads import CODE_SECTION_START, CUSTOM_SECTION, END, MODULE, VERSION, Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validation.dwarf_units import Units


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
            if not module.sections:
                return ""
            if module.code < 0 or offset < module.code:
                _units(module.sections)  # malformed ones are told of all the same
                return ""
            return _in_module(module.sections, offset - module.code)
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


def _in_module(sections: dict[str, bytes], address: int) -> str:
    from pywasmtools.validation.dwarf_functions import function_at
    from pywasmtools.validation.dwarf_units import check_split_name
    from pywasmtools.validation.rust_names import shown

    units = _units(sections)
    for begin, end, index in units.ranges:
        if not begin <= address < end:
            continue
        unit = units.units[index]
        if unit.is_split:
            # What it has of functions is in another file.
            check_split_name(unit)
            return ""
        function = function_at(units.units, unit, address)
        place: str | None = None
        lines = units.lines[index]
        if lines is not None:
            lines.run()
            place = lines.place(address)
        if function is None and place is None:
            continue
        text = "" if place is None else place + " "
        name = None if function is None else function.name_at(address)
        if name is not None:
            text += f"function `{shown(name, unit.language)}` failed to validate"
        return text
    return ""


def _units(sections: dict[str, bytes]) -> Units:
    from pywasmtools.validation.dwarf import Sections
    from pywasmtools.validation.dwarf_units import Units

    try:
        return Units(Sections(sections))
    except WasmToolsError as e:
        raise e.context("failed to create addr2line dwarf mapping context") from None
