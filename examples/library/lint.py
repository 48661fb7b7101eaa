"""Finds what has no docs, as a compiler tells it: lint.py WIT"""

import sys
from pathlib import Path

from pywasmtools import Function, Interface, Record, Resource, Variant, World, parse_wit, walk

found = 0
for node in walk(parse_wit(Path(sys.argv[1])).package()):
    if isinstance(node, Function | Interface | World | Record | Resource | Variant) and not node.docs:
        print(f"{node.location}: {node!r} has no docs")
        found += 1
sys.exit(1 if found else 0)
