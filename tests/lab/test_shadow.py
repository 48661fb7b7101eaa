"""`pywasmtools shadow`: what a build sees is the real one's, and what differs is in the log."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("typer")
pytest.importorskip("rich")

from conftest import environment
from typer.testing import CliRunner

from pywasmtools.lab import shadow, shadow_log
from pywasmtools.lab.commands import app
from pywasmtools.release import VERSION_LINE

if sys.platform == "win32":
    pytest.skip("a shadow takes the place of a process", allow_module_level=True)

WIT = "package a:b;\n\nworld w {}\n"
PRINTED = 'printf "package a:b;\\n\\nworld w {\\n}\\n"'


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.wit").write_text(WIT)
    return folder


class Build:
    """A folder with a `wasm-tools` that stands in for a script, and a log."""

    def __init__(self, tmp_path: Path, script: str, subject: str | None = None) -> None:
        self.folder = tmp_path / "work"
        self.log = tmp_path / "log"
        self.real = self.executable(tmp_path / "real", script)
        argv = ["shadow", "install", str(tmp_path / "bin"), "--reference", str(self.real), "--log", str(self.log)]
        if subject is not None:
            argv += ["--subject", str(self.executable(tmp_path / "other", subject))]
        done = CliRunner().invoke(app, argv)
        assert done.exit_code == 0, done.output
        self.tool = Path(done.output.strip())
        assert self.tool == tmp_path / "bin" / "wasm-tools"

    def executable(self, path: Path, script: str) -> Path:
        path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "{VERSION_LINE}"; exit; }}\n{script}\n')
        path.chmod(0o755)
        return path

    def run(self, *argv: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(self.tool), *argv], cwd=self.folder, input=stdin, capture_output=True, env=environment(), timeout=60
        )

    def entries(self) -> list[dict[str, object]]:
        assert shadow_log.settle(self.log, 60) == 0
        return shadow_log.entries(self.log)

    def command(self, *argv: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["shadow", *argv, "--log", str(self.log)], env={"COLUMNS": "200"})
        return done.exit_code, done.output


def test_the_real_one_answers_and_the_same_is_counted(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, PRINTED)
    done = build.run("component", "wit", "a.wit")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"package a:b;\n\nworld w {\n}\n", b"")
    assert build.entries() == []
    assert shadow_log.counts(build.log) == {"same": 1}
    assert build.command("report") == (0, "1 command lines: 1 same\n")


def test_a_difference_is_a_line_with_its_inputs(work: Path, tmp_path: Path) -> None:
    """The real one writes in place; what is compared is what stood there before."""
    build = Build(tmp_path, "echo changed > a.wit; echo oops >&2; exit 3")
    done = build.run("component", "wit", "a.wit", "-o", "a.wit")
    assert (done.returncode, done.stderr) == (3, b"oops\n")
    assert (work / "a.wit").read_text() == "changed\n"
    [line] = build.entries()
    assert line["differing"] == ["status", "stderr", "a.wit"]
    assert line["status"] == [3, 0]
    assert line["argv"] == ["component", "wit", "a.wit", "-o", "a.wit"]
    case = build.log / "cases" / str(line["kept"])
    assert (case / "root" / str(work).lstrip("/") / "a.wit").read_text() == WIT
    status, text = build.command("report")
    assert status == 1
    assert "1 command lines: 1 different\n" in text
    assert "wasm-tools component wit a.wit -o a.wit  status, stderr, a.wit  kept" in text
    status, text = build.command("replay")
    assert status == 1
    assert "reference 3, subject 0" in text
    build.real.write_text(f"#!/bin/sh\n{PRINTED} > a.wit\n")
    assert build.command("replay", str(line["id"]))[0] == 0
    status, text = build.command("replay", "nothing")
    assert (status, text) == (2, "error: no inputs are kept of `nothing`\n")


def test_a_difference_is_handed_on(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, "cat >&2; exit 3")
    build.run("component", "embed", "--world", "w", str(work / "a.wit"), "-", stdin=b"(module)")
    [line] = build.entries()
    assert build.command("export", str(line["id"]), str(tmp_path / "out"))[0] == 0
    env = environment(WASM_TOOLS=str(build.real))
    done = subprocess.run([str(tmp_path / "out" / "run.sh")], cwd=tmp_path, env=env, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (3, b"(module)")


def test_stdin_goes_to_both(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, "cat", subject="tr a b")
    for stdin in (b"xxx", b"aaa"):
        assert build.run("component", "new", "-", stdin=stdin).stdout == stdin
    with open(work / "in", "w+b") as file:
        file.write(b"caa")
        file.seek(1)
        done = subprocess.run([str(build.tool), *["component", "new"]], stdin=file, cwd=work, capture_output=True)
    assert done.stdout == b"aa"
    assert [line["differing"] for line in build.entries()] == [["stdout"], ["stdout"]]


def test_a_command_that_reads_no_stdin_leaves_it_alone(work: Path, tmp_path: Path) -> None:
    """A make that waits at the other end of a pipe must not be waited for."""
    build = Build(tmp_path, PRINTED)
    with subprocess.Popen(
        [str(build.tool), *["component", "embed", "--dummy", "a.wit"]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=work,
    ) as process:
        assert process.wait(30) == 0


def test_what_is_not_ours_is_not_compared(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, 'echo "$@"')
    assert build.run("smith", "a.wat").stdout == b"smith a.wat\n"
    assert build.run("component", "nothing").stdout == b"component nothing\n"
    assert build.run("--version").stdout == f"{VERSION_LINE}\n".encode()
    assert build.entries() == []
    assert shadow_log.counts(build.log) == {}


def test_ours_may_crash_and_the_build_never_notices(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, PRINTED, subject='kill -SEGV "$$"')
    assert build.run("component", "wit", "a.wit").returncode == 0
    assert [line["status"] for line in build.entries()] == [[0, -signal.SIGSEGV]]


def test_what_hangs_is_ended_and_told(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, PRINTED, subject="sleep 600")
    settings = json.loads((build.log / "shadow.json").read_text())
    (build.log / "shadow.json").write_text(json.dumps({**settings, "seconds": 0.5}))
    assert build.run("component", "wit", "a.wit").returncode == 0
    [line] = build.entries()
    assert "did not end within 0.5 seconds" in str(line["failed"])
    assert shadow_log.counts(build.log) == {"failed": 1}


def test_memory_is_bounded(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, PRINTED, subject=f"{PRINTED}; ulimit -v >&2")
    build.run("component", "wit", "a.wit")
    [line] = build.entries()
    assert line["stderr"] == ["", f"{shadow.MEMORY >> 10}\n"]


def test_nothing_of_the_build_is_held_open(work: Path, tmp_path: Path) -> None:
    """A build that waits for the end of a pipe must not wait for ours."""
    build = Build(tmp_path, PRINTED, subject="sleep 15")
    begin = time.monotonic()
    assert build.run("component", "wit", "a.wit").returncode == 0
    assert time.monotonic() - begin < 12


@pytest.mark.slow
def test_parallel_builds(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, PRINTED, subject='case "$3" in a.wit) exit 1;; esac; ' + PRINTED)
    (work / "b.wit").write_text(WIT)
    threads = [threading.Thread(target=build.run, args=("component", "wit", f"{'ab'[k % 2]}.wit")) for k in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = build.entries()
    assert len(lines) == 6
    assert len({line["id"] for line in lines}) == 6
    assert shadow_log.counts(build.log) == {"same": 6, "different": 6}


def test_inputs_are_kept_within_bounds(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    monkeypatch.setattr(shadow, "MOST_CASES", 2)
    monkeypatch.setattr(shadow, "MOST_BYTES", 1000)
    for k, size in enumerate((600, 600, 10, 10)):
        case = log / "pending" / str(k)
        case.mkdir(parents=True)
        (case / "stdin").write_bytes(b"x" * size)
        shadow.keep(str(log), str(case), {"argv": [], "differing": []})
    lines = (log / "differences.jsonl").read_text().splitlines()
    assert ["kept" in json.loads(line) for line in lines] == [True, False, True, False]
    assert sorted(path.name for path in (log / "cases").iterdir()) == ["0", "2"]


def test_too_many_that_wait_are_counted_and_left(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, PRINTED)
    for k in range(shadow.MOST_PENDING):
        (build.log / "pending" / str(k)).mkdir(parents=True)
    assert build.run("component", "wit", "a.wit").returncode == 0
    assert shadow_log.counts(build.log) == {"skipped": 1}
    status, text = build.command("report", "--wait", "0")
    assert status == 2
    assert f"{shadow.MOST_PENDING} are still to come" in text


def test_a_log_that_cannot_be_written_is_no_failure(work: Path, tmp_path: Path) -> None:
    build = Build(tmp_path, PRINTED)
    (build.log / "pending").write_text("in the way")
    assert build.run("component", "wit", "a.wit").stdout == b"package a:b;\n\nworld w {\n}\n"


def test_a_makefile_makes_the_same(work: Path, tmp_path: Path, the_reference: Path) -> None:
    """A build with the real wasm-tools, once plain and once with a shadow: the same bytes, and a log without a line."""
    if not Path("/usr/bin/make").exists():
        pytest.skip("no make here")
    (work / "m.wat").write_text('(module (import "a:b/i" "f" (func)) (func (export "g")) (memory (export "memory") 1))')
    (work / "a.wit").write_text("package a:b;\ninterface i { f: func(); }\nworld w { import i; export g: func(); }\n")
    (work / "Makefile").write_text(
        "c.wasm: e.wasm\n\t$(WASMTOOLS) component new $< -o $@\n"
        "e.wasm: m.wat a.wit\n\t$(WASMTOOLS) component embed --world w a.wit $< -o $@\n"
    )
    log = tmp_path / "log"
    argv = ["shadow", "install", str(tmp_path / "bin"), "--reference", str(the_reference), "--log", str(log)]
    tool = CliRunner().invoke(app, argv).output.strip()
    made = []
    for wasmtools in (str(the_reference), tool):
        env = environment(WASMTOOLS=wasmtools)
        subprocess.run(["make", "-B", "-s"], cwd=work, env=env, check=True, timeout=60)
        made.append((work / "c.wasm").read_bytes())
    assert made[0] == made[1]
    assert shadow_log.settle(log, 60) == 0
    assert shadow_log.counts(log) == {"same": 2}
    assert shadow_log.entries(log) == []


COMPILE = "import time; end = time.process_time() + 1.2\nwhile time.process_time() < end: pass"
"""What stands for a compiler in a build: so much work, however busy the machine is."""


@pytest.mark.slow
def test_a_parallel_build_makes_the_same_and_takes_no_longer(work: Path, tmp_path: Path, the_reference: Path) -> None:
    """`make -j4` over four programs, each compiled, embedded, made a component and printed: at most a tenth longer."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("no make here")
    (work / "world.wit").write_text(
        "package a:b;\ninterface i { f: func(x: string); }\nworld w { import i; export g: func(); }\n"
    )
    (work / "compile.py").write_text(COMPILE)
    (work / "Makefile").write_text(
        f"all: one.txt two.txt three.txt four.txt\n"
        f"%.wat: %.src\n\t{shlex.quote(sys.executable)} -I -S compile.py && cp $< $@\n"
        "%.embedded.wasm: %.wat world.wit\n\t$(WASMTOOLS) component embed --world w world.wit $< -o $@\n"
        "%.component.wasm: %.embedded.wasm\n\t$(WASMTOOLS) component new $< -o $@\n"
        "%.txt: %.component.wasm\n\t$(WASMTOOLS) component wit $< > $@\n"
        ".SECONDARY:\n"
    )
    names = ["one", "two", "three", "four"]
    for k, name in enumerate(names):
        functions = "(func (param i32))" * k
        (work / f"{name}.src").write_text(
            f'(module (import "a:b/i" "f" (func (param i32 i32))) {functions} (func (export "g")) (memory (export "memory") 1))'
        )
    log = tmp_path / "log"
    argv = ["shadow", "install", str(tmp_path / "bin"), "--reference", str(the_reference), "--log", str(log)]
    tool = CliRunner().invoke(app, argv).output.strip()
    seconds: dict[str, list[float]] = {str(the_reference): [], tool: []}
    made: list[dict[str, bytes]] = []
    for rounds in range(1, 11):
        for wasmtools, times in seconds.items():
            begin = time.monotonic()
            subprocess.run(
                [make, "-B", "-s", "-j4"], cwd=work, env=environment(WASMTOOLS=wasmtools), check=True, timeout=120
            )
            times.append(time.monotonic() - begin)
            made.append({path.name: path.read_bytes() for path in sorted(work.iterdir()) if path.suffix != ".src"})
            assert shadow_log.settle(log, 120) == 0
        plain, shadowed = (min(times) for times in seconds.values())
        if rounds >= 3 and shadowed < plain * 1.1 + 0.1:
            break  # else the machine may have been busy
    assert all(one == made[0] for one in made)
    assert len(made[0]["four.txt"]) > 50
    assert shadow_log.counts(log) == {"same": rounds * 3 * len(names)}
    assert shadow_log.entries(log) == []
    assert shadowed < plain * 1.1 + 0.1, seconds
