"""Walks over every WIT of the project's own, and over generated ones: everything is come to once, and texts parse again."""

from __future__ import annotations

import collections
import pickle
import random
from collections.abc import Iterator

import pytest
from inputs import resolves

from pywasmtools import (
    Alias,
    DefinedType,
    Enum,
    FixedLengthList,
    Flags,
    Function,
    Interface,
    List,
    Map,
    Node,
    Option,
    Prim,
    Record,
    Resolve,
    Result,
    Tuple,
    Type,
    TypeDef,
    Variant,
    Visitor,
    decode,
    parse_wit,
    walk,
)
from pywasmtools.library.resolve import _ordered
from pywasmtools.wit.abi import FlatTypes

SEEDS = range(12)


@pytest.fixture(scope="module")
def everything() -> list[tuple[str, Resolve]]:
    found = list(resolves(SEEDS))
    return found + [(f"{name}, decoded", decode(resolve.to_binary())) for name, resolve in found if _encodes(resolve)]


def _encodes(resolve: Resolve) -> bool:
    from pywasmtools import WasmToolsError

    try:
        resolve.to_binary()
    except WasmToolsError:
        return False
    return True


def test_a_walk_comes_to_every_type_interface_and_world_once(everything: list[tuple[str, Resolve]]) -> None:
    for name, resolve in everything:
        nodes = list(walk(resolve))
        types = [node.id for node in nodes if isinstance(node, TypeDef)]
        assert sorted(types) == list(range(len(resolve.types))), name
        assert sorted(n.id for n in nodes if isinstance(n, Interface)) == list(range(len(resolve.interfaces))), name
        functions = sum(len(i.functions) for i in resolve.interfaces)
        for world in resolve.worlds:
            items = [*world.imports.values(), *world.exports.values()]
            functions += sum(isinstance(item, Function) for item in items)
        assert sum(isinstance(n, Function) for n in nodes) == functions, name


def test_a_visitor_comes_to_what_a_walk_comes_to(everything: list[tuple[str, Resolve]]) -> None:
    class Listing(Visitor):
        def __init__(self) -> None:
            self.types: list[int] = []
            self.left: list[Node] = []

        def visit_type(self, type: DefinedType) -> None:
            self.types.append(type.id)

        def leave(self, node: Node) -> None:
            self.left.append(node)

    for name, resolve in everything:
        listing = Listing()
        listing.visit(resolve)
        nodes = list(walk(resolve))
        assert listing.types == [n.id for n in nodes if isinstance(n, TypeDef)], name
        assert len(listing.left) == len(nodes), name


def test_orders_have_what_is_needed_first(everything: list[tuple[str, Resolve]]) -> None:
    for name, resolve in everything:
        types = [t.id for t in resolve.topological_types()]
        assert sorted(types) == list(range(len(resolve.types))), name
        for type_ in resolve.types:
            for inner in type_.inner:
                assert isinstance(inner, Prim) or types.index(inner.id) < types.index(type_.id), name
        interfaces = [i.id for i in resolve.topological_interfaces()]
        assert sorted(interfaces) == list(range(len(resolve.interfaces))), name
        for interface in resolve.interfaces:
            for other in interface.dependencies:
                assert interfaces.index(other.id) < interfaces.index(interface.id), name
        packages = [p.id for p in resolve.topological_packages()]
        for package in resolve.packages:
            for needed in package.dependencies:
                assert packages.index(needed.id) < packages.index(package.id), name
        for world in resolve.worlds:
            live = [t.id for t in world.live_types()]
            assert len(live) == len(set(live))


def test_everything_shows_itself_and_is_found_again(everything: list[tuple[str, Resolve]]) -> None:
    for name, resolve in everything:
        for node in walk(resolve):
            assert repr(node).startswith(type(node).__name__ + " "), name
            assert str(node) and "object at 0x" not in repr(node) + str(node)
            assert node.owner.resolve is resolve if isinstance(node, Function) else node.resolve is resolve
        for world in resolve.worlds:
            assert resolve.world(world.qualified_name) == world
            assert resolve.package(world.package.name) == world.package
        for interface in resolve.interfaces:
            if not interface.is_inline:
                assert resolve.interface(interface.qualified_name) == interface


def test_the_whole_is_a_value(everything: list[tuple[str, Resolve]]) -> None:
    for name, resolve in everything:
        again = pickle.loads(pickle.dumps(resolve))
        assert again == resolve and again is not resolve, name
        assert str(again) == str(resolve) and again.to_json() == resolve.to_json()
        for node, other in list(zip(walk(resolve), walk(again), strict=True))[::50]:
            assert node == other and hash(node) == hash(other)
        if _encodes(resolve):
            assert again.to_binary() == resolve.to_binary()


# ------------------------------------------------------------------------------- texts


def pieces(interface: Interface) -> Iterator[str]:
    """The text of an interface, put together of the texts of what stands in it."""
    yield "interface %x {\n"
    for type_ in interface.types.values():
        yield type_.wit()
    for function in interface.functions.values():
        if function.resource is None:
            yield function.wit()
    yield "}\n"


def test_texts_of_items_parse_again(everything: list[tuple[str, Resolve]]) -> None:
    count = 0
    for name, resolve in everything:
        version = f"@{resolve.package().version}" if resolve.package().version else "@9.9.9"
        head = f"package {resolve.package().namespace}:again{version};\n"
        for interface in resolve.interfaces:
            if interface.dependencies or interface.is_inline:
                continue
            count += 1
            again = parse_wit(head + "".join(pieces(interface)), all_features=True).interface("x")
            assert again.wit().partition("{")[2] == interface.wit().partition("{")[2], name
            for type_name, type_ in again.types.items():
                other = interface.types[type_name]
                assert (str(type_), repr(type_), type_.docs or "") == (str(other), repr(other), other.docs or "")
            for function_name, function in again.functions.items():
                assert str(function) == str(interface.functions[function_name])
    assert count > 20


