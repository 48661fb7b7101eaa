"""Memory arguments of 1.263.0 on their way through every room: array accesses, orderings, `pause`, fences.

Most goldens list many small inputs, each with the reference's answer below it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.module_builder import ModuleBuilder
from pywasmtools.wasm.types import I32, ArrayType, CompositeType, FieldType, FuncType, MemoryType, SubType
from pywasmtools.wat.parse import wat_to_binary

Run = Callable[..., str]
Verdicts = Callable[[str, Mapping[str, "str | bytes"]], str]

WIT = "package a:b;\nworld w {}\n"


def module(code: str) -> bytes:
    """Two function types, the second for an array; two memories; a function of this code, in hex."""
    built = ModuleBuilder()
    built.type_func(FuncType((), ()))
    built.type_sub(SubType(CompositeType(ArrayType(FieldType(I32, True)))))
    built.memory(MemoryType(1))
    built.memory(MemoryType(1))
    built.function(0)
    built.raw_code(bytes.fromhex(code))
    return built.finish()


def behind_unreachable(code: str) -> bytes:
    """Where all operands are there, and no results count."""
    return module(f"00 00 {code} 00 0b")


# ------------------------------------------------------------------------------- binary

INSTRUCTIONS = {
    "i32.load": ("28", "01"),
    "i32.store": ("36", "01"),
    "v128.load32_lane": ("fd 56", "01"),
    "memory.atomic.notify": ("fe 00", "01"),
    "i32.atomic.load": ("fe 10", "01"),
    "i32.atomic.store": ("fe 17", "01"),
    "i32.atomic.rmw.add": ("fe 1e", "11"),
    "i32.atomic.rmw.cmpxchg": ("fe 48", "11"),
}
"""Accesses of four bytes, and the byte of `acqrel`."""


def test_every_combination_of_flags(verdicts: Verdicts, golden: Any) -> None:
    """Validated: alignments, an index where a flag or two say so, an ordering, and a bit that nothing means."""
    cases = {}
    for name, (opcode, acqrel) in INSTRUCTIONS.items():
        for flags in [high << 4 | align for high in range(8) for align in (0, 2, 3, 15)]:
            tail = ("01 " if flags & 0x60 else "") + (f"{acqrel} " if flags & 0x10 else "") + "08"
            tail += " 00" if "lane" in name else ""
            cases[f"{name} {flags:02x} {tail}"] = behind_unreachable(f"{opcode} {flags:02x} {tail}")
            if flags & 15 == 2:
                cases[f"{name} {flags | 0x80:02x} 01 {tail}"] = behind_unreachable(
                    f"{opcode} {flags | 0x80:02x} 01 {tail}"
                )
    assert verdicts("component new", cases) == golden


ODD_BYTES = (
    # An ordering is one byte, and another one where something is read and written.
    *[f"{opcode} 12 {byte} 00" for opcode in ("fe 10", "fe 17", "fe 1e", "fe 48") for byte in ("00", "01", "02", "10")],
    *[f"{opcode} 12 {byte} 00" for opcode in ("fe 1d", "fe 4e") for byte in ("11", "80", "81 00", "ff")],
    # Of several faults the first that is met: both indices, the index, the ordering, the reserved bits, the offset.
    "fe 10 f2 ff ff ff 0f",
    "28 60",
    "28 30 ff ff ff ff ff 0f",
    "28 50 80 80 80 80 10 00",
    "28 92 01 00",
    "fe 10 92 81 00 05 00",
    "fe 10 92 81 00 01 ff ff ff ff ff ff ff ff ff 02",
    "fe 10 12 01 ff ff ff ff ff ff ff ff ff 02",
    "28 ff ff ff ff 0f 00 00",
    "28 ff ff ff ff 1f 00 00",
    "28 80 80 80 80 80 00 00",
    "28 80 80 80 80 08 00",
    # Flags and indices in more bytes than they need, and an offset of ten.
    "28 82 80 80 80 00 08",
    "28 a2 80 00 81 80 00 88 80 80 80 80 80 80 80 80 00",
    "28 c2 80 80 00 81 00 08",
    "fe 10 92 80 80 80 00 01 88 00",
    "28 02 80 80 80 80 10",
    "28 22 01 80 80 80 80 10",
    "28 22 01 ff ff ff ff 0f",
    # Fences and pauses.
    *[f"fe 03 {byte}" for byte in ("00", "01", "02", "80 00", "81 00", "ff")],
    "fe 83 80 00 01",
    "fe 04",
    "fe 84 80 80 80 00",
    "fe 05",
    "fe 0f",
    # The orderings of shared items are a byte too.
    *[f"fe 4f {byte} 00" for byte in ("00", "02", "7f", "80 00", "ff 01", "80 80 80 80 80")],
)


def test_bytes(verdicts: Verdicts, golden: Any) -> None:
    cases: dict[str, str | bytes] = {code: behind_unreachable(code) for code in ODD_BYTES}
    for code in ("28 32", "28 60", "fe 10 12", "fe 10 32", "fe 03", "fe 4f", "fe 10 12 01"):
        cases[f"{code}, and the end"] = module(f"00 00 {code}")
    assert verdicts("component new", cases) == golden


def shown(run: Run, name: str, contents: str | bytes, options: str = "") -> str:
    """A module as text, without what tells the release."""
    text = run(f"component embed w.wit {name} -t {options}", {"w.wit": WIT, name: contents})
    return "".join([line + "\n" for line in text.splitlines() if "component-type" not in line])


@pytest.mark.slow
def test_printed_up_to_a_fault(run: Run, golden: Any) -> None:
    text = ""
    for code in (
        "28 10 00",
        "28 60",
        "fe 1e 12 01 00",
        "28 82 01 00",
        "fe 03 02",
        "fe 05",
        "fe 4f 80 00",
        "fd 54 32 01 00",
    ):
        text += f"{code}\n{shown(run, 'm.wasm', module(f'00 01 {code} 01 0b'))}"
    assert text == golden


def test_bytes_as_text(run: Run, golden: Any) -> None:
    """Zero indices and offsets, ways that are longer than they must be, and what no text says that way."""
    codes = [
        "28 40 00 00",  # memory 0, though a flag announces it
        "28 20 00 00",
        "28 2f 83 00 ff ff ff ff ff ff ff ff ff 01",  # type 3, which is not there
        "28 c2 80 00 05 00",
        "fe 10 12 00 00",
        "fe 10 10 01 00",
        "fe 1e 32 01 11 04",
        "fe 1e 52 01 00 04",
        "fd 54 20 01 03 07",
        "fd 00 2f 01 00",
        "fe 00 22 01 00",
        "fe 03 00 fe 03 01 fe 04",
        "fe 84 00",
    ]
    assert shown(run, "m.wasm", module(f"00 {' '.join(codes)} 0b")) == golden


def test_constant_expressions(verdicts: Verdicts, run: Run, golden: Any) -> None:
    """Not constant, by their visitors' names; printed in an offset, where they are not checked."""
    header = "0061736d 01000000"
    cases: dict[str, str | bytes] = {}
    for code in (
        "fe 04",
        "fe 03 00",
        "fe 03 01",
        "fe 03 02",
        "fe 10 12 01 00",
        "28 22 00 00",
        "28 30 00",
        "fe 1e 12 01 00",
    ):
        size = len(bytes.fromhex(code)) + 4
        cases[code] = bytes.fromhex(f"{header} 06 {size:02x} 01 7f 00 {code} 0b")
    text = verdicts("component new", cases)
    for code in ("fe 04", "fe 03 01", "2e 22 00 07", "fe 10 12 01 00", "2e 3f 00"):
        size = len(bytes.fromhex(code)) + 4
        text += f"{code}\n" + shown(
            run, "m.wasm", bytes.fromhex(f"{header} 05 03 01 00 01 0b {size:02x} 01 00 {code} 0b 00")
        )
    assert text == golden


