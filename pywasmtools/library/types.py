"""Types: a class for each kind, and `Type`, their union, which `match` exhausts.

A type that is referred to is a `Prim` or a view of its definition. Definitions have a name and an owner, or neither: `list<u8>`
that stands in a parameter has none. A name may stand for any kind: of `type bytes = list<u8>` there is a `List` called `bytes`.

See https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md#wit-types
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar

from pywasmtools.library import abi, changes, text
from pywasmtools.library.abi import CoreType
from pywasmtools.library.base import Item, Located, Stability
from pywasmtools.wit import model as _model
from pywasmtools.wit import types as _types
from pywasmtools.wit.printer import escape_name

if TYPE_CHECKING:
    # At run time `resolve.py` puts them here.
    from pywasmtools.library.items import Function, Interface, Package, World
    from pywasmtools.library.resolve import Resolve

PrimName = Literal[
    "bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string", "error-context"
]
"""The keyword of a primitive type."""

_PRIMS = {p.name: p for p in _types.PRIMS}
_NO_MODEL = _model.Resolve()


class Prim:
    """A primitive type, by its keyword: `Prim("u8")`. Two of one name are equal."""

    __slots__ = ("_prim",)
    __match_args__ = ("name",)

    _prim: _types.Prim

    def __init__(self, name: PrimName) -> None:
        if name not in _PRIMS:
            raise ValueError(f"a primitive type is one of {', '.join(_PRIMS)}, not {name!r}")
        self._prim = _PRIMS[name]

    @property
    def name(self) -> PrimName:
        """Its keyword."""
        name: Any = self._prim.name
        found: PrimName = name
        return found

    @property
    def kind(self) -> PrimName:
        """Its keyword."""
        return self.name

    @property
    def docs(self) -> None:
        """None: a primitive type has no docs."""
        return None

    @property
    def external_id(self) -> None:
        """None: a primitive type has no external id."""
        return None

    @property
    def location(self) -> None:
        """None: a primitive type is not defined in a text."""
        return None

    @property
    def package(self) -> None:
        """None: a primitive type is in no package."""
        return None

    @property
    def stability(self) -> Stability:
        """Empty: a primitive type has no stability."""
        return Stability()

    @property
    def owner(self) -> None:
        """None: nobody defines a primitive type."""
        return None

    @property
    def inner(self) -> tuple[Type, ...]:
        """Empty: a primitive type is made of no others."""
        return ()

    @property
    def unaliased(self) -> Unaliased:
        """The type itself: it is no alias."""
        return self

    @property
    def size(self) -> int:
        """Bytes of a value in a 32-bit memory (canonical ABI, `elem_size`)."""
        return abi.layout(_NO_MODEL, self._prim)[1]

    @property
    def alignment(self) -> int:
        """Alignment of a value in a 32-bit memory, in bytes (canonical ABI, `alignment`)."""
        return abi.layout(_NO_MODEL, self._prim)[0]

    @property
    def flat(self) -> tuple[CoreType, ...] | None:
        """The core types of a value (canonical ABI, `flatten_type`)."""
        return abi.flat(_NO_MODEL, self._prim)

    def wit(self, *, docs: bool = True) -> str:
        """The keyword."""
        return self.name

    def __str__(self) -> str:
        return self._prim.name

    def __repr__(self) -> str:
        return f"Prim({self._prim.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Prim) and self._prim.name == other._prim.name

    def __hash__(self) -> int:
        return hash(("Prim", self._prim.name))

    def __reduce__(self) -> tuple[type[Prim], tuple[PrimName]]:
        return Prim, (self.name,)


_Kind = TypeVar("_Kind", bound=_types.TypeKind)


class TypeDef(Item):
    """A type's definition: what all kinds but `Prim` have in common.

    `str` is the type as it is referred to: its name, or what it is made of. Types with a name are equal where they are the
    same definition; types without one where they are made alike.
    """

    __slots__ = ("_id",)

    kind: ClassVar[str] = ""
    """The kind's keyword in WIT."""

    _id: int

    def __init__(self, resolve: Resolve, id: int) -> None:
        self._resolve = resolve
        self._id = id

    @property
    def id(self) -> int:
        """The index in `resolve.types`, and in the arena of the model."""
        return self._id

    def _docs_of(self) -> _model.TypeDef:
        return self._resolve.model.types[self._id]

    def _kind(self, kind: type[_Kind]) -> _Kind:
        found = self._docs_of().kind
        assert isinstance(found, kind)
        return found

    def _of(self, type_: _types.Type) -> Type:
        return view(self._resolve, type_)

    def _optional(self, type_: _types.Type | None) -> Type | None:
        return None if type_ is None else view(self._resolve, type_)

    def _place(self) -> tuple[Any, ...]:
        """The id of a type with a name; of others what they are made of, in order, with ids where names begin."""
        types = self._resolve.model.types
        if types[self._id].name is not None:
            return (self._id,)
        place: list[Any] = []
        todo: list[_types.Type | None] = [self._id]
        while todo:
            type_ = todo.pop()
            if not isinstance(type_, int) or types[type_].name is not None:
                place.append(type_.name if isinstance(type_, _types.Prim) else type_)
                continue
            kind = types[type_].kind
            # Not a length by itself: a number is an id.
            length = kind.length if isinstance(kind, _types.FixedLengthList) else len(kind.parts())
            place.append((kind.word, length))
            todo += kind.parts()
        return tuple(place)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not type(self) or not isinstance(other, TypeDef):
            return False
        place = self._place()
        if place != other._place():
            return False
        if self._resolve is other._resolve or not any(isinstance(part, int) for part in place):
            return True
        return self._resolve == other._resolve

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._place()))

    @property
    def name(self) -> str | None:
        """The name that is defined; None where the type stands where it is used, as `list<u8>` in a parameter."""
        return self._docs_of().name

    @property
    def owner(self) -> Interface | World | None:
        """The interface or world that defines the name; None where there is no name, or where the type was taken out."""
        owner = self._docs_of().owner
        if isinstance(owner, _model.InterfaceOwner):
            return Interface(self._resolve, owner.id)
        return World(self._resolve, owner.id) if isinstance(owner, _model.WorldOwner) else None

    @property
    def package(self) -> Package | None:
        """The package of the owner."""
        owner = self.owner
        return None if owner is None else owner.package

    @property
    def external_id(self) -> str | None:
        """What `@external-id` says."""
        return self._docs_of().external_id

    @property
    def inner(self) -> tuple[Type, ...]:
        """The types that it is made of, in order; of a handle the resource, of an alias the type that it stands for."""
        return tuple(map(self._of, self._docs_of().kind.types()))

    @property
    def unaliased(self) -> Unaliased:
        """The type that it stands for, through all aliases; itself where it is no alias."""
        type_: _types.Type = self._id
        while isinstance(type_, int):
            kind = self._resolve.model.types[type_].kind
            if not isinstance(kind, _types.Alias):
                break
            type_ = kind.type
        found = self._of(type_)
        assert not isinstance(found, Alias)
        return found

    @property
    def size(self) -> int:
        """Bytes of a value in a 32-bit memory (canonical ABI, `elem_size`). Of a resource those of a handle to it."""
        return abi.layout(self._resolve.model, self._id)[1]

    @property
    def alignment(self) -> int:
        """Alignment of a value in a 32-bit memory, in bytes (canonical ABI, `alignment`)."""
        return abi.layout(self._resolve.model, self._id)[0]

    @property
    def flat(self) -> tuple[CoreType, ...] | None:
        """The core types of a value (canonical ABI, `flatten_type`); None where there are more than 16."""
        return abi.flat(self._resolve.model, self._id)

    def rename(self, name: str) -> None:
        """Gives a type with a name another one, in place; the functions of a resource change theirs too.

        Interfaces that use it call it as before.
        """
        changes.rename_type(self._resolve.model, self._id, name)

    def wit(self, *, docs: bool = True) -> str:
        """The text of the definition, lines with their ends: `record …`, `type a = …;`, or the `use` that brings it.

        Of a type without a name, the type.
        """
        owner = self.owner
        if self.name is None or owner is None:
            return str(self)
        functions = [f._function for f in self.functions] if isinstance(self, Resource) else []
        return text.type_definition(self._resolve.model, self._id, owner.package.id, functions, docs)

    def __str__(self) -> str:
        return text.type_text(self._resolve.model, self._id)

    def _shown(self) -> str:
        """What it is made of, for `repr`."""
        made_of = text.type_text(self._resolve.model, self._docs_of().kind)
        return made_of if self.name is None else f"= {made_of}"

    def __repr__(self) -> str:
        name = "" if self.name is None else f" {self.name!r}"
        return f"{type(self).__name__}{name} {self._shown()}"


