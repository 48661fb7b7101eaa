"""Abbreviations of text components written out: inline exports, inline types and bundles of arguments.

An inline type becomes a type field just before the field that uses it, under a generated name; value types are
never shared. Inline exports come last in their component, in order. Names stay names: `resolve.py`
makes them indices.
"""

from __future__ import annotations

from pywasmtools.wasm.canonicals import LIFT
from pywasmtools.wat.component.ast import (
    COMPONENT,
    CORE_INSTANCE,
    CORE_MODULE,
    CORE_TYPE,
    FUNC,
    INSTANCE,
    TYPE,
    VALUE,
    Alias,
    Arg,
    Canon,
    Component,
    CoreExportDecl,
    CoreImportDecl,
    CoreInstance,
    CoreModule,
    CoreType,
    Defined,
    Export,
    Field,
    FuncType,
    Import,
    Instance,
    ItemRef,
    ModuleType,
    Resource,
    Type,
    TypeGroup,
)
from pywasmtools.wat.core.types import FuncSig, TypeUse
from pywasmtools.wat.core.types import Type as CoreTypeNode
from pywasmtools.wat.core.types import TypeDef as CoreTypeDef
from pywasmtools.wat.cursor import Id, Index, id_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.spaces import Sort
    from pywasmtools.wat.component.ast import ExternType, ValType
    from pywasmtools.wat.core.types import ItemSig as CoreItemSig
    from pywasmtools.wat.core.types import TextType


