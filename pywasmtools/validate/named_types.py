"""Whether all types that an import or export refers to have names.

Records, variants, flags, enums and resources have to be imported or exported themselves before anything that is
imported or exported refers to them; lists, tuples, options and the like may stay anonymous, but not what is in them.
A set of ids says which types have a name.
"""

from __future__ import annotations

from pywasmtools.validate.component_types import (
    DEFINED,
    ENTITY_COMPONENT,
    ENTITY_FUNC,
    ENTITY_INSTANCE,
    ENTITY_MODULE,
    ENTITY_TYPE,
    ENTITY_VALUE,
    ENUM,
    FLAGS,
    FUNC,
    INSTANCE,
    RECORD,
    VARIANT,
    kind_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validate.component_types import AnyTypeId, ComponentTypes, DefinedType, Entity, ValType


class NamedTypes:
    """The types of one component that have names, by imports and by exports. What is imported is also exported."""

    __slots__ = ("exported", "imported", "types")

    def __init__(self, types: ComponentTypes) -> None:
        self.types = types
        self.imported: set[AnyTypeId] = set()
        self.exported: set[AnyTypeId] = set()

    def register(self, entity: Entity, is_import: bool) -> bool:
        """Whether the entity may be imported or exported; if so, adds the names it brings."""
        kind = entity.kind
        named = self.imported if is_import else self.exported
        if kind == ENTITY_FUNC:
            return func_is_named(self.types, entity.type, named)
        if kind == ENTITY_TYPE:
            return self._register_type(entity, is_import)
        if kind == ENTITY_INSTANCE:
            for item in self.types.instance(entity.type).exports.values():
                if not self.register(item.entity, is_import):
                    return False
            return True
        if kind == ENTITY_VALUE:
            return value_is_named(self.types, entity.value, named)
        assert kind in (ENTITY_MODULE, ENTITY_COMPONENT)
        return True

    def _register_type(self, entity: Entity, is_import: bool) -> bool:
        if is_import:
            # An import cannot refer to a name that an export made.
            if entity.referenced in self.exported and entity.referenced not in self.imported:
                return False
            if not parts_are_named(self.types, entity.referenced, self.imported):
                return False
            self.imported.add(entity.type)
        elif not parts_are_named(self.types, entity.referenced, self.exported):
            return False
        self.exported.add(entity.type)
        return True


def parts_are_named(types: ComponentTypes, id: AnyTypeId, named: set[AnyTypeId]) -> bool:
    """Whether a type may get a name: what it refers to has one. Resources and component types stand alone."""
    kind = kind_of(id)
    if kind == DEFINED:
        return _defined_parts_are_named(types, types.defined(id), named)
    if kind == FUNC:
        return func_is_named(types, id, named)
    if kind == INSTANCE:
        return _instance_is_named(types, id, named)
    return True


def _instance_is_named(types: ComponentTypes, id: AnyTypeId, named: set[AnyTypeId]) -> bool:
    """The same of an instance type; what it exports has a name inside, which is taken back at its end."""
    added: list[AnyTypeId] = []
    result = True
    for item in types.instance(id).exports.values():
        entity = item.entity
        kind = entity.kind
        if kind == ENTITY_FUNC:
            result = func_is_named(types, entity.type, named)
        elif kind == ENTITY_TYPE:
            result = parts_are_named(types, entity.type, named)
            if result and entity.type not in named:
                named.add(entity.type)
                added.append(entity.type)
        elif kind == ENTITY_VALUE:
            if isinstance(entity.value, int):
                result = _defined_parts_are_named(types, types.defined(entity.value), named)
        elif kind == ENTITY_INSTANCE:
            result = _instance_is_named(types, entity.type, named)
        if not result:
            break
    for name in added:
        named.remove(name)
    return result


def _defined_parts_are_named(types: ComponentTypes, defined: DefinedType, named: set[AnyTypeId]) -> bool:
    if defined.resource >= 0:
        return defined.resource in named
    return all(not (isinstance(part, int) and not value_is_named(types, part, named)) for part in defined.types)


def func_is_named(types: ComponentTypes, id: AnyTypeId, named: set[AnyTypeId]) -> bool:
    """Whether all that a function type refers to has a name."""
    func = types.func(id)
    for _, type_ in func.params:
        if isinstance(type_, int) and not value_is_named(types, type_, named):
            return False
    return func.result is None or value_is_named(types, func.result, named)


def value_is_named(types: ComponentTypes, type_: ValType, named: set[AnyTypeId]) -> bool:
    """Whether a value type has a name, or needs none and has only such parts."""
    if isinstance(type_, str):
        return True
    defined = types.defined(type_)
    if defined.kind in (RECORD, VARIANT, FLAGS, ENUM):
        return type_ in named
    return _defined_parts_are_named(types, defined, named)
