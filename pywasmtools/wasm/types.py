"""Core types: value, heap, reference, function and composite types, and how messages show them.

Value types are plain ints, compared with `==`:

- numeric and vector types are their byte: `I32` is 0x7F, `I64` 0x7E, `F32` 0x7D, `F64` 0x7C, `V128` 0x7B;
  packed storage types likewise: `I8` 0x78, `I16` 0x77;
- reference types have bit 7 set, which no byte above has. Low eight bits, then the payload:

      bit 0 NULLABLE   bit 1 CONCRETE   bit 2 EXACT   bit 3 SHARED (abstract only)
      bits 4-5 the index space of a concrete type: MODULE_INDEX, REC_GROUP_INDEX or TYPE_ID
      bit 7 REF        from bit 8: the type's index, or the byte of an abstract heap type

A heap type is the same int without the bits REF and NULLABLE, so that `heap | REF` and
`ref & ~(REF | NULLABLE)` go from one to the other. A type index on its own (a supertype, a
continuation's function type) is a concrete heap type. `TYPE_ID` indices are canonical: the validator's.

Block types are ints too: `BLOCK_EMPTY`, a value type, or `~index` (negative) for a function type.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final, TypeAlias

    ValType: TypeAlias = int
    RefType: TypeAlias = int
    HeapType: TypeAlias = int
    StorageType: TypeAlias = int
    BlockType: TypeAlias = int
    CompositeInner: TypeAlias = "FuncType | ArrayType | StructType | ContType"

I32: Final = 0x7F
I64: Final = 0x7E
F32: Final = 0x7D
F64: Final = 0x7C
V128: Final = 0x7B
I8: Final = 0x78
I16: Final = 0x77

BLOCK_EMPTY: Final = 0x40

NULLABLE: Final = 0x01
CONCRETE: Final = 0x02
EXACT: Final = 0x04
SHARED: Final = 0x08
MODULE_INDEX: Final = 0x00
REC_GROUP_INDEX: Final = 0x10
TYPE_ID: Final = 0x20
INDEX_SPACE: Final = 0x30
REF: Final = 0x80

MAX_TYPE_INDEX: Final = (1 << 20) - 1
"""The largest index that a reference type may hold, in any index space."""

# Abstract heap types by their byte in the binary format.
FUNC: Final = 0x70
EXTERN: Final = 0x6F
ANY: Final = 0x6E
EQ: Final = 0x6D
I31: Final = 0x6C
STRUCT: Final = 0x6B
ARRAY: Final = 0x6A
EXN: Final = 0x69
CONT: Final = 0x68
NONE: Final = 0x71
NOEXTERN: Final = 0x72
NOFUNC: Final = 0x73
NOEXN: Final = 0x74
NOCONT: Final = 0x75

HEAP_NAMES: Final = {
    FUNC: "func",
    EXTERN: "extern",
    ANY: "any",
    EQ: "eq",
    I31: "i31",
    STRUCT: "struct",
    ARRAY: "array",
    EXN: "exn",
    CONT: "cont",
    NONE: "none",
    NOEXTERN: "noextern",
    NOFUNC: "nofunc",
    NOEXN: "noexn",
    NOCONT: "nocont",
}
"""The text name of each abstract heap type, by its byte."""

NULL_NAMES: Final = {
    NONE: "null",
    NOEXTERN: "nullextern",
    NOFUNC: "nullfunc",
    NOEXN: "nullexn",
    NOCONT: "nullcont",
}
"""What a bottom type is called before `ref` in the short form: `nullfuncref`."""

FUNCREF: Final = FUNC << 8 | REF | NULLABLE
EXTERNREF: Final = EXTERN << 8 | REF | NULLABLE
ANYREF: Final = ANY << 8 | REF | NULLABLE
EQREF: Final = EQ << 8 | REF | NULLABLE
I31REF: Final = I31 << 8 | REF | NULLABLE
STRUCTREF: Final = STRUCT << 8 | REF | NULLABLE
ARRAYREF: Final = ARRAY << 8 | REF | NULLABLE
EXNREF: Final = EXN << 8 | REF | NULLABLE
CONTREF: Final = CONT << 8 | REF | NULLABLE
NULLREF: Final = NONE << 8 | REF | NULLABLE
NULLEXTERNREF: Final = NOEXTERN << 8 | REF | NULLABLE
NULLFUNCREF: Final = NOFUNC << 8 | REF | NULLABLE
NULLEXNREF: Final = NOEXN << 8 | REF | NULLABLE
NULLCONTREF: Final = NOCONT << 8 | REF | NULLABLE


def abstract_heap(byte: int, shared: bool = False) -> HeapType:
    """The abstract heap type with this byte, e.g. `abstract_heap(FUNC)`."""
    return byte << 8 | (SHARED if shared else 0)


def concrete_heap(index: int, space: int = MODULE_INDEX, exact: bool = False) -> HeapType:
    """The heap type of a defined type; `space` is MODULE_INDEX, REC_GROUP_INDEX or TYPE_ID."""
    return index << 8 | space | (CONCRETE | EXACT if exact else CONCRETE)


def ref_type(nullable: bool, heap: HeapType) -> RefType:
    """The reference type to a heap type."""
    return heap | (REF | NULLABLE if nullable else REF)


def is_defaultable(type_: ValType) -> bool:
    """Whether a local of this type has a default value: all but non-nullable references."""
    return type_ & (REF | NULLABLE) != REF


def with_index(type_: int, index: int, space: int) -> int:
    """A concrete heap or reference type pointing elsewhere, nullability and exactness as they were."""
    return index << 8 | space | (type_ & 0xFF & ~INDEX_SPACE)


def ref_difference(a: RefType, b: RefType) -> RefType:
    """What is left of `a` when it is known not to be `b`: null is gone if `b` has it."""
    return a & ~NULLABLE if b & NULLABLE else a


def abstract_is_subtype(a: int, b: int) -> bool:
    """Subtyping of abstract heap types by their bytes, sharedness aside."""
    if a == b:
        return True
    if b == ANY:
        return a in (EQ, I31, STRUCT, ARRAY, NONE)
    if b == EQ:
        return a in (I31, STRUCT, ARRAY, NONE)
    if b in (I31, STRUCT, ARRAY):
        return a == NONE
    if b == EXTERN:
        return a == NOEXTERN
    if b == FUNC:
        return a == NOFUNC
    if b == EXN:
        return a == NOEXN
    if b == CONT:
        return a == NOCONT
    return False


# ------------------------------------------------------------------------------- composite types


class FuncType:
    """A function type. Compared and hashed by structure; never changed in place."""

    __slots__ = ("params", "results")

    def __init__(self, params: tuple[ValType, ...], results: tuple[ValType, ...]) -> None:
        self.params = params
        self.results = results

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FuncType) and self.params == other.params and self.results == other.results

    def __hash__(self) -> int:
        return hash((self.params, self.results))

    def __str__(self) -> str:
        text = "(func"
        if self.params:
            text += " (param " + " ".join([show_val_type(t) for t in self.params]) + ")"
        if self.results:
            text += " (result " + " ".join([show_val_type(t) for t in self.results]) + ")"
        return text + ")"

    def debug(self) -> str:
        return f"FuncType {{ params: {debug_val_types(self.params)}, results: {debug_val_types(self.results)} }}"


class FieldType:
    """An element of an array or a field of a struct; `element_type` is a value type, I8 or I16."""

    __slots__ = ("element_type", "mutable")

    def __init__(self, element_type: StorageType, mutable: bool) -> None:
        self.element_type = element_type
        self.mutable = mutable

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FieldType) and self.element_type == other.element_type and self.mutable == other.mutable
        )

    def __hash__(self) -> int:
        return hash((self.element_type, self.mutable))

    def __str__(self) -> str:
        element = show_val_type(self.element_type)
        return f"(mut {element})" if self.mutable else element

    def debug(self) -> str:
        t = self.element_type
        element = "I8" if t == I8 else "I16" if t == I16 else f"Val({debug_val_type(t)})"
        return f"FieldType {{ element_type: {element}, mutable: {debug_bool(self.mutable)} }}"


class ArrayType:
    """An array type: one field type."""

    __slots__ = ("field",)

    def __init__(self, field: FieldType) -> None:
        self.field = field

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArrayType) and self.field == other.field

    def __hash__(self) -> int:
        return hash((1, self.field))

    def __str__(self) -> str:
        return f"(array {self.field})"

    def debug(self) -> str:
        return f"ArrayType({self.field.debug()})"


class StructType:
    """A struct type: its fields."""

    __slots__ = ("fields",)

    def __init__(self, fields: tuple[FieldType, ...]) -> None:
        self.fields = fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StructType) and self.fields == other.fields

    def __hash__(self) -> int:
        return hash((2, self.fields))

    def __str__(self) -> str:
        return "(struct" + "".join([f" {field}" for field in self.fields]) + ")"

    def debug(self) -> str:
        return "StructType { fields: [" + ", ".join([field.debug() for field in self.fields]) + "] }"


class ContType:
    """A continuation type; `func` is the concrete heap type of its function type."""

    __slots__ = ("func",)

    def __init__(self, func: HeapType) -> None:
        self.func = func

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ContType) and self.func == other.func

    def __hash__(self) -> int:
        return hash((3, self.func))

    def __str__(self) -> str:
        return f"(cont {show_index(self.func)})"

    def debug(self) -> str:
        return f"ContType({debug_index(self.func)})"


class CompositeType:
    """What a defined type is, with its sharedness and its custom-descriptor clauses (concrete heap types or None)."""

    __slots__ = ("describes", "descriptor", "inner", "shared")

    def __init__(
        self,
        inner: CompositeInner,
        shared: bool = False,
        descriptor: HeapType | None = None,
        describes: HeapType | None = None,
    ) -> None:
        self.inner = inner
        self.shared = shared
        self.descriptor = descriptor
        self.describes = describes

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, CompositeType)
            and self.inner == other.inner
            and self.shared == other.shared
            and self.descriptor == other.descriptor
            and self.describes == other.describes
        )

    def __hash__(self) -> int:
        return hash((self.inner, self.shared, self.descriptor, self.describes))

    def __str__(self) -> str:
        return f"(shared {self.inner})" if self.shared else str(self.inner)

    def debug(self) -> str:
        inner = self.inner
        kind = (
            "Func"
            if isinstance(inner, FuncType)
            else "Array"
            if isinstance(inner, ArrayType)
            else "Struct"
            if isinstance(inner, StructType)
            else "Cont"
        )
        descriptor = "None" if self.descriptor is None else f"Some({debug_index(self.descriptor)})"
        describes = "None" if self.describes is None else f"Some({debug_index(self.describes)})"
        return (
            f"CompositeType {{ inner: {kind}({inner.debug()}), shared: {debug_bool(self.shared)}, "
            f"descriptor_idx: {descriptor}, describes_idx: {describes} }}"
        )


class SubType:
    """A defined type with its place in the subtype hierarchy; `supertypes` are concrete heap types."""

    __slots__ = ("composite", "is_final", "supertypes")

    def __init__(self, composite: CompositeType, is_final: bool = True, supertypes: tuple[HeapType, ...] = ()) -> None:
        self.composite = composite
        self.is_final = is_final
        self.supertypes = supertypes

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SubType)
            and self.is_final == other.is_final
            and self.supertypes == other.supertypes
            and self.composite == other.composite
        )

    def __hash__(self) -> int:
        return hash((self.is_final, self.supertypes, self.composite))

    def __str__(self) -> str:
        if self.is_final and not self.supertypes:
            return str(self.composite)
        final = "final " if self.is_final else ""
        supertypes = "".join([f"{show_index(index)} " for index in self.supertypes])
        return f"(sub {final}{supertypes}{self.composite})"

    def debug(self) -> str:
        supertypes = ", ".join([debug_index(index) for index in self.supertypes])
        return (
            f"SubType {{ is_final: {debug_bool(self.is_final)}, supertype_idxs: [{supertypes}], "
            f"composite_type: {self.composite.debug()} }}"
        )

    def remap(self, f: Callable[[HeapType], HeapType]) -> SubType:
        """The type with `f` applied to each type index, in the reference's order.

        `f` gets a concrete heap type without EXACT and returns one; what it raises passes through.
        """
        supertypes = self.supertypes
        if supertypes:
            supertypes = tuple([f(index) for index in supertypes])
        composite = self.composite
        descriptor = composite.descriptor
        if descriptor is not None:
            descriptor = f(descriptor)
        describes = composite.describes
        if describes is not None:
            describes = f(describes)
        inner = composite.inner
        if isinstance(inner, FuncType):
            params = _remap_all(inner.params, f)
            results = _remap_all(inner.results, f)
            if params is not inner.params or results is not inner.results:
                inner = FuncType(params, results)
        elif isinstance(inner, ArrayType):
            field = _remap_field(inner.field, f)
            if field is not inner.field:
                inner = ArrayType(field)
        elif isinstance(inner, StructType):
            bits = 0
            for field in inner.fields:
                bits |= field.element_type
            if bits & REF != 0:
                inner = StructType(tuple([_remap_field(field, f) for field in inner.fields]))
        else:
            inner = ContType(f(inner.func))
        if inner is composite.inner and descriptor is None and describes is None:
            return SubType(composite, self.is_final, supertypes)
        return SubType(CompositeType(inner, composite.shared, descriptor, describes), self.is_final, supertypes)


def remap_val_type(type_: ValType, f: Callable[[HeapType], HeapType]) -> ValType:
    """A value type with `f` applied to the type index in it, if any."""
    if type_ & CONCRETE == 0 or type_ & REF == 0:
        return type_
    kept = type_ & (REF | NULLABLE | EXACT)
    return f(type_ & ~kept) | kept


def _remap_all(types: tuple[ValType, ...], f: Callable[[HeapType], HeapType]) -> tuple[ValType, ...]:
    for type_ in types:
        if type_ & REF != 0:
            return tuple([remap_val_type(t, f) for t in types])
    return types


def _remap_field(field: FieldType, f: Callable[[HeapType], HeapType]) -> FieldType:
    type_ = field.element_type
    if type_ & CONCRETE == 0 or type_ & REF == 0:
        return field
    return FieldType(remap_val_type(type_, f), field.mutable)


def func_sub_type(func: FuncType) -> SubType:
    """A plain function type as a defined type: final, without supertypes, unshared."""
    return SubType(CompositeType(func))


class RecGroup:
    """Types that are defined together. `offsets` has where each began; equality looks at the types only."""

    __slots__ = ("explicit", "offsets", "types")

    def __init__(self, types: tuple[SubType, ...], offsets: tuple[int, ...], explicit: bool) -> None:
        self.types = types
        self.offsets = offsets
        self.explicit = explicit

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecGroup) and self.types == other.types

    def __hash__(self) -> int:
        return hash(self.types)

    def plain_func(self, offset: int) -> FuncType:
        """The one function type of a module without garbage collection; refuses other groups, which began at `offset`."""
        if len(self.types) == 1:
            found = self.types[0]
            inner = found.composite.inner
            if found.is_final and not found.supertypes:
                if isinstance(inner, FuncType):
                    return inner
                if isinstance(inner, ContType):
                    raise binary_error(offset, "stack switching proposal not supported")
        raise binary_error(offset, "gc proposal not supported")


# ------------------------------------------------------------------------------- external types


class TableType:
    """A table type; sizes in elements."""

    __slots__ = ("element_type", "initial", "maximum", "shared", "table64")

    def __init__(
        self,
        element_type: RefType,
        initial: int,
        maximum: int | None = None,
        table64: bool = False,
        shared: bool = False,
    ) -> None:
        self.element_type = element_type
        self.initial = initial
        self.maximum = maximum
        self.table64 = table64
        self.shared = shared

    def key(self) -> tuple[object, ...]:
        return (self.element_type, self.initial, self.maximum, self.table64, self.shared)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TableType) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())

    def index_type(self) -> ValType:
        return I64 if self.table64 else I32

    def debug(self) -> str:
        return (
            f"TableType {{ element_type: {show_ref_type(self.element_type)}, table64: {debug_bool(self.table64)}, "
            f"initial: {self.initial}, maximum: {debug_option(self.maximum)}, shared: {debug_bool(self.shared)} }}"
        )


class MemoryType:
    """A memory type; sizes in pages. `page_size_log2` is None unless the binary says a custom one."""

    __slots__ = ("initial", "maximum", "memory64", "page_size_log2", "shared")

    def __init__(
        self,
        initial: int,
        maximum: int | None = None,
        memory64: bool = False,
        shared: bool = False,
        page_size_log2: int | None = None,
    ) -> None:
        self.initial = initial
        self.maximum = maximum
        self.memory64 = memory64
        self.shared = shared
        self.page_size_log2 = page_size_log2

    def key(self) -> tuple[object, ...]:
        return (self.initial, self.maximum, self.memory64, self.shared, self.page_size_log2)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MemoryType) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())

    def index_type(self) -> ValType:
        return I64 if self.memory64 else I32

    def debug(self) -> str:
        return (
            f"MemoryType {{ memory64: {debug_bool(self.memory64)}, shared: {debug_bool(self.shared)}, "
            f"initial: {self.initial}, maximum: {debug_option(self.maximum)}, "
            f"page_size_log2: {debug_option(self.page_size_log2)} }}"
        )


class GlobalType:
    """A global type."""

    __slots__ = ("content_type", "mutable", "shared")

    def __init__(self, content_type: ValType, mutable: bool = False, shared: bool = False) -> None:
        self.content_type = content_type
        self.mutable = mutable
        self.shared = shared

    def key(self) -> tuple[object, ...]:
        return (self.content_type, self.mutable, self.shared)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GlobalType) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())

    def debug(self) -> str:
        return (
            f"GlobalType {{ content_type: {debug_val_type(self.content_type)}, "
            f"mutable: {debug_bool(self.mutable)}, shared: {debug_bool(self.shared)} }}"
        )


class TagType:
    """A tag type: an exception with the function type `func_type`, an index of the module's types."""

    __slots__ = ("func_type",)

    def __init__(self, func_type: int) -> None:
        self.func_type = func_type

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TagType) and self.func_type == other.func_type

    def __hash__(self) -> int:
        return hash(self.func_type)


