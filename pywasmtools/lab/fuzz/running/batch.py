"""Many cases under two programs at once: ours in one fork for all of them, one after the other.

A fork and its end cost more than a small case does. What differs here is only suspected: state that a run leaves behind
may show in the next, so whoever asks confirms it with `Pair.run`. A case that our command doesn't survive, or that takes
too long, is left to a run of its own.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import struct
import sys
from collections.abc import Iterator
from typing import Any

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.running.reached import Lines
from pywasmtools.lab.pair import Outcome, Pair, Place, Result, become_ours, kill_group, wait

HEADER = struct.Struct("<I")


class Batch:
    """Runs lists of cases under the programs of a pair. With `lines`, it tells which new lines of ours each case reaches."""

    def __init__(self, pair: Pair, lines: Lines | None = None) -> None:
        self.pair = pair
        self.lines = lines
        self.places = 0

    def run(self, cases: list[Case]) -> list[tuple[Result, list[str]]]:
        """What both did with each case, and new lines that ours reached. Raises OSError where a program can't be run."""
        if not self.pair.forks:
            return [(self.pair.run(case), []) for case in cases]
        theirs, ours = self._places(len(cases), "r"), self._places(len(cases), "s")
        try:
            for places in (theirs, ours):
                for place, case in zip(places, cases, strict=True):
                    place.lay_out(case)
            child = Child(self.pair, self.lines, list(zip(ours, cases, strict=True)))
            try:
                references = [self._reference(place, case) for place, case in zip(theirs, cases, strict=True)]
                told = dict(child.answers(self.pair.seconds))
            finally:
                child.end()
            return self._results(cases, ours, references, told)
        finally:
            for place in (*theirs, *ours):
                with contextlib.suppress(FileNotFoundError):
                    place.clear()

    def _places(self, count: int, side: str) -> list[Place]:
        """Folders whose names are equally long on both sides."""
        return [Place(self.pair.scratch, f"{side}{at:03}") for at in range(count)]

    def _reference(self, place: Place, case: Case) -> Outcome:
        pid = place.spawn(self.pair.programs[0], case, self.pair.env)
        return place.outcome(case, wait(pid, self.pair.seconds))

    def _results(
        self, cases: list[Case], ours: list[Place], references: list[Outcome], told: dict[int, tuple[int, list[str]]]
    ) -> list[tuple[Result, list[str]]]:
        """Both sides together; what is still to be run of ours runs here."""
        found: list[tuple[Result, list[str]]] = []
        for at, (case, place, reference) in enumerate(zip(cases, ours, references, strict=True)):
            if at in told:
                status, lines = told[at]
                found.append((Result(reference, place.outcome(case, status)), lines))
            elif at == 0 or at - 1 in told:  # the one that the fork didn't survive
                found.append((Result(reference, self.pair.run_subject(case)), []))
                rest = cases[at + 1 :]
                if rest:
                    later = [Place(self.pair.scratch, f"t{k:03}") for k in range(len(rest))]
                    found += self._again(rest, later, references[at + 1 :])
                break
        return found

    def _again(
        self, cases: list[Case], places: list[Place], references: list[Outcome]
    ) -> list[tuple[Result, list[str]]]:
        """Our side of the cases behind one that broke the fork down, in another fork."""
        try:
            for place, case in zip(places, cases, strict=True):
                place.lay_out(case)
            child = Child(self.pair, self.lines, list(zip(places, cases, strict=True)))
            try:
                told = dict(child.answers(self.pair.seconds))
            finally:
                child.end()
            return self._results(cases, places, references, told)
        finally:
            for place in places:
                with contextlib.suppress(FileNotFoundError):
                    place.clear()


class Child:
    """A fork that runs our command over many cases, and tells each status as it comes."""

    def __init__(self, pair: Pair, lines: Lines | None, work: list[tuple[Place, Case]]) -> None:
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(reading)
                become_ours(pair.env)
                run_all(work, writing, lines)
            except BaseException:
                pass
            finally:
                os._exit(70)
        os.close(writing)
        self.fd = reading

    def answers(self, seconds: float) -> Iterator[tuple[int, tuple[int, list[str]]]]:
        """The number of a case and what came of it, until all are told, the fork is gone, or one takes too long."""
        poll = select.poll()
        poll.register(self.fd, select.POLLIN)
        data = b""
        while poll.poll(seconds * 1000):
            more = os.read(self.fd, 1 << 16)
            if not more:
                return
            data += more
            while len(data) >= HEADER.size and len(data) >= HEADER.size + HEADER.unpack_from(data)[0]:
                end = HEADER.size + HEADER.unpack_from(data)[0]
                answer: tuple[int, tuple[int, list[str]]] = pickle.loads(data[HEADER.size : end])
                data = data[end:]
                yield answer

    def end(self) -> None:
        """Kills the fork with all that it started, where it is still there."""
        os.close(self.fd)
        kill_group(self.pid)


def run_all(work: list[tuple[Place, Case]], writing: int, lines: Lines | None) -> None:
    """In the fork: all cases, one after the other."""
    import gc

    from pywasmtools.cli.main import main

    gc.disable()
    if lines is not None:
        lines.watch()
    for at, (place, case) in enumerate(work):
        place.redirect()
        sys.argv = ["wasm-tools", *case.argv]
        status = main(list(case.argv))
        reached = lines.take() if lines is not None else []
        answer: Any = pickle.dumps((at, (status, reached)))
        os.write(writing, HEADER.pack(len(answer)) + answer)
        # What would be collected in circles is little, a case's own large lists are gone by now; many cases add up.
        if at % 8 == 7:
            gc.collect()
    os._exit(0)
