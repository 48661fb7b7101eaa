"""The kind `descriptions`: custom sections that are read as text: URLs, licenses, versions, JSON with the docs of a package."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Callable
from typing import Any

from pywasmtools.lab.case import Case
from pywasmtools.lab.fuzz import over_binaries
from pywasmtools.lab.fuzz.mutants import mutant
from pywasmtools.lab.fuzz.source import Corpus
from pywasmtools.lab.fuzz.wit.worlds import package
from pywasmtools.wasm.writer import custom_section, var_u32
from pywasmtools.wasm.writer import name as name_bytes
from pywasmtools.web.spdx_lists import DEPRECATED, EXCEPTIONS, LICENSES

DOCS_SECTION = b"\x0cpackage-docs"

WIT = """/// A package.
package a:b@1.2.3;

/// An interface.
@since(version = 1.0.0)
interface i {
  /// A type.
  @since(version = 1.2.0)
  record t { a: u8 }
  /// A resource.
  resource r {
    /// Made.
    constructor();
    /// A method.
    @unstable(feature = x)
    m: func();
  }
  /// A function.
  @deprecated(version = 1.2.3)
  @since(version = 1.1.0)
  f: func(x: t);
}

/// A world.
world w {
  /// Imported.
  @since(version = 1.0.0)
  import i;
  /// A type of its own.
  type mine = u32;
  /// Named.
  import n: interface {
    /// Inside.
    g: func();
  }
  /// Exported.
  @unstable(feature = y)
  export run: func(x: mine);
}
"""


class Descriptions:
    """Modules with sections that describe them, and packages with other docs."""

    name = "descriptions"

    def case(self, rng: random.Random, corpus: Corpus) -> Case:
        if rng.random() < 0.4:
            data = with_docs(rng, package_of_docs(rng))
            line = over_binaries.wit_of_binary(rng, "m.wasm")
            return Case((*line, *over_binaries.some(rng, 0.5, "--all-features")), {"m.wasm": data})
        data = module()
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            kind, make = rng.choice(SECTIONS)
            data += custom_section(kind, make(rng))
        return Case(tuple(over_binaries.new(rng, "m.wasm")), {"m.wasm": data})


@functools.cache
def module() -> bytes:
    from pywasmtools.api import component_embed

    return component_embed("package a:b;\nworld w {\n}\n", dummy="legacy")


@functools.cache
def usual_package() -> bytes:
    from pywasmtools.api import component_wit

    return component_wit(WIT, form="wasm", all_features=True)


def package_of_docs(rng: random.Random) -> bytes:
    """A package in binary that has docs."""
    from pywasmtools.api import component_wit

    if rng.random() < 0.7:
        return usual_package()
    files, _ = package(rng)
    try:
        return component_wit(files["m.wit"], form="wasm", all_features=True) if len(files) == 1 else usual_package()
    except Exception:
        return usual_package()


# --------------------------------------------------------------------------------- URLs

SCHEMES = (
    "http",
    "https",
    "https",
    "https",
    "ftp",
    "file",
    "ws",
    "mailto",
    "data",
    "a+b.c-1",
    "HTTP",
    "1x",
    "",
    "javascript",
)
HOSTS = (
    *(
        "example.com",
        "EXAMPLE.com",
        "a.b-c.d",
        "localhost",
        "127.0.0.1",
        "0x7f.1",
        "017700000001",
        "1.2.3",
        "256.1.1.1",
    ),
    *(
        "[::1]",
        "[1:2:3:4:5:6:7:8]",
        "[::ffff:1.2.3.4]",
        "[1::2::3]",
        "[::g]",
        "bücher.de",
        "xn--bcher-kva.de",
        "xn--a",
        "☃.net",
    ),
    *(
        "ex%41mple.com",
        "a%00b",
        "a b",
        "a_b",
        "-a.com",
        "a..b",
        ".",
        "a.",
        "ß.de",
        "faß.de",
        "日本語。jp",
        "١٢.com",
        "א.com",
        "a\u200db",
        "",
    ),
    *(
        "4294967295",
        "4294967296",
        "0x",
        "1.2.3.4.5",
        "a<b",
        "a|b",
        "a^b",
        "A\u0301.com",
        "ﬁ.com",
        "Ⅷ.com",
        "\u00ad",
        "xn--\u00fc",
    ),
)
PATHS = (
    "",
    "/",
    "/a/b",
    "/a/../b",
    "/./a",
    "/%2e%2E/x",
    "/a b",
    '/"<>`{}',
    "/ü",
    "/C:/x",
    "/C|/x",
    "//x",
    "\\a\\b",
    "/a;b=c",
    "/%zz",
    "/a/.",
    "/..",
)
QUERIES = ("", "", "", "?", "?a=b&c", "?a b", "?'\"<>", "?ü", "#", "#f", "#a b`", "?x#y", "#\x01", "?#")
USERS = ("", "", "", "", "u@", "u:p@", ":@", "u:@", "a@b@", "u/x@", "ü:ß@", "u%40:p@", "@")
PORTS = ("", "", "", "", ":80", ":443", ":8080", ":", ":65536", ":0", ":00080", ":x", ":21", ":-1")


ODD_URLS = (
    *(
        "",
        " ",
        "a",
        "//x",
        "/x",
        "?x",
        "http:",
        "http:/a",
        "http:a",
        "file:",
        "file:c:/x",
        "file://h/c|/",
        "x:y",
        "x://",
    ),
    *("http:///a", "x:/a/../b", "x:a?b#c", "file:///../a", "data:,a b"),
)


def url(rng: random.Random) -> bytes:
    """A URL, strange mostly."""
    if rng.random() < 0.1:
        text = rng.choice(ODD_URLS)
    else:
        # One or two parts that are strange: where all are, the first that is refused hides the others.
        parts = ["https", "://", "", "example.com", "", "/a", ""]
        choices = (SCHEMES, (":", ":/", ":\\\\", "://", ":///"), USERS, HOSTS, PORTS, PATHS, QUERIES)
        for at in rng.choices(range(7), (2, 1, 1, 6, 1, 2, 2), k=rng.choice((1, 1, 2, 3))):
            parts[at] = rng.choice(choices[at])
        text = "".join(parts)
    if rng.random() < 0.2:
        text = spoiled(rng, text)
    if rng.random() < 0.1:
        text = rng.choice((" ", "\t", "\n", "\x00")) + text + rng.choice(("", " ", "\n"))
    return encoded(rng, text)


CHARS = "aZ09-.:/?#[]@!$&'()*+,;=%<>\"{}|\\^`~_ \t\n\x7f\u00e9\u00df\u0130\u03c2\u200c\u200d\u3002\uff0e\u0661\u05d0\u0301\ud55c\U0001f600\ufffe"


def spoiled(rng: random.Random, text: str) -> str:
    """A text with another character in it, one less, or a part moved."""
    at, other = rng.randint(0, len(text)), rng.randint(0, len(text))
    changes: tuple[Callable[[], str], ...] = (
        lambda: text[:at] + rng.choice(CHARS) + text[at:],
        lambda: text[:at] + rng.choice(CHARS) + text[at + 1 :],
        lambda: text[:at] + text[at + 1 :],
        lambda: text[:at] + chr(rng.choice((rng.randrange(0x20, 0x3000), rng.randrange(0xE000, 0x11000)))) + text[at:],
        lambda: text[:at] + text[other:],
        lambda: text[:at] + text[at:].upper(),
    )
    return rng.choice(changes)()


def encoded(rng: random.Random, text: str) -> bytes:
    """UTF-8, with a wrong byte now and then."""
    data = text.encode("utf-8", "replace")
    return mutant(data, rng) if rng.random() < 0.04 else data


# ----------------------------------------------------------------------------- licenses


@functools.cache
def license_words() -> tuple[list[str], list[str], list[str]]:
    return LICENSES.split(" "), EXCEPTIONS.split(" "), DEPRECATED.split(" ")


def licenses(rng: random.Random) -> bytes:
    """An expression of SPDX."""
    text = expression(rng, 0)
    if rng.random() < 0.15:
        parts = text.split(" ")
        text = " ".join(
            [*parts[: rng.randint(0, len(parts))], rng.choice(("", "AND", "(", "WITH", "OR (", ")", "MIT"))]
        )
    if rng.random() < 0.25:
        text = spoiled(rng, text)
    if rng.random() < 0.1:
        text = text.replace(" ", rng.choice(("  ", "\t", "\u00a0", "")))
    return encoded(rng, text)


def expression(rng: random.Random, depth: int) -> str:
    known, exceptions, deprecated = license_words()
    kind = rng.randrange(12 if depth < 3 else 7)
    if kind < 3:
        return rng.choice(("MIT", "Apache-2.0", rng.choice(known)))
    if kind == 3:
        return rng.choice(
            (
                rng.choice(deprecated),
                "mit",
                "GPL-2.0",
                "GPL-2.0+",
                "Apache-2.0+",
                "Nope",
                "",
                "AND",
                "MIT/Apache-2.0",
                "GPL-3.0-only+",
            )
        )
    if kind == 4:
        return f"{rng.choice(known)} {rng.choice(('WITH', 'WITH', 'with', 'With'))} {rng.choice((rng.choice(exceptions), 'LLVM-exception', 'AdditionRef-x', 'MIT'))}"
    if kind == 5:
        return rng.choice(
            (
                "LicenseRef-a.b",
                "DocumentRef-d:LicenseRef-x",
                "LicenseRef-",
                "DocumentRef-d",
                "LicenseRef-a_b",
                "DocumentRef-d:MIT",
                "DocumentRef-x:AdditionRef-y",
            )
        )
    if kind == 6:
        return rng.choice(known) + "+"
    if kind < 10:
        return f"{expression(rng, depth + 1)} {rng.choice(('AND', 'OR', 'OR', 'and', 'or', 'And', '/', ''))} {expression(rng, depth + 1)}"
    return f"({expression(rng, depth + 1)})" if rng.random() < 0.85 else f"({expression(rng, depth + 1)}"


def words(rng: random.Random) -> bytes:
    """Any text."""
    text = "".join(rng.choice(CHARS) for _ in range(rng.choice((0, 1, 5, 20))))
    return encoded(rng, rng.choice((text, "A text.", "1.2.3")))


def producers(rng: random.Random) -> bytes:
    """Fields of names and versions."""
    fields = [rng.choice(("language", "processed-by", "sdk", "x", "")) for _ in range(rng.choice((0, 1, 2, 3)))]
    data = var_u32(len(fields))
    for field in fields:
        values = [
            (rng.choice(("a", "wit-component", "", "b")), rng.choice(("", "1.0", "0.200.0")))
            for _ in range(rng.choice((0, 1, 2)))
        ]
        data += name_bytes(field) + var_u32(len(values)) + b"".join(name_bytes(n) + name_bytes(v) for n, v in values)
    return mutant(data, rng) if rng.random() < 0.3 else data


SECTIONS: tuple[tuple[str, Callable[[random.Random], bytes]], ...] = (
    *(
        ("homepage", url),
        ("homepage", url),
        ("source", url),
        ("source", url),
        ("licenses", licenses),
        ("licenses", licenses),
    ),
    *(("authors", words), ("description", words), ("revision", words), ("version", words), ("producers", producers)),
    *(("name", producers), ("homepage", words), ("licenses", words)),
)

# --------------------------------------------------------------------------------- docs

VALUES = (
    *(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "-1",
        "1.5",
        "1e3",
        "-2.5E-3",
        "1e400",
        "123456789012345678901234567890",
        "01",
        "-",
        "1.",
        ".5",
    ),
    *(
        '""',
        '"a"',
        '"\\u00e9"',
        '"\\ud83d\\ude00"',
        '"\\ud83d"',
        '"\\n"',
        '"a',
        '"\\x"',
        "[]",
        "{}",
        '[1,"a",null]',
        '{"a":1}',
        "[",
        "{",
        "nul",
        "x",
    ),
    *(
        "0.1234567890123456789",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "1e-400",
        "0.0000001",
        "1E+2",
        "5e-324",
    ),
    *(
        '{"docs":"x"}',
        '{"stability":null}',
        '{"stable":{"since":"1.0.0"}}',
        '{"unstable":{"feature":"x"}}',
        '"unknown"',
        '["a"]',
        "1.0e",
        "1e+",
        "-1e1",
    ),
)


def with_docs(rng: random.Random, data: bytes) -> bytes:
    """A package in binary with other docs."""
    place = data.rfind(DOCS_SECTION)
    if place < 0:
        return data
    # The size stands before the name, and the id before that.
    for start in (place - 2, place - 3, place - 4):
        if data[start] == 0 and read_uleb(data, start + 1)[1] == place:
            break
    else:
        return data
    size, after = read_uleb(data, start + 1)
    payload = data[place + len(DOCS_SECTION) : after + size]
    version, text = payload[:1], payload[1:].decode()
    kind = rng.random()
    if kind < 0.7:
        text = Rewriter(rng).text(json.loads(text))
    if kind > 0.65:
        text = spoiled(rng, text)
    if rng.random() < 0.05:
        version = bytes([rng.choice((0, 1, 2, 255))])
    made = custom_section("package-docs", version + encoded(rng, text))
    if rng.random() < 0.05:
        return data + made
    return data[:start] + made + data[after + size :]


def read_uleb(data: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


class Rewriter:
    """JSON written again with some values and keys changed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.often = rng.choice((0.01, 0.03, 0.1))
        self.space = rng.choice(("", "", " ", "\n  "))

    def text(self, value: Any) -> str:
        rng = self.rng
        if rng.random() < self.often:
            return rng.choice(VALUES)
        if isinstance(value, dict):
            rows = [(self.key(key), self.text(v)) for key, v in value.items() if rng.random() > self.often]
            if rng.random() < self.often and rows:
                rows.append(rng.choice(rows))
            if rng.random() < self.often:
                rows.append(
                    (
                        json.dumps(rng.choice(("docs", "x", "funcs", "items", "types", "stability", "interfaces"))),
                        rng.choice(VALUES),
                    )
                )
            if rng.random() < self.often / 2:
                return "[" + ",".join(v for _, v in rows) + "]"
            return "{" + ",".join(f"{self.space}{key}:{self.space}{v}" for key, v in rows) + self.space + "}"
        if isinstance(value, list):
            return "[" + ",".join(self.text(v) for v in value) + "]"
        return json.dumps(value, ensure_ascii=rng.random() < 0.5)

    def key(self, key: str) -> str:
        if self.rng.random() < self.often:
            key = self.rng.choice(
                (key + "x", "docs", "stability", "i", "w", "f", "n", "types", "func_exports", "interface_imports")
            )
        return json.dumps(key)
