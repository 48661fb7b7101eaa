"""DWARF of text modules: bytes beside what they say, a reading of them by the specification, and goldens."""

from __future__ import annotations

import random

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools.release import WAST_VERSION
from pywasmtools.wasm.types import EXTERNREF, F64, I32, I64, V128
from pywasmtools.wat.dwarf import Dwarf, DwarfSource, dwarf_source, split_path

WORLD = "package a:b;\nworld w {}\n"


def unhex(text: str) -> bytes:
    """The bytes of a hex dump with comments behind `#`; PRODUCER is the name and version of the text format's crate."""
    text = text.replace("PRODUCER", f"wast {WAST_VERSION}".encode().hex(" "))
    return b"".join(bytes.fromhex(line.partition("#")[0]) for line in text.splitlines())


def source(text: bytes, full: bool = True, path: str = "m.wat") -> DwarfSource:
    found = dwarf_source(path, text, full)
    assert found is not None
    return found


# ------------------------------------------------------------------------------- bytes

MODULE = b"(module\n  (func $f (param i32)\n    nop\n    local.get 0 drop))"


def sections_of_module(full: bool) -> dict[str, bytes]:
    dwarf = Dwarf(source(MODULE, full), 0, {0: "f"})
    places = [(0, MODULE.index(b"nop")), (1, MODULE.index(b"local.get")), (3, MODULE.index(b"drop"))]
    # The size of the body, `06`, is at 0; its locals, `00`, at 1.
    dwarf.func(MODULE.index(b"func"), [I32], [], places, 1, 1, 6)
    return dict(dwarf.sections())


def test_abbreviations_in_order_of_use() -> None:
    assert sections_of_module(True)[".debug_abbrev"] == unhex(
        """
        01 11 01   # compile_unit, with children
        25 08 13 0f 03 0e 1b 0e 11 06 12 06 10 17 00 00  # producer language name comp_dir low_pc high_pc stmt_list
        02 24 00   # base_type
        03 0e 0b 0b 3e 0f 00 00   # name byte_size encoding
        03 2e 01   # subprogram, with children
        03 08 3a 0f 3b 0f 39 0f 3f 19 11 01 12 06 00 00  # name decl_file decl_line decl_column external low_pc high_pc
        04 05 00   # formal_parameter
        03 08 02 18 49 13 00 00   # name location type
        00
        """
    )


def test_entries() -> None:
    info = sections_of_module(True)[".debug_info"]
    assert info == unhex(
        """
        53 00 00 00 05 00 01 04 00 00 00 00   # size, version 5, compilation unit, addresses of four bytes
        01 PRODUCER 00  # "wast" and its version
        02   # C
        02 00 00 00 00 00 00 00   # "m.wat" in "."
        00 00 00 00 07 00 00 00 00 00 00 00   # low_pc, high_pc, stmt_list
        02 08 00 00 00 04 05   # "i32", four bytes, signed
        03 66 00 00 02 04 01 00 00 00 06 00 00 00   # "f", file 0, line 2, column 4, from 1, 6 bytes
        04 6c 6f 63 61 6c 30 00 04 ed 00 00 9f 2f 00 00 00   # "local0": WASM_location 0 0, stack_value; type at 2f
        00 00
        """
    )


def test_lines_have_no_locals() -> None:
    sections = sections_of_module(False)
    assert sections[".debug_str"] == b".\0m.wat\0"
    assert sections[".debug_info"] == unhex(
        """
        3a 00 00 00 05 00 01 04 00 00 00 00
        01 PRODUCER 00 02
        02 00 00 00 00 00 00 00
        00 00 00 00 07 00 00 00 00 00 00 00
        02 66 00 00 02 04 01 00 00 00 06 00 00 00   # the second abbreviation, without children
        00
        """
    )


def test_line_number_program() -> None:
    lines = sections_of_module(True)[".debug_line"]
    assert lines == unhex(
        """
        44 00 00 00 05 00 04 00 25 00 00 00   # size, version 5, addresses of four bytes, size of the header
        01 01 01 fb 0e 0d 00 01 01 01 01 00 00 00 01 00 00 01
        01 01 0e 01 00 00 00 00   # one directory
        02 01 0e 02 0f 01 02 00 00 00 00   # one file, in it
        00 05 02 01 00 00 00   # set_address 1
        0a 04 00   # prologue_end, file 0
        05 05 22   # column 5; two lines and one byte on
        21   # one line and one byte on
        05 11 2e   # column 17; two bytes on
        20   # the `end`, one byte on
        02 01 00 01 01
        """
    )


def test_without_functions_there_are_no_lines() -> None:
    sections = Dwarf(source(b"(module)"), 3, {}).sections()
    assert [name for name, _ in sections] == [".debug_abbrev", ".debug_str", ".debug_info"]


