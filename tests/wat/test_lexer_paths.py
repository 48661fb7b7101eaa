"""Odd characters, line ends, escapes and lengths in every place of a text: where the lexer has a quick way and a careful
one, both are asked. What the reference prints of the module, or refuses, is in the goldens.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

CHARACTERS = {
    "nul": b"\0",
    "soh": b"\x01",
    "backspace": b"\x08",
    "tab": b"\t",
    "vertical tab": b"\x0b",
    "form feed": b"\x0c",
    "carriage return": b"\r",
    "carriage return and feed": b"\r\n",
    "feed": b"\n",
    "escape": b"\x1b",
    "unit separator": b"\x1f",
    "delete": b"\x7f",
    "c1": "\x80".encode(),
    "hard space": "\u00a0".encode(),
    "letter": "é".encode(),
    "wide": "漢".encode(),
    "combining": "e\u0301".encode(),
    "zero width": "\u200b".encode(),
    "line separator": "\u2028".encode(),
    "left to right embedding": "\u202a".encode(),
    "pop direction": "\u202c".encode(),
    "right to left override": "\u202e".encode(),
    "first strong isolate": "\u2068".encode(),
    "word joiner": "\u2060".encode(),
    "inhibit arabic": "\u206c".encode(),
    "byte order mark": "\ufeff".encode(),
    "last": "\U0010ffff".encode(),
    "a lone byte": b"\xff",
    "a cut character": b"\xe2\x80",
    "comma": b",",
    "semicolon": b";",
    "bracket": b"[",
    "brace": b"}",
    "quote": b'"',
    "backslash": b"\\",
    "at": b"@",
    "hash": b"#",
}

PLACES = {
    "between": b'(module\n  (memory 1) HERE (data (i32.const 0) "x"))',
    "first": b"HERE(module)",
    "last": b"(module) HERE",
    "in a word": b"(module (func noHEREp))",
    "after a word": b"(module (func nopHERE))",
    "in an id": b"(module (func $aHEREb))",
    "in a number": b"(module (memory 1HERE0))",
    "line comment": b"(module ;; a HERE b\n (memory 1))",
    "end of a line comment": b"(module ;; a HERE\n (memory 1))",
    "line comment at the end": b"(module) ;; a HERE",
    "start of a line comment": b"(module ;;HERE\n (memory 1))",
    "second line comment": b"(module ;; a\n  ;; b HERE c\n (memory 1))",
    "third line comment": b"(module ;; a\n;; b\n;; c HERE d\n (memory 1) x)",
    "line comments and carriage returns": b"(module ;; a\r\n;; b\r\n\t ;; c HERE\r\n;; d\r\n (memory 1) x)",
    "line comments and carriage returns alone": b"(module ;; a\r;; b\r;; c HERE d\r;; e\r (memory 1) x)",
    "behind line comments": b"(module ;; a\n;; b\n\n  HERE\n;; c\n (memory 1) x)",
    "block comment": b"(module (; a HERE b ;) (memory 1))",
    "inner block comment": b"(module (; a (; HERE ;) b ;) (memory 1))",
    "annotation": b"(module (@other a HERE b) (memory 1))",
    "string of an annotation": b'(module (@other "a HERE b") (memory 1))',
    "string": b'(module (memory 1) (data (i32.const 0) "a HERE b"))',
    "string with an escape": b'(module (memory 1) (data (i32.const 0) "\\n HERE b"))',
    "string with an escape after": b'(module (memory 1) (data (i32.const 0) "a HERE \\n"))',
    "escaped": b'(module (memory 1) (data (i32.const 0) "a \\HERE b"))',
    "name": b'(module (func (export "aHEREb")))',
    "quoted id": b'(module (func $"aHEREb") (start $"aHEREb"))',
}


@pytest.mark.parametrize("place", PLACES)
def test_characters(place: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {name: PLACES[place].replace(b"HERE", character) for name, character in CHARACTERS.items()}
    assert answers("component embed -t w.wit in.wat", cases) == golden


ESCAPES = [
    *(f"\\{letter}" for letter in "tnr\"'\\0abfvxuU{/"),
    *("\\00", "\\7f", "\\80", "\\ff", "\\fF", "\\0g", "\\g0", "\\4", "\\u", "\\u{", "\\u{}", "\\u{_}", "\\u{0}"),
    *("\\u{1_0}", "\\u{_10}", "\\u{10_}", "\\u{1__0}", "\\u{41}", "\\u{e9}", "\\u{7ff}", "\\u{800}", "\\u{ffff}"),
    *("\\u{d7ff}", "\\u{d800}", "\\u{dfff}", "\\u{e000}", "\\u{10ffff}", "\\u{110000}", "\\u{ffffffff}"),
    *(
        "\\u{100000000}",
        "\\u{g}",
        "\\u{41",
        "\\u41",
        "\\u{41)",
        "\\u{ABCDE}",
        "\\u{202e}",
        "\\\\",
        "\\\\\\\\",
        '\\\\\\"',
    ),
    *("\\c3\\a9", "\\c3", "\\u{0041}\\42C", "\\t\\u{10000}\\00", "a\\tb\\nc", "\\41\\u{42}é"),
]


STRINGS = {"data": '(module (memory 1) (data (i32.const 0) "E"))', "name": '(module (func (export "xE")))'}


@pytest.mark.parametrize("place", STRINGS)
def test_escapes(place: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    before, _, after = STRINGS[place].partition("E")
    cases = {escape: before + escape + after for escape in ESCAPES}
    assert answers("component embed -t w.wit in.wat", cases) == golden


def test_lengths(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Words, blanks, comments and strings around the lengths at which the lexer takes a piece at a time.
    cases: dict[str, str | bytes] = {}
    for length in (1, 2, 30, 31, 32, 33, 34, 63, 64, 65):
        word = "a" * (length - 1)
        cases[f"an id of {length}"] = f"(module (func ${word}))"
        cases[f"a number of {length}"] = f"(module (func (drop (i32.const {'0' * (length - 1)}7))))"
        cases[f"a keyword of {length}"] = f"(module (x{word}))"
        cases[f"a quote after {length}"] = f'(module (x{word}"b"))'
        cases[f"a string of {length}"] = f'(module (@custom "{word}é" ""))'
        cases[f"an annotation of {length}"] = f"(module (@x{word} (a) (b)) (start 0))"
    for length in (1, 2, 3, 254, 255, 256, 257, 258, 511, 512, 513):
        cases[f"{length} blanks"] = f"(module{' ' * length}(start 0))"
        cases[f"{length} feeds"] = f"(module{chr(10) * length}(start 0))"
        cases[f"a comment of {length}"] = f"(module (;{'-' * length};) (start x))"
        cases[f"a line of {length}"] = f"(module ;;{'-' * length}\n(start x))"
    for column in (495, 496, 497, 498, 499, 500, 501, 502):
        cases[f"column {column}"] = f"(module{' ' * (column - 8)}(x))"
        cases[f"column {column} after wide characters"] = f'(module "{"漢" * (column // 2)}"(x))'
    assert answers("component embed -t w.wit in.wat", cases) == golden


TOKENS = (
    *("(;)", "(;;)", "(;(;;)", "(;(;;);)", ";)", "(; ;) ;)", "(;;;)", "(; (; ;)", ";", ";;", "(", ")", "(@", "(@)"),
    *(
        "(@a",
        "(@a (",
        '(@a ")")',
        "(@a ;; )\n)",
        "(@a (; ) ;) )",
        '(@"")',
        '(@"a")',
        '(@"custom" "x")',
        "( @a)",
        "(@a@b)",
    ),
    *('"', '"a', '"a\n"', '""', '"a"b', 'a"b"', '$"a"', '$""', "$", '$"a"b', '$a"b"', "@a", "a@b", "0$", "1a", "+1"),
    *(
        "-",
        "+",
        "--1",
        "1_",
        "_1",
        "0x",
        "0xg",
        "0x_1",
        "1.5",
        "1.5e",
        "inf",
        "nan",
        "nan:0x1",
        "nan:x",
        "-nan:0x1",
        "nan:",
    ),
)


def test_tokens(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Each where a field is looked for, and where a word of an instruction is.
    cases: dict[str, str | bytes] = {}
    for token in TOKENS:
        cases[f"{token} for a field"] = f"(module {token} (memory 1))"
        cases[f"{token} for an instruction"] = f"(module (func {token}\n))"
        cases[f"{token} for a float"] = f"(module (func (drop (f32.const {token}))))"
        cases[f"{token} at the end"] = f"(module)\n{token}"
    assert answers("component embed -t w.wit in.wat", cases) == golden


def test_where_the_end_is(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # The place of a fault at the end of a file, by what the file ends in.
    heads = (
        "",
        "(",
        "(module",
        "(module\n",
        "(module\r\n",
        "(module\n\n",
        "(module ;; c",
        "(module ;; c\n",
        "(module é",
    )
    cases: dict[str, str | bytes] = {repr(head): head for head in heads}
    for head in (
        "(module (func (export ",
        "(module (data (; ;) ",
        "(component",
        "(component (import ",
        "(module $x $y",
    ):
        cases[repr(head)] = head
    assert answers("component embed -t w.wit in.wat", cases) == golden
