"""Core modules in text, against the reference: `embed -t` prints any module, valid or not, and adds one section."""

from __future__ import annotations

import pytest
from binaries import FUNC_TYPE, body, custom, functions, indirect, leb, module, name, names, section, vec
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm.immediates import AS_MEMARG, AS_OPTIONAL_ORDERING
from pywasmtools.wasm.instructions import ROWS, Row
from pywasmtools.wat.print.printer import print_wasm

WIT = "package a:b; world w {}"


def embedded(run: Run, binary: bytes, options: str = "-t") -> str:
    return run(f"component embed w.wit m.wasm {options}", {"w.wit": WIT, "m.wasm": binary})


IMMEDIATES = {
    "": "",
    "block": "40",
    "i32": "80 7f",
    "i64": "ff 00",
    "f32": "00 00 c0 3f",
    "f64": "00 00 00 00 00 00 f8 bf",
    "v128": "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
    "lane": "03",
    "lanes": "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
    "heap_type": "00",
    "val_types": "01 7f",
    "labels": "02 00 01 00",
    "cast": "01 00 6e 01",
    "try_table": "7f 04 00 01 00 01 02 01 02 00 03 05",
    "handlers": "02 00 01 00 01 02",
    "ordering": "01",
}


def operator(row: Row, index: int) -> str:
    """An operator in hex, all its indices and labels being `index`; orderings are none, `seqcst` at 1, else `acqrel`."""
    code = bytes([row.key]) if row.key < 0x100 else bytes([row.key >> 16]) + leb(row.key & 0xFFFF)
    text = code.hex()
    for kind in row.kinds:
        if kind.form == AS_MEMARG:
            ordering = bytes([kind.orderings[index > 1]]) if index and kind.orderings else b""
            text += f"{index & 7 | len(ordering) << 4:02x}{ordering.hex()}{leb(index).hex()}"
        elif kind.form == AS_OPTIONAL_ORDERING:
            text += f"{min(index, 1):02x}"
        else:
            text += IMMEDIATES.get(kind.name, leb(index).hex())
    return text


@pytest.mark.parametrize("index", [0, 1, 300])
def test_every_operator_prints_as_in_the_reference(run: Run, golden: SnapshotAssertion, index: int) -> None:
    """A function an operator: mnemonics, immediates, which of them are left out at 0, labels out of range."""
    bodies = []
    for row in ROWS:
        begin, end = "", "0b"
        if row.key == 0x0B:
            continue
        if row.key == 0x05:
            begin, end = "04 40", "0b 0b"
        elif row.key in (0x07, 0x19):
            begin, end = "06 40", "0b 0b"
        elif row.key == 0x18:
            begin = "06 40"
        elif row.key in (0x02, 0x03, 0x04, 0x06, 0x1F):
            end = "0b 0b"
        bodies.append(body(begin, operator(row, index), end))
    assert embedded(run, functions(*bodies)) == golden


def test_labels(run: Run, golden: SnapshotAssertion) -> None:
    """Named and unnamed labels, shadowed ones, the function's own, `delegate` (which leaves its label behind)."""
    code = [
        "02 40  03 7f  04 00  0c 00 0c 01 0c 02 0c 03 0c 04  05 0d 01 0b",  # block a, loop b, if a
        "0e 03 00 01 02 03  0b 0b",
        "06 40  07 00  09 00  19  0b",  # try, catch, catch_all
        "02 40  06 40 18 00  0c 00  0b",  # block, try … delegate, and a branch after it
        "1f 40 02 00 01 00 02 00  0c 00 0b",  # try_table: clauses count from outside
        "0b",
    ]
    labels = indirect((0, names((0, "a"), (1, "b"), (2, "a"), (4, "d"), (5, ""), (6, "t t"))))
    assert embedded(run, functions(body(*code), body(*code), before=custom("name", section(3, labels)))) == golden


