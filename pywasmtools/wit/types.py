"""The types of WIT: primitives, and the kinds of type definitions with the types that they refer to.

A `Type` is a `Prim` or the int id of a `TypeDef` (`wit/model.py`). Each kind has structural equality and hash, over
`key()`: names and types, neither docs nor spans. `types()` lists what it refers to, `with_types()` puts others there.
"""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, shift_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.diagnostics import Span

    Type: TypeAlias = "Prim | int"


class Prim:
    """A primitive type: one object each, compared by identity. `name` is its keyword."""

    __slots__ = ("index", "name")

    def __init__(self, name: str, index: int) -> None:
        self.name: str = name
        self.index: int = index

    def __repr__(self) -> str:
        return self.name


BOOL: Final = Prim("bool", 0)
U8: Final = Prim("u8", 1)
U16: Final = Prim("u16", 2)
U32: Final = Prim("u32", 3)
U64: Final = Prim("u64", 4)
S8: Final = Prim("s8", 5)
S16: Final = Prim("s16", 6)
S32: Final = Prim("s32", 7)
S64: Final = Prim("s64", 8)
F32: Final = Prim("f32", 9)
F64: Final = Prim("f64", 10)
CHAR: Final = Prim("char", 11)
STRING: Final = Prim("string", 12)
ERROR_CONTEXT: Final = Prim("error-context", 13)

PRIMS: Final[tuple[Prim, ...]] = (BOOL, U8, U16, U32, U64, S8, S16, S32, S64, F32, F64, CHAR, STRING, ERROR_CONTEXT)


# ------------------------------------------------------------------------------- members


class Member:
    """What has a name, docs and a place in a type: a field, flag or case."""

    __slots__ = ("docs", "name", "span")

    def __init__(self, name: str, docs: str | None = None, span: Span = UNKNOWN_SPAN) -> None:
        self.name: str = name
        self.docs: str | None = docs
        self.span: Span = span


class Field(Member):
    """A field of a record."""

    __slots__ = ("type",)

    def __init__(self, name: str, type_: Type, docs: str | None = None, span: Span = UNKNOWN_SPAN) -> None:
        self.name: str = name
        self.type: Type = type_
        self.docs: str | None = docs
        self.span: Span = span


class Flag(Member):
    """A member of a flags type."""

    __slots__ = ()


class Case(Member):
    """A case of a variant; `type` is None where it has no payload."""

    __slots__ = ("type",)

    def __init__(self, name: str, type_: Type | None, docs: str | None = None, span: Span = UNKNOWN_SPAN) -> None:
        self.name: str = name
        self.type: Type | None = type_
        self.docs: str | None = docs
        self.span: Span = span


class EnumCase(Member):
    """A case of an enum."""

    __slots__ = ()


# ------------------------------------------------------------------------------- type kinds


class TypeKind:
    """What a type definition is. `word` is how messages and JSON call the kind."""

    __slots__ = ()
    word = ""

    def key(self) -> tuple[object, ...]:
        """The structure: hashable, without docs and spans."""
        raise AssertionError("abstract")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypeKind) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())

    def types(self) -> list[Type]:
        """The types that the kind refers to, in order; of `own` and `borrow` the resource."""
        return []

    def parts(self) -> list[Type | None]:
        """As `types()`, with None for each payload that is left out."""
        return [*self.types()]

    def with_types(self, types: list[Type]) -> TypeKind:
        """The same kind with others in the place of `types()`. Its members are copies."""
        return self

    def members(self) -> list[Member] | None:
        """The fields, flags or cases; None where the kind has none of these."""
        return None

    def shift_spans(self, offset: int) -> None:
        """Moves the members' spans by `offset` bytes, in place."""
        members = self.members()
        if members is not None:
            for member in members:
                member.span = shift_span(member.span, offset)


class OneType(TypeKind):
    """A kind that refers to one type."""

    __slots__ = ("type",)

    def __init__(self, type_: Type) -> None:
        self.type: Type = type_

    def key(self) -> tuple[object, ...]:
        return (self.word, self.type)

    def types(self) -> list[Type]:
        return [self.type]


