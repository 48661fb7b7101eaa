"""The tokens of a WIT file, read some thousand at a time, as parallel lists.

Comments and strings are cut out of a file; what is left is split into words by C code, a piece at a time, and all words
are looked up in one dictionary. Only words that are not plain (`1.0.0-rc`, anything beyond ASCII) are read character by
character. A lexical error becomes the last token, for a parser that fails before it
reports its own. The tokens that a parser has passed are forgotten, so that it costs nothing to stop early.

Messages and what is a token: the reference's `ast/lex.rs`. Spans are in bytes of the whole source map.
"""

from __future__ import annotations

from pywasmtools.diagnostics import wit_error
from pywasmtools.text.names import is_kebab

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import WasmToolsError

MORE: Final = -1
EOF: Final = 0
ERROR: Final = 1
EQUALS: Final = 2
COMMA: Final = 3
COLON: Final = 4
PERIOD: Final = 5
SEMICOLON: Final = 6
LEFT_PAREN: Final = 7
RIGHT_PAREN: Final = 8
LEFT_BRACE: Final = 9
RIGHT_BRACE: Final = 10
LESS_THAN: Final = 11
GREATER_THAN: Final = 12
R_ARROW: Final = 13
STAR: Final = 14
AT: Final = 15
SLASH: Final = 16
PLUS: Final = 17
MINUS: Final = 18
STRING_LITERAL: Final = 19
ID: Final = 20
EXPLICIT_ID: Final = 21
INTEGER: Final = 22
# keywords; the primitive types first, in the order of `PRIMS`
BOOL: Final = 23
U8: Final = 24
U16: Final = 25
U32: Final = 26
U64: Final = 27
S8: Final = 28
S16: Final = 29
S32: Final = 30
S64: Final = 31
F32: Final = 32
F64: Final = 33
CHAR: Final = 34
STRING: Final = 35
ERROR_CONTEXT: Final = 36
USE: Final = 37
TYPE: Final = 38
FUNC: Final = 39
RECORD: Final = 40
RESOURCE: Final = 41
OWN: Final = 42
BORROW: Final = 43
FLAGS: Final = 44
VARIANT: Final = 45
ENUM: Final = 46
OPTION: Final = 47
RESULT: Final = 48
FUTURE: Final = 49
STREAM: Final = 50
LIST: Final = 51
MAP: Final = 52
UNDERSCORE: Final = 53
AS: Final = 54
FROM: Final = 55
STATIC: Final = 56
INTERFACE: Final = 57
TUPLE: Final = 58
IMPORT: Final = 59
EXPORT: Final = 60
WORLD: Final = 61
PACKAGE: Final = 62
CONSTRUCTOR: Final = 63
ASYNC: Final = 64
INCLUDE: Final = 65
WITH: Final = 66

_KEYWORDS: Final = (
    *("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string", "error-context"),
    *("use", "type", "func", "record", "resource", "own", "borrow", "flags", "variant", "enum", "option", "result"),
    *("future", "stream", "list", "map", "_", "as", "from", "static", "interface", "tuple", "import", "export"),
    *("world", "package", "constructor", "async", "include", "with"),
)

DESCRIPTIONS: Final[tuple[str, ...]] = (
    "eof",
    "",
    "'='",
    "','",
    "':'",
    "'.'",
    "';'",
    "'('",
    "')'",
    "'{'",
    "'}'",
    "'<'",
    "'>'",
    "`->`",
    "`*`",
    "`@`",
    "`/`",
    "`+`",
    "`-`",
    "a string literal",
    "an identifier",
    "an '%' identifier",
    "an integer",
    *[f"keyword `{word}`" for word in _KEYWORDS],
)
"""How messages call a token, by its number."""

_PUNCTUATION: Final = {
    b"=": EQUALS,
    b",": COMMA,
    b":": COLON,
    b".": PERIOD,
    b";": SEMICOLON,
    b"(": LEFT_PAREN,
    b")": RIGHT_PAREN,
    b"{": LEFT_BRACE,
    b"}": RIGHT_BRACE,
    b"<": LESS_THAN,
    b">": GREATER_THAN,
    b"*": STAR,
    b"@": AT,
    b"/": SLASH,
    b"+": PLUS,
    b"-": MINUS,
}
_CUT: Final = -2
"""The kind of a word that stands for what was cut out, or has to be looked at by its characters."""
_MARK: Final = b" \x02 "
"""What stands in the place of what was cut out. Control codes are refused before."""
_COMMENT: Final = 0
_STRING: Final = 1
_ODD: Final = 2
_WORDS: Final = {
    **{word.encode(): BOOL + k for k, word in enumerate(_KEYWORDS)},
    **_PUNCTUATION,
    b"->": R_ARROW,
    b"\x02": _CUT,
}
_SPACED: Final = tuple([(mark, b" " + mark + b" ") for mark in _PUNCTUATION if mark != b"-"])

