"""Every limit of `wasm/limits.py`, at its last number and at the first beyond it, and with items that are there before.

Most inputs claim a count and end there: one that may be runs into the end of the file, one that may not is refused.
"""

from __future__ import annotations

import pytest
from annotated import COMPONENT
from annotated import MODULE as CORE
from conftest import Verdicts
from numbers_in_binary import section, sleb, uleb
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm import limits
from pywasmtools.wasm.types import MAX_TYPE_INDEX

NEW = "component new"
WIT = "component wit --wasm"

FUNC = section(1, b"\1\x60\0\0")
IMPORTS = section(2, b"\5" + b"\0\0\0\0" + b"\0\0\1\x70\0\0" + b"\0\0\2\0\0" + b"\0\0\3\x7f\0" + b"\0\0\4\0\0")
"""A function, a table, a memory, a global, a tag."""


def body(code: bytes) -> bytes:
    """A module of one function, whose body has `code` and ends there; the size says more than there is."""
    return CORE + FUNC + section(3, b"\1\0") + section(10, b"\1" + uleb(len(code)) + code)


def around(limit: int) -> tuple[int, int, int]:
    return limit - 1, limit, limit + 1


CORE_COUNTS = {
    "types": (1, limits.MAX_WASM_TYPES),
    "imports": (2, limits.MAX_WASM_IMPORTS),
    "functions": (3, limits.MAX_WASM_FUNCTIONS),
    "tables": (4, limits.MAX_WASM_TABLES),
    "memories": (5, limits.MAX_WASM_MEMORIES),
    "tags": (13, limits.MAX_WASM_TAGS),
    "globals": (6, limits.MAX_WASM_GLOBALS),
    "exports": (7, limits.MAX_WASM_EXPORTS),
    "elements": (9, limits.MAX_WASM_ELEMENT_SEGMENTS),
    "data": (11, limits.MAX_WASM_DATA_SEGMENTS),
    "data counted": (12, limits.MAX_WASM_DATA_SEGMENTS),
}


