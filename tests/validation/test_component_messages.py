"""Subtyping of component items, and lowering to GC types: refusals by their texts, recorded from the reference."""

from __future__ import annotations

import pytest
from conftest import Verdicts
from syrupy.assertion import SnapshotAssertion

TYPES = """
    u32 / u32
    u32 / u64
    string / (list u8)
    (list u8) / string
    (list u8) / (list u8)
    (list u8) / (list u16)
    (list u8) / (option u8)
    (list u8 4) / (list u8 4)
    (list u8 4) / (list u8 5)
    (list u8 4) / (list u16 4)
    (list u8 4) / (list u8)
    (map string u8) / (map string u8)
    (map string u8) / (map char u8)
    (map string u8) / (map string u16)
    (option u8) / (option string)
    (tuple u8) / (tuple u8 u8)
    (tuple u8 u16) / (tuple u8 u8)
    (result) / (result u8)
    (result u8) / (result)
    (result u8) / (result u16)
    (result u8 (error u8)) / (result u8)
    (result u8) / (result u8 (error u8))
    (result u8 (error u8)) / (result u8 (error u16))
    (flags "a") / (flags "a")
    (flags "a") / (flags "b")
    (enum "a") / (enum "a" "b")
    (record (field "a" u8)) / (record (field "a" u8))
    (record (field "a" u8)) / (record (field "b" u8))
    (record (field "a" u8)) / (record (field "a" u16))
    (record (field "a" u8)) / (record (field "a" u8) (field "b" u8))
    (variant (case "a") (case "b" u8)) / (variant (case "a") (case "b" u8))
    (variant (case "a")) / (variant (case "b"))
    (variant (case "a")) / (variant (case "a" u8))
    (variant (case "a" u8)) / (variant (case "a"))
    (variant (case "a" u8)) / (variant (case "a" u16))
    (variant (case "a")) / (variant (case "a") (case "b"))
    (stream u8) / (stream u8)
    (stream u8) / (stream)
    (stream) / (stream u8)
    (stream u8) / (stream u16)
    (future u8) / (future u16)
    (future) / (stream)
    error-context / u32
    (func) / u32
    u32 / (func)
    (func) / (func async)
    (func async) / (func)
    (func (param "a" u8)) / (func)
    (func (param "a" u8)) / (func (param "b" u8))
    (func (param "a" u8)) / (func (param "a" u16))
    (func (result u8)) / (func)
    (func) / (func (result u8))
    (func (result u8)) / (func (result (list u8)))
    (instance) / (instance)
    (instance) / (component)
    (instance) / (instance (export "f" (func)))
    (instance (export "f" (func)) (export "g" (func))) / (instance (export "f" (func)))
    (instance (export "f" (func))) / (instance (export "f" (func (param "a" u8))))
    (instance (export "f" (func))) / (instance (export "f" (type (sub resource))))
    (component) / (component)
    (component (import "f" (func))) / (component)
    (component) / (component (import "f" (func)))
    (component (import "f" (func))) / (component (import "f" (func (result u8))))
    (component) / (component (export "f" (func)))
    (component (export "f" (func))) / (component (export "f" (instance)))
    (component (export "f" (func))) / (component (export "f" (func (result u8))))
    (component (export "r" (type (sub resource)))) / (component (export "r" (type (sub resource))))
    (component (import "r" (type (sub resource)))) / (component (import "r" (type (sub resource))))
"""
"""What there is / what is wanted: defined types, the one given as an argument for an import of the other."""

