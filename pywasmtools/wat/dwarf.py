"""DWARF for modules given as text: `-g` and `--generate-dwarf`.

Version 5, 32 bits, little endian, one compilation unit a core module. Addresses count from the first function in the
code section, after the number of functions: the size of that number is not in them.

A `DwarfSource` is made once a file and knows its lines; a `Dwarf` is made for each core module in it and is given each
defined function once it is encoded. Specification: DWARF 5, sections 6.2 (line numbers), 7.5 (entries and forms);
"DWARF for WebAssembly" for locations.
"""

from __future__ import annotations

import os
from bisect import bisect_right

from pywasmtools.release import WAST_VERSION
from pywasmtools.wasm.types import F32, F64, I32, I64
from pywasmtools.wasm.writer import var_s64, var_u32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Final

__all__ = ["Dwarf", "DwarfSource", "dwarf_source"]

# Line number programs: how many lines a special opcode may move, and by which opcodes else. Names are DWARF's.
LINE_BASE: Final = -5
LINE_RANGE: Final = 14
OPCODE_BASE: Final = 13
OPERANDS_OF_OPCODES: Final = bytes((0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1))
"""How many operands each standard opcode has, from `copy` on."""
NO_ADVANCE: Final = OPCODE_BASE - LINE_BASE
"""The special opcode that moves neither line nor address."""
CONST_ADD: Final = (255 - OPCODE_BASE) // LINE_RANGE
"""By how much `const_add_pc` moves the address."""

COPY: Final = 0x01
ADVANCE_PC: Final = 0x02
ADVANCE_LINE: Final = 0x03
SET_COLUMN: Final = 0x05
CONST_ADD_PC: Final = 0x08
PROLOGUE_END_FILE_0: Final = b"\x0a\x04\x00"
"""`set_prologue_end` and `set_file`: before the first row. A sequence begins with file 1, and the only one is 0."""
SET_ADDRESS: Final = b"\x00\x05\x02"
"""An extended opcode of five bytes; an address of four bytes follows."""
END_SEQUENCE: Final = b"\x00\x01\x01"

# Forms of attributes.
ADDR: Final = 0x01
DATA4: Final = 0x06
STRING: Final = 0x08
DATA1: Final = 0x0B
STRP: Final = 0x0E
UDATA: Final = 0x0F
REF4: Final = 0x13
SEC_OFFSET: Final = 0x17
EXPRLOC: Final = 0x18
FLAG_PRESENT: Final = 0x19

# Tags of entries, each with the names and forms of its attributes in the order of their values.
COMPILE_UNIT: Final = 0x11
BASE_TYPE: Final = 0x24
SUBPROGRAM: Final = 0x2E
FORMAL_PARAMETER: Final = 0x05
VARIABLE: Final = 0x34

UNIT_ATTRIBUTES: Final = (
    (0x25, STRING),  # producer
    (0x13, UDATA),  # language
    (0x03, STRP),  # name
    (0x1B, STRP),  # comp_dir
    (0x11, DATA4),  # low_pc
)
UNIT_CODE_ATTRIBUTES: Final = (
    (0x12, DATA4),  # high_pc
    (0x10, SEC_OFFSET),  # stmt_list
)
"""What a unit has besides, if there are functions."""
BASE_TYPE_ATTRIBUTES: Final = (
    (0x03, STRP),  # name
    (0x0B, DATA1),  # byte_size
    (0x3E, UDATA),  # encoding
)
SUBPROGRAM_ATTRIBUTES: Final = (
    (0x03, STRING),  # name
    (0x3A, UDATA),  # decl_file
    (0x3B, UDATA),  # decl_line
    (0x39, UDATA),  # decl_column
    (0x3F, FLAG_PRESENT),  # external
    (0x11, ADDR),  # low_pc
    (0x12, DATA4),  # high_pc, from low_pc
)
LOCAL_ATTRIBUTES: Final = (
    (0x03, STRING),  # name
    (0x02, EXPRLOC),  # location
    (0x49, REF4),  # type
)

PRODUCER: Final = f"wast {WAST_VERSION}".encode()
LANGUAGE_C: Final = 2
"""There is no number for WebAssembly text."""

FLOAT: Final = 4
SIGNED: Final = 5
BASE_TYPES: Final = {
    I32: (b"i32", 4, SIGNED),
    I64: (b"i64", 8, SIGNED),
    F32: (b"f32", 4, FLOAT),
    F64: (b"f64", 8, FLOAT),
}
"""The types that DWARF can tell of: name, size in bytes, encoding. Locals of other types are left out."""

