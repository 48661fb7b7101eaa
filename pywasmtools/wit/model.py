"""The model of resolved WIT: `Resolve` and its arenas of worlds, interfaces, types and packages.

Ids are plain ints, indices of the arena they belong to: `Type` is a `Prim` or the int id of a
`TypeDef`, `WorldKey` a plain name or the int id of an interface. Arenas only grow. Every map is a
`dict` in insertion order: the reference's IndexMap. Docs are `str | None`. The kinds of types stand in
`wit/types.py`, stability in `wit/stability.py`.
"""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, SourceMap, error, shift_span
from pywasmtools.wit.stability import UNKNOWN_STABILITY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.diagnostics import Span, WasmToolsError
    from pywasmtools.text.semver import Version
    from pywasmtools.wit.stability import Stability
    from pywasmtools.wit.types import Type, TypeKind

    WorldKey: TypeAlias = "str | int"
    WorldItem: TypeAlias = "InterfaceItem | Function | TypeItem"

    Attributed: TypeAlias = "InterfaceItem | Function | TypeDef"
    """What has stability and an external id."""


class PackageName:
    """`namespace:name@version`. Hashable; `str()` prints it as WIT does."""

    __slots__ = ("name", "namespace", "version")

    def __init__(self, namespace: str, name: str, version: Version | None = None) -> None:
        self.namespace: str = namespace
        self.name: str = name
        self.version: Version | None = version

    def __str__(self) -> str:
        if self.version is None:
            return f"{self.namespace}:{self.name}"
        return f"{self.namespace}:{self.name}@{self.version}"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PackageName)
            and self.name == other.name
            and self.namespace == other.namespace
            and self.version == other.version
        )

    def __hash__(self) -> int:
        return hash((self.namespace, self.name, None if self.version is None else str(self.version)))

    def interface_id(self, interface: str) -> str:
        """`namespace:name/interface@version`: the name of an interface or world of this package."""
        if self.version is None:
            return f"{self.namespace}:{self.name}/{interface}"
        return f"{self.namespace}:{self.name}/{interface}@{self.version}"


# ------------------------------------------------------------------------------- arena items


class WorldOwner:
    """The owner of a type that a world defines; `id` is the world's."""

    __slots__ = ("id",)

    def __init__(self, id_: int) -> None:
        self.id: int = id_

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorldOwner) and self.id == other.id

    def __hash__(self) -> int:
        return hash(("world", self.id))


class InterfaceOwner:
    """The owner of a type that an interface defines; `id` is the interface's."""

    __slots__ = ("id",)

    def __init__(self, id_: int) -> None:
        self.id: int = id_

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InterfaceOwner) and self.id == other.id

    def __hash__(self) -> int:
        return hash(("interface", self.id))


if TYPE_CHECKING:
    TypeOwner = WorldOwner | InterfaceOwner | None


class TypeDef:
    """A type: named and owned, or anonymous (`name` and `owner` None)."""

    __slots__ = ("docs", "external_id", "kind", "name", "owner", "span", "stability")

    def __init__(
        self,
        name: str | None,
        kind: TypeKind,
        owner: TypeOwner,
        docs: str | None = None,
        stability: Stability = UNKNOWN_STABILITY,
        span: Span = UNKNOWN_SPAN,
        external_id: str | None = None,
    ) -> None:
        self.name: str | None = name
        self.kind: TypeKind = kind
        self.owner: TypeOwner = owner
        self.docs: str | None = docs
        self.stability: Stability = stability
        self.span: Span = span
        self.external_id: str | None = external_id

    def with_kind(self, kind: TypeKind, owner: TypeOwner) -> TypeDef:
        """The same definition of another kind and owner."""
        return TypeDef(self.name, kind, owner, self.docs, self.stability, self.span, self.external_id)


FREESTANDING: Final = 0
ASYNC_FREESTANDING: Final = 1
GETTER: Final = 2
SETTER: Final = 3
METHOD: Final = 4
ASYNC_METHOD: Final = 5
METHOD_GETTER: Final = 6
METHOD_SETTER: Final = 7
STATIC: Final = 8
ASYNC_STATIC: Final = 9
STATIC_GETTER: Final = 10
STATIC_SETTER: Final = 11
CONSTRUCTOR: Final = 12

