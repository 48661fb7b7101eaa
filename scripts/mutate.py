"""Mutants of our own binaries under the reference and under ours: the same acceptance, the same message, the same bytes.

    python scripts/mutate.py [--first SEED] [--count N] [--jobs N] [--whole] [--large] [--keep FOLDER]

Bytes are flipped, set, cut, repeated, moved, and LEB128 numbers stretched, in binaries that this script makes with the
reference: the component of `examples/hello` and its embedded module; packages, dummies and components of the worlds in
WORLDS; components with what worlds don't show (COMPONENTS); core modules with bodies of many proposals (BODIES); an
adapter and a module that uses it. Components and packages go to `component wit`, modules and adapters to
`component new`; the texts they were made of are mutated too, by bytes and by words.
`--large` takes the Go module that `make_go_modules.py` makes instead, and the adapter that it is given. Each difference
is printed; the exit status is 1 if there is one.

Ours runs in forks of one warm process, or as a whole process each with `--whole`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ours import environment
from reference import reference

ROOT = Path(__file__).resolve().parent.parent
HELLO = ROOT / "examples" / "hello"
SECONDS = 120
"""What one run may take before it counts as hanging."""

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


class Source:
    """A command line, the files it reads, and the one of them to mutate."""

    __slots__ = ("argv", "files", "mutated")

    def __init__(self, argv: str, mutated: str, files: dict[str, bytes]) -> None:
        self.argv = argv.split()
        self.mutated = mutated
        self.files = files


def seeds() -> list[Source]:
    """What is mutated, made by the reference."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)

        def make(*argv: str) -> bytes:
            done = subprocess.run([str(reference()), *argv, "-o", "out"], cwd=folder, capture_output=True)
            if done.returncode:
                raise SystemExit(f"{argv}: {done.stderr.decode()}")
            return (folder / "out").read_bytes()

        def write(name: str, contents: str | bytes) -> str:
            (folder / name).write_bytes(contents.encode() if isinstance(contents, str) else contents)
            return name

        def wit(data: bytes) -> None:
            for options in ("", " -j", " -w -o o.wasm", " -t"):
                found.append(Source(f"component wit m.wasm{options}", "m.wasm", {"m.wasm": data}))

        def new(data: bytes) -> None:
            for options in (" -o o.wasm", " -t", " --validate=false -t"):
                found.append(Source(f"component new m.wasm{options}", "m.wasm", {"m.wasm": data}))

        module = make("component", "embed", "-w", "hello", str(HELLO / "wit"), str(HELLO / "hello.wasm"))
        new(module)
        wit(make("component", "new", write("m.wasm", module)))
        for name, text in WORLDS.items():
            found.append(Source("component wit m.wit", "m.wit", {"m.wit": text.encode()}))
            wit(make("component", "wit", write(f"{name}.wit", text), "-w"))
            new(make("component", "embed", f"{name}.wit", "--dummy-names", "legacy"))
            wit(make("component", "new", write("m.wasm", found[-1].files["m.wasm"])))
        empty = {"empty.wit": b"package a:b;\nworld w {}\n"}
        write("empty.wit", empty["empty.wit"])
        for text in COMPONENTS.values():
            for name, data in (("c.wat", text.encode()), ("c.wasm", make("parse", write("c.wat", text)))):
                found.append(Source(f"component wit {name}", name, {name: data}))
                found.append(Source(f"component wit {name} -t", name, {name: data}))
                found.append(Source(f"component embed empty.wit {name} -t", name, {name: data, **empty}))
        for text in BODIES.values():
            found.append(Source("component new m.wat -o o.wasm", "m.wat", {"m.wat": text.encode()}))
            write("m.wasm", make("parse", write("m.wat", text)))
            new(make("component", "embed", "empty.wit", "m.wasm"))
        files = {}
        for name, world, text in (("m.wasm", ADAPTED_WIT, ADAPTED), ("old.wasm", ADAPTER_WIT, ADAPTER)):
            write("parsed.wasm", make("parse", write("m.wat", text)))
            files[name] = make("component", "embed", write("w.wit", world), "parsed.wasm")
        for name, data in files.items():
            write(name, data)
        wit(make("component", "new", "m.wasm", "--adapt", "old.wasm"))
        for argv, mutated in (("", "old.wasm"), ("", "m.wasm"), (" --validate=false", "old.wasm")):
            found.append(Source(f"component new m.wasm --adapt old.wasm -o o.wasm{argv}", mutated, files))
    return found


