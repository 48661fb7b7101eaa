"""Modules and components as text, written in many ways and changed by forms, under `component new`, `wit` and `embed`."""

from __future__ import annotations

import random

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.component.whole import random_component
from pywasmtools.lab.fuzz.components import SEEDS, made
from pywasmtools.lab.fuzz.core.faults import add_faults
from pywasmtools.lab.fuzz.core.sections import random_stock
from pywasmtools.lab.fuzz.core.worlds import fitting
from pywasmtools.lab.fuzz.lines import EMBED, NEW, WIT, other, with_options
from pywasmtools.lab.fuzz.modules import EMPTY, any_world
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.text.forms import Forms, respaced
from pywasmtools.lab.fuzz.text.related import related_text
from pywasmtools.lab.fuzz.text.spellings import string
from pywasmtools.lab.fuzz.text.texts import TEXTS
from pywasmtools.lab.fuzz.text.writer import module_text
from pywasmtools.wat.print.printer import print_wasm
from pywasmtools.wit_binary.component_type import encode

NEW_OF_TEXT = (*NEW, ("-g", "-o", "out.wasm"), ("--generate-dwarf", "lines", "-t"), ("--generate-dwarf", "full", "-t"))
EMBED_OF_TEXT = (*EMBED, ("-g", "-o", "out.wasm"), ("--generate-dwarf", "lines", "-t"))


class Wat:
    """WebAssembly text."""

    name = "wat"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        """A new case."""
        way = rng.randrange(20)
        if way < 4:
            imports = rng.randrange(4) == 0
            text = module_text(rng, random_stock(rng, imports=imports))
            return self._module(rng, respaced(rng, text) if rng.randrange(4) == 0 else text, embed=imports)
        if way < 6:
            return self._new(rng, embedded_text(rng))
        if way < 8:
            return self._component(rng, component_text(rng))
        if way < 10:
            return self._component(rng, related_text(rng) if rng.randrange(6) else rng.choice(TEXTS))
        return self._changed(rng, corpus)

    def _changed(self, rng: random.Random, corpus: Corpus) -> Case:
        forms = Forms(rng, corpus.wat or [text.encode() for text in TEXTS])
        way = rng.randrange(12)
        if way < 3 and corpus.wat:
            text = rng.choice(corpus.wat).decode("utf-8", "replace")
            return (self._component if text.lstrip().startswith("(component") else self._module)(
                rng, forms.change(text)
            )
        if way < 5:
            return self._component(rng, forms.change(rng.choice(TEXTS)))
        if way == 5:
            return self._component(rng, forms.change(component_text(rng)))
        if way < 8:
            return self._new(rng, forms.change(embedded_text(rng)))
        if way < 10:
            stock = random_stock(rng, imports=rng.randrange(4) == 0)
            add_faults(stock)
            return self._module(rng, module_text(rng, stock))
        return self._module(rng, forms.change(module_text(rng, random_stock(rng, imports=rng.randrange(4) == 0))))

    def _module(self, rng: random.Random, text: str, *, embed: bool = False) -> Case:
        files = {"m.wat": text.encode()}
        if rng.randrange(2):
            found = other(rng, "m.wat")
            if found is not None:
                return Case(found, files)
        if embed or rng.randrange(2):
            files["w.wit"] = EMPTY
            return Case(with_options(rng, "component embed", EMBED_OF_TEXT, "w.wit", "m.wat"), files)
        return self._new(rng, text)

    def _new(self, rng: random.Random, text: str) -> Case:
        if rng.randrange(16) == 0:
            return Case(with_options(rng, "component new", NEW_OF_TEXT), {}, text.encode())
        return Case(with_options(rng, "component new", NEW_OF_TEXT, "m.wat"), {"m.wat": text.encode()})

    def _component(self, rng: random.Random, text: str) -> Case:
        files = {"c.wat": text.encode()}
        if rng.randrange(3) == 0:
            found = other(rng, "c.wat")
            if found is not None:
                return Case(found, files)
        if rng.randrange(3) == 0:
            files["w.wit"] = EMPTY
            return Case(with_options(rng, "component embed", EMBED_OF_TEXT, "w.wit", "c.wat"), files)
        return Case(with_options(rng, "component wit", WIT, "c.wat"), files)


def embedded_text(rng: random.Random) -> str:
    """A module that fits a world, with that as an annotation."""
    _, resolve, id_ = any_world(rng)
    text = module_text(rng, fitting(rng, resolve, id_))
    section = string(rng, encode(resolve, id_, "utf8", None))
    custom = f'(@custom "component-type" {section})'
    end = text.rstrip()
    if text.lstrip().startswith("(module") and end.endswith(")"):
        return f"{end[:-1]}\n  {custom})\n"
    return f"{text}\n{custom}\n"


def component_text(rng: random.Random) -> str:
    """A component as text, as it is printed."""
    if rng.randrange(4) == 0:
        data = made(rng.randrange(SEEDS))
    else:
        data = random_component(rng).builder.finish()
    return print_wasm(data)[0]
