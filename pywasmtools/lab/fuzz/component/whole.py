"""Whole components at random: items of every kind, components in components, custom sections."""

from __future__ import annotations

import random
from collections.abc import Callable

from pywasmtools.lab.fuzz.component.canons import built_in, libc, lift, lower
from pywasmtools.lab.fuzz.component.scope import LABELS, Scope
from pywasmtools.lab.fuzz.core.sections import random_stock
from pywasmtools.lab.fuzz.splice import split
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm.component_builder import alias_outer
from pywasmtools.wasm.payloads import COMPONENT_IMPORT_SECTION, COMPONENT_START_SECTION
from pywasmtools.wasm.spaces import VALUE
from pywasmtools.wasm.writer import name, section, var_u32, vector

DEEPEST = 3


def random_component(rng: random.Random, *, depth: int = 0, outer: Scope | None = None, wrong: float = 0) -> Scope:
    """A component with items of every kind."""
    scope = Scope(rng, outer, wrong=wrong)
    steps: list[Callable[[], object]] = [
        *(scope.define,) * 4,
        *(scope.import_type,) * 2,
        *(scope.export_type,) * 2,
        *(scope.import_func,) * 2,
        *(scope.import_instance,) * 2,
        scope.alias_something,
        scope.instance_of_exports,
        *(scope.export_something,) * 2,
        scope.resource,
        *(lambda: lift(scope),) * 3,
        *(lambda: lower(scope),) * 2,
        *(lambda: built_in(scope),) * 4,
        lambda: libc(scope),
        lambda: plain(scope),
    ]
    if depth < DEEPEST:
        steps += [lambda: nested(scope, depth + 1), lambda: nested(scope, depth + 1)]
    if outer is not None:
        steps += [scope.outer_type, scope.outer_type, lambda: outer_module(scope)]
    for _ in range(rng.randrange(2, 10) if depth else rng.randrange(2, 16)):
        rng.choice(steps)()
    if not depth and rng.randrange(10) == 0:
        start(scope)
    if rng.randrange(3) == 0:
        annotate(scope)
    return scope


def plain(scope: Scope) -> None:
    """A core module that is not instantiated."""
    scope.builder.core_module(
        None, random_stock(scope.rng).module.encode() if scope.rng.randrange(3) == 0 else b"\0asm\x01\0\0\0"
    )
    scope.modules.append({})


def nested(scope: Scope, depth: int) -> None:
    """A component inside, instantiated where it needs nothing."""
    rng = scope.rng
    inner = random_component(rng, depth=depth, outer=scope, wrong=scope.wrong)
    needs = section_of(inner.builder.finish(), COMPONENT_IMPORT_SECTION)
    index = scope.builder.component(None, inner.builder)
    scope.components.append({})
    if rng.randrange(2) and not needs:
        scope.builder.instantiate(None, index, [])
        scope.instances.append({})


def section_of(data: bytes, kind: int) -> bool:
    """Whether a component has a section of a kind."""
    return any(s.id == kind & 0x1F for s in split(data)[1])


def outer_module(scope: Scope) -> None:
    """An alias of a core module or of a component further out."""
    assert scope.outer is not None
    if scope.outer.modules and scope.rng.randrange(2):
        scope.builder.alias(None, alias_outer(t.MODULE, 1, scope.rng.randrange(len(scope.outer.modules))))
        scope.modules.append({})
    elif scope.outer.components:
        scope.builder.alias(None, alias_outer(t.COMPONENT, 1, scope.rng.randrange(len(scope.outer.components))))
        scope.components.append({})


def start(scope: Scope) -> None:
    """A start function, with or without values."""
    found = [(k, f[1]) for k, f in enumerate(scope.funcs) if f is not None]
    fitting = [(k, f) for k, f in found if not f.params] or found
    if not fitting:
        return
    index, func = scope.rng.choice(fitting)
    results = 0 if func.result is None else 1
    scope.builder.raw_section(COMPONENT_START_SECTION, var_u32(index) + b"\0" + var_u32(results))
    if results:
        scope.builder.spaces[VALUE].add(None)


def annotate(scope: Scope) -> None:
    """Custom sections."""
    rng = scope.rng
    if rng.randrange(2):
        scope.builder.append_names()
    if rng.randrange(3) == 0:
        names = vector([var_u32(k) + name(rng.choice(LABELS)) for k in range(rng.randrange(3))])
        sort = rng.choice((b"\0\0", b"\0\x11", b"\x01", b"\x03", b"\x05", b"\x04"))
        data = section(0, name("c")) + section(1, sort + names)
        scope.builder.custom_section("component-name", data)
    if rng.randrange(3) == 0:
        tools = vector([name("clang") + name("1.0")])
        scope.builder.custom_section("producers", vector([name("processed-by") + tools]))
    if rng.randrange(4) == 0:
        scope.builder.custom_section(rng.choice(("a", "", "licenses", "name")), rng.choice((b"", b"MIT", b"\0\x01\0")))
