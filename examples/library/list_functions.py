"""Lists the functions of a world with their types: list_functions.py WIT [WORLD]"""

import sys
from pathlib import Path

from pywasmtools import parse_wit

world = parse_wit(Path(sys.argv[1])).world(*sys.argv[2:])
for word, functions in (("import", world.imported_functions), ("export", world.exported_functions)):
    for function in functions:
        print(word, function.owner, function)
