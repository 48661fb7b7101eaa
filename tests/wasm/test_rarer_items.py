"""Binaries that are malformed in rarer places: leading bytes, headers, names, hints; and messages that nobody shows.

`verdicts` and goldens where the reference says something; the exact texts where it passes over what is malformed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Verdicts
from neighbours import Neighbours, asked, neighbours
from syrupy.assertion import SnapshotAssertion

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.annotations import Producers, read_branch_hints, rewrite_wasm
from pywasmtools.wasm.component import ComponentNameReader, read_component_export, read_core_type, read_extern_name
from pywasmtools.wasm.module import (
    IndirectNameMapReader,
    NameReader,
    read_export,
    read_global,
    read_memory_type,
    read_rec_group,
    read_table_type,
    read_u7,
)
from pywasmtools.wasm.operators import OperatorReader
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.writer import custom_section

sys.path.append(str(Path(__file__).parent.parent / "wat"))

from binaries import FUNC_TYPE, body, component, custom, functions, indirect, leb, module, name, names, section, vec

__all__ = ["asked", "neighbours"]

h = bytes.fromhex

COMPONENTS = {
    "outer alias kind": component(section(3, vec(h("50 01 02 11")))),
    "outer alias target": component(section(3, vec(h("50 01 02 10 02 00 00")))),
    "type bound": component(section(10, vec(h("00 01 61 03 02")))),
    "export's type": component(section(11, vec(h("00 01 61 01 00 02")))),
    "optional type": component(section(7, vec(h("6a 02")))),
    "results": component(section(7, vec(h("40 00 02")))),
    "number of results": component(section(7, vec(h("40 00 01 01")))),
    "destructor": component(section(7, vec(h("3f 7f 02")))),
    "suffix twice": component(section(10, vec(h("02 03 61 3a 62 02 01 01 2e 01 01 2e 01 00")))),
    "id twice": component(section(10, vec(h("02 01 61 02 02 01 2e 02 01 2e 01 00")))),
    "implements twice": component(section(10, vec(h("02 01 61 02 00 01 2e 00 01 2e 01 00")))),
    "no name option": component(section(10, vec(h("02 01 61 01 03 01 2e 01 00")))),
    "start goes on": component(section(9, h("00 00 00 00"))),
    "start twice": component(
        section(10, vec(h("00 01 61 01 00"))), section(9, h("00 00 00")), section(9, h("00 00 00"))
    ),
    "section 13": component(section(13, h("00"))),
    "section 127": component(section(0x7F, h("00"))),
    "section 128": component(h("80 00")),
    "module sections in a component": component(section(1, h("0061736d 01000000 0e0100"))),
    "version 0xc": h("0061736d 0c000100"),
    "version 0xe": h("0061736d 0e000100"),
    "layer 0": h("0061736d 0d000000"),
    "version 2": h("0061736d 02000000"),
    "version 0": h("0061736d 00000000"),
    "component in it of version 0xc": component(section(4, h("0061736d 0c000100"))),
    "module in it of version 2": component(section(1, h("0061736d 02000000"))),
    "component for a module": component(section(1, h("0061736d 0d000100"))),
    "module for a component": component(section(4, h("0061736d 01000000"))),
    "alias sorts": component(section(6, vec(h("00 05 00 00 01 61")))),
    "alias core sorts": component(section(6, vec(h("05 00 00 01 61")))),
    "alias outer core": component(section(6, vec(h("00 10 02 00 00"), h("00 11 02 00 00"), h("00 12 02 00 00")))),
    "instance kind": component(section(5, vec(h("02 00")))),
    "core instance kind": component(section(2, vec(h("02 00")))),
}

MODULES = {
    "on clause 2": functions(body("d270 e3 00 01 02 00 00 0b")),
    "on clauses 10001": functions(body("d270 e3 00 914e 02 00 00 0b")),
    "on clauses 10000": functions(body("d270 e3 00 904e 02 00 00 0b")),
    "catch clause 4": functions(body("1f 40 01 04 00 0b 0b")),
    "goes on after its end": functions(body("0b 01")),
    "two ends": functions(body("0b 0b")),
    "no end": functions(body("01")),
    "section 14": module(section(14, h("00"))),
    "section 16": module(section(16, h("00"))),
    "initial value goes on": module(section(6, vec(h("7f 00 41 00 0b 01")))),
    "memory flags": module(section(5, vec(h("10 00")))),
    "table flags": module(section(4, vec(h("70 08 00")))),
    "global flags": module(section(6, vec(h("7f 04 41 00 0b")))),
    "export kind": module(section(7, vec(h("01 61 05 00")))),
    "exact export": module(section(7, vec(h("01 61 20 00")))),
    "import kind": module(section(2, vec(h("00 00 05 00")))),
    "tag attribute": module(section(13, vec(h("01 00")))),
    "data count too large": module(section(12, h("a1 8d 06")), section(11, vec())),
    "string too long": module(section(7, h("01 a1 8d 06"))),
    "type form": module(section(1, vec(h("5b")))),
    "field flag": module(section(1, vec(h("5f 01 7f 02")))),
    "code after a shorter function section": module(
        section(1, vec(FUNC_TYPE)), section(3, vec(b"\0")), section(10, vec())
    ),
    "code without functions": module(section(1, vec(FUNC_TYPE)), section(10, vec(body("0b")))),
    "functions without code": module(section(1, vec(FUNC_TYPE)), section(3, vec(b"\0"))),
}

NAMES = {
    "module's name goes on": module(custom("name", section(0, name("m"), b"\0"))),
    "id of 128": module(custom("name", section(0x80, b"\1"))),
    "locals out of order": functions(body("0b"), body("0b"))
    + custom("name", section(2, indirect((1, names((0, "x"))), (0, names((0, "y")))))),
    "locals twice": functions(body("0b"), body("0b"))
    + custom("name", section(2, indirect((1, names((0, "x"))), (1, names((0, "y")))))),
    "functions out of order": functions(body("0b"), body("0b")) + custom("name", section(1, names((1, "x"), (0, "y")))),
    "functions twice": functions(body("0b"), body("0b")) + custom("name", section(1, names((1, "x"), (1, "y")))),
    "subsections out of order": functions(body("0b"), body("0b"))
    + custom("name", section(1, names((1, "x"))), section(0, name("m"))),
    "subsections twice": functions(body("0b"), body("0b"))
    + custom("name", section(1, names((1, "x"))), section(1, names((0, "x")))),
    "unknown subsections": functions(body("0b"))
    + custom("name", section(12, names((0, "x"))), section(13, names((0, "x")))),
    "hints": functions(body("4100 0440 0b 0b"), before=custom("metadata.code.branch_hint", vec(h("00 01 03 01 01")))),
    "hint 0": functions(body("4100 0440 0b 0b"), before=custom("metadata.code.branch_hint", vec(h("00 01 03 01 00")))),
    "hint 2": functions(body("4100 0440 0b 0b"), before=custom("metadata.code.branch_hint", vec(h("00 01 03 01 02")))),
    "hint of 2": functions(
        body("4100 0440 0b 0b"), before=custom("metadata.code.branch_hint", vec(h("00 01 03 02 01")))
    ),
}


@pytest.mark.parametrize("command", ["component wit", "component new"])
def test_components(command: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    assert verdicts(command, COMPONENTS) == golden


@pytest.mark.parametrize("command", ["component embed -t w.wit", "component new"])
def test_modules(command: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    Path("w.wit").write_text("package a:b; world w {}")
    assert verdicts(command, {**MODULES, **NAMES}) == golden


def two_maps(reader: BinaryReader) -> list[object]:
    """The names of two functions' locals."""
    maps = IndirectNameMapReader(reader, 2)
    return [maps.next_naming(), maps.next_naming()]


