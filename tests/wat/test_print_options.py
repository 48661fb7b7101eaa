"""`print` and `parse` with each of their options, over good and broken binaries. Goldens come from the reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from answers import Answers, Replies, answers, asked, lines, replies
from conftest import Run
from syrupy.assertion import SnapshotAssertion

__all__ = ["answers", "asked", "replies"]

MODULE = """(module $"a name" (type $t (func (param i32) (result i32))) (type $s (struct (field $x i32) (field (mut i64))))
  (import "a" "b" (func (param i32 i64))) (tag (param i32)) (memory 1) (table 2 funcref) (global $g (mut i32) (i32.const 1))
  (data (i32.const 0) "abc\\ff") (data "passive") (elem (i32.const 0) 1) (elem declare func 1)
  (func $f (type $t) (local i64) (local $l i32)
    (block $b (result i32) (loop (br_if $b (i32.const 3) (local.get 0)) (drop))
      (if (result i32) (local.get 0) (then (i32.const 1) (i32.const 2) (i32.add)) (else (br $b (i32.const 2))))))
  (func (export "x") (param v128) (result i32 i64)
    (call $f (i32.const 1)) (i64.const 7) (call 0 (i32.const 2) (i64.const 1)) (nop)
    (i32.store8 offset=3 (i32.const 0) (i32.const 1)) (drop (select (result i64) (i64.const 1) (i64.const 2) (i32.const 3)))
    (drop (struct.new $s (i32.const 1) (i64.const 2))) (drop (i8x16.extract_lane_s 3 (local.get 0))))
  (func (unreachable) (drop) (i32.add) (drop) (br_table 0 0 (i32.const 1)) (drop))
  (func (try_table (catch_all 0)) (throw 0 (i32.const 1)))
  (func (@metadata.code.branch_hint "\\01") (if (i32.const 1) (then)))
  (start 4) (@custom "mine" (after func) "bytes"))
"""

COMPONENT = """(component $c (core module $m (func (export "f") (param i32)) (memory (export "m") 1))
  (core instance $i (instantiate $m)) (type (enum "a" "b")) (import "e" (type (eq 0))) (import "f" (func (param "x" 1)))
  (alias core export $i "f" (core func)) (func (param "a" s32) (canon lift (core func 0))) (export "g" (func 1))
  (component (type (record (field "a" u8) (field "b" (list string)))) (import "i" (instance (export "t" (type (sub resource))))))
  (instance (instantiate 0 (with "i" (instance)))))
"""

OPTIONS = """
    print
    print -p
    print --print-offsets
    print --skeleton
    print --name-unnamed
    print -f
    print --fold-instructions
    print --print-operand-stack
    print -p -f
    print -p --print-operand-stack
    print -f --print-operand-stack
    print -p -f --name-unnamed --skeleton --print-operand-stack
    print --indent 0
    print --indent=7
    print --indent-text -
    print --indent-text= --indent 3
    print --indent-text=+-+ -p
    print --color=always
    print --color=always -p -f
    print --color=always -f --print-operand-stack --name-unnamed
    print --features=mvp
    print --features=wasm3 --print-operand-stack
    wasm2wat
    parse -t
    wat2wasm --wat
    validate
"""


@pytest.mark.parametrize("text", [MODULE, COMPONENT], ids=["module", "component"])
def test_every_option(replies: Replies, golden: SnapshotAssertion, text: str) -> None:
    Path("m.wat").write_text(text)
    assert replies([f"{line} m.wat" for line in lines(OPTIONS)]) == golden


@pytest.mark.parametrize(
    "command", ["parse", "parse -g", "parse --generate-dwarf full", "parse --generate-dwarf=lines"]
)
def test_what_is_parsed(run: Run, golden: SnapshotAssertion, command: str) -> None:
    """To a file; with no file it is standard output's, which is no terminal here."""
    told = run(f"{command} m.wat -o out.wasm", {"m.wat": MODULE})
    told += run(f"{command} c.wat", {"c.wat": COMPONENT})
    assert told == golden


BODIES = """
    i32.add
    i32.const 1
    drop
    local.get 5
    br 3
    br_if 0
    call 9
    block i32.const 1
    end
    block (result i32) end drop
    loop (param i32) drop end
    if (result i32) i32.const 1 else end drop
    i32.const 1 if i32.const 2 else i64.const 3 end
    i32.const 1 i32.const 2 i64.add drop
    i32.const 1 i32.const 2
    unreachable i32.add
    unreachable select
    return i32.const 1
    global.get 3
    struct.new 7
    call_indirect (type 5)
    throw 3
    try_table (catch 1 0) end
    i32.const 0 i32.load 3 drop
    ref.func 9 drop
    try catch_all delegate 0
    i32.const 1 br_table 0 1 2
    block block br 2 end end
    memory.copy 1 2
    v128.const i64x2 1 2 i32.const 1 i8x16.replace_lane 3 drop
    i32.const 1 i32.const 2 i32.const 3 drop i32.add drop
    block i32.const 1 block i32.const 2 drop end drop end
    i32.const 1 block (param i32) (result i64) i64.extend_i32_s end drop
"""
"""What may stand in a body, valid or not."""


