"""Resolved text components as bytes. Fields that follow each other share a section where they can.

Names, those that were written and not those that were made up, go to a `component-name` section at the end. The
results of a start function are values, yet no names are kept for them: later values take their numbers.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wasm.canonicals import INDEX_KINDS, LIFT, unknown_kind, write_canonical
from pywasmtools.wasm.component_builder import (
    Sections,
    sort_bytes,
    write_alias,
    write_component_func_type,
    write_extern_name,
    write_kind,
    write_resource_type,
    write_type_ref,
)
from pywasmtools.wasm.component_types import (
    CORE_INSTANCE_EXPORT,
    INSTANCE_EXPORT,
    NAME_COMPONENT,
    NAME_DECLS,
    NO_TYPE,
    OUTER,
    ComponentFuncType,
    DefinedType,
    ResourceType,
    TypeRef,
    write_defined_type,
)
from pywasmtools.wasm.component_types import Alias as AliasItem
from pywasmtools.wasm.payloads import (
    COMPONENT_ALIAS_SECTION,
    COMPONENT_CANONICAL_SECTION,
    COMPONENT_EXPORT_SECTION,
    COMPONENT_IMPORT_SECTION,
    COMPONENT_INSTANCE_SECTION,
    COMPONENT_SECTION,
    COMPONENT_START_SECTION,
    COMPONENT_TYPE_SECTION,
    CORE_INSTANCE_SECTION,
    CORE_TYPE_SECTION,
    MODULE_SECTION,
)
from pywasmtools.wasm.spaces import SORTS
from pywasmtools.wasm.writer import name as write_name
from pywasmtools.wasm.writer import name_map, section, var_u32, write_sub_type
from pywasmtools.wat.component.ast import (
    COMPONENT,
    CORE_FUNC,
    CORE_INSTANCE,
    CORE_MODULE,
    CORE_TYPE,
    FUNC,
    INSTANCE,
    TYPE,
    VALUE,
    Alias,
    Canon,
    Component,
    CoreExportDecl,
    CoreImportDecl,
    CoreInstance,
    CoreModule,
    CoreType,
    Custom,
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
from pywasmtools.wat.core.encode import encode_module
from pywasmtools.wat.core.types import write_item
from pywasmtools.wat.cursor import Id, Index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.wasm.canonicals import Canon as CanonItem
    from pywasmtools.wasm.spaces import Sort
    from pywasmtools.wat.component.ast import ExternType, TypeDef
    from pywasmtools.wat.core.types import TextType


class ComponentEncoder(Sections):
    """Writes one component; nested ones have their own."""

    __slots__ = ("_counts", "_names")

    def __init__(self) -> None:
        super().__init__()
        # For each sort how many items there are, and the names of those that have one.
        self._counts = [0] * len(SORTS)
        self._names: list[list[tuple[int, str]]] = [[] for _ in SORTS]

    def encode(self, fields: list[Field], id_: Id | None, name: str | None) -> bytes:
        """The component that has these fields."""
        for field in fields:
            self._field(field)
        data = bytearray()
        own = _debug_name(id_, name)
        if own is not None:
            data += section(NAME_COMPONENT, write_name(own))
        for sort in SORTS:
            names = self._names[sort.number]
            if names:
                data += section(NAME_DECLS, sort_bytes(sort) + name_map(names))
        if data:
            self.custom_section("component-name", data)
        return self.finish()

    def _name(self, sort: Sort, id_: Id | None, name: str | None) -> None:
        """Counts an item, under its name."""
        number = sort.number
        text = _debug_name(id_, name)
        if text is not None:
            self._names[number].append((self._counts[number], text))
        self._counts[number] += 1

    # --------------------------------------------------------------------------- fields

    def _field(self, field: Field) -> None:
        if isinstance(field, Type):
            self._name(TYPE, field.id, field.name)
            _write_type(self._item(COMPONENT_TYPE_SECTION), field.definition)
        elif isinstance(field, Import):
            self._name(field.sort, field.id, field.name)
            out = self._item(COMPONENT_IMPORT_SECTION)
            write_extern_name(out, field.extern_name)
            write_type_ref(out, _type_ref(field.sort, field.type))
        elif isinstance(field, Export):
            self._name(field.item.sort, field.id, field.name)
            out = self._item(COMPONENT_EXPORT_SECTION)
            write_extern_name(out, field.extern_name)
            write_kind(out, field.item.sort.kind)
            out += var_u32(field.item.index.number)
            if field.type is None:
                out.append(0x00)
            else:
                out.append(0x01)
                write_type_ref(out, _type_ref(field.type.sort, field.type.type))
        elif isinstance(field, Alias):
            self._name(field.sort, field.id, field.name)
            write_alias(self._item(COMPONENT_ALIAS_SECTION), _alias(field))
        elif isinstance(field, Canon):
            self._name(FUNC if field.row is LIFT else CORE_FUNC, field.id, field.name)
            write_canonical(self._item(COMPONENT_CANONICAL_SECTION), _canon(field))
        elif isinstance(field, CoreInstance):
            self._name(CORE_INSTANCE, field.id, field.name)
            self._core_instance(field)
        elif isinstance(field, Instance):
            self._name(INSTANCE, field.id, field.name)
            self._instance(field)
        elif isinstance(field, CoreModule):
            self._name(CORE_MODULE, field.id, field.name)
            self.raw_section(MODULE_SECTION, encode_module(field.module, field.id, field.name))
        elif isinstance(field, Component):
            self._name(COMPONENT, field.id, field.name)
            self.raw_section(COMPONENT_SECTION, ComponentEncoder().encode(field.fields, field.id, field.name))
        elif isinstance(field, CoreType):
            if field.is_rec:
                for type_ in field.types:
                    self._name(CORE_TYPE, type_.id, type_.name)
            else:
                self._name(CORE_TYPE, field.id, field.name)
            _write_core_type(self._item(CORE_TYPE_SECTION), field, True)
        elif isinstance(field, Start):
            content = var_u32(field.func.number) + var_u32(len(field.args))
            content += b"".join([var_u32(arg.index.number) for arg in field.args])
            self.raw_section(COMPONENT_START_SECTION, content + var_u32(len(field.results)))
        elif isinstance(field, Custom):
            self.custom_section(field.section_name, field.data)

    def _core_instance(self, field: CoreInstance) -> None:
        out = self._item(CORE_INSTANCE_SECTION)
        if field.module is not None:
            out.append(0x00)
            out += var_u32(field.module.index.number)
            args = field.args
        else:
            out.append(0x01)
            args = field.items
        out += var_u32(len(args))
        for arg in args:
            item = arg.item
            assert item is not None
            out += write_name(arg.name)
            out.append(item.sort.kind)
            out += var_u32(item.index.number)

    def _instance(self, field: Instance) -> None:
        out = self._item(COMPONENT_INSTANCE_SECTION)
        if field.component is not None:
            out.append(0x00)
            out += var_u32(field.component.index.number) + var_u32(len(field.args))
            for arg in field.args:
                item = arg.item
                assert item is not None
                out += write_name(arg.name)
                write_kind(out, item.sort.kind)
                out += var_u32(item.index.number)
            return
        out.append(0x01)
        out += var_u32(len(field.items))
        for export in field.items:
            write_extern_name(out, export.extern_name)
            write_kind(out, export.item.sort.kind)
            out += var_u32(export.item.index.number)


def _debug_name(id_: Id | None, name: str | None) -> str | None:
    """What the name section says: the annotation, or else the identifier if it is not made up."""
    if name is not None:
        return name
    return None if id_ is None or id_.generation else id_.name


# ------------------------------------------------------------------------------- items


def _alias(alias: Alias) -> AliasItem:
    kind = alias.sort.kind
    if alias.instance is not None:
        target = CORE_INSTANCE_EXPORT if alias.is_core_export() else INSTANCE_EXPORT
        return AliasItem(target, kind, alias.instance.number, 0, alias.export_name)
    assert alias.outer is not None and alias.index is not None
    return AliasItem(OUTER, kind, alias.outer.number, alias.index.number, "")


def _canon(canon: Canon) -> CanonItem:
    """A canonical built-in as the binary format has it."""
    immediates: list[int] = []
    items = 0
    numbers = 0
    for kind in canon.row.kinds:
        if kind == "0" or kind == "options":
            continue
        if kind == "u32" or kind == "async":
            immediates.append(canon.numbers[numbers])
            numbers += 1
        elif kind == "val_type":
            assert canon.core_type is not None
            immediates.append(_rep(canon.core_type))
        elif kind == "result":
            immediates.append(_val_type(canon.type))
        elif kind == "func_type" and canon.row is LIFT:
            immediates.append(_index(canon.type))
        elif kind in INDEX_KINDS:
            immediates.append(canon.items[items].index.number)
            items += 1
        else:
            raise unknown_kind(kind)
    options = [(kind, 0 if item is None else item.index.number) for kind, item in canon.options]
    return (canon.row, tuple(immediates), tuple(options))


def _type_ref(sort: Sort, type_: ExternType) -> TypeRef:
    if sort is VALUE:
        return TypeRef(sort.kind, _val_type(type_))
    return TypeRef(sort.kind, -1 if type_ is None else _index(type_))


def _index(type_: ExternType) -> int:
    """The number of a type given by reference."""
    if isinstance(type_, ItemRef):
        return type_.index.number
    assert isinstance(type_, Index)
    return type_.number


def _rep(type_: TextType) -> int:
    """A resolved core value type."""
    assert isinstance(type_, int)
    return type_


def _val_type(type_: ExternType) -> int:
    """A value type as the binary format has it."""
    if type_ is None:
        return NO_TYPE
    return type_ if isinstance(type_, int) else _index(type_)


# ------------------------------------------------------------------------------- types


def _write_type(out: bytearray, definition: TypeDef) -> None:
    if isinstance(definition, Defined):
        number = definition.number if definition.index is None else definition.index.number
        types = tuple([_val_type(type_) for type_ in definition.types])
        write_defined_type(out, DefinedType(definition.form, tuple(definition.names), types, number))
    elif isinstance(definition, FuncType):
        params = tuple([(name, _val_type(definition.types[k])) for k, name in enumerate(definition.params)])
        result = None if definition.result is None else _val_type(definition.result)
        write_component_func_type(out, ComponentFuncType(params, result, definition.is_async))
    elif isinstance(definition, TypeGroup):
        out.append(0x41 if definition.is_component else 0x42)
        out += var_u32(len(definition.decls))
        for decl in definition.decls:
            _write_decl(out, decl)
    else:
        dtor = None if definition.dtor is None else definition.dtor.index.number
        write_resource_type(out, ResourceType(_rep(definition.rep), dtor))


def _write_decl(out: bytearray, decl: Field) -> None:
    """A declaration of a component or instance type."""
    if isinstance(decl, Type):
        out.append(0x01)
        _write_type(out, decl.definition)
    elif isinstance(decl, Import):
        out.append(0x04 if decl.is_export else 0x03)
        write_extern_name(out, decl.extern_name)
        write_type_ref(out, _type_ref(decl.sort, decl.type))
    elif isinstance(decl, Alias):
        out.append(0x02)
        write_alias(out, _alias(decl))
    elif isinstance(decl, CoreType):
        out.append(0x00)
        _write_core_type(out, decl, True)


def _write_core_type(out: bytearray, field: CoreType, in_component: bool) -> None:
    """A core type or recursion group; `in_component` tells an open type from a module type."""
    if field.module is not None:
        out.append(0x50)
        decls = bytearray()
        count = 0
        for decl in field.module.decls:
            count += _write_module_decl(decls, decl)
        out += var_u32(count)
        out += decls
    elif field.is_rec:
        out.append(0x4E)
        out += var_u32(len(field.resolved))
        for sub in field.resolved:
            write_sub_type(out, sub)
    else:
        write_sub_type(out, field.resolved[0], in_component)


def _write_module_decl(out: bytearray, decl: Field) -> int:
    """A declaration of a module type; returns as how many it counts."""
    if isinstance(decl, CoreType):
        out.append(0x01)
        _write_core_type(out, decl, False)
    elif isinstance(decl, Alias):
        assert decl.outer is not None and decl.index is not None
        out += b"\x02\x10\x01" + var_u32(decl.outer.number) + var_u32(decl.index.number)
    elif isinstance(decl, CoreImportDecl):
        for name, item in decl.imports.items:
            out.append(0x00)
            out += write_name(decl.imports.module)
            out += write_name(name)
            write_item(out, item, _unresolved)
        return len(decl.imports.items)
    elif isinstance(decl, CoreExportDecl):
        out.append(0x03)
        out += write_name(decl.export.name)
        write_item(out, decl.export.item, _unresolved)
    return 1


def _unresolved(id_: Id) -> int:
    """Names in the globals and tables of module types are never resolved; the reference crashes on them."""
    raise error(f"unresolved index in emission: {id_.name}")
