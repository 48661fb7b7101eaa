"""Names within one package: what is refused, where, and in which order ids are given.

In the sources, `⟦…⟧` marks the place that the error points at.
"""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import UNKNOWN_SPAN, SourceMap, WasmToolsError
from pywasmtools.wit.model import UnresolvedPackageGroup
from pywasmtools.wit.stability import STABILITY_STABLE, STABILITY_UNSTABLE
from pywasmtools.wit.syntax.resolver import parse_source_map
from pywasmtools.wit.types import BOOL, U8, U32, Alias, Borrow, List, Own, Resource, Unknown


def parse(*files: str) -> UnresolvedPackageGroup:
    """The package of some files, called a.wit, b.wit and so on."""
    source_map = SourceMap()
    for k, text in enumerate(files):
        source_map.push(f"{chr(97 + k)}.wit", text.encode())
    return parse_source_map(source_map)


def assert_refused(marked: str, message: str) -> None:
    """Parsing the source raises `message` at the marked place."""
    text = marked.replace("⟦", "").replace("⟧", "")
    with pytest.raises(WasmToolsError) as caught:
        parse(text)
    (layer,) = caught.value.layers
    assert layer.message == message
    start = len(marked.partition("⟦")[0].encode())
    end = start + len(marked.partition("⟦")[2].partition("⟧")[0].encode())
    assert layer.span == ((start, end) if "⟦" in marked else UNKNOWN_SPAN)


