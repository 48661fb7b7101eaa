"""Whether an import or export may have its name: form, options, uniqueness, and what the name says of the type.

`[method]r.f` has to take a `borrow` of the resource named `r` where it stands, a setter has to follow its getter,
an interface name has to have a version that can be one.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.text.names import (
    CONSTRUCTOR,
    GET,
    INTERFACE,
    METHOD,
    SET,
    STATIC,
    parse_component_name,
    with_version_suffix,
)
from pywasmtools.validation.component.subtyping import equal_val_types
from pywasmtools.validation.component.types import BORROW, ENTITY_FUNC, ENTITY_INSTANCE, OWN, RESULT, Item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.text.names import ComponentName, NameKey
    from pywasmtools.validation.component.types import (
        AnyTypeId,
        ComponentFuncType,
        ComponentTypes,
        DefinedType,
        Entity,
        TypeInfo,
        ValType,
    )
    from pywasmtools.validation.core.features import FeatureChecks
    from pywasmtools.wasm.component_types import ExternName


class NameContext:
    """The resources that have a name among the imports, or among the exports, of one component."""

    __slots__ = ("name_of", "names")

    def __init__(self) -> None:
        self.name_of: dict[AnyTypeId, str] = {}
        self.names: set[str] = set()

    def register(self, name: str, id: AnyTypeId) -> None:
        """Notes that the resource `id` is called `name` here."""
        self.name_of[id] = name
        self.names.add(name)


class Externs:
    """Imports or exports so far (`side` is "import" or "export"): items by name, and what is taken."""

    __slots__ = ("context", "items", "side", "taken")

    def __init__(self, side: str) -> None:
        self.side = side
        self.items: dict[str, Item] = {}
        self.taken: dict[NameKey, ComponentName] = {}
        self.context = NameContext()

    def add(self, types: ComponentTypes, name: ExternName, entity: Entity, info: TypeInfo, offset: int) -> None:
        """Checks a name against its entity and those before it, adds the item, and its size to `info`."""
        side = self.side
        parsed = self._check_form(types.core.checks, name, entity, offset)
        self._check_type(types, parsed, name.version_suffix, entity, offset)
        previous = self.taken.get(parsed.key)
        if previous is not None:
            item = self.items.get(previous.raw)
            suffix = None if item is None else item.version_suffix
            raise binary_error(
                offset,
                f"{side} name `{with_version_suffix(name.name, name.version_suffix)}` conflicts with previous name "
                f"`{with_version_suffix(previous.raw, suffix)}`",
            )
        self.taken[parsed.key] = parsed
        if parsed.accessor == SET:
            self._check_setter(types, parsed, entity, offset)
        if name.name in self.items:
            raise binary_error(
                offset,
                f"{side} name `{with_version_suffix(name.name, name.version_suffix)}` conflicts with previous name "
                f"`{self.items[name.name].full_name(name.name)}`",
            )
        self.items[name.name] = Item(entity, name.implements, name.version_suffix, name.external_id)
        info.combine(types.entity_info(entity), offset)

    def _check_type(
        self, types: ComponentTypes, name: ComponentName, suffix: str | None, entity: Entity, offset: int
    ) -> None:
        try:
            _check_type(types, self.context, name, suffix, entity, offset)
        except WasmToolsError as e:
            raise e.within(f"{self.side} name `{name}` is not valid") from None

    def _check_form(self, checks: FeatureChecks | None, name: ExternName, entity: Entity, offset: int) -> ComponentName:
        """The parsed name; raises where it is none, or where an option of it doesn't fit."""
        parsed = _parsed(checks, name.name, offset, f"{self.side} name `{name.name}` is not a valid extern name")
        if name.version_suffix is not None:
            if checks is not None:
                from pywasmtools.validation.component.features import check_suffix

                check_suffix(checks, offset)
            if entity.kind != ENTITY_INSTANCE:
                raise binary_error(offset, "only instances can have a `version-suffix`")
            if not name.version_suffix:
                raise binary_error(offset, "version suffix cannot be empty")
            if name.implements is None and parsed.kind != INTERFACE:
                raise binary_error(offset, "`version-suffix` requires an interface name or `implements`")
        if checks is not None and (name.implements is not None or name.external_id is not None):
            from pywasmtools.validation.component.features import check_implements

            check_implements(checks, offset)
        if name.implements is not None:
            if not parsed.is_bare():
                raise binary_error(offset, f"name `{name.name}` is not valid with `implements`")
            if entity.kind != ENTITY_INSTANCE:
                raise binary_error(offset, "only instances can have an `implements`")
            implements = _parsed(checks, name.implements, offset, f"`{name.implements}` is not a valid name")
            if implements.kind != INTERFACE:
                raise binary_error(offset, f"name `{implements}` must be an interface")
            _check_version(implements, name.version_suffix, offset)
        return parsed

    def _check_setter(self, types: ComponentTypes, name: ComponentName, entity: Entity, offset: int) -> None:
        """A setter follows its getter, spelled the same, and takes what that returns."""
        side = self.side
        getter_name = name.getter_for_setter()
        item = self.items.get(getter_name)
        if item is None:
            raise binary_error(offset, f"{side} name `{name}` requires a preceding {side} named `{getter_name}`")
        taken = types.func(entity.type).params[-1][1]
        returned = types.func(item.entity.type).result
        result = _defined(types, returned)
        if result is not None and result.kind == RESULT:
            returned = result.types[0]
        assert returned is not None
        if not equal_val_types(types, taken, returned):
            raise binary_error(
                offset, f"{side} `{name}`'s parameter type must match the return type of `{getter_name}`"
            )


