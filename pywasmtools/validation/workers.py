"""Function bodies shared out among processes: bodies are independent of one another, and a large module has thousands.

A command calls `allow`; without it, and so in a program that uses the library, no process is ever made. There are as many
as processors that this one may run on, MOST_JOBS at most, and none for less than WORTHWHILE bytes each;
`$WASM_TOOLS_JOBS` says another number, 1 none but this one. Windows has no `fork`.

What is told is what one process would tell: the first body that is wrong, by place. A worker only says where its first
one is; it is checked once more here. Of a worker that says nothing, for it was killed or had no memory, all bodies are
checked here.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from pywasmtools.validation.core.module import FuncToValidate

IS_COMPILED: Final = not __file__.endswith((".py", ".pyc"))
WORTHWHILE: Final = 500_000 if IS_COMPILED else 300_000
"""Bytes of bodies that a process is made for: some 15 ms of work compiled, 90 otherwise, where it costs 5 to make one."""
MOST_JOBS: Final = 8

_allowed = False


def allow() -> None:
    """Lets this process make others: it is a command, not a program of someone else's."""
    global _allowed
    _allowed = True


def jobs(size: int) -> int:
    """How many processes, this one included, so many bytes of bodies are worth."""
    if not _allowed or size < 2 * WORTHWHILE or not hasattr(os, "fork"):
        return 1
    told = os.environ.get("WASM_TOOLS_JOBS", "")
    most = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 0
    return max(1, min(most or processors(), MOST_JOBS, size // WORTHWHILE))


def processors() -> int:
    """How many processors this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)
    return (os.cpu_count() or 1) if affinity is None else len(affinity(0))


def check_in_processes(bodies: Sequence[FuncToValidate], check: Callable[[int], None]) -> None:
    """Calls `check` with each index of `bodies`, shared out by size. Raises what the first one that fails raises."""
    sizes = [body.body.end - body.body.start for body in bodies]
    total = sum(sizes)
    bounds = _bounds(sizes, total, jobs(total))
    workers: list[_Worker] = []
    try:
        _share(bounds, check, workers)
    finally:
        for worker in workers:
            worker.close()


def _share(bounds: list[int], check: Callable[[int], None], workers: list[_Worker]) -> None:
    """Starts a worker for each share but the first, and checks what is left to this process."""
    for k in range(1, len(bounds) - 1):
        worker = _started(bounds[k], bounds[k + 1], check)
        if worker is None:
            break
        workers.append(worker)
    _check(0, bounds[1], check)
    for worker in workers:
        _check(worker.first_wrong(), worker.end, check)
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


class _Worker:
    """A process that checks the bodies from `begin` on, before `end`."""

    __slots__ = ("begin", "end", "pid", "reading")

    def __init__(self, pid: int, reading: int, begin: int, end: int) -> None:
        self.pid = pid
        self.reading = reading
        self.begin = begin
        self.end = end

    def first_wrong(self) -> int:
        """Waits for the index of the first body that failed; `end` where none did, `begin` where it is not known."""
        told = b""
        while len(told) < 8:
            more = os.read(self.reading, 8)
            if not more:
                return self.begin
            told += more
        return int.from_bytes(told, "little")

    def close(self) -> None:
        """Ends the process, where it has not ended."""
        os.close(self.reading)
        try:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        except OSError:
            pass  # the system took its end where SIGCHLD is ignored


def _started(begin: int, end: int, check: Callable[[int], None]) -> _Worker | None:
    """A worker for some bodies; None where the system makes no process."""
    try:
        reading, writing = os.pipe()
    except OSError:
        return None
    parent = os.getpid()
    try:
        pid: int = getattr(os, "fork")()  # noqa: B009 (Windows has none)
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if pid == 0:
        _work(begin, end, check, writing, parent)
    os.close(writing)
    return _Worker(pid, reading, begin, end)


def _work(begin: int, end: int, check: Callable[[int], None], writing: int, parent: int) -> None:
    """What a worker does; it doesn't return. When the one that waits for it is gone, it ends too."""
    try:
        at = begin
        try:
            while at < end and os.getppid() == parent:
                check(at)
                at += 1
        except BaseException:
            pass  # which one it is, is told; what is wrong, is seen again there
        os.write(writing, at.to_bytes(8, "little"))
    finally:
        os._exit(0)
