"""`changes/binary.py`: two binaries from the outside in: worlds, producers, names, sections, what is nested."""

from __future__ import annotations

from change_pairs import WIT, component, module, replaced, wit

from pywasmtools.api import add_metadata, component_embed, parse_wat
from pywasmtools.changes import binary
from pywasmtools.changes.binary import compare, own_name, read_component
from pywasmtools.changes.model import Change, Part
from pywasmtools.wasm.writer import custom_section, section
from pywasmtools.wit_binary.encoder import encode_package


def names(changes: list[Change]) -> list[str]:
    signs = {"added": "+", "removed": "-", "changed": "~"}
    return [f"{signs[change.kind]}{change.name}" for change in changes]


def parts(part: Part) -> list[tuple[str, str, str]]:
    return [(inner.change, inner.kind, inner.name) for inner in part.parts]


def nested(*parts_: str, name: str = "") -> bytes:
    """A component of modules and components given as text."""
    return parse_wat(f"(component {name} {' '.join(parts_)})")


# ------------------------------------------------------------------------------- components


def test_two_builds_of_the_same() -> None:
    part = compare(component(), component())
    assert part.same and part.change == "same"
    assert not part.sections and not part.parts


def test_one_function_changed() -> None:
    part = compare(component(), component((("i32.const 1 i32.add", "i32.const 2 i32.add"),)))
    assert part.change == "changed" and part.world == [] and part.verdict is None
    assert parts(part) == [("changed", "module", "main")]
    assert names(part.parts[0].code) == ["~helper"]
    assert part.sections == []


def test_one_import_added() -> None:
    part = compare(
        component(),
        component(
            (
                ("(memory (export", '(import "$root" "more" (func $more)) (memory (export'),
                ("drop)", "drop call $more)"),
            ),
            (("import tick: func();", "import tick: func(); import more: func();"),),
        ),
    )
    assert [(c.kind, c.what, c.name, c.after) for c in part.world] == [
        ("added", "import", "more", "import more: func();")
    ]
    assert part.verdict is not None and part.verdict.fits is False
    assert part.verdict.why == "missing import named `more`"
    main = part.parts[0]
    assert names(main.imports) == ["+$root more"] and names(main.code) == ["~run"]
    assert main.verdict is None


def test_a_world_that_evolved_compatibly() -> None:
    """It imports less and exports more."""
    part = compare(
        component(),
        component(
            (
                ('(import "demo:hello/host@1.0.0" "log" (func $log (param i32 i32)))', ""),
                ("i32.const 0 i32.const 5 call $log", ""),
                ('(func $run (export "run")', '(func (export "walk")) (func $run (export "run")'),
            ),
            (("export run: func();", "export run: func(); export walk: func();"),),
        ),
    )
    assert names(part.world) == ["-demo:hello/host@1.0.0", "+walk"]
    assert part.verdict is not None and part.verdict.fits is True and part.verdict.why == ""


def test_one_section_more() -> None:
    one = component()
    part = compare(one, one + custom_section("more", b"12345"))
    assert names(part.sections) == ["+custom `more`"]
    assert (part.sections[0].size_before, part.sections[0].size_after) == (-1, 5)
    assert part.parts == [] and part.world == []
    back = compare(one + custom_section("more", b"12345"), one)
    assert names(back.sections) == ["-custom `more`"]


def test_what_a_binary_says_of_itself() -> None:
    one = add_metadata(module(), name="one", language=[("C", "17")], sdk=[("x", "1")], version="1.0")
    two = add_metadata(module(), name="two", language=[("C", "23")], processed_by=[("y", "2")], version="1.1")
    part = compare(one, two)
    assert [(c.kind, c.what, c.name, c.before, c.after) for c in part.producers] == [
        ("changed", "producer", "language C", "17", "23"),
        ("removed", "producer", "sdk x", "1", None),
        ("added", "producer", "processed-by y", None, "2"),
        ("changed", "description", "version", "1.0", "1.1"),
    ]
    assert [(c.what, c.before, c.after) for c in part.names] == [("name", "one", "two")]


def test_malformed_sections_are_compared_as_bytes() -> None:
    broken = custom_section("producers", b"\x05") + custom_section("name", b"\xff")
    part = compare(
        module() + broken, module() + custom_section("producers", b"\x00") + custom_section("name", b"\xff\xff")
    )
    assert names(part.sections) == ["~custom `name`", "~custom `producers`"]
    assert part.producers == [] and part.code == []


def test_bytes_that_hold_the_same() -> None:
    """A section's size in two bytes where one would do."""
    one = module("(module (func))")
    assert one[8:10] == b"\x01\x04"
    part = compare(one, one[:8] + b"\x01\x84\x00" + one[10:])
    assert not part.same and part.change == "changed"
    assert part.notes == ["both hold the same: how numbers are encoded, or the order of sections, is not"]


