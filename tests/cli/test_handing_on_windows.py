"""The parts of handing on that Windows has otherwise, as far as they can be run anywhere."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pywasmtools.cli import handing_on_windows as windows


def test_names_come_from_pathext(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATHEXT", ".EXE;.Py;;.exe;nonsense")
    assert windows.names() == ["wasm-tools.exe", "wasm-tools.py"]
    for value in ("", None):
        monkeypatch.setenv("PATHEXT", value) if value is not None else monkeypatch.delenv("PATHEXT")
        assert windows.names() == ["wasm-tools.com", "wasm-tools.exe", "wasm-tools.bat", "wasm-tools.cmd"]


def test_folders_lose_their_quotes_and_empty_ones_count_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sep = os.pathsep
    monkeypatch.setenv("PATH", f'a{sep}{sep}"b c"{sep}')
    assert windows.folders() == ["a", "b c"]
    monkeypatch.delenv("PATH")
    assert windows.folders() == []


def test_the_script_that_started_us_may_have_lost_its_extension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wasm-tools.exe").touch()
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "wasm-tools")])
    assert windows.script() == str(tmp_path / "wasm-tools.exe")
    (tmp_path / "wasm-tools").touch()
    assert windows.script() == str(tmp_path / "wasm-tools")
    monkeypatch.setattr(sys, "argv", [])
    assert windows.script() == ".exe"


def test_a_run() -> None:
    code = "import sys; print(1); sys.stdout.flush(); print(2, file=sys.stderr); print(sys.stdin.read()); sys.exit(5)"
    status, output = windows.run([sys.executable, "-c", code], dict(os.environ), 60, 1 << 16, b"given")
    assert (status, output.split()) == (5, [b"1", b"2", b"given"])
    large = "import os; os.write(1, b'x' * 70000)"
    assert windows.run([sys.executable, "-c", large], dict(os.environ), 60, 60000) == (0, b"x" * 60000)
    slow = "import time; print(3, flush=True); time.sleep(30)"
    status, output = windows.run([sys.executable, "-c", slow], dict(os.environ), 2, 99)
    assert (status, output.split()) == (None, [b"3"])
    with pytest.raises(OSError):
        windows.run([str(Path("nowhere") / "x.exe")], dict(os.environ), 60, 99)


def test_what_a_shell_of_windows_would_take_apart_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert windows.can_take(["x.exe", '"&calc'])
    assert windows.can_take(["x.CMD", "a b", "--c=d"])
    for argument in ('"', "%PATH%", "a&b", "a|b", "a^b", "<", ">", "(", ")", "a!", "a\nb"):
        assert not windows.can_take(["x.CMD", "print", argument])
    with pytest.raises(PermissionError):
        windows.run(["x.bat", "&"], {}, 1, 1)
    assert windows.run_in_our_place(["x.bat", "&"]) is None


def test_the_status_is_passed_on_and_signals_are_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []

    class Done:
        returncode = 9

    def noted(argv: list[str]) -> Done:
        given.append(argv)
        assert all(_signal.getsignal(number) == _signal.SIG_IGN for number in windows.stops())
        if argv[0] == "broken":
            raise OSError
        Done.returncode = 0xC000013A if argv[0] == "crash" else 9
        return Done()

    monkeypatch.setattr(subprocess, "run", noted)
    before = _signal.getsignal(_signal.SIGINT)
    assert windows.run_in_our_place(["p", "a", "b"]) == 9
    assert windows.run_in_our_place(["broken"]) is None
    assert windows.run_in_our_place(["crash"]) == 0xC000013A - (1 << 32)
    assert _signal.getsignal(_signal.SIGINT) == before
    assert given == [["p", "a", "b"], ["broken"], ["crash"]]
