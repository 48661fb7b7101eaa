"""A component as its items, those of nested components and of component and instance types too, some of which are left out.

Every component and every such type is a scope with index spaces of its own. What stays takes along what holds it and what it
names, there or in an outer scope; what is left gets other indices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pywasmtools.lab.reduce.module import entity_type
from pywasmtools.wasm import canonicals as c
from pywasmtools.wasm import component as k
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm import payloads as p
from pywasmtools.wasm import spaces
from pywasmtools.wasm.component_builder import (
    write_alias,
    write_component_func_type,
    write_extern_name,
    write_kind,
    write_resource_type,
    write_type_ref,
)
from pywasmtools.wasm.immediates import Indices
from pywasmtools.wasm.module import Export, Import, external_space
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import CONCRETE, RecGroup
from pywasmtools.wasm.writer import custom_section, name, section, var_u32, write_entity_type, write_sub_type

START, CUSTOM, MODULE = "start", "custom", "module"


class Raw:
    """What is no item of a vector: a start function, a custom section, a core module."""

    __slots__ = ("data", "kind", "name", "numbers")

    def __init__(self, kind: str, name_: str = "", data: bytes = b"", numbers: tuple[int, ...] = ()) -> None:
        self.kind = kind
        self.name = name_
        self.data = data
        self.numbers = numbers
        """Of a start function: itself, the number of results, and the arguments."""


class Scope:
    """A component, or a component or instance type: its parts in order."""

    __slots__ = ("is_component", "is_type", "parent", "parts", "spaces")

    def __init__(self, parent: Part | None, is_type: bool, is_component: bool) -> None:
        self.parent = parent
        self.is_type = is_type
        self.is_component = is_component
        self.parts: list[Part] = []
        self.spaces: list[list[Part]] = [[] for _ in spaces.SORTS]
        """What each index stands for; a recursion group stands at all of its types."""

    def outward(self, count: int) -> Scope | None:
        """The scope so many around this one."""
        scope: Scope | None = self
        for _ in range(count):
            scope = scope.parent.scope if scope is not None and scope.parent is not None else None
        return scope


class Part:
    """An item of a scope: in a component, of a section of a kind. `inner` is the scope that it is."""

    __slots__ = ("defines", "first", "inner", "kind", "scope", "size", "value")

    def __init__(self, scope: Scope, kind: int, value: object, defines: int = -1, size: int = 1) -> None:
        self.scope = scope
        self.kind = kind
        self.value = value
        self.inner: Scope | None = None
        self.defines = defines
        """Which index space it adds to; -1 is none."""
        self.size = size if defines >= 0 else 0
        """How many indices it has there, from `first` on."""
        self.first = len(scope.spaces[defines]) if defines >= 0 else -1
        if defines >= 0:
            scope.spaces[defines] += [self] * size
        scope.parts.append(self)


class Component:
    """A component that can be read. Raises WasmToolsError, ValueError or RecursionError otherwise."""

    def __init__(self, data: bytes) -> None:
        self.root = Scope(None, False, True)
        read_sections(self.root, data)

    def parts(self) -> list[Part]:
        """All parts, the outer ones before those in them."""
        found: list[Part] = []
        waiting = self.root.parts[::-1]
        while waiting:
            part = waiting.pop()
            found.append(part)
            if part.inner is not None:
                waiting += part.inner.parts[::-1]
        return found

    def closure(self, parts: Iterable[Part]) -> set[Part]:
        """Parts with all that they need."""
        kept: set[Part] = set()
        waiting = list(parts)
        while waiting:
            part = waiting.pop()
            if part in kept:
                continue
            kept.add(part)
            if part.scope.parent is not None:
                waiting.append(part.scope.parent)
            needs = Needs(part.scope)
            rewritten(part.value, needs)
            waiting += [*needs.found, *exported(part)]
        return kept

    def render(self, kept: set[Part] | None = None) -> bytes:
        """The component, with what is kept alone."""
        return p.COMPONENT_HEADER + write_sections(self.root, kept, {})


def exported(part: Part) -> list[Part]:
    """Where an alias is of an instance's export: that export, where the instance's type or component is in this file."""
    alias = part.value
    if not isinstance(alias, t.Alias) or alias.target != t.INSTANCE_EXPORT:
        return []
    of = part.scope.spaces
    if alias.instance >= len(of[spaces.INSTANCE]):
        return []
    value = of[spaces.INSTANCE][alias.instance].value
    inner: Scope | None = None
    if isinstance(value, (k.ComponentImport, k.ComponentExport)) and value.type is not None:
        inner = inner_at(of[spaces.TYPE], value.type.index)
    elif isinstance(value, k.ComponentInstance):
        inner = inner_at(of[spaces.COMPONENT], value.component)
    parts = inner.parts if inner is not None else []
    return [p_ for p_ in parts if isinstance(p_.value, k.ComponentExport) and p_.value.name.name == alias.name]


def inner_at(parts: list[Part], index: int) -> Scope | None:
    """The scope that an item is."""
    return parts[index].inner if 0 <= index < len(parts) else None


# ------------------------------------------------------------------------------- reading


def read_sections(scope: Scope, data: bytes) -> None:
    """Reads the items of a component."""
    walk = p.Parser(data)
    for payload in walk:
        kind = payload.kind
        if kind == p.VERSION:
            if payload.encoding != p.COMPONENT:
                raise ValueError
        elif kind == p.CUSTOM_SECTION:
            Part(scope, kind, Raw(CUSTOM, payload.name, payload.custom_data()))
        elif kind in (p.MODULE_SECTION, p.COMPONENT_SECTION):
            nested = data[payload.start : payload.end]
            if kind == p.MODULE_SECTION:
                Part(scope, kind, Raw(MODULE, "", nested), spaces.CORE_MODULE)
            else:
                part = Part(scope, kind, None, spaces.COMPONENT)
                part.inner = Scope(part, False, True)
                read_sections(part.inner, nested)
            walk.skip_nested(payload)
        elif kind == p.COMPONENT_START_SECTION:
            start = payload.component_start
            assert start is not None
            Part(
                scope,
                kind,
                Raw(START, numbers=(start.func_index, start.results, *start.arguments)),
                spaces.VALUE,
                start.results,
            )
        elif kind == p.UNKNOWN_SECTION:
            raise ValueError
        elif kind != p.END:
            reader = payload.section()
            for _ in range(payload.count):
                add(scope, kind, READERS[kind](reader))
            reader.finish_section()


READERS: dict[int, Callable[[BinaryReader], object]] = {
    p.CORE_INSTANCE_SECTION: k.read_core_instance,
    p.CORE_TYPE_SECTION: k.read_core_type,
    p.COMPONENT_INSTANCE_SECTION: k.read_component_instance,
    p.COMPONENT_ALIAS_SECTION: k.read_alias,
    p.COMPONENT_TYPE_SECTION: k.read_component_type,
    p.COMPONENT_CANONICAL_SECTION: c.read_canonical,
    p.COMPONENT_IMPORT_SECTION: k.read_component_import,
    p.COMPONENT_EXPORT_SECTION: k.read_component_export,
}


def add(scope: Scope, kind: int, value: object) -> None:
    """Adds an item or a declaration to a scope."""
    if isinstance(value, k.TypeDeclarations):
        part = Part(scope, kind, None, spaces.TYPE)
        part.inner = Scope(part, True, value.is_component)
        for declaration in value.declarations:
            if isinstance(declaration, (k.TypeDeclaration, k.CoreTypeDeclaration)):
                add(part.inner, 0, declaration.type)
            else:
                add(part.inner, 0, declaration)
        return
    size = len(value.types) if isinstance(value, RecGroup) else 1
    Part(scope, kind, value, space_of(value), size)


def space_of(value: object) -> int:
    """The index space that an item adds to."""
    if isinstance(value, t.Alias):
        return value.kind if value.target == t.CORE_INSTANCE_EXPORT else spaces.sort_of(value.kind).number
    if isinstance(value, k.ComponentImport):
        return spaces.sort_of(value.type.kind).number
    if isinstance(value, k.ComponentExport):
        return spaces.sort_of(value.kind).number
    if isinstance(value, k.CoreInstance):
        return spaces.CORE_INSTANCE
    if isinstance(value, k.ComponentInstance):
        return spaces.INSTANCE
    if isinstance(value, (RecGroup, k.ModuleTypeDeclarations)):
        return spaces.CORE_TYPE
    if isinstance(value, tuple):
        return spaces.FUNC if value[0] is c.LIFT else spaces.CORE_FUNC
    return spaces.TYPE


# ------------------------------------------------------------------------------- other indices


class Places:
    """Other indices for those that an item names: here, and so many scopes outward."""

    def index(self, space: int, index: int) -> int:
        return self.outer(0, space, index)

    def outer(self, count: int, space: int, index: int) -> int:
        return index


class Needs(Places):
    """Notes the parts that are named from a scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.found: list[Part] = []

    def outer(self, count: int, space: int, index: int) -> int:
        scope = self.scope.outward(count)
        if scope is not None and index < len(scope.spaces[space]):
            self.found.append(scope.spaces[space][index])
        return index