# ------------------------------------------------------------------------------- typing

TYPES = """
  (type $bytes (array (mut i8))) (type $shorts (array i16)) (type $doubles (array (mut f64))) (type $vectors (array (mut v128)))
  (type $open (sub (array (mut i32)))) (type $below (sub $open (array (mut i32)))) (type $shared (shared (array (mut i8))))
  (type $funcs (array (mut funcref))) (type $f (func (param i32))) (type $s (struct (field (mut i32)))) (type $c (cont $f))
  (type $own (array (ref $f))) (type $exact (array (ref null (exact $s)))) (type $i31s (array (mut (ref null (shared i31)))))
  (memory $m 1) (memory $wide i64 1) (memory $s 1 1 shared)
"""

BODIES = """
(drop (i32.load (type $bytes) (local.get $bytes) (i32.const 0)))
(drop (i64.load (type $shorts) offset=4294967295 align=1 (ref.null $shorts) (i32.const 0)))
(drop (f32.load (type $doubles) (ref.null none) (i32.const 0)))
(drop (v128.load64_zero (type $vectors) (ref.null $vectors) (i32.const 0)))
(v128.store (type $vectors) align=16 (ref.null $vectors) (i32.const 0) (v128.const i64x2 0 0))
(v128.store16_lane (type $bytes) 7 (local.get $bytes) (i32.const 0) (v128.const i64x2 0 0))
(drop (v128.load16_lane (type $bytes) offset=2 7 (local.get $bytes) (i32.const 0) (v128.const i64x2 0 0)))
(drop (i32.load (type $open) (ref.null $below) (i32.const 0)))
(drop (i32.load (type $below) (ref.null $open) (i32.const 0)))
(drop (i32.load (type $bytes) (ref.null array) (i32.const 0)))
(drop (i32.load (type $bytes) (ref.null $doubles) (i32.const 0)))
(drop (i32.load (type $bytes) (i32.const 0)))
(drop (i32.load (type $bytes) (i32.const 0) (i32.const 0)))
(drop (i32.load (type $bytes) (local.get $bytes) (i64.const 0)))
(i32.store (type $bytes) (local.get $bytes) (i32.const 0) (i64.const 0))
(i32.store (type $bytes) (local.get $bytes) (i32.const 0))
(drop (i64.load (type $bytes) (local.get $bytes) (i32.const 0))) (drop (i32.eqz (i64.load (type $bytes) (local.get $bytes) (i32.const 0))))
(i32.store8 (type $shorts) (ref.null $shorts) (i32.const 0) (i32.const 0))
(v128.store8_lane (type $shorts) 0 (ref.null $shorts) (i32.const 0) (v128.const i64x2 0 0))
(drop (i32.load (type $funcs) (ref.null $funcs) (i32.const 0)))
(i32.store (type $funcs) (ref.null $funcs) (i32.const 0) (i32.const 0))
(i32.store (type $own) (ref.null $own) (i32.const 0) (i32.const 0))
(drop (i32.load (type $own) (ref.null $own) (i32.const 0)))
(drop (i32.load (type $exact) (ref.null $exact) (i32.const 0)))
(drop (i32.load (type $i31s) (ref.null $i31s) (i32.const 0)))
(drop (i32.load (type $f) (ref.null $f) (i32.const 0)))
(i32.store (type $f) (ref.null $f) (i32.const 0) (i32.const 0))
(drop (i32.load (type $s) (ref.null $s) (i32.const 0)))
(drop (i32.load (type $c) (ref.null $c) (i32.const 0)))
(drop (i32.load (type 99) (i32.const 0)))
(drop (i32.load (type 99) align=8 (i32.const 0)))
(drop (i32.load 99 align=8 (i32.const 0)))
(drop (i32.load 99 offset=4294967296 (i32.const 0)))
(drop (i32.load (type $bytes) align=8 (i32.const 0)))
(drop (i32.load (type $bytes) offset=4294967296 (local.get $bytes) (i32.const 0)))
(drop (i32.load (type $funcs) offset=4294967296 (local.get $bytes) (i32.const 0)))
(drop (i32.load $wide offset=4294967296 (i64.const 0)))
(drop (v128.load8_lane (type $bytes) offset=4294967296 99 (local.get $bytes) (i32.const 0) (v128.const i64x2 0 0)))
(drop (v128.load8_lane (type $bytes) 99 (local.get $bytes) (i64.const 0) (v128.const i64x2 0 0)))
(drop (i32.atomic.load (type $bytes) (local.get $bytes) (i32.const 0)))
(drop (i32.atomic.load (type 99) align=1 (local.get $bytes) (i32.const 0)))
(drop (i32.atomic.rmw.add (type $bytes) acqrel (local.get $bytes) (i32.const 0) (i32.const 0)))
(drop (memory.atomic.notify (type $bytes) (local.get $bytes) (i32.const 0) (i32.const 0)))
(drop (memory.atomic.wait64 $s (i32.const 0) (i64.const 0) (i64.const 0)))
(drop (i32.atomic.load align=2 acqrel (i32.const 0)))
(drop (i32.atomic.load $s acqrel (i32.const 0)))
(drop (i32.atomic.load acqrel (i32.const 0)))
(drop (i64.atomic.load32_u $wide seqcst (i32.const 0)))
(drop (i64.atomic.load32_u $wide seqcst (i64.const 0)))
(i64.atomic.store 99 seqcst (i32.const 0) (i64.const 0))
(drop (i32.atomic.rmw16.cmpxchg_u $s acqrel (i32.const 0) (i32.const 0) (i32.const 0)))
(pause) (atomic.fence) (atomic.fence acqrel) (atomic.fence seqcst)
pause drop
unreachable i32.load (type $bytes) i64.eqz
unreachable f64.store (type $doubles)
"""

