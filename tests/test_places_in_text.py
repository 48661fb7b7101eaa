"""Where a mistake in text is shown: line, column and the line itself, behind empty lines, other line ends, wide characters,
at the end of the text. Goldens come from the reference.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked
from syrupy.assertion import SnapshotAssertion

__all__ = ["answers", "asked"]

pytestmark = pytest.mark.slow

BEFORE = {
    "nothing": "",
    "an empty line": "\n",
    "two empty lines": "\n\n",
    "a carriage return": "\r\n",
    "only a carriage return": "\r",
    "spaces": "   ",
    "tabs": "\t\t",
    "a line of a tab": "\t\n ",
    "a wide character": "{}\u4e00\u4e01{} ",
    "a wide character on its own line": "{}\u4e00{}\n",
    "accents": "{}e\u0301\u00e9{}",
    "an emoji": "{}\u2764\ufe0f\U0001f468\u200d\U0001f469{}",
    "a zero width space": "{}\u200b\xad{} ",
    "a tab in a comment": "{}\ta{} ",
    "a long line": "{}" + "x" * 200 + "{} ",
    "a hundred lines": "\n" * 99,
    "nine thousand lines": "\n" * 9999,
    "a hundred thousand lines": "\n" * 99999,
}
BEHIND = {"nothing": "", "a line end": "\n", "a carriage return": "\r\n", "more": " x\ny\n", "a comment": " {} a {}"}

MISTAKES = [
    "(module (foo))",
    "(module (func i32.add_))",
    "(module (func",
    "(module (func $",
    '(module "',
    "(module))",
    "(; ",
]
WIT_MISTAKES = [
    "package a:b; foo",
    "package a:b; interface i {",
    "package a:b; world w { import",
    "package a:b; /*",
    "package 1",
]
WIT_MISTAKES += [
    "package a:b; interface i { f: func(x: nothing); }",
    'package a:b; @external-id("',
    "package a:b; interface i { } \x01",
]


@pytest.mark.parametrize("mistake", range(len(MISTAKES)))
def test_wat(mistake: int, answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {}
    for before, first in BEFORE.items():
        for behind, last in BEHIND.items():
            text = first.replace("{}", "(; ", 1).replace("{}", " ;)") + MISTAKES[mistake] + last.format(";;", "")
            if len(first) < 1000 or last == "":
                cases[f"{before} before, {behind} behind"] = text.encode()
    assert answers("component embed -t w.wit in.wat", cases) == golden


@pytest.mark.parametrize("mistake", range(len(WIT_MISTAKES)))
def test_wit(mistake: int, answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {}
    for before, first in BEFORE.items():
        for behind, last in BEHIND.items():
            text = first.replace("{}", "/* ", 1).replace("{}", " */") + WIT_MISTAKES[mistake] + last.format("//", "")
            if len(first) < 1000 or last == "":
                cases[f"{before} before, {behind} behind"] = text.encode()
    assert answers("component wit in.wit", cases) == golden


CHARACTERS = [
    *range(0x2009, 0x2012),
    *range(0x2026, 0x2032),
    *range(0x2060, 0x2072),
    0x61C,
    0x85,
    0xAD,
    0x149,
    0x673,
    0xF77,
    0xFFFD,
]
CHARACTERS += [
    0x17A3,
    0x17A4,
    0x17B4,
    0x17B5,
    0xFEFF,
    0xE0000,
    0xE0001,
    0xE007F,
    0x7F,
    0x80,
    0x9F,
    0xA0,
    1,
    8,
    9,
    0xB,
    0xC,
    0x1F,
]


@pytest.mark.parametrize(
    "text", ["(; {} ;) (module)", ";; {}\n(module)", '(module (import "{}" "" (func)))', "(module ;; {}\n)"]
)
def test_characters_in_wat(text: str, answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {f"{c:#x}": text.format(chr(c)) + "\n" for c in CHARACTERS}
    assert answers("component embed -t w.wit in.wat", cases) == golden


@pytest.mark.parametrize(
    "text", ["(; {} ;) (component)", ";; {}\n(component)", "// {}\npackage a:b;", "/* {} */ package a:b;"]
)
def test_characters_in_front(text: str, answers: Answers, golden: SnapshotAssertion) -> None:
    """Is it WAT or WIT?"""
    cases: dict[str, str | bytes] = {f"{c:#x}": text.format(chr(c)) + "\n" for c in CHARACTERS}
    assert answers("component wit in.any", cases) == golden


def test_characters_in_wit(answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {}
    for c in CHARACTERS:
        cases[f"docs {c:#x}"] = f"package a:b;\n/// {chr(c)}\nworld w {{ }}\n"
        cases[f"name {c:#x}"] = f"package a:b; world w{chr(c)} {{ }}\n"
        cases[f"between {c:#x}"] = f"package a:b; {chr(c)} world w {{ }}\n"
    assert answers("component wit in.wit", cases) == golden