NewIndices = dict[Scope, list[dict[int, int]]]


class Kept(Places):
    """The indices of what is kept, as they are seen from a scope."""

    def __init__(self, scope: Scope, new: NewIndices) -> None:
        self.scope = scope
        self.new = new

    def outer(self, count: int, space: int, index: int) -> int:
        scope = self.scope.outward(count)
        known = self.new.get(scope) if scope is not None else None
        if scope is None or known is None:
            return index
        found = known[space].get(index)
        return index - len(scope.spaces[space]) + len(known[space]) if found is None else found


class CoreTypes(Indices):
    """Core types of a scope, for what is written as in modules."""

    def __init__(self, places: Places) -> None:
        self.places = places

    def index(self, space: str, index: int) -> int:
        return self.places.index(spaces.CORE_TYPE, index) if space == "type" else index


def value_type(type_: int, places: Places) -> int:
    return places.index(spaces.TYPE, type_) if type_ >= 0 else type_


def rewritten(value: object, places: Places) -> object:
    """An item with other indices."""
    if isinstance(value, t.DefinedType):
        types = tuple([value_type(type_, places) for type_ in value.types])
        number = places.index(spaces.TYPE, value.number) if value.form.content == "index" else value.number
        return t.DefinedType(value.form, value.names, types, number)
    if isinstance(value, t.ComponentFuncType):
        params = tuple([(param, value_type(type_, places)) for param, type_ in value.params])
        result = None if value.result is None else value_type(value.result, places)
        return t.ComponentFuncType(params, result, value.is_async)
    if isinstance(value, t.ResourceType):
        return t.ResourceType(value.rep, None if value.dtor is None else places.index(spaces.CORE_FUNC, value.dtor))
    if isinstance(value, t.Alias):
        return rewritten_alias(value, places)
    if isinstance(value, k.ComponentImport):
        return k.ComponentImport(value.name, rewritten_ref(value.type, places))
    if isinstance(value, k.ComponentExport):
        index = places.index(spaces.sort_of(value.kind).number, value.index) if value.index >= 0 else -1
        return k.ComponentExport(
            value.name, value.kind, index, None if value.type is None else rewritten_ref(value.type, places)
        )
    if isinstance(value, (k.CoreInstance, k.ComponentInstance)):
        return rewritten_instance(value, places)
    if isinstance(value, RecGroup):

        def core(heap: int) -> int:
            return places.index(spaces.CORE_TYPE, heap >> 8) << 8 | heap & 0xFF | CONCRETE

        return RecGroup(tuple([type_.remap(core) for type_ in value.types]), value.offsets, value.explicit)
    if isinstance(value, k.ModuleTypeDeclarations):
        return k.ModuleTypeDeclarations(tuple([outward(d, places) for d in value.declarations]))
    if isinstance(value, tuple):
        return rewritten_canon(value, places)
    if isinstance(value, Raw) and value.kind == START:
        func, results, *arguments = value.numbers
        told = (places.index(spaces.FUNC, func), results, *(places.index(spaces.VALUE, n) for n in arguments))
        return Raw(START, numbers=told)
    return value


