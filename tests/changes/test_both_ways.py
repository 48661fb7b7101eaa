"""What differs between two binaries or worlds is the same from either side: added is removed, before is after."""

from __future__ import annotations

import itertools

import pytest
from change_pairs import WIT, component, module, wit

from pywasmtools.api import add_metadata, component_embed, parse_wat
from pywasmtools.changes.binary import compare
from pywasmtools.changes.model import Change, Part
from pywasmtools.changes.wit import package_changes
from pywasmtools.wasm.writer import custom_section

OTHER_SIDE = {"added": "removed", "removed": "added", "changed": "changed"}
LISTS = ("world", "imports", "exports", "producers", "names", "sections", "definitions", "code", "data")


def told(change: Change, turned: bool) -> tuple[object, ...]:
    """A change as it is told, or as it should be told from the other side. Of a changed thing the first side has the name."""
    kind, name = change.kind, "" if change.kind == "changed" else change.name
    texts, sizes = [change.before, change.after], [change.size_before, change.size_after]
    if turned:
        kind, sizes = OTHER_SIDE[kind], sizes[::-1]
        if not (change.after or "").startswith("differs from byte"):  # which is told on the second side alone
            texts.reverse()
    return (kind, change.what, name, *texts, *sizes, sorted([told(part, turned) for part in change.parts], key=repr))


def all_told(part: Part, turned: bool = False) -> list[object]:
    """All that a part has, whatever the order."""
    lists = [sorted([told(change, turned) for change in getattr(part, name)], key=repr) for name in LISTS]
    sizes = (part.size_after, part.size_before) if turned else (part.size_before, part.size_after)
    change = OTHER_SIDE.get(part.change, part.change) if turned else part.change
    kind = " → ".join(reversed(part.kind.split(" → "))) if turned else part.kind
    inner = sorted([all_told(one, turned) for one in part.parts], key=repr)
    return [kind, change, sizes, part.same, part.renumbered, *lists, inner, len(part.notes)]


def check(one: bytes, two: bytes) -> None:
    assert all_told(compare(two, one)) == all_told(compare(one, two), turned=True)
    assert compare(one, one).change == "same"


# ------------------------------------------------------------------------------- core modules

ITEMS = (
    "(table {} 1 funcref)",
    "(table {} 1 2 externref)",
    "(table {} i64 1 funcref)",
    "(memory {} 1)",
    "(memory {} i64 1 2)",
    "(memory {} 1 2 shared)",
    "(memory {} 1 (pagesize 1))",
    "(global {} i32 {init})",
    "(global {} (mut i32) {init})",
    "(tag {} (param i32))",
    "(tag {})",
    "(func {} (param i32))",
    "(func {} (result i64) {body})",
)
"""An item of each sort: its name, its export or import stands at `{}`."""

TOLD = (
    "(table 1 funcref)",
    "(table 1 2 externref)",
    "(table i64 1 funcref)",
    "(memory 1)",
    "(memory i64 1 2)",
    "(memory 1 2 shared)",
    "(memory 1 (pagesize 0x1))",
    "(global i32{})",
    "(global (mut i32){})",
    "(tag (param i32))",
    "(tag)",
    "(func (param i32))",
    "(func (result i64))",
)
"""How it is told; what a global begins with at `{}`."""


def written(item: str, head: str, init: str = "(i32.const 5)", body: str = "(i64.const 6)") -> str:
    return item.replace("{}", head).replace("{init}", init).replace("{body}", body).replace(" )", ")")


def as_import(item: str, name: str = "f") -> str:
    return f'(import "m" "{name}" {written(item, "", "", "")})'


@pytest.mark.parametrize(("item", "text"), list(zip(ITEMS, TOLD, strict=True)))
def test_an_import_of_each_sort(item: str, text: str) -> None:
    empty, one = module("(module)"), module(f"(module {as_import(item)})")
    [change] = compare(empty, one).imports
    assert (change.kind, change.name, change.before, change.after) == ("added", "m f", None, text.replace("{}", ""))
    check(empty, one)


