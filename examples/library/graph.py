"""Draws which interface uses which, for graphviz: graph.py WIT"""

import sys
from pathlib import Path

from pywasmtools import parse_wit

print("digraph {")
for interface in parse_wit(Path(sys.argv[1])).topological_interfaces():
    for other in interface.dependencies:
        print(f'  "{interface}" -> "{other}";')
print("}")
