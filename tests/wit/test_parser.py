"""Refusals of the WIT lexer and parser: text, line, column and how many characters are marked.

What is expected is what wasm-tools printed for each of these inputs.
"""

from __future__ import annotations

from typing import Final

import pytest

from pywasmtools.diagnostics import SourceMap, WasmToolsError
from pywasmtools.wit.model import PackageName
from pywasmtools.wit.syntax import ast
from pywasmtools.wit.syntax.attributes import ExternalId
from pywasmtools.wit.syntax.parser import parse_package_file, parse_use_path
from pywasmtools.wit.types import PRIMS

Refusal = tuple[str, str, int, int, int]

SYNTAX: Final[list[Refusal]] = [
    ("package a:b; $", "unexpected character '$'", 1, 14, 1),
    ("package a:b; interface i { a~ }", "unexpected character '~'", 1, 29, 1),
    ("package a:b; interface i { 'x' }", "unexpected character '\\''", 1, 28, 1),
    ("package a:b\n{ foo }", "expected `world`, `interface` or `use`, found an identifier", 2, 3, 3),
    ("world", "expected an identifier or string, found eof", 1, 6, 1),
    ("package a:b; interface { }", "expected an identifier or string, found '{'", 1, 24, 1),
    ("package a:b; interface i { type t = ; }", "expected a type, found ';'", 1, 37, 1),
    ("package a:b; interface i { f func(); }", "expected ':', found keyword `func`", 1, 30, 1),
    ("package a:b; world w { import }", "expected an identifier or string, found '}'", 1, 31, 1),
    ("package a:b; world w { import a: func() }", "expected ';', found '}'", 1, 41, 1),
    (
        "package a:b; interface i { resource r { static } }",
        "expected `constructor` or identifier, found keyword `static`",
        1,
        41,
        6,
    ),
    ("package a:b; interface i { type t = list<u8, x>; }", "expected fixed-length, found an identifier", 1, 46, 1),
    (
        "package a:b; interface i { type t = list<u8, 4294967296>; }",
        "invalid list size: number too large to fit in target type",
        1,
        46,
        10,
    ),
    ("package a:b; interface i { type t = result<_>; }", "expected ',', found '>'", 1, 45, 1),
    (
        "package a:b; world w { foo }",
        "expected `import`, `export`, `include`, `use`, or type definition, found an identifier",
        1,
        24,
        3,
    ),
    ("package a:b; interface i { world }", "expected `type`, `resource` or `func`, found keyword `world`", 1, 28, 5),
    ("package a:b; @foo interface i {}", "unknown attribute `foo`", 1, 15, 3),
    ("package a:b; @since(name = 1.0.0) interface i {}", "expected `version`, found `name`", 1, 21, 4),
    ("package a:b; @since(version = 1.0) interface i {}", "expected '.', found ')'", 1, 34, 1),
    (
        "package a:b; @unstable(feature = 1) interface i {}",
        "expected an identifier or string, found an integer",
        1,
        34,
        1,
    ),
    ("package a:b; @since(version = 1.0.0) package c:d { }", "cannot place attributes on nested packages", 1, 38, 7),
    ("package a:b; include x;", "expected `world`, `interface` or `use`, found keyword `include`", 1, 14, 7),
    ("package a:b; use a:b;", "expected `/`, found ';'", 1, 21, 1),
    ("package a:b; use a:b/c@1.0.0-x.{y};", "expected ';', found '.'", 1, 31, 1),
    ("package a:b; interface i { use a.{b as }; }", "expected an identifier or string, found '}'", 1, 40, 1),
    ("package a:b; world w { include x with { a } }", "expected keyword `as`, found '}'", 1, 43, 1),
    ("package a:b; /* /* */", "unterminated block comment", 1, 14, 1),
    (
        "package a:b; interface i { type t = own<u8>; }",
        "expected an identifier or string, found keyword `u8`",
        1,
        41,
        2,
    ),
    ("package a:b; interface i { type t = map<string>; }", "expected ',', found '>'", 1, 47, 1),
    ("package a:b; interface i { f: get; }", "expected keyword `func`, found an identifier", 1, 31, 1),
    ("package a:b; interface i { f: async get(); }", "expected keyword `func`, found an identifier", 1, 37, 1),
]
IDENTIFIERS: Final[list[Refusal]] = [
    ("Ab", "invalid character in identifier 'b'", 1, 24, 1),
    ("a--b", "identifiers must have characters between '-'s", 1, 24, 1),
    ("a-", "identifiers must have characters between '-'s", 1, 24, 1),
    ("_a", "invalid character in identifier '_'", 1, 24, 1),
    ("a_b", "invalid character in identifier '_'", 1, 24, 1),
    ("A-b1C", "invalid character in identifier 'C'", 1, 24, 1),
    ("\xe9", "invalid character in identifier '\xe9'", 1, 24, 1),
    ("a\xe9", "invalid character in identifier '\xe9'", 1, 24, 1),
    ("%", "identifiers must have characters between '-'s", 1, 24, 1),
    ("%\xe9", "invalid character in identifier '\xe9'", 1, 24, 1),
    ("%-a", "identifiers must have characters between '-'s", 1, 24, 1),
    ("\U0001d4b3", "invalid character in identifier '\U0001d4b3'", 1, 24, 1),
    ("a-Bc", "invalid character in identifier 'c'", 1, 24, 1),
    ("-a", "expected an identifier or string, found `-`", 1, 24, 1),
    ("1a", "expected an identifier or string, found an integer", 1, 24, 1),
    ("\u0301", "unexpected character '\\u{301}'", 1, 24, 1),
]
VERSIONS: Final[list[Refusal]] = [
    ("1.0.0-01", "invalid leading zero in pre-release identifier", 1, 13, 8),
    ("01.0.0", "invalid leading zero in major version number", 1, 13, 6),
    ("1.0.0-a..b", "expected '{', found '.'", 1, 20, 1),
    ("1.0.0-\xe9", "empty identifier segment in pre-release identifier", 1, 13, 7),
    ("1 .0.0", "unexpected character ' ' after major version number", 1, 13, 6),
    ("1.0.0-/**/a", "empty identifier segment in pre-release identifier", 1, 13, 11),
    ("99999999999999999999.0.0", "value of major version number exceeds u64::MAX", 1, 13, 24),
    ("1.0.0-a_b", "unexpected character '_' after pre-release identifier", 1, 13, 9),
    ("1.0.0-use", "expected '{', found keyword `use`", 1, 19, 1),
    ("1.0", "expected '.', found ';'", 1, 16, 1),
    ("1.0.0-a.", "expected '{', found '.'", 1, 20, 1),
    ("1.0.0+a b", "unexpected character ' ' after build metadata", 1, 13, 9),
]
CHARACTERS: Final[list[Refusal]] = [
    ("\x00", "Control code '\\u{0}'", 1, 14, 1),
    ("\x7f", "Control code '\\u{7f}'", 1, 14, 1),
    ("\x85", "Control code '\\u{85}'", 1, 14, 1),
    ("\u202e", "Input contains bidirectional override codepoint EscapeUnicode(EscapeIterInner('\\u{202e}'))", 1, 14, 1),
    ("\u2069", "Input contains bidirectional override codepoint EscapeUnicode(EscapeIterInner('\\u{2069}'))", 1, 14, 1),
    ("\u0149", "Codepoint EscapeUnicode(EscapeIterInner('\\u{149}')) is discouraged by Unicode", 1, 14, 1),
    ("\u17b4", "Codepoint EscapeUnicode(EscapeIterInner('\\u{17b4}')) is discouraged by Unicode", 1, 14, 1),
    ("\r", "unexpected character '\\r'", 1, 14, 1),
    ("\ufeff", "unexpected character '\\u{feff}'", 1, 14, 1),
    ("\xa0", "unexpected character '\\u{a0}'", 1, 14, 1),
    ("\u2028", "unexpected character '\\u{2028}'", 1, 14, 1),
    ("\U0001f63c", "unexpected character '\U0001f63c'", 1, 14, 1),
    ("\\", "unexpected character '\\\\'", 1, 14, 1),
    ("`", "unexpected character '`'", 1, 14, 1),
]
STRINGS: Final[list[Refusal]] = [
    ("a", "invalid string character '\\n'", 2, 37, 1),
    ("a\\", "invalid string escape ')'", 2, 19, 1),
    ('\\q"', "invalid string escape 'q'", 2, 18, 1),
    ('\\0g"', "invalid hex digit 'g'", 2, 19, 1),
    ('\\ff"', "invalid UTF-8: invalid utf-8 sequence of 1 bytes from index 0", 2, 16, 1),
    ('a\\e2\\82"', "invalid UTF-8: incomplete utf-8 byte sequence from index 1", 2, 16, 1),
    ('\\ed\\a0\\80"', "invalid UTF-8: invalid utf-8 sequence of 1 bytes from index 0", 2, 16, 1),
    ('\\u0041"', "expected character '{'", 2, 19, 1),
    ('\\u{}"', "invalid hex digit '}'", 2, 20, 1),
    ('\\u{110000}"', "invalid unicode value 0x110000", 2, 18, 1),
    ('\\u{d800}"', "invalid unicode value 0xd800", 2, 18, 1),
    ('\\u{1_}"', "trailing underscore in number", 2, 20, 1),
    ('\\u{100000000}"', "number is too big to fit in a u32", 2, 28, 1),
    ("\\u{41", "expected character '}'", 2, 22, 1),
    ('\\u{41g}"', "expected character '}'", 2, 22, 1),
    ('a\tb"', "invalid string character '\\t'", 2, 18, 1),
    ('a\r\nb"', "invalid string character '\\n'", 2, 18, 1),
    ('\\\xe9"', "invalid string escape '\xe9'", 2, 18, 1),
]


