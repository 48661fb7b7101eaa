"""What a core module may import and has to export for its world: refusals by their texts, recorded from the reference.

Each line is added to a module that exports all that the world asks for, or (where it begins with `-`) replaces the
export of that name.
"""

from __future__ import annotations

import pytest
from conftest import Verdicts
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, component_embed, component_new
from pywasmtools.load import wat_to_binary

WIT = """package a:b@1.2.0;

interface i {
  resource r { constructor(); m: func(); }
  f: func(x: string) -> string;
  g: async func(s: stream<u8>) -> future<string>;
}

world w {
  import i;
  import plain: func(x: u32) -> u32;
  import inline: interface { k: func(); }
  export run: func() -> string;
  export later: async func() -> string;
  export e: interface { resource q { constructor(); } f: func(q: borrow<q>) -> list<u8>; }
}
"""

EXPORTS = {
    "memory": '(memory (export "memory") 1)',
    "cabi_realloc": '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)',
    "run": '(func (export "run") (result i32) unreachable)',
    "later": '(func (export "[async-lift]later") (result i32) unreachable)',
    "callback": '(func (export "[callback][async-lift]later") (param i32 i32 i32) (result i32) unreachable)',
    "constructor": '(func (export "e#[constructor]q") (result i32) unreachable)',
    "f": '(func (export "e#f") (param i32) (result i32) unreachable)',
}

STANDARD_EXPORTS = {
    "memory": '(memory (export "cm32p2_memory") 1)',
    "cabi_realloc": '(func (export "cm32p2_realloc") (param i32 i32 i32 i32) (result i32) unreachable)',
    "run": '(func (export "cm32p2||run") (result i32) unreachable)',
    "later": '(func (export "cm32p2||later") (result i32) unreachable)',
    "constructor": '(func (export "cm32p2|e|[constructor]q") (result i32) unreachable)',
    "f": '(func (export "cm32p2|e|f") (param i32) (result i32) unreachable)',
}

