"""Names of a core module to indices, and the function types that nobody wrote.

The order is the reference's, and decides which of several faults is told: imports after definitions, then names given
twice, then what is unknown, field by field and instruction by instruction.

A function type in place gets the index of the first type that is written the same, outside recursion groups;
else one is added after all others. Types are compared as written: `(ref $a)` and `(ref 0)` are two.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.writer import var_s64, var_u32
from pywasmtools.wat.core.instructions import (
    BLOCK_TYPE,
    FAULT,
    FIELD,
    FUNC,
    GLOBAL,
    LABEL,
    LOCAL,
    LOOK_UP,
    MEMORY,
    NAMED_TYPE,
    SPACE_NAMES,
    TABLE,
    TAG,
    TYPE,
    TYPE_USE,
    Expression,
    named_memarg_bytes,
    named_type_bytes,
)
from pywasmtools.wat.core.module import (
    Data,
    Elem,
    Export,
    Func,
    Global,
    Module,
    Rec,
    Start,
    Table,
    Tag,
    find_types,
    local_names,
)
from pywasmtools.wat.core.types import (
    FuncSig,
    GlobalText,
    Imports,
    NamedRef,
    TableText,
    Type,
    TypeDef,
    TypeUse,
    resolve_index,
    resolved,
)
from pywasmtools.wat.cursor import Id, Index
from pywasmtools.wat.lexer import SourceText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wat.core.module import ModuleField
    from pywasmtools.wat.core.types import TextType

_EXPORT_SPACES: Final = (FUNC, TABLE, MEMORY, GLOBAL, TAG)


def resolve_module(module: Module, source: SourceText) -> None:
    """Resolves all names of a module; what its code lacked is put in. Raises the first fault."""
    if module.binary is not None:
        return
    if module.late_import is not None:
        raise source.error(*module.late_import)
    _Expander(module).run()
    if module.clash is not None:
        raise source.error(*module.clash)
    resolver = Resolver(module, source)
    for field in module.fields:
        resolver.field(field)


# ------------------------------------------------------------------------------- function types


class _Expander:
    """Gives an index to each type use that has none."""

    __slots__ = ("indices", "module")

    def __init__(self, module: Module) -> None:
        self.module = module
        self.indices: dict[object, Index] = {}
        index = 0
        for field in module.fields:
            if isinstance(field, Type):
                kind = field.definition.kind
                if isinstance(kind, FuncSig):
                    self.indices.setdefault(kind.key(), Index(index, 0))
                index += 1
            elif isinstance(field, Rec):
                index += len(field.types)

    def run(self) -> None:
        # Types that are added are fields too, but have nothing to expand.
        for field in list(self.module.fields):
            self._field(field)

    def _field(self, field: ModuleField) -> None:
        if isinstance(field, Func):
            self._use(field.use)
            self._expression(field.body)
        elif isinstance(field, Imports):
            for item in field.unique_sigs():
                if isinstance(item.type, TypeUse):
                    self._use(item.type)
        elif isinstance(field, Global):
            self._expression(field.init)
        elif isinstance(field, Data):
            self._expression(field.offset)
        elif isinstance(field, Elem):
            self._expression(field.offset)
            for expression in field.exprs:
                self._expression(expression)
        elif isinstance(field, Tag):
            self._use(field.use)
        elif isinstance(field, Table) and field.init is not None:
            self._expression(field.init)

    def _expression(self, expression: Expression) -> None:
        for fixup in expression.fixups:
            said = fixup[2]
            if isinstance(said, TypeUse):
                self._use(said)

    def _use(self, use: TypeUse) -> None:
        if use.index is not None:
            return
        sig = use.inline if use.inline is not None else FuncSig([], [])
        key = sig.key()
        index = self.indices.get(key)
        if index is None:
            module = self.module
            index = Index(len(module.types), 0)
            self.indices[key] = index
            params: list[tuple[Id | None, str | None, TextType]] = [(None, None, param[2]) for param in sig.params]
            added = Type(0, None, None, TypeDef(FuncSig(params, list(sig.results))))
            module.types.append(added)
            module.fields.append(added)
        use.index = index


# ------------------------------------------------------------------------------- names


class Resolver:
    """The names of a module, once all are known."""

    __slots__ = ("field_names", "func_types", "module", "source", "spaces")

    def __init__(self, module: Module, source: SourceText) -> None:
        self.module = module
        self.source = source
        self.spaces = module.scope.spaces
        self.func_types = find_types(module)
        self.field_names: dict[int, dict[str, int] | None] = {}

    def unknown(self, space: int, name: str, span: int) -> WasmToolsError:
        return self.source.error(span, f"unknown {SPACE_NAMES[space]}: failed to find name `${name}`")

    def find(self, space: int, name: str, span: int) -> int:
        """The index of a name."""
        index = self.spaces[space].get(name.encode(), -1)
        if index < 0:
            raise self.unknown(space, name, span)
        return index

    def index(self, space: int, index: Index) -> None:
        """Resolves an index."""
        if index.number < 0:
            assert index.id is not None
            index.number = self.find(space, index.id.name, index.span)

    def type_name(self, id_: Id) -> int:
        """The index of a type's id."""
        return self.find(TYPE, id_.name, id_.span)

    def field(self, field: ModuleField) -> None:
        """Resolves all names in a field."""
        if isinstance(field, Func):
            self._func(field)
        elif isinstance(field, Imports):
            for item in field.unique_sigs():
                type_ = item.type
                if isinstance(type_, TypeUse):
                    self._type_use(type_)
                elif isinstance(type_, GlobalText):
                    resolved(type_.type, self.type_name)
                elif isinstance(type_, TableText):
                    resolved(type_.element, self.type_name)
        elif isinstance(field, Type):
            field.definition.resolve(self.type_name)
        elif isinstance(field, Rec):
            for member in field.types:
                member.definition.resolve(self.type_name)
        elif isinstance(field, Elem):
            self._elem(field)
        elif isinstance(field, Data):
            if field.memory is not None:
                self.index(MEMORY, field.memory)
                self.expression(field.offset)
        elif isinstance(field, Start):
            self.index(FUNC, field.func)
        elif isinstance(field, Export):
            self.index(_EXPORT_SPACES[field.kind], field.index)
        elif isinstance(field, Global):
            resolved(field.type.type, self.type_name)
            self.expression(field.init)
        elif isinstance(field, Tag):
            self._type_use(field.use)
        elif isinstance(field, Table):
            resolved(field.type.element, self.type_name)
            if field.init is not None:
                self.expression(field.init)

    def _elem(self, elem: Elem) -> None:
        if elem.table is not None:
            self.index(TABLE, elem.table)
        self.expression(elem.offset)
        self.expression(elem.indices)
        for expression in elem.exprs:
            self.expression(expression)
        if elem.type is not None:
            resolved(elem.type, self.type_name)

    def _func(self, func: Func) -> None:
        number = self._type_use(func.use)
        for local in func.locals:
            if isinstance(local[2], NamedRef):
                resolved(local[2], self.type_name)
        if func.clash is not None:
            raise self.source.error(func.clash.span, "duplicate local identifier")
        if func.body.fixups:
            hidden = 0
            if func.use.inline is None and number < len(self.func_types):
                sig = self.func_types[number]
                hidden = len(sig.params) if sig is not None else 0
            self.expression(func.body, local_names(func, hidden)[0])

    def _type_use(self, use: TypeUse) -> int:
        """Resolves a type use, and checks that what it says twice is the same; returns the type's index."""
        assert use.index is not None
        self.index(TYPE, use.index)
        number = use.index.number
        inline = use.inline
        if inline is None:
            return number
        params = [resolved(param[2], self.type_name) for param in inline.params]
        results = [resolved(type_, self.type_name) for type_ in inline.results]
        if number >= len(self.func_types):
            raise self.source.error(use.index.span, "unknown type: type index out of bounds")
        sig = self.func_types[number]
        if sig is None:
            raise self.source.error(use.index.span, "invalid type: not a function type")
        if sig is not inline and (
            params != [self._opportunistic(param[2]) for param in sig.params]
            or results != [self._opportunistic(type_) for type_ in sig.results]
        ):
            raise self.source.error(use.index.span, "inline function type doesn't match type reference")
        return number

    def _opportunistic(self, type_: TextType) -> int:
        """A type with its name resolved; -1 where it has none that is known."""
        if isinstance(type_, NamedRef):
            index = self.spaces[TYPE].get(type_.id.name.encode(), -1)
            return -1 if index < 0 else type_.bits | index << 8
        return type_

    # --------------------------------------------------------------------------- code

    def expression(self, expression: Expression, locals_: dict[bytes, int] | None = None) -> None:
        """Fills the gaps in code, and moves what points into it."""
        if not expression.fixups:
            return
        patches = []
        for position, kind, said, span in expression.fixups:
            patches.append((position, self._patch(kind, said, span, locals_)))
        expression.fixups.clear()
        patches.sort(key=_position)
        _apply(expression, patches)

    def _patch(self, kind: int, said: object, span: int, locals_: dict[bytes, int] | None) -> bytes:
        """What goes into a gap."""
        if kind == LOCAL:
            assert isinstance(said, str)
            index = locals_.get(said.encode(), -1) if locals_ is not None else -1
            if index < 0:
                raise self.unknown(LOCAL, said, span)
            return var_u32(index)
        if kind == LABEL:
            assert isinstance(said, str)
            raise self.unknown(LABEL, said, span)
        if kind < LOCAL:
            if isinstance(said, tuple):
                name, memarg_kind, memarg = said
                return named_memarg_bytes(memarg_kind, memarg, kind, self.find(kind, name, span))
            assert isinstance(said, str)
            return var_u32(self.find(kind, said, span))
        if kind == NAMED_TYPE:
            assert isinstance(said, NamedRef)
            return named_type_bytes(said, self.type_name(said.id))
        if kind == TYPE_USE or kind == BLOCK_TYPE:
            assert isinstance(said, TypeUse)
            index = self._type_use(said)
            return var_u32(index) if kind == TYPE_USE else var_s64(index)
        if kind == FIELD:
            assert isinstance(said, tuple)
            return var_u32(self._struct_field(said[0], said[1]))
        if kind == LOOK_UP:
            assert isinstance(said, tuple)
            self._patch(said[0], said[1], span, locals_)
            return b""
        assert kind == FAULT and isinstance(said, str)
        raise self.source.error(span, said)

    def _struct_field(self, type_: Index, field: Id) -> int:
        number = resolve_index(type_, self.type_name)
        if number not in self.field_names:
            self.field_names[number] = self._names_of(number)
        names = self.field_names[number]
        if names is None:
            raise self.source.error(
                field.span,
                f"accessing a named field `{field.name}` in a struct without named fields, type index {number}",
            )
        index = names.get(field.name, -1)
        if index < 0:
            raise self.source.error(field.span, f"unknown field: failed to find name `${field.name}`")
        return index

    def _names_of(self, number: int) -> dict[str, int] | None:
        """The named fields of a structure; None where it has none."""
        from pywasmtools.wat.core.types import StructDef

        if number >= len(self.module.types):
            return None
        kind = self.module.types[number].definition.kind
        if not isinstance(kind, StructDef):
            return None
        names = {field.id.name: at for at, field in enumerate(kind.fields) if field.id is not None}
        return names or None


def _position(patch: tuple[int, bytes]) -> int:
    return patch[0]


def _apply(expression: Expression, patches: list[tuple[int, bytes]]) -> None:
    """Puts patches into code, in order, and moves its hints and spans along."""
    code = expression.code
    out = bytearray()
    done = 0
    for position, patch in patches:
        out += code[done:position]
        out += patch
        done = position
    out += code[done:]
    if expression.hints:
        expression.hints = _moved(expression.hints, patches)
    if expression.spans:
        expression.spans = _moved(expression.spans, patches)
    expression.code = out


def _moved(places: list[tuple[int, int]], patches: list[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """Places of instructions in code, the first of each pair, after patches went in.

    A patch goes behind an opcode: where an instruction begins at its place it belongs to the one before.
    """
    moved = []
    at = 0
    shift = 0
    for place, value in places:
        while at < len(patches) and patches[at][0] <= place:
            shift += len(patches[at][1])
            at += 1
        moved.append((place + shift, value))
    return moved
