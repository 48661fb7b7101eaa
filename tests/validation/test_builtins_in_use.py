"""Built-ins in use: the core function that each makes is given to a module that imports it, with its type and with
another, which makes the reference say its type. Functions lifted are exported.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

HEAD = """(component
  (core module $m
    (memory (export "mem") 1)
    (memory (export "mem64") i64 1)
    (table (export "t") 1 funcref)
    (table (export "t64") i64 1 funcref)
    (table (export "ts") shared 1 (ref null (shared func)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "realloc64") (param i64 i64 i64 i64) (result i64) unreachable)
    (func (export "f"))
    (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (alias core export $i "mem" (core memory $mem))
  (alias core export $i "mem64" (core memory $mem64))
  (alias core export $i "t" (core table $t))
  (alias core export $i "t64" (core table $t64))
  (alias core export $i "ts" (core table $ts))
  (alias core export $i "realloc" (core func $realloc))
  (alias core export $i "realloc64" (core func $realloc64))
  (alias core export $i "f" (core func $f))
  (core type $start (func (param i32)))
  (core type $start64 (func (param i64)))
  (core type $shared (shared (func (param i32))))
  (core type $shared64 (shared (func (param i64))))
  (core type $f3 (func (param f32 f32 f32)))
  (type $r (resource (rep i32)))
  (type $r64 (resource (rep i64)))
  (type $bytes (stream u8))
  (type $texts (stream string))
  (type $nothings (stream))
  (type $text (future string))
  (type $number (future u64))
  (type $unit (future))
  (import "q" (type $q (sub resource)))
"""

BUILTINS = """
    resource.new $r -> i32 to i32
    resource.new $r64 -> i64 to i32
    resource.new $q
    resource.drop $r -> i32
    resource.drop $q -> i32
    resource.rep $r -> i32 to i32
    resource.rep $r64 -> i32 to i64
    task.cancel -> none
    subtask.cancel -> i32 to i32
    subtask.cancel async -> i32 to i32
    subtask.drop -> i32
    task.return -> none
    task.return (result u8) -> i32
    task.return (result f32) -> f32
    task.return (result u64) -> i64
    task.return (result string) (memory $mem) -> i32 i32
    task.return (result string) (memory $mem64) -> i64 i64
    task.return (result string)
    task.return (result (own $r)) -> i32
    task.return (result $bytes) -> i32
    task.return (result (tuple u8 u8 u8 u8))
    task.return (result (tuple u8 u8 u8 u8 u8))
    task.return (result (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8))
    task.return (result (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8))
    task.return (result (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)) (memory $mem)
    context.get i32 0 -> to i32
    context.get i32 1 -> to i32
    context.get i32 2
    context.get i64 0 -> to i64
    context.get f32 0
    context.set i32 0 -> i32
    context.set i32 1 -> i32
    context.set i32 2
    context.set i64 1 -> i64
    context.set f64 1
    thread.yield -> to i32
    stream.new $bytes -> to i64
    stream.new $unit
    stream.read $bytes (memory $mem) -> i32 i32 i32 to i32
    stream.read $bytes (memory $mem64) -> i32 i64 i64 to i64
    stream.read $bytes
    stream.read $bytes (memory $mem) async -> i32 i32 i32 to i32
    stream.read $texts (memory $mem)
    stream.read $texts (memory $mem) (realloc $realloc) -> i32 i32 i32 to i32
    stream.read $texts (memory $mem64) (realloc $realloc64) -> i32 i64 i64 to i64
    stream.read $nothings -> i32 i32 i32 to i32
    stream.read $number
    stream.write $bytes (memory $mem) -> i32 i32 i32 to i32
    stream.write $bytes (memory $mem64) -> i32 i64 i64 to i64
    stream.write $bytes
    stream.write $texts (memory $mem) -> i32 i32 i32 to i32
    stream.write $nothings -> i32 i32 i32 to i32
    stream.write $number
    stream.cancel-read $bytes -> i32 to i32
    stream.cancel-read $bytes async -> i32 to i32
    stream.cancel-read $unit
    stream.cancel-write $bytes -> i32 to i32
    stream.cancel-write $bytes async -> i32 to i32
    stream.cancel-write $unit
    stream.drop-readable $bytes -> i32
    stream.drop-readable $unit
    stream.drop-writable $bytes -> i32
    stream.drop-writable $unit
    stream.forward $bytes -> i32 i32
    stream.forward $unit
    future.new $text -> to i64
    future.new $bytes
    future.read $text (memory $mem)
    future.read $text (memory $mem) (realloc $realloc) -> i32 i32 to i32
    future.read $text (memory $mem64) (realloc $realloc64) -> i32 i64 to i32
    future.read $number (memory $mem) -> i32 i32 to i32
    future.read $number
    future.read $unit -> i32 i32 to i32
    future.read $bytes
    future.write $text (memory $mem) -> i32 i32 to i32
    future.write $text (memory $mem64) -> i32 i64 to i32
    future.write $number (memory $mem) async -> i32 i32 to i32
    future.write $number
    future.write $unit -> i32 i32 to i32
    future.write $bytes
    future.cancel-read $text -> i32 to i32
    future.cancel-read $text async -> i32 to i32
    future.cancel-read $bytes
    future.cancel-write $text -> i32 to i32
    future.cancel-write $text async -> i32 to i32
    future.cancel-write $bytes
    future.drop-readable $text -> i32
    future.drop-readable $bytes
    future.drop-writable $text -> i32
    future.drop-writable $bytes
    future.forward $text -> i32 i32
    future.forward $bytes
    error-context.new (memory $mem) -> i32 i32 to i32
    error-context.new (memory $mem64)
    error-context.new
    error-context.new (memory $mem) async
    error-context.new (memory $mem) (core-type $f3)
    error-context.new (memory $mem) (core-type $start)
    error-context.debug-message (memory $mem)
    error-context.debug-message (memory $mem) (realloc $realloc) -> i32 i32
    error-context.debug-message (memory $mem64) (realloc $realloc64)
    error-context.debug-message (memory $mem) (realloc $realloc64)
    error-context.debug-message (memory $mem) (realloc $realloc) async
    error-context.debug-message (realloc $realloc)
    error-context.drop -> i32
    waitable-set.new -> to i32
    waitable-set.wait (memory $mem) -> i32 i32 to i32
    waitable-set.wait (memory $mem64) -> i32 i64 to i32
    waitable-set.poll (memory $mem) -> i32 i32 to i32
    waitable-set.poll (memory $mem64) -> i32 i64 to i32
    waitable-set.drop -> i32
    waitable.join -> i32 i32
    backpressure.inc -> none
    backpressure.dec -> none
    thread.index -> to i32
    thread.new-indirect $start (table $t)
    thread.new-indirect $start64 (table $t)
    thread.new-indirect $start (table $t64)
    thread.new-indirect $f3 (table $t)
    thread.new-indirect $shared (table $t)
    thread.new-indirect $start (table $ts)
    thread.resume-later -> i32
    thread.suspend -> to i32
    thread.suspend-then-resume -> i32 to i32
    thread.yield-then-resume -> i32 to i32
    thread.suspend-then-promote -> i32 to i32
    thread.yield-then-promote -> i32 to i32
    thread.spawn-ref $shared
    thread.spawn-ref $shared64
    thread.spawn-ref $start
    thread.spawn-indirect $shared (table $ts)
    thread.spawn-indirect $shared64 (table $ts)
    thread.spawn-indirect $shared (table $t)
    thread.spawn-indirect $start (table $ts)
    thread.available_parallelism
    no.such-thing
"""
"""Each with the type that it has of TYPES, where it is accepted."""


def used(builtin: str, type_: str) -> str:
    """A component that gives a built-in to a module that imports it with a type."""
    return f"""{HEAD}
  (core func $b (canon {builtin}))
  (core module $n (import "" "b" (func {type_})))
  (core instance (instantiate $n (with "" (instance (export "b" (func $b)))))))
"""


TYPES = {
    "none": "",
    "to i32": "(result i32)",
    "to i64": "(result i64)",
    "i32": "(param i32)",
    "i64": "(param i64)",
    "f32": "(param f32)",
    "i32 i32": "(param i32 i32)",
    "i64 i64": "(param i64 i64)",
    "i32 to i32": "(param i32) (result i32)",
    "i32 to i64": "(param i32) (result i64)",
    "i64 to i32": "(param i64) (result i32)",
    "i32 i32 to i32": "(param i32 i32) (result i32)",
    "i32 i64 to i32": "(param i32 i64) (result i32)",
    "i32 i32 i32 to i32": "(param i32 i32 i32) (result i32)",
    "i32 i64 i64 to i64": "(param i32 i64 i64) (result i64)",
    "other": "(param f64 f64 f64 f64) (result f64)",
}


@pytest.mark.slow
def test_the_type_of_each(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for builtin, _, type_ in (line.partition(" -> ") for line in lines(BUILTINS)):
        cases[builtin] = used(builtin, TYPES["other"])
        if type_:
            cases[f"{builtin} -> {type_}"] = used(builtin, TYPES[type_])
    assert answers("component wit in.wat", cases) == golden


OPTIONS = (
    *("", "async", "async (memory $mem)", "(memory $mem)", "(memory $mem64)", "(memory $mem) (realloc $realloc)"),
    *("(memory $mem64) (realloc $realloc64)", "(realloc $realloc)", "string-encoding=utf8", "string-encoding=utf16"),
    *(
        "string-encoding=latin1+utf16",
        "(post-return $f)",
        "(callback $cb)",
        "gc",
        "(core-type $f3)",
        "(memory $mem) (core-type $start)",
    ),
)


@pytest.mark.parametrize(
    "builtin", ["task.return (result u8)", "stream.read $bytes", "stream.write $texts", "future.read $unit", "future.write $text"]
)  # fmt: skip
def test_options_of_built_ins(builtin: str, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    head = HEAD + '  (alias core export $i "cb" (core func $cb))\n'
    cases = {o or "none": used(f"{builtin} {o}", TYPES["other"]).replace(HEAD, head) for o in OPTIONS}
    assert answers("component wit in.wat", cases) == golden


FUNCTIONS = """
    (func)
    (func (result u8))
    (func (result u64))
    (func (result f32))
    (func (result f64))
    (func (result string))
    (func (param "x" u8))
    (func (param "x" u8) (param "y" f32) (param "z" f64) (param "w" s64) (param "c" char))
    (func (param "x" string) (result string))
    (func (param "x" (list u8)))
    (func (param "x" (list u8 4)))
    (func (param "x" (option u64)))
    (func (param "x" (result u8 (error f32))))
    (func (param "x" (result f64 (error u32))))
    (func (param "x" (variant (case "a" f32) (case "b" u64) (case "c" string))))
    (func (param "x" (tuple u8 string)) (result (tuple u8 u8)))
    (func (param "x" (tuple u64)) (result (tuple u64)))
    (func (param "x" (flags "a" "b")))
    (func (param "x" (enum "a" "b")) (result (enum "a" "b")))
    (func (param "x" (own $q)) (result (own $q)))
    (func (param "x" (borrow $q)))
    (func (param "x" $bytes) (result $unit))
    (func (param "x" error-context))
    (func (param "x" (map string u8)))
    (func (param "x" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))
    (func (param "x" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))
    (func (param "x" (tuple u8 u8 u8 u8)))
    (func (param "x" (tuple u8 u8 u8 u8 u8)))
    (func (param "x" (option (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8))))
    (func (param "x" (variant (case "a") (case "b" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))))
    (func (param "x" (result (error (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))))
    (func (param "y" u8) (param "x" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))
    (func (param "x" (option (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8))))
    (func (param "x" (variant (case "a") (case "b" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))))
    (func (param "x" (result (error (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))))
    (func (param "y" u8) (param "x" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))
    (func (param "x" (option (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8))))
    (func (param "x" (variant (case "a") (case "b" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))))
    (func (param "x" (result (error (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))))
    (func (param "y" u8) (param "x" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8)))
    (func (param "x" (list f32 15)))
    (func (param "x" (list f32 16)))
    (func (param "x" (list f32 17)))
    (func (param "x" (record (field "a" (tuple u8 u8 u8 u8 u8 u8 u8 u8)) (field "b" (tuple f32 f32 f32 f32 f32 f32 f32 f32)))))
    (func (param "x" (record (field "a" (tuple u8 u8 u8 u8 u8 u8 u8 u8)) (field "b" (tuple f32 f32 f32 f32 f32 f32 f32 f32 f32)))))
    (func (param "x" (variant (case "a" (tuple f32 u64)) (case "b" (tuple u64 f32)) (case "c" (tuple f64 string)))))
    (func (result (list u8 1)))
    (func (result (list u8 2)))
    (func (result (option u8)))
    (func (result (result)))
    (func (result (flags "a")))
    (func (result (record (field "a" f64))))
    (func (param "x" (flags "f0")))
    (func (param "x" (flags "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7")))
    (func (param "x" (flags "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8")))
    (func (param "x" (flags "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8" "f9" "f10" "f11" "f12" "f13" "f14" "f15")))
    (func (param "x" (flags "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8" "f9" "f10" "f11" "f12" "f13" "f14" "f15" "f16")))
    (func (param "x" (flags "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8" "f9" "f10" "f11" "f12" "f13" "f14" "f15" "f16" "f17" "f18" "f19" "f20" "f21" "f22" "f23" "f24" "f25" "f26" "f27" "f28" "f29" "f30")))
    (func (param "x" (flags "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8" "f9" "f10" "f11" "f12" "f13" "f14" "f15" "f16" "f17" "f18" "f19" "f20" "f21" "f22" "f23" "f24" "f25" "f26" "f27" "f28" "f29" "f30" "f31")))
    (func async)
    (func async (result u8))
    (func async (result string))
    (func async (param "x" string) (result string))
    (func async (param "x" (tuple u8 u8 u8 u8)))
    (func async (param "x" (tuple u8 u8 u8 u8 u8)))
"""


@pytest.mark.slow
def test_functions_lowered(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(FUNCTIONS):
        for options in (
            "(memory $mem) (realloc $realloc)",
            "(memory $mem64) (realloc $realloc64)",
            "(memory $mem) (realloc $realloc) async",
            "(memory $mem64) (realloc $realloc64) async",
            "(memory $mem) async",
            "async",
            "",
        ):
            text = used(f"lower (func $x) {options}", TYPES["other"])
            cases[f"{line} {options}"] = text.replace(
                "  (core func $b", f'  (import "x" {line.replace("func", "func $x", 1)})\n  (core func $b'
            )
    assert answers("component wit in.wat", cases) == golden


@pytest.mark.slow
def test_functions_lifted(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # `$f` has no parameters and no results: what fits is exported, what does not is told its type.
    cases = {}
    for line in lines(FUNCTIONS):
        for options in (
            "(memory $mem) (realloc $realloc)",
            "(memory $mem64) (realloc $realloc64)",
            "(memory $mem) (realloc $realloc) async",
            "(memory $mem) (realloc $realloc) async (callback $cb)",
            "(memory $mem) (realloc $realloc) (post-return $f)",
            "",
        ):
            lifted = f"{line.replace('func', 'func $x', 1)[:-1]} (canon lift (core func $f) {options}))"
            alias = '  (alias core export $i "cb" (core func $cb))\n'
            cases[f"{line} {options}"] = f'{HEAD}{alias}  {lifted}\n  (export "x" (func $x)))'
    assert answers("component wit in.wat", cases) == golden
