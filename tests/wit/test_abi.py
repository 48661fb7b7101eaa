"""The canonical ABI: expectations worked out from CanonicalABI.md and seen in the reference's dummy modules."""

from __future__ import annotations

import pytest
from wit_worlds import resolve_of

from pywasmtools.wit.abi import (
    F32,
    F64,
    GUEST_EXPORT,
    GUEST_EXPORT_ASYNC,
    GUEST_EXPORT_ASYNC_STACKFUL,
    GUEST_IMPORT,
    GUEST_IMPORT_ASYNC,
    I32,
    I64,
    FlatTypes,
    SizeAlign,
    wasm_signature,
)
from pywasmtools.wit.model import U8, Alias, FixedLengthList, Resolve, Tuple, TypeDef

TYPES = """package a:b;
interface i {
resource r;
%s
f: func(x: %s);
}
"""

NAMES = {I32: "i32", I64: "i64", F32: "f32", F64: "f64"}


def param_of(type_: str, definitions: str = "") -> tuple[Resolve, int]:
    resolve = resolve_of(TYPES % (definitions, type_))
    return resolve, resolve.interfaces[0].functions["f"].params[0].type


# type, definition, core types, size and alignment with 32-bit pointers, the same with 64-bit pointers
CASES = [
    ("bool", "", "i32", (1, 1), (1, 1)),
    ("u16", "", "i32", (2, 2), (2, 2)),
    ("char", "", "i32", (4, 4), (4, 4)),
    ("s64", "", "i64", (8, 8), (8, 8)),
    ("f32", "", "f32", (4, 4), (4, 4)),
    ("f64", "", "f64", (8, 8), (8, 8)),
    ("string", "", "i32 i32", (8, 4), (16, 8)),
    ("error-context", "", "i32", (4, 4), (4, 4)),
    ("list<u64>", "", "i32 i32", (8, 4), (16, 8)),
    ("map<string, u8>", "", "i32 i32", (8, 4), (16, 8)),
    ("list<u16, 3>", "", "i32 i32 i32", (6, 2), (6, 2)),
    ("list<u8, 18>", "", None, (18, 1), (18, 1)),
    ("r", "", "i32", (4, 4), (4, 4)),
    ("borrow<r>", "", "i32", (4, 4), (4, 4)),
    ("stream<u8>", "", "i32", (4, 4), (4, 4)),
    ("future", "", "i32", (4, 4), (4, 4)),
    ("tuple<u8, u64, u8>", "", "i32 i64 i32", (24, 8), (24, 8)),
    ("t", "record t { a: u8, b: string, c: u16 }", "i32 i32 i32 i32", (16, 4), (32, 8)),
    ("t", "enum t { a, b }", "i32", (1, 1), (1, 1)),
    ("t", "flags t { " + ", ".join(f"f{k}" for k in range(8)) + " }", "i32", (1, 1), (1, 1)),
    ("t", "flags t { " + ", ".join(f"f{k}" for k in range(9)) + " }", "i32", (2, 2), (2, 2)),
    ("t", "flags t { " + ", ".join(f"f{k}" for k in range(32)) + " }", "i32", (4, 4), (4, 4)),
    ("option<u8>", "", "i32 i32", (2, 1), (2, 1)),
    ("option<f64>", "", "i32 f64", (16, 8), (16, 8)),
    ("result", "", "i32", (1, 1), (1, 1)),
    ("result<f32, s32>", "", "i32 i32", (8, 4), (8, 4)),
    ("result<f32, f64>", "", "i32 i64", (16, 8), (16, 8)),
    ("result<string, s64>", "", "i32 i64 i32", (16, 8), (24, 8)),
    ("t", "variant t { a, b(f32), c(tuple<f32, f64>), d(string) }", "i32 i32 i64", (24, 8), (24, 8)),
]


@pytest.mark.parametrize(("type_", "definition", "core", "small", "large"), CASES)
def test_flattening_and_layout(
    type_: str, definition: str, core: str | None, small: tuple[int, int], large: tuple[int, int]
) -> None:
    resolve, id_ = param_of(type_, definition)
    flat = FlatTypes(resolve).of(id_)
    assert (None if flat is None else " ".join(NAMES[t] for t in flat)) == core
    assert SizeAlign(resolve, 4).elem_size_and_alignment(id_) == small
    assert SizeAlign(resolve, 8).elem_size_and_alignment(id_) == large


def signature(text: str, variant: int) -> tuple[str, str, bool, bool]:
    resolve = resolve_of(TYPES.replace("f: func(x: %s)", "f: " + text) % "")
    found = wasm_signature(resolve, variant, resolve.interfaces[0].functions["f"])
    params = " ".join(NAMES[t] for t in found.params)
    results = " ".join(NAMES[t] for t in found.results)
    return params, results, found.indirect_params, found.retptr


def u8s(count: int) -> str:
    return ", ".join(f"p{k}: u8" for k in range(count))


def test_signatures() -> None:
    plain = "func(a: s64) -> f32"
    assert signature(plain, GUEST_IMPORT) == ("i64", "f32", False, False)
    assert signature(plain, GUEST_EXPORT) == ("i64", "f32", False, False)
    assert signature(plain, GUEST_IMPORT_ASYNC) == ("i64 i32", "i32", False, True)
    assert signature(plain, GUEST_EXPORT_ASYNC) == ("i64", "i32", False, False)
    assert signature(plain, GUEST_EXPORT_ASYNC_STACKFUL) == ("i64", "", False, False)
    large = "func() -> string"
    assert signature(large, GUEST_IMPORT) == ("i32", "", False, True)
    assert signature(large, GUEST_EXPORT) == ("", "i32", False, True)


def test_limits_of_parameters() -> None:
    assert signature(f"func({u8s(16)}) -> string", GUEST_IMPORT) == (" ".join(["i32"] * 17), "", False, True)
    assert signature(f"func({u8s(17)}) -> string", GUEST_IMPORT) == ("i32 i32", "", True, True)
    assert signature(f"func({u8s(17)})", GUEST_EXPORT) == ("i32", "", True, False)
    assert signature(f"func({u8s(4)})", GUEST_IMPORT_ASYNC) == ("i32 i32 i32 i32", "i32", False, False)
    assert signature(f"func({u8s(5)})", GUEST_IMPORT_ASYNC) == ("i32", "i32", True, False)
    assert signature(f"func({u8s(16)})", GUEST_EXPORT_ASYNC)[2] is False
    assert signature(f"func({u8s(18)})", GUEST_EXPORT_ASYNC_STACKFUL) == ("i32", "", True, False)


def test_large_and_deep_types_cost_little() -> None:
    resolve = Resolve()
    last = resolve.add_type(TypeDef(None, FixedLengthList(U8, 0xFFFFFFFF), None))
    assert FlatTypes(resolve).of(last) is None
    last = resolve.add_type(TypeDef(None, Tuple([U8]), None))
    for _ in range(5000):
        last = resolve.add_type(TypeDef(None, Alias(last), None))
    assert FlatTypes(resolve).of(last) == (I32,)
    assert SizeAlign(resolve).elem_size(last) == 1
    # doubling: 2 to the 60 elements
    for _ in range(60):
        last = resolve.add_type(TypeDef(None, Tuple([last, last]), None))
    assert FlatTypes(resolve).of(last) is None
    assert SizeAlign(resolve).elem_size(last) == 1 << 60
