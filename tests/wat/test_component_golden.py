"""Text components: bytes and refusals, each input pins what its name says. Goldens come from the reference.

`component embed` of a component keeps its bytes and appends the world, so it shows what text was read as.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

WORLD = "package a:b; world w {}"

READ = {
    # Sections: items that follow each other share one; modules, components, starts and customs end it.
    "sections-are-shared": """(component
        (type u8) (type u16) (import "a" (func)) (import "b" (func)) (type u32) (core type (func)) (type u64))""",
    # Names: `@name` wins over the identifier; made-up identifiers have none.
    "names-of-every-sort": """(component $c
        (core type $ct (func)) (type $t u8) (import "f" (func $f (@name "named f")))
        (core func $cf (canon lower (func $f))) (component $cc) (instance $i (instantiate $cc))
        (alias outer $c $t (type $again)) (export $e "e" (func $f)))""",
    "name-annotation-of-the-component": '(component $id (@name "said") (component $in (@name "inner")))',
    # A `@name` on an import in place is lost, that of a lifted or aliased function is kept.
    "name-lost-on-inline-import": """(component
        (func $a (@name "lost") (import "a"))
        (instance $i (@name "lost too") (import "i") (export "f" (func)))
        (func $b (@name "kept") (alias export $i "f")))""",
    # Results of a start function are values without names: names of later values take their numbers.
    "start-results-shift-names": """(component
        (import "f" (func $f (result u8))) (import "v" (value $v u8))
        (start $f (result (value $r))) (import "w" (value $w u8)))""",
    # Inline types come right before the field, the inner ones first, and none is shared.
    "inline-types-are-not-shared": """(component
        (import "a" (func (param "x" (list (option u8))) (result (list (option u8)))))
        (import "b" (func (param "x" (list (option u8))))))""",
    "inline-types-in-declarations": """(component
        (type (instance (export "f" (func (param "x" (tuple u8 (list string)))))))
        (import "i" (instance (export "t" (type $t (sub resource))) (export "m" (func (param "self" (borrow $t)))))))""",
    # `stream` and `future` are not seen where a value type is optional, but in place of a needed one.
    "streams-in-place": "(component (type (option (stream u8))) (type (list (future))))",
    # Inline exports come last, in order, those of nested items within them.
    "inline-exports-come-last": """(component
        (type $t (export "t") (export "t2") u8)
        (component $c (export "c") (func $g (export "g") (import "g")))
        (func $f (export "f") (import "f")) (import "z" (func)))""",
    "interface-names-the-old-way": '(component (import (interface "a:b/c") (instance)) (func (export (interface "d")) (import "e")))',
    "attributes-of-names": """(component
        (import "a" (implements "a:b/c") (instance))
        (import "b:c/d@1" (version-suffix ".2.3") (external-id "x y") (instance))
        (type (instance (export "f" (external-id "z") (func)))))""",
    # References through exports become aliases before the field.
    "exports-become-aliases": """(component
        (import "i" (instance $i (export "j" (instance (export "f" (func)) (export "t" (type (sub resource)))))))
        (core func (canon lower (func $i "j" "f")))
        (core func (canon resource.drop (type $i "j" "t")))
        (export "x" (func $i "j" "f")))""",
    # Each use of a type outside makes an alias of its own; numbers are left as they are.
    "outer-aliases-are-not-shared": """(component
        (type $t u8) (core module $m) (component $d)
        (component $c
          (import "a" (func (param "x" $t) (result $t)))
          (core instance (instantiate $m)) (instance (instantiate $d))
          (component (type (list $t)))))""",
    "outer-aliases-by-name-and-number": """(component $a (type $t u8)
        (component $b (type $u u16)
          (component $c (alias outer $a $t (type $v)) (alias outer $b $u (type)) (alias outer 2 0 (type))
            (alias outer 1 $u (type)) (alias outer 7 9 (core module)))))""",
    # A group's name is that of its type.
    "outer-alias-names-a-type": """(component (type $t u8)
        (type $c (component (alias outer $c 0 (type)) (export "a" (type (eq 0)))))
        (core type $m (module (type $f (func)) (alias outer $m $f (type $g)) (export "x" (func (type $g))))))""",
    # Module types: function types in place are reused where declared before; two alike in one group are two.
    "module-types-reuse-declared-types": """(component (core type (module
        (type $a (func (param i32))) (type $b (func (param i32)))
        (import "m" "f" (func (param i32))) (import "m" "g" (func (result i64))) (export "h" (func (result i64))))))""",
    "module-types-in-groups": """(component (core type (module
        (import "m" (item "a" (func)) (item "b" (func)) (item "c" (func (result i32))))
        (import "m" (item "d") (item "e") (func))
        (export "f" (func (result i32))) (export "g" (tag (param i32))) (export "t" (table 1 funcref))
        (export "m" (memory i64 1 2)) (export "x" (global (mut v128))))))""",
    "core-types": """(component
        (core type $s (sub (struct (field $x (mut i32)) (field (ref null $s)))))
        (core rec (type $a (array (ref $b))) (type $b (sub final (func (param $p (ref $a))))))
        (core type (sub final $s (struct (field (mut i32) (ref null $s)))))
        (type (component (core type $t (sub (func))) (core type (module (rec (type (func)) (type (func))))))))""",
    "every-form-of-type": """(component
        (type $r (record (field "a" u8) (field "b" float32)))
        (type (variant (case "a") (case $id "b" $r) (case "c" (list u8))))
        (type (list u8)) (type (list u8 4)) (type (map string u8)) (type (tuple)) (type (tuple u8 $r))
        (type (flags "a" "b")) (type (enum "a" "b")) (type (option char)) (type (result)) (type (result u8))
        (type (result (error string))) (type (result u8 (error float64)))
        (type $x (resource (rep i32))) (type (own $x)) (type (borrow $x))
        (type (stream)) (type (stream u8)) (type (future)) (type (future $r)) (type error-context)
        (type (func async (param "a" s64) (result bool))) (type (component)) (type (instance)))""",
    "resources": """(component
        (core module $m (func (export "d") (param i32))) (core instance $i (instantiate $m))
        (type (resource (rep i32) (dtor (core func $i "d"))))
        (core func $d (alias core export $i "d")) (type (resource (rep i64) (dtor $d)))
        (type (resource (rep (ref $t)) (dtor 0))) (type $t u8))""",
    # A name in `rep` and in `context.get` is a component type's.
    "reference-types-name-component-types": """(component (type $t u8)
        (component (core func (canon context.get (ref null $t) 0)) (type (resource (rep (ref $t))))))""",
    "every-built-in": """(component
        (core module $m (memory (export "m") 1) (table (export "t") 1 funcref)
          (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
        (core instance $i (instantiate $m)) (alias core export $i "m" (core memory $mem))
        (alias core export $i "t" (core table $tab)) (core func $r (alias core export $i "r"))
        (core type $ft (func)) (import "f" (func $f)) (type $res (resource (rep i32)))
        (type $s (stream u8)) (type $u (future u8))
        (core func (canon lower (func $f) string-encoding=utf8 (memory $mem) (realloc $r) async gc))
        (core func (canon lower (func $f) string-encoding=utf16 (memory (core memory $i "m")) (core-type $ft)))
        (canon lower (func $f) string-encoding=latin1+utf16 (realloc (core func $i "r")) (core func $low))
        (func $l (canon lift (core func $r) (post-return (core func $r)) (callback (core func $i "r")) async))
        (canon lift (core func $i "r") (func $l2 (param "x" (list u8))))
        (canon resource.new $res (core func)) (canon resource.drop (type $res) (core func)) (canon resource.rep 1 (core func))
        (canon task.cancel (core func)) (canon subtask.cancel async (core func)) (canon subtask.cancel (core func))
        (canon task.return (core func)) (canon task.return (result (list u8)) (memory $mem) (core func))
        (canon context.get i32 0 (core func)) (canon context.set i64 1 (core func))
        (canon thread.yield (core func)) (canon subtask.drop (core func))
        (canon stream.new $s (core func)) (canon stream.read $s async (memory $mem) (core func))
        (canon stream.write $s (core func)) (canon stream.cancel-read $s async (core func))
        (canon stream.cancel-write $s (core func)) (canon stream.drop-readable $s (core func))
        (canon stream.drop-writable $s (core func)) (canon stream.forward $s (core func))
        (canon future.new $u (core func)) (canon future.read $u (core func)) (canon future.write $u gc (core func))
        (canon future.cancel-read $u (core func)) (canon future.cancel-write $u async (core func))
        (canon future.drop-readable $u (core func)) (canon future.drop-writable $u (core func))
        (canon future.forward $u (core func))
        (canon error-context.new (memory $mem) (core func)) (canon error-context.debug-message (memory $mem) (core func))
        (canon error-context.drop (core func))
        (canon waitable-set.new (core func)) (canon waitable-set.wait (memory $mem) (core func))
        (canon waitable-set.poll (memory (core memory $i "m")) (core func)) (canon waitable-set.drop (core func))
        (canon waitable.join (core func)) (canon backpressure.inc (core func)) (canon backpressure.dec (core func))
        (canon thread.index (core func)) (canon thread.new-indirect $ft (core table $tab) (core func))
        (canon thread.resume-later (core func)) (canon thread.suspend (core func))
        (canon thread.suspend-then-resume (core func)) (canon thread.yield-then-resume (core func))
        (canon thread.suspend-then-promote (core func)) (canon thread.yield-then-promote (core func))
        (canon thread.spawn-ref $ft (core func)) (canon thread.spawn-indirect (core type $ft) $tab (core func))
        (canon thread.available_parallelism (core func)))""",
    "instances": """(component
        (core module $m (import "a" "f" (func)) (func (export "g")))
        (core module $n (export "m")) (import "f" (func $f)) (core func $cf (canon lower (func $f)))
        (core instance $x (instantiate $m (with "a" (instance (export "f" (func $cf))))))
        (core instance (instantiate (module $m) (with "a" (instance $x))))
        (core instance (export "a" (func $x "g")) (export "b" (func 0)))
        (component $c (import "a" (instance)) (import "f" (func)))
        (instance (instantiate $c (with "a" (instance (export "q" (func $f)))) (with "f" (func $f))))
        (instance $e (export "f" (func $f)) (export "m" (core module $n)) (export "t" (type $t)))
        (type $t u8))""",
    "exports-with-types": """(component (type $t (record (field "a" u8)))
        (export $e "t" (type $t)) (import "f" (func $f (param "x" $e)))
        (export "g" (func $f) (func (param "x" $e))) (export "u" (type $t) (type (eq $e))))""",
    # Exports that lead to the type of a value are dropped.
    "value-type-through-exports": '(component (type u8) (import "v" (value (type 0 "a" "b"))) (import "w" (value (list u8))))',
    "custom-sections": """(component (@custom "a" "x" "y") (type u8) (@custom "b")
        (@producers (sdk "s" "1") (language "l" "2") (sdk "t" "3")))""",
    "binary": r'(component binary "\00asm" "\0d\00\01\00")',
    # Names may point forward: that is not the text's concern.
    "forward-references": '(component (export "a" (func $f)) (import "f" (func $f)))',
}

REFUSED = {
    "unknown-field": "(component (frob))",
    "unknown-core-field": "(component (core memory 1))",
    "field-is-no-list": "(component foo)",
    "unclosed": '(component (import "a" (func))',
    "extra-tokens": "(component) (component)",
    "unknown-built-in": "(component (canon frob (core func)))",
    "unknown-built-in-in-place": "(component (core func (canon lift)))",
    "unknown-primitive": "(component (type u7))",
    "unknown-form": "(component (type (vector u8)))",
    "unknown-form-in-place": '(component (import "f" (func (param "x" (vector u8)))))',
    "stream-as-optional-payload": "(component (type (result (stream))))",
    "unknown-item": '(component (import "a" (table)))',
    "unknown-declaration": "(component (type (instance (import))))",
    "unknown-component-declaration": "(component (type (component (func))))",
    "unknown-module-declaration": "(component (core type (module (func))))",
    "unknown-bound": '(component (import "a" (type (neq 0))))',
    "unknown-export": '(component (export "a" (memory 0)))',
    "unknown-alias": "(component (alias inner 0 0 (type)))",
    "unknown-alias-kind": '(component (alias export 0 "a" (core func)))',
    "unknown-outer-kind": "(component (alias outer 0 0 (func)))",
    "outer-core-type-in-module-type": "(component (core type (module (alias outer 0 0 (core type)))))",
    "outer-module-in-module-type": "(component (core type (module (alias outer 0 0 (core module)))))",
    "producers-field": '(component (@producers (lang "a" "b")))',
    "legacy-reference": "(component (core func $f (canon task.cancel)) (type (resource (rep i32) (dtor (func $f)))))",
    "legacy-memory": '(component (canon waitable-set.wait (memory 0 "m") (core func)))',
    "cancellable": "(component (canon thread.yield cancellable (core func)))",
    "index-too-large": "(component (type (list 4294967296)))",
    "malformed-utf8": r'(component (import "\ff" (func)))',
    "duplicate-identifiers": '(component (import "a" (func $f)) (import "b" (func $f)))',
    "duplicate-core-types": "(component (core type $t (func)) (core rec (type $t (func))))",
    "duplicate-types-in-module-type": "(component (core type (module (type $t (func)) (type $t (func)))))",
    "duplicate-cases": '(component (type (variant (case $a "a") (case $a "b"))))',
    "unknown-func": '(component (export "a" (func $f)))',
    "unknown-type": '(component (import "a" (func (param "x" $t))))',
    "unknown-core-type": "(component (core type (func (param (ref $t)))))",
    "unknown-type-in-module-type": '(component (core type (module (import "a" "b" (func (type $t))))))',
    # Core types and the exports of instances outside are not aliased by themselves.
    "core-type-outside-in-core-type": "(component (core type $t (func)) (component (core type (func (param (ref $t))))))",
    "instance-outside": '(component (import "i" (instance $i (export "f" (func)))) (component (export "a" (func $i "f"))))',
    "func-outside": '(component (import "f" (func $f)) (component (export "a" (func $f))))',
    "outer-component": "(component $c (component (alias outer $d 0 (type))))",
    "outer-count": "(component $c (component (alias outer 2 $t (type))))",
    "core-instance-export-of-no-sort": '(component (core instance $i) (core instance (instantiate 0 (with "a" (instance $i "b")))))',
    "too-deep": "(component (type " + "(list " * 99 + "u8" + ")" * 101,
    "too-deep-components": "(component " * 102 + ")" * 102,
}


@pytest.mark.parametrize("name", READ)
def test_read(name: str, run: Callable[..., str], golden: SnapshotAssertion) -> None:
    assert run("component embed w.wit c.wat -o c.wasm", {"w.wit": WORLD, "c.wat": READ[name]}) == golden


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, run: Callable[..., str], golden: SnapshotAssertion) -> None:
    assert run("component embed w.wit c.wat -o c.wasm", {"w.wit": WORLD, "c.wat": REFUSED[name]}) == golden
