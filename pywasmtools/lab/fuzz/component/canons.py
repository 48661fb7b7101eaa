"""Canonical definitions at random in a component that is being made: lifting, lowering, and every built-in with its options."""

from __future__ import annotations

from collections.abc import Sequence

from pywasmtools.canonical_abi import LIFT, LIFT_ASYNC_CALLBACK, LIFT_ASYNC_STACKFUL, LOWER, LOWER_ASYNC
from pywasmtools.lab.fuzz.component.scope import Scope, is_plain
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm import component_types as t
from pywasmtools.wasm import module as kinds
from pywasmtools.wasm.component_types import ComponentFuncType, DefinedType
from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.payloads import COMPONENT_CANONICAL_SECTION, CORE_TYPE_SECTION
from pywasmtools.wasm.spaces import CORE_FUNC, CORE_TYPE
from pywasmtools.wasm.types import (
    EXTERNREF,
    F32,
    F64,
    FUNC,
    FUNCREF,
    I8,
    I16,
    I32,
    I64,
    NULLABLE,
    REF,
    SHARED,
    ArrayType,
    CompositeType,
    FieldType,
    FuncType,
    MemoryType,
    StructType,
    SubType,
    TableType,
    concrete_heap,
)
from pywasmtools.wasm.writer import write_sub_type

REALLOC = FuncType((I32,) * 4, (I32,))
CALLBACK = FuncType((I32,) * 3, (I32,))
BUILT_INS = [row for row in canon.ROWS if row is not canon.LIFT and row is not canon.LOWER]
ENCODINGS = (canon.UTF8, canon.UTF16, canon.COMPACT_UTF16)


