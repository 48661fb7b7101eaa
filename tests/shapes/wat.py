"""Shapes of text in the WebAssembly text format."""

from __future__ import annotations

from shapes import Case, shape


def module(fields: str) -> Case:
    """A module that `embed` reads, and does not validate."""
    files: dict[str, str | bytes] = {"w.wit": "package a:b; world w {}", "m.wat": f"(module {fields})"}
    return files, ["component", "embed", "w.wit", "m.wat", "-o", "o.wasm"]


def data(contents: str) -> Case:
    return module(f"(memory 1) (data (i32.const 0) {contents})")


def func(body: str) -> Case:
    return module(f"(func {body})")


@shape(200_000)
def bytes_in_hexadecimal(n: int) -> Case:
    return data('"' + "a\\00\\fe" * n + '"')


@shape(200_000)
def escaped_quotes(n: int) -> Case:
    return data('"' + '\\"\\n\\\\' * n + '"')


@shape(150_000)
def characters_by_number(n: int) -> Case:
    return data('"' + "\\u{e9}é\\u{1f600}" * n + '"')


@shape(100_000)
def a_fault_late_in_a_string(n: int) -> Case:
    return data('"' + "\\u{e9}" * n + '\\q"')


@shape(200_000)
def strings(n: int) -> Case:
    return data('"ab" "\\01" ' * (n // 2))


@shape(80_000)
def numbers_in_data(n: int) -> Case:
    return data("(i8 " + "1 255 -3\n" * n + ")")


@shape(30_000)
def floats_in_data(n: int) -> Case:
    return data("(f64 " + "1.5 0x1p3 -inf\n" * n + ")")


@shape(200_000)
def lines_of_comments(n: int) -> Case:
    return module(";; abc\n" * n)


@shape(200_000)
def comments_that_end_with_carriage_returns(n: int) -> Case:
    return module(";; abc\r" * n)


@shape(400_000)
def comments_in_comments(n: int) -> Case:
    return module("(;" * n + ";)" * n)


@shape(300_000)
def punctuation_in_comments(n: int) -> Case:
    """Characters whose bytes begin like those that are refused."""
    return module("(; " + "\u2013 \u2020 " * n + ";)")


@shape(150_000)
def a_skipped_annotation(n: int) -> Case:
    return module("(@foo " + 'a (1) "x" ' * n + ")")


@shape(60_000)
def skipped_annotations(n: int) -> Case:
    return module("(@foo a)" * n)


@shape(600)
def long_names(n: int) -> Case:
    name = "a" * 5000
    return module(f"(func ${name} " + f"(call ${name})" * n + ")")


@shape(10_000)
def vectors(n: int) -> Case:
    return func("v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\ni8x16.extract_lane_u 3\ndrop\n" * n)


@shape(40_000)
def commented_lines(n: int) -> Case:
    return func("\n" + "nop ;; here\n;; and there\n" * n)


@shape(60_000)
def labels_of_a_table(n: int) -> Case:
    return func("(br_table " + "0 " * n + "(i32.const 0))")


@shape(60_000)
def functions_of_a_segment(n: int) -> Case:
    return module("(func) (table 1 funcref) (elem (i32.const 0) func " + "0 " * n + ")")


@shape(20_000)
def conditions_in_conditions(n: int) -> Case:
    return func("(if (i32.const 1) (then nop) (else " * n + ")) " * n)


@shape(30_000)
def several_instructions_a_line(n: int) -> Case:
    return func("(param $p i32) " + "local.get $p i32.const 1 i32.add drop\n" * n)


@shape(30_000)
def memories_by_name(n: int) -> Case:
    line = "i32.const 0 i32.load $n offset=3 i32.const 1 i32.load8_u 1 align=1 i32.add drop\n"
    return module(f"(memory $m 1) (memory $n 1) (func {line * n})")


@shape(30_000)
def digits_of_one_number(n: int) -> Case:
    return func(f"f64.const 1.{'3_' * n}1e5 drop i64.const 0x{'0' * n}1 drop")
