"""Elaboration: what imports and exports need is listed before them. Expectations are the reference's output."""

from __future__ import annotations

import pytest
from wit_worlds import names, refusal, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.text.semver import Version
from pywasmtools.wit.model import InterfaceItem, InterfaceOwner, Resolve, TypeDef
from pywasmtools.wit.stability import (
    UNKNOWN_STABILITY,
    debug_stability,
    merge_include_stability,
    merge_stability,
    stable,
    unstable,
)
from pywasmtools.wit.transform.elaborate import elaborate_world
from pywasmtools.wit.transform.push import push_source
from pywasmtools.wit.types import Alias

CHAIN = """package a:b;
interface a { type t = u32; }
interface b { use a.{t}; }
interface c { use b.{t}; }
"""


def test_imports_come_after_what_they_need() -> None:
    resolve = resolve_of(CHAIN + "world w { import f: func(); import c; type u = string; use c.{t}; }")
    world = resolve.worlds[0]
    # interfaces, used types, types, functions
    assert names(resolve, world.imports) == ["a:b/a", "a:b/b", "a:b/c", "t", "u", "f"]


def test_exports_need_imports_unless_exported() -> None:
    resolve = resolve_of(CHAIN + "world w { export c; } world v { export c; export b; export a; }")
    w, v = resolve.worlds
    assert names(resolve, w.imports) == ["a:b/a", "a:b/b"]
    assert names(resolve, w.exports) == ["a:b/c"]
    assert names(resolve, v.imports) == []
    assert names(resolve, v.exports) == ["a:b/a", "a:b/b", "a:b/c"]


def test_functions_are_exported_before_interfaces() -> None:
    resolve = resolve_of(CHAIN + "world w { export a; export f: func(); }")
    assert names(resolve, resolve.worlds[0].exports) == ["f", "a:b/a"]


def test_an_interface_both_imported_and_exported_for_an_export_is_refused() -> None:
    text = """package a:b;
interface a { type t = u32; }
interface b { use a.{t}; }
interface c { use a.{t}; use b.{t as t2}; }
world w { export a; export c; }
"""
    resolve = Resolve()
    with pytest.raises(WasmToolsError) as caught:
        push_source(resolve, "x.wit", text.encode())
    assert refusal(resolve, caught.value) == [
        "interface `a:b/c` transitively depends on an interface in incompatible ways\n"
        "     --> x.wit:5:7\n"
        "      |\n"
        "    5 | world w { export a; export c; }\n"
        "      |       ^"
    ]


def test_dependencies_inherit_stability_and_of_exports_the_external_id() -> None:
    resolve = resolve_of(
        "package a:b@1.0.0; interface a { type t = u32; } interface b { use a.{t}; }\n"
        "world w { @since(version = 1.0.0) import b; } world v { @since(version = 1.0.0) export b; }"
    )
    for world in resolve.worlds:
        item = world.imports[0]
        assert isinstance(item, InterfaceItem)
        assert item.stability == stable(Version(1, 0, 0))


def test_long_chains_need_no_recursion() -> None:
    count = 3000
    text = "package a:b; interface i0 { type t = u32; }\n"
    for k in range(1, count):
        text += f"interface i{k} {{ use i{k - 1}.{{t}}; }}\n"
    text += f"world w {{ import i{count - 1}; }} world v {{ export i{count - 1}; }}"
    resolve = resolve_of(text)
    assert len(resolve.worlds[0].imports) == count
    assert len(resolve.worlds[1].imports) == count - 1


def test_interfaces_that_need_each_other_are_refused() -> None:
    # Merging partial views of packages can bring this about; the reference overflows its stack.
    resolve = resolve_of("package a:b; interface a { type t = u32; } interface b { use a.{t}; } world w { import b; }")
    a, b = resolve.interfaces
    a.types["u"] = resolve.add_type(TypeDef("u", Alias(b.types["t"]), InterfaceOwner(0)))
    with pytest.raises(WasmToolsError, match="depends on itself"):
        elaborate_world(resolve, 0, resolve.worlds[0].span)


def test_merging_stabilities() -> None:
    one = stable(Version(1, 0, 0))
    span = (0xFFFFFFFF, 0xFFFFFFFF)
    assert merge_stability(UNKNOWN_STABILITY, one, span) is one
    assert merge_stability(one, UNKNOWN_STABILITY, span) is one
    assert merge_include_stability(one, one, True, span) is UNKNOWN_STABILITY
    with pytest.raises(WasmToolsError) as caught:
        merge_stability(one, unstable("fancy-foo", Version(2, 0, 0, "rc.1")), span)
    assert caught.value.layers[0].message == (
        "mismatch in stability from 'Stable { since: Version { major: 1, minor: 0, patch: 0 }, deprecated: None }' "
        'to \'Unstable { feature: "fancy-foo", deprecated: Some(Version { major: 2, minor: 0, patch: 0, '
        'pre: Prerelease("rc.1") }) }\''
    )
    assert debug_stability(UNKNOWN_STABILITY) == "Unknown"
