"""WIT formatted: one way to lay out a file, with its comments and its order kept.

The style is that of the printer of `wasm-tools component wit`; text as that prints it stays as it is, but for two blank
lines between packages. Beyond it: blank lines between items stay, one at most; a list of parameters or names that
begins on a line of its own keeps a line an item; comments stay between the tokens that they stood between, on a line of
their own or at a line's end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pywasmtools.diagnostics import error
from pywasmtools.lab.grammar import parse
from pywasmtools.wit.syntax.parser import parse_package_file

if TYPE_CHECKING:
    from tree_sitter import Node

NONE, SPACE, LINE = range(3)
"""What stands before a token: nothing, a space, or the start of a line."""

_BODIES: Final = frozenset({"package_body", "interface_body", "world_body", "resource_body"})
_LISTS: Final = frozenset({"record_body", "variant_body", "enum_body", "flags_body"})
"""Bodies whose items stand between commas. They and `_BODIES` are written over lines, an item each."""

_BREAKABLE: Final = frozenset({"parameters", "use", "include_names"})
"""Lists that are on one line unless their author began a line in them."""

_FILES: Final = frozenset({"source_file", "package_body"})
_COMMENTS: Final = frozenset({"line_comment", "block_comment"})
_QUALIFIED: Final = frozenset({"package_name", "qualified_path"})
_OPENING: Final = frozenset({b"(", b"{", b"<"})
_CLOSING: Final = frozenset({b")", b"}", b">"})
_TIGHT_BEFORE: Final = frozenset({b",", b";", b")", b">", b".", b":", b"(", b"<", b"/"})
_TIGHT_AFTER: Final = frozenset({b"", b"(", b"<", b".", b"/", b"@"})
_INDENT: Final = b"  "


class Token(NamedTuple):
    """A token, or a comment, of a file: its text, and its place in bytes."""

    text: bytes
    start: int
    end: int
    is_comment: bool = False
    before: int = SPACE
    depth: int = 0
    """How many levels in it stands where it starts a line."""
    starts_item: bool = False
    """Whether a blank line before it stays."""
    in_file: bool = False
    """Whether it starts an item of a file or package, which has a blank line before it unless it has a line already."""


def format_wit(source: bytes) -> bytes:
    """A WIT file in the one layout; bytes in UTF-8, as is what comes back.

    Raises WasmToolsError for what is no WIT, with the words and the place that the reference has for it, and where the
    layout would change what the file means. Raises NoGrammar.
    """
    parse_package_file(source, 0)
    tokens = tokens_of(source)
    written = _Writer(source).write(tokens)
    if _essence(tokens) != _essence(tokens_of(written)):
        raise error("pywasmtools failed: another layout would change what the file means")
    return written


def tokens_of(source: bytes) -> list[Token]:
    """All tokens and comments, in order, with where each is to stand."""
    root = parse(source).root_node
    if root.has_error:
        raise error("pywasmtools failed: the grammar does not know what the file holds")
    reader = _Reader(source)
    reader.items(root, 0)
    return reader.tokens


def _essence(tokens: list[Token]) -> list[bytes]:
    """All tokens and comments, but the commas that end a list: what must be the same before and after."""
    found: list[bytes] = []
    comma = -1
    for token in tokens:
        if token.text in _CLOSING and comma >= 0:
            del found[comma]
        if not token.is_comment:
            comma = len(found) if token.text == b"," else -1
        found.append(token.text)
    return found


class _Reader:
    """Collects the tokens of a tree."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.tokens: list[Token] = []
        self.previous = b""
        self.parent = ""
        """The token before, and the kind of the node that it belongs to."""
        self.start: tuple[bool, bool] | None = None
        """Where the next token starts a line: whether it starts an item, and one of a file or package."""

    def node(self, node: Node, depth: int) -> None:
        """A node and all below it; `depth` levels in."""
        if node.type in _BODIES:
            self.items(node, depth + 1)
        elif node.type in _LISTS or (node.type in _BREAKABLE and self.is_broken(node)):
            self.over_lines(node, depth)
        elif not node.child_count or node.type == "string":
            self.leaf(node, depth)
        else:
            for child in node.children:
                if child.type != "," or not self.ends_list(child):
                    self.node(child, depth)
        if node.type == "attribute":
            self.start = (False, False)

    def items(self, node: Node, depth: int) -> None:
        """The children of a file or body, each on a line."""
        for child in node.children:
            if child.type == "{":
                self.node(child, depth - 1)
            elif child.type == "}":
                self.start = (False, False)
                self.node(child, depth - 1)
            else:
                if child.type not in _COMMENTS:
                    self.start = (True, node.type in _FILES)
                self.node(child, depth)

    def over_lines(self, node: Node, depth: int) -> None:
        """The children of a list, an item a line, and a comma after the last too."""
        is_open = False
        for child in node.children:
            if child.type in ("{", "("):
                is_open = True
                self.node(child, depth)
            elif child.type in ("}", ")"):
                if self.previous not in (b",", b"{", b"("):
                    self.comma()
                is_open = False
                self.start = (False, False)
                self.node(child, depth)
            else:
                if is_open and child.type != "," and child.type not in _COMMENTS:
                    self.start = (True, False)
                self.node(child, depth + is_open)

    def leaf(self, node: Node, depth: int) -> None:
        """A token or a comment."""
        start, end = node.start_byte, node.end_byte
        text = self.source[start:end]
        if node.type in _COMMENTS:
            self.tokens.append(Token(text.rstrip(), start, end, True))
            return
        if self.start is None:
            token = Token(text, start, end, False, self.spacing(text, node), depth)
        else:
            token = Token(text, start, end, False, LINE, depth, *self.start)
        self.start = None
        self.previous = text
        self.parent = node.parent.type if node.parent else ""
        self.tokens.append(token)

    def spacing(self, text: bytes, node: Node) -> int:
        """What stands between a token and the one before it on its line."""
        before = self.previous
        parent = node.parent.type if node.parent else ""
        if text in _TIGHT_BEFORE or before in _TIGHT_AFTER:
            return NONE
        if (text == b"@" and parent in _QUALIFIED) or (before == b":" and self.parent in _QUALIFIED):
            return NONE
        if (text == b"}" and parent == "use") or (before == b"{" and self.parent == "use"):
            return NONE
        return SPACE

    def comma(self) -> None:
        """A comma right after the last token, before comments that follow it."""
        at = len(self.tokens)
        while self.tokens[at - 1].is_comment:
            at -= 1
        end = self.tokens[at - 1].end
        self.tokens.insert(at, Token(b",", end, end, before=NONE))

    def is_broken(self, node: Node) -> bool:
        """Whether a list that has items begins them on a line of their own."""
        opening = next((child for child in node.children if child.type in ("(", "{")), None)
        if opening is None:
            return False
        after = opening
        while (following := after.next_sibling) is not None and following.type in _COMMENTS:
            after = following
        if following is None or following.type in (")", "}"):
            return False
        return b"\n" in self.source[opening.end_byte : following.start_byte]

    def ends_list(self, comma: Node) -> bool:
        """Whether a comma is the last of a list, where it says nothing."""
        after = comma.next_sibling
        while after is not None and after.type in _COMMENTS:
            after = after.next_sibling
        return after is not None and after.type in (")", "}", ">")


