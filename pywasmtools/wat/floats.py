"""Float literals to bits, exactly as the reference rounds them."""

from __future__ import annotations

from struct import pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_I32_MAX: Final = (1 << 31) - 1


def float_bits(word: bytes, width: int) -> int:
    """The IEEE 754 bits of a float or integer token, of 32 or 64 bits; -1 where it is out of range."""
    if width == 64 and len(word) < 100 and word.replace(b".", b"", 1).isdigit():
        return int.from_bytes(pack("<d", float(word)), "little")
    exponent_width = 8 if width == 32 else 11
    fraction_width = width - 1 - exponent_width
    sign = 1 << (width - 1) if word[0] == 0x2D else 0
    if word[0] == 0x2B or word[0] == 0x2D:
        word = word[1:]
    if 0x5F in word:
        word = word.replace(b"_", b"")
    infinity = ((1 << exponent_width) - 1) << fraction_width
    if word == b"inf":
        return sign | infinity
    if word.startswith(b"nan"):
        payload = int(word[6:], 16) if len(word) > 3 else 1 << (fraction_width - 1)
        if payload == 0 or payload >> fraction_width:
            return -1
        return sign | infinity | payload
    if word.startswith(b"0x"):
        bits = _hex_bits(word[2:], width, exponent_width)
    else:
        bits = _decimal_bits(word, width)
    if bits < 0 or bits >= infinity:
        return -1
    return sign | bits


def _split(word: bytes, marks: bytes) -> tuple[bytes, bytes, bytes | None]:
    """Integral and fractional digits and the exponent of a number without sign and underscores."""
    exponent = None
    for mark in marks:
        at = word.find(bytes((mark,)))
        if at >= 0:
            exponent = word[at + 1 :]
            word = word[:at]
            break
    integral, _, fraction = word.partition(b".")
    return integral, fraction, exponent


def _decimal_exponent(text: bytes) -> int:
    """The exponent of a decimal number: digits count until they make 65536 or more, as in Rust's own parser."""
    digits = text.lstrip(b"+-").lstrip(b"0") or b"0"
    value = int(digits[:5])
    if value < 0x10000 and len(digits) > 5:
        value = int(digits[:6])
    return -value if text.startswith(b"-") else value


def _small_int(text: bytes) -> int | None:
    """The value of decimal digits with a sign, where an i32 holds it."""
    digits = text.lstrip(b"+-").lstrip(b"0") or b"0"
    if len(digits) > 10:
        return None
    value = int(digits)
    if text.startswith(b"-"):
        value = -value
    return value if -_I32_MAX - 1 <= value <= _I32_MAX else None


# ------------------------------------------------------------------------------- decimal


def _decimal_bits(word: bytes, width: int) -> int:
    """The bits of a decimal number; those of infinity or more where it overflows."""
    if width == 64:
        mantissa, _, power = word.replace(b"E", b"e").partition(b"e")
        if len(power) > 5:
            word = b"%se%d" % (mantissa, _decimal_exponent(power))
        return int.from_bytes(pack("<d", float(word)), "little")
    integral, fraction, exponent_text = _split(word, b"eE")
    digits = (integral + fraction).lstrip(b"0")
    if not digits:
        return 0
    exponent = -len(fraction)
    if exponent_text is not None:
        exponent += _decimal_exponent(exponent_text)
    magnitude = len(digits) + exponent
    if magnitude > 45:
        return 0x7F800000
    if magnitude < -60:
        return 0
    # 150 digits decide any rounding of 32 bits; what follows them only breaks ties.
    if len(digits) > 150:
        exponent += len(digits) - 150
        sticky = b"1" if digits[150:].strip(b"0") else b"0"
        digits = digits[:150] + sticky
        exponent -= 1
    number = int(digits)
    if exponent >= 0:
        return _round_ratio(number * 10**exponent, 1)
    return _round_ratio(number, 10**-exponent)


def _round_ratio(numerator: int, denominator: int) -> int:
    """The bits of the 32-bit float nearest to a fraction, ties to even."""
    exponent = numerator.bit_length() - denominator.bit_length()
    if exponent >= 0:
        if numerator < denominator << exponent:
            exponent -= 1
    elif numerator << -exponent < denominator:
        exponent -= 1
    # The value of the last bit: 23 below the first one, -149 at least.
    last = max(exponent - 23, -149)
    if last >= 0:
        denominator <<= last
    else:
        numerator <<= -last
    quotient, rest = divmod(numerator, denominator)
    rest *= 2
    if rest > denominator or (rest == denominator and quotient & 1):
        quotient += 1
    # A carry out of the fraction lands in the exponent, where it belongs.
    return quotient if last == -149 and quotient < 1 << 23 else ((last + 149) << 23) + quotient


# ------------------------------------------------------------------------------- hexadecimal


def _hex_bits(word: bytes, width: int, exponent_width: int) -> int:
    """The bits of a hexadecimal number without its `0x`; -1 where its exponent fits no i32."""
    integral, fraction, exponent_text = _split(word, b"pP")
    mask = (1 << width) - 1
    fraction_width = width - 1 - exponent_width
    bias = (1 << (exponent_width - 1)) - 1
    integral = integral.lstrip(b"0")
    if integral:
        digits = integral + fraction
        exponent = 4 * len(integral)
    else:
        digits = fraction.lstrip(b"0")
        exponent = -4 * (len(fraction) - len(digits))
    if not digits:
        return 0
    # The significand has its first bit at the top of the word.
    zeros = 4 - int(digits[:1], 16).bit_length()
    exponent -= zeros + 1
    kept = digits[: width // 4]
    significand = int(kept, 16) << (width + zeros - 4 * len(kept))
    # The digit that straddles the end of the word is dropped without a trace: the reference does so.
    first_lost = width // 4 + (1 if zeros else 0)
    discarded = bool(digits[first_lost:].strip(b"0"))
    if exponent_text is not None:
        small = _small_int(exponent_text)
        if small is None:
            return -1
        exponent += small
        if not -_I32_MAX - 1 <= exponent <= _I32_MAX:
            return -1
    if exponent <= -bias:
        shift = fraction_width + exponent + bias
        if shift == 0:
            encoded, lost = 0, significand
        elif shift < 0 or shift >= width:
            return 0
        else:
            encoded = significand >> (width - shift)
            lost = significand << shift & mask
    elif exponent <= bias:
        encoded = significand >> (width - fraction_width - 1) & ((1 << fraction_width) - 1)
        lost = significand << (fraction_width + 1) & mask
        return _rounded((exponent + bias) << fraction_width | encoded, encoded, lost, discarded, width)
    else:
        return ((1 << exponent_width) - 1) << fraction_width
    return _rounded(encoded, encoded, lost, discarded, width)


def _rounded(bits: int, significand: int, lost: int, discarded: bool, width: int) -> int:
    """Bits, one up where what was lost is more than half, or half of an odd number."""
    top = 1 << (width - 1)
    if lost & top and (lost & (top - 1) or discarded or significand & 1):
        return bits + 1
    return bits
