"""Says what the types of an interface are made of: walk_types.py WIT INTERFACE"""

import sys
from pathlib import Path

from pywasmtools import Enum, Flags, Record, Variant, parse_wit

for name, type_ in parse_wit(Path(sys.argv[1])).interface(sys.argv[2]).types.items():
    match type_:
        case Record(fields):
            print(name, "has", ", ".join(f"{f.name} ({f.type})" for f in fields))
        case Variant(cases) | Enum(cases) | Flags(cases):
            print(name, "knows", ", ".join(c.name for c in cases))
        case _:
            print(name, "is", type_.wit(docs=False).strip())
