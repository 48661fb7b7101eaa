"""A copy of a folder to run a command line in, twice from the same start: what it may read is there, and it writes nowhere else.

The copy lies below a scratch folder under its whole path, so that a path like `../wit` leads where it led: what it names
is copied too. An absolute path is made to lead into the copy. What can't be copied is refused in words.

Paths are strings, and little is loaded, for a build waits for this (`shadow.py`).
"""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod

MAX_COPY_BYTES = 512 * 1024 * 1024
"""More than this is not copied."""

LEFT_OUT = frozenset(
    {
        *(".git", ".hg", ".svn", ".jj", "node_modules", "target", "zig-cache", ".zig-cache", "__pycache__"),
        *(".venv", "venv", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".cache", ".idea", ".vscode"),
    }
)
"""Folders of version control, environments, caches and builds: not copied unless the command line names what is in them."""

DEVICES = ("/dev/", "/proc/self/fd/")
"""What begins so is no file that could be copied, and stays as it is."""


class CannotRun(Exception):
    """There is nothing to compare; the text says why."""


def needs_fork(command: str) -> None:
    """Raises CannotRun where processes can't be forked, as on Windows."""
    if not hasattr(os, "fork"):
        raise CannotRun(f"`{command}` forks processes, which this system can't do; `diff` works here")


def lies_in(path: str, folder: str) -> bool:
    """Whether an absolute path is a folder or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def copy_file(path: str, target: str) -> None:
    """A file's contents and mode. Raises OSError."""
    with open(path, "rb") as file, open(target, "wb") as out:
        while chunk := file.read(1 << 20):
            out.write(chunk)
        os.chmod(target, stat.S_IMODE(os.fstat(file.fileno()).st_mode))


class Place(ABC):
    """A copy of files below `root`, by their whole paths, in which a command line runs: its own folder there is `work`.

    Copies are made by `lay_out`, one at a time and each in the same place, so that both programs see the same paths.
    `argv` is the command line for the copy, `given` as it was given, `notes` what to know of it.
    """

    def __init__(self, folder: str, argv: list[str], root: str) -> None:
        self.folder = os.path.realpath(folder)
        self.root = os.path.join(os.path.realpath(root), "root")
        self.given = argv
        self.notes: list[str] = []
        self.named: list[str] = []
        """Absolute paths, normal, that the command line names."""
        self.argv = [self._redirected(word) for word in argv]

    @abstractmethod
    def lay_out(self) -> None:
        """Makes the copy anew. Raises CannotRun."""

    @property
    def work(self) -> str:
        """Where the command line runs."""
        return self.inside(self.folder)

    def inside(self, path: str) -> str:
        """Where an absolute path lies in the copy."""
        return self.root + path

    def clear(self) -> None:
        """Makes way for a new copy."""
        if os.path.exists(self.root):
            import shutil

            shutil.rmtree(self.root)

    def _redirected(self, word: str) -> str:
        """A word of the command line, the path in it absolute no more but into the copy; notes what it names.

        A path may follow an option (`-oPATH`, `--output=PATH`) or a name (`NAME=PATH`).
        """
        starts = [0, *[at + 1 for at, char in enumerate(word) if char == "="][:2]]
        if word.startswith("-") and not word.startswith("--"):
            starts.append(2)
        for start in starts:
            path = word[start:]
            if path.startswith(DEVICES) and not path.startswith("/dev/shm/"):
                return word
            if os.path.isabs(path):
                self._name(path)
                return word[:start] + self.root + path
            ups = os.path.normpath(path).split(os.sep).count(os.pardir)
            if ups:
                if ups > self.folder.rstrip(os.sep).count(os.sep):
                    raise CannotRun(f"`{path}` leads above the root of the file system")
                self._name(os.path.join(self.folder, path))
                return word
        for start in starts:
            path = os.path.join(self.folder, word[start:])
            if word[start:] and (os.path.lexists(path) or os.path.isdir(os.path.dirname(path))):
                self._name(path)
        return word

    def _name(self, path: str) -> None:
        self.named.append(os.path.normpath(path))

    def shown(self, path: str) -> str:
        """A path as it is told: from the folder where it lies in it."""
        return os.path.relpath(path, self.folder) if lies_in(path, self.folder) else path

    def snapshot(self) -> dict[str, bytes]:
        """Every file and link of the copy, by the path as it is told, with the hash of what it holds."""
        import hashlib

        found = {}
        for folder, below, names in os.walk(self.root):
            for name in [*names, *(name for name in below if os.path.islink(os.path.join(folder, name)))]:
                path = os.path.join(folder, name)
                mode = os.lstat(path).st_mode
                if stat.S_ISLNK(mode):
                    found[self.shown(path.removeprefix(self.root))] = b"link to " + os.fsencode(os.readlink(path))
                elif stat.S_ISREG(mode):
                    with open(path, "rb") as file:
                        digest = hashlib.file_digest(file, "sha256").digest()
                    found[self.shown(path.removeprefix(self.root))] = digest
        return found

    def contents(self, name: str) -> bytes:
        """What a file of the copy holds; the snapshot's name for it."""
        path = self.inside(os.path.join(self.folder, name))
        if os.path.islink(path):
            return b"link to " + os.fsencode(os.readlink(path))
        with open(path, "rb") as file:
            return file.read()