FUNCTION_KIND_NAMES: Final[tuple[str, ...]] = (
    "freestanding",
    "async-freestanding",
    "getter",
    "setter",
    "method",
    "async-method",
    "method-getter",
    "method-setter",
    "static",
    "async-static",
    "static-getter",
    "static-setter",
    "constructor",
)
"""How JSON calls each kind, by its number. From METHOD on a kind belongs to a resource."""


class FunctionKind:
    """What a function is: `tag` (FREESTANDING … CONSTRUCTOR) and its resource's type id (-1: none)."""

    __slots__ = ("resource", "tag")

    def __init__(self, tag: int, resource: int = -1) -> None:
        self.tag: int = tag
        self.resource: int = resource

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FunctionKind) and self.tag == other.tag and self.resource == other.resource

    def __hash__(self) -> int:
        return hash((self.tag, self.resource))

    @property
    def is_async(self) -> bool:
        return self.tag in (ASYNC_FREESTANDING, ASYNC_METHOD, ASYNC_STATIC)

    @property
    def is_getter(self) -> bool:
        return self.tag in (GETTER, METHOD_GETTER, STATIC_GETTER)

    @property
    def is_setter(self) -> bool:
        return self.tag in (SETTER, METHOD_SETTER, STATIC_SETTER)


FUNCTION_TAGS: Final = {
    "": FREESTANDING,
    "[get]": GETTER,
    "[set]": SETTER,
    "[method]": METHOD,
    "[method][get]": METHOD_GETTER,
    "[method][set]": METHOD_SETTER,
    "[static]": STATIC,
    "[static][get]": STATIC_GETTER,
    "[static][set]": STATIC_SETTER,
    "[constructor]": CONSTRUCTOR,
}
"""Kinds of functions by how their component-level names begin."""
_ASYNC_TAGS: Final = {FREESTANDING: ASYNC_FREESTANDING, METHOD: ASYNC_METHOD, STATIC: ASYNC_STATIC}


def function_kind(prefix: str, is_async: bool, resource: int = -1) -> FunctionKind:
    """The kind of a function whose name begins so; accessors and constructors are never async."""
    tag = FUNCTION_TAGS[prefix]
    return FunctionKind(_ASYNC_TAGS.get(tag, tag) if is_async else tag, resource)


class Param:
    """A parameter: `name` may be empty in what came from a binary."""

    __slots__ = ("name", "span", "type")

    def __init__(self, name: str, type_: Type, span: Span = UNKNOWN_SPAN) -> None:
        self.name: str = name
        self.type: Type = type_
        self.span: Span = span


class Function:
    """A function. `name` is the component-level name: `f`, `[get]a`, `[method]r.f`, `[constructor]r`…"""

    __slots__ = ("docs", "external_id", "kind", "name", "params", "result", "span", "stability")

    def __init__(
        self,
        name: str,
        kind: FunctionKind,
        params: list[Param],
        result: Type | None,
        docs: str | None = None,
        stability: Stability = UNKNOWN_STABILITY,
        span: Span = UNKNOWN_SPAN,
        external_id: str | None = None,
    ) -> None:
        self.name: str = name
        self.kind: FunctionKind = kind
        self.params: list[Param] = params
        self.result: Type | None = result
        self.docs: str | None = docs
        self.stability: Stability = stability
        self.span: Span = span
        self.external_id: str | None = external_id

    def copy(self) -> Function:
        """A copy with parameters of its own."""
        params = [Param(p.name, p.type, p.span) for p in self.params]
        return Function(
            self.name, self.kind, params, self.result, self.docs, self.stability, self.span, self.external_id
        )

    def item_name(self) -> str:
        """The name within its resource or accessor: `f` of `[method]r.f`, `a` of `[get]a`, `constructor`."""
        tag = self.kind.tag
        if tag in (FREESTANDING, ASYNC_FREESTANDING):
            return self.name
        if tag in (GETTER, SETTER):
            return self.name[self.name.index("]") + 1 :]
        if tag == CONSTRUCTOR:
            return "constructor"
        return self.name[self.name.index(".") + 1 :]

    def types(self) -> list[Type]:
        """The types of the parameters, then of the result where there is one."""
        found = [p.type for p in self.params]
        if self.result is not None:
            found.append(self.result)
        return found

    def with_types(self, types: list[Type], resource: int) -> Function:
        """The same function with others in the place of `types()`, and of the resource that it belongs to."""
        new = self.copy()
        for k, param in enumerate(new.params):
            param.type = types[k]
        if self.result is not None:
            new.result = types[-1]
        if self.kind.resource >= 0:
            new.kind = FunctionKind(self.kind.tag, resource)
        return new

    def shift_spans(self, offset: int) -> None:
        """Moves all spans by `offset` bytes, in place."""
        self.span = shift_span(self.span, offset)
        for param in self.params:
            param.span = shift_span(param.span, offset)


