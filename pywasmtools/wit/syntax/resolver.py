"""WIT text to packages: names within a package resolved, those of other packages noted down.

The files of a package share its names; each has its own top-level `use`s. Interfaces, worlds and types of other
packages stand first in the arenas, as placeholders, so that putting packages together maps a prefix of each.

See https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md
"""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, wit_error
from pywasmtools.wit.model import (
    Function,
    Interface,
    InterfaceItem,
    InterfaceOwner,
    PackageName,
    TypeDef,
    TypeItem,
    UnresolvedPackage,
    UnresolvedPackageGroup,
    World,
    WorldInclude,
    WorldOwner,
)
from pywasmtools.wit.syntax import ast
from pywasmtools.wit.syntax.attributes import attributes_of, stability_of
from pywasmtools.wit.syntax.name_scope import NameScope, place_setters_after_getters
from pywasmtools.wit.syntax.parser import parse_package_file
from pywasmtools.wit.syntax.resolve_types import FUNCTION, TypeResolver
from pywasmtools.wit.types import Alias, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import Source, SourceMap, Span
    from pywasmtools.wit.model import TypeOwner, WorldItem, WorldKey
    from pywasmtools.wit.stability import Stability
    from pywasmtools.wit.syntax.ast import Docs, ExternKind, Id, UsePath
    from pywasmtools.wit.syntax.attributes import Attribute
    from pywasmtools.wit.syntax.resolve_types import Lookup

    Names = list[tuple[Id, Id | None]]
    Item = tuple[bool, int]
    """An interface or world: whether it is a world, and its id."""

_ITEM: Final = "interface or world"


def parse_source_map(source_map: SourceMap) -> UnresolvedPackageGroup:
    """Parses all files as one package, with the packages nested in them. Spans point into `source_map`.

    Files are taken in the order of their paths. Raises WIT errors with spans of that map.
    """
    nested: list[UnresolvedPackage] = []
    resolver = Resolver()
    for source in sorted(source_map.sources, key=_path):
        file = parse_package_file(source.contents[:-1], source.offset)
        items: list[ast.AstItem] = []
        for item in file.items:
            if isinstance(item, ast.PackageFile):
                inner = Resolver()
                inner.push(item)
                nested.append(inner.resolve())
            else:
                items.append(item)
        resolver.push(ast.PackageFile(file.package_id, items))
    return UnresolvedPackageGroup(resolver.resolve(), nested, source_map)


def package_name(id_: ast.PackageName) -> PackageName:
    """The package name that the syntax means."""
    return PackageName(id_.namespace.name, id_.name.name, id_.version)


def _path(source: Source) -> str:
    return source.path


class PathMention:
    """A path to an interface or world that a file mentions.

    `item` is the interface or world that has to come after it (None: nothing has to), `names` what a `use` takes
    from there (None: it is no such use), `wants_world` what the place asks for.
    """

    __slots__ = ("attributes", "item", "names", "path", "wants_world")

    def __init__(
        self,
        item: Id | None,
        attributes: list[Attribute],
        path: UsePath,
        names: Names | None,
        wants_world: bool = False,
    ) -> None:
        self.item = item
        self.attributes = attributes
        self.path = path
        self.names = names
        self.wants_world = wants_world


def path_mentions(items: list[ast.AstItem]) -> list[PathMention]:
    """All paths of a file in the order in which they count: of a world uses and includes, imports, exports."""
    found: list[PathMention] = []
    for item in items:
        if isinstance(item, ast.World):
            imports: list[ast.Import | ast.Export] = []
            exports: list[ast.Import | ast.Export] = []
            for member in item.items:
                if isinstance(member, ast.Use):
                    found.append(PathMention(None, member.attributes, member.from_, member.names))
                elif isinstance(member, ast.Include):
                    found.append(PathMention(item.name, member.attributes, member.from_, None, True))
                elif isinstance(member, ast.Import):
                    imports.append(member)
                elif isinstance(member, ast.Export):
                    exports.append(member)
            for extern in imports + exports:
                kind = extern.kind
                if isinstance(kind, ast.InlineInterface):
                    found += _use_mentions(None, kind.items)
                elif isinstance(kind, (ast.ExternPath, ast.NamedPath)):
                    found.append(PathMention(None, extern.attributes, kind.path, None))
        elif isinstance(item, ast.Interface):
            found += _use_mentions(item.name, item.items)
        elif isinstance(item, ast.ToplevelUse):
            found.append(PathMention(None, item.attributes, item.item, None))
    return found