# ------------------------------------------------------------------------------- as messages show them

NUMERIC_NAMES: Final = {I32: "i32", I64: "i64", F32: "f32", F64: "f64", V128: "v128", I8: "i8", I16: "i16"}


def show_val_type(type_: StorageType) -> str:
    """A value or storage type as text: `i32`, `funcref`, `(ref null (module 3))`."""
    if type_ & REF != 0:
        return show_ref_type(type_)
    return NUMERIC_NAMES[type_]


def show_ref_type(ref: RefType) -> str:
    """A reference type as messages show it, indices with the name of their space."""
    if ref & CONCRETE != 0:
        index = show_index(ref)
        if ref & EXACT != 0:
            return f"(ref (exact {index}))"
        return f"(ref null {index})" if ref & NULLABLE != 0 else f"(ref {index})"
    byte = ref >> 8
    if ref & NULLABLE != 0:
        name = NULL_NAMES.get(byte) or HEAP_NAMES[byte]
        return f"(shared {name}ref)" if ref & SHARED != 0 else f"{name}ref"
    name = HEAP_NAMES[byte]
    return f"(ref (shared {name}))" if ref & SHARED != 0 else f"(ref {name})"


def show_index(heap: HeapType) -> str:
    """The index of a concrete heap or reference type: `(module 1)`, `(recgroup 1)` or `(id 1)`."""
    space = heap & INDEX_SPACE
    name = "module" if space == MODULE_INDEX else "recgroup" if space == REC_GROUP_INDEX else "id"
    return f"({name} {heap >> 8})"