_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_BYTES: Final = _LETTERS + b"0123456789_-"
_START_BYTES: Final = frozenset(_LETTERS + b"_")
_CONTINUE_BYTES: Final = frozenset(_ID_BYTES)
_GOOD_BYTES: Final = bytes(range(0x20, 0x7F)) + b"\t\n\r"
_STRING_BYTES: Final = bytes([byte for byte in range(0x20, 0x100) if byte != 0x7F])
_HEX_DIGITS: Final = frozenset(b"0123456789abcdefABCDEF")

_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DEPRECATED: Final = frozenset("\u0149\u0673\u0f77\u0f79\u17a3\u17a4\u17b4\u17b5")


class Tokens:
    """A window on the tokens of a file: number, start and bytes of each.

    The last is EOF, ERROR with `error` set, or MORE: then `more` moves the window on. Starts count from the
    start of the source map. `comments` has, for the position of a token, the starts and ends in turn of the comments
    right before it, counted from the start of the file; line comments that follow each other are one. Raises for
    characters that no file may hold, in whatever place they are; those count from the start of the file, too.
    """

    __slots__ = (
        "_next_block",
        "_next_line",
        "_next_quote",
        "_pos",
        "_stray_returns",
        "_words",
        "comments",
        "error",
        "kinds",
        "offset",
        "source",
        "starts",
        "words",
    )

    def __init__(self, source: bytes, offset: int) -> None:
        odd = source.translate(None, _GOOD_BYTES)
        if odd:
            _check_characters(source, odd)
        self.source = source
        self.offset = offset
        self.kinds = [MORE]
        self.starts = [offset]
        self.words = [b""]
        self.comments: dict[int, list[int]] = {}
        self.error: WasmToolsError | None = None
        self._pos = 3 if source.startswith(b"\xef\xbb\xbf") else 0
        self._next_line = -1  # where the next comments and the next string begin, as far as known
        self._next_block = -1
        self._next_quote = -1
        self._words = dict(_WORDS)
        self._stray_returns = _has_stray_return(source)

    def push(self, kind: int, start: int, end: int) -> None:
        """Adds a token that spans these bytes of the file."""
        self.kinds.append(kind)
        self.starts.append(start + self.offset)
        self.words.append(self.source[start:end])

    def fail(self, at: int, message: str) -> None:
        """Ends the tokens with an error. `at` counts from the start of the source map."""
        self.error = _lex_error(at, message)
        self.kinds.append(ERROR)
        self.starts.append(at)
        self.words.append(b"")

    def more(self, at: int) -> int:
        """Reads on, where the last token is MORE, and forgets what is before `at`, but for the last few tokens.

        Returns the position that `at` became.
        """
        cut = at - KEPT
        if cut > 0:
            del self.kinds[:cut]
            del self.starts[:cut]
            del self.words[:cut]
            self.comments = {k - cut: found for k, found in self.comments.items() if k >= at}
            at -= cut
        if len(self._words) > _MOST_WORDS:
            self._words = dict(_WORDS)
        self.kinds.pop()
        self.starts.pop()
        self.words.pop()
        enough = len(self.kinds) + KEPT
        while len(self.kinds) <= enough:
            if not _read(self):
                return at
        self.push(MORE, self._pos, self._pos)
        return at

    def add_comments(self, start: int, end: int) -> None:
        """Notes a comment, or line comments, before the next token."""
        found = self.comments.get(len(self.kinds))
        if found is None:
            self.comments[len(self.kinds)] = [start, end]
        else:
            found.append(start)
            found.append(end)


KEPT: Final = 4
"""How many tokens before the one that `more` is called at are still there afterwards, and how many after it at least."""
_SOME: Final = 2000
_PIECE: Final = 1 << 14
_BETWEEN: Final = (b"\n", b" ", b",", b";", b":", b"(", b"{", b".")
"""What is never inside or at the start of a longer token."""
_MOST_WORDS: Final = 50_000


