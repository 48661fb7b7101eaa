"""`wit/transform/minimal.py`: a world cut out of its packages is embedded as before, and holds nothing that is not needed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from functools import cache

import pytest
from conftest import ROOT

from pywasmtools.diagnostics import UNKNOWN_SPAN, WasmToolsError
from pywasmtools.load import decode_bytes, decode_input
from pywasmtools.wit.model import InterfaceItem, Resolve, World
from pywasmtools.wit.printer import WitPrinter
from pywasmtools.wit.transform.elaborate import elaborate_world
from pywasmtools.wit.transform.minimal import minimal, select_interface
from pywasmtools.wit_binary.component_type import encode
from pywasmtools.wit_binary.encoder import encode_package

DEPS = """
/// The package.
package a:main@1.0.0;

/// Not reached.
interface other { type unused = u8; }

/// An interface.
interface used {
  use b:dep/types@0.2.0.{file as f, size};
  /// A record.
  record pair {
    /// The first.
    left: size,
    right: option<pair-kind>,
  }
  flags bits { one, two }
  enum pair-kind { a, b }
  open: func(name: string) -> result<f, string>;
}

world unrelated { import other; }

/// A world.
world main {
  use used.{pair};
  /// A function.
  import log: func(p: pair);
  import b:dep/more@0.2.0;
  export used;
  export local: interface { use b:dep/types@0.2.0.{size}; get-it: func() -> list<size>; }
  export named: b:dep/more@0.2.0;
}

package b:dep@0.2.0 {
  interface types { type size = u64; resource file { constructor(); read: func(n: size) -> list<u8>; } }
  interface more { use types.{file}; again: func(f: borrow<file>); }
  interface nothing { x: func(); }
  world w { import nothing; }
}

package c:unused { interface i { f: func(); } }
"""


def parse(text: str) -> tuple[Resolve, int]:
    found = decode_bytes(text.encode(), "w.wit", (), True)
    return found.resolve, found.package


def text_of(resolve: Resolve, package: int, docs: bool = True) -> str:
    return WitPrinter(docs).print(resolve, package, [k for k in range(len(resolve.packages)) if k != package])


def world_of(resolve: Resolve, package: int, name: str) -> int:
    return resolve.packages[package].worlds[name]


# ------------------------------------------------------------------------------- what stays


def test_what_a_world_reaches_stays_and_nothing_else() -> None:
    resolve, package = parse(DEPS)
    small, main = minimal(resolve, world=world_of(resolve, package, "main"))
    assert [str(found.name) for found in small.packages] == ["b:dep@0.2.0", "a:main@1.0.0"]
    assert list(small.packages[main].interfaces) == ["used"]
    assert list(small.packages[main].worlds) == ["main"]
    assert list(small.packages[0].interfaces) == ["types", "more"] and not small.packages[0].worlds
    assert len(small.interfaces) == 4  # with the one that is written in line
    text = text_of(small, main)
    for docs in ("The package.", "An interface.", "A record.", "The first.", "A world.", "A function."):
        assert f"/// {docs}" in text
    assert "Not reached" not in text and "unrelated" not in text


def test_docs_may_be_left_out() -> None:
    resolve, package = parse(DEPS)
    before = text_of(resolve, package)
    small, main = minimal(resolve, world=world_of(resolve, package, "main"), docs=False)
    assert "///" not in text_of(small, main)
    assert text_of(resolve, package) == before
    with_docs, _ = minimal(resolve, world=world_of(resolve, package, "main"))
    assert text_of(with_docs, main, docs=False) == text_of(small, main)


def test_an_interface_alone() -> None:
    resolve, package = parse(DEPS)
    small, main = minimal(resolve, interface=select_interface(resolve, [package], "b:dep/more"))
    assert text_of(small, main) == (
        "package b:dep@0.2.0;\n\n"
        "interface types {\n  type size = u64;\n\n"
        "  resource file {\n    constructor();\n    read: func(n: size) -> list<u8>;\n  }\n}\n\n"
        "interface more {\n  use types.{file};\n\n  again: func(f: borrow<file>);\n}\n\n"
    )


def test_gates_that_are_on_stay() -> None:
    text = "package a:b@1.0.0; @unstable(feature = x) interface i { @since(version = 1.0.0) f: func(); } world w { import i; }"
    resolve = decode_bytes(text.replace("world", "@unstable(feature = x) world").encode(), "w.wit", ("x",)).resolve
    small, main = minimal(resolve, world=0)
    assert small.features == {"x"}
    again = decode_bytes(text_of(small, main).encode(), "w.wit", ("x",)).resolve
    assert encode(again, 0) == encode(resolve, 0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope", "Interface `nope` not found in package `a:main@1.0.0`"),
        ("b:dep/nope", "Interface `nope` not found in package `b:dep@0.2.0`"),
        ("b:dep/types@9.0.0", "unknown package `b:dep@9.0.0`"),
        ("b:", "failed to parse interface specifier `b:`"),
    ],
)
def test_an_interface_that_there_is_not(name: str, message: str) -> None:
    resolve, package = parse(DEPS)
    with pytest.raises(WasmToolsError) as e:
        select_interface(resolve, [package], name)
    assert e.value.layers[0].text() == message


def test_a_plain_name_needs_a_main_package() -> None:
    with pytest.raises(WasmToolsError, match="no main package"):
        select_interface(parse(DEPS)[0], [], "used")


def test_what_is_in_no_package_is_refused() -> None:
    resolve, _ = parse(DEPS)
    resolve.worlds[0].package = None
    with pytest.raises(WasmToolsError, match="in no package"):
        minimal(resolve, world=0)


# ------------------------------------------------------------------------------- the property


@cache
def inputs() -> list[tuple[str, Resolve]]:
    """All WIT that stands in the tests as text, and the folders of the examples."""
    found: dict[str, Resolve] = {}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        texts = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
        for text in texts:
            if isinstance(text, str) and "package" in text and text not in found:
                try:
                    found[text] = decode_bytes(text.encode(), "w.wit", (), True).resolve
                except (WasmToolsError, UnicodeError):
                    continue
    for folder in sorted({path.parent for path in (ROOT / "examples").rglob("*.wit")}):
        if "deps" not in folder.parts:
            try:
                found[str(folder)] = decode_input(str(folder), (), True).resolve
            except WasmToolsError:
                continue  # what it needs is to be fetched first
    return list(found.items())


def worlds() -> Iterator[tuple[Resolve, int]]:
    """All worlds of the inputs."""
    for _, resolve in inputs():
        for package in resolve.packages:
            for world in package.worlds.values():
                yield resolve, world


def embedded(resolve: Resolve, world: int) -> bytes | str:
    """What is embedded of a world; the refusal where it can't be."""
    try:
        return encode(resolve, world)
    except WasmToolsError as e:
        return str(e)


