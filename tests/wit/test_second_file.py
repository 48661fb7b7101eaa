"""What stands in the second file of a package: spans count on from the first, texts do not."""

from __future__ import annotations

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

FIRST = "/// The first é.\npackage a:b@1.0.0;\n\ninterface one { record r { a: u8 } resource q; f: func(); }\nworld v { import one; import g: func(); }\n"

WHOLE = """
/// The second é.
interface two {
  use one.{r, q};
  /// A type.
  @external-id("t é \\" \\u{41}")
  type t = r;
  /** A function
      in lines é */
  @since(version = 1.0.0)
  @external-id("f")
  f: func(x: t) -> borrow-free;
  type borrow-free = list<u8, 3>;
  @unstable(feature = x)
  g: async func();
  @since(version = 1.0.0-rc.1+b.2)
  @deprecated(version = 1.0.0)
  h: func();
}
/// A world.
world w {
  @external-id("p")
  import p: func(a: u8);
  export two;
}
"""

# Not here: mistakes in strings. Where they are said to be wrong hangs on which file the system lists first.
REFUSED = {
    "a name": "interface two { use one.{none}; }",
    "an interface": "interface two { use none.{r}; }",
    "a type": "interface two { f: func(x: none); }",
    "a word": "interface two { f: fun(); }",
    "a character": "interface two { f: func(); é }",
    "a comment": "interface two { } /* é",
    "a version": "interface two { @since(version = 1.0.x) f: func(); }",
    "a version too long": "interface two { @since(version = 1.0.99999999999999999999) f: func(); }",
    "an identifier": "interface two { A-b: func(); }",
    "twice": "interface two { f: func(); f: func(); }",
    "another file's": "interface one { }",
    "the package": "package a:c;",
    "the package's version": "package a:b@1.0.1;",
    "package docs twice": "/// Other.\npackage a:b@1.0.0;",
    "a flag too many": "interface two { flags f { " + ", ".join(f"f{k}" for k in range(33)) + " } }",
    "a circle": "interface two { type a = b; type b = a; }",
    "a gate": "interface two { @unstable(feature = x) @since(version = 1.0.0) f: func(); }",
    "a list": "interface two { f: func(x: list<u8, 4294967296>); }",
    "a handle": "interface two { f: func(x: own<r>); use one.{r}; }",
    "a borrow": "interface two { f: func() -> borrow<q>; use one.{q}; }",
    "a world's export": "world w { export f: func(); export f: func(); }",
    "an include": "world w { include none; }",
    "with": "world w { include v with { a as b } }",
    "a semicolon": "interface two { f: func() }",
    "an end": "interface two {",
}


@pytest.mark.parametrize(
    "options", ["", " --json", " --all-features", " --no-docs"], ids=["", "json", "all", "no docs"]
)
def test_whole(options: str, run: Run, golden: SnapshotAssertion) -> None:
    assert run(f"component wit p{options}", {"p/a.wit": FIRST, "p/b.wit": WHOLE}) == golden


@pytest.mark.slow
def test_refused(run: Run, golden: SnapshotAssertion) -> None:
    told = ""
    for name, text in REFUSED.items():
        told += f"== {name}\n" + run("component wit p", {"p/a.wit": FIRST, "p/b.wit": f"\n// é\n{text}\n"})
    assert told == golden
