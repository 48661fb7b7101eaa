"""`package-docs` sections one letter away from good ones, or cut, and items where a type has none: what is said of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from neighbours import Neighbours, asked, neighbours
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_wit, parse_wit
from pywasmtools.wasm.writer import custom_section
from pywasmtools.wit_binary import package_docs

__all__ = ["asked", "neighbours"]

WIT = """package a:b@0.2.0;
interface i {
  resource r; record c { x: u8 }
  type o = own<r>; type p = borrow<r>; type t = tuple<u8, string>; type u = tuple<c>; type q = option<c>;
  type e = result; type f = result<u8>; type g = result<_, c>; type h = result<c, error-context>;
  type l = list<c>; type m = map<string, c>; type n = map<u8, bool>; type k = list<s64, 5>; type s = stream;
  type v = stream<f32>; type w = future; type x = future<c>; type y = c; type z = char;
  a: func();
}
world d { import i; }
"""

DOCS = [
    '{"docs":"a\\u00e9\\n","worlds":{"d":{"docs":null,"interface_import_stability":{"a:b/i@0.2.0":"unknown"}}}}',
    '{"interfaces":{"i":{"types":{"c":{"items":{"x":"a"}}},"funcs":{"a":{"docs":"b","stability":{"stable":{"since":"0.1.0"}}}}}}}',
    '["a",{"d":["b",{"unstable":["c",null]}]},{}]',
    '{"interfaces":{"i":{"funcs":{"a":"b"},"stability":{"unstable":{"feature":"f","deprecated":"1.2.3-a.1"}}}}}',
    '{"interfaces":{"i":{"stability":{"stable":{"since":"0.1.0","x":[1,-2.5e+3,{"a":[null,true],"b":"\\ud83d\\ude00"}]}}}}}',
    '{"interfaces":{"i":{"funcs":{"a":{"docs":[0.5E-1,{"a":false,"b":[{}]}],"stability":{"unknown":null}}}}}}',
]

SECOND_LOOKS = [
    '{"unknown":null,"b":2}',
    '{"unknown":1}',
    '{"unknown":null}',
    "5",
    "[]",
    "[1]",
    "null",
    "true",
    '"stable"',
    '"unstable"',
    '{"stable":null}',
    '{"stable":[]}',
    '{"stable":["0.1.0"]}',
    '{"stable":["0.1.0",null]}',
    '{"stable":["0.1.0",null,1]}',
    '{"stable":["0.1.0","1"]}',
    '{"stable":[1]}',
    '{"stable":{"since":"0.1.0","since":"0.2.0"}}',
    '{"stable":{"since":1}}',
    '{"stable":{"deprecated":"0.1.0"}}',
    '{"stable":{"since":"0.1.0","deprecated":"x"}}',
    '{"unstable":{"feature":"f","deprecated":null}}',
    '{"unstable":{"feature":null}}',
]
"""Stabilities of functions, which are read once whole and then looked at again."""

BINARY = component_wit(WIT, form="wasm")
OLD = custom_section("package-docs", package_docs.encode(parse_wit(WIT).model, 0))


def with_docs(text: str) -> bytes:
    """The package in binary form, its `package-docs` section being this."""
    assert BINARY.count(OLD) == 1
    return BINARY.replace(OLD, custom_section("package-docs", b"\1" + text.encode()))


def near(text: str) -> Iterator[tuple[str, bytes]]:
    """A text cut, without a letter, or with another one in its place."""
    for k, char in enumerate(text):
        yield f"{k} cut", with_docs(text[:k])
        for new in ("", char * 2, "]", "}", '"', ",", "0"):
            yield f"{k} {char!a} {new!a}", with_docs(text[:k] + new + text[k + 1 :])


@pytest.mark.slow
@pytest.mark.parametrize("which", range(len(DOCS)))
def test_neighbours(which: int, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component wit", "in.wasm", near(DOCS[which])) == golden


def test_second_looks(neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    start, end = '{"interfaces":{"i":{"funcs":{"a":{"stability":', "}}}}}"
    cases = ((text, with_docs(start + text + end)) for text in SECOND_LOOKS)
    assert neighbours("component wit", "in.wasm", cases) == golden


def test_items_of_types_that_have_none(neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    start, end = '{"interfaces":{"i":{"types":{"', '":{"items":{"none":"a"}}}}}}'
    cases = ((name, with_docs(start + name + end)) for name in "rcoptuqefghlmnksvwxyz")
    assert neighbours("component wit", "in.wasm", cases) == golden
