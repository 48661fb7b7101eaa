"""What is emulated: one release of wasm-tools, and the crate versions that its output names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

VERSION: Final = "1.263.0"
"""The release of wasm-tools whose bytes these are."""

VERSION_LINE: Final = f"wasm-tools {VERSION}"
"""What `wasm-tools --version` prints."""

CRATE_VERSION: Final = "0.263.0"
"""The version of wit-component, wit-parser and wasmparser, as `producers` sections name it."""

WAST_VERSION: Final = "263.0.0"
"""The version of wast, the text format's crate, as DWARF names its producer."""

PROCESSED_BY: Final = ("wit-component", CRATE_VERSION)
"""The `processed-by` entry that an embedded world and a new component carry."""
