"""Names of functions as they are shown: those of Rust's older scheme in words, without their hash; most others as they are."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_RUST: Final = 0x1C
"""The language in DWARF."""

_CPP: Final = frozenset((0x04, 0x19, 0x1A, 0x21, 0x2A, 0x2B))

_CPP_TYPES: Final = {
    "a": "signed char",
    "b": "bool",
    "c": "char",
    "d": "double",
    "e": "long double",
    "f": "float",
    "g": "__float128",
    "h": "unsigned char",
    "i": "int",
    "j": "unsigned int",
    "l": "long",
    "m": "unsigned long",
    "n": "__int128",
    "o": "unsigned __int128",
    "s": "short",
    "t": "unsigned short",
    "v": "void",
    "w": "wchar_t",
    "x": "long long",
    "y": "unsigned long long",
    "z": "...",
}
"""Names of one letter, which are taken to be types as C++ writes them in names of functions."""

_ESCAPES: Final = {
    "SP": "@",
    "BP": "*",
    "RF": "&",
    "LT": "<",
    "GT": ">",
    "LP": "(",
    "RP": ")",
    "C": ",",
}
_DIGITS: Final = "0123456789"
_LOWER_HEX: Final = "0123456789abcdef"
_OF_LLVM: Final = "0123456789ABCDEF@"


def shown(name: bytes, language: int) -> str:
    """A function's name; of Rust, or of a language that is not told (-1), in words."""
    text = name.decode("utf-8", "replace")
    if language in (_RUST, -1):
        words = _in_words(text)
        if words is not None:
            return words
    if language in _CPP or language == -1:
        return _CPP_TYPES.get(text, text)
    return text


def _in_words(name: str) -> str | None:
    """The path that a name of Rust's older scheme is of; None for other names."""
    rest, mark, more = name.partition(".llvm.")
    if mark and more.strip(_OF_LLVM) == "":
        name = rest  # what LLVM adds to what it made local
    for prefix in ("_ZN", "ZN", "__ZN"):
        if name.startswith(prefix):
            parts, at = _parts(name, len(prefix))
            break
    else:
        return None
    suffix = name[at + 1 :]
    if at < 0 or not name.isascii() or (suffix and not (suffix[0] == "." and _is_symbol(suffix))):
        return None
    if parts and _is_hash(parts[-1]):
        parts.pop()
    return "::".join([_unescaped(part) for part in parts]) + suffix


def _parts(name: str, at: int) -> tuple[list[str], int]:
    """The parts of a path, each behind its size, and where the `E` stands that ends them; -1 if they are malformed."""
    parts: list[str] = []
    while at < len(name) and name[at] != "E":
        digits = at
        while at < len(name) and name[at] in _DIGITS:
            at += 1
        if at == digits:
            return parts, -1
        size = int(name[digits:at].lstrip("0")[:20] or "0")
        parts.append(name[at : at + size])
        at += size
    return parts, at if at < len(name) else -1


def _is_symbol(text: str) -> bool:
    """Whether a text has nothing but letters, digits and signs of ASCII."""
    return text.isprintable() and " " not in text


def _is_hash(part: str) -> bool:
    return part.startswith("h") and part[1:].lower().strip(_LOWER_HEX) == ""


def _unescaped(part: str) -> str:
    """A part of a path with its escapes undone, up to the first that is none."""
    if part.startswith("_$"):
        part = part[1:]
    text = ""
    while part:
        if part.startswith(".."):
            text += "::"
            part = part[2:]
        elif part[0] == ".":
            text += "."
            part = part[1:]
        elif part[0] == "$":
            escape, dollar, rest = part[1:].partition("$")
            char = _ESCAPES.get(escape) or _char(escape)
            if not dollar or not char:
                return text + part
            text += char
            part = rest
        else:
            cut = min([k for k in (part.find("$"), part.find("."), len(part)) if k >= 0])
            text += part[:cut]
            part = part[cut:]
    return text


def _char(escape: str) -> str:
    """The character of `u` and its number; empty if it is none, or a control character."""
    digits = escape[1:].lstrip("0")
    if not escape.startswith("u") or len(digits) > 6 or digits.strip(_LOWER_HEX) != "":
        return ""
    number = int(digits or "0", 16)
    if number < 0x20 or 0x7F <= number < 0xA0 or 0xD800 <= number < 0xE000 or number > 0x10FFFF:
        return ""
    return chr(number)
