"""License expressions of SPDX (annex D of its specification), read strictly: `check_license_expression`.

Operators in one case, identifiers as the license list spells them, none of them deprecated.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.web.spdx_lists import DEPRECATED, EXCEPTIONS, LICENSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import WasmToolsError

_LICENSES: Final = frozenset(LICENSES.split(" "))
_DEPRECATED: Final = frozenset(DEPRECATED.split(" "))
_EXCEPTIONS: Final = frozenset(EXCEPTIONS.split(" "))
_GNU: Final = ("AGPL-", "GFDL-", "GPL-", "LGPL-")
"""Families whose identifiers say `-only` or `-or-later`, so that `+` is refused."""

_WHITESPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
_REFERENCE_CHARS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
_DOCUMENT: Final = "DocumentRef-"
_LICENSE_REFERENCE: Final = "LicenseRef-"
_ADDITION_REFERENCE: Final = "AdditionRef-"

_START: Final = 0
_OPERATOR: Final = 1
_OPEN: Final = 2
_CLOSE: Final = 3
_WITH: Final = 4
_LICENSE: Final = 5
_REFERENCE: Final = 6
_PLUS: Final = 7
_ADDITION: Final = 8
_OPERATORS: Final = {"AND": _OPERATOR, "and": _OPERATOR, "OR": _OPERATOR, "or": _OPERATOR, "WITH": _WITH, "with": _WITH}

_AFTER_LICENSE: Final = "expected one of `AND`, `OR`, `WITH`, `)`"
_EXPECTED: Final = {
    _START: "expected one of `<license>`, `(` here",
    _OPERATOR: "expected one of `<license>`, `(` here",
    _OPEN: "expected one of `<license>`, `(` here",
    _CLOSE: "expected one of `AND`, `OR` here",
    _WITH: "expected a `<addition>` here",
    _LICENSE: _AFTER_LICENSE + ", `+` here",
    _REFERENCE: _AFTER_LICENSE + " here",
    _PLUS: _AFTER_LICENSE + " here",
    _ADDITION: "expected one of `AND`, `OR`, `)` here",
}
"""What is said of a token that may not follow the one before it."""


def check_license_expression(text: str) -> None:
    """Raises what is wrong with a license expression, in two lines: the expression, and a caret below the place."""
    opened: list[int] = []
    last = _START
    license_id = ""
    pos = 0
    end = len(text)
    while True:
        space = pos
        while pos < end and text[pos] in _WHITESPACE:
            pos += 1
        if pos == end:
            break
        kind, length = _token(text, space, pos)
        if not _may_follow(kind, last):
            raise _pointing(text, pos, pos + length, _EXPECTED[last])
        if kind == _LICENSE:
            license_id = text[pos : pos + length]
            if license_id in _DEPRECATED:
                raise _pointing(text, pos, pos + length, "a deprecated license identifier was used")
        elif kind == _PLUS:
            if license_id.startswith(_GNU):
                raise _pointing(text, pos, pos + 1, "a GNU license was followed by a `+`")
        elif kind == _OPEN:
            opened.append(pos)
        elif kind == _CLOSE:
            if not opened:
                raise _pointing(text, pos, pos + 1, "unopened parens")
            opened.pop()
        last = kind
        pos += length
    if last == _START:
        raise _pointing(text, 0, end, "empty expression")
    if last == _OPERATOR or last == _OPEN or last == _WITH:
        raise _pointing(text, end, end, _EXPECTED[last])
    if opened:
        raise _marked(text, opened[-1], "- unclosed parens")


def _may_follow(kind: int, last: int) -> bool:
    """Whether a token of one kind may stand after one of another."""
    if kind == _LICENSE or kind == _REFERENCE or kind == _OPEN:
        return last == _START or last == _OPERATOR or last == _OPEN
    if kind == _PLUS:
        return last == _LICENSE
    if kind == _ADDITION:
        return last == _WITH
    if last == _LICENSE or last == _REFERENCE or last == _PLUS:
        return True
    return kind != _WITH and (last == _ADDITION or last == _CLOSE)


def _token(text: str, space: int, pos: int) -> tuple[int, int]:
    """The kind and the length of the token at `pos`, white space before which begins at `space`."""
    c = text[pos]
    if c == "+":
        if space < pos:
            raise _pointing(text, space, pos, "`+` must not follow whitespace")
        return _PLUS, 1
    if c == "(":
        return _OPEN, 1
    if c == ")":
        return _CLOSE, 1
    end = pos
    while end < len(text) and (text[end] in _REFERENCE_CHARS or text[end] == ":"):
        end += 1
    if end == pos:
        raise _pointing(text, pos, len(text), "invalid character(s)")
    word = text[pos:end]
    kind = _OPERATORS.get(word, -1)
    if kind >= 0:
        return kind, len(word)
    if word in _LICENSES:
        return _LICENSE, len(word)
    if word in _EXCEPTIONS:
        return _ADDITION, len(word)
    # A reference ends before a colon that isn't the one after its document.
    document, colon, name = word.partition(":")
    start = len(document) + 1 if colon and document.startswith(_DOCUMENT) else 0
    if not start:
        name = document
    length = start + len(name.partition(":")[0])
    if name.startswith(_LICENSE_REFERENCE):
        return _REFERENCE, length
    if name.startswith(_ADDITION_REFERENCE):
        return _ADDITION, length
    raise _pointing(text, pos, end, "unknown term")


def _pointing(text: str, start: int, end: int, what: str) -> WasmToolsError:
    """An error with carets below a span, a caret a byte; one caret for parentheses."""
    return _marked(text, start, "^" * len(text[start:end].encode("utf-8")) + " " + what)


def _marked(text: str, start: int, mark: str) -> WasmToolsError:
    return error(text + "\n" + " " * len(text[:start].encode("utf-8")) + mark)
