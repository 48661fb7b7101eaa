"""Float literals: the bits that IEEE 754 gives, the reference's ranges, and where it rounds in its own way."""

from __future__ import annotations

import struct

import pytest

from pywasmtools.wat.floats import float_bits


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("0", 0),
        ("-0", 0x80000000),
        ("1", 0x3F800000),
        ("+1.5", 0x3FC00000),
        ("-0x1.8p1", 0xC0400000),
        ("1_0.2_5", 0x41240000),
        ("0x10", 0x41800000),
        ("inf", 0x7F800000),
        ("-inf", 0xFF800000),
        ("nan", 0x7FC00000),
        ("-nan:0x1", 0xFF800001),
        ("nan:0x7f_ffff", 0x7FFFFFFF),
        # The largest number, and half a step above it.
        ("3.4028234663852886e38", 0x7F7FFFFF),
        ("3.4028235677973364e38", 0x7F7FFFFF),
        ("3.4028235677973366e38", 0x7F7FFFFF),
        ("3.4028235677973367e38", -1),
        ("0x1.fffffep127", 0x7F7FFFFF),
        ("0x1.ffffffp127", -1),
        # The smallest one, half of it, and a little more than half.
        ("1e-45", 1),
        ("0x1p-149", 1),
        ("0x1p-150", 0),
        ("0x1.1p-150", 1),
        ("7.006492321624085e-46", 0),
        ("7.006492321624086e-46", 1),
        # A double would round this twice.
        ("1.00000017881393432617187499", 0x3F800001),
        ("1.00000017881393432617187500", 0x3F800002),
        ("1.00000017881393432617187501", 0x3F800002),
        ("0e99999999999", 0),
        ("1e-99999999999", 0),
        ("1e99999999999", -1),
        # Exponents of hexadecimal numbers have to fit 32 bits, however small.
        ("0x1p-2147483648", 0),
        ("0x1p-99999999999", -1),
        ("nan:0x0", -1),
        ("nan:0x800000", -1),
        ("1e39", -1),
    ],
)
def test_f32(text: str, bits: int) -> None:
    assert float_bits(text.encode(), 32) == bits


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("1", 0x3FF0000000000000),
        ("0x1.921fb54442d18p+1", 0x400921FB54442D18),
        ("1e308", struct.unpack("<Q", struct.pack("<d", 1e308))[0]),
        ("1e309", -1),
        ("nan", 0x7FF8000000000000),
        ("nan:0xfffffffffffff", 0x7FFFFFFFFFFFFFFF),
        ("nan:0x10000000000000", -1),
        ("0x1p-1074", 1),
        ("0x0.0000000000001p-1022", 1),
        ("0x1p-1075", 0),
        ("0x1p1024", -1),
        ("-0x0p0", 0x8000000000000000),
    ],
)
def test_f64(text: str, bits: int) -> None:
    assert float_bits(text.encode(), 64) == bits


def test_every_small_f32_is_read_back() -> None:
    for bits in (1, 0x7FFFFF, 0x800000, 0x3F800001, 0x7F7FFFFF, 0x00400000, 0x4B7FFFFF):
        value = struct.unpack("<f", struct.pack("<I", bits))[0]
        assert float_bits(repr(value).encode(), 32) == bits
        assert float_bits(value.hex().encode(), 32) == bits


def test_long_literals() -> None:
    assert float_bits(b"1" + b"0" * 5000, 32) == -1
    assert float_bits(b"0." + b"0" * 5000 + b"1", 32) == 0
    assert float_bits(b"1." + b"0" * 5000 + b"1", 32) == 0x3F800000
    assert float_bits(b"1.000000059604644775390625" + b"0" * 5000 + b"1", 32) == 0x3F800001
    assert float_bits(b"0x" + b"0" * 5000 + b"1", 64) == 0x3FF0000000000000


@pytest.mark.parametrize("width", [32, 64])
def test_an_exponent_counts_no_further_than_65536(width: int) -> None:
    """Digits of a decimal exponent are taken until they make 65,536 or more: 700001 is 70000 then, as for Rust."""
    tenth = float_bits(b"0.1", width)
    assert float_bits(b"0." + b"0" * 70_000 + b"1e700001", width) == tenth
    assert float_bits(b"1" + b"0" * 70_000 + b"e-00070001", width) == tenth
    assert float_bits(b"0." + b"0" * 70_000 + b"1e65536", width) == 0
    assert float_bits(b"1e-99999999999999", width) == 0
