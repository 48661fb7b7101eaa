"""Signals that end the command: it dies by them, as the reference does, with nothing said and no file left half-written.

A signal comes while the input is waited for, and while the reader of the output lets it wait; and, interrupted, ours dies
at any moment from its first own line on. (Before that the interpreter starts: an interrupt ends it with a traceback.)
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, unmeasured
from syrupy.assertion import SnapshotAssertion

from pywasmtools.cli import start

if sys.platform == "win32" or not Path("/proc/self/fd").exists():
    pytest.skip("the process is watched as on Linux", allow_module_level=True)

import resource

SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGUSR1", "SIGXCPU"]
WIT = b"package a:b;\n\ninterface i {\n  f: func();\n}\n"
LONG = b"package a:b;\n\n" + b"".join(b"interface i%d {\n}\n" % k for k in range(9000))

Stopped = Callable[[str, list[str], bool], str]


def as_given(ignored: bool, number: int) -> Callable[[], None]:
    """The state of signals for the process about to run: `number` ignored, or all as a shell starts a command."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return prepare


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Waits for something to be seen of a process that is running."""
    end = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)


def has_open(pid: int, path: Path) -> bool:
    """Whether a process has a file open; not where it has ended."""
    try:
        return any(fd.readlink() == path for fd in list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return False  # it, or one of its files, has just gone


def is_asleep(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process waits in the kernel."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


@pytest.fixture
def while_reading(tmp_path: Path, program: list[str]) -> Stopped:
    """`while_reading(signal, output options, lives)`: the signal comes while the input, a named pipe, has nothing yet.

    A process that lives on, for it was started with the signal ignored or ignores it of its own accord, gets its input.
    """

    def execute(name: str, options: list[str], lives: bool) -> str:
        number = getattr(signal, name)
        fifo = tmp_path / "in.wit"
        os.mkfifo(fifo)
        out = tmp_path / "out.wit"
        out.write_text("as it was\n")
        writing = os.open(fifo, os.O_RDWR)
        process = subprocess.Popen(
            [*program, "component", "wit", "in.wit", *options],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=unmeasured(),
            preexec_fn=as_given(lives and name != "SIGPIPE", number),
        )
        wait_until(lambda: has_open(process.pid, fifo) and is_asleep(process), process)
        process.send_signal(number)
        if lives:
            os.write(writing, WIT)
        else:
            process.wait(timeout=60)
        os.close(writing)
        stdout, stderr = process.communicate(timeout=60)
        fifo.unlink()
        return f"status {process.returncode}\n{(stdout + stderr).decode()}out.wit: {out.read_text()}"

    return execute


@pytest.mark.slow
@pytest.mark.parametrize("name", SIGNALS)
def test_while_it_reads(name: str, while_reading: Stopped, golden: SnapshotAssertion) -> None:
    text = "".join(while_reading(name, options, False) for options in ([], ["-o", "out.wit"]))
    assert text == golden


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGPIPE"])
def test_ignored_it_stays_so(name: str, while_reading: Stopped, golden: SnapshotAssertion) -> None:
    """As in a job that a shell runs in the background, or under `nohup`."""
    assert while_reading(name, ["-o", "out.wit"], True) == golden


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_while_its_reader_lets_it_wait(
    name: str, tmp_path: Path, program: list[str], golden: SnapshotAssertion
) -> None:
    (tmp_path / "a.wit").write_bytes(LONG)
    reading, writing = os.pipe()
    number = getattr(signal, name)
    process = subprocess.Popen(
        [*program, "component", "wit", "a.wit"],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        env=unmeasured(),
        preexec_fn=as_given(False, number),
    )
    os.close(writing)
    arrived = os.read(reading, 1)
    wait_until(lambda: is_asleep(process), process)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    while part := os.read(reading, 65536):
        arrived += part
    os.close(reading)
    assert f"status {process.returncode}, {len(arrived)} bytes\n{stderr.decode()}" == golden


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_one_interrupt_ends_a_loop_of_a_shell(tmp_path: Path, program: list[str], golden: SnapshotAssertion) -> None:
    """The shell goes on where a command that was interrupted ends by itself, with 130 or any other status."""
    fifo = tmp_path / "in.wit"
    os.mkfifo(fifo)
    writing = os.open(fifo, os.O_RDWR)
    line = f"for k in 1 2 3; do echo run $k; {' '.join(program)} component wit in.wit; echo status $?; done; echo end"
    shell = subprocess.Popen(
        ["bash", "-c", line],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=unmeasured(),
        preexec_fn=as_given(False, signal.SIGINT),
        start_new_session=True,
    )

    def reads() -> bool:
        children = Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text().split()
        return any(has_open(int(child), fifo) for child in children)

    wait_until(reads, shell)
    os.killpg(shell.pid, signal.SIGINT)
    try:
        stdout, stderr = shell.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        stdout, stderr = shell.communicate()
    os.close(writing)
    assert f"status {shell.returncode}\n{stdout.decode()}{stderr.decode()}" == golden


def takes_interrupts(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process has a handler for interrupts of its own."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return bool(int(status.partition("SigCgt:")[2].split()[0], 16) >> (signal.SIGINT - 1) & 1)


@pytest.mark.slow
def test_at_any_moment(tmp_path: Path) -> None:
    """Ours alone, from its start on: the interpreter has given its handler back."""
    fifo = tmp_path / "in.wit"
    os.mkfifo(fifo)
    writing = os.open(fifo, os.O_RDWR)
    for k in range(40):
        process = subprocess.Popen(
            [sys.executable, "-m", "pywasmtools", "component", "wit", "in.wit", "-o", "out.wit"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=unmeasured(),
            preexec_fn=as_given(False, signal.SIGINT),
        )
        while not takes_interrupts(process) and not has_open(process.pid, fifo):
            pass
        while takes_interrupts(process):
            pass
        time.sleep(k / 1000)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        assert (process.returncode, stdout, stderr) == (-signal.SIGINT, b"", b""), k
    os.close(writing)
    assert not (tmp_path / "out.wit").exists()


def test_an_interrupt_before_the_first_line_of_ours(tmp_path: Path) -> None:
    """The interpreter has taken it, and raises it within `start`."""
    late = "import _signal, os\nfrom pywasmtools.cli import start\n"
    late += "_signal.getsignal = lambda number: os.kill(os.getpid(), number)\nstart()"
    command = [sys.executable, "-c", late, "--version"]
    prepare = as_given(False, signal.SIGINT)
    done = subprocess.run(command, capture_output=True, env=unmeasured(), preexec_fn=prepare)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_a_library_leaves_signals_alone() -> None:
    code = "import signal, pywasmtools.api, pywasmtools.cli.main\n"
    code += "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    prepare = as_given(False, signal.SIGINT)
    subprocess.run([sys.executable, "-c", code], env=unmeasured(), preexec_fn=prepare, check=True)


def test_the_console_script_starts_there() -> None:
    """`start` stands in the first file that is loaded, before the rest of ours."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"]["wasm-tools"] == f"{start.__module__}:{start.__name__}" == "pywasmtools.cli:start"
