"""Data with small mistakes: bytes of binaries, words of texts."""

from __future__ import annotations

import random
import re


def mutant(data: bytes, rng: random.Random) -> bytes:
    """`data` with one to three small mistakes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(out)) if out else 0
        length = rng.randrange(1, 9)
        kind = rng.randrange(9)
        if not out:
            break
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif kind == 2:
            del out[at : at + length]
        elif kind == 3:
            out[at:at] = out[at : at + length]
        elif kind == 4:
            out[at:at] = bytes(rng.randrange(256) for _ in range(length))
        elif kind == 5:
            del out[at:]
        elif kind == 6:
            # The same number in one byte more, or in far too many.
            out[at : at + 1] = bytes([out[at] | 0x80]) + b"\x80" * rng.choice((0, 0, 3, 9)) + b"\0"
        elif kind == 7:
            other = rng.randrange(len(out))
            out[at : at + length] = out[other : other + length]
        else:
            out[at] = (out[at] + rng.choice((1, 255))) & 255
    return bytes(out)


def mutant_of_text(data: bytes, rng: random.Random) -> bytes:
    """`data` with one to three words that are missing, repeated, moved, or others of the same text."""
    words = re.findall(rb'"(?:[^"\\\n]|\\.)*"|[\w$@.:=%-]+|\s+|.', data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        if not words:
            break
        at, other = rng.randrange(len(words)), rng.randrange(len(words))
        length = rng.randrange(1, 7)
        kind = rng.randrange(5)
        if kind == 0:
            del words[at : at + length]
        elif kind == 1:
            words[at:at] = words[other : other + length]
        elif kind == 2:
            words[at], words[other] = words[other], words[at]
        elif kind == 3:
            words[at] = words[other]
        else:
            moved = words[at : at + length]
            del words[at : at + length]
            words[other:other] = moved
    return b"".join(words)
