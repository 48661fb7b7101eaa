"""The tables of instructions and immediates and all that read them: every direction knows every row.

The drills add made-up rows in a process of their own and change nothing else.
"""

from __future__ import annotations

import ast
import re
import tokenize
from pathlib import Path

import pytest
from made_up import ROOT, run_with_rows

from pywasmtools.componentize import code
from pywasmtools.componentize.adapters import _Marker, _Module, _NewIndices
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm import immediates as im
from pywasmtools.wasm.instructions import ROWS, Row
from pywasmtools.wasm.module_builder import ModuleBuilder, i32_const
from pywasmtools.wasm.operators import BLOCK, IF, LEGACY_TRY, OperatorReader, skip_const_expr, write_operator, write_row
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import (
    FUNCREF,
    I32,
    ArrayType,
    CompositeType,
    ContType,
    FieldType,
    FuncType,
    GlobalType,
    MemoryType,
    StructType,
    SubType,
    TableType,
    concrete_heap,
)

INSTRUCTIONS = ("pywasmtools.wasm.instructions", ")\n# fmt: on")
KINDS = ("pywasmtools.wasm.immediates", ")\nKIND_BY_NAME")

pytestmark = pytest.mark.skipif(not str(im.__file__).endswith(".py"), reason="the drills compile sources")

SAMPLES = {
    im.AS_U32: "03",
    im.AS_S32: "80 7f",
    im.AS_S64: "ff ff ff ff ff ff ff ff ff 00",
    im.AS_F32: "00 00 c0 7f",
    im.AS_F64: "00 00 00 00 00 00 f0 3f",
    im.AS_V128: "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
    im.AS_MEMARG: "40 02 81 01",
    im.AS_LANE: "01",
    im.AS_LANES: "0f 0e 0d 0c 0b 0a 09 08 07 06 05 04 03 02 01 00",
    im.AS_BLOCK_TYPE: "7f",
    im.AS_HEAP_TYPE: "70",
    im.AS_VAL_TYPES: "01 7f",
    im.AS_LABELS: "02 00 01 00",
    im.AS_CAST: "01 00 6e 6c",
    im.AS_TRY_TABLE: "40 04 00 01 00 01 02 01 02 00 03 05",
    im.AS_HANDLERS: "02 00 01 00 01 02",
    im.AS_ORDERING: "01",
    im.AS_OPTIONAL_ORDERING: "00",
}
"""An immediate of each form."""


def encoded(row: Row) -> bytes:
    out = bytearray()
    write_row(out, row)
    return bytes(out) + bytes.fromhex("".join([SAMPLES[kind.form] for kind in row.kinds]))


# ------------------------------------------------------------------------------- immediates


def test_every_form_has_kinds_and_every_kind_a_row() -> None:
    assert {kind.form for kind in im.KINDS} == set(SAMPLES) == set(range(len(SAMPLES)))
    assert {kind.name for row in ROWS for kind in row.kinds} == {kind.name for kind in im.KINDS}
    for kind in im.KINDS:
        if kind.form == im.AS_MEMARG:
            names = {im.NOT_ORDERED: "memarg", im.ORDERED: "ordered", im.ORDERED_TWICE: "rmw"}
            assert kind.name == f"{names[kind.orderings]}{1 << kind.align}" and kind.space == "memory"
        else:
            assert kind.align == 0 and not kind.orderings and (kind.form == im.AS_U32 or not kind.space)


@pytest.mark.parametrize("kind", im.KINDS, ids=[kind.name for kind in im.KINDS])
def test_immediates_are_written_as_read_and_with_other_indices(kind: im.Kind) -> None:
    sample = bytes.fromhex(SAMPLES[kind.form])
    reader = BinaryReader(sample)
    value = im.read_immediate(reader, kind)
    assert reader.eof()
    for other in (value, im.with_indices(kind, value, im.Indices())):
        out = bytearray()
        im.write_immediate(out, kind, other)
        assert bytes(out) == sample


class Moved(im.Indices):
    """Each index by ten more, and which were asked for."""

    __slots__ = ("asked",)

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def index(self, space: str, index: int) -> int:
        self.asked.append((space, index))
        return index + 10


