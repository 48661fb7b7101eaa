"""Functions whose names stand where a type is wanted: in their own signature, in one before and in one behind.

An interface knows a function by its name from its own signature on, not before; what the reference says is in the golden.
"""

from __future__ import annotations

from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

PLACES = {
    "result": "func() -> f;",
    "parameter": "func(a: f);",
    "in a list": "func(a: list<f>);",
    "second parameter": "async func(a: u8, b: tuple<u8, f>) -> u8;",
}
ITEMS = {
    "itself": "interface i { f: NEED }",
    "behind it": "interface i { f: func(); g: NEED }",
    "before it": "interface i { g: NEED f: func(); }",
    "method": "interface i { f: func(); resource r { m: NEED } }",
    "method of that name": "interface i { resource r { f: NEED } }",
    "method before it": "interface i { resource r { m: NEED } f: func(); }",
    "static": "interface i { f: func(); resource r { m: static NEED } }",
    "between two resources": "interface i { resource r { m: func(); } f: func(); resource s { m: NEED } }",
    "import": "world w { import f: NEED }",
    "export": "world w { export f: NEED }",
    "import behind it": "world w { import f: func(); import g: NEED }",
    "export behind an import": "world w { import f: func(); export g: NEED }",
    "interface in a world": "world w { import i: interface { f: NEED } }",
    "function of a world around it": "world w { import f: func(); import i: interface { g: NEED } }",
    "another interface's": "interface j { f: func(); } interface i { g: NEED }",
    "used from another interface": "interface j { f: func(); } interface i { use j.{f}; g: NEED }",
    "a type as well": "interface i { type f = u8; f: NEED }",
}


def test_all(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {
        f"{item}, {place}": f"package a:b;\n{text.replace('NEED', need)}\n"
        for item, text in ITEMS.items()
        for place, need in PLACES.items()
    }
    cases |= {
        "alias": "package a:b;\ninterface i { f: func(); type t = f; }\n",
        "field": "package a:b;\ninterface i { f: func(); record r { a: f } }\n",
        "used name": "package a:b;\ninterface j { type f = u8; }\ninterface i { f: func(); use j.{f}; }\n",
    }
    assert answers("component wit in.wit", cases) == golden