@pytest.mark.parametrize(
    "options", ["", "-f", "--print-operand-stack", "-f --print-operand-stack", "--skeleton", "-p -f --name-unnamed"]
)
def test_broken_bodies(answers: Answers, golden: SnapshotAssertion, options: str) -> None:
    bodies = lines(BODIES)
    if "stack" in options:
        bodies.remove("end")  # the reference crashes
    assert answers(f"print {options} m.wat", {text: f"(module (func {text}))" for text in bodies}) == golden


BROKEN = {
    "a body without an end": b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\4\1\2\0\1",
    "more after the end": b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\6\1\4\0\x0b\1\x0b",
    "no type": b"\0asm\1\0\0\0\3\2\1\0\x0a\4\1\2\0\x0b",
    "no function": b"\0asm\1\0\0\0\x0a\4\1\2\0\x0b",
    "an unknown opcode": b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\6\1\4\0\1\xff\x0b",
    "an unknown section": b"\0asm\1\0\0\0\x1f\0",
    "too many locals": b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\x0a\1\x08\1\xff\xff\xff\xff\x0f\x7f\x0b",
    "a strange local": b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\6\1\4\1\1\x40\x0b",
    "an unfinished section": b"\0asm\1\0\0\0\1\4\1\x60",
    "an unfinished header": b"\0asm\1\0",
    "another version": b"\0asm\2\0\0\0",
    "a component's unknown section": b"\0asm\x0d\0\1\0\x1f\0",
    "names that end early": b"\0asm\1\0\0\0\0\7\4name\1\5",
    "nothing": b"",
}


@pytest.mark.parametrize("options", ["print", "print -p -f", "print --print-operand-stack", "parse", "validate"])
def test_broken_binaries(answers: Answers, golden: SnapshotAssertion, options: str) -> None:
    broken = BROKEN.copy()
    if "stack" in options:
        # The reference crashes.
        del broken["more after the end"], broken["no type"]
    assert re.sub(r"\[[^ ]* WARN", "[(now) WARN", answers(f"{options} m.wasm", broken)) == golden


USAGE = """
    print m.wat -t
    print m.wat -g
    print -g lines m.wat
    print --generate-dwarf nothing m.wat
    print --indent x m.wat
    print --indent -1 m.wat
    print --indent m.wat
    print --indent-text
    print --skeleton=yes m.wat
    print --skeleton --skeleton m.wat
    print --print-offset m.wat
    print --validate-custom m.wat
    print --features nonsense m.wat
    print -F m.wat
    print a.wat b.wat
    print none.wat
    print m.wat -o none/out
    print -pf m.wat
    print -fp m.wat
    parse m.wat --features mvp
    parse --wat=1 m.wat
    parse -p m.wat
    parse none.wat
    parse m.wat -o none/out
    parse m.wat -o
    parse -g -g m.wat
    parse --generate-dwarf lines -g m.wat
    parse --generate-dwarf m.wat
    parse --indent 3 m.wat
    wat2wasm --help-me
    wasm2wat --help-me
"""


def test_usage(replies: Replies, golden: SnapshotAssertion) -> None:
    Path("m.wat").write_text("(module (func nop))")
    assert replies(lines(USAGE)) == golden


def test_as_functions() -> None:
    """`print_wat` and `parse_wat` of the package."""
    import pywasmtools

    data = pywasmtools.parse_wat("(module (func i32.const 1 drop))")
    assert data.startswith(b"\0asm")
    assert pywasmtools.parse_wat(data) == data
    assert (
        pywasmtools.print_wat(data, skeleton=True) == "(module\n  (type (;0;) (func))\n  (func (;0;) (type 0) ...)\n)\n"
    )
    assert "(drop\n" in pywasmtools.print_wat(data, fold_instructions=True)
    with pytest.raises(pywasmtools.WasmToolsError, match="unexpected end"):
        pywasmtools.parse_wat(data[:-1])
    with pytest.raises(pywasmtools.WasmToolsError, match="expected"):
        pywasmtools.parse_wat("(modul)")
