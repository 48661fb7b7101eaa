"""Types of core modules in text: what is written, unresolved, how it is parsed, and what it becomes.

A value type is an int of `wasm.types` where it names nothing, else a `NamedRef`. Both can be hashed and compare as
they are written: `(ref $a)` and `(ref 0)` are two. `resolved` turns one into the other by a function from ids to
indices, so that modules and component types, whose index spaces differ, share all of this.
Specification: core, text format, types; component model, core type definitions.
"""

from __future__ import annotations

from pywasmtools.wasm import module as m
from pywasmtools.wasm import types as t
from pywasmtools.wasm.spaces import EXTERNAL_SORTS
from pywasmtools.wat.cursor import Id, Index, Parser
from pywasmtools.wat.lexer import ID, INTEGER, KEYWORD, LPAREN, RPAREN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, TypeAlias

    TextType: TypeAlias = "int | NamedRef"
    """A value, storage, reference or heap type as written."""
    Param: TypeAlias = "tuple[Id | None, str | None, TextType]"
    """A parameter: its id, the name that an annotation gives it, its type."""
    TypeNames: TypeAlias = Callable[[Id], int]
    """From the id of a type to its index; raises where there is none."""

VAL_TYPES: Final = {b"i32": t.I32, b"i64": t.I64, b"f32": t.F32, b"f64": t.F64, b"v128": t.V128}

_REF_NAMES: Final = {
    b"funcref": t.FUNCREF,
    b"externref": t.EXTERNREF,
    b"exnref": t.EXNREF,
    b"contref": t.CONTREF,
    b"anyref": t.ANYREF,
    b"eqref": t.EQREF,
    b"structref": t.STRUCTREF,
    b"arrayref": t.ARRAYREF,
    b"i31ref": t.I31REF,
    b"nullfuncref": t.NULLFUNCREF,
    b"nullexternref": t.NULLEXTERNREF,
    b"nullexnref": t.NULLEXNREF,
    b"nullcontref": t.NULLCONTREF,
    b"nullref": t.NULLREF,
}
"""The short forms of reference types, in the order of messages."""

_ALL_NAMES: Final = {**VAL_TYPES, **_REF_NAMES}

_HEAP_NAMES: Final = {
    b"func": t.FUNC,
    b"extern": t.EXTERN,
    b"exn": t.EXN,
    b"cont": t.CONT,
    b"any": t.ANY,
    b"eq": t.EQ,
    b"struct": t.STRUCT,
    b"array": t.ARRAY,
    b"i31": t.I31,
    b"nofunc": t.NOFUNC,
    b"noextern": t.NOEXTERN,
    b"noexn": t.NOEXN,
    b"nocont": t.NOCONT,
    b"none": t.NONE,
}
"""Abstract heap types, in the order of messages."""


class NamedRef:
    """A reference or heap type that names a defined type: the bits of `wasm.types` without the index, and the id."""

    __slots__ = ("bits", "id")

    def __init__(self, bits: int, id_: Id) -> None:
        self.bits = bits
        self.id = id_

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedRef) and self.bits == other.bits and self.id == other.id

    def __hash__(self) -> int:
        return hash((self.bits, self.id))


def resolved(type_: TextType, names: TypeNames) -> int:
    """A type with its name resolved."""
    if isinstance(type_, NamedRef):
        return type_.bits | names(type_.id) << 8
    return type_


def resolve_index(index: Index, names: TypeNames) -> int:
    """A type's index with its name resolved, which it keeps."""
    if index.number < 0:
        assert index.id is not None
        index.number = names(index.id)
    return index.number


def type_bytes(type_: int) -> bytes:
    """A resolved value, reference or storage type in binary."""
    if type_ < 0x80:
        return bytes((type_,))
    from pywasmtools.wasm.writer import write_val_type

    out = bytearray()
    write_val_type(out, type_)
    return bytes(out)


# ------------------------------------------------------------------------------- value types


def _type_error(p: Parser, with_values: bool) -> Exception:
    names = [f"`{name.decode()}`" for name in (_ALL_NAMES if with_values else _REF_NAMES)]
    return p.error(f"unexpected token, expected one of: {', '.join(names)}, lparen")


