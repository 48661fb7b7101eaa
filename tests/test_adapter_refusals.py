"""Adapters that can't be used, each refused in the reference's words, and a few that can.

The core modules stand as bytes below the text that they were made of; their worlds are put in by `component_embed`.
"""

from __future__ import annotations

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed, component_new

MAIN_WIT = "package a:main;\nworld w { export run: func() -> u32; }\n"
ADAPTER_WIT = """package a:old;
world w { import log: interface { write: func(s: string); read-all: func() -> string; } }
"""


def core(text: str) -> bytes:
    """A core module from its bytes behind the header."""
    return b"\0asm\1\0\0\0" + bytes.fromhex(text)


# (module (import "old" "f" (func (param i32) (result i32))) (memory (export "memory") 1)
#   (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))
#   (func (export "run") (result i32) (call 0 (i32.const 1))))
MAIN = core(
    "01120360017f017f60047f7f7f7f017f6000017f020901036f6c640166000003030201020503010001071f03066d656d6f72"
    "7902000c636162695f7265616c6c6f6300010372756e00020a0d02040041080b0600410110000b"
)
# (module (import "old" "f" (func (param i64) (result i32))) (memory (export "memory") 1)
#   (func (export "run") (result i32) (call 0 (i64.const 1))))
MAIN_OTHER_TYPE = core(
    "010a0260017e017f6000017f020901036f6c6401660000030201010503010001071002066d656d6f727902000372756e0001"
    "0a08010600420110000b"
)
# (module (import "old" "g" (func (param i32) (result i32))) (memory (export "memory") 1)
#   (func (export "run") (result i32) (call 0 (i32.const 1))))
MAIN_OTHER_NAME = core(
    "010a0260017f017f6000017f020901036f6c6401670000030201010503010001071002066d656d6f727902000372756e0001"
    "0a08010600410110000b"
)
# (module (memory (export "memory") 1) (func (export "run") (result i32) (i32.const 1)))
MAIN_ALONE = core("0105016000017f030201000503010001071002066d656d6f727902000372756e00000a0601040041010b")
# (module (import "log" "write" (func (param i32 i32))) (import "env" "memory" (memory 0))
#   (global (mut i32) (i32.const 0))
#   (func (export "f") (param i32) (result i32) (call 0 (i32.const 4) (local.get 0)) (global.set 0 (i32.const 2)) (global.get 0))
#   (func (export "unused") (unreachable)))
GOOD = core(
    "010e0360027f7f0060017f017f600000021b02036c6f67057772697465000003656e76066d656d6f72790200000303020102"
    "0606017f0141000b070e020166000106756e7573656400020a14020e004104200010004102240023000b0300000b"
)
# (module (memory 1) (func (export "f") (param i32) (result i32) (i32.load (local.get 0))))
OWN_MEMORY = core("01060160017f017f030201000503010001070501016600000a0901070020002802000b")
# (module (import "env" "memory" (memory 0)) (data (i32.const 8) "abc")
#   (func (export "f") (param i32) (result i32) (i32.load (local.get 0))))
OWN_DATA = core(
    "01060160017f017f020f0103656e76066d656d6f727902000003020100070501016600000a0901070020002802000b0b0901"
    "0041080b03616263"
)
# (module (table 1 funcref) (elem (i32.const 0) 0)
#   (func (export "f") (param i32) (result i32) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))
OWN_TABLE = core("01060160017f017f03020100040401700001070501016600000907010041000b01000a0b010900200041001100000b")
# (module (func (export "f") (param i32) (result i32) (local.get 0)) (func) (start 1))
OWN_START = core("01090260017f017f6000000303020001070501016600000801010a0902040020000b02000b")
# (module (tag) (func (export "f") (param i32) (result i32) (throw 0)))
OWN_TAG = core("01090260000060017f017f030201010d03010000070501016600000a0601040008000b")
# (module (import "nowhere" "g" (func)) (func (export "f") (param i32) (result i32) (call 0) (local.get 0)))
NOBODYS = core("01090260000060017f017f020d01076e6f77686572650167000003020101070501016600010a08010600100020000b")
# (module (import "nowhere" "g" (func)) (func (export "f") (param i32) (result i32) (local.get 0)))
NOBODYS_UNUSED = core("01090260000060017f017f020d01076e6f77686572650167000003020101070501016600010a0601040020000b")
# (module (import "__main_module__" "g" (func)) (func (export "f") (param i32) (result i32) (call 0) (local.get 0)))
NOT_IN_MAIN = core(
    "01090260000060017f017f0215010f5f5f6d61696e5f6d6f64756c655f5f0167000003020101070501016600010a08010600100020000b"
)
# (module (import "__main_module__" "run" (func (param f32))) (func (export "f") (param i32) (result i32) (call 0 (f32.const 0)) (local.get 0)))
MAIN_WRONG_TYPE = core(
    "010a0260017d0060017f017f0217010f5f5f6d61696e5f6d6f64756c655f5f0372756e000003020101070501016600010a0d"
    "010b004300000000100020000b"
)
# (module (import "log" "read" (func)) (func (export "f") (param i32) (result i32) (call 0) (local.get 0)))
NOT_IN_LOG = core("01090260000060017f017f020c01036c6f670472656164000003020101070501016600010a08010600100020000b")
# (module (import "log" "write" (func (param i64))) (func (export "f") (param i32) (result i32) (call 0 (i64.const 1)) (local.get 0)))
LOG_WRONG_TYPE = core(
    "010a0260017e0060017f017f020d01036c6f67057772697465000003020101070501016600010a0a0108004201100020000b"
)
# (module (import "env" "table" (table 0 funcref)) (func (export "f") (param i32) (result i32) (drop (table.size 0)) (local.get 0)))
ENV_OTHER = core("01060160017f017f020f0103656e76057461626c650170000003020100070501016600000a0a010800fc10001a20000b")
# (module (func (export "f") (param i32) (result i32)))
INVALID = core("01060160017f017f03020100070501016600000a040102000b")
# (module (import "log" "read-all" (func (param i32))) (import "env" "memory" (memory 0))
#   (func (export "f") (param i32) (result i32) (call 0 (i32.const 4)) (i32.const 1)))
NO_REALLOC = core(
    "010a0260017f0060017f017f021e02036c6f6708726561642d616c6c000003656e76066d656d6f7279020000030201010705"
    "01016600010a0a0108004104100041010b"
)
# (module (global (mut i32) (i32.const 0)) (global (mut i32) (i32.const 0))
#   (func (export "f") (param i32) (result i32) (global.set 0 (global.get 1)) (local.get 0)))
TWO_POINTERS = core("01060160017f017f03020100060b027f0141000b7f0141000b070501016600000a0a0108002301240020000b")
# (module (global (mut f32) (f32.const 0)) (global (mut i64) (i64.const 5))
#   (func (export "f") (param i32) (result i32) (global.set 0 (f32.convert_i64_s (global.get 1))) (local.get 0)))
WIDE_GLOBAL = core("01060160017f017f03020100060e027d0143000000000b7e0142050b070501016600000a0b0109002301b4240020000b")


