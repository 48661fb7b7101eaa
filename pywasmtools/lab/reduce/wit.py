"""WIT by the nodes of its grammar: what is not needed is left out, what is left becomes the simplest of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pywasmtools.lab.case import Case
from pywasmtools.lab.grammar import NoGrammar, parse
from pywasmtools.lab.reduce.state import State
from pywasmtools.lab.reduce.text import is_text
from pywasmtools.lab.reduce.units import Forest, Mention, Unit, prune, prune_singly

if TYPE_CHECKING:
    from tree_sitter import Node

LISTED = frozenset({"field", "variant_case", "enum_case", "flag", "parameter", "use_name", "include_name"})
"""What stands in a list with commas."""
COMMENTS = frozenset({"line_comment", "block_comment"})
OUTER = frozenset({"interface", "world", "nested_package", "top_level_use"})
ITEMS = OUTER | {
    *("use", "include", "import", "export", "function"),
    *("type_alias", "record", "variant", "enum", "flags", "resource"),
}
OPTIONAL = ITEMS | LISTED | COMMENTS | {"constructor", "method", "static_function", "attribute"}
"""What can be left out: the outermost, then what is in these, then all."""
TYPES = frozenset({"type_alias", "record", "variant", "enum", "flags", "resource"})
DEFINING = TYPES | {"interface", "world", "use_name", "top_level_use"}
"""What others mention by its name."""
FILLED = frozenset({"record", "variant", "enum", "flags", "use"})
"""What must hold something."""

MOST_SINGLY = 400
"""So many units are tried one by one, whatever mentions them."""


def wit_files(case: Case) -> dict[str, bytes]:
    """The files of a case that are WIT."""
    return {name: data for name, data in case.files.items() if name.endswith(".wit") and is_text(data)}


def reduce_wit(state: State) -> None:
    """Makes all WIT of a case smaller. Does nothing where the grammar is missing."""
    try:
        if wit_files(state.best):
            parse(b"")
    except NoGrammar:
        return

    def test(files: dict[str, bytes]) -> bool:
        others = {name: data for name, data in state.best.files.items() if name not in known}
        return state.attempt_files({**others, **files})

    known = set(wit_files(state.best))
    if not known:
        return
    for kinds in (COMMENTS, frozenset({"attribute"})):
        without = forest(wit_files(state.best), kinds)
        test(without.render({unit for unit in without.units if unit.kind not in kinds}))
    for kinds in (OUTER, ITEMS, OPTIONAL):
        prune(forest(wit_files(state.best), kinds), test)
    small = forest(wit_files(state.best), OPTIONAL)
    if len(small.units) <= MOST_SINGLY:
        prune_singly(small, test)
    for name in sorted(known):
        simplify(state, name)
    drop_versions(state)
    shorten_names(state)


def forest(files: dict[str, bytes], kinds: frozenset[str]) -> Forest:
    """The units of WIT files, of some kinds."""
    roots = [units_of(name, data, kinds) for name, data in sorted(files.items())]
    for root in roots:
        # The package's name stands in one file of a folder at least.
        if not root.package:
            folder = root.file.rpartition("/")[0]
            named = [o for o in roots if o.package and o.file.rpartition("/")[0] == folder and o is not root]
            root.needs += named[:1]
            set_package(root, named[0].package if named else b"")
    return Forest(files, roots, main_files(roots))


def main_files(roots: list[Unit]) -> list[Unit]:
    """A file with the package's name of each folder that is no dependency: without it nothing can be read."""
    found: dict[str, Unit] = {}
    for root in roots:
        folder = root.file.rpartition("/")[0]
        if (
            folder.rpartition("/")[0].rpartition("/")[2] != "deps"
            and folder.rpartition("/")[2] != "deps"
            and root.package
        ):
            found.setdefault(folder, root if not root.needs else root.needs[0])
    return list(found.values())


def set_package(root: Unit, package: bytes) -> None:
    """Says of a file which package it is of."""
    waiting = [root]
    while waiting:
        unit = waiting.pop()
        unit.package = package
        waiting += [child for child in unit.children if child.kind != "nested_package"]


def units_of(name: str, data: bytes, kinds: frozenset[str]) -> Unit:
    """The units of one file, below one that is all of it."""
    root = Unit(name, "file", 0, len(data))
    waiting: list[tuple[Node, Unit]] = [(parse(data).root_node, root)]
    while waiting:
        node, parent = waiting.pop()
        unit = parent
        if node.type == "package_declaration":
            named = node.child_by_field_name("name")
            root.package = package_in(named)
            continue
        if node.is_named and node.type in kinds and node.end_byte > node.start_byte:
            unit = Unit(name, node.type, node.start_byte, node.end_byte, parent)
            unit.comma = node.type in LISTED
            unit.needs_child = node.type in FILLED
            if node.type == "nested_package":
                unit.package = package_in(node.child_by_field_name("name"))
            if node.type in DEFINING:
                named = node.child_by_field_name("alias") or node.child_by_field_name("name")
                unit.defines = plain(named)
        elif node.type in ("identifier", "qualified_path"):
            note(node, unit)
            continue
        # In the order of the text, for children are appended as they come.
        waiting += [(child, unit) for child in reversed(node.children)]
    return root


def package_in(node: Node | None) -> bytes:
    """`namespace:name` in a name of a package or a path; empty where there is none."""
    if node is None or node.type == "identifier":
        return b""
    last = "package" if node.type == "qualified_path" else "name"
    return plain(node.child_by_field_name("namespace")) + b":" + plain(node.child_by_field_name(last))


