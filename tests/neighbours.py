"""Texts and binaries one step away from good ones, and what a command answers to each, a line a neighbour.

A neighbour of a text has a token left out, doubled, or in its neighbour's place, or a number one more; a neighbour of a
binary has a byte one more, one less, or left out. Such a table notices what no list of chosen cases would: which of two
checks comes first, where a message points, which numbers are limits.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from answers import Asked, asked

__all__ = ["Neighbours", "asked", "neighbours", "of_binary", "of_cuts", "of_groups", "of_text"]

Neighbours = Callable[[str, str, Iterator[tuple[str, bytes]]], str]

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\(@[\w.]+|[()]|[^\s()";{}<>,:=/@.*-]+|->|[^\s()"]')
NUMBER = re.compile(r"\d+")


def of_text(text: str, cut: bool = False) -> Iterator[tuple[str, bytes]]:
    """The neighbours of a text, each with what was done; those that come out alike once. `cut`: strings by a letter, too."""
    tokens = list(TOKEN.finditer(text))
    seen = {text}
    for k, token in enumerate(tokens):
        start, end, old = token.start(), token.end(), token[0]
        made = [("without", text[:start] + text[end:]), ("twice", text[:end] + " " + text[start:])]
        if k + 1 < len(tokens):
            following = tokens[k + 1]
            between = text[end : following.start()] or " "
            made.append(("late", text[:start] + following[0] + between + old + text[following.end() :]))
        if NUMBER.fullmatch(old):
            made.append(("more", text[:start] + str(int(old) + 1) + text[end:]))
        if cut and len(old) > 2 and old[0] == '"':
            made.append(("cut", text[: end - 2] + text[end - 1 :]))
        for what, new in made:
            if new not in seen:
                seen.add(new)
                yield f"{what} {k} {old}", new.encode()


def of_groups(text: str) -> Iterator[tuple[str, bytes]]:
    """The neighbours of a text that lack what stands in two parentheses, or have it twice."""
    opened = []
    for token in TOKEN.finditer(text):
        if token[0][0] == "(":
            opened.append(token.start())
        elif token[0] == ")":
            start, end = opened.pop(), token.end()
            yield f"without {text[start:end]}", (text[:start] + text[end:]).encode()
            yield f"twice {text[start:end]}", (text[:end] + " " + text[start:]).encode()


def of_cuts(text: str) -> Iterator[tuple[str, bytes]]:
    """A text cut before each of its tokens, and closed there."""
    opened = 0
    for k, token in enumerate(TOKEN.finditer(text)):
        start = token.start()
        yield f"cut {k} {token[0]}", text[:start].encode()
        if opened:
            yield f"closed {k} {token[0]}", (text[:start] + ")" * opened).encode()
        opened += (token[0][0] == "(") - (token[0] == ")")


def of_binary(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The neighbours of a binary, each with what was done."""
    for k, byte in enumerate(data):
        for what, new in (("more", bytes([(byte + 1) & 0xFF])), ("less", bytes([(byte - 1) & 0xFF])), ("without", b"")):
            yield f"{what} {k:#x} {byte:02x}", data[:k] + new + data[k + 1 :]


@pytest.fixture
def neighbours(asked: Asked) -> Neighbours:
    """`neighbours("component new", "in.wat", of_text(text))`: what was done, the checksum of all that was answered, and
    the innermost cause of a refusal.

    What crashes the reference is to be left out by who calls.
    """

    def execute(command: str, file: str, cases: Iterator[tuple[str, bytes]]) -> str:
        lines = []
        argv = [*command.split(), file]
        for what, data in cases:
            Path(file).write_bytes(data)
            answer = asked.answer(argv)
            crash = "panicked at" in answer
            cause = "" if answer.startswith("status 0") else innermost(answer)
            lines.append(f"{what}: {'CRASH' if crash else f'{zlib.crc32(answer.encode()):08x}'} {cause}\n")
        return "".join(lines)

    return execute


def innermost(answer: str) -> str:
    """The innermost cause of a refusal, its first line."""
    causes = re.findall(r"^ +\d+: (.*)", answer, re.MULTILINE)
    if causes:
        return str(causes[-1])
    found = re.search(r"^error: (.*)", answer, re.MULTILINE)
    return found[1] if found else ""
