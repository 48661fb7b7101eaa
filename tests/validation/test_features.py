"""`validate --features`: what each feature turns on and off, with its words and places. Goldens come from the reference."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Answers, Replies, answers, asked, lines, replies
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm.features import FEATURES

__all__ = ["answers", "asked", "replies"]

MODULES = """
    (module (func (result i32 i32) i32.const 1 i32.const 2))
    (module (func block (param i32) drop end))
    (module (type (func (param i32))) (func i32.const 0 loop (type 0) drop end))
    (module (func (param f32) (result i32) local.get 0 i32.trunc_sat_f32_s))
    (module (func (param i32) (result i32) local.get 0 i32.extend8_s))
    (module (global (export "g") (mut i32) (i32.const 0)))
    (module (import "a" "g" (global (mut i32))))
    (module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill))
    (module (memory 1) (data "x") (func data.drop 0))
    (module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy))
    (module (memory 1) (memory 1))
    (module (memory i64 1))
    (module (memory 1 1 shared))
    (module (memory 1 (pagesize 1)))
    (module (memory 1) (func i32.const 0 i32.load offset=0xffffffff drop))
    (module (memory 1) (func i32.const 0 i32.atomic.load drop))
    (module (memory 1) (func i32.const 0 i32.atomic.load acqrel drop))
    (module (func atomic.fence))
    (module (func pause))
    (module (table 1 externref))
    (module (table 1 funcref) (table 1 funcref))
    (module (table i64 1 funcref))
    (module (table shared 1 (ref null (shared func))))
    (module (table 1 funcref (ref.null func)))
    (module (func (param externref)))
    (module (func ref.null extern drop))
    (module (func (result i32) i32.const 0 i32.const 1 i32.const 2 select (result i32)))
    (module (type $f (func)) (func (param (ref $f)) local.get 0 call_ref $f))
    (module (type $f (func)) (func (param (ref null $f))))
    (module (func return_call 0))
    (module (type $f (func)) (table 1 funcref) (func i32.const 0 return_call_indirect (type $f)))
    (module (type (struct)))
    (module (type (array i8)))
    (module (rec (type (func)) (type (func))))
    (module (type (sub (func))))
    (module (func (param i31ref)))
    (module (func (param exnref)))
    (module (func (param anyref)))
    (module (type (shared (struct))))
    (module (func (param (ref null (shared any)))))
    (module (type $f (func)) (type (cont $f)))
    (module (func (param contref)))
    (module (rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct))))
    (module (type $s (struct)) (func (param (ref (exact $s)))))
    (module (tag (param i32)))
    (module (tag (result i32)))
    (module (tag) (func throw 0))
    (module (func block try_table end end))
    (module (tag) (func try catch 0 end))
    (module (func (param v128)))
    (module (func v128.const i64x2 0 0 drop))
    (module (func v128.const i64x2 0 0 v128.const i64x2 0 0 i8x16.relaxed_swizzle drop))
    (module (func (param f32) (result f32) local.get 0 f32.abs))
    (module (func (param f64)))
    (module (global f32 (f32.const 0)))
    (module (type (func (result f64))))
    (module (func i64.const 1 i64.const 1 i64.mul_wide_s drop drop))
    (module (global i32 (i32.add (i32.const 1) (i32.const 2))))
    (module (global i32 (i32.const 1)) (global i32 (global.get 0)))
    (module (global $g i32 (i32.const 1)) (table 1 funcref) (elem (offset (global.get $g)) func))
    (module (func) (elem declare func 0))
    (module (table 1 funcref) (elem (i32.const 0) funcref (ref.null func)))
    (module (import "a" (item "b" (func)) (item "c" (func))))
    (module (type $t (func)) (func (type $t)) (global funcref (ref.func 0)))
    (module (table 1 funcref) (func i32.const 0 table.get 0 drop))
    (module (table 1 funcref) (func table.size 0 drop))
    (module (memory 1) (global $g (mut i32) (i32.const 0)) (func i32.const 1 global.atomic.set seqcst $g))
    (component)
    (component (type (stream u8)))
    (component (type (future)))
    (component (type (func async)))
    (component (type (map string u8)))
    (component (type (list u8 4)))
    (component (import "e" (type (sub resource))))
    (component (core func (canon task.cancel)))
    (component (core func (canon thread.yield)))
    (component (core func (canon thread.index)))
    (component (core func (canon error-context.drop)))
    (component (core func (canon context.get i32 0)))
    (component (core func (canon context.get i32 1)))
    (component (core func (canon context.get i64 0)))
    (component (core func (canon waitable-set.new)))
    (component (core func (canon backpressure.inc)))
    (component (core func (canon subtask.cancel async)))
    (component (import "v" (value string)))
    (component (import "a" (implements "n:p/i") (instance)))
    (component (import "a" (external-id "x") (func)))
    (component (import "n:p/i@1" (version-suffix ".2.3") (instance)))
    (component (import "a" (instance $i (export "b" (instance (export "f" (func)))))) (alias export $i "b" (instance)))
    (component (core rec (type (func)) (type (struct))))
    (component (core type (func (result i32 i32))) (core module (memory 1) (memory 1)))