UNSEEN: list[tuple[Callable[[BinaryReader], object], str, str]] = [
    (lambda r: NameReader(r).next_subsection(), "00 03 01 6d 00", "trailing data at the end of a name (at offset 0x4)"),
    (
        lambda r: ComponentNameReader(r).next_subsection(),
        "00 03 01 6d 00",
        "trailing data at the end of a name (at offset 0x4)",
    ),
    (read_u7, "80", "invalid u7 (at offset 0x0)"),
    (read_branch_hints, "00 01 03 02 01", "invalid leading byte (0x2) for invalid branch hint byte (at offset 0x3)"),
    (
        read_branch_hints,
        "00 01 03 01 02",
        "invalid leading byte (0x2) for invalid branch hint taken byte (at offset 0x4)",
    ),
    (two_maps, "01 00 01 00", "indirect names out of order (at offset 0x2)"),
    (read_memory_type, "00", "unexpected end-of-file (at offset 0x1)"),
    (read_memory_type, "10 00", "invalid memory limits flags (at offset 0x0)"),
    (read_table_type, "70 10 00", "invalid table resizable limits flags (at offset 0x1)"),
    (read_global, "7f 04", "malformed global flags (at offset 0x1)"),
    (read_export, "01 66 20 00", "Exact type is not allowed in the exports (at offset 0x3)"),
    (read_rec_group, "4e 00 00", ""),
    (read_core_type, "00 50 00 60 00 00", ""),
    (
        read_component_export,
        "00 01 61 01 00 02",
        "invalid leading byte (0x2) for optional component export type (at offset 0x5)",
    ),
    (
        read_extern_name,
        "02 01 61 02 01 01 2e 01 01 2e",
        "duplicate 'version-suffix' option in name (at offset 0x7)",
    ),
]


@pytest.mark.parametrize(("read", "data", "message"), UNSEEN)
def test_messages_that_nobody_shows(read: Callable[[BinaryReader], object], data: str, message: str) -> None:
    if not message:
        read(BinaryReader(h(data)))
        return
    with pytest.raises(WasmToolsError) as e:
        read(BinaryReader(h(data)))
    assert e.value.chain() == message


