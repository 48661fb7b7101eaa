"""Numbers and sections of binaries as tests write them, without the package."""

from __future__ import annotations


def uleb(number: int) -> bytes:
    """An unsigned LEB128 number."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def sleb(number: int) -> bytes:
    """A signed LEB128 number that is not negative: a bit more, for the last one is the sign."""
    data = uleb(number)
    return data if number == 0 or number.bit_length() % 7 else data[:-1] + bytes([data[-1] | 128, 0])


def longer(number: bytes) -> bytes:
    """The same number, not negative, in a byte more."""
    return number[:-1] + bytes([number[-1] | 0x80, 0])


def section(number: int, data: bytes) -> bytes:
    return bytes([number]) + uleb(len(data)) + data
