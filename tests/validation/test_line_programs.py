"""The line that `validate` names, out of line programs of all versions and opcodes, whole or malformed."""

from __future__ import annotations

from answers import Answers, answers, asked  # noqa: F401
from dwarf_builder import (
    ADDR,
    ADDRX,
    BLOCK,
    BLOCK1,
    BLOCK2,
    BLOCK4,
    COMP_DIR,
    DATA16,
    EXPRLOC,
    GNU_ADDR_INDEX,
    GNU_STR_INDEX,
    INDIRECT,
    LINE,
    LINES,
    LOCLISTX,
    NAME,
    OFFSETS,
    REF_ADDR,
    REF_UDATA,
    RNGLISTX,
    SDATA,
    SIZES,
    STRING,
    STRP,
    STRX,
    UDATA,
    UNIT,
    WHOLE,
    Dwarf,
    Entry,
    F,
    leb,
    lines_at,
    n,
    program,
    set_address,
    sleb,
    table,
    told,
    unit,
)
from syrupy.assertion import SnapshotAssertion

# ------------------------------------------------------------------------------- line programs


def by_lines(lines: bytes, version: int = 4, address_size: int = 4, others: dict[str, bytes] | None = None) -> bytes:
    root = Entry(UNIT, LINES)
    return Dwarf(line=lines, **(others or {})).unit(root, version, address_size=address_size).module()


