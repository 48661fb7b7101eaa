"""Components and packages of WIT in binary, generated and changed, under `component wit`, `embed` and `new`."""

from __future__ import annotations

import functools
import random

from pywasmtools.api import component_new
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.component.whole import random_component
from pywasmtools.lab.fuzz.lines import EMBED, NEW, WIT, other, with_options
from pywasmtools.lab.fuzz.modules import EMPTY, any_world, embedded
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.splice import Splicer
from pywasmtools.wit_binary.encoder import encode_package

# ------------------------------------------------------------------------------- of worlds


@functools.lru_cache(maxsize=512)
def package(seed: int) -> bytes:
    """A package of WIT in binary, by a number."""
    _, resolve, _ = any_world(random.Random(seed))
    return encode_package(resolve, len(resolve.packages) - 1, False)


@functools.lru_cache(maxsize=512)
def made(seed: int) -> bytes:
    """What `component new` makes of a module that fits a world, by a number."""
    rng = random.Random(seed)
    while True:
        try:
            return component_new(embedded(rng), validate=False)
        except WasmToolsError:
            continue


SEEDS = 1 << 9


class Components:
    """Components, and packages of WIT in binary."""

    name = "components"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        """A new case."""
        way = rng.randrange(10)
        if way < 4:
            wrong = rng.choice((0, 0, 0.03, 0.1))
            data = random_component(rng, wrong=wrong).builder.finish()
        elif way == 4:
            data = package(rng.randrange(SEEDS))
        elif way == 5:
            data = made(rng.randrange(SEEDS))
        else:
            data = self._changed(rng, corpus)
        return self._case(rng, data)

    def _changed(self, rng: random.Random, corpus: Corpus) -> bytes:
        splicer = Splicer(rng, corpus.components)
        way = rng.randrange(6)
        if way < 2 and corpus.components:
            data = rng.choice(corpus.components)
        elif way == 2:
            data = made(rng.randrange(SEEDS))
        elif way == 3:
            data = package(rng.randrange(SEEDS))
        else:
            data = random_component(rng).builder.finish()
        return splicer.change(data)

    def _case(self, rng: random.Random, data: bytes) -> Case:
        files = {"c.wasm": data}
        way = rng.randrange(12)
        if way == 0 and rng.randrange(4) == 0:
            return Case(with_options(rng, "component new", NEW, "c.wasm"), files)
        if way < 4:
            files["w.wit"] = EMPTY
            return Case(with_options(rng, "component embed", EMBED, "w.wit", "c.wasm"), files)
        if way < 8:
            found = other(rng, "c.wasm")
            if found is not None:
                return Case(found, files)
        if way == 8:
            return Case(with_options(rng, "component wit", WIT), {}, data)
        return Case(with_options(rng, "component wit", WIT, "c.wasm"), files)
