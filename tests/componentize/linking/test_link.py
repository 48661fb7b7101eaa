"""Dynamic libraries linked: what the component has, printed whole. Goldens are the reference's."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Asked, asked  # noqa: F401
from libraries import (
    GO,
    I_EXPORTS,
    MEMORY,
    REALLOC,
    Library,
    data_address,
    dylink,
    env,
    exported,
    func_address,
    library,
    needing,
)
from syrupy.assertion import SnapshotAssertion

Link = tuple[str, dict[str, Library]]
"""Options, and libraries by name; those whose name begins with `dl:` are for `dlopen`."""

SP = '(import "env" "__stack_pointer" (global (mut i32)))'
BASES = '(import "env" "__memory_base" (global i32)) (import "env" "__table_base" (global i32))'
TABLE = '(import "env" "__indirect_function_table" (table 0 funcref))'
TLS_GET = env("__wasm_get_tls_base", "(result i32)")
TLS_SET = env("__wasm_set_tls_base", "(param i32)")
TLS_INFO = '(global (export "__wasm_library_tls_info") i32 (i32.const 4))'
THREADS = '(import "$root" "[thread-new-indirect-v0]" (func (param i32 i32) (result i32)))'
HOOK = '(func (export "__wasm_task_hook") (param i32))'

LINKS: dict[str, Link] = {
    "nothing": ("", {}),
    # A library that nothing needs is left out.
    "one that is not needed": ("", {"a": (GO, "go"), "b": (exported("f"), "")}),
    "without dylink.0": ("", {"a": (GO, "go")}),
    "memory and table are laid out in the order given": (
        "",
        {
            "a": (needing("b") + dylink("mem-info (memory 5 2) (table 3 1)") + MEMORY + TABLE + BASES + SP + GO, "go"),
            "b": (dylink("mem-info (memory 100000 16) (table 1 4)", 'needed "a"') + env("f") + BASES, "imports"),
            "dl:c": (dylink("mem-info (memory 1 0) (table 0 0)") + exported("f") + data_address("__heap_base"), ""),
        },
    ),
    "a stack of an odd size": (
        "--stack-size 5",
        {"a": (dylink("mem-info (memory 1 3)") + BASES + SP + data_address("__stack_high") + GO, "go")},
    ),
    "every address of the program": (
        "",
        {
            "a": (
                MEMORY
                + SP
                + '(import "env" "__init_stack_pointer" (global i32))'
                + "".join(
                    data_address(name)
                    for name in ("__heap_base", "__heap_end", "__stack_high", "__stack_low", "__wasm_libdl_libraries")
                )
                + GO,
                "go",
            )
        },
    ),
    # What is imported of a library that comes later goes through the table.
    "libraries that need each other": (
        "",
        {
            "a": (needing("c") + env("g", "(param i32)") + exported("f", "(result i64)") + GO, "go"),
            "b": (env("f", "(result i64)") + exported("g", "(param i32)") + data_address("d"), ""),
            "c": (env("f", "(result i64)") + env("h") + '(global (export "d") i32 (i32.const 8))', "imports"),
            "d": (exported("h") + env("g", "(param i32)"), ""),
        },
    ),
    "a chain given the wrong way round": (
        "",
        {
            "a": (env("b") + GO, "go"),
            "b": (env("c") + exported("b"), ""),
            "c": (env("d") + exported("c"), ""),
            "d": (exported("d"), ""),
        },
    ),
    # The first one that exports a symbol provides it.
    "two that export the same": (
        "",
        {
            "a": (needing("b", "c") + env("f") + GO, "go"),
            "b": (exported("f"), "imports"),
            "c": (exported("f"), "imports"),
        },
    ),
    "addresses of data and functions": (
        "",
        {
            "a": (needing("c") + data_address("d") + func_address("f") + func_address("g") + env("g") + GO, "go"),
            "b": (exported("f", "(param i64)") + '(global (export "d") i32 (i32.const 16))' + data_address("d"), ""),
            "c": (exported("g") + dylink('needed "b"') + func_address("f"), "imports"),
        },
    ),
    "constructors and relocations": (
        "",
        {
            "a": (
                needing("b", "c")
                + '(func (export "__wasm_call_ctors")) (func (export "__wasm_apply_data_relocs"))'
                + GO,
                "go",
            ),
            "b": ('(func (export "_initialize"))', "imports"),
            "c": ('(func (export "__wasm_apply_data_relocs"))', "imports"),
        },
    ),
    # One call alone is the start function itself.
    "one constructor": ("", {"a": ('(func (export "__wasm_call_ctors"))' + GO, "go")}),
    "a command": ("", {"a": ('(func (export "_start"))', ""), "b": (exported("f"), "")}),
    "missing functions are stubbed": (
        "--stub-missing-functions",
        {"a": (env("f") + env("g", "(param i32 i64) (result f32)") + func_address("h") + GO, "go")},
    ),
    # Weak ones without asking; the address of one is null.
    "weak functions are stubbed": (
        "",
        {
            "a": (
                dylink('import-info "env" "f" binding-weak', 'import-info "env" "g" binding-weak undefined')
                + env("f")
                + env("g", "(result i32)")
                + func_address("g")
                + GO,
                "go",
            )
        },
    ),
    "tables for dlopen": (
        "",
        {
            "dl:zz": (
                needing("plain")
                + exported("b")
                + exported("a", "(param i32)")
                + '(global (export "c") i32 (i32.const 4))',
                "",
            ),
            "dl:a-longer-name": (GO + '(global (export "d") i32 (i32.const 8)) (tag (export "t"))', "go"),
            "plain": (data_address("__wasm_libdl_libraries") + data_address("d") + func_address("b"), "imports"),
        },
    ),
    "tags": (
        "",
        {
            "a": ('(tag (export "t") (param i32 i64))', ""),
            "b": (dylink('needed "a"') + '(import "env" "t" (tag (param i32 i64)))' + GO, "go"),
        },
    ),
    "asyncified": (
        "",
        {
            "a": (
                '(import "env" "__asyncify_state" (global (mut i32))) (import "env" "__asyncify_data" (global (mut i32)))'
                + GO,
                "go",
            )
        },
    ),
    "thread-local storage without threads": (
        "",
        {
            "a": (
                needing("b", "c") + TLS_GET + TLS_SET + TLS_INFO + data_address("__wasm_program_tls_info") + GO,
                "go",
            ),
            "b": (TLS_GET + TLS_SET, "imports"),
            "c": (TLS_INFO + TLS_GET, "imports"),
        },
    ),
    "thread-local storage with threads": (
        "--stack-size 3",
        {
            "a": (
                needing("b") + THREADS + TLS_GET + TLS_SET + TLS_INFO + data_address("__wasm_program_tls_info") + GO,
                "go",
            ),
            "b": (TLS_SET, "imports"),
        },
    ),
    "stack pointer in the context": (
        "",
        {
            "a": (
                env("__wasm_get_stack_pointer", "(result i32)") + env("__wasm_set_stack_pointer", "(param i32)") + GO,
                "go",
            )
        },
    ),
    # One library has the allocator for all.
    "realloc of another library": (
        "",
        {
            "a": (needing("libc") + I_EXPORTS, "exports"),
            "libc": (REALLOC, "imports"),
            "c": (exported("s", "(param i32 i32)"), "plain"),
        },
    ),
    "realloc imported, through the table": (
        "",
        {
            "a": (needing("b") + env("cabi_realloc", "(param i32 i32 i32 i32) (result i32)") + I_EXPORTS, "exports"),
            "b": (REALLOC + env("t:t/i@1.0.0#g"), "imports"),
        },
    ),
    "imports of an interface in two libraries": (
        "",
        {
            "a": (
                '(import "t:t/i@1.0.0" "f" (func (param i32 i32 i32)))' + REALLOC + GO,
                "imports",
            ),
            "b": (
                '(import "t:t/i@1.0.0" "h" (func (param i32 i32) (result i32)))' + needing("a") + I_EXPORTS,
                "both",
            ),
        },
    ),
    "resources": (
        "",
        {
            "a": (
                needing("b")
                + """
  (import "t:t/r@1.0.0" "[resource-drop]q" (func (param i32)))
  (import "t:t/r@1.0.0" "[method]q.m" (func (param i32 i32 i32)))
  (import "[export]t:t/r@1.0.0" "[resource-new]q" (func (param i32) (result i32)))
  (func (export "t:t/r@1.0.0#[constructor]q") (result i32) unreachable)
  (func (export "t:t/r@1.0.0#[method]q.m") (param i32 i32 i32))
  (func (export "t:t/r@1.0.0#mk") (result i32) unreachable)
  (func (export "t:t/r@1.0.0#[dtor]q") (param i32))""",
                "resources",
            ),
            "b": (REALLOC, "imports"),
        },
    ),
    "async, with a task hook in another library": (
        "",
        {
            "a": (
                needing("b")
                + """
  (import "[export]t:t/later@1.0.0" "[task-return]run" (func (param i32 i32)))
  (func (export "[async-lift]t:t/later@1.0.0#run") (param i32 i32) (result i32) unreachable)
  (func (export "[callback][async-lift]t:t/later@1.0.0#run") (param i32 i32 i32) (result i32) unreachable)
  (func (export "__wasm_call_ctors"))""",
                "asynchronous",
            ),
            "b": (REALLOC + HOOK + '(func (export "_initialize"))', "imports"),
        },
    ),
    "streams and waiting": (
        "",
        {
            "a": (
                needing("b")
                + """
  (import "$root" "[async-lower]later" (func (param i32 i32) (result i32)))
  (import "$root" "[stream-read-0]later" (func (param i32 i32 i32) (result i32)))
  (import "$root" "[waitable-set-wait]" (func (param i32 i32) (result i32)))
  (import "$root" "[error-context-debug-message-utf8]" (func (param i32 i32)))"""
                + GO,
                "streams",
            ),
            "b": (REALLOC, "imports"),
        },
    ),
    "return_call_ref": (
        "--return-call-ref",
        {
            "a": (
                needing("b")
                + '(import "$root" "plain" (func (param i32) (result i32))) (func (export "s") (param i32 i32))'
                + env("f"),
                "plain",
            ),
            "b": (REALLOC + exported("f") + data_address("d") + '(global (export "d") i32 (i32.const 0))', ""),
        },
    ),
    "without names": (
        "--debug-names=false",
        {"a": (env("f") + GO, "go"), "b": (exported("f") + env("g"), ""), "c": (exported("g") + env("f"), "")},
    ),
    # The module that all stand on is meant by `env`, whatever a library is called.
    "a library called env": ("--validate=false", {"env": ('(func (export "__wasm_call_ctors"))' + GO, "go")}),
    "a library called as an adapter's import": (
        "",
        {"a": (needing("b") + '(import "b" "f" (func))' + GO, "go"), "b": (exported("f"), "imports")},
    ),
}

ADAPTER = (
    '(import "env" "memory" (memory 0)) (func (export "a") (param i32)) (func (export "b") (result i64) unreachable)'
)
WITH_ADAPTER: dict[str, Link] = {
    "functions of an adapter": (
        "",
        {
            "a": (needing("b") + '(import "old" "a" (func (param i32)))' + GO, "go"),
            "b": ('(import "old" "a" (func (param i32))) (import "old" "b" (func (result i64)))', "imports"),
        },
    ),
    # With other flags it is another import, though of the same name: the reference crashes at that.
    "an adapter that is not needed": ("--realloc-via-memory-grow", {"a": (GO, "go")}),
    "a library in place of an adapter": ("", {"a": (needing("old") + GO, "go"), "old": (exported("f"), "imports")}),
}


def linked(asked: Asked, options: str, libraries: dict[str, Library]) -> str:  # noqa: F811
    """What a link answers, as text."""
    argv = ["component", "link", "-t", *options.split()]
    for number, (name, (fields, world)) in enumerate(libraries.items()):
        Path(f"{number}.wasm").write_bytes(library(fields, world))
        openable = name.startswith("dl:")
        argv += ["--dl-openable"] * openable + [f"{name.removeprefix('dl:')}={number}.wasm"]
    return asked.answer(argv)


@pytest.mark.parametrize("name", LINKS)
def test_link(name: str, asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    assert linked(asked, *LINKS[name]) == golden


@pytest.mark.parametrize("name", WITH_ADAPTER)
def test_with_an_adapter(name: str, asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    options, libraries = WITH_ADAPTER[name]
    Path("old.wasm").write_bytes(library(ADAPTER, "none"))
    assert linked(asked, f"{options} --adapt old=old.wasm", libraries) == golden
