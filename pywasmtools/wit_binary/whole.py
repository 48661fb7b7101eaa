"""A whole binary to the WIT that it holds.

A binary whose exports are all component types is a WIT package, in the first or the second of the two encodings there
have been; of anything else the world is inferred, `root` of a package `root:component`.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.text.names import INTERFACE, parse_component_name
from pywasmtools.validation.component.types import (
    COMPONENT,
    ENTITY_COMPONENT,
    ENTITY_FUNC,
    ENTITY_INSTANCE,
    ENTITY_TYPE,
    kind_of,
)
from pywasmtools.wit.model import Decoded, Package, PackageName, TypeItem, World, WorldOwner
from pywasmtools.wit_binary.decoder import Decoder, crash, to_package_name, validated, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.text.names import ComponentName
    from pywasmtools.validation.component.types import Item
    from pywasmtools.wit.model import TypeOwner, WorldItem, WorldKey
    from pywasmtools.wit_binary.package_docs import Metadata


class _Extern:
    """An import or export of the outermost component."""

    __slots__ = ("is_import", "item", "name")

    def __init__(self, name: str, item: Item, is_import: bool) -> None:
        self.name = name
        self.item = item
        self.is_import = is_import


def decode(data: bytes) -> Decoded:
    """Decodes a component; raises the parser's, the validator's, and our own errors."""
    from pywasmtools.validation.validator import Validator
    from pywasmtools.wasm.payloads import COMPONENT_EXPORT_SECTION, COMPONENT_IMPORT_SECTION, CUSTOM_SECTION
    from pywasmtools.wit_binary import PACKAGE_DOCS

    validator = Validator()
    externs: list[_Extern] = []
    metadata: Metadata | None = None
    imports = 0
    exports = 0
    for payload, is_outermost in validated(validator, data):
        kind = payload.kind
        if kind == COMPONENT_IMPORT_SECTION:
            if is_outermost:
                found = validator.component().imports
                externs += _newest(found, len(found) - imports, True)
                imports = len(found)
        elif kind == COMPONENT_EXPORT_SECTION:
            if is_outermost:
                found = validator.component().exports
                externs += _newest(found, len(found) - exports, False)
                exports = len(found)
        elif kind == CUSTOM_SECTION and payload.name == PACKAGE_DOCS:
            if metadata is not None:
                raise error(f'multiple "{PACKAGE_DOCS}" sections')
            from pywasmtools.wit_binary import package_docs

            metadata = package_docs.decode(payload.custom_data())
    decoder = Decoder(validator.component_types)
    version = _package_version(externs)
    if version == 0:
        decoded = _component(decoder, externs)
    elif version == 1:
        decoded = _first_encoding(decoder, externs)
    else:
        decoded = _second_encoding(decoder, externs)
    if metadata is not None:
        metadata.inject(decoded.resolve, decoded.package)
    return decoded


def _newest(items: dict[str, Item], count: int, is_import: bool) -> list[_Extern]:
    """The last `count` of the items, in order."""
    found: list[_Extern] = []
    for name in reversed(items):
        if len(found) == count:
            break
        found.append(_Extern(name, items[name], is_import))
    found.reverse()
    return found


def _package_version(externs: list[_Extern]) -> int:
    """1 or 2 for an encoding of WIT packages, 0 for any other component.

    Packages have exports only, and only component types; the first encoding has one, called `ns:package/wit`, the
    second one for each interface and world, called by its name.
    """
    if not externs:
        return 0
    for extern in externs:
        entity = extern.item.entity
        if extern.is_import or entity.kind != ENTITY_TYPE or kind_of(entity.type) != COMPONENT:
            return 0
    try:
        name = parse_component_name(externs[0].name)
    except WasmToolsError:
        return 0
    if name.kind == INTERFACE:
        return 1 if name.interface() == "wit" else 0
    return 2 if name.is_bare() else 0


def _component(decoder: Decoder, externs: list[_Extern]) -> Decoded:
    """The world of a concrete component; imports of modules, components and values are left out."""
    package = Package(PackageName("root", "component"))
    id_ = decoder.resolve.add_world(World("root"))
    package.worlds["root"] = id_
    world = decoder.resolve.worlds[id_]
    owner = WorldOwner(id_)
    for extern in externs:
        name = extern.name
        item = extern.item
        kind = item.entity.kind
        key: WorldKey = name
        if kind == ENTITY_INSTANCE:
            key, world_item = _instance(decoder, extern, package)
        elif kind == ENTITY_FUNC:
            world_item = _function(decoder, extern, owner)
        elif not extern.is_import:
            break
        elif kind == ENTITY_TYPE:
            world_item = _type(decoder, extern, owner)
        else:
            continue
        if extern.is_import:
            world.imports[key] = world_item
        else:
            world.exports[key] = world_item
    else:
        return Decoded(decoder.resolve, decoder.finish(package), id_)
    raise error(f"component export `{name}` was not a function or instance")


def _instance(decoder: Decoder, extern: _Extern, package: Package) -> tuple[WorldKey, WorldItem]:
    try:
        return decoder.world_instance(extern.name, extern.item, package)
    except WasmToolsError as e:
        side = "import" if extern.is_import else "export"
        raise within(e, f"failed to decode WIT from {side} `{extern.name}`") from None


def _function(decoder: Decoder, extern: _Extern, owner: TypeOwner) -> WorldItem:
    try:
        return decoder.function(extern.name, extern.item, owner)
    except WasmToolsError as e:
        side = "import" if extern.is_import else "export"
        raise within(e, f"failed to decode function from {side} `{extern.name}`") from None


def _type(decoder: Decoder, extern: _Extern, owner: TypeOwner) -> WorldItem:
    try:
        return TypeItem(decoder.type_export(extern.name, extern.item, owner))
    except WasmToolsError as e:
        raise within(e, f"failed to decode type from export `{extern.name}`") from None


def _first_encoding(decoder: Decoder, externs: list[_Extern]) -> Decoded:
    """A package in the first encoding: one component type that imports what it needs and exports all it has."""
    extern = externs[0]
    name = parse_component_name(extern.name)
    try:
        package = _first_package(decoder, name, extern.item)
    except WasmToolsError as e:
        raise within(e, f"failed to decode document `{name}`") from None
    if len(externs) > 1:
        raise error("more than one top-level exported component type found")
    return Decoded(decoder.resolve, decoder.finish(package))


def _first_package(decoder: Decoder, name: ComponentName, item: Item) -> Package:
    type_ = decoder.types.component(item.entity.type)
    decoder.register_imports(type_)
    package = Package(_package_name(name, item))
    for export, exported in type_.exports.items():
        if exported.entity.kind not in (ENTITY_INSTANCE, ENTITY_COMPONENT):
            break
        _register(decoder, export, exported, package)
    else:
        return package
    raise error(f"component export `{export}` is not an instance or component")


def _register(decoder: Decoder, name: str, item: Item, package: Package) -> None:
    """An interface or a world that a package exports in the first encoding."""
    try:
        if item.entity.kind == ENTITY_INSTANCE:
            decoder.register_interface(name, item, package)
        else:
            decoder.register_world(name, decoder.types.component(item.entity.type), package)
    except WasmToolsError as e:
        raise within(e, f"failed to process export `{name}`") from None


def _package_name(name: ComponentName, item: Item) -> PackageName:
    """The package that the one export of the first encoding names."""
    if name.kind != INTERFACE or name.interface() != "wit":
        raise error(f"package name is not a valid id: {name}")
    return to_package_name(name, item)


def _second_encoding(decoder: Decoder, externs: list[_Extern]) -> Decoded:
    """A package in the second encoding: a component type for each interface, and one around each world."""
    package = Package(PackageName("", ""))
    package_name: PackageName | None = None
    for extern in externs:
        type_ = decoder.types.component(extern.item.entity.type)
        if len(type_.exports) != 1:
            raise error(f"Expected a single export, but found {len(type_.exports)} instead")
        for name, item in type_.exports.items():
            if item.entity.kind == ENTITY_COMPONENT:
                found = decoder.decode_world_export(name, item, package)
            elif item.entity.kind == ENTITY_INSTANCE:
                found = decoder.qualified_name(name, item)
                decoder.register_imports(type_)
                decoder.register_interface(name, item, package)
            else:
                raise crash(f"export `{name}` of a WIT package is neither an instance nor a component")
            if package_name is None:
                package_name = found
            elif package_name != found:
                raise error("item defined with mismatched package name")
    assert package_name is not None
    package.name = package_name
    return Decoded(decoder.resolve, decoder.finish(package))
