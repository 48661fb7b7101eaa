"""Function bodies parsed by several processes: the binary, or the message, is that of one process, whatever the others do."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

import pytest

if sys.platform == "win32":
    pytest.skip("there is no fork", allow_module_level=True)

from forked import children_left, forked

from pywasmtools import processes
from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wat.core import ahead, module
from pywasmtools.wat.core.ahead import BodiesAhead
from pywasmtools.wat.core.instructions import Expression
from pywasmtools.wat.cursor import Parser
from pywasmtools.wat.parse import wat_to_binary

if processes.IS_COMPILED:
    pytest.skip("compiled code takes no stand-ins", allow_module_level=True)

__all__ = ["forked"]

BODIES = (
    "(param $p i32) (param i64) (result i32) (local $l f32) local.get $p\n call $f{near}\n i32.const -300\n i32.add",
    '(export "a {k}") (block $b (loop $l (br $b) (br $l) (br_if 0 (i32.const {k}))))',
    "(local $x i32) (local $y i64) (i64.store offset=5 (local.get $x) (local.get $y)) (call $f{far}) (call {k})",
    '(@name "no id") (drop (table.size $t)) block $named nop end $named',
    "(result v128) (v128.const i32x4 1 2 3 {k}) (f64.const 0x1.8p{k}) (drop) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))",
    "(if (param i64) (result f32) (global.get $g) (then (drop) (f32.const nan)) (else (drop) (f32.const {k}.5)))\n (drop)",
    "(; (func $no (nop)) ;) (param $p i32) (br_table 0 0 (local.get $p)) ;; (func $p (param $p i64)\n",
    '(@metadata.code.branch_hint "\\01") (if (i32.const 1) (then)) (call_indirect $t (type $late) (i32.const 3)) (ref.func $f{far}) drop',
    "block (result i32 f64) unreachable end drop (; ( ;) drop (call $imported)",
    '(export "(func") (type $late) (local.get 0) drop (struct.get $s $x (ref.null $s)) drop',
)


def function(k: int, count: int) -> str:
    name = f"$f{k}" if k % 4 else ""
    return f"(func {name} {BODIES[k % len(BODIES)].format(k=k, near=k - k % 4 + 1, far=count - 1 - (count - 1) % 4 + 1 - 4)})"


def text(
    count: int = 200, gap: str = "\n  ", before: str = "", after: str = "", instead: dict[int, str] | None = None
) -> bytes:
    """A module of so many functions; `instead` has other text for some of them, by their number."""
    funcs = gap.join((instead or {}).get(k, function(k, count)) for k in range(count))
    return f"""(module (import "a" "b" (func $imported)) (memory 1) (table $t 3 funcref) (global $g i64 (i64.const 9))
        (type $s (struct (field $x i32))) {before}
  {funcs}
        (data $d "passive (func (nop)") (type $late (func (param i32))) {after})""".encode()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little text is worth a process, and this one may make them."""
    monkeypatch.setattr(module, "LARGE", 0)
    monkeypatch.setattr(ahead, "WORTHWHILE", 10)
    monkeypatch.setattr(ahead, "OF_ITS_OWN", 0)
    monkeypatch.setattr(processes, "_allowed", True)


TAKEN: list[int] = []
"""The places of the functions whose bodies came from workers, in a test."""


@pytest.fixture(autouse=True)
def noted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = BodiesAhead.take

    def take(self: BodiesAhead, p: Parser, func: int) -> Expression | None:
        taken = real(self, p, func)
        if taken is not None:
            TAKEN.append(func)
        return taken

    TAKEN.clear()
    monkeypatch.setattr(BodiesAhead, "take", take)


