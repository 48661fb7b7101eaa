"""The canonical built-ins, a row each (component model: `canon` in Binary.md), and a built-in as a value.

A canonical built-in is a hashable tuple `(row, immediates, options)`, the same for the reader, the
validator, shims, the builder and printers:

- `row` is one of the rows below, e.g. `LIFT` or `STREAM_READ`; compare with `is`;
- `immediates` are ints in the order of the row's `immediates`: indices as they are, core value types as
  in `types.py`, component value types as in `component_types.py`, a missing result as NO_TYPE, `async` as 0 or 1;
- `options` is a tuple of `(kind, index)`, the index 0 for options that have none.
"""

from __future__ import annotations

from pywasmtools.wasm.component_types import NO_TYPE, read_component_val_type, write_component_val_type
from pywasmtools.wasm.limits import MAX_WASM_CANONICAL_OPTIONS
from pywasmtools.wasm.writer import var_u32, write_val_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from pywasmtools.wasm.reader import BinaryReader

    CanonOption: TypeAlias = tuple[int, int]
    Canon: TypeAlias = "tuple[CanonRow, tuple[int, ...], tuple[CanonOption, ...]]"

# Canonical options by their byte. Those up to COMPACT_UTF16, ASYNC and GC have no index.
UTF8: Final = 0x00
UTF16: Final = 0x01
COMPACT_UTF16: Final = 0x02
MEMORY: Final = 0x03
REALLOC: Final = 0x04
POST_RETURN: Final = 0x05
ASYNC: Final = 0x06
CALLBACK: Final = 0x07
CORE_TYPE: Final = 0x08
GC: Final = 0x09

OPTIONS_WITH_INDEX: Final = (MEMORY, REALLOC, POST_RETURN, CALLBACK, CORE_TYPE)

OPTION_NAMES: Final = (
    "string-encoding=utf8",
    "string-encoding=utf16",
    "string-encoding=latin1+utf16",
    "memory",
    "realloc",
    "post-return",
    "async",
    "callback",
    "core-type",
    "gc",
)
"""Options as the text format writes them; those with an index in parentheses around both."""


class CanonRow:
    """A canonical built-in: its byte, its name in the text format, its immediates in binary order.

    Immediates: `func`, `core_func`, `type`, `core_type`, `table` and `memory` are indices of that space, `u32` a number;
    `val_type` is a core value type, `async` a flag, `result` an optional component value type;
    `options` and the zero byte `0` hold no place in the tuple's immediates.
    """

    __slots__ = ("code", "immediates", "kinds", "name")

    def __init__(self, code: int, name: str, immediates: str) -> None:
        self.code = code
        self.name = name
        self.immediates = immediates
        self.kinds = tuple(immediates.split())


