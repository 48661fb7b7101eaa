"""One `Resolve` merged into another, and one world into another of the same `Resolve`.

What both sides have must agree; either may have more. Equality is a matter of names and shallow structure:
types of one name are the same type.
"""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, WasmToolsError, error, shift_span
from pywasmtools.wit.clone import Cloner
from pywasmtools.wit.model import (
    Function,
    Interface,
    InterfaceItem,
    InterfaceOwner,
    TypeItem,
    World,
    WorldOwner,
)
from pywasmtools.wit.queries import (
    add_interface_deps,
    interface_direct_deps,
    topological_packages,
    world_item_direct_deps,
)
from pywasmtools.wit.stability import is_enabled, merge_stability
from pywasmtools.wit.transform.elaborate import elaborate_world
from pywasmtools.wit.transform.remap import Remap
from pywasmtools.wit.types import Alias, Borrow, Own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pywasmtools.wit.clone import CloneMaps
    from pywasmtools.wit.model import Resolve, WorldItem, WorldKey
    from pywasmtools.wit.types import Type, TypeKind


# ------------------------------------------------------------------------------- what is equal


class MergeMap:
    """What of `from_` is found in `into`: ids of the one to ids of the other, and what has to be added.

    Building it raises where the two disagree. The lists to add hold (name, package in `into`, id in `from_`).
    """

    __slots__ = ("from_", "interfaces", "interfaces_to_add", "into", "packages", "types", "worlds", "worlds_to_add")

    def __init__(self, from_: Resolve, into: Resolve) -> None:
        self.from_ = from_
        self.into = into
        self.packages: dict[int, int] = {}
        self.worlds: dict[int, int] = {}
        self.interfaces: dict[int, int] = {}
        self.types: dict[int, int] = {}
        self.interfaces_to_add: list[tuple[str, int, int]] = []
        self.worlds_to_add: list[tuple[str, int, int]] = []

    def build(self) -> None:
        """Compares all packages that both have."""
        for from_id in topological_packages(self.from_):
            name = self.from_.packages[from_id].name
            into_id = self.into.package_names.get(name)
            if into_id is None:
                continue
            try:
                self.build_package(from_id, into_id)
            except WasmToolsError as e:
                raise e.context(f"failed to merge package `{name}` into existing copy") from None

    def build_package(self, from_id: int, into_id: int) -> None:
        """Compares the interfaces and then the worlds that both packages have."""
        self.packages[from_id] = into_id
        from_ = self.from_.packages[from_id]
        into = self.into.packages[into_id]
        for name, from_interface in from_.interfaces.items():
            into_interface = into.interfaces.get(name)
            if into_interface is None:
                self.interfaces_to_add.append((name, into_id, from_interface))
                continue
            self._build_interface(name, from_interface, into_interface)
        for name, from_world in from_.worlds.items():
            into_world = into.worlds.get(name)
            if into_world is None:
                self.worlds_to_add.append((name, into_id, from_world))
                continue
            self._build_world(name, from_world, into_world)

    def _build_interface(self, name: str, from_id: int, into_id: int) -> None:
        try:
            self.build_interface(from_id, into_id)
        except WasmToolsError as e:
            raise e.context(f"failed to merge interface `{name}`") from None

    def _build_world(self, name: str, from_id: int, into_id: int) -> None:
        try:
            self.build_world(from_id, into_id)
        except WasmToolsError as e:
            raise e.context(f"failed to merge world `{name}`") from None

    def build_interface(self, from_id: int, into_id: int) -> None:
        """Takes types of one name as equal and compares functions of one name."""
        self.interfaces[from_id] = into_id
        from_ = self.from_.interfaces[from_id]
        into = self.into.interfaces[into_id]
        for name, from_type in from_.types.items():
            into_type = into.types.get(name)
            if into_type is not None:
                self.types[from_type] = into_type
        for name, function in from_.functions.items():
            other = into.functions.get(name)
            if other is not None:
                _compare_functions(function, other, f"mismatch in function `{name}`")

    def build_world(self, from_id: int, into_id: int) -> None:
        """Compares imports and exports: there must be equally many of them, of the same names and kinds."""
        self.worlds[from_id] = into_id
        from_ = self.from_.worlds[from_id]
        into = self.into.worlds[into_id]
        if len(from_.imports) != len(into.imports):
            raise error("world contains different number of imports than expected")
        if len(from_.exports) != len(into.exports):
            raise error("world contains different number of exports than expected")
        self._match_world_items(from_.imports, into.imports, "import")
        self._match_world_items(from_.exports, into.exports, "export")

    def _match_world_items(self, from_: dict[WorldKey, WorldItem], into: dict[WorldKey, WorldItem], word: str) -> None:
        for key, item in from_.items():
            other = self.find(key, into)
            name = self.from_.name_world_key(key)
            if other is None:
                raise error(f"{word} `{name}` not found in target world")
            try:
                self._match_world_item(item, other)
            except WasmToolsError as e:
                raise e.context(f"{word} `{name}` didn't match target world") from None

    def find(self, key: WorldKey, into: dict[WorldKey, WorldItem]) -> WorldItem | None:
        """The item of `into` that belongs to an item's key in `from_`."""
        if isinstance(key, str):
            return into.get(key)
        mapped = self.interfaces.get(key)
        return None if mapped is None else into.get(mapped)

    def _match_world_item(self, from_: WorldItem, into: WorldItem) -> None:
        if isinstance(from_, InterfaceItem):
            if isinstance(into, InterfaceItem):
                from_name = self.from_.interfaces[from_.id].name
                into_name = self.into.interfaces[into.id].name
                if from_name is None and into_name is None:
                    self.build_interface(from_.id, into.id)
                elif self.interfaces.get(from_.id) != into.id:
                    raise error("interfaces are not the same")
                return
        elif isinstance(from_, Function):
            if isinstance(into, Function):
                return
        elif isinstance(into, TypeItem):
            self.types[from_.id] = into.id
            return
        raise error("world items do not have the same type")


