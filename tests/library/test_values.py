"""Items and types as values: what they show, equality, hashes, copies and pickles, finding by name, locations."""

from __future__ import annotations

import concurrent.futures
import copy
import multiprocessing
import pickle
import re
from typing import assert_never, get_args

import pytest
from inputs import ALL, WASI

from pywasmtools import (
    Alias,
    Borrow,
    CoreSignature,
    CoreType,
    DefinedType,
    Dummy,
    Enum,
    FixedLengthList,
    Flags,
    Function,
    Future,
    Interface,
    List,
    Location,
    Map,
    Option,
    Own,
    Prim,
    Record,
    Resolve,
    Resource,
    Result,
    Stability,
    Stream,
    Tuple,
    Type,
    Variant,
    World,
    parse_wit,
    print_wat,
)
from pywasmtools.library.state import PARTS
from pywasmtools.wit import types as model_types


@pytest.fixture
def resolve() -> Resolve:
    return parse_wit(ALL)


def test_what_everything_shows(resolve: Resolve) -> None:
    assert repr(resolve) == "Resolve 'a:b@1.0.0' (1 package, 2 worlds, 3 interfaces, 28 types)"
    assert str(resolve).startswith("package a:b@1.0.0;\n\n/// Shapes.\ninterface shapes {\n")
    shapes = resolve.interface("shapes")
    assert (str(shapes), repr(shapes)) == (
        "a:b/shapes@1.0.0",
        "Interface 'a:b/shapes@1.0.0' (8 types, 5 functions)",
    )
    assert {name: (str(t), repr(t)) for name, t in shapes.types.items()} == {
        "point": ("point", "Record 'point' (x: f64, y: f64)"),
        "shape": ("shape", "Variant 'shape' (dot(point), line(list<point>), nothing)"),
        "color": ("color", "Enum 'color' (red, green, blue)"),
        "access": ("access", "Flags 'access' (read, write)"),
        "bytes": ("bytes", "List 'bytes' = list<u8>"),
        "pair": ("pair", "Tuple 'pair' = tuple<u8, u32>"),
        "four": ("four", "FixedLengthList 'four' = list<u16, 4>"),
        "file": ("file", "Resource 'file' (constructor, read, open)"),
    }
    assert [(str(p.type), repr(p.type)) for f in shapes.functions.values() for p in f.params][4:] == [
        ("borrow<file>", "Borrow borrow<file>"),
        ("own<file>", "Own own<file>"),
        ("list<own<file>>", "List list<own<file>>"),
        ("stream<u8>", "Stream stream<u8>"),
        ("future", "Future future"),
        ("map<string, u8>", "Map map<string, u8>"),
        ("error-context", "Prim('error-context')"),
    ]
    draw = shapes.functions["draw"]
    signature = "(what: shape, on: borrow<file>, into: own<file>, more: list<own<file>>)"
    assert repr(draw) == f"Function 'draw' {signature} -> result<tuple<u8, u16>>"
    plain = signature.replace("own<file>", "file")
    assert str(draw) == f"draw: func{plain} -> result<tuple<u8, u16>>"
    assert repr(draw.params[0]) == "Param what: shape"
    assert repr(resolve.interface("other").types["spot"]) == "Alias 'spot' = point of a:b/shapes@1.0.0"
    world = resolve.world("w")
    assert (str(world), repr(world)) == ("a:b/w@1.0.0", "World 'a:b/w@1.0.0' (8 imports, 2 exports)")
    assert repr(world.exports).startswith("{'run': Function 'run' (c: own<canvas>), 'a:b/shapes@1.0.0': Interface")
    assert repr(resolve.package()) == "Package 'a:b@1.0.0' (2 interfaces, 2 worlds)"
    record = shapes.types["point"]
    assert isinstance(record, Record)
    assert (str(record.fields[0]), repr(record.fields[0])) == ("x: f64", "Field x: f64")
    assert str(draw.core_signature()) == "(i32, i64, i64, i32, i32, i32, i32, i32) -> ()"


