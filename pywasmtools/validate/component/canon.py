"""Canonical definitions: lifting, lowering and the built-ins, each checked and given its core type.

https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md#canonical-definitions
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validate.component.lowering import LATIN1_UTF16, LIFT, LOWER, UTF8, UTF16, CanonicalOptions, lower
from pywasmtools.validate.component.types import (
    FUTURE,
    STREAM,
    ComponentFuncType,
    TypeInfo,
    contains_borrow,
    contains_ptr,
    resource_of,
)
from pywasmtools.validate.core.entity_subtyping import table_type
from pywasmtools.wasm import canonicals as canon
from pywasmtools.wasm.component_types import NO_TYPE
from pywasmtools.wasm.types import (
    CONCRETE,
    FUNC,
    FUNCREF,
    I32,
    I64,
    NULLABLE,
    REF,
    SHARED,
    TYPE_ID,
    CompositeType,
    FuncType,
    SubType,
    TableType,
    debug_val_types,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validate.component.state import ComponentState
    from pywasmtools.validate.component.types import ComponentTypes, ValType
    from pywasmtools.wasm.canonicals import Canon, CanonOption

_STRING_ENCODINGS: Final = {canon.UTF8: UTF8, canon.UTF16: UTF16, canon.COMPACT_UTF16: LATIN1_UTF16}

_NONE: Final = FuncType((), ())
_TO_I32: Final = FuncType((), (I32,))
_TO_I64: Final = FuncType((), (I64,))
_I32: Final = FuncType((I32,), ())
_I32_I32: Final = FuncType((I32, I32), ())
_I32_TO_I32: Final = FuncType((I32,), (I32,))

_PLAIN: Final = {
    canon.TASK_CANCEL.code: _NONE,
    canon.BACKPRESSURE_INC.code: _NONE,
    canon.BACKPRESSURE_DEC.code: _NONE,
    canon.SUBTASK_DROP.code: _I32,
    canon.SUBTASK_CANCEL.code: _I32_TO_I32,
    canon.ERROR_CONTEXT_DROP.code: _I32,
    canon.WAITABLE_SET_NEW.code: _TO_I32,
    canon.WAITABLE_SET_DROP.code: _I32,
    canon.WAITABLE_JOIN.code: _I32_I32,
    canon.THREAD_INDEX.code: _TO_I32,
    canon.THREAD_RESUME_LATER.code: _I32,
    canon.THREAD_SUSPEND.code: _TO_I32,
    canon.THREAD_YIELD.code: _TO_I32,
    canon.THREAD_SUSPEND_THEN_RESUME.code: _I32_TO_I32,
    canon.THREAD_YIELD_THEN_RESUME.code: _I32_TO_I32,
    canon.THREAD_SUSPEND_THEN_PROMOTE.code: _I32_TO_I32,
    canon.THREAD_YIELD_THEN_PROMOTE.code: _I32_TO_I32,
}
"""Built-ins whose core type is always the same, by the row's byte."""

_OF_STREAM_OR_FUTURE: Final = {
    canon.STREAM_NEW.code: _TO_I64,
    canon.STREAM_CANCEL_READ.code: _I32_TO_I32,
    canon.STREAM_CANCEL_WRITE.code: _I32_TO_I32,
    canon.STREAM_DROP_READABLE.code: _I32,
    canon.STREAM_DROP_WRITABLE.code: _I32,
    canon.STREAM_FORWARD.code: _I32_I32,
    canon.FUTURE_NEW.code: _TO_I64,
    canon.FUTURE_CANCEL_READ.code: _I32_TO_I32,
    canon.FUTURE_CANCEL_WRITE.code: _I32_TO_I32,
    canon.FUTURE_DROP_READABLE.code: _I32,
    canon.FUTURE_DROP_WRITABLE.code: _I32,
    canon.FUTURE_FORWARD.code: _I32_I32,
}
"""Built-ins that name a stream or future type and no options, by the row's byte."""


