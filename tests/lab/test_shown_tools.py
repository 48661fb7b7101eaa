"""How `ls` and `explain` look, in a narrow window and in a wide one."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")

from rich.console import Console

from pywasmtools import explain, listing
from pywasmtools.lab.tools import explained, listed

NARROW, WIDE = 60, 120
WIT = """package a:b@1.0.0;
interface store {
  resource file { read: func(at: u64, length: u32) -> result<list<u8>, string>; }
  type size = u64;
}
world w {
  import store;
  import log: func(message: string);
  export run: func(arguments: list<string>, environment: list<tuple<string, string>>) -> u8;
}
world v { export inline: interface { f: func(); } }
"""


def printed(shown: Callable[[Console], object], width: int) -> str:
    out = io.StringIO()
    shown(Console(file=out, width=width, emoji=False))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


LINES = """\
world a:b/w@1.0.0
  import interface a:b/store@1.0.0
  import func      log
  export func      run
world a:b/v@1.0.0
  export interface inline
interface a:b/store@1.0.0
"""

LINES_WITH_TYPES = """\
world a:b/w@1.0.0
  import interface a:b/store@1.0.0
                   resource file
                   type size = u64
                   read: func(at: u64, length: u32) -> result<list<u8>, string>
  import func      log: func(message: string)
  export func      run: func(arguments: list<string>, environment: list<tuple<string, string>>) -> u8
world a:b/v@1.0.0
  export interface inline
                   f: func()
interface a:b/store@1.0.0
  resource file
  type size = u64
  read: func(at: u64, length: u32) -> result<list<u8>, string>
"""


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_lines_are_not_broken(width: int) -> None:
    found = listing(WIT)
    assert printed(lambda console: listed.show_lines(found, console, False), width) == LINES
    assert printed(lambda console: listed.show_lines(found, console, True), width) == LINES_WITH_TYPES


TREE = """\
world a:b/w@1.0.0
├── imports
│   ├── interface a:b/store@1.0.0
│   │   ├── file
│   │   ├── size
│   │   └── file.read
│   └── func log
└── exports
    └── func run
world a:b/v@1.0.0
└── exports
    └── interface inline
        └── f
interface a:b/store@1.0.0
├── file
├── size
└── file.read
"""

TREE_NARROW = """\
world a:b/w@1.0.0
├── imports
│   ├── interface a:b/store@1.0.0
│   │   ├── resource file
│   │   ├── type size = u64
│   │   └── read: func(at: u64, length: u32) ->
│   │       result<list<u8>, string>
│   └── func log: func(message: string)
└── exports
    └── func run: func(arguments: list<string>, environment:
        list<tuple<string, string>>) -> u8
world a:b/v@1.0.0
└── exports
    └── interface inline
        └── f: func()
interface a:b/store@1.0.0
├── resource file
├── type size = u64
└── read: func(at: u64, length: u32) -> result<list<u8>,
    string>
"""

TREE_WIDE = """\
world a:b/w@1.0.0
├── imports
│   ├── interface a:b/store@1.0.0
│   │   ├── resource file
│   │   ├── type size = u64
│   │   └── read: func(at: u64, length: u32) -> result<list<u8>, string>
│   └── func log: func(message: string)
└── exports
    └── func run: func(arguments: list<string>, environment: list<tuple<string, string>>) -> u8
world a:b/v@1.0.0
└── exports
    └── interface inline
        └── f: func()
interface a:b/store@1.0.0
├── resource file
├── type size = u64
└── read: func(at: u64, length: u32) -> result<list<u8>, string>
"""


@pytest.mark.parametrize(("width", "expected"), [(NARROW, TREE_NARROW), (WIDE, TREE_WIDE)])
def test_trees(width: int, expected: str) -> None:
    assert printed(lambda console: listed.show_tree(listing(WIT), console, False), width) == TREE
    assert printed(lambda console: listed.show_tree(listing(WIT), console, True), width) == expected


CHANGES_NARROW = """\
one.wit → two.wit: wit
└── package
    ├── ~ interface store
    │   ├── ~ type size = u64;
    │   │     type size = u32;
    │   └── ~ read: func(at: u64, length: u32) ->
    │       result<list<u8>, string>;
    │         read: func(length: u32) -> result<list<u8>,
    │       string>;
    ├── ~ world w: not compatible: missing import named
    │   `log`
    │   ├── - import log: func(message: string);
    │   ├── + import c: func();
    │   └── ~ export run: func(arguments: list<string>,
    │       environment: list<tuple<string, string>>) -> u8;
    │         export run: func(arguments: list<u8>,
    │       environment: list<tuple<string, string>>) -> u8;
    ├── - world v { export inline: interface { f: func(); }
    │   }
    └── + world u { export inline: interface { f: func(); }
        }
"""

CHANGES_WIDE = """\
one.wit → two.wit: wit
└── package
    ├── ~ interface store
    │   ├── ~ type size = u64;
    │   │     type size = u32;
    │   └── ~ read: func(at: u64, length: u32) -> result<list<u8>, string>;
    │         read: func(length: u32) -> result<list<u8>, string>;
    ├── ~ world w: not compatible: missing import named `log`
    │   ├── - import log: func(message: string);
    │   ├── + import c: func();
    │   └── ~ export run: func(arguments: list<string>, environment: list<tuple<string, string>>) -> u8;
    │         export run: func(arguments: list<u8>, environment: list<tuple<string, string>>) -> u8;
    ├── - world v { export inline: interface { f: func(); } }
    └── + world u { export inline: interface { f: func(); } }
"""


@pytest.mark.parametrize(("width", "expected"), [(NARROW, CHANGES_NARROW), (WIDE, CHANGES_WIDE)])
def test_explain(width: int, expected: str) -> None:
    changed = WIT
    for old, new in (
        ("at: u64, ", ""),
        ("size = u64", "size = u32"),
        ("import log: func(message: string)", "import c: func()"),
        ("world v", "world u"),
        ("arguments: list<string>", "arguments: list<u8>"),
    ):
        assert old in changed
        changed = changed.replace(old, new)
    found = explain(WIT, changed)
    assert printed(lambda console: explained.show(found, ("one.wit", "two.wit"), console, False), width) == expected
