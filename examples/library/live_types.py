"""Lists the types that a world needs, each after those that it is made of: live_types.py WIT [WORLD]"""

import sys
from pathlib import Path

from pywasmtools import parse_wit

for type_ in parse_wit(Path(sys.argv[1])).world(*sys.argv[2:]).live_types():
    if type_.name is not None:
        print(f"{type_.owner}.{type_.name}: {type_.kind}")
