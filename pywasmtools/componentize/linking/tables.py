"""Tables that the linker lays into memory: names and symbols for `dlopen` and `dlsym`, and thread-local storage."""

from __future__ import annotations

from pywasmtools.componentize.linking.library import (
    GET_TLS_BASE,
    LIBRARY_TLS_INFO,
    PROGRAM_TLS_INFO,
    SET_TLS_BASE,
)
from pywasmtools.wasm.module import FUNC, GLOBAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pywasmtools.componentize.linking.library import Library


def wrap(value: int) -> int:
    """An address as the machine has it: 32 bits."""
    return value & 0xFFFFFFFF


def signed(value: int) -> int:
    """An address as the operand of `i32.const`."""
    value = wrap(value)
    return value - (1 << 32) if value >= 1 << 31 else value


def align(value: int, alignment: int) -> int:
    """The next multiple of a power of two."""
    return wrap(value + alignment - 1) & ~(alignment - 1)


def _word(value: int) -> bytes:
    return wrap(value).to_bytes(4, "little")


class DlTable:
    """What `dlopen` and `dlsym` look things up in: libraries by name, the symbols of each by name.

    From `memory_base` on stand the names of a library and its symbols, each filled up to four bytes; its symbols, (length
    and address of the name, value) each; at the end the libraries, (length and address of the name, count and address of
    the symbols) each; and at `root` their count and address. The value of a function is its place in the table, from
    `table_base` on. That of data is written at start: `globals` has library, symbol and where it goes.
    """

    __slots__ = ("data", "functions", "globals", "memory_base", "root", "table_base")

    def __init__(self, table_base: int, memory_base: int, libraries: Sequence[Library]) -> None:
        self.table_base = table_base
        self.memory_base = memory_base
        self.data = bytearray()
        self.functions = 0
        self.globals: list[tuple[str, str, int]] = []
        rows = [self._library(library) for library in libraries if library.dl_openable]
        rows.sort(key=lambda row: row[0])
        start = self._here()
        for name, address, count, symbols in rows:
            self.data += _word(len(name.encode())) + _word(address) + _word(count) + _word(symbols)
        self.root = self._here()
        self.data += _word(len(rows)) + _word(start)

    def _here(self) -> int:
        return wrap(self.memory_base + len(self.data))

    def _name(self, name: str) -> int:
        """Writes a name; returns its address."""
        address = self._here()
        data = name.encode()
        self.data += data + bytes(-len(data) % 4)
        return address

    def _library(self, library: Library) -> tuple[str, int, int, int]:
        """Writes the names and symbols of a library; returns its name, where that stands, and count and address of the symbols."""
        name_address = self._name(library.name)
        symbols: list[tuple[str, int, int]] = []
        for name, kind, _ in library.exports:
            address = self._name(name)
            if kind == FUNC:
                symbols.append((name, address, wrap(self.table_base + self.functions)))
                self.functions += 1
            elif kind == GLOBAL:
                symbols.append((name, address, -1))
        # They stand in order of name, kind and type; what has the same name keeps its place.
        start = self._here()
        for name, address, value in symbols:
            self.data += _word(len(name.encode())) + _word(address)
            if value < 0:
                self.globals.append((library.name, name, self._here()))
            self.data += _word(max(value, 0))
        # The count is that of all exports, tags too, which have no row.
        return (library.name, name_address, len(library.exports), start)


class TlsTable:
    """Where thread-local storage is: `main_bases`, an address for each library that has some, of the main thread's.

    If a library asks for the whole program's, there is also `library_infos`, the address of each library's own account,
    and at `program_info` (`data`) how many there are, `library_infos` and `main_bases`. `slots` has the number of a
    library among those that have some, by its place. Entries are four bytes each; the next free address is `end`.
    """

    __slots__ = ("data", "end", "library_infos", "main_bases", "program_info", "slots")

    def __init__(self, memory_base: int, libraries: Sequence[Library]) -> None:
        self.main_bases = 0
        self.library_infos = 0
        self.program_info = 0
        self.slots: dict[int, int] = {}
        self.data = b""
        self.end = memory_base
        needs_info = any(PROGRAM_TLS_INFO in library.needs for library in libraries)
        if not needs_info and not any(needs_tls_base(library) for library in libraries):
            return
        for place, library in enumerate(libraries):
            if LIBRARY_TLS_INFO in library.exported_for_linker:
                self.slots[place] = len(self.slots)
        count = len(self.slots)
        self.main_bases = align(memory_base, 4)
        self.end = wrap(self.main_bases + count * 4)
        if needs_info:
            self.library_infos = self.end
            self.program_info = wrap(self.library_infos + count * 4)
            self.end = wrap(self.program_info + 12)
            self.data = _word(count) + _word(self.library_infos) + _word(self.main_bases)


def needs_tls_base(library: Library) -> bool:
    """Whether a library reads or writes where its thread-local storage is."""
    return GET_TLS_BASE in library.needs or SET_TLS_BASE in library.needs
