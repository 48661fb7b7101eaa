"""Terminal controls in what a usage error echoes are stripped, as the reference strips them."""

from __future__ import annotations

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools.cli.controls import strip_controls

SEQUENCES = [
    ("a\x01b\x7fc\0d\x0be", "abcde"),
    ("a\tb\nc\rd\x0ce", "a\tb\nc\rd\x0ce"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("\x1b[3\n1m", "\n1m"),
    ("\x1b[3;5?1m after", " after"),
    ("\x1b]0;a title\x07after", "after"),
    ("\x1bPq#1\x1b\\after", "after"),
    ("\x1b_all of this", ""),
    ("\x1b(Bé€😀", "é€😀"),
    ("\x1bM up", " up"),
    ("\u0085\u009b", "\u0085\u009b"),
    ("\x1b[1\x18m", "m"),
]


@pytest.mark.parametrize(("text", "expected"), SEQUENCES)
def test_controls(text: str, expected: str) -> None:
    assert strip_controls(text) == expected


@pytest.mark.slow
def test_an_error_without_them(run: Run, golden: SnapshotAssertion) -> None:
    """Each sequence as a value, then in an adapter's text whose first token is bad."""
    shown = ""
    for text, _ in SEQUENCES:
        if "\0" not in text:
            shown += run(["component", "new", "m.wasm", f"--validate={text}"], {"m.wasm": b"\0asm\1\0\0\0"})
    for data in (b"\0`sm", b"(\x1b[1mx)", b"(module \x01)"):
        shown += run("component new m.wasm --adapt a.wat", {"a.wat": data})
    assert shown == golden


PREFIXES = [
    "",
    "\x1b",
    "\x1b(",
    "\x1b[",
    "\x1b[1",
    "\x1b[1 ",
    "\x1b[<",
    "\x1b[1<",
    "\x1bP",
    "\x1bP1",
    "\x1bP1 ",
    "\x1bP1<",
    "\x1bPq",
]
PREFIXES += ["\x1b]", "\x1b]0;a", "\x1bX", "\x1b^", "\x1b_a"]
PREFIXES += ["\x1b[12", "\x1b[1;", "\x1bP12", "\x1bP1;", "\x1bP1 2", "\x1bPq1"]


@pytest.mark.slow
@pytest.mark.parametrize("which", range(len(PREFIXES)))
def test_every_byte_after(which: int, run: Run, golden: SnapshotAssertion) -> None:
    """Each byte in each state, what comes behind it, and a cancel, which ends any sequence."""
    letters = [*map(chr, range(1, 128)), "\x80", "\x9b", "\x9c", "\u20ac"]
    text = "".join(f"{PREFIXES[which]}{letter}1 2;<@Z~\x18|" for letter in letters)
    assert run(["component", "new", "m.wasm", f"--validate={text}"], {"m.wasm": b"\0asm\1\0\0\0"}) == golden