def test_types_that_dwarf_cannot_tell_of_keep_their_numbers() -> None:
    dwarf = Dwarf(source(b"(module (func))"), 0, {})
    dwarf.func(9, [V128, I64], [EXTERNREF, F64, F64], [], 7, 1, 9)
    info = dict(dwarf.sections())[".debug_info"]
    assert [b"local%d\0" % local in info for local in range(5)] == [False, True, False, True, True]


# ------------------------------------------------------------------------------- paths


@pytest.mark.parametrize(
    ("path", "folder", "file"),
    [
        (b"m.wat", b".", b"m.wat"),
        (b"<stdin>", b".", b"<stdin>"),
        (b"./m.wat", b".", b"m.wat"),
        (b"././m.wat", b".", b"m.wat"),
        (b"a/m.wat", b"a", b"m.wat"),
        (b"a//.///./m.wat", b"a", b"m.wat"),
        (b"a/./b/../m.wat", b"a/./b/..", b"m.wat"),
        (b"/m.wat", b"/", b"m.wat"),
        (b"//m.wat", b"/", b"m.wat"),
        (b"/./m.wat", b"/", b"m.wat"),
        (b"/a./m.wat", b"/a.", b"m.wat"),
    ],
)
def test_split_path(path: bytes, folder: bytes, file: bytes) -> None:
    assert split_path(path) == (folder, file)


def test_no_dwarf_where_the_path_is_not_utf8() -> None:
    assert dwarf_source("a\udcff.wat", b"(module)", True) is None


def test_equal_strings_are_written_once() -> None:
    assert dict(Dwarf(source(b"", path="x/x"), 0, {}).sections())[".debug_str"] == b"x\0"


# ------------------------------------------------------------------------------- lines, read by the specification


def rows_of(section: bytes) -> list[tuple[int, int, int, bool]]:
    """Address, line and column of each row, and whether it ends a sequence. DWARF 5, 6.2.5."""
    at = 12 + int.from_bytes(section[8:12], "little")
    rows: list[tuple[int, int, int, bool]] = []

    def leb(signed: bool) -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = section[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << shift) if signed and byte & 0x40 else value

    address, line, column, file = 0, 1, 0, 1
    while at < len(section):
        opcode = section[at]
        at += 1
        if opcode >= 13:
            address += (opcode - 13) // 14
            line += (opcode - 13) % 14 - 5
        elif opcode == 1:
            pass
        elif opcode == 2:
            address += leb(False)
            continue
        elif opcode == 3:
            line += leb(True)
            continue
        elif opcode == 4:
            file = leb(False)
            continue
        elif opcode == 5:
            column = leb(False)
            continue
        elif opcode == 8:
            address += (255 - 13) // 14
            continue
        elif opcode == 10:
            continue
        else:
            assert opcode == 0
            size = leb(False)
            extended = section[at : at + size]
            at += size
            if extended == b"\x01":
                rows.append((address, line, column, True))
                address, line, column, file = 0, 1, 0, 1
            else:
                assert extended[0] == 2 and size == 5
                address = int.from_bytes(extended[1:], "little")
            continue
        assert file == 0 or (line, column) == (1, 0)
        rows.append((address, line, column, False))
    return rows


def test_rows_point_back_to_the_text() -> None:
    for seed in range(200):
        r = random.Random(seed)
        text = "".join(r.choice(["\n", "x", "\r\n", "é", "x" * 200, "\n" * 30]) for _ in range(40)).encode() + b"x"
        dwarf = Dwarf(source(text), 0, {})
        wanted = []
        start = 0
        for _ in range(3):
            # Places may go forth and back; steps may take more than one opcode can.
            offset = 0
            places = []
            for _ in range(r.randrange(20)):
                places.append((offset, r.randrange(len(text))))
                offset += r.choice([1, 1, 2, 15, 17, 18, 33, 34, 40, 1000])
            for offset_, span in places:
                line = text.count(b"\n", 0, span + 1)
                wanted.append((start + 3 + offset_, 1 + line, span - text.rfind(b"\n", 0, span + 1), False))
            last = wanted[-1] if places else (0, 1, 0, False)
            size = offset + 4
            wanted.append((start + size - 1, *last[1:3], False))
            wanted.append((start + size, *last[1:3], True))
            dwarf.func(0, [], [], places, 3, start, size)
            start += size + 1
        assert rows_of(dict(dwarf.sections())[".debug_line"]) == wanted


# ------------------------------------------------------------------------------- goldens

TYPES = """\
;; Of locals those of number types are told of, others keep their numbers; the type's parameters come first.
(module
  (type $t (func (param i64 f32 v128) (result i32)))
  (rec (type $s (struct)) (type $u (func (param f64) (param (ref null $s)))))
  (import "a" "b" (func $imported (param i32)))
  (func $named (export "x") (type $t)
    (local i32 externref) (local $l f64)
    i32.const 1
    drop
    (if (result i32) (i32.const 2)
      (then (block (result i32) (i32.const 3)))
      (else i32.const 4)
    )
  )
  (func (type $u) nop nop)
  (func (@name "é the third")
  )
  (func $only_vectors (param v128) (local v128))
)
"""

