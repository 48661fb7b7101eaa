"""Writes components: sections are merged and flushed as wasm-encoder's `ComponentBuilder` does.

Items of one kind that follow each other share a section; an item of another kind begins a new one. The
builder counts every index space, so that each method returns the index of what it defined.

Component value types are ints (`component_types.py`), canonical built-ins tuples (`canonicals.py`),
core types those of `types.py`; a name is a string, or an `ExternName` where it has attributes.
"""

from __future__ import annotations

from pywasmtools.wasm import spaces
from pywasmtools.wasm.component_types import (
    CORE_INSTANCE,
    CORE_INSTANCE_EXPORT,
    CORE_TYPE,
    INSTANCE,
    INSTANCE_EXPORT,
    MODULE,
    NAME_DECLS,
    NO_TYPE,
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
    write_component_val_type,
    write_defined_type,
    write_result_list,
)
from pywasmtools.wasm.payloads import (
    COMPONENT_ALIAS_SECTION,
    COMPONENT_CANONICAL_SECTION,
    COMPONENT_EXPORT_SECTION,
    COMPONENT_HEADER,
    COMPONENT_IMPORT_SECTION,
    COMPONENT_INSTANCE_SECTION,
    COMPONENT_SECTION,
    COMPONENT_TYPE_SECTION,
    CORE_INSTANCE_SECTION,
    CORE_TYPE_SECTION,
    MODULE_SECTION,
    section_id,
)
from pywasmtools.wasm.spaces import SORTS, sort_of
from pywasmtools.wasm.writer import (
    custom_section,
    name_map,
    section,
    section_head,
    var_u32,
    write_func_type,
    write_val_type,
)
from pywasmtools.wasm.writer import name as write_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Final

    from pywasmtools.wasm.canonicals import Canon, CanonOption
    from pywasmtools.wasm.spaces import Sort
    from pywasmtools.wasm.types import FuncType


def write_extern_name(out: bytearray, extern_name: ExternName | str) -> None:
    """Encodes the name of an import or export."""
    if isinstance(extern_name, str):
        out.append(0x00)
        out += write_name(extern_name)
        return
    options = []
    if extern_name.implements is not None:
        options.append((0x00, extern_name.implements))
    if extern_name.version_suffix is not None:
        options.append((0x01, extern_name.version_suffix))
    if extern_name.external_id is not None:
        options.append((0x02, extern_name.external_id))
    out.append(0x02 if options else 0x00)
    out += write_name(extern_name.name)
    if options:
        out += var_u32(len(options))
        for kind, value in options:
            out.append(kind)
            out += write_name(value)


def write_kind(out: bytearray, kind: int) -> None:
    """Encodes the sort of a component item; core modules and core types have two bytes."""
    if kind in (MODULE, CORE_TYPE):
        out.append(0x00)
    out.append(kind)


def sort_bytes(sort: Sort) -> bytes:
    """A sort in the binary."""
    return bytes((0x00, sort.kind) if sort.is_core else (sort.kind,))


def write_type_ref(out: bytearray, ref: TypeRef) -> None:
    """Encodes the type of an import or export."""
    write_kind(out, ref.kind)
    if ref.kind == VALUE:
        write_component_val_type(out, ref.index)
    elif ref.kind != TYPE:
        out += var_u32(ref.index)
    elif ref.index < 0:
        out.append(0x01)
    else:
        out.append(0x00)
        out += var_u32(ref.index)


def write_alias(out: bytearray, alias: Alias) -> None:
    """Encodes an alias."""
    if alias.target == OUTER:
        write_kind(out, alias.kind)
        out.append(0x02)
        out += var_u32(alias.count)
        out += var_u32(alias.index)
        return
    if alias.target == CORE_INSTANCE_EXPORT:
        out.append(0x00)
        out.append(alias.kind)
        out.append(0x01)
    else:
        write_kind(out, alias.kind)
        out.append(0x00)
    out += var_u32(alias.instance)
    out += write_name(alias.name)


def alias_export(instance: int, name: str, kind: int) -> Alias:
    """An alias of an instance's export of the component kind `kind`."""
    return Alias(INSTANCE_EXPORT, kind, instance, 0, name)


def alias_core_export(instance: int, name: str, kind: int) -> Alias:
    """An alias of a core instance's export of the core external kind `kind`."""
    return Alias(CORE_INSTANCE_EXPORT, kind, instance, 0, name)


def alias_outer(kind: int, count: int, index: int) -> Alias:
    """An alias of an item `count` components outward: TYPE, COMPONENT, MODULE or CORE_TYPE."""
    return Alias(OUTER, kind, count, index, "")


