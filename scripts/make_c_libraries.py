"""Dynamic libraries of the C programs in `examples/c/`, as clang and wasm-ld make them.

    python scripts/make_c_libraries.py     fetches the compiler and builds what is missing; prints where each file is

The compiler comes from PyPI (`ziglang`, which has clang and LLD). Everything lies in the user's cache folder and is made
once; a library is made again when its program changes. The tests in `tests/test_c_libraries.py` use what is there.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "examples" / "c"
ZIG = "ziglang==0.17.1"
LIBRARIES = {
    "libc.so": [],
    "libstore.so": [],
    "app.so": ["libstore.so", "libc.so"],
    "plugin.so": [],
    "asks.so": ["libc.so"],
}
"""Each library and those that it is linked with, which it then says that it needs."""

COMPILE = ["cc", "-target", "wasm32-freestanding", "-fPIC", "-O1", "-g0", "-fvisibility=default", "-fno-builtin", "-c"]
LINK = ["wasm-ld", "-shared", "--experimental-pic", "--export-dynamic", "--unresolved-symbols=import-dynamic"]


def cache() -> Path:
    """The folder that everything lies in."""
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "pywasmtools-c"


def made() -> dict[str, Path]:
    """Where each library is or would be: in a folder named by what the programs say, and by the toolchain."""
    digest = hashlib.sha256(" ".join([ZIG, *COMPILE, *LINK]).encode())
    for path in sorted(PROGRAMS.glob("*.c")):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    folder = cache() / "libraries" / digest.hexdigest()[:12]
    return {name: folder / name for name in LIBRARIES}


def toolchain() -> Path:
    """The `zig` executable, installed into the cache on first use."""
    folder = cache() / ZIG
    if not (folder / ".done").exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*command, "--target", str(folder), ZIG], check=True)
        (folder / ".done").touch()
    executable = folder / "ziglang" / ("zig.exe" if os.name == "nt" else "zig")
    if os.name != "nt":
        executable.chmod(0o755)
    return executable


def make() -> dict[str, Path]:
    """Builds what is missing. Raises OSError or CalledProcessError where it can't."""
    found = made()
    if all(path.exists() for path in found.values()):
        return found
    zig = str(toolchain())
    builds = str(cache() / "build")
    env = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": builds, "ZIG_LOCAL_CACHE_DIR": builds}
    with tempfile.TemporaryDirectory() as scratch:
        for name, needed in LIBRARIES.items():
            source = PROGRAMS / f"{name.removesuffix('.so')}.c"
            subprocess.run([zig, *COMPILE, str(source), "-o", "one.o"], cwd=scratch, env=env, check=True)
            subprocess.run([zig, *LINK, "one.o", *needed, "-o", name], cwd=scratch, env=env, check=True)
        for name, path in found.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes((Path(scratch) / name).read_bytes())
            part.replace(path)
    return found


if __name__ == "__main__":
    for kind, place in make().items():
        print(f"{kind:<16}{place.stat().st_size:>10}  {place}")
