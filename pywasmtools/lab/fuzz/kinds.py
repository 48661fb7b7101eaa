"""The kinds of inputs, a row each: what makes them, how often, and what must be installed."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from pywasmtools.lab.fuzz.source import Source
from pywasmtools.lab.grammar import NoGrammar, parser
from pywasmtools.lab.workplace import CannotRun


@dataclass(frozen=True)
class Kind:
    """`place` is `module:class` below this folder; `weight` says how often among the others."""

    name: str
    place: str
    weight: float
    about: str
    grammar: bool = False
    """Whether it needs tree-sitter and the grammar of WIT."""

    def source(self) -> Source:
        module, _, name = self.place.partition(":")
        found: Source = getattr(importlib.import_module(f"pywasmtools.lab.fuzz.{module}"), name)()
        return found


KINDS = [
    Kind("known", "known:Known", 2, "command lines behind our own goldens, as they are at first, then changed"),
    Kind("wit", "wit.spliced:Wit", 4, "WIT of the corpus, changed at the nodes of its grammar", grammar=True),
    Kind("worlds", "wit.worlds:Worlds", 2, "WIT made of nothing, in every form"),
    Kind("roundtrips", "wit.roundtrips:Roundtrips", 2, "packages, dummies and components, taken on"),
    Kind("modules", "modules:Modules", 4, "core modules, made and changed"),
    Kind("components", "components:Components", 3, "components, made and changed"),
    Kind("wat", "wat:Wat", 4, "modules and components as text, made and changed"),
    Kind(
        "descriptions",
        "descriptions:Descriptions",
        1.5,
        "custom sections that are read as text: URLs, licenses, docs in JSON",
    ),
    Kind("mistakes", "mistakes:Mistakes", 1, "inputs with small mistakes in their bytes or words"),
    Kind("options", "options:Options", 1, "command lines of our declared options, right and wrong"),
]


def known(names: str | None) -> list[Kind]:
    """The kinds of a list with commas, in the order of the table; all that there are where none is given.

    Raises CannotRun for a name that is no kind, and NoGrammar where one that is named needs what is not installed.
    """
    if names is None:
        return [kind for kind in KINDS if not kind.grammar or has_grammar()]
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in (kind.name for kind in KINDS):
            raise CannotRun(f"there is no kind `{name}`: {', '.join(kind.name for kind in KINDS)}")
    found = [kind for kind in KINDS if kind.name in wanted]
    if not found:
        raise CannotRun("no kind is named")
    if any(kind.grammar for kind in found):
        parser()
    return found


def left_out() -> list[str]:
    """Kinds that are left out for what is not installed."""
    return [] if has_grammar() else [kind.name for kind in KINDS if kind.grammar]


def has_grammar() -> bool:
    """Whether WIT can be parsed by its grammar here."""
    try:
        parser()
    except NoGrammar:
        return False
    return True