MODULES = """
    (module) / (module)
    (module (import "a" "b" (func))) / (module)
    (module) / (module (import "a" "b" (func)))
    (module (import "a" "b" (func))) / (module (import "a" "b" (func (param i32))))
    (module (export "f" (func))) / (module)
    (module) / (module (export "f" (func)))
    (module (export "f" (func))) / (module (export "f" (func (result i32))))
    (module (export "f" (func))) / (module (export "f" (memory 1)))
    (module (export "f" (memory 1))) / (module (export "f" (memory 1)))
    (module (export "f" (memory 1))) / (module (export "f" (memory 2)))
    (module (export "f" (memory 1))) / (module (export "f" (memory 1 2)))
    (module (export "f" (memory 1 3))) / (module (export "f" (memory 1 2)))
    (module (export "f" (memory 1))) / (module (export "f" (memory i64 1)))
    (module (export "f" (memory 1 1))) / (module (export "f" (memory 1 1 shared)))
    (module (export "f" (memory 1))) / (module (export "f" (memory 1 (pagesize 1))))
    (module (export "f" (table 1 funcref))) / (module (export "f" (table 1 funcref)))
    (module (export "f" (table 1 funcref))) / (module (export "f" (table 1 externref)))
    (module (export "f" (table 1 funcref))) / (module (export "f" (table 2 funcref)))
    (module (export "f" (table 1 funcref))) / (module (export "f" (table i64 1 funcref)))
    (module (export "f" (table shared 1 (ref null (shared any))))) / (module (export "f" (table 1 (ref null (shared any)))))
    (module (export "f" (global i32))) / (module (export "f" (global i32)))
    (module (export "f" (global i32))) / (module (export "f" (global i64)))
    (module (export "f" (global i32))) / (module (export "f" (global (mut i32))))
    (module (export "f" (global (shared i32)))) / (module (export "f" (global i32)))
    (module (export "f" (global eqref))) / (module (export "f" (global anyref)))
    (module (export "f" (global (mut eqref)))) / (module (export "f" (global (mut anyref))))
    (module (export "f" (tag))) / (module (export "f" (tag)))
    (module (export "f" (tag))) / (module (export "f" (tag (param i32))))
"""
"""The same of core module types."""

GC = """
    u32 / i32
    u32 / i64
    u8 / i32
    string / (ref $i8s)
    string / (ref null $i16s)
    string / i32
    error-context / externref
    error-context / i32
    (list u8) / (ref $i8s)
    (list u8) / (ref $i16s)
    (list bool) / (ref $i8s)
    (list s16) / (ref $i16s)
    (list u32) / (ref $i8s)
    (list u8) / (ref $s)
    (list u8) / anyref
    (list u8 4) / (ref $i8s)
    (map string u8) / anyref
    (option u8) / (ref $empty)
    (option u8) / (ref $s)
    (result) / i32
    (tuple u32) / (ref $s)
    (tuple u64) / (ref $s)
    (tuple u32 u32) / (ref $s)
    (tuple u32) / (ref $i8s)
    (stream u8) / externref
    (stream u8) / (ref null any)
    (future) / externref
"""
"""A component type / the core type it is lowered to."""


def pairs(text: str) -> list[tuple[str, str]]:
    return [(have, want) for have, _, want in (line.strip().partition(" / ") for line in text.strip().splitlines())]


def component(body: str) -> str:
    return f"(component\n{body}\n)\n"


