"""`pywasmtools.explain`: what differs between two inputs, as values to be looked at, printed and written as JSON."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from change_pairs import MODULE, WIT, component, module, replaced
from conftest import ROOT, environment

from pywasmtools import Change, Difference, Verdict, WasmToolsError, component_embed, component_new, explain, parse_wit

NEWER = replaced(
    WIT, ("warn }", "warn, error }"), ("log: func(text: string);", "log: func(text: string, at: level); flush: func();")
)
NO_LOG = (
    ('(import "demo:hello/host@1.0.0" "log" (func $log (param i32 i32)))', ""),
    ("i32.const 0 i32.const 5 call $log", ""),
)
"""The module without its import."""


def test_two_packages() -> None:
    difference = explain(WIT, NEWER)
    assert difference.kind == "wit" and not difference.same and difference.compatible is False
    interface, world = difference.world
    assert (interface.what, interface.name, interface.kind) == ("interface", "host", "changed")
    assert [(part.kind, part.what, part.name) for part in interface.parts] == [
        ("changed", "type", "level"),
        ("changed", "function", "log"),
        ("added", "function", "flush"),
    ]
    assert world.verdict is not None and "type mismatch for import `demo:hello/host@1.0.0`" in world.verdict.why
    assert str(difference).splitlines() == [
        "~ interface host",
        "  ~ enum level { info, warn } → enum level { info, warn, error }",
        "  ~ log: func(text: string); → log: func(text: string, at: level);",
        "  + flush: func();",
        f"~ world guest ({world.verdict})",
    ]


def test_a_component_and_a_package_whose_world_has_another_id() -> None:
    """A package in binary that has others before its own: each side's world is looked up there."""
    text = "package a:b; world w { import c:d/i; export run: func(); } package c:d { world other { import x: func(); } interface i { f: func(); } }"
    resolve = parse_wit(text)
    assert resolve.world("a:b/w").id != 0
    made = component_new(resolve.dummy_module("w"))
    assert explain(resolve, made).same and explain(made, resolve).same
    changed = parse_wit(text.replace("export run: func();", "export run: func(); export more: func();"))
    assert [(c.kind, c.name) for c in explain(made, changed).world] == [("added", "more")]
    assert [(c.kind, c.name) for c in explain(changed, made).world] == [("removed", "more")]


def test_the_same_package() -> None:
    difference = explain(WIT, WIT.replace("/// Docs are no difference.", ""))
    assert difference.same and difference.change == "same" and difference.compatible is True
    assert repr(difference) == "Difference(kind='wit', change='same')"
    assert str(difference) == ""
    assert list(difference.changes()) == []


def test_packages_in_files_and_as_resolve(tmp_path: Path) -> None:
    for name, text in (("old", WIT), ("new", NEWER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "world.wit").write_text(text)
    difference = explain(tmp_path / "old", tmp_path / "new")
    assert difference == explain(parse_wit(WIT), NEWER.encode()) == explain(WIT, NEWER)


def test_gates_are_of_the_features_that_are_on() -> None:
    gated = replaced(WIT, ("log:", "@unstable(feature = x) new: func(); log:"))
    assert explain(WIT, gated).same
    assert [change.name for change in explain(WIT, gated, features=["x"]).world[0].parts] == ["new"]
    assert explain(WIT, gated, all_features=True) == explain(WIT, gated, features=["x"])


def test_worlds_removed_are_not_compatible() -> None:
    less = WIT[: WIT.index("world guest")]
    assert explain(WIT, less).compatible is False
    assert explain(less, WIT).compatible is True


def test_two_components() -> None:
    one, two = component(), component((("i32.const 1 i32.add", "i32.const 2 i32.add"),))
    difference = explain(one, two)
    assert difference.kind == "component" and difference.compatible is True
    assert [part.name for part in difference.walk()] == ["", "main"]
    [main] = difference.parts
    assert main.functions == (Change("changed", "function", "helper", size_before=7, size_after=7),)
    assert str(difference) == "~ module main\n  ~ section code: 3 items (28 bytes)\n  ~ function helper (7 bytes)"
    assert explain(one, one).same


def test_modules_as_text() -> None:
    difference = explain(MODULE, replaced(MODULE, ("i32.const 1 i32.add", "i32.const 2 i32.add")))
    assert [change.name for change in difference.functions] == ["helper"]
    assert repr(difference.functions[0]) == (
        "Change(kind='changed', what='function', name='helper', size_before=7, size_after=7)"
    )
    assert [change.what for change in difference.changes()] == ["section", "function"]


def test_a_component_against_the_world_that_it_was_made_for() -> None:
    difference = explain(component(), WIT)
    assert difference.kind == "wit"
    assert difference.verdict == Verdict(False, "missing import named `tick`")
    assert [str(change) for change in difference.world if change.name == "tick"] == ["+ import tick: func();"]
    embedded = component_embed(WIT, module())
    assert explain(embedded, WIT).same
    with pytest.raises(WasmToolsError, match="no `component-type"):
        explain(module(), WIT)


def test_verdicts() -> None:
    assert bool(Verdict(True)) and not Verdict(False, "x") and not Verdict(None)
    assert str(Verdict(True)) == "compatible"
    assert str(Verdict(False, "that")) == "not compatible: that"
    assert str(Verdict(None, "this")) == "it can't be told whether it is compatible: this"
    assert repr(Verdict(True)) == "Verdict(fits=True)"
    unknown = Difference("wit", world=(Change("changed", "world", "w", verdict=Verdict(None, "x")),))
    assert unknown.compatible is None


def test_json_has_all_of_it() -> None:
    difference = explain(component(), component((('"hello"', '"hallo"'), *NO_LOG)))
    found = difference.to_json()
    assert json.loads(json.dumps(found)) == found
    assert found["compatible"] is True and found["why"] == ""
    name = "demo:hello/host@1.0.0"
    assert found["world"] == [{"kind": "removed", "what": "import", "name": name, "before": f"import {name};"}]
    wit = explain(WIT, NEWER).to_json()
    assert wit["compatible"] is False
    assert wit["world"][1]["compatible"] is False  # type: ignore[index]


def test_copies_and_pickles() -> None:
    difference = explain(WIT, NEWER)
    assert pickle.loads(pickle.dumps(difference)) == copy.deepcopy(difference) == difference
    assert hash(difference) == hash(explain(WIT, NEWER))


@pytest.mark.parametrize(
    ("a", "error", "message"),
    [
        (5, TypeError, "`a` is text"),
        ("world.wit", ValueError, "`a` is a str, so it is text"),
        ("package a:b; interface", WasmToolsError, "expected an identifier"),
        (b"\0asm\1\0\0\0\1", WasmToolsError, "unexpected end"),
        (Path("no-such.wasm"), WasmToolsError, "No such file"),
    ],
)
def test_what_is_refused(a: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        explain(a, WIT)  # type: ignore[arg-type]


def test_the_example(tmp_path: Path) -> None:
    """What changed between two versions of a package, in fifteen lines."""
    example = ROOT / "examples" / "library" / "what_changed.py"
    (tmp_path / "old.wit").write_text(NEWER)
    (tmp_path / "new.wit").write_text(WIT)

    def printed(before: str, after: str) -> str:
        command = [sys.executable, str(example), str(tmp_path / before), str(tmp_path / after)]
        env = environment(PYTHONIOENCODING="utf-8")
        return subprocess.run(command, capture_output=True, encoding="utf-8", env=env, check=True).stdout

    assert printed("old.wit", "new.wit").endswith("gone: flush: func();\n")
    assert printed("old.wit", "old.wit") == "nothing changed\n"
