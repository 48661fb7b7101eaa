"""Following a release: runs in fresh copies, versions left out, differences grouped; and what is recorded of tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from follow_release import Comparison, Difference
from follow_runs import CWD, Ours, Program, Result, Step, Versions, differs, explain, run_step
from record_runs import Recorder

ROOT = Path(__file__).parent.parent.parent


def program(folder: Path, script: str) -> Program:
    """A program made of a few lines of shell."""
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Program("program", path)


def step(folder: Path, *argv: str, stdin: bytes = b"") -> Step:
    work = folder / "work"
    work.mkdir(exist_ok=True)
    (work / "a.wit").write_text("package a:b;\n\nworld w {}\n")
    (work / "b.txt").write_text("old")
    return Step("test", list(argv), work, stdin)


def test_a_run_in_a_fresh_copy(tmp_path: Path) -> None:
    shell = 'echo "$1"; cat; cat b.txt >&2; printf old > b.txt; echo new > c.txt; rm a.wit; exit 3'
    found = run_step(program(tmp_path, shell), step(tmp_path, f"{CWD}/x", stdin=b"in"))
    assert found == Result(3, b"{cwd}/x\nin", b"old", {"b.txt": b"old", "c.txt": b"new\n", "a.wit": None})
    assert sorted(p.name for p in (tmp_path / "work").iterdir()) == ["a.wit", "b.txt"]


def test_ours_runs_in_a_warm_process(tmp_path: Path) -> None:
    ours = Ours()
    try:
        found = run_step(ours, step(tmp_path, "component", "wit", "a.wit", "-o", "out"))
        refused = run_step(ours, step(tmp_path, "component", "wit", f"{CWD}/none"))
    finally:
        ours.close()
    assert found == Result(0, b"", b"", {"out": b"package a:b;\n\nworld w {\n}\n"})
    assert refused.status == 1
    assert refused.stderr.startswith(b'error: failed to read "{cwd}/none"')


def test_versions_are_left_out() -> None:
    versions = Versions(["wasm-tools 1.2.0 (abc 2026-01-01)", "wasm-tools 1.3.4"])
    for text in (b"wasm-tools 1.2.0 (abc 2026-01-01)", b"wasm-tools 1.3.4"):
        assert versions.left_out(text) == b"wasm-tools {release}"
    assert versions.left_out(b"\x050.2.0 0.3.4 2.0.0 3.0.4 0.4.0") == b"\x05{crate} {crate} {wast} {wast} 0.4.0"


def test_a_crash_is_to_be_refused() -> None:
    crashed = Result(101, b"", b"panicked at x.rs:1", {})
    assert not differs(crashed, Result(1, b"", b"error: no", {}), True)
    assert differs(crashed, Result(0, b"", b"", {}), True)
    assert not differs(crashed, Result(101, b"", b"panicked at y.rs:2", {}), False)
    assert differs(crashed, Result(1, b"", b"", {}), False)


def test_differences_of_one_cause_share_a_name(tmp_path: Path) -> None:
    printer = program(tmp_path, "cat > /dev/null; exit 1")
    names = set()
    for name, line in (("x", 3), ("y", 41)):
        want = Result(1, b"", f"error: `{name}` at {line}\n".encode(), {})
        names.add(explain(want, Result(1, b"", f"error: no `{name}`\n".encode(), {}), printer)[0])
    assert names == {"stderr: error: … at N  =>  error: no …"}
    chain = Result(1, b"", b"error: failed\n\nCaused by:\n    0: outer\n    1: inner 3\n", {})
    assert explain(Result(0, b"", b"", {}), chain, printer)[0] == "stderr: (nothing)  =>  N: inner N"


def test_groups_by_size() -> None:
    comparison = Comparison("old => new")
    for cause in ("a", "b", "b", None):
        comparison.add(None if cause is None else Difference("s", "component wit", cause, ["-x"]))
    assert next(comparison.report()) == "== old => new: 3 of 4 steps differ, 2 groups"
    assert [(g["cause"], g["count"]) for g in comparison.data()["groups"]] == [("b", 2), ("a", 1)]


def test_runs_of_tests_are_recorded(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "runs")
    work = step(tmp_path).folder
    recorder.record(["ignored"], work, b"")
    recorder.test = "tests/x.py::test"
    recorder.record(["component", "wit", str(work / "a.wit")], work, b"in")
    (line,) = recorder.lines.read_text().splitlines()
    run = json.loads(line)
    assert run["argv"] == ["component", "wit", f"{CWD}/a.wit"]
    assert (recorder.blobs / run["files"]["b.txt"]).read_bytes() == b"old"
    assert (recorder.blobs / run["stdin"]).read_bytes() == b"in"


@pytest.mark.slow
def test_the_plugin_records_what_goldens_are_of(tmp_path: Path) -> None:
    options = ["-q", "-p", "record_runs", "-p", "no:cacheprovider", "--snapshot-warn-unused"]
    command = [sys.executable, "-m", "pytest", *options, "tests/cli/test_clap.py"]
    env = {"PYTHONPATH": str(ROOT / "scripts"), "PYWASMTOOLS_RECORD_RUNS": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    runs = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
    assert runs
    assert all(run["test"].startswith("tests/cli/test_clap.py::") for run in runs)
