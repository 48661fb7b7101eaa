"""The fields of text components. Each function stands behind the parenthesis that its caller has opened."""

from __future__ import annotations

from pywasmtools.wasm.canonicals import BY_NAME, INDEX_KINDS, LIFT, LOWER, OPTION_NAMES, OPTION_SPACES, unknown_kind
from pywasmtools.wasm.spaces import SORTS
from pywasmtools.wat.component.ast import (
    COMPONENT,
    CORE_FUNC,
    CORE_INSTANCE,
    CORE_MEMORY,
    CORE_MODULE,
    CORE_TABLE,
    CORE_TYPE,
    FUNC,
    INSTANCE,
    TYPE,
    VALUE,
    Alias,
    Arg,
    Canon,
    Component,
    CoreInstance,
    CoreModule,
    Custom,
    Export,
    Import,
    Instance,
    ItemRef,
    ItemSig,
    Start,
)
from pywasmtools.wat.component.parse_types import (
    EXPORT_SORTS,
    parse_alias,
    parse_component_type,
    parse_component_val_type,
    parse_core_export_ref,
    parse_core_item_ref,
    parse_core_prefixed,
    parse_core_prefixed_rest,
    parse_core_rec,
    parse_core_type,
    parse_extern,
    parse_extern_name,
    parse_index_or_ref,
    parse_inline_exports,
    parse_inline_import,
    parse_item_ref,
    parse_item_sig,
    parse_type_use,
    peek_ref_at,
    quoted,
)
from pywasmtools.wat.core.customs import parse_producers
from pywasmtools.wat.core.module import parse_module_fields
from pywasmtools.wat.core.types import parse_val_type
from pywasmtools.wat.lexer import ID, INTEGER, KEYWORD, LPAREN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wasm.component_types import ExternName
    from pywasmtools.wasm.spaces import Sort
    from pywasmtools.wat.component.ast import Field
    from pywasmtools.wat.cursor import Id, Parser


def parse_fields(p: Parser) -> list[Field]:
    """The fields that are left, each with its parentheses."""
    fields = []
    try:
        while not p.is_empty():
            p.open()
            fields.append(parse_field(p))
            p.close()
        return fields
    except MemoryError:
        pass
    raise MemoryError  # a new one: `diagnostics.py` says why


def parse_field(p: Parser) -> Field:
    """A field of a component."""
    if p.peek_keyword(b"core"):
        if p.peek2_keyword(b"module"):
            return _parse_core_module(p)
        if p.peek2_keyword(b"instance"):
            return _parse_core_instance(p)
        if p.peek2_keyword(b"type"):
            return parse_core_type(p)
        if p.peek2_keyword(b"func"):
            return _parse_core_func(p)
        if p.peek2_keyword(b"rec"):
            p.keyword(b"core")
            return parse_core_rec(p, "core type")
    elif p.word == b"component":
        return _parse_component(p)
    elif p.word == b"instance":
        return _parse_instance(p)
    elif p.word == b"alias":
        return parse_alias(p)
    elif p.word == b"type":
        return parse_component_type(p, True)
    elif p.word == b"import":
        return parse_extern(p, b"import")
    elif p.word == b"func":
        return _parse_func(p)
    elif p.word == b"export":
        return _parse_export(p)
    elif p.word == b"start":
        return _parse_start(p)
    elif p.word == b"canon":
        return _parse_canon_field(p)
    elif p.peek_annotation(b"custom"):
        return _parse_custom(p)
    elif p.peek_annotation(b"producers"):
        return Custom(p.start, "producers", parse_producers(p))
    raise p.error("expected valid component field")


def _inline_import(span: int, name: ExternName, sort: Sort, id_: Id | None, p: Parser) -> Import:
    """An import written as an item of its own; a `@name` that the item has is lost."""
    return Import(span, name, ItemSig(span, sort, id_, None, parse_type_use(p, sort)))


# ------------------------------------------------------------------------------- modules, components, instances


