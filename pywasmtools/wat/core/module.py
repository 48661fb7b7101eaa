"""Core modules in text: what their fields say, and how they are parsed.

Abbreviations are written out while parsing: an inline export becomes an export before its item, inline data and
elements a segment before theirs, inline imports become imports. Items are numbered as they come.
Specification: core, text format, modules; custom annotations.
"""

from __future__ import annotations

from pywasmtools.wasm.module import external_space
from pywasmtools.wasm.spaces import MODULE_SORTS
from pywasmtools.wasm.types import FUNCREF, MemoryType
from pywasmtools.wasm.writer import var_s64, var_u32
from pywasmtools.wat.core.data_values import parse_data_values, plain_segment
from pywasmtools.wat.core.expressions import ExpressionParser
from pywasmtools.wat.core.instructions import (
    DATA,
    ELEM,
    FUNC,
    GLOBAL,
    MEMORY,
    SPACE_NAMES,
    TABLE,
    TAG,
    TYPE,
    Expression,
    Scope,
    parse_instruction,
)
from pywasmtools.wat.core.types import (
    Field,
    FuncSig,
    GlobalText,
    Imports,
    ItemSig,
    StructDef,
    TableText,
    Type,
    TypeUse,
    inline_exports,
    inline_import,
    parse_export_kind,
    parse_func_use,
    parse_global_type,
    parse_import,
    parse_index_type,
    parse_memory_type,
    parse_page_size,
    parse_rec,
    parse_ref_type,
    parse_table_type,
    parse_type,
    parse_type_use,
    parse_val_type,
    peek2_ref_type,
    peek_ref_type,
)
from pywasmtools.wat.cursor import Id, Index, Parser
from pywasmtools.wat.lexer import INTEGER, LPAREN, RPAREN, STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wat.core.ahead import BodiesAhead
    from pywasmtools.wat.core.types import Param, TextType
    from pywasmtools.wat.dwarf import DwarfSource
    from pywasmtools.wat.sections import Custom

    ModuleField: TypeAlias = (
        "Type | Rec | Imports | Func | Table | Memory | Tag | Global | Export | Start | Elem | Data"
    )


LARGE: Final = 4_000_000
"""Bytes of text, from where on several processes may be worth it."""


class Rec:
    """A recursion group."""

    __slots__ = ("types",)

    def __init__(self, types: list[Type]) -> None:
        self.types = types


class Func:
    """A function with its code. `clash` is the first id of its locals that is taken already."""

    __slots__ = ("body", "clash", "id", "locals", "name", "span", "use")

    def __init__(self, span: int, id_: Id | None, name: str | None, use: TypeUse) -> None:
        self.span = span
        self.id = id_
        self.name = name
        self.use = use
        self.locals: list[Param] = _NO_LOCALS
        self.body = _NO_CODE
        self.clash: Id | None = None


_NO_CODE: Final = Expression()
_NO_LOCALS: Final[list[Param]] = []
"""Shared by functions without locals: never added to."""


class Table:
    """A table, with what its elements are at first."""

    __slots__ = ("id", "init", "name", "type")

    def __init__(self, id_: Id | None, name: str | None, type_: TableText, init: Expression | None) -> None:
        self.id = id_
        self.name = name
        self.type = type_
        self.init = init


class Memory:
    """A memory."""

    __slots__ = ("id", "name", "type")

    def __init__(self, id_: Id | None, name: str | None, type_: MemoryType) -> None:
        self.id = id_
        self.name = name
        self.type = type_


class Tag:
    """A tag."""

    __slots__ = ("id", "name", "use")

    def __init__(self, id_: Id | None, name: str | None, use: TypeUse) -> None:
        self.id = id_
        self.name = name
        self.use = use


class Global:
    """A global with its first value."""

    __slots__ = ("id", "init", "name", "type")

    def __init__(self, id_: Id | None, name: str | None, type_: GlobalText, init: Expression) -> None:
        self.id = id_
        self.name = name
        self.type = type_
        self.init = init


class Export:
    """An export: its name, external kind and index."""

    __slots__ = ("index", "kind", "name")

    def __init__(self, name: str, kind: int, index: Index) -> None:
        self.name = name
        self.kind = kind
        self.index = index


class Start:
    """The start function."""

    __slots__ = ("func",)

    def __init__(self, func: Index) -> None:
        self.func = func


PASSIVE: Final = 0
DECLARED: Final = 1
ACTIVE: Final = 2