def parsed(source: bytes, jobs: int, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The binary by so many processes, or what is wrong."""
    monkeypatch.setenv("WASM_TOOLS_JOBS", str(jobs))
    TAKEN.clear()
    try:
        result = wat_to_binary(source, "a.wat")
    except WasmToolsError as e:
        result = "\n".join([layer.text() for layer in e.layers]).encode()
    assert not children_left()
    return result


def same(source: bytes, monkeypatch: pytest.MonkeyPatch, least: int) -> bytes:
    """Holds that several processes do what one does, and that workers parsed that many bodies at least."""
    alone = parsed(source, 1, monkeypatch)
    assert not TAKEN
    for jobs in (2, 3, 7):
        assert parsed(source, jobs, monkeypatch) == alone
        assert len(TAKEN) >= least * (jobs - 1) // jobs, (len(TAKEN), jobs)
    return alone


@pytest.mark.parametrize(
    "gap", ["\n  ", "\n\t\t", " ", "", "\r\n", "  (; a comment ;) ", "\n;; (func (nop)\n"], ids=repr
)
def test_the_same_binary(gap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = same(text(gap=gap), monkeypatch, 0 if "comment" in gap else 100)
    assert result.startswith(b"\0asm") and len(result) > 4000


def test_functions_that_call_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that are known to the one and not to the other, or come later."""
    count = 90
    funcs = "\n".join(f"(func $n{k} (call $n{k * 7 % count}) (call $n{k}) (call {k}))" for k in range(count))
    same(f"(module (func $first) {funcs} (func (call $n3)))".encode(), monkeypatch, 80)


def test_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each module has names of its own, and workers; what they find in the next one is not taken."""
    one, other = text(60).decode(), text(90, before="(func $f1 (nop))", instead={1: "(func)"}).decode()
    component = f"(component (core {one[1:]} (core {other[1:]} (component (core {one[1:]}) (core module (func)))"
    result = same(component.encode(), monkeypatch, 0)
    assert result.startswith(b"\0asm")


@pytest.mark.parametrize("k", [0, 1, 99, 100, 133, 150, 199])
@pytest.mark.parametrize(
    "wrong",
    [
        "(func (nop) (nopp))",
        "(func (call $unknown))",
        "(func $f1)",
        "(func (param $a i32) (param $a i32))",
        "(func (block $b) (br $b))",
        "(func nop) (func",
        "(func (nop) (; no end",
        '(func "',
        '(import "late" "one" (func))',
        '(func (export "x") (import "late" "one"))',
        "(func (i32.const 99999999999))",
        "(func block $a end $b)",
        "(func (type $s))",
        "(func (memory.init 7 (i32.const 0)))",
        "(func (local.get $nowhere) (table.get $t (i32.const 0)))",
        "(func nop)) (func nop)",
        "(funk)",
        '(@custom "c" "(func (nop)")',
        "(global $f1 i32 (i32.const 0)) (func)",
        "(type $t2 (func)) (func (type $t2)) (rec (type (func)))",
    ],
)
def test_what_is_odd_or_wrong(wrong: str, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    same(text(instead={k: wrong}), monkeypatch, 0)


@pytest.mark.parametrize("cut", [1, 50, 700, 2500, 6000])
def test_text_that_is_cut(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    same(text()[:-cut], monkeypatch, 0)


def test_what_looks_like_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    """In strings and in comments, over lines: what is found there is told, and never taken."""
    fake = "\n(func (local $x i32) (local.get 0) drop)\n" * 50
    same(text(100, after=f'(data "{fake}")'), monkeypatch, 0)
    same(text(100, before=f"(; {fake} ;)"), monkeypatch, 0)
    same(text(100, instead={70: f"(func (nop) (; {fake} ;) (nop) (unreachable))"}), monkeypatch, 0)
    # The head of the one that is real ends behind the comment, where the one in the comment has its body too.
    odd = "(func (param $y i32) (; \n(func (param i64) (param $y i32) ;)\n local.get $y\n drop)\n"
    same(f"(module (func) {odd * 60})".encode(), monkeypatch, 0)
    odd = "(func (param $y i32) ;; )\n;; (\n\n;; (func (param i64) (param $y i32)\n local.get $y\n drop)\n"
    same(f"(module (func) {odd * 60})".encode(), monkeypatch, 0)


def test_dwarf_is_made_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASM_TOOLS_JOBS", "1")
    alone = wat_to_binary(text(), "a.wat", "lines")
    monkeypatch.setenv("WASM_TOOLS_JOBS", "3")
    assert wat_to_binary(text(), "a.wat", "lines") == alone
    assert not TAKEN


@pytest.mark.parametrize("how", ["killed", "exit", "memory", "hangs up", "half", "nothing"])
def test_a_worker_that_dies_is_no_answer(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = parsed(text(), 1, monkeypatch)
    here = os.getpid()
    real: Callable[..., Expression] = module._body
    tell = processes.Answer.write
    count = 0

    def body(p: Parser, scope: object, func: object, names: object) -> Expression:
        nonlocal count
        count += 1
        if os.getpid() != here and count % 60 == 59:
            if how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if how == "exit":
                os._exit(0)
            if how == "hangs up":
                os.closerange(3, 256)
            if how == "memory":
                raise MemoryError
        return real(p, scope, func, names)

    def write(answer: processes.Answer, data: bytes) -> None:
        if how == "half" and len(data) > 8:
            data = data[:-9]
        if how != "nothing":
            tell(answer, data)

    monkeypatch.setattr(module, "_body", body)
    monkeypatch.setattr(processes.Answer, "write", write)
    for jobs in (2, 3):
        assert parsed(text(), jobs, monkeypatch) == alone


def test_a_program_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_allowed", False)
    parsed(text(), 4, monkeypatch)
    assert not TAKEN


def test_short_functions_are_not_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "OF_ITS_OWN", 400)
    parsed(text(), 4, monkeypatch)
    assert not TAKEN
