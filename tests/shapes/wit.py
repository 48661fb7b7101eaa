"""Shapes of WIT: text with and without mistakes, binary packages, worlds, components of many interfaces."""

from __future__ import annotations

from collections.abc import Callable

from pywasmtools.api import component_embed, component_wit
from shapes import Case, shape

PACKAGE = "package a:b;\n"
WIT = ["component", "wit", "w.wit"]
NEW = ["component", "new", "m.wasm", "-o", "o.wasm"]


def many(n: int, item: Callable[[int], str]) -> str:
    """The texts of 0 to n - 1, one after the other."""
    return "".join([item(k) for k in range(n)])


def text(wit: str, *options: str) -> Case:
    """`component wit` of a text."""
    return {"w.wit": PACKAGE + wit}, [*WIT, *options]


def binary(wit: str, *options: str) -> Case:
    """`component wit` of the binary package that a text is."""
    return {"w.wasm": component_wit(PACKAGE + wit, form="wasm")}, ["component", "wit", "w.wasm", *options]


def dummy(wit: str, names: str = "legacy") -> Case:
    """`component new` of a module that fits the world `w` of a text."""
    return {"m.wasm": component_embed(PACKAGE + wit, world="w", dummy=names)}, NEW


def one_function(k: int) -> str:
    return f"interface i{k} {{ fn{k}: func(a: u32) -> string; }}\n"


# ------------------------------------------------------------------------------- mistakes


@shape(4_000)
def interfaces(n: int) -> Case:
    """Interfaces of one function each."""
    return text(many(n, one_function))


@shape(40_000)
def mistake_on_line_two(n: int) -> Case:
    """What follows a mistake is not read."""
    return text("interface x { f: func(a: u32) string; }\n" + many(n, one_function))


@shape(300_000)
def mistake_before_comments(n: int) -> Case:
    """Nor are comments."""
    return text("interface x { f: func(a: u32) string; }\n" + "// no documentation\n" * n)


@shape(2_500)
def mistake_at_the_end_of_a_line(n: int) -> Case:
    """One line, with a character at its end that is no token."""
    return text(many(n, lambda k: one_function(k).strip()) + "!")


@shape(50_000)
def control_code_at_the_end(n: int) -> Case:
    """Some characters are looked for in the whole text first."""
    return text(many(n, one_function) + "// é \u202e")


@shape(500_000)
def mistake_after_blank_lines(n: int) -> Case:
    return text("\n" * n + "interface i { a: zz; }")


# ------------------------------------------------------------------------------- packages


@shape(1_000)
def packages_to_a_folder(n: int) -> Case:
    """A file a package: its name is as much as tells it from the others."""
    return text(many(n, lambda k: f"package a:p{k} {{ interface i {{ f: func(); }} }}\n"), "--out-dir", "out")


@shape(1_000)
def versions_to_a_folder(n: int) -> Case:
    return text(many(n, lambda k: f"package a:p@1.{k}.0 {{ interface i {{ f: func(); }} }}\n"), "--out-dir", "out")


@shape(1_000)
def chain_of_packages(n: int) -> Case:
    """Each uses a type of the next, so that they come in another order."""
    links = many(n, lambda k: f"package a:p{k} {{ interface i {{ use a:p{k + 1}/i.{{t}}; }} }}\n")
    return text(f"package a:p{n} {{ interface i {{ type t = u32; }} }}\n" + links)


@shape(150_000)
def long_version(n: int) -> Case:
    return {"w.wit": f"package a:b@1.0.0-{'a.' * n}b;"}, WIT


# ------------------------------------------------------------------------------- names, documentation, strings


@shape(150_000)
def long_name(n: int) -> Case:
    return text("interface i { " + "a-" * n + "b: func(); }")


@shape(30_000)
def lines_of_documentation(n: int) -> Case:
    return text("/// some words of it\n" * n + "interface i { f: func(); }", "--json")


@shape(2_400)
def documented_fields(n: int) -> Case:
    """The `package-docs` section of a binary."""
    return binary(
        "interface i { record r {" + many(n, lambda k: f"/// The field {k}\n/// and more\nfn{k}: u32,\n") + "} }"
    )


