"""Canonical definitions: lifting, lowering and the built-ins, each checked and given its core type.

https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md#canonical-definitions
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.component.lowering import LATIN1_UTF16, LIFT, LOWER, UTF8, UTF16, CanonicalOptions, lower
from pywasmtools.validation.component.types import (
    ComponentFuncType,
    TypeInfo,
    contains_borrow,
    contains_ptr,
    resource_of,
)
from pywasmtools.validation.core.subtyping import table_type
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
    from collections.abc import Callable
    from typing import Final, TypeAlias

    from pywasmtools.validation.component.state import ComponentState
    from pywasmtools.validation.component.types import ComponentTypes, ValType
    from pywasmtools.wasm.canonicals import Canon, CanonOption, CanonRow

    Handler: TypeAlias = "Callable[[ComponentState, CanonRow, tuple[int, ...], tuple[CanonOption, ...], int], int]"
    """Checks a built-in and returns the id of its core type: state, row, immediates, options, offset."""

_STRING_ENCODINGS: Final = {canon.UTF8: UTF8, canon.UTF16: UTF16, canon.COMPACT_UTF16: LATIN1_UTF16}


def add_canonical(state: ComponentState, item: Canon, offset: int) -> None:
    """Adds the function that a canonical definition makes: a component function for `lift`, else a core function."""
    row, immediates, options = item
    if row is canon.LIFT:
        _lift(state, immediates[0], immediates[1], options, offset)
        return
    checks = state.arena.core.checks
    if checks is not None:
        from pywasmtools.validation.component.features import check_canonical

        check_canonical(checks, row, immediates, offset)
    handler = HANDLERS.get(row.code)
    state.core_funcs.append(
        _regular(state, row, immediates, offset)
        if handler is None
        else handler(state, row, immediates, options, offset)
    )


def _regular(state: ComponentState, row: CanonRow, immediates: tuple[int, ...], offset: int) -> int:
    """A built-in whose core type stands in its row, each immediate being checked on its own."""
    bound: dict[str, int] = {}
    place = 0
    for kind in row.kinds:
        if kind == "0":
            continue
        value = immediates[place]
        place += 1
        if kind == "stream" or kind == "future":
            _payload(state, row.name, kind, value, offset)
        elif kind == "resource":
            state.resource_at(value, offset)
        elif kind == "local_resource":
            bound["rep"] = _local_resource(state, value, offset)
        elif kind == "memory":
            bound["ptr"] = state.cabi_memory_at(value, offset).index_type()
        elif kind != "async":
            raise canon.unknown_kind(kind)
    return _intern(state, row, bound, offset)


def _intern(state: ComponentState, row: CanonRow, bound: dict[str, int], offset: int) -> int:
    """The id of a built-in's core type, as its row has it."""
    params, results = row.core_type(bound)
    return state.arena.core.intern_func_type(FuncType(params, results), offset)


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
    checks = core.checks
    if checks is not None and options.is_async and options.callback < 0:
        checks.require("cm-async-stackful", "requires the component model async stackful feature", offset)
    if options.core_type >= 0:
        raise binary_error(offset, "canonical option `core-type` is not allowed in `canon lift`")
    options.core_type = type_id