class Core:
    """A core module to instantiate: exported functions that trap, a memory, tables."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.module = ModuleBuilder()
        self.exports: list[tuple[str, int, object]] = []
        self.imports: list[tuple[str, str, int]] = []

    def import_(self, module: str, name: str, index: int, type_: FuncType) -> None:
        """Imports a core function of the component."""
        self.module.import_(module, name, kinds.FUNC, self.module.type_func(type_))
        self.imports.append((module, name, index))

    def func(self, name: str, type_: FuncType) -> None:
        """Exports a function of a type."""
        index = len(self.imports) + self.module.function(self.module.type_func(type_))
        self.module.raw_code(b"\0\0\x0b")
        self.module.export(name, kinds.FUNC, index)
        self.exports.append((name, kinds.FUNC, type_))

    def memory(self, name: str, wide: bool) -> None:
        self.module.export(name, kinds.MEMORY, self.module.memory(MemoryType(1, None, wide)))
        self.exports.append((name, kinds.MEMORY, wide))

    def table(self, name: str, type_: TableType) -> None:
        self.module.export(name, kinds.TABLE, self.module.table(type_))
        self.exports.append((name, kinds.TABLE, type_))

    def instantiate(self) -> dict[str, int]:
        """Puts it into the component and aliases all its exports; the index of each."""
        scope = self.scope
        builder = scope.builder
        module = builder.core_module("m" if scope.rng.randrange(2) else None, self.module.finish())
        scope.modules.append({})
        args = []
        for name in dict.fromkeys(m for m, _, _ in self.imports):
            items = [(n, kinds.FUNC, index) for m, n, index in self.imports if m == name]
            args.append((name, builder.core_instantiate_exports(None, items)))
            scope.core_instances += 1
        instance = builder.core_instantiate("i" if scope.rng.randrange(2) else None, module, args)
        scope.core_instances += 1
        found = {}
        for name, kind, what in self.exports:
            found[name] = builder.core_alias_export(None, instance, name, kind)
            if kind == kinds.FUNC:
                assert isinstance(what, FuncType)
                scope.core_funcs.append(what)
            elif kind == kinds.MEMORY:
                scope.memories.append(bool(what))
            else:
                scope.tables += 1
        return found


def libc(scope: Scope) -> None:
    """A memory and what allocates in it."""
    core = Core(scope)
    core.memory("memory", False)
    core.func("realloc", REALLOC)
    if scope.rng.randrange(3) == 0:
        core.func("dtor", FuncType((I32,), ()))
    if scope.rng.randrange(4) == 0:
        core.table("table", TableType(FUNCREF, 1))
    core.instantiate()


def _realloc(scope: Scope) -> int:
    if REALLOC not in scope.core_funcs or False not in scope.memories:
        libc(scope)
    return scope.core_funcs.index(REALLOC)


def options(scope: Scope, *, memory: bool, realloc: bool) -> list[tuple[int, int]]:
    """Options that have to be there, and some that may."""
    rng = scope.rng
    found: list[tuple[int, int]] = []
    if memory or realloc or (rng.randrange(3) == 0 and scope.memories):
        index = _realloc(scope)
        found.append((canon.MEMORY, scope.memories.index(False)))
        if realloc or (not memory and rng.randrange(3) == 0):
            found.append((canon.REALLOC, index))
    if rng.randrange(3) == 0:
        found.append((rng.choice(ENCODINGS), 0))
    if scope.wrongly():
        found.append((rng.choice((canon.MEMORY, canon.CORE_TYPE, canon.GC, canon.POST_RETURN, canon.ASYNC)), 0))
    if rng.randrange(4) == 0:
        rng.shuffle(found)
    return found


def lift(scope: Scope) -> None:
    """A function lifted from a module made for it, and maybe exported."""
    rng = scope.rng
    type_, func = _function(scope)
    context = LIFT
    if func.is_async and rng.randrange(4):
        context = rng.choice((LIFT_ASYNC_CALLBACK, LIFT_ASYNC_STACKFUL))
    signature = scope.core_type(func, context)
    safe = scope.is_safe(func)
    result = func.result
    strings = result is not None and not scope.is_safe(ComponentFuncType((), result))
    takes = not scope.is_safe(ComponentFuncType(func.params, None))
    memory = not safe or signature.indirect_params or signature.retptr
    found = options(scope, memory=memory or strings, realloc=takes or signature.indirect_params)
    core = Core(scope)
    own = FuncType(signature.params, signature.results)
    core.func("f", own)
    if context == LIFT and rng.randrange(3) == 0:
        core.func("post", FuncType(own.results, ()))
    if context == LIFT_ASYNC_CALLBACK:
        core.func("callback", CALLBACK)
    lowered = [k for k, f in enumerate(scope.core_funcs) if f is not None]
    if lowered and rng.randrange(2):
        core = _with_imports(scope, core, rng.sample(lowered, min(len(lowered), rng.randrange(1, 4))))
    indices = core.instantiate()
    if "post" in indices:
        found.append((canon.POST_RETURN, indices["post"]))
    if context != LIFT:
        found.append((canon.ASYNC, 0))
    if "callback" in indices:
        found.append((canon.CALLBACK, indices["callback"]))
    if scope.wrongly():
        found = options(scope, memory=False, realloc=rng.randrange(2) == 0)
    core_func = rng.randrange(len(scope.core_funcs) + 1) if scope.wrongly() else indices["f"]
    scope.builder.lift_func(None, core_func, rng.randrange(len(scope.types)) if scope.wrongly() else type_, found)
    scope.funcs.append((type_, func))
    if rng.randrange(4):
        scope.export_as(scope.name(), t.FUNC, len(scope.funcs) - 1, func if is_plain(func) else None)
        scope.funcs.append((type_, func))


def _function(scope: Scope) -> tuple[int, ComponentFuncType]:
    found = [(k, type_.what) for k, type_ in enumerate(scope.types) if isinstance(type_.what, ComponentFuncType)]
    return scope.rng.choice(found) if found and scope.rng.randrange(3) == 0 else scope.function_type()


def _with_imports(scope: Scope, plain: Core, lowered: Sequence[int]) -> Core:
    """The same module with imports of core functions of the component."""
    core = Core(scope)
    for k, index in enumerate(lowered):
        type_ = scope.core_funcs[index]
        assert type_ is not None
        core.import_("env" if k % 2 else "", f"f{k}", index, type_)
    for name, _, what in plain.exports:
        assert isinstance(what, FuncType)
        core.func(name, what)
    return core


def lower(scope: Scope) -> None:
    """A function lowered."""
    rng = scope.rng
    found = [(k, f[1]) for k, f in enumerate(scope.funcs) if f is not None]
    if not found:
        scope.import_func()
        return
    index, func = rng.choice(found)
    lowers_async = func.is_async and rng.randrange(2) == 0
    signature = scope.core_type(func, LOWER_ASYNC if lowers_async else LOWER)
    gives = func.result is not None and not scope.is_safe(ComponentFuncType((), func.result))
    memory = not scope.is_safe(func) or signature.indirect_params or signature.retptr or lowers_async
    chosen = options(scope, memory=memory, realloc=gives)
    if lowers_async:
        chosen.append((canon.ASYNC, 0))
    if scope.wrongly():
        index = rng.choice((0, len(scope.funcs) - 1, len(scope.funcs)))
    scope.builder.lower_func(None, index, chosen)
    scope.core_funcs.append(FuncType(signature.params, signature.results))


def gc_lower(scope: Scope) -> None:
    """A function lowered with values of the garbage collector: `gc`, and the core type that it then has."""
    rng = scope.rng
    found = [(k, f[1]) for k, f in enumerate(scope.funcs) if f is not None]
    if not found:
        scope.import_func()
        return
    index, func = rng.choice(found)
    params = tuple(gc_type(scope, type_, 8) for _, type_ in func.params)
    results = () if func.result is None else (gc_type(scope, func.result, 8),)
    if scope.wrongly():
        params = (*params[1:], I64)
    type_ = core_type(scope, FuncType(params, results))
    chosen = [(canon.GC, 0), (canon.CORE_TYPE, type_)]
    if rng.randrange(3) == 0:
        chosen.append((rng.choice(ENCODINGS), 0))
    scope.builder.lower_func(None, index, chosen)
    scope.core_funcs.append(None)


def gc_type(scope: Scope, type_: int, depth: int, *, is_field: bool = False) -> int:
    """The core type of a value, of a field if that is asked for; types that it needs are defined before.

    A type that has itself in it by mistake ends at the depth.
    """
    if depth < 0:
        return I32
    defined = scope.types[type_].what if 0 <= type_ < len(scope.types) else None
    number = type_
    if isinstance(defined, DefinedType):
        form = defined.form
        if form is t.PRIMITIVE:
            number = defined.number
        elif form in (t.RECORD, t.TUPLE):
            fields = [FieldType(gc_type(scope, part, depth - 1, is_field=True), True) for part in defined.types]
            return heap_type(scope, StructType(tuple(fields)))
        elif form in (t.VARIANT, t.OPTION, t.RESULT):
            return heap_type(scope, StructType(()))
        elif form in (t.LIST, t.FIXED_LENGTH_LIST):
            element = gc_type(scope, defined.types[0], depth - 1, is_field=True)
            return heap_type(scope, ArrayType(FieldType(element, True)))
        elif form in (t.FLAGS, t.ENUM):
            return I32
        else:
            return EXTERNREF
    if number == t.STRING:
        return heap_type(scope, ArrayType(FieldType(I8 if scope.rng.randrange(6) else I16, True)))
    if number == t.ERROR_CONTEXT:
        return EXTERNREF
    if is_field and number in (t.BOOL, t.S8, t.U8, t.S16, t.U16):
        return I8 if number in (t.BOOL, t.S8, t.U8) else I16
    return {t.S64: I64, t.U64: I64, t.F32: F32, t.F64: F64}.get(number, I32)


def heap_type(scope: Scope, inner: StructType | ArrayType) -> int:
    """A reference to a core type that is defined for it."""
    builder = scope.builder
    write_sub_type(builder._item(CORE_TYPE_SECTION), SubType(CompositeType(inner)), True)
    builder.spaces[CORE_TYPE].add(None)
    scope.core_types.append(None)
    return concrete_heap(len(scope.core_types) - 1) | REF | (NULLABLE if scope.rng.randrange(2) else 0)


def core_type(scope: Scope, func: FuncType, *, shared: bool = False) -> int:
    """Defines a core type; its index."""
    builder = scope.builder
    if shared:
        write_sub_type(builder._item(CORE_TYPE_SECTION), SubType(CompositeType(func, True)), True)
        builder.spaces[CORE_TYPE].add(None)
    else:
        builder.core_type_func(None, func)
    scope.core_types.append(func)
    return len(scope.core_types) - 1


def _payload(scope: Scope, form: t.DefinedForm) -> int:
    """A stream or future type."""
    found = [
        k for k, type_ in enumerate(scope.types) if isinstance(type_.what, DefinedType) and type_.what.form is form
    ]
    if found and scope.rng.randrange(3):
        return scope.rng.choice(found)
    given = scope.rng.choice((t.NO_TYPE, t.U8, t.STRING, t.U32))
    return scope.add_defined(DefinedType(form, types=(given,)))


def _resource(scope: Scope, *, local: bool) -> int:
    found = [
        k
        for k, type_ in enumerate(scope.types)
        if type_.handle >= 0 and (isinstance(type_.what, t.ResourceType) or not local)
    ]
    return scope.rng.choice(found) if found else scope.resource()


def built_in(scope: Scope) -> None:
    """A built-in of any row."""
    row = scope.rng.choice(BUILT_INS)
    bound = {"ptr": I32, "index": I32, "rep": I32, "value": I32}
    immediates: list[int] = []
    needs_memory = row in (canon.ERROR_CONTEXT_NEW, canon.ERROR_CONTEXT_DEBUG_MESSAGE)
    needs_realloc = row is canon.ERROR_CONTEXT_DEBUG_MESSAGE
    shared = row in (canon.THREAD_SPAWN_REF, canon.THREAD_SPAWN_INDIRECT, canon.THREAD_AVAILABLE_PARALLELISM)
    chosen: list[tuple[int, int]] = []
    signature: FuncType | None = None
    for kind in row.kinds:
        if kind == "0":
            continue
        if kind == "options":
            if row is canon.TASK_RETURN:
                signature, needs_memory = _task_return(scope, immediates[-1])
            elif kind in row.kinds and row.kinds[0] in ("stream", "future"):
                carried = scope.types[immediates[0]].what
                assert isinstance(carried, DefinedType)
                needs_memory = carried.types != (t.NO_TYPE,)
                needs_realloc = row in (canon.STREAM_READ, canon.FUTURE_READ) and scope.types[immediates[0]].pointers
            chosen = options(scope, memory=needs_memory, realloc=needs_realloc)
            if row is canon.TASK_RETURN:
                chosen = [o for o in chosen if o[0] != canon.REALLOC]
            elif row.kinds[0] in ("stream", "future") and scope.rng.randrange(2):
                chosen.append((canon.ASYNC, 0))
        else:
            immediates.append(_immediate(scope, row, kind, shared))
    canon.write_canonical(scope.builder._item(COMPONENT_CANONICAL_SECTION), (row, tuple(immediates), tuple(chosen)))
    scope.builder.spaces[CORE_FUNC].add(None)
    if row.signature and not shared:
        if row in (canon.CONTEXT_GET, canon.CONTEXT_SET):
            bound["value"] = immediates[0]
        signature = FuncType(*row.core_type(bound))
    scope.core_funcs.append(signature)


def _task_return(scope: Scope, result: int) -> tuple[FuncType | None, bool]:
    """The core type of a `task.return`, and whether it needs a memory."""
    if result == t.NO_TYPE:
        return FuncType((), ()), False
    func = ComponentFuncType((("v", result),), None)
    signature = scope.core_type(func, LOWER)
    return FuncType(signature.params, signature.results), signature.indirect_params or not scope.is_safe(func)


def _immediate(scope: Scope, row: canon.CanonRow, kind: str, shared: bool) -> int:
    rng = scope.rng
    if scope.wrongly() and kind not in ("val_type", "async", "stream", "future", "result"):
        return rng.choice((0, 1, 2, 100))
    if kind == "stream" or kind == "future":
        return _payload(scope, t.STREAM if kind == "stream" else t.FUTURE)
    if kind in ("resource", "local_resource"):
        return _resource(scope, local=kind == "local_resource")
    if kind == "core_type":
        return core_type(scope, FuncType((I32,), ()), shared=shared)
    if kind == "table":
        core = Core(scope)
        element = FUNC << 8 | REF | NULLABLE | SHARED if shared else FUNCREF
        core.table("t", TableType(element, 1, 1 if shared else None, False, shared))
        core.instantiate()
        return scope.tables - 1
    if kind == "memory":
        _realloc(scope)
        return scope.memories.index(False)
    if kind == "async":
        return rng.randrange(2)
    if kind == "val_type":
        return I64 if scope.wrongly() else I32
    if kind == "u32":
        return rng.randrange(2)
    if kind == "result":
        return t.NO_TYPE if rng.randrange(3) == 0 else scope.val_type(borrows=False)
    raise canon.unknown_kind(kind)