def add_canonical(state: ComponentState, item: Canon, offset: int) -> None:
    """Adds the function that a canonical definition makes: a component function for `lift`, else a core function."""
    row, immediates, options = item
    arena = state.arena
    if row is canon.LIFT:
        _lift(state, immediates[0], immediates[1], options, offset)
        return
    plain = _PLAIN.get(row.code)
    if plain is not None:
        type_id = arena.core.intern_func_type(plain, offset)
    elif row is canon.LOWER:
        type_id = _lower(state, immediates[0], options, offset)
    elif row.code in _OF_STREAM_OR_FUTURE:
        _payload(state, row.name, immediates[0], offset)
        type_id = arena.core.intern_func_type(_OF_STREAM_OR_FUTURE[row.code], offset)
    elif row is canon.RESOURCE_DROP:
        state.resource_at(immediates[0], offset)
        type_id = arena.core.intern_func_type(_I32, offset)
    elif row is canon.RESOURCE_NEW:
        rep = _local_resource(state, immediates[0], offset)
        type_id = arena.core.intern_func_type(FuncType((rep,), (I32,)), offset)
    elif row is canon.RESOURCE_REP:
        rep = _local_resource(state, immediates[0], offset)
        type_id = arena.core.intern_func_type(FuncType((I32,), (rep,)), offset)
    elif row is canon.TASK_RETURN:
        type_id = _task_return(state, immediates[0], options, offset)
    elif row is canon.CONTEXT_GET or row is canon.CONTEXT_SET:
        type_id = _context(state, row is canon.CONTEXT_SET, row.name, immediates[0], immediates[1], offset)
    elif row in (canon.STREAM_READ, canon.STREAM_WRITE, canon.FUTURE_READ, canon.FUTURE_WRITE):
        type_id = _read_or_write(state, row, immediates[0], options, offset)
    elif row is canon.ERROR_CONTEXT_NEW or row is canon.ERROR_CONTEXT_DEBUG_MESSAGE:
        type_id = _error_context(state, row, options, offset)
    elif row is canon.WAITABLE_SET_WAIT or row is canon.WAITABLE_SET_POLL:
        memory = state.cabi_memory_at(immediates[0], offset)
        type_id = arena.core.intern_func_type(FuncType((I32, memory.index_type()), (I32,)), offset)
    elif row is canon.THREAD_NEW_INDIRECT:
        type_id = _thread_new_indirect(state, immediates[0], immediates[1], offset)
    elif row is canon.THREAD_SPAWN_REF:
        start = _spawn_type(state, immediates[0], offset)
        func_ref = start << 8 | CONCRETE | TYPE_ID | REF | NULLABLE
        type_id = _intern_shared(arena, FuncType((func_ref, I32), (I32,)), offset)
    elif row is canon.THREAD_SPAWN_INDIRECT:
        type_id = _thread_spawn_indirect(state, immediates[0], immediates[1], offset)
    else:
        assert row is canon.THREAD_AVAILABLE_PARALLELISM
        type_id = _intern_shared(arena, _TO_I32, offset)
    state.core_funcs.append(type_id)


# ---------------------------------------------------------------------------------- lift and lower


def _lift(
    state: ComponentState, core_func: int, type_index: int, options: tuple[CanonOption, ...], offset: int
) -> None:
    core = state.arena.core
    func = state.function_type_at(type_index, offset)
    type_id = state.core_function_at(core_func, offset)
    checked = check_options(state, options, offset)
    _check_lift(state, checked, type_id, offset)
    checked.check_asyncness(func, offset)
    lowered = lower(state.arena, func, checked, LIFT, offset)
    wanted = lowered if isinstance(lowered, int) else core.intern_func_type(lowered, offset)
    if type_id == wanted:
        state.funcs.append(state.types[type_index])
        return
    have = core.func_type(type_id)
    want = core.func_type(wanted)
    if have.params != want.params:
        raise binary_error(
            offset,
            f"lowered parameter types `{debug_val_types(want.params)}` do not match parameter types "
            f"`{debug_val_types(have.params)}` of core function {core_func}",
        )
    if have.results != want.results:
        raise binary_error(
            offset,
            f"lowered result types `{debug_val_types(want.results)}` do not match result types "
            f"`{debug_val_types(have.results)}` of core function {core_func}",
        )
    raise binary_error(
        offset,
        f"lowered function type `{core.core_type(wanted).debug()}` does not match type "
        f"`{core.core_type(type_id).debug()}` of core function {core_func}",
    )