SHARED_BODIES = """
(drop (i32.load (type $bytes) (local.get $bytes) (i32.const 0)))
(i32.store (type $shorts) (ref.null $shorts) (i32.const 0) (i32.const 0))
(drop (i32.load (type $shared) (ref.null $shared) (i32.const 0)))
(i32.store (type $shared) (ref.null $shared) (i32.const 0) (i32.const 0))
(drop (i32.load (i32.const 0)))
pause atomic.fence acqrel
"""


def test_typing(verdicts: Verdicts, golden: Any) -> None:
    """Each line is a body; the second list is of shared functions."""
    cases = {}
    for body in BODIES.strip().splitlines():
        cases[body] = f'(module {TYPES} (func (export "f") (local $bytes (ref null $bytes)) {body}))'
    for body in SHARED_BODIES.strip().splitlines():
        cases[f"shared: {body}"] = (
            f"(module {TYPES} (type $sf (shared (func))) (func (type $sf) (local $bytes (ref null $bytes)) {body}))"
        )
    assert verdicts("component new", cases) == golden


# ------------------------------------------------------------------------------- text

REFUSED = """
i32.load (type)
i32.load (type $a $a)
i32.load (type $nope)
i32.load (type $a) (type $a)
i32.load 0 (type $a)
i32.load $m (type $a)
i32.load offset=4 (type $a)
i32.load align=4 (type $a)
i32.load drop type
i32.load type
i32.load type type
i32.load offset=1 type
i32.load offset=1 align=1 type
i32.load 0 type
i32.load $m type
i32.load "x" type
i32.load bogus type
i32.load (; c ;) drop (; d ;) type
i32.load bogus "\\q"
i32.load offset=x "\\q"
i32.load align=3 \u00e9
i32.load align=3 (; open
i32.atomic.load bogus (; open
i32.load $nope (type $a)
(i32.load (type $a) (type $a))
(i32.load (type $a) offset=x)
(i32.load (type $a) align=5)
i32.load (type $a) acqrel
i32.load seqcst
memory.atomic.notify acqrel
memory.atomic.wait32 seqcst
v128.load acqrel
v128.load8_lane acqrel 1
v128.load8_lane (type $a)
v128.load8_lane (type $a) acqrel
v128.load8_lane 1 (type $a) 1
v128.load8_lane type 1
i32.atomic.load acqrel acqrel
i32.atomic.load acqrel seqcst
i32.atomic.load acqrel offset=4
i32.atomic.load acqrel align=4
i32.atomic.load acqrel $m
i32.atomic.load acqrel (type $a)
i32.atomic.load AcqRel
i32.atomic.load relaxed
i32.atomic.load "acqrel"
i32.atomic.load (acqrel)
i32.atomic.load order=acqrel
i32.atomic.load acqrel\u00e9
i32.atomic.rmw.add $nope acqrel
i32.atomic.rmw.add (type $nope) acqrel
atomic.fence relaxed
atomic.fence acqrel seqcst
atomic.fence 0
(atomic.fence (acqrel))
pause acqrel
pause 0
(pause
memory.size (type $a)
memory.grow (type $a)
memory.fill (type $a)
memory.copy (type $a)
array.get (type $a)
struct.atomic.get $a 0
"""

