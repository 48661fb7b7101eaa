"""`changes/wit.py`: what differs between worlds and packages, told as WIT; `changes/compatible.py`: whether one fits."""

from __future__ import annotations

import pytest
from change_pairs import WIT, replaced, wit

from pywasmtools.changes.compatible import fits
from pywasmtools.changes.model import Change
from pywasmtools.changes.wit import package_changes, world_changes


def lines(changes: list[Change], indent: str = "") -> list[str]:
    """Changes as lines: a sign, the sort and name, and how it is told on both sides."""
    found = []
    for change in changes:
        sign = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
        told = [" ".join(text.split()) for text in (change.before, change.after) if text is not None]
        found.append(f"{indent}{sign} {change.what} {change.name} | {' → '.join(told)}")
        found += lines(change.parts, indent + "  ")
    return found


def packages(before: str, after: str) -> list[str]:
    one, two = wit(before), wit(after)
    return lines(package_changes(one.resolve, one.package, two.resolve, two.package))


def worlds(before: str, after: str, name: str = "w") -> list[str]:
    one, two = wit(before), wit(after)
    first, second = (found.resolve.packages[found.package].worlds[name] for found in (one, two))
    return lines(world_changes(one.resolve, first, two.resolve, second))


def verdict(before: str, after: str) -> tuple[bool | None, str]:
    """Whether a component of the first's one world is taken for one of the second's."""
    one, two = wit(before), wit(after)
    found = fits(one.resolve, 0, two.resolve, 0)
    return found.fits, found.why


# ------------------------------------------------------------------------------- packages


def test_docs_stability_and_layout_are_no_difference() -> None:
    after = replaced(
        WIT, ("/// Docs are no difference.", "/// Others.\n  @since(version = 1.0.0)"), ("; open", ";\n\n open")
    )
    assert packages(WIT, after) == []


def test_functions_and_types_of_an_interface() -> None:
    after = replaced(
        WIT,
        ("warn }", "warn, error }"),
        ("log: func(text: string)", "log: func(text: string, at: level)"),
        ("read: func() -> list<u8>; ", ""),
        ("open: static", "close: func(); open: static"),
        ("constructor(name: string)", "constructor()"),
    )
    assert packages(WIT, after) == [
        "~ interface host | ",
        "  ~ type level | enum level { info, warn, } → enum level { info, warn, error, }",
        "  ~ function log | log: func(text: string); → log: func(text: string, at: level);",
        "  ~ function file.constructor | constructor(name: string); → constructor();",
        "  - function file.read | read: func() -> list<u8>;",
        "  + function file.close | close: func();",
        "~ world guest | ",
    ]


def test_a_new_version_is_told_once() -> None:
    assert packages(WIT, WIT.replace("1.0.0", "1.1.0")) == [
        "~ package demo:hello@1.0.0 | package demo:hello@1.0.0; → package demo:hello@1.1.0;"
    ]


def test_interfaces_and_worlds_that_come_and_go() -> None:
    before = "package a:b; interface gone { f: func(); } world old { import gone; }"
    after = "package a:b; interface new { g: func(); } world young { import new; }"
    assert packages(before, after) == [
        "- interface gone | interface gone { f: func(); }",
        "+ interface new | interface new { g: func(); }",
        "- world old | world old { import gone; }",
        "+ world young | world young { import new; }",
    ]


def test_what_changed_in_another_package_is_told_in_the_world() -> None:
    text = "package a:b; world w { import c:d/i; } package c:d { interface i { f: func(); } }"
    assert packages(text, text.replace("f: func()", "f: func() -> u8")) == [
        "~ world w | ",
        "  ~ import c:d/i | import c:d/i; → import c:d/i;",
        "    ~ function f | f: func(); → f: func() -> u8;",
    ]


def test_getters_setters_and_external_ids() -> None:
    before = "package a:b; interface i { f: func(); }"
    assert packages(before, before.replace("f:", '@external-id("x") f:')) == [
        "~ interface i | ",
        '  ~ function f | f: func(); → @external-id("x") f: func();',
    ]


# ------------------------------------------------------------------------------- worlds


def test_imports_and_exports_of_all_kinds() -> None:
    before = """package a:b; interface i { type t = u8; }
    world w { use i.{t}; type u = u32; import f: func(a: u); import in: interface { g: func(); } export i; export k: func(); }"""
    after = """package a:b; interface i { type t = u8; }
    world w { type u = u64; import f: func(a: u); import in: interface { g: func() -> u; } export k: func() -> u8;
      export x: interface { h: func(); } }"""
    assert worlds(before, after.replace("-> u;", "-> u64;")) == [
        "~ import in | import in: interface → import in: interface",
        "  ~ function g | g: func(); → g: func() -> u64;",
        "- import a:b/i | import a:b/i;",
        "- import t | use a:b/i.{t};",
        "~ import u | type u = u32; → type u = u64;",
        "~ export k | export k: func(); → export k: func() -> u8;",
        "- export a:b/i | export a:b/i;",
        "+ export x | export x: interface { h: func(); }",
    ]


