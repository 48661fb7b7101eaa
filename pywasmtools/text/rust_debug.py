"""Characters, strings and options as Rust's Debug prints them inside messages."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_ESCAPES: Final = {"\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"}


def debug_char(char: str) -> str:
    """One character in single quotes."""
    if char == "'":
        return "'\\''"
    return f"'{_escaped(char)}'"


def debug_str(text: str) -> str:
    """A string in double quotes; a path too."""
    if text.isascii() and text.isprintable():
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    parts = [char if char == "'" else '\\"' if char == '"' else _escaped(char) for char in text]
    return '"' + "".join(parts) + '"'


def _escaped(char: str) -> str:
    """A character that is no quote, without quotes around it. What isn't UTF-8 in a path prints as its byte."""
    found = _ESCAPES.get(char)
    if found is not None:
        return found
    code = ord(char)
    if 0x20 <= code < 0x7F:
        return char
    if 0xDC80 <= code <= 0xDCFF and sys.platform != "win32":
        return f"\\x{code - 0xDC00:02X}"
    if code >= 0x80:
        from pywasmtools.text.unicode_tables import is_escaped

        if not is_escaped(code):
            return char
    return f"\\u{{{code:x}}}"


def debug_option(text: str | None) -> str:
    """An optional string: `Some("…")` or `None`."""
    return "None" if text is None else f"Some({debug_str(text)})"
