"""Adapters with what adapters seldom have: built-ins, tags, exports of all kinds, packages that don't merge.

Goldens come from the reference.
"""

from __future__ import annotations

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed
from pywasmtools.load import wat_to_binary

MAIN = """(module (import "old" "f" (func (param i32) (result i32))) (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))
  (func (export "run") (result i32) (call 0 (i32.const 1))))"""
MAIN_WIT = """package a:main; world w { export run: func() -> u32; import x:y/i; import x:y/j; }
package x:y { interface i { type t = u8; f: func() -> t; } interface j { g: async func(s: string) -> string; } }
"""
WIT = """package a:old; world w { import x:y/j; }
package x:y { interface j { g: async func(s: string) -> string; } }
"""
F = '(func (export "f") (param i32) (result i32) {} (local.get 0))'

CASES = {
    "nothing more": ("", "", WIT),
    "another interface": (
        "",
        "",
        "package a:old; world w { import x:y/i; } package x:y { interface i { type t = u16; f: func() -> t; } }",
    ),
    "another function": ("", "", "package a:old; world w { import x:y/i; } package x:y { interface i { g: func(); } }"),
    "a function of another type": (
        "",
        "",
        "package a:old; world w { import x:y/i; } package x:y { interface i { type t = u8; f: func() -> string; } }",
    ),
    "a type of another kind": (
        "",
        "",
        "package a:old; world w { import x:y/i; } package x:y { interface i { record t { a: u8 } f: func() -> t; } }",
    ),
    "an interface's name for a world": (
        "",
        "",
        "package a:old; world w { import x:y/i; } package x:y { interface i { resource t; f: func() -> t; } }",
    ),
    "error context": (
        '(import "$root" "[error-context-new-utf8]" (func $e (param i32 i32) (result i32)))',
        "(drop (call $e (i32.const 0) (i32.const 0)))",
        WIT,
    ),
    "error context's message": (
        '(import "$root" "[error-context-debug-message-utf8]" (func $e (param i32 i32)))',
        "(call $e (i32.const 0) (i32.const 0))",
        WIT,
    ),
    "waitable set": (
        '(import "$root" "[waitable-set-wait]" (func $e (param i32 i32) (result i32)))',
        "(drop (call $e (i32.const 0) (i32.const 0)))",
        WIT,
    ),
    "waitable set polled": (
        '(import "$root" "[waitable-set-poll]" (func $e (param i32 i32) (result i32)))',
        "(drop (call $e (i32.const 0) (i32.const 0)))",
        WIT,
    ),
    "context": ('(import "$root" "[context-get-0]" (func $e (result i32)))', "(drop (call $e))", WIT),
    "backpressure": ('(import "$root" "[backpressure-inc]" (func $e))', "(call $e)", WIT),
    "async function": (
        '(import "x:y/j" "[async-lower]g" (func $e (param i32 i32 i32) (result i32)))',
        "(drop (call $e (i32.const 0) (i32.const 0) (i32.const 0)))",
        WIT,
    ),
    "synchronous": (
        '(import "x:y/j" "g" (func $e (param i32 i32 i32)))',
        "(call $e (i32.const 0) (i32.const 0) (i32.const 0))",
        WIT,
    ),
    "future": ('(import "$root" "[future-new-unit]" (func $e (result i64)))', "(drop (call $e))", WIT),
    "imported tag": ('(import "env" "tag" (tag))', "", WIT),
    "imported table": ('(import "env" "t" (table 1 funcref))', "", WIT),
    "imported global": ('(import "env" "g" (global i32))', "", WIT),
    "exact function": ('(type $t (func)) (import "env" "g" (func (exact (type $t))))', "", WIT),
    "exported tag": ('(tag (export "x"))', "", WIT),
    "exported table": ('(table (export "x") 1 funcref)', "", WIT),
    "exported global": ('(global (export "x") i32 (i32.const 0))', "", WIT),
    "exported memory": ('(import "env" "memory" (memory 0)) (export "x" (memory 0))', "", WIT),
    "imported memory of small pages": (
        '(import "env" "memory" (memory 0 (pagesize 1)))',
        "(drop (i32.load (i32.const 0)))",
        WIT,
    ),
    "two memories": ('(import "env" "memory" (memory 0)) (memory 1)', "(drop (i32.load 1 (i32.const 0)))", WIT),
    "two stack pointers": (
        '(global $__stack_pointer (mut i32) (i32.const 0)) (global $a (@name "__stack_pointer") (mut i32) (i32.const 0))',
        "(drop (global.get 0)) (drop (global.get 1))",
        WIT,
    ),
    "stack pointer": ("(global $__stack_pointer (mut i32) (i32.const 0))", "(drop (global.get 0))", WIT),
    "stack pointer and state": (
        '(global $__stack_pointer (mut i32) (i32.const 0)) (global $allocation_state (mut i32) (i32.const 0)) (import "env" "memory" (memory 0))',
        "(drop (global.get 0)) (drop (global.get 1)) (drop (i32.load (i32.const 0)))",
        WIT,
    ),
    "wide stack pointer": ("(global $__stack_pointer (mut i64) (i64.const 0))", "(drop (global.get 0))", WIT),
    "struct": ("(type (struct))", "", WIT),
    "continuation": ("(type $k (func)) (type (cont $k))", "", WIT),
    "shared function": ("(type (shared (func)))", "", WIT),
    "sub type": ("(type (sub (func)))", "", WIT),
    "wrong function": ('(import "x:y/j" "h" (func $e))', "(call $e)", WIT),
    "reference result": ('(func (export "g") (result funcref) (ref.null func))', "", WIT),
}


