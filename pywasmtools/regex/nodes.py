"""What a pattern is parsed into: nodes, each with the span of the pattern (in characters) that it came from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# Kinds of nodes of a pattern.
EMPTY: Final = 0
FLAGS: Final = 1
LITERAL: Final = 2
DOT: Final = 3
ASSERTION: Final = 4
PERL: Final = 5
PROPERTY: Final = 6
BRACKETED: Final = 7
REPETITION: Final = 8
GROUP: Final = 9
CONCAT: Final = 10
ALTERNATION: Final = 11
# Kinds that stand in brackets only; there are also EMPTY, LITERAL, PERL, PROPERTY and BRACKETED.
RANGE: Final = 12
POSIX: Final = 13
UNION: Final = 14
OPERATION: Final = 15

UNBOUNDED: Final = -1


class Node:
    """One node. `start` and `end` are its span.

    | kind | what else is set |
    |---|---|
    | FLAGS | `flags` |
    | LITERAL | `low`: the character's code; `is_byte`: written as `\\xFF` |
    | ASSERTION | `text`: as it is written |
    | PERL | `text`: d, s or w; `negated` |
    | PROPERTY | `text`: the property, `value`: its value, or None; `negated` |
    | POSIX | `text`: the class's name; `negated` |
    | RANGE | `items`: two literals |
    | BRACKETED | `items`: what stands inside, one node; `negated` |
    | OPERATION | `items`: the two sides; `text`: `&&`, `--` or `~~` |
    | REPETITION | `items`: what is repeated, one node; `low` and `high` times, or UNBOUNDED |
    | GROUP | `items`: one node; `flags` |
    | CONCAT, ALTERNATION, UNION | `items` |
    """

    __slots__ = ("end", "flags", "high", "is_byte", "items", "kind", "low", "negated", "start", "text", "value")

    def __init__(self, kind: int, start: int, end: int, text: str = "", items: list[Node] | None = None) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.value: str | None = None
        self.negated = False
        self.is_byte = False
        self.low = 0
        self.high = 0
        self.items: list[Node] = [] if items is None else items
        self.flags: list[tuple[str, bool]] = []
        """Letters, and whether they are turned on."""


def joined(kind: int, start: int, end: int, items: list[Node]) -> Node:
    """CONCAT, ALTERNATION or UNION of several nodes; a single one is itself, none is EMPTY."""
    if len(items) == 1:
        return items[0]
    return Node(kind if items else EMPTY, start, end, items=items)