# ------------------------------------------------------------------------------- members of types


class Member(Located):
    """What has a name and docs within a type: a field, case or flag."""

    __slots__ = ("_index", "_type")

    _type: TypeDef
    _index: int

    def __init__(self, type: TypeDef, index: int) -> None:
        self._resolve = type.resolve
        self._type = type
        self._index = index

    def _place(self) -> tuple[Any, ...]:
        return (self._type.id, self._index)

    def _docs_of(self) -> _types.Member:
        members = self._type._docs_of().kind.members()
        assert members is not None
        return members[self._index]

    @property
    def name(self) -> str:
        """Its name."""
        return self._docs_of().name

    @property
    def owner(self) -> TypeDef:
        """The type that it is a part of."""
        return self._type

    @property
    def index(self) -> int:
        """Its place among the members of the type, from 0."""
        return self._index

    def __str__(self) -> str:
        return escape_name(self.name)

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self}"


class Field(Member):
    """A field of a record."""

    __slots__ = ()
    __match_args__ = ("name", "type")

    def _docs_of(self) -> _types.Field:
        kind = self._type._docs_of().kind
        assert isinstance(kind, _types.Record)
        return kind.fields[self._index]

    @property
    def type(self) -> Type:
        """The type of its values."""
        return view(self._resolve, self._docs_of().type)

    @property
    def offset(self) -> int:
        """Where it begins in a value of the record in a 32-bit memory, in bytes."""
        return abi.offsets(self._resolve.model, self._type._kind(_types.Record).types())[self._index]

    def __str__(self) -> str:
        return f"{escape_name(self.name)}: {self.type}"


