"""Tokens of the WebAssembly text format, over bytes, and the errors that point into its source.

A token is three ints: its kind, where it starts and where it ends, in bytes of the source, which is UTF-8.
Nothing is decoded before somebody asks. Lexing is lazy: a fault is told when its token is looked at.
Specification: core, text format, lexical format; annotations.
"""

from __future__ import annotations

from codecs import unicode_escape_decode

from pywasmtools.diagnostics import Place, WasmToolsError, error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    Token = tuple[int, int, int]
    """Kind, start and end, in bytes."""

EOF: Final = 0
LPAREN: Final = 1
RPAREN: Final = 2
STRING: Final = 3
ID: Final = 4
KEYWORD: Final = 5
ANNOTATION: Final = 6
RESERVED: Final = 7
INTEGER: Final = 8
FLOAT: Final = 9

CONFUSING: Final = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u206c\u2069"
"""Characters that make text read in another direction than it is written: refused in strings and comments."""

KNOWN_ANNOTATIONS: Final = (b"custom", b"producers", b"name", b"dylink.0", b"metadata.code.branch_hint")
"""Annotations that mean something; all others are skipped like comments."""

IDCHARS: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-./:<=>?@\\^_`|~"
_SPACE: Final = b" \t\r\n"

# What a byte can begin.
_OTHER: Final = 0
_BLANK: Final = 1
_WORD: Final = 2
_OPEN: Final = 3
_CLOSE: Final = 4
_SEMICOLON: Final = 5
_PUNCTUATION: Final = 6


def _classes() -> bytes:
    table = bytearray(256)
    for byte in IDCHARS + b'"':
        table[byte] = _WORD
    for byte in _SPACE:
        table[byte] = _BLANK
    for byte in b",[]{}":
        table[byte] = _PUNCTUATION
    table[0x28] = _OPEN
    table[0x29] = _CLOSE
    table[0x3B] = _SEMICOLON
    return bytes(table)


_CLASS: Final = _classes()
WORD_ENDS: Final = bytes([0x61 if byte in IDCHARS else 0x20 for byte in range(256)])
"""To a blank what ends a word of identifier characters."""
_IS_IDCHAR: Final = bytes([1 if byte in IDCHARS else 0 for byte in range(256)])
PLAIN: Final = bytes([byte for byte in range(0x20, 0x7F) if byte not in b'"\\'])
"""What a string may hold as it is, of ASCII."""
_NO_CONTROLS: Final = bytes([byte for byte in range(0x20, 256) if byte != 0x7F])
_HEX: Final = b"0123456789abcdefABCDEF"
_BLANKS: Final = (b" ", b"\t", b"\r", b"\n")
_COMMENT_OR_NOTHING: Final = (b";;", b"")
_PASSED: Final = bytes(
    [0x61 if _CLASS[byte] in (_BLANK, _WORD, _PUNCTUATION) and byte != 0x22 else 0x20 for byte in range(256)]
)
"""To a blank what an annotation that is skipped may not hold as it is: parentheses, strings, comments, faults."""
_CONFUSING_BYTES: Final = tuple([char.encode() for char in CONFUSING])
_STRETCH: Final = 0x4000
"""How much of a long string is looked at at once, in bytes."""
_DIGITS: Final = b"0123456789"
_SIMPLE_ESCAPES: Final = {'"': 0x22, "'": 0x27, "t": 0x09, "n": 0x0A, "r": 0x0D, "\\": 0x5C}


# ------------------------------------------------------------------------------- places in source


class SourceText:
    """A file of text: makes errors that point into it. `path` is for messages."""

    __slots__ = ("data", "path")

    def __init__(self, data: bytes, path: str | None) -> None:
        self.data = data
        self.path = path

    def error(self, offset: int, message: str) -> WasmToolsError:
        """An error at a byte of the source: the message, the place, the line with tabs as four spaces, and the caret.

        One line past column 500.
        """
        path = _shown(self.path)
        line, column = self.line_and_column(offset)
        snippet = self.line(line).replace("\t", "    ")
        for confusing in CONFUSING:
            snippet = snippet.replace(confusing, "")
        column = _width(snippet, column) + 1
        if column > 500:
            shown = f"{message} at {path}:{line + 1}:{column}"
        else:
            shown = (
                f"{message}\n     --> {path}:{line + 1}:{column}\n      |\n"
                f" {line + 1:4} | {snippet}\n      | {'^':>{column}}"
            )
        return error(shown).at(Place(self.path or path, message, line + 1, column, offset=offset))

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte, from 0. Past a final newline: the number of lines, column 0."""
        data = self.data
        if offset >= len(data) and (not data or data.endswith(b"\n")):
            return data.count(b"\n"), 0
        return data.count(b"\n", 0, offset), offset - (data.rfind(b"\n", 0, offset) + 1)

    def line(self, line: int) -> str:
        """A line without its end; empty where there is none."""
        at = 0
        for _ in range(line):
            at = self.data.find(b"\n", at) + 1
            if at == 0:
                return ""
        end = self.data.find(b"\n", at)
        raw = self.data[at:] if end < 0 else self.data[at:end]
        if end >= 0 and raw.endswith(b"\r"):
            raw = raw[:-1]
        return raw.decode("utf-8")


def _shown(path: str | None) -> str:
    """A path in a message; one that is not UTF-8 is not shown."""
    if path is not None:
        try:
            path.encode()
        except UnicodeEncodeError:
            path = None
    return "<anon>" if path is None else path


def _width(snippet: str, column: int) -> int:
    """How many columns of a terminal the first `column` bytes of a line take."""
    if snippet.isascii():
        return column
    prefix = snippet.encode("utf-8")
    if column > len(prefix):
        return column
    try:
        text = prefix[:column].decode("utf-8")
    except UnicodeDecodeError:
        return column
    if text.isascii():
        return column
    from pywasmtools.wat.char_widths import display_width

    return display_width(text)


# ------------------------------------------------------------------------------- tokens


class Lexer:
    """Cuts source into tokens at any place asked for. It keeps no place, only the last string it has read."""

    __slots__ = ("_carriages", "_feed", "_feed_from", "_string_start", "_string_value", "data", "source")

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.data = source.data
        self._carriages = 0x0D in source.data
        self._feed_from = 0
        """From here to `_feed` there is no line feed but there."""
        self._feed = -1
        self._string_start = -1
        self._string_value = b""

    def token(self, pos: int) -> Token:
        """The token at or after `pos`, past blanks, comments and unknown annotations."""
        while True:
            token = self.raw_token(pos)
            if token[0] != LPAREN:
                return token
            end = token[2]
            if self.data[end : end + 1] != b"@":
                return token
            after = self.raw_token(end)
            if after[0] != ANNOTATION or self.annotation_name(after) in KNOWN_ANNOTATIONS:
                return token
            pos = self._skip_annotation(end)

    def _skip_annotation(self, pos: int) -> int:
        """Past the parenthesis that closes the annotation whose content starts at `pos`."""
        start = pos
        depth = 1
        data = self.data
        while depth:
            skipped = data[pos : pos + 64].translate(_PASSED).find(b" ")
            if skipped < 0 and pos + 64 < len(data):
                pos += 64
                continue
            if skipped > 0:
                pos += skipped
            byte = data[pos : pos + 1]
            if byte == b")":
                pos += 1
                depth -= 1
                continue
            if byte == b"(" and data[pos + 1 : pos + 2] != b";":
                pos += 1
                depth += 1
                continue
            kind, _, pos = self.raw_token(pos)
            if kind == LPAREN:
                depth += 1
            elif kind == RPAREN:
                depth -= 1
            elif kind == EOF:
                raise self.source.error(start, "unclosed annotation")
        return pos

    def raw_token(self, pos: int) -> Token:
        """The token at or after `pos`, past blanks and comments; EOF at the end."""
        data = self.data
        size = len(data)
        while pos < size:
            byte = data[pos]
            class_ = _CLASS[byte]
            if class_ == _BLANK:
                pos += 1
                if pos < size and _CLASS[data[pos]] == _BLANK:
                    chunk = data[pos : pos + 256]
                    pos += len(chunk) - len(chunk.lstrip(_SPACE))
            elif class_ == _WORD:
                return self._word(pos)
            elif class_ == _OPEN:
                if data[pos + 1 : pos + 2] != b";":
                    return (LPAREN, pos, pos + 1)
                pos = self._block_comment(pos)
            elif class_ == _CLOSE:
                return (RPAREN, pos, pos + 1)
            elif class_ == _SEMICOLON:
                if data[pos + 1 : pos + 2] != b";":
                    return (RESERVED, pos, pos + 1)
                pos = self._line_comment(pos)
            elif class_ == _PUNCTUATION:
                return (RESERVED, pos, pos + 1)
            else:
                raise self._lex_error(pos, f"unexpected character '{escape_char(char_at(data, pos))}'")
        return (EOF, size, size)

    def _lex_error(self, pos: int, message: str) -> WasmToolsError:
        return self.source.error(pos, message)

    def _line_end(self, pos: int) -> int:
        """Where the line ends that `pos` is in: at a line feed, a carriage return, or the end of the text."""
        if pos < self._feed_from or pos > self._feed:
            self._feed_from = pos
            feed = self.data.find(b"\n", pos)
            self._feed = len(self.data) if feed < 0 else feed
        if not self._carriages:
            return self._feed
        carriage = self.data.find(b"\r", pos, self._feed)
        return self._feed if carriage < 0 else carriage

    def _line_comment(self, pos: int) -> int:
        """The end of the line comment at `pos`, and of line comments alone on the lines behind it."""
        data = self.data
        end = self._line_end(pos)
        self._check_confusing(pos, end)
        following = data[end + 1 : end + 3]
        size = 512
        while following == b";;" or (following[:1] in _BLANKS and data[end : end + 64].lstrip(_SPACE)[:2] == b";;"):
            chunk = data[end + 1 : end + 1 + size]
            if chunk.endswith(b"\r"):
                chunk = chunk[:-1]
            mark = b"\n" if 0x0A in chunk else b"\r"
            if not chunk.isascii() or (mark == b"\n" and chunk.count(b"\r") != chunk.count(b"\r\n")):
                break
            lines = chunk.split(mark)
            lines.pop()
            done = 0
            for line in lines:
                if line[:2] != b";;" and line.lstrip(_SPACE)[:2] not in _COMMENT_OR_NOTHING:
                    break
                done += len(line) + 1
            if not done:
                break
            end += done
            following = data[end + 1 : end + 3]
            size = min(size * 2, 0x10000)
        return end

    def _block_comment(self, pos: int) -> int:
        """The end of the block comment at `pos`, which may hold others."""
        data = self.data
        start = pos
        pos += 2
        close = data.find(b";)", pos)
        if close >= 0 and data.find(b"(;", pos, close + 1) < 0:
            self._check_confusing(start, close)
            return close + 2
        level = 1
        while level:
            # A stretch that cannot close all that is open is counted as a whole. `(;)` opens: it is read from the left.
            stretch = data[pos : pos + 0x1000]
            if stretch[-1:] == b"(" or (stretch[-1:] == b";" and stretch[-2:] != b"(;"):
                stretch = stretch[:-1]
            closes = stretch.count(b";)") - stretch.count(b"(;)")
            stop = pos + len(stretch)
            if closes < level and stretch:
                level += stretch.count(b"(;") - closes
                pos = stop
                continue
            stop = max(stop, pos + 1)
            while level and pos < stop:
                if close < pos:
                    close = data.find(b";)", pos)
                    if close < 0:
                        # An opening may still take the first half of a `;)`: none is left to take.
                        raise self._lex_error(start, "unterminated block comment")
                inner = data.find(b"(;", pos, close + 1)
                if inner >= 0:
                    level += 1
                    pos = inner + 2
                else:
                    level -= 1
                    pos = close + 2
        self._check_confusing(start, pos)
        return pos

    def _check_confusing(self, start: int, end: int) -> None:
        """Refuses a comment that holds characters which change the direction of text."""
        at = confusing_at(self.data, start, end)
        if at >= 0:
            raise self._lex_error(at, f"likely-confusing unicode character found {_debug_char(char_at(self.data, at))}")

    def _word(self, pos: int) -> Token:
        """A run of characters of identifiers and of strings: a number, name, keyword, string or reserved word."""
        data = self.data
        size = len(data)
        start = pos
        first = data[pos]
        strings = 0
        idchars = 0
        length = data[pos : pos + 32].translate(WORD_ENDS).find(b" ")
        if length < 0:
            length = self._long_word(pos)
        if length > 0 and data[pos + length : pos + length + 1] != b'"':
            idchars = length
            pos += length
            size = pos
        while pos < size:
            byte = data[pos]
            if _IS_IDCHAR[byte]:
                pos += 1
                idchars += 1
            elif byte == 0x22:
                pos = self._string(pos)
                strings += 1
            else:
                break
        if strings == 0:
            if first <= 0x39 and first != 0x24:
                if first >= 0x2B:
                    return (number_kind(data[start:pos]), start, pos)
            elif first == 0x24:
                return (ID, start, pos)
            elif 0x61 <= first <= 0x7A:
                if first == 0x6E or first == 0x69:
                    return (number_kind(data[start:pos]), start, pos)
                return (KEYWORD, start, pos)
            elif first == 0x40:
                return (ANNOTATION, start, pos)
            return (RESERVED, start, pos)
        if strings == 1:
            if idchars == 0:
                return (STRING, start, pos)
            if idchars == 1:
                if first == 0x24:
                    return (ID, start, pos)
                if first == 0x40:
                    return (ANNOTATION, start, pos)
        return (RESERVED, start, pos)

    def _long_word(self, pos: int) -> int:
        """How many characters of identifiers stand at `pos`, where there are many."""
        start = pos
        while True:
            length = self.data[pos : pos + 0x1000].translate(WORD_ENDS).find(b" ")
            if length >= 0:
                return pos + length - start
            if pos >= len(self.data):
                return len(self.data) - start
            pos += 0x1000

    # --------------------------------------------------------------------------- strings

    def _string(self, start: int) -> int:
        """The end of the string whose opening quote is at `start`; its value is kept for whoever asks next."""
        data = self.data
        pos = start + 1
        end = data.find(b'"', pos)
        if end >= 0:
            raw = data[pos:end]
            if not raw.translate(None, PLAIN):
                self._string_start = start
                self._string_value = raw
                return end + 1
            if end - pos < 256 and not _ends_in_escape(data, pos, end):
                value = unescaped(raw)
                if value is not None:
                    self._string_start = start
                    self._string_value = value
                    return end + 1
        value, end = self._long_string(pos)
        self._string_start = start
        self._string_value = value
        return end

    def _long_string(self, pos: int) -> tuple[bytes, int]:
        """The value and the end of a string whose content starts at `pos`: a stretch at a time."""
        data = self.data
        size = len(data)
        out = bytearray()
        while True:
            stop = pos + _STRETCH
            while stop < size and data[stop] & 0xC0 == 0x80:
                stop -= 1  # not within a character
            stretch = data[pos:stop]
            if stop < size:
                stretch = stretch[: _whole_escapes(stretch)]
            # Of the same length, without the quotes that are escaped.
            end = stretch.replace(b"\\\\", b"..").replace(b'\\"', b"..").find(b'"')
            value = unescaped(stretch if end < 0 else stretch[:end])
            if value is None or (end < 0 and (stop >= size or not stretch)):
                value, end = self._careful_string(pos)
                return bytes(out) + value, end
            out += value
            if end >= 0:
                return bytes(out), pos + end + 1
            pos += len(stretch)

    def _careful_string(self, pos: int) -> tuple[bytes, int]:
        """The value and the end of a string from `pos` on, by the character; raises what is wrong, where it is."""
        data = self.data
        size = len(data)
        out = bytearray()
        # `at` is the last character that was taken: where faults are shown.
        while pos < size:
            at = pos
            char = char_at(data, pos)
            pos += len(char.encode("utf-8"))
            if char == '"':
                return bytes(out), pos
            if char != "\\":
                if ord(char) < 0x20 or ord(char) == 0x7F:
                    raise self._lex_error(at, f"invalid character in string '{escape_char(char)}'")
                if char in CONFUSING:
                    raise self._lex_error(at, f"likely-confusing unicode character found {_debug_char(char)}")
                out += char.encode("utf-8")
                continue
            if pos >= size:
                break
            at = pos
            char = char_at(data, pos)
            pos += len(char.encode("utf-8"))
            if char in _SIMPLE_ESCAPES:
                out.append(_SIMPLE_ESCAPES[char])
            elif char == "u":
                if pos >= size:
                    break
                char = char_at(data, pos)
                if char != "{":
                    raise self._lex_error(pos, f"expected '{{' but found '{escape_char(char)}'")
                pos, number = self._hex_number(pos + 1)
                if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
                    raise self._lex_error(pos - 1, f"invalid unicode scalar value {number:#x}")
                out += chr(number).encode("utf-8")
                if pos >= size:
                    break
                char = char_at(data, pos)
                if char != "}":
                    raise self._lex_error(pos, f"expected '}}' but found '{escape_char(char)}'")
                pos += 1
            elif ord(char) < 0x80 and ord(char) in _HEX:
                if pos >= size:
                    break
                self._check_hex_digit(pos)
                out.append(int(data[at : pos + 1], 16))
                pos += 1
            else:
                raise self._lex_error(at, f"invalid string escape '{escape_char(char)}'")
        raise self._lex_error(size, "unexpected end-of-file")

    def _check_hex_digit(self, pos: int) -> None:
        if pos >= len(self.data):
            raise self._lex_error(pos, "unexpected end-of-file")
        if self.data[pos] not in _HEX:
            raise self._lex_error(pos, f"invalid hex digit '{escape_char(char_at(self.data, pos))}'")

    def _hex_number(self, pos: int) -> tuple[int, int]:
        """The end and the value of the hexadecimal number of an escape: 32 bits at most."""
        data = self.data
        self._check_hex_digit(pos)
        number = int(data[pos : pos + 1], 16)
        pos += 1
        underscore = False
        while pos < len(data):
            byte = data[pos]
            if byte == 0x5F:
                underscore = True
            elif byte in _HEX:
                underscore = False
                number = number * 16 + int(data[pos : pos + 1], 16)
                if number > 0xFFFFFFFF:
                    raise self._lex_error(pos, "number is too big to parse")
            else:
                break
            pos += 1
        if underscore:
            raise self._lex_error(pos - 1, "bare underscore in numeric literal")
        return pos, number

    def string_value(self, start: int) -> bytes:
        """The bytes that a string token means."""
        if self._string_start != start:
            self._string(start)
        return self._string_value

    def id_name(self, token_start: int, token_end: int) -> str:
        """The name that an identifier means, without its `$` and quotes."""
        if self.data[token_start + 1 : token_start + 2] == b'"':
            try:
                name = self.string_value(token_start + 1).decode("utf-8")
            except UnicodeDecodeError:
                raise self._lex_error(token_start, "malformed UTF-8 encoding of string-based id") from None
        else:
            name = self.data[token_start + 1 : token_end].decode("ascii")
        if not name:
            raise self._lex_error(token_start, "empty identifier")
        return name

    def annotation_name(self, token: Token) -> bytes:
        """The name of an annotation, without its `@` and quotes."""
        start = token[1]
        if self.data[start + 1 : start + 2] == b'"':
            name = self.string_value(start + 1)
            try:
                name.decode("utf-8")
            except UnicodeDecodeError:
                raise self._lex_error(start, "malformed UTF-8 encoding of string-based id") from None
        else:
            name = self.data[start + 1 : token[2]]
        if not name:
            raise self._lex_error(start, "empty annotation id")
        return name


def confusing_at(data: bytes, start: int, end: int) -> int:
    """Where the first character is that changes the direction of text; -1 where there is none."""
    first = -1
    if data.find(b"\xe2", start, end) >= 0 and (
        data.find(b"\xe2\x80", start, end) >= 0 or data.find(b"\xe2\x81", start, end) >= 0
    ):
        for char in _CONFUSING_BYTES:
            at = data.find(char, start, end)
            if at >= 0:
                first = end = at
    return first


def _ends_in_escape(data: bytes, start: int, end: int) -> bool:
    """Whether the byte at `end` is escaped: an odd number of backslashes precedes it."""
    at = end - 1
    while at >= start and data[at] == 0x5C:
        at -= 1
    return (end - 1 - at) % 2 == 1


def _whole_escapes(raw: bytes) -> int:
    """How much of the beginning of a string does not end within an escape; 0 where that is not found out."""
    last = raw.rfind(b"\\")
    if last < 0:
        return len(raw)
    backslashes = last + 1 - len(raw[: last + 1].rstrip(b"\\"))
    if backslashes % 2 == 0:
        return len(raw)
    rest = raw[last + 1 :]
    if rest[:1] == b"u":
        return len(raw) if 0x7D in rest else last
    return len(raw) if len(rest) >= 2 else last


def unescaped(raw: bytes) -> bytes | None:
    """What a string between its quotes means, or a part of one; None where it takes a careful look."""
    if raw.translate(None, _NO_CONTROLS) or confusing_at(raw, 0, len(raw)) >= 0:
        return None
    if 0x5C not in raw:
        return raw
    if len(raw) == 3 and raw[0] == 0x5C and raw[1] in _HEX and raw[2] in _HEX:
        return bytes((int(raw[1:], 16),))
    # From the left: after this every backslash begins an escape.
    raw = raw.replace(b"\\\\", b"\\5c")
    for escape, byte in _SHORT_ESCAPES:
        raw = raw.replace(escape, byte)
    if raw.find(b"\\u") >= 0:
        parts = raw.split(b"\\u")
        known: dict[bytes, bytes] = {}
        for at in range(1, len(parts)):
            digits, brace, rest = parts[at].partition(b"}")
            char = known.get(digits)
            if char is None:
                if not brace:
                    return None
                char = _escaped_char(digits)
                if not char:
                    return None
                known[digits] = char
            parts[at] = char + rest
        raw = b"".join(parts)
    return _unescaped_hex(raw)


def _unescaped_hex(raw: bytes) -> bytes | None:
    try:
        # All escapes that are left have two hexadecimal digits: Python has these with an `x`.
        return unicode_escape_decode(raw.replace(b"\\", b"\\x"))[0].encode("latin-1")
    except UnicodeDecodeError:
        return None


_SHORT_ESCAPES: Final = ((b'\\"', b"\\22"), (b"\\'", b"\\27"), (b"\\t", b"\\09"), (b"\\n", b"\\0a"), (b"\\r", b"\\0d"))


def _escaped_char(digits: bytes) -> bytes:
    """The character of `\\u{…}`, of which `digits` is what stands before the `}`; empty where it takes a careful look."""
    number = digits[1:]
    if digits[:1] != b"{" or not number or len(number) > 8 or number.translate(None, _HEX):
        return b""
    value = int(number, 16)
    if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
        return b""
    return b"\\%02x" % value if value < 0x80 else chr(value).encode()


def char_at(data: bytes, pos: int) -> str:
    """The character that starts at a byte."""
    byte = data[pos]
    if byte < 0x80:
        return chr(byte)
    size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
    return data[pos : pos + size].decode("utf-8")


def escape_char(char: str) -> str:
    """A character in a message: printable ASCII as it is, others escaped as in Rust."""
    simple = {"\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\", "'": "\\'"}
    if char in simple:
        return simple[char]
    if 0x20 <= ord(char) <= 0x7E:
        return char
    return f"\\u{{{ord(char):x}}}"


def _debug_char(char: str) -> str:
    """One of the confusing characters as Rust's Debug prints it."""
    return f"'\\u{{{ord(char):x}}}'"


# ------------------------------------------------------------------------------- numbers


def number_kind(word: bytes) -> int:
    """INTEGER or FLOAT; KEYWORD or RESERVED for words that only begin like numbers."""
    if word.isdigit():
        return INTEGER
    first = word[0]
    body = word[1:] if first == 0x2B or first == 0x2D else word
    if body == b"inf" or body == b"nan":
        return FLOAT
    if body.startswith(b"nan:0x"):
        end = _digits_end(body, 6, _HEX)
        if end == len(body):
            return FLOAT
    elif body.startswith(b"0x"):
        kind = classify_number(body, 2, _HEX, b"pP")
        if kind:
            return kind
    else:
        kind = classify_number(body, 0, _DIGITS, b"eE")
        if kind:
            return kind
    return KEYWORD if 0x61 <= first <= 0x7A else RESERVED


def classify_number(body: bytes, at: int, digits: bytes, exponent: bytes) -> int:
    """INTEGER, FLOAT, or 0 for no number: digits, a point, digits, an exponent."""
    size = len(body)
    at = _digits_end(body, at, digits)
    if at < 0:
        return 0
    if at == size:
        return INTEGER
    if body[at] == 0x2E:
        at += 1
        if at < size and body[at] in digits:
            at = _digits_end(body, at, digits)
            if at < 0:
                return 0
    if at == size:
        return FLOAT
    if body[at] not in exponent:
        return 0
    at += 1
    if at < size and (body[at] == 0x2D or body[at] == 0x2B):
        at += 1
    return FLOAT if _digits_end(body, at, _DIGITS) == size else 0


def _digits_end(body: bytes, at: int, digits: bytes) -> int:
    """The end of a run of digits with single underscores between them; -1 where there is none."""
    size = len(body)
    if at >= size or body[at] not in digits:
        return -1
    underscore = False
    while at < size:
        byte = body[at]
        if byte == 0x5F and not underscore:
            underscore = True
        elif byte in digits:
            underscore = False
        else:
            break
        at += 1
    return -1 if underscore else at
