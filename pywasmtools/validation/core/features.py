"""What a set of features allows: made once a validator whose set is not all, and asked where a feature is needed.

All checks with their words stand here or beside what they are of; each asks `require`. Where all features are on there
is no such object. Most sets in use have at least what the validator's quick ways take for granted (`usual`); with any
other set they are not taken.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.validation.core.regular_operators import Tables
from pywasmtools.validation.core.subtyping import val_is_shared
from pywasmtools.wasm.features import BITS, check_legacy, feature_set
from pywasmtools.wasm.instructions import CORE, ONE_BYTE, PREFIXED
from pywasmtools.wasm.operators import check_frame, read_immediates_without
from pywasmtools.wasm.types import (
    CONCRETE,
    CONT,
    EXACT,
    EXN,
    EXTERN,
    F32,
    F64,
    FUNC,
    I32,
    I64,
    NOCONT,
    NOEXN,
    NULLABLE,
    REF,
    SHARED,
    V128,
    ArrayType,
    ContType,
    FuncType,
    StructType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.validation.core.types import CoreTypes
    from pywasmtools.wasm.instructions import Row
    from pywasmtools.wasm.reader import BinaryReader
    from pywasmtools.wasm.types import CompositeType, RefType, SubType, ValType

_USUAL: Final = feature_set(
    (
        "bulk-memory",
        "exceptions",
        "extended-const",
        "floats",
        "function-references",
        "gc",
        "gc-types",
        "memory64",
        "multi-memory",
        "multi-value",
        "reference-types",
        "simd",
    )
)
"""What the quick ways through a module take for granted."""

_WITHOUT_CANONICAL_TYPES: Final = feature_set(
    (
        "floats",
        "gc-types",
        "mutable-global",
        "bulk-memory",
        "reference-types",
        "sign-extension",
        "saturating-float-to-int",
        "multi-value",
        "simd",
        "custom-page-sizes",
        "extended-const",
        "memory64",
        "multi-memory",
        "relaxed-simd",
        "tail-call",
        "threads",
        "wide-arithmetic",
    )
)
"""With no feature but these, types can't name each other, and are not made canonical before they are checked."""

_WORDS: Final = {
    "simd": "SIMD",
    "relaxed-simd": "relaxed SIMD",
    "saturating-float-to-int": "saturating float to int conversions",
    "reference-types": "reference types",
    "bulk-memory": "bulk memory",
    "bulk-memory-opt": "bulk memory",
    "sign-extension": "sign extension operations",
    "tail-call": "tail calls",
    "function-references": "function references",
    "memory-control": "memory control",
    "legacy-exceptions": "legacy exceptions",
    "stack-switching": "stack switching",
    "wide-arithmetic": "wide arithmetic",
    "acquire-release-atomics": "acquire-release atomics",
    "custom-descriptors": "custom descriptors operations",
}
"""What messages about instructions call a feature, where that is not its name."""

_CONST_GC: Final[tuple[int, ...]] = (
    0xFB_0000,  # struct.new
    0xFB_0001,  # struct.new_default
    0xFB_0006,  # array.new
    0xFB_0007,  # array.new_default
    0xFB_0008,  # array.new_fixed
    0xFB_001A,  # any.convert_extern
    0xFB_001B,  # extern.convert_any
    0xFB_001C,  # ref.i31
    0xFB_0020,  # struct.new_desc
    0xFB_0021,  # struct.new_default_desc
)
"""The instructions of garbage collection that constant expressions may have."""

_CONST_EXTENDED: Final = (
    0x6A,  # i32.add
    0x6B,  # i32.sub
    0x6C,  # i32.mul
    0x7C,  # i64.add
    0x7D,  # i64.sub
    0x7E,  # i64.mul
)
_CONST_PLAIN: Final = (
    0x41,  # i32.const
    0x42,  # i64.const
    0x43,  # f32.const
    0x44,  # f64.const
    0xD0,  # ref.null
    0xD2,  # ref.func
    0xFD_000C,  # v128.const
)


def _needed(row: Row) -> str:
    """The feature that an instruction is of; empty for those that always were there."""
    if row.key == 0xFC_000A or row.key == 0xFC_000B:  # memory.copy, memory.fill
        return "bulk-memory-opt"
    return "" if row.proposal == CORE else row.proposal


