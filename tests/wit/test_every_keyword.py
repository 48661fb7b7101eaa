"""Each keyword of WIT as a name, in each place where names are printed; attributes given twice, in each place.

Goldens come from the reference.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked
from syrupy.assertion import SnapshotAssertion

__all__ = ["answers", "asked"]

KEYWORDS = [
    "use",
    "type",
    "func",
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "f32",
    "f64",
    "float32",
    "float64",
    "char",
    "resource",
    "record",
    "flags",
    "variant",
    "enum",
    "bool",
    "string",
    "option",
    "result",
    "future",
    "stream",
    "list",
    "own",
    "borrow",
    "as",
    "from",
    "static",
    "interface",
    "tuple",
    "world",
    "import",
    "export",
    "package",
    "with",
    "include",
    "constructor",
    "error-context",
    "async",
    "map",
    "error",
    "this",
    "unstable",
    "since",
    "feature",
    "version",
    "deprecated",
    "get",
    "set",
    "self",
]

PLACES = """package {name}:{name};
interface {name} {{
  record %{name} {{ {name}: u8 }}
  flags f {{ {name} }}
  variant v {{ {name}(u8) }}
  enum e {{ {name} }}
  resource r {{ {name}: func({name}: u8); }}
  g: func({name}: %{name});
}}
world w {{
  use {name}.{{{name} as {name}-x}};
  import {name}: func();
}}
"""

ITEMS = {
    "interface": "{} interface j {{ }}",
    "type": "interface j {{ {} type t = u8; }}",
    "function": "interface j {{ {} f: func(); }}",
    "record": "interface j {{ {} record r {{ a: u8 }} }}",
    "resource": "interface j {{ {} resource r; }}",
    "method": "interface j {{ resource r {{ {} m: func(); }} }}",
    "constructor": "interface j {{ resource r {{ {} constructor(); }} }}",
    "use": "interface i {{ type t = u8; }} interface j {{ {} use i.{{t}}; }}",
    "world": "{} world w {{ }}",
    "import": "interface i {{ }} world w {{ {} import i; }}",
    "export": "world w {{ {} export f: func(); }}",
    "inline": "world w {{ {} import f: interface {{ }} }}",
    "include": "world v {{ }} world w {{ {} include v; }}",
    "top use": "interface i {{ }} {} use i as k;",
    "nested package": "{} package c:d {{ }}",
    "field": "interface j {{ record r {{ {} a: u8 }} }}",
    "case": "interface j {{ enum e {{ {} a }} }}",
    "parameter": "interface j {{ f: func({} a: u8); }}",
}
ATTRIBUTES = [
    "@since(version = 1.0.0)",
    "@since(version = 1.0.0) @since(version = 1.0.0)",
    "@since(version = 1.0.0) @deprecated(version = 1.0.0)",
    "@deprecated(version = 1.0.0) @since(version = 1.0.0)",
    "@since(version = 1.0.0) @deprecated(version = 1.0.0) @deprecated(version = 1.0.0)",
    "@deprecated(version = 1.0.0)",
    "@unstable(feature = x)",
    "@unstable(feature = x) @unstable(feature = x)",
    "@unstable(feature = x) @deprecated(version = 1.0.0)",
    "@unstable(feature = x) @since(version = 1.0.0)",
    "@since(version = 1.0.0) @unstable(feature = x)",
    '@external-id("a")',
    '@external-id("a") @external-id("a")',
    '@external-id("a") @since(version = 1.0.0)',
    "@since(version = 1.0)",
    "@since(version = 2.0.0)",
    "@since(feature = x)",
    "@since",
    "@since()",
    "@unstable(version = 1.0.0)",
    "@unstable(feature = y)",
    "@unstable(feature = X)",
    "@deprecated(feature = x)",
    "@external-id(a)",
    "@nothing",
    "/// docs\n@since(version = 1.0.0)",
    "@since(version = 1.0.0)\n/// docs\n",
]


def test_keywords_as_names(answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {name: PLACES.format(name="%" + name).replace("%%", "%") for name in KEYWORDS}
    assert answers("component wit in.wit", cases) == golden


def test_keywords_without_the_sign(answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {}
    for name in KEYWORDS:
        cases[f"{name} in an interface"] = f"package a:b; interface i {{ {name}: func(); }}\n"
        cases[f"{name} in a world"] = f"package a:b; world w {{ import {name}: func(); }}\n"
        cases[f"{name} of an interface"] = f"package a:b; interface {name} {{ }}\n"
        cases[f"{name} in a package"] = f"package a:{name};\n"
        cases[f"{name} as a parameter"] = f"package a:b; interface i {{ f: func({name}: u8); }}\n"
        cases[f"{name} as a type"] = f"package a:b; interface i {{ type t = {name}; }}\n"
        cases[f"{name} as a list"] = f"package a:b; interface i {{ type t = {name}<u8>; }}\n"
        cases[f"{name} as an item"] = f"package a:b; interface i {{ {name} x; }}\n"
    assert answers("component wit in.wit", cases) == golden


@pytest.mark.parametrize("item", ITEMS)
def test_attributes(item: str, answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {
        attribute: f"package a:b@1.0.0;\n{ITEMS[item].format(attribute)}\n" for attribute in ATTRIBUTES
    }
    assert answers("component wit --features x in.wit", cases) == golden