class _Writer:
    """Writes tokens, and comments between them."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.out: list[bytes] = []
        self.end = 0
        """Where what was written last ends in the source."""

    def write(self, tokens: list[Token]) -> bytes:
        """The file."""
        at = 0
        previous = Token(b"", 0, 0)
        while at < len(tokens):
            first = at
            while at < len(tokens) and tokens[at].is_comment:
                at += 1
            token = tokens[at] if at < len(tokens) else Token(b"", len(self.source), len(self.source), False, LINE)
            self.between(previous, tokens[first:at], token)
            self.out.append(token.text)
            self.end = token.end
            previous = token
            at += 1
        text = b"".join(self.out).rstrip()
        return text + b"\n" if text else b""

    def between(self, previous: Token, comments: list[Token], token: Token) -> None:
        """What stands between two tokens: comments, lines, spaces."""
        must_break = False
        on_own_line = not self.out
        for comment in comments:
            lines = self.lines_to(comment.start)
            if lines == 0 and self.out and not must_break:
                self.out.append(b" ")
            else:
                # Above a closing bracket a comment stands as the items do.
                within = token.before != LINE or token.text in _CLOSING
                self.line(token.depth + within, lines > 1 and previous.text not in _OPENING)
                on_own_line = True
            self.out.append(comment.text)
            self.end = comment.end
            must_break = comment.text.startswith(b"//")
            previous = comment
        lines = self.lines_to(token.start)
        starts_line = token.before == LINE
        if comments and lines == 0 and not must_break and (on_own_line or not starts_line):
            self.out.append(b" " if token.text not in _TIGHT_BEFORE else b"")
        elif starts_line:
            is_blank = lines > 1 or (lines == 0 and token.in_file and token.text != b"use")
            self.line(token.depth, is_blank and token.starts_item and previous.text not in _OPENING)
        elif comments:
            self.line(token.depth + 1, False)
        elif token.before == SPACE:
            self.out.append(b" ")

    def lines_to(self, start: int) -> int:
        """How many lines end between what was written last and a place in the source."""
        return self.source.count(b"\n", self.end, start)

    def line(self, depth: int, is_blank: bool) -> None:
        """Starts a line, and leaves one out before it."""
        if self.out:
            self.out.append(b"\n\n" if is_blank else b"\n")
        self.out.append(_INDENT * depth)
