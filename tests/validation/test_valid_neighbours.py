"""Neighbours of valid modules and components: which are refused, by which cause and where, as the reference has it."""

from __future__ import annotations

import pytest
from neighbours import Neighbours, asked, neighbours, of_binary, of_text
from syrupy.assertion import SnapshotAssertion

from pywasmtools.load import wat_to_binary

__all__ = ["asked", "neighbours"]

pytestmark = pytest.mark.slow

MODULES = {
    "types": """(module
        (type $f (sub (func (param eqref) (result anyref))))
        (type $g (sub $f (func (param anyref) (result eqref))))
        (type $s (sub (struct (field i32) (field (mut anyref)))))
        (type $t (sub $s (struct (field i32) (field (mut anyref)) (field f64))))
        (rec (type $a (sub (array (ref null $b)))) (type $b (sub final $a (array (ref null $b)))))
        (type $c (cont $f)) (type $sh (shared (array (mut (ref null (shared any))))))
        (rec (type $d (sub (descriptor $e) (struct))) (type $e (sub (describes $d) (struct))))
        (rec (type $d2 (sub $d (descriptor $e2) (struct (field i32)))) (type $e2 (sub $e (describes $d2) (struct))))
        (func (param (ref $t) (ref $d2)) (result (ref $s) (ref $d)) (local.get 0) (local.get 1)))""",
    "items": """(module
        (import "m" "f" (func $f (param i32))) (import "m" "g" (global $g i32)) (import "m" "t" (table 1 2 funcref))
        (import "n" "m" (memory 1 2)) (import "n" "x" (tag $x (param i32)))
        (table $t i64 1 (ref null func) (ref.func $f)) (memory $m i64 1 3 shared) (memory $p 1 (pagesize 1))
        (global $h (mut i64) (i64.add (i64.const 1) (i64.const 2))) (global funcref (ref.func $f))
        (export "f" (func $f)) (export "t" (table $t)) (export "m" (memory $m)) (export "h" (global $h))
        (export "x" (tag $x)) (start $s)
        (elem (table $t) (i64.const 0) func $f) (elem $e funcref (ref.null func)) (elem declare func $s)
        (func $s (data.drop $d) (elem.drop $e) (global.set $h (i64.const 1)))
        (data (memory 0) (global.get $g) "a") (data (memory $m) (i64.const 0) "b") (data $d "c"))""",
    "control": """(module (tag $x (param i32 i64)) (tag $y) (type $v (func (param i32) (result i32)))
        (func $f (param i32) (result i32)
          (block $a (result i32 i64)
            (block $n (try_table (catch $x $a) (catch_all $n) (throw $x (i32.const 1) (i64.const 2))) unreachable) unreachable)
          drop drop
          (block $r (result i32 i64 exnref) (try_table (catch_ref $x $r)) unreachable) drop drop drop
          (block $q (result exnref) (try_table (catch_ref $y $q) (catch_all_ref $q)) unreachable) throw_ref)
        (func (param i32) (result i32) (local f32)
          (if (result i32) (local.get 0) (then (i32.const 1)) (else (br 1 (i32.const 2))))
          (loop (param i32) (result i32) (br_if 0 (i32.const 3)))
          (block $o (param i32) (result i32) (block (param i32) (result i32) (br_table 0 $o 2 (i32.const 4))))
          (local.set 1 (f32.const 0)) (drop (local.tee 1 (f32.const 1))) (drop (select (f32.const 0) (f32.const 1) (i32.const 1)))
          (drop (select (result f64) (f64.const 0) (f64.const 1) (i32.const 1)))
          (call $f) (return_call $f)))""",
    "calls": """(module (type $v (func (param i32) (result i32))) (table $t 1 funcref) (table $u i64 1 (ref null $v))
        (func $f (type $v) (local.get 0)) (elem declare func $f)
        (func (param i32) (result i32)
          (call_indirect $t (type $v) (i32.const 0) (i32.const 1)) (call_indirect $u (type $v) (i64.const 1))
          (call_ref $v (ref.func $f)) (drop) (drop (ref.is_null (ref.null $v)))
          (table.set $u (i64.const 0) (table.get $u (i64.const 1))) (drop (table.grow $t (ref.null func) (i32.const 1)))
          (table.fill $t (i32.const 0) (ref.func $f) (i32.const 1)) (drop (table.size $u))
          (table.copy $t $u (i32.const 0) (i64.const 0) (i32.const 0))
          (return_call_ref $v (i32.const 0) (br_on_null 0 (i32.const 1) (ref.func $f)))))""",
    "memory": """(module (memory $m 1) (memory $n i64 1) (data $d "x")
        (func (param i32 i64)
          (i32.store8 $m offset=1 align=1 (local.get 0) (i32.load $m align=4 (local.get 0)))
          (i64.store $n offset=0x1_0000_0000 (local.get 1) (i64.load32_s $n align=2 (local.get 1)))
          (f32.store (i32.const 0) (f32.load (i32.const 0)))
          (memory.copy $m $n (i32.const 0) (i64.const 0) (i32.const 0)) (memory.fill $n (i64.const 0) (i32.const 0) (i64.const 0))
          (memory.init $n $d (i64.const 0) (i32.const 0) (i32.const 0)) (drop (memory.grow $n (memory.size $n)))
          (v128.store64_lane $m align=8 1 (i32.const 0) (v128.load8_splat $m (i32.const 0)))
          (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (v128.const i32x4 1 2 3 4) (i8x16.splat (i32.const 0))))
          (drop (f64x2.extract_lane 1 (i64x2.replace_lane 0 (v128.const i64x2 1 2) (i64.const 0))))
          (drop (i64.atomic.rmw16.cmpxchg_u $m align=2 (i32.const 0) (i64.const 0) (i64.const 1))) (atomic.fence)))""",
    "gc": """(module (type $s (struct (field $a (mut i8)) (field $b i64))) (type $r (array (mut i16))) (type $q (array (mut anyref)))
        (data $d "xy") (elem $e anyref (ref.null any))
        (func (param $x anyref) (result i32)
          (struct.set $s $a (struct.new $s (i32.const 0) (i64.const 1)) (struct.get_u $s $a (struct.new_default $s)))
          (drop (struct.get $s $b (ref.cast (ref $s) (local.get $x))))
          (array.set $r (array.new_fixed $r 2 (i32.const 0) (i32.const 1)) (i32.const 0) (array.get_s $r (ref.null $r) (i32.const 0)))
          (array.fill $q (array.new_elem $q $e (i32.const 0) (i32.const 1)) (i32.const 0) (ref.i31 (i32.const 1)) (i32.const 1))
          (array.copy $r $r (array.new_data $r $d (i32.const 0) (i32.const 1)) (i32.const 0) (ref.null $r) (i32.const 0) (i32.const 1))
          (drop (block $l (result (ref $s)) (drop (br_on_cast $l anyref (ref $s) (local.get $x))) unreachable))
          (drop (block $l (result anyref) (drop (br_on_cast_fail $l anyref (ref $s) (local.get $x))) unreachable))
          (drop (extern.convert_any (any.convert_extern (ref.null extern)))) (drop (ref.eq (ref.null eq) (ref.null i31)))
          (i32.add (ref.test (ref null $s) (local.get $x)) (i31.get_u (ref.i31 (array.len (ref.null $r)))))))""",
    "continuations": """(module (type $g (func)) (type $f (func (param i32) (result i64))) (type $c (cont $g)) (type $cf (cont $f))
        (type $l (func (result i64))) (type $cl (cont $l)) (tag $t (param i32)) (tag $n) (tag $w (result i64))
        (func (param (ref $cf))
          (drop (block $h (result (ref null $cl)) (drop (resume $cf (on $n $h) (i32.const 0) (local.get 0))) unreachable))
          (block $k (result i32 (ref null $c)) (resume $c (on $t $k) (cont.new $c (ref.null $g))) unreachable) drop drop
          (drop (cont.bind $cf $cf (local.get 0)))
          (suspend $t (i32.const 1)) (resume_throw $c $t (i32.const 0) (ref.null $c))
          (drop (suspend $w))))""",
    "shared": """(module (type $s (shared (struct (field (mut i32)) (field (mut (ref null (shared any)))))))
        (type $a (shared (array (mut i8)))) (type $f (shared (func (param (ref $s) (ref $a)))))
        (global $g (shared mut i64) (i64.const 0)) (table $t shared 1 2 (ref null (shared any)))
        (func $f (type $f)
          (drop (global.atomic.rmw.add seqcst $g (global.atomic.get acqrel $g)))
          (table.atomic.set seqcst $t (i32.const 0) (table.get $t (i32.const 1)))
          (drop (struct.atomic.rmw.cmpxchg acqrel $s 0 (local.get 0) (i32.const 0) (struct.atomic.get seqcst $s 0 (local.get 0))))
          (array.atomic.set seqcst $a (local.get 1) (i32.const 0) (array.atomic.get_u seqcst $a (local.get 1) (i32.const 0)))))""",
    "legacy": """(module (tag $t (param i32)) (func (result i32)
        try (result i32) (i32.const 0) catch $t catch_all (i32.const 1) rethrow 0 end
        try try (throw $t (i32.const 2)) delegate 0 catch $t drop end))""",
}
"""Core modules, for `component new`, which validates them in the component that it makes."""