@pytest.mark.parametrize(("item", "text"), list(zip(ITEMS, TOLD, strict=True)))
def test_an_export_of_each_sort(item: str, text: str) -> None:
    """One that is defined, and one that is imported behind another."""
    bare = text.replace("{}", "")
    other = as_import(item, "other")
    defined, again = written(item, '(export "x")'), written(item, '(export "x") (import "m" "f")', "", "")
    own, imported, without = (module(f"(module {other} {more})") for more in (defined, again, ""))
    assert [(c.name, c.after) for c in compare(without, own).exports] == [("x", bare)]
    assert [(c.name, c.after) for c in compare(without, imported).exports] == [("x", f"{bare}, imported")]
    for one, two in itertools.combinations((own, imported, without), 2):
        check(one, two)


@pytest.mark.parametrize(("item", "text"), list(zip(ITEMS, TOLD, strict=True)))
def test_a_definition_of_each_sort(item: str, text: str) -> None:
    """It has a name, that of its export, or its number, which counts imports."""
    full = text.replace("{}", " (i32.const 5)")
    for head, name in (("$n", "n"), ("", "1")):
        one, two = (module(f"(module {as_import(item)} {more})") for more in ("", written(item, head)))
        part = compare(one, two)
        if item.startswith("(func"):
            assert [(c.name, c.after) for c in part.code] == [(name if head else "func 1", full)]
        else:
            assert [(c.name, c.after) for c in part.definitions] == [(name, full)]
        check(one, two)


SEGMENTS = (
    "(elem (i32.const 0) func $f)",
    "(elem (i32.const 1) func $f)",
    "(elem (i32.const 0) func $f $g)",
    "(elem (i32.const 0) func $g)",
    "(elem func $f)",
    "(elem declare func $f)",
    "(elem funcref (ref.func $f) (ref.null func))",
    "(elem funcref (ref.func $g) (ref.null func))",
    "(elem externref)",
    "(elem func $f) (elem func $g)",
    '(data (i32.const 0) "hello")',
    '(data (i32.const 1) "hello")',
    '(data (i32.const 0) "hallo")',
    '(data (i32.const 0) "hell")',
    '(data (memory 1) (i32.const 0) "hello")',
    '(data "hello")',
    '(data $named "hello") (data "more")',
    '(data $other "hello") (data "more")',
    "(start $f)",
    "(start $g)",
    "",
)
"""Segments and start functions of a module."""


def test_segments_and_start_functions() -> None:
    made = [
        module(f"(module (table 9 funcref) (memory 1) (memory 1) (func $f) (func $g nop) {more})") for more in SEGMENTS
    ]
    for (one, first), (two, second) in itertools.combinations(zip(made, SEGMENTS, strict=True), 2):
        check(one, two)
        part = compare(one, two)
        sorts = {text.split(" ")[0].strip("()") for text in (first, second) if text}
        assert {c.what.removesuffix(" name") for c in [*part.definitions, *part.data, *part.names]} == sorts, (
            first,
            second,
        )


MODULES = (
    "(module)",
    "(module $named (func $f) (func $g (param i32)))",
    "(module $other (func $f nop) (func $h (param i32)))",
    "(module (func) (func (param i32)))",
    '(module (import "a" "b" (func)) (import "a" "b" (func)) (func $f call 0) (func $g call 1))',
    '(module (import "a" "b" (func)) (import "a" "c" (func)) (func $f call 1) (func $g call 0))',
    '(module (func $f (export "x")) (func $g (export "y")))',
    '(module (func $f (export "y")) (func $g (export "x")))',
    '(module (global $a i32 (i32.const 1)) (global $b (export "g") i64 (i64.const 2)))',
    '(module (global $a i32 (i32.const 3)) (global $c (export "h") i64 (i64.const 2)))',
    "(module (memory $m 1) (table $t 1 funcref) (tag $e) (func $f (result i32) i32.const 1))",
    "(module (memory $n 1) (table $u 1 funcref) (tag $i) (func $f (result i32) i32.const 2))",
)


def test_modules_of_all_kinds() -> None:
    made = [module(text) for text in MODULES]
    made += [add_metadata(made[0], name="x", language=[("C", "17")], version="1"), made[0] + custom_section("c", b"12")]
    made += [add_metadata(made[0], name="y", language=[("C", "18")], sdk=[("s", "1")], version="2")]
    for one, two in itertools.combinations(made, 2):
        check(one, two)


# ------------------------------------------------------------------------------- items that there are not

MISSING = ("(func)", "(table)", "(memory)", "(global)", "(tag)")