"""

NAMES = [row.name for row in FEATURES]

VALUES = """
    all
    -all
    mvp
    wasm1
    wasm2
    wasm3
    lime1
    -mvp
    -wasm2
    -lime1
    wasm1,simd
    simd,wasm1
    all,-simd
    -simd,all
    -all,simd

    ,
    simd,
    ,simd
    simd,,threads
    Simd
    SIMD
    -
    --simd
    simd,-nonsense
    nonsense
    cm_async
    cm-async
    default
    -default
    floats
    -floats
    gc-types
    -gc-types
    bulk-memory-opt,call-indirect-overlong
"""

OPTIONS = """
    validate m.wat --features simd --features threads
    validate m.wat --features -simd
    validate m.wat --features -simd --features simd
    validate m.wat --features all --features -simd
    validate m.wat --features simd --features mvp
    validate m.wat --features mvp
    validate m.wat -f simd
    validate m.wat -fmvp
    validate m.wat -f=mvp
    validate m.wat -f
    validate m.wat --features
    validate m.wat --features=
    validate m.wat --feature=mvp
"""

USAGE = """
    validate m.wat
    validate -g m.wat
    validate --generate-dwarf lines m.wat
    validate --generate-dwarf=full m.wat
    validate --generate-dwarf m.wat
    validate --generate-dwarf nothing m.wat
    validate --color always m.wat
    validate --color=sometimes m.wat
    validate -o x m.wat
    validate -t m.wat
    validate --skeleton m.wat
    validate m.wat other.wat
    validate none.wat
    validate --validate-custom=yes m.wat
    validate --validate-custom --validate-custom m.wat
    validate --feature mvp m.wat
    validate --help-me
    validate -x
    validate w.wit