def peek_val_type(p: Parser) -> bool:
    """Whether a value type comes next."""
    if p.kind == KEYWORD:
        return p.word in _ALL_NAMES
    return p.peek(LPAREN) and (p.peek2_keyword(b"ref") or p.peek2_keyword(b"shared"))


def peek_ref_type(p: Parser) -> bool:
    """Whether a reference type comes next."""
    if p.kind == KEYWORD:
        return p.word in _REF_NAMES
    return p.peek(LPAREN) and (p.peek2_keyword(b"ref") or p.peek2_keyword(b"shared"))


def peek2_ref_type(p: Parser) -> bool:
    """Whether a reference type comes after the current token, whatever that is."""
    if p.peek2(KEYWORD):
        return any(p.peek2_keyword(name) for name in _REF_NAMES)
    return p.peek2(LPAREN) and (p.peek3_keyword(b"ref") or p.peek3_keyword(b"shared"))


def parse_val_type(p: Parser) -> TextType:
    """A value type."""
    found = _ALL_NAMES.get(p.word)
    if found is not None:
        p.advance()
        return found
    if not p.peek(LPAREN):
        raise _type_error(p, True)
    return parse_ref_type(p)


def parse_ref_type(p: Parser) -> TextType:
    """A reference type."""
    found = _REF_NAMES.get(p.word)
    if found is not None:
        p.advance()
        return found
    if not p.peek(LPAREN):
        raise _type_error(p, False)
    p.open()
    type_: TextType
    if p.optional_keyword(b"ref"):
        bits = t.REF | t.NULLABLE if p.optional_keyword(b"null") else t.REF
        heap = parse_heap_type(p)
        type_ = NamedRef(heap.bits | bits, heap.id) if isinstance(heap, NamedRef) else heap | bits
    elif p.optional_keyword(b"shared"):
        found = _REF_NAMES.get(p.word)
        if found is None:
            raise _type_error(p, False)
        p.advance()
        type_ = found | t.SHARED
    else:
        raise p.unexpected("`ref`", "`shared`")
    p.close()
    return type_


def parse_heap_type(p: Parser) -> TextType:
    """A heap type, as an int without the bits of a reference type."""
    if p.kind == INTEGER or p.kind == ID:
        return _concrete(p.index(), t.CONCRETE)
    if p.peek(LPAREN):
        p.open()
        heap: TextType
        if p.optional_keyword(b"exact"):
            heap = _concrete(p.index(), t.CONCRETE | t.EXACT)
        else:
            p.keyword(b"shared")
            found = _HEAP_NAMES.get(p.word)
            if found is None:
                raise p.unexpected(*[f"`{name.decode()}`" for name in _HEAP_NAMES])
            p.advance()
            heap = t.abstract_heap(found, True)
        p.close()
        return heap
    found = _HEAP_NAMES.get(p.word)
    if found is None:
        raise p.unexpected("an index", "left paren", "absheaptype")
    p.advance()
    return t.abstract_heap(found)


def _concrete(index: Index, bits: int) -> TextType:
    if index.id is not None:
        return NamedRef(bits, index.id)
    return index.number << 8 | bits


def parse_storage_type(p: Parser) -> TextType:
    """A value type, or a packed one."""
    if p.optional_keyword(b"i8"):
        return t.I8
    if p.optional_keyword(b"i16"):
        return t.I16
    if peek_val_type(p):
        return parse_val_type(p)
    raise p.unexpected("`i8`", "`i16`", "valtype")


# ------------------------------------------------------------------------------- functions


class FuncSig:
    """A function type as written: parameters with their ids and names, results."""

    __slots__ = ("params", "results")

    def __init__(self, params: list[Param], results: list[TextType]) -> None:
        self.params = params
        self.results = results

    def key(self) -> tuple[tuple[TextType, ...], tuple[TextType, ...]]:
        """What tells function types apart: as written, without ids."""
        return tuple([param[2] for param in self.params]), tuple(self.results)

    def resolved(self, names: TypeNames) -> t.FuncType:
        """The type with its names resolved."""
        params = tuple([resolved(param[2], names) for param in self.params])
        return t.FuncType(params, tuple([resolved(type_, names) for type_ in self.results]))


