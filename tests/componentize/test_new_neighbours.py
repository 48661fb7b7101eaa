"""Neighbours of modules that fit their worlds, and of what describes them, for `component new`, as the reference answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from neighbours import Neighbours, asked, neighbours, of_binary, of_groups, of_text
from syrupy.assertion import SnapshotAssertion
from test_messages import EXPORTS, STANDARD_EXPORTS, WIT

from pywasmtools import component_embed
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.load import wat_to_binary
from pywasmtools.wasm.writer import custom_section

__all__ = ["asked", "neighbours"]

pytestmark = pytest.mark.slow

LEGACY = f"""(module
    (import "a:b/i@1.2.0" "f" (func (param i32 i32 i32))) (import "a:b/i@1.2.0" "[resource-drop]r" (func (param i32)))
    (import "a:b/i@1.2.0" "[constructor]r" (func (result i32))) (import "a:b/i@1.2.0" "[method]r.m" (func (param i32)))
    (import "$root" "plain" (func (param i32) (result i32))) (import "inline" "k" (func))
    (import "a:b/i@1.2.0" "[stream-new-0]g" (func (result i64)))
    (import "a:b/i@1.2.0" "[async-lower][stream-read-0]g" (func (param i32 i32 i32) (result i32)))
    (import "a:b/i@1.2.0" "[future-drop-writable-1]g" (func (param i32)))
    (import "[export]e" "[resource-new]q" (func (param i32) (result i32)))
    (import "[export]$root" "[task-return]later" (func (param i32 i32))) (import "$root" "[waitable-set-wait]" (func (param i32 i32) (result i32)))
    (import "$root" "[context-get-0]" (func (result i32))) (import "$root" "[backpressure-inc]" (func))
    {" ".join(EXPORTS.values())}
    (func (export "cabi_post_run") (param i32)) (func (export "_initialize")) (func (export "e#[dtor]q") (param i32)))"""

STANDARD = f"""(module
    (import "cm32p2|a:b/i@1" "f" (func (param i32 i32 i32))) (import "cm32p2|a:b/i@1" "r_drop" (func (param i32)))
    (import "cm32p2|a:b/i@1" "[constructor]r" (func (result i32))) (import "cm32p2|a:b/i@1" "[method]r.m" (func (param i32)))
    (import "cm32p2" "plain" (func (param i32) (result i32))) (import "cm32p2|inline" "k" (func))
    (import "cm32p2|_ex_e" "q_new" (func (param i32) (result i32)))
    {" ".join(text for name, text in STANDARD_EXPORTS.items() if name != "later")}
    (func (export "cm32p2||run_post") (param i32)) (func (export "cm32p2_initialize")) (func (export "cm32p2|e|q_dtor") (param i32)))"""

STANDARD_WIT = "\n".join(line for line in WIT.splitlines() if "async func() ->" not in line)

URLS = [
    "HTTP://u:p@Ex.com:80/a/./b/../c?q#f",
    "http://0x7f.1:8080/%2e/x y",
    "https://[1::2:1.2.3.4]:443/",
    "http://[1:2:3:4:5:6:7:8]",
    "foo://h:1/../C:/..?q'",
    "foo:/..//p",
    "file://h/C|/x/../..",
    "file:\\\\LOCALHOST\\c:\\y",
    "a+b:c/d",
    "http://b\xfc.xn--bcher-kva.de/",
    "http://1.2.3.0377/",
]
LICENSES = [
    "(MIT OR Apache-2.0+) AND ISC WITH LLVM-exception",
    "DocumentRef-d:LicenseRef-e OR GPL-2.0-only",
    "MIT WITH DocumentRef-d:AdditionRef-x",
]
HOSTS = [
    "fa\xdf.DE",
    "a\u0915\u094d\u200d\u0937",
    "\u0628\u06cc\u200c\u0628",
    "\u05d0\u05d11.x",
    "q\u0307\u0323a.xn--zca",
    "\u1100\u1161\u11a8",
]


def of_word(text: str, letters: str) -> Iterator[tuple[str, bytes]]:
    """A text with a character left out, doubled, or another put in its place."""
    for k, char in enumerate(text):
        for new in ("", char * 2, *letters):
            yield f"{k} {char!a} {new!a}", (text[:k] + new + text[k + 1 :]).encode()


def described(name: str, cases: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Modules of an empty world with a custom section, of these contents."""
    module = component_embed("package a:b; world w {}", b"\0asm\1\0\0\0")
    return ((what, module + custom_section(name, data)) for what, data in cases)


def of_world(text: str, wit: str) -> Iterator[tuple[str, bytes]]:
    """Neighbours of a module, with the world embedded; those only that are modules."""
    for what, data in itertools.chain(of_groups(text), of_text(text, cut=True)):
        try:
            yield what, component_embed(wit, wat_to_binary(data, "in.wat"))
        except WasmToolsError:
            continue


def test_legacy_names(neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component new -t", "in.wasm", of_world(LEGACY, WIT)) == golden


def test_standard_names(neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component new -t", "in.wasm", of_world(STANDARD, STANDARD_WIT)) == golden


@pytest.mark.parametrize("url", URLS)
def test_urls(url: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component new", "in.wasm", described("homepage", of_word(url, ":/.[1"))) == golden


@pytest.mark.parametrize("license", LICENSES)
def test_licenses(license: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component new", "in.wasm", described("licenses", of_word(license, " :+("))) == golden


def test_international_names(neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    hosts = (case for host in HOSTS for case in of_word(f"http://{host}", "-1\u05d0\u0301\u200d\u094d"))
    assert neighbours("component new", "in.wasm", described("source", hosts)) == golden


def test_producers(neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    data = bytes.fromhex("02 08") + b"language\1\4Rust\0" + bytes.fromhex("03") + b"sdk\2\1a\1b\1c\1d"
    assert neighbours("component new", "in.wasm", described("producers", of_binary(data))) == golden


def test_names(neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    # The module, its functions, locals, types, an unknown subsection.
    data = bytes.fromhex(
        "00 02 01 6d  01 07 02 00 01 61 01 01 62  02 08 01 00 02 00 01 78 01 00  04 04 01 00 01 74  0c 01 00"
    )
    assert neighbours("component new", "in.wasm", described("name", of_binary(data))) == golden
