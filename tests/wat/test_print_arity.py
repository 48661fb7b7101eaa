"""How many operands and results instructions are taken to have, as `print` folds them and tells of the stack."""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked  # noqa: F401
from assemble import assemble
from binaries import body, leb, section, vec
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm import immediates as im
from pywasmtools.wasm.instructions import ROWS, Row
from pywasmtools.wasm.operators import write_row

TYPES = """(module
  (type $two (func (param i32 i64) (result f32)))
  (type $struct (struct (field i32) (field (mut i64)) (field f32)))
  (type $array (array (mut i32)))
  (type $cont (cont $two))
  (type $next (func (param i64 f32 (ref null 3)) (result f64 i32)))
  (type $other (cont $next))
  (type $tag (func (param f32 f32 f32)))
  (type $none (func))
  (type $empty (cont $none))
  (type $last (func (param i32 (ref null struct))))
  (type $strange (cont $last))
  (type $wide (func (param i32 i32 i32 i32 i32)))
  (type $bound (cont $wide))
  (import "a" "a" (func (type $two))) (import "a" "b" (func (type $none))) (import "a" "c" (func (type $next)))
  (import "a" "t" (tag (type $tag))) (import "a" "u" (tag (type $none))) (import "a" "v" (tag (type $two)))
  (import "a" "m" (memory 1)) (import "a" "n" (table 1 funcref)) (import "a" "g" (global (mut i32))))"""

FIXED = {
    im.AS_MEMARG: "00 00",
    im.AS_LANES: "00" * 16,
    im.AS_HEAP_TYPE: "70",
    im.AS_VAL_TYPES: "02 7f 7f",
    im.AS_LABELS: "01 00 00",
    im.AS_CAST: "01 00 6e 6c",
    im.AS_HANDLERS: "00",
    im.AS_ORDERING: "01",
    im.AS_OPTIONAL_ORDERING: "00",
    im.AS_BLOCK_TYPE: "40",
    im.AS_TRY_TABLE: "40 00",
}
PUSHED = " ".join(f"41 {k:02x}" for k in range(9))
"""`i32.const` 0 to 8."""


def written(row: Row, numbers: tuple[int, ...]) -> str:
    """An instruction with indices; other immediates are the same everywhere."""
    out = bytearray()
    write_row(out, row)
    rest = list(numbers)
    for kind in row.kinds:
        out += leb(rest.pop(0)) if kind.form == im.AS_U32 else bytes.fromhex(FIXED[kind.form])
    return out.hex()


def with_bodies(*bodies: bytes, type_: int = 7) -> bytes:
    return assemble(TYPES) + section(3, vec(*[leb(type_) for _ in bodies])) + section(10, vec(*bodies))


def in_short(told: str, indent: int = 4) -> str:
    """An answer on two lines: its case, and the body; constants without the instruction."""
    name, status, *rest = told.splitlines()
    text = " ".join([line.strip() for line in rest if line.startswith((" " * indent, "error"))])
    return f"{name}: {status}\n{text}\n".replace("i32.const ", "")


def is_irregular(row: Row) -> bool:
    return not row.signature and row.key not in (0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0B, 0x18, 0x19, 0x1F)