def compare_types(from_: Type, into: Type) -> None:
    """Refuses two types where one is a primitive and the other is not the same one."""
    if isinstance(from_, int) and isinstance(into, int):
        return
    if from_ is not into:
        raise error("different kinds of types")


def _compare_functions(from_: Function, into: Function, mistake: str) -> None:
    try:
        compare_functions(from_, into)
    except WasmToolsError as e:
        raise e.context(mistake) from None


def compare_functions(from_: Function, into: Function) -> None:
    """Refuses functions whose names, kinds, parameters or results differ."""
    if from_.name != into.name:
        raise error(f"different function names `{from_.name}` and `{into.name}`")
    if from_.kind.tag != into.kind.tag:
        raise error("different function kind types")
    if len(from_.params) != len(into.params):
        raise error("different number of function parameters")
    for param, other in zip(from_.params, into.params, strict=True):
        if param.name != other.name:
            raise error(f"different function parameter names: {param.name} != {other.name}")
        _compare_types(param.type, other.type, f"different function parameter types for `{param.name}`")
    if from_.result is not None and into.result is not None:
        _compare_types(from_.result, into.result, "different function result types")
    elif from_.result is not into.result:
        raise error("different number of function results")


def _compare_types(from_: Type, into: Type, mistake: str) -> None:
    try:
        compare_types(from_, into)
    except WasmToolsError as e:
        raise e.context(mistake) from None


# ------------------------------------------------------------------------------- merging a Resolve


def merge(resolve: Resolve, other: Resolve) -> Remap:
    """Moves everything of `other` that `resolve` does not have into it; says where each id went.

    `other` must not be used afterwards. Raises where the two disagree about a package that both have.
    """
    found = MergeMap(other, resolve)
    found.build()
    offset = resolve.source_map.append(other.source_map)
    remap = Remap()
    _merge_types(resolve, other, found, remap, offset)
    _merge_interfaces(resolve, other, found, remap, offset)
    _merge_worlds(resolve, other, found, remap, offset)
    _merge_packages(resolve, other, found, remap)
    _fix_parents(resolve, other, found, remap)
    for name, package, interface in found.interfaces_to_add:
        resolve.packages[package].interfaces[name] = remap.map_interface(interface, UNKNOWN_SPAN)
    for name, package, world in found.worlds_to_add:
        resolve.packages[package].worlds[name] = remap.map_world(world, UNKNOWN_SPAN)
    # Interfaces that were there may need more interfaces now. Adapters without a type bring an empty world each.
    for world_id, into in enumerate(resolve.worlds):
        if into.imports or into.exports:
            elaborate_world(resolve, world_id, into.span)
    return remap