ACROSS_LINES = (
    "i32.load offset=4\n{}",
    "i32.load align=4\n{}",
    "i32.load offset=4 align=4\n{}",
    "i32.atomic.load offset=4\n{}",
    "i32.atomic.load align=4\n{}",
    "i32.atomic.load offset=4 align=4\n{}",
    "i32.atomic.load\n{}",
    "i32.atomic.store 1\n{}",
    "atomic.fence\n{}",
    "nop\ni32.load align=4\n(; c ;)\n;; d\n{}",
)
FOLLOWING = ("type", "acqrel", "seqcst\nacqrel", "offset=1", "(type $a)", "drop type", "drop\ntype", "align=1 type")


def test_text_refused(verdicts: Verdicts, golden: Any) -> None:
    """What may not be said, and of several faults the one that is; lines of code are read as tokens are."""
    Path("w.wit").write_text(WIT)
    lines = REFUSED.strip().splitlines()
    lines += [first.format(following) for first in ACROSS_LINES for following in FOLLOWING]
    cases = {}
    for line in lines:
        cases[line.replace("\n", " / ")] = f"(module (type $a (array (mut i8))) (memory $m 1) (func\n{line}\n))"
    assert verdicts("component embed w.wit", cases) == golden


WRITTEN = """(module
  (type $a (array (mut i8)))
  (memory $m 1)
  (memory $n 1)
  (func $plain
    i32.load (type $a)
    i32.load (type 0) offset=4
    i64.store32 (type $later) offset=0x10 align=1
    f64.load (type $a) align=8
    v128.load8_lane (type $a) 0
    v128.store64_lane (type $later) offset=1 align=4 1
    v128.load8_lane 0
    v128.load8_lane 1 0
    v128.load32_zero (type $a) offset=3
    v128.load8x8_s (type 0)
    memory.atomic.notify (type $a) offset=1
    memory.atomic.wait32 $n align=2
    i32.atomic.load acqrel
    i32.atomic.load seqcst
    i32.atomic.load
    i32.atomic.load $n acqrel
    i32.atomic.load $m seqcst
    i32.atomic.load 0 offset=0 align=4 acqrel
    i64.atomic.load8_u (type $later) offset=8 align=1 acqrel
    i64.atomic.store32 1 offset=8 acqrel
    i32.atomic.rmw.add acqrel
    i32.atomic.rmw16.cmpxchg_u offset=1 seqcst
    i64.atomic.rmw32.xchg_u $late align=8 acqrel
    atomic.fence
    atomic.fence seqcst
    atomic.fence acqrel
    pause
  )
  (func $folded
    (drop (i32.load (type $a) (local.get 0) (i32.const 0)))
    (drop (i32.load offset=4 (i32.load offset=4 (i32.const 0))))
    (i32.atomic.store offset=4 acqrel (i32.const 0) (i32.atomic.load seqcst (i32.const 0)))
    (drop (i32.atomic.rmw.sub (; one ;) $n (; two ;) offset=4 (; three ;) acqrel (; four ;) (i32.const 1) (i32.const 2)))
    (atomic.fence) (atomic.fence acqrel) (pause)
    (if (i32.atomic.load8_u acqrel (i32.const 0)) (then (pause) (atomic.fence seqcst)) (else pause))
  )
  (func $split
    i32.atomic.load
    acqrel
    i32.atomic.load offset=4
    acqrel
    i32.atomic.load align=4
    seqcst
    i32.atomic.load offset=4 align=4
    acqrel
    i32.atomic.load offset=4 align=4
    ;; not yet
    (; nor yet ;) acqrel
    i32.load
    (type $a)
    i32.load (type $a)
    offset=4
    align=1
    i32.load offset=4
    align=1
    i32.load align=4
    drop
    i32.atomic.rmw.add 1
    acqrel
    atomic.fence
    acqrel
    atomic.fence
    pause
    pause
  )
  (type $later (array f64))
  (memory $late 1)
)
"""


