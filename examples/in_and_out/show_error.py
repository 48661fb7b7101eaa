"""Shows what is wrong with WIT as an editor does, with a line under it: show_error.py WIT"""

import sys
from pathlib import Path

from pywasmtools import WasmToolsError, parse_wit

try:
    parse_wit(Path(sys.argv[1]))
except WasmToolsError as e:
    print(f"{e.path}:{e.line}:{e.column}: {e.message}")
    if e.path and e.line and e.column:
        print(Path(e.path).read_text().splitlines()[e.line - 1])
        print(" " * (e.column - 1) + "~" * max(1, (e.end_column or 0) - e.column))
