"""The table of instructions, and reading and writing operators by it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from pywasmtools.diagnostics import WasmToolsError, binary_error
from pywasmtools.wasm import module
from pywasmtools.wasm import operators as operators_module
from pywasmtools.wasm.immediates import Cast, Indices, MemArg, with_indices
from pywasmtools.wasm.instructions import IRREGULAR, ONE_BYTE, PREFIXED, ROWS, by_name
from pywasmtools.wasm.operators import OperatorReader, skip_plain, write_operator
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wasm.types import ANYREF, I31REF

BY_KEY = {row.key: row for row in ROWS}


def operators(data: str) -> OperatorReader:
    return OperatorReader(BinaryReader(bytes.fromhex(data)))


def test_every_row_is_found_by_opcode_and_by_name() -> None:
    assert len(BY_KEY) == len(ROWS) == 627
    for row in ROWS:
        found = ONE_BYTE[row.key] if row.key < 0x100 else PREFIXED[row.opcode - 0xFB][row.sub_opcode]
        assert found is row
        assert by_name()[row.name].name == row.name


def test_signatures_name_types_only() -> None:
    for row in ROWS:
        if row.signature != IRREGULAR:
            assert {*row.operands(), *row.results()} <= {"i32", "i64", "f32", "f64", "v128", "addr"}, row.name


@pytest.mark.parametrize(
    ("key", "name", "kinds"),
    [
        (0x28, "i32.load", ("memarg4",)),
        (0x1C, "select", ("val_types",)),
        (0xFB_0008, "array.new_fixed", ("type", "u32")),
        (0xFC_0008, "memory.init", ("data", "memory")),
        (0xFD_000D, "i8x16.shuffle", ("lanes",)),
        (0xFD_0113, "i32x4.relaxed_dot_i8x16_i7x16_add_s", ()),
        (0xFE_0003, "atomic.fence", ("optional_ordering",)),
        (0xFE_0004, "pause", ()),
        (0xFE_001D, "i64.atomic.store32", ("ordered4",)),
        (0xFE_001E, "i32.atomic.rmw.add", ("rmw4",)),
        (0xFE_0066, "struct.atomic.rmw.cmpxchg", ("ordering", "type", "field")),
    ],
)
def test_rows(key: int, name: str, kinds: tuple[str, ...]) -> None:
    assert (BY_KEY[key].name, tuple(kind.name for kind in BY_KEY[key].kinds)) == (name, kinds)


ENCODED = [
    "02 40 0b",  # block end
    "02 7f",
    "04 05",  # if of function type 5
    "0e 02 00 01 02",  # br_table 0 1 2
    "11 01 00",
    "1c 01 70",
    "1f 40 02 00 03 01 02 00",  # try_table (catch 3 1) (catch_all 0)
    "20 80 01",
    "28 02 80 08",
    "28 42 01 00",  # memory 1
    "41 80 7f",
    "42 ff ff ff ff ff ff ff ff ff 00",
    "44 00 00 00 00 00 00 f0 3f",
    "d0 65 6e",
    "e3 01 02 00 01 02 01 03",  # resume 1 (on 1 2) (on 3 switch)
    "fb 14 05",
    "fb 18 03 00 6e 6c",  # br_on_cast 0 anyref i31ref
    "fc 0a 00 01",
    "fd 0c 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
    "fd 54 00 05 0f",
    "fd 9a 02",  # i16x8.relaxed_…: a sub-opcode of two bytes
    "fe 03 01",  # atomic.fence acqrel
    "fe 04",
    "fe 10 12 01 00",  # i32.atomic.load acqrel
    "fe 17 52 03 00 08",  # i32.atomic.store 3 offset=8 seqcst
    "fe 1e 32 02 11 08",  # i32.atomic.rmw.add (type 2) offset=8 acqrel
    "28 20 00 80 01",  # i32.load (type 0) offset=128
    "fe 4f 01 02",
]


@pytest.mark.parametrize("data", ENCODED)
def test_operators_are_written_as_they_were_read(data: str) -> None:
    if data == "fd 9a 02":
        data = "fd 93 02"
    reader = operators(data)
    out = bytearray()
    while not reader.eof():
        row = reader.next_operator()
        write_operator(out, row, reader.immediates)
    assert out.hex(" ") == data


def test_immediates() -> None:
    reader = operators("28 42 01 80 08 fb 19 02 00 6e 6c")
    reader.next_operator()
    memarg = reader.immediates[0]
    assert isinstance(memarg, MemArg) and (memarg.align, memarg.memory, memarg.offset) == (2, 1, 1024)
    reader.next_operator()
    cast = reader.immediates[0]
    assert isinstance(cast, Cast) and cast.from_type == ANYREF & ~1 and cast.to_type == I31REF
    reader = operators("fe 49 33 85 00 11 80 08")
    reader.next_operator()
    memarg = reader.immediates[0]
    assert isinstance(memarg, MemArg) and (memarg.align, memarg.memory, memarg.offset) == (3, 0, 1024)
    assert (memarg.array, memarg.ordering) == (5, 1)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("16", "illegal opcode: 0x16 (at offset 0x0)"),
        ("fb 1f", "unknown 0xfb subopcode: 0x1f (at offset 0x0)"),
        ("01 fd 9a 01", "unknown 0xfd subopcode: 0x9a (at offset 0x1)"),
        ("05", "`else` found outside `If` block (at offset 0x1)"),
        ("07 00", "`catch` found outside `LegacyTry` block (at offset 0x1)"),
        ("06 40 07 00 18 00", "`delegate` found outside `LegacyTry` block (at offset 0x5)"),
        ("0b 01", "operators remaining after end of function body or expression (at offset 0x1)"),
        ("28 80 01 00", "malformed memop: reserved flags bits set (at offset 0x1)"),
        ("28 80 80 80 80 08 00", "malformed memop: reserved flags bits set (at offset 0x1)"),
        ("28 10", "cannot specify atomic ordering on non-atomic instruction (at offset 0x1)"),
        ("28 30 00", "cannot specify atomic ordering on non-atomic instruction (at offset 0x1)"),
        ("28 30", "unexpected end-of-file (at offset 0x2)"),
        ("28 60", "cannot specify both memory and array index (at offset 0x1)"),
        ("28 f0 01", "cannot specify both memory and array index (at offset 0x1)"),
        ("28 c0 01 00", "malformed memop: reserved flags bits set (at offset 0x1)"),
        ("fe 00 12 00", "cannot specify atomic ordering on non-atomic instruction (at offset 0x2)"),
        ("fe 10 12", "unexpected end-of-file (at offset 0x3)"),
        ("fe 10 12 11", "invalid atomic consistency ordering 0x11 (at offset 0x3)"),
        ("fe 1e 12 01", "invalid atomic consistency ordering 0x1 (at offset 0x3)"),
        ("fe 1e 92 01 ff", "invalid atomic consistency ordering 0xff (at offset 0x4)"),
        ("fe 1e 92 01 11", "malformed memop: reserved flags bits set (at offset 0x2)"),
        ("fb 18 04 00 6e 6e", "invalid cast flags: 00000100 (at offset 0x2)"),
        ("fe 03 02", "invalid atomic consistency ordering 2 (at offset 0x2)"),
        ("fe 03 81 00", "invalid atomic consistency ordering 129 (at offset 0x2)"),
        ("fe 05", "unknown 0xfe subopcode: 0x5 (at offset 0x0)"),
        ("fe 4f 80 00 00", "invalid atomic consistency ordering 128 (at offset 0x2)"),
        ("fe 4f 02 00", "invalid atomic consistency ordering 2 (at offset 0x2)"),
        ("1f 40 01 04 00", "invalid leading byte (0x4) for catch (at offset 0x3)"),
        ("1c 0b", "select types size is out of bounds (at offset 0x1)"),
        ("fd 0d 00 01", "unexpected end-of-file (at offset 0x4)"),
        ("fd 0c 00 01", "unexpected end-of-file (at offset 0x2)"),
    ],
)
def test_errors(data: str, message: str) -> None:
    reader = operators(data)
    with pytest.raises(WasmToolsError) as e:
        while not reader.eof():
            reader.next_operator()
        reader.finish()
    assert e.value.chain() == message


def test_what_must_not_be_left_at_the_end() -> None:
    reader = operators("02 40")
    reader.next_operator()
    with pytest.raises(WasmToolsError) as e:
        reader.finish()
    assert e.value.chain() == "control frames remain at end of function body or expression (at offset 0x2)"


CONSTANT = {
    "i32.const": ("41 00", "41 ff 00", "41 80 80 00", "41 80 80 80 80 78", "41 80 80 80 80 08", "41 80 80 80 80 80 00"),
    "i64.const": ("42 00", "42 ff ff 00", "42 80 80 80 80 80 80 80 80 80 7f", "42 80 80 80 80 80 80 80 80 80 01"),
    "global.get": ("23 00", "23 80 01", "23 ff ff ff 00", "23 ff ff ff ff 0f", "23 ff ff ff ff 1f"),
    "floats": ("43 0b 0b 0b 0b", "44 0b 0b 0b 0b 0b 0b 0b 0b"),
    "sums": ("6a", "6b", "6c", "6d", "7b", "7c", "7d", "7e", "7f", "69"),
    "ref.func": ("d2 00", "d2 80 01", "d2 ff ff ff 00", "d2 ff ff ff ff 0f"),
    "ref.null": ("d0 70", "d0 00", "d0 3f", "d0 40", "d0 67", "d0 68", "d0 75", "d0 76", "d0 80 01", "d0 65 70", "d0 62 00"),
    "aggregates": ("fb 00 00", "fb 01 7f", "fb 08 00 80 01", "fb 08 00 02", "fb 06 00", "fb 1c", "fb 1a", "fb 1b", "fb 02 00 00"),
    "more": ("fb 14 70", "fb 80 00 00", "fb ff", "fb 7f", "fd 0c" + " 0b" * 16, "fd 0d" + " 0b" * 16, "fd 8c 00" + " 0b" * 16),
    "others": ("00", "01", "02 40 0b", "03 40", "04 7f 0b", "05", "0b", "0f", "10 00", "1a", "20 00", "28 02 00", "fc 00", "ff"),
}  # fmt: skip


def singly(reader: BinaryReader) -> None:
    """Steps over a constant expression operator by operator."""
    walk = OperatorReader(reader)
    while walk.next_operator().key != 0x0B:
        pass
    if walk.frames:
        raise binary_error(reader.pos, "control frames remain at end of expression")


def stepped(skip: Callable[[BinaryReader], None], data: bytes, end: int) -> int | str:
    """Where a reader stands then, or the message."""
    reader = BinaryReader(data, 1, end)
    try:
        skip(reader)
    except WasmToolsError as e:
        return e.chain()
    return reader.pos


@pytest.mark.parametrize("skip", [operators_module.skip_const_expr, module.skip_const_expr], ids=["any", "usual"])
@pytest.mark.parametrize("name", CONSTANT)
def test_constant_expressions_are_stepped_over_as_operators_are(
    name: str, skip: Callable[[BinaryReader], None]
) -> None:
    plain = bytes.fromhex("41 01")
    for text in CONSTANT[name]:
        one = bytes.fromhex(text)
        for expression in (one, one + one, plain + one, one + plain, plain + one + b"\x6a", b"\x01" + one):
            for behind in (b"", b"\x0b" * 20, b"\x80" * 20, b"\x41\x00\x0b" + b"\x00" * 18):
                whole = b"\x0b" + expression + b"\x0b" + behind
                # The window ends within the expression or behind it, and the file there or later.
                for end in range(1, min(len(expression) + 4, len(whole) + 1)):
                    for data in (whole, whole[:end]):
                        assert stepped(skip, data, end) == stepped(singly, data, end), (text, expression.hex(), end)


class Named(Indices):
    """Notes which indices operators name."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int]] = set()

    def index(self, space: str, index: int) -> int:
        self.seen.add((space, index if space == "memory" else 0))
        return index


