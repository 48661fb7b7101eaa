"""WIT packages and worlds as wasm: each interface and each world of a package becomes a component type.

An interface `i` of package `p` is the type of a component that imports the interfaces `i` uses types from, whole and
without their functions, and exports `i`. A world is the type of the component it describes, inside the type of a
component that exports it under its full name.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.release import PROCESSED_BY
from pywasmtools.wasm.component_builder import ComponentBuilder, TypeBuilder, alias_export, alias_outer
from pywasmtools.wasm.component_types import COMPONENT, FUNC, INSTANCE, SUB_RESOURCE, TYPE, ExternName, TypeRef
from pywasmtools.wasm.writer import name as encode_name
from pywasmtools.wit.model import Function, InterfaceItem, TypeItem
from pywasmtools.wit.queries import (
    canonicalized_id_of,
    external_id_value,
    id_of_name,
    implements_interface,
    interface_direct_deps,
    version_suffix_of,
)
from pywasmtools.wit_binary.valtypes import TypeMaps, ValtypeEncoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import WasmToolsError
    from pywasmtools.wasm.component_types import ComponentFuncType, DefinedType
    from pywasmtools.wit.model import Resolve, WorldItem, WorldKey

BASE_PRODUCERS: Final = (
    b"\x01" + encode_name("processed-by") + b"\x01" + encode_name(PROCESSED_BY[0]) + encode_name(PROCESSED_BY[1])
)
"""The content of the `producers` section of what is made here: that wit-component processed it, and which version."""


def encode_package(resolve: Resolve, package: int, canonical_names: bool = False) -> bytes:
    """A package in its binary form, docs and producers included.

    `canonical_names`: interfaces go by their canonical names, the rest of the version apart.
    """
    from pywasmtools.wit_binary import PACKAGE_DOCS, package_docs

    builder = ComponentBuilder()
    found = resolve.packages[package]
    for name, id_ in found.interfaces.items():
        type_ = builder.type_nested(name, _encode_interface(resolve, id_, canonical_names))
        builder.export(name, TYPE, type_)
    for name, id_ in found.worlds.items():
        type_ = builder.type_nested(name, encode_wrapped_world(resolve, id_, canonical_names))
        builder.export(name, TYPE, type_)
    builder.custom_section(PACKAGE_DOCS, package_docs.encode(resolve, package))
    builder.custom_section("producers", BASE_PRODUCERS)
    return builder.finish()


def encode_wrapped_world(resolve: Resolve, id_: int, canonical_names: bool) -> TypeBuilder:
    """The type of a component that does nothing but export the world, as a component, under its full name."""
    world = resolve.worlds[id_]
    assert world.package is not None
    wrapper = TypeBuilder(is_component=True)
    wrapper.type_nested(encode_world(resolve, id_, canonical_names))
    wrapper.export(id_of_name(resolve, world.package, world.name), TypeRef(COMPONENT, 0))
    return wrapper


def encode_world(resolve: Resolve, id_: int, canonical_names: bool) -> TypeBuilder:
    """A world as the type of the component it describes."""
    encoder = _InterfaceEncoder(resolve)
    outer = encoder.outer
    world = resolve.worlds[id_]
    for key, item in world.imports.items():
        if isinstance(item, TypeItem):
            encoder.interface = None
            encoder.importing_types = True
            encoder.encode_valtype(item.id)
            encoder.importing_types = False
        else:
            ref = encoder.encode_item(item)
            outer.import_(component_extern_name(resolve, key, item, canonical_names), ref)
    for key, item in world.exports.items():
        ref = encoder.encode_item(item)
        outer.export(component_extern_name(resolve, key, item, canonical_names), ref)
    return outer


def component_extern_name(resolve: Resolve, key: WorldKey, item: WorldItem, canonical_names: bool) -> ExternName:
    """The binary name of a world's import or export."""
    return interface_extern_name(
        resolve,
        resolve.name_world_key(key),
        key if isinstance(key, int) else None,
        implements_interface(resolve, key, item),
        external_id_value(resolve, item),
        canonical_names,
    )


def interface_extern_name(
    resolve: Resolve,
    name: str,
    interface: int | None,
    implements: int | None,
    external_id: str | None,
    canonical_names: bool,
) -> ExternName:
    """The binary name of an import or export called `name`.

    `interface` is the interface that `name` is the full name of, `implements` the one that a plain `name` implements.
    """
    implemented = None if implements is None else resolve.id_of(implements)
    if not canonical_names:
        return ExternName(name, implemented, external_id=external_id)
    suffix: str | None = None
    if implements is not None:
        implemented = canonicalized_id_of(resolve, implements)
        suffix = version_suffix_of(resolve, implements)
    if interface is not None:
        canonical = canonicalized_id_of(resolve, interface)
        assert canonical is not None
        name = canonical
        suffix = version_suffix_of(resolve, interface)
    return ExternName(name, implemented, suffix, external_id)


def _encode_interface(resolve: Resolve, id_: int, canonical_names: bool) -> TypeBuilder:
    """An interface as a component type that imports what it uses and exports it."""
    encoder = _InterfaceEncoder(resolve)
    for interface in _live_interfaces(resolve, id_):
        full_name = resolve.id_of(interface)
        assert full_name is not None
        name = interface_extern_name(resolve, full_name, interface, None, None, canonical_names)
        encoder.interface = interface
        if interface == id_:
            encoder.outer.export(name, TypeRef(INSTANCE, encoder.encode_instance(interface)))
        else:
            encoder.begin_instance()
            for type_ in resolve.interfaces[interface].types.values():
                encoder.encode_valtype(type_)
            encoder.outer.import_(name, TypeRef(INSTANCE, encoder.end_instance(interface)))
    return encoder.outer


