"""The quick ways through text: how far each goes, and that nobody sees from what comes out whether it was taken.

A quick way that is not taken where it could be costs time alone, so no golden shows that. Here they are asked themselves.
"""

from __future__ import annotations

import itertools
import random
import struct

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wat.core.expressions import MAX_LINE, MAX_MISSED_LINES, ExpressionParser
from pywasmtools.wat.core.instructions import Scope
from pywasmtools.wat.cursor import Parser
from pywasmtools.wat.lexer import unescaped
from pywasmtools.wat.parse import wat_to_binary


def parser(text: str) -> ExpressionParser:
    """Of a body in which `$p` is a local, `$f` the first of everything else, and `$m` the second."""
    scope = Scope()
    scope.locals[b"p"] = 0
    for names in scope.spaces:
        names.update({b"f": 0, b"m": 1})
    return ExpressionParser(Parser(text.encode(), None), scope)


# A bar is where the quick way stops: what stands there, and before it on the line, goes the careful way.
LINES = [
    *("nop\nnop|\n)", "nop|\nnop)", "  nop  \n\t\n nop\r\nnop|\n)", "|unknown\nnop", "|select (result i32)\nnop"),
    # Where a label or a comment may follow.
    *(
        "end|\n)",
        "end|\nend\n$l",
        "|end\n\n  (nop)",
        "|end\n;; c\nnop\n",
        "|end\n",
        "nop|\nelse\n(then",
        "end|\nelse\n$l",
    ),
    *("end\nelse\n\nnop|\n)", "end\nend\nelse\nend\nunreachable|\n)", "end\n\n\n  end|\n)"),
    # Blocks, by what follows.
    *(
        "block\nloop\nif\nend|\n)",
        "|block\n$b\nend",
        "|block\n(result i32)",
        "|block\ntype",
        "|block\n",
        "nop|\nblock $b\nnop",
    ),
    *(
        "block ;; c\nnop|\n)",
        "|block (; c ;)\nnop\n",
        "|block ;; é\nnop\n",
        "|loop\nnop type\n",
        "if\nnop ;; c\nnop|\n)",
    ),
    "|block\nnop ;; c\n(type 0)",
    # Comments.
    *(
        "nop ;; c|\nnop (; c ;)\nnop\n)",
        "|nop ;; é\nnop\n",
        "nop\n;; c\n\nnop|\n)",
        "nop|\n;; é\nnop\n",
        "nop;;c\nnop|\n)",
    ),
    *(
        "local.get 1 (;c;)|\n)",
        "|local.get 1 (; c ;)\n)",
        "|local.get 1 (;c d;)\n)",
        "|local.get 1 (; c ;)(; d ;)\n)",
        "|local.get 1 (;;)2\n)",
    ),
    # Loads and stores may go on in the next line.
    *("i32.load\nnop|\n)", "|i32.load\noffset=1\nnop", "|i32.load\n(nop)", "|i32.load\n$m", "|i32.load\ndrop type\n"),
    *(
        "i32.load\ndrop ;; c\nnop|\n)",
        "|i32.load\ndrop ;; c",
        "i32.load offset=4\nnop|\n",
        "|i32.load offset=4\ntype\n",
    ),
    *("nop|\ni32.load offset=4\nalign=4\n", "nop|\ni32.load offset=4\n(nop)", "nop|\ni32.load offset=4\n"),
    *("nop\ni32.load offset=4 align=4|\n)\n", "i32.load 1 offset=4|\nnop", "i32.load $m align=2\nnop|\n"),
    *(
        "|i32.load $x align=2\nnop\n",
        "|i32.load offset=0x10\nnop\n",
        "|i32.load align=3\nnop",
        "|i32.load align=32\nnop",
    ),
    *("|i32.load align=4 offset=4\nnop", "|i32.load offset=4 offset=4\nnop\n", "|i32.load 1 2\nnop\n"),
    *("i32.load offset=123456789012345678\nnop|\n)", "|i32.load offset=1234567890123456789\nnop"),
    # Indices and names.
    *(
        "local.get $p|\nlocal.get $q\n",
        "call $f\ncall $later\nnop|\n)",
        "call $f$\nnop|\n)",
        "|call $\n",
        '|call $a"b"\n',
    ),
    *(
        "local.get 12345678|\nlocal.get 123456789\n",
        "|local.get 1_0\nnop",
        "|local.get 0x1\n",
        "br 3\nbr_if 0|\nbr $b\n",
    ),
    *(
        "memory.size 1\nmemory.grow $m\nmemory.size $x|\n)",
        "|memory.size\nnop\n",
        "|table.get\nnop",
        "table.get 1|\n)\n",
    ),
    *(
        "|memory.init 0\nnop",
        "|memory.copy\nnop\n",
        "|br_table 0 1\nnop",
        "|ref.null func\nnop",
        "|call_indirect (type 0)\n",
    ),
    # Numbers.
    *("i32.const -7\ni32.const 123456789|\ni32.const 1234567890\n", "|i32.const 0x7\nnop", "|i32.const -\n"),
    "i64.const 123456789012345678|\ni64.const 1234567890123456789\n",
    *("f32.const 1.5\nf64.const -0x1p3\nf32.const inf\nf64.const nan|\n)", "|f32.const 1e99\nnop", "|f32.const $p\n"),
    "i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255\ni8x16.extract_lane_s 3\nv128.const i32x4 1 2 3 4|\n)",
    *(
        "|i8x16.extract_lane_s 256\n",
        "|i8x16.extract_lane_s 0003\n",
        "|v128.const i32x4 1 2 3\n",
        "|v128.const i9x9 1\n",
    ),
    # Several a line.
    *("nop nop\nlocal.get 0 local.get $p i32.add call $f|\n)", "call $later call $later2\nnop|\n)", "|nop unknown\n"),
    *("|nop i32.load\noffset=1", "|nop i32.load\nnop\n", "nop i32.load\ndrop nop|\n)", "i32.load nop\nnop|\n"),
    *("|i32.load drop\n(nop)", "memory.size drop|\n)", "table.get local.get 0|\n)", "|nop end\nnop", "|nop block\nend"),
    *(
        "|i32.load drop\n;; c\nnop\n",
        "|i32.load drop\ntype\n",
        "i32.load drop|\ndrop type\n)",
        "|nop select (result i32)\n",
    ),
    # Long ones.
    f"nop{' nop' * (MAX_LINE // 4 - 1)}|\n)",
    f"|nop{' nop' * (MAX_LINE // 4 - 1)} nop\n)",
]


