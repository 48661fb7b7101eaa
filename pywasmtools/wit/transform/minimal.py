"""A `Resolve` cut down to what one world or interface reaches: `minimal`.

An interface that is reached stays whole, for who imports it imports all its types and functions. So a world is embedded as
before: what else there was has no part in it.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wit.model import (
    Function,
    Interface,
    InterfaceItem,
    InterfaceOwner,
    Package,
    PackageName,
    Resolve,
    TypeDef,
    TypeItem,
    World,
    WorldOwner,
)
from pywasmtools.wit.queries import LiveTypes
from pywasmtools.wit.types import swap_types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import TypeOwner, WorldItem, WorldKey


def select_interface(resolve: Resolve, packages: list[int], name: str) -> int:
    """The id of an interface. `name` is a plain one, looked up in the only main package, or `ns:pkg/name`, looked up anywhere.

    Without a version it is that of any, where there is one alone. Raises where there is none, or several.
    """
    from pywasmtools.wit.syntax.parser import parse_use_path
    from pywasmtools.wit.transform.select_world import find_package

    try:
        path = parse_use_path(name)
    except WasmToolsError as e:
        raise e.context(f"failed to parse interface specifier `{name}`") from None
    if isinstance(path, str):
        if len(packages) != 1:
            raise error(f"interface `{name}`: there is no main package to look it up in")
        package, plain = packages[0], path
    else:
        package, plain = find_package(resolve, path[0]), path[1]
    found = resolve.packages[package].interfaces.get(plain)
    if found is None:
        raise error(f"Interface `{plain}` not found in package `{resolve.packages[package].name}`")
    return found


class Reached:
    """The worlds, interfaces and types that some of them reach, as sets of ids; complete after `close`."""

    __slots__ = ("interfaces", "resolve", "types", "worlds")

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.worlds: dict[int, bool] = {}
        self.interfaces: dict[int, bool] = {}
        self.types = LiveTypes(resolve)

    def close(self, worlds: list[int], interfaces: list[int]) -> None:
        """Adds worlds and interfaces, and all that they reach."""
        more_worlds = list(worlds)
        more_interfaces = list(interfaces)
        looked_at = 0
        while more_worlds or more_interfaces:
            while more_worlds:
                self._add_world(more_worlds.pop(), more_interfaces)
            while more_interfaces:
                self._add_interface(more_interfaces.pop())
            # What types stand in belongs to them: a type of another interface brings all of that.
            for id_ in list(self.types)[looked_at:]:
                owner = self.resolve.types[id_].owner
                if isinstance(owner, InterfaceOwner) and owner.id not in self.interfaces:
                    more_interfaces.append(owner.id)
                elif isinstance(owner, WorldOwner) and owner.id not in self.worlds:
                    more_worlds.append(owner.id)
            looked_at = len(self.types)

    def _add_world(self, id_: int, interfaces: list[int]) -> None:
        self.worlds[id_] = True
        self.types.add_world(id_)
        world = self.resolve.worlds[id_]
        for items in (world.imports, world.exports):
            for item in items.values():
                if isinstance(item, InterfaceItem):
                    interfaces.append(item.id)
                elif isinstance(item, Function) and item.kind.resource >= 0:
                    self.types.add_type_id(item.kind.resource)

    def _add_interface(self, id_: int) -> None:
        if id_ not in self.interfaces:
            self.interfaces[id_] = True
            self.types.add_interface(id_)
            for function in self.resolve.interfaces[id_].functions.values():
                if function.kind.resource >= 0:
                    self.types.add_type_id(function.kind.resource)


def minimal(resolve: Resolve, *, world: int = -1, interface: int = -1, docs: bool = True) -> tuple[Resolve, int]:
    """A new `Resolve` that holds one world or one interface of another and what it reaches, and the id of its package.

    In it everything has the order that it had; spans point into the same files. Without `docs` there are none. What a world
    includes or gates is settled before. Raises where what is asked for is in no package.
    """
    reached = Reached(resolve)
    reached.close([world] if world >= 0 else [], [interface] if interface >= 0 else [])
    package = resolve.worlds[world].package if world >= 0 else resolve.interfaces[interface].package
    if package is None:
        raise error("what is in no package can't be written as WIT")
    cut = _Cut(reached, docs)
    return (cut.resolve, cut.packages[package])


def _numbered(ids: list[int]) -> dict[int, int]:
    """New ids for those that stay, in their order."""
    ids.sort()
    return {old: new for new, old in enumerate(ids)}


class _Cut:
    """A copy of a part of a `Resolve`: the tables of old to new ids, and what came of it."""

    __slots__ = ("docs", "interfaces", "old", "packages", "resolve", "types", "worlds")

    def __init__(self, reached: Reached, docs: bool) -> None:
        old = self.old = reached.resolve
        self.docs = docs
        self.types = _numbered(list(reached.types))
        self.interfaces = _numbered(list(reached.interfaces))
        self.worlds = _numbered(list(reached.worlds))
        owners = [old.worlds[id_].package for id_ in self.worlds]
        owners += [old.interfaces[id_].package for id_ in self.interfaces]
        self.packages = _numbered(list({id_ for id_ in owners if id_ is not None}))
        self.resolve = Resolve((), old.all_features)
        self.resolve.features = set(old.features)
        self.resolve.source_map.append(old.source_map)
        for id_ in self.types:
            self.resolve.add_type(self._type(old.types[id_]))
        for id_ in self.interfaces:
            self.resolve.add_interface(self._interface(old.interfaces[id_]))
        for id_ in self.worlds:
            self.resolve.add_world(self._world(old.worlds[id_]))
        for id_ in self.packages:
            self._package(old.packages[id_])

    def _docs(self, docs: str | None) -> str | None:
        return docs if self.docs else None

    def _owner(self, owner: TypeOwner) -> TypeOwner:
        if isinstance(owner, InterfaceOwner):
            return InterfaceOwner(self.interfaces[owner.id])
        if isinstance(owner, WorldOwner):
            return WorldOwner(self.worlds[owner.id])
        return None

    def _type(self, type_: TypeDef) -> TypeDef:
        kind = type_.kind.with_types(swap_types(type_.kind.types(), self.types))
        members = kind.members()
        if members is not None and not self.docs:
            for member in members:
                member.docs = None
        new = type_.with_kind(kind, self._owner(type_.owner))
        new.docs = self._docs(type_.docs)
        return new

    def _function(self, function: Function) -> Function:
        resource = function.kind.resource
        new = function.with_types(
            swap_types(function.types(), self.types), self.types[resource] if resource >= 0 else resource
        )
        new.docs = self._docs(function.docs)
        return new

    def _interface(self, interface: Interface) -> Interface:
        package = interface.package
        new = Interface(
            interface.name,
            None if package is None else self.packages[package],
            self._docs(interface.docs),
            interface.stability,
            interface.span,
        )
        for name, id_ in interface.types.items():
            new.types[name] = self.types[id_]
        for name, function in interface.functions.items():
            new.functions[name] = self._function(function)
        if interface.clone_of is not None:
            new.clone_of = self.interfaces.get(interface.clone_of)
        return new

    def _world(self, world: World) -> World:
        package = world.package
        new = World(
            world.name,
            None if package is None else self.packages[package],
            self._docs(world.docs),
            world.stability,
            world.span,
        )
        self._items(world.imports, new.imports)
        self._items(world.exports, new.exports)
        return new

    def _items(self, items: dict[WorldKey, WorldItem], into: dict[WorldKey, WorldItem]) -> None:
        for key, item in items.items():
            new: WorldItem
            if isinstance(item, Function):
                new = self._function(item)
            elif isinstance(item, TypeItem):
                new = TypeItem(self.types[item.id], item.span)
            else:
                new = item.copy()
                new.id = self.interfaces[item.id]
                new.docs = self._docs(item.docs)
            into[key if isinstance(key, str) else self.interfaces[key]] = new

    def _package(self, package: Package) -> None:
        name = package.name
        new = Package(PackageName(name.namespace, name.name, name.version), self._docs(package.docs))
        for item, id_ in package.interfaces.items():
            if id_ in self.interfaces:
                new.interfaces[item] = self.interfaces[id_]
        for item, id_ in package.worlds.items():
            if id_ in self.worlds:
                new.worlds[item] = self.worlds[id_]
        self.resolve.add_package(new)
