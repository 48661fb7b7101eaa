"""JSON strings as serde_json writes them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_SHORT: Final = (
    ("\\", "\\\\"),
    ('"', '\\"'),
    ("\n", "\\n"),
    ("\t", "\\t"),
    ("\r", "\\r"),
    ("\b", "\\b"),
    ("\f", "\\f"),
)
"""What is escaped in two characters; the backslash first."""

_LONG: Final = tuple([(chr(k), f"\\u{k:04x}") for k in range(0x20) if chr(k) not in "\n\t\r\b\f"])


def quote(text: str) -> str:
    """A string as serde_json writes it: only quotes, backslashes and control characters are escaped."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    # A table for `str.translate` would be looked up for every character, from the first escape on.
    for char, written in _SHORT:
        if char in text:
            text = text.replace(char, written)
    if not text.isprintable():
        for char, written in _LONG:
            if char in text:
                text = text.replace(char, written)
    return f'"{text}"'
