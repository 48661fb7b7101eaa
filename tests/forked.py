"""The processes that a test makes by `os.fork`: this process has other children as well, from other tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

if sys.platform == "win32":
    pytest.skip("there is no fork", allow_module_level=True)

MADE: list[int] = []
"""Those of this test; 0 in the child."""


@pytest.fixture(autouse=True)
def forked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """For all tests of a file that imports it."""
    real = os.fork

    def fork() -> int:
        pid = real()
        MADE.append(pid)
        return pid

    MADE.clear()
    monkeypatch.setattr(os, "fork", fork)
    yield MADE
    MADE.clear()


def children_left() -> bool:
    """Whether one of them is left, ended or not."""
    left = []
    for pid in MADE:
        try:
            os.waitpid(pid, os.WNOHANG)
            left.append(pid)
        except ChildProcessError:
            pass
    return bool(left)
