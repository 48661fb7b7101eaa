"""Getters and setters: the order that the component binary format asks of them."""

from __future__ import annotations

from pywasmtools.wit.model import Function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    K = TypeVar("K")
    V = TypeVar("V")


def getter_name(setter: str) -> str:
    """The name of the getter that belongs to a setter: `[method][get]r.a` of `[method][set]r.a`."""
    return setter.replace("[set]", "[get]", 1)


def place_setters_after_getters(items: dict[K, V]) -> None:
    """Moves each setter that stands before its getter to right behind it. Setters without a getter stay.

    `items` are the functions of an interface, or the imports or exports of a world; what is no function stays.
    """
    getters_seen: set[str] = set()
    early: dict[str, tuple[K, V]] = {}
    for key, item in items.items():
        if not isinstance(item, Function):
            continue
        if item.kind.is_getter:
            getters_seen.add(item.name)
        elif item.kind.is_setter:
            getter = getter_name(item.name)
            if getter not in getters_seen:
                early[getter] = (key, item)
    if not early:
        return
    names = {item.name for item in items.values() if isinstance(item, Function)}
    waiting = {getter: pair for getter, pair in early.items() if getter in names}
    if not waiting:
        return
    moved = {item.name for _, item in waiting.values() if isinstance(item, Function)}
    ordered: list[tuple[K, V]] = []
    for key, item in items.items():
        if isinstance(item, Function):
            if item.name in moved:
                continue
            ordered.append((key, item))
            setter = waiting.get(item.name)
            if setter is not None:
                ordered.append(setter)
        else:
            ordered.append((key, item))
    items.clear()
    items.update(ordered)
