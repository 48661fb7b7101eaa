"""Core modules under `component new` and `embed`: generated from the table of instructions, made to fit a world, changed."""

from __future__ import annotations

import functools
import random

from pywasmtools.api import parse_wit
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.core.adapters import adapted_pair
from pywasmtools.lab.fuzz.core.faults import add_faults
from pywasmtools.lab.fuzz.core.sections import random_stock
from pywasmtools.lab.fuzz.core.worlds import fitting, random_wit
from pywasmtools.lab.fuzz.lines import EMBED, NEW, WIT, other, with_options
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.splice import Splicer
from pywasmtools.wit.model import Resolve
from pywasmtools.wit.transform.select_world import select_world
from pywasmtools.wit_binary.component_type import embed

WORLDS = 1 << 10
"""How many worlds there are to draw from: each is made once and kept a while."""
EMPTY = b"package a:b;\nworld w {}\n"


@functools.lru_cache(maxsize=1024)
def world(seed: int, package: str) -> tuple[str, Resolve, int] | None:
    """A world by its number: text, packages, id; None for a text that is refused."""
    text = random_wit(random.Random(seed), package)
    try:
        resolve = parse_wit(text)
        return text, resolve, select_world(resolve, [len(resolve.packages) - 1], None)
    except WasmToolsError:
        return None


def any_world(rng: random.Random, package: str = "a:b") -> tuple[str, Resolve, int]:
    """A world that is accepted."""
    while True:
        found = world(rng.randrange(WORLDS), package)
        if found is not None:
            return found


def plain_module(rng: random.Random, *, imports: bool = False, faults: bool = False) -> bytes:
    """A module at random, in binary."""
    stock = random_stock(rng, imports=imports)
    if faults:
        add_faults(stock)
    return stock.module.encode()


def embedded(rng: random.Random) -> bytes:
    """A module that fits a world, which is embedded in it."""
    _, resolve, id_ = any_world(rng)
    encoding = rng.choice(("utf8", "utf8", "utf8", "utf16", "compact-utf16"))
    return embed(fitting(rng, resolve, id_).module.encode(), resolve, id_, encoding)


ADAPTED = "wasi_snapshot_preview1"


class Modules:
    """Core modules, and adapters for them."""

    name = "modules"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        """A new case."""
        way = rng.randrange(16)
        if way < 4:
            imports = way == 3 and rng.randrange(3) == 0
            return self._plain(rng, plain_module(rng, imports=imports), embed=imports)
        if way < 8:
            return self._new(rng, embedded(rng))
        if way == 8:
            return self._embed(rng)
        if way == 9:
            return self._adapted(rng)
        return self._changed(rng, corpus)

    def _plain(self, rng: random.Random, data: bytes, *, embed: bool = False) -> Case:
        """A module that is of no world."""
        files = {"m.wasm": data}
        found = other(rng, "m.wasm") if rng.randrange(2) else None
        if found is not None:
            return Case(found, files)
        if embed or rng.randrange(3) == 0:
            files["w.wit"] = EMPTY
            return Case(with_options(rng, "component embed", EMBED, "w.wit", "m.wasm"), files)
        return self._new(rng, data)

    def _new(self, rng: random.Random, data: bytes) -> Case:
        way = rng.randrange(16)
        if way == 0:
            return Case(with_options(rng, "component new", NEW), {}, data)
        if way == 1:
            return Case(with_options(rng, "component wit", WIT, "m.wasm"), {"m.wasm": data})
        return Case(with_options(rng, "component new", NEW, "m.wasm"), {"m.wasm": data})

    def _embed(self, rng: random.Random) -> Case:
        """A module and its world, not yet embedded; or a dummy."""
        text, resolve, id_ = any_world(rng)
        files = {"w.wit": text.encode()}
        if rng.randrange(3) == 0:
            dummy: tuple[str, ...] = rng.choice(
                (("--dummy",), ("--dummy-names", "legacy"), ("--dummy-names", "standard32"))
            )
            if rng.randrange(3) == 0:
                dummy = ("--dummy-names", "legacy", rng.choice(("--async-callback", "--async-stackful")))
            return Case(("component", "embed", "w.wit", *dummy, *rng.choice(EMBED)), files)
        files["m.wasm"] = fitting(rng, resolve, id_).module.encode()
        return Case(with_options(rng, "component embed", EMBED, "w.wit", "m.wasm"), files)

    def _adapted(self, rng: random.Random, change: Splicer | None = None) -> Case:
        """A module with an adapter that satisfies some of its imports."""
        main, adapter = adapted_pair(
            rng, any_world(rng), any_world(rng, "c:adapt" if rng.randrange(8) else "a:b"), ADAPTED
        )
        if change is not None:
            if rng.randrange(3):
                adapter = change.change(adapter)
            else:
                main = change.change(main)
        options = rng.choice((*NEW, ("--realloc-via-memory-grow", "-t"), ("--validate=false", "-o", "out.wasm")))
        how = f"{ADAPTED}=a.wasm" if rng.randrange(4) else "a.wasm"
        names = {"m.wasm": main, "a.wasm": adapter}
        if how == "a.wasm":
            names = {"m.wasm": main, f"{ADAPTED}.wasm": adapter}
            how = f"{ADAPTED}.wasm"
        return Case(("component", "new", "m.wasm", "--adapt", how, *options), names)

    def _changed(self, rng: random.Random, corpus: Corpus) -> Case:
        """A module of the corpus, or a new one, with changes."""
        splicer = Splicer(rng, corpus.modules)
        way = rng.randrange(9)
        if way == 0:
            return self._adapted(rng, splicer)
        if way < 5 and corpus.modules:
            return self._plain(rng, splicer.change(rng.choice(corpus.modules)))
        if way < 6:
            return self._new(rng, splicer.change(embedded(rng)))
        if way < 8:
            return self._plain(rng, plain_module(rng, faults=True))
        return self._plain(rng, splicer.change(plain_module(rng)))
