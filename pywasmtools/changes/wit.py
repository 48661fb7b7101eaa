"""Two worlds, interfaces or packages of WIT: what was added, removed or changed, told as WIT.

Docs and stability are no part of it. A version counts where an import, export or package names it, not where a type is
used from an interface: one new version is told once.
"""

from __future__ import annotations

from pywasmtools.changes.compatible import fits
from pywasmtools.changes.model import ADDED, CHANGED, REMOVED, Change, change_of, changes_of
from pywasmtools.wit.model import (
    CONSTRUCTOR,
    GETTER,
    METHOD_GETTER,
    METHOD_SETTER,
    SETTER,
    STATIC,
    STATIC_GETTER,
    STATIC_SETTER,
    Function,
    InterfaceItem,
    InterfaceOwner,
    TypeItem,
)
from pywasmtools.wit.printer import WitPrinter, escape_name
from pywasmtools.wit.types import Alias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve, WorldItem, WorldKey
    from pywasmtools.wit.stability import Stability

_GETTERS = (GETTER, METHOD_GETTER, STATIC_GETTER)
_SETTERS = (SETTER, METHOD_SETTER, STATIC_SETTER)


class Telling(WitPrinter):
    """Prints items one by one, without docs and stability."""

    __slots__ = ()

    def __init__(self, resolve: Resolve) -> None:
        super().__init__(False)
        self.resolve = resolve

    def stability(self, stability: Stability) -> None:
        """Nothing."""

    def taken(self) -> str:
        """What was printed, without its last newline; the next begins anew."""
        text = "".join(self.out)
        self.out = []
        self.any_items = False
        return text.removesuffix("\n")

    def path_without_version(self, interface: int) -> str:
        found = self.resolve.interfaces[interface]
        if found.name is None or found.package is None:
            return found.name or ""
        name = self.resolve.packages[found.package].name
        return f"{name.namespace}:{name.name}/{found.name}"

    def type_text(self, id_: int) -> str:
        """A type's definition, or the `use` that brought it."""
        type_ = self.resolve.types[id_]
        kind = type_.kind
        if isinstance(kind, Alias) and isinstance(kind.type, int):
            other = self.resolve.types[kind.type]
            owner = other.owner
            if isinstance(owner, InterfaceOwner) and owner != type_.owner and other.name is not None:
                mine, theirs = escape_name(type_.name or ""), escape_name(other.name)
                names = mine if mine == theirs else f"{theirs} as {mine}"
                return f"use {self.path_without_version(owner.id)}.{{{names}}};"
        self.type_definition(id_, {})
        return self.taken()

    def function_text(self, function: Function) -> str:
        """A function as it stands in its interface or resource."""
        self.attributes(function)
        attributes = self.taken()
        tag = function.kind.tag
        text = f"{self.function(function)};"
        if tag != CONSTRUCTOR:
            static = "static " if tag >= STATIC else ""
            text = f"{escape_name(function.item_name())}: {static}{text}"
        return f"{attributes}\n{text}" if attributes else text

    def interface_text(self, id_: int, head: str) -> str:
        """An interface with all that it holds."""
        self.open(head)
        self.interface(id_)
        self.close()
        return self.taken()


def function_name(resolve: Resolve, function: Function) -> str:
    """How a function is called in a list: `f`, `file.read`, `file.constructor`, `a (get)`."""
    name = function.item_name()
    tag = function.kind.tag
    if function.kind.resource >= 0:
        name = f"{resolve.types[function.kind.resource].name or ''}.{name}"
    return f"{name} (get)" if tag in _GETTERS else f"{name} (set)" if tag in _SETTERS else name


def interface_changes(a: Resolve, one: int, b: Resolve, other: int) -> list[Change]:
    """What differs between the types and the functions of two interfaces."""
    before, after = Telling(a), Telling(b)
    return [
        *changes_of("type", _types(before, one), _types(after, other)),
        *changes_of("function", _functions(before, one), _functions(after, other)),
    ]


def _types(telling: Telling, interface: int) -> dict[str, str]:
    types = telling.resolve.interfaces[interface].types
    return {name: telling.type_text(id_) for name, id_ in types.items()}


def _functions(telling: Telling, interface: int) -> dict[str, str]:
    resolve = telling.resolve
    functions = resolve.interfaces[interface].functions.values()
    return {function_name(resolve, function): telling.function_text(function) for function in functions}


# ------------------------------------------------------------------------------- worlds


class _Item:
    """An import or export of a world: its name, the same without a version, and what it is."""

    __slots__ = ("bare", "item", "name")

    def __init__(self, resolve: Resolve, key: WorldKey, item: WorldItem) -> None:
        if isinstance(item, Function):
            self.name = function_name(resolve, item)
        else:
            self.name = key if isinstance(key, str) else resolve.id_of(key) or ""
        self.bare = self.name.partition("@")[0] if isinstance(key, int) else self.name
        self.item = item


def world_changes(a: Resolve, one: int, b: Resolve, other: int, package: int = -1) -> list[Change]:
    """What differs between what two worlds import and then between what they export.

    What is inside of an interface of `package`, an id in `a`, is left out.
    """
    before, after = a.worlds[one], b.worlds[other]
    telling, telling_after = Telling(a), Telling(b)
    return [
        *_side(telling, before.imports, telling_after, after.imports, "import", package),
        *_side(telling, before.exports, telling_after, after.exports, "export", package),
    ]


