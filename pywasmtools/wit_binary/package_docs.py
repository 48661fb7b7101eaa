"""The `package-docs` section: docs and stability of a package, which the binary format has no place for.

The section is a version byte, 0 or 1, and JSON. `encode` writes version 1 from a package, keys in the order of the
model's maps and nothing that is empty. `decode` reads either version; `Metadata.inject` writes it into a package.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.text.json_quote import quote
from pywasmtools.wit.model import Function, InterfaceItem, TypeItem
from pywasmtools.wit.stability import (
    STABILITY_NAMES,
    STABILITY_STABLE,
    STABILITY_UNKNOWN,
    STABILITY_UNSTABLE,
    UNKNOWN_STABILITY,
    Stability,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.text.serde_json import Shape
    from pywasmtools.wit.model import Resolve, WorldItem

VERSION: Final = 1


# ------------------------------------------------------------------------------- writing


def encode(resolve: Resolve, package: int) -> bytes:
    """The content of the section for a package: version byte and compact JSON."""
    found = resolve.packages[package]
    parts: list[str] = []
    if found.docs is not None:
        parts.append(f'"docs":{quote(found.docs)}')
    worlds = [(name, _world(resolve, id_)) for name, id_ in found.worlds.items()]
    interfaces = [(name, _interface(resolve, id_)) for name, id_ in found.interfaces.items()]
    _add_objects(parts, "worlds", worlds)
    _add_objects(parts, "interfaces", interfaces)
    return bytes([VERSION]) + ("{" + ",".join(parts) + "}").encode("utf-8")


def _add_objects(parts: list[str], key: str, objects: list[tuple[str, str]]) -> None:
    """Adds a map of objects, each given as the text between its braces; those without text are left out."""
    written = [f"{quote(name)}:{{{text}}}" for name, text in objects if text]
    if written:
        parts.append(f'"{key}":{{{",".join(written)}}}')


def _add_map(parts: list[str], key: str, values: list[tuple[str, str]]) -> None:
    """Adds a map of values that are JSON already, if there are any."""
    if values:
        parts.append(f'"{key}":{{{",".join([f"{quote(name)}:{value}" for name, value in values])}}}')


def _head(docs: str | None, stability: Stability) -> list[str]:
    parts: list[str] = []
    if docs is not None:
        parts.append(f'"docs":{quote(docs)}')
    if stability.kind != STABILITY_UNKNOWN:
        parts.append(f'"stability":{_stability(stability)}')
    return parts


def _stability(stability: Stability) -> str:
    kind, fields = stability.fields()
    written = ",".join([f'"{name}":{quote(value)}' for name, value in fields])
    return f'{{"{kind}":{{{written}}}}}'


def _function(function: Function) -> str:
    return ",".join(_head(function.docs, function.stability))


def _type(resolve: Resolve, id_: int) -> str:
    found = resolve.types[id_]
    parts = _head(found.docs, found.stability)
    members = found.kind.members()
    if members is not None:
        _add_map(parts, "items", [(m.name, quote(m.docs)) for m in members if m.docs is not None])
    return ",".join(parts)


def _interface(resolve: Resolve, id_: int) -> str:
    found = resolve.interfaces[id_]
    parts = _head(found.docs, found.stability)
    _add_objects(parts, "funcs", [(name, _function(function)) for name, function in found.functions.items()])
    _add_objects(parts, "types", [(name, _type(resolve, type_)) for name, type_ in found.types.items()])
    return ",".join(parts)


def _world(resolve: Resolve, id_: int) -> str:
    world = resolve.worlds[id_]
    types: list[tuple[str, str]] = []
    # Of imports and of exports: interfaces written in line, functions, and what `import a:b/c;` itself carries.
    interfaces: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    functions: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    stabilities: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    docs: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for side, items in enumerate((world.imports, world.exports)):
        for key, item in items.items():
            if isinstance(item, InterfaceItem):
                if isinstance(key, str) and resolve.interfaces[item.id].name is None:
                    interfaces[side].append((key, _interface(resolve, item.id)))
                    continue
                name = resolve.name_world_key(key)
                if item.stability.kind != STABILITY_UNKNOWN:
                    stabilities[side].append((name, _stability(item.stability)))
                if item.docs is not None:
                    docs[side].append((name, quote(item.docs)))
            elif isinstance(key, str):
                if isinstance(item, Function):
                    functions[side].append((key, _function(item)))
                else:
                    types.append((key, _type(resolve, item.id)))
    parts = _head(world.docs, world.stability)
    _add_objects(parts, "interfaces", interfaces[0])
    _add_objects(parts, "types", types)
    _add_objects(parts, "funcs", functions[0])
    _add_objects(parts, "interface_exports", interfaces[1])
    _add_objects(parts, "func_exports", functions[1])
    _add_map(parts, "interface_import_stability", stabilities[0])
    _add_map(parts, "interface_export_stability", stabilities[1])
    _add_map(parts, "interface_import_docs", docs[0])
    _add_map(parts, "interface_export_docs", docs[1])
    return ",".join(parts)


# ------------------------------------------------------------------------------- reading


class Metadata:
    """The content of a section: `fields` are docs, worlds and interfaces as `serde_json.read` gives them."""

    __slots__ = ("_fields",)

    def __init__(self, fields: list[object]) -> None:
        self._fields = fields

    def inject(self, resolve: Resolve, package: int) -> None:
        """Writes docs and stabilities into a package, over what is there; refuses names that it does not have."""
        found = resolve.packages[package]
        docs, worlds, interfaces = self._fields
        for name, fields in _map(worlds):
            world = found.worlds.get(name)
            if world is None:
                raise _missing("world", name)
            _inject_world(resolve, world, fields)
        for name, fields in _map(interfaces):
            interface = found.interfaces.get(name)
            if interface is None:
                raise _missing("interface", name)
            _inject_interface(resolve, interface, fields)
        if isinstance(docs, str):
            found.docs = docs


def decode(data: bytes) -> Metadata:
    """Reads the content of a section; raises for other versions, and with serde_json's messages."""
    if not data or data[0] not in (0, VERSION):
        got = f"Some({data[0]})" if data else "None"
        raise error(f"expected package-docs version {VERSION}, got {got}")
    from pywasmtools.text import serde_json

    fields = serde_json.read(data[1:], _package_shape())
    assert isinstance(fields, list)
    return Metadata(fields)


