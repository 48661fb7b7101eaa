"""Components, byte for byte: what the reference wrote for these modules stands in `golden/`."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
from conftest import Run
from core_modules import MEMORY, REALLOC, core_module, world_module
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed, component_new
from pywasmtools.componentize.encoder import ComponentEncoder
from pywasmtools.diagnostics import WasmToolsError

STRINGS = "package a:b; world w { import f: func(s: string) -> string; export g: func(s: string) -> list<u8>; }"
STRINGS_IMPORTS = ("$root::f: i32 i32 i32 ->",)
STRINGS_EXPORTS = (MEMORY, REALLOC, "g: i32 i32 -> i32", "cabi_post_g: i32 ->")
RESOURCES = (
    "package a:b@1.2.3; interface i { resource r { constructor(); m: func(); } } "
    "world w { import i; export i; resource top; import drop: func(t: borrow<top>); }"
)
ASYNC = (
    "package a:b; interface i { record p { s: string } f: async func(x: stream<p>) -> future<u8>; } "
    "world w { import i; export i; }"
)
TYPED = (
    "package a:b; interface t { record p { a: u8 } type l = list<p>; } interface i { use t.{l}; f: func(x: l) -> l; } "
    "world w { import i; export i; }"
)

CASES = {
    # Nothing is imported that the module doesn't use.
    "unused imports are left out": (world_module("package a:b; interface i { f: func(); } world w { import i; }"), ""),
    # Lowering needs memory, so a shim stands in; lifting takes the options in their order.
    "strings go through shims": (world_module(STRINGS, STRINGS_IMPORTS, STRINGS_EXPORTS), ""),
    "shims through globals": (
        world_module(STRINGS, STRINGS_IMPORTS, STRINGS_EXPORTS),
        "--return-call-ref --debug-names=false",
    ),
    # With the memory imported all is lowered at once, but for `realloc`, which is a shim.
    "imported memory": (world_module(STRINGS, ("env::memory", *STRINGS_IMPORTS), STRINGS_EXPORTS[1:]), ""),
    "utf16": (world_module(STRINGS, STRINGS_IMPORTS, STRINGS_EXPORTS, encoding="utf16"), "--debug-names=false"),
    # Both schemes of names at once; the memory is exported under the standard one.
    "standard names": (
        world_module(
            STRINGS,
            ("cm32p2::f: i32 i32 i32 ->",),
            (
                "cm32p2_memory",
                "cm32p2_realloc: i32 i32 i32 i32 -> i32",
                "cm32p2||g: i32 i32 -> i32",
                "cm32p2_initialize: ->",
            ),
        ),
        "--reject-legacy-names",
    ),
    # A destructor is a shim; drop, new and rep of an exported resource; a resource of the world is imported.
    "resources": (
        world_module(
            RESOURCES,
            (
                "a:b/i@1.2.3::[resource-drop]r: i32 ->",
                "[export]a:b/i@1.2.3::[resource-new]r: i32 -> i32",
                "[export]a:b/i@1.2.3::[resource-rep]r: i32 -> i32",
                "[export]a:b/i@1.2.3::[resource-drop]r: i32 ->",
                "$root::[resource-drop]top: i32 ->",
                "$root::drop: i32 ->",
            ),
            (
                "a:b/i@1.2.3#[constructor]r: -> i32",
                "a:b/i@1.2.3#[method]r.m: i32 ->",
                "a:b/i@1.2.3#[dtor]r: i32 ->",
            ),
        ),
        "--emit-canonical-names",
    ),
    # Compatible versions satisfy each other; a renamed import keeps the types.
    "import names": (
        world_module(
            "package a:b@1.2.3; interface i { f: func(); } world w { import i; }",
            ("a:b/i@1.4.0::f: ->",),
        ),
        "--import-name a:b/i@1.2.3=x:y/z@2.0.0 --import-name not:there/at-all=a",
    ),
    # The second and the third `f` get names of their own.
    "duplicate imports": (
        world_module("package a:b; world w { import f: func(); }", ("$root::f: ->", "$root::f: ->", "$root::f: ->")),
        "",
    ),
    # A nested component gives the functions their types; those of `t` are aliased from an import.
    "types of others": (
        world_module(TYPED, ("a:b/i::f: i32 i32 i32 ->",), (MEMORY, REALLOC, "a:b/i#f: i32 i32 -> i32")),
        "",
    ),
    "async with callback": (
        world_module(
            ASYNC,
            (
                "a:b/i::[async-lower]f: i32 i32 -> i32",
                "a:b/i::[stream-new-0]f: -> i64",
                "a:b/i::[async-lower][stream-write-0]f: i32 i32 i32 -> i32",
                "[export]a:b/i::[task-return]f: i32 ->",
                "[export]a:b/i::[stream-read-0]f: i32 i32 i32 -> i32",
                "[export]a:b/i::[future-cancel-write-1]f: i32 -> i32",
                "[export]a:b/i::[future-drop-readable-unit]f: i32 ->",
                "[export]$root::[task-cancel]: ->",
                "$root::[waitable-set-wait]: i32 i32 -> i32",
                "$root::[async-lower][subtask-cancel]: i32 -> i32",
                "$root::[error-context-new-utf8]: i32 i32 -> i32",
                "$root::[error-context-debug-message-utf16]: i32 i32 ->",
                "$root::[context-get-i64-0]: -> i64",
                "$root::[context-set-1]: i32 ->",
                "$root::[thread-new-indirect-v0]: i32 i32 -> i32",
                "env::__wasm_get_tls_base: -> i32",
            ),
            (
                MEMORY,
                REALLOC,
                "__indirect_function_table",
                "[async-lift]a:b/i#f: i32 -> i32",
                "[callback][async-lift]a:b/i#f: i32 i32 i32 -> i32",
            ),
        ),
        "--skip-validation",
    ),
    # Without threads and slot 1, the base of thread-local storage is a global of the shim module.
    "tls in a global": (
        world_module(
            "package a:b; world w {}",
            (
                "env::__wasm_get_tls_base: -> i64",
                "env::__wasm_set_tls_base: i64 ->",
                "env::__wasm_get_stack_pointer: -> i32",
            ),
        ),
        "",
    ),
    # Wrappers around the exports, the post-return function, `realloc`, the destructor and `_initialize`.
    "task hooks": (
        world_module(
            "package a:b; interface i { resource r { constructor(s: string); } f: func() -> string; } "
            "world w { import g: func() -> string; export i; }",
            ("$root::g: i32 ->",),
            (
                MEMORY,
                REALLOC,
                "__wasm_task_hook: i32 ->",
                "_initialize: ->",
                "a:b/i#[constructor]r: i32 i32 -> i32",
                "a:b/i#[dtor]r: i32 ->",
                "a:b/i#f: -> i32",
                "cabi_post_a:b/i#f: i32 ->",
            ),
        ),
        "",
    ),
    # Producers in the metadata: the module's own are merged and written again.
    "producers": (world_module("package a:b; world w {}", producers=("C", "17")), "--debug-names=false"),
}


@pytest.mark.parametrize("name", CASES)
def test_golden_component(name: str, run: Callable[..., str], golden: SnapshotAssertion) -> None:
    module, options = CASES[name]
    assert run(f"component new m.wasm -o c.wasm {options}", {"m.wasm": module}) == golden


OLD = "package a:b; interface i { f: func(s: string); } world adapter { import i; }"
ADAPTER_EXPORTS = ("old: i32 ->", "unused: i64 ->")
ADAPTERS = {
    # What isn't needed goes, names are kept, the stack is allocated by `memory.grow` at the start.
    "a stack by memory.grow": (
        world_module(OLD, ("env::memory", "a:b/i::f: i32 i32 ->"), (*ADAPTER_EXPORTS, "$__stack_pointer")),
        (MEMORY,),
        "",
    ),
    # Nothing in the adapter uses the globals, so the stack isn't allocated at all.
    "a stack that nobody uses": (
        world_module(OLD, ("env::memory",), (*ADAPTER_EXPORTS, "$__stack_pointer", "$allocation_state")),
        (MEMORY, REALLOC),
        "--realloc-via-memory-grow",
    ),
    "an adapter that nobody uses": (world_module(OLD, (), ADAPTER_EXPORTS[1:]), (MEMORY,), ""),
    "an adapter that lacks a function": (world_module(OLD, (), ("other: i32 ->",)), (MEMORY,), ""),
}


@pytest.mark.parametrize("name", ADAPTERS)
def test_golden_adapter(name: str, run: Callable[..., str], golden: SnapshotAssertion) -> None:
    adapter, exports, options = ADAPTERS[name]
    imports = () if "nobody uses" in name and "adapter" in name else ("old::old: i32 ->",)
    files = {"m.wasm": core_module(imports, exports), "old.wasm": adapter}
    assert run(f"component new m.wasm --adapt old.wasm -o c.wasm {options}", files) == golden


def refusal(wit: str, imports: tuple[str, ...] = (), exports: tuple[str, ...] = ()) -> tuple[str, bytes]:
    return wit, world_module(wit, imports, exports)


PLAIN = (
    "package a:b@1.2.3; interface i { f: func(a: u64); resource r; } world w { import i; export i; import g: func(); }"
)
REFUSALS = {
    "unknown module": refusal(PLAIN, ("nope::f: ->",)),
    "unknown interface": refusal(PLAIN, ("a:b/j@1.2.3::f: ->",)),
    "incompatible version": refusal(PLAIN, ("a:b/i@2.0.0::f: i64 ->",)),
    "bad version": refusal(PLAIN, ("a:b/i@1.2::f: i64 ->",)),
    "unknown function": refusal(PLAIN, ("a:b/i@1.2.3::nope: ->",)),
    "unknown function of the world": refusal(PLAIN, ("$root::nope: ->",)),
    "an interface of the world as a function": refusal(PLAIN, ("$root::a: ->",)),
    "unknown intrinsic": refusal(PLAIN, ("[export]a:b/i@1.2.3::nope: ->",)),
    "unknown intrinsic of the world": refusal(PLAIN, ("[export]$root::nope: ->",)),
    "intrinsic of an unknown function": refusal(PLAIN, ("[export]$root::[task-return]nope: ->",)),
    "import of a wrong type": refusal(PLAIN, ("a:b/i@1.2.3::f: i32 -> f64",)),
    "resource.new of a wrong type": refusal(PLAIN, ("[export]a:b/i@1.2.3::[resource-new]r: ->",)),
    "resource.drop of a wrong type": refusal(PLAIN, ("a:b/i@1.2.3::[resource-drop]r: ->",)),
    "built-in of a wrong type": refusal(PLAIN, ("$root::[waitable-set-poll-i64]: i32 i32 -> i32",)),
    "environment of a wrong type": refusal(PLAIN, ("env::__wasm_get_stack_pointer: ->",)),
    "standard names without interface": refusal(PLAIN, ("cm32p2a:b/i@1::f: i64 ->",)),
    "standard name of no interface": refusal(PLAIN, ("cm32p2|a:b/i@1.2.3::f: i64 ->",)),
    "missing export of an interface": refusal(PLAIN),
    "missing export of the world": refusal("package a:b; world w { export f: func(); }"),
    "export of a wrong type": refusal("package a:b; world w { export f: func(); }", (), ("f: -> i32",)),
    "post-return of a wrong type": refusal(
        "package a:b; world w { export f: func() -> string; }", (), ("f: -> i32", "cabi_post_f: ->")
    ),
    "realloc of a wrong type": refusal("package a:b; world w {}", (), ("cabi_realloc: ->",)),
    "no callback": refusal("package a:b; world w { export f: async func(); }", (), ("[async-lift]f: -> i32",)),
    "two memories": refusal("package a:b; world w {}", (), ("memory", "cm32p2_memory")),
    "no memory": refusal("package a:b; world w { import f: func(s: string); }", ("$root::f: i32 i32 ->",)),
    "no realloc": refusal("package a:b; world w { import f: func() -> string; }", ("$root::f: i32 ->",), (MEMORY,)),
    "no table": refusal("package a:b; world w {}", ("$root::[thread-new-indirect-v0]: i32 i32 -> i32",)),
    "two types of thread-local storage": refusal(
        "package a:b; world w {}", ("env::__wasm_get_tls_base: -> i32", "env::__wasm_set_tls_base: i64 ->")
    ),
    "an invalid component": refusal("package a:b; world w {}", ("$root::[context-get-7]: -> i32",)),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_golden_refusal(name: str, run: Callable[..., str], golden: SnapshotAssertion) -> None:
    assert run("component new m.wasm -o c.wasm", {"m.wasm": REFUSALS[name][1]}) == golden


CRASHES = {
    # Each of these ends in a panic of the reference; what is wanted is one clear line.
    "__main_module__ in the main module": (
        world_module("package a:b; world w {}", ("__main_module__::f: ->",)),
        "module `main` is needed before it can be instantiated",
    ),
    "a function exported twice": (
        world_module("package a:b; world w { export f: func(); }", (), ("f: ->", "cm32p2||f: ->")),
        "function `f` is exported twice, as `f` and as `cm32p2||f`",
    ),
    "thread-local storage of floats": (
        world_module("package a:b; world w {}", ("env::__wasm_get_tls_base: -> f64",)),
        "unsupported TLS base pointer type `f64`",
    ),
    "a task hook for async functions with post-return": (
        world_module(
            "package a:b; world w { export f: async func(); }",
            (),
            ("__wasm_task_hook: i32 ->", "[async-lift-stackful]f: ->", "cabi_post_f: ->"),
        ),
        "async function `[async-lift-stackful]f` cannot have the post-return function `cabi_post_f`",
    ),
}


@pytest.mark.parametrize("name", CRASHES)
def test_what_crashes_the_reference_is_refused(name: str) -> None:
    module, message = CRASHES[name]
    with pytest.raises(WasmToolsError) as caught:
        component_new(module)
    assert caught.value.layers[-1].message == message


TYPES_ONLY = "package a:b; interface i { %s } world adapter { export i; }"


@pytest.mark.parametrize(
    ("types", "main_exports", "imports", "message"),
    [
        ("resource r;", True, ("old::f: ->",), "resource `r` is exported by more than one module"),
        ("type t = u8;", True, ("old::f: ->",), "interface `a:b/i` is exported by more than one module"),
        ("type t = u8;", False, (), "adapter `old` has to export types only, which leaves it unused"),
    ],
)
def test_exports_that_two_modules_or_none_provide(
    types: str, main_exports: bool, imports: tuple[str, ...], message: str
) -> None:
    wit = TYPES_ONLY % types
    module = world_module(wit, imports) if main_exports else core_module(imports)
    with pytest.raises(WasmToolsError) as caught:
        component_new(module, adapters={"old": world_module(wit, (), ("f: ->",))})
    assert caught.value.layers[-1].message == message


def test_an_encoder_without_a_module_refuses() -> None:
    keywords = inspect.signature(component_new).parameters.values()
    options = {p.name: p.default for p in keywords if isinstance(p.default, bool)}
    with pytest.raises(WasmToolsError, match="a module is required when encoding a component"):
        ComponentEncoder(**options).encode()


WORLD_FIRST = component_embed("package a:b; world w { import f: func(); }", b"\0asm\1\0\0\0")
"""A module of which the world is all: sections that follow stand behind it."""

BEHIND_THE_WORLD = {
    "an import of no kind": "02 08 02 01 61 01 62 7f 00 00",
    "an import cut short": "02 03 01 01 61",
    "two imports of one name": "01 04 01 60 00 00 02 0d 02 01 61 01 62 00 00 01 61 01 62 00 00",
    "a section out of order": "03 01 00 01 01 00",
    "a name section that is malformed": "00 08 04 6e 61 6d 65 00 05 61",
    "producers that are malformed": "00 0d 09 70 72 6f 64 75 63 65 72 73 01 05 61",
    "a type that is malformed": "01 02 01 77",
}


@pytest.mark.parametrize("what", BEHIND_THE_WORLD)
def test_places_behind_the_world(what: str, run: Run, golden: SnapshotAssertion) -> None:
    """Places are told as they are once the world is taken out."""
    module = WORLD_FIRST + bytes.fromhex(BEHIND_THE_WORLD[what])
    assert run("component new m.wasm -o c.wasm", {"m.wasm": module}) == golden