def _lex_error(at: int, message: str) -> WasmToolsError:
    return wit_error((at, at + 1), message)


def _piece_end(source: bytes, start: int, stop: int) -> int:
    """Where to stop reading from `start`: at `stop`, or long before it where no token goes on."""
    near = start
    while stop - near > _PIECE:
        near += _PIECE
        for mark in _BETWEEN:
            end = source.rfind(mark, near - _PIECE, near) + 1
            if end > 0:
                return end
    return stop


class _Piece:
    """Some of a file: its text with `_MARK` in place of what was cut out, and what that is.

    `cuts` has kind, start and end of each in turn. `problem` is what is wrong at the end, at `place` of the source map.
    """

    __slots__ = ("cuts", "is_last", "place", "problem", "text")

    def __init__(self, text: bytes, cuts: list[int], is_last: bool, problem: str, place: int) -> None:
        self.text = text
        self.cuts = cuts
        self.is_last = is_last
        self.problem = problem
        self.place = place


def _next_piece(tokens: Tokens) -> _Piece:
    """Cuts comments and strings out of what comes next."""
    source = tokens.source
    size = len(source)
    start = pos = tokens._pos
    texts: list[bytes] = []
    cuts: list[int] = []
    problem = ""
    place = 0
    while pos - start < _PIECE and len(cuts) < _SOME:
        stop = _next_cut(tokens, pos)
        end = stop if stop - pos <= _PIECE else _piece_end(source, pos, stop)
        segment = source[pos:end]
        if (segment.find(b"->") >= 0 and _has_odd_arrow(segment)) or (
            tokens._stray_returns and _has_stray_return(segment)
        ):
            texts.append(_MARK)
            cuts += (_ODD, pos, end)
        else:
            texts.append(segment)
        pos = end
        if end < stop:
            continue
        if stop == size:
            break
        kind = _COMMENT
        if stop == tokens._next_line:
            pos = _line_comments_end(tokens, stop)
        elif stop == tokens._next_block:
            pos = _block_comment_end(source, stop)
            if pos < 0:
                problem = "unterminated block comment"
                place = stop + tokens.offset
                break
        else:
            kind = _STRING
            found = read_string(source, stop + 1, tokens.offset)
            pos = found.end
            if found.error:
                problem = found.error
                place = pos
                break
        texts.append(_MARK)
        cuts += (kind, stop, pos)
    tokens._pos = pos
    return _Piece(b"".join(texts), cuts, pos == size, problem, place)


def _next_cut(tokens: Tokens, pos: int) -> int:
    """Where the next comment or string begins, from `pos` on; the end of the file where there is none."""
    source = tokens.source
    if tokens._next_line < pos:
        tokens._next_line = _place(source, b"//", pos)
    if tokens._next_block < pos:
        tokens._next_block = _place(source, b"/*", pos)
    if tokens._next_quote < pos:
        tokens._next_quote = _place(source, b'"', pos)
    stop = tokens._next_line
    if tokens._next_block < stop:
        stop = tokens._next_block
    return tokens._next_quote if tokens._next_quote < stop else stop


def _place(source: bytes, mark: bytes, pos: int) -> int:
    found = source.find(mark, pos)
    return found if found >= 0 else len(source)


def _line_comments_end(tokens: Tokens, start: int) -> int:
    """Where the line comment that begins at `start` ends, or the last of those that follow it with nothing else between."""
    source = tokens.source
    find = source.find
    size = len(source)
    lead = source[source.rfind(b"\n", 0, start) + 1 : start + 2]  # what lines that follow begin with, most of them
    if tokens._stray_returns or not lead[:-2].isspace():
        lead = b"//"
    following = start
    while True:
        pos = find(b"\n", following) + 1
        if pos == 0:
            return size
        if source[pos : pos + len(lead)] == lead:
            following = pos + len(lead)
            continue
        following = find(b"//", pos)
        if following != pos:
            if following < 0:
                following = size
            if following == size or tokens._stray_returns or not source[pos:following].isspace():
                tokens._next_line = following
                return pos


def _has_odd_arrow(segment: bytes) -> bool:
    """Whether an arrow may be none: the hyphen right after a name belongs to the name."""
    return segment.count(b"->") != segment.count(b" ->") + segment.count(b")->")


def _has_stray_return(segment: bytes) -> bool:
    """Whether a carriage return is not part of the end of a line."""
    return segment.count(b"\r") != segment.count(b"\r\n")


