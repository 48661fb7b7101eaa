"""Packages put together: how they find each other, what gates leave out, what resources become."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import SourceMap, WasmToolsError
from pywasmtools.wit.model import InterfaceItem, InterfaceOwner, Resolve
from pywasmtools.wit.transform.push import parse_into, push_group, push_groups, push_source
from pywasmtools.wit.transform.remap import Remap
from pywasmtools.wit.types import U8, Alias, Own, Record, Resource


def load(text: str, *deps: str, features: tuple[str, ...] = ()) -> Resolve:
    """A package main.wit and the packages that it needs, called 0.wit, 1.wit and so on."""
    resolve = Resolve(features)
    texts = [("main.wit", text), *[(f"{k}.wit", dep) for k, dep in enumerate(deps)]]
    groups = []
    for path, contents in texts:
        source_map = SourceMap()
        source_map.push(path, contents.encode())
        groups.append(parse_into(resolve, source_map))
    push_groups(resolve, groups[0], groups[1:])
    return resolve


def refusal(text: str, *deps: str, features: tuple[str, ...] = ()) -> str:
    """The message of the refusal, and the place as `file:line:column`."""
    resolve = Resolve(features)
    groups = []
    texts = [("main.wit", text), *[(f"{k}.wit", dep) for k, dep in enumerate(deps)]]
    for path, contents in texts:
        source_map = SourceMap()
        source_map.push(path, contents.encode())
        groups.append(parse_into(resolve, source_map))
    with pytest.raises(WasmToolsError) as caught:
        push_groups(resolve, groups[0], groups[1:])
    (layer,) = caught.value.layers
    return f"{layer.message} @ {resolve.source_map.render_location(layer.span)}"


def test_packages_come_after_those_they_need() -> None:
    resolve = load(
        "package a:a; world w { import z:z/i; }",
        "package z:z; interface i { use b:b/i.{t}; }",
        "package b:b; interface i { type t = u8; }",
        "package c:c;",
    )
    assert [str(p.name) for p in resolve.packages] == ["b:b", "z:z", "a:a", "c:c"]


def test_packages_are_sorted_by_name_then_version() -> None:
    resolve = load("package a:m;", "package a:b@1.10.0;", "package a:b@1.9.0;", "package a:b;", "package A:c;")
    assert [str(p.name) for p in resolve.packages] == ["A:c", "a:b", "a:b@1.9.0", "a:b@1.10.0", "a:m"]


def test_package_not_found() -> None:
    assert refusal(
        "package a:b;\nworld w { import c:d/i; import e:f/j; export x:y/z; }", "package e:f; interface j {}"
    ) == ("package 'c:d' not found. known packages:\n    e:f\n    a:b @ main.wit:2:18")


def test_interface_world_and_type_not_found() -> None:
    dep = "package c:d; interface i {} world v {}"
    assert (
        refusal("package a:b; world w { import c:d/j; }", dep)
        == "interface 'j' not found in package 'c:d' @ main.wit:1:35"
    )
    assert (
        refusal("package a:b; world w { include c:d/j; }", dep)
        == "world 'j' not found in package 'c:d' @ main.wit:1:36"
    )
    assert (
        refusal("package a:b; world w { use c:d/i.{t}; }", dep) == "type `t` not defined in interface @ main.wit:1:35"
    )


def test_packages_that_need_each_other() -> None:
    assert (
        refusal("package a:b; interface i { use c:d/i.{t}; }", "package c:d; interface i { use a:b/i.{t}; }")
        == "package `c:d` creates a dependency cycle @ main.wit:1:32"
    )
    assert refusal("package a:b; interface i { use a:b/j.{t}; } interface j { type t = u8; }") == (
        "package `a:b` creates a dependency cycle @ main.wit:1:32"
    )


def test_package_defined_twice_shows_both_places() -> None:
    resolve = Resolve()
    source_map = SourceMap()
    source_map.push("a.wit", b"package a:b;\npackage c:d { }\npackage c:d { }")
    with pytest.raises(WasmToolsError) as caught:
        push_group(resolve, parse_into(resolve, source_map))
    assert caught.value.rendered(resolve.source_map) == (
        "package `c:d` is defined in two different locations:\n  * a.wit:3:9\n  * a.wit:2:9"
    )


def test_package_already_there() -> None:
    # The reference crashes here.
    resolve = load("package a:b;")
    with pytest.raises(WasmToolsError, match="package `a:b` is already present"):
        push_source(resolve, "b.wit", b"package a:b;")


def test_errors_of_later_files_point_into_the_grown_source_map() -> None:
    resolve = load("package a:b;")
    with pytest.raises(WasmToolsError) as caught:
        push_source(resolve, "later.wit", b"package c:d;\ninterface i { type t = u; }")
    assert caught.value.rendered(resolve.source_map) == (
        "type `u` does not exist\n"
        "     --> later.wit:2:24\n"
        "      |\n"
        "    2 | interface i { type t = u; }\n"
        "      |                        ^"
    )


# ------------------------------------------------------------------------------- resources


def test_mentions_of_resources_become_one_own_handle() -> None:
    resolve = load("package a:b; interface i { resource r; f: func(a: r, b: own<r>) -> r; record s { x: r } }")
    kinds = [t.kind for t in resolve.types]
    assert isinstance(kinds[0], Resource)
    assert kinds[1] == Own(0)
    assert isinstance(kinds[2], Record)
    assert kinds[2].fields[0].type == 1
    function = resolve.interfaces[0].functions["f"]
    assert [p.type for p in function.params] == [1, 1]
    assert function.result == 1
    assert resolve.types[1].owner is None


def test_an_alias_of_a_resource_stays_an_alias_with_a_handle_of_its_own() -> None:
    resolve = load("package a:b; interface i { resource r; type s = r; f: func(a: r, b: s); }")
    assert [t.kind for t in resolve.types[1:]] == [Alias(0), Own(0), Own(1)]


def test_borrow_in_a_result() -> None:
    message = "function `f` returns a type which contains a `borrow<T>` which is not supported"
    source = (
        "package a:b; interface i { resource r; type b = borrow<r>; record s { x: option<b> } f: func() -> list<s>; }"
    )
    assert refusal(source) == f"{message} @ main.wit:1:86"


def test_handle_of_a_foreign_type_that_is_no_resource() -> None:
    dep = "package c:d; interface i { type t = u8; }"
    assert refusal("package a:b; interface i { use c:d/i.{t}; f: func(a: borrow<t>); }", dep) == (
        "type used in a handle must be a resource @ main.wit:1:61"
    )


@pytest.mark.slow
def test_long_chains() -> None:
    count = 3000
    types = "".join([f"type t{k} = list<t{k - 1}>; " for k in range(1, count)])
    resolve = load(f"package a:b; interface i {{ type t0 = u8; {types} g: func() -> t{count - 1}; }}")
    assert len(resolve.types) == count
    packages = "".join([f"package a:p{k} {{ interface i {{ use a:p{k + 1}/i.{{t}}; }} }}" for k in range(count)])
    resolve = load(f"package a:b; {packages} package a:p{count} {{ interface i {{ type t = u8; }} }}")
    assert str(resolve.packages[1].name) == f"a:p{count}"
    remap = Remap()
    last = len(resolve.types) - 1
    assert resolve.types[remap.base_of(resolve, last)].kind == Alias(U8)


# ------------------------------------------------------------------------------- feature gates


GATED = """package a:b@1.0.0;
interface i {
  @unstable(feature = x)
  type t = u8;
  @unstable(feature = x)
  f: func(a: t);
  @since(version = 1.0.0)
  g: func();
}
@unstable(feature = x)
interface j { }
world w {
  import i;
  @unstable(feature = x)
  import j;
}
"""


def test_gated_items_disappear() -> None:
    resolve = load(GATED)
    assert list(resolve.packages[0].interfaces) == ["i"]
    assert list(resolve.interfaces[0].types) == []
    assert list(resolve.interfaces[0].functions) == ["g"]
    assert list(resolve.worlds[0].imports) == [0]


def test_gated_items_are_there_with_their_feature() -> None:
    for resolve in (load(GATED, features=("x",)),):
        assert list(resolve.packages[0].interfaces) == ["i", "j"]
        assert list(resolve.interfaces[0].functions) == ["f", "g"]
        assert list(resolve.worlds[0].imports) == [0, 1]
    everything = Resolve((), True)
    push_source(everything, "a.wit", GATED.encode())
    assert len(everything.interfaces) == 2


def test_mention_of_what_is_gated() -> None:
    message = "found a reference to a {} which is excluded due to its feature not being activated"
    assert refusal("package a:b; interface i { @unstable(feature = x) type t = u8; f: func(a: t); }") == (
        message.format("type") + " @ main.wit:1:64"
    )
    assert refusal("package a:b; @unstable(feature = x) interface i { } world w { import i; }") == (
        message.format("interface") + " @ main.wit:1:70"
    )
    assert refusal("package a:b; @unstable(feature = x) world v { } world w { include v; }") == (
        message.format("world") + " @ main.wit:1:67"
    )


def test_type_of_a_gated_owner() -> None:
    message = "found a reference to a {0} which is excluded due to its feature not being activated; "
    message += "this type is not gated by a feature but its {0} is"
    assert refusal("package a:b; @unstable(feature = x) interface i { type t = u8; }") == (
        message.format("interface") + " @ main.wit:1:56"
    )
    assert refusal("package a:b; @unstable(feature = x) world w { type t = u8; }") == (
        message.format("world") + " @ main.wit:1:52"
    )


def test_versions_of_gates() -> None:
    assert refusal("package a:b@1.0.0; @since(version = 1.0.1) interface i {}") == (
        "feature gate cannot reference unreleased version 1.0.1 of package [a:b@1.0.0] "
        "(current version 1.0.0) @ main.wit:1:54"
    )
    assert refusal("package a:b; @since(version = 1.0.0) interface i {}") == (
        "package [a:b] contains a feature gate with a version specifier, so it must have a version @ main.wit:1:48"
    )


def test_a_foreign_item_is_needed_only_where_a_gate_is_open() -> None:
    source = "package a:b; world w { @unstable(feature = x) import c:d/i; }"
    assert load(source, "package c:d;").worlds[0].imports == {}
    assert (
        refusal(source, "package c:d;", features=("x",)) == "interface 'i' not found in package 'c:d' @ main.wit:1:58"
    )


# ------------------------------------------------------------------------------- spans and owners


def test_spans_and_owners_of_later_packages() -> None:
    resolve = load("package a:z; interface i { type t = u8; }", "package a:b; interface j { type u = u8; }")
    main = resolve.packages[1]
    assert str(main.name) == "a:z"
    for package in resolve.packages:
        (interface_id,) = package.interfaces.values()
        interface = resolve.interfaces[interface_id]
        (type_id,) = interface.types.values()
        assert resolve.types[type_id].owner == InterfaceOwner(interface_id)
        start, end = resolve.types[type_id].span
        source = resolve.source_map.source_at(start)
        assert source.contents[start - source.offset : end - source.offset].decode() == resolve.types[type_id].name
    assert [s.path for s in resolve.source_map.sources] == ["main.wit", "0.wit"]


def test_imports_are_completed() -> None:
    resolve = load("package a:b; interface i { type t = u8; } interface j { use i.{t}; } world w { import j; }")
    items = list(resolve.worlds[0].imports.items())
    assert [resolve.name_world_key(key) for key, _ in items] == ["a:b/i", "a:b/j"]
    assert all(isinstance(item, InterfaceItem) for _, item in items)
