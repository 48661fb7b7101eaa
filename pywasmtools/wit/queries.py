"""Questions about a `Resolve`: names of worlds' imports and exports, what depends on what, which types are in use.

Nothing here changes a `Resolve`. Walks keep their own stacks, so that no chain of types, interfaces or
packages is too long.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.text.semver import compat_track, compat_track_string
from pywasmtools.wit.model import (
    ASYNC_STATIC,
    STATIC,
    STATIC_GETTER,
    STATIC_SETTER,
    Function,
    InterfaceItem,
    InterfaceOwner,
    PackageName,
    without_name,
)
from pywasmtools.wit.types import Alias, Future, Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pywasmtools.text.semver import Version
    from pywasmtools.wit.model import Interface, Resolve, WorldItem, WorldKey
    from pywasmtools.wit.types import Type


# ------------------------------------------------------------------------------- names


def package_of(interface: Interface) -> int:
    """The id of an interface's package; refuses an interface without one."""
    if interface.package is None:
        raise error(f"interface `{interface.name or ''}` has no package")
    return interface.package


def id_of_name(resolve: Resolve, package: int, name: str) -> str:
    """`ns:name/item@version` of the interface or world `name` of a package."""
    return resolve.packages[package].name.interface_id(name)


def canonicalized_id_of_name(resolve: Resolve, package: int, name: str) -> str:
    """As `id_of_name`, with the version cut down to its canonical part: `a:b/c@1`, `a:b/c@0.2`."""
    package_name = resolve.packages[package].name
    base = f"{package_name.namespace}:{package_name.name}/{name}"
    if package_name.version is None:
        return base
    return f"{base}@{compat_track_string(package_name.version)[0]}"


def canonicalized_id_of(resolve: Resolve, interface: int) -> str | None:
    """The canonical id of an interface; None where it has no name."""
    found = resolve.interfaces[interface]
    if found.name is None:
        return None
    return canonicalized_id_of_name(resolve, package_of(found), found.name)


def name_canonicalized_world_key(resolve: Resolve, key: WorldKey) -> str:
    """The name of an import or export: plain, or the canonical id of its interface."""
    if isinstance(key, str):
        return key
    name = canonicalized_id_of(resolve, key)
    if name is None:
        raise without_name()
    return name


def implements_interface(resolve: Resolve, key: WorldKey, item: WorldItem) -> int | None:
    """The interface that a plainly named import or export implements (`import a: ns:pkg/iface`), if it is such."""
    if isinstance(key, str) and isinstance(item, InterfaceItem) and resolve.interfaces[item.id].name is not None:
        return item.id
    return None


def version_suffix_of(resolve: Resolve, interface: int) -> str | None:
    """What the canonical id of an interface leaves out of its version: `.2.3` of `1.2.3`."""
    package = resolve.interfaces[interface].package
    if package is None:
        return None
    version = resolve.packages[package].name.version
    if version is None:
        return None
    return compat_track_string(version)[1]


def external_id_value(resolve: Resolve, item: WorldItem) -> str | None:
    """The `@external-id` of a world's item."""
    if isinstance(item, (InterfaceItem, Function)):
        return item.external_id
    return resolve.types[item.id].external_id


def semver_track(resolve: Resolve, interface: int) -> tuple[tuple[PackageName, str], Version] | None:
    """The track of compatible versions that an interface is on, hashable, and its version; None without either."""
    found = resolve.interfaces[interface]
    if found.package is None or found.name is None:
        return None
    name = resolve.packages[found.package].name
    if name.version is None:
        return None
    track = PackageName(name.namespace, name.name, compat_track(name.version)[0])
    return ((track, found.name), name.version)


# ------------------------------------------------------------------------------- dependencies


def type_interface_dep(resolve: Resolve, id_: int) -> int | None:
    """The interface that a type is used from, where that is not the one the type stands in."""
    found = resolve.types[id_]
    if not isinstance(found.kind, Alias):
        return None
    target = found.kind.type
    if not isinstance(target, int):
        return None
    owner = resolve.types[target].owner
    if found.owner == owner:
        return None
    if isinstance(owner, InterfaceOwner):
        return owner.id
    raise error(f"type `{found.name or ''}` is an alias of a type that no interface owns")


def interface_direct_deps(resolve: Resolve, id_: int) -> list[int]:
    """The interfaces that an interface uses types from, in the order of its types; with repetitions."""
    deps: list[int] = []
    for type_ in resolve.interfaces[id_].types.values():
        dep = type_interface_dep(resolve, type_)
        if dep is not None:
            deps.append(dep)
    return deps


def world_item_direct_deps(resolve: Resolve, item: WorldItem) -> list[int]:
    """The interfaces that a world's item uses types from, directly."""
    if isinstance(item, InterfaceItem):
        return interface_direct_deps(resolve, item.id)
    if isinstance(item, Function):
        return []
    dep = type_interface_dep(resolve, item.id)
    return [] if dep is None else [dep]


