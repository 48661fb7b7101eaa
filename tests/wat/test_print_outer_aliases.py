"""How printed outer aliases say which scope they mean. Goldens come from the reference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from binaries import component, custom, name, names, section
from syrupy.assertion import SnapshotAssertion

WORLD = "package a:b; world w {}"

TEXTS = {
    "by-name-and-number": """(component $a (type $t u8)
        (component $b (alias outer $a $t (type)) (alias outer 1 0 (type))
          (component (alias outer $a $t (type)) (alias outer $b 0 (type)) (alias outer 0 0 (type))
            (component $c (alias outer 3 0 (type)) (alias outer 2 0 (type)) (alias outer 1 0 (type)) (alias outer $c 0 (type))))))""",
    # A name that is used further in, the current scope included, is hidden.
    "hidden": """(component $a (type $t u8) (component $a (type $t u16)
        (alias outer 1 $t (type)) (alias outer 0 $t (type))
        (component $b (alias outer 2 0 (type)) (alias outer 1 0 (type))
          (component $a (alias outer 3 0 (type)) (alias outer 2 0 (type)) (alias outer 1 0 (type)) (alias outer 0 0 (type))))))""",
    "seen-again-beside": """(component $a (type u8)
        (component $b) (component (component $b (alias outer 2 0 (type)))) (component $c (component $a) (alias outer 1 0 (type))))""",
    # Types are scopes without a name, so they hide nothing.
    "types-have-no-name": """(component $a (type $t u8)
        (type $a (component (alias outer 1 0 (type)) (type (instance (alias outer 2 0 (type)) (alias outer 1 0 (type))))))
        (core type $m (func))
        (core type $a (module (alias outer 1 0 (type)) (alias outer 0 0 (type))))
        (type (component (core type (module (alias outer 2 0 (type)))))))""",
    "every-sort": """(component $a (type $t u8) (core type $ct (func)) (core module $m) (component $c)
        (component $b
          (alias outer $a $t (type $t)) (alias outer $a $ct (core type $ct)) (alias outer $a $m (core module $m))
          (alias outer $a $c (component $c))
          (component $a (alias outer 2 0 (type)) (alias outer 2 0 (core type)) (alias outer 2 0 (core module)) (alias outer 2 0 (component)))))""",
    # A core module's name hides nothing either, and the identifier of an alias is not the scope's.
    "modules-beside": "(component $a (type u8) (core module $a) (component $b (core module $a) (alias outer 1 0 (type $a))))",
    "quoted": """(component $"a b" (type u8) (component $"c\\22" (alias outer 1 0 (type)) (component $"a b" (alias outer 2 0 (type)) (alias outer 1 0 (type)))))""",
    # Names that make no identifier: the prefix is part of what is compared.
    "made-up": """(component (@name "") (type u8) (component (@name "") (alias outer 1 0 (type)))
        (component (@name "#x") (component (@name "") (alias outer 2 0 (type)) (alias outer 1 0 (type))
          (component (@name "") (alias outer 3 0 (type)) (alias outer 1 0 (type))))))""",
    "names-taken": """(component $a (type u8)
        (component $x (@name "n") (component (alias outer 1 0 (type)) (type u8)))
        (component $y (@name "n") (type u8) (component $z (@name "n") (alias outer 1 0 (type)) (alias outer 2 0 (type)))))""",
    "too-far-out": """(component $a (component $b (alias outer 2 0 (type)) (alias outer 9 3 (core module)))
        (type (instance (alias outer 2 0 (type)))))""",
    "imported": """(component $a (type $t u8) (import "c" (component $a (alias outer $a $t (type $u)) (export "t" (type (eq $u)))))
        (component $b (import "i" (instance $a (alias outer 2 0 (type))))))""",
}

OWN = custom("component-name", section(0, name("own")))
"""What a component says it is called."""
TYPE = section(7, b"\x01\x7d")
ALIASES = section(6, b"\x02\x03\x02\x01\0\x03\x02\0\0")
"""Type 0 of the component around, then type 0 of the component itself."""


def nested(*parts: bytes) -> bytes:
    return section(4, component(*parts))


def called(*said: tuple[int, str]) -> bytes:
    """What a component says that the components in it are called."""
    return custom("component-name", section(1, b"\x04" + names(*said)))


BINARIES = {
    "own-name-only": component(OWN, TYPE, nested(custom("component-name", section(0, name("inner"))), ALIASES)),
    "parents-name-only": component(TYPE, nested(ALIASES), nested(ALIASES), called((1, "second"))),
    "both": component(
        OWN, TYPE, nested(custom("component-name", section(0, name("inner"))), ALIASES), called((0, "given"))
    ),
    "own-name-in-the-parents-way": component(
        TYPE, nested(OWN, ALIASES), nested(ALIASES), nested(OWN, ALIASES), called((1, "own"))
    ),
    "both-names-taken-around": component(OWN, TYPE, nested(OWN, ALIASES), called((0, "own"))),
    "own-name-comes-late": component(TYPE, nested(ALIASES, custom("component-name", section(0, name("late")))), OWN),
    "names-in-name-section": component(
        custom("name", section(0, name("as-a-module"))),
        TYPE,
        nested(custom("name", section(0, name("as-a-module"))), ALIASES),
    ),
    "aliased-components-count": component(
        TYPE,
        nested(ALIASES),
        nested(section(6, b"\x01\x04\x02\x01\0"), section(7, b"\x01\x7d"), nested(ALIASES), called((0, "x"), (1, "y"))),
        called((0, "first"), (1, "outer")),
    ),
    "malformed-names": component(TYPE, nested(OWN, ALIASES), custom("component-name", section(1, b"\x04\x02\0\x01a"))),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_texts(text: str, run: Callable[..., str], golden: SnapshotAssertion) -> None:
    assert run("component embed w.wit c.wat -t", {"w.wit": WORLD, "c.wat": text}) == golden


@pytest.mark.parametrize("binary", BINARIES.values(), ids=BINARIES.keys())
def test_binaries(binary: bytes, run: Callable[..., str], golden: SnapshotAssertion) -> None:
    """A nested component goes by what the one around calls it, whatever it calls itself."""
    assert run("component embed w.wit c.wasm -t", {"w.wit": WORLD, "c.wasm": binary}) == golden


def test_in_color(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    files = {"w.wit": WORLD, "c.wat": TEXTS["made-up"]}
    assert run("component embed w.wit c.wat -t --color=always", files) == golden
