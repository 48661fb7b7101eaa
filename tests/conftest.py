"""Fixtures of the test suite.

`run` executes a command line over small files and is compared with a golden. Goldens come from the reference
alone: under `pytest --snapshot-update` the fixture executes the real wasm-tools, otherwise pywasmtools, so that
no golden can be written from our own output.

The package under test is the one that Python imports: the tree under `python -m pytest`; under `python -P -m pytest`,
or with PYTHONSAFEPATH set, an installed wheel.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import pytest
from annotated import annotated
from recorder import ROOT, NotTheReference, load_script, recorder, reference
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.types import SerializableData
from versions import OURS, due, without_versions

import pywasmtools

__all__ = ["ROOT", "Files", "Run", "Verdicts", "environment", "load_script", "reference"]

INSTALLED = Path(pywasmtools.__file__).parent.parent != ROOT
"""Whether an installed package is under test, not the tree."""

Files = Mapping[str, str | bytes]


class Run(Protocol):
    """`run("component wit a.wit", {"a.wit": "…"})`: everything that came of a command line, as one text."""

    def __call__(self, command: str | list[str], files: Files | None = None, stdin: bytes = b"") -> str: ...


Verdicts = Callable[[str, Files], str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--goldens", type=Path, default=ROOT / "golden", help="the folder of goldens, read and recorded")
    parser.addoption(
        "--require-reference",
        action="store_true",
        help="a test that lacks the real wasm-tools or Node fails, not skipped",
    )


def pytest_configure(config: pytest.Config) -> None:
    GoldenFile.folder = config.getoption("--goldens").resolve()
    if config.getoption("--snapshot-update"):
        try:
            recorder()
        except (NotTheReference, OSError, subprocess.CalledProcessError) as e:
            raise pytest.UsageError(f"goldens come from the real wasm-tools alone: {e}") from e


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m golden` are the tests that read goldens."""
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker("golden")


class GoldenFile(SingleFileSnapshotExtension):
    """One readable file a result, in `golden/`, in folders that mirror the tests."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT
    folder = ROOT / "golden"

    @classmethod
    def dirname(cls, *, test_location: object) -> str:
        test = Path(test_location.filepath)  # type: ignore[attr-defined]
        return str(cls.folder / test.relative_to(ROOT / "tests").with_suffix(""))

    def serialize(self, data: SerializableData, **_: object) -> str:
        assert isinstance(data, str)
        return data


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The golden of this test: compare with `==`."""
    return snapshot.use_extension(GoldenFile)