def _check_lift(state: ComponentState, options: CanonicalOptions, type_id: int, offset: int) -> None:
    """Checks what only lifted functions may have: functions called after and between."""
    core = state.arena.core
    if options.post_return >= 0:
        post_return = core.func_type(state.core_function_at(options.post_return, offset))
        if post_return.params != core.func_type(type_id).results or post_return.results:
            raise binary_error(
                offset, "canonical option `post-return` uses a core function with an incorrect signature"
            )
    if options.callback >= 0:
        callback = core.func_type(state.core_function_at(options.callback, offset))
        if callback.params != (I32, I32, I32) or callback.results != (I32,):
            raise binary_error(offset, "canonical option `callback` uses a core function with an incorrect signature")
    if options.core_type >= 0:
        raise binary_error(offset, "canonical option `core-type` is not allowed in `canon lift`")
    options.core_type = type_id


def _lower(state: ComponentState, func_index: int, options: tuple[CanonOption, ...], offset: int) -> int:
    func = state.arena.func(state.function_at(func_index, offset))
    checked = check_options(state, options, offset)
    checked.check_lower(offset)
    checked.check_asyncness(func, offset)
    return _intern_lowered(state, func, checked, offset)


def _intern_lowered(state: ComponentState, func: ComponentFuncType, options: CanonicalOptions, offset: int) -> int:
    lowered = lower(state.arena, func, options, LOWER, offset)
    return lowered if isinstance(lowered, int) else state.arena.core.intern_func_type(lowered, offset)


def _task_return(state: ComponentState, result: int, options: tuple[CanonOption, ...], offset: int) -> int:
    params: tuple[tuple[str, ValType], ...] = ()
    if result != NO_TYPE:
        type_ = state.val_type(result, offset)
        if contains_borrow(state.arena, type_):
            raise binary_error(offset, "`task.return` result cannot contain a `borrow` type")
        params = (("v", type_),)
    checked = check_options(state, options, offset)
    if checked.realloc >= 0:
        raise binary_error(offset, "cannot specify `realloc` option on `task.return`")
    if checked.post_return >= 0:
        raise binary_error(offset, "cannot specify `post-return` option on `task.return`")
    checked.check_lower(offset)
    checked.require_sync("task.return", offset)
    return _intern_lowered(state, ComponentFuncType(False, params, None, TypeInfo()), checked, offset)


# -------------------------------------------------------------------------------- other built-ins


def _local_resource(state: ComponentState, index: int, offset: int) -> int:
    """The core type that represents a resource, which has to be defined in this very component."""
    rep = state.defined_resources.get(resource_of(state.resource_at(index, offset)), 0)
    if rep == 0:
        raise binary_error(offset, f"type {index} is not a local resource")
    return rep


def _context(state: ComponentState, is_set: bool, name: str, type_: int, slot: int, offset: int) -> int:
    if type_ != I32 and type_ != I64:
        raise binary_error(offset, f"`{name}` only supports `i32` or `i64`")
    if state.context_type not in (0, type_):
        raise binary_error(offset, f"`{name}` type must match previous context type")
    state.context_type = type_
    if slot > 1:
        raise binary_error(offset, f"`{name}` immediate must be zero or one: {slot}")
    func = FuncType((type_,), ()) if is_set else FuncType((), (type_,))
    return state.arena.core.intern_func_type(func, offset)


