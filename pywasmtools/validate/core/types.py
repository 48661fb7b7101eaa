"""The arena of core types that one validator knows, what items of modules are typed with, and sizes of types.

A core type id is a plain int, an index of `CoreTypes.core_types`; messages show it as `(id 3)`. Recursion groups
are canonical: two groups of the same structure are the same ids, across all modules of a validator. Types in the
arena refer to others by id only (heap types in the space TYPE_ID).

A *core type space* (of a module, or of a component) is a `list[int]` of core type ids; a component's may also
hold module types, as `~module_type` (negative).
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.wasm import module as m
from pywasmtools.wasm.limits import MAX_WASM_TYPE_SIZE
from pywasmtools.wasm.spaces import EXTERNAL_SORTS
from pywasmtools.wasm.types import (
    INDEX_SPACE,
    MAX_TYPE_INDEX,
    REC_GROUP_INDEX,
    REF,
    TYPE_ID,
    ArrayType,
    FuncType,
    StructType,
    func_sub_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.types import CompositeType, GlobalType, HeapType, MemoryType, SubType, TableType

# ------------------------------------------------------------------------------- limits
#
# The size of a type is how many nodes a walk over it would visit if nothing in it were shared.


def combine_type_sizes(a: int, b: int, offset: int) -> int:
    """The sum of two sizes; raises where it reaches the limit."""
    size = a + b
    if size >= MAX_WASM_TYPE_SIZE:
        raise binary_error(offset, f"effective type size exceeds the limit of {MAX_WASM_TYPE_SIZE}")
    return size


def check_max(current: int, added: int, limit: int, description: str, offset: int) -> None:
    """Raises where `added` more of something would pass its limit."""
    if current + added > limit:
        if limit == 1:
            raise binary_error(offset, f"multiple {description}")
        raise binary_error(offset, f"{description} count exceeds limit of {limit}")


# ------------------------------------------------------------------------------- entity types

# External kinds.
EXTERNAL_FUNC: Final = m.FUNC
EXTERNAL_TABLE: Final = m.TABLE
EXTERNAL_MEMORY: Final = m.MEMORY
EXTERNAL_GLOBAL: Final = m.GLOBAL
EXTERNAL_TAG: Final = m.TAG
EXTERNAL_FUNC_EXACT: Final = m.FUNC_EXACT

EXTERNAL_DESCRIPTIONS: Final = {
    **{sort.number: sort.keyword for sort in EXTERNAL_SORTS},
    EXTERNAL_FUNC_EXACT: "func_exact",
}
"""What messages call the kinds."""


class EntityType:
    """The type of a module's import or export.

    `kind` is an EXTERNAL_ constant. `type_id` is the core type id of a function or
    tag, else -1; `table`, `memory` and `global_` are set for that kind alone. Reference types in them are canonical.
    """

    __slots__ = ("global_", "kind", "memory", "table", "type_id")

    def __init__(
        self,
        kind: int,
        type_id: int = -1,
        table: TableType | None = None,
        memory: MemoryType | None = None,
        global_: GlobalType | None = None,
    ) -> None:
        self.kind = kind
        self.type_id = type_id
        self.table = table
        self.memory = memory
        self.global_ = global_

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, EntityType)
            and self.kind == other.kind
            and self.type_id == other.type_id
            and self.table == other.table
            and self.memory == other.memory
            and self.global_ == other.global_
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.type_id, self.table, self.memory, self.global_))

    def description(self) -> str:
        """What messages call the kind."""
        return EXTERNAL_DESCRIPTIONS[self.kind]


def func_entity(type_id: int) -> EntityType:
    return EntityType(EXTERNAL_FUNC, type_id)


def tag_entity(type_id: int) -> EntityType:
    return EntityType(EXTERNAL_TAG, type_id)


def table_entity(table: TableType) -> EntityType:
    return EntityType(EXTERNAL_TABLE, table=table)


def memory_entity(memory: MemoryType) -> EntityType:
    return EntityType(EXTERNAL_MEMORY, memory=memory)


def global_entity(global_: GlobalType) -> EntityType:
    return EntityType(EXTERNAL_GLOBAL, global_=global_)


# ------------------------------------------------------------------------------- the arena


class CoreTypes:
    """All core types of one validator, each once. Only grows.

    `core_types`, `supertypes` (id or -1), `depths` (of subtyping) and `rec_group_of` are indexed by core type id;
    `rec_groups` has the id of each group's first type and the id after its last; `plain_types` are ids of types that
    name no others, by their bytes.
    """

    __slots__ = (
        "_canonical",
        "_canonical_funcs",
        "_sizes",
        "core_types",
        "depths",
        "plain_types",
        "rec_group_of",
        "rec_groups",
        "supertypes",
    )

    def __init__(self) -> None:
        self.core_types: list[SubType] = []
        self.supertypes: list[int] = []
        self.depths: list[int] = []
        self.plain_types: dict[bytes, int] = {}
        self.rec_group_of: list[int] = []
        self.rec_groups: list[tuple[int, int]] = []
        # Groups by structure. A group of one plain function type, by far the most common, is looked up by its
        # signature alone.
        self._canonical: dict[tuple[tuple[int, ...], ...], int] = {}
        self._sizes: dict[int, int] = {}
        self._canonical_funcs: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}

    def core_type(self, type_id: int) -> SubType:
        """The type with this id."""
        return self.core_types[type_id]

    def func_type(self, type_id: int) -> FuncType:
        """The function type with this id, which must be one."""
        inner = self.core_types[type_id].composite.inner
        assert isinstance(inner, FuncType)
        return inner

    def intern_rec_group(self, types: tuple[SubType, ...], offset: int, is_local: bool = True) -> tuple[bool, int]:
        """The id of a group, and whether it is new. `is_local` is false where no type refers to one of the group.

        Its types refer to each other by REC_GROUP_INDEX and to all others by TYPE_ID, and have at most one
        supertype each. What else makes a group valid is checked by `rec_groups.define_rec_group`.
        """
        start = len(self.core_types)
        end = start + len(types)
        if end > MAX_TYPE_INDEX + 1:
            raise binary_error(offset, "implementation limit: too many core types")
        group = len(self.rec_groups)
        signature: tuple[tuple[int, ...], tuple[int, ...]] | None = None
        if len(types) == 1:
            signature = _plain_signature(types[0])
        if signature is not None:
            known = self._canonical_funcs.setdefault(signature, group)
        else:
            known = self._canonical.setdefault(tuple([_structure(type_) for type_ in types]), group)
        if known != group:
            return (False, known)
        local = _RecGroupToIds(start)
        for type_ in types:
            if is_local and refers_to_types(type_):
                type_ = type_.remap(local.map)
            self.supertypes.append(type_.supertypes[0] >> 8 if type_.supertypes else -1)
            self.core_types.append(type_)
            self.depths.append(0)
            self.rec_group_of.append(group)
        self.rec_groups.append((start, end))
        return (True, group)

    def intern_sub_type(self, type_: SubType, offset: int) -> int:
        """The id of a type that is a group of its own and refers to none but canonical types."""
        return self.rec_groups[self.intern_rec_group((type_,), offset)[1]][0]

    def intern_func_type(self, type_: FuncType, offset: int) -> int:
        """The id of a plain function type."""
        return self.intern_sub_type(func_sub_type(type_), offset)

    def id_is_subtype(self, a: int, b: int) -> bool:
        """Whether `a` is `b` or was declared a subtype of it, at any remove."""
        supertypes = self.supertypes
        while a != b:
            a = supertypes[a]
            if a < 0:
                return False
        return True

    def core_type_size(self, type_id: int) -> int:
        """The size of a core type, for the limit on effective type sizes. Its depth is 1."""
        inner = self.core_types[type_id].composite.inner
        if isinstance(inner, FuncType):
            return 2 + len(inner.params) + len(inner.results)
        if isinstance(inner, ArrayType):
            return 3
        if isinstance(inner, StructType):
            return 2 + 2 * len(inner.fields)
        return 2

    def entity_size(self, entity: EntityType) -> int:
        """The size of the type of an import or export."""
        type_id = entity.type_id
        if type_id < 0:
            return 1
        size = self._sizes.get(type_id)
        if size is None:
            size = self._sizes[type_id] = self.core_type_size(type_id)
        return size


def refers_to_types(type_: SubType) -> bool:
    """Whether a type may hold type indices: false for the plain signatures that most are."""
    return len(type_.supertypes) > 0 or _composite_refers(type_.composite)


def names_only_a_supertype(type_: SubType) -> bool:
    """Whether a type holds one type index, that of its supertype in the module."""
    supertypes = type_.supertypes
    return len(supertypes) == 1 and supertypes[0] & INDEX_SPACE == 0 and not _composite_refers(type_.composite)


def _composite_refers(composite: CompositeType) -> bool:
    """Whether a type may hold type indices, its supertype aside."""
    if composite.descriptor is not None or composite.describes is not None:
        return True
    inner = composite.inner
    bits = 0
    if isinstance(inner, FuncType):
        for param in inner.params:
            bits |= param
        for result in inner.results:
            bits |= result
    elif isinstance(inner, StructType):
        for field in inner.fields:
            bits |= field.element_type
    elif isinstance(inner, ArrayType):
        bits = inner.field.element_type
    else:
        return True
    return bits & REF != 0


def _structure(type_: SubType) -> tuple[int, ...]:
    """Numbers that are the same where types are: those of a group are compared by them."""
    composite = type_.composite
    inner = composite.inner
    supertypes = type_.supertypes
    flags = (1 if type_.is_final else 0) | (2 if composite.shared else 0)
    supertype = supertypes[0] if supertypes else -1
    descriptor = -1 if composite.descriptor is None else composite.descriptor
    describes = -1 if composite.describes is None else composite.describes
    if isinstance(inner, FuncType):
        head = (0, flags, supertype, descriptor, describes, len(inner.params))
        return head + inner.params + inner.results
    if isinstance(inner, StructType):
        fields = [field.element_type << 1 | field.mutable for field in inner.fields]
        return (1, flags, supertype, descriptor, describes, *fields)
    if isinstance(inner, ArrayType):
        return (2, flags, supertype, descriptor, describes, inner.field.element_type << 1 | inner.field.mutable)
    return (3, flags, supertype, descriptor, describes, inner.func)


def _plain_signature(type_: SubType) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Parameters and results of a type that is a function and nothing besides."""
    composite = type_.composite
    inner = composite.inner
    if (
        isinstance(inner, FuncType)
        and type_.is_final
        and not type_.supertypes
        and not composite.shared
        and composite.descriptor is None
        and composite.describes is None
    ):
        return (inner.params, inner.results)
    return None


class _RecGroupToIds:
    """Turns indices of a recursion group into ids, the group's first type having `start`."""

    __slots__ = ("start",)

    def __init__(self, start: int) -> None:
        self.start = start

    def map(self, heap: HeapType) -> HeapType:
        if heap & INDEX_SPACE == REC_GROUP_INDEX:
            return ((heap >> 8) + self.start) << 8 | (heap & 0xFF & ~INDEX_SPACE) | TYPE_ID
        return heap


def type_id_at(space: list[int], index: int, offset: int) -> int:
    """The core type id at an index of a core type space; raises for module types and out of bounds."""
    if index >= len(space):
        raise binary_error(offset, f"unknown type {index}: type index out of bounds")
    type_id = space[index]
    if type_id < 0:
        raise binary_error(offset, f"type index {index} is a module type, not a sub type")
    return type_id