def test_types(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for have, want in pairs(TYPES):
        inner = f'(component $c (type $want {want}) (import "t" (type (eq $want))))'
        given = f'(type $have {have}) (instance (instantiate $c (with "t" (type $have))))'
        cases[f"{have} / {want}"] = component(f"  {inner}\n  {given}")
    assert verdicts("component wit", cases) == golden


def test_modules(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for have, want in pairs(MODULES):
        have_type, want_type = have.replace("(module", "(core module $m", 1), want.replace("(module", "(core module", 1)
        body = f'  (component $c (import "m" {want_type}))\n  (import "m" {have_type})\n'
        cases[f"{have} / {want}"] = component(body + '  (instance (instantiate $c (with "m" (core module $m))))')
    assert verdicts("component wit", cases) == golden


def test_core_instances(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    # What one module exports is given to another that imports it.
    cases = {}
    for have, want in pairs(MODULES):
        if "export" not in have or "export" not in want:
            continue
        body = f'  (import "a" {have.replace("(module", "(core module $a", 1)})\n'
        wanted = want.replace("(module", "(core module $b", 1).replace('(export "f"', '(import "a" "f"')
        body += f'  (import "b" {wanted})\n  (core instance $i (instantiate $a))\n'
        cases[f"{have} / {want}"] = component(body + '  (core instance (instantiate $b (with "a" (instance $i))))')
    assert verdicts("component wit", cases) == golden


def test_lowering_to_gc_types(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    cases = {}
    for type_, core in pairs(GC):
        body = """
  (core rec (type $i8s (array i8)))
  (core rec (type $i16s (array i16)))
  (core rec (type $empty (struct)))
  (core rec (type $s (struct (field i32))))
"""
        body += f'  (core type $t (func (param {core})))\n  (import "f" (func $f (param "x" {type_})))\n'
        cases[f"{type_} / {core}"] = component(body + "  (core func (canon lower (func $f) gc (core-type $t)))")
    for have, want in (
        ("", "(result i32)"),
        ("(result u8)", ""),
        ('(param "x" u8)', ""),
        ("(result u8)", "(result i32)"),
    ):
        body = f'  (core type $t (func {want}))\n  (import "f" (func $f {have}))\n'
        cases[f"{have} / {want}"] = component(body + "  (core func (canon lower (func $f) gc (core-type $t)))")
    assert verdicts("component wit", cases) == golden


NAMES = """
    (export "f" (func $f))
    (export "F-f" (func $f)) (export "f-F" (func $f))
    (export "f_g" (func $f))
    (export "" (func $f))
    (export "a:b/c@1.0" (func $f))
    (export "a:b/C" (instance $i))
    (export "A:b/c" (func $f))
    (export "a:b/c" (instance $i))
    (export "a:b/c@1.2.3" (instance $i))
    (export "a:b/c@01.2.3" (instance $i))
    (export "a:b/c@1" (version-suffix ".2.3") (instance $i))
    (export "a:b/c@1" (version-suffix ".2") (instance $i))
    (export "a:b/c@1.2" (version-suffix ".3") (instance $i))
    (export "a:b/c" (version-suffix ".3") (instance $i))
    (export "a" (version-suffix ".3") (instance $i))
    (export "a" (version-suffix ".3") (func $f))
    (export "a" (implements "a:b/c") (instance $i))
    (export "a" (implements "a:b/c") (func $f))
    (export "a" (implements "b") (instance $i))
    (export "a" (implements "a:b/c@1") (instance $i))
    (export "a:b/d" (implements "a:b/c") (instance $i))
    (export "a" (implements "A:b/c") (instance $i))
    (export "f" (func $f)) (export "f" (func $f))
    (export "f" (func $f)) (export "F" (instance $i))
    (export "[constructor]r" (func $f))
    (export "[constructor]r" (func $make))
    (export "r" (type $r)) (export "[constructor]r" (func $make))
    (import "r" (type $q (sub resource))) (import "[constructor]r" (func (result (own $q))))
    (import "r" (type $q (sub resource))) (import "[constructor]r" (func (result u32)))
    (import "r" (type $q (sub resource))) (import "[constructor]r" (func (result (borrow $q))))
    (import "r" (type $q (sub resource))) (import "[constructor]r" (func (result (result (own $q)))))
    (import "r" (type $q (sub resource))) (import "[constructor]s" (func (result (own $q))))
    (import "r" (type $q (sub resource))) (import "[constructor]r" (instance))
    (import "r" (type $q (sub resource))) (import "[method]r.f" (func))
    (import "r" (type $q (sub resource))) (import "[method]r.f" (func (param "x" (borrow $q))))
    (import "r" (type $q (sub resource))) (import "[method]r.f" (func (param "self" u32)))
    (import "r" (type $q (sub resource))) (import "[method]r.f" (func (param "self" (own $q))))
    (import "r" (type $q (sub resource))) (import "[method]r.f" (func (param "self" (borrow $q))))
    (import "r" (type $q (sub resource))) (import "[method]s.f" (func (param "self" (borrow $q))))
    (import "r" (type $q (sub resource))) (import "[method]r" (func (param "self" (borrow $q))))
    (import "r" (type $q (sub resource))) (import "[method]r.r" (func (param "self" (borrow $q)))) (import "x" (func))
    (import "r" (type $q (sub resource))) (import "[static]r.f" (func))
    (import "r" (type $q (sub resource))) (import "[static]s.f" (func))
    (import "[get]a" (func (result u32)))
    (import "[get]a" (func))
    (import "[get]a" (func (param "x" u32) (result u32)))
    (import "[set]a" (func (param "x" u32)))
    (import "[get]a" (func (result u32))) (import "[set]a" (func (param "x" u32)))
    (import "[get]a" (func (result u32))) (import "[set]a" (func (param "x" u64)))
    (import "[get]a" (func (result u32))) (import "[set]a" (func (param "x" u32) (param "y" u32)))
    (import "[get]a" (func (result u32))) (import "[set]a" (func (param "x" u32) (result u32)))
    (import "[get]a" (func (result (result u32)))) (import "[set]a" (func (param "x" u32)))
    (import "[constructor][get]a" (func))
    (import "[get]a" (func async (result u32)))
    (import "[nothing]a" (func))
"""


def test_names(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    head = """
  (type $r (resource (rep i32)))
  (import "in" (func $f))
  (import "in-i" (instance $i))
  (core module $m (func (export "m") (result i32) unreachable))
  (core instance $ci (instantiate $m))
  (func $make (result (own $r)) (canon lift (core func $ci "m")))
"""
    lines = [line.strip() for line in NAMES.strip().splitlines()]
    assert verdicts("component wit", {line: component(head + "  " + line) for line in lines}) == golden


CANON_HEAD = """
  (core module $m
    (memory (export "mem") 1)
    (memory (export "mem64") i64 1)
    (memory (export "shared") 1 1 shared)
    (table (export "t") 1 funcref)
    (table (export "te") 1 externref)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "f"))
    (func (export "number") (param i32))
    (func (export "answer") (result i32) unreachable)
    (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (alias core export $i "mem" (core memory $mem))
  (alias core export $i "mem64" (core memory $mem64))
  (alias core export $i "shared" (core memory $shared))
  (alias core export $i "t" (core table $t))
  (alias core export $i "te" (core table $te))
  (alias core export $i "realloc" (core func $realloc))
  (alias core export $i "f" (core func $f))
  (alias core export $i "number" (core func $number))
  (alias core export $i "answer" (core func $answer))
  (alias core export $i "cb" (core func $cb))
  (core type $start (func (param i32)))
  (core type $other (func (param f32)))
  (core type $returns (func (param i32) (result i32)))
  (core type $module (module))
  (type $r (resource (rep i32)))
  (type $bytes (stream u8))
  (type $texts (stream string))
  (type $fut (future string))
  (type $unit (future))
  (import "q" (type $q (sub resource)))
  (import "plain" (func $plain (param "s" string)))
  (import "text" (func $text (result string)))
  (import "later" (func $later async (param "s" string) (result string)))
  (import "many" (func $many async (param "a" u8) (param "b" u8) (param "c" u8) (param "d" u8) (param "e" u8)))
"""

CANON = """
    (core func (canon lower (func $plain)))
    (core func (canon lower (func $plain) (memory $mem)))
    (core func (canon lower (func $plain) (memory $shared)))
    (core func (canon lower (func $plain) (memory $mem) (memory $mem)))
    (core func (canon lower (func $plain) (memory $mem) string-encoding=utf8 string-encoding=utf16))
    (core func (canon lower (func $plain) (memory $mem) string-encoding=utf8 string-encoding=utf8))
    (core func (canon lower (func $plain) (memory $mem) (realloc $realloc) (realloc $realloc)))
    (core func (canon lower (func $plain) (memory $mem) (realloc $f)))
    (core func (canon lower (func $plain) (memory $mem64) (realloc $realloc)))
    (core func (canon lower (func $plain) (realloc $realloc)))
    (core func (canon lower (func $plain) (memory $mem) async))
    (core func (canon lower (func $plain) (memory $mem) (post-return $f)))
    (core func (canon lower (func $plain) (memory $mem) (callback $cb)))
    (core func (canon lower (func $plain) (memory $mem) (core-type $start)))
    (core func (canon lower (func $plain) (memory $mem) gc))
    (core func (canon lower (func $text) (memory $mem)))
    (core func (canon lower (func $text) (memory $mem) (realloc $realloc)))
    (core func (canon lower (func $later) (memory $mem) (realloc $realloc) async))
    (core func (canon lower (func $later) (memory $mem) (realloc $realloc) async async))
    (core func (canon lower (func $later) (memory $mem) (realloc $realloc) async (callback $cb)))
    (core func (canon lower (func $later) (memory $mem) async))
    (core func (canon lower (func $many) async))
    (core func (canon lower (func $many) async (memory $mem)))
    (func (canon lift (core func $f)))
    (func (canon lift (core func $number)))
    (func (canon lift (core func $answer)))
    (func (param "x" u32) (canon lift (core func $number)))
    (func (param "x" string) (canon lift (core func $number)))
    (func (param "x" string) (canon lift (core func $number) (memory $mem)))
    (func (param "x" string) (canon lift (core func $number) (memory $mem) (realloc $realloc)))
    (func (result u32) (canon lift (core func $answer)))
    (func (result string) (canon lift (core func $answer)))
    (func (result string) (canon lift (core func $answer) (memory $mem)))
    (func (result u32) (canon lift (core func $answer) (post-return $number)))
    (func (result u32) (canon lift (core func $answer) (post-return $f)))
    (func (canon lift (core func $f) async))
    (func async (canon lift (core func $f) async))
    (func async (canon lift (core func $answer) async (callback $cb)))
    (func async (canon lift (core func $answer) async (callback $f)))
    (func async (canon lift (core func $answer) (callback $cb)))
    (func async (canon lift (core func $f) async (post-return $f)))
    (func (canon lift (core func $f) (core-type $start)))
    (func (canon lift (core func $f) gc (core-type $start)))
    (core func (canon resource.new $r))
    (core func (canon resource.new $q))
    (core func (canon resource.rep $q))
    (core func (canon resource.rep $bytes))
    (core func (canon resource.drop $q))
    (core func (canon resource.drop $bytes))
    (core func (canon task.return))
    (core func (canon task.return (result u32)))
    (core func (canon task.return (result string)))
    (core func (canon task.return (result string) (memory $mem)))
    (core func (canon task.return (result (borrow $q))))
    (core func (canon task.return (result u32) (realloc $realloc)))
    (core func (canon task.return (result u32) (memory $mem) (realloc $realloc)))
    (core func (canon task.return (result u32) (post-return $f)))
    (core func (canon task.return (result u32) async))
    (core func (canon task.cancel))
    (core func (canon context.get i32 0)) (core func (canon context.set i32 1))
    (core func (canon context.get i32 2))
    (core func (canon context.get f32 0))
    (core func (canon context.get i32 0)) (core func (canon context.set i64 0))
    (core func (canon stream.new $bytes))
    (core func (canon stream.new $fut))
    (core func (canon stream.new $r))
    (core func (canon future.new $bytes))
    (core func (canon stream.read $bytes))
    (core func (canon stream.read $bytes (memory $mem)))
    (core func (canon stream.read $bytes (memory $mem64)))
    (core func (canon stream.read $texts (memory $mem)))
    (core func (canon stream.read $texts (memory $mem) (realloc $realloc)))
    (core func (canon stream.write $texts (memory $mem)))
    (core func (canon stream.write $bytes (memory $mem) (callback $cb)))
    (core func (canon stream.read $bytes (memory $mem) gc (core-type $start)))
    (core func (canon future.read $fut (memory $mem)))
    (core func (canon future.read $unit))
    (core func (canon future.write $unit async))
    (core func (canon stream.cancel-read $bytes async))
    (core func (canon future.cancel-write $bytes))
    (core func (canon stream.drop-readable $bytes))
    (core func (canon future.drop-writable $unit))
    (core func (canon error-context.new))
    (core func (canon error-context.new (memory $mem)))
    (core func (canon error-context.new (memory $mem) async))
    (core func (canon error-context.debug-message (memory $mem)))
    (core func (canon error-context.debug-message (memory $mem) (realloc $realloc)))
    (core func (canon error-context.drop))
    (core func (canon waitable-set.wait (memory $mem)))
    (core func (canon waitable-set.poll (memory $shared)))
    (core func (canon waitable-set.poll (memory 9)))
    (core func (canon subtask.cancel async))
    (core func (canon thread.index))
    (core func (canon thread.new-indirect $start (core table $t)))
    (core func (canon thread.new-indirect $start (core table $te)))
    (core func (canon thread.new-indirect $other (core table $t)))
    (core func (canon thread.new-indirect $returns (core table $t)))
    (core func (canon thread.new-indirect $module (core table $t)))
    (core func (canon thread.new-indirect 99 (core table $t)))
    (core func (canon thread.spawn-ref $start))
    (core func (canon thread.spawn-indirect $start (core table $t)))
    (core type $sh (shared (func (param i32)))) (core func (canon thread.spawn-ref $sh))
    (core type $sh (shared (func))) (core func (canon thread.spawn-ref $sh))
    (core type $sh (shared (func (param i32) (result i32)))) (core func (canon thread.spawn-ref $sh))
    (core type $sh (shared (struct))) (core func (canon thread.spawn-ref $sh))
    (core type $sh (shared (func (param i32)))) (core func (canon thread.spawn-indirect $sh (core table $t)))
    (core func (canon thread.available_parallelism))
"""


@pytest.mark.slow
def test_canonical_definitions(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    lines = [line.strip() for line in CANON.strip().splitlines()]
    assert verdicts("component wit", {line: component(CANON_HEAD + "  " + line) for line in lines}) == golden


NAMED = """
    (type $t (record (field "a" u8))) (export "f" (func 0))
    (type $t (record (field "a" u8))) (import "f" (func (param "x" $t)))
    (type $t (record (field "a" u8))) (import "t" (type $n (eq $t))) (import "f" (func (param "x" $n)))
    (type $t (record (field "a" u8))) (import "t" (type $n (eq $t))) (import "f" (func (param "x" $t)))
    (type $t (list u8)) (import "f" (func (param "x" $t)))
    (type $t (flags "a")) (import "f" (func (param "x" (option $t))))
    (type $t (enum "a")) (import "f" (func (result (tuple $t))))
    (type $t (variant (case "a"))) (import "f" (func (param "x" (map string $t))))
    (type $t (record (field "a" u8))) (type $u (record (field "a" $t))) (import "u" (type (eq $u)))
    (type $t (resource (rep i32))) (import "f" (func (param "x" (own $t))))
    (import "r" (type $r (sub resource))) (import "f" (func (param "x" (own $r)) (result (own $r))))
    (import "r" (type $r (sub resource))) (export $s "s" (type $r)) (import "f" (func (param "x" (own $s))))
    (type $t (record (field "a" u8))) (import "i" (instance (export "f" (func (param "x" $t)))))
    (import "i" (instance (type $t (record (field "a" u8))) (export "f" (func (param "x" $t)))))
    (import "i" (instance (type $t (record (field "a" u8))) (export "t" (type $n (eq $t))) (export "f" (func (param "x" $n)))))
    (import "i" (instance (export "r" (type $r (sub resource))) (export "f" (func (param "x" (borrow $r))))))
    (import "i" (instance (export "r" (type $r (sub resource))) (export "f" (func (result (borrow $r))))))
    (type $t (instance (type $t (flags "a")) (export "f" (func (param "x" $t))))) (import "i" (instance (type $t)))
    (type (component (type $t (flags "a")) (import "f" (func (param "x" $t)))))
    (type (component (type $t (flags "a")) (import "t" (type $n (eq $t))) (export "f" (func (param "x" $n)))))
    (type $t (flags "a")) (export $n "t" (type $t)) (import "f" (func (param "x" $n)))
    (type (func (param "a" u8) (param "A" u8)))
    (type (func (param "a_b" u8)))
    (type (func (param "" u8)))
    (type (record))
    (type (record (field "a" u8) (field "A" u8)))
    (type (variant))
    (type (variant (case "a") (case "a")))
    (type (variant (case "a-") (case "a")))
    (type (tuple))
    (type (flags))
    (type (flags "a" "a"))
    (type (enum))
    (type (enum "a" "A"))
    (type (list u8 0))
    (type (map f32 u8))
    (type (map (list u8) u8))
    (type $t u8) (type (map $t u8))
    (type (own 9))
    (type (own 0))
    (type (stream char))
    (type (stream (borrow 0)))
    (import "r" (type $r (sub resource))) (type (stream (borrow $r)))
    (import "r" (type $r (sub resource))) (type (future (list (borrow $r))))
    (type (resource (rep f32)))
    (type (resource (rep i64)))
    (type (instance (type (resource (rep i32)))))
    (type (resource (rep i32) (dtor (core func 9))))
    (core func $d (canon task.cancel)) (type (resource (rep i32) (dtor (core func $d))))
    (alias outer 1 0 (type))
    (alias outer 0 9 (type))
    (alias outer 0 9 (core module))
    (alias outer 0 9 (component))
    (import "i" (instance $i)) (alias export $i "f" (func))
    (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (instance))
    (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (func))
    (import "r" (type $r (sub resource))) (component (alias outer 1 $r (type)))
    (core module $m) (core instance $i (instantiate $m)) (alias core export $i "f" (core func))
    (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (alias core export $i "f" (core memory))
    (core instance (export "a" (func 9)))
    (instance (export "a" (func 9)))
    (instance (export "a" (component 9)))
    (component $c (import "f" (func))) (instance (instantiate $c))
    (component $c) (instance (instantiate $c (with "a" (component $c)) (with "a" (component $c))))
    (component $c) (instance (instantiate $c (with "a" (component $c))))
    (component $c (import "a" (component))) (instance (instantiate $c (with "a" (component $c))))
    (import "v" (value $v u8))
    (import "v" (value $v u8)) (export "w" (value $v))
    (import "v" (value $v u8)) (export "w" (value $v)) (export "x" (value $v))
    (import "f" (func $f)) (start $f)
    (import "f" (func $f)) (start $f) (start $f)
    (import "f" (func $f (result u8))) (start $f)
    (import "f" (func $f (result u8))) (start $f (result (value $v)))
    (import "f" (func $f (param "a" u8))) (import "v" (value $v u8)) (start $f (value $v))
    (import "f" (func $f (param "a" u16))) (import "v" (value $v u8)) (start $f (value $v))
"""


def test_definitions(verdicts: Verdicts, golden: SnapshotAssertion) -> None:
    lines = [line.strip() for line in NAMED.strip().splitlines()]
    assert verdicts("component wit", {line: component("  " + line) for line in lines}) == golden
