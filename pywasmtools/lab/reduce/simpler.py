"""Simpler values of the items of modules and components, the simplest first."""

from __future__ import annotations

from collections.abc import Iterator

from pywasmtools.lab.reduce.component import CUSTOM, Raw
from pywasmtools.lab.reduce.module import Item
from pywasmtools.wasm import component as k
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm import module as m
from pywasmtools.wasm import payloads as p
from pywasmtools.wasm.types import (
    CompositeType,
    FuncType,
    GlobalType,
    MemoryType,
    RecGroup,
    StructType,
    SubType,
    TableType,
)

MOST_NAME = 200
"""Names that are longer are not shortened letter by letter."""

MOST_RUNS = 64
"""So many shorter forms of a sequence are tried."""


def simpler(item: Item) -> Iterator[object]:
    """Simpler values of an item."""
    value = item.value
    if isinstance(value, SubType):
        yield from simpler_types(value)
    elif isinstance(value, m.Import):
        for text_ in shorter_names(value.name):
            yield m.Import(value.module, text_, value.kind, value.type, 0)
        for text_ in shorter_names(value.module):
            yield m.Import(text_, value.name, value.kind, value.type, 0)
        if isinstance(value.type, int):
            for index in range(min(value.type, 3)):
                yield m.Import(value.module, value.name, value.kind, index, 0)
        for type_ in simpler_limits(value.type):
            yield m.Import(value.module, value.name, value.kind, type_, 0)
    elif isinstance(value, m.Export):
        for text_ in shorter_names(value.name):
            yield m.Export(text_, value.kind, value.index)
        for index in range(min(value.index, 3)):
            yield m.Export(value.name, value.kind, index)
    elif isinstance(value, MemoryType):
        yield from simpler_limits(value)
    elif isinstance(value, int):
        yield from range(min(value, 3))
    elif isinstance(value, tuple):
        yield from simpler_tuples(item.kind, value)


def shorter_names(name: str) -> Iterator[str]:
    """Shorter names."""
    if name:
        yield ""
        if name != "a":
            yield "a"
        if len(name) <= MOST_NAME:
            size = len(name) // 2
            while size:
                for at in range(0, len(name), size):
                    yield name[:at] + name[at + size :]
                size //= 2


def simpler_types(value: SubType) -> Iterator[SubType]:
    """A defined type without some of its parts."""
    inner = value.composite.inner
    if value.supertypes or not value.is_final:
        yield SubType(value.composite)
    if value.composite.shared or value.composite.describes is not None or value.composite.descriptor is not None:
        yield SubType(CompositeType(inner), value.is_final, value.supertypes)
    if isinstance(inner, FuncType):
        found = [FuncType((), ()), FuncType((), inner.results), FuncType(inner.params, ())]
        found += [FuncType(inner.params[:k] + inner.params[k + 1 :], inner.results) for k in range(len(inner.params))]
        found += [FuncType(inner.params, inner.results[:k] + inner.results[k + 1 :]) for k in range(len(inner.results))]
    elif isinstance(inner, StructType):
        structs = [StructType(())] + [
            StructType(inner.fields[:k] + inner.fields[k + 1 :]) for k in range(len(inner.fields))
        ]
        yield from (
            SubType(CompositeType(struct), value.is_final, value.supertypes) for struct in structs if struct != inner
        )
        found = [FuncType((), ())]
    else:
        found = [FuncType((), ())]
    for func in found:
        if func != inner:
            yield SubType(CompositeType(func), value.is_final, value.supertypes)


