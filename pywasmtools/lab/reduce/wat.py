"""WAT by its forms: what is not needed is left out, a form becomes one of those in it, names and numbers become short."""

from __future__ import annotations

import re

from pywasmtools.lab.reduce.text import Test
from pywasmtools.lab.reduce.units import Forest, Mention, Unit, prune, prune_singly

TOKEN = re.compile(rb'\s+|;;[^\n]*|\(;(?:[^;]|;(?!\)))*;\)|\(@?|\)|"(?:[^"\\]|\\.)*"|[^\s()";,\[\]{}]+|.', re.DOTALL)
MOST_SINGLY = 1500
MOST_HOISTED = 1500


def is_wat(data: bytes) -> bool:
    """Whether data looks like the text format."""
    return re.match(rb"(?:\s|;;[^\n]*\n|\(;.*?;\))*\(", data, re.DOTALL) is not None


def reduce_wat(data: bytes, test: Test) -> bytes:
    """Makes a text smaller; the best that the test took."""
    best = data

    def attempt(files: dict[str, bytes]) -> bool:
        nonlocal best
        text = files.get("", b"")
        if not test(text):
            return False
        best = text
        return True

    for atoms in (False, True):
        prune(forest(best, atoms), attempt)
        small = forest(best, atoms)
        if len(small.units) <= MOST_SINGLY:
            prune_singly(small, attempt)
    best = hoist(best, test)
    best = simplify_atoms(best, test)
    return shorten_names(best, test)


def forest(data: bytes, atoms: bool) -> Forest:
    """The forms of a text as units, and its words too where these are wanted."""
    root = Unit("", "file", 0, len(data))
    open_: list[Unit] = [root]
    for found in TOKEN.finditer(data):
        token, start = found[0], found.start()
        around = open_[-1]
        if token.startswith(b"(") and not token.startswith(b"(;"):
            open_.append(Unit("", "", start, len(data), around))
        elif token == b")":
            if len(open_) > 1:
                open_.pop().end = found.end()
        elif token.isspace():
            continue
        elif token.startswith((b";;", b"(;")):
            Unit("", "comment", start, found.end(), around)
        elif not around.kind and around is not root:
            around.kind = token.decode(errors="replace")
        elif token.startswith(b"$") and not around.defines and around.kind not in REFERRING:
            around.defines = token
        else:
            unit = Unit("", "word", start, found.end(), around) if atoms else around
            if token.startswith(b"$"):
                unit.mentions.append(Mention(token))
    return Forest({"": data}, [root])


REFERRING = frozenset({"export", "elem", "start", "type", "instantiate", "result", "then", "else", "ref", "item"})
"""Forms whose first name is another's; only of `type` and `elem` it may be their own too."""


def lists(data: bytes) -> list[tuple[int, int, int]]:
    """Where each form starts and ends, and how deep it lies, in the order of the text."""
    found: list[tuple[int, int, int]] = []
    open_: list[int] = []
    for token in TOKEN.finditer(data):
        if token[0].startswith(b"(") and not token[0].startswith(b"(;"):
            open_.append(len(found))
            found.append((token.start(), len(data), len(open_)))
        elif token[0] == b")" and open_:
            at = open_.pop()
            found[at] = (found[at][0], token.end(), found[at][2])
    return found


def hoist(data: bytes, test: Test) -> bytes:
    """Puts forms in place of those that hold them."""
    best = data
    at = 0
    while True:
        forms = lists(best)
        if at >= len(forms) or len(forms) > MOST_HOISTED:
            return best
        start, end, depth = forms[at]
        inner = [(s, e) for s, e, d in forms[at + 1 :] if e <= end and d == depth + 1]
        for s, e in inner:
            candidate = best[:start] + best[s:e] + best[end:]
            if test(candidate):
                best = candidate
                break
        else:
            at += 1


def simplify_atoms(data: bytes, test: Test) -> bytes:
    """Makes numbers 0 and texts empty, or short."""
    best = data
    at = 0
    while True:
        found = re.compile(rb'"(?:[^"\\]|\\.)+"|(?<![\w$.:/-])[-+]?\d[\w.+-]*', re.DOTALL).search(best, at)
        if found is None:
            return best
        token = found[0]
        at = found.end()
        if token.startswith(b'"'):
            options = [b'""', b'"a"', b'"' + token[1 : len(token) // 2] + b'"']
        else:
            options = [b"0", b"1"]
        for option in options:
            if len(option) <= len(token) and option != token:
                candidate = best[: found.start()] + option + best[found.end() :]
                if test(candidate):
                    best = candidate
                    at = found.start() + len(option)
                    break


def shorten_names(data: bytes, test: Test) -> bytes:
    """Gives `$names` one letter, or takes them away where they are not used."""
    best = data
    names = sorted(set(re.findall(rb"\$[\w!#$%&'*+./:<=>?@\\^`|~-]+", best)), key=lambda name: (-len(name), name))
    for name in names:
        pattern = re.compile(re.escape(name) + rb"(?![\w!#$%&'*+./:<=>?@\\^`|~-])")
        gone = re.sub(rb" ?" + pattern.pattern, b"", best)
        if test(gone):
            best = gone
            continue
        letter = next((b"$" + bytes([c]) for c in range(97, 123) if b"$" + bytes([c]) not in names), None)
        if letter is not None and len(name) > 2:
            candidate = pattern.sub(lambda _, letter=letter: letter, best)  # type: ignore[misc]
            if test(candidate):
                best = candidate
                names.append(letter)
    return best
