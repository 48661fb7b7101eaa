"""A listing as lines and as a tree."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from pywasmtools.library.listing import Listing, ListingGroup, ListingItem

STYLES = {"import": "cyan", "export": "green", "": "default"}


def show_lines(listing: Listing, console: Console, types: bool) -> None:
    """A line for each import and export; with `types` what it is, and a line for each item of an interface.

    Where there are several groups, each has a line before it, and its lines are indented.
    """
    several = len(listing) > 1 or any(group.kind == "interface" for group in listing)
    for group in listing:
        if several:
            console.print(Text(str(group), style="bold"), soft_wrap=True)
        if several and group.kind == "interface" and not types:
            continue
        for line in lines(group, types):
            console.print(Text("  " if several else "") + line, soft_wrap=True)


def lines(group: ListingGroup, types: bool) -> Iterator[Text]:
    """The lines of a group, its columns under each other."""
    width = max([len(item.kind) for item in group.items], default=0)
    for item in group.items:
        if group.kind == "interface":
            yield Text(item.text)
            continue
        line = Text.assemble((item.side.ljust(7), STYLES[item.side]), item.kind.ljust(width + 1))
        yield line + named(item, types)
        if types:
            for inner in item.items:
                yield Text(" " * (7 + width + 1) + inner.text, style="dim")


def named(item: ListingItem, types: bool) -> Text:
    """An item's name; with `types` what it is, too."""
    name = f"{item.module} {item.name}" if item.module else item.name
    if not item.text or (item.kind == "interface" and not types):
        return Text(name)
    if item.text.startswith("("):
        return Text.assemble(name, (f"  {item.text}", "dim")) if types else Text(name)
    if item.kind == "interface":
        return Text.assemble(name, (f": {item.text}", "dim"))
    return Text(item.text) if types else Text(name)


def show_tree(listing: Listing, console: Console, types: bool) -> None:
    """A tree for each group, down to the items of interfaces; with `types` with all that they are."""
    for group in listing:
        tree = Tree(Text(str(group), style="bold"))
        sides = ("",) if group.kind == "interface" else ("import", "export")
        for side in sides:
            items = [item for item in group.items if item.side == side]
            branch = tree if not side else tree.add(Text(f"{side}s", style=STYLES[side])) if items else None
            if branch is not None:
                for item in items:
                    _add(branch, item, types, bool(side))
        console.print(tree)


def _add(branch: Tree, item: ListingItem, types: bool, with_kind: bool) -> None:
    kind = Text.assemble((f"{item.kind} ", "dim")) if with_kind else Text()
    inner = branch.add(kind + named(item, types))
    for one in item.items:
        _add(inner, one, types, False)
