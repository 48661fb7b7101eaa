"""Component types beside the core types that they may be lowered to with garbage collection, each with each."""

from __future__ import annotations

from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

PRELUDE = """(component
  (core type $empty (struct)) (core type $bytes (array i8)) (core type $shorts (array (mut i16))) (core type $ints (array i32))
  (core type $longs (array i64)) (core type $externs (array externref)) (core type $pair (struct (field i8) (field i16)))
  (core rec (type $nested (array (ref $p))) (type $p (struct (field i32) (field (ref null $n)))) (type $n (array i8)))
  (core type $fun (func)) (core type $floats (struct (field f32) (field f64)))
  (type $u32 u32) (import "u" (type $u (eq $u32))) (import "r" (type $r (sub resource)))
  (type $pr (record (field "a" u8) (field "b" u16))) (import "pr" (type $rec (eq $pr)))
  (type $vr (variant (case "a" u8) (case "b"))) (import "vr" (type $var (eq $vr)))
  (type $fl (flags "a" "b")) (import "fl" (type $flags (eq $fl))) (type $en (enum "a" "b")) (import "en" (type $enum (eq $en)))
"""

TYPES = (
    *(
        "bool",
        "s8",
        "u8",
        "s16",
        "u16",
        "s32",
        "u32",
        "s64",
        "u64",
        "f32",
        "f64",
        "char",
        "string",
        "error-context",
        "$u",
        "$rec",
    ),
    *(
        "$var",
        "$flags",
        "$enum",
        "(tuple u8 u16)",
        "(tuple s32 string)",
        "(tuple f32 f64)",
        "(tuple u8)",
        "(list u8)",
        "(list s16)",
    ),
    *(
        "(list u32)",
        "(list u64)",
        "(list (own $r))",
        "(list $rec)",
        "(list (tuple u32 string))",
        "(list u8 3)",
        "(option u8)",
        "(result)",
    ),
    *(
        "(own $r)",
        "(borrow $r)",
        "(stream u8)",
        "(future)",
        "(map u8 u8)",
        "(list bool)",
        "(list $flags)",
        "(list (option u8))",
    ),
)
CORE = (
    *(
        "i32",
        "i64",
        "f32",
        "f64",
        "externref",
        "(ref extern)",
        "funcref",
        "anyref",
        "(ref $empty)",
        "(ref null $bytes)",
        "(ref $shorts)",
    ),
    *(
        "(ref $ints)",
        "(ref $longs)",
        "(ref null $externs)",
        "(ref $pair)",
        "(ref $nested)",
        "(ref $p)",
        "(ref $fun)",
        "(ref $floats)",
    ),
)


def told(answers: Answers, text: str) -> str:  # noqa: F811
    lines = answers("validate --features=all in.wat", {"": text}).splitlines()
    return "fits" if lines[1] == "status 0" else lines[2].removeprefix("error: ").partition(" (at")[0]


def test_parameters(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    found = ""
    for type_ in TYPES:
        found += f"{type_}\n"
        for core in CORE:
            lowered = f'(core type $c (func (param {core}))) (import "f" (func $f (param "x" {type_})))'
            found += f"  {core}: {told(answers, f'{PRELUDE}{lowered} (core func (canon lower (func $f) gc (core-type $c))))')}\n"
    assert found == golden


def test_results_counts_and_encodings(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    found = ""
    for core in (
        "(func)",
        "(func (result i32))",
        "(func (param i32))",
        "(func (param i32 i64) (result f32))",
        "(func (param i32) (result i64))",
    ):
        for func in (
            "(func $f)",
            "(func $f (result u8))",
            '(func $f (param "x" u8))',
            '(func $f (param "x" u8) (param "y" u64) (result f32))',
        ):
            text = f'{PRELUDE}(core type $c {core}) (import "f" {func}) (core func (canon lower (func $f) gc (core-type $c))))'
            found += f"{func} {core}: {told(answers, text)}\n"
    for encoding in ("utf8", "utf16", "latin1+utf16", "latin1-or-utf16"):
        for core in ("(ref $bytes)", "(ref $shorts)", "(ref $ints)", "i32"):
            text = f'{PRELUDE}(core type $c (func (param {core}))) (import "f" (func $f (param "x" string)))'
            text += f"(core func (canon lower (func $f) gc (core-type $c) string-encoding={encoding})))"
            found += f"{encoding} {core}: {told(answers, text)}\n"
    assert found == golden
