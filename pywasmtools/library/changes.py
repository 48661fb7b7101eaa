"""Changes to the model in place: names, what is taken out of worlds, and what WIT text adds.

What is added is read together with all interfaces, as one text, and merged: what was there keeps its ids. It is tried on a copy
first, so that what is refused changes nothing.
"""

from __future__ import annotations

import re
from typing import Any

from pywasmtools.diagnostics import Place, WasmToolsError, error
from pywasmtools.library import state, text
from pywasmtools.load import decode_bytes
from pywasmtools.text.names import is_kebab
from pywasmtools.wit import model, types
from pywasmtools.wit.printer import escape_name
from pywasmtools.wit.queries import LiveTypes
from pywasmtools.wit.transform.elaborate import elaborate_world
from pywasmtools.wit.transform.merge import merge

_ADDED = "<added>"
"""How what is added is called in messages."""

_HERE = "\0"
"""Where it stands in the text that it is read with."""

# ------------------------------------------------------------------------------- names


def _checked(name: str) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a name is a str, not {type(name).__name__}")
    if not is_kebab(name):
        raise ValueError(f"{name!r} is not in kebab case: words of letters and digits, joined by `-`")
    return name


def _rekey(table: dict[Any, Any], old: Any, new: Any) -> None:
    """Gives an entry another key; its place stays."""
    if new == old:
        return
    if new in table:
        raise ValueError(f"`{new}` is there already")
    entries = [(new if key == old else key, value) for key, value in table.items()]
    table.clear()
    table.update(entries)


def rename_function(table: dict[Any, Any], function: model.Function, name: str) -> None:
    """Gives a function of `table` another name, within its resource or accessor."""
    if function.kind.tag == model.CONSTRUCTOR:
        raise ValueError("a constructor has no name of its own")
    new = function.name.removesuffix(function.item_name()) + _checked(name)
    _rekey(table, function.name, new)
    function.name = new


def rename_in_package(
    resolve: model.Resolve, found: model.World | model.Interface, what: str, id_: int, name: str
) -> None:
    """Gives an interface or world another name; an interface that is written in a world has its name there."""
    _checked(name)
    if found.name is None:
        for world in resolve.worlds:
            for items in (world.imports, world.exports):
                for key, item in list(items.items()):
                    if isinstance(key, str) and isinstance(item, model.InterfaceItem) and item.id == id_:
                        _rekey(items, key, name)
        return
    if found.package is not None:
        package = resolve.packages[found.package]
        for table in (package.interfaces, package.worlds):
            if name != found.name and name in table:
                raise ValueError(f"`{name}` is there already")
        _rekey(package.interfaces if what == "interfaces" else package.worlds, found.name, name)
    found.name = name


def rename_type(resolve: model.Resolve, id_: int, name: str) -> None:
    """Gives a type with a name another one; the functions of a resource change theirs too."""
    found = resolve.types[id_]
    owner = found.owner
    if found.name is None or owner is None:
        raise ValueError("a type without a name can't be given another one")
    old = found.name
    tables: list[dict[Any, Any]]
    if isinstance(owner, model.InterfaceOwner):
        interface = resolve.interfaces[owner.id]
        _rekey(interface.types, old, _checked(name))
        tables = [interface.functions]
    else:
        world = resolve.worlds[owner.id]
        _rekey(world.imports, old, _checked(name))
        tables = [world.imports, world.exports]
    found.name = name
    for table in tables:
        for key, function in list(table.items()):
            if isinstance(function, model.Function) and function.kind.resource == id_:
                head, _, label = function.name.rpartition("]")
                function.name = f"{head}]{name}{label[len(old) :]}"
                _rekey(table, key, function.name)


# ------------------------------------------------------------------------------- taken out


