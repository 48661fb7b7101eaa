"""Strings that end in backslashes: whether the quote behind them is escaped, in every place where a string may stand."""

from __future__ import annotations

import itertools
import re

from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wat import lexer

PLACES = {
    "data": '(module (memory 1) (data (i32.const 0) "HERE") (memory 2))',
    "the first of two": '(module (memory 1) (data (i32.const 0) "HERE" "b") (memory 2))',
    "the last of two": '(module (memory 1) (data (i32.const 0) "b\\\\" "HERE") (memory 2))',
    "name": '(module (func (export "HERE")) (func (export "b")))',
    "identifier": '(module (func $"HERE") (start $"HERE") (func $"b"))',
    "annotation": '(module (@other "HERE") (memory 1) (@other "b"))',
    "annotation in another": '(module (@other (@more "HERE") "b") (memory 1) "b")',
    "name of an annotation": '(module (@"HERE" "b") (memory 1) (@other "b"))',
    "custom section": '(module (@custom "HERE" "HERE") (memory 1) (@other "b"))',
    "line comment": '(module ;; "HERE"\n (memory 1) (@other "b"))',
    "block comment": '(module (; "HERE" ;) (memory 1) (@other "b"))',
    "block comment in an annotation": '(module (@other (; "HERE" ;) "b") (memory 1))',
    "end of the text": '(module) (@other "HERE"',
}
BEFORE = {
    "nothing": "",
    "a letter": "a",
    "an escape": "\\n",
    "a character": "é",
    "far": "x" * 300,
    "very far": "x" * 0x3FFE,
}
"""What stands before the backslashes."""


def test_at_the_end_of_strings(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for place, text in PLACES.items():
        for count in range(1, 5):
            for name, before in BEFORE.items():
                if name in ("a letter", "an escape") or place in ("data", "name"):
                    cases[f"{place}, {count} behind {name}"] = text.replace("HERE", before + "\\" * count)
    told = answers("print in.wat", cases)
    assert re.sub("x{9,}| {99,}", lambda found: f"<{len(found[0])} {found[0][0]}>", told) == golden


def test_whether_a_quote_is_escaped() -> None:
    """Where that is told wrong a string takes a slower way, and comes out the same; so it is asked itself."""
    for before, count, after in itertools.product(("", "a", "\\n", '\\"', "é", '"'), range(6), ('"', '"b"', "")):
        data = (before + "\\" * count + after).encode()
        end = len(before.encode()) + count
        assert lexer._ends_in_escape(data, 0, end) == (count % 2 == 1), data
        # What stands before the string is no part of it.
        for start in range(end - count, end + 1):
            assert lexer._ends_in_escape(data, start, end) == ((end - start) % 2 == 1), (data, start)


def test_strings_that_end_in_backslashes_have_the_quick_way() -> None:
    """Up to the first quote that is not escaped, without a look at what follows."""
    for count in range(5):
        for before in ("a", "\\n", "\\u{e9}", "\\\\", '\\"'):
            raw = (before + "\\" * count).encode()
            value = lexer.unescaped(raw)
            assert (value is None) == (count % 2 == 1), raw
            if value is not None:
                assert value.endswith(b"\\" * (count // 2))