def test_a_module_against_a_component() -> None:
    part = compare(module(), component())
    assert part.kind == "module → component"
    assert compare(component_embed(WIT, module()), component()).kind == "module → component"


def test_worlds_that_are_embedded_in_modules() -> None:
    one = component_embed(WIT, module())
    part = compare(one, component_embed(replaced(WIT, ("import tick: func();", "")), module()))
    assert names(part.world) == ["-tick"]
    assert part.verdict is not None and part.verdict.fits is True
    assert names(part.sections) == ["~custom `component-type`"]


def test_packages_in_binary() -> None:
    found = [wit(text) for text in (WIT, WIT.replace("warn }", "warn, error }"))]
    one, two = [encode_package(f.resolve, f.package) for f in found]
    part = compare(one, two)
    assert names(part.world) == ["~host", "~guest"]
    assert part.verdict is None
    mixed = compare(one, component())
    assert mixed.notes == ["one of the two is a package of WIT, the other is none"]


def test_imports_that_wit_has_no_words_for() -> None:
    one = '(component (import "m" (core module)) (import "f" (func)))'
    two = '(component (import "n" (core module)) (import "f" (func)))'
    part = compare(parse_wat(one), parse_wat(two))
    assert [(c.kind, c.name, c.before, c.after) for c in part.imports] == [
        ("removed", "m", "core module", None),
        ("added", "n", None, "core module"),
    ]
    broken = parse_wat(
        '(component (import "f" (func)) (component (export "a" (func 9))))',
    )
    part = compare(broken, parse_wat(one))
    assert "the first has no world that can be told as WIT" in part.notes[0]


# ------------------------------------------------------------------------------- what is nested


def test_components_in_components() -> None:
    inner = '(component $inner (core module $m (func $f (result i32) i32.const {}) (export "f" (func $f))) {})'
    one = nested(inner.format(1, ""), "(core module $lib (func))")
    two = nested(inner.format(2, '(import "x" (func))'), "(core module $lib (func))")
    part = compare(one, two)
    assert parts(part) == [("changed", "component", "inner")]
    found = part.parts[0]
    assert names(found.world) == ["+x"] and found.verdict is None
    assert parts(found) == [("changed", "module", "m")]
    assert names(found.parts[0].code) == ["~f"]


def test_what_is_nested_finds_its_partner() -> None:
    a, b, c = [f"(core module ${name} (func (result i32) i32.const {k}))" for k, name in enumerate("abc")]
    assert parts(compare(nested(a, b), nested(b, a))) == []
    assert parts(compare(nested(a, b), nested(a, c, b))) == [("added", "module", "c")]
    assert parts(compare(nested(a, b, c), nested(c))) == [("removed", "module", "a"), ("removed", "module", "b")]
    renamed = compare(nested(a, b), nested(a, c))
    assert parts(renamed) == [("changed", "module", "b")]
    assert [(n.before, n.after) for n in renamed.parts[0].names] == [("b", "c")]
    unnamed = [f"(core module (func (result i32) i32.const {k}))" for k in range(4)]
    assert parts(compare(nested(*unnamed[:2]), nested(unnamed[0], *unnamed[2:]))) == [
        ("changed", "module", ""),
        ("added", "module", ""),
    ]


def test_names_that_a_component_has_for_its_items() -> None:
    one, two = nested("(type $t u8)", "(type $u u16)", name="$c"), nested("(type $t u8)", "(type $v u16)", name="$d")
    part = compare(one, two)
    assert [(c.kind, c.what, c.name) for c in part.names] == [
        ("changed", "name", "c"),
        ("removed", "type name", "u"),
        ("added", "type name", "v"),
    ]


def test_names_of_what_is_nested() -> None:
    assert own_name(module()) == "main"
    assert own_name(b"\0asm") == ""
    found = read_component(nested("(core module $a)", "(component $b)", name="$c"))
    assert found.name == "c"
    assert [(n.kind, n.name) for n in found.nested] == [("module", "a"), ("component", "b")]
    bare = section(1, parse_wat("(module)"))
    names_ = custom_section("component-name", b"\x01\x09\x00\x11\x01\x00\x04name")
    assert read_component(parse_wat("(component)") + bare + names_).nested[0].name == "name"
    assert read_component(parse_wat("(component)") + custom_section("component-name", b"\xff")).name == ""


def test_what_is_nested_too_deep_is_not_looked_into() -> None:
    one, two = "(core module (func))", "(core module)"
    for _ in range(binary.DEEPEST + 3):
        one, two = f"(component {one})", f"(component {two})"
    part = compare(parse_wat(one), parse_wat(two))
    depth = 0
    while part.parts:
        part = part.parts[0]
        depth += 1
    assert depth == binary.DEEPEST
    assert part.notes == ["what is nested deeper than this is not looked into"]
