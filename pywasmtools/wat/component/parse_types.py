"""The types of text components, the names of imports and exports, and references to items.

Each function stands behind the parenthesis it belongs to, as the caller has opened it, unless it says otherwise.
"""

from __future__ import annotations

import os

from pywasmtools.wasm import component_types as ct
from pywasmtools.wasm.component_types import ExternName
from pywasmtools.wat.component.ast import (
    COMPONENT,
    CORE_EXPORT_SORTS,
    CORE_FUNC,
    CORE_MODULE,
    CORE_TYPE,
    FUNC,
    INSTANCE,
    TYPE,
    VALUE,
    Alias,
    CoreExportDecl,
    CoreImportDecl,
    CoreType,
    Defined,
    FuncType,
    Import,
    ItemRef,
    ItemSig,
    ModuleType,
    Resource,
    Type,
    TypeGroup,
)
from pywasmtools.wat.core.types import Type as CoreTypeNode
from pywasmtools.wat.core.types import (
    parse_export_kind,
    parse_export_type,
    parse_import,
    parse_rec,
    parse_type,
    parse_type_def,
    parse_val_type,
)
from pywasmtools.wat.cursor import MAX_DEPTH
from pywasmtools.wat.lexer import ID, INTEGER, KEYWORD, LPAREN, RPAREN, STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.component_types import DefinedForm
    from pywasmtools.wasm.spaces import Sort
    from pywasmtools.wat.component.ast import ExternType, Field, TypeDef, ValType
    from pywasmtools.wat.cursor import Parser


def _primitives() -> dict[bytes, int]:
    """Primitives by keyword, in the order of messages; `float32` and `float64` are old names."""
    found: dict[bytes, int] = {}
    for primitive, name in ct.PRIMITIVE_NAMES.items():
        found[name.encode()] = primitive
        if primitive == ct.F64:
            found[b"float32"] = ct.F32
            found[b"float64"] = ct.F64
    return found


_PRIMITIVES: Final = _primitives()

_FORMS: Final = {form.name.encode(): form for form in ct.FORMS if form is not ct.FIXED_LENGTH_LIST}
"""What may stand in parentheses, by keyword, in the order of messages."""


def check_depth(p: Parser) -> None:
    """Refuses what is nested too deeply, whatever comes next."""
    if p.depth > MAX_DEPTH:
        raise p.error_here("item nesting too deep")


def quoted(words: tuple[bytes, ...]) -> tuple[str, ...]:
    """Keywords as messages show them."""
    return tuple([f"`{word.decode()}`" for word in words])


# ------------------------------------------------------------------------------- names and references


_ATTRIBUTES: Final = (b"implements", b"version-suffix", b"external-id")
"""The attributes of names, by keyword."""


def parse_extern_name(p: Parser) -> ExternName:
    """The name of an import or export, and its attributes in any order, each once at most.

    `(interface "…")` is an old way to write the name.
    """
    if p.peek(LPAREN):
        p.open()
        p.keyword(b"interface")
        name = p.name()
        p.close()
    else:
        name = p.name()
    found: dict[bytes, str] = {}
    while word := _attribute_ahead(p):
        p.open()
        if word in found:
            raise p.error_here(f"duplicate `{word.decode()}` attribute")
        p.keyword(word)
        found[word] = p.name()
        p.close()
    return ExternName(name, found.get(b"implements"), found.get(b"version-suffix"), found.get(b"external-id"))


def _attribute_ahead(p: Parser) -> bytes:
    """The keyword of the attribute that comes next, empty without one."""
    for word in _ATTRIBUTES:
        if p.peek2_keyword(word):
            return word
    return b""


def peek_inline(p: Parser, word: bytes) -> bool:
    """Whether `(word "…")` or `(word (interface "…"))` comes next; with attributes it is no abbreviation."""
    if not p.peek_paren_keyword(word):
        return False
    if p.peek_clause(word, 1):
        return True
    token = p.lexer.token
    kind, _, at = token(token(p.end)[2])
    if kind != LPAREN:
        return False
    kind, start, at = token(at)
    if kind != KEYWORD or p.data[start:at] != b"interface":
        return False
    for wanted in (STRING, RPAREN, RPAREN):
        kind, _, at = token(at)
        if kind != wanted:
            return False
    return True


