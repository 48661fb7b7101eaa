"""Work for other processes: how many there are, and what of their answers is believed."""

from __future__ import annotations

import os
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("there is no fork", allow_module_level=True)

from pywasmtools import processes
from pywasmtools.processes import Answer, started


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
