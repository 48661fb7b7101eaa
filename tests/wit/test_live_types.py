"""Which types are in use, and other questions about a `Resolve`."""

from __future__ import annotations

import pytest
from wit_worlds import resolve_of

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wit.model import Package, PackageName, Resolve, TypeDef
from pywasmtools.wit.queries import (
    LiveTypes,
    add_interface_deps,
    canonicalized_id_of,
    find_futures_and_streams,
    implements_interface,
    name_canonicalized_world_key,
    package_direct_deps,
    topological_packages,
    version_suffix_of,
)
from pywasmtools.wit.types import Alias, Future


def live_names(text: str, type_: str) -> list[str]:
    resolve = resolve_of(text)
    live = LiveTypes(resolve)
    live.add_type_id(resolve.interfaces[-1].types[type_])
    return [name for name in (resolve.types[id_].name for id_ in live) if name is not None]


def test_types_come_after_what_they_are_made_of() -> None:
    text = """package a:b;
interface i {
resource t1;
record t2 { x: t1 }
variant t3 { x(t2) }
flags t4 { a }
enum t5 { a }
type t6 = tuple<t5, t4, t3>;
}
"""
    assert live_names(text, "t6") == ["t5", "t4", "t1", "t2", "t3", "t6"]
    assert live_names(text, "t4") == ["t4"]


def test_a_static_function_keeps_its_resource() -> None:
    resolve = resolve_of("package a:b; interface i { resource r { f: static func(); } type t = u32; }")
    live = LiveTypes(resolve)
    live.add_func(resolve.interfaces[0].functions["[static]r.f"])
    assert list(live) == [resolve.interfaces[0].types["r"]]
    live.add_interface(0)
    assert len(live) == 2
    assert resolve.interfaces[0].types["t"] in live


def test_long_chains_of_types_need_no_recursion() -> None:
    resolve = Resolve()
    last = resolve.add_type(TypeDef(None, Future(None), None))
    for _ in range(5000):
        last = resolve.add_type(TypeDef(None, Alias(last), None))
    live = LiveTypes(resolve)
    live.add_type_id(last)
    assert list(live) == list(range(5001))


def test_futures_and_streams_are_numbered_inner_first() -> None:
    resolve = resolve_of(
        "package a:b; interface i { type t = stream<u8>;\n"
        "f: func(x: future<future<u32>>, y: u32, z: tuple<t, list<string>, t>) -> stream; }"
    )
    function = resolve.interfaces[0].functions["f"]
    found = find_futures_and_streams(resolve, function)
    assert [resolve.types[k].kind.word for k in found] == ["future", "future", "stream", "stream", "stream"]
    assert found[1] == function.params[0].type
    assert found[2] == found[3]
    assert found[4] == function.result


def test_names() -> None:
    resolve = resolve_of(
        *[f"package a:b@{v}; interface i {{}}" for v in ("1.2.3", "0.2.3", "0.0.3", "1.0.0-rc.1", "2.0.0+x")],
        "package c:d; world w { import a:b/i@1.2.3; import n: a:b/i@0.2.3; import m: interface {} import f: func(); }",
    )
    assert [canonicalized_id_of(resolve, k) for k in range(6)] == [
        "a:b/i@1",
        "a:b/i@0.2",
        "a:b/i@0.0.3",
        "a:b/i@1.0.0-rc.1",
        "a:b/i@2",
        None,
    ]
    assert [version_suffix_of(resolve, k) for k in range(6)] == [".2.3", ".3", None, None, ".0.0+x", None]
    imports = resolve.worlds[0].imports
    assert [name_canonicalized_world_key(resolve, key) for key in imports] == ["a:b/i@1", "n", "m", "f"]
    assert [implements_interface(resolve, key, item) for key, item in imports.items()] == [None, 1, None, None]


def test_dependencies_of_packages() -> None:
    resolve = resolve_of(
        "package a:a; interface i { type t = u8; }",
        "package b:b; interface j { use a:a/i.{t}; } world w { import j; }",
        "package c:c; world w { use b:b/j.{t}; }",
    )
    assert package_direct_deps(resolve, 1) == [0, 0]
    assert package_direct_deps(resolve, 2) == [0, 1, 1]
    assert topological_packages(resolve) == [0, 1, 2]
    assert add_interface_deps(resolve, 1, set()) == [1, 0]
    # The reference overflows its stack.
    resolve.interfaces[0].types["u"] = resolve.interfaces[1].types["t"]
    resolve.types[resolve.interfaces[1].types["t"]].owner = None
    resolve.interfaces[1].package = 0
    resolve.interfaces[0].package = 1
    resolve.add_package(Package(PackageName("d", "d")))
    with pytest.raises(WasmToolsError, match=r"creates a dependency cycle$"):
        topological_packages(resolve)
