"""The function that `validate` names, out of DWARF: where it is, what is inlined there, and what it is called."""

from __future__ import annotations

from answers import Answers, answers, asked  # noqa: F401
from dwarf_builder import (
    ADDR,
    BLOCK_OF,
    DATA1,
    DATA2,
    DATA4,
    END,
    FUNCTION,
    GNU_REF_ALT,
    HIGH,
    INLINED,
    LANGUAGE,
    LINE,
    LINES,
    LINKAGE,
    LOW,
    MIPS_LINKAGE,
    NAME,
    ORIGIN,
    REF1,
    REF2,
    REF4,
    REF8,
    REF_ADDR,
    REF_SIG8,
    REF_SUP4,
    REF_SUP8,
    REF_UDATA,
    SEC_OFFSET,
    SPECIFICATION,
    STR_OFFSETS_BASE,
    STRING,
    STRP,
    STRX1,
    UNIT,
    VARIABLE,
    WHOLE,
    Attribute,
    Dwarf,
    Entry,
    function,
    inlined,
    module,
    n,
    told,
    unit,
)
from syrupy.assertion import SnapshotAssertion

# ------------------------------------------------------------------------------- functions


def test_functions(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    high: Attribute = (HIGH, ADDR, 0x50)
    block = Entry(BLOCK_OF, [], [inlined("inner", 0x20, 0x21)])
    two = [inlined("before", 0, 0x20), inlined("here", 0x20, 0x28, []), inlined("behind", 0x28, 0x30)]
    trees = {
        "one": [function("one", 0, 0x50)],
        "from here": [function("from", 0x20, 0x21)],
        "up to here": [function("up", 0, 0x20)],
        "behind": [function("behind", 0x21, 0x50)],
        "the second": [function("one", 0, 0x20), function("two", 0x20, 0x50)],
        "the first, said last": [function("two", 0x30, 0x50), function("one", 0, 0x30)],
        "of five": [function(f"f{k}_", at, at + 8) for k, at in enumerate((0x40, 0x28, 0x20, 0x10, 0))],
        "overlapping": [function("wide", 0, 0x60), function("b_", 0x10, 0x18), function("c_", 0x18, 0x30)],
        "overlapping, others": [function("a_", 0, 0x30), function("b_", 0x10, 0x28), function("c_", 0x30, 0x40)],
        "empty": [function("empty", 0x20, 0x20)],
        "within another": [function("outer", 0, 0x50, children=[function("nested", 0x10, 0x30)])],
        "within a block": [Entry(BLOCK_OF, [], [function("nested", 0x10, 0x30)])],
        "with variables": [function("outer", 0, 0x50, children=[Entry(VARIABLE, [(NAME, STRING, b"v\0")])])],
        "inlined": [function("outer", 0, 0x50, children=[inlined("inner", 0x10, 0x30)])],
        "inlined elsewhere": [function("outer", 0, 0x50, children=[inlined("inner", 0x10, 0x20)])],
        "inlined in a block": [function("outer", 0, 0x50, children=[Entry(VARIABLE, []), block])],
        "inlined without children in a block": [
            function("outer", 0, 0x50, children=[Entry(BLOCK_OF, [], [Entry(VARIABLE, []), *two]), *two[::-1]])
        ],
        "inlined in another": [
            function("outer", 0, 0x50, children=[inlined("middle", 0x10, 0x30, [inlined("inner", 0x18, 0x28)])])
        ],
        "inlined in another, elsewhere": [
            function("outer", 0, 0x50, children=[inlined("middle", 0x10, 0x30, [inlined("inner", 0x21, 0x28)])])
        ],
        "inlined in one that is elsewhere": [
            function("outer", 0, 0x50, children=[inlined("middle", 0, 0x10, [inlined("inner", 0x18, 0x28)])])
        ],
        "inlined behind one that has others": [
            function("outer", 0, 0x50, children=[inlined("one", 0, 0x10, [inlined("inner", 0x1, 0x8)]), *two])
        ],
        "several inlined, three deep": [
            function(
                "outer",
                0,
                0x50,
                children=[
                    inlined("one", 0, 0x10, [inlined("two", 0x1, 0x8, [inlined("three", 0x2, 0x4)]), *two]),
                    inlined("four", 0x10, 0x40, [*two, inlined("five", 0x40, 0x48)]),
                ],
            )
        ],
        "inlined in a function within it": [
            function("outer", 0, 0x50, children=[function("f_", 0x60, 0x61, children=two), Entry(VARIABLE, [])])
        ],
        "inlined behind a function within it": [
            function("outer", 0, 0x50, children=[function("f_", 0x60, 0x61, children=[block]), *two])
        ],
        "inlined behind a function without children": [
            function("outer", 0, 0x50, children=[function("f_", 0x60, 0x61), *two])
        ],
        "inlined behind the function": [function("outer", 0, 0x50, children=[]), *two],
        "inlined, without a name": [
            function("outer", 0, 0x50, children=[Entry(INLINED, [(LOW, ADDR, 0x10), (HIGH, ADDR, 0x30)])])
        ],
        "inlined, no range": [function("outer", 0, 0x50, children=[Entry(INLINED, [(NAME, STRING, b"n\0")])])],
        "the function without a name": [Entry(FUNCTION, WHOLE, [])],
        "a function without a range": [Entry(FUNCTION, [(NAME, STRING, b"n\0")], []), function("other", 0, 0x50)],
        "an end too many": [END, function("one", 0, 0x50, children=two)],
        "two ends too many": [END, END, END, function("one", 0, 0x50, children=two)],
        "no beginning": [Entry(FUNCTION, [(NAME, STRING, b"n\0"), high])],
    }
    cases = {}
    for name, tree in trees.items():
        for address in (0x12, 0x20):
            cases[f"{name}, {address:#x}"] = unit(*tree).module(address)
    for name, tail in {"without its end": 1, "without both ends": 2}.items():
        made = unit(function("outer", 0, 0x50, children=[inlined("inner", 0x10, 0x30)]))
        info = n(len(made.info) - 4 - tail) + made.info[4:-tail]
        cases[f"a function {name}"] = module(made.sections() | {".debug_info": info})
        made = unit(function("outer", 0, 0x50, children=[function("f_", 0x60, 0x61, children=[])]))
        info = n(len(made.info) - 4 - tail) + made.info[4:-tail]
        cases[f"a function in another {name}"] = module(made.sections() | {".debug_info": info})
    made = unit(function("outer", 0, 0x50, children=[]))
    info = n(len(made.info) - 3) + made.info[4:-1] + b"\x63\0"
    cases["an unknown abbreviation at the end"] = module(made.sections() | {".debug_info": info})
    assert told(answers, cases) == golden


def test_names_of_functions(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    plain: Attribute = (NAME, STRING, b"name\0")
    linkage: Attribute = (LINKAGE, STRING, b"linkage\0")
    old: Attribute = (MIPS_LINKAGE, STRING, b"mips\0")
    broken: Attribute = (LINKAGE, STRP, 99)
    cases = {}
    names: dict[str, list[Attribute]] = {
        "none": [],
        "plain": [plain],
        "plain and linkage": [plain, linkage],
        "linkage and plain": [linkage, plain],
        "linkage and old linkage": [linkage, old],
        "old linkage and linkage": [old, linkage],
        "two plain ones": [plain, (NAME, STRING, b"other\0")],
        "linkage that can't be read": [plain, broken],
        "linkage that can't be read, and plain": [broken, plain],
        "plain that can't be read": [(NAME, STRP, 99)],
        "linkage and one that can't be read": [linkage, broken],
        "empty": [(NAME, STRING, b"\0")],
        "not UTF-8": [(NAME, STRING, b"a\xff\xe2\x82b\xf0\x9f\x98\0")],
        **{
            f"origin in form {form}": [(ORIGIN, form, "target")]
            for form in (REF1, REF2, REF4, REF8, REF_UDATA, REF_ADDR)
        },
        **{
            f"origin in form {form:#x}": [(ORIGIN, form, 1)]
            for form in (DATA4, REF_SIG8, REF_SUP4, REF_SUP8, GNU_REF_ALT)
        },
        "specification": [(SPECIFICATION, REF4, "target")],
        "specification and origin": [(SPECIFICATION, REF4, "target"), (ORIGIN, REF4, "linked")],
        "origin and plain": [(ORIGIN, REF4, "target"), plain],
        "plain and origin": [plain, (ORIGIN, REF4, "target")],
        "origin and linkage": [(ORIGIN, REF4, "target"), linkage],
        "a linkage name there": [(ORIGIN, REF4, "linked")],
        "a linkage name there that can't be read": [(ORIGIN, REF4, "unlinked")],
        "a name there that can't be read": [(ORIGIN, REF4, "unnamed")],
        "no name there": [(ORIGIN, REF4, "nothing")],
        "origin of the origin": [(ORIGIN, REF4, "second")],
        "origin by itself": [(ORIGIN, REF4, "itself")],
        "a name before the origin of the origin": [(ORIGIN, REF4, "named")],
        "the end of a list": [(ORIGIN, REF4, "end")],
        **{f"outside: {at}": [(ORIGIN, REF4, at)] for at in (0, 10, 11, 0x1000)},
        **{f"outside, of the section: {at}": [(ORIGIN, REF_ADDR, at)] for at in (0, 10, 0x1000)},
    }
    for name, attributes in names.items():
        targets = [
            Entry(FUNCTION, [(NAME, STRING, b"target\0")], label="target"),
            Entry(FUNCTION, [(NAME, STRING, b"plain\0"), linkage], label="linked"),
            Entry(FUNCTION, [broken, (NAME, STRING, b"plain\0")], label="unlinked"),
            Entry(FUNCTION, [(NAME, STRP, 99), (SPECIFICATION, REF4, "target")], label="unnamed"),
            Entry(FUNCTION, [], label="nothing"),
            Entry(FUNCTION, [(SPECIFICATION, REF4, "target")], label="second"),
            Entry(FUNCTION, [(SPECIFICATION, REF4, "itself")], label="itself"),
            Entry(FUNCTION, [(NAME, STRING, b"named\0"), (ORIGIN, REF4, "target")], label="named"),
        ]
        for version in (2, 4):
            made = Dwarf(line=LINE)
            child = Entry(FUNCTION, [*WHOLE, *attributes])
            made.unit(Entry(UNIT, [*WHOLE, *LINES], [*targets, child, Entry(FUNCTION, [])]), version)
            cases[f"{name}, version {version}"] = made.module()
            tree = [*targets, function("outer", 0, 0x50, children=[Entry(INLINED, [*WHOLE, *attributes])])]
            cases[f"{name}, inlined, version {version}"] = (
                Dwarf(line=LINE).unit(Entry(UNIT, [*WHOLE, *LINES], tree), version).module()
            )
    assert told(answers, cases) == golden


def test_chains_of_origins(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for size in (14, 15, 16, 17):
        chain = [Entry(FUNCTION, [(ORIGIN, REF4, f"f{k + 1}")], label=f"f{k}") for k in range(size)]
        last = Entry(FUNCTION, [(NAME, STRING, b"last\0")], label=f"f{size}")
        cases[f"{size}"] = unit(*chain, last, Entry(FUNCTION, [*WHOLE, (ORIGIN, REF4, "f0")])).module()
    assert told(answers, cases) == golden


def test_origins_in_other_units(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    target = Entry(FUNCTION, [(NAME, STRX1, 1)], label="target")
    for kind in (1, 3):
        for form in (REF_ADDR, REF4):
            made = Dwarf(line=LINE, str_offsets=n(0) + n(2) + n(4) + n(6), str=b"a\0b\0c\0d\0")
            made.unit(Entry(UNIT, [(STR_OFFSETS_BASE, SEC_OFFSET, 4)], [target]), 5, kind=kind)
            made.unit(Entry(UNIT, [*WHOLE, *LINES], [Entry(FUNCTION, [*WHOLE, (ORIGIN, form, "target")])]), 5)
            cases[f"kind {kind}, form {form}"] = made.module()
    for at in range(0x30):
        made = Dwarf(line=LINE).unit(Entry(UNIT, [(NAME, STRING, b"u\0")], [function("one", 0, 1)]), 4)
        made.unit(Entry(UNIT, [(0x99, 0x99, b"")], [Entry(FUNCTION, [(NAME, STRING, b"two\0")])]), 4)
        made.unit(Entry(UNIT, [*WHOLE, *LINES], [Entry(FUNCTION, [*WHOLE, (ORIGIN, REF_ADDR, at)])]), 4)
        cases[f"at {at}"] = made.module()
    assert told(answers, cases) == golden


NAMES = """
_ZN4testE  _ZN4test1a2bcE  _ZN4test  _ZN  _ZNE  _ZN3fooEx  _ZN3foo3barE  ZN3foo3barE  __ZN3foo3barE  _ZX3fooE  ZN  Z
___ZN3fooE  _zN3fooE  _ZN0E  _ZN03fooE  _ZN3fooeE  _ZN4fooE  _ZNfooE  _ZN3foo0E  _ZN03foo00E  _ZN3foo3E
_ZN99999999999999999999E  _ZN18446744073709551616fooE  _ZN000000000000000000000003fooE
_ZN3foo17h05af221e174051e9E  _ZN3foo17h05AF221E174051E9E  _ZN3foo17hg5af221e174051e9E  _ZN3foo3habE  _ZN3foo1hE  _ZN3habE
_ZN3foo17h05af221e174051e93barE  _ZN3foo17x05af221e174051e9E  _ZN3foo3hag3habE  _ZN3hab3habE
_ZN3foo3barE.llvm.1234ABCD  _ZN3foo3barE.llvm.1234abcd  _ZN3foo3barE.llvm.  _ZN3foo3barE.llvm.9@2  foo.llvm.1234  a.llvm.g
_ZN3foo3barE.llvm.A.llvm.B  _ZN3foo3barE.llvmA  _ZN3foo3barE.cold  _ZN3foo3barE.c-o!~9  _ZN3foo3barE.  _ZN3foo3barEcold
_ZN4$RP$E  _ZN8$RF$testE  _ZN8$BP$test4foobE  _ZN9$u20$test4foobE  _ZN35Bar$LT$$u5b$u32$u3b$$u20$4$u5d$$GT$E
_ZN4$SP$E  _ZN4$LT$E  _ZN4$GT$E  _ZN4$LP$E  _ZN3$C$E  _ZN12$u27$test$C$E  _ZN4$XX$E  _ZN5a$XX$E  _ZN3$C$3a$CE  _ZN2$$E  _ZN1$E
_ZN13_$LT$test$GT$E  _ZN4_RP$E  _ZN5_$RP$E  _ZN6__$RP$E  _ZN7foo..barE  _ZN7foo.barE  _ZN7foo.barrE  _ZN8foo...baE  _ZN2..E
_ZN8.foo.barE  _ZN1.E  _ZN4$u0$E  _ZN5$u1f$E  _ZN5$u7e$E  _ZN5$u7f$E  _ZN5$u80$E  _ZN5$u9f$E  _ZN5$ua0$E  _ZN5$u20$E  _ZN3$u$E
_ZN7$u41b0$E  _ZN5$uA0$E  _ZN7$ud7ff$E  _ZN7$ud800$E  _ZN7$udfff$E  _ZN7$ue000$E  _ZN9$u10ffff$E  _ZN9$u110000$E  _ZN9$u00041$E
_ZN11$u00000041$E  _ZN12$u000000041$E  _ZN13$u0000000041$E  _ZN11$u10000041$E  _ZN5$ug1$E  _ZN5$x41$E  _ZN6$u+41$E  _ZN6$u41$bE
_ZN7a$u41$b.$C$c..$BP$E  foo  a b  main  f  v
"""


def test_names_in_words(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for name in [
        *NAMES.split(),
        "_ZN3fooE.a b",
        "_ZN3fooE.a\x7f",
        "_ZN3fooE.\xe9",
        "_ZN4f\xe9oE",
        "_ZN5f\xe9ooE",
        "\xe9",
    ]:
        cases[name] = unit(function(name, 0, 0x50), more=[(LANGUAGE, DATA1, 0x1C)]).module()
    assert told(answers, cases) == golden


CPP = (0x04, 0x19, 0x1A, 0x21, 0x2A, 0x2B)
"""Languages whose names are not put into words."""


def test_names_in_words_by_languages(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Names of one letter are types as C++ writes them.
    cases = {}
    for language in (*range(0x30), 0x8001, None):
        attributes = LINES[:-1] if language is None else [*LINES[:-1], (LANGUAGE, DATA2, language)]
        for name in ("_ZN1a1bE", "f"):
            if name != "f" and language in CPP:
                continue
            made = Dwarf(line=LINE).unit(Entry(UNIT, [*WHOLE, *attributes], [function(name, 0, 0x50)]))
            cases[f"{language}: {name}"] = made.module()
    for letter in "abcdefghijklmnopqrstuvwxyzABZ_1":
        made = Dwarf(line=LINE).unit(Entry(UNIT, [*WHOLE, *LINES[:-1]], [function(letter, 0, 0x50)]))
        cases[f"letter {letter}"] = made.module()
    assert told(answers, cases) == golden
