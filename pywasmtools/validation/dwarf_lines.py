"""Line programs: which line of which file an address comes from. DWARF 5, section 6.2; 2 to 4 as they differ."""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.validation.dwarf import NUMBER, TEXT, Bytes, Unit, Value, malformed, read_value, tombstone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_FORMS_OF_PATHS: Final = frozenset(
    (
        *(0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x17, 0x1A, 0x1D, 0x1E, 0x1F),
        *(0x25, 0x26, 0x27, 0x28, 0x1F02, 0x1F21),
    )
)
"""The forms that tables of folders and files may have."""


class _Sequence:
    """Rows of rising addresses (address, file, line, column), from `begin` on, and the address where the last one ends."""

    __slots__ = ("begin", "end", "rows")

    def __init__(self, rows: list[tuple[int, int, int, int]], end: int) -> None:
        self.begin = rows[0][0]
        self.end = end
        self.rows = rows


class _Registers:
    """The state of a line program: the registers of a row, and how its header lets the address advance."""

    __slots__ = ("_lines", "_op_index", "address", "column", "file", "is_dead", "line")

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.begin()

    def begin(self) -> None:
        """As at the beginning of a sequence."""
        self.address = 0
        self._op_index = 0
        self.file = 1
        self.line = 1
        self.column = 0
        self.is_dead = False
        """Whether the code was left out by the linker: nothing is told until there is another address."""

    def advance(self, operations: int) -> None:
        """Steps over operations of instructions."""
        if self.is_dead:
            return
        lines = self._lines
        steps, self._op_index = divmod(self._op_index + operations & 0xFFFF_FFFF_FFFF_FFFF, lines.max_operations)
        self._add(lines.min_length * steps & 0xFFFF_FFFF_FFFF_FFFF)

    def advance_fixed(self, size: int) -> None:
        """Steps over bytes."""
        if not self.is_dead:
            self._add(size)
            self._op_index = 0

    def _add(self, size: int) -> None:
        self.address += size
        if self.address >= 1 << 8 * self._lines.address_size:
            raise error("address overflow")

    def set_address(self, address: int) -> None:
        """An address that is lower than the one before is of code that was left out, too."""
        self.is_dead = address < self.address or address >= tombstone(self._lines.address_size)
        if not self.is_dead:
            self.address = address
            self._op_index = 0

    def advance_line(self, count: int) -> None:
        self.line = max(self.line + count, 0) & 0xFFFF_FFFF_FFFF_FFFF

    def row(self) -> tuple[int, int, int, int]:
        return self.address, self.file, self.line & 0xFFFF_FFFF, self.column & 0xFFFF_FFFF


