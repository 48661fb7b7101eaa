"""Worlds, modules, components and an adapter to begin with: small, and together of every form that there is."""

from __future__ import annotations

WORLDS = {
    "types": """package a:types@1.2.3;
interface i {
  /// A record.
  record r { a: u8, b: option<string>, c: list<tuple<u32, f64>> }
  variant v { one, two(r), three(result<_, char>) }
  enum e { x, y }
  flags f { p, q }
  type t = map<string, v>;
  g: func(x: v, y: f) -> result<t, e>;
}
world w { import i; export i; use i.{r}; export run: func(x: r) -> list<r, 4>; }
""",
    "resources": """package a:resources;
interface files {
  resource file {
    constructor(path: string);
    read: func(n: u64) -> result<list<u8>, error>;
    open: static func() -> file;
    size: get() -> u64;
  }
  resource error;
  copy: func(source: borrow<file>, to: file) -> file;
}
world w { import files; export files; import log: func(s: string); }
""",
    "streams": """package a:streams@0.1.0;
interface pipes {
  @since(version = 0.1.0)
  write: async func(data: stream<u8>) -> future<result<_, string>>;
  read: func() -> tuple<stream<string>, error-context>;
}
world w { import pipes; export pipes; export go: async func(); }
""",
    "maps": """package a:maps@0.2.0;
interface store {
  @since(version = 0.2.0) @external-id("a table") type table = map<string, list<map<u8, option<string>>>>;
  @external-id("entry") resource entry { @external-id("get") get: func(key: string) -> map<char, tuple<u8, s64>>; }
  @external-id("all") all: func(t: table) -> stream<map<u32, bool>>;
}
package a:more { world v { import f: func(e: error-context); } }
world w {
  @external-id("store") import store;
  @external-id("used") use store.{table};
  include a:more/v;
  @external-id("inline") import inline: interface { get: func(t: map<u64, result<string, u8>>) -> future<string>; }
  @external-id("named") import other: store;
  @external-id("run") export run: func(t: table);
}
""",
}

COMPONENTS = {
    "attributes": """(component
  (import "a" (external-id "x") (implements "n:p/i@1.2.3") (instance $a (export "f" (external-id "y") (func))))
  (import "n:p/j@1" (external-id "z") (version-suffix ".2.3") (instance $j (export "t" (type (sub resource)))))
  (import "b" (version-suffix ".0.1") (external-id "") (implements "n:p/i@2") (instance))
  (type (component (import "c" (external-id "q") (implements "n:p/j") (instance)) (export "d" (external-id "e") (func))))
  (instance $i (export "g" (external-id "u") (func $a "f")))
  (export "k" (external-id "x") (implements "n:p/i@1.2.3") (instance $i)))
""",
    "groups": """(component $c (core type $o (func (param i32)))
  (type $i (instance
    (core rec (type $a (sub (struct (field (mut i32)) (field (ref null $b))))) (type $b (sub $a (struct (field (mut i32)) (field (ref null $b)) (field i8)))))
    (core rec) (alias outer $c $o (core type $p)) (core rec (type (array (ref $a))) (type (func (param (ref $p)))))))
  (type (component
    (core rec (type $f (func (param i64))) (type $g (func (result (ref $f)))))
    (core type $m (module (alias outer 1 $g (type $h)) (import "a" "b" (func (type $h))) (export "c" (global i32))))
    (import "m" (core module (type $m)))))
  (import "i" (instance (type $i))))
""",
    "scopes": """(component $a (type $t (record (field "x" u8))) (core module $m) (core type $f (func))
  (component $b (alias outer $a $t (type $u)) (alias outer $a $m (core module $n)) (type $v u16)
    (component $a (alias outer 2 $t (type)) (alias outer $b $v (type $w)) (alias outer $b $n (core module))
      (type (instance (alias outer 1 $w (type $x)) (type (list $x)))) (component $c (alias outer 3 $f (core type)) (alias outer $a $w (type)))))
  (component (@name "") (alias outer $a $f (core type)) (component (@name "") (type $l (list u8)) (component (alias outer 1 $l (type))))))
""",
    "packages": """(component
  (import "x:a/i@1.2.3" (instance $i (type $e (enum "a" "b")) (export "t" (type (eq $e))) (export "r" (type (sub resource)))))
  (alias export $i "t" (type $t)) (alias export $i "r" (type $r))
  (import "x:b/j" (instance $j (alias outer 1 $t (type $u)) (export "t" (type $v (eq $u))) (export "f" (func (param "m" (map string $v))))))
  (alias export $j "t" (type $tt))
  (import "x:c/k" (instance (alias outer 1 $tt (type $u)) (export "t" (type (eq $u))) (alias outer 1 $r (type $s)) (export "r" (type $q (eq $s))) (export "g" (func (result (own $q))))))
  (type $l (list u8)) (import "in" (instance (alias outer 1 $l (type $u)) (export "l" (type (eq $u)))))
  (import "v" (type (eq $t))) (import "h" (func (param "l" $l) (result (map u8 (list u8))))))
""",
}
"""Components with what worlds don't show, by name."""

