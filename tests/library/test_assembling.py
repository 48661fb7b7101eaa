"""`pywasmtools.assemble` and `minimal`: in one step what several commands give, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from change_pairs import MODULE, WIT, module

from pywasmtools import (
    WasmToolsError,
    assemble,
    component_embed,
    component_new,
    minimal,
    parse_wit,
    print_wit,
    wit_files,
)
from pywasmtools.api import parse_wat

PACKAGE = """/// Docs.
package a:b@1.0.0;
interface unused {}
interface i { use c:d/types.{t}; f: func() -> t; }
world w { import i; export run: func(); }
world other { import unused; }
package c:d { interface types { type t = u8; } interface more {} }
"""
ADAPTED = '(module (import "old" "put" (func (param i32))) (func (export "run")) (memory (export "memory") 1))'
ADAPTER = '(module (func (export "put") (param i32)))'


def test_assembling_is_embedding_and_encoding() -> None:
    expected = component_new(component_embed(WIT, module()))
    assert assemble(MODULE, WIT) == assemble(module(), parse_bytes(WIT)) == expected


def parse_bytes(text: str) -> bytearray:
    return bytearray(text.encode())


def test_options_are_those_of_both() -> None:
    world = "package a:b; world w { import x: func(s: string); export run: func(); } world v {}"
    text = '(module (import "$root" "x" (func (param i32 i32))) (func (export "run")) (memory (export "memory") 1))'
    embedded = component_embed(world, text, world="w", encoding="utf16")
    expected = component_new(embedded, debug_names=False, import_names={"x": "a:b/x"})
    found = assemble(text, world, world="w", encoding="utf16", debug_names=False, import_names={"x": "a:b/x"})
    assert found == expected
    with pytest.raises(WasmToolsError, match="There are multiple worlds"):
        assemble(text, world)


def test_adapters() -> None:
    world = "package a:b; world w { export run: func(); }"
    expected = component_new(component_embed(world, ADAPTED), adapters={"old": ADAPTER})
    assert assemble(ADAPTED, world, adapters={"old": ADAPTER}) == expected
    assert assemble(ADAPTED, world, adapters=[("old", parse_wat(ADAPTER))]) == expected


def test_what_neither_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="`encoding` is one of"):
        assemble(MODULE, WIT, encoding="utf-8")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="`module` is text"):
        assemble(7, WIT)  # type: ignore[arg-type]
    with pytest.raises(WasmToolsError, match="failed to encode a component from module"):
        assemble("(module)", WIT)


# ------------------------------------------------------------------------------- minimal


def test_a_world_by_name(tmp_path: Path) -> None:
    path = tmp_path / "w.wit"
    path.write_text(PACKAGE)
    text = print_wit(minimal(path, world="w"))
    assert (
        text
        == print_wit(minimal(PACKAGE, world="a:b/w"))
        == print_wit(minimal(parse_wit(PACKAGE), world="a:b/w@1.0.0"))
    )
    assert "unused" not in text and "other" not in text and "more" not in text and "/// Docs." in text
    assert "///" not in print_wit(minimal(path, world="w", docs=False))
    assert component_embed(text, MODULE_OF_W) == component_embed(PACKAGE, MODULE_OF_W, world="w")


MODULE_OF_W = '(module (func (export "run")))'


def test_the_only_world_is_meant_and_that_of_a_component() -> None:
    assert print_wit(minimal(WIT)) == print_wit(parse_wit(WIT))
    component = assemble(MODULE, WIT)
    assert print_wit(minimal(component)) == print_wit(parse_wit(component))
    assert minimal(component).world_id is not None and minimal(WIT).world_id is None
    with pytest.raises(WasmToolsError, match="There are multiple worlds"):
        minimal(PACKAGE)


def test_an_interface_by_name() -> None:
    found = minimal(PACKAGE, interface="c:d/types")
    assert print_wit(found) == "package c:d;\n\ninterface types {\n  type t = u8;\n}\n\n"
    assert "interface i {" in print_wit(minimal(PACKAGE, interface="i"))


def test_a_world_or_an_interface_itself() -> None:
    resolve = parse_wit(PACKAGE)
    assert minimal(resolve.world("w")) == minimal(PACKAGE, world="w")
    assert minimal(resolve.interface("i"), docs=False) == minimal(PACKAGE, interface="i", docs=False)
    with pytest.raises(ValueError, match="already"):
        minimal(resolve.world("w"), world="w")


def test_what_minimal_refuses() -> None:
    with pytest.raises(ValueError, match="`world` or `interface`"):
        minimal(PACKAGE, world="w", interface="i")
    with pytest.raises(TypeError, match="`world` is a str"):
        minimal(PACKAGE, world=1)  # type: ignore[arg-type]
    with pytest.raises(WasmToolsError, match="World `x` not found"):
        minimal(PACKAGE, world="x")
    with pytest.raises(WasmToolsError, match="Interface `x` not found"):
        minimal(PACKAGE, interface="x")


def test_files_of_a_folder(tmp_path: Path) -> None:
    found = minimal(PACKAGE, world="w")
    files = wit_files(found)
    assert list(files) == ["b.wit", "deps/d.wit"]
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert component_embed(tmp_path, MODULE_OF_W) == component_embed(PACKAGE, MODULE_OF_W, world="w")
    assert "///" not in wit_files(found, docs=False)["b.wit"]
    found.package_id = None
    with pytest.raises(WasmToolsError, match="no package"):
        wit_files(found)