def _package_shape() -> Shape:
    """The shape of the JSON: the field names and their order are what the reference's structs have."""
    from pywasmtools.text.serde_json import (
        A_STRING,
        A_VERSION,
        AN_OPTIONAL_STRING,
        AN_OPTIONAL_VERSION,
        enum,
        map_of,
        struct,
        untagged,
    )

    deprecated = ("deprecated", AN_OPTIONAL_VERSION)
    stability = enum(
        STABILITY_NAMES,
        (
            None,
            struct("Stability::Unstable", (("feature", A_STRING), deprecated), required=1, deny_unknown=False),
            struct("Stability::Stable", (("since", A_VERSION), deprecated), required=1, deny_unknown=False),
        ),
    )
    head = (("docs", AN_OPTIONAL_STRING), ("stability", stability))
    # Version 0 had the docs alone, as a string.
    function = untagged(
        "FunctionMetadata",
        (AN_OPTIONAL_STRING, struct("FunctionMetadata::DocsAndStability", head, from_list=False)),
    )
    functions = map_of(function)
    types = map_of(struct("TypeMetadata", (*head, ("items", map_of(A_STRING)))))
    interfaces = map_of(struct("InterfaceMetadata", (*head, ("funcs", functions), ("types", types))))
    worlds = map_of(
        struct(
            "WorldMetadata",
            (
                *head,
                ("interfaces", interfaces),
                ("types", types),
                ("funcs", functions),
                ("interface_exports", interfaces),
                ("func_exports", functions),
                ("interface_import_stability", map_of(stability)),
                ("interface_export_stability", map_of(stability)),
                ("interface_import_docs", map_of(A_STRING)),
                ("interface_export_docs", map_of(A_STRING)),
            ),
        )
    )
    return struct("PackageMetadata", (("docs", AN_OPTIONAL_STRING), ("worlds", worlds), ("interfaces", interfaces)))


def _missing(what: str, name: str) -> Exception:
    from pywasmtools.text.rust_debug import debug_str

    return error(f"missing {what} {debug_str(name)}")