def _parse_core_module(p: Parser) -> Field:
    p.check_depth()
    span = p.keyword(b"core")
    p.keyword(b"module")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    exports = parse_inline_exports(p)
    field: Field
    import_name = parse_inline_import(p)
    if import_name is not None:
        field = _inline_import(span, import_name, CORE_MODULE, id_, p)
    else:
        field = CoreModule(span, parse_module_fields(p), id_, name)
    field.exports = exports
    return field


def _parse_component(p: Parser) -> Field:
    p.check_depth()
    span = p.keyword(b"component")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    exports = parse_inline_exports(p)
    field: Field
    import_name = parse_inline_import(p)
    if import_name is not None:
        field = _inline_import(span, import_name, COMPONENT, id_, p)
    else:
        field = Component(span, parse_fields(p), id_, name)
    field.exports = exports
    return field


def _parse_core_instance(p: Parser) -> CoreInstance:
    span = p.keyword(b"core")
    p.keyword(b"instance")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    field = CoreInstance(span, id_, name)
    if not p.peek_paren_keyword(b"instantiate"):
        field.items = _parse_core_exports(p)
        return field
    p.open()
    p.keyword(b"instantiate")
    field.module = parse_index_or_ref(p, CORE_MODULE)
    while not p.is_empty():
        p.open()
        field.args.append(_parse_core_arg(p))
        p.close()
    p.close()
    return field


def _parse_core_arg(p: Parser) -> Arg:
    """`with "x" (instance $i)`, or `with "x" (instance (export …)…)`."""
    p.keyword(b"with")
    name = p.name()
    p.open()
    p.check()
    if peek_ref_at(p, p.start, b"instance"):
        arg = Arg(name, parse_core_item_ref(p, CORE_INSTANCE), None)
    else:
        bundle = CoreInstance(p.keyword(b"instance"), None, None)
        bundle.items = _parse_core_exports(p)
        arg = Arg(name, None, bundle)
    p.close()
    return arg


def _parse_core_exports(p: Parser) -> list[Arg]:
    """`(export "x" (func $f))`, with their parentheses."""
    items = []
    while not p.is_empty():
        p.open()
        p.keyword(b"export")
        name = p.name()
        p.open()
        items.append(Arg(name, parse_core_export_ref(p), None))
        p.close()
        p.close()
    return items


def _parse_instance(p: Parser) -> Field:
    span = p.keyword(b"instance")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    exports = parse_inline_exports(p)
    import_name = parse_inline_import(p)
    if import_name is not None:
        import_ = _inline_import(span, import_name, INSTANCE, id_, p)
        import_.exports = exports
        return import_
    field = Instance(span, id_, name)
    field.exports = exports
    if not p.peek_paren_keyword(b"instantiate"):
        field.items = _parse_exports(p)
        return field
    p.open()
    p.keyword(b"instantiate")
    field.component = parse_index_or_ref(p, COMPONENT)
    while not p.is_empty():
        p.open()
        field.args.append(_parse_arg(p))
        p.close()
    p.close()
    return field


def _parse_arg(p: Parser) -> Arg:
    """`with "x" (func $f)`, or `with "x" (instance (export …)…)`."""
    p.keyword(b"with")
    name = p.name()
    if _peek_export_kind(p):
        return Arg(name, _parse_export_kind(p), None)
    p.open()
    bundle = Instance(p.keyword(b"instance"), None, None)
    bundle.items = _parse_exports(p)
    p.close()
    return Arg(name, None, bundle)


def _parse_exports(p: Parser) -> list[Export]:
    """Exports, with their parentheses."""
    exports = []
    while not p.is_empty():
        p.open()
        exports.append(_parse_export(p))
        p.close()
    return exports


def _parse_export(p: Parser) -> Export:
    """`export $id "x" (func $f) (func …)`: a name, an item, maybe a type."""
    span = p.keyword(b"export")
    id_ = p.optional_id()
    debug_name = p.optional_name_annotation()
    name = parse_extern_name(p)
    item = _parse_export_kind(p)
    type_ = None
    if not p.is_empty():
        p.open()
        type_ = parse_item_sig(p, False)
        p.close()
    return Export(span, name, item, type_, id_, debug_name)