@pytest.mark.parametrize("marked", LINES)
def test_lines(marked: str) -> None:
    expression = parser(marked.replace("|", ""))
    before, _, after = marked.partition("|")
    assert expression._lines() == bool(before)
    assert expression.p.data[: expression.p.prev_end].decode() == before
    if before:
        # Lines that are known are as good as others, and lines that are not plain are tried again behind plain ones.
        known = parser(f"{before}\n{before}{after}")
        assert known._lines()
        assert known.p.data[known.p.prev_end :].decode() == after
        assert known.expression.code[len(expression.expression.code) :] == expression.expression.code


FOLDED = [
    *("(nop)|\n)", "(nop)(nop) (nop)\n\n  (nop)|)", "( nop )|\n)", "|()", "|(nop", f"|(nop {' ' * 128})", "|(unknown)"),
    *("(i32.add (i32.const 1) (local.get $p))|\n)", "(i32.add(i32.const 1)(i32.const 2))|nop", "(drop (i32.const 1)|"),
    *("(drop (i32.load offset=4 (i32.const 0)))|\n)", "(drop |(i32.load (i32.const 0)))\n", "(memory.size 1)|\n)"),
    *(
        "(call $f)\n(call $later (nop))|\n)",
        "|(br $b (nop))",
        "(br 0 (nop))|\n)",
        "(ref.func $f)|\n)",
        "|(memory.size)",
    ),
    *(
        "|(block (nop))",
        "(nop)| (block (nop))\n",
        "|(if (nop) (then))",
        "|(select (nop) (nop) (nop))\n)",
        "|(local.get $q)",
    ),
    *(
        "|(nop (; c ;))\n",
        "|(nop (@a))\n",
        "(nop)| ;; c\n(nop)",
        "(nop)| (; c ;) (nop)",
        "(nop)|\t(nop)",
        "(nop)|\r\n(nop)",
    ),
    *("(return (call $f (i32.const -1)))|\n)", "(f32.const nan)|\n)", "|(nop $x)", "|(local.get 1 (; c)\n)"),
    f"(nop)\n{' ' * 600}(nop)|\n)",
]


@pytest.mark.parametrize("marked", FOLDED)
def test_folded(marked: str) -> None:
    expression = parser(marked.replace("|", ""))
    before, _, _ = marked.partition("|")
    assert expression._folded() == bool(before)
    assert expression.p.data[: expression.p.prev_end].decode() == before


