"""Many small inputs, one golden: what the command says of each."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import reference

from pywasmtools.cli.main import main


@pytest.fixture
def verdicts(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[[str, dict[str, str]], str]:
    """`verdicts("component new", {name: text of a module})`: a paragraph for each name, with what stderr has or `valid`.

    As `run`, it asks the reference where goldens are recorded; ours runs in this process, for there are many.
    """
    recording = bool(request.config.getoption("--snapshot-update"))
    monkeypatch.chdir(tmp_path)

    def execute(command: str, cases: dict[str, str]) -> str:
        shown = ""
        for name, text in cases.items():
            Path("in.wat").write_text(text)
            argv = [*command.split(), "in.wat", "-o", "out"]
            if recording:
                done = subprocess.run([str(reference()), *argv], capture_output=True, text=True, timeout=60)
                status, said = done.returncode, done.stderr
            else:
                status = main(argv)
                said = capfd.readouterr().err
            shown += f"{name}\n  " + ("valid" if status == 0 else said.rstrip("\n").replace("\n", "\n  ")) + "\n"
        return shown

    return execute