def test_names_in_every_subsection(run: Run, golden: SnapshotAssertion) -> None:
    """Quoted, taken, empty and reserved names; locals and parameters; fields without `@name`; tags' parameters."""
    some = names((0, "plain"), (1, "two words"), (2, "plain"), (3, ""), (4, "#x"), (5, 'é"\\'), (6, "a.b:c"))
    inner = indirect((0, some), (1, names((1, "only"))))
    sections = [
        section(k, name("the module") if k == 0 else inner if k in (2, 3, 10, 12, 13) else some) for k in range(14)
    ]
    types = vec(
        bytes.fromhex("60 03 7f7e7d 01 7c"),
        bytes.fromhex("60 02 7f7f 00"),
        bytes.fromhex("5f 02 7f00 7801"),
        bytes.fromhex("5e 6301 01"),
        bytes.fromhex("4e 02 50 00 5f 01 6403 00 4f 01 04 5f 02 6403 00 7e 00"),
    )
    imports = vec(
        name("m") + name("f") + b"\0\0",
        name("m") + name("t") + bytes.fromhex("01 70 01 01 02"),
        name("m") + name("m") + bytes.fromhex("02 04 01"),
        name("m") + name("g") + bytes.fromhex("03 7f 01"),
        name("m") + name("e") + bytes.fromhex("04 00 01"),
    )
    binary = module(
        section(1, types),
        section(2, imports),
        section(3, vec(b"\0", b"\1")),
        section(4, vec(bytes.fromhex("6f 00 01"))),
        section(5, vec(bytes.fromhex("01 01 02"))),
        section(13, vec(b"\0\1")),
        section(6, vec(bytes.fromhex("7f 00 41 00 0b"))),
        section(7, vec(*[name(f"x{k}") + bytes([k]) + b"\1" for k in range(5)])),
        section(8, b"\1"),
        section(9, vec(bytes.fromhex("00 41 00 0b 02 00 01"), bytes.fromhex("05 6400 01 d0 00 0b"))),
        section(12, b"\2"),
        section(
            10,
            vec(
                body(
                    "20 00 20 01 21 02 22 03 20 07  fb 02 02 01  fb 06 03  10 01  11 00 01  23 01  fc 08 01 00",
                    "fc 0c 01 00  28 42 01 00  0b",
                    locals_=bytes.fromhex("02 02 7f 01 7e"),
                ),
                body("0b"),
            ),
        ),
        section(11, vec(bytes.fromhex("02 01 41 00 0b 00"), bytes.fromhex("01 02 41 42"))),
        custom("name", *sections),
    )
    assert embedded(run, binary) == golden


def test_a_later_name_section_overrides_and_a_malformed_one_counts_up_to_its_fault(
    run: Run, golden: SnapshotAssertion
) -> None:
    """Both name sections are heeded before anything prints; the third stops at an index that does not rise."""
    binary = functions(
        body("10 00 10 01 10 02 0b"),
        body("0b"),
        body("0b"),
        before=custom("name", section(1, names((0, "first"), (1, "kept"))))
        + custom("name", section(1, names((0, "second"))))
        + custom("name", section(1, vec(leb(2) + name("third"), leb(1) + name("lost"))))
        + custom("component-name", section(1, b"\0\1", names((0, "a-table"))))
        + section(4, vec(bytes.fromhex("70 00 01"))),
    )
    assert embedded(run, binary) == golden


def test_type_definitions(run: Run, golden: SnapshotAssertion) -> None:
    """Recursion groups, subtypes, shared types, descriptors, continuations; which types are spelled out in a use."""
    types = vec(
        bytes.fromhex("60 02 7f7b 02 70 6f"),
        bytes.fromhex("65 60 01 7f 00"),  # shared: not spelled out where it is used
        bytes.fromhex("4e 02 4d 03 5f 00 4c 02 5f 00"),
        bytes.fromhex("5d 00"),
        bytes.fromhex("4e 00"),
        bytes.fromhex("50 00 60 00 00"),
        bytes.fromhex("4f 01 05 60 00 00"),
        bytes.fromhex("60 0e 6e 6d 6c 6b 6a 69 71 72 73 74 68 75 656e 63656b 00"),
        bytes.fromhex("60 05 6400 6300 646e 636201 6465 69 00"),
        bytes.fromhex("5f 03 7801 7700 65 71 01"),
    )
    binary = module(
        section(1, types),
        section(2, vec(*[name("m") + name("") + b"\0" + leb(k) for k in (0, 1, 2, 4, 5, 300)])),
        section(2 + 11, vec(b"\0\0", b"\0\1")),
    )
    assert embedded(run, binary) == golden


def test_tables_memories_and_compact_imports(run: Run, golden: SnapshotAssertion) -> None:
    """Limits, 64-bit and shared ones, page sizes, initialisers, imports that share a module or a type."""
    imports = vec(
        name("m") + name("") + b"\x7f" + vec(name("a") + b"\0\0", name("b") + bytes.fromhex("03 7f 03")),
        name("m") + name("") + b"\x7e\0\0" + vec(name("c"), name("d")),
        name("m") + name("e") + bytes.fromhex("20 00"),
    )
    binary = module(
        section(1, vec(FUNC_TYPE)),
        section(2, imports),
        section(4, vec(bytes.fromhex("70 07 01 02"), bytes.fromhex("40 00 6f 00 01 d0 6f 0b"))),
        section(5, vec(bytes.fromhex("03 01 02"), bytes.fromhex("04 ffffffff0f"), bytes.fromhex("09 00 01 00"))),
    )
    assert embedded(run, binary) == golden


