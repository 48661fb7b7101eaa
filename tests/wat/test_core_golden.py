"""Text modules against the reference: bytes and refusals. Each input pins what its name or comment says.

`component embed` keeps a module's bytes and appends the world, so it shows what text was read as.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

WORLD = "package a:b; world w {}"

READ = {
    # Implicit types: the first that is written alike, outside recursion groups; else added last. `(ref $a)` and
    # `(ref 0)` are two.
    "implicit-types": """(module
        (rec (type $r (func (param i64))))
        (type $a (sub (func (param i32))))
        (func (param i32)) (func (param i64)) (func (param (ref $a))) (func (param (ref 1)))
        (func (block (param i32) (result i32 i32) unreachable) (call_indirect (param f32) (i32.const 0)))
        (table 1 funcref))""",
    # Names: an annotation wins over an id; parameters, labels, fields and tags have theirs; `@name` is lost on inline
    # imports, but for functions.
    "names": """(module $m (@name "mod")
        (type $t (func (param $x i32) (param (@name "y") i32)))
        (type $s (struct (field $f i32) (field (@name "g") i64)))
        (import "a" "b" (func $i (param $p i32)))
        (memory $mem (@name "lost") (import "a" "m") 1)
        (func $j (@name "jj") (import "a" "j"))
        (global $g (@name "gg") i32 (i32.const 0))
        (table $tab 0 funcref) (elem $e func) (data $d "") (tag $tag (param $q i32))
        (func $f (param $a i32) (local $l i32) (local (@name "k") i32)
            block $b end (loop $c (@name "cc")) (try_table $d) block end block $e end))""",
    # With a type and no parameters written, locals begin after those of the type; with no function type they are lost.
    "names-of-locals-after-a-type": """(module
        (func $f (type $t) (local $x i32) local.get $x)
        (func $g (type 1) (local $y i32))
        (type $t (func (param i32 i32))) (type (struct)))""",
    # Sections have places; `name` in a custom section keeps the names away.
    "custom-places": """(module $m
        (@custom "c1" (before code) "1") (@custom "c2" (after last) "2") (@custom "c3" (before first) "3")
        (@custom "c4" (after start) "4") (@custom "c5" "5" "6") (@custom "name" (before data))
        (@producers (sdk "s" "1") (language "l" "2") (processed-by "p" "3") (language "m" "4"))
        (@dylink.0 (mem-info (memory 1 2)) (needed "a" "b") (export-info "e" binding-weak tls 0x1000)
            (export-info "f") (import-info "m" "n" undefined) (runtime-path "r") (target-arch "t"))
        (func $f) (start $f) (start 0))""",
    # Hints come before the code, counted from the body's start; exact imports don't count.
    "branch-hints": """(module
        (import "" "" (func (exact (type 0)))) (import "" "" (func))
        (func (local i32)
            (@metadata.code.branch_hint "\\00") (if (i32.const 1) (then))
            i32.const 0
            (@metadata.code.branch_hint "\\01")
            br_if 0
            (@metadata.code.branch_hint "\\01" nop nop) (br_if 0 (i32.const 0)))
        (type (func)))""",
    # What an import of an exact type exports is a function like any other.
    "exports-of-exact-imports": """(module (type $a (func))
        (func (export "m") (export "n") (import "a" "b") (exact (type $a)))
        (func $x (import "a" "c") (exact)) (export "z" (func $x)))""",
    # Taken as it is: unclosed blocks, stray ends and elses.
    "unclosed-block-and-strays": "(module (func block nop) (func end else nop end) (func (if (i32.const 0) (then))))",
    # The first instruction of a data offset goes last.
    "data-offset-moves-its-first": '(module (memory 1) (data (i32.const 1 i32.const 2 i32.add) "x"))',
    "index-with-a-sign": "(module (func call +0 call 0_0 call 0x0))",
    "empty-group-of-imports": '(module (import "m"))',
    "group-of-one-type": '(module (import "m" (item "a") (item "b") (func (param i32))))',
    # A label's own end, and an else that names it.
    "labels-at-end": "(module (func if $x else $x end $x loop\n$y\nend\n$y))",
    "numbers": """(module (func
        i32.const 0xffffffff i32.const -0x8000_0000 i64.const 0xffff_ffff_ffff_ffff i64.const -1
        f32.const 0x1.8p-149 f32.const nan:0x200000 f64.const -inf f64.const 1_0.5e-1_0 f32.const 16777217
        v128.const i8x16 -1 0 1 2 3 4 5 6 7 8 9 10 11 12 13 255 v128.const f32x4 1 nan -inf 0x1p3
        i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 i32x4.extract_lane 3))""",
    "memories-and-tables": """(module
        (memory 0 1 shared) (memory i64 1 2 (pagesize 1)) (memory i64 (pagesize 1) (data "abc"))
        (table shared 1 (ref null (shared func))) (table i64 1 2 externref)
        (table $t 1 funcref (ref.null func)) (table i64 (ref func) (elem (ref.func $f) (item ref.func $f)))
        (func $f) (elem (i32.const 0) 0 $f) (elem declare func $f) (elem (table $t) (offset i32.const 0) func)
        (elem $p funcref (ref.func 0) (item ref.null func)) (elem (i32.const 0) externref)
        (data (memory 1) (i32.const 0) "a") (data 2 (offset (i64.const 0)) (i8 1 2) "\\ff" (f32 1) (v128 i64x2 1 2))
        (func v128.load8_lane 1 v128.load8_lane 1 2 v128.load8_lane offset=3 4 v128.load64_lane 1 align=8 1
            memory.copy memory.copy 1 2 memory.init 0 memory.init 1 0 table.init $t 0 table.init 1
            table.copy 0 1 table.get table.get $t))""",
    "gc": """(module
        (type $s (sub (struct (field $a (mut i8)) (field i32 i64))))
        (type $d (sub final $s (shared (struct))))
        (type $f (func (param (ref null $s) (ref (exact $s))) (result anyref (ref i31) (shared eqref))))
        (type $r (array (mut i16))) (type $c (cont $f))
        (rec (type $x (descriptor $y) (struct)) (type $y (describes $x) (struct)))
        (tag $t)
        (func (param $p (ref $s))
            struct.get_u $s $a struct.get 0 1 struct.set $s $a
            ref.test (ref null $s) ref.cast (ref (exact $s)) ref.null $s ref.null (shared any)
            br_on_cast 0 anyref (ref $s) br_on_cast_fail 0 (ref null $s) i31ref
            array.new_fixed $r 3 array.copy $r $r array.new_data $r $bytes
            select (result i32) (select (result) (result i32 i64)) select
            try_table (catch $t 0) (catch_ref 0 0) (catch_all 0) (catch_all_ref 0) end
            resume $c (on $t 0) (on 0 switch) switch $c $t
            struct.atomic.get_u seqcst $s $a global.atomic.get acqrel 0 atomic.fence
            try catch $t rethrow 0 delegate 0 catch_all)
        (data $bytes "x"))""",
}

REFUSED = {
    "nothing": "(; only a comment ;)",
    "extra": "(module) nop",
    "unknown-field": "(module (func) (foo))",
    "unclosed": "(module (func",
    "two-tokens-ahead": "(module (func nop local))",
    "two-tokens-ahead-param": "(module (func x param))",
    "unknown-instruction": "(module\n\t(func\n\t\ti32.addd))",
    "string-instead": '(module (func "x"))',
    "alignment-points-on": "(module (func i32.load align=3 nop))",
    "alignment-before-what-does-not-lex": "(module (func i32.load align=3 \u00e9))",
    "offset-too-large": "(module (func i32.load offset=18446744073709551616))",
    "offset-no-number": "(module (func i32.load offset=x))",
    "lane": "(module (func i8x16.extract_lane_s 256))",
    "lane-with-a-sign": "(module (func i8x16.extract_lane_s +1))",
    "integer-range": "(module (func i32.const 4294967296))",
    "float-range": "(module (func f32.const 1e39))",
    "index-range": "(module (func call 4294967296))",
    "params-after-results": "(module (func (result i32) (param i32)))",
    "bad-type": "(module (func (param i33)))",
    "bad-heap-type": "(module (func (param (ref i32))))",
    "bad-place": '(module (@custom "a" (before foo)))',
    "page-size": "(module (memory 1 (pagesize 3)))",
    "utf8-points-after": '(module (import "\\ff" "a" (func)))',
    "if-without-then": "(module (func (if (i32.const 0))))",
    "if-word-instead": "(module (func (if i32.const 0)))",
    "if-too-many": "(module (func (if (then) (else) (nop))))",
    "hint-value": '(module (func (@metadata.code.branch_hint "x") br_if 0))',
    "hint-twice": '(module (func (@metadata.code.branch_hint "\\00") (@metadata.code.branch_hint "\\00") br_if 0))',
    "hint-misplaced": '(module (func (br_if 0 (@metadata.code.branch_hint "\\00"))))',
    "mixed-import-group": '(module (import "m" (item "a") (item "b" (func))))',
    "mixed-import-group-other": '(module (import "m" (item "a" (func)) (item "b")))',
    "named-import-group": '(module (import "m" (item "a") (func $f)))',
    "lazy-lexing": '(module (func i32.foo) "\\q")',
    "label-mismatch": "(module (func block $a end $b))",
    "import-after": '(module (memory 1) (import "a" "b" (func)) (func $a) (func $a))',
    "duplicate-before-unknown": "(module (start $x) (global $g i32 (i32.const 0)) (global $g i32 (i32.const 0)))",
    "duplicate-field": "(module (type (struct (field $a i32) (field $a i64))))",
    "duplicate-local": "(module (func (param $a i32) (local $a i32)))",
    "unknown-field-name": "(module (type $t (struct (field $a i32))) (func struct.get $t $b))",
    "no-named-fields": "(module (type $t (struct)) (func struct.get $t $b))",
    "type-mismatch": "(module (type $t (func)) (func (type $t) (param i32)))",
    "type-not-a-function": "(module (type $t (struct)) (func (type $t) (param i32)))",
    "type-out-of-range": "(module (func (type 7) (param i32)))",
    "table-type": "(module (table 1 i32))",
    "memory-type": "(module (memory shared))",
    "elem-type": "(module (elem (table 0) (i32.const 0)))",
    "wide-characters": "(module (func (; \u4e00\u200b\u2764\ufe0f ;) unknown))",
}


@pytest.mark.parametrize("name", READ)
def test_read(run: Callable[..., str], golden: SnapshotAssertion, name: str) -> None:
    assert run("component embed w.wit m.wat -o o.wasm", {"w.wit": WORLD, "m.wat": READ[name]}) == golden


@pytest.mark.parametrize("name", REFUSED)
def test_refused(run: Callable[..., str], golden: SnapshotAssertion, name: str) -> None:
    assert run("component embed w.wit m.wat -o o.wasm", {"w.wit": WORLD, "m.wat": REFUSED[name]}) == golden


def test_stdin(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    assert run("component embed w.wit -o o.wasm", {"w.wit": WORLD}, stdin=b"(module (nop))") == golden


def test_stdin_that_is_not_utf8(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    assert run("component new -", {}, stdin=b"(module \xff)") == golden


def test_adapter(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    files = {"m.wat": "(module)", "a.wat": "(module\n  (func $f)\n  (start $g))"}
    assert run("component new m.wat --adapt a=a.wat", files) == golden


def test_text_in_deps(run: Callable[..., str], golden: SnapshotAssertion) -> None:
    files = {"a.wit": "package a:b; world w {}", "deps/c.wat": "(component (type $t (foo)))"}
    assert run("component wit .", files) == golden


MUTATED = """(module $m
  (type $t (func (param i32) (result i32)))
  (import "a" "b" (func $i (type $t)))
  (memory $mem (export "mem") 1 2)
  (table $tab 2 funcref)
  (global $g (mut i32) (i32.const -1))
  (elem (i32.const 0) $i $f)
  (data (i32.const 8) "a\\n\\00\\u{e9}")
  (func $f (export "f") (param $x i32) (result i32) (local i64)
    (block $l (result i32)
      (if (result i32) (i32.eqz (local.get $x))
        (then (br $l (i32.load8_u offset=4 (i32.const 0x10))))
        (else (call_indirect $tab (type $t) (global.get $g) (i32.const 1)))))
    local.get $x
    i32.add
  )
  (@custom "c" (after code) "x")
)
"""


def mutations(count: int) -> list[str]:
    """Small mistakes, always the same: a word dropped, doubled, swapped with another, cut, or a byte put in."""
    words = MUTATED.replace("(", " ( ").replace(")", " ) ").split(" ")
    state = 12345
    out = []
    for _ in range(count):
        picks = []
        for _ in range(3):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            picks.append(state >> 8)
        changed = list(words)
        at = picks[0] % len(words)
        other = picks[1] % len(words)
        how = picks[2] % 6
        if how == 0:
            del changed[at]
        elif how == 1:
            changed.insert(at, changed[other])
        elif how == 2:
            changed[at], changed[other] = changed[other], changed[at]
        elif how == 3:
            changed = changed[:at]
        elif how == 4:
            changed[at] += ("$", '"', ";", "\u00e9", "_", "0x", "@")[picks[1] % 7]
        else:
            changed[at] = changed[other]
        out.append(" ".join(changed))
    return out


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(4))
def test_mutations(run: Callable[..., str], golden: SnapshotAssertion, batch: int) -> None:
    """Random small mistakes: the same acceptance, message, place and caret."""
    texts = mutations(60)[batch * 15 : batch * 15 + 15]
    shown = [run("component embed w.wit m.wat -o o.wasm", {"w.wit": WORLD, "m.wat": text}) for text in texts]
    assert "\n".join(shown) == golden
