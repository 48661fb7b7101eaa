"""Merging a `Resolve` into another, and worlds: what agrees, what is refused and how that reads."""

from __future__ import annotations

import pytest
from wit_worlds import flat, id_of, names, printed, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.clone import CloneMaps
from pywasmtools.wit.model import Function, InterfaceOwner, Resolve, WorldOwner
from pywasmtools.wit.transform.merge import compare_functions, merge, merge_worlds
from pywasmtools.wit.types import Enum, Record


def layers(resolve: Resolve, other: Resolve) -> list[str]:
    with pytest.raises(WasmToolsError) as caught:
        merge(resolve, other)
    return [layer.text() for layer in caught.value.layers]


def test_union_of_two_views_of_a_package() -> None:
    resolve = resolve_of("package a:b; interface i { type t = u32; f: func(); }")
    other = resolve_of(
        "package x:y; interface z { type q = string; }",
        "package a:b; interface i { type u = u8; g: func(x: u) -> u; } interface j { use x:y/z.{q}; h: func() -> q; }\n"
        "world w { import j; }",
    )
    remap = merge(resolve, other)
    assert printed(resolve, 0) == flat("""
        package a:b;
        interface i {
        type t = u32;
        type u = u8;
        f: func();
        g: func(x: u) -> u;
        }
        interface j {
        use x:y/z.{q};
        h: func() -> q;
        }
        world w {
        import x:y/z;
        import j;
        }
    """)
    assert remap.packages == [1, 0]
    assert remap.interfaces == [1, 0, 2]
    assert remap.worlds == [0]
    # t, then q, u, and the q that j uses
    assert remap.types == [1, 2, 3]
    assert resolve.types[2].owner == InterfaceOwner(0)
    assert resolve.types[3].owner == InterfaceOwner(2)
    assert resolve.interfaces[1].package == 1
    assert list(resolve.package_names.values()) == [0, 1]


def test_spans_point_into_the_joint_source_map() -> None:
    resolve = resolve_of("package a:b;")
    other = resolve_of("package c:d; interface i { record r { f: u8 } enum e { x } g: func(p: u8); }")
    merge(resolve, other)
    record, enum = resolve.types[0].kind, resolve.types[1].kind
    assert isinstance(record, Record) and isinstance(enum, Enum)
    for span in (
        resolve.interfaces[0].span,
        resolve.types[0].span,
        record.fields[0].span,
        enum.cases[0].span,
        resolve.interfaces[0].functions["g"].params[0].span,
    ):
        assert resolve.source_map.render_location(span).startswith("0.wit:1:")
        assert span[0] > 13


def test_functions_that_differ() -> None:
    def interface(functions: str) -> Resolve:
        return resolve_of(f"package a:b; interface i {{ resource r {{ m: func(); }} {functions} }}")

    into = "f: func(a: u8) -> u8;"
    head = [
        "failed to merge package `a:b` into existing copy",
        "failed to merge interface `i`",
        "mismatch in function `f`",
    ]
    cases = {
        "f: async func(a: u8) -> u8;": ["different function kind types"],
        "f: func(a: u8, b: u8) -> u8;": ["different number of function parameters"],
        "f: func(b: u8) -> u8;": ["different function parameter names: b != a"],
        "f: func(a: u16) -> u8;": ["different function parameter types for `a`", "different kinds of types"],
        "f: func(a: u8) -> r;": ["different function result types", "different kinds of types"],
        "f: func(a: u8);": ["different number of function results"],
    }
    for functions, expected in cases.items():
        assert layers(interface(into), interface(functions)) == head + expected
    # Types of one name count as the same, and so do all types that are no primitives.
    merge(interface("type t = u8; f: func(a: t);"), interface("enum t { a } f: func(a: list<t>);"))


def test_worlds_that_differ() -> None:
    def world(items: str) -> Resolve:
        return resolve_of(f"package a:b; interface i {{}} interface j {{}} world w {{ {items} }}")

    head = ["failed to merge package `a:b` into existing copy", "failed to merge world `w`"]
    cases = {
        ("", "import i;"): ["world contains different number of imports than expected"],
        ("", "export i;"): ["world contains different number of exports than expected"],
        ("import i;", "import j;"): ["import `a:b/j` not found in target world"],
        ("export a: func();", "export b: func();"): ["export `b` not found in target world"],
        ("import a: interface {}", "import a: func();"): [
            "import `a` didn't match target world",
            "world items do not have the same type",
        ],
        ("import a: i;", "import a: j;"): ["import `a` didn't match target world", "interfaces are not the same"],
    }
    for (into, from_), expected in cases.items():
        assert layers(world(into), world(from_)) == head + expected
    merge(world("import a: func();"), world("import a: func(x: u8);"))


