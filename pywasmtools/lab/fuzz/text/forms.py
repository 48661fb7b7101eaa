"""WebAssembly text changed where it has joints: forms in parentheses and tokens, without knowing what they mean."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from pywasmtools.lab.fuzz.core.stock import float_bits, number
from pywasmtools.lab.fuzz.text.spellings import ODD, QUOTED, SPACES, floating, integer, space, string, unsigned
from pywasmtools.wasm.canonicals import ROWS as CANONICALS
from pywasmtools.wasm.component_types import PRIMITIVE_NAMES
from pywasmtools.wasm.instructions import ROWS

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\(;.*?;\)|;;[^\n]*|\(@[^\s()"]*|[()]|\s+|[^\s()";]+|.', re.S)
NUMBER = re.compile(r"[+-]?(?:0x)?[0-9][0-9a-fA-F_.pPeE+-]*$|[+-]?(?:inf|nan.*)$")

MNEMONICS = [row.name for row in ROWS]
WORDS = (
    *("func", "type", "param", "result", "local", "global", "table", "memory", "elem", "data", "export", "import"),
    *("start", "module", "component", "instance", "core", "canon", "lift", "lower", "alias", "outer", "rec", "sub"),
    *("final", "struct", "array", "field", "mut", "ref", "null", "shared", "item", "offset", "declare", "then", "else"),
    *("i32", "i64", "f32", "f64", "v128", "funcref", "anyref", "externref", "exnref", "i8", "i16", "end", "binary"),
    *("quote", "definition", "with", "instantiate", "list", "option", "tuple", "variant", "case", "enum", "flags"),
    *("own", "borrow", "resource", "rep", "dtor", "eq", "async", "realloc", "post-return", "value", "pagesize", "on"),
    *("switch", "cont", "tag", "catch", "catch_all", "do", "exact", "describes", "descriptor", "seqcst", "acqrel"),
    *("string-encoding=utf8", "string-encoding=latin1+utf16", "align=3", "offset=-1", "nan:canonical", "stream", "map"),
)


def tokens_of(text: str) -> list[str]:
    """The tokens of a text, with what stands between them; joined they are the text."""
    return TOKEN.findall(text)


def forms_of(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Where forms begin and end among the tokens, those that are closed."""
    open_: list[int] = []
    found = []
    for k, token in enumerate(tokens):
        if token == "(" or token.startswith("(@"):
            open_.append(k)
        elif token == ")" and open_:
            found.append((open_.pop(), k + 1))
    return found


def head_of(tokens: Sequence[str], form: tuple[int, int]) -> str:
    """The first word of a form."""
    return tokens[form[0] + 1] if form[0] + 1 < form[1] else ""


def respaced(rng: random.Random, text: str) -> str:
    """The text with other things between its tokens, comments among them."""
    return "".join([space(rng, rng.randrange(3) > 0) if token.isspace() else token for token in tokens_of(text)])