def test_operators_end_with_their_body() -> None:
    operators = OperatorReader(BinaryReader(h("0b 01")))
    operators.next_operator()
    with pytest.raises(WasmToolsError) as e:
        operators.finish()
    assert e.value.chain() == "unexpected data at the end of operators (at offset 0x1)"
    operators = OperatorReader(BinaryReader(h("01")))
    operators.next_operator()
    with pytest.raises(WasmToolsError) as e:
        operators.finish()
    assert e.value.chain() == "control frames remain at end of function body or expression (at offset 0x1)"


def test_names_of_locals_are_in_order_where_they_are_rewritten() -> None:
    header = b"\0asm\1\0\0\0"
    for second, refused in ((1, False), (0, True)):
        content = section(2, indirect((0, names((0, "x"))), (second, names((0, "y")))))
        data = header + custom_section("name", content)
        if not refused:
            assert rewrite_wasm(data, Producers(), None) == data
            continue
        with pytest.raises(WasmToolsError) as e:
            rewrite_wasm(data, Producers(), None)
        assert e.value.chain() == (
            "There was an error when parsing\n\nCaused by:\n    0: indirect names out of order (at offset 0x17)"
        )


def test_types_as_debug_prints_them() -> None:
    def debug(data: str) -> str:
        return read_rec_group(BinaryReader(h(data))).types[0].composite.debug()

    tail = "shared: false, descriptor_idx: None, describes_idx: None }"
    assert debug("5f 03 78 00 77 01 7f 00") == (
        "CompositeType { inner: Struct(StructType { fields: [FieldType { element_type: I8, mutable: false }, "
        "FieldType { element_type: I16, mutable: true }, FieldType { element_type: Val(I32), mutable: false }] }), "
        + tail
    )
    assert debug("5e 7e 01") == (
        "CompositeType { inner: Array(ArrayType(FieldType { element_type: Val(I64), mutable: true })), " + tail
    )
    assert debug("65 5d 03") == (
        'CompositeType { inner: Cont(ContType(CoreTypeIndex { kind: "module", index: 3 })), '
        "shared: true, descriptor_idx: None, describes_idx: None }"
    )
    assert debug("4c 01 4d 02 5f 00").endswith(
        'descriptor_idx: Some(CoreTypeIndex { kind: "module", index: 2 }), '
        'describes_idx: Some(CoreTypeIndex { kind: "module", index: 1 }) }'
    )


def test_types_of_items_as_debug_prints_them() -> None:
    assert read_table_type(BinaryReader(h("70 00 01"))).debug() == (
        "TableType { element_type: funcref, table64: false, initial: 1, maximum: None, shared: false }"
    )
    assert read_table_type(BinaryReader(h("6f 07 01 02"))).debug() == (
        "TableType { element_type: externref, table64: true, initial: 1, maximum: Some(2), shared: true }"
    )
    assert read_memory_type(BinaryReader(h("01 01 02"))).debug() == (
        "MemoryType { memory64: false, shared: false, initial: 1, maximum: Some(2), page_size_log2: None }"
    )
    assert read_memory_type(BinaryReader(h("0f 01 02 00"))).debug() == (
        "MemoryType { memory64: true, shared: true, initial: 1, maximum: Some(2), page_size_log2: Some(0) }"
    )
    assert read_global(BinaryReader(h("7e 03 42 00 0b"))).type.debug() == (
        "GlobalType { content_type: I64, mutable: true, shared: true }"
    )


LONG_BODY = """02 03 7f 01 7e 20 00 41 80 01 6a 21 01 41 04 28 02 04 1a 41 00 2d 00 80 01 1a 41 00 41 01 36 02 00
    20 03 42 7f 7c 21 03 02 40 20 00 0d 00 03 7f 41 01 41 01 0d 01 0b 1a 0b 20 00 04 7f 41 01 05 41 02 0b 1a
    41 00 0e 01 00 00 41 00 41 00 41 00 fc 0b 00 3f 00 1a 43 00 00 80 3f 1a 44 00 00 00 00 00 00 f0 3f 1a 41 00 fd 0f 1a
    10 00 20 00 45 1a 23 00 24 00 41 00 11 00 00 06 40 08 00 19 0b 0f 0b"""


@pytest.mark.slow
@pytest.mark.parametrize("command", ["component embed -t w.wit", "component new"])
def test_bodies_cut_at_each_byte(command: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    """The fast ways through a body look ahead: here it ends at each byte, and has another one there."""
    code = h(LONG_BODY)
    items = section(4, vec(h("70 00 01"))) + section(5, vec(h("00 01"))) + section(13, vec(h("00 00")))
    items += section(6, vec(h("7f 01 41 00 0b")))

    def module_of(data: bytes) -> bytes:
        return functions(leb(len(data)) + data, before=items)

    cases = [("whole", module_of(code))]
    for k, byte in enumerate(code):
        cases.append((f"cut at {k}", module_of(code[:k])))
        cases.append((f"more at {k}", module_of(code[:k] + bytes([(byte + 1) & 0xFF]) + code[k + 1 :])))
        cases.append((f"long at {k}", module_of(code[:k] + bytes([byte | 0x80, 0]) + code[k + 1 :])))
    assert neighbours(command, "in.wasm", iter(cases)) == golden
