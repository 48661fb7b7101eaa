"""Binaries changed where they have joints: sections, their items, instructions, numbers; and bytes.

Whatever encloses a change is written anew, so that sizes and counts are right but for the few that shall not be.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm import component as components
from pywasmtools.wasm import module as modules
from pywasmtools.wasm.canonicals import read_canonical
from pywasmtools.wasm.immediates import write_immediate
from pywasmtools.wasm.instructions import ROWS, Row
from pywasmtools.wasm.operators import OperatorReader, write_row
from pywasmtools.wasm.payloads import COMPONENT_HEADER
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.writer import section, sized, var_u32

if TYPE_CHECKING:
    from pywasmtools.wasm.immediates import Immediate

CODE = 10
OF_MODULES: dict[int, Callable[[BinaryReader], object]] = {
    1: modules.read_rec_group,
    2: modules.read_imports,
    3: BinaryReader.var_u32,
    4: modules.read_table,
    5: modules.read_memory_type,
    6: modules.read_global,
    7: modules.read_export,
    9: modules.read_element,
    CODE: BinaryReader.sized_reader,
    11: modules.read_data,
    13: modules.read_tag_type,
}
OF_COMPONENTS: dict[int, Callable[[BinaryReader], object]] = {
    2: components.read_core_instance,
    3: components.read_core_type,
    5: components.read_component_instance,
    6: components.read_alias,
    7: components.read_component_type,
    8: read_canonical,
    10: components.read_component_import,
    11: components.read_component_export,
}
"""What reads an item of a section, by section id."""

SIGNED: dict[tuple[str, str], list[Row]] = {}
"""Rows by immediates and signature: one may stand for another."""
for _row in ROWS:
    SIGNED.setdefault((_row.immediates, _row.signature), []).append(_row)


class Section(NamedTuple):
    """A section: id and content."""

    id: int
    content: bytes


def split(data: bytes) -> tuple[bytes, list[Section]]:
    """The header of a binary and its sections, as far as they go; what follows is the last one's, with the id -1."""
    reader = BinaryReader(data)
    reader.pos = min(8, len(data))
    found = []
    while reader.pos < len(data):
        start = reader.pos
        try:
            id_ = reader.u8()
            size = reader.var_u32()
            found.append(Section(id_, reader.take(size)))
        except WasmToolsError:
            found.append(Section(-1, data[start:]))
            break
    return data[:8], found


def join(header: bytes, sections: Sequence[Section]) -> bytes:
    """What `split` took apart."""
    return header + b"".join([section(s.id, s.content) if s.id >= 0 else s.content for s in sections])


def items_of(id_: int, content: bytes, component: bool) -> list[bytes] | None:
    """The items of a section as bytes; None where it has none or they can't be read."""
    read = (OF_COMPONENTS if component else OF_MODULES).get(id_)
    if read is None:
        return None
    reader = BinaryReader(content)
    found = []
    try:
        for _ in range(reader.var_u32()):
            start = reader.pos
            read(reader)
            found.append(content[start : reader.pos])
    except (WasmToolsError, RecursionError):
        return None
    return found


