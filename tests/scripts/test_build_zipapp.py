"""The command as one file: the same bytes at every build, the same command, and nothing run out of another's folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT, load_script

from pywasmtools import component_wit
from pywasmtools.release import VERSION_LINE

build_zipapp = load_script(ROOT / "scripts" / "build_zipapp.py")
WIT = b"package a:b; world w { export f: func(x: u8); }"
HOSTILE = "raise SystemExit('hostile')\n"


@pytest.fixture(scope="module")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zipapp") / "wasm-tools.pyz"
    path.write_bytes(build_zipapp.archive())
    path.chmod(0o755)
    path.with_name("a.wit").write_bytes(WIT)
    return path


def run(pyz: Path, cache: Path | str, *args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Runs it as a user does: nothing of this tree is in the path."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env["PYWASMTOOLS_ZIPAPP_CACHE"] = str(cache)
    env["PYTHONDONTWRITEBYTECODE"] = "1"  # many containers have it
    return subprocess.run([sys.executable, str(pyz), *args], capture_output=True, env=env, cwd=cwd)


def unpacked(cache: Path) -> Path:
    (folder,) = (cache / "pywasmtools").iterdir()
    return folder


def works(pyz: Path, cache: Path | str) -> bool:
    done = run(pyz, cache, "component", "wit", str(pyz.with_name("a.wit")))
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout == component_wit(WIT)


def test_the_same_tree_gives_the_same_bytes(pyz: Path) -> None:
    assert build_zipapp.archive() == pyz.read_bytes()
    with zipfile.ZipFile(pyz) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert names[0] == "__main__.py" and "pywasmtools/cli/main.py" in names and "LICENSE" in names
    assert not [name for name in names if name.startswith("pywasmtools/lab/")]


def test_the_first_run_unpacks_and_the_next_starts_there(pyz: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for _ in range(2):
        done = run(pyz, tmp_path, "--version")
        assert (done.returncode, done.stdout.decode().strip(), done.stderr) == (0, VERSION_LINE, b"")
    folder = unpacked(tmp_path)
    assert (folder / "pywasmtools" / "cli" / "main.py").is_file()
    assert list(folder.rglob("*.pyc")), "bytecode is kept"
    if os.name != "nt":
        assert folder.stat().st_mode & 0o777 == 0o700
    # It is this folder that runs.
    (folder / "pywasmtools" / "release.py").write_text(HOSTILE)
    assert b"hostile" in run(pyz, tmp_path, "--version").stderr


def test_first_runs_at_once(pyz: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: works(pyz, tmp_path), range(4)))
    assert unpacked(tmp_path).is_dir()


@pytest.mark.parametrize("cache", ["", "a file", "gone"])
def test_without_a_cache(cache: str, pyz: Path, tmp_path: Path) -> None:
    """Nothing can be kept, so all is loaded from the archive."""
    if cache:
        (tmp_path / "a file").write_text("")
        cache = str(tmp_path / "a file" / cache)
    assert works(pyz, cache)


def test_a_folder_that_others_can_write_is_not_run(pyz: Path, tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has a cache folder a user")
    tmp_path.chmod(0o755)
    assert works(pyz, tmp_path)
    folder = unpacked(tmp_path)
    (folder / "pywasmtools" / "__init__.py").write_text(HOSTILE)
    for open_folder in (folder, folder.parent, tmp_path):
        mode = open_folder.stat().st_mode & 0o777
        open_folder.chmod(0o777)
        assert works(pyz, tmp_path)
        open_folder.chmod(mode)
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
        assert works(pyz, tmp_path)
        os.chown(folder, 0, 0)
    elsewhere = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(elsewhere)
    assert works(pyz, tmp_path)


def test_a_hostile_working_folder(pyz: Path, tmp_path: Path) -> None:
    """Nothing is loaded from the folder it is run in."""
    for name in ("pywasmtools.py", "zipfile.py", "os.py", "shutil.py"):
        (tmp_path / name).write_text(HOSTILE)
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o755)
    for _ in range(2):
        assert run(pyz, cache, "--version", cwd=tmp_path).stdout.decode().strip() == VERSION_LINE