class Elem:
    """An element segment: indices of functions, or expressions of a type."""

    __slots__ = ("count", "exprs", "id", "indices", "mode", "name", "offset", "table", "type")

    def __init__(self, id_: Id | None, name: str | None, mode: int) -> None:
        self.id = id_
        self.name = name
        self.mode = mode
        self.table: Index | None = None
        self.offset = Expression()
        self.count = 0
        self.indices = Expression()
        """`count` indices of functions, as code: there may be many."""
        self.type: TextType | None = None
        self.exprs: list[Expression] = []


class Data:
    """A data segment, active where it has a memory."""

    __slots__ = ("data", "id", "memory", "name", "offset")

    def __init__(self, id_: Id | None, name: str | None) -> None:
        self.id = id_
        self.name = name
        self.memory: Index | None = None
        self.offset = Expression()
        self.data = b""


class Module:
    """The fields of a module in order, apart by sections, and what is wrong with their names.

    `binary` is set for `(module binary …)`, which has no fields.
    """

    __slots__ = (
        "ahead",
        "binary",
        "clash",
        "counts",
        "customs",
        "dwarf",
        "fields",
        "last_definition",
        "late_import",
        "looks_ahead",
        "scope",
        "types",
    )

    def __init__(self, dwarf: DwarfSource | None = None) -> None:
        self.binary: bytes | None = None
        self.dwarf = dwarf
        """The file as DWARF sees it, where DWARF is asked for."""
        self.fields: list[ModuleField] = []
        self.types: list[Type] = []
        """All types, those of recursion groups too, by their index."""
        self.customs: list[Custom] = []
        self.scope = Scope()
        self.counts = [0] * len(MODULE_SORTS)
        self.clash: tuple[int, str] | None = None
        """The first name that is given twice: where, and what is said of it."""
        self.last_definition = ""
        self.late_import: tuple[int, str] | None = None
        """The first import after a definition: where, and what is said of it."""
        self.ahead: BodiesAhead | None = None
        """The bodies that other processes parse, where there are many."""
        self.looks_ahead = False
        """Whether that was asked for."""

    def register(self, space: int, id_: Id | None) -> int:
        """Numbers an item and makes its name known; returns its index."""
        index = self.counts[space]
        self.counts[space] = index + 1
        if id_ is not None:
            name = id_.name.encode()
            known = self.scope.spaces[space]
            if name in known:
                self.clashes(id_.span, f"duplicate {SPACE_NAMES[space]} identifier")
            known[name] = index
        return index

    def clashes(self, span: int, message: str) -> None:
        """Notes a name that is given twice."""
        if self.clash is None:
            self.clash = (span, message)

    def define(self, what: str) -> None:
        """Notes a definition, after which no import may come."""
        self.last_definition = what


# ------------------------------------------------------------------------------- fields


def parse_module_fields(p: Parser) -> Module:
    """The fields of a module, up to its end."""
    module = Module(p.dwarf)
    try:
        _parse_fields(p, module)
        return module
    except MemoryError:
        pass
    raise MemoryError  # a new one: `diagnostics.py` says why


def _parse_fields(p: Parser, module: Module) -> None:
    try:
        while not p.is_empty():
            p.open()
            _parse_field(p, module)
            p.close()
    finally:
        if module.ahead is not None:
            module.ahead.close()
            module.ahead = None


def parse_binary_module(p: Parser) -> Module:
    """The strings of `(module binary …)`."""
    module = Module()
    module.binary = b"" if p.is_empty() else p.strings()
    if not p.is_empty():
        raise p.error("expected a string")
    return module


def _parse_field(p: Parser, module: Module) -> None:
    p.check()
    word = p.word
    if word == b"func":
        _parse_func(p, module)
    elif word == b"type":
        _add_type(module, parse_type(p))
    elif word == b"rec":
        types = parse_rec(p)
        module.fields.append(Rec(types))
        for type_ in types:
            _register_type(module, type_)
    elif word == b"import":
        _add_import(module, parse_import(p))
    elif word == b"table":
        _parse_table(p, module)
    elif word == b"memory":
        _parse_memory(p, module)
    elif word == b"global":
        _parse_global(p, module)
    elif word == b"export":
        p.advance()
        name = p.name()
        p.open()
        kind = parse_export_kind(p)
        index = p.index()
        p.close()
        module.fields.append(Export(name, kind, index))
    elif word == b"start":
        p.advance()
        module.fields.append(Start(p.index()))
    elif word == b"elem":
        _parse_elem(p, module)
    elif word == b"data":
        _parse_data(p, module)
    elif word == b"tag":
        _parse_tag(p, module)
    elif p.peek_annotation(b"custom") or p.peek_annotation(b"producers") or p.peek_annotation(b"dylink.0"):
        from pywasmtools.wat.core.customs import parse_custom

        module.customs.append(parse_custom(p))
    else:
        raise p.error("expected valid module field")