def test_counts_of_core_sections(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for name, (number, limit) in CORE_COUNTS.items():
        for count in around(limit):
            cases[f"{count} {name}"] = CORE + section(number, uleb(count))
            if number > 2:
                cases[f"{count} {name} after imports"] = CORE + FUNC + IMPORTS + section(number, uleb(count))
    assert verdicts(NEW, cases) == golden


def test_counts_within_core_items(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    of_types = {
        "types of a group": (b"\x4e", limits.MAX_WASM_TYPES),
        "supertypes": (b"\x50", limits.MAX_WASM_SUPERTYPES),
        "final supertypes": (b"\x4f", limits.MAX_WASM_SUPERTYPES),
        "fields": (b"\x5f", limits.MAX_WASM_STRUCT_FIELDS),
        "parameters": (b"\x60", limits.MAX_WASM_FUNCTION_PARAMS),
        "results": (b"\x60\0", limits.MAX_WASM_FUNCTION_RETURNS),
    }
    cases = {}
    for name, (start, limit) in of_types.items():
        for count in around(limit):
            cases[f"{count} {name}"] = CORE + section(1, b"\1" + start + uleb(count))
            cases[f"{count} {name} of a second type"] = CORE + section(1, b"\2\x60\0\0" + start + uleb(count))
    of_bodies = {
        "targets of br_table": (b"\0\x0e", limits.MAX_WASM_BR_TABLE_SIZE),
        "types of select": (b"\0\x1c", limits.MAX_WASM_SELECT_RESULT_SIZE),
        "clauses of try_table": (b"\0\x1f\x40", limits.MAX_WASM_CATCHES),
        "handlers of resume": (b"\0\xe3\0", limits.MAX_WASM_HANDLERS),
        "handlers of resume_throw": (b"\0\xe4\0\0", limits.MAX_WASM_HANDLERS),
    }
    for name, (start, limit) in of_bodies.items():
        for count in around(limit):
            cases[f"{count} {name}"] = body(start + uleb(count))
    for count in around(limits.MAX_WASM_FUNCTION_LOCALS):
        cases[f"{count} locals"] = body(b"\1" + uleb(count) + b"\x7f\x0b")
        cases[f"{count} locals after one"] = body(b"\2\1\x7f" + uleb(count) + b"\x7e\x0b")
    for count in around(limits.MAX_WASM_TABLE_ENTRIES):
        cases[f"{count} functions of a segment"] = CORE + section(9, b"\1\1\0" + uleb(count))
        cases[f"{count} expressions of a segment"] = CORE + section(9, b"\1\5\x70" + uleb(count))
    assert verdicts(NEW, cases) == golden


def test_sizes(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for size in around(limits.MAX_WASM_STRING_SIZE):
        for name, start, number in (
            ("a module's name", b"\1", 2),
            ("an import's name", b"\1\1a", 2),
            ("an export's name", b"\1", 7),
        ):
            cases[f"{name} of {size}"] = CORE + section(number, start + uleb(size))
            cases[f"{name} of {size}, there"] = CORE + section(number, start + uleb(size) + b"a" * size + b"\0")
        cases[f"a custom section's name of {size}"] = CORE + section(0, uleb(size) + b"a" * size)
    assert verdicts(NEW, cases) == golden


def test_sizes_in_components(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for size in around(limits.MAX_WASM_STRING_SIZE):
        cases[f"a component's import of {size}"] = (
            COMPONENT + section(7, b"\1\x42\0") + section(10, b"\1\0" + uleb(size) + b"a" * size + b"\5\0")
        )
        cases[f"a record's field of {size}"] = COMPONENT + section(7, b"\1\x72\1" + uleb(size))
        cases[f"a record's field of {size}, there"] = COMPONENT + section(
            7, b"\1\x72\1" + uleb(size) + b"a" * size + b"\x7d"
        )
    functions = FUNC + section(3, b"\2\0\0")
    for size in around(limits.MAX_WASM_FUNCTION_SIZE):
        cases[f"a body of {size}"] = CORE + functions + section(10, b"\2" + uleb(size) + b"\0\x0b")
        cases[f"a second body of {size}"] = CORE + functions + section(10, b"\2\2\0\x0b" + uleb(size) + b"\0\x0b")
    for size in around(limits.MAX_WASM_MODULE_SIZE):
        cases[f"a module of {size}"] = COMPONENT + b"\1" + uleb(size) + CORE
        cases[f"a component of {size}"] = COMPONENT + b"\4" + uleb(size) + COMPONENT
    assert verdicts(WIT, cases) == golden


@pytest.mark.slow
def test_bodies_at_their_largest(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    # Of long instructions, for short ones take their time.
    cases = {}
    for size in around(limits.MAX_WASM_FUNCTION_SIZE)[1:]:
        code = (b"\xfd\x0c" + bytes(16) + b"\x1a") * ((size - 2) // 19)
        code = b"\0" + code + b"\1" * (size - 2 - len(code)) + b"\x0b"
        cases[str(size)] = CORE + FUNC + section(3, b"\1\0") + section(10, b"\1" + uleb(size) + code)
    cases[f"{size}, the second"] = CORE + FUNC + section(3, b"\2\0\0") + section(10, b"\2\2\0\x0b" + uleb(size) + code)
    assert verdicts(NEW, cases) == golden


def test_type_indices(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for index in (*around(MAX_TYPE_INDEX), 1 << 31, (1 << 32) - 1):
        number, signed = uleb(index), sleb(index)
        for name, data in {
            "a parameter": b"\1\x60\1\x64" + signed + b"\0",
            "an exact parameter": b"\1\x60\1\x64\x62" + number + b"\0",
            "a field": b"\1\x5f\1\x63" + signed + b"\0",
            "an element": b"\1\x5e\x63" + signed + b"\0",
            "a supertype": b"\1\x50\1" + number + b"\x60\0\0",
            "a second supertype": b"\1\x50\2\0" + number + b"\x60\0\0",
            "a continuation": b"\1\x5d" + number,
            "a descriptor": b"\1\x4d" + number + b"\x5f\0",
            "described": b"\1\x4c" + number + b"\x5f\0",
        }.items():
            cases[f"{name} of type {index}"] = CORE + section(1, data)
        for name, code in {
            "a local": b"\1\1\x63" + signed + b"\x0b",
            "block": b"\0\x02" + signed + b"\x0b\x0b",
            "ref.null": b"\0\xd0" + signed + b"\x0b",
            "ref.null exact": b"\0\xd0\x62" + number + b"\x0b",
            "ref.test": b"\0\xfb\x14" + signed + b"\x0b",
            "ref.cast exact": b"\0\xfb\x17\x62" + number + b"\x0b",
            "br_on_cast": b"\0\xfb\x18\0\0" + signed + b"\x6e\x0b",
            "br_on_cast exact from": b"\0\xfb\x18\0\0\x62" + number + b"\x6e\x0b",
            "br_on_cast exact to": b"\0\xfb\x18\0\0\x6e\x62" + number + b"\x0b",
            "call_ref": b"\0\x14" + number + b"\x0b",
            "struct.new": b"\0\xfb\0" + number + b"\x0b",
            "select": b"\0\x1c\1\x63" + signed + b"\x0b",
        }.items():
            cases[f"{name} of type {index}"] = body(code)
        cases[f"an import of type {index}"] = CORE + section(2, b"\1\0\0\0" + number)
        cases[f"a table of type {index}"] = CORE + section(4, b"\1\x63" + signed + b"\0\0")
        cases[f"a global of type {index}"] = CORE + section(6, b"\1\x63" + signed + b"\0\xd0" + signed + b"\x0b")
    assert verdicts(NEW, cases) == golden


def test_chains_of_subtypes(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for depth in around(limits.MAX_WASM_SUBTYPING_DEPTH):
        chain = b"".join(b"\x50\1" + uleb(k) + b"\x5f\0" for k in range(depth))
        cases[f"{depth} deep"] = CORE + section(1, uleb(depth + 1) + b"\x50\0\x5f\0" + chain)
        cases[f"{depth} deep, in a group"] = CORE + section(1, b"\1\x4e" + uleb(depth + 1) + b"\x50\0\x5f\0" + chain)
    assert verdicts(NEW, cases) == golden


# ------------------------------------------------------------------------------- components

COMPONENT_COUNTS = {
    "core instances": (2, limits.MAX_WASM_INSTANCES, section(1, CORE) + section(2, b"\1\0\0\0")),
    "core types": (3, limits.MAX_WASM_TYPES, section(3, b"\1\x60\0\0")),
    "instances": (5, limits.MAX_WASM_INSTANCES, section(5, b"\1\1\0")),
    "aliases": (6, limits.MAX_WASM_TYPES, section(7, b"\1\x42\0")),
    "types": (7, limits.MAX_WASM_TYPES, section(7, b"\1\x7d")),
    "canonical functions": (8, limits.MAX_WASM_FUNCTIONS, section(8, b"\1\5")),
    "imports": (10, limits.MAX_WASM_IMPORTS, section(7, b"\1\x40\0\1\0") + section(10, b"\1\0\1a\1\0")),
    "exports": (11, limits.MAX_WASM_EXPORTS, section(7, b"\1\x7d") + section(11, b"\1\0\1a\3\0\0")),
}
"""Sections of components: the limit of their count, and a section before it with one of the kind."""


def test_counts_of_component_sections(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for name, (number, limit, before) in COMPONENT_COUNTS.items():
        for count in around(limit):
            cases[f"{count} {name}"] = COMPONENT + section(number, uleb(count))
            cases[f"{count} {name} after one"] = COMPONENT + before + section(number, uleb(count))
    for other in ("core types", "types"):
        for kind in ("core types", "types"):
            text = COMPONENT_COUNTS[other][2] + section(COMPONENT_COUNTS[kind][0], uleb(limits.MAX_WASM_TYPES))
            cases[f"{kind} after {other}"] = COMPONENT + text
    assert verdicts(WIT, cases) == golden


def test_counts_within_component_items(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    items = {
        "declarations of a module type": (3, b"\1\x50", limits.MAX_WASM_MODULE_TYPE_DECLS),
        "types of a group": (3, b"\1\x4e", limits.MAX_WASM_TYPES),
        "declarations of a component type": (7, b"\1\x41", limits.MAX_WASM_COMPONENT_TYPE_DECLS),
        "declarations of an instance type": (7, b"\1\x42", limits.MAX_WASM_INSTANCE_TYPE_DECLS),
        "fields": (7, b"\1\x72", limits.MAX_WASM_RECORD_FIELDS),
        "cases": (7, b"\1\x71", limits.MAX_WASM_VARIANT_CASES),
        "types of a tuple": (7, b"\1\x6f", limits.MAX_WASM_TUPLE_TYPES),
        "flags": (7, b"\1\x6e", limits.MAX_WASM_FLAG_NAMES),
        "cases of an enum": (7, b"\1\x6d", limits.MAX_WASM_ENUM_CASES),
        "parameters": (7, b"\1\x40", limits.MAX_WASM_FUNCTION_PARAMS),
        "arguments of a core instance": (2, b"\1\0\0", limits.MAX_WASM_INSTANTIATION_ARGS),
        "exports of a core instance": (2, b"\1\1", limits.MAX_WASM_INSTANTIATION_ARGS),
        "arguments of an instance": (5, b"\1\0\0", limits.MAX_WASM_INSTANTIATION_ARGS),
        "exports of an instance": (5, b"\1\1", limits.MAX_WASM_INSTANTIATION_EXPORTS),
        "options of lift": (8, b"\1\0\0\0", limits.MAX_WASM_CANONICAL_OPTIONS),
        "options of lower": (8, b"\1\1\0\0", limits.MAX_WASM_CANONICAL_OPTIONS),
        "options of stream.read": (8, b"\1\x0f\0", limits.MAX_WASM_CANONICAL_OPTIONS),
        "options of task.return": (8, b"\1\x09\1\0", limits.MAX_WASM_CANONICAL_OPTIONS),
        "arguments of start": (9, b"\0", limits.MAX_WASM_START_ARGS),
        "results of start": (9, b"\0\0", limits.MAX_WASM_FUNCTION_RETURNS),
        "elements of a list": (7, b"\1\x67\x7d", limits.MAX_WASM_FIXED_LENGTH_LIST_ELEMENTS),
    }
    cases = {}
    for name, (number, start, limit) in items.items():
        for count in (0, *around(limit)):
            cases[f"{count} {name}"] = COMPONENT + section(number, start + uleb(count))
    assert verdicts(WIT, cases) == golden


def names(count: int, kind: bytes, what: bytes) -> bytes:
    """Imports of `count` items of one type, named a0, a1 and so on."""
    return b"".join(kind + uleb(len(name)) + name + what for name in (b"a%d" % k for k in range(count)))


@pytest.mark.slow
def test_items_of_components(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    module, component = section(1, CORE), section(4, COMPONENT)
    for count in around(limits.MAX_WASM_MODULES_AND_COMPONENTS):
        cases[f"{count} modules"] = COMPONENT + module * count
        cases[f"{count} components"] = COMPONENT + component * count
        cases[f"{count} modules, one within a component"] = (
            COMPONENT + module * (count - 1) + section(4, COMPONENT + module)
        )
    core_type, types = section(3, b"\1\x50\0"), section(7, b"\2\x41\0\x42\0")
    for name, what, limit, more in (
        ("modules", b"\0\x11\0", limits.MAX_WASM_MODULES, module),
        ("components", b"\4\0", limits.MAX_WASM_COMPONENTS, component),
        ("instances", b"\5\1", limits.MAX_WASM_INSTANCES, section(5, b"\1\1\0")),
        ("values", b"\2\1\x7d", limits.MAX_WASM_VALUES, b""),
    ):
        for count in around(limit):
            imports = section(10, uleb(count) + names(count, b"\0", what))
            cases[f"{count} imported {name}"] = COMPONENT + core_type + types + imports
            cases[f"{count} imported {name} and one more"] = COMPONENT + core_type + types + imports + more
            inner = {"modules": b"\0\x50\0", "components": b"\1\x41\0"}.get(name, b"\1\x42\0")
            what = {"instances": b"\5\0"}.get(name, what)
            declared = section(7, b"\1\x41" + uleb(count + 1) + inner + names(count, b"\3", what))
            cases[f"{count} {name} of a component type"] = COMPONENT + declared
    assert verdicts(WIT, cases) == golden


def test_depth_and_size_of_types(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for depth in around(limits.MAX_WASM_COMPONENT_TYPE_DEPTH):
        for name, inner in (("component", b"\x41"), ("instance", b"\x42")):
            cases[f"{name} types {depth} deep"] = COMPONENT + section(
                7, b"\1" + (inner + b"\1\1") * (depth - 1) + inner + b"\0"
            )
        lists = b"".join(b"\x70" + sleb(k) for k in range(depth - 2))
        cases[f"{depth - 2} lists of a list"] = COMPONENT + section(7, uleb(depth - 1) + b"\x70\x7d" + lists)
    for size in around(limits.MAX_WASM_VALUE_TYPE_BYTE_SIZE):
        cases[f"a list of {size} bytes"] = COMPONENT + section(7, b"\1\x67\x7d" + uleb(size))
        cases[f"a list of {size} bytes, in halves"] = COMPONENT + section(7, b"\1\x67\x7b" + uleb(size // 2))
    # As large in all as a type may be: tuples of a hundred, of those, and of both.
    for rest in (97, 98, 99, 100, 101):
        hundred = b"\x6f" + uleb(99) + b"\x7d" * 99
        squared = b"\x6f" + uleb(100) + b"\0" * 100
        outer = b"\x6f" + uleb(99 + 98 + rest) + b"\1" * 99 + b"\0" * 98 + b"\x7d" * rest
        cases[f"tuples and {rest}"] = COMPONENT + section(7, b"\3" + hundred + squared + outer)
    assert verdicts(WIT, cases) == golden


def test_effective_size_of_core_types(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    # A module's type is as large as what it imports and exports.
    cases = {}
    params = b"\x60" + uleb(999) + b"\x7f" * 999 + b"\0"
    for count in (990, 997, 998, 999, 1000, 1001, 1010):
        imports = section(2, uleb(count) + b"".join(b"\1a" + uleb(len(n)) + n + b"\0\0" for n in numbered(count)))
        cases[f"{count} imports of a thousand"] = CORE + section(1, b"\1" + params) + imports
    assert verdicts(NEW, cases) == golden


def numbered(count: int) -> list[bytes]:
    return [b"%d" % k for k in range(count)]
