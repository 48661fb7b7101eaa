"""The index spaces of a core module, as far as they are known, and the checks on what enters them.

`Module` is also what the declarations of a module type are added to. Types in it are canonical: what its methods
return or store holds ids of the arena where the binary has type indices.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.core.rec_groups import define_rec_group, define_structures
from pywasmtools.validation.core.subtyping import ref_is_shared, val_is_shared
from pywasmtools.validation.core.types import (
    EXTERNAL_FUNC,
    EXTERNAL_FUNC_EXACT,
    EXTERNAL_GLOBAL,
    EXTERNAL_MEMORY,
    EXTERNAL_TABLE,
    EXTERNAL_TAG,
    EntityType,
    check_max,
    combine_type_sizes,
    global_entity,
    memory_entity,
    table_entity,
    tag_entity,
    type_id_at,
)
from pywasmtools.wasm.limits import (
    DEFAULT_WASM_PAGE_SIZE,
    MAX_WASM_EXPORTS,
    MAX_WASM_FUNCTIONS,
    MAX_WASM_GLOBALS,
    MAX_WASM_MEMORIES,
    MAX_WASM_TABLES,
    MAX_WASM_TAGS,
    MAX_WASM_TYPES,
    max_wasm_memory32_pages,
    max_wasm_memory64_pages,
)
from pywasmtools.wasm.types import (
    CONCRETE,
    EXACT,
    FUNCREF,
    REF,
    TYPE_ID,
    FuncType,
    GlobalType,
    MemoryType,
    TableType,
    TagType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.validation.core.features import FeatureChecks
    from pywasmtools.validation.core.types import CoreTypes, GroupReader
    from pywasmtools.wasm.types import HeapType, RecGroup, ValType


class Module:
    """What a core module has so far, by index space.

    - `types`: core type ids; `functions`: indices of `types`; `tags`: core type ids
    - `tables`, `memories`, `globals`, `element_types`: their types, canonical
    - `imports`: by (module, name), each import's type in order, for a name may be imported several times
    - `exports`: by name
    - `usual`: whether the quick ways may be taken; `exact`: EXACT where exact types are made, else 0
    - `function_references`: functions that `ref.func` in bodies may name; `frozen` once there are bodies
    """

    __slots__ = (
        "_func_entities",
        "checks",
        "constant_effects",
        "data_count",
        "element_types",
        "exact",
        "exact_function_imports",
        "exports",
        "frozen",
        "function_references",
        "functions",
        "globals",
        "imported_functions",
        "imported_globals",
        "imports",
        "memories",
        "tables",
        "tags",
        "type_size",
        "types",
        "usual",
    )

    def __init__(self, checks: FeatureChecks | None = None) -> None:
        self.checks = checks
        """What features allow; None where all are on."""
        self.usual = checks is None or checks.usual
        self.exact = EXACT if checks is None or checks.exact else 0
        self.types: list[int] = []
        self.functions: list[int] = []
        self.tables: list[TableType] = []
        self.memories: list[MemoryType] = []
        self.globals: list[GlobalType] = []
        self.tags: list[int] = []
        self.element_types: list[int] = []
        self.data_count = -1
        """The number of data segments that the data count section says; -1 without one."""
        self.function_references: set[int] = set()
        self.frozen = False
        self.exact_function_imports: set[int] = set()
        self.imported_functions = 0
        self.imported_globals = 0
        self.imports: dict[tuple[str, str], list[EntityType]] = {}
        self.exports: dict[str, EntityType] = {}
        self.type_size = 1
        self._func_entities: dict[int, EntityType] = {}
        self.constant_effects: dict[int, tuple[list[ValType], ValType]] = {}
        """Operands and result of what makes structs and arrays in constants, by type index << 8 | sub-opcode."""

    # ------------------------------------------------------------------- lookups

    def type_id_at(self, index: int, offset: int) -> int:
        """The core type id of a type index."""
        return type_id_at(self.types, index, offset)

    def func_type_at(self, types: CoreTypes, index: int, offset: int) -> FuncType:
        """The function type at a type index."""
        inner = types.core_types[type_id_at(self.types, index, offset)].composite.inner
        if not isinstance(inner, FuncType):
            raise binary_error(offset, f"type index {index} is not a function type")
        return inner

    def type_of_function(self, types: CoreTypes, index: int, offset: int) -> FuncType:
        """The type of a function."""
        if index >= len(self.functions):
            raise binary_error(offset, f"unknown function {index}: func index out of bounds")
        return self.func_type_at(types, self.functions[index], offset)

    def type_id_of_function(self, index: int) -> int:
        """The core type id of a function, which must exist."""
        return self.types[self.functions[index]]

    def table_at(self, index: int, offset: int) -> TableType:
        if index >= len(self.tables):
            raise binary_error(offset, f"unknown table {index}: table index out of bounds")
        return self.tables[index]

    def memory_at(self, index: int, offset: int) -> MemoryType:
        if index >= len(self.memories):
            raise binary_error(offset, f"unknown memory {index}: memory index out of bounds")
        return self.memories[index]

    def global_at(self, index: int, offset: int) -> GlobalType:
        if index >= len(self.globals):
            raise binary_error(offset, f"unknown global {index}: global index out of bounds")
        return self.globals[index]

    def is_function_exact(self, index: int) -> bool:
        """Whether a function's type is known exactly: it is defined here, or imported so."""
        return index >= self.imported_functions or index in self.exact_function_imports

    def func_entity(self, index: int) -> EntityType:
        """The type that a function has as an export; it must exist."""
        type_id = self.types[self.functions[index]]
        kind = EXTERNAL_FUNC_EXACT if self.exact and self.is_function_exact(index) else EXTERNAL_FUNC
        return self._func_entity(kind, type_id)

    def _func_entity(self, kind: int, type_id: int) -> EntityType:
        key = type_id << 8 | kind
        entity = self._func_entities.get(key)
        if entity is None:
            entity = self._func_entities[key] = EntityType(kind, type_id)
        return entity

    # ------------------------------------------------------------------- types of items

    def canonical_heap(self, heap: HeapType, offset: int) -> HeapType:
        """A heap type as read, its type index turned into an id."""
        if heap & CONCRETE == 0:
            return heap
        return type_id_at(self.types, heap >> 8, offset) << 8 | (heap & 0xFF) | TYPE_ID

    def canonical_val_type(self, type_: ValType, offset: int) -> ValType:
        """A value type as read, its type index (if any) turned into an id."""
        if self.checks is not None:
            self.checks.val_type(type_, offset)
        if type_ & REF == 0 or type_ & CONCRETE == 0:
            return type_
        return type_id_at(self.types, type_ >> 8, offset) << 8 | (type_ & 0xFF) | TYPE_ID

    def check_table_type(self, types: CoreTypes, table: TableType, offset: int) -> TableType:
        """A table type as read, checked and canonical."""
        element = table.element_type
        if element != FUNCREF:  # which tables had from the beginning
            element = self.canonical_val_type(element, offset)
        if element != table.element_type:
            table = TableType(element, table.initial, table.maximum, table.table64, table.shared)
        maximum = table.maximum
        if maximum is not None and table.initial > maximum:
            raise binary_error(offset, "size minimum must not be greater than maximum")
        checks = self.checks
        if checks is not None:
            if table.table64:
                checks.require("memory64", "memory64 must be enabled for 64-bit tables", offset)
            if table.shared:
                message = "shared tables require the shared-everything-threads proposal"
                checks.require("shared-everything-threads", message, offset)
        limit = 0xFFFF_FFFF_FFFF_FFFF if table.table64 else 0xFFFF_FFFF
        if table.initial > limit or (maximum is not None and maximum > limit):
            raise binary_error(offset, f"table size must be at most {limit:#x} entries")
        if table.shared and not ref_is_shared(types, element):
            raise binary_error(offset, "shared tables must have a shared element type")
        return table

    def check_memory_type(self, memory: MemoryType, offset: int) -> None:
        """Raises where a memory type is not valid."""
        maximum = memory.maximum
        if maximum is not None and memory.initial > maximum:
            raise binary_error(offset, "size minimum must not be greater than maximum")
        log2 = memory.page_size_log2
        checks = self.checks
        if checks is not None:
            if memory.memory64:
                checks.require("memory64", "memory64 must be enabled for 64-bit memories", offset)
            if memory.shared:
                checks.require("threads", "threads must be enabled for shared memories", offset)
            if log2 is not None:
                message = "the custom page sizes proposal must be enabled to customize a memory's page size"
                checks.require("custom-page-sizes", message, offset)
        page_size = DEFAULT_WASM_PAGE_SIZE
        if log2 is not None:
            if log2 != 0 and log2 != 16:
                raise binary_error(offset, "invalid custom page size")
            page_size = 1 << log2
        limit = max_wasm_memory64_pages(page_size) if memory.memory64 else max_wasm_memory32_pages(page_size)
        if memory.initial > limit or (maximum is not None and maximum > limit):
            raise binary_error(offset, f"memory size must be at most {limit:#x} {page_size}-byte pages")
        if memory.shared and maximum is None:
            raise binary_error(offset, "shared memory must have maximum size")

    def check_global_type(self, types: CoreTypes, global_: GlobalType, offset: int) -> GlobalType:
        """A global type as read, checked and canonical."""
        content = self.canonical_val_type(global_.content_type, offset)
        if content != global_.content_type:
            global_ = GlobalType(content, global_.mutable, global_.shared)
        if self.checks is not None and global_.shared:
            message = "shared globals require the shared-everything-threads proposal"
            self.checks.require("shared-everything-threads", message, offset)
        if global_.shared and not val_is_shared(types, content):
            raise binary_error(offset, "shared globals must have a shared value type")
        return global_

    def check_entity(
        self,
        types: CoreTypes,
        kind: int,
        type_: int | TableType | MemoryType | GlobalType | TagType,
        offset: int,
    ) -> EntityType:
        """The type of an import or of a module type's item, as read after its external kind: checked, canonical."""
        if isinstance(type_, int):
            if self.checks is not None and kind == EXTERNAL_FUNC_EXACT:
                message = "custom descriptors required for exact function imports"
                self.checks.require("custom-descriptors", message, offset)
            self.func_type_at(types, type_, offset)
            return self._func_entity(kind, self.types[type_])
        if isinstance(type_, TableType):
            return table_entity(self.check_table_type(types, type_, offset))
        if isinstance(type_, MemoryType):
            self.check_memory_type(type_, offset)
            return memory_entity(type_)
        if isinstance(type_, GlobalType):
            return global_entity(self.check_global_type(types, type_, offset))
        self.check_tag_type(types, type_, offset)
        return tag_entity(self.types[type_.func_type])

    def check_tag_type(self, types: CoreTypes, tag: TagType, offset: int) -> None:
        """Raises where a tag type is not valid."""
        checks = self.checks
        if checks is not None:
            checks.require("exceptions", "exceptions proposal not enabled", offset)
        results = self.func_type_at(types, tag.func_type, offset).results
        if checks is not None and results:
            checks.require("stack-switching", "invalid exception type: non-empty tag result type", offset)

    def max_tables(self) -> int:
        return MAX_WASM_TABLES if self.checks is None or self.checks.max_tables < 0 else self.checks.max_tables

    def max_memories(self) -> int:
        return MAX_WASM_MEMORIES if self.checks is None or self.checks.max_memories < 0 else self.checks.max_memories

    def _check_mutable(self, global_: GlobalType, offset: int) -> None:
        """Raises where an import or export may not be mutable, and is."""
        if self.checks is not None and global_.mutable:
            self.checks.require("mutable-global", "mutable global support is not enabled", offset)

    # ------------------------------------------------------------------- growing

    def add_rec_group(self, types: CoreTypes, rec_group: RecGroup, offset: int) -> bool:
        """Adds the types of a recursion group as read; returns whether they refer to each other."""
        check_max(len(self.types), len(rec_group.types), MAX_WASM_TYPES, "types", offset)
        return define_rec_group(types, self.types, rec_group, offset)

    def add_known_type(self, type_id: int, offset: int) -> None:
        """Adds a type of the arena, a group of its own that comes again."""
        if len(self.types) >= MAX_WASM_TYPES:
            check_max(len(self.types), 1, MAX_WASM_TYPES, "types", offset)
        self.types.append(type_id)

    def add_known_types(self, type_ids: list[int], offset: int) -> None:
        """Adds the types of a recursion group that comes again."""
        check_max(len(self.types), len(type_ids), MAX_WASM_TYPES, "types", offset)
        self.types.extend(type_ids)

    def add_structures(self, types: CoreTypes, group: GroupReader, offset: int) -> None:
        """Adds the types of a recursion group that was read as structures."""
        check_max(len(self.types), len(group.structures), MAX_WASM_TYPES, "types", offset)
        define_structures(types, self.types, group, offset)

    def add_import(
        self,
        types: CoreTypes,
        module: str,
        name: str,
        kind: int,
        type_: int | TableType | MemoryType | GlobalType | TagType,
        offset: int,
    ) -> None:
        """Adds an import as read: `kind` is an external kind, `type_` what followed it."""
        entity = self.check_entity(types, kind, type_, offset)
        if isinstance(type_, int):
            self.functions.append(type_)
            if kind == EXTERNAL_FUNC_EXACT:
                self.exact_function_imports.add(self.imported_functions)
            self.imported_functions += 1
            check_max(len(self.functions), 0, MAX_WASM_FUNCTIONS, "functions", offset)
        elif entity.table is not None:
            self.tables.append(entity.table)
            check_max(len(self.tables), 0, self.max_tables(), "tables", offset)
        elif entity.memory is not None:
            self.memories.append(entity.memory)
            check_max(len(self.memories), 0, self.max_memories(), "memories", offset)
        elif entity.global_ is not None:
            self._check_mutable(entity.global_, offset)
            self.globals.append(entity.global_)
            self.imported_globals += 1
            check_max(len(self.globals), 0, MAX_WASM_GLOBALS, "globals", offset)
        else:
            self.tags.append(entity.type_id)
            check_max(len(self.tags), 0, MAX_WASM_TAGS, "tags", offset)
        self.type_size = combine_type_sizes(self.type_size, types.entity_size(entity), offset)
        key = (module, name)
        same = self.imports.get(key)
        if same is None:
            self.imports[key] = [entity]
        else:
            same.append(entity)

    def export_entity(self, kind: int, index: int, offset: int) -> EntityType:
        """The type of the item that an export names by external kind and index."""
        if kind in (EXTERNAL_FUNC, EXTERNAL_FUNC_EXACT):
            if index >= len(self.functions):
                raise _unknown_export("function", index, offset)
            self.function_references.add(index)
            return self.func_entity(index)
        if kind == EXTERNAL_TABLE:
            if index >= len(self.tables):
                raise _unknown_export("table", index, offset)
            return table_entity(self.tables[index])
        if kind == EXTERNAL_MEMORY:
            if index >= len(self.memories):
                raise _unknown_export("memory", index, offset)
            return memory_entity(self.memories[index])
        if kind == EXTERNAL_GLOBAL:
            if index >= len(self.globals):
                raise _unknown_export("global", index, offset)
            return global_entity(self.globals[index])
        if index >= len(self.tags):
            raise _unknown_export("tag", index, offset)
        return EntityType(EXTERNAL_TAG, self.tags[index])

    def add_export(self, types: CoreTypes, name: str, entity: EntityType, offset: int, check_limit: bool) -> None:
        """Adds an export; names are unique. `check_limit` where no section's count was checked before."""
        exports = self.exports
        if entity.global_ is not None:
            self._check_mutable(entity.global_, offset)
        if check_limit:
            check_max(len(exports), 1, MAX_WASM_EXPORTS, "exports", offset)
        self.type_size = combine_type_sizes(self.type_size, types.entity_size(entity), offset)
        if name in exports:
            raise binary_error(offset, f"duplicate export name `{name}` already defined")
        exports[name] = entity

    def imports_for_module_type(self, offset: int) -> dict[tuple[str, str], EntityType]:
        """The imports as a component sees them: it allows each name once."""
        imports: dict[tuple[str, str], EntityType] = {}
        for key, entities in self.imports.items():
            if len(entities) != 1:
                raise binary_error(
                    offset,
                    f"module has a duplicate import name `{key[0]}:{key[1]}` that is not allowed in components",
                )
            imports[key] = entities[0]
        return imports


def _unknown_export(kind: str, index: int, offset: int) -> WasmToolsError:
    return binary_error(offset, f"unknown {kind} {index}: exported {kind} index out of bounds")
