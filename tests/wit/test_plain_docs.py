"""Documentation in plain line comments goes a quick way: it says what the careful way says, and is taken where it can be."""

from __future__ import annotations

import random

import pytest

from pywasmtools import processes
from pywasmtools.wit.syntax import ast
from pywasmtools.wit.syntax.ast import Docs

QUICK = {
    "/// a": "a",
    "/// a\n": "a",
    "/// a b\n    /// c": "a b\nc",
    "/// a\n///\n/// b": "a\n\nb",
    "/// a\n  ///\n  ///\n": "a",
    "/// a\n ///  b /// c /* d": "a\n b /// c /* d",
}
CAREFUL = {
    "///": "",
    "/// ": "",
    "///a": "a",
    "///  a": "a",
    "/// a ": "a",
    "/// a \n/// b": "a\nb",
    "/// a\n///b": " a\nb",
    "/// a\n//// b": "a\nb",
    "/// a\n// b": "a\nb",
    "/// a\n\n/// b": "a\nb",
    "/// a\n /// b\n  /// c": "a\nb\nc",
    "/// a\r\n/// b": "a\nb",
    "///\ta": "\ta",
    "/// \u00e9": "\u00e9",
    "/// a\n/** b */": "a\nb",
    "///\n/// a": "\na",
}


def docs(text: str) -> Docs:
    places = [0, len(text.encode())]
    if "/**" in text:
        places[1:1] = [text.index("/**")] * 2
    return Docs(text.encode(), places, (0, 0))


@pytest.mark.parametrize("written", QUICK)
def test_the_quick_way(written: str) -> None:
    assert ast._plain_contents(written) == docs(written).text() == QUICK[written]


@pytest.mark.parametrize("written", CAREFUL)
def test_the_careful_way(written: str) -> None:
    assert ast._plain_contents(written) == ""
    assert docs(written).text() == CAREFUL[written]


@pytest.mark.skipif(processes.IS_COMPILED, reason="compiled code takes no stand-ins")
def test_both_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(3)
    parts = [
        "///",
        " ",
        "a",
        "b c",
        "\n",
        "  ",
        "\t",
        "\r\n",
        "\u00e9",
        "////",
        "//",
        "\n    ///",
        "\n    /// ",
        "\n///",
        "\n  /// a",
    ]
    texts: list[str] = []
    while len(texts) < 20000:
        text = "/// " + "".join(chance.choice(parts) for _ in range(chance.randrange(9)))
        lines = [line.lstrip(" \t\r") for line in text.split("\n")]
        if all(line.startswith("//") for line in lines if line):
            texts.append(text)
    quick = [docs(text).text() for text in texts]
    taken = sum(ast._plain_contents(text) != "" for text in texts)
    assert taken > 1000
    monkeypatch.setattr(ast, "_plain_contents", lambda text: "")
    assert [docs(text).text() for text in texts] == quick
