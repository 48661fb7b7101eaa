"""The examples of `docs/lab.md` run as they stand, one after the other."""

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
pytest.importorskip("tree_sitter_wit", reason="the grammar is not installed: pip install ./tree-sitter-wit")

if sys.platform == "win32":
    pytest.skip("the examples are for a POSIX shell", allow_module_level=True)

EXPECTED = {
    "diff -- component embed": "same: status 0",
    "diff --subject": "same: status 0",
    "shadow report": "2 command lines: 2 same",
    "reduce --time 20 --subject": "written to small",
    "small/run.sh": "text: String",
    "--crash -o": "keeps: wit-parser-",
    "fmt world.wit": "formatted world.wit",
    "fuzz --time": "no difference",
    "fuzz --subject": "differs",
}
"""What the output of an example has to hold, by a part of its text."""


@pytest.mark.slow
def test_the_examples(tmp_path: Path, the_reference: Path) -> None:
    script = tmp_path / "bin" / "pywasmtools"
    script.parent.mkdir()
    flags = "-P" if INSTALLED else ""
    code = "from pywasmtools.lab.main import entry; entry()"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {flags} -c {shlex.quote(code)} "$@"\n')
    script.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    env = environment(WASM_TOOLS_REFERENCE=str(the_reference), COLUMNS="200")
    env["PATH"] = f"{script.parent}:{env['PATH']}"
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs" / "lab.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 6
    seen = set()
    for block in blocks:
        done = subprocess.run(["sh", "-e", "-c", block], cwd=work, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        for part, expected in EXPECTED.items():
            if part in block:
                seen.add(part)
                assert expected in done.stdout + done.stderr, block
    assert seen == set(EXPECTED)
    assert (work / "component.wasm").read_bytes()[:8] == b"\0asm\x0d\0\1\0"
    assert (work / "difference.html").exists()