def _payload(state: ComponentState, name: str, index: int, offset: int) -> ValType | None:
    """What the stream or future type that the built-in `name` asks for carries, if anything."""
    defined = state.arena.defined(state.defined_type_at(index, offset))
    kind = STREAM if name.startswith(STREAM) else FUTURE
    if defined.kind != kind:
        raise binary_error(offset, f"`{name}` requires a {kind} type")
    return defined.types[0]


def _read_or_write(
    state: ComponentState, row: canon.CanonRow, index: int, options: tuple[CanonOption, ...], offset: int
) -> int:
    payload = _payload(state, row.name, index, offset)
    checked = check_options(state, options, offset)
    ptr = checked.ptr_type()
    if payload is not None:
        checked.require_memory(offset)
        if row in (canon.STREAM_READ, canon.FUTURE_READ) and contains_ptr(state.arena, payload):
            checked.require_realloc(offset)
    checked.check_lower(offset)
    if row in (canon.STREAM_READ, canon.STREAM_WRITE):
        func = FuncType((I32, ptr, ptr), (ptr,))
    else:
        func = FuncType((I32, ptr), (I32,))
    return _intern_declared(state.arena, checked, func, offset)


def _error_context(state: ComponentState, row: canon.CanonRow, options: tuple[CanonOption, ...], offset: int) -> int:
    checked = check_options(state, options, offset)
    ptr = checked.ptr_type()
    checked.require_memory(offset)
    if row is canon.ERROR_CONTEXT_NEW:
        func = FuncType((ptr, ptr), (I32,))
    else:
        checked.require_realloc(offset)
        func = FuncType((I32, ptr), ())
    checked.require_sync(row.name, offset)
    checked.check_lower(offset)
    return _intern_declared(state.arena, checked, func, offset)


def _intern_declared(arena: ComponentTypes, options: CanonicalOptions, func: FuncType, offset: int) -> int:
    """The id of a built-in's core type; the one that `core-type` declares, where it is the same."""
    if options.core_type < 0:
        return arena.core.intern_func_type(func, offset)
    declared = arena.core.func_type(options.core_type)
    if func.params != declared.params:
        raise binary_error(
            offset,
            f"declared core type has `{debug_val_types(declared.params)}` parameter types, but actual lowering has "
            f"`{debug_val_types(func.params)}` parameter types",
        )
    if func.results != declared.results:
        raise binary_error(
            offset,
            f"declared core type has `{debug_val_types(declared.results)}` result types, but actual lowering has "
            f"`{debug_val_types(func.results)}` result types",
        )
    return options.core_type


# ------------------------------------------------------------------------------------------ threads


def _core_func_type(state: ComponentState, index: int, offset: int) -> int:
    """The id of the core type at an index, which may not be a module type."""
    type_id = state.core_type_at(index, offset)
    if type_id < 0:
        raise binary_error(offset, "expected a core function type")
    return type_id


def _thread_new_indirect(state: ComponentState, type_index: int, table_index: int, offset: int) -> int:
    core = state.arena.core
    start = core.core_type(_core_func_type(state, type_index, offset)).composite.inner
    if not isinstance(start, FuncType):
        raise binary_error(offset, "start type must be a function")
    if start.params != (I32,) and start.params != (I64,):
        raise binary_error(offset, "start function must take a single `i32` argument (currently)")
    if start.results:
        raise binary_error(offset, "start function must not return any values")
    table = state.table_at(table_index, offset)
    wanted = TableType(FUNCREF, 0, None, table.table64)
    _check_table(table, wanted, "table is not a 32-bit table of (ref null (func))", offset)
    return core.intern_func_type(FuncType((table.index_type(), start.params[0]), (I32,)), offset)


def _thread_spawn_indirect(state: ComponentState, type_index: int, table_index: int, offset: int) -> int:
    _spawn_type(state, type_index, offset)
    wanted = TableType(FUNC << 8 | REF | NULLABLE | SHARED, 0, None, False, True)
    context = "table is not a 32-bit shared table of (ref null (shared func))"
    _check_table(state.table_at(table_index, offset), wanted, context, offset)
    return _intern_shared(state.arena, FuncType((I32, I32), (I32,)), offset)


