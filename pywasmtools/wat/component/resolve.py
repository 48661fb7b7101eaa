"""Names of text components become indices, and aliases come in where a name means something outside.

Each component and each type with declarations is a group with index spaces of its own. A group is walked twice:
first aliases are inserted before the fields that need them, for references through exports and for modules, types
and components of enclosing groups; then all is numbered anew and every name is looked up in its own group. Groups
within are walked during the second round only, when the numbers around them are final. A reference may point
forward: that is the validator's concern.
"""

from __future__ import annotations

from pywasmtools.wasm.canonicals import LIFT
from pywasmtools.wasm.spaces import SORTS
from pywasmtools.wat.component.ast import (
    COMPONENT,
    CORE_EXPORT_SORTS,
    CORE_FUNC,
    CORE_INSTANCE,
    CORE_MODULE,
    CORE_TYPE,
    FUNC,
    INSTANCE,
    OUTER_SORTS,
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
    Start,
    Type,
    TypeGroup,
)
from pywasmtools.wat.core.resolve import resolve_module
from pywasmtools.wat.core.types import NamedRef, TypeUse
from pywasmtools.wat.cursor import Index, id_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.spaces import Sort
    from pywasmtools.wat.component.ast import ExternType, ValType
    from pywasmtools.wat.component.expand import Generator
    from pywasmtools.wat.core.types import ItemSig as CoreItemSig
    from pywasmtools.wat.core.types import TextType
    from pywasmtools.wat.cursor import Id
    from pywasmtools.wat.lexer import SourceText


class Space:
    """An index space: how many items it has, and the names of those that have one."""

    __slots__ = ("count", "names")

    def __init__(self) -> None:
        self.count = 0
        self.names: dict[Id, int] = {}


class Group:
    """The index spaces of a component or type, by the number of their sort."""

    __slots__ = ("id", "spaces")

    def __init__(self, id_: Id | None) -> None:
        self.id = id_
        self.spaces = [Space() for _ in SORTS]

    def find(self, sort: Sort, index: Index) -> int:
        """The number that an index means here; -1 where its name is unknown."""
        if index.number >= 0 or index.id is None:
            return index.number
        return self.spaces[sort.number].names.get(index.id, -1)


