"""Items of a component's sections, each read from a `BinaryReader` that stands at its start."""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.wasm.component_types import (
    CORE_INSTANCE_EXPORT,
    CORE_TYPE,
    FUNC,
    INSTANCE,
    INSTANCE_EXPORT,
    MODULE,
    NAME_COMPONENT,
    NAME_DECLS,
    OUTER,
    SUB_RESOURCE,
    TYPE,
    VALUE,
    Alias,
    ComponentFuncType,
    DefinedType,
    ExternName,
    ResourceType,
    TypeRef,
    read_component_val_type,
    read_defined_type,
    read_result_list,
)
from pywasmtools.wasm.limits import (
    MAX_WASM_COMPONENT_TYPE_DECLS,
    MAX_WASM_COMPONENT_TYPE_DEPTH,
    MAX_WASM_FUNCTION_PARAMS,
    MAX_WASM_INSTANCE_TYPE_DECLS,
    MAX_WASM_INSTANTIATION_ARGS,
    MAX_WASM_INSTANTIATION_EXPORTS,
    MAX_WASM_MODULE_TYPE_DECLS,
)
from pywasmtools.wasm.module import (
    FUNC_EXACT,
    TAG,
    Export,
    Import,
    NameSubsection,
    external_kind,
    read_entity_type,
    read_export,
    read_external_kind,
    read_import,
    read_rec_group,
    read_u7,
)
from pywasmtools.wasm.reader import invalid_leading_byte
from pywasmtools.wasm.types import RecGroup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pywasmtools.wasm.module import EntityType
    from pywasmtools.wasm.reader import BinaryReader

    ComponentType: TypeAlias = "DefinedType | ComponentFuncType | TypeDeclarations | ResourceType"
    CoreType: TypeAlias = "RecGroup | ModuleTypeDeclarations"
    Declaration: TypeAlias = "CoreTypeDeclaration | TypeDeclaration | Alias | ComponentExport | ComponentImport"
    ModuleDeclaration: TypeAlias = "RecGroup | ModuleTypeExport | Alias | Import"

# ------------------------------------------------------------------------------- core types


class ModuleTypeExport:
    """An export that a module type declares."""

    __slots__ = ("kind", "name", "type")

    def __init__(self, name: str, kind: int, type_: EntityType) -> None:
        self.name = name
        self.kind = kind
        self.type = type_


class ModuleTypeDeclarations:
    """A module type: what it declares, in order. An `Alias` here is of an outer core type."""

    __slots__ = ("declarations",)

    def __init__(self, declarations: tuple[ModuleDeclaration, ...]) -> None:
        self.declarations = declarations


def read_core_type(reader: BinaryReader) -> CoreType:
    """An item of the core type section: a recursion group or a module type."""
    byte = reader.peek()
    if byte == 0x00:
        # An open type begins with 0x50, as a module type does; this byte tells them apart.
        reader.pos += 1
        byte = reader.peek()
        if byte != 0x50:
            raise reader.invalid_leading_byte(byte, "non-final sub type")
        return read_rec_group(reader)
    if byte == 0x50:
        reader.pos += 1
        count = reader.size(MAX_WASM_MODULE_TYPE_DECLS, "module type declaration")
        return ModuleTypeDeclarations(tuple([_module_declaration(reader) for _ in range(count)]))
    return read_rec_group(reader)


def _module_declaration(reader: BinaryReader) -> ModuleDeclaration:
    byte = reader.u8()
    if byte == 0x00:
        return read_import(reader)
    if byte == 0x01:
        return read_rec_group(reader)
    if byte == 0x02:
        byte = reader.u8()
        if byte != 0x10:
            raise reader.invalid_leading_byte(byte, "outer alias kind")
        byte = reader.u8()
        if byte != 0x01:
            raise reader.invalid_leading_byte(byte, "outer alias target")
        count = reader.var_u32()
        return Alias(OUTER, CORE_TYPE, count, reader.var_u32(), "")
    if byte == 0x03:
        name = reader.string()
        kind = read_external_kind(reader)
        return ModuleTypeExport(name, kind, read_entity_type(reader, kind))
    raise reader.invalid_leading_byte(byte, "type definition")


# ------------------------------------------------------------------------------- instances


