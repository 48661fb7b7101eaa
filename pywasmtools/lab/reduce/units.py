"""Text as a tree of parts that can be left out, in one file or in many.

What is left out of a file is a choice of units; those that stay take with them what holds them and what they name, so that most
choices still resolve. Names are looked up by their text alone, from the inside out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pywasmtools.lab.reduce.ddmin import minimize


class Mention(NamedTuple):
    """A name that a unit needs: in which package and in which unit there, where that is known."""

    name: bytes
    package: bytes = b""
    within: bytes = b""


class Unit:
    """A part of a file from `start` to `end` (bytes): it may define a name, and mentions others outside its children.

    `package` is what a file or a nested package belongs to. `needs_child`: without any child it would be no such thing.
    `comma`: stands in a list with commas. `needs` are units that have to be there with it.
    """

    __slots__ = (
        "children",
        "comma",
        "defines",
        "end",
        "file",
        "kind",
        "mentions",
        "needs",
        "needs_child",
        "package",
        "parent",
        "start",
    )

    def __init__(self, file: str, kind: str, start: int, end: int, parent: Unit | None = None) -> None:
        self.file = file
        self.kind = kind
        self.start = start
        self.end = end
        self.parent = parent
        self.defines = b""
        self.package: bytes = parent.package if parent is not None else b""
        self.mentions: list[Mention] = []
        self.needs: list[Unit] = []
        self.children: list[Unit] = []
        self.needs_child = False
        self.comma = False
        if parent is not None:
            parent.children.append(self)


class Forest:
    """The units of some files: a root a file, in the order in which they are given. Some units are `always` needed."""

    def __init__(self, files: dict[str, bytes], roots: list[Unit], always: Sequence[Unit] = ()) -> None:
        self.files = files
        self.roots = roots
        self.always = always
        self.units: list[Unit] = []
        self._by_name: dict[bytes, list[Unit]] = {}
        waiting = roots[::-1]
        while waiting:
            unit = waiting.pop()
            self.units.append(unit)
            waiting += unit.children[::-1]
            if unit.defines:
                self._by_name.setdefault(unit.defines, []).append(unit)

    def definitions(self, unit: Unit, mention: Mention) -> list[Unit]:
        """What a mention of a unit may mean: the nearest definitions."""
        found = [other for other in self._by_name.get(mention.name, ()) if other is not unit]
        if mention.package or mention.within:
            found = [o for o in found if o.package == (mention.package or unit.package)] or found
        if mention.within:
            inside = [o for o in found if o.parent is not None and o.parent.defines == mention.within]
            return inside or found
        if mention.package:
            return found
        around: Unit | None = unit
        while around is not None:
            own = [other for other in found if other.parent is around]
            if own:
                return own
            around = around.parent
        return [other for other in found if other.package == unit.package] or found

    def closure(self, units: Iterable[Unit]) -> set[Unit]:
        """Units with all that they need."""
        kept: set[Unit] = set()
        waiting = [*units, *self.always]
        while waiting:
            while waiting:
                unit = waiting.pop()
                if unit in kept:
                    continue
                kept.add(unit)
                if unit.parent is not None:
                    waiting.append(unit.parent)
                waiting += unit.needs
                for mention in unit.mentions:
                    waiting += self.definitions(unit, mention)
            waiting += [u.children[0] for u in kept if u.needs_child and u.children and not kept & set(u.children)]
        return kept

    def render(self, kept: set[Unit]) -> dict[str, bytes]:
        """The files with these units alone."""
        return {
            root.file: render(self.files[root.file], removals(self.files[root.file], root, kept))
            for root in self.roots
            if root in kept
        }


def removals(text: bytes, root: Unit, kept: set[Unit]) -> list[tuple[int, int]]:
    """What is to be cut out of a file, in order and without overlaps."""
    found: list[tuple[int, int]] = []
    waiting = [root]
    while waiting:
        unit = waiting.pop()
        if unit in kept:
            waiting += unit.children
        else:
            found.append(widened(text, unit))
    found.sort()
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


SPACE = b" \t\r"


def widened(text: bytes, unit: Unit) -> tuple[int, int]:
    """The range of a unit with the comma after it, and with its line where nothing else stands on it."""
    start, end = unit.start, unit.end
    if unit.comma:
        after = end
        while after < len(text) and text[after : after + 1].isspace():
            after += 1
        if text[after : after + 1] == b",":
            end = after + 1
    before = start
    while before > 0 and text[before - 1] in SPACE:
        before -= 1
    after = end
    while after < len(text) and text[after] in SPACE:
        after += 1
    alone = (before == 0 or text[before - 1] == 10) and text[after : after + 1] == b"\n"
    return (before, after + 1) if alone else (start, end)


def render(text: bytes, cuts: list[tuple[int, int]]) -> bytes:
    """A text without some ranges, in order."""
    parts = []
    at = 0
    for start, end in cuts:
        parts.append(text[at:start])
        at = end
    return b"".join([*parts, text[at:]])


def prune(forest: Forest, test: Callable[[dict[str, bytes]], bool]) -> bool:
    """Leaves out all units that are not needed: first with what they name kept, then each as it stands.

    `test` is asked of the files that are left. Whether anything went.
    """
    before = sum(map(len, forest.files.values()))
    sizes = [before]

    def chosen(units: list[Unit]) -> bool:
        files = forest.render(forest.closure(units))
        if not test(files):
            return False
        sizes.append(sum(map(len, files.values())))
        return True

    minimize(forest.units, chosen)
    return sizes[-1] < before


def prune_singly(forest: Forest, test: Callable[[dict[str, bytes]], bool]) -> bool:
    """Leaves out runs of units whatever names them; for a forest that is small already."""
    changed = False

    def chosen(units: list[Unit]) -> bool:
        nonlocal changed
        kept = set(units)
        for unit in forest.units:
            # A parent comes before its children.
            if unit.parent is not None and unit.parent not in kept:
                kept.discard(unit)
        ok = test(forest.render(kept))
        changed = changed or ok
        return ok

    minimize(forest.units, chosen)
    return changed