class Case(Member):
    """A case of a variant; `type` is None where it has no payload."""

    __slots__ = ()
    __match_args__ = ("name", "type")

    def _docs_of(self) -> _types.Case:
        kind = self._type._docs_of().kind
        assert isinstance(kind, _types.Variant)
        return kind.cases[self._index]

    @property
    def type(self) -> Type | None:
        """The type of its payload."""
        type_ = self._docs_of().type
        return None if type_ is None else view(self._resolve, type_)

    def __str__(self) -> str:
        name = escape_name(self.name)
        return name if self.type is None else f"{name}({self.type})"


class EnumCase(Member):
    """A case of an enum."""

    __slots__ = ()
    __match_args__ = ("name",)


class Flag(Member):
    """A flag of a flags type: the bit of number `index`."""

    __slots__ = ()
    __match_args__ = ("name",)


# ------------------------------------------------------------------------------- kinds


class Record(TypeDef):
    """`record { … }`."""

    __slots__ = ()
    __match_args__ = ("fields",)
    kind: ClassVar[str] = "record"

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in order."""
        return tuple(Field(self, k) for k in range(len(self._kind(_types.Record).fields)))

    def _shown(self) -> str:
        return f"({', '.join(map(str, self.fields))})"


class _Cases(TypeDef):
    """A type that is one of several cases: what its values in memory begin with is the number of the case."""

    __slots__ = ()

    def _count(self) -> int:
        return 2

    @property
    def discriminant(self) -> Literal["u8", "u16", "u32"]:
        """The type of the number of the case (canonical ABI, `discriminant_type`)."""
        return abi.discriminant(self._count())

    @property
    def payload_offset(self) -> int:
        """Where the payload begins in a value in a 32-bit memory, in bytes."""
        types = self._resolve.model
        alignments = [abi.layout(types, type_)[0] for type_ in self._docs_of().kind.types()]
        alignment = max(alignments, default=1)
        size = {"u8": 1, "u16": 2, "u32": 4}[self.discriminant]
        return -(-size // alignment) * alignment


class Variant(_Cases):
    """`variant { … }`."""

    __slots__ = ()
    __match_args__ = ("cases",)
    kind: ClassVar[str] = "variant"

    def _count(self) -> int:
        return len(self._kind(_types.Variant).cases)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases, in order: their places are their numbers."""
        return tuple(Case(self, k) for k in range(self._count()))

    def _shown(self) -> str:
        return f"({', '.join(map(str, self.cases))})"


