"""Makes the derived tables again from the reference: identifiers, what Debug escapes, widths, SPDX lists, IDNA.

    python scripts/derive_tables.py --check [--release RELEASE]     say of each table whether it is what is made here
    python scripts/derive_tables.py --write [--release RELEASE]     write those that aren't

What Rust's Debug escapes depends on the compiler that built the executable, which the table's file names, so the
executable is asked: it shows the path that it can't read. All else is data of crates that its lock file pins: a probe (`tables_probe.rs`) is built over
exactly these and asks them about every character. Needs cargo; the probe is built once a release, in half a minute.

The IDNA tables hold what Unicode 14 doesn't know, which is the oldest that the standard library may have: making them
needs Python 3.11, and raises CannotDerive under another.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from reference import ROOT, ReferenceUnavailable, cache, emulated, locked, reference
from reference_crates import run_cargo, unpacked

PROBE = Path(__file__).with_name("tables_probe.rs")
CODES = 0x110000
SURROGATES = range(0xD800, 0xE000)
WIDTH = 120
"""Columns of a line of a table."""
ARGUMENT_BYTES = 100_000
"""How much the executable is asked at once, in one argument."""

IDENTIFIERS = "pywasmtools/text/unicode_tables.py"
WIDTHS = "pywasmtools/wat/char_widths.py"
SPDX = "pywasmtools/web/spdx_lists.py"
IDNA = "pywasmtools/web/idna_tables.py"

COMPILER = re.compile(r"rustc \d+\.\d+\.\d+")
"""How the file of what Debug escapes names the compiler of the executable that was asked."""

DEPENDENCIES = {
    "unicode-ident": "",
    "unicode-width": "",
    "spdx": "",
    "idna_adapter": ', features = ["compiled_data"]',
    "icu_normalizer": ', default-features = false, features = ["compiled_data"]',
    "icu_properties": ', default-features = false, features = ["compiled_data"]',
}
"""The crates that carry the data, with what of them is wanted."""
CARRIERS = (*DEPENDENCIES, "icu_normalizer_data", "icu_properties_data", "icu_collections")

CLASS_LETTERS = {
    ("L", "other", ""): "L",
    ("L", "D", ""): "B",
    ("L", "L", ""): "Z",
    ("L", "other", "mark"): "C",
    ("L", "T", "mark"): "T",
    ("L", "other", "virama"): "W",
    ("L", "T", "virama"): "G",
    ("R", "other", ""): "R",
    ("R", "D", ""): "Q",
    ("R", "R", ""): "P",
    ("R", "L", ""): "O",
    ("R", "T", ""): "H",
    ("AN", "other", ""): "A",
    ("EN", "other", ""): "E",
    ("N", "other", ""): "N",
    ("N", "D", ""): "Y",
    ("NSM", "T", "mark"): "S",
    ("NSM", "T", "virama"): "V",
    ("other", "other", ""): "X",
}
"""The class of a valid character, by bidirectional class, joining type, and whether it is a mark or a virama."""
BIDI = {"AL": "R", "ES": "N", "CS": "N", "ET": "N", "ON": "N", "BN": "N"}
"""Bidirectional classes that the rules treat alike."""


class CannotDerive(Exception):
    """A table can't be made here; the message says why."""


class Character(NamedTuple):
    """What the crates say of a character; see `tables_probe.rs`."""

    code: int
    xid_start: bool
    xid_continue: bool
    width: int
    width_as_picture: int
    width_as_text: int
    width_modified: int
    width_before_joiner: int
    mark: bool
    virama: bool
    joining: str
    bidi: str
    combining: int
    decomposition: str
    mapping: str


class Probed(NamedTuple):
    """All that the probe prints: characters in order, SPDX identifiers with whether they are deprecated, exceptions."""

    characters: list[Character]
    licenses: list[tuple[str, bool]]
    exceptions: list[str]


# ---------------------------------------------------------------------------- asking


def locked_versions(lock: str) -> dict[str, str]:
    """The version of each crate that carries data, from the text of a lock file."""
    found = re.findall(r'^name = "([^"]+)"\nversion = "([^"]+)"', lock, re.M)
    return {name: version for name, version in found if name in CARRIERS}