class Splicer:
    """Changes binaries, with others to take parts from."""

    def __init__(self, rng: random.Random, others: Sequence[bytes] = ()) -> None:
        self.rng = rng
        self.others = others

    def change(self, data: bytes) -> bytes:
        """One to three changes."""
        for _ in range(self.rng.choice((1, 1, 1, 1, 2, 3))):
            data = self.once(data)
        return data

    def once(self, data: bytes) -> bytes:
        """One change."""
        way = self.rng.randrange(10)
        if way == 0 or len(data) < 9:
            return mutant(data, self.rng)
        header, sections = split(data)
        if not sections:
            return mutant(data, self.rng)
        component = header == COMPONENT_HEADER
        if way < 3:
            self._section(sections, component)
        else:
            self._content(sections, component, way)
        return join(header, sections)

    def _other(self, component: bool) -> list[Section]:
        """The sections of another binary of the kind."""
        if not self.others:
            return []
        header, sections = split(self.rng.choice(self.others))
        return sections if (header == COMPONENT_HEADER) == component else []

    def _section(self, sections: list[Section], component: bool) -> None:
        rng = self.rng
        at, other = rng.randrange(len(sections)), rng.randrange(len(sections))
        way = rng.randrange(6)
        if way == 0:
            del sections[at]
        elif way == 1:
            sections.insert(other, sections[at])
        elif way == 2:
            sections[at], sections[other] = sections[other], sections[at]
        elif way == 3:
            found = self._other(component)
            same = [s for s in found if s.id == sections[at].id]
            if same:
                sections[at] = rng.choice(same)
            elif found:
                sections.insert(at, rng.choice(found))
        elif way == 4:
            sections.insert(
                at, Section(rng.choice((0, 0, 0, 12, 14, 127)), rng.choice((b"\x01a", b"", b"\x04name", b"\0")))
            )
        else:
            sections[at] = Section(rng.randrange(14), sections[at].content)

    def _content(self, sections: list[Section], component: bool, way: int) -> None:
        """A change inside a section; inside what is nested there, if anything is."""
        rng = self.rng
        at = rng.randrange(len(sections))
        id_, content = sections[at]
        if component and id_ in (1, 4) and len(content) >= 8:
            sections[at] = Section(id_, self.once(content))
            return
        items = items_of(id_, content, component) if way < 9 else None
        if not items:
            sections[at] = Section(id_, self._bytes(content))
            return
        if way < 5:
            items = self._items(items, id_, component)
        else:
            k = rng.randrange(len(items))
            if id_ == CODE and not component and rng.randrange(5):
                items[k] = self._body(items[k])
            else:
                items[k] = self._bytes(items[k])
        count = len(items) if rng.randrange(20) else len(items) + rng.choice((-1, 1))
        sections[at] = Section(id_, var_u32(max(count, 0)) + b"".join(items))

    def _items(self, items: list[bytes], id_: int, component: bool) -> list[bytes]:
        rng = self.rng
        at, other = rng.randrange(len(items)), rng.randrange(len(items))
        way = rng.randrange(5)
        items = list(items)
        if way == 0:
            del items[at]
        elif way == 1:
            items.insert(other, items[at])
        elif way == 2:
            items[at], items[other] = items[other], items[at]
        elif way == 3:
            items[at] = items[other]
        else:
            same = [s for s in self._other(component) if s.id == id_]
            found = items_of(id_, rng.choice(same).content, component) if same else None
            if found:
                items.insert(at, rng.choice(found))
        return items

    def _bytes(self, data: bytes) -> bytes:
        """A number of it made longer, or another; or bytes changed."""
        rng = self.rng
        if not data:
            return b"\0"
        at = rng.randrange(len(data))
        way = rng.randrange(4)
        if way == 0 and data[at] < 0x80:
            stretched = bytes([data[at] | 0x80]) + b"\x80" * rng.choice((0, 0, 3, 8, 9)) + b"\0"
            return data[:at] + stretched + data[at + 1 :]
        if way == 1:
            edge = rng.choice((b"\0", b"\x01", b"\x7f", b"\x80\x01", b"\xff\xff\xff\xff\x0f", b"\x80\x80\x80\x80\x10"))
            return data[:at] + edge + data[at + 1 :]
        if way == 2:
            return data[:at] + bytes([(data[at] + rng.choice((1, 255))) & 255]) + data[at + 1 :]
        return mutant(data, rng)

    # ------------------------------------------------------------------- instructions

    def _body(self, item: bytes) -> bytes:
        """A body with another instruction somewhere, or one more or less."""
        reader = BinaryReader(item).sized_reader()
        try:
            modules.skip_locals(reader)
            start = reader.pos
            operators = OperatorReader(reader)
            found: list[tuple[int, int, Row, list[Immediate]]] = []
            while not operators.eof():
                at = reader.pos
                row = operators.next_operator()
                found.append((at, reader.pos, row, operators.immediates))
        except WasmToolsError:
            return self._bytes(item)
        end = reader.end
        data = reader.data
        head = data[reader.start : start]
        if not found:
            return self._bytes(item)
        rng = self.rng
        first, last, row, immediates = found[rng.randrange(len(found))]
        way = rng.randrange(6)
        if way == 0:
            changed = b""
        elif way == 1:
            changed = data[first:last] * 2
        elif way == 2:
            at, to, *_ = rng.choice(found)
            changed = data[at:to] + data[first:last]
        elif way == 3:
            changed = self._written(rng.choice(SIGNED[row.immediates, row.signature]), immediates)
        elif way == 4:
            plain = [r for r in ROWS if not r.kinds]
            changed = self._written(rng.choice(plain), []) + data[first:last]
        else:
            changed = self._bytes(data[first:last])
        return sized(head + data[start:first] + changed + data[last:end])

    def _written(self, row: Row, immediates: list[Immediate]) -> bytes:
        out = bytearray()
        write_row(out, row)
        for kind, value in zip(row.kinds, immediates, strict=True):
            write_immediate(out, kind, value)
        return bytes(out)


def mutant(data: bytes, rng: random.Random) -> bytes:
    """`data` with a small mistake of bytes: flipped, set, cut, repeated, moved."""
    out = bytearray(data)
    if not out:
        return b"\0"
    at = rng.randrange(len(out))
    length = rng.randrange(1, 9)
    kind = rng.randrange(7)
    if kind == 0:
        out[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        out[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    elif kind == 2:
        del out[at : at + length]
    elif kind == 3:
        out[at:at] = out[at : at + length]
    elif kind == 4:
        out[at:at] = rng.randbytes(length)
    elif kind == 5:
        del out[at:]
    else:
        other = rng.randrange(len(out))
        out[at : at + length] = out[other : other + length]
    return bytes(out)
