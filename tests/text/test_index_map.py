"""The operations of an IndexMap on a dict, as indexmap 2's documentation describes them."""

from __future__ import annotations

import pytest

from pywasmtools.text.index_map import index_of, move_index, swap_remove


def entries() -> dict[str, int]:
    return {"a": 0, "b": 1, "c": 2, "d": 3}


def test_swap_remove_fills_the_gap_with_the_last_entry() -> None:
    map_ = entries()
    assert swap_remove(map_, "b") == 1
    assert list(map_.items()) == [("a", 0), ("d", 3), ("c", 2)]


def test_swap_remove_of_the_last_entry_keeps_the_order() -> None:
    map_ = entries()
    assert swap_remove(map_, "d") == 3
    assert list(map_) == ["a", "b", "c"]


def test_swap_remove_of_the_only_entry() -> None:
    map_ = {"a": 0}
    assert swap_remove(map_, "a") == 0
    assert map_ == {}


def test_swap_remove_of_nothing() -> None:
    with pytest.raises(KeyError):
        swap_remove(entries(), "x")


@pytest.mark.parametrize(
    ("from_", "to", "expected"), [(0, 2, "bcad"), (3, 0, "dabc"), (1, 1, "abcd"), (0, 3, "bcda"), (2, 1, "acbd")]
)
def test_move_index_shifts_those_between(from_: int, to: int, expected: str) -> None:
    map_ = entries()
    move_index(map_, from_, to)
    assert list(map_) == list(expected)
    assert map_["c"] == 2


def test_index_of() -> None:
    assert [index_of(entries(), key) for key in "adx"] == [0, 3, -1]
