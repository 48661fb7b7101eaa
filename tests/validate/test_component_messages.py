"""Subtyping of component items, and lowering to GC types: refusals by their texts, recorded from the reference."""

from __future__ import annotations

from collections.abc import Callable

from syrupy.assertion import SnapshotAssertion

Verdicts = Callable[[str, dict[str, str]], str]

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
