"""Cases under two programs, thousands a minute: the same folder for both, ours in forks of this process.

For one process with one thread, which forks. What the two did is compared by status, streams and files; `cause.py` says what
a difference comes from. `diff.py` is for one command line in a real folder.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import re
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from pywasmtools.lab.case import Case
from pywasmtools.lab.programs import OURS, Program

SECONDS = 20.0
"""What a run may take before it counts as hanging."""

MEMORY = 4 << 30
"""Bytes of address space that a run of the subject may take, where it is ours."""

HUNG = -1000
"""The status of a run that did not end in time."""

WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

DROPPED = ("RUST_", "NO_COLOR", "CLICOLOR", "FORCE_COLOR", "PYTHON")
"""Variables that change what is printed: those that begin so are not passed on."""


DATED: Final = re.compile(rb"^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", re.MULTILINE)
"""How the line of a warning begins: the time of day says nothing."""


@dataclass(frozen=True)
class Outcome:
    """What a program did with a case: status, streams, and the files that it made, changed or deleted (None)."""

    status: int
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes | None]

    @property
    def hung(self) -> bool:
        return self.status == HUNG

    @property
    def crashed(self) -> bool:
        """Whether the program broke down instead of refusing: a panic, a signal, a mistake of ours."""
        if self.status < 0 or self.status == 101:
            return True
        return (
            b"panicked at" in self.stderr
            or b"error: pywasmtools failed" in self.stderr
            or b"Traceback (" in self.stderr
        )


@dataclass(frozen=True)
class Result:
    """Both outcomes of a case."""

    reference: Outcome
    subject: Outcome

    @property
    def same(self) -> bool:
        """Whether nothing differs. Where the reference broke down, or hung, the subject need only refuse cleanly."""
        if self.reference.crashed or self.reference.hung:
            return not self.subject.crashed and self.subject.status in (1, 2)
        return self.reference == self.subject


class Place:
    """A folder to run a case in, and the files of its streams beside it; all in a folder that is there."""

    def __init__(self, scratch: str, name: str) -> None:
        self.folder = os.path.join(scratch, name)
        self.streams = [os.path.join(scratch, f"{name}.{stream}") for stream in ("stdin", "stdout", "stderr")]

    def lay_out(self, case: Case) -> None:
        """Makes the folder and writes what the case consists of."""
        os.mkdir(self.folder)
        case.lay_out(self.folder)
        with open(self.streams[0], "wb") as file:
            file.write(case.stdin)

    def clear(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self.folder)

    def redirect(self) -> None:
        """Makes the folder this process's, and the streams too."""
        os.chdir(self.folder)
        for fd, path in enumerate(self.streams):
            opened = os.open(path, os.O_RDONLY if fd == 0 else WRITE, 0o600)
            os.dup2(opened, fd)
            os.close(opened)

    def spawn(self, program: Program, case: Case, env: dict[str, str]) -> int:
        """Starts a program on the case; its process."""
        if sys.platform == "win32":
            raise AssertionError("not on Windows")
        actions = [
            (os.POSIX_SPAWN_OPEN, fd, path, os.O_RDONLY if fd == 0 else WRITE, 0o600)
            for fd, path in enumerate(self.streams)
        ]
        # The working folder can't be given to `posix_spawn`; this process has no other use for its own.
        here = os.getcwd()
        os.chdir(self.folder)
        try:
            argv = [*program.command, *case.argv]
            return os.posix_spawnp(argv[0], argv, env, file_actions=actions, setpgroup=0)
        finally:
            os.chdir(here)

    def outcome(self, case: Case, status: int) -> Outcome:
        """What a run that is over has left."""
        place = os.fsencode(self.folder)
        stdout, stderr = (read(path).replace(place, b"") for path in self.streams[1:])
        found: dict[str, bytes | None] = {}
        start = len(self.folder) + 1
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                data, told = read(path), path[start:]
                if case.files.get(told) != data:
                    found[told] = data
        found.update({n: None for n in case.files if not os.path.lexists(os.path.join(self.folder, n))})
        return Outcome(status, stdout, DATED.sub(b"[", stderr), dict(sorted(found.items())))


