"""Neighbours of WIT documents: what the reference answers to each, and so must ours."""

from __future__ import annotations

import pytest
from neighbours import Neighbours, asked, neighbours, of_cuts, of_text
from syrupy.assertion import SnapshotAssertion

__all__ = ["asked", "neighbours"]

pytestmark = pytest.mark.slow

TEXTS = {
    "types": """package a:b@1.2.3;
interface i {
  /// A record.
  record r { a: u8, b: option<string>, %type: list<tuple<u32, f64>> }
  variant v { one, two(r), three(result<_, char>) }
  enum e { x, y }
  flags f { p, q }
  type t = map<string, v>;
  type l = list<r, 4>;
  g: func(x: v, y: f) -> result<t, e>;
  h: async func(s: stream<u8>, t: future) -> stream;
}
""",
    "resources": """package a:b;
interface i {
  resource r {
    constructor(path: string) -> result<r>;
    read: func(n: u64) -> bool;
    open: static async func() -> own<r>;
    size: get() -> u64;
  }
  resource s;
  f: func(x: borrow<r>, y: s, z: error-context) -> r;
}
world w { resource q { constructor(); } import i; use i.{r as t}; export g: func(x: t, y: borrow<q>); }
""",
    "worlds": """package a:b;
interface i { type t = u8; f: func(); }
interface j { use i.{t}; use a:c/k@1.0.0.{u as v}; g: func(x: t) -> v; }
world w {
  import i; export j; import a: func(x: u32); export b: interface { use i.{t}; h: func() -> t; }
  import n: i; include x with { c as d, e as k } type z = string; use j.{v};
}
world x { import c: func(); import e: func(); export i; }
package a:c@1.0.0 { interface k { type u = u16; } world y { import k; export k; } }
""",
    "attributes": """package a:b@0.2.1;
@since(version = 0.1.0)
interface i {
  @since(version = 0.2.0) @deprecated(version = 0.2.1) f: func();
  @unstable(feature = x) type t = u8;
  @unstable(feature = y) @external-id("id") g: func() -> u8;
}
@since(version = 0.2.1)
world w {
  @since(version = 0.1.0) import i;
  @unstable(feature = x) export h: func();
  @since(version = 0.2.0) include v;
}
world v { import k: func(); }
""",
    "uses": """package a:b;
use i as j; use c:d/e@1.0.0-rc.1+b as f;
interface i { resource r; type x = r; variant q { a(x), b } enum n { m } }
interface k { use j.{r, x as y, q}; use f.{g}; type h = tuple<y, q, g>; l: func(a: h, b: r, c: option<option<q>>); }
world w { import k; import f; export m: interface { use k.{h}; o: func() -> list<h>; } }
package c:d@1.0.0-rc.1+b { interface e { record g { s: s64, t: f32, u: char } } }
""",
}


@pytest.mark.parametrize("name", TEXTS)
def test_read_and_printed(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component wit --features x", "in.wit", of_text(TEXTS[name], cut=True)) == golden


@pytest.mark.parametrize("name", ["worlds", "resources"])
@pytest.mark.parametrize("form", ["-t", "--json"])
def test_encoded(name: str, form: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours(f"component wit {form}", "in.wit", of_text(TEXTS[name])) == golden


@pytest.mark.parametrize("name", ["worlds", "resources"])
def test_made_up_modules(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component embed --world w --dummy -t", "in.wit", of_text(TEXTS[name])) == golden


@pytest.mark.parametrize("name", TEXTS)
def test_cut(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component wit", "in.wit", of_cuts(TEXTS[name])) == golden