BODIES = {
    "mvp": """(module
  (type $t (func (param i32 i64) (result i32)))
  (memory 1 4) (table 3 funcref) (global $g (mut i32) (i32.const 5)) (global i64 (i64.const -1))
  (data (i32.const 8) "data") (data "passive") (elem (i32.const 0) $f $f) (elem func $f)
  (func $f (type $t) (local f64 i32)
    (block $a (result i32) (loop $b (br_if $a (i32.const 3) (local.get 0)) (drop)
      (br_table $a $a (i32.const 2) (local.get 0))) (unreachable))
    (if (result i32) (then (i32.load16_s offset=3 align=1 (local.get 0))) (else (i32.wrap_i64 (local.get 1))))
    (local.set 2 (f64.convert_i32_u (local.get 3)))
    (i64.store (local.get 0) (i64.trunc_sat_f64_s (local.get 2)))
    (memory.init 1 (i32.const 1) (i32.const 2) (i32.const 3)) (data.drop 1) (elem.drop 1)
    (memory.copy (i32.const 0) (i32.const 9) (i32.const 4)) (memory.fill (i32.const 0) (i32.const 9) (i32.const 4))
    (global.set $g (i32.clz (global.get $g)))
    (select (result i32) (i32.const 1) (i32.extend8_s (i32.const 2)) (memory.size)) (drop)
    (call_indirect (type $t) (local.get 1) (local.get 0)))
  (func (export "run") (param i32) (result i32) (call $f (local.get 0) (i64.const 0x7fffffffffff)))
  (start 2) (func))
""",
    "simd": """(module (memory 1) (func (param v128 i32) (result v128)
  (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 0) (v128.const i32x4 1 2 3 4))
  (v128.load8_lane offset=1 3 (local.get 1) (local.get 0)) (i32x4.add) (f32x4.relaxed_madd (local.get 0) (local.get 0))
  (i8x16.replace_lane 2 (i16x8.extract_lane_s 7 (local.get 0))) (v128.bitselect (local.get 0) (local.get 0))
  (v128.store64_lane 1 (local.get 1) (v128.load32_splat (local.get 1)))
  (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get 0) (local.get 0))))
""",
    "references": """(module
  (type $f (func (param i32) (result i32))) (table $t 2 5 (ref null $f)) (table $e 1 externref)
  (global (ref null extern) (ref.null extern)) (elem declare func $id)
  (func $id (type $f) (local.get 0))
  (func (param externref (ref $f)) (result i32) (local (ref $f))
    (local.set 2 (ref.func $id)) (table.set $e (i32.const 0) (local.get 0)) (drop (table.grow $e (local.get 0) (i32.const 1)))
    (drop (ref.is_null (table.get $t (i32.const 1)))) (table.fill $t (i32.const 0) (local.get 1) (i32.const 1))
    (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1))
    (block $no (result (ref $f)) (br_on_non_null $no (table.get $t (i32.const 0))) (local.get 2)) (drop)
    (i32.const 1) (ref.as_non_null (local.get 1)) (return_call_ref $f)))
""",
    "gc": """(module
  (rec (type $node (sub (struct (field (mut i32)) (field (ref null $node)))))
       (type $leaf (sub final $node (struct (field (mut i32)) (field (ref null $node)) (field i8)))))
  (type $bytes (array (mut i8))) (data $d "abcd")
  (global (ref i31) (ref.i31 (i32.const 3))) (global (ref $bytes) (array.new_fixed $bytes 2 (i32.const 1) (i32.const 2)))
  (func (param (ref null any) (ref $leaf)) (result i32) (local (ref null $node))
    (local.set 2 (struct.new $leaf (i32.const 1) (ref.null $node) (i32.const 2)))
    (struct.set $node 0 (local.get 2) (struct.get_s $leaf 2 (local.get 1)))
    (block $b (result (ref $leaf)) (br_on_cast $b anyref (ref $leaf) (local.get 0)) (drop) (local.get 1)) (drop)
    (drop (ref.test (ref null $node) (local.get 0))) (drop (ref.cast (ref eq) (local.get 0)))
    (array.set $bytes (array.new_data $bytes $d (i32.const 0) (i32.const 4)) (i32.const 1) (i32.const 2))
    (drop (extern.convert_any (local.get 0)))
    (array.len (array.new_default $bytes (i32.const 4))) (drop)
    (i32.add (i31.get_u (ref.i31 (i32.const 1))) (ref.eq (local.get 1) (local.get 2)))))
""",
    "exceptions": """(module (tag $e (param i32)) (tag (param i64)) (memory 1)
  (func (param i32) (result i32)
    (block $h (result i32 exnref) (try_table (catch_ref $e $h) (throw $e (local.get 0))) (unreachable)) (drop)
    (block $all (try_table (catch_all $all) (return_call 0 (local.get 0))))
    (block (result exnref) (try_table (result exnref) (catch_all_ref 0) (unreachable))) (throw_ref)))
""",
    "legacy": """(module (tag $e (param i32)) (func (result i32)
  try $a (result i32) i32.const 1 throw $e catch $e catch_all try i32.const 2 drop delegate $a rethrow $a end))
""",
    "memories": """(module (memory $a i64 1 5) (memory $b 1 2 shared) (table i64 1 funcref)
  (func (param i64 i32) (result i64)
    (i64.store $a offset=4294967296 (local.get 0) (i64.const 1))
    (i32.atomic.rmw8.cmpxchg_u $b offset=1 (local.get 1) (i32.const 1) (i32.const 2)) (drop)
    (memory.atomic.wait64 $b (local.get 1) (i64.const 0) (i64.const 1)) (drop) (atomic.fence)
    (memory.copy $a $b (local.get 0) (local.get 1) (i32.const 4))
    (i64.add128 (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)) (i64.mul_wide_u) (drop)
    (i64.add (memory.grow $a (i64.const 1)))))
""",
    "orderings": """(module (memory $a 1) (memory $b i64 1 2 shared) (global $g (mut i32) (i32.const 0))
  (func (param i32 i64) (result i32)
    (i32.atomic.store offset=4 acqrel (local.get 0) (i32.atomic.load8_u seqcst (local.get 0)))
    (i64.atomic.store32 $b acqrel (local.get 1) (i64.atomic.load $b (local.get 1))) (pause) (atomic.fence acqrel)
    (i32.atomic.rmw.add acqrel (local.get 0) (i32.atomic.rmw16.xchg_u $b offset=300 acqrel (local.get 1) (i32.const 1))) (drop)
    (i64.atomic.rmw32.cmpxchg_u offset=8 seqcst (local.get 0) (local.get 1) (i64.atomic.rmw8.or_u acqrel (local.get 0) (local.get 1)))
    (drop) (atomic.fence) (memory.atomic.notify (local.get 0) (i32.atomic.rmw.cmpxchg (local.get 0) (i32.const 1) (i32.const 2)))
    (drop) (global.atomic.set acqrel $g (i32.const 1)) (global.atomic.rmw.add seqcst $g (i32.const 1)) (pause)))
""",
    "accesses": """(module (type $bytes (array (mut i8))) (type $words (array i16)) (type $lanes (sub (array (mut v128))))
  (type $floats (array (mut f64))) (memory 1) (data $d "abcd")
  (func (param (ref null $bytes) (ref $words) i32) (result i64) (local (ref null $lanes))
    (i32.store (type $bytes) offset=4 align=1 (local.get 0) (local.get 2) (i32.load16_s (type $words) (local.get 1) (local.get 2)))
    (v128.store (type $lanes) (local.get 3) (i32.const 0)
      (v128.load8_lane (type $bytes) offset=300 7 (local.get 0) (i32.const 0) (v128.load32_zero (type $words) (local.get 1) (i32.const 1))))
    (v128.store16_lane (type $floats) align=1 3 (ref.null $floats) (i32.const 0) (v128.load (local.get 2)))
    (f64.store (type $floats) (ref.null none) (i32.load8_u (type $bytes) (local.get 0) (i32.const 1)) (f64.const 1))
    (i64.load32_u (type $bytes) (array.new_data $bytes $d (i32.const 0) (i32.const 4)) (i32.load offset=8 (local.get 2)))))
""",
    "stacks": """(module (type $f (func (param i32) (result i32))) (type $c (cont $f)) (tag $y (param i32) (result i32))
  (elem declare func $g) (func $g (type $f) (suspend $y (local.get 0)))
  (func (param i32) (result i32)
    (block $on (result i32 (ref $c)) (return (resume $c (on $y $on) (local.get 0) (cont.new $c (ref.func $g)))))
    (resume $c)))
""",
}
"""Core modules with what the proposals add, by name."""

