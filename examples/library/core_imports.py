"""Lists what a core module imports for a world, with core types: core_imports.py WIT [WORLD]"""

import sys
from pathlib import Path

from pywasmtools import Interface, parse_wit

world = parse_wit(Path(sys.argv[1])).world(*sys.argv[2:])
for function in world.imported_functions:
    module = function.owner.qualified_name if isinstance(function.owner, Interface) else "$root"
    print(module, function.name, function.core_signature("import"))
