"""The canonical ABI of WIT: how values flatten, and what core signature a function has.

After `flatten_type` and `flatten_functype` in `definitions.py` of the component model, with pointers of 32 bits
(https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md#flattening).
Types are looked at once each and no chain of them is too long: nothing here recurses.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wit.model import (
    F32 as F32_TYPE,
)
from pywasmtools.wit.model import (
    F64 as F64_TYPE,
)
from pywasmtools.wit.model import (
    S64,
    STRING,
    U64,
    Alias,
    FixedLengthList,
    Flags,
    List,
    Map,
    Option,
    Record,
    Resource,
    Result,
    Tuple,
    Variant,
)
from pywasmtools.wit.type_walk import child_types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.wit.model import Function, Prim, Resolve, Type, TypeKind

    Flat = tuple[int, ...] | None
    """Core types; None where there are more than MAX_FLAT_PARAMS + 1 of them."""

# Core value types, by their byte in the binary format.
I32: Final = 0x7F
I64: Final = 0x7E
F32: Final = 0x7D
F64: Final = 0x7C

MAX_FLAT_PARAMS: Final = 16
MAX_FLAT_ASYNC_PARAMS: Final = 4
MAX_FLAT_RESULTS: Final = 1

_MAX_FLAT: Final = MAX_FLAT_PARAMS + 1

# Which side of a function's call a core signature is for.
GUEST_IMPORT: Final = 0
GUEST_EXPORT: Final = 1
GUEST_IMPORT_ASYNC: Final = 2
GUEST_EXPORT_ASYNC: Final = 3
GUEST_EXPORT_ASYNC_STACKFUL: Final = 4

# How functions are lifted and lowered.
SYNC: Final = 0
ASYNC_CALLBACK: Final = 1
ASYNC_STACKFUL: Final = 2

IMPORT_VARIANTS: Final = (GUEST_IMPORT, GUEST_IMPORT_ASYNC, GUEST_IMPORT_ASYNC)
"""The variant of imports by lift and lower ABI."""
EXPORT_VARIANTS: Final = (GUEST_EXPORT, GUEST_EXPORT_ASYNC, GUEST_EXPORT_ASYNC_STACKFUL)
"""The variant of exports by lift and lower ABI."""


class WasmSignature:
    """A core signature: `params` and `results` are I32, I64, F32 or F64.

    `indirect_params`: all parameters are behind the one pointer in `params`. `retptr`: the result is
    behind a pointer, the last parameter of an import, the result of an export.
    """

    __slots__ = ("indirect_params", "params", "results", "retptr")

    def __init__(self, params: tuple[int, ...], results: tuple[int, ...], indirect_params: bool, retptr: bool) -> None:
        self.params = params
        self.results = results
        self.indirect_params = indirect_params
        self.retptr = retptr


def join(a: int, b: int) -> int:
    """The core type that can hold values of both."""
    if a == b:
        return a
    if (a == I32 and b == F32) or (a == F32 and b == I32):
        return I32
    return I64


def flatten_prim(prim: Prim) -> tuple[int, ...]:
    """The core types of a primitive type."""
    if prim is U64 or prim is S64:
        return (I64,)
    if prim is F32_TYPE:
        return (F32,)
    if prim is F64_TYPE:
        return (F64,)
    if prim is STRING:
        return (I32, I32)
    return (I32,)


def num_i32_flags(flags: int) -> int:
    """How many i32 hold so many flags."""
    return 1 if flags <= 16 else (flags + 31) // 32


class FlatTypes:
    """The core types of the types of a `Resolve`, each worked out once. Holds while the types stay as they are."""

    __slots__ = ("known", "resolve")

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.known: dict[int, Flat] = {}

    def of(self, type_: Type) -> Flat:
        """The core types of a type, None where there are too many."""
        if not isinstance(type_, int):
            return flatten_prim(type_)
        known = self.known
        if type_ in known:
            return known[type_]
        types = self.resolve.types
        stack = [type_]
        while stack:
            id_ = stack[-1]
            if id_ in known:
                stack.pop()
                continue
            kind = types[id_].kind
            if isinstance(kind, (Alias, Record, Tuple, Variant, Option, Result, FixedLengthList)):
                missing = [t for t in child_types(kind) if isinstance(t, int) and t not in known]
                if missing:
                    stack += missing
                    continue
            known[id_] = self._flatten(kind)
            stack.pop()
        return known[type_]

    def of_all(self, types: list[Type]) -> Flat:
        """The core types of several types, one after the other."""
        flat: tuple[int, ...] = ()
        for type_ in types:
            part = self.of(type_)
            if part is None or len(flat) + len(part) > _MAX_FLAT:
                return None
            flat += part
        return flat

    def _flatten(self, kind: TypeKind) -> Flat:
        """The core types of a kind whose inner types are known."""
        if isinstance(kind, Alias):
            return self.of(kind.type)
        if isinstance(kind, (Record, Tuple)):
            return self.of_all(child_types(kind))
        if isinstance(kind, (List, Map)):
            return (I32, I32)
        if isinstance(kind, (Variant, Option, Result)):
            return self._flatten_variant(child_types(kind))
        if isinstance(kind, Flags):
            count = num_i32_flags(len(kind.flags))
            return None if count > _MAX_FLAT else (I32,) * count
        if isinstance(kind, FixedLengthList):
            element = self.of(kind.type)
            if element is None or len(element) * kind.length > _MAX_FLAT:
                return None
            return element * kind.length if element else ()
        if isinstance(kind, Resource):
            raise error("a resource can't be passed, only handles to it")
        # enum, own, borrow, future, stream
        return (I32,)

    def _flatten_variant(self, payloads: list[Type]) -> Flat:
        flat: list[int] = [I32]
        for payload in payloads:
            part = self.of(payload)
            if part is None or len(part) >= _MAX_FLAT:
                return None
            for at, core in enumerate(part, 1):
                if at < len(flat):
                    flat[at] = join(flat[at], core)
                else:
                    flat.append(core)
        return tuple(flat)


def wasm_signature(resolve: Resolve, variant: int, function: Function, flat: FlatTypes | None = None) -> WasmSignature:
    """The core signature of a function, as `flatten_functype` has it. `flat`: of many functions, to work out types once.

    `variant` is GUEST_IMPORT … GUEST_EXPORT_ASYNC_STACKFUL.
    """
    if flat is None:
        flat = FlatTypes(resolve)
    params = flat.of_all([p.type for p in function.params])
    limit = MAX_FLAT_ASYNC_PARAMS if variant == GUEST_IMPORT_ASYNC else MAX_FLAT_PARAMS
    indirect_params = params is None or len(params) > limit
    if params is None or indirect_params:
        params = (I32,)
    results: tuple[int, ...] = ()
    retptr = False
    if variant in (GUEST_IMPORT, GUEST_EXPORT):
        if function.result is not None:
            flat_result = flat.of(function.result)
            retptr = flat_result is None or len(flat_result) > MAX_FLAT_RESULTS
            if flat_result is not None and not retptr:
                results = flat_result
            elif variant == GUEST_IMPORT:
                params += (I32,)
            else:
                results = (I32,)
    elif variant == GUEST_IMPORT_ASYNC:
        if function.result is not None:
            params += (I32,)
            retptr = True
        results = (I32,)
    elif variant == GUEST_EXPORT_ASYNC:
        results = (I32,)
    return WasmSignature(params, results, indirect_params, retptr)
