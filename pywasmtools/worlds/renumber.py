"""A component written again with its core types and core modules renumbered: others come before them. `Renumbering`.

What else there is keeps its number, and is encoded in the shortest form. Nested modules are the caller's.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm import payloads
from pywasmtools.wasm.canonicals import INDEX_KINDS, OPTION_SPACES, read_canonical, write_canonical
from pywasmtools.wasm.component import (
    ComponentExport,
    ComponentImport,
    CoreTypeDeclaration,
    ModuleTypeDeclarations,
    ModuleTypeExport,
    TypeDeclaration,
    TypeDeclarations,
    read_alias,
    read_component_export,
    read_component_import,
    read_component_instance,
    read_component_type,
    read_core_instance,
    read_core_type,
)
from pywasmtools.wasm.component_builder import (
    write_alias,
    write_component_func_type,
    write_extern_name,
    write_kind,
    write_resource_type,
    write_type_ref,
)
from pywasmtools.wasm.component_types import (
    CORE_TYPE,
    MODULE,
    OUTER,
    Alias,
    ComponentFuncType,
    DefinedType,
    ResourceType,
    TypeRef,
    write_defined_type,
)
from pywasmtools.wasm.module import Import
from pywasmtools.wasm.spaces import CORE_TYPE as CORE_TYPE_SPACE
from pywasmtools.wasm.types import (
    CONCRETE,
    REF,
    ArrayType,
    CompositeType,
    FieldType,
    FuncType,
    StructType,
    SubType,
)
from pywasmtools.wasm.writer import name as write_name
from pywasmtools.wasm.writer import section, var_u32, write_entity_type, write_sub_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pywasmtools.wasm.component import ComponentType, CoreType
    from pywasmtools.wasm.payloads import Payload
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import CompositeInner, RecGroup


class Renumbering:
    """How many core types and core modules come before those of the outermost component, and how deep the walk is in it."""

    __slots__ = ("core_types", "depth", "modules")

    def __init__(self, core_types: int, modules: int) -> None:
        self.core_types = core_types
        self.modules = modules
        self.depth = 0

    def section(self, payload: Payload) -> bytes:
        """A section of items, with its header. Raises what is malformed in it."""
        write = self._writers().get(payload.kind)
        assert write is not None
        reader = payload.section()
        out = bytearray(var_u32(payload.count))
        try:
            for _ in range(payload.count):
                write(out, reader)
            reader.finish_section()
        except WasmToolsError as e:
            raise e.context("There was an error when parsing") from None
        return section(payload.id, out)

    def _writers(self) -> dict[int, Callable[[bytearray, BinaryReader], None]]:
        """What reads an item of a section and writes it again, by payload kind."""
        return {
            payloads.COMPONENT_TYPE_SECTION: self._type_item,
            payloads.COMPONENT_IMPORT_SECTION: self._import,
            payloads.COMPONENT_CANONICAL_SECTION: self._canonical,
            payloads.COMPONENT_ALIAS_SECTION: self._alias_item,
            payloads.COMPONENT_INSTANCE_SECTION: self._instance,
            payloads.CORE_INSTANCE_SECTION: self._core_instance,
            payloads.CORE_TYPE_SECTION: self._core_type_item,
            payloads.COMPONENT_EXPORT_SECTION: self._export,
        }

    # ------------------------------------------------------------------- numbers

    def core_type(self, index: int) -> int:
        return index if self.depth else index + self.core_types

    def module(self, index: int) -> int:
        return index if self.depth else index + self.modules

    def outer(self, alias: Alias) -> Alias:
        """An alias of an outer item: those of the outermost component are renumbered."""
        if alias.target != OUTER or alias.count != self.depth or alias.kind not in (CORE_TYPE, MODULE):
            return alias
        more = self.core_types if alias.kind == CORE_TYPE else self.modules
        return Alias(OUTER, alias.kind, alias.count, alias.index + more, "")

    def external(self, kind: int, index: int) -> int:
        return self.module(index) if kind == MODULE else index

    def type_ref(self, ref: TypeRef) -> TypeRef:
        return TypeRef(MODULE, self.core_type(ref.index)) if ref.kind == MODULE else ref

    # ------------------------------------------------------------------- types

    def _type_item(self, out: bytearray, reader: BinaryReader) -> None:
        self._type(out, read_component_type(reader))

    def _type(self, out: bytearray, type_: ComponentType) -> None:
        if isinstance(type_, DefinedType):
            write_defined_type(out, type_)
        elif isinstance(type_, ComponentFuncType):
            write_component_func_type(out, type_)
        elif isinstance(type_, ResourceType):
            write_resource_type(out, ResourceType(self._value(type_.rep), type_.dtor))
        else:
            self._declarations(out, type_)

    def _declarations(self, out: bytearray, type_: TypeDeclarations) -> None:
        """A component or instance type."""
        out.append(0x41 if type_.is_component else 0x42)
        out += var_u32(len(type_.declarations))
        self.depth += 1
        for declaration in type_.declarations:
            if isinstance(declaration, CoreTypeDeclaration):
                out.append(0x00)
                self._core_type(out, declaration.type, True)
            elif isinstance(declaration, TypeDeclaration):
                out.append(0x01)
                self._type(out, declaration.type)
            elif isinstance(declaration, Alias):
                out.append(0x02)
                write_alias(out, self.outer(declaration))
            elif isinstance(declaration, ComponentImport):
                out.append(0x03)
                write_extern_name(out, declaration.name)
                write_type_ref(out, self.type_ref(declaration.type))
            else:
                assert declaration.type is not None
                out.append(0x04)
                write_extern_name(out, declaration.name)
                write_type_ref(out, self.type_ref(declaration.type))
        self.depth -= 1

    def _core_type_item(self, out: bytearray, reader: BinaryReader) -> None:
        self._core_type(out, read_core_type(reader), True)

    def _core_type(self, out: bytearray, type_: CoreType, in_component: bool) -> None:
        if not isinstance(type_, ModuleTypeDeclarations):
            self._rec_group(out, type_, in_component)
            return
        out.append(0x50)
        out += var_u32(len(type_.declarations))
        self.depth += 1
        for declaration in type_.declarations:
            if isinstance(declaration, Alias):
                outer = self.outer(declaration)
                out += b"\x02\x10\x01" + var_u32(outer.count) + var_u32(outer.index)
            elif isinstance(declaration, ModuleTypeExport):
                out += b"\x03" + write_name(declaration.name)
                write_entity_type(out, declaration.kind, declaration.type)
            elif isinstance(declaration, Import):
                out += b"\x00" + write_name(declaration.module) + write_name(declaration.name)
                write_entity_type(out, declaration.kind, declaration.type)
            else:
                out.append(0x01)
                self._rec_group(out, declaration, False)
        self.depth -= 1

    def _rec_group(self, out: bytearray, group: RecGroup, in_component: bool) -> None:
        if group.explicit:
            out.append(0x4E)
            out += var_u32(len(group.types))
        for type_ in group.types:
            write_sub_type(out, self._sub_type(type_), in_component and not group.explicit)

    def _value(self, type_: int) -> int:
        """A value type, or a packed one: where it refers to a core type, that is renumbered."""
        return self._heap(type_) if type_ & REF else type_

    def _heap(self, type_: int) -> int:
        """A heap type, or a reference: where it names a core type, that is renumbered."""
        return self.core_type(type_ >> 8) << 8 | type_ & 0xFF if type_ & CONCRETE else type_

    def _sub_type(self, type_: SubType) -> SubType:
        if self.depth or not self.core_types:
            return type_
        composite = type_.composite
        describes, descriptor = composite.describes, composite.descriptor
        changed = CompositeType(
            self._composite(composite.inner),
            composite.shared,
            None if descriptor is None else self._heap(descriptor),
            None if describes is None else self._heap(describes),
        )
        return SubType(changed, type_.is_final, tuple([self._heap(t) for t in type_.supertypes]))

    def _composite(self, inner: CompositeInner) -> CompositeInner:
        if isinstance(inner, FuncType):
            params = tuple([self._value(t) for t in inner.params])
            return FuncType(params, tuple([self._value(t) for t in inner.results]))
        if isinstance(inner, ArrayType):
            return ArrayType(self._field(inner.field))
        if isinstance(inner, StructType):
            return StructType(tuple([self._field(field) for field in inner.fields]))
        return type(inner)(self._heap(inner.func))

    def _field(self, field: FieldType) -> FieldType:
        return FieldType(self._value(field.element_type), field.mutable)

    # ------------------------------------------------------------------- other items

    def _import(self, out: bytearray, reader: BinaryReader) -> None:
        import_ = read_component_import(reader)
        write_extern_name(out, import_.name)
        write_type_ref(out, self.type_ref(import_.type))

    def _export(self, out: bytearray, reader: BinaryReader) -> None:
        export = read_component_export(reader)
        self._named(out, export)
        if export.type is None:
            out.append(0x00)
        else:
            out.append(0x01)
            write_type_ref(out, self.type_ref(export.type))

    def _named(self, out: bytearray, export: ComponentExport) -> None:
        write_extern_name(out, export.name)
        write_kind(out, export.kind)
        out += var_u32(self.external(export.kind, export.index))

    def _alias_item(self, out: bytearray, reader: BinaryReader) -> None:
        write_alias(out, self.outer(read_alias(reader)))

    def _instance(self, out: bytearray, reader: BinaryReader) -> None:
        instance = read_component_instance(reader)
        if instance.component < 0:
            out += b"\x01" + var_u32(len(instance.exports))
            for export in instance.exports:
                self._named(out, export)
            return
        out += b"\x00" + var_u32(instance.component) + var_u32(len(instance.args))
        for name, kind, index in instance.args:
            out += write_name(name)
            write_kind(out, kind)
            out += var_u32(self.external(kind, index))

    def _core_instance(self, out: bytearray, reader: BinaryReader) -> None:
        instance = read_core_instance(reader)
        if instance.module < 0:
            out += b"\x01" + var_u32(len(instance.exports))
            for export in instance.exports:
                out += write_name(export.name) + bytes((export.kind,)) + var_u32(export.index)
            return
        out += b"\x00" + var_u32(self.module(instance.module)) + var_u32(len(instance.args))
        for name, index in instance.args:
            out += write_name(name) + b"\x12" + var_u32(index)

    def _canonical(self, out: bytearray, reader: BinaryReader) -> None:
        row, immediates, options = read_canonical(reader)
        values = list(immediates)
        place = 0
        for kind in row.kinds:
            if kind in ("options", "0"):
                continue
            if INDEX_KINDS.get(kind) == CORE_TYPE_SPACE:
                values[place] = self.core_type(values[place])
            elif kind == "val_type":
                values[place] = self._value(values[place])
            place += 1
        renumbered = [
            (option, self.core_type(index) if OPTION_SPACES.get(option) == CORE_TYPE_SPACE else index)
            for option, index in options
        ]
        write_canonical(out, (row, tuple(values), tuple(renumbered)))
