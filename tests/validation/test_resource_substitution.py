"""Resources inside types: which there are, where they are exported, and types with other resources put for them.

Types are made at random over a few resources, and what is made of them is held to what is plainly told of them as text.
"""

from __future__ import annotations

import random
import re

import pytest

from pywasmtools.validation.component.resources import (
    FreeVariables,
    Remapping,
    explicit_resource_paths,
    remap_entity,
    remap_items,
    remap_type,
)
from pywasmtools.validation.component.types import (
    BORROW,
    COMPONENT,
    DEFINED,
    ENTITY_COMPONENT,
    ENTITY_FUNC,
    ENTITY_INSTANCE,
    ENTITY_MODULE,
    ENTITY_TYPE,
    ENTITY_VALUE,
    FUNC,
    INSTANCE,
    LEAF_INFO,
    OWN,
    RESOURCE,
    RESULT,
    TUPLE,
    ComponentFuncType,
    ComponentType,
    ComponentTypes,
    DefinedType,
    Entity,
    InstanceType,
    Item,
    kind_of,
    resource_of,
    with_resource,
)
from pywasmtools.validation.core.types import CoreTypes

RESOURCES = 4


class Made:
    """An arena with types made at random over four resources, the first ones."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.types = ComponentTypes(CoreTypes())
        self.resources = [self.types.add_resource() for _ in range(RESOURCES)]
        self.made: list[int] = list(self.resources)
        for _ in range(30):
            self.made.append(self.type())

    def type(self) -> int:
        types, r = self.types, self.r
        kind = r.choice((RESOURCE, DEFINED, DEFINED, DEFINED, FUNC, INSTANCE, COMPONENT))
        if kind == RESOURCE:
            return types.with_unique(r.choice([id for id in self.made if kind_of(id) <= DEFINED]))
        if kind == DEFINED:
            if r.randrange(2):
                resource = r.choice([id for id in self.made if kind_of(id) == RESOURCE])
                return types.add_defined(DefinedType(r.choice((OWN, BORROW)), resource=resource))
            return types.add_defined(
                DefinedType(r.choice((TUPLE, RESULT)), tuple([self.value() for _ in range(r.randrange(1, 4))]))
            )
        if kind == FUNC:
            params = tuple([(f"p{k}", self.value() or "u8") for k in range(r.randrange(3))])
            return types.add_func(ComponentFuncType(False, params, self.value(), LEAF_INFO))
        if kind == INSTANCE:
            exports, defined = self.items(), self.defined(0)
            return types.add_instance(InstanceType(exports | defined[0], defined[1], LEAF_INFO))
        parts: list[tuple[dict[str, Item], tuple[tuple[int, tuple[int, ...]], ...]]] = []
        for _ in range(2):
            items = self.items()
            more, resources = self.defined(len(items))
            parts.append((items | more, tuple([(resource, (len(items) + k,)) for k, resource in enumerate(resources)])))
        (imports, brought), (exports, new) = parts
        return types.add_component(ComponentType(imports, exports, brought, new, LEAF_INFO))

    def defined(self, at: int) -> tuple[dict[str, Item], tuple[int, ...]]:
        """Items that define resources, and a handle of the last one; these resources."""
        items: dict[str, Item] = {}
        found: list[int] = []
        for k in range(self.r.choice((0, 0, 1, 2))):
            id = self.types.add_resource()
            items[f"new{at + k}"] = Item(Entity(ENTITY_TYPE, id, id))
            items[f"handle{at + k}"] = Item(
                Entity(ENTITY_VALUE, -1, value=self.types.add_defined(DefinedType(OWN, resource=id)))
            )
            found.append(resource_of(id))
        return items, tuple(found)

    def value(self) -> str | int | None:
        return self.r.choice([None, "u8", *[id for id in self.made if kind_of(id) == DEFINED]])

    def items(self) -> dict[str, Item]:
        return {f"i{k}": Item(self.entity(), external_id=f"e{k}") for k in range(self.r.randrange(4))}

    def entity(self) -> Entity:
        id = self.r.choice(self.made)
        kind = kind_of(id)
        choice = self.r.randrange(5)
        if choice == 0:
            return Entity(ENTITY_MODULE, id)
        if choice == 1:
            return Entity(ENTITY_TYPE, self.types.with_unique(id), id)
        if choice == 2:
            return Entity(ENTITY_TYPE, id, id)
        if kind <= DEFINED:
            return Entity(ENTITY_VALUE, -1, value=id if kind == DEFINED else "u8")
        return Entity({FUNC: ENTITY_FUNC, INSTANCE: ENTITY_INSTANCE, COMPONENT: ENTITY_COMPONENT}[kind], id)

    # ------------------------------------------------------------------- what they say

    def told(self, id: int | str | None, put: dict[int, int]) -> str:
        """A type as text, its resources by number, each as `put` has it. Aliases of resources are told apart."""
        if not isinstance(id, int):
            return str(id)
        types, kind = self.types, kind_of(id)
        if kind == RESOURCE:
            resource = resource_of(id)
            return f"r{put.get(resource, resource)}.{with_resource(id, 0)}"
        if kind == DEFINED:
            defined = types.defined(id)
            if defined.resource >= 0:
                return f"{defined.kind} {self.told(defined.resource, put)}"
            return f"{defined.kind} ({', '.join([self.told(part, put) for part in defined.types])})"
        if kind == FUNC:
            func = types.func(id)
            return (
                f"func {[(name, self.told(param, put)) for name, param in func.params]} {self.told(func.result, put)}"
            )
        if kind == INSTANCE:
            instance = types.instance(id)
            return (
                f"instance {[put.get(d, d) for d in instance.defined_resources]} {self.told_of(instance.exports, put)}"
            )
        component = types.component(id)
        paths = [
            [(put.get(d, d), path) for d, path in c]
            for c in (component.imported_resources, component.defined_resources)
        ]
        return f"component {paths} {self.told_of(component.imports, put)} {self.told_of(component.exports, put)}"

    def told_of(self, items: dict[str, Item], put: dict[int, int]) -> str:
        return str({name: (item.external_id, self.told_entity(item.entity, put)) for name, item in items.items()})

    def told_entity(self, entity: Entity, put: dict[int, int]) -> str:
        if entity.kind == ENTITY_MODULE:
            return f"module {entity.type}"
        if entity.kind == ENTITY_VALUE:
            return f"value {self.told(entity.value, put)}"
        told = f"{entity.desc()} {self.told(entity.type, put)}"
        return f"{told} of {self.told(entity.referenced, put)}" if entity.kind == ENTITY_TYPE else told

    def free(self, id: int | str | None) -> set[int]:
        """The resources of a type that it doesn't define itself."""
        if not isinstance(id, int):
            return set()
        types, kind = self.types, kind_of(id)
        if kind == RESOURCE:
            return {resource_of(id)}
        if kind == DEFINED:
            defined = types.defined(id)
            return self.free(defined.resource) if defined.resource >= 0 else set().union(*map(self.free, defined.types))
        if kind == FUNC:
            func = types.func(id)
            return set().union(self.free(func.result), *[self.free(param) for _, param in func.params])
        if kind == INSTANCE:
            instance = types.instance(id)
            return self.free_of(instance.exports) - set(instance.defined_resources)
        component = types.component(id)
        own = {resource for resource, _ in component.imported_resources + component.defined_resources}
        return (self.free_of(component.imports) | self.free_of(component.exports)) - own

    def free_of(self, items: dict[str, Item]) -> set[int]:
        found: set[int] = set()
        for item in items.values():
            entity = item.entity
            if entity.kind != ENTITY_MODULE:
                found |= self.free(entity.value if entity.kind == ENTITY_VALUE else entity.type)
        return found

    def mentioned(self, id: int) -> set[int]:
        """All resources in a type, its own ones too."""
        return {int(number) for number in re.findall(r"\br(\d+)\.", self.told(id, {}))}

    def size(self) -> tuple[int, ...]:
        """How many types the arena has of each kind."""
        types = self.types
        return len(types._defined), len(types._funcs), len(types._instances), len(types._components)


SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_free_variables(seed: int) -> None:
    made = Made(seed)
    for id in made.made:
        free = FreeVariables(made.types)
        free.type(id)
        assert free.found == made.free(id), made.told(id, {})
    everything = FreeVariables(made.types)
    for id in made.made:
        everything.type(id)
    assert everything.found == set(range(RESOURCES))


@pytest.mark.parametrize("seed", SEEDS)
def test_where_nothing_changes_all_is_as_it_was(seed: int) -> None:
    made = Made(seed)
    types = made.types
    before = made.size()
    for id in made.made:
        map = Remapping()
        for resource in set(range(types.next_resource)) - made.mentioned(id):
            map.resources[resource] = 99
        map.resources |= {resource: resource for resource in made.mentioned(id) if made.r.randrange(2)}
        assert remap_type(types, id, map) == id, made.told(id, {})
        if kind_of(id) == INSTANCE:
            exports = types.instance(id).exports
            assert remap_items(types, exports, map) is exports
            for item in exports.values():
                assert remap_entity(types, item.entity, map) is item.entity
    assert made.size() == before


@pytest.mark.parametrize("seed", SEEDS)
def test_what_changes(seed: int) -> None:
    made = Made(seed)
    types = made.types
    for id in made.made:
        map = Remapping()
        for resource in made.mentioned(id):
            if made.r.randrange(3):
                map.resources[resource] = made.r.choice((0, 1, 77, 78))
        told = made.told(id, map.resources)
        was = made.told(id, {})
        size = made.size()
        new = remap_type(types, id, map)
        assert made.told(new, {}) == told
        assert made.told(id, {}) == was
        # A part that changes not is the same one, and what is changed twice is made once.
        assert (new == id) == (told == was)
        assert (made.size() == size) == (told == was or kind_of(id) == RESOURCE)
        size = made.size()
        assert remap_type(types, id, map) == new
        assert made.size() == size
        if kind_of(id) == COMPONENT:
            for items in (types.component(id).imports, types.component(id).exports):
                changed = remap_items(types, items, map)
                assert (changed is items) == (made.told_of(items, map.resources) == made.told_of(items, {}))
                assert list(changed) == list(items)