REFUSED = [
    # the package
    ("interface i {}", "no `package` header was found in any WIT file for this package"),
    ("package a:b; package c:d { package ⟦e:f⟧ { } }", "nested packages must be placed at the top-level"),
    # items
    ("package a:b; interface i {} world ⟦i⟧ {}", "duplicate item named `i`"),
    ("package a:b; interface i {} use c:d/i as ⟦i⟧;", "duplicate name `i` in this file"),
    ("package a:b; use ⟦nowhere⟧;", "interface or world `nowhere` does not exist"),
    ("package a:b; interface i { use ⟦j⟧.{t}; }", "interface or world `j` does not exist"),
    ("package a:b; world w { use ⟦j⟧.{t}; }", "interface or world `j` does not exist"),
    ("package a:b; world w { include ⟦v⟧; }", "interface or world `v` does not exist"),
    ("package a:b; @since(version = 1.0.0) ⟦use⟧ c:d/e;", "attributes not allowed on top-level use"),
    # Circles are shown at the definition, where that is in the same file.
    (
        "package a:b; interface i { use j.{t}; } interface ⟦j⟧ { use i.{u}; }",
        "interface or world `j` depends on itself",
    ),
    ("package a:b; world ⟦w⟧ { include w; }", "interface or world `w` depends on itself"),
    ("package a:b; interface i {} world w { include ⟦i⟧; }", "name `i` is defined as an interface, not a world"),
    ("package a:b; world v {} world w { import ⟦v⟧; }", "name `v` is defined as a world, not an interface"),
    ("package a:b; world v { include c:d/w; import c:d/⟦w⟧; }", "name `w` is defined as a world, not an interface"),
    # types
    ("package a:b; interface i { type t = u8; type ⟦t⟧ = u8; }", "name `t` is defined more than once"),
    ("package a:b; interface i { use c:d/e.{t}; type ⟦t⟧ = u8; }", "name `t` is defined more than once"),
    ("package a:b; interface i { type tt = u8; type ⟦t-t⟧ = u8; }", "name `t-t` conflicts with previous name `tt`"),
    ("package a:b; interface i { type t = ⟦u⟧; }", "type `u` does not exist"),
    (
        "package a:b; interface i { type t = list<⟦float32⟧>; }",
        "type `float32` does not exist\nthe `float32` type has been renamed to `f32` and is no longer accepted, "
        "but the `WIT_REQUIRE_F32_F64=0` environment variable can be used to temporarily disable this error",
    ),
    ("package a:b; interface i { f: func(a: ⟦float32⟧); }", "name `float32` does not exist"),
    ("package a:b; interface i { type t = tuple<u8, ⟦t⟧>; }", "type `t` depends on itself"),
    ("package a:b; interface i { type z = ⟦a⟧; type a = list<z>; }", "type `a` depends on itself"),
    ("package a:b; interface i { record ⟦r⟧ {} }", "empty record"),
    ("package a:b; interface i { variant ⟦v⟧ {} }", "empty variant"),
    ("package a:b; interface i { enum ⟦e⟧ {} }", "empty enum"),
    ("package a:b; interface i { flags ⟦f⟧ {} }", "empty flags"),
    ("package a:b; interface i { type t = ⟦tuple⟧<>; }", "empty tuple"),
    ("package a:b; interface i { record r { a: u8, ⟦a⟧: u8 } }", "duplicate field `a`"),
    ("package a:b; interface i { enum e { a-b, ⟦AB⟧ } }", "case `AB` conflicts with previous case `a-b`"),
    (
        "package a:b; interface i { type t = ⟦map⟧<list<u8>, u8>; }",
        "invalid map key type: map keys must be bool, u8, u16, u32, u64, s8, s16, s32, s64, char, or string",
    ),
    (
        "package a:b; interface i { type t = u8; f: func(a: borrow<⟦t⟧>); }",
        "type `t` used in a handle must be a resource",
    ),
    ("package a:b; interface i { f: func(); g: func(a: ⟦f⟧); }", "cannot use function `f` as a type"),
    ("package a:b; interface i { f: func(); } interface j { use i.{⟦f⟧}; }", "cannot import function `f`"),
    ("package a:b; interface i { } interface j { use i.{⟦t⟧}; }", "name `t` does not exist"),
    # functions
    ("package a:b; interface i { f: func(a: u8, ⟦A⟧: u8); }", "param `A` is defined more than once"),
    ("package a:b; interface i { resource r { f: func(⟦self⟧: u8); } }", "param `self` is defined more than once"),
    ("package a:b; interface i { f: func(); ⟦f⟧: func(); }", "duplicate name `f`"),
    ("package a:b; interface i { type f = u8; ⟦f⟧: func(); }", "duplicate name `f`"),
    ("package a:b; interface i { resource r { ⟦r⟧: func(); } }", "name `[method]r.r` conflicts with previous name `r`"),
    ("package a:b; interface i { a: get(⟦x⟧: u8) -> u8; }", "getters cannot have parameters"),
    ("package a:b; interface i { a: ⟦get⟧(); }", "getters must return a value"),
    ("package a:b; interface i { a: ⟦set⟧(); }", "setters must have exactly one parameter"),
    ("package a:b; interface i { a: set(x: u8, ⟦y⟧: u8); }", "setters must have exactly one parameter"),
    ("package a:b; interface i { ⟦a⟧: set(x: u8); }", "setter `[set]a` has no corresponding getter `[get]a`"),
    (
        "package a:b; interface i { a: get() -> u8; a: set(x: u8) -> ⟦result⟧<u8>; }",
        "if a setter return type is declared it must be a `result` with no `ok` type",
    ),
    (
        "package a:b; interface i { resource r { constructor() -> ⟦u8⟧; } }",
        "if a constructor return type is declared it must be a `result`",
    ),
    (
        "package a:b; interface i { resource r { constructor() -> result<⟦u8⟧>; } }",
        "the `ok` type must be the resource being constructed",
    ),
    (
        "package a:b; interface i { resource r { constructor() -> ⟦result⟧; } }",
        "the `ok` type must be the resource being constructed",
    ),
    # worlds
    ("package a:b; interface i {} world w { import i; import ⟦i⟧; }", "interface cannot be imported more than once"),
    ("package a:b; interface i {} world w { export i; export ⟦i⟧; }", "interface cannot be exported more than once"),
    (
        "package a:b; world w { import a: func(); import ⟦a⟧: interface {} }",
        "import `a` conflicts with prior func of same name",
    ),
    ("package a:b; world w { type a = u8; import ⟦a⟧: func(); }", "import `a` conflicts with prior type of same name"),
    ("package a:b; world w { import a: func(); import ⟦A⟧: func(); }", "name `A` conflicts with previous name `a`"),
    # attributes
    (
        "package a:b; @since(version = 1.0.0) @⟦since⟧(version = 1.0.0) interface i {}",
        "cannot specify @since twice",
    ),
    (
        "package a:b; @unstable(feature = x) @⟦since⟧(version = 1.0.0) interface i {}",
        "cannot specify both @since and @unstable",
    ),
    (
        "package a:b; @⟦deprecated⟧(version = 1.0.0) interface i {}",
        "cannot specify both @deprecated without @since or @unstable",
    ),
    (
        'package a:b; interface i { @external-id("x") @⟦external-id⟧("y") f: func(); }',
        "cannot specify @external-id twice",
    ),
]


