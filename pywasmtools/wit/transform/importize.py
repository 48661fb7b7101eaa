"""A world turned round: what it exports becomes what it imports, or the other way."""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wit.model import TypeItem
from pywasmtools.wit.transform.elaborate import elaborate_world

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Resolve, WorldItem, WorldKey


def _rename_world(resolve: Resolve, world_id: int, out_name: str | None, suffix: str) -> None:
    """Renames a world in place; in its package it comes last then. A world of the new name is forgotten."""
    world = resolve.worlds[world_id]
    assert world.package is not None
    worlds = resolve.packages[world.package].worlds
    worlds.pop(world.name, None)
    world.name = world.name + suffix if out_name is None else out_name
    worlds[world.name] = world_id


def importize(resolve: Resolve, world_id: int, out_name: str | None) -> None:
    """Changes a world to one that imports what it exported, as one that uses its component would.

    Of its imports only types stay. Without `out_name` it is called `NAME-importized`.
    """
    _rename_world(resolve, world_id, out_name, "-importized")
    world = resolve.worlds[world_id]
    imports: dict[WorldKey, WorldItem] = {
        key: item for key, item in world.imports.items() if isinstance(item, TypeItem)
    }
    for key, item in world.exports.items():
        if key in imports:
            raise error(f"world export `{key}` conflicts with import of same name")
        imports[key] = item
    world.imports = imports
    world.exports = {}
    elaborate_world(resolve, world_id, world.span)


def exportize(resolve: Resolve, world_id: int, out_name: str | None, keys: set[WorldKey] | None) -> None:
    """Changes a world to one that exports what it imported: of its imports those in `keys`, or all.

    What it exported is dropped. Without `out_name` it is called `NAME-exportized`.
    """
    _rename_world(resolve, world_id, out_name, "-exportized")
    world = resolve.worlds[world_id]
    old_imports = world.imports
    world.imports = {}
    world.exports = {}
    for key, item in old_imports.items():
        if keys is None or key in keys:
            world.exports[key] = item
        else:
            world.imports[key] = item
    elaborate_world(resolve, world_id, world.span)
