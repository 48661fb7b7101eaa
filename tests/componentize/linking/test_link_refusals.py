"""Dynamic libraries that can't be linked: status and message. Goldens are the reference's, but where that crashes."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Asked, asked  # noqa: F401
from assemble import assemble
from libraries import (
    GO,
    MEMORY,
    REALLOC,
    data_address,
    dylink,
    env,
    exported,
    func_address,
    library,
    needing,
)
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, link
from pywasmtools.wasm.writer import custom_section

ONE = {
    # Types of what is imported by convention.
    **{
        f"{module} {name} as {what}": f'(import "{module}" "{name}" ({what}))'
        for module, name, whats in (
            ("env", "memory", ("func", "global i32")),
            ("env", "__indirect_function_table", ("func", "table 0 10 funcref", "table 0 externref", "memory 1")),
            ("env", "__memory_base", ("global i64", "func")),
            ("env", "__table_base", ("table 1 2 funcref", "memory 1 2")),
            ("env", "__stack_pointer", ("global (mut f32)", "tag")),
            ("env", "__init_stack_pointer", ("global (ref null func)",)),
            ("env", "__asyncify_state", ("global i64",)),
            ("env", "__asyncify_data", ("func",)),
            ("env", "other", ("global i32", "table 1 funcref", "memory i64 1")),
            ("env", "__wasm_get_tls_base", ("func", "func (result i64)", "global i32", "func (result v128)")),
            ("env", "__wasm_set_tls_base", ("func (param i32 i32)", "func (param funcref)")),
            ("env", "__wasm_get_stack_pointer", ("func (param i32)",)),
            ("env", "__wasm_set_stack_pointer", ("tag (param i32)",)),
            ("env", "vector", ("func (param v128)", "tag (param externref)")),
            ("GOT.mem", "data", ("global i64", "func", "global v128")),
            ("GOT.func", "data", ("global f64", "memory 1")),
            ("$root", "[thread-new-indirect-v0]", ("func", "global i32")),
            ("elsewhere", "item", ("memory 1", "table 1 funcref", "tag", "global i32", "func")),
        )
        for what in whats
    },
    "an exact function": '(type $t (func)) (import "env" "f" (func (exact (type $t))))',
    # What is exported.
    "constructors that take something": '(func (export "__wasm_call_ctors") (param i32))',
    "relocations that give something": '(func (export "__wasm_apply_data_relocs") (result i32) unreachable)',
    "constructors of a vector": '(func (export "__wasm_call_ctors") (param v128))',
    "constructors that are no function": '(global (export "__wasm_call_ctors") i32 (i32.const 0))',
    "relocations that are a memory": '(memory (export "__wasm_apply_data_relocs") 1)',
    "a memory": '(memory (export "m") 1)',
    "a table": '(table (export "t") 1 funcref)',
    "a function of references": '(func (export "f") (param externref))',
    "a global that is a reference": '(global (export "g") funcref (ref.null func))',
    "a tag of vectors": '(tag (export "t") (param v128))',
    "a function of a type that is not there": '(import "env" "__wasm_get_tls_base" (func (type 7)))',
    "_initialize that takes something": '(func (export "_initialize") (param i32))',
    "_start that takes something": '(func (export "_start") (param i32))',
    "both kinds of constructors": '(func (export "__wasm_call_ctors")) (func (export "_initialize"))',
    # Types that are none of a plain module.
    "a struct": "(type (struct))",
    "a subtype": "(type (sub (func)))",
    "a group of types": "(rec (type (func)) (type (func)))",
    "a continuation": "(type $f (func)) (type (cont $f))",
    # dylink.0
    "a needed library that is not there": needing("a", "b", "c"),
    "an architecture": dylink('target-arch "wasm64"'),
    "the right architecture": dylink('target-arch "wasm32"'),
    # What is missing.
    "functions": env("f", "(param i32 i64 f32 f64) (result i32)") + env("g"),
    "one of them weak": env("f") + env("g") + dylink('import-info "env" "f" binding-weak'),
    "data": data_address("d"),
    "the address of a function": func_address("f"),
    "a tag": '(import "env" "t" (tag (param i32)))',
    "a function and data": env("f") + data_address("d") + dylink('import-info "env" "f" binding-weak'),
    "a symbol of its own with another type": env("f", "(result i32)") + '(func (export "g"))',
    "an import that the world does not have": '(import "t:t/i@1.0.0" "nope" (func))',
}


@pytest.mark.parametrize("options", ["", "--stub-missing-functions"])
def test_one_library(options: str, asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for name, fields in ONE.items():
        Path("a.wasm").write_bytes(library(fields + GO, "go"))
        told += f"== {name}\n{asked.answer(['component', 'link', *options.split(), 'a=a.wasm', '-o', 'o.wasm'])}"
    assert told == golden


SEVERAL = {
    "two that need what is missing": {"a": env("f") + GO, "b": needing("c", "a", "d"), "c": needing("e")},
    "data of another type": {"a": data_address("d") + GO, "b": '(global (export "d") (mut i32) (i32.const 0))'},
    "a tag of a library that comes later": {
        "a": '(import "env" "t" (tag)) (func (export "f"))' + needing("b") + GO,
        "b": '(tag (export "t"))' + env("f"),
    },
    "a tag of another type": {"a": '(import "env" "t" (tag))' + GO, "b": '(tag (export "t") (param i32))'},
    "realloc in none": {"a": '(func (export "s") (param i32 i32))' + GO, "b": ""},
}


def test_several_libraries(asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for name, libraries in SEVERAL.items():
        argv = ["component", "link"]
        for number, (library_name, fields) in enumerate(libraries.items()):
            Path(f"{number}.wasm").write_bytes(library(fields, "go" if library_name == "a" else ""))
            argv.append(f"{library_name}={number}.wasm")
        told += f"== {name}\n{asked.answer([*argv, '-o', 'o.wasm'])}"
    assert told == golden


DYLINK = {
    "an unknown subsection": b"\x09\x00",
    "memory cut off": b"\x01\x02\x00\x00",
    "memory longer than it says": b"\x01\x03\x00\x00\x00\x00",
    "an id of two bytes": b"\x81\x00\x00",
    "a size that is too large": b"\x02\x7f\x00",
    "needed, without a count": b"\x02\x00",
    "needed, a name that is cut off": b"\x02\x03\x01\x05a",
    "needed, a name that is not UTF-8": b"\x02\x03\x01\x01\xff",
    "export-info without flags": b"\x03\x03\x01\x01f",
    "import-info without a field": b"\x04\x03\x01\x01f",
    "bytes behind the content": b"\x02\x03\x00\xff\xff",
    "flags that nobody knows": b"\x03\x05\x01\x01f\xff\x7f",
    "nothing": b"",
    "needed twice: the last one counts": b"\x02\x03\x01\x01x\x02\x01\x00",
    "memory twice: the last one counts": b"\x01\x04\x05\x01\x00\x00\x01\x04\x07\x02\x00\x00",
}


def test_bytes_of_dylink(asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for name, content in DYLINK.items():
        plain = library('(import "env" "__memory_base" (global i32))' + data_address("__heap_base") + GO, "go")
        Path("a.wasm").write_bytes(plain[:8] + custom_section("dylink.0", content) + plain[8:])
        told += f"== {name}\n{asked.answer(['component', 'link', 'a.wasm', '-t'])}"
    assert told == golden


def test_what_is_no_library(asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for name, data in {
        "a component": assemble("(component)"),
        "no bytes": b"",
        "a header alone": b"\0asm\x01\0\0\0",
        "a section that is cut off": b"\0asm\x01\0\0\0\x01\x05\x01",
        "an import that is cut off": assemble(f"(module {MEMORY})")[:-2],
        "a module of its own": assemble(f'(module (memory (export "memory") 1) {REALLOC})'),
    }.items():
        Path("a.wasm").write_bytes(data)
        told += f"== {name}\n{asked.answer(['component', 'link', 'a.wasm', '-t'])}"
    assert told == golden


CRASHES: dict[str, tuple[list[tuple[str, str]], dict[str, int], str]] = {
    "the same name twice": ([("a", GO), ("a", "")], {}, "more than one library is called `a`"),
    "a function of two types": (
        [("a", exported("f") + GO), ("b", exported("f", "(param i32)"))],
        {},
        "function `f` is exported with more than one type",
    ),
    "two that miss the same": (
        [("a", env("f") + needing("b") + GO), ("b", env("f"))],
        {"stub_missing_functions": True},
        "`f` is missing more than once, and can't be stubbed then",
    ),
    "two commands": (
        [("a", '(func (export "_start"))' + GO), ("b", '(func (export "_start"))')],
        {},
        "multiple libraries export _start",
    ),
    "an address called as the linker calls its own": (
        [("a", data_address("memory_base") + '(global (export "memory_base") i32 (i32.const 0))' + GO)],
        {},
        r"the libraries can't be linked: duplicate export name `a:memory_base` already defined \(at offset 0x\w+\)",
    ),
    "an export of nothing": (
        [("a", '(export "x" (func 9))' + GO)],
        {},
        "library a exports `x`, which it does not have",
    ),
    "a constructor that is not there": (
        [("a", '(export "__wasm_call_ctors" (func 9))' + GO)],
        {},
        "library a exports `__wasm_call_ctors`, which it does not have",
    ),
    "an import of a type that is not there": (
        [("a", '(import "env" "f" (func (type 7)))' + GO)],
        {},
        "library a names the type 7, which it does not define",
    ),
    "no room for thread-local storage": (
        [
            (
                "a",
                env("__wasm_get_tls_base", "(result i32)")
                + '(global (export "__wasm_library_tls_info") i32 (i32.const 0))'
                + GO,
            )
        ],
        {"stack_size": 1 << 31},
        "the stack leaves no room for thread-local storage",
    ),
    "a table without end": (
        [("a", dylink("mem-info (memory 0 0) (table 2147483648 0)") + func_address("f") + exported("f") + GO)],
        {},
        "the table of functions is too large",
    ),
}


@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_of_the_reference_is_refused_in_one_line(name: str) -> None:
    libraries, options, message = CRASHES[name]
    with pytest.raises(WasmToolsError, match=f"^{message}$"):
        link(
            [(called, library(fields, "go" if "go" in fields else "")) for called, fields in libraries],
            stub_missing_functions="stub_missing_functions" in options,
            stack_size=options.get("stack_size"),
        )
