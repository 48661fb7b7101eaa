"""Fixtures of the tests that run ours elsewhere: the wheel of this tree, CPython made to wasm, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn, Protocol

import build_playground
import pytest
from conftest import Files, Run, shown
from pyodide_process import Pyodide


class RunThere(Protocol):
    """As `run`, and files stay from one command line to the next."""

    def __call__(self, command: str, files: Files | None = None, stdin: bytes = b"", /) -> str: ...


def lacking(request: pytest.FixtureRequest, reason: object) -> NoReturn:
    """Something that the test needs is not here: it is skipped, or fails under `--require-reference`."""
    if request.config.getoption("--require-reference"):
        pytest.fail(str(reason))
    pytest.skip(str(reason))


@pytest.fixture(scope="session")
def node(request: pytest.FixtureRequest) -> str:
    """Node's executable."""
    found = shutil.which("node")
    if found is None:
        lacking(request, "node is not on PATH: it runs CPython made to wasm")
    return found


@pytest.fixture(scope="session")
def node_modules(request: pytest.FixtureRequest, node: str) -> Path:
    """The packages of `scripts/npm/`."""
    try:
        return build_playground.node_modules()
    except build_playground.Unavailable as e:
        lacking(request, e)


@pytest.fixture(scope="session")
def wheel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pure wheel of this tree."""
    try:
        return build_playground.build_wheel(tmp_path_factory.mktemp("wheel"))
    except build_playground.Unavailable as e:
        lacking(request, e)


@pytest.fixture(scope="session")
def pyodide(node: str, node_modules: Path, wheel: Path) -> Iterator[Pyodide]:
    """The interpreter with the wheel, one for all tests."""
    running = Pyodide(node, node_modules / "pyodide", wheel)
    yield running
    running.close()


@pytest.fixture
def run_there(request: pytest.FixtureRequest, recording: bool, versions: list[str]) -> RunThere:
    """`run` in CPython made to wasm, for goldens: where they are recorded, it is the reference here."""
    if recording:
        run: Run = request.getfixturevalue("run")
        return lambda command, files=None, stdin=b"": run(command, files, stdin)
    pyodide: Pyodide = request.getfixturevalue("pyodide")
    there: dict[str, bytes] = {}

    def execute(command: str, files: Files | None = None, stdin: bytes = b"") -> str:
        there.update(as_bytes(files or {}))
        answer = pyodide.run(command.split(), there, stdin)
        parts = [f"status {answer.status}"]
        made = {name: data for name, data in sorted(answer.files.items()) if there.get(name) != data}
        for name, data in ({"stdout": answer.out, "stderr": answer.err} | made).items():
            if data or name in made:
                parts.append(f"--- {name}\n{shown(data, versions)}")
        there.clear()
        there.update(answer.files)
        return "\n".join(parts) + "\n"

    return execute


def as_bytes(files: Files) -> Mapping[str, bytes]:
    return {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's executable."""
    if os.name == "nt":
        pytest.skip("the pipes that drive chromium are POSIX")
    named = os.environ.get("PYWASMTOOLS_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("chromium is not on PATH (Debian's package `chromium`), nor named by PYWASMTOOLS_CHROMIUM")
    return found
