"""`component unbundle`: which modules go, what imports them, and that all else keeps its meaning under new numbers."""

from __future__ import annotations

import pytest
from conftest import Run
from numbers_in_binary import section
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, unbundle

COMPONENT = """
(component $c
  (core type $ct (func (param i32)))
  (core type $mt (module (alias outer 1 $ct (type $o)) (type $own (func)) (import "a" "b" (func (type $o)))
    (export "f" (func (type $own)))))
  (import "m" (core module $im (type $mt)))
  (import "i" (instance $i (export "f" (func (param "x" string) (result (list u8))))))
  (core module $one (import "" "x" (func (param i32))) (func (export "f") (param i32)) (memory (export "m") 1 2)
    (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (table (export "t") 1 funcref)
    (global (export "g") (mut i64) i64.const 0) (tag (export "e") (param i32)))
  (core module $two (import "" "x" (func (param i32))))
  (component $inner
    (core module $three (func (export "f") (param i32)))
    (alias outer $c $one (core module $again))
    (alias outer $c $ct (core type $t))
    (core instance (instantiate $three))
    (component (alias outer $c $two (core module)) (core module (memory 1)))
    (export "x" (core module $three)))
  (core instance $args (export "x" (func $z)))
  (core func $z (canon resource.drop $res))
  (type $res (resource (rep i32)))
  (core instance $a (instantiate $one (with "" (instance $args))))
  (alias core export $a "m" (core memory $mem))
  (alias core export $a "r" (core func $realloc))
  (core func $low (canon lower (func $i "f") (memory $mem) (realloc $realloc)))
  (instance $n (instantiate $inner (with "m" (core module $one))))
  (instance (export "one" (core module $one)) (export "f" (func $i "f")))
  (type (component (alias outer $c $mt (core type $q)) (import "m" (core module (type $q)))
    (export "u" (instance (export "v" (core module (type $q)))))))
  (export "two" (core module $two))
  (export "im" (core module $im) (core module (type $mt)))
  (@custom "other" "kept")
)
"""
COMPONENT = COMPONENT.replace(
    '  (core instance $args (export "x" (func $z)))\n  (core func $z (canon resource.drop $res))\n  (type $res (resource (rep i32)))\n',
    '  (type $res (resource (rep i32)))\n  (core func $z (canon resource.drop $res))\n  (core instance $args (export "x" (func $z)))\n',
)


def with_names(subsections: bytes) -> bytes:
    """A component that is nothing but a `component-name` section."""
    return b"\0asm\x0d\0\1\0" + section(0, b"\x0ecomponent-name" + subsections)


CASES: dict[str, str | bytes] = {
    "no modules": "(component)",
    "a core module": "(module (func))",
    "the same type twice": '(component (core module (func (export "f"))) (core module (func (export "f"))))',
    "a type that is no function": '(component (core module (rec (type $a (struct)) (type (func))) (global (export "g") (ref null $a) ref.null $a)))',
    "a subtype": '(component (core module (type $f (sub (func))) (func (export "f") (type $f))))',
    "invalid types": "(component (core module (func (type 7))))",
    "invalid bodies": "(component (core module (func i32.add)))",
    "core types": "(component (core type (struct)) (core rec (type $a (struct (field (ref null 0)))) (type (array (ref null $a)))) (core module))",
    "references in core types": """(component (core type (func (param anyref (ref func) (ref null exn)) (result i31ref)))
      (core rec (type $a (sub (struct (field (mut eqref)) (field i8) (field (ref null $a)))))
        (type (sub $a (struct (field (mut eqref)) (field i8) (field (ref $a)) (field externref)))))
      (core type (array (ref null struct))) (core module))""",
    "malformed items": b"\0asm\x0d\0\1\0\x07\2\1\x00",
    "a malformed name": b"\0asm\x0d\0\1\0\0\x12\x0ecomponent-name\0\1\7",
    "names before a malformed subsection": with_names(b"\1\7\0\2\1\0\x80\1x\1\x80"),
    "the component's name behind and twice": with_names(b"\1\5\4\1\0\1x\0\2\1y\0\2\1z"),
    "long numbers": b"\0asm\x0d\0\1\0\x02\x87\0\1\1\x80\0",
    "an unknown section": b"\0asm\x0d\0\1\0\x0c\1x",
}


@pytest.mark.parametrize("threshold", [0, 60, 10000])
def test_sizes(threshold: int, run: Run, golden: SnapshotAssertion) -> None:
    command = f"component unbundle c.wat --module-dir mods/in --threshold {threshold} -o u.wasm"
    told = run(command, {"c.wat": COMPONENT}) + run(
        f"component unbundle -t c.wat --module-dir m --threshold {threshold}"
    )
    assert told == golden


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str, run: Run, golden: SnapshotAssertion) -> None:
    assert run("component unbundle c.wasm --module-dir m --threshold 0", {"c.wasm": CASES[name]}) == golden


def test_places(run: Run, golden: SnapshotAssertion) -> None:
    files = {"c.wat": "(component (core module))", "file": "", "d/unbundled-module0.wasm/x": ""}
    told = run("component unbundle c.wat --module-dir file/x --threshold 0 -o u.wasm", files)
    told += run("component unbundle c.wat --module-dir d --threshold 0 -o u.wasm")
    told += run("component unbundle c.wat --module-dir new/ --threshold 7 -o no/where")
    told += run("component unbundle - --module-dir . --threshold +8", stdin=b"(component (core module))")
    assert told == golden


def test_a_module_that_is_cut_off_is_refused() -> None:
    # The reference crashes.
    with pytest.raises(WasmToolsError, match="unexpected end-of-file"):
        unbundle(b"\0asm\x0d\0\1\0\1\7\0asm", threshold=0)


def test_the_library() -> None:
    component, modules = unbundle(COMPONENT, threshold=0)
    assert list(modules) == [f"unbundled-module{k}" for k in range(4)]
    assert component.startswith(b"\0asm\x0d\0\1\0")
    with pytest.raises(WasmToolsError):
        unbundle("(component (core module (func (type 7))))", threshold=0)


MODULES = {
    "custom page sizes": "(memory 1 (pagesize 1))",
    "an exact import": '(type $f (func)) (import "a" "b" (func (exact (type $f))))',
    "two memories": "(memory 1) (memory 1)",
    "threads": "(memory 1 1 shared)",
    "a continuation": "(type $f (func)) (type (cont $f))",
    "legacy exceptions": "(func try catch_all end)",
}
"""Modules with what may not be on by default."""


@pytest.mark.parametrize("name", MODULES)
def test_features_of_modules(name: str, run: Run, golden: SnapshotAssertion) -> None:
    """Modules are looked at with the features that are on by default; their bodies are not."""
    component = f"(component (core module {MODULES[name]}))"
    assert run("component unbundle c.wat --module-dir m --threshold 0 -o u.wasm", {"c.wat": component}) == golden
