"""Tells what changed between two versions of a package, or two components, as WIT: what_changed.py OLD NEW"""

import sys
from pathlib import Path

from pywasmtools import explain

difference = explain(Path(sys.argv[1]), Path(sys.argv[2]))
print("nothing changed" if difference.same else difference)
for change in difference.world:
    for inner in change.walk():
        if inner.what == "function" and inner.kind == "removed":
            print(f"{inner.name} of {change.name} is gone: {inner.before}")
sys.exit(0 if difference.compatible else 1)
