"""Makes the world of a host of a component, and a module that fits it: host_world.py WIT OUT"""

import sys
from pathlib import Path

from pywasmtools import component_new, parse_wit

resolve = parse_wit(Path(sys.argv[1])).importize(name="host")
print(resolve.world().wit(), end="")
component = component_new(resolve.dummy_module())
Path(sys.argv[2]).write_bytes(component)