def test_headers_of_line_programs(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    rows = lines_at((0, 3), (0x20, 7))
    new = table([(1, STRING)], [b"/d\0"]) + table([(1, STRING), (2, UDATA)], [b"a.c\0\0", b"b.c\0\0"])
    cases = {}
    for version in range(1, 7):
        tables = new if version >= 5 else b"\0a.c\0\0\0\0\0"
        for offset_size in (4, 8):
            cases[f"version {version}, {offset_size}"] = by_lines(program(rows, version, tables, offset_size))
            cases[f"version {version}, {offset_size}, of a unit of version 5"] = by_lines(
                program(rows, version, tables, offset_size), 5
            )
    for size in (0, 1, 2, 3, 4, 8):
        for segment in (0, 1):
            code = b"".join(set_address(a, max(size, 1)) + b"\x01" for a in (0, 0x20, 0x30)) + b"\0\x01\x01"
            cases[f"version 5, addresses of {size} bytes, segments {segment}"] = by_lines(
                program(code, 5, new, address_size=bytes([size, segment]))
            )
    for name, fields in {
        "no steps": {"steps": b"\0"},
        "no operations": {"maximum": b"\0"},
        "no range of lines": {"line_range": 0},
        "no first opcode": {"opcode_base": 0},
        "no standard opcodes": {"opcode_base": 1, "operands": b""},
        "a longer header": {"more": -3},
        "a shorter header": {"more": 1},
        "a header that is too long": {"more": -200},
    }.items():
        for version in (3, 4):
            cases[f"{name}, version {version}"] = by_lines(program(rows, version, **fields))  # type: ignore[arg-type]
    whole = program(rows)
    for size in (0, 3, 5, 9, 10, 14, 20, len(whole) - 1):
        cases[f"cut to {size} bytes"] = by_lines(whole[:size])
    for length in (0xFFFFFFF0, len(whole) - 5, len(whole) - 3):
        cases[f"length {length:#x}"] = by_lines(n(length) + whole[4:])
    cases["bytes behind it"] = by_lines(whole + b"\x01\x02\x03")
    assert told(answers, cases) == golden


def test_files(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    old = (
        b"x\0/abs\0\\w\0c:/y\0d:\\y\0\xc3\xa9:/\0e:z\0\0"
        + b"".join(b"%d.c\0%c\x01\x02" % (k, k) for k in range(10))
        + b"/r.c\0\x01\0\0\\r.c\0\x01\0\0c:/r.c\0\x01\0\0c:\\r.c\0\x01\0\0\0"
    )
    for file in range(16):
        code = b"\x04" + leb(file) + lines_at((0, 3), (0x20, 7))
        for folder in (b"/d\0", b"/d/\0", b"c:\\d\0", b"c:\\d\\\0", b"c:/d\0", b"\\d\0", b"\0", b"d\xff\0"):
            if file < 3 or folder == b"/d\0":
                root = Entry(UNIT, [(NAME, STRING, b"unit.c\0"), (COMP_DIR, STRING, folder), LINES[2]])
                made = Dwarf(line=program(code, 3, old)).unit(root)
                cases[f"file {file} in {folder[:-1]!r}"] = made.module()
        new = table([(1, STRING)], [b"/d\0", b"x\0", b"/abs\0"]) + table(
            [(3, DATA16), (2, UDATA), (1, STRING)], [bytes(16) + bytes([k % 5]) + b"%d.c\0" % k for k in range(12)]
        )
        cases[f"file {file}, version 5"] = by_lines(program(code, 5, new), 5)
    unnamed = Dwarf(line=program(b"\x04\0" + lines_at((0, 3)), 3, old)).unit(Entry(UNIT, [LINES[2]]))
    cases["the file of a unit without a name"] = unnamed.module()
    none = table([(1, STRING)], []) + table([(1, STRING)], [])
    for file in (0, 1):
        cases[f"file {file} of none"] = by_lines(program(b"\x04" + leb(file) + lines_at((0, 3)), 5, none), 5)
    defined = b"\0\x0b\x03new.c\0\x02\0\0\x04\x02" + lines_at((0, 3))
    cases["defined by the program"] = by_lines(program(defined, 4, b"x\0y\0\0a.c\0\0\0\0\0"))
    cases["defined by the program, version 5"] = by_lines(program(defined, 5, none), 5)
    cases["defined by the program, cut"] = by_lines(program(b"\0\x05\x03new." + lines_at((0, 3))))
    assert told(answers, cases) == golden


def test_forms_of_files(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    texts = {"str": b"in_str\0str\0", "line_str": b"in_line_str\0", "str_offsets": n(7) + n(0)}
    code = b"\x04\0" + lines_at((0, 3))
    folders = table([(1, STRING)], [b"/d\0", b"x\0"])
    cases = {}
    values = {form: b"\x01\0"[: SIZES[form]] + bytes(SIZES[form])[2:] for form in SIZES} | {
        form: n(1) for form in OFFSETS
    }
    values |= dict.fromkeys((UDATA, SDATA, STRX, ADDRX, GNU_STR_INDEX, GNU_ADDR_INDEX, LOCLISTX, RNGLISTX), b"\x01")
    values |= dict.fromkeys((REF_UDATA, INDIRECT), b"\x01") | {ADDR: n(1), REF_ADDR: n(1), STRING: b"s\0"}
    values |= {BLOCK1: b"\x01x", BLOCK2: b"\x01\0x", BLOCK4: b"\x01\0\0\0x", BLOCK: b"\x01x", EXPRLOC: b"\x01x"}
    for form, value in values.items():
        paths = folders + table([(1, form)], [value])
        cases[f"a path in form {form:#x}"] = by_lines(program(code, 5, paths), 5, others=texts)
        indices = folders + table([(2, form), (1, STRING)], [value + b"a.c\0"])
        cases[f"a folder's number in form {form:#x}"] = by_lines(program(code, 5, indices), 5, others=texts)
        other = folders + table([(1, STRING), (0x2001, form)], [b"a.c\0" + value])
        cases[f"something else in form {form:#x}"] = by_lines(program(code, 5, other), 5, others=texts)
        names = table([(1, form)], [value, value]) + table([(1, STRING), (2, UDATA)], [b"a.c\0\x01"])
        cases[f"a folder in form {form:#x}"] = by_lines(program(code, 5, names), 5, others=texts)
        unused = table([(1, form)], [value, value]) + table([(1, STRING), (2, UDATA)], [b"a.c\0\0"])
        cases[f"a folder that is not used, in form {form:#x}"] = by_lines(program(code, 5, unused), 5, others=texts)
    cases["a folder's number below zero"] = by_lines(
        program(code, 5, folders + table([(2, SDATA), (1, STRING)], [b"\x7fa.c\0"])), 5
    )
    for name, formats in {"no path": [(2, UDATA)], "two paths": [(1, STRING), (1, STRING)], "nothing": []}.items():
        cases[name] = by_lines(program(code, 5, folders + table(formats, [])), 5)
        cases[f"{name}, of folders"] = by_lines(program(code, 5, table(formats, []) + table([(1, STRING)], [])), 5)
    large = n(1, 1) + b"\x81\x80\x04" + b"\x08" + b"\0"
    cases["a content beyond 16 bits"] = by_lines(program(code, 5, large + large), 5)
    cases["many rows"] = by_lines(program(code, 5, table([(1, STRING)], [])[:-1] + leb(1 << 40)), 5)
    assert told(answers, cases) == golden


def test_operations(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Each between a row of line 3 at the beginning and the end, where the place is asked of address 0x20.
    begin, end = set_address(0) + b"\x03\x02\x01", set_address(0x80) + b"\0\x01\x01"
    row = b"\x01"
    cases = {}
    for name, code in {
        "nothing": b"",
        "copy": set_address(0x20) + row,
        "copy behind": set_address(0x21) + row + b"\x03\x01" + row,
        "advance_pc": b"\x02\x20\x03\x01" + row,
        "advance_pc, one less": b"\x02\x1f\x03\x01" + row,
        "advance_pc, one more": b"\x02\x21\x03\x01" + row,
        "advance_line": b"\x03\x05" + row,
        "advance_line back": b"\x03\x7e" + row,
        "advance_line back to zero": b"\x03\x7d" + row,
        "advance_line back beyond zero": b"\x03\x79\x03\x02" + row,
        "advance_line to 2^32": b"\x03" + sleb((1 << 32) - 3) + row,
        "advance_line beyond 2^32": b"\x03" + sleb((1 << 32) + 3) + row,
        "advance_line around": b"\x03" + sleb((1 << 63) - 1) + b"\x03" + sleb((1 << 63) - 1) + row,
        "set_file": b"\x04\x02" + row,
        "set_column": b"\x05\x07" + row,
        "set_column beyond 2^32": b"\x05" + leb((1 << 32) + 5) + row,
        "negate_stmt": b"\x06\x03\x01" + row,
        "set_basic_block": b"\x07\x03\x01" + row,
        "const_add_pc": b"\x08\x02\x0f\x03\x01" + row,
        "const_add_pc, one more": b"\x08\x02\x10\x03\x01" + row,
        "fixed_advance_pc": b"\x09\x20\0\x03\x01" + row,
        "fixed_advance_pc, more": b"\x09\x20\x01\x03\x01" + row,
        "prologue_end": b"\x0a\x03\x01" + row,
        "epilogue_begin": b"\x0b\x03\x01" + row,
        "set_isa": b"\x0c\x81\x01\x03\x01" + row,
        **{f"special {code:#x}": b"\x02\x12" + n(code, 1) for code in (0x0D, 0x12, 0x13, 0xD0, 0xD2, 0xD3, 0xE0, 0xFF)},
        "two rows of an address": b"\x02\x20\x03\x01" + row + b"\x03\x02" + row,
        "set_address back": set_address(0x30) + row + set_address(0x20) + b"\x03\x01" + row,
        "set_address back, and on": set_address(0x18)
        + row
        + set_address(0x10)
        + b"\x03\x01"
        + row
        + set_address(0x19)
        + row,
        "left out": set_address(0xFFFFFFFE) + b"\x03\x01" + row,
        "the last": set_address(0xFFFFFFFD) + b"\x03\x01" + row,
        "left out, advanced": set_address(0xFFFFFFFF) + b"\x02\x22\x09\x22\0\x08\x03\x01" + row,
        "left out to the end of the sequence": set_address(0xFFFFFFFF)
        + b"\0\x01\x01"
        + b"\x03\x05"
        + set_address(0x20)
        + row,
        "a second sequence": set_address(0x20) + b"\0\x01\x01" + set_address(0x20) + b"\x03\x10" + row,
        "a second sequence before": b"\0\x01\x01" + set_address(0x10) + b"\x03\x10\x04\x02\x05\x03" + row,
        "an empty sequence": b"\x01\0\x01\x01" + b"\0\x01\x01" + b"\x03\x10" + row,
        "the address overflows": set_address(0xFFFFFFF0) + row + b"\x02\x0f\x03\x01" + row,
        "the address overflows by one": set_address(0xFFFFFFF0) + row + b"\x02\x10\x03\x01" + row,
        "set_discriminator": b"\0\x02\x04\x05\x02\x20\x03\x01" + row,
        "set_discriminator, cut": b"\0\x01\x04\x02\x20\x03\x01" + row,
        "unknown, extended": b"\0\x03\x80\x05\x05\x02\x20\x03\x01" + row,
        "extended, longer": b"\0\x07\x02\x20\0\0\0\x05\x05\x03\x01" + row,
        "extended, cut": b"\0\x04\x02\x20\0\0\x03\x01" + row,
        "extended, empty": b"\0\0\x02\x20\x03\x01" + row,
        "extended, too long": b"\0\x7f\x01",
    }.items():
        tables = b"\0a.c\0\0\0\0b.c\0\0\0\0\0"
        cases[name] = by_lines(program(begin + code + end, 4, tables))
        cases[f"{name}, no end"] = by_lines(program(begin + code, 4, tables))
        cases[f"{name}, two operations an instruction"] = by_lines(
            program(begin + code + end, 4, tables, steps=b"\x02", maximum=b"\x02")
        )
    assert told(answers, cases) == golden


def test_opcodes_of_line_programs(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # What a header says of operands counts for opcodes that are not known alone.
    cases = {}
    begin, end = set_address(0) + b"\x03\x02\x01", b"\x02\x20\x03\x01\x01" + set_address(0x80) + b"\0\x01\x01"
    for base in (4, 10, 13, 14, 16):
        for count in (0, 1, 3):
            operands = bytes([count]) * (base - 1)
            for opcode in range(base - 1, base + 1):
                code = n(opcode, 1) + b"\x01" * count
                made = program(begin + code + end, opcode_base=base, operands=operands)
                cases[f"opcode {opcode} of {base}, {count} operands"] = by_lines(made)
    for opcode in (6, 7, 10, 11, 12):
        made = program(begin + n(opcode, 1) + b"\x03\x04\x03\x02\x01" + end, operands=b"\x05" * 12)
        cases[f"opcode {opcode}, of which others are told"] = by_lines(made)
    for base, length in ((0xFB, 14), (0x80, 255), (0x7F, 1), (0, 12), (0xFF, 4)):
        for opcode in (13, 14, 200, 255):
            made = program(begin + n(opcode, 1) + end, line_base=base, line_range=length)
            cases[f"opcode {opcode}, lines from {base:#x}, {length}"] = by_lines(made)
    for steps in (1, 2, 4):
        for maximum in (1, 2, 3):
            code = b"\x02\x05\x02\x06\x03\x01\x01\x08\x05\x02\x01\x02\x01\x03\x04\x01\x09\x02\0\x05\x05\x01\x02\x02\x01"
            made = program(begin + code + end, steps=bytes([steps]), maximum=bytes([maximum]))
            cases[f"steps of {steps}, {maximum} operations"] = by_lines(made)
    for maximum in (1, 2):
        made = program(b"\x03\x04\x01\x02\x20\x03\x01\x01\x02\x50\0\x01\x01", maximum=bytes([maximum]))
        for address in (0x10, 0x1F, 0x20):
            root = Entry(UNIT, LINES)
            cases[f"no address is set, {maximum} operations, {address:#x}"] = (
                Dwarf(line=made).unit(root).module(address)
            )
    for size, address in ((1, 0xFD), (1, 0xFE), (2, 0xFFFD), (2, 0xFFFE), (8, (1 << 64) - 3), (8, (1 << 64) - 2)):
        code = b"".join(set_address(a, size) + b"\x03\x01\x01" for a in (0, 0x20, address)) + b"\0\x01\x01"
        cases[f"addresses of {size} bytes, up to {address:#x}"] = by_lines(program(code), 4, size)
        code = b"".join(set_address(a, size) + b"\x03\x01\x01" for a in (0, 0x20, address)) + b"\x02\x03\x01\0\x01\x01"
        cases[f"addresses of {size} bytes, beyond {address:#x}"] = by_lines(program(code), 4, size)
    assert told(answers, cases) == golden


def test_sequences(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    parts = {0x00: 0x10, 0x10: 0x1F, 0x1F: 0x20, 0x20: 0x21, 0x21: 0x30, 0x30: 0x60}
    for order in ([0x30, 0x21, 0x20, 0x1F, 0x10, 0], [0, 0x10, 0x20], [0x21, 0x1F], [0x20], [0x10, 0x30, 0]):
        code = b""
        for begin in order:
            code += set_address(begin) + b"\x03" + sleb(begin) + b"\x01" + set_address(parts[begin]) + b"\0\x01\x01"
        name = ", ".join(f"{begin:#x}" for begin in order)
        cases[name] = by_lines(program(code))
        cases[f"{name}, of a unit with a range"] = (
            Dwarf(line=program(code)).unit(Entry(UNIT, [*WHOLE, *LINES])).module()
        )
        cases[f"{name}, with a function"] = unit(F, lines=program(code)).module()
    many = [(at, at + 1) for at in range(0, 0x60, 3)]
    for address in range(0x1A, 0x27):
        root = Entry(UNIT, [*WHOLE, *LINES])
        cases[f"rows at {address:#x}"] = Dwarf(line=program(lines_at(*many))).unit(root).module(address)
    assert told(answers, cases) == golden


def test_broken_programs(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Of a unit without a range they are passed over, with one they are told of.
    cases = {}
    for name, code in {
        "cut": LINE[:-1],
        "unknown file": program(b"\x04\x63" + lines_at((0, 3))),
        "a name that can't be read": program(
            lines_at((0, 3)), 5, table([(1, STRING)], []) + table([(1, STRP)], [n(99), n(99)])
        ),
        "an operand cut": program(b"\x02\x80"),
        "an operand too large": program(b"\x02" + b"\xff" * 9 + b"\x02"),
        "a line too large": program(b"\x03" + b"\xff" * 9 + b"\x02"),
    }.items():
        root = Entry(UNIT, [*WHOLE, *LINES], [F])
        cases[f"{name}, with a range"] = Dwarf(line=code).unit(root).module()
        cases[f"{name}, without"] = Dwarf(line=code).unit(Entry(UNIT, LINES, [F])).module()
    assert told(answers, cases) == golden