LINES = """\

;; Starts on the second line; long lines, many lines and big constants between instructions, folded ones backwards.
(module
  (func $a
    (drop (i32.add (i32.const 1)


















      (i64.const 0x7fff_ffff_ffff_ffff)))
    (;{};) nop
    br_table{} 0
    loop end
    nop (br_if 0
      (i32.const 1)) end)
  (func) (func nop)
)
""".format("-" * 200, " 0" * 20)


@pytest.mark.parametrize("style", ["full", "lines"])
def test_types_of_locals(run: Run, golden: SnapshotAssertion, style: str) -> None:
    command = f"component embed --generate-dwarf {style} w.wit m.wat -o out.wasm"
    assert run(command, {"w.wit": WORLD, "m.wat": TYPES}) == golden


def test_lines(run: Run, golden: SnapshotAssertion) -> None:
    # The `end` that is one too many is no fault of the text format.
    assert run("component embed -g w.wit m.wat -o out.wasm", {"w.wit": WORLD, "m.wat": LINES}) == golden


def test_of_a_folder(run: Run, golden: SnapshotAssertion) -> None:
    # The folder is named as it was given, without the slashes and dots at its end.
    files = {"w.wit": WORLD, "x/y/m.wat": "(module (func $f))"}
    assert run("component embed -g w.wit ./x/../x/y//./m.wat -o out.wasm", files) == golden


def test_of_stdin(run: Run, golden: SnapshotAssertion) -> None:
    # A module from stdin has the path `<stdin>`; a `name` section of its own replaces the one made of ids.
    module = b'(module $m\r\n(func $f\r\n  nop)\r\n(@custom "name" ""))'
    assert run("component embed -g w.wit - -o out.wasm", {"w.wit": WORLD}, module) == golden


def test_without_functions(run: Run, golden: SnapshotAssertion) -> None:
    # Sections are made all the same, but for the one of lines.
    module = '(module (import "a" "b" (func $f)) (memory 1))'
    assert run("component embed -g w.wit m.wat -o out.wasm", {"w.wit": WORLD, "m.wat": module}) == golden


def test_of_a_binary_module(run: Run, golden: SnapshotAssertion) -> None:
    # Where the bytes are given there is none.
    module = r'(module binary "\00asm\01\00\00\00")'
    assert run("component embed -g w.wit m.wat -o out.wasm", {"w.wit": WORLD, "m.wat": module}) == golden


def test_of_modules_in_a_component(run: Run, golden: SnapshotAssertion) -> None:
    # Each core module has its own sections, inside itself.
    component = "(component\n  (core module $a (func $x nop))\n  (component (core module (func) (func (local i32)))))"
    assert run("component embed -g w.wit m.wat -o out.wasm", {"w.wit": WORLD, "m.wat": component}) == golden


def test_new(run: Run, golden: SnapshotAssertion) -> None:
    # The sections stay in the core module.
    module = '(module\n  (func $run (export "run") (param i32)\n    local.get 0\n    drop))'
    assert run("component new -g m.wat -o out.wasm", {"m.wat": module}) == golden


def test_names_resolved_late(run: Run, golden: SnapshotAssertion) -> None:
    # What is named before it is known goes into the code later: instructions and branch hints behind it move along.
    module = """(module
  (func
    call $later
    (@metadata.code.branch_hint "\\01") br_if 0
    block (type $t) nop call $later drop end
    (drop (call $later)) nop)
  (func $later (result i32) i32.const 0)
  (type (func (param i32)))
  (type $t (func)))"""
    assert run("component embed -g w.wit m.wat -o out.wasm", {"w.wit": WORLD, "m.wat": module}) == golden


def test_exact_imports_are_not_counted(run: Run, golden: SnapshotAssertion) -> None:
    # The reference's numbers of functions leave out imports of an exact type: the names here are one function off.
    module = '(module (type $t (func)) (import "a" "b" (func $f (exact (type $t)))) (func $g) (func $h))'
    assert run("component embed -g w.wit m.wat -o out.wasm", {"w.wit": WORLD, "m.wat": module}) == golden


def test_without_a_function_type_there_are_no_locals(run: Run, golden: SnapshotAssertion) -> None:
    # Where the type is no function's, or there is none, even what the function says of its locals is not told.
    module = (
        "(module (type $s (struct)) (func (type $s) (local i32) nop) (func (type 9) (local i64)) (func (local f32)))"
    )
    assert run("component embed -g w.wit m.wat -o out.wasm", {"w.wit": WORLD, "m.wat": module}) == golden
