"""Sets of characters: a tuple of ranges of codes, first and last one after the other, in order and apart."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

    Set = tuple[int, ...]

LAST: Final = 0x10FFFF
NOTHING: Final[Set] = ()
ANYTHING: Final[Set] = (0, LAST)


def union(sets: Iterable[Set]) -> Set:
    """What is in any of the sets. Ranges of one may be in any order, and overlap."""
    pairs = sorted([(a[k], a[k + 1]) for a in sets for k in range(0, len(a), 2)])
    found: list[int] = []
    for low, high in pairs:
        if found and low <= found[-1] + 1:
            if high > found[-1]:
                found[-1] = high
        else:
            found += (low, high)
    return tuple(found)


def negation(a: Set) -> Set:
    """All that is not in a set."""
    found: list[int] = []
    at = 0
    for k in range(0, len(a), 2):
        if a[k] > at:
            found += (at, a[k] - 1)
        at = a[k + 1] + 1
    if at <= LAST:
        found += (at, LAST)
    return tuple(found)


def intersection(a: Set, b: Set) -> Set:
    """What is in both sets."""
    return negation(union((negation(a), negation(b))))


def difference(a: Set, b: Set) -> Set:
    """What is in the first set and not in the second."""
    return negation(union((negation(a), b)))


def symmetric_difference(a: Set, b: Set) -> Set:
    """What is in one of the sets."""
    return union((difference(a, b), difference(b, a)))


def holds(a: Set, code: int) -> bool:
    """Whether a set has a character."""
    low, high = 0, len(a)
    while low < high:
        middle = (low + high) // 2
        if a[middle] < code:
            low = middle + 1
        else:
            high = middle
    return low < len(a) and (low % 2 == 1 or a[low] == code)
