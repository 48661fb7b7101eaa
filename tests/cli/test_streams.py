"""The standard streams in every state: closed, of the wrong direction, full, broken, at a limit, alone and together.

What comes of each command line in each state is the reference's, from the goldens: its status, what arrives and which
files are made. Help pages differ on purpose: of those only counts whether something arrives. A folder is left out, for
the interpreter itself refuses to start on one.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

import pytest
from _pytest.mark.structures import ParameterSet
from conftest import Files, contents_of, shown, unmeasured
from syrupy.assertion import SnapshotAssertion

if sys.platform != "linux" or not Path("/dev/full").exists():
    pytest.skip("the states are those of Linux", allow_module_level=True)

import resource

WIT = "package a:b;\n\ninterface i {\n  f: func();\n}\n\nworld w {\n  import i;\n}\n"
MODULE = b"\0asm\1\0\0\0"
BROKEN = MODULE + b"\1\4\1\x60\0\0" + b"\3\2\1\0" + b"\n\5\1\3\0\xff\x0b"
"""A module whose one body has an unknown instruction: a part of it is printed."""

FILES: Files = {
    "a.wit": WIT,
    "bad.wit": "package a:b\n",
    "m.wasm": MODULE,
    "broken.wasm": BROKEN,
    "read-only": "",
    # Results whose last line is shorter and longer than what the reference holds back, and one without any end of a line.
    "long.wit": f"package a:b;\nworld w {{ import {'x' * 1100}: func(); }}\n",
    "short.wit": "package a:b;\nworld w { import f: func(); }\n",
    "none.wit": "package aaa:b;\ninterface wwww { f: func(); }\n",
}

RESULTS = [
    "--version",
    "component wit --help",
    "component help",
    "component wit a.wit",
    "component wit a.wit --json",
    "component wit a.wit -t",
    "component wit a.wit -o o.wit",
    "component wit a.wit -o /dev/stdout",
    "component embed short.wit m.wasm",
    "component embed long.wit m.wasm",
    "component embed a.wit m.wasm -t -o o.wat",
    "component embed a.wit broken.wasm -t",
    "component wit none.wit -w",
]
ERRORS = [
    "",
    "--bogus",
    "component wit a.wit --color nope",
    "component wit bad.wit",
    "component wit bad.wit --color always",
    "component embed a.wit nowhere -o o.wasm",
    "component embed a.wit broken.wasm -t",
    "component wit a.wit",
]
INPUTS = [
    "component wit",
    "component embed a.wit",
    "component embed a.wit -",
    "component new",
    "component new -",
    "component new - -o o.wasm",
    "component wit /dev/stdin",
]

WRITTEN = ["file", "pipe", "socket", "closed", "read-only", "wrong end", "path", "full", "broken pipe"]
WRITTEN += ["broken socket", "socket of nobody", "full pipe", "limit 0", "limit 20"]
READ = [
    "file",
    "pipe",
    "socket",
    "empty",
    "closed",
    "write-only",
    "wrong end",
    "path",
    "no data",
    "socket of nobody",
]


QUICK = ("closed", "read-only", "full", "broken pipe", "limit 20", "write-only")
"""The states of the quick set."""


def states(names: list[str]) -> list[ParameterSet]:
    """The states as parameters of a test."""
    return [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in names]


class State:
    """One stream of one run: what the process gets, what is done in it before it runs, and what has arrived after."""

    def __init__(self, name: str, number: int, folder: Path, contents: bytes = b"") -> None:
        """`number` is that of the stream; `contents` is what a stream that can be read holds."""
        self.name = name
        self.number = number
        self.opened: list[int] = []
        self.kept: list[int] = []
        self.arrived: list[bytes] = []
        self.path = folder / f"stream-{number}"
        self.path.write_bytes(contents)
        self.reader: threading.Thread | None = None
        self.fd = self.open(contents)

    def open(self, contents: bytes) -> int:
        """The descriptor that the process gets."""
        match self.name:
            case "file" if self.number == 0:
                return self.take(os.open(self.path, os.O_RDONLY))
            case "file" | "write-only" | "limit 0" | "limit 20":
                return self.take(os.open(self.path, os.O_WRONLY))
            case "read-only":
                return self.take(os.open(self.path, os.O_RDONLY))
            case "path":
                return self.take(os.open(self.path, os.O_PATH))
            case "full":
                return self.take(os.open("/dev/full", os.O_WRONLY))
            case "empty" | "closed":
                return self.take(os.open(os.devnull, os.O_RDWR))
            case "socket of nobody":
                return self.take(socket.socket().detach())
            case "socket" | "broken socket":
                ours, its = (end.detach() for end in socket.socketpair())
                return self.connected(ours, self.take(its), contents)
        reading, writing = os.pipe()
        if self.number == 0 and self.name == "pipe":
            return self.connected(writing, self.take(reading), contents)
        if self.name in ("pipe", "broken pipe"):
            return self.connected(reading, self.take(writing), contents)
        if self.name == "full pipe":
            self.kept.append(reading)
            os.set_blocking(writing, False)
            with pytest.raises(BlockingIOError):
                while True:
                    os.write(writing, bytes(4096))
            return self.take(writing)
        # one end of it: the wrong one, or of a pipe without data for a reader that does not wait
        is_reading = (self.number == 0) == (self.name == "no data")
        os.set_blocking(reading, self.name != "no data")
        self.kept.append(writing if is_reading else reading)
        return self.take(reading if is_reading else writing)

    def take(self, fd: int) -> int:
        self.opened.append(fd)
        return fd

    def connected(self, ours: int, its: int, contents: bytes) -> int:
        """Sends what the process is to read, or reads what it writes, until the end; a broken one is closed at once."""
        if self.number == 0:
            os.write(ours, contents)
        if self.number == 0 or self.name.startswith("broken"):
            os.close(ours)
            return its

        def read() -> None:
            while part := os.read(ours, 65536):
                self.arrived.append(part)
            os.close(ours)

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        return its

    def prepare(self) -> None:
        """What is done in the process before it runs."""
        if self.name == "closed":
            os.close(self.number)
        if self.name.startswith("limit"):
            limit = int(self.name.split()[1])
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    def begun(self) -> None:
        """The process has its descriptors: ours are closed."""
        for fd in self.opened:
            os.close(fd)

    def contents(self) -> bytes:
        """What has arrived, when the process has ended."""
        if self.reader:
            self.reader.join()
        for fd in self.kept:
            os.close(fd)
        return b"".join(self.arrived) if self.reader else self.path.read_bytes() if self.number else b""


class Streams(Protocol):
    """`streams(command, stdin, stdout, stderr)`: what comes of a command line, as one text; `""` for the same as stdout."""

    def __call__(self, command: str, stdin: str, stdout: str, stderr: str, contents: bytes = b"") -> str: ...


@pytest.fixture
def streams(tmp_path: Path, program: list[str], versions: list[str]) -> Streams:
    folder = tmp_path / "work"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    before = contents_of(folder)

    def execute(command: str, stdin: str, stdout: str, stderr: str, contents: bytes = b"") -> str:
        states = [State(stdin, 0, tmp_path, contents), State(stdout, 1, tmp_path)]
        if stderr:
            states.append(State(stderr, 2, tmp_path))

        def prepare() -> None:
            for state in states:
                state.prepare()
            if not stderr and stdout == "closed":
                os.close(2)

        fds = [state.fd for state in states]
        argv = [*program, *command.split()]
        env = unmeasured(RUST_BACKTRACE="0")
        process = subprocess.Popen(
            argv, cwd=folder, stdin=fds[0], stdout=fds[1], stderr=fds[-1], env=env, preexec_fn=prepare
        )
        for state in states:
            state.begun()
        parts = [f"status {process.wait(timeout=60)}"]
        for state in states:
            data = state.contents()
            assert b"Traceback" not in data, data.decode()
            if data and state.number:
                name = ("stdin", "stdout", "stderr")[state.number]
                is_page = "help" in command and state.number == 1
                parts.append("a page" if is_page else f"{name}:\n{shown(data, versions)}")
        for name, data in contents_of(folder).items():
            if before.get(name) != data:
                parts.append(f"{name}:\n{shown(data, versions)}")
                (folder / name).unlink()
        body = "\n".join("  " + line for part in parts for line in part.splitlines())
        return f"{command}\n{body}\n"

    return execute


@pytest.mark.slow
@pytest.mark.parametrize("state", states(WRITTEN))
def test_results(state: str, streams: Streams, golden: SnapshotAssertion) -> None:
    # Opened again, a full pipe is one that waits.
    commands = [command for command in RESULTS if state != "full pipe" or "/dev" not in command]
    assert "".join(streams(command, "empty", state, "pipe") for command in commands) == golden


@pytest.mark.slow
@pytest.mark.parametrize("state", states(WRITTEN))
def test_errors(state: str, streams: Streams, golden: SnapshotAssertion) -> None:
    assert "".join(streams(command, "empty", "pipe", state) for command in ERRORS) == golden


@pytest.mark.slow
@pytest.mark.parametrize("state", states(READ))
def test_inputs(state: str, streams: Streams, golden: SnapshotAssertion) -> None:
    text = "".join(streams(command, state, "pipe", "pipe", WIT.encode()) for command in INPUTS[:3])
    # Opened again, a pipe that nobody ends is waited for.
    commands = [command for command in INPUTS if state not in ("no data", "wrong end") or "/dev" not in command]
    text += "".join(streams(command, state, "pipe", "pipe", MODULE) for command in commands[1:])
    assert text == golden


@pytest.mark.slow
@pytest.mark.parametrize("stdout", ["pipe", "closed", "read-only", "full", "broken pipe", "limit 20"])
def test_streams_together(stdout: str, streams: Streams, golden: SnapshotAssertion) -> None:
    commands = ["--version", "", "component new", "component wit a.wit", "component wit a.wit -o o.wit"]
    commands += ["component wit bad.wit", "component embed a.wit broken.wasm -t"]
    text = ""
    for stdin in ("empty", "closed"):
        for stderr in ("", "closed", "read-only", "full", "broken pipe"):
            shown = "".join(streams(command, stdin, stdout, stderr) for command in commands)
            text += f"stdin {stdin}, stderr {stderr or 'the same'}\n{shown}"
    assert text == golden


@pytest.mark.parametrize("stdout", ["full", "broken pipe"])
def test_what_crashes_the_reference_is_one_line(stdout: str, tmp_path: Path) -> None:
    """It panics where it can't print the names of the files that it makes."""
    (tmp_path / "a.wit").write_text(WIT)
    state = State(stdout, 1, tmp_path)
    command = [sys.executable, "-m", "pywasmtools", "component", "wit", "a.wit", "--out-dir", "new"]
    done = subprocess.run(command, cwd=tmp_path, stdout=state.fd, stderr=subprocess.PIPE, env=unmeasured())
    state.begun()
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: failed printing to stdout: ")
    assert done.stderr.count(b"\n") == 1
    assert (tmp_path / "new" / "b.wit").read_text() == WIT
