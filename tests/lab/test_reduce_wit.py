"""WIT as `reduce` sees it: units with what they name, packages of files, simpler texts for nodes, names; and where cases come from."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("forks", allow_module_level=True)
pytest.importorskip("tree_sitter_wit", reason="the grammar is not installed: pip install ./tree-sitter-wit")

from pywasmtools.lab.case import Case
from pywasmtools.lab.grammar import parse
from pywasmtools.lab.reduce import inputs, wit
from pywasmtools.lab.reduce.units import Forest, Unit, widened
from pywasmtools.lab.workplace import CannotRun

FILES = {
    "a.wit": b"package a:b@1.0.0;\ninterface one {\n  use c:d/two.{t as u};\n  type v = u;\n  f: func(x: v);\n}\n",
    "b.wit": b"world w {\n  import one;\n  include %other;\n}\nworld %other { export c:d/two@0.1.0; }\n",
    "deps/c.wit": b"package c:d@0.1.0;\ninterface two { type t = u8; record r { a: t, b: t } }\n",
    "deps/e/e.wit": b"package e:f;\n",
    "deps/e/g.wit": b"interface three { g: func(); }\n",
}


def of(files: dict[str, bytes]) -> Forest:
    return wit.forest(files, wit.OPTIONAL)


def unit_of(found: Forest, defines: bytes, kind: str = "") -> Unit:
    [unit] = [u for u in found.units if u.defines == defines and (not kind or u.kind == kind)]
    return unit


def names(units: list[Unit]) -> list[bytes]:
    return [unit.defines for unit in units]


def test_packages_of_files() -> None:
    """A file without a name of its own is of the package of its folder, and needs the file that names it."""
    found = of(FILES)
    roots = {root.file: root for root in found.roots}
    packages = {"a.wit": b"a:b", "b.wit": b"a:b", "deps/c.wit": b"c:d", "deps/e/e.wit": b"e:f", "deps/e/g.wit": b"e:f"}
    assert {name: root.package for name, root in roots.items()} == packages
    assert {name: [need.file for need in root.needs] for name, root in roots.items() if root.needs} == {
        "b.wit": ["a.wit"],
        "deps/e/g.wit": ["deps/e/e.wit"],
    }
    assert [root.file for root in found.always] == ["a.wit"]
    assert all(unit.package == roots[unit.file].package for unit in found.units)
    alone = of({"x.wit": b"interface i {}\n"})
    assert alone.roots[0].package == b"" and not alone.always and not alone.roots[0].needs
    nested = of({"x.wit": b"package a:b; package c:d { interface i {} } interface j {}"})
    assert (unit_of(nested, b"i").package, unit_of(nested, b"j").package) == (b"c:d", b"a:b")
    later = of({"x.wit": b"package c:d { interface i {} } interface j {}", "y.wit": b"package a:b;"})
    assert (unit_of(later, b"i").package, unit_of(later, b"j").package) == (b"c:d", b"a:b")


def test_what_units_name() -> None:
    found = of(FILES)
    used = unit_of(found, b"u")
    assert used.kind == "use_name"
    assert tuple(used.mentions[0]) == (b"t", b"c:d", b"two")
    assert names(found.definitions(used, used.mentions[0])) == [b"t"]
    assert found.definitions(used, used.mentions[0])[0].package == b"c:d"
    closed = found.closure([unit_of(found, b"v", "type_alias")])
    assert {unit.defines for unit in closed if unit.defines} == {b"one", b"v", b"u", b"two", b"t"}
    assert {unit.file for unit in closed} == {"a.wit", "deps/c.wit"}
    world = found.closure([unit_of(found, b"w", "world")])
    assert {unit.file for unit in world} == {"a.wit", "b.wit"} and unit_of(found, b"one") not in world
    included = found.closure([unit for unit in found.units if unit.kind == "include"])
    assert unit_of(found, b"other") in included
    filled = found.closure([unit_of(found, b"r")])  # one of its fields at least, and what that names
    assert [unit.kind for unit in filled].count("field") == 1 and unit_of(found, b"t") in filled


def test_what_is_left_is_read() -> None:
    found = of(FILES)
    kept = found.closure([unit_of(found, b"v", "type_alias")])
    assert found.render(kept) == {
        "a.wit": b"package a:b@1.0.0;\ninterface one {\n  use c:d/two.{t as u};\n  type v = u;\n}\n",
        "deps/c.wit": b"package c:d@0.1.0;\ninterface two { type t = u8;  }\n",
    }
    assert found.render(set(found.units)) == FILES


@pytest.mark.parametrize(
    ("text", "start", "end", "comma", "cut"),
    [
        (b"{ a, b }", 2, 3, True, b"{  b }"),
        (b"{ a , b }", 2, 3, True, b"{  b }"),
        (b"{ a, b }", 5, 6, True, b"{ a,  }"),
        (b"{ a, b }", 2, 3, False, b"{ , b }"),
        (b"x\n  a\ny", 4, 5, False, b"x\ny"),
        (b"x\n  a,\ny", 4, 5, True, b"x\ny"),
        (b"x\n  a \t\ny", 4, 5, False, b"x\ny"),
        (b"a\ny", 0, 1, False, b"y"),
        (b"x\n  a b\ny", 4, 5, False, b"x\n   b\ny"),
        (b"x a\ny", 2, 3, False, b"x \ny"),
        (b"x\n  a", 4, 5, False, b"x\n  "),
    ],
)
def test_what_goes_with_a_unit(text: bytes, start: int, end: int, comma: bool, cut: bytes) -> None:
    """The comma behind it, and its line where nothing else stands there."""
    unit = Unit("", "", start, end)
    unit.comma = comma
    first, last = widened(text, unit)
    assert text[:first] + text[last:] == cut


# ------------------------------------------------------------------------------- simpler texts

SMALLER = [
    ("type t = list<u16>;", "list_type", [b"u8", b"u16"]),
    ("type t = option<string>;", "option_type", [b"u8", b"string"]),
    ("type t = result<u16, string>;", "result_type", [b"u8", b"u16", b"string", b"result"]),
    ("type t = result;", "result_type", [b"u8"]),
    ("type t = future<u16>;", "future_type", [b"u8", b"u16", b"future"]),
    ("type t = own<r>;", "own_type", [b"u8", b"r"]),
    ("type t = borrow<r>;", "borrow_type", [b"u8", b"r"]),
    ("type t = u16;", "primitive_type", [b"u8"]),
    ("type t = u8;", "primitive_type", []),
    ("f: func(a: u8) -> u16;", "function_type", [b"func()", b"func(a: u8)"]),
    ("f: async func();", "function_type", [b"func()", b"func()"]),
    ("f: func();", "function_type", [b"func()"]),
    ("record r { a: u8 }", "record", [b"type r = u8;"]),
    ("resource r { m: func(); }", "resource", [b"type r = u8;", b"resource r;"]),
    ("variant v { a(u8), b }", "variant_case", [b"a"]),
    ('@external-id("x") f: func();', "string", [b'""']),
    ("type t = list<u8, 7>;", "integer", [b"1"]),
    ("type t = list<u8, 1>;", "integer", []),
]


@pytest.mark.parametrize(("text", "kind", "expected"), SMALLER, ids=[f"{text} {kind}" for text, kind, _ in SMALLER])
def test_simpler_texts(text: str, kind: str, expected: list[bytes]) -> None:
    root = parse(f"interface i {{ {text} }}".encode()).root_node
    [node] = [node for node in wit.preorder(root) if node.type == kind][:1]
    assert list(wit.smaller(node)) == expected


def test_simpler_texts_of_worlds() -> None:
    root = parse(b"world w { import n: interface { f: func(); } include v with { a as b } export one; }").root_node
    found = {node.type: list(wit.smaller(node)) for node in wit.preorder(root) if any(wit.smaller(node))}
    assert found["import"] == [b"import n: func();"] and "export" not in found
    assert found["include_names"] == [b";"]
    assert found["world_body"] == [b"{}"] and found["interface_body"] == [b"{}"]
    outer = [node for node in wit.preorder(root) if node.start_byte == 0]
    assert [wit.order(node) for node in outer] == sorted({wit.order(node) for node in outer})
    places = [node.start_byte for node in wit.preorder(root)]
    assert places == sorted(places)


# ------------------------------------------------------------------------------- names


def test_names_as_a_whole() -> None:
    case = Case(
        ("wit", "--world", "get-it", "a.wit"),
        {"a.wit": b"get-it get-it-2 x.get-it %get-it get-it.x get-it;", "m": b"get-it"},
    )
    found = wit.replaced(case, wit.word(b"get-it"), b"g")
    assert found.files == {"a.wit": b"g get-it-2 x.get-it %get-it get-it.x g;", "m": b"get-it"}
    assert found.argv == ("wit", "--world", "g", "a.wit")
    assert wit.identifiers(Case((), {"a.wit": b"interface long-one { f: func(b2: u8); }"})) == [
        b"long-one",
        b"b2",
        b"f",
    ]
    short = list(wit.short_names({b"a", b"c"}))
    assert short[:2] == [b"b", b"d"] and len(short) == 26 - 2 + 26 * 26 - 1
    assert not {b"a", b"as", b"c"} & set(short) and {b"sa", b"az", b"zz"} <= set(short)
    assert wit.wit_files(Case((), {"a.wit": b"", "b.wit": b"\xff", "c.wat": b""})) == {"a.wit": b""}


# ------------------------------------------------------------------------------- where cases come from


def test_a_case_of_a_command_line(tmp_path: Path) -> None:
    """Paths that lead out of the folder lead into the case, in all the places where a path may stand."""
    folder = tmp_path / "up" / "work"
    folder.mkdir(parents=True)
    (folder / "a.wit").write_text("a")
    (tmp_path / "up" / "b.wit").write_text("b")
    there = tmp_path / "there.wasm"
    there.write_text("t")
    words = [
        "wasm-tools",
        "new",
        "a.wit",
        "../b.wit",
        str(there),
        f"--adapt=x={there}",
        f"-o{there}",
        "--out=../b.wit",
        "--all",
    ]
    case = inputs.case_of(words, folder, b"in")
    inside = str(there.resolve()).lstrip("/")
    near = str((tmp_path / "up" / "b.wit").resolve()).lstrip("/")
    assert case == Case(
        ("new", "a.wit", near, inside, f"--adapt=x={inside}", f"-o{inside}", f"--out={near}", "--all"),
        {"a.wit": b"a", near: b"b", inside: b"t"},
        b"in",
    )


def test_a_case_that_was_kept(tmp_path: Path) -> None:
    case = Case(("wit", "a.wit"), {"a.wit": b"a", "d/b.wit": b"b"}, b"in")
    case.save(tmp_path / "kept", keeps="x")
    assert inputs.case_of(["kept"], tmp_path, b"other") == case
    assert inputs.kept_case(tmp_path / "kept") == case
    assert json.loads((tmp_path / "kept" / "case.json").read_text())["keeps"] == "x"
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotRun, match=re.escape("`empty` holds no case: there is no case.json in it")):
        inputs.case_of(["empty"], tmp_path, b"")
    (tmp_path / "kept" / "case.json").write_text("{}")
    with pytest.raises(CannotRun, match="holds no case that can be read"):
        inputs.case_of(["kept"], tmp_path, b"")
    assert inputs.case_of(["validate"], tmp_path / "empty", b"") == Case(("validate",))
