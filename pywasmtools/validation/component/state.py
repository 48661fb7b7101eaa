"""The state of validating one component, or one component or instance type: index spaces, imports, exports.

`ComponentState` is what a driver sees of a component so far. What fills it stands in other files:
`type_definitions.py` (types and aliases), `instantiation.py` (instances), `canon.py` (canonical definitions).
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.component.external_names import Externs
from pywasmtools.validation.component.named_types import NamedTypes
from pywasmtools.validation.component.resources import FreeVariables, Remapping, explicit_resource_paths, remap_items
from pywasmtools.validation.component.subtyping import EXPORT, IMPORT, component_entity_type
from pywasmtools.validation.component.types import (
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
    RESOURCE,
    ComponentType,
    Entity,
    InstanceType,
    ModuleType,
    TypeInfo,
    contains_borrow,
    kind_of,
    resource_of,
)
from pywasmtools.validation.core.subtyping import memory_type
from pywasmtools.validation.core.types import check_max
from pywasmtools.wasm import component_types as wasm
from pywasmtools.wasm.limits import (
    MAX_WASM_COMPONENTS,
    MAX_WASM_EXPORTS,
    MAX_WASM_FUNCTIONS,
    MAX_WASM_INSTANCES,
    MAX_WASM_MODULES,
    MAX_WASM_TYPES,
    MAX_WASM_VALUES,
)
from pywasmtools.wasm.types import MemoryType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.component.types import (
        AnyTypeId,
        ComponentFuncType,
        ComponentTypes,
        CoreInstanceId,
        Item,
        ModuleId,
        Path,
        ResourceId,
        ValType,
    )
    from pywasmtools.validation.core.index_spaces import Module
    from pywasmtools.validation.core.types import EntityType
    from pywasmtools.wasm.component import ComponentExport, ComponentImport
    from pywasmtools.wasm.component_types import ExternName, TypeRef
    from pywasmtools.wasm.types import GlobalType, TableType

# What a state is of.
IN_COMPONENT: Final = 0
IN_INSTANCE_TYPE: Final = 1
IN_COMPONENT_TYPE: Final = 2

BORROW_IN_EXPORT: Final = "exported value type cannot contain a `borrow` type"


class ComponentState:
    """The index spaces of a component so far, its imports and its exports.

    - `core_types`: a core type space, core type ids or `~module` for module types; `core_funcs`, `core_tags`: core
      type ids; `core_memories`, `core_tables`, `core_globals`: their types; `core_modules`: `ModuleId`s;
      `core_instances`: `CoreInstanceId`s
    - `types`, `funcs`, `instances`, `components`: `AnyTypeId`s; `values`: value types, with `values_used` beside
    - `imports`, `exports`: `Item`s by name, in order

    `kind` is IN_COMPONENT, IN_INSTANCE_TYPE or IN_COMPONENT_TYPE.
    """

    __slots__ = (
        "arena",
        "components",
        "context_type",
        "core_funcs",
        "core_globals",
        "core_instances",
        "core_memories",
        "core_modules",
        "core_tables",
        "core_tags",
        "core_types",
        "defined_resources",
        "exported",
        "funcs",
        "has_start",
        "imported",
        "imported_resources",
        "info",
        "instances",
        "kind",
        "named",
        "outer_alias_type_size",
        "types",
        "values",
        "values_used",
    )

    def __init__(self, kind: int, arena: ComponentTypes) -> None:
        self.kind = kind
        self.arena = arena
        self.core_types: list[int] = []
        self.core_funcs: list[int] = []
        self.core_tags: list[int] = []
        self.core_modules: list[ModuleId] = []
        self.core_instances: list[CoreInstanceId] = []
        self.core_memories: list[MemoryType] = []
        self.core_tables: list[TableType] = []
        self.core_globals: list[GlobalType] = []
        self.types: list[AnyTypeId] = []
        self.funcs: list[AnyTypeId] = []
        self.instances: list[AnyTypeId] = []
        self.components: list[AnyTypeId] = []
        self.values: list[ValType] = []
        self.values_used: list[bool] = []
        self.imported = Externs(IMPORT)
        self.exported = Externs(EXPORT)
        self.named = NamedTypes(arena)
        self.imported_resources: dict[ResourceId, Path] = {}
        """Resources that imports bring, with where."""
        self.defined_resources: dict[ResourceId, int] = {}
        """Resources that are made here, with the core type that represents them, 0 where that is not known."""
        self.info = TypeInfo()
        self.outer_alias_type_size = 0
        """Sizes of all types that were aliased into this component from outer ones, which costs a walk each."""
        self.context_type = 0
        """The core type of `context.get` and `context.set`; 0 until the first of them."""
        self.has_start = False

    @property
    def imports(self) -> dict[str, Item]:
        """The imports so far, by name as written (without version suffix)."""
        return self.imported.items

    @property
    def exports(self) -> dict[str, Item]:
        """The exports so far, by name as written (without version suffix)."""
        return self.exported.items

    # ------------------------------------------------------------------- counts and lookups

    def type_count(self) -> int:
        return len(self.core_types) + len(self.types)

    def instance_count(self) -> int:
        return len(self.core_instances) + len(self.instances)

    def function_count(self) -> int:
        return len(self.core_funcs) + len(self.funcs)

    def core_type_at(self, index: int, offset: int) -> int:
        """A core type id, or `~module`."""
        if index >= len(self.core_types):
            raise binary_error(offset, f"unknown type {index}: type index out of bounds")
        return self.core_types[index]

    def type_at(self, index: int, offset: int) -> AnyTypeId:
        if index >= len(self.types):
            raise binary_error(offset, f"unknown type {index}: type index out of bounds")
        return self.types[index]

    def defined_type_at(self, index: int, offset: int) -> AnyTypeId:
        id = self.type_at(index, offset)
        if kind_of(id) != DEFINED:
            raise binary_error(offset, f"type index {index} is not a defined type")
        return id

    def resource_at(self, index: int, offset: int) -> AnyTypeId:
        id = self.type_at(index, offset)
        if kind_of(id) != RESOURCE:
            raise binary_error(offset, f"type index {index} is not a resource type")
        return id

    def function_type_at(self, index: int, offset: int) -> ComponentFuncType:
        id = self.type_at(index, offset)
        if kind_of(id) != FUNC:
            raise binary_error(offset, f"type index {index} is not a function type")
        return self.arena.func(id)

    def function_at(self, index: int, offset: int) -> AnyTypeId:
        if index >= len(self.funcs):
            raise binary_error(offset, f"unknown function {index}: function index out of bounds")
        return self.funcs[index]

    def component_at(self, index: int, offset: int) -> AnyTypeId:
        if index >= len(self.components):
            raise binary_error(offset, f"unknown component {index}: component index out of bounds")
        return self.components[index]

    def instance_at(self, index: int, offset: int) -> AnyTypeId:
        if index >= len(self.instances):
            raise binary_error(offset, f"unknown instance {index}: instance index out of bounds")
        return self.instances[index]

    def use_value(self, index: int, offset: int) -> ValType:
        """The type of a value, which is used up by this."""
        if index >= len(self.values):
            raise binary_error(offset, f"unknown value {index}: value index out of bounds")
        if self.values_used[index]:
            raise binary_error(offset, f"value {index} cannot be used more than once")
        self.values_used[index] = True
        return self.values[index]

    def module_at(self, index: int, offset: int) -> ModuleId:
        if index >= len(self.core_modules):
            raise binary_error(offset, f"unknown module {index}: module index out of bounds")
        return self.core_modules[index]

    def core_function_at(self, index: int, offset: int) -> int:
        if index >= len(self.core_funcs):
            raise binary_error(offset, f"unknown core function {index}: function index out of bounds")
        return self.core_funcs[index]

    def core_instance_at(self, index: int, offset: int) -> CoreInstanceId:
        if index >= len(self.core_instances):
            raise binary_error(offset, f"unknown core instance {index}: instance index out of bounds")
        return self.core_instances[index]

    def core_instance_export(self, index: int, name: str, offset: int) -> EntityType:
        exports = self.arena.core_instances[self.core_instance_at(index, offset)].exports
        entity = exports.get(name)
        if entity is None:
            raise binary_error(offset, f"core instance {index} has no export named `{name}`")
        return entity

    def global_at(self, index: int, offset: int) -> GlobalType:
        if index >= len(self.core_globals):
            raise binary_error(offset, f"unknown global {index}: global index out of bounds")
        return self.core_globals[index]

    def table_at(self, index: int, offset: int) -> TableType:
        if index >= len(self.core_tables):
            raise binary_error(offset, f"unknown table {index}: table index out of bounds")
        return self.core_tables[index]

    def memory_at(self, index: int, offset: int) -> MemoryType:
        if index >= len(self.core_memories):
            raise binary_error(offset, f"unknown memory {index}: memory index out of bounds")
        return self.core_memories[index]

    def tag_at(self, index: int, offset: int) -> int:
        if index >= len(self.core_tags):
            raise binary_error(offset, f"unknown tag {index}: tag index out of bounds")
        return self.core_tags[index]

    def cabi_memory_at(self, index: int, offset: int) -> MemoryType:
        """A memory that the canonical ABI may use: any that is not shared."""
        memory = self.memory_at(index, offset)
        checks = self.arena.core.checks
        if checks is not None and memory.memory64:
            checks.require("cm64", "64-bit memories require the `cm64` feature to be enabled", offset)
        wanted = MemoryType(0, None, memory.memory64, False, memory.page_size_log2)
        memory_type(memory, wanted, offset)
        return memory

    # ------------------------------------------------------------------- types of items

    def check_values(self, offset: int) -> None:
        """Raises where there may not be values."""
        checks = self.arena.core.checks
        if checks is not None:
            checks.require("cm-values", "support for component model `value`s is not enabled", offset)

    def val_type(self, type_: wasm.ComponentValType, offset: int) -> ValType:
        """A value type as read."""
        if type_ < 0:
            name = wasm.PRIMITIVE_NAMES[type_]
            if name == "error-context" and self.arena.core.checks is not None:
                message = "`error-context` requires the component model error-context feature"
                self.arena.core.checks.require("cm-error-context", message, offset)
            return name
        return self.defined_type_at(type_, offset)

    def item_entity(self, kind: int, index: int, offset: int) -> Entity:
        """What stands at `index` of the space of `kind`; a value is used up by this, a type is not renamed."""
        if kind == wasm.MODULE:
            return Entity(ENTITY_MODULE, self.module_at(index, offset))
        if kind == wasm.FUNC:
            return Entity(ENTITY_FUNC, self.function_at(index, offset))
        if kind == wasm.VALUE:
            self.check_values(offset)
            return Entity(ENTITY_VALUE, -1, value=self.use_value(index, offset))
        if kind == wasm.TYPE:
            id = self.type_at(index, offset)
            return Entity(ENTITY_TYPE, id, id)
        if kind == wasm.INSTANCE:
            return Entity(ENTITY_INSTANCE, self.instance_at(index, offset))
        return Entity(ENTITY_COMPONENT, self.component_at(index, offset))

    def check_type_ref(self, ref: TypeRef, offset: int) -> Entity:
        """What an import, or an export with a type, is said to be."""
        kind = ref.kind
        index = ref.index
        if kind == wasm.MODULE:
            core = self.core_type_at(index, offset)
            if core >= 0:
                raise binary_error(offset, f"core type index {index} is not a module type")
            return Entity(ENTITY_MODULE, ~core)
        if kind == wasm.VALUE:
            self.check_values(offset)
            return Entity(ENTITY_VALUE, -1, value=self.val_type(index, offset))
        if kind == wasm.TYPE:
            if index < 0:
                id = self.arena.add_resource()
                return Entity(ENTITY_TYPE, id, id)
            referenced = self.type_at(index, offset)
            return Entity(ENTITY_TYPE, self.arena.with_unique(referenced), referenced)
        id = self.type_at(index, offset)
        if kind == wasm.FUNC:
            if kind_of(id) != FUNC:
                raise binary_error(offset, f"type index {index} is not a function type")
            return Entity(ENTITY_FUNC, id)
        if kind == wasm.INSTANCE:
            if kind_of(id) != INSTANCE:
                raise binary_error(offset, f"type index {index} is not an instance type")
            return Entity(ENTITY_INSTANCE, id)
        if kind_of(id) != COMPONENT:
            raise binary_error(offset, f"type index {index} is not a component type")
        return Entity(ENTITY_COMPONENT, id)

    def export_entity(self, export: ComponentExport, offset: int) -> Entity:
        """What an export is: the item that it names, as ascribed where it says so."""
        actual = self.item_entity(export.kind, export.index, offset)
        if actual.kind == ENTITY_TYPE:
            actual = Entity(ENTITY_TYPE, self.arena.with_unique(actual.type), actual.type)
        if export.type is None:
            return actual
        ascribed = self.check_type_ref(export.type, offset)
        try:
            component_entity_type(self.arena, actual, ascribed, offset)
        except WasmToolsError as e:
            raise e.within("ascribed type of export is not compatible with item's type") from None
        return ascribed

    # ------------------------------------------------------------------- imports and exports

    def add_import(self, item: ComponentImport, offset: int) -> None:
        """Adds an import as read."""
        entity = self.check_type_ref(item.type, offset)
        entity = self.add_entity(entity, item.name.name, IMPORT, offset)
        self.imported.add(self.arena, item.name, entity, self.info, offset)

    def add_export(self, name: ExternName, entity: Entity, offset: int, check_limit: bool) -> None:
        """Adds an export; `check_limit` where no section's count was checked before."""
        if check_limit:
            check_max(len(self.exports), 1, MAX_WASM_EXPORTS, "exports", offset)
        entity = self.add_entity(entity, name.name, EXPORT, offset)
        self.exported.add(self.arena, name, entity, self.info, offset)

    def add_entity(self, entity: Entity, name: str, side: str, offset: int) -> Entity:
        """Adds what was imported, exported or (`side` empty) aliased to its index space; returns what it became.

        Instances get resources of their own where their type makes some.
        """
        kind = entity.kind
        if kind == ENTITY_MODULE:
            self.core_modules.append(entity.type)
            check_max(len(self.core_modules), 0, MAX_WASM_MODULES, "modules", offset)
        elif kind == ENTITY_COMPONENT:
            self.components.append(entity.type)
            check_max(len(self.components), 0, MAX_WASM_COMPONENTS, "components", offset)
        elif kind == ENTITY_INSTANCE:
            if side and self.arena.instance(entity.type).defined_resources:
                entity = Entity(ENTITY_INSTANCE, self._with_fresh_resources(entity.type, side))
            self.instances.append(entity.type)
            check_max(self.instance_count(), 0, MAX_WASM_INSTANCES, "instances", offset)
        elif kind == ENTITY_FUNC:
            self.funcs.append(entity.type)
            check_max(self.function_count(), 0, MAX_WASM_FUNCTIONS, "functions", offset)
        elif kind == ENTITY_VALUE:
            self.check_values(offset)
            exported = side == EXPORT
            if exported and contains_borrow(self.arena, entity.value):
                raise binary_error(offset, BORROW_IN_EXPORT)
            self.values.append(entity.value)
            self.values_used.append(exported)
            check_max(len(self.values), 0, MAX_WASM_VALUES, "values", offset)
        else:
            self.types.append(entity.type)
            if entity.type == entity.referenced and kind_of(entity.type) == RESOURCE:
                # A resource that begins here.
                if side == IMPORT:
                    self.imported_resources[resource_of(entity.type)] = (len(self.imports),)
                elif side == EXPORT:
                    self.defined_resources[resource_of(entity.type)] = 0
            check_max(len(self.types), 0, MAX_WASM_TYPES, "types", offset)
        if side:
            self._check_named(entity, name, side, offset)
        return entity

    def _check_named(self, entity: Entity, name: str, side: str, offset: int) -> None:
        """Notes the name of a resource; raises where the entity refers to types without names."""
        if entity.kind == ENTITY_TYPE and kind_of(entity.type) == RESOURCE:
            externs = self.imported if side == IMPORT else self.exported
            externs.context.register(name, entity.type)
        if self.kind != IN_INSTANCE_TYPE and not self.named.register(entity, side == IMPORT):
            raise binary_error(offset, f"{entity.desc()} not valid to be used as {side}")

    def _with_fresh_resources(self, id: AnyTypeId, side: str) -> AnyTypeId:
        """An instance type whose own resources became new ones of this component, imported or defined."""
        arena = self.arena
        instance = arena.instance(id)
        mapping = Remapping()
        old = instance.defined_resources
        new = [resource_of(arena.add_resource()) for _ in old]
        paths: dict[ResourceId, Path] = {}
        if side == IMPORT:
            paths = explicit_resource_paths(arena, instance.exports, set(old))
        for before, after in zip(old, new, strict=True):
            mapping.resources[before] = after
            if side == IMPORT:
                self.imported_resources[after] = (len(self.imports), *paths[before])
            else:
                self.defined_resources[after] = 0
        exports = remap_items(arena, instance.exports, mapping)
        return arena.add_instance(InstanceType(exports, (), instance.info))

    # ------------------------------------------------------------------- core modules, start, end

    def add_core_module(self, module: Module, offset: int) -> None:
        """Adds a core module that ends here, inside this component."""
        imports = module.imports_for_module_type(offset)
        type_ = ModuleType(imports, module.exports, TypeInfo(module.type_size))
        self.core_modules.append(self.arena.add_module(type_))

    def check_values_used(self, offset: int) -> None:
        """At the end: every value has to have gone somewhere."""
        for index, used in enumerate(self.values_used):
            if not used:
                raise binary_error(
                    offset,
                    f"value index {index} was not used as part of an instantiation, start function, or export",
                )

    def finish(self, offset: int) -> ComponentType:
        """The type of the whole, with the defined resources that it exports."""
        arena = self.arena
        free = FreeVariables(arena)
        if self.defined_resources:
            free.items(self.imports)
            for resource in self.defined_resources:
                if resource in free.found:
                    raise binary_error(offset, "local resource type found in imports")
        defined: list[tuple[ResourceId, Path]] = []
        if self.defined_resources:
            free = FreeVariables(arena)
            free.items(self.exports)
            wanted = [resource for resource in self.defined_resources if resource in free.found]
            paths = explicit_resource_paths(arena, self.exports, set(wanted))
            for resource in wanted:
                path = paths.get(resource)
                if path is None:
                    raise binary_error(offset, "local resource type found in export but not exported itself")
                defined.append((resource, path))
        return ComponentType(
            self.imports, self.exports, tuple(self.imported_resources.items()), tuple(defined), self.info
        )
