"""Cases under two programs, and the causes of what differs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pywasmtools.lab import pair, programs
from pywasmtools.lab.case import Case, notes_of
from pywasmtools.lab.cause import cause_of
from pywasmtools.lab.pair import HUNG, Outcome, Pair, Result, fast_folder
from pywasmtools.release import VERSION_LINE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")

WIT = b"package a:b;\n\nworld w {\n}\n"
CASE = Case(("component", "wit", "a.wit", "-o", "out/../b.wit"), {"a.wit": WIT, "out/keep": b"x"})


def fake(folder: Path, script: str) -> programs.Program:
    """A program that stands for the reference."""
    path = folder / "fake"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "{VERSION_LINE}"; exit; }}\n{script}\n')
    path.chmod(0o755)
    return programs.program([str(path)])


@pytest.fixture
def ours() -> Iterator[Pair]:
    """Ours as whole processes, and in forks."""
    with Pair(programs.subject(None), programs.subject(None)) as pair:
        yield pair


@pytest.mark.parametrize(
    "case",
    [
        CASE,
        Case(("component", "wit", "-"), stdin=WIT),
        Case(("component", "wit", "a.wit", "--out-dir", "d"), {"a.wit": WIT}),
        Case(("component", "wit", "a.wit"), {"a.wit": b"package a:b;\nworld"}),
        Case(("component", "embed", "a.wit", "--dummy", "-o", "a.wit"), {"a.wit": WIT}),
        Case(("component", "new", "nowhere.wasm")),
        Case(("component", "wit", "--no-such")),
    ],
)
def test_forks_do_what_whole_processes_do(ours: Pair, case: Case) -> None:
    result = ours.run(case)
    assert result.same, result
    assert cause_of(result) == ""
    assert os.getcwd() != ours.folder and not os.path.exists(ours.folder)


def test_files_that_were_made_changed_and_deleted(tmp_path: Path) -> None:
    with Pair(fake(tmp_path, "echo new >made; echo more >>a.wit; rm out/keep; cat"), programs.subject(None)) as pair:
        outcome = pair.run_reference(replace(CASE, stdin=b"said"))
    assert outcome == Outcome(0, b"said", b"", {"a.wit": WIT + b"more\n", "made": b"new\n", "out/keep": None})


def test_what_does_not_end_is_killed_with_what_it_started(tmp_path: Path) -> None:
    slow, ours = fake(tmp_path, "sleep 60 & wait"), programs.subject(None)
    with Pair(slow, ours, seconds=0.3) as pair:
        reference = pair.run_reference(CASE)
    with Pair(slow, ours) as pair:
        result = Result(reference, pair.run_subject(CASE))
    assert result.reference.status == HUNG and not result.same
    assert cause_of(result) == "the reference breaks down, the subject has status 0: hangs"


def test_variables_that_change_what_is_printed_do_not_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    with Pair(fake(tmp_path, 'echo "[$CLICOLOR_FORCE]"'), programs.subject(None)) as pair:
        assert pair.run_reference(CASE).stdout == b"[]\n"


def test_a_case_is_kept_and_runs_from_its_folder(tmp_path: Path) -> None:
    case = Case(("component", "wit", "a file"), {"a file": WIT, "deps/x/y.wit": b"z"}, b"in")
    case.save(tmp_path / "case", cause="a word")
    assert Case.load(tmp_path / "case") == case
    assert notes_of(tmp_path / "case")["cause"] == "a word"
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "$3"; cat "$3" - ; ls deps/x\n')
    program.chmod(0o755)
    env = {**os.environ, "WASM_TOOLS": str(program)}
    done = subprocess.run(["sh", str(tmp_path / "case" / "run.sh")], env=env, capture_output=True, check=True)
    assert done.stdout == b"a file\n" + WIT + b"iny.wit\n"
    assert case.size == len("component wit a file ") + len(WIT) + 1 + 2


def outcome(stderr: bytes = b"", stdout: bytes = b"", status: int = 0, **files: bytes | None) -> Outcome:
    return Outcome(status, stdout, stderr, {name.replace("_", "."): data for name, data in files.items()})


MODULE = bytes.fromhex("0061736d01000000 0104 0160 0000 0302 0100 0a05 0103 00 01 0b")

CAUSES = {
    "message": (
        outcome(b"error: no `a` at 0x12\n", status=1),
        outcome(b"error: no `bc` at offset 7\n", status=1),
        "stderr: error: no … at N => error: no … at offset N",
    ),
    "place": (
        outcome(b"error: bad\n --> a.wit:1:2\n", status=1),
        outcome(b"error: bad\n --> a.wit:1:3\n", status=1),
        "stderr: names or numbers in: --> …",
    ),
    "missing line": (
        outcome(b"error: a\n\nCaused by:\n    0: b 7\n", status=1),
        outcome(b"error: a\n", status=1),
        "stderr:  => (nothing)",
    ),
    "text": (
        outcome(stdout=b"  my-name: func(x: u8);\n"),
        outcome(stdout=b"  my-name: func(x: option<u8>);\n"),
        "stdout: x: func(x: u8); => x: func(x: option<u8>);",
    ),
    "status": (outcome(status=1), outcome(status=2), "status 1 => 2"),
    "file": (outcome(o_wasm=b"x"), outcome(), "*.wasm: only the reference has it"),
    "binary": (
        outcome(o_wasm=MODULE),
        outcome(o_wasm=MODULE.replace(b"\x01\x0b", b"\x00\x0b")),
        "*.wasm: code: nop => unreachable",
    ),
    "crash of ours": (
        outcome(b"error: x\n", status=1),
        outcome(b"error: pywasmtools failed: KeyError: 7 (a.py:12 in f)\n", status=1),
        "the subject breaks down: error: pywasmtools failed: KeyError: N (a.py:N in f)",
    ),
    "panic accepted": (
        outcome(
            b"\nthread 'main' (7) panicked at /x/wit-parser-0.263.0/src/lib.rs:12:5:\nexplicit panic\n", status=101
        ),
        outcome(),
        "the reference breaks down, the subject has status 0: wit-parser-0.263.0/src/lib.rs:12 explicit panic",
    ),
}


@pytest.mark.parametrize("name", CAUSES)
def test_causes(name: str) -> None:
    reference, subject, cause = CAUSES[name]
    assert cause_of(Result(reference, subject)) == cause


def test_a_panic_that_ours_refuses_is_no_difference() -> None:
    assert Result(outcome(b"panicked at", status=101), outcome(b"error: no\n", status=1)).same


def test_a_program_that_lies_here_comes_before_one_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("here", "path"):
        (tmp_path / name).mkdir()
        fake(tmp_path / name, "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path / "here")
    assert programs.subject(Path("./fake")).command == [str(tmp_path / "here" / "fake")]
    monkeypatch.chdir(tmp_path)
    assert programs.subject(Path("fake")).command == [str(tmp_path / "path" / "fake")]


@pytest.mark.parametrize(
    ("status", "stderr", "crashed"),
    [
        (0, b"", False),
        (1, b"error: no\n", False),
        (2, b"error: no\n", False),
        (100, b"", False),
        (101, b"", True),
        (102, b"", False),
        (-6, b"", True),
        (HUNG, b"", True),
        (1, b"thread 'main' panicked at x.rs:1:2:\n", True),
        (1, b"error: pywasmtools failed on this input\n", True),
        (1, b"Traceback (most recent call last):\n", True),
        (1, b"a panic, a traceback, a failure of pywasmtools\n", False),
    ],
)
def test_what_is_a_breakdown(status: int, stderr: bytes, crashed: bool) -> None:
    """A reference that broke down, or hung, is answered by any clean refusal; anything else by the same alone."""
    done = outcome(stderr, status=status)
    assert done.crashed is crashed and done.hung is (status == HUNG)
    for answer in (0, 1, 2, 3, 101, -9):
        other = outcome(b"error: another\n", status=answer)
        assert Result(done, other).same is (crashed and answer in (1, 2)), answer
    assert Result(done, outcome(stderr, status=status)).same is not crashed


def test_any_difference_counts() -> None:
    """The status, each stream, and files: their names, what is in them, and those that are gone."""
    one = Outcome(0, b"out", b"err", {"a": b"1", "b": None})
    others = [
        Outcome(1, b"out", b"err", {"a": b"1", "b": None}),
        Outcome(0, b"Out", b"err", {"a": b"1", "b": None}),
        Outcome(0, b"out", b"Err", {"a": b"1", "b": None}),
        Outcome(0, b"out", b"err", {"a": b"2", "b": None}),
        Outcome(0, b"out", b"err", {"a": b"1", "b": b""}),
        Outcome(0, b"out", b"err", {"a": b"1"}),
        Outcome(0, b"out", b"err", {"a": b"1", "c": None}),
    ]
    assert Result(one, replace(one)).same and not any(Result(one, other).same for other in others)
    causes = [cause_of(Result(one, other)) for other in others]
    assert all(causes) and cause_of(Result(one, replace(one))) == ""


def test_scratch_files_are_in_memory_unless_a_place_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/somewhere")
    assert fast_folder() is None
    monkeypatch.delenv("TMPDIR")
    assert fast_folder() == ("/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None)


def test_macos_is_asked_for_the_same_process(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, float]] = []

    def ended(pid: int, seconds: float) -> bool:
        asked.append((pid, seconds))
        return True

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(pair, "ended_on_macos", ended)
    assert pair.ended(17, 2.5)
    assert asked == [(17, 2.5)]
