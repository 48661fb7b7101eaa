"""Types that a component defines, and aliases: from what the reader says to the arena.

Whatever is wrong inside a component, instance or module type is reported at the start of the outermost type.
States of components and of types that are being declared stand in a list, the innermost last.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.text.names import is_kebab, kebab_key
from pywasmtools.validation.component import types as ct
from pywasmtools.validation.component.resources import FreeVariables
from pywasmtools.validation.component.state import IN_COMPONENT, IN_COMPONENT_TYPE, IN_INSTANCE_TYPE, ComponentState
from pywasmtools.validation.component.types import (
    ComponentFuncType,
    DefinedType,
    InstanceType,
    ModuleType,
    TypeInfo,
    complete,
    contains_borrow,
    contains_handle,
    resource_of,
)
from pywasmtools.validation.core.rec_groups import define_rec_group
from pywasmtools.validation.core.types import (
    EXTERNAL_FUNC,
    EXTERNAL_FUNC_EXACT,
    EXTERNAL_GLOBAL,
    EXTERNAL_MEMORY,
    EXTERNAL_TABLE,
    EXTERNAL_TAG,
    check_max,
    combine_type_sizes,
)
from pywasmtools.wasm import component_types as wasm
from pywasmtools.wasm.component import (
    ComponentExport,
    ComponentImport,
    CoreTypeDeclaration,
    ModuleTypeDeclarations,
    ModuleTypeExport,
    TypeDeclaration,
    TypeDeclarations,
)
from pywasmtools.wasm.component_types import CORE_INSTANCE_EXPORT, INSTANCE_EXPORT, OUTER, Alias
from pywasmtools.wasm.limits import (
    MAX_CORE_INDEX_SPACE_ITEMS,
    MAX_WASM_COMPONENTS,
    MAX_WASM_FIXED_LENGTH_LIST_ELEMENTS,
    MAX_WASM_FUNCTIONS,
    MAX_WASM_MODULES,
    MAX_WASM_TYPES,
)
from pywasmtools.wasm.types import I32, I64, RecGroup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.component.types import AnyTypeId, ComponentTypes, ValType
    from pywasmtools.wasm.component import ComponentType, CoreType

_FEW_PARTS: Final = 8
"""Types of more parts than these are not kept for the next one that is the same."""

_MAP_KEYS: Final[tuple[str, ...]] = ("bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "char", "string")


# --------------------------------------------------------------------------------------- core types


def add_core_type(components: list[ComponentState], type_: CoreType, arena: ComponentTypes, offset: int) -> None:
    """Adds a core type to the innermost state."""
    current = components[-1]
    count = len(type_.types) if isinstance(type_, RecGroup) else 1
    check_max(current.type_count(), count, MAX_WASM_TYPES, "types", offset)
    if isinstance(type_, RecGroup):
        define_rec_group(arena.core, current.core_types, type_, offset)
    else:
        current.core_types.append(~arena.add_module(_module_type(components, type_, arena, offset)))


def _module_type(
    components: list[ComponentState], type_: ModuleTypeDeclarations, arena: ComponentTypes, offset: int
) -> ModuleType:
    from pywasmtools.validation.core.index_spaces import Module  # few components have module types

    state = Module(arena.core.checks)
    core = arena.core
    for declaration in type_.declarations:
        if isinstance(declaration, RecGroup):
            state.add_rec_group(core, declaration, offset)
        elif isinstance(declaration, ModuleTypeExport):
            entity = state.check_entity(core, declaration.kind, declaration.type, offset)
            state.add_export(core, declaration.name, entity, offset, True)
        elif isinstance(declaration, Alias):
            if declaration.count == 0:
                type_id = state.type_id_at(declaration.index, offset)
            else:
                outer = _outer(components, declaration.count - 1, offset)
                type_id = outer.core_type_at(declaration.index, offset)
            check_max(len(state.types), 1, MAX_WASM_TYPES, "types", offset)
            if type_id < 0:
                raise binary_error(
                    offset,
                    "not implemented: aliasing core module types into a core module's types index space",
                )
            state.types.append(type_id)
        else:
            state.add_import(core, declaration.module, declaration.name, declaration.kind, declaration.type, offset)
    return ModuleType(state.imports_for_module_type(offset), state.exports, TypeInfo(state.type_size))


# ---------------------------------------------------------------------------------- component types


def add_type(
    components: list[ComponentState], type_: ComponentType, arena: ComponentTypes, offset: int, check_limit: bool
) -> None:
    """Adds a type to the innermost state; `check_limit` where no section's count was checked before."""
    if isinstance(type_, wasm.DefinedType):
        id = arena.add_defined(_defined_type(components[-1], type_, arena, offset))
    elif isinstance(type_, wasm.ComponentFuncType):
        id = arena.add_func(_func_type(components[-1], type_, arena, offset))
    elif isinstance(type_, TypeDeclarations):
        id = _declared_type(components, type_, arena, offset)
    else:
        id = _resource_type(components[-1], type_, arena, offset)
    current = components[-1]
    if check_limit:
        check_max(current.type_count(), 1, MAX_WASM_TYPES, "types", offset)
    current.types.append(id)