def test_text_printed(run: Run, golden: Any) -> None:
    assert shown(run, "m.wat", WRITTEN) + shown(run, "m.wat", WRITTEN, "--color always") == golden


@pytest.mark.slow
def test_alignments_that_set_flags(run: Run, golden: Any) -> None:
    """The text format knows no largest alignment: above 2**15 it is read back as something else."""
    text = ""
    for line in (
        "i32.load align=32768",
        "i32.load align=65536",
        "i32.load offset=7 align=4294967296",
        "i32.load 1 offset=7 align=4294967296",
        "i32.load (type 0) align=4294967296",
        "i32.load align=9223372036854775808",
        "i32.atomic.load align=262144 acqrel",
        "i32.atomic.load align=262144 seqcst",
        "i32.atomic.load align=65536",
        "i32.atomic.rmw.add align=65536",
    ):
        text += f"{line}\n{shown(run, 'm.wat', f'(module (func {line}))')}"
    assert text == golden


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("i32.load", "28 02 00"),
        ("i32.load 0", "28 02 00"),
        ("i32.load (type 0)", "28 22 00 00"),
        ("i32.load (type 300) offset=300 align=1", "28 20 ac 02 ac 02"),
        ("i32.atomic.load", "fe 10 02 00"),
        ("i32.atomic.load seqcst", "fe 10 12 00 00"),
        ("i32.atomic.load 1 offset=8 acqrel", "fe 10 52 01 01 08"),
        ("i64.atomic.rmw.add acqrel", "fe 1f 13 11 00"),
        ("i64.atomic.rmw.add (type 1) seqcst", "fe 1f 33 01 00 00"),
        ("i64.atomic.rmw32.cmpxchg_u offset=1 acqrel", "fe 4e 12 11 01"),
        ("v128.load8_lane (type 2) 3", "fd 54 20 02 00 03"),
        ("atomic.fence", "fe 03 00"),
        ("atomic.fence acqrel", "fe 03 01"),
        ("pause", "fe 04"),
    ],
)
def test_text_to_bytes(text: str, code: str) -> None:
    for written in (text, f"({text})", text.replace(" ", "\n")):
        size = len(bytes.fromhex(code)) + 2
        binary = wat_to_binary(f"(module (func\n{written}\n))".encode(), None)
        assert binary.endswith(bytes((size + 2, 1, size, 0)) + bytes.fromhex(code) + b"\x0b"), written


