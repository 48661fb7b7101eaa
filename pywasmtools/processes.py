"""Work for other processes: commands share out what takes long and falls into parts, on systems that fork.

A command calls `allow`; without it, and so in a program that uses the library, no process is ever made. There are as many
as processors that this one may run on, MOST_JOBS at most; `$WASM_TOOLS_JOBS` says another number, 1 none but this one.
Windows has no `fork`.

What a worker tells is taken where it has told all of it. Of one that tells less, for it met a fault, was killed or had no
memory, the work is done here, and what is wrong is found here: `Worker.told` is empty then.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    Work = Callable[["Answer"], None]

IS_COMPILED: Final = not __file__.endswith((".py", ".pyc"))
MOST_JOBS: Final = 8
_PIPE: Final = 1 << 20
"""Bytes that a pipe should hold (others hold a sixteenth), so that a worker need not wait until its answer is wanted."""
_SIZE: Final = 8
"""Bytes that say how many follow."""
_NUMBER: Final = 4
"""Bytes of a number in a pipe."""
_READ: Final = 1 << 18
"""Bytes that are read at once."""

_allowed = False


def allow() -> None:
    """Lets this process make others: it is a command, not a program of someone else's."""
    global _allowed
    _allowed = True


def jobs(size: int, worthwhile: int) -> int:
    """How many processes, this one included, so many bytes are worth, where `worthwhile` are worth one."""
    if not _allowed or size < 2 * worthwhile or not hasattr(os, "fork"):
        return 1
    told = os.environ.get("WASM_TOOLS_JOBS", "")
    most = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 0
    return max(1, min(most or processors(), MOST_JOBS, size // worthwhile))


def processors() -> int:
    """How many processors this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)
    return (os.cpu_count() or 1) if affinity is None else len(affinity(0))


class Turns:
    """The numbers below `count`, each of them given once, in order, to whichever process asks next.

    They lie in a pipe, which takes some thousand. Made before the processes are; raises `OSError` where there is no pipe.
    """

    __slots__ = ("reading",)

    def __init__(self, count: int) -> None:
        self.reading, writing = os.pipe()
        os.write(writing, b"".join([number.to_bytes(_NUMBER, "little") for number in range(count)]))
        os.close(writing)

    def next(self) -> int:
        """The next number; -1 where none is left."""
        told = os.read(self.reading, _NUMBER)
        return int.from_bytes(told, "little") if len(told) == _NUMBER else -1

    def stop(self) -> None:
        """Leaves no number for anybody."""
        while os.read(self.reading, _READ):
            pass

    def close(self) -> None:
        """To be called by the one that made it, in the end."""
        os.close(self.reading)


class Answer:
    """A worker's side of the pipe to the process that waits for it."""

    __slots__ = ("parent", "writing")

    def __init__(self, writing: int, parent: int) -> None:
        self.writing = writing
        self.parent = parent

    def is_awaited(self) -> bool:
        """Whether the one that waits is still there. To be asked now and then."""
        return os.getppid() == self.parent

    def tell(self, data: bytes) -> None:
        """Tells something, whole: `Worker.told` gives it."""
        self.write(len(data).to_bytes(_SIZE, "little"))
        self.write(data)

    def write(self, data: bytes) -> None:
        """Tells some bytes. Waits until nearly all of them are read, where they are many."""
        done = os.write(self.writing, data)
        while done < len(data):
            done += os.write(self.writing, memoryview(data)[done:])


class Worker:
    """A process that was made for some work."""

    __slots__ = ("pid", "reading")

    def __init__(self, pid: int, reading: int) -> None:
        self.pid = pid
        self.reading = reading

    def told(self) -> bytes:
        """Waits for what is told next; empty where not all of it is."""
        size = int.from_bytes(self.read(_SIZE), "little")
        data = self.read(size)
        return data if len(data) == size else b""

    def read(self, count: int) -> bytes:
        """Waits for so many bytes of the answer; fewer where it ends before."""
        parts: list[bytes] = []
        while count > 0:
            told = os.read(self.reading, min(count, _READ))
            if not told:
                break
            parts.append(told)
            count -= len(told)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Ends the process, where it has not ended."""
        os.close(self.reading)
        try:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        except OSError:
            pass  # the system took its end where SIGCHLD is ignored


def started(work: Work) -> Worker | None:
    """A worker that does some work and ends; None where the system makes no process."""
    try:
        reading, writing = os.pipe()
    except OSError:
        return None
    _widen(writing)
    parent = os.getpid()
    try:
        pid: int = getattr(os, "fork")()  # noqa: B009 (Windows has none)
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if pid == 0:
        _work(work, Answer(writing, parent))
    os.close(writing)
    return Worker(pid, reading)


def _widen(pipe: int) -> None:
    """Has a pipe hold more than usual, where the system can do that."""
    if sys.platform == "linux":
        try:
            import fcntl

            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
        except (ImportError, OSError):
            pass


def _work(work: Work, answer: Answer) -> None:
    """What a worker does; it doesn't return."""
    try:
        work(answer)
    except BaseException:
        pass  # what is wrong is seen again where the answer is missing
    finally:
        os._exit(0)
