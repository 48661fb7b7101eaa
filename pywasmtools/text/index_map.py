"""What a dict lacks of an IndexMap: removal that fills the gap with the last entry, moves, positions.

All three keep the dict itself, for others may hold it. They are linear in its size; where they run in a loop
over a large map, the caller rebuilds the order once instead.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    K = TypeVar("K")
    V = TypeVar("V")


def swap_remove(map_: dict[K, V], key: K) -> V:
    """Removes `key` and puts the last entry in its place; returns the value. KeyError where it is absent."""
    value = map_[key]
    last = next(reversed(map_))
    if last == key:
        del map_[key]
        return value
    items = list(map_.items())
    position = _position(items, key)
    items[position] = items.pop()
    _refill(map_, items)
    return value


def move_index(map_: dict[K, V], from_: int, to: int) -> None:
    """Moves the entry at position `from_` to position `to`; those between shift by one."""
    if from_ == to:
        return
    items = list(map_.items())
    items.insert(to, items.pop(from_))
    _refill(map_, items)


def index_of(map_: dict[K, V], key: K) -> int:
    """The position of `key`, -1 where it is absent."""
    if key not in map_:
        return -1
    for position, found in enumerate(map_):
        if found == key:
            return position
    return -1


def _position(items: list[tuple[K, V]], key: K) -> int:
    """Where an entry that is there stands."""
    for position, item in enumerate(items):
        if item[0] == key:
            return position
    raise AssertionError("the key is in the map")


def _refill(map_: dict[K, V], items: list[tuple[K, V]]) -> None:
    """Gives `map_` the entries of `items` in their order."""
    map_.clear()
    map_.update(items)
