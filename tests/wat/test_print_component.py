"""Components in text, against the reference: `embed -t` prints any component, valid or not, and adds one section."""

from __future__ import annotations

import pytest
from binaries import FUNC_TYPE, body, component, custom, functions, leb, module, name, names, section, vec
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm import canonicals
from pywasmtools.wasm.canonicals import OPTION_SPACES, ROWS, CanonRow

WIT = "package a:b; world w {}"


def embedded(run: Run, binary: bytes, options: str = "-t") -> str:
    return run(f"component embed w.wit c.wasm {options}", {"w.wit": WIT, "c.wasm": binary})


def canon(row: CanonRow, rich: bool) -> bytes:
    """A canonical built-in; `rich` with all that is optional."""
    out = bytes([row.code])
    for kind in row.kinds:
        if kind == "0":
            out += b"\0"
        elif kind == "options":
            options = range(canonicals.GC + 1) if rich else ()
            out += vec(*[bytes([k]) + (b"\2" if k in OPTION_SPACES else b"") for k in options])
        elif kind == "async":
            out += b"\1" if rich else b"\0"
        elif kind == "val_type":
            out += b"\x7e" if rich else b"\x7f"
        elif kind == "result":
            out += b"\0\x73" if rich else b"\1\0"
        else:
            out += b"\1"
    return out


EVERY_SORT = [
    section(1, sort + names((0, "zero"), (1, "one thing"), (2, "zero")))
    for sort in (
        b"\0\0",
        b"\0\1",
        b"\0\2",
        b"\0\3",
        b"\0\4",
        b"\0\x10",
        b"\0\x11",
        b"\0\x12",
        b"\1",
        b"\2",
        b"\3",
        b"\4",
        b"\5",
    )
]
ALL_NAMES = custom("component-name", section(0, name("the component")), *EVERY_SORT)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("color", ["never", "always"])
def test_every_canonical_built_in(run: Run, golden: SnapshotAssertion, named: bool, color: str) -> None:
    built_ins = [canon(row, rich) for row in sorted(ROWS, key=lambda row: row.code) for rich in (False, True)]
    binary = component(ALL_NAMES if named else b"", section(8, vec(*built_ins)))
    assert embedded(run, binary, f"-t --color {color}") == golden


TYPES = [
    "7f", "7e", "7d", "7c", "7b", "7a", "79", "78", "77", "76", "75", "74", "73", "64",  # primitives
    "72 02 01 61 7f 02 62 62 00",  # record
    "71 02 01 61 00 00 01 62 01 73 00",  # variant
    "70 00", "67 7f 04", "6f 02 7f 00", "6f 00",  # list, list of fixed length, tuples
    "6e 01 01 61", "6d 02 01 61 01 62",  # flags, enum
    "6b 7f", "6a 00 00", "6a 01 7f 00", "6a 00 01 7f", "6a 01 7f 01 01",  # option, results
    "69 00", "68 01", "66 00", "66 01 7f", "65 00", "65 01 02", "63 73 7f",  # own, borrow, stream, future, map
    "40 01 01 78 7f 01 00", "43 00 00 73", "40 02 01 78 01 01 79 02 00 00",  # functions
    "3f 7f 00", "3f 7e 01 01",  # resources: the destructor without `core func`
]  # fmt: skip


@pytest.mark.parametrize("named", [False, True])
def test_every_form_of_type(run: Run, golden: SnapshotAssertion, named: bool) -> None:
    binary = component(ALL_NAMES if named else b"", section(7, vec(*[bytes.fromhex(text) for text in TYPES])))
    assert embedded(run, binary) == golden


def test_types_with_a_scope(run: Run, golden: SnapshotAssertion) -> None:
    """Component, instance and module types in each other; outer aliases, one that leads nowhere."""
    instance = "42 04  01 7f  04 00 01 61 03 00 00  04 00 01 62 03 01  02 03 02 01 00"
    binary = component(
        ALL_NAMES,
        section(
            7,
            vec(
                bytes.fromhex(
                    "41 06  00 60 00 00  01 7f  01" + instance + "03 00 01 69 01 00 04 01 01 65 01 02  02 03 02 09 00"
                ),
                bytes.fromhex("42 00"),
            ),
        ),
        section(
            3,
            vec(
                bytes.fromhex("60 01 7f 00"),
                bytes.fromhex("00 50 00 60 00 00"),
                bytes.fromhex("4e 02 60 00 00 5f 00"),
                bytes.fromhex(
                    "50 05  01 60 00 00  00 01 6d 01 66 00 00  03 01 74 01 70 00 01  02 10 01 01 00  02 10 01 07 00"
                ),
            ),
        ),
    )
    assert embedded(run, binary) == golden


