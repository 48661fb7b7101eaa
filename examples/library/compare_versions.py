"""Tells which functions came, went or changed between two versions of a package: compare_versions.py OLD NEW"""

import sys
from pathlib import Path

from pywasmtools import parse_wit


def functions(path: str) -> dict[str, str]:
    interfaces = parse_wit(Path(path)).package().interfaces.values()
    return {f"{i.name}: {f.name}": str(f) for i in interfaces for f in i.functions.values()}


old, new = functions(sys.argv[1]), functions(sys.argv[2])
for name in sorted({*old, *new}):
    if old.get(name) != new.get(name):
        print(name, old.get(name, "added"), new.get(name, "removed"), sep="\n  ")