def imports_first(parts: str) -> str:
    """Fields of a module, those that import before the others."""
    fields, depth, start = [], 0, 0
    for k, char in enumerate(parts):
        if char == "(":
            start = start if depth else k
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                fields.append(parts[start : k + 1])
    return " ".join(sorted(fields, key=lambda field: not field.startswith(("(import", "(type"))))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_adapters(name: str, run: Run, golden: SnapshotAssertion) -> None:
    more, body, wit = CASES[name]
    adapter = wat_to_binary(f"(module {imports_first(more)} {F.format(body)})".encode(), "a.wat")
    files: dict[str, str | bytes] = {
        "m.wasm": component_embed(MAIN_WIT, wat_to_binary(MAIN.encode(), "m.wat"), world="w"),
        "a.wasm": component_embed(wit, adapter, world="w"),
    }
    assert run("component new m.wasm --adapt old=a.wasm -t", files) == golden


OTHER_WIT = "package a:more; world w { import x:y/i; } package x:y { interface i { f: func() -> string; } }"


def test_two_adapters_that_differ(run: Run, golden: SnapshotAssertion) -> None:
    adapter = wat_to_binary(f"(module {F.format('')})".encode(), "a.wat")
    first = OTHER_WIT.replace("a:more", "a:old").replace("string", "u8")
    files: dict[str, str | bytes] = {
        "m.wasm": component_embed(MAIN_WIT, wat_to_binary(MAIN.encode(), "m.wat"), world="w"),
        "a.wasm": component_embed(first, adapter, world="w"),
        "b.wasm": component_embed(OTHER_WIT, adapter, world="w"),
    }
    assert run("component new m.wasm --adapt old=a.wasm --adapt more=b.wasm -t", files) == golden


EXPORTING = {
    "a function": ("export extra: func();", '(func (export "extra"))'),
    "an interface": ("export extra: interface { g: func(); }", '(func (export "extra#g"))'),
    "both": (
        "export a: func(); export extra: interface { g: func(); }",
        '(func (export "a")) (func (export "extra#g"))',
    ),
    "a function that is not there": ("export extra: func();", ""),
    "nothing": ("import x: func();", ""),
}


@pytest.mark.parametrize("name", EXPORTING)
def test_adapters_that_only_export(name: str, run: Run, golden: SnapshotAssertion) -> None:
    items, functions = EXPORTING[name]
    main = '(module (memory (export "memory") 1) (func (export "run") (result i32) (i32.const 1)))'
    files: dict[str, str | bytes] = {
        "m.wasm": component_embed(
            "package a:m; world w { export run: func() -> u32; }", wat_to_binary(main.encode(), "m")
        ),
        "a.wasm": component_embed(
            f"package a:old; world w {{ {items} }}", wat_to_binary(f"(module {functions})".encode(), "a")
        ),
    }
    assert run("component new m.wasm --adapt old=a.wasm -t", files) == golden