def test_the_text_of_the_whole_parses_again(everything: list[tuple[str, Resolve]]) -> None:
    for name, resolve in everything:
        again = parse_wit(str(resolve), all_features=True)
        for package in resolve.packages:
            assert again.package(package.name).wit() == package.wit(), name
        for world in resolve.worlds:
            assert again.world(world.qualified_name).wit() == world.wit()


def test_references_parse_as_types(everything: list[tuple[str, Resolve]]) -> None:
    """`str` of any type without a name is WIT for it, in the interface where it stands."""
    for _, resolve in everything:
        for function in [f for i in resolve.interfaces if not i.is_inline for f in i.functions.values()]:
            assert isinstance(function.owner, Interface)
            if function.resource is not None or function.result is None:
                continue
            new = resolve.copy()
            interface = new.interface(function.owner.qualified_name)
            interface.add(f"added-here: func() -> {function.result};")
            assert str(interface.functions["added-here"].result) == str(function.result)
            break


# ------------------------------------------------------------------------------- canonical ABI


def layout(type_: Type) -> tuple[int, int]:
    """Alignment and size, as the specification's `definitions.py` has them: a case a line."""
    match type_:
        case Prim("bool" | "u8" | "s8"):
            return 1, 1
        case Prim("u16" | "s16"):
            return 2, 2
        case Prim("u64" | "s64" | "f64"):
            return 8, 8
        case Prim("string") | List() | Map():
            return 4, 8
        case Alias(other):
            return layout(other)
        case Record(fields):
            return together([layout(f.type) for f in fields])
        case Tuple(elements):
            return together([layout(t) for t in elements])
        case FixedLengthList(element, length):
            return together([layout(element)] * length)
        case Variant(cases):
            return one_of(len(cases), [layout(c.type) for c in cases if c.type is not None])
        case Enum(cases):
            return one_of(len(cases), [])
        case Option(some):
            return one_of(2, [layout(some)])
        case Result(ok, err):
            return one_of(2, [layout(t) for t in (ok, err) if t is not None])
        case Flags(flags):
            size = 1 if len(flags) <= 8 else 2 if len(flags) <= 16 else 4
            return size, size if size < 4 else -(-len(flags) // 32) * 4
        case _:
            return 4, 4


def together(parts: list[tuple[int, int]]) -> tuple[int, int]:
    alignment, end = 1, 0
    for part_alignment, size in parts:
        alignment = max(alignment, part_alignment)
        while end % part_alignment:
            end += 1
        end += size
    while end % alignment:
        end += 1
    return alignment, end


def one_of(count: int, parts: list[tuple[int, int]]) -> tuple[int, int]:
    number = 1 if count <= 256 else 2
    largest = (max((a for a, _ in parts), default=1), max((s for _, s in parts), default=0))
    alignment = max(number, largest[0])
    start = -(-number // largest[0]) * largest[0]
    return alignment, -(-(start + largest[1]) // alignment) * alignment


def test_sizes_and_core_types(everything: list[tuple[str, Resolve]]) -> None:
    names = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64"}
    kinds: collections.Counter[str] = collections.Counter()
    for name, resolve in everything:
        flat = FlatTypes(resolve.model)
        for type_ in resolve.types:
            kinds[type(type_).__name__] += 1
            assert (type_.alignment, type_.size) == layout(type_), (name, type_)
            if type(type_.unaliased).__name__ != "Resource":
                expected = flat.of(type_.id)
                assert type_.flat == (None if expected is None else tuple(names[c] for c in expected))
            else:
                assert type_.flat == ("i32",)
            if isinstance(type_, Record):
                for field in type_.fields:
                    assert field.offset % field.type.alignment == 0
                    assert field.offset + field.type.size <= type_.size
            if isinstance(type_, Tuple):
                assert len(type_.offsets) == len(type_.elements) and type_.offsets[0] == 0
            if isinstance(type_, Variant | Option | Result):
                largest = max((t.size for t in type_.inner), default=0)
                assert type_.payload_offset + largest <= type_.size < type_.payload_offset + largest + type_.alignment
    assert len(kinds) >= 14, kinds


def test_an_order_in_which_each_comes_after_what_it_needs() -> None:
    """Each once and at once, however many ways lead to it; of those that need each other in a circle each comes too."""
    rng = random.Random(1)
    for _ in range(100):
        count = rng.randrange(9)
        needs = [[dep for dep in range(count) if rank > dep and rng.randrange(3) == 0] for rank in range(count)]
        places = rng.sample(range(count), count)
        moved = {places[k]: [places[dep] for dep in deps] for k, deps in enumerate(needs)}
        order = _ordered(count, moved.__getitem__)
        assert sorted(order) == [*range(count)]
        assert all(order.index(dep) < order.index(one) for one, deps in moved.items() for dep in deps)
    assert sorted(_ordered(40, lambda n: [n + 1, n + 1, n + 2] if n < 38 else [])) == [*range(40)]
    assert sorted(_ordered(5, lambda n: [(n + 1) % 5, n])) == [*range(5)]
    assert _ordered(4, lambda _: []) == [0, 1, 2, 3]
