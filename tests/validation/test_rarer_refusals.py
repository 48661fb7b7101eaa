"""What other tables of refusals leave out: shared functions, descriptors below descriptors, canonical options given twice,
types in place of others, values, what subtyping compares. And which heap types are below which, all of them.

Each line stands in a module or component of its own. `component new` validates it, or `component wit`, which leaves
bodies of functions alone. Goldens come from the reference.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked
from syrupy.assertion import SnapshotAssertion

__all__ = ["answers", "asked"]

CORE = {
    "shared-functions": """
        (func $u) (func (type $sf) (call $u))
        (func $u (type $sf)) (func (type $sf) (call $u))
        (func $u) (func (type $sf) (return_call $u))
        (func $u) (elem declare func $u) (func (type $sf) (drop (ref.func $u)))
        (func $u) (func (type $sf) (call_ref $g (ref.null $g)))
        (func (type $sf) (call_ref $sf (ref.null $sf)))
        (func (type $sf) (drop (struct.new $s)))
        (func (type $sf) (drop (struct.new $ss)))
        (func (type $sf) (drop (array.new_default $a (i32.const 0))))
        (func (type $sf) (drop (array.new_default $sa (i32.const 0))))
        (func (type $sf) (drop (cont.new $c (ref.null nofunc))))
        (global $x i32 (i32.const 0)) (func (type $sf) (drop (global.get $x)))
        (global $x (shared i32) (i32.const 0)) (func (type $sf) (drop (global.get $x)))
        (global $x (mut i32) (i32.const 0)) (func (type $sf) (global.set $x (i32.const 0)))
        (table $x 1 funcref) (func (type $sf) (drop (table.get $x (i32.const 0))))
        (table $x shared 1 (ref null (shared func))) (func (type $sf) (drop (table.get $x (i32.const 0))))
        (memory 1) (func (type $sf) (drop (i32.load (i32.const 0))))
        (memory 1 1 shared) (func (type $sf) (drop (i32.load (i32.const 0))))
        (tag $t) (func (type $sf) (throw $t))
        (func (type $sf) (block (type $g)))
        (func (type $sf) (local funcref) (drop (local.get 0)))
    """,
    "handlers": """
        (tag $t) (func (block (result i32) (try_table (catch_all_ref 0)) unreachable) drop)
        (tag $t) (func (block (result (ref exn)) (try_table (catch_all_ref 0)) unreachable) drop)
        (tag $t) (func (block (result exnref) (try_table (catch_all_ref 0)) unreachable) drop)
        (tag $t) (func (block (result i32 exnref) (try_table (catch_all_ref 0)) unreachable) drop drop)
        (tag $t (param i32)) (func (block (result i32) (try_table (catch_ref $t 0)) unreachable) drop)
        (tag $t (param i32)) (func (block (result i32 i32 i32) (try_table (catch_ref $t 0)) unreachable) drop drop drop)
        (tag $t (param i32)) (func (block (result i32 i32) (try_table (catch_ref $t 0)) unreachable) drop drop)
        (tag $t (param i32)) (func (block (result i64 exnref) (try_table (catch_ref $t 0)) unreachable) drop drop)
        (tag $t (param i32)) (func (block (result i32 i32) (try_table (catch $t 0)) unreachable) drop drop)
        (tag $t (param i32)) (func (block (result i64) (try_table (catch $t 0)) unreachable) drop)
        (tag $t (param i32)) (func (block (try_table (catch $t 0)) unreachable))
        (tag $t) (func (block (result i32) (try_table (catch_all 0)) unreachable) drop)
    """,
    "descriptors": """
        (type $p (sub (struct))) (rec (type $x (sub (descriptor $y) (struct))) (type $y (sub (describes $x) (struct)))) (type (sub $x (struct)))
        (rec (type $p (sub (descriptor $q) (struct))) (type $q (sub (describes $p) (struct)))) (rec (type $x (sub $p (descriptor $y) (struct))) (type $y (sub (describes $x) (struct))))
        (rec (type $p (sub (descriptor $q) (struct))) (type $q (sub (describes $p) (struct)))) (rec (type $x (sub (descriptor $y) (struct))) (type $y (sub $q (describes $x) (struct))))
        (rec (type $p (sub (descriptor $q) (struct))) (type $q (sub (describes $p) (struct)))) (rec (type $x (sub $p (descriptor $y) (struct))) (type $y (sub $q (describes $x) (struct))))
        (rec (type $p (sub (descriptor $q) (struct))) (type $q (sub (describes $p) (struct)))) (type (sub $q (struct)))
        (type $o (sub (struct))) (rec (type $x (sub (descriptor $y) (struct))) (type $y (sub $o (describes $x) (struct))))
        (type $o (sub (struct))) (rec (type $x (sub $o (descriptor $y) (struct))) (type $y (sub (describes $x) (struct))))
        (type $o (sub (struct))) (rec (type $x (sub $o (descriptor $y) (struct))) (type $y (sub $o (describes $x) (struct))))
        (rec (type $x (descriptor $y) (struct)) (type $y (describes $x) (descriptor $z) (struct)) (type $z (describes $y) (struct)))
        (rec (type $x (descriptor $y) (struct)) (type $y (struct)))
        (rec (type $x (descriptor $y) (array i8)) (type $y (describes $x) (struct)))
        (rec (type $y (describes $x) (struct)) (type $x (descriptor $y) (struct)))
    """,
    "continuations": """
        (tag $t) (type $f (func)) (type $k (cont $f)) (func (switch $k $t (ref.null $k)))
        (tag $t) (type $f (func (param i32))) (type $k (cont $f)) (func (switch $k $t (i32.const 0) (ref.null $k)))
        (tag $t) (type $f (func (param funcref))) (type $k (cont $f)) (func (switch $k $t (ref.null $k)))
        (tag $t) (type $f (func (param (ref $s)))) (type $k (cont $f)) (func (switch $k $t (ref.null $k)))
        (tag $t) (type $f (func (param (ref null $c)))) (type $k (cont $f)) (func (switch $k $t (ref.null $k)))
        (tag $t) (type $f (func (param (ref null $c)) (result i32))) (type $k (cont $f)) (func (switch $k $t (ref.null $k)))
        (tag $t (result i32)) (type $f (func (param (ref null $c)) (result i32))) (type $k (cont $f)) (func (switch $k $t (ref.null $k)))
        (type $o (sub (cont $g))) (type (sub $o (cont $g)))
        (type $f (sub (func))) (type $h (sub $f (func))) (type $o (sub (cont $f))) (type (sub $o (cont $h)))
        (type $f (sub (func))) (type $h (sub $f (func))) (type $o (sub (cont $h))) (type (sub $o (cont $f)))
        (type $o (sub (cont $g))) (type (sub $o (struct)))
        (type $o (sub (struct))) (type (sub $o (cont $g)))
        (type $o (sub (func))) (type (sub $o (array i8)))
        (type $o (sub (array i8))) (type (sub $o (func)))
        (type $o (sub (struct (field i32 i32)))) (type (sub $o (struct (field i32))))
    """,
    "labels-and-globals": """
        (func (result i32) (i32.const 1) (i64.const 2) (br_if 0 (i32.const 3)))
        (func (result i32 i64) (i32.const 1) (i64.const 2) (br_if 0 (i32.const 3)))
        (func (result i32 i64) (i64.const 1) (i32.const 2) (br_if 0 (i32.const 3)))
        (func (result i32) (br_if 0 (i32.const 3)))
        (func (result i32) (br_if 0 (i64.const 3)))
        (func (result i32) (br 0))
        (func (result i32 i64) (br 0 (i32.const 1)))
        (func (result i32 i64) (br 0 (i32.const 1) (i64.const 1)))
        (func (br_if 1 (i32.const 0)))
        (func (br 1))
        (func (result i32) unreachable (br_if 0) (br 0))
        (func (result i32) unreachable (i64.const 0) (br_if 0))
        (global $m (mut anyref) (ref.null any)) (func (global.set $m (global.get $m)))
        (global $m (mut i32) (i32.const 0)) (func (global.set $m (i64.const 0)))
        (func (result i32) (return_call $r)) (func $r (result i64) unreachable)
        (func (result anyref) (return_call $r)) (func $r (result i31ref) unreachable)
        (func (result i31ref) (return_call $r)) (func $r (result anyref) unreachable)
        (func (result i32 i32) (return_call $r)) (func $r (result i32) unreachable)
    """,
}
"""Behind `TYPES`, in a module."""

TYPES = """(type $g (func)) (type $sf (shared (func))) (type $s (struct)) (type $ss (shared (struct))) (type $a (array i8))
    (type $sa (shared (array i8))) (type $c (cont $g))"""

COMPONENTS = {
    "options": """
        (core func (canon lower (func $f) (memory $m) (memory $m) (realloc $r)))
        (core func (canon lower (func $f) (memory $m) (realloc $r) (realloc $r)))
        (core func (canon lower (func $f) (memory $m) (realloc $r) string-encoding=utf8 string-encoding=utf8))
        (core func (canon lower (func $f) (memory $m) (realloc $r) string-encoding=utf8 string-encoding=utf16))
        (core func (canon lower (func $f) (memory $m) (realloc $r) async async))
        (core func (canon lower (func $f) (memory $m) (realloc $r) gc gc))
        (core func (canon lower (func $f) gc (core-type $ct) (core-type $ct)))
        (core func (canon lower (func $f) gc (core-type $cs)))
        (core func (canon lower (func $f) gc (core-type $cm)))
        (core func (canon lower (func $f) gc (core-type 99)))
        (core func (canon lower (func $f) (core-type $ct)))
        (core func (canon lower (func $f) (memory $m) (realloc $cb)))
        (core func (canon lower (func $f) (realloc $r)))
        (core func (canon lower (func $f) (memory $m)))
        (core func (canon lower (func $f) (memory $m) (post-return $r)))
        (core func (canon lower (func $f) (memory $m) (realloc $r) async (callback $cb)))
        (func (canon lift (core func $v) (post-return $v) (post-return $v)))
        (func (canon lift (core func $v) (post-return $cb)))
        (func (canon lift (core func $v) async (post-return $v)))
        (func async (canon lift (core func $i) async (callback $cb) (callback $cb)))
        (func async (canon lift (core func $i) (callback $cb)))
        (func async (canon lift (core func $i) async (callback $r)))
        (func async (canon lift (core func $v) async))
        (func (canon lift (core func $i) async))
        (func (canon lift (core func 99)))
        (func (type 99) (canon lift (core func $v)))
        (func (type $rec) (canon lift (core func $v)))
        (func (param "a" u8) (canon lift (core func $v)))
        (func (result u8) (canon lift (core func $v)))
        (core func (canon lower (func 99)))
        (core func (canon error-context.new (memory $m) gc (core-type $ct)))
        (core func (canon error-context.new (memory $m) async))
        (core func (canon error-context.new))
        (core func (canon error-context.debug-message (memory $m)))
        (core func (canon error-context.debug-message (memory $m) (realloc $r) (realloc $r)))
        (core func (canon task.return (result string)))
        (core func (canon task.return (result u8) (memory $m) (realloc $r)))
        (core func (canon task.return async))
        (core func (canon stream.read $st))
        (core func (canon stream.read $fu (memory $m)))
        (core func (canon future.read $st (memory $m)))
        (core func (canon stream.read 99 (memory $m)))
        (core func (canon future.read $fu (memory $m)))
        (core func (canon stream.write $st (memory $m) (realloc $r)))
        (core func (canon resource.new $rec))
        (core func (canon resource.drop $rec))
        (core func (canon resource.new 99))
        (core func (canon resource.new $imp))
        (core func (canon resource.rep $imp))
        (core func (canon resource.drop $imp))
        (core func (canon waitable-set.wait (memory 9)))
        (core func (canon context.get i32 2))
        (core func (canon context.get i64 0))
        (core func (canon thread.new-indirect $cs $t))
        (core func (canon thread.new-indirect $ct $t))
        (core func (canon thread.new-indirect $start $t))
        (core func (canon thread.new-indirect $start $te))
        (core func (canon thread.new-indirect $back $t))
        (core func (canon thread.new-indirect $cm $t))
        (core func (canon thread.new-indirect 99 $t))
        (core func (canon thread.new-indirect $start 9))
        (core func (canon thread.spawn-ref $start))
        (core func (canon thread.spawn-ref $shared))
        (core func (canon thread.spawn-ref $cs))
        (core func (canon thread.spawn-indirect $shared $t))
        (core func (canon thread.spawn-indirect $shared $ts))
        (core func (canon thread.spawn-indirect $start $ts))
        (core func (canon thread.available_parallelism))
    """,
    "indices": """
        (core instance (export "g" (global 9)))
        (core instance (export "t" (tag 9)))
        (core instance (export "t" (table 9)))
        (core instance (export "m" (memory 9)))
        (core instance (export "f" (func 99)))
        (core instance (instantiate 9))
        (core instance (instantiate $cmod (with "x" (instance 9))))
        (core instance $in (instantiate $cmod)) (alias core export $in "zz" (core func))
        (core instance $in (instantiate $cmod)) (alias core export $in "m" (core func))
        (alias core export 99 "m" (core func))
        (alias export 99 "m" (func))
        (instance (export "f" (func 99)))
        (instance (export "t" (type 99)))
        (instance (export "c" (component 9)))
        (instance (export "i" (instance 9)))
        (instance (export "m" (core module 9)))
        (instance (instantiate 9))
        (import "x" (func (type $rec)))
        (import "x" (instance (type $rec)))
        (import "x" (component (type $rec)))
        (import "x" (core module (type $start)))
        (import "x" (core module (type 99)))
        (import "x" (func (type 99)))
        (import "x" (type (eq 99)))
        (import "x" (value 99))
        (import "x" (value $fn))
        (import "x" (value $res))
        (type (list $fn))
        (type (own $rec))
        (type (borrow $rec))
        (type (resource (rep i64)))
        (type (resource (rep f32)))
        (type (resource (rep i32) (dtor (func 99))))
        (type (resource (rep i32) (dtor (func $r))))
        (type (func (param "a" u8) (param "a" u8)))
        (type (func (param "a_b" u8)))
        (type (func (result (borrow $imp))))
        (type (record (field "a" u8) (field "A" u8)))
        (type (record))
        (type (variant))
        (type (enum))
        (type (flags))
        (type (tuple))
        (type (enum "a" "A"))
        (type (variant (case "a" 99)))
        (type (list u8 0))
        (type (map f32 u8))
        (type (map (list u8) u8))
        (type (stream (borrow $imp)))
        (alias outer 1 0 (type))
        (alias outer 9 0 (type))
        (alias outer 0 99 (type))
        (alias outer 0 99 (component))
        (alias outer 0 99 (core module))
        (alias outer 0 99 (core type))
        (component (alias outer 1 $imp (type)))
        (component (alias outer 1 $res (type)))
        (core type (module (alias outer 1 $cm (type))))
        (core type (module (alias outer 1 99 (type))))
        (export "x" (func 99))
        (export "x" (func $f) (func))
        (export "x" (type $fn))
    """,
    "names": """
        (import "[constructor]imp" (func (result (own $imp))))
        (import "[constructor]imp" (func async (result (own $imp))))
        (import "[constructor]imp" (func (result u8)))
        (import "[constructor]imp" (func))
        (import "[constructor]imp" (func (result (result (own $imp)))))
        (import "[constructor]imp" (func (result (result u8))))
        (import "[constructor]other" (func (result (own $imp))))
        (import "[constructor]res" (func (result (own $res))))
        (import "[method]imp.m" (func (param "self" (borrow $imp))))
        (import "[method]imp.m" (func (param "this" (borrow $imp))))
        (import "[method]imp.m" (func (param "self" (own $imp))))
        (import "[method]imp.m" (func (param "self" u8)))
        (import "[method]imp.m" (func))
        (import "[method]other.m" (func (param "self" (borrow $imp))))
        (import "[static]imp.m" (func))
        (import "[static]other.m" (func))
        (import "[method]imp.m" (func (param "self" (borrow $imp)))) (import "[static]imp.m" (func))
        (import "[static]imp.m" (func)) (import "[method]imp.M" (func (param "self" (borrow $imp))))
        (import "x" (func)) (import "X" (func))
        (import "x" (func)) (import "x" (func))
        (import "[constructor]imp" (func (result (own $imp)))) (import "imp2" (func)) (import "[constructor]imp" (func (result (own $imp))))
        (import "[get]x" (func (result u8)))
        (import "[get]x" (func async (result u8)))
        (import "[get]x" (func (param "a" u8) (result u8)))
        (import "[get]x" (func))
        (import "[get]x" (func (result (result))))
        (import "[get]x" (func (result (result u8))))
        (import "[set]x" (func (param "a" u8)))
        (import "[set]x" (func))
        (import "[set]x" (func (param "a" u8) (param "b" u8)))
        (import "[set]x" (func (param "a" u8) (result u8)))
        (import "[set]x" (func (param "a" u8) (result (result))))
        (import "[set]x" (func (param "a" u8) (result (result u8))))
        (import "[set]x" (func async (param "a" u8)))
        (import "[get]x" (func (result u8))) (import "[set]x" (func (param "a" u16)))
        (import "[get]x" (func (result (result u8 (error u8))))) (import "[set]x" (func (param "a" u8)))
        (import "[method][get]imp.x" (func (param "self" (borrow $imp)) (result u8)))
        (import "[method][get]imp.x" (func (param "self" (borrow $imp)) (param "b" u8) (result u8)))
        (import "[method][get]imp.x" (func (param "self" (borrow $imp))))
        (import "[method][set]imp.x" (func (param "self" (borrow $imp))))
        (import "[method][set]imp.x" (func (param "self" (borrow $imp)) (param "b" u8)))
        (import "[method][set]imp.x" (func (param "self" (borrow $imp)) (param "b" u8) (param "c" u8)))
        (import "[static][get]imp.x" (func (result u8)))
        (import "[nothing]imp" (func))
        (import "" (func))
        (import "a_b" (func))
        (import "a:b" (func))
        (import "a:b/c@1" (instance))
        (import "a:b/c@1.0.0" (instance)) (import "a:b/c@1.0.1" (instance))
        (import "a:b/c@1.0.0" (instance)) (import "a:b/c@1.0.0" (instance))
        (import "a:b/c@1" (version-suffix ".0.0") (instance)) (import "a:b/c@1" (version-suffix ".0.1") (instance))
        (import "a" (implements "a:b/c") (instance)) (import "b" (implements "a:b/c") (instance))
        (import "a" (implements "a:b/c") (func))
        (import "a" (implements "abc") (instance))
        (import "a" (version-suffix ".1") (instance))
        (import "unlocked-dep=<a:b@{>=1.0.0}>" (component))
        (import "locked-dep=<a:b@1.0.0>" (component))
        (import "url=<http://a.b>" (component))
        (import "integrity=<sha256-YQ==>" (component))
        (import "unlocked-dep=<a:b@{>=1}>" (component))
        (import "integrity=<sha1-YQ==>" (component))
        (export "x" (func $f)) (export "x" (func $f))
        (export "x" (func $f)) (export "X" (func $f))
        (export "[method]imp.m" (func $f))
    """,
    "values": """
        (import "v" (value u8))
        (import "v" (value $v u8)) (export "w" (value $v))
        (import "v" (value $v u8)) (export "w" (value $v)) (export "x" (value $v))
        (import "v" (value $v (borrow $imp))) (export "w" (value $v))
        (import "v" (value $v (list (borrow $imp)))) (instance (export "w" (value $v)))
        (import "v" (value $v u8)) (instance (export "w" (value $v)))
        (import "v" (value $v u8)) (start $f (value $v))
        (import "g" (func $g (param "a" u8) (result u16))) (import "v" (value $v u8)) (start $g (value $v) (result (value $w))) (export "w" (value $w))
        (import "g" (func $g (param "a" u8) (result u16))) (import "v" (value $v u8)) (start $g (value $v))
        (import "g" (func $g (param "a" u16))) (import "v" (value $v u8)) (start $g (value $v))
        (import "g" (func $g)) (start $g (result (value $w)))
        (start 99)
        (import "v" (value $v u8)) (component $c (import "v" (value $v u8)) (export "w" (value $v))) (instance (instantiate $c (with "v" (value $v))))
        (import "v" (value $v u8)) (component $c (import "v" (value $v u16)) (export "w" (value $v))) (instance (instantiate $c (with "v" (value $v))))
        (import "g" (func $g)) (start $g) (start $g)
    """,
    "subtyping": """
        (component $c (import "t" (type (sub resource)))) (instance (instantiate $c (with "t" (type $rec))))
        (component $c (import "t" (type (sub resource)))) (instance (instantiate $c (with "t" (type $fn))))
        (component $c (import "t" (type (sub resource)))) (instance (instantiate $c (with "t" (type $imp))))
        (component $c (type $r (record (field "a" u8))) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $imp))))
        (component $c (type $r (func)) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $fn))))
        (component $c (type $r (func)) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $rec))))
        (component $c (type $r (instance)) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $fn))))
        (component $c (type $r (component)) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $fn))))
        (type $x (instance)) (component $c (type $r (instance)) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $x))))
        (type $x (component)) (component $c (type $r (component)) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $x))))
        (type $x u8) (component $c (type $r u8) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $x))))
        (type $x u8) (component $c (type $r u16) (import "t" (type (eq $r)))) (instance (instantiate $c (with "t" (type $x))))
        (type $x u8) (component $c (import "f" (func (param "a" u8)))) (import "q" (func $q (param "a" $x))) (instance (instantiate $c (with "f" (func $q))))
        (type $x u8) (component $c (import "f" (func (param "a" u16)))) (import "q" (func $q (param "a" $x))) (instance (instantiate $c (with "f" (func $q))))
        (component $c (type $x u8) (import "f" (func (param "a" $x)))) (import "q" (func $q (param "a" u8))) (instance (instantiate $c (with "f" (func $q))))
        (component $c (type $x u8) (import "f" (func (param "a" $x)))) (import "q" (func $q (param "a" (list u8)))) (instance (instantiate $c (with "f" (func $q))))
        (component $c (type $x (list u8)) (import "f" (func (param "a" $x)))) (import "q" (func $q (param "a" u8))) (instance (instantiate $c (with "f" (func $q))))
        (component $c (import "m" (core module))) (instance (instantiate $c (with "m" (core module $cmod))))
        (component $c (import "m" (core module (export "m" (memory 1))))) (instance (instantiate $c (with "m" (core module $cmod))))
        (component $c (import "m" (core module (export "m" (memory 2))))) (instance (instantiate $c (with "m" (core module $cmod))))
        (component $c (import "m" (core module (export "m" (func))))) (instance (instantiate $c (with "m" (core module $cmod))))
        (component $c (import "m" (core module (export "zz" (func))))) (instance (instantiate $c (with "m" (core module $cmod))))
        (component $c (import "i" (instance (export "t" (type $t (sub resource))) (export "f" (func (param "a" (own $t))))))) (instance $x (export "t" (type $imp)) (export "f" (func $f))) (instance (instantiate $c (with "i" (instance $x))))
        (component $c (import "i" (instance (export "j" (instance (export "t" (type (sub resource)))))))) (instance $y (export "t" (type $imp))) (instance $x (export "j" (instance $y))) (instance (instantiate $c (with "i" (instance $x))))
        (component $c (import "i" (instance (export "j" (instance (export "t" (type (sub resource)))))))) (instance $x (export "j" (func $f))) (instance (instantiate $c (with "i" (instance $x))))
        (component $c (import "i" (instance (export "j" (instance (export "t" (type (sub resource)))))))) (instance $x) (instance (instantiate $c (with "i" (instance $x))))
        (component $c (import "f" (func))) (instance (instantiate $c))
        (component $c (import "f" (func))) (instance (instantiate $c (with "f" (func $f)) (with "f" (func $f))))
        (component $c (import "f" (func))) (instance (instantiate $c (with "f" (instance 9))))
        (type $loc (resource (rep i32))) (import "x" (func (param "a" (own $loc))))
        (type $loc (resource (rep i32))) (import "q" (func $q)) (component $c (import "t" (type $t (sub resource))) (type $r (record (field "a" (own $t)))) (export "r" (type $r))) (instance $in (instantiate $c (with "t" (type $loc)))) (export "i" (instance $in))
        (type $loc (resource (rep i32))) (export $e "loc" (type $loc)) (type $r (record (field "a" (own $e)))) (export "r" (type $r))
        (type $loc (resource (rep i32))) (type $r (record (field "a" (own $loc)))) (export "r" (type $r))
        (type $loc (resource (rep i32))) (component $c (type $r (resource (rep i32))) (export $e "r" (type $r)) (core module $m (func (export "f") (result i32) unreachable)) (core instance $i (instantiate $m)) (func $f (result (own $e)) (canon lift (core func $i "f"))) (export "f" (func $f))) (instance $in (instantiate $c)) (export "f" (func $in "f"))
    """,
}
"""Behind `ITEMS`, in a component."""

ITEMS = """
    (core module $cmod (memory (export "m") 1) (table (export "t") 1 funcref) (table (export "te") 1 externref)
      (table (export "ts") shared 1 (ref null (shared func))) (func (export "v")) (func (export "i") (result i32) unreachable)
      (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
    (core instance $ci (instantiate $cmod)) (alias core export $ci "m" (core memory $m)) (alias core export $ci "t" (core table $t))
    (alias core export $ci "te" (core table $te)) (alias core export $ci "ts" (core table $ts)) (alias core export $ci "v" (core func $v))
    (alias core export $ci "i" (core func $i)) (alias core export $ci "r" (core func $r)) (alias core export $ci "cb" (core func $cb))
    (core type $ct (func)) (core type $cs (struct)) (core type $cm (module)) (core type $start (func (param i32)))
    (core type $back (func (param i32) (result i32))) (core type $shared (shared (func (param i32))))
    (import "f" (func $f (param "a" string) (result string))) (import "imp" (type $imp (sub resource)))
    (type $rec (record (field "a" u8))) (type $fn (func)) (type $res (resource (rep i32))) (type $st (stream u8)) (type $fu (future string))
"""

ABSTRACT = [
    "any",
    "eq",
    "i31",
    "struct",
    "array",
    "none",
    "func",
    "nofunc",
    "extern",
    "noextern",
    "exn",
    "noexn",
    "cont",
    "nocont",
]
CONCRETE = {
    "s": "(sub (struct))",
    "s2": "(sub $s (struct (field i32)))",
    "a": "(array i8)",
    "f": "(sub (func))",
    "f2": "(sub $f (func))",
    "c": "(cont $f)",
    "ss": "(shared (struct))",
    "sa": "(shared (array i8))",
    "sf": "(shared (func))",
}


@pytest.mark.parametrize("group", CORE)
def test_modules(group: str, answers: Answers, golden: SnapshotAssertion) -> None:
    lines = [line.strip() for line in CORE[group].strip().splitlines()]
    cases: dict[str, str | bytes] = {line: f"(module {TYPES} {line})\n" for line in lines}
    assert answers("component new -o out.wasm in.wat", cases) == golden


@pytest.mark.slow
@pytest.mark.parametrize("group", COMPONENTS)
def test_components(group: str, answers: Answers, golden: SnapshotAssertion) -> None:
    lines = [line.strip() for line in COMPONENTS[group].strip().splitlines()]
    cases: dict[str, str | bytes] = {line: f"(component {ITEMS} {line})\n" for line in lines}
    assert answers("component wit in.wat", cases) == golden


@pytest.mark.slow
def test_which_heap_type_is_below_which(answers: Answers, golden: SnapshotAssertion) -> None:
    types = " ".join(f"(type ${name} {type_})" for name, type_ in CONCRETE.items())
    heaps = [*ABSTRACT, *(f"(shared {name})" for name in ABSTRACT), *(f"${name}" for name in CONCRETE)]
    heaps += ["(exact $s)", "(exact $s2)", "(exact $f)"]
    table = ""
    for below in heaps:
        row = ""
        for above in heaps:
            function = f"(func (param (ref null {below})) (result (ref null {above})) local.get 0)"
            told = answers("component new -o out.wasm in.wat", {"": f"(module {types} {function})"})
            row += "y" if "status 0" in told else "n" if "type mismatch" in told else "?"
        table += f"{below:20} {row}\n"
    assert table == golden