def simpler_limits(type_: object) -> Iterator[MemoryType | TableType]:
    """A memory or table without a maximum and other parts, and of no size."""
    if isinstance(type_, MemoryType):
        known = (type_.initial, type_.maximum, type_.memory64, type_.shared, type_.page_size_log2)
        for parts in (
            (0, None, False, False, None),
            (1, None, False, False, None),
            (type_.initial, None, type_.memory64, False, None),
            (0, type_.maximum, type_.memory64, type_.shared, type_.page_size_log2),
        ):
            if parts != known:
                yield MemoryType(*parts)
    elif isinstance(type_, TableType):
        if type_.maximum is not None or type_.shared or type_.table64:
            yield TableType(type_.element_type, type_.initial)
        if type_.initial:
            yield TableType(type_.element_type, 0, type_.maximum, type_.table64, type_.shared)


CONSTANTS = {
    0x7F: b"\x41\x00\x0b",
    0x7E: b"\x42\x00\x0b",
    0x7D: b"\x43\0\0\0\0\x0b",
    0x7C: b"\x44" + bytes(8) + b"\x0b",
}


def simpler_tuples(kind: int, value: tuple) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Simpler values of what is kept as a tuple."""
    if kind == p.FUNCTION_SECTION:
        yield from ((index, value[1]) for index in range(min(value[0], 3)))
    elif kind == p.TABLE_SECTION:
        yield from ((type_, value[1]) for type_ in simpler_limits(value[0]))
        if value[1]:
            yield (value[0], b"")
    elif kind == p.GLOBAL_SECTION:
        type_, init = value
        if type_.mutable or type_.shared:
            yield (GlobalType(type_.content_type), init)
        simple = CONSTANTS.get(type_.content_type)
        if simple is not None and simple != init:
            yield (type_, simple)
        if type_.content_type != 0x7F:
            yield (GlobalType(0x7F, type_.mutable), CONSTANTS[0x7F])
    elif kind == p.DATA_SECTION:
        flags, memory, offset, content = value
        if flags != 1:
            yield (1, 0, b"", content)
            if offset != CONSTANTS[0x7F]:
                yield (flags, memory, CONSTANTS[0x7F], content)
        yield from ((flags, memory, offset, shorter) for shorter in shorter_runs(content))
    elif kind == p.ELEMENT_SECTION:
        flags, table, offset, type_, items = value
        if flags & 0b101 == 0 and offset != CONSTANTS[0x7F]:
            yield (flags, table, CONSTANTS[0x7F], type_, items)
        yield from ((flags, table, offset, type_, shorter) for shorter in shorter_runs(items))


def shorter_runs(content: bytes | list[int] | list[bytes]) -> Iterator[bytes | list[int] | list[bytes]]:
    """A sequence without runs of it, the longest first."""
    size = len(content)
    yielded = 0
    while size and yielded < MOST_RUNS:
        for at in range(0, len(content), size):
            yield content[:at] + content[at + size :]  # type: ignore[operator]
            yielded += 1
        size //= 2


# ------------------------------------------------------------------------------- components


def simpler_part(value: object) -> Iterator[object]:
    """Simpler values of an item of a component, or of a declaration."""
    if isinstance(value, t.DefinedType):
        yield from simpler_defined(value)
    elif isinstance(value, t.ComponentFuncType):
        yield from simpler_functions(value)
    elif isinstance(value, t.ResourceType):
        if value.dtor is not None:
            yield t.ResourceType(value.rep)
    elif isinstance(value, k.ComponentImport):
        yield from (k.ComponentImport(text, value.type) for text in simpler_extern_names(value.name))
    elif isinstance(value, k.ComponentExport):
        if value.type is not None and value.index >= 0:
            yield k.ComponentExport(value.name, value.kind, value.index, None)
        for text in simpler_extern_names(value.name):
            yield k.ComponentExport(text, value.kind, value.index, value.type)
    elif isinstance(value, k.CoreInstance):
        yield from (k.CoreInstance(value.module, args, value.exports) for args in shorter(value.args))
        yield from (k.CoreInstance(value.module, value.args, exports) for exports in shorter(value.exports))
    elif isinstance(value, k.ComponentInstance):
        yield from (k.ComponentInstance(value.component, args, value.exports) for args in shorter(value.args))
        yield from (k.ComponentInstance(value.component, value.args, exports) for exports in shorter(value.exports))
    elif isinstance(value, k.ModuleTypeDeclarations):
        yield from (k.ModuleTypeDeclarations(declarations) for declarations in shorter(value.declarations))
    elif isinstance(value, RecGroup):
        for at, type_ in enumerate(value.types):
            for simple in simpler_types(type_):
                yield RecGroup((*value.types[:at], simple, *value.types[at + 1 :]), value.offsets, value.explicit)
    elif isinstance(value, t.Alias):
        if value.name and value.name != "a":
            yield from (t.Alias(value.target, value.kind, value.first, 0, text) for text in shorter_names(value.name))
    elif isinstance(value, tuple):
        yield from ((value[0], value[1], options) for options in shorter(value[2]))
    elif isinstance(value, Raw) and value.kind == CUSTOM:
        yield from (Raw(CUSTOM, text, value.data) for text in shorter_names(value.name))


def shorter(values: tuple) -> Iterator[tuple]:  # type: ignore[type-arg]
    """A tuple without runs of it."""
    yield from shorter_runs(values)  # type: ignore[arg-type, misc]


def simpler_extern_names(value: t.ExternName) -> Iterator[t.ExternName]:
    """A name without attributes, or shorter."""
    if value.key()[1:] != (None, None, None):
        yield t.ExternName(value.name)
        yield t.ExternName(value.name, None, value.version_suffix, value.external_id)
        yield t.ExternName(value.name, value.implements, None, value.external_id)
        yield t.ExternName(value.name, value.implements, value.version_suffix)
    for text in shorter_names(value.name):
        yield t.ExternName(text, value.implements, value.version_suffix, value.external_id)


SIMPLE = t.DefinedType(t.PRIMITIVE, number=t.U8)


def simpler_defined(value: t.DefinedType) -> Iterator[t.DefinedType]:
    """A defined type with fewer parts, or with `u8` for them."""
    if value != SIMPLE:
        yield SIMPLE
    content = value.form.content
    if content in ("fields", "cases"):
        for at in range(len(value.names)):
            names = value.names[:at] + value.names[at + 1 :]
            yield t.DefinedType(value.form, names, value.types[:at] + value.types[at + 1 :])
    elif content == "names":
        yield from (t.DefinedType(value.form, names) for names in shorter(value.names))
    elif content == "types":
        yield from (t.DefinedType(value.form, (), types) for types in shorter(value.types))
    for at, type_ in enumerate(value.types):
        if type_ != t.U8 and type_ != t.NO_TYPE:
            for other in (t.NO_TYPE, t.U8) if content in ("cases", "optional", "optional optional") else (t.U8,):
                types = (*value.types[:at], other, *value.types[at + 1 :])
                yield t.DefinedType(value.form, value.names, types, value.number)
    for at, text in enumerate(value.names):
        for short in shorter_names(text):
            names = (*value.names[:at], short, *value.names[at + 1 :])
            yield t.DefinedType(value.form, names, value.types, value.number)


def simpler_functions(value: t.ComponentFuncType) -> Iterator[t.ComponentFuncType]:
    """A function type with fewer parts, or with `u8` for them."""
    if value.params:
        yield t.ComponentFuncType((), value.result, value.is_async)
    if value.result is not None:
        yield t.ComponentFuncType(value.params, None, value.is_async)
        if value.result != t.U8:
            yield t.ComponentFuncType(value.params, t.U8, value.is_async)
    if value.is_async:
        yield t.ComponentFuncType(value.params, value.result)
    for at, (text, type_) in enumerate(value.params):
        before, after = value.params[:at], value.params[at + 1 :]
        yield t.ComponentFuncType((*before, *after), value.result, value.is_async)
        if type_ != t.U8:
            yield t.ComponentFuncType((*before, (text, t.U8), *after), value.result, value.is_async)
        for short in shorter_names(text):
            yield t.ComponentFuncType((*before, (short, type_), *after), value.result, value.is_async)
