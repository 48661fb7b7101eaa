"""The commands without what only Linux has (`macos.py`): the same bytes, files written over in place, handing on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

if sys.platform != "linux":
    pytest.skip("it stands in on Linux", allow_module_level=True)

STAND_IN = Path(__file__).with_name("macos.py")
WIT = "package a:b;\n\ninterface i {\n  f: func();\n}\n\nworld w {\n  import i;\n}\n"
FILES = {
    "a.wit": WIT.encode(),
    "m.wasm": b"\0asm\1\0\0\0",
    "w/x.wit": b"package a:b;\nworld w {}\n",
    "t.wat": b"(module)",
}
LINES = [
    "component wit a.wit",
    "component wit w --out-dir new/folder",
    "component wit a.wit -o a.wit",
    "component embed a.wit m.wasm -o m.wasm",
    "component embed w m.wasm -t -o out",
    "component new m.wasm -o link",
    "component new nowhere",
    "component wit a.wit -o w",
    "print m.wasm -o second",
    "parse -g t.wat -o out",
    "component bogus",
]


def laid_out(folder: Path) -> Path:
    """Files, a link to one, and a second name of one."""
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "link").symlink_to("m.wasm")
    os.link(folder / "t.wat", folder / "second")
    return folder


def ran(command: list[str], folder: Path, path: str = "/nothing") -> tuple[int, bytes, bytes, dict[str, bytes]]:
    env = environment(PATH=path)
    done = subprocess.run([sys.executable, *command], cwd=folder, env=env, capture_output=True, timeout=60)
    made = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return done.returncode, done.stdout, done.stderr, made


@pytest.mark.parametrize("line", LINES)
def test_everything_is_the_same(line: str, tmp_path: Path) -> None:
    theirs, ours = laid_out(tmp_path / "macos"), laid_out(tmp_path / "linux")
    inode = (theirs / "m.wasm").stat().st_ino
    there = ran([str(STAND_IN), *line.split()], theirs)
    assert there == ran(["-m", "pywasmtools", *line.split()], ours)
    assert (theirs / "m.wasm").stat().st_ino == inode, "a file is written in place"
    assert (theirs / "link").is_symlink()


def test_what_is_not_ours_is_handed_on(tmp_path: Path) -> None:
    real = tmp_path / "bin" / "wasm-tools"
    real.parent.mkdir()
    real.write_text(
        "#!/bin/sh\ncase \"$*\" in *--is-this*) echo 'error: --is-this-pywasmtools: see --help' >&2; exit 2;; esac\necho $*; exit 7\n"
    )
    real.chmod(0o755)
    assert ran([str(STAND_IN), "dump", "x"], tmp_path, str(real.parent))[:3] == (7, b"dump x\n", b"")
