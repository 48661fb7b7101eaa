"""A plugin of pytest that writes down every command line behind a golden: its arguments, files and standard input.

    PYWASMTOOLS_RECORD_RUNS=FOLDER python -m pytest -p record_runs     with scripts/ on PYTHONPATH

Only tests that use the fixture `golden` run. FOLDER gets `runs.jsonl`, an object a line: the test's id, the arguments, the
files of the working folder and standard input by the hash of their contents, which lie in `blobs/`. Goldens are not
compared, so that a test with several command lines runs all of them. The working folder stands in arguments as CWD.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

CWD = "{cwd}"


class Recorder:
    """Writes runs of the test that is under way, if it is one with a golden."""

    def __init__(self, folder: Path) -> None:
        self.blobs = folder / "blobs"
        self.blobs.mkdir(parents=True, exist_ok=True)
        self.lines = folder / "runs.jsonl"
        self.test: str | None = None

    def blob(self, data: bytes) -> str:
        """Keeps some contents and says under which name."""
        name = hashlib.sha256(data).hexdigest()
        path = self.blobs / name
        if not path.exists():
            path.write_bytes(data)
        return name

    def record(self, argv: Sequence[str], folder: Path, stdin: bytes) -> None:
        """One run that is about to begin in `folder`."""
        if self.test is None:
            return
        files = {
            str(p.relative_to(folder)): self.blob(p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()
        }
        folders = [str(p.relative_to(folder)) for p in sorted(folder.rglob("*")) if p.is_dir()]
        run = {
            "test": self.test,
            "argv": [arg.replace(str(folder), CWD) for arg in argv],
            "files": files,
            "folders": folders,
            "stdin": self.blob(stdin),
        }
        with self.lines.open("a") as file:
            file.write(json.dumps(run) + "\n")


def of_process(recorder: Recorder, run: Callable[..., Any]) -> Callable[..., Any]:
    """`subprocess.run` that writes down runs of ours."""

    @functools.wraps(run)
    def wrapped(command: Any, *args: Any, **options: Any) -> Any:
        words = command if isinstance(command, list) else []
        if words[:1] == [sys.executable] and "pywasmtools" in words[1:4]:
            argv = words[words.index("pywasmtools") + 1 :]
            stdin = options.get("input") or b""
            recorder.record(argv, Path(options.get("cwd") or os.getcwd()), stdin if isinstance(stdin, bytes) else b"")
        return run(command, *args, **options)

    return wrapped


def of_this_process(recorder: Recorder, main: Callable[[list[str]], int]) -> Callable[[list[str]], int]:
    """The command's `main` that writes down its runs."""

    @functools.wraps(main)
    def wrapped(argv: list[str]) -> int:
        recorder.record(argv, Path.cwd(), b"")
        return main(argv)

    return wrapped


class Plugin:
    """The hooks, over one recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leaves the tests that have a golden."""
        chosen = [item for item in items if "golden" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Tells the recorder which test is under way."""
        self.recorder.test = item.nodeid
        try:
            return (yield)
        finally:
            self.recorder.test = None


def pytest_configure(config: pytest.Config) -> None:
    named = os.environ.get("PYWASMTOOLS_RECORD_RUNS")
    if not named:
        return
    from syrupy.assertion import SnapshotAssertion

    import pywasmtools.cli.main as command

    recorder = Recorder(Path(named))
    config.pluginmanager.register(Plugin(recorder))
    subprocess.run = of_process(recorder, subprocess.run)
    vars(command)["main"] = of_this_process(recorder, command.main)
    SnapshotAssertion.__eq__ = lambda self, other: True  # type: ignore[method-assign]