class OptionalType(TypeKind):
    """A kind that may refer to one type."""

    __slots__ = ("type",)

    def __init__(self, type_: Type | None) -> None:
        self.type: Type | None = type_

    def key(self) -> tuple[object, ...]:
        return (self.word, self.type)

    def types(self) -> list[Type]:
        return [] if self.type is None else [self.type]

    def parts(self) -> list[Type | None]:
        return [self.type]


class Record(TypeKind):
    """`record { … }`."""

    __slots__ = ("fields",)
    word = "record"

    def __init__(self, fields: list[Field]) -> None:
        self.fields: list[Field] = fields

    def key(self) -> tuple[object, ...]:
        return ("record", *[(f.name, f.type) for f in self.fields])

    def types(self) -> list[Type]:
        return [f.type for f in self.fields]

    def with_types(self, types: list[Type]) -> TypeKind:
        return Record([Field(f.name, types[k], f.docs, f.span) for k, f in enumerate(self.fields)])

    def members(self) -> list[Member] | None:
        return [*self.fields]


class Resource(TypeKind):
    """`resource`: its functions stand in its interface, named after it."""

    __slots__ = ()
    word = "resource"

    def key(self) -> tuple[object, ...]:
        return ("resource",)


class Handle(TypeKind):
    """A handle to a resource: `resource` is the resource's type id, or that of an alias of it."""

    __slots__ = ("resource",)

    def __init__(self, resource: int) -> None:
        self.resource: int = resource

    def key(self) -> tuple[object, ...]:
        return (self.word, self.resource)

    def types(self) -> list[Type]:
        return [self.resource]


class Own(Handle):
    """`own<R>`, or a resource named as a type."""

    __slots__ = ()
    word = "own"

    def with_types(self, types: list[Type]) -> TypeKind:
        resource = types[0]
        assert isinstance(resource, int)
        return Own(resource)


class Borrow(Handle):
    """`borrow<R>`."""

    __slots__ = ()
    word = "borrow"

    def with_types(self, types: list[Type]) -> TypeKind:
        resource = types[0]
        assert isinstance(resource, int)
        return Borrow(resource)


class Flags(TypeKind):
    """`flags { … }`."""

    __slots__ = ("flags",)
    word = "flags"

    def __init__(self, flags: list[Flag]) -> None:
        self.flags: list[Flag] = flags

    def key(self) -> tuple[object, ...]:
        return ("flags", *[f.name for f in self.flags])

    def with_types(self, types: list[Type]) -> TypeKind:
        return Flags([Flag(f.name, f.docs, f.span) for f in self.flags])

    def members(self) -> list[Member] | None:
        return [*self.flags]


class Tuple(TypeKind):
    """`tuple<…>`."""

    __slots__ = ("elements",)
    word = "tuple"

    def __init__(self, elements: list[Type]) -> None:
        self.elements: list[Type] = elements

    def key(self) -> tuple[object, ...]:
        return ("tuple", *self.elements)

    def types(self) -> list[Type]:
        return self.elements

    def with_types(self, types: list[Type]) -> TypeKind:
        return Tuple(types)


class Variant(TypeKind):
    """`variant { … }`."""

    __slots__ = ("cases",)
    word = "variant"

    def __init__(self, cases: list[Case]) -> None:
        self.cases: list[Case] = cases

    def key(self) -> tuple[object, ...]:
        return ("variant", *[(c.name, c.type) for c in self.cases])

    def types(self) -> list[Type]:
        return [c.type for c in self.cases if c.type is not None]

    def parts(self) -> list[Type | None]:
        return [c.type for c in self.cases]

    def with_types(self, types: list[Type]) -> TypeKind:
        cases: list[Case] = []
        at = 0
        for case in self.cases:
            type_: Type | None = None
            if case.type is not None:
                type_ = types[at]
                at += 1
            cases.append(Case(case.name, type_, case.docs, case.span))
        return Variant(cases)

    def members(self) -> list[Member] | None:
        return [*self.cases]


