"""A fixture for what a process has beside its files: arguments of any bytes, an environment, terminals and pipes."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import environment, unmeasured

CHANGED = (
    *("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "COLORTERM", "CI", "COLUMNS", "LINES"),
    *("LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONCOERCECLOCALE", "PYTHONIOENCODING"),
)
"""Variables that a process here has only where a test gives them."""


MEASURED = 4
"""How many runs of a test are measured for coverage: the others go the same ways, and measuring takes most of the time."""


class Done(NamedTuple):
    """What came of a process."""

    status: int
    out: bytes
    err: bytes

    def told(self) -> str:
        """All of it as one text; escape characters and what is not UTF-8 are made visible."""
        parts = [f"status {self.status}"]
        for name, data in (("stdout", self.out), ("stderr", self.err)):
            if data:
                text = data.decode("utf-8", "backslashreplace").replace("\x1b", "\\e").replace("\r\n", "\n")
                parts.append(f"--- {name}\n{text.removesuffix(chr(10))}")
        return "\n".join(parts) + "\n"


Process = Callable[..., Done]


@pytest.fixture
def process(tmp_path: Path, program: list[str]) -> Process:
    """`process(["component", "wit", b"\\xff"], {"TERM": "xterm"}, terminals="--t")`, in `tmp_path / "work"`.

    `terminals` has a letter for each of stdin, stdout and stderr: `t` is a terminal of its own, `-` is not one; `size`
    are rows and columns of the terminals, for all or for each. `program` is another than ours,
    `folder` another than that, `before` is called in the process before the program.
    """
    folder = tmp_path / "work"
    folder.mkdir()
    runs: list[None] = []

    def execute(
        argv: Sequence[str | bytes],
        env: dict[str, str] | None = None,
        terminals: str = "---",
        size: tuple[int, int] | list[tuple[int, int]] = (0, 0),
        program: Sequence[str | bytes] = program,
        folder: Path = folder,
        before: Callable[[], None] | None = None,
    ) -> Done:
        runs.append(None)
        base = environment() if len(runs) <= MEASURED else unmeasured()
        whole = {k: v for k, v in base.items() if k not in CHANGED} | (env or {})
        sizes = size if isinstance(size, list) else [size] * 3
        ends, read = [], []
        for fd, kind in enumerate(terminals):
            ours, theirs = terminal(sizes[fd]) if kind == "t" else os.pipe()
            if fd == 0 and kind != "t":
                ours, theirs = theirs, ours
            ends.append(theirs)
            read.append(Reader(ours, fd > 0))
        os.set_inheritable(ends[0], True)
        try:
            running = subprocess.Popen(
                [*program, *argv],
                env=whole,
                cwd=folder,
                stdin=ends[0],
                stdout=ends[1],
                stderr=ends[2],
                preexec_fn=before,
            )
        finally:
            for end in ends:
                os.close(end)
        if terminals[0] != "t":
            read[0].close()
        status = running.wait(60)
        out, err = read[1].all(), read[2].all()
        read[0].close()
        assert b"Traceback (most recent call last)" not in err, err.decode()
        return Done(status, out, err)

    return execute


def terminal(size: tuple[int, int]) -> tuple[int, int]:
    """A new pseudo-terminal: our end and the process's."""
    if sys.platform == "win32":
        pytest.skip("not on Windows")
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    return ours, theirs


class Reader:
    """Reads a descriptor to its end, beside the process that fills it."""

    def __init__(self, fd: int, reads: bool) -> None:
        self.fd = fd
        self.parts: list[bytes] = []
        self.thread = threading.Thread(target=self.read)
        if reads:
            self.thread.start()

    def read(self) -> None:
        try:
            while part := os.read(self.fd, 1 << 16):
                self.parts.append(part)
        except OSError:
            pass  # a terminal whose other end is closed

    def all(self) -> bytes:
        self.thread.join(60)
        self.close()
        return b"".join(self.parts)

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1


LOCALES: dict[str, dict[str, str]] = {
    "none": {},
    "C": {"LC_ALL": "C"},
    "POSIX": {"LANG": "POSIX"},
    "C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "C, and Python as strict as can be": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "UTF-8 mode": {"LC_ALL": "C", "PYTHONUTF8": "1"},
    "streams of another encoding": {"PYTHONIOENCODING": "utf-16:strict"},
    "one that there is not": {"LC_ALL": "nonsense"},
}
"""Environments by what is odd about their encoding."""


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """`LOCALES`, with two of another encoding where the system can make them."""
    found = dict(LOCALES)
    folder = tmp_path_factory.mktemp("locales")
    for language, charmap in (("en_US", "ISO-8859-1"), ("ja_JP", "EUC-JP")):
        name = f"{language}.{charmap}"
        try:
            subprocess.run(["localedef", "-i", language, "-f", charmap, str(folder / name)], capture_output=True)
        except OSError:
            continue
        if (folder / name).is_dir():
            found[charmap] = {"LC_ALL": name, "LOCPATH": str(folder), "PYTHONUTF8": "0"}
    return found


NEEDS_TERMINALS = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
