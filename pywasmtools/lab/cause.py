"""What a difference comes from, as a short text that differences of one cause tend to share.

Messages without what they quote, binaries by the section and the instruction where they part, text by its words of the
language: names, numbers and places say which input it was, not what went wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from pywasmtools.changes.core import first_difference
from pywasmtools.lab.binaries import is_binary, section_at, text_of
from pywasmtools.lab.pair import Outcome, Result
from pywasmtools.wasm.instructions import by_name

MOST_CHARS = 120
"""What is kept of a line."""

WIT_WORDS = [
    "package",
    "world",
    "interface",
    "import",
    "export",
    "include",
    "use",
    "as",
    "with",
    "func",
    "async",
    "static",
    "constructor",
    "type",
    "record",
    "flags",
    "variant",
    "enum",
    "resource",
    "own",
    "borrow",
    "list",
    "option",
    "result",
    "tuple",
    "future",
    "stream",
    "map",
    "bool",
    "char",
    "string",
    "s8",
    "s16",
    "s32",
    "s64",
    "u8",
    "u16",
    "u32",
    "u64",
    "f32",
    "f64",
    "error-context",
    "since",
    "unstable",
    "deprecated",
    "external-id",
    "nested",
    "get",
    "set",
    "_",
]
WAT_WORDS = [
    "module",
    "component",
    "instance",
    "core",
    "canon",
    "alias",
    "start",
    "value",
    "param",
    "result",
    "local",
    "global",
    "memory",
    "table",
    "elem",
    "data",
    "tag",
    "rec",
    "sub",
    "final",
    "struct",
    "array",
    "field",
    "mut",
    "ref",
    "null",
    "item",
    "offset",
    "declare",
    "producers",
    "custom",
    "func",
    "externref",
    "funcref",
    "anyref",
    "any",
    "eq",
    "i31",
    "none",
    "nofunc",
    "noextern",
    "extern",
    "exn",
    "noexn",
    "cont",
    "nocont",
    "shared",
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "i8",
    "i16",
    "outer",
    "eq",
    "lift",
    "lower",
]
JSON_WORDS = [
    "worlds",
    "interfaces",
    "types",
    "packages",
    "name",
    "imports",
    "exports",
    "functions",
    "kind",
    "params",
    "owner",
    "docs",
    "contents",
    "stability",
    "feature",
    "version",
    "package",
    "interface-0",
    "handle",
    "type",
    "fields",
    "cases",
    "true",
    "false",
    "root",
    "null",
]
VOCABULARY = frozenset((*WIT_WORDS, *WAT_WORDS, *JSON_WORDS, *by_name()))
"""The words of the languages that are printed: any other word is a name."""


def cause_of(result: Result) -> str:
    """The cause of a difference; empty where the two are the same."""
    if result.same:
        return ""
    reference, subject = result.reference, result.subject
    if subject.hung:
        return "the subject hangs"
    if subject.crashed:
        return f"the subject breaks down: {breakdown(subject)}"
    if reference.crashed or reference.hung:
        return f"the reference breaks down, the subject has status {subject.status}: {breakdown(reference)}"
    for name, left, right in parts(result):
        if left == right:
            continue
        if left is None or right is None:
            return f"{name}: {'only the subject has it' if left is None else 'only the reference has it'}"
        return f"{name}: {difference(name, left, right)}"
    return f"status {reference.status} => {subject.status}"


def breakdown(outcome: Outcome) -> str:
    """How a program broke down: where it panicked and what it said, or its signal."""
    if outcome.hung:
        return "hangs"
    lines = outcome.stderr.decode(errors="replace").splitlines()
    for place, line in enumerate(lines):
        if "panicked at" in line:
            # The file and line name a panic: what it says after that may quote the input.
            found = re.search(r"panicked at (?:[^ ]*/)?([^ /]+/src/[^ :]+:\d+)", line)
            found = found or re.search(r"panicked at (?:[^ ]*/)?([^ /]+:\d+)", line)
            said = lines[place + 1] if place + 1 < len(lines) else ""
            return f"{found[1] if found else ''} {without_names(said)}".strip()
    if outcome.status < 0 and not lines:
        return f"signal {-outcome.status}"
    return without_names(lines[-1]) if lines else f"status {outcome.status}"


def parts(result: Result) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    """The streams and files of both sides, what tells most first; a file goes by its suffix alone."""
    reference, subject = result.reference, result.subject
    yield "stderr", reference.stderr, subject.stderr
    yield "stdout", reference.stdout, subject.stdout
    for name in sorted({*reference.files, *subject.files}):
        told = "*" + name[name.rindex(".") :] if "." in name else "a file"
        yield told, reference.files.get(name), subject.files.get(name)


def difference(part: str, left: bytes, right: bytes) -> str:
    """Where two contents part, without names."""
    if is_binary(left) and is_binary(right):
        return binary_difference(left, right)
    if is_binary(left) or is_binary(right):
        return f"{kind_of(left)} => {kind_of(right)}"
    shape = without_names if part == "stderr" else without_other_words
    a, b = (data.decode(errors="replace").splitlines() for data in (left, right))
    for one, other in zip_longest(a, b):
        if one == other:
            continue
        if one is None or other is None:
            return f"{shape(one) if other is None else '(nothing)'} => {shape(other) if one is None else '(nothing)'}"
        before, after = shape(one), shape(other)
        return f"{before} => {after}" if before != after else f"names or numbers in: {before}"
    return "ends of lines"


def kind_of(data: bytes) -> str:
    return "a binary" if is_binary(data) else "text" if data else "(nothing)"


def binary_difference(left: bytes, right: bytes) -> str:
    """The section where two binaries part, and the first line that differs in their text."""
    offset = first_difference(left, right)
    where = section_at(left if offset < len(left) else right, offset)
    where = re.sub(r"'component-type:[^']*'", "'component-type:…'", where)
    for one, other in zip_longest(text_lines(left), text_lines(right), fillvalue=""):
        if one != other:
            return f"{where}: {without_other_words(one)} => {without_other_words(other)}"
    return f"{where}: the same text"


def text_lines(data: bytes) -> list[str]:
    """A binary in the text format; where that breaks down, one line."""
    try:
        return text_of(data)
    except Exception as e:
        return [f"can't be printed: {type(e).__name__}"]


def without_names(line: str) -> str:
    """A line of a message without what it quotes, numbers and paths."""
    line = re.sub(r"`[^`]*`|'[^']*'|\"[^\"]*\"", "…", line)
    line = re.sub(r"-->.*", "--> …", line)
    return re.sub(r"0x[0-9a-fA-F]+|\d+", "N", line).strip()[:MOST_CHARS]


def without_other_words(line: str) -> str:
    """A line of WIT, WAT or JSON with words of the language alone; `x` stands for any other, `N` for numbers."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: found[0] if found[0][1:-1] in VOCABULARY else '"x"', line)
    line = re.sub(r"///.*|;;.*|\(;.*?;\)", "…", line)

    def told(found: re.Match[str]) -> str:
        word = found[0]
        return word if word in VOCABULARY else "N" if word[0].isdigit() else "x"

    return re.sub(r"[\w$%@][\w$%.\-]*", told, line).strip()[:MOST_CHARS]