@pytest.mark.parametrize(
    ("name", "before", "after", "asked"),
    [
        ("func", "03", "0d", [("func", 3)]),
        ("u32", "03", "03", []),
        ("i32", "03", "03", []),
        ("memarg4", "02 08", "42 0a 08", [("memory", 0)]),
        ("memarg4", "22 03 08", "22 0d 08", [("type", 3)]),
        ("ordered4", "12 00 08", "52 0a 00 08", [("memory", 0)]),
        ("rmw8", "53 01 11 08", "53 0b 11 08", [("memory", 1)]),
        ("block", "02", "0c", [("type", 2)]),
        ("block", "64 02", "64 0c", [("type", 2)]),
        ("block", "40", "40", []),
        ("heap_type", "02", "0c", [("type", 2)]),
        ("heap_type", "62 02", "62 0c", [("type", 2)]),
        ("val_types", "02 7f 63 01", "02 7f 63 0b", [("type", 1)]),
        ("labels", "02 00 01 02", "02 0a 0b 0c", [("label", 0), ("label", 1), ("label", 2)]),
        ("cast", "03 00 6e 01", "03 0a 6e 0b", [("label", 0), ("type", 1)]),
        (
            "try_table",
            "01 02 00 03 04 02 05",
            "0b 02 00 0d 0e 02 0f",
            [("type", 1), ("tag", 3), ("label", 4), ("label", 5)],
        ),
        ("handlers", "02 00 01 02 01 03", "02 00 0b 0c 01 0d", [("tag", 1), ("label", 2), ("tag", 3)]),
    ],
)
def test_other_indices(name: str, before: str, after: str, asked: list[tuple[str, int]]) -> None:
    kind = im.KIND_BY_NAME[name]
    moved = Moved()
    out = bytearray()
    im.write_immediate(
        out, kind, im.with_indices(kind, im.read_immediate(BinaryReader(bytes.fromhex(before)), kind), moved)
    )
    assert (out.hex(" "), moved.asked) == (after, asked)


@pytest.mark.parametrize("space", sorted({kind.space for kind in im.KINDS} - {""}))
def test_the_reduction_of_adapters_knows_every_index_space(space: str) -> None:
    assert _Marker(_Module()).index(space, 0) == 0
    try:
        assert _NewIndices().index(space, 0) == 0
    except WasmToolsError as e:
        assert e.chain().startswith("adapter uses the ")


def test_an_unknown_kind_fails_in_every_direction() -> None:
    """A made-up form, and an instruction that has it; then a form that is known, of a made-up index space."""
    rows = {
        KINDS: '    Kind("made_up", 18),\n',
        INSTRUCTIONS: '    Row(0xFC_0040, "made.up", "made_up", "->", CORE),\n',
    }
    script = """
from pywasmtools.wasm import immediates as im
from pywasmtools.wasm.instructions import by_name
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wat.print.names import State
from pywasmtools.wat.print.operators import OperatorPrinter
from pywasmtools.wat.print.writer import TextWriter
kind = im.KINDS[-1]
row = by_name()["made.up"]
body = bytes.fromhex("0061736d01000000 010401600000 03020100 0a07010500fc40000b")
for name, direction in {
    "read": lambda: im.read_immediate(BinaryReader(b"\\0"), kind),
    "write": lambda: im.write_immediate(bytearray(), kind, 0),
    "other indices": lambda: im.with_indices(kind, 0, im.Indices()),
    "validate": lambda: validate_all(body, BodyValidator().check),
    "parse": lambda: wat_to_binary(b"(module (func made.up 0))", None),
    "print": lambda: OperatorPrinter.__new__(OperatorPrinter)._immediates(row, [0]),
}.items():
    try:
        direction()
    except AssertionError as e:
        assert str(e) == "the immediate `made_up` is of an unknown form, 18", (name, e)
    else:
        raise SystemExit(f"{name} lets an unknown form pass")
print("done")
"""
    assert run_with_rows(rows, script) == "done\n"
    rows[KINDS] = '    Kind("made_up", AS_U32, "made_up"),\n'
    script = """
from types import SimpleNamespace
from pywasmtools.componentize.adapters import _Marker, _Module, _NewIndices
from pywasmtools.wasm.instructions import by_name
from pywasmtools.validation.core.regular_operators import signature_of
from pywasmtools.wat.print.operators import OperatorPrinter
row = by_name()["made.up"]
def parse():
    import pywasmtools.wat.core.instructions
def print_():
    printer = OperatorPrinter.__new__(OperatorPrinter)
    printer.w = None
    printer.state = SimpleNamespace(spaced_reference=None)
    printer._immediates(row, [0])
for name, direction in {
    "mark": lambda: _Marker(_Module()).index("made_up", 0),
    "renumber": lambda: _NewIndices().index("made_up", 0),
    "validate": lambda: signature_of(row),
    "parse": parse,
    "print": print_,
}.items():
    try:
        direction()
    except (AssertionError, KeyError) as e:
        assert "made_up" in str(e), (name, e)
    else:
        raise SystemExit(f"{name} lets an unknown index space pass")
print("done")
"""
    assert run_with_rows(rows, script) == "done\n"


