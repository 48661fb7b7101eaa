"""`scripts/check_tinygo.py`, with a stand-in for TinyGo that calls $WASMTOOLS as TinyGo's builder does."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import check_tinygo as script
import pytest
from conftest import environment
from reference import ReferenceUnavailable

pytestmark = pytest.mark.skipif(os.name == "nt", reason="scripts of a POSIX shell")

STAND_IN = """#!{python} -IS
import os, subprocess, sys, tempfile

ROOT = {root!r}
if sys.argv[1] == "version":
    print("tinygo version 0.0.0")
elif sys.argv[1] == "env":
    print(ROOT)
else:
    options = dict(zip(sys.argv[3:], sys.argv[4:]))
    wit = options.get("-wit-package", os.path.join(ROOT, "lib", "wasi-cli", "wit"))
    world = options.get("-wit-world", "wasi:cli/command")
    with tempfile.TemporaryDirectory(prefix="tinygo") as scratch:
        main = os.path.join(scratch, "main.wasmopt")
        with open(main, "w") as file:
            name = "add" if "-wit-world" in options else "wasi:cli/run@0.2.0#run"
            params = "(param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))"
            body = params if name == "add" else "(result i32) (i32.const 0)"
            file.write('(module (func (export "%s") %s))' % (name, body))
        tool = os.environ["WASMTOOLS"]
        steps = [
            ("embed", ["-w", world, wit, main, "-o", main + ".embed"]),
            ("new", [main + ".embed", "-o", main + ".new"]),
        ]
        for step, argv in steps:
            status = subprocess.run([tool, "component", step, *argv]).returncode
            if status:
                sys.exit("error: `wasm-tools component %s` failed: exit status %d" % (step, status))
        with open(main + ".new", "rb") as made, open(options["-o"], "wb") as out:
            out.write(made.read())
"""

WIT = """package wasi:cli@0.2.0;

interface run {
  run: func() -> result;
}

world imports {}

