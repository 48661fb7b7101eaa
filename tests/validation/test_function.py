"""Function bodies: what is valid, and what is refused with which message at which offset.

A case is a body in hex, locals first, in a module made by `module_with`: messages name offsets of the body
as `+N`, from its first byte on.
"""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.core.function import BodyValidator
from pywasmtools.validation.validator import validate_all
from pywasmtools.wasm.module_builder import ModuleBuilder, i32_const
from pywasmtools.wasm.payloads import CODE_SECTION_ENTRY, Parser
from pywasmtools.wasm.types import (
    EXTERNREF,
    FUNCREF,
    I8,
    I32,
    I64,
    ArrayType,
    CompositeType,
    ContType,
    FieldType,
    FuncType,
    GlobalType,
    MemoryType,
    StructType,
    SubType,
    TableType,
    concrete_heap,
    ref_type,
)


def module_with(body: str) -> bytes:
    """A module with one of everything, and a body of type `(func (param i32 i64) (result i32))`.

    Types: 0 that one; 1 (func); 2 (func (param i32)); 3 (struct i32 (mut i8)); 4 (array (mut i64));
    5 (cont 1); 6 (array (ref 3)). Memories: 32 and 64 bits. Tables of funcref and externref. Globals: an
    immutable i32, a mutable i64. Tag 0 has type 2. Function 0 is the body, 1 is of type 1 and exported.
    """
    module = ModuleBuilder()
    module.type_func(FuncType((I32, I64), (I32,)))
    module.type_func(FuncType((), ()))
    module.type_func(FuncType((I32,), ()))
    module.type_sub(SubType(CompositeType(StructType((FieldType(I32, False), FieldType(I8, True))))))
    module.type_sub(SubType(CompositeType(ArrayType(FieldType(I64, True)))))
    module.type_sub(SubType(CompositeType(ContType(concrete_heap(1)))))
    module.type_sub(SubType(CompositeType(ArrayType(FieldType(ref_type(False, concrete_heap(3)), True)))))
    module.function(0)
    module.function(1)
    module.memory(MemoryType(1))
    module.memory(MemoryType(1, memory64=True))
    module.table(TableType(FUNCREF, 1))
    module.table(TableType(EXTERNREF, 1))
    module.tag(2)
    module.global_(GlobalType(I32), i32_const(0))
    module.global_(GlobalType(I64, mutable=True), b"\x42\x00\x0b")
    module.export("f", 0, 1)
    module.raw_code(bytes.fromhex(body))
    module.raw_code(b"\x00\x0b")
    return module.finish()


VALID = [
    "00 20 00 0b",
    "00 00 0b",  # unreachable
    "00 00 6a 1a 20 00 0b",  # operands out of nowhere
    "00 02 7f 41 00 0b 0b",  # block
    "00 20 00 04 7f 41 01 05 41 02 0b 0b",  # if else
    "00 20 00 04 40 0b 41 00 0b",  # if without else
    "00 03 40 20 00 0d 00 0b 41 00 0b",  # loop, br_if
    "00 20 00 20 01 10 00 0b",  # call
    "00 20 00 20 01 12 00 0b",  # return_call
    "00 20 00 20 01 20 00 11 00 00 0b",  # call_indirect
    "00 41 00 20 00 0e 01 00 00 0b",  # br_table to the body
    "00 41 00 41 01 20 00 1b 0b",  # select
    "00 20 00 28 02 00 0b",
    "00 20 01 28 42 01 00 0b",  # load of the 64-bit memory
    "00 20 00 20 01 37 03 08 41 00 0b",  # i64.store
    "00 3f 00 40 00 0b",  # memory.size, memory.grow
    "01 01 70 d0 70 21 02 20 02 d1 0b",  # locals of reference type
    "01 01 64 03 41 00 41 00 fb 00 03 21 02 20 02 fb 02 03 00 0b",  # a non-defaultable local, set first
    "00 02 40 d0 03 d5 00 1a 0b 41 00 0b",  # br_on_null
    "00 d2 01 1a 41 00 0b",  # ref.func
    "00 06 40 07 00 1a 19 0b 41 00 0b",  # try catch catch_all
    "00 02 7f 1f 40 01 00 00 00 0b 41 00 0b 0b",  # try_table
    "00 fd 0c 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 fd 15 0f 0b",  # v128.const, extract_lane
    "00 20 00 fe 10 02 00 0b",  # i32.atomic.load
    "00 d2 01 e0 05 e3 05 00 41 00 0b",  # cont.new, resume
    "00 20 00 fb 1c fb 1d 0b",  # ref.i31, i31.get_s
    "00 42 00 41 03 fb 06 04 fb 0f 0b",  # array.new, array.len
]

