"""Patterns of `strip -d`: which names each is found in, and what is said of one that is refused, as the reference says it."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import pytest
from conftest import reference
from syrupy.assertion import SnapshotAssertion

from pywasmtools.regex.compile import compile_set
from pywasmtools.wasm.writer import custom_section

NAMES = (
    *(
        "",
        "name",
        "producers",
        "target_features",
        "reloc.CODE",
        ".debug_str",
        "component-type:foo",
        "a",
        "ab",
        "aB",
        "AB",
    ),
    *(
        "abc",
        "a b",
        "\n",
        "a\nb",
        "a\r\nb",
        "\r",
        "é",
        "É",
        "ß",
        "ẞ",
        "Σ",
        "ς",
        "σ",
        "k",
        "K",
        "\u212a",
        "ſ",
        "s",
        "日本",
    ),
    *(
        "1",
        "12",
        "²",
        "Ⅷ",
        "ⓐ",
        "_",
        "-",
        "]",
        "[",
        "^",
        "&&",
        "a-z",
        "\\",
        "$",
        "{",
        "x{2}",
        "xx",
        "xxx",
        "😀",
        "e\u0301",
    ),
    *("\u00a0", "\u2028", "\0", "\x7f", "\u0378", "ǅ", "ა", "Ა", "İ", "ı", "Ω", "aa1b", "~", "#", " ", "\t", "a#b"),
)

PATTERNS = """
a   ab|cd   a.c   ^a   b$   ^a$   ^$   (?m)^b   (?m)a$   (?mR)a$   (?R).\\n   a*   a+b   a?b   a{2}   x{2,}   x{1,2}$   (?:x{0})   x*?
(a)(b)   (?:a|b)c   (?P<n>a)   (?<n>b)   (?i)AB   (?i)k   (?i)ſ   (?i)é   (?i)ß   (?i)σ   (?i)[^k]   (?i)[a-c]   (?-i)a   (?i-i)a
(?i)a(?-i)B   (?i:a)B   (?s)a.b   (?s-s).   (?U)a+   (?-u)\\w   (?-u:\\b)a   (?-u)\\d   (?x)#   (?s).{3}   [abc]   [^abc]   []a]   [^]]
[a-]   [-a]   [a\\-z]   [a-z&&[^b]]   [a-c--b]   [a-c~~b-d]   [[:alpha:]]   [[:^alpha:]]   [[:word:]&&[:^digit:]]   [:alpha:]   [[a]b]
[\\d\\s]   [\\W]   [^\\s\\S]   [\\pL--a]   [&&a]   [a&&]   [a&]   \\d   \\D   \\w   \\W   \\s   \\S   \\b1   \\B1   \\Aa   b\\z   \\<a   b\\>
\\b{start}a   b\\b{end}   \\b{start-half}a   b\\b{end-half}   \\pL   \\PL   \\p{L}   \\p{Lu}   \\p{^L}   \\p{Letter}   \\p{gc=Nd}   \\p{gc!=Nd}
\\p{Greek}   \\p{sc:Latin}   \\p{scx=Han}   \\p{Alphabetic}   \\p{is_upper_case}   \\P{Emoji}   \\p{Any}   \\p{ASCII}   \\p{Assigned}   \\pN
\\p{age=3.2}   \\p{White_Space}   \\p{lc}   \\p{cf}   \\p{sc}   \\p{wb=ALetter}   \\p{gcb=Extend}   \\p{sb=Lower}   \\x41   \\x{e9}   \\u00e9
\\U0001F600   \\u{3c3}   \\n   \\t   \\r   \\.   \\-   \\ù   \\%   \\/   \\#   (|)   a||b   ()   (?:)   a**   a{2}{2}   ^*   (a*)*b   (|a)+b
(   )   a)   (a   (a|   (?   (?i   (?i:   (?)   (?z)   (?ii)   (?i-)   (?--i)   (?i-i   (?=a)   (?!a)   (?<=a)   (?<!a)   (?<1>a)   (?<>a)
(?<a   (?<a>x)(?<a>y)   (?P=a)   (?P<a   *   a|*   (*)   (?i)*   +   ?   {2}   a{   a{2   a{2,   a{,2}   a{x}   a{2,1}   a{99999999999}
a{2x}   a{2,x}   \\   \\1   \\8   \\e   \\Z   \\y   \\é   \\x   \\xg   \\x4   \\x{   \\x{}   \\x{g}   \\x{110000}   \\x{d800}   \\u12   \\uD800   \\U00110000
\\p   \\p{   \\p{x}   \\pX   \\p\\   \\p{sc=x}   \\p{x=y}   \\p{bc=L}   \\p{bc=x}   \\p{na}   \\p{Cs}   \\b{   \\b{x}   \\b{start   \\b{1}   [   [a   [^
[]   [^]   [a-   [z-a]   [a-\\d]   [\\d-a]   [\\b]   [\\A]   [\\p{x}]   [[a]   [a&&   [[:alpha:]   [--   (?-u)\\xFF   (?-u)[^a]   (?-u)\\W   (?-u).
(?-u)\\pL   (?-u)[é]   (?-u)[\\xFF]   (?-u)(?i)é   (?x:a   (?x)[a   \\w{400}   (?:a{1000}){1000}   é(   日本(?   aé[日-本
"""
"""Separated by three spaces, or by lines."""

SPACED = (
    *(
        "(?x) a b ",
        "(?x)a # c\n b",
        "(?x)[ a b ]",
        "(?x)[a -- b]",
        "(?x)[a - c # x\n]",
        "(?x)\\x 6 1",
        "(?x)x { 2 , 3 }",
    ),
    *(
        "(?x)( ?: a ) +",
        "(?x)\\p { L u }",
        "(?x: a b)c d",
        "(?x)\\ ",
        "a b",
        "x{ 2 , 3 }",
        "(?x)( ?= a)",
        "(?x)\\b { start } a",
    ),
    *(
        "a\n(",
        "(a\n\n",
        "[a\n",
        "x\r\n(",
        "\n(",
        "(\n",
        "(?P<a\n>x)",
        "(?<é>a)\n(?<é>b)",
        "\\x{\n}",
        "a{\n",
        "(?<a.b[0]>x)",
    ),
    *("(?<²>x)", "(?<aⅧ>x)", "[z\n-a]", "\\\n", "(?i\n)"),
)


def patterns() -> list[str]:
    return [p for line in PATTERNS.strip().splitlines() for p in line.split("   ")] + list(SPACED)


def kept(binary: bytes) -> list[str]:
    return [name for name in NAMES if custom_section(name, b"") in binary]


def test_what_is_found_and_what_is_refused(
    recording: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str], golden: SnapshotAssertion
) -> None:
    from pywasmtools.cli.main import main

    source, out = tmp_path / "in.wasm", tmp_path / "out.wasm"
    source.write_bytes(b"\0asm\1\0\0\0" + b"".join(custom_section(name, b"") for name in NAMES))
    told = ""
    for pattern in patterns():
        out.unlink(missing_ok=True)
        argv = ["strip", str(source), f"-d={pattern}", "-o", str(out)]
        if recording:
            error = subprocess.run([str(reference()), *argv], capture_output=True, text=True).stderr
        else:
            main(argv)
            error = capfd.readouterr().err
        left = kept(out.read_bytes()) if out.exists() else []
        told += f"== {pattern!r}\n" + (error or f"{[name for name in NAMES if name not in left]}\n")
    assert told == golden


@pytest.mark.parametrize(("opening", "depth"), [("(", 250), ("[", 250), ("(?:a|", 125)])
def test_nesting_ends_at_a_depth(opening: str, depth: int) -> None:
    closing = {"(": ")", "[": "]", "(?:a|": ")"}[opening]
    compile_set([opening * (depth - 1) + "a" + closing * (depth - 1)])
    with pytest.raises(Exception, match="exceed the maximum number of nested parentheses/brackets"):
        compile_set([opening * (depth + 1) + "a" + closing * (depth + 1)])


def test_a_match_takes_time_in_proportion() -> None:
    assert not compile_set(["(a*)*(a|a)*(?:a?){20}b"]).matches("a" * 500)


def test_any_of_several() -> None:
    rng = random.Random(3)
    letters = ["".join(rng.choice("abc") for _ in range(3)) for _ in range(20)]
    program = compile_set(letters[:10])
    assert all(program.matches(f"-{word}-") for word in letters[:10])
    assert not compile_set([]).matches("a")


REPEATED = [
    r"^a{2}$",
    r"^a{2,}$",
    r"^a{2,3}$",
    r"^a{0}$",
    r"^a{0,2}$",
    r"^(ab){2,3}$",
    r"^a{1,2}?$",
    r"^(?:a{2}){2}$",
    r"^a{3}a$",
    r"^[ab]{3,5}$",
    r"^(aa|b)+$",
    r"^ab?a?b$",
    r"^a*$",
    r"^a+$",
    r"^a??b$",
    r"a{4}",
    r"^(a|b){2}$",
    r"^(a*){2}$",
    r"^(a{1,2}b){2}$",
    r"^(a{0}b)+$",
    r"^b{1}$",
    r"^(ab){0,1}$",
    r"^(ab|ba){2}$",
    r"^.{5}$",
    r"^.{5,}$",
    r"^[^a]{2,3}$",
    r"\ba",
    r"\Ba",
    r"a\b",
    r"a\B",
    r"^a|b$",
    r"^(a|b$)",
]


def words_of(letters: str, longest: int) -> list[str]:
    words = [""]
    for word in words:
        if len(word) < longest:
            words += [word + letter for letter in letters]
    return words


def random_pattern(rng: random.Random, depth: int) -> str:
    """A pattern that means the same to Python."""
    kind = rng.randrange(9 if depth else 3)
    if kind < 3:
        return rng.choice(("a", "b", ".", "[ab]", "[^a]", "-", "[-a]", r"\w", r"\W", r"\b", "^", "$", "(?:)"))
    inner = random_pattern(rng, depth - 1)
    if kind < 5:
        return inner + random_pattern(rng, depth - 1)
    if kind == 5:
        return f"(?:{inner}|{random_pattern(rng, depth - 1)})"
    if kind == 6:
        return f"({inner})" + rng.choice(("", "?", "*", "+"))
    low = rng.randrange(4)
    return f"(?:{inner}){{{low},{rng.choice(('', low, low + 1, low + 2))}}}" + rng.choice(("", "?"))


def test_what_means_the_same_to_python() -> None:
    rng = random.Random(5)
    words = words_of("ab-", 4) + [letter * size for letter in "ab" for size in (5, 6, 7)] + words_of("ab", 6)[-30:]
    for pattern in [*REPEATED, *(random_pattern(rng, 3) for _ in range(300))]:
        program = compile_set([pattern])
        # `$` is the end alone, as it is to us.
        other = re.compile(pattern.replace("$", r"\Z"))
        for word in words:
            assert program.matches(word) == bool(other.search(word)), (pattern, word)
