"""The kind `known` of `fuzz`: cases that are there, run first, then changed."""

from __future__ import annotations

import random
import sys

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")
if sys.platform == "win32":
    pytest.skip("fuzz forks processes", allow_module_level=True)

from pywasmtools.cli.commands import WASM_TOOLS, ours
from pywasmtools.lab import programs
from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz.known import Known, changed_word, is_value, kept_cases, packed, unpacked
from pywasmtools.lab.fuzz.options import is_left_out
from pywasmtools.lab.fuzz.running.engine import Plan, Worker, can_be_laid_out
from pywasmtools.lab.fuzz.source import Corpus

CASES = [
    Case(("parse", "a.wat", "-t"), {"a.wat": b'(module (data "\xff"))', "b/c.wit": b"package a:b;"}, b"\0\xff"),
    Case(("component", "wit", "-", "\udcff"), {}, b"\0\xff"),
]


def test_cases_are_packed_and_unpacked() -> None:
    assert [*unpacked(packed(CASES))] == CASES


def test_kept_cases_are_of_every_command() -> None:
    cases = kept_cases()
    assert len(cases) > 1000
    assert all(can_be_laid_out(case) for case in cases)
    assert not [case.argv for case in cases if any(map(is_left_out, case.argv))]
    words = [" ".join(case.argv) for case in cases]
    for row in ours(WASM_TOOLS):
        assert any(row.path in line for line in words), row.path


def test_another_seed_begins_in_another_order() -> None:
    one, other = (Known().begin_with(random.Random(seed)) for seed in range(2))
    assert one != other
    assert sorted(map(repr, one)) == sorted(map(repr, other))


def test_changed_cases_are_the_same_for_a_seed() -> None:
    for seed in range(200):
        one, other = (Known().case(random.Random(seed), Corpus()) for _ in range(2))
        assert one == other
    changed = [Known().case(random.Random(seed), Corpus()) for seed in range(200)]
    assert sum(case not in kept_cases() for case in changed) > 150


def test_every_other_number_is_a_known_case_until_all_are_through() -> None:
    program = programs.subject(None)
    known = [("known", case) for case in CASES]
    worker = Worker(Plan(program, program, [Known()], [1.0], Corpus(), known=known), 0)
    try:
        made = [worker.make(number)[1] for number in range(6)]
    finally:
        worker.pair.close()
    assert made[0] == CASES[0]
    assert made[2] == CASES[1]
    assert not {id(case) for case in CASES} & {id(made[at]) for at in (1, 3, 4, 5)}


def test_values_on_the_command_line_are_changed() -> None:
    case = Case(("metadata", "add", "m.wasm", "--name", "x", "--version=1.0"), {"m.wasm": b"\0asm"})
    assert [word for word in case.argv if is_value(word, case)] == ["x", "--version=1.0"]
    rng = random.Random(1)
    changed = {changed_word("--version=1.0", rng) for _ in range(200)}
    assert len(changed) > 60
    assert all(word.startswith("--version=") for word in changed)
    assert {len(changed_word("ab", rng)) for _ in range(300)} >= {0, 1, 2, 3, 4}
