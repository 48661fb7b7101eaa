"""What the parent of the workers does when one of them is gone."""

from __future__ import annotations

from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.running import engine
from pywasmtools.lab.fuzz.running.engine import Engine, Job, Order
from pywasmtools.lab.fuzz.running.state import State


def test_a_worker_that_is_gone_is_replaced_and_its_numbers_are_tried_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After that they are lost, and the next ones follow."""
    parent = Engine.__new__(Engine)
    parent.state = State(tmp_path, 1, [], [])
    parent.failed, parent.grown, parent.stopping, parent.error = {}, [], False, ""
    killed: list[int] = []
    given: list[tuple[int, int]] = []
    noted: list[int] = []

    def dead(pid: int) -> Job:
        ours: Any
        ours, theirs = Pipe()  # of another type on Windows
        theirs.close()
        return Job(pid, ours)

    def start(self: Engine, grown: list[Case]) -> Job:
        return dead(len(killed) + 10)

    def order(self: Engine, job: Job, first: int, stop: int) -> None:
        job.order = Order(first, stop, {}, [], [])
        given.append((first, stop))

    monkeypatch.setattr(engine, "kill", killed.append)
    monkeypatch.setattr(Engine, "_start", start)
    monkeypatch.setattr(Engine, "_order", order)
    monkeypatch.setattr(Engine, "_note", lambda self, chunk, order: noted.append(order.start))
    monkeypatch.setattr(Engine, "_hand_out", lambda self, job: given.append((0, 0)))
    job = dead(9)
    job.order = Order(32, 48, {}, [], [])
    parent._take(job, [])
    assert (killed, given, noted, parent.state.lost, job.pid) == ([9], [(32, 48)], [], 0, 11)
    parent._take(job, [])
    assert (killed, given, noted, parent.state.lost, job.pid) == ([9, 11], [(32, 48), (0, 0)], [32], 16, 12)
