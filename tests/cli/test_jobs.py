"""Commands over large inputs in one process and in several: the same, to the byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

if sys.platform == "win32":
    pytest.skip("there is no fork", allow_module_level=True)


def text(wrong: int) -> str:
    """Eight megabytes of functions; one of them is wrong, or none."""
    body = "    local.get 0\n    i32.const 1234567\n    i32.add\n    drop\n" * 25
    funcs = "".join(
        f"  (func $f{k} (param i32)\n{body}    local.get 0\n    call $f{k * 7 % 4500}\n    {'i32.eqz' if k == wrong else 'nop'})\n"
        for k in range(4500)
    )
    return f"(module\n{funcs})\n"


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [-1, 1700])
def test_commands_say_the_same(wrong: int, tmp_path: Path) -> None:
    source = text(wrong)
    (tmp_path / "m.wat").write_text(source)
    (tmp_path / "cut.wat").write_text(source[: len(source) * 3 // 4])
    (tmp_path / "w.wit").write_text("package a:b;\nworld w {}\n")

    def run(jobs: str, line: str) -> tuple[int, bytes, bytes]:
        command = [sys.executable, "-m", "pywasmtools", *line.split()]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment(WASM_TOOLS_JOBS=jobs))
        return done.returncode, done.stdout, done.stderr

    for line, status in (
        ("parse m.wat -o m.wasm", 0),
        ("parse m.wat", 0),
        ("parse cut.wat", 1),
        ("print m.wasm", 0),
        ("validate m.wasm", 1 if wrong >= 0 else 0),
        ("component embed w.wit m.wat -o e.wasm", 0),
        ("component new e.wasm -t", 1 if wrong >= 0 else 0),
    ):
        alone = run("1", line)
        assert alone[0] == status, (line, alone[2])
        assert run("3", line) == alone
