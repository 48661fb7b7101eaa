"""The main job on a real module: embed a world, make the component, show that it is one.

    python examples/run_hello.py [FOLDER]

Runs the two commands that TinyGo runs, on `examples/hello/hello.wasm`, prints the WIT that the component
shows, and, where the package `wasmtime` is installed, runs it. Results go to FOLDER (a temporary one without it).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HELLO = Path(__file__).parent / "hello"


def wasm_tools(*args: str | Path) -> None:
    """Runs one command line, shown first, and stops where it fails."""
    print("$ wasm-tools", *args, flush=True)
    done = subprocess.run([sys.executable, "-m", "pywasmtools", *map(str, args)])
    if done.returncode:
        raise SystemExit(done.returncode)


def run_component(path: Path, arguments: list[str], stdout: Path) -> None:
    """Runs the component's `wasi:cli/run` under wasmtime, its stdout into a file."""
    import wasmtime
    from wasmtime import component

    engine = wasmtime.Engine()
    linker = component.Linker(engine)
    linker.add_wasip2()
    store = wasmtime.Store(engine)
    config = wasmtime.WasiConfig()
    config.argv = ["hello", *arguments]
    config.stdout_file = str(stdout)
    store.set_wasi(config)
    instance = linker.instantiate(store, component.Component.from_file(engine, str(path)))
    interface = instance.get_export_index(store, "wasi:cli/run@0.2.0")
    run = instance.get_export_index(store, "run", interface)
    assert run is not None
    function = instance.get_func(store, run)
    assert function is not None
    function(store)
    function.post_return(store)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        embedded, component = folder / "embedded.wasm", folder / "component.wasm"
        wasm_tools("component", "embed", "-w", "hello", HELLO / "wit", HELLO / "hello.wasm", "-o", embedded)
        wasm_tools("component", "new", embedded, "-o", component)
        header = component.read_bytes()[:8]
        assert header == b"\0asm\x0d\0\1\0", header
        print(f"{component.name}: {component.stat().st_size} bytes, header {header.hex(' ')}: a component\n")
        wasm_tools("component", "wit", component)
        try:
            import wasmtime  # noqa: F401
        except ImportError:
            print("\n(pip install wasmtime, and it will be run here)")
            return
        run_component(component, ["from", "wasmtime"], folder / "stdout.txt")
        print("\nunder wasmtime it prints:\n" + (folder / "stdout.txt").read_text(), end="")


if __name__ == "__main__":
    main()