def _use_mentions(item: Id | None, items: list[ast.InterfaceItem]) -> list[PathMention]:
    return [PathMention(item, u.attributes, u.from_, u.names) for u in items if isinstance(u, ast.Use)]


class Resolver:
    """One package while it is resolved. `push` its files, then `resolve`.

    `ForeignItem`s are (is_world, id, stabilities of all mentions). The lookup of an interface has all names in
    it, those of functions too.
    """

    __slots__ = (
        "_docs",
        "_file_items",
        "_files",
        "_foreign_dep_spans",
        "_foreign_deps",
        "_foreign_interfaces",
        "_interface_lookups",
        "_interfaces",
        "_name",
        "_name_span",
        "_package_items",
        "_scope",
        "_types",
        "_unknown_type_spans",
        "_worlds",
    )

    def __init__(self) -> None:
        self._name: PackageName | None = None
        self._name_span: Span = (0, 0)
        self._docs: str | None = None
        self._files: list[list[ast.AstItem]] = []
        self._types = TypeResolver()
        self._interfaces: list[Interface] = []
        self._worlds: list[World] = []
        self._interface_lookups: list[Lookup] = []
        self._foreign_deps: dict[PackageName, dict[str, tuple[bool, int, list[Stability]]]] = {}
        self._foreign_dep_spans: list[Span] = []
        self._foreign_interfaces: set[int] = set()
        self._unknown_type_spans: list[Span] = []
        self._package_items: dict[str, Item] = {}
        self._file_items: list[dict[str, Item]] = []
        self._scope: dict[str, Item] = {}

    def push(self, file: ast.PackageFile) -> None:
        """Adds a file. Raises where it names another package, has docs again, or a package in it."""
        if file.package_id is not None:
            id_ = file.package_id
            name = package_name(id_)
            if self._name is not None and self._name != name:
                raise wit_error(
                    id_.span,
                    f"package identifier `{name}` does not match previous package name of `{self._name}`",
                )
            self._name = name
            self._name_span = id_.span
            docs = id_.docs.text()
            if docs is not None:
                if self._docs is not None:
                    raise wit_error(id_.docs.span, "found doc comments on multiple 'package' items")
                self._docs = docs
        for item in file.items:
            if isinstance(item, ast.PackageFile):
                assert item.package_id is not None
                raise wit_error(item.package_id.span, "nested packages must be placed at the top-level")
        self._files.append(file.items)

    def resolve(self) -> UnresolvedPackage:
        """The package. Raises at whatever in it is wrong, in the reference's order of checks."""
        if self._name is None:
            raise wit_error(UNKNOWN_SPAN, "no `package` header was found in any WIT file for this package")
        mentions = [path_mentions(items) for items in self._files]
        for found in mentions:
            self._add_foreign_deps(found)
        order = self._order_items(mentions)
        self._add_items(order)
        for k, found in enumerate(mentions):
            self._scope = self._file_items[k]
            self._add_foreign_types(found)

        interfaces: list[tuple[int, ast.Interface, dict[str, Item]]] = []
        worlds: list[tuple[int, ast.World, dict[str, Item]]] = []
        for k, items in enumerate(self._files):
            scope = self._file_items[k]
            for item in items:
                if isinstance(item, ast.Interface):
                    interfaces.append((scope[item.name.name][1], item, scope))
                elif isinstance(item, ast.World):
                    worlds.append((scope[item.name.name][1], item, scope))
        interfaces.sort(key=_first_of_interface)
        worlds.sort(key=_first_of_world)
        self._resolve_items(interfaces, worlds)
        return self._package(self._name)

    def _resolve_items(
        self,
        interfaces: list[tuple[int, ast.Interface, dict[str, Item]]],
        worlds: list[tuple[int, ast.World, dict[str, Item]]],
    ) -> None:
        try:
            for id_, interface, scope in interfaces:
                self._scope = scope
                self._resolve_interface(id_, interface.items, interface.docs, interface.attributes)
            for id_, world, scope in worlds:
                self._scope = scope
                self._resolve_world(id_, world)
            return
        except MemoryError:
            pass
        raise MemoryError  # a new one: `diagnostics.py` says why

    def _package(self, name: PackageName) -> UnresolvedPackage:
        package = UnresolvedPackage(name)
        package.package_name_span = self._name_span
        package.docs = self._docs
        package.worlds = self._worlds
        package.interfaces = self._interfaces
        package.types = self._types.types
        package.foreign_deps = self._foreign_deps
        package.foreign_dep_spans = self._foreign_dep_spans
        package.unknown_type_spans = self._unknown_type_spans
        package.required_resource_types = self._types.required_resource_types
        return package

    # ------------------------------------------------------------------- the items of the package

    def _add_interface(self, name: str | None, span: Span) -> int:
        self._interfaces.append(Interface(name, span=span))
        self._interface_lookups.append({})
        return len(self._interfaces) - 1

    def _add_world(self, name: str, span: Span) -> int:
        self._worlds.append(World(name, span=span))
        return len(self._worlds) - 1

    def _add_foreign_deps(self, mentions: list[PathMention]) -> None:
        """Notes which items of other packages are mentioned, with a placeholder for each.

        The first mention decides what an item is; a top-level `use` takes it for an interface.
        """
        for mention in mentions:
            path = mention.path
            if isinstance(path, ast.Id):
                continue
            stability = stability_of(mention.attributes)
            package = package_name(path.id)
            items = self._foreign_deps.get(package)
            if items is None:
                self._foreign_dep_spans.append(path.id.span)
                items = self._foreign_deps[package] = {}
            item = items.get(path.name.name)
            if item is None:
                if mention.wants_world:
                    item = (True, self._add_world("", path.name.span), [])
                else:
                    item = (False, self._add_interface(None, path.name.span), [])
                    self._foreign_interfaces.add(item[1])
                items[path.name.name] = item
            item[2].append(stability)

    def _order_items(self, mentions: list[list[PathMention]]) -> list[tuple[str, bool, Span]]:
        """The interfaces and worlds (name, whether a world, span) so that each comes after those it needs."""
        items: dict[str, tuple[bool, Span]] = {}
        deps: dict[str, list[Id]] = {}
        for file in self._files:
            for item in file:
                if isinstance(item, (ast.Interface, ast.World)):
                    name = item.name
                    if name.name in items:
                        raise wit_error(name.span, f"duplicate item named `{name.name}`")
                    items[name.name] = (isinstance(item, ast.World), name.span)
                    deps[name.name] = []
        for file, found in zip(self._files, mentions, strict=True):
            # What a top-level name of this file means: an item of this package, or None for a foreign one.
            local: dict[str, Id | None] = {}
            for item in file:
                if isinstance(item, ast.ToplevelUse):
                    name = item.alias or ast.path_name(item.item)
                    target = item.item if isinstance(item.item, ast.Id) else None
                else:
                    assert isinstance(item, (ast.Interface, ast.World))
                    name = target = item.name
                if name.name in local:
                    raise wit_error(name.span, f"duplicate name `{name.name}` in this file")
                local[name.name] = target
            for mention in found:
                path = mention.path
                if mention.item is None or not isinstance(path, ast.Id):
                    continue
                if path.name in local:
                    target = local[path.name]
                    if target is not None:
                        deps[mention.item.name].append(target)
                elif path.name in items:
                    deps[mention.item.name].append(path)
                else:
                    raise wit_error(path.span, _missing_message(_ITEM, path.name))
        return [(name, *items[name]) for name in _toposort(_ITEM, deps)]

    def _add_items(self, order: list[tuple[str, bool, Span]]) -> None:
        """Numbers the interfaces and worlds in their order, and tells what each file's names mean."""
        ids: dict[str, Item] = {}
        for name, is_world, span in order:
            ids[name] = (is_world, self._add_world(name, span) if is_world else self._add_interface(name, span))
        for file in self._files:
            scope: dict[str, Item] = {}
            for item in file:
                if isinstance(item, ast.ToplevelUse):
                    scope[(item.alias or ast.path_name(item.item)).name] = self._used_item(item, ids)
                elif isinstance(item, (ast.Interface, ast.World)):
                    name = item.name.name
                    scope[name] = self._package_items[name] = ids[name]
            self._file_items.append(scope)

    def _used_item(self, use: ast.ToplevelUse, ids: dict[str, Item]) -> Item:
        if use.attributes:
            raise wit_error(use.span, "attributes not allowed on top-level use")
        path = use.item
        if isinstance(path, ast.PackagePath):
            return self._foreign_item(path)
        found = ids.get(path.name)
        if found is None:
            raise wit_error(path.span, _missing_message(_ITEM, path.name))
        return found

    def _foreign_item(self, path: ast.PackagePath) -> Item:
        found = self._foreign_deps[package_name(path.id)][path.name.name]
        return (found[0], found[1])

    def _add_foreign_types(self, mentions: list[PathMention]) -> None:
        """Makes a placeholder for each type that is used from another package. The first use's gate counts."""
        for mention in mentions:
            if mention.names is None:
                continue
            attributes = attributes_of(mention.attributes)
            interface = self._interface_at(mention.path)
            if interface not in self._foreign_interfaces:
                continue
            lookup = self._interface_lookups[interface]
            for name, _ in mention.names:
                if name.name in lookup:
                    continue
                placeholder = TypeDef(name.name, Unknown(), InterfaceOwner(interface), span=name.span)
                attributes.put_on(placeholder)
                id_ = self._types.add(placeholder)
                self._unknown_type_spans.append(name.span)
                lookup[name.name] = (id_, name.span)
                self._interfaces[interface].types[name.name] = id_

    def _item_at(self, path: UsePath) -> Item:
        """The interface or world that a path means in the present file."""
        if isinstance(path, ast.PackagePath):
            return self._foreign_item(path)
        found = self._scope.get(path.name) or self._package_items.get(path.name)
        if found is None:
            raise wit_error(path.span, _missing_message(_ITEM, path.name))
        return found

    def _interface_at(self, path: UsePath) -> int:
        is_world, id_ = self._item_at(path)
        if is_world:
            name = ast.path_name(path)
            raise wit_error(name.span, f"name `{name.name}` is defined as a world, not an interface")
        return id_

    def _world_at(self, path: UsePath) -> int:
        is_world, id_ = self._item_at(path)
        if not is_world:
            name = ast.path_name(path)
            raise wit_error(name.span, f"name `{name.name}` is defined as an interface, not a world")
        return id_

    # ----------------------------------------------------------------------- interfaces and worlds

    def _resolve_interface(
        self, id_: int, items: list[ast.InterfaceItem], docs: Docs, attributes: list[Attribute]
    ) -> None:
        interface = self._interfaces[id_]
        interface.docs = docs.text()
        interface.stability = stability_of(attributes)
        self._resolve_types(InterfaceOwner(id_), items)

        names = NameScope()
        types = self._types
        for name, (type_, span) in types.lookup.items():
            names.define(name, span)
            interface.types[name] = type_
        for item in items:
            if isinstance(item, ast.NamedFunc):
                types.lookup.setdefault(item.name.name, (FUNCTION, item.name.span))
                function = types.freestanding_function(item)
                names.define(function.name, item.name.span)
                interface.functions[function.name] = function
            elif isinstance(item, ast.TypeDef) and isinstance(item.type, ast.ResourceType):
                for func in item.type.funcs:
                    function = types.resource_function(func, item.name.name)
                    names.define(function.name, func.func.name.span)
                    interface.functions[function.name] = function
        names.check_setters()
        place_setters_after_getters(interface.functions)
        self._interface_lookups[id_] = types.lookup
        types.lookup = {}

    def _resolve_types(self, owner: TypeOwner, items: list[ast.InterfaceItem] | list[ast.WorldItem]) -> None:
        """Defines all types of an interface or world: used ones first, then each after those it needs."""
        types = self._types
        for item in items:
            if isinstance(item, ast.Use):
                self._resolve_use(owner, item)
        deps: dict[str, list[Id]] = {}
        definitions: dict[str, ast.TypeDef | None] = {}
        for item in items:
            if isinstance(item, ast.TypeDef):
                name = item.name
                if name.name in definitions:
                    raise wit_error(name.span, f"name `{name.name}` is defined more than once")
                definitions[name.name] = item
                needed: list[Id] = []
                _collect_names(item.type, needed)
                deps[name.name] = needed
            elif isinstance(item, ast.Use):
                for used, alias in item.names:
                    name = alias or used
                    deps[name.name] = []
                    definitions[name.name] = None
        for type_name in _toposort("type", deps):
            definition = definitions[type_name]
            if definition is None:
                continue
            docs = definition.docs.text()
            attributes = attributes_of(definition.attributes)
            kind = types.kind_of(definition.type, attributes.stability)
            name = definition.name
            type_ = TypeDef(name.name, kind, owner, docs, span=name.span)
            attributes.put_on(type_)
            types.define(name, types.add(type_))

    def _resolve_use(self, owner: TypeOwner, use: ast.Use) -> None:
        lookup = self._interface_lookups[self._interface_at(use.from_)]
        attributes = attributes_of(use.attributes)
        types = self._types
        for name, alias in use.names:
            found = lookup.get(name.name)
            if found is None:
                raise wit_error(name.span, f"name `{name.name}` does not exist")
            if found[0] == FUNCTION:
                raise wit_error(name.span, f"cannot import function `{name.name}`")
            here = alias or name
            type_ = TypeDef(here.name, Alias(found[0]), owner, span=name.span)
            attributes.put_on(type_)
            types.define(here, types.add(type_))

    def _resolve_world(self, id_: int, world: ast.World) -> None:
        resolved = self._worlds[id_]
        resolved.docs = world.docs.text()
        resolved.stability = stability_of(world.attributes)
        self._resolve_types(WorldOwner(id_), world.items)
        for item in world.items:
            if isinstance(item, ast.Include):
                stability = stability_of(item.attributes)
                included = self._world_at(item.from_)
                renames = [(name.name, alias.name) for name, alias in item.names]
                resolved.includes.append(WorldInclude(stability, included, renames, ast.path_name(item.from_).span))

        types = self._types
        import_names = NameScope()
        export_names = NameScope()
        for name, (type_, span) in types.lookup.items():
            import_names.define(name, span)
            resolved.imports[name] = TypeItem(type_, span)
        for item in world.items:
            if isinstance(item, ast.Import):
                self._add_extern(resolved.imports, "import", item.docs, item.attributes, item.kind, import_names)
            elif isinstance(item, ast.Export):
                self._add_extern(resolved.exports, "export", item.docs, item.attributes, item.kind, export_names)
            elif isinstance(item, ast.TypeDef) and isinstance(item.type, ast.ResourceType):
                for func in item.type.funcs:
                    function = types.resource_function(func, item.name.name)
                    import_names.define(function.name, func.func.name.span)
                    resolved.imports[function.name] = function
        types.lookup = {}

    def _add_extern(
        self,
        items: dict[WorldKey, WorldItem],
        word: str,
        docs: Docs,
        attributes: list[Attribute],
        kind: ExternKind,
        names: NameScope,
    ) -> None:
        """Adds an import or export to its world's `items`; `word` is which of the two it is."""
        item = self._extern_item(docs, attributes, kind)
        key: WorldKey
        if isinstance(item, Function):
            key = item.name
        elif isinstance(kind, ast.ExternPath):
            key = item.id
            if key in items:
                raise wit_error(kind.span, f"interface cannot be {word}ed more than once")
        else:
            assert isinstance(kind, (ast.InlineInterface, ast.NamedPath))
            key = kind.name.name
        previous = items.get(key)
        if previous is not None:
            what = "interface"
            if isinstance(previous, Function):
                what = "func"
            elif isinstance(previous, TypeItem):
                what = "type"
            raise wit_error(kind.span, f"{word} `{key}` conflicts with prior {what} of same name")
        items[key] = item
        if isinstance(key, str):
            names.define(key, kind.span)

    def _extern_item(self, docs: Docs, attributes: list[Attribute], kind: ExternKind) -> InterfaceItem | Function:
        if isinstance(kind, ast.InlineInterface):
            outer = self._types.lookup
            self._types.lookup = {}
            id_ = self._add_interface(None, kind.name.span)
            self._resolve_interface(id_, kind.items, docs, attributes)
            self._types.lookup = outer
            inline = InterfaceItem(id_, span=kind.name.span)
            attributes_of(attributes).put_on(inline)
            return inline
        if isinstance(kind, ast.ExternFunc):
            return self._types.freestanding_function(ast.NamedFunc(docs, attributes, kind.name, kind.func))
        given = attributes_of(attributes)
        text = docs.text()
        item = InterfaceItem(self._interface_at(kind.path), docs=text, span=kind.span)
        given.put_on(item)
        return item


