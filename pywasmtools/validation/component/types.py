"""Component types as the validator knows them: one arena, ids that are ints, and what a driver may ask of them.

An id (`AnyTypeId`) says three things: what kind of type it is (`kind_of`: RESOURCE, DEFINED, FUNC, INSTANCE or
COMPONENT), which one (an index of the arena's list of that kind, or the resource's number), and which name it
got: importing or exporting a type makes a new id of the same type, an alias, and `ComponentTypes.peel_alias`
takes one such layer off. Ids are equal where all three are.

A `ValType` is a primitive's keyword (`"u32"`) or the id of a defined type: test with `isinstance(t, int)`.

What the WIT decoder asks, in its words:

- the type of an import or export by name: `state.imports[name]`, `state.exports[name]` are `Item`s (`state` is what
  `Validator.types(level)` or the last `End` gave), with `item.entity`, `item.full_name(name)`,
  `item.external_id`;
- `entity.kind` is ENTITY_MODULE … ENTITY_COMPONENT; of ENTITY_TYPE, `entity.type` is the id that was created and
  `entity.referenced` the one it came from; of the others `entity.type` is the id (of ENTITY_VALUE: `entity.value`);
- what an id stands for: `types.component(id)`, `.instance(id)`, `.func(id)`, `.defined(id)`; `resource_of(id)`;
- `types.peel_alias(id)`, the id that an alias was made from, or None;
- by index: `state.types[i]` is the id of a type index, `state.funcs[i]`, `state.instances[i]`, `state.components[i]`.
"""

from __future__ import annotations