def _check_table(table: TableType, wanted: TableType, context: str, offset: int) -> None:
    try:
        table_type(table, wanted, offset)
    except WasmToolsError as e:
        raise e.within(context) from None


def _spawn_type(state: ComponentState, index: int, offset: int) -> int:
    """The id of a type that a spawned thread may start with: shared, `[i32] -> []`."""
    type_id = _core_func_type(state, index, offset)
    composite = state.arena.core.core_type(type_id).composite
    if not composite.shared:
        raise binary_error(offset, "spawn type must be shared")
    func = composite.inner
    if not isinstance(func, FuncType):
        raise binary_error(offset, "spawn type must be a function")
    if func.params != (I32,):
        raise binary_error(offset, "spawn function must take a single `i32` argument (currently)")
    if func.results:
        raise binary_error(offset, "spawn function must not return any values")
    return type_id


def _intern_shared(arena: ComponentTypes, func: FuncType, offset: int) -> int:
    return arena.core.intern_sub_type(SubType(CompositeType(func, shared=True)), offset)


# ------------------------------------------------------------------------------------------ options


def check_options(state: ComponentState, options: tuple[CanonOption, ...], offset: int) -> CanonicalOptions:
    """Canonical options as read, in order; what they say of each other comes last."""
    result = CanonicalOptions()
    encoding = ""
    for kind, index in options:
        if kind in _STRING_ENCODINGS:
            if encoding:
                raise binary_error(
                    offset,
                    f"canonical encoding option `{encoding}` conflicts with option `{_STRING_ENCODINGS[kind]}`",
                )
            encoding = _STRING_ENCODINGS[kind]
        elif kind == canon.MEMORY:
            if result.memory >= 0:
                raise _twice("memory", offset)
            result.memory64 = state.cabi_memory_at(index, offset).memory64
            result.memory = index
        elif kind == canon.REALLOC:
            if result.realloc >= 0:
                raise _twice("realloc", offset)
            result.realloc = index
        elif kind == canon.POST_RETURN:
            if result.post_return >= 0:
                raise _twice("post-return", offset)
            result.post_return = index
        elif kind == canon.ASYNC:
            if result.is_async:
                raise _twice("async", offset)
            result.is_async = True
        elif kind == canon.CALLBACK:
            if result.callback >= 0:
                raise _twice("callback", offset)
            result.callback = index
        elif kind == canon.CORE_TYPE:
            if result.core_type >= 0:
                raise _twice("core type", offset)
            result.core_type = _core_type_option(state, index, offset)
        else:
            if result.gc:
                raise _twice("gc", offset)
            result.gc = True
    if encoding:
        result.string_encoding = encoding
    if result.callback >= 0 and not result.is_async:
        raise binary_error(offset, "cannot specify callback without async")
    if result.is_async and result.post_return >= 0:
        raise binary_error(offset, "cannot specify post-return function in async")
    if result.core_type >= 0 and not result.gc:
        raise binary_error(offset, "cannot specify `core-type` without `gc`")
    if result.realloc >= 0:
        if result.memory < 0:
            raise binary_error(offset, "canonical option `realloc` requires `memory` to also be specified")
        ptr = result.ptr_type()
        realloc = state.arena.core.func_type(state.core_function_at(result.realloc, offset))
        if realloc.params != (ptr, ptr, ptr, ptr) or realloc.results != (ptr,):
            raise binary_error(offset, "canonical option `realloc` uses a core function with an incorrect signature")
    return result


def _twice(option: str, offset: int) -> WasmToolsError:
    return binary_error(offset, f"canonical option `{option}` is specified more than once")


def _core_type_option(state: ComponentState, index: int, offset: int) -> int:
    type_id = state.core_type_at(index, offset)
    if type_id < 0 or not isinstance(state.arena.core.core_type(type_id).composite.inner, FuncType):
        raise binary_error(offset, "canonical option `core type` must reference a core function type")
    return type_id