def note(node: Node, unit: Unit) -> None:
    """Notes what a name stands for, unless it is the unit's own."""
    if node.type == "qualified_path":
        unit.mentions.append(Mention(plain(node.child_by_field_name("name")), package_in(node)))
        return
    name = plain(node)
    if unit.kind == "use_name" and unit.parent is not None and unit.parent.mentions:
        path = unit.parent.mentions[0]
        unit.mentions.append(Mention(name, path.package, path.name))
    elif name != unit.defines:
        unit.mentions.append(Mention(name))


def plain(node: Node | None) -> bytes:
    """A name without `%`; empty where there is none."""
    return ((node.text if node is not None else b"") or b"").removeprefix(b"%")


# ------------------------------------------------------------------------------- simpler nodes


def simplify(state: State, name: str) -> None:
    """Replaces nodes of a file by smaller ones of their kind, the outer ones first."""
    at = 0
    while name in state.best.files:
        data = state.best.files[name]
        found = next((n for n in preorder(parse(data).root_node) if order(n) >= at and any(smaller(n))), None)
        if found is None:
            return
        start, end = found.start_byte, found.end_byte
        at = order(found) + 1
        for text in smaller(found):
            if text != data[start:end] and state.attempt_file(name, data[:start] + text + data[end:]):
                at = order(found)
                break


def order(node: Node) -> int:
    """Where a node comes in a walk from the outside in."""
    depth = 0
    around = node.parent
    while around is not None:
        depth += 1
        around = around.parent
    return node.start_byte << 12 | depth


def preorder(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def smaller(node: Node) -> Iterator[bytes]:
    """Simpler texts in place of a node."""
    text = node.text or b""
    kind = node.type
    if kind.endswith("_type") and kind not in ("function_type", "primitive_type"):
        yield b"u8"
        for child in node.named_children:
            if child.type.endswith("_type"):
                yield child.text or b""
            elif kind in ("own_type", "borrow_type"):
                yield child.text or b""
        if kind in ("result_type", "future_type", "stream_type") and b"<" in text:
            yield kind.partition("_")[0].encode()
    elif kind == "primitive_type" and text != b"u8":
        yield b"u8"
    elif kind == "function_type":
        yield b"func()"
        result = node.child_by_field_name("result")
        if result is not None:
            yield text[: result.start_byte - node.start_byte].rstrip().removesuffix(b"->").rstrip()
        if text.startswith(b"async"):
            yield text.removeprefix(b"async").lstrip()
    elif kind in TYPES and kind != "type_alias":
        name = node.child_by_field_name("name")
        if name is not None and name.text:
            yield b"type " + name.text + b" = u8;"
            if kind == "resource":
                yield b"resource " + name.text + b";"
    elif kind == "variant_case":
        name = node.child_by_field_name("name")
        if name is not None and name.text != text:
            yield name.text or b""
    elif kind == "include_names":
        yield b";"
    elif kind in ("interface_body", "world_body", "package_body"):
        yield b"{}"
    elif kind == "string" and text != b'""':
        yield b'""'
    elif kind == "integer" and text != b"1":
        yield b"1"
    elif kind in ("import", "export"):
        inline = node.child_by_field_name("type")
        name = node.child_by_field_name("name")
        if inline is not None and name is not None:
            yield kind.encode() + b" " + (name.text or b"") + b": func();"


# ------------------------------------------------------------------------------- names


def drop_versions(state: State) -> None:
    """Takes versions out of all names of packages, or makes them simple."""
    pattern = re.compile(rb"@(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]*[0-9A-Za-z])?)")
    found = sorted({v for data in wit_files(state.best).values() for v in pattern.findall(data)}, key=len)
    for version in found:
        for text in (b"", b"@0.0.0", b"@0.0.1", b"@1.0.0"):
            if text.removeprefix(b"@") == version:
                continue
            if state.attempt(
                replaced(state.best, re.compile(rb"@" + re.escape(version) + rb"(?![0-9A-Za-z+-]|\.[0-9A-Za-z])"), text)
            ):
                break


def replaced(case: Case, pattern: re.Pattern[bytes], text: bytes) -> Case:
    """A case with a text in place of a pattern, in its WIT and its command line."""
    files = {n: pattern.sub(lambda _: text, data) for n, data in wit_files(case).items()}
    argv = tuple(
        pattern.sub(lambda _: text, arg.encode(errors="surrogateescape")).decode(errors="surrogateescape")
        for arg in case.argv
    )
    return replace(case, files={**case.files, **files}, argv=argv)


def shorten_names(state: State) -> None:
    """Gives names one letter each, everywhere: all at once, or else one by one."""
    names = identifiers(state.best)
    long = [name for name in names if len(name) > 1]
    everything = state.best
    for name, letter in zip(long, short_names(set(names)), strict=False):
        everything = replaced(everything, word(name), letter)
    if everything == state.best or state.attempt(everything):
        return
    for name in long:
        for short in short_names(set(identifiers(state.best))):
            state.attempt(replaced(state.best, word(name), short))
            break


def word(name: bytes) -> re.Pattern[bytes]:
    """A name where it stands as a whole."""
    return re.compile(rb"(?<![\w.%-])" + re.escape(name) + rb"(?![\w-]|\.\w)")


def identifiers(case: Case) -> list[bytes]:
    """The names in the WIT of a case, the longest first."""
    found: set[bytes] = set()
    for data in wit_files(case).values():
        found |= {node.text or b"" for node in preorder(parse(data).root_node) if node.type == "identifier"}
    return sorted(found, key=lambda name: (-len(name), name))


def short_names(taken: set[bytes]) -> Iterator[bytes]:
    """Names of one letter, then of two, that nothing has yet."""
    letters = [bytes([byte]) for byte in range(ord("a"), ord("z") + 1)]
    for name in [*letters, *(a + b for a in letters for b in letters)]:
        if name not in taken and name not in (b"as",) and not re.fullmatch(rb"[su]8", name):
            yield name
