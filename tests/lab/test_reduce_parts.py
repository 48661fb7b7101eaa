"""What `reduce` tries, part by part: words of a command line, names of files, lines, words and bytes, WAT by its forms."""

from __future__ import annotations

import itertools
import random
import re
import sys
from collections.abc import Callable

import pytest

if sys.platform == "win32":
    pytest.skip("forks", allow_module_level=True)

from pywasmtools.lab.case import Case
from pywasmtools.lab.pair import Outcome, Pair
from pywasmtools.lab.reduce import passes, text, units, wat, words
from pywasmtools.lab.reduce.state import CRASH, OutOfTime, State, Uninteresting, is_better

Wanted = Callable[[Case], bool]


class Fake(Pair):
    """Stands for two programs: the first breaks down on some cases. Nothing runs."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.asked: list[Case] = []

    def run_reference(self, case: Case) -> Outcome:
        self.asked.append(case)
        return Outcome(101 if self.wanted(case) else 0, b"", b"", {})


def reduced(pass_: Callable[[State], None], case: Case, wanted: Wanted) -> Case:
    """What a pass makes of a case, where some are wanted; it never grows."""
    state = State(case, Fake(wanted), CRASH, 100.0)
    pass_(state)
    assert wanted(state.best) and (state.best == case or is_better(state.best, case))
    return state.best


def tried(case: Case, pass_: Callable[[State], None]) -> list[Case]:
    """What a pass tries where nothing else will do."""
    fake = Fake(lambda other: other == case)
    pass_(State(case, fake, CRASH, 100.0))
    return fake.asked[1:]


# ------------------------------------------------------------------------------- the command line


@pytest.mark.parametrize(
    ("word", "shorter"),
    [
        ("-jt", ["-j", "-t"]),
        ("-jtw", ["-j", "-t", "-w"]),
        ("-j", []),
        ("-", []),
        ("--all", []),
        ("a", []),
        ("ab", ["a"]),
        ("", []),
        ("x,y", ["x", "y", "y", "x", "a"]),
        ("x,y,z", ["x", "y", "z", "y,z", "x,z", "x,y", "a"]),
        ("x y", ["x", "y", "y", "x", "a"]),
        ("--f=x,y", ["--f=x", "y", "y", "--f=x"]),
    ],
)
def test_shorter_words(word: str, shorter: list[str]) -> None:
    assert list(words.shorter_words(word)) == shorter


@pytest.mark.parametrize(
    ("argv", "path", "groups"),
    [
        ("component new m.wasm -o out", 2, ["m.wasm", "-o out"]),
        ("component new -to out m.wasm", 2, ["-to out", "m.wasm"]),
        ("component new -oout m.wasm", 2, ["-oout", "m.wasm"]),
        ("component new -ot m.wasm", 2, ["-ot", "m.wasm"]),
        ("component new --output=out m.wasm", 2, ["--output=out", "m.wasm"]),
        ("component new --validate false m.wasm", 2, ["--validate", "false", "m.wasm"]),
        ("component new --nope x m.wasm", 2, ["--nope", "x", "m.wasm"]),
        ("component new -o", 2, ["-o"]),
        ("component new - m.wasm", 2, ["-", "m.wasm"]),
        ("component wit -j -t", 2, ["-j", "-t"]),
        ("validate -f gc m.wasm", 1, ["-f gc", "m.wasm"]),
        ("component", 1, []),
        ("nope -o x", 0, ["nope", "-o", "x"]),
        ("", 0, []),
    ],
)
def test_words_that_belong_together(argv: str, path: int, groups: list[str]) -> None:
    split = tuple(argv.split())
    found, rest = words.grouped(split)
    assert found == list(split[:path])
    assert [" ".join(group) for group in rest] == groups
    assert words.joined(found, rest) == split


def test_options_that_are_not_needed() -> None:
    case = Case(("component", "wit", "a.wit", "-jt", "-o", "out", "--features", "x,y,z", "--all-features"))

    def left(wanted: Callable[[list[str]], bool]) -> str:
        """The words behind the command, where some are wanted."""
        made = reduced(
            words.reduce_words_of_command,
            case,
            lambda c: c.argv[:2] == ("component", "wit") and wanted([*c.argv[2:]]),
        )
        return " ".join(made.argv[2:])

    assert left(lambda _: True) == ""
    assert left(lambda found: "-o" in found and "out" in found) == "-o out"
    assert left(lambda found: any("y" in word for word in found)) == "--features y"
    assert left(lambda found: any(word in ("-t", "-jt") for word in found)) == "-t"
    assert left(lambda found: "--features" in found) == "--features x"
    assert left(lambda found: "a.wit" in found and "--all-features" in found) == "a.wit --all-features"


# ------------------------------------------------------------------------------- files

FILES = {"p/a.wit": b"a" * 40, "p/deps/x/b.wit": b"b", "p/deps/y.wit": b"c", "q/m.wasm": b"d", "n": b"e"}


def test_files_that_are_not_needed() -> None:
    case = Case(("x", "p"), dict(FILES), b"in")
    assert reduced(words.drop_files, case, lambda _: True).files == {}
    assert set(reduced(words.drop_files, case, lambda c: "p/deps/y.wit" in c.files).files) == {"p/deps/y.wit"}
    left = reduced(words.drop_other_files, case, lambda _: True)
    assert set(left.files) == {"p/a.wit", "p/deps/x/b.wit", "p/deps/y.wit"} and left.stdin == b""
    assert reduced(words.drop_other_files, case, lambda c: bool(c.stdin)).stdin == b"in"
    assert set(reduced(words.drop_other_files, case, lambda c: "n" in c.files).files) == {*left.files, "n"}
    # A folder at a time comes before a file at a time.
    assert {*FILES} - {*tried(case, words.drop_files)[0].files}


def test_a_path_to_what_lies_deeper() -> None:
    case = Case(("wit", "p"), dict(FILES))
    by_file = reduced(words.name_deeper, case, lambda c: c.argv[1] == "p" or c.files.get(c.argv[1]) == b"b")
    assert by_file == Case(("wit", "b.wit"), {"b.wit": b"b", "q/m.wasm": b"d", "n": b"e"})
    by_folder = reduced(words.name_deeper, case, lambda c: f"{c.argv[1]}/y.wit" in c.files or c.argv[1] == "p")
    assert by_folder == Case(("wit", "deps"), {"deps/x/b.wit": b"b", "deps/y.wit": b"c", "q/m.wasm": b"d", "n": b"e"})
    assert reduced(words.name_deeper, case, lambda c: c.argv[1] == "p") == case


def test_short_names_for_files() -> None:
    case = Case(
        ("new", "folder/module.wasm", "--adapt=old.wasm", "-oout.wasm", "x=old.wasm"),
        {"folder/module.wasm": b"m", "old.wasm": b"o"},
    )
    made = reduced(words.shorten_paths, case, lambda _: True)
    assert sorted(made.files.values()) == [b"m", b"o"]
    assert all(re.fullmatch(r"[a-z]\.wasm", name) for name in made.files), made
    names = {data: name for name, data in made.files.items()}
    assert made.argv == ("new", names[b"m"], f"--adapt={names[b'o']}", "-oout.wasm", f"x={names[b'o']}")
    kept = reduced(words.shorten_paths, Case(("wit", "dep/deps"), {"dep/deps/ab.wit": b""}), lambda _: True)
    assert [name.split("/")[1:] for name in kept.files] == [["deps", next(iter(kept.files)).split("/")[2]]]


@pytest.mark.parametrize(
    ("part", "argv", "files"),
    [
        ("ab.wit", ("wit", "x/c.wit", "--o=c.wit", "-oab.wit"), ["x/c.wit", "cd.wit"]),
        ("x", ("wit", "c.wit/ab.wit", "--o=ab.wit", "-oab.wit"), ["c.wit/ab.wit", "cd.wit"]),
        ("nothing", ("wit", "x/ab.wit", "--o=ab.wit", "-oab.wit"), ["x/ab.wit", "cd.wit"]),
    ],
)
def test_another_name_for_a_part_of_paths(part: str, argv: tuple[str, ...], files: list[str]) -> None:
    case = Case(("wit", "x/ab.wit", "--o=ab.wit", "-oab.wit"), {"x/ab.wit": b"1", "cd.wit": b"2"})
    found = words.renamed(case, part, "c.wit")
    assert found is not None and found.argv == argv
    assert list(found.files) == files and list(found.files.values()) == [b"1", b"2"]


def test_two_files_never_get_one_name() -> None:
    assert words.renamed(Case((), {"ab": b"", "c": b""}), "ab", "c") is None
    assert words.renamed(Case((), {"x/ab": b"", "c": b""}), "ab", "c") == Case((), {"x/c": b"", "c": b""})


# ------------------------------------------------------------------------------- the state


def test_what_is_tried_only_once() -> None:
    fake = Fake(lambda case: case.stdin != b"b")
    state = State(Case((), {}, b"long"), fake, CRASH, 100.0)
    assert not state.attempt(Case((), {}, b"b")) and not state.attempt(Case((), {}, b"b"))
    assert not state.attempt(Case((), {}, b"longer"))  # not better
    assert state.attempt(Case((), {}, b"long"))  # the same
    assert (state.runs, state.better, len(fake.asked)) == (2, 0, 2)
    assert state.attempt(Case((), {}, b"ab")) and state.attempt_files({}) and not state.attempt_file("f", b"")
    assert (state.runs, state.better, state.best.stdin) == (3, 1, b"ab")
    state.deadline = 0.0
    with pytest.raises(OutOfTime):
        state.attempt(Case((), {}, b"a"))
    with pytest.raises(Uninteresting, match=r"^there is nothing to reduce: the reference does not break down$"):
        State(Case((), {}, b"b"), fake, CRASH, 100.0)


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (Case(("a",)), Case(("ab",))),
        (Case(("a",), {"f": b"1"}), Case(("a",), {"f": b"12"})),
        (Case((), {"f": b"ab"}), Case((), {"f": b"a", "g": b"b"})),
        (Case((), {"f": b"ab"}), Case((), {"ff": b"ab"})),
        (Case(("a",)), Case(("b",))),
        (Case((), {"a": b"x"}), Case((), {"b": b"x"})),
        (Case((), {"a": b"x"}), Case((), {"a": b"y"})),
        (Case((), {}, b"x"), Case((), {}, b"y")),
        (Case((), {}, b"z"), Case((), {}, b"yy")),
        (Case((), {"f": b""}, b""), Case((), {}, b"x")),
    ],
)
def test_which_case_is_better(small: Case, large: Case) -> None:
    assert is_better(small, large) and not is_better(large, small) and not is_better(small, small)


def test_which_pass_is_for_what() -> None:
    rows = {
        ("m.wasm", b"\0asm\1\0\0\0"): (True, False, False, False, False, True),
        ("m.wasm", b"\0as"): (False, False, False, False, False, True),
        ("a.wit", b"package a:b;"): (False, True, False, True, True, False),
        ("m.wat", b";; c\n(;x;) (module)"): (False, False, True, True, True, False),
        ("m.txt", b"text"): (False, False, False, True, True, False),
        ("m.txt", b"t" * 4096): (False, False, False, True, False, False),
        ("m.txt", b"\xff"): (False, False, False, False, False, True),
        ("a.wit", b"(module)"): (False, True, False, True, True, False),
    }
    tests = (
        passes.is_binary,
        passes.is_wit,
        passes.is_wat_text,
        passes.is_any_text,
        passes.is_small_text,
        passes.is_bytes,
    )
    for (name, data), expected in rows.items():
        assert tuple(bool(test(name, data)) for test in tests) == expected, name
    case = Case((), {"f": b"1"}, b"in")
    assert passes.contents(case) == {"f": b"1", passes.STDIN: b"in"}
    assert passes.contents(Case((), {"f": b"1"})) == {"f": b"1"}
    state = State(case, Fake(lambda _: True), CRASH, 100.0)
    assert passes.test_of(state, passes.STDIN)(b"i") and state.best.stdin == b"i"
    assert passes.test_of(state, "f")(b"") and state.best.files == {"f": b""}
    assert not passes.test_of(state, "g")(b"")


# ------------------------------------------------------------------------------- contents


def smallest(pass_: Callable[[bytes, text.Test], object], data: bytes, wanted: Callable[[bytes], bool]) -> bytes:
    """The last content that a pass was told is wanted."""
    best = data

    def test(candidate: bytes) -> bool:
        nonlocal best
        if not wanted(candidate):
            return False
        best = candidate
        return True

    pass_(data, test)
    return best


def test_lines_words_and_bytes() -> None:
    data = b'one two\nthree (four) "five six"\n  seven\n'
    assert smallest(text.reduce_lines, data, lambda d: b"three" in d) == b'three (four) "five six"\n'
    assert smallest(text.reduce_words, data, lambda d: b"four" in d) == b"four"
    assert smallest(text.reduce_words, data, lambda d: b"five" in d) == b'"five six"\n  '
    assert smallest(text.reduce_words, data, lambda d: b"two" in d and b"seven" in d) == b"two\nseven\n"
    assert smallest(text.reduce_bytes, data, lambda d: b"x" in d and b"n" in d) in (b"nx", b"xn\n")
    assert smallest(text.reduce_bytes, b"\0\xff\n\1", lambda d: b"\n" in d) == b"\n"
    assert smallest(text.reduce_bytes, b"ab\ncd\n", lambda d: b"\n" in d) in (b"b\n", b"d\n")
    assert smallest(text.reduce_lines, b"one line", lambda _: True) == b"one line"


def test_bytes_become_zeros() -> None:
    data = bytes(range(1, 40))
    assert smallest(text.simplify_bytes, data, lambda d: d[7] == 8 and d[30:32] == b"\x1f\x20") == bytes(
        k if k in (8, 31, 32) else 0 for k in data
    )
    assert smallest(text.simplify_bytes, data, lambda _: True) == bytes(39)
    assert smallest(text.simplify_bytes, b"", lambda _: True) == b""


def test_layout() -> None:
    data = b"\n\na {  \n\n\n   b(\n  c,\n  d\n ),\n}\t\n"
    assert smallest(text.tidy, data, lambda _: True) == b"a { b( c, d ), }\n".replace(b"( c, d )", b"(c, d)").replace(
        b"{ b(c, d), }", b"{b(c, d)}"
    )
    assert smallest(text.tidy, data, lambda d: b"\n" in d[:-1]) == b"a {\nb(\nc,\nd\n),\n}\n"
    assert smallest(text.tidy, data, lambda d: b"   b(" in d) == b"a {\n   b(\n  c,\n  d\n ),\n}\n"
    assert text.joined_lists(b"f(\n a,\n b )  { x;\n }") == b"f(a, b)  { x;\n }"
    assert text.joined_lists(b"{ a ,\n b,\n}") == b"{a , b}"
    assert text.is_text("é".encode()) and not text.is_text(b"a\0") and not text.is_text(b"\xff")


def test_forms_of_text() -> None:
    data = b'(module (; c (;) ;; (\n (func $a (block) call $b) (func $b (export "x)") i32.const 0x10 drop))'
    found = [(data[start:end].split(b" ")[0], depth) for start, end, depth in wat.lists(data)]
    assert found == [(b"(module", 1), (b"(func", 2), (b"(block)", 3), (b"(func", 2), (b"(export", 3)]
    assert [data[end - 1 : end] for _, end, _ in wat.lists(data)] == [b")"] * 5
    assert wat.lists(b"(a (b") == [(0, 5, 1), (3, 5, 2)] and wat.lists(b")") == []
    unit = wat.forest(data, False).units
    assert [u.kind for u in unit] == ["file", "module", "comment", "comment", "func", "block", "func", "export"]
    assert [u.defines for u in unit if u.defines] == [b"$a", b"$b"]
    assert [m.name for u in unit for m in u.mentions] == [b"$b"]
    words_ = [data[u.start : u.end] for u in wat.forest(data, True).units if u.kind == "word"]
    assert words_ == [b"call", b"$b", b'"x)"', b"i32.const", b"0x10", b"drop"]
    for yes in (b"(", b" \n(module", b";; x\n(module", b"(; x ;) ;;\n("):
        assert wat.is_wat(yes), yes
    for no in (b"", b"module", b";; (", b"world w {}", b"x ("):
        assert not wat.is_wat(no), no


def test_forms_take_each_others_place() -> None:
    data = b"(a (b (c) (d (e))) (f))"
    assert smallest(wat.hoist, data, lambda d: b"(e)" in d) == b"(e)"
    assert smallest(wat.hoist, data, lambda d: b"(c)" in d and b"(f)" in d) == b"(a (c) (f))"
    assert wat.hoist(data, lambda _: False) == data


def test_numbers_texts_and_names_become_short() -> None:
    assert wat.simplify_atoms(b'x 0x10 -5 "long" $a1 "" 1.5', lambda _: True) == b'x 0 0 "" $a1 "" 0'
    assert wat.simplify_atoms(b"10 20", lambda d: d[:1] != b"0") == b"1 0"
    assert wat.simplify_atoms(b'"abcdef"', lambda d: b'""' not in d) == b'"a"'
    assert wat.simplify_atoms(b'"bcdefg"', lambda d: b'"b' in d) == b'"bcd"'.replace(b"bcd", b"bcd"[:3])
    assert wat.shorten_names(b"(func $long (call $long) $longer)", lambda _: True) == b"(func (call))"
    kept = wat.shorten_names(b"(func $long (call $long) $longer)", lambda d: d.count(b"$") == 3)
    assert kept == b"(func $b (call $b) $a)"
    assert wat.shorten_names(b"(func $a (call $bc))", lambda d: d.count(b"$") == 2) == b"(func $a (call $b))"


# ------------------------------------------------------------------------------- what is cut out


def test_what_is_cut_out_is_in_order_and_each_part_once() -> None:
    """Whatever units there are, beside each other, over each other and in each other."""
    rng = random.Random(1)
    data = bytes(range(65, 91))
    for _ in range(300):
        root = units.Unit("f", "file", 0, len(data))
        kept, gone = {root}, set[int]()
        for _ in range(rng.randrange(7)):
            start = rng.randrange(len(data))
            end = rng.randint(start + 1, min(len(data), start + 9))
            unit = units.Unit("f", "part", start, end, root)
            inner = units.Unit("f", "part", start, rng.randint(start + 1, end), unit)
            if rng.randrange(3):
                gone.update(range(start, end))
            else:
                kept.add(unit)
                gone.update(range(start, inner.end))
        cuts = units.removals(data, root, kept)
        assert [at for start, end in cuts for at in range(start, end)] == sorted(gone)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(cuts))
        left = bytes(byte for at, byte in enumerate(data) if at not in gone)
        assert units.render(data, cuts) == left


@pytest.mark.parametrize(
    ("source", "start", "end", "comma", "cut"),
    [
        (b"a\n  b\nc", 4, 5, False, b"  b\n"),
        (b"  b \t\r\nc", 2, 3, False, b"  b \t\r\n"),
        (b"a b\nc", 2, 3, False, b"b"),
        (b"a\n b c\n", 3, 4, False, b"b"),
        (b"a\n b", 3, 4, False, b"b"),
        (b"{ b, c }", 2, 3, True, b"b,"),
        (b"{ b , c }", 2, 3, True, b"b ,"),
        (b"{ b }", 2, 3, True, b"b"),
        (b"{\n  b,\n  c\n}", 4, 5, True, b"  b,\n"),
        (b"{\n  b\n  ,\n  c\n}", 4, 5, True, b"  b\n  ,\n"),
        (b"{ b, c }", 2, 3, False, b"b"),
        (b"b", 0, 1, True, b"b"),
        (b"b\n", 0, 1, True, b"b\n"),
    ],
)
def test_a_comma_goes_with_what_it_stands_behind_and_a_line_with_what_fills_it(
    source: bytes, start: int, end: int, comma: bool, cut: bytes
) -> None:
    unit = units.Unit("f", "part", start, end)
    unit.comma = comma
    found = units.widened(source, unit)
    assert source[slice(*found)] == cut and found[0] <= start < end <= found[1]