def kind(type_: Type) -> str:
    """A `match` that type checkers know to be exhaustive."""
    match type_:
        case Prim(name):
            return name
        case Record(fields):
            return f"record of {len(fields)}"
        case Variant(cases) | Enum(cases):
            return f"one of {len(cases)}"
        case Flags(flags):
            return f"any of {len(flags)}"
        case Tuple(elements):
            return "tuple of " + ", ".join(map(kind, elements))
        case FixedLengthList(element, length):
            return f"{length} of {kind(element)}"
        case List(element):
            return f"list of {kind(element)}"
        case Map(key, value):
            return f"map of {kind(key)} to {kind(value)}"
        case Option(some):
            return f"maybe {kind(some)}"
        case Result(ok, err):
            return f"{ok and kind(ok)} or {err and kind(err)}"
        case Future(inner) | Stream(inner):
            return f"{type_.kind} of {inner and kind(inner)}"
        case Own(resource) | Borrow(resource):
            return f"{type_.kind} {resource.name}"
        case Resource(name):
            return f"resource {name}"
        case Alias(other):
            return f"as {kind(other)}"
        case _:
            assert_never(type_)


def test_match_knows_all_kinds(resolve: Resolve) -> None:
    watch = resolve.interface("shapes").functions["watch"]
    assert [kind(p.type) for p in watch.params] == [
        "stream of u8",
        "future of None",
        "map of string to u8",
        "error-context",
    ]
    near = resolve.interface("other").functions["near"]
    assert [kind(p.type) for p in near.params] == ["as record of 2", "own file"]
    found = {type(t) for t in resolve.types}
    assert found | {Prim} == {Prim, *DefinedType.__args__}


def test_ways_up_and_down(resolve: Resolve) -> None:
    world = resolve.world("w")
    shapes = resolve.interface("shapes")
    run = world.exports["run"]
    assert isinstance(run, Function) and run.owner == world and run.package == resolve.package()
    canvas = run.params[0].type
    assert isinstance(canvas, Own) and canvas.resource.owner == world
    assert [f.name for f in canvas.resource.functions] == ["[method]canvas.put"]
    assert canvas.resource.functions[0].resource == canvas.resource
    assert world.exports["a:b/shapes@1.0.0"] == shapes == shapes.types["point"].owner
    file = resolve.interface("other").types["file"]
    assert isinstance(file, Alias) and file.is_use and file.unaliased == shapes.types["file"]
    near = resolve.interface("other").functions["near"].params[1].type
    assert isinstance(near, Own) and near.type == file and near.resource == shapes.types["file"]
    resource = shapes.types["file"]
    assert isinstance(resource, Resource) and resource.constructor is not None and resource.constructor.is_constructor
    assert [f.item_name for f in resource.methods] == ["read"] and resource.methods[0].params[0].name == "self"
    assert [f.item_name for f in resource.statics] == ["open"] and resource.statics[0].is_static
    assert [f.name for f in world.exported_functions if f.resource is None] == ["run", "draw", "watch"]
    named = world.imports["named"]
    assert isinstance(named, Interface) and named.is_inline and named.name == "named" == str(named)
    assert list(world.types) == ["color", "pixel", "canvas"]
    assert world.types["pixel"].owner == world
    assert resolve.interface("other").dependencies == (shapes,)
    assert all(item.resolve is resolve for item in (world, shapes, run, canvas, resource))


