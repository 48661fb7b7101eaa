"""Putting packages together: an unresolved package becomes part of a `Resolve`.

The placeholders that stand first in its arenas are mapped to what other packages hold, items gated by features
that are off are left out, resources that are mentioned become handles, and worlds are completed: `include`s
carried out, imports and exports elaborated. The source map of the `Resolve` grows first, so spans are shifted.
"""

from __future__ import annotations

from pywasmtools.diagnostics import (
    UNKNOWN_SPAN,
    SourceMap,
    WasmToolsError,
    error,
    shift_span,
    two_places_error,
    wit_error,
)
from pywasmtools.wit.model import Function, InterfaceItem, InterfaceOwner, Package, TypeItem, WorldOwner
from pywasmtools.wit.stability import include_stability
from pywasmtools.wit.syntax.resolver import parse_source_map
from pywasmtools.wit.transform.elaborate import elaborate_world
from pywasmtools.wit.transform.include import process_world_includes
from pywasmtools.wit.transform.remap import Remap
from pywasmtools.wit.types import (
    Alias,
    Borrow,
    Own,
    Record,
    Resource,
    Unknown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pywasmtools.diagnostics import Span
    from pywasmtools.wit.model import (
        Interface,
        PackageName,
        Resolve,
        TypeDef,
        TypeOwner,
        UnresolvedPackage,
        UnresolvedPackageGroup,
        World,
        WorldItem,
        WorldKey,
    )
    from pywasmtools.wit.stability import Stability
    from pywasmtools.wit.types import Type

    ForeignItem = tuple[PackageName, str, Span, list[Stability]]
    """The package and name of a placeholder, where the package was first mentioned, the gates of all mentions."""


# ------------------------------------------------------------------------------- the ways in


def parse_into(resolve: Resolve, source_map: SourceMap) -> UnresolvedPackageGroup:
    """Parses a source map; where that fails, adds the map to that of `resolve`, which the error then points into."""
    try:
        return parse_source_map(source_map)
    except WasmToolsError as e:
        raise e.shift(resolve.source_map.append(source_map)) from None
    except MemoryError:
        pass
    raise MemoryError  # a new one: `diagnostics.py` says why


def push_source(resolve: Resolve, path: str, contents: bytes) -> int:
    """Parses one file (UTF-8, checked) and puts it in; returns the package's id. Messages call the file `path`."""
    source_map = SourceMap()
    source_map.push(path, contents)
    return push_group(resolve, parse_into(resolve, source_map))


def push_group(resolve: Resolve, group: UnresolvedPackageGroup) -> int:
    """Puts in a package and those nested in its files; returns the id of the former."""
    return push_groups(resolve, group, [])


def push_groups(resolve: Resolve, main: UnresolvedPackageGroup, deps: list[UnresolvedPackageGroup]) -> int:
    """Puts in all packages, each after those it needs; returns the id of the main one.

    Raises where a package is defined twice or packages need each other. After an error `resolve` is of use
    only to show it.
    """
    packages: dict[PackageName, tuple[UnresolvedPackage, int]] = {}
    found: list[tuple[UnresolvedPackage, int]] = []
    for group in [main, *deps]:
        offset = resolve.source_map.append(group.source_map)
        found += [(package, offset) for package in [*group.nested, group.main]]
    for package, offset in found:
        previous = packages.get(package.name)
        if previous is not None:
            raise two_places_error(
                f"package `{package.name}` is defined in two different locations",
                shift_span(package.package_name_span, offset),
                shift_span(previous[0].package_name_span, previous[1]),
            )
        packages[package.name] = (package, offset)
    main_id = -1
    for name in _package_order(packages):
        package, offset = packages[name]
        id_ = push(resolve, package, offset)
        if package is main.main:
            main_id = id_
    return main_id


def _name_order(name: PackageName) -> tuple[object, ...]:
    if name.version is None:
        return (name.namespace, name.name, 0)
    return (name.namespace, name.name, 1, name.version)


def _package_order(packages: dict[PackageName, tuple[UnresolvedPackage, int]]) -> list[PackageName]:
    """The packages, each after those it needs, else by name. Raises at a mention that closes a circle."""
    order: dict[PackageName, bool] = {}
    visiting: set[PackageName] = set()
    for root in sorted(packages, key=_name_order):
        if root in order:
            continue
        # A frame: a package, its mentions not yet looked at, and whether a mention led to it.
        stack: list[tuple[PackageName, Iterator[tuple[PackageName, Span]], bool]] = [
            (root, _mentions(packages[root]), False)
        ]
        while stack:
            name, mentions, was_mentioned = stack[-1]
            mention = next(mentions, None)
            if mention is None:
                stack.pop()
                order[name] = True
                if was_mentioned:
                    visiting.discard(name)
                continue
            dep, span = mention
            if dep in visiting:
                raise wit_error(span, f"package `{dep}` creates a dependency cycle")
            if dep in packages and dep not in order:
                visiting.add(dep)
                stack.append((dep, _mentions(packages[dep]), True))
    return list(order)


def _mentions(entry: tuple[UnresolvedPackage, int]) -> Iterator[tuple[PackageName, Span]]:
    """The packages that a package mentions, and where it does so first."""
    package, offset = entry
    spans = [shift_span(s, offset) for s in package.foreign_dep_spans]
    return iter(list(zip(package.foreign_deps, spans, strict=True)))


# ------------------------------------------------------------------------------- one package


def push(resolve: Resolve, unresolved: UnresolvedPackage, span_offset: int) -> int:
    """Puts in one package, whose source starts at `span_offset` of the source map; returns its id.

    All that it needs is there already. Raises WIT errors. `unresolved` is used up.
    """
    if unresolved.name in resolve.package_names:
        # The reference crashes here.
        raise error(f"package `{unresolved.name}` is already present")
    if span_offset:
        _shift_spans(unresolved, span_offset)
    remap = Remap()
    package = Package(unresolved.name, unresolved.docs)
    id_ = resolve.add_package(package)
    _map_foreign_items(remap, resolve, id_, unresolved)
    foreign_types = len(remap.types)
    foreign_interfaces = len(remap.interfaces)
    foreign_worlds = len(remap.worlds)

    _add_types(remap, resolve, unresolved, id_)
    _add_interfaces(remap, resolve, unresolved, id_)
    _update_owners(remap, resolve, foreign_types, False)
    _add_worlds(remap, resolve, unresolved, id_)
    _update_owners(remap, resolve, foreign_types, True)

    # Worlds stand in topological order too: what a world includes is complete by then.
    for new in remap.worlds[foreign_worlds:]:
        if new is not None:
            process_world_includes(remap, new, resolve, id_)
            elaborate_world(resolve, new, resolve.worlds[new].span)
    for new in remap.interfaces[foreign_interfaces:]:
        if new is not None:
            name = resolve.interfaces[new].name
            if name is not None:
                package.interfaces[name] = new
    for new in remap.worlds[foreign_worlds:]:
        if new is not None:
            resolve.worlds[new].package = id_
            package.worlds[resolve.worlds[new].name] = new
    return id_


def _add_types(remap: Remap, resolve: Resolve, unresolved: UnresolvedPackage, package: int) -> None:
    """Adds the types that are no placeholders. They stand in topological order; their owners aren't known yet."""
    for type_ in unresolved.types[len(remap.types) :]:
        if include_stability(resolve, type_.stability, package, type_.span):
            _update_type(remap, resolve, type_)
            remap.types.append(resolve.add_type(type_))
        else:
            remap.types.append(None)


def _add_interfaces(remap: Remap, resolve: Resolve, unresolved: UnresolvedPackage, package: int) -> None:
    for interface in unresolved.interfaces[len(remap.interfaces) :]:
        if include_stability(resolve, interface.stability, package, interface.span):
            interface.package = package
            _update_interface(remap, resolve, interface, package)
            remap.interfaces.append(resolve.add_interface(interface))
        else:
            remap.interfaces.append(None)


def _add_worlds(remap: Remap, resolve: Resolve, unresolved: UnresolvedPackage, package: int) -> None:
    for world in unresolved.worlds[len(remap.worlds) :]:
        if include_stability(resolve, world.stability, package, world.span):
            _update_world(remap, resolve, world, package)
            remap.worlds.append(resolve.add_world(world))
        else:
            remap.worlds.append(None)


def _map_foreign_items(remap: Remap, resolve: Resolve, package: int, unresolved: UnresolvedPackage) -> None:
    """Maps the placeholders: interfaces, worlds, then types. Raises where the other packages don't hold them."""
    interfaces: dict[int, ForeignItem] = {}
    worlds: dict[int, ForeignItem] = {}
    for (name, items), span in zip(unresolved.foreign_deps.items(), unresolved.foreign_dep_spans, strict=True):
        for item, (is_world, id_, stabilities) in items.items():
            if is_world:
                worlds[id_] = (name, item, span, stabilities)
            else:
                interfaces[id_] = (name, item, span, stabilities)
    for id_ in range(len(interfaces)):
        place = unresolved.interfaces[id_].span
        other = _foreign_package(resolve, interfaces[id_])
        remap.interfaces.append(
            _foreign_item(resolve, other, other.interfaces, "interface", interfaces[id_], package, place)
        )
    for id_ in range(len(worlds)):
        place = unresolved.worlds[id_].span
        other = _foreign_package(resolve, worlds[id_])
        remap.worlds.append(_foreign_item(resolve, other, other.worlds, "world", worlds[id_], package, place))
    _map_foreign_types(remap, resolve, package, unresolved)
    for id_, span in unresolved.required_resource_types:
        found = remap.types[id_]
        # A type that is gated away is reported where it is used next.
        if found is not None and not isinstance(resolve.types[remap.base_of(resolve, found)].kind, Resource):
            raise wit_error(span, "type used in a handle must be a resource")


def _foreign_package(resolve: Resolve, item: ForeignItem) -> Package:
    name = item[0]
    found = resolve.package_names.get(name)
    if found is None:
        known = "".join([f"\n    {k}" for k in resolve.package_names])
        raise wit_error(item[2], f"package '{name}' not found. known packages:{known}")
    return resolve.packages[found]


def _foreign_item(
    resolve: Resolve,
    other: Package,
    items: dict[str, int],
    word: str,
    item: ForeignItem,
    package: int,
    place: Span,
) -> int | None:
    """The id of an interface or world of another package; None where the gates of all its mentions are shut."""
    for stability in item[3]:
        if include_stability(resolve, stability, package, place):
            break
    else:
        return None
    found = items.get(item[1])
    if found is None:
        raise wit_error(place, f"{word} '{item[1]}' not found in package '{other.name}'")
    return found


def _map_foreign_types(remap: Remap, resolve: Resolve, package: int, unresolved: UnresolvedPackage) -> None:
    for k, type_ in enumerate(unresolved.types):
        if not isinstance(type_.kind, Unknown):
            return
        if not include_stability(resolve, type_.stability, package, type_.span):
            remap.types.append(None)
            continue
        owner = type_.owner
        assert isinstance(owner, InterfaceOwner)
        assert type_.name is not None
        interface = resolve.interfaces[remap.map_interface(owner.id, UNKNOWN_SPAN)]
        found = interface.types.get(type_.name)
        if found is None:
            raise wit_error(unresolved.unknown_type_spans[k], f"type `{type_.name}` not defined in interface")
        remap.types.append(found)


# ------------------------------------------------------------------------------- its parts


def _update_type(remap: Remap, resolve: Resolve, type_: TypeDef) -> None:
    """Gives the types inside a type their new ids. An alias stays an alias, of a resource too."""
    kind = type_.kind
    span = type_.span
    if isinstance(kind, Record):
        # A field is reported where it stands.
        for field in kind.fields:
            if isinstance(field.type, int):
                field.type = remap.update_type(resolve, field.type, field.span)
        return
    types = kind.types()
    if not types:
        return
    if isinstance(kind, (Alias, Own, Borrow)):
        new: list[Type] = [remap.map_type(t, span) if isinstance(t, int) else t for t in types]
    else:
        new = [remap.update_type(resolve, t, span) if isinstance(t, int) else t for t in types]
    if new != types:
        type_.kind = kind.with_types(new)


def _update_interface(remap: Remap, resolve: Resolve, interface: Interface, package: int) -> None:
    """New ids for types and functions; those that are gated away go."""
    types: dict[str, int] = {}
    for name, id_ in interface.types.items():
        new = remap.types[id_]
        if new is not None:
            types[name] = new
    interface.types = types
    functions: dict[str, Function] = {}
    for name, function in interface.functions.items():
        if include_stability(resolve, function.stability, package, function.span):
            remap.update_function(resolve, function, function.span)
            functions[name] = function
    interface.functions = functions


def _update_world(remap: Remap, resolve: Resolve, world: World, package: int) -> None:
    world.imports = _update_externs(remap, resolve, world.imports, package)
    world.exports = _update_externs(remap, resolve, world.exports, package)


def _update_externs(
    remap: Remap, resolve: Resolve, items: dict[WorldKey, WorldItem], package: int
) -> dict[WorldKey, WorldItem]:
    """The imports or exports of a world under their new ids, without those that are gated away."""
    updated: dict[WorldKey, WorldItem] = {}
    for key, item in items.items():
        span = item.span
        if isinstance(item, TypeItem):
            item.id = remap.map_type(item.id, span)
            if not include_stability(resolve, resolve.types[item.id].stability, package, span):
                continue
        elif not include_stability(resolve, item.stability, package, span):
            continue
        new_key = key if isinstance(key, str) else remap.map_interface(key, span)
        if isinstance(item, InterfaceItem):
            item.id = remap.map_interface(item.id, span)
        elif isinstance(item, Function):
            remap.update_function(resolve, item, item.span)
        updated[new_key] = item
    return updated


def _update_owners(remap: Remap, resolve: Resolve, first: int, of_worlds: bool) -> None:
    """Tells the types from `first` on which interface (or world) owns them, now that those have their ids."""
    owner_type = WorldOwner if of_worlds else InterfaceOwner
    ids = remap.worlds if of_worlds else remap.interfaces
    owners: dict[int, TypeOwner] = {}
    for id_ in remap.types[first:]:
        if id_ is None:
            continue
        type_ = resolve.types[id_]
        owner = type_.owner
        if owner is None or not isinstance(owner, owner_type):
            continue
        if owner.id not in owners:
            new = ids[owner.id]
            if new is None:
                raise _owner_gated("world" if of_worlds else "interface", type_.span)
            owners[owner.id] = owner_type(new)
        type_.owner = owners[owner.id]


def _owner_gated(word: str, span: Span) -> WasmToolsError:
    return wit_error(
        span,
        f"found a reference to a {word} which is excluded due to its feature not being activated; "
        f"this type is not gated by a feature but its {word} is",
    )


# ------------------------------------------------------------------------------- spans


def _shift_spans(package: UnresolvedPackage, offset: int) -> None:
    """Moves all spans of a package by `offset` bytes, as its source map became part of a larger one."""
    package.package_name_span = shift_span(package.package_name_span, offset)
    package.unknown_type_spans = [shift_span(s, offset) for s in package.unknown_type_spans]
    package.foreign_dep_spans = [shift_span(s, offset) for s in package.foreign_dep_spans]
    package.required_resource_types = [(t, shift_span(s, offset)) for t, s in package.required_resource_types]
    for world in package.worlds:
        world.span = shift_span(world.span, offset)
        for items in (world.imports, world.exports):
            for item in items.values():
                if isinstance(item, Function):
                    item.shift_spans(offset)
                else:
                    item.span = shift_span(item.span, offset)
        for include in world.includes:
            include.span = shift_span(include.span, offset)
    for interface in package.interfaces:
        interface.span = shift_span(interface.span, offset)
        for function in interface.functions.values():
            function.shift_spans(offset)
    for type_ in package.types:
        type_.span = shift_span(type_.span, offset)
        type_.kind.shift_spans(offset)