# ------------------------------------------------------------------------------- instructions


FRAMES = {0x05: [IF], 0x07: [LEGACY_TRY], 0x18: [BLOCK, LEGACY_TRY], 0x19: [LEGACY_TRY]}
"""What has to be open for an instruction."""


def test_every_row_is_read_skipped_and_written() -> None:
    for row in ROWS:
        data = encoded(row)
        operators = OperatorReader(BinaryReader(data))
        operators.frames = FRAMES.get(row.key, [BLOCK])
        assert operators.next_operator() is row
        assert operators.eof(), row.name
        out = bytearray()
        write_operator(out, row, operators.immediates)
        assert bytes(out) == data, row.name
        if row.key > 0x1F:
            reader = BinaryReader(data + b"\x0b\x01")
            skip_const_expr(reader)
            assert reader.pos == len(data) + 1, row.name


def module_with(body: bytes) -> bytes:
    """A module with one of everything, and this body four times."""
    module = ModuleBuilder()
    module.type_func(FuncType((), ()))
    for _ in range(2):
        module.type_sub(SubType(CompositeType(StructType((FieldType(I32, True),) * 4))))
        module.type_sub(SubType(CompositeType(ArrayType(FieldType(I32, True)))))
        module.type_sub(SubType(CompositeType(ContType(concrete_heap(0)))))
    for _ in range(4):
        module.memory(MemoryType(1))
        module.table(TableType(FUNCREF, 1))
        module.tag(0)
        module.global_(GlobalType(I32, mutable=True), i32_const(0))
        module.function(0)
        module.raw_code(body)
    return module.finish()


def test_every_row_has_a_handler_in_the_validator() -> None:
    """Behind `unreachable`, where all operands are there: valid, or refused with a message."""
    for row in ROWS:
        try:
            validate_all(module_with(b"\0" + encoded(row) + b"\x0b"), BodyValidator().check)
        except WasmToolsError as e:
            assert "unknown 0x" not in e.chain() and "illegal opcode" not in e.chain(), (row.name, e.chain())


