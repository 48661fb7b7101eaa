"""`include` of one world in another: its imports and exports are copied, some under new names."""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, WasmToolsError, wit_error
from pywasmtools.text.names import parse_component_name
from pywasmtools.wit.clone import CloneMaps, Cloner
from pywasmtools.wit.model import Function, InterfaceItem, TypeItem, WorldOwner
from pywasmtools.wit.stability import include_stability, merge_include_stability
from pywasmtools.wit.syntax.name_scope import getter_name, place_setters_after_getters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.diagnostics import Span
    from pywasmtools.text.names import ComponentName
    from pywasmtools.wit.model import Resolve, World, WorldItem, WorldKey
    from pywasmtools.wit.transform.remap import Remap


def process_world_includes(remap: Remap, world_id: int, resolve: Resolve, package: int) -> None:
    """Carries out all `include`s of a world, then checks its names, then puts setters after their getters.

    `remap` maps the worlds' ids in the package's source to those in `resolve`. The world's list of includes
    is empty afterwards.
    """
    world = resolve.worlds[world_id]
    includes = world.includes
    world.includes = []
    for include in includes:
        if include_stability(resolve, include.stability, package, include.span):
            included = remap.map_world(include.id, include.span)
            _resolve_include(resolve, world_id, included, include.names, include.span, package)
    _check_strongly_unique(world, world.imports, "import")
    _check_strongly_unique(world, world.exports, "export")
    place_setters_after_getters(world.imports)
    place_setters_after_getters(world.exports)
    _check_getters(world, world.imports, "import")
    _check_getters(world, world.exports, "export")


# ------------------------------------------------------------------------------- include


def _label(name: str) -> tuple[str, str, str]:
    """An item's name in parts: annotations, what `with` can rename, the rest. `[method]r.f`: `[method]`, `r`, `.f`."""
    start = 0
    while name.startswith("[", start):
        close = name.find("]", start)
        if close < 0:
            return (name, "", "")
        start = close + 1
    dot = name.find(".", start)
    if dot < 0:
        dot = len(name)
    return (name[:start], name[start:dot], name[dot:])


def _resolve_include(
    resolve: Resolve, world_id: int, included_id: int, names: list[tuple[str, str]], span: Span, package: int
) -> None:
    world = resolve.worlds[world_id]
    included = resolve.worlds[included_id]
    is_external = world.package != included.package
    renames: dict[str, str] = {}
    for name, new_name in names:
        renames.setdefault(name, new_name)
    if names:
        labels: set[str] = set()
        for items in (included.imports, included.exports):
            labels.update([_label(key)[1] for key in items if isinstance(key, str)])
        for name, _ in names:
            if name not in labels:
                raise wit_error(
                    span,
                    f"no import or export kebab-name `{name}`. Note that an ID does not support renaming",
                )
    cloner = Cloner(resolve, CloneMaps(), WorldOwner(included_id), WorldOwner(world_id), package)
    imports = list(included.imports.items())
    exports = list(included.exports.items())
    for key, item in imports:
        _include_item(cloner, renames, world.imports, key, item, span, "import", is_external)
    for key, item in exports:
        _include_item(cloner, renames, world.exports, key, item, span, "export", is_external)


def _include_item(
    cloner: Cloner,
    renames: dict[str, str],
    items: dict[WorldKey, WorldItem],
    key: WorldKey,
    item: WorldItem,
    span: Span,
    word: str,
    is_external: bool,
) -> None:
    if isinstance(key, str):
        name = key
        if renames:
            prefix, label, rest = _label(key)
            if label in renames:
                name = prefix + renames[label] + rest
        new = cloner.world_item(key, item)
        if isinstance(new, Function):
            new.name = name
        elif isinstance(new, TypeItem):
            cloner.resolve.types[new.id].name = name
        if name in items:
            raise wit_error(span, f"{word} of `{name}` shadows previously {word}ed items")
        items[name] = new
        return
    assert isinstance(item, InterfaceItem)
    into = items.get(key)
    if not isinstance(into, InterfaceItem):
        into = item.copy()
        items[key] = into
    into.stability = merge_include_stability(item.stability, into.stability, is_external, item.span)


# ------------------------------------------------------------------------------- checks


def _check_strongly_unique(world: World, items: dict[WorldKey, WorldItem], word: str) -> None:
    seen: dict[ComponentName, str] = {}
    for key in items:
        if not isinstance(key, str):
            continue
        try:
            name = parse_component_name(key)
        except WasmToolsError:
            continue
        if name in seen:
            raise wit_error(
                UNKNOWN_SPAN,
                f"{word} `{key}` in world `{world.name}` conflicts with {word} `{seen[name]}` "
                "(names must be strongly unique)",
            )
        seen[name] = key


def _check_getters(world: World, items: dict[WorldKey, WorldItem], word: str) -> None:
    for item in items.values():
        if isinstance(item, Function) and item.kind.is_setter:
            getter = getter_name(item.name)
            if getter not in items:
                raise wit_error(
                    item.span,
                    f"{word} `{item.name}` in world `{world.name}` has no corresponding getter `{getter}`",
                )
