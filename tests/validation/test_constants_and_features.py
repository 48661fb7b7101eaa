"""Constant expressions under sets of features: each instruction that may stand in one. Goldens come from the reference."""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

CONSTANTS = {
    **{f"{name}.const": (name, f"{name}.const 1") for name in ("i32", "i64", "f32", "f64")},
    "v128.const": ("v128", "v128.const i64x2 0 0"),
    "ref.null": ("funcref", "ref.null func"),
    "ref.null extern": ("externref", "ref.null extern"),
    "ref.func": ("funcref", "ref.func $f"),
    "global.get": ("i32", "global.get $imported"),
    "global.get of a global before": ("i32", "global.get $before"),
    "global.get of one that changes": ("i32", "global.get $changes"),
    **{
        f"{type_}.{name}": (type_, f"{type_}.const 1 {type_}.const 2 {type_}.{name}")
        for type_ in ("i32", "i64")
        for name in ("add", "sub", "mul", "div_s", "and", "xor")
    },
    "f32.add": ("f32", "f32.const 1 f32.const 1 f32.add"),
    "i32.eqz": ("i32", "i32.const 1 i32.eqz"),
    "i64.extend_i32_s": ("i64", "i32.const 1 i64.extend_i32_s"),
    "nop": ("i32", "nop i32.const 1"),
    "call": ("i32", "call $f i32.const 1"),
    "ref.i31": ("i31ref", "i32.const 1 ref.i31"),
    "ref.i31_shared": ("(ref null (shared i31))", "i32.const 1 ref.i31_shared"),
    "struct.new": ("anyref", "i32.const 1 struct.new $s"),
    "struct.new_default": ("anyref", "struct.new_default $s"),
    "array.new": ("anyref", "i32.const 1 i32.const 1 array.new $a"),
    "array.new_default": ("anyref", "i32.const 1 array.new_default $a"),
    "array.new_fixed": ("anyref", "i32.const 1 i32.const 1 array.new_fixed $a 2"),
    "array.len": ("i32", "i32.const 1 array.new_default $a array.len"),
    "any.convert_extern": ("anyref", "ref.null extern any.convert_extern"),
    "extern.convert_any": ("externref", "ref.null any extern.convert_any"),
    "struct.new_desc": ("anyref", "i32.const 1 struct.new_default $d struct.new_desc $o"),
    "struct.new_default_desc": ("anyref", "struct.new_default $d struct.new_default_desc $o"),
    "i8x16.splat": ("v128", "i32.const 1 i8x16.splat"),
    "i32.load": ("i32", "i32.const 1 i32.load"),
    "ref.as_non_null": ("funcref", "ref.func $f ref.as_non_null"),
    "select": ("i32", "i32.const 1 i32.const 1 i32.const 1 select"),
}
DEFINED = {
    "$s": "(type $s (struct (field i32)))",
    "$a": "(type $a (array i32))",
    "$o": "(rec (type $o (descriptor $d) (struct (field i32))) (type $d (describes $o) (struct)))",
    "$imported": '(import "m" "g" (global $imported i32))',
    "$f": "(func $f)",
    "$before": "(global $before i32 i32.const 1)",
    "$changes": "(global $changes (mut i32) i32.const 1)",
}
SETS = [
    *("all", "-all", "mvp", "wasm1", "wasm2", "lime1", "all,-extended-const", "all,-gc", "all,-simd", "all,-floats"),
    *(
        "all,-reference-types",
        "all,-function-references",
        "all,-gc-types",
        "all,-custom-descriptors",
        "all,-mutable-global",
    ),
    *(
        "all,-shared-everything-threads",
        "-all,extended-const",
        "-all,gc,gc-types,reference-types",
        "-all,simd",
        "all,-threads",
    ),
]


def module(type_: str, expression: str, where: str) -> str:
    defined = " ".join([text for name, text in DEFINED.items() if name in expression])
    if where == "global":
        return f"(module {defined} (memory 0) (global {type_} {expression}))"
    if where == "offset":
        return f"(module {defined} (memory 0) (data (offset {expression}) ))"
    return f"(module {defined} (memory 0) (table 0 {type_}) (elem (table 0) (offset i32.const 0) {type_} (item {expression})))"


@pytest.mark.parametrize("features", SETS)
def test_constants(features: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for name, (type_, expression) in CONSTANTS.items():
        cases[name] = module(type_, expression, "global")
        cases[f"{name} for another type"] = module("i64" if type_ == "i32" else "i32", expression, "global")
        if type_ == "i32":
            cases[f"{name} for an offset"] = module(type_, expression, "offset")
        if "ref" in type_:
            cases[f"{name} for an element"] = module(type_, expression, "element")
    told = answers(f"validate --features={features} in.wat", cases)
    assert told.replace("error: ", "").replace("\nCaused by:\n    0: ", "") == golden