INVALID = [
    ("00 0b", "type mismatch: expected i32 but nothing on stack (at offset +1)"),
    ("00 20 01 0b", "type mismatch: expected i32, found i64 (at offset +3)"),
    ("00 20 00 20 00 0b", "type mismatch: values remaining on stack at end of block (at offset +5)"),
    ("00 20 02 0b", "unknown local 2: local index out of bounds (at offset +1)"),
    ("00 1a 0b", "type mismatch: expected a type but nothing on stack (at offset +1)"),
    ("00 20 00", "control frames remain at end of function body or expression (at offset +3)"),
    ("00 20 00 0b 01", "operators remaining after end of function body or expression (at offset +4)"),
    ("00 20", "unexpected end-of-file (at offset +2)"),
    ("00 41 80", "unexpected end-of-file (at offset +3)"),
    ("00 16 0b", "illegal opcode: 0x16 (at offset +1)"),
    ("00 fb 7f 0b", "unknown 0xfb subopcode: 0x7f (at offset +1)"),
    ("01 d1 86 03 7f 41 00 0b", "too many locals: locals exceed maximum (at offset +1)"),
    ("01 01 64 03 20 02 1a 41 00 0b", "uninitialized local: 2 (at offset +4)"),
    ("01 01 63 09 41 00 0b", "unknown type 9: type index out of bounds (at offset +1)"),
    ("00 02 09 0b 0b", "unknown type: type index out of bounds (at offset +1)"),
    ("00 02 03 0b 0b", "expected func type at index 3, found (struct i32 (mut i8)) (at offset +1)"),
    ("00 05 0b", "`else` found outside `If` block (at offset +2)"),
    ("00 20 00 04 7f 41 00 0b 0b", "type mismatch: expected i32 but nothing on stack (at offset +7)"),
    ("00 0c 01 0b", "unknown label: branch depth too large (at offset +1)"),
    (
        "00 02 40 41 00 20 00 0e 01 00 01 0b 0b",
        "type mismatch: br_table target labels have different number of types (at offset +7)",
    ),
    ("00 10 02 0b", "unknown function 2: function index out of bounds (at offset +1)"),
    ("00 12 01 0b", "type mismatch: current function requires result type [i32] but callee returns [] (at offset +1)"),
    (
        "00 41 00 11 01 01 0b",
        "type mismatch: indirect calls must go through a table with type <= funcref (at offset +3)",
    ),
    ("00 41 00 42 00 41 00 1b 0b", "type mismatch: select operands have different types (at offset +7)"),
    ("00 d0 70 d0 70 41 00 1b 0b", "type mismatch: select only takes integral types (at offset +7)"),
    ("00 1c 00 0b", "invalid result arity (at offset +1)"),
    ("00 24 00 0b", "global is immutable: cannot modify it with `global.set` (at offset +1)"),
    ("00 23 02 0b", "unknown global: global index out of bounds (at offset +1)"),
    ("00 41 00 28 03 00 0b", "invalid memop alignment: alignment must not be larger than natural (at offset +3)"),
    ("00 41 00 28 42 02 00 0b", "unknown memory 2 (at offset +3)"),
    ("00 41 00 28 02 80 80 80 80 10 0b", "offset out of range: must be <= 2**32 (at offset +3)"),
    ("00 41 00 fe 10 00 00 0b", "atomic instructions must always specify maximum alignment (at offset +3)"),
    ("00 fc 09 00 0b", "data count section required (at offset +1)"),
    ("00 fc 0d 00 0b", "unknown elem segment 0: segment index out of bounds (at offset +1)"),
    ("00 fc 0e 00 01 0b", "type mismatch (at offset +1)"),
    ("00 d2 00 1a 0b", "undeclared function reference (at offset +1)"),
    ("00 41 00 d1 0b", "type mismatch: expected ref but found i32 (at offset +3)"),
    ("00 d0 6f d4 d4 fb 0f 0b", "type mismatch: expected subtype of arrayref, found (ref extern) (at offset +5)"),
    ("00 00 fb 1a fb 0f 0b", "type mismatch: expected subtype of array, found any (at offset +4)"),
    ("00 00 d4 6a 0b", "type mismatch: expected i32, found heap type (at offset +3)"),
    ("00 08 01 0b", "unknown tag 1: tag index out of bounds (at offset +1)"),
    ("00 09 00 0b", "invalid rethrow label: target was not a `catch` block (at offset +1)"),
    ("00 1f 40 01 02 00 0b 0b", "type mismatch: catch_all label must have no result types (at offset +1)"),
    ("00 fd 0c" + " 00" * 16 + " fd 15 10 0b", "SIMD index out of bounds (at offset +19)"),
    ("00 fb 02 03 01 0b", "can only use struct `get` with non-packed storage types (at offset +1)"),
    ("00 fb 02 04 00 0b", "expected struct type at index 4, found (array (mut i64)) (at offset +1)"),
    ("00 fb 05 03 00 0b", "invalid struct modification: struct field is immutable (at offset +1)"),
    ("00 fb 07 06 0b", "invalid `array.new_default`: (ref (id 3)) field is not defaultable (at offset +1)"),
    ("00 d0 6f fb 17 03 0b", "type mismatch: expected anyref, found externref (at offset +3)"),
    ("00 fb 17 05 0b", "invalid cast: cannot cast to a continuation type (at offset +1)"),
    (
        "00 fb 18 03 00 6e 70 0b",
        "type mismatch: anyref and funcref have different heap type hierarchies (at offset +1)",
    ),
    ("00 e0 01 0b", "non-continuation type 1 (at offset +1)"),
    ("00 41 00 fe 72 0b", "type mismatch: expected i32, found (ref (shared i31)) (at offset +5)"),
    ("00 fe 51 00 01 0b", "type mismatch: expected i64 but nothing on stack (at offset +1)"),
]


