"""Dynamic libraries from clang and wasm-ld, linked by `component link`: they run under wasmtime, and have the reference's bytes.

`scripts/make_c_libraries.py` makes them (a compiler from PyPI, some 90 MiB). The tests run where they are made already, or
where PYWASMTOOLS_MAKE_C=1 allows to make them now; else they say why not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, environment

from pywasmtools import component_embed, component_wit, link

SCRIPTS = ROOT / "scripts"
WIT = ROOT / "examples" / "c" / "world.wit"


@pytest.fixture(scope="module")
def libraries() -> dict[str, bytes]:
    """The libraries by name, those with exports of the component with their world."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        import make_c_libraries
    finally:
        sys.path.remove(str(SCRIPTS))
    found = make_c_libraries.made()
    missing = ", ".join(name for name, path in found.items() if not path.exists())
    if missing:
        if os.environ.get("PYWASMTOOLS_MAKE_C") != "1":
            pytest.skip(f"not made yet: {missing}; run scripts/make_c_libraries.py, or set PYWASMTOOLS_MAKE_C=1")
        try:
            found = make_c_libraries.make()
        except (OSError, subprocess.CalledProcessError) as e:
            pytest.skip(f"the C libraries could not be made: {e}")
    made = {name: path.read_bytes() for name, path in found.items()}
    for world in ("app", "asks"):
        made[f"{world}.so"] = component_embed(WIT, made[f"{world}.so"], world=world)
    return made


def start(component: bytes) -> tuple[Any, Any]:
    """wasmtime's store and instance."""
    wasmtime = pytest.importorskip("wasmtime", reason="wasmtime (PyPI) runs the components")
    from wasmtime import component as model

    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    return store, model.Linker(engine).instantiate(store, model.Component(engine, component))


def call(store: Any, instance: Any, name: str, *args: Any, interface: str | None = None) -> Any:
    place = None if interface is None else instance.get_export_index(store, interface)
    function = instance.get_func(store, instance.get_export_index(store, name, place))
    result = function(store, *args)
    function.post_return(store)
    return result


APP = ("app.so", "libstore.so", "libc.so")


@pytest.mark.parametrize("order", [APP, APP[::-1]], ids=["app first", "app last"])
def test_libraries_that_need_each_other_run(order: tuple[str, ...], libraries: dict[str, bytes]) -> None:
    component = link({name: libraries[name] for name in order})
    assert b"export t:c/notes;" in component_wit(component)
    store, instance = start(component)
    for number, title in enumerate(("Zettel", "", "élan"), 1):
        assert call(store, instance, "add", title, interface="t:c/notes") == number
    notes = [(note.title, note.size) for note in call(store, instance, "all", interface="t:c/notes")]
    assert [(title, size) for title, size in notes if title] == [("Zettel", 60 + ord("Z")), ("élan", 50 + 0xC3)]
    assert call(store, instance, "sum", [1, -2, 30]) == 29


@pytest.mark.parametrize(
    "options", ["", "--debug-names=false", "--return-call-ref", "--stack-size=1000", "--use-built-in-libdl -t"]
)
@pytest.mark.parametrize("names", [APP, ("libc.so", "asks.so", "--dl-openable=plugin.so", "--use-built-in-libdl")])
def test_the_bytes_are_the_reference_s(
    names: tuple[str, ...], options: str, libraries: dict[str, bytes], the_reference: Path, tmp_path: Path
) -> None:
    for name, data in libraries.items():
        (tmp_path / name).write_bytes(data)
    results = []
    for program in ([str(the_reference)], [sys.executable, "-m", "pywasmtools"]):
        argv = [*program, "component", "link", *names, *options.split(), "-o", "out"]
        env = environment(WASM_TOOLS_REFERENCE=str(the_reference))
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, env=env)
        out = tmp_path / "out"
        results.append((done.returncode, done.stdout, done.stderr, out.read_bytes() if out.exists() else b""))
        out.unlink(missing_ok=True)
    assert results[0] == results[1]


def test_a_library_is_found_by_name(
    libraries: dict[str, bytes], the_reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pywasmtools.cli.tools.link import libdl_of_real

    monkeypatch.setenv("WASM_TOOLS_REFERENCE", str(the_reference))
    linked = {name: libraries[name] for name in ("asks.so", "libc.so")}
    openable = {"plugin.so": libraries["plugin.so"]}
    component = link(linked, dl_openable=openable, use_built_in_libdl=True, libdl=libdl_of_real)
    store, instance = start(component)
    assert call(store, instance, "ask", 41) == 42
