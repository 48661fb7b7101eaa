"""Imports of one interface in several compatible versions become imports of the latest."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wit.model import Function, InterfaceItem
from pywasmtools.wit.queries import semver_track, type_interface_dep
from pywasmtools.wit.transform.elaborate import elaborate_world
from pywasmtools.wit.transform.merge import merge_world_item
from pywasmtools.wit.types import Alias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.text.semver import Version
    from pywasmtools.wit.model import PackageName, Resolve, WorldItem, WorldKey


def merge_world_imports_based_on_semver(resolve: Resolve, world_id: int) -> None:
    """Leaves of a world's imports the latest version of each track; all that used others uses it then.

    Interfaces are changed in place, so all worlds are elaborated again. Raises where the later version
    lacks or changes what the earlier one has.
    """
    world = resolve.worlds[world_id]
    replacements = _replacements(resolve, list(world.imports))
    for old, new in replacements.items():
        _upgrade(resolve, old, new)
    imports: dict[WorldKey, WorldItem] = {}
    for key, item in world.imports.items():
        if isinstance(key, int) and isinstance(item, InterfaceItem) and item.id in replacements:
            continue
        _update_item(resolve, item, replacements)
        imports[key] = item
    world.imports = imports
    for item in world.exports.values():
        _update_item(resolve, item, replacements)
    for id_, found in enumerate(resolve.worlds):
        elaborate_world(resolve, id_, found.span)


def _upgrade(resolve: Resolve, old: int, new: int) -> None:
    try:
        merge_world_item(resolve, InterfaceItem(old), InterfaceItem(new))
    except WasmToolsError as e:
        raise e.context(
            f"failed to upgrade `{resolve.id_of(old)}` to `{resolve.id_of(new)}`, was this semver-compatible "
            "update not semver compatible?"
        ) from None


def _replacements(resolve: Resolve, keys: list[WorldKey]) -> dict[int, int]:
    """Imported interface to the later compatible one that is imported too."""
    latest: dict[tuple[PackageName, str], tuple[Version, int]] = {}
    outdated: dict[int, tuple[PackageName, str]] = {}
    for key in keys:
        if isinstance(key, str):
            continue
        found = semver_track(resolve, key)
        if found is None:
            continue
        track, version = found
        known = latest.get(track)
        if known is None:
            latest[track] = (version, key)
        elif known[0] < version:
            outdated[known[1]] = track
            latest[track] = (version, key)
        elif version < known[0]:
            outdated[key] = track
    return {id_: latest[track][1] for id_, track in outdated.items()}


def _update_item(resolve: Resolve, item: WorldItem, replacements: dict[int, int]) -> None:
    if isinstance(item, InterfaceItem):
        for type_ in resolve.interfaces[item.id].types.values():
            _update_type(resolve, type_, replacements)
    elif not isinstance(item, Function):
        _update_type(resolve, item.id, replacements)


def _update_type(resolve: Resolve, id_: int, replacements: dict[int, int]) -> None:
    """Lets a type that is used from a replaced interface be used from the new one."""
    dep = type_interface_dep(resolve, id_)
    if dep is None or dep not in replacements:
        return
    found = resolve.types[id_]
    assert isinstance(found.kind, Alias) and isinstance(found.kind.type, int)
    name = resolve.types[found.kind.type].name
    new = replacements[dep]
    target = None if name is None else resolve.interfaces[new].types.get(name)
    if target is None:
        # The reference crashes.
        raise error(f"`{resolve.id_of(new)}` has no type `{name}`, which `{resolve.id_of(dep)}` has")
    found.kind = Alias(target)
