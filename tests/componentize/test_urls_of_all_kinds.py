"""URLs put together of schemes, hosts and paths of all kinds, as the reference normalizes or refuses each."""

from __future__ import annotations

from itertools import product

import pytest
from neighbours import Neighbours, asked, neighbours
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed
from pywasmtools.wasm.writer import custom_section

__all__ = ["asked", "neighbours"]

pytestmark = pytest.mark.slow

SCHEMES = ["http://", "ws:", "https:\\\\", "ftp:/", "foo://", "foo:", "file://", "file:/", "file:\\", "wss:///"]
HOSTS = [
    "h",
    "u:p@h:443",
    "C:",
    "c|",
    "localhost",
    "[::1:2:3:4:5:1.2.3.4]",
    "[1::]:21",
    "1.0x2.3",
    "1.2.3.4.",
    "%68%e",
    "",
    "h:",
]
PATHS = [
    "",
    "/",
    "/..",
    "/./x",
    "/a/../../b",
    "//",
    "/C|/..",
    "/c:/./..//x",
    "/%2E%2e/%2e",
    "\\a\\..\\b",
    "?a/../b#c?d",
    "#x`",
    "/a\t/.\n./c:/..",
    "/C:\tx/..",
    "/ \x7f\xe9{}",
]

MODULE = component_embed("package a:b; world w {}", b"\0asm\1\0\0\0")


@pytest.mark.parametrize("which", range(len(SCHEMES)))
def test_normalized(which: int, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    urls = [SCHEMES[which] + host + path for host, path in product(HOSTS, PATHS)]
    cases = ((ascii(url), MODULE + custom_section("homepage", url.encode())) for url in urls)
    assert neighbours("component new", "in.wasm", cases) == golden
