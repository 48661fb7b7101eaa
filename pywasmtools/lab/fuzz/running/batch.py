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
        work = list(zip(ours, cases, strict=True))
        try:
            for place, case in (*zip(theirs, cases, strict=True), *work):
                place.lay_out(case)
            child = Child(self.pair, self.lines, work)
            try:
                references = [self._reference(place, case) for place, case in zip(theirs, cases, strict=True)]
                subjects = self._subjects(child, work)
            finally:
                child.end()
            while len(subjects) < len(work):
                # The fork didn't survive this one, or was waited for in vain; those behind it are as they were laid out.
                subjects.append((self.pair.run_subject(cases[len(subjects)]), []))
                rest = work[len(subjects) :]
                child = Child(self.pair, self.lines, rest)
                try:
                    subjects += self._subjects(child, rest)
                finally:
                    child.end()
            both = zip(references, subjects, strict=True)
            return [(Result(reference, subject), lines) for reference, (subject, lines) in both]
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

    def _subjects(self, child: Child, work: list[tuple[Place, Case]]) -> list[tuple[Outcome, list[str]]]:
        """What a fork tells of its cases, until it tells no more."""
        told = child.answers(self.pair.seconds)
        return [
            (place.outcome(case, status), lines) for (place, case), (status, lines) in zip(work, told, strict=False)
        ]


class Child:
    """A fork that runs our command over many cases, and tells each status as it comes."""

    fd: int
    pid: int

    def __init__(self, pair: Pair, lines: Lines | None, work: list[tuple[Place, Case]]) -> None:
        if sys.platform == "win32":
            raise AssertionError("not on Windows")
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

    def answers(self, seconds: float) -> Iterator[tuple[int, list[str]]]:
        """What came of each case, in their order, until all are told, the fork is gone, or one takes too long."""
        if sys.platform == "win32":
            raise AssertionError("not on Windows")
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
                answer: tuple[int, list[str]] = pickle.loads(data[HEADER.size : end])
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
        answer = pickle.dumps((status, reached))
        os.write(writing, HEADER.pack(len(answer)) + answer)
        # What would be collected in circles is little, a case's own large lists are gone by now; many cases add up.
        if at % 8 == 7:
            gc.collect()
    os._exit(0)
