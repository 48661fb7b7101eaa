"""Counts the kinds of types: count_kinds.py WIT"""

import sys
from pathlib import Path

from pywasmtools import DefinedType, Visitor, parse_wit

kinds: dict[str, int] = {}


class Counter(Visitor):
    def visit_type(self, type: DefinedType) -> None:
        kinds[type.kind] = kinds.get(type.kind, 0) + 1


Counter().visit(parse_wit(Path(sys.argv[1])))
print(kinds)
