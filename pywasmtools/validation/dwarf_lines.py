"""Line programs: which line of which file an address comes from. DWARF 5, section 6.2; 2 to 4 as they differ."""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.validation.dwarf import TEXT, TOMBSTONE, Unit, read_number, read_text, var_signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.reader import BinaryReader


class _Sequence:
    """Rows of rising addresses (address, file, line, column), and the address where the last one ends."""

    __slots__ = ("end", "rows")

    def __init__(self, rows: list[tuple[int, int, int, int]], end: int) -> None:
        self.rows = rows
        self.end = end


class Lines:
    """The lines of a unit, whose program is at an offset of `.debug_line`. Raises where the header is malformed.

    `run` is called before anything is asked, and raises where the program is.
    """

    __slots__ = (
        "_line_base",
        "_line_range",
        "_min_length",
        "_opcode_base",
        "_operands",
        "_program",
        "files",
        "sequences",
        "unit",
    )

    def __init__(self, unit: Unit, offset: int) -> None:
        self.unit = unit
        self.files: list[str] = []
        self.sequences: list[_Sequence] = []
        reader = unit.sections.reader("line", offset)
        length = reader.u32()
        size = 4
        if length == 0xFFFF_FFFF:
            length = reader.u64()
            size = 8
        end = reader.pos + length
        if end > reader.end:
            raise reader.end_of_file()
        reader.end = end
        version = read_number(reader, 2)
        if not 2 <= version <= 5:
            raise error(f"unknown version of a line program: {version}")
        if version >= 5:
            reader.skip(2)  # sizes of addresses and of segment selectors
        header_length = read_number(reader, size)
        program = reader.pos + header_length
        self._min_length = reader.u8()
        if version >= 4:
            reader.skip(1)
        reader.skip(1)  # whether rows are statements
        base = reader.u8()
        self._line_base = base - 0x100 if base & 0x80 else base
        self._line_range = reader.u8() or 1
        self._opcode_base = reader.u8() or 1
        self._operands = list(reader.take(self._opcode_base - 1))
        if version >= 5:
            self._tables(reader, size)
        else:
            self._old_tables(reader)
        if program > reader.end:
            raise reader.end_of_file()
        reader.pos = program
        self._program = reader

    # ------------------------------------------------------------------- files

    def _old_tables(self, reader: BinaryReader) -> None:
        folders = [b""]
        while True:
            folder = read_text(reader)
            if not folder:
                break
            folders.append(folder)
        self.files.append("")
        while True:
            name = read_text(reader)
            if not name:
                return
            folder_index = reader.var_u64()
            reader.var_u64()
            reader.var_u64()
            self.files.append(self._path(folders, folder_index, name))

    def _tables(self, reader: BinaryReader, size: int) -> None:
        folders = [name for name, _ in self._entries(reader, size)]
        for name, folder_index in self._entries(reader, size):
            self.files.append(self._path(folders, folder_index, name))

    def _entries(self, reader: BinaryReader, size: int) -> list[tuple[bytes, int]]:
        """A table of folders or files: each entry's path, and the index of its folder."""
        formats = [(reader.var_u64(), reader.var_u64()) for _ in range(reader.u8())]
        found: list[tuple[bytes, int]] = []
        unit = self.unit
        for _ in range(reader.var_u64()):
            path = b""
            folder = 0
            for content, form in formats:
                value = unit.read_value(reader, form, 0)
                if content == 1:
                    path = (value.text if value.kind == TEXT else unit.text_of(value)) or b""
                elif content == 2:
                    folder = value.number
            found.append((path, folder))
        return found

    def _path(self, folders: list[bytes], index: int, name: bytes) -> str:
        path = self.unit.comp_dir.decode("utf-8", "replace")
        if index != 0 and index < len(folders):
            path = _joined(path, folders[index].decode("utf-8", "replace"))
        return _joined(path, name.decode("utf-8", "replace"))

    # ------------------------------------------------------------------- rows

    def run(self) -> None:
        """Runs the program, and gathers its sequences."""
        reader = self._program.clone()
        self.sequences.clear()
        address, file, line, column = 0, 1, 1, 0
        rows: list[tuple[int, int, int, int]] = []
        dead = False
        while not reader.eof():
            opcode = reader.u8()
            emitted = False
            if opcode >= self._opcode_base:
                adjusted = opcode - self._opcode_base
                address += adjusted // self._line_range * self._min_length
                line += self._line_base + adjusted % self._line_range
                emitted = True
            elif opcode == 0:
                extended = reader.sized_reader()
                code = extended.u8() if not extended.eof() else 0
                if code == 1:  # end_sequence
                    if rows and rows[0][0] < address and not dead:
                        self.sequences.append(_Sequence(rows, address))
                    rows = []
                    address, file, line, column = 0, 1, 1, 0
                    dead = False
                elif code == 2:  # set_address
                    address = read_number(extended, extended.end - extended.pos)
                    dead = address >= TOMBSTONE
            elif opcode == 1:  # copy
                emitted = True
            elif opcode == 2:  # advance_pc
                address += reader.var_u64() * self._min_length
            elif opcode == 3:  # advance_line
                line += var_signed(reader)
            elif opcode == 4:  # set_file
                file = reader.var_u64()
            elif opcode == 5:  # set_column
                column = reader.var_u64()
            elif opcode == 8:  # const_add_pc
                address += (255 - self._opcode_base) // self._line_range * self._min_length
            elif opcode == 9:  # fixed_advance_pc
                address += read_number(reader, 2)
            else:
                for _ in range(self._operands[opcode - 1]):
                    reader.var_u64()
            if emitted and not dead:
                if rows and rows[-1][0] == address:
                    rows.pop()
                rows.append((address, file, line, column))
        self.sequences.sort(key=lambda sequence: sequence.rows[0][0])

    # ------------------------------------------------------------------- what is asked

    def ranges(self) -> list[tuple[int, int]]:
        """The addresses that there are lines of."""
        return [(sequence.rows[0][0], sequence.end) for sequence in self.sequences]

    def place(self, address: int) -> str | None:
        """`file:line:column` of an address; None where it has none."""
        for sequence in self.sequences:
            if sequence.rows[0][0] <= address < sequence.end:
                row = sequence.rows[0]
                for other in sequence.rows:
                    if other[0] > address:
                        break
                    row = other
                _, file, line, column = row
                text = self.files[file] if file < len(self.files) else ""
                return f"{text}:{line & 0xFFFF_FFFF}:{column & 0xFFFF_FFFF}" if line else text
        return None


def _joined(path: str, name: str) -> str:
    """A path below another, unless it is absolute."""
    if name.startswith(("/", "\\")) or name[1:3] in (":/", ":\\"):
        return name
    separator = "\\" if path.startswith("\\") or path[1:3] == ":\\" else "/"
    if path and not path.endswith(separator):
        path += separator
    return path + name
