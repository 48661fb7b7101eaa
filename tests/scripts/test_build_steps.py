"""The wheel that pip builds to install it has a script of our own; one that is published has the entry point."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, environment

pytest.importorskip("hatchling")
if sys.platform == "win32":
    pytest.skip("Windows has the entry point always", allow_module_level=True)

from build_steps import FOR_ALL, LONGEST, SCRIPT, is_wanted


def built(folder: Path, **env: str) -> zipfile.ZipFile:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    given = {k: v for k, v in environment(**env).items() if not k.startswith(("PIP_BUILD", "PIP_REQ", "COVERAGE_"))}
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=given | env)
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel)


def named(wheel: zipfile.ZipFile, end: str) -> list[str]:
    return [name for name in wheel.namelist() if name.endswith(end)]


@pytest.mark.slow
def test_a_published_wheel(tmp_path: Path) -> None:
    wheel = built(tmp_path)
    assert Path(str(wheel.filename)).name.endswith("-py3-none-any.whl")
    assert named(wheel, "/scripts/wasm-tools") == []
    assert b"wasm-tools = pywasmtools.cli:start\n" in wheel.read(named(wheel, "entry_points.txt")[0])


@pytest.mark.slow
def test_one_that_pip_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_BUILD_TRACKER", "x")
    if not is_wanted():
        pytest.skip("this interpreter's path can't stand in a script")
    wheel = built(tmp_path, PIP_BUILD_TRACKER="x")
    assert not Path(str(wheel.filename)).name.endswith("-any.whl")
    (script,) = named(wheel, ".data/scripts/wasm-tools")
    assert wheel.read(script).decode() == SCRIPT
    assert wheel.getinfo(script).external_attr >> 16 & 0o111 == 0o111
    assert b"cli:start" not in wheel.read(named(wheel, "entry_points.txt")[0])


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/usr/bin/python3", True),
        ("/home/a b/bin/python3", False),
        ("/" + "x" * LONGEST, False),
        ("", False),
    ],
)
def test_which_interpreters(path: str, wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", path)
    monkeypatch.setenv("PIP_BUILD_TRACKER", "x")
    assert is_wanted() is wanted
    monkeypatch.setenv(FOR_ALL, "1")
    assert not is_wanted()
    monkeypatch.delenv(FOR_ALL)
    monkeypatch.delenv("PIP_BUILD_TRACKER")
    monkeypatch.delenv("PIP_REQ_TRACKER", raising=False)
    assert not is_wanted()