def _resource_type(state: ComponentState, type_: wasm.ResourceType, arena: ComponentTypes, offset: int) -> AnyTypeId:
    if state.kind != IN_COMPONENT:
        raise binary_error(offset, "resources can only be defined within a concrete component")
    rep = type_.rep
    if arena.core.checks is not None and rep == I64:
        message = "resources with `i64` require the `cm64` feature to be enabled"
        arena.core.checks.require("cm64", message, offset)
    if rep != I32 and rep != I64:
        raise binary_error(offset, "resources can only be represented by `i32` or `i64`")
    if type_.dtor is not None:
        func = arena.core.func_type(state.core_function_at(type_.dtor, offset))
        if func.params != (rep,) or func.results:
            raise binary_error(offset, f"core function {type_.dtor} has wrong signature for a destructor")
    id = arena.add_resource()
    state.defined_resources[resource_of(id)] = rep
    return id


def _declared_type(
    components: list[ComponentState], type_: TypeDeclarations, arena: ComponentTypes, offset: int
) -> AnyTypeId:
    """A component or instance type."""
    state = ComponentState(IN_COMPONENT_TYPE if type_.is_component else IN_INSTANCE_TYPE, arena)
    components.append(state)
    for declaration in type_.declarations:
        if isinstance(declaration, TypeDeclaration):
            add_type(components, declaration.type, arena, offset, True)
        elif isinstance(declaration, ComponentExport):
            assert declaration.type is not None
            entity = state.check_type_ref(declaration.type, offset)
            state.add_export(declaration.name, entity, offset, True)
        elif isinstance(declaration, Alias):
            add_alias(components, declaration, arena, offset)
        elif isinstance(declaration, ComponentImport):
            state.add_import(declaration, offset)
        else:
            assert isinstance(declaration, CoreTypeDeclaration)
            add_core_type(components, declaration.type, arena, offset)
    components.pop()
    if type_.is_component:
        return arena.add_component(state.finish(offset))
    return arena.add_instance(InstanceType(state.exports, tuple(state.defined_resources), state.info))


class _Names:
    """Names that have to be kebab and differ from each other: `what` and `short` are how messages call them."""

    __slots__ = ("seen", "short", "what")

    def __init__(self, what: str, short: str) -> None:
        self.what = what
        self.short = short
        self.seen: dict[str, str] = {}

    def check(self, name: str, offset: int) -> None:
        """Raises where `name` is not kebab."""
        if not is_kebab(name):
            if not name:
                raise binary_error(offset, f"{self.what} name cannot be empty")
            raise binary_error(offset, f"{self.what} name `{name}` is not in kebab case")

    def add(self, name: str, offset: int) -> None:
        """Adds a name; raises where it is taken."""
        key = kebab_key(name)
        previous = self.seen.get(key)
        if previous is not None:
            raise binary_error(
                offset, f"{self.what} name `{name}` conflicts with previous {self.short} name `{previous}`"
            )
        self.seen[key] = name


def _func_type(
    state: ComponentState, type_: wasm.ComponentFuncType, arena: ComponentTypes, offset: int
) -> ComponentFuncType:
    if type_.is_async and arena.core.checks is not None:
        message = "async component functions require the component model async feature"
        arena.core.checks.require("cm-async", message, offset)
    info = TypeInfo()
    names = _Names("function parameter", "parameter")
    params: list[tuple[str, ValType]] = []
    for name, param in type_.params:
        names.check(name, offset)
        names.add(name, offset)
        value = state.val_type(param, offset)
        info.combine(arena.val_info(value), offset)
        params.append((name, value))
    result: ValType | None = None
    if type_.result is not None:
        result = state.val_type(type_.result, offset)
        if contains_borrow(arena, result):
            raise binary_error(offset, "function result cannot contain a `borrow` type")
        info.combine(arena.val_info(result), offset)
    return ComponentFuncType(type_.is_async, tuple(params), result, info)