class CoreInstance:
    """An item of the core instance section.

    An instantiation of `module` with `args` of (name, core instance), or, where `module` is -1,
    the inline `exports`.
    """

    __slots__ = ("args", "exports", "module")

    def __init__(self, module: int, args: tuple[tuple[str, int], ...], exports: tuple[Export, ...]) -> None:
        self.module = module
        self.args = args
        self.exports = exports


def read_core_instance(reader: BinaryReader) -> CoreInstance:
    """An item of the core instance section."""
    byte = reader.u8()
    if byte == 0x00:
        module = reader.var_u32()
        count = reader.size(MAX_WASM_INSTANTIATION_ARGS, "core instantiation arguments")
        args = []
        for _ in range(count):
            name = reader.string()
            kind = reader.u8()
            if kind != 0x12:
                raise reader.invalid_leading_byte(kind, "instantiation arg kind")
            args.append((name, reader.var_u32()))
        return CoreInstance(module, tuple(args), ())
    if byte == 0x01:
        count = reader.size(MAX_WASM_INSTANTIATION_ARGS, "core instantiation arguments")
        return CoreInstance(-1, (), tuple([read_export(reader) for _ in range(count)]))
    raise reader.invalid_leading_byte(byte, "core instance")


class ComponentInstance:
    """An item of the instance section.

    An instantiation of `component` with `args` of (name, kind, index), or, where `component` is -1,
    the inline `exports`.
    """

    __slots__ = ("args", "component", "exports")

    def __init__(
        self, component: int, args: tuple[tuple[str, int, int], ...], exports: tuple[ComponentExport, ...]
    ) -> None:
        self.component = component
        self.args = args
        self.exports = exports


def read_component_instance(reader: BinaryReader) -> ComponentInstance:
    """An item of the instance section."""
    byte = reader.u8()
    if byte == 0x00:
        component = reader.var_u32()
        count = reader.size(MAX_WASM_INSTANTIATION_ARGS, "instantiation arguments")
        args = []
        for _ in range(count):
            name = reader.string()
            kind = read_component_kind(reader)
            args.append((name, kind, reader.var_u32()))
        return ComponentInstance(component, tuple(args), ())
    if byte == 0x01:
        count = reader.size(MAX_WASM_INSTANTIATION_EXPORTS, "instantiation exports")
        exports = []
        for _ in range(count):
            extern_name = read_extern_name(reader)
            kind = read_component_kind(reader)
            exports.append(ComponentExport(extern_name, kind, reader.var_u32(), None))
        return ComponentInstance(-1, (), tuple(exports))
    raise reader.invalid_leading_byte(byte, "instance")


# ------------------------------------------------------------------------------- aliases


def read_alias(reader: BinaryReader) -> Alias:
    """An item of the alias section, or an alias declaration."""
    offset = reader.pos
    data = reader.data
    if offset + 3 < reader.end and data[offset] == 0x00 and data[offset + 2] == 0x01:
        kind = data[offset + 1]
        if kind <= TAG and data[offset + 3] < 0x80:
            # As most are: of a core instance with a small index.
            reader.pos = offset + 4
            return Alias(CORE_INSTANCE_EXPORT, kind, data[offset + 3], 0, reader.string())
    byte1 = reader.u8()
    byte2 = reader.u8() if byte1 == 0x00 else -1
    target = reader.u8()
    if target == 0x00:
        kind = _component_kind(byte1, byte2, offset)
        instance = reader.var_u32()
        return Alias(INSTANCE_EXPORT, kind, instance, 0, reader.string())
    if target == 0x01:
        if byte1 != 0x00:
            raise invalid_leading_byte(byte1, "core instance export kind", offset)
        kind = external_kind(byte2, offset)
        if kind == FUNC_EXACT:
            raise binary_error(offset, "exact type is not allowed in core export aliases")
        instance = reader.var_u32()
        return Alias(CORE_INSTANCE_EXPORT, kind, instance, 0, reader.string())
    if target == 0x02:
        if byte1 == 0x00:
            if byte2 != CORE_TYPE and byte2 != MODULE:
                raise invalid_leading_byte(byte2, "component outer alias kind", offset + 1)
            kind = byte2
        elif byte1 == 0x03 or byte1 == 0x04:
            kind = byte1
        else:
            raise invalid_leading_byte(byte1, "component outer alias kind", offset)
        count = reader.var_u32()
        return Alias(OUTER, kind, count, reader.var_u32(), "")
    raise reader.invalid_leading_byte(target, "alias")