def parse_inline_exports(p: Parser) -> list[ExternName]:
    """`(export "…")` with its parentheses, any number of them."""
    names = []
    while peek_inline(p, b"export"):
        p.open()
        p.keyword(b"export")
        names.append(parse_extern_name(p))
        p.close()
    return names


def parse_inline_import(p: Parser) -> ExternName | None:
    """`(import "…")` with its parentheses, where it comes next."""
    if not peek_inline(p, b"import"):
        return None
    p.open()
    p.keyword(b"import")
    name = parse_extern_name(p)
    p.close()
    return name


def peek_ref_at(p: Parser, pos: int, word: bytes) -> bool:
    """Whether `word`, an index, and a parenthesis or a string come at `pos`: a reference, no definition."""
    token = p.lexer.token
    kind, start, at = token(pos)
    if kind != KEYWORD or p.data[start:at] != word:
        return False
    kind, start, at = token(at)
    if kind == ID:
        p.lexer.id_name(start, at)
    elif kind != INTEGER:
        return False
    kind, _, _ = token(at)
    return kind == RPAREN or kind == STRING


def peek_paren_ref(p: Parser, word: bytes) -> bool:
    """Whether a reference in parentheses comes next."""
    return p.peek_paren_keyword(word) and peek_ref_at(p, p.end, word)


def parse_item_ref(p: Parser, sort: Sort) -> ItemRef:
    """`sort $i "export"…`."""
    p.keyword(sort.keyword.encode())
    index = p.index()
    names = []
    while not p.is_empty():
        names.append(p.name())
    return ItemRef(sort, index, names)


def parse_core_item_ref(p: Parser, sort: Sort) -> ItemRef:
    """`sort $i "export"`: one export at most."""
    p.keyword(sort.keyword.encode())
    return _core_item_rest(p, sort)


def parse_core_export_ref(p: Parser) -> ItemRef:
    """The same of any sort that core instances export."""
    return _core_item_rest(p, CORE_EXPORT_SORTS[parse_export_kind(p)])


def _core_item_rest(p: Parser, sort: Sort) -> ItemRef:
    index = p.index()
    return ItemRef(sort, index, [p.name()] if p.peek(STRING) else [])


def parse_index_or_ref(p: Parser, sort: Sort) -> ItemRef:
    """`$i`, or `(sort $i "export"…)` with its parentheses."""
    if p.peek_index():
        return ItemRef(sort, p.index(), [])
    p.open()
    item = parse_item_ref(p, sort)
    p.close()
    return item


def _allows_legacy() -> bool:
    """Whether references to core items may leave out `core`, as they could once."""
    return os.environ.get("WAST_STRICT_COMPONENT_INDICES") == "0"


def parse_core_prefixed(p: Parser, sort: Sort, legacy: bool) -> ItemRef:
    """`$i`, or `(core sort $i "export")` with its parentheses; `legacy` knows what was written without `core`."""
    if p.peek_index():
        return ItemRef(sort, p.index(), [])
    p.open()
    word = sort.keyword
    if legacy and p.peek_keyword(word.encode()):
        if not _allows_legacy():
            raise p.error_here(
                f"the `core` keyword is required in this reference: `({word} ...)` should be written "
                f"`(core {word} ...)` (or set WAST_STRICT_COMPONENT_INDICES=0 to accept the legacy syntax)"
            )
    else:
        p.keyword(b"core")
    item = parse_core_item_ref(p, sort)
    p.close()
    return item


def parse_core_prefixed_rest(p: Parser, sort: Sort) -> ItemRef:
    """The same behind a keyword of the same name: `(memory $m)`, `(memory (core memory $i "export"))`."""
    if p.peek_index():
        index = p.index()
        if not p.peek(STRING):
            return ItemRef(sort, index, [])
        word = sort.keyword
        if not _allows_legacy():
            raise p.error_here(
                f'an export name must be written inside a nested reference: `({word} $i "name")` should be written '
                f'`({word} (core {word} $i "name"))` (or set WAST_STRICT_COMPONENT_INDICES=0 to accept the legacy '
                "syntax)"
            )
        return ItemRef(sort, index, [p.name()])
    p.open()
    p.keyword(b"core")
    item = parse_core_item_ref(p, sort)
    p.close()
    return item


# ------------------------------------------------------------------------------- value types


