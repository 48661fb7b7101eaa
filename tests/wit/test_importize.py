"""Worlds turned round; expectations from the reference."""

from __future__ import annotations

import pytest
from wit_worlds import names, resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.transform.importize import exportize, importize

TEXT = """package a:b;
interface i { type t = u32; }
interface j { use i.{t}; }
interface k {}
world x {}
world w { import k; import f: func(); use i.{t}; export j; export g: func() -> t; }
"""


def test_importize_keeps_types_and_imports_what_was_exported() -> None:
    resolve = resolve_of(TEXT)
    importize(resolve, 1, None)
    world = resolve.worlds[1]
    assert world.name == "w-importized"
    assert list(resolve.packages[0].worlds) == ["x", "w-importized"]
    assert names(resolve, world.imports) == ["a:b/i", "a:b/j", "t", "g"]
    assert world.exports == {}


def test_importize_under_a_name_that_there_is_already() -> None:
    resolve = resolve_of(TEXT)
    importize(resolve, 1, "x")
    assert resolve.packages[0].worlds == {"x": 1}


def test_importize_refuses_an_export_named_like_a_type() -> None:
    resolve = resolve_of("package a:b; world w { type a = u32; export a: func(); }")
    with pytest.raises(WasmToolsError, match=r"^world export `a` conflicts with import of same name$"):
        importize(resolve, 0, None)


def test_exportize_moves_all_or_some() -> None:
    text = TEXT.replace("use i.{t}; export", "export").replace("-> t", "").replace("import k;", "import j; import k;")
    resolve = resolve_of(text)
    exportize(resolve, 1, "out", None)
    world = resolve.worlds[1]
    assert world.name == "out"
    assert names(resolve, world.imports) == []
    assert names(resolve, world.exports) == ["f", "a:b/i", "a:b/j", "a:b/k"]

    resolve = resolve_of(text)
    exportize(resolve, 1, None, {"f", 1})
    world = resolve.worlds[1]
    assert world.name == "w-exportized"
    assert names(resolve, world.imports) == ["a:b/i", "a:b/k"]
    assert names(resolve, world.exports) == ["f", "a:b/j"]


def test_exportize_refuses_types() -> None:
    # The reference crashes.
    with pytest.raises(WasmToolsError, match="can't be exported"):
        exportize(resolve_of(TEXT), 1, None, None)
