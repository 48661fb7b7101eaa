"""Core modules in text to binary: small inputs beside the bytes that the specification gives."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.wat.parse import wat_to_binary

HEADER = "00 61 73 6d 01 00 00 00"


def binary(text: str) -> bytes:
    return wat_to_binary(text.encode(), "a.wat")


def hexadecimal(*lines: str) -> bytes:
    """Bytes of lines of hexadecimal digits, each with a comment after `;`."""
    return bytes.fromhex(HEADER) + b"".join(bytes.fromhex(line.partition(";")[0]) for line in lines)


CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "nothing but a module": ("(module)", ()),
    "fields without a module": ("(memory 1) (memory 2 3)", ("05 06 02  00 01  01 02 03 ; two memories",)),
    "a binary module": ('(module binary "\\00asm" "\\01\\00\\00\\00")', ()),
    "a function, folded": (
        "(module (func (param i32) (result i32) (i32.add (local.get 0) (i32.const -1))))",
        (
            "01 06 01 60 01 7f 01 7f     ; type 0",
            "03 02 01 00                 ; function 0",
            "0a 09 01 07 00              ; code, no locals",
            "20 00 41 7f 6a 0b           ; local.get 0, i32.const -1, i32.add, end",
        ),
    ),
    "locals of one type together": (
        "(func (local i32 i32) (local $x i32) (local i64))",
        (
            "01 04 01 60 00 00",
            "03 02 01 00",
            "0a 08 01 06 02 03 7f 01 7e 0b",
            "00 0d 04 6e 61 6d 65 02 06 01 00 01 02 01 78 ; name: local 2 of function 0 is x",
        ),
    ),
    "an if, folded": (
        "(func (if (i32.const 0) (then nop) (else)))",
        (
            "01 04 01 60 00 00",
            "03 02 01 00",
            "0a 0b 01 09 00 41 00 04 40 01 05 0b 0b",
        ),
    ),
    "labels count from the inside": (
        "(func block $a block $b br $a br $b end end)",
        (
            "01 04 01 60 00 00",
            "03 02 01 00",
            "0a 0e 01 0c 00 02 40 02 40 0c 01 0c 00 0b 0b 0b",
            "00 10 04 6e 61 6d 65 03 09 01 00 02 00 01 61 01 01 62",
        ),
    ),
    "an exported import": (
        '(func (export "f") (import "m" "n"))',
        (
            "01 04 01 60 00 00",
            "02 07 01 01 6d 01 6e 00 00",
            "07 05 01 01 66 00 00",
        ),
    ),
    "inline data, in pages": (
        '(memory (data "ab" (i16 -1)))',
        (
            "05 04 01 01 01 01           ; one page at least and at most",
            "0b 0a 01 00 41 00 0b 04 61 62 ff ff",
        ),
    ),
    "inline elements": (
        "(func) (table funcref (elem 0 0))",
        (
            "01 04 01 60 00 00",
            "03 02 01 00",
            "04 05 01 70 01 02 02",
            "09 0a 01 02 00 41 00 0b 00 02 00 00",
            "0a 04 01 02 00 0b",
        ),
    ),
    "memory immediates": (
        "(memory 0) (memory $m 0) (func (drop (i32.load $m offset=8 align=1 (i32.const 0))) (drop (memory.size $m)))",
        (
            "01 04 01 60 00 00",
            "03 02 01 00",
            "05 05 02 00 00 00 00",
            "0a 0e 01 0c 00 41 00 28 40 01 08 1a 3f 01 1a 0b ; flag 0x40: a memory follows the alignment",
            "00 0b 04 6e 61 6d 65 06 04 01 01 01 6d",
        ),
    ),
    "references and recursion": (
        "(rec (type $a (struct (field (mut (ref null $b))))) (type $b (sub $a (struct))))",
        (
            "01 0d 01 4e 02 5f 01 63 01 01 50 01 00 5f 00",
            "00 0e 04 6e 61 6d 65 04 07 02 00 01 61 01 01 62",
        ),
    ),
    "a group of imports": (
        '(import "m" (item "a" (func)) (item "b" (memory 1)))',
        (
            "01 04 01 60 00 00",
            "02 0f 01 01 6d 00 7f 02 01 61 00 00 01 62 02 00 01",
        ),
    ),
    "custom sections and their places": (
        '(module (@custom "b" (after type) "y") (@custom "a" (before first) "x") (type (func)))',
        (
            "00 03 01 61 78",
            "01 04 01 60 00 00",
            "00 03 01 62 79",
        ),
    ),
    "a segment named in code is counted": (
        '(func data.drop 0) (data "")',
        (
            "01 04 01 60 00 00",
            "03 02 01 00",
            "0c 01 01                    ; one segment",
            "0a 07 01 05 00 fc 09 00 0b",
            "0b 03 01 01 00",
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bytes(name: str) -> None:
    text, lines = CASES[name]
    assert binary(text).hex(" ") == hexadecimal(*lines).hex(" ")


FIELDS = """
    (import "m" "g" (global $g (mut i32)))
    (memory $m 1) (memory $n 1)
    (table $t 1 funcref)
    (type $sig (func (param i32) (result i32)))
    (func $first (param $p i32) (result i32) (local $l i64)
    {}
    )
    (func $last (param i32) (result i32) local.get 0)
