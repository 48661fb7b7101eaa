"""Maps whose values hold handles: which do, in which order checks come, where each command says so. Goldens come from the reference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_embed

HEAD = '(import "r" (type $r (sub resource))) (type $own (own $r)) (type $borrow (borrow $r)) (type $f (future))'

VALUES = """
    $own
    $borrow
    (own $r)
    (borrow $r)
    (stream)
    (stream u8)
    (future)
    (future string)
    error-context
    (list $own)
    (list $own 3)
    (list error-context)
    (option $borrow)
    (result $own)
    (result (error $own))
    (result (error (option (list $borrow))))
    (tuple u8 $own)
    (tuple u8 (tuple string error-context))
    (option (stream u8))
    (result $f (error u8))
    (list $f)
    (future (stream u8))
    (variant (case "a") (case "b" $own))
    (record (field "a" u8) (field "b" (future)))
    (map u8 $own)
    (map u8 (map string (list error-context)))
    u8
    string
    (list u8)
    (list u8 3)
    (tuple u8 string)
    (option (list string))
    (result)
    (result u8 (error string))
    (flags "a")
    (enum "a")
    (map string string)
    (map string (map string (option u8)))
    (variant (case "a") (case "b" u8))
    (record (field "a" u8))
"""
"""A value type a line."""

COMPONENTS = """
    (type $e error-context) (type (map u8 $e))
    (type $e error-context) (type $l (list $e)) (type $m (map u8 $l))
    (type $e' error-context) (import "e" (type $e (eq $e'))) (type (map u8 $e))
    (type $h (list error-context)) (import "h" (type $i (eq $h))) (type (map string (option $i)))
    (import "i" (instance $i (export "r" (type (sub resource))))) (alias export $i "r" (type $r)) (type $o (own $r)) (type (map u8 $o))
    (type $r (resource (rep i32))) (type $o (own $r)) (type (map u8 $o))
    (type $s (stream u8)) (component (alias outer 1 $s (type $t)) (type (map u8 $t)))
    (type $s (stream u8)) (type (instance (alias outer 1 $s (type $t)) (type (map u8 $t))))
    (type (component (type (stream)) (type (map u8 0))))
    (type (instance (type (map string error-context))))
    (import "f" (func (param "m" (map string (stream u8)))))
    (import "f" (func (result (map string (future)))))
    (import "i" (instance (export "r" (type $r (sub resource))) (export "f" (func (param "m" (map string (borrow $r)))))))
    (import "v" (value (map u8 error-context)))
    (type (stream (map u8 string)))
    (type (list (map string (list u8))))
    (type (map (list u8) error-context))
    (type (map error-context error-context))
    (type (map f32 (stream u8)))
    (type (map string 7))
    (type (map 7 error-context))
    (type (map $none error-context))
    (type $k u32) (type (map $k error-context))
    (type (func (param "a" (map u8 error-context)) (param "a" (map u8 error-context))))
    (import "r" (type $r (sub resource))) (type (func (result (map u8 (borrow $r)))))
    (import "r" (type $r (sub resource))) (type (stream (map u8 (borrow $r))))
    (import "r" (type $r (sub resource))) (type (future (option (borrow $r)))) (type (map u8 (future)))
    (type $s (stream u8)) (type (record (field "a" (map u8 $s)) (field "a" u8)))
    (type $big (list (list (list u64 100000) 100000) 100000)) (type (map u8 error-context))
    (type (tuple)) (type (map u8 error-context))
    (type u8) (type (map string 0)) (type (map string 1)) (type (map string (tuple 1 2))) (type (map u8 (stream 1)))
"""
"""A component a line: by way of named and imported types, in every place, and before or after other faults."""

WITS = {
    "alias.wit": """package a:b;
interface i { type e = list<error-context>; }
interface j { use i.{e}; type m = map<u8, option<e>>; f: func(m: m); }
world w { import j; export i; }
""",
    "param.wit": "package a:b; world w { import f: func(m: map<string, stream<u8>>); }\n",
    "good.wit": "package a:b; world w { import f: func(m: map<string, list<tuple<u8, string>>>) -> stream<map<u8, u8>>; }\n",
}

COMMANDS = """
    component wit FILE
    component wit FILE -j
    component wit FILE -t
    component wit FILE -w -o out.wasm
    component wit FILE -t --skip-validation
    component wit FILE -t --emit-canonical-names
    component embed FILE --world w --dummy -t
    component embed FILE --world w --only-custom -o out.wasm
"""

MODULE = b"\0asm\1\0\0\0"


def test_values(verdicts: Callable[..., str], golden: SnapshotAssertion) -> None:
    cases = {line.strip(): value_component(line.strip()) for line in VALUES.strip().splitlines()}
    assert verdicts("component wit", cases) == golden


def value_component(value: str) -> str:
    """A component with a map to the value; records and variants may stand in a field of their own only."""
    return (
        f"(component {HEAD} (type $v {value}) (type (map string $v)))"
        if value[0] == "("
        else f"(component {HEAD} (type (map string {value})))"
    )


def test_components(verdicts: Callable[..., str], golden: SnapshotAssertion) -> None:
    cases = {line.strip(): f"(component {line.strip()})" for line in COMPONENTS.strip().splitlines()}
    assert verdicts("component wit", cases) == golden


@pytest.mark.slow
def test_commands_over_text(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    """As text, JSON and metadata such maps still pass; what is validated is refused."""
    shown = ""
    for command in COMMANDS.strip().splitlines():
        for file in WITS:
            command_line = command.strip().replace("FILE", file)
            shown += f"$ {command_line}\n" + run(command_line, WITS)
    assert shown == golden


def test_metadata_of_a_module(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    """The layers around it where a module's world has such a map."""
    shown = ""
    for name in ("param", "good"):
        module = component_embed(WITS[f"{name}.wit"], MODULE)
        for command in (
            "component new m.wasm -o out.wasm",
            "component wit m.wasm",
            "component new m.wasm --skip-validation -t",
        ):
            shown += f"$ {name}: {command}\n" + run(command, {"m.wasm": module})
    assert shown == golden