def _side(
    telling: Telling,
    before: dict[WorldKey, WorldItem],
    telling_after: Telling,
    after: dict[WorldKey, WorldItem],
    word: str,
    package: int,
) -> list[Change]:
    """What differs on one side of two worlds."""
    items = [_Item(telling.resolve, key, item) for key, item in before.items()]
    others = [_Item(telling_after.resolve, key, item) for key, item in after.items()]
    found: list[Change] = []
    paired = _pairs(items, others)
    for item in items:
        partner = paired.get(item.name)
        if partner is None:
            found.append(Change(REMOVED, word, item.name, _item_text(telling, item, word)))
            continue
        change = _item_change(telling, item, telling_after, partner, word, package)
        if change is not None:
            found.append(change)
    partners = {partner.name for partner in paired.values()}
    for item in others:
        if item.name not in partners:
            found.append(Change(ADDED, word, item.name, None, _item_text(telling_after, item, word)))
    return found


def _pairs(items: list[_Item], others: list[_Item]) -> dict[str, _Item]:
    """The item of the second side that belongs to each of the first: of its name, or the one of another version."""
    by_name = {item.name: item for item in others}
    paired = {item.name: by_name[item.name] for item in items if item.name in by_name}
    taken = set(paired)
    left: dict[str, list[_Item]] = {}
    for item in others:
        if item.name not in taken:
            left.setdefault(item.bare, []).append(item)
    for item in items:
        rest = left.get(item.bare)
        if item.name not in paired and rest:
            paired[item.name] = rest.pop(0)
    return paired


def _item_change(
    telling: Telling, item: _Item, telling_after: Telling, other: _Item, word: str, package: int
) -> Change | None:
    """What differs between an item of one world and that of the other."""
    one, two = item.item, other.item
    if not isinstance(one, InterfaceItem) or not isinstance(two, InterfaceItem):
        before, after = _item_text(telling, item, word), _item_text(telling_after, other, word)
        return None if before == after else Change(CHANGED, word, item.name, before, after)
    interface = telling.resolve.interfaces[one.id]
    is_told = interface.name is not None and interface.package == package
    parts = [] if is_told else interface_changes(telling.resolve, one.id, telling_after.resolve, two.id)
    before, after = _head(telling, item, word), _head(telling_after, other, word)
    # The version of that package is told with it.
    is_same = before == after or (is_told and item.bare == other.bare)
    if not parts and is_same:
        return None
    return Change(CHANGED, word, item.name if is_same else item.bare, before, after, parts)


def _item_text(telling: Telling, item: _Item, word: str) -> str:
    """An import or export as WIT: an interface that is written in line with all that it holds."""
    found = item.item
    if isinstance(found, TypeItem):
        return telling.type_text(found.id)
    if isinstance(found, Function):
        return f"{word} {telling.function_text(found)}"
    if telling.resolve.interfaces[found.id].name is None:
        return telling.interface_text(found.id, f"{word} {escape_name(item.name)}: interface")
    return _head(telling, item, word)


def _head(telling: Telling, item: _Item, word: str) -> str:
    """An imported or exported interface, in one line."""
    found = item.item
    assert isinstance(found, InterfaceItem)
    if telling.resolve.interfaces[found.id].name is None:
        return f"{word} {escape_name(item.name)}: interface"
    full = telling.resolve.id_of(found.id) or item.name
    return f"{word} {full};" if full == item.name else f"{word} {escape_name(item.name)}: {full};"


# ------------------------------------------------------------------------------- packages


def package_changes(a: Resolve, one: int, b: Resolve, other: int) -> list[Change]:
    """What differs between two packages: the name, then interfaces and worlds, by name."""
    before, after = a.packages[one], b.packages[other]
    found: list[Change] = []
    if before.name != after.name:
        found.append(change_of("package", str(before.name), f"package {before.name};", f"package {after.name};"))
    for name in [*before.interfaces, *[name for name in after.interfaces if name not in before.interfaces]]:
        first, second = before.interfaces.get(name, -1), after.interfaces.get(name, -1)
        if first < 0 or second < 0:
            found.append(
                change_of("interface", name, _interface_text(a, first, name), _interface_text(b, second, name))
            )
            continue
        parts = interface_changes(a, first, b, second)
        if parts:
            found.append(Change(CHANGED, "interface", name, None, None, parts))
    changed = {before.interfaces.get(change.name) for change in found if change.what == "interface"}
    for name in [*before.worlds, *[name for name in after.worlds if name not in before.worlds]]:
        first, second = before.worlds.get(name, -1), after.worlds.get(name, -1)
        if first < 0 or second < 0:
            found.append(change_of("world", name, _world_text(a, first, name), _world_text(b, second, name)))
            continue
        parts = world_changes(a, first, b, second, one)
        if parts or not changed.isdisjoint(_interfaces_of(a, first)):
            change = Change(CHANGED, "world", name, None, None, parts)
            change.verdict = fits(a, first, b, second, True)
            found.append(change)
    return found


def _interfaces_of(resolve: Resolve, world: int) -> list[int]:
    """The interfaces that a world imports and exports."""
    found = resolve.worlds[world]
    items = [*found.imports.values(), *found.exports.values()]
    return [item.id for item in items if isinstance(item, InterfaceItem)]


def _interface_text(resolve: Resolve, id_: int, name: str) -> str | None:
    return None if id_ < 0 else Telling(resolve).interface_text(id_, f"interface {escape_name(name)}")


def _world_text(resolve: Resolve, id_: int, name: str) -> str | None:
    if id_ < 0:
        return None
    telling = Telling(resolve)
    telling.open(f"world {escape_name(name)}")
    telling.world(id_)
    telling.close()
    return telling.taken()
