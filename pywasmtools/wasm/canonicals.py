"""The canonical built-ins, a row each (component model: `canon` in Binary.md), and a built-in as a value.

A canonical built-in is a hashable tuple `(row, immediates, options)`, the same for the reader, the
validator, shims, the builder and printers:

- `row` is one of the rows below, e.g. `LIFT` or `STREAM_READ`; compare with `is`;
- `immediates` are ints in the order of the row's `immediates`: indices as they are, core value types as
  in `types.py`, component value types as in `component_types.py`, a missing result as NO_TYPE, `async` as 0 or 1;
- `options` is a tuple of `(kind, index)`, the index 0 for options that have none.
"""

from __future__ import annotations

from pywasmtools.wasm import spaces
from pywasmtools.wasm.component_types import NO_TYPE, read_result_list, write_result_list
from pywasmtools.wasm.limits import MAX_WASM_CANONICAL_OPTIONS
from pywasmtools.wasm.types import I32, I64
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

OPTION_SPACES: Final = {
    MEMORY: spaces.CORE_MEMORY,
    REALLOC: spaces.CORE_FUNC,
    POST_RETURN: spaces.CORE_FUNC,
    CALLBACK: spaces.CORE_FUNC,
    CORE_TYPE: spaces.CORE_TYPE,
}
"""The options that have an index, and its space."""