class TypeUse:
    """A function type used: `(type $t)`, a type in place, or both."""

    __slots__ = ("index", "inline")

    def __init__(self, index: Index | None, inline: FuncSig | None) -> None:
        self.index = index
        self.inline = inline


def parse_func_sig(p: Parser, allow_names: bool = True) -> FuncSig:
    """Parameters and results, none of them where none come."""
    params: list[Param] = []
    results: list[TextType] = []
    while p.peek2_keyword(b"param") or p.peek2_keyword(b"result"):
        p.open()
        if p.peek_keyword(b"param"):
            if results:
                raise p.error("result before parameter (or unexpected token): cannot list params after results")
            p.advance()
            if not p.is_empty():
                id_ = p.optional_id() if allow_names else None
                name = p.optional_name_annotation() if allow_names else None
                params.append((id_, name, parse_val_type(p)))
                if id_ is None and name is None:
                    while not p.is_empty():
                        params.append((None, None, parse_val_type(p)))
        elif p.peek_keyword(b"result"):
            p.advance()
            while not p.is_empty():
                results.append(parse_val_type(p))
        else:
            raise p.unexpected("`param`", "`result`")
        p.close()
    return FuncSig(params, results)


def parse_type_use(p: Parser, allow_names: bool = True) -> TypeUse:
    """A type use, empty where none comes."""
    index = None
    if p.peek2_keyword(b"type"):
        p.open()
        p.keyword(b"type")
        index = p.index()
        p.close()
    inline = None
    if p.peek(LPAREN) and (p.peek2_keyword(b"param") or p.peek2_keyword(b"result")):
        inline = parse_func_sig(p, allow_names)
    return TypeUse(index, inline)


# ------------------------------------------------------------------------------- defined types


class Field:
    """A field of a structure, or the element of an array."""

    __slots__ = ("id", "mutable", "name", "type")

    def __init__(self, id_: Id | None, name: str | None, type_: TextType, mutable: bool) -> None:
        self.id = id_
        self.name = name
        self.type = type_
        self.mutable = mutable


class StructDef:
    """A structure type as written."""

    __slots__ = ("fields",)

    def __init__(self, fields: list[Field]) -> None:
        self.fields = fields


class ArrayDef:
    """An array type as written."""

    __slots__ = ("element",)

    def __init__(self, element: Field) -> None:
        self.element = element


class ContDef:
    """A continuation type as written."""

    __slots__ = ("func",)

    def __init__(self, func: Index) -> None:
        self.func = func


class TypeDef:
    """The definition of a type: what it is, its parents, and whether it is final (None: not said)."""

    __slots__ = ("describes", "descriptor", "final", "kind", "parents", "shared")

    def __init__(self, kind: FuncSig | StructDef | ArrayDef | ContDef) -> None:
        self.kind = kind
        self.shared = False
        self.parents: list[Index] = []
        self.descriptor: Index | None = None
        self.describes: Index | None = None
        self.final: bool | None = None

    def resolve(self, names: TypeNames) -> t.SubType:
        """The type with its names resolved, in the reference's order."""
        supertypes = tuple([t.concrete_heap(resolve_index(parent, names)) for parent in self.parents])
        descriptor = None
        if self.descriptor is not None:
            descriptor = t.concrete_heap(resolve_index(self.descriptor, names))
        describes = None
        if self.describes is not None:
            describes = t.concrete_heap(resolve_index(self.describes, names))
        kind = self.kind
        inner: t.FuncType | t.StructType | t.ArrayType | t.ContType
        if isinstance(kind, FuncSig):
            inner = kind.resolved(names)
        elif isinstance(kind, StructDef):
            fields = [t.FieldType(resolved(field.type, names), field.mutable) for field in kind.fields]
            inner = t.StructType(tuple(fields))
        elif isinstance(kind, ArrayDef):
            inner = t.ArrayType(t.FieldType(resolved(kind.element.type, names), kind.element.mutable))
        else:
            inner = t.ContType(t.concrete_heap(resolve_index(kind.func, names)))
        composite = t.CompositeType(inner, self.shared, descriptor, describes)
        return t.SubType(composite, self.final is not False, supertypes)


class Type:
    """`(type $id …)`: an item of a module, a recursion group or a component. `span` is that of the keyword."""

    __slots__ = ("definition", "id", "name", "span")

    def __init__(self, span: int, id_: Id | None, name: str | None, definition: TypeDef) -> None:
        self.span = span
        self.id = id_
        self.name = name
        self.definition = definition