def _defined_type(state: ComponentState, type_: wasm.DefinedType, arena: ComponentTypes, offset: int) -> DefinedType:
    form = type_.form
    if form is wasm.LIST or form is wasm.OPTION:
        return _over_parts(state, ct.LIST if form is wasm.LIST else ct.OPTION, type_, arena, offset)
    if form is wasm.PRIMITIVE:
        primitive = DefinedType(ct.PRIMITIVE, (state.val_type(type_.number, offset),))
        return complete(arena, primitive, TypeInfo(), offset)
    if form is wasm.RECORD:
        return _record(state, type_, arena, offset)
    if form is wasm.VARIANT:
        return _variant(state, type_, arena, offset)
    if form is wasm.TUPLE:
        if not type_.types:
            raise binary_error(offset, "tuple type must have at least one type")
        return _over_parts(state, ct.TUPLE, type_, arena, offset)
    if form is wasm.FLAGS:
        if not type_.names:
            raise binary_error(offset, "flags must have at least one entry")
        if len(type_.names) > 32:
            raise binary_error(offset, "cannot have more than 32 flags")
        return _named(ct.FLAGS, type_.names, _Names("flag", "flag"), arena, offset)
    if form is wasm.ENUM:
        if not type_.names:
            raise binary_error(offset, "enum type must have at least one variant")
        return _named(ct.ENUM, type_.names, _Names("enum tag", "tag"), arena, offset)
    if form is wasm.OWN or form is wasm.BORROW:
        kind = ct.OWN if form is wasm.OWN else ct.BORROW
        resource = state.resource_at(type_.number, offset)
        return complete(arena, DefinedType(kind, resource=resource), TypeInfo(), offset)
    if form is wasm.MAP:
        if arena.core.checks is not None:
            arena.core.checks.require("cm-map", "Maps require the component model map feature", offset)
        return _map(state, type_, arena, offset)
    if form is wasm.FIXED_LENGTH_LIST:
        length = type_.number
        if arena.core.checks is not None:
            message = "Fixed-length lists require the component model fixed-length lists feature"
            arena.core.checks.require("cm-fixed-length-lists", message, offset)
        if length < 1:
            raise binary_error(offset, "Fixed-length lists must have more than zero elements")
        check_max(0, length, MAX_WASM_FIXED_LENGTH_LIST_ELEMENTS, "fixed-length list element", offset)
        return _over_parts(state, ct.FIXED_LENGTH_LIST, type_, arena, offset, length)
    if form is wasm.FUTURE or form is wasm.STREAM:
        return _future_or_stream(state, type_, arena, offset)
    if form is wasm.RESULT:
        # Both parts are looked up before their sizes count.
        ok = None if type_.types[0] == wasm.NO_TYPE else state.val_type(type_.types[0], offset)
        err = None if type_.types[1] == wasm.NO_TYPE else state.val_type(type_.types[1], offset)
        known = arena.over_parts.get((ct.RESULT, 0, (ok, err)))
        if known is None:
            info = TypeInfo()
            if ok is not None:
                info.combine(arena.val_info(ok), offset)
            if err is not None:
                info.combine(arena.val_info(err), offset)
            known = complete(arena, DefinedType(ct.RESULT, (ok, err)), info, offset)
            arena.over_parts[(ct.RESULT, 0, (ok, err))] = known
        return known
    raise AssertionError(f"no handler for the type `{form.name}`")


def _over_parts(
    state: ComponentState, kind: str, type_: wasm.DefinedType, arena: ComponentTypes, offset: int, length: int = 0
) -> DefinedType:
    """A type that is its parts, all there."""
    number = len(type_.types)
    info = TypeInfo()
    if number == 1 or max(type_.types) < 0:
        # One part, or primitives alone: nothing but the whole can be wrong.
        parts = tuple([state.val_type(part, offset) for part in type_.types])
        known = arena.over_parts.get((kind, length, parts))
        if known is not None:
            return known
        if number == 1:
            info.combine(arena.val_info(parts[0]), offset)
        else:
            info = TypeInfo(1 + number, 2)
        defined = complete(arena, DefinedType(kind, parts, length=length), info, offset)
        if number <= _FEW_PARTS:
            arena.over_parts[(kind, length, parts)] = defined
        return defined
    values: list[ValType] = []
    for part in type_.types:
        value = state.val_type(part, offset)
        info.combine(arena.val_info(value), offset)
        values.append(value)
    return complete(arena, DefinedType(kind, tuple(values), length=length), info, offset)


def _record(state: ComponentState, type_: wasm.DefinedType, arena: ComponentTypes, offset: int) -> DefinedType:
    if not type_.names:
        raise binary_error(offset, "record type must have at least one field")
    info = TypeInfo()
    names = _Names("record field", "field")
    fields: list[ValType] = []
    for k, name in enumerate(type_.names):
        names.check(name, offset)
        value = state.val_type(type_.types[k], offset)
        names.add(name, offset)
        info.combine(arena.val_info(value), offset)
        fields.append(value)
    return complete(arena, DefinedType(ct.RECORD, tuple(fields), type_.names), info, offset)


