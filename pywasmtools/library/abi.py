"""The canonical ABI of the model's types: sizes and alignments in a 32-bit memory, and core types by name.

The arithmetic is that of `canonical_abi.py`, flattening that of `wit/abi.py`. Nothing recurses: no chain of types is too long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pywasmtools.canonical_abi import HANDLE_LAYOUT as HANDLE
from pywasmtools.canonical_abi import LAYOUTS, layout_list, layout_record, layout_variant
from pywasmtools.componentize import core_names
from pywasmtools.library.sources import Dummy, one_of
from pywasmtools.wit import abi, model, types

Layout = tuple[int, int]
"""Alignment and size of a value, in bytes."""

CoreType = Literal["i32", "i64", "f32", "f64"]
"""A core value type."""

SignatureOf = Literal["import", "export", "import-async", "export-async", "export-async-stackful"]
"""Which side of a call a core signature is for: imports are lowered, exports are lifted. `export-async` has a callback."""

_CORE: dict[int, CoreType] = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64"}
_VARIANTS: dict[SignatureOf, int] = {
    "import": abi.GUEST_IMPORT,
    "export": abi.GUEST_EXPORT,
    "import-async": abi.GUEST_IMPORT_ASYNC,
    "export-async": abi.GUEST_EXPORT_ASYNC,
    "export-async-stackful": abi.GUEST_EXPORT_ASYNC_STACKFUL,
}
_POINTER_AND_LENGTH = (4, 8)


@dataclass(frozen=True)
class CoreSignature:
    """The type of a core function, as the canonical ABI makes it of a function (`flatten_functype`).

    `indirect_params`: the parameters are in memory, and the one in `params` points there. `retptr`: the result is in memory,
    and a pointer to it is the last parameter (of an import) or the result (of an export).
    """

    params: tuple[CoreType, ...]
    results: tuple[CoreType, ...]
    indirect_params: bool
    retptr: bool

    def __str__(self) -> str:
        return f"({', '.join(self.params)}) -> ({', '.join(self.results)})"


@dataclass(frozen=True)
class CoreImport:
    """What a core module imports for a function that its world imports."""

    module: str
    name: str
    signature: CoreSignature

    def __str__(self) -> str:
        return f"{self.module} {self.name} {self.signature}"


@dataclass(frozen=True)
class CoreExport:
    """What a core module exports for a function that its world exports."""

    name: str
    signature: CoreSignature

    def __str__(self) -> str:
        return f"{self.name} {self.signature}"


def discriminant(cases: int) -> Literal["u8", "u16", "u32"]:
    """The type of the number of a case (`discriminant_type`)."""
    return "u8" if cases <= 0x100 else "u16" if cases <= 0x10000 else "u32"


def layout(resolve: model.Resolve, type_: types.Type) -> Layout:
    """Alignment and size of a type's values in a 32-bit memory, in bytes; of a resource those of a handle."""
    known: dict[int, Layout] = {}

    def of(inner: types.Type) -> Layout:
        if isinstance(inner, int):
            return known[inner]
        return _POINTER_AND_LENGTH if inner.name == "string" else LAYOUTS[inner.name]

    stack = [type_] if isinstance(type_, int) else []
    while stack:
        kind = resolve.types[stack[-1]].kind
        missing = [t for t in _laid_out(kind) if isinstance(t, int) and t not in known]
        if missing:
            stack += missing
        else:
            known[stack.pop()] = _of_kind(kind, [of(t) for t in _laid_out(kind)])
    return of(type_)


def _laid_out(kind: types.TypeKind) -> list[types.Type]:
    """The types that stand within a value's bytes."""
    if isinstance(kind, (types.List, types.Map, types.Handle, types.Future, types.Stream)):
        return []
    return kind.types()


def _of_kind(kind: types.TypeKind, parts: list[Layout]) -> Layout:
    match kind:
        case types.Alias():
            return parts[0]
        case types.Record() | types.Tuple():
            return layout_record(parts)
        case types.Variant() | types.Enum():
            return layout_variant(len(kind.cases), parts)
        case types.Option() | types.Result():
            return layout_variant(2, parts)
        case types.Flags():
            labels = len(kind.flags)
            return (1, 1) if labels <= 8 else (2, 2) if labels <= 16 else (4, (labels + 31) // 32 * 4)
        case types.FixedLengthList():
            return layout_list(parts[0], kind.length)
        case types.List() | types.Map():
            return _POINTER_AND_LENGTH
        case _:
            return HANDLE


def offsets(resolve: model.Resolve, fields: list[types.Type]) -> tuple[int, ...]:
    """Where each of some values that follow each other begins, in bytes."""
    found: list[int] = []
    end = 0
    for type_ in fields:
        alignment, size = layout(resolve, type_)
        found.append(-(-end // alignment) * alignment)
        end = found[-1] + size
    return tuple(found)


def flat(resolve: model.Resolve, type_: types.Type) -> tuple[CoreType, ...] | None:
    """The core types that a type's values flatten to; None where there are more than 16. Of a resource that of a handle."""
    found = abi.FlatTypes(resolve)
    while isinstance(type_, int):
        kind = resolve.types[type_].kind
        if isinstance(kind, types.Resource):
            return ("i32",)
        if not isinstance(kind, types.Alias):
            break
        type_ = kind.type
    flattened = found.of(type_)
    return None if flattened is None else _named(flattened)


def core_import(
    resolve: model.Resolve, interface: model.WorldKey | None, function: model.Function, names: Dummy
) -> CoreImport:
    """What is imported for a function of an imported interface, or of the world itself (None)."""
    scheme = core_names.for_func(_scheme(names), function)
    module, name = core_names.func_import(resolve, scheme, interface, function)
    found = abi.wasm_signature(resolve, core_names.import_variant(scheme), function)
    return CoreImport(module, name, _signature(found))


def core_export(
    resolve: model.Resolve, interface: model.WorldKey | None, function: model.Function, names: Dummy
) -> CoreExport:
    """What is exported for a function of an exported interface, or of the world itself (None)."""
    scheme = core_names.for_func(_scheme(names), function)
    found = abi.wasm_signature(resolve, core_names.export_variant(scheme), function)
    return CoreExport(core_names.func_export(resolve, scheme, interface, function), _signature(found))


def _scheme(names: Dummy) -> int:
    known = {
        "standard32": core_names.STANDARD32,
        "legacy": core_names.LEGACY_SYNC,
        "legacy-async-callback": core_names.LEGACY_ASYNC_CALLBACK,
        "legacy-async-stackful": core_names.LEGACY_ASYNC_STACKFUL,
    }
    one_of(names, "names", Dummy)
    return known[names]


def _signature(found: abi.WasmSignature) -> CoreSignature:
    return CoreSignature(_named(found.params), _named(found.results), found.indirect_params, found.retptr)


def _named(flattened: tuple[int, ...]) -> tuple[CoreType, ...]:
    return tuple(_CORE[core] for core in flattened)


def core_signature(resolve: model.Resolve, function: model.Function, side: SignatureOf) -> CoreSignature:
    """The core type of a function. Raises ValueError for an unknown side."""
    if side not in _VARIANTS:
        raise ValueError(f"a core signature is that of {', '.join(_VARIANTS)}, not {side!r}")
    found = abi.wasm_signature(resolve, _VARIANTS[side], function)
    return CoreSignature(_named(found.params), _named(found.results), found.indirect_params, found.retptr)
