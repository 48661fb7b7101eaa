"""The kind `worlds`: packages made of nothing, in every form."""

from __future__ import annotations

import random

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.wit.lines import Files, Named, case_of
from pywasmtools.lab.fuzz.wit.made import generated


class Worlds:
    """Packages that resolve more often than not."""

    name = "worlds"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        files, named = package(rng)
        return case_of(rng, files, named)


def package(rng: random.Random) -> tuple[Files, Named]:
    """A package, small mostly, and its names."""
    files, worlds = generated(rng, rng.choice((0.2, 0.3, 0.3, 0.5)))
    return {name: text.encode() for name, text in files.items()}, Named(worlds)