def peek_val_type(p: Parser) -> bool:
    """Whether an optional value type comes next. `stream` and `future` are not seen."""
    if p.kind == KEYWORD:
        return p.word in _PRIMITIVES
    if p.peek_index():
        return True
    if p.kind != LPAREN:
        return False
    for word, form in _FORMS.items():
        if p.peek2_keyword(word):
            return form is not ct.STREAM and form is not ct.FUTURE
    return False


def parse_component_val_type(p: Parser) -> ValType:
    """A value type: an index, a primitive, or a type with its parentheses."""
    if p.peek_index():
        return p.index()
    return _inline_val_type(p)


def _inline_val_type(p: Parser) -> ValType:
    if p.peek(LPAREN):
        p.open()
        defined = _parse_defined(p, ())
        p.close()
        return defined
    return _parse_primitive(p)


def _optional_val_type(p: Parser) -> ValType | None:
    return parse_component_val_type(p) if peek_val_type(p) else None


def _parse_primitive(p: Parser) -> int:
    primitive = _PRIMITIVES.get(p.word)
    if primitive is None:
        raise p.unexpected(*quoted(tuple(_PRIMITIVES)))
    p.advance()
    return primitive


def _parse_defined(p: Parser, attempts: tuple[str, ...]) -> Defined:
    """A defined type other than a primitive; `attempts` are what the caller has tried."""
    check_depth(p)
    form = _FORMS.get(p.word)
    if form is None:
        raise p.unexpected(*attempts, *quoted(tuple(_FORMS)))
    p.advance()
    return _parse_content(p, form)


def _parse_content(p: Parser, form: DefinedForm) -> Defined:
    defined = Defined(form)
    content = form.content
    types = defined.types
    if content == "type":
        types.append(parse_component_val_type(p))
        if form is ct.LIST and p.peek(INTEGER):
            defined.form = ct.FIXED_LENGTH_LIST
            defined.number = p.u32()
    elif content == "type type":
        types.append(parse_component_val_type(p))
        types.append(parse_component_val_type(p))
    elif content == "types":
        while not p.is_empty():
            types.append(parse_component_val_type(p))
    elif content == "index":
        defined.index = p.index()
    elif content == "optional":
        types.append(_optional_val_type(p))
    elif content == "optional optional":
        types.append(_optional_val_type(p))
        if p.peek(LPAREN):
            p.open()
            p.keyword(b"error")
            types.append(parse_component_val_type(p))
            p.close()
        else:
            types.append(None)
    elif content == "names":
        while not p.is_empty():
            defined.names.append(p.name())
    elif content == "fields" or content == "cases":
        cases = content == "cases"
        while not p.is_empty():
            p.open()
            if cases:
                p.keyword(b"case")
                defined.case_ids.append(p.optional_id())
            else:
                p.keyword(b"field")
            defined.names.append(p.name())
            types.append(_optional_val_type(p) if cases else parse_component_val_type(p))
            p.close()
    else:
        raise ct.unknown_content(form)
    return defined


# ------------------------------------------------------------------------------- types


def parse_component_type(p: Parser, inline_exports: bool) -> Type:
    """`type $t …`."""
    span = p.keyword(b"type")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    exports = parse_inline_exports(p) if inline_exports else []
    field = Type(span, _parse_type_definition(p), id_, name)
    field.exports = exports
    return field


def _parse_type_definition(p: Parser) -> TypeDef:
    """A type with its parentheses, or a primitive."""
    definition: TypeDef
    if not p.peek(LPAREN):
        primitive = Defined(ct.PRIMITIVE)
        primitive.number = _parse_primitive(p)
        return primitive
    p.open()
    if p.optional_keyword(b"func"):
        definition = parse_component_func_type(p)
    elif p.optional_keyword(b"component"):
        definition = parse_component_group(p)
    elif p.optional_keyword(b"instance"):
        definition = parse_instance_group(p)
    elif p.optional_keyword(b"resource"):
        definition = _parse_resource(p)
    else:
        definition = _parse_defined(p, ("`func`", "`component`", "`instance`", "`resource`"))
    p.close()
    return definition


def parse_component_func_type(p: Parser) -> FuncType:
    """`async (param "x" …)… (result …)`."""
    is_async = p.optional_keyword(b"async")
    params = []
    types: list[ValType | None] = []
    while p.peek2_keyword(b"param"):
        p.open()
        p.keyword(b"param")
        params.append(p.name())
        types.append(parse_component_val_type(p))
        p.close()
    result: ValType | None = None
    if p.peek2_keyword(b"result"):
        p.open()
        p.keyword(b"result")
        result = parse_component_val_type(p)
        p.close()
    return FuncType(is_async, params, types, result)


