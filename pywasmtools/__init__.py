"""`wasm-tools component wit|embed|new` and some commands more, one release of it (`release.py`), in Python.

The same bytes for the same command line.

The library's face is loaded on first use:

- `component_wit`, `component_embed`, `component_new`, `link`, `unbundle`, `targets`, `semver_check`: those on components, bytes in
  and out;
- `print_wat`, `parse_wat`, `strip`, `objdump`, `metadata`, `add_metadata`: those on any binary; `validate` is in
  `pywasmtools.api`, for there is a room of that name here;
- `parse_wit`, `decode`: text to `Resolve`, and from a binary;
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
        link,
        metadata,
        objdump,
        parse_wat,
        print_wat,
        semver_check,
        strip,
        targets,
        unbundle,
    )
    from pywasmtools.diagnostics import WasmToolsError
    from pywasmtools.library.reading import decode, parse_wit
    from pywasmtools.library.resolve import Resolve

    __version__: str

__all__ = [
    "Resolve",
    "WasmToolsError",
    "__version__",
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
    "semver_check",
    "strip",
    "targets",
    "unbundle",
]

_HOMES = {
    "diagnostics": ("WasmToolsError",),
    "library.reading": ("decode", "parse_wit"),
    "library.resolve": ("Resolve",),
    "api": (
        *(
            "add_metadata",
            "component_embed",
            "component_new",
            "component_wit",
            "link",
            "metadata",
            "objdump",
            "parse_wat",
        ),
        *("print_wat", "semver_check", "strip", "targets", "unbundle"),
    ),
}
"""Where each name is loaded from."""

if not TYPE_CHECKING:
    # Hidden from type checkers: with it, they would take any name for one of ours.

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from pywasmtools.release import PACKAGE_VERSION

            return PACKAGE_VERSION
        for home, names in _HOMES.items():
            if name in names:
                from importlib import import_module

                value = getattr(import_module(f"pywasmtools.{home}"), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module 'pywasmtools' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
