"""The kind `mistakes`: what there is to begin with, with small mistakes in its bytes or words."""

from __future__ import annotations

import functools
import random

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz import built_in, over_binaries
from pywasmtools.lab.fuzz.mutants import mutant, mutant_of_text
from pywasmtools.lab.fuzz.source import Corpus


class Mistakes:
    """Binaries and texts of the corpus, and an adapter with its module."""

    name = "mistakes"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        which = rng.randrange(12)
        if which < 3:
            case = self.adapted(rng)
        elif which < 5 and corpus.components:
            case = Case(tuple(over_binaries.wit_of_binary(rng, "m.wasm")), {"m.wasm": rng.choice(corpus.components)})
        elif which < 7 and corpus.modules:
            case = self.module(rng, rng.choice(corpus.modules))
        elif which < 9 and corpus.wat:
            case = self.text(rng, rng.choice(corpus.wat))
        else:
            files = rng.choice(corpus.wit or [{"a.wit": over_binaries.EMPTY_WIT}])
            case = Case(("component", "wit", "a.wit" if len(files) == 1 else "."), files)
        name = max(case.files) if rng.random() < 0.7 else rng.choice(sorted(case.files))
        data = case.files[name]
        if rng.random() < 0.1:
            return case
        of_text = not data.startswith(b"\0asm") and rng.random() < 0.7
        return case.with_file(name, (mutant_of_text if of_text else mutant)(data, rng))

    def module(self, rng: random.Random, data: bytes) -> Case:
        if rng.random() < 0.3:
            return Case(
                tuple(over_binaries.embed(rng, "a.wit", "m.wasm")), {"a.wit": over_binaries.EMPTY_WIT, "m.wasm": data}
            )
        return Case(tuple(over_binaries.new(rng, "m.wasm")), {"m.wasm": data})

    def text(self, rng: random.Random, data: bytes) -> Case:
        line = rng.choice(
            (over_binaries.new(rng, "m.wat"), ["component", "wit", "m.wat"], over_binaries.embed(rng, "a.wit", "m.wat"))
        )
        line += (
            over_binaries.some(rng, 0.1, *rng.choice((["-g"], ["--generate-dwarf", "lines"])))
            if line[1] != "wit"
            else []
        )
        return Case(
            tuple(line), {"a.wit": over_binaries.EMPTY_WIT, "m.wat": data} if line[1] == "embed" else {"m.wat": data}
        )

    def adapted(self, rng: random.Random) -> Case:
        line = [*over_binaries.new(rng, "m.wasm"), "--adapt", rng.choice(("old.wasm", "old.wasm", "old=old.wasm"))]
        return Case(tuple(line), dict(adapter_files()))


@functools.cache
def adapter_files() -> dict[str, bytes]:
    """A module and its adapter."""
    from pywasmtools.api import component_embed
    from pywasmtools.load import wat_to_binary

    pairs = (
        ("m.wasm", built_in.ADAPTED_WIT, built_in.ADAPTED),
        ("old.wasm", built_in.ADAPTER_WIT, built_in.ADAPTER),
    )
    return {name: component_embed(wit, wat_to_binary(text.encode(), "m.wat")) for name, wit, text in pairs}