class Enum(_Cases):
    """`enum { … }`."""

    __slots__ = ()
    __match_args__ = ("cases",)
    kind: ClassVar[str] = "enum"

    def _count(self) -> int:
        return len(self._kind(_types.Enum).cases)

    @property
    def cases(self) -> tuple[EnumCase, ...]:
        """The cases, in order: their places are their numbers."""
        return tuple(EnumCase(self, k) for k in range(self._count()))

    def _shown(self) -> str:
        return f"({', '.join(map(str, self.cases))})"


class Flags(TypeDef):
    """`flags { … }`."""

    __slots__ = ()
    __match_args__ = ("flags",)
    kind: ClassVar[str] = "flags"

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags, in order: their places are the numbers of their bits."""
        return tuple(Flag(self, k) for k in range(len(self._kind(_types.Flags).flags)))

    def _shown(self) -> str:
        return f"({', '.join(map(str, self.flags))})"


class Tuple(TypeDef):
    """`tuple<…>`."""

    __slots__ = ()
    __match_args__ = ("elements",)
    kind: ClassVar[str] = "tuple"

    @property
    def elements(self) -> tuple[Type, ...]:
        """The types of the elements, in order."""
        return self.inner

    @property
    def offsets(self) -> tuple[int, ...]:
        """Where each element begins in a value in a 32-bit memory, in bytes."""
        return abi.offsets(self._resolve.model, self._kind(_types.Tuple).elements)


class List(TypeDef):
    """`list<T>`."""

    __slots__ = ()
    __match_args__ = ("type",)
    kind: ClassVar[str] = "list"

    @property
    def type(self) -> Type:
        """The type of the elements."""
        return self._of(self._kind(_types.List).type)


class FixedLengthList(TypeDef):
    """`list<T, N>`: of `length` elements, 1 to 2³²-1."""

    __slots__ = ()
    __match_args__ = ("type", "length")
    kind: ClassVar[str] = "list"

    @property
    def type(self) -> Type:
        """The type of the elements."""
        return self._of(self._kind(_types.FixedLengthList).type)

    @property
    def length(self) -> int:
        """How many elements there are."""
        return self._kind(_types.FixedLengthList).length


class Map(TypeDef):
    """`map<K, V>`."""

    __slots__ = ()
    __match_args__ = ("key", "value")
    kind: ClassVar[str] = "map"

    @property
    def key(self) -> Type:
        """The type of the keys."""
        return self._of(self._kind(_types.Map).key_type)

    @property
    def value(self) -> Type:
        """The type of the values."""
        return self._of(self._kind(_types.Map).value_type)


class Option(_Cases):
    """`option<T>`: the cases `none` and `some`."""

    __slots__ = ()
    __match_args__ = ("type",)
    kind: ClassVar[str] = "option"

    @property
    def type(self) -> Type:
        """The type of the value, where there is one."""
        return self._of(self._kind(_types.Option).type)


class Result(_Cases):
    """`result<T, E>`: the cases `ok` and `error`; either type may be left out."""

    __slots__ = ()
    __match_args__ = ("ok", "err")
    kind: ClassVar[str] = "result"

    @property
    def ok(self) -> Type | None:
        """The type of a success; None where it has no value."""
        return self._optional(self._kind(_types.Result).ok)

    @property
    def err(self) -> Type | None:
        """The type of a failure; None where it has no value."""
        return self._optional(self._kind(_types.Result).err)


class Future(TypeDef):
    """`future<T>`; `type` is None of `future` alone."""

    __slots__ = ()
    __match_args__ = ("type",)
    kind: ClassVar[str] = "future"

    @property
    def type(self) -> Type | None:
        """The type of the value that comes."""
        return self._optional(self._kind(_types.Future).type)


class Stream(TypeDef):
    """`stream<T>`; `type` is None of `stream` alone."""

    __slots__ = ()
    __match_args__ = ("type",)
    kind: ClassVar[str] = "stream"

    @property
    def type(self) -> Type | None:
        """The type of the values that come."""
        return self._optional(self._kind(_types.Stream).type)


class Resource(TypeDef):
    """`resource`. Values are handles to it: `Own` or `Borrow`."""

    __slots__ = ()
    __match_args__ = ("name",)
    kind: ClassVar[str] = "resource"

    @property
    def functions(self) -> tuple[Function, ...]:
        """Its constructor, methods and static functions, in order."""
        owner = self.owner
        return () if owner is None else tuple(f for f in owner._own_functions() if f._resource_id() == self._id)

    @property
    def constructor(self) -> Function | None:
        """Its constructor."""
        return next((f for f in self.functions if f.kind == "constructor"), None)

    @property
    def methods(self) -> tuple[Function, ...]:
        """What is called on a handle: methods, getters and setters. Their first parameter is `self`."""
        return tuple(f for f in self.functions if f.is_method)

    @property
    def statics(self) -> tuple[Function, ...]:
        """Static functions, getters and setters."""
        return tuple(f for f in self.functions if not f.is_method and f.kind != "constructor")

    def _shown(self) -> str:
        return f"({', '.join(f.item_name for f in self.functions)})"


class _Handle(TypeDef):
    """A handle to a resource."""

    __slots__ = ()
    __match_args__ = ("resource",)

    @property
    def type(self) -> Resource | Alias:
        """The resource as it is named here: maybe an alias that `use` brought."""
        found = self._of(self._kind(_types.Handle).resource)
        assert isinstance(found, Resource | Alias)
        return found

    @property
    def resource(self) -> Resource:
        """The resource, through all aliases."""
        found = self.type.unaliased
        assert isinstance(found, Resource)
        return found


class Own(_Handle):
    """`own<R>`: a handle that is passed on. WIT may leave out `own`: a resource that is named as a type is one."""

    __slots__ = ()
    kind: ClassVar[str] = "own"


class Borrow(_Handle):
    """`borrow<R>`: a handle that is lent for a call."""

    __slots__ = ()
    kind: ClassVar[str] = "borrow"


class Alias(TypeDef):
    """Another name for a type: `type a = b`, or what `use` brings. `type` is the type that it stands for, one step on."""

    __slots__ = ()
    __match_args__ = ("type",)
    kind: ClassVar[str] = "type"

    @property
    def type(self) -> Type:
        """What it stands for; maybe another alias."""
        return self._of(self._kind(_types.Alias).type)

    @property
    def is_use(self) -> bool:
        """Whether `use` brought it from another interface."""
        type_ = self.type
        return isinstance(type_, TypeDef) and type_.owner is not None and type_.owner != self.owner

    def _shown(self) -> str:
        return f"= {self.type} of {self.type.owner}" if self.is_use else super()._shown()


Handle: TypeAlias = Own | Borrow
"""A handle to a resource."""

DefinedType: TypeAlias = (
    Record
    | Variant
    | Enum
    | Flags
    | Tuple
    | List
    | FixedLengthList
    | Map
    | Option
    | Result
    | Future
    | Stream
    | Resource
    | Own
    | Borrow
    | Alias
)
"""Any type that has a definition, and so an id: all but the primitive ones."""

Unaliased: TypeAlias = (
    Prim
    | Record
    | Variant
    | Enum
    | Flags
    | Tuple
    | List
    | FixedLengthList
    | Map
    | Option
    | Result
    | Future
    | Stream
    | Resource
    | Own
    | Borrow
)
"""Any type that is no alias."""

Type: TypeAlias = Unaliased | Alias
"""Any type. `match` with a case for each of these classes is exhaustive."""

_VIEWS: dict[type[_types.TypeKind], type[TypeDef]] = {
    _types.Record: Record,
    _types.Variant: Variant,
    _types.Enum: Enum,
    _types.Flags: Flags,
    _types.Tuple: Tuple,
    _types.List: List,
    _types.FixedLengthList: FixedLengthList,
    _types.Map: Map,
    _types.Option: Option,
    _types.Result: Result,
    _types.Future: Future,
    _types.Stream: Stream,
    _types.Resource: Resource,
    _types.Own: Own,
    _types.Borrow: Borrow,
    _types.Alias: Alias,
}


def view(resolve: Resolve, type_: _types.Type) -> Type:
    """The view of a type of the model."""
    if isinstance(type_, int):
        return defined(resolve, type_)
    name: Any = type_.name
    return Prim(name)


def defined(resolve: Resolve, id_: int) -> DefinedType:
    """The view of a type's definition."""
    found: Any = _VIEWS[type(resolve.model.types[id_].kind)](resolve, id_)
    made: DefinedType = found
    return made
