"""The syntax tree of a WIT file, as the parser makes it and the resolver reads it.

Names are plain strings inside `Id`; spans are (start, end) in bytes of the whole source map. Docs keep the
comments as written: their text is worked out by `Docs.text` when the resolver asks for it.

See https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md
"""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.diagnostics import Span
    from pywasmtools.text.semver import Version
    from pywasmtools.wit.syntax.attributes import Attribute
    from pywasmtools.wit.types import Prim

    AstItem: TypeAlias = "Interface | World | ToplevelUse | PackageFile"
    WorldItem: TypeAlias = "Import | Export | Use | TypeDef | Include"
    InterfaceItem: TypeAlias = "TypeDef | NamedFunc | Use"
    UsePath: TypeAlias = "Id | PackagePath"
    ExternKind: TypeAlias = "InlineInterface | ExternFunc | ExternPath | NamedPath"
    Param: TypeAlias = "tuple[Id, Type]"


class Id:
    """An identifier: its name without `%`, its span with it."""

    __slots__ = ("name", "span")

    def __init__(self, name: str, span: Span) -> None:
        self.name = name
        self.span = span


class Docs:
    """The comments before an item, as written: `places` are where in `source` they start and end, in turn.

    `span` runs from the first to the end of the last.
    """

    __slots__ = ("places", "source", "span")

    def __init__(self, source: bytes, places: list[int], span: Span) -> None:
        self.source = source
        self.places = places
        self.span = span

    def text(self) -> str | None:
        """The documentation: slashes, stars and common leading spaces gone; None where there are no comments.

        A plain `//` or `/* */` comment is documentation too, the latter with its slash kept off and its stars
        left in. Raises where the reference crashes: on a comment `/**/`.
        """
        if not self.places:
            return None
        text = self.source[self.places[0] : self.places[-1]].decode("utf-8")
        plain = _plain_contents(text)
        if plain:
            return plain
        docs = _block_contents(self.source, self.places) if "/*" in text else _line_contents(text)
        least = min([len(contents) - len(contents.lstrip(" \t\n\r")) for contents in docs if contents], default=0)
        if least:
            prefix = " " * least
            docs = [contents.removeprefix(prefix) for contents in docs]
        # Between the lines of a block there may be carriage returns.
        return "\n".join(docs).replace("\r\n", "\n").rstrip("\n")


def _plain_contents(text: str) -> str:
    """What line comments say that all begin with the same blanks and three slashes, and say something behind one more blank, or nothing.

    Empty where they are not that plain.
    """
    if text[:4] != "/// " or not text.isascii() or "\t" in text or "\r" in text:
        return ""
    text = text.removesuffix("\n")
    newline = text.find("\n")
    said = text[3:]
    if newline >= 0:
        begins = text[newline : text.find("/", newline)] + "///"
        lines = said.split(begins)
        said = "\n".join(lines)
        if len(lines) != text.count("\n") + 1 or said.count("\n ") + lines.count("") != len(lines) - 1:
            return ""
    if said[1:2] in " \n" or said[-1] == " " or " \n" in said:
        return ""  # the first line says nothing or begins with more blanks, or one ends with blanks
    return said[1:].replace("\n ", "\n").rstrip("\n")


def _line_contents(text: str) -> list[str]:
    """What line comments say, of a text with nothing else but blanks between them."""
    lines = [line.lstrip(" \t\r") for line in text.split("\n")]
    return [line.lstrip("/").rstrip() for line in lines if line]


def _block_contents(source: bytes, places: list[int]) -> list[str]:
    """What comments say, where blocks may be among them."""
    docs: list[str] = []
    for k in range(0, len(places), 2):
        comment = source[places[k] : places[k + 1]].decode("utf-8")
        if not comment.startswith("/*"):
            docs += _line_contents(comment)
        elif not comment.startswith("/**"):
            docs.append(comment.lstrip("/").rstrip())
        elif len(comment) < 5:
            raise error("the comment `/**/` cannot be the documentation of an item")
        else:
            docs.append(comment[3:-2].rstrip())
    return docs


NO_DOCS: Final = Docs(b"", [], UNKNOWN_SPAN)
"""The docs of an item without comments. Never changed in place."""


class PackageFile:
    """A file, or a `package … { }` in it. `package_id` is None where a file doesn't say its package."""

    __slots__ = ("items", "package_id")

    def __init__(self, package_id: PackageName | None, items: list[AstItem]) -> None:
        self.package_id = package_id
        self.items = items


class PackageName:
    """`namespace:name@version`. The span covers the version in a declaration, not in the path of a use."""

    __slots__ = ("docs", "name", "namespace", "span", "version", "version_span")

    def __init__(
        self,
        docs: Docs,
        span: Span,
        namespace: Id,
        name: Id,
        version: Version | None,
        version_span: Span,
    ) -> None:
        self.docs = docs
        self.span = span
        self.namespace = namespace
        self.name = name
        self.version = version
        self.version_span = version_span


class PackagePath:
    """`namespace:package/name@version` in a use, include, import or export."""

    __slots__ = ("id", "name")

    def __init__(self, id_: PackageName, name: Id) -> None:
        self.id = id_
        self.name = name


