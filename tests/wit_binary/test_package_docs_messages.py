"""`package-docs` sections that are not as they should be: what serde_json and the reference say of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Verdicts
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_wit, parse_wit
from pywasmtools.wasm.writer import custom_section
from pywasmtools.wit_binary import package_docs

WIT = """package a:b@0.2.0;

interface i {
  resource res;
  record rec { x: u8, y: option<rec2> }
  record rec2 { z: list<string>, t: tuple<u8, s64>, u: result<f32, char>, v: borrow<res>, w: own<res> }
  variant var { one, two(bool), three(map<string, u16>) }
  flags fl { a, b }
  enum en { a, b }
  type li = list<u8, 4>;
  type st = stream<u32>;
  type fu = future;
  type al = rec;
  type op = option<error-context>;
  f: func();
}

world w {
  import i;
  import n: interface { g: func(); }
  type t = u8;
  import h: func();
  export o: func();
}
"""

SYNTAX = """

    x
    nul
    nulx
    tru
    falsy
    null
    true
    1
    -1.5e3
    1e999
    01
    1.
    1e
    -
    12345678901234567890123
    "text"
    []
    [1]
    {
    {"
    {"docs
    {"docs"
    {"docs" 1}
    {"docs":
    {"docs":1}
    {"docs":null}
    {"docs":null
    {"docs":null,
    {"docs":null,}
    {"docs":null}}
    {"docs":null} x
    {,}
    {1:2}
    {"docs":"a","docs":"b"}
    {"docs":"\\x"}
    {"docs":"\\u12"}
    {"docs":"\\u00g0"}
    {"docs":"\\ud800"}
    {"docs":"\\ud800\\n"}
    {"docs":"\\ud800\\u0041"}
    {"docs":"\\udc00"}
    {"docs":"\\ud83d\\ude00"}
    {"docs":"\\b\\f\\n\\r\\t\\/\\\\\\""}
    {"docs":"a	b"}
    {"more":null}
    ["a"]
    [null]
    [null,{}]
    [null,{},{}]
    [null,{},{},{}]
"""

VALUES = """
    null
    {"a":1,"a":[{}]}
    "\\ud83d\\ude00"
    1.5e-7
    -0
    123456789012345678901234567890
    [1,-2.5e+3,0.0,{"a":"b\\n","c":[]},{},true,false,null]
    [1,]
    [1 2]
    [
    {"a"}
    {"a":1 "b":2}
    {"a":1,}
    {1:1}
    {}
    [
    "\\q"
    "\\u12"
    "a
    "a\\
    00
    1.x
    1ex
    -x
    +1
    nope
"""
"""Where anything may stand: passed over in a stability, kept for a second look in a function's place."""

SHAPES = """
    {"worlds":[]}
    {"worlds":{"w":[]}}
    {"worlds":{"w":{}}}
    {"worlds":{"x":{}}}
    {"worlds":{"w":{"docs":1}}}
    {"worlds":{"w":{"more":1}}}
    {"worlds":{"w":{"docs":"a","stability":{"unknown":null}}}}
    {"worlds":{"w":{"stability":null}}}
    {"worlds":{"w":{"stability":"unknown"}}}
    {"worlds":{"w":{"stability":"stable"}}}
    {"worlds":{"w":{"stability":"other"}}}
    {"worlds":{"w":{"stability":{"other":1}}}}
    {"worlds":{"w":{"stability":{}}}}
    {"worlds":{"w":{"stability":{"unknown":null,"stable":1}}}}
    {"worlds":{"w":{"stability":{"stable":{}}}}}
    {"worlds":{"w":{"stability":{"stable":{"since":1}}}}}
    {"worlds":{"w":{"stability":{"stable":{"since":"1"}}}}}
    {"worlds":{"w":{"stability":{"stable":{"since":"0.1.0"}}}}}
    {"worlds":{"w":{"stability":{"stable":{"since":"0.1.0","deprecated":null}}}}}
    {"worlds":{"w":{"stability":{"stable":{"since":"0.1.0","deprecated":"x"}}}}}
    {"worlds":{"w":{"stability":{"stable":["0.1.0"]}}}}
    {"worlds":{"w":{"stability":{"stable":["0.1.0",null]}}}}
    {"worlds":{"w":{"stability":{"stable":["0.1.0",null,1]}}}}
    {"worlds":{"w":{"stability":{"stable":"0.1.0"}}}}
    {"worlds":{"w":{"stability":{"unstable":{"feature":"a"}}}}}
    {"worlds":{"w":{"stability":{"unstable":{"feature":"a","since":"1"}}}}}
    {"worlds":{"w":{"stability":{"unstable":{"deprecated":"1.0.0"}}}}}
    {"worlds":{"w":{"funcs":{"h":"text"}}}}
    {"worlds":{"w":{"funcs":{"h":null}}}}
    {"worlds":{"w":{"funcs":{"h":1}}}}
    {"worlds":{"w":{"funcs":{"h":{}}}}}
    {"worlds":{"w":{"funcs":{"h":{"docs":"a"}}}}}
    {"worlds":{"w":{"funcs":{"h":{"docs":1}}}}}
    {"worlds":{"w":{"funcs":{"h":{"docs":"a","more":1}}}}}
    {"worlds":{"w":{"funcs":{"h":{"docs":"a","docs":"b"}}}}}
    {"worlds":{"w":{"funcs":{"h":{"stability":{"stable":{"since":"0.1.0"}}}}}}}
    {"worlds":{"w":{"funcs":{"h":{"stability":{"stable":["0.1.0"]}}}}}}
    {"worlds":{"w":{"funcs":{"h":{"stability":"unknown"}}}}}
    {"worlds":{"w":{"funcs":{"h":{"stability":{"a":1,"b":2}}}}}}
    {"worlds":{"w":{"funcs":{"h":["a"]}}}}
    {"worlds":{"w":{"funcs":{"h":[}}}}
    {"worlds":{"w":{"funcs":{"h":{"docs":[1,{"a":1.5e10}],}}}}}
    {"worlds":{"w":{"funcs":{"h":1.5}}}}
    {"worlds":{"w":{"funcs":{"h":1e400}}}}
    {"worlds":{"w":{"funcs":{"i":"text"}}}}
    {"worlds":{"w":{"func_exports":{"o":"text"}}}}
    {"worlds":{"w":{"func_exports":{"h":"text"}}}}
    {"worlds":{"w":{"interfaces":{"n":{"docs":"a","funcs":{"g":"text"}}}}}}
    {"worlds":{"w":{"interfaces":{"m":{}}}}}
    {"worlds":{"w":{"interface_exports":{"n":{}}}}}
    {"worlds":{"w":{"types":{"t":{"docs":"a"}}}}}
    {"worlds":{"w":{"types":{"u":{"docs":"a"}}}}}
    {"worlds":{"w":{"types":{"t":{"items":{"a":"b"}}}}}}
    {"worlds":{"w":{"interface_import_stability":{"a:b/i@0.2.0":{"stable":{"since":"0.1.0"}}}}}}
    {"worlds":{"w":{"interface_import_stability":{"a:b/i":{"stable":{"since":"0.1.0"}}}}}}
    {"worlds":{"w":{"interface_export_stability":{"a:b/i@0.2.0":{"stable":{"since":"0.1.0"}}}}}}
    {"worlds":{"w":{"interface_import_docs":{"a:b/i@0.2.0":"docs"}}}}
    {"worlds":{"w":{"interface_import_docs":{"a:b/i@0.2.0":1}}}}
    {"worlds":{"w":{"interface_export_docs":{"a:b/i@0.2.0":"docs"}}}}
    {"interfaces":{"j":{}}}
    {"interfaces":{"i":{"docs":"a","stability":{"unstable":{"feature":"x","deprecated":"1.2.3-a+b"}}}}}
    {"interfaces":{"i":{"funcs":{"g":"a"}}}}
    {"interfaces":{"i":{"types":{"none":{}}}}}
    {"interfaces":{"i":{"types":{"rec":{"items":{"x":"a"}}}}}}
    {"interfaces":{"i":{"types":{"rec":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"rec2":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"var":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"fl":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"en":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"en":{"items":["a"]}}}}}
    {"interfaces":{"i":{"types":{"en":{"items":{"a":null}}}}}}
    {"interfaces":{"i":{"types":{"res":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"li":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"st":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"fu":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"al":{"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"op":{"docs":"d","stability":{"stable":{"since":"0.1.0","deprecated":"0.2.0"}},"items":{"q":"a"}}}}}}
    {"interfaces":{"i":{"types":{"op":{"docs":"d","stability":{"unstable":{"feature":"z"}},"items":{"q":"a"}}}}}}
"""


@pytest.fixture(scope="module")
def with_docs() -> Callable[[bytes], bytes]:
    """The package in binary form, its `package-docs` section having other contents."""
    binary = component_wit(WIT, form="wasm")
    old = custom_section("package-docs", package_docs.encode(parse_wit(WIT).model, 0))
    assert binary.count(old) == 1
    return lambda data: binary.replace(old, custom_section("package-docs", data))


@pytest.mark.parametrize("group", ["syntax", "shapes", "ignored", "kept"])
def test_messages(
    group: str, with_docs: Callable[[bytes], bytes], verdicts: Verdicts, golden: SnapshotAssertion
) -> None:
    text = SYNTAX if group == "syntax" else SHAPES if group == "shapes" else VALUES
    lines = [line.strip(" ") for line in text.strip("\n").split("\n")]
    if group == "ignored":
        lines = ['{"worlds":{"w":{"stability":{"stable":{"since":"0.1.0","more":' + line + "}}}}}" for line in lines]
    elif group == "kept":
        lines = ['{"worlds":{"w":{"funcs":{"h":' + line + "}}}}" for line in lines]
    assert verdicts("component wit", {line: with_docs(b"\1" + line.encode()) for line in lines}) == golden


def test_versions(with_docs: Callable[[bytes], bytes], verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    sections = {"empty": b"", "0": b"\0{}", "2": b"\2{}", "no content": b"\1", "not UTF-8": b'\1{"docs":"\xff"}'}
    assert verdicts("component wit", {name: with_docs(data) for name, data in sections.items()}) == golden


def test_deep_values_are_passed_over(with_docs: Callable[[bytes], bytes], verdicts: Verdicts) -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    section = b'\1{"worlds":{"w":{"stability":{"stable":{"since":"0.1.0","more":' + deep + b"}}}}}"
    assert verdicts("component wit", {"deep": with_docs(section)}).startswith("deep\n  status 0\n  out:\n")