def _words_of(text: bytes, known: dict[bytes, int]) -> list[bytes]:
    """The words of a text. Those that were not known are so afterwards."""
    arrows = text.count(b"->")
    if arrows:
        text = text.replace(b"->", b" \x01 ")
    for mark, spaced in _SPACED:
        text = text.replace(mark, spaced)
    found = text.split()
    at = 0
    for _ in range(arrows):
        at = found.index(b"\x01", at)
        found[at] = b"->"
    for word in set(found).difference(known):
        if not word.translate(None, _ID_BYTES) and word[0] in _START_BYTES:
            known[word] = ID
        elif word.isdigit():
            known[word] = INTEGER
        elif word[0] == 0x25 and (len(word) == 1 or word[1] in _LETTERS) and not word[1:].translate(None, _ID_BYTES):
            known[word] = EXPLICIT_ID
        else:
            known[word] = _CUT
    return found


def _read(tokens: Tokens) -> bool:
    """Adds the tokens of the next piece; False where EOF or ERROR is the last of them."""
    pos = tokens._pos
    piece = _next_piece(tokens)
    source = tokens.source
    words = _words_of(piece.text, tokens._words)
    kinds = list(map(tokens._words.__getitem__, words))
    cuts = piece.cuts
    cut = 0
    at = 0
    for _ in range(kinds.count(_CUT)):
        stop = kinds.index(_CUT, at)
        pos = _add_plain(tokens, kinds[at:stop], words[at:stop], pos)
        at = stop + 1
        kind = _ODD
        if words[stop] == b"\x02":
            kind = cuts[cut]
            start = cuts[cut + 1]
            pos = cuts[cut + 2]
            cut += 3
        else:
            start = source.find(words[stop], pos)
            pos = start + len(words[stop])
        if kind == _COMMENT:
            tokens.add_comments(start, pos)
        elif kind == _STRING:
            tokens.push(STRING_LITERAL, start, pos)
        elif not _slow(tokens, start, pos):
            return False
    _add_plain(tokens, kinds[at:], words[at:], pos)
    if piece.problem:
        tokens.fail(piece.place, piece.problem)
    elif piece.is_last:
        tokens.push(EOF, len(source), len(source))
    else:
        return True
    return False


def _add_plain(tokens: Tokens, kinds: list[int], words: list[bytes], pos: int) -> int:
    """Adds words that follow each other in the file from `pos` on; returns where the last of them ends.

    Nothing but white space is between them: seldom more than a character, but where a line begins.
    """
    tokens.kinds += kinds
    tokens.words += words
    source = tokens.source
    starts = tokens.starts
    offset = tokens.offset
    for word in words:
        if source[pos] <= 0x20:
            pos += 1
            if source[pos] <= 0x20:
                pos = source.find(word, pos)
        starts.append(pos + offset)
        pos += len(word)
    return pos


def _block_comment_end(source: bytes, start: int) -> int:
    """Where the block comment that begins at `start` ends, comments in it closed; -1 where it doesn't."""
    pos = start + 2
    depth = 1
    while depth > 0:
        close = source.find(b"*/", pos)
        if close < 0:
            return -1
        depth += source.count(b"/*", pos, close + 1)
        if close > pos and source[close - 1] == 0x2F:
            pos = close + 1  # `/*/` opens: it is read from the left
        else:
            depth -= 1
            pos = close + 2
    return pos


def _check_characters(source: bytes, odd: bytes) -> None:
    """Refuses control codes, bidirectional overrides and characters that Unicode discourages.

    `odd` is the source without the printable ASCII characters: in most files there is little of it.
    """
    found = ""
    first = len(source)
    for char in set(odd.decode("utf-8")):
        if char in _BIDI or char in _DEPRECATED or _is_control(char):
            at = source.find(char.encode("utf-8"))
            if at < first:
                first = at
                found = char
    if not found:
        return
    code = f"'\\u{{{ord(found):x}}}'"
    if found in _BIDI:
        message = f"Input contains bidirectional override codepoint EscapeUnicode(EscapeIterInner({code}))"
    elif found in _DEPRECATED:
        message = f"Codepoint EscapeUnicode(EscapeIterInner({code})) is discouraged by Unicode"
    else:
        message = f"Control code {code}"
    raise _lex_error(first, message)


def _is_control(char: str) -> bool:
    return (char < " " and char not in "\t\n\r") or "\x7f" <= char <= "\x9f"