def _first_of_interface(entry: tuple[int, ast.Interface, dict[str, Item]]) -> int:
    return entry[0]


def _first_of_world(entry: tuple[int, ast.World, dict[str, Item]]) -> int:
    return entry[0]


def _collect_names(type_: ast.Type, names: list[Id]) -> None:
    """Appends the names that a type expression mentions, in order. The parser has limited the nesting."""
    if isinstance(type_, ast.NameType):
        names.append(type_.id)
    elif isinstance(type_, (ast.OwnType, ast.BorrowType)):
        names.append(type_.resource)
    else:
        for inner in type_.inner():
            _collect_names(inner, names)


# ------------------------------------------------------------------ the order of what needs each other


def _toposort(what: str, deps: dict[str, list[Id]]) -> list[str]:
    """The names of `deps`, each after those it needs; of several that could come next the first in `deps` does.

    Raises `… does not exist` at the first mention of a name that isn't there, and `… depends on itself` at a
    mention that closes a circle; `what` is how the messages call the items.
    """
    names = list(deps)
    index = {name: k for k, name in enumerate(names)}
    remaining: list[int] = []
    dependents: list[list[int]] = [[] for _ in names]
    in_order = True
    for k, mentions in enumerate(deps.values()):
        remaining.append(len(mentions))
        for mention in mentions:
            needed = index.get(mention.name)
            if needed is None:
                raise wit_error(mention.span, _missing_message(what, mention.name))
            dependents[needed].append(k)
            if needed >= k:
                in_order = False
    if in_order:
        return names

    from heapq import heappop, heappush

    ready = [k for k, count in enumerate(remaining) if count == 0]  # ascending: a heap as it is
    order: list[str] = []
    while ready:
        k = heappop(ready)
        order.append(names[k])
        for dependent in dependents[k]:
            remaining[dependent] -= 1
            if remaining[dependent] == 0:
                heappush(ready, dependent)
    if len(order) == len(names):
        return order

    for k, mentions in enumerate(deps.values()):
        if remaining[k] == 0:
            continue
        for mention in mentions:
            if remaining[index[mention.name]] != 0:
                raise wit_error(mention.span, f"{what} `{mention.name}` depends on itself")
    raise AssertionError("what is left of a sort holds a circle")


def _missing_message(what: str, name: str) -> str:
    """The message about an item that isn't there; with a hint where a type has an old float type's name."""
    message = f"{what} `{name}` does not exist"
    if what == "type" and name in ("float32", "float64"):
        renamed = "f32" if name == "float32" else "f64"
        message += (
            f"\nthe `{name}` type has been renamed to `{renamed}` and is no longer accepted, but the "
            "`WIT_REQUIRE_F32_F64=0` environment variable can be used to temporarily disable this error"
        )
    return message
