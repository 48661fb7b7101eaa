"""Types of the library by the canonical ABI: sizes, alignments, offsets and core types at every edge; which types are equal."""

from __future__ import annotations

import dataclasses
import itertools
import re
from pathlib import Path

import pytest

from pywasmtools import Borrow, Function, Interface, Record, Resolve, Type, TypeDef, World, parse_wit
from pywasmtools.library import abi, base, explain, listing


def types_of(*definitions: str) -> dict[str, TypeDef]:
    """The types of an interface, by name."""
    return dict(parse_wit(f"package a:b; interface i {{ {' '.join(definitions)} }}").interface("i").types)


def labels(count: int) -> str:
    return ", ".join(f"l{k}" for k in range(count))


# ------------------------------------------------------------------------------- sizes

PRIMITIVES = {
    "bool": (1, 1),
    "u8": (1, 1),
    "s8": (1, 1),
    "u16": (2, 2),
    "s16": (2, 2),
    "u32": (4, 4),
    "s32": (4, 4),
    "u64": (8, 8),
    "s64": (8, 8),
    "f32": (4, 4),
    "f64": (8, 8),
    "char": (4, 4),
    "string": (4, 8),
}
"""Alignment and size in bytes."""

LAYOUTS = [
    *((f"flags t {{ {labels(count)} }}", (1, 1)) for count in (1, 7, 8)),
    *((f"flags t {{ {labels(count)} }}", (2, 2)) for count in (9, 15, 16)),
    *((f"flags t {{ {labels(count)} }}", (4, 4)) for count in (17, 31, 32)),
    *((f"enum t {{ {labels(count)} }}", (1, 1)) for count in (1, 2, 255, 256)),
    *((f"enum t {{ {labels(count)} }}", (2, 2)) for count in (257, 300)),
    (f"variant t {{ {labels(256)}(u8) }}", (1, 2)),
    (f"variant t {{ {labels(257)}(u8) }}", (2, 4)),
    ("variant t { a, b(u64), c(string) }", (8, 16)),
    ("record t { a: u8, b: u16, c: u8, d: u32, e: u8 }", (4, 16)),
    ("record t { a: u64, b: u8 }", (8, 16)),
    ("type t = tuple<u8, u64, u8>;", (8, 24)),
    ("type t = tuple<string, u8>;", (4, 12)),
    ("type t = option<u8>;", (1, 2)),
    ("type t = option<u64>;", (8, 16)),
    ("type t = result;", (1, 1)),
    ("type t = result<u16>;", (2, 4)),
    ("type t = result<_, u32>;", (4, 8)),
    ("type t = result<u8, u64>;", (8, 16)),
    ("type t = list<u64>;", (4, 8)),
    ("type t = list<u64, 3>;", (8, 24)),
    ("type t = list<u16, 5>;", (2, 10)),
    ("type t = map<string, u64>;", (4, 8)),
    ("type t = stream<u64>;", (4, 4)),
    ("type t = future;", (4, 4)),
    ("resource t;", (4, 4)),
    ("resource r; type t = own<r>;", (4, 4)),
    ("resource r; record t { a: u8, b: borrow<r> }", (4, 8)),
    ("type s = u64; type t = s;", (8, 8)),
]


@pytest.mark.parametrize(("text", "layout"), LAYOUTS, ids=[text[:30] for text, _ in LAYOUTS])
def test_alignment_and_size(text: str, layout: tuple[int, int]) -> None:
    found = types_of(text)["t"]
    assert (found.alignment, found.size) == layout


def test_primitives_in_records() -> None:
    """Any three of them behind one another: each at the next place of its alignment."""
    for names in itertools.product(PRIMITIVES, repeat=2):
        found = types_of(f"record t {{ a: u8, b: {names[0]}, c: {names[1]} }}")["t"]
        end, offsets, most = 1, [0], 1
        for alignment, size in (PRIMITIVES[name] for name in names):
            end += -end % alignment
            offsets.append(end)
            end, most = end + size, max(most, alignment)
        assert isinstance(found, Record)
        assert [field.offset for field in found.fields] == offsets
        assert (found.alignment, found.size) == (most, end + -end % most)


def test_the_type_of_the_number_of_a_case() -> None:
    counts = (1, 255, 256, 257, 65535, 65536, 65537)
    assert [abi.discriminant(count) for count in counts] == ["u8", "u8", "u8", "u16", "u16", "u16", "u32"]


FLAT = [
    ("type t = string;", ("i32", "i32")),
    ("record t { a: u8, b: s64, c: f32, d: f64, e: char }", ("i32", "i64", "f32", "f64", "i32")),
    ("type t = option<u64>;", ("i32", "i64")),
    ("variant t { a(f32), b(u64), c(u8) }", ("i32", "i64")),
    ("variant t { a(f32), b(u8) }", ("i32", "i32")),
    ("type t = list<u8, 3>;", ("i32", "i32", "i32")),
    (f"flags t {{ {labels(32)} }}", ("i32",)),
    ("resource t;", ("i32",)),
    (f"type t = tuple<{', '.join(['u64'] * 16)}>;", ("i64",) * 16),
    (f"type t = tuple<{', '.join(['u64'] * 17)}>;", None),
    ("resource r; type t = own<r>;", ("i32",)),
    ("resource r; type t = r;", ("i32",)),
]


@pytest.mark.parametrize(("text", "flat"), FLAT, ids=[text[:30] for text, _ in FLAT])
def test_core_types(text: str, flat: tuple[str, ...] | None) -> None:
    assert types_of(text)["t"].flat == flat


