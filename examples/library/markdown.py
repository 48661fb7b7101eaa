"""Writes a page of documentation: markdown.py WIT"""

import sys
from pathlib import Path

from pywasmtools import parse_wit

package = parse_wit(Path(sys.argv[1])).package()
print(f"# {package}\n\n{package.docs or ''}")
for interface in package.interfaces.values():
    print(f"\n## {interface.name}\n\n{interface.docs or ''}\n")
    for item in (*interface.types.values(), *interface.functions.values()):
        print(f"- `{item}`: {item.docs or 'no docs'}")