def wat_ref_type(ref: RefType) -> str:
    """A reference type with its index left out: `(ref null $type)`."""
    if ref & CONCRETE != 0:
        index = "(exact $type)" if ref & EXACT != 0 else "$type"
        return f"(ref null {index})" if ref & NULLABLE != 0 else f"(ref {index})"
    return show_ref_type(ref)


def debug_val_type(type_: ValType) -> str:
    """A value type as Rust's Debug prints it: `I32`, `Ref(funcref)`."""
    if type_ & REF != 0:
        return f"Ref({show_ref_type(type_)})"
    return NUMERIC_NAMES[type_].upper()


def debug_val_types(types: Sequence[ValType]) -> str:
    """A list of value types as Rust's Debug prints it: `[I32, F64]`."""
    return "[" + ", ".join([debug_val_type(t) for t in types]) + "]"


def debug_index(heap: HeapType) -> str:
    """The index of a concrete heap type as Rust's Debug prints it."""
    space = heap & INDEX_SPACE
    name = "module" if space == MODULE_INDEX else "recgroup" if space == REC_GROUP_INDEX else "id"
    return f'CoreTypeIndex {{ kind: "{name}", index: {heap >> 8} }}'


def debug_bool(value: bool) -> str:
    return "true" if value else "false"


def debug_option(value: int | None) -> str:
    """An optional number as Rust's Debug prints it."""
    return "None" if value is None else f"Some({value})"
