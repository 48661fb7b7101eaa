"""Tokens of WebAssembly text in the many ways that they can be written: numbers, strings, names, spaces, comments."""

from __future__ import annotations

import random
from decimal import Decimal

IDS = ("a", "b", "x", "mem", "f1", "0", "a.b", "!#$%&'*+-./:<=>?@\\^_`|~", "run-it")
QUOTED = ('$"a"', '$"x y"', '$"\\u{e9}"', '$"é"', '$"\\41"')
SPACES = (" ", " ", " ", " ", " ", "  ", "\n", "\t", "\n  ", " (; c ;) ", " ;; c\n", " (;(; n ;);) ", "\r\n", " ;;é\n")
ODD = ("\u200b", "\x00", "\ufeff", "\\", "'", ";", ",", "(;", ";)", "{", "}", "=", '"')


def identifier(rng: random.Random, number: int) -> str:
    """An identifier for the item of a number."""
    way = rng.randrange(16)
    if way == 0:
        return rng.choice(QUOTED)
    if way == 1:
        return f"${rng.choice(IDS)}"
    return f"${rng.choice('abcx')}{number}"


def space(rng: random.Random, plain: bool) -> str:
    """What stands between two tokens."""
    return " " if plain else rng.choice(SPACES)


def underscored(rng: random.Random, digits: str) -> str:
    """Digits, with underscores between some."""
    if len(digits) > 1 and rng.randrange(5) == 0:
        at = rng.randrange(1, len(digits))
        return digits[:at] + "_" + digits[at:]
    return digits


def unsigned(rng: random.Random, value: int) -> str:
    """A number that is not negative."""
    if rng.randrange(4) == 0:
        text = f"{value:x}" if rng.randrange(2) else f"{value:X}"
        return "0x" + underscored(rng, "0" * rng.choice((0, 0, 2)) + text)
    return underscored(rng, "0" * rng.choice((0, 0, 0, 1)) + str(value))


def integer(rng: random.Random, value: int, bits: int) -> str:
    """A number of so many bits, signed or as what the same bits are unsigned."""
    if value < 0:
        if rng.randrange(5) == 0:
            return unsigned(rng, value + (1 << bits))
        return "-" + unsigned(rng, -value)
    return rng.choice(("", "", "", "+")) + unsigned(rng, value)


def floating(rng: random.Random, bits: int, wide: bool) -> str:
    """A float by its bits: infinity, NaN with its payload, hexadecimal, decimal."""
    mantissa = 52 if wide else 23
    width = 11 if wide else 8
    sign = "-" if bits >> (mantissa + width) else rng.choice(("", "", "+"))
    exponent = bits >> mantissa & (1 << width) - 1
    fraction = bits & (1 << mantissa) - 1
    if exponent == (1 << width) - 1:
        if not fraction:
            return sign + "inf"
        if fraction == 1 << mantissa - 1 and rng.randrange(2):
            return sign + "nan"
        return f"{sign}nan:0x{underscored(rng, f'{fraction:x}')}"
    bias = (1 << width - 1) - 1
    power = (exponent or 1) - bias - mantissa
    whole = fraction | (1 << mantissa if exponent else 0)
    if rng.randrange(3) == 0:
        value = Decimal(whole) * Decimal(2) ** power if -60 < power < 60 else None
        if value is not None:
            text = f"{value:f}"[:40] if rng.randrange(2) else f"{value:.9e}"
            return sign + text.replace("e", rng.choice("eE"))
    return sign + hexadecimal(rng, whole, power)


def hexadecimal(rng: random.Random, whole: int, power: int) -> str:
    """`whole` times two to the power, in hexadecimal with an exponent."""
    digits = f"{whole:x}"
    point = rng.randrange(len(digits) + 1)
    tail = digits[point:]
    text = (digits[:point] or "0") + (f".{tail}" if tail or rng.randrange(4) == 0 else "")
    power += 4 * len(tail)
    mark = rng.choice("pP") + (rng.choice(("", "+")) if power >= 0 else "")
    if power == 0 and rng.randrange(2):
        return "0x" + text
    return f"0x{text}{mark}{power}"


def string(rng: random.Random, data: bytes) -> str:
    """Bytes as a string, each by itself or escaped in one of the ways."""
    out = []
    at = 0
    while at < len(data):
        byte = data[at]
        char = ""
        for size in (1, 2, 3, 4):
            try:
                char = data[at : at + size].decode("utf-8")
            except UnicodeDecodeError:
                continue
            break
        if char and char not in '"\\' and char.isprintable() and rng.randrange(8):
            out.append(char)
            at += len(char.encode())
        elif char and rng.randrange(4) == 0:
            out.append(f"\\u{{{ord(char):x}}}")
            at += len(char.encode())
        elif byte in ESCAPES and rng.randrange(2):
            out.append(ESCAPES[byte])
            at += 1
        else:
            out.append(f"\\{byte:02x}" if rng.randrange(2) else f"\\{byte:02X}")
            at += 1
    return '"' + "".join(out) + '"'


ESCAPES = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}
