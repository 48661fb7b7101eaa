"""The types of a component, as the validator has them, to a `Resolve`.

The validator is driven over the binary and then asked for the types of its imports and exports. `decode_world` reads
what a component-type section holds, `wit_binary/whole.py` whole binaries. Types of the validator nest no deeper than its limit, so walks over them recurse.
"""

from __future__ import annotations

from pywasmtools.diagnostics import CRASH, Layer, WasmToolsError, error
from pywasmtools.text.names import INTERFACE, PLAIN, parse_component_name
from pywasmtools.validation.component.types import (
    COMPONENT,
    DEFINED,
    ENTITY_COMPONENT,
    ENTITY_FUNC,
    ENTITY_INSTANCE,
    ENTITY_TYPE,
    RESOURCE,
    kind_of,
)
from pywasmtools.wit.model import (
    Function,
    FunctionKind,
    Interface,
    InterfaceItem,
    InterfaceOwner,
    Package,
    PackageName,
    Param,
    Resolve,
    TypeDef,
    TypeItem,
    World,
    WorldOwner,
    function_kind,
)
from pywasmtools.wit.types import (
    PRIMS,
    Alias,
    Borrow,
    Case,
    Enum,
    EnumCase,
    Field,
    FixedLengthList,
    Flag,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Variant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from pywasmtools.text.names import ComponentName
    from pywasmtools.validation.component.types import (
        AnyTypeId,
        ComponentFuncType,
        ComponentType,
        ComponentTypes,
        DefinedType,
        Item,
        ValType,
    )
    from pywasmtools.validation.validator import Validator
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wit.model import TypeOwner, WorldItem, WorldKey
    from pywasmtools.wit.types import Type, TypeKind

_PRIMS: Final = {prim.name: prim for prim in PRIMS}

_OPTIONAL_PARTS: Final = {
    "variant": "case type",
    "result": "result structure",
    "future": "future payload",
    "stream": "stream payload",
}
"""How messages call what may be left out of a type."""


def validated(validator: Validator, data: bytes) -> Iterator[tuple[Payload, bool]]:
    """The payloads of a binary once the validator has seen them, and whether each is of the outermost component."""
    from pywasmtools.wasm.payloads import COMPONENT_SECTION, END, MODULE_SECTION, Parser

    depth = 1
    for payload in Parser(data, bodies=False):
        validator.payload(payload)
        if payload.kind in (MODULE_SECTION, COMPONENT_SECTION):
            depth += 1
        elif payload.kind == END:
            depth -= 1
        yield (payload, depth == 1)


def decode_world(data: bytes) -> tuple[Resolve, int]:
    """Decodes a component that exports one component type, which is a world: what a component-type section has."""
    from pywasmtools.validation.component.state import ComponentState
    from pywasmtools.validation.validator import Validator
    from pywasmtools.wasm.component import read_component_export
    from pywasmtools.wasm.component_types import TYPE
    from pywasmtools.wasm.payloads import COMPONENT_EXPORT_SECTION

    validator = Validator()
    exports = []
    for payload, is_outermost in validated(validator, data):
        if payload.kind == COMPONENT_EXPORT_SECTION and is_outermost:
            reader = payload.section()
            exports += [read_component_export(reader) for _ in range(payload.count)]
    if len(exports) != 1:
        raise error("expected one export in component")
    export = exports[0]
    if export.kind != TYPE:
        raise error("expected an export of a type")
    if export.type is not None:
        raise error("expected an un-ascribed exported type")
    state = validator.ended
    assert isinstance(state, ComponentState)
    id_ = state.types[export.index]
    if kind_of(id_) != COMPONENT:
        raise error("expected an exported component type")
    types = validator.component_types
    return Decoder(types).decode_single_world(types.component(id_))


def crash(what: str) -> WasmToolsError:
    """Where the reference crashes: what could not be decoded, in one line that gets no context."""
    return WasmToolsError(Layer(f"cannot represent this component in WIT: {what}"), CRASH)


def _no_wit_form(why: str) -> WasmToolsError:
    """What the reference refuses: a good component that says what WIT can't."""
    return error(f"cannot represent this component in WIT: {why}")


def within(e: WasmToolsError, message: str) -> WasmToolsError:
    """The error with an outer layer."""
    return e if e.kind == CRASH else e.context(message)


class Decoder:
    """Builds a `Resolve` from the types of a validator.

    `foreign` has the packages that were seen in imports, by name, each filled with what was seen of it, and
    `foreign_of` the index of the one that each of their interfaces belongs to. `named` has the interfaces of the
    package itself by full name, `resources` those of each owner, and `type_map` the type id for each of the
    validator's ids.
    """

    __slots__ = ("foreign", "foreign_of", "named", "resolve", "resources", "type_map", "types")

    def __init__(self, types: ComponentTypes) -> None:
        self.types = types
        self.resolve = Resolve()
        self.foreign: dict[str, Package] = {}
        self.foreign_of: dict[int, Package] = {}
        self.named: dict[str, int] = {}
        self.resources: dict[TypeOwner, dict[str, int]] = {}
        self.type_map: dict[AnyTypeId, int] = {}

    def register_imports(self, type_: ComponentType) -> None:
        """What a component type imports, all interfaces."""
        for name, item in type_.imports.items():
            try:
                self._register_import(name, item)
            except WasmToolsError as e:
                raise within(e, f"failed to process import `{name}`") from None

    def decode_world_export(self, name: str, item: Item, package: Package) -> PackageName:
        """Adds a world, given as a component type, to the package; returns the package's name."""
        if item.entity.kind != ENTITY_COMPONENT:
            raise crash(f"world `{name}` is not a component")
        found = self.qualified_name(name, item)
        self.register_world(name, self.types.component(item.entity.type), package)
        return found

    def decode_single_world(self, type_: ComponentType) -> tuple[Resolve, int]:
        """The one world that a component type exports."""
        if type_.imports or len(type_.exports) != 1:
            raise crash("the component type around a world has imports or not one export")
        package = Package(PackageName("", ""))
        for name, item in type_.exports.items():
            package.name = self.decode_world_export(name, item, package)
        id_ = self.finish(package)
        for world in self.resolve.packages[id_].worlds.values():
            return (self.resolve, world)
        raise AssertionError("a world was decoded")

    def qualified_name(self, name: str, item: Item) -> PackageName:
        """The package of an interface's or world's full name."""
        try:
            parsed = self._parsed(name)
        except WasmToolsError as e:
            raise within(e, "expected world name to have an ID form") from None
        if parsed.kind != INTERFACE:
            raise error("expected world name to be fully qualified")
        return to_package_name(parsed, item)

    # --------------------------------------------------------------------------- worlds

    def world_instance(self, name: str, item: Item, package: Package) -> tuple[WorldKey, WorldItem]:
        """An instance that a world imports or exports: a full name, a plain one, or one that implements a full name."""
        key: WorldKey
        if item.implements is not None:
            key = name
            id_ = self._register_import(item.implements, item)
        elif self._parsed(name).kind == INTERFACE:
            key = id_ = self._register_import(name, item)
        else:
            key, id_ = self.register_interface(name, item, package)
        return (key, InterfaceItem(id_, external_id=item.external_id))

    def register_world(self, name: str, type_: ComponentType, package: Package) -> int:
        """Adds a world, given as a component type, to the package; returns its id."""
        world_name = self._interface_name(name)
        if world_name is None:
            raise error("expected world name to have an ID form")
        world = World(world_name)
        owner = WorldOwner(len(self.resolve.worlds))
        key: WorldKey
        world_item: WorldItem
        for items, is_import in ((type_.imports, True), (type_.exports, False)):
            for item_name, item in items.items():
                kind = item.entity.kind
                if kind == ENTITY_INSTANCE:
                    key, world_item = self.world_instance(item_name, item, package)
                elif kind == ENTITY_TYPE and is_import:
                    key, world_item = item_name, TypeItem(self.type_export(item_name, item, owner))
                elif kind == ENTITY_FUNC:
                    key, world_item = item_name, self.function(item_name, item, owner)
                elif is_import:
                    raise error(f"component import `{item_name}` is not an instance, func, or type")
                else:
                    raise error(f"component export `{item_name}` is not an instance or function")
                if is_import:
                    world.imports[key] = world_item
                else:
                    world.exports[key] = world_item
        id_ = self.resolve.add_world(world)
        if world_name in package.worlds:
            raise crash(f"world `{world_name}` stands there twice")
        package.worlds[world_name] = id_
        return id_

    # --------------------------------------------------------------------------- interfaces

    def _parsed(self, name: str) -> ComponentName:
        try:
            return parse_component_name(name)
        except WasmToolsError as e:
            raise within(e, f"cannot extract item name from: {name}") from None

    def _interface_name(self, name: str) -> str | None:
        """The interface's own name where the name is full; None where it is plain."""
        parsed = self._parsed(name)
        if parsed.kind == INTERFACE:
            return parsed.interface()
        if parsed.is_bare():
            return None
        raise error(f"cannot extract item name from: {name}")

    def _register_import(self, name: str, item: Item) -> int:
        """An interface by its full name: of this package and then fully known, or of another one, and then filled with
        what is seen of it."""
        if item.entity.kind != ENTITY_INSTANCE:
            raise error(f"import `{name}` is not an instance")
        local = self.named.get(name)
        id_ = self._foreign_interface(name, item) if local is None else local
        owner = InterfaceOwner(id_)
        interface = self.resolve.interfaces[id_]
        for export, exported in self.types.instance(item.entity.type).exports.items():
            entity = exported.entity
            if entity.kind == ENTITY_TYPE:
                known = interface.types.get(export)
                if known is not None:
                    if kind_of(entity.referenced) == DEFINED:
                        self._register_defined(known, self.types.defined(entity.referenced))
                    elif kind_of(entity.referenced) != RESOURCE:
                        raise crash(f"type `{export}` is not a value type")
                    if entity.type in self.type_map:
                        raise crash(f"the type `{export}` appears more than once")
                    self.type_map[entity.type] = known
                elif local is not None:
                    raise error(f"instance type export `{export}` not defined in interface")
                else:
                    interface.types[export] = self.type_export(export, exported, owner)
            elif entity.kind == ENTITY_FUNC:
                if export in interface.functions:
                    continue
                if local is not None:
                    raise error(f"instance function export `{export}` not defined in interface")
                interface.functions[export] = self.function(export, exported, owner)
            else:
                raise error(f"instance type export `{export}` is not a type")
        return id_

    def _foreign_interface(self, full_name: str, item: Item) -> int:
        """The interface of another package, made where this is the first that is seen of it."""
        name = parse_component_name(full_name)
        if name.kind != INTERFACE:
            raise error(f"package name is not a valid id: {full_name}")
        package_name = to_package_name(name, item)
        package = self.foreign.get(str(package_name))
        if package is None:
            package = self.foreign[str(package_name)] = Package(package_name)
        id_ = package.interfaces.get(name.interface())
        if id_ is None:
            id_ = self.resolve.add_interface(Interface(name.interface()))
            package.interfaces[name.interface()] = id_
        self.foreign_of[id_] = package
        return id_

    def register_interface(self, name: str, item: Item, package: Package) -> tuple[WorldKey, int]:
        """An interface that is defined here: under a full name it becomes part of the package."""
        if name in self.named:
            id_ = self._register_import(name, item)
            return (id_, id_)
        interface_name = self._interface_name(name)
        interface = Interface(interface_name)
        owner = InterfaceOwner(len(self.resolve.interfaces))
        for export, exported in self.types.instance(item.entity.type).exports.items():
            kind = exported.entity.kind
            if kind == ENTITY_TYPE:
                interface.types[export] = self._interface_type(export, exported, owner)
            elif kind == ENTITY_FUNC:
                interface.functions[export] = self._interface_function(export, exported, owner)
            else:
                raise error(f"instance type export `{export}` is not a type or function")
        id_ = self.resolve.add_interface(interface)
        if interface_name is None:
            return (name, id_)
        if interface_name in package.interfaces:
            raise crash(f"interface `{interface_name}` stands there twice")
        package.interfaces[interface_name] = id_
        self.named[name] = id_
        return (id_, id_)

    def _interface_type(self, name: str, item: Item, owner: TypeOwner) -> int:
        try:
            return self.type_export(name, item, owner)
        except WasmToolsError as e:
            raise within(e, f"failed to register type export '{name}'") from None

    def _interface_function(self, name: str, item: Item, owner: TypeOwner) -> Function:
        try:
            return self.function(name, item, owner)
        except WasmToolsError as e:
            raise within(e, f"failed to convert function '{name}'") from None

    # --------------------------------------------------------------------------- types

    def _find_alias(self, id_: AnyTypeId) -> int | None:
        """The type that the id, or anything it was made an alias of, stands for already."""
        while True:
            found = self.type_map.get(id_)
            if found is not None:
                return found
            peeled = self.types.peel_alias(id_)
            if peeled is None:
                return None
            id_ = peeled

    def type_export(self, name: str, item: Item, owner: TypeOwner) -> int:
        """A named type of a world or interface: an alias of one that is known, or a new one."""
        entity = item.entity
        known = self._find_alias(entity.referenced)
        kind: TypeKind
        if known is not None:
            if isinstance(owner, InterfaceOwner) and not isinstance(self.resolve.types[known].owner, InterfaceOwner):
                # Interfaces use types of other interfaces only.
                raise _no_wit_form(f"type `{name}` refers to a type that isn't defined in an interface")
            kind = Alias(known)
        elif kind_of(entity.referenced) == DEFINED:
            kind = self._unaliased(entity.referenced)
        elif kind_of(entity.referenced) == RESOURCE:
            kind = Resource()
        else:
            raise crash(f"type `{name}` is not a value type")
        id_ = self.resolve.add_type(TypeDef(name, kind, owner, external_id=item.external_id))
        if isinstance(kind, Resource):
            resources = self.resources.setdefault(owner, {})
            if name in resources:
                raise crash(f"resource `{name}` stands there twice")
            resources[name] = id_
        if entity.type in self.type_map:
            raise _no_wit_form(
                f"the type `{name}` appears more than once (for example, when an imported instance is re-exported "
                "under a new name)"
            )
        self.type_map[entity.type] = id_
        return id_

    def _unaliased(self, id_: AnyTypeId) -> TypeKind:
        try:
            return self._kind(self.types.defined(id_))
        except WasmToolsError as e:
            raise within(e, "failed to convert unaliased type") from None

    def _type(self, type_: ValType | None) -> Type:
        if isinstance(type_, str):
            return _PRIMS[type_]
        assert type_ is not None
        known = self.type_map.get(type_)
        if known is not None:
            return known
        kind = self._kind(self.types.defined(type_))
        if isinstance(kind, (Record, Enum, Variant, Flags)):
            raise error(f"unexpected unnamed type of kind '{kind.word}'")
        id_ = self.resolve.add_type(TypeDef(None, kind, None))
        self.type_map[type_] = id_
        return id_

    def _optional(self, type_: ValType | None) -> Type | None:
        return None if type_ is None else self._type(type_)

    def _resource(self, id_: AnyTypeId) -> int:
        known = self.type_map.get(id_)
        if known is None:
            raise crash("a handle refers to a resource that has no name")
        return known

    def _kind(self, type_: DefinedType) -> TypeKind:
        """A defined type in the model's terms; the types it is made of are made first, in order."""
        word = type_.kind
        types = type_.types
        if word == "primitive":
            return Alias(self._type(types[0]))
        if word == "record":
            return Record([self._field(name, part) for name, part in zip(type_.names, types, strict=True)])
        if word == "variant":
            return Variant([Case(name, self._optional(part)) for name, part in zip(type_.names, types, strict=True)])
        if word == "list":
            return List(self._type(types[0]))
        if word == "map":
            return Map(self._type(types[0]), self._type(types[1]))
        if word == "fixed-length list":
            return FixedLengthList(self._type(types[0]), type_.length)
        if word == "tuple":
            return Tuple([self._type(part) for part in types])
        if word == "flags":
            return Flags([Flag(name) for name in type_.names])
        if word == "enum":
            return Enum([EnumCase(name) for name in type_.names])
        if word == "option":
            return Option(self._type(types[0]))
        if word == "result":
            ok = self._optional(types[0])
            return Result(ok, self._optional(types[1]))
        if word == "own":
            return Own(self._resource(type_.resource))
        if word == "borrow":
            return Borrow(self._resource(type_.resource))
        if word == "future":
            return Future(self._optional(types[0]))
        return Stream(self._optional(types[0]))

    def _field(self, name: str, type_: ValType | None) -> Field:
        try:
            return Field(name, self._type(type_))
        except WasmToolsError as e:
            raise within(e, f"failed to convert record field '{name}'") from None

    def function(self, name: str, item: Item, owner: TypeOwner) -> Function:
        """A function of a world or interface."""
        type_ = self.types.func(item.entity.type)
        params = self._params(type_)
        result = None if type_.result is None else self._anonymous_result(type_.result)
        kind = self._function_kind(parse_component_name(name), type_.async_, owner)
        return Function(name, kind, params, result, external_id=item.external_id)

    def _params(self, type_: ComponentFuncType) -> list[Param]:
        try:
            return [Param(name, self._type(param)) for name, param in type_.params]
        except WasmToolsError as e:
            raise within(e, "failed to convert params") from None

    def _anonymous_result(self, type_: ValType) -> Type:
        try:
            return self._type(type_)
        except WasmToolsError as e:
            raise within(e, "failed to convert anonymous result type") from None

    def _function_kind(self, name: ComponentName, is_async: bool, owner: TypeOwner) -> FunctionKind:
        if name.kind != PLAIN:
            raise crash(f"function `{name}` has the name of an interface")
        if name.accessor and is_async:
            raise crash(f"function `{name}` is an async accessor")
        prefix = name.resource_func + name.accessor
        if not name.resource_func:
            return function_kind(prefix, is_async)
        resource = self.resources.get(owner, {}).get(name.resource())
        if resource is None:
            raise crash(f"function `{name}` belongs to a resource that is not defined beside it")
        return function_kind(prefix, is_async, resource)

    # --------------------------------------------------------------------------- known types seen again

    def _register_defined(self, id_: int, type_: DefinedType) -> None:
        """Walks a type that is seen again along the one that is known, so that its anonymous parts are known, too.

        Where the known one is an alias, its parts are known under the other name. Names and parts are compared, not
        the names of flags and enums.
        """
        word = type_.kind
        if word in ("primitive", "flags", "enum", "own", "borrow"):
            return
        kind = self.resolve.types[id_].kind
        if isinstance(kind, Alias) and isinstance(kind.type, int):
            return
        if word == "fixed-length list":
            if not isinstance(kind, FixedLengthList) or kind.length != type_.length:
                raise error(f"expected a fixed-length {type_.length} list")
        elif kind.word != word:
            raise error(f"expected {'an' if word == 'option' else 'a'} {word}")
        known = kind.parts()
        names: list[str] = []
        if isinstance(kind, Tuple):
            if len(known) != len(type_.types):
                raise error("mismatched number of tuple fields")
        elif isinstance(kind, Record):
            if len(known) != len(type_.types):
                raise error("mismatched number of record fields")
            names = [field.name for field in kind.fields]
        elif isinstance(kind, Variant):
            if len(known) != len(type_.types):
                raise error("mismatched number of variant cases")
            names = [case.name for case in kind.cases]
        for k, part in enumerate(type_.types):
            if names and names[k] != type_.names[k]:
                raise error(f"mismatched {'field' if isinstance(kind, Record) else 'case'} order")
            self._register_optional(part, known[k], word)

    def _register_optional(self, type_: ValType | None, known: Type | None, word: str) -> None:
        """A part of a type of kind `word`; it may be left out in both."""
        if (type_ is None) != (known is None):
            raise error(f"disagreement on {_OPTIONAL_PARTS[word]}")
        if known is not None:
            self._register_part(type_, known)

    def _register_part(self, type_: ValType | None, known: Type) -> None:
        if isinstance(type_, str):
            if isinstance(known, int):
                raise crash(f"expected a type made of others, found `{type_}`")
            return
        if not isinstance(known, int):
            raise error("expected id-based type")
        assert type_ is not None
        seen = type_ in self.type_map
        self.type_map[type_] = known
        if not seen:
            self._register_defined(known, self.types.defined(type_))

    # --------------------------------------------------------------------------- packages

    def finish(self, package: Package) -> int:
        """Puts the packages into the `Resolve`, each after those it depends on, the main one last; returns its id."""
        for foreign in self._in_order():
            self._insert(foreign)
        id_ = self._insert(package)
        for interface in self.resolve.interfaces:
            if interface.package is None:
                raise crash("an interface belongs to no package")
        for world in self.resolve.worlds:
            if world.package is None:
                raise crash(f"world `{world.name}` belongs to no package")
        return id_

    def _insert(self, package: Package) -> int:
        resolve = self.resolve
        found = resolve.package_names.get(package.name)
        id_ = resolve.add_package(Package(package.name)) if found is None else found
        target = resolve.packages[id_]
        for name, interface in package.interfaces.items():
            if name in target.interfaces:
                raise crash(f"interface `{name}` stands there twice")
            target.interfaces[name] = interface
            resolve.interfaces[interface].package = id_
        for name, world_id in package.worlds.items():
            target.worlds[name] = world_id
            world = resolve.worlds[world_id]
            world.package = id_
            for items in (world.imports, world.exports):
                for key, item in items.items():
                    if isinstance(key, str) and isinstance(item, InterfaceItem):
                        named = resolve.interfaces[item.id]
                        if named.name is None:
                            named.package = id_
        return id_

    def _in_order(self) -> list[Package]:
        """The foreign packages, each after those that it depends on: a depth-first walk, from each as it was seen."""
        ordered: dict[str, Package] = {}
        met: set[str] = set()
        for root in self.foreign.values():
            if str(root.name) in ordered:
                continue
            met.add(str(root.name))
            stack = [(root, self._dependencies(root))]
            while stack:
                package, dependencies = stack[-1]
                other = next(dependencies, None)
                if other is None:
                    stack.pop()
                    ordered[str(package.name)] = package
                elif other is not package and str(other.name) not in ordered:
                    if str(other.name) in met:
                        raise _no_wit_form(f"package `{other.name}` creates a dependency cycle")
                    met.add(str(other.name))
                    stack.append((other, self._dependencies(other)))
        return list(ordered.values())

    def _dependencies(self, package: Package) -> Iterator[Package]:
        """The packages that a foreign package uses types from, itself too, with repetitions.

        Raises, once it comes to it, where a type belongs to the main package or to an interface without a name.
        """
        from pywasmtools.wit.queries import interface_direct_deps

        for interface in package.interfaces.values():
            for used in interface_direct_deps(self.resolve, interface):
                other = self.foreign_of.get(used)
                if other is None:
                    raise _no_wit_form(f"package `{package.name}` uses a type from an interface it can't depend on")
                yield other


def to_package_name(name: ComponentName, item: Item) -> PackageName:
    return PackageName(name.namespace(), name.package(), name.version(item.version_suffix))
