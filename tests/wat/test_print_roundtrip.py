"""What is printed is parsed to the same bytes: every operator, and random modules in their shortest encoding."""

from __future__ import annotations

import random

import pytest
from binaries import body, functions, leb, module, name, section, vec
from test_print_module import operator

from pywasmtools.wasm.instructions import ROWS
from pywasmtools.wat.parse import wat_to_binary
from pywasmtools.wat.print.printer import print_wasm


def reparsed(binary: bytes) -> bytes:
    text, e = print_wasm(binary)
    assert e is None
    return wat_to_binary(text.encode(), "m.wat")


@pytest.mark.slow
@pytest.mark.parametrize("index", [0, 1, 2])
def test_each_operator(index: int) -> None:
    for row in ROWS:
        code = operator(row, index)
        if row.key == 0x0B:
            continue
        if row.key == 0x05:
            code = f"0440{code}0b"
        elif row.key in (0x07, 0x19):
            code = f"0640{code}0b"
        elif row.key == 0x18:
            code = f"0640{code}"
        elif row.key in (0x02, 0x03, 0x04, 0x06, 0x1F):
            code += "0b"
        count = section(12, b"\0") if "data" in row.immediates.split() else b""
        binary = functions(body(code, "0b"), before=count)
        assert reparsed(binary) == binary, row.name


def random_module(seed: int) -> bytes:
    """A module that need not be valid; nothing is longer than it must be."""
    r = random.Random(seed)
    numeric = [
        row
        for row in ROWS
        if all(kind in ("local", "global", "i32", "i64", "f32", "f64", "v128") for kind in row.immediates.split())
    ]

    def value_type() -> bytes:
        return r.choice(
            [b"\x7f", b"\x7e", b"\x7d", b"\x7c", b"\x7b", b"\x70", b"\x6f", b"\x64\0", b"\x63\x01", b"\x6e"]
        )

    def signed(bits: int) -> str:
        number = r.choice([0, -1, 63, 64, -64, -65, r.randrange(-(1 << bits - 1), 1 << bits - 1)])
        out = bytearray()
        while not -64 <= number < 64:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number & 0x7F)
        return out.hex()

    def code() -> bytes:
        text = ""
        depth = 0
        for _ in range(r.randrange(40)):
            choice = r.random()
            if choice < 0.15:
                text += r.choice(["02", "03", "04"]) + r.choice(["40", "7f", "7c", "00"])
                depth += 1
            elif choice < 0.25 and depth:
                text += "0b"
                depth -= 1
            elif choice < 0.35:
                text += r.choice(["0c", "0d"]) + leb(r.randrange(depth + 1)).hex()
            else:
                row = r.choice(numeric)
                if row.key in (0x05, 0x0B, 0x19):
                    continue
                opcode = bytes([row.key]) if row.key < 0x100 else bytes([row.key >> 16]) + leb(row.key & 0xFFFF)
                text += opcode.hex()
                for kind in row.immediates.split():
                    if kind in ("local", "global"):
                        text += leb(r.choice([0, 1, 127, 128, 20000])).hex()
                    elif kind in ("i32", "i64"):
                        text += signed(int(kind[1:]))
                    else:
                        text += r.randbytes({"f32": 4, "f64": 8, "v128": 16}[kind]).hex()
        return body(text, "0b" * (depth + 1), locals_=b"\0" if r.random() < 0.5 else b"\2\3\x7f\1\x7e")

    bodies = [code() for _ in range(r.randrange(1, 5))]
    types = [
        b"\x60"
        + vec(*[value_type() for _ in range(r.randrange(4))])
        + vec(*[value_type() for _ in range(r.randrange(3))])
        for _ in range(r.randrange(2, 5))
    ]
    return module(
        section(1, vec(*types)),
        section(2, vec(*[name(f"m{k}") + name('é\n"') + b"\0\0" for k in range(r.randrange(1, 3))])),
        section(3, vec(*[b"\0" for _ in bodies])),
        section(4, vec(b"\x70\0" + leb(r.randrange(300)))),
        section(5, vec(b"\1\1\2")),
        section(6, vec(b"\x7e\1\x42" + bytes.fromhex(signed(64)) + b"\x0b")),
        section(7, vec(name("x\0") + b"\0\1", name("") + b"\2\0")),
        section(9, vec(b"\0\x41\0\x0b" + vec(b"\0", b"\1"), b"\5\x70" + vec(b"\xd2\0\x0b"))),
        section(10, vec(*bodies)),
        section(11, vec(b"\1" + leb(64) + r.randbytes(64))),
    )


@pytest.mark.parametrize("seed", range(60))
def test_random_modules(seed: int) -> None:
    binary = random_module(seed)
    assert reparsed(binary) == binary
