"""Takes an import out of a world, adds a function, says since when, and prints it: change_and_print.py WIT"""

import sys
from pathlib import Path

from pywasmtools import Stability, parse_wit

resolve = parse_wit(Path(sys.argv[1]))
del resolve.world().imports["log"]
store = resolve.interface("store")
store.add("/// How many there are.\n count: func(by: order) -> u64;")
store.functions["count"].stability = Stability(since="0.2.0")
store.functions["describe"].rename("info-of")
print(resolve, end="")