@pytest.mark.parametrize("kind", range(5))
def test_exports_of_items_that_there_are_not(kind: int) -> None:
    """A module that is not valid is held against another all the same."""
    empty = module("(module)")
    broken = empty + bytes((7, 5, 1, 1)) + b"x" + bytes((kind, 9))
    assert [(c.name, c.after) for c in compare(empty, broken).exports] == [("x", MISSING[kind])]
    check(empty, broken)


def test_types_that_there_are_not() -> None:
    one, two = (module("(module)") + bytes((2, 7, 1, 1)) + b"m" + bytes((1,)) + b"f" + bytes((0, n)) for n in (3, 4))
    assert [(c.before, c.after) for c in compare(one, two).imports] == [("(type 3)", "(type 4)")]
    check(one, two)


# ------------------------------------------------------------------------------- components, and WIT

COMPONENTS = (
    "(component)",
    "(component $c)",
    "(component $d (core module $m (func)))",
    "(component $d (core module $m (func nop)))",
    "(component $d (core module $m (func nop)) (component $in (core module $n (func))))",
    "(component (core module (func)) (core module (func nop)) (component))",
    "(component (core module (func nop)) (component) (core module (func unreachable) (func)))",
    '(component (core module $m (func)) (component $in (import "f" (func))))',
    '(component (import "m" (core module)) (type $t u8))',
    '(component (import "n" (core module)) (type $u u16))',
    '(component (type $t u8) (export "t" (type $t)))',
    '(component (type $t u16) (export "t" (type $t)))',
    '(component (import "f" (func)) (export "g" (func 0)))',
)


def test_components() -> None:
    made = [parse_wat(text) for text in COMPONENTS]
    made += [component(), component((("i32.const 1 i32.add", "i32.const 2 i32.add"),)), module()]
    made += [component_embed(WIT, module()), component_embed(WIT.replace("tick", "tock"), module())]
    for one, two in itertools.combinations(made, 2):
        check(one, two)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a1", "a2", "~a"),
        ("a1", "b1", "~a"),
        ("a1", "b2", "~a"),
        ("a1", "b2 c3", "-a +b +c"),
        ("a1 b2", "c3", "-a -b +c"),
        ("a1 b2", "c3 d4", "-a -b +c +d"),
        ("a1 b2", "b3 c4", "~a ~b"),
        ("a1 b2", "b1 a2", "~a ~b"),
        ("a1 b2 c3", "c3 a1", "-b"),
        ("_1 _2", "_3", "~ -"),
        ("_1", "_2 _3", "~ +"),
        ("a1", "_2", "~a"),
        ("_1", "a2", "~a"),
        ("a1 b2", "_3", "~a -b"),
        ("_1", "a2 b3", "~a +b"),
        ("a1 b2", "_2 b3", "~a ~b"),
        ("_1 _2", "_2 _1", "order"),
        ("a1 A2", "a3 A4", "~a ~A"),
        ("a1 A2", "b3 B4", "~a ~A"),
        ("a1", "A1", "-a +A"),
        ("a1 A2", "B3", "-a ~A"),
        ("A1", "b2 B3", "~A +b"),
    ],
)
def test_what_is_nested_and_its_partner(before: str, after: str, expected: str) -> None:
    """Modules by name and number, components for those in capitals, without a name for `_`."""
    one, two = (_of_nested(text) for text in (before, after))
    signs = {"added": "+", "removed": "-", "changed": "~"}
    part = compare(one, two)
    found = " ".join(f"{signs[inner.change]}{inner.name}" for inner in part.parts)
    if expected == "order":
        assert found == "" and part.change == "changed" and not part.same
    else:
        assert found == expected
    check(one, two)


def _of_nested(text: str) -> bytes:
    """A component of modules and components: `a1` is a module `a` with a function that has a 1 in it."""
    parts = []
    for word in text.split():
        name, number = word[0], word[1]
        head = "" if name == "_" else f"${name}"
        code = f"(func (result i32) i32.const {number})"
        parts.append(
            f"(component {head} (core module $in {code}))" if name.isupper() else f"(core module {head} {code})"
        )
    return parse_wat(f"(component {' '.join(parts)})")


