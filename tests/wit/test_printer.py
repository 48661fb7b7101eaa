"""WIT printed as text and as JSON, compared with what the reference printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.model import Interface, InterfaceOwner, Package, PackageName, Resolve, TypeDef
from pywasmtools.wit.printer import WitPrinter
from pywasmtools.wit.resolve_json import resolve_json
from pywasmtools.wit.types import (
    STRING,
    U8,
    Alias,
    Enum,
    Flags,
    Future,
    List,
    Option,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    TypeKind,
    Variant,
)

MAIN = r"""
/// The package.
///
///   Indented.
package a:b@2.0.0-rc.1;

/// An interface.
@since(version = 1.0.0)
@deprecated(version = 1.2.0)
interface types {
  /// Record.
  record r {
    /** A field
        in lines */
    a: u32,
    %type: list<option<result<_, string>>>,
  }
  variant v { a(tuple<u8, u16>), b, %use(result<u8>) }
  enum e { a, %list }
  flags f { x, y, /* odd */ z }
  resource res {
    constructor(a: u32);
    /// Method.
    m: func(x: borrow<res>, y: res);
    s: static func() -> own<res>;
    x: get() -> u32;
    x: set(a: u32);
    a-m: async func() -> result;
    a-s: static async func(a: error-context);
    y: static get() -> string;
  }
  resource bare;
  resource fallible { constructor() -> result<fallible, string>; }
  type fixed = list<u8, 4>;
  type keyed = map<string, list<u32>>;
  type later = future<u8>;
  type %future = future;
  type many = stream<r>;
  type none = stream;
  type owned = own<bare>;
  type same = bare;
  type both = result<u8, s8>;
  type many-things = tuple<bool, char, f32, f64, s16, s32, s64, u64>;
  @external-id("é \"q\" \\ \n /a:b-c_d.e")
  foo: func(a: u32, %func: f32) -> error-context;
  @unstable(feature = slow)
  @deprecated(version = 2.0.0)
  slow: async func();
}

interface user {
  use types.{r, v as vv};
  use types.{e};
  @since(version = 1.0.0)
  use types.{f};
  type k = r;
  bar: func() -> vv;
}

interface nothing {}

/// A world.
world w {
  import types;
  /// Inline.
  import inner: interface {
    use types.{r};
    f: func() -> r;
  }
  /// Label.
  import label: user;
  import a:dep/other@0.1.0;
  use types.{e};
  type t = u32;
  resource wr { m: func(); }
  import g: func(a: t);
  import p: get() -> string;
  @external-id("x")
  export user;
  export run: async func() -> e;
  export out: interface { f: func(); }
}

world second { }
"""

DEP = """
/// Dependency.
package a:dep@0.1.0;

interface other {
  type a-b = string;
  f: func() -> a-b;
}

world deps { export other; }
"""

FILES: dict[str, str | bytes] = {"p/main.wit": MAIN, "p/deps/dep.wit": DEP}


OPTIONS = {
    "text": "",
    "all-features": " --all-features",
    "no-docs": " --no-docs",
    "json": " --json",
    "json-all-features": " --json --all-features",
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_printed(run: Callable[..., str], golden: Any, options: str) -> None:
    assert run(f"component wit p{options}", FILES) == golden


def hand_made(kind: TypeKind, type_name: str | None) -> Resolve:
    """A package of one interface with one type, as no parser makes it."""
    resolve = Resolve()
    interface = Interface("i", 0)
    interface.types["t"] = resolve.add_type(TypeDef(type_name, kind, InterfaceOwner(0)))
    resolve.add_interface(interface)
    package = Package(PackageName("a", "b"))
    package.interfaces["i"] = 0
    resolve.add_package(package)
    return resolve


def test_types_of_any_depth() -> None:
    resolve = hand_made(List(1), "t")
    for k in range(1, 5000):
        resolve.add_type(TypeDef(None, List(k + 1 if k < 4999 else U8), None))
    text = WitPrinter(True).print(resolve, 0, [])
    assert text == f"package a:b;\n\ninterface i {{\n  type t = {'list<' * 5000}u8{'>' * 5000};\n}}\n\n"


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (Resource(), "an unnamed resource type"),
        (Record([]), "an unnamed record type"),
        (Flags([]), "unnamed flags type"),
        (Enum([]), "unnamed enum type"),
        (Variant([]), "unnamed variant type"),
    ],
    ids=["resource", "record", "flags", "enum", "variant"],
)
def test_types_that_have_no_name(kind: TypeKind, named: str) -> None:
    resolve = hand_made(List(1), "t")
    resolve.add_type(TypeDef(None, kind, None))
    with pytest.raises(WasmToolsError) as caught:
        WitPrinter(True).print(resolve, 0, [])
    assert str(caught.value) == f"resolve has {named}"


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (Record([]), "record"),
        (Flags([]), "flags"),
        (Enum([]), "enum"),
        (Variant([]), "variant"),
        (Resource(), "resource"),
        (List(U8), "list"),
        (Alias(U8), "type"),
        (Option(U8), "option"),
        (Result(None, None), "result"),
        (Tuple([]), "tuple"),
        (Future(None), "future"),
        (Stream(None), "stream"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_declarations_that_have_no_name(kind: TypeKind, word: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        WitPrinter(True).print(hand_made(kind, None), 0, [])
    assert str(caught.value) == f"document has unnamed {word} type"


def test_json_escapes() -> None:
    resolve = hand_made(List(STRING), "t")
    resolve.packages[0].docs = 'a"\\\b\f\n\r\t\x01\x7fé\u2028'
    assert '"contents": "a\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7fé\u2028"' in resolve_json(resolve)


def test_empty_json() -> None:
    assert resolve_json(Resolve()) == '{\n  "worlds": [],\n  "interfaces": [],\n  "types": [],\n  "packages": []\n}'
