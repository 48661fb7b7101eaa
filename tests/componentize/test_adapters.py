"""Adapters with real bodies: what is kept, how it is written anew. Goldens are the reference's components."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from core_modules import MEMORY, REALLOC, core_module, func_type
from syrupy.assertion import SnapshotAssertion

from pywasmtools.componentize.adapters import _at, _NewIndices, minimize
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wasm.module_builder import ModuleBuilder, i32_const
from pywasmtools.wasm.types import F64, FUNCREF, I32, I64, FuncType, GlobalType, MemoryType, TableType
from pywasmtools.wasm.writer import custom_section, name_map, section
from pywasmtools.wit.model import Resolve
from pywasmtools.wit.transform.push import push_source
from pywasmtools.wit_binary.component_type import embed

WIT = b"package a:b; interface i { f: func(s: string); g: func(); } world adapter { import i; }"

# What `old` does, which is kept: each instruction as its bytes.
OLD_BODY = b"".join(
    [
        b"\x02\x01\x7f\x01\x7e",  # locals: 1 i32, 1 i64
        b"\x23\x02\x22\x01\x1a",  # global.get $__stack_pointer, local.tee 1, drop
        b"\x02\x40\x20\x00\x0e\x01\x00\x00\x0b",  # block, local.get 0, br_table 0 0, end
        b"\x20\x00\x04\x02\x41\x80\x80\x04\x05\x41\x7f\x0b\x1a",  # if of the type 2 … else …, drop
        b"\x20\x00\x28\x02\x84\x80\x00\x1a",  # i32.load offset=4 in three bytes: written again in one
        b"\x20\x00\x42\x01\x37\x03\x00\x3f\x00\x40\x00\x1a",  # i64.store, memory.size, memory.grow
        b"\xd0\x00\x1a",  # ref.null of the type 0, which nothing else keeps alive
        b"\x44\x00\x00\x00\x00\x00\x00\xf0\x3f\x1a",  # f64.const 1
        b"\x41\x00\x41\x05\x10\x00",  # call f
        b"\x41\x00\x41\x00\x41\x08\x41\x10\x10\x02\x1a",  # call cabi_realloc
        b"\x10\x05\x0b",  # call $helper, end
    ]
)


def adapter(state: bool, import_realloc: bool = True) -> bytes:
    """Imports f, g and `cabi_realloc`; exports `old`, which calls $helper, and `unused`, which calls g."""
    module = ModuleBuilder()
    unused = module.type_func(FuncType((I64, F64), ()))
    string = module.type_func(func_type("i32 i32 ->"))
    number = module.type_func(func_type("-> i32"))
    realloc = module.type_func(func_type("i32 i32 i32 i32 -> i32"))
    old = module.type_func(func_type("i32 ->"))
    thunk = module.type_func(func_type("->"))
    assert (unused, string, number) == (0, 1, 2)
    module.import_("a:b/i", "f", 0, string)
    module.import_("a:b/i", "g", 0, thunk)
    module.import_("__main_module__" if import_realloc else "a:b/i", "canonical_abi_realloc", 0, realloc)
    module.import_("env", "memory", 2, MemoryType(0))
    module.function(unused)
    module.code([], b"\x10\x01\x0b")
    module.function(thunk)
    module.code([], b"\x23\x01\x41\x01\x6a\x24\x01\x0b")  # global 1 + 1
    module.export("old", 0, 3 + module.function(old))
    module.raw_code(OLD_BODY)
    module.export("unused", 0, 3)
    module.global_(GlobalType(I64, True), b"\x42\x2a\x0b")
    module.global_(GlobalType(I32, True), i32_const(7))
    module.global_(GlobalType(I32, True), i32_const(0))
    # $helper comes after the exports here, so that indices are not just shifted.
    data = module.finish().replace(b"\x10\x05\x0b", b"\x10\x04\x0b")
    globals_ = [(0, "gone"), (1, "allocation_state" if state else "counter"), (2, "__stack_pointer")]
    names = section(1, name_map([(1, "g"), (3, "unused"), (4, "helper"), (5, "old")])) + section(7, name_map(globals_))
    data += custom_section("name", names)
    data += custom_section("producers", b"\x01\x08language\x01\x01C\x0217")
    resolve = Resolve()
    push_source(resolve, "a.wit", WIT)
    return embed(data, resolve, 0)


@pytest.mark.parametrize(
    ("state", "exports", "options"),
    [
        (False, (MEMORY, REALLOC), ""),  # the stack by `memory.grow`, in a start function
        (True, (MEMORY, "cabi_realloc_adapter: i32 i32 i32 i32 -> i32"), ""),  # the stack at the first call
        (True, (MEMORY,), ""),  # no `realloc`: one is made up
        (True, (MEMORY, REALLOC), "--realloc-via-memory-grow --debug-names=false"),
    ],
)
def test_golden_adapter(
    state: bool, exports: tuple[str, ...], options: str, run: Callable[..., str], golden: SnapshotAssertion
) -> None:
    files = {"m.wasm": core_module(("old::old: i32 ->",), exports), "old.wasm": adapter(state)}
    assert run(f"component new m.wasm --adapt old.wasm -o c.wasm {options}", files) == golden


def refused(module: ModuleBuilder, *required: str) -> str:
    with pytest.raises(WasmToolsError) as caught:
        minimize(module.finish(), dict.fromkeys(required), None, 16)
    return caught.value.layers[-1].message


def module_with(body: bytes) -> ModuleBuilder:
    """One exported function `f: [] -> []`."""
    module = ModuleBuilder()
    module.export("f", 0, module.function(module.type_func(FuncType((), ()))))
    module.code([], body)
    return module


def test_tables_are_refused_where_they_are_live() -> None:
    module = module_with(b"\x41\x00\x11\x00\x00\x0b")
    module.table(TableType(FUNCREF, 1))
    assert refused(module, "f") == "tables should not be present in the final adapter module"


def test_segments_are_refused() -> None:
    module = module_with(b"\x0b")
    module.memory(MemoryType(1))
    module.data_segment(0, i32_const(0), b"x")
    assert refused(module, "f") == "unsupported section `11` in adapter"


def test_an_own_memory_is_refused() -> None:
    module = module_with(b"\x3f\x00\x1a\x0b")
    module.memory(MemoryType(1))
    assert refused(module, "f") == "locally-defined memories are not allowed define a local memory"


def test_an_export_must_exist() -> None:
    assert refused(module_with(b"\x0b"), "g") == "adapter module does not have export `g`"


def test_bodies_that_speak_of_nothing_are_refused() -> None:
    assert refused(module_with(b"\x10\x07\x0b"), "f") == "adapter uses the function 7, which it doesn't have"
    assert refused(module_with(b"\x1f\x40\x00\x0b\x0b"), "f") == "unsupported instruction `try_table` in adapter"


@pytest.mark.parametrize(
    ("space", "what"),
    [("func", "function"), ("type", "type"), ("global", "global"), ("memory", "memory"), ("table", "table")],
)
def test_indices_that_an_adapter_has_not(space: str, what: str) -> None:
    indices = _NewIndices()
    with pytest.raises(WasmToolsError) as e:
        indices.index(space, 7)
    assert e.value.chain() == f"adapter uses the {what} 7, which it doesn't have at this place"
    with pytest.raises(WasmToolsError) as e:
        _at([], 0, what)
    assert e.value.chain() == f"adapter uses the {what} 0, which it doesn't have"
    for left_alone in ("tag", "data", "elem", "local", "label", "field"):
        assert indices.index(left_alone, 7) == 7
