"""Fields that nothing knows, in every structure of `package-docs` and of a list of packages: refused or passed over.

They stand first, last and alone, with values of every kind; what the reference says of each is in the goldens.
"""

from __future__ import annotations

import zlib

from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_wit
from pywasmtools.wasm.writer import custom_section

WIT = """package a:b@0.2.0;
interface i { f: func(); type t = u8; record r { x: u8 } }
world w { import i; import n: interface { g: func(); } type t = u8; import h: func(); export o: func(); }
"""

# A structure, and below it a field of its own.
DOCS = {
    "package": ("HERE", '"docs":"d"'),
    "interface": ('{"interfaces":{"i":HERE}}', '"docs":"d"'),
    "function": ('{"interfaces":{"i":{"funcs":{"f":HERE}}}}', '"docs":"d"'),
    "type": ('{"interfaces":{"i":{"types":{"r":HERE}}}}', '"docs":"d"'),
    "items of a type": ('{"interfaces":{"i":{"types":{"r":{"items":HERE}}}}}', '"x":"d"'),
    "world": ('{"worlds":{"w":HERE}}', '"docs":"d"'),
    "interface in a world": ('{"worlds":{"w":{"interfaces":{"n":HERE}}}}', '"docs":"d"'),
    "function in a world": ('{"worlds":{"w":{"funcs":{"h":HERE}}}}', '"docs":"d"'),
    "exported function": ('{"worlds":{"w":{"func_exports":{"o":HERE}}}}', '"docs":"d"'),
    "type in a world": ('{"worlds":{"w":{"types":{"t":HERE}}}}', '"docs":"d"'),
    "stability": ('{"worlds":{"w":{"stability":HERE}}}', '"stable":{"since":"0.1.0"}'),
    "stable": ('{"worlds":{"w":{"stability":{"stable":HERE}}}}', '"since":"0.1.0"'),
    "unstable": ('{"worlds":{"w":{"stability":{"unstable":HERE}}}}', '"feature":"a"'),
    "stable function": ('{"interfaces":{"i":{"funcs":{"f":{"stability":{"stable":HERE}}}}}}', '"since":"0.1.0"'),
    "unstable function": ('{"interfaces":{"i":{"funcs":{"f":{"stability":{"unstable":HERE}}}}}}', '"feature":"a"'),
    "stability of an import": (
        '{"worlds":{"w":{"interface_import_stability":{"a:b/i@0.2.0":{"stable":HERE}}}}}',
        '"since":"0.1.0"',
    ),
}
PACKAGE = '"name":"a","version":"1.0.0","source":"x"'
PACKAGES = {
    "list": ("HERE", f'"packages":[{{{PACKAGE}}}]'),
    "package": ('{"packages":[HERE]}', PACKAGE),
    "second package": (f'{{"packages":[{{{PACKAGE}}},HERE]}}', PACKAGE),
}
VALUES = ("null", "1", '"a"', '[1,{"b":[]}]', '{"docs":{}}')


def with_more(structures: dict[str, tuple[str, str]]) -> dict[str, str]:
    """The JSON of each structure with a field more."""
    cases: dict[str, str] = {}
    for name, (text, known) in structures.items():
        fields = {"alone": '"more":null', "twice": f'"more":1,{known},"more":2', "of no name": f'{known},"":1'}
        fields |= {f"first, {value}": f'"more":{value},{known}' for value in VALUES}
        fields |= {f"last, {value}": f'{known},"more":{value}' for value in VALUES[2:4]}
        fields["in capitals"] = known.replace('"', '"X', 1)
        cases |= {f"{name}: {where}": text.replace("HERE", "{" + own + "}") for where, own in fields.items()}
    return cases


def test_docs(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    binary = component_wit(WIT, form="wasm")
    empty = custom_section("package-docs", b"\1{}")
    assert binary.count(empty) == 1
    cases: dict[str, str | bytes] = {
        name: binary.replace(empty, custom_section("package-docs", b"\1" + json.encode()))
        for name, json in with_more(DOCS).items()
    }
    told = answers("component wit in.wasm", cases)
    # The package itself is always the same; what was read are its comments and attributes.
    lines = [
        line
        for line in told.splitlines()
        if line.startswith("==") or "@" in line or not line.endswith((";", "{", "}", ","))
    ]
    assert "\n".join(line for line in lines if line) + "\n" == golden


def test_packages(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {
        name: b"\0asm\1\0\0\0" + custom_section(".dep-v0", zlib.compress(json.encode()))
        for name, json in with_more(PACKAGES).items()
    }
    assert answers("metadata show --json in.wasm", cases) == golden
