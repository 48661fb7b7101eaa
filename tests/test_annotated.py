"""The annotated dump of goldens: every byte is there once, in order, and what is no WebAssembly stays plain rows."""

from __future__ import annotations

import re

import pytest
from annotated import COMPONENT, MODULE, annotated, rows
from conftest import ROOT

HELLO = (ROOT / "examples" / "hello" / "hello.wasm").read_bytes()
TYPE = b"\x01\x04\x01\x60\0\0"
NESTED = COMPONENT + b"\x01" + bytes([len(MODULE + TYPE)]) + MODULE + TYPE
WITH_CUSTOM = COMPONENT + b"\0" + bytes([2 + len(NESTED)]) + b"\x01c" + NESTED


def bytes_of(dump: str) -> bytes:
    """The bytes of a dump, each row at the offset that it names."""
    data = b""
    for line in dump.splitlines():
        found = re.match(r"([0-9a-f]{6})  +((?:[0-9a-f]{2}(?: |$))+)", line)
        assert found is not None, line
        assert int(found[1], 16) == len(data), line
        data += bytes.fromhex(found[2])
    return data


@pytest.mark.parametrize(
    "data", [HELLO, MODULE, COMPONENT, NESTED, WITH_CUSTOM, b"text", HELLO[:-1], MODULE + TYPE[:-1]]
)
def test_every_byte_is_there_once(data: bytes) -> None:
    assert bytes_of(annotated(data)) == data


def test_sections_are_named_and_what_is_within_is_indented() -> None:
    words = [
        re.sub(r"^[0-9a-f]{6}  ( *)(?:[0-9a-f]{2} )+ *", r"\1", line) for line in annotated(WITH_CUSTOM).splitlines()
    ]
    assert words == [
        "component",
        'custom section "c": 26 bytes',
        "  c",
        "  component",
        "  core module: 14 bytes",
        "    module",
        "    type section: 4 bytes",
        "      .`..",
    ]


@pytest.mark.parametrize(
    "data", [HELLO[:-1], HELLO + b"\0", MODULE + b"\x0e\0", MODULE + b"\x01", MODULE[:7], b"\0asm\x02\0\0\0"]
)
def test_what_is_not_webassembly_stays_plain(data: bytes) -> None:
    assert annotated(data) == "\n".join(rows(data))