def outward(declaration: k.ModuleDeclaration, places: Places) -> k.ModuleDeclaration:
    """A declaration of a module type: only aliases lead out of it."""
    if isinstance(declaration, t.Alias) and declaration.first > 0:
        index = places.outer(declaration.first - 1, spaces.CORE_TYPE, declaration.second)
        return t.Alias(t.OUTER, t.CORE_TYPE, declaration.first, index, "")
    return declaration


def rewritten_alias(alias: t.Alias, places: Places) -> t.Alias:
    if alias.target == t.OUTER:
        index = places.outer(alias.count, spaces.sort_of(alias.kind).number, alias.index)
        return t.Alias(t.OUTER, alias.kind, alias.count, index, "")
    space = spaces.CORE_INSTANCE if alias.target == t.CORE_INSTANCE_EXPORT else spaces.INSTANCE
    return t.Alias(alias.target, alias.kind, places.index(space, alias.instance), 0, alias.name)


def rewritten_ref(ref: t.TypeRef, places: Places) -> t.TypeRef:
    if ref.kind == t.VALUE:
        return t.TypeRef(t.VALUE, value_type(ref.index, places))
    if ref.index < 0:
        return ref
    return t.TypeRef(ref.kind, places.index(spaces.CORE_TYPE if ref.kind == t.MODULE else spaces.TYPE, ref.index))


