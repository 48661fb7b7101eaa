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
from pywasmtools.wasm.module import plain_type_end
from pywasmtools.wasm.spaces import EXTERNAL_SORTS
from pywasmtools.wasm.types import (
    CONCRETE,
    INDEX_SPACE,
    MAX_TYPE_INDEX,
    NULLABLE,
    REC_GROUP_INDEX,
    REF,
    TYPE_ID,
    ArrayType,
    CompositeType,
    FieldType,
    FuncType,
    StructType,
    SubType,
    func_sub_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.features import FeatureChecks
    from pywasmtools.wasm.types import GlobalType, HeapType, MemoryType, TableType

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
    name no others, by their bytes; `composites` is what a `GroupReader` knows. `checks` is what the features of the
    validator allow, None where all are on.
    """

    __slots__ = (
        "_canonical",
        "_canonical_funcs",
        "_sizes",
        "checks",
        "composites",
        "core_types",
        "depths",
        "plain_types",
        "rec_group_of",
        "rec_groups",
        "supertypes",
    )

    def __init__(self, checks: FeatureChecks | None = None) -> None:
        self.checks = checks
        self.core_types: list[SubType] = []
        self.supertypes: list[int] = []
        self.depths: list[int] = []
        self.plain_types: dict[bytes, int] = {}
        self.composites: dict[bytes, tuple[tuple[int, ...], CompositeType]] = {}
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

    def intern_structures(self, group: GroupReader, offset: int) -> tuple[bool, int]:
        """The id of a group that was read as structures, and whether it is new."""
        start = len(self.core_types)
        structures = group.structures
        if start + len(structures) > MAX_TYPE_INDEX + 1:
            raise binary_error(offset, "implementation limit: too many core types")
        next_group = len(self.rec_groups)
        first = structures[0]
        if len(structures) == 1 and first[0] == 0 and first[1] == 1 and first[2] < 0:
            end = 6 + first[5]
            known = self._canonical_funcs.setdefault((first[6:end], first[end:]), next_group)
        else:
            known = self._canonical.setdefault(tuple(structures), next_group)
        if known != next_group:
            return (False, known)
        for k, structure in enumerate(structures):
            composite = group.composites[k]
            if composite is None:
                composite = _composite(structure, start)
            supertype = structure[2]
            if supertype < 0:
                self.core_types.append(SubType(composite, structure[1] == 1))
                self.supertypes.append(-1)
            else:
                supertype = _to_id(supertype, start)
                self.core_types.append(SubType(composite, structure[1] == 1, (supertype,)))
                self.supertypes.append(supertype >> 8)
            self.depths.append(0)
            self.rec_group_of.append(next_group)
        self.rec_groups.append((start, start + len(structures)))
        return (True, next_group)

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


def _composite(structure: tuple[int, ...], start: int) -> CompositeType:
    """What a type is whose group has its first type at the id `start`; there is nothing but fields to it."""
    if structure[0] == 0:
        end = 6 + structure[5]
        params = [_to_id(type_, start) for type_ in structure[6:end]]
        return CompositeType(FuncType(tuple(params), tuple([_to_id(type_, start) for type_ in structure[end:]])))
    fields = [FieldType(_to_id(number >> 1, start), number & 1 == 1) for number in structure[5:]]
    return CompositeType(StructType(tuple(fields)) if structure[0] == 1 else ArrayType(fields[0]))


def _to_id(type_: int, start: int) -> int:
    """A type whose index is one of a group, if it is, with the id instead."""
    if type_ & INDEX_SPACE == REC_GROUP_INDEX and type_ & CONCRETE != 0:
        return type_ + (start << 8) ^ (REC_GROUP_INDEX | TYPE_ID)
    return type_


class GroupReader:
    """Reads groups of types in their usual forms as the numbers that types are compared by.

    Those are functions, structs and arrays that are neither shared nor described, with one supertype or none, and
    with less than 128 parameters or fields. `space` has the ids of the types before.
    """

    __slots__ = ("_start", "_stop", "composites", "data", "end", "is_closed", "known", "pos", "space", "structures")

    def __init__(
        self, data: bytes, end: int, space: list[int], known: dict[bytes, tuple[tuple[int, ...], CompositeType]]
    ) -> None:
        self.data = data
        self.end = end
        self.space = space
        self.known = known
        """Composite types that name no others, by their bytes: the structure of such a type, and itself."""
        self.pos = 0
        self.structures: list[tuple[int, ...]] = []
        self.composites: list[CompositeType | None] = []
        self.is_closed = False
        """Whether the types read last name no types, abstract ones aside."""
        self._start = 0
        self._stop = 0

    def read(self, pos: int, count: int) -> bool:
        """Reads a group of so many types at `pos`, `self.pos` then is its end. False for any other, valid or not."""
        self.pos = pos
        self._start = len(self.space)
        self._stop = self._start + count
        self.structures = []
        self.composites = []
        self.is_closed = True
        try:
            for k in range(count):
                if not self._type(self._start + k):
                    return False
        except IndexError:
            return False
        return self.pos <= self.end

    def _type(self, index: int) -> bool:
        """Reads a type that has this index."""
        data = self.data
        pos = self.pos
        is_final = 1
        supertype = -1
        if data[pos] == 0x50 or data[pos] == 0x4F:
            is_final = 1 if data[pos] == 0x4F else 0
            count = data[pos + 1]
            pos += 2
            if count == 1:
                parent = data[pos]
                if parent < 0x80:
                    pos += 1
                elif data[pos + 1] < 0x80:
                    parent = parent & 0x7F | data[pos + 1] << 7
                    pos += 2
                elif data[pos + 2] < 0x40:
                    parent = parent & 0x7F | (data[pos + 1] & 0x7F) << 7 | data[pos + 2] << 14
                    pos += 3
                else:
                    return False
                if parent >= index:
                    return False
                supertype = self._heap(parent)
            elif count != 0:
                return False
        last = plain_type_end(data, pos, self.end)
        raw = data[pos:last]
        known = self.known.get(raw)
        if known is not None:
            structure, composite = known
            if is_final != 1 or supertype >= 0:
                structure = (structure[0], is_final, supertype, *structure[3:])
            self.structures.append(structure)
            self.composites.append(composite)
            self.pos = last
            return True
        closed = self.is_closed
        self.is_closed = True
        structure = self._composite(pos, is_final, supertype)
        built: CompositeType | None = None
        if self.is_closed and self.pos == last and len(raw) < 64 and len(structure) > 0:
            kept = (structure[0], 1, -1, *structure[3:])
            built = _composite(kept, 0)
            self.known[raw] = (kept, built)
        self.is_closed = self.is_closed and closed
        self.structures.append(structure)
        self.composites.append(built)
        return len(structure) > 0

    def _composite(self, pos: int, is_final: int, supertype: int) -> tuple[int, ...]:
        """The structure of the function, struct or array at `pos`; empty if there is none."""
        data = self.data
        opcode = data[pos]
        count = data[pos + 1]
        if opcode == 0x5F and count < 0x80:
            fields = self._types(pos + 2, count, True)
            return (1, is_final, supertype, -1, -1, *fields) if len(fields) == count else ()
        if opcode == 0x60 and count < 0x80:
            params = self._types(pos + 2, count, False)
            if len(params) == count:
                count = data[self.pos]
                results = self._types(self.pos + 1, count, False)
                if len(results) == count and count < 0x80:
                    return (0, is_final, supertype, -1, -1, len(params), *params, *results)
        elif opcode == 0x5E:
            fields = self._types(pos + 1, 1, True)
            if len(fields) == 1:
                return (2, is_final, supertype, -1, -1, fields[0])
        return ()

    def _types(self, pos: int, count: int, are_fields: bool) -> list[int]:
        """So many value types or fields at `pos`; less where there is another one."""
        data = self.data
        types: list[int] = []
        for _ in range(count):
            byte = data[pos]
            pos += 1
            if 0x7B <= byte <= 0x7F or (are_fields and 0x77 <= byte <= 0x78):
                type_ = byte
            elif 0x68 <= byte <= 0x75:
                type_ = byte << 8 | REF | NULLABLE
            elif byte == 0x63 or byte == 0x64:
                type_ = data[pos]
                pos += 1
                if type_ >= 0x80:
                    following = data[pos]
                    pos += 1
                    type_ = type_ & 0x7F | (following & 0x7F) << 7
                    if following >= 0x80:
                        following = data[pos]
                        pos += 1
                        type_ |= following << 14
                    if following >= 0x40 or type_ >= self._stop:
                        break
                    type_ = self._heap(type_)
                elif type_ < 0x40:
                    if type_ >= self._stop:
                        break
                    type_ = self._heap(type_)
                elif 0x68 <= type_ <= 0x75:
                    type_ = type_ << 8
                else:
                    break
                type_ |= REF | NULLABLE if byte == 0x63 else REF
            else:
                break
            if are_fields:
                if data[pos] > 1:
                    break
                type_ = type_ << 1 | data[pos]
                pos += 1
            types.append(type_)
        self.pos = pos
        return types

    def _heap(self, index: int) -> HeapType:
        """A type of the module or of the group as a heap type."""
        self.is_closed = False
        if index < self._start:
            return self.space[index] << 8 | CONCRETE | TYPE_ID
        return index - self._start << 8 | CONCRETE | REC_GROUP_INDEX


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
