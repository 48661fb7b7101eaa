"""The engine: workers that make cases, run them under both programs and tell what differs; one parent that keeps it.

Case number N of a seed is the same in every process and run, whatever `--jobs` says: its generator begins with both
numbers, and the corpus that it takes from does not grow. Until they are all through, every other case is one that is known. With guidance every fourth case takes from what has reached new
lines of ours instead; which that is depends on what ran before.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import NoReturn

from pywasmtools.lab.case import Case
from pywasmtools.lab.cause import breakdown, cause_of
from pywasmtools.lab.fuzz.limits import TooSlow, limited
from pywasmtools.lab.fuzz.running.batch import Batch
from pywasmtools.lab.fuzz.running.reached import Lines
from pywasmtools.lab.fuzz.running.state import CAUSES, CRASHES, State
from pywasmtools.lab.fuzz.seeds import grown_over
from pywasmtools.lab.fuzz.source import Corpus, Source
from pywasmtools.lab.pair import Pair, Result, fast_folder
from pywasmtools.lab.programs import Program

CHUNK = 24
"""Cases that a worker takes at once: one fork of ours runs them."""

MAKING = 3.0
"""Seconds that making one case may take: sources may call our library."""

GRACE = 5.0
"""Seconds that workers have to tell what they are at when the time is over."""

GUIDED = 0.25
"""The share of cases that take from what reached new lines."""

MOST_GROWN = 400
"""How many inputs of a worker's grown corpus are used: the newest."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)

MOST_NAME = 200
"""Bytes of the name of a file."""

SOME_LINES = 2
"""How many new lines a case must reach to join the corpus."""


@dataclass
class Plan:
    """What is to be run."""

    reference: Program
    subject: Program
    sources: list[Source]
    weights: list[float]
    corpus: Corpus
    known: list[tuple[str, Case]] = field(default_factory=list)
    """Cases that are there already, with their kinds: they are the even numbers as far as they go."""
    jobs: int = 1
    seconds: float | None = None
    """Seconds to run for, or until `count`, or until it is interrupted."""
    count: int | None = None
    """How many cases to run in all, those of earlier runs of the folder included."""
    timeout: float = 10.0
    """Seconds that a run of one case may take."""
    guided: bool = False
    stop_at_first: bool = False
    reduce: Callable[[Case, Pair, str], Case] | None = None


@dataclass
class Difference:
    """What a worker found: which list it belongs to, the cause, and the case; no case where it is known and no smaller."""

    which: str
    key: str
    kind: str
    number: int
    case: Case | None = None
    result: Result | None = None
    reduced: bool = False


@dataclass
class Chunk:
    """What came of a run of numbers."""

    start: int
    counts: dict[str, list[int]] = field(default_factory=dict)
    """Cases, accepted ones and unmade ones by kind."""
    differences: list[Difference] = field(default_factory=list)
    unconfirmed: int = 0
    reached: list[tuple[int, str, Case, list[str]]] = field(default_factory=list)
    """Number, kind and case of what reached new lines, and those."""
    error: str = ""
    """Why no more can run."""


@dataclass
class Order:
    """What the parent asks of a worker: a run of numbers, and what others have found since."""

    start: int
    stop: int
    sizes: dict[tuple[str, str], int]
    lines: list[str]
    grown: list[Case]


# ------------------------------------------------------------------------------ workers