UNIT_HEADER_SIZE: Final = 12
BASE_TYPE_SIZE: Final = 7
"""A base type's entry in bytes: its abbreviation's code, and the attributes."""


class DwarfSource:
    """The text that DWARF points back to: where it lies, how much to tell of it, and where its lines begin.

    `full` asks for parameters and locals beside line numbers. `text` is UTF-8.
    """

    __slots__ = ("_feeds", "comp_dir", "comp_file", "full", "text")

    def __init__(self, comp_dir: bytes, comp_file: bytes, text: bytes, full: bool) -> None:
        self.comp_dir = comp_dir
        self.comp_file = comp_file
        self.text = text
        self.full = full
        self._feeds: list[int] | None = None

    def line_feeds(self) -> list[int]:
        """The offsets of all line feeds, after a -1 for the beginning of the text.

        An offset that is not below the n-th of them (from 1) and below the next is in line n, and its column is the
        distance: a line feed itself is column 0 of the line that it begins.
        """
        feeds = self._feeds
        if feeds is None:
            feeds = [-1]
            find = self.text.find
            at = find(b"\n")
            while at >= 0:
                feeds.append(at)
                at = find(b"\n", at + 1)
            self._feeds = feeds
        return feeds


def dwarf_source(path: str, text: bytes, full: bool) -> DwarfSource | None:
    """What DWARF needs to know of a file (`<stdin>` is one too), or None where its path is not UTF-8: no DWARF then."""
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return None
    comp_dir, comp_file = split_path(encoded)
    return DwarfSource(comp_dir, comp_file, text, full)


def split_path(path: bytes) -> tuple[bytes, bytes]:
    """The folder of a path, `.` where it names none, and the file's name.

    Slashes and `.` between the two are left out, those further up are kept as they are.
    """
    if os.name == "nt":
        return split_windows_path(path)
    at = path.rfind(b"/")
    if at < 0:
        return b".", path
    end = at
    while end > 0:
        if path[end - 1] == 0x2F:
            end -= 1
        elif end > 1 and path[end - 1] == 0x2E and path[end - 2] == 0x2F:
            end -= 2
        else:
            break
    return path[:end] or b"/", path[at + 1 :]


def split_windows_path(path: bytes) -> tuple[bytes, bytes]:
    """`split_path`, where a backslash is a slash too and a path may begin with a drive."""
    root = len(os.path.splitdrive(path)[0])
    at = max(path.rfind(b"/", root), path.rfind(b"\\", root))
    if at < 0:
        return path[:root] or b".", path[root:]
    end = at
    while end > root:
        if path[end - 1] in b"/\\":
            end -= 1
        elif end > root + 1 and path[end - 1] == 0x2E and path[end - 2] in b"/\\":
            end -= 2
        else:
            break
    return path[: end if end > root else root + 1], path[at + 1 :]


