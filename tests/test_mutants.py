"""Mutants of our own binaries: the same acceptance, the same message, the same bytes as the reference.

`scripts/mutate.py` and `scripts/mutate_tools.py` make and run them, tens of thousands if asked; here some hundreds of
fixed seeds, most in forks of one warm process, some as whole processes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pywasmtools.lab import programs
from pywasmtools.lab.case import Case
from pywasmtools.lab.pair import Pair

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="forks")]

SCRIPTS = Path(__file__).parent.parent / "scripts"


@pytest.fixture
def mutate(monkeypatch: pytest.MonkeyPatch, the_reference: Path) -> Any:
    """The script, where the reference is or can be had."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import mutate

    return mutate


def test_mutants_are_alike(mutate: Any) -> None:
    assert not mutate.compare(range(600), jobs=2)


def test_mutants_are_alike_as_whole_processes(mutate: Any) -> None:
    assert not mutate.compare(range(100_000, 100_060), jobs=2, whole=True)


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_mutants_under_options_are_alike(mutate: Any) -> None:
    import mutate_tools

    assert not mutate_tools.compare(range(500), jobs=2)


def test_the_seeds_are_valid_or_nearly(mutate: Any) -> None:
    """What is mutated must be good to begin with, or every mutant would meet the same first refusal."""
    ours = programs.subject(None)
    with Pair(ours, ours) as pair:
        for source in mutate.seeds():
            outcome = pair.run_subject(Case(tuple(source.argv), source.files))
            assert outcome.status == 0, (source.argv, outcome.stderr)


def test_a_mutant_is_the_same_for_ever(mutate: Any) -> None:
    """A seed names a mutant, so that a number in a report can be looked at again."""
    import random

    data = bytes(range(64))
    assert mutate.mutant(data, random.Random(5)) == mutate.mutant(data, random.Random(5))
    assert len({mutate.mutant(data, random.Random(seed)) for seed in range(40)}) > 30