def parse_type(p: Parser) -> Type:
    """`type $id (…)`, inside its parentheses."""
    span = p.keyword(b"type")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    p.open()
    definition = parse_type_def(p)
    p.close()
    return Type(span, id_, name, definition)


def parse_rec(p: Parser) -> list[Type]:
    """`rec (type …)…`, inside its parentheses."""
    p.keyword(b"rec")
    types = []
    while p.peek2_keyword(b"type"):
        p.open()
        types.append(parse_type(p))
        p.close()
    return types


def parse_type_def(p: Parser) -> TypeDef:
    """The definition of a type, inside its parentheses."""
    if not p.optional_keyword(b"sub"):
        return _parse_shared(p)
    final = p.optional_keyword(b"final")
    parents = []
    while p.peek_index():
        parents.append(p.index())
    p.open()
    definition = _parse_shared(p)
    p.close()
    definition.final = final
    definition.parents = parents
    return definition


def _parse_shared(p: Parser) -> TypeDef:
    if not p.optional_keyword(b"shared"):
        return _parse_descriptors(p)
    p.open()
    definition = _parse_descriptors(p)
    p.close()
    definition.shared = True
    return definition


def _parse_descriptors(p: Parser) -> TypeDef:
    describes = _parse_clause(p, b"describes")
    descriptor = _parse_clause(p, b"descriptor")
    definition = TypeDef(_parse_kind(p))
    definition.describes = describes
    definition.descriptor = descriptor
    return definition


def _parse_clause(p: Parser, word: bytes) -> Index | None:
    """`word $t`, and past the parentheses that close this clause and open the next one."""
    if not p.optional_keyword(word):
        return None
    index = p.index()
    if not p.peek(RPAREN):
        raise p.error("expected `(`")
    p.advance()
    if not p.peek(LPAREN):
        raise p.error("expected `(`")
    p.advance()
    return index


def _parse_kind(p: Parser) -> FuncSig | StructDef | ArrayDef | ContDef:
    if p.optional_keyword(b"func"):
        return parse_func_sig(p)
    if p.optional_keyword(b"struct"):
        return _parse_struct(p)
    if p.optional_keyword(b"array"):
        return ArrayDef(_parse_field(p, None, None))
    if p.optional_keyword(b"cont"):
        return ContDef(p.index())
    raise p.unexpected("`func`", "`struct`", "`array`", "`cont`")


def _parse_struct(p: Parser) -> StructDef:
    fields = []
    while not p.is_empty():
        p.open()
        p.keyword(b"field")
        id_ = p.optional_id()
        name = p.optional_name_annotation()
        if id_ is not None or name is not None:
            fields.append(_parse_field(p, id_, name))
        else:
            while not p.is_empty():
                fields.append(_parse_field(p, None, None))
        p.close()
    return StructDef(fields)


def _parse_field(p: Parser, id_: Id | None, name: str | None) -> Field:
    if not p.peek2_keyword(b"mut"):
        return Field(id_, name, parse_storage_type(p), False)
    p.open()
    p.keyword(b"mut")
    type_ = parse_storage_type(p)
    p.close()
    return Field(id_, name, type_, True)


# ------------------------------------------------------------------------------- items


class GlobalText:
    """A global's type as written."""

    __slots__ = ("mutable", "shared", "type")

    def __init__(self, type_: TextType, mutable: bool, shared: bool) -> None:
        self.type = type_
        self.mutable = mutable
        self.shared = shared

    def resolved(self, names: TypeNames) -> t.GlobalType:
        return t.GlobalType(resolved(self.type, names), self.mutable, self.shared)


class TableText:
    """A table's type as written."""

    __slots__ = ("element", "initial", "maximum", "shared", "table64")

    def __init__(self, element: TextType, initial: int, maximum: int | None, table64: bool, shared: bool) -> None:
        self.element = element
        self.initial = initial
        self.maximum = maximum
        self.table64 = table64
        self.shared = shared

    def resolved(self, names: TypeNames) -> t.TableType:
        element = resolved(self.element, names)
        return t.TableType(element, self.initial, self.maximum, self.table64, self.shared)