def _quoted(char: str) -> str:
    """A character as Rust's Debug prints it."""
    from pywasmtools.text.rust_debug import debug_char

    return debug_char(char)


def _char_at(source: bytes, pos: int) -> str:
    """The character that starts at `pos`."""
    lead = source[pos]
    size = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    return source[pos : pos + size].decode("utf-8")


def _keylike_end(source: bytes, pos: int, stop: int) -> int:
    """Where the characters end, from `pos`, that an identifier may go on with; at most `stop`."""
    while pos < stop:
        byte = source[pos]
        if byte < 0x80:
            if byte not in _CONTINUE_BYTES:
                return pos
            pos += 1
        else:
            from pywasmtools.text.unicode_tables import is_xid_continue

            char = _char_at(source, pos)
            if not is_xid_continue(ord(char)):
                return pos
            pos += len(char.encode("utf-8"))
    return pos


def _starts_keylike(source: bytes, pos: int) -> bool:
    """Whether an identifier, good or bad, may start at `pos`."""
    byte = source[pos]
    if byte < 0x80:
        return byte in _START_BYTES or byte == 0x2D
    from pywasmtools.text.unicode_tables import is_xid_start

    return is_xid_start(ord(_char_at(source, pos)))


def _slow(tokens: Tokens, pos: int, stop: int) -> bool:
    """Reads what stands from `pos` to `stop`, without comments and strings, character by character.

    False after an error.
    """
    source = tokens.source
    while pos < stop:
        start = pos
        byte = source[pos]
        if byte in b" \t\n" or source.startswith(b"\r\n", pos):
            pos += 1
        elif byte == 0x2D:
            if source.startswith(b">", pos + 1):
                pos += 2
                tokens.push(R_ARROW, start, pos)
            else:
                pos += 1
                tokens.push(MINUS, start, pos)
        elif byte == 0x25:
            pos += 1
            if pos < stop and _starts_keylike(source, pos):
                pos = _keylike_end(source, pos, stop)
            tokens.push(EXPLICIT_ID, start, pos)
        elif 0x30 <= byte <= 0x39:
            while pos < stop and 0x30 <= source[pos] <= 0x39:
                pos += 1
            tokens.push(INTEGER, start, pos)
        elif _starts_keylike(source, pos):
            pos = _keylike_end(source, pos, stop)
            tokens.push(_WORDS.get(source[start:pos], ID), start, pos)
        else:
            kind = _PUNCTUATION.get(source[pos : pos + 1])
            if kind is None:
                tokens.fail(pos + tokens.offset, f"unexpected character {_quoted(_char_at(source, pos))}")
                return False
            pos += 1
            tokens.push(kind, start, pos)
    return True


class StringLiteral:
    """A string that was read: its bytes and where it ended, or where and why it is refused."""

    __slots__ = ("contents", "end", "error")

    def __init__(self, contents: bytes, end: int, error: str = "") -> None:
        self.contents = contents
        self.end = end
        self.error = error


def read_string(source: bytes, pos: int, offset: int) -> StringLiteral:
    """Reads the string whose opening quote is before `pos`, up to and with its closing quote.

    Places of errors count from the start of the file, but for a missing end and for bytes that aren't UTF-8.
    """
    opening = pos - 1
    size = len(source)
    contents = bytearray()
    quote = -1
    escape = -1
    characters: dict[bytes, bytes] = {}
    while True:
        if quote < pos:
            quote = source.find(b'"', pos)
            if quote < 0:
                quote = size
        if escape < pos:
            escape = pos
            if pos < quote and source[pos] != 0x5C:
                escape = source.find(b"\\", pos, quote)
                if escape < 0:
                    escape = quote
        if pos < escape:
            plain = source[pos:escape]
            bad = plain.translate(None, _STRING_BYTES)
            if bad:
                return _bad_character(source, pos + plain.index(bad[:1]), "string character")
            contents += plain
            pos = escape
        if pos == quote:
            if quote == size:
                break
            return _finished(bytes(contents), pos + 1, opening + offset)
        pos += 1
        if pos >= size:
            break
        byte = source[pos]
        single = _ESCAPES.get(byte)
        if single is not None:
            contents.append(single)
            pos += 1
        elif byte == 0x75:
            found = _repeated_escape(source, pos, offset, characters)
            if found.error:
                return found
            contents += found.contents
            pos = found.end
        elif byte in _HEX_DIGITS:
            pos += 1
            if pos >= size:
                break
            if source[pos] not in _HEX_DIGITS:
                return _bad_character(source, pos, "hex digit")
            contents.append(int(source[pos - 1 : pos + 1], 16))
            pos += 1
        else:
            return _bad_character(source, pos, "string escape")
    return StringLiteral(b"", size + offset, _END_OF_FILE)


