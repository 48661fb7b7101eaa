"""Cases made small: by each kind of input, with the cause kept."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")

from conftest import environment
from large_module import ROTR, large_module
from large_wit import large_wit
from planted import planted
from rich.console import Console
from typer.testing import CliRunner

from pywasmtools import component_new
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.lab import programs
from pywasmtools.lab.binaries import sections
from pywasmtools.lab.case import Case, notes_of
from pywasmtools.lab.commands import app
from pywasmtools.lab.fuzz.kinds import has_grammar
from pywasmtools.lab.grammar import NoGrammar
from pywasmtools.lab.pair import Pair
from pywasmtools.lab.reduce import inputs
from pywasmtools.lab.reduce.binary import parsed, parsed_component, reduce_binary
from pywasmtools.lab.reduce.code import reduce_body
from pywasmtools.lab.reduce.ddmin import minimize, shortest
from pywasmtools.lab.reduce.passes import Reduction, reduce_case
from pywasmtools.lab.reduce.show import Progress
from pywasmtools.lab.reduce.state import ANY, CRASH, Uninteresting, is_better
from pywasmtools.lab.reduce.wat import reduce_wat
from pywasmtools.lab.reduce.words import grouped
from pywasmtools.release import VERSION_LINE
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.writer import section
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wit.printer import WitPrinter

if sys.platform == "win32":
    pytest.skip("forks", allow_module_level=True)


pytestmark = pytest.mark.usefixtures("forks_end_at_once")


GRAMMAR = pytest.mark.skipif(not has_grammar(), reason="the grammar is not installed: pip install ./tree-sitter-wit")


def fake(folder: Path, script: str, name: str = "fake") -> Path:
    """An executable that stands for a wasm-tools."""
    path = folder / name
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "{VERSION_LINE}"; exit; }}\n{script}\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Callable[[str, str], Pair]]:
    """Pairs of scripts."""
    made: list[Pair] = []

    def make(reference: str, subject: str) -> Pair:
        paths = (fake(tmp_path, reference, "reference"), fake(tmp_path, subject, "subject"))
        made.append(Pair(*(programs.program([str(path)]) for path in paths)))
        return made[-1]

    yield make
    for one in made:
        one.close()


# ------------------------------------------------------------------------------- the parts


def test_minimize() -> None:
    calls = 0

    def needs(kept: list[int]) -> bool:
        nonlocal calls
        calls += 1
        return 700 in kept

    assert minimize(range(1000), needs) == [700]
    assert calls <= 22
    assert minimize(range(1000), lambda kept: {3, 500, 999} <= set(kept)) == [3, 500, 999]
    assert minimize([1, 2], lambda _: True) == []
    assert minimize([], lambda _: False) == []
    assert len(minimize(range(64), lambda kept: 5 in kept, smallest=8)) <= 8


def test_shortest() -> None:
    assert shortest(0, 100, lambda n: n >= 37) == 37
    assert shortest(0, 100, lambda _: False) == 100


def test_better_is_smaller_or_simpler() -> None:
    case = Case(("a",), {"x": b"ab", "y": b""})
    assert is_better(Case(("a",), {"x": b"a", "y": b""}), case)
    assert is_better(Case(("a",), {"x": b"ab"}), case)
    assert is_better(Case(("a",), {"x": b"aa", "y": b""}), case)
    assert not is_better(Case(("a",), {"x": b"ac", "y": b""}), case)
    assert not is_better(case, case)


@pytest.mark.parametrize(
    ("argv", "groups"),
    [
        ("component wit a.wit -o out.wit -t", [("a.wit",), ("-o", "out.wit"), ("-t",)]),
        ("component embed -wx a.wit -tw y --features=a m.wat", "-wx|a.wit|-tw y|--features=a|m.wat"),
        ("component new m.wasm --adapt a=b.wasm --adapt", "m.wasm|--adapt a=b.wasm|--adapt"),
        ("component new --validate=false -", "--validate=false|-"),
        ("component nothing --x y", "nothing|--x|y"),
        ("", ""),
    ],
)
def test_a_command_line_by_its_options(argv: str, groups: str | list[tuple[str, ...]]) -> None:
    if isinstance(groups, str):
        groups = [tuple(group.split(" ")) for group in groups.split("|") if group]
    assert grouped(tuple(argv.split()))[1] == groups


ITEMS = """(module (rec (type $a (sub (struct (field (ref null $b))))) (type $b (array i8))) (type $t (func (param i32) (result i32)))
  (import "m" "f" (func $f (type $t))) (import "m" "g" (global $i i32)) (import "m" "t" (tag $e (param i32)))
  (table $tab 3 funcref) (memory 1 2) (memory $m 1) (global $g (mut i32) (i32.const 1)) (global (ref null $a) (ref.null $a))
  (func $one (type $t) (local i64 f32) (block $out (loop $in (br_if $out (local.get 0)) (br $in))) (call $f (i32.const 5)))
  (func $two (type $t) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)) (i32.load $m offset=8 (i32.const 4)))
  (func $three (type $t) (try_table (catch $e 0) (throw $e (i32.const 1))) (i32.const 0))
  (func $four (result i32) (call_indirect $tab (type $t) (i32.const 1) (i32.const 2)))
  (export "x" (func $two)) (export "y" (memory $m)) (start $start) (func $start)
  (elem (table $tab) (i32.const 0) func $one $two) (elem $e2 funcref (ref.func $three) (ref.null func)) (elem declare func $four)
  (data (memory $m) (i32.const 0) "abc") (data $d "def") (@custom "own" "bytes"))"""

PARTS = """(component (core module $M (memory (export "m") 1) (func (export "f") (param i32) (result i32) (local.get 0)))
  (core instance $I (instantiate $M)) (core instance $J (export "g" (func $I "f")))
  (type $u u8) (type $rec (record (field "a" u8) (field "b" string))) (type $fn (func (param "x" u8) (result u8)))
  (core type $ct (func (param i32))) (core type $mt (module (alias outer 1 $ct (type $l)) (import "a" "b" (func (type $l)))))
  (import "mod" (core module (type $mt))) (import "t" (type $imp (eq $rec)))
  (import "i" (instance $inst (type $in (list u16)) (export "l" (type (eq $in))) (export "r" (type (sub resource)))
    (export "f" (func (param "x" 1) (result (own 2))))))
  (alias export $inst "r" (type $r)) (core func $drop (canon resource.drop $r))
  (alias core export $I "f" (core func $cf)) (func $lifted (type $fn) (canon lift (core func $cf)))
  (component $C (alias outer 1 $u (type $w)) (import "z" (func (param "p" $w))) (type $v (variant (case "k" $w))) (export "v" (type $v)))
  (instance $D (instantiate $C (with "z" (func $lifted)))) (func $low (type $fn) (canon lift (core func $cf)))
  (export "run" (func $lifted)) (export "d" (instance $D)) (@custom "own" "bytes"))"""


@pytest.mark.parametrize("text", [ITEMS, PARTS], ids=["module", "component"])
def test_a_binary_is_written_again_as_it_was(text: str) -> None:
    data = wat_to_binary(text.encode(), None)
    whole = parsed_component(data) or parsed(data)
    assert whole is not None
    assert whole.render() == data


@pytest.mark.parametrize("k", range(19))
def test_what_is_kept_of_a_module_is_whole(k: int) -> None:
    """Each item with what it needs makes a module that is valid."""
    module = parsed(wat_to_binary(ITEMS.encode(), None))
    assert module is not None and len(module.items) > 25
    for item in module.items[k::19]:
        validate_all(module.render(module.closure([item])))


def test_what_is_kept_of_a_component_can_be_read() -> None:
    component = parsed_component(wat_to_binary(PARTS.encode(), None))
    assert component is not None
    parts = component.parts()
    assert len(parts) > 30
    for part in parts:
        validate_all(component.render(component.closure([part])))


def test_a_body_by_its_instructions() -> None:
    body = next(
        item.value[1]
        for item in parsed(wat_to_binary(ITEMS.encode(), None)).items  # type: ignore[union-attr]
        if isinstance(item.value, tuple) and isinstance(item.value[1], bytes) and b"\x0c" in item.value[1]
    )
    assert reduce_body(body, lambda data: b"\x0c" in data and data[-1:] == b"\x0b") == b"\x00\x0c\x00\x0b"
    assert reduce_body(body, lambda _: True) == b"\x00\x00\x0b"


def test_text_by_its_forms() -> None:
    def wanted(data: bytes) -> bool:
        try:
            wat_to_binary(data, None)
        except WasmToolsError:
            return False
        return b"memory.init" in data

    data = reduce_wat(ITEMS.encode(), wanted)
    assert wanted(data) and len(data) < 110, data


def test_a_module_by_a_question() -> None:
    def wanted(data: bytes) -> bool:
        return ROTR in data and parsed(data) is not None

    data = reduce_binary(large_module(40, 20, 17), wanted)
    assert wanted(data) and len(data) < 40


def test_what_can_not_be_read_is_reduced_by_sections() -> None:
    data = wat_to_binary(ITEMS.encode(), None) + b"\x0b\x04good\x01\x05wrong"

    def wanted(data: bytes) -> bool:
        return data[:8] == b"\0asm\1\0\0\0" and b"wr" in data

    assert reduce_binary(data, wanted) == b"\0asm\1\0\0\0\x01\x02wr"


def test_bytes_of_sections_that_can_not_be_read_go_step_by_step() -> None:
    """In each of them what is wanted lies apart, so no single step leaves it alone; one is a binary itself."""
    head = b"\0asm\1\0\0\0"
    long = b"aw--a-rr-aa-ow---aon--gaa"
    inner = head + section(1, long)

    def wanted(data: bytes) -> bool:
        if data[:8] != head:
            return False
        found = [data[s.body : s.end] for s in sections(data)[1:]]
        held = [bytes(byte for byte in body if byte in b"wron") for body in found]
        return len(found) == 3 and all(kept.endswith(b"wrrowon") for kept in held) and found[2][:8] == head

    data = head + section(1, long) + section(3, long[::-1] + long) + section(9, inner)
    assert wanted(data)
    short = b"wrrowon"
    assert reduce_binary(data, wanted) == head + section(1, short) + section(3, short) + section(
        9, head + section(1, short)
    )


# ------------------------------------------------------------------------------- cases


def test_a_case_of_scripts(pair: Callable[[str, str], Pair]) -> None:
    """What is kept is the text that differs: of two files, options and lines one of each."""
    case = Case(
        ("component", "wit", "a.txt", "-o", "out.wit", "--features", "x,y", "-t"),
        {"a.txt": b"one\ntwo\nthree bad\nfour\n", "dir/b.txt": b"other", "c.txt": b""},
        b"stdin",
    )
    script = 'grep -q bad a.txt && case " $* " in *" -t "*) echo "error: %s" >&2; exit 1;; esac; exit 0'
    result = reduce_case(case, pair(script % "one", script % "two"), seconds=60)
    assert result.whole and result.runs < 300
    assert result.case == Case(("-t",), {"a.txt": b"bad\n"})
    assert result.interest == "stderr: error: one => error: two"
    assert result.before == case.size and result.after == result.case.size == 7


def test_another_cause_is_another_case(pair: Callable[[str, str], Pair]) -> None:
    reference = "exit 0"
    subject = "grep -qs first a && { echo error: first >&2; exit 1; }; grep -qs second a && { echo error: second >&2; exit 1; }; exit 0"
    case = Case((), {"a": b"first\nsecond\n"})
    both = pair(reference, subject)
    assert reduce_case(case, both).case.files == {"a": b"first\n"}
    kept = reduce_case(case, both, keep=ANY).case.files["a"]
    assert kept in (b"first\n", b"second\n")


def test_crashes_by_their_place(pair: Callable[[str, str], Pair]) -> None:
    script = "grep -q x a && { echo \"thread 'main' panicked at /r/c-1.0.0/src/l.rs:5:1:\" >&2; cat a >&2; exit 101; }; exit 0"
    case = Case(("--a", "b"), {"a": b"what x says\n"})
    both = pair(script, "echo error: no >&2; exit 1")
    with pytest.raises(Uninteresting, match="nothing differs"):
        reduce_case(case, both)
    result = reduce_case(case, both, keep=CRASH)
    assert (result.case, result.interest) == (Case((), {"a": b"x"}), "c-1.0.0/src/l.rs:5")
    with pytest.raises(Uninteresting, match="does not break down"):
        reduce_case(Case(()), pair("exit 0", "exit 1"), keep=CRASH)


def test_when_the_time_is_over_the_best_stands(pair: Callable[[str, str], Pair]) -> None:
    result = reduce_case(Case(("x",), {"a": b"abc"}), pair("exit 0", "exit 1"), seconds=0)
    assert not result.whole
    assert (result.case, result.runs) == (Case(("x",), {"a": b"abc"}), 1)


def reversed_params(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plants a fault in our printer, in this process and its forks: one parameter's name is printed wrong."""
    right = WitPrinter.function

    def wrong(self: WitPrinter, func: object) -> str:
        return right(self, func).replace("culprit: ", "culprit : ")  # type: ignore[arg-type]

    monkeypatch.setattr(WitPrinter, "function", wrong)