def _parse_resource(p: Parser) -> Resource:
    p.open()
    p.keyword(b"rep")
    rep = parse_val_type(p)
    p.close()
    dtor = None
    if not p.is_empty():
        p.open()
        p.keyword(b"dtor")
        dtor = parse_core_prefixed(p, CORE_FUNC, True)
        p.close()
    return Resource(rep, dtor)


def parse_component_group(p: Parser) -> TypeGroup:
    """The declarations of a component type, each with its parentheses."""
    return _parse_group(p, True)


def parse_instance_group(p: Parser) -> TypeGroup:
    """The declarations of an instance type, each with its parentheses."""
    return _parse_group(p, False)


def _parse_group(p: Parser, is_component: bool) -> TypeGroup:
    check_depth(p)
    decls: list[Field] = []
    while not p.is_empty():
        p.open()
        decls.append(_parse_decl(p, is_component))
        p.close()
    return TypeGroup(is_component, decls)


def _parse_decl(p: Parser, is_component: bool) -> Field:
    if p.peek_keyword(b"core"):
        if p.peek2_keyword(b"rec"):
            p.keyword(b"core")
            return parse_core_rec(p, "core type")
        return parse_core_type(p)
    if p.word == b"type":
        return parse_component_type(p, False)
    if p.word == b"alias":
        return parse_alias(p)
    if p.word == b"import" and is_component:
        return parse_extern(p, b"import")
    if p.word == b"export":
        return parse_extern(p, b"export")
    if is_component:
        raise p.unexpected("`core`", "`type`", "`alias`", "`import`", "`export`")
    raise p.unexpected("`core`", "`type`", "`alias`", "`export`")


def parse_extern(p: Parser, word: bytes) -> Import:
    """`import "x" (item …)`, or `export "x" (item …)` as types declare it."""
    span = p.keyword(word)
    name = parse_extern_name(p)
    p.open()
    sig = parse_item_sig(p, True)
    p.close()
    return Import(span, name, sig, word == b"export")


def parse_item_sig(p: Parser, named: bool) -> ItemSig:
    """What is imported: `func $f …` and so on; without `named` there is no `$f`."""
    span = p.start
    if p.optional_keyword(b"core"):
        p.keyword(b"module")
        sort = CORE_MODULE
    else:
        found = _ITEM_SORTS.get(p.word)
        if found is None:
            raise p.unexpected("`core`", *quoted(tuple(_ITEM_SORTS)))
        sort = found
        p.advance()
    id_ = p.optional_id() if named else None
    name = p.optional_name_annotation() if named else None
    return ItemSig(span, sort, id_, name, _parse_extern_type(p, sort))


_ITEM_SORTS: Final = {b"func": FUNC, b"component": COMPONENT, b"instance": INSTANCE, b"value": VALUE, b"type": TYPE}


def _parse_extern_type(p: Parser, sort: Sort) -> ExternType:
    if sort is TYPE:
        p.open()
        bound: ExternType = None
        if p.optional_keyword(b"eq"):
            bound = p.index()
        elif p.optional_keyword(b"sub"):
            p.keyword(b"resource")
        else:
            raise p.unexpected("`eq`", "`sub`")
        p.close()
        return bound
    return parse_type_use(p, sort)


def parse_type_use(p: Parser, sort: Sort) -> ExternType:
    """The type of an item that is no type: `(type $t)`, or what the type has between its parentheses."""
    if peek_paren_ref(p, b"type"):
        p.open()
        if sort is CORE_MODULE:
            item = parse_core_item_ref(p, CORE_TYPE)
        else:
            item = parse_item_ref(p, TYPE)
        p.close()
        # Exports that lead to the type of a value are read, then forgotten.
        return item.index if sort is VALUE else item
    if sort is FUNC:
        return parse_component_func_type(p)
    if sort is INSTANCE:
        return parse_instance_group(p)
    if sort is COMPONENT:
        return parse_component_group(p)
    if sort is VALUE:
        return _inline_val_type(p)
    return _parse_module_type(p)


# ------------------------------------------------------------------------------- core types


