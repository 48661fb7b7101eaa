"""Worlds as the options of `component wit` transform them, in JSON, which shows each id; goldens are the reference's."""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked
from syrupy.assertion import SnapshotAssertion

__all__ = ["answers", "asked"]

PACKAGE = """package a:b@1.0.0;
interface a { resource r; type n = u8; }
interface b { use a.{r, n}; f: func(x: r) -> n; }
interface c { use b.{r as s}; variant v { p(s), q } g: func() -> v; }
interface d { h: func(); }
interface e { record t { x: u32 } }
"""

WORLDS = {
    "used only": "import a; export a; export b;",
    "used at two removes": "import a; export a; export c; import c; export b;",
    "imports alone": "import c; import d;",
    "exports alone": "export c; export d; export a;",
    "plain names": "import x: b; import y: b; export z: b; export a; import a;",
    "plain names of others": "import x: d; import d; export y: d; export d;",
    "types of the world": "use e.{t}; type u = list<t>; import f: func(x: u); export g: func(x: t); export e;",
    "inline": "import e; export o: interface { use e.{t}; k: func() -> t; } export e;",
    "used in other order": "export b; import a; export a; import b; import c; export c;",
    "not exported": "import a; export b; import e; export d;",
    "functions": "import f: func(); export f: func(); export k: func(x: string);",
}

OPTIONS = [
    "--generate-nominal-type-ids w",
    "--importize",
    "--importize-world w",
    "--importize-world w --importize-out-world-name x",
    "--exportize",
    "--exportize-world w",
    "--exportize-world w --exportize-out-world-name x",
    "--merge-world-imports-based-on-semver w",
]


@pytest.mark.parametrize("option", range(len(OPTIONS)))
@pytest.mark.parametrize("form", ["-j", ""])
def test_transformed(option: int, form: str, answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {name: f"{PACKAGE}world w {{ {items} }}\n" for name, items in WORLDS.items()}
    if "--exportize" in OPTIONS[option]:
        del cases["types of the world"]  # the reference crashes
    assert answers(f"component wit {OPTIONS[option]} {form} in.wit", cases) == golden
