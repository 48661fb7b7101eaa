"""JSON to a `Resolve`: what it prints is what was read; what is wrong is told with its path; nothing crashes or hangs."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from pywasmtools.api import component_embed, render
from pywasmtools.componentize.core_names import STANDARD32
from pywasmtools.componentize.dummy import dummy_module
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.fuzz.wit.made import generate
from pywasmtools.load import Decoded, decode_bytes, decode_input
from pywasmtools.wit.from_json import resolve_from_value
from pywasmtools.wit.model import Resolve
from pywasmtools.wit.resolve_json import resolve_json
from pywasmtools.wit_binary import component_type

WIT = """
/// Of a package.
package a:b@1.2.3;

/// Of an interface.
@since(version = 1.0.0)
interface i {
  /// Of a resource.
  resource r {
    constructor(x: u32);
    m: func();
    am: async func();
    s: static func() -> r;
    a: get() -> u32;
    a: set(x: u32);
  }
  /// Of a record.
  record p {
    /// Of a field.
    x: f64,
    y: option<list<t>>,
  }
  type t = tuple<u8, borrow<r>>;
  variant v {
    /// Of a case.
    a,
    b(string),
    c(result<u8, string>),
  }
  enum e { /** Of one. */ one, two }
  flags f { /// Of a flag.
    aa, bb }
  @since(version = 1.0.0)
  @deprecated(version = 1.1.0)
  f1: async func(a: p, b: v, st: stream<u8>, fu: future, co: char) -> e;
  @unstable(feature = x)
  @deprecated(version = 1.1.0)
  f2: func(m: map<string, u8>, l: list<u8, 4>, ec: error-context) -> result<_, f>;
  type rr = r;
  type al = p;
  f3: func(a: own<rr>, b: borrow<r>, s: stream, n: result, o: result<u8>) -> bool;
}

interface j {
  use i.{r, p, v as vv};
  g: func(r: r, p: p) -> vv;
}

/// Of a world.
@unstable(feature = x)
world w {
  /// Of an import.
  @unstable(feature = x)
  import i;
  import j;
  use i.{p};
  import x: func(p: p);
  /// Of an interface in line.
  export k: interface {
    use j.{p as q};
    h: func(q: q);
  }
  export j;
  resource rw { m: func(); }
  type mine = list<p>;
  export run: func();
  import k2: interface {}
  import interface-99: interface { f: func(); }
}

