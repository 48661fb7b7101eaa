"""Lifts core functions and exports them: functions of the world, and instances of interfaces.

An instance is made by a nested component, which imports the lifted functions and exports them again under
types of its own, for only an export's type can name what it refers to.
"""

from __future__ import annotations

from pywasmtools.componentize.fixups import instance_of
from pywasmtools.componentize.linkage import EXPORT_FUNC
from pywasmtools.componentize.options import NEEDS_REALLOC
from pywasmtools.componentize.types import NestedTypeEncoder, RootTypeEncoder
from pywasmtools.diagnostics import error
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.component_types import FUNC, INSTANCE, TYPE, ExternName, TypeRef
from pywasmtools.wasm.module import FUNC as CORE_FUNC
from pywasmtools.wit.model import ASYNC_FREESTANDING, FREESTANDING, Function, InterfaceItem, InterfaceOwner
from pywasmtools.wit.queries import LiveTypes, name_canonicalized_world_key
from pywasmtools.wit.types import Resource
from pywasmtools.wit_binary.encoder import component_extern_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.componentize.linkage import Which
    from pywasmtools.componentize.state import EncodingState
    from pywasmtools.wit.model import Interface, WorldKey


def encode_exports(state: EncodingState, which: Which) -> None:
    """Exports all that a module provides of the world."""
    keys = state.inputs.exports_of(which)
    if not keys:
        return
    resolve = state.world.resolve
    core_names: dict[tuple[WorldKey, str], str] = {}
    for core_name, export in state.world.exports_of(which).names.items():
        if export.kind == EXPORT_FUNC:
            previous = core_names.setdefault((export.key, export.name), core_name)
            if previous != core_name:
                raise error(f"function `{export.name}` is exported twice, as `{previous}` and as `{core_name}`")
    for key in keys:
        item = state.world.world.exports[key]
        if isinstance(item, Function):
            index = RootTypeEncoder(state.types, None, True).encode_function_type(item)
            func = _encode_lift(state, which, core_names[(key, item.name)], key, item, index)
            name = resolve.name_world_key(key)
            state.component.export(ExternName(name, external_id=item.external_id), FUNC, func)
        elif isinstance(item, InterfaceItem):
            _encode_interface(state, which, key, item, core_names)


def _encode_interface(
    state: EncodingState,
    which: Which,
    key: WorldKey,
    item: InterfaceItem,
    core_names: dict[tuple[WorldKey, str], str],
) -> None:
    """Exports an interface."""
    resolve = state.world.resolve
    canonical = state.inputs.emit_canonical_names
    export_name = name_canonicalized_world_key(resolve, key) if canonical else resolve.name_world_key(key)
    if item.id in state.types.instances:
        raise error(f"interface `{export_name}` is exported by more than one module")
    interface = resolve.interfaces[item.id]
    functions = list(interface.functions.values())

    arguments: list[tuple[str, int, int]] = []
    root = RootTypeEncoder(state.types, item.id, False)
    for func in functions:
        type_ = root.encode_function_type(func)
        lifted = _encode_lift(state, which, core_names[(key, func.name)], key, func, type_)
        arguments.append((_import_name(func), FUNC, lifted))

    nested = NestedTypeEncoder(resolve, item.id)
    _import_foreign_types(state, nested, item.id)
    foreign = nested.maps.copy()

    # Resources are imported as they are: exporting the import again does not make another one.
    resources: dict[int, int] = {}
    for type_id in interface.types.values():
        if isinstance(resolve.types[type_id].kind, Resource):
            resources[type_id] = nested.encode_valtype(type_id)
    for func in functions:
        nested.component.import_(_import_name(func), TypeRef(FUNC, nested.encode_function_type(func)))

    # What the nested component imports as types is the same types out here.
    id_of_index = {index: type_id for type_id, index in nested.maps.ids.items()}
    for name, index in nested.imports.items():
        arguments.append((name, TYPE, state.types.maps.ids[id_of_index[index]]))

    nested.maps = foreign
    _export_all(nested, interface, resources)
    component = state.component.component(f"{export_name}-shim-component", nested.component)
    instance = state.component.instantiate(f"{export_name}-shim-instance", component, arguments)
    extern_name = component_extern_name(resolve, key, item, canonical)
    state.types.instances[item.id] = state.component.export(extern_name, INSTANCE, instance)

    # From now on the types of this interface are those that the exported instance has.
    maps = state.types.maps
    for type_id in interface.types.values():
        maps.ids.pop(type_id, None)
        maps.kinds.pop(resolve.types[type_id].kind.key(), None)


