"""Function bodies shared out among processes: bodies are independent of one another, and a large module has thousands.

What is told is what one process would tell: the first body that is wrong, by place. A worker only says where its first
one is; it is checked once more here. Of a worker that says nothing all bodies are checked here.
"""

from __future__ import annotations

from pywasmtools.processes import IS_COMPILED, jobs, started

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from pywasmtools.processes import Answer, Worker
    from pywasmtools.validation.core.module import FuncToValidate

WORTHWHILE: Final = 500_000 if IS_COMPILED else 300_000
"""Bytes of bodies that a process is made for: some 15 ms of work compiled, 90 otherwise, where it costs 5 to make one."""


def check_in_processes(bodies: Sequence[FuncToValidate], check: Callable[[int], None]) -> None:
    """Calls `check` with each index of `bodies`, shared out by size. Raises what the first one that fails raises."""
    sizes = [body.body.end - body.body.start for body in bodies]
    total = sum(sizes)
    bounds = _bounds(sizes, total, jobs(total, WORTHWHILE))
    workers: list[Worker] = []
    try:
        _share(bounds, check, workers)
    finally:
        for worker in workers:
            worker.close()


def _share(bounds: list[int], check: Callable[[int], None], workers: list[Worker]) -> None:
    """Starts a worker for each share but the first, and checks what is left to this process."""
    for k in range(1, len(bounds) - 1):
        worker = started(_Share(bounds[k], bounds[k + 1], check))
        if worker is None:
            break
        workers.append(worker)
    _check(0, bounds[1], check)
    for k, worker in enumerate(workers, 1):
        told = worker.told()
        _check(int.from_bytes(told, "little") if told else bounds[k], bounds[k + 1], check)
    _check(bounds[len(workers) + 1], bounds[-1], check)


def _check(begin: int, end: int, check: Callable[[int], None]) -> None:
    for at in range(begin, end):
        check(at)


def _bounds(sizes: list[int], total: int, count: int) -> list[int]:
    """Where each of so many shares begins, and where the last ends: shares of about the same size."""
    bounds = [0]
    done = 0
    for at, size in enumerate(sizes):
        if len(bounds) < count and done * count >= total * len(bounds):
            bounds.append(at)
        done += size
    return bounds + [len(sizes)] * (count + 1 - len(bounds))


class _Share:
    """The bodies from `begin` on, before `end`, as work for a process."""

    __slots__ = ("begin", "check", "end")

    def __init__(self, begin: int, end: int, check: Callable[[int], None]) -> None:
        self.begin = begin
        self.end = end
        self.check = check

    def __call__(self, answer: Answer) -> None:
        at = self.begin
        try:
            while at < self.end and answer.is_awaited():
                self.check(at)
                at += 1
        except BaseException:
            pass  # which one it is, is told; what is wrong, is seen again there
        answer.tell(at.to_bytes(8, "little"))