package c:d {
  interface z {
    use a:b/i@1.2.3.{e};
    u: func() -> e;
  }
  world w2 { import z; }
}
"""


def decoded_of(text: str) -> Decoded:
    return decode_bytes(text.encode(), "in.wit", (), True)


def outcome(decoded: Decoded, form: str) -> bytes | str:
    try:
        return render(decoded, form, True, False, True)
    except WasmToolsError as e:
        return str(e)


def check_there_and_back(decoded: Decoded) -> None:
    text = resolve_json(decoded.resolve)
    again = Decoded(resolve_from_value(json.loads(text)), decoded.package, decoded.world)
    assert resolve_json(again.resolve) == text
    for form in ("text", "wasm"):
        assert outcome(again, form) == outcome(decoded, form)


def test_all_kinds_there_and_back() -> None:
    decoded = decoded_of(WIT)
    check_there_and_back(decoded)
    check_there_and_back(decode_bytes(render(decoded, "wasm", True, False, True), "in.wasm"))
    module = component_embed(WIT, b"\0asm\x01\0\0\0", world="w", all_features=True)
    check_there_and_back(decode_bytes(module, "in.wasm"))


def test_examples_there_and_back() -> None:
    folders = {path.parent for path in (ROOT / "examples").rglob("*.wit") if path.parent.name != "deps"}
    assert folders
    for folder in sorted(folders):
        try:
            decoded = decode_input(str(folder), (), True)
        except WasmToolsError:
            continue  # a folder within `deps` needs the others
        check_there_and_back(decoded)


@pytest.mark.parametrize("part", range(4))
def test_made_up_wit_there_and_back(part: int, tmp_path: Path) -> None:
    for seed in range(part * 5, part * 5 + 5):
        for name, text in generate(seed)[0].items():
            path = tmp_path / str(seed) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        try:
            decoded = decode_input(str(tmp_path / str(seed)), (), True)
        except WasmToolsError:
            continue
        check_there_and_back(decoded)


def json_of_goldens() -> Iterator[str]:
    """Every JSON of a `Resolve` that the reference printed for a golden."""
    for path in sorted((ROOT / "golden").rglob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r'^( *)\{\n\1  "worlds": .*?^\1\}$', text, re.M | re.S):
            yield re.sub(f"^{found[1]}", "", found[0], flags=re.M)


def test_what_the_reference_printed_reads_and_prints_the_same() -> None:
    texts = set(json_of_goldens())
    assert len(texts) > 40
    for text in texts:
        assert resolve_json(resolve_from_value(json.loads(text))) == text


# ------------------------------------------------------------------------------- what is wrong

SMALL = {
    "worlds": [
        {
            "name": "w",
            "imports": {"interface-0": {"interface": {"id": 0}}, "f": {"function": {"name": "f", "kind": "freestanding", "params": []}}},
            "exports": {},
            "package": 0,
        }
    ],
    "interfaces": [
        {
            "name": "i",
            "types": {"r": 0, "p": 1, "l": 2},
            "functions": {
                "[method]r.m": {"name": "[method]r.m", "kind": {"method": 0}, "params": [{"name": "self", "type": 3}], "result": "u8"}
            },
            "package": 0,
        }
    ],
    "types": [
        {"name": "r", "kind": "resource", "owner": {"interface": 0}},
        {"name": "p", "kind": {"record": {"fields": [{"name": "x", "type": "u8"}]}}, "owner": {"interface": 0}},
        {"name": "l", "kind": {"list": 1}, "owner": {"interface": 0}},
        {"name": None, "kind": {"handle": {"borrow": 0}}, "owner": None},
    ],
    "packages": [{"name": "a:b@1.0.0", "interfaces": {"i": 0}, "worlds": {"w": 0}}],
}  # fmt: skip
"""A `Resolve` with a bit of everything."""

REMOVED = object()

WRONG: list[tuple[str, object, str]] = [
    ("", [], "$: expected an object, found an array"),
    ("", None, "$: expected an object, found null"),
    ("types", REMOVED, '$: member "types" is missing'),
    ("types", {}, "$.types: expected an array, found an object"),
    ("more", 1, '$.more: unknown member; known are "worlds", "interfaces", "types", "packages"'),
    ("types.3.kind", "record", '$.types[3].kind: expected "resource" or an object, found "record"'),
    ("types.3.kind", {}, "$.types[3].kind: expected the kind of a type as an object of one member, found 0 members"),
    ("types.3.kind", {"lists": 1}, "$.types[3].kind.lists: no such kind of type"),
    ("types.3.kind", {"a b": 1}, '$.types[3].kind["a b"]: no such kind of type'),
    ("types.3.kind", 5, "$.types[3].kind: expected an object, found 5"),
    ("types.2.kind", {"list": 4}, "$.types[2].kind.list: there is no type 4: there are 4"),
    ("types.2.kind", {"list": -1}, "$.types[2].kind.list: there is no type -1: there are 4"),
    ("types.2.kind", {"list": 10**30}, "$.types[2].kind.list: there is no type a large number: there are 4"),
    ("types.2.kind", {"list": True}, "$.types[2].kind.list: expected a type: the name of a primitive one, or an id, found true"),
    ("types.2.kind", {"list": "u9"}, '$.types[2].kind.list: expected a type: the name of a primitive one, or an id, found "u9"'),
    ("types.2.kind", {"list": 1.0}, "$.types[2].kind.list: expected a type: the name of a primitive one, or an id, found 1.0"),
    ("types.2.kind", {"list": None}, "$.types[2].kind.list: expected a type: the name of a primitive one, or an id, found null"),
    ("types.2.kind", {"map": [1]}, "$.types[2].kind.map: expected an array of 2, found one of 1"),
    ("types.2.kind", {"fixed-length-list": [1, -1]}, '$.types[2].kind["fixed-length-list"][1]: expected a length from 0 to 4294967295, found -1'),
    ("types.2.kind", {"list": 2}, "$.types[2].kind: the type contains itself"),
    ("types.1.kind.record.fields.0.type", 2, "$.types[1].kind: the type contains itself"),
    ("types.1.kind.record.fields.0.name", "X y", '$.types[1].kind.record.fields[0].name: expected a name in kebab-case, found "X y"'),
    ("types.1.kind.record.fields.0.name", "a\ud800", "$.types[1].kind.record.fields[0].name: half of a surrogate pair is no text"),
    ("types.1.kind.record.fields.1", {"name": "x", "type": "u8"}, '$.types[1].kind.record.fields[1].name: there are two of the name "x"'),
    ("types.1.docs", "text", '$.types[1].docs: expected an object, found "text"'),
    ("types.1.stability", {"stable": {"since": "1"}}, '$.types[1].stability.stable.since: expected a version, found "1": unexpected end of input while parsing major version number'),
    ("types.1.stability", {"stale": {}}, '$.types[1].stability.stale: expected "stable" or "unstable"'),
    ("types.1.owner", {"interface": 1}, "$.types[1].owner.interface: there is no interface 1: there are 1"),
    ("types.1.owner", {"world": 0}, "$.types[1].owner: the owner has no type 1 of this name"),
    ("types.1.owner", None, '$.interfaces[0].types["p"]: type 1 has another name or owner'),
    ("types.1.name", None, "$.types[1].name: a record needs a name"),
    ("types.3.kind.handle.borrow", 1, "$.types[3].kind.handle.borrow: type 1 is no resource"),
    ("types.3.kind.handle.borrow", "u8", '$.types[3].kind.handle.borrow: expected the id of a type, found "u8"'),
    ("interfaces.0.package", None, "$.interfaces[0].package: the package has no interface 0 of this name"),
    ("interfaces.0.package", "a:b", '$.interfaces[0].package: expected the id of a package, found "a:b"'),
    ("interfaces.0.functions.[method]r.m.name", "m", '$.interfaces[0].functions["[method]r.m"].name: expected "[method]r.m", as it is called where it stands'),
    ("interfaces.0.functions.[method]r.m.kind", "method", '$.interfaces[0].functions["[method]r.m"].kind: expected "freestanding", "async-freestanding", "getter", "setter", or an object of one member, found "method"'),
    ("interfaces.0.functions.[method]r.m.kind", {"static": 0}, '$.interfaces[0].functions["[method]r.m"].name: "[method]r.m" is no name of a function of this kind'),
    ("interfaces.0.functions.[method]r.m.kind", {"method": 1}, '$.interfaces[0].functions["[method]r.m"].kind: type 1 is no resource of the same interface or world'),
    ("interfaces.0.functions.[method]r.m.kind", {"freestanding": 1}, '$.interfaces[0].functions["[method]r.m"].kind.freestanding: expected one of "method", "async-method", "method-getter", "method-setter", "static", "async-static", "static-getter", "static-setter", "constructor"'),
    ("worlds.0.package", None, "$.worlds[0].package: the package has no world 0 of this name"),
    ("worlds.0.imports.interface-0", {"interface": {}}, '$.worlds[0].imports["interface-0"].interface: member "id" is missing'),
    ("worlds.0.imports.interface-0", {"module": 1}, '$.worlds[0].imports["interface-0"].module: expected "interface", "function" or "type"'),
    ("worlds.0.imports.p", {"type": 1}, '$.worlds[0].imports["p"].type: type 1 has another name or owner'),
    ("packages.0.name", "a", '$.packages[0].name: expected `namespace:name` or `namespace:name@version`, found "a"'),
    ("packages.0.interfaces.k", 0, '$.packages[0].interfaces["k"]: interface 0 has another name or package'),
    ("packages.1", {"name": "a:b@1.0.0", "interfaces": {}, "worlds": {}}, "$.packages[1].name: there are two packages a:b@1.0.0"),
]  # fmt: skip
"""Path of a member of `SMALL`, what to put there, and the refusal."""


def changed(path: str, value: object) -> Any:
    root: Any = copy.deepcopy(SMALL)
    if not path:
        return value
    steps = re.findall(r"\[method\]r\.m|[^.]+", path)
    place = root
    for step in steps[:-1]:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is REMOVED:
        del place[steps[-1]]
    elif not isinstance(place, list):
        place[steps[-1]] = value
    elif int(steps[-1]) == len(place):
        place.append(value)
    else:
        place[int(steps[-1])] = value
    return root


@pytest.mark.parametrize(("path", "value", "message"), WRONG, ids=[f"{k} {w[0]}" for k, w in enumerate(WRONG)])
def test_what_is_wrong_is_told_with_its_path(path: str, value: object, message: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        resolve_from_value(changed(path, value))
    assert str(caught.value) == message


def test_what_is_whole() -> None:
    text = render(Decoded(resolve_from_value(SMALL), 0), "text", True, False, True).decode()
    assert "resource r {\n    m: func() -> u8;" in text


def test_interfaces_that_use_each_other() -> None:
    interfaces = [
        {"name": name, "types": {"a": 2 * k, "b": 2 * k + 1}, "functions": {}, "package": 0}
        for k, name in enumerate("ij")
    ]
    types = [
        {"name": "a", "kind": {"type": 3}, "owner": {"interface": 0}},
        {"name": "b", "kind": {"type": "u8"}, "owner": {"interface": 0}},
        {"name": "a", "kind": {"type": 1}, "owner": {"interface": 1}},
        {"name": "b", "kind": {"type": "u8"}, "owner": {"interface": 1}},
    ]
    packages = [{"name": "a:b", "interfaces": {"i": 0, "j": 1}, "worlds": {}}]
    with pytest.raises(WasmToolsError, match=r"^\$\.interfaces\[0\]\.types: the interface uses types of itself"):
        resolve_from_value({"worlds": [], "interfaces": interfaces, "types": types, "packages": packages})


def test_types_nested_without_end() -> None:
    """What can be printed is; the validator has a limit, and nothing recurses."""
    root: Any = copy.deepcopy(SMALL)
    for k in range(20_000):
        root["types"].append(
            {"name": None, "kind": {"option": "u8" if k == 0 else len(root["types"]) - 1}, "owner": None}
        )
    root["types"][2]["kind"] = {"list": len(root["types"]) - 1}
    decoded = Decoded(resolve_from_value(root), 0)
    assert b"option<" * 20_000 in render(decoded, "text", True, False, True)
    with pytest.raises(WasmToolsError, match="type nesting is too deep"):
        render(decoded, "wasm", True, False, True)


# ------------------------------------------------------------------------------- faults planted at random

VALUES: list[object] = [
    *(
        None,
        True,
        False,
        0,
        1,
        2,
        3,
        5,
        7,
        9,
        11,
        13,
        17,
        23,
        -1,
        10**30,
        1.5,
        "",
        "x",
        "u8",
        "resource",
        "interface-0",
    ),
    *("[method]r.m", "a\ud800", [], {}, [[]], {"a": 1}, "\u00e9", "root"),
]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*path, name))
    elif isinstance(value, list):
        for k, inner in enumerate(value):
            yield from paths(inner, (*path, k))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def with_a_fault(rng: random.Random, base: Any, places: list[tuple[Any, ...]]) -> Any:
    value = copy.deepcopy(base)
    path = rng.choice(places)[:]
    while not path:
        path = rng.choice(places)
    parent, step = at(value, path[:-1]), path[-1]
    choice = rng.randrange(5)
    if choice == 0:
        del parent[step]
    elif choice == 1:
        parent[step] = rng.choice(VALUES)
    elif choice == 2:
        parent[step] = copy.deepcopy(at(base, rng.choice(places)))
    elif choice == 3 and isinstance(parent, list):
        parent.append(copy.deepcopy(rng.choice(parent)))
    else:
        parent[step] = rng.randrange(25)
    return value


def use(resolve: Resolve) -> None:
    """Everything that can be made of a `Resolve`; refusals are fine."""
    resolve_json(resolve)
    for package in range(len(resolve.packages)):
        for form in ("text", "wasm"):
            outcome(Decoded(resolve, package), form)
    for world in range(len(resolve.worlds)):
        try:
            component_type.encode(resolve, world)
            dummy_module(resolve, world, STANDARD32)
        except WasmToolsError:
            pass


@pytest.mark.parametrize("part", range(4))
def test_faults_planted_are_refused_or_do_no_harm(part: int) -> None:
    base = json.loads(resolve_json(decoded_of(WIT).resolve))
    places = list(paths(base))
    refused = 0
    for seed in range(part * 75, part * 75 + 75):
        value = with_a_fault(random.Random(seed), base, places)
        try:
            resolve = resolve_from_value(value)
        except WasmToolsError as e:
            refused += 1
            assert str(e).startswith("$")
        else:
            use(resolve)
    assert 20 < refused < 75