def test_segments_and_constant_expressions(run: Run, golden: SnapshotAssertion) -> None:
    """Every form of segment; expressions of no operator, of one and of several; bytes in strings."""
    elements = vec(
        bytes.fromhex("00 41 01 0b 01 00"),
        bytes.fromhex("01 00 01 00"),
        bytes.fromhex("02 01 41 01 0b 00 01 00"),
        bytes.fromhex("03 00 00"),
        bytes.fromhex("04 0b 02 d2 00 0b 0b"),
        bytes.fromhex("05 6f 01 d0 6f 0b"),
        bytes.fromhex("06 00 23 00 41 01 6a 0b 70 02 41 01 41 02 6a 0b 23 00 0b"),
        bytes.fromhex("07 70 00"),
    )
    data = vec(
        bytes.fromhex("00 41 7f 0b 00"),
        bytes.fromhex("01") + leb(256) + bytes(range(256)),
        bytes.fromhex("02 00 42 00 0b 01 00"),
        bytes.fromhex("02 03 41 01 41 02 6a 0b 00"),
    )
    binary = module(
        section(6, vec(bytes.fromhex("7f 00 0b"), bytes.fromhex("7f 01 41 01 41 02 6a 0b"))),
        section(9, elements),
        section(11, data),
    )
    assert embedded(run, binary) == golden


def test_custom_sections_and_their_places(run: Run, golden: SnapshotAssertion) -> None:
    """The place follows the last section that has items; known names; sections that are malformed print raw."""
    info = section(1, bytes.fromhex("01 02 00 00")) + section(2, vec(name("a.so"), name("b.so")))
    info += section(3, vec(name("e") + leb(0x1F7))) + section(4, vec(name("m") + name("f") + leb(0x408)))
    info += section(5, vec(name("lib"))) + section(6, name("wasm32"))
    tools = vec(name("language") + vec(name("C") + name("17")), name("sdk") + vec(name("s") + name("")))
    binary = module(
        custom("first", b"\0\x7f\xff\\"),
        section(1, vec()),
        custom("after nothing"),
        section(1 + 1, vec()),
        section(3, vec()),
        section(5, vec(b"\0\1")),
        custom("a memory came"),
        custom("dylink.0", info),
        custom("dylink.0", b"\2\5\1\4ab"),
        custom("producers", tools),
        custom("producers", vec(name("lang\nuage") + vec())),
        custom("producers", b"\xff"),
        custom("metadata.code.branch_hint", b"\1\1\1"),
        custom("metadata.code.branch_hint"),
        custom("linking", b"\2"),
        section(10, vec()),
        custom("no code came"),
        section(11, vec(b"\1\0")),
        custom("l'été"),
    )
    assert embedded(run, binary) == golden


def test_branch_hints(run: Run, golden: SnapshotAssertion) -> None:
    """Hints print before their instruction; one that is at none holds up those after it."""
    hints = vec(
        leb(0) + vec(bytes.fromhex("03 01 01"), bytes.fromhex("05 01 00")),
        leb(1) + vec(bytes.fromhex("02 01 01"), bytes.fromhex("05 01 00")),
        leb(2) + vec(bytes.fromhex("03 01 00")),
    )
    one = body("41 00 0d 00 41 00 0d 00 0b")  # locals at 0, i32.const at 1, br_if at 3 and 7
    two = body("41 00 04 40 0b 0b")
    binary = functions(one, one, two, before=custom("metadata.code.branch_hint", hints))
    assert embedded(run, binary) == golden


def test_locals(run: Run, golden: SnapshotAssertion) -> None:
    """Unnamed locals share a group, named ones stand alone; parameters are counted first."""
    locals_ = bytes.fromhex("03 02 7f 01 7e 02 7b")
    types = vec(bytes.fromhex("60 03 7f 7f 7e 00"))
    local_names = indirect((0, names((0, "p"), (4, "l"), (6, "l"))), (1, names((2, "last"))))
    binary = functions(
        body("20 00 20 04 20 06 0b", locals_=locals_),
        body("0b", locals_=b"\1\0\x7f"),
        types=types,
        before=custom("name", section(2, local_names)),
    )
    assert embedded(run, binary) == golden


# ------------------------------------------------------------------------------- what can't be printed