COMPONENTS = {
    "types": """(component $c
        (type $r (record (field "a" u8) (field "b-c" string))) (import "r" (type $ri (eq $r)))
        (type $v (variant (case "x") (case "y" $ri))) (import "v" (type $vi (eq $v)))
        (type $e (enum "p" "q")) (import "e" (type $ei (eq $e))) (type $fl (flags "m" "n")) (import "fl" (type $fi (eq $fl)))
        (import "res" (type $res (sub resource)))
        (type $f (func (param "a" (list $ri)) (param "b" (borrow $res)) (result (result $vi (error $ei)))))
        (import "f" (func (type $f)))
        (import "i" (instance $i (export "t" (type $t (sub resource))) (export "[constructor]t" (func (result (own $t))))
          (export "[method]t.m" (func (param "self" (borrow $t)) (param "x" (tuple u8 (option $fi)))))
          (export "[static]t.s" (func async (param "s" (stream u8)) (result (future $ri))))))
        (alias export $i "t" (type $t)) (import "use" (func (param "t" (own $t)) (result (map string $ri))))
        (type (component (import "a" (func)) (export "b" (instance (export "c" (func (result (list u8 4))))))))
        (core type (module (type (func)) (import "a" "b" (func (type 0))) (export "m" (memory 1)))))""",
    "instances": """(component
        (core module $m (import "x" "f" (func (param i32))) (memory (export "mem") 1) (table (export "tab") 1 funcref)
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
          (func (export "run") (param i32 i32) (result i32) unreachable) (func (export "post") (param i32)))
        (core module $n (func (export "f") (param i32)))
        (core instance $ni (instantiate $n)) (core instance $xi (export "f" (func $ni "f")))
        (core instance $mi (instantiate $m (with "x" (instance $xi))))
        (alias core export $mi "mem" (core memory $mem)) (alias core export $mi "realloc" (core func $realloc))
        (type $rt (func (param "s" string) (result (list u8))))
        (func $run (type $rt) (canon lift (core func $mi "run") (memory $mem) (realloc $realloc) (post-return (core func $mi "post"))))
        (instance $out (export "run" (func $run)))
        (component $inner (import "dep" (instance (export "run" (func (param "s" string) (result (list u8))))))
          (import "a" (type (sub resource))) (export "again" (type 0)))
        (type $res (resource (rep i32)))
        (instance $ii (instantiate $inner (with "dep" (instance $out)) (with "a" (type $res))))
        (export "out" (instance $out)) (export "run" (func $run)))""",
    "built-ins": """(component
        (core module $m (memory (export "m") 1) (table (export "t") 1 funcref)
          (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "c") (param i32 i32 i32) (result i32) unreachable)
          (func (export "go") (result i32) unreachable))
        (core instance $i (instantiate $m)) (alias core export $i "m" (core memory $mem)) (alias core export $i "t" (core table $tab))
        (alias core export $i "r" (core func $r)) (alias core export $i "c" (core func $cb))
        (import "f" (func $f (param "a" string) (result string))) (import "g" (func $g async (param "a" u8) (result string)))
        (type $res (resource (rep i32))) (type $s (stream u8)) (type $u (future string)) (core type $start (func (param i32)))
        (core func $lf (canon lower (func $f) (memory $mem) (realloc $r) string-encoding=utf16))
        (core func (canon lower (func $g) async (memory $mem) (realloc $r)))
        (func async (canon lift (core func $i "go") async (callback $cb)))
        (core func (canon resource.new $res)) (core func (canon resource.drop $res)) (core func (canon resource.rep $res))
        (core func (canon task.return (result string) (memory $mem))) (core func (canon task.cancel))
        (core func (canon context.get i32 0)) (core func (canon context.set i32 1)) (core func (canon subtask.cancel async))
        (core func (canon stream.new $s)) (core func (canon stream.read $s (memory $mem) async)) (core func (canon stream.write $s (memory $mem)))
        (core func (canon stream.cancel-read $s async)) (core func (canon stream.drop-writable $s))
        (core func (canon future.new $u)) (core func (canon future.read $u (memory $mem) (realloc $r) async))
        (core func (canon future.write $u (memory $mem))) (core func (canon future.drop-readable $u))
        (core func (canon error-context.new (memory $mem))) (core func (canon error-context.debug-message (memory $mem) (realloc $r)))
        (core func (canon error-context.drop)) (core func (canon waitable-set.new)) (core func (canon waitable-set.wait (memory $mem)))
        (core func (canon waitable.join)) (core func (canon backpressure.inc)) (core func (canon thread.index))
        (core func (canon thread.new-indirect $start $tab)))""",
    "aliases": """(component $o (type $t u8) (core module $cm)
        (component $a (alias outer $o $t (type $u)) (type $l (list $u)) (export "l" (type $l))
          (component $b (alias outer 2 $t (type)) (alias outer $a $u (type)) (export "z" (type 1))))
        (instance $ai (instantiate $a)) (alias export $ai "l" (type $l)) (alias export $ai "l" (type $m))
        (import "p" (func $p (param "x" $l))) (export $e "e" (func $p)) (export "f" (func $e) (func (param "x" $m)))
        (component $k (import "c" (component (import "i" (func)) (export "o" (func)))) (import "i" (func $i))
          (instance $n (instantiate 0 (with "i" (func $i)))) (export "o" (func $n "o")))
        (component $j (import "i" (func $f)) (export "o" (func $f))) (import "h" (func $h))
        (instance $kk (instantiate $k (with "c" (component $j)) (with "i" (func $h)))) (export "g" (func $kk "o")))""",
}
"""Components, for `component wit`, which validates what it reads."""