def remove_world_item(resolve: model.Resolve, world_id: int, is_import: bool, key: model.WorldKey) -> None:
    """Takes out an import or export. Raises ValueError where other items of the world need it."""
    world = resolve.worlds[world_id]
    before = (world.imports, world.exports)
    world.imports, world.exports = dict(world.imports), dict(world.exports)
    item = (world.imports if is_import else world.exports).pop(key)
    elaborate_world(resolve, world_id, world.span)
    needed = key in (world.imports if is_import else world.exports)
    if isinstance(item, model.TypeItem):
        live = LiveTypes(resolve)
        live.add_world(world_id)
        needed = item.id in live
    if needed:
        world.imports, world.exports = before
        raise ValueError(f"`{resolve.name_world_key(key)}` can't be taken out: other items of the world need it")
    if isinstance(item, model.TypeItem):
        # It keeps its place among all types, and is nobody's.
        resolve.types[item.id].owner = None


# ------------------------------------------------------------------------------- added


def add_to_interface(resolve: model.Resolve, id_: int, wit: str) -> None:
    """Adds the types and functions of a text to an interface with a name."""
    interface = resolve.interfaces[id_]
    if interface.name is None or interface.package is None:
        raise ValueError("an interface that is written in a world can't be added to")
    _add(resolve, _text(resolve, interface.package, {id_: _HERE}, ""), wit, -1)


def add_to_package(resolve: model.Resolve, id_: int, wit: str) -> None:
    """Adds the interfaces and worlds of a text to a package."""
    worlds = resolve.packages[id_].worlds
    known = "".join(text.world_definition(resolve, world, name, False) for name, world in worlds.items())
    _add(resolve, _text(resolve, id_, {}, f"{known}{_HERE}\n"), wit, -1)


def add_to_world(resolve: model.Resolve, id_: int, wit: str) -> None:
    """Adds the imports, exports and types of a text to a world."""
    world = resolve.worlds[id_]
    assert world.package is not None
    own = model.World(world.name, world.package)
    own.imports = {key: item for key, item in world.imports.items() if isinstance(item, model.TypeItem)}
    resolve.worlds[id_] = own
    try:
        more = text.world_definition(resolve, id_, _free_name(resolve, world.package), False, f"{_HERE}\n")
    finally:
        resolve.worlds[id_] = world
    _add(resolve, _text(resolve, world.package, {}, more), wit, id_)


def _free_name(resolve: model.Resolve, package: int) -> str:
    """A name that no world or interface of a package has."""
    found = resolve.packages[package]
    name = "added"
    while name in found.worlds or name in found.interfaces:
        name += "-x"
    return name


def _text(resolve: model.Resolve, main: int, more: dict[int, str], behind: str) -> str:
    """The interfaces of all packages as one text, `main` first: with `more` in some interfaces, and `behind` behind the main package."""
    parts: list[str] = []
    for id_ in [main, *[k for k in range(len(resolve.packages)) if k != main]]:
        name = resolve.packages[id_].name
        version = "" if name.version is None else f"@{name.version}"
        head = f"package {escape_name(name.namespace)}:{escape_name(name.name)}{version}"
        parts.append(f"{head};\n" if id_ == main else f"{head} {{\n")
        for interface, inner in resolve.packages[id_].interfaces.items():
            parts.append(text.interface_definition(resolve, inner, interface, False, f"{more.get(inner, '')}\n"))
        parts.append(behind if id_ == main else "}\n")
    return "".join(parts)


def _add(resolve: model.Resolve, known: str, wit: str, world: int) -> None:
    """Merges `known` with `wit` in it, on a copy first. A world that came last becomes a part of `world`, where that is no -1."""
    if not isinstance(wit, str):
        raise TypeError(f"what is added is WIT text (str), not {type(wit).__name__}")
    before, _, behind = known.partition(_HERE)
    try:
        other = decode_bytes(f"{before}{wit}{behind}".encode(), _ADDED, (), True).resolve
    except WasmToolsError as e:
        raise _placed(e, before.count("\n")) from None
    trial = state.load(state.dump(resolve))
    _merge(trial, state.load(state.dump(other)), world)
    _merge(resolve, other, world)