def read_component_kind(reader: BinaryReader) -> int:
    """The sort of a component item: FUNC to INSTANCE, or MODULE."""
    offset = reader.pos
    byte1 = reader.u8()
    return _component_kind(byte1, reader.u8() if byte1 == 0x00 else -1, offset)


def _component_kind(byte1: int, byte2: int, offset: int) -> int:
    if byte1 == 0x00:
        if byte2 != MODULE:
            raise invalid_leading_byte(byte2, "component external kind", offset + 1)
        return MODULE
    if byte1 > INSTANCE:
        raise invalid_leading_byte(byte1, "component external kind", offset)
    return byte1


# ------------------------------------------------------------------------------- imports and exports


class ComponentImport:
    """An import of a component, or one that a component type declares."""

    __slots__ = ("name", "type")

    def __init__(self, name: ExternName, type_: TypeRef) -> None:
        self.name = name
        self.type = type_


class ComponentExport:
    """An export of a component or instance: `index` in the space of `kind`, and maybe an ascribed type.

    In instance and component types, `index` is -1 and `type` what is declared.
    """

    __slots__ = ("index", "kind", "name", "type")

    def __init__(self, name: ExternName, kind: int, index: int, type_: TypeRef | None) -> None:
        self.name = name
        self.kind = kind
        self.index = index
        self.type = type_


def read_extern_name(reader: BinaryReader) -> ExternName:
    """The name of an import or export, with its attributes."""
    byte = reader.u8()
    if byte > 0x02:
        raise reader.invalid_leading_byte(byte, "component name")
    if byte == 0x02 and reader.features >= 0:
        from pywasmtools.wasm.features import check_name_options

        check_name_options(reader)
    result = ExternName(reader.string())
    if byte == 0x02:
        for _ in range(reader.var_u32()):
            pos = reader.pos
            kind = reader.u8()
            if kind > 0x02:
                raise reader.invalid_leading_byte(kind, "name option")
            value = reader.string()
            if kind == 0x00:
                if result.implements is not None:
                    raise binary_error(pos, "duplicate 'implements' option in name")
                result.implements = value
            elif kind == 0x01:
                if result.version_suffix is not None:
                    raise binary_error(pos, "duplicate 'version-suffix' option in name")
                result.version_suffix = value
            else:
                if result.external_id is not None:
                    raise binary_error(pos, "duplicate 'external-id' option in name")
                result.external_id = value
    return result


def read_type_ref(reader: BinaryReader) -> TypeRef:
    """The type of an import or export."""
    kind = read_component_kind(reader)
    if kind == VALUE:
        return TypeRef(VALUE, read_component_val_type(reader))
    if kind == TYPE:
        byte = reader.u8()
        if byte == 0x00:
            return TypeRef(TYPE, reader.var_u32())
        if byte == 0x01:
            return SUB_RESOURCE
        raise reader.invalid_leading_byte(byte, "type bound")
    return TypeRef(kind, reader.var_u32())


def read_component_import(reader: BinaryReader) -> ComponentImport:
    """An item of the import section, or an import declaration."""
    name = read_extern_name(reader)
    return ComponentImport(name, read_type_ref(reader))


def read_component_export(reader: BinaryReader) -> ComponentExport:
    """An item of the export section."""
    name = read_extern_name(reader)
    kind = read_component_kind(reader)
    index = reader.var_u32()
    byte = reader.u8()
    if byte == 0x00:
        return ComponentExport(name, kind, index, None)
    if byte == 0x01:
        return ComponentExport(name, kind, index, read_type_ref(reader))
    raise reader.invalid_leading_byte(byte, "optional component export type")


# ------------------------------------------------------------------------------- types


class CoreTypeDeclaration:
    """A core type that a component or instance type declares."""

    __slots__ = ("type",)

    def __init__(self, type_: CoreType) -> None:
        self.type = type_


class TypeDeclaration:
    """A type that a component or instance type declares."""

    __slots__ = ("type",)

    def __init__(self, type_: ComponentType) -> None:
        self.type = type_


class TypeDeclarations:
    """A component type or an instance type: what it declares, in order; only components declare imports."""

    __slots__ = ("declarations", "is_component")

    def __init__(self, is_component: bool, declarations: list[Declaration]) -> None:
        self.is_component = is_component
        self.declarations = declarations