class Lines:
    """The lines of a unit, whose program is at an offset of `.debug_line`. Raises where the header is malformed.

    `run` is called before anything is asked, and raises where the program is.
    """

    __slots__ = (
        "_file_entries",
        "_folders",
        "_line_base",
        "_line_range",
        "_opcode_base",
        "_operands",
        "_program",
        "_unit",
        "_version",
        "address_size",
        "files",
        "max_operations",
        "min_length",
        "sequences",
    )

    def __init__(self, unit: Unit, offset: int) -> None:
        self._unit = unit
        self._folders: list[Value] = []
        self._file_entries: list[tuple[Value, int]] = []
        """Path, and index of the folder."""
        self.files: list[str] = []
        self.sequences: list[_Sequence] = []
        reader = unit.sections.reader("line", offset)
        length, offset_size = reader.size_of_unit()
        reader = reader.part(length)
        self._version = version = reader.number(2)
        if not 2 <= version <= 5:
            raise malformed()
        self.address_size = unit.address_size
        if version >= 5:
            self.address_size = reader.address_size()
            if reader.number(1) != 0:
                raise malformed()
        header = reader.part(reader.number(offset_size))
        self._program = reader
        self.min_length = header.number(1)
        self.max_operations = header.number(1) if version >= 4 else 1
        header.skip(1)  # whether rows are statements
        base = header.number(1)
        self._line_base = base - 0x100 if base & 0x80 else base
        self._line_range = header.number(1)
        self._opcode_base = header.number(1)
        if 0 in (self.min_length, self.max_operations, self._line_range, self._opcode_base):
            raise malformed()
        self._operands = header.take(self._opcode_base - 1)
        if version >= 5:
            self._folders = [path for path, _ in self._entries(header, offset_size)]
            self._file_entries = self._entries(header, offset_size)
        else:
            self._old_tables(header)

    # ------------------------------------------------------------------- files

    def _old_tables(self, reader: Bytes) -> None:
        while folder := reader.text():
            self._folders.append(Value(TEXT, 0, folder))
        while name := reader.text():
            self._file_entries.append(_old_file(reader, name))

    def _entries(self, reader: Bytes, offset_size: int) -> list[tuple[Value, int]]:
        """A table of folders or files: each entry's path, and the index of its folder."""
        formats = [(reader.leb(), reader.leb16()) for _ in range(reader.number(1))]
        if [content for content, _ in formats].count(1) != 1:
            raise malformed()
        found: list[tuple[Value, int]] = []
        for _ in range(reader.leb()):
            path = Value(TEXT)
            folder = 0
            for content, form in formats:
                if form not in _FORMS_OF_PATHS:
                    raise malformed()
                value = read_value(reader, form, self.address_size, offset_size, self._version)
                if content == 1:
                    path = value
                elif content == 2 and value.kind == NUMBER:
                    folder = value.number
            found.append((path, folder))
        return found

    def _paths(self, more: list[tuple[Value, int]]) -> list[str]:
        """The paths of all files, by their number. Raises where one can't be read."""
        paths = [self._path(path, folder) for path, folder in [*self._file_entries, *more]]
        if self._version >= 5:
            return paths or [""]
        # Before version 5 files count from one, and the unit's own is 0.
        name = self._unit.name
        return ["" if name is None else self._path(Value(TEXT, 0, name), 0), *paths]

    def _path(self, file: Value, folder: int) -> str:
        unit = self._unit
        path = "" if unit.comp_dir is None else unit.comp_dir.decode("utf-8", "replace")
        index = folder if self._version >= 5 else folder - 1
        if folder != 0 and index < len(self._folders):
            path = _joined(path, unit.text_of(self._folders[index]).decode("utf-8", "replace"))
        return _joined(path, unit.text_of(file).decode("utf-8", "replace"))

    # ------------------------------------------------------------------- rows

    def run(self) -> None:
        """Runs the program, and gathers its sequences and the paths of its files."""
        program = self._program
        reader = Bytes(program.data, program.pos, program.end)
        registers = _Registers(self)
        self.sequences = []
        more: list[tuple[Value, int]] = []
        rows: list[tuple[int, int, int, int]] = []
        while reader.pos < reader.end:
            opcode = reader.number(1)
            if opcode >= self._opcode_base:
                adjusted = opcode - self._opcode_base
                registers.advance_line(self._line_base + adjusted % self._line_range)
                registers.advance(adjusted // self._line_range)
            elif opcode == 0:
                if not self._extended(reader.part(reader.leb()), registers, more):
                    continue
                if not registers.is_dead and rows:
                    if rows[0][0] < registers.address:
                        self.sequences.append(_Sequence(rows, registers.address))
                    rows = []
                registers.begin()
                continue
            elif opcode != 1:  # copy
                self._standard(opcode, reader, registers)
                continue
            if not registers.is_dead:
                if rows and rows[-1][0] == registers.address:
                    rows.pop()
                rows.append(registers.row())
        self.sequences.sort(key=lambda sequence: sequence.begin)
        self.files = self._paths(more)

    def _extended(self, reader: Bytes, registers: _Registers, more: list[tuple[Value, int]]) -> bool:
        """Runs an extended opcode; whether it ends the sequence."""
        code = reader.number(1)
        if code == 2:  # set_address
            registers.set_address(reader.number(self.address_size))
        elif code == 3 and self._version < 5:  # define_file
            more.append(_old_file(reader, reader.text()))
        elif code == 4:  # set_discriminator
            reader.leb()
        return code == 1

    def _standard(self, opcode: int, reader: Bytes, registers: _Registers) -> None:
        """Runs a standard opcode that makes no row."""
        if opcode == 2:  # advance_pc
            registers.advance(reader.leb())
        elif opcode == 3:  # advance_line
            registers.advance_line(reader.signed_leb())
        elif opcode == 4:  # set_file
            registers.file = reader.leb()
        elif opcode == 5:  # set_column
            registers.column = reader.leb()
        elif opcode == 8:  # const_add_pc
            registers.advance((255 - self._opcode_base) // self._line_range)
        elif opcode == 9:  # fixed_advance_pc
            registers.advance_fixed(reader.number(2))
        elif opcode == 12:  # set_isa
            reader.leb()
        elif opcode not in (6, 7, 10, 11):  # what rows are of
            for _ in range(self._operands[opcode - 1]):
                reader.leb()

    # ------------------------------------------------------------------- what is asked

    def ranges(self) -> list[tuple[int, int]]:
        """The addresses that there are lines of."""
        return [(sequence.begin, sequence.end) for sequence in self.sequences]

    def place(self, address: int) -> str | None:
        """`file:line:column` of an address; None where it has none."""
        at = find_range(self.ranges(), address)
        if at < 0:
            return None
        rows = self.sequences[at].rows
        row = rows[_last_begun([row[0] for row in rows], address)]
        _, file, line, column = row
        text = self.files[file] if file < len(self.files) else ""
        return f"{text}:{line}:{column}" if line else text


def _old_file(reader: Bytes, name: bytes) -> tuple[Value, int]:
    """What follows the name of a file before version 5: its folder, when it was changed, and its size."""
    folder = reader.leb()
    reader.leb()
    reader.leb()
    return Value(TEXT, 0, name), folder


def find_range(ranges: list[tuple[int, int]], address: int) -> int:
    """The index of the range that an address is in, of ranges that rise; -1 if there is none.

    Of ranges that overlap it is the one that halving comes to.
    """
    if not ranges:
        return -1
    at = _last_begun([begin for begin, _ in ranges], address)
    return at if ranges[at][0] <= address < ranges[at][1] else -1


def _last_begun(starts: list[int], address: int) -> int:
    """The index of the last start, of starts that rise, which an address is not before; 0 if there is none."""
    base = 0
    size = len(starts)
    while size > 1:
        half = size // 2
        if address >= starts[base + half]:
            base += half
        size -= half
    return base


def _joined(path: str, name: str) -> str:
    """A path below another, unless it is absolute."""
    if _has_root(name, "/") or _has_root(name, "\\"):
        return name
    separator = "\\" if _has_root(path, "\\") else "/"
    if path and not path.endswith(separator):
        path += separator
    return path + name


def _has_root(path: str, separator: str) -> bool:
    """Whether a path begins with a separator, or with that of a drive."""
    return path.startswith(separator) or (path[1:3] == ":" + separator and path[:1].isascii())