def probe(release: str) -> Path:
    """The probe over the crates of a release, built on first use; releases that pin the same versions share it."""
    source = PROBE.read_bytes()
    lock = (unpacked(release) / "Cargo.lock").read_text()
    versions = locked_versions(lock)
    folder = cache() / f"tables-{hashlib.sha256(source + repr(sorted(versions.items())).encode()).hexdigest()[:16]}"
    built = folder / "tables-probe"
    with locked("tables"):
        if built.exists():
            return built
        with tempfile.TemporaryDirectory(prefix="probing-", dir=cache()) as scratch:
            root = Path(scratch)
            lines = [f'{name} = {{ version = "={versions[name]}"{rest} }}' for name, rest in DEPENDENCIES.items()]
            (root / "Cargo.toml").write_text(
                '[package]\nname = "tables-probe"\nversion = "0.0.0"\nedition = "2021"\n'
                '[[bin]]\nname = "tables-probe"\npath = "probe.rs"\n[dependencies]\n' + "\n".join(lines) + "\n"
            )
            (root / "Cargo.lock").write_text(lock)
            (root / "probe.rs").write_bytes(source)
            target = root / "target"
            run_cargo("build", "--release", "--manifest-path", str(root / "Cargo.toml"), "--target-dir", str(target))
            taken = locked_versions((root / "Cargo.lock").read_text())
            if taken != versions:
                raise CannotDerive(f"cargo took {taken} where the reference has {versions}")
            folder.mkdir(exist_ok=True)
            shutil.copy2(target / "release" / "tables-probe", root / "made")
            (root / "made").rename(built)
    return built


