"""Runs at once in one folder don't disturb each other: no shared scratch files, no half-written results."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, environment

from pywasmtools import component_embed, component_new

pytestmark = pytest.mark.slow

HELLO = ROOT / "examples" / "hello"


def begin(argv: str, folder: Path) -> subprocess.Popen[bytes]:
    """Starts a command line in `folder` and doesn't wait."""
    command = [sys.executable, "-m", "pywasmtools", *argv.split()]
    return subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(running: list[subprocess.Popen[bytes]]) -> list[bytes]:
    """What each printed; all must have ended well."""
    results = []
    for process in running:
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr.decode()
        assert not stderr
        results.append(stdout)
    return results


def test_different_commands_at_once(tmp_path: Path) -> None:
    module = (HELLO / "hello.wasm").read_bytes()
    embedded = component_embed(HELLO / "wit", module, world="hello")
    component = component_new(embedded)
    (tmp_path / "main.wasm").write_bytes(module)
    (tmp_path / "embedded.wasm").write_bytes(embedded)
    (tmp_path / "component.wasm").write_bytes(component)
    running = []
    for k in range(4):
        running.append(begin(f"component embed -w hello {HELLO / 'wit'} main.wasm -o e{k}.wasm", tmp_path))
        running.append(begin(f"component new embedded.wasm -o c{k}.wasm", tmp_path))
        running.append(begin("component wit component.wasm", tmp_path))
        running.append(begin("component wit component.wasm --out-dir out", tmp_path))
    printed = finish(running)
    for k in range(4):
        assert (tmp_path / f"e{k}.wasm").read_bytes() == embedded
        assert (tmp_path / f"c{k}.wasm").read_bytes() == component
    assert len(set(printed[2::4])) == 1
    names = {p.name for p in tmp_path.iterdir()}
    kept = {"main.wasm", "embedded.wasm", "component.wasm", "out"}
    assert names == kept | {f"{kind}{k}.wasm" for kind in "ec" for k in range(4)}, "nothing else is left behind"
    assert {p.suffix for p in (tmp_path / "out").rglob("*") if p.is_file()} == {".wit"}


def test_the_same_file_written_by_several_at_once(tmp_path: Path) -> None:
    """All write the same bytes; in the end they stand there whole."""
    embedded = component_embed(HELLO / "wit", (HELLO / "hello.wasm").read_bytes(), world="hello")
    (tmp_path / "embedded.wasm").write_bytes(embedded)
    finish([begin("component new embedded.wasm -o c.wasm", tmp_path) for _ in range(6)])
    assert (tmp_path / "c.wasm").read_bytes() == component_new(embedded)


def test_two_builds_in_place_side_by_side(tmp_path: Path) -> None:
    """As TinyGo does it, in one folder for two programs: embed into the file itself, then `new` over it."""
    module = (HELLO / "hello.wasm").read_bytes()
    expected = component_new(component_embed(HELLO / "wit", module, world="hello"))
    names = [f"main{k}.wasm" for k in range(3)]
    for name in names:
        (tmp_path / name).write_bytes(module)
    finish([begin(f"component embed -w hello {HELLO / 'wit'} {name} -o {name}", tmp_path) for name in names])
    finish([begin(f"component new {name} -o {name}", tmp_path) for name in names])
    assert all((tmp_path / name).read_bytes() == expected for name in names)