class InterfaceItem:
    """An interface that a world imports or exports. `docs` are those of the import or export itself."""

    __slots__ = ("docs", "external_id", "id", "span", "stability")

    def __init__(
        self,
        id_: int,
        stability: Stability = UNKNOWN_STABILITY,
        docs: str | None = None,
        span: Span = UNKNOWN_SPAN,
        external_id: str | None = None,
    ) -> None:
        self.id: int = id_
        self.stability: Stability = stability
        self.docs: str | None = docs
        self.span: Span = span
        self.external_id: str | None = external_id

    def copy(self) -> InterfaceItem:
        return InterfaceItem(self.id, self.stability, self.docs, self.span, self.external_id)


class TypeItem:
    """A type that a world defines or uses; `id` is the type's."""

    __slots__ = ("id", "span")

    def __init__(self, id_: int, span: Span = UNKNOWN_SPAN) -> None:
        self.id: int = id_
        self.span: Span = span


class WorldInclude:
    """`include w with { a as b }`, before packages are put together; `names` are (name, as) pairs."""

    __slots__ = ("id", "names", "span", "stability")

    def __init__(self, stability: Stability, id_: int, names: list[tuple[str, str]], span: Span) -> None:
        self.stability: Stability = stability
        self.id: int = id_
        self.names: list[tuple[str, str]] = names
        self.span: Span = span


class World:
    """A world: what a component imports and exports. `package` is an id, None only before it is known."""

    __slots__ = ("docs", "exports", "imports", "includes", "name", "package", "span", "stability")

    def __init__(
        self,
        name: str,
        package: int | None = None,
        docs: str | None = None,
        stability: Stability = UNKNOWN_STABILITY,
        span: Span = UNKNOWN_SPAN,
    ) -> None:
        self.name: str = name
        self.imports: dict[WorldKey, WorldItem] = {}
        self.exports: dict[WorldKey, WorldItem] = {}
        self.package: int | None = package
        self.docs: str | None = docs
        self.stability: Stability = stability
        self.includes: list[WorldInclude] = []
        self.span: Span = span


class Interface:
    """An interface. `name` is None where it was written in line in a world."""

    __slots__ = ("clone_of", "docs", "functions", "name", "package", "span", "stability", "types")

    def __init__(
        self,
        name: str | None,
        package: int | None = None,
        docs: str | None = None,
        stability: Stability = UNKNOWN_STABILITY,
        span: Span = UNKNOWN_SPAN,
    ) -> None:
        self.name: str | None = name
        self.types: dict[str, int] = {}
        self.functions: dict[str, Function] = {}
        self.docs: str | None = docs
        self.stability: Stability = stability
        self.package: int | None = package
        self.span: Span = span
        self.clone_of: int | None = None


class Package:
    """A package: its interfaces and worlds by name."""

    __slots__ = ("docs", "interfaces", "name", "worlds")

    def __init__(self, name: PackageName, docs: str | None = None) -> None:
        self.name: PackageName = name
        self.docs: str | None = docs
        self.interfaces: dict[str, int] = {}
        self.worlds: dict[str, int] = {}


