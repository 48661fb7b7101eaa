"""The order in which items that need each other are resolved: each after those it needs, else as in the source."""

from __future__ import annotations

from pywasmtools.diagnostics import wit_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.syntax.ast import Id


def toposort(what: str, deps: dict[str, list[Id]]) -> list[str]:
    """Sorts the names of `deps` by what each needs; of several that could come next the first in `deps` does.

    Raises `… does not exist` at the first mention of a name that isn't there, and `… depends on itself` at a
    mention that closes a circle; `what` is how the messages call the items.
    """
    names = list(deps)
    index = {name: k for k, name in enumerate(names)}
    remaining: list[int] = []
    dependents: list[list[int]] = [[] for _ in names]
    in_order = True
    for k, mentions in enumerate(deps.values()):
        remaining.append(len(mentions))
        for mention in mentions:
            needed = index.get(mention.name)
            if needed is None:
                raise wit_error(mention.span, missing_message(what, mention.name))
            dependents[needed].append(k)
            if needed >= k:
                in_order = False
    if in_order:
        return names

    from heapq import heappop, heappush

    ready = [k for k, count in enumerate(remaining) if count == 0]  # ascending: a heap as it is
    order: list[str] = []
    while ready:
        k = heappop(ready)
        order.append(names[k])
        for dependent in dependents[k]:
            remaining[dependent] -= 1
            if remaining[dependent] == 0:
                heappush(ready, dependent)
    if len(order) == len(names):
        return order

    for k, mentions in enumerate(deps.values()):
        if remaining[k] == 0:
            continue
        for mention in mentions:
            if remaining[index[mention.name]] != 0:
                raise wit_error(mention.span, f"{what} `{mention.name}` depends on itself")
    raise AssertionError("what is left of a sort holds a circle")


def missing_message(what: str, name: str) -> str:
    """The message about an item that isn't there; with a hint where a type has an old float type's name."""
    message = f"{what} `{name}` does not exist"
    if what == "type" and name in ("float32", "float64"):
        renamed = "f32" if name == "float32" else "f64"
        message += (
            f"\nthe `{name}` type has been renamed to `{renamed}` and is no longer accepted, but the "
            "`WIT_REQUIRE_F32_F64=0` environment variable can be used to temporarily disable this error"
        )
    return message
