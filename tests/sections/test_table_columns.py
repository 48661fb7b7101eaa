"""How the columns of a table share its width: several that are too wide, several rows, lines that break well before their
column ends. The reference's tables are in the golden.
"""

from __future__ import annotations

import itertools

from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm.writer import custom_section, section
from pywasmtools.wasm.writer import name as write_name

MODULE = b"\0asm\1\0\0\0"
COMPONENT = b"\0asm\x0d\0\1\0"


def words(size: int, count: int = 4) -> str:
    """So many words of so many letters."""
    return " ".join(["abcdefghijklmnopqrstuvwxyz"[:size]] * count)


def named(section_name: str, text: str) -> bytes:
    return custom_section(section_name, section(0, write_name(text)))


def languages(text: str) -> bytes:
    return custom_section("producers", b"\1" + write_name("language") + b"\1" + write_name(text) + write_name(""))


def nested(parent: str, *children: tuple[str, str]) -> bytes:
    """A component with so many modules; of each, its name and its language. These and the parent's name are columns."""
    modules = [section(1, MODULE + named("name", name) + languages(language)) for name, language in children]
    return COMPONENT + b"".join(modules) + named("component-name", parent)


TEXTS = {"short": "a", "5": words(5, 6), "9": words(9), "11": words(11), "12": words(12), "one": "x" * 20}
"""Those of 9 and fewer letters break well before a third of the table's width ends; those of 11 and 12 about there."""


def widths(told: str) -> str:
    """Of each table in answers the widths of its columns, by its first line."""
    lines = []
    for line in told.splitlines():
        if line.startswith("== "):
            lines.append(line[3:] + ":")
        elif line.startswith("╭"):
            lines[-1] += "  " + " ".join([str(len(part)) for part in line.strip("╭╮").split("┬")])
    return "\n".join(lines) + "\n"


def test_what_is_shared(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for name, language, parent in itertools.product(list(TEXTS)[1:], repeat=3):
        cases[f"{name}, {language}, {parent}"] = nested(TEXTS[parent], (TEXTS[name], TEXTS[language]))
    assert widths(answers("metadata show in.wat", cases)) == golden


def test_rows_that_want_other_widths(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases: dict[str, str | bytes] = {}
    for first, second in itertools.permutations(TEXTS, 2):
        cases[f"{first} over {second}"] = nested(
            TEXTS[second], (TEXTS[first], TEXTS[second]), (TEXTS[second], TEXTS[first]), ("\n", "a\n" + TEXTS[second])
        )
    assert widths(answers("metadata show in.wat", cases)) == golden


def test_by_the_letter(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    """Where a column is just wide enough, and where breaking its lines is just worth it."""
    cases: dict[str, str | bytes] = {}
    for size in range(1, 27):
        cases[f"{size}, one column"] = nested("p", (words(size, 8), "a"))
        cases[f"{size}, two columns"] = nested("p", (words(size), words(size + 1)))
        cases[f"{size}, three columns"] = nested(words(size), (words(size), words(size)))
        cases[f"{size}, one word"] = nested("p", ("x" * size * 3, "y" * size))
        cases[f"{size}, one word below it"] = nested("x" * size, ("x" * size, "y" * (size + 1)))
    assert widths(answers("metadata show in.wat", cases)) == golden