"""


@pytest.mark.parametrize("features", ["", "all", "mvp", "wasm1", "wasm2", "wasm3", "lime1", "-all"])
def test_what_a_set_takes(answers: Answers, golden: SnapshotAssertion, features: str) -> None:
    option = f" --features={features}" if features else ""
    assert answers(f"validate{option} m.wat", {text: text for text in lines(MODULES)}) == golden


@pytest.mark.slow
def test_what_is_refused_without_one_feature(answers: Answers, golden: SnapshotAssertion) -> None:
    """With all but one of them, each in turn: the refusals, which are few."""
    told = ""
    for name in NAMES:
        told += f"==== {name}\n"
        for text in lines(MODULES):
            reply = answers(f"validate --features=all,-{name} m.wat", {text: text})
            if "status 0" not in reply:
                told += reply
    assert told == golden


def test_spellings_of_sets(replies: Replies, golden: SnapshotAssertion) -> None:
    Path("m.wat").write_text("(module (func v128.const i64x2 0 0 drop))")
    assert replies([f"validate m.wat --features={value}" for value in lines(VALUES)] + lines(OPTIONS)) == golden


def test_each_feature_can_be_named_or_not(replies: Replies, golden: SnapshotAssertion) -> None:
    Path("m.wat").write_text("(module)")
    values = [value for name in NAMES for value in (name, f"-{name}", f"mvp,{name}", f"{name},-{name}")]
    assert replies([f"validate m.wat --features={value}" for value in values]) == golden


NAMES_AND_HINTS = """
    (module $m (func $f (param $p i32) (local $l i32)) (memory $mem 1))
    (module (func (param i32) (@metadata.code.branch_hint "\\00") (if (local.get 0) (then))))
    (module (func (param i32) (@metadata.code.branch_hint "\\01") (br_if 0 (local.get 0))))
    (module (@custom "name" "\\00"))
    (module (@custom "name" "\\00\\01\\05"))
    (module (@custom "name" "\\00\\02\\01x\\00\\02\\01x"))
    (module (@custom "name" "\\01\\04\\01\\07\\01x"))
    (module (func) (@custom "name" "\\01\\04\\01\\00\\01\\ff"))
    (module (func) (@custom "name" "\\01\\07\\02\\00\\01x\\00\\01y"))
    (module (func) (@custom "name" "\\02\\06\\01\\00\\01\\09\\01x"))
    (module (@custom "name" "\\63\\01x"))
    (module (func) (@custom "metadata.code.branch_hint" (before code) ""))
    (module (func) (@custom "metadata.code.branch_hint" (before code) "\\01\\00\\01\\01\\01\\00"))
    (module (func) (@custom "metadata.code.branch_hint" (before code) "\\01\\05\\01\\01\\01\\00"))
    (module (func (if (i32.const 1) (then))) (@custom "metadata.code.branch_hint" (before code) "\\01\\00\\01\\03\\01\\02"))
    (module (func (if (i32.const 1) (then))) (@custom "metadata.code.branch_hint" (before code) "\\01\\00\\01\\03\\02\\01\\01"))
    (module (func (if (i32.const 1) (then))) (@custom "metadata.code.branch_hint" (before code) "\\01\\00\\02\\03\\01\\01\\03\\01\\01"))
    (module (func (if (i32.const 1) (then))) (@custom "metadata.code.branch_hint" (after code) "\\01\\00\\01\\03\\01\\01"))
    (module (@custom "producers" "\\01\\08language"))
    (module (@custom "dylink.0" "\\01"))
    (module (@custom "linking" "\\02\\08"))
    (module (@custom "reloc.CODE" "\\00"))
    (module (@custom "core" "\\01"))
    (component $c (@custom "component-name" "\\00\\05"))
    (component (core module $m) (@custom "component-name" "\\01\\05\\00\\11\\01\\07\\01x"))
"""
"""Names and hints, good and bad, one file a line."""


@pytest.mark.parametrize("option", ["", "--validate-custom", "--validate-custom --features=mvp"])
def test_names_and_hints(answers: Answers, golden: SnapshotAssertion, option: str) -> None:
    told = answers(f"validate {option} m.wat", {text: text for text in lines(NAMES_AND_HINTS)})
    assert told == golden


def test_usage(replies: Replies, golden: SnapshotAssertion) -> None:
    Path("m.wat").write_text("(module (func i32.add))")
    assert replies(lines(USAGE)) == golden


def test_of_a_library() -> None:
    """`validate` of `pywasmtools.api`: bytes or text, and any set."""
    from pywasmtools.api import validate
    from pywasmtools.diagnostics import WasmToolsError

    text = "(module (func v128.const i64x2 0 0 drop))"
    validate(text)
    validate(text, features="mvp,simd")
    validate(text.encode())
    with pytest.raises(WasmToolsError, match="SIMD support is not enabled"):
        validate(text, features="mvp")
    with pytest.raises(WasmToolsError, match="unknown feature `nonsense`"):
        validate(text, features="nonsense")


def test_what_was_valid_is_the_same_at_other_offsets(run: Run, golden: SnapshotAssertion) -> None:
    """The same access to memory at offsets of one to four bytes, then what is not valid: told where it stands."""
    loads = "".join(f"i32.const 0 v128.load offset={offset} drop " for offset in (0, 1, 200, 20_000, 3_000_000, 5))
    drops = "data.drop 0 elem.drop 0 data.drop 0 i8x16.splat"
    text = f'(module (memory 1) (data "x") (elem funcref) (func {loads} {drops}))'
    told = ""
    for features in ("", " --features=all", " --features=wasm2,simd"):
        told += run(f"validate m.wat{features}", {"m.wat": text})
    told += run(
        "validate m.wat --features=wasm3,-bulk-memory",
        {"m.wat": "(module (elem funcref) (func elem.drop 0 elem.drop 0))"},
    )
    assert told == golden
