"""Shows how records lie in memory: layout.py WIT"""

import sys
from pathlib import Path

from pywasmtools import Record, parse_wit

for type_ in parse_wit(Path(sys.argv[1])).types:
    if isinstance(type_, Record):
        print(f"{type_}: {type_.size} bytes, aligned to {type_.alignment}, flat {type_.flat}")
        for field in type_.fields:
            print(f"  +{field.offset:<3} {field.name}: {field.type} ({field.type.size} bytes)")