def write_component_func_type(out: bytearray, func: ComponentFuncType) -> None:
    """Encodes a component function type."""
    out.append(0x43 if func.is_async else 0x40)
    out += var_u32(len(func.params))
    for param, type_ in func.params:
        out += write_name(param)
        write_component_val_type(out, type_)
    write_result_list(out, func.result)


def write_resource_type(out: bytearray, resource: ResourceType) -> None:
    """Encodes a fresh resource type."""
    out.append(0x3F)
    write_val_type(out, resource.rep)
    if resource.dtor is None:
        out.append(0x00)
    else:
        out.append(0x01)
        out += var_u32(resource.dtor)


# ------------------------------------------------------------------------------- type builders


class TypeBuilder:
    """Declarations of an instance type, or of a component type with `is_component`; encoded as they come."""

    __slots__ = ("content", "core_type_count", "count", "instance_count", "is_component", "type_count")

    def __init__(self, is_component: bool = False) -> None:
        self.is_component = is_component
        self.content = bytearray()
        self.count = 0
        """How many declarations there are."""
        self.core_type_count = 0
        self.type_count = 0
        self.instance_count = 0

    def _type(self) -> bytearray:
        self.content.append(0x01)
        self.count += 1
        self.type_count += 1
        return self.content

    def type_defined(self, defined: DefinedType) -> int:
        """Declares a defined type; returns its index."""
        write_defined_type(self._type(), defined)
        return self.type_count - 1

    def type_function(self, func: ComponentFuncType) -> int:
        """Declares a function type; returns its index."""
        write_component_func_type(self._type(), func)
        return self.type_count - 1

    def type_nested(self, builder: TypeBuilder) -> int:
        """Declares an instance or component type; returns its index."""
        builder.encode(self._type())
        return self.type_count - 1

    def type_resource(self, resource: ResourceType) -> int:
        """Declares a fresh resource type; returns its index."""
        write_resource_type(self._type(), resource)
        return self.type_count - 1

    def alias(self, alias: Alias) -> int:
        """Declares an alias. Returns its index; -1 for kinds whose index space is not counted."""
        self.content.append(0x02)
        write_alias(self.content, alias)
        self.count += 1
        if alias.target == CORE_INSTANCE_EXPORT:
            return -1
        return self._counted(alias.kind)

    def import_(self, name: ExternName | str, type_: TypeRef) -> int:
        """Declares an import. Returns its index; -1 for kinds whose index space is not counted."""
        self.content.append(0x03)
        write_extern_name(self.content, name)
        write_type_ref(self.content, type_)
        self.count += 1
        return self._counted(type_.kind)

    def export(self, name: ExternName | str, type_: TypeRef) -> int:
        """Declares an export. Returns its index; -1 for kinds whose index space is not counted."""
        self.content.append(0x04)
        write_extern_name(self.content, name)
        write_type_ref(self.content, type_)
        self.count += 1
        return self._counted(type_.kind)

    def _counted(self, kind: int) -> int:
        if kind == TYPE:
            self.type_count += 1
            return self.type_count - 1
        if kind == INSTANCE:
            self.instance_count += 1
            return self.instance_count - 1
        if kind == CORE_TYPE:
            self.core_type_count += 1
            return self.core_type_count - 1
        return -1

    def encode(self, out: bytearray) -> None:
        """Writes the instance or component type."""
        out.append(0x41 if self.is_component else 0x42)
        out += var_u32(self.count)
        out += self.content


# ------------------------------------------------------------------------------- the builder


class _Space:
    """An index space: how many items it has, and the names of those that have one."""

    __slots__ = ("count", "names")

    def __init__(self) -> None:
        self.count = 0
        self.names: list[tuple[int, str]] = []

    def add(self, debug_name: str | None) -> int:
        index = self.count
        self.count = index + 1
        if debug_name is not None:
            self.names.append((index, debug_name))
        return index


_NAMED: Final = (
    *range(spaces.CORE_INSTANCE + 1),
    spaces.INSTANCE,
    spaces.FUNC,
    *range(spaces.TYPE, spaces.INSTANCE + 1),
)
"""The index spaces in the order of the `component-name` section: instances come twice, as in wasm-encoder."""


