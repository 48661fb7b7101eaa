"""`pywasmtools fuzz`: what is asked for, made a plan; run, shown, and told at the end."""

from __future__ import annotations

import importlib
import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from pywasmtools.lab import programs
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz import kinds, seeds
from pywasmtools.lab.fuzz.running import reached
from pywasmtools.lab.fuzz.running.engine import Engine, Plan
from pywasmtools.lab.fuzz.running.state import State, open_state
from pywasmtools.lab.fuzz.running.view import View
from pywasmtools.lab.pair import Pair, warm_up
from pywasmtools.lab.workplace import CannotRun


@dataclass
class Asked:
    """The options of the command."""

    folder: Path
    reference: Path | None = None
    subject: Path | None = None
    seed: int | None = None
    kinds: str | None = None
    seeds: tuple[Path, ...] = ()
    jobs: int | None = None
    seconds: float | None = None
    count: int | None = None
    timeout: float = 10.0
    guide: bool = False
    reduce: bool = False
    first: bool = False


def fuzz(asked: Asked, console: Console) -> State:
    """Runs it, shown on the console; what it came to. Raises CannotRun."""
    if not hasattr(os, "fork"):
        raise CannotRun("fuzz needs a system that forks processes")
    if asked.guide and not reached.AVAILABLE:
        raise CannotRun("--guide needs Python 3.12 or later")
    pair = (programs.reference(asked.reference), programs.subject(asked.subject))
    here = kinds.known(asked.kinds)
    state = open_state(
        asked.folder,
        asked.seed,
        [kind.name for kind in here],
        asked.kinds is not None,
        [os.path.abspath(place) for place in asked.seeds],
    )
    here = [kind for kind in here if kind.name in state.kinds]
    if pair[1].command == programs.OURS:
        warm_up()
    corpus = seeds.load(map(Path, state.seeds))
    sources = [kind.source() for kind in here]
    known = []
    for source in sources:
        prepare = getattr(source, "prepare", None)
        if prepare is not None:
            prepare(corpus)
        begin_with = getattr(source, "begin_with", None)
        if begin_with is not None:
            known += [(source.name, case) for case in begin_with(random.Random(state.seed))]
    plan = Plan(
        *pair,
        sources=sources,
        weights=[kind.weight for kind in here],
        corpus=corpus,
        known=known,
        jobs=asked.jobs or os.cpu_count() or 1,
        seconds=asked.seconds,
        count=asked.count,
        timeout=asked.timeout,
        guided=asked.guide and pair[1].command == programs.OURS,
        stop_at_first=asked.first,
        reduce=reduced if asked.reduce else None,
    )
    note = programs.note_on(programs.release_in(pair[0].says), programs.release_in(pair[1].says))
    left_out = kinds.left_out() if asked.kinds is None else []
    with View(console, plan, state, note, left_out) as view:
        error = Engine(plan, state, view.tick).run()
    if error:
        raise CannotRun(error)
    return state


REDUCING = 60.0
"""Seconds that making a case small may take while others wait."""


def reduced(case: Case, pair: Pair, _: str) -> Case:
    """A smaller case of the same cause."""
    passes: Any = importlib.import_module("pywasmtools.lab.reduce.passes")
    small: Case = passes.reduce_case(case, pair, seconds=REDUCING).case
    return small
