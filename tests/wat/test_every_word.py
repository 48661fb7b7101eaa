"""Every word of its kind in text, whole tables of them: short forms of types, heap types, what is named twice; and floats
whose shortest decimal lies just between two of them, and names that stand a little before where they are missing.

Goldens come from the reference.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked
from binaries import body, functions
from syrupy.assertion import SnapshotAssertion

__all__ = ["answers", "asked"]

SHORT = [
    "funcref",
    "externref",
    "exnref",
    "contref",
    "anyref",
    "eqref",
    "structref",
    "arrayref",
    "i31ref",
    "nullfuncref",
    "nullexternref",
    "nullexnref",
    "nullcontref",
    "nullref",
]
HEAPS = [
    "func",
    "extern",
    "exn",
    "cont",
    "any",
    "eq",
    "struct",
    "array",
    "i31",
    "nofunc",
    "noextern",
    "noexn",
    "nocont",
    "none",
]
VALUES = ["i32", "i64", "f32", "f64", "v128", "i8", "i16"]

TWICE = {
    "type": "(type $x u8) (type $x u8)",
    "import func": '(import "a" (func $x)) (import "b" (func $x))',
    "import type": '(import "a" (type $x (sub resource))) (import "b" (type $x (sub resource)))',
    "import instance": '(import "a" (instance $x)) (import "b" (instance $x))',
    "import component": '(import "a" (component $x)) (import "b" (component $x))',
    "import module": '(import "a" (core module $x)) (import "b" (core module $x))',
    "import value": '(import "a" (value $x u8)) (import "b" (value $x u8))',
    "alias type": "(type u8) (alias outer 0 0 (type $x)) (alias outer 0 0 (type $x))",
    "alias export": '(import "i" (instance (export "f" (func)))) (alias export 0 "f" (func $x)) (alias export 0 "f" (func $x))',
    "alias core export": '(alias core export 0 "f" (core func $x)) (alias core export 0 "f" (core func $x))',
    "alias core memory": '(alias core export 0 "f" (core memory $x)) (alias core export 0 "f" (core memory $x))',
    "alias core table": '(alias core export 0 "f" (core table $x)) (alias core export 0 "f" (core table $x))',
    "alias core global": '(alias core export 0 "f" (core global $x)) (alias core export 0 "f" (core global $x))',
    "alias core tag": '(alias core export 0 "f" (core tag $x)) (alias core export 0 "f" (core tag $x))',
    "export func": '(import "a" (func)) (export $x "b" (func 0)) (export $x "c" (func 0))',
    "export type": '(type u8) (export $x "b" (type 0)) (export $x "c" (type 0))',
    "lift": "(func $x (canon lift (core func 0))) (func $x (canon lift (core func 0)))",
    "lower": "(core func $x (canon lower (func 0))) (core func $x (canon lower (func 0)))",
    "core instance": "(core instance $x (instantiate 0)) (core instance $x (instantiate 0))",
    "instance": "(instance $x (instantiate 0)) (instance $x (instantiate 0))",
    "core module": "(core module $x) (core module $x)",
    "component": "(component $x) (component $x)",
    "core type": "(core type $x (func)) (core type $x (func))",
    "core rec": "(core rec (type $x (func)) (type $x (func)))",
    "start": '(import "f" (func $f (result u8))) (start $f (result (value $x)) (result (value $x)))',
    "start and import": '(import "f" (func $f (result u8))) (import "v" (value $x u8)) (start $f (result (value $x)))',
    "case": '(type (variant (case $x "a") (case $x "b")))',
    "declared type": "(type (component (type $x u8) (type $x u8)))",
    "declared core type": "(type (component (core type $x (func)) (core type $x (func))))",
    "declared export": '(type (instance (export "a" (func $x)) (export "b" (func $x))))',
    "declared import": '(type (component (import "a" (func $x)) (import "b" (func $x))))',
    "module's type": "(core type (module (type $x (func)) (type $x (func))))",
    "core type in a module": "(core module (type $x (func)) (type $x (func)))",
    "core func in a module": "(core module (func $x) (func $x))",
    "core table in a module": "(core module (table $x 1 funcref) (table $x 1 funcref))",
    "core memory in a module": "(core module (memory $x 1) (memory $x 1))",
    "core global in a module": "(core module (global $x i32 (i32.const 0)) (global $x i32 (i32.const 0)))",
    "core tag in a module": "(core module (tag $x) (tag $x))",
    "core elem in a module": "(core module (elem $x func) (elem $x func))",
    "core data in a module": '(core module (data $x "") (data $x ""))',
    "core local in a module": "(core module (func (local $x i32) (local $x i32)))",
    "core param in a module": "(core module (func (param $x i32) (param $x i32)))",
    "core field in a module": "(core module (type (struct (field $x i32) (field $x i32))))",
}

MISSING = {
    "type": "(type (list $x))",
    "func": '(export "a" (func $x))',
    "instance": '(alias export $x "a" (func))',
    "component": "(instance (instantiate $x))",
    "core module": "(core instance (instantiate $x))",
    "core instance": '(alias core export $x "a" (core func))',
    "core func": "(func (canon lift (core func $x)))",
    "core memory": '(import "f" (func)) (core func (canon lower (func 0) (memory $x)))',
    "core table": "(core type $f (func (param i32))) (core func (canon thread.new-indirect $f $x))",
    "core type": "(core func (canon thread.new-indirect $x 0))",
    "core global": '(core instance (export "a" (global $x)))',
    "core tag": '(core instance (export "a" (tag $x)))',
    "value": '(export "a" (value $x))',
    "outer": "(alias outer $x 0 (type))",
    "outer's": "(component $c (alias outer $c $x (type)))",
    "with": '(instance (instantiate 0 (with "a" (func $x))))',
    "a label": "(core module (func (br $x)))",
    "a local": "(core module (func (drop (local.get $x))))",
    "a func": "(core module (func (call $x)))",
    "a table": "(core module (func (table.get $x)))",
    "a memory": "(core module (func (memory.size $x)))",
    "a global": "(core module (func (global.get $x)))",
    "a tag": "(core module (func (throw $x)))",
    "an elem": "(core module (func (elem.drop $x)))",
    "a data": "(core module (func (data.drop $x)))",
    "a type": "(core module (func (type $x)))",
    "a type in a body": "(core module (func (block (type $x))))",
    "a start": "(core module (start $x))",
    "an export": '(core module (export "a" (func $x)))',
    "an earlier param": "(core module (func (param $x i32)\n    local.get $x\n    call $x))",
    "an earlier comment": "(core module (func\n   nop ;; call $x\n      call $x\n   call $x))",
    "an earlier label": "(core module (func\n  block $x\n    br $x\n      table.get $x\n  end))",
    "an earlier local": "(core module (func (local $x i32)\n    local.get $x drop\n\t\tglobal.get $x drop))",
}


def test_types_in_text(answers: Answers, golden: SnapshotAssertion) -> None:
    words = [*SHORT, *VALUES, *(f"(ref {heap})" for heap in HEAPS), *(f"(ref null (shared {heap}))" for heap in HEAPS)]
    cases: dict[str, str | bytes] = {}
    for word in words:
        cases[f"value {word}"] = (
            f'(module (import "" "" (global {word})) (type (func (param {word}) (result {word}))))\n'
        )
        cases[f"field {word}"] = f"(module (type (struct (field (mut {word})))))\n"
    for word in [*SHORT, "i32", *HEAPS, *(f"(ref (exact {heap}))" for heap in HEAPS)]:
        cases[f"table {word}"] = f'(module (import "" "" (table 1 {word})) (elem {word}))\n'
    for word in [*HEAPS, *SHORT]:
        cases[f"null {word}"] = f"(module (func (drop (ref.null {word})) (drop (ref.test (ref {word})))))\n"
    assert answers("component embed -t w.wit in.wat", cases) == golden


def test_what_is_named_twice(answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {name: f"(component {text})\n" for name, text in TWICE.items()}
    assert answers("component wit in.wat", cases) == golden


def test_what_is_named_nowhere(answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {name: f"(component {text})\n" for name, text in MISSING.items()}
    assert answers("component wit in.wat", cases) == golden


FLOATS = [
    "4cf697c4",
    "4e41c345",
    "4c52f84f",
    "4cdf3637",
    "4cc08697",
    "4d4e5a38",
    "4c56548b",
    "4e7751eb",
    "4c2eb4c6",
    "4c0dca1e",
    "4ce017e1",
    "50638d2d",
    "4c8dae2b",
    "4c454bdc",
    "4c7c7616",
    "4db12625",
    "4c1fc58d",
    "4c27d34b",
    "4c6a8a9b",
    "4e1a19db",
    "4cd9f85c",
    "4c2d8c8b",
    "4c3acd57",
    "4cf59c8e",
    "4b800000",
    "4b800001",
    "4b7fffff",
    "00800000",
    "007fffff",
    "00ffffff",
    "3f7fffff",
    "3f800001",
    "7f7ffffe",
    "80000001",
]
DOUBLES = [
    "4340000000000001",
    "433fffffffffffff",
    "4350000000000001",
    "0010000000000000",
    "000fffffffffffff",
    "001fffffffffffff",
    "3fefffffffffffff",
    "3ff0000000000001",
    "44b52d02c7e14af6",
    "7feffffffffffffe",
    "8000000000000001",
]


def test_floats(answers: Answers, golden: SnapshotAssertion) -> None:
    consts = ["43" + bytes.fromhex(bits)[::-1].hex() + "1a" for bits in FLOATS]
    consts += ["44" + bytes.fromhex(bits)[::-1].hex() + "1a" for bits in DOUBLES]
    assert answers("component embed -t w.wit in.wat", {"floats": functions(body(*consts, "0b"))}) == golden


@pytest.mark.parametrize("plain", [True, False])
def test_numbers_at_the_ends_of_their_ranges(plain: bool, answers: Answers, golden: SnapshotAssertion) -> None:
    words = {
        "i32.const": "0 -0 +0 2147483647 2147483648 4294967295 4294967296 -2147483648 -2147483649 999999999 1000000000 "
        "-999999999 -1000000000 0x7fffffff 0x80000000 0xffffffff 0x1_0000_0000 -0x80000000 -0x80000001 1_0 _1 1_ 1__0",
        "i64.const": "9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616 "
        "-9223372036854775808 -9223372036854775809 999999999999999999 1000000000000000000 -1000000000000000000 "
        "0xffff_ffff_ffff_ffff 0x1_0000_0000_0000_0000 -0x8000_0000_0000_0000 -0x8000_0000_0000_0001",
        "f32.const": "0 -0 1 0.1 1e38 3.5e38 1e-45 0x1p127 0x1p128 nan nan:0x1 nan:0x7fffff nan:0x800000 nan:0x0 inf -inf "
        "1. .1 1e 0x 0x.8 1_0.5_0 1_.5 +1",
        "f64.const": "0 1e308 1.8e308 5e-324 2e-324 0x1p1023 0x1p1024 nan:0xfffffffffffff nan:0x10000000000000 -nan 1.e5",
        "local.get": "0 99999999 100000000 4294967295 4294967296 0x10 +1 -1 1_0",
        "memory.size": "0 4294967295 4294967296",
    }
    cases: dict[str, str | bytes] = {}
    for name, numbers in words.items():
        for number in numbers.split():
            line = f"\n    {name} {number}\n    drop\n  " if plain else f"(drop ({name} {number}))"
            cases[f"{name} {number}"] = f"(module (memory 1)\n  (func{line}))\n"
    assert answers("component embed -t w.wit in.wat", cases) == golden


NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "8",
    "16",
    "0x0",
    "0x1",
    "0xf",
    "0xF",
    "0x10",
    "0x1f",
    "0x20",
    "0x",
    "0x_1",
    "1_0",
    "_1",
    "1_",
    "1__0",
    "0x1_0",
    "+1",
    "-1",
    "+0x1",
    "-0x1",
    "00",
    "01",
    "15",
    "16",
    "31",
    "32",
    "127",
    "128",
    "-128",
    "-129",
    "255",
    "256",
    "32767",
    "32768",
    "65535",
    "65536",
    "65537",
    "0xffff",
    "0x10000",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "0xffffffff",
    "0x100000000",
    "18446744073709551615",
    "18446744073709551616",
    "0xffffffffffffffff",
    "0x10000000000000000",
    "1.0",
    "nan",
    "a",
]

PLACED = {
    "offset": "(memory 1) (func (drop (i32.load offset={} (i32.const 0))))",
    "offset alone": "(memory 1) (func\n    i32.const 0\n    i32.load offset={}\n    drop)",
    "align": "(memory 1) (func (drop (i64.load align={} (i32.const 0))))",
    "align alone": "(memory 1) (func\n    i32.const 0\n    i64.load align={}\n    drop)",
    "both": "(memory 1) (func (drop (i64.load offset=0x1 align={} (i32.const 0))))",
    "lane": "(func (drop (i8x16.extract_lane_u {} (v128.const i32x4 0 0 0 0))))",
    "shuffle": "(func i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 {})",
    "memory": "(memory {})",
    "memory's maximum": "(memory 0 {})",
    "wide memory": "(memory i64 {})",
    "page size": "(memory 0 (pagesize {}))",
    "table": "(table {} funcref)",
    "table's maximum": "(table 0 {} funcref)",
    "i8": "(data (i8 {}))",
    "i16": "(data (i16 {}))",
    "i32": "(data (i32 {}))",
    "i64": "(data (i64 {}))",
    "f32": "(data (f32 {}))",
    "v128 i8": "(func v128.const i8x16 {} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)",
    "v128 i16": "(func v128.const i16x8 {} 0 0 0 0 0 0 0)",
    "v128 i32": "(func v128.const i32x4 {} 0 0 0)",
    "v128 i64": "(func v128.const i64x2 {} 0)",
    "v128 f32": "(func v128.const f32x4 {} 0 0 0)",
    "fields": "(type $a (array i8)) (func array.new_fixed $a {})",
    "type": "(func (type {}))",
    "call": "(func call {})",
    "label": "(func br {})",
    "table of labels": "(func br_table 0 {})",
    "export": '(export "a" (func {}))',
    "start": "(start {})",
    "segment's memory": '(data (memory {}) (i32.const 0) "")',
    "segment's function": "(elem func {})",
    "data drop": "(func data.drop {})",
    "producer": '(@producers (sdk "a" "{}"))',
    "mem-info": "(@dylink.0 (mem-info (memory {} {}) (table 1 2)))",
}


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACED)
def test_numbers_in_every_place(place: str, answers: Answers, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {number: f"(module {PLACED[place].replace('{}', number)})\n" for number in NUMBERS}
    assert answers("component embed -t w.wit in.wat", cases) == golden