class Resolve:
    """Resolved packages: the arenas, the package names, and the source map that all spans point into.

    `features` and `all_features` are those enabled for `@unstable` items.
    """

    __slots__ = (
        "all_features",
        "features",
        "interfaces",
        "package_names",
        "packages",
        "source_map",
        "types",
        "worlds",
    )

    def __init__(self, features: tuple[str, ...] = (), all_features: bool = False) -> None:
        self.worlds: list[World] = []
        self.interfaces: list[Interface] = []
        self.types: list[TypeDef] = []
        self.packages: list[Package] = []
        self.package_names: dict[PackageName, int] = {}
        self.features: set[str] = set(features)
        self.all_features: bool = all_features
        self.source_map: SourceMap = SourceMap()

    def add_type(self, type_: TypeDef) -> int:
        """Adds a type and returns its id."""
        self.types.append(type_)
        return len(self.types) - 1

    def add_interface(self, interface: Interface) -> int:
        """Adds an interface and returns its id."""
        self.interfaces.append(interface)
        return len(self.interfaces) - 1

    def add_world(self, world: World) -> int:
        """Adds a world and returns its id."""
        self.worlds.append(world)
        return len(self.worlds) - 1

    def add_package(self, package: Package) -> int:
        """Adds a package, makes its name known, and returns its id."""
        self.packages.append(package)
        self.package_names[package.name] = len(self.packages) - 1
        return len(self.packages) - 1

    def package_of_interface(self, id_: int) -> Package:
        """The package of an interface that has one."""
        package = self.interfaces[id_].package
        assert package is not None
        return self.packages[package]

    def id_of(self, interface: int) -> str | None:
        """`ns:name/interface@version`, or None for an interface without a name."""
        found = self.interfaces[interface]
        if found.name is None or found.package is None:
            return None
        return self.packages[found.package].name.interface_id(found.name)

    def name_world_key(self, key: WorldKey) -> str:
        """The name of an import or export of a world: plain, or the id of its interface."""
        if isinstance(key, str):
            return key
        name = self.id_of(key)
        if name is None:
            raise without_name()
        return name


def without_name() -> WasmToolsError:
    """The refusal to write the name of an interface that has none; the reference crashes there."""
    return error("an interface without a name cannot be referred to")


class Decoded:
    """A `Resolve`, and what in it the input is: a package, or a world (-1: none) and the package it is in."""

    __slots__ = ("package", "resolve", "world")

    def __init__(self, resolve: Resolve, package: int, world: int = -1) -> None:
        self.resolve: Resolve = resolve
        self.package: int = package
        self.world: int = world

    @property
    def is_package(self) -> bool:
        """Whether the input is a WIT package: text, or a binary that holds nothing but one."""
        return self.world < 0

    def become_world(self, world: int) -> None:
        """From now on this is that world, as of a component."""
        package = self.resolve.worlds[world].package
        assert package is not None
        self.world = world
        self.package = package


# ------------------------------------------------------------------------------- before resolution


class UnresolvedPackage:
    """One package of source text, its arenas its own; what it needs of others stands in `foreign_deps`.

    `foreign_deps`: package name to its items by name, each (is_world, id, stabilities of its mentions).
    `foreign_dep_spans` runs parallel to `foreign_deps`, `unknown_type_spans` to the `Unknown` types in
    order. `required_resource_types`: (type id, span) of types that must turn out to be resources.
    """

    __slots__ = (
        "docs",
        "foreign_dep_spans",
        "foreign_deps",
        "interfaces",
        "name",
        "package_name_span",
        "required_resource_types",
        "types",
        "unknown_type_spans",
        "worlds",
    )

    def __init__(self, name: PackageName) -> None:
        self.name: PackageName = name
        self.worlds: list[World] = []
        self.interfaces: list[Interface] = []
        self.types: list[TypeDef] = []
        self.foreign_deps: dict[PackageName, dict[str, tuple[bool, int, list[Stability]]]] = {}
        self.docs: str | None = None
        self.package_name_span: Span = UNKNOWN_SPAN
        self.unknown_type_spans: list[Span] = []
        self.foreign_dep_spans: list[Span] = []
        self.required_resource_types: list[tuple[int, Span]] = []


class UnresolvedPackageGroup:
    """The main package of some files, the packages nested in them, and the source map of all."""

    __slots__ = ("main", "nested", "source_map")

    def __init__(self, main: UnresolvedPackage, nested: list[UnresolvedPackage], source_map: SourceMap) -> None:
        self.main: UnresolvedPackage = main
        self.nested: list[UnresolvedPackage] = nested
        self.source_map: SourceMap = source_map
