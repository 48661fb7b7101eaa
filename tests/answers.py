"""A fixture for tables of inputs: all that a command answers to each, whole, in one golden."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Files, reference, shown

Answers = Callable[[str, Files], str]
Replies = Callable[[list[str]], str]

WORLD = "package a:b;\nworld w {}\n"


class Asked:
    """Whoever answers: ours in this process, for there are many cases, or the reference where goldens are recorded."""

    def __init__(self, recording: bool, versions: list[str], captured: pytest.CaptureFixture[bytes]) -> None:
        self.recording = recording
        self.versions = versions
        self.captured = captured

    def answer(self, argv: list[str]) -> str:
        """Status, output and errors of a command line."""
        from pywasmtools.cli.main import main

        if self.recording:
            # Python's readline sets the columns of a terminal behind the back of `os.environ`.
            argv = [str(reference()), *argv]
            done = subprocess.run(argv, capture_output=True, timeout=60, env=dict(os.environ))
            status, out, err = done.returncode, done.stdout, done.stderr
        else:
            status = main(argv)
            out, err = self.captured.readouterr()
        told = f"status {status}\n"
        for stream in (out, err):
            if stream:
                text = shown(stream, self.versions)
                told += text if text.endswith("\n") else text + "\n"
        return told


@pytest.fixture
def asked(
    recording: bool,
    versions: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Asked:
    """In an empty folder but for `w.wit`, which is an empty world."""
    monkeypatch.chdir(tmp_path)
    Path("w.wit").write_text(WORLD)
    return Asked(recording, versions, capfdbinary)


@pytest.fixture
def answers(asked: Asked) -> Answers:
    """`answers("component embed -t w.wit in.wat", {name: contents})`: each name, and below it status, output and errors.

    The file named last is made anew for each case.
    """

    def execute(command: str, cases: Files) -> str:
        told = ""
        argv = command.split()
        for name, data in cases.items():
            Path(argv[-1]).write_bytes(data.encode() if isinstance(data, str) else data)
            told += f"== {name}\n{asked.answer(argv)}"
        return told

    return execute


@pytest.fixture
def replies(asked: Asked) -> Replies:
    """`replies(["component wit --x"])`: each command line, and below it status, output and errors."""

    def execute(commands: list[str]) -> str:
        return "".join(f"== {command}\n{asked.answer(command.split())}" for command in commands)

    return execute


def lines(text: str) -> list[str]:
    """The lines of a table without their indentation."""
    return [line.strip() for line in text.strip().splitlines()]