world command {
  include imports;
  export run;
}
"""


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def tinygo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in, and `lib` as TinyGo has it."""
    for name in ("TINYGO", "WASM_TOOLS_REFERENCE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "tinygo root"
    (root / "lib" / "wasi-cli" / "wit").mkdir(parents=True)
    (root / "lib" / "wasi-cli" / "wit" / "cli.wit").write_text(WIT)
    path = executable(root / "bin" / "tinygo", STAND_IN.format(python=sys.executable, root=str(root)))
    monkeypatch.setenv("TINYGO", str(path))
    monkeypatch.setattr(script, "without_wasmtime", lambda: "No module named 'wasmtime'")
    return path


Check = Callable[[], tuple[int, list[str], str]]


@pytest.fixture
def check(capfd: pytest.CaptureFixture[str]) -> Check:
    """Runs the script: status, lines, and what it says on stderr."""

    def run() -> tuple[int, list[str], str]:
        status = script.main()
        captured = capfd.readouterr()
        return status, captured.out.splitlines(), captured.err

    return run


@pytest.fixture
def real(the_reference: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WASM_TOOLS_REFERENCE", str(the_reference))
    return the_reference


@pytest.mark.slow
def test_all_is_the_same(check: Check, real: Path) -> None:
    status, lines, _ = check()
    assert status == 0, lines
    assert "for want of wasmtime" in lines[2]
    assert [line.partition(":")[0] for line in lines[3:-1]] == [*script.EXPECTED, "world", *script.FAILING]
    assert all("the same" in line and line.endswith("bytes, not run") for line in lines[3:8])
    assert lines[8:10] == [f"{name}: fails in the same words, status 1" for name in script.FAILING]
    assert lines[10] == "7 of 7 builds are as they should be; none was run"


@pytest.mark.slow
def test_what_differs_is_told(check: Check, real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of ours stands a real one that says more, or makes more, or less."""
    monkeypatch.setattr(script, "EXPECTED", {"hello": ([], "")})

    def instead(line: str) -> list[str]:
        other = executable(tmp_path / "other" / "wasm-tools", f'#!/bin/sh\n"{real}" "$@" || exit\n{line}\n')
        monkeypatch.setattr(script, "our_wasm_tools", lambda folder: other)
        status, lines, _ = check()
        assert status == 1
        return lines[3:]

    lines = instead('[ "$2" = new ] && printf "\\0" >> "$5"; exit 0')
    assert lines[0].startswith("hello: DIFFERS: ")
    assert lines[0].endswith(", where one ends")
    assert lines[-1].startswith("2 of 4 builds")
    lines = instead("echo warning >&2")
    assert lines[:5] == ["hello: DIFFERS: stderr:", "    - (nothing)", "    + warning", "    + warning", lines[4]]
    lines = instead("exit 3")
    assert "status 0 and 1" in lines[0]
    assert "only the real wasm-tools makes a component" in "\n".join(lines)


def test_a_prefix_is_a_difference() -> None:
    a, b = (script.Build(0, "", "", data) for data in (b"\0asm", b"\0asm1"))
    assert script.difference(a, a) is None
    assert script.difference(a, b) == "4 and 5 bytes, the same up to 0x4, where one ends"
    assert script.difference(b, a) == "5 and 4 bytes, the same up to 0x4, where one ends"
    c = script.Build(0, "", "", b"\1asm1")
    assert script.difference(a, c) == "4 and 5 bytes, first at 0x0"


def test_words_and_status_are_compared() -> None:
    a = script.Build(1, "", "error: a\n", None)
    assert script.difference(a, script.Build(2, "", "error: a\n", None)) == "status 1 and 2"
    assert script.difference(a, script.Build(1, "x", "error: b\n", b"")) == (
        "stdout:\n    - (nothing)\n    + x; stderr:\n    - error: a\n    + error: b; only ours makes a component"
    )
    assert script.without_scratch("/tmp/tinygo123/main: x") == script.without_scratch("/tmp/tinygo45/main: x")


def test_a_build_that_must_fail_has_to_reach_wasm_tools(tmp_path: Path) -> None:
    def verdict(name: str, status: int, stderr: str, component: bytes | None = None) -> tuple[bool, str]:
        made = script.Build(status, "", stderr, component)
        return script.verdict(name, made, made, tmp_path, False)

    assert verdict("a WIT error", 1, "error: `wasm-tools component embed` failed")[0]
    assert not verdict("a WIT error", 1, "error: no such package")[0]
    assert not verdict("an unknown world", 0, "", b"")[0]
    assert verdict("hello", 0, "", b"") == (True, "the same 0 bytes, not run")
    assert verdict("hello", 1, "no such package\n") == (False, "TinyGo can't build it: no such package")
    assert verdict("hello", 0, "") == (False, "TinyGo can't build it: status 0, without a word")


@pytest.mark.parametrize("variable", ["TINYGO", "WASM_TOOLS_REFERENCE"])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{0}/nowhere", "is not there"),
        ("{0}", "is a folder, not an executable"),
        ("{0}/plain", "can't be executed"),
        ("no-such-program", "is not on PATH"),
        ("bin/nowhere", "is not there, from {0}"),
    ],
)
def test_a_wrong_variable_is_told(
    variable: str, value: str, said: str, check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain").write_text("")
    monkeypatch.setenv(variable, value.format(tmp_path))
    status, lines, err = check()
    assert (status, lines) == (2, [])
    assert err == f"error: ${variable} names {value}, which {said}\n".format(tmp_path)


def test_relative_names_hold_in_every_folder(
    tmp_path: Path, tinygo: Path, the_reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real").symlink_to(the_reference)
    monkeypatch.setenv("TINYGO", "tinygo root/bin/tinygo")
    monkeypatch.setenv("WASM_TOOLS_REFERENCE", "./real")
    assert script.find_tinygo() == tinygo
    assert script.find_reference() == tmp_path / "real"
    monkeypatch.setenv("PATH", f"{tinygo.parent}{os.pathsep}{os.environ['PATH']}")
    for value in ("tinygo", ""):
        monkeypatch.setenv("TINYGO", value)
        assert script.find_tinygo() == tinygo


def test_without_tinygo_nothing_is_checked(check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TINYGO")
    monkeypatch.setenv("PATH", str(tmp_path))
    status, lines, _ = check()
    assert status == 0
    assert "nothing was checked" in lines[0]


def test_what_is_in_the_way_is_told(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = executable(tmp_path / "ours", f'#!/bin/sh\nexec "{sys.executable}" -m pywasmtools "$@"\n')
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WASM_TOOLS_REFERENCE", str(ours))
    assert check() == (2, [], f"error: {ours} is ours, and ours is not compared with itself\n")
    ours.write_text("#!/nowhere\n")
    assert check()[2] == f"error: {ours} can't be run: No such file or directory\n"
    ours.write_text("#!/bin/sh\nexit 2\n")
    monkeypatch.setattr(script, "EXPECTED", {})
    executable(tmp_path / "tinygo", "#!/bin/sh\necho /nowhere\n")
    monkeypatch.setenv("TINYGO", str(tmp_path / "tinygo"))
    status, _, err = check()
    assert status == 2
    assert err.startswith("error: TinyGo's own WIT is not there: /nowhere/lib/wasi-cli/wit")

    def unavailable() -> Path:
        raise ReferenceUnavailable("no cargo")

    monkeypatch.delenv("WASM_TOOLS_REFERENCE")
    monkeypatch.setattr(script, "reference", unavailable)
    assert check()[2] == "error: there is no real wasm-tools: no cargo\n"


def test_the_folder_of_the_program_is_not_on_pythons_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, "", ":", f"{tmp_path}:"):
        if value is None:
            monkeypatch.delenv("PYTHONPATH", raising=False)
        else:
            monkeypatch.setenv("PYTHONPATH", value)
        path = script.our_wasm_tools(tmp_path)
        assert path.stat().st_mode & stat.S_IXUSR
        folder = tmp_path / "program"
        executable(folder / "pywasmtools" / "__main__.py", "print('another')\n")
        executable(folder / "gc.py", "print('another')\n")
        done = subprocess.run([str(path), "--version"], cwd=folder, capture_output=True, text=True)
        assert done.stdout.startswith("wasm-tools ")


def test_components_are_run(tmp_path: Path, real: Path, tinygo: Path) -> None:
    pytest.importorskip("wasmtime")
    folder = tmp_path / "src"
    options = script.lay_out("world", tinygo, folder)
    made = script.build(tinygo, real, folder, options)
    assert script.verdict("world", made, made, folder, True) == (
        True,
        f"the same {len(made.component or b'')} bytes; runs under wasmtime",
    )
    made = script.build(tinygo, real, tmp_path / "src", [])
    assert script.verdict("hello", made, made, folder, True)[1].endswith("it printed '', not 'hello from TinyGo\\n'")
    assert not script.verdict("hello", script.Build(0, "", "", b"no"), script.Build(0, "", "", b"no"), folder, True)[0]


def test_without_wasmtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    assert "wasmtime" in (script.without_wasmtime() or "")