def _merge_types(resolve: Resolve, other: Resolve, found: MergeMap, remap: Remap, offset: int) -> None:
    for id_, type_ in enumerate(other.types):
        into_id = found.types.get(id_)
        if into_id is not None:
            into = resolve.types[into_id]
            into.stability = merge_stability(type_.stability, into.stability, type_.span)
            remap.types.append(into_id)
            continue
        kind = _update_kind(resolve, remap, type_.kind, offset)
        # The owner is put right later: interfaces and worlds have no new ids yet.
        new = type_.with_kind(kind, type_.owner)
        new.span = shift_span(new.span, offset)
        remap.types.append(resolve.add_type(new))


def _update_kind(resolve: Resolve, remap: Remap, kind: TypeKind, offset: int) -> TypeKind:
    mentions_itself = isinstance(kind, (Alias, Own, Borrow))
    types: list[Type] = []
    for type_ in kind.types():
        if isinstance(type_, int):
            new = remap.map_type(type_, UNKNOWN_SPAN)
            types.append(new if mentions_itself else remap.handle_of(resolve, new))
        else:
            types.append(type_)
    updated = kind.with_types(types)
    updated.shift_spans(offset)
    return updated


def _update_function(resolve: Resolve, remap: Remap, function: Function, offset: int) -> Function:
    new = function.copy()
    new.shift_spans(offset)
    remap.update_function(resolve, new, UNKNOWN_SPAN)
    return new


def _merge_interfaces(resolve: Resolve, other: Resolve, found: MergeMap, remap: Remap, offset: int) -> None:
    for id_, interface in enumerate(other.interfaces):
        into_id = found.interfaces.get(id_)
        if into_id is not None:
            into = resolve.interfaces[into_id]
            into.stability = merge_stability(interface.stability, into.stability, interface.span)
            for name, type_ in interface.types.items():
                if name not in into.types:
                    into.types[name] = remap.map_type(type_, UNKNOWN_SPAN)
            for name, function in interface.functions.items():
                if name not in into.functions:
                    into.functions[name] = _update_function(resolve, remap, function, offset)
            remap.interfaces.append(into_id)
            continue
        new = Interface(
            interface.name,
            interface.package,
            interface.docs,
            interface.stability,
            shift_span(interface.span, offset),
        )
        new.clone_of = interface.clone_of
        for name, type_ in interface.types.items():
            new.types[name] = remap.map_type(type_, UNKNOWN_SPAN)
        for name, function in interface.functions.items():
            if is_enabled(resolve, function.stability):
                new.functions[name] = _update_function(resolve, remap, function, offset)
        remap.interfaces.append(resolve.add_interface(new))


def _merge_worlds(resolve: Resolve, other: Resolve, found: MergeMap, remap: Remap, offset: int) -> None:
    for id_, world in enumerate(other.worlds):
        into_id = found.worlds.get(id_)
        if into_id is not None:
            into = resolve.worlds[into_id]
            into.stability = merge_stability(world.stability, into.stability, world.span)
            _merge_item_stabilities(found, world.imports, into.imports)
            _merge_item_stabilities(found, world.exports, into.exports)
            remap.worlds.append(into_id)
            continue
        new = World(world.name, world.package, world.docs, world.stability, shift_span(world.span, offset))
        _move_items(resolve, remap, world.imports, new.imports, offset)
        _move_items(resolve, remap, world.exports, new.exports, offset)
        remap.worlds.append(resolve.add_world(new))