# ------------------------------------------------------------------------------- equality

MADE = (
    *("list<u8>", "list<u16>", "list<u8, 2>", "list<u8, 3>", "list<list<u8>>", "option<u8>", "option<list<u8>>"),
    *("tuple<u8>", "tuple<u8, u8>", "tuple<u8, list<u8>>", "tuple<list<u8>, u8>", "tuple<tuple<u8, u8>, u8>"),
    *("tuple<u8, tuple<u8, u8>>", "result", "result<u8>", "result<_, u8>", "result<u8, u8>", "stream", "stream<u8>"),
    *("future", "future<u8>", "map<u8, u8>", "map<u8, u16>", "named", "list<named>", "list<other>", "other"),
    *("borrow<res>", "borrow<sec>", "option<borrow<res>>", "own<res>", "list<own<res>>", "u8", "u16"),
)
"""Types that are not equal, any two of them."""

BEFORE = "package a:b; interface i { record named { a: u8 } record other { a: u8 } resource res; resource sec; "


def made(*more: str) -> tuple[Resolve, list[Type]]:
    """A function with a parameter of each."""
    params = ", ".join(f"p{k}: {text}" for k, text in enumerate((*MADE, *more)))
    resolve = parse_wit(f"{BEFORE} f: func({params}); }}")
    return resolve, [param.type for param in resolve.interface("i").functions["f"].params]


def test_types_are_equal_to_those_made_alike() -> None:
    """Within one resolve and across two; what there is a name in, by the whole of both."""
    (one, these), (two, those) = made(), made()
    assert one == two
    for k, type_ in enumerate(these):
        for n, other in enumerate(those):
            assert (type_ == other) is (k == n), (MADE[k], MADE[n])
            assert (type_ == these[n]) is (k == n), (MADE[k], MADE[n])
        assert hash(type_) == hash(those[k])
        assert type_ != MADE[k] and type_ != object()


def test_types_of_resolves_that_differ() -> None:
    """Those without a name in them are equal all the same."""
    (one, these), (two, those) = made(), made("list<u32>")
    assert one != two
    named = re.compile(r"\b(named|other|res|sec)\b")
    for k, text in enumerate(MADE):
        assert (these[k] == those[k]) is (named.search(text) is None), text


def test_a_handle_is_equal_to_one_of_the_same_resource() -> None:
    [first, second] = (
        parse_wit(f"{BEFORE} f: func(a: borrow<res>, b: borrow<res>); }}").interface("i").functions["f"].params
    )
    assert isinstance(first.type, Borrow) and first.type == second.type and first != second


# ------------------------------------------------------------------------------- classes


@pytest.mark.parametrize("module", [listing, explain, abi, base], ids=lambda module: module.__name__)
def test_values_cannot_be_changed(module: object) -> None:
    """Data classes are frozen; those that are made by the thousand have slots."""
    found = [cls for cls in vars(module).values() if dataclasses.is_dataclass(cls) and isinstance(cls, type)]
    assert found
    for cls in (cls for cls in found if cls.__module__ == getattr(module, "__name__", "")):
        assert cls.__dataclass_params__.frozen, cls  # type: ignore[attr-defined]
        assert ("__slots__" in vars(cls)) is (module in (listing, explain)), cls


def test_views_have_no_attributes_of_their_own() -> None:
    """What is set on them by mistake is told, for it would be lost with the view."""
    resolve, types = made()
    views = [*resolve.worlds, *resolve.interfaces, *resolve.packages, resolve.interface("i").functions["f"], *types]
    for view in views:
        with pytest.raises(AttributeError):
            view.nothing_of_the_kind = 1  # type: ignore[union-attr]
        if isinstance(view, base.View):
            assert not hasattr(view, "__dict__"), type(view)


def test_what_classes_have_to_define() -> None:
    """A base class says so where one of its own forgets."""
    for cls, name in (
        (base.View, "_place"),
        (base.Documented, "_docs_of"),
        (base.Located, "_docs_of"),
        (base.Item, "_docs_of"),
    ):
        with pytest.raises(NotImplementedError):
            getattr(object.__new__(cls), name)()
    with pytest.raises(NotImplementedError):
        object.__new__(base.Holder)._all("functions")


# ------------------------------------------------------------------------------- places


def test_places_in_several_files(tmp_path: Path) -> None:
    """Line and column in the file where a name stands, whichever of a folder that is."""
    texts = {
        "a.wit": "package a:b;\ninterface one { f: func(); }\n",
        "b.wit": "// é\n\ninterface two {\n  type t = u8; }\n",
        "c.wit": "world w { import one;  export g: func(); }",
        "deps/d.wit": "package d:e;\n\ninterface three {\n  /* é */ record r { a: u8 } }\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    resolve = parse_wit(tmp_path)
    found: dict[str, list[Interface | World | Function | TypeDef]] = {
        "a.wit": [resolve.interface("one"), resolve.interface("one").functions["f"]],
        "b.wit": [resolve.interface("two"), resolve.interface("two").types["t"]],
        "c.wit": [resolve.world("w")],
        "deps/d.wit": [resolve.interface("three"), resolve.interface("three").types["r"]],
    }
    for name, items in found.items():
        lines = texts[name].encode().splitlines()
        for item in items:
            place = item.location
            assert place is not None and Path(place.path) == tmp_path / name
            assert item.name is not None
            assert lines[place.line - 1][place.column - 1 :].startswith(item.name.encode()), (name, item)