def _repeated_escape(source: bytes, pos: int, offset: int, known: dict[bytes, bytes]) -> StringLiteral:
    """An escape from its `u` on; `known` are those that came before, for most come again. They end with the first brace."""
    end = source.find(b"}", pos, pos + 9) + 1
    again = known.get(source[pos:end])
    if again is not None:
        return StringLiteral(again, end, "")
    found = _read_unicode_escape(source, pos, offset)
    if not found.error:
        known[source[pos : found.end]] = found.contents
    return found


_END_OF_FILE: Final = "unexpected end of file"
_ESCAPES: Final = {0x22: 0x22, 0x27: 0x27, 0x74: 0x09, 0x6E: 0x0A, 0x72: 0x0D, 0x5C: 0x5C}


def _bad_character(source: bytes, pos: int, what: str) -> StringLiteral:
    char = "\n" if source.startswith(b"\r\n", pos) else _char_at(source, pos)
    return StringLiteral(b"", pos, f"invalid {what} {_quoted(char)}")


def _finished(contents: bytes, end: int, start: int) -> StringLiteral:
    """The string, where its bytes are UTF-8; its escapes can make any."""
    try:
        contents.decode("utf-8")
    except UnicodeDecodeError as problem:
        if problem.reason == "unexpected end of data":
            message = f"incomplete utf-8 byte sequence from index {problem.start}"
        else:
            message = f"invalid utf-8 sequence of {problem.end - problem.start} bytes from index {problem.start}"
        return StringLiteral(b"", start, f"invalid UTF-8: {message}")
    return StringLiteral(contents, end)


def _read_unicode_escape(source: bytes, escape: int, offset: int) -> StringLiteral:
    """The character of `\\u{…}`, where `escape` is the place of the `u`."""
    size = len(source)
    pos = escape + 1
    if pos >= size:
        return StringLiteral(b"", size + offset, _END_OF_FILE)
    if source[pos] != 0x7B:
        return StringLiteral(b"", pos, "expected character '{'")
    pos += 1
    first = pos
    if pos >= size:
        return StringLiteral(b"", size + offset, _END_OF_FILE)
    if source[pos] not in _HEX_DIGITS:
        return _bad_character(source, pos, "hex digit")
    value = int(source[pos : pos + 1], 16)
    pos += 1
    underscore = False
    while True:
        if pos >= size:
            return StringLiteral(b"", size + offset, _END_OF_FILE)
        byte = source[pos]
        if byte == 0x5F:
            underscore = True
        elif byte in _HEX_DIGITS:
            underscore = False
            value = value * 16 + int(source[pos : pos + 1], 16)
            if value > 0xFFFFFFFF:
                return StringLiteral(b"", pos, "number is too big to fit in a u32")
        else:
            break
        pos += 1
    if underscore:
        return StringLiteral(b"", first, "trailing underscore in number")
    if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
        return StringLiteral(b"", escape, f"invalid unicode value {value:#x}")
    if source[pos] != 0x7D:
        return StringLiteral(b"", pos, "expected character '}'")
    return StringLiteral(chr(value).encode("utf-8"), pos + 1)


# ------------------------------------------------------------------------------- identifiers


def id_problem(name: str) -> str:
    """What is wrong with an identifier; empty where nothing is.

    Words joined by hyphens, each all lower or all upper case, the first of which starts with a letter.
    """
    if is_kebab(name):
        return ""
    if not name:
        return "identifiers must have characters between '-'s"
    first = True
    for part in name.split("-"):
        if not part:
            return "identifiers must have characters between '-'s"
        if first and not ("a" <= part[0] <= "z" or "A" <= part[0] <= "Z"):
            return f"invalid character in identifier {_quoted(part[0])}"
        first = False
        upper = False
        lower = False
        for char in part:
            if "0" <= char <= "9":
                continue
            if "A" <= char <= "Z" and not lower:
                upper = True
            elif "a" <= char <= "z" and not upper:
                lower = True
            else:
                return f"invalid character in identifier {_quoted(char)}"
    return ""
