"""What `shadow` compares of a build, what it takes from stdin, and what it keeps in its log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("shadow forks processes", allow_module_level=True)

from pywasmtools.cli.commands import WASM_TOOLS, ours
from pywasmtools.lab import shadow
from pywasmtools.lab.shadow import CASES, COUNTS, LINES, MOST_BYTES, MOST_CASES


@pytest.mark.parametrize(
    ("line", "is_compared"),
    [
        ("component new m.wasm -o c.wasm", True),
        ("component embed --dummy w.wit", True),
        ("component wit", True),
        ("component -v wit x", True),
        ("--color never component wit x", False),
        ("-v component wit x", True),
        ("component --help", False),
        ("component", False),
        ("validate m.wasm", True),
        ("smith x", False),
        ("wit component", False),
        ("--version", False),
        ("", False),
    ],
)
def test_what_is_compared(line: str, is_compared: bool) -> None:
    assert shadow.is_compared(line.split()) is is_compared


def test_all_that_is_ours_is_compared() -> None:
    for row in ours(WASM_TOOLS):
        assert shadow.is_compared([*row.path.split(), "x"]), row.path


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("component new", True),
        ("component new -", True),
        ("component new -o c.wasm", True),
        ("component new m.wasm", False),
        ("component new -o - m.wasm", False),
        ("component new --nope", False),
        ("component new --help", False),
        ("component embed w.wit", True),
        ("component embed w.wit -", True),
        ("component embed w.wit m.wasm", False),
        ("component embed --dummy w.wit", False),
        ("component embed --dummy-names legacy w.wit", False),
        ("component embed --only-custom w.wit", False),
        ("component wit", True),
        ("validate", True),
        ("validate m.wasm", False),
    ],
)
def test_what_reads_stdin(line: str, reads: bool) -> None:
    assert shadow.reads_stdin(line.split()) is reads


STDIN = """import sys
from pywasmtools.lab.shadow import keep_stdin
keep_stdin(sys.argv[2:], sys.argv[1])
sys.stdout.write(sys.stdin.read())
"""


@pytest.mark.parametrize("from_file", [False, True])
@pytest.mark.parametrize(("line", "kept"), [("component new", True), ("component new m.wasm", False)])
def test_stdin_is_kept_and_put_back(tmp_path: Path, from_file: bool, line: str, kept: bool) -> None:
    """From where it stands, in a file; nothing is read that the command does not read."""
    given = "what stands on stdin\n" * 9
    (tmp_path / "in").write_text("skipped" + given)
    command = [sys.executable, "-c", STDIN, str(tmp_path / "kept"), *line.split()]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with open(tmp_path / "in", "rb", buffering=0) as file:
        file.read(len("skipped"))
        if from_file:
            done = subprocess.run(command, stdin=file, stdout=subprocess.PIPE, env=env, timeout=60)
        else:
            done = subprocess.run(command, input=given.encode(), stdout=subprocess.PIPE, env=env, timeout=60)
    assert done.returncode == 0 and done.stdout == given.encode()
    assert (tmp_path / "kept").exists() is kept
    assert not kept or (tmp_path / "kept").read_text() == given


def test_a_difference_that_is_kept(tmp_path: Path) -> None:
    """Its inputs with their links, a line in the log, and the same beside the inputs."""
    log, case = tmp_path / "log", tmp_path / "log" / "pending" / "123-4"
    (case / "root").mkdir(parents=True)
    (case / "root" / "a.wit").write_text("package a:b;")
    (case / "root" / "link").symlink_to("a.wit")
    (case / "root" / "broken").symlink_to("nowhere")
    shadow.keep(str(log), str(case), {"argv": ["x"], "differing": ["stdout"]})
    kept = log / CASES / "123-4"
    assert os.readlink(kept / "root" / "link") == "a.wit" and os.readlink(kept / "root" / "broken") == "nowhere"
    assert json.loads((kept / "case.json").read_text()) == {"argv": ["x"], "differing": ["stdout"], "kept": "123-4"}
    [line] = [json.loads(text) for text in (log / LINES).read_text().splitlines()]
    assert line.pop("time")[:2] == "20"
    assert line == {"id": "123-4", "argv": ["x"], "differing": ["stdout"], "kept": "123-4"}


@pytest.mark.parametrize(
    ("cases", "size", "kept"),
    [(9, 1000, [0, 1, 2, 3, 4]), (3, 1000, [0, 1, 2]), (9, 100, [0, 2]), (9, 40, [0]), (9, 39, [2])],
)
def test_bounds_of_what_is_kept(
    cases: int, size: int, kept: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many cases and so many bytes: of more there is a line, without inputs."""
    assert (MOST_CASES, MOST_BYTES) == (100, 256 << 20)
    monkeypatch.setattr(shadow, "MOST_CASES", cases)
    monkeypatch.setattr(shadow, "MOST_BYTES", size)
    for k, length in enumerate((40, 80, 10, 10, 10)):
        case = tmp_path / "pending" / f"{k}-1"
        case.mkdir(parents=True)
        (case / "f").write_bytes(bytes(length))
        shadow.keep(str(tmp_path), str(case), {"n": k})
    lines = [json.loads(text) for text in (tmp_path / LINES).read_text().splitlines()]
    assert [line["n"] for line in lines] == [0, 1, 2, 3, 4]
    assert [line["n"] for line in lines if "kept" in line] == kept
    assert sorted(path.name for path in (tmp_path / CASES).iterdir()) == [f"{k}-1" for k in kept]


def test_sizes_and_counts(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a").write_bytes(bytes(5))
    (tmp_path / "b").write_bytes(bytes(7))
    (tmp_path / "l").symlink_to("abc")
    assert shadow.size_of(str(tmp_path)) == 5 + 7 + 3
    log = tmp_path / "log"
    log.mkdir()
    shadow.count(str(log), same=1)
    shadow.count(str(log), same=2, failed=1)
    shadow.add(str(log), different=1)
    assert json.loads((log / COUNTS).read_text()) == {"same": 3, "failed": 1, "different": 1}
    (log / COUNTS).write_text("{broken")
    shadow.add(str(log), same=1)
    assert json.loads((log / COUNTS).read_text()) == {"same": 1}
    assert shadow.stdin_of(str(log)) == b""
    (log / "stdin").write_bytes(b"x")
    assert shadow.stdin_of(str(log)) == b"x"