def _add_type(module: Module, type_: Type) -> None:
    module.fields.append(type_)
    _register_type(module, type_)


def _register_type(module: Module, type_: Type) -> None:
    module.types.append(type_)
    module.register(TYPE, type_.id)
    kind = type_.definition.kind
    if isinstance(kind, StructDef):
        seen: set[str] = set()
        for field in kind.fields:
            _register_struct_field(module, field, seen)


def _register_struct_field(module: Module, field: Field, seen: set[str]) -> None:
    if field.id is not None:
        name = field.id.name
        if name in seen:
            module.clashes(field.id.span, f"duplicate identifier: duplicate field named `{name}`")
        seen.add(name)


def _add_import(module: Module, imports: Imports) -> None:
    if module.last_definition and module.late_import is None:
        module.late_import = (imports.span, f"import after {module.last_definition}")
    module.fields.append(imports)
    for item in imports.sigs():
        module.register(external_space(item.kind), item.id)


class _Head:
    """What many fields begin with: keyword, id, name, inline exports."""

    __slots__ = ("exports", "id", "name", "span")

    def __init__(self, p: Parser, word: bytes) -> None:
        self.span = p.keyword(word)
        self.id = p.optional_id()
        self.name = p.optional_name_annotation()
        self.exports = inline_exports(p)


def _add_exports(module: Module, head: _Head, kind: int) -> None:
    """The inline exports of the item that comes next in its index space."""
    index = module.counts[external_space(kind)]
    for name in head.exports:
        module.fields.append(Export(name, kind, Index(index, head.span)))


def _inline_item(
    module: Module,
    head: _Head,
    place: tuple[str, str],
    kind: int,
    type_: TypeUse | TableText | MemoryType | GlobalText,
) -> None:
    """An item imported in its own field. A `@name` is lost, but for functions."""
    name = head.name if external_space(kind) == FUNC else None
    item = ItemSig(head.span, head.id, name, kind, type_)
    _add_exports(module, head, external_space(kind))
    _add_import(module, Imports(head.span, place[0], [(place[1], item)]))


def _parse_func(p: Parser, module: Module) -> None:
    head = _Head(p, b"func")
    place = inline_import(p)
    if place is not None:
        kind, use = parse_func_use(p)
        _inline_item(module, head, place, kind, use)
        return
    func = _func(p, head)
    if not module.looks_ahead and p.size - p.start >= LARGE:
        _look_ahead(p, module)
    # Names are known from here on: a body may name its own function.
    _add_exports(module, head, FUNC)
    module.register(FUNC, head.id)
    module.define("function")
    names, func.clash = local_names(func, 0)
    body = None if module.ahead is None else module.ahead.take(p, head.span)
    func.body = _body(p, module.scope, func, names) if body is None else body.sealed()
    module.fields.append(func)


def _func(p: Parser, head: _Head) -> Func:
    """A function with its type and its locals, up to its body."""
    func = Func(head.span, head.id, head.name, parse_type_use(p))
    if p.peek2_keyword(b"local"):
        func.locals = []
    while p.peek2_keyword(b"local"):
        p.open()
        _parse_locals(p, func.locals)
        p.close()
    return func


def _body(p: Parser, scope: Scope, func: Func, names: dict[bytes, int]) -> Expression:
    """The body of a function, which comes next, with its locals by name."""
    if func.use.index is None or func.use.inline is not None:
        scope.locals = names
    body = ExpressionParser(p, scope).parse().sealed()
    scope.locals = {}
    return body


def _look_ahead(p: Parser, module: Module) -> None:
    """Has other processes parse bodies of the functions that follow, where that is worth it."""
    from pywasmtools.wat.core.ahead import bodies_ahead

    def parse(p: Parser) -> tuple[int, Expression] | None:
        head = _Head(p, b"func")
        if inline_import(p) is not None:
            return None
        func = _func(p, head)
        return p.start, _body(p, module.scope, func, local_names(func, 0)[0])

    module.looks_ahead = True
    if module.dwarf is None:
        module.ahead = bodies_ahead(p, parse)


def _parse_locals(p: Parser, locals_: list[Param]) -> None:
    p.keyword(b"local")
    if p.is_empty():
        return
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    locals_.append((id_, name, parse_val_type(p)))
    if id_ is None and name is None:
        while not p.is_empty():
            locals_.append((None, None, parse_val_type(p)))


