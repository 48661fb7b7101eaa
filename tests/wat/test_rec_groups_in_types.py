"""`core rec` in the types of components and instances: read, encoded, printed. Goldens come from the reference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

WORLD = "package a:b; world w {}"

READ = {
    "groups-of-0-1-2": """(component
        (type (component (core rec) (core rec (type (func))) (core rec (type (func)) (type (array i8)))))
        (type (instance (core rec) (core rec (type (func))) (core rec (type (func)) (type (array i8))))))""",
    # Members know each other by name, forwards and backwards; each has a place in the type's own space.
    "members-by-name": """(component (type (instance
        (core type $before (func))
        (core rec
          (type $a (sub (struct (field $f (ref null $b)) (field (ref $before)))))
          (type $b (sub final $a (struct (field (ref null $b)) (field (ref $before)) (field i32)))))
        (core type $after (func (param (ref $a) (ref $b) (ref 1)))))))""",
    "member-named-twice-over": """(component
        (core type $t (func))
        (core rec (type $u (func (param i32))))
        (type $c (component
          (core rec (type $t (@name "said") (struct)) (type $u (array (ref $t))))
          (type (component
            (core rec (type $t (array (ref $t)))) (alias outer $c $t (core type $v)) (alias outer $c $u (core type))
            (core type (func (param (ref $t) (ref $v)))))))))""",
    "alias-of-outside": """(component $o
        (core type $p (func (param f64)))
        (type (instance
          (alias outer 1 $p (core type $q)) (alias outer $o $p (core type))
          (core rec (type $a (struct (field (ref $q)))) (type (array (ref null 1)))))))""",
    # Types generated for what stands in place come before the declaration, which moves nothing among core types.
    "beside-types-in-place": """(component (type (component
        (import "a" (func (param "x" (list u8))))
        (core rec (type $a (func)))
        (import "m" (core module (import "x" "y" (func (param i32))) (export "z" (func))))
        (core rec (type (struct (field (ref $a)))))
        (export "b" (core module (type $a) )))))""",
    "in-imports-and-nested-components": """(component
        (import "c" (component (core rec (type $a (func)) (type (array (ref $a))))))
        (import "i" (instance (core rec (type $a (cont $b)) (type $b (func)))))
        (component (type (instance (core rec (type (func (param exnref))))))))""",
    "module-types-use-members": """(component (type $c (component
        (core rec (type $f (func (param i32))) (type $g (func (result (ref $f)))))
        (core type $m (module
          (alias outer $c $f (type $h)) (alias outer 1 $g (type))
          (import "a" "b" (func (type $h))) (rec (type $f (func)) (type (func))) (export "c" (func (type $f)))))
        (import "m" (core module (type $m))))))""",
    "shared-and-described": """(component (type (instance
        (core rec (type $d (descriptor $e) (struct)) (type $e (describes $d) (struct)))
        (core rec (type (shared (struct (field (mut i32)))))))))""",
    "quirks-of-white-space": "(component (type (instance (core(;a;)rec(type(func))(type(func(param i32)))))))",
    "other-declarations-follow": """(component (type (instance
        (core rec (type (func))) (type $t u8) (core type (func)) (core type (module)) (export "t" (type (eq $t)))
        (core rec (type (func))))))""",
}

REFUSED = """
    (type (instance (core rec $name (type (func)))))
    (type (instance (core rec (type (func)) $name)))
    (type (instance (core rec (func))))
    (type (instance (core rec type (func))))
    (type (instance (core rec "type" (func))))
    (type (instance (core rec (type))))
    (type (instance (core rec (type $a))))
    (type (instance (core rec (type (module)))))
    (type (instance (core rec (type (resource)))))
    (type (instance (core rec (rec))))
    (type (instance (core (rec))))
    (type (instance (core rec
    (type (instance (rec (type (func)))))
    (type (instance (core func)))
    (type (instance (core)))
    (type (instance (core module rec)))
    (type (instance (core "rec")))
    (type (instance (core $rec)))
    (type (instance (core "\\q")))
    (type (component (core recs)))
    (type (component (core rec (type (func)) (import "a" (func)))))
    (type (component (core type rec (func))))
    (type (component (core type $rec)))
    (type (component (core rec (type (func)) (type (func (param x))))))
    (type (instance (core rec (type $a (func)) (type $a (func)))))
    (type (instance (core type $a (func)) (core rec (type $a (func)))))
    (type (instance (core rec (type $a (func))) (core rec (type $a (func)))))
    (core rec (type $a (func)) (type $a (func)))
    (type (instance (core rec (type (struct (field (ref $a)))))))
    (type (instance (core rec (type (struct (field (ref $a))))) (core rec (type $a (func)))))
    (core type $a (func)) (type (instance (core rec (type (struct (field (ref $a)))))))
    (type (component (core rec (type $a (func))) (type (component (core rec (type (func (param (ref $a)))))))))
    (type (component (core rec (type $a (func))) (export "m" (core module (type $a)))))
    (type (instance (core rec (type (sub 0 (func))))))
    (type (instance (core rec (type (sub (func))) (type (sub final 0 (func))) (type (sub 1 (func))))))
    (type (instance (core rec (type (sub 1 (func))) (type (sub (func))))))
    (type (instance (core rec (type (sub (func))) (type (sub 0 (struct))))))
    (type (instance (core rec (type (struct (field (ref 7)))))))
    (type (component (core rec (type (func)) (type (struct (field (ref 2)))))))
    (type (component (core rec (type (cont 1)) (type (struct)))))
    (type (component (core rec (type (func (param i32)))) (alias outer 0 0 (core type)) (core type (sub 1 (func)))))
    (type (instance (core rec (type (shared (struct (field (ref 1))))) (type (struct)))))
"""
"""What isn't read or isn't valid, one component a line."""


@pytest.mark.slow
@pytest.mark.parametrize("text", READ.values(), ids=READ.keys())
def test_read(text: str, run: Callable[..., str], golden: SnapshotAssertion) -> None:
    """The bytes, the text that they print, and what validation says of them."""
    files = {"w.wit": WORLD, "c.wat": text}
    shown = run("component embed w.wit c.wat -o c.wasm", files)
    assert shown + run("component embed w.wit c.wat -t", files) + run("component wit c.wat", files) == golden


def test_refused(verdicts: Callable[..., str], golden: SnapshotAssertion) -> None:
    cases = {line.strip(): f"(component {line.strip()})" for line in REFUSED.strip().splitlines()}
    assert verdicts("component wit", cases) == golden
