"""`include`, as the reference does it."""

from __future__ import annotations

import pytest
from wit_worlds import flat, id_of, names, printed, refusal, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.model import Function, Resolve, WorldOwner
from pywasmtools.wit.transform.push import push_source


def refused(*texts: str) -> list[str]:
    resolve = Resolve()
    with pytest.raises(WasmToolsError) as caught:
        for k, text in enumerate(texts):
            push_source(resolve, f"{k}.wit", text.encode())
    return refusal(resolve, caught.value)


def test_items_are_copied_and_types_get_a_new_owner() -> None:
    resolve = resolve_of(
        "package a:b; interface i { type t = u32; }\n"
        "world a { use i.{t}; record r { x: t, y: list<t> } import f: func(x: r) -> t; export i; }\n"
        "world b { include a; }"
    )
    assert printed(resolve) == flat("""
        package a:b;
        interface i {
        type t = u32;
        }
        world a {
        import i;
        use i.{t};
        record r {
        x: t,
        y: list<t>,
        }
        import f: func(x: r) -> t;
        export i;
        }
        world b {
        import i;
        use i.{t};
        record r {
        x: t,
        y: list<t>,
        }
        import f: func(x: r) -> t;
        export i;
        }
    """)
    owners = [t.owner for t in resolve.types if t.name == "r"]
    assert owners == [WorldOwner(0), WorldOwner(1)]


def test_with_renames_resources_with_their_functions() -> None:
    resolve = resolve_of(
        "package a:b;\n"
        "world a { resource r { constructor(); m: func(); s: static func(); } import r-m: func(x: borrow<r>); }\n"
        "world b { include a with { r as q, r-m as z } }"
    )
    world = resolve.worlds[1]
    assert names(resolve, world.imports) == ["q", "z", "[constructor]q", "[method]q.m", "[static]q.s"]
    for key, item in world.imports.items():
        if isinstance(item, Function):
            assert item.name == key


def test_anonymous_interfaces_are_copied_named_ones_not() -> None:
    resolve = resolve_of(
        "package a:b; interface n {}\n"
        "world a { import i: interface { type t = u32; f: func() -> t; } import n; } world b { include a; }"
    )
    a, b = resolve.worlds
    assert id_of(a.imports["i"]) != id_of(b.imports["i"])
    assert resolve.interfaces[id_of(b.imports["i"])].clone_of == id_of(a.imports["i"])
    named = next(k for k in a.imports if isinstance(k, int))
    assert named in b.imports


def test_unknown_rename() -> None:
    assert refused("package a:b; world a { import f: func(); }\nworld b { include a with { g as h } }") == [
        "no import or export kebab-name `g`. Note that an ID does not support renaming\n"
        "     --> 0.wit:2:19\n"
        "      |\n"
        "    2 | world b { include a with { g as h } }\n"
        "      |                   ^"
    ]


def test_shadowing() -> None:
    assert refused("package a:b; world a { import f: func(); }\nworld b { include a; import f: func(); }") == [
        "import of `f` shadows previously imported items\n"
        "     --> 0.wit:2:19\n"
        "      |\n"
        "    2 | world b { include a; import f: func(); }\n"
        "      |                   ^"
    ]


def test_names_that_differ_only_in_case_and_hyphens() -> None:
    message = refused("package a:b; world a { export a-b: func(); }\nworld b { include a; export AB: func(); }")
    assert message == ["export `a-b` in world `b` conflicts with export `AB` (names must be strongly unique)"]


def test_setter_without_getter() -> None:
    # The getter may come by `include`.
    resolve = resolve_of(
        "package a:b; world a { import x: get() -> u32; } world b { import x: set(v: u32); include a; }"
    )
    assert names(resolve, resolve.worlds[1].imports) == ["[get]x", "[set]x"]
    assert refused("package a:b;\nworld b { import x: set(v: u32); }") == [
        "import `[set]x` in world `b` has no corresponding getter `[get]x`\n"
        "     --> 0.wit:2:18\n"
        "      |\n"
        "    2 | world b { import x: set(v: u32); }\n"
        "      |                  ^"
    ]


def test_stability_of_another_package_is_dropped() -> None:
    resolve = resolve_of(
        "package a:b@1.0.0; interface i {} world a { @since(version = 1.0.0) import i; }",
        "package c:d; world b { include a:b/a@1.0.0; }",
    )
    assert "@since" not in printed(resolve, 1)
