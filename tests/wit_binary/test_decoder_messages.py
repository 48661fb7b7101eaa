"""Components and binary packages of all shapes: what WIT is read from them, or why none is.

Where the reference crashes, we refuse in one line: `CRASHES`.
"""

from __future__ import annotations

import pytest
from conftest import Verdicts
from syrupy.assertion import SnapshotAssertion

from pywasmtools import WasmToolsError, decode
from pywasmtools.load import wat_to_binary
from pywasmtools.wit_binary.decoder import decode_world

GROUPS = {
    "components": """
        (import "m" (core module))
        (import "c" (component))
        (import "v" (value u8)) (export "w" (value 0))
        (import "t" (type (sub resource)))
        (import "t" (type (sub resource))) (import "t2" (type (eq 0)))
        (type (record (field "a" u8))) (import "t" (type (eq 0)))
        (core module $m) (export "m" (core module $m))
        (component $c) (export "c" (component $c))
        (type $r (resource (rep i32))) (export "r" (type $r))
        (type $r (record (field "a" u8))) (export "r" (type $r))
        (import "i" (instance (export "t" (type (sub resource)))))
        (import "i" (instance (export "j" (instance))))
        (import "i" (instance (export "m" (core module))))
        (import "a:b/c" (instance (export "j" (instance))))
        (import "a:b/c" (instance $i (export "f" (func)))) (export "a:b/c" (instance $i))
        (import "a:b/c@1.2.3" (instance)) (import "a:b/d@1.2.4" (instance))
        (import "a:b/c@1" (version-suffix ".2.3") (instance))
        (import "x" (implements "a:b/c") (instance (export "f" (func)))) (import "a:b/c" (instance (export "f" (func))))
        (import "x" (implements "a:b/c") (instance (export "f" (func)))) (import "y" (implements "a:b/c") (instance (export "g" (func))))
        (import "x" (external-id "id") (func))
        (import "i" (instance (type $t (variant (case "a" u8) (case "b"))) (export "t" (type $e (eq $t))) (export "f" (func (result $e)))))
        (import "i" (instance $i (export "t" (type (sub resource))))) (alias export $i "t" (type $t)) (import "f" (func (param "x" (borrow $t))))
        (import "f" (func (param "a" (list u8 4)) (param "b" (map string u8)) (param "c" (tuple u8 u8)) (param "d" (stream)) (param "e" (future u8)) (result error-context)))
        (import "f" (func async)) (export "g" (func 0))
        (import "[get]a" (func (result u8))) (import "[set]a" (func (param "x" u8)))
        (import "a:b:c/d" (instance))
        (import "a:b/c/d" (instance))
    """,
    "packages": """
        (type (component)) (export "i" (type 0))
        (type (component (export "a:b/i" (instance)))) (export "i" (type 0))
        (type (component (export "i" (instance)))) (export "i" (type 0))
        (type (component (export "a:b/i" (instance)) (export "a:b/j" (instance)))) (export "i" (type 0))
        (type (component (export "a:b/i" (instance)))) (export "i" (type 0)) (type (component (export "a:c/j" (instance)))) (export "j" (type 2))
        (type (component (export "a:b/i@1.0.0" (instance)))) (export "i" (type 0)) (type (component (export "a:b/j@1.0.1" (instance)))) (export "j" (type 2))
        (type (component (export "a:b/i" (instance (export "f" (func)))))) (export "i" (type 0)) (import "x" (func))
        (type (component (export "a:b/i" (instance (export "m" (instance)))))) (export "i" (type 0))
        (type (component (import "a:c/j" (instance (export "t" (type (sub resource))))) (export "a:b/i" (instance)))) (export "i" (type 0))
        (type (component (import "a:c/j" (func)) (export "a:b/i" (instance)))) (export "i" (type 0))
        (type (component (import "j" (instance)) (export "a:b/i" (instance)))) (export "i" (type 0))
        (type (component (export "a:b/w" (component)))) (export "w" (type 0))
        (type (component (export "w" (component)))) (export "w" (type 0))
        (type (component (export "a:b/w" (component (import "f" (func)) (export "g" (func)))))) (export "w" (type 0))
        (type (component (export "a:b/w" (component (import "t" (type (sub resource))))))) (export "w" (type 0))
        (type (component (export "a:b/w" (component (export "t" (type (sub resource))))))) (export "w" (type 0))
        (type (component (export "a:b/w" (component (import "c" (component)))))) (export "w" (type 0))
        (type (component (export "a:b/w" (component (export "c" (component)))))) (export "w" (type 0))
        (type (component (export "a:b/w" (component (import "i" (instance (export "f" (func)))) (export "a:b/x" (instance)))))) (export "w" (type 0))
    """,
    "first-encoding": """
        (type (component)) (export "a:b/wit" (type 0))
        (type (component (export "i" (instance)) (export "w" (component)))) (export "a:b/wit@1.2.3" (type 0))
        (type (component (export "i" (func)))) (export "a:b/wit" (type 0))
        (type (component (export "a:b/i" (instance)))) (export "a:b/wit" (type 0))
        (type (component (export "a:b/w" (component)))) (export "a:b/wit" (type 0))
        (type (component (import "a:c/j" (instance (export "f" (func)))) (export "a:b/w" (component)))) (export "a:b/wit" (type 0))
        (type (component (import "j" (instance)))) (export "a:b/wit" (type 0))
        (type (component (import "j" (func)))) (export "a:b/wit" (type 0))
        (type (component)) (export "a:b/wit" (type 0)) (export "a:c/wit" (type 0))
        (type (component)) (export "a:b/other" (type 0))
        (type (component (export "a:b/i" (instance (export "t" (type (sub resource))))) (export "a:b/w" (component (import "a:b/i" (instance (export "t" (type (sub resource)))))))))  (export "a:b/wit" (type 0))
        (type (component (export "a:b/i" (instance (export "f" (func)))) (export "a:b/w" (component (import "a:b/i" (instance (export "g" (func)))))))) (export "a:b/wit" (type 0))
        (type (component (export "a:b/i" (instance)) (export "a:b/w" (component (import "a:b/i" (instance (export "t" (type (sub resource))))))))) (export "a:b/wit" (type 0))
    """,
    "seen-again": """
        (record (field "a" (list u8))) / (record (field "a" (list u8)))
        (record (field "a" u8)) / (record (field "b" u8))
        (record (field "a" u8)) / (record (field "a" u8) (field "b" u8))
        (record (field "a" u8)) / (list u8)
        (record (field "a" u8)) / (record (field "a" (list u8)))
        (variant (case "a" (list u8)) (case "b")) / (variant (case "a" (list u8)) (case "b"))
        (variant (case "a" (list u8))) / (variant (case "a"))
        (variant (case "a")) / (variant (case "b"))
        (variant (case "a")) / (variant (case "a") (case "b"))
        (flags "a") / (flags "b")
        (enum "a") / (enum "b")
        (list (list u8)) / (list (list u8))
        (list u8 4) / (list u8 4)
        (list u8 4) / (list u8 5)
        (list u8 4) / (list u8)
        (map string (list u8)) / (map string (list u8))
        (map string u8) / (list u8)
        (option (list u8)) / (option (list u8))
        (option u8) / (list u8)
        (tuple u8 (list u8)) / (tuple u8 (list u8))
        (tuple u8) / (tuple u8 u8)
        (result (list u8)) / (result (list u8))
        (result u8) / (result)
        (result (error u8)) / (result)
        (stream (list u8)) / (stream (list u8))
        (stream u8) / (stream)
        (future) / (future u8)
        u8 / u8
    """,
}
"""`seen-again`: a type of an interface as the package exports it / as a world of it imports it."""