def test_instances_aliases_imports_exports_start(run: Run, golden: SnapshotAssertion) -> None:
    """Each kind of item in each place; attributes of names; ascribed types; a start function's values."""
    kinds = [b"\1", b"\2", b"\3", b"\4", b"\5", b"\0\x11"]
    with_names = b"\2" + name("n") + vec(b"\0" + name("a:b/c"), b"\1" + name(".1"), b"\2" + name("id\n"))
    type_refs = [b"\1\0", b"\2\x73", b"\2\0", b"\3\0\0", b"\3\1", b"\4\0", b"\5\0", b"\0\x11\0"]
    binary = component(
        ALL_NAMES,
        section(10, vec(*[b"\0" + name(f"i{k}") + ref for k, ref in enumerate(type_refs)], with_names + b"\1\0")),
        section(
            6,
            vec(*[kind + b"\0\0" + name("x") for kind in kinds], *[bytes([0, k, 1, 0]) + name("y") for k in range(5)]),
        ),
        section(6, vec(*[kind + b"\2\0\1" for kind in (b"\0\x10", b"\0\x11", b"\3", b"\4")])),
        section(2, vec(b"\0\0" + vec(name("a") + b"\x12\0", name("b") + b"\x12\2"), b"\0\0\0")),
        section(2, vec(b"\1" + vec(*[name(f"e{k}") + bytes([k, 1]) for k in range(5)]), b"\1\0")),
        section(5, vec(b"\0\0" + vec(*[name("a") + kind + b"\1" for kind in kinds]), b"\0\1\0")),
        section(
            5, vec(b"\1" + vec(*[b"\0" + name("e") + kind + b"\1" for kind in kinds], with_names + b"\1\0"), b"\1\0")
        ),
        section(11, vec(*[b"\0" + name(f"x{k}") + kind + b"\0\0" for k, kind in enumerate(kinds)])),
        section(11, vec(with_names + b"\1\0\1\1\0", b"\0" + name("t") + b"\3\0\1\3\1")),
        section(9, b"\0", vec(b"\0", b"\1"), b"\2"),
    )
    assert embedded(run, binary) == golden


def test_nested_binaries(run: Run, golden: SnapshotAssertion) -> None:
    """A nested module's own name is not printed; custom sections of components have no place."""
    inner = functions(body("10 00 0b"), before=custom("name", section(0, name("own")), section(1, names((0, "f")))))
    binary = component(
        custom(
            "component-name",
            section(0, name("top")),
            section(1, b"\0\x11", names((0, "m"))),
            section(1, b"\4", names((1, "k"))),
        ),
        section(1, inner),
        section(
            4, component(section(1, inner), custom("inside", b"x"), section(4, component(section(6, vec(b"\3\2\2\0")))))
        ),
        section(4, component()),
        custom("at the end", b"y"),
        section(1, module()),
    )
    assert embedded(run, binary) == golden


def test_branch_hints_of_a_component_wait_for_a_module_without(run: Run, golden: SnapshotAssertion) -> None:
    hints = custom("metadata.code.branch_hint", vec(leb(0) + vec(bytes.fromhex("03 01 01"))))
    assert embedded(run, component(hints, section(1, functions(body("41 00 0d 00 0b"))))) == golden


BROKEN = {
    # a size that leads out of the file, without an offset
    "cut-module": component(section(7, vec(b"\x7f"))) + b"\1" + leb(0x4000) + module(section(1, vec(FUNC_TYPE))),
    "cut-component": component() + b"\4" + leb(0x4000),
    "module-in-place-of-component": component(section(4, module())),
    "bad-alias": component(section(6, vec(b"\1\0\0" + name("a"), b"\1\3"))),
    "bad-canonical": component(section(8, vec(b"\x02\0", b"\x50"))),
    "bad-type-in-a-type": component(section(7, vec(b"\x7f", bytes.fromhex("42 02 01 7f 01 05")))),
    "deep-types": component(section(7, vec(b"\x41\1\1" * 101 + b"\x7f"))),
    "unknown-section": component(section(7, vec(b"\x7f")), section(12)),
    "error-in-a-nested-module": component(section(1, functions(body("41 01 06")))),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_prints_up_to_there(run: Run, golden: SnapshotAssertion, case: str) -> None:
    assert embedded(run, BROKEN[case]) == golden


def test_types_nest_as_deep_as_they_can_be_read(run: Run, golden: SnapshotAssertion) -> None:
    assert embedded(run, component(section(7, vec(b"\x41\1\1" * 100 + b"\x7f")))) == golden
