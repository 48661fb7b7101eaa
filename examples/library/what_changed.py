"""Tells what changed between two versions of a package, or two components: what_changed.py OLD NEW"""

import sys
from pathlib import Path

from pywasmtools import explain

difference = explain(Path(sys.argv[1]), Path(sys.argv[2]))
print("nothing changed" if difference.same else difference)
gone = [change for change in difference.changes() if change.kind == "removed" and change.what == "function"]
for function in gone:
    print(f"gone: {function.before}")
