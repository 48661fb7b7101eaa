"""Binaries made smaller: modules by their items and bodies, components by theirs, what can't be read by sections and bytes."""

from __future__ import annotations

from collections.abc import Iterator

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.binaries import sections
from pywasmtools.lab.reduce import text
from pywasmtools.lab.reduce.code import EMPTY, STUB, reduce_body
from pywasmtools.lab.reduce.ddmin import minimize
from pywasmtools.lab.reduce.module import Item, Module
from pywasmtools.lab.reduce.text import Test
from pywasmtools.wasm import module as m
from pywasmtools.wasm import payloads as p
from pywasmtools.wasm.types import (
    CompositeType,
    FuncType,
    GlobalType,
    MemoryType,
    StructType,
    SubType,
    TableType,
)
from pywasmtools.wasm.writer import section

MOST_ITEMS = 3000
"""So many items are tried one by one; of more, runs."""
MOST_NAME = 200
"""Names that are longer are not shortened letter by letter."""


class Best:
    """The smallest content that a test took."""

    def __init__(self, data: bytes, test: Test) -> None:
        self.data = data
        self._test = test

    def __call__(self, data: bytes) -> bool:
        if not self._test(data):
            return False
        self.data = data
        return True


def reduce_binary(data: bytes, test: Test) -> bytes:
    """Makes a module or component smaller; the best that the test took."""
    best = Best(data, test)
    if data[:4] != p.MAGIC:
        return data
    if data[6:8] == b"\1\0":
        reduce_sections(best)
        return best.data
    if parsed(best.data) is None:
        reduce_sections(best)
        return best.data
    for step in (stub_bodies, empty_contents, drop_items, simplify_items, drop_items, reduce_customs):
        module = parsed(best.data)
        if module is None:
            break
        step(module, best)
    return best.data


def parsed(data: bytes) -> Module | None:
    """A module, or None where it can't be read."""
    try:
        return Module(data)
    except (WasmToolsError, ValueError, IndexError):
        return None


def stub_bodies(module: Module, best: Best) -> None:
    """Puts `unreachable` in place of bodies, of half of them at once, then of ever fewer."""
    functions = [i for i in module.items if i.kind == p.FUNCTION_SECTION and body_of(i) not in (STUB, EMPTY)]
    bodies = {item: body_of(item) for item in functions}

    def will_do(kept: list[Item]) -> bool:
        whole = set(kept)
        for item in functions:
            set_body(item, bodies[item] if item in whole or len(bodies[item]) <= len(STUB) else STUB)
        return best(module.render())

    minimize(functions, will_do, max(1, len(functions) // MOST_ITEMS))


def body_of(item: Item) -> bytes:
    assert isinstance(item.value, tuple)
    return item.value[1]  # type: ignore[no-any-return]


def set_body(item: Item, body: bytes) -> None:
    assert isinstance(item.value, tuple)
    item.value = (item.value[0], body)


def empty_contents(module: Module, best: Best) -> None:
    """Empties data segments, element segments and custom sections, as many as will do."""
    items = [i for i in module.items if i.kind in (p.DATA_SECTION, p.ELEMENT_SECTION, p.CUSTOM_SECTION)]
    values = {item: item.value for item in items}

    def will_do(kept: list[Item]) -> bool:
        whole = set(kept)
        gone = set()
        for item in items:
            value = values[item]
            assert isinstance(value, tuple)
            if item in whole:
                item.value = value
            elif item.kind == p.CUSTOM_SECTION:
                gone.add(item)
            else:
                item.value = (*value[:-1], b"" if item.kind == p.DATA_SECTION else [])
        return best(module.render(set(module.items) - gone))

    minimize(items, will_do, max(1, len(items) // MOST_ITEMS))


def drop_items(module: Module, best: Best) -> None:
    """Leaves out items that are not needed; what is left keeps what it names."""
    minimize(
        module.items, lambda kept: best(module.render(module.closure(kept))), max(1, len(module.items) // MOST_ITEMS)
    )


def simplify_items(module: Module, best: Best) -> None:
    """Makes each item simpler."""
    total = len(module.items)
    for item in module.items:
        if item.kind == p.FUNCTION_SECTION:
            old = item.value

            def body_will_do(body: bytes, item: Item = item) -> bool:
                before = item.value
                set_body(item, body)
                if best(module.render()):
                    return True
                item.value = before
                return False

            reduce_body(body_of(item), body_will_do)
        if total > MOST_ITEMS:
            continue
        again = True
        while again:
            again = False
            old = item.value
            for value in simpler(item, module):
                item.value = value
                if best(module.render()) and value != old:
                    again = True
                    break
                item.value = old


def simpler(item: Item, module: Module) -> Iterator[object]:
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
    while size and yielded < 64:
        for at in range(0, len(content), size):
            yield content[:at] + content[at + size :]  # type: ignore[operator]
            yielded += 1
        size //= 2


# ------------------------------------------------------------------------------- custom sections


def reduce_customs(module: Module, best: Best) -> None:
    """Makes the contents of custom sections smaller: a component, or bytes; and their names."""
    for item in [item for item in module.items if item.kind == p.CUSTOM_SECTION]:

        def will_do(data: bytes, item: Item = item) -> bool:
            before = item.value
            assert isinstance(before, tuple)
            item.value = (before[0], data)
            if best(module.render()):
                return True
            item.value = before
            return False

        assert isinstance(item.value, tuple)
        content = item.value[1]
        if content[:4] == p.MAGIC:
            reduce_binary(content, will_do)
        elif len(content) <= text.MOST_BYTES:
            text.reduce_bytes(content, will_do)
        for shorter in shorter_names(item.value[0]):
            before = item.value
            item.value = (shorter, before[1])
            if best(module.render()):
                break
            item.value = before


# ------------------------------------------------------------------------------- what can't be read


def reduce_sections(best: Best) -> None:
    """Leaves out sections, and bytes of small ones, with their sizes made right."""

    def split() -> list[tuple[int, bytes]]:
        data = best.data
        outer = [s for s in sections(data) if len(s.path) == 1][1:]
        found = [(data[s.start], data[s.body : s.end]) for s in outer]
        end = outer[-1].end if outer else 8
        return [*found, (-1, data[end:])] if data[end:] else found

    def joined(parts: list[tuple[int, bytes]]) -> bytes:
        return best.data[:8] + b"".join(body if id_ < 0 else section(id_, body) for id_, body in parts)

    minimize(split(), lambda kept: best(joined(kept)))
    parts = split()
    for at, (id_, body) in enumerate(parts):
        if id_ < 0:
            continue

        def will_do(data: bytes, at: int = at, id_: int = id_) -> bool:
            before = parts[at]
            parts[at] = (id_, data)
            if best(joined(parts)):
                return True
            parts[at] = before
            return False

        if body[:4] == p.MAGIC:
            reduce_binary(body, will_do)
        elif len(body) <= text.MOST_BYTES:
            text.reduce_bytes(body, will_do)
