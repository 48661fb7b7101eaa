"""Runs a script in a process whose tables have rows more: a drill for what a new row needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PRELUDE = '''
import importlib, sys, types
from pathlib import Path

def load(name, place, rows):
    """Imports a module of the package from its source, with rows put in before `place`."""
    path = Path(*name.split(".")).with_suffix(".py")
    source = path.read_text(encoding="utf-8")
    assert source.count(place) == 1, (name, place)
    module = types.ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(source.replace(place, rows + place), f"<{name}, with rows more>", "exec"), module.__dict__)
    parent, _, child = name.rpartition(".")
    setattr(importlib.import_module(parent), child, module)
'''


def run_with_rows(rows: dict[tuple[str, str], str], script: str) -> str:
    """What the script prints. `rows` has by (module, what they are put in before) the lines that are added."""
    loads = "".join([f"load({name!r}, {place!r}, {lines!r})\n" for (name, place), lines in rows.items()])
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + loads + script], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