def probed(release: str) -> Probed:
    """What the crates of a release say."""
    found = Probed([], [], [])
    with subprocess.Popen([str(probe(release))], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            kind, name, *rest = line.split()
            if kind == "char":
                found.characters.append(character(name, rest))
            elif kind == "license":
                found.licenses.append((name, rest == ["1"]))
            else:
                found.exceptions.append(name)
    if process.returncode or len(found.characters) != CODES - len(SURROGATES):
        raise CannotDerive("the probe did not end well")
    return found


def character(code: str, fields: list[str]) -> Character:
    """A `char` line."""
    start, go_on, *rest = fields
    alone, picture, text, modified, before, after = map(int, rest[:6])
    mark, virama, joining, bidi, combining, decomposition, mapping = map(sys.intern, rest[6:])
    if before != after:
        raise CannotDerive(f"U+{code} is joined on one side only, for which the table has no form")
    return Character(
        code=int(code, 16),
        xid_start=start == "1",
        xid_continue=go_on == "1",
        width=alone,
        width_as_picture=picture,
        width_as_text=text,
        width_modified=modified,
        width_before_joiner=before,
        mark=mark == "1",
        virama=virama == "1",
        joining=joining,
        bidi=bidi,
        combining=int(combining),
        decomposition=decomposition,
        mapping=mapping,
    )


def escaped(executable: Path) -> set[int]:
    """The code points beyond ASCII that Debug escapes, from what the executable says of paths that it can't read."""
    found: set[int] = set()
    batch: list[int] = []
    size = 0
    for code in range(0x80, CODES):
        if code not in SURROGATES:
            batch.append(code)
            size += len(chr(code).encode()) + 1
        if size > ARGUMENT_BYTES or code == CODES - 1:
            found |= escaped_of(executable, batch)
            batch, size = [], 0
    return found


def escaped_of(executable: Path, codes: list[int]) -> set[int]:
    """Those of some code points that are escaped; each is put before a slash."""
    path = "".join(chr(code) + "/" for code in codes)
    done = subprocess.run([str(executable), "component", "wit", path], capture_output=True)
    said = done.stderr.decode().split('"')[1].split("/")
    if len(said) != len(codes) + 1:
        raise CannotDerive("the message of the executable has another form than expected")
    found = set()
    for code, shown in zip(codes, said, strict=False):
        if shown == f"\\u{{{code:x}}}":
            found.add(code)
        elif shown != chr(code):
            raise CannotDerive(f"the executable shows U+{code:X} as {shown}")
    return found


# ---------------------------------------------------------------------------- forms of tables


def toggles(codes: set[int]) -> list[int]:
    """Where membership begins and ends, in turn; surrogates are like what is before them."""
    found: list[int] = []
    inside = False
    for code in range(CODES + 1):
        if code not in SURROGATES and (code in codes) != inside:
            inside = not inside
            found.append(code)
    return found


def ranges(codes: Iterable[int]) -> list[int]:
    """The first and the last code point of each run."""
    found: list[int] = []
    for code in sorted(codes):
        if found and found[-1] == code - 1:
            found[-1] = code
        else:
            found += [code, code]
    return found


def numbers(values: Iterable[int]) -> str:
    """The lines of a tuple of code points."""
    return lines_of([f"0x{value:X}," for value in values], "    ")


def words(values: Iterable[str]) -> str:
    """The lines of a string of words."""
    lines = lines_of(list(values), "    ", WIDTH - 5).split("\n")
    ends = [" "] * (len(lines) - 1) + [""]
    return "\n".join(f'    "{line.strip()}{end}"' for line, end in zip(lines, ends, strict=True))


def letters(text: str) -> str:
    """The lines of a string without spaces."""
    width = WIDTH - 10
    return "\n".join(f'    "{text[at : at + width]}"' for at in range(0, len(text), width))


def lines_of(parts: list[str], indent: str, width: int = WIDTH) -> str:
    """Parts in lines of at most `width` columns, a space between two."""
    lines: list[str] = []
    line = indent
    for part in parts:
        if len(line) + len(part) > width and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += part + " "
    return "\n".join([*lines, line.rstrip()])


def entries(pairs: Iterable[tuple[int, tuple[int, ...]]]) -> list[str]:
    """`first+count=target` for runs of code points whose targets run along with them, hexadecimal."""
    runs: list[tuple[int, int, tuple[int, ...]]] = []
    for code, target in pairs:
        if runs:
            first, count, start = runs[-1]
            if code == first + count and target == (start[0] + count, *start[1:]):
                runs[-1] = (first, count + 1, start)
                continue
        runs.append((code, 1, target))
    return [entry(first, count, ",".join(f"{code:x}" for code in target)) for first, count, target in runs]


def entry(first: int, count: int, right: str) -> str:
    return f"{first:x}{f'+{count:x}' if count > 1 else ''}={right}"


# ---------------------------------------------------------------------------- tables


def identifier_tables(data: Probed, executable: Path) -> dict[str, str]:
    """XID_Start, XID_Continue, and what Debug escapes."""
    return {
        "_XID_START": numbers(toggles({c.code for c in data.characters if c.xid_start})),
        "_XID_CONTINUE": numbers(toggles({c.code for c in data.characters if c.xid_continue})),
        "_ESCAPED": numbers(toggles(escaped(executable))),
    }


def width_tables(data: Probed) -> dict[str, str]:
    """Columns of characters alone, and which change their width beside selectors, modifiers and joiners."""
    alone = [c for c in data.characters if c.width > 2]
    if [(c.code, c.width) for c in alone] != [(0x17D8, 3)]:
        raise CannotDerive(f"characters of three columns and more are {[hex(c.code) for c in alone]}")

    def having(property_: Callable[[Character], bool]) -> str:
        return numbers(ranges(c.code for c in data.characters if property_(c)))

    return {
        "_NONE": having(lambda c: c.width == 0),
        "_WIDE": having(lambda c: c.width == 2),
        "_PICTURES": having(lambda c: c.width_as_picture == c.width + 1),
        "_TEXTS": having(lambda c: c.width_as_text == c.width - 1),
        "_MODIFIABLE": having(lambda c: c.width_modified < c.width + 2),
        "_JOINABLE": having(lambda c: c.width_before_joiner < c.width + 2),
    }


def spdx_tables(data: Probed) -> dict[str, str]:
    """Identifiers of licenses (those that end with `+` can be no token), the deprecated ones, and exceptions."""
    names = [(name, deprecated) for name, deprecated in sorted(data.licenses) if not name.endswith("+")]
    return {
        "LICENSES": words(name for name, _ in names),
        "DEPRECATED": words(name for name, deprecated in names if deprecated),
        "EXCEPTIONS": words(sorted(data.exceptions)),
    }


def idna_tables(data: Probed) -> dict[str, str]:
    """Classes of all code points, and mappings and normal forms that Unicode 14 doesn't have."""
    if unicodedata.unidata_version != "14.0.0":
        raise CannotDerive(
            f"IDNA tables are made by Python 3.11, with Unicode 14; this has {unicodedata.unidata_version}"
        )
    mapped = [c for c in data.characters if c.mapping not in "=-!"]
    composites = [c for c in data.characters if "," in c.decomposition and not in_hangul(c.code)]
    return {
        "CLASS_RUNS": letters("".join(class_runs(data.characters))),
        "MAPPINGS": words(entries((c.code, codes_of(c.mapping)) for c in mapped if folded(c) != codes_of(c.mapping))),
        "COMBINING_CLASSES": words(combining_classes(data.characters)),
        "COMPOSITES": words(
            entry(c.code, 1, c.decomposition)
            for c in composites
            if tuple(int(x, 16) for x in unicodedata.decomposition(chr(c.code)).split()) != codes_of(c.decomposition)
        ),
    }


def in_hangul(code: int) -> bool:
    """Whether a code point is a syllable whose decomposition is computed."""
    return 0xAC00 <= code < 0xD7A4


def codes_of(text: str) -> tuple[int, ...]:
    """Code points between commas."""
    return tuple(int(code, 16) for code in text.split(","))


def folded(c: Character) -> tuple[int, ...]:
    """What case folding and NFKC of this Python make of a character."""
    once = unicodedata.normalize("NFKC", chr(c.code).casefold())
    return tuple(map(ord, unicodedata.normalize("NFKC", once.casefold())))


def class_runs(characters: list[Character]) -> Iterator[str]:
    """A class and, unless that is 1, the length of its run in base 36; surrogates are disallowed."""
    classes = ["D"] * CODES
    for c in characters:
        classes[c.code] = class_of(c)
    start = 0
    for code in range(1, CODES + 1):
        if code == CODES or classes[code] != classes[start]:
            yield classes[start] + (base36(code - start) if code - start > 1 else "")
            start = code


def class_of(c: Character) -> str:
    """The letter of a character's class; see `idna_tables`."""
    if c.mapping == "!":
        return "D"
    if c.mapping == "-":
        return "I"
    if c.mapping != "=":
        return "M"
    key = (BIDI.get(c.bidi, c.bidi), c.joining, "virama" if c.virama else "mark" if c.mark else "")
    if key not in CLASS_LETTERS:
        raise CannotDerive(f"U+{c.code:X} is of a class that the table has no letter for: {key}")
    return CLASS_LETTERS[key]


def base36(number: int) -> str:
    """A number in base 36."""
    out = ""
    while number:
        number, digit = divmod(number, 36)
        out = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + out
    return out


def combining_classes(characters: list[Character]) -> Iterator[str]:
    """`first+count=class` for runs whose canonical combining class isn't this Python's."""
    run: list[Character] = []
    for c in characters:
        if run and (c.code != run[-1].code + 1 or c.combining != run[-1].combining or same_combining(c)):
            yield entry(run[0].code, len(run), str(run[0].combining))
            run = []
        if not same_combining(c):
            run.append(c)


def same_combining(c: Character) -> bool:
    return c.combining == unicodedata.combining(chr(c.code))


# ---------------------------------------------------------------------------- files


def compiler(executable: Path) -> str:
    """`rustc` and the version that built an executable, as it says itself."""
    found = re.search(rb"rustc version (\d+\.\d+\.\d+)", executable.read_bytes())
    if found is None:
        raise CannotDerive("the executable does not say which compiler built it")
    return f"rustc {found[1].decode()}"


def with_tables(text: str, tables: dict[str, str]) -> str:
    """A file with these tables in place of its own of the same names."""
    for name, body in tables.items():
        pattern = re.compile(rf"^({name}: Final = \(\n).*?(\n\)$)", re.M | re.S)
        found = pattern.findall(text)
        if len(found) != 1:
            raise CannotDerive(f"there are {len(found)} tables {name}")
        text = pattern.sub(lambda match: match[1] + body + match[2], text)  # noqa: B023 (called at once)
    return text


def made(release: str) -> Iterator[tuple[str, str | CannotDerive]]:
    """Each file that holds tables and its whole text as it should be, or why it can't be made."""
    data = probed(release)
    executable = reference(None if release == emulated() else release)
    makers: dict[str, Callable[[], dict[str, str]]] = {
        IDENTIFIERS: lambda: identifier_tables(data, executable),
        WIDTHS: lambda: width_tables(data),
        SPDX: lambda: spdx_tables(data),
        IDNA: lambda: idna_tables(data),
    }
    for path, maker in makers.items():
        try:
            text = with_tables((ROOT / path).read_text(), maker())
            yield path, COMPILER.sub(compiler(executable), text) if path == IDENTIFIERS else text
        except CannotDerive as e:
            yield path, e


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="exit with 1 if a table is not what is made here")
    action.add_argument("--write", action="store_true", help="write the files that differ")
    parser.add_argument("--release", default=emulated(), help="the release to take them from (%(default)s)")
    args = parser.parse_args()
    wrong = 0
    try:
        for path, text in made(args.release):
            if isinstance(text, CannotDerive):
                verdict = f"not made: {text}"
            elif text == (ROOT / path).read_text():
                verdict = "as made from the reference"
            elif args.write:
                (ROOT / path).write_text(text)
                verdict = "written"
            else:
                verdict = "differs from what is made from the reference"
                named, built = COMPILER.search((ROOT / path).read_text()), COMPILER.search(text)
                if named and built and named[0] != built[0]:
                    verdict += f"; it is of an executable of {named[0]}, this one is of {built[0]}"
            wrong += verdict.startswith(("not", "differs"))
            print(f"{path}: {verdict}", flush=True)
    except ReferenceUnavailable as e:
        raise SystemExit(f"error: {e}") from None
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
