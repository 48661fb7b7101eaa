"""Type ids made nominal: an interface that a world has twice, as import and as export, becomes two."""

from __future__ import annotations

from pywasmtools.wit.clone import CloneMaps, Cloner
from pywasmtools.wit.model import InterfaceItem, WorldOwner
from pywasmtools.wit.queries import interface_direct_deps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve, WorldItem, WorldKey


def generate_nominal_type_ids(resolve: Resolve, world_id: int) -> None:
    """Clones interfaces so that each import and export of a world has one of its own.

    So does everything that depends on a clone. Bindings generators want a type in the guest language a
    type id.
    """
    world = resolve.worlds[world_id]
    maps = CloneMaps()
    seen: set[int] = set()
    rewritten: set[int] = set()
    world.imports = _nominalize(resolve, maps, world_id, world.imports, seen, rewritten)
    world.exports = _nominalize(resolve, maps, world_id, world.exports, seen, rewritten)


def _nominalize(
    resolve: Resolve,
    maps: CloneMaps,
    world_id: int,
    items: dict[WorldKey, WorldItem],
    seen: set[int],
    rewritten: set[int],
) -> dict[WorldKey, WorldItem]:
    """The items with clones where they are needed.

    `seen`: interfaces met so far. `rewritten`: those cloned under their own id, which others' `use` means from
    then on; what is imported or exported under a plain name can't be used from.
    """
    # Plain names last, because what they use must have been cloned by then.
    interfaces: list[tuple[WorldKey, InterfaceItem]] = []
    named: list[tuple[WorldKey, InterfaceItem]] = []
    for key, item in items.items():
        if isinstance(item, InterfaceItem):
            (named if isinstance(key, str) else interfaces).append((key, item))
    to_clone: dict[int, list[WorldKey]] = {}
    for key, item in interfaces + named:
        id_ = item.id
        needed = id_ in seen
        seen.add(id_)
        if not needed:
            for dep in interface_direct_deps(resolve, id_):
                if dep in rewritten:
                    needed = True
                    break
        if needed:
            if isinstance(key, int):
                rewritten.add(id_)
            to_clone.setdefault(id_, []).append(key)

    # Of the clones of one interface those under plain names come first and leave no trace in `maps`.
    clones: dict[WorldKey, int] = {}
    owner = WorldOwner(world_id)
    for id_, keys in to_clone.items():
        package = resolve.interfaces[id_].package
        for key in keys:
            if isinstance(key, str):
                trace = maps.mark(id_)
                clones[key] = Cloner(resolve, maps, owner, owner, package).interface(id_)
                maps.forget(id_, trace)
        for key in keys:
            if isinstance(key, int):
                clones[key] = Cloner(resolve, maps, owner, owner, package).interface(id_)

    found: dict[WorldKey, WorldItem] = {}
    for key, item in items.items():
        clone = clones.get(key)
        if clone is None or not isinstance(item, InterfaceItem):
            found[key] = item
            continue
        new = item.copy()
        new.id = clone
        found[key if isinstance(key, str) else clone] = new
    return found