def test_a_row_is_all_that_a_regular_instruction_needs() -> None:
    """Read, validated, printed, parsed and written: of one byte and behind prefixes, past the largest sub-opcodes too."""
    rows = """
    Row(0xC5, "i32.made_up", "", "i32 i32 i32 -> i32", CORE),
    Row(0xC6, "i64.made_up", "", "i32 i64 -> i64", CORE),
    Row(0xC7, "i32.made_const", "i64", "-> i32", CORE),
    Row(0xC8, "f32.made_load", "memarg2", "addr -> f32", CORE),
    Row(0xC9, "i32.made_add", "memarg4", "addr i32 i32 -> i32", CORE),
    Row(0xCA, "made.two", "u32 optional_ordering", "i32 -> i32 i64", CORE),
    Row(0xCB, "memory.made_up", "memory", "addr -> addr", CORE),
    Row(0xFB_0140, "made.up", "f64", "-> f64", GC),
    Row(0xFC_0141, "memory.made", "memory", "addr i32 -> addr", BULK_MEMORY),
    Row(0xFD_0142, "i16x8.made_lane", "lane", "v128 -> i32", SIMD),
    Row(0xFD_0143, "v128.made8_lane", "memarg1 lane", "addr v128 -> v128", SIMD),
    Row(0xFD_0144, "i8x16.made_const", "v128 lanes", "-> v128", SIMD),
    Row(0xFE_0145, "i32.atomic.made_up", "rmw4", "addr i32 -> i32", THREADS),
    Row(0xFE_0146, "atomic.made_up", "ordering", "->", SHARED_EVERYTHING),
"""
    text = """(module
  (memory 1)
  (func (result i32)
    i32.const 1
    i32.const 2
    i32.const 3
    i32.made_up
    i64.const 4
    i64.made_up
    drop
    i32.made_const -5
    f32.made_load offset=16
    drop
    i32.const 6
    i32.const 7
    i32.const 8
    i32.made_add align=2
    made.two 9
    drop
    memory.made_up
    i32.const 10
    memory.made
    made.up 0x1p+0 (;=1;)
    drop
    v128.const i32x4 0x00000001 0x00000002 0x00000003 0x00000004
    v128.made8_lane offset=3 5
    i16x8.made_lane 7
    i8x16.made_const i32x4 0x00000001 0x00000002 0x00000003 0x00000004 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
    drop
    i32.const 11
    i32.atomic.made_up offset=4 acqrel
    atomic.made_up acqrel
  )
)
"""
    script = f"""
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.operators import OperatorReader, write_operator
from pywasmtools.wasm.payloads import CODE_SECTION_ENTRY, Parser
from pywasmtools.wasm.module import skip_locals
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wat.print.printer import print_wasm
text = {text!r}
binary = wat_to_binary(text.encode(), None)
validate_all(binary, BodyValidator().check)
printed, fault = print_wasm(binary)
assert fault is None
lines = [line.split(" (;")[0].strip() for line in printed.splitlines()]
assert [line for line in lines if "made" in line] == [
    line.split(" (;")[0].strip() for line in text.splitlines() if "made" in line], printed
assert wat_to_binary(printed.encode(), None) == binary
for payload in Parser(binary):
    if payload.kind == CODE_SECTION_ENTRY:
        body = payload.section()
        skip_locals(body)
        code = body.remaining()
        operators = OperatorReader(body)
        out = bytearray()
        while not operators.eof():
            write_operator(out, operators.next_operator(), operators.immediates)
        assert bytes(out) == code
def refused(text, message):
    try:
        validate_all(wat_to_binary(text.encode(), None), BodyValidator().check)
    except WasmToolsError as e:
        assert message in e.chain(), e.chain()
    else:
        raise SystemExit(f"valid: {{text}}")
refused("(module (func i32.const 1 i32.const 2 i32.made_up drop))", "nothing on stack")
refused("(module (func i32.const 1 i64.const 2 i32.const 3 i32.made_up drop))", "expected i32, found i64")
refused("(module (func i32.const 1 f32.made_load drop))", "unknown memory 0")
refused("(module (memory 1) (func i32.const 1 f32.made_load align=4 drop))", "must not be larger than natural")
refused("(module (func v128.const i64x2 0 0 i16x8.made_lane 8 drop))", "SIMD index out of bounds")
refused("(module (memory 1) (func i32.const 1 i32.const 1 i32.atomic.made_up align=1 drop))", "maximum alignment")
refused("(module (func (result i32) i32.made_const 1 drop))", "nothing on stack")
print("done")
"""
    assert run_with_rows({INSTRUCTIONS: rows}, script) == "done\n"


def test_a_row_without_a_handler_is_noticed() -> None:
    """An irregular row that the validator doesn't know, of one byte and behind each prefix."""
    rows = """
    Row(0x1D, "made.0", "", IRREGULAR, CORE),
    Row(0xC5, "made.1", "", IRREGULAR, CORE),
    Row(0xFB_0140, "made.2", "", IRREGULAR, GC),
    Row(0xFC_0141, "made.3", "u32 u32", IRREGULAR, BULK_MEMORY),
    Row(0xFD_0142, "made.4", "", IRREGULAR, SIMD),
    Row(0xFE_0143, "made.5", "", IRREGULAR, THREADS),
"""
    script = """
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wat.parse import wat_to_binary
for k, immediates in enumerate(["", "", "", "0 0", "", ""]):
    try:
        validate_all(wat_to_binary(f"(module (func made.{k} {immediates}))".encode(), None), BodyValidator().check)
    except AssertionError as e:
        print(e)
"""
    assert run_with_rows({INSTRUCTIONS: rows}, script) == (
        "no handler for the instruction 0x1d\n"
        "no handler for the instruction 0xc5\n"
        "no handler for `made.2`\n"
        "no handler for the instruction 0xfc0141\n"
        "no handler for `made.4`\n"
        "no handler for `made.5`\n"
    )


