"""What data segments consist of in text: strings, and lists of numbers.

Specification: core, text format, modules; the proposal of numeric values in data segments.
"""

from __future__ import annotations

from pywasmtools.wat.core.instructions import parse_v128, vector_bytes
from pywasmtools.wat.cursor import Parser
from pywasmtools.wat.lexer import IDCHARS, LPAREN, PLAIN, unescaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


_LONGEST_HEAD: Final = 80
_MOST_DIGITS: Final = 9


def plain_segment(data: bytes, at: int) -> tuple[int, bytes, int] | None:
    """An active segment as it is printed, behind its keyword: `(;K;) (i32.const N) "…")`, without an id.

    Returns N, the bytes, and where the string ends; None for anything else, which may well be a segment.
    """
    quote = data.find(b'"', at, at + _LONGEST_HEAD)
    head = data[at:quote].split(b" ")
    if quote < 0 or len(head) != 5 or head[0] or head[2] != b"(i32.const" or head[4]:
        return None
    comment = head[1]
    number = head[3]
    if comment[:2] != b"(;" or not comment[2:-2].isdigit() or comment[-2:] != b";)" or number[-1:] != b")":
        return None
    digits = number[1:-1] if number[:1] == b"-" else number[:-1]
    if not digits.isdigit() or len(digits) > _MOST_DIGITS:
        return None
    end = data.find(b'"', quote + 1)
    raw = data[quote + 1 : end]
    if end < 0 or raw[-1:] == b"\\" or data[end + 1 : end + 2] != b")":
        return None
    value = unescaped(raw) if raw.translate(None, PLAIN) else raw
    return None if value is None else (int(number[:-1]), value, end + 1)


def parse_data_values(p: Parser) -> bytes:
    """Strings and lists of numbers, up to the end."""
    parts = []
    while not p.is_empty():
        if p.peek(LPAREN):
            p.open()
            parts.append(_parse_numbers(p))
            p.close()
        else:
            parts.append(p.strings())
    return parts[0] if len(parts) == 1 else b"".join(parts)


_NUMBERS: Final = {b"i8": 8, b"i16": 16, b"i32": 32, b"i64": 64, b"f32": 32, b"f64": 64, b"v128": 128}


def _parse_numbers(p: Parser) -> bytes:
    word = p.word
    width = _NUMBERS.get(word, 0)
    if width == 0:
        raise p.unexpected(*[f"`{name.decode()}`" for name in _NUMBERS])
    p.advance()
    out = bytearray()
    while not p.is_empty():
        if width < 128 and _plain_numbers(p, out, width, word[0] == 0x66):
            continue
        if width == 128:
            out += parse_v128(p)
        else:
            value = p.float_bits(width) if word[0] == 0x66 else p.signed(width)
            out += value.to_bytes(width // 8, "little")
    return bytes(out)


_NUMBER_OR_BLANK: Final = bytes([0x61 if byte in IDCHARS or byte in b" \t\r\n" else 0x20 for byte in range(256)])
"""To a blank what is in neither a number nor a blank."""


def _plain_numbers(p: Parser, out: bytearray, width: int, floats: bool) -> bool:
    """Takes numbers of a list as far as they are plain, many at once. False where there is none of these."""
    stretch = p.data[p.start : p.start + 0x1000]
    end = stretch.translate(_NUMBER_OR_BLANK).find(b" ")
    if stretch[end : end + 1] != b")":
        # The last number may go on.
        stretch = stretch if end < 0 else stretch[:end]
        end = max(stretch.rfind(b" "), stretch.rfind(b"\n"))
    if end <= 0:
        return False
    words = stretch[:end].split()
    if not floats:
        try:
            values = list(map(int, words))
        except ValueError:
            values = []
        limit = 1 << width
        if values and min(values) >= -(limit >> 1) and max(values) < limit and 0x5F not in stretch:
            size = width // 8
            out += b"".join([(value & (limit - 1)).to_bytes(size, "little") for value in values])
            p.goto(p.start + end)
            return True
    encoded = vector_bytes(b"", words, width, floats)
    out += encoded
    if encoded:
        p.goto(p.start + end)
    return bool(encoded)