def refusal(text: str) -> tuple[str, int, int, int]:
    """The message, line, column and number of marked characters of the error that `text` is refused with."""
    source = text.encode()
    source_map = SourceMap()
    source_map.push("a.wit", source)
    with pytest.raises(WasmToolsError) as caught:
        parse_package_file(source, 0)
    lines = caught.value.rendered(source_map).split("\n")
    path, line, column = lines[1].removeprefix("     --> ").split(":")
    assert path == "a.wit"
    return (lines[0], int(line), int(column), len(lines[4].split("|", 1)[1].strip()))


@pytest.mark.parametrize("case", SYNTAX, ids=lambda case: case[0])
def test_syntax(case: Refusal) -> None:
    assert refusal(case[0]) == case[1:]


@pytest.mark.parametrize("case", IDENTIFIERS, ids=lambda case: ascii(case[0]))
def test_identifiers(case: Refusal) -> None:
    assert refusal(f"package a:b; interface {case[0]} {{}}") == case[1:]


@pytest.mark.parametrize("case", VERSIONS, ids=lambda case: ascii(case[0]))
def test_versions(case: Refusal) -> None:
    assert refusal(f"package a:b@{case[0]};") == case[1:]


@pytest.mark.parametrize("case", CHARACTERS, ids=lambda case: ascii(case[0]))
def test_characters(case: Refusal) -> None:
    assert refusal(f"package a:b; {case[0]}") == case[1:]


