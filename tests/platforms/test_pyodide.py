"""The pure wheel runs in CPython made to wasm (Pyodide, in Node), and there too every byte is the reference's.

The goldens are recorded from the real wasm-tools here, as all are; what they are compared with comes from the wheel of this tree
in Pyodide. Its stack is small, so there are inputs that are nested deeply. Of the systems' errors only the numbers differ:
`No such file or directory` is 44 there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from conftest import ROOT, Files
from elsewhere import RunThere, node, node_modules, pyodide, run_there, wheel
from pyodide_process import Pyodide
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed, component_new, print_wat

__all__ = ["node", "node_modules", "pyodide", "run_there", "wheel"]
pytestmark = pytest.mark.slow

HELLO = ROOT / "examples" / "hello"


def hello() -> Files:
    """The files of the main example, as the README's command lines have them."""
    files = {f"wit/{path.relative_to(HELLO / 'wit')}": path.read_bytes() for path in (HELLO / "wit").rglob("*.wit")}
    return {name.replace("\\", "/"): data for name, data in files.items()} | {
        "main.wasm": (HELLO / "hello.wasm").read_bytes()
    }


def test_the_main_job(run_there: RunThere, golden: SnapshotAssertion) -> None:
    """Embed, new, wit, print and validate of the example, each with its status, its streams and its files."""
    told = run_there("component embed -w hello wit main.wasm -o embedded.wasm", hello())
    told += run_there("component new embedded.wasm -o component.wasm")
    told += run_there("component wit component.wasm")
    told += run_there("component wit component.wasm --json")
    told += run_there("print component.wasm")
    told += run_there("validate component.wasm")
    assert told == golden


def test_a_world_of_c_libraries(run_there: RunThere, golden: SnapshotAssertion) -> None:
    told = run_there("component wit world.wit", {"world.wit": (ROOT / "examples" / "c" / "world.wit").read_bytes()})
    told += run_there("component embed --dummy -w app world.wit -o dummy.wasm")
    told += run_there("component new dummy.wasm -o component.wasm")
    told += run_there("component wit component.wasm --wasm -o package.wasm")
    told += run_there("print component.wasm --skeleton")
    told += run_there("objdump component.wasm")
    assert told == golden


def test_what_is_refused(run_there: RunThere, golden: SnapshotAssertion) -> None:
    told = run_there("component wit a.wit", {"a.wit": "package a:b;\ninterface i { f: func() -> u33; }\n"})
    told += run_there("component embed -w none wit main.wasm -o out.wasm", hello())
    told += run_there("component new main.wasm -o out.wasm")
    told += run_there("validate m.wat", {"m.wat": "(module (func (result i32)))"})
    told += run_there("parse m.wat -o out.wasm", {"m.wat": "(module\n  (func (i32.const 99999999999)))"})
    told += run_there("print broken.wasm", {"broken.wasm": b"\0asm\1\0\0\0\1\5\1\x60"})
    told += run_there("component new")
    told += run_there("component new --nonsense main.wasm")
    assert told == golden


def test_standard_streams(run_there: RunThere, golden: SnapshotAssertion) -> None:
    told = run_there("print", None, b'(module (func (export "f")))')
    told += run_there("validate -", None, b"(module (func (result i32)))")
    told += run_there("parse -", None, "(module (func $\u00e9) (memory 1))".encode())
    assert told == golden


def chain(count: int, line: str, first: str) -> str:
    """Definitions, each of which refers to the one before it."""
    return first + "".join(line.format(k, k + 1) for k in range(count))


def wit(text: str) -> Files:
    return {"a.wit": f"package a:b;\n{text}\n"}


def wat(text: str) -> Files:
    return {"a.wat": text}