OPTION_NAMES: Final[tuple[str, ...]] = (
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

INDEX_KINDS: Final = {
    "func": spaces.FUNC,
    "core_func": spaces.CORE_FUNC,
    "func_type": spaces.TYPE,
    "resource": spaces.TYPE,
    "local_resource": spaces.TYPE,
    "stream": spaces.TYPE,
    "future": spaces.TYPE,
    "core_type": spaces.CORE_TYPE,
    "table": spaces.CORE_TABLE,
    "memory": spaces.CORE_MEMORY,
}
"""The kinds of immediates that are an index, and its space."""

OTHER_KINDS: Final = ("u32", "async", "val_type", "result", "options", "0")
"""The other kinds: a number; a flag; a core value type; an optional component value type; options; the zero byte."""

ROWS: Final[list[CanonRow]] = []
"""All canonical built-ins, in the order in which a message of the text parser lists them."""
BY_CODE: Final[dict[int, CanonRow]] = {}
"""The rows by their byte."""
BY_NAME: Final[dict[str, CanonRow]] = {}
"""The rows by their name, as text has it."""


class CanonRow:
    """A canonical built-in: its byte, its name in the text format, its immediates in binary order, its core type.

    `immediates` are kinds: those of `INDEX_KINDS` and of `OTHER_KINDS`. A resource, a stream or a future is the index of
    such a type. `options` and the zero byte `0` hold no place in the tuple's immediates.

    `signature` is the core type, `i32 ptr -> i32`. What depends on the immediates has a name, bound where they are
    known: `ptr` and `index` are the index types of a memory and a table, `rep` represents a resource, `value` is a core value
    type, `ref` a reference to a core type. It is empty where all of it depends on the immediates.

    `feature` is a row of `features.py`, empty where it is part of components themselves.

    A row adds itself to the lists above, so where it stands is its place in the parser's message.
    """

    __slots__ = ("code", "feature", "immediates", "kinds", "name", "signature")

    def __init__(self, code: int, name: str, immediates: str, signature: str, feature: str = "") -> None:
        self.code = code
        self.feature = feature
        self.name = name
        self.immediates = immediates
        self.kinds = tuple(immediates.split())
        self.signature = signature
        ROWS.append(self)
        BY_CODE[code] = self
        BY_NAME[name] = self

    def core_type(self, bound: dict[str, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Core parameters and results; `bound` has the type that each name in the signature stands for."""
        params, _, results = self.signature.partition("->")
        return (
            tuple([_NUMERIC.get(word) or bound[word] for word in params.split()]),
            tuple([_NUMERIC.get(word) or bound[word] for word in results.split()]),
        )

    def core_name(self) -> str:
        """What core modules call it, by convention, and without brackets: `stream-cancel-read`."""
        return self.name.replace(".", "-")


_NUMERIC: Final = {"i32": I32, "i64": I64}

MEMORY32: Final = {"ptr": I32, "index": I32, "rep": I32, "value": I32}
"""What names in core types stand for where memories have 32-bit indices; the others are 32-bit in any case."""
MEMORY64: Final = {"ptr": I64, "index": I32, "rep": I32, "value": I32}
"""The same where memories have 64-bit ones."""

ASYNC_FEATURE: Final = "cm-async"
ERROR_CONTEXT_FEATURE: Final = "cm-error-context"
SHARED_FEATURE: Final = "shared-everything-threads"
THREADING_FEATURE: Final = "cm-threading"

LIFT: Final = CanonRow(0x00, "lift", "0 core_func options func_type", "")
LOWER: Final = CanonRow(0x01, "lower", "0 func options", "")
RESOURCE_NEW: Final = CanonRow(0x02, "resource.new", "local_resource", "rep -> i32")
RESOURCE_DROP: Final = CanonRow(0x03, "resource.drop", "resource", "i32 ->")
RESOURCE_REP: Final = CanonRow(0x04, "resource.rep", "local_resource", "i32 -> rep")
THREAD_SPAWN_REF: Final = CanonRow(0x40, "thread.spawn-ref", "core_type", "ref i32 -> i32", SHARED_FEATURE)
THREAD_SPAWN_INDIRECT: Final = CanonRow(
    0x41, "thread.spawn-indirect", "core_type table", "i32 i32 -> i32", SHARED_FEATURE
)
THREAD_AVAILABLE_PARALLELISM: Final = CanonRow(0x42, "thread.available_parallelism", "", "-> i32", SHARED_FEATURE)
BACKPRESSURE_INC: Final = CanonRow(0x24, "backpressure.inc", "", "->", ASYNC_FEATURE)
BACKPRESSURE_DEC: Final = CanonRow(0x25, "backpressure.dec", "", "->", ASYNC_FEATURE)
TASK_RETURN: Final = CanonRow(0x09, "task.return", "result options", "", ASYNC_FEATURE)
TASK_CANCEL: Final = CanonRow(0x05, "task.cancel", "", "->", ASYNC_FEATURE)
CONTEXT_GET: Final = CanonRow(0x0A, "context.get", "val_type u32", "-> value", ASYNC_FEATURE)
CONTEXT_SET: Final = CanonRow(0x0B, "context.set", "val_type u32", "value ->", ASYNC_FEATURE)
SUBTASK_DROP: Final = CanonRow(0x0D, "subtask.drop", "", "i32 ->", ASYNC_FEATURE)
SUBTASK_CANCEL: Final = CanonRow(0x06, "subtask.cancel", "async", "i32 -> i32", ASYNC_FEATURE)
STREAM_NEW: Final = CanonRow(0x0E, "stream.new", "stream", "-> i64", ASYNC_FEATURE)
STREAM_READ: Final = CanonRow(0x0F, "stream.read", "stream options", "i32 ptr ptr -> ptr", ASYNC_FEATURE)
STREAM_WRITE: Final = CanonRow(0x10, "stream.write", "stream options", "i32 ptr ptr -> ptr", ASYNC_FEATURE)
STREAM_FORWARD: Final = CanonRow(0x2E, "stream.forward", "stream", "i32 i32 ->", ASYNC_FEATURE)
STREAM_CANCEL_READ: Final = CanonRow(0x11, "stream.cancel-read", "stream async", "i32 -> i32", ASYNC_FEATURE)
STREAM_CANCEL_WRITE: Final = CanonRow(0x12, "stream.cancel-write", "stream async", "i32 -> i32", ASYNC_FEATURE)
STREAM_DROP_READABLE: Final = CanonRow(0x13, "stream.drop-readable", "stream", "i32 ->", ASYNC_FEATURE)
STREAM_DROP_WRITABLE: Final = CanonRow(0x14, "stream.drop-writable", "stream", "i32 ->", ASYNC_FEATURE)
FUTURE_NEW: Final = CanonRow(0x15, "future.new", "future", "-> i64", ASYNC_FEATURE)
FUTURE_READ: Final = CanonRow(0x16, "future.read", "future options", "i32 ptr -> i32", ASYNC_FEATURE)
FUTURE_WRITE: Final = CanonRow(0x17, "future.write", "future options", "i32 ptr -> i32", ASYNC_FEATURE)
FUTURE_FORWARD: Final = CanonRow(0x2F, "future.forward", "future", "i32 i32 ->", ASYNC_FEATURE)
FUTURE_CANCEL_READ: Final = CanonRow(0x18, "future.cancel-read", "future async", "i32 -> i32", ASYNC_FEATURE)
FUTURE_CANCEL_WRITE: Final = CanonRow(0x19, "future.cancel-write", "future async", "i32 -> i32", ASYNC_FEATURE)
FUTURE_DROP_READABLE: Final = CanonRow(0x1A, "future.drop-readable", "future", "i32 ->", ASYNC_FEATURE)
FUTURE_DROP_WRITABLE: Final = CanonRow(0x1B, "future.drop-writable", "future", "i32 ->", ASYNC_FEATURE)
ERROR_CONTEXT_NEW: Final = CanonRow(0x1C, "error-context.new", "options", "ptr ptr -> i32", ERROR_CONTEXT_FEATURE)
ERROR_CONTEXT_DEBUG_MESSAGE: Final = CanonRow(
    0x1D, "error-context.debug-message", "options", "i32 ptr ->", ERROR_CONTEXT_FEATURE
)
ERROR_CONTEXT_DROP: Final = CanonRow(0x1E, "error-context.drop", "", "i32 ->", ERROR_CONTEXT_FEATURE)
WAITABLE_SET_NEW: Final = CanonRow(0x1F, "waitable-set.new", "", "-> i32", ASYNC_FEATURE)
WAITABLE_SET_WAIT: Final = CanonRow(0x20, "waitable-set.wait", "0 memory", "i32 ptr -> i32", ASYNC_FEATURE)
WAITABLE_SET_POLL: Final = CanonRow(0x21, "waitable-set.poll", "0 memory", "i32 ptr -> i32", ASYNC_FEATURE)
WAITABLE_SET_DROP: Final = CanonRow(0x22, "waitable-set.drop", "", "i32 ->", ASYNC_FEATURE)
WAITABLE_JOIN: Final = CanonRow(0x23, "waitable.join", "", "i32 i32 ->", ASYNC_FEATURE)
THREAD_INDEX: Final = CanonRow(0x26, "thread.index", "", "-> i32", THREADING_FEATURE)
THREAD_NEW_INDIRECT: Final = CanonRow(
    0x27, "thread.new-indirect", "core_type table", "index value -> i32", THREADING_FEATURE
)
THREAD_RESUME_LATER: Final = CanonRow(0x28, "thread.resume-later", "", "i32 ->", THREADING_FEATURE)
THREAD_SUSPEND: Final = CanonRow(0x29, "thread.suspend", "0", "-> i32", THREADING_FEATURE)
THREAD_YIELD: Final = CanonRow(0x0C, "thread.yield", "0", "-> i32", ASYNC_FEATURE)
THREAD_SUSPEND_THEN_RESUME: Final = CanonRow(0x2A, "thread.suspend-then-resume", "0", "i32 -> i32", THREADING_FEATURE)
THREAD_YIELD_THEN_RESUME: Final = CanonRow(0x2B, "thread.yield-then-resume", "0", "i32 -> i32", THREADING_FEATURE)
THREAD_SUSPEND_THEN_PROMOTE: Final = CanonRow(0x2C, "thread.suspend-then-promote", "0", "i32 -> i32", THREADING_FEATURE)
THREAD_YIELD_THEN_PROMOTE: Final = CanonRow(0x2D, "thread.yield-then-promote", "0", "i32 -> i32", THREADING_FEATURE)


def unknown_kind(kind: str) -> AssertionError:
    """What is raised for a kind of immediate that a direction does not know: rows and code disagree."""
    return AssertionError(f"immediate `{kind}` of a canonical built-in")


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
        elif kind == "u32" or kind in INDEX_KINDS:
            immediates.append(reader.var_u32())
        else:
            raise unknown_kind(kind)
    return (row, tuple(immediates), options)


def read_options(reader: BinaryReader) -> tuple[CanonOption, ...]:
    """Canonical options, in order."""
    count = reader.size(MAX_WASM_CANONICAL_OPTIONS, "canonical options")
    options = []
    for _ in range(count):
        kind = reader.u8()
        if kind > GC:
            raise reader.invalid_leading_byte(kind, "canonical option")
        options.append((kind, reader.var_u32() if kind in OPTION_SPACES else 0))
    return tuple(options)


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
                if option in OPTION_SPACES:
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
        elif kind == "u32" or kind in INDEX_KINDS:
            out += var_u32(value)
        else:
            raise unknown_kind(kind)