class Sections:
    """The sections of a component as they are written: items of one kind that follow each other share one."""

    __slots__ = ("_content", "_count", "_kind", "_parts")

    def __init__(self) -> None:
        # One behind the other they are the component. Modules are as large as they are, and not copied until the end.
        self._parts: list[bytes] = [COMPONENT_HEADER]
        # The section being filled: its payload kind, 0 for none, its items and their number.
        self._kind = 0
        self._count = 0
        self._content = bytearray()

    def _item(self, kind: int) -> bytearray:
        """Where the next item of a section goes; a section of another kind is flushed."""
        if self._kind != kind:
            self.flush()
            self._kind = kind
        self._count += 1
        return self._content

    def flush(self) -> None:
        """Ends the section being filled."""
        if self._kind != 0:
            self._parts.append(section(section_id(self._kind), var_u32(self._count) + self._content))
            self._kind = 0
            self._count = 0
            self._content = bytearray()

    def raw_section(self, kind: int, content: bytes) -> None:
        """Appends a section as it is; nothing is counted."""
        self.flush()
        self._parts.append(section_head(section_id(kind), len(content)))
        self._parts.append(content)

    def custom_section(self, name: str, data: bytes | bytearray) -> None:
        """Appends a custom section."""
        self.flush()
        self._parts.append(custom_section(name, data))

    def finish(self) -> bytes:
        """The component."""
        self.flush()
        return b"".join(self._parts)