def parse_global_type(p: Parser) -> GlobalText:
    """A global's type."""
    if not (p.peek2_keyword(b"shared") or p.peek2_keyword(b"mut")):
        return GlobalText(parse_val_type(p), False, False)
    p.open()
    shared = p.optional_keyword(b"shared")
    mutable = p.optional_keyword(b"mut")
    type_ = parse_val_type(p)
    p.close()
    return GlobalText(type_, mutable, shared)


def parse_index_type(p: Parser) -> bool:
    """`i32` or `i64`, where it comes next; whether it is `i64`."""
    return not p.optional_keyword(b"i32") and p.optional_keyword(b"i64")


def _parse_limits(p: Parser) -> tuple[bool, int, int | None]:
    is64 = parse_index_type(p)
    initial = p.u64()
    return is64, initial, p.u64() if p.peek(INTEGER) else None


def parse_table_type(p: Parser) -> TableText:
    """A table's type."""
    shared = p.optional_keyword(b"shared")
    is64, initial, maximum = _parse_limits(p)
    return TableText(parse_ref_type(p), initial, maximum, is64, shared)


def parse_memory_type(p: Parser) -> t.MemoryType:
    """A memory's type."""
    is64, initial, maximum = _parse_limits(p)
    shared = p.optional_keyword(b"shared")
    return t.MemoryType(initial, maximum, is64, shared, parse_page_size(p))


def parse_page_size(p: Parser) -> int | None:
    """`(pagesize …)`, where it comes next, by its logarithm."""
    if not p.peek_paren_keyword(b"pagesize"):
        return None
    p.open()
    p.keyword(b"pagesize")
    span = p.start
    size = p.u32()
    if size == 0 or size & (size - 1):
        raise p.error_at(span, f"invalid custom page size: {size}")
    p.close()
    return size.bit_length() - 1


EXPORT_KINDS: Final = {sort.keyword.encode(): sort.kind for sort in EXTERNAL_SORTS}
"""What can be exported and imported, by its external kind."""


def parse_export_kind(p: Parser) -> int:
    """What an export is of, as its external kind."""
    kind = EXPORT_KINDS.get(p.word)
    if kind is None:
        raise p.unexpected(*[f"`{sort.keyword}`" for sort in EXTERNAL_SORTS])
    p.advance()
    return kind


class ItemSig:
    """What is imported: its external kind and its type. `type` is a TypeUse for functions and tags."""

    __slots__ = ("id", "kind", "name", "span", "type")

    def __init__(
        self,
        span: int,
        id_: Id | None,
        name: str | None,
        kind: int,
        type_: TypeUse | TableText | t.MemoryType | GlobalText,
    ) -> None:
        self.span = span
        self.id = id_
        self.name = name
        self.kind = kind
        self.type = type_


def parse_item_sig(p: Parser) -> ItemSig:
    """What is imported, inside its parentheses."""
    span = p.start
    kind = parse_export_kind(p)
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    type_: TypeUse | TableText | t.MemoryType | GlobalText
    if kind == m.FUNC:
        kind, type_ = parse_func_use(p)
    elif kind == m.TABLE:
        type_ = parse_table_type(p)
    elif kind == m.MEMORY:
        type_ = parse_memory_type(p)
    elif kind == m.GLOBAL:
        type_ = parse_global_type(p)
    else:
        type_ = parse_type_use(p)
    return ItemSig(span, id_, name, kind, type_)


def parse_func_use(p: Parser) -> tuple[int, TypeUse]:
    """A type use, or one in `(exact …)`, with the external kind that it makes."""
    if not p.peek2_keyword(b"exact"):
        return m.FUNC, parse_type_use(p)
    p.open()
    p.keyword(b"exact")
    use = parse_type_use(p)
    p.close()
    return m.FUNC_EXACT, use


