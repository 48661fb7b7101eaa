"""Where printed text is gathered: lines, indentation, groups, colours, strings."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from pywasmtools.wat.print.shares import SharedBodies

MAX_INDENTATION: Final = 50
"""Levels of nesting that are indented; what is deeper stands below the last of them."""

NEWLINES: Final = tuple("\n" + "  " * level for level in range(MAX_INDENTATION + 1))
"""A line's end and the next one's indentation, by nesting."""

_FLUSH_AT: Final = 8192
_ROOM: Final = 1 << 16
"""Characters of long pieces that are gathered."""
_LONG_NAME: Final = 256
"""Where names are longer than this, every chunk that may end does."""
_BYTES_AT_ONCE: Final = 0x4000


class PrintOptions:
    """What the command `print` may be asked for beside the text itself; the values that are here are the usual ones.

    `features` is a set as in `wasm/features.py`, -1 for all.
    """

    __slots__ = ("features", "fold", "indent", "offsets", "operand_stack", "skeleton", "synthesize")

    def __init__(
        self,
        *,
        offsets: bool = False,
        skeleton: bool = False,
        synthesize: bool = False,
        fold: bool = False,
        operand_stack: bool = False,
        indent: str = "  ",
        features: int = -1,
    ) -> None:
        self.offsets = offsets
        self.skeleton = skeleton
        self.synthesize = synthesize
        self.fold = fold
        self.operand_stack = operand_stack
        self.indent = indent
        self.features = features


class TextWriter:
    """Text on its way to `write`, in chunks.

    `out` takes short pieces of text as they come, `add` those that may be long; `flush_if_large` is called where a
    chunk may end. `longest` is the length of the longest name: pieces with names are no longer than that. The
    attributes `literal`, `name`, `keyword`, `type` and `comment` begin a colour and `reset` ends it; all
    are empty where there are no colours. A group is a pair of parentheses with a keyword; its
    closing one stands on a line of its own if there was a `newline` inside.

    The others are the options: `offsets` begins lines with their place in the binary, `skeleton` leaves out what things
    are made of, `synthesize` gives names to what has none, `fold` puts operands into their instructions. `lines` are a
    line's end and the next one's indentation, by nesting; without offsets. `shared` are the bodies of the code section, where
    other processes print some of them.
    """

    __slots__ = (
        "_group_lines",
        "_line",
        "_room",
        "comment",
        "fold",
        "keyword",
        "lines",
        "literal",
        "longest",
        "name",
        "nesting",
        "offsets",
        "out",
        "reset",
        "shared",
        "skeleton",
        "synthesize",
        "type",
        "write",
    )

    def __init__(self, write: Callable[[str], None], color: bool, options: PrintOptions | None = None) -> None:
        self.write = write
        self.out: list[str] = []
        self.nesting = 0
        self.longest = 0
        self._line = 0
        self._room = _ROOM
        self._group_lines: list[int] = []
        self.shared: SharedBodies | None = None
        self.lines = NEWLINES
        self.offsets = self.skeleton = self.synthesize = self.fold = False
        if options is not None:
            self.lines = tuple(["\n" + options.indent * level for level in range(MAX_INDENTATION + 1)])
            self.offsets = options.offsets
            self.skeleton = options.skeleton
            self.synthesize = options.synthesize
            self.fold = options.fold
        self.reset = self.literal = self.name = self.keyword = self.type = self.comment = ""
        if color:
            self.reset = "\x1b[0m"
            self.literal = "\x1b[0m\x1b[31m"
            self.name = "\x1b[0m\x1b[35m"
            self.comment = "\x1b[0m\x1b[36m"
            self.keyword = "\x1b[0m\x1b[1m\x1b[38;5;11m"
            self.type = "\x1b[0m\x1b[1m\x1b[38;5;10m"

    def flush(self) -> None:
        """Hands on what was gathered."""
        text = "".join(self.out)
        self.out.clear()
        self._room = _ROOM
        if text:
            self.write(text)

    def flush_if_large(self) -> None:
        if len(self.out) > _FLUSH_AT or self.longest > _LONG_NAME:
            self.flush()

    def add(self, text: str) -> None:
        """Takes a piece that may be long."""
        self.out.append(text)
        self._room -= len(text)
        if self._room < 0:
            self.flush()

    def printed(self, text: str) -> None:
        """Takes lines that were printed by another writer."""
        self.flush()
        self.write(text)
        self._line += 1

    # ------------------------------------------------------------------- lines and groups

    def newline(self, offset: int = -1) -> None:
        """Begins a line, of what stands in the binary at `offset`; -1 is no place."""
        self.out.append(self.line(self.nesting, offset))
        self._line += 1

    def line(self, nesting: int, offset: int) -> str:
        """What begins a line of some nesting."""
        text = self.lines[nesting if nesting < MAX_INDENTATION else MAX_INDENTATION]
        if not self.offsets:
            return text
        if offset < 0:
            return "\n           " + text[1:]
        return f"\n{self.comment}(;@{offset:<6x};){self.reset}{text[1:]}"

    def open(self, head: str) -> None:
        """Begins a group that may have several lines."""
        self.out.append(f"({self.keyword}{head}{self.reset}")
        self.nesting += 1
        self._group_lines.append(self._line)

    def close(self) -> None:
        """Ends a group."""
        self.nesting -= 1
        if self._group_lines.pop() != self._line:
            self.newline()
        self.out.append(")")

    def close_at(self, offset: int) -> None:
        """Ends a group whose end stands in the binary at `offset`; with offsets, on a line of its own."""
        self.nesting -= 1
        if self._group_lines.pop() != self._line or self.offsets:
            self.newline(offset)
        self.out.append(")")

    def group(self, head: str, body: str) -> str:
        """A group of one line; `head` has the space before `body`, where there is one."""
        return f"({self.keyword}{head}{self.reset}{body})"

    # ------------------------------------------------------------------- words

    def type_keyword(self, word: str) -> str:
        return f"{self.type}{word}{self.reset}"

    def number(self, value: int) -> str:
        """A literal number."""
        return f"{self.literal}{value}{self.reset}"

    def string(self, text: str) -> str:
        """A quoted string."""
        return f'{self.literal}"{escaped(text)}"{self.reset}'

    def data(self, data: bytes, start: int, end: int) -> None:
        """Writes the bytes `start..end` as a quoted string."""
        out = self.out
        out.append(f'{self.literal}"')
        while start < end:
            stop = min(start + _BYTES_AT_ONCE, end)
            out.append(data_text(data[start:stop]))
            start = stop
            if start < end:
                self.flush()
        out.append(f'"{self.reset}')


_BYTES: Final = tuple(
    chr(byte) if 0x20 <= byte < 0x7F and byte != 0x22 and byte != 0x5C else f"\\{byte:02x}" for byte in range(256)
)
"""Each byte as data strings show it."""


def data_text(data: bytes) -> str:
    """Bytes as they stand between quotes."""
    return "".join(map(_BYTES.__getitem__, data))


def escaped(text: str) -> str:
    """Characters as they stand between quotes: ASCII that can be printed, the others by their number."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    shown = {ord(c): f"\\u{{{ord(c):x}}}" for c in set(text) if not " " <= c <= "~" or c == '"' or c == "\\"}
    return text.translate(shown)