LIFT: Final = CanonRow(0x00, "lift", "0 core_func options type")
LOWER: Final = CanonRow(0x01, "lower", "0 func options")
RESOURCE_NEW: Final = CanonRow(0x02, "resource.new", "type")
RESOURCE_DROP: Final = CanonRow(0x03, "resource.drop", "type")
RESOURCE_REP: Final = CanonRow(0x04, "resource.rep", "type")
TASK_CANCEL: Final = CanonRow(0x05, "task.cancel", "")
SUBTASK_CANCEL: Final = CanonRow(0x06, "subtask.cancel", "async")
TASK_RETURN: Final = CanonRow(0x09, "task.return", "result options")
CONTEXT_GET: Final = CanonRow(0x0A, "context.get", "val_type u32")
CONTEXT_SET: Final = CanonRow(0x0B, "context.set", "val_type u32")
THREAD_YIELD: Final = CanonRow(0x0C, "thread.yield", "0")
SUBTASK_DROP: Final = CanonRow(0x0D, "subtask.drop", "")
STREAM_NEW: Final = CanonRow(0x0E, "stream.new", "type")
STREAM_READ: Final = CanonRow(0x0F, "stream.read", "type options")
STREAM_WRITE: Final = CanonRow(0x10, "stream.write", "type options")
STREAM_CANCEL_READ: Final = CanonRow(0x11, "stream.cancel-read", "type async")
STREAM_CANCEL_WRITE: Final = CanonRow(0x12, "stream.cancel-write", "type async")
STREAM_DROP_READABLE: Final = CanonRow(0x13, "stream.drop-readable", "type")
STREAM_DROP_WRITABLE: Final = CanonRow(0x14, "stream.drop-writable", "type")
FUTURE_NEW: Final = CanonRow(0x15, "future.new", "type")
FUTURE_READ: Final = CanonRow(0x16, "future.read", "type options")
FUTURE_WRITE: Final = CanonRow(0x17, "future.write", "type options")
FUTURE_CANCEL_READ: Final = CanonRow(0x18, "future.cancel-read", "type async")
FUTURE_CANCEL_WRITE: Final = CanonRow(0x19, "future.cancel-write", "type async")
FUTURE_DROP_READABLE: Final = CanonRow(0x1A, "future.drop-readable", "type")
FUTURE_DROP_WRITABLE: Final = CanonRow(0x1B, "future.drop-writable", "type")
ERROR_CONTEXT_NEW: Final = CanonRow(0x1C, "error-context.new", "options")
ERROR_CONTEXT_DEBUG_MESSAGE: Final = CanonRow(0x1D, "error-context.debug-message", "options")
ERROR_CONTEXT_DROP: Final = CanonRow(0x1E, "error-context.drop", "")
WAITABLE_SET_NEW: Final = CanonRow(0x1F, "waitable-set.new", "")
WAITABLE_SET_WAIT: Final = CanonRow(0x20, "waitable-set.wait", "0 memory")
WAITABLE_SET_POLL: Final = CanonRow(0x21, "waitable-set.poll", "0 memory")
WAITABLE_SET_DROP: Final = CanonRow(0x22, "waitable-set.drop", "")
WAITABLE_JOIN: Final = CanonRow(0x23, "waitable.join", "")
BACKPRESSURE_INC: Final = CanonRow(0x24, "backpressure.inc", "")
BACKPRESSURE_DEC: Final = CanonRow(0x25, "backpressure.dec", "")
THREAD_INDEX: Final = CanonRow(0x26, "thread.index", "")
THREAD_NEW_INDIRECT: Final = CanonRow(0x27, "thread.new-indirect", "core_type table")
THREAD_RESUME_LATER: Final = CanonRow(0x28, "thread.resume-later", "")
THREAD_SUSPEND: Final = CanonRow(0x29, "thread.suspend", "0")
THREAD_SUSPEND_THEN_RESUME: Final = CanonRow(0x2A, "thread.suspend-then-resume", "0")
THREAD_YIELD_THEN_RESUME: Final = CanonRow(0x2B, "thread.yield-then-resume", "0")
THREAD_SUSPEND_THEN_PROMOTE: Final = CanonRow(0x2C, "thread.suspend-then-promote", "0")
THREAD_YIELD_THEN_PROMOTE: Final = CanonRow(0x2D, "thread.yield-then-promote", "0")
STREAM_FORWARD: Final = CanonRow(0x2E, "stream.forward", "type")
FUTURE_FORWARD: Final = CanonRow(0x2F, "future.forward", "type")
THREAD_SPAWN_REF: Final = CanonRow(0x40, "thread.spawn-ref", "core_type")
THREAD_SPAWN_INDIRECT: Final = CanonRow(0x41, "thread.spawn-indirect", "core_type table")
THREAD_AVAILABLE_PARALLELISM: Final = CanonRow(0x42, "thread.available_parallelism", "")

