"""The kind `worlds`: packages made of nothing, in every form."""

from __future__ import annotations

import random
from dataclasses import replace

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.wit.lines import Files, Named, case_of
from pywasmtools.lab.fuzz.wit.made import generated
from pywasmtools.lab.fuzz.wit.versions import of_versions


class Worlds:
    """Packages that resolve more often than not."""

    name = "worlds"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        files, named = package(rng)
        if "deps/d1.wit" in files and rng.random() < 0.3:
            more = rng.choice((["--merge-world-imports-based-on-semver", "w"], ["-t", "--emit-canonical-names"]))
            case = Case(("component", "wit", "p", *more), {f"p/{name}": data for name, data in files.items()})
            return (
                case
                if rng.random() < 0.5
                else replace(case, argv=(*case.argv, *rng.choice(([], ["-j"], ["--all-features"]))))
            )
        return case_of(rng, files, named)


def package(rng: random.Random) -> tuple[Files, Named]:
    """A package, small mostly, and its names."""
    if rng.random() < 0.2:
        return of_versions(rng)
    files, worlds = generated(rng, rng.choice((0.2, 0.3, 0.3, 0.5)))
    return {name: text.encode() for name, text in files.items()}, Named(worlds)
