"""A cursor over JSON text, with the messages, lines, columns and limits of the serde_json crate.

An error of the syntax knows its place when it is made. One of what is wanted (an unknown field, a wrong type) gets it
from the innermost value that is being read, and only after that value's end was looked for; hence `_unplaced`.
Lines count from 1; columns are in bytes and count what was consumed.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

RECURSION_LIMIT: Final = 128

_CONTROLS: Final = bytes(range(0x20))
QUOTE: Final = 0x22
_COMMA: Final = 0x2C
_MINUS: Final = 0x2D
_COLON: Final = 0x3A
OPEN_LIST: Final = 0x5B
_BACKSLASH: Final = 0x5C
CLOSE_LIST: Final = 0x5D
OPEN_MAP: Final = 0x7B
CLOSE_MAP: Final = 0x7D
_U64_MAX: Final = 0xFFFFFFFFFFFFFFFF
_I32_MAX: Final = 0x7FFFFFFF

_ESCAPES: Final = {
    0x22: b'"',
    0x5C: b"\\",
    0x2F: b"/",
    0x62: b"\b",
    0x66: b"\f",
    0x6E: b"\n",
    0x72: b"\r",
    0x74: b"\t",
}


class JsonObject:
    """A JSON object as content that is not yet matched: pairs, repeated keys included."""

    __slots__ = ("pairs",)

    def __init__(self) -> None:
        self.pairs: list[tuple[str, object]] = []


class JsonCursor:
    """A cursor over JSON text. `index` is the next byte; `depth` how many more levels are allowed."""

    __slots__ = ("_no_controls", "_unplaced", "data", "depth", "index")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.index = 0
        self.depth = RECURSION_LIMIT
        self._unplaced = False
        self._no_controls = len(data.translate(None, _CONTROLS)) == len(data)  # as in JSON of one line

    # --------------------------------------------------------------------------- errors

    def _at(self, message: str, index: int) -> WasmToolsError:
        start = self.data.rfind(b"\n", 0, index) + 1
        line = 1 + self.data.count(b"\n", 0, start)
        return error(f"{message} at line {line} column {index - start}")

    def error_here(self, message: str) -> WasmToolsError:
        """An error at the byte last consumed."""
        return self._at(message, self.index)

    def peek_error(self, message: str) -> WasmToolsError:
        """An error at the byte that comes next."""
        return self._at(message, min(len(self.data), self.index + 1))

    def shape_error(self, message: str) -> WasmToolsError:
        """An error without a place yet."""
        self._unplaced = True
        return error(message)

    def wrong_type(self, expected: str) -> WasmToolsError:
        """What stands here is not what is expected; it is read as far as its name needs."""
        data = self.data
        index = self.index
        char = data[index] if index < len(data) else 0
        if char == 0x6E:
            self.ident(b"null")
            found = "null"
        elif char == 0x74:
            self.ident(b"true")
            found = "boolean `true`"
        elif char == 0x66:
            self.ident(b"false")
            found = "boolean `false`"
        elif char == _MINUS or 0x30 <= char <= 0x39:
            number = self.number()
            found = f"integer `{number}`" if isinstance(number, int) else f"floating point `{float_text(number)}`"
        elif char == QUOTE:
            from pywasmtools.text.rust_debug import debug_str

            self.index += 1
            found = f"string {debug_str(self.string())}"
        elif char == OPEN_LIST:
            found = "sequence"
        elif char == OPEN_MAP:
            found = "map"
        else:
            return self.peek_error("expected value")
        return self.error_here(f"invalid type: {found}, expected {expected}")

    # --------------------------------------------------------------------------- tokens

    def skip_whitespace(self) -> int:
        """The next byte that is no whitespace, not consumed; -1 at the end."""
        data = self.data
        index = self.index
        size = len(data)
        reach = 16
        while index < size:
            char = data[index]
            if char != 0x20 and char != 0x0A and char != 0x09 and char != 0x0D:
                self.index = index
                return char
            piece = data[index : index + reach]
            index += len(piece) - len(piece.lstrip(b" \n\t\r"))
            reach *= 2
        self.index = index
        return -1

    def start(self) -> int:
        """The first byte of a value, not consumed."""
        char = self.skip_whitespace()
        if char < 0:
            raise self.peek_error("EOF while parsing a value")
        return char

    def _peek(self) -> int:
        return self.data[self.index] if self.index < len(self.data) else 0

    def ident(self, word: bytes) -> None:
        """Consumes a word whose first byte was seen."""
        self.index += 1
        for expected in word[1:]:
            if self.index >= len(self.data):
                raise self.error_here("EOF while parsing a value")
            char = self.data[self.index]
            self.index += 1
            if char != expected:
                raise self.error_here("expected ident")

    def enter(self) -> None:
        self.depth -= 1
        if self.depth == 0:
            raise self.peek_error("recursion limit exceeded")
        self.index += 1

    def string(self) -> str:
        """The rest of a string whose opening quote was consumed."""
        data = self.data
        start = self.index
        end = data.find(b'"', start)
        if end < 0:
            end = len(data)
        chunk = data[start:end]
        if 0x5C not in chunk and len(chunk.translate(None, _CONTROLS)) == len(chunk) and end < len(data):
            self.index = end + 1
            return self._decoded(chunk)
        return self._decoded(self._string_bytes())

    def _string_bytes(self) -> bytes:
        """As `_string`, with escapes; the bytes may still be no UTF-8."""
        data = self.data
        size = len(data)
        text = bytearray()
        start = self.index
        quote = -1
        control = size
        while True:
            # A quote is looked for again only once it is passed, and so is a control character before it.
            if quote < start:
                quote = data.find(b'"', start)
                if quote < 0:
                    quote = size
                if not self._no_controls:
                    control = self._control(start, quote)
            end = start
            if start < quote and data[start] != _BACKSLASH:
                end = data.find(b"\\", start, quote)
                if end < 0:
                    end = quote
                if control < end:
                    self.index = control + 1
                    raise self.error_here("control character (\\u0000-\\u001F) found while parsing a string")
                text += data[start:end]
            if end == size:
                self.index = end
                raise self.error_here("EOF while parsing a string")
            if end == quote:
                self.index = end + 1
                return bytes(text)
            start = end + 2
            escaped = _ESCAPES.get(data[end + 1]) if start <= size else None
            if escaped is not None:
                text += escaped
            else:
                self.index = end + 1
                text += self._escape()
                start = self.index

    def _control(self, start: int, end: int) -> int:
        """Where the first control character stands from `start` to `end`; the end of the data where there is none."""
        piece = self.data[start:end]
        if len(piece.translate(None, _CONTROLS)) == len(piece):
            return len(self.data)
        while self.data[start] >= 0x20:
            start += 1
        return start

    def _decoded(self, text: bytes) -> str:
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            raise self.error_here("invalid unicode code point") from None

    def _escape(self) -> bytes:
        """What an escape stands for; its backslash was consumed."""
        if self.index >= len(self.data):
            raise self.error_here("EOF while parsing a string")
        char = self.data[self.index]
        self.index += 1
        if char != 0x75:
            found = _ESCAPES.get(char)
            if found is None:
                raise self.error_here("invalid escape")
            return found
        first = self._hex_escape()
        if 0xDC00 <= first <= 0xDFFF:
            raise self.error_here("lone leading surrogate in hex escape")
        if not 0xD800 <= first <= 0xDBFF:
            return chr(first).encode("utf-8")
        for expected in b"\\u":
            if self.index >= len(self.data):
                raise self.error_here("EOF while parsing a string")
            char = self.data[self.index]
            self.index += 1
            if char != expected:
                raise self.error_here("unexpected end of hex escape")
        second = self._hex_escape()
        if not 0xDC00 <= second <= 0xDFFF:
            raise self.error_here("lone leading surrogate in hex escape")
        return chr(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).encode("utf-8")

    def _hex_escape(self) -> int:
        digits = self.data[self.index : self.index + 4]
        if len(digits) < 4:
            self.index = len(self.data)
            raise self.error_here("EOF while parsing a string")
        self.index += 4
        value = 0
        for char in digits:
            if 0x30 <= char <= 0x39:
                value = value * 16 + char - 0x30
            elif 0x41 <= char <= 0x46 or 0x61 <= char <= 0x66:
                value = value * 16 + (char & 0xDF) - 0x37
            else:
                raise self.error_here("invalid escape")
        return value

    # --------------------------------------------------------------------------- numbers

    def number(self) -> int | float:
        """A number. Fractions, exponents and what exceeds 64 bits become floats, computed as serde_json does."""
        data = self.data
        positive = data[self.index] != _MINUS
        if not positive:
            self.index += 1
        if self.index >= len(data):
            raise self.error_here("EOF while parsing a value")
        char = data[self.index]
        self.index += 1
        if char == 0x30:
            if 0x30 <= self._peek() <= 0x39:
                raise self.peek_error("invalid number")
        elif not 0x31 <= char <= 0x39:
            raise self.error_here("invalid number")
        significand = char - 0x30
        exponent = 0
        while 0x30 <= (char := self._peek()) <= 0x39:
            if significand * 10 + char - 0x30 > _U64_MAX:
                exponent = self._digits()
                char = self._peek()
                break
            significand = significand * 10 + char - 0x30
            self.index += 1
        if char == 0x2E:
            return self._decimal(positive, significand, exponent)
        if char == 0x65 or char == 0x45:
            return self._exponent(positive, significand, exponent)
        if exponent:
            return self._float(positive, significand, exponent)
        if positive:
            return significand
        if significand == 0 or significand > 1 << 63:
            return -float(significand)
        return -significand

    def _decimal(self, positive: bool, significand: int, exponent: int) -> float:
        self.index += 1
        first = self.index
        while 0x30 <= (char := self._peek()) <= 0x39:
            if significand * 10 + char - 0x30 > _U64_MAX:
                self._digits()
                char = self._peek()
                break
            significand = significand * 10 + char - 0x30
            exponent -= 1
            self.index += 1
        if self.index == first:
            if self.index < len(self.data):
                raise self.peek_error("invalid number")
            raise self.peek_error("EOF while parsing a value")
        if char == 0x65 or char == 0x45:
            return self._exponent(positive, significand, exponent)
        return self._float(positive, significand, exponent)

    def _exponent(self, positive: bool, significand: int, start: int) -> float:
        self.index += 1
        char = self._peek()
        up = char != _MINUS
        if char == _MINUS or char == 0x2B:
            self.index += 1
        if self.index >= len(self.data):
            raise self.error_here("EOF while parsing a value")
        char = self.data[self.index]
        self.index += 1
        if not 0x30 <= char <= 0x39:
            raise self.error_here("invalid number")
        power = char - 0x30
        while 0x30 <= (char := self._peek()) <= 0x39:
            self.index += 1
            if power * 10 + char - 0x30 > _I32_MAX:
                if significand and up:
                    raise self.error_here("number out of range")
                self._digits()
                return 0.0 if positive else -0.0
            power = power * 10 + char - 0x30
        return self._float(positive, significand, start + power if up else start - power)

    def _float(self, positive: bool, significand: int, exponent: int) -> float:
        value = float(significand)
        while exponent < -308 and value != 0.0:
            value /= 1e308
            exponent += 308
        if value != 0.0:
            if exponent > 308:
                raise self.error_here("number out of range")
            if exponent >= 0:
                value *= float(f"1e{exponent}")
                if value == float("inf"):
                    raise self.error_here("number out of range")
            else:
                value /= float(f"1e{-exponent}")
        return value if positive else -value

    # --------------------------------------------------------------------------- lists and objects

    def more_items(self, first: bool) -> bool:
        """Whether a list goes on; a comma is consumed."""
        char = self.skip_whitespace()
        if char < 0:
            raise self.peek_error("EOF while parsing a list")
        if char == CLOSE_LIST:
            return False
        if first:
            return True
        if char != _COMMA:
            raise self.peek_error("expected `,` or `]`")
        self.index += 1
        char = self.skip_whitespace()
        if char == CLOSE_LIST:
            raise self.peek_error("trailing comma")
        if char < 0:
            raise self.peek_error("EOF while parsing a value")
        return True

    def more_keys(self, first: bool) -> bool:
        """Whether an object goes on; a comma and the key's quote are consumed."""
        char = self.skip_whitespace()
        if char < 0:
            raise self.peek_error("EOF while parsing an object")
        if char == CLOSE_MAP:
            return False
        if not first:
            if char != _COMMA:
                raise self.peek_error("expected `,` or `}`")
            self.index += 1
            char = self.skip_whitespace()
            if char == CLOSE_MAP:
                raise self.peek_error("trailing comma")
            if char < 0:
                raise self.peek_error("EOF while parsing a value")
        if char != QUOTE:
            raise self.peek_error("key must be a string")
        self.index += 1
        return True

    def colon(self) -> None:
        char = self.skip_whitespace()
        if char < 0:
            raise self.peek_error("EOF while parsing an object")
        if char != _COLON:
            raise self.peek_error("expected `:`")
        self.index += 1

    def end(self, close: int) -> None:
        """Consumes the end of a list or object, `close` being its bracket."""
        char = self.skip_whitespace()
        if char == close:
            self.index += 1
        elif char == _COMMA:
            if close == CLOSE_MAP:
                raise self.peek_error("trailing comma")
            self.index += 1
            if self.skip_whitespace() == CLOSE_LIST:
                raise self.peek_error("trailing comma")
            raise self.peek_error("trailing characters")
        elif char >= 0:
            raise self.peek_error("trailing characters")
        else:
            raise self.peek_error("EOF while parsing an object" if close == CLOSE_MAP else "EOF while parsing a list")

    def failed(self, e: WasmToolsError, close: int) -> WasmToolsError:
        """An error inside a list or object: its end is still looked for, which moves where an unplaced one points."""
        if self._unplaced:
            self._unplaced = False
            message = e.layers[0].message
            try:
                self.end(close)
            except WasmToolsError:
                pass
            return self.error_here(message)
        return e

    # --------------------------------------------------------------------------- values of any shape

    def content(self) -> object:
        """Any value: None, bool, int, float, str, list or `JsonObject`."""
        open_: list[object] = []
        while True:
            char = self.start()
            value: object
            if char == QUOTE:
                self.index += 1
                value = self.string()
            elif char in (OPEN_MAP, OPEN_LIST):
                self.enter()
                if char == OPEN_MAP:
                    new = JsonObject()
                    if self.more_keys(True):
                        new.pairs.append((self.string(), None))
                        self.colon()
                        open_.append(new)
                        continue
                    value = new
                else:
                    if self.more_items(True):
                        open_.append([])
                        continue
                    value = []
                self.depth += 1
                self.index += 1
            elif char == 0x6E:
                self.ident(b"null")
                value = None
            elif char == 0x74:
                self.ident(b"true")
                value = True
            elif char == 0x66:
                self.ident(b"false")
                value = False
            elif char == _MINUS or 0x30 <= char <= 0x39:
                value = self.number()
            else:
                raise self.peek_error("expected value")
            # The value is done: it goes into what is open, which may be done with it.
            while True:
                if not open_:
                    return value
                top = open_[-1]
                if isinstance(top, JsonObject):
                    top.pairs[-1] = (top.pairs[-1][0], value)
                    if self.more_keys(False):
                        top.pairs.append((self.string(), None))
                        self.colon()
                        break
                elif isinstance(top, list):
                    top.append(value)
                    if self.more_items(False):
                        break
                value = open_.pop()
                self.depth += 1
                self.index += 1

    def ignore(self) -> None:
        """Passes over a value, nested however deep: there is no recursion here and no limit."""
        open_ = bytearray()
        while True:
            char = self.start()
            if char == QUOTE:
                self.index += 1
                self._ignore_string()
            elif char in (OPEN_LIST, OPEN_MAP):
                self.index += 1
                open_.append(char)
            elif char == 0x6E:
                self.ident(b"null")
            elif char == 0x74:
                self.ident(b"true")
            elif char == 0x66:
                self.ident(b"false")
            elif char == _MINUS or 0x30 <= char <= 0x39:
                self._ignore_number()
            else:
                raise self.peek_error("expected value")
            first = char in (OPEN_LIST, OPEN_MAP)
            while True:
                if not open_:
                    return
                frame = open_[-1]
                char = self.skip_whitespace()
                if char == _COMMA and not first:
                    self.index += 1
                    break
                if char != (CLOSE_LIST if frame == OPEN_LIST else CLOSE_MAP):
                    if char < 0:
                        raise self.peek_error(
                            "EOF while parsing a list" if frame == OPEN_LIST else "EOF while parsing an object"
                        )
                    if first:
                        break
                    raise self.peek_error("expected `,` or `]`" if frame == OPEN_LIST else "expected `,` or `}`")
                self.index += 1
                open_.pop()
                first = False
            if frame == OPEN_MAP:
                char = self.skip_whitespace()
                if char != QUOTE:
                    raise self.peek_error("EOF while parsing an object" if char < 0 else "key must be a string")
                self.index += 1
                self._ignore_string()
                self.colon()

    def _ignore_string(self) -> None:
        data = self.data
        size = len(data)
        quote = -1
        while True:
            start = self.index
            if quote < start:
                quote = data.find(b'"', start)
                if quote < 0:
                    quote = size
            end = data.find(b"\\", start, quote)
            if end < 0:
                end = quote
            chunk = data[start:end]
            if len(chunk.translate(None, _CONTROLS)) != len(chunk):
                while data[self.index] >= 0x20:
                    self.index += 1
                raise self.error_here("control character (\\u0000-\\u001F) found while parsing a string")
            self.index = end
            if end == size:
                raise self.error_here("EOF while parsing a string")
            self.index += 1
            if end == quote:
                return
            if self.index >= size:
                raise self.error_here("EOF while parsing a string")
            char = data[self.index]
            self.index += 1
            if char == 0x75:
                self._hex_escape()
            elif char not in _ESCAPES:
                raise self.error_here("invalid escape")

    def _ignore_number(self) -> None:
        if self._peek() == _MINUS:
            self.index += 1
        char = self._peek()
        if self.index < len(self.data):
            self.index += 1
        if char == 0x30:
            if 0x30 <= self._peek() <= 0x39:
                raise self.peek_error("invalid number")
        elif 0x31 <= char <= 0x39:
            self._digits()
        else:
            raise self.error_here("invalid number")
        char = self._peek()
        if char == 0x2E:
            self.index += 1
            if not self._digits():
                raise self.peek_error("invalid number")
            char = self._peek()
        if char == 0x65 or char == 0x45:
            self.index += 1
            char = self._peek()
            if char == 0x2B or char == _MINUS:
                self.index += 1
            if not self._digits():
                if self.index < len(self.data):
                    self.index += 1
                raise self.error_here("invalid number")

    def _digits(self) -> int:
        """Passes over digits; how many there were."""
        start = self.index
        reach = 16
        while 0x30 <= self._peek() <= 0x39:
            piece = self.data[self.index : self.index + reach]
            self.index += len(piece) - len(piece.lstrip(b"0123456789"))
            reach *= 2
        return self.index - start


def float_text(number: float) -> str:
    """A finite float in the shortest digits that read back, written as the zmij crate does."""
    text = repr(number)
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    power = int(exponent)
    if power != -5:
        return f"{mantissa}e{power:+d}" if power >= 0 else f"{mantissa}e{power}"
    sign = "-" if mantissa.startswith("-") else ""
    return f"{sign}0.0000{mantissa.lstrip('-').replace('.', '')}"
