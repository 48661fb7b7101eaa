"""What options of `new` do when their value is given: both values, and none; goldens are the reference's."""

from __future__ import annotations

import pytest
from conftest import Run
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed
from pywasmtools.load import wat_to_binary

WIT = """package a:b; interface i { f: func(x: string); }
world w { import i; import c:d/j@1.0.1; import e; export run: func(); }
interface e { use c:d/j@1.0.0.{t}; g: func() -> t; }
package c:d@1.0.0 { interface j { type t = u8; h: func(); } }
package c:d@1.0.1 { interface j { type t = u8; h: func(); k: func(); } }
"""
GOOD = """(module (import "a:b/i" "f" (func $f (param i32 i32))) (memory (export "memory") 1) (func (export "run")
    (call $f (i32.const 0) (i32.const 0))))"""
BAD = """(module (memory (export "memory") 1) (func (export "run") (i32.add)))"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["validate", "merge-imports-based-on-semver", "debug-names", "return-call-ref"])
@pytest.mark.parametrize("value", ["", "=true", "=false", "=yes", "="])
def test_values(name: str, value: str, run: Run, golden: SnapshotAssertion) -> None:
    shown = ""
    for text in (GOOD, BAD):
        module = component_embed(WIT, wat_to_binary(text.encode(), "in.wat"), world="w")
        shown += run(f"component new in.wasm -t --{name}{value}", {"in.wasm": module})
    assert shown == golden
