"""Function bodies shared out among processes: bodies are independent of one another, and a large module has thousands.

They fall into pieces, which this process and the workers take as they come to it: none waits for another that has more to do, or
less of a processor. What is told is what one process would tell: the first body that is wrong, by place. A worker only says
where the first of its own is; it is checked once more here. Where a worker says nothing, all is checked here that was not.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.processes import IS_COMPILED, Turns, jobs, started

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from pywasmtools.processes import Answer, Worker
    from pywasmtools.validation.core.module import FuncToValidate

WORTHWHILE: Final = 500_000 if IS_COMPILED else 300_000
"""Bytes of bodies that a process is made for: some 15 ms of work compiled, 90 otherwise, where it costs 5 to make one."""
PIECES: Final = 32
"""How many pieces there are for each process."""


def check_in_processes(bodies: Sequence[FuncToValidate], check: Callable[[int], None]) -> None:
    """Calls `check` with each index of `bodies`, shared out by size. Raises what the first one that fails raises."""
    sizes = [body.body.end - body.body.start for body in bodies]
    total = sum(sizes)
    count = jobs(total, WORTHWHILE)
    turns = _turns(count * PIECES) if count > 1 else None
    if turns is None:
        for at in range(len(sizes)):
            check(at)
    else:
        _check_pieces(_Pieces(_bounds(sizes, total, count * PIECES), turns, check), count)


def _turns(count: int) -> Turns | None:
    try:
        return Turns(count)
    except OSError:
        return None


def _check_pieces(pieces: _Pieces, count: int) -> None:
    """Checks pieces in so many processes. Raises what the first body that fails raises."""
    workers: list[Worker] = []
    try:
        _share(pieces, count, workers)
    finally:
        pieces.turns.close()
        for worker in workers:
            worker.close()


def _share(pieces: _Pieces, count: int, workers: list[Worker]) -> None:
    """Checks pieces here and in workers, which it adds."""
    for _ in range(count - 1):
        worker = started(pieces)
        if worker is None:
            break
        workers.append(worker)
    wrong = pieces.check_some(None)
    is_told = True
    for worker in workers:
        told = worker.told()
        is_told = is_told and bool(told)
        wrong = min(wrong, int.from_bytes(told, "little")) if told else wrong
    if not is_told:
        pieces.check_others(wrong)
    for at in range(wrong, pieces.bounds[-1]):
        pieces.check(at)


def _bounds(sizes: list[int], total: int, count: int) -> list[int]:
    """Where each of so many pieces begins, and where the last ends: pieces of about the same size."""
    bounds = [0]
    done = 0
    for at, size in enumerate(sizes):
        while len(bounds) < count and done * count >= total * len(bounds):
            bounds.append(at)
        done += size
    return bounds + [len(sizes)] * (count + 1 - len(bounds))


class _Pieces:
    """The bodies, in pieces, as work for this process and for others. `bounds` are those of the pieces, `done` those taken here."""

    __slots__ = ("bounds", "check", "done", "turns")

    def __init__(self, bounds: list[int], turns: Turns, check: Callable[[int], None]) -> None:
        self.bounds = bounds
        self.turns = turns
        self.check = check
        self.done: set[int] = set()

    def __call__(self, answer: Answer) -> None:
        answer.tell(self.check_some(answer).to_bytes(8, "little"))

    def check_some(self, answer: Answer | None) -> int:
        """Checks pieces as long as there are some, and as the answer is awaited; returns which body is wrong, or how many there are.

        As pieces are taken in order, what is before a body that is wrong is taken by then.
        """
        while (piece := self.turns.next()) >= 0:
            self.done.add(piece)
            for at in range(self.bounds[piece], self.bounds[piece + 1]):
                if answer is not None and not answer.is_awaited():
                    raise InterruptedError
                try:
                    self.check(at)
                except WasmToolsError:
                    self.turns.stop()
                    return at
        return self.bounds[-1]

    def check_others(self, end: int) -> None:
        """Checks the bodies before `end` that are in none of the pieces that were taken here. Raises as `check` does."""
        for piece in range(len(self.bounds) - 1):
            if piece not in self.done:
                for at in range(self.bounds[piece], min(self.bounds[piece + 1], end)):
                    self.check(at)