class Imports:
    """An import, or several: of one module with a type each (`shape` 0x7F), or of one type (0x7E); else 0.

    `items` are names with what they import; in shape 0x7E all share one `ItemSig`, `shared`.
    """

    __slots__ = ("items", "module", "shape", "shared", "span")

    def __init__(
        self, span: int, module: str, items: list[tuple[str, ItemSig]], shape: int = 0, shared: ItemSig | None = None
    ) -> None:
        self.span = span
        self.module = module
        self.items = items
        self.shape = shape
        self.shared = shared

    def sigs(self) -> list[ItemSig]:
        """What is imported, an entry each."""
        return [item[1] for item in self.items]

    def unique_sigs(self) -> list[ItemSig]:
        """What is written of it: once where all share it."""
        return [self.shared] if self.shared is not None else self.sigs()


def parse_import(p: Parser) -> Imports:
    """`import …`, inside its parentheses."""
    span = p.keyword(b"import")
    module = p.name()
    if not (p.is_empty() or p.peek(LPAREN)):
        name = p.name()
        p.open()
        sig = parse_item_sig(p)
        p.close()
        return Imports(span, module, [(name, sig)])
    # Nothing after the module's name counts as a group of no items with types of their own.
    shape = 0x7F if p.is_empty() else 0
    typed: list[tuple[str, ItemSig]] = []
    names: list[str] = []
    while p.peek2_keyword(b"item"):
        p.open()
        p.keyword(b"item")
        name = p.name()
        if p.is_empty():
            p.close()
            if shape == 0x7F:
                raise p.error_here("unexpected `)`")
            shape = 0x7E
            names.append(name)
        else:
            p.open()
            sig = parse_item_sig(p)
            p.close()
            p.close()
            if shape == 0x7E:
                raise p.error_here("unexpected import type")
            shape = 0x7F
            typed.append((name, sig))
    if shape == 0x7F:
        return Imports(span, module, typed, shape)
    p.open()
    shared = parse_item_sig(p)
    p.close()
    if shared.id is not None:
        raise p.error_at(shared.id.span, "identifier not allowed")
    return Imports(span, module, [(name, shared) for name in names], 0x7E, shared)


class ExportType:
    """`(export "name" (func …))` of a module type."""

    __slots__ = ("item", "name", "span")

    def __init__(self, span: int, name: str, item: ItemSig) -> None:
        self.span = span
        self.name = name
        self.item = item


def parse_export_type(p: Parser) -> ExportType:
    """An export of a module type, inside its parentheses."""
    span = p.keyword(b"export")
    name = p.name()
    p.open()
    item = parse_item_sig(p)
    p.close()
    return ExportType(span, name, item)


def inline_exports(p: Parser) -> list[str]:
    """`(export "name")`, any number of them."""
    names = []
    while p.peek_clause(b"export", 1):
        p.open()
        p.keyword(b"export")
        names.append(p.name())
        p.close()
    return names


def inline_import(p: Parser) -> tuple[str, str] | None:
    """`(import "module" "field")`, where it comes next."""
    if not p.peek_clause(b"import", 2):
        return None
    p.open()
    p.keyword(b"import")
    module = p.name()
    field = p.name()
    p.close()
    return module, field


# ------------------------------------------------------------------------------- in binary


def write_item(out: bytearray, item: ItemSig, names: TypeNames) -> None:
    """Encodes an external kind and the type after it, resolving its names."""
    from pywasmtools.wasm.writer import var_u32, write_entity_type

    type_ = item.type
    if isinstance(type_, TypeUse):
        assert type_.index is not None
        out.append(item.kind)
        if item.kind == m.TAG:
            out.append(0)
        out += var_u32(resolve_index(type_.index, names))
    elif isinstance(type_, (GlobalText, TableText)):
        write_entity_type(out, item.kind, type_.resolved(names))
    else:
        write_entity_type(out, item.kind, type_)


def write_imports(out: bytearray, imports: Imports, names: TypeNames) -> None:
    """Encodes an entry of the import section."""
    from pywasmtools.wasm import writer

    out += writer.name(imports.module)
    if imports.shape == 0:
        name, item = imports.items[0]
        out += writer.name(name)
        write_item(out, item, names)
    elif imports.shape == 0x7F:
        out += b"\x00\x7f" + writer.var_u32(len(imports.items))
        for name, item in imports.items:
            out += writer.name(name)
            write_item(out, item, names)
    else:
        assert imports.shared is not None
        out += b"\x00\x7e"
        write_item(out, imports.shared, names)
        out += writer.var_u32(len(imports.items))
        for name, _ in imports.items:
            out += writer.name(name)