SMALL_WIT = {
    "wit/deps/c/types.wit": b"""package c:d@1.2.3;
/// Types.
interface types { record point { x: u8, y: option<u8> } enum color { red, green } resource file { size: func() -> u64; } }
interface unused { use types.{color}; paint: func(c: color); }
""",
    "wit/a.wit": b"""package a:b@1.0.0;
@since(version = 1.0.0)
interface shapes {
  use c:d/types@1.2.3.{point, file};
  move: func(what: point) -> result<point, string>;
  guilty: func(culprit: point, other: list<file>);
}
""",
    "wit/world.wit": b"world w { import shapes; import log: func(s: string); }\n",
}


@pytest.mark.slow
@GRAMMAR
def test_wit_takes_along_what_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours with a planted fault against ours: what is left is WIT that both read."""
    reversed_params(monkeypatch)
    case = Case(("component", "wit", "wit", "-o", "out.wit", "--features", "x,y"), dict(SMALL_WIT))
    with Pair(programs.subject(None), programs.subject(None)) as both:
        result = reduce_case(case, both, seconds=60)
        outcome = both.run_reference(result.case)
    assert outcome.status == 0 and b"culprit: " in outcome.files[result.case.argv[-1]]  # type: ignore[operator]
    assert result.after < 200, result.case
    assert not any(b"since" in data or b"1." in data for data in result.case.files.values())


def test_wit_without_the_grammar(pair: Callable[[str, str], Pair], monkeypatch: pytest.MonkeyPatch) -> None:
    """By lines and words then."""

    def missing(_: bytes) -> None:
        raise NoGrammar("not here")

    monkeypatch.setattr("pywasmtools.lab.reduce.wit.parse", missing)
    case = Case(("component", "wit", "wit"), dict(SMALL_WIT))
    result = reduce_case(case, pair("exit 0", "grep -rq culprit . && exit 1; exit 0"), seconds=60)
    assert list(result.case.files.values()) == [b"culprit"]


@GRAMMAR
@pytest.mark.slow
def test_a_folder_of_wit(monkeypatch: pytest.MonkeyPatch, the_reference: Path) -> None:
    """One mistake in a folder of the size of wasi:http, that is of 3,000 lines in eight packages, comes to ten lines."""
    files = large_wit()
    assert len(files) > 35 and sum(data.count(b"\n") for data in files.values()) > 3000
    reversed_params(monkeypatch)
    case = Case(("component", "wit", "wit", "-o", "out.wit", "--all-features"), {**files, "wit/notes.txt": b"x"})
    with Pair(programs.reference(the_reference), programs.subject(None)) as both:
        result = reduce_case(case, both, seconds=120)
    lines = [line for data in result.case.files.values() for line in data.splitlines()]
    assert len(lines) < 10, result.case
    assert any(b"culprit" in line for line in lines)
    assert result.after < 200


@GRAMMAR
@pytest.mark.slow
def test_wit_in_binary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, the_reference: Path) -> None:
    """The same mistake in a module's `component-type` section."""
    from pywasmtools import component_embed

    for name, data in large_wit(3, 3, 5).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    module = component_embed(tmp_path / "wit", b"\0asm\1\0\0\0", all_features=True)
    reversed_params(monkeypatch)
    with Pair(programs.reference(the_reference), programs.subject(None)) as both:
        result = reduce_case(Case(("component", "wit", "m.wasm"), {"m.wasm": module}), both, seconds=120)
    assert result.after < 250
    assert b"culprit" in result.case.files["m.wasm"]


