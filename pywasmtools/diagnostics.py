"""Errors as layers, and the places in source text or binary that they point at.

There is one exception, `WasmToolsError`. It holds its own list of layers, outermost first, as the
reference's `anyhow` chains do; `context` adds one. A layer may know a span of WIT source (shown with
the source map, snippet and caret) or an offset in a binary (shown as `(at offset 0x…)`).

Without memory an exception has a long way out. At each function that it leaves the interpreter makes an entry of the
traceback; where it can't, it takes a new `MemoryError`, which holds the last one, from the sixteen that are ready, and aborts
when there is none left (until Python 3.12). So where many calls lie within one another, `except MemoryError: pass` lets go of
what hangs together, and after it `raise MemoryError` begins anew.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

Span = tuple[int, int]
"""Start and end in UTF-8 bytes of the concatenated `SourceMap`."""

UNKNOWN_SPAN: Final = (0xFFFFFFFF, 0xFFFFFFFF)
"""The span of what did not come from text. Shifting leaves it as it is."""

PLAIN: Final = 0
WIT: Final = 1
BINARY: Final = 2
CRASH: Final = 3


class Layer:
    """One message of a chain. `span` and `also` are places in WIT source, `offset` one in a binary (-1: none)."""

    __slots__ = ("also", "message", "offset", "span")

    def __init__(self, message: str, span: Span = UNKNOWN_SPAN, also: Span = UNKNOWN_SPAN, offset: int = -1) -> None:
        self.message: str = message
        self.span: Span = span
        self.also: Span = also
        self.offset: int = offset

    def text(self) -> str:
        """The layer as the reference's `Display` prints it, without a snippet."""
        if self.offset >= 0:
            return f"{self.message} (at offset {self.offset:#x})"
        return self.message

    def render(self, source_map: SourceMap) -> str:
        """The layer with the snippet of source that its span covers, where it has one."""
        if self.also[0] != 0xFFFFFFFF:
            first = source_map.render_location(self.span)
            second = source_map.render_location(self.also)
            return f"{self.message}:\n  * {first}\n  * {second}"
        if self.span[0] != 0xFFFFFFFF:
            return source_map.highlight(self.span, self.message)
        return self.text()


class Place:
    """Where in which file something is wrong, and what is said there; -1 and None are what is not known.

    `line` and `column` count from 1, as messages show them; so do `end_line` and `end_column`, which are behind what is
    wrong. `offset` counts bytes from the start of the file.
    """

    __slots__ = ("column", "end_column", "end_line", "line", "message", "offset", "path")

    def __init__(
        self,
        path: str | None,
        message: str | None = None,
        line: int = -1,
        column: int = -1,
        end_line: int = -1,
        end_column: int = -1,
        offset: int = -1,
    ) -> None:
        self.path: str | None = path
        self.message: str | None = message
        self.line: int = line
        self.column: int = column
        self.end_line: int = end_line
        self.end_column: int = end_column
        self.offset: int = offset


