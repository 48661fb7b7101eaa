"""Function bodies printed by several processes: the text is what one process prints, whatever becomes of the others."""

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
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wat.print import module, printer, shares
from pywasmtools.wat.print.printer import print_options, print_wasm_to

if processes.IS_COMPILED:
    pytest.skip("compiled code takes no stand-ins", allow_module_level=True)

__all__ = ["forked"]

BODIES = (
    "(param i32 i64) (result i32) (local f32 f64) (local.get 0) (call $f7) (i32.const -300) (i32.add)",
    '(export "a {k}") (block $b (loop (br $b) (br 1) (br_if 0 (i32.const {k}))))',
    "(local $x i32) (local $y i64) (i64.store offset=5 align=2 (local.get $x) (local.get $y)) (drop (table.size $t))",
    "",
    "(result v128) (v128.const i32x4 1 2 3 {k}) (f64.const 0x1.8p{k}) (drop) (i8x16.splat (i32.const {k})) (v128.and)",
    "(if (param i64) (result f32) (global.get $g) (then (drop) (f32.const nan)) (else (drop) (f32.const {k}.5))) (drop)",
    "(param $p i32) (br_table 0 0 0 (local.get $p))",
    "(type 0) (call_indirect $t (param i32 i64) (result i64) (local.get 0) (i64.const {k}) (i32.const 3)) (drop) (local.get 0)",
)


def text(count: int, first: int = 0) -> str:
    funcs = "\n".join(
        f"(func $f{k} {BODIES[(k + first) % len(BODIES)].format(k=k)})" if k % 5 else "(func (nop) (nop) (unreachable))"
        for k in range(count)
    )
    return f"""(module $"a module {first}" (type (func (param i32) (result i32))) (memory 1) (table $t 3 funcref)
        (global $g i64 (i64.const 9)) (func $f7 (result i32) (i32.const 1)) {funcs.replace("(func $f7 ", "(func $again ")}
        (data (i32.const 0) "end"))"""