@pytest.mark.slow
def test_one_function_of_a_large_module(tmp_path: Path, the_reference: Path) -> None:
    """A fault in an instruction that one of 6,000 functions has, in 7 MiB: under 300 bytes within two minutes."""
    row = 'Row(0x8A, "i64.rotr",             "",                  "i64 i64 -> i64"'
    subject = planted(tmp_path, "wasm/instructions.py", row, row.replace("i64 i64 ->", "i64 i32 ->"))
    module = large_module(6000, 120, 4321)
    assert len(module) > 7 << 20
    case = Case(("component", "new", "m.wasm", "-o", "c.wasm"), {"m.wasm": module})
    with Pair(programs.reference(the_reference), programs.subject(subject)) as both:
        result = reduce_case(case, both, seconds=120)
    assert result.seconds <= 125
    small = next(iter(result.case.files.values()))
    assert len(small) < 300 and ROTR in small


# ------------------------------------------------------------------------------- the command


SCRIPT = 'grep -q bad a.wit && { echo "error: %s" >&2; exit 1; }; exit 0'


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.wit").write_text("good\nbad\n")
    (folder / "other.txt").write_text("other")
    monkeypatch.chdir(folder)
    return folder


def command(*argv: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["reduce", *argv], env={"COLUMNS": "100"})
    return done.exit_code, done.output


