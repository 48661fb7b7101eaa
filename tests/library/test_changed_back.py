"""Changes that are undone, and definitions that are taken out and added again: what there was is there again, over many packages."""

from __future__ import annotations

import re

import pytest
from inputs import ALL, made, resolves

from pywasmtools import Function, Interface, Package, Resolve, TypeDef, World, parse_wit, resolve_from_json

GIVEN = dict(resolves(range(4)))
"""Packages by name: the project's own and generated ones."""

NEW = "zz-renamed-zz"


def within(holder: World | Interface) -> list[str]:
    """The lines between the braces of a definition."""
    lines = holder.wit(docs=False).splitlines()
    return lines[next(k for k, line in enumerate(lines) if line.endswith("{")) + 1 : -1]


def is_as_text(resolve: Resolve) -> None:
    """The model holds what its text says, and its JSON and its binary say the same."""
    text = str(resolve)
    assert str(parse_wit(text, all_features=True)) == text
    assert len(resolve_from_json(resolve.to_json()).types) == len(resolve.types)


@pytest.mark.parametrize("name", GIVEN)
def test_names_there_and_back(name: str) -> None:
    """All that has a name gets another one, and its own again. Between, the old one is nowhere in its definition."""
    resolve = GIVEN[name].copy()
    before, json = resolve.copy(), resolve.to_json()
    count = 0
    holders: list[Interface | World] = [*resolve.interfaces, *resolve.worlds]
    for holder in holders:
        own = holder.name
        items: list[Interface | World | Function | TypeDef] = [*holder.types.values(), holder]
        if isinstance(holder, Interface):
            items += [function for function in holder.functions.values() if not function.is_constructor]
        for item in items:
            old = item.item_name if isinstance(item, Function) else item.name
            if old is None:
                continue
            item.rename(NEW)
            assert (item.item_name if isinstance(item, Function) else item.name) == NEW
            if count % 19 == 0 and not (isinstance(item, Function) and "et]" in item.name):  # there are two of these
                assert resolve != before
                assert NEW in str(resolve) and str(parse_wit(str(resolve), all_features=True)) == str(resolve)
            item.rename(old)
            count += 1
        assert holder.name == own
    # Renamed functions and types keep their places.
    assert str(resolve) == str(before) and resolve.to_json() == json
    assert count


@pytest.mark.parametrize("name", GIVEN)
def test_docs_there_and_back(name: str) -> None:
    resolve = GIVEN[name].copy()
    before = str(resolve)
    items: list[Package | World | Interface] = [*resolve.packages, *resolve.worlds, *resolve.interfaces]
    for item in items:
        old = item.docs
        item.docs = f"{NEW}\n\nThree lines."
        assert f"/// {NEW}\n" in str(resolve) or item.name is None
        item.docs = old
    assert str(resolve) == before


@pytest.mark.parametrize("name", GIVEN)
def test_items_of_worlds_out_and_in(name: str) -> None:
    """Functions and inline interfaces; an item that others need stays."""
    resolve = GIVEN[name].copy()
    for world in resolve.worlds:
        for side in ("imports", "exports"):
            for key, item in list(getattr(world, side).items()):
                text = world.wit()
                try:
                    del getattr(world, side)[key]
                except ValueError as e:
                    assert "can't be taken out: other items of the world need it" in str(e)
                    assert world.wit() == text
                    continue
                assert key not in getattr(world, side)
                if isinstance(item, Function) and not key.startswith("["):
                    gates = "" if not item.stability else f"{item.stability}\n"
                    world.add(f"{gates}{side[:-1]} {item};")
                    assert str(getattr(world, side)[key]) == str(item)
    is_as_text(resolve)


def test_a_world_built_piece_by_piece() -> None:
    """Every item of a world is added to an empty one, in the order of its text."""
    for _, whole in made(range(40, 43)):
        for world in whole.worlds:
            if world.package != whole.package():
                continue
            lines = within(world)
            resolve = whole.copy()
            resolve.package().add(f"world {NEW} {{ }}")
            new = resolve.world(NEW)
            new.add("\n".join(lines))
            assert within(new) == lines
            assert [*new.imports] == [*world.imports] and [*new.exports] == [*world.exports]
            is_as_text(resolve)


def test_an_interface_built_piece_by_piece() -> None:
    """Types first, each by its own definition, then functions."""
    whole = parse_wit(ALL)
    for interface in (one for one in whole.interfaces if not one.is_inline):
        resolve = whole.copy()
        resolve.package().add(f"interface {NEW} {{ }}")
        new = resolve.interface(NEW)
        for part in re.split(r"\n\n", "\n".join(within(interface))):
            new.add(part)
        assert within(new) == within(interface)
        assert [t.id for t in whole.types] == [t.id for t in resolve.types][: len(whole.types)]
        is_as_text(resolve)


def test_what_is_refused_changes_nothing() -> None:
    """Of text that is right up to its last line, nothing is added."""
    for name, given in GIVEN.items():
        resolve = given.copy()
        before = resolve.copy()
        places: list[Interface | World] = [*resolve.worlds, *[one for one in resolve.interfaces if not one.is_inline]]
        for holder in places[:6]:
            word = "import " if isinstance(holder, World) else ""
            with pytest.raises(Exception, match=r"unknown|not|exist"):
                holder.add(f"record {NEW} {{ a: u8 }}\n{word}{NEW}-f: func(x: {NEW}, y: no-such-type);")
            assert resolve == before, name


def test_ids_stay_where_things_are_added() -> None:
    for name, given in GIVEN.items():
        resolve = given.copy()
        texts = [str(type_) for type_ in resolve.types]
        holders = [one for one in resolve.interfaces if not one.is_inline][:3]
        for k, interface in enumerate(holders):
            functions = [*interface.functions]
            interface.add(
                f"record {NEW}{k} {{ a: list<list<u8>>, b: tuple<u8, string> }} {NEW}{k}-f: func(x: list<{NEW}{k}>);"
            )
            assert [*interface.functions] == [*functions, f"{NEW}{k}-f"], name
            [param] = interface.functions[f"{NEW}{k}-f"].params
            assert str(param.type) == f"list<{NEW}{k}>"
        assert [str(type_) for type_ in resolve.types][: len(texts)] == texts
        assert len(resolve.types) == len(texts) + 5 * len(holders), name
        is_as_text(resolve)