@pytest.mark.parametrize("case", STRINGS, ids=lambda case: ascii(case[0]))
def test_strings(case: Refusal) -> None:
    assert refusal(f'world w {{\n  @external-id("{case[0]}) import f: func();\n}}') == case[1:]


@pytest.mark.parametrize("depth", [100, 100_000])
def test_types_nest_a_hundred_deep(depth: int) -> None:
    text = "interface i { type t = %su8%s; }"
    parse_package_file((text % ("list<" * 99, ">" * 99)).encode(), 0)
    assert refusal(text % ("list<\n" * depth, ">" * depth))[0] == "type nesting too deep"


def test_packages_nest_a_hundred_deep() -> None:
    def nested(depth: int) -> str:
        return "".join(f"package a:b{k} {{\n" for k in range(depth)) + "}" * depth

    parse_package_file(nested(100).encode(), 0)
    assert refusal(nested(101))[0] == "package nesting too deep"


def test_a_lexical_error_later_in_the_file_waits_its_turn() -> None:
    assert refusal("interface i { foo bar } $")[0] == "expected ':', found an identifier"
    assert refusal("interface i { foo $ }")[0] == "unexpected character '$'"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("interface i { $ }", 114),
        ("\u202e", 0),
        ('@external-id("\\q")', 15),  # counted from the start of the file
        ('@external-id("\\ff")', 113),
        ("/* a", 100),
        ("interface a-", 110),
    ],
)
def test_places_of_a_file_that_does_not_come_first(text: str, place: int) -> None:
    with pytest.raises(WasmToolsError) as caught:
        parse_package_file(text.encode(), 100)
    assert caught.value.layers[0].span[0] == place


def only_interface(text: str) -> list[ast.InterfaceItem]:
    """The items of an interface that `text` stands in."""
    (item,) = parse_package_file(f"interface i {{ {text} }}".encode(), 0).items
    assert isinstance(item, ast.Interface)
    return item.items