def test_a_command_line_is_reduced(work: Path, tmp_path: Path) -> None:
    options = [
        "--reference",
        str(fake(tmp_path, SCRIPT % "a", "r")),
        "--subject",
        str(fake(tmp_path, SCRIPT % "b", "s")),
    ]
    status, text = command(*options, "-o", "out", "--", "wasm-tools", "component", "wit", "a.wit", "-t")
    assert status == 0, text
    assert "files: 37 => 32 bytes\n" in text and "37 => 4 bytes in " in text
    assert "keeps: stderr: error: a => error: b\n" in text
    assert "--- a.wit, 4 bytes\n    bad\n" in text
    assert "written to out\n" in text
    assert Case.load(work / "out") == Case((), {"a.wit": b"bad\n"})
    notes = notes_of(work / "out")
    assert notes["keeps"] == "stderr: error: a => error: b"
    assert notes["bytes_before"] > notes["bytes_after"] and notes["whole"] is True
    done = subprocess.run(
        ["sh", "out/run.sh"], cwd=work, env=environment(WASM_TOOLS=str(tmp_path / "s")), capture_output=True
    )
    assert (done.returncode, done.stderr) == (1, b"error: b\n")
    # What it wrote is a case again, and can't be made smaller.
    status, text = command(*options, "-o", "again", "out")
    assert status == 0 and "nothing helps any more" in text
    assert Case.load(work / "again") == Case.load(work / "out")
    assert command(*options, "-o", "out", "out") == (2, "error: `out` is there already\n")


