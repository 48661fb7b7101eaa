"""Names of an interface's or world's items: no two that differ only in case and hyphens, setters after their getters.

See https://github.com/WebAssembly/component-model/blob/main/design/mvp/Explainer.md#name-uniqueness
"""

from __future__ import annotations

from pywasmtools.diagnostics import wit_error
from pywasmtools.text.names import PLAIN, kebab_key, parse_component_name
from pywasmtools.wit.model import Function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from pywasmtools.diagnostics import Span
    from pywasmtools.text.names import NameKey
    from pywasmtools.wit.syntax.ast import Id

    K = TypeVar("K")
    V = TypeVar("V")


class NameScope:
    """The names of an interface, or of the imports or exports of a world, in order of definition."""

    __slots__ = ("names", "spans")

    def __init__(self) -> None:
        self.names: dict[NameKey, str] = {}
        self.spans: dict[str, Span] = {}

    def define(self, name: str, span: Span) -> None:
        """Adds a component-level name (`[method]r.f`); raises where it isn't strongly unique."""
        if name.startswith("["):
            key = parse_component_name(name).key
        else:
            key = ((PLAIN, kebab_key(name)),)
        previous = self.names.get(key)
        if previous is not None:
            raise wit_error(span, _clash("name", name, previous))
        self.names[key] = name
        self.spans[name] = span

    def check_setters(self) -> None:
        """Raises at the first setter that has no getter."""
        for name, span in self.spans.items():
            if name.startswith(("[set]", "[method][set]", "[static][set]")):
                getter = getter_name(name)
                if getter not in self.spans:
                    raise wit_error(span, f"setter `{name}` has no corresponding getter `{getter}`")


def check_unique_labels(what: str, labels: list[Id]) -> None:
    """Raises at the first field, flag or case whose name is not strongly unique."""
    seen: dict[str, str] = {}
    for label in labels:
        key = kebab_key(label.name)
        previous = seen.get(key)
        if previous is not None:
            raise wit_error(label.span, _clash(what, label.name, previous))
        seen[key] = label.name


def _clash(what: str, name: str, previous: str) -> str:
    if previous == name:
        return f"duplicate {what} `{name}`"
    return f"{what} `{name}` conflicts with previous {what} `{previous}`"


# ------------------------------------------------------------------------------- getters and setters


def getter_name(setter: str) -> str:
    """The name of the getter that belongs to a setter: `[method][get]r.a` of `[method][set]r.a`."""
    return setter.replace("[set]", "[get]", 1)


def place_setters_after_getters(items: dict[K, V]) -> None:
    """Moves each setter that stands before its getter to right behind it, as the binary format asks. Setters without
    a getter stay.

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
