"""The parse buffer: what is looked at, what is taken, where errors point."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wat.cursor import Id, Index, Parser, id_index, integer_value
from pywasmtools.wat.lexer import EOF, ID, INTEGER, KEYWORD, LPAREN


def parser(text: str) -> Parser:
    return Parser(text.encode(), "a.wat")


def refused(error: WasmToolsError) -> str:
    lines = str(error).split("\n")
    return f"{lines[0]} {lines[1].removeprefix('     --> a.wat:')}"


def test_a_look_at_two_tokens_ignores_what_the_first_is() -> None:
    p = parser("nop param $x")
    assert p.peek2_keyword(b"param") and not p.peek_paren_keyword(b"param")
    p.advance()
    assert p.word == b"param" and p.peek2(ID)
    p.advance()
    assert p.id() == Id("x", 99)
    assert p.kind == EOF and not p.peek2(KEYWORD)


def test_a_fault_is_told_only_when_its_token_is_looked_at() -> None:
    p = parser('nop "\\q"')
    assert p.peek(KEYWORD)
    with pytest.raises(WasmToolsError, match="invalid string escape"):
        p.peek2(ID)
    p.advance()
    assert not p.is_empty()
    with pytest.raises(WasmToolsError, match="invalid string escape"):
        p.peek(LPAREN)
    # Its own fault wins over what was expected, but not where nobody looked: that points after the token before.
    assert refused(p.error("expected x")) == "invalid string escape 'q' 1:7"
    assert refused(p.error_here("expected x")) == "expected x 1:4"


def test_what_was_tried_for() -> None:
    assert refused(parser("a").unexpected()) == "unexpected token 1:1"
    assert refused(parser("").unexpected()) == "unexpected end of input 1:1"
    assert refused(parser("a").unexpected("`b`")) == "unexpected token, expected `b` 1:1"
    assert refused(parser("a").unexpected("`b`", "c")) == "unexpected token, expected `b` or c 1:1"
    assert refused(parser("a").unexpected("`b`", "c", "d")) == "unexpected token, expected one of: `b`, c, d 1:1"


def test_parentheses() -> None:
    p = parser("(a)")
    p.open()
    assert p.depth == 1 and p.optional_keyword(b"a") and not p.optional_keyword(b"a")
    p.close()
    assert p.depth == 0
    for text, message in (("a", "expected `(` 1:1"), ("", "expected `(` 1:1")):
        with pytest.raises(WasmToolsError) as error:
            parser(text).open()
        assert refused(error.value) == message
    with pytest.raises(WasmToolsError) as error:
        parser("\n x").close()
    assert refused(error.value) == "expected `)` 2:2"


def test_inline_clauses_are_seen_whole() -> None:
    assert parser('(export "a")').peek_clause(b"export", 1)
    assert not parser('(export "a" (func))').peek_clause(b"export", 1)
    assert not parser('(import "a")').peek_clause(b"import", 2)
    assert parser('(import "a" "b")').peek_clause(b"import", 2)
    # It looks no further than the first mismatch: the fault behind it stays unseen.
    assert not parser('(func "\\q")').peek_clause(b"export", 1)


def test_annotations() -> None:
    p = parser('(@name "n\\u{e9}") 7')
    assert p.optional_name_annotation() == "n\u00e9"
    assert p.optional_name_annotation() is None
    assert p.peek(INTEGER)


def test_indices() -> None:
    p = parser("0x1_0 $x y")
    assert p.index() == Index(16, 0)
    assert p.index() == id_index(Id("x", 6))
    with pytest.raises(WasmToolsError, match="unexpected token, expected an index or an identifier"):
        p.index()


def test_equality_of_indices_is_as_written() -> None:
    named = id_index(Id("x", 1))
    assert named == id_index(Id("x", 2)) and named != id_index(Id("y", 1)) and named != Index(0, 1)
    resolved = named.copy()
    resolved.number = 0
    assert resolved == Index(0, 5) and named.number == -1
    assert len({Id("x", 1), Id("x", 2), Id("x", 1, 7)}) == 2


def test_strings_that_have_to_be_utf8() -> None:
    p = parser('"\\ff"  x')
    with pytest.raises(WasmToolsError) as error:
        p.name()
    assert refused(error.value) == "malformed UTF-8 encoding 1:6"


@pytest.mark.parametrize(
    ("text", "width", "signed", "value"),
    [
        ("0", 8, False, 0),
        ("255", 8, False, 255),
        ("256", 8, False, -1),
        ("+255", 8, False, 255),
        ("-0", 8, False, -1),
        ("-0", 8, True, 0),
        ("-1", 8, True, 255),
        ("-128", 8, True, 128),
        ("-129", 8, True, -1),
        ("255", 8, True, 255),
        ("256", 8, True, -1),
        ("-0x80", 8, True, 128),
        ("0x1_0", 32, False, 16),
        ("4294967295", 32, False, 0xFFFFFFFF),
        ("4294967296", 32, False, -1),
        ("0" * 5000 + "7", 32, False, 7),
        ("9" * 5000, 64, False, -1),
        ("0x" + "f" * 5000, 64, False, -1),
        ("-9223372036854775808", 64, True, 1 << 63),
    ],
)
def test_integers(text: str, width: int, signed: bool, value: int) -> None:
    assert integer_value(text.encode(), width, signed) == value


def test_depth() -> None:
    p = parser("(" * 101)
    for _ in range(100):
        p.open()
    p.check_depth()
    p.open()
    with pytest.raises(WasmToolsError, match="item nesting too deep"):
        p.check_depth()
