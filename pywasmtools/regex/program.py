"""Patterns as programs: nodes and flags to instructions, which are run over a text in step with its characters.

Only whether a pattern matches is asked, so neither groups nor greed matter. Time grows with the length of the text times
the size of the program, whatever the pattern.
"""

from __future__ import annotations

from pywasmtools.diagnostics import error
from pywasmtools.regex.errors import refused
from pywasmtools.regex.nodes import (
    ALTERNATION,
    ASSERTION,
    BRACKETED,
    CONCAT,
    DOT,
    FLAGS,
    GROUP,
    LITERAL,
    OPERATION,
    PERL,
    POSIX,
    PROPERTY,
    RANGE,
    REPETITION,
    UNBOUNDED,
    UNION,
    Node,
)
from pywasmtools.regex.sets import (
    LAST,
    NOTHING,
    difference,
    holds,
    intersection,
    negation,
    symmetric_difference,
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import WasmToolsError
    from pywasmtools.regex.sets import Set

SIZE_LIMIT: Final = 10 << 20
"""So many bytes may a program have where the reference compiles it."""

POSIX_SETS: Final[dict[str, Set]] = {
    "alnum": (0x30, 0x39, 0x41, 0x5A, 0x61, 0x7A),
    "alpha": (0x41, 0x5A, 0x61, 0x7A),
    "ascii": (0x00, 0x7F),
    "blank": (0x09, 0x09, 0x20, 0x20),
    "cntrl": (0x00, 0x1F, 0x7F, 0x7F),
    "digit": (0x30, 0x39),
    "graph": (0x21, 0x7E),
    "lower": (0x61, 0x7A),
    "print": (0x20, 0x7E),
    "punct": (0x21, 0x2F, 0x3A, 0x40, 0x5B, 0x60, 0x7B, 0x7E),
    "space": (0x09, 0x0D, 0x20, 0x20),
    "upper": (0x41, 0x5A),
    "word": (0x30, 0x39, 0x41, 0x5A, 0x5F, 0x5F, 0x61, 0x7A),
    "xdigit": (0x30, 0x39, 0x41, 0x46, 0x61, 0x66),
}
ASCII_PERL: Final = {"d": "digit", "s": "space", "w": "word"}
INVALID_UTF8: Final = "pattern can match invalid UTF-8"
NO_UNICODE: Final = "Unicode not allowed here"

# Places that hold, as they are written; ^ and $ under `m` and `R` have forms of their own.
START_LINE: Final = "m^"
END_LINE: Final = "m$"
START_CRLF: Final = "R^"
END_CRLF: Final = "R$"

# Instructions.
CHAR: Final = 0
SPLIT: Final = 1
PLACE: Final = 2
MATCH: Final = 3

# What they take where the reference compiles them, in bytes, roughly.
BYTE_SIZE: Final = 32
SPLIT_SIZE: Final = 40


class Item:
    """A node whose flags are taken into account: CHARS, PLACE, or one of several (REPETITION, CONCAT, ALTERNATION)."""

    __slots__ = ("chars", "high", "items", "kind", "low", "place", "unicode")

    def __init__(self, kind: int, items: list[Item] | None = None) -> None:
        self.kind = kind
        self.items: list[Item] = [] if items is None else items
        self.chars: Set = NOTHING
        self.place = ""
        self.unicode = True
        self.low = 0
        self.high = 0


class Translator:
    """Takes flags into account, in the order of the pattern: nodes to items. Raises what may not stand under them."""

    __slots__ = ("flags", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.flags = frozenset("u")

    def refused(self, node: Node, message: str) -> WasmToolsError:
        return refused(self.pattern, node.start, node.end, message)

    def item(self, node: Node) -> Item:
        """A node, with all that stands in it."""
        kind = node.kind
        if kind == GROUP:
            before = self.flags
            self.set_flags(node)
            inner = self.item(node.items[0])
            self.flags = before
            return inner
        if kind == FLAGS:
            self.set_flags(node)
            return Item(CONCAT)
        if kind == CONCAT or kind == ALTERNATION:
            return Item(kind, [self.item(inner) for inner in node.items])
        if kind == REPETITION:
            found = Item(REPETITION, [self.item(node.items[0])])
            found.low = node.low
            found.high = node.high
            return found
        if kind == ASSERTION:
            found = Item(PLACE)
            found.place = self.place(node.text)
            found.unicode = "u" in self.flags
            return found
        if kind in (LITERAL, DOT, PERL, PROPERTY, BRACKETED):
            found = Item(CHAR)
            found.chars = self.literal(node) if kind == LITERAL else self.dot(node) if kind == DOT else self.set(node)
            return found
        return Item(CONCAT)

    def set_flags(self, node: Node) -> None:
        for letter, on in node.flags:
            self.flags = self.flags | {letter} if on else self.flags - {letter}

    def place(self, text: str) -> str:
        if text in ("^", "$"):
            if "m" not in self.flags:
                return "\\A" if text == "^" else "\\z"
            return ("R" if "R" in self.flags else "m") + text
        return {"\\<": "\\b{start}", "\\>": "\\b{end}"}.get(text, text)

    def literal(self, node: Node) -> Set:
        chars = (node.low, node.low)
        if "u" not in self.flags and node.is_byte and node.low > 0x7F:
            raise self.refused(node, INVALID_UTF8)
        if "i" not in self.flags or ("u" not in self.flags and node.low > 0x7F):
            return chars
        return self.folded(chars)

    def dot(self, node: Node) -> Set:
        if "u" not in self.flags:
            raise self.refused(node, INVALID_UTF8)
        if "s" in self.flags:
            return (0, LAST)
        return negation((0x0A, 0x0A, 0x0D, 0x0D) if "R" in self.flags else (0x0A, 0x0A))

    # ------------------------------------------------------------------- sets

    def folded(self, chars: Set) -> Set:
        """A set with all that differs only in case."""
        if "u" in self.flags:
            from pywasmtools.regex.unicode import folded

            return folded(chars)
        return _ascii_folded(chars)

    def finished(self, node: Node, chars: Set) -> Set:
        """A set folded under `i`, then turned around where it is negated."""
        if "i" in self.flags:
            chars = self.folded(chars)
        return self.turned(node, chars)

    def turned(self, node: Node, chars: Set) -> Set:
        if "u" in self.flags:
            return negation(chars) if node.negated else chars
        if node.negated:
            raise self.refused(node, INVALID_UTF8)  # of bytes, it holds those of characters that aren't ASCII
        return chars

    def set(self, node: Node) -> Set:
        """What a class, or an item of one, holds."""
        kind = node.kind
        if kind == BRACKETED:
            return self.finished(node, self.set(node.items[0]))
        if kind == UNION:
            return union([self.set(item) for item in node.items])
        if kind == OPERATION:
            return self.operation(node)
        if kind == LITERAL:
            return (self.class_code(node),) * 2
        if kind == RANGE:
            return (self.class_code(node.items[0]), self.class_code(node.items[1]))
        if kind == POSIX:
            return self.finished(node, POSIX_SETS[node.text])
        if kind == PERL:
            return self.turned(node, self.perl(node.text))
        if kind == PROPERTY:
            return self.property(node)
        return NOTHING

    def class_code(self, node: Node) -> int:
        """A character that stands in a class."""
        if "u" not in self.flags and node.low > 0x7F:
            raise self.refused(node, INVALID_UTF8 if node.is_byte else NO_UNICODE)
        return node.low

    def operation(self, node: Node) -> Set:
        left = self.set(node.items[0])
        right = self.set(node.items[1])
        if "i" in self.flags:
            left, right = self.folded(left), self.folded(right)
        if node.text == "&&":
            return intersection(left, right)
        return difference(left, right) if node.text == "--" else symmetric_difference(left, right)

    def perl(self, letter: str) -> Set:
        if "u" not in self.flags:
            return POSIX_SETS[ASCII_PERL[letter]]
        from pywasmtools.regex import unicode

        return unicode.digits() if letter == "d" else unicode.space() if letter == "s" else unicode.word()

    def property(self, node: Node) -> Set:
        if "u" not in self.flags:
            raise self.refused(node, NO_UNICODE)
        from pywasmtools.regex.unicode import UnknownProperty, named, with_value

        try:
            chars = named(node.text) if node.value is None else with_value(node.text, node.value)
        except UnknownProperty as e:
            raise self.refused(node, str(e)) from None
        return self.finished(node, chars)


def _ascii_folded(chars: Set) -> Set:
    more = []
    for low, high, by in ((0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20)):
        letters = intersection(chars, (low, high))
        more.append(tuple([code + by for code in letters]))
    return union((chars, *more))


class Program:
    """Compiled patterns: `matches` says whether one of them is found in a text.

    An instruction is a number. Of each there are its kind, what comes next, and

    | kind | `others` |
    |---|---|
    | CHAR | a set: one of its characters is to be here |
    | SPLIT | the other instruction that may come next |
    | PLACE | which place this is to be |
    """

    __slots__ = ("_numbers", "_size", "kinds", "next", "others", "places", "sets", "starts")

    def __init__(self, items: list[Item]) -> None:
        """Raises what would be too large."""
        self.kinds = bytearray()
        self.next: list[int] = []
        self.others: list[int] = []
        self.sets: list[Set] = []
        self.places: list[tuple[str, bool]] = []
        """Places, and whether words are those of Unicode there."""
        self._numbers: dict[Set, int] = {}
        self._size = 0
        end = self._add(MATCH, 0, 0, 0)
        self.starts = [self._compile(item, end) for item in items]

    # ------------------------------------------------------------------- compiling, from the end

    def _add(self, kind: int, next_: int, other: int, size: int) -> int:
        self._size += size
        if self._size > SIZE_LIMIT:
            raise error(f"Compiled regex exceeds size limit of {SIZE_LIMIT} bytes.")
        self.kinds.append(kind)
        self.next.append(next_)
        self.others.append(other)
        return len(self.kinds) - 1

    def _compile(self, item: Item, next_: int) -> int:
        """Adds an item that `next_` follows; returns where it begins."""
        kind = item.kind
        if kind == CONCAT:
            for inner in reversed(item.items):
                next_ = self._compile(inner, next_)
            return next_
        if kind == ALTERNATION:
            at = self._compile(item.items[-1], next_)
            for inner in reversed(item.items[:-1]):
                at = self._add(SPLIT, self._compile(inner, next_), at, SPLIT_SIZE)
            return at
        if kind == REPETITION:
            return self._repetition(item, next_)
        if kind == PLACE:
            self.places.append((item.place, item.unicode))
            return self._add(PLACE, next_, len(self.places) - 1, BYTE_SIZE)
        number = self._numbers.setdefault(item.chars, len(self.sets))
        if number == len(self.sets):
            self.sets.append(item.chars)
        return self._add(CHAR, next_, number, _size_of(item.chars))

    def _repetition(self, item: Item, next_: int) -> int:
        inner = item.items[0]
        if item.high == UNBOUNDED:
            again = self._add(SPLIT, 0, next_, SPLIT_SIZE)
            self.next[again] = first = self._compile(inner, again)
            times, at = (item.low - 1, first) if item.low else (0, again)
        else:
            at = next_
            for _ in range(item.high - item.low):
                before = len(self.kinds)
                at = self._add(SPLIT, self._compile(inner, at), next_, SPLIT_SIZE)
                if at == before:  # nothing is repeated
                    break
            times = item.low
        for _ in range(times):
            before = len(self.kinds)
            at = self._compile(inner, at)
            if len(self.kinds) == before:
                break
        return at

    # ------------------------------------------------------------------- running

    def matches(self, text: str) -> bool:
        """Whether one of the patterns is found anywhere in a text."""
        current: list[int] = []
        sets, others, next_ = self.sets, self.others, self.next
        seen = [-1] * len(next_)
        for at in range(len(text) + 1):
            reached: list[int] = []
            if self._reach(current + self.starts, text, at, seen, reached):
                return True
            if at < len(text):
                code = ord(text[at])
                current = [next_[k] for k in reached if holds(sets[others[k]], code)]
        return False

    def _reach(self, waiting: list[int], text: str, at: int, seen: list[int], reached: list[int]) -> bool:
        """Adds the CHAR instructions that are reached without a character to `reached`; whether MATCH is reached.

        `seen` has for each instruction the last place of the text where it was reached.
        """
        while waiting:
            k = waiting.pop()
            if seen[k] == at:
                continue
            seen[k] = at
            kind = self.kinds[k]
            if kind == MATCH:
                return True
            if kind == CHAR:
                reached.append(k)
            elif kind == SPLIT:
                waiting += (self.others[k], self.next[k])
            elif _is_place(*self.places[self.others[k]], text, at):
                waiting.append(self.next[k])
        return False


def _size_of(chars: Set) -> int:
    """What a set takes."""
    if len(chars) == 2 and chars[0] == chars[1]:
        return BYTE_SIZE * len(chr(chars[0]).encode("utf-8", "surrogatepass"))
    if not chars or chars[-1] < 0x80:
        return 64 + 8 * (len(chars) // 2)
    return 64 + 64 * (len(chars) // 2) + (800 if chars[-1] - chars[-2] > 0x10000 else 0)


def _is_place(place: str, in_unicode: bool, text: str, at: int) -> bool:
    """Whether the character `at` stands behind such a place."""
    size = len(text)
    if place == "\\A":
        return at == 0
    if place == "\\z":
        return at == size
    before = text[at - 1] if at else ""
    after = text[at : at + 1]
    if place == START_LINE:
        return before in ("", "\n")
    if place == END_LINE:
        return after in ("", "\n")
    if place == START_CRLF:
        return before in ("", "\n") or (before == "\r" and after != "\n")
    if place == END_CRLF:
        return after in ("", "\r") or (after == "\n" and before != "\r")
    left = _is_word(before, in_unicode)
    right = _is_word(after, in_unicode)
    if place == "\\b":
        return left != right
    if place == "\\B":
        return left == right
    if place == "\\b{start}":
        return right and not left
    if place == "\\b{end}":
        return left and not right
    return not left if place == "\\b{start-half}" else not right


def _is_word(char: str, in_unicode: bool) -> bool:
    if not char:
        return False
    if char.isascii():
        return char.isalnum() or char == "_"
    if not in_unicode:
        return False
    from pywasmtools.regex.unicode import word

    return holds(word(), ord(char))