def _placed(e: WasmToolsError, lines: int) -> WasmToolsError:
    """An error whose lines are those of what is added: so many stand before it."""

    def moved(found: re.Match[str]) -> str:
        line = int(found[2]) - lines
        return (
            f"{found[1]}{line:>{len(found[2]) if found[2].startswith(' ') else 0}}{found[3]}" if line > 0 else found[0]
        )

    text = re.sub(r"(<added>:)(\d+)(:)", moved, str(e))
    new = error(re.sub(r"(?m)^( )( *\d+)( \|)", moved, text))
    place = e.place
    if place is not None and place.line > lines:
        new.at(
            Place(place.path, place.message, place.line - lines, place.column, place.end_line - lines, place.end_column)
        )
    return new


def _merge(resolve: model.Resolve, other: model.Resolve, world: int) -> None:
    count = len(resolve.types)
    merge(resolve, other)
    if world >= 0:
        _join(resolve, len(resolve.worlds) - 1, world, count)
    _drop_unused(resolve, count)


def _join(resolve: model.Resolve, from_id: int, into_id: int, count: int) -> None:
    """Moves the items of the last world into another. Types from `count` on are new."""
    from_, into = resolve.worlds[from_id], resolve.worlds[into_id]
    known: dict[int, int] = {}
    for key, item in from_.imports.items():
        there = into.imports.get(key)
        if isinstance(item, model.TypeItem) and isinstance(there, model.TypeItem) and item.id != there.id:
            known[item.id] = there.id
    for type_ in resolve.types[count:]:
        type_.kind = type_.kind.with_types(types.swap_types(type_.kind.types(), known))
    for items, more, verb in ((into.imports, from_.imports, "imports"), (into.exports, from_.exports, "exports")):
        for key, item in more.items():
            if isinstance(item, model.TypeItem):
                if item.id in known:
                    continue
                resolve.types[item.id].owner = model.WorldOwner(into_id)
            if key in items:
                if isinstance(key, int):
                    continue
                raise ValueError(f"the world {verb} `{key}` already")
            if isinstance(item, model.Function):
                resource = known.get(item.kind.resource, item.kind.resource)
                item = item.with_types(types.swap_types(item.types(), known), resource)
            items[key] = item
    assert from_.package is not None
    del resolve.packages[from_.package].worlds[from_.name]
    resolve.worlds.pop()
    elaborate_world(resolve, into_id, into.span)


def _drop_unused(resolve: model.Resolve, count: int) -> None:
    """Takes out the types from `count` on that nothing refers to, and numbers the others anew."""
    live = LiveTypes(resolve)
    for id_ in range(len(resolve.interfaces)):
        live.add_interface(id_)
    for id_ in range(len(resolve.worlds)):
        live.add_world(id_)
    kept = [id_ for id_ in range(count, len(resolve.types)) if id_ in live]
    new = {old: count + k for k, old in enumerate(kept)}
    for id_ in kept:
        type_ = resolve.types[id_]
        type_.kind = type_.kind.with_types(types.swap_types(type_.kind.types(), new))
    resolve.types[count:] = [resolve.types[id_] for id_ in kept]
    functions: list[model.Function] = []
    for interface in resolve.interfaces:
        functions += interface.functions.values()
        for name, id_ in interface.types.items():
            interface.types[name] = new.get(id_, id_)
    for world in resolve.worlds:
        for items in (world.imports, world.exports):
            for item in items.values():
                if isinstance(item, model.Function):
                    functions.append(item)
                elif isinstance(item, model.TypeItem):
                    item.id = new.get(item.id, item.id)
    for function in functions:
        for param in function.params:
            if isinstance(param.type, int):
                param.type = new.get(param.type, param.type)
        if isinstance(function.result, int):
            function.result = new.get(function.result, function.result)
        resource = function.kind.resource
        if resource in new:
            function.kind = model.FunctionKind(function.kind.tag, new[resource])
