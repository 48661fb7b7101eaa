"""`pywasmtools.listing`: what WIT, components and modules import and export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from change_pairs import MODULE, WIT, component, module, wit

from pywasmtools import Listing, ListingGroup, ListingItem, WasmToolsError, component_embed, listing, parse_wit
from pywasmtools.api import parse_wat
from pywasmtools.wit_binary.encoder import encode_package


def rows(group: ListingGroup) -> list[tuple[str, str]]:
    return [(str(item), item.text) for item in group.items]


def test_worlds_and_interfaces_of_a_package() -> None:
    found = listing(WIT)
    assert [str(group) for group in found] == ["world demo:hello/guest@1.0.0", "interface demo:hello/host@1.0.0"]
    world, interface = found.groups
    assert rows(world) == [
        ("import interface demo:hello/host@1.0.0", ""),
        ("import func tick", "tick: func()"),
        ("export func run", "run: func()"),
    ]
    assert [item.name for item in world.imports] == ["demo:hello/host@1.0.0", "tick"]
    assert [item.name for item in world.exports] == ["run"]
    assert world.imports[0].items == interface.items
    assert rows(interface) == [
        ("type level", "enum level { info, warn }"),
        ("type file", "resource file"),
        ("func log", "log: func(text: string)"),
        ("func file.constructor", "constructor(name: string)"),
        ("func file.read", "read: func() -> list<u8>"),
        ("func file.open", "open: static func() -> file"),
    ]
    assert found == listing(WIT.encode()) == listing(parse_wit(WIT))
    found_in = wit(WIT)
    assert [str(group) for group in listing(encode_package(found_in.resolve, found_in.package))] == [
        str(g) for g in found
    ]


def test_names_of_their_own_types_and_inline_interfaces() -> None:
    text = "package a:b; interface i { type t = u8; } world w { import x: i; use i.{t}; export y: interface { f: func(); } }"
    assert rows(listing(text).groups[0]) == [
        ("import interface x", "a:b/i"),
        ("import interface a:b/i", ""),
        ("import type t", "use a:b/i.{t}"),
        ("export interface y", ""),
    ]


def test_a_component() -> None:
    [group] = listing(component()).groups
    assert (group.kind, group.name) == ("component", "")
    assert rows(group) == [("import interface demo:hello/host@1.0.0", ""), ("export func run", "run: func()")]
    assert [item.name for item in group.items[0].items] == ["log"]


def test_what_wit_has_no_words_for() -> None:
    data = parse_wat(
        '(component $c (import "m" (core module)) (import "f" (func)) (component $d) (export "e" (component $d)))'
    )
    found = listing(data)
    assert [str(item) for item in found.groups[0].items] == [
        "import core module m",
        "import func f",
        "export component e",
    ]
    assert found.groups[0].name == "c"
    assert found.notes == ("it can't be told as WIT: component export `e` was not a function or instance",)


def test_a_module() -> None:
    [group] = listing(MODULE).groups
    assert (group.kind, group.name) == ("module", "main")
    assert rows(group) == [
        ("import func demo:hello/host@1.0.0 log", "(func (param i32 i32))"),
        ("export memory memory", "(memory 1)"),
        ("export func run", "(func)"),
    ]


def test_the_world_that_is_embedded_in_a_module(tmp_path: Path) -> None:
    path = tmp_path / "m.wasm"
    path.write_bytes(component_embed(WIT, module()))
    assert [str(group) for group in listing(path)] == ["world root:root/root", "module main"]
    path.write_bytes(path.read_bytes()[:-80] + b"\0" * 80)
    broken = component_embed(WIT, module()).replace(b"wit-component-encoding", b"wit-component-encodinh")
    found = listing(broken)
    assert [str(group) for group in found] == ["module main"]
    assert found.notes == ("its world can't be told: missing custom section of name `wit-component-encoding`",)


def test_gates() -> None:
    gated = WIT.replace("import tick", "@unstable(feature = x) import tick")
    assert "tick" not in [item.name for item in listing(gated).groups[0].items]
    assert "tick" in [item.name for item in listing(gated, features=["x"]).groups[0].items]


def test_values_show_themselves() -> None:
    found = listing("package a:b; world w { export run: func(); }")
    assert repr(found.groups[0].items[0]) == "ListingItem(side='export', kind='func', name='run', text='run: func()')"
    assert len(found) == 1 and hash(found) == hash(Listing(found.groups))
    assert found.groups[0] == ListingGroup("world", "a:b/w", (ListingItem("export", "func", "run", "run: func()"),))
    as_json = found.to_json()
    assert json.loads(json.dumps(as_json)) == {
        "groups": [
            {
                "kind": "world",
                "name": "a:b/w",
                "items": [
                    {"side": "export", "kind": "func", "name": "run", "text": "run: func()", "module": "", "items": []}
                ],
            }
        ],
        "notes": [],
    }


@pytest.mark.parametrize("source", [b"\0asm", "(module", "package a:b; world"])
def test_what_is_refused(source: str | bytes) -> None:
    with pytest.raises(WasmToolsError):
        listing(source)