def large_seeds() -> list[Source]:
    """The Go module and its adapter, where they are."""
    from make_go_modules import made

    go = made()
    files = {"m.wasm": go.command.read_bytes(), "a.wasm": go.command_adapter.read_bytes()}
    line = "component new m.wasm --adapt wasi_snapshot_preview1=a.wasm -o o.wasm"
    return [Source(line, "m.wasm", files), *[Source(f"{line} --validate=false", "a.wasm", files)] * 4]


def mutant(data: bytes, rng: random.Random) -> bytes:
    """`data` with one to three small mistakes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(out)) if out else 0
        length = rng.randrange(1, 9)
        kind = rng.randrange(9)
        if not out:
            break
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif kind == 2:
            del out[at : at + length]
        elif kind == 3:
            out[at:at] = out[at : at + length]
        elif kind == 4:
            out[at:at] = bytes(rng.randrange(256) for _ in range(length))
        elif kind == 5:
            del out[at:]
        elif kind == 6:
            # The same number in one byte more, or in far too many.
            out[at : at + 1] = bytes([out[at] | 0x80]) + b"\x80" * rng.choice((0, 0, 3, 9)) + b"\0"
        elif kind == 7:
            other = rng.randrange(len(out))
            out[at : at + length] = out[other : other + length]
        else:
            out[at] = (out[at] + rng.choice((1, 255))) & 255
    return bytes(out)


def mutant_of_text(data: bytes, rng: random.Random) -> bytes:
    """`data` with one to three words that are missing, repeated, moved, or others of the same text."""
    words = re.findall(rb'"(?:[^"\\\n]|\\.)*"|[\w$@.:=%-]+|\s+|.', data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        if not words:
            break
        at, other = rng.randrange(len(words)), rng.randrange(len(words))
        length = rng.randrange(1, 7)
        kind = rng.randrange(5)
        if kind == 0:
            del words[at : at + length]
        elif kind == 1:
            words[at:at] = words[other : other + length]
        elif kind == 2:
            words[at], words[other] = words[other], words[at]
        elif kind == 3:
            words[at] = words[other]
        else:
            moved = words[at : at + length]
            del words[at : at + length]
            words[other:other] = moved
    return b"".join(words)


WARM = """
import gc, importlib, json, os, pkgutil, signal, sys
import pywasmtools
for found in pkgutil.walk_packages(pywasmtools.__path__, "pywasmtools."):
    if not found.name.endswith("__main__") and not found.name.startswith("pywasmtools.lab"):
        importlib.import_module(found.name)