class Resolver:
    """Resolves one component and all within it."""

    __slots__ = ("_aliases", "_final", "_generator", "_source", "_stack")

    def __init__(self, source: SourceText, generator: Generator) -> None:
        self._source = source
        self._generator = generator
        self._stack: list[Group] = []
        # Whether this is the second round, where names become numbers.
        self._final = True
        # What the first round inserts before the field it is at.
        self._aliases: list[Field] = []

    def group(self, id_: Id | None, fields: list[Field]) -> list[Field]:
        """Resolves fields; returns them with the aliases that they need. `id_` is what `alias outer` may call them."""
        if not self._final:
            return fields
        self._final = False
        self._stack.append(self._registered(id_, fields))
        out: list[Field] = []
        for field in fields:
            self._field(field)
            if self._aliases:
                out += self._aliases
                self._aliases = []
            out.append(field)
        self._stack.pop()
        self._final = True
        self._stack.append(self._registered(id_, out))
        for field in out:
            self._field(field)
        self._stack.pop()
        return out

    # --------------------------------------------------------------------------- numbering

    def _registered(self, id_: Id | None, fields: list[Field]) -> Group:
        """The index spaces that fields make."""
        group = Group(id_)
        for field in fields:
            self._register_field(group, field)
        return group

    def _register_field(self, group: Group, field: Field) -> None:
        if isinstance(field, Type):
            self._register(group, TYPE, field.id, "type")
        elif isinstance(field, (Import, Alias)):
            self._register(group, field.sort, field.id, field.sort.noun)
        elif isinstance(field, Export):
            self._register(group, field.item.sort, field.id, field.item.sort.noun)
        elif isinstance(field, Canon):
            sort = FUNC if field.row is LIFT else CORE_FUNC
            self._register(group, sort, field.id, sort.noun)
        elif isinstance(field, CoreInstance):
            self._register(group, CORE_INSTANCE, field.id, "core instance")
        elif isinstance(field, Instance):
            self._register(group, INSTANCE, field.id, "instance")
        elif isinstance(field, CoreModule):
            self._register(group, CORE_MODULE, field.id, "core module")
        elif isinstance(field, Component):
            self._register(group, COMPONENT, field.id, "component")
        elif isinstance(field, CoreType):
            if field.is_rec:
                for type_ in field.types:
                    self._register(group, CORE_TYPE, type_.id, field.noun)
            else:
                self._register(group, CORE_TYPE, field.id, field.noun)
        elif isinstance(field, Start):
            for result in field.results:
                self._register(group, VALUE, result, "value")

    def _register(self, group: Group, sort: Sort, id_: Id | None, noun: str) -> None:
        space = group.spaces[sort.number]
        index = space.count
        space.count = index + 1
        if id_ is not None:
            if id_ in space.names:
                raise self._source.error(id_.span, f"duplicate {noun} identifier")
            space.names[id_] = index

    # --------------------------------------------------------------------------- fields

    def _field(self, field: Field) -> None:
        if isinstance(field, Type):
            self._type(field)
        elif isinstance(field, Import):
            self._extern_type(field.sort, field.type)
        elif isinstance(field, Export):
            if field.type is not None:
                self._extern_type(field.type.sort, field.type.type)
            self._item(field.item)
        elif isinstance(field, Alias):
            self._alias(field)
        elif isinstance(field, Canon):
            self._canon(field)
        elif isinstance(field, CoreInstance):
            if field.module is not None:
                self._item(field.module)
            self._items(field.args)
            self._items(field.items)
        elif isinstance(field, Instance):
            if field.component is not None:
                self._item(field.component)
            self._items(field.args)
            for export in field.items:
                self._item(export.item)
        elif isinstance(field, CoreModule):
            if self._final:
                resolve_module(field.module, self._source)
        elif isinstance(field, Component):
            field.fields = self.group(field.id, field.fields)
        elif isinstance(field, CoreType):
            if field.module is not None:
                field.module.decls = self.group(field.id, field.module.decls)
            elif self._final:
                field.resolved = [type_.definition.resolve(self._core_type_name) for type_ in field.types]
        elif isinstance(field, CoreImportDecl):
            if self._final:
                for sig in field.imports.unique_sigs():
                    self._core_sig(sig)
        elif isinstance(field, CoreExportDecl):
            if self._final:
                self._core_sig(field.export.item)
        elif isinstance(field, Start):
            self._index(field.func, FUNC)
            for arg in field.args:
                self._item(arg)

    def _items(self, args: list[Arg]) -> None:
        for arg in args:
            if arg.item is not None:
                self._item(arg.item)

    def _alias(self, alias: Alias) -> None:
        if alias.instance is not None:
            self._index(alias.instance, CORE_INSTANCE if alias.is_core_export() else INSTANCE)
        elif self._final and alias.outer is not None and alias.index is not None:
            self._outer_alias(alias, alias.outer, alias.index)

    def _outer_alias(self, alias: Alias, outer: Index, index: Index) -> None:
        if outer.number >= 0 and index.number >= 0:
            # Numbers are not looked at, so that invalid binaries can be written.
            return
        if outer.id is not None and outer.number < 0:
            depth = 0
            for group in reversed(self._stack):
                if group.id == outer.id:
                    break
                depth += 1
            else:
                raise self._source.error(alias.span, f"outer component `{outer.id.name}` not found")
            outer.number = depth
        if outer.number >= len(self._stack):
            raise self._source.error(alias.span, f"outer count of `{outer.number}` is too large")
        self._resolve(self._stack[-1 - outer.number], alias.sort, index, alias.sort.noun)

    def _canon(self, canon: Canon) -> None:
        if canon.row is LIFT:
            self._extern_type(FUNC, canon.type)
        elif canon.type is not None:
            self._extern_type(VALUE, canon.type)
        if canon.core_type is not None:
            canon.core_type = self._rep(canon.core_type)
        for item in canon.items:
            self._item(item)
        for _, option in canon.options:
            if option is not None:
                self._item(option)

    # --------------------------------------------------------------------------- types

    def _type(self, field: Type) -> None:
        definition = field.definition
        if isinstance(definition, Defined):
            ids: set[Id] = set()
            for k, type_ in enumerate(definition.types):
                if definition.case_ids and self._final:
                    case_id = definition.case_ids[k]
                    if case_id is not None:
                        if case_id in ids:
                            raise self._source.error(case_id.span, "duplicate variant case identifier")
                        ids.add(case_id)
                self._val_type(type_)
            if definition.index is not None:
                self._index(definition.index, TYPE)
        elif isinstance(definition, FuncType):
            for type_ in definition.types:
                self._val_type(type_)
            self._val_type(definition.result)
        elif isinstance(definition, TypeGroup):
            definition.decls = self.group(field.id, definition.decls)
        else:
            definition.rep = self._rep(definition.rep)
            if definition.dtor is not None:
                self._item(definition.dtor)

    def _val_type(self, type_: ValType | None) -> None:
        if isinstance(type_, Index):
            self._index(type_, TYPE)

    def _extern_type(self, sort: Sort, type_: ExternType) -> None:
        if isinstance(type_, ItemRef):
            self._item(type_)
        elif isinstance(type_, Index):
            self._index(type_, TYPE)

    def _core_type_name(self, id_: Id) -> int:
        """The core type that a name means in the group."""
        index = id_index(id_)
        self._resolve(self._stack[-1], CORE_TYPE, index, "core type")
        return index.number

    def _core_sig(self, sig: CoreItemSig) -> None:
        """The function type of an import or export of a module type. Names in other types stay unresolved."""
        if isinstance(sig.type, TypeUse):
            assert sig.type.index is not None
            self._resolve(self._stack[-1], CORE_TYPE, sig.type.index, "type")

    def _rep(self, type_: TextType) -> TextType:
        """A core value type outside core types, whose name is looked up among component types."""
        if not isinstance(type_, NamedRef):
            return type_
        index = id_index(type_.id)
        self._index(index, TYPE)
        if index.number >= 0:
            return type_.bits | index.number << 8
        assert index.id is not None
        return NamedRef(type_.bits, index.id)

    # --------------------------------------------------------------------------- references

    def _item(self, item: ItemRef) -> None:
        """A reference to an item, maybe through the exports of instances: each of them becomes an alias."""
        if item.names:
            sort = item.sort
            span = item.index.span
            if sort.is_core and sort is not CORE_MODULE and sort not in CORE_EXPORT_SORTS:
                raise self._source.error(
                    span,
                    "core instances cannot export this kind of item, so an export name cannot be used to resolve "
                    "this reference",
                )
            last = len(item.names) - 1
            for k, name in enumerate(item.names):
                alias = Alias(span, sort if k == last else INSTANCE, item.index, name)
                alias.id = self._generator.fresh(span)
                self._aliases.append(alias)
                item.index = id_index(alias.id)
            item.names = []
        else:
            self._index(item.index, item.sort)

    def _index(self, index: Index, sort: Sort) -> None:
        """A reference within the group, or in the first round to an enclosing one, by an alias."""
        if self._final:
            self._resolve(self._stack[-1], sort, index, sort.noun)
            return
        if index.number >= 0:
            return
        depth = 0
        for group in reversed(self._stack):
            found = group.find(sort, index)
            if found >= 0:
                break
            depth += 1
        else:
            return
        if depth == 0:
            return
        span = index.span
        id_ = index.id
        assert id_ is not None
        if sort not in OUTER_SORTS:
            raise self._source.error(span, f"outer item `{id_.name}` is not a module, type, or component")
        alias = Alias(span, sort, None, "", Index(depth, span), Index(found, span))
        alias.id = self._generator.fresh(span)
        self._aliases.append(alias)
        index.id = alias.id

    def _resolve(self, group: Group, sort: Sort, index: Index, noun: str) -> None:
        if index.number >= 0:
            return
        index.number = group.find(sort, index)
        if index.number < 0:
            id_ = index.id
            assert id_ is not None
            raise self._source.error(index.span, f"unknown {noun}: failed to find name `${id_.name}`")
