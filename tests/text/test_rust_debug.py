"""Rust's Debug of characters and strings; the expectations are what wasm-tools printed of such paths."""

from __future__ import annotations

import sys

import pytest

from pywasmtools.text.rust_debug import debug_char, debug_option, debug_str
from pywasmtools.text.unicode_tables import is_escaped, is_xid_continue, is_xid_start

NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="paths are no bytes there")


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("a", "'a'"),
        ("'", r"'\''"),
        ('"', "'\"'"),
        ("\\", r"'\\'"),
        ("\n", r"'\n'"),
        ("\0", r"'\0'"),
        ("\x1b", r"'\u{1b}'"),
        ("\x7f", r"'\u{7f}'"),
        ("é", "'é'"),
        ("\u0301", r"'\u{301}'"),  # extends a grapheme
        ("\u200b", r"'\u{200b}'"),
        ("\ue000", r"'\u{e000}'"),
        ("😼", "'😼'"),
        ("\U0010ffff", r"'\u{10ffff}'"),
    ],
)
def test_characters(char: str, expected: str) -> None:
    assert debug_char(char) == expected


def test_strings() -> None:
    assert debug_str("a'b\"c\\d\té\u0301") == '"a\'b\\"c\\\\d\\té\\u{301}"'
    assert debug_str("plain") == '"plain"'


@NOT_ON_WINDOWS
def test_bytes_of_a_path_that_are_not_utf_8() -> None:
    assert debug_str(b"a\xff\x80".decode("utf-8", "surrogateescape")) == '"a\\xFF\\x80"'


def test_options() -> None:
    assert debug_option(None) == "None"
    assert debug_option("a") == 'Some("a")'


def test_tables_agree_with_what_unicode_guarantees() -> None:
    for code in range(0x80):
        char = chr(code)
        assert is_xid_start(code) == (char.isascii() and char.isalpha())
        assert is_xid_continue(code) == (char.isalnum() or char == "_")
    assert is_xid_start(ord("é")) and is_xid_start(ord("東")) and not is_xid_start(0x301)
    assert is_xid_continue(0x301) and is_xid_continue(0xB7)
    assert is_escaped(0xAD) and is_escaped(0xA0) and not is_escaped(0xA1)
    assert is_escaped(0x10FFFF) and not is_xid_continue(0x10FFFF)
    # Identifiers are those of Unicode 17: U+1C89 came with 16, U+0558 comes with 18.
    assert is_xid_start(0x1C89) and not is_xid_start(0x558) and not is_xid_continue(0x558)
