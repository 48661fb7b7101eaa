"""Indices at their limits: the first that is there and the first that is not, where a space has none, one or two items;
and the second of two sections or items, which shows whether counts and offsets go on. Refusals are the reference's.
"""

from __future__ import annotations

import pytest
from answers import Answers, answers, asked, lines  # noqa: F401
from syrupy.assertion import SnapshotAssertion

ITEMS = {
    "func": "(func)",
    "table": "(table 1 funcref)",
    "memory": "(memory 1)",
    "global": "(global (mut i32) (i32.const 0))",
    "tag": "(tag)",
    "type": "(type (func))",
    "struct": "(type (struct (field (mut i32))))",
    "array": "(type (array (mut i32)))",
    "field": "(type (struct FIELDS))",
    "elem": "(elem funcref)",
    "data": '(data "")',
    "local": "(func FIELDS)",
    "label": "(func FIELDS)",
}

USES = """
    func: (export "e" (func N))
    func: (start N)
    func: (elem declare func N)
    func: (elem funcref (ref.func N))
    func: (table 1 funcref (ref.func N))
    func: (global funcref (ref.func N))
    func: (func call N)
    func: (func return_call N)
    func: (func (drop (ref.func N)))
    table: (export "e" (table N))
    table: (elem (table N) (i32.const 0) func)
    table: (func (drop (table.size N)))
    table: (func (drop (table.get N (i32.const 0))))
    table: (func (table.copy N N (i32.const 0) (i32.const 0) (i32.const 0)))
    table: (type (func)) (func (call_indirect N (type 0) (i32.const 0)))
    memory: (export "e" (memory N))
    memory: (data (memory N) (i32.const 0) "")
    memory: (func (drop (i32.load N (i32.const 0))))
    memory: (func (i64.store N (i32.const 0) (i64.const 0)))
    memory: (func (drop (memory.size N)))
    memory: (func (drop (memory.grow N (i32.const 0))))
    memory: (func (memory.copy N N (i32.const 0) (i32.const 0) (i32.const 0)))
    memory: (func (memory.fill N (i32.const 0) (i32.const 0) (i32.const 0)))
    memory: (func (drop (i32.atomic.load N (i32.const 0))))
    memory: (func (drop (v128.load N (i32.const 0))))
    global: (export "e" (global N))
    global: (global i32 (global.get N))
    global: (func (drop (global.get N)))
    global: (func (global.set N (i32.const 0)))
    tag: (export "e" (tag N))
    tag: (func (throw N))
    tag: (func (block (try_table (catch N 0))))
    type: (func (type N))
    type: (import "a" "b" (func (type N)))
    type: (import "a" "b" (tag (type N)))
    type: (tag (type N))
    type: (type (struct (field (ref null N))))
    type: (type (sub N (func)))
    type: (type (cont N))
    type: (table 0 (ref null N))
    type: (global (ref null N) (ref.null N))
    type: (elem (ref null N))
    type: (func (local (ref null N)))
    type: (func (block (type N)))
    type: (func (drop (ref.null N)))
    type: (table 1 funcref) (func (call_indirect (type N) (i32.const 0)))
    struct: (func (drop (struct.new_default N)))
    struct: (func (drop (struct.get N 0 (ref.null N))))
    array: (func (drop (array.new_default N (i32.const 0))))
    array: (func (drop (array.len (ref.null N))))
    field: (func (drop (struct.get 0 N (ref.null 0))))
    field: (func (struct.set 0 N (ref.null 0) (i32.const 0)))
    elem: (table 1 funcref) (func (table.init N (i32.const 0) (i32.const 0) (i32.const 0)))
    elem: (func (elem.drop N))
    elem: (type (array (mut funcref))) (func (drop (array.new_elem 0 N (i32.const 0) (i32.const 0))))
    data: (memory 1) (func (memory.init N (i32.const 0) (i32.const 0) (i32.const 0)))
    data: (func (data.drop N))
    data: (type (array (mut i8))) (func (drop (array.new_data 0 N (i32.const 0) (i32.const 0))))
    local: (local.get N) drop
    local: (local.set N (i32.const 0))
    local: (drop (local.tee N (i32.const 0)))
    label: (br N)
    label: (br_if N (i32.const 0))
    label: (br_table N (i32.const 0))
    label: (br_table 0 N (i32.const 0))
    label: (block (try_table (catch_all N)))
    label: (rethrow N)
    label: (delegate N)
"""


def with_items(kind: str, count: int, field: str) -> str:
    """A module with so many items of a kind, and a field that uses one."""
    if kind == "field":
        return f"(module {ITEMS[kind].replace('FIELDS', '(field (mut i32))' * count)} {field})"
    if kind == "local":
        # The first by parameters, the second declared.
        return f"(module (func {'(param i32)' * (count > 0)} {'(local i32)' * (count > 1)} {field}))"
    if kind == "label":
        return f"(module (func {'block ' * count} {field} {'end ' * count}))"
    return f"(module {' '.join([ITEMS[kind]] * count)} {field})"