CRASHES = [
    ('(type (func)) (import "t" (type (eq 0)))', "type `t` is not a value type"),
    (
        '(type (component (export "i" (instance (export "f" (func)))))) (export "a:b/wit" (type 0))',
        "an interface belongs to no package",
    ),
    (
        '(type (component (export "a:b/i" (func)))) (export "i" (type 0))',
        "export `a:b/i` of a WIT package is neither an instance nor a component",
    ),
    ('(import "a:b/c" (func))', "function `a:b/c` has the name of an interface"),
    (
        '(type (component (export "a:b/w" (component)))) (export "w" (type 0)) '
        '(type (component (export "a:b/w" (component)))) (export "v" (type 2))',
        "world `w` stands there twice",
    ),
    (
        '(type (component (export "a:b/i" (instance (type $t (list (list u8))) (export "t" (type (eq $t))))) '
        '(export "a:b/w" (component (import "a:b/i" (instance (type $t (list u8)) (export "t" (type (eq $t))))))))) '
        '(export "a:b/wit" (type 0))',
        "expected a type made of others, found `u8`",
    ),
    (
        '(import "i" (instance $i (export "t" (type (sub resource))))) (alias export $i "t" (type $a)) '
        '(import "t" (type $t (eq $a))) (import "[method]t.m" (func (param "self" (borrow $t))))',
        "function `[method]t.m` belongs to a resource that is not defined beside it",
    ),
    (
        '(type (component (import "a:c/j" (instance (export "t" (type (sub resource))))) (export "a:b/i" (instance)))) '
        '(export "i" (type 0)) (type (component (import "a:c/j" (instance (type $t (func)) (export "t" (type (eq $t))))) '
        '(export "a:b/k" (instance)))) (export "k" (type 2))',
        "type `t` is not a value type",
    ),
]

