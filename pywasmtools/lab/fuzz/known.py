"""The kind `known`: the command lines behind our own goldens, as they are at first, then changed.

They are few and small, chosen by `scripts/keep_cases.py` so that every line of ours which a golden reaches is reached.
"""

from __future__ import annotations

import functools
import json
import lzma
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
        """One with a change: in a file, or another command over the same binary or text."""
        case = rng.choice(kept_cases())
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