def body_start(data: bytes) -> int:
    for payload in Parser(data):
        if payload.kind == CODE_SECTION_ENTRY:
            return payload.start
    raise AssertionError("no body")


def expected(message: str, start: int) -> str:
    """The message with the body's offset added to `+N`."""
    text, _, offset = message[:-1].rpartition("+")
    return f"{text}{start + int(offset):#x})"


@pytest.mark.parametrize("body", VALID)
def test_valid(body: str) -> None:
    validate_all(module_with(body), BodyValidator().check)


@pytest.mark.parametrize(("body", "message"), INVALID)
def test_invalid(body: str, message: str) -> None:
    data = module_with(body)
    with pytest.raises(WasmToolsError) as e:
        validate_all(data, BodyValidator().check)
    assert e.value.chain() == expected(message, body_start(data))


def test_locals_are_found_however_they_are_declared() -> None:
    # 300 i64, 49000 i32, behind two parameters
    locals_ = "02 ac 02 7e e8 fe 02 7f "
    for index, valid in (("ad 02", False), ("ae 02", True), ("95 81 03", True)):
        data = module_with(locals_ + "20 " + index + " 0b")
        if valid:
            validate_all(data, BodyValidator().check)
        else:
            with pytest.raises(WasmToolsError, match="expected i32, found i64"):
                validate_all(data, BodyValidator().check)
    with pytest.raises(WasmToolsError, match="unknown local 49302"):
        validate_all(module_with(locals_ + "20 96 81 03 0b"), BodyValidator().check)


def test_one_validator_serves_several_modules() -> None:
    validator = BodyValidator()
    validate_all(module_with("00 20 00 20 01 10 00 0b"), validator.check)
    with pytest.raises(WasmToolsError, match="type mismatch: expected i32 but nothing on stack"):
        validate_all(module_with("00 0b"), validator.check)
    validate_all(module_with("00 20 00 20 01 10 00 0b"), validator.check)


def test_deep_nesting_needs_no_recursion() -> None:
    depth = 20000
    validate_all(module_with("00" + "02 40" * depth + "0b" * depth + "41 00 0b"), BodyValidator().check)


@pytest.mark.parametrize("type_", range(0x80))
def test_a_type_of_locals_is_the_one_behind_their_count(type_: int) -> None:
    """Whatever the next group looks like: 0x7f is a count and a type."""

    def is_valid(groups: str) -> bool:
        try:
            validate_all(module_with(groups + "4100 0b"), BodyValidator().check)
        except WasmToolsError:
            return False
        return True

    assert is_valid("02 017f 7f7f") and not is_valid("02 017f 0100")
    assert is_valid(f"02 01{type_:02x} 7f7f") == is_valid(f"01 01{type_:02x}") == is_valid(f"02 017f 01{type_:02x}")