ADAPTER_WIT = """package a:adapt;
interface log { write: func(text: string) -> result<u64, string>; now: func() -> u64; }
world w { import log; }
"""
ADAPTER = """(module $adapter
  (import "a:adapt/log" "write" (func $write (param i32 i32 i32))) (import "a:adapt/log" "now" (func $now (result i64)))
  (import "env" "memory" (memory 0)) (import "__main_module__" "run" (func $run (param i32) (result i32)))
  (import "__main_module__" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (global $__stack_pointer (mut i32) (i32.const 0)) (global $state (mut i32) (i32.const 0)) (type $unused (func (param f32)))
  (func $get_state (result i32)
    (if (i32.eqz (global.get $state))
      (then (global.set $state (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 64))))) (global.get $state))
  (func (export "puts") (param $at i32) (param $n i32) (result i32) (local $sp i32)
    (global.set $__stack_pointer (local.tee $sp (i32.sub (global.get $__stack_pointer) (i32.const 32))))
    (call $write (local.get $at) (local.get $n) (local.get $sp)) (drop (call $get_state))
    (block $a (block $b (br_table $a $b $a (i32.load8_u (local.get $sp)))) (i64.store offset=8 (call $get_state) (call $now)))
    (global.set $__stack_pointer (i32.add (local.get $sp) (i32.const 32))) (i32.const 1))
  (func (export "cabi_import_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 2048))
  (func (export "time") (result i64) (call $now))
  (func (export "more") (param i32) (result i32) (memory.fill (i32.const 0) (i32.const 0) (i32.const 4)) (call $run (local.get 0)))
  (func (export "spin") (param i32) (result i32) (atomic.fence acqrel) (pause)
    (i32.atomic.rmw.sub offset=4 acqrel (local.get 0) (i32.atomic.load acqrel (local.get 0)))))
"""
ADAPTED = """(module
  (import "old" "puts" (func $puts (param i32 i32) (result i32))) (import "old" "more" (func (param i32) (result i32)))
  (import "old" "spin" (func (param i32) (result i32)))
  (memory (export "memory") 1) (global $__stack_pointer (mut i32) (i32.const 65536))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "run") (param i32) (result i32) (call $puts (i32.const 8) (local.get 0))))
"""
ADAPTED_WIT = "package a:main;\nworld w { export run: func(n: u32) -> u32; }\n"