class ComponentBuilder(Sections):
    """A component under construction. `finish` has its bytes."""

    __slots__ = ("spaces",)

    def __init__(self) -> None:
        super().__init__()
        self.spaces = [_Space() for _ in SORTS]
        """How many items each index space has, and their names; by the numbers of `spaces.py`."""

    def append_names(self) -> None:
        """Appends a `component-name` section with all debug names; instances come twice, as in wasm-encoder."""
        data = bytearray()
        for number in _NAMED:
            names = self.spaces[number].names
            if names:
                data += section(NAME_DECLS, sort_bytes(SORTS[number]) + name_map(names))
        if data:
            self.custom_section("component-name", data)

    # ------------------------------------------------------------------- modules, components, instances

    def core_module(self, debug_name: str | None, module: bytes) -> int:
        """Embeds a core module, bytes as they are."""
        self.raw_section(MODULE_SECTION, module)
        return self.spaces[spaces.CORE_MODULE].add(debug_name)

    def component(self, debug_name: str | None, builder: ComponentBuilder) -> int:
        """Embeds another builder's component."""
        return self.component_raw(debug_name, builder.finish())

    def component_raw(self, debug_name: str | None, data: bytes) -> int:
        """Embeds a component, bytes as they are."""
        self.raw_section(COMPONENT_SECTION, data)
        return self.spaces[spaces.COMPONENT].add(debug_name)

    def core_instantiate(self, debug_name: str | None, module: int, args: Sequence[tuple[str, int]]) -> int:
        """Instantiates a core module with (name, core instance)."""
        out = self._item(CORE_INSTANCE_SECTION)
        out.append(0x00)
        out += var_u32(module) + var_u32(len(args))
        for name, instance in args:
            out += write_name(name)
            out.append(CORE_INSTANCE)
            out += var_u32(instance)
        return self.spaces[spaces.CORE_INSTANCE].add(debug_name)

    def core_instantiate_exports(self, debug_name: str | None, exports: Sequence[tuple[str, int, int]]) -> int:
        """A core instance of (name, core external kind, index)."""
        out = self._item(CORE_INSTANCE_SECTION)
        out.append(0x01)
        out += var_u32(len(exports))
        for name, kind, index in exports:
            out += write_name(name)
            out.append(kind)
            out += var_u32(index)
        return self.spaces[spaces.CORE_INSTANCE].add(debug_name)

    def instantiate(self, debug_name: str | None, component: int, args: Sequence[tuple[str, int, int]]) -> int:
        """Instantiates a component with (name, kind, index)."""
        out = self._item(COMPONENT_INSTANCE_SECTION)
        out.append(0x00)
        out += var_u32(component) + var_u32(len(args))
        for name, kind, index in args:
            out += write_name(name)
            write_kind(out, kind)
            out += var_u32(index)
        return self.spaces[spaces.INSTANCE].add(debug_name)

    # ------------------------------------------------------------------- aliases, imports, exports

    def alias(self, debug_name: str | None, alias: Alias) -> int:
        """Defines an alias; returns its index in the space of its kind."""
        write_alias(self._item(COMPONENT_ALIAS_SECTION), alias)
        if alias.target == CORE_INSTANCE_EXPORT:
            return self.spaces[alias.kind].add(debug_name)
        return self._space(alias.kind).add(debug_name)

    def alias_export(self, instance: int, name: str, kind: int) -> int:
        """Aliases an instance's export, under its name."""
        return self.alias(name, alias_export(instance, name, kind))

    def core_alias_export(self, debug_name: str | None, instance: int, name: str, kind: int) -> int:
        """Aliases a core instance's export."""
        return self.alias(debug_name, alias_core_export(instance, name, kind))

    def import_(self, name: ExternName | str, type_: TypeRef) -> int:
        """Imports; returns the index in the space of the type's kind."""
        out = self._item(COMPONENT_IMPORT_SECTION)
        write_extern_name(out, name)
        write_type_ref(out, type_)
        return self._space(type_.kind).add(name if isinstance(name, str) else name.name)

    def export(self, name: ExternName | str, kind: int, index: int, type_: TypeRef | None = None) -> int:
        """Exports; returns the new index in the space of the kind."""
        out = self._item(COMPONENT_EXPORT_SECTION)
        write_extern_name(out, name)
        write_kind(out, kind)
        out += var_u32(index)
        if type_ is None:
            out.append(0x00)
        else:
            out.append(0x01)
            write_type_ref(out, type_)
        return self._space(kind).add(name if isinstance(name, str) else name.name)

    def _space(self, kind: int) -> _Space:
        """The index space of a kind of component item."""
        return self.spaces[sort_of(kind).number]

    # ------------------------------------------------------------------- types

    def core_type_func(self, debug_name: str | None, func: FuncType) -> int:
        """Defines a core function type; returns its index among the core types."""
        write_func_type(self._item(CORE_TYPE_SECTION), func)
        return self.spaces[spaces.CORE_TYPE].add(debug_name)

    def type_defined(self, debug_name: str | None, defined: DefinedType) -> int:
        """Defines a defined type; returns its index."""
        write_defined_type(self._item(COMPONENT_TYPE_SECTION), defined)
        return self.spaces[spaces.TYPE].add(debug_name)

    def type_function(self, debug_name: str | None, func: ComponentFuncType) -> int:
        """Defines a function type; returns its index."""
        write_component_func_type(self._item(COMPONENT_TYPE_SECTION), func)
        return self.spaces[spaces.TYPE].add(debug_name)

    def type_nested(self, debug_name: str | None, builder: TypeBuilder) -> int:
        """Defines an instance or component type; returns its index."""
        builder.encode(self._item(COMPONENT_TYPE_SECTION))
        return self.spaces[spaces.TYPE].add(debug_name)

    def type_resource(self, debug_name: str | None, resource: ResourceType) -> int:
        """Defines a resource type; returns its index."""
        write_resource_type(self._item(COMPONENT_TYPE_SECTION), resource)
        return self.spaces[spaces.TYPE].add(debug_name)

    # ------------------------------------------------------------------- canonical built-ins

    def canonical(self, canon: Canon, debug_name: str | None = None) -> int:
        """Defines a canonical built-in other than `lift` and `lower`; returns its core function index.

        It is named after itself unless `debug_name` is given.
        """
        from pywasmtools.wasm import canonicals

        canonicals.write_canonical(self._item(COMPONENT_CANONICAL_SECTION), canon)
        row = canon[0]
        if debug_name is None:
            if row is canonicals.CONTEXT_GET or row is canonicals.CONTEXT_SET:
                debug_name = f"{row.name} {canon[1][1]}"
            elif row is canonicals.THREAD_YIELD_THEN_PROMOTE:
                debug_name = "thread.yield-then-resume"  # as wasm-encoder has it
            elif row is canonicals.THREAD_AVAILABLE_PARALLELISM:
                debug_name = "thread.available-parallelism"
            else:
                debug_name = row.name
        return self.spaces[spaces.CORE_FUNC].add(debug_name)

    def lift_func(self, debug_name: str | None, core_func: int, type_: int, options: Iterable[CanonOption]) -> int:
        """`canon lift`; returns the function's index."""
        from pywasmtools.wasm.canonicals import LIFT, write_canonical

        write_canonical(self._item(COMPONENT_CANONICAL_SECTION), (LIFT, (core_func, type_), tuple(options)))
        return self.spaces[spaces.FUNC].add(debug_name)

    def lower_func(self, debug_name: str | None, func: int, options: Iterable[CanonOption]) -> int:
        """`canon lower`; returns the core function's index."""
        from pywasmtools.wasm.canonicals import LOWER, write_canonical

        write_canonical(self._item(COMPONENT_CANONICAL_SECTION), (LOWER, (func,), tuple(options)))
        return self.spaces[spaces.CORE_FUNC].add(debug_name)

    def task_return(self, result: int | None, options: Iterable[CanonOption]) -> int:
        """`task.return` of a component value type, or of nothing; returns the core function's index."""
        from pywasmtools.wasm.canonicals import TASK_RETURN

        value = NO_TYPE if result is None else result
        return self.canonical((TASK_RETURN, (value,), tuple(options)))


def type_eq(index: int) -> TypeRef:
    """A type import or export equal to the type `index`."""
    return TypeRef(TYPE, index)


def sub_resource() -> TypeRef:
    """A type import or export that is a fresh resource."""
    return SUB_RESOURCE
