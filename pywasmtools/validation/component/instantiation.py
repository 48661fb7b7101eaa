"""Instances: modules and components with arguments, and bundles of items that are there already."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.component.external_names import Externs
from pywasmtools.validation.component.resources import remap_items
from pywasmtools.validation.component.state import BORROW_IN_EXPORT
from pywasmtools.validation.component.subtyping import EXPORT, IMPORT, open_instance_type
from pywasmtools.validation.component.types import (
    ENTITY_VALUE,
    CoreInstanceType,
    InstanceType,
    TypeInfo,
    contains_borrow,
    resource_of,
)
from pywasmtools.validation.core.subtyping import entity_type
from pywasmtools.validation.core.types import (
    EXTERNAL_FUNC,
    EXTERNAL_FUNC_EXACT,
    EXTERNAL_GLOBAL,
    EXTERNAL_MEMORY,
    EXTERNAL_TABLE,
    EntityType,
    func_entity,
    global_entity,
    memory_entity,
    table_entity,
    tag_entity,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validation.component.state import ComponentState
    from pywasmtools.validation.component.types import AnyTypeId, ComponentTypes, CoreInstanceId, Entity
    from pywasmtools.wasm.component import ComponentExport, ComponentInstance, CoreInstance
    from pywasmtools.wasm.module import Export


def add_core_instance(state: ComponentState, instance: CoreInstance, offset: int) -> None:
    """Adds a core instance as read."""
    if instance.module >= 0:
        id = _instantiate_module(state, instance.module, instance.args, offset)
    else:
        id = _bundle_core(state, instance.exports, offset)
    state.core_instances.append(id)


def _instantiate_module(
    state: ComponentState, index: int, args: tuple[tuple[str, int], ...], offset: int
) -> CoreInstanceId:
    arena = state.arena
    module = arena.modules[state.module_at(index, offset)]
    given: dict[str, CoreInstanceType] = {}
    for name, instance in args:
        type_ = arena.core_instances[state.core_instance_at(instance, offset)]
        if name in given:
            raise binary_error(offset, f"duplicate module instantiation argument named `{name}`")
        given[name] = type_
    for key, expected in module.imports.items():
        from_, name = key
        arg = given.get(from_)
        if arg is None:
            raise binary_error(offset, f"missing module instantiation argument named `{from_}`")
        entity = arg.exports.get(name)
        if entity is None:
            raise binary_error(
                offset, f"module instantiation argument `{from_}` does not export an item named `{name}`"
            )
        _check_argument(arena, entity, expected, key, offset)
    info = TypeInfo()
    for entity in module.exports.values():
        info.combine(TypeInfo(arena.core.entity_size(entity)), offset)
    return arena.add_core_instance(CoreInstanceType(module.exports, info))


def _check_argument(
    arena: ComponentTypes, entity: EntityType, expected: EntityType, key: tuple[str, str], offset: int
) -> None:
    try:
        entity_type(arena.core, entity, expected, offset)
    except WasmToolsError as e:
        raise e.within(f"type mismatch for export `{key[1]}` of module instantiation argument `{key[0]}`") from None


def _bundle_core(state: ComponentState, exports: tuple[Export, ...], offset: int) -> CoreInstanceId:
    arena = state.arena
    info = TypeInfo()
    items: dict[str, EntityType] = {}
    for export in exports:
        entity = _core_entity(state, export.kind, export.index, offset)
        info.combine(TypeInfo(arena.core.entity_size(entity)), offset)
        if export.name in items:
            raise binary_error(offset, f"duplicate instantiation export name `{export.name}` already defined")
        items[export.name] = entity
    return arena.add_core_instance(CoreInstanceType(items, info))


def _core_entity(state: ComponentState, kind: int, index: int, offset: int) -> EntityType:
    """What stands at `index` of the core space of `kind`."""
    if kind in (EXTERNAL_FUNC, EXTERNAL_FUNC_EXACT):
        return func_entity(state.core_function_at(index, offset))
    if kind == EXTERNAL_TABLE:
        return table_entity(state.table_at(index, offset))
    if kind == EXTERNAL_MEMORY:
        return memory_entity(state.memory_at(index, offset))
    if kind == EXTERNAL_GLOBAL:
        return global_entity(state.global_at(index, offset))
    if state.arena.core.checks is not None:
        state.arena.core.checks.require("exceptions", "exceptions proposal not enabled", offset)
    return tag_entity(state.tag_at(index, offset))


def add_instance(state: ComponentState, instance: ComponentInstance, offset: int) -> None:
    """Adds an instance as read."""
    if instance.component >= 0:
        id = _instantiate_component(state, instance.component, instance.args, offset)
    else:
        id = _bundle(state, instance.exports, offset)
    state.instances.append(id)


def _instantiate_component(
    state: ComponentState, index: int, args: tuple[tuple[str, int, int], ...], offset: int
) -> AnyTypeId:
    """Instantiates a component: its imports become what is given, its own resources new ones of this component."""
    arena = state.arena
    id = state.component_at(index, offset)
    given: dict[str, Entity] = {}
    for name, kind, item in args:
        entity = state.item_entity(kind, item, offset)
        if name in given:
            raise binary_error(offset, f"instantiation argument `{name}` conflicts with previous argument `{name}`")
        given[name] = entity
    component = arena.component(id)
    info = TypeInfo()
    for export in component.exports.values():
        info.combine(arena.entity_info(export.entity), offset)
    mapping = open_instance_type(arena, given, id, IMPORT, offset)
    for resource, _ in component.defined_resources:
        fresh = resource_of(arena.add_resource())
        mapping.resources[resource] = fresh
        state.defined_resources[fresh] = 0
    return arena.add_instance(InstanceType(remap_items(arena, component.exports, mapping), (), info))


def _bundle(state: ComponentState, exports: tuple[ComponentExport, ...], offset: int) -> AnyTypeId:
    """Inline exports. No name of a resource is known in them, so they can't have methods."""
    arena = state.arena
    info = TypeInfo()
    items = Externs(EXPORT)
    for export in exports:
        entity = state.item_entity(export.kind, export.index, offset)
        if entity.kind == ENTITY_VALUE and contains_borrow(arena, entity.value):
            raise binary_error(offset, BORROW_IN_EXPORT)
        items.add(arena, export.name, entity, info, offset)
    return arena.add_instance(InstanceType(items.items, (), info))
