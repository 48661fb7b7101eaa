"""WIT as wasm: written and read back. Here the two foundations meet.

    package_docs.py     the `package-docs` section: docs and stability
    valtypes.py         types of WIT, encoded
    encoder.py          packages and worlds, encoded
    component_type.py   the `component-type*` sections of core modules
    decoder.py          interfaces, worlds and types, read back
    whole.py            a whole binary to the WIT that it holds

Invariant: the decoder drives the validator and asks it; it keeps no types of its own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

PACKAGE_DOCS: Final = "package-docs"
"""The name of the section of `package_docs.py`, which is loaded only where a binary has one."""