class Pair:
    """A reference and a subject, and a folder of their own to run in. Close it, or use it in a `with`.

    A subject that is ours runs in forks of this process, but for `whole`. `seconds` may be shorter or longer than usual;
    `scratch` is the folder to make its own in.
    """

    def __init__(
        self,
        reference: Program,
        subject: Program,
        *,
        whole: bool = False,
        seconds: float = SECONDS,
        scratch: str | None = None,
    ) -> None:
        self.programs = (reference, subject)
        self.seconds = seconds
        self.forks = subject.command == OURS and not whole and hasattr(os, "fork")
        self.runs = 0
        self.scratch = tempfile.mkdtemp(prefix="pywasmtools-pair-", dir=scratch or fast_folder())
        self.place = Place(self.scratch, "work")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(DROPPED)}
        if self.forks:
            warm_up()

    @property
    def folder(self) -> str:
        """Where cases run: below it nothing is kept between two runs."""
        return self.place.folder

    def __enter__(self) -> Pair:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self.scratch, ignore_errors=True)

    def run(self, case: Case) -> Result:
        """Runs a case under both. Raises OSError where a program can't be run."""
        self.runs += 1
        return Result(self.run_reference(case), self.run_subject(case))

    def run_reference(self, case: Case) -> Outcome:
        """Runs a case under the reference alone."""
        with self._laid_out(case):
            return self.place.outcome(case, self._spawned(self.programs[0], case))

    def run_subject(self, case: Case) -> Outcome:
        """Runs a case under the subject alone."""
        with self._laid_out(case):
            status = self._forked(case) if self.forks else self._spawned(self.programs[1], case)
            return self.place.outcome(case, status)

    @contextlib.contextmanager
    def _laid_out(self, case: Case) -> Iterator[None]:
        try:
            self.place.lay_out(case)
            yield
        finally:
            self.place.clear()

    def _spawned(self, program: Program, case: Case) -> int:
        """The status of a process of its own."""
        return wait(self.place.spawn(program, case, self.env), self.seconds)

    def _forked(self, case: Case) -> int:
        """The status of our command in a fork of this process."""
        if sys.platform == "win32":
            raise AssertionError("not on Windows")
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._be_ours(case)
        return wait(pid, self.seconds)

    def _be_ours(self, case: Case) -> NoReturn:
        """Turns this process, a fork, into a run of our command."""
        try:
            become_ours(self.env)
            self.place.redirect()
            sys.argv = ["wasm-tools", *case.argv]
            from pywasmtools.cli.main import entry

            entry()
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(70)


def become_ours(env: dict[str, str]) -> None:
    """Makes a fork a process that our command runs in: a group of its own, usual signals, bounds, variables."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    import resource

    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    with contextlib.suppress(ValueError, OSError):  # macOS knows the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ.clear()
    os.environ.update(env)


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def wait(pid: int, seconds: float) -> int:
    """The status of a child of this process as `subprocess` tells it; HUNG where it had to be killed, with its group."""
    try:
        in_time = ended(pid, seconds)
    except BaseException:  # this process is being ended
        kill_group(pid)
        raise
    if not in_time:
        kill_group(pid)
        return HUNG
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_group(pid: int) -> None:
    """Ends a child of this process with all that it started in its group."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    for end in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            end(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def ended(pid: int, seconds: float) -> bool:
    """Whether a child ends within some seconds; it is left to be waited for."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    if sys.platform == "darwin":
        return ended_on_macos(pid, seconds)
    try:
        fd = os.pidfd_open(pid)
    except (AttributeError, OSError):
        end = time.monotonic() + seconds
        while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > end:
                return False
            time.sleep(0.001)
        return True
    try:
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(fd)


def ended_on_macos(pid: int, seconds: float) -> bool:
    """As `ended`, by the kernel's queue of events."""
    if sys.platform == "darwin":
        queue = select.kqueue()
        try:
            event = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
            return bool(queue.control([event], 1, seconds))
        except ProcessLookupError:  # it has ended already
            return True
        finally:
            queue.close()
    raise AssertionError("not macOS")


def fast_folder() -> str | None:
    """A folder in memory for scratch files, where there is one; None leaves the choice to `tempfile`."""
    if "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK | os.X_OK):
        return "/dev/shm"
    return None


def warm_up() -> None:
    """Imports all that our commands may load, so that forks have it."""
    import pywasmtools

    for found in pkgutil.walk_packages(pywasmtools.__path__, "pywasmtools."):
        if not found.name.endswith("__main__") and not found.name.startswith("pywasmtools.lab"):
            importlib.import_module(found.name)
    gc.collect()
    gc.freeze()