def _lower(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    func = state.arena.func(state.function_at(immediates[0], offset))
    checked = check_options(state, options, offset)
    checked.check_lower(offset)
    checked.check_asyncness(func, offset)
    return _intern_lowered(state, func, checked, offset)


def _intern_lowered(state: ComponentState, func: ComponentFuncType, options: CanonicalOptions, offset: int) -> int:
    lowered = lower(state.arena, func, options, LOWER, offset)
    return lowered if isinstance(lowered, int) else state.arena.core.intern_func_type(lowered, offset)


def _task_return(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    result = immediates[0]
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


def _context(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    type_, slot = immediates
    checks = state.arena.core.checks
    if checks is not None:
        from pywasmtools.validation.component.features import check_context_slot, check_context_type

        check_context_type(checks, row.name, type_, offset)
    if type_ != I32 and type_ != I64:
        raise binary_error(offset, f"`{row.name}` only supports `i32` or `i64`")
    if state.context_type not in (0, type_):
        raise binary_error(offset, f"`{row.name}` type must match previous context type")
    state.context_type = type_
    if checks is not None:
        check_context_slot(checks, row.name, slot, offset)
    if slot > 1:
        raise binary_error(offset, f"`{row.name}` immediate must be zero or one: {slot}")
    return _intern(state, row, {"value": type_}, offset)


def _payload(state: ComponentState, name: str, kind: str, index: int, offset: int) -> ValType | None:
    """What the type that the built-in `name` asks for (a `kind`: stream or future) carries, if anything."""
    defined = state.arena.defined(state.defined_type_at(index, offset))
    if defined.kind != kind:
        raise binary_error(offset, f"`{name}` requires a {kind} type")
    return defined.types[0]


def _read_or_write(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    payload = _payload(state, row.name, row.kinds[0], immediates[0], offset)
    checked = check_options(state, options, offset)
    checks = state.arena.core.checks
    if checks is not None and not checked.is_async:
        from pywasmtools.validation.component.features import check_synchronous

        check_synchronous(checks, row.name, offset)
    if payload is not None:
        checked.require_memory(offset)
        if row in (canon.STREAM_READ, canon.FUTURE_READ) and contains_ptr(state.arena, payload):
            checked.require_realloc(offset)
    checked.check_lower(offset)
    return _intern_declared(state.arena, checked, row, offset)


def _error_context(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    checked = check_options(state, options, offset)
    checked.require_memory(offset)
    if row is canon.ERROR_CONTEXT_DEBUG_MESSAGE:
        checked.require_realloc(offset)
    checked.require_sync(row.name, offset)
    checked.check_lower(offset)
    return _intern_declared(state.arena, checked, row, offset)


def _intern_declared(arena: ComponentTypes, options: CanonicalOptions, row: CanonRow, offset: int) -> int:
    """The id of a built-in's core type; the one that `core-type` declares, where it is the same."""
    params, results = row.core_type({"ptr": options.ptr_type()})
    func = FuncType(params, results)
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


def _thread_new_indirect(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    type_index, table_index = immediates
    start = state.arena.core.core_type(_core_func_type(state, type_index, offset)).composite.inner
    if not isinstance(start, FuncType):
        raise binary_error(offset, "start type must be a function")
    checks = state.arena.core.checks
    if checks is not None:
        from pywasmtools.validation.component.features import check_start

        check_start(checks, start.params, offset)
    if start.params != (I32,) and start.params != (I64,):
        raise binary_error(offset, "start function must take a single `i32` argument (currently)")
    if start.results:
        raise binary_error(offset, "start function must not return any values")
    table = state.table_at(table_index, offset)
    if checks is not None and table.table64:
        checks.require("cm64", "64-bit tables require the component model 64-bit feature", offset)
    wanted = TableType(FUNCREF, 0, None, table.table64)
    _check_table(table, wanted, "table is not a 32-bit table of (ref null (func))", offset)
    return _intern(state, row, {"index": table.index_type(), "value": start.params[0]}, offset)


def _thread_spawn_ref(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    start = _spawn_type(state, immediates[0], offset)
    return _intern_shared(state, row, {"ref": start << 8 | CONCRETE | TYPE_ID | REF | NULLABLE}, offset)


def _thread_spawn_indirect(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    type_index, table_index = immediates
    _spawn_type(state, type_index, offset)
    wanted = TableType(FUNC << 8 | REF | NULLABLE | SHARED, 0, None, False, True)
    context = "table is not a 32-bit shared table of (ref null (shared func))"
    _check_table(state.table_at(table_index, offset), wanted, context, offset)
    return _intern_shared(state, row, {}, offset)


def _available_parallelism(
    state: ComponentState, row: CanonRow, immediates: tuple[int, ...], options: tuple[CanonOption, ...], offset: int
) -> int:
    return _intern_shared(state, row, {}, offset)


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


def _intern_shared(state: ComponentState, row: CanonRow, bound: dict[str, int], offset: int) -> int:
    """The id of a built-in's core type, as its row has it, but shared."""
    params, results = row.core_type(bound)
    return state.arena.core.intern_sub_type(SubType(CompositeType(FuncType(params, results), shared=True)), offset)


HANDLERS: Final[dict[int, Handler]] = {
    canon.LOWER.code: _lower,
    canon.TASK_RETURN.code: _task_return,
    canon.CONTEXT_GET.code: _context,
    canon.CONTEXT_SET.code: _context,
    canon.STREAM_READ.code: _read_or_write,
    canon.STREAM_WRITE.code: _read_or_write,
    canon.FUTURE_READ.code: _read_or_write,
    canon.FUTURE_WRITE.code: _read_or_write,
    canon.ERROR_CONTEXT_NEW.code: _error_context,
    canon.ERROR_CONTEXT_DEBUG_MESSAGE.code: _error_context,
    canon.THREAD_NEW_INDIRECT.code: _thread_new_indirect,
    canon.THREAD_SPAWN_REF.code: _thread_spawn_ref,
    canon.THREAD_SPAWN_INDIRECT.code: _thread_spawn_indirect,
    canon.THREAD_AVAILABLE_PARALLELISM.code: _available_parallelism,
}
"""What is not regular, by the row's byte: immediates that depend on each other, options, shared core types."""


# ------------------------------------------------------------------------------------------ options


def check_options(state: ComponentState, options: tuple[CanonOption, ...], offset: int) -> CanonicalOptions:
    """Canonical options as read, in order; what they say of each other comes last."""
    result = CanonicalOptions()
    checks = state.arena.core.checks
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
            if checks is not None:
                message = "canonical option `async` requires the component model async feature"
                checks.require("cm-async", message, offset)
            result.is_async = True
        elif kind == canon.CALLBACK:
            if result.callback >= 0:
                raise _twice("callback", offset)
            result.callback = index
        elif kind == canon.CORE_TYPE:
            if result.core_type >= 0:
                raise _twice("core type", offset)
            if checks is not None:
                message = "canonical option `core type` requires the component model gc feature"
                checks.require("cm-gc", message, offset)
            result.core_type = _core_type_option(state, index, offset)
        elif kind == canon.GC:
            if result.gc:
                raise _twice("gc", offset)
            if checks is not None:
                checks.require("cm-gc", "canonical option `gc` requires the `cm-gc` feature", offset)
            result.gc = True
        else:
            raise AssertionError(f"canonical option {kind}")
    if encoding:
        result.string_encoding = encoding
    _check_together(state, result, offset)
    return result


def _check_together(state: ComponentState, result: CanonicalOptions, offset: int) -> None:
    """What canonical options say of each other."""
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


def _twice(option: str, offset: int) -> WasmToolsError:
    return binary_error(offset, f"canonical option `{option}` is specified more than once")


def _core_type_option(state: ComponentState, index: int, offset: int) -> int:
    type_id = state.core_type_at(index, offset)
    if type_id < 0 or not isinstance(state.arena.core.core_type(type_id).composite.inner, FuncType):
        raise binary_error(offset, "canonical option `core type` must reference a core function type")
    return type_id