def add_interface_deps(resolve: Resolve, id_: int, found: set[int]) -> list[int]:
    """Adds an interface and all that it depends on to `found`; returns what was not in it, in the order of a walk.

    What is in `found` already is not walked again.
    """
    if id_ in found:
        return []
    new = [id_]
    found.add(id_)
    stack = [iter(interface_direct_deps(resolve, id_))]
    while stack:
        dep = next(stack[-1], None)
        if dep is None:
            stack.pop()
        elif dep not in found:
            found.add(dep)
            new.append(dep)
            stack.append(iter(interface_direct_deps(resolve, dep)))
    return new


def package_direct_deps(resolve: Resolve, id_: int) -> list[int]:
    """The packages that a package needs, without itself; with repetitions."""
    package = resolve.packages[id_]
    interfaces: list[int] = []
    for interface in package.interfaces.values():
        interfaces += interface_direct_deps(resolve, interface)
    for world_id in package.worlds.values():
        world = resolve.worlds[world_id]
        for items in (world.imports, world.exports):
            for item in items.values():
                if isinstance(item, InterfaceItem):
                    interfaces.append(item.id)
                elif not isinstance(item, Function):
                    dep = type_interface_dep(resolve, item.id)
                    if dep is not None:
                        interfaces.append(dep)
    deps: list[int] = []
    for interface in interfaces:
        dep = resolve.interfaces[interface].package
        if dep is not None and dep != id_:
            deps.append(dep)
    return deps


def topological_packages(resolve: Resolve) -> list[int]:
    """All packages, each after those it needs.

    Refuses packages that need each other, which merging partial views of packages can bring about.
    """
    order: dict[int, bool] = {}
    path: set[int] = set()
    for root in range(len(resolve.packages)):
        if root in order:
            continue
        stack = [(root, iter(package_direct_deps(resolve, root)))]
        path.add(root)
        while stack:
            id_, deps = stack[-1]
            dep = next(deps, None)
            if dep is None:
                stack.pop()
                path.discard(id_)
                order[id_] = True
            elif dep in path:
                raise error(f"package `{resolve.packages[dep].name}` creates a dependency cycle")
            elif dep not in order:
                path.add(dep)
                stack.append((dep, iter(package_direct_deps(resolve, dep))))
    return list(order)


# ------------------------------------------------------------------------------- functions


def find_futures_and_streams(resolve: Resolve, function: Function) -> list[int]:
    """The futures and streams in a function's signature, inner ones first, as often as they occur.

    A place in this list is the number in `[future-new-0]f`.
    """
    found: list[int] = []
    without: set[int] = set()
    for root in function.types():
        if not isinstance(root, int):
            continue
        # A frame: the type, its child types not yet walked, and how many were found before it.
        stack = [(root, iter(resolve.types[root].kind.types()), len(found))]
        while stack:
            id_, children, before = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if isinstance(resolve.types[id_].kind, (Future, Stream)):
                    found.append(id_)
                elif len(found) == before:
                    without.add(id_)
            elif isinstance(child, int) and child not in without:
                stack.append((child, iter(resolve.types[child].kind.types()), len(found)))
    return found


# ------------------------------------------------------------------------------- types in use


class LiveTypes:
    """A set of type ids in insertion order, each after the types it is made of."""

    __slots__ = ("resolve", "types")

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.types: dict[int, bool] = {}

    def __contains__(self, id_: int) -> bool:
        return id_ in self.types

    def __iter__(self) -> Iterator[int]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)

    def add_world(self, world: int) -> None:
        """All types that a world's imports and then its exports refer to."""
        found = self.resolve.worlds[world]
        for item in found.imports.values():
            self.add_world_item(item)
        for item in found.exports.values():
            self.add_world_item(item)

    def add_world_item(self, item: WorldItem) -> None:
        """All types that an import or export refers to."""
        if isinstance(item, InterfaceItem):
            self.add_interface(item.id)
        elif isinstance(item, Function):
            self.add_func(item)
        else:
            self.add_type_id(item.id)

    def add_interface(self, interface: int) -> None:
        """The types of an interface, then what its functions refer to."""
        found = self.resolve.interfaces[interface]
        for type_ in found.types.values():
            self.add_type_id(type_)
        for function in found.functions.values():
            self.add_func(function)

    def add_func(self, function: Function) -> None:
        """The types of a function's parameters and result; of a static function the resource first."""
        if function.kind.tag in (STATIC, ASYNC_STATIC, STATIC_GETTER, STATIC_SETTER):
            self.add_type_id(function.kind.resource)
        for param in function.params:
            self.add_type(param.type)
        if function.result is not None:
            self.add_type(function.result)

    def add_type(self, type_: Type) -> None:
        """A type, where it is no primitive one."""
        if isinstance(type_, int):
            self.add_type_id(type_)

    def add_type_id(self, id_: int) -> None:
        """A type and all that it is made of."""
        live = self.types
        if id_ in live:
            return
        types = self.resolve.types
        stack = [id_]
        while stack:
            top = stack[-1]
            if top in live:
                stack.pop()
                continue
            missing = [t for t in types[top].kind.types() if isinstance(t, int) and t not in live]
            if missing:
                missing.reverse()
                stack += missing
            else:
                stack.pop()
                live[top] = True
