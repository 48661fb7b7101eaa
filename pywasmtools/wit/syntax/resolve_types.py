"""Types and functions of WIT text: from syntax to model, within one package.

Types are numbered as they are met; anonymous ones (`list<u8>`) are shared. Mentions of resources stay mentions
here, as what a type of another package is isn't known yet: putting packages together makes them handles.
"""

from __future__ import annotations

from pywasmtools.diagnostics import wit_error
from pywasmtools.text.names import kebab_key
from pywasmtools.wit.model import (
    ASYNC_METHOD,
    CONSTRUCTOR,
    METHOD,
    METHOD_GETTER,
    METHOD_SETTER,
    Function,
    FunctionKind,
    Param,
    TypeDef,
    function_kind,
)
from pywasmtools.wit.stability import UNKNOWN_STABILITY
from pywasmtools.wit.syntax import ast
from pywasmtools.wit.syntax.ast import (
    BorrowType,
    EnumType,
    FixedLengthListType,
    FlagsType,
    FutureType,
    ListType,
    MapType,
    NameType,
    OptionType,
    OwnType,
    PrimType,
    RecordType,
    ResourceType,
    ResultType,
    StreamType,
    TupleType,
    VariantType,
)
from pywasmtools.wit.syntax.attributes import attributes_of
from pywasmtools.wit.syntax.name_scope import check_unique_labels
from pywasmtools.wit.types import (
    BOOL,
    CHAR,
    S8,
    S16,
    S32,
    S64,
    STRING,
    U8,
    U16,
    U32,
    U64,
    Alias,
    Borrow,
    Case,
    Enum,
    EnumCase,
    Field,
    FixedLengthList,
    Flag,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Unknown,
    Variant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import Span
    from pywasmtools.wit.stability import Stability
    from pywasmtools.wit.syntax.ast import Func, Id, NamedFunc, ResourceFunc
    from pywasmtools.wit.types import Type, TypeKind

    Lookup = dict[str, tuple[int, Span]]
    """The names of a scope, in order of definition: type ids, or FUNCTION where the name is a function's."""

FUNCTION: Final = -1
MAX_FLAGS: Final = 32

_MAP_KEYS: Final = frozenset((BOOL, U8, U16, U32, U64, S8, S16, S32, S64, CHAR, STRING))
_RESOURCE_PREFIXES: Final = {ast.METHOD: "[method]", ast.STATIC: "[static]", ast.CONSTRUCTOR: "[constructor]"}
_TAKES_SELF: Final = (METHOD, ASYNC_METHOD, METHOD_GETTER, METHOD_SETTER)


class TypeResolver:
    """The types of one package. `lookup` has the names of the interface or world that is being resolved."""

    __slots__ = ("_anonymous", "_bases", "lookup", "required_resource_types", "types")

    def __init__(self) -> None:
        self.types: list[TypeDef] = []
        self.lookup: Lookup = {}
        self.required_resource_types: list[tuple[int, Span]] = []
        self._anonymous: dict[tuple[object, ...], int] = {}
        self._bases: list[int] = []

    def add(self, type_: TypeDef) -> int:
        """Adds a type and returns its id. Remembers what is behind it, so that chains of aliases cost nothing."""
        id_ = len(self.types)
        kind = type_.kind
        if isinstance(kind, Alias) and isinstance(kind.type, int):
            self._bases.append(self._bases[kind.type])
        else:
            self._bases.append(id_)
        self.types.append(type_)
        return id_

    def define(self, name: Id, id_: int) -> None:
        """Names a type in the scope; raises where the name is taken."""
        if name.name in self.lookup:
            raise wit_error(name.span, f"name `{name.name}` is defined more than once")
        self.lookup[name.name] = (id_, name.span)

    # -------------------------------------------------------------------------------- types

    def type_named(self, name: Id) -> int:
        """The type that a name means in the scope."""
        found = self.lookup.get(name.name)
        if found is None:
            raise wit_error(name.span, f"name `{name.name}` does not exist")
        if found[0] == FUNCTION:
            raise wit_error(name.span, f"cannot use function `{name.name}` as a type")
        return found[0]

    def resource_named(self, name: Id) -> int:
        """The type that a name means, which has to be a resource, an alias of one, or not known yet."""
        id_ = self.type_named(name)
        base = self._bases[id_]
        kind = self.types[base].kind
        if isinstance(kind, Unknown):
            self.required_resource_types.append((base, name.span))
        elif not isinstance(kind, Resource):
            raise wit_error(name.span, f"type `{name.name}` used in a handle must be a resource")
        return id_

    def type_of(self, type_: ast.Type, stability: Stability) -> Type:
        """A type expression: a primitive, the id that a name means, or an anonymous type.

        An anonymous type is as stable as what it stands in, or else as the first of its inner types that says so.
        The parser has limited the nesting.
        """
        if isinstance(type_, PrimType):
            return type_.prim
        if isinstance(type_, NameType):
            return self.type_named(type_.id)
        if isinstance(type_, OwnType):
            return self.resource_named(type_.resource)
        return self._anonymous_type(self.kind_of(type_, stability), stability, type_.span)

    def optional_type_of(self, type_: ast.Type | None, stability: Stability) -> Type | None:
        """The same, where there may be none."""
        return None if type_ is None else self.type_of(type_, stability)

    def _anonymous_type(self, kind: TypeKind, stability: Stability, span: Span) -> int:
        key = kind.key()
        known = self._anonymous.get(key)
        if known is None:
            known = self.add(TypeDef(None, kind, None, None, self._stability_inside(kind, stability), span))
            self._anonymous[key] = known
        return known

    def _stability_inside(self, kind: TypeKind, stability: Stability) -> Stability:
        if stability is not UNKNOWN_STABILITY or isinstance(kind, (Record, Variant)):
            return stability
        for inner in kind.types():
            if isinstance(inner, int) and self.types[inner].stability is not UNKNOWN_STABILITY:
                return self.types[inner].stability
        return stability

    def kind_of(self, type_: ast.Type, stability: Stability) -> TypeKind:
        """What a type expression or the body of a definition says. `stability` is that of the definition."""
        if isinstance(type_, NameType):
            return Alias(self.type_named(type_.id))
        if isinstance(type_, PrimType):
            return Alias(type_.prim)
        if isinstance(type_, RecordType):
            return self._record(type_, stability)
        if isinstance(type_, OptionType):
            return Option(self.type_of(type_.type, stability))
        if isinstance(type_, ListType):
            return List(self.type_of(type_.type, stability))
        if isinstance(type_, ResultType):
            ok = self.optional_type_of(type_.ok, stability)
            return Result(ok, self.optional_type_of(type_.err, stability))
        if isinstance(type_, TupleType):
            if not type_.types:
                raise wit_error(type_.span, "empty tuple")
            return Tuple([self.type_of(t, stability) for t in type_.types])
        if isinstance(type_, BorrowType):
            return Borrow(self.resource_named(type_.resource))
        if isinstance(type_, OwnType):
            return Own(self.resource_named(type_.resource))
        if isinstance(type_, VariantType):
            return self._variant(type_, stability)
        if isinstance(type_, EnumType):
            return _enum(type_)
        if isinstance(type_, FlagsType):
            return _flags(type_)
        if isinstance(type_, ResourceType):
            return Resource()
        if isinstance(type_, FutureType):
            return Future(self.optional_type_of(type_.type, stability))
        if isinstance(type_, StreamType):
            return Stream(self.optional_type_of(type_.type, stability))
        if isinstance(type_, FixedLengthListType):
            return FixedLengthList(self.type_of(type_.type, stability), type_.length)
        assert isinstance(type_, MapType)
        return self._map(type_, stability)

    def _map(self, type_: MapType, stability: Stability) -> Map:
        key = self.type_of(type_.key_type, stability)
        value = self.type_of(type_.value_type, stability)
        if isinstance(key, int) or key not in _MAP_KEYS:
            raise wit_error(
                type_.span,
                "invalid map key type: map keys must be bool, u8, u16, u32, u64, s8, s16, s32, s64, char, or string",
            )
        return Map(key, value)

    def _record(self, type_: RecordType, stability: Stability) -> Record:
        if not type_.fields:
            raise wit_error(type_.span, "empty record")
        check_unique_labels("field", [f.name for f in type_.fields])
        fields: list[Field] = []
        for field in type_.fields:
            docs = field.docs.text()
            fields.append(Field(field.name.name, self.type_of(field.type, stability), docs, field.name.span))
        return Record(fields)

    def _variant(self, type_: VariantType, stability: Stability) -> Variant:
        if not type_.cases:
            raise wit_error(type_.span, "empty variant")
        check_unique_labels("case", [c.name for c in type_.cases])
        cases: list[Case] = []
        for case in type_.cases:
            docs = case.docs.text()
            cases.append(Case(case.name.name, self.optional_type_of(case.type, stability), docs, case.name.span))
        return Variant(cases)

    # ---------------------------------------------------------------------------- functions

    def function(self, func: NamedFunc, name: str, kind: FunctionKind) -> Function:
        """A function under its component-level `name`."""
        docs = func.docs.text()
        attributes = attributes_of(func.attributes)
        params = self._params(func.func, kind)
        result = self._result(func.func, kind)
        function = Function(name, kind, params, result, docs, span=func.name.span)
        attributes.put_on(function)
        return function

    def freestanding_function(self, func: NamedFunc) -> Function:
        """A function of an interface or world, outside of resources."""
        prefix = f"[{func.func.accessor}]" if func.func.accessor else ""
        return self.function(func, prefix + func.name.name, function_kind(prefix, func.func.is_async))

    def resource_function(self, func: ResourceFunc, resource: str) -> Function:
        """A method, static function or constructor of the resource that `resource` names in the scope."""
        id_ = self.lookup[resource][0]
        named = func.func
        prefix = _RESOURCE_PREFIXES[func.kind]
        if named.func.accessor:
            prefix += f"[{named.func.accessor}]"
        name = prefix + resource if func.kind == ast.CONSTRUCTOR else f"{prefix}{resource}.{named.name.name}"
        return self.function(named, name, function_kind(prefix, named.func.is_async, id_))

    def _params(self, func: Func, kind: FunctionKind) -> list[Param]:
        params: list[Param] = []
        seen: set[str] = set()
        if kind.tag in _TAKES_SELF:
            params.append(
                Param("self", self._anonymous_type(Borrow(kind.resource), UNKNOWN_STABILITY, func.span), func.span)
            )
            seen.add("self")
        if kind.is_getter:
            if func.params:
                raise wit_error(func.params[0][0].span, "getters cannot have parameters")
        elif kind.is_setter and len(func.params) != 1:
            span = func.params[1][0].span if func.params else func.span
            raise wit_error(span, "setters must have exactly one parameter")
        for name, type_ in func.params:
            key = kebab_key(name.name)
            if key in seen:
                raise wit_error(name.span, f"param `{name.name}` is defined more than once")
            seen.add(key)
            params.append(Param(name.name, self.type_of(type_, UNKNOWN_STABILITY), name.span))
        return params

    def _result(self, func: Func, kind: FunctionKind) -> Type | None:
        written = func.result
        if written is None:
            if kind.is_getter:
                raise wit_error(func.span, "getters must return a value")
            return kind.resource if kind.tag == CONSTRUCTOR else None
        result = self.type_of(written, UNKNOWN_STABILITY)
        if kind.tag == CONSTRUCTOR:
            self._check_constructor_result(written, result, kind.resource)
        elif kind.is_setter:
            result_kind = self.types[result].kind if isinstance(result, int) else None
            if not isinstance(result_kind, Result) or result_kind.ok is not None:
                message = "if a setter return type is declared it must be a `result` with no `ok` type"
                raise wit_error(written.span, message)
        return result

    def _check_constructor_result(self, written: ast.Type, result: Type, resource: int) -> None:
        kind = self.types[result].kind if isinstance(result, int) else None
        if not isinstance(kind, Result):
            raise wit_error(written.span, "if a constructor return type is declared it must be a `result`")
        if kind.ok != resource:
            span = written.span
            if isinstance(written, ResultType) and written.ok is not None:
                span = written.ok.span
            raise wit_error(span, "the `ok` type must be the resource being constructed")


def _enum(type_: EnumType) -> Enum:
    if not type_.cases:
        raise wit_error(type_.span, "empty enum")
    check_unique_labels("case", [c.name for c in type_.cases])
    return Enum([EnumCase(c.name.name, c.docs.text(), c.name.span) for c in type_.cases])


def _flags(type_: FlagsType) -> Flags:
    if not type_.flags:
        raise wit_error(type_.span, "empty flags")
    if len(type_.flags) > MAX_FLAGS:
        raise wit_error(type_.flags[MAX_FLAGS].name.span, f"cannot have more than {MAX_FLAGS} flags")
    check_unique_labels("flag", [f.name for f in type_.flags])
    return Flags([Flag(f.name.name, f.docs.text(), f.name.span) for f in type_.flags])