def test_after_ever_more_lines_that_are_not_plain_the_next_is_tried() -> None:
    expression = parser("select (result i32)\n" * 70 + "nop\nselect")
    p = expression.p
    tried = []
    while not expression._lines():
        tried.append(p.data.count(b"\n", 0, p.start))
        p.goto(p.no_lines_before)
        if p.start == p.size:
            break
    steps = [after - before for before, after in itertools.pairwise(tried)]
    assert steps[: MAX_MISSED_LINES + 3] == [*range(1, MAX_MISSED_LINES + 1), *[MAX_MISSED_LINES + 1] * 3]
    p.goto(p.data.find(b"nop"))
    assert expression._lines()
    assert p.missed_lines == 0
    # The last line has no end.
    assert not expression._lines()
    assert p.no_lines_before == p.size


# Names of all kinds where a line has several instructions: known, known later, and not at all.
NAMED = [
    "call $f",
    "call $later",
    "call $l",
    "ref.func $late",
    "global.get $g",
    "local.get $p",
    "br $b",
    "memory.size $m",
]
OTHERS = ["nop", "i32.const 1", "i32.load offset=4", "local.get 0", "end"]
MODULE = """(module (memory $m 1) (func $f (param $p i32) block $b
%s
  %s
nop)
(func $later) (global $later i32 (i32.const 1)))"""


def named_lines(r: random.Random) -> str:
    """Two lines, each of some instructions, one or two of them with a name that there is not."""
    lines = []
    for _ in range(2):
        words = r.choices(NAMED, k=r.randrange(1, 4)) + r.choices(OTHERS, k=r.randrange(3))
        r.shuffle(words)
        lines.append(r.choice(" \t").join(words) + r.choice(["", "", " ", " ;; call $l", "(;;)"]))
    return MODULE % tuple(lines)


def told(text: str) -> str:
    try:
        return wat_to_binary(text.encode(), None).hex()
    except WasmToolsError as e:
        return e.chain()


