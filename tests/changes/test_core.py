"""`changes/code.py` and `core.py`: functions that are the same ones are found, and what differs in a module is told."""

from __future__ import annotations

import pytest
from change_pairs import MODULE, module, replaced

from pywasmtools.api import strip
from pywasmtools.changes.binary import compare
from pywasmtools.changes.code import plain_name
from pywasmtools.changes.model import Change, Part
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.writer import custom_section


def held(*changes: tuple[str, str], stripped: bool = False) -> Part:
    """The module against itself, changed; without names where `stripped`."""
    one, two = module(), module(MODULE, *changes)
    return compare(strip(one, all=True), strip(two, all=True)) if stripped else compare(one, two)


def told(changes: list[Change]) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(change.kind, change.what, change.name, change.before, change.after) for change in changes]


def names(changes: list[Change]) -> list[str]:
    signs = {"added": "+", "removed": "-", "changed": "~"}
    return [f"{signs[change.kind]}{change.name}" for change in changes]


# ------------------------------------------------------------------------------- functions


def test_one_function_changed() -> None:
    part = held(("i32.const 1 i32.add", "i32.const 2 i32.add"))
    assert names(part.code) == ["~helper"]
    assert (part.code[0].size_before, part.code[0].size_after) == (7, 7)
    assert [change.name for change in part.sections] == ["code"]
    assert not part.renumbered and not part.imports and not part.definitions and not part.data and not part.names


@pytest.mark.parametrize("stripped", [False, True])
def test_a_function_more_changes_no_other(stripped: bool) -> None:
    """All that call across it have other numbers in them."""
    more = "  (func $new (param i64) (result i64) local.get 0)\n  (func $helper"
    part = held(("  (func $helper", more), stripped=stripped)
    assert names(part.code) == ["+func 1" if stripped else "+new"]
    assert part.code[0].after == "(func (param i64) (result i64))"
    assert part.renumbered == 2


@pytest.mark.parametrize("stripped", [False, True])
def test_an_import_more_changes_no_function(stripped: bool) -> None:
    more = '(import "demo:hello/host@1.0.0" "log" (func $log (param i32 i32)))\n(import "a" "b" (func $b))'
    part = held(('(import "demo:hello/host@1.0.0" "log" (func $log (param i32 i32)))', more), stripped=stripped)
    assert part.code == []
    assert told(part.imports) == [("added", "import", "a b", None, "(func)")]
    assert part.renumbered == 2


def test_functions_in_another_order() -> None:
    helper = "  (func $helper (param i32) (result i32) local.get 0 i32.const 1 i32.add)\n"
    part = held((helper, ""), ("  (elem", f"{helper}  (elem"))
    assert part.code == [] and part.renumbered == 2


def test_a_function_that_is_gone_and_one_under_another_name() -> None:
    part = held(("(func $other (result i32) i32.const 3 call $helper)", ""), ("call $other drop", ""))
    assert names(part.code) == ["-other", "~run"]
    assert part.code[0].before == "(func (result i32))"
    part = held(("$other", "$another"))
    assert part.code == []
    assert told(part.names) == [("changed", "func name", "other", "other", "another")]


def test_another_type() -> None:
    part = held(
        ("(func $other (result i32)", "(func $other (result i64)"), ("call $helper)", "call $helper i64.extend_i32_u)")
    )
    part_of = {change.name: change for change in part.code}
    assert part_of["other"].before == "(func (result i32))" and part_of["other"].after == "(func (result i64))"


def test_names_of_rust_without_their_hash() -> None:
    assert plain_name("_ZN4core3fmt5write17h0123456789abcdefE") == "_ZN4core3fmt5write"
    assert plain_name("core::fmt::write::h0123456789abcdef") == "core::fmt::write"
    assert plain_name("core::fmt::write::h0123456789abcdeg") == "core::fmt::write::h0123456789abcdeg"
    assert plain_name("E") == "E"
    before = ("$helper", "$_ZN1a6helper17h0123456789abcdefE")
    after = ("$helper", "$_ZN1a6helper17hfedcba9876543210E")
    change = ("i32.const 1 i32.add", "i32.const 2 i32.add")
    part = compare(module(MODULE, before), module(MODULE, after, change))
    assert names(part.code) == ["~_ZN1a6helper17h0123456789abcdefE"]
    assert part.names == []


def test_two_functions_of_one_name_are_told_by_what_they_do() -> None:
    text = """(module (func (result i32) i32.const 1) (func (result i32) i32.const 2) (func (result i32) i32.const 3)
      (@custom "name" "\\01\\0a\\03\\00\\01f\\01\\01f\\02\\01f"))"""
    part = compare(module(text), module(replaced(text, ("i32.const 2", "i32.const 9"))))
    assert names(part.code) == ["~f"]


def test_the_same_code_in_longer_numbers_is_no_other_code() -> None:
    """A relocatable number of five bytes, as linkers leave it."""
    one = module("(module (func (result i32) i32.const 1))")
    assert one.endswith(b"\x0a\x06\x01\x04\x00\x41\x01\x0b")
    two = one[:-8] + b"\x0a\x0a\x01\x08\x00\x41\x81\x80\x80\x80\x00\x0b"
    part = compare(one, two)
    assert part.code == [] and part.renumbered == 1


def test_types_in_another_order_are_no_other_code() -> None:
    text = "(module (type (func)) (type (func (result i32))) (table 1 funcref) (func (type 1) i32.const 0 call_indirect (type 1)))"
    other = "(module (type (func (result i32))) (type (func)) (table 1 funcref) (func (type 0) i32.const 0 call_indirect (type 0)))"
    part = compare(module(text), module(other))
    assert part.code == [] and part.renumbered == 1