def _map(value: object) -> list[tuple[str, object]]:
    assert isinstance(value, dict)
    return list(value.items())


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _as_stability(value: object) -> Stability:
    assert isinstance(value, tuple)
    tag, fields = value
    if tag == STABILITY_UNKNOWN:
        return UNKNOWN_STABILITY
    first, deprecated = fields
    if tag == STABILITY_UNSTABLE:
        return Stability(STABILITY_UNSTABLE, feature=first, deprecated=deprecated)
    return Stability(STABILITY_STABLE, since=first, deprecated=deprecated)


def _inject_function(function: Function, value: object) -> None:
    assert isinstance(value, tuple)
    tag, content = value
    if tag == 0:
        function.docs = content
    else:
        function.docs = content[0]
        function.stability = _as_stability(content[1])


def _inject_type(resolve: Resolve, id_: int, value: object) -> None:
    docs, stability, items = _list(value)
    assert isinstance(items, dict)
    type_ = resolve.types[id_]
    if items:
        members = type_.kind.members()
        if members is None:
            from pywasmtools.wit.model_debug import debug_type

            raise error(f"got 'items' for unexpected type {debug_type(type_)}")
        unused = len(items)
        for member in members:
            text = items.get(member.name)
            if text is not None:
                member.docs = text
                unused -= 1
        if unused > 0:
            from pywasmtools.text.rust_debug import debug_str
            from pywasmtools.wit.model_debug import debug_members

            shown = ", ".join([f"{debug_str(name)}: {debug_str(text)}" for name, text in items.items()])
            raise error(f"not all 'items' match type items; {{{shown}}} vs {debug_members(type_.kind)}")
    if isinstance(docs, str):
        type_.docs = docs
    type_.stability = _as_stability(stability)


def _inject_interface(resolve: Resolve, id_: int, value: object) -> None:
    docs, stability, functions, types = _list(value)
    interface = resolve.interfaces[id_]
    for name, fields in _map(types):
        type_ = interface.types.get(name)
        if type_ is None:
            raise _missing("type", name)
        _inject_type(resolve, type_, fields)
    for name, fields in _map(functions):
        function = interface.functions.get(name)
        if function is None:
            raise _missing("func", name)
        _inject_function(function, fields)
    if isinstance(docs, str):
        interface.docs = docs
    interface.stability = _as_stability(stability)


def _inject_world(resolve: Resolve, id_: int, value: object) -> None:
    fields = _list(value)
    world = resolve.worlds[id_]
    # The first map of each pair is for imports, or exports where nothing of that name is imported.
    for only_exports, key in ((False, 2), (True, 5)):
        for name, data in _map(fields[key]):
            item = world.exports.get(name) if only_exports else world.imports.get(name, world.exports.get(name))
            if not isinstance(item, InterfaceItem):
                raise _missing("interface", name)
            item.stability = _as_stability(_list(data)[1])
            _inject_interface(resolve, item.id, data)
    for name, data in _map(fields[3]):
        type_ = world.imports.get(name)
        if not isinstance(type_, TypeItem):
            raise _missing("type", name)
        _inject_type(resolve, type_.id, data)
    imports = _interfaces_by_name(resolve, world.imports)
    exports = _interfaces_by_name(resolve, world.exports)
    for items, key in ((imports, 7), (exports, 8)):
        for name, data in _map(fields[key]):
            _interface_item(items, name).stability = _as_stability(data)
    for items, key in ((imports, 9), (exports, 10)):
        for name, data in _map(fields[key]):
            assert isinstance(data, str)
            _interface_item(items, name).docs = data
    for only_exports, key in ((False, 4), (True, 6)):
        for name, data in _map(fields[key]):
            item = world.exports.get(name) if only_exports else world.imports.get(name, world.exports.get(name))
            if not isinstance(item, Function):
                raise _missing("func", name)
            _inject_function(item, data)
    if isinstance(fields[0], str):
        world.docs = fields[0]
    world.stability = _as_stability(fields[1])


def _interfaces_by_name(resolve: Resolve, items: dict[str | int, WorldItem]) -> dict[str, InterfaceItem]:
    return {resolve.name_world_key(key): item for key, item in items.items() if isinstance(item, InterfaceItem)}


def _interface_item(items: dict[str, InterfaceItem], name: str) -> InterfaceItem:
    item = items.get(name)
    if item is None:
        raise error(f"missing interface `{name}`")
    return item
