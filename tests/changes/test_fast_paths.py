"""Core modules held against each other: what a short cut takes for the same is the same, wherever the difference lies."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

import pytest
from change_pairs import module

from pywasmtools.changes import code
from pywasmtools.changes.binary import compare
from pywasmtools.changes.core import first_difference
from pywasmtools.changes.model import Change, Part


def names(changes: list[Change]) -> list[str]:
    signs = {"added": "+", "removed": "-", "changed": "~"}
    return [f"{signs[change.kind]}{change.name}" for change in changes]


def held(one: str, two: str) -> Part:
    return compare(module(f"(module {one})"), module(f"(module {two})"))


# ------------------------------------------------------------------------------- the same bytes, another meaning

USED = [
    pytest.param("(func $a)", "(func $b nop)", "call {}", id="func"),
    pytest.param("(table $a 1 funcref)", "(table $b 2 funcref)", "table.size {} drop", id="table"),
    pytest.param("(memory $a 1)", "(memory $b 2)", "memory.size {} drop", id="memory"),
    pytest.param("(global $a i32 (i32.const 1))", "(global $b i32 (i32.const 2))", "global.get {} drop", id="global"),
    pytest.param("(tag $a)", "(tag $b (type $e))", "throw {}", id="tag"),
    pytest.param("(elem $a func 0)", "(elem $b func)", "elem.drop {}", id="elem"),
    pytest.param('(data $a "x")', '(data $b "y")', "data.drop {}", id="data"),
    pytest.param("(type $a (func (param i64)))", "(type $b (func (param f64)))", "unreachable call_indirect (type {})",
                 id="type"),
]  # fmt: skip
"""Two items of each space that instructions name, and an instruction that names one."""

MORE = "(type $e (func)) (func $run {}) (table $last 1 funcref)"


@pytest.mark.parametrize(("first", "second", "use"), USED)
def test_the_number_of_another_item_is_other_code(first: str, second: str, use: str) -> None:
    """The body is the same bytes, for the items have changed places."""
    one, two = (
        f"{items} {MORE.format(use.format(name))}" for items, name in ((first + second, "$a"), (second + first, "$b"))
    )
    part = held(one, two)
    assert names(part.code) == ["~run"], part.code[0].name
    assert part.renumbered == 0


@pytest.mark.parametrize(("first", "second", "use"), USED)
def test_another_number_of_the_same_item_is_no_other_code(first: str, second: str, use: str) -> None:
    one, two = (f"{items} {MORE.format(use.format('$b'))}" for items in (first + second, second + first))
    part = held(one, two)
    assert part.code == []
    assert part.renumbered == 1


@pytest.mark.parametrize(("first", "second", "use"), USED)
def test_an_item_more_before_it_is_no_other_code(first: str, second: str, use: str) -> None:
    one, two = (f"{items} {MORE.format(use.format('$b'))}" for items in (second, first + second))
    for part, sign in ((held(one, two), "+"), (held(two, one), "-")):
        assert names(part.code) == ([f"{sign}a"] if first.startswith("(func") else [])
        assert part.renumbered == 1


@pytest.mark.parametrize(
    ("before", "after"), [("(param i64)", "(param f64)"), ("", "(result i32)"), ("(param i64)", "")]
)
def test_a_type_that_is_another_one_under_its_number_is_other_code(before: str, after: str) -> None:
    """All other numbers are the same on both sides."""
    text = "(type (func {})) (type (func)) (table 1 funcref) (func (type 1) unreachable call_indirect (type 0))"
    part = held(text.format(before), text.format(after))
    assert names(part.code) == ["~func 0"]


def test_types_more_at_the_end_are_no_other_code() -> None:
    text = "(type (func)) (table 1 funcref) (func (type 0) i32.const 0 call_indirect (type 0))"
    for one, two in ((text, f"{text} (type (func (param i32)))"), (f"{text} (type (func (param i32)))", text)):
        part = held(one, two)
        assert part.code == [] and part.renumbered == 0


@pytest.mark.parametrize(
    ("one", "two"),
    [("i32", "i64"), ("i32", "i32 i32"), ("i32 i64", "i64 i32"), ("i32", ""), ("funcref", "externref")],
)
def test_other_locals_are_other_code(one: str, two: str) -> None:
    parts = [f"(func (local {types}))" if types else "(func)" for types in (one, two)]
    assert names(held(*parts).code) == ["~func 0"]


# ------------------------------------------------------------------------------- functions without names


def functions(numbers: list[int], imports: int = 0) -> bytes:
    """A module of functions without names that all have one type, each with another number in it."""
    imported = "".join(f'(import "m" "f{k}" (func (result i32)))' for k in range(imports))
    return module(f"(module {imported} {' '.join(f'(func (result i32) i32.const {n})' for n in numbers)})")


@pytest.mark.parametrize("imports", [0, 1, 7])
@pytest.mark.parametrize("place", range(5))
def test_a_function_more_among_others_of_its_type(place: int, imports: int) -> None:
    few = [10, 11, 12, 13]
    more = [*few[:place], 77, *few[place:]]
    one, two = functions(few, imports), functions(more, imports)
    assert names(compare(one, two).code) == [f"+func {imports + place}"]
    assert names(compare(two, one).code) == [f"-func {imports + place}"]


@pytest.mark.parametrize("imports", [0, 2])
@pytest.mark.parametrize("place", range(4))
def test_a_function_that_changed_among_others_of_its_type(place: int, imports: int) -> None:
    numbers = [10, 11, 12, 13]
    part = compare(
        functions(numbers, imports), functions([n + 90 * (k == place) for k, n in enumerate(numbers)], imports)
    )
    assert names(part.code) == [f"~func {imports + place}"]


def test_functions_that_come_or_go_are_found_among_others() -> None:
    """Of functions that are all different, in one order, those that are on one side only."""
    rng = random.Random(1)
    for _ in range(60):
        many = rng.sample(range(100), rng.randrange(1, 9))
        few = [n for n in many if rng.randrange(2)]
        one, two = functions(few, rng.randrange(3)), functions(many, rng.randrange(3))
        part = compare(one, two)
        assert [change.kind for change in part.code] == ["added"] * (len(many) - len(few))
        assert [change.kind for change in compare(two, one).code] == ["removed"] * (len(many) - len(few))


def test_functions_are_told_apart_by_their_types_and_the_order_of_the_rest() -> None:
    """What is another one at both ends is brought into line by what it does, then by order."""
    body = "(func (param {0}) (result {0}) local.get 0)"
    one = [body.format(type_) for type_ in ("i32", "i64", "f32")]
    assert names(held("".join(one), "".join([one[1], one[2]])).code) == ["-func 0"]
    assert names(held("".join(one), "".join([one[0], body.format("f64"), one[2]])).code) == ["~func 1"]
    assert names(held("".join(one), "".join([body.format("f64"), *one])).code) == ["+func 0"]


def test_lists_are_brought_into_line() -> None:
    """The parts cover both lists, in order, and what is called equal is; what is not the same at an end is left to difflib."""
    rng = random.Random(2)
    for _ in range(300):
        these, those = ([bytes([rng.randrange(4)]) for _ in range(rng.randrange(7))] for _ in range(2))
        at = at_after = equal = 0
        for tag, start, end, start_after, end_after in code._aligned(these, those):
            assert (start, start_after) == (at, at_after) and end >= start and end_after >= start_after
            at, at_after = end, end_after
            if tag == "equal":
                assert these[start:end] == those[start_after:end_after]
                equal += end - start
            else:
                assert (tag == "insert") == (start == end) and (tag == "delete") == (start_after == end_after)
        assert (at, at_after) == (len(these), len(those))
        ends = _same_at_ends(these, those)
        blocks = SequenceMatcher(None, these, those, False).get_matching_blocks()
        assert equal >= ends if ends else equal == sum(block.size for block in blocks)


def test_very_long_lists_are_brought_into_line_at_their_ends_alone() -> None:
    """What is left in the middle goes by its order."""
    root = int(code.MOST_PAIRS**0.5)
    middle = [b"%d" % n for n in range(root + 1)]
    these, those = [b"a", *middle, b"b", b"c"], [b"a", b"new", *middle[:-1], b"b", b"c"]
    assert code._aligned(these, those) == [
        ("equal", 0, 1, 0, 1),
        ("replace", 1, root + 2, 1, root + 2),
        ("equal", root + 2, root + 4, root + 2, root + 4),
    ]
    most = [b"a", *middle[:root], b"b"]
    assert code._aligned(most, [b"a", *middle[1:root], b"new", b"b"])[1] == ("delete", 1, 2, 1, 1)


def _same_at_ends(these: list[bytes], those: list[bytes]) -> int:
    """How many are the same at the start, and then at the end of what is left."""
    count = 0
    for back in (False, True):
        while these and those and these[-back] == those[-back]:
            these, those = (these[:-1], those[:-1]) if back else (these[1:], those[1:])
            count += 1
    return count


def test_the_first_byte_that_differs() -> None:
    rng = random.Random(3)
    for _ in range(300):
        one, two = (bytes(rng.randrange(2) for _ in range(rng.randrange(9))) for _ in range(2))
        same = 0
        while same < min(len(one), len(two)) and one[same] == two[same]:
            same += 1
        assert first_difference(one, two) == same


# ------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("_ZN1a1b17h0123456789abcdefE", "_ZN1a1b"),
        ("_ZN1a1b17h0123456789abcdeFE", None),
        ("_ZN1a1b17h0123456789abcdef", None),
        ("_ZN1a1b16h0123456789abcdefE", None),
        ("_ZN1a1b17g0123456789abcdefE", None),
        ("_ZN1a1b17h0123456789abcdeE", None),
        ("17h0123456789abcdefE", ""),
        ("a::h0123456789abcdef", "a"),
        ("a::h0123456789abcdefE", None),
        ("a:::0123456789abcdef", None),
        ("a::h0123456789abcde", None),
        ("a::g0123456789abcdef", None),
        ("a::h0123456789abcdeff", None),
        ("::h0123456789abcdef", ""),
        ("h0123456789abcdef", None),
        ("E", None),
        ("", None),
    ],
)
def test_the_hash_of_a_symbol(name: str, plain: str | None) -> None:
    assert code.plain_name(name) == (name if plain is None else plain)


def test_functions_by_name_whatever_they_do() -> None:
    """A name that both have counts for more than what functions do, that of an export stands for one that is missing."""
    text = "(func ${} (result i32) i32.const {}) (func ${} (result i32) i32.const {})"
    assert names(held(text.format("a", 1, "b", 2), text.format("b", 1, "a", 2)).code) == ["~a", "~b"]
    text = '(func (export "{}") (result i32) i32.const {}) (func (export "{}") (result i32) i32.const {})'
    assert names(held(text.format("a", 1, "b", 2), text.format("b", 1, "a", 2)).code) == ["~a", "~b"]


@pytest.mark.parametrize("first", ["(func $a nop)", '(func (export "a") nop)'])
def test_a_named_function_is_no_other_named_one(first: str) -> None:
    """One that has another name and does something else is another function, and so is one without a name."""
    assert names(held(first, "(func $b unreachable)").code) == ["-a", "+b"]
    assert names(held(first, "(func unreachable)").code) == ["-a", "+func 0"]
    assert names(held("(func unreachable)", first).code) == ["-func 0", "+a"]
    assert names(held(first, "(func nop)").code) == []


@pytest.mark.parametrize(("first", "second", "use"), USED)
def test_equal_types_change_no_other_numbers(first: str, second: str, use: str) -> None:
    """Of equal types the first stands for all; items of other spaces have nothing to do with that."""
    same = "(type (func (param f32)))" * 3
    one, two = (f"{same} {items} {MORE.format(use.format('$b'))}" for items in (first + second, second))
    for part in (held(one, two), held(two, one)):
        assert [change.name for change in part.code] == (["a"] if first.startswith("(func") else [])
        assert part.renumbered == 1
    twice = "(table 1 funcref) (func (type {0}) i32.const 0 call_indirect (type {1}))"
    for numbers in ((0, 1), (1, 0), (2, 2)):
        part = held(f"(type (func)) (type (func)) (type (func)) {twice.format(0, 0)}",
                    f"(type (func)) (type (func)) (type (func)) {twice.format(*numbers)}")  # fmt: skip
        assert part.code == [] and part.definitions == []
