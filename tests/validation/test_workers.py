"""Function bodies shared out among processes: what is told is what one process tells, whatever becomes of the others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("there is no fork", allow_module_level=True)

from conftest import environment
from forked import MADE, children_left, forked

from pywasmtools import processes
from pywasmtools.api import validate
from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.validation import workers
from pywasmtools.wat.parse import wat_to_binary

__all__ = ["forked"]

HERE = os.getpid


def is_first() -> bool:
    """Whether this is the first worker: no process was made before it."""
    return MADE == [0]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few bytes are worth a process, and this one may make them."""
    monkeypatch.setattr(workers, "WORTHWHILE", 10)
    monkeypatch.setattr(processes, "_allowed", True)
    monkeypatch.setenv("WASM_TOOLS_JOBS", "4")


def bodies(*sizes: int) -> Any:
    return [SimpleNamespace(body=SimpleNamespace(start=5, end=5 + size)) for size in sizes]


if processes.IS_COMPILED:
    pytest.skip("compiled code takes no stand-ins", allow_module_level=True)


def checked(count: int, check: Callable[[int], None]) -> tuple[list[int], list[int]]:
    """The indices that are checked in this process, and those that are in others, each in order, until one fails."""
    reading, writing = os.pipe()
    here = HERE()

    def noted(at: int) -> None:
        os.write(writing, (at * 2 + (HERE() == here)).to_bytes(4, "little"))
        check(at)

    try:
        workers.check_in_processes(bodies(*[10] * count), noted)
    finally:
        os.close(writing)
        with open(reading, "rb") as file:
            data = file.read()
        both = [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]
        found = ([at >> 1 for at in both if at & 1], sorted(at >> 1 for at in both if not at & 1))
        FOUND[:] = found
    return found


FOUND: list[list[int]] = [[], []]
"""What `checked` found, also where it raised."""


def test_each_is_checked_once() -> None:
    here, others = checked(400, lambda _: None)
    assert sorted(here + others) == list(range(400)) and here == sorted(here)
    assert len(MADE) == 3
    assert not children_left()


def test_who_is_slow_takes_less() -> None:
    here = HERE()

    def check(_: int) -> None:
        if HERE() == here:
            time.sleep(0.05)

    slow, others = checked(400, check)
    assert len(slow) < 100 and len(slow) + len(others) == 400
    assert not children_left()


@pytest.mark.parametrize(
    "wrong", [{0}, {9}, {10}, {399}, {120, 300}, {50, 51}, {200, 201, 202}, {390, 399}, {*range(400)}]
)
@pytest.mark.parametrize("slow", ["nobody", "here", "the others"])
def test_the_first_that_is_wrong_is_told(wrong: set[int], slow: str) -> None:
    here = HERE()

    def check(at: int) -> None:
        if slow != "nobody" and (HERE() == here) == (slow == "here"):
            time.sleep(0.001)
        if at in wrong:
            raise error(f"body {at}")

    with pytest.raises(WasmToolsError, match=f"^body {min(wrong)}$"):
        checked(400, check)
    assert not children_left()


@pytest.mark.parametrize("how", ["killed", "exit", "memory", "hangs up"])
@pytest.mark.parametrize("wrong", [28, 399, 400])
def test_a_worker_that_dies_is_no_answer(how: str, wrong: int) -> None:
    """What it should have checked is checked here: what is wrong there is found."""
    here = HERE()

    def check(at: int) -> None:
        if HERE() == here:
            time.sleep(0.001)
        elif how == "killed":
            os.kill(HERE(), signal.SIGKILL)
        elif how == "exit":
            os._exit(0)
        elif how == "hangs up":
            os.closerange(3, 256)
        else:
            raise MemoryError
        if at == wrong:
            raise error(f"body {wrong}")

    if wrong == 400:
        checked(400, check)
    else:
        with pytest.raises(WasmToolsError, match=f"^body {wrong}$"):
            checked(400, check)
    here_, others = FOUND
    assert set(here_) >= set(range(wrong)) and others
    assert not children_left()


@pytest.mark.parametrize("wrong", [5, 200, 400])
def test_one_of_the_workers_dies(wrong: int) -> None:
    """Of what the others told all counts; of its own nothing."""

    def check(at: int) -> None:
        if is_first():
            os.kill(HERE(), signal.SIGKILL)
        time.sleep(0.001)
        if at == wrong:
            raise error(f"body {wrong}")

    if wrong == 400:
        here, others = checked(400, check)
        assert set(here + others) == set(range(400))
    else:
        with pytest.raises(WasmToolsError, match=f"^body {wrong}$"):
            checked(400, check)
    assert not children_left()


