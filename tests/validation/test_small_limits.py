"""Limits on what a component or module may have of each kind, made small: the last that is let in, the first that is not.

The real limits, where the reference can be asked, are in `test_limits.py`; here are the items that come in one by one,
of which millions would be needed.
"""

from __future__ import annotations

from types import ModuleType

import pytest

from pywasmtools import WasmToolsError, decode
from pywasmtools.load import wat_to_binary
from pywasmtools.validation.component import state, type_definitions
from pywasmtools.validation.core import index_spaces, module

pytestmark = pytest.mark.skipif(not str(state.__file__).endswith(".py"), reason="compiled modules hold their constants")

SOME = """(core module $m (func (export "f")) (table (export "t") 1 funcref) (memory (export "m") 1)
  (global (export "g") i32 (i32.const 0)) (tag (export "x"))) (core instance $i (instantiate $m))"""

CORE = "MAX_CORE_INDEX_SPACE_ITEMS"
HERE = [
    (type_definitions, "MAX_WASM_FUNCTIONS", "functions", SOME, '(alias core export $i "f" (core func))'),
    (type_definitions, CORE, "tables", SOME, '(alias core export $i "t" (core table))'),
    (type_definitions, CORE, "memories", SOME, '(alias core export $i "m" (core memory))'),
    (type_definitions, CORE, "globals", SOME, '(alias core export $i "g" (core global))'),
    (type_definitions, CORE, "tags", SOME, '(alias core export $i "x" (core tag))'),
    (state, "MAX_WASM_FUNCTIONS", "functions", "", '(import "f{}" (func (type 0)))'),
    (state, "MAX_WASM_INSTANCES", "instances", "", '(import "f{}" (instance (type 1)))'),
    (state, "MAX_WASM_COMPONENTS", "components", "", '(import "f{}" (component (type 2)))'),
    (state, "MAX_WASM_MODULES", "modules", "", '(import "f{}" (core module (type 0)))'),
    (state, "MAX_WASM_VALUES", "values", "", '(import "f{}" (value u8))'),
]
TYPES = "(type (func)) (type (instance)) (type (component)) (core type (module))"

INSIDE = [
    (index_spaces, "MAX_WASM_FUNCTIONS", "functions", '(import "" "f{}" (func (type 0)))'),
    (index_spaces, "MAX_WASM_TABLES", "tables", '(import "" "f{}" (table 1 funcref))'),
    (index_spaces, "MAX_WASM_MEMORIES", "memories", '(import "" "f{}" (memory 1))'),
    (index_spaces, "MAX_WASM_GLOBALS", "globals", '(import "" "f{}" (global i32))'),
    (index_spaces, "MAX_WASM_TAGS", "tags", '(import "" "f{}" (tag (type 0)))'),
]


def refusal(text: str) -> str:
    """The innermost cause without its place; nothing where it is valid."""
    try:
        decode(wat_to_binary(text.encode(), "in.wat"))
    except WasmToolsError as e:
        return e.layers[-1].message.partition(" (at offset")[0]
    return ""


def check(
    monkeypatch: pytest.MonkeyPatch,
    place: ModuleType,
    constant: str,
    description: str,
    before: str,
    item: str,
    behind: str,
) -> None:
    two, three = (before + " ".join(item.format(k) for k in range(count)) + behind for count in (2, 3))
    assert "exceeds" not in refusal(three)
    monkeypatch.setattr(place, constant, 2)
    assert "exceeds" not in refusal(two)
    assert refusal(three) == f"{description} count exceeds limit of 2"


@pytest.mark.parametrize(("place", "constant", "description", "before", "item"), HERE)
def test_components(
    place: ModuleType, constant: str, description: str, before: str, item: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(monkeypatch, place, constant, description, f"(component {TYPES} {before} ", item, ")")


@pytest.mark.parametrize(("place", "constant", "description", "item"), INSIDE)
def test_modules(
    place: ModuleType, constant: str, description: str, item: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(monkeypatch, place, constant, description, "(component (core module (type (func)) ", item, "))")


def test_exports_of_an_instance_type(monkeypatch: pytest.MonkeyPatch) -> None:
    before = "(component (type (instance (type (func)) "
    check(monkeypatch, state, "MAX_WASM_EXPORTS", "exports", before, '(export "f{}" (func (type 0)))', ")))")


TYPES_IN = [
    (module, "(component (core module ", "(type (func))", "))"),
    (index_spaces, "(component (core module ", "(rec (type (func)) (type (struct)))", "))"),
    (type_definitions, "(component ", "(core type (func))", ")"),
    (type_definitions, "(component ", "(core rec (type (func)) (type (struct)))", ")"),
    (type_definitions, "(component (type (instance ", "(type u8)", ")))"),
    (type_definitions, "(component (type (component ", "(type u8)", ")))"),
    (index_spaces, "(component (core type (module ", "(type (func))", ")))"),
    (type_definitions, "(component (type u8) (component ", "(alias outer 1 0 (type))", "))"),
    (type_definitions, "(component (core type (func)) (component ", "(alias outer 1 0 (core type))", "))"),
    (
        state,
        '(component (import "i" (instance (export "t" (type (sub resource))))) ',
        '(alias export 0 "t" (type))',
        ")",
    ),
    (state, "(component ", '(import "t{}" (type (sub resource)))', ")"),
    (state, "(component (type (instance ", '(export "t{}" (type (sub resource)))', ")))"),
]


@pytest.mark.parametrize(("place", "before", "item", "behind"), TYPES_IN)
def test_types(place: ModuleType, before: str, item: str, behind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of some small limit, two items keep to it and three don't."""
    two, three = (before + " ".join(item.format(k) for k in range(count)) + behind for count in (2, 3))
    found = []
    for limit in range(1, 9):
        monkeypatch.setattr(place, "MAX_WASM_TYPES", limit)
        text = f"types count exceeds limit of {limit}" if limit > 1 else "multiple types"
        if text == refusal(three) and "exceeds" not in refusal(two):
            found.append(limit)
    assert found


@pytest.mark.parametrize(
    ("constant", "description", "sort"),
    [("MAX_WASM_MODULES", "modules", "core module"), ("MAX_WASM_COMPONENTS", "components", "component")],
)
def test_outer_aliases(constant: str, description: str, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = f"(component ({sort}) (component "
    check(monkeypatch, type_definitions, constant, description, before, f"(alias outer 1 0 ({sort}))", "))")