def _parse_export_kind(p: Parser) -> ItemRef:
    """`(func $f …)` with its parentheses."""
    p.open()
    if p.optional_keyword(b"core"):
        item = parse_item_ref(p, CORE_MODULE)
    else:
        p.check()
        sort = EXPORT_SORTS.get(p.word)
        if sort is None:
            raise p.unexpected("`core`", *quoted(tuple(EXPORT_SORTS)))
        item = parse_item_ref(p, sort)
    p.close()
    return item


def _peek_export_kind(p: Parser) -> bool:
    """Whether an item comes next: a parenthesis, its sort, an index."""
    if not p.peek(LPAREN):
        return False
    token = p.lexer.token
    kind, start, at = token(p.end)
    word = p.data[start:at]
    if kind != KEYWORD:
        return False
    if word == b"core":
        kind, start, at = token(at)
        if kind != KEYWORD or p.data[start:at] != b"module":
            return False
    elif word not in EXPORT_SORTS:
        return False
    kind, _, _ = token(at)
    return kind == INTEGER or kind == ID


# ------------------------------------------------------------------------------- functions


def _parse_core_func(p: Parser) -> Field:
    """`core func $f (canon …)` or `core func $f (alias core export …)`."""
    span = p.keyword(b"core")
    p.keyword(b"func")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    p.open()
    field: Field
    if p.optional_keyword(b"canon"):
        field = _parse_canon(p, span, ())
    elif p.optional_keyword(b"alias"):
        p.keyword(b"core")
        p.keyword(b"export")
        instance = p.index()
        field = Alias(span, CORE_FUNC, instance, p.name())
    else:
        raise p.unexpected("`canon`", "`alias`")
    p.close()
    field.id = id_
    field.name = name
    return field


def _parse_func(p: Parser) -> Field:
    """A function imported, aliased, or lifted."""
    span = p.keyword(b"func")
    id_ = p.optional_id()
    name = p.optional_name_annotation()
    exports = parse_inline_exports(p)
    field: Field
    import_name = parse_inline_import(p)
    if import_name is not None:
        field = _inline_import(span, import_name, FUNC, id_, p)
    elif p.peek_paren_keyword(b"alias"):
        p.open()
        p.keyword(b"alias")
        p.keyword(b"export")
        instance = p.index()
        field = Alias(span, FUNC, instance, p.name())
        p.close()
        field.id = id_
        field.name = name
    else:
        type_ = parse_type_use(p, FUNC)
        p.open()
        p.keyword(b"canon")
        field = _parse_lift(p, span)
        p.close()
        field.type = type_
        field.id = id_
        field.name = name
    field.exports = exports
    return field


def _parse_canon_field(p: Parser) -> Canon:
    """`canon lift … (func $f …)`, or another built-in and `(core func $f)`."""
    span = p.keyword(b"canon")
    if p.peek_keyword(b"lift"):
        field = _parse_lift(p, span)
        p.open()
        p.keyword(b"func")
        field.id = p.optional_id()
        field.name = p.optional_name_annotation()
        field.type = parse_type_use(p, FUNC)
    else:
        field = _parse_canon(p, span, ("`lift`",))
        p.open()
        p.keyword(b"core")
        p.keyword(b"func")
        field.id = p.optional_id()
        field.name = p.optional_name_annotation()
    p.close()
    return field


def _parse_lift(p: Parser, span: int) -> Canon:
    """`lift (core func $f) options`."""
    p.keyword(b"lift")
    field = Canon(span, LIFT)
    field.items.append(_parse_core_func_ref(p))
    _parse_options(p, field)
    return field


def _parse_core_func_ref(p: Parser) -> ItemRef:
    """`(core func $f)`."""
    p.open()
    p.keyword(b"core")
    item = parse_core_item_ref(p, CORE_FUNC)
    p.close()
    return item