def test_what_is_no_case(work: Path, tmp_path: Path) -> None:
    (work / "folder").mkdir()
    same = ["--reference", str(fake(tmp_path, "exit 0", "r")), "--subject", str(fake(tmp_path, "exit 0", "s"))]
    assert command(*same, "--", "component", "wit", "a.wit") == (1, "there is nothing to reduce: nothing differs\n")
    assert command(*same, "folder") == (2, "error: `folder` holds no case: there is no case.json in it\n")
    (work / "folder" / "case.json").write_text("{}")
    status, text = command(*same, "folder")
    assert status == 2 and text.startswith("error: ")
    assert command(*same, "--any", "--crash", "x") == (2, "error: --any and --crash can't be used together\n")
    assert command("--reference", "nowhere", "x")[0] == 2
    assert not (work / "reduced").exists()


def test_a_case_of_shadow(tmp_path: Path) -> None:
    """What lies outside the folder is brought into it."""
    kept = tmp_path / "kept"
    (kept / "root/home/me/build").mkdir(parents=True)
    (kept / "root/home/me/build/m.wasm").write_bytes(b"m")
    (kept / "root/home/me/wit").mkdir()
    (kept / "root/home/me/wit/a.wit").write_bytes(b"w")
    (kept / "stdin").write_bytes(b"in")
    argv = ["component", "embed", "../wit", "/home/me/build/m.wasm", "-o/home/me/build/o.wasm"]
    (kept / "case.json").write_text(json.dumps({"folder": "/home/me/build", "argv": argv}))
    case = inputs.case_of([str(kept)], tmp_path, b"")
    assert case.argv == ("component", "embed", "home/me/wit", "m.wasm", "-oo.wasm")
    assert case.files == {"m.wasm": b"m", "home/me/wit/a.wit": b"w"}
    assert case.stdin == b"in"