class Enum(TypeKind):
    """`enum { … }`."""

    __slots__ = ("cases",)
    word = "enum"

    def __init__(self, cases: list[EnumCase]) -> None:
        self.cases: list[EnumCase] = cases

    def key(self) -> tuple[object, ...]:
        return ("enum", *[c.name for c in self.cases])

    def with_types(self, types: list[Type]) -> TypeKind:
        return Enum([EnumCase(c.name, c.docs, c.span) for c in self.cases])

    def members(self) -> list[Member] | None:
        return [*self.cases]


class Option(OneType):
    """`option<T>`."""

    __slots__ = ()
    word = "option"

    def with_types(self, types: list[Type]) -> TypeKind:
        return Option(types[0])


class Result(TypeKind):
    """`result<T, E>`; either may be left out."""

    __slots__ = ("err", "ok")
    word = "result"

    def __init__(self, ok: Type | None, err: Type | None) -> None:
        self.ok: Type | None = ok
        self.err: Type | None = err

    def key(self) -> tuple[object, ...]:
        return ("result", self.ok, self.err)

    def types(self) -> list[Type]:
        return [t for t in (self.ok, self.err) if t is not None]

    def parts(self) -> list[Type | None]:
        return [self.ok, self.err]

    def with_types(self, types: list[Type]) -> TypeKind:
        return Result(None if self.ok is None else types[0], None if self.err is None else types[-1])


class List(OneType):
    """`list<T>`."""

    __slots__ = ()
    word = "list"

    def with_types(self, types: list[Type]) -> TypeKind:
        return List(types[0])


class Map(TypeKind):
    """`map<K, V>`; `key_type` is named so because `key` is the structure."""

    __slots__ = ("key_type", "value_type")
    word = "map"

    def __init__(self, key_type: Type, value_type: Type) -> None:
        self.key_type: Type = key_type
        self.value_type: Type = value_type

    def key(self) -> tuple[object, ...]:
        return ("map", self.key_type, self.value_type)

    def types(self) -> list[Type]:
        return [self.key_type, self.value_type]

    def with_types(self, types: list[Type]) -> TypeKind:
        return Map(types[0], types[1])


class FixedLengthList(TypeKind):
    """`list<T, N>`; `length` is the number of elements, 1 to 2³²-1."""

    __slots__ = ("length", "type")
    word = "fixed-length list"

    def __init__(self, type_: Type, length: int) -> None:
        self.type: Type = type_
        self.length: int = length

    def key(self) -> tuple[object, ...]:
        return ("fixed-length-list", self.type, self.length)

    def types(self) -> list[Type]:
        return [self.type]

    def with_types(self, types: list[Type]) -> TypeKind:
        return FixedLengthList(types[0], self.length)


class Future(OptionalType):
    """`future<T>`; `future` where `type` is None."""

    __slots__ = ()
    word = "future"

    def with_types(self, types: list[Type]) -> TypeKind:
        return Future(types[0] if types else None)


class Stream(OptionalType):
    """`stream<T>`; `stream` where `type` is None."""

    __slots__ = ()
    word = "stream"

    def with_types(self, types: list[Type]) -> TypeKind:
        return Stream(types[0] if types else None)


class Alias(OneType):
    """`type a = b`, or a type that `use` brought in (the reference's `TypeDefKind::Type`)."""

    __slots__ = ()
    word = "type"

    def with_types(self, types: list[Type]) -> TypeKind:
        return Alias(types[0])


class Unknown(TypeKind):
    """A type of a foreign package, before packages are put together. Never in a finished `Resolve`."""

    __slots__ = ()
    word = "unknown"

    def key(self) -> tuple[object, ...]:
        return ("unknown",)


def swap_types(types: list[Type], ids: dict[int, int]) -> list[Type]:
    """The types, with the ids that `ids` holds replaced."""
    return [ids.get(t, t) if isinstance(t, int) else t for t in types]
