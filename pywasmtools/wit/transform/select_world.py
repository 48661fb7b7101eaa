"""The world that a name given by the user means, or the only one there is."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.wit.queries import id_of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import PackageName, Resolve


def select_world(resolve: Resolve, packages: list[int], world: str | None) -> int:
    """The id of a world. `packages` are the main ones; `world` is a plain name, an id or None.

    A plain name is looked up in the one main package, an id `ns:pkg/world` anywhere; None takes the only
    world of the only main package. Raises where that is no world or several.
    """
    if world is None:
        return _only_world(resolve, packages)
    from pywasmtools.wit.syntax.parser import parse_use_path

    try:
        path = parse_use_path(world)
    except WasmToolsError as e:
        raise e.context(f"failed to parse world specifier `{world}`") from None
    if not packages:
        raise error("No main packages defined")
    if isinstance(path, str):
        if len(packages) > 1:
            raise _several_packages(resolve)
        package = packages[0]
        name = path
    else:
        package = find_package(resolve, path[0])
        name = path[1]
    found = resolve.packages[package].worlds.get(name)
    if found is None:
        raise error(f"World `{name}` not found in package `{resolve.packages[package].name}`")
    return found


def _only_world(resolve: Resolve, packages: list[int]) -> int:
    if not packages:
        raise error("No main packages defined")
    if len(packages) > 1:
        raise _several_packages(resolve)
    package = resolve.packages[packages[0]]
    worlds = list(package.worlds.values())
    if not worlds:
        raise error(f"The main package `{package.name}` contains no worlds")
    if len(worlds) > 1:
        names = "".join([f"\n  {id_of_name(resolve, packages[0], resolve.worlds[id_].name)}" for id_ in worlds])
        raise error(f"There are multiple worlds in `{package.name}`; one must be explicitly chosen:{names}")
    return worlds[0]


def _several_packages(resolve: Resolve) -> WasmToolsError:
    names = ""
    for world in resolve.worlds:
        assert world.package is not None
        names += f"\n  {id_of_name(resolve, world.package, world.name)}"
    return error(f"There are multiple main packages; a world must be explicitly chosen:{names}")


def find_package(resolve: Resolve, name: PackageName) -> int:
    """The package of this name; without a version, the only one of any version."""
    found = resolve.package_names.get(name)
    if found is not None:
        return found
    candidates: list[tuple[PackageName, int]] = []
    if name.version is None:
        for known, id_ in resolve.package_names.items():
            if known.name == name.name and known.namespace == name.namespace:
                candidates.append((known, id_))
    if not candidates:
        raise error(f"unknown package `{name}`")
    if len(candidates) > 1:
        raise error(
            f"package name `{name}` is available at both versions {candidates[0][0].version} "
            f"and {candidates[1][0].version} but which is not specified"
        )
    return candidates[0][1]
