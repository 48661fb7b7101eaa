"""Makes a component in memory: build.py WIT MODULE OUT [ADAPTER]"""

import sys
from pathlib import Path

from pywasmtools import component_embed, component_new, decode

wit, module, out, *adapters = map(Path, sys.argv[1:])
component = component_new(
    component_embed(wit, module),
    adapters={path.name.partition(".")[0]: path for path in adapters},
)
out.write_bytes(component)
print(decode(component).to_wit(), end="")
