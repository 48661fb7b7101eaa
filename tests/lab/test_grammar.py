"""The tree-sitter grammar: every file of WIT that is one parses without an error node, and its queries find what they name."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from conftest import ROOT

from pywasmtools.lab.fuzz.wit.made import generate

pytest.importorskip("tree_sitter")
pytest.importorskip("tree_sitter_wit", reason="the grammar is not installed: pip install ./tree-sitter-wit")

import tree_sitter
import tree_sitter_wit

from pywasmtools import WasmToolsError
from pywasmtools.lab.grammar import parse
from pywasmtools.wit.syntax.parser import parse_package_file

LANGUAGE = tree_sitter.Language(tree_sitter_wit.language())
CORPUS = Path(os.environ.get("PYWASMTOOLS_CONFORMANCE", ROOT.parent / "shared" / "conformance")) / "corpus"
DEPTH = "nesting too deep"
"""What the reference refuses for its depth the grammar takes."""


def verdict(data: bytes) -> str:
    """The reference's word on the syntax of a file; empty where it has none."""
    try:
        parse_package_file(data, 0)
    except WasmToolsError as e:
        return str(e)
    return ""


def cases_of_the_grammar() -> list[tuple[str, str, str]]:
    """The cases beside the grammar: name, text, tree; no tree for one that has an error node."""
    found = []
    for path in sorted((ROOT / "tree-sitter-wit" / "test" / "corpus").glob("*.txt")):
        blocks = re.split(r"^={20,}\n(.+?)\n={20,}\n", path.read_text(), flags=re.MULTILINE | re.DOTALL)
        for head, body in zip(blocks[1::2], blocks[2::2], strict=True):
            text, tree = re.split(r"^-{20,}\n", body, maxsplit=1, flags=re.MULTILINE)
            name, _, attributes = head.partition("\n")
            found.append((f"{path.stem}: {name}", text, "" if ":error" in attributes else tree))
    assert len(found) > 30
    return found


@pytest.mark.parametrize(("text", "tree"), [pytest.param(t, r, id=n) for n, t, r in cases_of_the_grammar()])
def test_the_cases_of_the_grammar(text: str, tree: str) -> None:
    root = parse(text.encode()).root_node
    if tree:
        assert str(root) == re.sub(r"\s+", " ", tree).strip()
    else:
        assert root.has_error
    assert root.has_error == bool(verdict(text.encode()))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 400, 50))
def test_generated_files_have_no_error_node(first: int) -> None:
    for seed in range(first, first + 50):
        for name, text in generate(seed)[0].items():
            data = text.encode()
            if not verdict(data):
                assert not parse(data).root_node.has_error, (seed, name)


def test_what_is_accepted_has_no_error_node() -> None:
    """Over the files of the conformance suites, where they are at hand; nearly all that is refused has one too."""
    files = sorted(CORPUS.rglob("*.wit"))
    if not files:
        pytest.skip(f"no conformance suites at {CORPUS}")
    taken = 0
    for path in files:
        data = path.read_bytes()
        try:
            data.decode()
        except UnicodeDecodeError:
            continue
        said = verdict(data)
        has_error = parse(data).root_node.has_error
        assert said or not has_error, path
        taken += bool(said and not has_error and DEPTH not in said and "external-id" not in said)
    assert taken == 0


REFUSED = [
    "interface i { f: func(a: u8,, b: u8); }",
    "interface i { f: func() -> ; }",
    "interface i { type t = list<>; }",
    "interface i { type t = result<>; }",
    "interface i { type t = result<_>; }",
    "interface i { type t = own; }",
    "interface i { type t = own<u8>; }",
    "interface i { type t = map<u8>; }",
    "interface i { type t = list<u8, x>; }",
    "interface i { resource r { f(); } }",
    "interface i { import a; }",
    "world w { f: func(); }",
    "world w { import a:b; import c:d:e/f/g; }",
    "world w { include a with b as c; }",
    "world w { import a: func() }",
    "package a;",
    "package a:b; package c:d;",
    "package a:b@1.0;",
    "interface A-b-Cd {}",
    "interface 1a {}",
    "interface a--b {}",
    "interface i { @since f: func(); }",
    "interface i { @other(x = y) f: func(); }",
    "interface i { @since(feature = a) f: func(); }",
    '@external-id("a\nb") interface i { }',
    "/* /* */ interface i {}",
    "use a.{b};",
    "interface record {}",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_syntax_has_an_error_node(text: str) -> None:
    assert verdict(text.encode())
    assert parse(text.encode()).root_node.has_error


def captures(query: str, text: str) -> list[tuple[str, str]]:
    """Each capture of a query, in the order of its place, the last pattern of a place last."""
    root = parse(text.encode()).root_node
    found = tree_sitter.QueryCursor(tree_sitter.Query(LANGUAGE, query)).captures(root)
    rows = [(node.start_byte, -node.end_byte, name, node) for name, nodes in found.items() for node in nodes]
    rows.sort(key=lambda row: row[:3])
    return [(name, row.text.decode() if row.text else "") for _, _, name, row in rows]


SAMPLE = """\
/// docs
package a:b@1.0.0;
interface i { // plain
  @since(version = 1.0.0)
  resource r { constructor(x: u8); s: static func() -> own<r>; }
  f: func(p: list<t>);
}
world w { export i; import g: func(); }
"""


def test_highlights() -> None:
    found = captures(tree_sitter_wit.HIGHLIGHTS_QUERY, SAMPLE)
    for expected in [
        ("comment.documentation", "/// docs"),
        ("comment", "// plain"),
        ("keyword", "package"),
        ("module", "a"),
        ("module", "i"),
        ("number", "1.0.0"),
        ("attribute", "since"),
        ("type", "r"),
        ("constructor", "constructor"),
        ("variable.parameter", "x"),
        ("type.builtin", "u8"),
        ("keyword.modifier", "static"),
        ("function.method", "s"),
        ("function", "f"),
        ("type", "t"),
        ("function", "g"),
    ]:
        assert expected in found, expected
    assert ("comment.documentation", "// plain") not in found


def test_tags() -> None:
    found = captures(tree_sitter_wit.TAGS_QUERY, SAMPLE)
    kinds = [name for name, _ in found if name != "name"]
    assert kinds == [
        *("definition.module", "definition.interface", "definition.class", "definition.method", "reference.type"),
        *("definition.function", "reference.type", "definition.class", "reference.interface", "definition.function"),
    ]
    assert [text for name, text in found if name == "name"] == [
        "a:b@1.0.0",
        "i",
        "r",
        "s",
        "r",
        "f",
        "t",
        "w",
        "i",
        "g",
    ]


def test_folds() -> None:
    found = captures(tree_sitter_wit.FOLDS_QUERY, SAMPLE)
    assert [text[:7] for _, text in found] == ["{ // pl", "{ const", "(x: u8)", "()", "(p: lis", "{ expor", "()"]
