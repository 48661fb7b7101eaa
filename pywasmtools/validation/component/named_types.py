"""Whether all types that an import or export refers to have names.

Records, variants, flags, enums and resources have to be imported or exported themselves before anything that is
imported or exported refers to them; lists, tuples, options and the like may stay anonymous, but not what is in them.
A set of ids says which types have a name.
"""

from __future__ import annotations

from pywasmtools.validation.component.types import (
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
    from pywasmtools.validation.component.types import AnyTypeId, ComponentTypes, DefinedType, Entity, ValType


class NamedTypes:
    """The types of one component that have names, by imports and by exports. What is imported is also exported.

    Names are only ever added, so what was found once (`_known_…`: anonymous types all of whose parts have names,
    instance types all of whose exports are registered) need not be looked at again.
    """

    __slots__ = ("_known_exported", "_known_imported", "exported", "imported", "types")

    def __init__(self, types: ComponentTypes) -> None:
        self.types = types
        self.imported: set[AnyTypeId] = set()
        self.exported: set[AnyTypeId] = set()
        self._known_imported: set[AnyTypeId] = set()
        self._known_exported: set[AnyTypeId] = set()

    def register(self, entity: Entity, is_import: bool) -> bool:
        """Whether the entity may be imported or exported; if so, adds the names it brings."""
        kind = entity.kind
        if is_import:
            named = self.imported
            known = self._known_imported
        else:
            named = self.exported
            known = self._known_exported
        if kind == ENTITY_FUNC:
            return _func_is_named(self.types, entity.type, named, known)
        if kind == ENTITY_TYPE:
            # An import cannot refer to a name that an export made.
            referenced = entity.referenced
            if is_import and referenced in self.exported and referenced not in named:
                return False
            if not _parts_are_named(self.types, referenced, named, known):
                return False
            named.add(entity.type)
            self.exported.add(entity.type)
            return True
        if kind == ENTITY_INSTANCE:
            if entity.type in known and not is_import:
                return True
            for item in self.types.instance(entity.type).exports.values():
                if not self.register(item.entity, is_import):
                    return False
            known.add(entity.type)
            return True
        if kind == ENTITY_VALUE:
            return _value_is_named(self.types, entity.value, named, known)
        assert kind in (ENTITY_MODULE, ENTITY_COMPONENT)
        return True


def _parts_are_named(types: ComponentTypes, id: AnyTypeId, named: set[AnyTypeId], known: set[AnyTypeId]) -> bool:
    """Whether a type may get a name: what it refers to has one. Resources and component types stand alone."""
    kind = kind_of(id)
    if kind == DEFINED:
        return _defined_parts_are_named(types, types.defined(id), named, known)
    if kind == FUNC:
        return _func_is_named(types, id, named, known)
    if kind == INSTANCE:
        return _instance_is_named(types, id, named)
    return True


def _instance_is_named(types: ComponentTypes, id: AnyTypeId, named: set[AnyTypeId]) -> bool:
    """The same of an instance type; what it exports has a name inside, which is taken back at its end."""
    added: list[AnyTypeId] = []
    known: set[AnyTypeId] = set()
    instances: set[AnyTypeId] = set()
    result = True
    for item in types.instance(id).exports.values():
        entity = item.entity
        kind = entity.kind
        if kind == ENTITY_FUNC:
            result = _func_is_named(types, entity.type, named, known)
        elif kind == ENTITY_TYPE:
            result = _parts_are_named(types, entity.type, named, known)
            if result and entity.type not in named:
                named.add(entity.type)
                added.append(entity.type)
        elif kind == ENTITY_VALUE:
            if isinstance(entity.value, int):
                result = _defined_parts_are_named(types, types.defined(entity.value), named, known)
        elif kind == ENTITY_INSTANCE and entity.type not in instances:
            instances.add(entity.type)
            result = _instance_is_named(types, entity.type, named)
        if not result:
            break
    named.difference_update(added)
    return result


def _defined_parts_are_named(
    types: ComponentTypes, defined: DefinedType, named: set[AnyTypeId], known: set[AnyTypeId]
) -> bool:
    if defined.resource >= 0:
        return defined.resource in named
    for part in defined.types:
        if isinstance(part, int):
            if not _value_is_named(types, part, named, known):
                return False
    return True


def _func_is_named(types: ComponentTypes, id: AnyTypeId, named: set[AnyTypeId], known: set[AnyTypeId]) -> bool:
    """Whether all that a function type refers to has a name."""
    func = types.func(id)
    for _, type_ in func.params:
        if isinstance(type_, int) and not _value_is_named(types, type_, named, known):
            return False
    result = func.result
    return not isinstance(result, int) or _value_is_named(types, result, named, known)


def _value_is_named(types: ComponentTypes, type_: ValType, named: set[AnyTypeId], known: set[AnyTypeId]) -> bool:
    """Whether a value type has a name, or needs none and has only such parts."""
    if isinstance(type_, str) or type_ in known:
        return True
    defined = types.defined(type_)
    if defined.kind in (RECORD, VARIANT, FLAGS, ENUM):
        return type_ in named
    if not _defined_parts_are_named(types, defined, named, known):
        return False
    known.add(type_)
    return True