MODULE = wat_to_binary(text(200).encode(), None)
COMPONENT = wat_to_binary(
    "(component (core {} (core module) (component (core {}) (core {})".format(
        *[text(count, count)[1:] for count in (50, 70, 3)]
    ).encode(),
    None,
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few bytes are worth a process, and this one may make them."""
    monkeypatch.setattr(printer, "LARGE", 0)
    monkeypatch.setattr(shares, "WORTHWHILE", 10)
    monkeypatch.setattr(shares, "PIECE", 200)
    monkeypatch.setattr(shares, "OF_ITS_OWN", 0)
    monkeypatch.setattr(processes, "_allowed", True)


def printed(data: bytes, jobs: int, monkeypatch: pytest.MonkeyPatch, color: bool = False, **options: object) -> str:
    """The text and what is wrong, by so many processes."""
    monkeypatch.setenv("WASM_TOOLS_JOBS", str(jobs))
    chunks: list[str] = []
    try:
        print_wasm_to(data, chunks.append, color, print_options(**options) if options else None)  # type: ignore[arg-type]
    except WasmToolsError as e:
        chunks.append("\n" + "\n".join([layer.text() for layer in e.layers]))
    assert not children_left()
    return "".join(chunks)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"color": True},
        {"print_offsets": True},
        {"fold_instructions": True},
        {"name_unnamed": True},
        {"name_unnamed": True, "fold_instructions": True, "print_offsets": True, "color": True},
        {"indent": 0},
        {"features": "wasm1"},
    ],
    ids=lambda options: " ".join(options),
)
@pytest.mark.parametrize("data", [MODULE, COMPONENT], ids=["module", "component"])
def test_the_same_text(
    data: bytes, options: dict[str, object], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = printed(data, 1, monkeypatch, **options)  # type: ignore[arg-type]
    assert not forked
    sections = 1 if data == MODULE else 3
    for jobs in (2, 3, 5):
        assert printed(data, jobs, monkeypatch, **options) == alone  # type: ignore[arg-type]
        assert len(forked) == (jobs - 1) * sections
        forked.clear()


@pytest.mark.parametrize(
    "options", [{"skeleton": True}, {"print_operand_stack": True}], ids=lambda options: next(iter(options))
)
def test_what_is_not_shared_out(options: dict[str, object], forked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A skeleton has no bodies; an operand stack is told in order."""
    assert printed(MODULE, 3, monkeypatch, **options) == printed(MODULE, 1, monkeypatch, **options)  # type: ignore[arg-type]
    assert not forked


def test_branch_hints_go_to_the_functions_in_turn(forked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    hinted = '(func (@metadata.code.branch_hint "\\01") (if (i32.const 1) (then)))'
    data = wat_to_binary(text(40).replace("(data ", hinted + "(func)" + hinted + "(data ").encode(), None)
    assert printed(data, 3, monkeypatch) == printed(data, 1, monkeypatch)
    assert printed(data, 1, monkeypatch).count("branch_hint") == 2
    assert not forked


def bodies(data: bytes) -> list[int]:
    """Where the bodies of the functions end."""
    from pywasmtools.wasm.payloads import CODE_SECTION_ENTRY, Parser

    return [payload.end for payload in Parser(data) if payload.kind == CODE_SECTION_ENTRY]


@pytest.mark.parametrize("at", [0, 1, 30, 77, 78, 150, 199, 200])
@pytest.mark.parametrize("byte", [0xFF, 0x0B, 0x05, 0x41])
def test_what_is_wrong_in_a_body(at: int, byte: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text before it, and the same message."""
    data = bytearray(MODULE)
    data[bodies(MODULE)[at] - 2] = byte
    alone = printed(bytes(data), 1, monkeypatch)
    for jobs in (2, 4):
        assert printed(bytes(data), jobs, monkeypatch) == alone


@pytest.mark.parametrize("cut", [1, 100, 1000, 3000])
def test_a_module_that_is_cut(cut: int, forked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(MODULE[:-cut], 3, monkeypatch) == printed(MODULE[:-cut], 1, monkeypatch)


def test_sizes_of_bodies_that_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(MODULE)
    data[bodies(MODULE)[99]] = 0x7F
    assert printed(bytes(data), 3, monkeypatch) == printed(bytes(data), 1, monkeypatch)


@pytest.mark.parametrize("how", ["killed", "exit", "memory", "hangs up", "half"])
def test_a_worker_that_dies_is_no_answer(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At some function, or while it tells of a piece; what it should have printed is printed here."""
    alone = printed(MODULE, 1, monkeypatch)
    here = os.getpid()
    real: Callable[..., None] = module.write_body
    tell = processes.Answer.write

    def write_body(w: object, state: object, reader: object, hints: object, checked: object) -> None:
        if os.getpid() != here and state.counts[0] in (60, 121):  # type: ignore[attr-defined]
            if how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if how == "exit":
                os._exit(0)
            if how == "hangs up":
                os.closerange(3, 256)
            if how == "memory":
                raise MemoryError
        real(w, state, reader, hints, checked)

    def write(answer: processes.Answer, data: bytes) -> None:
        if how == "half" and b"f60 " in data:
            tell(answer, data[:100])
            os._exit(1)
        tell(answer, data)

    monkeypatch.setattr(shares, "write_body", write_body)
    monkeypatch.setattr(processes.Answer, "write", write)
    for jobs in (2, 3):
        assert printed(MODULE, jobs, monkeypatch) == alone


@pytest.mark.parametrize("most", [0, 1])
def test_where_none_can_be_made(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = printed(MODULE, 1, monkeypatch)
    real = os.pipe
    made = 0

    def pipe() -> tuple[int, int]:
        nonlocal made
        made += 1
        if made > most:
            raise OSError(24, "no more")
        return real()

    monkeypatch.setattr(os, "pipe", pipe)
    assert printed(MODULE, 4, monkeypatch) == alone
    assert made == 3


def test_a_program_makes_none(forked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_allowed", False)
    printed(MODULE, 4, monkeypatch)
    assert not forked


def test_who_writes_no_more_leaves_none_behind(forked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASM_TOOLS_JOBS", "4")
    left = 3

    def write(text: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        print_wasm_to(MODULE, write)
    assert len(forked) == 3
    assert not children_left()


def test_short_functions_are_not_worth_it(forked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "OF_ITS_OWN", 40)
    printed(wat_to_binary(b"(module" + b"(func)" * 300 + b")", None), 4, monkeypatch)
    assert not forked
