"""International domain names to ASCII. Expectations are the `idna` crate's (1.1.0), which the reference uses."""

from __future__ import annotations

import unicodedata

import pytest

from pywasmtools.web import uts46
from pywasmtools.web.idna import domain_to_ascii, punycode_decode, punycode_encode

TO_ASCII = [
    # mapped, ignored, in Punycode already
    ("fa\xdf.DE", "xn--fa-hia.de"),
    ("b\xfccher.example", "xn--bcher-kva.example"),
    ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
    ("\u65e5\u672c\u3002\uff2a\uff30", "xn--wgv71a.jp"),
    ("a\xadb", "ab"),
    ("\u2460\u2167\ufb01", "1viiifi"),
    ("\u1e9e", "xn--zca"),
    # normal form: reordered, composed, Hangul, ASCII that a mark changes, characters younger than Python
    ("q\u0307\u0323", "xn--q-9bb7f"),
    ("\u1100\u1161\u11a8", "xn--p39a"),
    ("=\u0338", "xn--1ch"),
    ("\ua7dc\U000105d2\u0307", "xn--dia6234k"),
    ("a\U00016129\U0001611f", "xn--a-xn1m"),
    # joiners after a virama, between joining letters
    ("\u0915\u094d\u200d\u0937", "xn--11b2ezcw70k"),
    ("\u0628\u06cc\u200c\u0628\u06cc", "xn--ngba50cb2343a"),
    # from right to left
    ("\u05d0\u05d11.x", "xn--1-zhcd.x"),
    ("\u05d0\u0301", "xn--lsa15l"),
    ("\u05d01", "xn--1-zhc"),
    ("\u0627\u0661.a", "xn--mgb0j.a"),
    # ASCII is only made lower case, and hyphens may stand anywhere
    ("A_b.-.a--b.", "a_b.-.a--b."),
    ("1.2", "1.2"),
    ("", ""),
]

REFUSED = [
    # marks and joiners in wrong places
    "\u0301a",
    "a\u200cb",
    "a\u200db",
    "\u200d",
    # disallowed
    "\U000e0001",
    "\ufffd",
    "\ue000",
    "a<\xe9",
    "a b",
    "xn--a<-9ca",
    # Punycode that is empty, no Punycode, not normalised, with a full stop that is none
    "xn--",
    "xn--a",
    "xn--a-",
    "xn--zzzzzz99",
    "xn--a-ecp.ru",
    "\uff58n--a-",
    "xn--\xe9",
    "xn---abc",
    "xn--99999999",
    # directions mixed, numbers of two kinds, a number or a hyphen at an end
    "\u05d0a",
    "1\u05d0",
    "a.\u05d0.-",
    "\u0661.\u05d0",
    "\u05d01\u0662",
]


@pytest.mark.parametrize(("domain", "expected"), TO_ASCII)
def test_to_ascii(domain: str, expected: str) -> None:
    assert domain_to_ascii(domain.encode()) == expected


@pytest.mark.parametrize("domain", REFUSED)
def test_refused(domain: str) -> None:
    assert domain_to_ascii(domain.encode()) is None


def test_what_is_not_utf_8_is_refused() -> None:
    assert domain_to_ascii(b"a\xff") is None


def test_limits_of_punycode() -> None:
    # A label may have 1000 characters if it is international, and 2000 digits after its prefix.
    assert domain_to_ascii(("é" * 1000).encode()) is not None
    assert domain_to_ascii(("é" * 1001).encode()) is None
    assert domain_to_ascii(b"a" * 5000) == "a" * 5000
    assert domain_to_ascii(b"xn--" + b"a" * 2001) is None


def test_punycode_there_and_back() -> None:
    # RFC 3492, 7.1: (A) and (L)
    arabic = "ليهمابتكلموشعربي؟"
    assert punycode_encode(arabic) == "egbpdaj6bu4bxfgehfvwxn"
    assert punycode_decode("egbpdaj6bu4bxfgehfvwxn") == arabic
    assert punycode_encode("3年b組金八先生") == "3b-ww4c5e180e575a65lsy2b"
    assert punycode_decode("3b-ww4c5e180e575a65lsy2b") == "3年b組金八先生"
    # The last hyphen parts the ASCII characters from the digits, unless it is the first character.
    assert punycode_decode("a-") == "a" and punycode_decode("-b") is None
    # Digits that end in the middle of a number, and a number beyond 32 bits.
    assert punycode_decode("a-b") is None and punycode_decode("99999999") is None


def test_the_normal_form_is_the_standard_librarys() -> None:
    # Hangul, reordering, exclusions, a composition that is blocked: all older than Unicode 14.
    for text in ("각각", "q̣̇", "Å𝅗𝅥क़", "à֮̕b", "é̖", "শোó", "한글"):
        for form in ("NFC", "NFD"):
            text = unicodedata.normalize(form, text)
            assert uts46.nfc(text) == unicodedata.normalize("NFC", text)


def test_the_table_covers_all_code_points() -> None:
    assert uts46._STARTS[0] == 0 and sorted(set(uts46._STARTS)) == uts46._STARTS and uts46._STARTS[-1] < 0x110000
    assert [uts46.class_of(c) for c in ("a", "A", "\xad", "́", "א", "\ud800", "\U0010ffff")] == list("LMISRDD")


def coded(delta: int) -> str:
    """One number of Punycode, the first of a label (RFC 3492, 3.3, with the bias 72)."""
    digits = "abcdefghijklmnopqrstuvwxyz0123456789"
    out, k = "", 36
    while True:
        threshold = min(max(k - 72, 1), 26)
        if delta < threshold:
            return out + digits[delta]
        out += digits[threshold + (delta - threshold) % (36 - threshold)]
        delta = (delta - threshold) // (36 - threshold)
        k += 36


def test_code_points_at_the_ends() -> None:
    for code in (0x80, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF):
        assert punycode_decode(coded(code - 0x80)) == chr(code)
    for code in (0xD800, 0xDFFF, 0x110000, 0x110001, 0x200000):
        assert punycode_decode(coded(code - 0x80)) is None
