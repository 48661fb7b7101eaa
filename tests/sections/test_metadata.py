"""`metadata show` and `metadata add`: every field, tables and JSON, components and their children, and what is refused."""

from __future__ import annotations

import zlib

import pytest
from answers import Answers, Replies, answers, asked, replies  # noqa: F401
from conftest import Run, Verdicts
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, add_metadata, metadata
from pywasmtools.sections.shown import size_text
from pywasmtools.wasm.writer import custom_section, section
from pywasmtools.wasm.writer import name as write_name

MODULE = b"\0asm\1\0\0\0"
COMPONENT = b"\0asm\x0d\0\1\0"
NESTED = '(component $c (core module $m (func)) (component (core module (@name "two words"))) (core module (memory 1)))'
WIDE = "日本語 👩‍👩‍👧‍👦 e\u0301 🇩🇪🇫🇷 각 🙂‍↕️ \u1112\u1161\u11ab\u11ab"
LONG = "a-very-long-word-that-does-not-fit-into-one-line-of-a-table-at-all-because-it-is-as-long-as-this"


def named(text: str) -> bytes:
    return custom_section("name", section(0, write_name(text)))


def producers(*fields: tuple[str, tuple[tuple[str, str], ...]]) -> bytes:
    out = bytes([len(fields)])
    for field, tools in fields:
        out += write_name(field) + bytes([len(tools)])
        out += b"".join(write_name(tool) + write_name(version) for tool, version in tools)
    return custom_section("producers", out)


def packages(text: str) -> bytes:
    return MODULE + custom_section(".dep-v0", zlib.compress(text.encode()))


def described(**fields: str) -> bytes:
    return MODULE + b"".join(custom_section(name, text.encode()) for name, text in fields.items())


ALL = described(
    authors="A. U. Thor",
    description="What\nit\n\ndoes",
    licenses="MIT OR Apache-2.0",
    source="HTTPS://Example.com/a b",
    homepage="https://bücher.example/",
    revision="0123abc",
    version="1.2.3",
)
THREE = (
    ("language", (("Rust", "1.90"), ("Go", ""))),
    ("sdk", (("s", "1"),)),
    ("processed-by", (("a", "1"), ("b", "2"))),
)

SHOWN: dict[str, str | bytes] = {
    "empty": "(module)",
    "nested": NESTED,
    "every field": ALL + producers(*THREE),
    "wide": MODULE + named(WIDE) + described(description=WIDE * 3, authors=LONG + " " + WIDE, version=LONG * 2)[8:],
    "long names": COMPONENT
    + section(1, MODULE + named("x" * 70))
    + section(4, COMPONENT + section(1, MODULE + named(LONG))),
    "spaces and lines": described(description=" a  b " * 20, authors=" " * 90, revision="\n\n", version="\ta\x7f\0\r"),
    "producers that are odd": MODULE + producers(("sdk", ()), ("language", ()), ("sdk", (("x", ""), ("x", "2")))),
    "producers of no size": MODULE + custom_section("producers", b""),
    "an unknown field": MODULE + producers(("other", (("a", "1"),))),
    "producers and more": MODULE + custom_section("producers", b"\0\1"),
    "two names": MODULE + named("a") + named("b") + custom_section("name", b""),
    "a bad name": MODULE + custom_section("name", b"\0\2\1\xff"),
    "a component's name in a module": MODULE + custom_section("component-name", section(0, write_name("c"))),
    "no URL": described(source="nowhere"),
    "no licenses": described(licenses="nonsense"),
    "not UTF-8": MODULE + custom_section("authors", b"a\xff"),
    "large": MODULE + custom_section("pad", b"x" * 1_234_567),
    "packages": packages(
        '{"packages":[{"name":"a","version":"1.0.0-x+y","source":"crates.io","dependencies":[1]},'
        '{"name":"b","version":"0.1.0","source":"git","kind":"build","root":true,"more":[{}]}],"format":3}'
    ),
    "no packages": packages('{"packages":[]}'),
    "no JSON": packages("{"),
    "two roots": packages(
        '{"packages":[' + ",".join(['{"name":"a","version":"1.0.0","source":"x","root":true}'] * 2) + "]}"
    ),
    "a circle": packages('{"packages":[{"name":"a","version":"1.0.0","source":"x","dependencies":[0]}]}'),
    "a kind of package": packages('{"packages":[{"name":"a","version":"1.0.0","source":"x","kind":"test"}]}'),
    "a bad version": packages('{"packages":[{"name":"a","version":"1.0","source":"x"}]}'),
    "a version that is none": packages('{"packages":[{"name":"a","version":1,"source":"x"}]}'),
    "a source with an escape": packages('{"packages":[{"name":"a","version":"1.0.0","source":"\\\\x"}]}'),
    "an index below 0": packages('{"packages":[{"name":"a","version":"1.0.0","source":"x","dependencies":[-1]}]}'),
    "a fraction": packages('{"packages":[{"name":"a","version":"1.0.0","source":"x","dependencies":[1.5]}]}'),
    "no list": packages('{"packages":{}}'),
    "a format that is none": packages('{"packages":[],"format":"x"}'),
    "packages and more": packages('{"packages":[]} x'),
    "corrupt": MODULE + custom_section(".dep-v0", b"junk"),
    "incomplete": MODULE + custom_section(".dep-v0", zlib.compress(b'{"packages":[]}')[:-3]),
    "too large": MODULE + custom_section(".dep-v0", zlib.compress(b" " * (3 << 20))),
    "packages, not UTF-8": MODULE + custom_section(".dep-v0", zlib.compress(b"\xff")),
    "cut off": COMPONENT + b"\1\7\0asm",
}


