"""The map of reached lines that `scripts/plant_faults.py` keeps: measured share by share, it goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import plant_faults
import pytest

PROGRAM = "pywasmtools/load.py"


def tree(folder: Path) -> Path:
    for name in (PROGRAM, *(f"tests/wit/test_{k}.py" for k in range(30)), "tests/conftest.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return folder


class Measured:
    """Stands for a run of tests: each reaches the line of its number, and another. From `fails` on it ends."""

    def __init__(self, fails: int = 1000) -> None:
        self.shares: list[list[str]] = []
        self.fails = fails

    def __call__(self, tree: Path, files: list[str]) -> Any:
        if len(self.shares) >= self.fails:
            raise SystemExit("ended")
        self.shares.append(files)
        names = sorted(f"{file}::test_a" for file in files)
        numbers = [int(name.split("_")[1].split(".")[0]) for name in names]
        lines = {PROGRAM: {100: list(range(len(names))), **{n: [at] for at, n in enumerate(numbers)}}}
        return plant_faults.Reach({}, [], names, [1.0 + n for n in numbers], lines)


def reached(reach: Any, line: int) -> set[str]:
    return {reach.tests[at] for at in reach.lines[PROGRAM].get(line, [])}


def check_whole(reach: Any) -> None:
    names = {f"tests/wit/test_{k}.py::test_a" for k in range(30)}
    assert sorted(reach.tests) == sorted(names)
    assert reached(reach, 100) == names
    for k in range(30):
        assert reached(reach, k) == {f"tests/wit/test_{k}.py::test_a"}
        assert reach.seconds[reach.tests.index(f"tests/wit/test_{k}.py::test_a")] == 1.0 + k


def test_it_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trees = [tree(tmp_path / "a"), tree(tmp_path / "b")]
    measure = Measured()
    monkeypatch.setattr(plant_faults, "measure", measure)
    kept = tmp_path / "map.json"
    check_whole(plant_faults.reach_of(trees, kept))
    assert len(measure.shares) == plant_faults.SHARES
    check_whole(plant_faults.reach_of(trees, kept))
    assert len(measure.shares) == plant_faults.SHARES
    check_whole(plant_faults.reach_of(trees, None))
    assert len(measure.shares) == 2 * plant_faults.SHARES


def test_a_run_that_was_ended_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = [tree(tmp_path / "a")]
    kept = tmp_path / "map.json"
    monkeypatch.setattr(plant_faults, "measure", Measured(fails=5))
    with pytest.raises(SystemExit):
        plant_faults.reach_of(first, kept)
    measure = Measured()
    monkeypatch.setattr(plant_faults, "measure", measure)
    check_whole(plant_faults.reach_of(first, kept))
    done = json.loads(kept.read_text())
    assert sum(map(len, measure.shares)) < 20
    assert len(done["tests"]) == 30


def test_what_has_changed_is_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trees = [tree(tmp_path / "a")]
    kept = tmp_path / "map.json"
    monkeypatch.setattr(plant_faults, "measure", Measured())
    assert plant_faults.reach_of(trees, kept).changed == []
    (trees[0] / "tests/wit/test_7.py").write_text("# other\n")
    (trees[0] / PROGRAM).write_text("# other\n")
    measure = Measured()
    monkeypatch.setattr(plant_faults, "measure", measure)
    reach = plant_faults.reach_of(trees, kept)
    assert measure.shares == [["tests/wit/test_7.py"]]
    assert reach.changed == [PROGRAM]
    check_whole(reach)


def test_the_tests_that_run_for_a_fault() -> None:
    names = [
        "tests/wit/test_a.py::far",
        "tests/load/test_a.py::near",
        "tests/load/test_a.py::slow",
        "tests/platforms/test_a.py::other",
    ]
    lines = {PROGRAM: {1: [0, 1, 2, 3], 2: [0], 3: [3]}}
    reach = plant_faults.Reach({}, [], names, [1.0, 2.0, 50.0, 1.0], lines)
    site = plant_faults.Site(PROGRAM.replace("load.py", "load/x.py"), "not", 0, 1, "", "", 1, 1, False)
    reach.lines[site.path] = reach.lines.pop(PROGRAM)
    # Those of the room first, then the quick ones; none that runs elsewhere.
    assert plant_faults.tests_of(site, reach, 100) == [names[1], names[2], names[0]]
    assert plant_faults.tests_of(site, reach, 10) == [names[1]]
    assert plant_faults.tests_of(site._replace(first=2, last=2), reach, 100) == [names[0]]
    assert plant_faults.tests_of(site._replace(first=3, last=3), reach, 100) == []
    assert plant_faults.tests_of(site._replace(first=4, last=4), reach, 100) == []
    # At module level every test may reach it.
    assert plant_faults.tests_of(site._replace(first=4, last=4, outside=True), reach, 100) == [
        names[1],
        names[2],
        names[0],
    ]
