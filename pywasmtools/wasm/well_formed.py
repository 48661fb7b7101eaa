"""Is a binary well-formed: everything in it is read and nothing of it is kept, custom sections aside. Nothing is validated."""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error, error
from pywasmtools.wasm import module as m
from pywasmtools.wasm.immediates import AS_F32, AS_F64, AS_MEMARG, AS_S32, AS_S64, AS_U32
from pywasmtools.wasm.instructions import ONE_BYTE
from pywasmtools.wasm.operators import OperatorReader, enter_frame
from pywasmtools.wasm.payloads import (
    CODE_SECTION_ENTRY,
    COMPONENT_ALIAS_SECTION,
    COMPONENT_CANONICAL_SECTION,
    COMPONENT_EXPORT_SECTION,
    COMPONENT_IMPORT_SECTION,
    COMPONENT_INSTANCE_SECTION,
    COMPONENT_TYPE_SECTION,
    CORE_INSTANCE_SECTION,
    CORE_TYPE_SECTION,
    DATA_SECTION,
    ELEMENT_SECTION,
    EXPORT_SECTION,
    FUNCTION_SECTION,
    GLOBAL_SECTION,
    IMPORT_SECTION,
    MEMORY_SECTION,
    TABLE_SECTION,
    TAG_SECTION,
    TYPE_SECTION,
    UNKNOWN_SECTION,
    Parser,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from pywasmtools.wasm.reader import BinaryReader


def check_well_formed(data: bytes) -> None:
    """Raises what is malformed first."""
    for payload in Parser(data):
        kind = payload.kind
        if kind == CODE_SECTION_ENTRY:
            _read_body(payload.section())
            continue
        if kind == UNKNOWN_SECTION:
            raise error(f"malformed section id: {payload.id}")
        read = _CORE_ITEMS.get(kind) or _component_items(kind)
        if read is not None:
            reader = payload.section()
            for _ in range(payload.count):
                read(reader)
            reader.finish_section()


def _read_imports(reader: BinaryReader) -> None:
    m.read_imports(reader).imports()


_CORE_ITEMS: Final[dict[int, Callable[[BinaryReader], object]]] = {
    TYPE_SECTION: m.read_rec_group,
    IMPORT_SECTION: _read_imports,
    FUNCTION_SECTION: lambda reader: reader.var_u32(),
    TABLE_SECTION: m.read_table,
    MEMORY_SECTION: m.read_memory_type,
    TAG_SECTION: m.read_tag_type,
    GLOBAL_SECTION: m.read_global,
    EXPORT_SECTION: m.read_export,
    ELEMENT_SECTION: m.read_element,
    DATA_SECTION: m.read_data,
}
"""What reads an item of a module's section, by payload kind."""


def _component_items(kind: int) -> Callable[[BinaryReader], object] | None:
    """The same of a component's; None for what is no section of items."""
    if kind == COMPONENT_CANONICAL_SECTION:
        from pywasmtools.wasm.canonicals import read_canonical

        return read_canonical
    if kind not in _OF_COMPONENTS:
        return None
    from pywasmtools.wasm import component as c

    return {
        CORE_INSTANCE_SECTION: c.read_core_instance,
        CORE_TYPE_SECTION: c.read_core_type,
        COMPONENT_INSTANCE_SECTION: c.read_component_instance,
        COMPONENT_ALIAS_SECTION: c.read_alias,
        COMPONENT_TYPE_SECTION: c.read_component_type,
        COMPONENT_IMPORT_SECTION: c.read_component_import,
        COMPONENT_EXPORT_SECTION: c.read_component_export,
    }[kind]


_OF_COMPONENTS: Final = (
    CORE_INSTANCE_SECTION,
    CORE_TYPE_SECTION,
    COMPONENT_INSTANCE_SECTION,
    COMPONENT_ALIAS_SECTION,
    COMPONENT_TYPE_SECTION,
    COMPONENT_IMPORT_SECTION,
    COMPONENT_EXPORT_SECTION,
)


# ------------------------------------------------------------------------------- bodies

# What an opcode of one byte has behind it.
_OTHER: Final = 0
_NOTHING: Final = 1
_NUMBER: Final = 2
_ACCESS: Final = 3
_FOUR: Final = 4
_EIGHT: Final = 5
_BLOCK: Final = 6
_END: Final = 7


def _extents() -> bytes:
    extents = bytearray(256)
    for opcode, row in enumerate(ONE_BYTE):
        if row is None or opcode in (0x05, 0x07, 0x18, 0x19):  # else, catch, delegate, catch_all
            continue
        forms = [kind.form for kind in row.kinds]
        if not forms:
            extents[opcode] = _NOTHING
        elif forms[0] in (AS_U32, AS_S32, AS_S64) and len(forms) == 1:
            extents[opcode] = _NUMBER
        elif forms == [AS_MEMARG]:
            extents[opcode] = _ACCESS
        elif forms == [AS_F32]:
            extents[opcode] = _FOUR
        elif forms == [AS_F64]:
            extents[opcode] = _EIGHT
    extents[0x02] = extents[0x03] = extents[0x04] = _BLOCK  # block, loop, if
    extents[0x0B] = _END  # end
    return bytes(extents)


_EXTENTS: Final = _extents()


def _read_body(reader: BinaryReader) -> None:
    """Reads locals and instructions: most are stepped over, what is unusual about one is read as it is."""
    m.read_locals(reader)
    operators = OperatorReader(reader)
    frames = operators.frames
    data = reader.data
    end = reader.end
    extents = _EXTENTS
    pos = reader.pos
    while pos < end:
        opcode = data[pos]
        extent = extents[opcode]
        last = pos + 1
        if extent == _NOTHING and frames:
            pos = last
            continue
        if last + 9 < end and frames:
            if extent == _NUMBER:
                if data[last] >= 0x80:
                    last += 1
                    while data[last] >= 0x80 and last < pos + 4:
                        last += 1
                if data[last] < 0x80:
                    pos = last + 1
                    continue
            elif extent == _ACCESS:
                last += 1
                while data[last] >= 0x80 and last < pos + 5:
                    last += 1
                if data[pos + 1] < 0x10 and data[last] < 0x80:
                    pos = last + 1
                    continue
            elif extent == _BLOCK:
                if data[last] == 0x40 or 0x7B <= data[last] <= 0x7F:
                    enter_frame(frames, opcode)
                    pos = last + 1
                    continue
            elif extent == _FOUR or extent == _EIGHT:
                pos = last + (4 if extent == _FOUR else 8)
                continue
            elif extent == _END:
                frames.pop()
                pos = last
                continue
        reader.pos = pos
        operators.next_operator()
        pos = reader.pos
    reader.pos = pos
    if frames:
        raise binary_error(pos, "control frames remain at end of function body or expression")
