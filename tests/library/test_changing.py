"""A `Resolve` that is changed, in place and as a copy, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from inputs import ALL, WASI

from pywasmtools import (
    Interface,
    Resolve,
    Stability,
    WasmToolsError,
    component_wit,
    decode,
    parse_wit,
    resolve_from_json,
    walk,
)
from pywasmtools.api import component_embed as embed


@pytest.fixture
def resolve() -> Resolve:
    return parse_wit(ALL)


def holds_together(resolve: Resolve) -> None:
    """What was changed is WIT: it parses again, encodes, and its JSON has no ids that lead nowhere."""
    text = str(resolve)
    assert str(parse_wit(text)) == text
    assert resolve.to_binary() == parse_wit(text).to_binary()
    assert len(resolve_from_json(resolve.to_json()).types) == len(resolve.types)


def test_docs_and_stability(resolve: Resolve) -> None:
    shapes = resolve.interface("shapes")
    shapes.docs = "Two\nlines."
    shapes.stability = Stability(since="0.9.0", deprecated="1.0.0")
    shapes.types["point"].docs = None
    shapes.types["point"].stability = Stability()
    shapes.functions["draw"].docs = "Draws."
    resolve.package().docs = "All."
    text = str(resolve)
    assert "/// Two\n/// lines.\n@since(version = 0.9.0)\n@deprecated(version = 1.0.0)\ninterface shapes {\n" in text
    assert "interface shapes {\n  record point {\n" in text
    assert "  /// Draws.\n  draw: func" in text and text.startswith("/// All.\npackage a:b@1.0.0;")
    holds_together(resolve)


def test_names(resolve: Resolve) -> None:
    shapes = resolve.interface("shapes")
    draw = shapes.functions["draw"]
    draw.rename("draw")  # the name that it has
    draw.rename("paint")
    assert list(shapes.functions)[-2:] == ["paint", "watch"] and draw == shapes.functions["paint"]
    shapes.functions["[method]file.read"].rename("load")
    shapes.types["file"].rename("document")
    assert [*shapes.functions][:3] == ["[constructor]document", "[method]document.load", "[static]document.open"]
    assert list(shapes.types)[-1] == "document"
    shapes.rename("figures")
    resolve.world("w").rename("all")
    resolve.world("all").types["canvas"].rename("screen")
    named = resolve.world("all").imports["named"]
    assert isinstance(named, Interface)
    named.rename("called")
    text = str(resolve)
    assert "use figures.{point as spot, document as file};" in text and "import called: interface {" in text
    assert "export run: func(c: screen);" in text and "world all {" in text
    holds_together(resolve)


def test_names_that_are_refused(resolve: Resolve) -> None:
    shapes = resolve.interface("shapes")
    for rename, name in ((shapes.rename, "other"), (shapes.functions["draw"].rename, "watch"), (shapes.rename, "w")):
        with pytest.raises(ValueError, match=f"`{name}` is there already"):
            rename(name)
    with pytest.raises(ValueError, match="'no_kebab' is not in kebab case"):
        shapes.types["point"].rename("no_kebab")
    with pytest.raises(ValueError, match="a constructor has no name"):
        shapes.functions["[constructor]file"].rename("make")
    with pytest.raises(ValueError, match="a type without a name"):
        shapes.functions["draw"].params[1].type.rename("x")  # type: ignore[union-attr]
    assert resolve == parse_wit(ALL)


def test_what_is_taken_out(resolve: Resolve) -> None:
    world = resolve.world("w")
    del world.imports["log"]
    del world.imports["named"]
    del world.exports["run"]
    del resolve.interface("shapes").functions["draw"]
    text = world.wit()
    assert "log" not in text and "named" not in text and "run" not in text
    for name, items in (("a:b/shapes@1.0.0", world.imports), ("color", world.imports)):
        before = world.wit()
        with pytest.raises(ValueError, match=f"`{name}` can't be taken out: other items of the world need it"):
            del items[name]
        assert world.wit() == before
    with pytest.raises(KeyError):
        del world.imports["log"]
    with pytest.raises(TypeError, match=r"types can't be removed from interface `a:b/shapes@1.0.0`"):
        del resolve.interface("shapes").types["bytes"]
    holds_together(resolve)


def test_types_that_are_taken_out_of_a_world() -> None:
    """They keep their ids, so that those of the others stay; nothing has them any more, in JSON neither."""
    resolve = parse_wit(
        "package a:b; world w { record r { a: u8 } enum e { x } use i.{t}; type s = t; } interface i { type t = u8; }"
    )
    world = resolve.world("w")
    for name in ("r", "s", "t", "e"):
        type_ = world.types[name]
        assert type_.owner == world
        del world.imports[name]
        assert resolve.types[type_.id].owner is None and resolve.types[type_.id].name == name
        with pytest.raises(ValueError, match="can't be given another one"):
            type_.rename("x")
        holds_together(resolve)
    assert not world.types and list(world.imports) == ["a:b/i"]


def test_what_is_added_to_an_interface(resolve: Resolve) -> None:
    shapes = resolve.interface("shapes")
    point = shapes.types["point"]
    shapes.add("""
        /// A box.
        record %box { low: point, high: point }
        /// How many.
        count: func(%in: %box, files: list<borrow<file>>) -> option<list<shape>>;
    """)
    assert shapes.functions["count"].docs == "How many."
    assert str(shapes.functions["count"]) == "count: func(in: box, files: list<borrow<file>>) -> option<list<shape>>"
    assert shapes.types["point"] is not point and shapes.types["point"] == point
    resolve.interface("other").add("use shapes.{color}; paint: func(c: color);")
    holds_together(resolve)
    before = resolve.copy()
    for wit, message in (
        ("draw: func();", "duplicate name `draw`\n     --> <added>:1:1\n"),
        ("f: func();\ng: func(x: unknown-type);", "--> <added>:2:12\n      |\n    2 | g: func(x: unknown-type);\n"),
        ("f: func(", "expected"),
    ):
        with pytest.raises(WasmToolsError, match=re.escape(message)) as e:
            shapes.add(wit)
        assert e.value.path == "<added>" and (e.value.line or 9) <= 2
    with pytest.raises(TypeError, match="what is added is WIT text"):
        shapes.add(b"f: func();")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="written in a world"):
        resolve.world("w").imports["named"].add("f: func();")  # type: ignore[union-attr]
    assert resolve == before


def test_what_is_added_to_a_world(resolve: Resolve) -> None:
    world = resolve.world("w")
    ids = {name: t.id for name, t in world.types.items()}
    world.add("""
        import now: func(c: color, p: list<pixel>) -> own<canvas>;
        import more: interface { use shapes.{point}; f: func(p: point); }
        record frame { inside: pixel }
        export stop: func(f: frame) -> result;
        export other;
    """)
    assert {name: world.types[name].id for name in ids} == ids
    text = world.wit()
    assert "import now: func(c: color, p: list<pixel>) -> canvas;" in text and "export other;" in text
    assert "record frame {\n    inside: pixel,\n  }" in text
    assert list(resolve.package().worlds) == ["w", "empty"] and len(resolve.worlds) == 2
    holds_together(resolve)
    resolve.world("empty").add("import other; export go: func();")
    assert list(resolve.world("empty").imports) == ["a:b/shapes@1.0.0", "a:b/other@1.0.0"]
    holds_together(resolve)
    before = resolve.copy()
    with pytest.raises(ValueError, match=r"the world imports `log` already"):
        world.add("import log: func();")
    with pytest.raises(WasmToolsError, match=r"not found|does not exist"):
        world.add("import nowhere;")
    assert resolve == before


def test_what_is_added_to_a_package(resolve: Resolve) -> None:
    package = resolve.package()
    package.add(
        "/// New.\ninterface third { use shapes.{point}; f: func(p: point); }\nworld big { include w; import third; }"
    )
    assert list(package.interfaces) == ["shapes", "other", "third"] and "big" in package.worlds
    assert package.interfaces["third"].docs == "New." and "log" in package.worlds["big"].imports
    holds_together(resolve)


UNTYPEABLE = "one\0two \u202e \x01"
"""Docs as JSON may have them, which no text may."""

DOCUMENTED = """package a:b;
interface i { record r { a: u8 } f: func(); }
world w { import i; type t = u8; export g: func(); }
world v { record held { x: t } type t = u16; import h: func(a: held); }
package c:d { interface j { k: func(); } }
"""


def test_what_is_added_stands_beside_any_docs() -> None:
    """The text that is read for it has none of the docs that are there, and these stay."""
    resolve = parse_wit(DOCUMENTED)
    worlds = [resolve.world("w"), resolve.world("v")]
    i = resolve.interface("a:b/i")
    functions = [*i.functions.values(), *resolve.interface("c:d/j").functions.values()]
    documented = [*worlds, i, *functions, *i.types.values(), *worlds[0].types.values(), *worlds[1].types.values()]
    for part in documented:
        part.docs = UNTYPEABLE
    i.add("type b = u8;")
    resolve.package("a:b").add("interface k { use i.{b}; }")
    worlds[0].add("import k; import l: func(a: t);")
    worlds[1].add("record more { x: held }")
    assert [part.docs for part in documented] == [UNTYPEABLE] * len(documented)
    assert {*worlds[1].types} == {"held", "t", "more"} and "l" in worlds[0].imports and "b" in i.types
    for part in documented:
        part.docs = None
    holds_together(resolve)


def test_a_change_is_what_the_text_would_be() -> None:
    """Everything that is added one by one is what the whole text has."""
    text = "package a:b; interface i { record r { x: u8 } f: func(r: r) -> list<r>; } world w { import i; export g: func(); }"
    resolve = parse_wit("package a:b; interface i { record r { x: u8 } } world w { }")
    resolve.interface("i").add("f: func(r: r) -> list<r>;")
    resolve.world().add("import i;")
    resolve.world().add("export g: func();")
    assert resolve == parse_wit(text)
    assert resolve.to_json() == parse_wit(text).to_json()


def test_wrong_values_are_clear(resolve: Resolve) -> None:
    shapes = resolve.interface("shapes")
    wrong: Any = 5
    for call in (
        lambda: resolve.world(wrong),
        lambda: resolve.interface(wrong),
        lambda: resolve.package(wrong),
        lambda: resolve.importize(wrong),
        lambda: shapes.rename(wrong),
        lambda: setattr(shapes, "docs", wrong),
        lambda: setattr(shapes, "stability", wrong),
        lambda: shapes.add(wrong),
        lambda: list(walk(wrong)),
        lambda: resolve.embed(wrong, "w"),
    ):
        with pytest.raises(TypeError, match="not int"):
            call()
    assert resolve == parse_wit(ALL)


# ------------------------------------------------------------------------------- what the commands do


def test_a_world_is_chosen_as_the_commands_do() -> None:
    resolve = parse_wit(WASI)
    assert str(resolve.select_world("proxy")) == str(resolve.select_world("wasi:http/proxy")) == "wasi:http/proxy@0.2.0"
    with pytest.raises(WasmToolsError, match=r"There are multiple worlds in `wasi:http@0.2.0`"):
        resolve.select_world()
    with pytest.raises(WasmToolsError, match=r"World `command` not found in package `wasi:http@0.2.0`"):
        resolve.select_world("command")


def test_a_world_turned_round(resolve: Resolve) -> None:
    before = resolve.copy()
    turned = resolve.importize("w")
    assert str(turned.world()) == "a:b/w-importized@1.0.0"
    assert "run" in turned.world().imports and not turned.world().exports
    assert str(resolve.importize(resolve.world("w"), name="x").world()) == "a:b/x@1.0.0"
    simple = parse_wit(WASI)
    out = simple.exportize("wasi:cli/command", imports=["stdout", "wasi:cli/exit"], name="y").world()
    assert list(out.exports) == ["wasi:cli/exit@0.2.0", "wasi:cli/stdout@0.2.0"]
    with pytest.raises(LookupError, match=r"the world has no import `stdou`; did you mean"):
        simple.exportize("command", imports=["stdou"])
    with pytest.raises(TypeError, match=r"`imports` is a list of str"):
        simple.exportize("command", imports="stdout")
    with pytest.raises(ValueError, match="is one of another Resolve"):
        resolve.importize(simple.world("command"))
    assert resolve == before


def test_they_are_those_of_the_command(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    from pywasmtools.cli.main import main

    resolve = parse_wit(WASI)
    for option, changed in (
        (["--importize-world", "proxy"], resolve.importize("proxy")),
        (["--exportize-world", "imports"], resolve.exportize("imports")),
        (["--generate-nominal-type-ids", "proxy"], resolve.generate_nominal_type_ids("proxy")),
        (["--merge-world-imports-based-on-semver", "proxy"], resolve.merge_imports_based_on_semver("proxy")),
    ):
        for form, ours in (([], changed.to_wit().encode()), (["-j"], changed.to_json().encode() + b"\n")):
            assert main(["component", "wit", str(WASI), *option, *form]) == 0
            assert capfdbinary.readouterr().out.rstrip() == ours.rstrip()


def test_interfaces_used_twice_become_two() -> None:
    resolve = parse_wit("package a:b; interface i { resource r; f: func(r: r); } world w { import i; export i; }")
    new = resolve.generate_nominal_type_ids()
    imported, exported = new.world().imports["a:b/i"], new.world().exports["a:b/i"]
    assert isinstance(imported, Interface) and isinstance(exported, Interface)
    assert imported != exported and imported.types["r"] != exported.types["r"]
    assert str(new.world()) == "a:b/w" and resolve.world().imports["a:b/i"] == resolve.world().exports["a:b/i"]


def test_compatible_versions_become_one() -> None:
    text = "package a:main; world w { import x:y/i@1.0.0; import x:y/i@1.1.0; }"
    text += (
        " package x:y@1.0.0 { interface i { f: func(); } } package x:y@1.1.0 { interface i { f: func(); g: func(); } }"
    )
    resolve = parse_wit(text)
    assert list(resolve.merge_imports_based_on_semver().world().imports) == ["x:y/i@1.1.0"]


def test_two_become_one(resolve: Resolve) -> None:
    other = parse_wit("package c:d; interface x { f: func(); }")
    merged = resolve.merge(other)
    assert merged.package() == merged.package("a:b") and str(merged.interface("c:d/x")) == "c:d/x"
    assert len(resolve.packages) == 1 and len(other.packages) == 1
    more = resolve.merge(parse_wit("package a:b@1.0.0; interface shapes { extra: func(); }"))
    assert list(more.interface("shapes").functions)[-1] == "extra"
    with pytest.raises(WasmToolsError, match=r"failed to merge package `a:b@1.0.0` into existing copy"):
        resolve.merge(parse_wit("package a:b@1.0.0; interface shapes { draw: func(); }"))
    with pytest.raises(TypeError, match="not with str"):
        resolve.merge("package c:d;")  # type: ignore[arg-type]


# ------------------------------------------------------------------------------- out


def test_every_form(resolve: Resolve) -> None:
    assert str(resolve).encode() == resolve.to_wit().encode() == component_wit(ALL)
    assert resolve.to_wit(docs=False).encode() == component_wit(ALL, docs=False)
    assert resolve.to_json().encode() == component_wit(ALL, form="json")
    assert resolve.to_binary() == component_wit(ALL, form="wasm")
    assert resolve.to_binary(emit_canonical_names=True) == component_wit(ALL, form="wasm", emit_canonical_names=True)
    assert resolve.to_section("w") == embed(ALL, world="w")
    assert resolve.to_section("w", encoding="utf16") == embed(ALL, world="w", encoding="utf16")
    module = b"\0asm\1\0\0\0"
    for given in (module, bytearray(module), memoryview(module), "(module)"):
        assert resolve.embed(given, resolve.world("w")) == embed(ALL, module, world="w")
    plain = embed(ALL, module, world="w", emit_canonical_names=True)
    assert resolve.embed(module, "w", emit_canonical_names=True) == plain
    assert resolve.dummy_module("empty") == embed(ALL, world="empty", dummy="standard32")
    assert resolve.dummy_module("w", names="legacy") == embed(ALL, world="w", dummy="legacy")
    assert str(decode(resolve.to_binary())) == component_wit(resolve.to_binary()).decode()
    with pytest.raises(ValueError, match=r"`encoding` is one of"):
        resolve.to_section("w", encoding="utf-8")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"`names` is one of"):
        resolve.dummy_module("w", names="x")  # type: ignore[arg-type]


def test_what_is_read_of_a_component_is_printed_as_the_command_does(resolve: Resolve) -> None:
    from pywasmtools import component_new

    component = component_new(parse_wit("package a:b; world w { export f: func(); }").dummy_module())
    found = decode(component)
    assert str(found.world()) == "root:component/root" and found.world_id == found.world().id
    assert str(found).encode() == component_wit(component)
