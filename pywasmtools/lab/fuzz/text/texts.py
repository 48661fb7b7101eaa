"""Components as text, with what only text has: abbreviations, names, types in place, nesting; parts for other texts."""

from __future__ import annotations

TEXTS = (
    """(component $c
  (core module $m (func (export "f") (param i32 i32) (result i32) i32.const 0) (memory (export "mem") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func (export "run") (param "s" string) (result u32)
    (canon lift (core func $i "f") (memory (core memory $i "mem")) (realloc (core func $i "realloc")) string-encoding=utf16)))
""",
    """(component
  (import "a:b/c@1.0.0" (instance $x (export "r" (type (sub resource)))
    (export "[constructor]r" (func (result (own 0)))) (export "[method]r.m" (func (param "self" (borrow 0))))))
  (alias export $x "r" (type $r))
  (type $o (own $r))
  (core func $drop (canon resource.drop $r))
  (core func (canon lower (func $x "[constructor]r")))
  (export "r2" (type $r)))
""",
    """(component
  (type $p (record (field "x" s32) (field "y" (option string)) (field "z" (list u8))))
  (type $v (variant (case "a") (case "b" u64) (case "c" (result string (error char)))))
  (type $f (flags "one" "two")) (type $e (enum "a" "b")) (type $t (tuple u8 (list u16 4) f32 f64))
  (export $p2 "p" (type $p)) (export $v2 "v" (type $v))
  (import "q" (type $q (sub resource)))
  (import "p2" (type $p3 (eq $p))) (import "v2" (type $v3 (eq $v))) (import "f" (func async (param "a" $p3) (param "b" (borrow $q)) (result $v3))))
""",
    """(component
  (component $a (import "x" (func $f (param "a" bool))) (export "y" (func $f)))
  (import "z" (func $z (param "a" bool)))
  (component $b (import "n" (component $n (import "m" (core module $m (export "f" (func (param i32)))))))
    (core module $m (func (export "f") (param i32))) (instance (instantiate $n (with "m" (core module $m)))))
  (instance $i (instantiate $a (with "x" (func $z))))
  (instance $j (export "k" (func $i "y")) (export "l" (instance $i)))
  (export "j" (instance $j)))
""",
    """(component
  (core type $ft (func (param i32) (result i32)))
  (core type $mt (module (alias outer 1 $ft (type $g)) (import "a" "b" (func (type $g))) (export "c" (memory 1))))
  (core rec (type $a (struct (field (ref null $b)))) (type $b (sub final (array (mut i8)))))
  (import "m" (core module $m (type $mt)))
  (core module $n (func (export "b") (param i32) (result i32) (local.get 0)))
  (core instance $ni (instantiate $n))
  (core instance (instantiate $m (with "a" (instance (export "b" (func $ni "b"))))))
  (core instance (instantiate $m (with "a" (instance $ni)))))
""",
    """(component
  (core module $libc (memory (export "m") 1) (table (export "t") 1 funcref)
    (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable) (func (export "d") (param i32)))
  (core instance $l (instantiate $libc))
  (alias core export $l "m" (core memory $m)) (alias core export $l "t" (core table $t))
  (type $s (stream u8)) (type $u (future string)) (type $r (resource (rep i32) (dtor (core func $l "d"))))
  (core func (canon stream.new $s)) (core func (canon stream.read $s async (memory $m)))
  (core func (canon stream.write $s (memory $m))) (core func (canon stream.cancel-read $s async))
  (core func (canon future.read $u (memory $m) (realloc (core func $l "r")))) (core func (canon future.drop-writable $u))
  (core func (canon task.return (result u8) (memory $m))) (core func (canon task.cancel)) (core func (canon context.get i32 0))
  (core func (canon waitable-set.wait (memory $m))) (core func (canon subtask.cancel async)) (core func (canon thread.yield))
  (core func (canon error-context.new (memory $m) string-encoding=latin1+utf16)) (core func (canon resource.new $r))
  (core func (canon resource.rep $r)) (canon backpressure.inc (core func)) (core func $x (canon error-context.drop))
  (core type $start (func (param i32))) (core func (canon thread.new-indirect $start (core table $t))))
""",
    """(component $o
  (type $t u8) (core module $m) (core type $f (func))
  (component $a (alias outer $o $t (type $u)) (alias outer 1 $m (core module $n))
    (component (alias outer 2 $t (type)) (alias outer $a $u (type $w)) (export "x" (type $w))
      (type (instance (alias outer 1 $w (type $q)) (export "l" (type (eq $q))))))
    (type (component (import "a" (func (param "p" u8))) (export "b" (instance (export "c" (func)))))))
  (@custom "x" "y") (@producers (language "a" "b")) (component (@name "n")))
""",
    """(component
  (import "v" (value $v string)) (import "i" (instance $i (export "f" (func)) (export "n" (instance (export "g" (func))))))
  (import "url" (component)) (export "e" (func $i "f")) (export "g" (func $i "n" "g")) (export "w" (value $v))
  (import "a-b" (external-id "x") (func)) (export $k "h" (func $i "f") (func))
  (func $alias (alias export $i "f")) (instance $inst (export "only" (func $k))))
""",
    """(component
  (core module $m (func (export "start") (result i32) i32.const 0) (func (export "cb") (param i32 i32 i32) (result i32) i32.const 0)
    (func (export "st")))
  (core instance $i (instantiate $m))
  (func $f async (result u8) (canon lift (core func $i "start") async (callback (core func $i "cb"))))
  (func (export "g") async (canon lift (core func $i "st") async))
  (core module $q (memory (export "m") 1)) (core instance $n (instantiate $q))
  (export "f" (func $f)) (core func $l (canon lower (func $f) async (memory (core memory $n "m")))))
""",
    """(component
  (core module $m (import "m") (export "f" (func (param i32) (result i32))) (export "mem" (memory 1)))
  (component $c (import "c") (export "y" (func)))
  (instance $i (import "i") (export "f" (func (param "a" u8))))
  (func $f (import "f") (param "a" u32) (result u32))
  (instance $ci (instantiate $c)) (func $y (alias export $ci "y"))
  (core instance $ki (instantiate $m)) (core func $cf (alias core export $ki "f"))
  (canon lift (core func $cf) (func $g (param "a" u32) (result u32)))
  (canon lower (func $f) (core func $low))
  (component $d (import "x" (instance (export "y" (func)))))
  (instance (instantiate $d (with "x" (instance (export "y" (func $y))))))
  (type $v (variant (case $a "a") (case $b "b" u8))) (export "g" (func $g)) (export "i2" (instance $i)))
""",
    """(component $top
  (type $r (resource (rep i32))) (export $r2 "r" (type $r)) (type $b (borrow $r2))
  (core module $m (func (export "a") (param i32)) (func (export "b") (result i32) i32.const 1))
  (core instance $i (instantiate $m))
  (func $m1 (param "self" (borrow $r2)) (canon lift (core func $i "a")))
  (func $n1 (result (own $r2)) (canon lift (core func $i "b")))
  (export "[method]r.m" (func $m1)) (export "[constructor]r" (func $n1))
  (export "[static]r.s" (func $n1) (func (result (own $r2))))
  (component $inner (import "t" (type $t (sub resource))) (export "t2" (type $t)))
  (instance $x (instantiate $inner (with "t" (type $r)))) (alias export $x "t2" (type $t3)))
""",
)
