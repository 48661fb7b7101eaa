"""Whole components at random: items of every kind, components in components, custom sections."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from pywasmtools.lab.fuzz.component.canons import built_in, gc_lower, libc, lift, lower
from pywasmtools.lab.fuzz.component.scope import LABELS, PRIMITIVES, Exports, Scope, Type
from pywasmtools.lab.fuzz.core.sections import other_custom, random_stock
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm.component_builder import TypeBuilder, alias_outer
from pywasmtools.wasm.component_types import ComponentFuncType, TypeRef
from pywasmtools.wasm.payloads import COMPONENT_START_SECTION, CORE_TYPE_SECTION
from pywasmtools.wasm.spaces import CORE_TYPE, VALUE
from pywasmtools.wasm.types import I32, ArrayType, CompositeType, FieldType, FuncType, StructType, SubType
from pywasmtools.wasm.writer import name, section, var_u32, vector, write_sub_type

DEEPEST = 3


def random_component(rng: random.Random, *, depth: int = 0, outer: Scope | None = None, wrong: float = 0) -> Scope:
    """A component with items of every kind."""
    scope = Scope(rng, outer, wrong=wrong)
    steps: list[Callable[[], object]] = [
        *(scope.define,) * 4,
        *(scope.import_type,) * 2,
        *(scope.export_type,) * 2,
        *(scope.import_func,) * 2,
        scope.import_of_resource,
        *(scope.import_instance,) * 2,
        scope.alias_something,
        scope.instance_of_exports,
        *(scope.export_something,) * 2,
        scope.resource,
        *(lambda: lift(scope),) * 3,
        *(lambda: lower(scope),) * 2,
        lambda: gc_lower(scope),
        *(lambda: built_in(scope),) * 4,
        lambda: libc(scope),
        lambda: plain(scope),
        lambda: component_type(scope),
        lambda: core_types(scope),
    ]
    if rng.randrange(8) == 0:
        steps.append(lambda: values(scope))
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
    """A component inside, instantiated where what it needs is to be had."""
    rng = scope.rng
    inner = random_component(rng, depth=depth, outer=scope, wrong=scope.wrong)
    index = scope.builder.component(None, inner.builder)
    scope.components.append({})
    if rng.randrange(4):
        instantiate(scope, index, inner.imported, inner.exported)


def instantiate(scope: Scope, index: int, imported: Sequence[tuple[str, int, object]], exported: Exports) -> None:
    """Instantiates a component, if its imports are functions of primitives and resources."""
    if any(what is None for _, _, what in imported) and not scope.wrongly():
        return
    args = []
    for name_, kind, what in imported:
        if isinstance(what, ComponentFuncType):
            same = [k for k, f in enumerate(scope.funcs) if f is not None and f[1] == what]
            args.append((name_, kind, scope.rng.choice(same) if same else scope.import_func(what)))
        else:
            resources = [k for k, type_ in enumerate(scope.types) if type_.handle >= 0]
            args.append((name_, kind, scope.rng.choice(resources) if resources else scope.resource()))
    if scope.wrongly() and args:
        del args[scope.rng.randrange(len(args))]
    scope.builder.instantiate(None, index, args)
    scope.instances.append(exported)


def component_type(scope: Scope) -> None:
    """A component type, or an instance type with one in it; a component of it is imported and instantiated."""
    rng = scope.rng
    builder = TypeBuilder(True)
    imported: list[tuple[str, int, object]] = []
    exported: Exports = {}
    names = rng.sample(LABELS, 4)
    for k in range(rng.randrange(4)):
        params = tuple((n, rng.choice(PRIMITIVES)) for n in rng.sample(LABELS, rng.randrange(3)))
        func = ComponentFuncType(params, rng.choice((None, t.U8, t.STRING)), rng.randrange(5) == 0)
        type_ = TypeRef(t.FUNC, builder.type_function(func))
        if rng.randrange(2):
            builder.import_(names[k], type_)
            imported.append((names[k], t.FUNC, func))
        else:
            builder.export(names[k], type_)
            exported[names[k]] = (t.FUNC, func)
    if rng.randrange(3) == 0:
        inner, exports = scope.instance_type()
        builder.export("inst", TypeRef(t.INSTANCE, builder.type_nested(inner)))
        exported["inst"] = (t.INSTANCE, exports)
    if rng.randrange(4) == 0:
        scope.builder.type_nested(None, builder)
        index = scope.add_type(Type(None))
        scope.import_as(scope.name(), TypeRef(t.COMPONENT, index), None)
        scope.components.append(exported)
        instantiate(scope, len(scope.components) - 1, imported, exported)
    else:
        scope.builder.type_nested(None, builder)
        scope.add_type(Type(None))


def core_types(scope: Scope) -> None:
    """Core types: recursion groups and module types; a module of one is imported."""
    rng = scope.rng
    out = scope.builder._item(CORE_TYPE_SECTION)
    scope.builder.spaces[CORE_TYPE].add(None)
    scope.core_types.append(None)
    if rng.randrange(2):
        write_sub_type(out, rng.choice(SUB_TYPES), True)
        return
    declarations = [b"\x01\x60\0\0"]
    funcs = 1
    for name_ in rng.sample(LABELS, rng.randrange(4)):
        way = rng.randrange(4)
        if way == 0:
            declarations.append(b"\0" + name("env") + name(name_) + rng.choice((b"\0\0", b"\x02\0\x01", b"\x03\x7f\0")))
        elif way == 1:
            declarations.append(b"\x03" + name(name_) + rng.choice((b"\0\0", b"\x02\x01\x01\x02", b"\x03\x7e\x01")))
        elif way == 2 and len(scope.core_types) > 1:
            declarations.append(b"\x02\x10\x01\x01" + var_u32(rng.randrange(len(scope.core_types) - 1)))
            funcs += 1
        else:
            declarations.append(b"\x01\x60\x01\x7f\0")
            funcs += 1
    out += b"\x50" + vector(declarations)
    if rng.randrange(2):
        scope.import_as(scope.name(), TypeRef(t.MODULE, len(scope.core_types) - 1), None)
        scope.modules.append({})


SUB_TYPES = (
    SubType(CompositeType(FuncType((I32,), (I32,)))),
    SubType(CompositeType(StructType((FieldType(I32, True),))), False),
    SubType(CompositeType(ArrayType(FieldType(I32, False)))),
    SubType(CompositeType(FuncType((I32,), ()), True)),
)


def values(scope: Scope) -> None:
    """A value that is imported and exported, mostly."""
    rng = scope.rng
    type_ = scope.val_type(True)
    scope.import_as(scope.name(), TypeRef(t.VALUE, type_), None)
    if rng.randrange(5):
        scope.builder.export(scope.name(), t.VALUE, scope.values)
        scope.values += 1
    scope.values += 1


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
    fitting = [(k, f) for k, f in found if not f.params or scope.wrong]
    if not fitting:
        return
    index, func = scope.rng.choice(fitting)
    results = 0 if func.result is None else 1
    scope.builder.raw_section(COMPONENT_START_SECTION, var_u32(index) + b"\0" + var_u32(results))
    if results:
        scope.builder.spaces[VALUE].add(None)
        scope.builder.export(scope.name(), t.VALUE, scope.values)
        scope.values += 2


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
        scope.builder.custom_section(*other_custom(rng))