class Workplace(Place):
    """Copies of a folder, and of what a command line names outside it; without `whole` of what it names alone."""

    def __init__(self, folder: str, argv: list[str], root: str, whole: bool = True) -> None:
        super().__init__(folder, argv, root)
        self.whole = whole
        self.copied = 0
        self.skipped: set[str] = set()
        self.followed: list[str] = []
        """Where the links lead that are being copied."""

    def lay_out(self) -> None:
        """Makes the copy anew. Raises CannotRun."""
        self.clear()
        self.copied = 0
        self.skipped.clear()
        os.makedirs(self.work)
        if self.whole:
            self._copy(self.folder, self.work, True)
        for path in self.named:
            self._copy_named(path)
        self.notes = [f"not copied: {', '.join(sorted(self.skipped))}"] if self.skipped else []

    def _copy_named(self, path: str) -> None:
        """What the command line names, wherever it lies; where it is not there, the folder that it would lie in.

        Raises CannotRun for what is no file or folder.
        """
        parent = os.path.dirname(path)
        if os.path.isdir(parent):
            os.makedirs(self.inside(parent), exist_ok=True)
        if not os.path.lexists(path):
            return
        mode = (os.stat(path) if os.path.exists(path) else os.lstat(path)).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)):
            what = "a FIFO" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
            raise CannotRun(f"`{self.shown(path)}` is {what}, and can't be copied")
        self._copy(path, self.inside(path), True)

    def _copy(self, path: str, target: str, is_named: bool = False) -> None:
        """A file, folder or link into the copy, unless it is there."""
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            self._copy_link(path, target)
        elif stat.S_ISDIR(mode):
            self._copy_folder(path, target, is_named)
        elif stat.S_ISREG(mode):
            self._copy_file(path, target)
        else:
            self.skipped.add(f"{self.shown(path)} (no file)")

    def _copy_folder(self, path: str, target: str, is_named: bool) -> None:
        """A folder and all in it."""
        if not is_named and (os.path.basename(path) in LEFT_OUT or os.path.exists(os.path.join(path, "pyvenv.cfg"))):
            self.skipped.add(f"{self.shown(path)}/")
            return
        if lies_in(self.root, os.path.realpath(path)):
            raise CannotRun(f"`{self.shown(path)}` holds the folder for scratch files; run the command elsewhere")
        os.makedirs(target, exist_ok=True)
        try:
            with os.scandir(path) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError as e:
            self.skipped.add(f"{self.shown(path)}/ ({e.strerror})")
            return
        for name in names:
            self._copy(os.path.join(path, name), os.path.join(target, name))

    def _copy_file(self, path: str, target: str) -> None:
        """A file, with its mode."""
        if os.path.lexists(target):
            return
        self.copied += os.stat(path).st_size
        if self.copied > MAX_COPY_BYTES:
            raise CannotRun(
                f"more than {MAX_COPY_BYTES >> 20} MiB would be copied; run the command in a smaller folder"
            )
        os.makedirs(os.path.dirname(target), exist_ok=True)
        try:
            copy_file(path, target)
        except OSError as e:
            if path in self.named:
                raise CannotRun(f"`{self.shown(path)}` can't be copied: {e.strerror}") from None
            self.skipped.add(f"{self.shown(path)} ({e.strerror})")

    def _copy_link(self, path: str, target: str) -> None:
        """A link that leads to what is copied too stays one; another becomes what it leads to, so that none leads out."""
        if os.path.lexists(target):
            return
        leads_to = os.path.realpath(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(path) or lies_in(leads_to, self.folder):
            text = os.readlink(path)
            os.symlink(self.root + text if os.path.isabs(text) else text, target)
        elif lies_in(self.folder, leads_to) or leads_to in self.followed:
            self.skipped.add(f"{self.shown(path)} (leads to a folder around it)")
        else:
            self.followed.append(leads_to)
            self._copy(leads_to, target, True)
            self.followed.pop()


class Kept(Place):
    """Copies of files that were copied before, into the folder `source`."""

    def __init__(self, folder: str, argv: list[str], root: str, source: str) -> None:
        super().__init__(folder, argv, root)
        self.source = source

    def lay_out(self) -> None:
        """Makes the copy anew."""
        self.clear()
        import shutil

        shutil.copytree(self.source, self.root, symlinks=True)
        os.makedirs(self.work, exist_ok=True)