BROKEN = {
    # an operator that is unknown: what came before it stays
    "unknown-opcode": functions(body("41 01 1a ff 0b")),
    "misplaced-else": functions(body("02 40 05 0b 0b")),
    "after-the-end": functions(body("01 0b 01 0b")),
    "no-end": functions(body("41 01 1a")),
    "blocks-left-open": functions(body("02 40 0b")),
    "empty-body": functions(body("")),
    # nothing of what follows a body is taken for a part of it
    "body-of-no-bytes": functions(leb(0)),
    "bodies-of-no-bytes": functions(leb(0), leb(0)),
    "body-of-no-bytes-before-another": functions(leb(0), body("0b")),
    "body-without-instructions-before-another": functions(bytes.fromhex("01 00"), body("0b")),
    "body-of-a-cut-count-before-another": functions(bytes.fromhex("01 81"), bytes.fromhex("01 7f")),
    "cut-immediate": functions(body("41 80")),
    # `ref.cast` of an exact type with an index beyond the limit: after the mnemonic, without an offset
    "ref-cast-index": functions(body("fb 16 62 80 80 c0 00 0b")),
    "br-on-cast-index": functions(body("fb 18 01 00 62 80 80 c0 00 6e 0b")),
    "concrete-index": functions(body("d0 80 80 c0 00 0b")),
    # locals: the group that is being printed stays open
    "too-many-locals": functions(body("0b", locals_=bytes.fromhex("02 02 7f d0 86 03 7e"))),
    "bad-local": functions(body("0b", locals_=bytes.fromhex("02 02 7f 01 05"))),
    # structure is scanned first: nothing but the head prints
    "sections-out-of-order": module(section(3, vec()), section(1, vec(FUNC_TYPE))),
    "unknown-section": module(section(1, vec(FUNC_TYPE)), section(14)),
    "no-code": module(section(1, vec(FUNC_TYPE)), section(3, vec(b"\0"))),
    # items are not
    "bad-type": module(section(1, vec(FUNC_TYPE, b"\x05"))),
    "type-left-over": module(section(1, vec(FUNC_TYPE) + b"\0")),
    "bad-utf8-in-compact-import": module(
        section(2, vec(name("m") + b"\0\x7f\2" + name("a") + b"\0\0" + b"\1\xff\0\0"))
    ),
    "block-in-constant": module(section(6, vec(bytes.fromhex("7f 00 02 40 0b 0b")))),
    # a size that leads out of the file, without an offset
    "cut-code": module(section(1, vec(FUNC_TYPE)), section(3, vec(b"\0"))) + b"\x0a" + leb(0x4000) + b"\1",
    "dylink-subsection": module(custom("before"), custom("dylink.0", section(7))),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_prints_up_to_there(run: Run, golden: SnapshotAssertion, case: str) -> None:
    """Text so far on stdout, then the error."""
    assert embedded(run, BROKEN[case]) == golden


def test_what_is_broken_leaves_the_text_so_far_in_the_file(run: Run, golden: SnapshotAssertion) -> None:
    assert embedded(run, BROKEN["unknown-opcode"], "-t -o out.wat") == golden


# ------------------------------------------------------------------------------- output


@pytest.mark.parametrize("color", ["always", "always-ansi", "never", "auto"])
def test_colors(run: Run, golden: SnapshotAssertion, color: str) -> None:
    """Literals, names, keywords, types and comments."""
    binary = functions(
        body("02 7f 41 05 0c 00 43 00 00 80 3f 43 00 00 80 7f 0b 20 00 fd 0c", "00" * 16, "1c 01 7f 1c 02 7f 7f 0b"),
        types=vec(bytes.fromhex("60 01 7f 01 7e")),
        before=custom("name", section(0, name("m")), section(1, names((0, "#"))))
        + section(5, vec(bytes.fromhex("07 01 02"))),
    )
    assert embedded(run, binary, f"-t --color {color}") == golden


def test_always_ansi_colors_a_file_and_always_does_not(run: Run, golden: SnapshotAssertion) -> None:
    assert (
        embedded(run, module(), "-t -o a.wat --color always-ansi")
        + embedded(run, module(), "-t -o b.wat --color always")
        == golden
    )


def test_a_file_that_cannot_be_made(run: Run, golden: SnapshotAssertion) -> None:
    """Without a context, as nothing else that is written."""
    assert embedded(run, module(), "-t -o no/such/folder.wat") == golden


def test_indentation_stops_at_fifty_levels() -> None:
    depth = 60
    text, e = print_wasm(functions(body("0240" * depth, "0b" * depth, "0b")))
    assert e is None
    lines = text.split("\n")
    # `module` and `func` are two of the levels.
    assert lines[3 + 47].startswith("  " * 49 + "block")
    assert lines[3 + 48].startswith("  " * 50 + "block")
    assert lines[3 + 55].startswith("  " * 50 + "block")
    assert not lines[3 + 55].startswith("  " * 51)


def test_many_shadowed_labels_take_linear_time() -> None:
    """A branch out of thousands of blocks that all have the target's name."""
    depth = 5000
    labels = indirect((0, names(*[(k, "a") for k in range(depth)])))
    code = "0240" * depth + ("0c" + leb(depth - 1).hex()) * depth + "0b" * depth + "0b"
    text, e = print_wasm(functions(body(code), before=custom("name", section(3, labels))))
    assert e is None
    assert text.count(f"br {depth - 1}\n") == depth