def _parsed(checks: FeatureChecks | None, name: str, offset: int, mistake: str) -> ComponentName:
    try:
        if checks is None:
            return parse_component_name(name, offset)
        return parse_component_name(name, offset, checks.has("cm-accessors"), checks.has("cm-nested-names"))
    except WasmToolsError as e:
        raise e.within(mistake) from None


def _check_version(name: ComponentName, suffix: str | None, offset: int) -> None:
    try:
        name.version(suffix)
    except WasmToolsError as e:
        raise binary_error(offset, f"invalid interface version: {e.layers[0].message}") from None


def _defined(types: ComponentTypes, type_: ValType | None) -> DefinedType | None:
    """The defined type that a value type is; None for primitives."""
    return types.defined(type_) if isinstance(type_, int) else None


def _check_type(
    types: ComponentTypes,
    context: NameContext,
    name: ComponentName,
    version_suffix: str | None,
    entity: Entity,
    offset: int,
) -> None:
    """Raises where the entity cannot have this name."""
    if name.kind == INTERFACE:
        _check_version(name, version_suffix, offset)
        return
    if name.is_bare():
        return
    if entity.kind != ENTITY_FUNC:
        raise binary_error(offset, "item is not a func")
    func = types.func(entity.type)
    if name.resource_func == CONSTRUCTOR:
        _check_constructor(types, context, name, func, offset)
    elif name.resource_func == METHOD:
        _check_method(types, context, name, func, offset)
    elif name.resource_func == STATIC:
        if name.resource() not in context.names:
            raise binary_error(offset, "static resource name is not known in this context")
    if name.accessor:
        _check_accessor(types, name, func, offset)


def _check_constructor(
    types: ComponentTypes, context: NameContext, name: ComponentName, func: ComponentFuncType, offset: int
) -> None:
    if func.async_:
        raise binary_error(offset, "constructor function cannot be async")
    if func.result is None:
        raise binary_error(offset, "function should return one value")
    made = _defined(types, func.result)
    if made is not None and made.kind == RESULT:
        made = _defined(types, made.types[0])
    if made is None or made.kind != OWN:
        raise binary_error(offset, "function should return `(own $T)` or `(result (own $T))`")
    _check_resource_name(context, made.resource, name, offset)


def _check_method(
    types: ComponentTypes, context: NameContext, name: ComponentName, func: ComponentFuncType, offset: int
) -> None:
    if not func.params:
        raise binary_error(offset, "function should have at least one argument")
    param, type_ = func.params[0]
    if param != "self":
        raise binary_error(offset, "function should have a first argument called `self`")
    borrowed = _defined(types, type_)
    if borrowed is None or borrowed.kind != BORROW:
        raise binary_error(offset, "function should take a first argument of `(borrow $T)`")
    _check_resource_name(context, borrowed.resource, name, offset)


def _check_resource_name(context: NameContext, id: AnyTypeId, name: ComponentName, offset: int) -> None:
    """The resource that a function is of has to have the name that the function's name says."""
    expected = context.name_of.get(id)
    if expected is None:
        raise binary_error(offset, "resource used in function does not have a name in this context")
    if name.resource() != expected:
        raise binary_error(offset, f"function does not match expected resource name `{expected}`")


def _check_accessor(types: ComponentTypes, name: ComponentName, func: ComponentFuncType, offset: int) -> None:
    what = "getter" if name.accessor == GET else "setter"
    if func.async_:
        raise binary_error(offset, f"{what} function cannot be async")
    params = len(func.params)
    besides = ""
    if name.resource_func == METHOD:
        params -= 1
        besides = " besides `self`"
    result = _defined(types, func.result)
    if name.accessor == GET:
        if params != 0:
            raise binary_error(offset, f"getter function should have no parameters{besides}")
        if func.result is None:
            raise binary_error(offset, "getter function should return a value")
        if result is not None and result.kind == RESULT and result.types[0] is None:
            raise binary_error(offset, "if a getter function returns a result, that result must have a value type")
        return
    if params != 1:
        raise binary_error(offset, f"setter function should have exactly one parameter{besides}")
    if func.result is not None and (result is None or result.kind != RESULT or result.types[0] is not None):
        raise binary_error(offset, "setter function should return nothing or `(result (error $E)?)`")
