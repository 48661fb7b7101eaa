"""Producers and names: read, merged, and what a rewrite does to a binary."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.annotations import Producers, producers_of, read_producers, rewrite_wasm, set_name
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.writer import custom_section

HEADER = b"\0asm\1\0\0\0"


def producers(**fields: dict[str, str]) -> Producers:
    result = Producers()
    for field, tools in fields.items():
        for tool, version in tools.items():
            result.add(field.replace("_", "-"), tool, version)
    return result


def test_merging_keeps_places_and_replaces_versions() -> None:
    merged = producers(language={"c": "1", "rust": "2"})
    merged.merge(producers(processed_by={"x": ""}, language={"c": "3"}))
    assert merged.fields == {"language": {"c": "3", "rust": "2"}, "processed-by": {"x": ""}}
    assert merged.encode().hex(" ") == (
        "02 08 6c 61 6e 67 75 61 67 65 02 01 63 01 33 04 72 75 73 74 01 32 "
        "0c 70 72 6f 63 65 73 73 65 64 2d 62 79 01 01 78 00"
    )
    assert read_producers(BinaryReader(merged.encode())).fields == merged.fields


def test_rewriting_shortens_headers_and_leaves_contents() -> None:
    # (type (func)), the section's size in three bytes
    data = HEADER + bytes.fromhex("01 84 80 00 01 60 00 00")
    out = rewrite_wasm(data, producers(sdk={"a": "b"}), None)
    assert out == HEADER + bytes.fromhex("01 04 01 60 00 00") + producers(sdk={"a": "b"}).section()
    found = producers_of(out)
    assert found is not None and found.fields == {"sdk": {"a": "b"}}


def test_rewriting_merges_in_place() -> None:
    data = HEADER + producers(sdk={"a": "1"}).section() + custom_section("x", b"")
    out = rewrite_wasm(data, producers(sdk={"b": "2"}), None)
    assert out == HEADER + producers(sdk={"a": "1", "b": "2"}).section() + custom_section("x", b"")


def test_names_are_encoded_again() -> None:
    # The subsection's size in two bytes comes back in one; the module's name comes first.
    data = HEADER + custom_section("name", bytes.fromhex("01 84 00 01 00 01 66"))
    assert set_name(data, "m") == HEADER + custom_section("name", bytes.fromhex("00 02 01 6d 01 04 01 00 01 66"))
    assert set_name(HEADER, "m") == HEADER + custom_section("name", bytes.fromhex("00 02 01 6d"))


def test_components_are_named_in_their_own_section() -> None:
    header = b"\0asm\x0d\0\1\0"
    # A nested module's sections are copied as they are, its name too.
    data = header + b"\x01\x08" + HEADER
    assert set_name(data, "c") == data + custom_section("component-name", bytes.fromhex("00 02 01 63"))


def test_unknown_sorts_of_component_names_lose_their_byte() -> None:
    data = b"\0asm\x0d\0\1\0" + custom_section("component-name", bytes.fromhex("01 05 07 01 00 01 66"))
    out = b"\0asm\x0d\0\1\0" + custom_section("component-name", bytes.fromhex("01 04 01 00 01 66"))
    assert rewrite_wasm(data, Producers(), None) == out


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (custom_section("authors", b"a\xff"), "invalid utf-8 sequence of 1 bytes from index 1"),
        (custom_section("version", b"\xe2\x82"), "incomplete utf-8 byte sequence from index 0"),
        (
            custom_section("name", bytes.fromhex("01 07 02 01 01 61 01 01 62")),
            "There was an error when parsing\n\nCaused by:\n    0: names out of order (at offset 0x15)",
        ),
        (
            custom_section("producers", bytes.fromhex("01 01 61 00")),
            "invalid producers field name: `a` (at offset 0x15)",
        ),
    ],
)
def test_what_a_rewrite_refuses(section: bytes, message: str) -> None:
    with pytest.raises(WasmToolsError) as e:
        rewrite_wasm(HEADER + section, producers(sdk={"a": "b"}), None)
    assert e.value.chain() == message