def main_module(module: bytes = MAIN) -> bytes:
    return component_embed(MAIN_WIT, module)


def adapter(module: bytes) -> bytes:
    return component_embed(ADAPTER_WIT, module)


NEW = "component new m.wasm --adapt old.wasm -o o.wasm"


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    [
        "OWN_MEMORY",
        "OWN_DATA",
        "OWN_TABLE",
        "OWN_START",
        "OWN_TAG",
        "NOBODYS",
        "NOBODYS_UNUSED",
        "NOT_IN_MAIN",
        "MAIN_WRONG_TYPE",
        "NOT_IN_LOG",
        "LOG_WRONG_TYPE",
        "ENV_OTHER",
        "INVALID",
        "NO_REALLOC",
        "TWO_POINTERS",
        "WIDE_GLOBAL",
        "GOOD",
    ],
)
def test_what_an_adapter_may_hold(run: Run, golden: SnapshotAssertion, module: str) -> None:
    """Alone of its kind in each adapter: memory, data, table, start, tag, imports that others don't have, bad bodies."""
    files = {"m.wasm": main_module(), "old.wasm": adapter(globals()[module])}
    assert run(NEW, files) == golden


def test_an_adapter_that_is_no_module(run: Run, golden: SnapshotAssertion) -> None:
    """Cut off at several places, or of another version."""
    shown = ""
    for data in (b"\0asm", b"\0asm\2\0\0\0", GOOD[:30], adapter(GOOD)[:-1]):
        shown += run(NEW, {"m.wasm": main_module(), "old.wasm": data})
    assert shown == golden


