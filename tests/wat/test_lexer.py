"""Tokens of the text format: kinds, values and faults, by the specification and the reference's messages."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wat import lexer
from pywasmtools.wat.lexer import Lexer, SourceText


def lexer_of(text: str | bytes) -> Lexer:
    return Lexer(SourceText(text.encode() if isinstance(text, str) else text, "a.wat"))


def tokens(text: str) -> list[tuple[int, str]]:
    """Kinds and texts of all tokens."""
    lex = lexer_of(text)
    found: list[tuple[int, str]] = []
    at = 0
    while True:
        kind, start, at = lex.token(at)
        if kind == lexer.EOF:
            return found
        found.append((kind, lex.data[start:at].decode()))


def fault(text: str | bytes) -> str:
    """The message and place of the first fault."""
    lex = lexer_of(text)
    at = 0
    with pytest.raises(WasmToolsError) as refused:
        while True:
            kind, _, at = lex.token(at)
            assert kind != lexer.EOF
    lines = str(refused.value).split("\n")
    return f"{lines[0]} {lines[1].removeprefix('     --> a.wat:')}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(", lexer.LPAREN),
        (")", lexer.RPAREN),
        ('"a b"', lexer.STRING),
        ("$x", lexer.ID),
        ("$", lexer.ID),
        ('$"a b"', lexer.ID),
        ("i32.add", lexer.KEYWORD),
        ("a", lexer.KEYWORD),
        ("nan:canonical", lexer.KEYWORD),
        ("infinity", lexer.KEYWORD),
        ("@name", lexer.ANNOTATION),
        ('@"a b"', lexer.ANNOTATION),
        ("A", lexer.RESERVED),
        ("!", lexer.RESERVED),
        (",", lexer.RESERVED),
        (";", lexer.RESERVED),
        ('a"b"', lexer.RESERVED),
        ('"a""b"', lexer.RESERVED),
        ('$x"b"', lexer.RESERVED),
        ("0$y", lexer.RESERVED),
        ("0", lexer.INTEGER),
        ("+1_000", lexer.INTEGER),
        ("-0xAb_c", lexer.INTEGER),
        ("1_", lexer.RESERVED),
        ("1__0", lexer.RESERVED),
        ("_1", lexer.RESERVED),
        ("0x", lexer.RESERVED),
        ("0xg", lexer.RESERVED),
        ("1.", lexer.FLOAT),
        ("1.5", lexer.FLOAT),
        ("1e5", lexer.FLOAT),
        ("1.e+5", lexer.FLOAT),
        ("1.5E-1_0", lexer.FLOAT),
        ("0x1.8p-3", lexer.FLOAT),
        ("0x1e5", lexer.INTEGER),
        ("1p5", lexer.RESERVED),
        (".5", lexer.RESERVED),
        ("1.5e", lexer.RESERVED),
        ("inf", lexer.FLOAT),
        ("-nan", lexer.FLOAT),
        ("+nan:0x7f_ff", lexer.FLOAT),
        ("nan:0x", lexer.KEYWORD),
        ("-nan:0xg", lexer.RESERVED),
    ],
)
def test_kinds(text: str, kind: int) -> None:
    assert tokens(text) == [(kind, text)]


def test_blanks_comments_and_unknown_annotations_are_no_tokens() -> None:
    text = ' \t\r\n;; line\n(; block (; in ;) (;) ;) ;) (@other (a) "c;)" [,]) nop ;; end'
    assert tokens(text) == [(lexer.KEYWORD, "nop")]


def test_known_annotations_are_tokens() -> None:
    assert tokens('(@custom "a")(@"name" "b")')[1] == (lexer.ANNOTATION, "@custom")
    assert (lexer.ANNOTATION, '@"name"') in tokens('(@custom "a")(@"name" "b")')


def test_a_line_comment_ends_at_a_carriage_return() -> None:
    assert tokens(";; a\rnop") == [(lexer.KEYWORD, "nop")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('""', b""),
        ('"abc"', b"abc"),
        (r'"\"\'\t\n\r\\"', b"\"'\t\n\r\\"),
        (r'"a\\"', b"a\\"),
        (r'"\\\\n\\n"', b"\\\\n\\n"),
        (r'"\00\7f\fF"', b"\x00\x7f\xff"),
        (r'"\u{e9}\u{1_F600}"', "\u00e9\U0001f600".encode()),
        ('"\u00e9 (; ;;"', "\u00e9 (; ;;".encode()),
    ],
)
def test_strings(text: str, value: bytes) -> None:
    lex = lexer_of(text)
    assert lex.token(0) == (lexer.STRING, 0, len(text.encode()))
    assert lex.string_value(0) == value
    # Asked again after another string was read.
    assert lexer_of(text).string_value(0) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\u00e9", "unexpected character '\\u{e9}' 1:1"),
        ("a \x7f", "unexpected character '\\u{7f}' 1:3"),
        ("\n (; (;;)", "unterminated block comment 2:2"),
        ('"a', "unexpected end-of-file 1:3"),
        ('"a\\"', "unexpected end-of-file 1:5"),
        ('"\\', "unexpected end-of-file 1:3"),
        ('"a\nb"', "invalid character in string '\\n' 1:3"),
        ('"a\tb"', "invalid character in string '\\t' 1:3"),
        (r'"\q"', "invalid string escape 'q' 1:3"),
        (r'"\0g"', "invalid hex digit 'g' 1:4"),
        (r'"\u0"', "expected '{' but found '0' 1:4"),
        (r'"\u{}"', "invalid hex digit '}' 1:5"),
        (r'"\u{1_}"', "bare underscore in numeric literal 1:6"),
        (r'"\u{1 }"', "expected '}' but found ' ' 1:6"),
        (r'"\u{d800}"', "invalid unicode scalar value 0xd800 1:8"),
        (r'"\u{100000000}"', "number is too big to parse 1:13"),
        (";; \u202e", "likely-confusing unicode character found '\\u{202e}' 1:4"),
        ('"\u2066"', "likely-confusing unicode character found '\\u{2066}' 1:2"),
        ("(@", "empty annotation id 1:2"),
        ('(@""', "empty annotation id 1:2"),
        (r'(@"\ff"', "malformed UTF-8 encoding of string-based id 1:2"),
        ("(@x (a)", "unclosed annotation 1:2"),
    ],
)
def test_faults(text: str, message: str) -> None:
    assert fault(text) == message


def test_names_of_identifiers() -> None:
    def name(text: str) -> str:
        lex = lexer_of(text)
        _, start, end = lex.token(0)
        return lex.id_name(start, end)

    assert name("$x-1") == "x-1"
    assert name(r'$"a \u{e9}"') == "a \u00e9"
    for text, message in (
        ("$", "empty identifier"),
        ('$""', "empty identifier"),
        (r'$"\ff"', "malformed UTF-8 encoding of string-based id"),
    ):
        with pytest.raises(WasmToolsError, match=message):
            name(text)


# ------------------------------------------------------------------------------- places


def shown(text: str, offset: int) -> str:
    return str(SourceText(text.encode(), "a.wat").error(offset, "no"))


def test_the_caret_is_off_after_tabs() -> None:
    # The byte's column is looked up in the line whose tabs have become four spaces each.
    assert shown("\tab", 2) == "no\n     --> a.wat:1:3\n      |\n    1 |     ab\n      |   ^"


def test_places_at_and_past_the_end() -> None:
    assert shown("ab\n", 3).split("\n")[1:4] == ["     --> a.wat:2:1", "      |", "    2 | "]
    assert "a.wat:1:3" in shown("ab", 2)
    assert "a.wat:1:1" in shown("", 0)
    assert "a.wat:2:2" in shown("a\r\nb", 4)


def test_a_place_far_right_is_one_line() -> None:
    assert shown("a" * 500, 499).startswith("no\n")
    assert shown("a" * 501, 500) == "no at a.wat:1:501"


def test_columns_of_a_terminal() -> None:
    # One for a letter with an accent, two for an ideograph, none for a joiner, two for a picture and its selector.
    for text, width in (("\u00e9", 1), ("\u4e00", 2), ("a\u0301", 1), ("\u200b", 0), ("\u2764\ufe0f", 2)):
        line = f"(;{text};) x"
        assert f"a.wat:1:{width + 6}\n" in shown(line, len(line.encode()) - 1)


def test_a_path_that_is_not_utf8_is_not_shown() -> None:
    assert "<anon>:1:1" in str(SourceText(b"a", "\udcff.wat").error(0, "no"))
    assert "<anon>:1:1" in str(SourceText(b"a", None).error(0, "no"))
