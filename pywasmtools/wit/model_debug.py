"""Parts of the model as Rust's Debug prints the reference's: for the few messages that show them so."""

from __future__ import annotations

from pywasmtools.text.rust_debug import debug_option, debug_str
from pywasmtools.wit.model import InterfaceOwner, WorldOwner
from pywasmtools.wit.stability import debug_stability
from pywasmtools.wit.types import (
    Alias,
    Borrow,
    Enum,
    FixedLengthList,
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
    Variant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.diagnostics import Span
    from pywasmtools.wit.model import TypeDef, TypeOwner
    from pywasmtools.wit.types import Type, TypeKind


def debug_type(type_: TypeDef) -> str:
    """A type definition."""
    return (
        f"TypeDef {{ name: {debug_option(type_.name)}, kind: {_kind(type_.kind)}, owner: {_owner(type_.owner)}, "
        f"docs: {_docs(type_.docs)}, stability: {debug_stability(type_.stability)}, span: {_span(type_.span)}, "
        f"external_id: {debug_option(type_.external_id)} }}"
    )


def debug_members(kind: TypeKind) -> str:
    """The fields, flags or cases of a type, as a list."""
    shown: list[str] = []
    if isinstance(kind, Record):
        for f in kind.fields:
            tail = f"docs: {_docs(f.docs)}, span: {_span(f.span)} }}"
            shown.append(f"Field {{ name: {debug_str(f.name)}, ty: {_type(f.type)}, {tail}")
    elif isinstance(kind, Variant):
        for c in kind.cases:
            tail = f"docs: {_docs(c.docs)}, span: {_span(c.span)} }}"
            shown.append(f"Case {{ name: {debug_str(c.name)}, ty: {_option_type(c.type)}, {tail}")
    elif isinstance(kind, Flags):
        for flag in kind.flags:
            tail = f"docs: {_docs(flag.docs)}, span: {_span(flag.span)} }}"
            shown.append(f"Flag {{ name: {debug_str(flag.name)}, {tail}")
    elif isinstance(kind, Enum):
        for case in kind.cases:
            tail = f"docs: {_docs(case.docs)}, span: {_span(case.span)} }}"
            shown.append(f"EnumCase {{ name: {debug_str(case.name)}, {tail}")
    return f"[{', '.join(shown)}]"


def _docs(docs: str | None) -> str:
    return f"Docs {{ contents: {debug_option(docs)} }}"


def _span(span: Span) -> str:
    return f"Span {{ start: {span[0]}, end: {span[1]} }}"


def _id(id_: int) -> str:
    return f"Id {{ idx: {id_} }}"


def _type(type_: Type) -> str:
    if isinstance(type_, int):
        return f"Id({_id(type_)})"
    return "".join([word.capitalize() for word in type_.name.split("-")])


def _option_type(type_: Type | None) -> str:
    return "None" if type_ is None else f"Some({_type(type_)})"


def _owner(owner: TypeOwner) -> str:
    if isinstance(owner, WorldOwner):
        return f"World({_id(owner.id)})"
    if isinstance(owner, InterfaceOwner):
        return f"Interface({_id(owner.id)})"
    return "None"


def _kind(kind: TypeKind) -> str:
    if isinstance(kind, Record):
        return f"Record(Record {{ fields: {debug_members(kind)} }})"
    if isinstance(kind, Variant):
        return f"Variant(Variant {{ cases: {debug_members(kind)} }})"
    if isinstance(kind, Flags):
        return f"Flags(Flags {{ flags: {debug_members(kind)} }})"
    if isinstance(kind, Enum):
        return f"Enum(Enum {{ cases: {debug_members(kind)} }})"
    if isinstance(kind, Resource):
        return "Resource"
    if isinstance(kind, Own):
        return f"Handle(Own({_id(kind.resource)}))"
    if isinstance(kind, Borrow):
        return f"Handle(Borrow({_id(kind.resource)}))"
    if isinstance(kind, Tuple):
        return f"Tuple(Tuple {{ types: [{', '.join([_type(t) for t in kind.types()])}] }})"
    if isinstance(kind, Option):
        return f"Option({_type(kind.type)})"
    if isinstance(kind, Result):
        return f"Result(Result_ {{ ok: {_option_type(kind.ok)}, err: {_option_type(kind.err)} }})"
    if isinstance(kind, List):
        return f"List({_type(kind.type)})"
    if isinstance(kind, Map):
        return f"Map({_type(kind.key_type)}, {_type(kind.value_type)})"
    if isinstance(kind, FixedLengthList):
        return f"FixedLengthList({_type(kind.type)}, {kind.length})"
    if isinstance(kind, Future):
        return f"Future({_option_type(kind.type)})"
    if isinstance(kind, Stream):
        return f"Stream({_option_type(kind.type)})"
    if isinstance(kind, Alias):
        return f"Type({_type(kind.type)})"
    return "Unknown"
