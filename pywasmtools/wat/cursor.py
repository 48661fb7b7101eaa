"""The parse buffer: a place in a file of text, what its next tokens are, and the errors that say what was expected.

Core modules and components are parsed by functions over one `Parser`. Its current token is public (`kind`,
`start`, `end`, and `word` for keywords): hot loops read it directly. A token that does not lex is an error only
for whoever looks at it, so `kind` may be BAD: compare through the methods, or call `check()` first.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wat.lexer import (
    ANNOTATION,
    EOF,
    FLOAT,
    ID,
    INTEGER,
    KEYWORD,
    LPAREN,
    PLAIN,
    RPAREN,
    STRING,
    WORD_ENDS,
    Lexer,
    SourceText,
    unescaped,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from pywasmtools.wat.dwarf import DwarfSource

BAD: Final = -1
"""The kind of a token that does not lex."""

_UNKNOWN: Final = -2

_PARENTHESIS: Final = 1
_WORD: Final = 2
_NUMBER: Final = 3
_BEGINS: Final = bytes(
    [
        _PARENTHESIS
        if byte == 0x28 or byte == 0x29
        else _NUMBER
        if 0x30 <= byte <= 0x39
        else _WORD
        if byte == 0x24 or 0x61 <= byte <= 0x7A
        else 0
        for byte in range(256)
    ]
)
"""What a byte begins, of the tokens that `goto` reads itself."""
_BEHIND_STRINGS: Final = (b" ", b"\n", b")")
_DIGIT_OR_BLANK: Final = bytes([0x61 if 0x30 <= byte <= 0x39 or byte in b" \t\r\n" else 0x20 for byte in range(256)])
"""To a blank what is neither a digit nor a blank."""

MAX_DEPTH: Final = 100
"""How deep items may nest: types in types, components in components."""


class Id:
    """A name, `$x` without its dollar, and where it is written. `generation` tells made-up ids apart (0: written)."""

    __slots__ = ("generation", "name", "span")

    def __init__(self, name: str, span: int, generation: int = 0) -> None:
        self.name = name
        self.span = span
        self.generation = generation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Id) and self.name == other.name and self.generation == other.generation

    def __hash__(self) -> int:
        return hash((self.name, self.generation))

    def __repr__(self) -> str:
        return f"Id({self.name!r}, {self.generation})"


class Index:
    """An index as written: a number, or an id that becomes one when names are resolved.

    `number` is -1 until then. Equality is as written: by id where there is one and it is not resolved.
    """

    __slots__ = ("id", "number", "span")

    def __init__(self, number: int, span: int, id_: Id | None = None) -> None:
        self.number = number
        self.span = span
        self.id = id_

    def copy(self) -> Index:
        """Another index of the same meaning, to be resolved on its own."""
        return Index(self.number, self.span, self.id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Index) or self.number != other.number:
            return False
        return self.number >= 0 or self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id) if self.number < 0 else self.number

    def __repr__(self) -> str:
        return f"Index({self.number}, {self.id})"


def id_index(id_: Id) -> Index:
    """The index that an id stands for."""
    return Index(-1, id_.span, id_)


class Parser:
    """A place in a file of text. Two tokens are looked at, at most three at a few places.

    `prev_end` is where the token before the current one ended. `depth` counts open parentheses.
    """

    __slots__ = (
        "_bad",
        "_end2",
        "_kind2",
        "_start2",
        "_word2",
        "data",
        "depth",
        "dwarf",
        "end",
        "kind",
        "known_lines",
        "lexer",
        "missed_lines",
        "no_lines_before",
        "plain_blanks",
        "prev_end",
        "size",
        "source",
        "start",
        "word",
    )

    def __init__(self, data: bytes, path: str | None, dwarf: DwarfSource | None = None) -> None:
        self.source = SourceText(data, path)
        self.data = data
        self.size = len(data)
        self.lexer = Lexer(self.source)
        self.depth = 0
        self.plain_blanks = 0x0B not in data and 0x0C not in data
        """Whether what `bytes.split` takes for blanks are blanks of the text format too."""
        self.no_lines_before = 0 if self.plain_blanks else len(data) + 1
        """Where lines of instructions may be read as a whole again."""
        self.missed_lines = 0
        """How many such lines in a row were not plain."""
        self.dwarf = dwarf
        """The file as DWARF sees it, where DWARF is asked for: instructions keep their places then."""
        self.known_lines: dict[bytes, bytes] = {}
        """The code of instructions by how they are written, where that is all it takes."""
        self.prev_end = 0
        self.kind = EOF
        self.start = 0
        self.end = 0
        self.word = b""
        self._bad: WasmToolsError | None = None
        self._kind2 = _UNKNOWN
        self._start2 = 0
        self._end2 = 0
        self._word2 = b""
        self.goto(0)

    # --------------------------------------------------------------------------- moving

    def goto(self, pos: int) -> None:
        """Makes the token at or after `pos` the current one; `pos` is where the one before it ended."""
        self.prev_end = pos
        self._kind2 = _UNKNOWN
        data = self.data
        if pos + 2 < self.size:
            # Most tokens are short, and stand behind one blank or none.
            at = pos
            byte = data[at]
            if byte == 0x20 or byte == 0x0A:
                at += 1
                byte = data[at]
            begins = _BEGINS[byte]
            if begins == _PARENTHESIS:
                following = data[at + 1]
                if byte == 0x29 or (following != 0x40 and following != 0x3B):
                    self.kind = RPAREN if byte == 0x29 else LPAREN
                    self.start = at
                    self.end = at + 1
                    self.word = b""
                    return
            elif begins:
                length = data[at : at + 32].translate(WORD_ENDS).find(b" ")
                if length > 0 and data[at + length] != 0x22:
                    word = data[at : at + length]
                    if word.isdigit() if begins == _NUMBER else word != b"inf" and word[:3] != b"nan":
                        self.kind = INTEGER if begins == _NUMBER else KEYWORD if byte != 0x24 else ID
                        self.start = at
                        self.end = at + length
                        self.word = word if self.kind == KEYWORD else b""
                        return
        self._take(pos)

    def _take(self, pos: int) -> None:
        """Makes any token the current one, or the fault there."""
        try:
            self.kind, self.start, self.end = self.lexer.token(pos)
        except WasmToolsError as e:
            self.kind = BAD
            self.start = self.end = pos
            self._bad = e
        self.word = self.data[self.start : self.end] if self.kind == KEYWORD else b""

    def advance(self) -> None:
        """Moves past the current token."""
        if self._kind2 >= 0:
            self.prev_end = self.end
            self.kind = self._kind2
            self.start = self._start2
            self.end = self._end2
            self.word = self._word2
            self._kind2 = _UNKNOWN
        else:
            self.goto(self.end)

    def open(self) -> None:
        """Past a `(`."""
        if self.kind != LPAREN:
            raise self.error("expected `(`")
        self.depth += 1
        self.advance()

    def close(self) -> None:
        """Past a `)`."""
        if self.kind != RPAREN:
            raise self.error("expected `)`")
        self.depth -= 1
        self.advance()

    def check_depth(self) -> None:
        """Refuses what is nested too deeply."""
        if self.depth > MAX_DEPTH:
            raise self.error("item nesting too deep")

    # --------------------------------------------------------------------------- errors

    def check(self) -> None:
        """Raises the fault of the current token, where it does not lex."""
        if self.kind == BAD:
            assert self._bad is not None
            raise self._bad

    def error(self, message: str) -> WasmToolsError:
        """An error at the current token; where that does not lex, its own fault wins."""
        if self.kind == BAD:
            assert self._bad is not None
            return self._bad
        return self.source.error(self.start, message)

    def error_here(self, message: str) -> WasmToolsError:
        """An error at the current token, or after the previous one where that does not lex."""
        return self.source.error(self.start, message)

    def error_at(self, span: int, message: str) -> WasmToolsError:
        """An error at a byte."""
        return self.source.error(span, message)

    def unexpected(self, *attempts: str) -> WasmToolsError:
        """An error at the current token: what was tried for in vain, e.g. "`func`", "`table`", "an index"."""
        count = len(attempts)
        if count == 0:
            return self.error("unexpected end of input" if self.is_empty() else "unexpected token")
        if count == 1:
            return self.error(f"unexpected token, expected {attempts[0]}")
        if count == 2:
            return self.error(f"unexpected token, expected {attempts[0]} or {attempts[1]}")
        return self.error(f"unexpected token, expected one of: {', '.join(attempts)}")

    # --------------------------------------------------------------------------- looking

    def is_empty(self) -> bool:
        """Whether nothing is left before the closing parenthesis or the end of the text."""
        return self.kind == RPAREN or self.kind == EOF

    def peek(self, kind: int) -> bool:
        """Whether the current token is of a kind."""
        if self.kind == BAD:
            raise self.error("")
        return self.kind == kind

    def peek_keyword(self, word: bytes) -> bool:
        """Whether the current token is this keyword."""
        if self.kind == BAD:
            raise self.error("")
        return self.word == word

    def peek_index(self) -> bool:
        """Whether the current token is a number or an id."""
        if self.kind == BAD:
            raise self.error("")
        return self.kind == INTEGER or self.kind == ID

    def peek_annotation(self, name: bytes) -> bool:
        """Whether the current token is `@name`."""
        if self.kind != ANNOTATION:
            if self.kind == BAD:
                raise self.error("")
            return False
        return self.lexer.annotation_name((self.kind, self.start, self.end)) == name

    def _look2(self) -> None:
        """Looks at the token after the current one. The fault of either is raised."""
        if self.kind == BAD:
            raise self.error("")
        if self.kind == EOF:
            self._kind2 = EOF
            self._start2 = self._end2 = self.end
            self._word2 = b""
            return
        at = self.end
        data = self.data
        if self.kind == LPAREN and at + 2 < self.size and _BEGINS[data[at]] == _WORD and data[at] != 0x24:
            length = data[at : at + 32].translate(WORD_ENDS).find(b" ")
            if length > 3 and data[at + length] != 0x22 and data[at : at + 3] != b"nan":
                self._kind2 = KEYWORD
                self._start2 = at
                self._end2 = at + length
                self._word2 = data[at : at + length]
                return
        self._kind2, self._start2, self._end2 = self.lexer.token(self.end)
        self._word2 = self.data[self._start2 : self._end2] if self._kind2 == KEYWORD else b""

    def peek2(self, kind: int) -> bool:
        """Whether the token after the current one, whatever that is, is of a kind."""
        if self._kind2 == _UNKNOWN:
            self._look2()
        return self._kind2 == kind

    def peek2_keyword(self, word: bytes) -> bool:
        """Whether the token after the current one, whatever that is, is this keyword."""
        if self._kind2 == _UNKNOWN:
            self._look2()
        return self._word2 == word

    def second_word(self) -> bytes:
        """The token after the current one, where it is a keyword; else empty."""
        if self._kind2 == _UNKNOWN:
            self._look2()
        return self._word2

    def peek2_index(self) -> bool:
        """Whether the token after the current one, whatever that is, is a number or an id."""
        if self._kind2 == _UNKNOWN:
            self._look2()
        return self._kind2 == INTEGER or self._kind2 == ID

    def peek2_annotation(self, name: bytes) -> bool:
        """Whether the token after the current one, whatever that is, is `@name`."""
        if self._kind2 == _UNKNOWN:
            self._look2()
        if self._kind2 != ANNOTATION:
            return False
        return self.lexer.annotation_name((self._kind2, self._start2, self._end2)) == name

    def peek_paren_keyword(self, word: bytes) -> bool:
        """Whether `(word` comes next. Unlike `peek2_keyword` it looks no further than the first mismatch."""
        return self.peek(LPAREN) and self.peek2_keyword(word)

    def peek3_keyword(self, word: bytes) -> bool:
        """Whether the token after the next two, whatever these are, is this keyword."""
        if self._kind2 == _UNKNOWN:
            self._look2()
        if self._kind2 == EOF:
            return False
        kind, start, end = self.lexer.token(self._end2)
        return kind == KEYWORD and self.data[start:end] == word

    def peek_clause(self, word: bytes, strings: int) -> bool:
        """Whether `(word "…" …)` comes next with as many strings: an inline import or export.

        Looks no further than the first mismatch.
        """
        if not self.peek_paren_keyword(word):
            return False
        at = self._end2
        for _ in range(strings):
            kind, _, at = self.lexer.token(at)
            if kind != STRING:
                return False
        return self.lexer.token(at)[0] == RPAREN

    # --------------------------------------------------------------------------- taking

    def keyword(self, word: bytes) -> int:
        """Past this keyword; returns where it was."""
        if self.word != word:
            raise self.error(f"expected keyword `{word.decode()}`")
        start = self.start
        self.advance()
        return start

    def optional_keyword(self, word: bytes) -> bool:
        """Past this keyword, where it comes next; whether it did."""
        if self.peek_keyword(word):
            self.advance()
            return True
        return False

    def annotation(self, name: bytes) -> int:
        """Past `@name`; returns where it was."""
        if not self.peek_annotation(name):
            raise self.error(f"expected annotation `@{name.decode()}`")
        start = self.start
        self.advance()
        return start

    def id(self) -> Id:
        """An identifier."""
        if self.kind != ID:
            raise self.error("expected an identifier")
        id_ = Id(self.lexer.id_name(self.start, self.end), self.start)
        self.advance()
        return id_

    def optional_id(self) -> Id | None:
        """An identifier, where one comes next."""
        return self.id() if self.peek(ID) else None

    def index(self) -> Index:
        """A number or an identifier."""
        if self.kind == ID:
            return id_index(self.id())
        if self.kind == INTEGER:
            span = self.start
            return Index(self.u32(), span)
        raise self.error("unexpected token, expected an index or an identifier")

    def optional_index(self) -> Index | None:
        """A number or an identifier, where one comes next."""
        return self.index() if self.peek_index() else None

    def string(self) -> bytes:
        """The bytes of a string."""
        if self.kind != STRING:
            raise self.error("expected a string")
        value = self.lexer.string_value(self.start)
        self.advance()
        return value

    def strings(self) -> bytes:
        """The bytes of strings that come one after the other: one at least."""
        first = self.string()
        if self.kind != STRING:
            return first
        out = bytearray(first)
        data = self.data
        while self.kind == STRING:
            # Those that are plain, as far as they go.
            at = self.start
            done = at
            while data[at : at + 1] == b'"':
                end = data.find(b'"', at + 1)
                raw = data[at + 1 : end]
                if end < 0 or data[end + 1 : end + 2] not in _BEHIND_STRINGS:
                    break
                if raw.translate(None, PLAIN):
                    value = None if len(raw) > 256 or raw.endswith(b"\\") else unescaped(raw)
                    if value is None:
                        break
                    out += value
                else:
                    out += raw
                done = at = end + 1
                if data[at : at + 1] == b" " or data[at : at + 1] == b"\n":
                    at += 1
            if done > self.start:
                self.goto(done)
            else:
                out += self.string()
        return bytes(out)

    def name(self) -> str:
        """A string that has to be UTF-8."""
        value = self.string()
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise self.error_at(self.prev_end, "malformed UTF-8 encoding") from None

    def optional_name_annotation(self) -> str | None:
        """`(@name "…")`, where it comes next."""
        if not self.peek2_annotation(b"name"):
            return None
        self.open()
        self.annotation(b"name")
        name = self.name()
        self.close()
        return name

    def names(self, words: Sequence[bytes]) -> bytes:
        """The keyword that comes next, where it is among `words`; nothing is taken. Empty otherwise."""
        if self.kind == BAD:
            raise self.error("")
        return self.word if self.word in words else b""

    # --------------------------------------------------------------------------- numbers

    def plain_numbers(self) -> list[int]:
        """Takes decimal numbers of up to nine digits, as many as come, up to some thousands; maybe none."""
        stretch = self.data[self.start : self.start + 0x1000]
        end = stretch.translate(_DIGIT_OR_BLANK).find(b" ")
        if stretch[end : end + 1] != b")":
            # The last number may go on.
            stretch = stretch if end < 0 else stretch[:end]
            end = max(stretch.rfind(b" "), stretch.rfind(b"\n"))
        words = stretch[: max(end, 0)].split()
        if not words or max(map(len, words)) > 9:
            return []
        self.goto(self.start + end)
        return list(map(int, words))

    def u8(self) -> int:
        return self._integer("u8", 8)

    def u32(self) -> int:
        return self._integer("u32", 32)

    def u64(self) -> int:
        return self._integer("u64", 64)

    def signed(self, width: int) -> int:
        """A number of `width` bits, signed or not; as an unsigned one."""
        return self._integer(f"i{width}", width)

    def _integer(self, type_: str, width: int) -> int:
        if self.kind != INTEGER:
            raise self.error(f"expected a {type_}")
        value = integer_value(self.data[self.start : self.end], width, type_[0] == "i")
        if value < 0:
            raise self.error(f"invalid {type_} number: constant out of range")
        self.advance()
        return value

    def float_bits(self, width: int) -> int:
        """A float of 32 or 64 bits, by its bits."""
        if self.kind != FLOAT and self.kind != INTEGER:
            raise self.error("expected a float")
        from pywasmtools.wat.floats import float_bits

        bits = float_bits(self.data[self.start : self.end], width)
        if bits < 0:
            raise self.error("invalid float value: constant out of range")
        self.advance()
        return bits


def integer_value(word: bytes, width: int, signed: bool) -> int:
    """The value of an integer token as an unsigned number of `width` bits; -1 where it does not fit."""
    negative = False
    first = word[0]
    if first == 0x2B:
        word = word[1:]
    elif first == 0x2D:
        if not signed:
            return -1
        negative = True
        word = word[1:]
    if 0x5F in word:
        word = word.replace(b"_", b"")
    if word.startswith(b"0x"):
        value = int(word[2:], 16)
    else:
        if len(word) > 20:
            word = word.lstrip(b"0") or b"0"
            if len(word) > 20:
                return -1
        value = int(word)
    if negative:
        if value > 1 << (width - 1):
            return -1
        return (1 << width) - value if value else 0
    return value if value < 1 << width else -1
