"""What differs between two inputs, as a tree from the outside in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from pywasmtools.library.explain import SIGNS, Change, Difference, Verdict, in_a_line

STYLES = {"added": "green", "removed": "red", "changed": "yellow", "same": "dim"}
MOST = 12
"""So many names, sections or segments are shown, without `--all`."""
MOST_FUNCTIONS = 60
LINE = 100
"""What is told as WIT stands in one line up to so many columns."""


def show(difference: Difference, names: tuple[str, str], console: Console, everything: bool) -> None:
    """Prints a tree; in a line, that nothing differs. `names` are what the two are called."""
    if difference.same:
        what = "the same bytes" if difference.kind != "wit" else "the same WIT, docs and stability aside"
        console.print(Text.assemble(("same", "green"), f": {what}"), soft_wrap=True)
        return
    head = Text.assemble((f"{names[0]} → {names[1]}", "bold"), ": ", difference.kind)
    tree = Tree(head + sizes(difference.size_before, difference.size_after))
    _fill(tree, difference, everything)
    console.print(tree)


def sizes(before: int | None, after: int | None) -> Text:
    """Sizes in bytes, and by how much the second is more or less."""
    if before is None or after is None:
        size = before if after is None else after
        return Text() if size is None else Text(f"  {size:,} bytes", style="dim")
    if before == after:
        return Text(f"  {before:,} bytes", style="dim")
    return Text(f"  {before:,} → {after:,} bytes ({after - before:+,})", style="dim")


def _fill(tree: Tree, difference: Difference, everything: bool) -> None:
    """The branches of a difference."""
    for note in difference.notes:
        tree.add(Text(f"note: {note}", style="yellow"))
    if difference.world:
        head = Text("world" if difference.kind != "wit" or difference.verdict else "package", style="bold")
        if difference.verdict is not None:
            head += Text(": ") + verdict(difference.verdict)
        _add_all(tree.add(head), difference.world)
    _group(tree, "producers", difference.producers)
    _short_group(tree, "names", difference.names, everything)
    _short_group(tree, "sections", difference.sections, everything)
    _group(tree, "imports", difference.imports)
    _group(tree, "exports", difference.exports)
    _group(tree, "definitions", difference.definitions)
    if difference.functions or difference.renumbered:
        branch = tree.add(Text("functions", style="bold"))
        _add_some(branch, difference.functions, everything, MOST_FUNCTIONS)
        if difference.renumbered:
            count = difference.renumbered
            words = "function differs" if count == 1 else "functions differ"
            branch.add(Text(f"{count:,} {words} in nothing but the numbers of what they refer to", style="dim"))
    _short_group(tree, "data", difference.data, everything)
    for part in difference.parts:
        line = Text.assemble(
            (f"{SIGNS[part.change]} ", STYLES[part.change]), (f"{part.kind} {part.name}".rstrip(), "bold")
        )
        _fill(tree.add(line + sizes(part.size_before, part.size_after)), part, everything)


def verdict(found: Verdict) -> Text:
    """Whether it is compatible."""
    return Text(str(found), style="yellow" if found.fits is None else "green" if found.fits else "red")


def _group(tree: Tree, name: str, changes: tuple[Change, ...]) -> None:
    if changes:
        _add_all(tree.add(Text(name, style="bold")), changes)


def _short_group(tree: Tree, name: str, changes: tuple[Change, ...], everything: bool) -> None:
    """A group of which not more than the first are shown."""
    if changes:
        _add_some(tree.add(Text(name, style="bold")), changes, everything, MOST)


def _add_some(branch: Tree, changes: tuple[Change, ...], everything: bool, most: int) -> None:
    """Adds all changes, or the first of many and how many there are more."""
    shown = changes if everything or len(changes) <= most else changes[: most - 1]
    _add_all(branch, shown)
    if len(shown) < len(changes):
        branch.add(Text(f"{len(changes) - len(shown):,} more (--all)", style="dim"))


def _add_all(branch: Tree, changes: tuple[Change, ...]) -> None:
    """Adds changes; interfaces of one package that have nothing but another version are told together."""
    versions: dict[tuple[str, str, str, str], list[str]] = {}
    for change in changes:
        found = other_version(change)
        if found is not None:
            versions.setdefault(found[0], []).append(found[1])
    for change in changes:
        found = other_version(change)
        if found is None:
            inner = branch.add(label(change))
            _add_all(inner, change.parts)
        elif found[0] in versions:
            word, package, before, after = found[0]
            names = ", ".join(versions.pop(found[0]))
            line = Text.assemble((f"{SIGNS['changed']} ", STYLES["changed"]), f"{word} {package}/{names}  ")
            branch.add(line + Text.assemble((before, "red"), " → ", (after, "green")))


_VERSIONED = re.compile(r"(import|export) ([^\s/]+)/([^\s@]+)@(\S+);")


def other_version(change: Change) -> tuple[tuple[str, str, str, str], str] | None:
    """Of an import or export that has nothing but another version: word, package and versions, and the interface's name."""
    if change.parts or change.before is None or change.after is None:
        return None
    before, after = _VERSIONED.fullmatch(change.before), _VERSIONED.fullmatch(change.after)
    if before is None or after is None or before.groups()[:3] != after.groups()[:3]:
        return None
    word, package, name, version = before.groups()
    return ((word, package, version, after.group(4)), name)


def label(change: Change) -> Text:
    """A change: WIT as it was and as it is, anything else by its sort and name."""
    sign = (f"{SIGNS[change.kind]} ", STYLES[change.kind])
    if change.is_wit:
        return Text.assemble(sign) + Text("\n  ").join(wit_lines(change.before, change.after))
    head = change.name if change.what in _SORT_IS_TOLD else f"{change.what} {change.name}"
    line = Text.assemble(sign, head)
    texts = list(dict.fromkeys([text for text in (change.before, change.after) if text is not None]))
    if texts and texts != [change.name]:
        line.append(f"  {' → '.join(in_a_line(text) for text in texts)}", "dim")
    line += sizes(change.size_before, change.size_after)
    if change.verdict is not None:
        line += Text(": ") + verdict(change.verdict)
    return line


_SORT_IS_TOLD = ("import", "export", "function", "section", "producer", "data")
"""Sorts that the head of their group says."""


def wit_lines(before: str | None, after: str | None) -> Iterator[Text]:
    """WIT on both sides: in one line each where that is short, else line by line, those that differ marked."""
    texts = [text for text in (before, after) if text is not None]
    short = [in_a_line(text) for text in texts]
    if all(len(text) <= LINE for text in short):
        if before is None or after is None or before == after:
            yield Text(short[0], style="" if before == after else "green" if before is None else "red")
        else:
            yield Text(short[0], style="red")
            yield Text(short[1], style="green")
        return
    if before is None or after is None:
        for line in texts[0].splitlines():
            yield Text(line, style="green" if before is None else "red")
        return
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[0] != "?":
            yield Text(line, style={"+": "green", "-": "red"}.get(line[0], ""))
