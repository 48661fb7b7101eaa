"""WIT text to its syntax tree, by recursive descent over a window of tokens.

A token that is looked at and is a lexical error raises at once, as in the reference, where lexing is lazy, too. Of the
two ways to say what was expected, `expect` points at one byte and `_expected` at the whole token.

See https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md
"""

from __future__ import annotations

from pywasmtools.diagnostics import UNKNOWN_SPAN, WasmToolsError, error, wit_error
from pywasmtools.text.semver import parse_version
from pywasmtools.wit import model
from pywasmtools.wit.syntax import ast
from pywasmtools.wit.syntax.ast import NO_DOCS, Docs, Id
from pywasmtools.wit.syntax.attributes import Deprecated, ExternalId, Since, Unstable, refuse_external_id
from pywasmtools.wit.syntax.lexer import (
    AS,
    ASYNC,
    AT,
    BOOL,
    BORROW,
    COLON,
    COMMA,
    CONSTRUCTOR,
    DESCRIPTIONS,
    ENUM,
    EOF,
    EQUALS,
    ERROR,
    ERROR_CONTEXT,
    EXPLICIT_ID,
    EXPORT,
    FLAGS,
    FUNC,
    FUTURE,
    GREATER_THAN,
    ID,
    IMPORT,
    INCLUDE,
    INTEGER,
    INTERFACE,
    KEPT,
    LEFT_BRACE,
    LEFT_PAREN,
    LESS_THAN,
    LIST,
    MAP,
    MINUS,
    MORE,
    OPTION,
    OWN,
    PACKAGE,
    PERIOD,
    PLUS,
    R_ARROW,
    RECORD,
    RESOURCE,
    RESULT,
    RIGHT_BRACE,
    RIGHT_PAREN,
    SEMICOLON,
    SLASH,
    STATIC,
    STREAM,
    STRING_LITERAL,
    TUPLE,
    TYPE,
    UNDERSCORE,
    USE,
    VARIANT,
    WITH,
    WORLD,
    Tokens,
    id_problem,
    read_string,
)
from pywasmtools.wit.types import PRIMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import Span
    from pywasmtools.text.semver import Version
    from pywasmtools.wit.syntax.ast import AstItem, ExternKind, InterfaceItem, Param, UsePath, WorldItem
    from pywasmtools.wit.syntax.attributes import Attribute

_MAX_ITEM_DEPTH: Final = 100
_MAX_TYPE_DEPTH: Final = 100
_U32_MAX: Final = 0xFFFFFFFF
_NUMBERS: Final = (INTEGER, PERIOD, INTEGER, PERIOD, INTEGER)
"""What a version begins with."""
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def parse_package_file(source: bytes, offset: int) -> ast.PackageFile:
    """Parses a file whose bytes, without the newline that the source map adds, start at `offset` of the map."""
    return _Parser(Tokens(source, offset)).package_file()


def parse_use_path(text: str) -> str | tuple[model.PackageName, str]:
    """Reads `name` or `namespace:package/name@version`, as worlds are told on the command line.

    Returns the name, alone or after its package. Raises plain errors, which point nowhere.
    """
    path, end = _use_path(text)
    if end != EOF:
        raise error("trailing tokens in path specifier")
    if isinstance(path, Id):
        return path.name
    package = path.id
    return (model.PackageName(package.namespace.name, package.name.name, package.version), path.name.name)


def _use_path(text: str) -> tuple[UsePath, int]:
    """The path at the start of a text, and the kind of token after it."""
    try:
        parser = _Parser(Tokens(text.encode("utf-8"), 0))
        return (parser.use_path(), parser.peek())
    except WasmToolsError as problem:
        raise error(problem.layers[0].message) from None


def _version(text: str, span: Span) -> Version:
    try:
        return parse_version(text)
    except WasmToolsError as problem:
        raise wit_error(span, problem.layers[0].message) from None


