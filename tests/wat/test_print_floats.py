"""Floats in text: the exact hexadecimal literal and the shortest decimal."""

from __future__ import annotations

import pytest

from pywasmtools.wat.print.floats import F32_MANTISSA, F64_MANTISSA, float_text


# What the reference prints between `f32.const ` and the end of the line.
@pytest.mark.parametrize(
    ("bits", "text"),
    [
        (0x00000000, "0x0p+0 (;=0;)"),
        (0x80000000, "-0x0p+0 (;=-0;)"),
        (0x3F800000, "0x1p+0 (;=1;)"),
        (0xBFC00000, "-0x1.8p+0 (;=-1.5;)"),
        (0x3DCCCCCD, "0x1.99999ap-4 (;=0.1;)"),
        (0x00000001, "0x1.p-149 (;=0.000000000000000000000000000000000000000000001;)"),
        (0x00000003, "0x1.8p-148 (;=0.000000000000000000000000000000000000000000004;)"),
        (0x00400000, "0x1.p-127 (;=0.000000000000000000000000000000000000005877472;)"),
        (0x7F7FFFFF, "0x1.fffffep+127 (;=340282350000000000000000000000000000000;)"),
        (0x7F800000, "inf (;=inf;)"),
        (0xFF800000, "-inf (;=-inf;)"),
        (0x7FC00000, "nan (;=NaN;)"),
        (0xFFC00000, "-nan (;=NaN;)"),
        (0x7F800001, "nan:0x1 (;=NaN;)"),
        (0x7FFFFFFF, "nan:0x7fffff (;=NaN;)"),
    ],
)
def test_f32(bits: int, text: str) -> None:
    sign, digits, decimal = float_text(bits, F32_MANTISSA)
    assert f"{sign}{digits} (;={decimal};)" == text


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        (0x3FF0000000000000, "0x1p+0 (;=1;)"),
        (0x3FB999999999999A, "0x1.999999999999ap-4 (;=0.1;)"),
        (0x4340000000000000, "0x1p+53 (;=9007199254740992;)"),
        (0x0010000000000000, "0x1p-1022 (;=0." + "0" * 307 + "22250738585072014;)"),
        (0x0000000000000001, "0x1.p-1074 (;=0." + "0" * 323 + "5;)"),
        (0x7FEFFFFFFFFFFFFF, "0x1.fffffffffffffp+1023 (;=17976931348623157" + "0" * 292 + ";)"),
        # Between two candidates the upper one, where Python takes the even one.
        (0x3E60000000000000, "0x1p-25 (;=0.000000029802322387695313;)"),
        (0x42EB1BFD1BBFF944, "0x1.b1bfd1bbff944p+47 (;=238456196169674.13;)"),
        (0x7FF8000000000000, "nan (;=NaN;)"),
        (0xFFF4000000000000, "-nan:0x4000000000000 (;=NaN;)"),
    ],
)
def test_f64(bits: int, text: str) -> None:
    sign, digits, decimal = float_text(bits, F64_MANTISSA)
    assert f"{sign}{digits} (;={decimal};)" == text
