"""`objdump`: sections as lines, of modules and components, and what is listed of damaged ones."""

from __future__ import annotations

from assemble import assemble
from conftest import Run, Verdicts
from syrupy.assertion import SnapshotAssertion

from pywasmtools import objdump

EVERY_SECTION = """
(module $m
  (type (func)) (import "a" "b" (func)) (table 1 funcref) (memory 1) (tag) (global i32 i32.const 0)
  (export "f" (func 1)) (start 1) (elem (i32.const 0) func 1) (func $f) (func data.drop 0) (data "x")
  (@custom "one \\"two\\"\\n\\u{e9}" "data"))
"""
NESTED = """
(component $c
  (core module (memory 1)) (core module)
  (component (core module (func)) (component) (component (core module)))
  (component)
  (core module)
  (import "a" (func $a)) (core type (module)) (type u8)
  (core func $l (canon lower (func $a)))
  (core instance (export "a" (func $l)))
  (instance (export "a" (func $a)))
  (export "b" (func $a))
  (@custom "x" "y"))
"""


def test_a_module_and_components_in_components(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {"empty": "(module)", "module": EVERY_SECTION, "component": NESTED, "empty component": "(component)"}
    assert verdicts("objdump", cases) == golden


def test_damaged_ones_are_listed_so_far(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    module, component = assemble(EVERY_SECTION), assemble(NESTED)
    cases = {f"module, {size} bytes": module[:size] for size in (0, 3, 8, 9, 12, 30, 60)}
    cases |= {f"component, {size} bytes": component[:size] for size in (8, 20, 30, 60, 90)}
    cases |= {
        "an unknown section": b"\0asm\1\0\0\0\x0e\1x\1\1\0",
        "a malformed section": b"\0asm\1\0\0\0\x8e\1x",
        "a version of old": b"\0asm\0\0\0\0",
        "sections out of order": b"\0asm\1\0\0\0\3\1\0\1\1\0",
        "a body that is too long": b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\4\1\7\0\x0b",
        "a name that isn't UTF-8": b"\0asm\1\0\0\0\0\2\1\xff",
        "junk": b"junk",
        "not UTF-8": b"\xff",
        "no text": b"",
        "a comment": b"(; nothing ;)",
    }
    assert verdicts("objdump", cases) == golden


def test_streams_and_files(run: Run, golden: SnapshotAssertion) -> None:
    broken = b"\0asm\1\0\0\0\1\1\0\x8e"
    files: dict[str, str | bytes] = {"m.wat": "(module (func))", "b.wasm": broken}
    told = run("objdump m.wat", files) + run("objdump", stdin=b"(module (memory 1))") + run("objdump -", stdin=broken)
    told += run("objdump b.wasm -o out.txt") + run("objdump missing.wasm") + run("objdump m.wat -o no/where.txt")
    told += (
        run("objdump b.wasm -o b.wasm") + run("objdump m.wat --color always -v") + run("objdump b.wasm --color always")
    )
    assert told == golden


def test_lines_of_the_library() -> None:
    lines = objdump("(module (memory 1))")
    assert next(lines).startswith("  memories ")
    assert next(lines, None) is None
