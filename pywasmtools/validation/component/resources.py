"""What resources a type refers to, where they are exported, and types with one resource put for another.

Types are walked by plain recursion: `TypeInfo` keeps them from nesting deeper than 100.
"""

from __future__ import annotations

from pywasmtools.validation.component.types import (
    COMPONENT,
    DEFINED,
    ENTITY_INSTANCE,
    ENTITY_MODULE,
    ENTITY_TYPE,
    ENTITY_VALUE,
    FUNC,
    INSTANCE,
    RESOURCE,
    ComponentFuncType,
    ComponentType,
    Entity,
    InstanceType,
    kind_of,
    resource_of,
    with_resource,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validation.component.types import (
        AnyTypeId,
        ComponentTypes,
        DefinedType,
        Item,
        Path,
        ResourceId,
        ValType,
    )


# ----------------------------------------------------------------------------------- free variables


class FreeVariables:
    """Collects in `found` the resources that types refer to and don't define themselves."""

    __slots__ = ("found", "types", "visited")

    def __init__(self, types: ComponentTypes) -> None:
        self.types = types
        self.found: set[ResourceId] = set()
        self.visited: set[AnyTypeId] = set()

    def entity(self, entity: Entity) -> None:
        if entity.kind == ENTITY_MODULE:
            return
        if entity.kind == ENTITY_VALUE:
            if isinstance(entity.value, int):
                self.type(entity.value)
        else:
            self.type(entity.type)

    def items(self, items: dict[str, Item]) -> None:
        for item in items.values():
            self.entity(item.entity)

    def type(self, id: AnyTypeId) -> None:
        kind = id & 7
        if kind == RESOURCE:
            self.found.add(resource_of(id))
            return
        if id in self.visited:
            return
        self.visited.add(id)
        types = self.types
        if kind == DEFINED:
            defined = types.defined(id)
            if defined.resource >= 0:
                self.found.add(resource_of(defined.resource))
            for part in defined.types:
                if isinstance(part, int):
                    self.type(part)
        elif kind == FUNC:
            func = types.func(id)
            for _, param in func.params:
                if isinstance(param, int):
                    self.type(param)
            if isinstance(func.result, int):
                self.type(func.result)
        elif kind == INSTANCE:
            instance = types.instance(id)
            self.items(instance.exports)
            self.found.difference_update(instance.defined_resources)
        else:
            component = types.component(id)
            self.items(component.imports)
            self.items(component.exports)
            for resource, _ in component.imported_resources:
                self.found.discard(resource)
            for resource, _ in component.defined_resources:
                self.found.discard(resource)


# -------------------------------------------------------------------------------------------- paths


def explicit_resource_paths(
    types: ComponentTypes, exports: dict[str, Item], resources: set[ResourceId]
) -> dict[ResourceId, Path]:
    """Where each of `resources` is first exported as a type, in `exports` or in an instance there.

    Those that aren't exported are absent. Each instance type is searched once.
    """
    paths: dict[ResourceId, Path] = {}
    remaining = set(resources)
    visited: set[AnyTypeId] = set()
    _search(types, exports, (), visited, remaining, paths)
    return paths


def _search(
    types: ComponentTypes,
    exports: dict[str, Item],
    path: Path,
    visited: set[AnyTypeId],
    remaining: set[ResourceId],
    paths: dict[ResourceId, Path],
) -> None:
    for k, item in enumerate(exports.values()):
        if not remaining:
            return
        entity = item.entity
        if entity.kind == ENTITY_TYPE:
            if kind_of(entity.type) == RESOURCE:
                resource = resource_of(entity.type)
                if resource in remaining:
                    remaining.remove(resource)
                    paths[resource] = (*path, k)
        elif entity.kind == ENTITY_INSTANCE:
            if entity.type not in visited:
                visited.add(entity.type)
                _search(types, types.instance(entity.type).exports, (*path, k), visited, remaining, paths)


# ---------------------------------------------------------------------------------------- remapping


class Remapping:
    """A substitution of resources, and of types by id; `types` also remembers what was done already."""

    __slots__ = ("resources", "types")

    def __init__(self) -> None:
        self.resources: dict[ResourceId, ResourceId] = {}
        self.types: dict[AnyTypeId, AnyTypeId] = {}


def remap_entity(types: ComponentTypes, entity: Entity, map: Remapping) -> Entity:
    """The entity under the substitution; the same object where nothing changes."""
    if entity.kind == ENTITY_MODULE:
        return entity
    if entity.kind == ENTITY_VALUE:
        if isinstance(entity.value, int):
            value = remap_type(types, entity.value, map)
            if value != entity.value:
                return Entity(ENTITY_VALUE, -1, value=value)
        return entity
    if entity.kind == ENTITY_TYPE:
        referenced = remap_type(types, entity.referenced, map)
        created = entity.type
        if referenced != created:
            created = remap_type(types, created, map)
        if referenced == entity.referenced and created == entity.type:
            return entity
        return Entity(ENTITY_TYPE, created, referenced)
    id = remap_type(types, entity.type, map)
    return entity if id == entity.type else Entity(entity.kind, id)


def remap_items(types: ComponentTypes, items: dict[str, Item], map: Remapping) -> dict[str, Item]:
    """Named items under the substitution; the same dict where nothing changes."""
    result: dict[str, Item] = {}
    changed = False
    for name, item in items.items():
        entity = remap_entity(types, item.entity, map)
        if entity is not item.entity:
            changed = True
            item = item.with_entity(entity)
        result[name] = item
    return result if changed else items


def remap_type(types: ComponentTypes, id: AnyTypeId, map: Remapping) -> AnyTypeId:
    """The type under the substitution: the same id where nothing in it changes, else that of a new type."""
    known = map.types.get(id)
    if known is not None:
        return known
    kind = id & 7
    if kind == RESOURCE:
        resource = map.resources.get(resource_of(id))
        return id if resource is None else with_resource(id, resource)
    if kind == DEFINED:
        new = _remap_defined(types, id, map)
    elif kind == FUNC:
        new = _remap_func(types, id, map)
    elif kind == INSTANCE:
        new = _remap_instance(types, id, map)
    else:
        assert kind == COMPONENT
        new = _remap_component(types, id, map)
    map.types[id] = new
    return new


def _remap_val(types: ComponentTypes, type_: ValType | None, map: Remapping) -> ValType | None:
    return remap_type(types, type_, map) if isinstance(type_, int) else type_


def _remap_parts(types: ComponentTypes, defined: DefinedType, map: Remapping) -> tuple[ValType | None, ...]:
    try:
        return tuple([_remap_val(types, part, map) for part in defined.types])
    except MemoryError:
        pass
    raise MemoryError  # a new one: `diagnostics.py` says why


def _remap_defined(types: ComponentTypes, id: AnyTypeId, map: Remapping) -> AnyTypeId:
    defined = types.defined(id)
    if defined.resource >= 0:
        resource = remap_type(types, defined.resource, map)
        if resource == defined.resource:
            return id
        return types.add_defined(defined.with_parts((), resource))
    parts = _remap_parts(types, defined, map)
    if parts == defined.types:
        return id
    return types.add_defined(defined.with_parts(parts, -1))


def _remap_func(types: ComponentTypes, id: AnyTypeId, map: Remapping) -> AnyTypeId:
    func = types.func(id)
    params: list[tuple[str, ValType]] = []
    changed = False
    for param in func.params:
        type_ = param[1]
        if isinstance(type_, int):
            new = remap_type(types, type_, map)
            if new != type_:
                changed = True
                param = (param[0], new)
        params.append(param)
    result = _remap_val(types, func.result, map)
    if not changed and result == func.result:
        return id
    return types.add_func(ComponentFuncType(func.async_, tuple(params), result, func.info))


def _remap_instance(types: ComponentTypes, id: AnyTypeId, map: Remapping) -> AnyTypeId:
    instance = types.instance(id)
    exports = remap_items(types, instance.exports, map)
    resources = map.resources
    defined = tuple([resources.get(resource, resource) for resource in instance.defined_resources])
    if exports is instance.exports and defined == instance.defined_resources:
        return id
    return types.add_instance(InstanceType(exports, defined, instance.info))


def _remap_component(types: ComponentTypes, id: AnyTypeId, map: Remapping) -> AnyTypeId:
    component = types.component(id)
    imports = remap_items(types, component.imports, map)
    exports = remap_items(types, component.exports, map)
    imported = _remap_paths(component.imported_resources, map)
    defined = _remap_paths(component.defined_resources, map)
    if (
        imports is component.imports
        and exports is component.exports
        and imported == component.imported_resources
        and defined == component.defined_resources
    ):
        return id
    return types.add_component(ComponentType(imports, exports, imported, defined, component.info))


def _remap_paths(paths: tuple[tuple[ResourceId, Path], ...], map: Remapping) -> tuple[tuple[ResourceId, Path], ...]:
    return tuple([(map.resources.get(resource, resource), path) for resource, path in paths])
