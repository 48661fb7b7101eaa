"""Work for other processes: how many there are, and what of their answers is believed."""

from __future__ import annotations

import os
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("there is no fork", allow_module_level=True)

from pywasmtools import processes
from pywasmtools.processes import Answer, Turns, started


def read(worker: processes.Worker | None, *counts: int) -> list[bytes]:
    assert worker is not None
    told = [worker.read(count) for count in counts]
    worker.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(worker.pid, 0)
    return told


def test_an_answer_of_any_length() -> None:
    long = bytes(range(256)) * 12_345

    def work(answer: Answer) -> None:
        assert answer.is_awaited()
        answer.write(b"abc")
        answer.write(long)
        answer.write(b"")
        answer.write(b"d")

    assert read(started(work), 2, 1, len(long), 2) == [b"ab", b"c", long, b"d"]


def test_an_answer_that_ends_early() -> None:
    def work(answer: Answer) -> None:
        answer.write(b"abcd")
        raise MemoryError

    assert read(started(work), 3, 3, 3) == [b"abc", b"d", b""]


def test_one_that_goes_on_is_ended() -> None:
    def work(answer: Answer) -> None:
        answer.write(b"a")
        while True:
            pass

    assert read(started(work), 1) == [b"a"]


def test_turns_are_taken_once_and_in_order() -> None:
    turns = Turns(1000)
    assert turns.next() == 0

    def work(answer: Answer) -> None:
        taken = b""
        while (number := turns.next()) >= 0:
            taken += number.to_bytes(4, "little")
        answer.tell(taken)

    workers = [started(work) for _ in range(3)]
    here = []
    while (number := turns.next()) >= 0:
        here.append(number)
    others = []
    for worker in workers:
        assert worker is not None
        told = worker.told()
        found = [int.from_bytes(told[at : at + 4], "little") for at in range(0, len(told), 4)]
        assert found == sorted(found)
        others += found
        worker.close()
    assert sorted(here + others) == list(range(1, 1000)) and here == sorted(here)
    turns.close()


def test_turns_that_are_stopped() -> None:
    for count in (0, 1, 5):
        turns = Turns(count)
        turns.stop()
        assert turns.next() == turns.next() == -1
        turns.close()


def test_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "processors", lambda: 5)
    monkeypatch.setattr(processes, "_allowed", True)
    monkeypatch.setenv("WASM_TOOLS_JOBS", "4")
    assert [processes.jobs(size, 10) for size in (0, 19, 20, 39, 40, 1000)] == [1, 1, 2, 3, 4, 4]
    for told, most in (("1", 1), ("2", 2), ("0", 5), ("", 5), ("x", 5), ("-1", 5), ("99", 8), ("1000", 5), ("٣", 5)):
        monkeypatch.setenv("WASM_TOOLS_JOBS", told)
        assert processes.jobs(1000, 10) == most, told
    monkeypatch.delenv("WASM_TOOLS_JOBS")
    assert processes.jobs(1000, 10) == 5
    monkeypatch.setattr(processes, "_allowed", False)
    assert processes.jobs(1000, 10) == 1