def _parse_canon(p: Parser, span: int, attempts: tuple[str, ...]) -> Canon:
    """A built-in that makes a core function: its name, and its immediates in the order of the binary format."""
    p.check()
    row = BY_NAME.get(p.word.decode("latin-1"))
    if row is None or row is LIFT:
        raise p.unexpected(*attempts, *quoted(tuple([name.encode() for name in BY_NAME if name != LIFT.name])))
    p.advance()
    field = Canon(span, row)
    for kind in row.kinds:
        if kind == "options":
            _parse_options(p, field)
        elif kind == "0":
            if row is not LOWER:
                _refuse_cancellable(p)
        elif kind == "async":
            field.numbers.append(1 if p.optional_keyword(b"async") else 0)
        elif kind == "u32":
            field.numbers.append(p.u32())
        elif kind == "val_type":
            field.core_type = parse_val_type(p)
        elif kind == "func":
            p.open()
            field.items.append(parse_item_ref(p, FUNC))
            p.close()
        elif kind == "core_func":
            field.items.append(_parse_core_func_ref(p))
        elif kind == "core_type":
            field.items.append(parse_core_prefixed(p, CORE_TYPE, False))
        elif kind == "table":
            field.items.append(parse_core_prefixed(p, CORE_TABLE, True))
        elif kind == "memory":
            p.open()
            p.keyword(b"memory")
            field.items.append(parse_core_prefixed_rest(p, CORE_MEMORY))
            p.close()
        elif kind == "result":
            if p.peek2_keyword(b"result"):
                p.open()
                p.keyword(b"result")
                field.type = parse_component_val_type(p)
                p.close()
        elif INDEX_KINDS.get(kind) == TYPE.number:
            field.items.append(parse_index_or_ref(p, TYPE))
        else:
            raise unknown_kind(kind)
    return field


def _refuse_cancellable(p: Parser) -> None:
    if p.optional_keyword(b"cancellable"):
        raise p.error_here("the `cancellable` option is no longer supported after WebAssembly/component-model#716")


_OPTIONS: Final = {name.encode(): kind for kind, name in enumerate(OPTION_NAMES)}


def _parse_options(p: Parser, field: Canon) -> None:
    """Canonical options, as many as come."""
    while True:
        if p.kind == KEYWORD:
            kind = _OPTIONS.get(p.word)
            if kind is None or kind in OPTION_SPACES:
                return
            p.advance()
            field.options.append((kind, None))
            continue
        if not p.peek(LPAREN):
            return
        kind = _peek_option(p)
        if kind < 0:
            return
        p.open()
        p.advance()
        sort = SORTS[OPTION_SPACES[kind]]
        if sort is CORE_MEMORY:
            item = parse_core_prefixed_rest(p, sort)
        else:
            item = parse_core_prefixed(p, sort, True)
        p.close()
        field.options.append((kind, item))


def _peek_option(p: Parser) -> int:
    """The option with an index that comes next, behind its parenthesis; -1 for none."""
    for kind in OPTION_SPACES:
        if p.peek2_keyword(OPTION_NAMES[kind].encode()):
            return kind
    return -1


# ------------------------------------------------------------------------------- others


def _parse_start(p: Parser) -> Start:
    """`start $f (value $v)… (result (value $r))…`."""
    p.keyword(b"start")
    func = p.index()
    args = []
    while not p.is_empty() and not p.peek2_keyword(b"result"):
        p.open()
        args.append(parse_item_ref(p, VALUE))
        p.close()
    results = []
    while not p.is_empty() and p.peek2_keyword(b"result"):
        p.open()
        p.keyword(b"result")
        p.open()
        p.keyword(b"value")
        results.append(p.optional_id())
        p.close()
        p.close()
    return Start(func, args, results)


def _parse_custom(p: Parser) -> Custom:
    """`@custom "name" "data"…`."""
    span = p.annotation(b"custom")
    name = p.name()
    data = bytearray()
    while not p.is_empty():
        data += p.strings()
    return Custom(span, name, bytes(data))
