"""Descriptive sections as a rewrite leaves them, and what it refuses."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.annotations import Producers, rewrite_wasm
from pywasmtools.wasm.descriptions import rewritten_description
from pywasmtools.wasm.writer import custom_section

HEADER = b"\0asm\1\0\0\0"


@pytest.mark.parametrize("name", ["authors", "description", "revision", "version"])
def test_any_text_is_kept(name: str) -> None:
    assert rewritten_description(name, " é\0\n".encode()) == " é\0\n".encode()


def test_urls_are_normalized_and_licenses_kept() -> None:
    assert rewritten_description("homepage", b"HTTP://A") == b"http://a/"
    assert rewritten_description("source", "http://é/é".encode()) == b"http://xn--9ca/%C3%A9"
    assert rewritten_description("licenses", b" MIT or\tZlib ") == b" MIT or\tZlib "


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\xff", "invalid utf-8 sequence of 1 bytes from index 1"),
        (b"\xe2\x82a", "invalid utf-8 sequence of 2 bytes from index 0"),
        (b"\xed\xa0\x80", "invalid utf-8 sequence of 1 bytes from index 0"),
        (b"ab\xf0\x9f\x98", "incomplete utf-8 byte sequence from index 2"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, message: str) -> None:
    for name in ("authors", "homepage", "licenses"):
        with pytest.raises(WasmToolsError) as caught:
            rewritten_description(name, data)
        assert [layer.message for layer in caught.value.layers] == [message]


def test_a_rewrite_takes_outermost_sections_alone() -> None:
    # A nested module keeps its homepage, wrong as it is.
    nested = HEADER + custom_section("homepage", b"x")
    data = b"\0asm\x0d\0\1\0" + bytes([1, len(nested)]) + nested + custom_section("homepage", b"a:b c")
    assert rewrite_wasm(data, Producers(), None) == data
    with pytest.raises(WasmToolsError, match="relative URL without a base"):
        rewrite_wasm(nested, Producers(), None)
