"""What is emulated: one release of wasm-tools, and the crate versions that its output names.

`VERSION_LINE` is the only place that names the release; the rest of this file, `pyproject.toml`, tests and prose
follow from it. A fix of ours within a release raises `POST` and changes no version that output names.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

VERSION_LINE: Final = "wasm-tools 1.263.0"
"""What `wasm-tools --version` prints. An executable built from a checkout adds its commit; the crate as published doesn't."""

POST: Final = ""
"""`.post1` and so on for a fix of ours within a release, else nothing."""

VERSION: Final = VERSION_LINE.split(" ")[1]
"""The release of wasm-tools whose bytes these are."""

PACKAGE_VERSION: Final = VERSION + POST
"""The version of this package, which `pyproject.toml` reads from here."""

_NUMBERS: Final = VERSION.split(".")

CRATE_VERSION: Final = "0." + _NUMBERS[1] + "." + _NUMBERS[2]
"""The version of wit-component, wit-parser and wasmparser, as `producers` sections name it."""

WAST_VERSION: Final = _NUMBERS[1] + ".0." + _NUMBERS[2]
"""The version of wast, the text format's crate, as DWARF names its producer."""

PROCESSED_BY: Final = ("wit-component", CRATE_VERSION)
"""The `processed-by` entry that an embedded world and a new component carry."""
