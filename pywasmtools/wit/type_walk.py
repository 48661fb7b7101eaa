"""The types inside a type: listed, or replaced."""

from __future__ import annotations

from pywasmtools.diagnostics import shift_span
from pywasmtools.wit.model import (
    Alias,
    Borrow,
    Case,
    Enum,
    EnumCase,
    Field,
    FixedLengthList,
    Flag,
    Flags,
    Function,
    FunctionKind,
    Future,
    List,
    Map,
    Option,
    Own,
    Param,
    Record,
    Result,
    Stream,
    Tuple,
    Variant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wit.model import Type, TypeKind


def child_types(kind: TypeKind) -> list[Type]:
    """The types that a kind names, in order of appearance; of `own` and `borrow` the resource."""
    if isinstance(kind, (Alias, List, FixedLengthList, Option)):
        return [kind.type]
    if isinstance(kind, Record):
        return [f.type for f in kind.fields]
    if isinstance(kind, (Own, Borrow)):
        return [kind.resource]
    if isinstance(kind, Variant):
        return [c.type for c in kind.cases if c.type is not None]
    if isinstance(kind, Result):
        found: list[Type] = []
        if kind.ok is not None:
            found.append(kind.ok)
        if kind.err is not None:
            found.append(kind.err)
        return found
    if isinstance(kind, Tuple):
        return kind.types
    if isinstance(kind, (Future, Stream)):
        return [] if kind.type is None else [kind.type]
    if isinstance(kind, Map):
        return [kind.key_type, kind.value_type]
    return []


def _swap(type_: Type, ids: dict[int, int]) -> Type:
    return ids.get(type_, type_) if isinstance(type_, int) else type_


def _swap_optional(type_: Type | None, ids: dict[int, int]) -> Type | None:
    return ids.get(type_, type_) if isinstance(type_, int) else type_


def with_types(kind: TypeKind, ids: dict[int, int], offset: int = 0) -> TypeKind:
    """A copy of the kind, in which the type ids that `ids` holds are replaced; spans are moved by `offset`.

    Shares what does not change.
    """
    if isinstance(kind, Alias):
        return Alias(_swap(kind.type, ids))
    if isinstance(kind, Record):
        fields = kind.fields
        return Record([Field(f.name, _swap(f.type, ids), f.docs, shift_span(f.span, offset)) for f in fields])
    if isinstance(kind, Own):
        return Own(ids.get(kind.resource, kind.resource))
    if isinstance(kind, Borrow):
        return Borrow(ids.get(kind.resource, kind.resource))
    if isinstance(kind, Variant):
        cases = kind.cases
        return Variant([Case(c.name, _swap_optional(c.type, ids), c.docs, shift_span(c.span, offset)) for c in cases])
    if isinstance(kind, List):
        return List(_swap(kind.type, ids))
    if isinstance(kind, Option):
        return Option(_swap(kind.type, ids))
    if isinstance(kind, Result):
        return Result(_swap_optional(kind.ok, ids), _swap_optional(kind.err, ids))
    if isinstance(kind, Tuple):
        return Tuple([_swap(t, ids) for t in kind.types])
    if isinstance(kind, Enum) and offset:
        return Enum([EnumCase(c.name, c.docs, shift_span(c.span, offset)) for c in kind.cases])
    if isinstance(kind, Flags) and offset:
        return Flags([Flag(f.name, f.docs, shift_span(f.span, offset)) for f in kind.flags])
    if isinstance(kind, Future):
        return Future(_swap_optional(kind.type, ids))
    if isinstance(kind, Stream):
        return Stream(_swap_optional(kind.type, ids))
    if isinstance(kind, FixedLengthList):
        return FixedLengthList(_swap(kind.type, ids), kind.length)
    if isinstance(kind, Map):
        return Map(_swap(kind.key_type, ids), _swap(kind.value_type, ids))
    return kind


def function_with_types(function: Function, ids: dict[int, int], offset: int = 0) -> Function:
    """A copy of the function, in which the type ids that `ids` holds are replaced; spans are moved by `offset`."""
    kind = function.kind
    if kind.resource >= 0:
        kind = FunctionKind(kind.tag, ids.get(kind.resource, kind.resource))
    return Function(
        function.name,
        kind,
        [Param(p.name, _swap(p.type, ids), shift_span(p.span, offset)) for p in function.params],
        _swap_optional(function.result, ids),
        function.docs,
        function.stability,
        shift_span(function.span, offset),
        function.external_id,
    )
