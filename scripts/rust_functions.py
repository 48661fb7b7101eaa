"""Which functions differ between two versions of a crate, from a rough reading of Rust: comments and white space don't count.

Functions are found by their braces, and named with the `impl`, `trait` and `mod` around them. What is outside of functions (types,
tables, macros) is compared line by line. Tests are left out.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

TOKEN = re.compile(
    r"""//[^\n]*|/\*|b?r(?P<hashes>\#*)"|b?"(?:\\.|[^"\\])*"|b?'(?:\\(?:x[0-9a-fA-F]{2}|u\{[^}]*\}|.)|[^\\'\n])'""",
    re.S,
)
BLOCK_COMMENT = re.compile(r"/\*|\*/")
STRUCTURE = re.compile(r"[{};]|\bfn\s+(?P<name>\w+)")
HEADER = re.compile(r"\b(?P<kind>impl|trait|mod)\b(?P<rest>[^{}]*)$")
MOST_LINES = 200
"""How many changed lines outside of functions are kept for a file."""


class Change(NamedTuple):
    """A function that changed: `+` added, `-` removed, `~` changed; lines added and removed."""

    kind: str
    name: str
    added: int
    removed: int


class FileChange(NamedTuple):
    """What changed in a file of a crate: functions, and the lines outside of them, each with its sign."""

    path: str
    functions: list[Change]
    outside: list[str]


class Source(NamedTuple):
    """A file's functions, each as its lines, and the lines outside of them."""

    functions: dict[str, list[str]]
    outside: list[str]


def blanked(text: str) -> tuple[str, str]:
    """The text without comments, and the same without what stands in literals too; both as long as the text."""
    code: list[str] = []
    structure: list[str] = []
    pos = 0
    while found := TOKEN.search(text, pos):
        start, end = found.span()
        token = found[0]
        if token == "/*":
            end = comment_end(text, start)
        elif found["hashes"] is not None:
            close = text.find('"' + found["hashes"], end)
            end = len(text) if close < 0 else close + 1 + len(found["hashes"])
        code.append(text[pos:start])
        structure.append(text[pos:start])
        gap = re.sub(r"[^\n]", " ", text[start:end])
        code.append(gap if token.startswith("/") else text[start:end])
        structure.append(gap)
        pos = end
    code.append(text[pos:])
    structure.append(text[pos:])
    return "".join(code), "".join(structure)


def comment_end(text: str, start: int) -> int:
    """Where the block comment at `start` ends; they nest."""
    depth = 0
    for found in BLOCK_COMMENT.finditer(text, start):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return found.end()
    return len(text)


def read(text: str) -> Source:
    """The functions of a file and what is outside of them."""
    code, structure = blanked(text)
    found = Source({}, [])
    seen: Counter[str] = Counter()
    around: list[str] = []
    outside: list[str] = []
    begin = done = pos = 0
    while match := STRUCTURE.search(structure, pos):
        pos = match.end()
        if match["name"] is None:
            if match[0] == "{":
                around.append(label(structure[begin : match.start()]))
            elif match[0] == "}" and around:
                around.pop()
            begin = pos
            continue
        end = function_end(structure, pos)
        outside.append(code[done:begin])
        name = "::".join([*filter(None, around), match["name"]])
        seen[name] += 1
        if seen[name] > 1:
            name += f" ({seen[name]})"
        if not any(part in ("mod tests", "mod test") for part in around):
            found.functions[name] = lines(code[begin:end])
        begin = done = pos = end
    outside.append(code[done:])
    found.outside.extend(lines("\n".join(outside)))
    return found


def label(header: str) -> str:
    """What a block that isn't a function adds to the names in it: `impl Trait for Type`, `mod m`, or nothing."""
    found = HEADER.search(header)
    if found is None:
        return ""
    rest = re.split(r"\bwhere\b", found["rest"])[0] if found["kind"] == "impl" else found["rest"]
    return " ".join(f"{found['kind']} {without_parameters(rest)}".split())


def without_parameters(text: str) -> str:
    """The text without the parameters in angle brackets that it begins with."""
    if not text.startswith("<"):
        return text
    depth = 0
    for at, c in enumerate(text):
        depth += (c == "<") - (c == ">" and text[at - 1] != "-")
        if depth == 0:
            return text[at + 1 :]
    return text


def function_end(structure: str, pos: int) -> int:
    """Where the function ends whose name ends at `pos`: after its body, or the `;` of one without."""
    depth = 0
    for at in range(pos, len(structure)):
        c = structure[at]
        if c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif c == ";" and depth <= 0:
            return at + 1
        elif c == "{" and depth <= 0:
            return body_end(structure, at)
    return len(structure)


def body_end(structure: str, start: int) -> int:
    """Where the block that begins at `start` ends."""
    depth = 0
    for found in re.compile(r"[{}]").finditer(structure, start):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end()
    return len(structure)


def lines(text: str) -> list[str]:
    """Lines that hold something, white space reduced."""
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def unified(old: list[str], new: list[str]) -> list[str]:
    """The lines that were removed or added, each with its sign."""
    return [
        line for line in difflib.unified_diff(old, new, lineterm="", n=0) if not line.startswith(("---", "+++", "@@"))
    ]


def compare(old: Source, new: Source) -> tuple[list[Change], list[str]]:
    """The functions that differ, and the lines outside of functions."""
    found: list[Change] = []
    for name in sorted({*old.functions, *new.functions}):
        before, after = old.functions.get(name), new.functions.get(name)
        if before is None or after is None:
            kind = "+" if before is None else "-"
            found.append(Change(kind, name, len(after or ()), len(before or ())))
        elif before != after:
            changed = unified(before, after)
            added = sum(line.startswith("+") for line in changed)
            found.append(Change("~", name, added, len(changed) - added))
    return found, unified(old.outside, new.outside)


def changes(old: Path, new: Path) -> list[FileChange]:
    """What changed in the sources of a crate, by file."""
    found = []
    names = {str(p.relative_to(folder)) for folder in (old, new) for p in (folder / "src").rglob("*.rs")}
    for name in sorted(names):
        if "tests" in Path(name).parts or Path(name).stem == "tests":
            continue
        sources = [read(p.read_text()) if p.exists() else Source({}, []) for p in (old / name, new / name)]
        functions, outside = compare(*sources)
        if functions or outside:
            found.append(FileChange(name, functions, outside[:MOST_LINES]))
    return found