@pytest.fixture(scope="session")
def recording(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are recorded: the reference is run then, in place of ours."""
    return bool(request.config.getoption("--snapshot-update"))


@pytest.fixture(scope="session")
def versions(recording: bool) -> list[str]:
    """The versions that results name, for `without_versions`: ours from `release.py`, the reference's own as it says.

    Where the reference is of another release, its results may name ours too, for tests make inputs with our library.
    """
    return [*due(recorder()[1]), *OURS] if recording else OURS


@pytest.fixture(scope="session")
def program(recording: bool) -> list[str]:
    """The command to be run: ours, or the reference where goldens are recorded."""
    return [str(reference())] if recording else [sys.executable, "-m", "pywasmtools"]


@pytest.fixture(scope="session")
def the_reference(request: pytest.FixtureRequest) -> Path:
    """The real executable; where it can't be had, the test is skipped, or fails under `--require-reference`."""
    try:
        return reference()
    except (OSError, subprocess.CalledProcessError) as e:
        reason = f"the reference is not cached and could not be installed: {e}"
    if request.config.getoption("--require-reference"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the environment styles what is printed, unless a test says so."""
    for name in ("CLICOLOR_FORCE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def forks_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For thousands of forks, each a run of a command: coverage would write a file at the end of each."""
    if sys.platform != "win32":
        import posix

        monkeypatch.setattr(os, "_exit", posix._exit)


def environment(**more: str) -> dict[str, str]:
    """The environment for a process of ours: the same package as in this process, and nothing that changes results."""
    dropped = ("NO_COLOR", "CLICOLOR", "RUST_LOG", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
    env = {k: v for k, v in os.environ.items() if k not in dropped} | more
    return env | ({"PYTHONSAFEPATH": "1"} if INSTALLED else {"PYTHONPATH": str(ROOT)})


def unmeasured(**more: str) -> dict[str, str]:
    """`environment()` for a run whose time, memory or signals are what is tested: its coverage is not measured."""
    return {k: v for k, v in environment(**more).items() if not k.startswith("COVERAGE_")}


@pytest.fixture
def run(tmp_path: Path, program: list[str], versions: list[str]) -> Run:
    """Runs a command line over files, laid out in an empty folder first.

    What is shown: status, stdout, stderr, and every file that was made or changed; text as text, binary as annotated
    rows, versions as placeholders.
    """

    def execute(command: str | list[str], files: Files | None = None, stdin: bytes = b"") -> str:
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        for name, contents in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        argv = command.split() if isinstance(command, str) else command
        before = contents_of(folder)
        done = subprocess.run(
            program + argv, cwd=folder, input=stdin, capture_output=True, env=environment(), timeout=60
        )
        assert b"Traceback (most recent call last)" not in done.stderr, done.stderr.decode()
        parts = [f"status {done.returncode}"]
        for name, data in (("stdout", done.stdout), ("stderr", done.stderr)):
            if data:
                parts.append(f"--- {name}\n{shown(data, versions)}")
        for name, data in contents_of(folder).items():
            if before.get(name) != data:
                parts.append(f"--- {name}\n{shown(data, versions)}")
        return "\n".join(parts) + "\n"

    return execute


def contents_of(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def as_text(data: bytes) -> str | None:
    """Text as it is, told if its last line has no end; None for anything else."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if "\0" in text or "\r" in text:
        return None
    return text if text.endswith("\n") else text + "\n(no newline at the end)"


def shown(data: bytes, versions: list[str]) -> str:
    """Text as it is; anything else as annotated rows."""
    data = without_versions(data, versions)
    if sys.platform == "win32":
        data = as_elsewhere(data)
    text = as_text(data)
    return annotated(data) if text is None else text


ELSEWHERE = {2: (2, "No such file or directory"), 3: (2, "No such file or directory"), 5: (21, "Is a directory")}
ELSEWHERE |= {183: (17, "File exists"), 267: (20, "Not a directory")}
"""What goldens have for the errors of Windows: most likely, for there are more of those."""


def as_elsewhere(data: bytes) -> bytes:
    """What Windows printed, with errors and slashes as goldens have them."""

    def error(found: re.Match[bytes]) -> bytes:
        code, text = ELSEWHERE.get(int(found[1]), (0, ""))
        return f"{text} (os error {code})".encode() if text else found[0]

    data = re.sub(rb"(?<=: )[^:\n]+ \(os error (\d+)\)", error, data)
    return re.sub(rb"(?:--> |Writing: )[^\n]*\.wit", lambda found: found[0].replace(b"\\", b"/"), data)


def digest(data: bytes, versions: list[str]) -> str:
    """A result in short, where it would be long: its size and hash, without versions."""
    return f"{len(data)} bytes, SHA-256 {hashlib.sha256(without_versions(data, versions)).hexdigest()}"


@pytest.fixture
def verdicts(
    recording: bool,
    versions: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Verdicts:
    """`verdicts("component new", {name: module})`: each name, and under it status, stderr and the result.

    A result that is text is shown whole, another by its size and hash. As `run`, it asks the reference where goldens
    are recorded; ours runs in this process, for there are many.
    """
    from pywasmtools.cli.main import main

    monkeypatch.chdir(tmp_path)
    out = Path("out")

    def execute(command: str, cases: Files) -> str:
        lines = []
        for name, data in cases.items():
            Path("in.wat").write_bytes(data.encode() if isinstance(data, str) else data)
            out.unlink(missing_ok=True)
            argv = [*command.split(), "in.wat", "-o", "out"]
            if recording:
                done = subprocess.run([str(reference()), *argv], capture_output=True, timeout=60)
                status, stdout, stderr = done.returncode, done.stdout.decode(), done.stderr.decode()
            else:
                status = main(argv)
                stdout, stderr = capfd.readouterr()
            parts = [f"status {status}"]
            parts += [shown(text.encode(), versions) for text in (stdout, stderr) if text]
            if out.exists():
                result = out.read_bytes()
                text = as_text(result)
                parts.append(f"out: {digest(result, versions)}" if text is None else f"out:\n{text}")
            body = "\n".join(part.removesuffix("\n") for part in parts)
            lines.append(f"{name}\n{textwrap.indent(body, '  ')}\n")
        return "".join(lines)

    return execute
