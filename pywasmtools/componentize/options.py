"""Which canonical options a function needs: memory, `realloc`, a string encoding, `async`.

That follows from the types it takes and gives: Canonical ABI, "canonopt validation".
"""

from __future__ import annotations

from pywasmtools.wit.abi import (
    GUEST_EXPORT_ASYNC,
    GUEST_EXPORT_ASYNC_STACKFUL,
    GUEST_IMPORT,
    GUEST_IMPORT_ASYNC,
    FlatTypes,
    wasm_signature,
)
from pywasmtools.wit.model import FREESTANDING, Function, FunctionKind, Param
from pywasmtools.wit.types import STRING, Borrow, Future, List, Map, Own, Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wit.abi import WasmSignature
    from pywasmtools.wit.model import Resolve
    from pywasmtools.wit.types import Type

# Canonical options of a lift or lower.
NEEDS_MEMORY: Final = 1
NEEDS_REALLOC: Final = 2
NEEDS_STRING_ENCODING: Final = 4
NEEDS_ASYNC: Final = 8

# What occurs in the structure of a type.
HAS_STRING: Final = 1
HAS_LIST: Final = 2


class TypeContents:
    """What occurs within types: bits of HAS_STRING and HAS_LIST. Each type is looked at once.

    Handles, streams and futures are opaque: what they stand for is no part of the value.
    """

    __slots__ = ("flat", "known", "resolve")

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.flat = FlatTypes(resolve)
        self.known: dict[int, int] = {}

    def of(self, type_: Type | None) -> int:
        """The contents of a type."""
        if type_ is None:
            return 0
        if not isinstance(type_, int):
            return HAS_STRING if type_ is STRING else 0
        known = self.known
        if type_ in known:
            return known[type_]
        stack = [type_]
        while stack:
            top = stack[-1]
            if top in known:
                stack.pop()
                continue
            kind = self.resolve.types[top].kind
            parts = [] if isinstance(kind, (Own, Borrow, Stream, Future)) else kind.types()
            missing = [p for p in parts if isinstance(p, int) and p not in known]
            if missing:
                stack.extend(missing)
                continue
            bits = HAS_LIST if isinstance(kind, (List, Map)) else 0
            for part in parts:
                if isinstance(part, int):
                    bits |= known[part]
                elif part is STRING:
                    bits |= HAS_STRING
            known[top] = bits
            stack.pop()
        return known[type_]

    def of_params(self, func: Function) -> int:
        """The contents of all parameters."""
        bits = 0
        for param in func.params:
            bits |= self.of(param.type)
        return bits

    def signature(self, abi: int, func: Function) -> WasmSignature:
        """The core signature of a function."""
        return wasm_signature(self.resolve, abi, func, self.flat)

    # ------------------------------------------------------------------- options

    def for_import(self, func: Function, abi: int) -> int:
        """The options of lowering an imported function."""
        options = _lift(self.of_params(func)) | _lower(self.of(func.result))
        signature = self.signature(abi, func)
        if signature.retptr or signature.indirect_params:
            options |= NEEDS_MEMORY
        if abi == GUEST_IMPORT_ASYNC:
            options |= NEEDS_ASYNC
        return options

    def for_export(self, func: Function, abi: int) -> int:
        """The options of lifting an exported function."""
        options = _lower(self.of_params(func)) | _lift(self.of(func.result))
        signature = self.signature(abi, func)
        if signature.retptr or signature.indirect_params:
            options |= NEEDS_MEMORY
            if signature.indirect_params:
                options |= NEEDS_REALLOC
        if abi in (GUEST_EXPORT_ASYNC, GUEST_EXPORT_ASYNC_STACKFUL):
            options |= NEEDS_ASYNC | self.for_task_return(func)[0]
        return options

    def for_payload(self, payload: Type | None, is_read: bool, is_async: bool) -> int:
        """The options of reading or writing a stream or future that carries `payload`.

        It is as if a function gave the payload (a read) or took it (a write).
        """
        params = [] if is_read or payload is None else [Param("a", payload)]
        result = payload if is_read else None
        func = Function("", FunctionKind(FREESTANDING), params, result)
        return NEEDS_MEMORY | self.for_import(func, GUEST_IMPORT_ASYNC if is_async else GUEST_IMPORT)

    def for_task_return(self, func: Function) -> tuple[int, WasmSignature]:
        """The options and the core signature of `task.return` for an exported function."""
        params = [] if func.result is None else [Param("a", func.result)]
        returning = Function("", FunctionKind(FREESTANDING), params, None)
        options = self.for_import(func, GUEST_IMPORT) & ~NEEDS_REALLOC
        return (options, self.signature(GUEST_IMPORT, returning))


def _lower(contents: int) -> int:
    """What passing such values into a module needs: memory, and `realloc` for room in it."""
    options = 0
    if contents & (HAS_LIST | HAS_STRING):
        options = NEEDS_MEMORY | NEEDS_REALLOC
    if contents & HAS_STRING:
        options |= NEEDS_STRING_ENCODING
    return options


def _lift(contents: int) -> int:
    """What reading such values out of a module needs: the memory that they stand in."""
    options = 0
    if contents & (HAS_LIST | HAS_STRING):
        options = NEEDS_MEMORY
    if contents & HAS_STRING:
        options |= NEEDS_STRING_ENCODING
    return options