def test_types_that_are_given_are_put_whole() -> None:
    types = ComponentTypes(CoreTypes())
    one, other = types.add_resource(), types.add_resource()
    handle, given = [types.add_defined(DefinedType(OWN, resource=resource)) for resource in (one, other)]
    pair = types.add_defined(DefinedType(TUPLE, (handle, "u8")))
    map = Remapping()
    map.types[handle] = given
    assert types.defined(remap_type(types, pair, map)).types == (given, "u8")
    # The type that is created goes with the one that it is made from.
    named = types.with_unique(handle)
    entity = remap_entity(types, Entity(ENTITY_TYPE, named, handle), map)
    assert (entity.type, entity.referenced) == (named, given)
    map.types[named] = given
    entity = remap_entity(types, Entity(ENTITY_TYPE, named, handle), map)
    assert (entity.type, entity.referenced) == (given, given)


@pytest.mark.parametrize("seed", SEEDS)
def test_paths(seed: int) -> None:
    made = Made(seed)
    types = made.types

    def first(exports: dict[str, Item], resource: int) -> tuple[int, ...] | None:
        for k, item in enumerate(exports.values()):
            entity = item.entity
            if entity.kind == ENTITY_TYPE and kind_of(entity.type) == RESOURCE and resource_of(entity.type) == resource:
                return (k,)
            if entity.kind == ENTITY_INSTANCE:
                inner = first(types.instance(entity.type).exports, resource)
                if inner is not None:
                    return (k, *inner)
        return None

    for id in made.made:
        if kind_of(id) != INSTANCE:
            continue
        exports = types.instance(id).exports
        expected = {r: path for r in range(types.next_resource) if (path := first(exports, r)) is not None}
        assert explicit_resource_paths(types, exports, set(range(types.next_resource))) == expected
        for resource in range(types.next_resource):
            one = {resource: expected[resource]} if resource in expected else {}
            assert explicit_resource_paths(types, exports, {resource}) == one


def test_what_is_shared_is_looked_into_once() -> None:
    # Without that each level would double the work.
    types = ComponentTypes(CoreTypes())
    one, other = types.add_resource(), types.add_resource()
    value = types.add_defined(DefinedType(OWN, resource=one))
    func = types.add_func(ComponentFuncType(False, (), value, LEAF_INFO))
    instance = types.add_instance(InstanceType({"r": Item(Entity(ENTITY_TYPE, one, one))}, (), LEAF_INFO))
    for _ in range(60):
        value = types.add_defined(DefinedType(TUPLE, (value, value)))
        func = types.add_func(ComponentFuncType(False, (("a", value), ("b", value)), value, LEAF_INFO))
        same = Item(Entity(ENTITY_INSTANCE, instance))
        instance = types.add_instance(InstanceType({"a": same, "b": same}, (), LEAF_INFO))
    component = types.add_component(
        ComponentType(
            {"a": Item(Entity(ENTITY_INSTANCE, instance))}, {"f": Item(Entity(ENTITY_FUNC, func))}, (), (), LEAF_INFO
        )
    )
    free = FreeVariables(types)
    free.type(component)
    assert free.found == {resource_of(one)}
    exports = types.instance(instance).exports
    assert explicit_resource_paths(types, exports, {resource_of(one), resource_of(other)}) == {
        resource_of(one): (0,) * 61
    }
    map = Remapping()
    map.resources[resource_of(one)] = resource_of(other)
    free = FreeVariables(types)
    free.type(remap_type(types, component, map))
    assert free.found == {resource_of(other)}
