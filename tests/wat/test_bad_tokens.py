"""A token that does not lex, or one that is out of place, in place of each token of a text: what is said, and where."""

from __future__ import annotations

import re

import pytest
from answers import Answers, answers, asked  # noqa: F401
from syrupy.assertion import SnapshotAssertion

MODULE = r"""(module $m (@custom "c" (after code) "x" "y") (type $t (func (param $p i32) (result i64))) (rec (type (sub final 0
(struct (field $f (mut i8)))))) (import "a" "b" (func $i (@name "n") (type $t))) (import "a" "g" (global (mut (ref null $t))))
(import "a" "m" (memory i64 1 2 shared (pagesize 1))) (table $tab 1 2 funcref (ref.null func)) (memory (export "e") (data "abc"))
(tag (param i32)) (global $gl i32 (i32.add (i32.const 1) (i32.const -0x2))) (export "x" (func $i)) (start $i) (elem $e (table $tab)
(offset i32.const 1) func $i 0) (elem declare (ref func) (item ref.func 0) (ref.null func)) (data $d (memory 0) (i64.const 0) "\61\u{62}")
(func $f (export "h") (type $t) (param i32) (result i64) (local $l f32) (@metadata.code.branch_hint "\01") (if $lab (result i32)
(i32.const 1) (then i32.const 2) (else (i32.const 3))) drop block (param i32) i32.load offset=4 align=1 end call_indirect $tab (type 0)
br_table 0 $lab 1 f32.const nan:0x1 v128.const i32x4 1 2 3 4 select (result i32) try_table (catch 0 0) (catch_all 1) end ref.cast (ref
null $t) memory.copy 0 0 i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))"""

COMPONENT = r"""(component $c (import "i" (func $f (param "x" u8) (result (list string)))) (type $r (record (field "a" u8) (field "b"
(option s32)))) (core module $m (func (export "e"))) (core instance $i (instantiate $m (with "" (instance (export "e" (func 0))))))
(alias core export $i "e" (core func $e)) (alias outer $c $r (type $o)) (func $g (param "p" $r) (canon lift (core func $e) (memory 0)
string-encoding=utf8)) (core func (canon lower (func $f) async)) (core func (canon stream.read 0 async)) (type (instance (export "t"
(type (sub resource))) (export "v" (type (eq 0))))) (type (component (import "a" (core module (import "x" "y" (func)))))) (instance $n
(instantiate $s (with "a" (func $f)))) (export $x "y" (func $g) (func (type 0))) (type (variant (case "a" u8) (case "b"))) (type (enum "a"))
(type (result u8 (error string))) (type (flags "q")) (type (own $r)) (core type (func (param i32))) (import (interface "a:b/c") (instance))
(@custom "d" "e") (start $g (value 0) (result (value $v))) (type (resource (rep i32) (dtor (func 0)))) (type (future u8)) (type (map u8 u8)))"""

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\(@?|\)|[^\s()"]+')


def told(answers: Answers, text: str, token: str) -> str:  # noqa: F811
    """Where each token is another one, a line: the token, the message, and the line and column."""
    found = ""
    for match in TOKEN.finditer(text):
        changed = text[: match.start()] + token + text[match.end() :]
        lines = answers("parse -t in.wat", {"": changed}).splitlines()
        wrong = [line.strip().removeprefix("error: ") for line in lines[2:4] if lines[1] != "status 0"]
        found += f"{match[0]}: {' '.join(wrong)}\n"
    return found


@pytest.mark.parametrize(
    "token",
    [
        pytest.param('"\\q"', id="escape"),
        pytest.param("0x", id="number"),
        pytest.param("$", id="id", marks=pytest.mark.slow),
        pytest.param("(@)", id="annotation", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("text", [MODULE, COMPONENT], ids=["module", "component"])
def test_bad_tokens(answers: Answers, golden: SnapshotAssertion, text: str, token: str) -> None:  # noqa: F811
    assert told(answers, text, token) == golden


@pytest.mark.parametrize("text", [MODULE, COMPONENT], ids=["module", "component"])
def test_the_end_of_the_text(answers: Answers, golden: SnapshotAssertion, text: str) -> None:  # noqa: F811
    found = ""
    for match in TOKEN.finditer(text):
        lines = answers("parse -t in.wat", {"": text[: match.end()]}).splitlines()
        found += f"{match[0]}: {' '.join(line.strip() for line in lines[2:4] if lines[1] != 'status 0')}\n"
    assert found == golden
