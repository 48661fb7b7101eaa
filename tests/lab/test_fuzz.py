"""`pywasmtools fuzz`: made cases are always the same, causes are kept once, a run goes on, a planted fault is found."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")
if sys.platform == "win32":
    pytest.skip("fuzz forks processes", allow_module_level=True)

from conftest import INSTALLED, ROOT, environment

from pywasmtools.cli import commands
from pywasmtools.lab import programs
from pywasmtools.lab.case import Case, notes_of
from pywasmtools.lab.fuzz import kinds, seeds
from pywasmtools.lab.fuzz.options import is_left_out
from pywasmtools.lab.fuzz.running import reached
from pywasmtools.lab.fuzz.running.batch import Batch
from pywasmtools.lab.fuzz.running.engine import Plan, Worker, can_be_laid_out, differs
from pywasmtools.lab.fuzz.running.state import CAUSES, State, open_state
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.pair import Outcome, Pair, Result
from pywasmtools.lab.workplace import CannotRun
from pywasmtools.release import VERSION_LINE

WIT = b"package a:b;\n\nworld w {\n}\n"
ENTRY = "from pywasmtools.lab.main import entry; entry()"
HERE = kinds.known(None)


def fuzz(*args: str, tree: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command, that of another tree perhaps, with ours as the reference unless one is named."""
    env = environment(COLUMNS="200")
    if tree is not None:
        env["PYTHONPATH"] = str(tree)
    command = [sys.executable, *(["-P"] if INSTALLED or tree else []), "-c", ENTRY, "fuzz", *args]
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120)


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own command as an executable: a reference that never differs."""
    return executable(tmp_path_factory.mktemp("ours"), ROOT)


def executable(folder: Path, tree: Path) -> Path:
    path = folder / "wasm-tools"
    code = f"import sys; sys.path.insert(0, {str(tree)!r}); from pywasmtools.cli.main import entry; entry()"
    path.write_text(f"#!/bin/sh\nexec {sys.executable} -I -c '{code.replace(chr(39), chr(34))}' \"$@\"\n")
    path.chmod(0o755)
    return path


def record(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def worker(seed: int = 0, corpus: Corpus | None = None) -> Worker:
    program = programs.subject(None)
    sources = [kind.source() for kind in HERE]
    plan = Plan(program, program, sources, [kind.weight for kind in HERE], corpus or seeds.built_in_corpus())
    return Worker(plan, seed)


# ------------------------------------------------------------------------------ making


def test_a_case_is_the_same_in_every_order() -> None:
    one, other = worker(), worker()
    numbers = list(range(60))
    made = {n: one.make(n) for n in numbers}
    random.Random(1).shuffle(numbers)
    assert {n: other.make(n) for n in numbers} == made
    assert worker(1).make(0) != made[0]
    for each in (one, other):
        each.pair.close()
    assert len({kind for kind, _ in made.values()}) > 2
    assert sum(case is None for _, case in made.values()) < 3


@pytest.mark.parametrize("kind", HERE, ids=lambda kind: kind.name)
def test_cases_of_a_kind_can_be_run(kind: kinds.Kind) -> None:
    source, corpus = kind.source(), seeds.built_in_corpus()
    assert source.name == kind.name
    cases = [source.case(random.Random(n), corpus) for n in range(30)]
    assert all(can_be_laid_out(case) for case in cases)
    first = {row.path.split()[0] for row in commands.ours(commands.WASM_TOOLS)}
    assert kind.name == "options" or {case.argv[0] for case in cases} <= first
    assert len({case.argv for case in cases}) > 3
    with Pair(programs.subject(None), programs.subject(None)) as pair:
        done = [pair.run_subject(case) for case in cases[:12]]
    assert not [(c.command, o.stderr) for c, o in zip(cases, done, strict=False) if o.crashed]
    assert sum(o.status == 0 for o in done) >= 2


def test_what_differs_on_purpose_is_left_out() -> None:
    assert all(map(is_left_out, ("-h", "--help", "-v", "--verbose", "-tv", "-wh", "help", "--verbose=x")))
    assert not any(map(is_left_out, ("-t", "-j", "--", "-", "-ox", "--world", "v", "-o=v")))


def test_paths_that_lead_elsewhere_are_not_laid_out() -> None:
    for name in ("/a", "../a", "a/../b", "a//b", "", "a/", "a\0"):
        assert not can_be_laid_out(Case((), {name: b""})), name
    assert not can_be_laid_out(Case((), {"a": b"", "a/b": b""}))
    assert can_be_laid_out(Case(("é", "\udcff"), {"a/b": b"", "a.b": b""}))


def test_seeds_of_folders(tmp_path: Path) -> None:
    (tmp_path / "p" / "deps" / "d").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for name in ("a.wit", "p/a.wit", "p/b.wit", "p/deps/d/d.wit", ".git/no.wit"):
        (tmp_path / name).write_bytes(WIT + name.encode())
    (tmp_path / "m.wat").write_bytes(b"(module)")
    (tmp_path / "m.wasm").write_bytes(seeds.MODULE)
    (tmp_path / "c.wasm").write_bytes(seeds.COMPONENT)
    (tmp_path / "large.wit").write_bytes(b" " * (seeds.MOST_BYTES + 1))
    corpus = Corpus()
    seeds.add_place(corpus, tmp_path)
    assert {"a.wit": WIT + b"a.wit"} in corpus.wit
    assert {"a.wit", "b.wit", "deps/d/d.wit"} in [set(files) for files in corpus.wit]
    assert not any(b"no.wit" in data for files in corpus.wit for data in files.values())
    assert (corpus.modules, corpus.components, corpus.wat) == ([seeds.MODULE], [seeds.COMPONENT], [b"(module)"])
    with pytest.raises(CannotRun, match="does not exist"):
        seeds.load([tmp_path / "nowhere"])


# ----------------------------------------------------------------------------- running


def test_a_batch_does_what_runs_alone_do() -> None:
    cases = [
        Case(("component", "wit", "a.wit", "-j"), {"a.wit": WIT}),
        Case(("component", "wit", "-"), {}, WIT),
        Case(("component", "wit", "nowhere")),
        Case(("component", "wit", "a.wit", "--out-dir", "d/e"), {"a.wit": WIT}),
        Case(("component", "embed", "a.wit", "--dummy", "-o", "a.wit"), {"a.wit": WIT}),
        Case(("component", "wit", "--no-such")),
        Case(("--version",)),
    ]
    with Pair(programs.subject(None), programs.subject(None)) as pair:
        alone = [pair.run_subject(case) for case in cases]
        for (result, _), outcome in zip(Batch(pair).run(cases * 3), alone * 3, strict=True):
            assert result.subject == outcome
            assert result.same
        assert not os.listdir(pair.scratch) or not [n for n in os.listdir(pair.scratch) if "." not in n]


def test_a_case_that_breaks_a_batch_down_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from pywasmtools.cli import main

    real = main.main

    def breaking(args: list[str]) -> int:
        if "kill" in args:
            os.kill(os.getpid(), 9)
        while "hang" in args:
            pass
        return real(args)

    monkeypatch.setattr(main, "main", breaking)
    fine = Case(("component", "wit", "a.wit"), {"a.wit": WIT})
    cases = [fine, Case(("kill",)), fine, Case(("hang",)), fine, Case(("kill",))]
    with Pair(programs.subject(None), programs.subject(None), seconds=5.0) as pair:
        results = [result for result, _ in Batch(pair).run(cases)]
    assert [result.subject.status for result in results] == [0, -9, 0, -1000, 0, -9]


def test_what_is_a_difference() -> None:
    fine, refused, hangs, panics = outcome(0), outcome(1), outcome(-1000), outcome(101)
    assert differs(Result(fine, refused)) and differs(Result(fine, hangs)) and differs(Result(panics, fine))
    assert differs(Result(hangs, hangs))
    assert not differs(Result(fine, fine)) and not differs(Result(panics, refused)) and not differs(Result(hangs, fine))


# ------------------------------------------------------------------------------- state


def outcome(status: int) -> Outcome:
    return Outcome(status, b"", b"", {})


RESULT = Result(outcome(0), outcome(1))


def test_a_cause_is_kept_once_and_small(tmp_path: Path) -> None:
    state = open_state(tmp_path / "f", 3, ["worlds"], False, [])
    large, small = Case(("a" * 50,)), Case(("b",))
    assert state.note(CAUSES, "why", "worlds", 4, large, RESULT)
    assert not state.note(CAUSES, "why", "worlds", 5, small, RESULT)
    assert not state.note(CAUSES, "why", "worlds", 6, large, RESULT)
    assert state.note(CAUSES, "why not", "worlds", 7, large, RESULT)
    state.save()
    again = open_state(tmp_path / "f", None, ["options", "worlds"], False, [])
    assert again == state
    found = again.causes["why"]
    assert (found.count, found.number, found.size) == (3, 5, 2)
    folder = tmp_path / "f" / CAUSES / found.name
    assert Case.load(folder) == small
    assert notes_of(folder)["seed"] == 3
    assert len(list((tmp_path / "f" / CAUSES).iterdir())) == 2


def test_a_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    state = open_state(tmp_path / "f", 3, ["worlds"], False, [])
    assert isinstance(state, State)
    for args, said in (
        ((4, ["worlds"], False, []), "seed 3"),
        ((3, ["options"], True, []), "of the kinds worlds"),
        ((3, ["options"], False, []), "not to be had here: worlds"),
        ((3, ["worlds"], False, ["/x"]), "other seeds"),
    ):
        with pytest.raises(CannotRun, match=said):
            open_state(tmp_path / "f", *args)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    with pytest.raises(CannotRun, match="other files"):
        open_state(tmp_path / "other", None, ["worlds"], False, [])
    (tmp_path / "f" / "state.json").write_text("{}")
    with pytest.raises(CannotRun, match="can't be read"):
        open_state(tmp_path / "f", None, ["worlds"], False, [])


# ------------------------------------------------------------------------- the command


@pytest.mark.slow
def test_nothing_differs_from_itself_and_a_run_goes_on(ours: Path, tmp_path: Path) -> None:
    args = (
        "--folder",
        str(tmp_path / "f"),
        "--reference",
        str(ours),
        "--kinds",
        "worlds,options",
        "--json",
        "--jobs",
        "2",
    )
    done = fuzz(*args, "--count", "60", "--seed", "5")
    first = record(done)
    assert done.returncode == 0, done.stderr
    assert (first["next"], first["seed"], first["causes"]) == (60, 5, [])
    assert set(first["kinds"]) == {"worlds", "options"}
    assert sum(kind["cases"] for kind in first["kinds"].values()) == first["cases"] == 60
    assert "60 cases" in done.stderr
    again = record(fuzz(*args, "--count", "90"))
    assert (again["next"], again["seed"], again["cases"]) == (90, 5, 90)
    assert record(fuzz(*args, "--count", "90"))["cases"] == 90


def test_what_can_not_run(ours: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from typer.testing import CliRunner

    from pywasmtools.lab.commands import app

    for args, said in (
        (("--kinds", "no-such"), "there is no kind `no-such`: "),
        (("--kinds", ","), "no kind is named"),
        (("--seeds", str(tmp_path / "nowhere")), "does not exist"),
        (("--reference", str(tmp_path / "nowhere")), "can't be run"),
        (("--folder", str(ours)), "File exists"),
    ):
        given = ["fuzz", "--folder", str(tmp_path / "f"), "--reference", str(ours), "--count", "0", *args]
        done = CliRunner().invoke(app, given, env={"COLUMNS": "200"})
        told = done.output + "".join(capfd.readouterr())
        assert done.exit_code == 2 and said in told, (args, told)


def test_without_the_grammar_its_kinds_are_left_out(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from typer.testing import CliRunner

    from pywasmtools.lab import grammar
    from pywasmtools.lab.commands import app

    grammar.parser.cache_clear()
    monkeypatch.setitem(sys.modules, "tree_sitter_wit", None)
    try:
        args = ["fuzz", "--folder", str(tmp_path / "f"), "--reference", str(ours), "--count", "0"]
        done = CliRunner().invoke(app, args)
        assert done.exit_code == 0 and "left out: wit" in done.output
        refused = CliRunner().invoke(app, [*args, "--kinds", "wit"])
        assert refused.exit_code == 2
    finally:
        grammar.parser.cache_clear()


@pytest.mark.slow
def test_a_planted_fault_is_found(ours: Path, tmp_path: Path) -> None:
    """The subject is a patched copy, which runs as ours: the reference is what the copy was made of."""
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "pywasmtools", tree / "pywasmtools", ignore=shutil.ignore_patterns("__pycache__"))
    printer = tree / "pywasmtools" / "wit" / "printer.py"
    assert b'"result<' in printer.read_bytes()
    printer.write_bytes(printer.read_bytes().replace(b'"result<', b'"resul<'))
    folder = tmp_path / "f"
    args = ("--folder", str(folder), "--reference", str(ours), "--kinds", "worlds", "--first", "--time", "60", "--json")
    done = fuzz(*args, tree=tree)
    found = record(done)
    assert done.returncode == 1, done.stderr
    [cause] = [cause for cause in found["causes"] if "resul" in cause["cause"] or "=>" in cause["cause"]][:1]
    case = folder / CAUSES / cause["name"]
    assert Case.load(case).command == cause["command"]
    notes = notes_of(case)
    assert notes["cause"] == cause["cause"] and notes["reference"] != notes["subject"]
    env = {**os.environ, "WASM_TOOLS": str(executable(tmp_path, tree))}
    theirs, mine = (
        subprocess.run(["sh", str(case / "run.sh")], env=e, capture_output=True)
        for e in ({**env, "WASM_TOOLS": str(ours)}, env)
    )
    assert (theirs.stdout, theirs.stderr) != (mine.stdout, mine.stderr) or "-o" in cause["command"]


def test_any_pair_of_executables(ours: Path, tmp_path: Path) -> None:
    """A subject that is not ours runs as it is; one that says less differs."""
    other = tmp_path / "other"
    other.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "{VERSION_LINE}"; exit; }}\nexit 3\n')
    other.chmod(0o755)
    args = ("--folder", str(tmp_path / "f"), "--reference", str(ours), "--subject", str(other), "--kinds", "options")
    done = fuzz(*args, "--count", "12", "--jobs", "1")
    assert done.returncode == 1
    assert "differs" in done.stdout and "12 cases" in done.stdout


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on(ours: Path, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    args = ["fuzz", "--folder", str(folder), "--reference", str(ours), "--kinds", "options", "--jobs", "1"]
    process = subprocess.Popen(
        [sys.executable, "-c", ENTRY, *args], env=environment(), stdout=subprocess.DEVNULL, cwd=ROOT
    )
    try:
        while not (folder / "state.json").exists() or json.loads((folder / "state.json").read_text())["next"] == 0:
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    left = json.loads((folder / "state.json").read_text())
    again = record(fuzz(*args[1:], "--count", str(left["next"] + 5), "--json"))
    assert again["cases"] == again["next"] == left["next"] + 5


@pytest.mark.skipif(not reached.AVAILABLE, reason="lines are watched from Python 3.12 on")
def test_what_reaches_new_lines_joins_the_corpus(ours: Path, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    args = ("--folder", str(folder), "--reference", str(ours), "--kinds", "worlds,options", "--jobs", "1", "--json")
    found = record(fuzz(*args, "--guide", "--count", "48"))
    assert 5 < found["corpus"] < 48
    assert len(list((folder / "corpus").iterdir())) == found["corpus"]
    again = record(fuzz(*args, "--guide", "--count", "72"))
    assert again["cases"] == 72 and again["corpus"] >= found["corpus"]
    assert record(fuzz(*args, "--count", "96"))["corpus"] == again["corpus"]


def test_lines_are_told_once() -> None:
    lines = reached.Lines()
    lines.new = ["a:1"]
    assert (lines.take(), lines.take()) == (["a:1"], [])