@pytest.mark.parametrize("data", [b"\0asm\1\0\0", GOOD[:-1]])
def test_an_adapter_whose_header_or_code_is_cut(run: Run, data: bytes) -> None:
    """The reference crashes; a refusal is wanted."""
    shown = run(NEW, {"m.wasm": main_module(), "old.wasm": data})
    assert shown.startswith(("status 1\n--- stderr\nerror: ", "status 101\n"))


def test_an_adapter_that_is_a_component(run: Run, golden: SnapshotAssertion) -> None:
    component = component_new(main_module(MAIN_ALONE))
    shown = run(NEW, {"m.wasm": main_module(), "old.wasm": b"\0asm\x0d\0\1\0"})
    assert shown + run(NEW, {"m.wasm": main_module(), "old.wasm": component}) == golden


def test_an_adapter_without_metadata(run: Run, golden: SnapshotAssertion) -> None:
    """Its world is empty then: what imports nothing is good, what imports from `log` is not."""
    shown = run(NEW, {"m.wasm": main_module(), "old.wasm": GOOD})
    assert shown + run(NEW, {"m.wasm": main_module(), "old.wasm": OWN_START}) == golden


def test_an_adapter_with_bad_metadata(run: Run, golden: SnapshotAssertion) -> None:
    good = adapter(GOOD)
    at = good.index(b"component-type") + len("component-type")
    shown = ""
    for k in (0, 5, 40):
        spoilt = good[: at + k] + b"\x7f" + good[at + k + 1 :]
        shown += run(NEW, {"m.wasm": main_module(), "old.wasm": spoilt})
    assert shown == golden


def test_an_adapter_given_twice(run: Run, golden: SnapshotAssertion) -> None:
    files = {"m.wasm": main_module(), "old.wasm": adapter(GOOD), "other.wasm": adapter(GOOD)}
    shown = run("component new m.wasm --adapt old.wasm --adapt old.wasm -o o.wasm", files)
    shown += run("component new m.wasm --adapt old.wasm --adapt old=other.wasm -o o.wasm", files)
    shown += run("component new m.wasm --adapt old=old.wasm --adapt old=missing.wasm -o o.wasm", files)
    assert shown == golden


@pytest.mark.parametrize("argument", ["=old.wasm", "old=", "=", "missing.wasm", "old=missing.wasm"])
def test_names_and_files_of_adapters(run: Run, golden: SnapshotAssertion, argument: str) -> None:
    """An empty name is a name; an empty path and a missing file are told while arguments are read."""
    command = ["component", "new", "m.wasm", "--adapt", argument, "-o", "o.wasm"]
    assert run(command, {"m.wasm": main_module(), "old.wasm": adapter(GOOD)}) == golden


@pytest.mark.parametrize("argument", ["", ".", "..", "/"])
def test_paths_without_a_name(run: Run, argument: str) -> None:
    """The reference crashes; a usage error is wanted."""
    command = ["component", "new", "m.wasm", "--adapt", argument, "-o", "o.wasm"]
    shown = run(command, {"m.wasm": main_module()})
    assert shown.startswith(("status 2\n--- stderr\nerror: ", "status 1\n--- stderr\nerror: ", "status 101\n"))


def test_a_hidden_file_and_two_dots(run: Run, golden: SnapshotAssertion) -> None:
    """The name is the file's up to its first dot, but for a dot at its start."""
    good = adapter(GOOD)
    shown = ""
    for name in (".wasm", "old.tar.wasm", "old.command.wasm", "old"):
        shown += run(f"component new m.wasm --adapt {name} -o o.wasm", {"m.wasm": main_module(), name: good})
    assert shown == golden


@pytest.mark.parametrize("module", ["MAIN_OTHER_TYPE", "MAIN_OTHER_NAME", "MAIN_ALONE"])
def test_a_main_module_that_does_not_fit(run: Run, golden: SnapshotAssertion, module: str) -> None:
    """It wants a function of another type, one that is not there, or nothing (then the adapter leaves no trace)."""
    assert run(NEW, {"m.wasm": main_module(globals()[module]), "old.wasm": adapter(GOOD)}) == golden


def test_an_import_without_its_adapter(run: Run, golden: SnapshotAssertion) -> None:
    shown = run("component new m.wasm -o o.wasm", {"m.wasm": main_module()})
    shown += run("component new m.wasm --adapt other=old.wasm -o o.wasm", {"old.wasm": adapter(GOOD)})
    assert shown == golden
