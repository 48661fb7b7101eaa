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
    from pywasmtools.diagnostics import WasmToolsError
    from pywasmtools.library.assemble import assemble
    from pywasmtools.library.commands import (
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
    from pywasmtools.library.explain import Change, ChangeKind, Difference, Verdict, explain
    from pywasmtools.library.listing import Listing, ListingGroup, ListingItem, listing
    from pywasmtools.library.minimal import minimal, wit_files
    from pywasmtools.library.reading import JsonSource, decode, parse_wit, print_wit, resolve_from_json
    from pywasmtools.library.resolve import Resolve
    from pywasmtools.library.sources import Clearable, Dummy, Dwarf, Encoding, Form, Modules, Pairs, Source
    from pywasmtools.sections.metadata import Metadata

    __version__: str

__all__ = [
    "Change",
    "ChangeKind",
    "Clearable",
    "Difference",
    "Dummy",
    "Dwarf",
    "Encoding",
    "Form",
    "JsonSource",
    "Listing",
    "ListingGroup",
    "ListingItem",
    "Metadata",
    "Modules",
    "Pairs",
    "Resolve",
    "Source",
    "Verdict",
    "WasmToolsError",
    "__version__",
    "add_metadata",
    "assemble",
    "component_embed",
    "component_new",
    "component_wit",
    "decode",
    "explain",
    "link",
    "listing",
    "metadata",
    "minimal",
    "objdump",
    "parse_wat",
    "parse_wit",
    "print_wat",
    "print_wit",
    "resolve_from_json",
    "semver_check",
    "strip",
    "targets",
    "unbundle",
    "wit_files",
]

_HOMES = {
    "diagnostics": ("WasmToolsError",),
    "library.commands": (
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
    "library.assemble": ("assemble",),
    "library.explain": ("Change", "ChangeKind", "Difference", "Verdict", "explain"),
    "library.listing": ("Listing", "ListingGroup", "ListingItem", "listing"),
    "library.minimal": ("minimal", "wit_files"),
    "library.reading": ("JsonSource", "decode", "parse_wit", "print_wit", "resolve_from_json"),
    "library.resolve": ("Resolve",),
    "library.sources": ("Clearable", "Dummy", "Dwarf", "Encoding", "Form", "Modules", "Pairs", "Source"),
    "sections.metadata": ("Metadata",),
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