def _export_all(nested: NestedTypeEncoder, interface: Interface, resources: dict[int, int]) -> None:
    """Exports from the nested component what it imports, under the interface's own names.

    Types are defined anew, those of other interfaces and `resources` (by type, the index of each) aside.
    """
    nested.maps.functions = {}
    nested.export_types = True
    for type_id in interface.types.values():
        found = nested.resolve.types[type_id]
        if type_id in resources:
            extern_name = ExternName(found.name or "", external_id=found.external_id)
            nested.maps.ids[type_id] = nested.component.export(extern_name, TYPE, resources[type_id])
        else:
            nested.encode_valtype(type_id)
    for number, func in enumerate(interface.functions.values()):
        type_ = nested.encode_function_type(func)
        extern_name = ExternName(func.name, external_id=func.external_id)
        nested.component.export(extern_name, FUNC, number, TypeRef(FUNC, type_))


def _import_foreign_types(state: EncodingState, nested: NestedTypeEncoder, interface: int) -> None:
    """Imports into the nested component the types of other interfaces that the interface uses."""
    resolve = state.world.resolve
    live = LiveTypes(resolve)
    live.add_interface(interface)
    used = state.world.exports_used[interface]
    for type_id in live:
        owner = resolve.types[type_id].owner
        if not isinstance(owner, InterfaceOwner) or owner.id == interface:
            continue
        RootTypeEncoder(state.types, interface, owner.id not in used).encode_valtype(type_id)
        nested.interface = owner.id
        nested.encode_valtype(type_id)
    nested.interface = interface


def _import_name(func: Function) -> str:
    """What the nested component calls a function that it imports: a plain name in any case."""
    if func.kind.tag in (FREESTANDING, ASYNC_FREESTANDING):
        return f"import-func-{func.item_name()}"
    return "import-" + func.name.replace("[", "").replace("]", "-").replace(".", "-")


def _encode_lift(state: EncodingState, which: Which, core_name: str, key: WorldKey, func: Function, type_: int) -> int:
    """`canon lift` of an export; returns the function's index."""
    world = state.world
    exports = world.exports_of(which)
    core_func = _hooked_export(state, which, core_name)
    abi = exports.abis.get((key, func.name))
    if abi is None:
        raise error(f"no ABI found for {func.name}")
    needed = world.contents.for_export(func, abi)
    encoding = state.inputs.metadata_of(which).export_encodings.get(world.resolve, key, func.name)
    if encoding is None:
        raise error(f"missing component metadata for export of `{func.name}`")
    realloc: int | None = None
    if needed & NEEDS_REALLOC:
        found = world.realloc_of(which, exports.export_realloc)
        if found is not None:
            realloc = _hooked_export(state, found[0], found[1])
    options = state.options(needed, encoding, realloc)
    post_return = exports.post_returns.get((key, func.name))
    if post_return is not None:
        options.append((canon.POST_RETURN, _hooked_export(state, which, post_return)))
    callback = exports.callbacks.get((key, func.name))
    if callback is not None:
        options.append((canon.CALLBACK, _hooked_export(state, which, callback)))
    return state.component.lift_func(func.name, core_func, type_, options)


def _hooked_export(state: EncodingState, which: Which, core_name: str) -> int:
    """A core function that a module exports, or the fixup module's wrapper of it."""
    wrapper = state.wrappers.get((instance_of(which), core_name))
    if wrapper is not None:
        return wrapper
    return state.core_alias(core_name, state.instance_of(which), core_name, CORE_FUNC)