def _live_interfaces(resolve: Resolve, id_: int) -> list[int]:
    """An interface after all those that it depends on, each after its own dependencies."""
    found: dict[int, bool] = {}
    open_ = {id_}
    stack = [(id_, iter(interface_direct_deps(resolve, id_)))]
    while stack:
        interface, deps = stack[-1]
        dep = next(deps, None)
        if dep is None:
            stack.pop()
            found[interface] = True
        elif dep not in found:
            if dep in open_:
                raise error(f"interface `{resolve.id_of(dep)}` depends on itself")
            open_.add(dep)
            stack.append((dep, iter(interface_direct_deps(resolve, dep))))
    return list(found)


class _InterfaceEncoder(ValtypeEncoder):
    """Encodes interfaces as instance types inside the component type `outer`, and worlds' own types into `outer`.

    `_instance` is the instance type that is being encoded, if any; `maps` are then its own, those of `outer` wait in
    `_outer_maps`. `_instances` has the instance index of each interface that was imported or exported, `_aliased` the
    index in `outer` of each type that was taken from one.
    """

    __slots__ = ("_aliased", "_instance", "_instances", "_outer_maps", "importing_types", "outer")

    def __init__(self, resolve: Resolve) -> None:
        super().__init__(resolve)
        self.outer = TypeBuilder(is_component=True)
        self.importing_types = False
        self._instance: TypeBuilder | None = None
        self._outer_maps = self.maps
        self._instances: dict[int, int] = {}
        self._aliased: dict[int, int] = {}

    def encode_item(self, item: WorldItem) -> TypeRef:
        """The type of a world's interface or function."""
        if isinstance(item, InterfaceItem):
            self.interface = item.id
            return TypeRef(INSTANCE, self.encode_instance(item.id))
        if not isinstance(item, Function):
            raise error("a world exports a type")
        self.interface = None
        return TypeRef(FUNC, self.encode_function_type(item))

    def encode_instance(self, id_: int) -> int:
        """Defines the type of an interface, types and functions; returns its index in `outer`."""
        instance = self.begin_instance()
        interface = self.resolve.interfaces[id_]
        order: dict[int, int] = {}
        for type_ in interface.types.values():
            self.encode_valtype(type_)
            order.setdefault(type_, len(order))
        # As when the interface is written in text: functions of resources first, in the order of the resources.
        last = len(order)
        functions = [(order.get(f.kind.resource, last), name, f) for name, f in interface.functions.items()]
        functions.sort(key=_rank)
        for _, name, function in functions:
            index = self.encode_function_type(function)
            instance.export(ExternName(name, external_id=function.external_id), TypeRef(FUNC, index))
        return self.end_instance(id_)

    def begin_instance(self) -> TypeBuilder:
        """Begins an instance type, with a type space of its own."""
        self._instance = TypeBuilder()
        self._outer_maps = self.maps
        self.maps = TypeMaps()
        return self._instance

    def end_instance(self, interface: int) -> int:
        """Defines the instance type in `outer`; its import or export has to come next."""
        assert self._instance is not None
        index = self.outer.type_nested(self._instance)
        self._instance = None
        self.maps = self._outer_maps
        self._instances[interface] = self.outer.instance_count
        return index

    def define_type(self, type_: DefinedType) -> int:
        return (self._instance or self.outer).type_defined(type_)

    def define_function_type(self, type_: ComponentFuncType) -> int:
        return (self._instance or self.outer).type_function(type_)

    def export_type(self, index: int, name: ExternName) -> int:
        return self._name_type(name, TypeRef(TYPE, index))

    def export_resource(self, name: ExternName) -> int:
        return self._name_type(name, SUB_RESOURCE)

    def _name_type(self, name: ExternName, bound: TypeRef) -> int:
        if self._instance is not None:
            return self._instance.export(name, bound)
        if self.importing_types:
            return self.outer.import_(name, bound)
        return self.outer.export(name, bound)

    def import_type(self, interface: int, id_: int) -> int:
        index = self._aliased.get(id_)
        if index is None:
            instance = self._instances.get(interface)
            name = self.resolve.types[id_].name
            if instance is None:
                raise self._used_too_early(interface, name or "")
            assert name is not None
            index = self.outer.alias(alias_export(instance, name, TYPE))
            self._aliased[id_] = index
        if self._instance is None:
            return index
        return self._instance.alias(alias_outer(TYPE, 1, index))

    def _used_too_early(self, interface: int, type_name: str) -> WasmToolsError:
        """The refusal to use a type of an interface that the world has not imported by now, which may have no name."""
        used = self.resolve.id_of(interface) or ""
        user = None if self.interface is None else self.resolve.id_of(self.interface)
        if user is None:
            return error(f"type `{type_name}` from interface `{used}` is used before the world imports `{used}`")
        return error(
            f"interface `{user}` uses type `{type_name}` from interface `{used}`, "
            f"which the world doesn't import before `{user}`"
        )


def _rank(entry: tuple[int, str, Function]) -> int:
    return entry[0]
