"""License expressions of SPDX. Expectations are the `spdx` crate's, which the reference uses."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.web.spdx import check_license_expression
from pywasmtools.web.spdx_lists import DEPRECATED, EXCEPTIONS, LICENSES

VALID = [
    "MIT",
    "MIT OR Apache-2.0",
    "(MIT or (Zlib)) and ISC+ with LLVM-exception",
    "LicenseRef-a.b",
    "DocumentRef-d:LicenseRef-",
    "MIT WITH DocumentRef-d:AdditionRef-x",
    "\u2003MIT\x85",
    "MIT WITH Nokia-Qt-exception-1.1",
]

REFUSED = [
    ("", " empty expression"),
    (" \t", "^^ empty expression"),
    ("mit", "^^^ unknown term"),
    ("MIT Zlib", "    ^^^^ expected one of `AND`, `OR`, `WITH`, `)`, `+` here"),
    ("MIT OR", "       expected one of `<license>`, `(` here"),
    ("AND MIT", "^^^ expected one of `<license>`, `(` here"),
    ("()", " ^ expected one of `<license>`, `(` here"),
    ("(MIT", "- unclosed parens"),
    ("((MIT)", "- unclosed parens"),
    ("MIT)", "   ^ unopened parens"),
    ("MIT +", "   ^ `+` must not follow whitespace"),
    ("+", "^ expected one of `<license>`, `(` here"),
    ("MIT++", "    ^ expected one of `AND`, `OR`, `WITH`, `)` here"),
    ("MIT WITH", "         expected a `<addition>` here"),
    ("MIT WITH Zlib", "         ^^^^ expected a `<addition>` here"),
    ("LLVM-exception", "^^^^^^^^^^^^^^ expected one of `<license>`, `(` here"),
    ("MIT WITH LLVM-exception+", "                       ^ expected one of `AND`, `OR`, `)` here"),
    (
        "MIT WITH LLVM-exception WITH LLVM-exception",
        "                        ^^^^ expected one of `AND`, `OR`, `)` here",
    ),
    ("MIT+(", "    ^ expected one of `AND`, `OR`, `WITH`, `)` here"),
    ("LicenseRef-a+", "            ^ expected one of `AND`, `OR`, `WITH`, `)` here"),
    ("(MIT) WITH LLVM-exception", "      ^^^^ expected one of `AND`, `OR` here"),
    ("(MIT) Zlib", "      ^^^^ expected one of `AND`, `OR` here"),
    ("GPL-2.0", "^^^^^^^ a deprecated license identifier was used"),
    ("GPL-2.0-only+", "            ^ a GNU license was followed by a `+`"),
    ("\xe9 OR MIT", "^^^^^^^^^ invalid character(s)"),
    ("MIT/Zlib", "   ^^^^^ invalid character(s)"),
    ("(\xe9", " ^^ invalid character(s)"),
    ("\u2003nope", "   ^^^^ unknown term"),
    ("MIT And Zlib", "    ^^^ unknown term"),
    ("LicenseRef-a:b", "            ^^ unknown term"),
    ("x:LicenseRef-a", "^^^^^^^^^^^^^^ unknown term"),
    ("DocumentRef-d:AdditionRef-e", "^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected one of `<license>`, `(` here"),
]
"""Expressions, and the second line of what is said of them."""


@pytest.mark.parametrize("text", VALID)
def test_valid(text: str) -> None:
    check_license_expression(text)


@pytest.mark.parametrize(("text", "mark"), REFUSED)
def test_refused(text: str, mark: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        check_license_expression(text)
    assert [layer.message for layer in caught.value.layers] == [text + "\n" + mark]


def test_every_identifier_is_known() -> None:
    current = set(LICENSES.split(" ")) - set(DEPRECATED.split(" "))
    check_license_expression(" OR ".join(sorted(current)))
    check_license_expression(" OR ".join(f"MIT WITH {exception}" for exception in EXCEPTIONS.split(" ")))


def test_deep_parentheses() -> None:
    check_license_expression("(" * 100_000 + "MIT" + ")" * 100_000)
