"""Effective sizes of types: how many of each fit below the limit. What a type is made of is counted with it."""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

TYPES = {
    "a number": ("type u8", 102, 7746),
    "a text": ("type string", 102, 7746),
    "list": ("type (list u8)", 52, 12155),
    "list of fixed length": ("type (list u8 9)", 52, 12155),
    "list of lists": ("type (list $list)", 35, 10841),
    "map": ("type (map u8 string)", 35, 10841),
    "map to lists": ("type (map u8 $list)", 26, 23630),
    "record": ('type (record (field "a" u8) (field "b" $list) (field "c" $list))', 17, 45239),
    "variant": ('type (variant (case "a") (case "b" u8) (case "c" $list))', 26, 23630),
    "variant with nothing": ('type (variant (case "a") (case "b"))', 102, 7746),
    "tuple": ("type (tuple u8 $list)", 26, 23630),
    "flags": ('type (flags "a" "b" "c")', 102, 7746),
    "enum": ('type (enum "a" "b" "c")', 102, 7746),
    "option": ("type (option u8)", 52, 12155),
    "option of a list": ("type (option $list)", 35, 10841),
    "result": ("type (result)", 102, 7746),
    "result, ok": ("type (result $list)", 35, 10841),
    "result, error": ("type (result (error $list))", 35, 10841),
    "result, both": ("type (result u8 (error $list))", 26, 23630),
    "future": ("type (future)", 102, 7746),
    "future of a list": ("type (future $list)", 35, 10841),
    "stream": ("type (stream)", 102, 7746),
    "stream of lists": ("type (stream $list)", 35, 10841),
    "func": ("func (func)", 102, 7746),
    "func of numbers": ('func (func (param "a" u8) (param "b" u8) (result u8))', 26, 23630),
    "func of lists": ('func (func (param "a" $list) (param "b" u8) (result $list))', 17, 45239),
    "async func": ('func (func async (param "a" $list))', 35, 10841),
    "instance": ("instance (instance)", 102, 7746),
    "instance of an instance": (
        'instance (instance (type $i (instance)) (export "a" (instance (type $i))))',
        52,
        12155,
    ),
    "instance of a func": (
        'instance (instance (type $f (func (param "a" u8))) (export "a" (func (type $f))))',
        35,
        10841,
    ),
    "instance of a type": ('instance (instance (type $f (list u8)) (export "a" (type (eq $f))))', 35, 10841),
    "component": ("component (component)", 102, 7746),
    "component with an import": (
        'component (component (type $f (func (param "a" u8))) (import "a" (func (type $f))))',
        35,
        10841,
    ),
    "component with an export": (
        'component (component (type $f (func (param "a" u8))) (export "a" (func (type $f))))',
        35,
        10841,
    ),
    "component with both": (
        'component (component (type $i (instance)) (import "a" (instance (type $i))) (export "a" (instance (type $i))))',
        35,
        10841,
    ),
    "component of components": (
        'component (component (type $i (component)) (import "a" (component (type $i))))',
        52,
        12155,
    ),
    "module": ("core module (module)", 102, 7746),
    "module with a function": (
        'core module (module (type (func (param i32 i64) (result f32))) (import "" "" (func (type 0))))',
        17,
        45239,
    ),
    "module with an export": (
        'core module (module (type (func (param i32 i64) (result f32))) (export "" (func (type 0))))',
        17,
        45239,
    ),
    "module with a tag": (
        'core module (module (type (func (param i32 i64 i32))) (import "" "" (tag (type 0))))',
        17,
        45239,
    ),
    "module with a memory": ('core module (module (import "" "" (memory 1)))', 52, 12155),
    "module with a table": ('core module (module (export "" (table 1 funcref)))', 52, 12155),
    "module with a global": ('core module (module (import "" "" (global i32)) (export "" (global i32)))', 35, 10841),
    "component of a module": (
        'component (component (core type $i (module (export "" (global i32)))) (import "a" (core module (type $i))))',
        35,
        10841,
    ),
}
"""A type, how often it stands in a component, in thousands, and how many functions there is room for beside it."""

EACH = 21
"""Times that a type stands in an instance, which stands as often in another, and that in a third."""

FILLED = 21
"""Functions in an instance that fills what is left, and so on."""


def exports(letter: str, count: int, what: str) -> str:
    return " ".join(f'(export "{letter}{k}" ({what}))' for k in range(count))


def instance(name: str, parts: dict[str, int]) -> str:
    """A type of instances that have so many instances of other types."""
    inner = "".join(f"(alias outer 1 ${part} (type ${part})) " for part in parts)
    return (
        f"(type ${name} (instance {inner}{' '.join(exports(p, n, f'instance (type ${p})') for p, n in parts.items())}))"
    )


def component(text: str, times: int, filled: int) -> str:
    """A component with an instance type that has a type `times` times, by the thousands, and functions beside it."""
    kind, start, rest = text.partition(" (")
    kind, rest = (kind, start[1:] + rest) if start else ("type", kind.removeprefix("type "))
    sort = "core type" if kind == "core module" else "type"
    item = "type (eq $t)" if kind == "type" else f"{kind} (type $t)"
    many, few = divmod(filled, FILLED)
    most, many = divmod(many, FILLED)
    return f"""(component
      (type $list (list u8))
      ({sort} $t {rest})
      (type $some (instance (alias outer 1 $t ({sort} $t)) {exports("a", EACH, item)}))
      {instance("more", {"some": EACH})}
      {instance("dozens", {"more": EACH})}
      (type $func (func))
      (type $one (instance (alias outer 1 $func (type $f)) {exports("f", 1, "func (type $f)")}))
      (type $few (instance (alias outer 1 $func (type $f)) {exports("f", FILLED, "func (type $f)")}))
      {instance("many", {"few": FILLED})}
      {instance("most", {"many": FILLED})}
      {instance("all", {"dozens": times, "most": most // FILLED, "many": most % FILLED, "few": many, "one": few})})"""


@pytest.mark.slow
def test_types(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for name, (text, times, filled) in TYPES.items():
        cases[f"{name}, all that fit"] = component(text, times, filled)
        cases[f"{name}, one more"] = component(text, times, filled + 1)
    assert answers("component wit in.wat", cases) == golden


PARAMS = "(param " + "i32 " * 1000 + ")"
RESULTS = "(result " + "i64 " * 1000 + ")"
IMPORTS = {
    "params": (f"(type $t (func {PARAMS}))", "(func (type $t))"),
    "results": (f"(type $t (func {RESULTS}))", "(func (type $t))"),
    "params and results": (f"(type $t (func {PARAMS} {RESULTS}))", "(func (type $t))"),
    "tags": (f"(type $t (func {PARAMS}))", "(tag (type $t))"),
    "exact": (f"(type $t (func {PARAMS}))", "(func (exact (type $t)))"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", IMPORTS)
def test_imports_and_exports(name: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    type_, item = IMPORTS[name]
    size = 2 + type_.count("i32") + type_.count("i64")
    times, left = divmod(999_998, size)
    cases: dict[str, str | bytes] = {}
    for more in (-1, 0, 1, 2):
        many = "".join(f'(import "" "a{k}" {item}) ' for k in range(times))
        rest = "".join(f'(import "" "g{k}" (global i32)) ' for k in range(left + more - 1))
        cases[f"{more} imports"] = f"(component (core module {type_} {many} {rest} (table 1 funcref)))"
        cases[f"{more} imports, one exported"] = (
            f'(component (core module {type_} {many} {rest} (table 1 funcref) (export "t" (table 0))))'
        )
    assert answers("component wit in.wat", cases) == golden
