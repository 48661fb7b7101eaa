"""`wasm-tools component wit|embed|new` and some commands more, one release of it (`release.py`), in Python.

The same bytes for the same command line.

The library's face is loaded on first use:

- `component_wit`, `component_embed`, `component_new`, `link`, `unbundle`, `targets`, `semver_check`: those on components, bytes in
  and out;
- `print_wat`, `parse_wat`, `strip`, `objdump`, `metadata`, `add_metadata`: those on any binary; `validate` is in
  `pywasmtools.api`, for there is a room of that name here;
- `parse_wit`, `print_wit`, `decode`: text to `Resolve`, back, and from a binary;
- `Resolve` and `WasmToolsError`, the types that they speak of.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.api import (
        add_metadata,
        component_embed,
        component_new,
        component_wit,
        decode,
        link,
        metadata,
        objdump,
        parse_wat,
        parse_wit,
        print_wat,
        print_wit,
        semver_check,
        strip,
        targets,
        unbundle,
    )
    from pywasmtools.diagnostics import WasmToolsError
    from pywasmtools.wit.model import Resolve

__all__ = [
    "Resolve",
    "WasmToolsError",
    "add_metadata",
    "component_embed",
    "component_new",
    "component_wit",
    "decode",
    "link",
    "metadata",
    "objdump",
    "parse_wat",
    "parse_wit",
    "print_wat",
    "print_wit",
    "semver_check",
    "strip",
    "targets",
    "unbundle",
]


def __getattr__(name: str) -> object:
    if name == "WasmToolsError":
        from pywasmtools.diagnostics import WasmToolsError

        return WasmToolsError
    if name == "Resolve":
        from pywasmtools.wit.model import Resolve

        return Resolve
    if name in __all__:
        from pywasmtools import api

        return getattr(api, name)
    raise AttributeError(f"module 'pywasmtools' has no attribute {name!r}")