from pywasmtools.canonical_abi import (
    HANDLE_LAYOUT,
    LAYOUTS,
    LIST_LAYOUT,
    layout_flags,
    layout_list,
    layout_record,
    layout_variant,
)
from pywasmtools.diagnostics import binary_error
from pywasmtools.text.names import with_version_suffix
from pywasmtools.validation.core.types import combine_type_sizes
from pywasmtools.wasm.limits import (
    MAX_WASM_COMPONENT_TYPE_DEPTH,
    MAX_WASM_TYPE_SIZE,
    MAX_WASM_VALUE_TYPE_BYTE_SIZE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.canonical_abi import Layout
    from pywasmtools.validation.core.types import CoreTypes, EntityType

    AnyTypeId: TypeAlias = int
    """The id of any component type: kind, index and alias."""

    ResourceId: TypeAlias = int
    """The number of a resource, in order of allocation (`contextually_unique_id` in messages)."""

    ModuleId: TypeAlias = int
    """An index of `ComponentTypes.modules`."""

    CoreInstanceId: TypeAlias = int
    """An index of `ComponentTypes.core_instances`."""

    ValType: TypeAlias = "str | int"

    Path: TypeAlias = "tuple[int, ...]"
    """Where a resource stands: an index into the imports or exports, then one into the instance found there, …"""

# ---------------------------------------------------------------------------------------------- ids

RESOURCE: Final = 0
DEFINED: Final = 1
FUNC: Final = 2
INSTANCE: Final = 3
COMPONENT: Final = 4

KIND_NAMES: Final = ("resource", "defined type", "func", "instance", "component")

_ALIAS_SHIFT: Final = 35
_WITHOUT_ALIAS: Final = (1 << _ALIAS_SHIFT) - 1


def kind_of(id: AnyTypeId) -> int:
    """RESOURCE, DEFINED, FUNC, INSTANCE or COMPONENT."""
    return id & 7


def resource_of(id: AnyTypeId) -> ResourceId:
    """The resource that a RESOURCE id names: two ids are one resource where these are equal."""
    return (id & _WITHOUT_ALIAS) >> 3


def with_resource(id: AnyTypeId, resource: ResourceId) -> AnyTypeId:
    """The id of another resource under the same alias."""
    return (id >> _ALIAS_SHIFT << _ALIAS_SHIFT) | resource << 3


def debug_resource(resource: ResourceId) -> str:
    """A resource as messages show it."""
    return f"ResourceId {{ globally_unique_id: 0, contextually_unique_id: {resource} }}"


# ------------------------------------------------------------------------- size and depth of types


class TypeInfo:
    """How large a type is if nothing in it were shared, and how deep it nests. Grows while the type is built."""

    __slots__ = ("depth", "size")

    def __init__(self, size: int = 1, depth: int = 1) -> None:
        self.size = size
        self.depth = depth

    def combine(self, other: TypeInfo, offset: int) -> None:
        """Adds a part; raises where the whole gets too deep or too large."""
        depth = other.depth + 1
        if depth > self.depth:
            if depth > MAX_WASM_COMPONENT_TYPE_DEPTH:
                raise binary_error(offset, "type nesting is too deep")
            self.depth = depth
        size = self.size + other.size
        if size >= MAX_WASM_TYPE_SIZE:
            combine_type_sizes(self.size, other.size, offset)
        self.size = size


LEAF_INFO: Final = TypeInfo()
"""The size of what has no parts. Never changed."""


# -------------------------------------------------------------------------------------------- types

PRIMITIVE: Final = "primitive"
RECORD: Final = "record"
VARIANT: Final = "variant"
LIST: Final = "list"
MAP: Final = "map"
FIXED_LENGTH_LIST: Final = "fixed-length list"
TUPLE: Final = "tuple"
FLAGS: Final = "flags"
ENUM: Final = "enum"
OPTION: Final = "option"
RESULT: Final = "result"
OWN: Final = "own"
BORROW: Final = "borrow"
FUTURE: Final = "future"
STREAM: Final = "stream"


class DefinedType:
    """A defined value type. `kind` is PRIMITIVE … STREAM, the word that messages use.

    `names` are those of fields, cases, flags or enum cases, as written. `types` has, by kind: the primitive; a type a
    field; a type or None a case; the element; key and value; a type a place of a tuple; `option`'s payload;
    `ok` and `error` of `result`, each or None; the payload of `future` and `stream`, or None. `length` is that of a
    fixed-length list, `resource` the id that `own` and `borrow` refer to (-1 for the others).

    `layout` is alignment and size in bytes, as the canonical ABI has them in a 64-bit memory; `contains_borrow`,
    `contains_handle` and `contains_ptr` look into all parts. `flat32` and `flat64` are the core types, once they are known.
    """

    __slots__ = (
        "contains_borrow",
        "contains_handle",
        "contains_ptr",
        "flat32",
        "flat64",
        "info",
        "kind",
        "layout",
        "length",
        "names",
        "resource",
        "types",
    )

    def __init__(
        self,
        kind: str,
        types: tuple[ValType | None, ...] = (),
        names: tuple[str, ...] = (),
        length: int = 0,
        resource: AnyTypeId = -1,
    ) -> None:
        self.kind = kind
        self.types = types
        self.names = names
        self.length = length
        self.resource = resource
        self.info = LEAF_INFO
        self.layout = HANDLE_LAYOUT
        self.contains_borrow = False
        self.contains_handle = False
        self.contains_ptr = False
        self.flat32: tuple[int, ...] | None = None
        self.flat64: tuple[int, ...] | None = None

    def with_parts(self, types: tuple[ValType | None, ...], resource: AnyTypeId) -> DefinedType:
        """The same type over other, equally large parts."""
        copy = DefinedType(self.kind, types, self.names, self.length, resource)
        copy.info = self.info
        copy.layout = self.layout
        copy.contains_borrow = self.contains_borrow
        copy.contains_handle = self.contains_handle
        copy.contains_ptr = self.contains_ptr
        copy.flat32 = self.flat32
        copy.flat64 = self.flat64
        return copy


class ComponentFuncType:
    """A function type: named parameters and perhaps a result."""

    __slots__ = ("async_", "info", "params", "result")

    def __init__(
        self, async_: bool, params: tuple[tuple[str, ValType], ...], result: ValType | None, info: TypeInfo
    ) -> None:
        self.async_ = async_
        self.params = params
        self.result = result
        self.info = info


ENTITY_MODULE: Final = 0
ENTITY_FUNC: Final = 1
ENTITY_VALUE: Final = 2
ENTITY_TYPE: Final = 3
ENTITY_INSTANCE: Final = 4
ENTITY_COMPONENT: Final = 5

ENTITY_NAMES: Final = ("module", "func", "value", "type", "instance", "component")


class Entity:
    """What an import or export is. Never changed in place.

    `type` is a `ModuleId` for ENTITY_MODULE, else an `AnyTypeId`; for ENTITY_TYPE that of the type that the import or
    export created, and `referenced` the one it was made from (equal for `(sub resource)`). For ENTITY_VALUE `value`
    is the value's type.
    """

    __slots__ = ("kind", "referenced", "type", "value")

    def __init__(self, kind: int, type: int, referenced: AnyTypeId = -1, value: ValType = "") -> None:
        self.kind = kind
        self.type = type
        self.referenced = referenced
        self.value = value

    def desc(self) -> str:
        """The word for the kind, as messages use it."""
        return ENTITY_NAMES[self.kind]


class Item:
    """A named import or export: its entity and what the name's options said."""

    __slots__ = ("entity", "external_id", "implements", "version_suffix")

    def __init__(
        self,
        entity: Entity,
        implements: str | None = None,
        version_suffix: str | None = None,
        external_id: str | None = None,
    ) -> None:
        self.entity = entity
        self.implements = implements
        self.version_suffix = version_suffix
        self.external_id = external_id

    def full_name(self, name: str) -> str:
        """`name`, under which the item stands, with the version suffix appended if it applies to it."""
        return with_version_suffix(name, self.version_suffix)

    def with_entity(self, entity: Entity) -> Item:
        return Item(entity, self.implements, self.version_suffix, self.external_id)


class InstanceType:
    """An instance type. `defined_resources` are those of a type that no instance has yet; of a concrete instance: none."""

    __slots__ = ("defined_resources", "exports", "info")

    def __init__(self, exports: dict[str, Item], defined_resources: tuple[ResourceId, ...], info: TypeInfo) -> None:
        self.exports = exports
        self.defined_resources = defined_resources
        self.info = info


class ComponentType:
    """A component type. Each resource that the imports bring and each that instantiation makes has its path."""

    __slots__ = ("defined_resources", "exports", "imported_resources", "imports", "info")

    def __init__(
        self,
        imports: dict[str, Item],
        exports: dict[str, Item],
        imported_resources: tuple[tuple[ResourceId, Path], ...],
        defined_resources: tuple[tuple[ResourceId, Path], ...],
        info: TypeInfo,
    ) -> None:
        self.imports = imports
        self.exports = exports
        self.imported_resources = imported_resources
        self.defined_resources = defined_resources
        self.info = info


class ModuleType:
    """A core module's type: imports by module and name, exports by name."""

    __slots__ = ("exports", "imports", "info")

    def __init__(
        self, imports: dict[tuple[str, str], EntityType], exports: dict[str, EntityType], info: TypeInfo
    ) -> None:
        self.imports = imports
        self.exports = exports
        self.info = info


class CoreInstanceType:
    """A core instance's type: what it exports."""

    __slots__ = ("exports", "info")

    def __init__(self, exports: dict[str, EntityType], info: TypeInfo) -> None:
        self.exports = exports
        self.info = info


# -------------------------------------------------------------------------------------------- arena


class ComponentTypes:
    """All component types of one validator; `core` has the core ones. Lists only grow."""

    __slots__ = (
        "_aliases",
        "_components",
        "_defined",
        "_funcs",
        "_instances",
        "core",
        "core_instances",
        "matching",
        "modules",
        "next_resource",
        "over_parts",
    )

    def __init__(self, core: CoreTypes) -> None:
        self.core = core
        self._aliases: list[int] = []
        self._defined: list[DefinedType] = []
        self._funcs: list[ComponentFuncType] = []
        self._instances: list[InstanceType] = []
        self._components: list[ComponentType] = []
        self.modules: list[ModuleType] = []
        self.core_instances: list[CoreInstanceType] = []
        self.next_resource = 0
        self.matching: set[tuple[AnyTypeId, AnyTypeId]] = set()
        """Pairs of which the first was found to be a subtype of the second."""
        self.over_parts: dict[tuple[str, int, tuple[ValType | None, ...]], DefinedType] = {}
        """Types of few parts, by kind, length and these: the same parts make the same type."""

    # adding

    def add_resource(self) -> AnyTypeId:
        """A new resource, different from all others."""
        resource = self.next_resource
        self.next_resource = resource + 1
        return resource << 3

    def add_defined(self, type_: DefinedType) -> AnyTypeId:
        self._defined.append(type_)
        return len(self._defined) - 1 << 3 | DEFINED

    def add_func(self, type_: ComponentFuncType) -> AnyTypeId:
        self._funcs.append(type_)
        return len(self._funcs) - 1 << 3 | FUNC

    def add_instance(self, type_: InstanceType) -> AnyTypeId:
        self._instances.append(type_)
        return len(self._instances) - 1 << 3 | INSTANCE

    def add_component(self, type_: ComponentType) -> AnyTypeId:
        self._components.append(type_)
        return len(self._components) - 1 << 3 | COMPONENT

    def add_module(self, type_: ModuleType) -> ModuleId:
        self.modules.append(type_)
        return len(self.modules) - 1

    def add_core_instance(self, type_: CoreInstanceType) -> CoreInstanceId:
        self.core_instances.append(type_)
        return len(self.core_instances) - 1

    # asking

    def defined(self, id: AnyTypeId) -> DefinedType:
        """What a DEFINED id stands for."""
        return self._defined[(id & _WITHOUT_ALIAS) >> 3]

    def func(self, id: AnyTypeId) -> ComponentFuncType:
        """What a FUNC id stands for."""
        return self._funcs[id >> 3]

    def instance(self, id: AnyTypeId) -> InstanceType:
        """What an INSTANCE id stands for."""
        return self._instances[id >> 3]

    def component(self, id: AnyTypeId) -> ComponentType:
        """What a COMPONENT id stands for."""
        return self._components[id >> 3]

    def info(self, id: AnyTypeId) -> TypeInfo:
        """Size and depth of a type."""
        kind = id & 7
        if kind == DEFINED:
            return self.defined(id).info
        if kind == FUNC:
            return self.func(id).info
        if kind == INSTANCE:
            return self.instance(id).info
        if kind == COMPONENT:
            return self.component(id).info
        return LEAF_INFO

    def val_info(self, type_: ValType) -> TypeInfo:
        """Size and depth of a value type."""
        return self.defined(type_).info if isinstance(type_, int) else LEAF_INFO

    def entity_info(self, entity: Entity) -> TypeInfo:
        """Size and depth of what an import or export is."""
        if entity.kind == ENTITY_MODULE:
            return self.modules[entity.type].info
        if entity.kind == ENTITY_VALUE:
            return self.val_info(entity.value)
        if entity.kind == ENTITY_TYPE:
            return self.info(entity.referenced)
        return self.info(entity.type)

    # aliases

    def with_unique(self, id: AnyTypeId) -> AnyTypeId:
        """A new id of the same type, an alias of this one; only resources and defined types have such."""
        if id & 7 > DEFINED:
            return id
        self._aliases.append(id >> _ALIAS_SHIFT)
        return len(self._aliases) << _ALIAS_SHIFT | (id & _WITHOUT_ALIAS)

    def peel_alias(self, id: AnyTypeId) -> AnyTypeId | None:
        """The id that this one was made an alias of; None where it is no alias."""
        alias = id >> _ALIAS_SHIFT
        if alias == 0:
            return None
        return self._aliases[alias - 1] << _ALIAS_SHIFT | (id & _WITHOUT_ALIAS)


# ------------------------------------------------------------------------------------ canonical ABI


def layout(types: ComponentTypes, type_: ValType) -> Layout:
    """Alignment and bytes of a value in a 64-bit memory."""
    return types.defined(type_).layout if isinstance(type_, int) else LAYOUTS[type_]


def contains_borrow(types: ComponentTypes, type_: ValType) -> bool:
    """Whether a value type has a `borrow` somewhere in it."""
    return types.defined(type_).contains_borrow if isinstance(type_, int) else False


def contains_handle(types: ComponentTypes, type_: ValType) -> bool:
    """Whether a value type is or has in it what must be let go: `own`, `borrow`, `future`, `stream`, `error-context`."""
    return types.defined(type_).contains_handle if isinstance(type_, int) else type_ == "error-context"


def contains_ptr(types: ComponentTypes, type_: ValType) -> bool:
    """Whether values of the type point into memory: strings, lists and maps, and what has such in it."""
    return types.defined(type_).contains_ptr if isinstance(type_, int) else type_ == "string"


def complete(types: ComponentTypes, type_: DefinedType, info: TypeInfo, offset: int) -> DefinedType:
    """Fills in `info`, what the parts contain, and the bytes of a value; raises where those are too many.

    `types` has the parts already.
    """
    kind = type_.kind
    parts = [part for part in type_.types if part is not None]
    if kind != PRIMITIVE and parts:
        for part in dict.fromkeys(parts):
            if contains_borrow(types, part):
                type_.contains_borrow = True
            if contains_handle(types, part):
                type_.contains_handle = True
            if contains_ptr(types, part):
                type_.contains_ptr = True
        type_.info = info
    layouts = [layout(types, part) for part in parts]
    if kind in (RECORD, TUPLE):
        type_.layout = layout_record(layouts)
    elif kind in (VARIANT, OPTION, RESULT):
        type_.layout = layout_variant(len(type_.types) if kind == VARIANT else 2, layouts)
    elif kind == FIXED_LENGTH_LIST:
        type_.layout = layout_list(layouts[0], type_.length)
    elif kind in (LIST, MAP):
        type_.contains_ptr = True
        type_.layout = LIST_LAYOUT
    elif kind == PRIMITIVE:
        type_.contains_handle = contains_handle(types, parts[0])
        type_.contains_ptr = contains_ptr(types, parts[0])
        type_.layout = layouts[0]
    elif kind == FLAGS:
        type_.layout = layout_flags(len(type_.names))
    elif kind == ENUM:
        type_.layout = layout_variant(len(type_.names), layouts)
    elif kind in (OWN, BORROW):
        type_.contains_borrow = kind == BORROW
        type_.contains_handle = True
    elif kind in (FUTURE, STREAM):
        type_.contains_handle = True
        type_.contains_ptr = False
    if type_.layout[1] >= MAX_WASM_VALUE_TYPE_BYTE_SIZE:
        raise binary_error(offset, "value type's maximum in-memory size exceeds maximum byte size")
    return type_
