"""A copy of the package with a fault planted in it, as an executable that `--subject` takes."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import pywasmtools


def planted(folder: Path, file: str, old: str, new: str) -> Path:
    """Copies the package into a folder, with `new` in place of `old`, which stands in a file of it once."""
    copy = folder / "copy" / "pywasmtools"
    shutil.copytree(Path(pywasmtools.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__", "lab"))
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old)
    path.write_text(text.replace(old, new), encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(copy.parent)!r}); from pywasmtools.cli.main import entry; entry()"
    script = folder / "planted"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -S -c {shlex.quote(code)} "$@"\n')
    script.chmod(0o755)
    return script