def test_what_only_a_worker_finds_is_not_told() -> None:
    """Nor is what it left out believed to be right."""
    here = HERE()

    def check(at: int) -> None:
        if HERE() == here:
            time.sleep(0.001)
            if at == 350:
                raise error("body 350")
        else:
            raise error("not so")

    with pytest.raises(WasmToolsError, match=r"^body 350$"):
        checked(400, check)


@pytest.mark.parametrize("missing", ["fork", "pipe"])
def test_where_none_can_be_made(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After none, one or more of them."""
    real = getattr(os, missing)
    monkeypatch.setattr(os, missing, real)
    for most in range(4):
        made = 0

        def make(most: int = most) -> object:
            nonlocal made
            made += 1
            if made > most + (missing == "pipe"):  # the first is the test's own
                raise OSError(11, "no more")
            return real()

        monkeypatch.setattr(os, missing, make)
        here, others = checked(400, lambda _: None)
        assert sorted(here + others) == list(range(400))
        assert not children_left()


def test_where_children_are_taken_by_the_system() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        here, others = checked(400, lambda _: None)
        assert sorted(here + others) == list(range(400))
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_pieces_are_of_about_the_same_size() -> None:
    def bounds(*sizes: int, count: int) -> list[int]:
        return workers._bounds(list(sizes), sum(sizes), count)

    assert bounds(*[1] * 12, count=3) == [0, 4, 8, 12]
    assert bounds(8, 1, 1, 1, 1, 4, 4, 4, count=3) == [0, 1, 6, 8]
    assert bounds(1, 1, 1, 9, count=2) == [0, 4, 4]
    assert bounds(30, 1, count=4) == [0, 1, 1, 1, 2]
    assert bounds(5, count=1) == [0, 1]
    assert bounds(1, 1, count=5) == [0, 1, 1, 2, 2, 2]


def test_a_program_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who uses the library has not allowed it."""
    monkeypatch.setattr(processes, "_allowed", False)
    assert checked(40, lambda _: None) == (list(range(40)), [])
    assert not MADE
    processes.allow()
    checked(40, lambda _: None)
    assert len(MADE) == 3


def large(wrong: set[int], count: int = 3000) -> bytes:
    """A module of 1.1 MB of bodies, some of them wrong."""
    body = "(i32.const 1234567) (drop) " * 60
    funcs = "".join(f"(func {body} {'(i64.const 1) (i32.eqz) (drop)' if k in wrong else ''})" for k in range(count))
    return wat_to_binary(f"(module {funcs})".encode(), None)


@pytest.mark.parametrize("wrong", [set(), {0}, {2999}, {1400, 1600}])
def test_a_command_says_the_same(wrong: set[int], tmp_path: Path) -> None:
    data = large(wrong)
    assert len(data) > 1_000_000
    (tmp_path / "m.wasm").write_bytes(data)

    def run(jobs: str) -> tuple[int, bytes, bytes]:
        command = [sys.executable, "-m", "pywasmtools", "validate", "m.wasm"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment(WASM_TOOLS_JOBS=jobs))
        return done.returncode, done.stdout, done.stderr

    alone = run("1")
    assert alone[0] == (1 if wrong else 0)
    assert run("2") == run("3") == alone
    if wrong:
        with pytest.raises(WasmToolsError, match=f"func {min(wrong)} failed"):
            validate(data)


def test_workers_end_with_the_one_that_waits(tmp_path: Path) -> None:
    """That is killed; its pipe, which they have too, closes with the last of them."""
    program = """
import os, sys, time
from types import SimpleNamespace
from pywasmtools import processes
from pywasmtools.validation import workers
workers.WORTHWHILE = 10
processes.allow()
here = os.getpid()
def check(at):
    if os.getpid() == here:
        os.kill(here, 9)
    time.sleep(0.01)
workers.check_in_processes([SimpleNamespace(body=SimpleNamespace(start=0, end=10))] * 4000, check)
"""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=writing, env=environment(WASM_TOOLS_JOBS="3"), cwd=tmp_path
    )
    os.close(writing)
    start = time.monotonic()
    assert process.wait(30) == -signal.SIGKILL
    with open(reading, "rb") as file:
        assert file.read() == b""
    assert time.monotonic() - start < 8
