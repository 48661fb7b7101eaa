"""The place in the source that `validate` names, out of DWARF of all versions and forms, whole or malformed."""

from __future__ import annotations

from answers import Answers, answers, asked  # noqa: F401
from dwarf_builder import (
    ADDR,
    ADDR_BASE,
    ADDRX,
    ADDRX1,
    ADDRX2,
    ADDRX3,
    ADDRX4,
    BLOCK,
    BLOCK1,
    BLOCK2,
    BLOCK4,
    COMP_DIR,
    DATA1,
    DATA2,
    DATA4,
    DATA8,
    DATA16,
    DWO_NAME,
    EXPRLOC,
    FLAG,
    FUNCTION,
    GNU_ADDR_BASE,
    GNU_ADDR_INDEX,
    GNU_DWO_ID,
    GNU_DWO_NAME,
    GNU_RANGES_BASE,
    GNU_STR_INDEX,
    GNU_STRP_ALT,
    HIGH,
    IMPLICIT,
    INDIRECT,
    LANGUAGE,
    LINE,
    LINE_STRP,
    LINES,
    LINKAGE,
    LOW,
    NAME,
    RANGES,
    RNGLISTS_BASE,
    RNGLISTX,
    SDATA,
    SEC_OFFSET,
    STMT_LIST,
    STR_OFFSETS_BASE,
    STRING,
    STRP,
    STRP_SUP,
    STRX,
    STRX1,
    STRX2,
    STRX3,
    STRX4,
    UDATA,
    UNIT,
    VARIABLE,
    WHOLE,
    Attribute,
    Dwarf,
    Entry,
    F,
    customs,
    function,
    leb,
    module,
    n,
    told,
    unit,
)
from syrupy.assertion import SnapshotAssertion

# ------------------------------------------------------------------------------- units


