"""What makes cases for a run of `fuzz`: the protocol that every kind of input follows."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Protocol

from pywasmtools.lab.case import Case


@dataclass
class Corpus:
    """Inputs to begin with and to take parts from, by kind; what reaches new code joins them."""

    wit: list[dict[str, bytes]] = field(default_factory=list)
    """WIT packages: files by their path, one of them alone where it is no folder."""
    modules: list[bytes] = field(default_factory=list)
    """Core modules in binary."""
    components: list[bytes] = field(default_factory=list)
    """Components and WIT packages in binary."""
    wat: list[bytes] = field(default_factory=list)
    """Modules and components as text."""


class Source(Protocol):
    """A kind of input. The same `rng` and corpus make the same case, in every process."""

    name: str
    """How `--kinds` calls it."""

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        """A new case."""
