"""Shows resources as classes: resources.py WIT"""

import sys
from pathlib import Path

from pywasmtools import Resource, parse_wit

for type_ in parse_wit(Path(sys.argv[1])).types:
    if isinstance(type_, Resource):
        print(f"class {type_.name}  # of {type_.owner}")
        for function in type_.functions:
            words = "static" if function.is_static else "make" if function.is_constructor else "method"
            print(f"  {words} {function.item_name}({', '.join(p.name for p in function.params)}) -> {function.result}")