def test_show(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    assert verdicts("metadata show", SHOWN) == golden


def test_show_as_json(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    assert answers("metadata show --json in.wat", SHOWN) == golden


LIST = b'{"packages":[{"name":"abc","version":"0.1.0","source":"local"},{"name":"abcd","version":"0.1.0","source":"local"}]}'


def streams() -> dict[str, bytes]:
    """Compressed lists of packages, each with one bit or byte of it wrong, cut off, or under another header."""
    found = {}
    for level in (0, 9):
        whole = zlib.compress(LIST, level)
        found[f"{level}: and more"] = whole + b"x"
        for at in (0, 1, 2, 3, 7, *range(20, len(whole), 9), len(whole) - 4, len(whole) - 1):
            found[f"{level}: {at} cut"] = whole[:at]
            for bit in (0, 3, 7):
                found[f"{level}: {at} bit {bit}"] = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
    raw = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=LIST)
    before = raw.compress(LIST) + raw.flush()
    checksum = zlib.adler32(LIST).to_bytes(4, "big")
    for header in ("789c", "789d", "7801", "789c20", "78bb", "7920", "8819", "0815", "781d"):
        found[f"from before the start, {header}"] = bytes.fromhex(header) + before + checksum
    return found


def test_damaged_streams(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    damaged = {name: MODULE + custom_section(".dep-v0", data) for name, data in streams().items()}
    assert verdicts("metadata show", damaged) == golden


ADDED = (
    *(
        "--name new",
        "--name=",
        "--clear-name",
        "--language Go=1 --language Go=2 --language C=",
        "--sdk a=b=c",
        "--processed-by =",
    ),
    *(
        "--authors x --clear-version",
        "--licenses MIT --clear-authors",
        "--source HTTP://a.b",
        "--homepage a:b --revision r",
    ),
    *(
        "--description d --version v --name n --sdk s=1",
        "--clear-description --clear-licenses --clear-source --clear-homepage",
    ),
    "--clear-revision --clear-version -t",
)


@pytest.mark.parametrize("given", range(len(ADDED)))
def test_add(given: int, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases: dict[str, str | bytes] = {
        "module": ALL + producers(*THREE) + named("old"),
        "component": NESTED,
        "empty": "(module)",
        "bad producers": SHOWN["an unknown field"],
        "bad authors": SHOWN["not UTF-8"],
        "bad source": SHOWN["no URL"],
        "bad licenses": SHOWN["no licenses"],
        "bad name": SHOWN["a bad name"],
        "cut off": SHOWN["cut off"],
    }
    assert verdicts(f"metadata add {ADDED[given]}", cases) == golden


LINES = """
metadata
metadata x
metadata add --name
metadata add --name a --name b w.wat
metadata add --name a --clear-name w.wat
metadata add --clear-name --name a w.wat
metadata add --clear-name=x w.wat
metadata add --name a --clear-nam w.wat
metadata add --language x w.wat
metadata add --language= w.wat
metadata add --sdk x --licenses nonsense w.wat
metadata add --licenses= w.wat
metadata add --licenses mit w.wat
metadata add --licenses (MIT w.wat
metadata add --source nowhere w.wat
metadata add --homepage= w.wat
metadata add --homepage http:// w.wat
metadata add --versio 1 w.wat
metadata add w.wat w.wat
metadata add nowhere
metadata show --json --json w.wat
metadata show --json=x w.wat
metadata show nowhere
metadata show w.wit
metadata shows
metadata help help
"""


def test_lines(replies: Replies, golden: SnapshotAssertion) -> None:  # noqa: F811
    commands = [line for line in LINES.strip().splitlines() if line != "metadata"]
    assert replies(commands) == golden


def test_files_and_streams(run: Run, golden: SnapshotAssertion) -> None:
    told = run("metadata show -", stdin=NESTED.encode()) + run("metadata add --name x", stdin=NESTED.encode())
    told += run("metadata add --name x m.wasm -o m.wasm", {"m.wasm": MODULE}) + run("metadata show m.wasm -o m.txt")
    told += run("metadata show b.wasm -o b.txt", {"b.wasm": MODULE + b"\1\1"}) + run(
        "metadata show b.wasm --color always"
    )
    told += run("metadata add -g m.wat --revision 1 -o g.wasm", {"m.wat": "(module (func nop))"})
    assert told == golden


def test_sizes_in_units() -> None:
    sizes = (0, 999, 1000, 1049, 1050, 999_949, 999_950, 1_000_000, 4_294_967_295)
    assert [size_text(size) for size in sizes] == [
        "0B",
        "999B",
        "1.0k",
        "1.0k",
        "1.1k",
        "999.9k",
        "1000.0k",
        "1.0M",
        "4.3G",
    ]


def test_the_library() -> None:
    found = metadata(NESTED)
    assert (found.kind, found.name, len(found.children)) == ("component", "c", 3)
    assert [child.name for child in found.children] == ["m", None, None]
    changed = metadata(
        add_metadata("(module)", name="n", language=[("C", "11")], licenses="MIT", homepage="HTTP://a.b")
    )
    assert changed.name == "n" and changed.producers is not None
    assert changed.producers.fields == {"language": {"C": "11"}}
    assert changed.descriptions == {"licenses": "MIT", "homepage": "http://a.b/"}
    with pytest.raises(WasmToolsError, match="relative URL without a base"):
        add_metadata("(module)", source="nowhere")
    with pytest.raises(ValueError, match="not 'x'"):
        add_metadata("(module)", clear=["x"])  # type: ignore[list-item]


# ------------------------------------------------------------------------------- characters that belong together

CHARACTERS = {
    "other": "a",
    "wide": "日",
    "return": "\r",
    "newline": "\n",
    "control": "\u200b",
    "c1": "\x85",
    "extend": "\u0308",
    "joiner": "\u200d",
    "spacing": "\u0903",
    "prepend": "\u0600",
    "regional": "🇦",
    "l": "ᄀ",
    "v": "ᅡ",
    "t": "ᆨ",
    "lv": "가",
    "lvt": "각",
    "picture": "👩",
    "consonant": "क",
    "linker": "\u094d",
}
"""A character of each kind of Grapheme_Cluster_Break, by a short name."""

TOGETHER = (
    *(
        "👩\u200d👩",
        "👩\u0308\u200d👩",
        "👩\u0308\u0308\u200d👩\u200d👧",
        "a\u200d👩",
        "a\u0308\u200d👩",
        "👩\u200da",
        "👩👩",
    ),
    *(
        "👩\u200d\u0308👩",
        "\u0308\u200d👩",
        "\u200d👩",
        "🇦🇧",
        "🇦🇧🇨",
        "🇦🇧🇨🇩",
        "🇦🇧🇨🇩🇪",
        "a🇦🇧🇨",
        "🇦a🇧🇨",
        "\u0600🇦🇧",
        "🇦\u0308🇧🇨",
    ),
    *(
        "ᄀᄀ가ᅡᆨᆨ",
        "각ᆨᆨ",
        "각ᅡ",
        "ᄀ각",
        "가ᄀ",
        "\u0600\u0600a",
        "\u0600\u0308a",
        "\u0600\r\n",
        "\r\n\u0308",
        "☺\ufe0f\u200d☺\ufe0f",
        "1\ufe0f\u20e3",
    ),
    *(
        "©\u200d®",
        "👩🏽\u200d🔬",
        "\U000e0061a",
        "क्षि",
        "ก็ำ",
        "a\u0ccdb",
        "\u0e33",
        "\x7fa",
        "\x1fb",
        "क\u094d\u200dक",
        "क\u094d\u200cक",
        "क\u200d\u094dक",
        "क\u200dक",
        "a\u094dक",
        "\u094dक",
        "क\u094d\u094dक",
        "क\u094da",
        "က\u1039က",
        "ക\u0d4dഷ",
        "ก\u0e3aก",
        "a\u1acfb",
        "a\U00011b61b",
        "\U00011a3aa",
        "\u2388\u200d\u2388",
        "\u2600\u200d\u2600",
        "~b",
        "\xa0b",
    ),
)


def where_broken(answers: Answers, text: str, places: tuple[int, ...]) -> str:  # noqa: F811
    """The lines of a name with a text at these places, in a column of 31 characters."""
    told = ""
    for place in places:
        told += answers("metadata show in.wat", {ascii(text): MODULE + named("x" * place + text + "y" * 40)})
    rows = [line.split("┆")[1].strip().strip("y") for line in told.splitlines() if line.count("┆") == 5]
    return f"{text!a}: {' | '.join(row[-12:] for row in rows if row not in ('', 'NAME'))}\n"


def test_characters_stay_together(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for one in CHARACTERS.values():
        for other in CHARACTERS.values():
            told += where_broken(answers, one + other, (29, 30))
    for text in TOGETHER:
        told += where_broken(answers, text, (27, 28, 29, 30))
    assert told == golden


BREAKS = (
    *(
        "a" * 31 + "b",
        "a" * 30 + " bc",
        "a" * 31 + " bc",
        "a" * 20 + " " + "b" * 10,
        "a" * 20 + " " + "b" * 11,
        "a" * 20 + " " + "b" * 40,
    ),
    *(
        "a" * 26 + " " + "b" * 40,
        "a" * 27 + " " + "b" * 40,
        "a" * 28 + " " + "b" * 40,
        "a" * 22 + " " + "b" * 40,
        "a" * 31 + " " + "b" * 31,
    ),
    *(
        "é" * 31 + "b",
        "é" * 30 + " 日",
        "é" * 29 + "日",
        "é" * 30 + "日b",
        "日" * 15 + "é",
        "日" * 16,
        "日" * 15 + " é",
        "日" * 14 + " éé日日",
    ),
    *(
        "a  b " * 9,
        " " * 40,
        "a" * 10 + " " * 30 + "b",
        "ab " * 15,
        "a" * 8 + " " + "b" * 8 + " " + "c" * 8 + " " + "d" * 8,
    ),
    *("👩\u200d👩\u200d👧\u200d👦" * 20, "e\u0301" * 40, "a " + "é" * 40, "ab cd " + "日" * 30),
)


def test_where_lines_break(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {ascii(text)[:60]: MODULE + named(text) for text in BREAKS}
    for width in range(1, 40, 5):
        cases[f"{width} wide characters, and others"] = COMPONENT + section(
            1,
            MODULE
            + named("日" * width + "x" * 20 + "é" * (40 - width))
            + producers(("language", ((LONG[:width], "1"),))),
        )
    assert answers("metadata show in.wat", cases) == golden
