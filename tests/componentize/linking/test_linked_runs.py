"""Linked libraries run under wasmtime: memory, table, addresses and constructors are where they should be.

The libraries are of our own, in text. An application and two libraries need each other; with the built-in `libdl.so`, which a
real wasm-tools has to have, one finds another by name.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from assemble import assemble
from conftest import ROOT, environment
from libraries import dylink

from pywasmtools import WasmToolsError, component_embed, link
from pywasmtools.cli.tools.link import libdl_of_real

WIT = """package t:run;

world app {
  export run: func(x: u32) -> u32;
  export greet: func(name: string) -> string;
}

world asks {
  export ask: func(x: u32) -> u32;
}
"""

LIBC = """
  (import "env" "memory" (memory 1))
  (import "GOT.mem" "__heap_base" (global $heap_base (mut i32)))
  (global $next (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $next (global.get $heap_base)))
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $next))
    (global.set $next (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (local.get $at))
  (func (export "strlen") (param $at i32) (result i32)
    (local $size i32)
    (loop $on
      (if (i32.load8_u (i32.add (local.get $at) (local.get $size)))
        (then (local.set $size (i32.add (local.get $size) (i32.const 1))) (br $on))))
    (local.get $size))
  (func (export "memcmp") (param $a i32) (param $b i32) (param $size i32) (result i32)
    (local $difference i32)
    (loop $on
      (if (local.get $size)
        (then
          (local.set $difference (i32.sub (i32.load8_u (local.get $a)) (i32.load8_u (local.get $b))))
          (local.set $a (i32.add (local.get $a) (i32.const 1)))
          (local.set $b (i32.add (local.get $b) (i32.const 1)))
          (local.set $size (i32.sub (local.get $size) (i32.const 1)))
          (br_if $on (i32.eqz (local.get $difference))))))
    (local.get $difference))
"""

# 2 x^2 + 5: `twice` and `bias` are the application's.
MATH = """
  (import "env" "memory" (memory 1))
  (import "env" "twice" (func $twice (param i32) (result i32)))
  (import "GOT.mem" "bias" (global $bias (mut i32)))
  (func (export "square") (param i32) (result i32)
    (i32.add (call $twice (i32.mul (local.get 0) (local.get 0))) (i32.load (global.get $bias))))
"""

# At its base: eight bytes of text, the bias, what the constructor writes, and the address of the text.
APP = """
  (type $number (func (param i32) (result i32)))
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table 0 funcref))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "__table_base" (global $table i32))
  (import "env" "square" (func $square (type $number)))
  (import "env" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (import "GOT.func" "square" (global $square_at (mut i32)))
  (global (export "bias") i32 (i32.const 8))
  (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func $thrice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (func (export "__wasm_call_ctors") (i32.store offset=12 (global.get $base) (i32.const 100)))
  (func (export "__wasm_apply_data_relocs") (i32.store offset=16 (global.get $base) (global.get $base)))
  (func (export "run") (type $number)
    (i32.add
      (i32.add (call $square (local.get 0)) (call_indirect (type $number) (local.get 0) (global.get $square_at)))
      (i32.add
        (call_indirect (type $number) (local.get 0) (global.get $table))
        (i32.load offset=12 (global.get $base)))))
  (func (export "greet") (param $name i32) (param $size i32) (result i32)
    (local $text i32) (local $result i32)
    (local.set $text
      (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.add (local.get $size) (i32.const 7))))
    (memory.copy (local.get $text) (i32.load offset=16 (global.get $base)) (i32.const 7))
    (memory.copy (i32.add (local.get $text) (i32.const 7)) (local.get $name) (local.get $size))
    (local.set $result (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8)))
    (i32.store (local.get $result) (local.get $text))
    (i32.store offset=4 (local.get $result) (i32.add (local.get $size) (i32.const 7)))
    (local.get $result))
  (elem (global.get $table) func $thrice)
  (data (global.get $base) "hello, \\00\\05\\00\\00\\00")
"""

PLUGIN = '(func (export "answer") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))'

ASKS = """
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table 0 funcref))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "dlopen" (func $dlopen (param i32 i32) (result i32)))
  (import "env" "dlsym" (func $dlsym (param i32 i32) (result i32)))
  (func (export "ask") (param i32) (result i32)
    (call_indirect (param i32) (result i32)
      (local.get 0)
      (call $dlsym (call $dlopen (global.get $base) (i32.const 2)) (i32.add (global.get $base) (i32.const 16)))))
  (data (global.get $base) "plugin.so\\00")
  (data (i32.add (global.get $base) (i32.const 16)) "answer\\00")