def parse_core_type(p: Parser) -> CoreType:
    """`core type $t (…)`."""
    span = p.keyword(b"core")
    p.keyword(b"type")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    field = CoreType(span, id_, name)
    p.open()
    if p.optional_keyword(b"module"):
        field.module = _parse_module_type(p)
    else:
        field.types.append(CoreTypeNode(span, id_, name, parse_type_def(p)))
    p.close()
    return field


def parse_core_rec(p: Parser, noun: str) -> CoreType:
    """`rec (type …)…`."""
    field = CoreType(p.start, None, None, noun)
    field.is_rec = True
    field.types = parse_rec(p)
    return field


def _parse_module_type(p: Parser) -> ModuleType:
    check_depth(p)
    decls: list[Field] = []
    while not p.is_empty():
        p.open()
        decls.append(_parse_module_decl(p))
        p.close()
    return ModuleType(decls)


def _parse_module_decl(p: Parser) -> Field:
    if p.peek_keyword(b"type"):
        type_ = parse_type(p)
        field = CoreType(type_.span, type_.id, type_.name, "type")
        field.types.append(type_)
        return field
    if p.word == b"rec":
        return parse_core_rec(p, "type")
    if p.word == b"alias":
        return _parse_outer_core_type(p)
    if p.word == b"import":
        return CoreImportDecl(parse_import(p))
    if p.word == b"export":
        return CoreExportDecl(parse_export_type(p))
    raise p.unexpected("`type`", "`rec`", "`alias`", "`import`", "`export`")


def _parse_outer_core_type(p: Parser) -> Alias:
    """`alias outer $c $t (type $u)`, where `type` means a core type."""
    span = p.keyword(b"alias")
    p.keyword(b"outer")
    outer = p.index()
    index = p.index()
    p.open()
    sort = _parse_outer_sort(p)
    if sort is CORE_TYPE:
        raise p.error_here("expected type for outer alias")
    if sort is not TYPE:
        raise p.error_here("expected core type or type for outer alias")
    alias = Alias(span, CORE_TYPE, None, "", outer, index)
    alias.id = p.optional_id()
    alias.name = p.optional_name_annotation()
    p.close()
    return alias


# ------------------------------------------------------------------------------- aliases


def parse_alias(p: Parser) -> Alias:
    """`alias outer …`, `alias export …`, `alias core export …`."""
    span = p.keyword(b"alias")
    if p.optional_keyword(b"outer"):
        outer = p.index()
        index = p.index()
        p.open()
        alias = Alias(span, _parse_outer_sort(p), None, "", outer, index)
    elif p.optional_keyword(b"export"):
        instance = p.index()
        export_name = p.name()
        p.open()
        alias = Alias(span, _parse_export_sort(p), instance, export_name)
    elif p.optional_keyword(b"core"):
        p.keyword(b"export")
        instance = p.index()
        export_name = p.name()
        p.open()
        p.keyword(b"core")
        alias = Alias(span, CORE_EXPORT_SORTS[parse_export_kind(p)], instance, export_name)
    else:
        raise p.unexpected("`outer`", "`export`", "`core`")
    alias.id = p.optional_id()
    alias.name = p.optional_name_annotation()
    p.close()
    return alias


def _parse_outer_sort(p: Parser) -> Sort:
    if p.optional_keyword(b"core"):
        if p.optional_keyword(b"module"):
            return CORE_MODULE
        if p.optional_keyword(b"type"):
            return CORE_TYPE
        raise p.unexpected("`module`", "`type`")
    if p.optional_keyword(b"type"):
        return TYPE
    if p.optional_keyword(b"component"):
        return COMPONENT
    raise p.unexpected("`core`", "`type`", "`component`")


EXPORT_SORTS: Final = {b"func": FUNC, b"value": VALUE, b"type": TYPE, b"component": COMPONENT, b"instance": INSTANCE}
"""What components export, but core modules, by keyword in the order of messages."""


def _parse_export_sort(p: Parser) -> Sort:
    if p.optional_keyword(b"core"):
        if p.optional_keyword(b"module"):
            return CORE_MODULE
        raise p.unexpected("`module`")
    sort = EXPORT_SORTS.get(p.word)
    if sort is None:
        raise p.unexpected("`core`", *quoted(tuple(EXPORT_SORTS)))
    p.advance()
    return sort