def _computes_floats(row: Row) -> bool:
    """Whether an instruction is refused without floats: not what turns them into integers."""
    name = row.name
    return ("f32" in name or "f64" in name) and not name.startswith(("i32.", "i64."))


class FeatureChecks:
    """The set of features of one validator, and what follows from it.

    `exact` tells whether exact types are made; `canonical` whether types are made canonical before they are checked;
    `max_tables` and `max_memories` are 1 where there may not be several, else -1; `tables` is what the loop over a body
    indexes.
    """

    __slots__ = ("canonical", "exact", "features", "max_memories", "max_tables", "tables", "usual")

    def __init__(self, features: int) -> None:
        self.features = features
        self.usual = _USUAL & ~features == 0
        self.canonical = features & ~_WITHOUT_CANONICAL_TYPES != 0
        self.exact = self.has("custom-descriptors")
        self.max_tables = -1 if self.has("reference-types") else 1
        self.max_memories = -1 if self.has("multi-memory") else 1
        self.tables = self._tables()

    def has(self, name: str) -> bool:
        """Whether a feature is on."""
        bits = BITS[name]
        return self.features & bits == bits

    def require(self, name: str, message: str, offset: int) -> None:
        """Raises where a feature is not on."""
        bits = BITS[name]
        if self.features & bits != bits:
            raise binary_error(offset, message)

    # ------------------------------------------------------------------- types

    def val_type(self, type_: ValType, offset: int) -> None:
        """Raises where a value type needs a feature that is not on. Of indices nothing is asked but that they are some."""
        if type_ & REF:
            self.ref_type(type_, offset)
        elif type_ == F32 or type_ == F64:
            self.require("floats", "floating-point support is disabled", offset)
        elif type_ == V128:
            self.require("simd", "SIMD support is not enabled", offset)

    def ref_type(self, type_: RefType, offset: int) -> None:
        """The same of a reference type."""
        self.require("reference-types", "reference types support is not enabled", offset)
        if type_ & EXACT:
            self.require("custom-descriptors", "custom descriptors required for exact reference types", offset)
            return
        if type_ & CONCRETE:
            if not self.has("gc"):
                message = "function references required for index reference types"
                self.require("function-references", message, offset)
            return
        if type_ & SHARED:
            message = "shared reference types require the shared-everything-threads proposal"
            self.require("shared-everything-threads", message, offset)
        heap = type_ >> 8
        if heap != FUNC and heap != EXN:
            self.require("gc-types", "gc types are disallowed but found type which requires gc", offset)
        if heap == FUNC or heap == EXTERN:
            if type_ & NULLABLE == 0:
                message = "function references required for non-nullable types"
                self.require("function-references", message, offset)
        elif heap == EXN or heap == NOEXN:
            message = "exception refs not supported without the exception handling feature"
            self.require("exceptions", message, offset)
        elif heap == CONT or heap == NOCONT:
            message = "continuation refs not supported without the stack switching feature"
            self.require("stack-switching", message, offset)
        else:
            self.require("gc", "heap types not supported without the gc feature", offset)

    def sub_type(self, types: CoreTypes, type_: SubType, offset: int) -> None:
        """Raises where a type in the arena, or one that is not yet there, needs a feature that is not on."""
        if not type_.is_final or type_.supertypes:
            self.require("gc", "gc proposal must be enabled to use subtypes", offset)
        self._composite(types, type_.composite, offset)

    def _composite(self, types: CoreTypes, composite: CompositeType, offset: int) -> None:
        inner = composite.inner
        shared = composite.shared
        if shared:
            message = "shared composite types require the shared-everything-threads proposal"
            self.require("shared-everything-threads", message, offset)
        if isinstance(inner, FuncType):
            for part in inner.params + inner.results:
                self._part(types, part, shared, offset)
            if len(inner.results) > 1:
                message = "func type returns multiple values but the multi-value feature is not enabled"
                self.require("multi-value", message, offset)
        elif isinstance(inner, ContType):
            message = "cannot define continuation types when stack switching is disabled"
            self.require("stack-switching", message, offset)
            self.require("gc-types", "cannot define continuation types when gc types are disabled", offset)
        elif isinstance(inner, ArrayType):
            self.require("gc", "array indexed types not supported without the gc feature", offset)
            self.require("gc-types", "cannot define array types when gc types are disabled", offset)
            self._part(types, inner.field.element_type, shared, offset)
        else:
            assert isinstance(inner, StructType)
            self.require("gc", "struct indexed types not supported without the gc feature", offset)
            self.require("gc-types", "cannot define struct types when gc types are disabled", offset)
            for field in inner.fields:
                self._part(types, field.element_type, shared, offset)

    def _part(self, types: CoreTypes, type_: ValType, shared: bool, offset: int) -> None:
        self.val_type(type_, offset)
        if shared and not val_is_shared(types, type_):
            raise binary_error(offset, "shared composite type must contain shared types")

    def clauses(self, type_: SubType, offset: int) -> None:
        """Raises where a type has descriptor clauses that it may not have."""
        composite = type_.composite
        if composite.descriptor is not None or composite.describes is not None:
            message = "custom descriptors proposal must be enabled to use descriptor and describes"
            self.require("custom-descriptors", message, offset)

    # ------------------------------------------------------------------- instructions

    def operator(self, row: Row, offset: int) -> WasmToolsError | None:
        """The error that an instruction needs a feature that is not on, if it does."""
        name = _needed(row)
        if name and not self.has(name):
            return binary_error(offset, f"{_WORDS.get(name, name)} support is not enabled")
        if _computes_floats(row) and not self.has("floats"):
            return binary_error(offset, "floating-point instruction disallowed")
        return None

    def check_operator(self, reader: BinaryReader, row: Row, offset: int) -> None:
        """Raises where an instruction is refused. Its immediates come first; they are read again by who goes on."""
        refusal = self.operator(row, offset)
        if refusal is not None or row.key == 0xFE_0003:  # atomic.fence
            pos = reader.pos
            read_immediates_without(reader, row, offset)
            if refusal is not None:
                raise refusal
            reader.pos = pos

    def refused(self, reader: BinaryReader, opcode: int, frame: int, offset: int) -> WasmToolsError:
        """The error for an opcode of one byte that is none, or is refused; `reader` stands behind it.

        `frame` is the kind of the innermost block. What the reader refuses is raised.
        """
        row = ONE_BYTE[opcode]
        if row is None:
            return binary_error(offset, f"illegal opcode: 0x{opcode:x}")
        if opcode == 0x07 or opcode == 0x18 or opcode == 0x19:  # catch, delegate, catch_all
            check_legacy(self.features, opcode, offset)
            misplaced = check_frame(opcode, frame, reader.pos)
            if misplaced is not None:
                return misplaced
        read_immediates_without(reader, row, offset)
        refusal = self.operator(row, offset)
        assert refusal is not None
        return refusal

    def const_operator(self, key: int, name: str, offset: int) -> None:
        """Raises where an instruction of a constant expression needs a feature that is not on; its row's `key`."""
        if key in _CONST_EXTENDED:
            self._const("extended-const", name, offset)
        elif key in _CONST_GC:
            self._const("gc", name, offset)
        elif key == 0xFE_0072:  # ref.i31_shared
            self._const("shared-everything-threads", name, offset)
        elif key not in _CONST_PLAIN:
            return
        row = ONE_BYTE[key] if key < 0x100 else PREFIXED[(key >> 16) - 0xFB][key & 0xFFFF]
        assert row is not None
        refusal = self.operator(row, offset)
        if refusal is not None:
            raise refusal

    def _const(self, feature: str, name: str, offset: int) -> None:
        self.require(feature, f"constant expression required: non-constant operator: {name}", offset)

    def _tables(self) -> Tables:
        """The tables of the loop over a body, without what is refused."""
        refused = [
            opcode for opcode, row in enumerate(ONE_BYTE) if row is not None and self.operator(row, 0) is not None
        ]
        types = [I32, I64]
        if self.has("floats"):
            types += [F32, F64]
        if self.has("simd"):
            types.append(V128)
        return Tables(refused, types)
