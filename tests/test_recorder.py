"""Who records goldens is the real executable: a copy of ours, a script and a launcher are refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, environment
from recorder import NotTheReference, check_real

OURS = "import sys\nfrom pywasmtools.cli.main import entry\nsys.exit(entry())\n"


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_reference_is_real(the_reference: Path) -> None:
    assert check_real(the_reference).startswith("wasm-tools ")


def test_scripts_are_refused(tmp_path: Path, the_reference: Path) -> None:
    """The entry point of ours as pip writes it, and a shim that hands everything on to the real one."""
    for text in (f"#!{sys.executable}\n{OURS}", f'#!/bin/sh\nexec "{the_reference}" "$@"\n'):
        with pytest.raises(NotTheReference, match="is a script"):
            check_real(script(tmp_path / "wasm-tools", text))


def test_another_native_program_is_refused() -> None:
    with pytest.raises(NotTheReference, match="does not say that it is wasm-tools"):
        check_real(Path(sys.executable).resolve())


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_a_native_launcher_of_ours_is_refused(tmp_path: Path, the_reference: Path) -> None:
    """It is native, and prints the version; but `smith`, which we hand on to the next on PATH, it can't."""
    (tmp_path / "ours.py").write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{OURS}")
    call = f'execl("{sys.executable}", "python", "{tmp_path}/ours.py", n > 1 ? v[1] : (char *)0, (char *)0)'
    (tmp_path / "main.c").write_text(f"#include <unistd.h>\nint main(int n, char **v) {{ return {call}; }}\n")
    launcher = tmp_path / "wasm-tools"
    subprocess.run(["cc", "-o", str(launcher), str(tmp_path / "main.c")], check=True)
    with pytest.raises(NotTheReference, match="has no `smith` of its own"):
        check_real(launcher)


@pytest.mark.slow
def test_recording_from_ours_ends_before_it_begins(tmp_path: Path) -> None:
    fake = script(tmp_path / "wasm-tools", f"#!{sys.executable}\n{OURS}")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(ROOT / "tests" / "cli" / "test_clap.py")]
    done = subprocess.run(
        [*command, "--snapshot-update", f"--goldens={tmp_path / 'golden'}"],
        cwd=ROOT,
        env=environment(WASM_TOOLS_REFERENCE=str(fake)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "goldens come from the real wasm-tools alone" in done.stderr
    assert not (tmp_path / "golden").exists()