class Forms:
    """Changes texts, with others to take parts from."""

    def __init__(self, rng: random.Random, others: Sequence[bytes] = ()) -> None:
        self.rng = rng
        self.others = others

    def change(self, text: str) -> str:
        """One to three changes."""
        for _ in range(self.rng.choice((1, 1, 1, 1, 2, 3))):
            tokens = tokens_of(text)
            if not tokens:
                return "("
            if self.rng.randrange(2):
                self._form(tokens)
            else:
                self._token(tokens)
            text = "".join(tokens)
        return text

    def _form(self, tokens: list[str]) -> None:
        rng = self.rng
        forms = forms_of(tokens)
        if not forms:
            return
        form = rng.choice(forms)
        start, end = form
        own = tokens[start:end]
        way = rng.randrange(8)
        if way == 0:
            del tokens[start:end]
        elif way == 1:
            tokens[end:end] = [" ", *own]
        elif way == 2:
            other = rng.choice(forms)
            taken = tokens[other[0] : other[1]]
            tokens[start:end] = taken
        elif way == 3:
            self._swap(tokens, form, rng.choice(forms))
        elif way in (4, 5):
            taken = self._foreign(head_of(tokens, form) if way == 4 else "")
            if taken:
                tokens[start:end] = taken
        elif way == 6:
            del tokens[end - 1]
            del tokens[start]
        else:
            tokens[start:end] = ["(", rng.choice((*WORDS, *MNEMONICS)), " ", *own, ")"]

    def _swap(self, tokens: list[str], a: tuple[int, int], b: tuple[int, int]) -> None:
        first, last = sorted((a, b))
        if first[1] > last[0]:
            return
        one, other = tokens[first[0] : first[1]], tokens[last[0] : last[1]]
        tokens[last[0] : last[1]] = one
        tokens[first[0] : first[1]] = other

    def _foreign(self, head: str) -> list[str]:
        """A form of another text, one with this head if there is one."""
        if not self.others:
            return []
        text = self.rng.choice(self.others).decode("utf-8", "replace")
        tokens = tokens_of(text[:20000])
        forms = [form for form in forms_of(tokens) if form[1] - form[0] < 120]
        same = [form for form in forms if head_of(tokens, form) == head]
        if not forms:
            return []
        start, end = self.rng.choice(same or forms)
        return tokens[start:end]

    def _token(self, tokens: list[str]) -> None:
        rng = self.rng
        places = [k for k, token in enumerate(tokens) if not token.isspace()]
        if not places:
            return
        at = rng.choice(places)
        token = tokens[at]
        way = rng.randrange(10)
        if way == 0:
            del tokens[at]
        elif way == 1:
            tokens[at:at] = [token, " "]
        elif way == 2:
            tokens.insert(at, rng.choice((*SPACES, *SPACES, *ODD)))
        elif way == 3:
            tokens[at] = tokens[rng.choice(places)]
        else:
            tokens[at] = self._other(token, tokens)

    def _other(self, token: str, tokens: list[str]) -> str:
        """Another token of the kind."""
        rng = self.rng
        if token[0] == '"':
            return self._string(token)
        if token[0] == "$":
            names = [t for t in tokens if t[0] == "$"]
            return rng.choice((*names, *names, *QUOTED, token.upper(), "$", token + "x"))
        if NUMBER.match(token):
            return self._number(token)
        if "." in token and rng.randrange(3):
            return rng.choice(MNEMONICS)
        if token in ("(", ")"):
            return rng.choice(("(", ")", "((", ""))
        if "=" in token:
            return token.partition("=")[0] + "=" + unsigned(rng, rng.choice((0, 1, 2, 3, 4, 8, 1 << 32, 1 << 64)))
        return rng.choice((*WORDS, rng.choice(MNEMONICS), *PRIMITIVE_NAMES.values(), rng.choice(CANONICALS).name))

    def _string(self, token: str) -> str:
        rng = self.rng
        way = rng.randrange(5)
        if way == 0:
            return token[:-1]
        if way == 1:
            return (
                token[:-1] + rng.choice(("\\", "\\q", "\\u{d800}", "\\u{110000}", "\\0", "\\ff", "\n", "\u202e")) + '"'
            )
        if way == 2:
            return rng.choice(('"a"', '""', '"a:b/c"', '"a:b/c@1.0.0"', '"A"', '"[method]r.m"', '"memory"', '"\\80"'))
        return string(rng, token[1:-1].encode() if rng.randrange(2) else rng.randbytes(rng.randrange(4)))

    def _number(self, token: str) -> str:
        rng = self.rng
        way = rng.randrange(8)
        if way < 3:
            return rng.choice(("0", "1", "2", "3", "-1", "100", "+5", "0x", "0x_1", "1_", "1__2", "00", "0b1"))
        if way < 5:
            bits = rng.choice((32, 64))
            return integer(rng, number(rng, bits) * rng.choice((1, 1, 2, 3)), bits)
        if way < 7:
            wide = rng.randrange(2) == 0
            return floating(rng, float_bits(rng, wide), wide)
        return rng.choice(
            (token + "0", "-" + token, token + ".", token + "e1", "nan:0x0", "nan:0x800000", "1e999", "0x1p")
        )