def _variant(state: ComponentState, type_: wasm.DefinedType, arena: ComponentTypes, offset: int) -> DefinedType:
    if not type_.names:
        raise binary_error(offset, "variant type must have at least one case")
    info = TypeInfo()
    names = _Names("variant case", "case")
    cases: list[ValType | None] = []
    for k, name in enumerate(type_.names):
        names.check(name, offset)
        payload = type_.types[k]
        value = None if payload == wasm.NO_TYPE else state.val_type(payload, offset)
        names.add(name, offset)
        if value is not None:
            info.combine(arena.val_info(value), offset)
        cases.append(value)
    return complete(arena, DefinedType(ct.VARIANT, tuple(cases), type_.names), info, offset)


def _named(kind: str, labels: tuple[str, ...], names: _Names, arena: ComponentTypes, offset: int) -> DefinedType:
    """Flags or an enum."""
    for name in labels:
        names.check(name, offset)
        names.add(name, offset)
    return complete(arena, DefinedType(kind, names=labels), TypeInfo(), offset)


def _primitive_of(arena: ComponentTypes, type_: ValType) -> str:
    """The primitive that a value type is, by way of a defined type too; empty where it is none."""
    if isinstance(type_, str):
        return type_
    defined = arena.defined(type_)
    return str(defined.types[0]) if defined.kind == ct.PRIMITIVE else ""


def _map(state: ComponentState, type_: wasm.DefinedType, arena: ComponentTypes, offset: int) -> DefinedType:
    key = state.val_type(type_.types[0], offset)
    if _primitive_of(arena, key) not in _MAP_KEYS:
        raise binary_error(offset, "invalid map key type")
    value = state.val_type(type_.types[1], offset)
    if contains_handle(arena, value):
        raise binary_error(offset, "map value type cannot contain a handle")
    info = TypeInfo()
    info.combine(arena.val_info(key), offset)
    info.combine(arena.val_info(value), offset)
    return complete(arena, DefinedType(ct.MAP, (key, value)), info, offset)


def _future_or_stream(
    state: ComponentState, type_: wasm.DefinedType, arena: ComponentTypes, offset: int
) -> DefinedType:
    kind = ct.FUTURE if type_.form is wasm.FUTURE else ct.STREAM
    if arena.core.checks is not None:
        message = f"`{kind}` requires the component model async feature"
        arena.core.checks.require("cm-async", message, offset)
    info = TypeInfo()
    payload: ValType | None = None
    if type_.types[0] != wasm.NO_TYPE:
        payload = state.val_type(type_.types[0], offset)
        if kind == ct.STREAM and _primitive_of(arena, payload) == "char":
            raise binary_error(
                offset,
                "`stream<char>` is not valid at this time, use `stream<u8>` with a defined by encoding instead for now",
            )
        if contains_borrow(arena, payload):
            raise binary_error(offset, f"`{kind}` payload cannot contain a `borrow` type")
        info.combine(arena.val_info(payload), offset)
    return complete(arena, DefinedType(kind, (payload,)), info, offset)


# ------------------------------------------------------------------------------------------ aliases

_ALIASED: Final = {
    wasm.MODULE: ct.ENTITY_MODULE,
    wasm.FUNC: ct.ENTITY_FUNC,
    wasm.VALUE: ct.ENTITY_VALUE,
    wasm.TYPE: ct.ENTITY_TYPE,
    wasm.INSTANCE: ct.ENTITY_INSTANCE,
    wasm.COMPONENT: ct.ENTITY_COMPONENT,
}
"""What an alias of an instance's export has to find, by the kind it says."""


