"""A core module of megabytes with one instruction that stands nowhere else in it."""

from __future__ import annotations

import random

from pywasmtools.wasm.module import FUNC, GLOBAL, MEMORY
from pywasmtools.wasm.module_builder import ModuleBuilder, i32_const
from pywasmtools.wasm.types import F64, FUNCREF, I32, I64, FuncType, GlobalType, MemoryType, TableType
from pywasmtools.wasm.writer import name, name_map, section, var_s64, var_u32

ROTR = b"\x8a"
"""`i64.rotr`: in one function alone."""


def large_module(functions: int, statements: int, culprit: int, seed: int = 7) -> bytes:
    """A module of so many functions with so many statements each (some 11 bytes), one of them with `i64.rotr`.

    It has a table of its functions, data, exports, names and a `producers` section; it imports nothing.
    """
    rng = random.Random(seed)
    out = ModuleBuilder()
    types = [FuncType(p, r) for p in ((), (I32,), (I32, I32), (I64, I32), (F64,)) for r in ((), (I32,), (I64,))]
    for type_ in types:
        out.type_func(type_)
    for k in range(functions):
        out.function(k % len(types))
    out.table(TableType(FUNCREF, functions))
    out.memory(MemoryType(17))
    for _ in range(3):
        out.global_(GlobalType(I32, True), i32_const(rng.randrange(1 << 20)))
    out.export("memory", MEMORY, 0)
    out.export("g", GLOBAL, 1)
    for k in range(0, functions, 97):
        out.export(f"function {k}", FUNC, k)
    out.active_functions(None, i32_const(0), range(functions))
    for k in range(functions):
        body = bytearray()
        for _ in range(statements):
            body += statement(rng, functions, types)
        if k == culprit:
            body[len(body) // 2 : len(body) // 2] = b""
            body += b"\x42\x01\x42\x02" + ROTR + b"\x1a"
            body += statement(rng, functions, types)
        results = types[k % len(types)].results
        body += {(): b"", (I32,): b"\x41\x07", (I64,): b"\x42\x07"}[results] + b"\x0b"
        out.code([(2, I32), (1, I64), (1, F64)], body)
    for k in range(40):
        out.data_segment(0, i32_const(k * 4096), rng.randbytes(3000))
    names = section(0, name("large")) + section(1, name_map([(k, f"function_number_{k}") for k in range(functions)]))
    out.custom("name", names)
    out.custom("producers", b"\x01" + name("language") + b"\x01" + name("none") + name("1"))
    return out.finish()


def statement(rng: random.Random, functions: int, types: list[FuncType]) -> bytes:
    """Instructions that leave nothing on the stack."""
    n = rng.randrange(1 << 16)
    kind = rng.randrange(6)
    if kind == 0:
        return b"\x41" + var_s64(n) + b"\x41" + var_s64(rng.randrange(4096)) + b"\x6a\x24" + var_u32(rng.randrange(3))
    if kind == 1:
        return b"\x41" + var_s64(n) + b"\x23\x00\x36\x02" + var_u32(n)
    if kind == 2:
        return b"\x41" + var_s64(n) + b"\x28\x02" + var_u32(n) + b"\x1a"
    if kind == 3:
        called = rng.randrange(functions)
        type_ = types[called % len(types)]
        values = b"".join({I32: b"\x41\x01", I64: b"\x42\x02", F64: b"\x44" + bytes(8)}[t] for t in type_.params)
        return values + b"\x10" + var_u32(called) + b"\x1a" * len(type_.results)
    if kind == 4:
        return b"\x02\x40\x23\x01\x0d\x00\x03\x40\x41" + var_s64(n) + b"\x0d\x01\x0b\x0b"
    return b"\x42" + var_s64(n) + b"\x42" + var_s64(n + 1) + b"\x7c\xa7\x24\x02"
