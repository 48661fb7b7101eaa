"""WIT and WebAssembly components for Python, and `wasm-tools`, one release of it, to the byte.

Everything is loaded on first use.

To read and to walk: `parse_wit` (text, a file, a folder), `decode` (a binary) give a `Resolve`. From there by attributes to
`Package`, `World`, `Interface`, `Function`, `Param`, and to types. `Type` is the union of the classes of types, which `match`
exhausts: `Prim`, `Record`, `Variant`, `Enum`, `Flags`, `Tuple`, `List`, `FixedLengthList`, `Map`, `Option`, `Result`, `Future`,
`Stream`, `Resource`, `Own`, `Borrow`, `Alias`. `walk` and `Visitor` come to everything.

    >>> from pywasmtools import parse_wit
    >>> resolve = parse_wit("package a:b; interface i { record point { x: f64, y: f64 } far: func(p: point) -> bool; }")
    >>> resolve.interface("i").types["point"]
    Record 'point' (x: f64, y: f64)
    >>> print(resolve.interface("i").functions["far"])
    far: func(p: point) -> bool

To write: `print_wit`, and the methods of `Resolve`: `to_wit`, `to_json`, `to_binary`, `to_section`, `dummy_module`.

The commands as functions, bytes in and out: `component_wit`, `component_embed`, `component_new`, `link`, `unbundle`, `targets`,
`semver_check`; of any binary `print_wat`, `parse_wat`, `strip`, `objdump`, `metadata`, `add_metadata`, `validate`.

What people ask of such tools: `listing` (what is imported and exported), `minimal` (the smallest WIT that holds one world),
`assemble` (embed and encode in one step), `explain` (what differs between two components, modules or packages).

What is refused raises `WasmToolsError`; `str` of it is what the command prints.
"""

from __future__ import annotations

import os as _os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pywasmtools.compiled import Compiled
    from pywasmtools.diagnostics import WasmToolsError
    from pywasmtools.library.abi import CoreExport, CoreImport, CoreSignature, CoreType, SignatureOf
    from pywasmtools.library.assemble import assemble
    from pywasmtools.library.base import Items, Location, Stability, View
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
        validate,
    )
    from pywasmtools.library.explain import Change, ChangeKind, Difference, Verdict, explain
    from pywasmtools.library.items import Function, FunctionKind, Interface, Package, Param, World, WorldItem
    from pywasmtools.library.listing import Listing, ListingGroup, ListingItem, listing
    from pywasmtools.library.minimal import minimal, wit_files
    from pywasmtools.library.reading import JsonSource, decode, parse_wit, print_wit, resolve_from_json
    from pywasmtools.library.resolve import Resolve
    from pywasmtools.library.sources import Clearable, Dummy, Dwarf, Encoding, Form, Modules, Pairs, Source
    from pywasmtools.library.types import (
        Alias,
        Borrow,
        Case,
        DefinedType,
        Enum,
        EnumCase,
        Field,
        FixedLengthList,
        Flag,
        Flags,
        Future,
        Handle,
        List,
        Map,
        Member,
        Option,
        Own,
        Prim,
        PrimName,
        Record,
        Resource,
        Result,
        Stream,
        Tuple,
        Type,
        TypeDef,
        Unaliased,
        Variant,
    )
    from pywasmtools.library.visitor import Node, Visitor, walk
    from pywasmtools.sections.metadata import Metadata

    __version__: str

__all__ = [
    "Alias",
    "Borrow",
    "Case",
    "Change",
    "ChangeKind",
    "Clearable",
    "CoreExport",
    "CoreImport",
    "CoreSignature",
    "CoreType",
    "DefinedType",
    "Difference",
    "Dummy",
    "Dwarf",
    "Encoding",
    "Enum",
    "EnumCase",
    "Field",
    "FixedLengthList",
    "Flag",
    "Flags",
    "Form",
    "Function",
    "FunctionKind",
    "Future",
    "Handle",
    "Interface",
    "Items",
    "JsonSource",
    "List",
    "Listing",
    "ListingGroup",
    "ListingItem",
    "Location",
    "Map",
    "Member",
    "Metadata",
    "Modules",
    "Node",
    "Option",
    "Own",
    "Package",
    "Pairs",
    "Param",
    "Prim",
    "PrimName",
    "Record",
    "Resolve",
    "Resource",
    "Result",
    "SignatureOf",
    "Source",
    "Stability",
    "Stream",
    "Tuple",
    "Type",
    "TypeDef",
    "Unaliased",
    "Variant",
    "Verdict",
    "View",
    "Visitor",
    "WasmToolsError",
    "World",
    "WorldItem",
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
    "validate",
    "walk",
    "wit_files",
]

_COMPILED: Compiled | None = None
"""The finder of compiled modules, where the package has some."""

if _os.path.isdir(_os.path.join(__path__[0], "_compiled")):
    from pywasmtools.compiled import begin as _begin

    _COMPILED = _begin(__path__[0])

_HOMES = {
    "diagnostics": ("WasmToolsError",),
    "library.abi": ("CoreExport", "CoreImport", "CoreSignature", "CoreType", "SignatureOf"),
    "library.assemble": ("assemble",),
    "library.base": ("Items", "Location", "Stability", "View"),
    "library.commands": (
        *("add_metadata", "component_embed", "component_new", "component_wit", "link", "metadata", "objdump"),
        *("parse_wat", "print_wat", "semver_check", "strip", "targets", "unbundle", "validate"),
    ),
    "library.explain": ("Change", "ChangeKind", "Difference", "Verdict", "explain"),
    "library.items": ("Function", "FunctionKind", "Interface", "Package", "Param", "World", "WorldItem"),
    "library.listing": ("Listing", "ListingGroup", "ListingItem", "listing"),
    "library.minimal": ("minimal", "wit_files"),
    "library.reading": ("JsonSource", "decode", "parse_wit", "print_wit", "resolve_from_json"),
    "library.resolve": ("Resolve",),
    "library.sources": ("Clearable", "Dummy", "Dwarf", "Encoding", "Form", "Modules", "Pairs", "Source"),
    "library.types": (
        *("Alias", "Borrow", "Case", "DefinedType", "Enum", "EnumCase", "Field", "FixedLengthList", "Flag", "Flags"),
        *("Future", "Handle", "List", "Map", "Member", "Option", "Own", "Prim", "PrimName", "Record", "Resource"),
        *("Result", "Stream", "Tuple", "Type", "TypeDef", "Unaliased", "Variant"),
    ),
    "library.visitor": ("Node", "Visitor", "walk"),
    "sections.metadata": ("Metadata",),
}
"""The modules that names are loaded from."""

if not TYPE_CHECKING:
    # Hidden from type checkers: with it, they would take any name for one of ours.

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from pywasmtools.release import PACKAGE_VERSION

            return PACKAGE_VERSION
        for home, names in _HOMES.items():
            if name in names:
                from importlib import import_module

                if home.startswith("library."):
                    import_module("pywasmtools.library.resolve")  # it makes known what annotations name
                value = globals()[name] = getattr(import_module(f"pywasmtools.{home}"), name)
                return value
        raise AttributeError(f"module 'pywasmtools' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
