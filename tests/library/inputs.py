"""What the tests of this folder read: WIT of every kind, and a text that has it all."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT

from pywasmtools import Resolve, WasmToolsError, parse_wit
from pywasmtools.lab.fuzz.wit.made import generate

WASI = Path(__file__).parent / "wasi"
NOTES = ROOT / "examples" / "library" / "wit"

ALL = """package a:b@1.0.0;

/// Shapes.
interface shapes {
  /// A point.
  @since(version = 1.0.0)
  record point {
    /// Across.
    x: f64,
    y: f64,
  }
  variant shape { dot(point), line(list<point>), nothing }
  /// Colours.
  enum color { red, green, blue }
  flags access { read, write }
  type bytes = list<u8>;
  type pair = tuple<u8, u32>;
  type four = list<u16, 4>;
  resource file {
    constructor(name: string);
    read: func(count: u64) -> result<bytes, color>;
    open: static func() -> file;
  }
  draw: func(what: shape, on: borrow<file>, into: own<file>, more: list<file>) -> result<tuple<u8, u16>>;
  watch: async func(s: stream<u8>, f: future, m: map<string, u8>, e: error-context) -> option<char>;
}

interface other {
  use shapes.{point as spot, file};
  near: func(p: spot, f: file) -> list<u8>;
}

world w {
  import other;
  import log: func(line: string);
  import named: interface { k: func(); }
  use shapes.{color};
  record pixel { c: color }
  resource canvas { put: func(p: pixel); }
  export run: func(c: canvas);
  export shapes;
}

world empty {}
"""


@functools.cache
def sources() -> dict[str, str | Path]:
    """The project's own WIT by name: texts, folders and files."""
    found: dict[str, str | Path] = {"all": ALL, "wasi": WASI}
    for path in sorted({p.parent for p in (ROOT / "examples").rglob("*.wit") if p.parent.name != "deps"}):
        if "tinygo" not in path.parts:  # it needs what the compiler brings
            found[path.relative_to(ROOT).as_posix()] = path
    return found


def made(seeds: range) -> Iterator[tuple[int, Resolve]]:
    """Generated packages, by seed."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            for name, text in generate(seed)[0].items():
                path = folder / "wit" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            try:
                yield seed, parse_wit(folder / "wit", all_features=True)
            except WasmToolsError:
                continue  # a few are refused, by the reference too


def resolves(seeds: range = range(12)) -> Iterator[tuple[str, Resolve]]:
    """Everything, read: the project's own, generated ones, and what becomes of some."""
    for name, source in sources().items():
        yield name, parse_wit(source)
    for seed, resolve in made(seeds):
        yield f"made {seed}", resolve
