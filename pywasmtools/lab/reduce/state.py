"""The smallest case so far, and whether another one is as interesting."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import replace

from pywasmtools.lab.case import Case
from pywasmtools.lab.cause import breakdown, cause_of
from pywasmtools.lab.pair import Pair
from pywasmtools.lab.workplace import CannotRun

CAUSE, ANY, CRASH = "cause", "any", "crash"
"""What has to stay: the cause of a difference, that there is one, the place where the reference panics."""

MOST_SEEN = 200_000
"""How many refused candidates are remembered."""


class OutOfTime(Exception):
    """The time is over; the best case so far stands."""


class Uninteresting(CannotRun):
    """The case does not show what is to be kept: there is nothing to reduce."""


def interest_of(case: Case, pair: Pair, keep: str) -> str:
    """What is interesting about a case, as a text; empty where there is nothing."""
    if keep == CRASH:
        outcome = pair.run_reference(case)
        if not outcome.crashed:
            return ""
        told = breakdown(outcome)
        found = re.match(r"\S+:\d+", told)
        return found[0] if found else told
    cause = cause_of(pair.run(case))
    return "a difference" if keep == ANY and cause else cause


class State:
    """The best case so far. `attempt` tries another; `on_progress` is called after every better one."""

    def __init__(self, case: Case, pair: Pair, keep: str, seconds: float) -> None:
        self.pair = pair
        self.keep = keep
        self.best = case
        self.begun = time.monotonic()
        self.deadline = self.begun + seconds
        self.runs = 0
        self.better = 0
        """How many times a smaller case was found."""
        self.phase = ""
        self.on_progress: Callable[[State], None] | None = None
        self._seen: set[bytes] = set()
        self.runs += 1
        self.interest = interest_of(case, pair, keep)
        if not self.interest:
            what = "the reference does not break down" if keep == CRASH else "nothing differs"
            raise Uninteresting(f"there is nothing to reduce: {what}")

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.begun

    def attempt(self, case: Case) -> bool:
        """Whether a case is as interesting as the first one; a better one becomes the best. Raises OutOfTime."""
        if case == self.best:
            return True
        if not is_better(case, self.best):
            return False
        key = digest(case)
        if key in self._seen:
            return False
        if time.monotonic() > self.deadline:
            raise OutOfTime
        self.runs += 1
        if interest_of(case, self.pair, self.keep) != self.interest:
            if len(self._seen) < MOST_SEEN:
                self._seen.add(key)
            return False
        self.best = case
        self.better += 1
        if self.on_progress is not None:
            self.on_progress(self)
        return True

    def attempt_file(self, name: str, data: bytes) -> bool:
        """Whether another content of one file will do."""
        return self.attempt(self.best.with_file(name, data))

    def attempt_files(self, files: dict[str, bytes]) -> bool:
        """Whether these files will do in place of all."""
        return self.attempt(replace(self.best, files=files))


def is_better(case: Case, other: Case) -> bool:
    """Whether a case is smaller than another, or as large and simpler: fewer files, then the lower bytes."""
    if case.size != other.size:
        return case.size < other.size
    return weight(case) < weight(other)


def weight(case: Case) -> tuple[int, int, tuple[str, ...], list[tuple[str, bytes]], bytes]:
    """What orders cases of one size."""
    files = sorted(case.files.items())
    return (len(files), sum(map(len, case.files)), case.argv, files, case.stdin)


def digest(case: Case) -> bytes:
    """What tells a case from others."""
    found = hashlib.blake2b(digest_size=16)
    for part in (*(arg.encode(errors="surrogateescape") for arg in case.argv), case.stdin):
        found.update(b"%d:" % len(part))
        found.update(part)
    for name, data in sorted(case.files.items()):
        found.update(b"%d:%s:%d:" % (len(name), name.encode(errors="surrogateescape"), len(data)))
        found.update(data)
    return found.digest()