def _merge_item_stabilities(found: MergeMap, from_: dict[WorldKey, WorldItem], into: dict[WorldKey, WorldItem]) -> None:
    for key, item in from_.items():
        if isinstance(key, int) and isinstance(item, InterfaceItem):
            other = found.find(key, into)
            if isinstance(other, InterfaceItem):
                other.stability = merge_stability(item.stability, other.stability, item.span)


def _move_items(
    resolve: Resolve, remap: Remap, from_: dict[WorldKey, WorldItem], into: dict[WorldKey, WorldItem], offset: int
) -> None:
    for key, item in from_.items():
        new_key = key if isinstance(key, str) else remap.map_interface(key, UNKNOWN_SPAN)
        new: WorldItem
        if isinstance(item, Function):
            new = _update_function(resolve, remap, item, offset)
        elif isinstance(item, TypeItem):
            new = TypeItem(remap.map_type(item.id, UNKNOWN_SPAN), shift_span(item.span, offset))
        else:
            new = item.copy()
            new.id = remap.map_interface(item.id, UNKNOWN_SPAN)
            new.span = shift_span(item.span, offset)
        into[new_key] = new


def _merge_packages(resolve: Resolve, other: Resolve, found: MergeMap, remap: Remap) -> None:
    for id_, package in enumerate(other.packages):
        into_id = found.packages.get(id_)
        if into_id is None:
            for name, interface in package.interfaces.items():
                package.interfaces[name] = remap.map_interface(interface, UNKNOWN_SPAN)
            for name, world in package.worlds.items():
                package.worlds[name] = remap.map_world(world, UNKNOWN_SPAN)
            into_id = len(resolve.packages)
            resolve.packages.append(package)
        remap.packages.append(into_id)
    for package_name, id_ in other.package_names.items():
        resolve.package_names[package_name] = remap.packages[id_]


def _fix_parents(resolve: Resolve, other: Resolve, found: MergeMap, remap: Remap) -> None:
    """Gives what was moved its new package, its new original and its new owner."""
    for id_ in range(len(other.worlds)):
        if id_ not in found.worlds:
            world = resolve.worlds[remap.map_world(id_, UNKNOWN_SPAN)]
            if world.package is not None:
                world.package = remap.packages[world.package]
    for id_ in range(len(other.interfaces)):
        if id_ not in found.interfaces:
            interface = resolve.interfaces[remap.map_interface(id_, UNKNOWN_SPAN)]
            if interface.package is not None:
                interface.package = remap.packages[interface.package]
            if interface.clone_of is not None:
                interface.clone_of = remap.map_interface(interface.clone_of, UNKNOWN_SPAN)
    for id_ in range(len(other.types)):
        if id_ not in found.types:
            type_ = resolve.types[remap.map_type(id_, UNKNOWN_SPAN)]
            owner = type_.owner
            if isinstance(owner, InterfaceOwner):
                type_.owner = InterfaceOwner(remap.map_interface(owner.id, UNKNOWN_SPAN))
            elif isinstance(owner, WorldOwner):
                type_.owner = WorldOwner(remap.map_world(owner.id, UNKNOWN_SPAN))


# ------------------------------------------------------------------------------- merging worlds


def merge_worlds(resolve: Resolve, from_id: int, into_id: int, clone_maps: CloneMaps) -> None:
    """Adds the imports and exports of one world to another.

    What belongs to the first world is cloned for the second and noted in `clone_maps`. Raises where items of
    one name differ, and where a new export would change what the other world's items refer to.
    """
    from_ = resolve.worlds[from_id]
    into = resolve.worlds[into_id]
    new_imports: list[tuple[WorldKey, WorldItem]] = []
    new_exports: list[tuple[WorldKey, WorldItem]] = []
    for key, item in from_.imports.items():
        other = into.imports.get(key)
        if other is None:
            new_imports.append((key, item))
            continue
        _merge_item(resolve, item, other, "import", key)

    # What exports need imported, and the last export that needs it.
    must_be_imported: dict[int, WorldKey] = {}
    walked: set[int] = set()
    for key, item in reversed(list(into.exports.items())):
        for dep in world_item_direct_deps(resolve, item):
            if dep not in into.exports:
                for needed in add_interface_deps(resolve, dep, walked):
                    must_be_imported[needed] = key

    imported: set[int] = set()
    for key, item in from_.exports.items():
        other = into.exports.get(key)
        if other is not None:
            _merge_item(resolve, item, other, "export", key)
            continue
        _check_new_export(resolve, into, key, item, must_be_imported, imported)
        new_exports.append((key, item))

    cloner = Cloner(resolve, clone_maps, WorldOwner(from_id), WorldOwner(into_id))
    cloner.register_world_type_overlap(from_id, into_id)
    for key, item in new_imports:
        into.imports[key] = cloner.world_item(key, item)
    for key, item in new_exports:
        into.exports[key] = cloner.world_item(key, item)


