"""The core module validator: what is refused, with which message at which offset, and what it knows afterwards.

Modules are written as hex, a section a string: id, then its content (the size is filled in). Offsets count
from the start of the module, so the first section's content begins at 0xa.
"""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.validation.core.module import FuncToValidate, ModuleState
from pywasmtools.validation.core.types import (
    EXTERNAL_FUNC,
    EXTERNAL_FUNC_EXACT,
    EXTERNAL_MEMORY,
    CoreTypes,
)
from pywasmtools.wasm.payloads import CODE_SECTION_ENTRY, CUSTOM_SECTION, END, VERSION, Parser
from pywasmtools.wasm.types import F64, I32, FuncType


def module(*sections: str) -> bytes:
    """A module of sections written as `id content`, in hex; contents are shorter than 128 bytes."""
    data = b"\0asm\1\0\0\0"
    for section in sections:
        content = bytes.fromhex(section)
        data += bytes([content[0], len(content) - 1]) + content[1:]
    return data


def validate(data: bytes, types: CoreTypes | None = None) -> tuple[ModuleState, list[FuncToValidate]]:
    """Steps through a module; the bodies that were handed back are not walked."""
    state = ModuleState(types or CoreTypes())
    bodies = []
    for payload in Parser(data):
        if payload.kind == CODE_SECTION_ENTRY:
            bodies.append(state.code_section_entry(payload))
        elif payload.kind not in (VERSION, END, CUSTOM_SECTION):
            state.section(payload)
    return state, bodies


EMPTY_FUNC = "01 01 60 00 00"  # (type (func))

