"""Subtyping of component types: is `a`, what is there, good for `b`, what is wanted.

Value and function types have to be equal in structure, instances may export more than is wanted, components import
less. An error is raised at `offset`; each layer it passes adds its place in a line before it, outermost first.
Types are walked by plain recursion: `TypeInfo` keeps them from nesting deeper than 100.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.component.resources import Remapping, remap_entity
from pywasmtools.validation.component.types import (
    COMPONENT,
    DEFINED,
    ENTITY_COMPONENT,
    ENTITY_FUNC,
    ENTITY_INSTANCE,
    ENTITY_MODULE,
    ENTITY_TYPE,
    ENTITY_VALUE,
    ENUM,
    FIXED_LENGTH_LIST,
    FLAGS,
    FUNC,
    FUTURE,
    INSTANCE,
    KIND_NAMES,
    LIST,
    MAP,
    OPTION,
    PRIMITIVE,
    RECORD,
    RESOURCE,
    RESULT,
    STREAM,
    TUPLE,
    VARIANT,
    debug_resource,
    kind_of,
    resource_of,
)
from pywasmtools.validation.core.subtyping import entity_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.component.types import (
        AnyTypeId,
        ComponentTypes,
        DefinedType,
        Entity,
        Item,
        ModuleId,
        ValType,
    )
    from pywasmtools.validation.core.types import EntityType

IMPORT: Final = "import"
EXPORT: Final = "export"

_FOUND_NAMES: Final = ("resource", "defined type", "func type", "instance type", "component type")


# ----------------------------------------------------------------------------------------- entities


def component_entity_type(types: ComponentTypes, a: Entity, b: Entity, offset: int) -> None:
    """Raises where `a` is not a subtype of `b`."""
    kind = a.kind
    if kind != b.kind:
        raise binary_error(offset, f"expected {b.desc()}, found {a.desc()}")
    if kind == ENTITY_MODULE:
        module_type(types, a.type, b.type, offset)
    elif kind == ENTITY_FUNC:
        func_type(types, a.type, b.type, offset)
    elif kind == ENTITY_VALUE:
        val_type(types, a.value, b.value, offset)
    elif kind == ENTITY_TYPE:
        any_type(types, a.referenced, b.referenced, offset)
    elif kind == ENTITY_INSTANCE:
        instance_type(types, a.type, b.type, offset)
    else:
        assert kind == ENTITY_COMPONENT
        component_type(types, a.type, b.type, offset)


def any_type(types: ComponentTypes, a: AnyTypeId, b: AnyTypeId, offset: int) -> None:
    """The same of two ids of any kind."""
    kind = kind_of(a)
    if kind != kind_of(b):
        raise binary_error(offset, f"expected {KIND_NAMES[kind_of(b)]}, found {_FOUND_NAMES[kind]}")
    if kind == RESOURCE:
        if resource_of(a) != resource_of(b):
            left = debug_resource(resource_of(a))
            right = debug_resource(resource_of(b))
            raise binary_error(offset, f"resource types are not the same ({left} vs. {right})")
    elif kind == DEFINED:
        defined_type(types, a, b, offset)
    elif kind == FUNC:
        func_type(types, a, b, offset)
    elif kind == INSTANCE:
        instance_type(types, a, b, offset)
    else:
        assert kind == COMPONENT
        component_type(types, a, b, offset)


def module_type(types: ComponentTypes, a: ModuleId, b: ModuleId, offset: int) -> None:
    """The same of core modules: `a` may import less and export more."""
    if a == b:
        return
    have = types.modules[a]
    want = types.modules[b]
    for key, imported in have.imports.items():
        given = want.imports.get(key)
        if given is None:
            raise binary_error(offset, f"missing expected import `{key[0]}::{key[1]}`")
        _core_entity_type(types, given, imported, offset, f"import `{key[0]}::{key[1]}`")
    for name, expected in want.exports.items():
        exported = have.exports.get(name)
        if exported is None:
            raise binary_error(offset, f"missing expected export `{name}`")
        _core_entity_type(types, exported, expected, offset, f"export `{name}`")


def _core_entity_type(types: ComponentTypes, a: EntityType, b: EntityType, offset: int, place: str) -> None:
    try:
        entity_type(types.core, a, b, offset)
    except WasmToolsError as e:
        raise e.within(f"type mismatch in {place}") from None


def instance_type(types: ComponentTypes, a: AnyTypeId, b: AnyTypeId, offset: int) -> None:
    """The same of instances: `a` may export more."""
    if a == b or (a, b) in types.matching:
        return
    have = types.instance(a).exports
    want = types.instance(b).exports
    for name, item in want.items():
        if name not in have:
            raise binary_error(offset, f"missing expected export `{item.full_name(name)}`")
    for name, item in want.items():
        _item_type(types, have[name].entity, item, name, offset)
    types.matching.add((a, b))


def _item_type(types: ComponentTypes, a: Entity, item: Item, name: str, offset: int) -> None:
    try:
        component_entity_type(types, a, item.entity, offset)
    except WasmToolsError as e:
        raise e.within(f"type mismatch in instance export `{item.full_name(name)}`") from None


def component_type(types: ComponentTypes, a: AnyTypeId, b: AnyTypeId, offset: int) -> None:
    """The same of components.

    The imports of `b` have to satisfy those of `a`, which says which resources `a` gets; with these put into the
    exports of `a`, the exports have to satisfy those of `b`.
    """
    if a == b or (a, b) in types.matching:
        return
    imports = {name: item.entity for name, item in types.component(b).imports.items()}
    mapping = open_instance_type(types, imports, a, IMPORT, offset)
    mapping.types.clear()
    exports: dict[str, Entity] = {}
    for name, item in types.component(a).exports.items():
        exports[name] = remap_entity(types, item.entity, mapping)
    open_instance_type(types, exports, b, EXPORT, offset)
    types.matching.add((a, b))


def open_instance_type(
    types: ComponentTypes, given: dict[str, Entity], id: AnyTypeId, side: str, offset: int
) -> Remapping:
    """Checks that `given` satisfies the imports (`side` IMPORT) or exports of the component type `id`.

    Returns the substitution of the component's resources on that side by those given, and of its named types.
    """
    component = types.component(id)
    if side == IMPORT:
        items = component.imports
        resources = component.imported_resources
    else:
        items = component.exports
        resources = component.defined_resources
    mapping = Remapping()
    if resources:
        names = list(items)
        for resource, path in resources:
            found = given.get(names[path[0]])
            entity = items[names[path[0]]].entity
            for k in path[1:]:
                if found is None or found.kind != ENTITY_INSTANCE:
                    found = None
                    break
                exports = types.instance(entity.type).exports
                name = list(exports)[k]
                entity = exports[name].entity
                item = types.instance(found.type).exports.get(name)
                found = None if item is None else item.entity
            if found is not None and found.kind == ENTITY_TYPE and kind_of(found.type) == RESOURCE:
                mapping.resources[resource] = resource_of(found.type)
    for name, item in items.items():
        if name not in given:
            raise binary_error(offset, f"missing {side} named `{item.full_name(name)}`")
    renamings: dict[AnyTypeId, AnyTypeId] = {}
    for name, item in items.items():
        actual = given[name]
        expected = remap_entity(types, item.entity, mapping)
        mapping.types.clear()
        _extern_type(types, actual, expected, offset, side, item.full_name(name))
        _register_renamings(types, actual, item.entity, renamings)
    mapping.types = renamings
    return mapping


def _extern_type(types: ComponentTypes, a: Entity, b: Entity, offset: int, side: str, name: str) -> None:
    try:
        component_entity_type(types, a, b, offset)
    except WasmToolsError as e:
        raise e.within(f"type mismatch for {side} `{name}`") from None


def _register_renamings(
    types: ComponentTypes, actual: Entity, expected: Entity, renamings: dict[AnyTypeId, AnyTypeId]
) -> None:
    """Notes which type of `actual` stands for each type that `expected` names."""
    if expected.kind != actual.kind:
        return
    if expected.kind == ENTITY_TYPE:
        renamings[expected.type] = actual.type
    elif expected.kind == ENTITY_INSTANCE:
        exports = types.instance(actual.type).exports
        for name, item in types.instance(expected.type).exports.items():
            _register_renamings(types, exports[name].entity, item.entity, renamings)


# -------------------------------------------------------------------------------- functions, values


def func_type(types: ComponentTypes, a: AnyTypeId, b: AnyTypeId, offset: int) -> None:
    """Raises where two function types differ. Of `async` it says the two the wrong way round, as the reference."""
    if a == b or (a, b) in types.matching:
        return
    have = types.func(a)
    want = types.func(b)
    if have.async_ != want.async_:
        left = "async" if have.async_ else "sync"
        right = "async" if want.async_ else "sync"
        raise binary_error(offset, f"expected {left} function, found {right} function")
    if len(have.params) != len(want.params):
        raise binary_error(offset, f"expected {len(want.params)} parameters, found {len(have.params)}")
    for (name, type_), (wanted, expected) in zip(have.params, want.params, strict=True):
        if name != wanted:
            raise binary_error(offset, f"expected parameter named `{wanted}`, found `{name}`")
        _param_type(types, type_, expected, offset, name)
    if have.result is None:
        if want.result is not None:
            raise binary_error(offset, "expected no result, found one")
    else:
        if want.result is None:
            raise binary_error(offset, "expected a result, found none")
        _result_type(types, have.result, want.result, offset)
    types.matching.add((a, b))


def _param_type(types: ComponentTypes, a: ValType, b: ValType, offset: int, name: str) -> None:
    try:
        val_type(types, a, b, offset)
    except WasmToolsError as e:
        raise e.within(f"type mismatch in function parameter `{name}`") from None


def _result_type(types: ComponentTypes, a: ValType, b: ValType, offset: int) -> None:
    try:
        val_type(types, a, b, offset)
    except WasmToolsError as e:
        raise e.within("type mismatch with result type") from None


def val_type(types: ComponentTypes, a: ValType, b: ValType, offset: int) -> None:
    """Raises where two value types differ. A primitive and a defined type that is one are the same."""
    if a == b:
        return
    if isinstance(a, int):
        if isinstance(b, int):
            defined_type(types, a, b, offset)
            return
        have = types.defined(a)
        if have.kind != PRIMITIVE:
            raise binary_error(offset, f"expected {b}, found {have.kind}")
        _primitive_type(have.types[0], b, offset)
        return
    if isinstance(b, int):
        want = types.defined(b)
        if want.kind != PRIMITIVE:
            raise binary_error(offset, f"expected {want.kind}, found {a}")
        _primitive_type(a, want.types[0], offset)
        return
    _primitive_type(a, b, offset)


def equal_val_types(types: ComponentTypes, a: ValType, b: ValType) -> bool:
    """Whether each is a subtype of the other."""
    try:
        val_type(types, a, b, 0)
        val_type(types, b, a, 0)
    except WasmToolsError:
        return False
    return True


def _primitive_type(a: ValType | None, b: ValType | None, offset: int) -> None:
    if a != b:
        raise binary_error(offset, f"expected primitive `{b}` found primitive `{a}`")


def defined_type(types: ComponentTypes, a: AnyTypeId, b: AnyTypeId, offset: int) -> None:
    """Raises where two defined types differ. What is equal is remembered, so that shared parts are compared once."""
    if a == b or (a, b) in types.matching:
        return
    have = types.defined(a)
    want = types.defined(b)
    if have is not want:
        _defined_type(types, have, want, offset)
    types.matching.add((a, b))


def _defined_type(types: ComponentTypes, a: DefinedType, b: DefinedType, offset: int) -> None:
    kind = a.kind
    if kind != b.kind:
        found = str(a.types[0]) if kind == PRIMITIVE else "list" if kind == FIXED_LENGTH_LIST else kind
        raise binary_error(offset, f"expected {b.kind}, found {found}")
    if kind == PRIMITIVE:
        _primitive_type(a.types[0], b.types[0], offset)
    elif kind == RECORD:
        if len(a.names) != len(b.names):
            raise binary_error(offset, f"expected {len(b.names)} fields, found {len(a.names)}")
        for k, name in enumerate(a.names):
            if name != b.names[k]:
                raise binary_error(offset, f"expected field name `{b.names[k]}`, found `{name}`")
            _part(types, a.types[k], b.types[k], f"type mismatch in record field `{name}`", offset)
    elif kind == VARIANT:
        if len(a.names) != len(b.names):
            raise binary_error(offset, f"expected {len(b.names)} cases, found {len(a.names)}")
        for k, name in enumerate(a.names):
            if name != b.names[k]:
                raise binary_error(offset, f"expected case named `{b.names[k]}`, found `{name}`")
            if a.types[k] is None:
                if b.types[k] is not None:
                    raise binary_error(offset, f"expected case `{name}` to have a type, found none")
                continue
            if b.types[k] is None:
                raise binary_error(offset, f"expected case `{name}` to have no type")
            _part(types, a.types[k], b.types[k], f"type mismatch in variant case `{name}`", offset)
    elif kind in (LIST, OPTION):
        _part(types, a.types[0], b.types[0], "", offset)
    elif kind == MAP:
        _part(types, a.types[0], b.types[0], "type mismatch in map key", offset)
        _part(types, a.types[1], b.types[1], "type mismatch in map value", offset)
    elif kind == FIXED_LENGTH_LIST:
        if a.length != b.length:
            raise binary_error(offset, f"expected fixed-length {b.length}, found size {a.length}")
        _part(types, a.types[0], b.types[0], "", offset)
    elif kind == TUPLE:
        if len(a.types) != len(b.types):
            raise binary_error(offset, f"expected {len(b.types)} types, found {len(a.types)}")
        for k, part in enumerate(a.types):
            _part(types, part, b.types[k], f"type mismatch in tuple field {k}", offset)
    elif kind in (FLAGS, ENUM):
        if a.names != b.names:
            raise binary_error(offset, f"mismatch in {kind} elements")
    elif kind == RESULT:
        _optional_part(types, a.types[0], b.types[0], "ok type", "type mismatch in ok variant", offset)
        _optional_part(types, a.types[1], b.types[1], "err type", "type mismatch in err variant", offset)
    elif kind in (FUTURE, STREAM):
        _optional_part(types, a.types[0], b.types[0], f"{kind} type", f"type mismatch in {kind}", offset)
    elif resource_of(a.resource) != resource_of(b.resource):
        raise binary_error(offset, "resource types are not the same")


def _part(types: ComponentTypes, a: ValType | None, b: ValType | None, context: str, offset: int) -> None:
    """Compares two parts that are there; an error gets `context`, if any."""
    assert a is not None
    assert b is not None
    if a == b:
        return
    try:
        val_type(types, a, b, offset)
        return
    except WasmToolsError as e:
        if context:
            e.within(context)
        raise
    except MemoryError:
        pass
    raise MemoryError  # a new one: `diagnostics.py` says why


def _optional_part(
    types: ComponentTypes, a: ValType | None, b: ValType | None, what: str, context: str, offset: int
) -> None:
    """The same of parts that may be absent."""
    if a is None:
        if b is not None:
            raise binary_error(offset, f"expected {what}, but found none")
        return
    if b is None:
        raise binary_error(offset, f"expected {what} to not be present")
    _part(types, a, b, context, offset)
