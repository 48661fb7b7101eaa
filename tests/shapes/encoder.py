"""A little encoder of binaries for shapes: numbers, sections, modules, bodies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

I32, I64, F32, F64 = 0x7F, 0x7E, 0x7D, 0x7C
FUNCREF = 0x70

MODULE = b"\0asm\1\0\0\0"
COMPONENT = b"\0asm\x0d\0\1\0"

NEW = ["component", "new", "m.wasm", "-o", "o.wasm"]
WIT = ["component", "wit", "c.wasm", "-o", "o.wit"]


def u32(number: int) -> bytes:
    """LEB128, unsigned."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def s33(number: int) -> bytes:
    """LEB128, signed, of what is not negative."""
    out = bytearray()
    while number >= 0x40:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def name(text: str) -> bytes:
    return u32(len(text)) + text.encode()


def vector(items: Sequence[bytes]) -> bytes:
    return u32(len(items)) + b"".join(items)


def section(number: int, content: bytes) -> bytes:
    return bytes([number]) + u32(len(content)) + content


def module(*sections: bytes) -> bytes:
    return MODULE + b"".join(sections)


def component(*sections: bytes) -> bytes:
    return COMPONENT + b"".join(sections)


def func_type(params: Iterable[int] = (), results: Iterable[int] = ()) -> bytes:
    return b"\x60" + vector([bytes([t]) for t in params]) + vector([bytes([t]) for t in results])


def body(code: bytes, locals_: bytes = b"\0") -> bytes:
    return u32(len(locals_) + len(code) + 1) + locals_ + code + b"\x0b"


def types(*items: bytes) -> bytes:
    """A type section."""
    return section(1, vector(items))


def functions(count: int) -> bytes:
    """A function section, all of the first type."""
    return section(3, u32(count) + bytes(count))


def code(*bodies: bytes) -> bytes:
    """A code section."""
    return section(10, vector(bodies))


def one_function(instructions: bytes, locals_: bytes = b"\0") -> bytes:
    """A module of one function without parameters or results."""
    return module(types(func_type()), functions(1), code(body(instructions, locals_)))
