"""The tokens of a WIT file read as words, by C code, against the same file read character by character."""

from __future__ import annotations

import random

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.syntax import lexer
from pywasmtools.wit.syntax.ast import Docs

PARTS = [
    *("record", "a", "b-c", "%type", "foo", "u8", "->", "-", ">", "<", "{", "}", ";", ":", ",", ".", "@", "/", "*"),
    *("0", "12", "0.2.0", "1.0.0-rc", "-rc-2023", "a->", "5->", "func", "()->", "a-", "=", "+", "_", "?", "#", "é"),
    *("//x\n", "/// doc <a>\n", "/* b */", "/** d */", "/*/**/*/", "////\n", "//\n   //\n", '// "q" /* \n', "//"),
    *('"s"', '"s\\n"', '"bad', "/*", "/** a\r\n b */", "\n", "\r\n", "\r", "\t", " ", "  "),
]
SPOILING = {"\r", '"bad', "?", "#", "/*"}


def docs(source: bytes, places: list[int] | None) -> tuple[int, int, str | None] | None:
    if places is None:
        return None
    try:
        return (places[0], places[-1], Docs(source, places, (0, 0)).text())
    except WasmToolsError as e:
        return (places[0], places[-1], str(e))


def tokens(source: bytes) -> list[tuple[object, ...]]:
    """Kind, start and bytes of every token, the docs before it, and the message that ends them."""
    found = lexer.Tokens(source, 7)
    told: list[tuple[object, ...]] = []
    at = 0
    while True:
        if found.kinds[at] == lexer.MORE:
            at = found.more(at)
        kind = found.kinds[at]
        places = found.comments.get(at)
        told.append((kind, found.starts[at], found.words[at], docs(source, places)))
        if kind in (lexer.EOF, lexer.ERROR):
            error = found.error
            return [*told, () if error is None else (error.layers[0].message, error.layers[0].span)]
        at += 1


@pytest.mark.parametrize("seed", range(6))
def test_words_and_characters(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    sources: list[bytes] = []
    for _ in range(300):
        count = rng.randint(1, 3000) if rng.random() < 0.02 else rng.randint(1, 30)
        parts = [rng.choice(PARTS) * rng.choice((1, 1, 1, 3)) for _ in range(count)]
        if rng.random() < 0.7:
            parts = [part for part in parts if part.strip("\r\n ") and part not in SPOILING]
        sources.append(rng.choice(("", " ", "\n")).join(parts).encode())
    quick = [tokens(source) for source in sources]
    assert sum(len(told) > 12 for told in quick) > 100
    monkeypatch.setattr(lexer, "_has_stray_return", lambda segment: True)
    for source, told in zip(sources, quick, strict=True):
        assert tokens(source) == told, source


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"/// a\n///  b\n\n///c\nx", " a\n  b\nc"),
        (b"/// a\n///  b\nx", "a\n b"),
        (b"//  a\n//\n//   b\n  //\nx", "a\n\n b"),
        (b"// a\r\n  // b\r\nx", "a\nb"),
        (b"/** a\r\n    b */ // c\nx", "a\n    b\nc"),
        (b"/* a */ // c\nx", "* a */\n c"),
        (b"// a /* b\n// c\nx", "a /* b\nc"),
        (b"//\n//\nx", ""),
    ],
)
def test_documentation(source: bytes, text: str) -> None:
    found = lexer.Tokens(source, 0)
    found.more(0)
    assert found.words[0] == b"x"
    assert Docs(source, found.comments[0], (0, 0)).text() == text


def test_the_comment_that_is_too_short() -> None:
    with pytest.raises(WasmToolsError, match="cannot be the documentation"):
        Docs(b"/**/", [0, 4], (0, 4)).text()