def read_component_type(reader: BinaryReader) -> ComponentType:
    """An item of the type section, with all that is nested in it. Nesting is held on a list of our own."""
    # Component and instance types that are still open, with how many declarations they lack.
    open_types: list[TypeDeclarations] = []
    missing: list[int] = []
    while True:
        byte = reader.u8()
        result: ComponentType
        if byte == 0x41 or byte == 0x42:
            if len(open_types) >= MAX_WASM_COMPONENT_TYPE_DEPTH:
                raise binary_error(reader.pos, "component type nesting is too deep")
            if byte == 0x41:
                count = reader.size(MAX_WASM_COMPONENT_TYPE_DECLS, "component type declaration")
            else:
                count = reader.size(MAX_WASM_INSTANCE_TYPE_DECLS, "instance type declaration")
            declarations = TypeDeclarations(byte == 0x41, [])
            open_types.append(declarations)
            missing.append(count)
            result = declarations
        else:
            result = _simple_type(reader, byte)
            if not open_types:
                return result
            open_types[-1].declarations.append(TypeDeclaration(result))
        # Read declarations up to the next nested type; close what is complete.
        while True:
            current = open_types[-1]
            if missing[-1] == 0:
                open_types.pop()
                missing.pop()
                if not open_types:
                    return current
                open_types[-1].declarations.append(TypeDeclaration(current))
                continue
            missing[-1] -= 1
            byte = reader.peek()
            if byte == 0x03 and current.is_component:
                reader.pos += 1
                current.declarations.append(read_component_import(reader))
                continue
            reader.pos += 1
            if byte == 0x01:
                break
            if byte == 0x00:
                current.declarations.append(CoreTypeDeclaration(read_core_type(reader)))
            elif byte == 0x02:
                current.declarations.append(read_alias(reader))
            elif byte == 0x04:
                name = read_extern_name(reader)
                type_ref = read_type_ref(reader)
                current.declarations.append(ComponentExport(name, type_ref.kind, -1, type_ref))
            else:
                raise reader.invalid_leading_byte(byte, "component or instance type declaration")


def _simple_type(reader: BinaryReader, byte: int) -> ComponentType:
    if byte == 0x40 or byte == 0x43:
        count = reader.size(MAX_WASM_FUNCTION_PARAMS, "component function parameters")
        params = []
        for _ in range(count):
            name = reader.string()
            params.append((name, read_component_val_type(reader)))
        return ComponentFuncType(tuple(params), read_result_list(reader), byte == 0x43)
    if byte == 0x3F:
        rep = reader.val_type()
        byte = reader.u8()
        if byte == 0x00:
            return ResourceType(rep)
        if byte == 0x01:
            return ResourceType(rep, reader.var_u32())
        raise reader.invalid_leading_byte(byte, "resource destructor")
    return read_defined_type(reader, byte)


# ------------------------------------------------------------------------------- names


class ComponentNameReader:
    """Walks a `component-name` section: `next_subsection` until None."""

    __slots__ = ("reader",)

    def __init__(self, reader: BinaryReader) -> None:
        self.reader = reader

    def next_subsection(self) -> ComponentNameSubsection | None:
        """The next subsection. Unknown ones have the sort -1."""
        reader = self.reader
        if reader.eof():
            return None
        id_ = read_u7(reader)
        content = reader.sized_reader()
        subsection = ComponentNameSubsection(id_, content)
        if id_ == NAME_COMPONENT:
            subsection.name = content.unlimited_string()
            if not content.eof():
                raise binary_error(content.pos, "trailing data at the end of a name")
        elif id_ == NAME_DECLS:
            byte = content.u8()
            if byte == 0x00:
                byte = content.u8()
                if byte <= 4 or 0x10 <= byte <= 0x12:
                    subsection.is_core = True
                    subsection.sort = byte
            elif FUNC <= byte <= INSTANCE:
                subsection.sort = byte
            if subsection.sort >= 0:
                subsection.content = content.pos
                subsection.count = content.var_u32()
        return subsection


class ComponentNameSubsection(NameSubsection):
    """A subsection of a `component-name` section: names of the items of a sort, a core one if `is_core`.

    `content` is where the name map begins, with its count.
    """

    __slots__ = ("content", "is_core", "sort")

    def __init__(self, id_: int, reader: BinaryReader) -> None:
        super().__init__(id_, reader)
        self.is_core = False
        self.sort = -1
        self.content = reader.pos
