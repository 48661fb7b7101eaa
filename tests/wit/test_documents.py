"""WIT documents line by line: what each is read as, in WIT, as JSON and as a binary package in text, or how it is refused,
with the snippet whole. Everything is the reference's.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

ITEMS = """
    type t = u8;
    type t = later; type later = u16;
    type t = list<later>; record later { a: u8 }
    type t = t;
    type t = list<t>;
    type t = u; type u = t;
    record t { a: option<u> } variant u { b(t) }
    type t = unknown;
    type t = u8; type t = u8;
    type t = option<result<_, list<tuple<u8, char, string, bool>>>>;
    type t = result;
    type t = result<u8>;
    type t = result<_, u8>;
    type t = result<u8, s8>;
    type t = result<_>;
    type t = result<_, _>;
    type t = result<u8, _>;
    type t = tuple<>;
    type t = tuple<u8,>;
    type t = tuple<u8 u8>;
    type t = list<u8, 0>;
    type t = list<u8, 1>;
    type t = list<u8, 4294967295>;
    type t = list<u8, 0x10>;
    type t = list<u8, 1_0>;
    type t = list<u8, -1>;
    type t = list;
    type t = list<>;
    type t = option;
    type t = option<u8, u8>;
    type t = map<string, u8>;
    type t = map<bool, u8>;
    type t = map<f32, u8>;
    type t = map<list<u8>, u8>;
    type t = map<string>;
    type k = string; type t = map<k, u8>;
    type t = stream;
    type t = stream<u8>;
    type t = future<_>;
    type t = future<future<stream<string>>>;
    type t = error-context;
    type t = float32;
    type t = s8; type u = s16; type v = s32; type w = s64; type x = u32; type y = u64; type z = f64;
    resource r; type t = own<r>;
    resource r; type t = borrow<r>;
    resource r; type t = borrow<r>; f: func() -> t;
    resource r; f: func() -> list<borrow<r>>;
    resource r; record q { b: borrow<r> } f: func(x: q) -> q;
    type t = own<u8>;
    type t = own<unknown>;
    record r { a: u8 } type t = borrow<r>;
    resource r { constructor(); }
    resource r { constructor(a: u8) -> r; }
    resource r { constructor(a: u8) -> result<r>; }
    resource r { constructor(a: u8) -> result<r, string>; }
    resource r { constructor() -> u8; }
    resource r { constructor() -> result<u8>; }
    resource r { constructor(); constructor(); }
    resource r { m: func(); m: func(); }
    resource r { m: func(self: u8); }
    resource r { m: static func() -> r; n: async func() -> own<r>; o: static async func(); }
    resource r { m: static func(); m: func(); }
    resource r { a: get() -> u8; }
    resource r { a: set(x: u8); }
    resource r { a: get() -> u8; a: set(x: u8); }
    resource r { a: get() -> u8; a: set(x: u16); }
    resource r { a: get(); }
    resource r { a: set(); }
    resource r { a: static get() -> u8; a: static set(x: u8); }
    resource r { a: get() -> u8; a: get() -> u8; }
    resource r { a: get() -> u8; a: func(); }
    a: get() -> u8; a: set(x: u8);
    resource r { type t = u8; }
    resource r { }; resource s;
    resource r; resource r;
    record r { }
    record r { a: u8, a: u8 }
    record r { a: u8, A: u8 }
    record r { a: u8, b: later, } enum later { x, y, x }
    record r { a u8 }
    record r { a: u8; b: u8 }
    record r { %record: u8, %a: u16 }
    record record { a: u8 }
    record %record { a: u8 }
    variant v { }
    variant v { a, b(u8), c(later), } type later = string;
    variant v { a() }
    variant v { a(u8, u8) }
    variant v { a, a }
    enum e { }
    enum e { a, b, c }
    enum e { a(u8) }
    flags f { }
    flags f { a, b, c, }
    flags f { a, a }
    f: func;
    f: func();
    f: func()
    f: func(a: u8,);
    f: func(a: u8, a: u8);
    f: func(a: u8, A: u8);
    f: func(a);
    f: func(a: u8) -> ();
    f: func(a: u8) -> (b: u8);
    f: func() -> tuple<>;
    f: async func(a: later) -> later; type later = u8;
    f: func(); f: func();
    f: func(); type f = u8;
    f: func() -> _;
    F: func(); g: func();
    f-f: func(); F-F: func();
    f_f: func();
    f--f: func();
    -f: func();
    f-: func();
    f-1: func();
    f1-A2: func();
    1f: func();
    aB: func();
    a-B-c: func();
    é: func();
    %f: func(); %type: func(); %: func();
    use a.{t};
    use other.{t};
    use other.{t as u}; type v = u;
    use other.{t, t};
    use other.{t as a, t as b, r};
    use other.{t}; type t = u8;
    use other.{unknown};
    use other.{f};
    use other.{};
    use other.{t,};
    use other;
    use other.t;
    use other.{r}; f: func(x: borrow<r>) -> r;
    use i.{t}; type t = u8;
    use later.{t}; use other.{r};
    use a:b/other.{t};
    use a:b/other@1.0.0.{t};
    use a:b/none.{t};
    use c:d/e.{t};
    use c:d/e@1.0.0.{t};
    use w.{t};
    @since(version = 1.0.0) type t = u8;
    @since(version = 1.0.0-rc.1+b) type t = u8;
    @since(version = 9.0.0) type t = u8;
    @since(version = 1.0) type t = u8;
    @since(version = 01.0.0) type t = u8;
    @since(version = 1.0.0-) type t = u8;
    @since type t = u8;
    @since() type t = u8;
    @since(feature = x) type t = u8;
    @since(version = 1.0.0, feature = x) type t = u8;
    @unstable(feature = x) type t = u8;
    @unstable(feature = x) type t = u8; type u = t;
    @unstable(feature = x) @deprecated(version = 1.0.0) f: func();
    @deprecated(version = 1.0.0) f: func();
    @since(version = 1.0.0) @deprecated(version = 2.0.0) f: func();
    @deprecated(version = 2.0.0) @since(version = 1.0.0) f: func();
    @since(version = 1.0.0) @since(version = 1.0.0) f: func();
    @unstable(feature = x) @since(version = 1.0.0) f: func();
    @external-id("x") f: func();
    @other f: func();
    @since(version = 1.0.0) resource r { @since(version = 1.0.0) m: func(); @unstable(feature = x) n: func(); }
    @since(version = 1.0.0) use other.{t};
    /// Doc.\n/// More.\n type t = u8;
    /** Doc. */ type t = u8; /* none */ type u = u8;
    /// Doc.\nrecord r { /// Field.\n a: u8, // none\n b: u8 }
    /// Doc. \t \n///\n///  Two.\nf: func();
    /// "quoted" \\ back /slash é \u200d 漢\nf: func();
    /***/ f: func(); /** * x */ h: func();
    f: func(); /// At the end.
    // none\n/// A\n// none\n/// B\nf: func();
    resource r { /// C\n constructor(); /// M\n m: func(); }
    variant v { /// A\n a, /// B\n b(u8) } enum e { /// X\n x } flags f { /// F\n f }
    interface j {}
    world v {}
    import f: func();
    ;
    }
    type
    type t
    type t =
    type t = u8
    type t = list<u8
    record r { a: u8
    f: func(
    use other.{t
    @since(
    /* open
    'x'
"""
"""Items of an interface; `\\n` is a line's end."""

DOCUMENT = """package a:b@2.0.0;

interface other {
  type t = u8;
  resource r;
  f: func();
}

interface i {
  ITEM
}

interface later { type t = string; }

world w { import i; export i; }
"""


def cases_of(table: str, document: str) -> dict[str, str]:
    items = (line.replace("\\n", "\n").replace("\\t", "\t").replace("\\u200d", "\u200d") for line in lines(table))
    return {item: document.replace("ITEM", item) for item in items}


def test_items_of_interfaces(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    assert answers("component wit in.wit", cases_of(ITEMS, DOCUMENT)) == golden


def test_items_as_json(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Many at a time: those that are taken, each in an interface of its own.
    whole = "package a:b@2.0.0;\n" + DOCUMENT.split("\n\n")[1] + "\ninterface later { type t = string; }\n"
    number = 0
    for item, document in cases_of(ITEMS, DOCUMENT).items():
        if answers("component wit in.wit", {"": document}).startswith("== \nstatus 0") and "i.{" not in item:
            number += 1
            whole += f"interface i{number} {{\n  {item}\n}}\n"
    whole += "world w { " + " ".join(f"import i{n}; export i{n};" for n in range(1, number)) + " }\n"
    assert number > 60
    told = answers("component wit -j in.wit", {"json": whole})
    told += answers("component wit -w -t in.wit", {"binary": whole})
    told += answers("component wit --no-docs in.wit", {"without docs": whole})
    assert told == golden


WORLDS = """
    import i;
    export i;
    import i; import i;
    import i; export i; export j;
    export i; import i;
    import i; import j; export j;
    import none;
    import c:d/e;
    import a:b/i;
    import a:b/i@2.0.0;
    import a:b/i@1.0.0;
    import f: func();
    export f: func();
    import f: func(); export f: func();
    import f: func(); import f: func();
    import f: async func(x: u8) -> string;
    import f: func(x: t); type t = u8;
    import f: func(x: t); use i.{t};
    import f: func(x: borrow<r>); resource r { m: func(); }
    export f: func(x: r); resource r;
    import x: interface { type t = u8; f: func() -> t; }
    import x: interface { use i.{t}; f: func() -> t; }
    import x: interface { use i.{none}; }
    import x: interface {} export x: interface {}
    import x: interface {} import x: interface {}
    export x: interface { resource r; f: func() -> r; }
    import x: i; export y: i;
    import x: i; import x: j;
    import f: func(); type f = u8;
    type t = u8; type t = u16;
    use i.{t}; use j.{t};
    use i.{t as u}; use j.{t}; export f: func(x: u) -> t;
    include v;
    include w;
    include none;
    include v with { g as h };
    include v with { none as h };
    include v with { g as h, k as l };
    include v with { };
    include v; include u;
    include v with { g as h } include u;
    include v; import g: func();
    include c:d/w;
    import i; include v; export i;
    @since(version = 1.0.0) import i;
    @since(version = 3.0.0) import i;
    @unstable(feature = x) import i; export j;
    @unstable(feature = x) import f: func();
    @unstable(feature = x) include v;
    @deprecated(version = 1.0.0) export f: func();
    @external-id("x") import f: func();
    /// Doc.\n import f: func(); /// Other.\n export i; /// Type.\n type t = u8;
    import i: func();
    import type: func();
    import %type: func(); export %world: interface {}
    import F: func();
    import f: func()
    import f:
    import
    export f: u8;
    import f: interface;
    import f: world {}
    interface z {}
    func();
"""

WORLD_DOCUMENT = """package a:b@2.0.0;

interface j { type t = s8; }
world v { import g: func(); export k: func(); import j; }

world w {
  ITEM
}

world u { import g: func(); }
interface i { use j.{t as s}; type t = u8; f: func(x: s); }
"""


@pytest.mark.parametrize(
    "command", ["component wit", "component wit -j", "component wit -w -t", "component wit -t -w --all-features"]
)
def test_items_of_worlds(command: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = cases_of(WORLDS, WORLD_DOCUMENT)
    if command != "component wit":
        cases = {
            name: text
            for name, text in cases.items()
            if answers("component wit in.wit", {"": text}).startswith("== \nstatus 0")
        }
    assert answers(f"{command} in.wit", cases) == golden


FILES = """
    package a:b;
    package a:b@1.0.0;
    package a:b@1.0;
    package a:b@1.0.0-alpha.1+build.7;
    package a:b@1.0.0-01;
    package a:b@1.0.0-0a;
    package a:b@1.0.0+01;
    package a:b@1.0.0-;
    package a:b@1.0.0+;
    package a:b@1.0.0-a..b;
    package a:b@1.0.0-a_b;
    package a:b@99999999999999999999.0.0;
    package a:b@18446744073709551615.0.0;
    package a:b@18446744073709551616.0.0;
    package a:b@1.0.0.0;
    package a:b@v1.0.0;
    package a:b@;
    package a;
    package a:b:c;
    package a:b/c;
    package A:b;
    package a:B;
    package a:b-c;
    package a-b:c1;
    package a_b:c;
    package %type:%world;
    package type:world;
    package a:b
    package
    package a:b; package a:b;
    package a:b; package c:d;
    package a:b; interface i {} interface i {}
    package a:b; interface i {} world i {}
    package a:b; world i {} world i {}
    package a:b; interface I {}
    package a:b; interface i { } world w { import i; };
    package a:b; use i; interface i {}
    package a:b; use i as j; interface i { type t = u8; } interface k { use j.{t}; }
    package a:b; use i as j; use i as j; interface i {}
    package a:b; use none as j;
    package a:b; use c:d/e as j;
    package a:b; use i as i2; use i2 as i3; interface i {}
    package a:b; interface i { use j.{t}; } interface j { use i.{u}; }
    package a:b; interface i { use j.{t}; } interface j { use k.{t}; } interface k { type t = u8; }
    package a:b; world v { include w; } world w { include v; }
    package a:b; world v { include w; } world w { include x; } world x { import f: func(); }
    package a:b; package c:d { interface i { type t = u8; } } interface j { use c:d/i.{t}; }
    package a:b; package c:d { } package c:d { }
    package a:b; package c:d@1.0.0 { } package c:d@2.0.0 { interface i {} } world w { import c:d/i@2.0.0; }
    package a:b; package c:d { interface i { use a:b/j.{t}; } } interface j { type t = u8; }
    package c:d { interface i {} } package e:f { world w { import c:d/i; } }
    package a:b; package c:d { interface i { use e:f/j.{t}; } } package e:f { interface j { use c:d/i.{t}; } }
    /// Doc.\npackage a:b; /// I.\ninterface i {} /// W.\nworld w {}
    @since(version = 1.0.0) package a:b;
    package a:b@1.0.0; @since(version = 1.0.0) interface i {} @unstable(feature = x) world w {}
    package a:b@1.0.0; @unstable(feature = x) interface i { type t = u8; } interface j { use i.{t}; }
    package a:b@1.0.0; @unstable(feature = x) interface i {} world w { import i; }
    package a:b@1.0.0; @unstable(feature = x) interface i {} world w { @unstable(feature = x) import i; }
    package a:b; type t = u8;
    package a:b; import i;
    interface i {}
    world w {}
    // only a comment
    package a:b; interface i { type t = u8; }\r\ninterface j { }\r\n
    package a:b;\u202einterface i {}
    package a:b; interface i { type t = ua8; } // é 漢
    package a:b; /* é 漢 */ interface i { type t = ua8; }
    package a:b; \tinterface\ti { \ttype t = ua8; }
    package a:b;\n\n\ninterface i {\n  type t = ua8;\n}
    package a:b; interface i {} é
    package a:b; interface i {} \0
    package a:b; interface i {} "
"""


@pytest.mark.parametrize("command", ["component wit", "component wit -j", "component wit -w -t"])
def test_files(command: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(FILES):
        text = line.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace("\\u202e", "\u202e")
        cases[line] = text.replace("\\0", "\0")
    if command != "component wit":
        cases = {
            name: text
            for name, text in cases.items()
            if answers("component wit in.wit", {"": text}).startswith("== \nstatus 0")
        }
    assert answers(f"{command} in.wit", cases) == golden
