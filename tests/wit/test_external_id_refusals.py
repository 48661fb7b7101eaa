"""`@external-id` where nothing keeps it: refused, where and after what. Goldens come from the reference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

Run = Callable[..., str]

FILES = {
    "interface": 'package a:b;\n\n@external-id("x")\ninterface i {}\n',
    "world": 'package a:b;\n/// Docs.\n  @external-id( "a b" )\nworld w {}\n',
    "include": 'package a:b;\nworld v {}\nworld w {\n  @external-id("x")\n  include v;\n}\n',
    "include-with-names": 'package a:b;\nworld v { import a: func(); }\nworld w { @external-id("x") include v with { a as b } }\n',
    "after-others": 'package a:b@1.0.0;\n@since(version = 1.0.0) @external-id("x")\ninterface i {}\n',
    "between-others": 'package a:b@1.0.0;\n@since(version = 1.0.0) @external-id("x") @deprecated(version = 1.0.0) world w {}\n',
    "twice": 'package a:b;\n@external-id("x")\n@external-id("y")\nworld w {}\n',
    "not-even-a-name": 'package a:b;\n@external-id("x") interface {}\n',
    "fault-in-the-body": 'package a:b;\n@external-id("x") world w { import ; }\n',
    "fault-in-the-include": 'package a:b;\nworld w { @external-id("x") include ; }\n',
    "bad-character-follows": 'package a:b;\n@external-id("x") world $\n',
    "bad-character-in-place-of-item": 'package a:b;\n@external-id("x") $\n',
    "fault-in-the-attribute": "package a:b;\n@external-id(x) interface i {}\n",
    "no-value": "package a:b;\n@external-id interface i {}\n",
    "empty-value": 'package a:b;\n@external-id("") interface i {}\n',
    "fault-in-a-later-attribute": 'package a:b;\n@external-id("x") @since(version = 1) interface i {}\n',
    "unknown-later-attribute": 'package a:b;\n@external-id("x") @other interface i {}\n',
    "contradicting-attributes": 'package a:b;\n@external-id("x") @since(version = 1.0.0) @unstable(feature = f) interface i {}\n',
    "gated-and-hidden": 'package a:b;\n@unstable(feature = f) @external-id("x") interface i {}\n',
    "top-level-use": 'package a:b;\ninterface i {}\n@external-id("x") use i as j;\n',
    "nested-package": 'package a:b;\n@external-id("x") package c:d { interface i {} }\n',
    "in-a-nested-package": 'package a:b;\npackage c:d {\n  interface i {}\n  @external-id("x")\n  world w { import i; }\n}\n',
    "in-a-nested-package-include": 'package a:b;\npackage c:d { world v {} world w {\n  @external-id("x") include v; } }\n',
    "package-line": '@external-id("x")\npackage a:b;\n',
    "no-item": 'package a:b;\n@external-id("x")\n',
    "second-of-two-items": 'package a:b;\ninterface good {}\n@external-id("ä") interface i {}\n@external-id("y") world w {}\n',
    "wide-characters-before": 'package a:b;\n/* ä日 */ @external-id("日") interface i {}\n',
    "kept": """package a:b;
interface i {
  @external-id("t") type t = u8;
  @external-id("r") record r { a: u8 }
  @external-id("f") f: func();
  @external-id("res") resource res { @external-id("m") m: func(); }
}
interface j { @external-id("u") use i.{t}; }
world w {
  @external-id("a") import i;
  @external-id("b") export b: func();
  @external-id("c") import c: interface { f: func(); }
  @external-id("d") use i.{r};
  @external-id("e") type e = u8;
  @external-id("n") import n: i;
}
""",
    "twice-on-an-inline-interface": 'package a:b;\nworld w { @external-id("x") @external-id("y") import i: interface {} }\n',
    "twice-on-a-function": 'package a:b;\ninterface i { @external-id("x") @external-id("y") f: func(); }\n',
    "twice-on-a-use": 'package a:b;\ninterface i { type t = u8; }\ninterface j { @external-id("x") @external-id("y") use i.{t}; }\n',
}


@pytest.mark.slow
def test_files(run: Run, golden: SnapshotAssertion) -> None:
    """One file each: every item that refuses it, what wins over it, and what still takes it."""
    shown = ""
    for name, text in FILES.items():
        shown += f"{name}\n" + run("component wit a.wit", {"a.wit": text})
    assert shown == golden


def test_layers(run: Run, golden: SnapshotAssertion) -> None:
    """What stands around it in each command, in folders and in dependencies."""
    files = {
        "one.wit": FILES["interface"],
        "d/a.wit": "package a:b; interface good {}\n",
        "d/b.wit": FILES["world"],
        "e/a.wit": "package a:b; world w { import c:d/i; }\n",
        "e/deps/c.wit": 'package c:d; @external-id("x") interface i {}\n',
        "f/a.wit": "package a:b; world w { import c:d/i; }\n",
        "f/deps/c/c.wit": 'package c:d; interface i {} world v {} world x { @external-id("x") include v; }\n',
    }
    shown = ""
    for command in (
        "component wit one.wit -j",
        "component wit one.wit -t",
        "component wit d",
        "component wit e",
        "component wit f",
        "component embed d --dummy -t",
        "component embed one.wit --only-custom -o out.wasm",
        "component wit --all-features d/b.wit",
    ):
        shown += f"$ {command}\n" + run(command, files)
    assert shown == golden
