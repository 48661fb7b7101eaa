"""Makes the tables of `pywasmtools/regex/` again from the crate `regex-syntax` that the reference is built with.

    python scripts/derive_regex_tables.py --check [--release RELEASE]     say of each table whether it is what is made here
    python scripts/derive_regex_tables.py --write [--release RELEASE]     write those that aren't

The crate's tables are private, so its source is read. Needs cargo.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from derive_tables import letters, words
from reference import ROOT, ReferenceUnavailable, emulated
from reference_crates import crates

FOLDER = "pywasmtools/regex"
CHAR = r"'((?:\\u\{[0-9a-f]+\}|\\.|[^\\]))'"
ESCAPES = {"\\t": 9, "\\n": 10, "\\r": 13, "\\'": 39, "\\\\": 92, "\\0": 0}

Ranges = list[tuple[int, int]]


def code(text: str) -> int:
    """A character literal of Rust."""
    if text.startswith("\\u"):
        return int(text[3:-1], 16)
    return ESCAPES[text] if text.startswith("\\") else ord(text)


def pairs(text: str) -> Ranges:
    return [(code(a), code(b)) for a, b in re.findall(rf"\({CHAR}, {CHAR}\)", text)]


def tables(source: Path) -> dict[str, Ranges]:
    """The sets of a file of the crate, by name."""
    text = source.read_text()
    start = text.index("BY_NAME")
    found = {}
    for name, constant in re.findall(r'\("([^"]+)", ([A-Z0-9_]+)\)', text[start : text.index("];", start)]):
        body = re.search(rf"pub const {constant}: &'static \[\(char, char\)\] =\s*&\[(.*?)\];", text, re.S)
        assert body is not None
        found[name] = pairs(body[1])
    return found


def number(value: int) -> str:
    """A number: digits of 26 in small letters, the last one of 36 in capitals."""
    value, last = divmod(value, 36)
    text = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[last]
    while value:
        value, digit = divmod(value - 1, 26)
        text = "abcdefghijklmnopqrstuvwxyz"[digit] + text
    return text


def encoded(ranges: Ranges) -> str:
    """Ranges: how far each is from the one before, and how long it is beyond one."""
    at = 0
    text = ""
    for low, high in ranges:
        text += number(low - at) + number(high - low)
        at = high + 1
    return text


def sets(named: dict[str, Ranges]) -> str:
    return letters(";".join(f"{name}={encoded(ranges)}" for name, ranges in named.items()))


def orbits(source: Path) -> str:
    """Characters that differ only in case: the distance from the last group, how many more there are, and the distances."""
    text = source.read_text()
    entries = re.findall(rf"\({CHAR}, &\[((?:{CHAR}(?:, )?)+)\]\)", text)
    groups = {tuple(sorted([code(e[0]), *(code(c) for c in re.findall(CHAR, e[1]))])) for e in entries}
    at = 0
    shown = ""
    for first, *others in sorted(groups):
        shown += number(first - at) + number(len(others) - 1)
        at = first
        for other in others:
            shown += number(other - at)
            at = other
        at = first
    return letters(shown)


def aliases(entries: Iterable[tuple[str, str]]) -> str:
    """Canonical names, each with the other names of it that don't follow from it."""
    found: dict[str, list[str]] = {}
    for alias, canonical in entries:
        found.setdefault(canonical, [])
        if alias != canonical.replace("_", "").lower():
            found[canonical].append(alias)
    return " ".join("=".join([canonical, *others]) for canonical, others in found.items())


def values(source: Path) -> list[str]:
    """The values of each property that has some, as words: the property with a colon, then its values."""
    text = source.read_text()
    found: list[str] = []
    for name, body in re.findall(r'\(\s*"([A-Za-z_]+)",\s*&\[(.*?)\],\s*\)', text, re.S):
        found.append(f"{name}:")
        found += aliases(re.findall(r'\("([^"]+)", "([^"]+)"\)', body)).split()
    return found


def without_unions(named: dict[str, Ranges]) -> dict[str, Ranges]:
    """The categories that are no unions of others, which have names of one or two letters."""
    unions = ("Other", "Letter", "Cased_Letter", "Mark", "Number", "Punctuation", "Symbol", "Separator")
    return {name: ranges for name, ranges in named.items() if name not in unions}


def made(release: str) -> dict[str, dict[str, str]]:
    """The tables of each file, as they should be."""
    folder = next(c.folder for c in crates(release) if c.name == "regex-syntax") / "src/unicode_tables"
    names = re.findall(r'\("([^"]+)", "([^"]+)"\)', (folder / "property_names.rs").read_text())
    word = pairs((folder / "perl_word.rs").read_text())
    breaks = {
        f"{short}/{name}": ranges
        for short in ("grapheme_cluster_break", "sentence_break", "word_break")
        for name, ranges in tables(folder / f"{short}.rs").items()
    }
    return {
        "unicode_names.py": {
            "PROPERTIES": words(aliases(names).split()),
            "VALUES": words(values(folder / "property_values.rs")),
        },
        "unicode_categories.py": {
            "CATEGORIES": sets(without_unions(tables(folder / "general_category.rs")) | {"word": word}),
            "ORBITS": orbits(folder / "case_folding_simple.rs"),
        },
        "unicode_properties.py": {"PROPERTIES": sets(tables(folder / "property_bool.rs"))},
        "unicode_scripts.py": {
            "SCRIPTS": sets(tables(folder / "script.rs")),
            "EXTENSIONS": sets(tables(folder / "script_extension.rs")),
            "AGES": sets(tables(folder / "age.rs")),
        },
        "unicode_breaks.py": {"BREAKS": sets(breaks)},
    }


def with_tables(text: str, bodies: dict[str, str]) -> str:
    """A file with these tables in place of its own of the same names."""
    for name, body in bodies.items():
        pattern = re.compile(rf"^({name}: Final = \(\n).*?(\n?\)$)", re.M | re.S)
        assert len(pattern.findall(text)) == 1, name
        text = pattern.sub(lambda match: match[1] + body + "\n)", text)  # noqa: B023 (called at once)
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="exit with 1 if a table is not what is made here")
    action.add_argument("--write", action="store_true", help="write the files that differ")
    parser.add_argument("--release", default=emulated(), help="the release to take them from (%(default)s)")
    args = parser.parse_args()
    wrong = False
    try:
        for name, bodies in made(args.release).items():
            path = ROOT / FOLDER / name
            text = with_tables(path.read_text(), bodies)
            same = text == path.read_text()
            if not same and args.write:
                path.write_text(text)
            wrong |= not same and not args.write
            print(f"{FOLDER}/{name}: {'as made' if same else 'written' if args.write else 'differs'}", flush=True)
    except ReferenceUnavailable as e:
        raise SystemExit(f"error: {e}") from None
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