def local_names(func: Func, hidden: int) -> tuple[dict[bytes, int], Id | None]:
    """The locals of a function by name, and the first id that is taken already.

    `hidden` is how many parameters the function has that are not written at it.
    """
    names: dict[bytes, int] = {}
    clash = None
    index = hidden
    written = func.use.inline.params if func.use.inline is not None else []
    for params in (written, func.locals):
        for id_, _, _ in params:
            if id_ is not None:
                name = id_.name.encode()
                if name in names and clash is None:
                    clash = id_
                names[name] = index
            index += 1
    return names, clash


def _expression(p: Parser, module: Module) -> Expression:
    return ExpressionParser(p, module.scope).parse().sealed()


def _folded(p: Parser, module: Module) -> Expression:
    return ExpressionParser(p, module.scope).parse_folded().sealed()


def _constant(code: bytes) -> Expression:
    expression = Expression()
    expression.code += code
    return expression


# ------------------------------------------------------------------------------- tables and elements


def _parse_table(p: Parser, module: Module) -> None:
    head = _Head(p, b"table")
    shared = p.peek_keyword(b"shared")
    indexed = p.peek_keyword(b"i32") or p.peek_keyword(b"i64")
    if peek_ref_type(p) or ((shared or indexed) and peek2_ref_type(p)):
        shared = p.optional_keyword(b"shared")
        is64 = parse_index_type(p)
        element = parse_ref_type(p)
        elem = Elem(None, None, ACTIVE)
        p.open()
        p.keyword(b"elem")
        if p.peek(LPAREN):
            _parse_items(p, module, elem, element)
        else:
            _parse_indices(p, module, elem, element)
        p.close()
        count = elem.count or len(elem.exprs)
        elem.table = Index(module.counts[TABLE], head.span)
        elem.offset = _constant(b"\x42\x00" if is64 else b"\x41\x00")
        _add_exports(module, head, TABLE)
        module.register(ELEM, None)
        module.fields.append(elem)
        table = Table(head.id, head.name, TableText(element, count, count, is64, shared), None)
    elif shared or indexed or p.peek(INTEGER):
        type_ = parse_table_type(p)
        _add_exports(module, head, TABLE)
        init = None
        if not p.is_empty():
            init = _expression(p, module)
        table = Table(head.id, head.name, type_, init)
    else:
        place = inline_import(p)
        if place is None:
            raise p.unexpected("`shared`", "`i32`", "`i64`", "reftype", "u64")
        _inline_item(module, head, place, TABLE, parse_table_type(p))
        return
    module.register(TABLE, head.id)
    module.define("table")
    module.fields.append(table)


def _parse_elem(p: Parser, module: Module) -> None:
    span = p.keyword(b"elem")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    elem = Elem(id_, name, PASSIVE)
    plain = False
    if p.optional_keyword(b"declare"):
        elem.mode = DECLARED
    elif p.peek(INTEGER) or (p.peek(LPAREN) and not peek_ref_type(p)):
        elem.mode = ACTIVE
        if p.peek(INTEGER):
            plain = True
            elem.table = Index(p.u32(), span)
        elif p.peek2_keyword(b"table"):
            p.open()
            p.keyword(b"table")
            elem.table = p.index()
            p.close()
        else:
            plain = True
        elem.offset = _item(p, module, b"offset")
    if p.optional_keyword(b"func"):
        _parse_indices(p, module, elem, None)
    elif not peek_ref_type(p) and plain:
        _parse_indices(p, module, elem, None)
    else:
        _parse_items(p, module, elem, parse_ref_type(p))
    module.register(ELEM, id_)
    module.fields.append(elem)


def _parse_indices(p: Parser, module: Module, elem: Elem, type_: TextType | None) -> None:
    """Functions, up to the end; as expressions where the type is not `funcref`."""
    known = module.scope.spaces[FUNC]
    elem.type = None if type_ == FUNCREF else type_
    target = elem.indices
    while not p.is_empty():
        numbers = p.plain_numbers() if elem.type is None and p.kind == INTEGER else []
        if numbers:
            elem.count += len(numbers)
            target.code += b"".join([var_u32(number) for number in numbers])
            continue
        index = p.index()
        if elem.type is None:
            elem.count += 1
        else:
            target = Expression()
            target.code += b"\xd2"
            elem.exprs.append(target)
        number = index.number if index.id is None else known.get(index.id.name.encode(), -1)
        if number >= 0:
            target.code += var_u32(number)
        else:
            assert index.id is not None
            target.fixups.append((len(target.code), FUNC, index.id.name, index.span))


