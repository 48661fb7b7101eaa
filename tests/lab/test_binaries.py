"""Two binaries held against each other by the lab: sections by name and place, where they part, rows of bytes, pages."""

from __future__ import annotations

import html
import random
import re

import pytest

pytest.importorskip("rich")

from pywasmtools.changes.core import first_difference
from pywasmtools.lab import binaries, page
from pywasmtools.lab.binaries import COMPONENT_SECTIONS, CORE_SECTIONS, hex_rows, section_at, sections
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.writer import custom_section
from pywasmtools.wat.parse import wat_to_binary

ALL_OF_MODULE = """(module (type (func)) (import "a" "b" (func)) (table 1 funcref) (memory 1) (tag) (global i32 (i32.const 0))
  (export "m" (memory 0)) (func) (start 1) (elem (i32.const 0) func 1) (data "x") (func data.drop 0)
  (@custom "c" (after data) "y"))"""
ALL_OF_COMPONENT = """(component (core module $m (func)) (core instance (instantiate $m)) (core type (func)) (component (core module))
  (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (func $f)) (instance (export "f" (func $f)))
  (type u8) (core func (canon lower (func $f))) (export "f" (func $f)))"""


def binary(text: str) -> bytes:
    return wat_to_binary(text.encode(), None)


def test_names_of_sections() -> None:
    """By the number of each section; those of components by the specification's own order."""
    assert [CORE_SECTIONS.index(name) for name in ("custom", "type", "import", "function", "table")] == [0, 1, 2, 3, 4]
    assert (
        *("custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code"),
        *("data", "data count", "tag"),
    ) == CORE_SECTIONS
    found = {section.path[-1] for section in sections(binary(ALL_OF_MODULE))}
    assert found == {"the header", *CORE_SECTIONS[1:], "custom 'c'"}
    paths = {section.path for section in sections(binary(ALL_OF_COMPONENT))}
    alone = {path[0] for path in paths if len(path) == 1}
    assert alone >= {"the header", *COMPONENT_SECTIONS[1:9], *COMPONENT_SECTIONS[10:12]}
    assert {path for path in paths if len(path) > 1 and path[-1] != "the header"} >= {
        ("core module", "code"),
        ("component", "core module"),
    }
    assert ("component", "core module", "the header") in paths


@pytest.mark.parametrize("text", [ALL_OF_MODULE, ALL_OF_COMPONENT, "(module)", "(component)"])
def test_places_of_sections(text: str) -> None:
    """All bytes are in one of the outer sections, each behind the one before, its size before what it holds."""
    data = binary(text)
    outer = [section for section in sections(data) if len(section.path) == 1]
    assert [section.start for section in outer] == [0, *[section.end for section in outer[:-1]]]
    assert outer[-1].end == len(data) and (outer[0].start, outer[0].end) == (0, 8)
    for section in outer[1:]:
        reader = BinaryReader(data, section.start + 1)
        assert reader.var_u32() == section.end - section.body and reader.pos == section.body
    for section in sections(data):
        assert section_at(data, section.end - 1).startswith(section.name)
        if len(section.path) > 1:
            [around] = [one for one in sections(data) if one.path == section.path[:-1]][:1]
            assert around.body <= section.start <= section.end <= len(data)
    assert section_at(data, len(data)) == "no section"


def test_sections_that_cannot_be_read() -> None:
    assert sections(b"\0asn\1\0\0\0") == [] and sections(b"") == []
    head = binary("(module)")
    assert [(s.name, s.end) for s in sections(head[:6])] == [("the header", 6)]
    assert [s.name for s in sections(head + b"\x01\xff")] == ["the header"]
    [_, cut] = sections(head + b"\x0a\x09abc")
    assert (cut.name, cut.start, cut.body, cut.end) == ("code", 8, 10, 13)
    assert sections(head + b"\x63\x01a")[1].name == "section 99"
    assert sections(head + b"\0\0")[1].name == "custom ''"
    assert sections(head + custom_section("é", b"x"))[1].name == "custom 'é'"


def test_where_two_part() -> None:
    rng = random.Random(1)
    for _ in range(300):
        one, two = (bytes(rng.randrange(2) for _ in range(rng.randrange(12))) for _ in range(2))
        same = 0
        while same < min(len(one), len(two)) and one[same] == two[same]:
            same += 1
        assert first_difference(one, two) == same
    assert first_difference(b"a" * 999 + b"x", b"a" * 999 + b"y") == 999


@pytest.mark.parametrize(
    ("at", "starts"),
    [(0, [0, 16, 32, 48]), (15, [0, 16, 32, 48]), (16, [0, 16, 32, 48]), (33, [16, 32, 48, 64]), (99, [80, 96])],
)
def test_rows_of_bytes(at: int, starts: list[int]) -> None:
    data = bytes(range(100))
    assert hex_rows(data, at) == [(start, data[start : start + 16]) for start in starts]
    assert hex_rows(b"", 0) == [] and hex_rows(b"ab", 2) == [(0, b"ab")]


def test_text_of_binaries() -> None:
    data = binary("(module (func))")
    assert binaries.text_of(data)[0] == "(module" and binaries.text_of(data)[-1] == ")"
    assert binaries.text_of(data[:-1])[-1].startswith(";; ")
    assert binaries.is_binary(data) and not binaries.is_binary(b"\0as") and not binaries.is_binary(b"(module)")
    assert binaries.text_difference(data, data, ("a", "b")) == []
    other = binary("(module (func nop))")
    assert binaries.text_difference(data, other, ("a", "b"))[:2] == ["--- a", "+++ b"]
    assert "+    nop" in binaries.text_difference(data, other, ("a", "b"))
    many = binary(f"(module (func {'nop ' * (binaries.MOST_LINES + 50)}))")
    lines = binaries.text_difference(data, many, ("a", "b"))
    assert len(lines) == binaries.MOST_LINES + 1
    assert re.fullmatch(r"… \d+ lines more", lines[-1])


