"""JSON that is malformed, or of another shape than expected, and numbers at their limits: what is said, and where."""

from __future__ import annotations

import zlib

from answers import Answers, answers, asked  # noqa: F401
from assemble import assemble
from syrupy.assertion import SnapshotAssertion

from pywasmtools.wasm.writer import custom_section

COMPONENT = """(component
  (type (component (export "a:b/i" (instance (export "f" (func))))))
  (export "i" (type 0))
  (type (component (export "a:b/w" (component (import "f" (func))))))
  (export "w" (type 2)))"""

STRINGS = (
    *(
        b'"',
        b'"a',
        b'"\\',
        b'"\\"',
        b'"\\x"',
        b'"\\/\\b\\f\\n\\r\\t\\"\\\\"',
        b'"\\u',
        b'"\\u1',
        b'"\\u123',
        b'"\\u1234',
        b'"\\u12g4"',
    ),
    *(
        b'"\\uDC00"',
        b'"\\uDFFF"',
        b'"\\uD800"',
        b'"\\uD800',
        b'"\\uD800\\',
        b'"\\uD800x"',
        b'"\\uD800\\n"',
        b'"\\uD800\\u',
        b'"\\uD800\\u0041"',
    ),
    *(
        b'"\\uD83D\\uDE00"',
        b'"\\uDBFF\\uDFFF"',
        b'"\\uE000"',
        b'"\\uD7FF"',
        b'"a\nb"',
        b'"a\x1fb"',
        b'"a\x7fb"',
        b'"a\x00',
        b'"a\\u0041\x01"',
    ),
    *(
        b'"\xff"',
        b'"\xc3"',
        b'"\xe2\x82\xac"',
        b'"\xed\xa0\x80"',
        b'"a\tb',
        b'"' + b"long " * 30 + b"\n",
        b'"' + b"x" * 300 + b'"',
    ),
)
WORDS = (
    b"t",
    b"tru",
    b"trux",
    b"true",
    b"truee",
    b"f",
    b"fals",
    b"false",
    b"falsy",
    b"n",
    b"nul",
    b"null",
    b"nulll",
    b"x",
    b"'a'",
    b"\xef\xbb\xbf1",
)
NUMBERS = (
    *(
        b"-",
        b"-a",
        b"0",
        b"00",
        b"01",
        b"-0",
        b"1.",
        b"1.a",
        b"1.5",
        b"1e",
        b"1e+",
        b"1e-",
        b"1e+a",
        b"1E5",
        b"1.5e-3",
        b".5",
        b"+1",
    ),
    *(
        b"18446744073709551615",
        b"18446744073709551616",
        b"18446744073709551620",
        b"-9223372036854775808",
        b"-9223372036854775809",
    ),
    *(
        b"184467440737095516150.5",
        b"18446744073709551615.5",
        b"1844674407370955161.55",
        b"0.18446744073709551616",
        b"0.184467440737095516159",
    ),
    *(
        b"1e308",
        b"1e309",
        b"10e308",
        b"0e999",
        b"1e-400",
        b"123e-330",
        b"1e2147483647",
        b"1e2147483648",
        b"1e-2147483648",
        b"0e2147483648",
    ),
    *(
        b"-1e99999999999",
        b"-1e-99999999999",
        b"0.5e2147483647",
        b"179769313486231570000e289",
        b"179769313486231580000e289",
        b"2e308",
        b"-2e308",
    ),
)
LISTS = (
    b"[",
    b"[ ",
    b"[1",
    b"[1 ",
    b"[1,",
    b"[1,]",
    b"[,",
    b"[,1]",
    b"[1 2]",
    b"[1,2]x",
    b"[]",
    b"[[]",
    b"[}",
    b"[1}",
    b"[1,2",
    b"[{}",
    b"[{]",
    b"[1]]",
)
MAPS = (
    *(
        b"{",
        b"{ ",
        b"{a",
        b"{1:2}",
        b'{"a"',
        b'{"a" ',
        b'{"a":',
        b'{"a":1',
        b'{"a":1,',
        b'{"a":1,}',
        b'{"a":1 "b":2}',
        b'{"a" 1}',
        b'{"a"=1}',
        b"{,}",
    ),
    *(
        b"{}",
        b"{]",
        b'{"a":1]',
        b'{"a":}',
        b'{"a":1}}',
        b'{"a":{"b":{}}}',
        b'{"a":[1,{"b":null}]}',
        b'{"a":1,1:2}',
        b'{"a":1,"a":2}',
        b"{null:1}",
    ),
)
VALUES = (*STRINGS, *WORDS, *NUMBERS, *LISTS, *MAPS)
PLACES = (
    b"VALUE",
    b'{"other":VALUE}',
    b'{"docs":VALUE}',
    b'{"worlds":VALUE}',
    b'{"worlds":{"w":VALUE}}',
    b'{"worlds":{"w":{"docs":VALUE}}}',
)
AROUND = (
    b"",
    b" ",
    b"\n\t {} \r\n",
    b"{}x",
    b"{} {}",
    b'{"worlds":{"w":{"docs":"d"}},"interfaces":{"i":{"docs":"e"}}} ',
    b"{}\0",
    b"{},",
    b"[] ]",
    b"\xa0{}",
)


def told(answers: Answers, command: str, cases: dict[str, bytes]) -> str:  # noqa: F811
    """Each case, and what is wrong with it, or how long the answer is."""
    found = ""
    for part in answers(command, cases).split("\n== "):
        lines = part.removeprefix("== ").splitlines()
        wrong = [line.strip() for line in lines[2:] if "error" in line or line[:9].strip().rstrip(":").isdigit()]
        found += f"{lines[0]}: {' '.join(wrong) or ' '.join(' '.join(lines[2:]).split())}\n"
    return found


def test_docs_of_packages(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    component = assemble(COMPONENT)
    texts = [place.replace(b"VALUE", value) for place in PLACES for value in VALUES]
    cases = {
        repr(text)[2:-1]: component + custom_section("package-docs", b"\x01" + text)
        for text in dict.fromkeys([*texts, *AROUND])
    }
    assert told(answers, "component wit in.wasm", cases) == golden


def test_dependencies(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    places = (b"VALUE", b'{"packages":VALUE}', b'{"packages":[],"format":VALUE}', b'{"packages":[{"name":VALUE}]}')
    texts = [place.replace(b"VALUE", value) for place in places for value in VALUES]
    cases = {
        repr(text)[2:-1]: b"\0asm\1\0\0\0" + custom_section(".dep-v0", zlib.compress(text))
        for text in dict.fromkeys([*texts, *AROUND])
    }
    assert told(answers, "metadata show --json in.wasm", cases) == golden