# ------------------------------------------------------------------------------- opcodes by name

NAMES = {row.key: row.name for row in ROWS}
PREFIXES = (0xFB, 0xFC, 0xFD, 0xFE)
OPCODE_FILES = [
    "componentize/adapters.py",
    "validation/core/const_expr.py",
    "validation/core/control_operators.py",
    "validation/core/features.py",
    "validation/core/function.py",
    "validation/core/operator_names.py",
    "validation/core/reference_operators.py",
    "validation/core/regular_operators.py",
    "validation/core/shared_operators.py",
    "wasm/module.py",
    "wasm/operators.py",
    "wat/core/expressions.py",
    "wat/print/operators.py",
]


def comments(path: Path) -> dict[int, str]:
    with path.open("rb") as file:
        return {
            t.start[0]: t.string[1:].strip() for t in tokenize.tokenize(file.readline) if t.type == tokenize.COMMENT
        }


def opcode_literals(path: Path) -> list[tuple[int, int, str]]:
    """The literals that `opcode` or `key` is compared with, or the first or last byte of code: line, value, as written."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    found = set()
    for function in functions:
        if path.name == "module.py" and "_type" in function.name:
            continue  # The bytes of types, which are no opcodes.
        for node in ast.walk(function):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
                sides = [node.left, node.right]
            else:
                continue
            names = [ast.unparse(side) for side in sides]
            whole = any(re.fullmatch(r"(\w+\.)*(opcode|key)", name) for name in names)
            byte = any(re.fullmatch(r"data\[.*\]", name) for name in names)
            for side in sides:
                if isinstance(side, ast.Constant) and isinstance(side.value, int):
                    if whole or (byte and side.value in (0x0B, 0x41)):
                        written = lines[side.lineno - 1][side.col_offset : side.end_col_offset]
                        found.add((side.lineno, side.value, written))
    return sorted(found)


def test_instructions_that_are_written_are_those_of_the_table() -> None:
    """What `componentize/code.py` gives out for shims, fixups and adapters."""
    by_opcode = {row.key: row.name for row in ROWS}
    emitted = {
        **{name: value for name, value in vars(code).items() if isinstance(value, bytes)},
        **{
            f.__name__: f(0)
            for f in (code.call, code.call_indirect, code.return_call_ref, code.local_get, code.local_set)
        },
        **{f.__name__: f(0) for f in (code.local_tee, code.global_get, code.global_set, code.i32_const, code.ref_func)},
    }
    assert len(emitted) == 21
    for name, written in emitted.items():
        mnemonic = by_opcode[written[0]]
        assert mnemonic.replace(".", "_") == name.lower(), name
        operators = OperatorReader(BinaryReader(written))
        if mnemonic not in ("else", "end"):
            assert operators.next_operator().name == mnemonic and operators.eof(), name


@pytest.mark.parametrize("file", OPCODE_FILES)
def test_opcodes_stand_beside_their_names(file: str) -> None:
    """Hexadecimal, as in the table, and the mnemonic in the comment of the line."""
    path = ROOT / "pywasmtools" / file
    said = comments(path)
    problems = []
    for line, value, written in opcode_literals(path):
        if value not in NAMES and value not in PREFIXES:
            continue  # Bounds of the table.
        if value in PREFIXES and f"[opcode - {written}]" in path.read_text(encoding="utf-8").splitlines()[line - 1]:
            continue  # The place of a prefix's list.
        wanted = f"0x{value:02X}" if value < 0x100 else f"0x{value >> 16:02X}_{value & 0xFFFF:04X}"
        name = NAMES.get(value, "a prefix")
        if written != wanted or name not in said.get(line, "").split(", "):
            problems.append(f"{file}:{line}: {written} is `{wanted}:  # {name}`")
    assert problems == []


@pytest.mark.slow
def test_all_files_with_opcodes_are_looked_at() -> None:
    package = ROOT / "pywasmtools"
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if name in OPCODE_FILES or not name.startswith(("wasm/", "validation/", "wat/", "componentize/")):
            continue
        named = [written for _, value, written in opcode_literals(path) if value > 0xFF and value in NAMES]
        assert named == [], name
