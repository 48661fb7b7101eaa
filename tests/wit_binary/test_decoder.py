"""Binaries to WIT. The components were assembled by the reference's own text parser, and what it printed of them is
what is expected here."""

from __future__ import annotations

import pytest
from assemble import assemble
from wit_binaries import component, flat, printed, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.writer import custom_section
from pywasmtools.wit_binary.decoder import decode_world
from pywasmtools.wit_binary.encoder import encode_package
from pywasmtools.wit_binary.whole import decode

ROUND_TRIPS = [
    "package a:b;",
    "package a:b@1.2.3; interface i { resource r { constructor(); m: func(); s: static func(); } f: func(r: r); }",
    "package a:b; interface i { record r { a: u8, b: list<tuple<string, char>> } flags f { x } enum e { y } "
    "variant v { n, p(r) } type o = option<r>; type q = result<_, e>; type l = list<u8, 4>; type m = map<u8, string>; }",
    "package a:b; interface i { f: async func(a: stream<u8>, b: future) -> error-context; }",
    "package a:b; interface i { type t = u8; } interface j { use i.{t as u}; f: func(u: u); } world w { import j; "
    "export n: interface { use i.{t}; } use i.{t}; import f: func(t: t); }",
    "package a:b; interface i { resource r; } world w { import i; export i; import n: i; }",
    '/// d\npackage a:b@1.0.0; @since(version = 1.0.0) interface i { @external-id("x") f: func(); }',
    "package a:b; world w { resource r { x: get() -> u8; x: set(value: u8); } import a: get() -> u8; }",
]


@pytest.mark.parametrize("text", ROUND_TRIPS)
@pytest.mark.parametrize("canonical_names", [False, True])
def test_packages_come_back(text: str, canonical_names: bool) -> None:
    resolve = resolve_of(text)
    decoded = decode(encode_package(resolve, 0, canonical_names))
    if text == "package a:b;":
        # nothing is exported, so nothing says that this is a package
        assert not decoded.is_package
    else:
        assert decoded.is_package
        assert printed(decoded.resolve, decoded.package) == printed(resolve, 0)


def test_foreign_packages_come_back_as_far_as_they_are_used_and_in_order() -> None:
    resolve = resolve_of(
        "package z:z; interface i { enum e { x } f: func(); } interface unused {}",
        "package y:y; interface j { use z:z/i.{e}; }",
        "package a:b; interface k { use y:y/j.{e}; }",
    )
    decoded = decode(encode_package(resolve, 2))
    assert [str(package.name) for package in decoded.resolve.packages] == ["z:z", "y:y", "a:b"]
    assert list(decoded.resolve.packages[0].interfaces) == ["i"]
    assert not decoded.resolve.interfaces[decoded.resolve.packages[0].interfaces["i"]].functions


def test_first_encoding_of_packages() -> None:
    data = assemble("""(component
        (type (component (export "foo:b/i" (instance (type (enum "x")) (export "e" (type (eq 0)))))))
        (export "foo:b/wit" (type 0)))""")
    decoded = decode(data)
    assert decoded.is_package
    assert printed(decoded.resolve, decoded.package) == flat("package foo:b;\ninterface i {\nenum e {\nx,\n}\n}")


def test_component() -> None:
    data = assemble("""(component
        (import "t" (type (sub resource))) (type (list u8)) (import "l" (type (eq 1)))
        (import "f" (func (param "a" (borrow 0)) (result 2)))
        (import "g" (func (param "a" (list (option (tuple u8 string)))))))""")
    decoded = decode(data)
    assert not decoded.is_package
    assert decoded.resolve.worlds[decoded.world].name == "root"
    expected = """package root:component;
world root {
resource t;
type l = list<u8>;
import f: func(a: borrow<t>) -> l;
import g: func(a: list<option<tuple<u8, string>>>);
}"""
    assert printed(decoded.resolve, decoded.package) == expected


def test_versions_are_put_together() -> None:
    data = assemble("""(component
        (import "a:b/i@1" (version-suffix ".2.3") (instance)) (import "a:b/i@1.2.3" (instance))
        (import "a:b/i@2" (version-suffix ".0.0") (instance)))""")
    decoded = decode(data)
    assert printed(decoded.resolve, decoded.package).startswith(
        flat("package root:component;\nworld root {\nimport a:b/i@1.2.3;\nimport a:b/i@2.0.0;\n}")
    )


ERRORS = [
    ('(type (component)) (export "a" (type 0))', ["Expected a single export, but found 0 instead"]),
    # two packages
    (
        '(type (component (export "a:b/c" (instance)))) (export "c" (type 0))'
        '(type (component (export "a:x/d" (instance)))) (export "d" (type 2))',
        ["item defined with mismatched package name"],
    ),
    (
        '(type (component (export "c" (instance)))) (export "c" (type 0))',
        ["expected world name to be fully qualified"],
    ),
    (
        '(type (component (export "f" (func)))) (export "foo:bar/wit" (type 0))',
        ["failed to decode document `foo:bar/wit`", "component export `f` is not an instance or component"],
    ),
    (
        '(type (component (import "f" (instance)))) (export "foo:bar/wit" (type 0))',
        [
            "failed to decode document `foo:bar/wit`",
            "failed to process import `f`",
            "package name is not a valid id: f",
        ],
    ),
    # one interface twice
    (
        '(import "a:b/c" (instance (type (list u8)) (export "t" (type (eq 0)))))'
        '(import "m" (implements "a:b/c") (instance (type (option u8)) (export "t" (type (eq 0)))))',
        ["failed to decode WIT from import `m`", "expected an option"],
    ),
    # an instance with a resource imported, and exported under a new name
    (
        '(import "a:b/c" (instance (export "r" (type (sub resource))))) (export "n" (instance 0))',
        [
            "failed to decode WIT from export `n`",
            "failed to register type export 'r'",
            "cannot represent this component in WIT: the type `r` appears more than once (for example, when an "
            "imported instance is re-exported under a new name)",
        ],
    ),
    (
        '(import "i" (instance (export "j" (instance))))',
        ["failed to decode WIT from import `i`", "instance type export `j` is not a type or function"],
    ),
    ('(component) (export "c" (component 0))', ["component export `c` was not a function or instance"]),
]


@pytest.mark.parametrize(("fields", "layers"), ERRORS)
def test_errors(fields: str, layers: list[str]) -> None:
    with pytest.raises(WasmToolsError) as e:
        decode(assemble(f"(component {fields})"))
    assert [layer.message for layer in e.value.layers] == layers


def test_crashes_of_the_reference_are_refused_in_one_line() -> None:
    # A function may have such a name, but no WIT can say so.
    with pytest.raises(WasmToolsError) as e:
        decode(assemble('(component (import "a:b/c" (func)))'))
    assert len(e.value.layers) == 1


def test_two_package_docs_sections() -> None:
    docs = custom_section("package-docs", b"\x01{}")
    with pytest.raises(WasmToolsError, match='multiple "package-docs" sections'):
        decode(component() + docs + docs)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("", "expected one export in component"),
        ('(component) (export "c" (component 0))', "expected an export of a type"),
        ('(type u8) (export "c" (type 0))', "expected an exported component type"),
    ],
)
def test_worlds_that_are_none(fields: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as e:
        decode_world(assemble(f"(component {fields})"))
    assert str(e.value) == message
