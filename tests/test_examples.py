"""The README's main job: the component made of `examples/hello` runs under wasmtime and says what it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Run, environment, load_script
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed, component_new, component_wit, decode, print_wit

HELLO = ROOT / "examples" / "hello"


def run_under_wasmtime(component: bytes, arguments: list[str], folder: Path) -> str:
    """What a component prints under wasmtime, run as the example runs it."""
    pytest.importorskip("wasmtime")
    path, stdout = folder / "component.wasm", folder / "stdout"
    path.write_bytes(component)
    load_script(ROOT / "examples" / "run_hello.py").run_component(path, arguments, stdout)
    return stdout.read_text()


def test_the_library_makes_a_component_that_runs(tmp_path: Path) -> None:
    module = (HELLO / "hello.wasm").read_bytes()
    embedded = component_embed(HELLO / "wit", module, world="hello")
    assert embedded.startswith(module)
    component = component_new(embedded)
    assert run_under_wasmtime(component, ["one", "two"], tmp_path) == "hello, component\none\ntwo\n"


def test_the_commands_give_the_same_bytes_in_place(run: Run, tmp_path: Path) -> None:
    files = {f"wit/{p.relative_to(HELLO / 'wit')}": p.read_bytes() for p in (HELLO / "wit").rglob("*.wit")}
    files["main.wasm"] = (HELLO / "hello.wasm").read_bytes()
    run("component embed -w hello wit/ main.wasm -o main.wasm", files)
    run("component new main.wasm -o main.wasm")
    expected = component_new(component_embed(HELLO / "wit", files["main.wasm"], world="hello"))
    assert (tmp_path / "work" / "main.wasm").read_bytes() == expected


def test_golden_component(run: Run, golden: SnapshotAssertion) -> None:
    """The whole main job against the reference: the embedded module and the component, to the byte."""
    files = {f"wit/{p.relative_to(HELLO / 'wit')}": p.read_bytes() for p in (HELLO / "wit").rglob("*.wit")}
    files["main.wasm"] = (HELLO / "hello.wasm").read_bytes()
    shown = run("component embed -w hello wit main.wasm -o embedded.wasm", files)
    shown += run("component new embedded.wasm -o component.wasm")
    shown += run("component wit component.wasm")
    assert shown == golden


def test_what_the_component_shows_is_its_world() -> None:
    component = component_new(component_embed(HELLO / "wit", (HELLO / "hello.wasm").read_bytes(), world="hello"))
    text = component_wit(component).decode()
    assert "export wasi:cli/run@0.2.0;" in text
    assert print_wit(decode(component)) == text


def test_the_readme_script_says_that_it_is_a_component(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "run_hello.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stderr
    assert "header 00 61 73 6d 0d 00 01 00: a component" in done.stdout
    assert "hello, component" in done.stdout
