"""Small binaries, put together byte by byte, for tests of the printer."""

from __future__ import annotations

MODULE = b"\0asm\x01\0\0\0"
COMPONENT = b"\0asm\x0d\0\x01\0"

FUNC_TYPE = bytes.fromhex("60 00 00")
"""`(func)`"""


def leb(number: int) -> bytes:
    """A number without a sign."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def vec(*items: bytes) -> bytes:
    """A count and the items."""
    return leb(len(items)) + b"".join(items)


def name(text: str) -> bytes:
    data = text.encode()
    return leb(len(data)) + data


def section(id_: int, *content: bytes) -> bytes:
    data = b"".join(content)
    return bytes([id_]) + leb(len(data)) + data


def custom(title: str, *content: bytes) -> bytes:
    return section(0, name(title), *content)


def names(*entries: tuple[int, str]) -> bytes:
    """A name map."""
    return vec(*[leb(index) + name(text) for index, text in entries])


def indirect(*entries: tuple[int, bytes]) -> bytes:
    """A map of name maps."""
    return vec(*[leb(index) + inner for index, inner in entries])


def module(*sections: bytes) -> bytes:
    return MODULE + b"".join(sections)


def component(*sections: bytes) -> bytes:
    return COMPONENT + b"".join(sections)


def body(*operators: str, locals_: bytes = b"\0") -> bytes:
    """A function body with its size; operators in hex, the last `end` among them."""
    data = locals_ + bytes.fromhex("".join(operators))
    return leb(len(data)) + data


def functions(*bodies: bytes, types: bytes | None = None, before: bytes = b"") -> bytes:
    """A module of functions that all have type 0; `before` comes ahead of the code section."""
    return module(
        section(1, types or vec(FUNC_TYPE)),
        section(3, vec(*[b"\0" for _ in bodies])),
        before,
        section(10, vec(*bodies)),
    )