def test_equality_and_hashes(resolve: Resolve) -> None:
    again = parse_wit(ALL)
    assert resolve == again and resolve != parse_wit("package a:b;") and resolve != "package a:b;"
    with pytest.raises(TypeError, match="unhashable"):
        hash(resolve)
    shapes = resolve.interface("shapes")
    assert shapes == resolve.interface("shapes") and len({shapes, resolve.interface("a:b/shapes")}) == 1
    assert shapes == again.interface("shapes") and shapes != resolve.interface("other")
    assert shapes != resolve.world("w") and shapes.functions["draw"] != shapes.functions["watch"]
    # Types without a name are equal where they are made alike, wherever they stand.
    draw, near = shapes.functions["draw"], resolve.interface("other").functions["near"]
    result = near.result
    assert result == parse_wit("package c:d; interface x { f: func(l: list<u8>); }").types[0]
    assert result != shapes.types["bytes"] and result != draw.params[3].type
    two, three = (parse_wit(f"package c:d; interface x {{ f: func(l: list<u8, {n}>); }}").types[0] for n in (2, 3))
    assert two == parse_wit("package e:f; interface x { f: func(l: list<u8, 2>); }").types[0] != three
    assert Prim("u8") == Prim("u8") != Prim("u16") and len({Prim("u8"), Prim("u8")}) == 1
    with pytest.raises(ValueError, match="a primitive type is one of bool, u8"):
        Prim("u128")  # type: ignore[arg-type]
    again.interface("shapes").docs = "Others."
    assert resolve != again and shapes != again.interface("shapes")


def test_copies_have_nothing_in_common(resolve: Resolve) -> None:
    for new in (resolve.copy(), copy.copy(resolve), copy.deepcopy(resolve), pickle.loads(pickle.dumps(resolve))):
        assert new == resolve
        new.interface("shapes").functions["draw"].rename("paint")
        new.world("w").docs = "Changed."
        assert new != resolve and "draw" in resolve.interface("shapes").functions


def test_views_pickle(resolve: Resolve) -> None:
    shapes = resolve.interface("shapes")
    point = shapes.types["point"]
    assert isinstance(point, Record)
    values = [
        shapes,
        resolve.world("w"),
        resolve.package(),
        point,
        point.fields[1],
        shapes.functions["draw"],
        Prim("u8"),
    ]
    values += [shapes.functions["draw"].params[2], shapes.functions, resolve.world("w").imports["log"]]
    again = pickle.loads(pickle.dumps(values))
    assert again == values and len({id(v.resolve) for v in again if isinstance(v, Interface | World | Record)}) == 1
    assert copy.deepcopy(point) == point


def names_of(resolve: Resolve) -> list[str]:
    return [str(interface) for interface in resolve.interfaces]


def test_a_resolve_goes_through_a_pool(resolve: Resolve) -> None:
    spawned = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, spawned) as pool:
        assert list(pool.map(names_of, [resolve])) == [names_of(resolve)]


def test_the_table_of_the_model_is_complete() -> None:
    for cls, parts in PARTS.items():
        slots = {name for base in cls.__mro__ for name in getattr(base, "__slots__", ())}
        assert slots in (set(), set(parts)), cls
    kinds = {c for c in vars(model_types).values() if isinstance(c, type) and issubclass(c, model_types.TypeKind)}
    bases = {
        model_types.TypeKind,
        model_types.OneType,
        model_types.OptionalType,
        model_types.Handle,
        model_types.Unknown,
    }
    assert kinds - bases <= set(PARTS)


# ------------------------------------------------------------------------------- finding by name


def test_finding_by_name() -> None:
    resolve = parse_wit(WASI)
    assert str(resolve.world("command")) == "wasi:cli/command@0.2.0"
    assert resolve.world("wasi:cli/command") == resolve.world("wasi:cli/command@0.2.0") == resolve.world("command")
    # A plain name means the main package first.
    assert str(resolve.interface("types")) == "wasi:http/types@0.2.0"
    assert str(resolve.interface("wasi:cli/types")) == "wasi:cli/types@0.2.0"
    assert resolve.package("wasi:io").local_name == "io" and resolve.package("wasi:io@0.2.0").version == "0.2.0"
    assert resolve.package() == resolve.package("wasi:http") and resolve.package().namespace == "wasi"
    with pytest.raises(LookupError, match=r"there is no world `comand`; did you mean `wasi:cli/command@0.2.0`"):
        resolve.world("comand")
    with pytest.raises(LookupError, match="there are several: say which world"):
        resolve.world()
    with pytest.raises(LookupError, match=r"there is no package `wasi:clii`; did you mean `wasi:cli@0.2.0`"):
        resolve.package("wasi:clii")
    with pytest.raises(LookupError, match=r"there is no interface `nothing-like-it`"):
        resolve.interface("nothing-like-it")
    with pytest.raises(KeyError):
        resolve.interface("streams").functions["f"]
    command = resolve.world("command")
    assert command.exports["wasi:cli/run"] == command.exports["wasi:cli/run@0.2.0"] == resolve.interface("run")
    assert "wasi:cli/run" in command.exports and list(command.exports) == ["wasi:cli/run@0.2.0"]
    assert "run" not in command.exports and command.exports.get("wasi:cli/exit") is None
    assert resolve.interface("streams").functions.get("f") is None