def test_where_names_are_that_there_are_not(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for name in (
        "call $l",
        "ref.func $late",
        "global.get $g",
        "memory.size $n",
        "table.get $t",
        "throw $x",
        "i32.load $n",
    ):
        for line in (
            "%s",
            "nop %s",
            "call $later %s",
            "%s call $later",
            "call $later call $later %s nop",
            "nop %s nop ;; $l",
        ):
            written = line % name
            cases[written] = MODULE % (written, "nop")
            cases[f"call $later, {written}"] = MODULE % ("call $later", written)
    assert answers("component embed -t w.wit in.wat", cases) == golden


def test_lines_with_names_are_read_as_tokens_are() -> None:
    """A vertical tab anywhere turns the quick ways off."""
    r = random.Random(519)
    refused = 0
    for _ in range(600):
        text = named_lines(r)
        careful = told(text + "(;\x0b;)")
        assert told(text + "(; ;)") == careful, text
        refused += not careful.startswith("0061736d")
    assert 100 < refused < 590


# ------------------------------------------------------------------------------- strings

PLAIN = {
    "": "",
    "a b": "a b",
    "é漢😀": "é漢😀",
    r"\\": "\\",
    r"\\\\n\n": "\\\\n\n",
    r"\t\n\r\"\'": "\t\n\r\"'",
    r"\00\41\7f": "\0A\x7f",
    r"\u{41}": "A",
    r"\u{0}\u{7f}\u{80}": "\0\x7f\x80",
    r"a\u{41}b\u{e9}c\u{41}d\u{10ffff}}": "aAbécAd\U0010ffff}",
    r"\u{d7ff}\u{E000}\u{00000041}": "\ud7ff\ue000A",
    r"\\u{41}\u{41}": "\\u{41}A",
    r"\u{5c}n\5cn": "\\n\\n",
    r"\u{5c}\u{22}": '\\"',
    r"\c3\a9": "é",
}
CAREFUL = [
    *(
        r"\u{}",
        r"\u{",
        r"\u{41",
        r"\u41}",
        r"\u{d800}",
        r"\u{dfff}",
        r"\u{110000}",
        r"\u{000000041}",
        r"\u{1_0}",
        r"\u{g}",
    ),
    *(
        r"\4",
        r"\g0",
        r"\0g",
        r"\q",
        "\\",
        r"\\\\" + "\\",
        "a\nb",
        "\t",
        "\x7f",
        "\u202e",
        "a\\\n",
        r"\u{41}\u",
        r"\u{41}\u{",
    ),
]


@pytest.mark.parametrize("written", PLAIN)
def test_plain_strings(written: str) -> None:
    assert unescaped(written.encode()) == PLAIN[written].encode()


@pytest.mark.parametrize("written", CAREFUL)
def test_strings_that_take_a_careful_look(written: str) -> None:
    assert unescaped(written.encode()) is None


SHORT = {9: r"\t", 10: r"\n", 13: r"\r", 34: r"\"", 39: r"\'", 92: r"\\"}


def written(r: random.Random, char: str) -> str:
    """A character inside a string, in one of the ways to write it."""
    how = r.randrange(6)
    code = ord(char)
    if how < 3 and code >= 32 and char not in '"\\\x7f':
        return char
    if code in SHORT and how < 5:
        return SHORT[code]
    if how == 5 or code >= 0x80:
        return f"\\u{{{code:x}}}" if r.randrange(2) else f"\\u{{{code:06X}}}"
    return f"\\{code:02x}" if r.randrange(2) else f"\\{code:02X}"


@pytest.mark.parametrize("seed", range(8))
def test_strings_mean_what_was_written(seed: int) -> None:
    r = random.Random(seed)
    ordinary = "abcdefgh 0123;()$" if seed % 2 else "abc"
    for size in (0, 1, 3, 40, 100, 254, 255, 256, 257, 1000, 8000, 40000):
        chars = r.choices(ordinary, k=size)
        for _ in range(r.choice((0, 1, 5, size // 4))):
            if chars:
                chars[r.randrange(size)] = r.choice(
                    ['"', "\\", "'", "\n", "\t", "\r", "\0", "\x7f", "\x80", "é", "漢", "\U0001f600"]
                )
        at = sorted(r.choices(range(size + 1), k=r.choice((0, 1, 2, 20))))
        strings = ["".join([written(r, char) for char in chars[a:b]]) for a, b in itertools.pairwise([0, *at, size])]
        between = [r.choice([" ", " ", "\n", "  ", "\t", "\n    ", "(;c;)", " ;; d\n", "\r\n"]) for _ in strings]
        text = "".join([f'"{string}"{blank}' for string, blank in zip(strings, between, strict=True)])
        data = "".join(chars).encode()
        p = Parser(f"{text})".encode(), None)
        assert p.strings() == data, text
        assert p.data[p.start :] == b")"
        assert wat_to_binary(f"(module (data {text}))".encode(), None).endswith(data), text


def digits(r: random.Random, value: int) -> str:
    sign = "-" if value < 0 else r.choice(("", "", "+"))
    form = r.choice(("d", "d", "d", "x", "_"))
    size = abs(value)
    return sign + (f"0x{size:X}" if form == "x" else f"{size:_d}" if form == "_" else f"{size:d}")


@pytest.mark.parametrize("width", [8, 16, 32, 64])
def test_numbers_of_lists_are_what_was_written(width: int) -> None:
    r = random.Random(width)
    top = 1 << width
    edges = [0, 1, -1, top - 1, top // 2, top // 2 - 1, -top // 2, -top // 2 + 1, 127, 128, 255]
    for count in (0, 1, 2, 10, 500, 3000):
        plain = r.randrange(2)
        values = [r.choice(edges) if r.randrange(2) else r.randrange(-top // 2, top) for _ in range(count)]
        words = [str(value) if plain else digits(r, value) for value in values]
        if count == 10:
            words[5] += r.choice((" (;c;)", ";; d\n", "\t", "\r\n"))
        text = r.choice(("", " ")) + r.choice((" ", "\n", "\n  ")).join(words)
        expected = b"".join([(value % top).to_bytes(width // 8, "little") for value in values])
        assert told(f'(module (data "" (i{width} {text})))').endswith(expected.hex()), text
    for value in (top, -top // 2 - 1, 10**30):
        for text in (f"{value}", f"1 {value} 2", digits(r, value)):
            assert "constant out of range" in told(f'(module (data "" (i{width} {text})))')


@pytest.mark.parametrize(("width", "code"), [(32, "<f"), (64, "<d")])
def test_floats_of_lists_are_what_was_written(width: int, code: str) -> None:
    r = random.Random(width)
    for count in (1, 2, 10, 300):
        values: list[float] = []
        while len(values) < count:
            value = struct.unpack(code, r.randbytes(width // 8))[0]
            values.append(r.choice((0.0, -0.0, 1.5, -2.0, 1e10)) if value != value else value)
        words = [value.hex() if r.randrange(3) == 0 else repr(value) for value in values]
        expected = b"".join([struct.pack(code, value) for value in values])
        for blank in (" ", "\n", " (;;) "):
            assert told(f'(module (data "" (f{width} {blank.join(words)})))').endswith(expected.hex())