def _merge_item(resolve: Resolve, from_: WorldItem, into: WorldItem, side: str, key: WorldKey) -> None:
    try:
        merge_world_item(resolve, from_, into)
    except WasmToolsError as e:
        raise e.context(f"failed to merge world {side} {resolve.name_world_key(key)}") from None


def merge_world_item(resolve: Resolve, from_: WorldItem, into: WorldItem) -> None:
    """Raises where two items of one name are not the same."""
    if isinstance(from_, InterfaceItem):
        if isinstance(into, InterfaceItem):
            if from_.id != into.id:
                try:
                    MergeMap(resolve, resolve).build_interface(from_.id, into.id)
                except WasmToolsError as e:
                    raise e.context("failed to merge interfaces") from None
            return
    elif isinstance(from_, Function):
        if isinstance(into, Function):
            _compare_functions(from_, into, "failed to merge functions")
            return
    elif isinstance(into, TypeItem):
        return
    raise error("different kinds of items")


def _check_new_export(
    resolve: Resolve,
    into: World,
    key: WorldKey,
    item: WorldItem,
    must_be_imported: dict[int, WorldKey],
    imported: set[int],
) -> None:
    try:
        _ensure_can_add_world_export(resolve, into, key, item, must_be_imported, imported)
    except WasmToolsError as e:
        raise e.context(f"failed to add export `{resolve.name_world_key(key)}`") from None


def _ensure_can_add_world_export(
    resolve: Resolve,
    into: World,
    key: WorldKey,
    item: WorldItem,
    must_be_imported: dict[int, WorldKey],
    imported: set[int],
) -> None:
    """Refuses an export that needs what would be both imported and exported, or that others import already.

    `imported` collects interfaces that are fine as imports.
    """
    name = resolve.name_world_key(key)
    for dep in world_item_direct_deps(resolve, item):
        if dep not in into.exports:
            try:
                _ensure_not_exported(resolve, into, dep, imported)
            except WasmToolsError as e:
                raise e.context(f"failed validating export of `{name}`") from None
    if isinstance(item, InterfaceItem) and item.id in must_be_imported:
        export = resolve.name_world_key(must_be_imported[item.id])
        raise error(
            f"export `{export}` depends on `{name}` previously as an import which will change meaning "
            f"if `{name}` is added as an export"
        )


def _ensure_not_exported(resolve: Resolve, world: World, id_: int, visited: set[int]) -> None:
    """Refuses an interface that the world exports, or that depends on one. Those in `visited` are known not to."""
    if id_ in visited:
        return
    visited.add(id_)
    path = [id_]
    stack: list[Iterator[int]] = [iter(interface_direct_deps(resolve, id_))]
    exported = id_ if id_ in world.exports else -1
    while stack and exported < 0:
        dep = next(stack[-1], None)
        if dep is None:
            stack.pop()
            path.pop()
        elif dep not in visited:
            visited.add(dep)
            path.append(dep)
            stack.append(iter(interface_direct_deps(resolve, dep)))
            if dep in world.exports:
                exported = dep
    if exported < 0:
        return
    e = error(
        f"world exports `{resolve.name_world_key(exported)}` but it's also transitively used by an import "
        "which means that this is not valid"
    )
    for through in reversed(path[:-1]):
        e.context(f"failed validating transitive import dep `{resolve.name_world_key(through)}`")
    raise e