def test_two_versions_of_one_package() -> None:
    text = "package a:main; world w { import x:y/i@1.0.0; import x:y/i@2.0.0; }"
    text += " package x:y@1.0.0 { interface i {} } package x:y@2.0.0 { interface i {} }"
    resolve = parse_wit(text)
    assert resolve.interface("x:y/i@2.0.0").package.version == "2.0.0"
    for find in (lambda: resolve.interface("x:y/i"), lambda: resolve.interface("i"), lambda: resolve.package("x:y")):
        with pytest.raises(LookupError, match="there are several"):
            find()
    assert list(resolve.world().imports) == ["x:y/i@1.0.0", "x:y/i@2.0.0"]


def test_locations_docs_and_stability(resolve: Resolve) -> None:
    point = resolve.interface("shapes").types["point"]
    assert isinstance(point, Record)
    assert point.location == Location("<input>", 7, 10) and str(point.location) == "<input>:7:10"
    assert (point.docs, point.fields[0].docs, point.fields[1].docs) == ("A point.", "Across.", None)
    assert point.stability == Stability(since="1.0.0") and str(point.stability) == "@since(version = 1.0.0)"
    assert not resolve.interface("shapes").stability
    with pytest.raises(ValueError, match="not both"):
        Stability(since="1.0.0", unstable="x")
    lines = ALL.splitlines()
    for item in (*resolve.types, *resolve.interfaces, *resolve.worlds):
        place = item.location
        if place is not None and item.name:
            here = lines[place.line - 1][place.column - 1 :]
            assert here.startswith(item.name) or f" as {item.name}" in here


def test_core_imports_and_exports_are_those_of_a_module_that_fits() -> None:
    """What a dummy module imports and exports, built-ins of resources and of the ABI aside."""
    resolve = parse_wit(WASI)
    for world in resolve.worlds:
        for names in get_args(Dummy):
            text = print_wat(resolve.dummy_module(world, names=names))
            for item in world.core_imports(names):
                assert f'(import "{item.module}" "{item.name}" (func' in text
            for export in world.core_exports(names):
                assert f'(export "{export.name}" (func' in text
    text = print_wat(resolve.dummy_module("command", names="legacy"))
    used = {m for m in re.findall(r'\(import "([^"]*)" "([^"]*)"', text) if not m[1].startswith("[resource-")}
    assert used == {(item.module, item.name) for item in resolve.world("command").core_imports()}
    with pytest.raises(ValueError, match="`names` is one of 'standard32'"):
        resolve.world("command").core_imports("modern")  # type: ignore[arg-type]


def test_core_signatures(resolve: Resolve) -> None:
    watch = resolve.interface("shapes").functions["watch"]
    i32: CoreType = "i32"
    assert watch.core_signature("import") == CoreSignature((i32,) * 6, (), False, True)
    assert watch.core_signature("export").results == (i32,)
    assert watch.core_signature("import-async").results == (i32,)
    assert watch.core_signature("import-async").indirect_params
    assert watch.core_signature("export-async").results == (i32,)
    assert watch.core_signature("export-async-stackful").results == ()
    with pytest.raises(ValueError, match="a core signature is that of import, export"):
        watch.core_signature("imports")  # type: ignore[arg-type]