class Worker:
    """Makes and runs cases, in a process of its own."""

    def __init__(self, plan: Plan, seed: int, grown: list[Case] | None = None, scratch: str | None = None) -> None:
        self.plan = plan
        self.seed = seed
        self.pair = Pair(plan.reference, plan.subject, seconds=plan.timeout, scratch=scratch)
        self.lines = Lines() if plan.guided else None
        self.batch = Batch(self.pair, self.lines)
        self.grown: list[Case] = (grown or [])[-MOST_GROWN:]
        self.grown_corpus = plan.corpus
        self.sizes: dict[tuple[str, str], int] = {}
        self._join()

    def _join(self) -> None:
        self.grown_corpus = grown_over(self.grown, self.plan.corpus)

    def make(self, number: int) -> tuple[str, Case | None]:
        """Case number N: its kind, and the case; none where a source breaks down."""
        if number % 2 == 0 and number // 2 < len(self.plan.known):
            return self.plan.known[number // 2]
        rng = random.Random(f"{self.seed}:{number}")
        [source] = rng.choices(self.plan.sources, self.plan.weights)
        grown = self.plan.guided and rng.random() < GUIDED and self.grown
        try:
            with limited(MAKING):
                return source.name, source.case(rng, self.grown_corpus if grown else self.plan.corpus)
        except (Exception, TooSlow):
            return source.name, None

    def run(self, order: Order) -> Chunk:
        """What comes of an order."""
        self.sizes = order.sizes
        if self.lines is not None:
            self.lines.known.update(order.lines)
        if order.grown:
            self.grown = [*self.grown, *order.grown][-MOST_GROWN:]
            self._join()
        chunk = Chunk(order.start)
        numbers, cases, kinds = [], [], []
        for number in range(order.start, order.stop):
            kind, case = self.make(number)
            counts = chunk.counts.setdefault(kind, [0, 0, 0])
            if case is None or not can_be_laid_out(case):
                counts[2] += 1
            else:
                numbers.append(number)
                cases.append(case)
                kinds.append(kind)
        results = self.batch.run(cases)
        for number, kind, case, (result, reached) in zip(numbers, kinds, cases, results, strict=True):
            counts = chunk.counts[kind]
            counts[0] += 1
            counts[1] += result.reference.status == 0
            self.judge(chunk, number, kind, case, result)
            if len(reached) >= SOME_LINES:
                chunk.reached.append((number, kind, case, reached))
            if self.lines is not None:
                self.lines.known.update(reached)
        return chunk

    def judge(self, chunk: Chunk, number: int, kind: str, case: Case, result: Result) -> None:
        """Notes what differs, confirmed by a run of its own unless it is known and no smaller than what is kept."""
        for _ in range(2):
            which = CAUSES if differs(result) else CRASHES
            if which == CRASHES and not (result.reference.crashed or result.reference.hung):
                return
            key = cause_of(result) if which == CAUSES else breakdown(result.reference)
            size = self.sizes.get((which, key))
            if size is not None and size <= case.size:
                chunk.differences.append(Difference(which, key, kind, number))
                return
            alone = self.pair.run(case)
            if alone == result:
                break
            result = alone
            if not differs(result) and not (result.reference.crashed or result.reference.hung):
                chunk.unconfirmed += 1
                return
        self.sizes[which, key] = case.size
        chunk.differences.append(Difference(which, key, kind, number, case, result))
        if which == CAUSES and size is None and self.plan.reduce is not None:
            small = self.plan.reduce(case, self.pair, key)
            chunk.differences.append(Difference(which, key, kind, number, small, self.pair.run(small), True))


def differs(result: Result) -> bool:
    """Whether there is something to be told of the subject: where the reference hangs, nobody knows what it would say."""
    return not result.same and not (result.reference.hung and not result.subject.crashed)


def can_be_laid_out(case: Case) -> bool:
    """Whether its files have names that lead nowhere else, and its arguments can be given to a process."""
    if any(len(os.fsencode(part)) > MOST_NAME for name in case.files for part in name.split("/")):
        return False
    names = [name.split("/") for name in case.files]
    return (
        not any("\0" in arg for arg in case.argv)
        and all(name and not set(name) & {"", ".", ".."} and "\0" not in "".join(name) for name in names)
        and not any(one == other[: len(one)] for one in names for other in names if len(one) < len(other))
    )


def interrupted(_: int, __: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def ended(_: int, __: FrameType | None) -> NoReturn:
    raise SystemExit


def work(connection: Connection, make: Callable[[], Worker]) -> NoReturn:
    """In a worker's process: orders in, chunks out, until the parent is gone or says so."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, ended)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        os.setpgid(0, 0)
        worker = make()
        try:
            while True:
                order: Order = connection.recv()
                try:
                    chunk = worker.run(order)
                except OSError as e:
                    chunk = Chunk(order.start, error=f"{type(e).__name__}: {e}")
                connection.send(chunk)
        finally:
            worker.pair.close()
    except (EOFError, BrokenPipeError, ConnectionResetError, SystemExit):
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
    os._exit(1)


# ------------------------------------------------------------------------------- parent


@dataclass
class Job:
    """A worker, as the parent sees it."""

    pid: int
    connection: Connection
    order: Order | None = None
    lines: int = 0
    """How many of the parent's new lines it has been told, and how many of the grown inputs."""
    grown: int = 0


class Engine:
    """Hands numbers to workers and keeps what they tell, in a state; `tick` is called some times a second."""

    def __init__(self, plan: Plan, state: State, tick: Callable[[State], None]) -> None:
        self.plan = plan
        self.state = state
        self.tick = tick
        self.lines: list[str] = []
        self.known_lines: set[str] = set()
        self.grown: list[Case] = []
        self.sizes: dict[tuple[str, str], int] = {}
        for which, known in ((CAUSES, state.causes), (CRASHES, state.crashes)):
            self.sizes.update({(which, key): found.size for key, found in known.items()})
        self.following = state.next
        self.done: set[int] = set()
        self.failed: dict[int, int] = {}
        self.jobs: list[Job] = []
        self.stopping = False
        self.error = ""
        self.scratch = tempfile.mkdtemp(prefix="pywasmtools-fuzz-", dir=fast_folder())

    def run(self) -> str:
        """Runs until the time is over, all cases have run, or it is interrupted; why it can't go on, else nothing."""
        began, before = time.monotonic(), self.state.seconds
        end = None if self.plan.seconds is None else began + self.plan.seconds
        kept, given_up = began, 0.0
        kept_cases = self.state.grown() if self.plan.guided else []
        gc.collect()
        gc.freeze()
        signal.signal(signal.SIGTERM, interrupted)
        try:
            self.jobs = [self._start(kept_cases) for _ in range(self.plan.jobs)]
            for job in self.jobs:
                self._hand_out(job)
            while any(job.order for job in self.jobs):
                now = time.monotonic()
                if end is not None and now >= end:
                    self.stopping = True
                if self.stopping:
                    given_up = given_up or now + (0.0 if self.plan.stop_at_first else GRACE)
                    if now >= given_up:
                        break
                for ready in wait([job.connection for job in self.jobs if job.order], 0.2):
                    self._take(next(job for job in self.jobs if job.connection is ready), kept_cases)
                now = time.monotonic()
                self.state.seconds = before + now - began
                if now - kept >= 0.9:
                    kept = now
                    self.state.save()
                self.tick(self.state)
        except KeyboardInterrupt:
            pass
        finally:
            self._end()
            self.state.seconds = before + time.monotonic() - began
            self.state.save()
        return self.error

    def _start(self, grown: list[Case]) -> Job:
        if sys.platform == "win32":
            raise AssertionError("not on Windows")
        ours, theirs = Pipe()
        # Until the worker has handlers of its own, a signal would have it go on as the parent.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                for job in self.jobs:
                    job.connection.close()
                work(theirs, lambda: Worker(self.plan, self.state.seed, grown, self.scratch))
            finally:
                os._exit(1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        theirs.close()
        return Job(pid, ours)

    def _hand_out(self, job: Job) -> None:
        """Gives a worker the next numbers, unless all is done."""
        job.order = None
        last = self.plan.count
        if self.stopping or (last is not None and self.following >= last):
            return
        start = self.following
        stop = start + CHUNK if last is None else min(start + CHUNK, last)
        self.following = stop
        self._order(job, start, stop)

    def _order(self, job: Job, start: int, stop: int) -> None:
        job.order = Order(start, stop, self.sizes, self.lines[job.lines :], self.grown[job.grown :])
        job.lines, job.grown = len(self.lines), len(self.grown)
        try:
            job.connection.send(job.order)
        except OSError:
            pass  # it is gone; `_take` finds out

    def _take(self, job: Job, grown: list[Case]) -> None:
        """What a worker tells; one that is gone is replaced, and its numbers are tried once more."""
        order = job.order
        assert order is not None
        try:
            chunk: Chunk = job.connection.recv()
        except (EOFError, OSError):
            kill(job.pid)
            new = self._start([*grown, *self.grown])
            job.pid, job.connection, job.lines, job.grown = new.pid, new.connection, 0, len(self.grown)
            self.failed[order.start] = self.failed.get(order.start, 0) + 1
            if self.failed[order.start] == 1:
                self._order(job, order.start, order.stop)
                return
            self.state.lost += order.stop - order.start
            chunk = Chunk(order.start)
        if chunk.error:
            self.error, self.stopping = chunk.error, True
        else:
            self._note(chunk, order)
        self._hand_out(job)

    def _note(self, chunk: Chunk, order: Order) -> None:
        state = self.state
        for kind, (cases, accepted, unmade) in chunk.counts.items():
            count = state.count(kind)
            count.cases += cases
            count.accepted += accepted
            count.unmade += unmade
        state.unconfirmed += chunk.unconfirmed
        for found in chunk.differences:
            if found.case is None or found.result is None:
                state.note_again(found.which, found.key)
            elif found.reduced:
                state.replace(found.key, found.case, found.result)
            else:
                state.note(found.which, found.key, found.kind, found.number, found.case, found.result)
            known = state.causes if found.which == CAUSES else state.crashes
            self.sizes[found.which, found.key] = known[found.key].size
        for number, kind, case, reached in chunk.reached:
            new = [line for line in reached if line not in self.known_lines]
            if len(new) >= SOME_LINES:
                self.known_lines.update(new)
                self.lines.extend(new)
                self.grown.append(case)
                state.keep_in_corpus(case, kind, number)
        self.done.update(range(order.start, order.stop, 1))
        while state.next in self.done:
            self.done.remove(state.next)
            state.next += 1
        if self.plan.stop_at_first and state.causes:
            self.stopping = True

    def _end(self) -> None:
        if sys.platform == "win32":
            raise AssertionError("not on Windows")
        for job in self.jobs:
            job.connection.close()
            with contextlib.suppress(OSError):
                os.kill(job.pid, signal.SIGTERM)
        end = time.monotonic() + 2
        for job in self.jobs:
            while os.waitpid(job.pid, os.WNOHANG) == (0, 0):
                if time.monotonic() > end:
                    kill(job.pid)
                    break
                time.sleep(0.002)
        shutil.rmtree(self.scratch, ignore_errors=True)


def kill(pid: int) -> None:
    """Ends a worker where it doesn't end by itself."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