def test_the_view_in_a_terminal(pair: Callable[[str, str], Pair]) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, _environ={})
    case = Case(("component", "wit", "[x]"), {"a": b"abc"})
    with pair("exit 0", "exit 1") as both, Progress(console) as progress:
        reduce_case(case, both, on_progress=progress)
    text = out.getvalue()
    assert "bytes" in text and "keeps" in text and "status 0 => 1" in text
    assert "[x]" in text


def test_the_view_elsewhere(pair: Callable[[str, str], Pair]) -> None:
    out = io.StringIO()
    with pair("exit 0", "exit 1") as both, Progress(Console(file=out, width=100)) as progress:
        reduce_case(Case(("component", "wit"), {"a": b"abc"}), both, on_progress=progress)
    assert out.getvalue() == "files: 17 => 14 bytes\noptions: 14 => 4 bytes\noptions: 4 => 0 bytes\n"


def test_a_world_stays_whole(the_reference: Path) -> None:
    """A module that `new` takes is still one that it takes: a smoke test of all passes with the real wasm-tools."""
    module = wat_to_binary(b'(module (func (export "x") (result i32) (i32.const 7)) (memory 3))', None)
    assert component_new(module)
    with Pair(programs.reference(the_reference), programs.subject(None)) as both, pytest.raises(Uninteresting):
        reduce_case(Case(("component", "new", "m.wasm"), {"m.wasm": module}), both)


def test_a_program_in_this_folder_needs_no_dot(work: Path) -> None:
    fake(work, "exit 0", "patched")
    assert programs.subject(Path("./patched")).command == [str(work / "patched")]


def test_what_is_noted_of_a_reduction() -> None:
    reduction = Reduction(Case(("validate",)), 100, 7, 42, 1.23456, "the cause", False)
    assert reduction.notes() == {
        "keeps": "the cause",
        "bytes_before": 100,
        "bytes_after": 7,
        "runs": 42,
        "seconds": 1.235,
        "whole": False,
    }