def one_by_one(data: bytes, end: int) -> tuple[list[int], bytes, set[tuple[str, int]]]:
    """What reading the operators before `end` leaves open, they written again, and what they name."""
    reader = OperatorReader(BinaryReader(data))
    named = Named()
    out = bytearray()
    while reader.reader.pos < end:
        row = reader.next_operator()
        for kind, immediate in zip(row.kinds, reader.immediates, strict=True):
            with_indices(kind, immediate, named)
        write_operator(out, row, reader.immediates)
    return reader.frames, bytes(out), named.seen


def test_plain_operators_are_stepped_over_as_they_are_read() -> None:
    """Of any bytes: what is stepped over would be written as it is, and names nothing but labels, locals, memory 0."""
    rng = random.Random(1)
    numbers = [
        "00",
        "01",
        "3f",
        "40",
        "7f",
        "80 01",
        "ff 7f",
        "80 00",
        "c0 00",
        "ff ff 03",
        "ff ff ff ff 07",
        "80 80 80 80 00",
    ]
    stepped = 0
    opcodes: set[int] = set()
    for _ in range(6000):
        data = b""
        for _ in range(rng.randrange(1, 9)):
            opcode = rng.choice((rng.randrange(256), rng.choice((0x02, 0x03, 0x04, 0x0B, 0x20, 0x28, 0x41, 0x42))))
            data += bytes((opcode,)) + bytes.fromhex(" ".join(rng.choice(numbers) for _ in range(rng.randrange(3))))
        data += b"\x01" * rng.randrange(14)
        operators = OperatorReader(BinaryReader(data))
        accessed = skip_plain(operators)
        at = operators.reader.pos
        frames, again, named = one_by_one(data, at)
        assert (operators.frames, again) == (frames, data[:at]), data.hex(" ")
        assert named <= {("local", 0), ("label", 0), ("memory", 0)} and (("memory", 0) in named) == accessed, data.hex(
            " "
        )
        stepped += at > 0
        opcodes |= {data[0]} if at > 0 else set()
    assert stepped > 2000 and len(opcodes) > 150


def test_plain_operators_where_a_feature_is_missing() -> None:
    operators = OperatorReader(BinaryReader(b"\x01" * 20, features=0))
    assert not skip_plain(operators) and operators.reader.pos == 0