INVALID = {
    # types
    "type index of a function": ((EMPTY_FUNC, "03 01 01"), "unknown type 1: type index out of bounds (at offset 0x11)"),
    "struct as function type": (("01 01 5f 00", "03 01 00"), "type index 0 is not a function type (at offset 0x10)"),
    "reference to a later type": (
        ("01 01 60 01 64 01 00",),
        "unknown type 1: type index out of bounds (at offset 0xb)",
    ),
    "supertype later": (("01 01 50 01 00 60 00 00",), "supertypes must be defined before subtypes (at offset 0xb)"),
    "two supertypes": (
        ("01 03 50 00 5f 00 50 00 5f 00 50 02 00 01 5f 00",),
        "multiple supertypes (at offset 0x13)",
    ),
    "final supertype": (
        (EMPTY_FUNC.replace("01 01", "01 02") + "50 01 00 60 00 00",),
        "sub type cannot have a final super type (at offset 0xe)",
    ),
    "no match with the supertype": (
        ("01 02 50 00 5f 01 7f 00 50 01 00 5f 01 7e 00",),
        "sub type must match super type (at offset 0x11)",
    ),
    "immutable for mutable field": (
        ("01 02 50 00 5f 01 7f 01 50 01 00 5f 01 7f 00",),
        "sub type must match super type (at offset 0x11)",
    ),
    "shared struct of an unshared reference": (
        ("01 01 65 5f 01 70 00",),
        "shared composite type must contain shared types (at offset 0xb)",
    ),
    "continuation of a struct": (("01 02 5f 00 5d 00",), "non-function type 0 (at offset 0xd)"),
    "descriptor on a function": (
        ("01 01 4e 02 4d 01 60 00 00 4c 00 5f 00",),
        "descriptor clause on non-struct type (at offset 0xb)",
    ),
    "descriptor that describes nothing": (
        ("01 01 4e 02 4d 01 5f 00 5f 00",),
        "descriptor with no matching describes (at offset 0xb)",
    ),
    "describes later": (("01 01 4e 02 4c 01 5f 00 4d 00 5f 00",), "forward describes reference (at offset 0xb)"),
    "data after the types": (
        ("01 01 60 00 00 00",),
        "section size mismatch: unexpected data at the end of the section (at offset 0xe)",
    ),
    # imports: (import "a" "b" …)
    "import of an unknown type": (
        ("02 01 01 61 01 62 00 00",),
        "unknown type 0: type index out of bounds (at offset 0xb)",
    ),
    "compact import of an unknown type": (
        ("02 01 01 61 00 7f 02 01 62 03 7f 00 01 63 00 03",),
        "unknown type 3: type index out of bounds (at offset 0x15)",
    ),
    "tag of a struct": (
        ("01 01 5f 00", "02 01 01 61 01 62 04 00 00"),
        "type index 0 is not a function type (at offset 0x10)",
    ),
    # tables, memories
    "table minimum over maximum": (
        ("04 01 70 01 02 01",),
        "size minimum must not be greater than maximum (at offset 0xb)",
    ),
    "table too large": (
        ("04 01 70 00 80 80 80 80 10",),
        "table size must be at most 0xffffffff entries (at offset 0xb)",
    ),
    "table without default": (("04 01 64 70 00 01",), "type mismatch: non-defaultable element type (at offset 0xb)"),
    "shared table of unshared elements": (
        ("04 01 70 03 00 01",),
        "shared tables must have a shared element type (at offset 0xb)",
    ),
    "memory too large": (
        ("05 01 00 81 80 04",),
        "memory size must be at most 0x10000 65536-byte pages (at offset 0xb)",
    ),
    "64-bit memory too large": (
        ("05 01 04 81 80 80 80 80 80 40",),
        "memory size must be at most 0x1000000000000 65536-byte pages (at offset 0xb)",
    ),
    "memory of small pages too large": (
        ("05 01 08 80 80 80 80 10 00",),
        "memory size must be at most 0xffffffff 1-byte pages (at offset 0xb)",
    ),
    "page size": (("05 01 08 01 01",), "invalid custom page size (at offset 0xb)"),
    "shared memory without maximum": (("05 01 02 01",), "shared memory must have maximum size (at offset 0xb)"),
    # globals
    "shared global": (("06 01 70 02 d0 70 0b",), "shared globals must have a shared value type (at offset 0xb)"),
    "global of an unknown type": (
        ("06 01 63 00 00 d0 70 0b",),
        "unknown type 0: type index out of bounds (at offset 0xb)",
    ),
    # exports
    "export of a function": (
        ("07 01 01 61 00 00",),
        "unknown function 0: exported function index out of bounds (at offset 0xb)",
    ),
    "export of a table": (
        ("07 01 01 61 01 00",),
        "unknown table 0: exported table index out of bounds (at offset 0xb)",
    ),
    "export of a memory": (
        ("07 01 01 61 02 00",),
        "unknown memory 0: exported memory index out of bounds (at offset 0xb)",
    ),
    "export of a global": (
        ("07 01 01 61 03 00",),
        "unknown global 0: exported global index out of bounds (at offset 0xb)",
    ),
    "export of a tag": (("07 01 01 61 04 00",), "unknown tag 0: exported tag index out of bounds (at offset 0xb)"),
    "export twice": (
        ("05 01 00 01", "07 02 01 61 02 00 01 61 02 00"),
        "duplicate export name `a` already defined (at offset 0x14)",
    ),
    # start
    "unknown start": (("08 00",), "unknown function 0: func index out of bounds (at offset 0xa)"),
    "start with a result": (
        ("01 01 60 00 01 7f", "02 01 01 61 01 62 00 00", "08 00"),
        "invalid start function type (at offset 0x1a)",
    ),
    # segments
    "element of an unknown table": (
        ("09 01 00 41 00 0b 00",),
        "unknown table 0: table index out of bounds (at offset 0xb)",
    ),
    "element of an unknown function": (
        ("04 01 70 00 01", "09 01 00 41 00 0b 01 05"),
        "unknown function 5: func index out of bounds (at offset 0x16)",
    ),
    "element of another type": (
        ("04 01 6f 00 01", "09 01 00 41 00 0b 00"),
        "type mismatch: invalid element type `(ref func)` for table type `externref` (at offset 0x11)",
    ),
    "element offset": (
        ("04 01 70 00 01", "09 01 00 42 00 0b 00"),
        "type mismatch: expected i32, found i64 (at offset 0x14)",
    ),
    "data of an unknown memory": (
        ("0b 01 00 41 00 0b 00",),
        "unknown memory 0: memory index out of bounds (at offset 0xb)",
    ),
    "data beyond the section": (
        ("05 01 00 01", "0b 02 00 41 00 0b 01 61 00 41 80 80 04 0b 09 61 62 63 64 65 66 67 68"),
        "unexpected end-of-file (at offset 0x1d)",
    ),
    "data offset of another type among plain ones": (
        ("05 01 00 01", "0b 03 00 41 00 0b 01 61 00 42 00 0b 00 00 41 00 0b 00 00 00 00 00 00 00 00 00"),
        "type mismatch: expected i32, found i64 (at offset 0x19)",
    ),
    "too many data segments": (
        ("0c a1 8d 06",),
        "data count section specifies too many data segments (at offset 0xa)",
    ),
    "too many tables": (("04 a1 8d 06",), "tables count exceeds limit of 100000 (at offset 0xa)"),
    "too many memories": (("05 65",), "memories count exceeds limit of 100 (at offset 0xa)"),
    "too many exports": (("07 c1 84 3d",), "exports count exceeds limit of 1000000 (at offset 0xa)"),
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid(name: str) -> None:
    sections, message = INVALID[name]
    with pytest.raises(WasmToolsError) as caught:
        validate(module(*sections))
    assert str(caught.value) == message


# (global T EXPR): type, 00, expression. Before it: (type (func)), (func import 0), (global import i32), (mut i32).
CONST_PRELUDE = ("01 02 60 00 00 5e 7f 01", "02 03 00 00 00 00 00 01 67 03 7f 00 00 01 6d 03 7f 01")

CONST = {
    "i32": ("7f", "41 2a 0b", ""),
    "extended": ("7f", "41 2a 41 00 6a 23 00 6c 0b", ""),
    "f64": ("7c", "44 00 00 00 00 00 00 f0 3f 0b", ""),
    "v128": ("7b", "fd 0c" + " 00" * 16 + " 0b", ""),
    "i31": ("6c", "41 07 fb 1c 0b", ""),
    "array": ("63 01", "41 07 41 02 fb 06 01 0b", ""),
    "fixed array": ("63 01", "41 07 41 08 fb 08 01 02 0b", ""),
    "externalised": ("6f", "41 07 fb 1c fb 1b 0b", ""),
    "function": (
        "64 62 00",
        "d2 00 0b",
        "type mismatch: expected (ref (exact $type)), found (ref $type) (at offset 0x2d)",
    ),
    "function as funcref": ("70", "d2 00 0b", ""),
    "typed function": ("64 00", "d2 00 0b", ""),
    "empty": ("7f", "0b", "type mismatch: expected i32 but nothing on stack (at offset 0x29)"),
    "two values": (
        "7f",
        "41 00 41 00 0b",
        "type mismatch: values remaining on stack at end of block (at offset 0x2d)",
    ),
    "other type": ("7f", "42 00 0b", "type mismatch: expected i32, found i64 (at offset 0x2b)"),
    "other reference": (
        "64 00",
        "d0 00 0b",
        "type mismatch: expected (ref $type), found (ref null $type) (at offset 0x2c)",
    ),
    "not constant": (
        "7f",
        "41 00 45 0b",
        "constant expression required: non-constant operator: visit_i32_eqz (at offset 0x2b)",
    ),
    "select with a type": (
        "7f",
        "1c 01 7f 0b",
        "constant expression required: non-constant operator: visit_typed_select (at offset 0x29)",
    ),
    "cast": (
        "6e",
        "d0 6e fb 17 6e 0b",
        "constant expression required: non-constant operator: visit_ref_cast_nullable (at offset 0x2b)",
    ),
    "mutable global": (
        "7f",
        "23 01 0b",
        "constant expression required: global.get of mutable global (at offset 0x29)",
    ),
    "itself": ("7f", "23 02 0b", "unknown global 2: global index out of bounds (at offset 0x29)"),
    "unknown function": ("70", "d2 07 0b", "unknown function 7: function index out of bounds (at offset 0x29)"),
    "array of a function type": (
        "6e",
        "41 00 fb 07 00 0b",
        "expected array type at index 0, found (func) (at offset 0x2b)",
    ),
    "struct of an unknown type": ("6e", "fb 01 09 0b", "unknown type: type index out of bounds (at offset 0x29)"),
    "conversion of a number": (
        "6f",
        "41 00 fb 1b 0b",
        "type mismatch: expected ref but found i32 (at offset 0x2b)",
    ),
    "conversion of another hierarchy": (
        "6f",
        "d2 00 fb 1b 0b",
        "type mismatch: expected subtype of anyref, found (ref (id 0)) (at offset 0x2b)",
    ),
}


def const_module(name: str) -> bytes:
    type_, expression, _ = CONST[name]
    return module(*CONST_PRELUDE, f"06 01 {type_} 00 {expression}")


@pytest.mark.parametrize("name", CONST)
def test_constant_expressions(name: str) -> None:
    message = CONST[name][2]
    if not message:
        state, _ = validate(const_module(name))
        assert len(state.module.globals) == 3
        return
    with pytest.raises(WasmToolsError) as caught:
        validate(const_module(name))
    assert str(caught.value) == message


def test_function_reference_in_data_after_bodies() -> None:
    """Once there are bodies, `ref.func` may name only what was referenced before."""
    sections = (EMPTY_FUNC, "03 01 00", "05 01 00 01", "0a 01 02 00 0b", "0b 01 00 d2 00 0b 00")
    with pytest.raises(WasmToolsError) as caught:
        validate(module(*sections))
    assert str(caught.value) == "undeclared function reference (at offset 0x21)"


def test_what_a_module_knows() -> None:
    """Imports by name, exports with canonical types, and function bodies as they come."""
    state, bodies = validate(
        module(
            "01 02 60 01 7f 01 7c 60 00 00",  # (func (param i32) (result f64)), (func)
            "02 01 01 61 01 66 00 00",  # (import "a" "f" (func (type 0)))
            "03 01 01",
            "05 01 01 01 02",  # (memory 1 2)
            "07 03 01 66 00 00 01 67 00 01 01 6d 02 00",  # f: the import, g: the function, m: the memory
            "0a 01 02 00 0b",
        )
    )
    core = state.types
    known = state.module
    imported = known.imports[("a", "f")][0]
    assert imported.kind == EXTERNAL_FUNC
    assert core.func_type(imported.type_id) == FuncType((I32,), (F64,))
    assert known.exports["f"] == imported
    assert known.exports["g"].kind == EXTERNAL_FUNC_EXACT
    memory = known.exports["m"]
    assert memory.kind == EXTERNAL_MEMORY and memory.memory is not None
    assert (memory.memory.initial, memory.memory.maximum) == (1, 2)
    assert [(body.index, body.type_index) for body in bodies] == [(1, 1)]
    assert known.function_references == {0, 1}


def test_types_are_shared_between_modules() -> None:
    """One arena: a type that was defined before has the same id, alone or in a group of the same shape."""
    core = CoreTypes()
    # (type (func)) (rec (type (struct (ref 2))) (type (struct (ref 1))))
    first, _ = validate(module("01 02 60 00 00 4e 02 5f 01 64 02 00 5f 01 64 01 00"), core)
    # (rec (type (struct (ref 1))) (type (struct (ref 0)))) (type (func)) (type (struct (ref 1)))
    second, _ = validate(module("01 03 4e 02 5f 01 64 01 00 5f 01 64 00 00 60 00 00 5f 01 64 01 00"), core)
    assert first.module.types == [0, 1, 2]
    assert second.module.types == [1, 2, 0, 3]
    assert str(core.core_type(3)) == "(struct (ref (id 2)))"


def test_duplicate_imports_are_for_modules_only() -> None:
    state, _ = validate(module(EMPTY_FUNC, "02 02 01 61 01 66 00 00 01 61 01 66 00 00"))
    with pytest.raises(WasmToolsError) as caught:
        state.module.imports_for_module_type(7)
    assert str(caught.value) == (
        "module has a duplicate import name `a:f` that is not allowed in components (at offset 0x7)"
    )
