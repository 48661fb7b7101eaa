"""Where a case comes from: a folder that was kept, of `fuzz` or of `shadow`, or a command line in the current folder."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from pywasmtools.lab.case import RECORD, Case
from pywasmtools.lab.workplace import CannotRun, Kept, Place, Workplace


def case_of(words: list[str], folder: Path, stdin: bytes) -> Case:
    """The case that a folder holds, where its name is all that is given, else that of a command line in `folder`.

    Raises CannotRun.
    """
    if len(words) == 1:
        kept = folder / words[0]
        if (kept / RECORD).is_file():
            return kept_case(kept)
        if kept.is_dir():
            raise CannotRun(f"`{words[0]}` holds no case: there is no {RECORD} in it")
    argv = words[1:] if words[:1] == ["wasm-tools"] else words
    with tempfile.TemporaryDirectory(prefix="pywasmtools-reduce-") as scratch:
        return laid_out(Workplace(str(folder), argv, scratch), stdin)


def kept_case(folder: Path) -> Case:
    """The case in a folder that `fuzz`, `reduce` or `shadow` wrote. Raises CannotRun."""
    try:
        line = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if "folder" not in line:
            return Case.load(folder)
        stdin = folder / "stdin"
        with tempfile.TemporaryDirectory(prefix="pywasmtools-reduce-") as scratch:
            place = Kept(line["folder"], line["argv"], scratch, str(folder / "root"))
            return laid_out(place, stdin.read_bytes() if stdin.exists() else b"")
    except (OSError, ValueError, KeyError) as e:
        raise CannotRun(f"`{folder}` holds no case that can be read: {e}") from None


def laid_out(place: Place, stdin: bytes) -> Case:
    """The case of a copy of files: those outside the folder that it runs in go below it, under their whole paths."""
    place.lay_out()
    files = {}
    for where, _, names in os.walk(place.root):
        for name in sorted(names):
            path = os.path.join(where, name)
            if os.path.isfile(path):
                files[moved(place, path)] = Path(path).read_bytes()
    return Case(tuple(rewritten(place, word) for word in place.argv), files, stdin)


def moved(place: Place, path: str) -> str:
    """Where an absolute path in the copy lies in the case."""
    inside = os.path.relpath(path, place.work)
    if inside.split(os.sep)[0] == os.pardir:
        inside = os.path.relpath(path, place.root)
    return inside.replace(os.sep, "/")


def rewritten(place: Place, word: str) -> str:
    """A word of the command line, with paths that lead out of the folder, or are absolute, leading into the case."""
    starts = [0, *[at + 1 for at, char in enumerate(word) if char == "="][:2]]
    if word.startswith("-") and not word.startswith("--"):
        starts.append(2)
    for start in starts:
        path = word[start:]
        if os.path.isabs(path) and path.startswith(place.root):
            return word[:start] + moved(place, path)
        if os.pardir in path.split(os.sep):
            return word[:start] + moved(place, os.path.normpath(os.path.join(place.work, path)))
    return word