class WasmToolsError(Exception):
    """Everything that is refused.

    - `str(e)`: what the command prints after `error: `, causes and lines of source included;
    - `message`: what is wrong, in the words of the innermost cause, without place, line of source and what was being done;
    - `path`: the file, as given and as printed: `<input>` where text was given and no file; None where there is none;
    - `line`, `column`: the place in a file of text, from 1, as printed. Columns count bytes in WIT, and those of a terminal
      in the text format, where a tab is four and a Chinese character two. None where there is no such place;
    - `end_line`, `end_column`: behind what is wrong, of WIT. None otherwise;
    - `offset`: the place in bytes from the start: of a binary (as printed), of a file of text. None where there is none.

    It can be pickled and copied. `layers` has all messages, the outermost first; `kind` tells what raised it: PLAIN, WIT
    (parsing or resolving text: the layer has a span), BINARY (a reader's or the validator's: the innermost layer has an
    offset), or CRASH (it stands for a crash of the reference: one line, which gets no context).
    """

    def __init__(self, layer: Layer | str, kind: int = PLAIN) -> None:
        first = Layer(layer) if isinstance(layer, str) else layer
        super().__init__(first.message)
        self.layers: list[Layer] = [first]
        self.kind: int = kind
        self.place: Place | None = None

    def __str__(self) -> str:
        return self.chain()

    def __reduce__(self) -> tuple[Callable[..., WasmToolsError], tuple[object, ...]]:
        # What an exception does by itself calls the class with the message, and layers are lost when compiled.
        layers = [(layer.message, layer.span, layer.also, layer.offset) for layer in self.layers]
        notes = getattr(self, "__notes__", None)
        at = self.place
        place: object = None
        if at is not None:
            place = (at.path, at.message, at.line, at.column, at.end_line, at.end_column, at.offset)
        return (_restored, (self.args, layers, self.kind, place, None if notes is None else [*notes]))

    @property
    def message(self) -> str:
        """What is wrong, in the words of the innermost cause."""
        place = self.place
        if place is not None and place.message is not None:
            return place.message
        return self.layers[-1].message

    @property
    def path(self) -> str | None:
        """The file that is wrong."""
        return None if self.place is None else self.place.path

    @property
    def line(self) -> int | None:
        """The line in a file of text, from 1."""
        return None if self.place is None else _known(self.place.line)

    @property
    def column(self) -> int | None:
        """The column in its line, from 1, as printed."""
        return None if self.place is None else _known(self.place.column)

    @property
    def end_line(self) -> int | None:
        """The line where what is wrong ends, from 1."""
        return None if self.place is None else _known(self.place.end_line)

    @property
    def end_column(self) -> int | None:
        """The column behind what is wrong, from 1."""
        return None if self.place is None else _known(self.place.end_column)

    @property
    def offset(self) -> int | None:
        """The place in bytes: of a binary, or of a file of text."""
        if self.place is not None and self.place.offset >= 0:
            return self.place.offset
        for layer in reversed(self.layers):
            if layer.offset >= 0:
                return layer.offset
        return None

    def at(self, place: Place) -> WasmToolsError:
        """Says where it is wrong, and returns the error."""
        self.place = place
        return self

    def in_file(self, path: str) -> WasmToolsError:
        """Says which file is wrong, where that is not known, and returns the error."""
        if self.place is None:
            self.place = Place(path)
        elif self.place.path is None:
            self.place.path = path
        return self

    def context(self, message: str) -> WasmToolsError:
        """Adds an outer layer, shown as the cause's header, and returns the error."""
        self.layers.insert(0, Layer(message))
        return self

    def within(self, message: str) -> WasmToolsError:
        """Puts a line before the innermost message: the validator's context, one error with one offset."""
        inner = self.layers[-1]
        inner.message = f"{message}\n{inner.message}"
        return self

    def shift(self, offset: int) -> WasmToolsError:
        """Moves the spans of all layers by `offset` bytes, as merging one source map into another does."""
        for layer in self.layers:
            layer.span = shift_span(layer.span, offset)
            layer.also = shift_span(layer.also, offset)
        return self

    def rendered(self, source_map: SourceMap) -> str:
        """All layers with their snippets, joined by `: `: how WIT loading makes one message of a chain."""
        return ": ".join(layer.render(source_map) for layer in self.layers)

    def as_one(self, source_map: SourceMap) -> WasmToolsError:
        """An error whose one message is `rendered`. It keeps the place."""
        one = error(self.rendered(source_map))
        place: Place | None = None
        for layer in self.layers:
            span = layer.also if layer.span[0] == 0xFFFFFFFF else layer.span
            if span[0] != 0xFFFFFFFF:
                place = source_map.place(span, layer.message)
        one.place = place or self.place or Place(None)
        if one.place.message is None:
            one.place.message = self.message
        if one.place.offset < 0:
            one.place.offset = -1 if self.offset is None else self.offset
        return one

    def chain(self) -> str:
        """`message`, blank line, `Caused by:` and the causes numbered: what the command prints after `error: `."""
        head = self.layers[0].text()
        if "\r" in head or head.endswith("\n"):
            head = "\n".join([line.removesuffix("\r") for line in head.removesuffix("\n").split("\n")])
        if len(self.layers) == 1:
            return head
        lines = [head, "", "Caused by:"]
        for k, layer in enumerate(self.layers[1:]):
            lines.append(f"{k:>5}: " + layer.text().replace("\n", "\n       "))
        return "\n".join(lines)


def _known(value: int) -> int | None:
    return None if value < 0 else value


def _restored(
    args: tuple[object, ...],
    layers: list[tuple[str, Span, Span, int]],
    kind: int,
    place: tuple[str | None, str | None, int, int, int, int, int] | None,
    notes: list[str] | None,
) -> WasmToolsError:
    """An error as it was when it was pickled or copied."""
    first, *rest = [Layer(message, span, also, offset) for message, span, also, offset in layers]
    restored = WasmToolsError(first, kind)
    restored.args = args
    restored.layers.extend(rest)  # an augmented assignment here is more than mypyc 1.x compiles
    for note in notes or ():
        restored.add_note(note)
    if place is not None:
        path, message, line, column, end_line, end_column, offset = place
        restored.place = Place(path, message, line, column, end_line, end_column, offset)
    return restored


def error(message: str) -> WasmToolsError:
    """An error that points nowhere."""
    return WasmToolsError(Layer(message))


def wit_error(span: Span, message: str) -> WasmToolsError:
    """An error at a place in WIT source."""
    return WasmToolsError(Layer(message, span), WIT)


def two_places_error(message: str, span: Span, also: Span) -> WasmToolsError:
    """An error that lists two places in WIT source instead of a snippet."""
    return WasmToolsError(Layer(message, span, also), WIT)


def binary_error(offset: int, message: str) -> WasmToolsError:
    """An error at a byte offset of a binary."""
    return WasmToolsError(Layer(message, offset=offset), BINARY)


def shift_span(span: Span, offset: int) -> Span:
    """`span` moved by `offset` bytes; an unknown span stays unknown."""
    if span[0] == 0xFFFFFFFF:
        return UNKNOWN_SPAN
    return (span[0] + offset, span[1] + offset)


