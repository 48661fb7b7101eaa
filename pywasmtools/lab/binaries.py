"""Two binaries held against each other: their sections, where they part, their text."""

from __future__ import annotations

import difflib
from typing import NamedTuple

from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wat.print.printer import print_wasm

MAGIC = b"\0asm"
MOST_LINES = 400
"""What is shown of the difference of two texts."""

CORE_SECTIONS = (
    *("custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code"),
    *("data", "data count", "tag"),
)
COMPONENT_SECTIONS = (
    *("custom", "core module", "core instance", "core type", "component", "instance", "alias", "type", "canon"),
    *("start", "import", "export", "value"),
)
NESTED = (1, 4)
"""Sections of a component that hold a binary: a core module, a component."""


class Section(NamedTuple):
    """A section: its name, after the names of those around it; where it starts, where what it holds starts and ends."""

    path: tuple[str, ...]
    start: int
    body: int
    end: int

    @property
    def name(self) -> str:
        return " > ".join(self.path)


def is_binary(data: bytes) -> bool:
    """Whether data begins as a module or component does."""
    return data[:4] == MAGIC


def sections(data: bytes, pos: int = 0, end: int = -1, path: tuple[str, ...] = ()) -> list[Section]:
    """All sections of a binary, those of nested binaries after the section that holds them; as far as they can be read."""
    found: list[Section] = []
    end = len(data) if end < 0 else end
    if data[pos : pos + 4] != MAGIC:
        return found
    is_component = data[pos + 6 : pos + 8] == b"\1\0"
    names = COMPONENT_SECTIONS if is_component else CORE_SECTIONS
    found.append(Section((*path, "the header"), pos, pos, min(pos + 8, end)))
    pos += 8
    while pos < end:
        reader = BinaryReader(data, pos + 1, end)
        try:
            size = reader.var_u32()
        except Exception:
            break
        id_, body = data[pos], reader.pos
        name = names[id_] if id_ < len(names) else f"section {id_}"
        if id_ == 0:
            length = data[body] if body < end else 0
            name += " " + repr(data[body + 1 : body + 1 + length].decode(errors="replace"))
        stop = min(body + size, end)
        found.append(Section((*path, name), pos, body, stop))
        if is_component and id_ in NESTED:
            found += sections(data, body, stop, (*path, name))
        pos = body + size
    return found


def section_at(data: bytes, offset: int) -> str:
    """Which section of a binary holds the byte at `offset`, from the outside in: `core module > code`."""
    inner = [section for section in sections(data) if section.start <= offset < section.end]
    return inner[-1].name if inner else "no section"


def text_of(data: bytes) -> list[str]:
    """The lines of a binary in the text format, by our own printer; what can't be printed is told in the last one."""
    text, e = print_wasm(data)
    return (text if e is None else f"{text}\n;; {e}\n").splitlines()


def text_difference(a: bytes, b: bytes, names: tuple[str, str]) -> list[str]:
    """How two binaries differ in the text format: the lines of a unified diff, none where their text is the same."""
    lines = list(difflib.unified_diff(text_of(a), text_of(b), *names, lineterm=""))
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"… {len(lines) - MOST_LINES} lines more"]
    return lines


def hex_rows(data: bytes, at: int) -> list[tuple[int, bytes]]:
    """Rows of 16 bytes about an offset: where each starts, and its bytes."""
    start = max(0, at - at % 16 - 16)
    return [(row, data[row : row + 16]) for row in range(start, min(start + 64, len(data)), 16)]