@shape(50_000)
def escapes_in_an_id(n: int) -> Case:
    return text('interface i { @external-id("' + "\\u{e9}é\\n" * n + '") f: func(); }')


@shape(150_000)
def comments_before_anything(n: int) -> Case:
    """What may be the text of a module: lines that end with a return alone."""
    return {"w.wit": ";; c\r" * n + PACKAGE}, WIT


# ------------------------------------------------------------------------------- types and functions


@shape(6_000)
def chain_of_aliases(n: int) -> Case:
    return text(f"interface i {{ type t{n} = u32;" + many(n, lambda k: f"type t{k} = t{k + 1};") + "}")


@shape(1_500)
def types_to_json(n: int) -> Case:
    types = many(n, lambda k: f"record r{k} {{ a: u32, b: option<list<u8>> }} variant v{k} {{ a, b(r{k}) }}")
    return text(f"interface i {{ {types} }}", "--json")


@shape(300)
def nested_types(n: int) -> Case:
    types = many(n, lambda k: f"type a{k} = u32; type t{k} = {'list<' * 90}a{k}{'>' * 90};")
    return text(f"interface i {{ {types} }}", "-w", "-o", "o.wasm")


@shape(5_000)
def functions_in_binary(n: int) -> Case:
    return binary("interface i {" + many(n, lambda k: f"fn{k}: func(a: u32, b: string) -> result<string, u8>;") + "}")


@shape(300)
def methods(n: int) -> Case:
    """Of a resource that is imported and exported."""
    functions = many(n, lambda k: f"m{k}: func(a: u32) -> string; st{k}: static func() -> r;")
    return dummy(
        f"interface i {{ resource r {{ constructor(a: u32); {functions} }} }} world w {{ import i; export i; }}"
    )


# ------------------------------------------------------------------------------- worlds


@shape(500)
def renamed_by_include(n: int) -> Case:
    names = many(n, lambda k: f"fn{k} as g{k},")
    return text(
        "world v {" + many(n, lambda k: f"import fn{k}: func();") + f"}} world w {{ include v with {{ {names} }} }}"
    )


@shape(1_000)
def worlds_without_names(n: int) -> Case:
    """Interfaces that are written in a world."""
    return binary("world w {" + many(n, lambda k: f"import i{k}: interface {{ f: func(a: u32) -> string; }}") + "}")


@shape(1_000)
def one_interface_by_many_names(n: int) -> Case:
    """Each name gets an interface of its own."""
    items = many(n, lambda k: f"import i{k}: x; export i{k}: x;")
    wit = f"interface x {{ f: func(); type t = u32; }} world w {{ {items} }}"
    return text(wit, "--generate-nominal-type-ids", "w")


@shape(200)
def imported_and_exported(n: int) -> Case:
    """Exports are copies of the interfaces then, to be found by what they are copies of."""
    interfaces = many(n, lambda k: f"interface i{k} {{ resource r; f: func(a: u32) -> string; }}")
    return dummy(interfaces + "world w {" + many(n, lambda k: f"import i{k}; export i{k};") + "}")


@shape(250)
def standard_names(n: int) -> Case:
    """Interfaces by their canonical ids."""
    interfaces = many(n, one_function)
    return dummy(interfaces + "world w {" + many(n, lambda k: f"import i{k};") + "}", "standard32")


@shape(1_000)
def versions_of_an_interface(n: int) -> Case:
    packages = many(n, lambda k: f"package a:p@1.{k}.0 {{ interface i {{ f: func(); }} }}\n")
    wit = packages + "world w {" + many(n, lambda k: f"import a:p/i@1.{k}.0;\n") + "}"
    return text(wit, "--merge-world-imports-based-on-semver", "w")


@shape(40_000)
def escapes_in_documentation(n: int) -> Case:
    """As JSON in a binary."""
    return binary("/// " + '"\\é\t' * n + "\ninterface i { f: func(); }")


@shape(200_000)
def comments_in_comments(n: int) -> Case:
    return text("/*" * n + "*/" * n + "interface i { f: func(); }")


@shape(200_000)
def comments_in_comments_of_a_module(n: int) -> Case:
    """Which turns out to be WIT."""
    return {"w.wit": "(;" * n + ";)" * n + PACKAGE}, WIT