def test_names_and_exports_of_what_there_is_not() -> None:
    wrong = custom_section("name", b"\x01\x04\x01\x63\x01x")
    part = compare(module("(module (func))") + wrong, module("(module (func nop))") + wrong)
    assert names(part.code) == ["~func 0"]


def test_bodies_that_cannot_be_read_are_compared_as_bytes() -> None:
    one = module("(module (func nop))")
    two = one[:-2] + b"\xff\x0b"
    part = compare(one, two)
    assert names(part.code) == ["~func 0"]


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(WasmToolsError):
        compare(module(), module()[:-3])


# ------------------------------------------------------------------------------- the rest of a module


def test_exports() -> None:
    part = held(('(export "run")', '(export "walk")'), ('(export "memory") 1', '(export "memory") 1 2'))
    assert told(part.exports) == [
        ("changed", "export", "memory", "(memory 1)", "(memory 1 2)"),
        ("removed", "export", "run", "(func)", None),
        ("added", "export", "walk", None, "(func)"),
    ]
    assert part.definitions == []  # told already


def test_an_export_that_is_another_function_now() -> None:
    text = '(module (func $a) (func $b) (export "run" (func $a)))'
    part = compare(module(text), module(text.replace("(func $a)))", "(func $b)))")))
    assert told(part.exports) == [("changed", "export", "run", "a", "b")]
    imported = '(module (import "m" "f" (func)) (func) (export "x" (func 0)))'
    part = compare(module(imported), module(imported.replace("(func 0)", "(func 1)")))
    assert told(part.exports) == [("changed", "export", "x", "(func), imported", "(func)")]


@pytest.mark.parametrize("item", ["func", "table 1 funcref", "memory 1", "global i32", "tag"])
def test_an_export_that_is_another_item_now(item: str) -> None:
    """Of the same type, so what it is called is all that can be told: by its name, or by its import."""
    word, _, rest = item.partition(" ")
    init = "i32.const 0" if word == "global" else ""
    named = f"({word} $a {rest} {init}) ({word} $b {rest} {init})"
    imported = f'(import "m" "f" ({word} {rest})) (import "m" "g" ({word} {rest}))'
    for items, one, other in ((named, "a", "b"), (imported, "m f", "m g")):
        text = f'(module {items} (export "x" ({word} %d)) (export "y" ({word} %d)))'
        part = compare(module(text % (0, 1)), module(text % (1, 0)))
        assert told(part.exports) == [("changed", "export", "x", one, other), ("changed", "export", "y", other, one)]


def test_definitions() -> None:
    part = held(("(i32.const 7)", "(i32.const 8)"), ("(table 1 funcref)", "(table 2 4 funcref)"))
    assert told(part.definitions) == [
        ("changed", "table", "0", "(table 1 funcref)", "(table 2 4 funcref)"),
        ("changed", "global", "count", "(global (mut i32) (i32.const 7))", "(global (mut i32) (i32.const 8))"),
    ]
    part = held(("(elem (i32.const 0) func $helper)", "(elem (i32.const 0) func $other) (elem func $run) (start $run)"))
    assert told(part.definitions) == [
        ("added", "start", "start", None, "run"),
        ("changed", "elem", "0", "(active (i32.const 0) funcref, 1 item)", "(active (i32.const 0) funcref, 1 item)"),
        ("added", "elem", "1", None, "(passive funcref, 1 item)"),
    ]


def test_items_of_all_kinds_come_and_go() -> None:
    text = """(module (import "m" "t" (table 1 funcref)) (import "m" "m" (memory i64 1 2 shared)) (import "m" "g" (global i64))
      (import "m" "e" (tag (param i32))) (tag (param i64)) (memory 1 (pagesize 1)) (elem declare func 0) (func) (data "x"))"""
    part = compare(module(text), module("(module)"))
    assert [change.before for change in part.imports] == [
        "(table 1 funcref)",
        "(memory i64 1 2 shared)",
        "(global i64)",
        "(tag (param i32))",
    ]
    assert [change.before for change in part.definitions] == [
        "(memory 1 (pagesize 0x1))",
        "(tag (param i64))",
        "(declared funcref, 1 item)",
    ]
    assert told(part.data) == [("removed", "data", "0", "(passive)", None)]
    back = compare(module("(module)"), module(text))
    assert {change.kind for change in [*back.imports, *back.definitions, *back.data, *back.code]} == {"added"}


def test_data() -> None:
    part = held(("hello", "hallo"))
    assert told(part.data) == [("changed", "data", "0", None, "differs from byte 1 on")]
    part = held(("(data (i32.const 0)", "(data (i32.const 8)"))
    assert told(part.data) == [("changed", "data", "0", "(active (i32.const 0))", "(active (i32.const 8))")]
    part = held(('"hello"', '"hello, you"'))
    assert (part.data[0].size_before, part.data[0].size_after) == (5, 10)
    assert part.data[0].after is None
    part = held(('(data (i32.const 0) "hello")', '(data (i32.const 0) "hello") (data $more "more")'))
    assert told(part.data) == [("added", "data", "more", None, "(passive)")]


def test_the_name_of_the_module() -> None:
    assert told(held(("$main", "$other-main")).names) == [("changed", "name", "main", "main", "other-main")]
    assert told(held(("(module $main", "(module")).names) == [("removed", "name", "main", "main", None)]
