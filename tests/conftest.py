"""Fixtures of the test suite.

`run` executes a command line over small files and is compared with a golden. Goldens come from the reference
alone: under `pytest --snapshot-update` the fixture executes the real wasm-tools, otherwise pywasmtools, so that
no golden can be written from our own output.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "golden"


def load_script(path: Path) -> ModuleType:
    """A script of the project, outside the package, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reference() -> Path:
    """The real executable, from `scripts/reference.py`."""
    found: Path = load_script(ROOT / "scripts" / "reference.py").reference()
    return found


class GoldenFile(SingleFileSnapshotExtension):
    """One readable file a result, in `golden/`, in folders that mirror the tests."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT

    @classmethod
    def dirname(cls, *, test_location: Any) -> str:
        test = Path(test_location.filepath)
        return str(GOLDEN / test.relative_to(ROOT / "tests").with_suffix(""))

    def serialize(self, data: Any, **_: Any) -> str:
        assert isinstance(data, str)
        return data


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The golden of this test: compare with `==`."""
    return snapshot.use_extension(GoldenFile)


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., str]:
    """`run("component wit a.wit", {"a.wit": "…"})`: everything that came of a command line, as one text.

    Files are laid out in an empty folder first; `stdin` is bytes. What is shown: status, stdout, stderr, and
    every file that was made or changed, text as text, binary as an annotated hex dump.
    """
    recording = bool(request.config.getoption("--snapshot-update"))

    def execute(command: str | list[str], files: dict[str, str | bytes] | None = None, stdin: bytes = b"") -> str:
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        for name, contents in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        argv = command.split() if isinstance(command, str) else command
        program = [str(reference())] if recording else [sys.executable, "-m", "pywasmtools"]
        before = contents_of(folder)
        dropped = ("NO_COLOR", "CLICOLOR", "RUST_LOG", "PYTHONDONTWRITEBYTECODE")
        env = {k: v for k, v in os.environ.items() if k not in dropped}
        env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [env.get("PYTHONPATH")])])
        done = subprocess.run(program + argv, cwd=folder, input=stdin, capture_output=True, env=env, timeout=60)
        assert b"Traceback (most recent call last)" not in done.stderr, done.stderr.decode()
        parts = [f"status {done.returncode}"]
        for name, data in (("stdout", done.stdout), ("stderr", done.stderr)):
            if data:
                parts.append(f"--- {name}\n{shown(data)}")
        for name, data in contents_of(folder).items():
            if before.get(name) != data:
                parts.append(f"--- {name}\n{shown(data)}")
        return "\n".join(parts) + "\n"

    return execute


def contents_of(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def shown(data: bytes) -> str:
    """Text as it is; anything else as a hex dump, sixteen bytes a line with their offset and letters."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text and "\r" not in text:
        return text if text.endswith("\n") else text + "\n(no newline at the end)"
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        letters = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        lines.append(f"{at:06x}  {row.hex(' '):<47}  {letters}")
    return "\n".join(lines)


@pytest.fixture
def verdicts(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[[str, Mapping[str, str | bytes]], str]:
    """`verdicts("component new", {name: module})`: each name, and under it `valid` or the innermost cause in stderr.

    As `run`, it asks the reference where goldens are recorded; ours runs in this process, for there are many.
    """
    from pywasmtools.cli.main import main

    recording = bool(request.config.getoption("--snapshot-update"))
    monkeypatch.chdir(tmp_path)

    def execute(command: str, cases: Mapping[str, str | bytes]) -> str:
        shown = ""
        for name, data in cases.items():
            Path("in.wat").write_bytes(data.encode() if isinstance(data, str) else data)
            argv = [*command.split(), "in.wat", "-o", "out"]
            if recording:
                done = subprocess.run([str(reference()), *argv], capture_output=True, text=True, timeout=60)
                status, said = done.returncode, done.stderr
            else:
                status = main(argv)
                said = capfd.readouterr().err
            cause = "valid" if status == 0 else re.split(r"\n +\d+: ", said.rstrip("\n"))[-1]
            shown += f"{name}\n  " + cause.replace("\n", "\n  ") + "\n"
        return shown

    return execute
