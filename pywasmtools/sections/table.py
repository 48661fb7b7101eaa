"""Tables with borders, 80 columns wide at most: `table`. Columns are shared out as the crate `comfy-table` does."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

WIDTH: Final = 80
PADDING: Final = 2
"""A space on each side of a cell."""
MOST: Final = 0xFFFF
MIN_FREE: Final = 2
"""A line with so many columns left is full."""
WORTHWHILE: Final = 3
"""So many columns must be saved by breaking lines for a column to be made narrower."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A table with its last newline; `right` are the columns that are aligned to the right."""
    cells = [[cell.split("\n") for cell in row] for row in (header, *rows)]
    widths = _widths(cells)
    lines = [_rule("╭─┬╮", widths)]
    for k, row in enumerate(cells):
        lines += _row(row, widths, right)
        if k == 0:
            lines.append(_rule("╞═╪╡", widths))
        elif k < len(cells) - 1:
            lines.append(_rule("├╌┼┤", widths))
    lines.append(_rule("╰─┴╯", widths))
    return "\n".join(lines) + "\n"


def display_width(text: str) -> int:
    """The columns that a text takes."""
    if text.isascii():
        return len(text)
    from pywasmtools.wat import char_widths

    return char_widths.display_width(text)


def _rule(parts: str, widths: list[int]) -> str:
    """A horizontal line: left corner, line, crossing, right corner."""
    return parts[0] + parts[2].join([parts[1] * (width + PADDING) for width in widths]) + parts[3]


def _row(cells: list[list[str]], widths: list[int], right: Sequence[int]) -> list[str]:
    """The lines of a row."""
    columns = []
    for k, cell in enumerate(cells):
        lines = []
        for line in cell:
            lines += [line] if display_width(line) <= widths[k] else split_line(line, widths[k])
        columns.append(lines)
    shown = []
    for at in range(max(map(len, columns))):
        parts = []
        for k, lines in enumerate(columns):
            line = lines[at] if at < len(lines) else ""
            space = " " * (widths[k] - display_width(line))
            parts.append(f" {space}{line} " if k in right and at < len(lines) else f" {line}{space} ")
        shown.append("│" + "┆".join(parts) + "│")
    return shown


# ------------------------------------------------------------------------------- how wide columns are


def _widths(cells: list[list[list[str]]]) -> list[int]:
    """The width of each column's content."""
    count = len(cells[0])
    wanted = [
        min(MOST, max(max(1, *[display_width(line) for line in row[column]]) for row in cells))
        for column in range(count)
    ]
    sharing = _Sharing(count)
    # Those that need no more than their share get what they need; what they leave is shared by the others.
    found = True
    while found and sharing.open and sharing.share():
        found = False
        for column in range(count):
            if not sharing.widths[column] and wanted[column] <= sharing.share():
                sharing.fix(column, wanted[column])
                if not sharing.open:
                    break
                found = True
    # Those whose lines break well before their share ends get what they fill.
    found = True
    while found and sharing.open:
        found = False
        for column in range(count):
            if sharing.widths[column]:
                continue
            filled = _longest(cells, column, sharing.share())
            if sharing.share() - filled >= WORTHWHILE:
                sharing.fix(column, min(MOST, filled))
                if not sharing.open:
                    break
                found = True
    return sharing.rest_shared()


class _Sharing:
    """Columns whose width is found (not 0) or open, and the space that is left for the open ones."""

    __slots__ = ("left", "open", "widths")

    def __init__(self, count: int) -> None:
        self.widths = [0] * count
        self.open = count
        self.left = max(0, WIDTH - (count + 1) - PADDING * count)

    def share(self) -> int:
        """What an open column has of the space on average."""
        return self.left // self.open

    def fix(self, column: int, width: int) -> None:
        self.widths[column] = max(1, width)
        self.left = max(0, self.left - width)
        self.open -= 1

    def rest_shared(self) -> list[int]:
        """The widths, the open columns' as well: what is left, in equal parts."""
        if self.open:
            left = max(self.left, self.open)
            parts = [left // self.open + (k < left % self.open) for k in range(self.open)]
            self.widths = [width or parts.pop(0) for width in self.widths]
        return self.widths


def _longest(cells: list[list[list[str]]], column: int, width: int) -> int:
    """The longest line of a column once lines are broken at a width."""
    longest = 0
    for row in cells:
        for line in row[column]:
            own = display_width(line)
            parts = [own] if own <= width else [display_width(part) for part in split_line(line, max(1, width))]
            longest = max(longest, *parts, 0)
    return longest


# ------------------------------------------------------------------------------- breaking lines


def split_line(text: str, width: int) -> list[str]:
    """A line broken into several of at most `width` columns: between words, and within those that are longer."""
    lines: list[str] = []
    words = text.split(" ")
    words.reverse()
    current = ""
    length = 0
    while words:
        word = words.pop()
        own = display_width(word)
        added = own + length + (1 if current else 0)
        left = width - length
        if current:
            left = max(0, left - 1)
        if added <= width:
            if current:
                current += " "
                length += 1
            current += word
            length += own
        elif current and left <= MIN_FREE:
            words.append(word)
            lines.append(current)
            current, length = "", 0
            continue
        elif own > width:
            head, tail = _split_word(word, left)
            if not current and not head:
                head, tail = word[0], word[1:]
            lines.append(f"{current} {head}" if current else head)
            words.append(tail)
            current, length = "", 0
            continue
        else:
            lines.append(current)
            current, length = word, own
        if length > max(0, width - MIN_FREE):
            lines.append(current)
            current, length = "", 0
    if current:
        lines.append(current)
    return lines


def _split_word(word: str, width: int) -> tuple[str, str]:
    """As many characters of a word as fit, those that belong together kept so, and the rest."""
    if word.isascii() and word.isprintable():
        return word[:width], word[width:]
    from pywasmtools.sections.graphemes import graphemes

    used = 0
    at = 0
    for cluster in graphemes(word):
        own = display_width(cluster)
        if used + own > width:
            return word[:at], word[at:]
        used += own
        at += len(cluster)
    return word, ""
