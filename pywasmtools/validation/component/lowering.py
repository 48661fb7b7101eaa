"""What core function a component function is lifted from or lowered to.

Canonical ABI: flattening (https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md#flattening)
over linear memory, and the draft of lowering to GC types, where the core type is given and only checked.
"""

from __future__ import annotations

from pywasmtools.canonical_abi import LIFT as LIFT
from pywasmtools.canonical_abi import (
    LIFT_ASYNC_CALLBACK,
    LIFT_ASYNC_STACKFUL,
    LOWER_ASYNC,
    MAX_FLAT_RESULTS,
    flatten_flags,
    flatten_functype,
    flatten_list,
    flatten_primitive,
    flatten_record,
    flatten_variant,
    max_flat_params,
)
from pywasmtools.canonical_abi import LOWER as LOWER
from pywasmtools.diagnostics import binary_error
from pywasmtools.validation.component.types import (
    BORROW,
    ENUM,
    FIXED_LENGTH_LIST,
    FLAGS,
    FUTURE,
    LIST,
    MAP,
    OPTION,
    OWN,
    PRIMITIVE,
    RECORD,
    RESULT,
    STREAM,
    TUPLE,
    VARIANT,
    contains_ptr,
)
from pywasmtools.wasm.types import (
    CONCRETE,
    EXTERN,
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    REF,
    ArrayType,
    FuncType,
    StructType,
    show_val_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.canonical_abi import Flat
    from pywasmtools.validation.component.types import ComponentFuncType, ComponentTypes, DefinedType, ValType

UTF8: Final = "utf8"
UTF16: Final = "utf16"
LATIN1_UTF16: Final = "latin1-utf16"


class CanonicalOptions:
    """The options of a canonical definition, checked one by one. -1 stands for what is not given.

    `core_type` is a core type id, the other numbers are indices of core functions and memories.
    """

    __slots__ = (
        "callback",
        "core_type",
        "gc",
        "is_async",
        "memory",
        "memory64",
        "post_return",
        "realloc",
        "string_encoding",
    )

    def __init__(self) -> None:
        self.string_encoding = UTF8
        self.memory = -1
        self.memory64 = False
        self.realloc = -1
        self.post_return = -1
        self.is_async = False
        self.callback = -1
        self.core_type = -1
        self.gc = False

    def ptr_type(self) -> int:
        """The core type of pointers and sizes."""
        return I64 if self.memory64 else I32

    def require_sync(self, where: str, offset: int) -> None:
        if self.is_async:
            raise binary_error(offset, f"cannot specify `async` option on `{where}`")

    def require_memory(self, offset: int) -> None:
        if self.memory < 0:
            raise binary_error(offset, "canonical option `memory` is required")

    def require_realloc(self, offset: int) -> None:
        """Memory is needed wherever `realloc` is, and asked for first."""
        self.require_memory(offset)
        if self.realloc < 0:
            raise binary_error(offset, "canonical option `realloc` is required")

    def check_lower(self, offset: int) -> None:
        """Refuses options that lowerings may not have."""
        if self.post_return >= 0:
            raise binary_error(offset, "canonical option `post-return` cannot be specified for lowerings")
        if self.callback >= 0:
            raise binary_error(offset, "canonical option `callback` cannot be specified for lowerings")
        if self.gc and self.core_type < 0:
            raise binary_error(offset, "cannot specify `gc` without also specifying a `core-type` for lowerings")

    def check_asyncness(self, func: ComponentFuncType, offset: int) -> None:
        """The option `async` is for functions that are `async` themselves."""
        if self.is_async and not func.async_:
            raise binary_error(offset, "the `async` canonical option requires an async function type")


# ---------------------------------------------------------------------------------------- flattening


def flatten(types: ComponentTypes, type_: ValType, memory64: bool) -> Flat:
    """The core types of a value; None where there are too many, which is remembered as no core types."""
    if isinstance(type_, str):
        return flatten_primitive(type_, I64 if memory64 else I32)
    defined = types.defined(type_)
    known = defined.flat64 if memory64 else defined.flat32
    if known is None:
        known = _flatten_defined(types, defined, memory64) or ()
        if memory64:
            defined.flat64 = known
        else:
            defined.flat32 = known
    return known or None


def _flatten_defined(types: ComponentTypes, defined: DefinedType, memory64: bool) -> Flat:
    kind = defined.kind
    if kind in (LIST, MAP):
        return flatten_primitive("string", I64 if memory64 else I32)
    if kind == FLAGS:
        return flatten_flags(len(defined.names))
    parts = [flatten(types, part, memory64) for part in defined.types if part is not None]
    if kind in (RECORD, TUPLE, PRIMITIVE):
        return flatten_record(parts)
    if kind in (VARIANT, OPTION, RESULT):
        return flatten_variant(parts)
    if kind == FIXED_LENGTH_LIST:
        return flatten_list(parts[0], defined.length)
    # enum, own, borrow, future, stream
    return (I32,)


def _context(options: CanonicalOptions, abi: int) -> int:
    """What `flatten_functype` calls a lifting or lowering with these options."""
    if not options.is_async:
        return abi
    if abi == LOWER:
        return LOWER_ASYNC
    return LIFT_ASYNC_CALLBACK if options.callback >= 0 else LIFT_ASYNC_STACKFUL


def lower(
    types: ComponentTypes, func: ComponentFuncType, options: CanonicalOptions, abi: int, offset: int
) -> FuncType | int:
    """The core function type for `abi` (LIFT or LOWER); with `gc`, the id of the one given, once it is found to fit.

    Raises where an option is missing that the types need.
    """
    if options.gc:
        _lower_gc(types, func, options, offset)
        return options.core_type
    memory64 = options.memory64
    context = _context(options, abi)
    params: Flat = ()
    for _, type_ in func.params:
        if contains_ptr(types, type_):
            if abi == LOWER:
                options.require_memory(offset)
            else:
                options.require_realloc(offset)
        params = flatten_record([params, flatten(types, type_, memory64)])
        if params is None or len(params) > max_flat_params(context):
            params = None
            options.require_memory(offset)
            if abi == LIFT:
                options.require_realloc(offset)
            break
    result: Flat = None
    if func.result is not None:
        result = flatten(types, func.result, memory64)
        _check_result(options, abi, result, contains_ptr(types, func.result), offset)
    signature = flatten_functype(context, params, func.result is not None, result, options.ptr_type())
    return FuncType(signature.params, signature.results)


def _check_result(options: CanonicalOptions, abi: int, flat: Flat, has_ptr: bool, offset: int) -> None:
    """Refuses options without what a result needs: in memory it is, or what it points to."""
    if abi == LOWER and has_ptr:
        options.require_realloc(offset)
    if not options.is_async:
        needs_memory = flat is None or len(flat) > MAX_FLAT_RESULTS
    elif abi == LOWER:
        needs_memory = True
    else:
        needs_memory = flat is None or has_ptr
    if needs_memory:
        options.require_memory(offset)


# ------------------------------------------------------------------------------- lowering to GC types

_CORE_NAMES: Final = {
    "bool": "i32",
    "s8": "i32",
    "u8": "i32",
    "s16": "i32",
    "u16": "i32",
    "s32": "i32",
    "u32": "i32",
    "s64": "i64",
    "u64": "i64",
    "f32": "f32",
    "f64": "f64",
    "char": "i32",
}
_CORE_TYPES: Final = {"i32": I32, "i64": I64, "f32": F32, "f64": F64}
_PACKED: Final = {"bool": I8, "s8": I8, "u8": I8, "s16": I16, "u16": I16}


def _lower_gc(types: ComponentTypes, func: ComponentFuncType, options: CanonicalOptions, offset: int) -> None:
    core = types.core.func_type(options.core_type)
    if len(core.params) != len(func.params):
        raise binary_error(
            offset,
            f"declared `core-type` has {len(core.params)} parameters, "
            f"but component function has {len(func.params)} parameters",
        )
    for k, (_, type_) in enumerate(func.params):
        _lower_value_gc(types, type_, options, core.params[k], False, offset)
    results = 0 if func.result is None else 1
    if len(core.results) != results:
        raise binary_error(
            offset,
            f"declared `core-type` has {len(core.results)} results, but component function has {results} results",
        )
    if func.result is not None:
        _lower_value_gc(types, func.result, options, core.results[0], False, offset)


def _concrete_ref(core: int) -> int:
    """The core type id that a reference type points to, exact or not; -1 for all other types."""
    return core >> 8 if core & REF != 0 and core & CONCRETE != 0 else -1


def _is_extern_ref(core: int) -> bool:
    return core & REF != 0 and core & CONCRETE == 0 and core >> 8 == EXTERN


def _lower_value_gc(
    types: ComponentTypes, type_: ValType, options: CanonicalOptions, core: int, is_field: bool, offset: int
) -> None:
    """Checks that a value fits the core type of an argument, or (`is_field`) of a field or element."""
    if isinstance(type_, str):
        _lower_primitive_gc(types, type_, options, core, is_field, offset)
        return
    defined = types.defined(type_)
    kind = defined.kind
    if kind == PRIMITIVE:
        _lower_primitive_gc(types, str(defined.types[0]), options, core, is_field, offset)
    elif kind in (RECORD, TUPLE):
        _lower_product_gc(types, defined, options, core, offset)
    elif kind in (VARIANT, OPTION, RESULT):
        id = _concrete_ref(core)
        if id >= 0:
            inner = types.core.core_type(id).composite.inner
            if isinstance(inner, StructType) and not inner.fields:
                return
        raise binary_error(
            offset,
            f"expected to lower component `{kind}` type to core `(ref null? (struct))`, "
            f"but found `{show_val_type(core)}`",
        )
    elif kind in (LIST, FIXED_LENGTH_LIST):
        id = _concrete_ref(core)
        if id >= 0:
            inner = types.core.core_type(id).composite.inner
            if isinstance(inner, ArrayType):
                element = defined.types[0]
                assert element is not None
                _lower_value_gc(types, element, options, inner.field.element_type, True, offset)
                return
        raise binary_error(
            offset,
            "expected to lower component `list` type into `(ref null? (array ...))`, but "
            f"found `{show_val_type(core)}`",
        )
    elif kind == MAP:
        raise binary_error(offset, "GC lowering for component `map` type is not yet implemented")
    elif kind in (FLAGS, ENUM):
        if core != I32:
            raise binary_error(
                offset,
                f"expected to lower component `{kind}` type into core `i32` type, but found `{show_val_type(core)}`",
            )
    else:
        assert kind in (OWN, BORROW, FUTURE, STREAM)
        if not _is_extern_ref(core):
            raise _not_extern(kind, core, offset)


def _not_extern(kind: str, core: int, offset: int) -> Exception:
    return binary_error(
        offset,
        f"expected to lower component `{kind}` type into core `(ref null? extern)` type, but "
        f"found `{show_val_type(core)}`",
    )


def _lower_primitive_gc(
    types: ComponentTypes, type_: str, options: CanonicalOptions, core: int, is_field: bool, offset: int
) -> None:
    if type_ == "string":
        utf16 = options.string_encoding == UTF16
        id = _concrete_ref(core)
        if id >= 0:
            inner = types.core.core_type(id).composite.inner
            if isinstance(inner, ArrayType) and inner.field.element_type == (I16 if utf16 else I8):
                return
        expected = f"(ref null? (array (mut? {'i16' if utf16 else 'i8'})))"
    elif type_ == "error-context":
        if not _is_extern_ref(core):
            raise _not_extern(type_, core, offset)
        return
    elif is_field and type_ in _PACKED:
        if core == _PACKED[type_]:
            return
        expected = show_val_type(_PACKED[type_])
    else:
        expected = _CORE_NAMES[type_]
        if core == _CORE_TYPES[expected]:
            return
    raise binary_error(
        offset,
        f"expected to lower component `{type_}` type to core `{expected}` type, found `{show_val_type(core)}`",
    )


def _lower_product_gc(
    types: ComponentTypes, defined: DefinedType, options: CanonicalOptions, core: int, offset: int
) -> None:
    id = _concrete_ref(core)
    if id >= 0:
        inner = types.core.core_type(id).composite.inner
        if isinstance(inner, StructType):
            if len(inner.fields) != len(defined.types):
                raise binary_error(
                    offset,
                    f"core `struct` has {len(inner.fields)} fields, but component `{defined.kind}` has "
                    f"{len(defined.types)} fields",
                )
            for k, part in enumerate(defined.types):
                assert part is not None
                _lower_value_gc(types, part, options, inner.fields[k].element_type, True, offset)
            return
    raise binary_error(
        offset,
        f"expected to lower component `{defined.kind}` type to core `(ref null? (struct ...))`, "
        f"but found `{show_val_type(core)}`",
    )
