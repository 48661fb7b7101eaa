"""Delta debugging: which of many items are needed for a test to hold (Zeller and Hildebrandt, 2002), halves first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def minimize(items: Sequence[Item], test: Callable[[list[Item]], bool], smallest: int = 1) -> list[Item]:
    """Items that are left when no run of `smallest` or more of them can be left out; the test holds for all of them.

    Of one needed item among n it takes some 2 log2(n) tests. Later items go first, for they tend to need earlier ones.
    """
    kept = list(items)
    if not kept or test([]):
        return []
    size = max((len(kept) + 1) // 2, smallest)
    while True:
        end = len(kept)
        while end > 0:
            start = max(end - size, 0)
            without = kept[:start] + kept[end:]
            if without and test(without):
                kept = without
            end = start
        if size <= smallest:
            return kept
        size = max(size // 2, smallest)


def shortest(least: int, most: int, test: Callable[[int], bool]) -> int:
    """The smallest number from `least` on for which the test holds, where it holds for `most`, found by halves."""
    while least < most:
        middle = (least + most) // 2
        if test(middle):
            most = middle
        else:
            least = middle + 1
    return most