def path_name(path: UsePath) -> Id:
    """The last name of a path: that of the interface or world."""
    return path if isinstance(path, Id) else path.name


class ToplevelUse:
    """`use path as name;` outside of worlds and interfaces; `span` is that of the keyword."""

    __slots__ = ("alias", "attributes", "item", "span")

    def __init__(self, span: Span, attributes: list[Attribute], item: UsePath, alias: Id | None) -> None:
        self.span = span
        self.attributes = attributes
        self.item = item
        self.alias = alias


# ------------------------------------------------------------------------------- worlds and interfaces


class World:
    """`world name { … }`."""

    __slots__ = ("attributes", "docs", "items", "name")

    def __init__(self, docs: Docs, attributes: list[Attribute], name: Id, items: list[WorldItem]) -> None:
        self.docs = docs
        self.attributes = attributes
        self.name = name
        self.items = items


class Interface:
    """`interface name { … }`."""

    __slots__ = ("attributes", "docs", "items", "name")

    def __init__(self, docs: Docs, attributes: list[Attribute], name: Id, items: list[InterfaceItem]) -> None:
        self.docs = docs
        self.attributes = attributes
        self.name = name
        self.items = items


class Import:
    """`import …` in a world."""

    __slots__ = ("attributes", "docs", "kind")

    def __init__(self, docs: Docs, attributes: list[Attribute], kind: ExternKind) -> None:
        self.docs = docs
        self.attributes = attributes
        self.kind = kind


class Export:
    """`export …` in a world."""

    __slots__ = ("attributes", "docs", "kind")

    def __init__(self, docs: Docs, attributes: list[Attribute], kind: ExternKind) -> None:
        self.docs = docs
        self.attributes = attributes
        self.kind = kind


class InlineInterface:
    """`name: interface { … }`. `span` of each extern kind is what messages point at."""

    __slots__ = ("items", "name", "span")

    def __init__(self, name: Id, items: list[InterfaceItem]) -> None:
        self.name = name
        self.items = items
        self.span = name.span


class ExternFunc:
    """`name: func(…)`, async and accessors too."""

    __slots__ = ("func", "name", "span")

    def __init__(self, name: Id, func: Func) -> None:
        self.name = name
        self.func = func
        self.span = name.span


class ExternPath:
    """`path`: an interface of this or another package."""

    __slots__ = ("path", "span")

    def __init__(self, path: UsePath) -> None:
        self.path = path
        self.span = path_name(path).span


class NamedPath:
    """`label: path`: an interface under another name (`implements`)."""

    __slots__ = ("name", "path", "span")

    def __init__(self, name: Id, path: UsePath) -> None:
        self.name = name
        self.path = path
        self.span = name.span


class Use:
    """`use path.{a, b as c};`: `names` are (name, alias) pairs."""

    __slots__ = ("attributes", "from_", "names")

    def __init__(self, attributes: list[Attribute], from_: UsePath, names: list[tuple[Id, Id | None]]) -> None:
        self.attributes = attributes
        self.from_ = from_
        self.names = names


class Include:
    """`include path with { a as b };`: `names` are (name, as) pairs."""

    __slots__ = ("attributes", "from_", "names")

    def __init__(self, attributes: list[Attribute], from_: UsePath, names: list[tuple[Id, Id]]) -> None:
        self.attributes = attributes
        self.from_ = from_
        self.names = names


class Func:
    """A function type; `accessor` is `get`, `set` or empty. `span` is that of `func`, `get`, `set` or `constructor`."""

    __slots__ = ("accessor", "is_async", "params", "result", "span")

    def __init__(self, span: Span, is_async: bool, accessor: str, params: list[Param], result: Type | None) -> None:
        self.span = span
        self.is_async = is_async
        self.accessor = accessor
        self.params = params
        self.result = result


class NamedFunc:
    """`name: func(…);` in an interface or resource."""

    __slots__ = ("attributes", "docs", "func", "name")

    def __init__(self, docs: Docs, attributes: list[Attribute], name: Id, func: Func) -> None:
        self.docs = docs
        self.attributes = attributes
        self.name = name
        self.func = func


METHOD: Final = 0
STATIC: Final = 1
CONSTRUCTOR: Final = 2


class ResourceFunc:
    """A function of a resource: `kind` is METHOD, STATIC or CONSTRUCTOR (its name is `constructor` then)."""

    __slots__ = ("func", "kind")

    def __init__(self, kind: int, func: NamedFunc) -> None:
        self.kind = kind
        self.func = func


class TypeDef:
    """`type name = …;`, `record name { … }`, `resource name …` and so on."""

    __slots__ = ("attributes", "docs", "name", "type")

    def __init__(self, docs: Docs, attributes: list[Attribute], name: Id, type_: Type) -> None:
        self.docs = docs
        self.attributes = attributes
        self.name = name
        self.type = type_


# ------------------------------------------------------------------------------- types


class Type:
    """A type expression; `span` is that of its keyword or name, of a handle that of the resource's name."""

    __slots__ = ("span",)

    def __init__(self, span: Span) -> None:
        self.span = span

    def inner(self) -> list[Type]:
        """The type expressions inside, in order."""
        return []