class Dwarf:
    """The DWARF of one core module.

    `func_imports` is the number of imported functions, `func_names` has the names of functions by index.
    """

    __slots__ = (
        "_base_types",
        "_code_size",
        "_func_names",
        "_funcs",
        "_next_func",
        "_program",
        "_source",
        "_string_offsets",
    )

    def __init__(self, source: DwarfSource, func_imports: int, func_names: Mapping[int, str]) -> None:
        self._source = source
        self._next_func = func_imports
        self._code_size = 0
        self._func_names = func_names
        self._funcs: list[tuple[bytes, list[tuple[int, int, int]]]] = []
        """Of each function: the values of its attributes; of its locals the tag, the index, and the type's offset."""
        self._base_types: dict[int, int] = {}
        """Of each type that is used: the offset of its entry in the unit."""
        self._string_offsets: dict[bytes, int] = {}
        """Of each string in `.debug_str`, in order: its offset."""
        self._program = bytearray()
        """The line number program so far."""
        self._string(source.comp_dir)
        self._string(source.comp_file)

    def _string(self, string: bytes) -> int:
        """The offset of a string in `.debug_str`, where it is put if it is not there."""
        offsets = self._string_offsets
        offset = offsets.get(string)
        if offset is None:
            offset = 0
            if offsets:
                last = next(reversed(offsets))
                offset = offsets[last] + len(last) + 1
            offsets[string] = offset
        return offset

    # --------------------------------------------------------------------------- functions

    def func(
        self,
        span: int,
        params: Sequence[object],
        locals_: Sequence[object],
        places: Sequence[tuple[int, int]],
        code: int,
        start: int,
        size: int,
    ) -> None:
        """The next defined function.

        `span` is the place of its keyword in the text, `params` and `locals_` are value types as `wasm.types` numbers
        them (those of its type, none where that is no function type), one a local. `places` has of each instruction
        but the last `end` the offset in the code and the place in the text. The function's bytes, without the size
        before them, are `size` many and begin at `start`; its code begins `code` bytes later, behind the locals.
        """
        index = self._next_func
        self._next_func = index + 1
        self._code_size = start + size
        feeds = self._source.line_feeds()
        line = bisect_right(feeds, span)
        name = self._func_names.get(index)
        attributes = bytearray(b"wasm-function[%d]" % index if name is None else name.encode())
        # The end of the name, and the first file.
        attributes += b"\0\0"
        attributes += var_u32(line)
        attributes += var_u32(span - feeds[line - 1])
        attributes += _u32(start)
        attributes += _u32(size)
        self._funcs.append((bytes(attributes), self._locals(params, locals_) if self._source.full else []))
        self._lines(feeds, places, code, start, size)

    def _locals(self, params: Sequence[object], locals_: Sequence[object]) -> list[tuple[int, int, int]]:
        entries: list[tuple[int, int, int]] = []
        index = 0
        for tag, types in ((FORMAL_PARAMETER, params), (VARIABLE, locals_)):
            for type_ in types:
                if isinstance(type_, int) and type_ in BASE_TYPES:
                    entries.append((tag, index, self._base_type(type_)))
                index += 1
        return entries

    def _base_type(self, type_: int) -> int:
        """The offset of a type's entry in the unit. Types follow the unit's own entry, before all functions."""
        offset = self._base_types.get(type_)
        if offset is None:
            unit_size = 1 + len(PRODUCER) + 1 + 1 + 4 + 4 + 4 + 4 + 4
            offset = UNIT_HEADER_SIZE + unit_size + len(self._base_types) * BASE_TYPE_SIZE
            self._base_types[type_] = offset
            self._string(BASE_TYPES[type_][0])
        return offset

    def _lines(self, feeds: list[int], places: Sequence[tuple[int, int]], code: int, start: int, size: int) -> None:
        """A sequence of the line number program: a row for each instruction, and one for the last `end`."""
        out = self._program
        out += SET_ADDRESS
        out += _u32(start)
        last_offset = -code
        last_line = 1
        last_column = 0
        # The line of the last place, its beginning and its end.
        line = 0
        line_start = 0
        line_end = -1
        count = len(feeds)
        first = True
        for offset, span in places:
            if not line_start <= span < line_end:
                if span >= line_end and line < count and (line + 1 == count or span < feeds[line + 1]):
                    line += 1
                else:
                    line = bisect_right(feeds, span)
                line_start = feeds[line - 1]
                line_end = feeds[line] if line < count else len(self._source.text) + 1
            if first:
                out += PROLOGUE_END_FILE_0
                first = False
            column = span - line_start
            if column != last_column:
                out.append(SET_COLUMN)
                if column < 0x80:
                    out.append(column)
                else:
                    out += var_u32(column)
                last_column = column
            # Most rows are on the same line or a few lines on, and a few bytes on: one special opcode.
            lines = line - last_line
            special = NO_ADVANCE + lines + (offset - last_offset) * LINE_RANGE
            if LINE_BASE <= lines < LINE_BASE + LINE_RANGE and special <= 255:
                out.append(special)
            else:
                _advance(out, lines, offset - last_offset)
            last_line = line
            last_offset = offset
        _advance(out, 0, size - code - 1 - last_offset)
        # The end of the sequence is one byte on.
        out.append(ADVANCE_PC)
        out.append(1)
        out += END_SEQUENCE

    # --------------------------------------------------------------------------- sections

    def sections(self) -> list[tuple[str, bytes]]:
        """The custom sections: name and contents."""
        abbreviations = bytearray()
        codes: dict[tuple[int, bool], int] = {}
        info = self._unit(abbreviations, codes)
        abbreviations.append(0)
        strings = b"".join([string + b"\0" for string in self._string_offsets])
        sections = [(".debug_abbrev", bytes(abbreviations)), (".debug_str", strings)]
        if self._funcs:
            sections.append((".debug_line", self._line_program()))
        sections.append((".debug_info", info))
        return sections

    def _unit(self, abbreviations: bytearray, codes: dict[tuple[int, bool], int]) -> bytes:
        """`.debug_info`, adding to the abbreviations by tag and whether there are children, in order of first use."""
        source = self._source
        funcs = self._funcs
        # Version, a compilation unit, size of addresses, offset of abbreviations.
        out = bytearray(b"\x05\x00\x01\x04\x00\x00\x00\x00")
        attributes = UNIT_ATTRIBUTES + UNIT_CODE_ATTRIBUTES if funcs else UNIT_ATTRIBUTES
        out.append(_abbreviation(abbreviations, codes, COMPILE_UNIT, bool(funcs), attributes))
        out += PRODUCER
        out.append(0)
        out.append(LANGUAGE_C)
        out += _u32(self._string(source.comp_file))
        out += _u32(self._string(source.comp_dir))
        out += _u32(0)
        if funcs:
            out += _u32(self._code_size)
            out += _u32(0)
        for type_ in self._base_types:
            name, size, encoding = BASE_TYPES[type_]
            out.append(_abbreviation(abbreviations, codes, BASE_TYPE, False, BASE_TYPE_ATTRIBUTES))
            out += _u32(self._string(name))
            out.append(size)
            out.append(encoding)
        for values, locals_ in funcs:
            out.append(_abbreviation(abbreviations, codes, SUBPROGRAM, bool(locals_), SUBPROGRAM_ATTRIBUTES))
            out += values
            for tag, index, type_offset in locals_:
                out.append(_abbreviation(abbreviations, codes, tag, False, LOCAL_ATTRIBUTES))
                leb = var_u32(index)
                # Size of the expression, WASM_location of a local, stack_value.
                out += b"local%d\0" % index
                out.append(3 + len(leb))
                out += b"\xed\x00"
                out += leb
                out.append(0x9F)
                out += _u32(type_offset)
            if locals_:
                out.append(0)
        if funcs:
            out.append(0)
        return _u32(len(out)) + bytes(out)

    def _line_program(self) -> bytes:
        """`.debug_line`: the header and the program."""
        source = self._source
        header = bytearray((1, 1, 1, LINE_BASE & 0xFF, LINE_RANGE, OPCODE_BASE))
        header += OPERANDS_OF_OPCODES
        # One directory, one file in it: of each the path in `.debug_str`, of the file the directory's index besides.
        header += bytes((1, 1, STRP, 1))
        header += _u32(self._string(source.comp_dir))
        header += bytes((2, 1, STRP, 2, UDATA, 1))
        header += _u32(self._string(source.comp_file))
        header.append(0)
        # Version, size of addresses, size of segment selectors.
        rest = b"\x05\x00\x04\x00" + _u32(len(header)) + header + self._program
        return _u32(len(rest)) + rest


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _advance(out: bytearray, lines: int, bytes_: int) -> None:
    """A row so many lines and bytes on, in as few opcodes as there are."""
    special = NO_ADVANCE
    if lines:
        if LINE_BASE <= lines < LINE_BASE + LINE_RANGE:
            special += lines
        else:
            out.append(ADVANCE_LINE)
            out += var_s64(lines)
    if bytes_:
        step = bytes_
        add_first = special + step * LINE_RANGE > 255
        if add_first:
            step -= CONST_ADD
        if special + step * LINE_RANGE <= 255:
            if add_first:
                out.append(CONST_ADD_PC)
            special += step * LINE_RANGE
        else:
            out.append(ADVANCE_PC)
            out += var_u32(bytes_)
    out.append(COPY if special == NO_ADVANCE else special)


def _abbreviation(
    out: bytearray,
    codes: dict[tuple[int, bool], int],
    tag: int,
    has_children: bool,
    attributes: tuple[tuple[int, int], ...],
) -> int:
    """The code of an abbreviation, which is written where it is new."""
    key = (tag, has_children)
    code = codes.get(key)
    if code is None:
        code = len(codes) + 1
        codes[key] = code
        out.append(code)
        out.append(tag)
        out.append(has_children)
        for attribute, form in attributes:
            out.append(attribute)
            out.append(form)
        out += b"\0\0"
    return code
