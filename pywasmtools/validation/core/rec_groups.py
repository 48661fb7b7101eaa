"""Recursion groups made canonical and checked: how the types of a type section get their ids.

Types in a group are first rewritten so that references inside the group are REC_GROUP_INDEX and all others
TYPE_ID; then two groups are the same if they look the same. A group that is new is checked type by type.
Core specification, 3.2 (validity of types), with the custom descriptors and shared-everything-threads proposals.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.core.subtyping import matches, val_is_shared
from pywasmtools.validation.core.types import names_only_a_supertype, refers_to_types, type_id_at
from pywasmtools.wasm.limits import MAX_WASM_SUBTYPING_DEPTH
from pywasmtools.wasm.types import (
    CONCRETE,
    INDEX_SPACE,
    MODULE_INDEX,
    REC_GROUP_INDEX,
    TYPE_ID,
    ArrayType,
    CompositeType,
    ContType,
    FuncType,
    StructType,
    SubType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validation.core.types import CoreTypes, GroupReader
    from pywasmtools.wasm.types import HeapType, RecGroup


def define_rec_group(types: CoreTypes, space: list[int], rec_group: RecGroup, offset: int) -> bool:
    """Adds the types of a group, as read, to the arena, and their ids to a core type space.

    Returns whether a type of it refers to one of it: if not, the same bytes mean the same types later on, too.
    """
    canonical = rec_group.types
    checks = types.checks
    if checks is not None and rec_group.explicit:
        checks.require("gc", "rec group usage requires `gc` proposal to be enabled", offset)
    for type_ in canonical:
        if len(type_.supertypes) > 1:
            raise binary_error(offset, "multiple supertypes")
    if checks is not None and not checks.canonical:
        # What passes names no other type.
        try:
            for type_ in canonical:
                checks.sub_type(types, type_, offset)
                checks.clauses(type_, offset)
        except WasmToolsError:
            _add_refused(types, space, canonical, offset)
            raise
    is_local, is_new, group = _intern(types, space, canonical, offset)
    first, end = types.rec_groups[group]
    for type_id in range(first, end):
        space.append(type_id)
        if is_new:
            _check_type(types, type_id, offset)
    return is_local


def _add_refused(types: CoreTypes, space: list[int], group: tuple[SubType, ...], offset: int) -> None:
    """Gives a group its places in the type space though it is not valid: printing goes on behind it."""
    try:
        first, end = types.rec_groups[_intern(types, space, group, offset)[2]]
    except WasmToolsError:
        return
    space.extend(range(first, end))


def _intern(types: CoreTypes, space: list[int], canonical: tuple[SubType, ...], offset: int) -> tuple[bool, bool, int]:
    """Adds a group to the arena: whether a type of it refers to one of it, whether it is new there, and its number."""
    start = len(space)
    is_local = False
    if len(canonical) == 1 and names_only_a_supertype(canonical[0]):
        supertype = canonical[0].supertypes[0]
        if supertype >> 8 >= start:
            raise binary_error(offset, "supertypes must be defined before subtypes")
        parent_id = type_id_at(space, supertype >> 8, offset)
        canonical = (SubType(canonical[0].composite, canonical[0].is_final, (parent_id << 8 | CONCRETE | TYPE_ID,)),)
    elif len(canonical) != 1 or refers_to_types(canonical[0]):
        mapper = _ModuleToCanonical(space, len(canonical), offset)
        remapped: list[SubType] = []
        for k, type_ in enumerate(canonical):
            for supertype in type_.supertypes:
                if supertype & INDEX_SPACE == MODULE_INDEX and supertype >> 8 >= start + k:
                    raise binary_error(offset, "supertypes must be defined before subtypes")
            describes = type_.composite.describes
            if describes is not None and describes & INDEX_SPACE == MODULE_INDEX and describes >> 8 >= start + k:
                raise binary_error(offset, "forward describes reference")
            remapped.append(type_.remap(mapper.map) if refers_to_types(type_) else type_)
        canonical = tuple(remapped)
        is_local = mapper.is_local
    is_new, group = types.intern_rec_group(canonical, offset, is_local)
    return is_local, is_new, group


def define_structures(types: CoreTypes, space: list[int], group: GroupReader, offset: int) -> None:
    """Adds the types of a group that was read as structures to the arena, and their ids to a core type space."""
    is_new, number = types.intern_structures(group, offset)
    first, end = types.rec_groups[number]
    if not is_new:
        space.extend(range(first, end))
        return
    supertypes = types.supertypes
    for type_id in range(first, end):
        space.append(type_id)
        if supertypes[type_id] >= 0 or types.checks is not None:
            _check_type(types, type_id, offset)


class _ModuleToCanonical:
    """Turns indices of a core type space into canonical ones, for a group of `count` types that comes next.

    `is_local` tells whether there was one of the group itself.
    """

    __slots__ = ("count", "is_local", "offset", "space", "start")

    def __init__(self, space: list[int], count: int, offset: int) -> None:
        self.space = space
        self.start = len(space)
        self.count = count
        self.offset = offset
        self.is_local = False

    def map(self, heap: HeapType) -> HeapType:
        if heap & INDEX_SPACE != MODULE_INDEX:
            return heap
        index = heap >> 8
        if index < self.start:
            return type_id_at(self.space, index, self.offset) << 8 | CONCRETE | TYPE_ID
        local = index - self.start
        if local < self.count:
            self.is_local = True
            return local << 8 | CONCRETE | REC_GROUP_INDEX
        raise binary_error(self.offset, f"unknown type {index}: type index out of bounds")


def _check_type(types: CoreTypes, type_id: int, offset: int) -> None:
    """Checks a type of a new group whose ids are all known."""
    type_ = types.core_types[type_id]
    composite = type_.composite
    checks = types.checks
    if checks is not None:
        checks.sub_type(types, type_, offset)
    if composite.shared or isinstance(composite.inner, ContType):
        _check_composite(types, composite, offset)
    has_clauses = composite.descriptor is not None or composite.describes is not None
    supertype = types.supertypes[type_id]
    if supertype >= 0:
        parent = types.core_types[supertype]
        has_clauses = has_clauses or parent.composite.descriptor is not None or parent.composite.describes is not None
        if parent.is_final:
            raise binary_error(offset, "sub type cannot have a final super type")
        if not matches(types, type_id, supertype):
            raise binary_error(offset, "sub type must match super type")
        depth = types.depths[supertype] + 1
        if depth > MAX_WASM_SUBTYPING_DEPTH:
            raise binary_error(
                offset,
                f"sub type hierarchy too deep: found depth {depth}, cannot exceed depth {MAX_WASM_SUBTYPING_DEPTH}",
            )
        if type_.composite.descriptor is not None and parent.composite.descriptor is None:
            raise binary_error(offset, "sub type with descriptor must have super type with descriptor")
        types.depths[type_id] = depth
    if has_clauses:
        if checks is not None:
            checks.clauses(type_, offset)
        _check_descriptors(types, type_id, offset)


def _check_composite(types: CoreTypes, composite: CompositeType, offset: int) -> None:
    inner = composite.inner
    if isinstance(inner, ContType):
        func = inner.func >> 8
        if not isinstance(types.core_types[func].composite.inner, FuncType):
            raise binary_error(offset, f"non-function type {func}")
        return
    if not composite.shared:
        return
    if isinstance(inner, FuncType):
        parts = list(inner.params + inner.results)
    elif isinstance(inner, ArrayType):
        parts = [inner.field.element_type]
    else:
        parts = [field.element_type for field in inner.fields]
    for part in parts:
        if not val_is_shared(types, part):
            raise binary_error(offset, "shared composite type must contain shared types")


def _index_or_none(heap: HeapType | None) -> int:
    """The id in a descriptor clause, or -1 where there is none."""
    return -1 if heap is None else heap >> 8


def _check_descriptors(types: CoreTypes, type_id: int, offset: int) -> None:
    """Descriptor clauses of a type: both ways, and along its supertype."""
    type_ = types.core_types[type_id]
    composite = type_.composite
    descriptor = _index_or_none(composite.descriptor)
    describes = _index_or_none(composite.describes)
    if (descriptor >= 0 or describes >= 0) and not isinstance(composite.inner, StructType):
        clause = "descriptor" if descriptor >= 0 else "describes"
        raise binary_error(offset, f"{clause} clause on non-struct type")
    supertype = types.supertypes[type_id]
    if supertype >= 0:
        parent = types.core_types[supertype].composite
        parent_descriptor = _index_or_none(parent.descriptor)
        parent_describes = _index_or_none(parent.describes)
        if descriptor >= 0:
            if parent_descriptor >= 0 and types.supertypes[descriptor] != parent_descriptor:
                raise binary_error(offset, "supertype of described type must be described by supertype of descriptor")
        elif parent_descriptor >= 0:
            raise binary_error(offset, "supertype of type without descriptor cannot have descriptor")
        if describes >= 0 and parent_describes >= 0:
            if types.supertypes[describes] != parent_describes:
                raise binary_error(offset, "supertype of descriptor does not match")
        elif parent_describes >= 0:
            raise binary_error(offset, "supertype of non-descriptor type cannot be a descriptor")
        elif describes >= 0:
            raise binary_error(offset, "supertype of descriptor must be a descriptor")
    if descriptor >= 0:
        if _index_or_none(types.core_types[descriptor].composite.describes) != type_id:
            raise binary_error(offset, "descriptor with no matching describes")
    if describes >= 0:
        if _index_or_none(types.core_types[describes].composite.descriptor) != type_id:
            raise binary_error(offset, "describes with no matching descriptor")
    if descriptor >= 0 and type_.is_final != types.core_types[descriptor].is_final:
        raise binary_error(offset, "descriptor and described type must have the same finality")