# ------------------------------------------------------------------------------- pages


def plain(parts: list[str]) -> list[str]:
    """The cells of all rows, without their marks; what differs in one stands in brackets."""
    rows = re.findall(r"<tr.*?</tr>", "".join(parts))
    text = [" | ".join(re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)) for row in rows]
    return [html.unescape(re.sub(r"<[^b/][^>]*>", "", line.replace("<b>", "[").replace("</b>", "]"))) for line in text]


def test_lines_side_by_side() -> None:
    left, right = [f"line {k}" for k in range(20)], [f"line {k}" for k in range(20)]
    right[8] = "line <8> here"
    del right[15]
    left[0] = ""
    assert plain(page.side_by_side(left, right)) == [
        " | reference |  | subject",
        "1 | [] | 1 | [line 0]",
        *[f"{k + 1} | line {k} | {k + 1} | line {k}" for k in (1, 2, 3)],
        "⋯",
        *[f"{k + 1} | line {k} | {k + 1} | line {k}" for k in (5, 6, 7)],
        "9 | line [8] | 9 | line [<8> here]",
        *[f"{k + 1} | line {k} | {k + 1} | line {k}" for k in (9, 10, 11)],
        *[f"{k + 1} | line {k} | {k + 1} | line {k}" for k in (12, 13, 14)],
        "16 | [line 15] |  | ",
        *[f"{k + 1} | line {k} | {k} | line {k}" for k in (16, 17, 18)],
    ]
    assert page.side_by_side(left, left) == ['<p class="faint">The same text.</p>']
    long = page.side_by_side([f"a{k}" for k in range(500)], [f"b{k}" for k in range(500)])
    assert (
        len(plain(long)) == 1 + binaries.MOST_LINES + 1
        and plain(long)[-1] == f"… {500 - binaries.MOST_LINES} lines more"
    )


@pytest.mark.parametrize(
    ("one", "two", "marked"),
    [
        ("abc", "axc", "a[b]c|a[x]c"),
        ("aa", "aaa", "aa[]|aa[a]"),
        ("aaa", "aa", "aa[a]|aa[]"),
        ("", "x", "[]|[x]"),
        ("abab", "ab", "ab[ab]|ab[]"),
        ("x", None, "[x]|"),
        (None, "x", "|[x]"),
        ("xa", "ya", "[x]a|[y]a"),
    ],
)
def test_what_differs_in_a_line(one: str | None, two: str | None, marked: str) -> None:
    [row] = plain([f"<tr>{page.cells_of('replace', one, 6, two, 7)}</tr>"])
    numbers = ("7" if one is not None else "", "8" if two is not None else "")
    left, right = marked.split("|")
    assert row == f"{numbers[0]} | {left} | {numbers[1]} | {right}"
    assert ("gone" in page.cells_of("replace", one, 6, two, 7)) is (one is not None)


def test_sections_side_by_side() -> None:
    one, two = binary("(module (type (func)) (memory 1))"), binary("(module (type (func)) (memory 2) (func))")
    shown = page.section_table(one, two)
    assert plain(shown) == [
        "section | reference: at | bytes | subject: at | bytes",
        "the header | 0x0 | 8 | 0x0 | 8",
        "type | 0x8 | 4 | 0x8 | 4",
        "function | - | - | 0xe | 2",
        "memory | 0xe | 3 | 0x12 | 3",
        "code | - | - | 0x17 | 4",
    ]
    rows = re.findall(r'<tr( class="differs")?><td>(\w+)', "".join(shown))
    assert [name for mark, name in rows if mark] == ["function", "memory", "code"]


def test_parts_of_both_sides() -> None:
    one, two = binary("(module (memory 1))"), binary("(module (memory 2))")
    shown = "".join(page.part(one, two))
    assert f"{len(one)} and {len(two)} bytes; the first difference is at {first_difference(one, two):#x}." in shown
    assert all(f"<h3>{head}</h3>" in shown for head in ("Sections", "As text", "Bytes"))
    assert "<b>01</b>" in shown and "<b>02</b>" in shown and shown.count("<b>0") == 2
    other = "".join(page.part(b"\0\xff" + bytes(20), b"\0\xfe" + bytes(90)))
    assert "Sections" not in other and "22 and 92 bytes; the first difference is at 0x1." in other
    rows = plain([other.partition("<tbody>")[2]])
    assert [row.split(" | ")[0::2] for row in rows] == [["0", "0"], ["10", "10"], ["", "20"], ["", "30"]]
    assert rows[0].count("[") == 2 and rows[1].startswith("10 | 00 00 00 00 00 00 | 10 | 00 00 00 00 00 00 [00]")
    assert "Only the subject has it" in page.part(None, b"x")[0] and "<pre>x</pre>" in page.part(None, b"x")[1]
    assert "Only the reference has it" in page.part(one, None)[0] and "(memory" in page.part(one, None)[1]
    assert page.part(None, b"\xff\0")[1] == "<pre>2 bytes</pre>"
    assert page.part(b"a", None)[1] == "<pre>a</pre>"
    many = "".join(page.one_side(b"<\n" * (binaries.MOST_LINES + 3)))
    assert many.count("&lt;") == binaries.MOST_LINES and "… 3 lines more" in many
    assert plain(page.part(b"same\nx", b"same\ny"))[-1] == "2 | [x] | 2 | [y]"
