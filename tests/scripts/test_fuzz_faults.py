"""`scripts/plant_faults.py --fuzz`: three statements deleted, ten seconds each; most are found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, environment

pytest.importorskip("typer")
pytest.importorskip("rich")
if sys.platform == "win32":
    pytest.skip("fuzz forks processes", allow_module_level=True)

PLACES = ("pywasmtools/wit/printer.py", "pywasmtools/wit/resolve_json.py", "pywasmtools/wit_binary/encoder.py")


@pytest.mark.slow
def test_planted_faults_are_found(the_reference: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(ROOT / "scripts" / "plant_faults.py"),
        "--fuzz",
        "10",
        "--count",
        "3",
        "--kind",
        "deleted statement",
    ]
    command += ["--json", str(tmp_path / "found.json"), *(word for path in PLACES for word in ("--path", path))]
    env = environment(WASM_TOOLS_REFERENCE=str(the_reference))
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    faults = json.loads((tmp_path / "found.json").read_text())["faults"]
    assert len(faults) == 3
    assert sum(fault["verdict"] == "found" for fault in faults) >= 2, done.stdout
    assert "of 3 found" in done.stdout