WORLDS = [
    (
        '(type (component (import "x" (func)) (export "a:b/w" (component)))) (export "w" (type 0))',
        "cannot represent this component in WIT: the component type around a world has imports or not one export",
    ),
    (
        '(type (component (export "a:b/w" (component)) (export "a:b/v" (component)))) (export "w" (type 0))',
        "cannot represent this component in WIT: the component type around a world has imports or not one export",
    ),
    (
        '(type (component)) (export "w" (type 0))',
        "cannot represent this component in WIT: the component type around a world has imports or not one export",
    ),
    (
        '(type (component (export "a:b/w" (instance)))) (export "w" (type 0))',
        "cannot represent this component in WIT: world `a:b/w` is not a component",
    ),
    (
        '(type (component (export "a:b/w" (component)))) (export "w" (type 0) (type (eq 0)))',
        "expected an un-ascribed exported type",
    ),
    ('(type (component (export "w" (component)))) (export "w" (type 0))', "expected world name to be fully qualified"),
    ('(type (func)) (export "w" (type 0))', "expected an exported component type"),
]
"""What a `component-type` section may hold instead of a world."""


@pytest.mark.parametrize("group", GROUPS)
def test_messages(group: str, verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for line in [line.strip() for line in GROUPS[group].strip().splitlines()]:
        body = line
        if group == "seen-again":
            first, _, second = line.partition(" / ")
            exported, imported = (
                f'(instance (type $t {type_}) (export "t" (type (eq $t))))' for type_ in (first, second)
            )
            world = f'(export "a:b/w" (component (import "a:b/i" {imported})))'
            body = f'(type (component (export "a:b/i" {exported}) {world})) (export "a:b/wit" (type 0))'
        cases[line] = f"(component {body})\n"
    assert verdicts("component wit", cases) == golden


@pytest.mark.parametrize(("body", "message"), CRASHES)
def test_where_the_reference_crashes_we_refuse(body: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as e:
        decode(wat_to_binary(f"(component {body})".encode(), "in.wat"))
    assert str(e.value) == f"cannot represent this component in WIT: {message}"


@pytest.mark.parametrize(("body", "message"), WORLDS)
def test_worlds_that_are_none(body: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as e:
        decode_world(wat_to_binary(f"(component {body})".encode(), "in.wat"))
    assert [layer.message for layer in e.value.layers] == [message]