def add_alias(components: list[ComponentState], alias: Alias, arena: ComponentTypes, offset: int) -> None:
    """Adds an alias to the innermost state."""
    state = components[-1]
    target = alias.target
    if state.kind != IN_COMPONENT:
        allowed = (target == INSTANCE_EXPORT and alias.kind in (wasm.TYPE, wasm.INSTANCE)) or (
            target == OUTER and alias.kind in (wasm.TYPE, wasm.CORE_TYPE)
        )
        if not allowed:
            raise binary_error(offset, "aliases in a component or instance type may only refer to types or instances")
    if target == INSTANCE_EXPORT:
        _alias_export(state, alias, arena, offset)
        return
    if target == CORE_INSTANCE_EXPORT:
        _alias_core_export(state, alias, offset)
        return
    outer = _outer(components, alias.count, offset)
    if alias.kind == wasm.MODULE:
        module = outer.module_at(alias.index, offset)
        check_max(len(state.core_modules), 1, MAX_WASM_MODULES, "modules", offset)
        state.core_modules.append(module)
    elif alias.kind == wasm.CORE_TYPE:
        core = outer.core_type_at(alias.index, offset)
        check_max(state.type_count(), 1, MAX_WASM_TYPES, "types", offset)
        state.core_types.append(core)
    elif alias.kind == wasm.TYPE:
        _alias_type(components, outer, alias, arena, offset)
    else:
        component = outer.component_at(alias.index, offset)
        check_max(len(state.components), 1, MAX_WASM_COMPONENTS, "components", offset)
        state.components.append(component)


def _outer(components: list[ComponentState], count: int, offset: int) -> ComponentState:
    if count >= len(components):
        raise binary_error(offset, f"invalid outer alias count of {count}")
    return components[len(components) - count - 1]


def _alias_type(
    components: list[ComponentState], outer: ComponentState, alias: Alias, arena: ComponentTypes, offset: int
) -> None:
    id = outer.type_at(alias.index, offset)
    crossed = len(components) - alias.count
    if crossed < len(components) and components[crossed].kind == IN_COMPONENT:
        # The alias comes into a component from outside, which a resource may not. Looking for one is work that grows
        # with the type, so its size counts against the component.
        inner = components[crossed]
        inner.outer_alias_type_size = combine_type_sizes(inner.outer_alias_type_size, arena.info(id).size, offset)
        free = FreeVariables(arena)
        free.type(id)
        if free.found:
            raise binary_error(
                offset,
                "cannot alias outer type which transitively refers to resources not defined in the current component",
            )
    state = components[-1]
    check_max(state.type_count(), 1, MAX_WASM_TYPES, "types", offset)
    state.types.append(id)


def _alias_export(state: ComponentState, alias: Alias, arena: ComponentTypes, offset: int) -> None:
    if alias.kind == wasm.VALUE:
        state.check_values(offset)
    item = arena.instance(state.instance_at(alias.instance, offset)).exports.get(alias.name)
    if item is None:
        raise binary_error(offset, f"instance {alias.instance} has no export named `{alias.name}`")
    if item.entity.kind != _ALIASED[alias.kind]:
        raise binary_error(
            offset,
            f"export `{item.full_name(alias.name)}` for instance {alias.instance} is not a "
            f"{wasm.KIND_NAMES[alias.kind]}",
        )
    state.add_entity(item.entity, "", "", offset)


def _alias_core_export(state: ComponentState, alias: Alias, offset: int) -> None:
    """The kinds' limits are looked at before the export."""
    kind = alias.kind
    word = "function"
    if kind in (EXTERNAL_FUNC, EXTERNAL_FUNC_EXACT):
        check_max(state.function_count(), 1, MAX_WASM_FUNCTIONS, "functions", offset)
    elif kind == EXTERNAL_TABLE:
        word = "table"
        check_max(len(state.core_tables), 1, MAX_CORE_INDEX_SPACE_ITEMS, "tables", offset)
    elif kind == EXTERNAL_MEMORY:
        word = "memory"
        check_max(len(state.core_memories), 1, MAX_CORE_INDEX_SPACE_ITEMS, "memories", offset)
    elif kind == EXTERNAL_GLOBAL:
        word = "global"
        check_max(len(state.core_globals), 1, MAX_CORE_INDEX_SPACE_ITEMS, "globals", offset)
    else:
        word = "tag"
        if state.arena.core.checks is not None:
            state.arena.core.checks.require("exceptions", "exceptions proposal not enabled", offset)
        check_max(len(state.core_tags), 1, MAX_CORE_INDEX_SPACE_ITEMS, "tags", offset)
    entity = state.core_instance_export(alias.instance, alias.name, offset)
    found = EXTERNAL_FUNC if entity.kind == EXTERNAL_FUNC_EXACT else entity.kind
    if found != (EXTERNAL_FUNC if kind == EXTERNAL_FUNC_EXACT else kind):
        raise binary_error(offset, f"export `{alias.name}` for core instance {alias.instance} is not a {word}")
    if entity.table is not None:
        state.core_tables.append(entity.table)
    elif entity.memory is not None:
        state.core_memories.append(entity.memory)
    elif entity.global_ is not None:
        state.core_globals.append(entity.global_)
    elif found == EXTERNAL_TAG:
        state.core_tags.append(entity.type_id)
    else:
        state.core_funcs.append(entity.type_id)