def test_an_interface_of_another_version() -> None:
    text = "package a:b; world w { import c:d/i@0.2.0; import c:d/j@0.2.0; } package c:d@0.2.0 { interface i { f: func(); } interface j { use i.{}; } }"
    text = text.replace("use i.{};", "type t = u8;")
    after = text.replace("0.2.0", "0.2.3").replace("f: func();", "f: func(); g: func();")
    assert worlds(text, after) == [
        "~ import c:d/i | import c:d/i@0.2.0; → import c:d/i@0.2.3;",
        "  + function g | g: func();",
        "~ import c:d/j | import c:d/j@0.2.0; → import c:d/j@0.2.3;",
    ]


def test_an_interface_under_a_name_of_its_own() -> None:
    text = "package a:b; interface i {} interface j {} world w { import x: i; }"
    assert worlds(text, text.replace("x: i", "x: j")) == ["~ import x | import x: a:b/i; → import x: a:b/j;"]


def test_two_versions_of_one_interface() -> None:
    packages_ = "package c:d@0.2.0 { interface i { f: func(); } } package c:d@0.3.0 { interface i { f: func(); } }"
    both = f"package a:b; world w {{ import c:d/i@0.2.0; import c:d/i@0.3.0; }} {packages_}"
    assert worlds(both, both.replace("import c:d/i@0.2.0;", "")) == ["- import c:d/i@0.2.0 | import c:d/i@0.2.0;"]
    assert worlds(both, both) == []


# ------------------------------------------------------------------------------- compatible


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("import f: func();", "import f: func(); import g: func();", True),
        ("import f: func(); import g: func();", "import f: func();", False),
        ("export f: func();", "", True),
        ("", "export f: func();", False),
        ("export f: func();", "export f: func() -> u8;", False),
        ("import i;", "import i;", True),
    ],
)
def test_a_world_fits_where_more_is_imported_or_less_exported(before: str, after: str, expected: bool) -> None:
    text = "package a:b@1.0.0; interface i { f: func(); } world w { %s }"
    found, why = verdict(text % before, text % after)
    assert found is expected
    assert bool(why) is not expected


def test_an_interface_without_functions_is_nothing_that_a_component_uses() -> None:
    """As `component semver-check` has it, which makes a component for the world."""
    text = "package a:b; interface i { type t = u8; } world w { import i; } world v {}"
    found = wit(text)
    assert fits(found.resolve, 0, found.resolve, 1).fits is False
    assert fits(found.resolve, 0, found.resolve, 1, True).fits is True
    changes = package_changes(found.resolve, 0, wit(text.replace("import i;", "")).resolve, 0)
    assert lines(changes) == ["~ world w | ", "  - import a:b/i | import a:b/i;"]
    assert changes[0].verdict is not None and changes[0].verdict.fits is True


def test_why_it_does_not_fit() -> None:
    text = "package a:b; world w { import f: func(); }"
    assert verdict(text, "package a:b; world w { }") == (False, "missing import named `f`")
    other = "package a:b; world w { import f: func(x: u8); }"
    assert verdict(text, other) == (
        False,
        "type mismatch for import `f`: expected 0 parameters, found 1",
    )


def test_compatible_versions_stand_for_each_other() -> None:
    text = "package a:b; world w { import c:d/i@0.2.0; } package c:d@0.2.0 { interface i { f: func(); } }"
    newer = text.replace("0.2.0", "0.2.3").replace("f: func();", "f: func(); g: func();")
    assert verdict(text, newer) == (True, "")
    assert verdict(newer, text)[0] is False
    assert verdict(text, text.replace("0.2.0", "0.3.0"))[0] is False


def test_a_world_that_has_no_type_is_not_judged() -> None:
    """Two versions of an interface that are taken for one, and are not."""
    text = """package a:b; world w { import c:d/i@0.2.0; import c:d/i@0.2.1; }
    package c:d@0.2.0 { interface i { f: func(); } } package c:d@0.2.1 { interface i { f: func() -> u8; } }"""
    found, why = verdict(text, text)
    assert found is None
    assert "failed to upgrade `c:d/i@0.2.0`" in why


def test_streams_and_async_functions_are_judged_too() -> None:
    text = "package a:b; world w { import f: async func() -> stream<u8>; export g: func() -> future; }"
    assert verdict(text, text) == (True, "")
