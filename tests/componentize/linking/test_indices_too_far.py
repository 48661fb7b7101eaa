"""Indices in dynamic libraries: the last one that there is, and the first one that there is not, in every place."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Asked, asked  # noqa: F401
from libraries import GO, library
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, link

TYPE = "(type (func (param f64)))"
"""One more; `GO` has one, and a function."""
INTRINSICS = {
    "of the environment": '(import "env" "__wasm_get_tls_base" (func (type N)))',
    "a setter": '(import "env" "__wasm_set_stack_pointer" (func (type N)))',
    "a new thread": '(import "$root" "[thread-new-indirect-v0]" (func (type N)))',
}


def test_types_of_intrinsics(asked: Asked, golden: SnapshotAssertion) -> None:  # noqa: F811
    told = ""
    for name, text in INTRINSICS.items():
        for more in ("", TYPE):
            for index in range(4):
                Path("a.wasm").write_bytes(library(text.replace("N", str(index)) + more + GO, "go"))
                answer = asked.answer(["component", "link", "a=a.wasm", "-o", "o.wasm"])
                told += f"== {name}, {1 + bool(more)} types: {index}\n{answer}"
    assert told == golden


# Text, one more of what is counted, and what is said where the reference crashes.
NO_TYPE = "library a names the type N, which it does not define"
NO_EXPORT = "library a exports `x`, which it does not have"
CRASHES = {
    "a type of a function": ('(import "env" "f" (func (type N)))', TYPE, NO_TYPE),
    "a type of a tag": ('(import "env" "t" (tag (type N)))', TYPE, NO_TYPE),
    "a function": ('(export "x" (func N))', "(func)", NO_EXPORT),
    "a global": ('(global i32 (i32.const 0)) (export "x" (global N))', "(global f32 (f32.const 0))", NO_EXPORT),
    "a tag": ('(tag) (export "x" (tag N))', "(tag)", NO_EXPORT),
    "constructors": ('(export "__wasm_call_ctors" (func N))', "(func)", NO_EXPORT.replace("x`", "__wasm_call_ctors`")),
    "relocations": (
        '(export "__wasm_apply_data_relocs" (func N))',
        "(func)",
        NO_EXPORT.replace("x`", "__wasm_apply_data_relocs`"),
    ),
}


@pytest.mark.parametrize("name", CRASHES)
def test_what_is_not_there(name: str) -> None:
    text, one_more, message = CRASHES[name]
    for more in range(3):
        for index in range(5):
            a = library(text.replace("N", str(index)) + one_more * more + GO, "go")
            try:
                link([("a", a)], stub_missing_functions=True)
                told = ""
            except WasmToolsError as e:
                told = e.chain()
            missing = index > more
            assert (told == message.replace("N", str(index))) == missing, (more, index, told)
