"""The canonical ABI: expectations worked out from CanonicalABI.md and seen in the reference's dummy modules."""

from __future__ import annotations

import pytest
from wit_worlds import resolve_of

from pywasmtools.canonical_abi import F32, F64, I32, I64
from pywasmtools.wit.abi import (
    GUEST_EXPORT,
    GUEST_EXPORT_ASYNC,
    GUEST_EXPORT_ASYNC_STACKFUL,
    GUEST_IMPORT,
    GUEST_IMPORT_ASYNC,
    FlatTypes,
    wasm_signature,
)
from pywasmtools.wit.model import Resolve, TypeDef
from pywasmtools.wit.types import U8, Alias, FixedLengthList, Prim, Tuple

TYPES = """package a:b;
interface i {
resource r;
%s
f: func(x: %s);
}
"""

NAMES = {I32: "i32", I64: "i64", F32: "f32", F64: "f64"}


def param_of(type_: str, definitions: str = "") -> tuple[Resolve, Prim | int]:
    resolve = resolve_of(TYPES % (definitions, type_))
    return resolve, resolve.interfaces[0].functions["f"].params[0].type


# type, definition, core types
CASES = [
    ("bool", "", "i32"),
    ("u16", "", "i32"),
    ("char", "", "i32"),
    ("s64", "", "i64"),
    ("f32", "", "f32"),
    ("f64", "", "f64"),
    ("string", "", "i32 i32"),
    ("error-context", "", "i32"),
    ("list<u64>", "", "i32 i32"),
    ("map<string, u8>", "", "i32 i32"),
    ("list<u16, 3>", "", "i32 i32 i32"),
    ("list<u8, 18>", "", None),
    ("r", "", "i32"),
    ("borrow<r>", "", "i32"),
    ("stream<u8>", "", "i32"),
    ("future", "", "i32"),
    ("tuple<u8, u64, u8>", "", "i32 i64 i32"),
    ("t", "record t { a: u8, b: string, c: u16 }", "i32 i32 i32 i32"),
    ("t", "enum t { a, b }", "i32"),
    ("t", "flags t { " + ", ".join(f"f{k}" for k in range(8)) + " }", "i32"),
    ("t", "flags t { " + ", ".join(f"f{k}" for k in range(9)) + " }", "i32"),
    ("t", "flags t { " + ", ".join(f"f{k}" for k in range(32)) + " }", "i32"),
    ("option<u8>", "", "i32 i32"),
    ("option<f64>", "", "i32 f64"),
    ("result", "", "i32"),
    ("result<f32, s32>", "", "i32 i32"),
    ("result<f32, f64>", "", "i32 i64"),
    ("result<string, s64>", "", "i32 i64 i32"),
    ("t", "variant t { a, b(f32), c(tuple<f32, f64>), d(string) }", "i32 i32 i64"),
]


@pytest.mark.parametrize(("type_", "definition", "core"), CASES)
def test_flattening(type_: str, definition: str, core: str | None) -> None:
    resolve, id_ = param_of(type_, definition)
    flat = FlatTypes(resolve).of(id_)
    assert (None if flat is None else " ".join(NAMES[t] for t in flat)) == core


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
    # doubling: 2 to the 60 elements
    for _ in range(60):
        last = resolve.add_type(TypeDef(None, Tuple([last, last]), None))
    assert FlatTypes(resolve).of(last) is None