GROUPS = {
    "imports": """
        (import "a:b/i@1.2.0" "f" (func (param i32 i32 i32)))
        (import "a:b/i@1.2.0" "f" (func (param i32)))
        (import "a:b/i@1.2.0" "f" (func (param i32 i32 i32) (result i32)))
        (import "a:b/i@1.2.0" "h" (func))
        (import "a:b/i@1.9.0" "f" (func (param i32 i32 i32)))
        (import "a:b/i@1.0.0" "f" (func (param i32 i32 i32)))
        (import "a:b/i@2.0.0" "f" (func (param i32 i32 i32)))
        (import "a:b/i" "f" (func (param i32 i32 i32)))
        (import "a:b/k@1.2.0" "f" (func))
        (import "a:c/i@1.2.0" "f" (func))
        (import "not a name" "f" (func))
        (import "inline" "k" (func))
        (import "inline" "l" (func))
        (import "$root" "plain" (func (param i32) (result i32)))
        (import "$root" "plain" (func (param i32)))
        (import "$root" "inline" (func))
        (import "$root" "nothing" (func))
        (import "$root" "[async-lower]plain" (func (param i32 i32) (result i32)))
        (import "$root" "[async-lower]plain" (func (param i32) (result i32)))
        (import "a:b/i@1.2.0" "[async-lower]f" (func (param i32 i32 i32) (result i32)))
        (import "a:b/i@1.2.0" "[async-lower]g" (func (param i32 i32) (result i32)))
        (import "a:b/i@1.2.0" "[constructor]r" (func (result i32)))
        (import "a:b/i@1.2.0" "[method]r.m" (func (param i32)))
        (import "a:b/i@1.2.0" "[resource-drop]r" (func (param i32)))
        (import "a:b/i@1.2.0" "[resource-drop]r" (func))
        (import "a:b/i@1.2.0" "[resource-drop]s" (func (param i32)))
        (import "a:b/i@1.2.0" "[resource-new]r" (func (param i32) (result i32)))
        (import "a:b/i@1.2.0" "[stream-new-0]g" (func (result i64)))
        (import "a:b/i@1.2.0" "[stream-new-0]g" (func (result i32)))
        (import "a:b/i@1.2.0" "[future-new-1]g" (func (result i64)))
        (import "a:b/i@1.2.0" "[future-new-0]g" (func (result i64)))
        (import "a:b/i@1.2.0" "[stream-new-2]g" (func (result i64)))
        (import "a:b/i@1.2.0" "[stream-new-x]g" (func (result i64)))
        (import "a:b/i@1.2.0" "[stream-new-unit]" (func (result i64)))
        (import "a:b/i@1.2.0" "[stream-read-0]g" (func (param i32 i32 i32) (result i32)))
        (import "a:b/i@1.2.0" "[async-lower][stream-read-0]g" (func (param i32 i32 i32) (result i32)))
        (import "a:b/i@1.2.0" "[async-lower][stream-new-0]g" (func (result i64)))
        (import "a:b/i@1.2.0" "[future-write-1]g" (func (param i32 i32) (result i32)))
        (import "a:b/i@1.2.0" "[future-drop-readable-1]g" (func (param i32)))
        (import "a:b/i@1.2.0" "[future-cancel-read-1]g" (func (param i32) (result i32)))
        (import "[export]e" "[resource-new]q" (func (param i32) (result i32)))
        (import "[export]e" "[resource-new]q" (func (param i32)))
        (import "[export]e" "[resource-rep]q" (func (param i32) (result i32)))
        (import "[export]e" "[resource-drop]q" (func (param i32)))
        (import "[export]e" "[resource-drop]p" (func (param i32)))
        (import "[export]e" "nothing" (func))
        (import "[export]d" "[resource-new]q" (func (param i32) (result i32)))
        (import "[export]$root" "[task-return]later" (func (param i32 i32)))
        (import "[export]$root" "[task-return]later" (func (param i32)))
        (import "[export]$root" "[task-return]sooner" (func))
        (import "[export]$root" "[task-cancel]" (func))
        (import "[export]$root" "[task-cancel]" (func (param i32)))
        (import "[export]$root" "nothing" (func))
        (import "env" "memory" (memory 1))
        (import "env" "memory" (memory 1)) (import "env" "memory" (memory 1))
        (import "env" "table" (table 1 funcref))
        (import "env" "nothing" (func))
        (import "env" "__wasm_get_stack_pointer" (func (result i32)))
        (import "env" "__wasm_set_tls_base" (func (param i32)))
        (import "env" "__wasm_set_tls_base" (func))
        (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
        (import "x" "g" (global i32))
        (import "inline" "k" (func)) (import "inline" "k" (func))
        (import "$root" "[waitable-set-new]" (func (result i32)))
        (import "$root" "[waitable-set-new]" (func))
        (import "$root" "[waitable-set-wait]" (func (param i32 i32) (result i32)))
        (import "$root" "[waitable-set-poll-i64]" (func (param i32 i32) (result i32)))
        (import "$root" "[error-context-new-utf8]" (func (param i32 i32) (result i32)))
        (import "$root" "[error-context-debug-message-utf16]" (func (param i32 i32)))
        (import "$root" "[error-context-new-utf32]" (func (param i32 i32) (result i32)))
        (import "$root" "[context-get-0]" (func (result i32)))
        (import "$root" "[context-set-i64-1]" (func (param i64)))
        (import "$root" "[context-get-2]" (func (result i32)))
        (import "$root" "[context-get-x]" (func (result i32)))
        (import "$root" "[context-get-0]" (func (result i64)))
        (import "$root" "[thread-index]" (func (result i32)))
        (import "$root" "[thread-new-indirect-v0]" (func (param i32 i32) (result i32)))
        (import "$root" "[subtask-cancel]" (func (param i32) (result i32)))
        (import "$root" "[async-lower][subtask-cancel]" (func (param i32) (result i32)))
        (import "cm32p2" "plain" (func (param i32) (result i32)))
        (import "cm32p2" "nothing" (func))
        (import "cm32p2|a:b/i@1" "f" (func (param i32 i32 i32)))
        (import "cm32p2|a:b/i@1.2.0" "f" (func (param i32 i32 i32)))
        (import "cm32p2|a:b/i@1" "r_drop" (func (param i32)))
        (import "cm32p2|_ex_e" "q_new" (func (param i32) (result i32)))
        (import "cm32p2|_ex_e" "q_rep" (func (param i32) (result i32)))
        (import "cm32p2|_ex_e" "q_drop" (func (param i32)))
        (import "cm32p2|_ex_e" "nothing" (func))
        (import "cm32p2|_ex_d" "q_new" (func (param i32) (result i32)))
        (import "cm32p2_ex_" "q_new" (func))
        (import "cm32p2x" "q_new" (func))
    """,
    "exports": """
        -run
        -later
        -callback
        -constructor
        -f
        -memory
        -cabi_realloc
        -run (func (export "run") (result i64) unreachable)
        -run (func (export "run") (param i32))
        -run (global (export "run") i32 (i32.const 0))
        -f (func (export "e#f") (result i32) unreachable)
        -later (func (export "[async-lift-stackful]later"))
        -later (func (export "[async-lift-stackful]later") (result i32) unreachable)
        -later (func (export "later") (result i32) unreachable)
        -callback (func (export "[callback][async-lift]later") (param i32))
        -callback (global (export "[callback][async-lift]later") i32 (i32.const 0))
        -cabi_realloc (func (export "cabi_realloc") (param i32))
        -cabi_realloc (global (export "cabi_realloc") i32 (i32.const 0))
        -memory (memory (export "memory") i64 1)
        (memory $m 1) (export "memory2" (memory $m))
        (func (export "cabi_post_run") (param i32))
        (func (export "cabi_post_run"))
        (func (export "cabi_post_nothing"))
        (func (export "cabi_post_e#f") (param i32))
        (func (export "_initialize"))
        (func (export "_initialize") (param i32))
        (func (export "_start"))
        (func (export "e#[dtor]q") (param i32))
        (func (export "e#[dtor]q"))
        (func (export "e#[dtor]p"))
        (func (export "__wasm_task_hook") (param i32))
        (func (export "__wasm_task_hook"))
        (table (export "__indirect_function_table") 1 funcref)
        (func (export "cabi_import_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
        (func (export "cabi_import_realloc"))
        (func (export "[callback][async-lift]run") (param i32 i32 i32) (result i32) unreachable)
        (func (export "cm32p2||run_post") (param i32))
        (func (export "anything") (param f64))
    """,
    "standard": """
        -run
        -f
        -later
        -run (func (export "cm32p2||run") (result i64) unreachable)
        -run (func (export "cm32p2|run") (result i32) unreachable)
        -f (func (export "cm32p2|e@1|f") (param i32) (result i32) unreachable)
        -cabi_realloc (func (export "cm32p2_realloc"))
        (func (export "cm32p2||run_post") (param i32))
        (func (export "cm32p2||run_post"))
        (func (export "cm32p2|e|q_dtor") (param i32))
        (func (export "cm32p2|e|q_dtor"))
        (func (export "cm32p2|e|p_dtor"))
        (func (export "cm32p2_initialize"))
        (func (export "cm32p2_initialize") (param i32))
        (memory $m 1) (export "memory" (memory $m))
        (import "a:b/i@1.2.0" "f" (func (param i32 i32 i32)))
        (import "|a:b/i@1" "f" (func (param i32 i32 i32)))
    """,
}