from pywasmtools.cli.main import entry
gc.freeze()
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.chdir(order["folder"])
        for fd, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open("../" + name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), fd)
        signal.alarm(order["seconds"])
        sys.argv = ["wasm-tools", *order["argv"]]
        entry()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""A process that has everything imported and forks for each order: many times the runs a minute."""


class Ours:
    """Our side: whole processes, or forks of one warm process a thread."""

    def __init__(self, whole: bool) -> None:
        self.whole = whole
        self.env = environment()
        self.local = threading.local()
        self.servers: list[subprocess.Popen[str]] = []

    def run(self, argv: list[str], folder: Path) -> tuple[int, bytes, bytes]:
        """Status, stdout and stderr of one command line."""
        if self.whole:
            return run_whole([sys.executable, "-m", "pywasmtools", *argv], folder, self.env)
        if not hasattr(self.local, "server"):
            command = [sys.executable, "-c", WARM]
            self.local.server = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env, text=True
            )
            self.servers.append(self.local.server)
        server = self.local.server
        server.stdin.write(json.dumps({"argv": argv, "folder": str(folder), "seconds": SECONDS}) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        return status, (folder.parent / "stdout").read_bytes(), (folder.parent / "stderr").read_bytes()

    def close(self) -> None:
        """Ends the warm processes."""
        for server in self.servers:
            server.communicate()


def run_whole(command: list[str], folder: Path, env: dict[str, str]) -> tuple[int, bytes, bytes]:
    """Status, stdout and stderr of one process."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, env=env, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return 124, b"", b"timed out"
    return done.returncode, done.stdout, done.stderr


def check(seed: int, sources: list[Source], ours: Ours, keep: Path | None = None) -> str | None:
    """The difference that mutant number `seed` shows, None where it shows none."""
    rng = random.Random(seed)
    source = rng.choice(sources)
    of_text = not source.mutated.endswith(".wasm") and rng.randrange(3) > 0
    mutated = (mutant_of_text if of_text else mutant)(source.files[source.mutated], rng)
    files = {**source.files, source.mutated: mutated}
    found = differing(source.argv, files, ours, keep and keep / str(seed))
    return found and f"mutant {seed} of {source.mutated} ({' '.join(source.argv)}): {found}"


def differing(argv: list[str], files: dict[str, bytes], ours: Ours, keep: Path | None = None) -> str | None:
    """What differs where both run this command line over these files, None where nothing does.

    `keep` is a folder for the files, should they show a difference. Where the reference crashes, ours may refuse.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "work"
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
        out = folder / "o.wasm"
        theirs = undated(run_whole([str(reference()), *argv], folder, dict(os.environ)))
        their_file = out.read_bytes() if out.exists() else b""
        out.unlink(missing_ok=True)
        mine = undated(ours.run(argv, folder))
        my_file = out.read_bytes() if out.exists() else b""
        crashed = b"panicked at" in theirs[2] or theirs[0] < 0 or theirs[0] == 101
        if crashed and mine[0] == 1 and b"pywasmtools failed" not in mine[2]:
            return None
        if theirs == mine and their_file == my_file:
            return None
        if keep is not None:
            shutil.rmtree(keep, ignore_errors=True)
            shutil.copytree(folder, keep)
    names = ("status", "stdout", "stderr", "file")
    for name, a, b in zip(names, (*theirs, their_file), (*mine, my_file), strict=True):
        if a != b:
            return f"{name}\n  reference {a!r:.600}\n  ours      {b!r:.600}"
    return None


def undated(run: tuple[int, bytes, bytes]) -> tuple[int, bytes, bytes]:
    """What a run gave, without the times of its warnings."""
    status, out, err = run
    return status, out, re.sub(rb"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", b"[", err)


def compare(numbers: range, jobs: int, whole: bool = False, large: bool = False, keep: Path | None = None) -> list[str]:
    """The differences among these mutants, each printed as it is found."""
    sources = large_seeds() if large else seeds()
    ours = Ours(whole)
    differing = []
    with ThreadPoolExecutor(jobs) as pool:
        for found in pool.map(lambda seed: check(seed, sources, ours, keep), numbers):
            if found:
                differing.append(found)
                print(found, flush=True)
    ours.close()
    return differing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--whole", action="store_true", help="a whole process for each run of ours")
    parser.add_argument("--large", action="store_true", help="mutate the Go module and its adapter")
    parser.add_argument("--keep", type=Path, help="keep mutants that differ in this folder")
    args = parser.parse_args()
    numbers = range(args.first, args.first + args.count)
    differing = compare(numbers, args.jobs, args.whole, args.large, args.keep)
    print(f"{args.count - len(differing)} of {args.count} mutants alike")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