TOKENS = (
    *("i32.load", "i32.load offset=4", "i32.load align=4", "i32.load offset=4 align=2", "v128.load8_lane offset=1"),
    *(
        "i32.atomic.load",
        "i32.atomic.load offset=4",
        "i32.atomic.rmw.add align=4",
        "i32.atomic.rmw.add offset=1 align=4",
    ),
    *("atomic.fence", "pause", "drop", "nop", "local.get 0", "0", "$m", "(type $a)", "(nop)", "(drop", ")"),
    *("type", "acqrel", "seqcst", "acqrel", "seqcst", "offset=8", "align=1", "(; c ;)", ";; d\n", '"\\q"'),
    *("type", "i64.store", "i32.load8_u", "table.get", '$"\\q"', "0x", "$", "-1", "i32.const", "end", "t", "(@a)"),
    *("block", "loop ;; c\n", "block ;; c\n", "if", "else", "call_indirect"),
)


def read(text: str) -> bytes | str:
    try:
        return wat_to_binary(text.encode(), None)
    except WasmToolsError as e:
        return e.chain()


@pytest.mark.slow
def test_lines_are_read_as_tokens_are() -> None:
    """A vertical tab anywhere turns the way of whole lines off."""
    r = random.Random(263)
    refused = 0
    for _ in range(6000):
        words = [r.choice(TOKENS) for _ in range(r.randrange(2, 7))]
        body = "".join([word + r.choice("\n\n ") for word in words])
        text = f"(module (type $a (array (mut i8))) (memory $m 1) (func\n{body}nop\n))"
        careful = read(text + "(;\x0b;)")
        assert read(text + "(; ;)") == (careful.replace("\x0b", " ") if isinstance(careful, str) else careful), text
        refused += isinstance(careful, str)
    assert 600 < refused < 5700


# ------------------------------------------------------------------------------- adapters

MAIN = '(module (func (import "a" "f")) (memory (export "memory") 1))'
ADAPTERS = {
    # Only types that are used are kept, and named anew; a memory is not, where all accesses are to arrays.
    "types": """(module (type (func (param i32))) (type $a (func (param i64))) (type (func (param f32))) (type $b (func (param f64)))
        (func (export "f") unreachable
            i64.store (type $b) align=1 v128.load16_lane (type $a) offset=9 7 drop f32.load (type $b) drop))""",
    # With a memory and without one it stays what it is.
    "memory": """(module (import "env" "memory" (memory 0)) (type (func (param i32))) (type $a (func (param i64)))
        (func (export "f") unreachable
            i32.atomic.load (type $a) acqrel drop i32.atomic.store acqrel i64.atomic.rmw8.add_u offset=4 acqrel drop
            i32.atomic.rmw.cmpxchg seqcst drop i32.load offset=0x8000 drop atomic.fence acqrel atomic.fence pause))""",
    # An unused function keeps nothing alive.
    "dead": """(module (type $a (func (param i64))) (func (export "unused") unreachable i32.load (type $a) drop)
        (func (export "f") pause))""",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ADAPTERS)
def test_adapters(run: Run, golden: Any, name: str) -> None:
    run("component embed w.wit m.wat -o e.wasm", {"w.wit": WIT, "m.wat": MAIN, "a.wat": ADAPTERS[name]})
    run("component embed w.wit a.wat -o a.wasm")
    text = run("component new e.wasm --adapt a.wasm --skip-validation -t")
    shown_text = "".join([line + "\n" for line in text.splitlines() if "processed-by" not in line])
    assert shown_text + run("component new e.wasm --adapt a.wasm -o c.wasm").split("--- c.wasm")[0] == golden
