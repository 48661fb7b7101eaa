"""International domain names: the ToASCII of UTS #46 as the URL standard asks for it (`domain_to_ascii`), and Punycode.

Without transitional processing, checks of hyphens and of DNS lengths; with the checks of joiners and of
bidirectional labels, and with the URL standard's forbidden domain code points denied.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

PREFIX: Final = "xn--"

_DENIED: Final = frozenset("".join(map(chr, range(0x21))) + "\x7f%#/:<>?@[\\]^|")
_DECODE_LIMIT: Final = 2000
_ENCODE_LIMIT: Final = 1000
"""How long Punycode may be after its prefix, and a label that becomes Punycode, in characters: both are quadratic."""

_BASE: Final = 36
_INITIAL_BIAS: Final = 72
_INITIAL_CODE: Final = 0x80
_DIGITS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_U32_MAX: Final = 0xFFFFFFFF


def _as_text(part: bytes) -> str | None:
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return None


def domain_to_ascii(domain: bytes) -> str | None:
    """A domain in UTF-8, mapped and normalised, with international labels in Punycode; None if it is invalid."""
    forms: list[str] = []
    labels: list[str] = []
    international = False
    for part in domain.split(b"."):
        if part.isascii():
            label = part.decode("ascii").lower()
            if label.startswith(PREFIX):
                decoded = _decoded_label(label)
                if decoded is None:
                    return None
                international = True
                labels.append(decoded)
            elif _is_denied(label):
                return None
            else:
                labels.append(label)
            forms.append(label)
            continue
        international = True
        text = _as_text(part)
        if text is None:
            return None
        from pywasmtools.web.uts46 import map_and_normalize

        mapped = map_and_normalize(text)
        if mapped is None or _is_denied(mapped):
            return None
        # Other full stops were mapped to the ASCII one.
        for mapped_label in mapped.split("."):
            checked: str | None = mapped_label
            if mapped_label.startswith(PREFIX):
                checked = _decoded_label(mapped_label)
            elif not _is_valid_label(mapped_label):
                return None
            if checked is None:
                return None
            labels.append(checked)
            forms.append(checked if checked.isascii() else PREFIX + punycode_encode(checked))
    if international:
        from pywasmtools.web.uts46 import bidi_rule_holds

        if not bidi_rule_holds(labels):
            return None
    return ".".join(forms)


def _is_denied(text: str) -> bool:
    return not _DENIED.isdisjoint(text)


def _decoded_label(label: str) -> str | None:
    """What a lower-case label with the prefix stands for; None unless that is valid and normalised already."""
    encoded = label[len(PREFIX) :]
    if not encoded.isascii() or label.endswith("-") or len(encoded) > _DECODE_LIMIT:
        return None
    decoded = punycode_decode(encoded)
    if decoded is None or "." in decoded or _is_denied(decoded):
        return None
    from pywasmtools.web.uts46 import is_normalized

    return decoded if is_normalized(decoded) and _is_valid_label(decoded) else None


def _is_valid_label(label: str) -> bool:
    """Whether a normalised label begins with no mark, joins only what can be joined, and isn't excessively long."""
    if label.isascii():
        return True
    from pywasmtools.web.uts46 import begins_with_mark, joiners_are_valid

    return len(label) <= _ENCODE_LIMIT and not begins_with_mark(label) and joiners_are_valid(label)


# ---------------------------------------------------------------------------- Punycode (RFC 3492)


def punycode_decode(encoded: str) -> str | None:
    """What lower-case Punycode without its prefix stands for; None if it is malformed or overflows 32 bits."""
    output: list[int] = []
    start = 0
    delimiter = encoded.rfind("-")
    if delimiter > 0:
        output.extend(map(ord, encoded[:delimiter]))
        start = delimiter + 1
    code = _INITIAL_CODE
    bias = _INITIAL_BIAS
    i = 0
    pos = start
    end = len(encoded)
    while pos < end:
        previous = i
        weight = 1
        k = _BASE
        while True:
            if pos >= end:
                return None
            digit = _DIGITS.find(encoded[pos])
            pos += 1
            if digit < 0:
                return None
            i += digit * weight
            if i > _U32_MAX:
                return None
            threshold = _threshold(k, bias)
            if digit < threshold:
                break
            weight *= _BASE - threshold
            if weight > _U32_MAX:
                return None
            k += _BASE
        count = len(output) + 1
        bias = _adapt(i - previous, count, previous == 0)
        code += i // count
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            return None
        i %= count
        output.insert(i, code)
        i += 1
    return "".join(map(chr, output))


def punycode_encode(label: str) -> str:
    """A label as Punycode, without the prefix."""
    out = [c for c in label if c < "\x80"]
    done = len(out)
    if done:
        out.append("-")
    codes = [ord(c) for c in label]
    basic = done
    code = _INITIAL_CODE
    delta = 0
    bias = _INITIAL_BIAS
    while done < len(codes):
        smallest = min(c for c in codes if c >= code)
        delta += (smallest - code) * (done + 1)
        code = smallest
        for c in codes:
            if c < code:
                delta += 1
            elif c == code:
                rest = delta
                k = _BASE
                while True:
                    threshold = _threshold(k, bias)
                    if rest < threshold:
                        break
                    rest, digit = divmod(rest - threshold, _BASE - threshold)
                    out.append(_DIGITS[threshold + digit])
                    k += _BASE
                out.append(_DIGITS[rest])
                bias = _adapt(delta, done + 1, done == basic)
                delta = 0
                done += 1
        delta += 1
        code += 1
    return "".join(out)


def _threshold(k: int, bias: int) -> int:
    return 1 if k <= bias else 26 if k >= bias + 26 else k - bias


def _adapt(delta: int, count: int, first: bool) -> int:
    delta //= 700 if first else 2
    delta += delta // count
    k = 0
    while delta > 455:
        delta //= 35
        k += _BASE
    return k + 36 * delta // (delta + 38)