@pytest.mark.parametrize(("source", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_refused(source: str, message: str) -> None:
    assert_refused(source, message)


def test_first_of_several_mistakes() -> None:
    # Duplicate items precede everything, circles of interfaces precede their types.
    assert_refused("package a:b; interface i { type t = u; } interface ⟦i⟧ {}", "duplicate item named `i`")
    assert_refused(
        "package a:b; interface k { type t = u; } interface ⟦i⟧ { use i.{t}; }",
        "interface or world `i` depends on itself",
    )
    # All types of an interface precede its functions, and interfaces precede worlds.
    assert_refused(
        "package a:b; world w { type t = u; } interface i { f: func(a: v); type t = ⟦u⟧; }", "type `u` does not exist"
    )


def test_flags_limit() -> None:
    members = ", ".join([f"m{k}" for k in range(32)])
    parse(f"package a:b; interface i {{ flags f {{ {members} }} }}")
    assert_refused(
        f"package a:b; interface i {{ flags f {{ {members}, ⟦one-more⟧, m0 }} }}", "cannot have more than 32 flags"
    )


def test_files_of_different_packages() -> None:
    with pytest.raises(WasmToolsError) as caught:
        parse("package a:b;", "package a:c;")
    assert caught.value.layers[0].message == ("package identifier `a:c` does not match previous package name of `a:b`")
    assert caught.value.layers[0].span == (21, 24)


def test_docs_on_two_package_items() -> None:
    with pytest.raises(WasmToolsError, match="found doc comments on multiple 'package' items"):
        parse("/// one\npackage a:b;", "/// two\npackage a:b;")


def test_files_share_items_but_not_uses() -> None:
    parse("package a:b; interface i { type t = u8; }", "interface j { use i.{t}; }")
    with pytest.raises(WasmToolsError, match="interface or world `k` does not exist"):
        parse("package a:b; interface i { type t = u8; } use i as k;", "interface j { use k.{t}; }")


def test_files_are_taken_by_path() -> None:
    source_map = SourceMap()
    source_map.push("z.wit", b"package a:b; interface last {}")
    source_map.push("a.wit", b"interface first {}")
    package = parse_source_map(source_map).main
    assert [i.name for i in package.interfaces] == ["first", "last"]


def test_nested_packages_stand_apart() -> None:
    group = parse("package a:b; package c:d@1.0.0 { interface i {} } interface i {}")
    assert [str(p.name) for p in group.nested] == ["c:d@1.0.0"]
    assert str(group.main.name) == "a:b"


def test_interfaces_are_numbered_foreign_first_then_by_need() -> None:
    package = parse(
        "package a:b; interface i { use j.{t}; } interface j { type t = u8; }"
        " world w { import x:y/z; import k: interface { use x:y/v.{u}; } }"
    ).main
    assert [i.name for i in package.interfaces] == [None, None, "j", "i", None]
    assert [w.name for w in package.worlds] == ["w"]
    (items,) = package.foreign_deps.values()
    # Imports come in their order, uses in them too.
    assert [(name, is_world, id_) for name, (is_world, id_, _) in items.items()] == [("z", False, 0), ("v", False, 1)]


def test_types_are_numbered_foreign_first_then_by_need() -> None:
    package = parse("package a:b; interface i { type z = list<y>; type y = u32; use c:d/e.{x as w}; }").main
    assert [t.name for t in package.types] == ["x", "w", "y", "z"]
    kinds = [t.kind for t in package.types]
    assert isinstance(kinds[0], Unknown)
    assert kinds[1:] == [Alias(0), Alias(U32), List(2)]
    assert list(package.interfaces[1].types) == ["w", "y", "z"]


def test_anonymous_types_are_shared() -> None:
    package = parse("package a:b; interface i { f: func(a: list<u8>, b: list<u8>) -> tuple<list<u8>, bool>; }").main
    assert len(package.types) == 2
    function = package.interfaces[0].functions["f"]
    assert [p.type for p in function.params] == [0, 0]
    assert function.result == 1
    assert package.types[1].kind.key() == ("tuple", 0, BOOL)


def test_own_is_the_resource_itself_until_packages_are_put_together() -> None:
    package = parse(
        "package a:b; interface i { resource r; type o = own<r>; f: func(a: own<r>, b: borrow<r>, c: r); }"
    ).main
    assert [t.kind for t in package.types] == [Resource(), Own(0), Borrow(0)]
    assert [p.type for p in package.interfaces[0].functions["f"].params] == [0, 2, 0]


def test_methods_take_self() -> None:
    package = parse("package a:b; interface i { resource r { constructor(); m: func(); s: static func(); } }").main
    functions = package.interfaces[0].functions
    assert list(functions) == ["[constructor]r", "[method]r.m", "[static]r.s"]
    assert [[p.name for p in f.params] for f in functions.values()] == [[], ["self"], []]
    assert functions["[constructor]r"].result == 0
    assert package.types[1].kind == Borrow(0)


def test_setters_move_behind_their_getters() -> None:
    package = parse(
        "package a:b; interface i { a: set(x: u8); f: func(); b: set(x: u8); a: get() -> u8; b: get() -> u8; }"
    ).main
    assert list(package.interfaces[0].functions) == ["f", "[get]a", "[set]a", "[get]b", "[set]b"]


def test_anonymous_types_are_as_stable_as_what_they_hold() -> None:
    package = parse(
        "package a:b@1.0.0; interface i { @unstable(feature = x) type t = u8; f: func(a: option<list<t>>);"
        " @since(version = 1.0.0) type s = list<list<u8>>; }"
    ).main
    by_name = {t.name: t for t in package.types if t.name}
    option = package.types[int(str(package.interfaces[0].functions["f"].params[0].type))]
    assert option.stability.kind == STABILITY_UNSTABLE
    assert option.stability == by_name["t"].stability
    inner = by_name["s"].kind
    assert isinstance(inner, List) and isinstance(inner.type, int)
    assert package.types[inner.type].stability.kind == STABILITY_STABLE


def test_a_use_after_a_definition_of_its_name_wins() -> None:
    # The reference drops the definition without a word.
    package = parse("package a:b; interface j { type t = u8; } interface i { type t = u32; use j.{t}; }").main
    assert [t.kind for t in package.types] == [Alias(U8), Alias(0)]


def test_first_use_of_a_foreign_type_gives_its_gate() -> None:
    package = parse(
        "package a:b; interface i { @unstable(feature = x) use c:d/e.{t}; } interface j { use c:d/e.{t}; }"
    ).main
    assert package.types[0].stability.feature == "x"
    assert package.unknown_type_spans == [package.types[0].span]


def test_handles_of_foreign_types_are_noted() -> None:
    package = parse("package a:b; interface i { use c:d/e.{r}; type s = r; f: func(a: borrow<s>); }").main
    ((type_, span),) = package.required_resource_types
    assert type_ == 0
    assert span[1] - span[0] == 1


def test_twice_the_same_attribute_on_a_foreign_use() -> None:
    # The reference crashes here.
    assert_refused(
        "package a:b; interface i { @unstable(feature = x) @⟦unstable⟧(feature = x) use c:d/e.{t}; }",
        "cannot specify @unstable twice",
    )


@pytest.mark.parametrize("count", [3000])
def test_long_chains(count: int) -> None:
    aliases = "".join([f"type t{k} = t{k - 1}; " for k in range(count, 0, -1)])
    package = parse(f"package a:b; interface i {{ {aliases} resource t0; g: func(a: borrow<t{count}>); }}").main
    assert len(package.types) == count + 2
    interfaces = "".join([f"interface j{k} {{ use j{k - 1}.{{t}}; }}" for k in range(count, 0, -1)])
    package = parse(f"package a:b; {interfaces} interface j0 {{ type t = u8; }}").main
    assert [i.name for i in package.interfaces[:2]] == ["j0", "j1"]
