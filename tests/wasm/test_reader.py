"""The cursor: LEB128 limits, strings, types; messages and offsets as the reference gives them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from numbers_in_binary import longer, uleb

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import (
    BLOCK_EMPTY,
    FUNCREF,
    I32,
    SHARED,
    STRUCT,
    concrete_heap,
    ref_type,
    show_ref_type,
)

Read = Callable[[BinaryReader], object]

VALUES = [
    (BinaryReader.var_u32, "00", 0),
    (BinaryReader.var_u32, "e5 8e 26", 624485),
    (BinaryReader.var_u32, "ff ff ff ff 0f", 0xFFFF_FFFF),
    (BinaryReader.var_u32, "80 80 80 80 00", 0),  # overlong, within five bytes
    (BinaryReader.var_u64, "ff ff ff ff ff ff ff ff ff 01", 0xFFFF_FFFF_FFFF_FFFF),
    (BinaryReader.var_s32, "7f", -1),
    (BinaryReader.var_s32, "3f", 63),
    (BinaryReader.var_s32, "c0 bb 78", -123456),
    (BinaryReader.var_s32, "80 80 80 80 78", -(1 << 31)),
    (BinaryReader.var_s64, "80 80 80 80 80 80 80 80 80 7f", -(1 << 63)),
    (BinaryReader.var_s33, "ff ff ff ff 0f", (1 << 32) - 1),
    (BinaryReader.var_s33, "80 80 80 80 70", -(1 << 32)),
    (BinaryReader.string, "02 c3 a9", "é"),
    (BinaryReader.val_type, "7f", I32),
    (BinaryReader.val_type, "70", FUNCREF),
    (BinaryReader.val_type, "64 05", ref_type(False, concrete_heap(5))),
    (BinaryReader.val_type, "65 6b", STRUCT << 8 | SHARED | 0x81),
    (BinaryReader.heap_type, "62 03", concrete_heap(3, exact=True)),
    (BinaryReader.block_type, "40", BLOCK_EMPTY),
    (BinaryReader.block_type, "7f", I32),
    (BinaryReader.block_type, "03", ~3),
]

ERRORS = [
    (BinaryReader.u8, "", "unexpected end-of-file (at offset 0x0)"),
    (BinaryReader.var_u32, "80", "unexpected end-of-file (at offset 0x1)"),
    (BinaryReader.var_u32, "ff ff ff ff 1f", "invalid var_u32: integer too large (at offset 0x4)"),
    (BinaryReader.var_u32, "80 80 80 80 80 00", "invalid var_u32: integer representation too long (at offset 0x4)"),
    (BinaryReader.var_u64, "ff ff ff ff ff ff ff ff ff 02", "invalid var_u64: integer too large (at offset 0x9)"),
    (BinaryReader.var_s32, "ff ff ff ff 4f", "invalid var_i32: integer too large (at offset 0x4)"),
    (BinaryReader.var_s32, "80 80 80 80 80 00", "invalid var_i32: integer representation too long (at offset 0x4)"),
    (
        BinaryReader.var_s64,
        "80 80 80 80 80 80 80 80 80 01",
        "invalid var_i64: integer too large (at offset 0x9)",
    ),
    (BinaryReader.var_s33, "ff ff ff ff 2f", "invalid var_s33: integer representation too long (at offset 0x4)"),
    (BinaryReader.string, "02 61", "unexpected end-of-file (at offset 0x1)"),
    (BinaryReader.string, "02 61 ff", "malformed UTF-8 encoding (at offset 0x2)"),
    (BinaryReader.string, "a1 8d 06", "string size out of bounds (at offset 0x2)"),
    (BinaryReader.boolean, "02", "invalid boolean value (at offset 0x0)"),
    (BinaryReader.val_type, "01", "invalid value type (at offset 0x0)"),
    (BinaryReader.val_type, "64 40", "invalid value type (at offset 0x1)"),
    (BinaryReader.val_type, "62 00", "unexpected exact type (at offset 0x0)"),
    (BinaryReader.ref_type, "7f", "malformed reference type (at offset 0x0)"),
    (BinaryReader.ref_type, "63 40", "invalid heap type (at offset 0x1)"),
    (BinaryReader.ref_type, "63 65 40", "invalid abstract heap type (at offset 0x2)"),
    (BinaryReader.ref_type, "63 80 80 c0 00", "type index greater than implementation limits (at offset 0x5)"),
    (BinaryReader.ref_type, "63 62 80 80 c0 00", "type index too large (at offset 0x0)"),
    (BinaryReader.block_type, "ff 7f", "invalid function type (at offset 0x2)"),
]


@pytest.mark.parametrize(("read", "data", "expected"), VALUES)
def test_values(read: Read, data: str, expected: object) -> None:
    reader = BinaryReader(bytes.fromhex(data))
    assert read(reader) == expected
    assert reader.eof()


@pytest.mark.parametrize(("read", "data", "message"), ERRORS)
def test_errors(read: Read, data: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as e:
        read(BinaryReader(bytes.fromhex(data)))
    assert e.value.chain() == message


def result(read: Callable[[BinaryReader, int], object], data: bytes, end: int, count: int) -> tuple[object, int]:
    """What is read, or the message, and where the reader stands then."""
    reader = BinaryReader(data + b"\x01" * 9, 0, end)
    try:
        return read(reader, count), reader.pos
    except WasmToolsError as e:
        return e.chain(), -1


def read_singly(reader: BinaryReader, count: int) -> list[int]:
    return [reader.var_u32() for _ in range(count)]


@pytest.mark.parametrize("first", [b"", b"\x05", b"\x80\x01"])
def test_many_numbers_are_read_as_single_ones(first: bytes) -> None:
    count = 3 if first else 2
    for bits in range(33):
        for number in {(1 << bits) - 1, 1 << bits, 0x3A5C96E1 >> (32 - bits)}:
            for data in (uleb(number), longer(uleb(number)), uleb(number)[:-1] + b"\xff"):
                whole = first + data + b"\x07"
                for end in range(len(whole) + 1):
                    singly = result(read_singly, whole, end, count)
                    assert result(BinaryReader.var_u32s, whole, end, count) == singly
                    skipped, place = result(BinaryReader.skip_var_u32s, whole, end, count)
                    assert place == singly[1] and skipped in (None, singly[0])
            if number >> 32 == 0:
                assert BinaryReader(uleb(number)).var_u32() == number


def test_a_window_keeps_the_offsets_of_the_whole() -> None:
    reader = BinaryReader(b"\x00\x00\x80\x80", 2, 3)
    with pytest.raises(WasmToolsError) as e:
        reader.var_u32()
    assert e.value.chain() == "unexpected end-of-file (at offset 0x3)"


def test_reference_types_as_messages_show_them() -> None:
    shown = [
        ("70", "funcref"),
        ("71", "nullref"),
        ("64 73", "(ref nofunc)"),
        ("65 68", "(shared contref)"),
        ("64 65 6e", "(ref (shared any))"),
        ("63 02", "(ref null (module 2))"),
        ("63 62 02", "(ref (exact (module 2)))"),
    ]
    for data, text in shown:
        assert show_ref_type(BinaryReader(bytes.fromhex(data)).ref_type()) == text
