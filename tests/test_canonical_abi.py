"""The canonical ABI's arithmetic, by examples worked out from `CanonicalABI.md`."""

from __future__ import annotations

import pytest

from pywasmtools import canonical_abi as abi
from pywasmtools.canonical_abi import F32, F64, I32, I64, LAYOUTS
from pywasmtools.wasm import types as core
from pywasmtools.wit.types import PRIMS


def test_core_types_are_those_of_the_binary_format() -> None:
    assert (I32, I64, F32, F64) == (core.I32, core.I64, core.F32, core.F64)


def test_every_primitive_has_a_layout_and_core_types() -> None:
    assert {prim.name for prim in PRIMS} == LAYOUTS.keys()
    for name in LAYOUTS:
        assert 1 <= len(abi.flatten_primitive(name)) <= 2
    assert abi.flatten_primitive("string", I64) == (I64, I64)


@pytest.mark.parametrize(
    ("fields", "layout"),
    [
        (["u8"], (1, 1)),
        (["u8", "u64", "u16"], (8, 24)),
        (["u16", "u8"], (2, 4)),
        (["u8", "u8", "u32"], (4, 8)),
        (["string", "bool"], (8, 24)),
    ],
)
def test_records(fields: list[str], layout: tuple[int, int]) -> None:
    assert abi.layout_record([LAYOUTS[name] for name in fields]) == layout


@pytest.mark.parametrize(
    ("cases", "payloads", "layout"),
    [
        (1, [], (1, 1)),
        (256, [], (1, 1)),
        (257, [], (2, 2)),
        (65536, [], (2, 2)),
        (65537, [], (4, 4)),
        (2, ["u8"], (1, 2)),
        (2, ["u64"], (8, 16)),
        (257, ["u8"], (2, 4)),
        (2, ["u8", "string"], (8, 24)),
    ],
)
def test_variants(cases: int, payloads: list[str], layout: tuple[int, int]) -> None:
    assert abi.layout_variant(cases, [LAYOUTS[name] for name in payloads]) == layout


@pytest.mark.parametrize(("labels", "size"), [(1, 1), (8, 1), (9, 2), (16, 2), (17, 4), (32, 4)])
def test_flags(labels: int, size: int) -> None:
    assert abi.layout_flags(labels) == (size, size)


@pytest.mark.parametrize(("labels", "count"), [(0, 1), (1, 1), (32, 1), (33, 2), (64, 2), (512, 16)])
def test_flags_are_flattened_to_as_many_i32(labels: int, count: int) -> None:
    assert abi.flatten_flags(labels) == (I32,) * count
    assert abi.flatten_flags(513) is None


def test_lists_of_fixed_length() -> None:
    assert abi.layout_list((2, 6), 5) == (2, 30)
    assert abi.flatten_list((I32, F32), 2) == (I32, F32, I32, F32)
    assert abi.flatten_list((I32,), 16) == (I32,) * 16
    assert abi.flatten_list((I32,), 17) is None
    assert abi.flatten_list(None, 1) is None


@pytest.mark.parametrize(
    ("a", "b", "joined"),
    [
        (I32, I32, I32),
        (F32, F32, F32),
        (F64, F64, F64),
        (I32, F32, I32),
        (F32, I32, I32),
        (I32, I64, I64),
        (F32, F64, I64),
        (I64, F64, I64),
        (I32, F64, I64),
    ],
)
def test_join(a: int, b: int, joined: int) -> None:
    assert abi.join(a, b) == joined


def test_records_flatten_up_to_16() -> None:
    assert abi.flatten_record([(I32, I32), (F64,)]) == (I32, I32, F64)
    assert abi.flatten_record([]) == ()
    assert abi.flatten_record([(I32,)] * 16) == (I32,) * 16
    assert abi.flatten_record([(I32,)] * 17) is None
    assert abi.flatten_record([(I32,), None]) is None


def test_variants_flatten_to_the_discriminant_and_what_holds_any_payload() -> None:
    assert abi.flatten_variant([]) == (I32,)
    assert abi.flatten_variant([(F32,), (I32, F64)]) == (I32, I32, F64)
    assert abi.flatten_variant([(I64,) * 15]) == (I32,) + (I64,) * 15
    assert abi.flatten_variant([(I64,) * 16]) is None
    assert abi.flatten_variant([(I32,), None]) is None


SIXTEEN = (I32,) * 16

# context, params, has a result, result: core params, results, indirect params, retptr
FUNCTIONS = [
    (abi.LOWER, (F32,), False, None, (F32,), (), False, False),
    (abi.LOWER, SIXTEEN, True, (F64,), SIXTEEN, (F64,), False, False),
    (abi.LOWER, None, True, (I32, I32), (I64, I64), (), True, True),
    (abi.LIFT, (F32,), True, (I32, I32), (F32,), (I64,), False, True),
    (abi.LIFT, None, True, None, (I64,), (I64,), True, True),
    (abi.LOWER_ASYNC, (I32,) * 4, False, None, (I32,) * 4, (I32,), False, False),
    (abi.LOWER_ASYNC, (I32,) * 5, True, (F64,), (I64, I64), (I32,), True, True),
    (abi.LIFT_ASYNC_CALLBACK, SIXTEEN, True, (F64,), SIXTEEN, (I32,), False, False),
    (abi.LIFT_ASYNC_STACKFUL, None, True, (F64,), (I64,), (), True, False),
]


@pytest.mark.parametrize(
    ("context", "params", "has_result", "result", "core_params", "core_results", "indirect", "retptr"), FUNCTIONS
)
def test_functions_in_a_64_bit_memory(
    context: int,
    params: tuple[int, ...] | None,
    has_result: bool,
    result: tuple[int, ...] | None,
    core_params: tuple[int, ...],
    core_results: tuple[int, ...],
    indirect: bool,
    retptr: bool,
) -> None:
    found = abi.flatten_functype(context, params, has_result, result, I64)
    assert (found.params, found.results) == (core_params, core_results)
    assert (found.indirect_params, found.retptr) == (indirect, retptr)
