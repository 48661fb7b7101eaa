"""Binaries made smaller: modules by their items and bodies, components by theirs, what can't be read by sections and bytes."""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.binaries import sections
from pywasmtools.lab.reduce import text
from pywasmtools.lab.reduce.code import EMPTY, STUB, reduce_body
from pywasmtools.lab.reduce.component import CUSTOM, Component, Part, Raw
from pywasmtools.lab.reduce.component import MODULE as CORE_MODULE
from pywasmtools.lab.reduce.ddmin import minimize
from pywasmtools.lab.reduce.module import Item, Module
from pywasmtools.lab.reduce.simpler import shorter_names, simpler, simpler_part
from pywasmtools.lab.reduce.text import Test
from pywasmtools.wasm import payloads as p
from pywasmtools.wasm.writer import section

MOST_ITEMS = 3000
"""So many items are tried one by one; of more, runs."""


class Best:
    """The smallest content that a test took. One that is larger, or as large and not simpler, is not tried."""

    def __init__(self, data: bytes, test: Test) -> None:
        self.data = data
        self._test = test

    def __call__(self, data: bytes) -> bool:
        if data == self.data:
            return True
        if (len(data), data) > (len(self.data), self.data) or not self._test(data):
            return False
        self.data = data
        return True


def reduce_binary(data: bytes, test: Test) -> bytes:
    """Makes a module or component smaller; the best that the test took."""
    best = Best(data, test)
    if data[:4] != p.MAGIC:
        return data
    if data[6:8] == b"\1\0":
        reduce_component(best)
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
            for value in simpler(item):
                item.value = value
                if best(module.render()) and value != old:
                    again = True
                    break
                item.value = old


# ------------------------------------------------------------------------------- components


def parsed_component(data: bytes) -> Component | None:
    """A component, or None where it can't be read."""
    try:
        return Component(data)
    except (WasmToolsError, ValueError, KeyError, IndexError, AssertionError, RecursionError):
        return None


def reduce_component(best: Best) -> None:
    """Makes a component smaller: by its items at all levels, then each for itself."""
    for step in (drop_parts, simplify_parts, drop_parts):
        component = parsed_component(best.data)
        if component is None:
            reduce_sections(best)
            return
        step(component, best)


def drop_parts(component: Component, best: Best) -> None:
    """Leaves out items that are not needed, nested ones too."""
    parts = component.parts()
    minimize(parts, lambda kept: best(component.render(component.closure(kept))), max(1, len(parts) // MOST_ITEMS))


def simplify_parts(component: Component, best: Best) -> None:
    """Makes each item simpler; modules and custom sections in it are reduced for themselves."""
    for part in component.parts():

        def will_do(data: bytes, part: Part = part) -> bool:
            before = part.value
            assert isinstance(before, Raw)
            part.value = Raw(before.kind, before.name, data)
            if best(component.render()):
                return True
            part.value = before
            return False

        if isinstance(part.value, Raw) and part.value.kind in (CORE_MODULE, CUSTOM):
            if part.value.kind == CORE_MODULE or part.value.data[:4] == p.MAGIC:
                will_do(p.MODULE_HEADER)
                reduce_binary(part.value.data, will_do)
            elif len(part.value.data) <= text.MOST_BYTES:
                text.reduce_bytes(part.value.data, will_do)
        again = part.inner is None
        while again:
            again = False
            old = part.value
            for value in simpler_part(old):
                part.value = value
                before = best.data
                if best(component.render()) and best.data != before:
                    again = True
                    break
                part.value = old


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