def leb(number: int) -> bytes:
    """An unsigned LEB128 number."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def nested_components(count: int) -> bytes:
    """A component in a component, and so on, as binary."""
    data = b"\0asm\x0d\0\1\0"
    for _ in range(count):
        data = b"\0asm\x0d\0\1\0\4" + leb(len(data)) + data
    return data


def nested_blocks(count: int) -> bytes:
    """A module of one function of blocks in blocks."""
    body = b"\0" + b"\2\x40" * count + b"\x0b" * count + b"\x0b"
    code = b"\1" + leb(len(body)) + body
    return b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a" + leb(len(code)) + code


DEEP: dict[str, Callable[[int], tuple[str, Files]]] = {
    "types in types": lambda n: (
        "component wit a.wit",
        wit("interface i { type t = " + "list<" * n + "u8" + ">" * n + "; }"),
    ),
    "types not closed": lambda n: ("component wit a.wit", wit("interface i { type t = " + "option<" * n)),
    "a chain of types": lambda n: (
        "component wit a.wit --wasm -o out.wasm",
        wit("interface i { " + chain(n, "type t{1} = list<t{0}>; ", "type t0 = u8; ") + "}"),
    ),
    "a chain of records in a function": lambda n: (
        "component embed --dummy a.wit -o out.wasm",
        wit(
            "interface i { "
            + chain(n, "record t{1} {{ a: t{0} }} ", "type t0 = u8; ")
            + f"f: func(x: t{n}); }} world w {{ import i; export i; }}"
        ),
    ),
    "a chain of includes": lambda n: (
        f"component embed --dummy -w w{n} a.wit -o out.wasm",
        wit(chain(n, "world w{1} {{ include w{0}; }} ", "world w0 { import f: func(); } ")),
    ),
    "comments": lambda n: ("component wit a.wit", wit("/*" * n + "*/" * n)),
    "parentheses": lambda n: ("parse a.wat -o out.wasm", wat("(" * n)),
    "folded instructions": lambda n: (
        "validate a.wat",
        wat("(module (func (result i32) " + "(i32.eqz " * n + "(i32.const 1)" + ")" * n + "))"),
    ),
    "blocks": lambda n: ("parse a.wat -o out.wasm", wat("(module (func " + "block " * n + "end " * n + "))")),
    "components in components": lambda n: ("parse a.wat -o out.wasm", wat("(component " * n + ")" * n)),
    "component types in types": lambda n: (
        "parse a.wat -o out.wasm",
        wat("(component " + "(type (component " * n + "))" * n + ")"),
    ),
    "value types in types": lambda n: (
        "validate a.wat",
        wat("(component (type " + "(list " * n + "u8" + ")" * n + "))"),
    ),
    "blocks, printed with operands inside": lambda n: ("print -f a.wasm", {"a.wasm": nested_blocks(n)}),
    "binary components, their metadata": lambda n: ("metadata show a.wasm", {"a.wasm": nested_components(n)}),
    "binary components, printed": lambda n: ("print a.wasm", {"a.wasm": nested_components(n)}),
    "binary components, validated": lambda n: ("validate a.wasm", {"a.wasm": nested_components(n)}),
    "binary components, as WIT": lambda n: ("component wit a.wasm", {"a.wasm": nested_components(n)}),
}


@pytest.mark.parametrize("name", DEEP)
def test_nested_deeply(name: str, run_there: RunThere, golden: SnapshotAssertion) -> None:
    """Small stacks are deep enough: messages and results are the reference's. Long ones are told by their hash."""
    told = ""
    for count in (90, 4000):
        command, files = DEEP[name](count)
        text = run_there(command, files)
        if len(text) > 4000:
            text = f"{text[:9]}{len(text)} characters, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}\n"
        told += f"== {count}\n{text}"
    assert told == golden


PROGRAM = """
import hashlib
from pywasmtools import component_embed, component_new, parse_wit, print_wat, validate, WasmToolsError
from pathlib import Path
component = component_new(component_embed(Path(WIT), Path(MODULE), world="hello"))
try:
    validate("(module (func (result i32)))")
except WasmToolsError as e:
    told = f"{e}, {e.offset}"
repr((hashlib.sha256(component).hexdigest(), hashlib.sha256(print_wat(component).encode()).hexdigest(), told))
"""


def test_the_library(pyodide: Pyodide) -> None:
    """Functions give what they give here."""
    there: dict[str, object] = {"WIT": HELLO / "wit", "MODULE": HELLO / "hello.wasm"}
    exec(PROGRAM, there)
    expected = (
        hashlib.sha256(component_new(component_embed(HELLO / "wit", HELLO / "hello.wasm"))).hexdigest(),
        hashlib.sha256(print_wat(there["component"]).encode()).hexdigest(),  # type: ignore[arg-type]
        there["told"],
    )
    pyodide.run(["--version"], {name: data for name, data in hello().items() if isinstance(data, bytes)})
    assert pyodide.value('WIT = "/work/wit"\nMODULE = "/work/main.wasm"\n' + PROGRAM) == repr(expected)
