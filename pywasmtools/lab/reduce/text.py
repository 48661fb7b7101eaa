"""Any text, and any bytes: without lines, words and characters that are not needed."""

from __future__ import annotations

import re
from collections.abc import Callable

from pywasmtools.lab.reduce.ddmin import minimize

Test = Callable[[bytes], bool]
"""Whether a content will do."""

WORD = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[\w$%@.:/*+!#<=>?^`|~&\'-]+|\s+|.', re.DOTALL)
MOST_WORDS = 3000
MOST_BYTES = 1500
"""Larger ones are not tried word by word, or byte by byte, but in runs of at least so many that these are as few."""


def reduce_lines(data: bytes, test: Test) -> None:
    """Leaves out lines."""
    lines = data.splitlines(keepends=True)
    if len(lines) > 1:
        minimize(lines, lambda kept: test(b"".join(kept)), max(1, len(lines) // MOST_WORDS))


def reduce_words(data: bytes, test: Test) -> None:
    """Leaves out words and marks; white space goes with what stands before it."""
    words: list[bytes] = []
    for word in WORD.findall(data):
        if words and word.isspace():
            words[-1] += word
        else:
            words.append(word)
    if len(words) > 1:
        minimize(words, lambda kept: test(b"".join(kept)), max(1, len(words) // MOST_WORDS))


def reduce_bytes(data: bytes, test: Test) -> None:
    """Leaves out runs of bytes; the end of a line goes with what stands before it, so that text keeps its lines."""
    smallest = max(1, len(data) // MOST_BYTES)
    items = re.findall(rb".\n|.", data, re.DOTALL) if is_text(data) else [data[at : at + 1] for at in range(len(data))]
    minimize(items, lambda kept: test(b"".join(kept)), smallest)


def simplify_bytes(data: bytes, test: Test) -> None:
    """Makes bytes 0, all at once or in runs; for what is not text."""
    kept = bytearray(data)

    def emptied(start: int, end: int) -> bool:
        if not any(kept[start:end]):
            return True
        candidate = kept[:start] + bytes(end - start) + kept[end:]
        if not test(bytes(candidate)):
            return False
        kept[:] = candidate
        return True

    size = len(kept)
    while size:
        if len(kept) // size <= MOST_BYTES:
            for start in range(0, len(kept), size):
                emptied(start, min(start + size, len(kept)))
        size //= 2


def tidy(data: bytes, test: Test) -> None:
    """Takes out blank lines, ends of lines that are blank, and indentation."""
    plain = re.sub(rb"[ \t\r]+$", b"", data, flags=re.MULTILINE)
    plain = re.sub(rb"\n{2,}", b"\n", plain).strip(b"\n") + b"\n"
    left = re.sub(rb"[ \t]+", b" ", re.sub(rb"^[ \t]+", b"", plain, flags=re.MULTILINE))
    for candidate in (joined_lists(left), left, plain):
        if test(candidate):
            return


def joined_lists(data: bytes) -> bytes:
    """A text with what stands in parentheses, and in braces without `;`, on one line each."""
    data = re.sub(rb"\(\s*([^()]*?)\s*\)", lambda found: b"(" + b" ".join(found[1].split()) + b")", data)
    return re.sub(rb"\{\s*([^{};]*?),?\s*\}", lambda found: b"{" + b" ".join(found[1].split()) + b"}", data)


def is_text(data: bytes) -> bool:
    """Whether data can be shown as text."""
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False
