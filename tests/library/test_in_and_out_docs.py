"""The examples of the page on what goes in and out run as they stand; so do the programs of `examples/in_and_out`."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest
from assemble import assemble
from conftest import ROOT, environment

PAGE = ROOT / "docs" / "library-in-and-out.md"
FOLDER = ROOT / "examples" / "in_and_out"
PROGRAMS = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}
LONGEST = 15
"""So many lines that are not blank."""

MODULE = """
(module
  (import "example:greet/host@0.1.0" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "run") (call $log (i32.const 0) (i32.const 0))))
"""


def test_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text()
    blocks = re.findall(r"^```pycon\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8 and text.count("```") == 2 * len(blocks)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "page", None, None)
    shown: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=shown.append)
    assert not shown, "".join(shown)


def ran(name: str, *argv: str | Path) -> str:
    command = [sys.executable, str(PROGRAMS[name]), *map(str, argv)]
    done = subprocess.run(command, cwd=FOLDER, env=environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_short(name: str) -> None:
    assert len([line for line in PROGRAMS[name].read_text().splitlines() if line.strip()]) <= LONGEST


def test_build(tmp_path: Path) -> None:
    (tmp_path / "main.wasm").write_bytes(assemble(MODULE))
    printed = ran("build", "wit", tmp_path / "main.wasm", tmp_path / "out.wasm")
    assert printed.startswith("package root:component;\n\nworld root {\n  import example:greet/host@0.1.0;\n")
    assert (tmp_path / "out.wasm").read_bytes().startswith(b"\0asm\x0d\0\x01\0")


def test_show_error(tmp_path: Path) -> None:
    path = tmp_path / "a.wit"
    path.write_text("package a:b;\n\ninterface i {\n  f: func(x: missing) -> u8;\n}\n")
    assert ran("show_error", path) == (
        f"{path}:4:14: name `missing` does not exist\n  f: func(x: missing) -> u8;\n             ~~~~~~~\n"
    )
    assert ran("show_error", "wit") == ""
    assert ran("show_error", tmp_path / "none.wit").startswith(f"{tmp_path / 'none.wit'}:None:None: No such file")


def test_check_all(tmp_path: Path) -> None:
    (tmp_path / "a.wit").write_text("package a:b;\ninterface {}\n")
    (tmp_path / "b.wat").write_text("(module\n  (func (call 5)))\n")
    (tmp_path / "c.wat").write_text("(module\n  (func (cal 5)))\n")
    printed = ran("check_all", tmp_path / "a.wit", "wit/greet.wit", tmp_path / "b.wat", tmp_path / "c.wat")
    assert printed.splitlines() == [
        f"{tmp_path}/a.wit:2: expected an identifier or string, found '{{'",
        f"{tmp_path}/b.wat:0x17: unknown function 5: function index out of bounds",
        f"{tmp_path}/c.wat:2: unknown operator or unexpected token",
    ]


def test_edit_json(tmp_path: Path) -> None:
    from pywasmtools import component_wit

    (tmp_path / "a.json").write_bytes(component_wit(FOLDER / "wit", form="json"))
    assert ran("edit_json", tmp_path / "a.json") == component_wit(FOLDER / "wit", docs=False).decode()