def rewritten_instance(value: k.CoreInstance | k.ComponentInstance, places: Places) -> object:
    if isinstance(value, k.CoreInstance):
        module = places.index(spaces.CORE_MODULE, value.module) if value.module >= 0 else -1
        core_args = tuple([(text, places.index(spaces.CORE_INSTANCE, i)) for text, i in value.args])
        core_exports = tuple(
            [Export(e.name, e.kind, places.index(external_space(e.kind), e.index)) for e in value.exports]
        )
        return k.CoreInstance(module, core_args, core_exports)
    component = places.index(spaces.COMPONENT, value.component) if value.component >= 0 else -1
    args = tuple([(text, kind, places.index(spaces.sort_of(kind).number, i)) for text, kind, i in value.args])
    exports = tuple(
        [
            k.ComponentExport(e.name, e.kind, places.index(spaces.sort_of(e.kind).number, e.index), None)
            for e in value.exports
        ]
    )
    return k.ComponentInstance(component, args, exports)


def rewritten_canon(canon: c.Canon, places: Places) -> c.Canon:
    row, immediates, options = canon
    kinds = [kind for kind in row.kinds if kind not in ("options", "0")]
    values = []
    for kind, value in zip(kinds, immediates, strict=True):
        if kind in c.INDEX_KINDS:
            values.append(places.index(c.INDEX_KINDS[kind], value))
        elif kind == "result":
            values.append(value_type(value, places))
        else:
            values.append(value)
    told = [(o, places.index(c.OPTION_SPACES[o], index) if o in c.OPTION_SPACES else index) for o, index in options]
    return (row, tuple(values), tuple(told))


# ------------------------------------------------------------------------------- writing


def number(scope: Scope, kept: set[Part] | None, new: NewIndices) -> None:
    """Gives what is kept of a scope its new indices."""
    found: list[dict[int, int]] = []
    for parts in scope.spaces:
        indices = [index for index, part in enumerate(parts) if kept is None or part in kept]
        found.append({index: place for place, index in enumerate(indices)})
    new[scope] = found


def write_sections(scope: Scope, kept: set[Part] | None, new: NewIndices) -> bytes:
    """The sections of a component: items of one kind that follow each other share one."""
    number(scope, kept, new)
    out = bytearray()
    current = -1
    items: list[bytes] = []
    for part in [*scope.parts, None]:
        if part is not None and kept is not None and part not in kept:
            continue
        is_item = part is not None and part.kind in READERS
        if current >= 0 and (part is None or part.kind != current or not is_item):
            out += section(p.section_id(current), var_u32(len(items)) + b"".join(items))
            current, items = -1, []
        if part is None:
            break
        if is_item:
            current = part.kind
            items.append(written(part, kept, new))
        else:
            out += written(part, kept, new)
    return bytes(out)


def written(part: Part, kept: set[Part] | None, new: NewIndices) -> bytes:
    """An item, a declaration without its leading byte, or a whole section."""
    if part.inner is not None:
        if not part.inner.is_type:
            return section(p.section_id(part.kind), p.COMPONENT_HEADER + write_sections(part.inner, kept, new))
        return write_declarations(part.inner, kept, new)
    out = bytearray()
    write_value(out, rewritten(part.value, Kept(part.scope, new)), part.scope.is_type)
    return bytes(out)