BINARIES = {
    "module": """(module (type (func (param i32) (result i64))) (type (struct (field (mut i8)))) (rec (type (sub (array i32))) (type (sub 2 (array i32))))
        (import "a" "b" (func (type 0))) (import "a" "m" (memory 1 2)) (table 1 2 funcref) (memory i64 1) (tag (param i32)) (global (mut i32) (i32.const 5))
        (export "f" (func 1)) (start 2) (elem (i32.const 0) func 1) (elem declare funcref (ref.func 1)) (func (type 0) (local i32 i32 f64) (call 0 (local.get 0)))
        (func (block (br_table 0 1 (i32.const 0))) (if (i32.const 1) (then) (else nop)) (drop (ref.null 1)) (drop (i32.load8_u offset=300 (i32.const 1))))
        (data (i32.const 0) "xy") (data "z"))""",
    "component": """(component (core module (memory (export "m") 1) (func (export "f") (result i32) unreachable))
        (core instance (instantiate 0)) (core instance (export "g" (func 0 "f"))) (type (func (result string)))
        (alias core export 0 "m" (core memory)) (func (type 0) (canon lift (core func 0 "f") (memory 0) string-encoding=utf16))
        (type (record (field "a" u8) (field "b" (list string)))) (import "t" (type (eq 1)))
        (import "i" (instance (export "r" (type (sub resource))) (export "f" (func (param "x" (own 0)) (result (result char))))))
        (component (import "a" (func (result string))) (type (variant (case "x") (case "y" u64))) (export "v" (type 1)))
        (instance (instantiate 0 (with "a" (func 0)))) (export "run" (func 0)) (export "ns:pkg/name@1.2.3" (instance 1)))""",
}

CRASHES = {("component wit", "component", "less 0x82 01"), ("component wit", "component", "less 0xda 01")}
"""Where the reference crashes: a type that is a function's."""


@pytest.mark.parametrize("name", MODULES)
def test_modules(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    if name == "items":  # whose imports are no world's
        text = "(component (core " + MODULES[name][1:] + ")"
        assert neighbours("component wit", "in.wat", of_text(text)) == golden
    else:
        assert neighbours("component new -o out.wasm", "in.wat", of_text(MODULES[name])) == golden


@pytest.mark.parametrize("name", COMPONENTS)
def test_components(name: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    assert neighbours("component wit", "in.wat", of_text(COMPONENTS[name])) == golden


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("command", ["component embed -t w.wit", "component new", "component wit"])
def test_binaries(name: str, command: str, neighbours: Neighbours, golden: SnapshotAssertion) -> None:
    data = wat_to_binary(BINARIES[name].encode(), "in.wat")
    cases = ((what, new) for what, new in of_binary(data) if (command, name, what) not in CRASHES)
    assert neighbours(command, "in.wasm", cases) == golden
