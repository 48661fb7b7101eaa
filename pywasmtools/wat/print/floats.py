"""Floats as the printer shows them: hexadecimal, exact, with the shortest decimal in a comment."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

F32_MANTISSA: Final = 23
F64_MANTISSA: Final = 52


def float_text(bits: int, mantissa_width: int) -> tuple[str, str, str]:
    """The sign, the literal and the comment of a float: `("-", "0x1.8p+0", "-1.5")`.

    `bits` is the IEEE 754 representation, `mantissa_width` F32_MANTISSA or F64_MANTISSA. Subnormals are
    normalised, but a point stays behind where no digit is left: `0x1.p-149`.
    """
    width = 32 if mantissa_width == F32_MANTISSA else 64
    bias = (1 << (width - mantissa_width - 2)) - 1
    sign = ""
    if bits >> (width - 1):
        bits ^= 1 << (width - 1)
        sign = "-"
    exponent = bits >> mantissa_width
    fraction = bits & ((1 << mantissa_width) - 1)
    if exponent == 2 * bias + 1:
        if fraction == 0:
            return sign, "inf", f"{sign}inf"
        if fraction == 1 << (mantissa_width - 1):
            return sign, "nan", "NaN"
        return sign, f"nan:{fraction:#x}", "NaN"
    if bits == 0:
        return sign, "0x0p+0", f"{sign}0"
    if mantissa_width == F32_MANTISSA:
        decimal = sign + _shortest_f32(exponent, fraction)
    else:
        decimal = sign + _shortest_f64(exponent, fraction)
    power = exponent - bias
    point = ""
    digits = ""
    if fraction > 0:
        point = "."
        if exponent == 0:
            leading = mantissa_width - fraction.bit_length()
            power -= leading
            fraction = (fraction << (leading + 1)) & ((1 << mantissa_width) - 1)
        # Hexadecimal digits from the top, as many as are needed.
        padded = -(-mantissa_width // 4)
        digits = f"{fraction << (padded * 4 - mantissa_width):0{padded}x}".rstrip("0")
    return sign, f"0x1{point}{digits}p{power:+}", decimal


def _shortest_f32(exponent: int, fraction: int) -> str:
    """A positive f32 in the fewest decimal digits: between six and nine, of which trailing zeros are not written.

    Where the gaps to its neighbours differ, and where doubles do not tell: done by hand.
    """
    if exponent and fraction:
        mantissa = fraction | 1 << F32_MANTISSA
        unit = 2.0 ** (exponent - 151)
        value = mantissa * 2 * unit
        low = (2 * mantissa - 1) * unit
        high = (2 * mantissa + 1) * unit
        for places in (5, 6, 7, 8):
            text = f"{value:.{places}e}"
            near = float(text)
            if near == low or near == high:
                break
            if low < near < high:
                digits, _, power = text.partition("e")
                if f"{value:.{places + 3}e}".partition("e")[0].endswith("500"):
                    break
                digits = (digits[0] + digits[2:]).rstrip("0")
                return _written_out(digits, int(power) + 1)
    return _shortest(exponent, fraction, F32_MANTISSA)


def _shortest_f64(exponent: int, fraction: int) -> str:
    """A positive f64 in the fewest decimal digits: what Python's `repr` finds, but that rounds ties to even."""
    if exponent == 0:
        value = fraction * 2.0**-1074
    else:
        value = (fraction | 1 << F64_MANTISSA) * 2.0 ** (exponent - 1075)
    mantissa, _, power = repr(value).partition("e")
    whole, _, rest = mantissa.removesuffix(".0").partition(".")
    digits = whole + rest
    # Exactly between two candidates, for all that four more digits tell: to be done by hand.
    if len(digits) >= 15 and f"{value:.{len(digits.lstrip('0')) + 3}e}".partition("e")[0].endswith("5000"):
        return _shortest(exponent, fraction, F64_MANTISSA)
    if not power:
        return mantissa.removesuffix(".0")
    return _written_out(digits, int(power) + len(whole))


def _written_out(digits: str, point: int) -> str:
    """The number `0.digits` times ten to the power of `point`."""
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"


def _shortest(exponent: int, fraction: int, mantissa_width: int) -> str:
    """A positive float in the fewest decimal digits that no other float is nearer to; a tie rounds up.

    Exact integer arithmetic (Steele and White): the value, and half the gaps to its neighbours, over one scale.
    """
    mantissa = fraction | 1 << mantissa_width if exponent else fraction
    power = (exponent or 1) - (150 if mantissa_width == F32_MANTISSA else 1075)
    # value = numerator / scale; the neighbours' midpoints are `low` below and `high` above it.
    numerator = mantissa << 2
    low = high = 2
    if fraction == 0 and exponent > 1:
        low = 1  # the gap below a power of two is half as wide
    scale = 4
    if power >= 0:
        numerator <<= power
        low <<= power
        high <<= power
    else:
        scale <<= -power
    inclusive = mantissa & 1 == 0
    # Scale so that the first digit is the one before the point of 0.d…: value = 0.d… * 10 ** point.
    point = 0
    while numerator + high > scale or (inclusive and numerator + high == scale):
        scale *= 10
        point += 1
    while (numerator + high) * 10 < scale or (not inclusive and (numerator + high) * 10 == scale):
        numerator *= 10
        low *= 10
        high *= 10
        point -= 1
    digits = ""
    while True:
        digit, numerator = divmod(numerator * 10, scale)
        low *= 10
        high *= 10
        below = numerator < low or (inclusive and numerator == low)
        above = numerator + high > scale or (inclusive and numerator + high == scale)
        if not below and not above:
            digits += str(digit)
            continue
        if above and (not below or numerator * 2 >= scale):
            digit += 1
        return _written_out(digits + str(digit), point)
