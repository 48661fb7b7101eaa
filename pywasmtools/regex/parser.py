"""The syntax of patterns, as the `regex` crate has it: `parse`, text to nodes. It does not recurse.

No look-around and no back references; `(?x)` lets white space and comments stand anywhere. Nesting is at most 250 deep.
"""

from __future__ import annotations

from pywasmtools.regex.errors import refused
from pywasmtools.regex.nodes import (
    ALTERNATION,
    ASSERTION,
    BRACKETED,
    CONCAT,
    DOT,
    EMPTY,
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
    joined,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.diagnostics import WasmToolsError
    from pywasmtools.regex.errors import Span

NEST_LIMIT: Final = 250
WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
META: Final = "\\.+*?()|[]{}^$#&-~"
SPECIAL: Final = {"a": 0x07, "f": 0x0C, "t": 0x09, "n": 0x0A, "r": 0x0D, "v": 0x0B}
"""Letters that stand for a control character behind a backslash."""
POSIX_NAMES: Final = frozenset(
    [
        "alnum",
        "alpha",
        "ascii",
        "blank",
        "cntrl",
        "digit",
        "graph",
        "lower",
        "print",
        "punct",
        "space",
        "upper",
        "word",
        "xdigit",
    ]
)
DIGITS: Final = {"x": 2, "u": 4, "U": 8}
HEX: Final = frozenset("0123456789abcdefABCDEF")
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
LOOK_AROUND: Final = ("?=", "?!", "?<=", "?<!")
UNCOUNTED: Final = {"?": (0, 1), "*": (0, UNBOUNDED), "+": (1, UNBOUNDED)}
BOUNDARIES: Final = ("start", "end", "start-half", "end-half")
END_IN_ESCAPE: Final = "incomplete escape sequence, reached end of pattern prematurely"
MISSING: Final = "repetition operator missing expression"
COUNT_UNCLOSED: Final = "unclosed counted repetition"
CLASS_UNCLOSED: Final = "unclosed character class"


class _Open:
    """A group on the way, or the whole: what stood before it, its alternatives so far, and those of the current one."""

    __slots__ = ("alternatives", "group", "items", "skips_space", "start")

    def __init__(self, group: Node | None, start: int, skips_space: bool) -> None:
        self.group = group
        self.alternatives: list[Node] = []
        self.items: list[Node] = []
        self.start = start
        """Where the current alternative begins."""
        self.skips_space = skips_space
        """Whether `x` was on outside of it."""


class _Class:
    """A bracketed class on the way: its items so far; before an operator, what stood on its left."""

    __slots__ = ("items", "left", "node", "operator", "start")

    def __init__(self, node: Node, items: list[Node], start: int) -> None:
        self.node = node
        self.items = items
        self.start = start
        self.left: Node | None = None
        self.operator = ""

    def push(self, item: Node) -> None:
        if not self.items:
            self.start = item.start
        self.items.append(item)

    def side(self) -> Node:
        """All items so far as one node, with the operator before them."""
        right = joined(UNION, self.start, self.items[-1].end if self.items else self.start, self.items)
        if self.left is None:
            return right
        return Node(OPERATION, self.left.start, right.end, self.operator, [self.left, right])


def parse(pattern: str) -> Node:
    """The nodes of a pattern. Raises what is wrong with it."""
    node = _Parser(pattern).whole()
    _check_nesting(pattern, node)
    return node


class _Parser:
    """A cursor over a pattern."""

    __slots__ = ("at", "end", "names", "open", "pattern", "skips_space")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.end = len(pattern)
        self.skips_space = False
        self.names: dict[str, Span] = {}
        self.open = [_Open(None, 0, False)]

    # ------------------------------------------------------------------- the cursor

    def refused(self, start: int, end: int, message: str, also: Span | None = None) -> WasmToolsError:
        return refused(self.pattern, start, end, message, also)

    def char(self) -> str:
        """The character here; empty at the end."""
        return self.pattern[self.at : self.at + 1]

    def peek(self) -> str:
        return self.pattern[self.at + 1 : self.at + 2]

    def bump(self) -> bool:
        """Steps over a character; False where the pattern ends behind it."""
        if self.at < self.end:
            self.at += 1
        return self.at < self.end

    def bump_if(self, prefix: str) -> bool:
        if self.pattern.startswith(prefix, self.at):
            self.at += len(prefix)
            return True
        return False

    def bump_and_space(self) -> bool:
        """Steps over a character, and over space under `x`; False where the pattern ends there."""
        if not self.bump():
            return False
        self.skip_space()
        return self.at < self.end

    def skip_space(self) -> None:
        """Under `x`, steps over white space and comments."""
        if not self.skips_space:
            return
        while self.at < self.end:
            if self.pattern[self.at] in WHITE_SPACE:
                self.at += 1
            elif self.pattern[self.at] == "#":
                line_end = self.pattern.find("\n", self.at)
                self.at = self.end if line_end < 0 else line_end + 1
            else:
                return

    def peek_space(self) -> str:
        """The character behind this one; under `x`, behind space too, and comments as the crate looks over them."""
        if not self.skips_space:
            return self.peek()
        start = self.at + 1
        in_comment = False
        for k in range(start, self.end):
            c = self.pattern[k]
            if c in WHITE_SPACE:
                continue
            if not in_comment and c == "#":
                in_comment = True
            elif in_comment and c == "\n":
                in_comment = False
            else:
                start = k
                break
        return self.pattern[start : start + 1]

    # ------------------------------------------------------------------- concatenations and groups

    def whole(self) -> Node:
        while True:
            self.skip_space()
            if self.at >= self.end:
                break
            c = self.char()
            items = self.open[-1].items
            if c == "(":
                self.open_group()
            elif c == ")":
                self.close_group()
            elif c == "|":
                self.next_alternative()
                self.bump()
                self.open[-1].start = self.at
            elif c == "[":
                items.append(self.bracketed())
            elif c in UNCOUNTED:
                self.uncounted(items)
            elif c == "{":
                self.counted(items)
            else:
                items.append(self.primitive())
        last = self.open[-1]
        if last.group is not None:
            raise self.refused(last.group.start, last.group.end, "unclosed group")
        return self.closed(last)

    def next_alternative(self) -> None:
        """Ends the current alternative here."""
        current = self.open[-1]
        current.alternatives.append(joined(CONCAT, current.start, self.at, current.items))
        current.items = []

    def closed(self, group: _Open) -> Node:
        """What stands in a group that ends here."""
        if not group.alternatives:
            return joined(CONCAT, group.start, self.at, group.items)
        self.next_alternative()
        return Node(ALTERNATION, group.alternatives[0].start, self.at, items=group.alternatives)

    def open_group(self) -> None:
        start = self.at
        self.bump()
        self.skip_space()
        for prefix in LOOK_AROUND:
            if self.bump_if(prefix):
                message = "look-around, including look-ahead and look-behind, is not supported"
                raise self.refused(start, self.at, message)
        inner = self.at
        node = Node(GROUP, start, start + 1)
        if self.bump_if("?P<") or self.bump_if("?<"):
            self.capture_name()
        elif self.bump_if("?"):
            if self.at >= self.end:
                raise self.refused(start, start + 1, "unclosed group")
            flags = self.flags()
            ending = self.char()
            self.bump()
            if ending == ")":
                if not flags:
                    raise self.refused(inner, inner, MISSING)
                node = Node(FLAGS, start, self.at)
                node.flags = flags
                self.skips_space = dict(flags).get("x", self.skips_space)
                self.open[-1].items.append(node)
                return
            node.flags = flags
        self.open.append(_Open(node, self.at, self.skips_space))
        self.skips_space = dict(node.flags).get("x", self.skips_space)

    def close_group(self) -> None:
        current = self.open[-1]
        if current.group is None:
            raise self.refused(self.at, self.at + 1, "unopened group")
        inner = self.closed(current)
        self.open.pop()
        self.skips_space = current.skips_space
        self.bump()
        current.group.end = self.at
        current.group.items = [inner]
        self.open[-1].items.append(current.group)

    def capture_name(self) -> None:
        start = self.at
        while self.at < self.end and self.char() != ">":
            if not _is_capture_char(self.char(), self.at == start):
                raise self.refused(self.at, self.at + 1, "invalid capture group character")
            self.bump()
        if self.at >= self.end:
            raise self.refused(self.at, self.at, "unclosed capture group name")
        name = self.pattern[start : self.at]
        end = self.at
        self.bump()
        if not name:
            raise self.refused(start, start, "empty capture group name")
        if name in self.names:
            raise self.refused(start, end, "duplicate capture group name", self.names[name])
        self.names[name] = (start, end)

    def flags(self) -> list[tuple[str, bool]]:
        """Letters up to `:` or `)`, which stays, and whether they are turned on."""
        seen: dict[str, int] = {}
        found: list[tuple[str, bool]] = []
        dangling = -1
        while self.char() != ":" and self.char() != ")":
            c = self.char()
            if c not in "imsUuRx-":
                raise self.refused(self.at, self.at + 1, "unrecognized flag")
            if c in seen:
                what = "flag negation operator repeated" if c == "-" else "duplicate flag"
                raise self.refused(self.at, self.at + 1, what, (seen[c], seen[c] + 1))
            seen[c] = self.at
            dangling = self.at if c == "-" else -1
            if c != "-":
                found.append((c, "-" not in seen))
            if not self.bump():
                raise self.refused(self.at, self.at, "expected flag but got end of regex")
        if dangling >= 0:
            raise self.refused(dangling, dangling + 1, "dangling flag negation operator")
        return found

    # ------------------------------------------------------------------- repetitions

    def repeated(self, items: list[Node]) -> Node:
        """What an operator repeats: the last item."""
        if not items or items[-1].kind in (EMPTY, FLAGS):
            raise self.refused(self.at, self.at, MISSING)
        return items.pop()

    def uncounted(self, items: list[Node]) -> None:
        inner = self.repeated(items)
        low, high = UNCOUNTED[self.char()]
        if self.bump() and self.char() == "?":
            self.bump()
        items.append(_repetition(inner, self.at, low, high))

    def counted(self, items: list[Node]) -> None:
        start = self.at
        inner = self.repeated(items)
        if not self.bump_and_space():
            raise self.refused(start, self.at, COUNT_UNCLOSED)
        low, refusal = self.decimal()
        if self.at >= self.end:
            raise self.refused(start, self.at, COUNT_UNCLOSED)
        high = low
        if self.char() == ",":
            if not self.bump_and_space():
                raise self.refused(start, self.at, COUNT_UNCLOSED)
            high = UNBOUNDED
            if self.char() != "}":
                if refusal is not None:
                    raise refusal
                high, refusal = self.decimal()
        if refusal is not None:
            raise refusal
        if self.char() != "}":
            raise self.refused(start, self.at, COUNT_UNCLOSED)
        if self.bump_and_space() and self.char() == "?":
            self.bump()
        if high != UNBOUNDED and high < low:
            message = "invalid repetition count range, the start must be <= the end"
            raise self.refused(start, self.at, message)
        items.append(_repetition(inner, self.at, low, high))

    def decimal(self) -> tuple[int, WasmToolsError | None]:
        """A number with white space around it, or what is wrong with it."""
        while self.at < self.end and self.char() in WHITE_SPACE:
            self.bump()
        start = self.at
        digits = ""
        while self.at < self.end and "0" <= self.char() <= "9":
            digits += self.char()
            self.bump_and_space()
        end = self.at
        while self.at < self.end and self.char() in WHITE_SPACE:
            self.bump_and_space()
        if not digits:
            return 0, self.refused(start, end, "repetition quantifier expects a valid decimal")
        significant = digits.lstrip("0")
        if len(significant) > 10 or int(significant or "0") > 0xFFFFFFFF:
            return 0, self.refused(start, end, "decimal literal invalid")
        return int(significant or "0"), None

    # ------------------------------------------------------------------- primitives

    def primitive(self) -> Node:
        c = self.char()
        if c == "\\":
            return self.escape()
        start = self.at
        self.bump()
        if c == ".":
            return Node(DOT, start, self.at)
        if c == "^" or c == "$":
            return Node(ASSERTION, start, self.at, c)
        return _literal(start, self.at, ord(c))

    def escape(self) -> Node:
        start = self.at
        if not self.bump():
            raise self.refused(start, self.at, END_IN_ESCAPE)
        c = self.char()
        if "0" <= c <= "9":
            raise self.refused(start, self.at + 1, "backreferences are not supported")
        if c in DIGITS:
            return self.hex(start)
        if c == "p" or c == "P":
            return self.property(start)
        self.bump()
        if c in "dswDSW":
            node = Node(PERL, start, self.at, c.lower())
            node.negated = c.isupper()
            return node
        if c in META or (c.isascii() and c not in LETTERS and c not in "<>"):
            return _literal(start, self.at, ord(c))
        if c in SPECIAL:
            return _literal(start, self.at, SPECIAL[c])
        if c in "AzB<>":
            return Node(ASSERTION, start, self.at, f"\\{c}")
        if c == "b":
            node = Node(ASSERTION, start, self.at, "\\b")
            if self.char() == "{":
                self.special_boundary(node)
            return node
        raise self.refused(start, self.at, "unrecognized escape sequence")

    def special_boundary(self, node: Node) -> None:
        """`{start}` and the like behind `\\b`; what is no name is left to be a repetition."""
        start = self.at
        if not self.bump_and_space():
            message = (
                "found either the beginning of a special word boundary or a bounded repetition on a \\b with an opening "
                "brace, but no closing brace"
            )
            raise self.refused(node.start, self.at, message)
        inner = self.at
        name = ""
        while self.at < self.end and (self.char() in LETTERS or self.char() == "-"):
            name += self.char()
            self.bump_and_space()
        if not name:
            self.at = start
            return
        if self.char() != "}":
            message = "special word boundary assertion is either unclosed or contains an invalid character"
            raise self.refused(start, self.at, message)
        end = self.at
        self.bump()
        if name not in BOUNDARIES:
            message = (
                "unrecognized special word boundary assertion, valid choices are: start, end, start-half or end-half"
            )
            raise self.refused(inner, end, message)
        node.text = f"\\b{{{name}}}"
        node.end = self.at

    def hex(self, escape: int) -> Node:
        """The digits behind `\\x`, `\\u` or `\\U`, in braces or so many."""
        count = DIGITS[self.char()]
        if not self.bump_and_space():
            raise self.refused(self.at, self.at, END_IN_ESCAPE)
        digits = ""
        start = self.at
        in_braces = self.char() == "{"
        if in_braces:
            while self.bump_and_space() and self.char() != "}":
                digits += self.hex_digit()
            if self.at >= self.end:
                raise self.refused(start, self.at, END_IN_ESCAPE)
            end = self.at
            self.bump_and_space()
            if not digits:
                raise self.refused(start, self.at, "hexadecimal literal empty")
            start += 1
        else:
            for k in range(count):
                if k and not self.bump_and_space():
                    raise self.refused(self.at, self.at, END_IN_ESCAPE)
                digits += self.hex_digit()
            self.bump_and_space()
            end = self.at
        digits = digits.lstrip("0") or "0"
        code = int(digits, 16) if len(digits) <= 8 else 1 << 32
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise self.refused(start, end, "hexadecimal literal is not a Unicode scalar value")
        node = _literal(escape, self.at, code)
        node.is_byte = count == 2 and not in_braces
        return node

    def hex_digit(self) -> str:
        if self.char() not in HEX:
            raise self.refused(self.at, self.at + 1, "invalid hexadecimal digit")
        return self.char()

    def property(self, start: int) -> Node:
        """`\\pL`, `\\p{Greek}`, `\\p{sc=Greek}`, and with a capital what is not that."""
        negated = self.char() == "P"
        if not self.bump_and_space():
            raise self.refused(self.at, self.at, END_IN_ESCAPE)
        node = Node(PROPERTY, start, start)
        node.negated = negated
        if self.char() == "{":
            name = ""
            while self.bump_and_space() and self.char() != "}":
                name += self.char()
            if self.at >= self.end:
                raise self.refused(self.at, self.at, END_IN_ESCAPE)
            self.bump()
            for sign in ("!=", ":", "="):
                if sign in name:
                    name, _, node.value = name.partition(sign)
                    node.negated = negated != (sign == "!=")
                    break
            node.text = name
        else:
            if self.char() == "\\":
                raise self.refused(self.at, self.at + 1, "invalid Unicode character class")
            node.text = self.char()
            self.bump_and_space()
        node.end = self.at
        return node

    # ------------------------------------------------------------------- bracketed classes

    def bracketed(self) -> Node:
        classes: list[_Class] = []
        while True:
            if classes:
                self.skip_space()
                if self.at >= self.end:
                    raise self.class_unclosed(classes)
            c = self.char()
            if c == "[":
                posix = self.posix() if classes else None
                if posix is None:
                    classes.append(self.open_class())
                else:
                    classes[-1].push(posix)
            elif c == "]":
                current = classes.pop()
                self.bump()
                current.node.end = self.at
                current.node.items = [current.side()]
                if not classes:
                    return current.node
                classes[-1].push(current.node)
            elif c in "&-~" and self.peek() == c:
                current = classes[-1]
                current.left = current.side()
                current.operator = c + c
                self.at += 2
                current.items = []
                current.start = self.at
            else:
                classes[-1].push(self.class_range(classes))

    def class_unclosed(self, classes: list[_Class]) -> WasmToolsError:
        node = classes[-1].node
        return self.refused(node.start, node.end, CLASS_UNCLOSED)

    def open_class(self) -> _Class:
        start = self.at
        if not self.bump_and_space():
            raise self.refused(start, self.at, CLASS_UNCLOSED)
        node = Node(BRACKETED, start, start)
        if self.char() == "^":
            node.negated = True
            if not self.bump_and_space():
                raise self.refused(start, self.at, CLASS_UNCLOSED)
        current = _Class(node, [], self.at)
        while self.char() == "-":
            current.push(_literal(self.at, self.at + 1, ord("-")))
            if not self.bump_and_space():
                raise self.refused(start, start, CLASS_UNCLOSED)
        if not current.items and self.char() == "]":
            current.push(_literal(self.at, self.at + 1, ord("]")))
            if not self.bump_and_space():
                raise self.refused(start, self.at, CLASS_UNCLOSED)
        node.end = self.at
        return current

    def posix(self) -> Node | None:
        """`[:name:]`; None, and nothing is read, where it is not one."""
        if self.peek() != ":":
            return None
        start = self.at + 2
        negated = self.pattern.startswith("^", start)
        end = self.pattern.find(":", start + negated)
        name = self.pattern[start + negated : end]
        if end < 0 or not self.pattern.startswith(":]", end) or name not in POSIX_NAMES:
            return None
        node = Node(POSIX, self.at, end + 2, name)
        node.negated = negated
        self.at = end + 2
        return node

    def class_range(self, classes: list[_Class]) -> Node:
        """An item of a class, or a range of two."""
        first = self.class_item()
        self.skip_space()
        if self.at >= self.end:
            raise self.class_unclosed(classes)
        if self.char() != "-" or self.peek_space() in ("]", "-"):
            if first.kind == ASSERTION:
                raise self.refused(first.start, first.end, "invalid escape sequence found in character class")
            return first
        if not self.bump_and_space():
            raise self.class_unclosed(classes)
        last = self.class_item()
        for side in (first, last):
            if side.kind != LITERAL:
                raise self.refused(side.start, side.end, "invalid range boundary, must be a literal")
        if first.low > last.low:
            message = "invalid character class range, the start must be <= the end"
            raise self.refused(first.start, last.end, message)
        return Node(RANGE, first.start, last.end, items=[first, last])

    def class_item(self) -> Node:
        if self.char() == "\\":
            return self.escape()
        self.bump()
        return _literal(self.at - 1, self.at, ord(self.pattern[self.at - 1]))


def _literal(start: int, end: int, code: int) -> Node:
    node = Node(LITERAL, start, end)
    node.low = code
    return node


def _repetition(inner: Node, end: int, low: int, high: int) -> Node:
    node = Node(REPETITION, inner.start, end, items=[inner])
    node.low = low
    node.high = high
    return node


def _is_capture_char(c: str, is_first: bool) -> bool:
    """Whether a group's name may have a character."""
    if c == "_" or c.isalpha():
        return True
    if not is_first and c in ".[]":
        return True
    if c.isascii():
        return not is_first and c.isdigit()
    from pywasmtools.regex.sets import holds
    from pywasmtools.regex.unicode import named

    return holds(named("Alphabetic"), ord(c)) or (not is_first and holds(named("N"), ord(c)))


def _check_nesting(pattern: str, node: Node) -> None:
    """Raises at the first node that is nested too deeply."""
    waiting = [(node, 0)]
    while waiting:
        inner, depth = waiting.pop()
        if inner.kind >= BRACKETED and inner.kind not in (RANGE, POSIX):
            depth += 1
            if depth > NEST_LIMIT:
                message = f"exceed the maximum number of nested parentheses/brackets ({NEST_LIMIT})"
                raise refused(pattern, inner.start, inner.end, message)
            waiting += [(item, depth) for item in reversed(inner.items)]
