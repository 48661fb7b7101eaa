"""The real executable, for goldens and comparisons: where it is, and that it is no copy of ours."""

from __future__ import annotations

import functools
import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

from versions import LINE

ROOT = Path(__file__).parent.parent

NATIVE = (
    b"\x7fELF",
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"),
    b"MZ",
)
"""How native executables begin: ELF, Mach-O of either byte order and in a bundle, PE."""

MODULE = b"\0asm\x01\0\0\0"


class NotTheReference(Exception):
    """The executable is not a wasm-tools of its own; the text says why."""


def load_script(path: Path) -> ModuleType:
    """A script of the project, outside the package, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_real(executable: Path) -> str:
    """The first line of its `--version`. Raises NotTheReference for a script, a launcher or a copy of ours.

    It is native code, and has a subcommand that ours has not, while it can't find Python, ours, or another wasm-tools to
    hand the command on to: PATH is empty, and so is the rest of the environment.
    """
    with executable.open("rb") as file:
        if not file.read(4).startswith(NATIVE):
            raise NotTheReference(f"{executable} is a script, not the real wasm-tools")
    env = {"PATH": "", **{k: v for k, v in os.environ.items() if k == "SYSTEMROOT"}}

    def answer(*argv: str, stdin: bytes = b"") -> bytes:
        done = subprocess.run([str(executable), *argv], input=stdin, capture_output=True, env=env, timeout=60)
        return done.stdout if done.returncode == 0 else b""

    said = answer("--version").decode("utf-8", "replace").strip()
    if LINE.fullmatch(said) is None:
        raise NotTheReference(f"{executable} does not say that it is wasm-tools: {said[:80]!r}")
    if not answer("smith", stdin=bytes(range(256))).startswith(MODULE):
        raise NotTheReference(f"{executable} has no `smith` of its own: it is a copy of ours or hands commands on")
    return said


@functools.cache
def recorder() -> tuple[Path, str]:
    """The real executable, and the first line of its `--version`. Raises NotTheReference."""
    found: Path = load_script(ROOT / "scripts" / "reference.py").reference()
    return found, check_real(found)


def reference() -> Path:
    """The real executable. Raises NotTheReference."""
    return recorder()[0]