class _Parser:
    """A place among the tokens of a file.

    The token at `at` may not be read yet; then its kind is MORE. Whoever looks at it reads on first, which moves `at`.
    """

    __slots__ = ("at", "kinds", "names", "starts", "tokens", "versions", "words")

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.starts = tokens.starts
        self.words = tokens.words
        self.at = 0
        self.names: dict[bytes, str] = {}
        self.versions: dict[bytes, Version] = {}

    # --------------------------------------------------------------------------- tokens

    def peek(self) -> int:
        """The kind of the next token; raises where it is a lexical error."""
        kind = self.kinds[self.at]
        if kind == MORE:
            self.at = self.tokens.more(self.at)
            kind = self.kinds[self.at]
        if kind == ERROR:
            assert self.tokens.error is not None
            raise self.tokens.error
        return kind

    def ahead(self) -> None:
        """Makes sure that some tokens after the next one are read, too: for looking ahead and coming back."""
        if len(self.kinds) <= self.at + KEPT and self.kinds[-1] == MORE:
            self.at = self.tokens.more(self.at)

    def eat(self, kind: int) -> bool:
        """Steps over the next token if it is of this kind."""
        found = self.kinds[self.at]
        if found == kind:
            self.at += 1
            return True
        if found < EQUALS and self.peek() == kind:
            self.at += 1
            return True
        return False

    def expect(self, kind: int) -> None:
        """Steps over a token of this kind, and no other."""
        found = self.kinds[self.at]
        if found != kind:
            found = self.peek()
            if found != kind:
                at = self.starts[self.at]
                raise wit_error((at, at + 1), f"expected {DESCRIPTIONS[kind]}, found {DESCRIPTIONS[found]}")
        self.at += 1

    def _expected(self, what: str) -> WasmToolsError:
        """The error that the next token isn't what it should be."""
        found = self.peek()
        return wit_error(self.span(), f"expected {what}, found {DESCRIPTIONS[found]}")

    def span(self) -> Span:
        """The span of the next token, which has been looked at."""
        return (self.starts[self.at], self.end_of(self.at))

    def end_of(self, at: int) -> int:
        """Where the token at a position ends."""
        return self.starts[at] + len(self.words[at])

    def docs(self) -> Docs:
        """The comments before the next token."""
        if self.kinds[self.at] == MORE:
            self.at = self.tokens.more(self.at)
        if not self.tokens.comments:
            return NO_DOCS
        found = self.tokens.comments.get(self.at)
        if found is None:
            return NO_DOCS
        source = self.tokens.source
        offset = self.tokens.offset
        end = found[-1]
        while source[end - 1] in b" \t\n\r":
            end -= 1
        return Docs(source, found, (found[0] + offset, end + offset))

    def id(self) -> Id:
        """An identifier, `%` or not, and good."""
        at = self.at
        kind = self.kinds[at]
        if kind != ID and kind != EXPLICIT_ID:
            kind = self.peek()
            at = self.at
            if kind != ID and kind != EXPLICIT_ID:
                raise self._expected("an identifier or string")
        self.at = at + 1
        word = self.words[at]
        name = self.names.get(word)
        if name is None:
            name = self._checked_name(word, kind)
        start = self.starts[at]
        return Id(name, (start, start + len(word)))

    def _checked_name(self, word: bytes, kind: int) -> str:
        """The name that a word is; the word is the one before the next token."""
        name = (word[1:] if kind == EXPLICIT_ID else word).decode("utf-8")
        problem = id_problem(name)
        if problem:
            start = self.starts[self.at - 1]
            raise wit_error((start, start + 1), problem)
        self.names[word] = name
        return name

    # --------------------------------------------------------------------------- packages

    def package_file(self) -> ast.PackageFile:
        """A whole file. `package a:b;` at its start is its own; `package a:b { … }` is an item."""
        package_id: ast.PackageName | None = None
        items: list[AstItem] = []
        docs = self.docs()
        if self.eat(PACKAGE):
            package_id = self.package_name(docs)
            if not self.eat(SEMICOLON):
                items.append(self.package_body(package_id, 0))
                package_id = None
        while self.peek() != EOF:
            items.append(self.item(self.docs(), 0))
        return ast.PackageFile(package_id, items)

    def item(self, docs: Docs, depth: int) -> AstItem:
        """An interface, world, use or nested package; `depth` counts packages around it."""
        attributes = self.attributes()
        kind = self.peek()
        if kind == INTERFACE:
            refuse_external_id(attributes, "interface declarations")
            self.at += 1
            name = self.id()
            return ast.Interface(docs, attributes, name, self.interface_items())
        if kind == WORLD:
            refuse_external_id(attributes, "world declarations")
            self.at += 1
            name = self.id()
            return ast.World(docs, attributes, name, self.world_items())
        if kind == USE:
            return self.toplevel_use(attributes)
        if kind == PACKAGE:
            return self.nested_package(docs, attributes, depth)
        raise self._expected("`world`, `interface` or `use`")

    def nested_package(self, docs: Docs, attributes: list[Attribute], depth: int) -> ast.PackageFile:
        """`package a:b { … }`."""
        span = self.span()
        self.at += 1
        if attributes:
            raise wit_error(span, "cannot place attributes on nested packages")
        if depth >= _MAX_ITEM_DEPTH:
            raise wit_error(span, "package nesting too deep")
        return self.package_body(self.package_name(docs), depth)

    def package_body(self, package_id: ast.PackageName, depth: int) -> ast.PackageFile:
        """`{ … }` of a package within a file."""
        self.expect(LEFT_BRACE)
        items: list[AstItem] = []
        while not self.eat(RIGHT_BRACE):
            items.append(self.item(self.docs(), depth + 1))
        return ast.PackageFile(package_id, items)

    def package_name(self, docs: Docs) -> ast.PackageName:
        """`namespace:name@version`."""
        namespace = self.id()
        self.expect(COLON)
        name = self.id()
        end = name.span[1]
        version: Version | None = None
        version_span = UNKNOWN_SPAN
        if self.eat(AT):
            version, version_span = self.version()
            end = version_span[1]
        return ast.PackageName(docs, (namespace.span[0], end), namespace, name, version, version_span)

    def version(self) -> tuple[Version, Span]:
        """A version, which is several tokens; the characters from the first to the last are what counts."""
        self.peek()
        start = self.starts[self.at]
        for kind in _NUMBERS:
            self.expect(kind)
        end = self._identifiers(MINUS, self.end_of(self.at - 1))
        end = self._identifiers(PLUS, end)
        span = (start, end)
        offset = self.tokens.offset
        text = self.tokens.source[start - offset : end - offset]
        version = self.versions.get(text)
        if version is None:
            version = _version(text.decode("utf-8"), span)
            self.versions[text] = version
        return (version, span)

    def _identifiers(self, prefix: int, end: int) -> int:
        """Steps over what may follow `-` or `+` in a version; returns where that ends, `end` without any.

        A dot that nothing of a version follows belongs to a use.
        """
        if not self.eat(prefix):
            return end
        while True:
            kind = self.peek()
            ahead = 1
            if kind == PERIOD:
                self.ahead()
                self.at += 1
                kind = self.peek()
                self.at -= 1
                ahead = 2
            if kind != ID and kind != INTEGER and kind != MINUS:
                return end
            self.at += ahead
            end = self.end_of(self.at - 1)

    # --------------------------------------------------------------------------- uses

    def use_path(self) -> UsePath:
        """`name` or `namespace:package/name@version`."""
        first = self.id()
        if not self.eat(COLON):
            return first
        package = self.id()
        self.expect(SLASH)
        name = self.id()
        version: Version | None = None
        version_span = UNKNOWN_SPAN
        if self.eat(AT):
            version, version_span = self.version()
        span = (first.span[0], package.span[1])
        return ast.PackagePath(ast.PackageName(NO_DOCS, span, first, package, version, version_span), name)

    def toplevel_use(self, attributes: list[Attribute]) -> ast.ToplevelUse:
        """`use path as name;` of a file."""
        span = self.span()
        self.at += 1
        item = self.use_path()
        alias = self.id() if self.eat(AS) else None
        self.expect(SEMICOLON)
        return ast.ToplevelUse(span, attributes, item, alias)

    def use(self, attributes: list[Attribute]) -> ast.Use:
        """`use path.{a, b as c};`."""
        self.at += 1
        from_ = self.use_path()
        self.expect(PERIOD)
        self.expect(LEFT_BRACE)
        names: list[tuple[Id, Id | None]] = []
        while not self.eat(RIGHT_BRACE):
            name = self.id()
            names.append((name, self.id() if self.eat(AS) else None))
            if not self.eat(COMMA):
                self.expect(RIGHT_BRACE)
                break
        self.expect(SEMICOLON)
        return ast.Use(attributes, from_, names)

    def include(self, attributes: list[Attribute]) -> ast.Include:
        """`include path;` or `include path with { a as b }`."""
        refuse_external_id(attributes, "include statements")
        self.at += 1
        from_ = self.use_path()
        names: list[tuple[Id, Id]] = []
        if self.eat(WITH):
            self.expect(LEFT_BRACE)
            while not self.eat(RIGHT_BRACE):
                name = self.id()
                self.expect(AS)
                names.append((name, self.id()))
                if not self.eat(COMMA):
                    self.expect(RIGHT_BRACE)
                    break
        else:
            self.expect(SEMICOLON)
        return ast.Include(attributes, from_, names)

    # --------------------------------------------------------------------------- worlds

    def world_items(self) -> list[WorldItem]:
        """`{ … }` of a world."""
        self.expect(LEFT_BRACE)
        items: list[WorldItem] = []
        while True:
            docs = self.docs()
            if self.eat(RIGHT_BRACE):
                return items
            attributes = self.attributes()
            kind = self.peek()
            if kind == IMPORT:
                self.at += 1
                items.append(ast.Import(docs, attributes, self.extern_kind()))
            elif kind == EXPORT:
                self.at += 1
                items.append(ast.Export(docs, attributes, self.extern_kind()))
            elif kind == USE:
                items.append(self.use(attributes))
            elif kind == INCLUDE:
                items.append(self.include(attributes))
            else:
                typedef = self.optional_type_def(kind, docs, attributes)
                if typedef is None:
                    raise self._expected("`import`, `export`, `include`, `use`, or type definition")
                items.append(typedef)

    def extern_kind(self) -> ExternKind:
        """What is imported or exported, with the semicolon after it."""
        self.ahead()
        start = self.at
        name = self.id()
        if self.eat(COLON):
            kind = self.peek()
            if kind == FUNC or kind == ASYNC or self.at_accessor():
                func = self.func()
                self.expect(SEMICOLON)
                return ast.ExternFunc(name, func)
            if kind == INTERFACE:
                self.at += 1
                return ast.InlineInterface(name, self.interface_items())
            if not self.at_qualified_rest():
                path = self.use_path()
                self.expect(SEMICOLON)
                return ast.NamedPath(name, path)
        # `a`, or `a:b/c` whose colon was no label's
        self.at = start
        path = self.use_path()
        self.expect(SEMICOLON)
        return ast.ExternPath(path)

    def at_qualified_rest(self) -> bool:
        """Whether a good name and a slash come next."""
        at = self.at
        kind = self.kinds[at]
        if kind != ID and kind != EXPLICIT_ID:
            return False
        if self.kinds[at + 1] != SLASH:
            return False
        word = self.words[at]
        return word in self.names or not id_problem((word[1:] if kind == EXPLICIT_ID else word).decode("utf-8"))

    # --------------------------------------------------------------------------- interfaces and functions

    def interface_items(self) -> list[InterfaceItem]:
        """`{ … }` of an interface."""
        self.expect(LEFT_BRACE)
        items: list[InterfaceItem] = []
        while True:
            docs = self.docs()
            if self.eat(RIGHT_BRACE):
                return items
            attributes = self.attributes()
            kind = self.peek()
            if kind == ID or kind == EXPLICIT_ID:
                items.append(self.named_func(docs, attributes))
            elif kind == USE:
                items.append(self.use(attributes))
            else:
                typedef = self.optional_type_def(kind, docs, attributes)
                if typedef is None:
                    raise self._expected("`type`, `resource` or `func`")
                items.append(typedef)

    def named_func(self, docs: Docs, attributes: list[Attribute]) -> ast.NamedFunc:
        """`name: func(…);`."""
        name = self.id()
        self.expect(COLON)
        func = self.func()
        self.expect(SEMICOLON)
        return ast.NamedFunc(docs, attributes, name, func)

    def at_accessor(self) -> bool:
        """Whether `get(` or `set(` comes next; raises where another name is no good."""
        if len(self.kinds) <= self.at + 2:
            self.ahead()
        at = self.at
        if self.kinds[at] != ID:
            return False
        word = self.words[at]
        if word != b"get" and word != b"set":
            self.id()
            self.at = at
            return False
        self.at = at + 1
        found = self.peek() == LEFT_PAREN
        self.at = at
        return found

    def func(self) -> ast.Func:
        """A function type: `async func(…)`, `func(…)`, `get(…)` or `set(…)`."""
        is_async = self.eat(ASYNC)
        accessor = ""
        if not is_async and self.kinds[self.at] == ID and self.at_accessor():
            span = self.span()
            accessor = "get" if self.words[self.at] == b"get" else "set"
            self.at += 1
        else:
            self.peek()
            span = self.span()
            self.expect(FUNC)
        self.expect(LEFT_PAREN)
        params = self.params()
        result = self.type(0) if self.eat(R_ARROW) else None
        return ast.Func(span, is_async, accessor, params, result)

    def params(self) -> list[Param]:
        """Parameters and the closing parenthesis."""
        params: list[Param] = []
        while not self.eat(RIGHT_PAREN):
            name = self.id()
            self.expect(COLON)
            params.append((name, self.type(0)))
            if not self.eat(COMMA):
                self.expect(RIGHT_PAREN)
                break
        return params

    # --------------------------------------------------------------------------- attributes

    def attributes(self) -> list[Attribute]:
        """The attributes before an item."""
        found: list[Attribute] = []
        while self.eat(AT):
            id_ = self.id()
            name = id_.name
            if name == "since" or name == "deprecated":
                self.expect(LEFT_PAREN)
                self.word("version")
                self.expect(EQUALS)
                version, _ = self.version()
                self.expect(RIGHT_PAREN)
                found.append(Since(id_.span, version) if name == "since" else Deprecated(id_.span, version))
            elif name == "unstable":
                self.expect(LEFT_PAREN)
                self.word("feature")
                self.expect(EQUALS)
                feature = self.id()
                self.expect(RIGHT_PAREN)
                found.append(Unstable(id_.span, feature.name))
            elif name == "external-id":
                self.expect(LEFT_PAREN)
                self.peek()
                start = self.starts[self.at] + 1 - self.tokens.offset
                self.expect(STRING_LITERAL)
                self.expect(RIGHT_PAREN)
                if self.tokens.source.startswith(_BYTE_ORDER_MARK, start):
                    start += len(_BYTE_ORDER_MARK)
                contents = read_string(self.tokens.source, start, self.tokens.offset).contents
                found.append(ExternalId(id_.span, contents.decode("utf-8")))
            else:
                raise wit_error(id_.span, f"unknown attribute `{name}`")
        return found

    def word(self, expected: str) -> None:
        """One certain identifier."""
        id_ = self.id()
        if id_.name != expected:
            raise wit_error(id_.span, f"expected `{expected}`, found `{id_.name}`")

    # --------------------------------------------------------------------------- type definitions

    def optional_type_def(self, kind: int, docs: Docs, attributes: list[Attribute]) -> ast.TypeDef | None:
        """The type definition that a token of `kind` begins; None where it begins none."""
        type_: ast.Type
        if kind == TYPE:
            self.at += 1
            name = self.id()
            self.expect(EQUALS)
            type_ = self.type(0)
            self.expect(SEMICOLON)
        elif kind == FLAGS:
            self.at += 1
            name = self.id()
            type_ = ast.FlagsType(name.span, self.labels())
        elif kind == ENUM:
            self.at += 1
            name = self.id()
            type_ = ast.EnumType(name.span, self.labels())
        elif kind == RECORD:
            self.at += 1
            name = self.id()
            type_ = ast.RecordType(name.span, self.fields())
        elif kind == VARIANT:
            self.at += 1
            name = self.id()
            type_ = ast.VariantType(name.span, self.cases())
        elif kind == RESOURCE:
            self.at += 1
            name = self.id()
            type_ = ast.ResourceType(name.span, self.resource_funcs())
        else:
            return None
        return ast.TypeDef(docs, attributes, name, type_)

    def labels(self) -> list[ast.Label]:
        """`{ a, b }` of flags and enums."""
        self.expect(LEFT_BRACE)
        labels: list[ast.Label] = []
        while True:
            docs = self.docs()
            if self.eat(RIGHT_BRACE):
                return labels
            labels.append(ast.Label(docs, self.id()))
            if not self.eat(COMMA):
                self.expect(RIGHT_BRACE)
                return labels

    def fields(self) -> list[ast.Field]:
        """`{ a: t, b: u }` of a record."""
        self.expect(LEFT_BRACE)
        fields: list[ast.Field] = []
        while True:
            docs = self.docs()
            if self.eat(RIGHT_BRACE):
                return fields
            name = self.id()
            self.expect(COLON)
            fields.append(ast.Field(docs, name, self.type(0)))
            if not self.eat(COMMA):
                self.expect(RIGHT_BRACE)
                return fields

    def cases(self) -> list[ast.Case]:
        """`{ a, b(t) }` of a variant."""
        self.expect(LEFT_BRACE)
        cases: list[ast.Case] = []
        while True:
            docs = self.docs()
            if self.eat(RIGHT_BRACE):
                return cases
            name = self.id()
            type_: ast.Type | None = None
            if self.eat(LEFT_PAREN):
                type_ = self.type(0)
                self.expect(RIGHT_PAREN)
            cases.append(ast.Case(docs, name, type_))
            if not self.eat(COMMA):
                self.expect(RIGHT_BRACE)
                return cases

    def resource_funcs(self) -> list[ast.ResourceFunc]:
        """`;` or `{ … }` after the name of a resource."""
        funcs: list[ast.ResourceFunc] = []
        if not self.eat(LEFT_BRACE):
            self.expect(SEMICOLON)
            return funcs
        while not self.eat(RIGHT_BRACE):
            docs = self.docs()
            funcs.append(self.resource_func(docs, self.attributes()))
        return funcs

    def resource_func(self, docs: Docs, attributes: list[Attribute]) -> ast.ResourceFunc:
        """A constructor, method or static function."""
        kind = self.peek()
        if kind == CONSTRUCTOR:
            span = self.span()
            self.at += 1
            self.expect(LEFT_PAREN)
            params = self.params()
            result = self.type(0) if self.eat(R_ARROW) else None
            self.expect(SEMICOLON)
            func = ast.Func(span, False, "", params, result)
            named = ast.NamedFunc(docs, attributes, Id("constructor", span), func)
            return ast.ResourceFunc(ast.CONSTRUCTOR, named)
        if kind == ID or kind == EXPLICIT_ID:
            name = self.id()
            self.expect(COLON)
            what = ast.STATIC if self.eat(STATIC) else ast.METHOD
            func = self.func()
            self.expect(SEMICOLON)
            return ast.ResourceFunc(what, ast.NamedFunc(docs, attributes, name, func))
        raise self._expected("`constructor` or identifier")

    # --------------------------------------------------------------------------- types

    def type(self, depth: int) -> ast.Type:
        """A type expression; `depth` counts those around it, and is bounded."""
        kind = self.peek()
        if depth >= _MAX_TYPE_DEPTH:
            raise wit_error(self.span(), "type nesting too deep")
        if kind == ID or kind == EXPLICIT_ID:
            return ast.NameType(self.id())
        at = self.at
        span = self.span()
        if BOOL <= kind <= ERROR_CONTEXT:
            self.at = at + 1
            return ast.PrimType(span, PRIMS[kind - BOOL])
        if kind < OWN or kind > TUPLE:
            raise self._expected("a type")
        self.at = at + 1
        if kind == LIST:
            return self.list_type(span, depth + 1)
        if kind == OPTION:
            self.expect(LESS_THAN)
            element = self.type(depth + 1)
            self.expect(GREATER_THAN)
            return ast.OptionType(span, element)
        if kind == RESULT:
            return self.result_type(span, depth + 1)
        if kind == TUPLE:
            return ast.TupleType(span, self.tuple_types(depth + 1))
        if kind == OWN or kind == BORROW:
            self.expect(LESS_THAN)
            resource = self.id()
            self.expect(GREATER_THAN)
            return ast.OwnType(resource) if kind == OWN else ast.BorrowType(resource)
        if kind == FUTURE or kind == STREAM:
            payload: ast.Type | None = None
            if self.eat(LESS_THAN):
                payload = self.type(depth + 1)
                self.expect(GREATER_THAN)
            return ast.FutureType(span, payload) if kind == FUTURE else ast.StreamType(span, payload)
        if kind == MAP:
            self.expect(LESS_THAN)
            key_type = self.type(depth + 1)
            self.expect(COMMA)
            value_type = self.type(depth + 1)
            self.expect(GREATER_THAN)
            return ast.MapType(span, key_type, value_type)
        self.at = at
        raise self._expected("a type")

    def list_type(self, span: Span, depth: int) -> ast.Type:
        """`<T>` or `<T, N>` after `list`."""
        self.expect(LESS_THAN)
        element = self.type(depth)
        length = self.list_length() if self.eat(COMMA) else -1
        self.expect(GREATER_THAN)
        if length >= 0:
            return ast.FixedLengthListType(span, element, length)
        return ast.ListType(span, element)

    def result_type(self, span: Span, depth: int) -> ast.Type:
        """What may follow `result`: `<T>`, `<_, E>` or `<T, E>`."""
        ok: ast.Type | None = None
        err: ast.Type | None = None
        if self.eat(LESS_THAN):
            if self.eat(UNDERSCORE):
                self.expect(COMMA)
                err = self.type(depth)
            else:
                ok = self.type(depth)
                if self.eat(COMMA):
                    err = self.type(depth)
            self.expect(GREATER_THAN)
        return ast.ResultType(span, ok, err)

    def tuple_types(self, depth: int) -> list[ast.Type]:
        """`<…>` after `tuple`."""
        self.expect(LESS_THAN)
        types: list[ast.Type] = []
        while not self.eat(GREATER_THAN):
            types.append(self.type(depth))
            if not self.eat(COMMA):
                self.expect(GREATER_THAN)
                break
        return types

    def list_length(self) -> int:
        """The length of a fixed-length list, as far as a u32 goes."""
        if self.peek() != INTEGER:
            raise self._expected("fixed-length")
        digits = self.words[self.at].lstrip(b"0")
        length = int(digits) if digits and len(digits) <= 10 else 0
        if len(digits) > 10 or length > _U32_MAX:
            raise wit_error(self.span(), "invalid list size: number too large to fit in target type")
        self.at += 1
        return length
