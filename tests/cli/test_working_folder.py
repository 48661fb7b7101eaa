"""`python -m pywasmtools` in a folder that holds files called as modules of the standard library are.

What the interpreter itself loads before it comes to us can't be helped: there `python -P` is to be said.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

LINES = [
    "component wit a.wit",
    "component wit a.wit -j",
    "component embed a.wit m.wasm -o e.wasm",
    "component new m.wasm -t",
    "component bogus",
    "print m.wasm",
    "parse nowhere",
    "validate --features x m.wasm",
    "metadata show m.wasm",
    "dump",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with such files, but for what a bare `python -m` loads."""
    folder = tmp_path_factory.mktemp("names")
    (folder / "bare.py").write_text("import sys\nprint(*sys.modules)")
    done = subprocess.run([sys.executable, "-m", "bare"], cwd=folder, env=environment(), capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()} | {"__future__"}  # the package's first line
    for name in sys.stdlib_module_names - loaded:
        (folder / f"{name}.py").write_text(f"raise SystemExit('{name} came from the working folder')\n")
    (folder / "a.wit").write_text("package a:b;\nworld w {}\n")
    (folder / "m.wasm").write_bytes(b"\0asm\1\0\0\0")
    return folder


@pytest.mark.parametrize("line", LINES)
def test_no_module_comes_from_the_working_folder(line: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pywasmtools", *line.split()]
    done = subprocess.run(command, cwd=folder, env=environment(PATH=""), capture_output=True, text=True, timeout=60)
    assert "came from" not in done.stderr
    assert done.returncode in (0, 1, 2)
