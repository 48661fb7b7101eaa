"""The canonical ABI's arithmetic: alignment, size and flattening of values, and the core type of a function.

A case a line, in the order and with the names of the specification. Nothing here knows a type model: a primitive
goes by its keyword, and of the parts of a type is given what was worked out for each of them.

See https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    Layout: TypeAlias = tuple[int, int]
    """Alignment and size of a value, in bytes."""

    Flat: TypeAlias = tuple[int, ...] | None
    """Core types of a value; None where there are more than MAX_FLAT_PARAMS of them."""

MAX_FLAT_PARAMS: Final = 16
MAX_FLAT_ASYNC_PARAMS: Final = 4
MAX_FLAT_RESULTS: Final = 1

# Core value types, by their byte in the binary format.
I32: Final = 0x7F
I64: Final = 0x7E
F32: Final = 0x7D
F64: Final = 0x7C


# ------------------------------------------------------------------------------- alignment and size
#
# https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md#alignment

LAYOUTS: Final = {
    "bool": (1, 1),
    "s8": (1, 1),
    "u8": (1, 1),
    "s16": (2, 2),
    "u16": (2, 2),
    "s32": (4, 4),
    "u32": (4, 4),
    "s64": (8, 8),
    "u64": (8, 8),
    "f32": (4, 4),
    "f64": (8, 8),
    "char": (4, 4),
    "string": (8, 16),
    "error-context": (4, 4),
}
"""Alignment and size of the primitives, in a 64-bit memory."""

LIST_LAYOUT: Final = (8, 16)
"""Alignment and size of lists and maps, pointer and length in a 64-bit memory."""

HANDLE_LAYOUT: Final = (4, 4)
"""Alignment and size of `own`, `borrow`, `stream` and `future`."""


def align_to(offset: int, alignment: int) -> int:
    """The first multiple of a power of two that is not below `offset`."""
    return (offset + alignment - 1) & -alignment


def layout_record(fields: list[Layout]) -> Layout:
    """`alignment_record` and `elem_size_record`; of tuples too."""
    alignment = 1
    size = 0
    for field_alignment, field_size in fields:
        alignment = max(alignment, field_alignment)
        size = align_to(size, field_alignment) + field_size
    return alignment, align_to(size, alignment)


def layout_list(element: Layout, length: int) -> Layout:
    """`alignment_list` and `elem_size_list` with a fixed length."""
    return element[0], element[1] * length


def discriminant_size(cases: int) -> int:
    """`discriminant_type`: bytes of the number of a case."""
    return 1 if cases <= 0x100 else 2 if cases <= 0x10000 else 4


def layout_variant(cases: int, payloads: list[Layout]) -> Layout:
    """`alignment_variant` and `elem_size_variant`; of enums, options and results too."""
    discriminant = discriminant_size(cases)
    payload_alignment = 1
    payload_size = 0
    for case_alignment, case_size in payloads:
        payload_alignment = max(payload_alignment, case_alignment)
        payload_size = max(payload_size, case_size)
    alignment = max(discriminant, payload_alignment)
    return alignment, align_to(align_to(discriminant, payload_alignment) + payload_size, alignment)


def layout_flags(labels: int) -> Layout:
    """`alignment_flags` and `elem_size_flags`."""
    size = 1 if labels <= 8 else 2 if labels <= 16 else 4
    return size, size


# ------------------------------------------------------------------------------- flattening
#
# https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md#flattening

_FLAT: Final = {
    "bool": (I32,),
    "u8": (I32,),
    "u16": (I32,),
    "u32": (I32,),
    "s8": (I32,),
    "s16": (I32,),
    "s32": (I32,),
    "s64": (I64,),
    "u64": (I64,),
    "f32": (F32,),
    "f64": (F64,),
    "char": (I32,),
    "error-context": (I32,),
}


def flatten_primitive(name: str, ptr: int = I32) -> tuple[int, ...]:
    """The core types of a primitive; `ptr` is the core type of pointers and sizes."""
    return (ptr, ptr) if name == "string" else _FLAT[name]


def flatten_record(fields: list[Flat]) -> Flat:
    """The core types of several values, one after the other: of records, tuples and parameters."""
    flat: tuple[int, ...] = ()
    for field in fields:
        if field is None or len(flat) + len(field) > MAX_FLAT_PARAMS:
            return None
        flat += field
    return flat


def flatten_list(element: Flat, length: int) -> Flat:
    """The core types of a list of fixed length."""
    if element is None or len(element) * length > MAX_FLAT_PARAMS:
        return None
    return element * length if element else ()


def flatten_variant(payloads: list[Flat]) -> Flat:
    """The core types of a variant, option or result: the discriminant, and what holds any of the payloads."""
    flat: list[int] = [I32]
    for payload in payloads:
        if payload is None or 1 + len(payload) > MAX_FLAT_PARAMS:
            return None
        for at, core in enumerate(payload, 1):
            if at < len(flat):
                flat[at] = join(flat[at], core)
            else:
                flat.append(core)
    return tuple(flat)


def join(a: int, b: int) -> int:
    """The core type that holds values of both."""
    if a == b:
        return a
    if (a == I32 and b == F32) or (a == F32 and b == I32):
        return I32
    return I64


def flatten_flags(labels: int) -> Flat:
    """The core types of flags: as many i32 as hold a bit for each."""
    count = 1 if labels <= 16 else (labels + 31) // 32
    return None if count > MAX_FLAT_PARAMS else (I32,) * count


# How a function meets core code.
LOWER: Final = 0
LOWER_ASYNC: Final = 1
LIFT: Final = 2
LIFT_ASYNC_CALLBACK: Final = 3
LIFT_ASYNC_STACKFUL: Final = 4


class WasmSignature:
    """A core function type: `params` and `results` are core value types.

    `indirect_params`: all parameters are behind the one pointer in `params`. `retptr`: the result is behind a
    pointer, the last parameter where a function is lowered, the result where it is lifted.
    """

    __slots__ = ("indirect_params", "params", "results", "retptr")

    def __init__(self, params: tuple[int, ...], results: tuple[int, ...], indirect_params: bool, retptr: bool) -> None:
        self.params = params
        self.results = results
        self.indirect_params = indirect_params
        self.retptr = retptr


def max_flat_params(context: int) -> int:
    """How many core parameters a function may have before they go through memory."""
    return MAX_FLAT_ASYNC_PARAMS if context == LOWER_ASYNC else MAX_FLAT_PARAMS


def flatten_functype(context: int, params: Flat, has_result: bool, result: Flat, ptr: int = I32) -> WasmSignature:
    """The core type of a function. `context` is LOWER … LIFT_ASYNC_STACKFUL, `ptr` the core type of pointers.

    `params` are those of all parameters (`flatten_record`), `result` is looked at where there is one.
    """
    indirect_params = params is None or len(params) > max_flat_params(context)
    if params is None or indirect_params:
        params = (ptr,)
    results: tuple[int, ...] = ()
    retptr = False
    if context == LOWER or context == LIFT:
        if has_result:
            retptr = result is None or len(result) > MAX_FLAT_RESULTS
            if result is not None and not retptr:
                results = result
            elif context == LIFT:
                results = (ptr,)
            else:
                params += (ptr,)
    elif context == LOWER_ASYNC:
        retptr = has_result
        if has_result:
            params += (ptr,)
        results = (I32,)
    elif context == LIFT_ASYNC_CALLBACK:
        results = (I32,)
    return WasmSignature(params, results, indirect_params, retptr)
