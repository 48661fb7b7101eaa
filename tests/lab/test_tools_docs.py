"""The examples of `docs/tools.md` run as they stand, one after the other, and print what stands below them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import INSTALLED, ROOT, environment

pytest.importorskip("typer")
pytest.importorskip("rich")

if sys.platform == "win32":
    pytest.skip("the examples are for a POSIX shell", allow_module_level=True)

BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$(?:\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
PAGE = ROOT / "docs" / "tools.md"


def script(path: Path, code: str) -> None:
    """A script that stands for a command of ours."""
    path.parent.mkdir(exist_ok=True)
    flags = "-P" if INSTALLED else ""
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {flags} -c {shlex.quote(code)} "$@"\n')
    path.chmod(0o755)


@pytest.mark.slow
def test_the_examples(tmp_path: Path) -> None:
    script(tmp_path / "bin" / "pywasmtools", "from pywasmtools.lab.main import entry; entry()")
    script(tmp_path / "bin" / "wasm-tools", "from pywasmtools.cli.main import entry; entry()")
    work = tmp_path / "work"
    work.mkdir()
    env = environment(COLUMNS="200", PYTHONIOENCODING="utf-8")
    env["PATH"] = f"{tmp_path / 'bin'}:{env['PATH']}"
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) > 12
    for language, code, expected in blocks:
        command = ["sh", "-e", "-c", code] if language == "sh" else [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=work, env=env, capture_output=True, encoding="utf-8", timeout=120)
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"
        printed = "\n".join(line.rstrip() for line in done.stdout.splitlines()).rstrip("\n")
        assert printed == expected.rstrip("\n"), code
    assert "world renamed {" in (work / "renamed.wit").read_text()
