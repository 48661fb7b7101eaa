"""Dummy modules; expectations are what `component embed --dummy-names …` of the reference writes, printed."""

from __future__ import annotations

import pytest

from pywasmtools.componentize import core_names
from pywasmtools.componentize.dummy import dummy_module
from pywasmtools.wasm.module import Import, read_export, read_imports
from pywasmtools.wasm.reader import BinaryReader
from pywasmtools.wit.model import Resolve
from pywasmtools.wit.transform.push import push_source

WIT = b"""package a:b@1.2.3;
interface i {
resource r { constructor(); m: func(x: s64); s: static func() -> string; }
f: async func(a: future<u32>) -> list<string>;
}
world w { import i; import h: func(a: string); export i; export k: async func() -> u64; export j: func() -> string; }
"""


def made(mangling: int) -> bytes:
    resolve = Resolve()
    push_source(resolve, "a.wit", WIT)
    return dummy_module(resolve, 0, mangling)


def sections(module: bytes) -> dict[int, BinaryReader]:
    assert module[:8] == b"\0asm\x01\0\0\0"
    reader = BinaryReader(module, 8, len(module))
    found = {}
    while reader.pos < reader.end:
        id_ = reader.u8()
        size = reader.var_u32()
        found[id_] = BinaryReader(module, reader.pos, reader.pos + size)
        reader.pos += size
    return found


def exports(module: bytes) -> list[str]:
    reader = sections(module)[7]
    return [read_export(reader).name for _ in range(reader.var_u32())]


def imports(module: bytes) -> list[str]:
    reader = sections(module)[2]
    found: list[Import] = []
    for _ in range(reader.var_u32()):
        found += read_imports(reader).imports()
    return [f"{i.module} {i.name}" for i in found]


def test_legacy_names() -> None:
    module = made(core_names.LEGACY_SYNC)
    assert imports(module) == [
        "a:b/i@1.2.3 [constructor]r",
        "a:b/i@1.2.3 [method]r.m",
        "a:b/i@1.2.3 [static]r.s",
        "a:b/i@1.2.3 f",
        "a:b/i@1.2.3 [resource-drop]r",
        "$root h",
        "[export]a:b/i@1.2.3 [resource-drop]r",
        "[export]a:b/i@1.2.3 [resource-new]r",
        "[export]a:b/i@1.2.3 [resource-rep]r",
    ]
    assert exports(module) == [
        "k",
        "cabi_post_k",
        "j",
        "cabi_post_j",
        "a:b/i@1.2.3#[constructor]r",
        "cabi_post_a:b/i@1.2.3#[constructor]r",
        "a:b/i@1.2.3#[method]r.m",
        "cabi_post_a:b/i@1.2.3#[method]r.m",
        "a:b/i@1.2.3#[static]r.s",
        "cabi_post_a:b/i@1.2.3#[static]r.s",
        "a:b/i@1.2.3#f",
        "cabi_post_a:b/i@1.2.3#f",
        "a:b/i@1.2.3#[dtor]r",
        "memory",
        "cabi_realloc",
        "_initialize",
    ]


def test_standard_names() -> None:
    module = made(core_names.STANDARD32)
    assert imports(module) == [
        "cm32p2|a:b/i@1 [constructor]r",
        "cm32p2|a:b/i@1 [method]r.m",
        "cm32p2|a:b/i@1 [static]r.s",
        "cm32p2|a:b/i@1 f",
        "cm32p2|a:b/i@1 r_drop",
        "cm32p2 h",
        "cm32p2|_ex_a:b/i@1 r_drop",
        "cm32p2|_ex_a:b/i@1 r_new",
        "cm32p2|_ex_a:b/i@1 r_rep",
    ]
    found = exports(module)
    assert found[:2] == ["cm32p2||k", "cm32p2||k_post"]
    assert found[-5:] == [
        "cm32p2|a:b/i@1|f_post",
        "cm32p2|a:b/i@1|r_dtor",
        "cm32p2_memory",
        "cm32p2_realloc",
        "cm32p2_initialize",
    ]


def test_asynchronous_names() -> None:
    module = made(core_names.LEGACY_ASYNC_CALLBACK)
    found = imports(module)
    assert found[3:13] == [
        "a:b/i@1.2.3 [async-lower]f",
        "a:b/i@1.2.3 [future-new-0]f",
        "a:b/i@1.2.3 [future-cancel-read-0]f",
        "a:b/i@1.2.3 [future-cancel-write-0]f",
        "a:b/i@1.2.3 [future-drop-readable-0]f",
        "a:b/i@1.2.3 [future-drop-writable-0]f",
        "a:b/i@1.2.3 [future-forward-0]f",
        "a:b/i@1.2.3 [async-lower][future-read-0]f",
        "a:b/i@1.2.3 [async-lower][future-write-0]f",
        "a:b/i@1.2.3 [resource-drop]r",
    ]
    assert "[export]$root [task-cancel]" in found
    assert "[export]$root [task-return]k" in found
    # functions that are not `async` have one too
    assert "[export]$root [task-return]j" in found
    assert "[export]a:b/i@1.2.3 [future-new-0]f" in found
    assert exports(module)[:4] == ["[async-lift]k", "[callback][async-lift]k", "j", "cabi_post_j"]
    assert "[async-lift]a:b/i@1.2.3#[dtor]r" in exports(module)

    stackful = exports(made(core_names.LEGACY_ASYNC_STACKFUL))
    assert stackful[:3] == ["[async-lift-stackful]k", "j", "cabi_post_j"]


def test_types_are_numbered_as_they_are_mentioned() -> None:
    resolve = Resolve()
    text = b"package a:b; world w { import f: func(x: s64); export g: func(y: u8) -> s64; import h: func(x: u64); }"
    push_source(resolve, "a.wit", text)
    module = dummy_module(resolve, 0, core_names.LEGACY_SYNC)
    types = sections(module)[1]
    # f, h and the post-return of g; g; realloc; _initialize
    assert types.remaining().hex() == "04" + "60017e00" + "60017f017e" + "60047f7f7f7f017f" + "600000"


def test_without_imports() -> None:
    resolve = Resolve()
    push_source(resolve, "a.wit", b"package a:b; world w {}")
    # types 2, functions 2, memory, exports 3, bodies 2: the bytes of the reference
    expected = (
        "0061736d01000000"
        "010c0260047f7f7f7f017f600000"
        "03030200010503010000"
        "0727" + "03" + "066d656d6f72790200" + "0c636162695f7265616c6c6f630000" + "0b5f696e697469616c697a650001"
        "0a080203" + "00000b" + "02000b"
    )
    assert dummy_module(resolve, 0, core_names.LEGACY_SYNC).hex() == expected


@pytest.mark.parametrize("mangling", [core_names.STANDARD32, core_names.LEGACY_SYNC])
def test_synchronous_names_know_no_async(mangling: int) -> None:
    assert not core_names.is_async(mangling)
    assert not [name for name in imports(made(mangling)) if "async" in name]
