"""Core signatures that imports and exports must have, and the one message about those that don't."""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.wasm.types import debug_val_types
from pywasmtools.wit.abi import GUEST_EXPORT, wasm_signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pywasmtools.wasm.types import FuncType
    from pywasmtools.wit.abi import FlatTypes
    from pywasmtools.wit.model import Function

    Signature: TypeAlias = "tuple[tuple[int, ...], tuple[int, ...]]"
    """Core parameters and results."""


def check_signature(name: str, expected: Signature, found: FuncType) -> None:
    """Refuses a function of another type."""
    params, results = expected
    if found.params != params or found.results != results:
        raise error(
            f"type mismatch for function `{name}`: expected `{debug_val_types(params)} -> {debug_val_types(results)}` "
            f"but found `{debug_val_types(found.params)} -> {debug_val_types(found.results)}`"
        )


def check_func(flat: FlatTypes, found: FuncType, func: Function, abi: int) -> None:
    """Refuses a core function that isn't of the signature of a WIT function."""
    signature = wasm_signature(flat.resolve, abi, func, flat)
    check_signature(func.name, (signature.params, signature.results), found)


def check_post_return(flat: FlatTypes, found: FuncType, func: Function) -> None:
    """A post-return function takes what the function gave, and gives nothing."""
    signature = wasm_signature(flat.resolve, GUEST_EXPORT, func, flat)
    check_signature(f"{func.name} post-return", (signature.results, ()), found)
