"""What a worker of `fuzz` makes of the outcomes of a case: what is a difference, what is a crash, and what is asked again."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("forks processes", allow_module_level=True)

from pywasmtools.lab.case import Case
from pywasmtools.lab.cause import breakdown, cause_of
from pywasmtools.lab.fuzz.running.engine import MOST_NAME, Chunk, Worker, can_be_laid_out
from pywasmtools.lab.fuzz.running.state import CAUSES, CRASHES
from pywasmtools.lab.pair import HUNG, Outcome, Result

WELL = Outcome(0, b"text", b"", {})
OTHER = Outcome(0, b"another", b"", {})
REFUSED = Outcome(1, b"", b"error: no\n", {})
PANIC = Outcome(101, b"", b"thread 'main' panicked at src/a.rs:7:1:\nit broke\n", {})
HANGS = Outcome(HUNG, b"", b"", {})
BROKEN = Outcome(1, b"", b"error: pywasmtools failed: KeyError\n", {})
CASE = Case(("print", "m.wasm"), {"m.wasm": b"12345"})


def judged(first: Result, again: Result, sizes: dict[tuple[str, str], int], reduce: Any = None) -> tuple[Chunk, int]:
    """What becomes of a case that came out in one way, then in another; and how often it ran anew."""
    runs = 0

    def run(_: Case) -> Result:
        nonlocal runs
        runs += 1
        return again

    worker = Worker.__new__(Worker)
    worker.sizes = sizes
    worker.pair = SimpleNamespace(run=run)  # type: ignore[assignment]
    worker.plan = SimpleNamespace(reduce=reduce)  # type: ignore[assignment]
    chunk = Chunk(0)
    worker.judge(chunk, 5, "modules", CASE, first)
    return chunk, runs


@pytest.mark.parametrize("result", [Result(WELL, WELL), Result(REFUSED, REFUSED)])
def test_what_is_the_same_is_nothing_to_be_told(result: Result) -> None:
    sizes: dict[tuple[str, str], int] = {}
    chunk, runs = judged(result, result, sizes)
    assert (chunk.differences, chunk.unconfirmed, runs, sizes) == ([], 0, 0, {})


@pytest.mark.parametrize(
    ("result", "which"),
    [
        (Result(WELL, OTHER), CAUSES),
        (Result(WELL, REFUSED), CAUSES),
        (Result(WELL, BROKEN), CAUSES),
        (Result(PANIC, WELL), CAUSES),
        (Result(PANIC, BROKEN), CAUSES),
        (Result(PANIC, REFUSED), CRASHES),
        (Result(HANGS, REFUSED), CRASHES),
        (Result(HANGS, WELL), CRASHES),
        (Result(HANGS, BROKEN), CAUSES),
    ],
)
def test_differences_and_crashes(result: Result, which: str) -> None:
    key = cause_of(result) if which == CAUSES else breakdown(result.reference)
    sizes: dict[tuple[str, str], int] = {}
    chunk, runs = judged(result, result, sizes)
    [found] = chunk.differences
    assert (found.which, found.key, found.kind, found.number) == (which, key, "modules", 5)
    assert (found.case, found.result, found.reduced) == (CASE, result, False)
    assert (runs, sizes) == (1, {(which, key): CASE.size})
    # One as large is kept already: it is counted, and that is all.
    for size, kept in ((CASE.size, True), (CASE.size - 1, True), (CASE.size + 1, False)):
        chunk, runs = judged(result, result, {(which, key): size})
        [found] = chunk.differences
        assert (found.case is None, runs) == (kept, 0 if kept else 1)


def test_what_does_not_come_again() -> None:
    for first in (Result(WELL, OTHER), Result(PANIC, REFUSED)):
        for again in (Result(WELL, WELL), Result(REFUSED, REFUSED)):
            chunk, runs = judged(first, again, {})
            assert (chunk.differences, chunk.unconfirmed, runs) == ([], 1, 1)
    # It comes, in another way.
    for again, which in ((Result(WELL, REFUSED), CAUSES), (Result(PANIC, REFUSED), CRASHES)):
        chunk, runs = judged(Result(WELL, OTHER), again, {})
        [found] = chunk.differences
        assert (found.which, found.result, chunk.unconfirmed, runs) == (which, again, 0, 2)


def test_a_new_cause_is_reduced_once() -> None:
    small = Case(("print",))
    asked: list[tuple[Case, str]] = []

    def reduce(case: Case, _: object, key: str) -> Case:
        asked.append((case, key))
        return small

    result = Result(WELL, OTHER)
    key = cause_of(result)
    chunk, _ = judged(result, result, {}, reduce)
    assert [(d.case, d.reduced, d.key) for d in chunk.differences] == [(CASE, False, key), (small, True, key)]
    assert asked == [(CASE, key)]
    for sizes, crash in (({(CAUSES, key): 99}, result), ({}, Result(PANIC, REFUSED))):
        chunk, _ = judged(crash, crash, sizes, reduce)
        assert len(chunk.differences) == 1 and len(asked) == 1


@pytest.mark.parametrize(
    ("argv", "names", "can"),
    [
        ((), ["a", "b/c", "b/d"], True),
        ((), ["a" * MOST_NAME, f"{'é' * (MOST_NAME // 2)}/{'b' * MOST_NAME}"], True),
        ((), ["a" * (MOST_NAME + 1)], False),
        ((), [f"d/{'é' * (MOST_NAME // 2 + 1)}/b"], False),
        ((), ["a", "a/b"], False),
        ((), ["a/b/c", "a/b"], False),
        ((), ["ab", "a/b"], True),
        ((), ["../a"], False),
        ((), ["a/./b"], False),
        ((), ["/a"], False),
        ((), ["a\0"], False),
        (("a", "b c"), [], True),
        (("a", "b\0"), [], False),
    ],
)
def test_which_cases_can_be_laid_out(argv: tuple[str, ...], names: list[str], can: bool) -> None:
    assert can_be_laid_out(Case(argv, dict.fromkeys(names, b""))) is can