def _parse_items(p: Parser, module: Module, elem: Elem, type_: TextType) -> None:
    """Expressions of a type, up to the end."""
    elem.type = type_
    while not p.is_empty():
        elem.exprs.append(_item(p, module, b"item"))


def _item(p: Parser, module: Module, word: bytes) -> Expression:
    """`(word …)`, or one folded instruction."""
    if not p.peek2_keyword(word):
        return _folded(p, module)
    p.open()
    p.keyword(word)
    expression = _expression(p, module)
    p.close()
    return expression


# ------------------------------------------------------------------------------- memories and data


def _parse_memory(p: Parser, module: Module) -> None:
    head = _Head(p, b"memory")
    place = inline_import(p)
    if place is not None:
        _inline_item(module, head, place, MEMORY, parse_memory_type(p))
        return
    if p.peek(LPAREN) or ((p.peek_keyword(b"i32") or p.peek_keyword(b"i64")) and p.peek2(LPAREN)):
        is64 = parse_index_type(p)
        page_size = parse_page_size(p)
        data = Data(None, None)
        p.open()
        p.keyword(b"data")
        data.data = parse_data_values(p)
        p.close()
        log2 = 16 if page_size is None else page_size
        pages = (len(data.data) + (1 << log2) - 1) >> log2
        data.memory = Index(module.counts[MEMORY], head.span)
        data.offset = _constant(b"\x42\x00" if is64 else b"\x41\x00")
        _add_exports(module, head, MEMORY)
        module.register(DATA, None)
        module.fields.append(data)
        type_ = MemoryType(pages, pages, is64, False, page_size)
    elif p.peek(INTEGER) or p.peek_keyword(b"i32") or p.peek_keyword(b"i64"):
        type_ = parse_memory_type(p)
        _add_exports(module, head, MEMORY)
    else:
        raise p.unexpected("left paren", "u32", "`i32`", "`i64`")
    module.register(MEMORY, head.id)
    module.define("memory")
    module.fields.append(Memory(head.id, head.name, type_))


def _parse_data(p: Parser, module: Module) -> None:
    plain = plain_segment(p.data, p.end)
    if plain is not None and p.dwarf is None:
        data = Data(None, None)
        data.memory = Index(0, p.start)
        data.offset = _constant(b"\x41" + var_s64(plain[0])).sealed()  # i32.const
        data.data = plain[1]
        p.goto(plain[2])
        module.register(DATA, None)
        module.fields.append(data)
        return
    span = p.keyword(b"data")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    data = Data(id_, name)
    if not (p.peek(STRING) or p.peek(RPAREN)):
        if p.peek(INTEGER):
            data.memory = Index(p.u32(), span)
        elif p.peek2_keyword(b"memory"):
            p.open()
            p.keyword(b"memory")
            data.memory = p.index()
            p.close()
        else:
            data.memory = Index(0, span)
        p.open()
        if p.optional_keyword(b"offset"):
            data.offset = _expression(p, module)
        else:
            first = parse_instruction(p)
            parser = ExpressionParser(p, module.scope)
            if not p.is_empty():
                # What follows comes first.
                parser.parse()
            data.offset = parser.push_last(first)
        p.close()
    data.data = parse_data_values(p)
    module.register(DATA, id_)
    module.fields.append(data)


# ------------------------------------------------------------------------------- globals and tags


def _parse_global(p: Parser, module: Module) -> None:
    head = _Head(p, b"global")
    place = inline_import(p)
    type_ = parse_global_type(p)
    if place is not None:
        _inline_item(module, head, place, GLOBAL, type_)
        return
    _add_exports(module, head, GLOBAL)
    global_ = Global(head.id, head.name, type_, _expression(p, module))
    module.register(GLOBAL, head.id)
    module.define("global")
    module.fields.append(global_)


def _parse_tag(p: Parser, module: Module) -> None:
    head = _Head(p, b"tag")
    place = inline_import(p)
    use = parse_type_use(p)
    if place is not None:
        _inline_item(module, head, place, TAG, use)
        return
    _add_exports(module, head, TAG)
    module.register(TAG, head.id)
    module.fields.append(Tag(head.id, head.name, use))


def find_types(module: Module) -> list[FuncSig | None]:
    """The function types of a module by index; None for other types."""
    found: list[FuncSig | None] = []
    for type_ in module.types:
        kind = type_.definition.kind
        found.append(kind if isinstance(kind, FuncSig) else None)
    return found
