"""Lists what a core module imports and exports for a world, with core types: core_imports.py WIT [WORLD]"""

import sys
from pathlib import Path

from pywasmtools import parse_wit

world = parse_wit(Path(sys.argv[1])).world(*sys.argv[2:])
for item in world.core_imports():
    print("import", item.module, item.name, item.signature)
for export in world.core_exports():
    print("export", export.name, export.signature)
