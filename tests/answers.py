"""A fixture for tables of inputs: all that a command answers to each, whole, in one golden."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import reference, shown

Answers = Callable[[str, Mapping[str, "str | bytes"]], str]

WORLD = "package a:b;\nworld w {}\n"


@pytest.fixture
def answers(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Answers:
    """`answers("component embed -t w.wit in.wat", {name: contents})`: each name, and below it status, output and errors.

    The file named last is made anew for each case; `w.wit` is an empty world. As `run`, it asks the reference where
    goldens are recorded; ours runs in this process, for there are many.
    """
    from pywasmtools.cli.main import main

    recording = bool(request.config.getoption("--snapshot-update"))
    monkeypatch.chdir(tmp_path)
    Path("w.wit").write_text(WORLD)

    def execute(command: str, cases: Mapping[str, str | bytes]) -> str:
        told = ""
        argv = command.split()
        for name, data in cases.items():
            Path(argv[-1]).write_bytes(data.encode() if isinstance(data, str) else data)
            if recording:
                done = subprocess.run([str(reference()), *argv], capture_output=True, timeout=60)
                status, out, err = done.returncode, done.stdout, done.stderr
            else:
                status = main(argv)
                out, err = capfdbinary.readouterr()
            told += f"== {name}\nstatus {status}\n"
            for stream in (out, err):
                if stream:
                    text = shown(stream)
                    told += text if text.endswith("\n") else text + "\n"
        return told

    return execute


def lines(text: str) -> list[str]:
    """The lines of a table without their indentation."""
    return [line.strip() for line in text.strip().splitlines()]
