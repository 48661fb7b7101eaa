"""Lists the functions that pass streams, futures or handles, also within what they pass: find_streams.py WIT"""

import sys
from pathlib import Path

from pywasmtools import Borrow, Future, Own, Stream, Type, parse_wit


def passed(type_: Type) -> list[str]:
    if isinstance(type_, Stream | Future | Own | Borrow):
        return [str(type_)]
    return [text for inner in type_.inner for text in passed(inner)]


for function in parse_wit(Path(sys.argv[1])).world().functions:
    types = [p.type for p in function.params] + ([function.result] if function.result else [])
    print(f"{function.name}: {', '.join(text for type_ in types for text in passed(type_)) or 'nothing'}")
