"""Characters that belong together, as users see them: extended grapheme clusters (Unicode, UAX 29). Loaded on demand."""

from __future__ import annotations

from pywasmtools.regex.sets import holds
from pywasmtools.regex.unicode import with_value
from pywasmtools.sections.grapheme_tables import (
    CONSONANTS,
    LINKERS,
    NEW_EXTEND,
    NEW_SPACING,
    NO_PREPEND,
    PICTURES,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_KINDS: Final[tuple[str, ...]] = (
    "Extend",
    "ZWJ",
    "SpacingMark",
    "Prepend",
    "Regional_Indicator",
    "L",
    "V",
    "T",
    "LV",
    "LVT",
    "Control",
)
_known: Final[dict[str, str]] = {}


def _kind(char: str) -> str:
    """The property Grapheme_Cluster_Break of a character; "" is any other."""
    found = _known.get(char)
    if found is None:
        found = ""
        if not "\x1f" < char < "\x7f":
            found = {"\r": "CR", "\n": "LF"}.get(char, "")
            for kind in () if found else _KINDS:
                if _is_of(ord(char), kind):
                    found = kind
                    break
        _known[char] = found
    return found


def _is_of(code: int, kind: str) -> bool:
    if (kind == "Extend" and holds(NEW_EXTEND, code)) or (kind == "SpacingMark" and holds(NEW_SPACING, code)):
        return True
    if kind == "Prepend" and holds(NO_PREPEND, code):
        return False
    return holds(with_value("Grapheme_Cluster_Break", kind), code)


def graphemes(text: str) -> Iterator[str]:
    """The clusters of a text."""
    start = 0
    for at in range(1, len(text)):
        if _breaks(text, start, at):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _breaks(text: str, start: int, at: int) -> bool:
    """Whether there is a break before `at`, within a cluster that begins at `start`; rules are those of UAX 29."""
    left, right = _kind(text[at - 1]), _kind(text[at])
    if left == "CR" and right == "LF":
        return False
    if left in ("Control", "CR", "LF") or right in ("Control", "CR", "LF"):
        return True
    if left == "L":
        if right in ("L", "V", "LV", "LVT"):
            return False
    elif left in ("LV", "V"):
        if right in ("V", "T"):
            return False
    elif left in ("LVT", "T") and right == "T":
        return False
    if right in ("Extend", "ZWJ", "SpacingMark") or left == "Prepend":
        return False
    if holds(CONSONANTS, ord(text[at])):
        return not _is_conjunct(text, start, at)
    if left == "ZWJ" and _is_picture(text[at]):
        before = at - 2
        while before >= start and _kind(text[before]) == "Extend":
            before -= 1
        return not (before >= start and _is_picture(text[before]))
    if left == "Regional_Indicator" and right == left:
        run = 0
        while at - 1 - run >= start and _kind(text[at - 1 - run]) == "Regional_Indicator":
            run += 1
        return run % 2 == 0
    return True


def _is_conjunct(text: str, start: int, at: int) -> bool:
    """Whether there is a consonant before `at`, and a linker behind that one."""
    is_linked = False
    before = at - 1
    while before > start and (holds(LINKERS, ord(text[before])) or _is_passed_over(text[before])):
        is_linked = is_linked or holds(LINKERS, ord(text[before]))
        before -= 1
    return is_linked and holds(CONSONANTS, ord(text[before]))


def _is_passed_over(char: str) -> bool:
    """Indic_Conjunct_Break=Extend."""
    return char != "\u200c" and _kind(char) in ("Extend", "ZWJ")


def _is_picture(char: str) -> bool:
    return holds(PICTURES, ord(char))