class Source:
    """One file of a source map: where it starts, its path as given, its bytes with one newline added."""

    __slots__ = ("contents", "offset", "path")

    def __init__(self, offset: int, path: str, contents: bytes) -> None:
        self.offset: int = offset
        self.path: str = path
        self.contents: bytes = contents


class SourceMap:
    """The WIT files that were read, one after the other, so that one integer says file and place.

    Contents are UTF-8 bytes, already checked; each gets a newline added, so that the end of a file
    is a place of that file.
    """

    __slots__ = ("offset", "sources")

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.offset: int = 0

    def push(self, path: str, contents: bytes) -> None:
        """Adds a file. `path` is what messages say."""
        source = Source(self.offset, path, contents + b"\n")
        self.sources.append(source)
        self.offset += len(source.contents)

    def append(self, other: SourceMap) -> int:
        """Adds all files of `other`; returns by how much its spans must be shifted."""
        base = self.offset
        for source in other.sources:
            self.sources.append(Source(source.offset + base, source.path, source.contents))
        self.offset += other.offset
        return base

    def source_at(self, offset: int) -> Source:
        """The file that holds the byte at `offset` of the map."""
        found = self.sources[0]
        for source in self.sources:
            if source.offset > offset:
                break
            found = source
        return found

    def render_location(self, span: Span) -> str:
        """`path:line:column`, both from 1, the column in bytes; `<unknown>` for an unknown span."""
        if span[0] == 0xFFFFFFFF:
            return "<unknown>"
        source = self.source_at(span[0])
        line, column = _line_and_column(source.contents, span[0] - source.offset)
        return f"{source.path}:{line + 1}:{column + 1}"

    def place(self, span: Span, message: str) -> Place:
        """What `highlight` shows, to be read by programs."""
        source = self.source_at(span[0])
        start, end = span[0] - source.offset, span[1] - source.offset
        line, column = _line_and_column(source.contents, start)
        if not start <= end <= len(source.contents):
            return Place(source.path, message, line + 1, column + 1, offset=start)
        last, behind = _line_and_column(source.contents, end)
        return Place(source.path, message, line + 1, column + 1, last + 1, behind + 1, start)

    def highlight(self, span: Span, message: str) -> str:
        """The message, the place, the line and a caret under it; one line where the source line is long."""
        source = self.source_at(span[0])
        start = span[0] - source.offset
        line, column = _line_and_column(source.contents, start)
        first = min(start - column, len(source.contents))
        snippet = source.contents[first : max(source.contents.find(b"\n", first), first)]
        if snippet.endswith(b"\r"):
            snippet = snippet[:-1]
        if len(snippet) > 500:
            return f"{source.path}:{line + 1}:{column + 1}: {message}"
        dashes = _dashes(source.contents, start, span[1] - source.offset)
        return (
            f"{message}\n"
            f"     --> {source.path}:{line + 1}:{column + 1}\n"
            f"      |\n"
            f" {line + 1:4} | {snippet.decode('utf-8')}\n"
            f"      | {'^':>{column + 1}}{'-' * dashes}"
        )


def _line_and_column(contents: bytes, offset: int) -> tuple[int, int]:
    """Line and column of a byte, both from 0. Past the last newline: the number of lines, column 0."""
    if offset >= len(contents):
        return (contents.count(b"\n"), 0)
    line = contents.count(b"\n", 0, offset)
    return (line, offset - (contents.rfind(b"\n", 0, offset) + 1))


def _dashes(contents: bytes, start: int, end: int) -> int:
    """How many characters a span has beyond its first; 0 where it ends inside a character or outside the file."""
    if end < start or end > len(contents):
        return 0
    try:
        return max(0, len(contents[start:end].decode("utf-8")) - 1)
    except UnicodeDecodeError:
        return 0


def path_bytes(path: str) -> bytes:
    """A path for the operating system. Ours are UTF-8 whatever the locale says, other bytes surrogate escapes."""
    return path.encode("utf-8", "surrogatepass" if os.name == "nt" else "surrogateescape")


def path_str(path: bytes) -> str:
    """A path, or a part of one, from the operating system: the other way of `path_bytes`."""
    return path.decode("utf-8", "surrogatepass" if os.name == "nt" else "surrogateescape")


def displayed(path: str) -> str:
    """A path, or another argument, as Rust displays it: what is not UTF-8 is replaced."""
    if os.name == "nt":
        return "".join(["\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in path])
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def io_error(e: OSError) -> WasmToolsError:
    """An operating system's refusal as Rust's `io::Error` prints it: `No such file or directory (os error 2)`."""
    if os.name == "nt":
        from pywasmtools.windows import refusal

        code, text = refusal(e)
    else:
        code = e.errno or 0
        text = os.strerror(code)
    refused = error(f"{text} (os error {code})")
    path: object = e.filename
    if isinstance(path, bytes):
        path = path_str(path)
    return refused.in_file(path) if isinstance(path, str) else refused