def check_world(resolve: Resolve, world: int) -> None:
    """Embedding by the minimal WIT is as embedding by the whole, as a `Resolve` and as text."""
    name = resolve.worlds[world].name
    whole = embedded(resolve, world)
    small, package = minimal(resolve, world=world)
    assert embedded(small, world_of(small, package, name)) == whole
    if isinstance(whole, str):
        return
    again, package = parse(text_of(small, package))
    assert embedded(again, world_of(again, package, name)) == whole
    assert (len(again.packages), len(again.interfaces)) == (len(small.packages), len(small.interfaces))


def test_a_sample_of_worlds_is_embedded_as_before() -> None:
    for resolve, world in list(worlds())[::6]:
        check_world(resolve, world)


@pytest.mark.slow
def test_every_world_is_embedded_as_before() -> None:
    found = list(worlds())
    assert len(found) > 100
    for resolve, world in found:
        check_world(resolve, world)


def importing(resolve: Resolve, interface: int, package: int) -> bytes:
    """What is embedded of a world that imports and exports nothing but an interface."""
    world = World("importing", package)
    world.imports[interface] = InterfaceItem(interface)
    id_ = resolve.add_world(world)
    elaborate_world(resolve, id_, UNKNOWN_SPAN)
    found = encode(resolve, id_)
    resolve.worlds.pop()
    return found


def test_who_imports_an_interface_imports_the_same() -> None:
    for _, resolve in inputs()[::3]:
        for package_id, package in enumerate(resolve.packages):
            for name, interface in package.interfaces.items():
                small, main = minimal(resolve, interface=interface)
                again, again_main = parse(text_of(small, main))
                expected = importing(resolve, interface, package_id)
                assert importing(small, small.packages[main].interfaces[name], main) == expected
                assert importing(again, again.packages[again_main].interfaces[name], again_main) == expected


# ------------------------------------------------------------------------------- no more than that


def less_one(resolve: Resolve) -> Iterator[Resolve]:
    """Copies, each without one thing: a type, a function, an import or export."""
    places: list[tuple[str, int, str]] = []
    for k in range(len(resolve.interfaces)):
        places += [("interfaces", k, "types"), ("interfaces", k, "functions")]
    for k in range(len(resolve.worlds)):
        places += [("worlds", k, "imports"), ("worlds", k, "exports")]
    for arena, k, items in places:
        for key in getattr(getattr(resolve, arena)[k], items):
            less = copy.deepcopy(resolve)
            del getattr(getattr(less, arena)[k], items)[key]
            yield less


def is_other(resolve: Resolve, package: int, name: str, whole: bytes | str) -> bool:
    """Whether something else is embedded of a world, or of what is printed; or that can't be read, for it names what is gone."""
    if embedded(resolve, world_of(resolve, package, name)) != whole:
        return True
    try:
        again, package = parse(text_of(resolve, package))
    except WasmToolsError:
        return True
    return embedded(again, world_of(again, package, name)) != whole


def check_nothing_can_go(resolve: Resolve, world: int) -> int:
    """Whatever is taken out of the minimal WIT, something else is embedded, or it can't be. Returns how much there was."""
    name = resolve.worlds[world].name
    small, package = minimal(resolve, world=world)
    whole = embedded(small, world_of(small, package, name))
    count = 0
    for less in less_one(small):
        count += 1
        assert is_other(less, package, name, whole), text_of(less, package)
    assert {*[found.package for found in small.interfaces], package} == set(range(len(small.packages)))
    return count


def test_nothing_can_be_taken_out() -> None:
    resolve, package = parse(DEPS)
    assert check_nothing_can_go(resolve, world_of(resolve, package, "main")) > 20


@pytest.mark.slow
def test_nothing_can_be_taken_out_of_any_world() -> None:
    checked = 0
    for resolve, world in list(worlds())[::4]:
        if isinstance(embedded(resolve, world), bytes):
            checked += check_nothing_can_go(resolve, world)
    assert checked > 100


def test_a_package_in_binary_is_cut_too() -> None:
    resolve, package = parse(DEPS)
    binary = decode_bytes(encode_package(resolve, package), "w.wasm").resolve
    world = binary.packages[-1].worlds["main"]
    check_world(binary, world)