PACKAGES = (
    "package a:b; world w {}",
    "package a:b; interface i { f: func(); } world w { import i; }",
    "package a:b; interface i { f: func() -> u8; type t = u8; } world w { export i; }",
    "package a:b; interface i { f: func() -> u8; type t = u16; } interface j { use i.{t}; } world w { import j; }",
    "package a:b@1.0.0; interface i { resource r { constructor(); m: func(); s: static func(); } } world w { import i; }",
    "package a:b@2.0.0; interface i { resource r { constructor(a: u8); s: func(); } } world v { import i; }",
    "package a:b; interface j { type t = u8; } world w { use j.{t}; import f: func(a: t); export x: interface { g: func(); } }",
    "package a:b; interface j { type t = u8; } world w { use j.{t as u}; export f: func(a: u); export x: interface {} }",
    "package a:b; world w { import c:d/i@0.2.0; } package c:d@0.2.0 { interface i { f: func(); } }",
    "package a:b; world w { import c:d/i@0.2.1; } package c:d@0.2.1 { interface i { f: func(); g: func(); } }",
)


def items(changes: list[Change], turned: bool) -> list[object]:
    """All but the name of the package, which stands under that of the first."""
    return sorted([told(change, turned) for change in changes if change.what != "package"], key=repr)


def test_packages_of_wit() -> None:
    found = [wit(text) for text in PACKAGES]
    for one, two in itertools.combinations(found, 2):
        there = package_changes(one.resolve, one.package, two.resolve, two.package)
        back = package_changes(two.resolve, two.package, one.resolve, one.package)
        assert items(back, False) == items(there, True)
        assert there
        assert [(c.before, c.after) for c in there if c.what == "package"] == [
            (c.after, c.before) for c in back if c.what == "package"
        ]
    for one in found:
        assert package_changes(one.resolve, one.package, one.resolve, one.package) == []


def test_imports_of_one_name() -> None:
    """They are told by the how manieth it is."""
    one = '(import "m" "f" (func))'
    [found] = [compare(module("(module)"), module(f"(module {one * 4})"))]
    assert [change.name for change in found.imports] == ["m f", "m f #2", "m f #3", "m f #4"]
    check(module(f"(module {one * 2})"), module(f"(module {one * 4})"))
    other = '(import "m" "f" (func (param i32)))'
    part = compare(module(f"(module {one * 3})"), module(f"(module {one}{other}{one})"))
    assert [(c.name, c.before, c.after) for c in part.imports] == [("m f #2", "(func)", "(func (param i32))")]


def test_the_words_of_what_wit_has_none_for() -> None:
    """Imports and exports of a component by the nouns of their sorts, where no world can be told."""
    text = '(component (import "m" (core module)) (import "{0}" (func)) (type u8) (export "{0}2" (func 0)) (component (export "a" (func 9))))'
    part = compare(parse_wat(text.format("f")), parse_wat(text.format("g")))
    told_ = [(c.kind, c.what, c.name, c.before, c.after) for c in (*part.imports, *part.exports)]
    assert told_ == [
        ("removed", "import", "f", "func", None),
        ("added", "import", "g", None, "func"),
        ("removed", "export", "f2", "func", None),
        ("added", "export", "g2", None, "func"),
    ]
    assert len(part.notes) == 2 and part.world == [] and part.verdict is None


def test_texts_of_several_lines() -> None:
    """As they stand in WIT, one after the other, with nothing before and behind them."""
    before = "package a:b; interface i { f: func(); }"
    after = """package a:b; interface i { f: func(); }
    interface j { record r { a: u8 } enum e { x } f: func(); g: func(a: r); }
    world w { import i; type t = u8; import f: func(); export n: interface { f: func(); } }"""
    one, two = wit(before), wit(after)
    texts = [change.after for change in package_changes(one.resolve, one.package, two.resolve, two.package)]
    assert texts == [
        "interface j {\n  record r {\n    a: u8,\n  }\n\n  enum e {\n    x,\n  }\n\n  f: func();\n\n  g: func(a: r);\n}",
        "world w {\n  import i;\n\n  type t = u8;\n  import f: func();\n\n  export n: interface {\n    f: func();\n  }\n}",
    ]
    world = "package a:b; interface i {} world w { import f: func(); export n: interface { type t = u8; f: func(); } export i; }"
    three, four = wit("package a:b; world w {}"), wit(world)
    [change] = [c for c in package_changes(three.resolve, 0, four.resolve, 0) if c.what == "world"]
    assert [part.after for part in change.parts] == [
        "import f: func();",
        "export n: interface {\n  type t = u8;\n\n  f: func();\n}",
        "export a:b/i;",
    ]
