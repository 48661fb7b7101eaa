"""The kind `known`: the command lines behind our own goldens, as they are at first, then changed.

They are few and small, chosen by `scripts/keep_cases.py` so that every line of ours which a golden reaches is reached.
"""

from __future__ import annotations

import functools
import json
import lzma
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pywasmtools.cli.commands import WASM_TOOLS, ours
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz import lines
from pywasmtools.lab.fuzz.mutants import mutant, mutant_of_text
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.splice import Splicer

PLACE = Path(__file__).with_name("known_cases.xz")


class Known:
    """The kept cases."""

    name = "known"

    def begin_with(self, rng: random.Random) -> list[Case]:
        """All of them, in an order at random."""
        cases = [*kept_cases()]
        rng.shuffle(cases)
        return cases

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        """One with a change: in a file, in a value on the command line, or another command over the same binary or text."""
        case = rng.choice(kept_cases())
        values = [at for at, word in enumerate(case.argv) if at > 0 and is_value(word, case)]
        if values and rng.random() < 0.4:
            at = rng.choice(values)
            return replace(case, argv=(*case.argv[:at], changed_word(case.argv[at], rng), *case.argv[at + 1 :]))
        binaries = [name for name, data in case.files.items() if data.startswith(b"\0asm") or name.endswith(".wat")]
        if binaries and rng.random() < 0.3:
            name = rng.choice(binaries)
            argv = lines.other(rng, name) or ("component", "new", name)
            return Case(argv, {name: case.files[name]})
        if not case.files:
            return case
        name = rng.choice(sorted(case.files))
        data = case.files[name]
        if not data.startswith(b"\0asm"):
            return case.with_file(name, mutant_of_text(data, rng))
        if rng.random() < 0.5:
            return case.with_file(name, mutant(data, rng))
        return case.with_file(name, Splicer(rng, corpus.modules or [data]).change(data))


COMMANDS = {word for row in ours(WASM_TOOLS) for word in row.path.split()}


def is_value(word: str, case: Case) -> bool:
    """Whether a word of a command line is a pattern, a name, a list of features or the like."""
    return bool(word) and word not in COMMANDS and word not in case.files and (not word.startswith("-") or "=" in word)


def changed_word(word: str, rng: random.Random) -> str:
    """A word with one to three characters less, more, repeated or moved; those of an option's name stay."""
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    letters = [*value]
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(letters) + 1)
        way = rng.randrange(4)
        if way == 0:
            del letters[at : at + 1]
        elif way == 1:
            letters.insert(at, rng.choice("-,.:/@()[]{}*+?|^$\\&~0aA _\u00e9"))
        elif way == 2:
            letters[at:at] = letters[at : at + rng.randrange(1, 4)]
        elif letters:
            letters.insert(at, letters.pop(rng.randrange(len(letters))))
    return f"{option}{equals}{''.join(letters)}"


@functools.cache
def kept_cases() -> Sequence[Case]:
    """What PLACE holds."""
    return unpacked(PLACE.read_bytes())


def packed(cases: Sequence[Case]) -> bytes:
    """Cases as `unpacked` reads them: contents once each, a byte a character."""
    contents: dict[bytes, int] = {}

    def place(data: bytes) -> int:
        return contents.setdefault(data, len(contents))

    rows = [[case.argv, {name: place(data) for name, data in case.files.items()}, place(case.stdin)] for case in cases]
    record = {"cases": rows, "contents": [data.decode("latin-1") for data in contents]}
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return lzma.compress(text.encode("utf-8", "surrogatepass"), preset=9 | lzma.PRESET_EXTREME)


def unpacked(data: bytes) -> tuple[Case, ...]:
    """The inverse of `packed`."""
    record: dict[str, Any] = json.loads(lzma.decompress(data).decode("utf-8", "surrogatepass"))
    contents = [text.encode("latin-1") for text in record["contents"]]
    return tuple(
        Case(tuple(argv), {name: contents[at] for name, at in files.items()}, contents[stdin])
        for argv, files, stdin in record["cases"]
    )
