"""What core function a component function is lifted from or lowered to.

Canonical ABI: flattening (https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md#flattening)
over linear memory, and the draft of lowering to GC types, where the core type is given and only checked.
"""

from __future__ import annotations

from pywasmtools.diagnostics import binary_error
from pywasmtools.validate.component.types import (
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

    from pywasmtools.validate.component.types import ComponentFuncType, ComponentTypes, DefinedType, ValType

MAX_FLAT_PARAMS: Final = 16
MAX_FLAT_ASYNC_PARAMS: Final = 4
MAX_FLAT_RESULTS: Final = 1

LIFT: Final = 0
LOWER: Final = 1

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

_FLAT: Final = {
    "bool": (I32,),
    "s8": (I32,),
    "u8": (I32,),
    "s16": (I32,),
    "u16": (I32,),
    "s32": (I32,),
    "u32": (I32,),
    "char": (I32,),
    "error-context": (I32,),
    "s64": (I64,),
    "u64": (I64,),
    "f32": (F32,),
    "f64": (F64,),
}


def flatten(types: ComponentTypes, type_: ValType, memory64: bool) -> tuple[int, ...]:
    """The core types of a value; empty where there would be more than 16."""
    if isinstance(type_, str):
        if type_ == "string":
            return (I64, I64) if memory64 else (I32, I32)
        return _FLAT[type_]
    defined = types.defined(type_)
    flat = defined.flat64 if memory64 else defined.flat32
    if flat is None:
        flat = _flatten_defined(types, defined, memory64)
        if memory64:
            defined.flat64 = flat
        else:
            defined.flat32 = flat
    return flat


def _flatten_defined(types: ComponentTypes, defined: DefinedType, memory64: bool) -> tuple[int, ...]:
    kind = defined.kind
    flat: list[int] = []
    if kind in (RECORD, TUPLE, PRIMITIVE):
        for part in defined.types:
            assert part is not None
            more = flatten(types, part, memory64)
            if not more or len(flat) + len(more) > MAX_FLAT_PARAMS:
                return ()
            flat.extend(more)
        return tuple(flat)
    if kind in (VARIANT, OPTION, RESULT):
        flat.append(I32)
        for part in defined.types:
            if part is None:
                continue
            more = flatten(types, part, memory64)
            if not more or 1 + len(more) > MAX_FLAT_PARAMS:
                return ()
            for k, core in enumerate(more, 1):
                if k < len(flat):
                    flat[k] = _join(flat[k], core)
                else:
                    flat.append(core)
        return tuple(flat)
    if kind in (LIST, MAP):
        return (I64, I64) if memory64 else (I32, I32)
    if kind == FIXED_LENGTH_LIST:
        element = defined.types[0]
        assert element is not None
        more = flatten(types, element, memory64)
        return more * defined.length if len(more) * defined.length <= MAX_FLAT_PARAMS else ()
    return (I32,)


def _join(a: int, b: int) -> int:
    """The core type that holds either of two: equal ones as they are, else by width."""
    if a == b:
        return a
    if a in (I64, F64) or b in (I64, F64):
        return I64
    return I32


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
    ptr = options.ptr_type()
    limit = MAX_FLAT_ASYNC_PARAMS if abi == LOWER and options.is_async else MAX_FLAT_PARAMS
    params: list[int] = []
    results: tuple[int, ...] = ()
    for _, type_ in func.params:
        if contains_ptr(types, type_):
            if abi == LOWER:
                options.require_memory(offset)
            else:
                options.require_realloc(offset)
        flat = flatten(types, type_, memory64)
        if not flat or len(params) + len(flat) > limit:
            params = [ptr]
            options.require_memory(offset)
            if abi == LIFT:
                options.require_realloc(offset)
            break
        params.extend(flat)
    result = func.result
    if result is not None and abi == LOWER and contains_ptr(types, result):
        options.require_realloc(offset)
    if not options.is_async:
        if result is not None:
            results = flatten(types, result, memory64)
            if len(results) != MAX_FLAT_RESULTS:
                options.require_memory(offset)
                if abi == LOWER:
                    params.append(ptr)
                    results = ()
                else:
                    results = (ptr,)
    elif abi == LOWER:
        if result is not None:
            params.append(ptr)
            options.require_memory(offset)
        results = (I32,)
    else:
        if result is not None and (not flatten(types, result, memory64) or contains_ptr(types, result)):
            options.require_memory(offset)
        if options.callback >= 0:
            results = (I32,)
    return FuncType(tuple(params), results)


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
