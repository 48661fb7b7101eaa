"""Shapes of binaries that are printed as text."""

from __future__ import annotations

import random
import struct

from numbers_in_binary import section, sleb, uleb

from shapes import Case, shape

TYPE = section(1, b"\1\x60\0\0")
"""One type, of functions without parameters and results."""


def module(*sections: bytes) -> Case:
    """A module that `embed` prints, and does not validate. Text goes to stdout: none of it has to be held."""
    files: dict[str, str | bytes] = {
        "w.wit": "package a:b; world w {}",
        "m.wasm": b"\0asm\1\0\0\0" + b"".join(sections),
    }
    return files, ["component", "embed", "w.wit", "m.wasm", "-t"]


def module_to_file(*sections: bytes) -> Case:
    """The same, written to a file."""
    files, arguments = module(*sections)
    return files, [*arguments, "-o", "o.wat"]


def body(code: bytes, locals_: bytes = b"\0") -> bytes:
    code = locals_ + code + b"\x0b"
    return uleb(len(code)) + code


def func(code: bytes, *after: bytes) -> Case:
    return module(TYPE, section(3, b"\1\0"), section(10, b"\1" + body(code)), *after)


def names(subsection: int, entries: list[tuple[int, str]]) -> bytes:
    """A name section of one subsection, or for 2 and 3 of the first function's locals or labels."""
    content = b"\1\0" if subsection in (2, 3) else b""
    content += uleb(len(entries))
    for number, name in entries:
        content += uleb(number) + uleb(len(name.encode())) + name.encode()
    return section(0, b"\4name" + section(subsection, content))


@shape(60_000)
def a_long_constant_expression(n: int) -> Case:
    return module(section(6, b"\1\x7f\0\x41\0" + b"\x41\1\x6a" * n + b"\x0b"))


@shape(50_000)
def expressions_of_a_segment(n: int) -> Case:
    return module(
        TYPE, section(3, b"\1\0"), section(9, b"\1\5\x70" + uleb(n) + b"\xd2\0\x0b" * n), section(10, b"\1" + body(b""))
    )


@shape(30_000)
def globals_(n: int) -> Case:
    return module(section(6, uleb(n) + b"".join(b"\x7f\0\x41" + sleb(k) + b"\x0b" for k in range(n))))


@shape(300_000)
def labels_of_a_table(n: int) -> Case:
    """A line of megabytes."""
    return func(b"\x41\0\x0e" + uleb(n) + b"\0" * (n + 1))


@shape(20_000)
def labels_of_a_table_in_blocks(n: int) -> Case:
    return func(b"\2\x40" * n + b"\x41\0\x0e" + uleb(n) + b"".join(map(uleb, range(n + 1))) + b"\x0b" * n)


@shape(30)
def locals_(n: int) -> Case:
    """Few bytes that make much text: 50,000 locals a function."""
    bodies = body(b"", b"\1" + uleb(50_000) + b"\x7f") * n
    return module(TYPE, section(3, uleb(n) + b"\0" * n), section(10, uleb(n) + bodies))


@shape(20_000)
def floats(n: int) -> Case:
    chance = random.Random(1)
    return func(b"".join(b"\x44" + struct.pack("<Q", chance.getrandbits(64)) + b"\x1a" for _ in range(n)))


@shape(500)
def calls_of_a_long_name(n: int) -> Case:
    return func(b"\x10\0" * n, names(1, [(0, "x" * 90_000)]))


@shape(500)
def labels_of_a_long_name(n: int) -> Case:
    return func(b"\2\x40\x41\0\x0e" + uleb(n) + b"\0" * (n + 1) + b"\x0b", names(3, [(0, "x" * 90_000)]))


@shape(30_000)
def names_that_are_taken(n: int) -> Case:
    functions = [section(3, uleb(n) + b"\0" * n), section(10, uleb(n) + body(b"") * n)]
    return module(TYPE, *functions, names(1, [(k, "x") for k in range(n)]))


@shape(150_000)
def a_strange_name(n: int) -> Case:
    return func(b"", names(1, [(0, "aé" * n)]))


@shape(200_000)
def data(n: int) -> Case:
    contents = random.Random(1).randbytes(n)
    return module(section(5, b"\1\0\1"), section(11, b"\1\0\x41\0\x0b" + uleb(n) + contents))


@shape(30_000)
def short_functions(n: int) -> Case:
    return module_to_file(TYPE, section(3, uleb(n) + bytes(n)), section(10, uleb(n) + body(b"") * n))


@shape(30_000)
def operators_with_prefixes(n: int) -> Case:
    """`memory.fill`, `memory.copy`, `table.grow`, `i32x4.mul`: their operands do not matter here."""
    code = b"\xfc\x0b\0\xfc\x0a\0\0\xfc\x0f\0\xfd\xb5\1" * n
    return module_to_file(TYPE, section(3, b"\1\0"), section(10, b"\1" + body(code)))


@shape(20_000)
def operators_with_distinct_operands(n: int) -> Case:
    """`i32.atomic.load` and `v128.load8_lane`."""
    code = b"".join([b"\xfe\x10\2" + uleb(k) + b"\xfd\x54\0" + uleb(k) + b"\3" for k in range(n)])
    return module_to_file(TYPE, section(3, b"\1\0"), section(10, b"\1" + body(code)))


@shape(40_000)
def loads_of_vectors(n: int) -> Case:
    """`v128.load` at as many offsets."""
    code = b"".join([b"\xfd\0\4" + uleb(k) for k in range(n)])
    return module_to_file(TYPE, section(3, b"\1\0"), section(10, b"\1" + body(code)))


@shape(30_000)
def sections_of_names(n: int) -> Case:
    each = [names(1, [(0, f"x{k}")]) for k in range(n)]
    return module_to_file(TYPE, section(3, b"\1\0"), section(10, b"\1" + body(b"")), *each)
