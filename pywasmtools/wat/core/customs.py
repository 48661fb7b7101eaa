"""Custom sections in text: `@custom`, `@producers` and `@dylink.0`.

Specification: core, custom annotation; tool-conventions, ProducersSection.md and DynamicLinking.md.
"""

from __future__ import annotations

from pywasmtools.wasm.dylink import EXPORT_INFO, IMPORT_INFO, MEM_INFO, NEEDED, RUNTIME_PATH, TARGET_ARCH
from pywasmtools.wasm.writer import name as write_name
from pywasmtools.wasm.writer import sized, var_u32
from pywasmtools.wat.cursor import Parser
from pywasmtools.wat.lexer import INTEGER, LPAREN
from pywasmtools.wat.sections import AFTER_LAST, BEFORE_FIRST, SECTION_NAMES, Custom, place_after, place_before

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_PRODUCERS_FIELDS: Final = (b"language", b"sdk", b"processed-by")


def parse_custom(p: Parser) -> Custom:
    """A custom section of a core module, inside its parentheses."""
    if p.peek_annotation(b"producers"):
        return Custom("producers", AFTER_LAST, parse_producers(p))
    if p.peek_annotation(b"dylink.0"):
        return Custom("dylink.0", BEFORE_FIRST, _parse_dylink(p))
    p.annotation(b"custom")
    name = p.name()
    place = AFTER_LAST
    if p.peek(LPAREN):
        p.open()
        place = _parse_place(p)
        p.close()
    parts = []
    while not p.is_empty():
        parts.append(p.strings())
    return Custom(name, place, b"".join(parts))


def _parse_place(p: Parser) -> int:
    if p.optional_keyword(b"before"):
        if p.optional_keyword(b"first"):
            return BEFORE_FIRST
        after = False
    elif p.optional_keyword(b"after"):
        if p.optional_keyword(b"last"):
            return AFTER_LAST
        after = True
    else:
        raise p.unexpected("`before`", "`after`")
    p.check()
    section = SECTION_NAMES.get(p.word)
    if section is None:
        raise p.error("expected a valid section name")
    p.advance()
    return place_after(section) if after else place_before(section)


def parse_producers(p: Parser) -> bytes:
    """The content of `@producers`, inside its parentheses; its fields in a fixed order."""
    p.annotation(b"producers")
    fields: dict[bytes, list[bytes]] = {field: [] for field in _PRODUCERS_FIELDS}
    while not p.is_empty():
        p.open()
        p.check()
        values = fields.get(p.word)
        if values is None:
            raise p.unexpected(*[f"`{field.decode()}`" for field in _PRODUCERS_FIELDS])
        p.advance()
        key = p.name()
        values.append(write_name(key) + write_name(p.name()))
        p.close()
    present = [field for field in _PRODUCERS_FIELDS if fields[field]]
    out = var_u32(len(present))
    for field in present:
        out += sized(field) + var_u32(len(fields[field])) + b"".join(fields[field])
    return out


# ------------------------------------------------------------------------------- dylink.0

_FLAGS: Final = {
    b"binding-weak": 1 << 0,
    b"binding-local": 1 << 1,
    b"visibility-hidden": 1 << 2,
    b"undefined": 1 << 4,
    b"exported": 1 << 5,
    b"explicit-name": 1 << 6,
    b"no-strip": 1 << 7,
    b"tls": 1 << 8,
    b"absolute": 1 << 9,
}
"""The flags of symbols by their names."""


def _parse_dylink(p: Parser) -> bytes:
    """The content of `@dylink.0`. Neighbours of one kind share a subsection where they are lists of symbols."""
    p.annotation(b"dylink.0")
    subsections: list[tuple[int, list[bytes]]] = []
    while not p.is_empty():
        p.open()
        _parse_subsection(p, subsections)
        p.close()
    out = b""
    for id_, items in subsections:
        content = b"".join(items)
        if id_ != MEM_INFO and id_ != TARGET_ARCH:
            content = var_u32(len(items)) + content
        out += bytes((id_,)) + sized(content)
    return out


def _parse_subsection(p: Parser, subsections: list[tuple[int, list[bytes]]]) -> None:
    if p.optional_keyword(b"mem-info"):
        memory = _parse_pair(p, b"memory")
        subsections.append((MEM_INFO, [memory, _parse_pair(p, b"table")]))
    elif p.optional_keyword(b"needed"):
        subsections.append((NEEDED, _parse_names(p)))
    elif p.optional_keyword(b"export-info"):
        symbol = write_name(p.name())
        _add_symbol(subsections, EXPORT_INFO, symbol + var_u32(_parse_flags(p)))
    elif p.optional_keyword(b"import-info"):
        symbol = write_name(p.name())
        symbol += write_name(p.name())
        _add_symbol(subsections, IMPORT_INFO, symbol + var_u32(_parse_flags(p)))
    elif p.optional_keyword(b"runtime-path"):
        subsections.append((RUNTIME_PATH, _parse_names(p)))
    elif p.optional_keyword(b"target-arch"):
        subsections.append((TARGET_ARCH, [write_name(p.name())]))
    else:
        raise p.unexpected(
            "`mem-info`", "`needed`", "`export-info`", "`import-info`", "`runtime-path`", "`target-arch`"
        )


def _parse_pair(p: Parser, word: bytes) -> bytes:
    """`(word size align)`, where it comes next; zeros where it does not."""
    if not p.peek2_keyword(word):
        return b"\0\0"
    p.open()
    p.keyword(word)
    size = p.u32()
    align = p.u32()
    p.close()
    return var_u32(size) + var_u32(align)


def _parse_names(p: Parser) -> list[bytes]:
    names = []
    while not p.is_empty():
        names.append(write_name(p.name()))
    return names


def _add_symbol(subsections: list[tuple[int, list[bytes]]], id_: int, symbol: bytes) -> None:
    if subsections and subsections[-1][0] == id_:
        subsections[-1][1].append(symbol)
    else:
        subsections.append((id_, [symbol]))


def _parse_flags(p: Parser) -> int:
    flags = 0
    while not p.is_empty():
        if p.peek(INTEGER):
            flags |= p.u32()
            continue
        flag = _FLAGS.get(p.word)
        if flag is None:
            raise p.unexpected("u32", *[f"`{name.decode()}`" for name in _FLAGS])
        p.advance()
        flags |= flag
    return flags
