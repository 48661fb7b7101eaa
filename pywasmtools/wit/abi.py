"""The canonical ABI of WIT: how values flatten, and what core signature a function has.

The arithmetic is that of `canonical_abi.py`, with pointers of 32 bits. Types are looked at once each and no chain
of them is too long: nothing here recurses.
"""

from __future__ import annotations

from pywasmtools.canonical_abi import (
    I32,
    LIFT,
    LIFT_ASYNC_CALLBACK,
    LIFT_ASYNC_STACKFUL,
    LOWER,
    LOWER_ASYNC,
    flatten_flags,
    flatten_functype,
    flatten_list,
    flatten_primitive,
    flatten_record,
    flatten_variant,
)
from pywasmtools.canonical_abi import WasmSignature as WasmSignature
from pywasmtools.diagnostics import error
from pywasmtools.wit.types import (
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.canonical_abi import Flat
    from pywasmtools.wit.model import Function, Resolve
    from pywasmtools.wit.types import Type, TypeKind

# Which side of a function's call a core signature is for: imports are lowered, exports lifted.
GUEST_IMPORT: Final = LOWER
GUEST_EXPORT: Final = LIFT
GUEST_IMPORT_ASYNC: Final = LOWER_ASYNC
GUEST_EXPORT_ASYNC: Final = LIFT_ASYNC_CALLBACK
GUEST_EXPORT_ASYNC_STACKFUL: Final = LIFT_ASYNC_STACKFUL

# How functions are lifted and lowered.
SYNC: Final = 0
ASYNC_CALLBACK: Final = 1
ASYNC_STACKFUL: Final = 2

IMPORT_VARIANTS: Final = (GUEST_IMPORT, GUEST_IMPORT_ASYNC, GUEST_IMPORT_ASYNC)
"""The variant of imports by lift and lower ABI."""
EXPORT_VARIANTS: Final = (GUEST_EXPORT, GUEST_EXPORT_ASYNC, GUEST_EXPORT_ASYNC_STACKFUL)
"""The variant of exports by lift and lower ABI."""


class FlatTypes:
    """The core types of the types of a `Resolve`, each worked out once. Holds while the types stay as they are."""

    __slots__ = ("known", "resolve")

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.known: dict[int, Flat] = {}

    def of(self, type_: Type) -> Flat:
        """The core types of a type, None where there are too many."""
        if not isinstance(type_, int):
            return flatten_primitive(type_.name)
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
                missing = [t for t in kind.types() if isinstance(t, int) and t not in known]
                if missing:
                    stack += missing
                    continue
            known[id_] = self._flatten(kind)
            stack.pop()
        return known[type_]

    def _flatten(self, kind: TypeKind) -> Flat:
        """The core types of a kind whose inner types are known."""
        if isinstance(kind, Alias):
            return self.of(kind.type)
        if isinstance(kind, (Record, Tuple)):
            return flatten_record([self.of(t) for t in kind.types()])
        if isinstance(kind, (List, Map)):
            return flatten_primitive("string")
        if isinstance(kind, (Variant, Option, Result)):
            return flatten_variant([self.of(t) for t in kind.types()])
        if isinstance(kind, Flags):
            return flatten_flags(len(kind.flags))
        if isinstance(kind, FixedLengthList):
            return flatten_list(self.of(kind.type), kind.length)
        if isinstance(kind, Resource):
            raise error("a resource can't be passed, only handles to it")
        # enum, own, borrow, future, stream
        return (I32,)


def wasm_signature(resolve: Resolve, variant: int, function: Function, flat: FlatTypes | None = None) -> WasmSignature:
    """The core signature of a function, as `flatten_functype` has it. `flat`: of many functions, to work out types once.

    `variant` is GUEST_IMPORT … GUEST_EXPORT_ASYNC_STACKFUL.
    """
    if flat is None:
        flat = FlatTypes(resolve)
    params = flatten_record([flat.of(p.type) for p in function.params])
    result = None if function.result is None else flat.of(function.result)
    return flatten_functype(variant, params, function.result is not None, result)