def test_versions_and_sizes(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for version in range(1, 7):
        for offset_size in (4, 8):
            for address_size in (0, 1, 2, 3, 4, 8):
                high = (HIGH, DATA4, 0x50)
                root = Entry(UNIT, [(LOW, ADDR, 0), high, *LINES], [Entry(FUNCTION, [(LOW, ADDR, 0), high, LINES[0]])])
                made = Dwarf(line=LINE).unit(root, version, offset_size, address_size)
                cases[f"version {version}, offsets of {offset_size} bytes, addresses of {address_size}"] = made.module()
    assert told(answers, cases) == golden


def test_kinds_of_units(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for kind in range(8):
        for size in (0, 7, 8, 11, 12):
            made = Dwarf(line=LINE).unit(Entry(UNIT, [*WHOLE, *LINES], [F]), 5, kind=kind, head=bytes(size))
            cases[f"kind {kind}, {size} more bytes in the header"] = made.module()
    for kind in (1, 3, 4):
        for form, value in ((STRING, b"x\0"), (STRP, 0), (DATA1, 1)):
            for name in (DWO_NAME, GNU_DWO_NAME):
                root = Entry(UNIT, [*WHOLE, *LINES, (name, form, value)], [F])
                made = Dwarf(line=LINE).unit(root, 5, kind=kind, head=bytes(8 if kind == 4 else 0))
                cases[f"kind {kind}, name of the other file {name:#x} in form {form}"] = made.module()
    assert told(answers, cases) == golden


def test_split_units_of_version_4(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for form, value in ((DATA8, 1), (DATA1, 0), (UDATA, 3), (SDATA, -1), (SDATA, 1), (ADDR, 1), (SEC_OFFSET, 0)):
        for name, kind in ((GNU_DWO_NAME, STRING), (GNU_DWO_NAME, DATA1), (DWO_NAME, DATA1)):
            more: list[Attribute] = [(GNU_DWO_ID, form, value), (name, kind, b"x\0" if kind == STRING else 1)]
            cases[f"number in form {form}: {value}, name {name:#x} in form {kind}"] = unit(F, more=more).module()
    assert told(answers, cases) == golden


def test_more_units(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # The one comes first whose range ends first; of one without a function or lines there the next one is asked.
    cases = {}
    ranges = [(0, 0x30), (0x10, 0x28), (0x20, 0x21), (0x18, 0x20), (0x21, 0x80), (0, 0x100)]
    for one in ranges:
        for other in ranges:
            made = Dwarf()
            for name, (low, high) in (("one", one), ("other", other)):
                root = Entry(UNIT, [(LOW, ADDR, low), (HIGH, ADDR, high)], [function(name, low, high)])
                made.unit(root)
            cases[f"{one}, {other}"] = made.module()
    made = Dwarf(line=LINE).unit(Entry(UNIT, WHOLE, [])).unit(Entry(UNIT, [*WHOLE, *LINES], []))
    cases["the first one has nothing"] = made.module()
    made = Dwarf(line=LINE).unit(Entry(UNIT, [*WHOLE], [Entry(FUNCTION, WHOLE)])).unit(Entry(UNIT, [*WHOLE, *LINES]))
    cases["the first one has a function without a name"] = made.module()
    made = (
        Dwarf(line=LINE).unit(Entry(UNIT, [*WHOLE, *LINES, (0x99, 0x99, b"")])).unit(Entry(UNIT, [*WHOLE, *LINES], [F]))
    )
    cases["the first one has an unknown form"] = made.module()
    assert told(answers, cases) == golden


def test_broken_headers(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    whole = unit(F)
    info = whole.info
    cases = {}
    for size in range(len(info)):
        if size < 14 or size > len(info) - 4:
            cases[f"{size} bytes of {len(info)}"] = module(whole.sections() | {".debug_info": info[:size]})
    for length in (0, 6, 7, len(info) - 5, len(info) - 4, 0xFFFFFFEF, 0xFFFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF):
        cases[f"length {length:#x}"] = module(whole.sections() | {".debug_info": n(length) + info[4:]})
    for more in (1, 3, 4):
        cases[f"{more} bytes more"] = module(whole.sections() | {".debug_info": info + bytes(more)})
    for offset in (1, len(whole.abbrev) - 1, len(whole.abbrev), len(whole.abbrev) + 1):
        cases[f"abbreviations at {offset}"] = module(
            whole.sections() | {".debug_info": info[:6] + n(offset) + info[10:]}
        )
    assert told(answers, cases) == golden


def test_where_the_module_has_no_place(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    whole = unit(F)
    types_wrong = b"\0asm\x01\0\0\0\x01\x02\x01\x50"
    cases = {
        "an error before the code": types_wrong + customs(whole.sections()),
        "and malformed DWARF": types_wrong + customs({".debug_info": b"\0"}),
        "no debug sections": module({}),
        "other sections": module({"a": b"", "debug_info": b""}),
        "the last one of a name counts": whole.module() + customs({".debug_info": b""}),
        "not the first": module({".debug_info": b"\1"} | {}) + customs(whole.sections()),
        "a module in a component": b"\0asm\x0d\0\1\0\1" + leb(len(whole.module())) + whole.module(),
        "two modules in a component": b"\0asm\x0d\0\1\0\1\x08\0asm\1\0\0\0\1"
        + leb(len(whole.module()))
        + whole.module(),
        "a custom section of the component": b"\0asm\x0d\0\1\0" + customs({".debug_info": b"\0"}) + b"\1\1\0",
        "an error outside of modules": b"\0asm\x0d\0\1\0\1\x08\0asm\1\0\0\0" + b"\x0b\x01\0\x01\x01",
    }
    for address in (3, 0xF, 0x10, 0x11, 0x2F, 0x30, 0x3F, 0x40, 0x7B):
        cases[f"the address {address:#x}"] = whole.module(address)
    assert told(answers, cases) == golden


# ------------------------------------------------------------------------------- first entries


def test_first_entries(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    root = Entry(UNIT, [*WHOLE, *LINES], [F])
    cases = {}
    for form in (SEC_OFFSET, DATA4, DATA8, UDATA, DATA2, SDATA):
        for offset_size in (4, 8):
            for version in (2, 4, 5):
                attributes: list[Attribute] = [*WHOLE, *LINES[:2], (STMT_LIST, form, 0)]
                made = Dwarf(line=LINE).unit(Entry(UNIT, attributes, []), version, offset_size)
                cases[f"lines by form {form}, offsets of {offset_size} bytes, version {version}"] = made.module()
    for name, attributes in {
        "no lines": [*WHOLE, *LINES[:2]],
        "no folder": [*WHOLE, LINES[0], LINES[2]],
        "no name": [*WHOLE, *LINES[1:]],
        "folder that can't be read": [*WHOLE, (COMP_DIR, STRP, 9), LINES[2]],
        "name that can't be read": [*WHOLE, (NAME, DATA1, 9), LINES[2]],
        "lines beyond the end": [*WHOLE, (STMT_LIST, SEC_OFFSET, len(LINE))],
        "lines further beyond the end": [*WHOLE, (STMT_LIST, SEC_OFFSET, len(LINE) + 1)],
        "no address of the beginning": [(HIGH, DATA4, 0x50), *LINES],
        "beginning by index beyond the table": [(LOW, ADDRX, 1), (HIGH, DATA4, 0x50), *LINES],
        "end by index beyond the table": [(LOW, ADDR, 1), (HIGH, ADDRX, 1), *LINES],
        "end by an index that overflows": [(LOW, ADDR, 1), (HIGH, ADDRX, 1 << 62), *LINES],
        "an empty range": [(LOW, ADDR, 0x20), (HIGH, DATA4, 0), *LINES],
        "a range that is left out": [(LOW, ADDR, 0xFFFFFFFF), (HIGH, DATA4, 9), *LINES],
        "a range backwards": [(LOW, ADDR, 0x30), (HIGH, ADDR, 0x10), *LINES],
        "no range but of the lines": LINES,
        "a range before": [(LOW, ADDR, 0), (HIGH, ADDR, 0x20), *LINES],
        "a range up to it": [(LOW, ADDR, 0), (HIGH, ADDR, 0x21), *LINES],
        "a range from it": [(LOW, ADDR, 0x20), (HIGH, ADDR, 0x21), *LINES],
        "a range behind": [(LOW, ADDR, 0x21), (HIGH, ADDR, 0x30), *LINES],
        "twice the beginning": [(LOW, ADDR, 0), (LOW, ADDR, 0x30), (HIGH, ADDR, 0x40), *LINES],
        "a second beginning that is none": [(LOW, ADDR, 0), (LOW, DATA1, 0x30), (HIGH, ADDR, 0x40), *LINES],
        "size and end": [(LOW, ADDR, 0), (HIGH, DATA1, 9), (HIGH, ADDR, 0x40), *LINES],
        "end and size": [(LOW, ADDR, 0), (HIGH, ADDR, 0x40), (HIGH, DATA1, 9), *LINES],
    }.items():
        cases[name] = Dwarf(line=LINE).unit(Entry(UNIT, attributes, [])).module()
        cases[f"{name}, version 5"] = Dwarf(line=LINE).unit(Entry(UNIT, attributes, [F]), 5).module()
    made = Dwarf(line=LINE).unit(root)
    info = made.info
    for zeros in (1, 2):
        grown = n(len(info) - 4 + zeros) + info[4:11] + bytes(zeros) + info[11:]
        cases[f"{zeros} empty entries first"] = module(made.sections() | {".debug_info": grown})
    cases["only empty entries"] = module(made.sections() | {".debug_info": n(9) + info[4:11] + bytes(2)})
    cases["an unknown abbreviation"] = module(made.sections() | {".debug_info": info[:11] + b"\x09" + info[12:]})
    assert told(answers, cases) == golden


def test_bases(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Without a base it is 0.
    cases = {}
    texts = {"str_offsets": n(0) + n(2) + n(4) + n(6) + n(2), "str": b"a\0b\0c\0d\0"}
    for base in (None, 0, 4, 8, 12, 20):
        for form in (STRX, STRX1, STRX2, STRX3, STRX4, GNU_STR_INDEX):
            more: list[Attribute] = [] if base is None else [(STR_OFFSETS_BASE, SEC_OFFSET, base)]
            child = Entry(FUNCTION, [(NAME, form, 1), *WHOLE])
            made = unit(child, more=more, others=texts)
            cases[f"texts from {base}, form {form}"] = made.module()
    addresses = n(0x10) + n(0x20) + n(0x21) + n(0x30) + n(0)
    for base in (None, 0, 4, 8, 12, 16, 20):
        for attribute in (ADDR_BASE, GNU_ADDR_BASE):
            for form in (ADDRX, ADDRX1, ADDRX2, ADDRX3, ADDRX4, GNU_ADDR_INDEX):
                more = [] if base is None else [(attribute, SEC_OFFSET, base)]
                child = Entry(FUNCTION, [(NAME, STRING, b"f\0"), (LOW, form, 0), (HIGH, form, 1)])
                cases[f"addresses from {base} of {attribute:#x}, form {form}"] = unit(
                    child, more=more, others={"addr": addresses}
                ).module()
    cases["a base in a form of numbers"] = unit(
        Entry(FUNCTION, [(NAME, STRX1, 1), *WHOLE]),
        more=[(STR_OFFSETS_BASE, DATA4, 4)],
        others=texts,
    ).module()
    assert told(answers, cases) == golden


def test_listed_ranges(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # `.debug_aranges` count before a range of the unit's own, but not before lists of ranges.
    def listed(
        *pairs: tuple[int, int], version: int = 2, size: int = 4, start: int = 0, offsets: int = 4, segment: int = 0
    ) -> bytes:
        head = n(version, 2) + n(start, offsets) + n(size, 1) + n(segment, 1)
        padding = -(len(head) + (4 if offsets == 4 else 12)) % (2 * size or 1)
        body = head + bytes(padding) + b"".join(n(a, size or 1) + n(b, size or 1) for a, b in pairs)
        return (n(len(body)) if offsets == 4 else b"\xff" * 4 + n(len(body), 8)) + body

    here, there, none = (0x10, 0x20), (0x40, 0x10), (0, 0)
    tables = {
        "here": listed(here),
        "there": listed(there),
        "there and here, behind an empty one": listed(there, none, here, none),
        "twice": listed(there) + listed(here),
        "empty": listed(none),
        "without bytes": listed((0x20, 0)),
        "one byte": listed((0x20, 1)),
        "up to it": listed((0x10, 0x10)),
        "of another unit": listed(here, start=4),
        "left out, and here": listed((0xFFFFFFFE, 1), here),
        "beyond the last address, and here": listed((0x10, 0xFFFFFFF0), here),
        "up to the last address": listed((0x10, 0xFFFFFFEF)),
        "a part of a pair more": listed(here) + b"",
        "version 3": listed(here, version=3),
        "version 1": listed(here, version=1),
        "version 4": listed(here, version=4),
        "segments": listed(here, segment=1),
        **{f"addresses of {size} bytes": listed(here, size=size) for size in (0, 1, 2, 3, 8)},
        **{f"long offsets, addresses of {size} bytes": listed(here, size=size, offsets=8) for size in (1, 2, 4, 8)},
        **{f"cut to {size} bytes": listed(here)[:size] for size in (3, 9, 12, 23)},
        "a length that is cut": n(len(listed(here, there)) - 5) + listed(here, there)[4:-1],
        "an unknown length": n(0xFFFFFFF3) + listed(here)[4:],
    }
    cases = {}
    for name, data in tables.items():
        for own, attributes in {"a range": [(LOW, ADDR, 0x20), (HIGH, ADDR, 0x21)], "none": []}.items():
            made = Dwarf(line=LINE, aranges=data).unit(Entry(UNIT, [*attributes, *LINES], []))
            cases[f"{name}; its own: {own}"] = made.module()
    for form in (SEC_OFFSET, DATA1):
        for name in ("here", "there"):
            lists: list[Attribute] = [(RANGES, form, 0), *LINES]
            made = Dwarf(line=LINE, aranges=tables[name], ranges=n(0x21) + n(0x22) + bytes(8))
            cases[f"{name}; its own: lists in form {form}"] = made.unit(Entry(UNIT, lists, [])).module()
    assert told(answers, cases) == golden


# ------------------------------------------------------------------------------- abbreviations and forms


def test_abbreviations(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    whole = unit(F)
    abbrev = whole.abbrev
    cases = {}
    for name, data in {
        "without the zero at the end": abbrev[:-1],
        "cut": abbrev[:-2],
        "a code twice": abbrev[:-1] + b"\x01\x11\0\0\0\0",
        "a code twice, not the next one": abbrev[:-1] + b"\x09\x11\0\0\0\x09\x11\0\0\0\0",
        "no tag": abbrev[:-1] + b"\x03\0\0\0\0\0",
        "a tag of 16 bits": abbrev[:-1] + b"\x03\xff\xff\x03\0\0\0\0",
        "a tag of 17 bits": abbrev[:-1] + b"\x03\xff\xff\x04\0\0\0\0",
        "a tag of four bytes": abbrev[:-1] + b"\x03\xff\xff\x83\0\0\0\0\0",
        "children 2": abbrev[:-1] + b"\x03\x11\x02\0\0\0",
        "no name": abbrev[:-1] + b"\x03\x11\x01\0\x08\0\0\0",
        "no form": abbrev[:-1] + b"\x03\x11\x01\x03\0\0\0\0",
        "a constant cut": abbrev[:-1] + b"\x03\x11\x01\x03\x21",
        "a constant of nine bytes": abbrev[:-1] + b"\x03\x11\x01\x03\x21" + b"\x80" * 8 + b"\x40\0\0\0",
        "a constant of ten bytes": abbrev[:-1] + b"\x03\x11\x01\x03\x21" + b"\xff" * 9 + b"\x7f\0\0\0",
        "a constant that is too large": abbrev[:-1] + b"\x03\x11\x01\x03\x21" + b"\xff" * 9 + b"\x7e\0\0\0",
        "a code of ten bytes": abbrev[:-1] + b"\xff" * 9 + b"\x01\x11\0\0\0\0",
        "a code that is too large": abbrev[:-1] + b"\xff" * 9 + b"\x02\x11\0\0\0\0",
        "a code of eleven bytes": abbrev[:-1] + b"\xff" * 9 + b"\x81\0\x11\0\0\0\0",
    }.items():
        cases[name] = module(whole.sections() | {".debug_abbrev": data})
    assert told(answers, cases) == golden


FORMS: dict[str, tuple[int, int | str | bytes]] = {
    **{f"form {form:#x}": (form, 0) for form in range(0x30) if form not in (STRING, INDIRECT)},
    **{f"form {form:#x}": (form, 0) for form in (0x1F00, 0x1F01, 0x1F02, 0x1F03, 0x1F1F, 0x1F20, 0x1F21, 0x1F22)},
    "string": (STRING, b"s\0"),
    "string without an end": (STRING, b"s"),
    "block1": (BLOCK1, 3),
    "block2": (BLOCK2, 3),
    "block4": (BLOCK4, 3),
    "block": (BLOCK, 200),
    "exprloc": (EXPRLOC, 3),
    "block that is too long": (BLOCK4, n(0xFFFFFFFF)),
    "udata of ten bytes": (UDATA, b"\xff" * 9 + b"\x01"),
    "udata that is too large": (UDATA, b"\xff" * 9 + b"\x02"),
    "udata of eleven bytes": (UDATA, b"\xff" * 10 + b"\0"),
    "sdata of ten bytes": (SDATA, b"\xff" * 9 + b"\x7f"),
    "sdata that is too large": (SDATA, b"\xff" * 9 + b"\x01"),
    "sdata of eleven bytes": (SDATA, b"\xff" * 10 + b"\0"),
    "strx of eleven bytes": (STRX, b"\xff" * 10 + b"\0"),
    "indirect": (INDIRECT, b"\x0b\0"),
    "indirect, of 16 bits": (INDIRECT, b"\x81\x3e\0"),
    "indirect, of three bytes": (INDIRECT, b"\x8b\x80\0\0"),
    "indirect, too large": (INDIRECT, b"\xff\xff\x04"),
    "indirect twice": (INDIRECT, b"\x16\x05\0\0"),
    "indirect constant": (INDIRECT, b"\x21"),
    "indirect to nothing": (INDIRECT, b"\x99\1"),
}


def test_forms(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # What is read of a function; what is stepped over of others may be longer than a number is.
    cases = {}
    for name, (form, value) in FORMS.items():
        for version, offset_size in ((2, 4), (4, 8), (5, 4)):
            for place, tag in (("variable", VARIABLE), ("function", FUNCTION)):
                other = Entry(tag, [(0x3FFF, form, value)])
                made = Dwarf(line=LINE).unit(Entry(UNIT, [*WHOLE, *LINES], [other, F]), version, offset_size)
                cases[f"{name} of a {place}, version {version}"] = made.module()
    assert told(answers, cases) == golden


def test_forms_of_texts(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    texts = {
        "str": b"in str\0str\xff\xe2\x82\0",
        "line_str": b"in line_str\0line_str",
        "str_offsets": n(7) + n(0) + n(99),
    }
    for form in (STRP, LINE_STRP, STRX1, STRP_SUP, GNU_STRP_ALT, DATA1, BLOCK1):
        for value in (0, 1, 2, 3, 7, 12, 13, 99):
            child = Entry(FUNCTION, [*WHOLE, (NAME, form, value)])
            cases[f"form {form:#x}: {value}"] = unit(child, others=texts).module()
    for bits in (1 << 61, 1 << 62, 1 << 63):
        child = Entry(FUNCTION, [*WHOLE, (LINKAGE, STRX, bits), (NAME, STRING, b"n\0")])
        cases[f"index {bits:#x}"] = unit(child, others=texts).module()
    assert told(answers, cases) == golden


def test_forms_of_languages(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    f = function("_ZN1a1bE", 0, 0x40)
    for form, value in (
        *((form, 0x1C) for form in (DATA1, DATA2, DATA4, DATA8, UDATA, SDATA, IMPLICIT, SEC_OFFSET)),
        *((DATA4, value) for value in (0x1B, 0x1D, 0x1001C, 0xFFFF, 0x10000)),
        (SDATA, -1),
        (IMPLICIT, -1),
    ):
        root = Entry(UNIT, [*WHOLE, *LINES[:-1], (LANGUAGE, form, value)], [f])
        cases[f"form {form}: {value:#x}"] = Dwarf(line=LINE).unit(root).module()
    assert told(answers, cases) == golden


# ------------------------------------------------------------------------------- ranges


def test_ends_of_ranges(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for form in (ADDR, DATA1, DATA2, DATA4, DATA8, UDATA, SDATA, IMPLICIT, DATA16, SEC_OFFSET, FLAG):
        for value in (0x0F, 0x10, 0x11, 0x20, 0x21):
            child = Entry(FUNCTION, [(NAME, STRING, b"f\0"), (LOW, ADDR, 0x10), (HIGH, form, value)])
            cases[f"form {form}: {value:#x}"] = unit(child).module()
    child = Entry(FUNCTION, [(NAME, STRING, b"f\0"), (LOW, ADDR, 0x10), (HIGH, SDATA, -1)])
    cases["a negative size"] = unit(child).module()
    child = Entry(FUNCTION, [(NAME, STRING, b"f\0"), (LOW, ADDR, 0x20), (HIGH, DATA8, (1 << 64) - 8)])
    cases["a size that overflows"] = unit(child).module()
    assert told(answers, cases) == golden


def old_list(*pairs: tuple[int, int], size: int = 4) -> bytes:
    return b"".join(n(a, size) + n(b, size) for a, b in pairs)


def test_old_lists(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    lists = {
        "from the unit's beginning": old_list((0x18, 0x19), (0x10, 0x11), (0, 0)),
        "before": old_list((0xF, 0x10), (0, 0)),
        "behind": old_list((0x11, 0x12), (0, 0)),
        "empty": old_list((0, 0), (0x10, 0x11)),
        "with another base": old_list((0xFFFFFFFF, 0x1F), (1, 2), (0, 0)),
        "with a base that is left out": old_list((0xFFFFFFFF, 0xFFFFFFFE), (0x22, 0x23), (0, 0)),
        "with the last base": old_list((0xFFFFFFFF, 0xFFFFFFFD), (0x23, 0x24), (0, 0)),
        "left out": old_list((0xFFFFFFFE, 0xFFFFFFFF), (0, 0)),
        "backwards": old_list((0x11, 0x10), (0, 0)),
        "to the end of the section": old_list((0x10, 0x11)),
        "cut": old_list((0x10, 0x11)) + b"\0",
        "cut in a pair": old_list((0x10, 0x11)) + bytes(5),
    }
    for name, data in lists.items():
        for form in (SEC_OFFSET, DATA4, UDATA):
            attributes: list[Attribute] = [(LOW, ADDR, 0x10), (HIGH, ADDR, 0x60), *LINES]
            child = Entry(FUNCTION, [(NAME, STRING, b"f\0"), (RANGES, form, 4), (LOW, ADDR, 0x20), (HIGH, ADDR, 0x28)])
            made = Dwarf(line=LINE, ranges=n(9) + data).unit(Entry(UNIT, attributes, [child]))
            cases[f"{name}, form {form}"] = made.module()
    for offset in (0, 8, 16, 17):
        root = Entry(UNIT, [(RANGES, SEC_OFFSET, offset), *LINES])
        made = Dwarf(line=LINE, ranges=old_list((0x30, 0x31), (0x20, 0x21)))
        cases[f"of the unit, at {offset}"] = made.unit(root).module()
    wide = old_list((0xFFFF_FFFF_FFFF_FFFF, 0x10), (0x10, 0x11), (0, 0), size=8)
    root = Entry(UNIT, [(RANGES, SEC_OFFSET, 0), *LINES])
    cases["addresses of eight bytes"] = Dwarf(line=LINE, ranges=wide).unit(root, address_size=8).module()
    cases["long offsets"] = (
        Dwarf(line=LINE, ranges=lists["behind"]).unit(Entry(UNIT, [(RANGES, DATA8, 0), *LINES]), 4, 8).module()
    )
    assert told(answers, cases) == golden


def test_new_lists(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    addr = b"".join(n(a) for a in (0x10, 0x20, 0x21, 0xFFFFFFFE, 0x30))
    lists = {
        "end": b"\0\x06" + n(0x20) + n(0x21),
        "base by index": b"\x01\x01\x04\0\x01",
        "base by index, before": b"\x01\x00\x04\0\x10",
        "start and end by index": b"\x02\x01\x02",
        "start and end by index, more": b"\x02\x00\x04",
        "start and end by index, backwards": b"\x02\x02\x01",
        "start by index left out": b"\x02\x03\x03",
        "start by index, length": b"\x03\x00\x11",
        "start by index, shorter": b"\x03\x00\x10",
        "start by index, length that overflows": b"\x03\x00" + leb(0xFFFFFFF0),
        "offsets": b"\x04\x10\x11",
        "offsets, before": b"\x04\x0f\x10",
        "offsets, behind": b"\x04\x11\x12",
        "base": b"\x05" + n(0x1F) + b"\x04\x01\x02",
        "base that is left out": b"\x05" + n(0xFFFFFFFE) + b"\x04\x22\x23",
        "the last base": b"\x05" + n(0xFFFFFFFD) + b"\x04\x23\x24",
        "start and end": b"\x06" + n(0x20) + n(0x21),
        "start and end, the last address": b"\x06" + n(0xFFFFFFFD) + n(0xFFFFFFFF),
        "start and length": b"\x07" + n(0x20) + b"\x01",
        "start and no length": b"\x07" + n(0x20) + b"\0",
        "start and length that overflows": b"\x07" + n(0x20) + leb(0xFFFFFFE1),
        "several": b"\x07" + n(0x50) + b"\x01\x04\x01\x02\x07" + n(0x20) + b"\x01\0",
        "unknown": b"\x08",
        "index beyond the table": b"\x01\x05",
        "cut": b"\x06" + n(0x20) + n(0x21)[:3],
    }
    for name, data in lists.items():
        for end in (b"\0", b""):
            attributes: list[Attribute] = [(LOW, ADDR, 0x10), (HIGH, ADDR, 0x60), *LINES]
            child = Entry(FUNCTION, [(NAME, STRING, b"f\0"), (RANGES, SEC_OFFSET, 3)])
            made = Dwarf(line=LINE, rnglists=b"\x08\x08\x08" + data + end, addr=addr).unit(
                Entry(UNIT, attributes, [child]), 5
            )
            cases[f"{name}{'' if end else ', to the end of the section'}"] = made.module()
    table_of = n(8) + n(11) + n(99) + b"\x07" + n(0x20) + b"\x01\0" + bytes(3)
    for base in (None, 0, 4):
        for index in (0, 1, 2, 9):
            for attribute in (RNGLISTS_BASE, GNU_RANGES_BASE):
                attributes = [*WHOLE, *LINES, *([] if base is None else [(attribute, SEC_OFFSET, base)])]
                child = Entry(FUNCTION, [(NAME, STRING, b"f\0"), (RANGES, RNGLISTX, index)])
                made = Dwarf(line=LINE, rnglists=table_of).unit(Entry(UNIT, attributes, [child]), 5)
                cases[f"number {index}, base {base} of {attribute:#x}"] = made.module()
    wide = n(8, 8) + b"\x07" + n(0x20, 8) + b"\x01\0"
    root = Entry(UNIT, [(RANGES, RNGLISTX, 0), *LINES], [F])
    cases["long offsets and addresses"] = Dwarf(line=LINE, rnglists=wide).unit(root, 5, 8, 8).module()
    cases["a number that overflows"] = (
        Dwarf(line=LINE, rnglists=wide).unit(Entry(UNIT, [(RANGES, RNGLISTX, 1 << 62), *LINES], [F]), 5).module()
    )
    cases["of the unit, broken"] = (
        Dwarf(line=LINE, rnglists=b"\x08").unit(Entry(UNIT, [(RANGES, SEC_OFFSET, 0), *LINES], [F]), 5).module()
    )
    assert told(answers, cases) == golden
