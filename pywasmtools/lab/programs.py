"""The two programs that are compared: the reference, a real wasm-tools, and the subject, ours unless another is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pywasmtools.cli.handing_on import find_real
from pywasmtools.lab.workplace import CannotRun
from pywasmtools.release import VERSION

ROOT = str(Path(__file__).resolve().parent.parent.parent)
"""The folder that the package lies in."""

OURS = [
    *(sys.executable, "-I", "-c"),
    f"import sys; sys.path.insert(0, {ROOT!r}); from pywasmtools.cli.main import entry; entry()",
]
"""Our command, from this installation: nothing is imported from the folder that it runs in, or that the environment names."""


@dataclass(frozen=True)
class Program:
    """What runs: `command` stands before the arguments, `title` is how it is called, `says` is what it says of its release."""

    command: list[str]
    title: str
    says: str


def reference(path: Path | None) -> Program:
    """The real wasm-tools at `path`, or the first one on PATH. Raises CannotRun."""
    found = find_real() if path is None else executable(path)
    if found is None:
        raise CannotRun("no real wasm-tools: name one with --reference or $WASM_TOOLS_REFERENCE, or put it on PATH")
    return program([os.path.abspath(found)])


def subject(path: Path | None) -> Program:
    """The executable at `path`, or ours. Raises CannotRun."""
    return (
        Program(OURS, "pywasmtools", first_line(OURS)) if path is None else program([os.path.abspath(executable(path))])
    )


def program(command: list[str]) -> Program:
    """A program that is run as it is, by its own name: a link's name may say what is to be run."""
    return Program(command, command[0], first_line(command))


def executable(path: Path) -> str:
    """The file that a shell would run for a path or name; one in this folder may go without `./`. Raises CannotRun."""
    found = shutil.which(path) or shutil.which(os.path.join(os.curdir, path))
    if found is None:
        raise CannotRun(f"`{path}` can't be run: there is no such executable")
    return found


def first_line(command: list[str]) -> str:
    """The first line of `--version`; empty where there is none within ten seconds."""
    with tempfile.TemporaryDirectory(prefix="pywasmtools-") as scratch:
        try:
            done = subprocess.run([*command, "--version"], cwd=scratch, input=b"", capture_output=True, timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            return ""
    return done.stdout.decode(errors="replace").partition("\n")[0].strip()


def release_in(line: str) -> str | None:
    """The release that the first line of `--version` tells; None where it is no such line."""
    words = line.split()
    return words[1] if len(words) > 1 and words[0] == "wasm-tools" else None


def release_of(executable: str) -> str | None:
    """The release that a wasm-tools says it is; None where it doesn't say."""
    return release_in(first_line([os.path.abspath(executable)]))


def note_on(release: str | None, other: str | None = VERSION) -> str | None:
    """One line where the release of a real wasm-tools is another one than ours; None where it is the same, or not said."""
    if release is None or other is None or release == other:
        return None
    return f"the real wasm-tools is release {release}, ours is {other}: what differs may be the release"
