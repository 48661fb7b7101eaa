"""The world of one section, where nothing was merged before, is the encoder's as it is; merging would come to the same."""

from __future__ import annotations

import pytest
from core_modules import world_module

from pywasmtools import component_embed, component_new
from pywasmtools.wit_binary.component_type import Bindgen

WORLDS = {
    "types of the world": "type t = list<u8>; record p { a: t } import f: func(x: p) -> t; export g: func(y: t) -> p;",
    "resources of the world": "resource r { constructor(); m: func(o: borrow<r>) -> r; } import f: func(x: r);",
    "inline interfaces": """
        use k.{b};
        import one: interface { use k.{b}; f: func(x: b) -> own<b>; }
        export two: interface { use k.{b, c}; resource r { m: func(); } g: func(x: b, y: c) -> r; }
    """,
    "imported and exported": "import j; export j; import k; export k; import n: j; export o: k;",
    "needed by others": "export j; import l: func();",
}
WIT = """
package a:b@1.2.3;
interface k { resource b; record c { d: list<string> } e: func(f: c) -> b; }
interface j { use k.{b, c}; f: func(x: borrow<b>) -> c; variant v { one(b), two(c) } g: func() -> option<v>; }
world w { WORLD }
"""
OLD = "package a:b@1.2.3; interface i { f: func(s: string); } world adapter { import i; }"


def made(world: str, with_adapter: bool) -> bytes:
    module = component_embed(WIT.replace("WORLD", WORLDS[world]), dummy="legacy")
    adapter = world_module(OLD, ("env::memory",), ("old: i32 ->",))
    return component_new(module, adapters=[("old", adapter)] if with_adapter else ())


@pytest.mark.parametrize("with_adapter", [False, True])
@pytest.mark.parametrize("world", WORLDS)
def test_merged_or_not(world: str, with_adapter: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = made(world, with_adapter)
    taken: list[int] = []

    def merge(self: Bindgen, other: Bindgen) -> list[int | str]:
        taken.append(other.merged)
        return self.merge(other)

    monkeypatch.setattr(Bindgen, "merge_all", merge)
    assert made(world, with_adapter) == quick
    assert taken == [1] * (1 + with_adapter)