def test_hyphens_and_arrows() -> None:
    (func,) = only_interface("a-b-: func();".replace("b-:", "b:"))
    assert isinstance(func, ast.NamedFunc)
    assert func.name.name == "a-b"
    # a hyphen right after a name belongs to it, so that this is `a-` and `>`
    assert refusal("interface i { a->b: func(); }")[0] == "identifiers must have characters between '-'s"
    (func,) = only_interface("f: func()->u8;")
    assert isinstance(func, ast.NamedFunc)
    assert isinstance(func.func.result, ast.PrimType)


def test_primitive_types() -> None:
    items = only_interface(" ".join(f"type t{k} = {prim.name};" for k, prim in enumerate(PRIMS)))
    for item, prim in zip(items, PRIMS, strict=True):
        assert isinstance(item, ast.TypeDef)
        assert isinstance(item.type, ast.PrimType)
        assert item.type.prim is prim


def test_spans_count_bytes_from_the_start_of_the_source_map() -> None:
    file = parse_package_file("package a:b@1.0.0; /* é */ interface %use {}".encode(), 1000)
    assert file.package_id is not None
    assert file.package_id.span == (1008, 1017)
    (item,) = file.items
    assert isinstance(item, ast.Interface)
    assert item.name.name == "use"
    assert item.name.span == (1038, 1042)


def test_accessors_only_right_before_a_parenthesis() -> None:
    (getter, setter) = only_interface("a: get() -> u8; a: set(v: u8);")
    assert isinstance(getter, ast.NamedFunc) and getter.func.accessor == "get"
    assert isinstance(setter, ast.NamedFunc) and setter.func.accessor == "set"
    (world,) = parse_package_file(b"world w { import a: get; import b: %get; import get: func(); }", 0).items
    assert isinstance(world, ast.World)
    kinds = [item.kind for item in world.items if isinstance(item, ast.Import)]
    assert [type(kind) for kind in kinds] == [ast.NamedPath, ast.NamedPath, ast.ExternFunc]


def test_a_label_or_a_namespace_before_a_colon() -> None:
    (world,) = parse_package_file(b"world w { import a: b; import a: b:c/d@1.0.0; import a:b/c; export a; }", 0).items
    assert isinstance(world, ast.World)
    kinds = [item.kind for item in world.items if isinstance(item, ast.Import | ast.Export)]
    assert [type(kind) for kind in kinds] == [ast.NamedPath, ast.NamedPath, ast.ExternPath, ast.ExternPath]


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        ("/// a\n///  b", "a\n b"),
        ("///   a  \n///\n///     b", "a\n\n  b"),
        ("/** a\n    b */", "a\n    b"),
        ("/** a */\r\n/// b\r\n", "a\nb"),
        ("/* a */", "* a */"),
        ("// plain", "plain"),
        ("//// four", "four"),
        ("/***/", ""),
        ("///", ""),
        ("/** a /* b */ c */", "a /* b */ c"),
    ],
)
def test_docs(comments: str, expected: str) -> None:
    (func,) = only_interface(f"{comments}\nf: func();")
    assert isinstance(func, ast.NamedFunc)
    assert func.docs.text() == expected


def test_docs_that_crash_the_reference() -> None:
    (func,) = only_interface("/**/ f: func();")
    assert isinstance(func, ast.NamedFunc)
    with pytest.raises(WasmToolsError, match="the comment `/\\*\\*/`"):
        func.docs.text()


def test_strings_are_decoded() -> None:
    text = 'world w { @external-id("\ufeffa//\\t\\"\\41\\u{1_F6_00}") import f: func(); }'
    (world,) = parse_package_file(text.encode(), 0).items
    assert isinstance(world, ast.World)
    (item,) = world.items
    assert isinstance(item, ast.Import)
    (attribute,) = item.attributes
    assert isinstance(attribute, ExternalId)
    assert attribute.id == 'a//\t"A\U0001f600'  # a byte-order mark at the start is dropped


def test_use_paths() -> None:
    assert parse_use_path("w") == "w"
    path = parse_use_path("a:b/c@1.0.0-rc.1+x")
    assert not isinstance(path, str)
    package, name = path
    assert isinstance(package, PackageName)
    assert (str(package), name) == ("a:b@1.0.0-rc.1+x", "c")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b", "trailing tokens in path specifier"),
        ("", "expected an identifier or string, found eof"),
        ("a:b", "expected `/`, found eof"),
        ("use", "expected an identifier or string, found keyword `use`"),
        ("a:b/c@1.0.0-01", "invalid leading zero in pre-release identifier"),
        ("$", "unexpected character '$'"),
    ],
)
def test_use_paths_refused(text: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        parse_use_path(text)
    assert str(caught.value) == message