ROWS: Final = (
    LIFT,
    LOWER,
    RESOURCE_NEW,
    RESOURCE_DROP,
    RESOURCE_REP,
    TASK_CANCEL,
    SUBTASK_CANCEL,
    TASK_RETURN,
    CONTEXT_GET,
    CONTEXT_SET,
    THREAD_YIELD,
    SUBTASK_DROP,
    STREAM_NEW,
    STREAM_READ,
    STREAM_WRITE,
    STREAM_CANCEL_READ,
    STREAM_CANCEL_WRITE,
    STREAM_DROP_READABLE,
    STREAM_DROP_WRITABLE,
    FUTURE_NEW,
    FUTURE_READ,
    FUTURE_WRITE,
    FUTURE_CANCEL_READ,
    FUTURE_CANCEL_WRITE,
    FUTURE_DROP_READABLE,
    FUTURE_DROP_WRITABLE,
    ERROR_CONTEXT_NEW,
    ERROR_CONTEXT_DEBUG_MESSAGE,
    ERROR_CONTEXT_DROP,
    WAITABLE_SET_NEW,
    WAITABLE_SET_WAIT,
    WAITABLE_SET_POLL,
    WAITABLE_SET_DROP,
    WAITABLE_JOIN,
    BACKPRESSURE_INC,
    BACKPRESSURE_DEC,
    THREAD_INDEX,
    THREAD_NEW_INDIRECT,
    THREAD_RESUME_LATER,
    THREAD_SUSPEND,
    THREAD_SUSPEND_THEN_RESUME,
    THREAD_YIELD_THEN_RESUME,
    THREAD_SUSPEND_THEN_PROMOTE,
    THREAD_YIELD_THEN_PROMOTE,
    STREAM_FORWARD,
    FUTURE_FORWARD,
    THREAD_SPAWN_REF,
    THREAD_SPAWN_INDIRECT,
    THREAD_AVAILABLE_PARALLELISM,
)

BY_CODE: Final = {row.code: row for row in ROWS}
"""The rows by their byte."""

LEGACY_CANCELLABLE: Final = (
    "zero byte; this was historically accepted as `cancellable` until WebAssembly/component-model#716"
)


def read_canonical(reader: BinaryReader) -> Canon:
    """An item of a component's canonical section."""
    code = reader.u8()
    row = BY_CODE.get(code)
    if row is None:
        raise reader.invalid_leading_byte(code, "canonical function")
    immediates = []
    options: tuple[CanonOption, ...] = ()
    for kind in row.kinds:
        if kind == "options":
            options = read_options(reader)
        elif kind == "0":
            byte = reader.u8()
            if byte != 0:
                if row is LIFT or row is LOWER:
                    raise reader.invalid_leading_byte(byte, f"canonical function {row.name}")
                raise reader.invalid_leading_byte(byte, LEGACY_CANCELLABLE if byte == 1 else "zero byte")
        elif kind == "async":
            immediates.append(1 if reader.boolean() else 0)
        elif kind == "val_type":
            immediates.append(reader.val_type())
        elif kind == "result":
            result = read_result_list(reader)
            immediates.append(NO_TYPE if result is None else result)
        else:
            immediates.append(reader.var_u32())
    return (row, tuple(immediates), options)


def read_options(reader: BinaryReader) -> tuple[CanonOption, ...]:
    """Canonical options, in order."""
    count = reader.size(MAX_WASM_CANONICAL_OPTIONS, "canonical options")
    options = []
    for _ in range(count):
        kind = reader.u8()
        if kind > GC:
            raise reader.invalid_leading_byte(kind, "canonical option")
        options.append((kind, reader.var_u32() if kind in OPTIONS_WITH_INDEX else 0))
    return tuple(options)


def read_result_list(reader: BinaryReader) -> int | None:
    """What a component function returns: a component value type or nothing."""
    byte = reader.u8()
    if byte == 0x00:
        return read_component_val_type(reader)
    if byte != 0x01:
        raise reader.invalid_leading_byte(byte, "component function results")
    byte = reader.u8()
    if byte != 0x00:
        raise reader.invalid_leading_byte(byte, "number of results")
    return None


def write_canonical(out: bytearray, canon: Canon) -> None:
    """Encodes a canonical built-in."""
    row, immediates, options = canon
    out.append(row.code)
    place = 0
    for kind in row.kinds:
        if kind == "options":
            out += var_u32(len(options))
            for option, index in options:
                out.append(option)
                if option in OPTIONS_WITH_INDEX:
                    out += var_u32(index)
            continue
        if kind == "0":
            out.append(0)
            continue
        value = immediates[place]
        place += 1
        if kind == "async":
            out.append(value)
        elif kind == "val_type":
            write_val_type(out, value)
        elif kind == "result":
            write_result_list(out, None if value == NO_TYPE else value)
        else:
            out += var_u32(value)


def write_result_list(out: bytearray, result: int | None) -> None:
    """Encodes what a component function returns."""
    if result is None:
        out += b"\x01\x00"
    else:
        out.append(0x00)
        write_component_val_type(out, result)