def test_irregular_instructions(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for row in ROWS:
        if is_irregular(row):
            indices = sum(kind.form == im.AS_U32 for kind in row.kinds)
            firsts = range(14) if "type" in row.immediates.split()[:1] else range(4)
            for first in firsts if indices else [0]:
                for second in (0, 1, 2) if indices > 1 and first < 6 else [0]:
                    code = [PUSHED, written(row, (first, second, 0)), "1a 1a 0b"]
                    cases[f"{row.name} {first} {second}"] = with_bodies(body(*code))
    told = answers("print -f --skeleton in.wasm", {"a skeleton has no bodies": next(iter(cases.values()))})
    for name, text in cases.items():
        told += in_short(answers("print -f in.wasm", {name: text}))
    assert told == golden


BRANCHES = (
    *("0c {}", "0d {}", "0e 00 {}", "0e 01 00 {}", "d5 {}", "d6 {}", "fb 18 01 {} 6e 6c", "fb 19 01 {} 6e 6c"),
    *("fb 25 03 {} 6e 6c", "fb 26 03 {} 6e 6c", "0f"),
)
BLOCKS = {"none": "40", "one": "7f", "two": "00", "three": "04", "no function": "02", "struct": "01", "beyond": "20"}


@pytest.mark.parametrize("block", ["02", "03"], ids=["block", "loop"])
def test_branches(answers: Answers, golden: SnapshotAssertion, block: str) -> None:  # noqa: F811
    cases = {}
    for branch in BRANCHES:
        for name, type_ in BLOCKS.items():
            for depth in (0, 1, 2, 3) if name == "two" else (0,):
                code = [
                    f"02 7e {PUSHED} {block} {type_} {PUSHED}",
                    branch.format(f"{depth:02x}"),
                    "1a 1a 0b 1a 0b 1a 0b",
                ]
                cases[f"{branch.split()[0]} {depth} out of {name}"] = with_bodies(body(*code), type_=4)
    told = ""
    for name, text in cases.items():
        told += in_short(answers("print -f in.wasm", {name: text}), 6)
    assert told == golden


def test_blocks(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for name, type_ in BLOCKS.items():
        inner = f"{PUSHED} 1a 1a"
        cases[f"block {name}"] = f"{PUSHED} 02 {type_} {inner} 0b 1a 1a"
        cases[f"loop {name}"] = f"{PUSHED} 03 {type_} {inner} 0b 1a 1a"
        cases[f"if {name}"] = f"{PUSHED} 04 {type_} {inner} 0b 1a 1a"
        cases[f"else {name}"] = f"{PUSHED} 04 {type_} {inner} 05 {inner} 0b 1a 1a"
        cases[f"try_table {name}"] = f"{PUSHED} 1f {type_} 01 02 00 {inner} 0b 1a 1a"
        cases[f"if {name} of nothing"] = f"04 {type_} {inner} 0b 1a 1a"
    cases["try"] = "06 40 0b"
    cases["catch"] = "02 40 07 00 0b"
    cases["catch_all"] = "02 40 19 0b"
    cases["delegate"] = "02 40 18 00 0b"
    cases["an end too many"] = "0b 01 0b"
    cases["no end of a block"] = "02 40"
    told = ""
    for name, code in cases.items():
        for options in ("print -f", "print -f -p", "print"):
            text = {f"{options}: {name}": with_bodies(body(code, "0b"), type_=4)}
            told += in_short(answers(f"{options} in.wasm", text))
    assert told == golden


def test_select_and_memories(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # What accesses an array has a reference to it more.
    cases = {
        name: with_bodies(body(PUSHED, code, "1a 1a 0b"))
        for name, code in {
            "select": "1b",
            "select of no types": "1c 00",
            "select of one": "1c 01 7f",
            "select of two": "1c 02 7f 7f",
            "i32.load": "28 02 00",
            "i32.store": "36 02 00",
            "of another memory": "28 42 03 00",
            "of an array": "28 82 01 02 00",
            "of an array, store": "36 82 01 02 00",
            "of an array, 64 bits": "29 83 01 02 00",
        }.items()
    }
    assert "".join(in_short(answers("print -f in.wasm", {name: code})) for name, code in cases.items()) == golden


STACKS = """
i32.const 1 i64.const 2 call 0 drop
i32.const 1 i64.const 2 ref.func 0 call_ref $two drop
i32.const 1 i64.const 2 i32.const 0 call_indirect (type $two) drop
i32.const 1 i64.const 2 f32.const 3 struct.new $struct drop
i32.const 1 i64.const 2 call 0 f32.const 3 f32.const 4 throw 0
block (result f32) i32.const 1 i64.const 2 call 0 br 0 end drop
i32.const 1 if (result i32) i32.const 1 else i32.const 2 end drop
i32.const 1 loop (param i32) (result i32) i32.const 1 br_if 0 end drop
block (result i32) i32.const 1 i32.const 1 br_table 0 0 end drop
block (result i32) i32.const 1 ref.null func br_on_null 0 drop end drop
block (result (ref func)) ref.func 0 br_on_non_null 0 ref.func 0 end drop
i32.const 1 i32.const 2 i32.const 3 select i32.const 4 return
i32.const 1 i32.const 2 i32.const 3 array.new_fixed $array 3 array.len drop
ref.null $cont i32.const 1 drop drop
i32.const 1 i64.const 2 ref.null $cont resume $cont drop
ref.null $bound cont.bind $bound $bound drop
i32.const 1 i32.const 2 ref.null $bound cont.bind $bound $empty drop
unreachable i32.add drop
try_table (result i32) (catch_all 0) i32.const 1 end drop
try i32.const 1 drop catch 1 end
try (result i32) i32.const 1 catch 0 drop drop drop i32.const 1 catch_all i32.const 2 end drop
"""


@pytest.mark.parametrize("options", ["", " --color=always"], ids=["plain", "coloured"])
def test_operand_stack(answers: Answers, golden: SnapshotAssertion, options: str) -> None:  # noqa: F811
    # Only colours tell what an instruction pushed.
    told = ""
    for text in STACKS.strip().splitlines():
        code = TYPES[:-1] + f"(elem declare func 0) (func (type $none) {text}))"
        found = answers(f"print --print-operand-stack{options} in.wat", {text: code}).splitlines()
        at = [k for k, line in enumerate(found) if "3" in line and "func" in line and "(;3;)" in line]
        told += "\n".join([found[0], found[1], *(found[at[-1] + 1 :] if at else found[2:]), ""])
    assert told == golden
