"""The folder of a fuzzing run: how far it has come, what it found, inputs that joined the corpus.

state.json       seed, kinds, next number, counts, causes
causes/NAME/     the smallest case of a cause, with notes and a script that runs it
crashes/NAME/    the smallest case for each place where the reference breaks down and the subject refuses cleanly
corpus/NUMBER/   cases that reached new lines of ours
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pywasmtools.lab.case import Case
from pywasmtools.lab.pair import Outcome, Result
from pywasmtools.lab.workplace import CannotRun

STATE = "state.json"
CAUSES = "causes"
CRASHES = "crashes"
CORPUS = "corpus"

FORM = 1
"""The form of `state.json`: another one is refused."""

MOST_SHOWN = 4000
"""Characters of a stream in the notes of a case."""


@dataclass
class Found:
    """A cause, or a place where the reference breaks down: how often, and the case that is kept."""

    cause: str
    count: int
    kind: str
    number: int
    size: int
    command: str
    reduced: bool = False
    order: int = 0
    """When it was found first: a higher one later."""

    @property
    def name(self) -> str:
        """The name of its folder."""
        words = re.sub(r"[^A-Za-z0-9]+", "-", self.cause).strip("-").lower()[:48].rstrip("-")
        return f"{words}-{hashlib.sha256(self.cause.encode()).hexdigest()[:8]}"


@dataclass
class Count:
    """Cases of a kind: how many ran, how many the reference accepted, how many could not be made."""

    cases: int = 0
    accepted: int = 0
    unmade: int = 0


@dataclass
class State:
    """What a run has come to; `save` writes it."""

    folder: Path
    seed: int
    kinds: list[str]
    seeds: list[str]
    """Folders and files of inputs to begin with."""
    next: int = 0
    """Every case with a lower number has run."""
    seconds: float = 0.0
    unconfirmed: int = 0
    """Differences that did not come again in a run of their own."""
    lost: int = 0
    """Cases that a worker did not survive, twice."""
    corpus: int = 0
    counts: dict[str, Count] = field(default_factory=dict)
    causes: dict[str, Found] = field(default_factory=dict)
    crashes: dict[str, Found] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return sum(count.cases for count in self.counts.values())

    @property
    def accepted(self) -> int:
        return sum(count.accepted for count in self.counts.values())

    def count(self, kind: str) -> Count:
        return self.counts.setdefault(kind, Count())

    def save(self) -> None:
        """Writes `state.json`; whoever reads it finds the old one or the new one."""
        text = json.dumps({"form": FORM, **self.as_json()}, indent=1)
        path = self.folder / STATE
        path.with_suffix(".new").write_text(text + "\n", encoding="utf-8")
        os.replace(path.with_suffix(".new"), path)

    def as_json(self) -> dict[str, Any]:
        """All but the folder, causes and crashes in the order in which they were found."""

        def listed(found: dict[str, Found]) -> list[dict[str, Any]]:
            return [{**asdict(f), "name": f.name} for f in sorted(found.values(), key=lambda f: f.order)]

        return {
            "seed": self.seed,
            "seeds": self.seeds,
            "kinds": {name: asdict(self.count(name)) for name in self.kinds},
            "next": self.next,
            "seconds": round(self.seconds, 1),
            "cases": self.cases,
            "accepted": self.accepted,
            "unconfirmed": self.unconfirmed,
            "lost": self.lost,
            "corpus": self.corpus,
            "causes": listed(self.causes),
            "crashes": listed(self.crashes),
        }

    def note(self, which: str, key: str, kind: str, number: int, case: Case, result: Result) -> bool:
        """Keeps a case of a cause (`CAUSES`) or of a place of a crash (`CRASHES`) where none as small is kept.

        Returns whether there was none before.
        """
        known = self.causes if which == CAUSES else self.crashes
        found = known.get(key)
        if found is None:
            order = len(self.causes) + len(self.crashes)
            found = known[key] = Found(key, 1, kind, number, case.size, case.command, order=order)
            self._keep(which, found, case, result)
            return True
        found.count += 1
        if case.size < found.size and not found.reduced:
            found.kind, found.number, found.size, found.command = kind, number, case.size, case.command
            self._keep(which, found, case, result)
        return False

    def note_again(self, which: str, key: str) -> None:
        """Counts a case of what is known, which is no smaller."""
        (self.causes if which == CAUSES else self.crashes)[key].count += 1

    def replace(self, key: str, case: Case, result: Result) -> None:
        """Keeps a reduced case of a cause."""
        found = self.causes[key]
        found.size, found.command, found.reduced = case.size, case.command, True
        self._keep(CAUSES, found, case, result)

    def _keep(self, which: str, found: Found, case: Case, result: Result) -> None:
        folder = self.folder / which / found.name
        shutil.rmtree(folder, ignore_errors=True)
        notes = {
            "cause": found.cause,
            "seed": self.seed,
            "number": found.number,
            "kind": found.kind,
            "reduced": found.reduced,
            "reference": told(result.reference),
            "subject": told(result.subject),
        }
        case.save(folder, **notes)

    def keep_in_corpus(self, case: Case, kind: str, number: int) -> None:
        """Keeps a case that reached new lines."""
        case.save(self.folder / CORPUS / str(number), kind=kind)
        self.corpus += 1

    def grown(self) -> list[Case]:
        """The cases that have joined the corpus."""
        found = []
        for folder in sorted((self.folder / CORPUS).glob("*"), key=lambda f: (len(f.name), f.name)):
            try:
                found.append(Case.load(folder))
            except (OSError, ValueError, KeyError):
                continue  # cut off while it was written
        return found


def told(outcome: Outcome) -> dict[str, Any]:
    """An outcome for notes: long streams are cut, files by their size."""
    return {
        "status": outcome.status,
        "stdout": outcome.stdout.decode(errors="replace")[:MOST_SHOWN],
        "stderr": outcome.stderr.decode(errors="replace")[:MOST_SHOWN],
        "files": {name: None if data is None else len(data) for name, data in outcome.files.items()},
    }


def open_state(folder: Path, seed: int | None, kinds: list[str], named: bool, seeds: list[str]) -> State:
    """The state of a folder: as it was left, or a new one; `named` says whether the kinds were named or are all there are.

    Raises CannotRun where it is of another run, or no such folder.
    """
    path = folder / STATE
    if not path.exists():
        try:
            if folder.is_dir() and any(folder.iterdir()):
                raise CannotRun(f"`{folder}` holds other files: name a new folder, or one of a run")
            folder.mkdir(parents=True, exist_ok=True)
            state = State(folder, seed or 0, kinds, seeds)
            state.save()
        except OSError as e:
            raise CannotRun(f"`{folder}`: {e.strerror}") from None
        return state
    try:
        state = read_state(folder, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise CannotRun(f"`{path}` can't be read: {type(e).__name__}: {e}") from None
    if seed is not None and seed != state.seed:
        raise CannotRun(f"`{folder}` is of seed {state.seed}: go on without --seed, or name another folder")
    if named and kinds != state.kinds:
        raise CannotRun(
            f"`{folder}` is of the kinds {','.join(state.kinds)}: go on without --kinds, or name another folder"
        )
    if lacking := [kind for kind in state.kinds if kind not in kinds]:
        raise CannotRun(f"`{folder}` is of kinds that are not to be had here: {', '.join(lacking)}")
    if seeds and seeds != state.seeds:
        raise CannotRun(f"`{folder}` is of other seeds: go on without --seeds, or name another folder")
    return state


def read_state(folder: Path, record: dict[str, Any]) -> State:
    """A state from its JSON. Raises KeyError, TypeError or ValueError."""
    if record["form"] != FORM:
        raise ValueError("it was written by another release of this command")
    state = State(folder, record["seed"], list(record["kinds"]), record["seeds"], record["next"], record["seconds"])
    state.unconfirmed, state.lost, state.corpus = record["unconfirmed"], record["lost"], record["corpus"]
    state.counts = {name: Count(**count) for name, count in record["kinds"].items()}
    for into, rows in ((state.causes, record["causes"]), (state.crashes, record["crashes"])):
        for row in rows:
            del row["name"]
            into[row["cause"]] = Found(**row)
    return state
