"""What functions need, and imports that stand twice."""

from __future__ import annotations

import pytest
from core_modules import core_module

from pywasmtools.componentize.classify import rename_duplicate_imports
from pywasmtools.componentize.classify_imports import parse_u32
from pywasmtools.componentize.options import (
    NEEDS_ASYNC,
    NEEDS_MEMORY,
    NEEDS_REALLOC,
    NEEDS_STRING_ENCODING,
    TypeContents,
)
from pywasmtools.wasm.module import read_imports
from pywasmtools.wasm.payloads import IMPORT_SECTION, Parser
from pywasmtools.wit.abi import GUEST_EXPORT, GUEST_EXPORT_ASYNC, GUEST_IMPORT, GUEST_IMPORT_ASYNC
from pywasmtools.wit.model import Resolve
from pywasmtools.wit.transform.push import push_source

STRINGS = NEEDS_MEMORY | NEEDS_STRING_ENCODING
ROOM = NEEDS_MEMORY | NEEDS_REALLOC


@pytest.mark.parametrize(
    ("signature", "abi", "options"),
    [
        ("func(a: u32)", GUEST_IMPORT, 0),
        ("func(a: string)", GUEST_IMPORT, STRINGS),
        ("func() -> string", GUEST_IMPORT, STRINGS | ROOM),
        ("func(a: string)", GUEST_EXPORT, STRINGS | ROOM),
        ("func() -> string", GUEST_EXPORT, STRINGS),
        ("func(a: list<u8>)", GUEST_IMPORT, NEEDS_MEMORY),
        ("func(a: map<u8, bool>)", GUEST_EXPORT, ROOM),
        ("func(a: stream<string>)", GUEST_EXPORT, 0),
        ("func(a: list<u8, 4>)", GUEST_EXPORT, 0),
        ("func(a: list<u8, 17>)", GUEST_EXPORT, ROOM),
        ("func(a: list<u8, 17>)", GUEST_IMPORT, NEEDS_MEMORY),
        ("func(a: list<u8, 5>)", GUEST_IMPORT_ASYNC, NEEDS_MEMORY | NEEDS_ASYNC),
        ("func() -> tuple<u8, u8>", GUEST_EXPORT, NEEDS_MEMORY),
        ("func() -> result<option<string>>", GUEST_EXPORT_ASYNC, STRINGS | NEEDS_ASYNC),
    ],
)
def test_options(signature: str, abi: int, options: int) -> None:
    resolve = Resolve()
    push_source(resolve, "a.wit", f"package a:b; interface i {{ f: {signature}; }}".encode())
    func = resolve.interfaces[0].functions["f"]
    contents = TypeContents(resolve)
    if abi in (GUEST_IMPORT, GUEST_IMPORT_ASYNC):
        assert contents.for_import(func, abi) == options
    else:
        assert contents.for_export(func, abi) == options


def test_types_may_be_chained_at_any_length() -> None:
    types = "type t0 = string; " + " ".join([f"type t{k} = list<t{k - 1}>;" for k in range(1, 3000)])
    resolve = Resolve()
    push_source(resolve, "a.wit", f"package a:b; interface i {{ {types} f: func(a: t2999); }}".encode())
    func = resolve.interfaces[0].functions["f"]
    assert TypeContents(resolve).for_import(func, GUEST_IMPORT) == STRINGS


def names_of(wasm: bytes) -> list[str]:
    found = []
    for payload in Parser(wasm):
        if payload.kind == IMPORT_SECTION:
            reader = payload.section()
            for _ in range(payload.count):
                found += [f"{item.module}::{item.name}" for item in read_imports(reader).imports()]
    return found


def test_duplicate_imports_get_numbers() -> None:
    module = core_module(("m::f: ->", "n::f: ->", "m::f [v2]: ->", "m::f: ->", "m::f: i32 ->", "m::f [v2]: ->"))
    unique, originals = rename_duplicate_imports(module)
    assert names_of(unique) == ["m::f", "n::f", "m::f [v2]", "m::f [v3]", "m::f [v4]", "m::f [v2] [v2]"]
    assert originals == {("m", "f [v3]"): "f", ("m", "f [v4]"): "f", ("m", "f [v2] [v2]"): "f [v2]"}


def test_a_module_without_duplicates_stays_as_it_is() -> None:
    module = core_module(("m::f: ->", "n::f: ->"))
    assert rename_duplicate_imports(module) == (module, {})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("+1", 1),
        ("4294967295", 0xFFFFFFFF),
        ("4294967296", None),
        ("", None),
        ("+", None),
        ("++1", None),
        ("-1", None),
        ("1_0", None),
        (" 1", None),
        ("\u0663", None),
        ("0" * 5000 + "1", 1),
    ],
)
def test_numbers_are_read_as_rust_does(text: str, number: int | None) -> None:
    assert parse_u32(text) == number
