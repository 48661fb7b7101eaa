"""How the loop over a function's body treats each opcode: its class, its name, the sizes of its operators."""

from __future__ import annotations

from pywasmtools.wasm.immediates import (
    AS_BLOCK_TYPE,
    AS_F32,
    AS_F64,
    AS_HEAP_TYPE,
    AS_LANE,
    AS_LANES,
    AS_MEMARG,
    AS_OPTIONAL_ORDERING,
    AS_ORDERING,
    AS_S32,
    AS_S64,
    AS_U32,
    AS_V128,
    AS_VAL_TYPES,
)
from pywasmtools.wasm.instructions import ONE_BYTE, PREFIXED
from pywasmtools.wasm.spaces import CORE_FUNC, CORE_GLOBAL, CORE_MEMORY, CORE_TABLE, CORE_TAG, CORE_TYPE, DATA, ELEM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.instructions import Row

SPACES: Final = {
    "func": CORE_FUNC,
    "type": CORE_TYPE,
    "table": CORE_TABLE,
    "memory": CORE_MEMORY,
    "global": CORE_GLOBAL,
    "tag": CORE_TAG,
    "data": DATA,
    "elem": ELEM,
}
"""The index spaces that immediates name, of a module's items."""

ONE_MEMORY: Final = 1
TWO_MEMORIES: Final = 2
TWO_TABLES: Final = 3
SEGMENT_OF_MEMORY: Final = 4
SEGMENT_OF_TABLE: Final = 5
CALL_INDIRECT: Final = 6

SPECIAL: Final = {
    "memory": ONE_MEMORY,
    "memory memory": TWO_MEMORIES,
    "table table": TWO_TABLES,
    "data memory": SEGMENT_OF_MEMORY,
    "elem table": SEGMENT_OF_TABLE,
    "type table": CALL_INDIRECT,
}
"""Immediates with a way of their own, by how the row writes them."""

# How the loop over a body treats an opcode.
OTHER: Final = 0
PLAIN: Final = 1
LOCAL: Final = 2
INDEX: Final = 3
NUMBER: Final = 4
MEMARG: Final = 5
BEGINNING: Final = 6
END: Final = 7
LABEL: Final = 8
KNOWN: Final = 9
PREFIX: Final = 10

USUAL: Final = [kind != OTHER for kind in range(PREFIX + 1)]
"""By kind, what needs no look of its own. A jump over much code is quick behind a bool."""

_LEAST_SIZES: Final = {
    AS_U32: 1,
    AS_S32: 1,
    AS_S64: 1,
    AS_F32: 4,
    AS_F64: 8,
    AS_V128: 16,
    AS_MEMARG: 2,
    AS_LANE: 1,
    AS_LANES: 16,
    AS_HEAP_TYPE: 1,
    AS_VAL_TYPES: 2,
    AS_ORDERING: 1,
    AS_OPTIONAL_ORDERING: 1,
}
"""Bytes that immediates take at least, by their form; without those that are blocks or labels."""


def _least_size(row: Row) -> int:
    """Bytes of the immediates at least; -1 where the text does not come from the bytes alone."""
    size = 0
    for kind in row.kinds:
        if kind.form not in _LEAST_SIZES or kind.space == "local" or kind.space == "label":
            return -1
        size += _LEAST_SIZES[kind.form]
    return size


_UNUSUAL: Final = (
    0x05,  # else
    0x06,  # try
    0x07,  # catch
    0x18,  # delegate
    0x19,  # catch_all
)
"""Opcodes that may stand in blocks of one kind only, or that make such a block."""


def _classes() -> tuple[bytes, list[str], list[int]]:
    classes = bytearray(256)
    names = [""] * 256
    numbers = [0] * 256
    for opcode, row in enumerate(ONE_BYTE):
        if row is None:
            continue
        names[opcode] = row.name
        if opcode in _UNUSUAL:
            continue
        size = _least_size(row)
        if size > 0:
            classes[opcode] = KNOWN
            numbers[opcode] = 1 + size
        if len(row.kinds) > 1:
            continue
        if not row.kinds:
            classes[opcode] = END if opcode == 0x0B else PLAIN  # end
            continue
        kind = row.kinds[0]
        form = kind.form
        if form == AS_S32 or form == AS_S64:
            classes[opcode] = NUMBER
        elif form == AS_MEMARG:
            classes[opcode] = MEMARG
            numbers[opcode] = kind.align
        elif form == AS_BLOCK_TYPE:
            classes[opcode] = BEGINNING
        elif kind.space == "local":
            classes[opcode] = LOCAL
        elif kind.space == "label":
            classes[opcode] = LABEL
        elif kind.space in SPACES and row.immediates not in SPECIAL:
            classes[opcode] = INDEX
            numbers[opcode] = SPACES[kind.space]
    classes[0xFB:0xFF] = bytes([PREFIX]) * 4
    return bytes(classes), names, numbers


SUB_OPCODES: Final = 0x200


def _prefixed_sizes() -> list[bytes]:
    sizes = []
    for rows in PREFIXED:
        of_prefix = bytearray(SUB_OPCODES)
        for sub_opcode, row in enumerate(rows):
            if row is not None and sub_opcode < SUB_OPCODES:
                size = _least_size(row)
                of_prefix[sub_opcode] = 2 + size if size >= 0 else 0
        sizes.append(bytes(of_prefix))
    return sizes


_TABLES: Final = _classes()
CLASSES: Final = _TABLES[0]
NO_CLASSES: Final = bytes(256)
NAMES: Final = _TABLES[1]
NUMBERS: Final = _TABLES[2]
"""The index space of an INDEX; the base-2 logarithm of the natural alignment of a MEMARG; the size of a KNOWN."""
PREFIXED_SIZES: Final = _prefixed_sizes()
"""Bytes of operators with a prefix, by sub-opcode, at least and with a sub-opcode of one byte; 0 where unknown."""