def test_stabilities() -> None:
    def package(gate: str) -> Resolve:
        return resolve_of(
            f"package a:b@2.0.0; {gate} interface i {{}} world w {{ {gate} import i; }}", features=("foo",)
        )

    resolve = package("")
    merge(resolve, package("@since(version = 1.0.0)"))
    assert "@since(version = 1.0.0)\ninterface i" in printed(resolve)
    assert "@since(version = 1.0.0)\nimport i" in printed(resolve)
    merge(resolve, package(""))
    assert layers(resolve, package("@unstable(feature = foo)")) == [
        "mismatch in stability from 'Unstable { feature: \"foo\", deprecated: None }' to "
        "'Stable { since: Version { major: 1, minor: 0, patch: 0 }, deprecated: None }'"
    ]


def test_functions_gated_by_a_feature_that_is_off_are_left_out() -> None:
    text = "package a:b; interface i { @unstable(feature = foo) f: func(); g: func(); }"
    resolve = Resolve()
    merge(resolve, resolve_of(text, features=("foo",)))
    assert list(resolve.interfaces[0].functions) == ["g"]


# ------------------------------------------------------------------------------- worlds


def two_worlds(common: str, from_: str, into: str) -> Resolve:
    return resolve_of(f"package a:b; {common} world source {{ {from_} }} world into {{ {into} }}")


def merged(resolve: Resolve) -> CloneMaps:
    maps = CloneMaps()
    merge_worlds(resolve, 0, 1, maps)
    return maps


def refused_worlds(resolve: Resolve) -> list[str]:
    with pytest.raises(WasmToolsError) as caught:
        merged(resolve)
    return [layer.text() for layer in caught.value.layers]


def test_new_items_are_cloned_for_the_world() -> None:
    resolve = two_worlds(
        "interface i { type t = u32; }",
        "import i; use i.{t}; record r { x: t } import f: func(x: r) -> t; import n: interface { type k = u8; } export g: func();",
        "use i.{t}; import h: func();",
    )
    maps = merged(resolve)
    into = resolve.worlds[1]
    assert names(resolve, into.imports) == ["a:b/i", "t", "h", "n", "r", "f"]
    assert names(resolve, into.exports) == ["g"]
    assert resolve.types[id_of(into.imports["r"])].owner == WorldOwner(1)
    # the type that both use is the one of `into`
    f = into.imports["f"]
    assert isinstance(f, Function)
    assert f.result == id_of(into.imports["t"])
    assert maps.types[id_of(resolve.worlds[0].imports["t"])] == id_of(into.imports["t"])
    assert maps.interfaces == {id_of(resolve.worlds[0].imports["n"]): id_of(into.imports["n"])}


def test_worlds_that_can_not_be_merged() -> None:
    assert refused_worlds(two_worlds("", "import a: func();", "import a: interface {}")) == [
        "failed to merge world import a",
        "different kinds of items",
    ]
    assert refused_worlds(two_worlds("", "import a: func();", "import a: func(x: u8);")) == [
        "failed to merge world import a",
        "failed to merge functions",
        "different number of function parameters",
    ]
    assert refused_worlds(
        two_worlds("", "export a: interface { f: func(); }", "export a: interface { f: func() -> u8; }")
    ) == [
        "failed to merge world export a",
        "failed to merge interfaces",
        "mismatch in function `f`",
        "different number of function results",
    ]


USES = """
interface a { type t = u32; }
interface b { use a.{t}; }
interface c { use b.{t}; }
"""


def test_exports_that_would_change_what_others_mean() -> None:
    assert refused_worlds(two_worlds(USES, "export b;", "export c;")) == [
        "failed to add export `a:b/b`",
        "export `a:b/c` depends on `a:b/b` previously as an import which will change meaning if `a:b/b` is added as an export",
    ]
    assert refused_worlds(two_worlds(USES + "interface d { use c.{t}; }", "export d;", "export a;")) == [
        "failed to add export `a:b/d`",
        "failed validating export of `a:b/d`",
        "failed validating transitive import dep `a:b/c`",
        "failed validating transitive import dep `a:b/b`",
        "world exports `a:b/a` but it's also transitively used by an import which means that this is not valid",
    ]


def test_functions_of_other_names() -> None:
    """No two of these are ever compared, but the refusal stands there."""
    resolve = resolve_of("package a:b; interface i { f: func(); g: func(); }")
    f, g = resolve.interfaces[0].functions.values()
    with pytest.raises(WasmToolsError) as caught:
        compare_functions(f, g)
    assert [layer.text() for layer in caught.value.layers] == ["different function names `f` and `g`"]