class Generator:
    """Makes identifiers that no text can spell: their generation is not 0."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last = 0

    def fresh(self, span: int) -> Id:
        """A new identifier."""
        self._last += 1
        return Id("gensym", span, self._last)

    def fill(self, field: Field) -> Id:
        """The identifier of a field, which gets one if it has none."""
        if field.id is None:
            field.id = self.fresh(field.span)
        return field.id


class Expander:
    """Writes out the fields of one component, or the declarations of one type."""

    __slots__ = ("_appended", "_bundles", "_generator", "_types")

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        # What goes before the field that is being expanded, the types first.
        self._types: list[Field] = []
        self._bundles: list[Field] = []
        self._appended: list[Field] = []

    def expand(self, fields: list[Field]) -> list[Field]:
        """The fields with what they abbreviate."""
        out: list[Field] = []
        for field in fields:
            self._field(field)
            if self._types:
                out += self._types
                self._types = []
            if self._bundles:
                out += self._bundles
                self._bundles = []
            out.append(field)
        out += self._appended
        self._appended = []
        return out

    def _field(self, field: Field) -> None:
        if isinstance(field, Type):
            self._type(field)
        elif isinstance(field, Import):
            self._append_exports(field, field.sort)
            field.type = self._extern_type(field.sort, field.type)
        elif isinstance(field, Canon):
            self._append_exports(field, FUNC)
            if field.type is not None:
                if field.row is LIFT:
                    field.type = self._extern_type(FUNC, field.type)
                else:
                    field.type = self._extern_type(VALUE, field.type)
        elif isinstance(field, Export):
            if field.type is not None:
                field.type.type = self._extern_type(field.type.sort, field.type.type)
        elif isinstance(field, CoreModule):
            self._append_exports(field, CORE_MODULE)
        elif isinstance(field, Component):
            self._append_exports(field, COMPONENT)
            field.fields = Expander(self._generator).expand(field.fields)
        elif isinstance(field, Instance):
            self._append_exports(field, INSTANCE)
            self._args(field.args, INSTANCE)
        elif isinstance(field, CoreInstance):
            self._args(field.args, CORE_INSTANCE)
        elif isinstance(field, CoreType):
            if field.module is not None:
                self._module_type(field.module)
            if not field.is_rec:
                self._generator.fill(field)
        elif isinstance(field, Alias):
            self._append_exports(field, field.sort)

    def _append_exports(self, field: Field, sort: Sort) -> None:
        for extern_name in field.exports:
            id_ = self._generator.fill(field)
            item = ItemRef(sort, id_index(id_), [])
            self._appended.append(Export(field.span, extern_name, item, None))

    def _args(self, args: list[Arg], sort: Sort) -> None:
        """Makes fields of instances written as arguments."""
        for arg in args:
            bundle = arg.bundle
            if bundle is not None:
                id_ = self._generator.fill(bundle)
                self._bundles.append(bundle)
                arg.bundle = None
                arg.item = ItemRef(sort, id_index(id_), [])

    # --------------------------------------------------------------------------- types

    def _type(self, field: Type) -> None:
        definition = field.definition
        self._inline(definition)
        self._generator.fill(field)
        self._append_exports(field, TYPE)

    def _inline(self, type_: Defined | FuncType | TypeGroup | ModuleType | Resource) -> None:
        """Expands what a type holds."""
        if isinstance(type_, Defined):
            self._val_types(type_.types)
        elif isinstance(type_, FuncType):
            self._val_types(type_.types)
            if isinstance(type_.result, Defined):
                type_.result = self._val_type(type_.result)
        elif isinstance(type_, TypeGroup):
            type_.decls = Expander(self._generator).expand(type_.decls)
        elif isinstance(type_, ModuleType):
            self._module_type(type_)

    def _extern_type(self, sort: Sort, type_: ExternType) -> ExternType:
        """The type of an item, in place or by reference, as a reference."""
        if isinstance(type_, Defined):
            return self._val_type(type_)
        if not isinstance(type_, (FuncType, TypeGroup, ModuleType)):
            return type_
        self._inline(type_)
        id_ = self._generator.fresh(0)
        if isinstance(type_, ModuleType):
            core_type = CoreType(0, id_, None)
            core_type.module = type_
            self._types.append(core_type)
            return ItemRef(CORE_TYPE, id_index(id_), [])
        self._types.append(Type(0, type_, id_, None))
        return ItemRef(TYPE, id_index(id_), [])

    def _val_types(self, types: list[ValType | None]) -> None:
        for k, type_ in enumerate(types):
            if isinstance(type_, Defined):
                types[k] = self._val_type(type_)

    def _val_type(self, type_: Defined) -> Index:
        """Makes a type field of an inline type, after those that it holds."""
        self._val_types(type_.types)
        id_ = self._generator.fresh(0)
        self._types.append(Type(0, type_, id_, None))
        return id_index(id_)

    def _module_type(self, module: ModuleType) -> None:
        """Names the function types that imports and exports write in place.

        A type already declared is reused. A generated one is itself seen as declared only where it comes second
        or later before its field.
        """
        decls = module.decls
        known: dict[tuple[tuple[TextType, ...], tuple[TextType, ...]], Id] = {}
        out: list[Field] = []
        for decl in decls:
            items: list[CoreItemSig] = []
            if isinstance(decl, CoreType):
                self._declare(decl, known)
            elif isinstance(decl, CoreImportDecl):
                items = decl.imports.unique_sigs()
            elif isinstance(decl, CoreExportDecl):
                items = [decl.export.item]
            generated: list[CoreType] = []
            for item in items:
                use = item.type
                if not isinstance(use, TypeUse) or use.index is not None:
                    continue
                sig = FuncSig([], []) if use.inline is None else use.inline
                use.inline = None
                key = sig.key()
                id_ = known.get(key)
                if id_ is None:
                    id_ = self._generator.fresh(item.span)
                    unnamed = FuncSig([(None, None, type_) for type_ in key[0]], list(key[1]))
                    generated.append(core_type(CoreTypeNode(item.span, id_, None, CoreTypeDef(unnamed)), "type"))
                use.index = id_index(id_)
            for later in generated[1:]:
                self._declare(later, known)
            out += generated
            out.append(decl)
        module.decls = out

    def _declare(self, decl: CoreType, known: dict[tuple[tuple[TextType, ...], tuple[TextType, ...]], Id]) -> None:
        """Notes a function type that is declared on its own."""
        if not decl.is_rec and isinstance(decl.types[0].definition.kind, FuncSig):
            known[decl.types[0].definition.kind.key()] = self._generator.fill(decl)


def core_type(type_: CoreTypeNode, noun: str) -> CoreType:
    """A core type as a field or declaration."""
    field = CoreType(type_.span, type_.id, type_.name, noun)
    field.types.append(type_)
    return field
