"""Where results go: in place, into nothing, into a closed pipe, onto a full disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, environment
from syrupy.assertion import SnapshotAssertion

from pywasmtools.cli import main as cli_main
from pywasmtools.cli.clap import Matches
from pywasmtools.cli.options import feature_names
from pywasmtools.cli.output import print_error
from pywasmtools.diagnostics import error
from pywasmtools.text.semver import parse_version
from pywasmtools.wit.model import Package, PackageName, Resolve
from pywasmtools.wit.printer import file_stems

WIT = "package a:b;\n\nworld w {}\n"
MODULE = b"\0asm\x01\0\0\0"

PLACES = {
    # The output's folder is missing, is a file, or the output is a folder.
    "missing-folder": "component wit a.wit -o nowhere/x.wit",
    "output-is-a-folder": "component embed a.wit m.wasm -o d",
    "folder-is-a-file": "component wit a.wit --out-dir a.wit/x",
    "no-room-left": "component wit a.wit -o /dev/full",
    "missing-input": "component new nowhere.wasm",
    "input-is-a-folder": "component new d",
    "wit-is-missing": "component embed nowhere m.wasm",
    "dash-is-a-name-in-wit": "component wit -",
    "output-named-dash": "component embed a.wit m.wasm -o -",
    "colour-in-causes": "component wit nowhere.wit --color always",
    "colour-over-lines": "component wit bad.wit --color always-ansi",
    "out-dir": "component wit a.wit --out-dir new/folder",
}


@pytest.mark.parametrize("name", PLACES)
def test_places(name: str, run: Run, golden: SnapshotAssertion) -> None:
    if sys.platform == "win32" and name in ("folder-is-a-file", "no-room-left"):
        pytest.skip("a path and an error of POSIX")
    files: dict[str, str | bytes] = {"a.wit": WIT, "m.wasm": MODULE, "d/x.txt": "", "bad.wit": "package a:b\n"}
    assert run(PLACES[name], files) == golden


def ours(*argv: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "pywasmtools", *argv]
    done: subprocess.CompletedProcess[bytes] = subprocess.run(command, env=environment(), **options)
    return done


def test_a_failed_run_in_place_leaves_the_input(tmp_path: Path) -> None:
    """Files may not grow beyond 64 bytes: the section does not fit, the process dies of it, and the module stays as it was."""
    if sys.platform == "win32":
        pytest.skip("no such limit")
    import resource

    (tmp_path / "a.wit").write_text(WIT)
    module = tmp_path / "m.wasm"
    module.write_bytes(MODULE)
    done = ours(
        *("component", "embed", "a.wit", "m.wasm", "-o", "m.wasm"),
        cwd=tmp_path,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64)),
    )
    assert done.returncode == -signal.SIGXFSZ
    assert done.stderr == b""
    assert module.read_bytes() == MODULE


def test_a_refused_input_is_not_touched(tmp_path: Path) -> None:
    module = tmp_path / "m.wasm"
    module.write_bytes(MODULE + b"\x01\xff")
    before = module.stat().st_mtime_ns
    done = ours("component", "new", "m.wasm", "-o", "m.wasm", cwd=tmp_path, capture_output=True)
    assert done.returncode == 1
    assert (module.read_bytes(), module.stat().st_mtime_ns) == (MODULE + b"\x01\xff", before)


def test_a_closed_pipe_ends_in_silence(tmp_path: Path) -> None:
    (tmp_path / "a.wit").write_text(WIT)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as out:
        done = ours("component", "wit", "a.wit", cwd=tmp_path, stdout=out, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"")


def test_stdout_has_no_locale(tmp_path: Path) -> None:
    (tmp_path / "a.wit").write_bytes("package a:b;\n\n/// é 漢\r\nworld w {}\n".encode())
    env = environment(LC_ALL="C", PYTHONIOENCODING="ascii", PATH="")
    command = [sys.executable, "-m", "pywasmtools", "component", "wit", "a.wit"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=env)
    assert "/// é 漢\n".encode() in done.stdout


def test_an_error_without_text_prints_no_line(capfd: pytest.CaptureFixture[str]) -> None:
    print_error(error(""), "never")
    assert capfd.readouterr().err == "error: "


def test_feature_names_are_split_at_commas_and_white_space() -> None:
    matches = Matches()
    matches.values["features"] = ["a,b", " c  d ", ",e,"]
    assert feature_names(matches) == ("a", "b", "c", "d", "e")


def test_file_names_tell_packages_apart() -> None:
    resolve = Resolve()
    names = [
        PackageName("a", "x", parse_version("1.0.0")),
        PackageName("a", "x", parse_version("2.0.0")),
        PackageName("b", "x"),
        PackageName("a", "y", parse_version("1.0.0")),
        PackageName("a", "z", parse_version("1.0.0")),
        PackageName("a", "z", parse_version("1.1.0")),
    ]
    for name in names:
        resolve.add_package(Package(name))
    assert file_stems(resolve) == ["a:x@1.0.0", "a:x@2.0.0", "b:x", "y", "z@1.0.0", "z@1.1.0"]


def test_too_deep_or_too_large_is_one_line(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    for problem in (RecursionError(), MemoryError()):

        def fail(_: object, problem: BaseException = problem) -> int:
            raise problem

        monkeypatch.setattr(cli_main, "_dispatch", fail)
        assert cli_main.main(["component"]) == 1
        assert capfd.readouterr().err.startswith("error: the input is ")