def write_declarations(scope: Scope, kept: set[Part] | None, new: NewIndices) -> bytes:
    """A component or instance type."""
    number(scope, kept, new)
    out = bytearray()
    parts = [part for part in scope.parts if kept is None or part in kept]
    for part in parts:
        if part.inner is not None or isinstance(part.value, (t.DefinedType, t.ComponentFuncType, t.ResourceType)):
            out.append(0x01)
        elif isinstance(part.value, (RecGroup, k.ModuleTypeDeclarations)):
            out.append(0x00)
        else:
            out.append(
                0x02 if isinstance(part.value, t.Alias) else 0x03 if isinstance(part.value, k.ComponentImport) else 0x04
            )
        out += written(part, kept, new)
    return bytes((0x41 if scope.is_component else 0x42,)) + var_u32(len(parts)) + bytes(out)


def write_value(out: bytearray, value: object, in_type: bool) -> None:
    """Encodes an item; exports that are declared `in_type` have a type alone."""
    if isinstance(value, t.DefinedType):
        t.write_defined_type(out, value)
    elif isinstance(value, t.ComponentFuncType):
        write_component_func_type(out, value)
    elif isinstance(value, t.ResourceType):
        write_resource_type(out, value)
    elif isinstance(value, t.Alias):
        write_alias(out, value)
    elif isinstance(value, k.ComponentImport):
        write_extern_name(out, value.name)
        write_type_ref(out, value.type)
    elif isinstance(value, k.ComponentExport):
        write_extern_name(out, value.name)
        if in_type:
            assert value.type is not None
            write_type_ref(out, value.type)
            return
        write_kind(out, value.kind)
        out += var_u32(value.index)
        out.append(0 if value.type is None else 1)
        if value.type is not None:
            write_type_ref(out, value.type)
    elif isinstance(value, tuple):
        c.write_canonical(out, value)
    elif isinstance(value, (k.CoreInstance, k.ComponentInstance)):
        write_instance(out, value)
    elif isinstance(value, (RecGroup, k.ModuleTypeDeclarations)):
        write_core_type(out, value)
    elif isinstance(value, Raw):
        write_raw(out, value)


def write_raw(out: bytearray, value: Raw) -> None:
    """A whole section."""
    if value.kind == CUSTOM:
        out += custom_section(value.name, value.data)
    elif value.kind == MODULE:
        out += section(p.section_id(p.MODULE_SECTION), value.data)
    else:
        func, results, *arguments = value.numbers
        content = var_u32(func) + var_u32(len(arguments)) + b"".join(var_u32(n) for n in arguments) + var_u32(results)
        out += section(p.section_id(p.COMPONENT_START_SECTION), content)


def write_instance(out: bytearray, value: k.CoreInstance | k.ComponentInstance) -> None:
    if isinstance(value, k.CoreInstance):
        if value.module >= 0:
            out += b"\x00" + var_u32(value.module) + var_u32(len(value.args))
            for text, index in value.args:
                out += name(text) + b"\x12" + var_u32(index)
            return
        out += b"\x01" + var_u32(len(value.exports))
        for export in value.exports:
            out += name(export.name) + bytes((export.kind,)) + var_u32(export.index)
        return
    if value.component >= 0:
        out += b"\x00" + var_u32(value.component) + var_u32(len(value.args))
        for text, kind, index in value.args:
            out += name(text)
            write_kind(out, kind)
            out += var_u32(index)
        return
    out += b"\x01" + var_u32(len(value.exports))
    for item in value.exports:
        write_extern_name(out, item.name)
        write_kind(out, item.kind)
        out += var_u32(item.index)


def write_core_type(out: bytearray, value: RecGroup | k.ModuleTypeDeclarations) -> None:
    if isinstance(value, RecGroup):
        if value.explicit:
            out += b"\x4e" + var_u32(len(value.types))
        for type_ in value.types:
            write_sub_type(out, type_, in_component=not value.explicit)
        return
    out += b"\x50" + var_u32(len(value.declarations))
    for declaration in value.declarations:
        if isinstance(declaration, Import):
            out += b"\x00" + name(declaration.module) + name(declaration.name)
            write_entity_type(out, declaration.kind, entity_type(declaration.type, Indices()))
        elif isinstance(declaration, RecGroup):
            out.append(0x01)
            if declaration.explicit:
                out += b"\x4e" + var_u32(len(declaration.types))
            for type_ in declaration.types:
                write_sub_type(out, type_)
        elif isinstance(declaration, t.Alias):
            out += b"\x02\x10\x01" + var_u32(declaration.first) + var_u32(declaration.second)
        else:
            out += b"\x03" + name(declaration.name)
            write_entity_type(out, declaration.kind, declaration.type)
