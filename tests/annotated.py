"""WebAssembly binaries as text that people read: a line a section (offset, name), and under it its bytes.

    000000  00 61 73 6d 0d 00 01 00                          component
    000008  07 05                                            type section: 5 bytes
    00000a    01 40 00 01 00                                 .@...

The walk over section headers is written here a second time on purpose, without the package: a fault of its reader must
not hide itself in the goldens. Modules and components within a component are indented, also those in a custom section.
"""

from __future__ import annotations

from collections.abc import Iterator

MODULE = b"\0asm\x01\0\0\0"
COMPONENT = b"\0asm\x0d\0\x01\0"

CORE_SECTIONS = (
    *(
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
    ),
    *("data count", "tag"),
)
"""Core specification, 5.5.2: sections by id."""

COMPONENT_SECTIONS = (
    *(
        "custom",
        "core module",
        "core instance",
        "core type",
        "component",
        "instance",
        "alias",
        "type",
        "canon",
        "start",
    ),
    *("import", "export", "value"),
)
"""Component model, Binary.md: sections by id."""

WIDTH = 16
"""Bytes a row."""


def rows(data: bytes, at: int = 0, indent: str = "") -> Iterator[str]:
    """A plain hex dump: offset, sixteen bytes, their letters. `at` is the offset of the first byte."""
    for start in range(0, len(data), WIDTH):
        row = data[start : start + WIDTH]
        letters = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        yield f"{at + start:06x}  {indent}{row.hex(' '):<47}  {letters}"


def annotated(data: bytes) -> str:
    """`data` as annotated rows, or as plain ones where it is not WebAssembly to its last byte."""
    try:
        return "\n".join(walk(data, 0, len(data), ""))
    except ValueError:
        return "\n".join(rows(data))


def leb(data: bytes, at: int, end: int) -> tuple[int, int]:
    """An unsigned LEB128 number of at most five bytes, and the offset behind it."""
    value = 0
    for k in range(5):
        if at + k >= end:
            break
        value |= (data[at + k] & 0x7F) << 7 * k
        if data[at + k] < 0x80:
            return value, at + k + 1
    raise ValueError(f"no number at {at:#x}")


def line(data: bytes, at: int, end: int, indent: str, text: str) -> str:
    """One row that says what its bytes are."""
    return f"{at:06x}  {indent}{data[at:end].hex(' '):<47}  {text}"


def walk(data: bytes, at: int, end: int, indent: str) -> Iterator[str]:
    """The rows of the module or component in `data[at:end]`. Raises ValueError where it is none."""
    header = data[at : min(at + 8, end)]
    if header not in (MODULE, COMPONENT):
        raise ValueError(f"no header at {at:#x}")
    names = CORE_SECTIONS if header == MODULE else COMPONENT_SECTIONS
    yield line(data, at, at + 8, indent, "module" if header == MODULE else "component")
    at += 8
    while at < end:
        start, code = at, data[at]
        size, at = leb(data, at + 1, end)
        if code >= len(names) or at + size > end:
            raise ValueError(f"no section at {start:#x}")
        plural = "" if size == 1 else "s"
        if code == 0:
            yield from custom(data, start, at, at + size, indent)
        else:
            word = "" if names[code] in ("core module", "component") else " section"
            yield line(data, start, at, indent, f"{names[code]}{word}: {size} byte{plural}")
            if names is COMPONENT_SECTIONS and code in (1, 4):
                yield from nested(data, at, at + size, indent + "  ")
            else:
                yield from rows(data[at : at + size], at, indent + "  ")
        at += size


def nested(data: bytes, at: int, end: int, indent: str) -> list[str]:
    """The rows of what should be a module or component of its own; plain ones where it is none."""
    try:
        return list(walk(data, at, end, indent))
    except ValueError:
        return list(rows(data[at:end], at, indent))


def custom(data: bytes, start: int, at: int, end: int, indent: str) -> Iterator[str]:
    """The rows of a custom section whose header is at `start`, and its content in `data[at:end]`."""
    length, name_at = leb(data, at, end)
    if name_at + length > end:
        raise ValueError(f"no name at {at:#x}")
    name = data[name_at : name_at + length].decode("utf-8", "backslashreplace")
    yield line(data, start, name_at, indent, f'custom section "{name}": {end - at} byte{"" if end - at == 1 else "s"}')
    yield from rows(data[name_at : name_at + length], name_at, indent + "  ")
    yield from nested(data, name_at + length, end, indent + "  ")