@pytest.mark.slow
@pytest.mark.parametrize("count", [0, 1, 2])
def test_core_indices(count: int, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(USES):
        kind, _, field = line.partition(": ")
        for index in sorted({0, max(count - 1, 0), count, count + 1}):
            used = field.replace("N", str(index))
            cases[f"{count} and {kind}: {used}"] = with_items(kind, count, used)
    assert answers("component new -o out in.wat", cases) == golden


COMPONENT_ITEMS = {
    "func": '(import "iN" (func))',
    "value": '(import "iN" (value u8))',
    "instance": '(import "iN" (instance (export "f" (func)) (export "t" (type (sub resource)))))',
    "component": '(import "iN" (component))',
    "type": "(type u8)",
    "functype": "(type (func))",
    "resource": "(type (resource (rep i32)))",
    "core module": '(core module (func (export "f")) (memory (export "m") 1))',
    "core instance": '(core module (func (export "f")) (memory (export "m") 1)) (core instance (instantiate 0))',
    "core type": "(core type (func))",
    "core func": "(core func (canon task.cancel))",
    "core memory": '(core module (memory (export "m") 1)) (core instance (instantiate 0)) (core alias export 0 "m" (memory))',
}

COMPONENT_USES = """
    func: (export "e" (func N))
    func: (core func (canon lower (func N)))
    func: (instance (export "e" (func N)))
    value: (export "e" (value N))
    instance: (export "e" (instance N))
    instance: (alias export N "f" (func))
    instance: (alias export N "t" (type))
    instance: (alias export N "none" (func))
    instance: (instance (export "e" (instance N)))
    component: (export "e" (component N))
    component: (instance (instantiate N))
    type: (export "e" (type N))
    type: (type (list N))
    type: (type (record (field "a" N)))
    type: (type (tuple N N))
    type: (type (variant (case "a" N)))
    type: (type (result N (error N)))
    type: (type (stream N))
    type: (type (future N))
    type: (type (func (param "a" N) (result N)))
    type: (import "e" (type (eq N)))
    type: (type (component (alias outer 1 N (type))))
    functype: (import "e" (func (type N)))
    functype: (core module (func (export "f"))) (core instance (instantiate 0)) (func (type N) (canon lift (core func 0 "f")))
    resource: (type (own N))
    resource: (type (borrow N))
    resource: (core func (canon resource.new N))
    resource: (core func (canon resource.drop N))
    resource: (core func (canon resource.rep N))
    core module: (core instance (instantiate N))
    core module: (export "e" (core module N))
    core instance: (alias core export N "f" (core func))
    core instance: (alias core export N "m" (core memory))
    core instance: (alias core export N "none" (core func))
    core instance: (core module (import "a" "f" (func))) (core instance (instantiate 1 (with "a" (instance N))))
    core type: (type (component (alias outer 1 N (core type))))
    core type: (core func (canon thread.spawn-ref N))
    core func: (func (canon lift (core func N)))
    core func: (core instance (export "e" (func N)))
    core memory: (core func (canon waitable-set.wait (memory N)))
    core memory: (core instance (export "e" (memory N)))
"""


@pytest.mark.parametrize("count", [0, 1, 2])
def test_component_indices(count: int, answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(COMPONENT_USES):
        kind, _, field = line.partition(": ")
        items = " ".join(COMPONENT_ITEMS[kind].replace("iN", f"i{n}") for n in range(count))
        for index in sorted({0, max(count - 1, 0), count, count + 1}):
            used = field.replace("N", str(index))
            cases[f"{count} and {kind}: {used}"] = f"(component {items} {used})"
    assert answers("component wit in.wat", cases) == golden


BAD_AFTER_GOOD = """
    (type (func)) / (type (struct (field (ref 9))))
    (import "a" "b" (func)) / (import "a" "b" (func (type 9)))
    (func) / (func (type 9))
    (func) / (func (drop (i32.add (i32.const 0))))
    (func (local i32 i64) nop) / (func nop nop (local.set 3))
    (table 1 funcref) / (table 2 1 funcref)
    (memory 1) / (memory 65537)
    (memory 1) / (memory i64 1 0)
    (tag) / (tag (result i32))
    (global i32 (i32.const 0)) / (global i32 (i64.const 0))
    (export "a" (func $f)) / (export "b" (func 9))
    (export "a" (func $f)) / (export "a" (func $f))
    (elem funcref (ref.null func)) / (elem funcref (ref.null func) (ref.null extern))
    (elem (table $t) (i32.const 0) func $f) / (elem (table $t) (i64.const 0) func)
    (elem declare func $f) / (elem declare func $f 9)
    (data (i32.const 0) "a") / (data (i64.const 0) "b")
    (data "aaa") / (data (memory 9) (i32.const 0) "b")
    (@custom "a" "b") / (start 9)
"""


def test_core_fields_after_others(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # The offset of a fault in the first, second and fourth item of a section.
    cases = {}
    for line in lines(BAD_AFTER_GOOD):
        good, _, bad = line.partition(" / ")
        for count in (0, 1, 3):
            items = " ".join([*(good.replace('"a"', f'"a{n}"') for n in range(count)), bad])
            cases[f"{count} before {bad}"] = f"(module {items} (func $f) (table $t 1 funcref) (memory 1))"
    for count in (0, 1, 2):
        good = '(export "a" (func $f))'
        cases[f"{count} equal exports"] = f"(module (func $f) {good * count})"
    assert answers("component new -o out in.wat", cases) == golden


COMPONENT_BAD_AFTER_GOOD = """
    (type u8) / (type (list 99))
    (type (record (field "a" u8))) / (type (record (field "a" u8) (field "A" u8)))
    (core type (func)) / (core type (func (param (ref 99))))
    (core type (module)) / (core type (module (import "a" "b" (func (type 99)))))
    (import "xN" (func)) / (import "x" (func (type 99)))
    (import "xN" (func)) / (import "X0" (func))
    (core module) / (core module (func (type 9)))
    (core module) / (core module (func i32.add))
    (core module (func)) / (core module (func) (func) (func nop drop))
    (component) / (component (export "a" (func 9)))
    (component (type u8)) / (component (type u8) (component (type (list 9))))
    (core func (canon task.cancel)) / (core func (canon resource.drop 99))
    (instance) / (instance (export "a" (func 99)))
    (core instance) / (core instance (export "a" (func 99)))
    (core instance) / (core instance (instantiate 99))
    (export "xN" (type $u)) / (export "x" (type 99))
    (export "xN" (type $u)) / (export "x0" (type $u))
    (alias outer 0 $u (type)) / (alias outer 9 0 (type))
    (alias outer 0 $u (type)) / (alias outer 0 99 (type))
    (alias export $i "f" (func)) / (alias export $i "g" (func))
    (@custom "a" "b") / (start 9)
"""


def test_component_fields_after_others(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    cases = {}
    for line in lines(COMPONENT_BAD_AFTER_GOOD):
        good, _, bad = line.partition(" / ")
        for count in (0, 1, 3):
            # Neighbours share a section; parted by a custom section they have two.
            for parted in ("", '(@custom "-" "")'):
                items = f" {parted} ".join([*(good.replace("xN", f"x{n}") for n in range(count)), bad])
                head = '(type $u u8) (import "i" (instance $i (export "f" (func))))'
                cases[f"{count} {parted}before {bad}"] = f"(component {head} {items})"
    assert answers("component wit in.wat", cases) == golden


def test_printed_after_others(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Indices that the printer numbers go on from section to section, imports first.
    fields = [
        *('(import "a" "N" (func))', '(import "a" "N" (table 1 funcref))', '(import "a" "N" (memory 1))'),
        *('(import "a" "N" (global i32))', '(import "a" "N" (tag))', "(func (param i32) (local i64))", "(table 2 funcref)"),
        *("(memory 2)", "(global i64 (i64.const N))", "(tag)", '(elem declare func 0)', '(data "N")', "(type (func (param f32)))"),
    ]  # fmt: skip
    cases = {}
    for field in fields:
        cases[field] = (
            f"(module {' '.join(field.replace('N', str(n)) for n in range(3))} (func) (type (func (result f32))))"
        )
    everything = " ".join(field.replace("N", str(n)) for field in fields for n in range(2))
    cases["all"] = f"(module {everything})"
    assert answers("component embed -t w.wit in.wat", cases) == golden


def test_segments_of_all_lengths(answers: Answers, golden: SnapshotAssertion) -> None:  # noqa: F811
    # Segments that are stepped over at once, and those that are not; what comes after shows whether the step was right.
    cases = {}
    for length in (0, 1, 2, 63, 64, 127, 128, 129, 255, 256, 8191, 16383, 16384, 16385, 20000):
        data = f'(data (i32.const 0) "{"a" * length}")'
        for after in (
            '(data (i64.const 0) "b")',
            '(data (i32.const 0) "b")',
            '(data "b")',
            "(data (memory 1) (i32.const 0))",
            "",
        ):
            cases[f"{length} and {after}"] = f"(module (memory 1) {data} {after})"
    for offset in (
        0,
        1,
        63,
        64,
        127,
        128,
        8191,
        8192,
        1048575,
        1048576,
        134217727,
        134217728,
        2147483647,
        -1,
        -64,
        -65,
        -2147483648,
    ):
        data = f'(data (i32.const {offset}) "abc")'
        for after in ('(data (i64.const 0) "b")', ""):
            cases[f"at {offset} and {after}"] = f"(module (memory 1) {data} {data} {after})"
        cases[f"64-bit at {offset}"] = f"(module (memory i64 1) {data})"
        cases[f"without a memory at {offset}"] = f"(module {data})"
    assert answers("component new -o out in.wat", cases) == golden