"""

BODIES = [
    "local.get $p\nlocal.get 0\ni32.add\nlocal.tee $p\nglobal.set $g\nglobal.get 0",
    "block\nblock ;; label = @1\nbr 1 (;@1;)\nend\nend\ni32.const 12",
    "block $x (result i32)\nlocal.get $p\nbr_if $x\nend",
    "loop $x\nbr $x\nend\ni32.const 1",
    "local.get $p\nif\nnop\nelse\nunreachable\nend\ni32.const 0x10",
    "local.get $p\ncall $last\ncall $first\ncall 1",
    "local.get $p\ni32.load offset=8 align=1\ni32.load\nalign=2\ni32.load8_u $n",
    "local.get $p\ni32.load\noffset=4\ni32.load offset=4\nalign=1",
    "i64.const -9223372036854775808\nlocal.set $l\ni32.const -1",
    "f64.const 0x1p+0 (;=1;)\ndrop\nf32.const -nan:0x1\ndrop\nf32.const 1\ndrop\ni32.const 7",
    "local.get $p\nlocal.get $p\ncall_indirect (type $sig)",
    "memory.size\n$n\nmemory.size 1\ni32.add",
    "block $end\nend\n$end\ni32.const 1",
    "(i32.add (local.get $p) (call $last (i32.load offset=4 (i32.const 8))))",
    "(block $x (result i32) (br_if $x (i32.const 1) (block $y (result i32) (br $x (i32.const 2)))))",
    "(if (result i32) (local.get $p) (then (call $last (i32.const 1))) (else (i32.const 2)))",
    "(drop (i32.const 1)) ;; (\n(call $last (local.get 0 (; ) ;) ))",
    "(local.set $l (i64.extend_i32_u (i32.load8_s align=1 (local.get 0)))) (i32.const 9)",
    "i32.const 1 i32.const 2 i32.add\n\n\n",
    "local.get $p br_table 0 0 0",
    "(return (local.get 0)) (unreachable)",
]


@pytest.mark.parametrize("body", BODIES)
def test_plain_lines_mean_what_they_mean_word_by_word(body: str) -> None:
    """Lines and folded instructions that are read as a whole, against the same ones with a comment after each word."""
    apart = body.replace("(;@1;)", "").replace("(;=1;)", "")
    apart = "\n".join(" (;;) ".join(line.partition(";;")[0].split()) + " (;;)" for line in apart.split("\n"))
    apart = apart.replace("(; (;;) ) (;;) ;)", "")
    assert binary(FIELDS.format(body)) == binary(FIELDS.format(apart))


def test_a_carriage_return_is_a_blank_but_a_form_feed_is_none() -> None:
    assert binary("(func\r\nnop\r\nnop\r\n)") == binary("(func nop nop)")
    with pytest.raises(WasmToolsError, match="unexpected character"):
        binary("(func\nnop\f\nnop\n)")


@pytest.mark.slow
def test_nesting_needs_no_stack() -> None:
    depth = 100_000
    folded = "(func " + "(drop " * depth + ")" * depth + ")"
    assert binary(folded).count(b"\x1a") == depth
    blocks = "(func " + "(block " * depth + ")" * depth + ")"
    assert binary(blocks).count(b"\x02\x40") == depth
    with pytest.raises(WasmToolsError, match="expected an instruction"):
        binary("(func " + "(block " * depth)
    comments = "(;" * depth + ";)" * depth + "(module)"
    assert binary(comments) == binary("(module)")
    annotations = "(@a " * depth + ")" * depth + "(module)"
    assert binary(annotations) == binary("(module)")


def test_duplicates_and_unknown_names_in_the_order_of_the_reference() -> None:
    for text, message in (
        ('(func $a) (func $a) (start $x) (import "" "" (func))', "import after function"),
        ("(start $x) (func $a) (func $a)", "duplicate func identifier"),
        ('(export "" (func $x)) (func local.get $y)', "unknown func: failed to find name `\\$x`"),
        ("(func (local $x i32 ) local.get $y (local.get $z))", "unknown local: failed to find name `\\$y`"),
        ("(func memory.copy $x $y)", "unknown memory: failed to find name `\\$y`"),
        ("(func call_indirect $x (type $y))", "unknown table: failed to find name `\\$x`"),
        ("(func (type $t)) (type $u (func)) (func (type 0) (param i32))", "unknown type: failed to find name `\\$t`"),
    ):
        with pytest.raises(WasmToolsError, match=message):
            binary(text)


@pytest.mark.slow
def test_work_is_linear_in_long_lines() -> None:
    # Many functions on one line: no line is read twice.
    text = "(module " + "(func nop nop) " * 20_000 + ")"
    assert binary(text).count(b"\x04\x00\x01\x01\x0b") == 20_000
