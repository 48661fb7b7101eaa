"""The steps of UTS #46 that need Unicode's data: mapping, NFC, joiners, bidirectional labels. Only for hosts beyond ASCII.

Classes of code points are our own table of Unicode 17 (`idna_tables`). Mappings and normal forms are the standard
library's, which are stable for every character that it knows, with what is younger than Unicode 14 added.
"""

from __future__ import annotations

import unicodedata

from pywasmtools.web.idna_tables import (
    BIDI_ARABIC_NUMBER,
    BIDI_EUROPEAN_NUMBER,
    BIDI_LEFT,
    BIDI_NEUTRAL,
    BIDI_NONSPACING,
    BIDI_RIGHT,
    CLASS_RUNS,
    COMBINING_CLASSES,
    COMPOSITES,
    DISALLOWED,
    IGNORED,
    LEFT_JOINING,
    MAPPED,
    MAPPINGS,
    MARKS,
    RIGHT_JOINING,
    TRANSPARENT,
    VIRAMAS,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"


def _class_runs() -> tuple[list[int], list[str]]:
    """Where each run of one class begins, and its class."""
    starts: list[int] = []
    classes: list[str] = []
    code = 0
    length = ""
    for c in CLASS_RUNS:
        if "A" <= c <= "Z":
            if classes:
                code += int(length, 36) if length else 1
            starts.append(code)
            classes.append(c)
            length = ""
        else:
            length += c
    return starts, classes


def _entries(table: str) -> list[tuple[int, int, str]]:
    """The first code point, the count and the right side of each entry `first+count=right`."""
    found: list[tuple[int, int, str]] = []
    for entry in table.split(" "):
        left, _, right = entry.partition("=")
        first, _, count = left.partition("+")
        found.append((int(first, 16), int(count, 16) if count else 1, right))
    return found


def _mappings() -> dict[str, str]:
    """The mappings that are ours to know."""
    found: dict[str, str] = {}
    for first, count, right in _entries(MAPPINGS):
        target = [int(code, 16) for code in right.split(",")]
        for i in range(count):
            found[chr(first + i)] = chr(target[0] + i) + "".join(map(chr, target[1:]))
    return found


def _combining_classes() -> dict[str, int]:
    """The combining classes that are ours to know."""
    return {chr(first + i): int(right) for first, count, right in _entries(COMBINING_CLASSES) for i in range(count)}


def _decompositions() -> dict[str, str]:
    """The decompositions, each into two, that are ours to know."""
    found: dict[str, str] = {}
    for first, _, right in _entries(COMPOSITES):
        head, _, tail = right.partition(",")
        found[chr(first)] = chr(int(head, 16)) + chr(int(tail, 16))
    return found


_STARTS, _CLASSES = _class_runs()
_MAPPINGS: Final = _mappings()
_COMBINING: Final = _combining_classes()
_DECOMPOSED: Final = _decompositions()
_COMPOSED: Final = {pair: composite for composite, pair in _DECOMPOSED.items()}


def class_of(c: str) -> str:
    """The class of a character, one of the letters of `idna_tables`."""
    code = ord(c)
    low = 0
    high = len(_STARTS)
    while low < high:
        middle = (low + high) >> 1
        if _STARTS[middle] <= code:
            low = middle + 1
        else:
            high = middle
    return _CLASSES[low - 1]


# ---------------------------------------------------------------------------- mapping


def map_and_normalize(text: str) -> str | None:
    """The text with ignored characters left out, mapped ones mapped, in NFC; None if one is disallowed."""
    out: list[str] = []
    for c in text:
        kind = class_of(c)
        if kind == MAPPED:
            out.append(_mapping(c))
        elif kind == DISALLOWED:
            return None
        elif kind != IGNORED:
            out.append(c)
    return nfc("".join(out))


def _mapping(c: str) -> str:
    """What a mapped character becomes: an exception of ours, or its case folding without compatibility forms."""
    found = _MAPPINGS.get(c)
    if found is not None:
        return found
    folded = unicodedata.normalize("NFKC", c.casefold())
    return unicodedata.normalize("NFKC", folded.casefold())


def is_normalized(text: str) -> bool:
    """Whether all characters are valid as they are and the text is in NFC."""
    for c in text:
        kind = class_of(c)
        if kind == MAPPED or kind == DISALLOWED or kind == IGNORED:
            return False
    return nfc(text) == text


# ---------------------------------------------------------------------------- NFC


def nfc(text: str) -> str:
    """The text in Normalization Form C of Unicode 17."""
    chars = _in_canonical_order("".join([_decomposed(c) for c in text]))
    out: list[str] = []
    starter = -1
    last_class = 0
    for c in chars:
        combining = _combining_class(c)
        # What is between the last starter and this has lower, non-zero classes, unless this is blocked.
        if starter >= 0 and (last_class < combining or (last_class == 0 and starter == len(out) - 1)):
            composite = _composed(out[starter], c)
            if composite:
                out[starter] = composite
                continue
        if combining == 0:
            starter = len(out)
        last_class = combining
        out.append(c)
    return "".join(out)


def _decomposed(c: str) -> str:
    """A character's full canonical decomposition."""
    if c not in _DECOMPOSED:
        return unicodedata.normalize("NFD", c)
    tail: list[str] = []
    while c in _DECOMPOSED:
        pair = _DECOMPOSED[c]
        tail.append(pair[1])
        c = pair[0]
    return unicodedata.normalize("NFD", c) + "".join(reversed(tail))


def _composed(first: str, second: str) -> str:
    """The primary composite of two characters, or nothing."""
    pair = first + second
    found = _COMPOSED.get(pair)
    if found is not None:
        return found
    composed = unicodedata.normalize("NFC", pair)
    return composed if len(composed) == 1 else ""


def _combining_class(c: str) -> int:
    found = _COMBINING.get(c)
    return unicodedata.combining(c) if found is None else found


def _in_canonical_order(chars: str) -> list[str]:
    """Runs of characters that combine, each in the order of the combining classes."""
    out: list[str] = []
    run: list[str] = []
    for c in chars:
        if _combining_class(c):
            run.append(c)
            continue
        if run:
            out += sorted(run, key=_combining_class)
            run = []
        out.append(c)
    return out + sorted(run, key=_combining_class)


# ---------------------------------------------------------------------------- rules on labels


def begins_with_mark(label: str) -> bool:
    return label != "" and class_of(label[0]) in MARKS


def joiners_are_valid(label: str) -> bool:
    """Whether each joiner stands where it shows (ContextJ): after a virama, or a non-joiner between joining letters."""
    if _ZWNJ not in label and _ZWJ not in label:
        return True
    classes = [class_of(c) for c in label]
    count = len(label)
    # The class of the nearest character that isn't transparent, before and after each place.
    before = ""
    after = [""] * count
    following = ""
    for i in range(count - 1, -1, -1):
        after[i] = following
        if classes[i] not in TRANSPARENT:
            following = classes[i]
    for i in range(count):
        c = label[i]
        # A joiner after a virama is fine in any place.
        if (c == _ZWNJ or c == _ZWJ) and (i == 0 or classes[i - 1] not in VIRAMAS):
            if i == 0 or c == _ZWJ:
                return False
            if not before or before not in LEFT_JOINING or not after[i] or after[i] not in RIGHT_JOINING:
                return False
        if classes[i] not in TRANSPARENT:
            before = classes[i]
    return True


def bidi_rule_holds(labels: list[str]) -> bool:
    """Whether all labels are right, if any has a character that is written from right to left (RFC 5893)."""
    all_classes = [[class_of(c) for c in label] for label in labels]
    if not any(k in BIDI_RIGHT or k in BIDI_ARABIC_NUMBER for classes in all_classes for k in classes):
        return True
    return all(_is_directed(classes) for classes in all_classes if classes)


def _is_directed(classes: list[str]) -> bool:
    """Whether the classes of a label's characters are those of a label of one direction."""
    from_left = classes[0] in BIDI_LEFT
    if not from_left and classes[0] not in BIDI_RIGHT:
        return False
    end = len(classes)
    while end > 1 and classes[end - 1] in BIDI_NONSPACING:
        end -= 1
    if end == 1:
        return True
    last = classes[end - 1]
    between = BIDI_NEUTRAL + BIDI_NONSPACING + BIDI_EUROPEAN_NUMBER
    if from_left:
        if last not in BIDI_LEFT and last not in BIDI_EUROPEAN_NUMBER:
            return False
        return all(k in BIDI_LEFT or k in between for k in classes[1 : end - 1])
    if last not in BIDI_RIGHT and last not in BIDI_EUROPEAN_NUMBER and last not in BIDI_ARABIC_NUMBER:
        return False
    if not all(k in BIDI_RIGHT or k in between or k in BIDI_ARABIC_NUMBER for k in classes[1:end]):
        return False
    return not (BIDI_EUROPEAN_NUMBER in classes[1:end] and BIDI_ARABIC_NUMBER in classes[1:end])