"""


def module(text: str, *subsections: str) -> bytes:
    return assemble(f"(module {dylink(*subsections)} {text})")


@pytest.fixture
def app() -> dict[str, bytes]:
    application = component_embed(
        WIT, module(APP, "mem-info (memory 20 2) (table 1 0)", 'needed "libmath.so" "libc.so"'), world="app"
    )
    return {"app.so": application, "libmath.so": module(MATH), "libc.so": module(LIBC)}


@pytest.fixture
def asks() -> dict[str, bytes]:
    application = module(ASKS, "mem-info (memory 32 0)", 'needed "libdl.so" "libc.so"')
    return {"asks.so": component_embed(WIT, application, world="asks"), "libc.so": module(LIBC)}


class Running:
    """A component under wasmtime: call its functions."""

    def __init__(self, component: bytes) -> None:
        wasmtime = pytest.importorskip("wasmtime", reason="wasmtime (PyPI) runs the components")
        from wasmtime import component as model

        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        self.instance = model.Linker(engine).instantiate(self.store, model.Component(engine, component))

    def call(self, name: str, *args: Any) -> Any:
        function = self.instance.get_func(self.store, name)
        assert function is not None
        result = function(self.store, *args)
        function.post_return(self.store)
        return result


@pytest.mark.parametrize("order", [["app.so", "libmath.so", "libc.so"], ["libc.so", "libmath.so", "app.so"]])
def test_libraries_that_need_each_other_run(order: list[str], app: dict[str, bytes]) -> None:
    running = Running(link({name: app[name] for name in order}))
    assert running.call("run", 3) == 2 * (2 * 9 + 5) + 3 * 3 + 100
    assert running.call("greet", "library") == "hello, library"


@pytest.mark.parametrize(
    "options",
    [{"return_call_ref": True}, {"debug_names": False}, {"stack_size": 123}, {"stub_missing_functions": True}],
)
def test_every_option_gives_what_runs(options: dict[str, Any], app: dict[str, bytes]) -> None:
    running = Running(link(app, **options))
    assert running.call("run", 1) == 2 * 7 + 3 + 100


def test_a_bare_command_line(app: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in app.items():
        (tmp_path / name).write_bytes(data)
    argv = [sys.executable, "-m", "pywasmtools", "component", "link", *app, "-o", "c.wasm"]
    subprocess.run(argv, cwd=tmp_path, check=True, env=environment())
    data = (tmp_path / "c.wasm").read_bytes()
    assert data == link(app)
    assert Running(data).call("greet", "") == "hello, "


def test_a_library_is_found_by_name(
    asks: dict[str, bytes], the_reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASM_TOOLS_REFERENCE", str(the_reference))
    openable = {"plugin.so": module(PLUGIN)}
    running = Running(link(asks, dl_openable=openable, use_built_in_libdl=True, libdl=libdl_of_real))
    assert running.call("ask", 41) == 42


def test_the_built_in_libdl_is_that_of_the_reference(
    asks: dict[str, bytes], the_reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the byte; and from the first real wasm-tools on PATH too."""
    for name, data in asks.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "wasm-tools").symlink_to(the_reference)
    argv = ["component", "link", *asks, "--use-built-in-libdl", "-o"]
    subprocess.run([str(the_reference), *argv, "r.wasm"], cwd=tmp_path, check=True)
    env = environment(PATH=str(tmp_path / "bin"))
    env.pop("WASM_TOOLS_REFERENCE", None)
    subprocess.run([sys.executable, "-m", "pywasmtools", *argv, "o.wasm"], cwd=tmp_path, check=True, env=env)
    assert (tmp_path / "o.wasm").read_bytes() == (tmp_path / "r.wasm").read_bytes()


def test_without_a_real_one_the_built_in_libdl_is_refused(asks: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in asks.items():
        (tmp_path / name).write_bytes(data)
    argv = [sys.executable, "-m", "pywasmtools", "component", "link", *asks, "--use-built-in-libdl", "-o", "o.wasm"]
    for named in ("", str(ROOT / "README.md"), str(tmp_path / "missing"), "/bin/true", "/bin/false"):
        env = environment(PATH="", WASM_TOOLS_REFERENCE=named)
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, env=env)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("error: a library needs the built-in `libdl.so`, ")
        assert done.stderr.count("\n") == 1 and not (tmp_path / "o.wasm").exists()
    with pytest.raises(WasmToolsError, match=r"`libdl.so`, which is needed, is code of wit-component"):
        link(asks, use_built_in_libdl=True)


def test_where_nothing_needs_it_libdl_is_left_out(app: dict[str, bytes]) -> None:
    assert link(app, use_built_in_libdl=True) == link(app)
    with pytest.raises(WasmToolsError, match=r"missing libraries:\s+libdl.so needs libc.so"):
        link({"a": module(PLUGIN)}, use_built_in_libdl=True)