class PrimType(Type):
    """A primitive type."""

    __slots__ = ("prim",)

    def __init__(self, span: Span, prim: Prim) -> None:
        self.span = span
        self.prim = prim


class NameType(Type):
    """A type by its name."""

    __slots__ = ("id",)

    def __init__(self, id_: Id) -> None:
        self.span = id_.span
        self.id = id_


class ListType(Type):
    """`list<T>`."""

    __slots__ = ("type",)

    def __init__(self, span: Span, type_: Type) -> None:
        self.span = span
        self.type = type_

    def inner(self) -> list[Type]:
        return [self.type]


class FixedLengthListType(Type):
    """`list<T, N>`; the length may be zero here."""

    __slots__ = ("length", "type")

    def __init__(self, span: Span, type_: Type, length: int) -> None:
        self.span = span
        self.type = type_
        self.length = length

    def inner(self) -> list[Type]:
        return [self.type]


class MapType(Type):
    """`map<K, V>`."""

    __slots__ = ("key_type", "value_type")

    def __init__(self, span: Span, key_type: Type, value_type: Type) -> None:
        self.span = span
        self.key_type = key_type
        self.value_type = value_type

    def inner(self) -> list[Type]:
        return [self.key_type, self.value_type]


class OwnType(Type):
    """`own<R>`."""

    __slots__ = ("resource",)

    def __init__(self, resource: Id) -> None:
        self.span = resource.span
        self.resource = resource


class BorrowType(Type):
    """`borrow<R>`."""

    __slots__ = ("resource",)

    def __init__(self, resource: Id) -> None:
        self.span = resource.span
        self.resource = resource


class OptionType(Type):
    """`option<T>`."""

    __slots__ = ("type",)

    def __init__(self, span: Span, type_: Type) -> None:
        self.span = span
        self.type = type_

    def inner(self) -> list[Type]:
        return [self.type]


class ResultType(Type):
    """`result`, `result<T>`, `result<_, E>`, `result<T, E>`."""

    __slots__ = ("err", "ok")

    def __init__(self, span: Span, ok: Type | None, err: Type | None) -> None:
        self.span = span
        self.ok = ok
        self.err = err

    def inner(self) -> list[Type]:
        return [t for t in (self.ok, self.err) if t is not None]


class TupleType(Type):
    """`tuple<…>`."""

    __slots__ = ("types",)

    def __init__(self, span: Span, types: list[Type]) -> None:
        self.span = span
        self.types = types

    def inner(self) -> list[Type]:
        return self.types


class FutureType(Type):
    """`future` or `future<T>`."""

    __slots__ = ("type",)

    def __init__(self, span: Span, type_: Type | None) -> None:
        self.span = span
        self.type = type_

    def inner(self) -> list[Type]:
        return [] if self.type is None else [self.type]


class StreamType(Type):
    """`stream` or `stream<T>`."""

    __slots__ = ("type",)

    def __init__(self, span: Span, type_: Type | None) -> None:
        self.span = span
        self.type = type_

    def inner(self) -> list[Type]:
        return [] if self.type is None else [self.type]


# Only as the type of a `TypeDef`; their span is that of its name.


class ResourceType(Type):
    """A resource and its functions, in order."""

    __slots__ = ("funcs",)

    def __init__(self, span: Span, funcs: list[ResourceFunc]) -> None:
        self.span = span
        self.funcs = funcs


class RecordType(Type):
    """A record."""

    __slots__ = ("fields",)

    def __init__(self, span: Span, fields: list[Field]) -> None:
        self.span = span
        self.fields = fields

    def inner(self) -> list[Type]:
        return [f.type for f in self.fields]


class FlagsType(Type):
    """A flags type."""

    __slots__ = ("flags",)

    def __init__(self, span: Span, flags: list[Label]) -> None:
        self.span = span
        self.flags = flags


class VariantType(Type):
    """A variant."""

    __slots__ = ("cases",)

    def __init__(self, span: Span, cases: list[Case]) -> None:
        self.span = span
        self.cases = cases

    def inner(self) -> list[Type]:
        return [c.type for c in self.cases if c.type is not None]


class EnumType(Type):
    """An enum."""

    __slots__ = ("cases",)

    def __init__(self, span: Span, cases: list[Label]) -> None:
        self.span = span
        self.cases = cases


class Field:
    """A field of a record."""

    __slots__ = ("docs", "name", "type")

    def __init__(self, docs: Docs, name: Id, type_: Type) -> None:
        self.docs = docs
        self.name = name
        self.type = type_


class Case:
    """A case of a variant; `type` is None without a payload."""

    __slots__ = ("docs", "name", "type")

    def __init__(self, docs: Docs, name: Id, type_: Type | None) -> None:
        self.docs = docs
        self.name = name
        self.type = type_


class Label:
    """A member of flags or a case of an enum."""

    __slots__ = ("docs", "name")

    def __init__(self, docs: Docs, name: Id) -> None:
        self.docs = docs
        self.name = name