def module(line: str, exports: dict[str, str]) -> bytes:
    """The module with one line of a group, and its world."""
    left = dict(exports)
    if line.startswith("-"):
        name, _, line = line[1:].partition(" ")
        del left[name]
    text = f"(module {line}\n{' '.join(left.values())})"
    return component_embed(WIT, wat_to_binary(text.encode(), "in.wat"))


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_messages(group: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    lines = [line.strip() for line in GROUPS[group].strip().splitlines()]
    exports = STANDARD_EXPORTS if group == "standard" else EXPORTS
    modules = {line: module(line, exports) for line in lines}
    command = "component new --reject-legacy-names" if group == "standard" else "component new"
    assert verdicts(command, modules) == golden


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('(import "env" "__wasm_set_tls_base" (func (param f32)))', "unsupported TLS base pointer type `f32`"),
        (
            '(import "__main_module__" "run" (func (result i32)))',
            "module `main` is needed before it can be instantiated",
        ),
        (
            '(func (export "cm32p2||run") (result i32) unreachable)',
            "function `run` is exported twice, as `cm32p2||run` and as `run`",
        ),
    ],
)
def test_where_the_reference_crashes_we_refuse(line: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as e:
        component_new(module(line, EXPORTS))
    assert e.value.layers[-1].message == message
